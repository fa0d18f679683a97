//! The calendars of a centre folder: `[[holiday]]` and `[[calendar]]` of `centre.toml`, patron days of `bodies.csv`,
//! iCalendar files.
//!
//! Reading takes two steps, because a calendar may keep the patron day of a body and may be made of other calendars:
//! [`CalendarDrafts::read`] takes what `centre.toml` says, [`CalendarDrafts::build`] puts it together once the bodies are
//! known.

mod build;
mod combined;
mod days;
mod hours;

use impegno_calendar::{Closure, HolidayRule, Opening, Operation, SpecialDay, WeeklyHours, Zone};
use impegno_findings::{Code, Place};
use impegno_settings::{Spot, Table};

use crate::codes::BAD_SETTING;

pub(crate) use days::{read_date, read_patron_day};

/// Rules of a calendar that say two things.
pub(crate) const CONTRADICTION: Code = Code {
    name: "calendar-contradiction",
    meaning: "Two rules of a calendar say different things of the same day; the finding says which one holds.",
};
/// Hours that overlap.
pub(crate) const OVERLAP: Code = Code {
    name: "calendar-overlap",
    meaning: "Segments of one day, or periods with hours of their own, overlap. Segments count once; of two periods the later one in the file holds.",
};
/// A calendar or rule that never comes into force.
pub(crate) const NEVER_OPEN: Code = Code {
    name: "calendar-never-open",
    meaning: "A calendar, or one of its rules, opens nothing: no segment, a validity that ends before it begins, a half day on a day of rest.",
};
/// Calendars made of themselves.
pub(crate) const CYCLE: Code = Code {
    name: "calendar-cycle",
    meaning: "A calendar is made of calendars that are made of it; it is left out.",
};
/// A holiday on 29 February.
pub(crate) const LEAP_DAY: Code =
    Code { name: "leap-day", meaning: "A holiday on 29 February comes in leap years only." };
/// An iCalendar file.
pub(crate) const BAD_ICALENDAR: Code = Code {
    name: "bad-icalendar",
    meaning: "A line of an iCalendar file cannot be used; as an error its event is left out, as a warning it counts as the message says.",
};

/// What `centre.toml` says of calendars and holidays.
#[derive(Debug, Default)]
pub(crate) struct CalendarDrafts {
    holidays: Vec<HolidayDraft>,
    calendars: Vec<CalendarDraft>,
}

/// A `[[holiday]]`; with a body, only calendars that keep the patron day of the body rest on it.
#[derive(Debug)]
struct HolidayDraft {
    rule: HolidayRule,
    body: Option<Spot<String>>,
}

#[derive(Debug)]
struct CalendarDraft {
    code: Spot<String>,
    zone: Option<Zone>,
    what: What,
}

#[derive(Debug)]
enum What {
    Rules(Box<RulesDraft>),
    Combined(Operation, Vec<Spot<String>>),
}

#[derive(Debug)]
struct RulesDraft {
    national: bool,
    patron: Option<Spot<String>>,
    hours: Vec<WeeklyHours>,
    special_days: Vec<Spot<SpecialDay>>,
    closures: Vec<Closure>,
    openings: Vec<Spot<Opening>>,
    /// Files whose events close, and files whose events open.
    closing: Vec<Spot<String>>,
    opening: Vec<Spot<String>>,
}

impl CalendarDrafts {
    /// Reads `[[holiday]]` and `[[calendar]]` of `centre.toml`.
    pub(crate) fn read(table: &mut Table<'_>) -> CalendarDrafts {
        let mut drafts = CalendarDrafts::default();
        for mut entry in table.tables("holiday") {
            drafts.holidays.extend(days::read_holiday(&mut entry));
        }
        for mut entry in table.tables("calendar") {
            drafts.calendars.extend(read_calendar(&mut entry));
        }
        drafts
    }
}

fn read_calendar(table: &mut Table<'_>) -> Option<CalendarDraft> {
    let code = table.required_text("code");
    let zone = table.text("zone").and_then(|zone| read_zone(table, &zone));
    let operations = [
        ("union", Operation::Union),
        ("intersection", Operation::Intersection),
        ("difference", Operation::Difference),
    ];
    let named = operations.iter().find(|(key, _)| table.has(key));
    let what = match named {
        Some((key, operation)) => {
            let parts = table.texts(key);
            if parts.is_empty() {
                let place = table.place_of(key);
                let spot = Spot { value: (), place };
                let message = format!("the {key} of no calendars opens nothing");
                table.problem(
                    NEVER_OPEN,
                    &spot,
                    message,
                    "name calendars by their codes: [\"desk\", \"on-call\"]",
                );
            }
            What::Combined(*operation, parts)
        }
        None => What::Rules(Box::new(read_rules(table))),
    };
    Some(CalendarDraft { code: code?, zone, what })
}

fn read_rules(table: &mut Table<'_>) -> RulesDraft {
    let national = table.boolean("national-holidays", true);
    let patron = table.text("patron");
    let (closing, opening) = (table.texts("ics"), table.texts("hours-ics"));
    let mut hours = Vec::new();
    match table.table("hours") {
        Some(mut week) => hours.push(hours::read_week(&mut week)),
        None if !opening.is_empty() || table.has("period") => {}
        None => table.require("hours"),
    }
    hours.extend(hours::read_periods(table));
    let special_days: Vec<Spot<SpecialDay>> =
        table.tables("day").iter_mut().filter_map(days::read_special_day).collect();
    let closures = table.tables("closure").iter_mut().filter_map(days::read_closure).collect::<Vec<_>>();
    let openings: Vec<Spot<Opening>> =
        table.tables("opening").iter_mut().filter_map(days::read_opening).collect();
    let opens =
        hours.iter().any(|week| WeeklyHours::ALL_DAYS.iter().any(|day| !week.segments(*day).is_empty()));
    if !opens && openings.is_empty() && opening.is_empty() && table.has("hours") {
        let spot = Spot { value: (), place: table.place_of("hours") };
        table.problem(NEVER_OPEN, &spot, "these hours never open", "name a day: { monday = \"8:30-14:30\" }");
    }
    for opening in &openings {
        let shared =
            |closure: &&Closure| closure.first <= opening.value.last && opening.value.first <= closure.last;
        if let Some(closure) = closures.iter().find(shared) {
            let day = closure.first.max(opening.value.first);
            let message = format!(
                "{day} is closed by `{}` and opened by `{}`; the opening holds",
                closure.act, opening.value.act
            );
            warn(
                table,
                CONTRADICTION,
                &opening.place,
                message,
                "end the closure before, or take one of them out",
            );
        }
    }
    RulesDraft { national, patron, hours, special_days, closures, openings, closing, opening }
}

fn read_zone(table: &Table<'_>, zone: &Spot<String>) -> Option<Zone> {
    match Zone::named(&zone.value) {
        Ok(zone) => Some(zone),
        Err(_) => {
            let message = format!("`{}` is not a time zone", zone.value);
            table.problem(BAD_SETTING, zone, message, "a name of the zone database, like Europe/Rome");
            None
        }
    }
}

/// Reports something that was used, but that a person should look at.
fn warn(table: &Table<'_>, code: Code, place: &Place, message: String, hint: &str) {
    table.report(impegno_findings::Finding::warning(code, place.clone(), message).hint(hint));
}
