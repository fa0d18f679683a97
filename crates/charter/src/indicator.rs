//! Indicators: the closed list of what can be promised.
//!
//! The documentation of each kind is its public definition.

use impegno_calendar::Micros;
use impegno_settings::Table;

use crate::codes::BAD_SETTING;
use crate::expected::{TimeUnit, time};
use crate::filter::Filter;

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

/// Up time ÷ (up + down time) of a component, from the checks of its probes.
///
/// A probe is up in state ok or warning, down in state critical. A component is down while any of its
/// probes is. Time without knowledge is *unknown* and widens the band; time excused by a planned stop is
/// left out of both sides and shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Availability {
    /// Code of the component.
    pub component: String,
    /// When a state counts.
    pub confirmation: Confirmation,
    /// What a planned stop does.
    pub planned: Planned,
    /// How long a state holds without a further word.
    pub staleness: Micros,
    /// Stops that are shorter do not count; none is when this is nothing.
    pub ignore_shorter_than: Micros,
    /// Code of the calendar whose service hours count; `24x7` unless said otherwise.
    pub calendar: String,
}

impl Default for Availability {
    fn default() -> Availability {
        Availability {
            component: String::new(),
            confirmation: Confirmation::SinceFirst,
            planned: Planned::Counted,
            staleness: STALENESS,
            ignore_shorter_than: Micros(0),
            calendar: "24x7".to_owned(),
        }
    }
}

/// When a state that a monitor reports counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Confirmation {
    /// Only once confirmed (hard), from the confirmation on.
    Hard,
    /// Once confirmed, but from its first attempt on.
    SinceFirst,
    /// At once, confirmed or not.
    Any,
}

/// What a planned stop does to availability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Planned {
    /// Its down time is left out of the account.
    Excused,
    /// Its down time counts like any other.
    Counted,
}

/// Response time of a probe over the period: greatest, mean, or exact percentile (nearest rank).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseTime {
    /// The probe, `host;service`.
    pub probe: String,
    /// Which statistic.
    pub statistic: Statistic,
}

/// A statistic of response times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Statistic {
    /// The greatest.
    Maximum,
    /// The mean.
    Mean,
    /// The value that this many of a thousand do not exceed, by nearest rank.
    Percentile(u16),
}

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

/// Longest stretch, in months, between two performances of an obligation; the stretch from the last one
/// before the period and the stretch running at its end count too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cadence {
    /// The obligation.
    pub obligation: String,
}

const STALENESS: Micros = Micros(25 * 3_600_000_000);

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
            "availability" => read_availability(&mut body).map(Indicator::Availability),
            "response-time" => read_response_time(&mut body).map(Indicator::ResponseTime),
            "within" => read_within(&mut body).map(Indicator::Within),
            _ => {
                let obligation = body.required_text("obligation")?;
                Some(Indicator::Cadence(Cadence { obligation: obligation.value }))
            }
        }
    }
}

fn read_availability(table: &mut Table<'_>) -> Option<Availability> {
    let component = table.required_text("component");
    let rule = read_availability_rule(table, String::new());
    Some(Availability { component: component?.value, ..rule })
}

/// How availability is measured, without the component.
pub(crate) fn read_availability_rule(table: &mut Table<'_>, component: String) -> Availability {
    let confirmations =
        [("hard", Confirmation::Hard), ("since-first", Confirmation::SinceFirst), ("any", Confirmation::Any)];
    let confirmation =
        table.word("confirmation", &confirmations).map_or(Confirmation::SinceFirst, |word| word.value);
    let planned = table
        .word("planned", &[("excused", Planned::Excused), ("counted", Planned::Counted)])
        .map_or(Planned::Counted, |word| word.value);
    let staleness = read_time(table, "staleness").map_or(STALENESS, |(length, _)| length);
    let ignore_shorter_than = read_time(table, "ignore-shorter-than").map_or(Micros(0), |(length, _)| length);
    let calendar = table.text("calendar").map_or_else(|| "24x7".to_owned(), |calendar| calendar.value);
    Availability { component, confirmation, planned, staleness, ignore_shorter_than, calendar }
}

fn read_response_time(table: &mut Table<'_>) -> Option<ResponseTime> {
    let probe = table.required_text("probe");
    let statistic = table.required_text("statistic").and_then(|text| {
        let statistic = match text.value.as_str() {
            "max" => Some(Statistic::Maximum),
            "mean" => Some(Statistic::Mean),
            other => other
                .strip_prefix('p')
                .and_then(|rank| rank.parse::<u16>().ok())
                .filter(|rank| (1..=99).contains(rank))
                .map(|rank| Statistic::Percentile(rank * 10)),
        };
        if statistic.is_none() {
            table.unknown_word(&text, &["max", "mean", "p95"]);
        }
        statistic
    });
    Some(ResponseTime { probe: probe?.value, statistic: statistic? })
}

fn read_within(table: &mut Table<'_>) -> Option<Within> {
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

fn read_time(table: &mut Table<'_>, key: &str) -> Option<(Micros, TimeUnit)> {
    let text = table.text(key)?;
    match time(&text.value) {
        Ok(time) => Some(time),
        Err(reason) => {
            table.problem(BAD_SETTING, &text, reason, "write it like \"30 min\"");
            None
        }
    }
}
