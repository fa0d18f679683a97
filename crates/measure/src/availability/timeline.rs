//! The timeline of a probe, component or system: maximal runs of one standing.

use impegno_calendar::{Instant, Interval, Intervals, Micros};
use impegno_facts::State;

use super::Account;
use super::checks::Heard;

/// How something stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Standing {
    /// Works.
    Up,
    /// Does not work.
    Down,
    /// Does not work, and would but for a planned stop that is excused.
    Excused,
    /// Nobody knows.
    Unknown,
}

/// The fact that began a run: batch and line.
pub(super) type Begun = Option<(u64, u32)>;

/// A run of one standing, until the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub start: i64,
    pub standing: Standing,
    /// Of time that is down or excused.
    pub begun: Begun,
}

/// How something stands at every instant: runs by time, the first of which begins before all time. Two runs that
/// follow each other stand differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Timeline {
    runs: Vec<Run>,
}

/// Before all time, and far enough from the ends of the numbers to be reckoned with.
const EVER: i64 = i64::MIN / 2;

impl Timeline {
    /// The same at all times.
    pub(super) fn always(standing: Standing) -> Timeline {
        Timeline { runs: vec![Run { start: EVER, standing, begun: None }] }
    }

    /// From an instant on, not before the start of the last run, something stands like this.
    pub(super) fn push(&mut self, start: i64, standing: Standing, begun: Begun) {
        if self.runs.last().is_some_and(|last| last.start >= start) {
            let ever = self.runs.len() == 1;
            self.runs.pop();
            if ever {
                self.runs.push(Run { start: EVER, standing, begun });
                return;
            }
        }
        if self.runs.last().is_none_or(|last| last.standing != standing) {
            self.runs.push(Run { start, standing, begun });
        }
    }

    /// What counted checks say: a state holds until the next, at most the staleness.
    ///
    /// Stops shorter than `ignored` are no stops. One whose ends nobody saw may be longer than is known: where the
    /// unknown could decide, it is unknown.
    pub(super) fn heard(changes: &[Heard], staleness: Micros, ignored: Micros) -> Timeline {
        let mut line = Timeline::always(Standing::Unknown);
        for (n, change) in changes.iter().enumerate() {
            let next = changes.get(n + 1).map_or(i64::MAX, |next| next.at);
            if next == change.at {
                continue;
            }
            let (standing, begun) = match change.state {
                State::Ok | State::Warning => (Standing::Up, None),
                State::Critical => (Standing::Down, Some((change.batch, change.line))),
                State::Unknown => (Standing::Unknown, None),
            };
            line.push(change.at, standing, begun);
            let stale = change.until.max(change.at).saturating_add(staleness.0);
            if stale < next {
                line.push(stale, Standing::Unknown, None);
            }
        }
        if ignored > Micros(0) { line.without_short_stops(ignored.0) } else { line }
    }

    fn without_short_stops(self, ignored: i64) -> Timeline {
        let end_of = |n: usize| self.runs.get(n + 1).map_or(i64::MAX, |next| next.start);
        let mut line = Timeline { runs: Vec::with_capacity(self.runs.len()) };
        // Where the time began in which it was not seen up, and where it ends.
        let mut trouble = (EVER, EVER);
        for (n, run) in self.runs.iter().enumerate() {
            if run.standing != Standing::Up && run.start >= trouble.1 {
                let up = (n..self.runs.len()).find(|later| self.runs[*later].standing == Standing::Up);
                trouble = (run.start, up.map_or(i64::MAX, |up| self.runs[up].start));
            }
            let known = end_of(n).saturating_sub(run.start);
            let possible = trouble.1.saturating_sub(trouble.0);
            match run.standing {
                Standing::Down if known < ignored && possible < ignored => {
                    line.push(run.start, Standing::Up, None);
                }
                Standing::Down if known < ignored => line.push(run.start, Standing::Unknown, None),
                _ => line.push(run.start, run.standing, run.begun),
            }
        }
        line
    }

