//! `get_sla_ok_percent` of Icinga DB, exactly.
//!
//! Only hard states count; a problem is any state above up for a host, above warning for a service. Planned stops
//! count as good time and stay in the total. Time before a change whose previous state is *pending* leaves the total.

use crate::Share;

/// A host or a service; they differ in which states are problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Problems are all states but 0.
    Host,
    /// Problems are states above 1: a warning is none.
    Service,
}

/// The number of a state: 0 to 3, or [`PENDING`].
pub type StateNumber = u8;

/// The state of an object that was never checked.
pub const PENDING: StateNumber = 99;

/// A row of the history of states: a change of the hard state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// When, in the caller's unit (Icinga DB has milliseconds).
    pub at: i64,
    /// The state from then on.
    pub state: StateNumber,
    /// The state before.
    pub previous: StateNumber,
}

/// What the database holds of one object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Object {
    /// Changes of state in any order.
    pub changes: Vec<Change>,
    /// Planned stops, `[start, end)`; they may overlap.
    pub downtimes: Vec<(i64, i64)>,
    /// The state now, if it was ever checked.
    pub current: Option<StateNumber>,
}

/// A window that ends before it starts, or where it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmptyWindow;

impl std::fmt::Display for EmptyWindow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("end time must be greater than start time")
    }
}

impl std::error::Error for EmptyWindow {}

/// What a stretch between two events counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// No problem, or a problem within a planned stop.
    Good {
        /// Whether there was a problem, which a planned stop covers.
        planned: bool,
    },
    /// A problem.
    Problem,
    /// Taken out of the total.
    Pending,
}

/// A stretch between two events, half-open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Its start.
    pub from: i64,
    /// Its end.
    pub until: i64,
    /// What it counts as.
    pub class: Class,
}

/// The figure of a window: `None` where all of it is pending (the program divides by nothing there).
///
/// # Errors
///
/// [`EmptyWindow`].
pub fn ok_share(object: &Object, kind: Kind, start: i64, end: i64) -> Result<Option<Share>, EmptyWindow> {
    let (mut total, mut problem) = (0_i128, 0_i128);
    for segment in segments(object, kind, start, end)? {
        let length = i128::from(segment.until) - i128::from(segment.from);
        match segment.class {
            Class::Good { .. } => total += length,
            Class::Problem => {
                total += length;
                problem += length;
            }
            Class::Pending => {}
        }
    }
    Ok(Share::new(total - problem, total))
}

/// The figure in ten-thousandths of a percent, as the function returns it: 66.6667 % is 666,667.
///
/// # Errors
///
/// [`EmptyWindow`].
pub fn ok_percent(object: &Object, kind: Kind, start: i64, end: i64) -> Result<Option<i128>, EmptyWindow> {
    Ok(ok_share(object, kind, start, end)?.map(|share| share.percent(4)))
}

/// The figure in whole percent, cut off, as the function of version 1.1.0 returns it on PostgreSQL: it divides whole
/// numbers there (a defect; later versions have four decimals).
///
/// # Errors
///
/// [`EmptyWindow`].
pub fn ok_percent_1_1(
    object: &Object,
    kind: Kind,
    start: i64,
    end: i64,
) -> Result<Option<i128>, EmptyWindow> {
    Ok(ok_share(object, kind, start, end)?.map(|share| 100 * share.good / share.of))
}

/// What happens within a window; of the same time the first of these goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    State { previous: StateNumber, state: StateNumber },
    DowntimeStart,
    DowntimeEnd,
    End,
}

/// The stretches of a window.
///
/// # Errors
///
/// [`EmptyWindow`].
pub fn segments(object: &Object, kind: Kind, start: i64, end: i64) -> Result<Vec<Segment>, EmptyWindow> {
    if start >= end {
        return Err(EmptyWindow);
    }
    let mut events: Vec<(i64, Event)> = vec![(end, Event::End)];
    for change in object.changes.iter().filter(|change| change.at > start && change.at < end) {
        events.push((change.at, Event::State { previous: change.previous, state: change.state }));
    }
    for (from, until) in object.downtimes.iter().filter(|(from, until)| *from < end && *until >= start) {
        events.push(((*from).max(start), Event::DowntimeStart));
        if *until < end {
            events.push((*until, Event::DowntimeEnd));
        }
    }
    events.sort();
    let mut state = initial(object, start);
    let mut downtimes = 0_i64;
    let mut last = start;
    let mut found = Vec::new();
    for (at, event) in events {
        let problem = state != PENDING
            && match kind {
                Kind::Host => state > 0,
                Kind::Service => state > 1,
            };
        let class = match event {
            Event::State { previous: PENDING, .. } => Class::Pending,
            _ if problem && downtimes == 0 => Class::Problem,
            _ => Class::Good { planned: problem },
        };
        if last < at {
            found.push(Segment { from: last, until: at, class });
        }
        match event {
            Event::State { state: new, .. } => state = new,
            Event::DowntimeStart => downtimes += 1,
            Event::DowntimeEnd => downtimes -= 1,
            Event::End => {}
        }
        last = at;
    }
    Ok(found)
}

/// The state at the start: the last known, else the one before the first change (also of one after the window), else
/// the present one, else 0.
fn initial(object: &Object, start: i64) -> StateNumber {
    let before = object.changes.iter().filter(|change| change.at <= start).max_by_key(|change| change.at);
    let after = object.changes.iter().filter(|change| change.at > start).min_by_key(|change| change.at);
    before.map(|change| change.state).or(after.map(|change| change.previous)).or(object.current).unwrap_or(0)
}
