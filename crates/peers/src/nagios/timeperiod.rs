//! Time periods of Nagios Core: weekdays, dates, exclusions; whether an instant is inside, and the next that is.
//!
//! Ranges are by the clock of the zone, and their end second is inside. Of the days that a definition names, a
//! calendar date goes before a date of a month, that before a day of any month, that before the n-th weekday of a
//! month, that before the n-th weekday of any month, and that before a weekday.

use jiff::Span;
use jiff::civil::{Date, Weekday};

use impegno_calendar::{Instant, Zone};

use crate::nagios::timeperiod::days::Days;

pub(crate) mod days;

/// How many days a next valid instant is looked for: ten years.
const HORIZON: i64 = 3_653;

/// Nagios goes on one minute after the end of an exclusion, not one second.
const AFTER_EXCLUSION: i64 = 60;

/// Some time periods, which may exclude each other.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Definitions(Vec<Definition>);

/// One time period.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    name: String,
    /// What each directive says, with the ranges of the day in seconds after midnight.
    directives: Vec<(Days, Vec<(i64, i64)>)>,
    exclude: Vec<String>,
}

/// A directive that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidDirective {
    /// The directive as it was given.
    pub text: String,
}

impl std::fmt::Display for InvalidDirective {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is not a directive such as `monday 08:00-18:00` or `day -1 00:00-24:00`", self.text)
    }
}

impl std::error::Error for InvalidDirective {}

impl Definitions {
    /// None yet.
    pub fn new() -> Definitions {
        Definitions::default()
    }

    /// Adds a time period from its directives, such as `monday 08:00-12:00,13:00-17:00`, `2026-06-24 00:00-24:00`,
    /// `april 1 - august 16 00:00-24:00`, `tuesday -1 - monday 1 16:30-24:00`, `2026-01-01 / 7 08:00-09:00`.
    ///
    /// A range `00:00-00:00` is empty: the day is closed.
    ///
    /// # Errors
    ///
    /// [`InvalidDirective`] for the first that cannot be read; nothing is added then.
    pub fn add(&mut self, name: &str, directives: &[&str], exclude: &[&str]) -> Result<(), InvalidDirective> {
        let directives = directives
            .iter()
            .map(|text| directive(text).ok_or_else(|| InvalidDirective { text: (*text).to_owned() }))
            .collect::<Result<Vec<_>, _>>()?;
        let exclude = exclude.iter().map(|name| (*name).to_owned()).collect();
        self.0.push(Definition { name: name.to_owned(), directives, exclude });
        Ok(())
    }

    /// The time period of a name.
    pub fn get(&self, name: &str) -> Option<&Definition> {
        self.0.iter().find(|one| one.name == name)
    }

    /// Whether an instant (in seconds) lies in a time period and in none that it excludes; the end second of a
    /// range does. An unknown name has no time.
    pub fn contains(&self, name: &str, at: i64, zone: &Zone) -> bool {
        self.covering(name, at, zone, &mut Vec::new()).is_some()
    }

    /// The first instant (in seconds) from `at` on that lies in a time period; `None` if there is none in ten
    /// years.
    pub fn next_valid(&self, name: &str, at: i64, zone: &Zone) -> Option<i64> {
        let definition = self.get(name)?;
        let first_day = zone.date(Instant::from_second(at));
        for number in 0..HORIZON {
            let day = first_day.checked_add(Span::new().days(number)).ok()?;
            for (open, close) in instants(day, &definition.ranges(day), zone) {
                let mut candidate = open.max(at);
                while candidate <= close {
                    let excluded = definition
                        .exclude
                        .iter()
                        .filter_map(|other| self.covering(other, candidate, zone, &mut vec![name]))
                        .max();
                    match excluded {
                        None => return Some(candidate),
                        Some(end) => candidate = end + AFTER_EXCLUSION,
                    }
                }
            }
        }
        None
    }

