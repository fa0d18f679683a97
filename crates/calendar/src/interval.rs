//! One stretch of the time line.

use std::fmt;

use crate::{Instant, Micros};

/// A stretch of the time line, half-open: `start` belongs to it, `end` does not.
///
/// [`Interval::new`] never gives an empty one. The fields are open for reading and for literals;
/// a literal with `end <= start` contains nothing and has length zero.
///
/// Ordered by start, then by end.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Interval {
    /// The first instant inside.
    pub start: Instant,
    /// The first instant after.
    pub end: Instant,
}

impl Interval {
    /// The interval from `start` up to, but without, `end`; `None` if that is empty.
    pub fn new(start: Instant, end: Instant) -> Option<Interval> {
        (start < end).then_some(Interval { start, end })
    }

    /// Elapsed time from start to end, never negative.
    pub fn length(self) -> Micros {
        (self.end - self.start).max(Micros::ZERO)
    }

    /// Whether the instant lies inside; the start does, the end does not.
    pub fn contains(self, instant: Instant) -> bool {
        self.start <= instant && instant < self.end
    }

    /// Whether every instant of the other lies inside.
    pub fn covers(self, other: Interval) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// What both intervals share, `None` if nothing (touching is sharing nothing).
    pub fn intersect(self, other: Interval) -> Option<Interval> {
        Interval::new(self.start.max(other.start), self.end.min(other.end))
    }
}

/// ISO 8601, `2017-01-01T00:00:00Z/2017-01-02T00:00:00Z`.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.start, self.end)
    }
}
