//! All commitments of a centre over a period, in one reading of the facts.

mod operation;

use std::collections::{BTreeMap, BTreeSet};

use impegno_calendar::{Calendar, Instant, Interval, Micros, Zone};
use impegno_charter::{
    Availability, CaseTime, Centre, Commitment, CountUnit, Counted, DownBy, Expected, Indicator, Limit,
    MeanPart, Requirement, Subject, TimesClock, Vulnerable, Weighted, Within, Works,
};
use impegno_facts::Kind;
use jiff::civil::Date;
use num_bigint::BigInt;
use num_rational::BigRational;
use rayon::prelude::*;

use crate::availability::{
    self, AvailabilityEvidence, CheckBook, Composition, Excluded, INTERRUPTION, Lines, WeightedEvidence,
};
use crate::cadence::{self, CadenceEvidence};
use crate::case_time::{self, CaseTimeEvidence};
use crate::counts::{self, CountedAs, Counts};
use crate::exclusions::{self, Accepted, Act, JudgedAct};
use crate::response::ResponseEvidence;
use crate::tally::Listed;
use crate::verdict::{Band, ENDLESS, Measured, Reason, Verdict, fraction, judge, target_value};
use crate::vulnerable::{self, ScanBook, VulnerableEvidence, WantedScans};
use crate::weights::{Weighing, Weights};
use crate::within::{self, WithinEvidence};
use crate::{Case, CaseBook, Cases, FactRef, Joins, Part, Supply};
pub use operation::{DaysEvidence, HoursEvidence};

/// What was measured of a version of a commitment, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// Code of the commitment.
    pub code: String,
    /// Identifier of the version.
    pub id: String,
    /// The part of the period in which the version holds.
    pub window: Interval,
    /// The measured value, if there is one.
    pub measured: Option<Measured>,
    /// What it could be, given what is unknown.
    pub band: Option<Band>,
    /// Measured − expected, in the unit of the expected value: shares of one, microseconds, months, days, facts, cents.
    pub deviation: Option<BigRational>,
    /// Whether the promise was kept.
    pub verdict: Verdict,
    /// The facts that decided it.
    pub evidence: Evidence,
    /// The acts of exclusion that are about it, accepted or not.
    pub acts: Vec<JudgedAct>,
}

/// The facts that decided a measured value.
#[derive(Debug, Clone, PartialEq)]
pub enum Evidence {
    /// Of an availability, or of the longest stop.
    Availability(AvailabilityEvidence),
    /// Of an availability of several parts by their weights.
    Weighted(WeightedEvidence),
    /// Of a mean.
    Mean(Vec<MeanEvidence>),
    /// Of days available.
    Days(DaysEvidence),
    /// Of hours of operation.
    Hours(HoursEvidence),
    /// Of a response time.
    Response(ResponseEvidence),
    /// Of a share of cases.
    Within(WithinEvidence),
    /// Of a cadence; none when it was never done.
    Cadence(Option<CadenceEvidence>),
    /// Of a time of cases.
    CaseTime(CaseTimeEvidence),
    /// Of a count, or of a ratio.
    Counts {
        /// How many there are; of a ratio the part, the whole, and of what they are printed for one of.
        counts: Vec<i128>,
        /// Of a ratio: how many of the whole are not decided, and stand in neither number.
        undecided: i128,
        /// Whether the part is some of the cases of the whole, so that they can be taken for a sample.
        sample: bool,
        /// What the quantities are.
        unit: CountUnit,
        /// The facts, when they were asked for ([`list_counted`]).
        listed: Vec<(CountedAs, Listed)>,
    },
    /// Of a share of what scans found.
    Vulnerable(VulnerableEvidence),
    /// Of a compound standard: each requirement.
    AllOf(Vec<RequirementEvidence>),
}

/// A part of a mean.
#[derive(Debug, Clone, PartialEq)]
pub struct MeanEvidence {
    /// What it is of.
    pub subject: String,
    /// How much it weighs.
    pub weight: u32,
    /// Its share, if there is one.
    pub share: Option<BigRational>,
    /// The facts that decided it.
    pub evidence: Evidence,
}

/// A requirement of a compound standard.
#[derive(Debug, Clone, PartialEq)]
pub struct RequirementEvidence {
    /// The measured value, if there is one.
    pub measured: Option<Measured>,
    /// Whether it was kept.
    pub verdict: Verdict,
    /// The facts that decided it.
    pub evidence: Evidence,
}

