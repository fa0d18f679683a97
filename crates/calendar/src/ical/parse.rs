//! Reading an iCalendar file: what is understood becomes events, what is not becomes problems.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time, Weekday};

use super::lines::{Line, lines};
use super::recurrence::{End, Frequency, Recurrence};
use super::{EventKind, IcalEvent, Length, When};
use crate::{Micros, Zone};

/// More occurrences than an opening hour or a closure can have in a human life; a larger `COUNT` is a mistake.
const MOST_OCCURRENCES: u32 = 100_000;
/// Days of ten years: no opening hour and no closure lasts longer, and every occurrence that can reach into a year has to
/// be looked at.
const LONGEST_DAYS: i64 = 3_653;

/// The events of a file, and what could not be used of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ical {
    /// Events in the order of the file; cancelled ones are left out.
    pub events: Vec<IcalEvent>,
    /// What is wrong, in the order of the lines.
    pub problems: Vec<IcalProblem>,
}

/// Something that a file says and that cannot be used, or not as it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IcalProblem {
    /// The line, from 1.
    pub line: u32,
    /// Whether something is lost by it; otherwise it is worth knowing.
    pub lost: bool,
    /// What is wrong, in English.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// The lines of one component.
struct Component {
    name: String,
    line: u32,
    lines: Vec<Line>,
}

/// An event, and which time of another event of the same name it stands for.
struct Read {
    event: IcalEvent,
    instead_of: Option<When>,
    cancelled: bool,
}

impl Ical {
    /// Reads a file (RFC 5545).
    ///
    /// Understood of events: `DTSTART`, `DTEND`, `DURATION`, `RRULE` (`FREQ` from `DAILY` to `YEARLY`, `INTERVAL`, `COUNT`, `UNTIL`,
    /// `BYDAY`, `BYMONTHDAY`, `BYMONTH`, `BYSETPOS`, `WKST`), `RDATE`, `EXDATE`, `RECURRENCE-ID`, `STATUS`, `SUMMARY`. Zones are looked up by
    /// their name in the database of this crate; definitions of zones in the file are passed over. An event with anything else that
    /// would change when it takes place is left out and is a problem.
    pub fn read(text: &str) -> Ical {
        let mut problems = Vec::new();
        let mut problem = |line: u32, lost: bool, message: &str, hint: &str| {
            let (message, hint) = (message.to_owned(), hint.to_owned());
            problems.push(IcalProblem { line, lost, message, hint });
        };
        let mut open: Vec<Component> = Vec::new();
        let mut found: Vec<Component> = Vec::new();
        let mut calendars = 0;
        let mut last_line = 1;
        for line in lines(text) {
            let line = match line {
                Ok(line) => line,
                Err(number) => {
                    problem(number, true, "not a line of an iCalendar file", "each line is NAME:value");
                    continue;
                }
            };
            last_line = line.number;
            match line.name.as_str() {
                "BEGIN" => {
                    let name = line.value.trim().to_ascii_uppercase();
                    calendars += u32::from(name == "VCALENDAR");
                    open.push(Component { name, line: line.number, lines: Vec::new() });
                }
                "END" => {
                    let name = line.value.trim().to_ascii_uppercase();
                    match open.pop() {
                        Some(component) if component.name == name => {
                            if name == "VEVENT" {
                                found.push(component);
                            }
                        }
                        other => {
                            problem(
                                line.number,
                                true,
                                &format!("`END:{name}` closes nothing that is open"),
                                "",
                            );
                            open.extend(other);
                        }
                    }
                }
                _ => {
                    if let Some(component) = open.last_mut() {
                        component.lines.push(line);
                    }
                }
            }
        }
        if calendars == 0 {
            problem(1, true, "the file holds no calendar", "an iCalendar file begins with BEGIN:VCALENDAR");
        }
        if let Some(component) = open.last() {
            let message = format!(
                "`BEGIN:{}` on line {} is never closed: the file was cut",
                component.name, component.line
            );
            problem(last_line, true, &message, "export the file again");
        }
        let mut read = Vec::new();
        for component in &found {
            match event(component, &mut problems) {
                Ok(event) => read.push(event),
                Err(problem) => problems.push(problem),
            }
        }
        let events = joined(read);
        problems.sort_by_key(|problem| problem.line);
        Ical { events, problems }
    }
}

