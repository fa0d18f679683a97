//! A run of civil days of a calendar, resolved to instants and counted.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::period::days_from;
use crate::{Instant, Interval, Intervals, Zone};

/// The opening intervals and working days of whole civil days, with running totals.
#[derive(Debug)]
pub(crate) struct Table {
    /// From the start of the first day to the end of the last.
    pub(crate) window: Interval,
    /// Sorted, disjoint, not touching, all inside the window.
    openings: Vec<Opening>,
    first_day: Date,
    /// At n: how many of the first n days are working days; one more entry than days.
    working_days: Vec<u32>,
    total: Total,
}

/// What a run of days comes to.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Total {
    /// Working time in microseconds.
    pub(crate) micros: i64,
    /// Working days.
    pub(crate) days: i64,
}

/// An opening and the working time before it.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Opening {
    pub(crate) interval: Interval,
    /// Working time of the table before this opening, in microseconds.
    pub(crate) before: i64,
}

impl Table {
    /// The table of the days from the first to the last, whose openings are given.
    ///
    /// A day works if it has any opening, however short.
    pub(crate) fn new(zone: &Zone, first_day: Date, last_day: Date, open: &Intervals) -> Table {
        let start = zone.day_start(first_day);
        let window = Interval { start, end: zone.day_end(last_day).max(start) };
        let mut micros: i64 = 0;
        let mut openings = Vec::with_capacity(open.len());
        for interval in &open.clip(window) {
            openings.push(Opening { interval, before: micros });
            micros = micros.saturating_add(interval.length().0);
        }
        let mut working_days = vec![0];
        let mut days: u32 = 0;
        let mut next = 0;
        let mut day_start = window.start;
        for day in first_day.series(1.day()).take_while(|day| *day <= last_day) {
            let day_end = zone.day_end(day);
            while openings.get(next).is_some_and(|opening| opening.interval.end <= day_start) {
                next += 1;
            }
            let works = openings.get(next).is_some_and(|opening| opening.interval.start < day_end);
            // A day that the clocks jump over as a whole has no instant, hence no opening.
            days = days.saturating_add(u32::from(works && day_start < day_end));
            working_days.push(days);
            day_start = day_end;
        }
        Table { window, openings, first_day, working_days, total: Total { micros, days: i64::from(days) } }
    }

    pub(crate) fn total(&self) -> Total {
        self.total
    }

    pub(crate) fn openings(&self) -> &[Opening] {
        &self.openings
    }

    /// The openings inside a window, cut at its ends.
    pub(crate) fn open(&self, window: Interval) -> impl Iterator<Item = Interval> + '_ {
        let first = self.openings.partition_point(|opening| opening.interval.end <= window.start);
        let touched = self.openings.iter().skip(first);
        let touched = touched.take_while(move |opening| opening.interval.start < window.end);
        touched.filter_map(move |opening| opening.interval.intersect(window))
    }

    /// Working microseconds of the table before an instant; all of them if it lies after the window.
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

    /// The earliest instant at which so much of the table's working time is over.
    ///
    /// `worked` lies above zero and at most at the total, else the answer is `None`.
    pub(crate) fn earliest(&self, worked: i64) -> Option<Instant> {
        let begun = self.openings.partition_point(|opening| opening.before < worked);
        let opening = self.openings.get(begun.checked_sub(1)?)?;
        let instant = Instant(opening.interval.start.0.saturating_add(worked.saturating_sub(opening.before)));
        (instant <= opening.interval.end).then_some(instant)
    }

    /// The latest instant at which no more than so much of the table's working time is over.
    ///
    /// `worked` is not negative and lies below the total, else the answer is `None`.
    pub(crate) fn latest(&self, worked: i64) -> Option<Instant> {
        let begun = self.openings.partition_point(|opening| opening.before <= worked);
        let opening = self.openings.get(begun.checked_sub(1)?)?;
        let instant = Instant(opening.interval.start.0.saturating_add(worked.saturating_sub(opening.before)));
        (instant < opening.interval.end).then_some(instant)
    }

    /// Working days of the table up to and with a day; none before the table, all after it.
    pub(crate) fn working_days_through(&self, day: Date) -> i64 {
        let through = i64::from(days_from(self.first_day, day)).saturating_add(1).max(0);
        let counted = usize::try_from(through).ok().and_then(|through| self.working_days.get(through));
        counted.map_or(self.total.days, |days| i64::from(*days))
    }

    /// The n-th working day of the table, counted from 1.
    pub(crate) fn working_day(&self, n: i64) -> Option<Date> {
        if n < 1 || n > self.total.days {
            return None;
        }
        let through = self.working_days.partition_point(|days| i64::from(*days) < n);
        let after = i32::try_from(through.checked_sub(1)?).ok()?;
        Some(self.first_day.saturating_add(after.days()))
    }
}
