//! Decimal numbers of any length, for comparing only.

use std::cmp::Ordering;
use std::fmt;

/// A decimal number, exact: `7`, `7.0`, `-0,25`. The mark of decimals is a point or a comma.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    /// Digits without zeros in front.
    whole: String,
    /// Digits without zeros behind.
    fraction: String,
}

impl Decimal {
    /// The number that a text writes; `None` when it is none.
    pub fn parse(text: &str) -> Option<Decimal> {
        let text = text.trim();
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = match text.split_once(['.', ',']) {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (text, ""),
        };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) {
            return None;
        }
        let whole = whole.trim_start_matches('0').to_owned();
        let fraction = fraction.trim_end_matches('0').to_owned();
        let nothing = whole.is_empty() && fraction.is_empty();
        Some(Decimal { negative: negative && !nothing, whole, fraction })
    }
}

/// The number with a point, `7.25`; without zeros that say nothing.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        let whole = if self.whole.is_empty() { "0" } else { &self.whole };
        match self.fraction.as_str() {
            "" => write!(f, "{sign}{whole}"),
            fraction => write!(f, "{sign}{whole}.{fraction}"),
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Decimal) -> Ordering {
        let size = |one: &Decimal, two: &Decimal| {
            let wholes = one.whole.len().cmp(&two.whole.len()).then_with(|| one.whole.cmp(&two.whole));
            wholes.then_with(|| one.fraction.cmp(&two.fraction))
        };
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => size(self, other),
            (true, true) => size(other, self),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Decimal) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).expect("a number")
    }

    #[test]
    fn numbers_are_ordered_by_value_whatever_their_digits() {
        let ordered =
            ["-10", "-9.5", "-0.25", "0", "0.1", "0,45", "0.5", "6.99999999999999999999", "7.0", "10"];
        for pair in ordered.windows(2) {
            assert!(decimal(pair[0]) < decimal(pair[1]), "{pair:?}");
        }
        assert_eq!(decimal("7.0"), decimal("007"));
        assert_eq!(decimal("-0"), decimal("0.0"));
    }

    #[test]
    fn what_is_no_number() {
        for text in ["", "-", ".5", "7.", "1.2.3", "alto", "+1", "1e3"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }
}
