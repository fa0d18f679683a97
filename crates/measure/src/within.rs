//! Cases in which one event follows another in time.

mod course;

use std::collections::BTreeMap;

use impegno_calendar::{Calendar, Instant, Interval, Micros};
use impegno_charter::{Centre, Clock, Limit, Within};
use impegno_clocks::{Clock as Counting, Pause, Profile, Purpose, Standing, Term};

pub use self::course::{Course, Stretch};
use crate::verdict::{Band, fraction};
use crate::{Case, CaseEvent, Cases, FactRef, Joins};

/// How many cases are in each bucket; their sum is the cases that fall under the promise or are left out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CaseCount {
    /// In time.
    pub good: u64,
    /// Too late, or the limit passed without the event.
    pub late: u64,
    /// Still open at the end of the period and not yet late.
    pub open: u64,
    /// Events that contradict each other, or the awaited event is recorded of no case at all.
    pub not_judgeable: u64,
    /// Left out by the promise for one of their events: merged, cancelled, duplicate.
    pub excluded: u64,
    /// Of a promise that ends at each case's own deadline: cases that have none, so that nothing was promised.
    pub without_deadline: u64,
}

/// What became of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Judgement {
    /// In time.
    Good,
    /// Too late.
    Late,
    /// Still open and not yet late.
    Open,
    /// The event comes before the one that starts the clock, or is recorded of no case at all.
    NotJudgeable,
    /// Left out by the promise.
    Excluded,
    /// It has no deadline that could be kept.
    WithoutDeadline,
}

/// A case with its judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Identifier of the case.
    pub case: String,
    /// Its source.
    pub source: String,
    /// When the clock started.
    pub from: Instant,
    /// When it stopped; `None` while open.
    pub to: Option<Instant>,
    /// Time on the clock, until the end of the period while open.
    pub taken: Micros,
    /// When the limit was or will be reached, within the range of the calendar.
    pub due: Option<Instant>,
    /// What became of it.
    pub judgement: Judgement,
    /// What would have become of it without an act of exclusion.
    pub without_acts: Judgement,
    /// The clock stands still at the end of the period.
    pub suspended: bool,
    /// When it stood still, and for which event.
    pub pauses: Vec<Pause>,
    /// The event for which it is left out, or the code of the act of exclusion.
    pub excluded_by: Option<String>,
    /// Where its two events stand, and the one for which it is left out.
    pub origins: Vec<FactRef>,
}

/// Why a share of cases is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithinEvidence {
    /// The buckets.
    pub count: CaseCount,
    /// The buckets as they would be without any act of exclusion.
    without_acts: CaseCount,
    /// How many cases were left out for which event, or by which act of exclusion.
    pub excluded: BTreeMap<String, u64>,
    /// Cases, among the open and the late ones, whose clock stands still at the end of the period.
    pub suspended: u64,
    /// Cases, among those not judgeable, whose awaited event comes before the one that starts the clock.
    pub out_of_order: u64,
    /// Every case that was not in time, and the slowest thousand of those that were, the slowest first.
    pub cases: Vec<Judged>,
    /// Whether only the service hours of a calendar count as time taken.
    pub service_hours: bool,
    /// Whether some case of the kind had the awaited event by the end of the period; if none ever had, nobody
    /// records it, and no case can be judged.
    pub event_known: bool,
}

/// How the cases of each source are counted.
struct Clocks {
    otherwise: Counting,
    by_source: BTreeMap<String, Counting>,
}

impl Clocks {
    fn new(within: &Within, centre: &Centre) -> Clocks {
        let always = Calendar::always(centre.zone.clone());
        let calendar = match &within.clock {
            Clock::Elapsed => &always,
            Clock::Working(code) => centre.calendar(code).unwrap_or(&always),
        };
        let counting = |profile: Profile| Counting::new(profile, calendar.clone());
        // What the promise says holds for all its cases.
        let named = within.counting.as_ref().and_then(|name| centre.clock(name));
        let by_source = match &within.counting {
            Some(_) => BTreeMap::new(),
            None => {
                centre.source_clocks.iter().map(|(name, own)| (name.clone(), counting(own.clone()))).collect()
            }
        };
        Clocks { otherwise: counting(named.unwrap_or(Profile::NATIVE)), by_source }
    }

