//! Rounding and number notation: the only place where figures lose digits.
//!
//! Rounding is half away from zero, on exact fractions. A share that is not whole is never printed as 100 %
//! (nor one that is not nothing as 0 %), and a rounded figure never stands on the other side of its
//! target: where it would, digits are added.

use impegno_calendar::Micros;
use num_bigint::BigInt;
use num_rational::BigRational;

use crate::document::{Language, Value};

/// Most decimals that are ever added.
const MOST_DECIMALS: u8 = 9;

/// A fraction times `10^decimals`, rounded half away from zero.
pub fn scaled(value: &BigRational, decimals: u8) -> BigInt {
    let shifted = value * BigRational::from_integer(BigInt::from(10).pow(u32::from(decimals)));
    shifted.round().to_integer()
}

/// A fraction as a decimal number in a language's notation, rounded half away from zero.
pub fn decimal(value: &BigRational, decimals: u8, language: Language) -> String {
    point(&scaled(value, decimals), decimals, language)
}

/// A whole number, thousands grouped.
pub fn integer(value: i128, language: Language) -> String {
    point(&BigInt::from(value), 0, language)
}

/// A number with its decimal point moved `decimals` places to the left.
fn point(scaled: &BigInt, decimals: u8, language: Language) -> String {
    let (group, comma) = match language {
        Language::It => ('.', ','),
        Language::En => (',', '.'),
    };
    let text = scaled.to_string();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("−", digits),
        None => ("", text.as_str()),
    };
    let decimals = usize::from(decimals);
    let digits = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let mut grouped = String::new();
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n) % 3 == 0 {
            grouped.push(group);
        }
        grouped.push(digit);
    }
    if decimals == 0 { format!("{sign}{grouped}") } else { format!("{sign}{grouped}{comma}{fraction}") }
}

/// The same text with a plus sign before a positive number.
pub fn signed(text: String) -> String {
    let nothing = !text.chars().any(|c| c.is_ascii_digit() && c != '0');
    if nothing || text.starts_with('−') { text } else { format!("+{text}") }
}

/// Decimals with which a share, as a percentage, neither pretends to be whole or nothing nor changes
/// sides with a target.
pub fn honest_decimals(share: &BigRational, least: u8, target: Option<&BigRational>) -> u8 {
    let one = BigRational::from_integer(BigInt::from(1));
    let zero = BigRational::default();
    let honest = |decimals: u8| {
        let rounded =
            BigRational::new(scaled(share, decimals + 2), BigInt::from(10).pow(u32::from(decimals) + 2));
        let same_side = |limit: &BigRational| rounded.cmp(limit) == share.cmp(limit);
        same_side(&one) && same_side(&zero) && target.is_none_or(same_side)
    };
    (least..=MOST_DECIMALS).find(|decimals| honest(*decimals)).unwrap_or(MOST_DECIMALS)
}

/// A share as a percentage.
pub fn percent(share: &BigRational, decimals: u8, language: Language) -> String {
    let hundred = BigRational::from_integer(BigInt::from(100));
    let number = decimal(&(share * hundred), decimals, language);
    format!("{number} %")
}

/// An amount of euro cents.
pub fn euro(cents: i128, language: Language) -> String {
    let number = point(&BigInt::from(cents), 2, language);
    match language {
        Language::It => format!("{number} €"),
        Language::En => format!("€ {number}"),
    }
}

/// A length of time in the largest units that are exact enough to read: `1 h 44 min`, `8 min 20 s`, `7 ms`.
pub fn duration(length: Micros, language: Language) -> String {
    units(length, true, language)
}

/// A length of time on the clock of service hours, in hours and smaller units: `66 h 52 min`. A day of such a
/// clock is shorter than 24 hours, and nobody would know which day is meant.
pub fn service_time(length: Micros, language: Language) -> String {
    units(length, false, language)
}

fn units(length: Micros, with_days: bool, language: Language) -> String {
    let micros = length.0;
    let (sign, micros) =
        if micros < 0 { ("−", micros.unsigned_abs()) } else { ("", micros.unsigned_abs()) };
    let text = if micros < 1_000_000 {
        let milliseconds = BigRational::new(BigInt::from(micros), BigInt::from(1000));
        let decimals = if micros % 1000 == 0 { 0 } else { 3 };
        format!("{} ms", decimal(&milliseconds, decimals, language))
    } else {
        let seconds = micros / 1_000_000;
        let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let (days, hours) = if with_days { (hours / 24, hours % 24) } else { (0, hours) };
        let day = match (language, days) {
            (Language::It, 1) => "giorno",
            (Language::It, _) => "giorni",
            (Language::En, 1) => "day",
            (Language::En, _) => "days",
        };
        let mut parts = Vec::new();
        if days > 0 {
            parts.push(format!("{} {day}", integer(i128::from(days), language)));
        }
        if hours > 0 {
            parts.push(format!("{} h", integer(i128::from(hours), language)));
        }
        if minutes > 0 {
            parts.push(format!("{minutes} min"));
        }
        if rest > 0 {
            parts.push(format!("{rest} s"));
        }
        parts.join(" ")
    };
    format!("{sign}{text}")
}

