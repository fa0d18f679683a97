//! The checks of probes, gathered part by part, and which of them count.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use impegno_calendar::{Instant, Interval, Intervals};
use impegno_charter::{Availability, Confirmation};
use impegno_facts::{Facts, Origin, State, StateType};

use crate::{Part, Results};

/// The longest stop of a monitor that counts as a restart, after which states go on as they were.
const RESTART: i64 = 15 * 60 * 1_000_000;

/// How far before and after a period checks are read in any case: as far as the confirmation of a state is dated
/// back to its attempts, and more than a restart takes.
const LEAD: i64 = 3_600_000_000;

/// The time whose checks can decide a state within a period, under any of some rules.
///
/// A state may come from as far back as it holds. Whether a stop that the period cuts is too short to count is seen
/// once as much of it is known as the limit is long, so that time is added at both ends; what lies further away can
/// only make the stop longer.
pub(crate) fn window<'r>(rules: impl IntoIterator<Item = &'r Availability>, period: Interval) -> Interval {
    let (staleness, ignored) = rules.into_iter().fold((0, 0), |(staleness, ignored), rule| {
        (rule.staleness.0.max(staleness), rule.ignore_shorter_than.0.max(ignored))
    });
    Interval {
        start: Instant(period.start.0.saturating_sub(staleness).saturating_sub(ignored).saturating_sub(LEAD)),
        end: Instant(period.end.0.saturating_add(ignored).saturating_add(LEAD)),
    }
}

/// One check of a probe, or a start or stop of its monitor, on the way to a timeline.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Heard {
    pub at: i64,
    /// Reading order decides among equal instants.
    pub batch: u64,
    pub line: u32,
    pub state: State,
    pub origin: Origin,
    pub state_type: StateType,
    /// The instant of the last result that said the same without a gap; its own where it stands for itself.
    pub until: i64,
    /// How many results it stands for.
    pub rows: u64,
}

/// The checks of some probes, gathered part by part.
#[derive(Debug, Clone, Default)]
pub(crate) struct CheckBook {
    /// By probe.
    heard: BTreeMap<String, Vec<Heard>>,
    /// Starts and stops of the monitor of each source.
    monitors: BTreeMap<Arc<str>, Vec<Heard>>,
    /// Source and file of each batch.
    files: BTreeMap<u64, (Arc<str>, Arc<str>)>,
}

impl CheckBook {
    /// Takes the checks of the probes asked for within a window from a part.
    ///
    /// What lies outside is left, so that the cut of the files decides nothing.
    pub(crate) fn add(&mut self, part: &Part, probes: &BTreeSet<&str>, window: Interval) {
        let Facts::Checks(facts) = &part.facts else { return };
        let wanted: Vec<bool> =
            facts.probe.words().iter().map(|word| word.is_empty() || probes.contains(&**word)).collect();
        if !wanted.contains(&true) {
            return;
        }
        let source: Arc<str> = part.source.as_str().into();
        self.files.insert(part.batch, (source.clone(), part.file.as_str().into()));
        // Probes are looked up once a part, not once a check.
        let mut heard: Vec<Vec<Heard>> = vec![Vec::new(); wanted.len()];
        for (row, code) in facts.probe.codes().iter().enumerate() {
            let code = *code as usize;
            if wanted[code] && window.contains(Instant(facts.at[row])) {
                heard[code].push(Heard {
                    at: facts.at[row],
                    batch: part.batch,
                    line: facts.line[row],
                    state: facts.state[row],
                    origin: facts.origin[row],
                    state_type: facts.state_type[row],
                    until: facts.at[row],
                    rows: 1,
                });
            }
        }
        for (probe, mut heard) in facts.probe.words().iter().zip(heard).filter(|(_, heard)| !heard.is_empty())
        {
            match &**probe {
                "" => self.monitors.entry(source.clone()).or_default().append(&mut heard),
                probe => match self.heard.get_mut(probe) {
                    Some(known) => known.append(&mut heard),
                    None => {
                        self.heard.insert(probe.to_owned(), heard);
                    }
                },
            }
        }
    }

    /// Takes what single results come to.
    pub(crate) fn add_runs(&mut self, results: &mut Results) {
        for (batch, source, file) in &results.files {
            self.files.insert(*batch, (source.clone(), file.clone()));
        }
        for (probe, runs) in std::mem::take(&mut results.runs) {
            let heard = runs.into_iter().map(|run| Heard {
                at: run.first,
                batch: run.batch,
                line: run.line,
                state: run.state,
                origin: Origin::Result,
                state_type: StateType::Hard,
                until: run.last,
                rows: run.rows,
            });
            self.heard.entry(probe.into_string()).or_default().extend(heard);
        }
    }

    pub(crate) fn merge(mut self, other: CheckBook) -> CheckBook {
        for (probe, heard) in other.heard {
            self.heard.entry(probe).or_default().extend(heard);
        }
        for (source, heard) in other.monitors {
            self.monitors.entry(source).or_default().extend(heard);
        }
        self.files.extend(other.files);
        self
    }