    fn of(&self, case: Case<'_>) -> &Counting {
        if self.by_source.is_empty() {
            return &self.otherwise;
        }
        self.by_source.get(case.source()).unwrap_or(&self.otherwise)
    }
}

/// Judges the cases that begin within `window`, as they were at `end`, which is not before it ends. `act_on` gives the code of the accepted act that takes out a case, if any does.
pub(crate) fn measure(
    within: &Within,
    centre: &Centre,
    window: Interval,
    end: Instant,
    cases: &Cases,
    joins: &Joins,
    act_on: impl Fn(Case<'_>) -> Option<String>,
) -> WithinEvidence {
    let clocks = Clocks::new(within, centre);
    let event_known = cases.of_kind(&within.cases).any(|case| case.first(&within.to, end.0).is_some());
    let fulfilling = cases.fulfilling(&within.cases, &within.filter, end.0, joins);
    // A year can hold half a million cases, of which a proof prints a few: all are ruled on as numbers, and only
    // what may be printed is written out.
    let mut ruled: Vec<Ruled> = fulfilling
        .into_iter()
        .filter_map(|number| {
            Some(judge(within, &clocks, window, end, cases.get(number as usize)?, &act_on)?.short(number))
        })
        .collect();
    let (mut count, mut without_acts) = (CaseCount::default(), CaseCount::default());
    let mut excluded: BTreeMap<String, u64> = BTreeMap::new();
    let (mut suspended, mut out_of_order) = (0, 0);
    for case in &mut ruled {
        out_of_order += u64::from(case.judgement == Judgement::NotJudgeable);
        if !event_known {
            // What its own events say of a case, they say although nobody records the awaited one.
            for judgement in [&mut case.judgement, &mut case.without_acts] {
                if !matches!(judgement, Judgement::Excluded | Judgement::WithoutDeadline) {
                    *judgement = Judgement::NotJudgeable;
                }
            }
        }
        suspended += u64::from(case.suspended && case.judgement != Judgement::NotJudgeable);
        if let Some(event) = &case.excluded_by {
            *excluded.entry(event.clone()).or_default() += 1;
        }
        count.add(case.judgement);
        without_acts.add(case.without_acts);
    }
    let slower = |a: &Ruled, b: &Ruled| {
        let id = |one: &Ruled| cases.get(one.number as usize).map(Case::id);
        b.taken.cmp(&a.taken).then_with(|| a.from.cmp(&b.from)).then_with(|| id(a).cmp(&id(b)))
    };
    let (mut in_time, mut kept): (Vec<Ruled>, Vec<Ruled>) =
        ruled.into_iter().partition(|case| case.judgement == Judgement::Good);
    if in_time.len() > KEPT_IN_TIME {
        in_time.select_nth_unstable_by(KEPT_IN_TIME, slower);
        in_time.truncate(KEPT_IN_TIME);
    }
    kept.append(&mut in_time);
    kept.sort_by(slower);
    let listed = |ruled: Ruled| {
        let case = cases.get(ruled.number as usize)?;
        Some(judge(within, &clocks, window, end, case, &act_on)?.listed(case, ruled))
    };
    let cases = kept.into_iter().filter_map(listed).collect();
    let service_hours = matches!(within.clock, Clock::Working(_));
    WithinEvidence {
        count,
        without_acts,
        excluded,
        suspended,
        out_of_order,
        cases,
        service_hours,
        event_known,
    }
}

/// How many of the cases in time are kept as evidence.
const KEPT_IN_TIME: usize = 1_000;

/// What became of a case, as numbers.
struct Ruled {
    /// Its number among all cases.
    number: u32,
    from: Instant,
    taken: Micros,
    judgement: Judgement,
    without_acts: Judgement,
    suspended: bool,
    excluded_by: Option<String>,
}

/// What became of a case, with everything that decided it.
struct Ruling<'c> {
    from: CaseEvent<'c>,
    course: Course<'c>,
    leaves: Option<CaseEvent<'c>>,
    clock: &'c Counting,
    outcome: Outcome,
    without_acts: Judgement,
    judgement: Judgement,
    excluded_by: Option<String>,
}

