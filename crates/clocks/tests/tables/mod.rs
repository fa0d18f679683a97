//! Reads tables of cases and computes their rows.

use std::fmt::Write as _;

use impegno_calendar::{Calendar, CalendarBuilder, Closed, Closure, Instant, Micros, WeeklyHours, Zone};
use impegno_clocks::{
    Agreement, Clock, DayCount, Pause, Profile, Purpose, Standing, Term, Until, longest_exchange,
};
use jiff::civil::{Date, DateTime, Weekday};

/// A kind of table: its heading, the columns given, the columns expected, and how to compute these.
type Compute = fn(&Setting, &[&str]) -> Result<Vec<String>, String>;
const KINDS: &[(&str, &[&str], &[&str], Compute)] = &[
    ("Terms", &["profile", "from", "term", "pauses"], &["due"], |set, given| {
        due(set, given, Purpose::Resolution)
    }),
    ("Response terms", &["profile", "from", "term", "pauses"], &["due"], |set, given| {
        due(set, given, Purpose::Response)
    }),
    ("Terms backwards", &["profile", "from", "term"], &["start"], |set, given| {
        let start = set.clock(given[0])?.before(set.instant(given[1])?, term(given[2])?);
        Ok(vec![set.write(start, given[1])])
    }),
    ("Time", &["profile", "from", "to", "pauses"], &["time"], |set, given| {
        let clock = set.clock(given[0])?;
        let (from, to) = (set.instant(given[1])?, set.instant(given[2])?);
        let time = clock.counted(from, to, Purpose::Resolution, &set.pauses(given[3])?);
        Ok(vec![length(time)])
    }),
    ("Signed time", &["profile", "from", "to"], &["time"], |set, given| {
        // Backwards is the same time, negative.
        let clock = set.clock(given[0])?;
        let (from, to) = (set.instant(given[1])?, set.instant(given[2])?);
        let time = if to < from { Micros::ZERO - clock.active(to, from) } else { clock.active(from, to) };
        Ok(vec![length(time)])
    }),
    ("Time left", &["profile", "from", "to", "term", "pauses"], &["left"], |set, given| {
        let clock = set.clock(given[0])?;
        let (from, to) = (set.instant(given[1])?, set.instant(given[2])?);
        let left = clock.left(from, to, term(given[3])?, Purpose::Response, &set.pauses(given[4])?);
        Ok(vec![left.map_or("none".to_owned(), length)])
    }),
    ("Longest exchange", &["profile", "exchanges"], &["time"], |set, given| {
        let pairs: Result<Vec<(Instant, Instant)>, String> = set
            .pauses(given[1])?
            .into_iter()
            .map(|one| Ok((one.start, one.end.ok_or("an exchange has two ends")?)))
            .collect();
        let longest = longest_exchange(&set.clock(given[0])?, &pairs?, &[]);
        Ok(vec![longest.map_or("none".to_owned(), length)])
    }),
    ("Levels", &["profile", "due", "offset"], &["level"], |set, given| {
        let level = set.clock(given[0])?.level(set.instant(given[1])?, term(given[2])?);
        Ok(vec![set.write(level, given[1])])
    }),
    (
        "Standing",
        &["profile", "from", "term", "pauses", "done", "now"],
        &["due", "standing"],
        |set, given| {
            let clock = set.clock(given[0])?;
            let (from, now) = (set.instant(given[1])?, set.instant(given[5])?);
            let done = if given[4].is_empty() { None } else { Some(set.instant(given[4])?) };
            let (term, pauses) = (term(given[2])?, set.pauses(given[3])?);
            let standing = clock.standing(from, term, Purpose::Resolution, &pauses, done, now);
            let due = clock.due(from, term, Purpose::Resolution, &pauses, now);
            let words = match standing {
                None => "no promise",
                Some(Standing::InTime) => "in time",
                Some(Standing::Late) => "late",
                Some(Standing::Running) => "running",
                Some(Standing::Suspended { breached: false }) => "suspended",
                Some(Standing::Suspended { breached: true }) => "suspended, breached",
            };
            Ok(vec![set.write(due, given[1]), words.to_owned()])
        },
    ),
    ("Breaks", &["profile", "pauses"], &["breaks"], |set, given| {
        let breaks = set.clock(given[0])?.breaks(&set.pauses(given[1])?, Instant::MAX);
        let text = |one: &impegno_calendar::Interval| {
            format!("{}..{}", set.write(Some(one.start), ""), set.write(Some(one.end), ""))
        };
        Ok(vec![breaks.iter().map(text).collect::<Vec<_>>().join("; ")])
    }),
    (
        "Changes of agreement",
        &["profile", "clock", "from", "term", "pauses", "new term", "changed"],
        &["due"],
        |set, given| {
            let clock = set.clock(given[0])?;
            let purpose = match given[1] {
                "response" => Purpose::Response,
                "resolution" => Purpose::Resolution,
                other => return Err(format!("`{other}` is no clock")),
            };
            let old = Agreement { clock: &clock, term: term(given[3])? };
            let new = Agreement { clock: &clock, term: term(given[5])? };
            let (from, changed) = (set.instant(given[2])?, set.instant(given[6])?);
            let due = old.changed_to(&new, from, purpose, &set.pauses(given[4])?, changed);
            Ok(vec![set.write(due, given[2])])
        },
    ),
    ("Periods after", &["profile", "from", "count"], &["periods"], |set, given| {
        let count = given[2].parse().map_err(|_| format!("`{}` is no count", given[2]))?;
        let periods = set.clock(given[0])?.periods_after(set.instant(given[1])?, count, &set.breaks);
        Ok(vec![set.spans(&periods, given[1])])
    }),
    ("Periods before", &["profile", "from", "count"], &["periods"], |set, given| {
        let count = given[2].parse().map_err(|_| format!("`{}` is no count", given[2]))?;
        let periods = set.clock(given[0])?.periods_before(set.instant(given[1])?, count, &set.breaks);
        Ok(vec![set.spans(&periods, given[1])])
    }),
    ("Open", &["profile", "at"], &["open"], |set, given| {
        let at = set.instant(given[1])?;
        let clock = set.clock(given[0])?;
        Ok(vec![yes(clock.calendar().is_open(at) && !set.breaks.iter().any(|pause| pause.holds(at)))])
    }),
    ("Paused", &["at"], &["paused"], |set, given| {
        let at = set.instant(given[0])?;
        Ok(vec![yes(set.breaks.iter().any(|pause| pause.holds(at)))])
    }),
    ("Holidays", &["at"], &["holiday"], |set, given| {
        let calendar = set.calendar();
        let day = match date(given[0]) {
            Ok(day) => day,
            Err(_) => calendar.zone().date(set.instant(given[0])?),
        };
        let closed = calendar.closed(day);
        Ok(vec![yes(matches!(closed, Some(Closed::Holiday { .. } | Closed::Closure { .. })))])
    }),
    ("Working days", &["at"], &["working day"], |set, given| {
        let calendar = set.calendar();
        let day = match date(given[0]) {
            Ok(day) => day,
            Err(_) => calendar.zone().date(set.instant(given[0])?),
        };
        Ok(vec![yes(calendar.is_working_day(day))])
    }),
    ("Days", &["profile", "from", "days"], &["last day"], |set, given| {
        let days = given[2].parse().map_err(|_| format!("`{}` is no number", given[2]))?;
        let last = set.clock(given[0])?.day_after(date(given[1])?, days);
        Ok(vec![last.map_or("none".to_owned(), |day| day.to_string())])
    }),
    ("Days between", &["from", "to"], &["first to last", "with both"], |set, given| {
        // Working days from the first on and before the last; with the last.
        let calendar = set.calendar();
        let (from, to) = (date(given[0])?, date(given[1])?);
        let before = from.yesterday().map_err(|error| error.to_string())?;
        let without = to.yesterday().map_err(|error| error.to_string())?;
        let count = |to| calendar.working_days_between(before, to).to_string();
        Ok(vec![count(without), count(to)])
    }),
    ("Opening and closing of the day", &["at"], &["opening", "closing"], |set, given| {
        let calendar = set.calendar();
        let (zone, at) = (calendar.zone(), set.instant(given[0])?);
        let day = zone.date(at);
        let window = impegno_calendar::Interval { start: zone.day_start(day), end: zone.day_end(day) };
        let open = calendar.open(window);
        let first = open.as_slice().first().map(|one| one.start);
        Ok(vec![set.write(first, given[0]), set.write(open.as_slice().last().map(|one| one.end), given[0])])
    }),
    ("Annual ranges", &["profile", "from", "to", "day"], &["inside"], |set, given| {
        let annual = set.clock(given[0])?.profile().annual_range;
        Ok(vec![yes(annual.contains(month_day(given[1])?, month_day(given[2])?, month_day(given[3])?))])
    }),
];

