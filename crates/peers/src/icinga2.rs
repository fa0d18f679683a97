//! Time periods of Icinga 2: which stretches their ranges are, also when the clocks change.
//!
//! Days are written as in Nagios; a range may end after midnight (`22:00-06:00`, `09:00-30:00`), and it is half-open.
//! Local times are read as before a change of the clocks: one that is jumped over is moved forward by the jump, of one
//! that comes twice the first is taken, so that a range can be empty.

use jiff::Span;
use jiff::civil::Date;

use impegno_calendar::{Instant, Interval, Intervals, Zone};

use crate::nagios::timeperiod::days::{self, Days};

pub use crate::nagios::timeperiod::InvalidDirective;

/// A time period: days with their ranges, and periods that are added or taken out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TimePeriod {
    ranges: Vec<(Days, Vec<(i64, i64)>)>,
    /// Periods whose time is added.
    pub includes: Vec<TimePeriod>,
    /// Periods whose time is taken out.
    pub excludes: Vec<TimePeriod>,
    /// Whether what is both added and taken out counts (`prefer_includes`); the default of Icinga 2 is yes.
    pub excludes_win: bool,
}

impl TimePeriod {
    /// A period without any time.
    pub fn new() -> TimePeriod {
        TimePeriod::default()
    }

    /// Adds days (`monday`, `day -1`, `2024-06-11`, `monday 3 may`, …) with their ranges (`09:00-17:00,22:00-06:00`).
    ///
    /// # Errors
    ///
    /// [`InvalidDirective`] for days or ranges that cannot be read, dates that do not exist included.
    pub fn range(mut self, days: &str, ranges: &str) -> Result<TimePeriod, InvalidDirective> {
        let invalid = || InvalidDirective { text: format!("{days} = {ranges}") };
        let words: Vec<&str> = days.split_whitespace().collect();
        let ranges = ranges.split(',').map(range).collect::<Option<Vec<_>>>().ok_or_else(invalid)?;
        self.ranges.push((days::read(&words).ok_or_else(invalid)?, ranges));
        Ok(self)
    }

    /// The stretches that begin on the days from `first` to `last`, without those that are empty.
    pub fn segments(&self, first: Date, last: Date, zone: &Zone) -> Intervals {
        let mut own: Vec<Interval> = Vec::new();
        let mut day = first;
        while day <= last {
            for (open, close) in self.of_day(day) {
                let at = |second| Instant::from_second(days::instant(day, second, zone));
                own.extend(Interval::new(at(open), at(close)));
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        // What is added or taken out may have begun the day before.
        let before = first.yesterday().unwrap_or(first);
        let all = |periods: &[TimePeriod]| {
            periods.iter().fold(Intervals::default(), |all, one| all.union(&one.segments(before, last, zone)))
        };
        let own: Intervals = own.into_iter().collect();
        let (added, out) = (all(&self.includes), all(&self.excludes));
        if self.excludes_win {
            own.union(&added).difference(&out)
        } else {
            own.difference(&out).union(&added)
        }
    }

    /// The ranges of a day: of the strongest days that name it.
    fn of_day(&self, day: Date) -> Vec<(i64, i64)> {
        let named = self.ranges.iter().filter(|(days, _)| days.name(day));
        let Some(rank) = named.clone().map(|(days, _)| days.rank()).min() else { return Vec::new() };
        named.filter(|(days, _)| days.rank() == rank).flat_map(|(_, ranges)| ranges.iter().copied()).collect()
    }

    /// The stretch that runs at an instant, of those that begin that day or the day before.
    pub fn running(&self, at: Instant, zone: &Zone) -> Option<Interval> {
        let day = zone.date(at);
        let before = day.yesterday().unwrap_or(day);
        self.segments(before, day, zone).iter().find(|one| one.contains(at))
    }

    /// The first stretch that begins after an instant, within a year.
    pub fn next(&self, at: Instant, zone: &Zone) -> Option<Interval> {
        let day = zone.date(at);
        let last = day.checked_add(Span::new().days(366)).ok()?;
        self.segments(day, last, zone).iter().find(|one| one.start > at)
    }
}

/// `HH:MM-HH:MM` in seconds after midnight; an end before the start is one of the next day.
fn range(text: &str) -> Option<(i64, i64)> {
    let (open, close) = text.split_once('-')?;
    let (open, close) = (days::time(open)?, days::time(close)?);
    Some((open, if close < open { close + 86_400 } else { close }))
}

/// The day that a specification such as `day -3` names in the month of a date; `None` if it cannot be read or does not
/// exist.
pub fn day_in_month(specification: &str, month: Date) -> Option<Date> {
    let words: Vec<&str> = specification.split_whitespace().collect();
    match days::read(&words)? {
        Days::Range { from, .. } => from.near(month),
        Days::Weekly(_) => None,
    }
}

/// Whether an instant lies in `[begin, end)` on a day that is a multiple of `stride` days after the first.
pub fn in_range(begin: Instant, end: Instant, stride: i32, at: Instant, zone: &Zone) -> bool {
    let since = (zone.date(at) - zone.date(begin)).get_days();
    begin <= at && at < end && stride > 0 && since % stride == 0
}
