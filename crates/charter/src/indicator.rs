//! Indicators: the closed list of what can be promised.
//!
//! The documentation of each kind is its public definition.

mod availability;
mod counted;
mod operation;
mod response;
mod vulnerable;
mod within;

use impegno_calendar::Micros;
use impegno_findings::{Finding, Place};
use impegno_settings::Table;

use crate::codes::BAD_SETTING;
use crate::expected::{Expected, TimeUnit, time};
use crate::filter::Filter;
use crate::layout::{Measured, TimesClock};

pub(crate) use availability::check_availability;
pub(crate) use availability::read_availability_rule;
pub use availability::{
    Availability, Confirmation, DownBy, Planned, Subject, WeightBy, Weighted, WeightedPart,
};
pub use operation::{DaysAvailable, HoursOfOperation};
use response::read_statistic;
pub use response::{ResponseTime, Statistic};
pub use vulnerable::{ScanShare, Scans, Vulnerable};
pub use within::{Clock, Limit, LongerThan, PauseRule, REOPENED, Reopen, Within};

/// What is measured. Closed: every use matches all kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Indicator {
    /// Share of the time in which a component worked.
    Availability(Availability),
    /// Mean of other indicators of shares, of their unrounded values, with equal or declared weights.
    MeanOf(Vec<MeanPart>),
    /// Response time of a probe.
    ResponseTime(ResponseTime),
    /// Share of cases in which one event follows another in time.
    Within(Box<Within>),
    /// Longest stretch between two performances of an obligation.
    Cadence(Cadence),
    /// Longest stop of a component within the period, counted as its availability is.
    LongestStop(Availability),
    /// How many facts there are, or how much they come to; stocks as they stand at the end of the period.
    Count(Counted),
    /// One count divided by another.
    Ratio(Box<Ratio>),
    /// How long cases take: mean, median, percentile or longest.
    CaseTime(CaseTime),
    /// Days on which a component could be reached, of those of the period.
    DaysAvailable(Box<DaysAvailable>),
    /// Hours for which a component ran, of those of work.
    HoursOfOperation(Box<HoursOfOperation>),
    /// A share of what vulnerability scans found.
    Vulnerable(Vulnerable),
    /// Several promises that must all be kept: a compound standard.
    AllOf(Vec<Requirement>),
}

/// A part of a mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeanPart {
    /// How much it weighs; 1 unless said otherwise, never 0.
    pub weight: u32,
    /// What it is.
    pub indicator: Indicator,
}

/// A requirement of a compound standard: `≥ 99 %`, *and* `no event over 6 h`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// What is measured.
    pub indicator: Indicator,
    /// What is promised of it.
    pub expected: Expected,
}

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Which kind of facts.
    pub of: Measured,
    /// Which of them.
    pub filter: Filter,
    /// Where it stands.
    pub place: Place,
}

/// `part` ÷ `whole`; without any of the whole there is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ratio {
    /// The numerator.
    pub part: Counted,
    /// The denominator.
    pub whole: Counted,
    /// Which of the whole are not decided yet: they stand in neither number and could go either way.
    pub undecided: Option<Counted>,
    /// What part and whole are printed for one of, `7.2/7.2` hours a day; the share does not depend on it.
    pub per: Option<Counted>,
    /// What the quantities are.
    pub unit: CountUnit,
}

/// What the quantities of a ratio are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CountUnit {
    /// Facts or things.
    One,
    /// Minutes, printed as hours.
    Minutes,
}

/// How long the cases of a period took from one event to another.
///
/// A case belongs to the period of its `from` event and counts as it was at the end of it. A percentile is the
/// nearest rank, the median the 50th. Cases that are still open could take any time: they widen the band, from the
/// time that they have taken so far to no end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseTime {
    /// Kind of the cases.
    pub cases: String,
    /// Which of them.
    pub filter: Filter,
    /// Event that starts the clock.
    pub from: String,
    /// Event that stops it.
    pub to: String,
    /// How time is counted.
    pub clock: TimesClock,
    /// Which statistic.
    pub statistic: Statistic,
    /// The days that are planned at most, of which the statistic is printed as a part: 3 for `2/3 days`. No verdict depends
    /// on it.
    pub of_days: Option<u32>,
}

/// Longest stretch, in months, between two performances of an obligation; the stretch from the last one
/// before the period and the stretch running at its end count too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cadence {
    /// The obligation.
    pub obligation: String,
}

impl Indicator {
    /// Reads the indicator under a key that must be there.
    pub(crate) fn read(table: &mut Table<'_>, key: &str) -> Option<Indicator> {
        table.require(key);
        let mut one = table.table(key)?;
        Indicator::read_one(&mut one)
    }

