//! Local times of exports as instants, fast.

use std::cell::RefCell;

use impegno_calendar::Zone;
use jiff::civil::{Date, DateTime};
use rustc_hash::FxHashMap;

const MICROS: i64 = 1_000_000;

/// How a source writes times: `gg/mm/aaaa HH:MM:SS`, `aaaa-mm-gg`, `g/m/aaaa H:MM`, `iso` …
///
/// `aaaa`, `mm`, `gg` are year, month and day, `HH`, `MM`, `SS` hour, minute and second, each with all
/// its digits, `fff` thousandths of a second; `m`, `g`, `H` have one digit or two; `aa` is a year of two digits; `mese` is the name of the
/// month; `PP` is AM or PM; everything else stands for itself.
/// `unix`, `unix-ms` and `unix-us` are seconds (perhaps with decimals), milliseconds and microseconds since 1970 in UTC.
/// `iso` is ISO 8601: a date, perhaps with a time, perhaps with `Z` or an offset from UTC. A source may
/// have several forms: the first that fits a text counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimePattern {
    text: String,
    forms: Vec<Form>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    Iso,
    /// Since 1970 in UTC, in units of so many microseconds.
    Unix(i64),
    Parts(Vec<Part>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    /// The same with one digit or two.
    LooseMonth,
    LooseDay,
    LooseHour,
    /// Two digits: those up to 69 are of this century.
    ShortYear,
    /// AM or PM.
    HalfDay,
    /// Thousandths of a second.
    Thousandths,
    /// The name of the month, whole or its first three letters, Italian or English.
    MonthName,
    Literal(u8),
}

const MONTHS: [[&str; 2]; 12] = [
    ["gennaio", "january"],
    ["febbraio", "february"],
    ["marzo", "march"],
    ["aprile", "april"],
    ["maggio", "may"],
    ["giugno", "june"],
    ["luglio", "july"],
    ["agosto", "august"],
    ["settembre", "september"],
    ["ottobre", "october"],
    ["novembre", "november"],
    ["dicembre", "december"],
];

/// What a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fields {
    year: i16,
    month: i8,
    day: i8,
    /// The text names a day; without one the first of the month is meant.
    has_day: bool,
    /// Second of the day.
    seconds: i64,
    /// Millionths of a second.
    micros: i64,
    /// Seconds east of UTC, where the text says so; local time of the zone otherwise.
    offset: Option<i64>,
}

impl TimePattern {
    /// The pattern of its texts, in the order in which they are tried; `None` when there is none, or one
    /// lacks month or year. Without a day the first is meant.
    pub fn parse<'t>(texts: impl IntoIterator<Item = &'t str>) -> Option<TimePattern> {
        let texts: Vec<&str> = texts.into_iter().collect();
        let forms: Option<Vec<Form>> = texts.iter().map(|text| Form::parse(text)).collect();
        let forms = forms.filter(|forms| !forms.is_empty())?;
        Some(TimePattern { text: texts.join("` or `"), forms })
    }

    /// ISO 8601, as computers write it.
    pub(crate) fn iso() -> TimePattern {
        TimePattern { text: "iso".to_owned(), forms: vec![Form::Iso] }
    }

    fn fields(&self, text: &[u8]) -> Option<Fields> {
        self.forms.iter().find_map(|form| match form {
            Form::Iso => iso_fields(text),
            Form::Unix(unit) => unix_fields(text, *unit),
            Form::Parts(parts) => fields(parts, text),
        })
    }

    /// Whether a text fits the pattern and names a day that exists.
    pub fn fits(&self, text: &str) -> bool {
        let fields = self.fields(text.trim().as_bytes());
        fields.is_some_and(|fields| Date::new(fields.year, fields.month, fields.day).is_ok())
    }

    /// A civil time as the first form of the pattern writes it: for cells of spreadsheets that are times.
    pub fn write(&self, time: DateTime) -> String {
        if let Some(Form::Unix(unit)) = self.forms.first() {
            let utc = time.to_zoned(jiff::tz::TimeZone::UTC);
            return utc
                .map_or_else(|_| String::new(), |utc| (utc.timestamp().as_microsecond() / unit).to_string());
        }
        let Some(Form::Parts(parts)) = self.forms.first() else {
            let whole = time.time() == jiff::civil::Time::midnight();
            return if whole { time.date().to_string() } else { time.to_string() };
        };
        let twelve = parts.contains(&Part::HalfDay);
        let hour = match (twelve, time.hour()) {
            (true, 0) => 12,
            (true, hour) if hour > 12 => hour - 12,
            (_, hour) => hour,
        };
        let mut text = String::new();
        for part in parts {
            match part {
                Part::Year => text.push_str(&format!("{:04}", time.year())),
                Part::ShortYear => text.push_str(&format!("{:02}", time.year().rem_euclid(100))),
                Part::Month => text.push_str(&format!("{:02}", time.month())),
                Part::Day => text.push_str(&format!("{:02}", time.day())),
                Part::Hour => text.push_str(&format!("{hour:02}")),
                Part::Minute => text.push_str(&format!("{:02}", time.minute())),
                Part::Second => text.push_str(&format!("{:02}", time.second())),
                Part::LooseMonth => text.push_str(&time.month().to_string()),
                Part::LooseDay => text.push_str(&time.day().to_string()),
                Part::LooseHour => text.push_str(&hour.to_string()),
                Part::HalfDay => text.push_str(if time.hour() < 12 { "AM" } else { "PM" }),
                Part::Thousandths => text.push_str(&format!("{:03}", time.millisecond())),
                Part::MonthName => text.push_str(MONTHS[usize::from(time.month().unsigned_abs()) - 1][0]),
                Part::Literal(byte) => text.push(char::from(*byte)),
            }
        }
        text
    }
}

