//! Exact values written as decimals, in whole-number arithmetic only.

use impegno_report::document::Value;

/// Most decimals that a quotient is written with.
const DECIMALS: usize = 9;

/// A value for machines: digits, a dot before decimals, a minus sign; empty where there is none.
///
/// Quotients have at most nine decimals; durations are seconds and amounts are euro, both exact.
pub(crate) fn machine(value: &Value) -> String {
    match value {
        Value::Empty | Value::NotMeasured(_) => String::new(),
        Value::Text(text) => text.clone(),
        Value::Entries(entries) => {
            let texts: Vec<&str> = entries.iter().map(|entry| entry.text.as_str()).collect();
            texts.join("|")
        }
        Value::Integer(n) => n.to_string(),
        Value::Ratio { numerator, denominator, unit: _ } => decimal(*numerator, *denominator),
        Value::Micros(n) => decimal(*n, 1_000_000),
        Value::Cents(n) => decimal(*n, 100),
    }
}

/// `numerator / denominator` with at most nine decimals, rounded half away from zero, without
/// trailing zeros; empty if the denominator is zero, which no sound report holds.
pub(crate) fn decimal(numerator: i128, denominator: i128) -> String {
    let text = fixed(numerator, denominator, DECIMALS);
    if !text.contains('.') {
        return text;
    }
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// `numerator / denominator` with exactly this many decimals, rounded half away from zero; empty if the
/// denominator is zero. A negative quotient keeps its sign, even where all the digits are zeros.
pub(crate) fn fixed(numerator: i128, denominator: i128, decimals: usize) -> String {
    if denominator == 0 {
        return String::new();
    }
    let divisor = denominator.unsigned_abs();
    let mut whole = numerator.unsigned_abs() / divisor;
    let mut remainder = numerator.unsigned_abs() % divisor;
    let mut digits = vec![0_u8; decimals];
    for digit in &mut digits {
        (*digit, remainder) = next_digit(remainder, divisor);
    }
    // Not `remainder * 2 >= divisor`: the product may not fit.
    if remainder >= divisor - remainder {
        let carried = digits.iter_mut().rev().all(|digit| {
            *digit = (*digit + 1) % 10;
            *digit == 0
        });
        whole += u128::from(carried);
    }
    let decimals: String = digits.iter().map(|digit| char::from(b'0' + digit)).collect();
    let negative = (numerator < 0) != (denominator < 0) && numerator != 0;
    let sign = if negative { "-" } else { "" };
    let dot = if decimals.is_empty() { "" } else { "." };
    format!("{sign}{whole}{dot}{decimals}")
}

/// One step of long division: the digit and the remainder of `10 × remainder / divisor`.
///
/// Ten additions instead of a product, so that no divisor of 127 bits overflows.
fn next_digit(remainder: u128, divisor: u128) -> (u8, u128) {
    let mut digit = 0;
    let mut rest = 0_u128;
    for _ in 0..10 {
        rest += remainder;
        if rest >= divisor {
            rest -= divisor;
            digit += 1;
        }
    }
    (digit, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_are_rounded_half_away_from_zero_at_the_ninth_decimal() {
        assert_eq!(decimal(1, 1), "1");
        assert_eq!(decimal(0, -7), "0");
        assert_eq!(decimal(1, 3), "0.333333333");
        assert_eq!(decimal(2, 3), "0.666666667");
        assert_eq!(decimal(-2, 3), "-0.666666667");
        assert_eq!(decimal(1, -4), "-0.25");
        assert_eq!(decimal(5, 10_000_000_000), "0.000000001");
        assert_eq!(decimal(-5, 10_000_000_000), "-0.000000001");
        assert_eq!(decimal(-4, 10_000_000_000), "0");
        assert_eq!(decimal(4, 10_000_000_000), "0");
        assert_eq!(decimal(9_999_999_999, 10_000_000_000), "1");
        assert_eq!(decimal(1, 0), "");
    }

    #[test]
    fn decimals_can_be_fixed() {
        assert_eq!(fixed(1, 8, 2), "0.13");
        assert_eq!(fixed(-1, 8, 2), "-0.13");
        assert_eq!(fixed(999, 1000, 2), "1.00");
        assert_eq!(fixed(5, 2, 0), "3");
        assert_eq!(fixed(-1, 1000, 2), "-0.00");
        assert_eq!(fixed(0, -3, 1), "0.0");
        assert_eq!(fixed(1, 0, 3), "");
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        assert_eq!(decimal(i128::MIN, 1), i128::MIN.to_string());
        assert_eq!(decimal(i128::MAX, i128::MAX), "1");
        assert_eq!(decimal(i128::MAX - 1, i128::MAX), "1");
        assert_eq!(decimal(1, i128::MIN), "0");
        assert_eq!(decimal(i128::MIN, i128::MAX), "-1");
        assert_eq!(decimal(i128::MAX / 2, i128::MAX), "0.5");
    }

    #[test]
    fn durations_are_seconds_and_amounts_are_euro() {
        assert_eq!(machine(&Value::Micros(7_250)), "0.00725");
        assert_eq!(machine(&Value::Micros(-3_600_000_000)), "-3600");
        assert_eq!(machine(&Value::Cents(1_205)), "12.05");
        assert_eq!(machine(&Value::NotMeasured("nessun dato".into())), "");
    }
}
