//! The facts that the commitments of a centre need, gathered in one reading.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use impegno_calendar::{Instant, Interval, Zone};
use impegno_charter::{Availability, Centre, Commitment, Indicator, Limit, Subject};
use impegno_facts::Kind;
use jiff::civil::Date;
use rayon::prelude::*;

use crate::availability::{self, CheckBook, INTERRUPTION, Lines};
use crate::cadence;
use crate::counts::Counts;
use crate::exclusions::{self, Act};
use crate::response::ResponseEvidence;
use crate::vulnerable::{self, ScanBook, WantedScans};
use crate::weights::{Weighing, Weights};
use crate::{CaseBook, Cases, FactRef, Joins, Part, Results, ResultsAsked, Supply};

/// Which facts the commitments of a centre need.
pub(super) struct Wanted<'c> {
    probes: BTreeSet<&'c str>,
    /// How the availabilities are measured.
    rules: Vec<&'c Availability>,
    /// Some promise is on the length of stops, which are measured whole: from long before to long after a period.
    whole_stops: bool,
    kinds: BTreeSet<&'c str>,
    timed_probes: BTreeSet<&'c str>,
    obligations: BTreeSet<&'c str>,
    /// Some promise ends at the deadlines of its cases, which may lie after the period, or follows its open cases there.
    later_events: bool,
    /// Whose weights are counted.
    pub(super) weighing: Weighing<'c>,
    /// Which scans count.
    scans: WantedScans,
    /// Whether the register of interruptions is held against probes.
    register: bool,
}

impl<'c> Wanted<'c> {
    pub(super) fn of(held: &[(&'c Commitment, Interval)], centre: &'c Centre) -> Wanted<'c> {
        let mut wanted = Wanted {
            probes: BTreeSet::new(),
            rules: Vec::new(),
            whole_stops: false,
            kinds: BTreeSet::from(["maintenance", exclusions::KIND]),
            timed_probes: BTreeSet::new(),
            obligations: BTreeSet::new(),
            later_events: false,
            weighing: Weighing::new(centre),
            scans: WantedScans::default(),
            register: false,
        };
        let mut components: BTreeSet<String> = BTreeSet::new();
        for indicator in held.iter().flat_map(|(commitment, _)| commitment.indicator.all()) {
            match indicator {
                Indicator::Availability(_)
                | Indicator::LongestStop(_)
                | Indicator::DaysAvailable(_)
                | Indicator::HoursOfOperation(_) => {
                    let Some(one) = indicator.availability() else { continue };
                    for works in one.of.works().into_iter().filter_map(|works| works.resolved(centre)) {
                        components.extend(works.components().into_iter().map(str::to_owned));
                    }
                    if let Subject::Weighted(weighted) = &one.of {
                        wanted.weighing.ask(weighted);
                    }
                    if one.interruptions.is_some() {
                        wanted.kinds.insert(INTERRUPTION);
                        wanted.register = true;
                    }
                    wanted.rules.push(one);
                    wanted.whole_stops |= matches!(indicator, Indicator::LongestStop(_));
                }
                Indicator::ResponseTime(one) => {
                    wanted.timed_probes.insert(&one.probe);
                }
                Indicator::Within(one) => {
                    wanted.kinds.insert(&one.cases);
                    wanted.later_events |= matches!(one.limit, Limit::Deadline(_)) || one.follow_open;
                }
                Indicator::CaseTime(one) => {
                    wanted.kinds.insert(&one.cases);
                }
                Indicator::Cadence(one) => {
                    wanted.obligations.insert(&one.obligation);
                }
                Indicator::Vulnerable(_) => {
                    wanted.scans.ask(indicator);
                    wanted.kinds.insert(vulnerable::VULNERABILITY);
                }
                Indicator::MeanOf(_) | Indicator::AllOf(_) | Indicator::Count(_) | Indicator::Ratio(_) => {}
            }
        }
        let probes = centre.probes.iter().filter(|probe| components.contains(&probe.component));
        wanted.probes.extend(probes.map(|probe| probe.name.as_str()));
        wanted
    }

    /// What is asked of single results.
    fn results(&self, window: Interval, period: Interval) -> ResultsAsked<'_> {
        let hold = self.rules.iter().map(|rule| rule.staleness).min().unwrap_or_default();
        ResultsAsked { probes: &self.probes, window, hold, timed: &self.timed_probes, period }
    }

    /// The time whose checks can decide a state within the period.
    fn window(&self, period: Interval) -> Interval {
        if self.whole_stops {
            return Interval { start: Instant(i64::MIN / 2), end: Instant(i64::MAX / 2) };
        }
        availability::window(self.rules.iter().copied(), period)
    }
}

