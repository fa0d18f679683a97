//! All commitments of a centre over a period, in one reading of the facts.

use std::collections::{BTreeMap, BTreeSet};

use impegno_calendar::{Instant, Interval, Micros, Zone};
use impegno_charter::{Availability, Centre, Clock, Commitment, DownBy, Indicator, Subject, Weighted};
use impegno_facts::Kind;
use jiff::civil::Date;
use num_bigint::BigInt;
use num_rational::BigRational;
use rayon::prelude::*;

use crate::availability::{
    self, AvailabilityEvidence, CheckBook, Composition, INTERRUPTION, Lines, WeightedEvidence,
};
use crate::cadence::{self, CadenceEvidence};
use crate::response::ResponseEvidence;
use crate::verdict::{Band, Measured, Reason, Verdict, judge, target_value};
use crate::weights::{Weighing, Weights};
use crate::within::{self, WithinEvidence};
use crate::{CaseBook, Cases, FactRef, Joins, Part, Supply};

/// What was measured of a commitment, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// Code of the commitment.
    pub code: String,
    /// The measured value, if there is one.
    pub measured: Option<Measured>,
    /// What it could be, given what is unknown.
    pub band: Option<Band>,
    /// Measured − expected, in the unit of the expected value: shares of one, microseconds, months.
    pub deviation: Option<BigRational>,
    /// Whether the promise was kept.
    pub verdict: Verdict,
    /// The facts that decided it.
    pub evidence: Evidence,
}

/// The facts that decided a measured value.
#[derive(Debug, Clone, PartialEq)]
pub enum Evidence {
    /// Of an availability.
    Availability(AvailabilityEvidence),
    /// Of an availability of several parts by their weights.
    Weighted(WeightedEvidence),
    /// Of a mean: each part with what it is of.
    Mean(Vec<(String, Option<BigRational>, Evidence)>),
    /// Of a response time.
    Response(ResponseEvidence),
    /// Of a share of cases.
    Within(WithinEvidence),
    /// Of a cadence; none when it was never done.
    Cadence(Option<CadenceEvidence>),
}

/// Measures every commitment over a period, as far as it is known: of what happened after `known_at`,
/// nothing is held against anybody.
///
/// # Errors
/// When a part of the facts cannot be read.
pub fn measure_commitments<S: Supply>(
    centre: &Centre,
    period: Interval,
    known_at: Instant,
    supply: &S,
) -> Result<Vec<Measurement>, S::Error> {
    let wanted = Wanted::of(centre);
    let mut gathered = gather(centre, &wanted, period, supply)?;
    gathered.joins = Joins::new(centre);
    gathered.lines = Lines::new(std::mem::take(&mut gathered.checks), &gathered.finished, known_at);
    gathered.known_part = Interval::new(period.start, period.end.min(known_at));
    let measure = |commitment| measure(centre, commitment, period, &wanted, &gathered);
    Ok(centre.commitments.par_iter().map(measure).collect())
}

/// Which facts the commitments of a centre need.
struct Wanted<'c> {
    probes: BTreeSet<&'c str>,
    /// How the availabilities are measured.
    rules: Vec<&'c Availability>,
    kinds: BTreeSet<&'c str>,
    timed_probes: BTreeSet<&'c str>,
    obligations: BTreeSet<&'c str>,
    /// Whose weights are counted.
    weighing: Weighing<'c>,
    /// Whether the register of interruptions is held against probes.
    register: bool,
}

