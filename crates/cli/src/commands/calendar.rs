//! `impegno calendar`: what is open when, and why not.

use impegno_calendar::{Calendar, CalendarDay, Closed, Micros, write_ical};
use impegno_findings::{Severity, nearest};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::arguments::{self, Format, Lang};
use crate::exit::{Exit, Failure};
use crate::folder::Loaded;
use crate::{folder, output};

/// Prints the days of the calendars asked for.
pub(crate) fn run(arguments: &arguments::Calendar) -> Result<(), Failure> {
    let (from, to) = (arguments.from, arguments.to);
    if to < from {
        return Err(Failure::new(Exit::Usage, format!("{to} comes before {from}"))
            .hint("--from is the first day, --to the last one"));
    }
    if !(1..=9998).contains(&from.year()) || !(1..=9998).contains(&to.year()) {
        return Err(Failure::new(Exit::Usage, "days lie in the years 1 to 9998"));
    }
    let loaded = folder::load(&arguments.centre)?;
    let wrong = loaded.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    if wrong > 0 {
        output::talk(&format!("the folder has errors ({wrong}): see `impegno check`"));
    }
    let calendars = chosen(&loaded, arguments.code.as_deref())?;
    if arguments.ics {
        let [calendar] = calendars[..] else {
            let codes: Vec<&str> = calendars.iter().map(|calendar| calendar.code()).collect();
            return Err(Failure::new(Exit::Usage, "an iCalendar file holds one calendar")
                .hint(format!("name one of: {}", codes.join(", "))));
        };
        let stamp = arguments.at.unwrap_or_else(|| calendar.zone().day_start(from));
        output::data(&write_ical(calendar, from, to, stamp, arguments.lang == Lang::It));
        return Ok(());
    }
    let lists: Vec<List<'_>> = calendars.into_iter().map(|calendar| List::new(calendar, from, to)).collect();
    output::data(&match arguments.format {
        Format::Table => {
            let tables = lists.iter().map(|list| list.table(arguments.lang));
            tables.collect::<Vec<_>>().join("\n")
        }
        Format::Csv => csv_of(&lists, arguments.lang),
        Format::Json => {
            let values = lists.iter().map(|list| list.json(arguments.lang)).collect();
            format!("{:#}\n", Value::Array(values))
        }
    });
    Ok(())
}

/// The calendar of a code, or all that the folder declares; the one that never closes only if it is all there is.
fn chosen<'l>(loaded: &'l Loaded, code: Option<&str>) -> Result<Vec<&'l Calendar>, Failure> {
    let all = &loaded.centre.calendars;
    let Some(code) = code else {
        let declared: Vec<&Calendar> = all.values().filter(|calendar| calendar.code() != "24x7").collect();
        return Ok(if declared.is_empty() { all.values().collect() } else { declared });
    };
    match all.get(code) {
        Some(calendar) => Ok(vec![calendar]),
        None => {
            let hint = match nearest(code, all.keys().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("one of: {}", all.keys().cloned().collect::<Vec<_>>().join(", ")),
            };
            Err(Failure::new(Exit::Usage, format!("there is no calendar `{code}`")).hint(hint))
        }
    }
}

/// The days of one calendar.
struct List<'c> {
    calendar: &'c Calendar,
    days: Vec<CalendarDay<'c>>,
    working_days: usize,
    worked: Micros,
}

