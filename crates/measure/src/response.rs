//! Response times of a probe.

use std::cmp::Reverse;
use std::sync::Arc;

use impegno_calendar::{Instant, Interval, Micros};
use impegno_charter::Statistic;
use impegno_facts::{Facts, NO_LATENCY};

use crate::{FactRef, Part, ResponseTimes};

/// Why a response time is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResponseEvidence {
    /// Checks with a response time.
    pub timed: u64,
    /// Checks without one: they failed.
    pub untimed: u64,
    /// The slowest checks, slowest first, at most ten.
    pub slowest: Vec<(Micros, Instant, FactRef)>,
    /// How often each response time occurred, by time: enough for any statistic, and it merges.
    pub(crate) counts: std::collections::BTreeMap<i64, u64>,
}

/// How many of the slowest checks are kept as evidence.
pub const KEPT: usize = 10;

impl ResponseEvidence {
    /// Takes the checks of a probe in a period from a part.
    pub(crate) fn add(&mut self, part: &Part, probe: &str, period: Interval) {
        let Facts::Checks(facts) = &part.facts else { return };
        let Some(code) = facts.probe.words().iter().position(|word| **word == *probe) else { return };
        for row in 0..facts.at.len() {
            let at = Instant(facts.at[row]);
            if facts.probe.codes()[row] as usize != code || !period.contains(at) {
                continue;
            }
            let latency = facts.latency[row];
            if latency == NO_LATENCY {
                // Only single results are expected to have a time.
                self.untimed += u64::from(facts.origin[row] == impegno_facts::Origin::Result);
                continue;
            }
            self.timed += 1;
            *self.counts.entry(latency).or_default() += 1;
            // Of equally slow checks the earliest are kept, in whatever order they come.
            let slow = self.slowest.len() < KEPT
                || self
                    .slowest
                    .last()
                    .is_some_and(|last| (last.0.0, Reverse(last.1.0)) <= (latency, Reverse(at.0)));
            if slow {
                let origin =
                    FactRef { file: part.file.as_str().into(), batch: part.batch, line: facts.line[row] };
                self.slowest.push((Micros(latency), at, origin));
                self.keep_slowest();
            }
        }
    }

    /// Takes what single results come to.
    pub(crate) fn add_times(&mut self, times: ResponseTimes, file: impl Fn(u64) -> Arc<str>) {
        self.untimed += times.untimed;
        for (latency, count) in times.counts {
            self.timed += count;
            *self.counts.entry(latency).or_default() += count;
        }
        self.slowest.extend(times.slowest.into_iter().map(|(latency, at, batch, line)| {
            (Micros(latency), Instant(at), FactRef { file: file(batch), batch, line })
        }));
        self.keep_slowest();
    }

    pub(crate) fn merge(mut self, other: ResponseEvidence) -> ResponseEvidence {
        self.timed += other.timed;
        self.untimed += other.untimed;
        self.slowest.extend(other.slowest);
        self.keep_slowest();
        for (latency, count) in other.counts {
            *self.counts.entry(latency).or_default() += count;
        }
        self
    }

    fn keep_slowest(&mut self) {
        self.slowest.sort_by(|a, b| (b.0.0, a.1.0, &a.2).cmp(&(a.0.0, b.1.0, &b.2)));
        self.slowest.truncate(KEPT);
    }

    /// A statistic; `None` without any timed check. A mean, or a median between two, is rounded up
    /// to a whole microsecond.
    pub(crate) fn statistic(&self, statistic: Statistic) -> Option<Micros> {
        match statistic {
            Statistic::Maximum => self.counts.keys().next_back().copied().map(Micros),
            Statistic::Mean => {
                let sum: i128 =
                    self.counts.iter().map(|(time, count)| i128::from(*time) * i128::from(*count)).sum();
                let timed = i128::from(self.timed);
                (timed > 0).then(|| Micros(((sum + timed - 1) / timed) as i64))
            }
            Statistic::Median => {
                let timed = u128::from(self.timed);
                let (lower, upper) = (self.ranked(timed.div_ceil(2))?, self.ranked(timed / 2 + 1)?);
                let sum = i128::from(lower.0) + i128::from(upper.0);
                Some(Micros(((sum + 1) / 2) as i64))
            }
            Statistic::Percentile(per_mille) => {
                self.ranked((u128::from(self.timed) * u128::from(per_mille)).div_ceil(1000))
            }
        }
    }

    /// The time of a rank, from 1 for the shortest.
    fn ranked(&self, rank: u128) -> Option<Micros> {
        let mut seen = 0;
        self.counts.iter().find_map(|(time, count)| {
            seen += u128::from(*count);
            (seen >= rank).then_some(Micros(*time))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use impegno_facts::{Check, Checks, Origin, State, StateType};

    fn part(batch: u64, start: i64) -> Part {
        let mut checks = Checks::default();
        for n in 0..20 {
            let check = Check {
                at: start + n,
                state: State::Ok,
                latency: 7_000,
                origin: Origin::Result,
                state_type: StateType::Hard,
                attempt: 0,
                line: n as u32 + 1,
            };
            checks.push("a;http", check);
        }
        Part { facts: Facts::Checks(checks), source: String::new(), file: format!("file-{batch}"), batch }
    }

    #[test]
    fn of_equally_slow_checks_the_same_are_kept_in_any_order_of_parts() {
        let period = Interval { start: Instant(0), end: Instant(100) };
        let parts = [part(1, 0), part(2, 5), part(3, 5)];
        let gathered = |order: [usize; 3]| {
            let mut evidence = ResponseEvidence::default();
            for n in order {
                evidence.add(&parts[n], "a;http", period);
            }
            evidence
        };
        let expected = gathered([0, 1, 2]);
        assert_eq!(expected.slowest.len(), KEPT);
        for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            assert_eq!(gathered(order), expected, "{order:?}");
        }
    }
}
