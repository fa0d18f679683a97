//! An availability as another program counts it, and why each second differs.
//!
//! From ours to theirs leads a row of small steps: without service hours, without the rule that short stops do not
//! count, without dating back, and so on, each the account under one rule less; the last is the engine of the
//! other program itself (`impegno_peers`). A stretch in which the two ends differ differs because of the step after
//! which it is never again what we say. So each second has one reason, and the seconds of all reasons add up to the
//! difference of the accounts.

mod engines;
mod hours;
mod runs;
mod steps;

use std::collections::BTreeSet;

use impegno_calendar::{Calendar, Instant, Interval};
use impegno_charter::{Availability, Centre, Commitment, Indicator, Subject};
use impegno_facts::Kind;
use num_bigint::BigInt;
use num_rational::BigRational;
use rayon::prelude::*;

use crate::availability::{self, CheckBook, Composition, Excluded, Lines};
use crate::exclusions::{self, Accepted};
use crate::{CaseBook, Cases, Supply};

pub(crate) use runs::Runs;
pub use runs::{Bucket, Buckets};

/// Another program, and how its figure is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Peer {
    /// The availability report of Nagios 4.5 with the defaults of its page.
    NagiosAvail,
    /// The service level of Icinga DB.
    IcingaDb,
    /// The SLI of a Zabbix service whose trigger is a confirmed critical state, without excluded stops.
    ZabbixSli,
    /// The share of heartbeats of Uptime Kuma.
    UptimeKuma,
}

impl Peer {
    /// All of them.
    pub const ALL: [Peer; 4] = [Peer::NagiosAvail, Peer::IcingaDb, Peer::ZabbixSli, Peer::UptimeKuma];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Peer::NagiosAvail => "nagios-avail",
            Peer::IcingaDb => "icinga-db",
            Peer::ZabbixSli => "zabbix-sli",
            Peer::UptimeKuma => "uptime-kuma",
        }
    }
}

/// Why the two say different things of a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// An act of exclusion that the commitment accepts.
    Act,
    /// Interruptions are declared by hand, and only we read them.
    Declared,
    /// The program does not know service hours.
    OutsideHours,
    /// A day on which the service is closed; the program knows only weekdays.
    Holiday,
    /// Other hours than those of the weekday.
    OtherHours,
    /// The clocks change, and the program counts days of 86,400 seconds.
    ClockChange,
    /// After the last receipt, when nobody knows.
    AfterReceipt,
    /// A stop too short to count here.
    ShortStop,
    /// Attempts before a stop was confirmed.
    SoftAttempts,
    /// Nothing was heard for longer than a state holds here.
    Stale,
    /// The monitor stood still.
    MonitorStopped,
    /// A planned stop.
    PlannedStop,
    /// Before the first state that the program knows.
    BeforeFirst,
    /// The check could not tell.
    UnknownState,
    /// A warning.
    Warning,
    /// Less than a second.
    Rounding,
    /// A rule of that program alone.
    OwnRule,
}

/// A stretch in which the two differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// From when to when.
    pub interval: Interval,
    /// What we say.
    pub ours: Bucket,
    /// What the program says.
    pub theirs: Bucket,
    /// Why.
    pub why: Why,
}

