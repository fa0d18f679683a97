//! Local times of exports as instants, fast.

use std::cell::RefCell;

use impegno_calendar::Zone;
use jiff::civil::Date;
use rustc_hash::FxHashMap;

const MICROS: i64 = 1_000_000;

/// How a source writes times: `gg/mm/aaaa HH:MM:SS`, `aaaa-mm-gg`, `aaaammgg HH` …
///
/// `aaaa`, `mm`, `gg` are year, month and day, `HH`, `MM`, `SS` hour, minute and second, each with all
/// its digits; everything else stands for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimePattern {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Literal(u8),
}

impl TimePattern {
    /// The pattern of its text; `None` when month or year is missing. Without a day the first is meant.
    pub(crate) fn parse(text: &str) -> Option<TimePattern> {
        const WORDS: [(&str, Part); 6] = [
            ("aaaa", Part::Year),
            ("mm", Part::Month),
            ("gg", Part::Day),
            ("HH", Part::Hour),
            ("MM", Part::Minute),
            ("SS", Part::Second),
        ];
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
        let whole = [Part::Year, Part::Month].iter().all(|part| parts.contains(part));
        whole.then(|| TimePattern { text: text.to_owned(), parts })
    }

    /// Year, month, day and second of the day of a text; `None` when it does not fit.
    fn fields(&self, text: &[u8]) -> Option<(i16, i8, i8, i64)> {
        let (mut year, mut month, mut day, mut seconds) = (0, 0, 1, 0);
        let mut rest = text;
        for part in &self.parts {
            let width = match part {
                Part::Year => 4,
                Part::Literal(_) => 1,
                Part::Month | Part::Day | Part::Hour | Part::Minute | Part::Second => 2,
            };
            let (head, tail) = rest.split_at_checked(width)?;
            rest = tail;
            if let Part::Literal(byte) = part {
                if head != [*byte] {
                    return None;
                }
                continue;
            }
            let mut number: i64 = 0;
            for byte in head {
                let digit = byte.wrapping_sub(b'0');
                if digit > 9 {
                    return None;
                }
                number = number * 10 + i64::from(digit);
            }
            match part {
                Part::Year => year = number as i16,
                Part::Month => month = number as i8,
                Part::Day => day = number as i8,
                Part::Hour if number < 24 => seconds += number * 3600,
                Part::Minute if number < 60 => seconds += number * 60,
                Part::Second if number < 60 => seconds += number,
                Part::Hour | Part::Minute | Part::Second | Part::Literal(_) => return None,
            }
        }
        rest.is_empty().then_some((year, month, day, seconds))
    }
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
        let (year, month, day, seconds) = pattern.fields(text)?;
        let mut days = self.days.borrow_mut();
        let day = (*days.entry((year, month, day)).or_insert_with(|| self.day(year, month, day)))?;
        if day.plain {
            return Some(day.start + seconds * MICROS);
        }
        let time = day.date.at((seconds / 3600) as i8, (seconds / 60 % 60) as i8, (seconds % 60) as i8, 0);
        Some(self.zone.instant(time).0)
    }

    /// The start of the day after a local date, or of the month after, where the pattern has no day.
    pub(crate) fn next_day(&self, pattern: &TimePattern, text: &[u8]) -> Option<i64> {
        let (year, month, day, _) = pattern.fields(text)?;
        let date = Date::new(year, month, day).ok()?;
        let date = if pattern.parts.contains(&Part::Day) { date } else { date.last_of_month() };
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
