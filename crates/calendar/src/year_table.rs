//! One year of a calendar, resolved to instants and counted.

use jiff::ToSpan;
use jiff::civil::{Date, Time};

use crate::calendar::Rules;
use crate::{Instant, Interval, Intervals, Zone};

/// The opening intervals and working days of one civil year, with running totals.
#[derive(Debug)]
pub(crate) struct YearTable {
    /// From the start of 1 January to the start of the next 1 January.
    pub(crate) window: Interval,
    /// Sorted, disjoint, all inside the window.
    openings: Vec<Opening>,
    /// At n: how many of the first n days of the year are working days; one more entry than days.
    working_days: Vec<u16>,
    total: YearTotal,
}

/// What a whole year comes to; kept for years whose table is not needed.
#[derive(Copy, Clone, Debug)]
pub(crate) struct YearTotal {
    /// Working time in microseconds.
    pub(crate) micros: i64,
    /// Working days.
    pub(crate) days: u16,
}

#[derive(Debug)]
struct Opening {
    interval: Interval,
    /// Working time of the year before this opening, in microseconds.
    before: i64,
}

impl YearTable {
    /// Resolves the rules for one year (1 to 9998).
    pub(crate) fn new(rules: &Rules, zone: &Zone, year: i16) -> YearTable {
        let first_day = Date::new(year, 1, 1).unwrap_or(Date::ZERO);
        let last_day = first_day.last_of_year();
        let window = Interval { start: zone.day_start(first_day), end: zone.day_end(last_day) };

        let holidays = rules.holidays_in(year);
        let mut resolved = Vec::new();
        let mut working_days = Vec::with_capacity(367);
        let mut days: u16 = 0;
        working_days.push(days);
        for day in first_day.series(1.day()).take_while(|day| *day <= last_day) {
            if rules.opens_on(day, &holidays) {
                days = days.saturating_add(1);
                let segments = rules.segments(day).iter();
                resolved.extend(segments.map(|segment| resolve(zone, day, *segment)));
            }
            working_days.push(days);
        }

        let mut micros: i64 = 0;
        let mut openings = Vec::new();
        for interval in &resolved.into_iter().collect::<Intervals>().clip(window) {
            openings.push(Opening { interval, before: micros });
            micros = micros.saturating_add(interval.length().0);
        }
        YearTable { window, openings, working_days, total: YearTotal { micros, days } }
    }

    pub(crate) fn total(&self) -> YearTotal {
        self.total
    }

    /// Working microseconds of the year before an instant; all of them if it lies after the year.
    pub(crate) fn worked_before(&self, instant: Instant) -> i64 {
        let started = self.openings.partition_point(|opening| opening.interval.start <= instant);
        match started.checked_sub(1).and_then(|last| self.openings.get(last)) {
            Some(last) => {
                let worked = instant.min(last.interval.end) - last.interval.start;
                last.before.saturating_add(worked.0)
            }
            None => 0,
        }
    }

    /// The earliest instant at which so much of the year's working time is over.
    ///
    /// `worked` lies above zero and at most at the year's total, else the answer is `None`.
    pub(crate) fn instant_after(&self, worked: i64) -> Option<Instant> {
        let begun = self.openings.partition_point(|opening| opening.before < worked);
        let opening = self.openings.get(begun.checked_sub(1)?)?;
        let instant = Instant(opening.interval.start.0.saturating_add(worked.saturating_sub(opening.before)));
        (instant <= opening.interval.end).then_some(instant)
    }

    /// The opening intervals, in order.
    pub(crate) fn openings(&self) -> impl Iterator<Item = Interval> + '_ {
        self.openings.iter().map(|opening| opening.interval)
    }

    /// Working days of the year up to and with a day of it.
    pub(crate) fn working_days_through(&self, day: Date) -> u16 {
        let through = usize::from(day.day_of_year().unsigned_abs());
        self.working_days.get(through).copied().unwrap_or(self.total.days)
    }

    /// The n-th working day of the year, counted from 1, as its day of the year, also from 1.
    pub(crate) fn working_day(&self, n: u16) -> Option<i16> {
        let day_of_year = self.working_days.partition_point(|days| *days < n);
        let exists = n > 0 && n <= self.total.days;
        i16::try_from(day_of_year).ok().filter(|_| exists)
    }
}

/// The instants of a segment on a day; a closing time of 00:00 is the end of the day.
fn resolve(zone: &Zone, day: Date, (opens, closes): (Time, Time)) -> Interval {
    let end =
        if closes == Time::midnight() { zone.day_end(day) } else { zone.instant(day.to_datetime(closes)) };
    Interval { start: zone.instant(day.to_datetime(opens)), end }
}
