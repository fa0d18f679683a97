//! What each instant of a period counts as, by us and by others.

use std::ops::{Index, IndexMut};

use impegno_calendar::{Instant, Interval, Micros};

/// What time counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// Worked.
    Up,
    /// Worked with a warning, of programs that count it apart.
    Warning,
    /// Did not work.
    Down,
    /// Did not work, and it does not count.
    Excused,
    /// Nobody knows.
    Unknown,
    /// Outside the hours that count.
    Outside,
}

impl Bucket {
    /// All of them.
    pub const ALL: [Bucket; 6] =
        [Bucket::Up, Bucket::Warning, Bucket::Down, Bucket::Excused, Bucket::Unknown, Bucket::Outside];
}

/// The time in each bucket; their sum is the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Buckets([Micros; 6]);

impl Index<Bucket> for Buckets {
    type Output = Micros;

    fn index(&self, bucket: Bucket) -> &Micros {
        &self.0[bucket as usize]
    }
}

impl IndexMut<Bucket> for Buckets {
    fn index_mut(&mut self, bucket: Bucket) -> &mut Micros {
        &mut self.0[bucket as usize]
    }
}

impl Buckets {
    /// All time.
    pub fn total(&self) -> Micros {
        self.0.iter().sum()
    }
}

/// Runs of one bucket by time: from each start to the next, before the first the bucket of nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Runs(Vec<(i64, Bucket)>);

impl Runs {
    /// Disjoint stretches by time over a period; `between` stands where none of them is.
    pub(crate) fn over(
        period: Interval,
        between: Bucket,
        stretches: impl IntoIterator<Item = (Interval, Bucket)>,
    ) -> Runs {
        let mut runs = vec![(period.start.0, between)];
        for (stretch, bucket) in stretches {
            let Some(stretch) = stretch.intersect(period) else { continue };
            // The run that the stretch begins in ends there, and goes on after it.
            if runs.last().is_some_and(|(start, _)| *start == stretch.start.0) {
                runs.pop();
            }
            runs.push((stretch.start.0, bucket));
            runs.push((stretch.end.0, between));
        }
        runs.dedup_by_key(|(_, bucket)| *bucket);
        Runs(runs)
    }

    /// What an instant counts as.
    pub(crate) fn at(&self, at: i64) -> Bucket {
        let after = self.0.partition_point(|(start, _)| *start <= at);
        self.0.get(after.saturating_sub(1)).map_or(Bucket::Unknown, |(_, bucket)| *bucket)
    }

    /// Where runs start.
    pub(crate) fn starts(&self) -> impl Iterator<Item = i64> {
        self.0.iter().map(|(start, _)| *start)
    }

    /// The runs within a period.
    pub(crate) fn iter(&self, period: Interval) -> impl Iterator<Item = (Interval, Bucket)> {
        let ends = self.0.iter().skip(1).map(|(start, _)| *start).chain(std::iter::once(i64::MAX));
        self.0.iter().zip(ends).filter_map(move |((start, bucket), end)| {
            let run = Interval { start: Instant(*start), end: Instant(end) };
            Some((run.intersect(period)?, *bucket))
        })
    }

    /// The time in each bucket of a period.
    pub(crate) fn buckets(&self, period: Interval) -> Buckets {
        let mut buckets = Buckets::default();
        for (interval, bucket) in self.iter(period) {
            buckets[bucket] += interval.length();
        }
        buckets
    }
}
