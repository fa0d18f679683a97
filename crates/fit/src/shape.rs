//! The shape of a rule: everything but its limits.

use impegno_calendar::Micros;
use impegno_charter::{
    Clock as CharterClock, Filter, Limit as CharterLimit, PauseRule, Reopen, TimeUnit, Within,
};

use crate::hours::Hours;

/// What a rule counts between its two events.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Count {
    /// Time in some hours.
    Time,
    /// Days on which some hours have an opening, by the clock of this name; none: as the source declares, else natively.
    WorkingDays(Option<String>),
    /// Days of any kind, likewise; a term moves from days of rest to the next working day.
    Days(Option<String>),
    /// Nothing: each case has its own deadline, the event of this name.
    Deadline(String),
}

/// A rule but for its limits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Shape {
    pub from: String,
    pub to: String,
    pub count: Count,
    pub hours: Hours,
    /// Events that pause the clock, and those that let it go on (none: the next event).
    pub pause: Vec<String>,
    pub resume: Vec<String>,
    pub reopen: Option<Reopened>,
}

/// What a reopening changes; as [`Reopen`], with an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Reopened {
    Exclude,
    Count,
    NewClock,
}

impl Reopened {
    pub(crate) const ALL: [Reopened; 3] = [Reopened::Exclude, Reopened::Count, Reopened::NewClock];

    pub(crate) fn charter(self) -> Reopen {
        match self {
            Reopened::Exclude => Reopen::Exclude,
            Reopened::Count => Reopen::Count,
            Reopened::NewClock => Reopen::NewClock,
        }
    }
}

impl Shape {
    /// All time between two events.
    pub(crate) fn plain(from: &str, to: &str) -> Shape {
        Shape {
            from: from.to_owned(),
            to: to.to_owned(),
            count: Count::Time,
            hours: Hours::Always,
            pause: Vec::new(),
            resume: Vec::new(),
            reopen: None,
        }
    }

    /// How many choices it makes besides its two events: each must pay for itself.
    pub(crate) fn choices(&self) -> u64 {
        let hours = match &self.hours {
            Hours::Always => 0,
            Hours::Centre(_) => 1,
            Hours::Proposed(hours) => 2 + u64::from(hours.national_holidays),
        };
        hours + 2 * self.pause.len() as u64 + self.resume.len() as u64 + u64::from(self.reopen.is_some())
    }

    /// What decides when the clock of a case ran, whatever the hours.
    pub(crate) fn course(&self) -> Shape {
        Shape { count: Count::Time, hours: Hours::Always, ..self.clone() }
    }

    /// The rule as a promise, with some limit: for the course of a case.
    pub(crate) fn within(&self, kind: &str) -> Within {
        let pause =
            (!self.pause.is_empty()).then(|| PauseRule { from: self.pause.clone(), to: self.resume.clone() });
        let limit = match &self.count {
            Count::Deadline(event) => CharterLimit::Deadline(event.clone()),
            _ => CharterLimit::Time { length: Micros::ZERO, unit: TimeUnit::Hour },
        };
        Within {
            cases: kind.to_owned(),
            filter: Filter::default(),
            from: self.from.clone(),
            to: self.to.clone(),
            clock: CharterClock::Elapsed,
            counting: None,
            limit,
            pause,
            reopen: self.reopen.map(Reopened::charter),
            leave_out: Vec::new(),
            follow_open: false,
            longer_than: None,
        }
    }
}