impl Ruling<'_> {
    fn short(self, number: u32) -> Ruled {
        Ruled {
            number,
            from: Instant(self.from.at),
            taken: self.outcome.taken,
            judgement: self.judgement,
            without_acts: self.without_acts,
            suspended: self.outcome.suspended && self.excluded_by.is_none(),
            excluded_by: self.excluded_by,
        }
    }

    fn listed(self, case: Case<'_>, ruled: Ruled) -> Judged {
        let course = self.course;
        let events = std::iter::once(self.from).chain(course.to).chain(self.leaves);
        Judged {
            case: case.id().to_owned(),
            source: case.source().to_owned(),
            from: ruled.from,
            to: course.to.map(|event| Instant(event.at)),
            taken: ruled.taken,
            due: self.outcome.due.at(self.clock),
            judgement: ruled.judgement,
            without_acts: ruled.without_acts,
            suspended: ruled.suspended,
            pauses: course.pauses,
            excluded_by: ruled.excluded_by,
            origins: events.map(CaseEvent::origin).collect(),
        }
    }
}

/// Judges a case; `None` when it does not fall under the promise in this period.
fn judge<'c>(
    within: &Within,
    clocks: &'c Clocks,
    window: Interval,
    at_end: Instant,
    case: Case<'c>,
    act_on: &impl Fn(Case<'_>) -> Option<String>,
) -> Option<Ruling<'c>> {
    let end = at_end.0;
    let from = case.first(&within.from, end)?;
    if !window.contains(Instant(from.at)) {
        return None;
    }
    if let Some(longer) = &within.longer_than {
        let first = case.first(&longer.from, end)?.at;
        let last = case.first(&longer.to, end).map_or(end, |event| event.at);
        if last - first <= longer.length.0 {
            return None;
        }
    }
    let clock = clocks.of(case);
    let leaves = within.leave_out.iter().find_map(|event| case.first(event, end));
    let course = Course::of(within, case, Instant(from.at), at_end);
    let outcome = match (&within.limit, within.limit.term()) {
        _ if course.out_of_order => Outcome::bare(clock, &course, at_end, Judgement::NotJudgeable),
        (Limit::Deadline(event), _) => {
            // The deadline may lie after the period.
            let due = case.first(event, i64::MAX).map(|event| Instant(event.at));
            by_deadline(clock, &course, due, at_end)
        }
        (_, Some(term)) => by_term(clock, &course, term, at_end),
        (_, None) => Outcome::bare(clock, &course, at_end, Judgement::NotJudgeable),
    };
    let without_acts = if leaves.is_some() { Judgement::Excluded } else { outcome.judgement };
    // An act never worsens a figure: a case that was in time stays in it.
    let in_time = matches!(outcome.judgement, Judgement::Good | Judgement::WithoutDeadline);
    let act = || if in_time { None } else { act_on(case) };
    let excluded_by = leaves.map(|event| event.event.to_owned()).or_else(act);
    let judgement = if excluded_by.is_some() { Judgement::Excluded } else { outcome.judgement };
    Some(Ruling { from, course, leaves, clock, outcome, without_acts, judgement, excluded_by })
}

/// How a case came out.
struct Outcome {
    judgement: Judgement,
    taken: Micros,
    due: Due,
    suspended: bool,
}

/// When a case is due: found only for those that are listed.
enum Due {
    /// Known, or never.
    At(Option<Instant>),
    /// After a term from an instant, with some pauses as they are known at another.
    After(Instant, Term, Vec<Pause>, Instant),
}

impl Due {
    fn at(&self, clock: &Counting) -> Option<Instant> {
        match self {
            Due::At(due) => *due,
            Due::After(start, term, pauses, stop) => {
                clock.due(*start, *term, Purpose::Resolution, pauses, *stop)
            }
        }
    }
}