/// Takes the times out of recurring events that another event stands for, and cancelled events out of all.
fn joined(read: Vec<Read>) -> Vec<IcalEvent> {
    let mut replaced: BTreeMap<String, Vec<When>> = BTreeMap::new();
    for one in read.iter().filter(|one| !one.event.uid.is_empty()) {
        if let Some(when) = &one.instead_of {
            replaced.entry(one.event.uid.clone()).or_default().push(when.clone());
        }
    }
    let kept = read.into_iter().filter(|one| !one.cancelled).map(|one| {
        let mut event = one.event;
        if one.instead_of.is_none() {
            event.except.extend(replaced.get(&event.uid).into_iter().flatten().cloned());
        }
        event.except.sort_by_key(|when| when.civil);
        event
    });
    kept.collect()
}

fn lost(line: u32, message: impl Into<String>, hint: &str) -> IcalProblem {
    IcalProblem { line, lost: true, message: message.into(), hint: hint.to_owned() }
}

fn event(component: &Component, problems: &mut Vec<IcalProblem>) -> Result<Read, IcalProblem> {
    let find = |name: &str| component.lines.iter().find(|line| line.name == name);
    let start_line = find("DTSTART")
        .ok_or_else(|| lost(component.line, "the event has no start", "an event needs a DTSTART"))?;
    let start = one_time(start_line)?;
    let length = match (find("DTEND"), find("DURATION")) {
        (Some(line), _) => {
            let end = one_time(line)?;
            if end.all_day != start.all_day {
                return Err(lost(
                    line.number,
                    "the start is a day and the end a time, or the other way round",
                    "",
                ));
            }
            if end.civil <= start.civil && end.zone == start.zone {
                return Err(lost(line.number, "the event ends before it begins", ""));
            }
            if end.all_day {
                let days = crate::period::days_from(start.civil.date(), end.civil.date());
                Length::Nominal { days, exact: Micros::ZERO }
            } else {
                Length::Until(end)
            }
        }
        (None, Some(line)) => duration(&line.value).ok_or_else(|| {
            lost(line.number, format!("`{}` is not a duration", line.value), "like PT8H30M or P1D")
        })?,
        (None, None) if start.all_day => Length::Nominal { days: 1, exact: Micros::ZERO },
        (None, None) => {
            return Err(lost(
                component.line,
                "the event has no length",
                "an event needs a DTEND or a DURATION",
            ));
        }
    };
    if lasting_days(&start, &length) > LONGEST_DAYS {
        let line = find("DTEND").or_else(|| find("DURATION")).map_or(component.line, |line| line.number);
        return Err(lost(
            line,
            "the event lasts more than ten years",
            "give a shorter length; what holds for years is hours with `from` and `until`",
        ));
    }
    let mut rule = None;
    if let Some(line) = find("RRULE") {
        let read = recurrence(line, &start)?;
        if !read.gives(start.civil.date(), start.civil.date()) {
            problems.push(IcalProblem {
                line: line.number,
                lost: false,
                message: "the event does not start on a day of its own rule".to_owned(),
                hint: "its start counts as the first occurrence; move DTSTART to the first day of the rule"
                    .to_owned(),
            });
        }
        rule = Some(read);
    }
    if let Some(line) = component.lines.iter().find(|line| line.name == "EXRULE") {
        return Err(lost(line.number, "EXRULE is not supported", "take the times out with EXDATE"));
    }
    let many = |name: &str| -> Result<Vec<When>, IcalProblem> {
        let mut all = Vec::new();
        for line in component.lines.iter().filter(|line| line.name == name) {
            all.extend(times(line)?);
        }
        Ok(all)
    };
    let (more, except) = (many("RDATE")?, many("EXDATE")?);
    let instead_of = match find("RECURRENCE-ID") {
        Some(line) if line.param("RANGE").is_some() => {
            return Err(lost(
                line.number,
                "a change of this and all later occurrences is not supported",
                "end the rule with UNTIL and add an event",
            ));
        }
        Some(line) => Some(one_time(line)?),
        None => None,
    };
    let kind = match find("X-IMPEGNO-KIND").map(|line| line.value.trim().to_ascii_uppercase()).as_deref() {
        Some("HOURS") => Some(EventKind::Hours),
        Some("CLOSED") => Some(EventKind::Closed),
        _ => None,
    };
    let cancelled = find("STATUS").is_some_and(|line| line.value.trim().eq_ignore_ascii_case("CANCELLED"));
    let text = |name: &str| find(name).map(Line::text).unwrap_or_default();
    let event = IcalEvent {
        line: component.line,
        uid: text("UID"),
        summary: text("SUMMARY"),
        kind,
        start,
        length,
        rule,
        more,
        except,
    };
    Ok(Read { event, instead_of, cancelled })
}

