//! Tables that measure instead of counting: availability of components, times of cases.

use impegno_calendar::{Instant, Micros};
use impegno_findings::Place;

use super::Axis;
use crate::{Availability, Filter, Words};

/// Availability of components over periods or windows of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AvailabilityLayout {
    /// Unique within the layout.
    pub id: String,
    /// Caption.
    pub title: Words,
    /// How it is computed and from what.
    pub definition: Words,
    /// Heading of the row labels.
    pub row_heading: Words,
    /// Codes of the components in the order of printing.
    pub components: Vec<String>,
    /// Columns.
    pub columns: AvailabilityColumns,
    /// Whether a column over the whole time closes the others.
    pub total_column: bool,
    /// How availability is measured; its component is each of `components`.
    pub rule: Availability,
    /// Decimals; more where a share would be printed as whole.
    pub decimals: u8,
    /// Footnotes.
    pub notes: Vec<Words>,
    /// Where it stands.
    pub place: Place,
}

/// The columns of a table of availability.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AvailabilityColumns {
    /// Years, quarters, months, or the whole period.
    Periods(Axis),
    /// Windows between instants.
    Windows(Vec<WindowLayout>),
}

/// A window between two instants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowLayout {
    /// Key.
    pub key: String,
    /// Heading.
    pub label: Words,
    /// Its start.
    pub from: Instant,
    /// Its end, which does not belong to it.
    pub until: Instant,
}

/// Times between two events of cases, as statistics.
///
/// A case belongs to the period of its `from` event; what became of it is read at the end of the time that the table
/// spans, so that a case of the last day of a month has the time that it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimesLayout {
    /// Unique within the layout.
    pub id: String,
    /// Caption.
    pub title: Words,
    /// How it is computed and from what.
    pub definition: Words,
    /// Heading of the row labels.
    pub row_heading: Words,
    /// Event from which.
    pub from: String,
    /// Event until which.
    pub to: String,
    /// How time is counted.
    pub clock: TimesClock,
    /// Which cases; the kind is one of its conditions.
    pub filter: Filter,
    /// Rows.
    pub rows: Axis,
    /// The year whose first day the table begins with; the period and its axes decide without.
    pub since: Option<i16>,
    /// Columns, each with all statistics.
    pub columns: Axis,
    /// What is said of the times.
    pub statistics: Vec<TimesStatistic>,
    /// Whether a row of all cases closes the table.
    pub total: bool,
    /// Decimals of shares and of means in days.
    pub decimals: u8,
    /// Footnotes.
    pub notes: Vec<Words>,
    /// Where it stands.
    pub place: Place,
}

/// How the time of a case is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimesClock {
    /// Every second.
    Elapsed,
    /// Only the service hours of a calendar.
    Working(String),
    /// Days from the date of the one event to that of the other: 0 on the same day.
    Days,
    /// Working days of a calendar after the date of the one event up to that of the other: 0 on the same day.
    WorkingDays(String),
}

/// What is said of some times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimesStatistic {
    /// How many cases there are.
    Cases,
    /// How many have both events, in their order.
    Done,
    /// How many have no `to` event yet.
    Open,
    /// The middle one, or the mean of the two in the middle.
    Median,
    /// The mean.
    Mean,
    /// The greatest.
    Maximum,
    /// The value that this many of a hundred do not exceed, by nearest rank.
    Percentile(u8),
    /// How many took at most this long.
    Within(TimesLimit),
    /// Which share of those with both events took at most this long.
    ShareWithin(TimesLimit),
}

/// A length of time on the clock of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimesLimit {
    /// On a clock of seconds.
    Time(Micros),
    /// On the clock of days.
    Days(i64),
}
