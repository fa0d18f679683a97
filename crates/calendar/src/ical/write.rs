//! Writing a calendar as an iCalendar file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use jiff::ToSpan;
use jiff::civil::{Date, Time, Weekday};

use crate::{Calendar, ClockChange, Closed, Instant, Interval, Micros, Zone};

/// Weeks in a row without an opening that end a series; fewer are taken out of it singly.
const MOST_MISSED: usize = 3;
/// Octets of a line (RFC 5545, section 3.1).
const LINE: usize = 75;

/// The openings of a calendar from one day to another, both inside, as an iCalendar file (RFC 5545).
///
/// Hours are weekly events, each with the last day on which it holds; closures and holidays are events of whole days. Both say
/// what they are (`X-IMPEGNO-KIND`), so that [`Ical::read`](crate::Ical::read) gives the same openings back. `stamp` stands as the time of
/// writing: the same calendar, days and stamp give the same bytes. A length is written as elapsed time, so that the days on which
/// the clocks change are right in every program.
pub fn write_ical(calendar: &Calendar, first: Date, last: Date, stamp: Instant, italian: bool) -> String {
    let zone = calendar.zone();
    let window = Interval { start: zone.day_start(first), end: zone.day_end(last) };
    let mut file = Writer { text: String::new(), code: name_of(calendar.code()), stamp: utc(stamp) };
    file.line("BEGIN:VCALENDAR");
    file.line("VERSION:2.0");
    file.line(if italian { "PRODID:-//Impegno//Calendari//IT" } else { "PRODID:-//Impegno//Calendars//EN" });
    file.line("CALSCALE:GREGORIAN");
    file.line(&format!("X-WR-CALNAME:{}", escaped(calendar.code())));
    file.line(&format!("X-WR-TIMEZONE:{}", zone.name()));
    if *zone != Zone::utc() {
        file.zone(zone, window);
    }
    let days = Days::gather(calendar, first, last);
    let open = format!("{}: {}", calendar.code(), if italian { "aperto" } else { "open" });
    for ((time, seconds), dates) in &days.pieces {
        for series in days.series(dates, first, last) {
            file.series(zone, &open, *time, *seconds, &series);
        }
    }
    for piece in &days.odd {
        let uid = format!("odd-{}", utc(piece.start));
        file.begin(&uid, &open);
        file.line(&format!("DTSTART:{}", utc(piece.start)));
        file.line(&format!("DURATION:{}", duration(piece.length().seconds())));
        file.end("HOURS");
    }
    for (reason, from, to) in days.closures(italian) {
        file.begin(&format!("closed-{}", compact(from)), &reason);
        file.line(&format!("DTSTART;VALUE=DATE:{}", compact(from)));
        file.line(&format!("DTEND;VALUE=DATE:{}", compact(to.saturating_add(1.day()))));
        file.line("TRANSP:TRANSPARENT");
        file.end("CLOSED");
    }
    file.line("END:VCALENDAR");
    file.text
}

/// The days of the file, resolved.
struct Days<'c> {
    /// For each time of the clock and length in seconds, the days on which the calendar opens so.
    pieces: BTreeMap<(Time, i64), BTreeSet<Date>>,
    /// Openings that start at a time which the clocks show twice, the second time.
    odd: Vec<Interval>,
    /// Days closed by a closure or a holiday: a series may go over them, because the closure is written too.
    closed: Vec<(Date, Closed<'c>)>,
}

/// A weekly event.
struct Series {
    weekdays: BTreeSet<i8>,
    first: Date,
    last: Date,
    /// Neither before this day nor after that one: there the weekdays of the series do not open so.
    bounds: (Date, Date),
    missed: BTreeSet<Date>,
}

