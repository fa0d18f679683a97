//! Expected values: `>= 98.50 %`, `<= 7 ms`, `<= 6 months`.

use impegno_calendar::Micros;
use impegno_findings::Place;
use impegno_settings::Table;

use crate::codes::BAD_EXPECTED;

/// What a commitment promises: a comparison with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// How the measured value must compare.
    pub comparison: Comparison,
    /// With what.
    pub target: Target,
    /// Where it stands.
    pub place: Place,
}

/// How the measured value must compare with the expected one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `>=`
    AtLeast,
    /// `>`
    MoreThan,
    /// `<=`
    AtMost,
    /// `<`
    LessThan,
}

/// An expected value with its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// A share: `numerator / denominator` of one, with the decimals of percent that were written.
    Share {
        /// Numerator.
        numerator: i128,
        /// Denominator, positive.
        denominator: i128,
        /// Decimals as written: 2 for `98.50 %`.
        decimals: u8,
        /// How it is written.
        written: ShareForm,
    },
    /// A length of time, in the unit that was written.
    Time {
        /// The length.
        length: Micros,
        /// The unit written.
        unit: TimeUnit,
    },
    /// Whole months.
    Months(i64),
    /// Days from date to date, with the decimals that were written (a mean of days has some).
    Days {
        /// Numerator.
        numerator: i128,
        /// Denominator, a power of ten.
        denominator: i128,
    },
    /// A number of facts or things, with the decimals that were written.
    Number {
        /// Numerator.
        numerator: i128,
        /// Denominator, a power of ten.
        denominator: i128,
        /// Decimals as written.
        decimals: u8,
    },
    /// An amount of euro cents.
    Cents(i128),
    /// None: the document names what is measured and no threshold.
    Unstated,
}

/// How a share is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ShareForm {
    /// `98.50 %`
    Percent,
    /// `361/365` or, with so many decimals in each number, `7.2/7.2`: the numbers of the target are tenths then.
    Fraction(u8),
}

/// What an expected value comes to whatever is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Certainty {
    /// Nothing keeps it.
    Never,
    /// Everything keeps it.
    Always,
}

/// Units of time that people write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeUnit {
    /// Milliseconds.
    Millisecond,
    /// Seconds.
    Second,
    /// Minutes.
    Minute,
    /// Hours.
    Hour,
}

impl Comparison {
    /// Whether more is better.
    pub fn higher_is_better(self) -> bool {
        match self {
            Comparison::AtLeast | Comparison::MoreThan => true,
            Comparison::AtMost | Comparison::LessThan => false,
        }
    }

    /// Whether `measured ⋈ expected` holds.
    pub fn holds<T: Ord>(self, measured: T, expected: T) -> bool {
        match self {
            Comparison::AtLeast => measured >= expected,
            Comparison::MoreThan => measured > expected,
            Comparison::AtMost => measured <= expected,
            Comparison::LessThan => measured < expected,
        }
    }
}

impl TimeUnit {
    /// Microseconds in one unit.
    pub fn micros(self) -> i64 {
        match self {
            TimeUnit::Millisecond => 1_000,
            TimeUnit::Second => 1_000_000,
            TimeUnit::Minute => 60_000_000,
            TimeUnit::Hour => 3_600_000_000,
        }
    }
}

impl Expected {
    /// What a promise expects that allows no exception: `>= 100 %`.
    pub(crate) fn all(place: Place) -> Expected {
        let target = Target::Share { numerator: 1, denominator: 1, decimals: 0, written: ShareForm::Percent };
        Expected { comparison: Comparison::AtLeast, target, place }
    }

    /// Whether a threshold is promised at all.
    pub fn is_stated(&self) -> bool {
        self.target != Target::Unstated
    }

    /// Whether it allows no exception.
    pub fn is_all(&self) -> bool {
        let all =
            matches!(self.target, Target::Share { numerator, denominator, .. } if numerator == denominator);
        all && self.comparison == Comparison::AtLeast
    }

    /// Reads an expected value from a text, `>= 99.5 %`.
    ///
    /// # Errors
    /// What is wrong with the text, in words.
    pub fn parse(text: &str, place: Place) -> Result<Expected, String> {
        let (comparison, target) = parse(text)?;
        Ok(Expected { comparison, target, place })
    }