impl Form {
    fn parse(text: &str) -> Option<Form> {
        const WORDS: [(&str, Part); 13] = [
            ("aaaa", Part::Year),
            ("aa", Part::ShortYear),
            ("mese", Part::MonthName),
            ("fff", Part::Thousandths),
            ("mm", Part::Month),
            ("gg", Part::Day),
            ("HH", Part::Hour),
            ("MM", Part::Minute),
            ("SS", Part::Second),
            ("PP", Part::HalfDay),
            ("m", Part::LooseMonth),
            ("g", Part::LooseDay),
            ("H", Part::LooseHour),
        ];
        match text {
            "iso" => return Some(Form::Iso),
            "unix" => return Some(Form::Unix(MICROS)),
            "unix-ms" => return Some(Form::Unix(1_000)),
            "unix-us" => return Some(Form::Unix(1)),
            _ => {}
        }
        let mut parts = Vec::new();
        let mut rest = text;
        'next: while let Some(first) = rest.bytes().next() {
            for (word, part) in WORDS {
                if let Some(after) = rest.strip_prefix(word) {
                    parts.push(part);
                    rest = after;
                    continue 'next;
                }
            }
            parts.push(Part::Literal(first));
            rest = rest.get(1..)?;
        }
        let months = [Part::Month, Part::LooseMonth, Part::MonthName];
        let month = months.iter().any(|month| parts.contains(month));
        let year = parts.contains(&Part::Year) || parts.contains(&Part::ShortYear);
        (month && year).then_some(Form::Parts(parts))
    }
}

/// What a text says by the parts of a form; `None` when it does not fit.
fn fields(parts: &[Part], text: &[u8]) -> Option<Fields> {
    let mut fields =
        Fields { year: 0, month: 0, day: 1, has_day: false, seconds: 0, micros: 0, offset: None };
    let mut rest = text;
    let mut half: Option<bool> = None;
    let mut hour = 0;
    for part in parts {
        let two_digits = rest.get(1).is_some_and(u8::is_ascii_digit);
        let width = match part {
            Part::Year => 4,
            Part::ShortYear => 2,
            Part::Literal(_) => 1,
            Part::LooseMonth | Part::LooseDay | Part::LooseHour if !two_digits => 1,
            Part::LooseMonth | Part::LooseDay | Part::LooseHour | Part::HalfDay => 2,
            Part::Month | Part::Day | Part::Hour | Part::Minute | Part::Second => 2,
            Part::Thousandths => 3,
            Part::MonthName => rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count(),
        };
        let (head, tail) = rest.split_at_checked(width)?;
        rest = tail;
        if let Part::Literal(byte) = part {
            if head != [*byte] {
                return None;
            }
            continue;
        }
        if *part == Part::HalfDay {
            half = Some(match head {
                [b'A' | b'a', b'M' | b'm'] => false,
                [b'P' | b'p', b'M' | b'm'] => true,
                _ => return None,
            });
            continue;
        }
        if *part == Part::MonthName {
            fields.month = month_named(head)?;
            continue;
        }
        let number = digits(head)?;
        match part {
            Part::Thousandths => fields.micros = number * 1_000,
            Part::ShortYear => fields.year = number as i16 + if number < 70 { 2000 } else { 1900 },
            Part::Year => fields.year = number as i16,
            Part::Month | Part::LooseMonth => fields.month = number as i8,
            Part::Day | Part::LooseDay => {
                fields.day = number as i8;
                fields.has_day = true;
            }
            Part::Hour | Part::LooseHour if number < 24 => hour = number,
            Part::Minute if number < 60 => fields.seconds += number * 60,
            Part::Second if number < 60 => fields.seconds += number,
            _ => return None,
        }
    }
    let hour = match half {
        None => hour,
        Some(_) if hour == 0 || hour > 12 => return None,
        Some(afternoon) => hour % 12 + if afternoon { 12 } else { 0 },
    };
    fields.seconds += hour * 3600;
    rest.is_empty().then_some(fields)
}

