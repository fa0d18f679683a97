//! Cases in which one event follows another in time.

use impegno_calendar::Micros;
use impegno_settings::Table;

use super::read_time;
use crate::expected::TimeUnit;
use crate::filter::Filter;

/// Cases whose `to` event came within `limit` of their `from` event ÷ cases that are decided.
///
/// A case belongs to the period of its `from` event; its state is that at the end of the period. Good:
/// `to` came in time (exactly at the limit is in time). Late: it came late, or the limit passed without
/// it. Open and not yet late, and not judgeable (events out of order): neither, they widen the band.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Within {
    /// Kind of the cases.
    pub cases: String,
    /// Which of them.
    pub filter: Filter,
    /// Event that starts the clock.
    pub from: String,
    /// Event that stops it.
    pub to: String,
    /// How time is counted.
    pub clock: Clock,
    /// The limit.
    pub limit: Micros,
    /// Unit in which the limit was written.
    pub unit: TimeUnit,
    /// Only cases in which more than a length passed between two events.
    pub longer_than: Option<LongerThan>,
}

/// How time is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clock {
    /// Every second.
    Elapsed,
    /// Only the service hours of a calendar.
    Working(String),
}

/// A condition on the length of a case, in elapsed time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LongerThan {
    /// Event from which.
    pub from: String,
    /// Event until which; a case without it is as long as the period lets it be.
    pub to: String,
    /// Strictly more than this.
    pub length: Micros,
}

/// Reads the settings of a share of cases in time.
pub(super) fn read(table: &mut Table<'_>) -> Option<Within> {
    let cases = table.required_text("cases");
    let filter = Filter::read(table, "filter");
    let from = table.required_text("from");
    let to = table.required_text("to");
    let clock = match table.text("calendar") {
        Some(calendar) => Clock::Working(calendar.value),
        None => Clock::Elapsed,
    };
    table.require("limit");
    let limit = read_time(table, "limit");
    let longer_than = table.table("longer-than").and_then(|mut longer| {
        longer.require("length");
        let length = read_time(&mut longer, "length");
        let from = longer.required_text("from");
        let to = longer.required_text("to");
        Some(LongerThan { from: from?.value, to: to?.value, length: length?.0 })
    });
    let (limit, unit) = limit?;
    Some(Within {
        cases: cases?.value,
        filter,
        from: from?.value,
        to: to?.value,
        clock,
        limit,
        unit,
        longer_than,
    })
}