/// The facts that the commitments need, gathered.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) checks: CheckBook,
    pub(super) cases: CaseBook,
    pub(super) responses: BTreeMap<String, ResponseEvidence>,
    pub(super) obligations: BTreeMap<String, Vec<(Date, FactRef)>>,
    pub(super) weights: Weights,
    pub(super) scans: ScanBook,
    /// How probes and components stood, when everything is gathered.
    pub(super) lines: Lines,
    /// The cases, put together when everything is gathered.
    pub(super) finished: Cases,
    /// The end of the period, or the last receipt if that was earlier.
    pub(super) known: Instant,
    /// The last receipt.
    pub(super) received: Instant,
    /// What follows from what in the catalogue.
    pub(super) joins: Joins,
    /// The answers to what is counted.
    pub(super) counts: Counts,
    /// The acts of exclusion.
    pub(super) acts: Vec<Act>,
}

impl Gathered {
    fn take(mut self, part: Part, wanted: &Wanted<'_>, period: Interval, zone: &Zone) -> Gathered {
        self.checks.add(&part, &wanted.probes, wanted.window(period));
        for probe in &wanted.timed_probes {
            self.responses.entry((*probe).to_owned()).or_default().add(&part, probe, period);
        }
        for obligation in &wanted.obligations {
            let performances = self.obligations.entry((*obligation).to_owned()).or_default();
            cadence::gather(&part, obligation, zone, performances);
        }
        wanted.weighing.add(&part, period, &mut self.weights);
        self.scans.add(&part, &wanted.scans);
        self.cases.add(part, &wanted.kinds);
        self
    }

    fn take_results(&mut self, results: &mut Results) {
        let files: BTreeMap<u64, Arc<str>> =
            results.files.iter().map(|(batch, _, file)| (*batch, file.clone())).collect();
        for (probe, times) in std::mem::take(&mut results.responses) {
            let evidence = self.responses.entry(probe.into_string()).or_default();
            evidence.add_times(times, |batch| files.get(&batch).cloned().unwrap_or_else(|| "".into()));
        }
        self.checks.add_runs(results);
    }

    fn merge(mut self, other: Gathered) -> Gathered {
        self.checks = self.checks.merge(other.checks);
        self.cases = self.cases.merge(other.cases);
        self.weights = self.weights.merge(other.weights);
        self.scans = self.scans.merge(other.scans);
        for (probe, response) in other.responses {
            let mine = self.responses.remove(&probe).unwrap_or_default();
            self.responses.insert(probe, mine.merge(response));
        }
        for (obligation, performances) in other.obligations {
            self.obligations.entry(obligation).or_default().extend(performances);
        }
        self
    }
}

/// Reads what the commitments need, each part of the facts once.
pub(super) fn gather<S: Supply>(
    centre: &Centre,
    wanted: &Wanted<'_>,
    period: Interval,
    supply: &S,
) -> Result<Gathered, S::Error> {
    // A case may have opened, and an obligation been done, any time before; only checks go stale.
    let checks_window = wanted.window(period);
    let ever = Interval::new(Instant(i64::MIN / 2), period.end).unwrap_or(period);
    // Whether a register is kept at all may be told by a row of a later time; deadlines may lie there too.
    let cases_window = if wanted.register || wanted.later_events {
        Interval { end: Instant(i64::MAX / 2), ..ever }
    } else {
        ever
    };
    // A scan belongs to the period in which it began, and its results may come later.
    let operations_window =
        if wanted.scans.is_empty() { ever } else { Interval { end: Instant(i64::MAX / 2), ..ever } };
    let no_operations =
        wanted.obligations.is_empty() && wanted.weighing.is_empty() && wanted.scans.is_empty();
    let mut parts: Vec<(Kind, usize)> = Vec::new();
    for (kind, window) in
        [(Kind::Checks, checks_window), (Kind::Cases, cases_window), (Kind::Operations, operations_window)]
    {
        if kind == Kind::Operations && no_operations {
            continue;
        }
        parts.extend(
            (0..supply.count(kind))
                .filter(|part| supply.touches(kind, *part, window))
                .map(|part| (kind, part)),
        );
    }
    // Where results can be told by their runs they are; the whole part is asked for at once, so that a run may go on from one
    // part to the next.
    let (told, parts): (Vec<_>, Vec<_>) =
        parts.into_iter().partition(|(kind, part)| *kind == Kind::Checks && supply.condenses(*part));
    let told: Vec<usize> = told.into_iter().map(|(_, part)| part).collect();
    let mut results = match told.as_slice() {
        [] => Results::default(),
        told => supply.results(told, &wanted.results(checks_window, period))?,
    };
    let mut gathered = parts
        .into_par_iter()
        .try_fold(Gathered::default, |gathered, (kind, part)| {
            Ok(gathered.take(supply.read(kind, part)?, wanted, period, &centre.zone))
        })
        .try_reduce(Gathered::default, |a, b| Ok(a.merge(b)))?;
    gathered.take_results(&mut results);
    gathered.checks.finish();
    gathered.finished = std::mem::take(&mut gathered.cases).finish();
    Ok(gathered)
}
