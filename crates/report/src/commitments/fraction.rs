//! Figures printed as a fraction, as performance plans do: `363/365`, `7,2/7,2`, `2/3`, `1.411/1.832 (77,0 %)`.

use impegno_charter::{Commitment, CountUnit, Indicator, Printed, ShareForm, Target};
use impegno_measure::{Evidence, Measured, Measurement, RatioEvidence};
use num_bigint::BigInt;
use num_rational::BigRational;

use super::decimals;
use crate::numbers;
use crate::plan::Frame;
use crate::words;

/// Most decimals that a number of a fraction is ever given.
const MOST_DECIMALS: u8 = 9;

fn whole(number: i128) -> BigRational {
    BigRational::from_integer(BigInt::from(number))
}

/// The two numbers of a measured value, not reduced: facts, cases, days, hours.
fn numbers_of(commitment: &Commitment, evidence: &Evidence) -> Option<(BigRational, BigRational)> {
    let hours = |micros: &BigRational| micros / whole(3_600_000_000);
    match (evidence, &commitment.indicator) {
        (Evidence::Ratio(RatioEvidence { numbers: Some(found), .. }), Indicator::Ratio(ratio)) => {
            let unit = match ratio.unit {
                CountUnit::One => whole(1),
                CountUnit::Minutes => whole(60),
            };
            // What is printed for one of nothing is no fraction.
            let per = match ratio.per {
                Some(_) => found.per.filter(|per| *per > 0)?,
                None => 1,
            };
            let of = |count: i128| whole(count) / &unit / whole(per);
            Some((of(found.part), of(found.decided)))
        }
        (Evidence::Days(days), _) => {
            let account = &days.account;
            Some((whole(i128::from(account.available)), whole(i128::from(account.available + account.lost))))
        }
        (Evidence::Hours(one), _) => {
            let up = whole(i128::from(one.availability.account.up.0));
            Some((hours(&up), hours(&one.whole())))
        }
        (Evidence::Within(within), _) => {
            let count = &within.count;
            Some((whole(i128::from(count.good)), whole(i128::from(count.good + count.late))))
        }
        _ => None,
    }
}

/// A fraction with so many decimals in each number that it neither pretends to be one nor changes sides with the target.
fn text(
    above: &BigRational,
    below: &BigRational,
    least: u8,
    target: Option<&BigRational>,
    frame: &Frame<'_>,
) -> String {
    let one = whole(1);
    let rounded = |value: &BigRational, decimals: u8| {
        BigRational::new(numbers::scaled(value, decimals), BigInt::from(10).pow(u32::from(decimals)))
    };
    let honest = |decimals: u8| {
        let (top, bottom) = (rounded(above, decimals), rounded(below, decimals));
        if bottom == whole(0) {
            return false;
        }
        let (shown, exact) = (&top / &bottom, above / below);
        let same_side = |limit: &BigRational| shown.cmp(limit) == exact.cmp(limit);
        same_side(&one) && same_side(&whole(0)) && target.is_none_or(same_side)
    };
    let decimals = (least..=MOST_DECIMALS).find(|decimals| honest(*decimals)).unwrap_or(MOST_DECIMALS);
    let said = |value: &BigRational| {
        let decimals = if value.is_integer() { least } else { decimals };
        numbers::decimal(value, decimals, frame.language)
    };
    format!("{}/{}", said(above), said(below))
}

/// The measured share as its promise wants it printed; `None` where a percentage is wanted or all that there is.
pub(super) fn share(commitment: &Commitment, measurement: &Measurement, frame: &Frame<'_>) -> Option<String> {
    if commitment.printed == Printed::Percent {
        return None;
    }
    let Some(Measured::Share(share)) = &measurement.measured else { return None };
    let (above, below) = numbers_of(commitment, &measurement.evidence)?;
    let least = match commitment.expected.target {
        Target::Share { written: ShareForm::Fraction(decimals), .. } => decimals,
        _ => 0,
    };
    // What is printed for one of something has decimals of its own, as far as it needs one.
    let per = matches!(&commitment.indicator, Indicator::Ratio(ratio) if ratio.per.is_some());
    let needs_one = per && !(above.is_integer() && below.is_integer());
    let fraction =
        text(&above, &below, least.max(u8::from(needs_one)), super::target_share(commitment).as_ref(), frame);
    match commitment.printed {
        Printed::Both => {
            let percent = numbers::percent(share, decimals(commitment, share), frame.language);
            Some(format!("{fraction} ({percent})"))
        }
        Printed::Fraction | Printed::Percent => Some(fraction),
    }
}

/// The days planned at most, of which the value of a promise is printed as a part.
fn of_days(commitment: &Commitment) -> Option<u32> {
    match &commitment.indicator {
        Indicator::CaseTime(one) => one.of_days,
        _ => None,
    }
}

/// A number of days as a part of those that are planned at most: `2/3 giorni`.
pub(super) fn days(days: &BigRational, commitment: &Commitment, frame: &Frame<'_>) -> Option<String> {
    let of = of_days(commitment)?;
    let target = match commitment.expected.target {
        Target::Days { numerator, denominator } => {
            Some(BigRational::new(BigInt::from(numerator), BigInt::from(denominator)))
        }
        _ => None,
    };
    let least = commitment.decimals.unwrap_or(0);
    let honest = |decimals: u8| {
        let scale = BigInt::from(10).pow(u32::from(decimals));
        let shown = BigRational::new(numbers::scaled(days, decimals), scale);
        let same_side = |limit: &BigRational| shown.cmp(limit) == days.cmp(limit);
        same_side(&whole(0)) && same_side(&whole(i128::from(of))) && target.as_ref().is_none_or(same_side)
    };
    let decimals = (least..=MOST_DECIMALS).find(|decimals| honest(*decimals)).unwrap_or(MOST_DECIMALS);
    let number = numbers::decimal(days, decimals, frame.language);
    let word = words::days(&whole(i128::from(of)), frame.language);
    Some(format!("{number}/{word}"))
}
