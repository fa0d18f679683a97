//! Cases in which one event follows another in time.

use impegno_calendar::{Calendar, Instant, Interval, Micros};
use impegno_charter::{Clock, Within};

use crate::verdict::{Band, fraction};
use crate::{Case, Cases, FactRef, Joins};

/// How many cases are in each bucket; their sum is the cases that fall under the promise.
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
    /// Where its two events stand.
    pub origins: Vec<FactRef>,
}

/// Why a share of cases is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithinEvidence {
    /// The buckets.
    pub count: CaseCount,
    /// Every case, the slowest first.
    pub cases: Vec<Judged>,
    /// Whether only the service hours of a calendar count as time taken.
    pub service_hours: bool,
    /// Whether some case of the kind had the awaited event by the end of the period; if none ever had, nobody
    /// records it, and no case can be judged.
    pub event_known: bool,
}

/// Judges the cases of a period.
pub(crate) fn measure(
    within: &Within,
    calendar: &Calendar,
    period: Interval,
    cases: &Cases,
    joins: &Joins,
) -> WithinEvidence {
    let event_known = cases.of_kind(&within.cases).any(|case| case.first(&within.to, period.end.0).is_some());
    let fulfilling = cases.fulfilling(&within.cases, &within.filter, period.end.0, joins);
    let mut judged: Vec<Judged> = fulfilling
        .into_iter()
        .filter_map(|number| judge(within, calendar, period, cases.get(number as usize)?))
        .collect();
    if !event_known {
        judged.iter_mut().for_each(|case| case.judgement = Judgement::NotJudgeable);
    }
    judged.sort_by(|a, b| {
        b.taken.0.cmp(&a.taken.0).then_with(|| a.from.0.cmp(&b.from.0)).then_with(|| a.case.cmp(&b.case))
    });
    let mut count = CaseCount::default();
    for case in &judged {
        match case.judgement {
            Judgement::Good => count.good += 1,
            Judgement::Late => count.late += 1,
            Judgement::Open => count.open += 1,
            Judgement::NotJudgeable => count.not_judgeable += 1,
        }
    }
    let service_hours = matches!(within.clock, Clock::Working(_));
    WithinEvidence { count, cases: judged, service_hours, event_known }
}

/// Judges a case; `None` when it does not fall under the promise in this period.
fn judge(within: &Within, calendar: &Calendar, period: Interval, case: Case<'_>) -> Option<Judged> {
    let end = period.end.0;
    let from = case.first(&within.from, end)?;
    if from.at < period.start.0 {
        return None;
    }
    if let Some(longer) = &within.longer_than {
        let first = case.first(&longer.from, end)?.at;
        let last = case.first(&longer.to, end).map_or(end, |event| event.at);
        if last - first <= longer.length.0 {
            return None;
        }
    }
    let start = Instant(from.at);
    let to = case.first(&within.to, end);
    let stop = to.map_or(period.end, |event| Instant(event.at));
    let taken = calendar.working(start, stop);
    let judgement = match to {
        Some(event) if event.at < from.at => Judgement::NotJudgeable,
        _ if taken.0 > within.limit.0 => Judgement::Late,
        Some(_) => Judgement::Good,
        None => Judgement::Open,
    };
    let origins = std::iter::once(from).chain(to).map(|event| event.origin()).collect();
    Some(Judged {
        case: case.id().to_owned(),
        source: case.source().to_owned(),
        from: start,
        to: to.map(|event| Instant(event.at)),
        taken,
        due: calendar.deadline(start, within.limit),
        judgement,
        origins,
    })
}

impl CaseCount {
    /// Good ÷ (good + late), and what it could be.
    pub(crate) fn share(self) -> Option<(num_rational::BigRational, Band)> {
        let decided = i128::from(self.good + self.late);
        let undecided = i128::from(self.open + self.not_judgeable);
        let share = fraction(i128::from(self.good), decided)?;
        let low = fraction(i128::from(self.good), decided + undecided)?;
        let high = fraction(i128::from(self.good) + undecided, decided + undecided)?;
        Some((share, Band { low, high }))
    }

    /// All cases that fall under the promise.
    pub fn total(self) -> u64 {
        self.good + self.late + self.open + self.not_judgeable
    }
}