    /// The same timeline, within some disjoint intervals by time standing as `change` says. A run that begins there
    /// is begun by the fact of the interval, or else by what began the run that was there.
    pub(super) fn within(
        &self,
        intervals: impl IntoIterator<Item = (Interval, Begun)>,
        change: impl Fn(Standing) -> Standing,
    ) -> Timeline {
        let mut line = Timeline { runs: Vec::with_capacity(self.runs.len()) };
        let mut n = 0;
        let mut at = EVER;
        for (interval, begun) in intervals {
            let (start, end) = (interval.start.0.max(EVER), interval.end.0);
            if start > at {
                self.copy(&mut n, at, start, |run| (run.standing, run.begun), &mut line);
            }
            self.copy(
                &mut n,
                start.max(at),
                end,
                |run| (change(run.standing), run.begun.or(begun)),
                &mut line,
            );
            at = end;
        }
        self.copy(&mut n, at, i64::MAX, |run| (run.standing, run.begun), &mut line);
        line
    }

    /// Copies what stands between two instants; `n` is a run at or before the first.
    fn copy(
        &self,
        n: &mut usize,
        from: i64,
        to: i64,
        standing: impl Fn(&Run) -> (Standing, Begun),
        line: &mut Timeline,
    ) {
        while self.runs.get(*n + 1).is_some_and(|next| next.start <= from) {
            *n += 1;
        }
        while let Some(run) = self.runs.get(*n).filter(|run| run.start < to) {
            let (standing, begun) = standing(run);
            line.push(run.start.max(from), standing, begun);
            if self.runs.get(*n + 1).is_none_or(|next| next.start >= to) {
                break;
            }
            *n += 1;
        }
    }

    /// All runs by time.
    pub(super) fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The runs of an interval, cut to it.
    pub(super) fn cut(&self, interval: Interval) -> impl Iterator<Item = (Interval, &Run)> {
        let first = self.runs.partition_point(|run| run.start <= interval.start.0).saturating_sub(1);
        let ends = self.runs[first..].iter().skip(1).map(|next| next.start).chain(std::iter::once(i64::MAX));
        self.runs[first..].iter().zip(ends).take_while(move |(run, _)| run.start < interval.end.0).filter_map(
            move |(run, end)| {
                let cut = Interval { start: Instant(run.start), end: Instant(end) }.intersect(interval)?;
                Some((cut, run))
            },
        )
    }

    /// The runs that are down, not excused, whole.
    pub(super) fn stops(&self) -> impl Iterator<Item = (Interval, &Run)> {
        let ends = self.runs.iter().skip(1).map(|next| next.start).chain(std::iter::once(i64::MAX));
        let runs = self.runs.iter().zip(ends).filter(|(run, _)| run.standing == Standing::Down);
        runs.map(|(run, end)| (Interval { start: Instant(run.start), end: Instant(end) }, run))
    }

    /// When it stands so within some intervals.
    pub(super) fn when(&self, within: &Intervals, wanted: impl Fn(Standing) -> bool) -> Intervals {
        let cut = within.iter().flat_map(|interval| self.cut(interval));
        cut.filter(|(_, run)| wanted(run.standing)).map(|(interval, _)| interval).collect()
    }

    /// The account of a period of which some intervals are service hours.
    pub(super) fn account(&self, period: Interval, open: &Intervals) -> Account {
        let mut account = Account::default();
        for (interval, run) in open.iter().flat_map(|hours| self.cut(hours)) {
            let bucket = match run.standing {
                Standing::Up => &mut account.up,
                Standing::Down => &mut account.down,
                Standing::Excused => &mut account.excused,
                Standing::Unknown => &mut account.unknown,
            };
            bucket.0 += interval.length().0;
        }
        account.outside = Micros(period.length().0 - open.total().0);
        account
    }
}
