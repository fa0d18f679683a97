//! All commitments of a centre over a period, in one reading of the facts.

mod counted;
mod evidence;
mod gathered;
mod operation;

use impegno_calendar::{Calendar, Instant, Interval, Micros};
use impegno_charter::{
    Availability, CaseTime, Centre, Commitment, DownBy, Expected, Indicator, MeanPart, Requirement, Subject,
    TimesClock, Vulnerable, Weighted, Within, Works,
};
use num_bigint::BigInt;
use num_rational::BigRational;
use rayon::prelude::*;

use crate::availability::{
    self, Asked, AvailabilityEvidence, Composition, Excluded, Lines, WeightedEvidence,
};
use crate::exclusions::{self, Accepted, JudgedAct};
use crate::verdict::{Band, ENDLESS, Measured, Reason, Verdict, fraction, judge, target_value};
use crate::{Case, Joins, Supply, cadence, case_time, counts, vulnerable, within};
pub use counted::{CountEvidence, CountedAs, RatioEvidence, RatioNumbers, list_counted};
pub use evidence::{Evidence, MeanEvidence, RequirementEvidence};
use gathered::{Gathered, Wanted, gather};
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
            Indicator::Count(counted) => self.count(counted),
            Indicator::Ratio(ratio) => self.ratio(ratio),
        }
    }

    /// Whether some of the window lies after the last receipt.
    fn runs_on(&self) -> bool {
        self.gathered.known < self.window.end
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
                let (evidence, reason) = self.available(&self.asked(wanted, works));
                let value = evidence.account.share().map(|(share, band)| (Measured::Share(share), band));
                Found { value, reason, evidence: Evidence::Availability(evidence) }
            }
            Subject::Weighted(weighted) => self.weigh(wanted, weighted),
        }
    }

    /// What is asked about something that works or does not.
    fn asked<'a>(&'a self, wanted: &'a Availability, works: &Works) -> Asked<'a> {
        let centre = self.centre;
        let of = Composition::of(works, centre).unwrap_or_else(Composition::nothing);
        let calendar = centre.calendar(&wanted.calendar).cloned();
        Asked {
            lines: &self.gathered.lines,
            wanted,
            calendar: calendar.unwrap_or_else(|| Calendar::always(centre.zone.clone())),
            period: self.window,
            excluded: Excluded::of(&of, |component| self.accepted.of_component(component, centre)),
            of,
        }
    }

    /// The availability of it, and why there is no share if there is none.
    fn available(&self, asked: &Asked<'_>) -> (AvailabilityEvidence, Reason) {
        let evidence = availability::measure(asked);
        let declared = asked.wanted.interruptions == Some(DownBy::Declared);
        let reason = match (asked.of.probes().next(), evidence.checks) {
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
            let (evidence, why) = self.available(&self.asked(wanted, &part.works));
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
