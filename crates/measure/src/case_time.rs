//! How long cases take: mean, median, percentile, longest.

use impegno_calendar::{Calendar, Instant, Interval, Zone};
use impegno_charter::{CaseTime, Centre, Statistic, TimesClock};
use num_bigint::BigInt;
use num_rational::BigRational;

use crate::verdict::{Band, ENDLESS};
use crate::{Case, Cases, FactRef, Joins};

/// What became of a case whose time is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Progress {
    /// Both events are there, in their order.
    Done,
    /// The second event has not come: the time is that until the end of the period.
    Open,
    /// The second event comes before the first.
    NotJudgeable,
    /// Left out by an accepted exclusion.
    Excluded,
}

/// A case with the time that it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimedCase {
    /// Identifier of the case.
    pub case: String,
    /// When the clock started.
    pub from: Instant,
    /// When it stopped; `None` while open.
    pub to: Option<Instant>,
    /// Microseconds on the clock, or days from date to date; until the end of the period while open.
    pub taken: i64,
    /// What became of it.
    pub progress: Progress,
    /// Where its events stand.
    pub origins: Vec<FactRef>,
}

/// Why a time of cases is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseTimeEvidence {
    /// Every case, the slowest first.
    pub cases: Vec<TimedCase>,
    /// How time is counted.
    pub clock: TimesClock,
}

/// Takes the time of the cases whose `from` event lies in `window`, as they were at `end`.
pub(crate) fn measure(
    wanted: &CaseTime,
    centre: &Centre,
    window: Interval,
    end: Instant,
    cases: &Cases,
    joins: &Joins,
    excluded: impl Fn(Case<'_>) -> bool,
) -> CaseTimeEvidence {
    let always = Calendar::always(centre.zone.clone());
    let calendar = match &wanted.clock {
        TimesClock::Working(code) | TimesClock::WorkingDays(code) => centre.calendar(code).unwrap_or(&always),
        TimesClock::Elapsed | TimesClock::Days => &always,
    };
    let length = |from: Instant, to: Instant| match wanted.clock {
        TimesClock::Days => days(&centre.zone, from, to),
        TimesClock::WorkingDays(_) => {
            i64::from(calendar.working_days_between(centre.zone.date(from), centre.zone.date(to)))
        }
        TimesClock::Elapsed | TimesClock::Working(_) => calendar.working(from, to).0,
    };
    let timed = |case: Case<'_>| {
        let from = case.first(&wanted.from, end.0)?;
        if !window.contains(Instant(from.at)) {
            return None;
        }
        let to = case.first(&wanted.to, end.0);
        let stop = to.map_or(end, |event| Instant(event.at));
        let progress = match to {
            _ if excluded(case) => Progress::Excluded,
            Some(event) if event.at < from.at => Progress::NotJudgeable,
            Some(_) => Progress::Done,
            None => Progress::Open,
        };
        Some(TimedCase {
            case: case.id().to_owned(),
            from: Instant(from.at),
            to: to.map(|event| Instant(event.at)),
            taken: length(Instant(from.at), stop),
            progress,
            origins: std::iter::once(from).chain(to).map(|event| event.origin()).collect(),
        })
    };
    let fulfilling = cases.fulfilling(&wanted.cases, &wanted.filter, end.0, joins);
    let mut cases: Vec<TimedCase> =
        fulfilling.into_iter().filter_map(|number| timed(cases.get(number as usize)?)).collect();
    cases.sort_by(|a, b| {
        b.taken.cmp(&a.taken).then_with(|| a.from.cmp(&b.from)).then_with(|| a.case.cmp(&b.case))
    });
    CaseTimeEvidence { cases, clock: wanted.clock.clone() }
}

/// Days from the date of one instant to that of another.
fn days(zone: &Zone, from: Instant, to: Instant) -> i64 {
    zone.date(to).duration_since(zone.date(from)).as_hours() / 24
}

impl CaseTimeEvidence {
    /// How many cases are in a state.
    pub fn count(&self, progress: Progress) -> u64 {
        self.cases.iter().filter(|case| case.progress == progress).count() as u64
    }

    /// Puts the excluded cases back, where leaving them out would make the time longer: an exclusion never worsens.
    pub(crate) fn without_harm(mut self, statistic: Statistic) -> CaseTimeEvidence {
        if self.count(Progress::Excluded) == 0 {
            return self;
        }
        let with = self.statistic(statistic);
        let mut all = self.clone();
        for case in all.cases.iter_mut().filter(|case| case.progress == Progress::Excluded) {
            case.progress = match case.to {
                None => Progress::Open,
                Some(to) if to < case.from => Progress::NotJudgeable,
                Some(_) => Progress::Done,
            };
        }
        let better = match (&with, all.statistic(statistic)) {
            (Some((with, _)), Some((without, _))) => *with <= without,
            (None, _) | (_, None) => true,
        };
        if !better {
            self.cases = all.cases;
        }
        self
    }

