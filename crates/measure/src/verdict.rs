//! Measured values, bands and verdicts, all exact.

use impegno_calendar::Micros;
use impegno_charter::{Comparison, Expected, Target};
use num_bigint::BigInt;
use num_rational::BigRational;

/// A measured value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measured {
    /// A share of one.
    Share(BigRational),
    /// A length of time.
    Time(Micros),
    /// Whole months.
    Months(i64),
    /// Days from date to date; a mean has parts of days.
    Days(BigRational),
    /// A number of facts or things.
    Number(i128),
    /// An amount of euro cents.
    Cents(i128),
}

/// The upper end of a time that could be any, in microseconds or days: that of a case which is still open.
pub const ENDLESS: i64 = i64::MAX;

/// What a measured value could be: between all unknown bad and all unknown good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// All unknown counted as bad.
    pub low: BigRational,
    /// All unknown counted as good.
    pub high: BigRational,
}

/// Whether a promise was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Kept.
    Met,
    /// Not kept.
    Missed,
    /// The target lies inside the band: what is unknown could decide either way.
    NotProvable,
    /// There is a measured value, and nothing was promised of it.
    NoThreshold,
    /// There is no measured value.
    NotMeasured(Reason),
}

/// Why there is no measured value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reason {
    /// No fact of the kind that the indicator needs was received for the period.
    NoFacts,
    /// The component has no probe.
    NoProbe,
    /// No case fell under the promise.
    NoCase,
    /// No case of the kind ever had this event, which the promise waits for: nobody records it.
    NoEvent(String),
    /// Facts there are, but the state is unknown all the time.
    NothingKnown,
    /// All service time of the period is excused, or there is none.
    AllExcused,
    /// The whole of which a share is asked has nothing in it.
    EmptyWhole,
    /// No scan of the network began in the period.
    NoScan,
    /// No scan of the network in the period was done to its end.
    UnfinishedScan,
}

impl Measured {
    /// The exact value as a fraction in the unit of its target: shares of one, microseconds, months, days, facts,
    /// cents.
    pub fn exact(&self) -> BigRational {
        match self {
            Measured::Share(share) => share.clone(),
            Measured::Time(time) => BigRational::from_integer(BigInt::from(time.0)),
            Measured::Months(months) => BigRational::from_integer(BigInt::from(*months)),
            Measured::Days(days) => days.clone(),
            Measured::Number(number) => BigRational::from_integer(BigInt::from(*number)),
            Measured::Cents(cents) => BigRational::from_integer(BigInt::from(*cents)),
        }
    }
}

/// The exact value of a target, in the same units as [`Measured::exact`].
pub(crate) fn target_value(target: &Target) -> BigRational {
    match target {
        Target::Share { numerator, denominator, .. }
        | Target::Days { numerator, denominator }
        | Target::Number { numerator, denominator, .. } => {
            BigRational::new(BigInt::from(*numerator), BigInt::from(*denominator))
        }
        Target::Time { length, .. } => BigRational::from_integer(BigInt::from(length.0)),
        Target::Months(months) => BigRational::from_integer(BigInt::from(*months)),
        Target::Cents(cents) => BigRational::from_integer(BigInt::from(*cents)),
        // Nothing is held against it: see `Expected::is_stated`.
        Target::Unstated => BigRational::default(),
    }
}

/// A fraction of two whole numbers; `None` when the denominator is zero.
pub(crate) fn fraction(numerator: i128, denominator: i128) -> Option<BigRational> {
    (denominator != 0).then(|| BigRational::new(BigInt::from(numerator), BigInt::from(denominator)))
}

/// The verdict on a band: a promise is kept when even the worse end keeps it, not kept when even the
/// better end does not. By how much it was missed is the deviation.
pub(crate) fn judge(expected: &Expected, band: &Band) -> Verdict {
    let target = target_value(&expected.target);
    let comparison: Comparison = expected.comparison;
    if !expected.is_stated() {
        return Verdict::NoThreshold;
    }
    let (worse, better) =
        if comparison.higher_is_better() { (&band.low, &band.high) } else { (&band.high, &band.low) };
    if comparison.holds(worse, &target) {
        Verdict::Met
    } else if comparison.holds(better, &target) {
        Verdict::NotProvable
    } else {
        Verdict::Missed
    }
}
