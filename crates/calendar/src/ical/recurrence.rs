//! Recurrence rules (RFC 5545, section 3.3.10), by whole days: the time of day is that of the first start.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::When;
use crate::Zone;
use crate::period::days_from;

/// Years after which the days of the calendar repeat, weekdays included.
const CYCLE_YEARS: i32 = 400;

/// `RRULE`. Parts that would make more than one occurrence a day are not supported.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Recurrence {
    pub(super) frequency: Frequency,
    /// At least 1.
    pub(super) interval: i32,
    pub(super) end: End,
    /// With the n of *the n-th weekday*, negative from the end; none stands for every one.
    pub(super) by_day: Vec<(Option<i16>, Weekday)>,
    /// 1 to 31, or -1 to -31 from the end of the month.
    pub(super) by_month_day: Vec<i8>,
    /// 1 to 12.
    pub(super) by_month: Vec<i8>,
    pub(super) by_set_position: Vec<i16>,
    pub(super) week_start: Weekday,
}

#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum End {
    Never,
    /// `UNTIL`, and `COUNT` once the last day is known.
    Until(When),
}

impl Recurrence {
    /// The days of the recurrence that lie from one day to another, both inside, in order.
    ///
    /// The first start always counts as an occurrence.
    pub(super) fn days(&self, start: &When, zone: &Zone, first: Date, last: Date) -> Vec<Date> {
        let start_day = start.civil.date();
        let mut days: Vec<Date> = self.candidates(start_day, first, last).collect();
        if let End::Until(until) = &self.end {
            // A day as the end counts whole; a time counts if the occurrence starts by then.
            days.retain(|day| match until.all_day || start.all_day {
                true => *day <= until.civil.date(),
                false => start.on(*day).instant(zone) <= until.instant(zone),
            });
        }
        if first <= start_day && start_day <= last && days.first() != Some(&start_day) {
            days.insert(0, start_day);
        }
        days
    }

    /// The day of the n-th occurrence, the first start being the first; that of the last one before if there are
    /// fewer.
    ///
    /// The calendar repeats itself every 400 years: a rule that gives nothing in so many has ended.
    pub(super) fn nth_day(&self, start_day: Date, n: u32) -> Date {
        let (mut day, mut left, mut from) = (start_day, n.saturating_sub(1), start_day);
        while left > 0 {
            let last = from.saturating_add(CYCLE_YEARS.years());
            let before = day;
            for next in self.candidates(start_day, from, last).filter(|next| *next > start_day) {
                day = next;
                left = left.saturating_sub(1);
                if left == 0 {
                    return day;
                }
            }
            match last.tomorrow() {
                Ok(next) if day > before => from = next,
                _ => return day,
            }
        }
        day
    }

    /// Whether a day is one of the rule's own.
    pub(super) fn gives(&self, start_day: Date, day: Date) -> bool {
        self.candidates(start_day, day, day).next().is_some()
    }