/// The exact value as a fraction, for computing with cells; `None` for words and gaps.
pub fn exact(value: &Value) -> Option<BigRational> {
    match value {
        Value::Integer(number) | Value::Micros(number) | Value::Cents(number) => {
            Some(BigRational::from_integer(BigInt::from(*number)))
        }
        Value::Ratio { numerator, denominator, .. } => {
            Some(BigRational::new(BigInt::from(*numerator), BigInt::from(*denominator)))
        }
        Value::Empty | Value::Text(_) | Value::Entries(_) | Value::NotMeasured(_) => None,
    }
}

/// A fraction as numerator and denominator of 128 bits. One that does not fit is cut to 30 significant
/// decimals: means of very many unlike denominators.
pub fn parts(value: &BigRational) -> (i128, i128) {
    if let (Ok(numerator), Ok(denominator)) =
        (i128::try_from(value.numer().clone()), i128::try_from(value.denom().clone()))
    {
        return (numerator, denominator);
    }
    let numerator = i128::try_from(scaled(value, 30)).unwrap_or(i128::MAX);
    (numerator, 10_i128.pow(30))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fraction(numerator: i64, denominator: i64) -> BigRational {
        BigRational::new(BigInt::from(numerator), BigInt::from(denominator))
    }

    #[test]
    fn notation_of_both_languages() {
        assert_eq!(integer(1_234_567, Language::It), "1.234.567");
        assert_eq!(integer(-999, Language::En), "−999");
        assert_eq!(decimal(&fraction(-12_345, 100), 1, Language::It), "−123,5");
        assert_eq!(euro(123_456_789, Language::It), "1.234.567,89 €");
        assert_eq!(signed(integer(5, Language::It)), "+5");
        assert_eq!(signed(integer(0, Language::It)), "0");
        assert_eq!(signed(percent(&fraction(0, 1), 1, Language::It)), "0,0 %");
        // A fall of 0.3 % is neither "+0 %" nor "0 %".
        let fall = fraction(-3, 1000);
        let decimals = honest_decimals(&fall, 0, None);
        assert_eq!(signed(percent(&fall, decimals, Language::It)), "−0,3 %");
    }

    #[test]
    fn one_lost_second_is_never_printed_as_whole() {
        let year = 31_536_000;
        let share = fraction(year - 1, year);
        let decimals = honest_decimals(&share, 3, None);
        assert_eq!(percent(&share, decimals, Language::It), "99,999997 %");
        assert_eq!(
            percent(&fraction(1, 1), honest_decimals(&fraction(1, 1), 3, None), Language::It),
            "100,000 %"
        );
    }

    #[test]
    fn rounding_does_not_change_sides_with_the_target() {
        // 98.4996 % is missed at 98.50 %: two decimals would print 98.50.
        let share = fraction(984_996, 1_000_000);
        let target = fraction(9850, 10_000);
        let decimals = honest_decimals(&share, 2, Some(&target));
        assert_eq!(percent(&share, decimals, Language::It), "98,4996 %");
    }

    #[test]
    fn durations_in_units_that_people_read() {
        assert_eq!(duration(Micros(7_000), Language::It), "7 ms");
        assert_eq!(duration(Micros(7_250), Language::It), "7,250 ms");
        assert_eq!(duration(Micros(500_000_000), Language::It), "8 min 20 s");
        assert_eq!(duration(Micros(90_061_000_000), Language::En), "1 day 1 h 1 min 1 s");
        assert_eq!(duration(Micros(0), Language::It), "0 ms");
    }

    #[test]
    fn service_hours_are_never_gathered_into_days() {
        let length = Micros((66 * 3600 + 52 * 60) * 1_000_000);
        assert_eq!(duration(length, Language::It), "2 giorni 18 h 52 min");
        assert_eq!(service_time(length, Language::It), "66 h 52 min");
        assert_eq!(service_time(Micros(3_600_001_000_000), Language::En), "1,000 h 1 s");
        assert_eq!(service_time(Micros(7_250), Language::It), "7,250 ms");
    }
}