/// Measures every version of every commitment that holds in a period, as far as it is known: of what happened after
/// `known_at`, nothing is held against anybody.
///
/// # Errors
/// When a part of the facts cannot be read.
pub fn measure_commitments<S: Supply>(
    centre: &Centre,
    period: Interval,
    known_at: Instant,
    supply: &S,
) -> Result<Vec<Measurement>, S::Error> {
    let held: Vec<(&Commitment, Interval)> = centre
        .commitments
        .iter()
        .filter_map(|commitment| Some((commitment, commitment.part_of(period, &centre.zone)?)))
        .collect();
    let wanted = Wanted::of(&held, centre);
    let joins = Joins::new(centre);
    let mut gathered = gather(centre, &wanted, period, supply)?;
    gathered.known = period.end.min(known_at).max(period.start);
    gathered.received = known_at;
    gathered.counts = counts::gather(&held, gathered.known, &joins, centre, supply)?;
    gathered.joins = joins;
    gathered.acts = exclusions::acts(&gathered.finished);
    gathered.lines = Lines::new(std::mem::take(&mut gathered.checks), &gathered.finished, known_at);
    let measure = |(commitment, window)| measure(centre, commitment, window, &wanted, &gathered);
    Ok(held.into_par_iter().map(measure).collect())
}

/// Lists the facts behind the counts and ratios of measurements, for whoever proves them: the earliest of each.
///
/// # Errors
/// When a part of the facts cannot be read.
pub fn list_counted<S: Supply>(
    centre: &Centre,
    measurements: &mut [Measurement],
    known_at: Instant,
    supply: &S,
) -> Result<(), S::Error> {
    let mut wanted = Vec::new();
    for measurement in measurements.iter_mut() {
        let Some(commitment) = centre.commitments.iter().find(|one| one.id == measurement.id) else {
            continue;
        };
        let window = measurement.window;
        counts::to_list(&commitment.indicator, &mut measurement.evidence, window, known_at, &mut wanted);
    }
    counts::list_all(wanted, &Joins::new(centre), supply)
}

/// Which facts the commitments of a centre need.
struct Wanted<'c> {
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
    weighing: Weighing<'c>,
    /// Which scans count.
    scans: WantedScans,
    /// Whether the register of interruptions is held against probes.
    register: bool,
}

