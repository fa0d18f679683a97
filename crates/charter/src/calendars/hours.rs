//! Weekly hours, and periods and seasons with hours of their own.

use impegno_calendar::{DayHours, WeeklyHours};
use impegno_settings::{Spot, Table};
use jiff::ToSpan;
use jiff::civil::{Date, Time, Weekday, date};

use super::{NEVER_OPEN, OVERLAP, warn};
use crate::codes::BAD_SETTING;

const HOW: &str = "write it like \"08:30-18:00\"";

/// Reads a table of weekdays, each with a segment or a list of segments.
pub(super) fn read_week(week: &mut Table<'_>) -> WeeklyHours {
    let days = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    let mut hours = WeeklyHours::new();
    for (name, day) in days {
        let texts = week.texts(name);
        for segment in &texts {
            match hours.clone().every(&[day], &segment.value) {
                Ok(more) => hours = more,
                Err(error) => week.problem(BAD_SETTING, segment, error.to_string(), HOW),
            }
        }
        if let Some(first) = texts.first() {
            check_overlap(week, first, name, hours.segments(day));
        }
    }
    hours
}

/// Reads the segments of one day from the key `hours`, a text or a list of texts.
pub(super) fn read_day_hours(table: &mut Table<'_>) -> Option<DayHours> {
    table.require("hours");
    let texts = table.texts("hours");
    let mut hours = DayHours::new();
    for segment in &texts {
        match hours.clone().segment(&segment.value) {
            Ok(more) => hours = more,
            Err(error) => table.problem(BAD_SETTING, segment, error.to_string(), HOW),
        }
    }
    let first = texts.first()?;
    check_overlap(table, first, "this day", hours.segments());
    (!hours.segments().is_empty()).then_some(hours)
}

fn check_overlap(table: &Table<'_>, at: &Spot<String>, day: &str, segments: &[(Time, Time)]) {
    // Midnight as an end is the end of the day: the latest of all.
    let mut sorted = segments.to_vec();
    sorted.sort_unstable();
    let overlap = sorted.windows(2).find(|pair| match pair {
        [(_, closes), (opens, _)] => opens < closes || *closes == Time::midnight(),
        _ => false,
    });
    if let Some([(opens, closes), (again, _)]) = overlap {
        let (opens, closes) =
            (short(*opens), if *closes == Time::midnight() { "24:00".to_owned() } else { short(*closes) });
        let message =
            format!("two segments of {day} overlap: {opens}-{closes} and the one from {}", short(*again));
        warn(table, OVERLAP, &at.place, message, "the time that they share counts once; write one segment");
    }
}

fn short(time: Time) -> String {
    format!("{}:{:02}", time.hour(), time.minute())
}

/// Reads the tables `[[calendar.period]]`: hours that hold from one day to another, once or every year.
pub(super) fn read_periods(table: &mut Table<'_>) -> Vec<WeeklyHours> {
    let mut periods: Vec<(Spot<()>, WeeklyHours)> = Vec::new();
    for mut period in table.tables("period") {
        let place = Spot { value: (), place: period.place() };
        let (from, until) = (read_end(&mut period, "from"), read_end(&mut period, "until"));
        let Some(mut week) = period.table("hours") else {
            period.require("hours");
            continue;
        };
        let hours = read_week(&mut week);
        let hours = match (from, until) {
            (Some(End::Day(from)), Some(End::Day(until))) if until < from => {
                let message = format!("the period ends on {until}, before it begins on {from}");
                period.problem(NEVER_OPEN, &place, message, "put the earlier day into `from`");
                continue;
            }
            (Some(End::EachYear(from)), Some(End::EachYear(until))) => hours.season(from, until),
            (Some(End::EachYear(_)), _) | (_, Some(End::EachYear(_))) => {
                let message = "a season needs its first and its last day, both without a year";
                period.problem(BAD_SETTING, &place, message, "like from = \"07-01\", until = \"08-31\"");
                continue;
            }
            (from, until) => {
                let day = |end: Option<End>| {
                    end.and_then(|end| match end {
                        End::Day(day) => Some(day),
                        End::EachYear(_) => None,
                    })
                };
                hours.valid(day(from), day(until))
            }
        };
        if let Some((day, earlier)) =
            periods.iter().find_map(|(spot, one)| Some((shared_day(one, &hours)?, spot)))
        {
            let message =
                format!("{day} lies in two periods; the one from line {} gives way", earlier.place.line);
            warn(table, OVERLAP, &place.place, message, "end one period before the other begins");
        }
        periods.push((place, hours));
    }
    periods.into_iter().map(|(_, hours)| hours).collect()
}

/// An end of a period.
#[derive(Copy, Clone)]
enum End {
    Day(Date),
    /// Month and day.
    EachYear((i8, i8)),
}

fn read_end(table: &mut Table<'_>, key: &str) -> Option<End> {
    let text = table.text(key)?;
    let each_year = || {
        let (month, day) =
            text.value.split_once('-').filter(|(month, day)| month.len() == 2 && day.len() == 2)?;
        // A leap year knows every day that exists in some year.
        Date::new(2024, month.parse().ok()?, day.parse().ok()?).ok()
    };
    if let Some(day) = each_year() {
        return Some(End::EachYear((day.month(), day.day())));
    }
    match text.value.parse() {
        Ok(day) => Some(End::Day(day)),
        Err(_) => {
            let message = format!("`{}` is neither a day nor a day of every year", text.value);
            table.problem(
                BAD_SETTING,
                &text,
                message,
                "write it like \"2026-07-01\", or \"07-01\" for every year",
            );
            None
        }
    }
}

/// The first day on which both hold, if there is one.
fn shared_day(one: &WeeklyHours, other: &WeeklyHours) -> Option<Date> {
    let first = [one.from(), other.from()].into_iter().flatten().max();
    let last = [one.until(), other.until()].into_iter().flatten().min();
    // Without a first day: the last day and the year before it, or any leap year. A year shows every season.
    let first = first.unwrap_or_else(|| match last {
        Some(last) => last.saturating_sub(365.days()),
        None => date(2024, 1, 1),
    });
    let year = first.series(1.day()).take(366);
    year.take_while(|day| last.is_none_or(|last| *day <= last))
        .find(|day| one.holds_on(*day) && other.holds_on(*day))
}
