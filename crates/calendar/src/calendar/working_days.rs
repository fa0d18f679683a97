//! Terms in days, by the Italian civil count.
//!
//! Source: Codice civile, art. 2963, and Codice di procedura civile, art. 155: the first day does not
//! count, the last one does and counts whole; a term that ends on a day of rest moves to the next day
//! that is none. A term that is counted back from a day (so many days *before* it) moves the other way, to the day
//! before: the same articles, read so that the time it protects is never shortened.

use jiff::ToSpan;
use jiff::civil::Date;

use super::Calendar;
use super::schedule::{FIRST_YEAR, LAST_YEAR, Position, Schedule};
use super::table::Total;
use crate::period::days_from;

/// More days than lie between any two dates, and few enough for a span of jiff.
const LONGEST_TERM_DAYS: i32 = 7_304_484;

const DAYS: fn(&Total) -> i64 = |total| total.days;

impl Calendar {
    /// Whether it opens on a civil day at all.
    pub fn is_working_day(&self, day: Date) -> bool {
        match &self.0.schedule {
            None => true,
            Some(schedule) => {
                let Some(before) = day.yesterday().ok().filter(|_| in_range(day)) else { return false };
                schedule.working_days(before, day) > 0
            }
        }
    }

    /// Working days after `from` up to and with `to`: the first day does not count, the last does.
    /// Zero if `to` is not after `from`.
    pub fn working_days_between(&self, from: Date, to: Date) -> i32 {
        if to <= from {
            return 0;
        }
        match &self.0.schedule {
            None => days_from(from, to),
            Some(schedule) => i32::try_from(schedule.working_days(from, to)).unwrap_or(i32::MAX),
        }
    }

    /// The last day of a term of so many working days that begins with an event on `from`.
    ///
    /// The day of the event does not count. A term of zero days (a negative number counts as zero)
    /// ends on the day itself, or on the next working day. Where no working day comes any more the
    /// answer is [`Date::MAX`], 9999-12-31.
    pub fn working_day_deadline(&self, from: Date, days: i32) -> Date {
        let Some(schedule) = &self.0.schedule else { return plus_days(from, days) };
        if days <= 0 && self.is_working_day(from) {
            return from;
        }
        schedule.nth_working_day_after(from, i64::from(days.max(1))).unwrap_or(Date::MAX)
    }

    /// The last day of a term of so many calendar days that begins with an event on `from`.
    ///
    /// The day of the event does not count; a term that ends on a day that is not a working day moves
    /// to the next working day ([`Date::MAX`] if none comes). A negative number counts as zero.
    pub fn calendar_day_deadline(&self, from: Date, days: i32) -> Date {
        self.working_day_deadline(plus_days(from, days), 0)
    }

    /// The latest day on which so many working days still lie between it and `to`: the day by which a notice must be
    /// given so many working days before an event on `to`.
    ///
    /// The day of the event does not count, the day of the notice does. A term of zero days (a negative number counts
    /// as zero) is the day itself, or the working day before. Where no working day lies before, the answer is [`Date::MIN`].
    pub fn working_day_start(&self, to: Date, days: i32) -> Date {
        let Some(schedule) = &self.0.schedule else { return minus_days(to, days) };
        if days <= 0 && self.is_working_day(to) {
            return to;
        }
        schedule.nth_working_day_before(to, i64::from(days.max(1))).unwrap_or(Date::MIN)
    }

    /// The day so many calendar days before `to`, moved to the working day before where it is none.
    ///
    /// The day of the event does not count. A negative number counts as zero; [`Date::MIN`] if no working day lies
    /// before.
    pub fn calendar_day_start(&self, to: Date, days: i32) -> Date {
        self.working_day_start(minus_days(to, days), 0)
    }
}

impl Schedule {
    /// Working days after `from` up to and with `to`, of which the latter is not before the former.
    fn working_days(&self, from: Date, to: Date) -> i64 {
        if let Some(quick) = self.quick().filter(|quick| quick.holds_days(from, to)) {
            let table = quick.table();
            return table.working_days_through(to).saturating_sub(table.working_days_through(from));
        }
        let (start, end) = (self.day_position(from), self.day_position(to));
        let years_between = self.between(start.year, end.year, DAYS);
        years_between.saturating_add(end.amount).saturating_sub(start.amount)
    }

    fn nth_working_day_after(&self, day: Date, days: i64) -> Option<Date> {
        if let Some(quick) = self.quick().filter(|quick| quick.holds_days(day, day)) {
            let nth = quick.table().working_days_through(day).saturating_add(days);
            if let Some(found) = quick.table().working_day(nth) {
                return Some(found);
            }
        }
        let start = self.day_position(day);
        let reached = self.reached(start.year, start.amount.saturating_add(days), DAYS)?;
        self.table(reached.year)?.working_day(reached.amount)
    }

    fn nth_working_day_before(&self, day: Date, days: i64) -> Option<Date> {
        // The n-th before a day is the n-th from the end of what lies up to the day before.
        let before = day.yesterday().ok()?;
        if before.year() < FIRST_YEAR {
            return None;
        }
        let end = self.day_position(before);
        let nth = end.amount.saturating_sub(days).saturating_add(1);
        if nth > 0 {
            return self.table(end.year)?.working_day(nth);
        }
        let needed = days.saturating_sub(end.amount);
        let year = end.year.checked_sub(1).filter(|year| *year >= FIRST_YEAR)?;
        let reached = self.reached_back(year, needed, DAYS)?;
        self.table(reached.year)?.working_day(reached.amount.saturating_add(1))
    }

    /// The year of a day and the working days of it up to and with the day; the nearest in range.
    fn day_position(&self, day: Date) -> Position {
        let year = day.year().clamp(FIRST_YEAR, LAST_YEAR);
        let amount = self.table(year).map_or(0, |table| table.working_days_through(day));
        Position { year, amount }
    }
}

fn in_range(day: Date) -> bool {
    (FIRST_YEAR..=LAST_YEAR).contains(&day.year())
}

/// The day so many days later, at most 9999-12-31; a negative number counts as zero.
fn plus_days(day: Date, days: i32) -> Date {
    day.saturating_add(days.clamp(0, LONGEST_TERM_DAYS).days())
}

/// The day so many days earlier, at least -9999-01-01; a negative number counts as zero.
fn minus_days(day: Date, days: i32) -> Date {
    day.saturating_sub(days.clamp(0, LONGEST_TERM_DAYS).days())
}
