//! Sets of instants made of intervals.

use crate::{Instant, Interval, Micros};

/// A set of instants, kept as its maximal intervals.
///
/// Shape: sorted, none empty, disjoint and not touching; hence two sets of the same instants are
/// equal values. Collecting intervals in any order, overlapping or not, gives their union.
///
/// ```
/// use impegno_calendar::{Instant, Interval, Intervals, Micros};
/// let piece = |from, to| Interval { start: Instant(from), end: Instant(to) };
/// let open: Intervals = [piece(5, 9), piece(0, 2), piece(2, 4)].into_iter().collect();
/// assert_eq!(open.as_slice(), [piece(0, 4), piece(5, 9)]);
/// assert_eq!(open.total(), Micros(8));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Intervals(Vec<Interval>);

impl Intervals {
    /// The empty set.
    pub const fn new() -> Intervals {
        Intervals(Vec::new())
    }

    /// The maximal intervals, sorted.
    pub fn as_slice(&self) -> &[Interval] {
        &self.0
    }

    /// The maximal intervals, in order.
    pub fn iter(&self) -> std::iter::Copied<std::slice::Iter<'_, Interval>> {
        self.0.iter().copied()
    }

    /// How many maximal intervals there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no instant belongs to the set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The sum of the lengths, never negative.
    pub fn total(&self) -> Micros {
        self.iter().map(Interval::length).sum()
    }

    /// Whether the instant belongs to the set; looks at O(log n) intervals.
    pub fn contains(&self, instant: Instant) -> bool {
        let started = self.0.partition_point(|interval| interval.start <= instant);
        started.checked_sub(1).and_then(|last| self.0.get(last)).is_some_and(|last| instant < last.end)
    }

    /// The instants of either set.
    pub fn union(&self, other: &Intervals) -> Intervals {
        self.iter().chain(other.iter()).collect()
    }

    /// The instants of both sets, in one walk along the two.
    pub fn intersect(&self, other: &Intervals) -> Intervals {
        let (mut left, mut right) = (self.iter().peekable(), other.iter().peekable());
        let mut shared = Vec::new();
        while let (Some(&a), Some(&b)) = (left.peek(), right.peek()) {
            shared.extend(a.intersect(b));
            if a.end <= b.end {
                left.next()
            } else {
                right.next()
            };
        }
        Intervals(shared)
    }

    /// The instants of this set that are not in the other, in one walk along the two.
    pub fn difference(&self, other: &Intervals) -> Intervals {
        let mut holes = other.iter().peekable();
        let mut kept = Vec::new();
        for interval in self.iter() {
            let mut from = interval.start;
            while let Some(&hole) = holes.peek() {
                if hole.start >= interval.end {
                    break;
                }
                kept.extend(Interval::new(from, hole.start.min(interval.end)));
                from = from.max(hole.end);
                if hole.end > interval.end {
                    break; // It may also cover the start of the next interval.
                }
                holes.next();
            }
            kept.extend(Interval::new(from, interval.end));
        }
        Intervals(kept)
    }

    /// The instants of this set inside the window; looks only at what the window touches.
    pub fn clip(&self, window: Interval) -> Intervals {
        let first = self.0.partition_point(|interval| interval.end <= window.start);
        let touched = self.0.iter().skip(first).take_while(|interval| interval.start < window.end);
        Intervals(touched.filter_map(|interval| interval.intersect(window)).collect())
    }
}

/// Brings any intervals into shape: sorts, leaves out empty ones, joins what overlaps or touches.
impl FromIterator<Interval> for Intervals {
    fn from_iter<I: IntoIterator<Item = Interval>>(intervals: I) -> Intervals {
        let mut sorted: Vec<Interval> =
            intervals.into_iter().filter(|interval| interval.start < interval.end).collect();
        if !sorted.is_sorted() {
            sorted.sort_unstable();
        }
        sorted.dedup_by(|next, kept| {
            let joins = next.start <= kept.end;
            if joins {
                kept.end = kept.end.max(next.end);
            }
            joins
        });
        Intervals(sorted)
    }
}

impl From<Interval> for Intervals {
    fn from(interval: Interval) -> Intervals {
        [interval].into_iter().collect()
    }
}

impl<'a> IntoIterator for &'a Intervals {
    type Item = Interval;
    type IntoIter = std::iter::Copied<std::slice::Iter<'a, Interval>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Intervals {
    type Item = Interval;
    type IntoIter = std::vec::IntoIter<Interval>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