impl<'c> List<'c> {
    fn new(calendar: &'c Calendar, from: Date, to: Date) -> List<'c> {
        let days: Vec<CalendarDay<'c>> =
            from.series(1.day()).take_while(|day| *day <= to).map(|day| calendar.day(day)).collect();
        let working_days = days.iter().filter(|day| day.closed.is_none()).count();
        let worked = days.iter().map(|day| day.worked).sum();
        List { calendar, days, working_days, worked }
    }

    fn table(&self, lang: Lang) -> String {
        let italian = lang == Lang::It;
        let heading: Vec<String> = match italian {
            true => ["giorno", "", "aperto", "ore", "perché"],
            false => ["day", "", "open", "hours", "why"],
        }
        .map(str::to_owned)
        .into();
        let rows: Vec<Vec<String>> = self
            .days
            .iter()
            .map(|day| {
                vec![
                    day.day.to_string(),
                    weekday(day.day, italian).to_owned(),
                    day.segments(self.calendar).join(", "),
                    if day.worked > Micros::ZERO { hours(day.worked) } else { String::new() },
                    notes(day, italian).join("; "),
                ]
            })
            .collect();
        let (code, zone) = (self.calendar.code(), self.calendar.zone());
        let (days, working, worked) = (self.days.len(), self.working_days, hours(self.worked));
        let sum = match italian {
            true => format!("giorni: {days}, lavorativi: {working}, ore: {worked}"),
            false => format!("days: {days}, working: {working}, hours: {worked}"),
        };
        format!("{code} ({zone})\n\n{}\n{sum}\n", output::plain_table(&heading, &rows))
    }

    fn json(&self, lang: Lang) -> Value {
        let days: Vec<Value> = self
            .days
            .iter()
            .map(|day| {
                let open: Vec<Value> = day
                    .open
                    .iter()
                    .zip(day.segments(self.calendar))
                    .map(|(one, civil)| {
                        json!({ "civil": civil, "start": one.start.to_string(), "end": one.end.to_string() })
                    })
                    .collect();
                let (reason, source) = closed(day, lang == Lang::It);
                json!({
                    "day": day.day.to_string(),
                    "open": open,
                    "seconds": day.worked.seconds(),
                    "closed": reason,
                    "source": source,
                    "decided": day.decided,
                    "clock_forward_seconds": forward(day),
                })
            })
            .collect();
        json!({
            "calendar": self.calendar.code(),
            "zone": self.calendar.zone().name(),
            "days": days,
            "totals": {
                "days": self.days.len(),
                "working_days": self.working_days,
                "seconds": self.worked.seconds(),
            },
        })
    }
}

fn csv_of(lists: &[List<'_>], lang: Lang) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail.
    let header =
        ["calendar", "day", "open", "seconds", "closed", "source", "decided", "clock_forward_seconds"];
    let _ = writer.write_record(header);
    for list in lists {
        for day in &list.days {
            let (reason, source) = closed(day, lang == Lang::It);
            let _ = writer.write_record([
                list.calendar.code(),
                &day.day.to_string(),
                &day.segments(list.calendar).join(" "),
                &day.worked.seconds().to_string(),
                &reason.unwrap_or_default(),
                &source.unwrap_or_default(),
                &day.decided.join("; "),
                &forward(day).to_string(),
            ]);
        }
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// Why a day is closed, and the law or decision of a holiday.
fn closed(day: &CalendarDay<'_>, italian: bool) -> (Option<String>, Option<String>) {
    let source = match day.closed {
        Some(Closed::Holiday { source, .. }) if !source.is_empty() => Some(source.to_owned()),
        _ => None,
    };
    (day.closed.map(|reason| reason.label(italian)), source)
}

/// How far the clocks are put forward on a day, in seconds; negative when they are put back.
fn forward(day: &CalendarDay<'_>) -> i64 {
    day.changes.iter().map(|change| change.forward()).sum::<Micros>().seconds()
}

/// Why it is closed, what was decided for the day, and what its clocks do.
fn notes(day: &CalendarDay<'_>, italian: bool) -> Vec<String> {
    let (reason, source) = closed(day, italian);
    let reason = reason.map(|reason| match source {
        Some(source) => format!("{reason} ({source})"),
        None => reason,
    });
    let mut notes: Vec<String> = reason.into_iter().collect();
    notes.extend(day.decided.iter().map(|decided| (*decided).to_owned()));
    let change = forward(day);
    if change != 0 {
        let length = hours(Micros::from_seconds(change.abs()));
        notes.push(match (italian, change > 0) {
            (true, true) => format!("cambio dell'ora: il giorno ha {length} in meno"),
            (true, false) => format!("cambio dell'ora: il giorno ha {length} in più"),
            (false, true) => format!("clocks go forward: the day is {length} shorter"),
            (false, false) => format!("clocks go back: the day is {length} longer"),
        });
    }
    notes
}

/// `6:30`, hours and minutes; with seconds where there are some.
fn hours(length: Micros) -> String {
    let seconds = length.seconds();
    let (hours, minutes, rest) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match rest {
        0 => format!("{hours}:{minutes:02}"),
        rest => format!("{hours}:{minutes:02}:{rest:02}"),
    }
}

fn weekday(day: Date, italian: bool) -> &'static str {
    let names = match italian {
        true => ["lun", "mar", "mer", "gio", "ven", "sab", "dom"],
        false => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    };
    let offset = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
    names.get(offset).copied().unwrap_or_default()
}
