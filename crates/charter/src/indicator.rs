//! Indicators: the closed list of what can be promised.
//!
//! The documentation of each kind is its public definition.

mod availability;
mod response;
mod within;

use impegno_calendar::Micros;
use impegno_settings::Table;

use crate::codes::BAD_SETTING;
use crate::expected::{TimeUnit, time};

pub(crate) use availability::check_availability;
pub(crate) use availability::read_availability_rule;
pub use availability::{
    Availability, Confirmation, DownBy, Planned, Subject, WeightBy, Weighted, WeightedPart,
};
pub use response::{ResponseTime, Statistic};
pub use within::{Clock, LongerThan, Within};

/// What is measured. Closed: every use matches all kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Indicator {
    /// Share of the time in which a component worked.
    Availability(Availability),
    /// Mean of other indicators with equal weights, of their unrounded values.
    MeanOf(Vec<Indicator>),
    /// Response time of a probe.
    ResponseTime(ResponseTime),
    /// Share of cases in which one event follows another in time.
    Within(Within),
    /// Longest stretch between two performances of an obligation.
    Cadence(Cadence),
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
        const KINDS: [&str; 5] = ["availability", "mean", "response-time", "within", "cadence"];
        let Some(kind) = KINDS.into_iter().find(|kind| table.has(kind)) else {
            // Asking for all of them lets the unknown key be reported with the nearest.
            let place = table.place();
            for kind in KINDS {
                table.table(kind);
            }
            let message = "the indicator is of no known kind";
            let hint = format!("one of: {}", KINDS.join(", "));
            table.report(impegno_findings::Finding::error(BAD_SETTING, place, message).hint(hint));
            return None;
        };
        if kind == "mean" {
            let mut parts = table.tables("mean");
            let read: Vec<Indicator> = parts.iter_mut().filter_map(Indicator::read_one).collect();
            return (read.len() == parts.len() && !read.is_empty()).then_some(Indicator::MeanOf(read));
        }
        let mut body = table.table(kind)?;
        match kind {
            "availability" => availability::read(&mut body).map(Indicator::Availability),
            "response-time" => response::read(&mut body).map(Indicator::ResponseTime),
            "within" => within::read(&mut body).map(Indicator::Within),
            _ => {
                let obligation = body.required_text("obligation")?;
                Some(Indicator::Cadence(Cadence { obligation: obligation.value }))
            }
        }
    }
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
