//! Availability: what the checks of probes say of every instant of a period.

mod checks;
mod compose;
mod days;
mod interruptions;
mod lines;
mod timeline;
mod told;

use std::collections::BTreeMap;
use std::sync::Arc;

use impegno_calendar::{Calendar, Interval, Intervals, Micros};
use impegno_charter::{Availability, Centre, Component, Need, WeightBy, Works};
use num_bigint::BigInt;
use num_rational::BigRational;

pub(crate) use checks::{CheckBook, window};
use compose::Shape;
pub(crate) use days::by_day;
pub use days::{Day, DayAccount, DayState};
pub(crate) use interruptions::INTERRUPTION;
pub use interruptions::{Agreement, DeclaredInterruption, Reconciliation, UndeclaredStop};
pub(crate) use lines::Lines;
use lines::Watched;
use timeline::{Standing, Timeline};
pub(crate) use told::{Told, composed_of, without_monitors};

use crate::FactRef;
use crate::verdict::{Band, fraction};

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
    pub probe: Arc<str>,
    /// The check that began it; `None` for time without any check.
    pub origin: Option<FactRef>,
}

/// Why an availability is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AvailabilityEvidence {
    /// The buckets.
    pub account: Account,
    /// Everything of a probe that was not up, by time; where the whole was not unknown, what is unknown of a probe
    /// decided nothing and is left out.
    pub stretches: Vec<Stretch>,
    /// The probes that were asked.
    pub probes: Vec<String>,
    /// Checks that were read.
    pub checks: u64,
    /// The components of a composition, each with its own account; none of a component that is down with any of its
    /// probes.
    pub parts: Vec<(String, Account)>,
    /// When the composition as a whole was down, by time; none of a component that is down with any of its probes.
    pub stops: Vec<Interval>,
    /// The service time of the longest stop that touches the period, measured whole, for all that is known.
    pub longest: Micros,
    /// The longest unbroken time in which it was down or could have been.
    pub longest_doubt: Micros,
    /// Components whose probes were up and down at once.
    pub disagreements: Vec<Disagreement>,
    /// The register of interruptions against the probes, where the commitment asks for it.
    pub interruptions: Option<Reconciliation>,
}

/// Probes of one component that were up and down at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// Component.
    pub component: String,
    /// How long some of its probes were up while others were down.
    pub time: Micros,
    /// In how many unbroken stretches.
    pub stretches: u64,
    /// Each probe: how long of it it was up, and how long down.
    pub probes: Vec<(String, Micros, Micros)>,
}

/// Why a weighted availability is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightedEvidence {
    /// Where the weights come from.
    pub by: WeightBy,
    /// Each part: what it is of, its weight, and why its availability is what it is.
    pub parts: Vec<(String, u64, AvailabilityEvidence)>,
}

/// A composition of components, ready to be measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Composition {
    shape: Shape,
    /// Code, need and probes of each leaf.
    components: Vec<(String, Need, Vec<String>)>,
}

impl Composition {
    /// What must work, with the probes that watch it; `None` when it names what the centre does not have.
    pub(crate) fn of(works: &Works, centre: &Centre) -> Option<Composition> {
        let works = works.resolved(centre)?;
        let codes = works.components();
        let components: Option<Vec<&Component>> = codes.iter().map(|code| centre.component(code)).collect();
        let probes = |code: &str| centre.probes_of(code).map(|probe| probe.name.clone()).collect();
        let components = components?;
        Some(Composition {
            shape: shape(&works, &codes),
            components: components
                .iter()
                .map(|one| (one.code.clone(), one.probes, probes(&one.code)))
                .collect(),
        })
    }

    /// Something that no probe watches.
    pub(crate) fn nothing() -> Composition {
        Composition::one("", Need::All, &[])
    }

    /// One component by its probes.
    pub(crate) fn one(code: &str, need: Need, probes: &[String]) -> Composition {
        Composition { shape: Shape::Leaf(0), components: vec![(code.to_owned(), need, probes.to_vec())] }
    }

    /// Its probes.
    pub(crate) fn probes(&self) -> impl Iterator<Item = &str> {
        self.components.iter().flat_map(|(_, _, probes)| probes.iter().map(String::as_str))
    }

    fn watched(&self) -> Vec<Watched<'_>> {
        self.components.iter().map(|(code, need, probes)| Watched { code, need: *need, probes }).collect()
    }

    /// Whether it is a component that is down with any of its probes.
    fn is_plain(&self) -> bool {
        matches!(self.shape, Shape::Leaf(_))
            && self.components.iter().all(|(_, need, probes)| need.of(probes.len()) >= probes.len())
    }
}

/// The time that accepted acts of exclusion take out of the account of each component.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Excluded(BTreeMap<String, Intervals>);

impl Excluded {
    /// Of the components of a composition, each asked for its own.
    pub(crate) fn of(composition: &Composition, of_component: impl Fn(&str) -> Intervals) -> Excluded {
        let codes = composition.components.iter().map(|(code, _, _)| code);
        let excluded = codes.map(|code| (code.clone(), of_component(code)));
        Excluded(excluded.filter(|(_, intervals)| !intervals.is_empty()).collect())
    }