fn month_named(word: &[u8]) -> Option<i8> {
    let named = |name: &str| {
        let short = name.as_bytes().get(..3).unwrap_or_default();
        word.eq_ignore_ascii_case(name.as_bytes()) || word.eq_ignore_ascii_case(short)
    };
    let month = MONTHS.iter().position(|names| names.iter().any(|name| named(name)))?;
    i8::try_from(month + 1).ok()
}

/// What a text in the form of ISO 8601 says: `2025-03-01`, `2025-03-01T10:00`, `2025-03-01 10:00:05.5+01:00` …
fn iso_fields(text: &[u8]) -> Option<Fields> {
    let (date, rest) = text.split_at_checked(10)?;
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = date else { return None };
    let mut fields = Fields {
        year: digits(&[y1, y2, y3, y4])? as i16,
        month: digits(&[m1, m2])? as i8,
        day: digits(&[d1, d2])? as i8,
        has_day: true,
        seconds: 0,
        micros: 0,
        offset: None,
    };
    let Some((b'T' | b't' | b' ', rest)) = rest.split_first() else {
        return rest.is_empty().then_some(fields);
    };
    let (clock, mut rest) = rest.split_at_checked(5)?;
    let &[h1, h2, b':', m1, m2] = clock else { return None };
    let (hour, minute) = (digits(&[h1, h2])?, digits(&[m1, m2])?);
    let mut second = 0;
    if let Some((b':', after)) = rest.split_first() {
        let (head, tail) = after.split_at_checked(2)?;
        second = digits(head)?;
        rest = tail;
        if let Some((b'.' | b',', after)) = rest.split_first() {
            let length = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let (decimals, tail) = after.split_at_checked(length).filter(|_| length > 0)?;
            let mut six = [b'0'; 6];
            six.iter_mut().zip(decimals).for_each(|(place, digit)| *place = *digit);
            fields.micros = digits(&six)?;
            rest = tail;
        }
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    fields.seconds = hour * 3600 + minute * 60 + second;
    fields.offset = match rest {
        [] => None,
        b"Z" | b"z" | b" UTC" => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, minutes @ ..] => {
            let minutes = match minutes {
                [] => 0,
                [b':', m1, m2] | [m1, m2] => digits(&[*m1, *m2])?,
                _ => return None,
            };
            let hours = digits(&[*h1, *h2])?;
            if hours > 18 || minutes > 59 {
                return None;
            }
            let offset = hours * 3600 + minutes * 60;
            Some(if *sign == b'-' { -offset } else { offset })
        }
        _ => return None,
    };
    Some(fields)
}

/// Days from 1 January 1970 to a date. Years are counted from March, so that a leap day is the last of its year.
fn days_since_1970(date: Date) -> i64 {
    let (year, month, day) = (i64::from(date.year()), i64::from(date.month()), i64::from(date.day()));
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leaps + (month * 153 + 2) / 5 + day - 719_469
}

/// The instant of a number of units since 1970 in UTC, in microseconds; what is finer is cut off. `None` where it is no number, or lies
/// beyond the year 9999.
fn unix_instant(text: &[u8], unit: i64) -> Option<i64> {
    let split = text.iter().position(|byte| matches!(byte, b'.' | b','));
    let (whole, decimals) = split.map_or((text, &b""[..]), |at| (&text[..at], &text[at + 1..]));
    if whole.is_empty() || whole.len() > 18 || (split.is_some() && decimals.is_empty()) {
        return None;
    }
    let mut instant = digits(whole)?.checked_mul(unit)?;
    let mut place = unit;
    for digit in decimals {
        place /= 10;
        instant += digits(&[*digit])? * place;
    }
    (instant < 253_402_300_800 * MICROS).then_some(instant)
}

