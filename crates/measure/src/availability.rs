//! Availability: what each probe's checks say of every instant of a period.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use impegno_calendar::{Calendar, Instant, Interval, Intervals, Micros};
use impegno_charter::{Availability, Confirmation, Planned};
use impegno_facts::{Facts, Origin, State, StateType};

use crate::verdict::{Band, fraction};
use crate::{Cases, FactRef, Part};

/// The time of a period, each instant in exactly one bucket; their sum is the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Account {
    /// Worked.
    pub up: Micros,
    /// Did not work and nothing excused it.
    pub down: Micros,
    /// Did not work within a planned stop that is excused.
    pub excused: Micros,
    /// Nobody knows.
    pub unknown: Micros,
    /// Outside the service hours of the calendar.
    pub outside: Micros,
}

/// What a stretch of time counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StretchState {
    /// Down, not excused.
    Down,
    /// Down within an excused planned stop.
    Excused,
    /// Unknown.
    Unknown,
}

/// A stretch that was not up, with what says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// From when to when.
    pub interval: Interval,
    /// What it counts as.
    pub state: StretchState,
    /// The probe.
    pub probe: String,
    /// The check that began it; `None` for time without any check.
    pub origin: Option<FactRef>,
}

/// Why an availability is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AvailabilityEvidence {
    /// The buckets.
    pub account: Account,
    /// Everything that was not up, by time.
    pub stretches: Vec<Stretch>,
    /// The probes that were asked.
    pub probes: Vec<String>,
    /// Checks that were read.
    pub checks: u64,
}

/// The longest stop of a monitor that counts as a restart, after which states go on as they were.
const RESTART: i64 = 15 * 60 * 1_000_000;

/// How far before and after a period checks are read in any case: enough for the attempts of a state to be
/// confirmed.
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
struct Heard {
    at: i64,
    /// Reading order decides among equal instants.
    batch: u64,
    line: u32,
    state: State,
    origin: Origin,
    state_type: StateType,
}

/// The checks of some probes, gathered part by part.
#[derive(Debug, Default)]
pub(crate) struct CheckBook {
    /// By probe.
    heard: BTreeMap<String, Vec<Heard>>,
    /// Starts and stops of the monitor of each source.
    monitors: BTreeMap<String, Vec<Heard>>,
    /// Source and file of each batch.
    files: BTreeMap<u64, (String, String)>,
}

impl CheckBook {
    /// Takes the checks of the probes asked for within a window from a part.
    ///
    /// What lies outside is left, so that the cut of the files decides nothing.
    pub(crate) fn add(&mut self, part: &Part, probes: &[&str], window: Interval) {
        let Facts::Checks(facts) = &part.facts else { return };
        let wanted: Vec<bool> =
            facts.probe.words().iter().map(|word| word.is_empty() || probes.contains(&&**word)).collect();
        if !wanted.contains(&true) {
            return;
        }
        self.files.insert(part.batch, (part.source.clone(), part.file.clone()));
        for row in 0..facts.at.len() {
            if wanted[facts.probe.codes()[row] as usize] && window.contains(Instant(facts.at[row])) {
                let heard = Heard {
                    at: facts.at[row],
                    batch: part.batch,
                    line: facts.line[row],
                    state: facts.state[row],
                    origin: facts.origin[row],
                    state_type: facts.state_type[row],
                };
                match facts.probe.get(row) {
                    "" => self.monitors.entry(part.source.clone()).or_default().push(heard),
                    probe => self.heard.entry(probe.to_owned()).or_default().push(heard),
                }
            }
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
            heard.sort();
        }
    }

    fn of(&self, probe: &str) -> &[Heard] {
        self.heard.get(probe).map_or(&[], Vec::as_slice)
    }

    fn origin(&self, heard: &Heard) -> FactRef {
        FactRef {
            file: self.files.get(&heard.batch).map_or_else(|| "".into(), |(_, file)| file.as_str().into()),
            batch: heard.batch,
            line: heard.line,
        }
    }

