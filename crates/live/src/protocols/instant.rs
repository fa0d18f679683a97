//! Instants as clients write them, with their unit named.

use impegno_calendar::Instant;

/// Instants that are taken: from 1990 to the end of 2199. What lies outside was written in another unit.
const RANGE: std::ops::Range<i64> = 631_152_000_000_000..7_258_118_400_000_000;

/// Microseconds since 1970 of RFC 3339, with `Z` or an offset.
pub(super) fn rfc3339(text: &str) -> Result<i64, String> {
    let at = match usual(text.as_bytes()) {
        Some(at) => at,
        None => {
            let instant: Instant = text.parse().map_err(|_| {
                format!("`{text}` is no instant: write it with `Z` or an offset, 2025-03-01T10:00:00Z")
            })?;
            instant.0
        }
    };
    within(at, text)
}

/// Microseconds since 1970 of a decimal number of a unit of ten to the power of `scale` microseconds; parts of a
/// microsecond are cut off.
pub(super) fn unix(number: &str, scale: u32) -> Result<i64, String> {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let read = (digits(whole) && digits(decimals)).then(|| {
        let kept: String = decimals.chars().chain("000000".chars()).take(scale as usize).collect();
        let fraction: i64 = if kept.is_empty() { 0 } else { kept.parse().ok()? };
        whole.parse::<i64>().ok()?.checked_mul(10_i64.pow(scale))?.checked_add(fraction)
    });
    let at = read.flatten().ok_or_else(|| format!("`{number}` is no instant: write it in digits"))?;
    within(at, number)
}

/// Microseconds since 1970 of whole nanoseconds, cut off.
pub(super) fn nanoseconds(number: &str) -> Result<i64, String> {
    let read: i64 = number.parse().map_err(|_| format!("`{number}` is no instant: write it in digits"))?;
    within(read.div_euclid(1_000), number)
}

/// That an instant was meant so.
pub(super) fn within(at: i64, text: &str) -> Result<i64, String> {
    if RANGE.contains(&at) {
        return Ok(at);
    }
    Err(format!("`{text}` is the instant {}: is its unit another?", Instant(at)))
}

/// `2025-03-01T10:00:00Z`, perhaps with a fraction, on a day that every month has; most instants are so.
fn usual(text: &[u8]) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| {
        text.get(range)?.iter().try_fold(0_i64, |number, byte| {
            byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0'))
        })
    };
    for (place, sign) in [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')] {
        if text.get(place) != Some(&sign) {
            return None;
        }
    }
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    if !(1..=12).contains(&month) || !(1..=28).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let fraction = match text.get(19..)? {
        [b'Z'] => 0,
        [b'.', digits @ .., b'Z'] if !digits.is_empty() && digits.len() <= 9 => {
            let read = digits.iter().try_fold(0_i64, |number, byte| {
                byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0'))
            })?;
            read * 10_i64.pow(9 - digits.len() as u32) / 1_000
        }
        _ => return None,
    };
    // Days since 1970 of a civil day: years that begin in March, so that a leap day is the last one.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (153 * month + 2) / 5
        + day
        - 719_469;
    Some((((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000 + fraction)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn instants_of_every_unit() {
        let at = 1_741_687_200_250_000;
        assert_eq!(rfc3339("2025-03-11T10:00:00.25Z"), Ok(at));
        assert_eq!(rfc3339("2025-03-11T11:00:00.25+01:00"), Ok(at));
        assert_eq!(unix("1741687200.25", 6), Ok(at));
        assert_eq!(unix("1741687200250", 3), Ok(at));
        assert_eq!(unix("1741687200250000", 0), Ok(at));
        assert_eq!(unix("1741687200250000.9", 0), Ok(at));
        assert_eq!(nanoseconds("1741687200250000999"), Ok(at));
        for wrong in ["2025-03-11", "2025-03-11T10:00:00", "2025-02-30T10:00:00Z", "yesterday", ""] {
            assert!(rfc3339(wrong).is_err(), "{wrong}");
        }
        // A unit that is another one is an instant that nobody means.
        assert!(unix("1741687200", 3).is_err() && unix("1741687200250", 6).is_err());
        assert!(
            unix("-5", 6).is_err() && unix("1e9", 6).is_err() && unix("99999999999999999999", 0).is_err()
        );
    }

    proptest! {
        #[test]
        fn usual_instants_are_what_the_calendar_says(seconds in 631_152_000_i64..7_258_118_400, micros in 0_i64..1_000_000) {
            let at = Instant(seconds * 1_000_000 + micros);
            let text = at.to_string();
            prop_assert_eq!(rfc3339(&text), Ok(at.0));
            if let Some(quick) = usual(text.as_bytes()) {
                prop_assert_eq!(quick, at.0);
            }
        }
    }
}