impl<'c> Wanted<'c> {
    fn of(centre: &'c Centre) -> Wanted<'c> {
        let mut wanted = Wanted {
            probes: BTreeSet::new(),
            rules: Vec::new(),
            kinds: BTreeSet::from(["maintenance"]),
            timed_probes: BTreeSet::new(),
            obligations: BTreeSet::new(),
            weighing: Weighing::new(centre),
            register: false,
        };
        let mut indicators: Vec<&Indicator> =
            centre.commitments.iter().map(|commitment| &commitment.indicator).collect();
        let mut components: BTreeSet<String> = BTreeSet::new();
        while let Some(indicator) = indicators.pop() {
            match indicator {
                Indicator::Availability(one) => {
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
                }
                Indicator::MeanOf(parts) => indicators.extend(parts),
                Indicator::ResponseTime(one) => {
                    wanted.timed_probes.insert(&one.probe);
                }
                Indicator::Within(one) => {
                    wanted.kinds.insert(&one.cases);
                }
                Indicator::Cadence(one) => {
                    wanted.obligations.insert(&one.obligation);
                }
            }
        }
        let probes = centre.probes.iter().filter(|probe| components.contains(&probe.component));
        wanted.probes.extend(probes.map(|probe| probe.name.as_str()));
        wanted
    }

    /// The time whose checks can decide a state within the period.
    fn window(&self, period: Interval) -> Interval {
        availability::window(self.rules.iter().copied(), period)
    }
}

/// The facts that the commitments need, gathered.
#[derive(Default)]
struct Gathered {
    checks: CheckBook,
    cases: CaseBook,
    responses: BTreeMap<String, ResponseEvidence>,
    obligations: BTreeMap<String, Vec<(Date, FactRef)>>,
    weights: Weights,
    /// How probes and components stood, when everything is gathered.
    lines: Lines,
    /// The cases, put together when everything is gathered.
    finished: Cases,
    /// The part of the period that lies before the last receipt; `None` when all of it lies after.
    known_part: Option<Interval>,
    /// What follows from what in the catalogue.
    joins: Joins,
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
        self.cases.add(part, &wanted.kinds);
        self
    }