    /// The days that the rule gives, from the first start on, whatever its end; looks only at the periods asked for.
    fn candidates(&self, start_day: Date, first: Date, last: Date) -> impl Iterator<Item = Date> + '_ {
        let from = first.max(start_day);
        let skipped = self.periods_between(start_day, from).div_euclid(self.interval);
        (skipped..)
            .map_while(move |n| self.period_start(start_day, n.checked_mul(self.interval)?))
            .take_while(move |period| *period <= last)
            .flat_map(move |period| self.in_period(start_day, period))
            .filter(move |day| from <= *day && *day <= last)
    }

    /// Whole periods of the frequency from that of one day to that of a later day.
    fn periods_between(&self, from: Date, to: Date) -> i32 {
        let months =
            |day: Date| i32::from(day.year()).saturating_mul(12).saturating_add(i32::from(day.month()));
        let periods = match self.frequency {
            Frequency::Daily => days_from(from, to),
            Frequency::Weekly => days_from(self.week_of(from), to).div_euclid(7),
            Frequency::Monthly => months(to).saturating_sub(months(from)),
            Frequency::Yearly => i32::from(to.year()).saturating_sub(i32::from(from.year())),
        };
        periods.max(0)
    }

    /// The first day of the period so many after that of the first start.
    fn period_start(&self, start_day: Date, periods: i32) -> Option<Date> {
        match self.frequency {
            Frequency::Daily => start_day.checked_add(periods.days()).ok(),
            Frequency::Weekly => self.week_of(start_day).checked_add(periods.checked_mul(7)?.days()).ok(),
            Frequency::Monthly => start_day.first_of_month().checked_add(periods.months()).ok(),
            Frequency::Yearly => start_day.first_of_year().checked_add(periods.years()).ok(),
        }
    }

    fn week_of(&self, day: Date) -> Date {
        day.saturating_sub(i32::from(day.weekday().since(self.week_start)).days())
    }

    /// The days of one period, sorted (the table of section 3.3.10).
    fn in_period(&self, start_day: Date, period: Date) -> Vec<Date> {
        let in_months = |day: &Date| self.by_month.is_empty() || self.by_month.contains(&day.month());
        let on_weekday =
            |day: &Date| self.by_day.is_empty() || self.by_day.iter().any(|(_, one)| *one == day.weekday());
        let mut days: Vec<Date> = match self.frequency {
            Frequency::Daily => {
                [period].into_iter().filter(on_weekday).filter(|day| self.on_month_day(*day)).collect()
            }
            Frequency::Weekly => {
                let week = (0..7).map(|after| period.saturating_add(after.days()));
                let by_default = |day: &Date| self.by_day.is_empty() && day.weekday() == start_day.weekday();
                week.filter(|day| by_default(day) || (!self.by_day.is_empty() && on_weekday(day))).collect()
            }
            Frequency::Monthly => self.in_month(start_day, period),
            Frequency::Yearly if self.by_month.is_empty() && self.by_month_day.is_empty() => {
                if self.by_day.is_empty() {
                    Date::new(period.year(), start_day.month(), start_day.day()).into_iter().collect()
                } else {
                    self.by_weekday(period, period.last_of_year())
                }
            }
            Frequency::Yearly => (1..=12)
                .filter(|month| self.by_month.is_empty() || self.by_month.contains(month))
                .filter_map(|month| Date::new(period.year(), month, 1).ok())
                .flat_map(|month| self.in_month(start_day, month))
                .collect(),
        };
        days.retain(in_months);
        days.sort_unstable();
        days.dedup();
        if self.by_set_position.is_empty() {
            return days;
        }
        let position = |n: i16| match n > 0 {
            true => usize::from(n.unsigned_abs()).checked_sub(1),
            false => days.len().checked_sub(usize::from(n.unsigned_abs())),
        };
        let mut chosen: Vec<Date> =
            self.by_set_position.iter().filter_map(|n| days.get(position(*n)?).copied()).collect();
        chosen.sort_unstable();
        chosen.dedup();
        chosen
    }

    /// The days of a month that starts on `month`.
    fn in_month(&self, start_day: Date, month: Date) -> Vec<Date> {
        let last = month.last_of_month();
        if !self.by_month_day.is_empty() {
            let weekdays = if self.by_day.is_empty() { None } else { Some(self.by_weekday(month, last)) };
            let days = month.series(1.day()).take_while(|day| *day <= last);
            return days
                .filter(|day| self.on_month_day(*day))
                .filter(|day| weekdays.as_ref().is_none_or(|allowed| allowed.contains(day)))
                .collect();
        }
        if !self.by_day.is_empty() {
            return self.by_weekday(month, last);
        }
        Date::new(month.year(), month.month(), start_day.day()).into_iter().collect()
    }

    /// The weekdays of `BYDAY` inside a month or year, each every one or the n-th.
    fn by_weekday(&self, first: Date, last: Date) -> Vec<Date> {
        let mut days = Vec::new();
        for (n, weekday) in &self.by_day {
            let ahead = i32::from(weekday.since(first.weekday()));
            let all: Vec<Date> =
                first.saturating_add(ahead.days()).series(7.days()).take_while(|day| *day <= last).collect();
            match n {
                None => days.extend(all),
                Some(n) if *n > 0 => days.extend(all.get(usize::from(n.unsigned_abs()).saturating_sub(1))),
                Some(n) => {
                    let from_start = all.len().checked_sub(usize::from(n.unsigned_abs()));
                    days.extend(from_start.and_then(|at| all.get(at)));
                }
            }
        }
        days
    }

    fn on_month_day(&self, day: Date) -> bool {
        let from_end = day.day().saturating_sub(day.days_in_month()).saturating_sub(1);
        self.by_month_day.is_empty()
            || self.by_month_day.contains(&day.day())
            || self.by_month_day.contains(&from_end)
    }
}