    /// Whether the promise is decided before anything is measured: every measured value is nothing or more, a share
    /// at most one if it is `bounded`.
    pub(crate) fn certainty(&self, bounded: bool) -> Option<Certainty> {
        use std::cmp::Ordering::{Equal, Greater, Less};
        let least = match self.target {
            Target::Share { numerator, .. }
            | Target::Days { numerator, .. }
            | Target::Number { numerator, .. } => numerator.cmp(&0),
            Target::Time { length, .. } => length.0.cmp(&0),
            Target::Months(months) => months.cmp(&0),
            Target::Cents(cents) => cents.cmp(&0),
            Target::Unstated => return None,
        };
        let most = match self.target {
            Target::Share { numerator, denominator, .. } if bounded => numerator.cmp(&denominator),
            _ => Less,
        };
        match (self.comparison, least, most) {
            (Comparison::AtLeast, _, Greater) | (Comparison::MoreThan, _, Greater | Equal) => {
                Some(Certainty::Never)
            }
            (Comparison::LessThan, Less | Equal, _) | (Comparison::AtMost, Less, _) => Some(Certainty::Never),
            (Comparison::AtLeast, Less | Equal, _) | (Comparison::MoreThan, Less, _) => {
                Some(Certainty::Always)
            }
            (Comparison::AtMost, _, Greater | Equal) | (Comparison::LessThan, _, Greater) => {
                Some(Certainty::Always)
            }
            _ => None,
        }
    }

    /// Reads the expected value under a key that must be there.
    pub(crate) fn read(table: &mut Table<'_>, key: &str) -> Option<Expected> {
        let text = table.required_text(key)?;
        match parse(&text.value) {
            Ok((comparison, target)) => Some(Expected { comparison, target, place: text.place }),
            Err(reason) => {
                table.problem(
                    BAD_EXPECTED,
                    &text,
                    reason,
                    "write it like \">= 98.50 %\", \">= 361/365\", \"<= 7 ms\" or \"<= 6 months\"; \"none\" without a threshold",
                );
                None
            }
        }
    }
}

/// The word for a promise without a threshold.
const NONE: &str = "none";

fn parse(text: &str) -> Result<(Comparison, Target), String> {
    let text = text.trim();
    if text == NONE {
        return Ok((Comparison::AtLeast, Target::Unstated));
    }
    let comparisons = [
        (">=", Comparison::AtLeast),
        ("<=", Comparison::AtMost),
        (">", Comparison::MoreThan),
        ("<", Comparison::LessThan),
    ];
    let (rest, comparison) = comparisons
        .iter()
        .find_map(|(sign, comparison)| text.strip_prefix(sign).map(|rest| (rest.trim(), *comparison)))
        .ok_or("an expected value begins with >=, >, <= or <")?;
    let (number, unit) = number_and_unit(rest)?;
    if let Some(rest) = unit.strip_prefix('/') {
        return Ok((comparison, fraction(number, rest)?));
    }
    let target = match unit {
        "" => {
            let (numerator, denominator, decimals) = decimal(number)?;
            Target::Number { numerator, denominator, decimals }
        }
        "day" | "days" => {
            let (numerator, denominator, _) = decimal(number)?;
            Target::Days { numerator, denominator }
        }
        "EUR" | "euro" | "€" => {
            let (digits, scale, _) = decimal(number)?;
            if (digits * 100) % scale != 0 {
                return Err(format!("`{number}` is finer than a cent"));
            }
            Target::Cents(digits * 100 / scale)
        }
        "%" => {
            let (numerator, scale, decimals) = decimal(number)?;
            Target::Share { numerator, denominator: scale * 100, decimals, written: ShareForm::Percent }
        }
        "month" | "months" => {
            Target::Months(number.parse().map_err(|_| format!("`{number}` is not a whole number of months"))?)
        }
        _ => {
            let (length, unit) = time(rest)?;
            Target::Time { length, unit }
        }
    };
    Ok((comparison, target))
}

/// A share that is written as a fraction, `361/365` or `7.2/7.2`.
fn fraction(above: &str, rest: &str) -> Result<Target, String> {
    let (below, unit) = number_and_unit(rest.trim())?;
    let (above_digits, above_scale, above_decimals) = decimal(above.trim())?;
    let (below_digits, below_scale, below_decimals) = decimal(below)?;
    if below_digits == 0 {
        return Err(format!("`{above}/{below}` divides by nothing"));
    }
    if !unit.is_empty() {
        return Err(format!("`{unit}` is no unit of a fraction, which is a share and has none"));
    }
    let decimals = above_decimals.max(below_decimals);
    let scale = 10_i128.pow(u32::from(decimals));
    Ok(Target::Share {
        numerator: above_digits * (scale / above_scale),
        denominator: below_digits * (scale / below_scale),
        decimals: 0,
        written: ShareForm::Fraction(decimals),
    })
}