    /// Stretches in which every monitor of a probe stood still for longer than a restart takes. A stop ends
    /// with the monitor's start, or with the first check of the probe that the monitor tells.
    fn stopped(&self, probe: &str, end: i64) -> Intervals {
        let heard = self.of(probe);
        let source_of = |one: &Heard| self.files.get(&one.batch).map_or("", |(source, _)| source.as_str());
        let sources: BTreeSet<&str> = heard.iter().map(source_of).collect();
        let stopped = sources.into_iter().map(|source| {
            let first_check = |since: i64| {
                heard
                    .iter()
                    .find(|one| one.at > since && source_of(one) == source)
                    .map_or(i64::MAX, |one| one.at)
            };
            let mut stops = Vec::new();
            let mut since: Option<i64> = None;
            for one in self.monitors.get(source).map_or(&[][..], Vec::as_slice) {
                match one.origin {
                    Origin::MonitorStop => since = since.or(Some(one.at)),
                    Origin::MonitorStart => {
                        if let Some(since) = since.take() {
                            stops.push((since, one.at.min(first_check(since))));
                        }
                    }
                    Origin::Result | Origin::Transition | Origin::StateDump => {}
                }
            }
            stops.extend(since.map(|since| (since, end.min(first_check(since)))));
            stops
                .into_iter()
                .filter(|(from, to)| to - from > RESTART)
                .filter_map(|(from, to)| Interval::new(Instant(from), Instant(to)))
                .collect::<Intervals>()
        });
        stopped.reduce(|all, one| all.intersect(&one)).unwrap_or_default()
    }
}

/// The timeline of one probe over a period: what was down, what was unknown.
struct Timeline {
    down: Vec<(Interval, FactRef)>,
    unknown: Intervals,
}

/// Follows the checks of a probe. A state holds until the next check, at most the staleness.
fn timeline(book: &CheckBook, probe: &str, wanted: &Availability, period: Interval) -> Timeline {
    let changes = confirmed(book.of(probe), wanted.confirmation);
    // While nobody watches, nobody knows: a state from before a long stop is not held against the probe, nor
    // for it.
    let stopped = book.stopped(probe, period.end.0);
    let mut down = Vec::new();
    let mut known = Vec::new();
    let mut troubled = Vec::new();
    let short = short_stops(&changes, wanted);
    for (n, change) in changes.iter().enumerate() {
        let end = holds_until(&changes, n, wanted);
        let Some(stretch) = Interval::new(Instant(change.at), Instant(end)) else { continue };
        let Some(stretch) = stretch.intersect(period) else { continue };
        match change.state {
            State::Ok | State::Warning => known.push(stretch),
            State::Critical => {
                known.push(stretch);
                if short.iter().any(|stop| stop.contains(&n)) {
                    continue;
                }
                let seen = std::iter::once(stretch).collect::<Intervals>().difference(&stopped);
                down.extend(seen.iter().map(|seen| (seen, book.origin(change))));
            }
            State::Unknown => troubled.push(stretch),
        }
    }
    let whole: Intervals = std::iter::once(period).collect();
    let known: Intervals = known.into_iter().collect();
    let unknown = whole.difference(&known.difference(&stopped));
    Timeline { down, unknown: unknown.union(&troubled.into_iter().collect()) }
}

/// Until when a state holds: the next check, at most the staleness.
fn holds_until(changes: &[Heard], n: usize, wanted: &Availability) -> i64 {
    let next = changes.get(n + 1).map_or(i64::MAX, |next| next.at);
    changes.get(n).map_or(next, |change| next.min(change.at.saturating_add(wanted.staleness.0)))
}

/// The stops that are too short to count, as ranges of checks: unbroken runs of the critical state, measured from
/// their first check to their end, wherever a period cuts them.
fn short_stops(changes: &[Heard], wanted: &Availability) -> Vec<Range<usize>> {
    if wanted.ignore_shorter_than == Micros(0) {
        return Vec::new();
    }
    let mut stops = Vec::new();
    let mut first = 0;
    while let Some(start) = changes.get(first) {
        let mut last = first;
        while start.state == State::Critical
            && changes.get(last + 1).is_some_and(|next| {
                next.state == State::Critical && holds_until(changes, last, wanted) == next.at
            })
        {
            last += 1;
        }
        let length = holds_until(changes, last, wanted) - start.at;
        if start.state == State::Critical && length < wanted.ignore_shorter_than.0 {
            stops.push(first..last + 1);
        }
        first = last + 1;
    }
    stops
}

/// The checks that count under a rule of confirmation, each with the instant from which its state holds.
fn confirmed(heard: &[Heard], rule: Confirmation) -> Vec<Heard> {
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
                // Only the unbroken run of attempts with the confirmed state is dated back.
                let run = attempts.iter().rev().take_while(|attempt| attempt.state == one.state).last();
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
    counted.sort();
    counted
}