    fn read_one(table: &mut Table<'_>) -> Option<Indicator> {
        let Some(kind) = KINDS.into_iter().find(|kind| table.has(kind)) else {
            // Asking for all of them lets the unknown key be reported with the nearest.
            let place = table.place();
            for kind in KINDS {
                table.table(kind);
            }
            let message = "the indicator is of no known kind";
            let hint = format!("one of: {}", KINDS.join(", "));
            table.report(Finding::error(BAD_SETTING, place, message).hint(hint));
            return None;
        };
        match kind {
            "mean" => return read_mean(table),
            "all-of" => return read_all_of(table),
            _ => {}
        }
        let mut body = table.table(kind)?;
        match kind {
            "availability" => availability::read(&mut body).map(Indicator::Availability),
            "longest-stop" => {
                let one = availability::read(&mut body)?;
                if matches!(one.of, Subject::Weighted(_)) {
                    let message = "a weighted availability is a mean and has no stop of its own";
                    let finding = Finding::error(BAD_SETTING, body.place(), message);
                    body.report(finding.hint("name a component, a system or a composition"));
                    return None;
                }
                Some(Indicator::LongestStop(one))
            }
            "response-time" => response::read(&mut body).map(Indicator::ResponseTime),
            "within" => within::read(&mut body).map(Box::new).map(Indicator::Within),
            "count" => counted::read_counted(&mut body).map(Indicator::Count),
            "ratio" => counted::read_ratio(&mut body).map(Box::new).map(Indicator::Ratio),
            "days-available" => operation::read_days(&mut body).map(Box::new).map(Indicator::DaysAvailable),
            "hours-of-operation" => {
                operation::read_hours(&mut body).map(Box::new).map(Indicator::HoursOfOperation)
            }
            "vulnerable" => vulnerable::read(&mut body).map(Indicator::Vulnerable),
            "tracked" => vulnerable::read_tracked(&mut body).map(Indicator::Vulnerable),
            "time" => counted::read_case_time(&mut body).map(Indicator::CaseTime),
            _ => {
                let obligation = body.required_text("obligation")?;
                Some(Indicator::Cadence(Cadence { obligation: obligation.value }))
            }
        }
    }

    /// How availability is counted, of an indicator that is made of it.
    pub fn availability(&self) -> Option<&Availability> {
        match self {
            Indicator::Availability(one) | Indicator::LongestStop(one) => Some(one),
            Indicator::DaysAvailable(one) => Some(&one.availability),
            Indicator::HoursOfOperation(one) => Some(&one.availability),
            Indicator::MeanOf(_)
            | Indicator::AllOf(_)
            | Indicator::ResponseTime(_)
            | Indicator::Within(_)
            | Indicator::Cadence(_)
            | Indicator::Count(_)
            | Indicator::Ratio(_)
            | Indicator::Vulnerable(_)
            | Indicator::CaseTime(_) => None,
        }
    }

    /// What must work, of an indicator that is made of availability.
    pub fn of(&self) -> Option<&Subject> {
        self.availability().map(|one| &one.of)
    }

    /// The indicators that it is made of, itself included, the outermost first.
    pub fn all(&self) -> Vec<&Indicator> {
        let mut found = vec![self];
        match self {
            Indicator::MeanOf(parts) => found.extend(parts.iter().flat_map(|part| part.indicator.all())),
            Indicator::AllOf(parts) => found.extend(parts.iter().flat_map(|part| part.indicator.all())),
            Indicator::Availability(_)
            | Indicator::LongestStop(_)
            | Indicator::DaysAvailable(_)
            | Indicator::HoursOfOperation(_)
            | Indicator::ResponseTime(_)
            | Indicator::Within(_)
            | Indicator::Cadence(_)
            | Indicator::Count(_)
            | Indicator::Ratio(_)
            | Indicator::Vulnerable(_)
            | Indicator::CaseTime(_) => {}
        }
        found
    }
}

/// The kinds of indicators as they are written.
const KINDS: [&str; 14] = [
    "availability",
    "mean",
    "response-time",
    "within",
    "cadence",
    "longest-stop",
    "count",
    "ratio",
    "time",
    "days-available",
    "hours-of-operation",
    "vulnerable",
    "tracked",
    "all-of",
];

fn read_mean(table: &mut Table<'_>) -> Option<Indicator> {
    let mut parts = table.tables("mean");
    let read = |part: &mut Table<'_>| {
        let weight = part.integer("weight");
        let indicator = Indicator::read_one(part);
        let weight = match weight {
            None => Some(1),
            Some(weight) => {
                let read = u32::try_from(weight.value).ok().filter(|weight| *weight > 0);
                if read.is_none() {
                    let message = format!("{} is no weight", weight.value);
                    part.problem(BAD_SETTING, &weight, message, "a whole number from 1 up");
                }
                read
            }
        };
        let indicator = indicator?;
        let is_share = matches!(
            indicator,
            Indicator::Availability(_)
                | Indicator::MeanOf(_)
                | Indicator::Within(_)
                | Indicator::Ratio(_)
                | Indicator::DaysAvailable(_)
                | Indicator::HoursOfOperation(_)
                | Indicator::Vulnerable(_)
        );
        if !is_share {
            let finding =
                Finding::error(BAD_SETTING, part.place(), "a mean is of shares, and this part is none");
            part.report(finding.hint("availability, within, ratio or another mean"));
            return None;
        }
        Some(MeanPart { weight: weight?, indicator })
    };
    let read: Vec<MeanPart> = parts.iter_mut().filter_map(read).collect();
    (read.len() == parts.len() && !read.is_empty()).then_some(Indicator::MeanOf(read))
}

fn read_all_of(table: &mut Table<'_>) -> Option<Indicator> {
    let mut parts = table.tables("all-of");
    let read = |part: &mut Table<'_>| {
        let expected = Expected::read(part, "expected");
        let indicator = Indicator::read_one(part);
        let (expected, indicator) = (expected?, indicator?);
        crate::commitment::fits(part, &indicator, &expected).then_some(Requirement { indicator, expected })
    };
    let read: Vec<Requirement> = parts.iter_mut().filter_map(read).collect();
    (read.len() == parts.len() && !read.is_empty()).then_some(Indicator::AllOf(read))
}

/// A length of time under a key, `30 min`.
pub(crate) fn read_time(table: &mut Table<'_>, key: &str) -> Option<(Micros, TimeUnit)> {
    let text = table.text(key)?;
    match time(&text.value) {
        Ok(time) => Some(time),
        Err(reason) => {
            table.problem(BAD_SETTING, &text, reason, "write it like \"30 min\"");
            None
        }
    }
}
