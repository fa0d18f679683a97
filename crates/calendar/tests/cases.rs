//! Runs the tables in `tests/cases/*.md`; `tests/cases/README.md` says how to write one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use impegno_calendar::{
    Calendar, CalendarBuilder, Closure, HolidayDay, HolidayRule, Ical, Instant, Interval, Micros, Period,
    WeeklyHours, Zone, easter, italian_national_holidays,
};
use jiff::civil::{Date, DateTime, Weekday};

#[test]
fn every_row_of_every_case_file_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .filter(|path| path.file_name().is_some_and(|name| name != "README.md"))
        .collect();
    files.sort();
    let (mut rows, mut failures) = (0, String::new());
    for file in &files {
        let text = std::fs::read_to_string(file).expect("a readable file");
        let name = file.file_name().unwrap().to_string_lossy();
        rows += run(&name, &text, &mut failures);
    }
    assert!(files.len() >= 5 && rows >= 150, "only {rows} rows in {} files were found", files.len());
    assert!(failures.is_empty(), "\n{failures}");
}

#[test]
fn a_heading_that_the_runner_does_not_know_fails() {
    let mut failures = String::new();
    run("x.md", "# Title\n\n## Wroking time\n\n| from |\n| --- |\n| 1 |\n", &mut failures);
    assert_eq!(failures, "x.md:3: unknown heading `Wroking time`\n");
}

#[test]
fn columns_that_the_heading_does_not_have_fail() {
    let mut failures = String::new();
    run("x.md", "# Title\n\n## Easter\n\n| year | day |\n| --- | --- |\n", &mut failures);
    assert_eq!(failures, "x.md:5: `Easter` has the columns year, date and may have note\n");
}

#[test]
fn a_wrong_result_and_an_empty_table_fail() {
    let mut failures = String::new();
    let text = "# T\n\n## Easter\n\n| year | date |\n| --- | --- |\n| 2024 | 2024-04-01 |\n\n## Easter\n";
    run("x.md", text, &mut failures);
    let wrong = "x.md:7: Easter | 2024: got `2024-03-31`, expected `2024-04-01`\n";
    assert_eq!(failures, format!("{wrong}x.md:9: `Easter` has no row\n"));
}

/// The days of `national-holidays.md` are those of the law, all of them, and the counts are those of the libraries.
#[test]
fn the_table_of_national_holidays_is_complete() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/national-holidays.md");
    let text = std::fs::read_to_string(path).expect("the table");
    let mut days: BTreeMap<Date, [bool; 3]> = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with("| ")).skip(2) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let rule = rule(cells[0], cells[1].parse().expect("a rule"));
        let (first, last) = cells[2].split_once('-').expect("two years");
        for date in (year(first).unwrap()..=year(last).unwrap()).filter_map(|year| rule.date_in(year)) {
            let has = days.entry(date).or_default();
            for (library, cell) in has.iter_mut().zip(&cells[3..6]) {
                *library |= *cell == "1";
            }
        }
    }
    let count = |wanted: fn(usize) -> bool| {
        days.values().filter(|has| wanted(has.iter().filter(|has| **has).count())).count()
    };
    assert_eq!((days.len(), count(|n| n == 3), count(|n| n >= 2), count(|n| n < 3)), (345, 285, 322, 60));
    for rule in italian_national_holidays() {
        for date in (2010..=2035).filter_map(|year| rule.date_in(year)) {
            assert!(days.contains_key(&date), "{date} is in no library");
        }
    }
    for (date, has) in &days {
        assert_ne!(answer_of_the_law(*date), "none", "{date} is no day of rest, but {has:?} have it");
    }
}