/// Whole civil days that an event lasts, rounded up.
fn lasting_days(start: &When, length: &Length) -> i64 {
    match length {
        Length::Nominal { days, exact } => {
            let rest = exact.seconds().saturating_add(86_399).div_euclid(86_400);
            i64::from(*days).saturating_add(rest)
        }
        Length::Until(end) => i64::from(crate::period::days_from(start.civil.date(), end.civil.date())),
    }
}

fn one_time(line: &Line) -> Result<When, IcalProblem> {
    let all = times(line)?;
    match <[When; 1]>::try_from(all) {
        Ok([when]) => Ok(when),
        Err(_) => Err(lost(line.number, format!("`{}` is not one time", line.value), "")),
    }
}

/// The times of a line, separated by commas.
fn times(line: &Line) -> Result<Vec<When>, IcalProblem> {
    if line.param("VALUE").is_some_and(|value| value.eq_ignore_ascii_case("PERIOD")) {
        return Err(lost(line.number, "VALUE=PERIOD is not supported", "write an event of its own"));
    }
    let zone = line.param("TZID").map(|name| zone(name).ok_or(name)).transpose().map_err(|name| {
        let hint = "names of zones look like Europe/Rome; definitions of zones in the file are not used";
        lost(line.number, format!("the zone database has no zone `{name}`"), hint)
    })?;
    line.value
        .split(',')
        .map(|text| {
            when(text.trim(), zone.clone()).ok_or_else(|| {
                let message = format!("`{text}` is not a time");
                lost(line.number, message, "like 20260105T083000, with a Z for UTC, or 20260105 for a day")
            })
        })
        .collect()
}

/// A zone by name; some programs put a path before it.
fn zone(name: &str) -> Option<Zone> {
    let known = |name: &str| Zone::named(name).ok();
    known(name).or_else(|| {
        // `/example.org/2026/Europe/Rome`: a registered prefix before the usual name.
        let mut parts = name.rsplitn(3, '/');
        let (city, area) = (parts.next()?, parts.next()?);
        known(&format!("{area}/{city}"))
    })
}

/// `20260105`, `20260105T083000` or `20260105T083000Z`.
fn when(text: &str, zone: Option<Zone>) -> Option<When> {
    let (text, zone) = match text.strip_suffix('Z') {
        Some(text) => (text, Some(Zone::utc())),
        None => (text, zone),
    };
    if !text.is_ascii() {
        return None;
    }
    let number = |text: &str, from: usize, to: usize| -> Option<i16> {
        let digits = text.get(from..to)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
    };
    let small = |text: &str, from: usize| i8::try_from(number(text, from, from + 2)?).ok();
    let date = |text: &str| Date::new(number(text, 0, 4)?, small(text, 4)?, small(text, 6)?).ok();
    match text.split_once('T') {
        None if text.len() == 8 => {
            let civil = date(text)?.to_datetime(Time::midnight());
            Some(When { civil, zone: None, all_day: true })
        }
        Some((day, time)) if day.len() == 8 && time.len() == 6 => {
            // A leap second is the last second of its minute, as the standard asks.
            let second = small(time, 4)?.min(59);
            let time = Time::new(small(time, 0)?, small(time, 2)?, second, 0).ok()?;
            Some(When { civil: DateTime::from_parts(date(day)?, time), zone, all_day: false })
        }
        _ => None,
    }
}

/// `P1W`, `P1DT2H`, `PT8H30M`, not negative and not zero.
fn duration(text: &str) -> Option<Length> {
    let text = text.trim();
    let text = text.strip_prefix('+').unwrap_or(text).strip_prefix('P')?;
    let (mut days, mut seconds, mut digits, mut in_time) = (0_i32, 0_i64, String::new(), false);
    for sign in text.chars() {
        if sign.is_ascii_digit() {
            digits.push(sign);
            continue;
        }
        if sign == 'T' && digits.is_empty() && !in_time {
            in_time = true;
            continue;
        }
        let number: i32 = digits.parse().ok()?;
        digits.clear();
        match (sign, in_time) {
            ('W', false) => days = days.checked_add(number.checked_mul(7)?)?,
            ('D', false) => days = days.checked_add(number)?,
            ('H', true) => seconds = seconds.checked_add(i64::from(number).checked_mul(3_600)?)?,
            ('M', true) => seconds = seconds.checked_add(i64::from(number).checked_mul(60)?)?,
            ('S', true) => seconds = seconds.checked_add(i64::from(number))?,
            _ => return None,
        }
    }
    let something = digits.is_empty() && (days > 0 || seconds > 0);
    something.then_some(Length::Nominal { days, exact: Micros::from_seconds(seconds) })
}

