//! The uptime of Gatus: successful results ÷ results, in buckets of hours and days.
//!
//! Results are kept by the hour; once they are older than 48 hours, by the day. A window counts the buckets that
//! begin in it, so that its edges move with them.

use crate::Share;

const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
/// How long hours are kept apart.
const HOURS_KEPT: i64 = 48 * HOUR;

/// Results of `[from, until)` as the badge shows them at `now`; results are (seconds, successful).
///
/// `None` without a result.
pub fn uptime(results: &[(i64, bool)], from: i64, until: i64, now: i64) -> Option<Share> {
    let bucket = |at: i64| {
        let length = if now - at > HOURS_KEPT { DAY } else { HOUR };
        at.div_euclid(length) * length
    };
    let counted = results.iter().filter(|(at, _)| (from..until).contains(&bucket(*at)));
    let (good, of) = counted.fold((0, 0), |(good, of), (_, success)| (good + i128::from(*success), of + 1));
    Share::new(good, of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_counts_whole_or_not_at_all() {
        let results = [(HOUR - 1, false), (HOUR, true), (HOUR + 10, true)];
        let share = |from, now| uptime(&results, from, 3 * HOUR, now).map(|share| (share.good, share.of));
        assert_eq!(share(0, 3 * HOUR), Some((2, 3)));
        assert_eq!(share(1, 3 * HOUR), Some((2, 2)));
        // Three days later they are one bucket that begins at midnight.
        assert_eq!(share(1, 3 * DAY), None);
        assert_eq!(share(0, 3 * DAY), Some((2, 3)));
    }
}