    /// The end of the range of a time period in which an instant lies. The range of a period that itself excludes
    /// others is known to go on for the instant alone.
    fn covering<'d>(&'d self, name: &'d str, at: i64, zone: &Zone, above: &mut Vec<&'d str>) -> Option<i64> {
        if above.contains(&name) {
            return None;
        }
        let definition = self.get(name)?;
        let day = zone.date(Instant::from_second(at));
        let ranges = instants(day, &definition.ranges(day), zone);
        let close = ranges
            .iter()
            .filter(|(open, close)| (*open..=*close).contains(&at))
            .map(|(_, close)| *close)
            .max()?;
        above.push(name);
        let excluded = definition.exclude.iter().any(|other| self.covering(other, at, zone, above).is_some());
        above.pop();
        match (excluded, definition.exclude.is_empty()) {
            (true, _) => None,
            (false, true) => Some(close),
            (false, false) => Some(at),
        }
    }

    /// The ranges of a weekday, whatever dates and exclusions say, in seconds after midnight.
    pub(super) fn weekday_ranges(&self, name: &str, weekday: Weekday) -> Vec<(i64, i64)> {
        self.get(name).map_or_else(Vec::new, |definition| definition.of_weekday(weekday))
    }

    /// The ranges of a day without what is excluded, in seconds after midnight, half-open.
    pub(super) fn open_ranges(&self, name: &str, day: Date) -> Vec<(i64, i64)> {
        self.open_below(name, day, &mut Vec::new())
    }

    fn open_below<'d>(&'d self, name: &'d str, day: Date, above: &mut Vec<&'d str>) -> Vec<(i64, i64)> {
        let Some(definition) = self.get(name).filter(|_| !above.contains(&name)) else { return Vec::new() };
        let mut open = definition.ranges(day);
        above.push(name);
        for other in &definition.exclude {
            for (from, until) in self.open_below(other, day, above) {
                let cut = |(start, end): (i64, i64)| [(start, end.min(from)), (start.max(until), end)];
                open = open.into_iter().flat_map(cut).filter(|(start, end)| start < end).collect();
            }
        }
        above.pop();
        open
    }
}

impl Definition {
    /// The ranges of a day: of the strongest directive that names it.
    fn ranges(&self, day: Date) -> Vec<(i64, i64)> {
        let named = self
            .directives
            .iter()
            .filter(|(days, _)| !matches!(days, Days::Weekly(_)) && days.name(day))
            .min_by_key(|(days, _)| days.rank());
        named.map_or_else(|| self.of_weekday(day.weekday()), |(_, ranges)| ranges.clone())
    }

    fn of_weekday(&self, weekday: Weekday) -> Vec<(i64, i64)> {
        let weekly = self.directives.iter().filter(|(days, _)| *days == Days::Weekly(weekday));
        weekly.flat_map(|(_, ranges)| ranges.iter().copied()).collect()
    }
}

/// Ranges of a day as instants, by their start.
fn instants(day: Date, ranges: &[(i64, i64)], zone: &Zone) -> Vec<(i64, i64)> {
    let mut found: Vec<(i64, i64)> = ranges
        .iter()
        .filter(|(open, close)| open < close)
        .map(|(open, close)| (days::instant(day, *open, zone), days::instant(day, *close, zone)))
        .collect();
    found.sort_unstable();
    found
}

/// `DAYS HH:MM-HH:MM,HH:MM-HH:MM`.
fn directive(text: &str) -> Option<(Days, Vec<(i64, i64)>)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let times = words.iter().position(|word| word.contains(':'))?;
    let (days, times) = words.split_at_checked(times)?;
    let ranges = times.concat().split(',').map(range).collect::<Option<Vec<_>>>()?;
    Some((days::read(days)?, ranges))
}

fn range(text: &str) -> Option<(i64, i64)> {
    let (open, close) = text.split_once('-')?;
    let (open, close) = (days::time(open)?, days::time(close)?);
    (open <= close && close <= 86_400).then_some((open, close))
}