fn due(set: &Setting, given: &[&str], purpose: Purpose) -> Result<Vec<String>, String> {
    let clock = set.clock(given[0])?;
    let from = set.instant(given[1])?;
    let due = clock.due(from, term(given[2])?, purpose, &set.pauses(given[3])?, Instant::MAX);
    Ok(vec![set.write(due, given[1])])
}

/// The calendar and pauses that the tables below it use.
#[derive(Default)]
pub(crate) struct Setting {
    zone: Option<Zone>,
    never_closes: bool,
    hours: Vec<WeeklyHours>,
    closures: Vec<Closure>,
    breaks: Vec<Pause>,
    built: std::sync::OnceLock<Calendar>,
}

impl Setting {
    /// With a row of a table `Calendar`.
    pub(crate) fn with(mut self, key: &str, value: &str) -> Result<Setting, String> {
        match key {
            "zone" => self.zone = Some(Zone::named(value).map_err(|error| error.to_string())?),
            "never closes" => self.never_closes = value == "yes",
            "hours" => {
                let usual = self.hours.pop().filter(|hours| hours.from().is_none()).unwrap_or_default();
                self.hours.push(add_hours(usual, value)?);
            }
            "shift" => {
                let (day, segments) = value.split_once(' ').ok_or("a shift is a day and hours")?;
                let day = date(day)?;
                let hours = segments.split(", ").try_fold(WeeklyHours::new(), |hours, segment| {
                    hours.every(&[day.weekday()], segment).map_err(|error| error.to_string())
                })?;
                self.hours.push(hours.valid(Some(day), Some(day)));
            }
            "holiday" => {
                let days = value.split(", ").map(|day| {
                    let day = date(day)?;
                    Ok(Closure { first: day, last: day, act: "holiday".to_owned() })
                });
                self.closures.extend(days.collect::<Result<Vec<_>, String>>()?);
            }
            "closure" => {
                let (first, last) = value.split_once("..").ok_or("a closure is two days")?;
                let (first, last) = (date(first)?, date(last)?);
                self.closures.push(Closure { first, last, act: "closure".to_owned() });
            }
            "pause" => {
                let pauses = self.pauses(value)?;
                self.breaks.extend(pauses);
            }
            other => return Err(format!("unknown key `{other}`")),
        }
        Ok(self)
    }