    pub(crate) fn finish(&mut self) {
        for heard in self.heard.values_mut().chain(self.monitors.values_mut()) {
            if !heard.is_sorted() {
                heard.sort_unstable();
            }
        }
    }

    /// The checks of a probe by time.
    pub(super) fn of(&self, probe: &str) -> &[Heard] {
        self.heard.get(probe).map_or(&[], Vec::as_slice)
    }

    /// The checks of a probe and the starts and stops of the monitors that tell it, by time and as they were read.
    pub(super) fn told(&self, probe: &str) -> Vec<&Heard> {
        let own = self.of(probe);
        let sources: BTreeSet<&Arc<str>> =
            own.iter().filter_map(|one| self.files.get(&one.batch)).map(|(source, _)| source).collect();
        let monitors = sources.into_iter().filter_map(|source| self.monitors.get(source)).flatten();
        let mut told: Vec<&Heard> = own.iter().chain(monitors).collect();
        told.sort_unstable();
        told
    }

    /// Forgets that monitors ever stopped.
    pub(super) fn without_monitors(mut self) -> CheckBook {
        self.monitors.clear();
        self
    }

    /// The file of a batch.
    pub(super) fn file(&self, batch: u64) -> Option<Arc<str>> {
        self.files.get(&batch).map(|(_, file)| file.clone())
    }

    /// Stretches in which every monitor of a probe stood still for longer than a restart takes. A stop ends
    /// with the monitor's start, or with the first check of the probe that the monitor tells.
    pub(super) fn stopped(&self, probe: &str) -> Intervals {
        if self.monitors.is_empty() {
            return Intervals::new();
        }
        let heard = self.of(probe);
        let source_of = |one: &Heard| self.files.get(&one.batch).map(|(source, _)| source);
        let mut sources: Vec<&Arc<str>> = Vec::new();
        let mut batch = None;
        for one in heard.iter().filter(|one| batch.replace(one.batch) != Some(one.batch)) {
            sources.extend(source_of(one));
        }
        sources.sort_unstable();
        sources.dedup();
        let stopped = sources.into_iter().map(|source| {
            let first_check = |since: i64| {
                let after = heard.partition_point(|one| one.at <= since);
                let told = heard.iter().skip(after).find(|one| source_of(one) == Some(source));
                told.map_or(i64::MAX, |one| one.at)
            };
            let mut stops = Vec::new();
            let mut since: Option<i64> = None;
            for one in self.monitors.get(source).map_or(&[][..], Vec::as_slice) {
                match one.origin {
                    Origin::MonitorStop => match since {
                        // It had gone on, though nobody wrote down that it started: this is another stop.
                        Some(before) if first_check(before) <= one.at => {
                            stops.push((before, first_check(before)));
                            since = Some(one.at);
                        }
                        Some(_) => {}
                        None => since = Some(one.at),
                    },
                    Origin::MonitorStart => {
                        if let Some(since) = since.take() {
                            stops.push((since, one.at.min(first_check(since))));
                        }
                    }
                    Origin::Result | Origin::Transition | Origin::StateDump => {}
                }
            }
            // A stop that nothing ends lasts on: how long it is does not depend on where a period ends.
            stops.extend(since.map(|since| (since, first_check(since))));
            stops
                .into_iter()
                .filter(|(from, to)| to.saturating_sub(*from) > RESTART)
                .filter_map(|(from, to)| Interval::new(Instant(from), Instant(to)))
                .collect::<Intervals>()
        });
        stopped.reduce(|all, one| all.intersect(&one)).unwrap_or_default()
    }
}

/// The checks that count under a rule of confirmation, each with the instant from which its state holds.
pub(super) fn confirmed(heard: &[Heard], rule: Confirmation) -> Vec<Heard> {
    let mut counted: Vec<Heard> = Vec::new();
    // Attempts since the last confirmed state, not yet confirmed themselves.
    let mut attempts: Vec<&Heard> = Vec::new();
    for one in heard {
        match (rule, one.state_type) {
            (Confirmation::Any, _) => counted.push(one.clone()),
            (Confirmation::Hard, StateType::Soft) => {}
            (Confirmation::Hard, StateType::Hard) => counted.push(one.clone()),
            (Confirmation::SinceFirst, StateType::Soft) => {
                if one.state == State::Ok {
                    attempts.clear();
                } else {
                    attempts.push(one);
                }
            }
            (Confirmation::SinceFirst, StateType::Hard) => {
                // Only the unbroken run of attempts with the confirmed state is dated back, and no further than
                // checks are read around a period: where a period ends decides nothing.
                let of_run = |attempt: &&&Heard| attempt.state == one.state && one.at - attempt.at <= LEAD;
                let run = attempts.iter().rev().take_while(of_run).last();
                let since = run.map_or(one, |first| first);
                // An attempt cannot lie before a state that was confirmed after it.
                counted.push(since.clone());
                if since.at != one.at {
                    counted.push(Heard { at: one.at, ..one.clone() });
                }
                attempts.clear();
            }
        }
    }
    if !counted.is_sorted() {
        counted.sort();
    }
    counted
}