/// What such a number says.
fn unix_fields(text: &[u8], unit: i64) -> Option<Fields> {
    let instant = unix_instant(text, unit)?;
    let time = jiff::Timestamp::from_microsecond(instant).ok()?.to_zoned(jiff::tz::TimeZone::UTC);
    let seconds = instant.div_euclid(MICROS).rem_euclid(86_400);
    Some(Fields {
        year: time.year(),
        month: time.month(),
        day: time.day(),
        has_day: true,
        seconds,
        micros: instant.rem_euclid(MICROS),
        offset: Some(0),
    })
}

/// The number that digits write; `None` when one is no digit.
fn digits(text: &[u8]) -> Option<i64> {
    let mut number: i64 = 0;
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + i64::from(digit);
    }
    Some(number)
}

impl std::fmt::Display for TimePattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// Turns local times of one zone into instants; remembers the days it has seen.
///
/// A time that does not exist (spring) moves forward by the gap; of a time that exists twice (autumn)
/// the earlier is meant: exports in local time cannot say which.
#[derive(Debug)]
pub(crate) struct CivilClock<'z> {
    zone: &'z Zone,
    days: RefCell<FxHashMap<(i16, i8, i8), Option<Day>>>,
}

#[derive(Debug, Clone, Copy)]
struct Day {
    date: Date,
    start: i64,
    /// Every hour has its usual length and offset, so plain addition is right.
    plain: bool,
}

impl<'z> CivilClock<'z> {
    pub(crate) fn new(zone: &'z Zone) -> Self {
        CivilClock { zone, days: RefCell::default() }
    }

    /// The instant of a local time, microseconds since 1970 in UTC; `None` when the text does not fit the
    /// pattern or names a day that does not exist.
    pub(crate) fn instant(&self, pattern: &TimePattern, text: &[u8]) -> Option<i64> {
        if let [Form::Unix(unit)] = pattern.forms.as_slice() {
            return unix_instant(text, *unit);
        }
        let Fields { year, month, day, seconds, micros, offset, .. } = pattern.fields(text)?;
        if let Some(offset) = offset {
            let date = Date::new(year, month, day).ok()?;
            return Some((days_since_1970(date) * 86_400 + seconds - offset) * MICROS + micros);
        }
        let mut days = self.days.borrow_mut();
        let day = (*days.entry((year, month, day)).or_insert_with(|| self.day(year, month, day)))?;
        if day.plain {
            return Some(day.start + seconds * MICROS + micros);
        }
        let time = day.date.at((seconds / 3600) as i8, (seconds / 60 % 60) as i8, (seconds % 60) as i8, 0);
        Some(self.zone.instant(time).0 + micros)
    }

    /// The start of the day after a local date, or of the month after, where the text has no day.
    pub(crate) fn next_day(&self, pattern: &TimePattern, text: &[u8]) -> Option<i64> {
        let fields = pattern.fields(text)?;
        let date = Date::new(fields.year, fields.month, fields.day).ok()?;
        let date = if fields.has_day { date } else { date.last_of_month() };
        let date = date.tomorrow().ok()?;
        Some(self.zone.day_start(date).0)
    }