/// A kind of table: its heading, the columns given, the columns expected, and how to compute these.
type Compute = fn(&Calendar, &[&str]) -> Result<Vec<String>, String>;
const KINDS: &[(&str, &[&str], &[&str], Compute)] = &[
    ("Working time", &["from", "to"], &["working"], |calendar, given| {
        let (from, to) = (instant(calendar, given[0])?, instant(calendar, given[1])?);
        Ok(vec![write_length(calendar.working(from, to))])
    }),
    ("Deadlines", &["from", "length"], &["deadline"], |calendar, given| {
        let deadline = calendar.deadline(instant(calendar, given[0])?, length(given[1])?);
        Ok(vec![deadline.map_or("none".to_owned(), |deadline| write_civil(calendar.zone(), deadline))])
    }),
    ("Starts", &["to", "length"], &["start"], |calendar, given| {
        let start = calendar.start_before(instant(calendar, given[0])?, length(given[1])?);
        Ok(vec![start.map_or("none".to_owned(), |start| write_civil(calendar.zone(), start))])
    }),
    ("Opening", &["day"], &["open in UTC"], |calendar, given| {
        let day = date(given[0])?;
        let zone = calendar.zone();
        let window = Interval { start: zone.day_start(day), end: zone.day_end(day) };
        let pieces: Vec<String> = calendar.open(window).iter().map(|piece| piece.to_string()).collect();
        Ok(vec![pieces.join(", ")])
    }),
    ("Years", &["year"], &["working days", "working hours"], |calendar, given| {
        let year = given[0].parse::<Period>().map_err(|error| error.to_string())?;
        let before = year.first_day().yesterday().map_err(|error| error.to_string())?;
        let days = calendar.working_days_between(before, year.last_day());
        let window = year.interval(calendar.zone());
        Ok(vec![days.to_string(), write_length(calendar.working(window.start, window.end))])
    }),
    ("Working days between", &["from", "to"], &["days"], |calendar, given| {
        Ok(vec![calendar.working_days_between(date(given[0])?, date(given[1])?).to_string()])
    }),
    ("Terms in working days", &["from", "days"], &["last day"], |calendar, given| {
        Ok(vec![calendar.working_day_deadline(date(given[0])?, number(given[1])?).to_string()])
    }),
    ("Terms in calendar days", &["from", "days"], &["last day"], |calendar, given| {
        Ok(vec![calendar.calendar_day_deadline(date(given[0])?, number(given[1])?).to_string()])
    }),
    ("Working days before", &["to", "days"], &["day"], |calendar, given| {
        Ok(vec![calendar.working_day_start(date(given[0])?, number(given[1])?).to_string()])
    }),
    ("Calendar days before", &["to", "days"], &["day"], |calendar, given| {
        Ok(vec![calendar.calendar_day_start(date(given[0])?, number(given[1])?).to_string()])
    }),
    ("Why closed", &["day"], &["reason"], |calendar, given| {
        let day = date(given[0])?;
        let reason = calendar.why_closed(day);
        if reason.is_none() != calendar.is_working_day(day) {
            return Err("why_closed and is_working_day disagree".to_owned());
        }
        Ok(vec![reason.unwrap_or("open".to_owned())])
    }),
    ("Civil time to instant", &["civil"], &["instant"], |calendar, given| {
        let civil: DateTime = given[0].parse().map_err(|error| format!("{error}"))?;
        Ok(vec![calendar.zone().instant(civil).to_string()])
    }),
    ("Day length", &["day"], &["elapsed"], |calendar, given| {
        let (zone, day) = (calendar.zone(), date(given[0])?);
        Ok(vec![write_length(zone.day_end(day) - zone.day_start(day))])
    }),
    ("Easter", &["year"], &["date"], |_, given| {
        Ok(vec![easter(i16::try_from(number(given[0])?).map_err(|error| error.to_string())?).to_string()])
    }),
    (
        "Periods",
        &["code"],
        &["first day", "last day", "days", "previous", "year before", "label it", "label en"],
        |_, given| {
            let period = period(given[0])?;
            Ok(vec![
                period.first_day().to_string(),
                period.last_day().to_string(),
                period.days().to_string(),
                period.previous().to_string(),
                period.year_before().to_string(),
                period.label(true),
                period.label(false),
            ])
        },
    ),
    ("Period parts", &["code"], &["months", "quarters", "years"], |_, given| {
        let period = period(given[0])?;
        let codes = |parts: Vec<Period>| parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        Ok(vec![codes(period.months()), codes(period.quarters()), codes(period.years())])
    }),
    ("Period intervals", &["code"], &["interval"], |calendar, given| {
        Ok(vec![period(given[0])?.interval(calendar.zone()).to_string()])
    }),
    ("Period codes", &["text"], &["read as"], |_, given| {
        let text = given[0].trim_matches('`');
        Ok(vec![text.parse::<Period>().map_or("refused".to_owned(), |period| period.to_string())])
    }),
    ("Holiday rules", &["text", "year"], &["date"], |_, given| {
        let Ok(day) = given[0].trim_matches('`').parse::<HolidayDay>() else {
            return Ok(vec!["refused".to_owned()]);
        };
        let year = i16::try_from(number(given[1])?).map_err(|error| error.to_string())?;
        Ok(vec![rule("case", day).date_in(year).map_or("none".to_owned(), |date| date.to_string())])
    }),
    (
        "National holidays",
        &["name", "rule", "years", "holidays", "workalendar", "date-holidays"],
        &["law", "days"],
        |_, given| {
            let (first, last) = given[2].split_once('-').ok_or("years are 2010-2035")?;
            let rule = rule(given[0], given[1].parse().map_err(|error| format!("{error}"))?);
            let dates: Vec<Date> =
                (year(first)?..=year(last)?).filter_map(|year| rule.date_in(year)).collect();
            if dates.iter().all(|date| date.weekday() == Weekday::Sunday) {
                return Ok(vec!["Sunday".to_owned(), dates.len().to_string()]);
            }
            let mut answers: Vec<&str> = dates.iter().map(|date| answer_of_the_law(*date)).collect();
            answers.dedup();
            Ok(vec![answers.join(" and "), dates.len().to_string()])
        },
    ),
    ("Patron saints", &["province", "name", "rule", "library"], &["days"], |_, given| {
        let rule = rule(given[1], given[2].parse().map_err(|error| format!("{error}"))?);
        let listed: Vec<&str> = given[3].split(' ').collect();
        let mut found = 0;
        for (n, year) in (2024..=2030_i16).enumerate() {
            let ours = rule.date_in(year).ok_or_else(|| format!("no day in {year}"))?;
            match *listed.get(n).unwrap_or(&listed[0]) {
                "-" if is_national_in_the_library(ours) => {}
                day if ours.strftime("%m-%d").to_string() == day => found += 1,
                day => return Err(format!("{ours}, the library has {day}")),
            }
        }
        Ok(vec![found.to_string()])
    }),
    ("Recurrences", &["event", "days"], &["occurrences"], |calendar, given| {
        let lines = given[0].trim_matches('`').replace(' ', "\n");
        let read =
            Ical::read(&format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n"));
        let Some(event) = read.events.first() else {
            return Ok(vec![format!("none: {}", read.problems.first().map_or("", |one| &one.message))]);
        };
        let window = period(given[1])?.interval(calendar.zone());
        let found = event.occurrences(calendar.zone(), window);
        let starts: Vec<String> = found.iter().map(|one| write_short(calendar.zone(), one.start)).collect();
        Ok(vec![starts.join(" ")])
    }),
    ("Opening segments", &["text"], &["read as"], |_, given| {
        let segment = impegno_calendar::parse_segment(given[0].trim_matches('`'));
        Ok(vec![segment.map_or("refused".to_owned(), |(opens, closes)| format!("{opens} {closes}"))])
    }),
    ("Instants", &["text"], &["read as"], |_, given| {
        let instant = given[0].parse::<Instant>();
        Ok(vec![instant.map_or("refused".to_owned(), |instant| instant.to_string())])
    }),
];

/// Runs one file: returns how many rows it has, and writes down what does not hold.
fn run(file: &str, text: &str, failures: &mut String) -> usize {
    let mut calendar = Calendar::always(Zone::utc());
    let mut rows = 0;
    let mut lines = (1..).zip(text.lines()).peekable();
    while let Some((line, text)) = lines.next() {
        let Some(heading) = text.strip_prefix("## ") else { continue };
        let mut table = Vec::new();
        while let Some((line, text)) = lines.next_if(|(_, text)| !text.starts_with("## ")) {
            if text.starts_with('|') {
                let cells = text.trim().trim_matches('|').split('|').map(str::trim);
                table.push((line, cells.collect::<Vec<&str>>()));
            }
        }
        if heading == "Calendar" {
            match read_calendar(table.get(2..).unwrap_or_default()) {
                Ok(read) => calendar = read,
                Err(error) => writeln!(failures, "{file}:{line}: {error}").unwrap(),
            }
            continue;
        }
        let Some((_, given, expected, compute)) = KINDS.iter().find(|kind| kind.0 == heading) else {
            writeln!(failures, "{file}:{line}: unknown heading `{heading}`").unwrap();
            continue;
        };
        let columns = [*given, *expected].concat();
        if let Some((line, header)) = table.first()
            && header.iter().copied().ne(columns.clone())
            && header.iter().copied().ne([columns.as_slice(), &["note"]].concat())
        {
            let columns = columns.join(", ");
            writeln!(failures, "{file}:{line}: `{heading}` has the columns {columns} and may have note")
                .unwrap();
            continue;
        }
        if table.len() < 3 {
            writeln!(failures, "{file}:{line}: `{heading}` has no row").unwrap();
        }
        for (line, cells) in table.get(2..).unwrap_or_default() {
            rows += 1;
            let row =
                format!("{file}:{line}: {heading} | {}", cells[..given.len().min(cells.len())].join(" | "));
            if cells.len() != table[0].1.len() {
                writeln!(failures, "{row}: {} cells under {} columns", cells.len(), table[0].1.len())
                    .unwrap();
                continue;
            }
            let expected = &cells[given.len()..columns.len()];
            match compute(&calendar, &cells[..given.len()]) {
                Ok(got) if got == expected => {}
                Ok(got) => {
                    let (got, expected) = (got.join(" | "), expected.join(" | "));
                    writeln!(failures, "{row}: got `{got}`, expected `{expected}`").unwrap();
                }
                Err(error) => writeln!(failures, "{row}: {error}").unwrap(),
            }
        }
    }
    rows
}

/// A calendar from rows of key and value.
fn read_calendar(rows: &[(usize, Vec<&str>)]) -> Result<Calendar, String> {
    let mut zone = Err("the calendar has no zone".to_owned());
    let mut weeks: Vec<(String, WeeklyHours)> = Vec::new();
    let (mut holidays, mut closures, mut always) = (Vec::new(), Vec::new(), false);
    for (_, cells) in rows {
        let [key, value] = cells[..] else { return Err(format!("not a key and a value: {cells:?}")) };
        match key {
            "zone" => zone = Zone::named(value).map_err(|error| error.to_string()),
            "always" => always = value == "yes",
            "holidays" if value == "national" => holidays.extend(italian_national_holidays()),
            "holiday" => holidays.push(read_holiday(value)?),
            "closure" => {
                let (days, act) = value.split_once(' ').ok_or("a closure is days and an act")?;
                let days = period(days)?;
                let (first, last) = (days.first_day(), days.last_day());
                closures.push(Closure { first, last, act: act.to_owned() });
            }
            _ if key == "hours" || key.starts_with("hours ") => {
                let (weekdays, segment) = value.split_once(' ').ok_or("hours are weekdays and a segment")?;
                if weeks.last().is_none_or(|(last, _)| last != key) {
                    let validity = key.strip_prefix("hours ").map(period).transpose()?;
                    let (first, last) = (validity.map(|v| v.first_day()), validity.map(|v| v.last_day()));
                    weeks.push((key.to_owned(), WeeklyHours::new().valid(first, last)));
                }
                let week = &mut weeks.last_mut().expect("just pushed").1;
                *week = week
                    .clone()
                    .every(&read_weekdays(weekdays)?, segment)
                    .map_err(|error| error.to_string())?;
            }
            _ => return Err(format!("a calendar has no `{key}` with the value `{value}`")),
        }
    }
    if always {
        return Ok(Calendar::always(zone?));
    }
    let builder = CalendarBuilder::new("case", zone?).holidays(holidays).closures(closures);
    let builder = weeks.into_iter().fold(builder, |builder, (_, hours)| builder.hours(hours));
    // Two years only, so that most tables come from years resolved when asked for.
    Ok(builder.build(2025..=2026))
}

/// `24 June Name` as `06-24 Name`, or `easter+49 Name`.
fn read_holiday(text: &str) -> Result<HolidayRule, String> {
    let (day, name) = text.split_once(' ').ok_or("a holiday is a day and a name")?;
    Ok(rule(name, day.parse::<HolidayDay>().map_err(|error| error.to_string())?))
}

/// `Mon-Fri`, `daily` or `Tue,Thu`.
fn read_weekdays(text: &str) -> Result<Vec<Weekday>, String> {
    let one = |name: &str| match name {
        "Mon" => Ok(Weekday::Monday),
        "Tue" => Ok(Weekday::Tuesday),
        "Wed" => Ok(Weekday::Wednesday),
        "Thu" => Ok(Weekday::Thursday),
        "Fri" => Ok(Weekday::Friday),
        "Sat" => Ok(Weekday::Saturday),
        "Sun" => Ok(Weekday::Sunday),
        _ => Err(format!("`{name}` is not a weekday")),
    };
    match text {
        "Mon-Fri" => Ok(WeeklyHours::MONDAY_TO_FRIDAY.to_vec()),
        "daily" => Ok(WeeklyHours::ALL_DAYS.to_vec()),
        _ => text.split(',').map(one).collect(),
    }
}

/// Civil time in the calendar's zone, `2026-06-22 08:30[:15]`, or an instant with `Z` or an offset.
fn instant(calendar: &Calendar, text: &str) -> Result<Instant, String> {
    match text.parse::<Instant>() {
        Ok(instant) => Ok(instant),
        Err(_) => {
            let civil: DateTime = text.parse().map_err(|error| format!("`{text}`: {error}"))?;
            Ok(calendar.zone().instant(civil))
        }
    }
}

/// What the law says of a day: a day of rest by a rule, a Sunday, or none.
fn answer_of_the_law(date: Date) -> &'static str {
    if italian_national_holidays().iter().any(|rule| rule.date_in(date.year()) == Some(date)) {
        return "rest";
    }
    if date.weekday() == Weekday::Sunday { "Sunday" } else { "none" }
}