    fn zone(&self) -> Zone {
        self.zone.clone().unwrap_or_else(Zone::utc)
    }

    fn calendar(&self) -> Calendar {
        let build = || {
            if self.never_closes || self.hours.is_empty() {
                return Calendar::always(self.zone());
            }
            let hours = self.hours.iter().cloned();
            hours
                .fold(CalendarBuilder::new("case", self.zone()), CalendarBuilder::hours)
                .closures(self.closures.iter().cloned())
                .build(2026..=2026)
        };
        self.built.get_or_init(build).clone()
    }

    fn clock(&self, profile: &str) -> Result<Clock, String> {
        // The libraries are no profiles that settings may name.
        let libraries = [Profile::BIZ, Profile::BUSINESS_TIME];
        let profile = Profile::named(profile)
            .or_else(|| libraries.into_iter().find(|one| one.name == profile))
            .or_else(|| weekdays(profile));
        Ok(Clock::new(profile.ok_or("no such profile")?, self.calendar()))
    }

    /// `2026-06-22 10:00`, in the zone of the calendar, or with a `Z` in UTC.
    fn instant(&self, text: &str) -> Result<Instant, String> {
        if text.ends_with('Z') {
            return text.parse::<Instant>().map_err(|error| error.to_string());
        }
        let civil: DateTime = text.parse().map_err(|error| format!("`{text}`: {error}"))?;
        Ok(self.zone().instant(civil))
    }

