//! Terms in days, by the Italian civil count.
//!
//! Source: Codice civile, art. 2963, and Codice di procedura civile, art. 155: the first day does not
//! count, the last one does and counts whole; a term that ends on a day of rest moves to the next day
//! that is none.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{Calendar, FIRST_YEAR, LAST_YEAR, Weekly};
use crate::period::days_from;

/// More days than lie between any two dates, and few enough for a span of jiff.
const LONGEST_TERM_DAYS: i32 = 7_304_484;

impl Calendar {
    /// Whether it opens on a civil day at all.
    pub fn is_working_day(&self, day: Date) -> bool {
        self.closed(day).is_none() && (self.is_always() || in_range(day))
    }

    /// Working days after `from` up to and with `to`: the first day does not count, the last does.
    /// Zero if `to` is not after `from`.
    pub fn working_days_between(&self, from: Date, to: Date) -> i32 {
        if to <= from {
            return 0;
        }
        let Some(weekly) = &self.0.weekly else { return days_from(from, to) };
        let ((start_year, start), (end_year, end)) =
            (self.day_position(weekly, from), self.day_position(weekly, to));
        let years_between: i32 =
            (start_year..end_year).map(|year| i32::from(self.year_total(weekly, year).days)).sum();
        years_between.saturating_add(end).saturating_sub(start)
    }

    /// The last day of a term of so many working days that begins with an event on `from`.
    ///
    /// The day of the event does not count. A term of zero days (a negative number counts as zero)
    /// ends on the day itself, or on the next working day. Where no working day comes any more the
    /// answer is [`Date::MAX`], 9999-12-31.
    pub fn working_day_deadline(&self, from: Date, days: i32) -> Date {
        let Some(weekly) = &self.0.weekly else { return plus_days(from, days) };
        if days <= 0 && self.is_working_day(from) {
            return from;
        }
        let (start_year, start) = self.day_position(weekly, from);
        let mut needed = start.saturating_add(days.max(1));
        for year in start_year..=LAST_YEAR {
            let total = i32::from(self.year_total(weekly, year).days);
            if needed <= total {
                return self.nth_working_day(weekly, year, needed).unwrap_or(Date::MAX);
            }
            needed = needed.saturating_sub(total);
        }
        Date::MAX
    }

    /// The last day of a term of so many calendar days that begins with an event on `from`.
    ///
    /// The day of the event does not count; a term that ends on a day that is not a working day moves
    /// to the next working day ([`Date::MAX`] if none comes). A negative number counts as zero.
    pub fn calendar_day_deadline(&self, from: Date, days: i32) -> Date {
        self.working_day_deadline(plus_days(from, days), 0)
    }

    /// The year of a day and the working days of it up to and with the day; the nearest in range.
    fn day_position(&self, weekly: &Weekly, day: Date) -> (i16, i32) {
        if day.year() < FIRST_YEAR {
            return (FIRST_YEAR, 0);
        }
        if day.year() > LAST_YEAR {
            return (LAST_YEAR, i32::from(self.year_total(weekly, LAST_YEAR).days));
        }
        let through = self.table(weekly, day.year()).map_or(0, |table| table.working_days_through(day));
        (day.year(), i32::from(through))
    }

    fn nth_working_day(&self, weekly: &Weekly, year: i16, n: i32) -> Option<Date> {
        let day_of_year = self.table(weekly, year)?.working_day(u16::try_from(n).ok()?)?;
        let before = i32::from(day_of_year).saturating_sub(1);
        Some(Date::new(year, 1, 1).ok()?.saturating_add(before.days()))
    }
}

fn in_range(day: Date) -> bool {
    (FIRST_YEAR..=LAST_YEAR).contains(&day.year())
}

/// The day so many days later, at most 9999-12-31; a negative number counts as zero.
fn plus_days(day: Date, days: i32) -> Date {
    day.saturating_add(days.clamp(0, LONGEST_TERM_DAYS).days())
}