/// Measures a component over a period.
///
/// Down while any of its probes is down; unknown while any is unknown and none is down. `maintenance` are
/// the planned stops of the monitor, one case a probe or host.
pub(crate) fn measure(
    book: &CheckBook,
    wanted: &Availability,
    probes: &[String],
    calendar: &Calendar,
    period: Interval,
    maintenance: &Cases,
) -> AvailabilityEvidence {
    let whole: Intervals = std::iter::once(period).collect();
    let open = calendar.open(period);
    let mut down_by_probe = Vec::new();
    let mut down = Intervals::default();
    let mut unknown = Intervals::default();
    let mut excused = Intervals::default();
    for probe in probes {
        let line = timeline(book, probe, wanted, period);
        let down_here: Intervals = line.down.iter().map(|(interval, _)| *interval).collect();
        let planned = match wanted.planned {
            Planned::Excused => planned_stops(probe, maintenance, period),
            Planned::Counted => Intervals::default(),
        };
        excused = excused.union(&down_here.intersect(&planned));
        down = down.union(&down_here.difference(&planned));
        unknown = unknown.union(&line.unknown);
        down_by_probe.push((probe, line, planned));
    }
    // Down of one probe is down of the component, whatever the others say; then excused, then unknown.
    let down = down.intersect(&open);
    let excused = excused.difference(&down).intersect(&open);
    let unknown = unknown.difference(&down).difference(&excused).intersect(&open);
    let up = open.difference(&down).difference(&excused).difference(&unknown);
    let account = Account {
        up: up.total(),
        down: down.total(),
        excused: excused.total(),
        unknown: unknown.total(),
        outside: whole.difference(&open).total(),
    };
    let mut stretches = Vec::new();
    for (probe, line, planned) in down_by_probe {
        for (interval, origin) in line.down {
            let one: Intervals = std::iter::once(interval).collect::<Intervals>().intersect(&open);
            let parts = [
                (one.difference(&planned), StretchState::Down),
                (one.intersect(&planned), StretchState::Excused),
            ];
            for (intervals, state) in parts {
                stretches.extend(intervals.iter().map(|interval| Stretch {
                    interval,
                    state,
                    probe: probe.clone(),
                    origin: Some(origin.clone()),
                }));
            }
        }
        let nobody = line.unknown.intersect(&unknown);
        stretches.extend(nobody.iter().map(|interval| Stretch {
            interval,
            state: StretchState::Unknown,
            probe: probe.clone(),
            origin: None,
        }));
    }
    stretches.sort_by(|a, b| (a.interval.start.0, &a.probe).cmp(&(b.interval.start.0, &b.probe)));
    let checks = probes.iter().map(|probe| book.of(probe).len() as u64).sum();
    AvailabilityEvidence { account, stretches: joined(stretches), probes: probes.to_vec(), checks }
}

/// Stretches of one probe and state that touch are one: the first check began it.
fn joined(stretches: Vec<Stretch>) -> Vec<Stretch> {
    let mut joined: Vec<Stretch> = Vec::new();
    for stretch in stretches {
        let before = joined.iter_mut().rev().find(|before| {
            before.probe == stretch.probe
                && before.state == stretch.state
                && before.interval.end == stretch.interval.start
        });
        match before {
            Some(before) => before.interval.end = stretch.interval.end,
            None => joined.push(stretch),
        }
    }
    joined
}

/// The planned stops of a probe: its own and those of its host.
fn planned_stops(probe: &str, maintenance: &Cases, period: Interval) -> Intervals {
    let host = probe.split(';').next().unwrap_or(probe);
    let mut stops = Vec::new();
    for case in maintenance.of_kind("maintenance").filter(|case| case.id() == probe || case.id() == host) {
        let mut since: Option<i64> = None;
        for event in case.events() {
            match event.event {
                "started" => since = since.or(Some(event.at)),
                "ended" | "cancelled" => {
                    stops.extend(since.take().map(|since| (since, event.at)));
                }
                _ => {}
            }
        }
        stops.extend(since.map(|since| (since, period.end.0)));
    }
    stops
        .into_iter()
        .filter_map(|(from, to)| Interval::new(Instant(from), Instant(to))?.intersect(period))
        .collect()
}

impl Account {
    /// Up ÷ (up + down), and what it could be.
    pub(crate) fn share(&self) -> Option<(num_rational::BigRational, Band)> {
        let up = i128::from(self.up.0);
        let known = up + i128::from(self.down.0);
        let unknown = i128::from(self.unknown.0);
        let share = fraction(up, known)?;
        let low = fraction(up, known + unknown)?;
        let high = fraction(up + unknown, known + unknown)?;
        Some((share, Band { low, high }))
    }

    /// Up ÷ (up + down + excused): the share without any exclusion.
    pub fn share_without_exclusions(&self) -> Option<num_rational::BigRational> {
        let up = i128::from(self.up.0);
        fraction(up, up + i128::from(self.down.0) + i128::from(self.excused.0))
    }

    /// All buckets: the period.
    pub fn total(&self) -> Micros {
        Micros(self.up.0 + self.down.0 + self.excused.0 + self.unknown.0 + self.outside.0)
    }
}
