//! Days of work in any year, for the smaller samples: weekdays without the national holidays.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, date};

/// Every day of a year.
pub(crate) fn year(year: i16) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(date(year, 1, 1)), |day| day.tomorrow().ok())
        .take_while(move |day| day.year() == year)
}

/// Monday to Friday and no national holiday.
pub(crate) fn is_working(day: Date) -> bool {
    day.weekday().to_monday_zero_offset() < 5 && !is_holiday(day)
}

/// The working day so many working days after a day.
pub(crate) fn working_day_after(day: Date, days: u32) -> Date {
    let mut day = day;
    let mut left = days;
    while left > 0 {
        day = after(day, 1);
        left -= u32::from(is_working(day));
    }
    day
}

/// So many days later.
pub(crate) fn after(day: Date, days: i32) -> Date {
    day.saturating_add(days.days())
}

/// A moment of a day, by its minute.
pub(crate) fn at(day: Date, minute: u32) -> DateTime {
    let (hour, minute) = ((minute / 60) as i8, (minute % 60) as i8);
    day.at(hour, minute, 0, 0)
}

/// `gg/mm/aaaa HH:MM`.
pub(crate) fn italian(at: DateTime) -> String {
    format!("{:02}/{:02}/{:04} {:02}:{:02}", at.day(), at.month(), at.year(), at.hour(), at.minute())
}

/// `aaaa-mm-gg HH:MM:SS`.
pub(crate) fn iso(at: DateTime) -> String {
    format!("{} {:02}:{:02}:{:02}", at.date(), at.hour(), at.minute(), at.second())
}

fn is_holiday(day: Date) -> bool {
    let fixed = matches!(
        (day.month(), day.day()),
        (1, 1 | 6) | (4, 25) | (5, 1) | (6, 2) | (8, 15) | (11, 1) | (12, 8 | 25 | 26)
    );
    // 4 October is a national holiday from 2026 (L. 151/2025).
    fixed || (day.year() >= 2026 && (day.month(), day.day()) == (10, 4)) || day == easter_monday(day.year())
}

/// By the Gregorian computus (the anonymous algorithm of 1876).
fn easter_monday(year: i16) -> Date {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let days = h + l - 7 * m + 114;
    after(date(year, (days / 31) as i8, (days % 31 + 1) as i8), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_mondays_and_terms() {
        for (year, month, day) in
            [(2017, 4, 17), (2018, 4, 2), (2019, 4, 22), (2020, 4, 13), (2025, 4, 21), (2026, 4, 6)]
        {
            assert_eq!(easter_monday(year), date(year, month, day));
        }
        // The Friday before Easter and one working day: the Tuesday after.
        assert_eq!(working_day_after(date(2020, 4, 10), 1), date(2020, 4, 14));
        assert_eq!(year(2020).count(), 366);
    }
}