fn recurrence(line: &Line, start: &When) -> Result<Recurrence, IcalProblem> {
    let unsupported = |part: &str| {
        lost(
            line.number,
            format!("`{part}` of the rule is not supported"),
            "supported: FREQ=DAILY, WEEKLY, MONTHLY or YEARLY with INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS, WKST",
        )
    };
    let mut frequency = None;
    let mut count = None;
    let mut rule = Recurrence {
        frequency: Frequency::Daily,
        interval: 1,
        end: End::Never,
        by_day: Vec::new(),
        by_month_day: Vec::new(),
        by_month: Vec::new(),
        by_set_position: Vec::new(),
        week_start: Weekday::Monday,
    };
    for part in line.value.trim().trim_end_matches(';').split(';') {
        let (name, value) = part.split_once('=').ok_or_else(|| unsupported(part))?;
        let value = value.trim().to_ascii_uppercase();
        let wrong = || lost(line.number, format!("`{part}` is not a part of a rule"), "");
        match name.trim().to_ascii_uppercase().as_str() {
            "FREQ" => {
                frequency = Some(match value.as_str() {
                    "DAILY" => Frequency::Daily,
                    "WEEKLY" => Frequency::Weekly,
                    "MONTHLY" => Frequency::Monthly,
                    "YEARLY" => Frequency::Yearly,
                    _ => return Err(unsupported(part)),
                });
            }
            "INTERVAL" => {
                let interval = value.parse().ok().filter(|interval| (1..=10_000).contains(interval));
                rule.interval = interval.ok_or_else(wrong)?;
            }
            "COUNT" => {
                let read = value.parse().ok().filter(|count| (1..=MOST_OCCURRENCES).contains(count));
                count = Some(read.ok_or_else(wrong)?);
            }
            "UNTIL" => rule.end = End::Until(when(&value, start.zone.clone()).ok_or_else(wrong)?),
            "BYDAY" => rule.by_day = list(&value, weekday).ok_or_else(wrong)?,
            "BYMONTHDAY" => {
                let day =
                    |text: &str| text.parse().ok().filter(|day: &i8| (1..=31).contains(&day.unsigned_abs()));
                rule.by_month_day = list(&value, day).ok_or_else(wrong)?;
            }
            "BYMONTH" => {
                let month = |text: &str| text.parse().ok().filter(|month| (1..=12).contains(month));
                rule.by_month = list(&value, month).ok_or_else(wrong)?;
            }
            "BYSETPOS" => {
                let position =
                    |text: &str| text.parse().ok().filter(|n: &i16| (1..=366).contains(&n.unsigned_abs()));
                rule.by_set_position = list(&value, position).ok_or_else(wrong)?;
            }
            "WKST" => rule.week_start = weekday(&value).filter(|(n, _)| n.is_none()).ok_or_else(wrong)?.1,
            _ => return Err(unsupported(part)),
        }
    }
    rule.frequency = frequency.ok_or_else(|| lost(line.number, "the rule has no FREQ", ""))?;
    let ordinals = rule.by_day.iter().any(|(n, _)| n.is_some());
    match rule.frequency {
        Frequency::Daily | Frequency::Weekly if ordinals => return Err(unsupported("BYDAY")),
        Frequency::Weekly if !rule.by_month_day.is_empty() => return Err(unsupported("BYMONTHDAY")),
        _ => {}
    }
    if let Some(count) = count {
        if rule.end != End::Never {
            return Err(lost(line.number, "the rule has both COUNT and UNTIL", ""));
        }
        // The last occurrence is looked for once, so that every later question can skip ahead.
        let last = rule.nth_day(start.civil.date(), count);
        rule.end = End::Until(start.on(last));
    }
    Ok(rule)
}

fn list<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    text.split(',').map(|part| read(part.trim())).collect()
}

/// `MO`, `1TU`, `-1FR`.
fn weekday(text: &str) -> Option<(Option<i16>, Weekday)> {
    let at = text.len().checked_sub(2)?;
    let weekday = match text.get(at..)? {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    let n = text.get(..at)?;
    if n.is_empty() {
        return Some((None, weekday));
    }
    let n: i16 = n.parse().ok()?;
    (1..=53).contains(&n.unsigned_abs()).then_some((Some(n), weekday))
}