/// A day on which the library of patron saints has a national day already: those of the law, and National Unity Day.
fn is_national_in_the_library(date: Date) -> bool {
    let unity = date.month() == 11 && date.day() <= 7 && date.weekday() == Weekday::Sunday;
    unity || answer_of_the_law(date) == "rest"
}

fn year(text: &str) -> Result<i16, String> {
    text.parse().map_err(|error| format!("`{text}`: {error}"))
}

/// A rule of all years.
fn rule(name: &str, day: HolidayDay) -> HolidayRule {
    HolidayRule { name: name.to_owned(), day, from_year: None, until_year: None, source: "case".to_owned() }
}

/// `2026-01-05` at midnight, else `2026-01-05T08:30`.
fn write_short(zone: &Zone, instant: Instant) -> String {
    let civil = zone.civil(instant);
    if civil.hour() == 0 && civil.minute() == 0 {
        return civil.date().to_string();
    }
    format!("{}T{:02}:{:02}", civil.date(), civil.hour(), civil.minute())
}

fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|error| format!("`{text}`: {error}"))
}

fn number(text: &str) -> Result<i32, String> {
    text.parse().map_err(|error| format!("`{text}`: {error}"))
}

fn period(text: &str) -> Result<Period, String> {
    text.parse().map_err(|error: impegno_calendar::InvalidPeriod| error.to_string())
}

/// `1 h 30 min 15 s`, each part optional.
fn length(text: &str) -> Result<Micros, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let parts = words.chunks(2).map(|pair| match pair {
        [count, "h"] => Ok(Micros::from_hours(number(count)?.into())),
        [count, "min"] => Ok(Micros::from_minutes(number(count)?.into())),
        [count, "s"] => Ok(Micros::from_seconds(number(count)?.into())),
        _ => Err(format!("`{text}` is not a length such as 1 h 30 min 15 s")),
    });
    parts.sum::<Result<Micros, String>>()
}

fn write_length(length: Micros) -> String {
    assert_eq!(Micros::from_seconds(length.seconds()), length, "cases use whole seconds");
    let parts =
        [(length.seconds() / 3600, "h"), (length.seconds() / 60 % 60, "min"), (length.seconds() % 60, "s")];
    let words: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count != 0)
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    if words.is_empty() { "0 s".to_owned() } else { words.join(" ") }
}

/// `2026-06-22 08:30`, with seconds only if there are any.
fn write_civil(zone: &Zone, instant: Instant) -> String {
    let civil = zone.civil(instant);
    let pattern = if civil.second() == 0 { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" };
    civil.strftime(pattern).to_string()
}