impl<'c> Wanted<'c> {
    fn of(held: &[(&'c Commitment, Interval)], centre: &'c Centre) -> Wanted<'c> {
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
struct Gathered {
    checks: CheckBook,
    cases: CaseBook,
    responses: BTreeMap<String, ResponseEvidence>,
    obligations: BTreeMap<String, Vec<(Date, FactRef)>>,
    weights: Weights,
    scans: ScanBook,
    /// How probes and components stood, when everything is gathered.
    lines: Lines,
    /// The cases, put together when everything is gathered.
    finished: Cases,
    /// The end of the period, or the last receipt if that was earlier.
    known: Instant,
    /// The last receipt.
    received: Instant,
    /// What follows from what in the catalogue.
    joins: Joins,
    /// The answers to what is counted.
    counts: Counts,
    /// The acts of exclusion.
    acts: Vec<Act>,
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

fn gather<S: Supply>(
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

/// What one version of a commitment is measured with.
struct Scene<'a> {
    centre: &'a Centre,
    /// The part of the period in which the version holds.
    window: Interval,
    wanted: &'a Wanted<'a>,
    gathered: &'a Gathered,
    accepted: Accepted<'a>,
}

fn measure(
    centre: &Centre,
    commitment: &Commitment,
    window: Interval,
    wanted: &Wanted<'_>,
    gathered: &Gathered,
) -> Measurement {
    let acts = exclusions::judged(&gathered.acts, commitment, centre, window);
    let scene = Scene { centre, window, wanted, gathered, accepted: Accepted::of(&acts) };
    let found = scene.find(&commitment.indicator);
    let (verdict, deviation) = verdict(&commitment.expected, &found);
    let (measured, band) = found.value.unzip();
    Measurement {
        code: commitment.code.clone(),
        id: commitment.id.clone(),
        window,
        measured,
        band,
        deviation,
        verdict,
        evidence: found.evidence,
        acts,
    }
}

/// The verdict on what was found, and how far it lies from what was expected.
fn verdict(expected: &Expected, found: &Found) -> (Verdict, Option<BigRational>) {
    match &found.value {
        Some(_) if !expected.is_stated() => (Verdict::NoThreshold, None),
        Some((measured, band)) => {
            (judge(expected, band), Some(measured.exact() - target_value(&expected.target)))
        }
        None => (Verdict::NotMeasured(found.reason.clone()), None),
    }
}

/// A value without any doubt.
fn certain(measured: Measured) -> (Measured, Band) {
    let value = measured.exact();
    (measured, Band { low: value.clone(), high: value })
}

impl Scene<'_> {
    fn find(&self, indicator: &Indicator) -> Found {
        match indicator {
            Indicator::Availability(wanted) => self.availability(wanted),
            Indicator::LongestStop(wanted) => {
                let Found { value, reason, evidence } = self.availability(wanted);
                let value = match &evidence {
                    Evidence::Availability(one) if value.is_some() => Some(longest_stop(one)),
                    _ => None,
                };
                Found { value, reason, evidence }
            }
            Indicator::DaysAvailable(wanted) => self.days_available(wanted),
            Indicator::HoursOfOperation(wanted) => self.hours_of_operation(wanted),
            Indicator::MeanOf(parts) => self.mean(parts),
            Indicator::AllOf(parts) => self.all_of(parts),
            Indicator::ResponseTime(wanted) => {
                let evidence = self.gathered.responses.get(&wanted.probe).cloned().unwrap_or_default();
                let value = evidence.statistic(wanted.statistic).map(|time| certain(Measured::Time(time)));
                let reason = if evidence.untimed > 0 { Reason::NothingKnown } else { Reason::NoFacts };
                Found { value, reason, evidence: Evidence::Response(evidence) }
            }
            Indicator::Within(wanted) => self.within(wanted),
            Indicator::CaseTime(wanted) => self.case_time(wanted),
            Indicator::Vulnerable(wanted) => self.vulnerable(wanted),
            Indicator::Cadence(wanted) => {
                let performances =
                    self.gathered.obligations.get(&wanted.obligation).cloned().unwrap_or_default();
                let evidence = self.known().and_then(|known| {
                    cadence::measure(performances, known, self.centre.since, &self.centre.zone)
                });
                let value = evidence.as_ref().map(|evidence| {
                    let (measured, band) = certain(Measured::Months(evidence.longest()));
                    let high = if evidence.open_start {
                        BigRational::from_integer(ENDLESS.into())
                    } else {
                        band.high
                    };
                    (measured, Band { low: band.low, high })
                });
                Found { value, reason: Reason::NoFacts, evidence: Evidence::Cadence(evidence) }
            }
            Indicator::Count(counted) => {
                let count = self.gathered.counts.of(counted, self.window);
                let value = count.map(|count| {
                    let measured =
                        if counted.is_money() { Measured::Cents(count) } else { Measured::Number(count) };
                    let band = self.count_band(counted, count);
                    (measured, band)
                });
                let counts = count.into_iter().collect();
                let evidence = Evidence::Counts {
                    counts,
                    undecided: 0,
                    sample: false,
                    unit: CountUnit::One,
                    listed: Vec::new(),
                };
                Found { value, reason: Reason::NoFacts, evidence }
            }
            Indicator::Ratio(ratio) => {
                let of = |side: &Counted| self.gathered.counts.of(side, self.window);
                let undecided = ratio.undecided.as_ref().map_or(Some(0), of);
                let counts = [of(&ratio.part), of(&ratio.whole)];
                let (value, listed) = match (counts, undecided) {
                    ([Some(part), Some(whole)], Some(undecided)) => {
                        let decided = whole - undecided;
                        let value = fraction(part, decided).map(|share| {
                            let band = self.ratio_band(part, whole, undecided, &share);
                            (Measured::Share(share), band)
                        });
                        let per = ratio.per.as_ref().and_then(of);
                        (value, [part, decided].into_iter().chain(per).collect())
                    }
                    _ => (None, Vec::new()),
                };
                let reason =
                    if counts.iter().all(Option::is_some) { Reason::EmptyWhole } else { Reason::NoFacts };
                let evidence = Evidence::Counts {
                    counts: listed,
                    undecided: undecided.unwrap_or(0),
                    sample: ratio.is_sample(),
                    unit: ratio.unit,
                    listed: Vec::new(),
                };
                Found { value, reason, evidence }
            }
        }
    }

    /// Whether some of the window lies after the last receipt.
    fn runs_on(&self) -> bool {
        self.gathered.known < self.window.end
    }

    /// What a count could be at the end of the window: what happens can only become more, what stands can be anything.
    fn count_band(&self, counted: &impegno_charter::Counted, count: i128) -> Band {
        let whole = |number: i128| BigRational::from_integer(BigInt::from(number));
        let endless = i128::from(ENDLESS);
        let grows = matches!(
            counted.of,
            impegno_charter::Measured::Operations
                | impegno_charter::Measured::Cases { .. }
                | impegno_charter::Measured::Checks
        );
        match (self.runs_on(), grows) {
            (false, _) => Band { low: whole(count), high: whole(count) },
            (true, true) => Band { low: whole(count), high: whole(endless) },
            (true, false) => Band { low: whole(-endless), high: whole(endless) },
        }
    }

    /// What a share could be: what is not decided may go either way, and in a window that is not over it may be anything
    /// up to the whole.
    fn ratio_band(&self, part: i128, whole: i128, undecided: i128, share: &BigRational) -> Band {
        if !self.runs_on() {
            let end = |above: i128| fraction(above, whole).unwrap_or_else(|| share.clone());
            let (low, high) = if undecided == 0 {
                (share.clone(), share.clone())
            } else {
                (end(part), end(part + undecided))
            };
            return Band { low: low.min(share.clone()), high: high.max(share.clone()) };
        }
        self.any_share(share)
    }

    /// Anything up to the whole.
    fn any_share(&self, share: &BigRational) -> Band {
        let one = BigRational::from_integer(BigInt::from(1));
        Band { low: BigRational::default(), high: share.clone().max(one) }
    }

    /// The part of the window that lies before the last receipt; `None` when all of it lies after.
    fn known(&self) -> Option<Interval> {
        Interval::new(self.window.start, self.window.end.min(self.gathered.known))
    }

    /// The same, as an empty time at the start of the window where all of it lies after.
    fn known_or_nothing(&self) -> Interval {
        self.known().unwrap_or(Interval { start: self.window.start, end: self.window.start })
    }

    fn availability(&self, wanted: &Availability) -> Found {
        match &wanted.of {
            Subject::Works(works) => {
                let (evidence, reason) = self.available(wanted, works);
                let value = evidence.account.share().map(|(share, band)| (Measured::Share(share), band));
                Found { value, reason, evidence: Evidence::Availability(evidence) }
            }
            Subject::Weighted(weighted) => self.weigh(wanted, weighted),
        }
    }

    /// The availability of something that works or does not, and why there is no share if there is none.
    fn available(&self, wanted: &Availability, works: &Works) -> (AvailabilityEvidence, Reason) {
        let centre = self.centre;
        let always = Calendar::always(centre.zone.clone());
        let calendar = centre.calendar(&wanted.calendar).unwrap_or(&always);
        let of = Composition::of(works, centre).unwrap_or_else(Composition::nothing);
        let excluded = Excluded::of(&of, |component| self.accepted.of_component(component, centre));
        let evidence =
            availability::measure(&self.gathered.lines, wanted, &of, calendar, self.window, &excluded);
        let declared = wanted.interruptions == Some(DownBy::Declared);
        let reason = match (of.probes().next(), evidence.checks) {
            (None, _) if !declared => Reason::NoProbe,
            (_, 0) => Reason::NoFacts,
            (_, _) if evidence.account.unknown == Micros::ZERO => Reason::AllExcused,
            (_, _) => Reason::NothingKnown,
        };
        (evidence, reason)
    }

    /// The availability of several parts by their weights.
    fn weigh(&self, wanted: &Availability, weighted: &Weighted) -> Found {
        let weights = self.wanted.weighing.of(weighted, &self.gathered.weights);
        let mut reason = Reason::NoFacts;
        let mut parts = Vec::new();
        for (part, weight) in weighted.parts.iter().zip(weights) {
            let (evidence, why) = self.available(wanted, &part.works);
            if weight > 0 {
                reason = why;
            }
            parts.push((part.works.to_string(), weight, evidence));
        }
        let evidence = WeightedEvidence { by: weighted.by, parts };
        let value = evidence.share().map(|(share, band)| (Measured::Share(share), band));
        Found { value, reason, evidence: Evidence::Weighted(evidence) }
    }

    fn within(&self, wanted: &Within) -> Found {
        let gathered = self.gathered;
        // A period that has not begun when the last fact was received holds no case.
        let known = self.known_or_nothing();
        // A case that began under an earlier version is told by what became of it until the end of the whole period.
        let end = gathered.known.max(known.end);
        let end = if wanted.follow_open { gathered.received.max(end) } else { end };
        let act_on = |case: Case<'_>| self.accepted.of_case(case).map(|act| act.code.clone());
        let evidence =
            within::measure(wanted, self.centre, known, end, &gathered.finished, &gathered.joins, act_on);
        let any = !gathered.finished.numbers(&wanted.cases).is_empty();
        let reason = match (any, evidence.count.promised()) {
            (false, _) => Reason::NoFacts,
            (true, 0) => Reason::NoCase,
            (true, _) if !evidence.event_known => Reason::NoEvent(wanted.to.clone()),
            (true, _) => Reason::NothingKnown,
        };
        let value = evidence.count.share().map(|(share, band)| (Measured::Share(share), band));
        Found { value, reason, evidence: Evidence::Within(evidence) }
    }

    fn case_time(&self, wanted: &CaseTime) -> Found {
        let gathered = self.gathered;
        let excluded = |case: Case<'_>| self.accepted.of_case(case).is_some();
        let evidence = case_time::measure(
            wanted,
            self.centre,
            self.known_or_nothing(),
            gathered.known,
            &gathered.finished,
            &gathered.joins,
            excluded,
        )
        .without_harm(wanted.statistic);
        let reason = match gathered.finished.numbers(&wanted.cases).is_empty() {
            true => Reason::NoFacts,
            false if evidence.cases.is_empty() => Reason::NoCase,
            false => Reason::NothingKnown,
        };
        let measured = |value: BigRational| match wanted.clock {
            TimesClock::Days | TimesClock::WorkingDays(_) => Measured::Days(value),
            // A mean is rounded up to a whole microsecond.
            TimesClock::Elapsed | TimesClock::Working(_) => {
                Measured::Time(Micros(i64::try_from(value.ceil().to_integer()).unwrap_or(i64::MAX)))
            }
        };
        let value = evidence.statistic(wanted.statistic).map(|(value, band)| (measured(value), band));
        Found { value, reason, evidence: Evidence::CaseTime(evidence) }
    }

    /// Of a window that is not over another scan may come: the share could be any.
    fn vulnerable(&self, wanted: &Vulnerable) -> Found {
        let gathered = self.gathered;
        let (scans, cases, zone) = (&gathered.scans, &gathered.finished, &self.centre.zone);
        let (share, evidence) = vulnerable::measure(wanted, scans, cases, self.window, gathered.known, zone);
        let evidence = Evidence::Vulnerable(evidence);
        match share {
            Ok((share, band)) => {
                let band = if self.runs_on() { self.any_share(&share) } else { band };
                Found { value: Some((Measured::Share(share), band)), reason: Reason::NoScan, evidence }
            }
            Err(reason) => Found { value: None, reason, evidence },
        }
    }

    /// The mean of the unrounded parts; without one of them there is no mean.
    fn mean(&self, parts: &[MeanPart]) -> Found {
        let mut evidence = Vec::new();
        let mut sums: Option<(BigRational, BigRational, BigRational)> = Some(Default::default());
        let mut reason = Reason::NoFacts;
        for part in parts {
            let found = self.find(&part.indicator);
            let weight = BigRational::from_integer(BigInt::from(part.weight));
            let share = found.value.as_ref().map(|(measured, _)| measured.exact());
            sums = match (sums, found.value) {
                (Some((value, low, high)), Some((measured, band))) => Some((
                    value + measured.exact() * &weight,
                    low + band.low * &weight,
                    high + band.high * &weight,
                )),
                (sums, None) => {
                    reason = found.reason;
                    sums.and(None)
                }
                (None, Some(_)) => None,
            };
            evidence.push(MeanEvidence {
                subject: subject(&part.indicator),
                weight: part.weight,
                share,
                evidence: found.evidence,
            });
        }
        let weights: u64 = parts.iter().map(|part| u64::from(part.weight)).sum();
        let weights = BigRational::from_integer(BigInt::from(weights));
        let value = sums.filter(|_| !parts.is_empty()).map(|(value, low, high)| {
            let band = Band { low: low / &weights, high: high / &weights };
            (Measured::Share(value / &weights), band)
        });
        Found { value, reason, evidence: Evidence::Mean(evidence) }
    }

    /// The share of the requirements that were kept; those that are not known for sure widen the band. Without any
    /// that can be measured there is no value.
    fn all_of(&self, parts: &[Requirement]) -> Found {
        let (mut kept, mut broken) = (0_i128, 0_i128);
        let mut reason = Reason::NoFacts;
        let mut measured_any = false;
        let mut evidence = Vec::new();
        for part in parts {
            let found = self.find(&part.indicator);
            let (verdict, _) = verdict(&part.expected, &found);
            match &verdict {
                Verdict::Met => kept += 1,
                Verdict::Missed => broken += 1,
                Verdict::NotProvable | Verdict::NoThreshold => {}
                Verdict::NotMeasured(why) => reason = why.clone(),
            }
            measured_any |= found.value.is_some();
            let measured = found.value.map(|(measured, _)| measured);
            evidence.push(RequirementEvidence { measured, verdict, evidence: found.evidence });
        }
        let all = parts.len() as i128;
        let value = match (fraction(kept, all), fraction(all - broken, all)) {
            (Some(low), Some(high)) if measured_any => {
                Some((Measured::Share(low.clone()), Band { low, high }))
            }
            _ => None,
        };
        Found { value, reason, evidence: Evidence::AllOf(evidence) }
    }
}

/// The longest unbroken stop, and what it could be: what is unknown could be a stop, and join those beside it.
fn longest_stop(evidence: &AvailabilityEvidence) -> (Measured, Band) {
    let exact = |time: Micros| BigRational::from_integer(BigInt::from(time.0));
    let down = evidence.longest;
    let band = Band { low: exact(down), high: exact(evidence.longest_doubt.max(down)) };
    (Measured::Time(down), band)
}

/// What an indicator is about.
fn subject(indicator: &Indicator) -> String {
    match indicator {
        Indicator::Availability(_)
        | Indicator::LongestStop(_)
        | Indicator::DaysAvailable(_)
        | Indicator::HoursOfOperation(_) => indicator.of().map(ToString::to_string).unwrap_or_default(),
        Indicator::MeanOf(parts) => {
            parts.iter().map(|part| subject(&part.indicator)).collect::<Vec<_>>().join(", ")
        }
        Indicator::AllOf(parts) => {
            parts.iter().map(|part| subject(&part.indicator)).collect::<Vec<_>>().join(", ")
        }
        Indicator::ResponseTime(one) => one.probe.clone(),
        Indicator::Within(one) => one.cases.clone(),
        Indicator::CaseTime(one) => one.cases.clone(),
        Indicator::Cadence(one) => one.obligation.clone(),
        Indicator::Vulnerable(one) => one.network.clone(),
        Indicator::Count(_) | Indicator::Ratio(_) => String::new(),
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
            Evidence::Days(evidence) => {
                let (available, lost) = evidence.account.without_exclusions?;
                fraction(i128::from(available), i128::from(available + lost))
            }
            Evidence::Hours(evidence) => evidence.share_without_exclusions(),
            Evidence::Within(evidence) => evidence.share_without_exclusions(),
            Evidence::Mean(parts) => {
                if parts.iter().all(|part| part.evidence.share_without_exclusions().is_none()) {
                    return None;
                }
                let mut sum = BigRational::default();
                let mut weights = BigRational::default();
                for part in parts {
                    let weight = BigRational::from_integer(BigInt::from(part.weight));
                    let share = part.evidence.share_without_exclusions().or_else(|| part.share.clone())?;
                    sum += share * &weight;
                    weights += weight;
                }
                Some(sum / weights)
            }
            Evidence::Availability(_)
            | Evidence::Response(_)
            | Evidence::Cadence(_)
            | Evidence::CaseTime(_)
            | Evidence::Counts { .. }
            | Evidence::Vulnerable(_)
            | Evidence::AllOf(_) => None,
        }
    }
}