    /// `FROM..TO; FROM..TO`, besides those of the calendar; without `TO` it lasts.
    fn pauses(&self, text: &str) -> Result<Vec<Pause>, String> {
        let mut pauses = self.breaks.clone();
        for one in text.split("; ").filter(|one| !one.is_empty()) {
            let (start, end) = one.split_once("..").ok_or_else(|| format!("`{one}` is no pause"))?;
            let end = if end.is_empty() { None } else { Some(self.instant(end)?) };
            pauses.push(Pause { start: self.instant(start)?, end, reason: "test".to_owned() });
        }
        Ok(pauses)
    }

    /// In the form in which `like` is written.
    fn write(&self, at: Option<Instant>, like: &str) -> String {
        let Some(at) = at else { return "none".to_owned() };
        if like.ends_with('Z') {
            return at.to_string();
        }
        let civil = self.zone().civil(at);
        if civil.subsec_nanosecond() == 999_999_000
            && (civil.hour(), civil.minute(), civil.second()) == (23, 59, 59)
        {
            return format!("{} end", civil.date());
        }
        let text = civil.to_string().replace('T', " ");
        text.strip_suffix(":00").map_or(text.clone(), str::to_owned)
    }

    fn spans(&self, spans: &[impegno_calendar::Interval], like: &str) -> String {
        let text = |one: &impegno_calendar::Interval| {
            format!("{}..{}", self.write(Some(one.start), like), self.write(Some(one.end), like))
        };
        spans.iter().map(text).collect::<Vec<_>>().join(", ")
    }
}

/// Days as a city office may count them: a weekend moves to Monday at the same time, who comes from 17:00 on
/// starts the next morning, the time of day is kept.
fn weekdays(name: &str) -> Option<Profile> {
    use impegno_clocks::{ClosedStart, DayRule, Landing, LateStart};
    let late = LateStart { from: jiff::civil::time(17, 0, 0, 0), starts: jiff::civil::time(8, 30, 0, 0) };
    let days =
        DayRule { closed_start: ClosedStart::SameTime, late_start: Some(late), landing: Landing::SameTime };
    match name {
        "weekdays" => Some(Profile { name: "weekdays".into(), days, ..Profile::NATIVE }),
        "same-time" => Some(Profile {
            name: "same-time".into(),
            days: DayRule { late_start: None, ..days },
            ..Profile::NATIVE
        }),
        _ => None,
    }
}

/// Runs one file: returns how many rows it has, and writes down what does not hold.
pub(crate) fn run(file: &str, text: &str, failures: &mut String) -> usize {
    let mut setting = Setting::default();
    let mut rows = 0;
    let mut lines = (1..).zip(text.lines()).peekable();
    while let Some((line, text)) = lines.next() {
        let Some(heading) = text.strip_prefix("## ") else { continue };
        let mut table = Vec::new();
        while let Some((line, text)) = lines.next_if(|(_, text)| !text.starts_with("## ")) {
            if let Some(inner) = text.strip_prefix('|').and_then(|text| text.trim_end().strip_suffix('|')) {
                table.push((line, inner.split('|').map(str::trim).collect::<Vec<&str>>()));
            }
        }
        if heading == "Calendar" {
            let read = table.iter().skip(2).try_fold(Setting::default(), |setting, (_, cells)| {
                setting.with(cells.first().unwrap_or(&""), cells.get(1).unwrap_or(&""))
            });
            match read {
                Ok(read) => setting = read,
                Err(error) => writeln!(failures, "{file}.md:{line}: {error}").expect("a text"),
            }
            continue;
        }
        rows += table.len().saturating_sub(2);
        check(file, line, heading, &table, &setting, failures);
    }
    rows
}