impl<'c> Days<'c> {
    fn gather(calendar: &'c Calendar, first: Date, last: Date) -> Days<'c> {
        let zone = calendar.zone();
        let mut days = Days { pieces: BTreeMap::new(), odd: Vec::new(), closed: Vec::new() };
        for day in first.series(1.day()).take_while(|day| *day <= last) {
            let open = calendar.open_on(day);
            for piece in &open {
                let civil = zone.civil(piece.start);
                if civil.date() == day && zone.instant(civil) == piece.start {
                    let key = (civil.time(), piece.length().seconds());
                    days.pieces.entry(key).or_default().insert(day);
                } else {
                    days.odd.push(piece);
                }
            }
            if let Some(reason @ (Closed::Closure { .. } | Closed::Holiday { .. })) = calendar.closed(day) {
                days.closed.push((day, reason));
            }
        }
        days
    }

    fn is_closed(&self, day: Date) -> bool {
        self.closed.binary_search_by_key(&day, |(closed, _)| *closed).is_ok()
    }

    /// The days of one time of the clock as few series.
    fn series(&self, dates: &BTreeSet<Date>, first: Date, last: Date) -> Vec<Series> {
        let mut runs: Vec<Series> = Vec::new();
        for weekday in 0..7_i8 {
            let ahead = (weekday - first.weekday().to_monday_zero_offset()).rem_euclid(7);
            let on = first.saturating_add(i32::from(ahead).days()).series(7.days());
            let on = on.take_while(|day| *day <= last);
            let (mut run, mut lower, mut misses) = (None::<Series>, first, Vec::new());
            for day in on {
                if dates.contains(&day) {
                    match &mut run {
                        Some(run) => {
                            run.missed.extend(misses.drain(..));
                            run.last = day;
                        }
                        None => {
                            let weekdays = BTreeSet::from([weekday]);
                            let bounds = (lower, last);
                            run = Some(Series {
                                weekdays,
                                first: day,
                                last: day,
                                bounds,
                                missed: BTreeSet::new(),
                            });
                        }
                    }
                } else if !self.is_closed(day) {
                    lower = day.saturating_add(1.day());
                    misses.push(day);
                    if run.is_none() || misses.len() >= MOST_MISSED {
                        runs.extend(run.take().map(|run| until(run, &misses)));
                        misses.clear();
                    }
                }
            }
            runs.extend(run.take().map(|run| until(run, &misses)));
        }
        runs.sort_by_key(|run| run.first);
        let mut series: Vec<Series> = Vec::new();
        for run in runs {
            match series.iter_mut().find(|one| one.takes(&run)) {
                Some(one) => one.join(run),
                None => series.push(run),
            }
        }
        series
    }

    /// Closed days in a row for the same reason: reason, first day, last day.
    fn closures(&self, italian: bool) -> Vec<(String, Date, Date)> {
        let mut rows: Vec<(String, Date, Date)> = Vec::new();
        for (day, reason) in &self.closed {
            let label = reason.label(italian);
            match rows.last_mut() {
                Some((before, _, to)) if *before == label && to.tomorrow().is_ok_and(|next| next == *day) => {
                    *to = *day
                }
                _ => rows.push((label, *day, *day)),
            }
        }
        rows
    }
}

/// The run, which may not go on to the first of the days missed after it.
fn until(mut run: Series, misses: &[Date]) -> Series {
    if let Some(miss) = misses.first() {
        run.bounds.1 = miss.saturating_sub(1.day());
    }
    run
}

impl Series {
    /// Whether both can be one event: each may go on over the days of the other.
    fn takes(&self, other: &Series) -> bool {
        let (first, last) = (self.first.min(other.first), self.last.max(other.last));
        let lower = self.bounds.0.max(other.bounds.0);
        let upper = self.bounds.1.min(other.bounds.1);
        self.weekdays.is_disjoint(&other.weekdays) && lower <= first && last <= upper
    }

    fn join(&mut self, other: Series) {
        self.weekdays.extend(other.weekdays);
        self.missed.extend(other.missed);
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.bounds = (self.bounds.0.max(other.bounds.0), self.bounds.1.min(other.bounds.1));
    }
}

struct Writer {
    text: String,
    code: String,
    stamp: String,
}

impl Writer {
    /// A content line, folded between characters, each piece of at most 75 octets.
    fn line(&mut self, line: &str) {
        let mut length = 0;
        for sign in line.chars() {
            if length + sign.len_utf8() > LINE {
                self.text.push_str("\r\n ");
                length = 1;
            }
            self.text.push(sign);
            length += sign.len_utf8();
        }
        self.text.push_str("\r\n");
    }

    fn begin(&mut self, uid: &str, summary: &str) {
        self.line("BEGIN:VEVENT");
        self.line(&format!("UID:{uid}-{}@impegno", self.code));
        self.line(&format!("DTSTAMP:{}", self.stamp));
        self.line(&format!("SUMMARY:{}", escaped(summary)));
    }

    fn end(&mut self, kind: &str) {
        self.line(&format!("X-IMPEGNO-KIND:{kind}"));
        self.line("END:VEVENT");
    }