    fn day(&self, year: i16, month: i8, day: i8) -> Option<Day> {
        let date = Date::new(year, month, day).ok()?;
        let start = self.zone.day_start(date).0;
        let end = self.zone.day_start(date.tomorrow().ok()?).0;
        Some(Day { date, start, plain: end - start == 86_400 * MICROS })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_the_calendar_counts_them() {
        for days in (-700_000..2_900_000).step_by(97).chain(-800..800) {
            let epoch = Date::constant(1970, 1, 1);
            let date = epoch + jiff::Span::new().days(days);
            assert_eq!(days_since_1970(date), days, "{date}");
        }
    }

    #[test]
    fn instants_as_numbers() {
        assert_eq!(instant(&["unix"], "1735689600").as_deref(), Some("2025-01-01T00:00:00Z"));
        assert_eq!(instant(&["unix"], "1735689600.25").as_deref(), Some("2025-01-01T00:00:00.25Z"));
        assert_eq!(instant(&["unix-ms"], "1735689600125").as_deref(), Some("2025-01-01T00:00:00.125Z"));
        assert_eq!(instant(&["unix-us"], "1735689600000001").as_deref(), Some("2025-01-01T00:00:00.000001Z"));
        // The same by the way of several forms.
        assert_eq!(
            instant(&["iso", "unix-ms"], "1735689600125").as_deref(),
            Some("2025-01-01T00:00:00.125Z")
        );
        for wrong in ["", "-1", "1.", "12a", "99999999999999999999", ".5"] {
            assert_eq!(instant(&["unix"], wrong), None, "{wrong}");
        }
    }

    fn instant(forms: &[&str], text: &str) -> Option<String> {
        let zone = Zone::named("Europe/Rome").expect("the zone");
        let pattern = TimePattern::parse(forms.iter().copied()).expect("a pattern");
        let micros = CivilClock::new(&zone).instant(&pattern, text.as_bytes());
        micros.map(|micros| impegno_calendar::Instant(micros).to_string())
    }

    #[test]
    fn iso_times_are_local_unless_they_say_their_offset() {
        let iso = |text| instant(&["iso"], text);
        assert_eq!(iso("2025-03-01").as_deref(), Some("2025-02-28T23:00:00Z"));
        assert_eq!(iso("2025-03-01T10:00").as_deref(), Some("2025-03-01T09:00:00Z"));
        assert_eq!(iso("2025-03-01 10:00:05").as_deref(), Some("2025-03-01T09:00:05Z"));
        assert_eq!(iso("2025-07-01T10:00:05Z").as_deref(), Some("2025-07-01T10:00:05Z"));
        assert_eq!(iso("2025-07-01T10:00:05.250+02:00").as_deref(), Some("2025-07-01T08:00:05.25Z"));
        assert_eq!(iso("2025-07-01T10:00-0330").as_deref(), Some("2025-07-01T13:30:00Z"));
        for wrong in
            ["2025-13-01", "2025-02-30", "2025-02-01T24:00", "2025-02-01T10", "2025-02-01x", "1/2/2025"]
        {
            assert_eq!(iso(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn single_letters_take_one_digit_or_two_and_halves_of_the_day_are_told() {
        let loose = |text| instant(&["g/m/aaaa H:MM"], text);
        assert_eq!(loose("1/2/2025 9:05"), loose("01/02/2025 09:05"));
        assert_eq!(loose("1/2/2025 9:05").as_deref(), Some("2025-02-01T08:05:00Z"));
        let american = |text| instant(&["m/g/aaaa H:MM PP"], text);
        assert_eq!(american("2/1/2025 12:05 AM").as_deref(), Some("2025-01-31T23:05:00Z"));
        assert_eq!(american("2/1/2025 12:05 pm").as_deref(), Some("2025-02-01T11:05:00Z"));
        assert_eq!(american("2/1/2025 13:05 PM"), None);
        let jira = |text| instant(&["g/mese/aa H:MM PP"], text);
        assert_eq!(jira("1/Feb/25 9:05 AM"), loose("1/2/2025 9:05"));
        assert_eq!(jira("01/ago/98 9:05 AM"), loose("1/8/1998 9:05"));
        assert_eq!(jira("1/Fab/25 9:05 AM"), None);
    }

    #[test]
    fn months_by_name_and_thousandths() {
        let march = instant(&["aaaa-mm-gg"], "2021-03-01");
        for name in ["Marzo 2021", "MARZO 2021", "mar 2021", "March 2021"] {
            assert_eq!(instant(&["mese aaaa"], name), march, "{name}");
        }
        assert_eq!(instant(&["mese aaaa"], "Marzio 2021"), None);
        let fine = instant(&["aaaa/mm/gg HH:MM:SS.fff"], "2016/02/29 06:38:00.250");
        assert_eq!(fine.as_deref(), Some("2016-02-29T05:38:00.25Z"));
    }

    #[test]
    fn the_first_form_that_fits_counts() {
        let two = |text| instant(&["gg/mm/aaaa HH:MM", "gg/mm/aaaa"], text);
        assert_eq!(two("01/02/2025").as_deref(), Some("2025-01-31T23:00:00Z"));
        assert_eq!(two("01/02/2025 10:00").as_deref(), Some("2025-02-01T09:00:00Z"));
        assert!(TimePattern::parse(["gg/mm"]).is_none());
        assert!(TimePattern::parse([]).is_none());
    }

    #[test]
    fn what_a_form_writes_it_reads() {
        let time = Date::constant(2025, 2, 1).at(14, 5, 9, 0);
        for form in ["iso", "gg/mm/aaaa HH:MM:SS", "m/g/aaaa H:MM:SS PP", "g mese aaaa HH:MM:SS.fff"] {
            let pattern = TimePattern::parse([form]).expect("a pattern");
            assert_eq!(
                instant(&[form], &pattern.write(time)).as_deref(),
                Some("2025-02-01T13:05:09Z"),
                "{form}"
            );
        }
    }
}