/// Splits `98.50 %` into its number and its unit.
fn number_and_unit(text: &str) -> Result<(&str, &str), String> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    if number.is_empty() {
        return Err(format!("`{text}` has no number"));
    }
    if unit.strip_prefix(',').is_some_and(|rest| rest.trim_start().starts_with(|c: char| c.is_ascii_digit()))
    {
        return Err(format!(
            "`{text}` has a decimal comma: write a decimal point, `{}`",
            text.replace(',', ".")
        ));
    }
    Ok((number, unit.trim()))
}

/// Digits, power of ten and number of decimals of a decimal number.
fn decimal(number: &str) -> Result<(i128, i128, u8), String> {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let together = format!("{whole}{decimals}");
    let significant = together.trim_start_matches('0');
    // More than any promise needs, and few enough that no product with a unit overflows.
    if significant.len() > 18 && significant.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("`{number}` has more than eighteen digits"));
    }
    let digits: i128 = together.parse().map_err(|_| format!("`{number}` is not a number"))?;
    if decimals.len() > 9 {
        return Err(format!("`{number}` has more than nine decimals"));
    }
    Ok((digits, 10_i128.pow(decimals.len() as u32), decimals.len() as u8))
}

/// A length of time with its unit: `1 h`, `30 min`, `7 ms`, `25 h`.
pub(crate) fn time(text: &str) -> Result<(Micros, TimeUnit), String> {
    let (number, unit) = number_and_unit(text.trim())?;
    let unit = match unit {
        "ms" => TimeUnit::Millisecond,
        "s" => TimeUnit::Second,
        "min" => TimeUnit::Minute,
        "h" => TimeUnit::Hour,
        "" => return Err(format!("`{text}` has no unit")),
        other => return Err(format!("`{other}` is not a unit of time: use ms, s, min or h")),
    };
    let (digits, scale, _) = decimal(number)?;
    let micros = digits * i128::from(unit.micros());
    if micros % scale != 0 {
        return Err(format!("`{text}` is finer than a microsecond"));
    }
    let micros = i64::try_from(micros / scale).map_err(|_| format!("`{text}` is too long"))?;
    Ok((Micros(micros), unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_decided_before_anything_is_measured() {
        let certainty =
            |text: &str| Expected::parse(text, Place::default()).map(|expected| expected.certainty(true));
        for never in ["> 100 %", ">= 100.01 %", "< 0 %", "< 0 h", "< 0", "< 0 months"] {
            assert_eq!(certainty(never), Ok(Some(Certainty::Never)), "{never}");
        }
        for always in [">= 0 %", "<= 100 %", "< 100.1 %", ">= 0 min", ">= 0"] {
            assert_eq!(certainty(always), Ok(Some(Certainty::Always)), "{always}");
        }
        assert_eq!(certainty(">= 366/365"), Ok(Some(Certainty::Never)));
        for open in [
            "none",
            ">= 365/365",
            ">= 100 %",
            "> 0 %",
            "<= 0 %",
            "< 100 %",
            "<= 0 h",
            "<= 6 months",
            "> 0",
            "<= 0 EUR",
        ] {
            assert_eq!(certainty(open), Ok(None), "{open}");
        }
    }

    #[test]
    fn expected_values_with_units() {
        let share =
            Target::Share { numerator: 9850, denominator: 10_000, decimals: 2, written: ShareForm::Percent };
        assert_eq!(parse(">= 98.50 %"), Ok((Comparison::AtLeast, share)));
        let time = Target::Time { length: Micros(7_000), unit: TimeUnit::Millisecond };
        assert_eq!(parse("<=7 ms"), Ok((Comparison::AtMost, time)));
        assert_eq!(parse("<= 6 months"), Ok((Comparison::AtMost, Target::Months(6))));
        let number = Target::Number { numerator: 125, denominator: 10, decimals: 1 };
        assert_eq!(parse(">= 12.5"), Ok((Comparison::AtLeast, number)));
        assert_eq!(
            parse("< 2.5 days"),
            Ok((Comparison::LessThan, Target::Days { numerator: 25, denominator: 10 }))
        );
        let fraction = |numerator, denominator, decimals| Target::Share {
            numerator,
            denominator,
            decimals: 0,
            written: ShareForm::Fraction(decimals),
        };
        assert_eq!(parse(">= 361/365"), Ok((Comparison::AtLeast, fraction(361, 365, 0))));
        assert_eq!(parse(">= 7/7.25"), Ok((Comparison::AtLeast, fraction(700, 725, 2))));
        assert_eq!(parse("none"), Ok((Comparison::AtLeast, Target::Unstated)));
        for wrong in [">= 3/0", ">= 3/", ">= 3/4 %", "<= 2/3 days", ">= none", "/"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(parse("<= 12.5 EUR"), Ok((Comparison::AtMost, Target::Cents(1250))));
        assert!(parse("98 %").is_err());
        assert!(parse("> 3 bananas").is_err());
    }
}