    /// Whether nothing is taken out.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A timeline of a component or one of its probes, in which the excluded stops are excused.
    fn applied(&self, component: &str, line: Arc<Timeline>) -> Arc<Timeline> {
        let Some(intervals) = self.0.get(component) else { return line };
        let excused = |standing| match standing {
            Standing::Down => Standing::Excused,
            other => other,
        };
        Arc::new(line.within(intervals.iter().map(|interval| (interval, None)), excused))
    }
}

fn shape(works: &Works, codes: &[&str]) -> Shape {
    match works {
        Works::Component(code) | Works::System(code) | Works::Named(code) => {
            Shape::Leaf(codes.iter().position(|one| one == code).unwrap_or_default())
        }
        Works::Group { need, parts } => Shape::Group {
            need: need.of(parts.len()),
            parts: parts.iter().map(|part| shape(part, codes)).collect(),
        },
    }
}

/// The account of a period, without the reasons.
pub(crate) fn account(
    lines: &Lines,
    wanted: &Availability,
    of: &Composition,
    calendar: &Calendar,
    period: Interval,
) -> Account {
    let open = lines.open(calendar, period);
    // The acts of exclusion belong to promises; a table of the report has none.
    lines.whole(&of.shape, &of.watched(), wanted, &Excluded::default()).account(period, &open)
}

/// What a promise asks of the timelines.
pub(crate) struct Asked<'a> {
    pub lines: &'a Lines,
    /// How stops are counted.
    pub wanted: &'a Availability,
    /// What must work.
    pub of: Composition,
    /// Whose service hours count.
    pub calendar: Calendar,
    pub period: Interval,
    /// The time of each component that accepted acts take out, where it was down.
    pub excluded: Excluded,
}

/// Measures a composition over a period.
pub(crate) fn measure(asked: &Asked<'_>) -> AvailabilityEvidence {
    let Asked { lines, wanted, of, calendar, period, excluded } = asked;
    let period = *period;
    let open = lines.open(calendar, period);
    let components = of.watched();
    let whole = lines.whole(&of.shape, &components, wanted, excluded);
    let account = whole.account(period, &open);
    let mut stretches = Vec::new();
    let mut disagreements = Vec::new();
    let mut interruptions = wanted.interruptions.map(|_| Reconciliation::default());
    let unknown = whole.when(&open, |standing| standing == Standing::Unknown);
    for component in &components {
        let probes: Vec<Arc<Timeline>> =
            component.probes.iter().map(|probe| lines.probe(probe, wanted)).collect();
        for (probe, line) in component.probes.iter().zip(&probes) {
            let line = excluded.applied(component.code, line.clone());
            list(lines, probe, &line, &open, &unknown, &mut stretches);
        }
        disagreements.extend(disagreement(*component, &probes, &open));
        if let Some(into) = &mut interruptions {
            let by_probes = lines.by_probes(*component, wanted);
            let longer = wanted.undeclared_longer_than;
            lines.register().reconcile(
                component.code,
                &by_probes,
                period,
                longer,
                |begun| lines.origin(begun),
                into,
            );
        }
    }
    stretches.sort_by(|a, b| (a.interval.start.0, &a.probe).cmp(&(b.interval.start.0, &b.probe)));
    if let Some(both) = &mut interruptions {
        both.declared.sort_by(|a, b| (a.interval, &a.code).cmp(&(b.interval, &b.code)));
        both.undeclared.sort_by(|a, b| (a.interval, &a.component).cmp(&(b.interval, &b.component)));
    }
    let plain = of.is_plain() && wanted.interruptions.is_none();
    let of_part = |component: &Watched<'_>| {
        let line = excluded.applied(component.code, lines.component(*component, wanted));
        (component.code.to_owned(), line.account(period, &open))
    };
    // A stop is measured whole, wherever the period or a closing cuts it, in the service time that it lasted.
    let touching = whole.stops().filter(|(stop, _)| stop.intersect(period).is_some());
    let longest = touching.map(|(stop, _)| calendar.working(stop.start, stop.end)).max().unwrap_or(Micros(0));
    let stops = || whole.when(&open, |standing| standing == Standing::Down);
    AvailabilityEvidence {
        account,
        stretches,
        probes: of.probes().map(str::to_owned).collect(),
        checks: of.probes().map(|probe| lines.checks(probe)).sum(),
        parts: if plain { Vec::new() } else { components.iter().map(of_part).collect() },
        longest,
        longest_doubt: longest_of(
            &whole.when(&open, |one| matches!(one, Standing::Down | Standing::Unknown)),
        )
        .max(longest),
        stops: if plain { Vec::new() } else { stops().as_slice().to_vec() },
        disagreements,
        interruptions,
    }
}

/// The longest of some stretches.
fn longest_of(stretches: &Intervals) -> Micros {
    stretches.iter().map(|stretch| stretch.length()).max().unwrap_or(Micros(0))
}