    fn series(&mut self, zone: &Zone, summary: &str, time: Time, seconds: i64, series: &Series) {
        let weekdays: Vec<&str> = series.weekdays.iter().map(|day| weekday(*day)).collect();
        let clock = format!("{:02}{:02}{:02}", time.hour(), time.minute(), time.second());
        let uid = format!("{}-{clock}-{seconds}-{}", compact(series.first), weekdays.concat());
        self.begin(&uid, summary);
        let (zoned, z) = match *zone == Zone::utc() {
            true => (String::new(), "Z"),
            false => (format!(";TZID={}", zone.name()), ""),
        };
        self.line(&format!("DTSTART{zoned}:{}T{clock}{z}", compact(series.first)));
        self.line(&format!("DURATION:{}", duration(seconds)));
        if series.first < series.last {
            let until = utc(zone.instant(series.last.to_datetime(time)));
            self.line(&format!("RRULE:FREQ=WEEKLY;UNTIL={until};BYDAY={}", weekdays.join(",")));
        }
        if !series.missed.is_empty() {
            let times: Vec<String> =
                series.missed.iter().map(|day| format!("{}T{clock}{z}", compact(*day))).collect();
            self.line(&format!("EXDATE{zoned}:{}", times.join(",")));
        }
        self.end("HOURS");
    }

    /// The clock changes that the events may meet, each as an observance of its own.
    fn zone(&mut self, zone: &Zone, window: Interval) {
        self.line("BEGIN:VTIMEZONE");
        self.line(&format!("TZID:{}", zone.name()));
        // What holds before the first change is told as a change that moves nothing.
        let before = zone.offset_at(window.start);
        let start = ClockChange { at: window.start, before, after: before };
        for change in [start].into_iter().chain(zone.changes(window)) {
            let kind = if change.forward() > Micros::ZERO { "DAYLIGHT" } else { "STANDARD" };
            let local = Zone::utc().civil(change.at.saturating_add(change.before));
            self.line(&format!("BEGIN:{kind}"));
            let (day, time) = (compact(local.date()), local.time());
            self.line(&format!("DTSTART:{day}T{:02}{:02}{:02}", time.hour(), time.minute(), time.second()));
            self.line(&format!("TZOFFSETFROM:{}", offset(change.before)));
            self.line(&format!("TZOFFSETTO:{}", offset(change.after)));
            self.line(&format!("END:{kind}"));
        }
        self.line("END:VTIMEZONE");
    }
}

fn weekday(monday_offset: i8) -> &'static str {
    match Weekday::from_monday_zero_offset(monday_offset) {
        Ok(Weekday::Tuesday) => "TU",
        Ok(Weekday::Wednesday) => "WE",
        Ok(Weekday::Thursday) => "TH",
        Ok(Weekday::Friday) => "FR",
        Ok(Weekday::Saturday) => "SA",
        Ok(Weekday::Sunday) => "SU",
        Ok(Weekday::Monday) | Err(_) => "MO",
    }
}

fn compact(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

fn utc(instant: Instant) -> String {
    let civil = Zone::utc().civil(instant);
    let time = civil.time();
    format!("{}T{:02}{:02}{:02}Z", compact(civil.date()), time.hour(), time.minute(), time.second())
}

/// `PT8H30M`; hours may pass 24, because a day of the calendar need not have 24 hours.
fn duration(seconds: i64) -> String {
    let (hours, minutes, rest) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let mut text = "PT".to_owned();
    for (count, unit) in [(hours, 'H'), (minutes, 'M'), (rest, 'S')] {
        if count > 0 {
            // Writing to a text cannot fail.
            let _ = write!(text, "{count}{unit}");
        }
    }
    text
}

/// `+0100`, with seconds where an old local time has them.
fn offset(micros: Micros) -> String {
    let seconds = micros.seconds();
    let (sign, size) = (if seconds < 0 { '-' } else { '+' }, seconds.abs());
    let text = format!("{sign}{:02}{:02}", size / 3_600, size / 60 % 60);
    if size % 60 == 0 { text } else { format!("{text}{:02}", size % 60) }
}

/// Text with its special signs escaped (section 3.3.11).
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '\\' | ';' | ',' => written.extend(['\\', sign]),
            '\n' => written.push_str("\\n"),
            sign if sign.is_control() => {}
            sign => written.push(sign),
        }
    }
    written
}

/// A code as a part of an identifier: letters and digits, everything else as a line.
fn name_of(code: &str) -> String {
    code.chars().map(|sign| if sign.is_alphanumeric() { sign } else { '-' }).collect()
}