    fn merge(mut self, other: Gathered) -> Gathered {
        self.checks = self.checks.merge(other.checks);
        self.cases = self.cases.merge(other.cases);
        self.weights = self.weights.merge(other.weights);
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

fn gather<S: Supply>(
    centre: &Centre,
    wanted: &Wanted<'_>,
    period: Interval,
    supply: &S,
) -> Result<Gathered, S::Error> {
    // A case may have opened, and an obligation been done, any time before; only checks go stale.
    let checks_window = wanted.window(period);
    let ever = Interval::new(Instant(i64::MIN / 2), period.end).unwrap_or(period);
    // Whether a register is kept at all may be told by a row of a later time.
    let cases_window = if wanted.register { Interval { end: Instant(i64::MAX / 2), ..ever } } else { ever };
    let mut parts: Vec<(Kind, usize)> = Vec::new();
    for (kind, window) in
        [(Kind::Checks, checks_window), (Kind::Cases, cases_window), (Kind::Operations, ever)]
    {
        if kind == Kind::Operations && wanted.obligations.is_empty() && wanted.weighing.is_empty() {
            continue;
        }
        parts.extend(
            (0..supply.count(kind))
                .filter(|part| supply.touches(kind, *part, window))
                .map(|part| (kind, part)),
        );
    }
    let mut gathered = parts
        .into_par_iter()
        .try_fold(Gathered::default, |gathered, (kind, part)| {
            Ok(gathered.take(supply.read(kind, part)?, wanted, period, &centre.zone))
        })
        .try_reduce(Gathered::default, |a, b| Ok(a.merge(b)))?;
    gathered.checks.finish();
    gathered.finished = std::mem::take(&mut gathered.cases).finish();
    Ok(gathered)
}

/// A measured value with its band, and why.
struct Found {
    value: Option<(Measured, Band)>,
    reason: Reason,
    evidence: Evidence,
}

fn measure(
    centre: &Centre,
    commitment: &Commitment,
    period: Interval,
    wanted: &Wanted<'_>,
    gathered: &Gathered,
) -> Measurement {
    let found = find(centre, &commitment.indicator, period, wanted, gathered);
    match found.value {
        Some((measured, band)) => Measurement {
            code: commitment.code.clone(),
            deviation: Some(measured.exact() - target_value(&commitment.expected.target)),
            verdict: judge(&commitment.expected, &band),
            measured: Some(measured),
            band: Some(band),
            evidence: found.evidence,
        },
        None => Measurement {
            code: commitment.code.clone(),
            measured: None,
            band: None,
            deviation: None,
            verdict: Verdict::NotMeasured(found.reason),
            evidence: found.evidence,
        },
    }
}

fn find(
    centre: &Centre,
    indicator: &Indicator,
    period: Interval,
    asked: &Wanted<'_>,
    gathered: &Gathered,
) -> Found {
    let certain = |measured: Measured| {
        let value = measured.exact();
        (measured, Band { low: value.clone(), high: value })
    };
    match indicator {
        Indicator::Availability(wanted) => match &wanted.of {
            Subject::Works(works) => {
                let of = Composition::of(works, centre);
                let (evidence, reason) = available(centre, wanted, of.as_ref(), period, gathered);
                let value = evidence.account.share().map(|(share, band)| (Measured::Share(share), band));
                Found { value, reason, evidence: Evidence::Availability(evidence) }
            }
            Subject::Weighted(weighted) => weigh(centre, wanted, weighted, period, asked, gathered),
        },
        Indicator::MeanOf(parts) => mean(centre, parts, period, asked, gathered),
        Indicator::ResponseTime(wanted) => {
            let evidence = gathered.responses.get(&wanted.probe).cloned().unwrap_or_default();
            let value = evidence.statistic(wanted.statistic).map(|time| certain(Measured::Time(time)));
            let reason = if evidence.untimed > 0 { Reason::NothingKnown } else { Reason::NoFacts };
            Found { value, reason, evidence: Evidence::Response(evidence) }
        }
        Indicator::Within(wanted) => {
            let always = impegno_calendar::Calendar::always(centre.zone.clone());
            let calendar = match &wanted.clock {
                Clock::Elapsed => &always,
                Clock::Working(code) => centre.calendar(code).unwrap_or(&always),
            };
            // A period that has not begun when the last fact was received holds no case.
            let known = gathered.known_part.unwrap_or(Interval { start: period.start, end: period.start });
            let evidence = within::measure(wanted, calendar, known, &gathered.finished, &gathered.joins);
            let known = !gathered.finished.numbers(&wanted.cases).is_empty();
            let reason = match (known, evidence.count.total()) {
                (false, _) => Reason::NoFacts,
                (true, 0) => Reason::NoCase,
                (true, _) if !evidence.event_known => Reason::NoEvent(wanted.to.clone()),
                (true, _) => Reason::NothingKnown,
            };
            let value = evidence.count.share().map(|(share, band)| (Measured::Share(share), band));
            Found { value, reason, evidence: Evidence::Within(evidence) }
        }
        Indicator::Cadence(wanted) => {
            let performances = gathered.obligations.get(&wanted.obligation).cloned().unwrap_or_default();
            let evidence =
                gathered.known_part.and_then(|known| cadence::measure(performances, known, &centre.zone));
            let value = evidence.as_ref().map(|evidence| certain(Measured::Months(evidence.longest())));
            Found { value, reason: Reason::NoFacts, evidence: Evidence::Cadence(evidence) }
        }
    }
}

/// The availability of something that works or does not, and why there is no share if there is none.
fn available(
    centre: &Centre,
    wanted: &Availability,
    of: Option<&Composition>,
    period: Interval,
    gathered: &Gathered,
) -> (AvailabilityEvidence, Reason) {
    let always = impegno_calendar::Calendar::always(centre.zone.clone());
    let calendar = centre.calendar(&wanted.calendar).unwrap_or(&always);
    let nothing = Composition::one("", impegno_charter::Need::All, &[]);
    let of = of.unwrap_or(&nothing);
    let evidence = availability::measure(&gathered.lines, wanted, of, calendar, period);
    let declared = wanted.interruptions == Some(DownBy::Declared);
    let reason = match (of.probes().next(), evidence.checks) {
        (None, _) if !declared => Reason::NoProbe,
        (_, 0) => Reason::NoFacts,
        (_, _) => Reason::NothingKnown,
    };
    (evidence, reason)
}

/// The availability of several parts by their weights.
fn weigh(
    centre: &Centre,
    wanted: &Availability,
    weighted: &Weighted,
    period: Interval,
    asked: &Wanted<'_>,
    gathered: &Gathered,
) -> Found {
    let weights = asked.weighing.of(weighted, &gathered.weights);
    let mut reason = Reason::NoFacts;
    let mut parts = Vec::new();
    for (part, weight) in weighted.parts.iter().zip(weights) {
        let of = Composition::of(&part.works, centre);
        let (evidence, why) = available(centre, wanted, of.as_ref(), period, gathered);
        if weight > 0 {
            reason = why;
        }
        parts.push((part.works.to_string(), weight, evidence));
    }
    let evidence = WeightedEvidence { by: weighted.by, parts };
    let value = evidence.share().map(|(share, band)| (Measured::Share(share), band));
    Found { value, reason, evidence: Evidence::Weighted(evidence) }
}

/// The mean of the unrounded parts; without one of them there is no mean.
fn mean(
    centre: &Centre,
    parts: &[Indicator],
    period: Interval,
    asked: &Wanted<'_>,
    gathered: &Gathered,
) -> Found {
    let mut evidence = Vec::new();
    let mut sums: Option<(BigRational, BigRational, BigRational)> = Some(Default::default());
    let mut reason = Reason::NoFacts;
    for part in parts {
        let found = find(centre, part, period, asked, gathered);
        let share = found.value.as_ref().map(|(measured, _)| measured.exact());
        sums = match (sums, found.value) {
            (Some((value, low, high)), Some((measured, band))) => {
                Some((value + measured.exact(), low + band.low, high + band.high))
            }
            (sums, None) => {
                reason = found.reason;
                sums.and(None)
            }
            (None, Some(_)) => None,
        };
        evidence.push((subject(part), share, found.evidence));
    }
    let count = BigRational::from_integer(BigInt::from(parts.len()));
    let value = sums.filter(|_| !parts.is_empty()).map(|(value, low, high)| {
        let band = Band { low: low / &count, high: high / &count };
        (Measured::Share(value / &count), band)
    });
    Found { value, reason, evidence: Evidence::Mean(evidence) }
}

/// What an indicator is about.
fn subject(indicator: &Indicator) -> String {
    match indicator {
        Indicator::Availability(one) => one.of.to_string(),
        Indicator::MeanOf(parts) => parts.iter().map(subject).collect::<Vec<_>>().join(", "),
        Indicator::ResponseTime(one) => one.probe.clone(),
        Indicator::Within(one) => one.cases.clone(),
        Indicator::Cadence(one) => one.obligation.clone(),
    }
}

impl Evidence {
    /// The planned stops and other exclusions changed the value: the share without them.
    pub fn share_without_exclusions(&self) -> Option<BigRational> {
        match self {
            Evidence::Availability(evidence) if evidence.account.excused > Micros(0) => {
                evidence.account.share_without_exclusions()
            }
            Evidence::Weighted(evidence) => evidence.share_without_exclusions(),
            Evidence::Mean(parts) => {
                if parts.iter().all(|(_, _, evidence)| evidence.share_without_exclusions().is_none()) {
                    return None;
                }
                let mut sum = BigRational::default();
                for (_, share, evidence) in parts {
                    sum += evidence.share_without_exclusions().or_else(|| share.clone())?;
                }
                Some(sum / BigRational::from_integer(BigInt::from(parts.len())))
            }
            Evidence::Availability(_)
            | Evidence::Response(_)
            | Evidence::Within(_)
            | Evidence::Cadence(_) => None,
        }
    }
}