fn check(
    file: &str,
    line: usize,
    heading: &str,
    table: &[(usize, Vec<&str>)],
    setting: &Setting,
    failures: &mut String,
) {
    let mut fail =
        |line: usize, text: String| writeln!(failures, "{file}.md:{line}: {text}").expect("a text");
    let Some((_, given, expected, compute)) = KINDS.iter().find(|kind| kind.0 == heading) else {
        return fail(line, format!("unknown heading `{heading}`"));
    };
    if table.len() < 3 {
        return fail(line, format!("`{heading}` has no row"));
    }
    let columns = [*given, *expected].concat();
    let with_note = [columns.as_slice(), &["note"]].concat();
    if table[0].1 != columns && table[0].1 != with_note {
        return fail(table[0].0, format!("`{heading}` has the columns {}", columns.join(", ")));
    }
    for (line, cells) in &table[2..] {
        if cells.len() != table[0].1.len() {
            fail(*line, format!("{} cells under {} columns", cells.len(), table[0].1.len()));
            continue;
        }
        let row = format!("{heading} | {}", cells[..given.len()].join(" | "));
        let expected = &cells[given.len()..columns.len()];
        match compute(setting, &cells[..given.len()]) {
            // A column left empty is not asserted.
            Ok(got) if got.iter().zip(expected).all(|(got, one)| got == one || one.is_empty()) => {}
            Ok(got) => {
                fail(*line, format!("{row}: got `{}`, expected `{}`", got.join(" | "), expected.join(" | ")));
            }
            Err(error) => fail(*line, format!("{row}: {error}")),
        }
    }
}

/// `Mon-Fri 8:30-14:30`, `Tue,Thu 15:30-18:30`, `daily 0:00-24:00`.
fn add_hours(hours: WeeklyHours, text: &str) -> Result<WeeklyHours, String> {
    const DAYS: [(&str, Weekday); 7] = [
        ("Mon", Weekday::Monday),
        ("Tue", Weekday::Tuesday),
        ("Wed", Weekday::Wednesday),
        ("Thu", Weekday::Thursday),
        ("Fri", Weekday::Friday),
        ("Sat", Weekday::Saturday),
        ("Sun", Weekday::Sunday),
    ];
    let (days, segment) = text.split_once(' ').ok_or("hours are days and a segment")?;
    let index = |name: &str| {
        DAYS.iter().position(|(short, _)| *short == name).ok_or_else(|| format!("`{name}` is no weekday"))
    };
    let weekdays: Vec<Weekday> = match days.split_once('-') {
        _ if days == "daily" => WeeklyHours::ALL_DAYS.to_vec(),
        Some((first, last)) => DAYS[index(first)?..=index(last)?].iter().map(|day| day.1).collect(),
        None => days.split(',').map(|day| Ok(DAYS[index(day)?].1)).collect::<Result<_, String>>()?,
    };
    hours.every(&weekdays, segment).map_err(|error| error.to_string())
}

/// `60 min`, `-8 h`, `5 working days`, `7 working days until closing`, `20 days`, `1 month`.
fn term(text: &str) -> Result<Term, String> {
    let wrong = || format!("`{text}` is no term");
    let (text_only, until) = match text.strip_suffix(" until closing") {
        Some(rest) => (rest, Until::Closing),
        None => (text, Until::Profile),
    };
    let (number, unit) = text_only.split_once(' ').ok_or_else(wrong)?;
    let number: i32 = number.parse().map_err(|_| wrong())?;
    Ok(match unit {
        "s" => Term::Time(Micros::from_seconds(number.into())),
        "min" => Term::Time(Micros::from_minutes(number.into())),
        "h" => Term::Time(Micros::from_hours(number.into())),
        "working days" => Term::Days { days: number, count: DayCount::Working, until },
        "days" => Term::Days { days: number, count: DayCount::Calendar, until },
        "month" | "months" => Term::Months { months: number, until },
        _ => return Err(wrong()),
    })
}

fn length(time: Micros) -> String {
    assert_eq!(time.0 % 1_000_000, 0, "the tables have whole seconds");
    format!("{} s", time.0 / 1_000_000)
}

fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

fn date(text: &str) -> Result<Date, String> {
    match text.len() {
        10 => text.parse().map_err(|error| format!("`{text}`: {error}")),
        _ => Err(format!("`{text}` is no day")),
    }
}

fn month_day(text: &str) -> Result<(i8, i8), String> {
    let wrong = || format!("`{text}` is no day of the year");
    let (month, day) = text.split_once('-').ok_or_else(wrong)?;
    Ok((month.parse().map_err(|_| wrong())?, day.parse().map_err(|_| wrong())?))
}
