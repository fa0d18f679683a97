//! Single days: holidays, days with hours of their own, closures, extraordinary openings.

use impegno_calendar::{Closure, HolidayDay, HolidayRule, Opening, SpecialDay};
use impegno_settings::{Spot, Table};
use jiff::civil::Date;

use super::hours::read_day_hours;
use super::{HolidayDraft, LEAP_DAY, NEVER_OPEN, warn};
use crate::codes::BAD_SETTING;

/// `[[holiday]]`: a day that the centre, or one body, keeps besides the national ones.
pub(super) fn read_holiday(table: &mut Table<'_>) -> Option<HolidayDraft> {
    let name = table.required_text("name").map(|name| name.value);
    let source = table.text("source").map(|text| text.value).unwrap_or_default();
    let body = table.text("body");
    let rule = read_rule(table, &["day", "easter", "weekday", "date"])?;
    Some(HolidayDraft { rule: HolidayRule { name: name?, source, ..rule }, body })
}

/// The day of a rule, by the one of the keys that is there, with its first and last year; without name and source.
fn read_rule(table: &mut Table<'_>, keys: &[&str]) -> Option<HolidayRule> {
    let given: Vec<&str> = keys.iter().copied().filter(|key| table.has(key)).collect();
    let (key, others) = match given.split_first() {
        Some((key, others)) => (*key, others),
        None => {
            table.require(keys.first().copied().unwrap_or("day"));
            return None;
        }
    };
    if let Some(other) = others.first() {
        let spot = Spot { value: (), place: table.place_of(other) };
        let message = format!("`{key}` and `{other}` both say which day it is");
        // Asked for, so that they are not called unknown as well.
        for other in others {
            let _ = table.text(other);
        }
        table.problem(BAD_SETTING, &spot, message, "keep one of them");
    }
    let day = match key {
        "easter" => {
            let offset = table.integer("easter")?;
            match i16::try_from(offset.value).ok().filter(|offset| (-80..=250).contains(offset)) {
                Some(offset_days) => HolidayDay::Easter { offset_days },
                None => {
                    let message = format!("a day {} days after Easter lies in another year", offset.value);
                    table.problem(BAD_SETTING, &offset, message, "Easter Monday is 1, Whit Monday is 50");
                    return None;
                }
            }
        }
        key => {
            let text = table.text(key)?;
            let read = text.value.parse().ok().filter(|day| match key {
                "date" => matches!(day, HolidayDay::Date(_)),
                "weekday" => matches!(day, HolidayDay::Weekday { .. }),
                _ => matches!(day, HolidayDay::Fixed { .. }),
            });
            let Some(day) = read else {
                let (what, how) = match key {
                    "date" => ("a day", "write it like \"2011-03-17\""),
                    "weekday" => ("a weekday of a month", "write it like \"first tuesday of may\""),
                    _ => ("a day of the year", "write it like \"06-24\""),
                };
                table.problem(BAD_SETTING, &text, format!("`{}` is not {what}", text.value), how);
                return None;
            };
            if day == (HolidayDay::Fixed { month: 2, day: 29 }) {
                let message = "29 February comes in leap years only".to_owned();
                warn(table, LEAP_DAY, &text.place, message, "write 02-28 or 03-01 if it is kept every year");
            }
            day
        }
    };
    let (mut from_year, mut until_year) = (None, None);
    if !matches!(day, HolidayDay::Date(_)) {
        (from_year, until_year) = (read_year(table, "from"), read_year(table, "until"));
    }
    if let (Some(from), Some(until)) = (from_year, until_year)
        && until < from
    {
        let spot = Spot { value: (), place: table.place_of("until") };
        let message = format!("the validity ends in {until}, before it begins in {from}");
        table.problem(NEVER_OPEN, &spot, message, "put the earlier year into `from`");
        return None;
    }
    Some(HolidayRule { name: String::new(), day, from_year, until_year, source: String::new() })
}

/// The column `patron_day` of `bodies.csv`: `06-24`, or `06-24 San Giovanni Battista`; also `easter+50`.
///
/// `name` is what the day is called where the column does not say it.
pub(crate) fn read_patron_day(text: &str, name: &str) -> Option<HolidayRule> {
    let (day, own) = text.split_once(' ').unwrap_or((text, ""));
    let day: HolidayDay = day.parse().ok()?;
    let own = own.trim();
    let name = if own.is_empty() { name } else { own }.to_owned();
    Some(HolidayRule { name, day, from_year: None, until_year: None, source: String::new() })
}

fn read_year(table: &mut Table<'_>, key: &str) -> Option<i16> {
    let year = table.integer(key)?;
    let read = i16::try_from(year.value).ok().filter(|year| (1..=9998).contains(year));
    if read.is_none() {
        table.problem(BAD_SETTING, &year, format!("{} is not a year", year.value), "write it like 2026");
    }
    read
}

/// `[[calendar.day]]`: other hours of a working day, every year or once.
pub(super) fn read_special_day(table: &mut Table<'_>) -> Option<Spot<SpecialDay>> {
    let place = table.place();
    let why = table.text("why").map(|why| why.value).unwrap_or_default();
    let act = table.text("act").map(|act| act.value).unwrap_or_default();
    let hours = read_day_hours(table);
    let rule = read_rule(table, &["day", "easter", "weekday", "date"])?;
    let day = HolidayRule { name: why, source: act, ..rule };
    Some(Spot { value: SpecialDay { day, hours: hours? }, place })
}

/// `[[calendar.closure]]`: whole days closed by an act.
pub(super) fn read_closure(table: &mut Table<'_>) -> Option<Closure> {
    let (first, last) = read_days(table)?;
    let act = table.required_text("act").map(|act| act.value).unwrap_or_default();
    Some(Closure { first, last, act })
}

/// `[[calendar.opening]]`: days opened by an act, whatever else closes them.
pub(super) fn read_opening(table: &mut Table<'_>) -> Option<Spot<Opening>> {
    let place = table.place();
    let hours = read_day_hours(table);
    let act = table.required_text("act").map(|act| act.value).unwrap_or_default();
    let (first, last) = read_days(table)?;
    Some(Spot { value: Opening { first, last, hours: hours?, act }, place })
}

/// `first` and `last`, the same day if only the first is there.
fn read_days(table: &mut Table<'_>) -> Option<(Date, Date)> {
    let first = read_date(table, "first");
    let last = if table.has("last") { read_date(table, "last") } else { first };
    // The act is read before the days are judged, so that it is not called unknown.
    let (first, last) = (first?, last?);
    if last < first {
        let spot = Spot { value: (), place: table.place_of("last") };
        let message = format!("the days end on {last}, before they begin on {first}");
        let _ = table.text("act");
        table.problem(NEVER_OPEN, &spot, message, "put the earlier day into `first`");
        return None;
    }
    Some((first, last))
}

/// A day that must be there.
pub(crate) fn read_date(table: &mut Table<'_>, key: &str) -> Option<Date> {
    let text = table.required_text(key)?;
    let date = text.value.parse().ok();
    if date.is_none() {
        let message = format!("`{}` is not a day", text.value);
        table.problem(BAD_SETTING, &text, message, "write it like \"2017-12-31\"");
    }
    date
}
