//! Axes: round marks, and how they are written.

use impegno_report::document::{Unit, Value};

use super::Data;
use crate::words::Words;

/// A scale with round marks.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scale {
    /// First mark.
    pub(super) low: f64,
    /// Last mark.
    pub(super) high: f64,
    step: f64,
    /// Number of steps between the two.
    steps: u32,
    decimals: usize,
    measure: Measure,
}

/// What is measured, for the words of the marks.
#[derive(Debug, Clone, PartialEq)]
struct Measure {
    /// Printed after each number.
    suffix: String,
    /// What a value is divided by.
    divisor: f64,
    /// Only whole numbers make sense.
    whole: bool,
}

impl Scale {
    /// A scale from zero.
    pub(super) fn from_zero(data: &Data<'_>, most_steps: u32) -> Self {
        let (low, high) = data.range();
        Scale::between(low.min(0.0), high.max(0.0), Measure::of(data), most_steps)
    }

    /// A scale from zero, unless the values are so close to each other that nothing would be seen.
    pub(super) fn of_lines(data: &Data<'_>, most_steps: u32) -> Self {
        let (low, high) = data.range();
        let spread = high - low;
        if low > 0.0 && spread > 0.0 && spread < high / 5.0 {
            let measure = Measure::of(data);
            let scale = Scale::between(low, high, measure.clone(), most_steps);
            if scale.low > 0.0 {
                return scale;
            }
        }
        Scale::from_zero(data, most_steps)
    }

    fn between(low: f64, high: f64, measure: Measure, most_steps: u32) -> Self {
        let (low, high) = (low / measure.divisor, high / measure.divisor);
        let (low, high) = if low < high { (low, high) } else { (low, low + 1.0) };
        let mut chosen = None;
        'found: for exponent in -9_i32..=30 {
            for (mantissa, more_decimals) in [(1.0, 0), (2.0, 0), (2.5, 1), (5.0, 0)] {
                let decimals = usize::try_from(-exponent + more_decimals).unwrap_or(0);
                let step = mantissa * power_of_ten(exponent);
                if measure.whole && decimals > 0 {
                    continue;
                }
                // A little slack, or 0.1 × 3 would need a step more than 0.3.
                let first = (low / step + 1e-9).floor();
                let last = (high / step - 1e-9).ceil();
                if last - first <= f64::from(most_steps) {
                    chosen = Some((step, first, last, decimals));
                    break 'found;
                }
            }
        }
        // Only values beyond 10^30 find no step: two marks are enough for them.
        let (step, first, last, decimals) = chosen.unwrap_or((high - low, low / (high - low), 1.0, 0));
        let mut steps = 0_u32;
        while first + f64::from(steps) < last {
            steps += 1;
        }
        let (low, high) = (first * step, (first + f64::from(steps)) * step);
        let (low, high) = (low * measure.divisor, high * measure.divisor);
        Scale { low, high, step: step * measure.divisor, steps, decimals, measure }
    }

    /// Each mark with its words.
    pub(super) fn marks(&self, words: &Words) -> Vec<(f64, String)> {
        (0..=self.steps)
            .map(|place| {
                let value = self.low + f64::from(place) * self.step;
                let digits = format!("{:.1$}", value / self.measure.divisor, self.decimals);
                let zero = digits.bytes().all(|b| matches!(b, b'-' | b'0' | b'.'));
                let digits = if zero { digits.trim_start_matches('-') } else { &digits };
                (value, words.notation(digits) + &self.measure.suffix)
            })
            .collect()
    }

    /// Where a value stands between two ends of the drawing.
    pub(super) fn place(&self, value: f64, start: f64, end: f64) -> f64 {
        start + (value - self.low) / (self.high - self.low) * (end - start)
    }

    /// Whether the scale starts elsewhere than at zero.
    pub(super) fn is_cut(&self) -> bool {
        self.low > 0.0
    }
}

impl Measure {
    fn of(data: &Data<'_>) -> Self {
        let plain = |whole| Measure { suffix: String::new(), divisor: 1.0, whole };
        let with = |suffix: &str, divisor| Measure { suffix: suffix.to_owned(), divisor, whole: false };
        let (low, high) = data.range();
        let Some(first) = data.points().find(|point| point.at.is_some()) else { return plain(false) };
        match first.value {
            Value::Integer(_) => plain(true),
            Value::Ratio { unit: Unit::Number, .. }
            | Value::Empty
            | Value::Text(_)
            | Value::Entries(_)
            | Value::NotMeasured(_) => plain(false),
            Value::Ratio { unit: Unit::PercentagePoints, .. } => plain(false),
            // The report decides whether there is a space before the sign.
            Value::Ratio { unit: Unit::Percent | Unit::Change, .. } => {
                let spaced = first.text.contains("\u{a0}%") || first.text.contains("\u{202f}%");
                with(if spaced { "\u{a0}%" } else { "%" }, 1.0)
            }
            Value::Cents(_) => with("\u{a0}€", 1.0),
            Value::Micros(_) => match high.abs().max(low.abs()) {
                seconds if seconds < 1.0 => with("\u{a0}ms", 0.001),
                seconds if seconds < 180.0 => with("\u{a0}s", 1.0),
                seconds if seconds < 10_800.0 => with("\u{a0}min", 60.0),
                _ => with("\u{a0}h", 3600.0),
            },
        }
    }
}

/// Exact up to 10^22, and the same on every machine beyond.
fn power_of_ten(exponent: i32) -> f64 {
    let power = (0..exponent.unsigned_abs()).fold(1.0, |power, _| power * 10.0);
    if exponent < 0 { 1.0 / power } else { power }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::words;
    use impegno_report::document::Language;

    fn marks(low: f64, high: f64, whole: bool) -> Vec<String> {
        let measure = Measure { suffix: String::new(), divisor: 1.0, whole };
        let scale = Scale::between(low, high, measure, 5);
        scale.marks(words(Language::It)).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn marks_are_round_and_hold_the_values() {
        assert_eq!(marks(0.0, 723_451.0, true), ["0", "200.000", "400.000", "600.000", "800.000"]);
        assert_eq!(marks(0.0, 3.0, true), ["0", "1", "2", "3"]);
        assert_eq!(marks(0.0, 0.3, false), ["0,0", "0,1", "0,2", "0,3"]);
        assert_eq!(marks(-12.0, 38.0, false), ["−20", "0", "20", "40"]);
        assert_eq!(marks(99.91, 99.998, false), ["99,90", "99,92", "99,94", "99,96", "99,98", "100,00"]);
        assert_eq!(marks(0.0, 0.0, true), ["0", "1"]);
    }

    #[test]
    fn huge_values_still_have_an_axis() {
        assert!(marks(0.0, 1e38, true).len() >= 2);
    }
}