/// What was not up of a probe.
fn list(
    lines: &Lines,
    probe: &str,
    line: &Timeline,
    open: &Intervals,
    unknown: &Intervals,
    stretches: &mut Vec<Stretch>,
) {
    let probe: Arc<str> = probe.into();
    let mut silent = Vec::new();
    for (interval, run) in open.iter().flat_map(|hours| line.cut(hours)) {
        let state = match run.standing {
            Standing::Up => continue,
            Standing::Down => StretchState::Down,
            Standing::Excused => StretchState::Excused,
            Standing::Unknown => {
                silent.push(interval);
                continue;
            }
        };
        stretches.push(Stretch { interval, state, probe: probe.clone(), origin: lines.origin(run.begun) });
    }
    let silent: Intervals = silent.into_iter().collect();
    let state = StretchState::Unknown;
    stretches.extend(silent.intersect(unknown).iter().map(|interval| Stretch {
        interval,
        state,
        probe: probe.clone(),
        origin: None,
    }));
}

/// When some probes of a component were up and others down at once; `None` when never.
fn disagreement(component: Watched<'_>, probes: &[Arc<Timeline>], open: &Intervals) -> Option<Disagreement> {
    if probes.len() < 2 {
        return None;
    }
    let is_down = |standing| matches!(standing, Standing::Down | Standing::Excused);
    let down: Vec<Intervals> = probes.iter().map(|line| line.when(open, is_down)).collect();
    if down.iter().all(Intervals::is_empty) {
        return None;
    }
    let any_down: Intervals = down.iter().flatten().collect();
    // Only where something is down can anything be contradicted: the rest of the year is not looked at.
    let up: Vec<Intervals> =
        probes.iter().map(|line| line.when(&any_down, |standing| standing == Standing::Up)).collect();
    let any_up: Intervals = up.iter().flatten().collect();
    let both = any_down.intersect(&any_up);
    if both.is_empty() {
        return None;
    }
    let of_probe = |n: usize| {
        let time = |intervals: &Intervals| intervals.intersect(&both).total();
        (component.probes[n].clone(), time(&up[n]), time(&down[n]))
    };
    Some(Disagreement {
        component: component.code.to_owned(),
        time: both.total(),
        stretches: both.len() as u64,
        probes: (0..probes.len()).map(of_probe).filter(|(_, up, down)| up.0 > 0 || down.0 > 0).collect(),
    })
}

impl AvailabilityEvidence {
    /// The longest stop of the whole, as long as it was, in service time. Excused time is no stop.
    pub fn longest_stop(&self) -> Micros {
        self.longest
    }
}

impl WeightedEvidence {
    /// Σ weight × up ÷ Σ weight × (up + down), and what it could be; `None` when nothing with a weight is known.
    pub(crate) fn share(&self) -> Option<(BigRational, Band)> {
        let sum = |time: fn(&Account) -> i64| -> BigInt {
            let parts = self.parts.iter().map(|(_, weight, evidence)| (weight, &evidence.account));
            parts.map(|(weight, account)| BigInt::from(*weight) * BigInt::from(time(account))).sum()
        };
        let (up, down, unknown) =
            (sum(|account| account.up.0), sum(|account| account.down.0), sum(|account| account.unknown.0));
        let known = &up + &down;
        let share = ratio(up.clone(), known.clone())?;
        let low = ratio(up.clone(), &known + &unknown)?;
        let high = ratio(up + &unknown, known + unknown)?;
        Some((share, Band { low, high }))
    }

    /// The share with excused time counted as down; `None` when none was excused.
    pub fn share_without_exclusions(&self) -> Option<BigRational> {
        if self.parts.iter().all(|(_, _, evidence)| evidence.account.excused == Micros(0)) {
            return None;
        }
        let mut counted = self.clone();
        for (_, _, evidence) in &mut counted.parts {
            let account = &mut evidence.account;
            account.down = Micros(account.down.0 + account.excused.0);
        }
        counted.share().map(|(share, _)| share)
    }
}

fn ratio(numerator: BigInt, denominator: BigInt) -> Option<BigRational> {
    (denominator > BigInt::default()).then(|| BigRational::new(numerator, denominator))
}

impl Account {
    /// Up ÷ (up + down), and what it could be.
    pub(crate) fn share(&self) -> Option<(BigRational, Band)> {
        let up = i128::from(self.up.0);
        let known = up + i128::from(self.down.0);
        let unknown = i128::from(self.unknown.0);
        let share = fraction(up, known)?;
        let low = fraction(up, known + unknown)?;
        let high = fraction(up + unknown, known + unknown)?;
        Some((share, Band { low, high }))
    }

    /// Up ÷ (up + down + excused): the share without any exclusion.
    pub fn share_without_exclusions(&self) -> Option<BigRational> {
        let up = i128::from(self.up.0);
        fraction(up, up + i128::from(self.down.0) + i128::from(self.excused.0))
    }

    /// All buckets: the period.
    pub fn total(&self) -> Micros {
        Micros(self.up.0 + self.down.0 + self.excused.0 + self.unknown.0 + self.outside.0)
    }
}