/// An availability as we and another program count it.
#[derive(Debug, Clone, PartialEq)]
pub struct Against {
    /// The program.
    pub peer: Peer,
    /// The probes that were asked.
    pub probes: Vec<String>,
    /// Our account.
    pub ours: Buckets,
    /// Theirs; `None` of a program that counts results and not time.
    pub theirs: Option<Buckets>,
    /// Our share, if there is one.
    pub our_share: Option<BigRational>,
    /// The shares that the program shows, by its names for them.
    pub their_shares: Vec<(&'static str, Option<BigRational>)>,
    /// Good and bad results, of a program that counts results; none where the facts hold only changes of state.
    pub results: Option<(u64, u64)>,
    /// All stretches in which the two differ, by time.
    pub differences: Vec<Difference>,
}

/// An availability that a commitment is, or is the mean of.
#[derive(Debug, Clone, PartialEq)]
pub struct AgainstPart {
    /// What it is of.
    pub of: String,
    /// How much it weighs in the mean; 1 of one alone.
    pub weight: u32,
    /// The two accounts.
    pub against: Against,
}

/// How far before the period the programs look for a state: two archives of a day.
const BACKTRACK: i64 = 2 * 86_400_000_000;

/// The availabilities that an indicator is, or is the mean of; `None` where other programs have no such figure.
pub fn availabilities(indicator: &Indicator) -> Option<Vec<(&Availability, u32)>> {
    let one = |part: &'_ Indicator| matches!(part, Indicator::Availability(one) if matches!(one.of, Subject::Works(_)));
    match indicator {
        Indicator::MeanOf(parts) if parts.iter().all(|part| one(&part.indicator)) => parts
            .iter()
            .map(|part| match &part.indicator {
                Indicator::Availability(one) => Some((one, part.weight)),
                _ => None,
            })
            .collect(),
        Indicator::Availability(wanted) if one(indicator) => Some(vec![(wanted, 1)]),
        _ => None,
    }
}

/// Counts a version of a commitment over the part of a period in which it holds as another program does.
///
/// `None` if it is no availability of things that work or do not, if it names what the centre does not have, or if it
/// does not hold in the period.
///
/// # Errors
/// When a part of the facts cannot be read.
pub fn against<S: Supply>(
    centre: &Centre,
    commitment: &Commitment,
    period: Interval,
    known_at: Instant,
    supply: &S,
    peer: Peer,
) -> Result<Option<Vec<AgainstPart>>, S::Error> {
    let Some(wanted) = availabilities(&commitment.indicator) else { return Ok(None) };
    let Some(window) = commitment.part_of(period, &centre.zone) else { return Ok(None) };
    let mut parts = Vec::new();
    for (wanted, weight) in wanted {
        let Subject::Works(works) = &wanted.of else { return Ok(None) };
        let Some(of) = Composition::of(works, centre) else { return Ok(None) };
        let facts = gather(wanted, &of, window, supply)?;
        let acts = exclusions::acts(&facts.cases);
        let acts = exclusions::judged(&acts, commitment, centre, window);
        let accepted = Accepted::of(&acts);
        let always = Calendar::always(centre.zone.clone());
        let subject = steps::Subject {
            wanted,
            of: &of,
            excluded: Excluded::of(&of, |component| accepted.of_component(component, centre)),
            calendar: centre.calendar(&wanted.calendar).unwrap_or(&always),
            always: &always,
            period: window,
            known_at,
            unwatched: Lines::new(availability::without_monitors(facts.book.clone()), &facts.cases, known_at),
            lines: Lines::new(facts.book, &facts.cases, known_at),
            longer: Lines::new(facts.longer, &facts.cases, known_at),
        };
        parts.push(AgainstPart { of: wanted.of.to_string(), weight, against: subject.against(peer) });
    }
    Ok(Some(parts))
}

/// The facts of an availability.
struct Facts {
    /// Those that decide our figure.
    book: CheckBook,
    /// Those of the time in which other programs look.
    longer: CheckBook,
    cases: Cases,
}

fn gather<S: Supply>(
    wanted: &Availability,
    of: &Composition,
    period: Interval,
    supply: &S,
) -> Result<Facts, S::Error> {
    let probes: BTreeSet<&str> = of.probes().collect();
    let native = availability::window([wanted], period);
    let wide = Interval {
        start: Instant(native.start.0.min(period.start.0.saturating_sub(BACKTRACK))),
        end: native.end,
    };
    let mut kinds = BTreeSet::from(["maintenance", exclusions::KIND]);
    let mut ever = Interval { start: Instant(i64::MIN / 2), end: period.end };
    if wanted.interruptions.is_some() {
        kinds.insert(availability::INTERRUPTION);
        // Whether a register is kept at all may be told by a row of a later time.
        ever.end = Instant(i64::MAX / 2);
    }
    let mut parts: Vec<(Kind, usize)> = Vec::new();
    for (kind, window) in [(Kind::Checks, wide), (Kind::Cases, ever)] {
        let count = supply.count(kind);
        parts.extend((0..count).filter(|part| supply.touches(kind, *part, window)).map(|part| (kind, part)));
    }
    let nothing = || (CheckBook::default(), CheckBook::default(), CaseBook::default());
    let (mut book, mut longer, cases) = parts
        .into_par_iter()
        .try_fold(nothing, |(mut book, mut longer, mut cases), (kind, part)| {
            let part = supply.read(kind, part)?;
            book.add(&part, &probes, native);
            longer.add(&part, &probes, wide);
            cases.add(part, &kinds);
            Ok((book, longer, cases))
        })
        .try_reduce(nothing, |a, b| Ok((a.0.merge(b.0), a.1.merge(b.1), a.2.merge(b.2))))?;
    book.finish();
    longer.finish();
    Ok(Facts { book, longer, cases: cases.finish() })
}

/// A share as an exact fraction.
fn fraction(good: i128, of: i128) -> Option<BigRational> {
    (of > 0).then(|| BigRational::new(BigInt::from(good), BigInt::from(of)))
}