impl Outcome {
    /// Without a due date.
    fn bare(clock: &Counting, course: &Course<'_>, end: Instant, judgement: Judgement) -> Outcome {
        let stretch = &course.last;
        let stop = stretch.stop.unwrap_or(end);
        let taken = clock.counted(stretch.start, stop, Purpose::Resolution, &course.pauses);
        Outcome { judgement, taken, due: Due::At(None), suspended: false }
    }
}

/// By the deadline that the case itself has; at its very instant is in time.
fn by_deadline(clock: &Counting, course: &Course<'_>, due: Option<Instant>, end: Instant) -> Outcome {
    let Some(due) = due else { return Outcome::bare(clock, course, end, Judgement::WithoutDeadline) };
    let judgement = match course.last.stop {
        Some(stop) if stop <= due => Judgement::Good,
        None if end <= due => Judgement::Open,
        Some(_) | None => Judgement::Late,
    };
    Outcome { due: Due::At(Some(due)), ..Outcome::bare(clock, course, end, judgement) }
}

/// By a term on the clock: of several stretches the first late one, else the last.
fn by_term(clock: &Counting, course: &Course<'_>, term: Term, end: Instant) -> Outcome {
    let earlier = course.earlier.iter().map(|stretch| on_stretch(clock, course, stretch, term, end));
    let late = { earlier }.find(|outcome| outcome.judgement == Judgement::Late);
    late.unwrap_or_else(|| on_stretch(clock, course, &course.last, term, end))
}

fn on_stretch(clock: &Counting, course: &Course<'_>, stretch: &Stretch, term: Term, end: Instant) -> Outcome {
    let stop = stretch.stop.unwrap_or(end);
    let pauses = course.pauses_within(stretch, stop);
    let standing = clock.standing(stretch.start, term, Purpose::Resolution, &pauses, stretch.stop, end);
    let (judgement, suspended) = match standing {
        Some(Standing::InTime) => (Judgement::Good, false),
        Some(Standing::Late) => (Judgement::Late, false),
        Some(Standing::Running) => (Judgement::Open, false),
        Some(Standing::Suspended { breached: true }) => (Judgement::Late, true),
        Some(Standing::Suspended { breached: false }) => (Judgement::Open, true),
        None => (Judgement::NotJudgeable, false),
    };
    Outcome {
        judgement,
        taken: clock.counted(stretch.start, stop, Purpose::Resolution, &pauses),
        due: Due::After(stretch.start, term, pauses, stop),
        suspended,
    }
}

impl WithinEvidence {
    /// The share as it would be without any act of exclusion, if one takes out a case.
    pub fn share_without_exclusions(&self) -> Option<num_rational::BigRational> {
        let (share, _) = (self.without_acts != self.count).then(|| self.without_acts.share())??;
        Some(share)
    }
}

impl CaseCount {
    fn add(&mut self, judgement: Judgement) {
        match judgement {
            Judgement::Good => self.good += 1,
            Judgement::Late => self.late += 1,
            Judgement::Open => self.open += 1,
            Judgement::NotJudgeable => self.not_judgeable += 1,
            Judgement::Excluded => self.excluded += 1,
            Judgement::WithoutDeadline => self.without_deadline += 1,
        }
    }

    /// Good ÷ (good + late), and what it could be.
    pub(crate) fn share(self) -> Option<(num_rational::BigRational, Band)> {
        let decided = i128::from(self.good + self.late);
        let undecided = i128::from(self.open + self.not_judgeable);
        let share = fraction(i128::from(self.good), decided)?;
        let low = fraction(i128::from(self.good), decided + undecided)?;
        let high = fraction(i128::from(self.good) + undecided, decided + undecided)?;
        Some((share, Band { low, high }))
    }

    /// All cases of the period, those left out included.
    pub fn total(self) -> u64 {
        self.good + self.late + self.open + self.not_judgeable + self.excluded + self.without_deadline
    }

    /// The cases that fall under the promise.
    pub fn promised(self) -> u64 {
        self.good + self.late + self.open + self.not_judgeable
    }
}
