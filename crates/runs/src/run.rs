//! Runs of one state.

use std::fmt;

use impegno_facts::State;

/// Results of one probe that follow each other with the same state and without a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run {
    /// Instant of the first result, microseconds since 1970 in UTC.
    pub first: i64,
    /// Instant of the last result.
    pub last: i64,
    /// What they all say.
    pub state: State,
    /// How many.
    pub rows: u64,
    /// Line of the first in its received file.
    pub line: u32,
    /// Number of the batch of the first.
    pub batch: u64,
}

/// The results of one probe as maximal runs, by time.
///
/// Two results follow each other without a gap when they are at most the *hold* apart: as long as a state holds when nothing
/// more is heard. Of results at the same instant the one that was received later counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runs {
    hold: i64,
    runs: Vec<Run>,
}

/// Time in each state, microseconds; what is left of the time asked for is unknown, because nothing was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standings {
    /// By the number of the state.
    pub by_state: [i64; 4],
    /// Not covered by any result.
    pub unheard: i64,
}

/// Two parts speak of the same time of a probe, so that they cannot be put one behind the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap {
    /// Where the earlier part ends.
    pub until: i64,
    /// Where the later part begins.
    pub from: i64,
}

impl fmt::Display for Overlap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "results from {} lie within results until {}", self.from, self.until)
    }
}

impl std::error::Error for Overlap {}

impl Runs {
    /// No results yet; a state holds for at most `hold` microseconds.
    pub fn new(hold: i64) -> Runs {
        Runs { hold, runs: Vec::new() }
    }

    /// How long a state holds.
    pub fn hold(&self) -> i64 {
        self.hold
    }

    /// The runs by time.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// How many results.
    pub fn rows(&self) -> u64 {
        self.runs.iter().map(|run| run.rows).sum()
    }

    /// Adds results that follow those that are there.
    ///
    /// # Errors
    /// When they begin before the last one.
    pub fn push(&mut self, run: Run) -> Result<(), Overlap> {
        let Some(last) = self.runs.last_mut() else {
            self.runs.push(run);
            return Ok(());
        };
        if run.first < last.last {
            return Err(Overlap { until: last.last, from: run.first });
        }
        if run.state == last.state && run.first - last.last <= self.hold {
            last.last = run.last;
            last.rows += run.rows;
        } else if run.first == last.last && last.first == last.last && last.rows == 1 {
            // The only result of a run was said anew at its instant. That it may now continue the run before is seen
            // when the next one comes; here the run before is looked at.
            self.runs.pop();
            return self.push(run);
        } else {
            if run.first == last.last {
                // The last result of a longer run was said anew: it no longer belongs to it. The result before it stays the
                // end of the run as far as anybody knows; its state holds until this one all the same.
                last.rows -= 1;
            }
            self.runs.push(run);
        }
        Ok(())
    }

    /// Both together, in whatever order.
    ///
    /// # Errors
    /// When they speak of the same time: they must be read row by row then.
    pub fn merge(mut self, other: Runs) -> Result<Runs, Overlap> {
        debug_assert_eq!(self.hold, other.hold, "runs of different rules do not merge");
        let mut all = std::mem::take(&mut self.runs);
        all.extend(other.runs);
        all.sort_unstable_by_key(|run| (run.first, run.last, run.batch, run.line));
        for run in all {
            self.push(run)?;
        }
        Ok(self)
    }

    /// How the probe stood within disjoint intervals by time: start and end in microseconds, end exclusive.
    pub fn standings(&self, within: &[(i64, i64)]) -> Standings {
        let mut standings = Standings::default();
        let mut from = 0;
        for (start, end) in within {
            standings.unheard += end - start;
            // A run that began before the interval may still hold in it.
            from += self.runs[from..].partition_point(|run| run.last.saturating_add(self.hold) <= *start);
            for (n, run) in self.runs.iter().enumerate().skip(from) {
                if run.first >= *end {
                    break;
                }
                let next = self.runs.get(n + 1).map_or(i64::MAX, |next| next.first);
                let until = run.last.saturating_add(self.hold).min(next);
                let time = until.min(*end) - run.first.max(*start);
                if time > 0 {
                    standings.by_state[run.state as usize] += time;
                    standings.unheard -= time;
                }
            }
        }
        standings
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOLD: i64 = 10;

    fn one(at: i64, state: State) -> Run {
        Run { first: at, last: at, state, rows: 1, line: 1, batch: 1 }
    }

    /// The same by the rule itself, instant by instant.
    fn by_hand(rows: &[(i64, State)], within: &[(i64, i64)]) -> Standings {
        let mut standings = Standings::default();
        for (start, end) in within {
            for at in *start..*end {
                match rows.iter().rfind(|(row, _)| *row <= at) {
                    Some((row, state)) if at - row < HOLD => standings.by_state[*state as usize] += 1,
                    _ => standings.unheard += 1,
                }
            }
        }
        standings
    }

    fn rows() -> impl Strategy<Value = Vec<(i64, State)>> {
        let row = (0..25_i64, prop::sample::select(State::ALL.to_vec()));
        prop::collection::vec(row, 0..60).prop_map(|steps| {
            let mut at = 0;
            let row = |(step, state): (i64, State)| {
                at += if step > 15 { step } else { step / 2 };
                (at, state)
            };
            steps.into_iter().map(row).collect()
        })
    }

    proptest! {
        #[test]
        fn runs_say_what_the_rows_say(rows in rows(), cut in 0..400_i64, width in 1..200_i64) {
            let mut runs = Runs::new(HOLD);
            for (at, state) in &rows {
                runs.push(one(*at, *state)).expect("by time");
            }
            let within = [(cut, cut + width), (cut + width + 7, cut + 2 * width + 7)];
            prop_assert_eq!(runs.standings(&within), by_hand(&rows, &within));
        }

        #[test]
        fn parts_in_any_order_come_to_the_same(rows in rows(), cuts in prop::collection::vec(0..60_usize, 0..5), turn in 0..6_usize) {
            let mut distinct = rows.clone();
            distinct.dedup_by_key(|row| row.0);
            let whole = |rows: &[(i64, State)]| {
                let mut runs = Runs::new(HOLD);
                for (at, state) in rows {
                    runs.push(one(*at, *state)).expect("by time");
                }
                runs
            };
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(distinct.len())).collect();
            cuts.extend([0, distinct.len()]);
            cuts.sort_unstable();
            let mut parts: Vec<Runs> = cuts.windows(2).map(|cut| whole(&distinct[cut[0]..cut[1]])).collect();
            let turn = turn % parts.len();
            parts.rotate_left(turn);
            parts.reverse();
            let merged = parts.into_iter().try_fold(Runs::new(HOLD), Runs::merge);
            prop_assert_eq!(merged, Ok(whole(&distinct)));
        }
    }

    #[test]
    fn parts_that_overlap_are_refused() {
        let mut early = Runs::new(HOLD);
        let mut late = Runs::new(HOLD);
        for at in [0, 5, 20] {
            early.push(one(at, State::Ok)).expect("by time");
        }
        for at in [3, 8] {
            late.push(one(at, State::Ok)).expect("by time");
        }
        assert_eq!(early.merge(late), Err(Overlap { until: 5, from: 3 }));
    }
}