    /// The statistic in microseconds or days, and what it could be. Open cases count with the time that they have
    /// taken so far, which is the least that they will take. `None` without any case that can be timed.
    pub(crate) fn statistic(&self, statistic: Statistic) -> Option<(BigRational, Band)> {
        let of = |progress: Progress| {
            self.cases.iter().filter(move |case| case.progress == progress).map(|case| case.taken)
        };
        let mut known: Vec<i64> = of(Progress::Done).collect();
        let open: Vec<i64> = of(Progress::Open).collect();
        let odd = of(Progress::NotJudgeable).count();
        let mut least: Vec<i64> = known.iter().chain(&open).copied().collect();
        let value = value(statistic, &mut least.clone())?;
        least.extend(std::iter::repeat_n(0, odd));
        let low = self::value(statistic, &mut least)?;
        let high = if open.is_empty() && odd == 0 {
            value.clone()
        } else {
            known.extend(std::iter::repeat_n(ENDLESS, open.len() + odd));
            match statistic {
                // A mean with an endless part is endless.
                Statistic::Mean => BigRational::from_integer(BigInt::from(ENDLESS)),
                Statistic::Maximum | Statistic::Median | Statistic::Percentile(_) => {
                    self::value(statistic, &mut known)?
                }
            }
        };
        Some((value, Band { low, high }))
    }
}

/// A statistic of some times; `None` of none.
fn value(statistic: Statistic, times: &mut [i64]) -> Option<BigRational> {
    times.sort_unstable();
    let whole = |time: i64| BigRational::from_integer(BigInt::from(time));
    match statistic {
        Statistic::Maximum => times.last().copied().map(whole),
        Statistic::Mean => {
            let sum: i128 = times.iter().map(|time| i128::from(*time)).sum();
            (!times.is_empty()).then(|| BigRational::new(BigInt::from(sum), BigInt::from(times.len())))
        }
        Statistic::Median => {
            let upper = times.get(times.len() / 2).copied()?;
            let lower = if times.len() % 2 == 1 { upper } else { times.get(times.len() / 2 - 1).copied()? };
            if upper == ENDLESS {
                return Some(whole(ENDLESS));
            }
            Some((whole(lower) + whole(upper)) / whole(2))
        }
        Statistic::Percentile(per_mille) => {
            let rank = (times.len() * usize::from(per_mille)).div_ceil(1000);
            times.get(rank.checked_sub(1)?).copied().map(whole)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(cases: &[(i64, Progress)]) -> CaseTimeEvidence {
        let timed = |(taken, progress): &(i64, Progress)| TimedCase {
            case: String::new(),
            from: Instant(0),
            to: None,
            taken: *taken,
            progress: *progress,
            origins: Vec::new(),
        };
        CaseTimeEvidence { cases: cases.iter().map(timed).collect(), clock: TimesClock::Days }
    }

    fn whole(number: i64) -> BigRational {
        BigRational::from_integer(BigInt::from(number))
    }

    #[test]
    fn the_median_lies_between_the_two_in_the_middle_and_a_percentile_is_a_time_that_was_taken() {
        let of = |statistic, times: &[i64]| value(statistic, &mut times.to_vec());
        let median = |times: &[i64]| of(Statistic::Median, times);
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[7]), Some(whole(7)));
        assert_eq!(median(&[4, 1]), Some(BigRational::new(5.into(), 2.into())));
        assert_eq!(median(&[9, 1, 5]), Some(whole(5)));
        assert_eq!(median(&[9, ENDLESS]), Some(whole(ENDLESS)));
        assert_eq!(of(Statistic::Percentile(500), &[4, 1]), Some(whole(1)));
        assert_eq!(of(Statistic::Percentile(900), &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), Some(whole(9)));
        assert_eq!(of(Statistic::Percentile(910), &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), Some(whole(10)));
    }

    #[test]
    fn open_cases_count_with_the_time_so_far_and_leave_no_upper_end() {
        let cases = [(2, Progress::Done), (4, Progress::Done), (9, Progress::Open)];
        let (value, band) = evidence(&cases).statistic(Statistic::Mean).expect("cases");
        assert_eq!((value.clone(), band.low), (whole(5), whole(5)));
        assert_eq!(band.high, whole(ENDLESS));
        // The median is the second of three, whatever the open one will take.
        let (value, band) = evidence(&cases).statistic(Statistic::Median).expect("cases");
        assert_eq!((value, band.low, band.high), (whole(4), whole(4), whole(4)));
    }

    #[test]
    fn a_case_out_of_order_could_have_taken_any_time() {
        let cases = [(2, Progress::Done), (4, Progress::Done), (0, Progress::NotJudgeable)];
        let (value, band) = evidence(&cases).statistic(Statistic::Maximum).expect("cases");
        assert_eq!((value, band.low, band.high), (whole(4), whole(4), whole(ENDLESS)));
        let (value, band) = evidence(&cases).statistic(Statistic::Median).expect("cases");
        assert_eq!((value, band.low, band.high), (whole(3), whole(2), whole(4)));
    }
}
