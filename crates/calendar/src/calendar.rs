//! The calendar of a centre: when it is open, how long it works, when a term is over.

mod builder;
mod working_days;

use std::fmt;
use std::sync::{Arc, OnceLock};

use jiff::civil::Date;

use crate::instant::SECOND;
use crate::year_table::{YearTable, YearTotal};
use crate::{Instant, Interval, Intervals, Micros, Zone};

pub(crate) use builder::Rules;
pub use builder::{CalendarBuilder, Closed, Closure};

/// The first year with opening hours; before it nothing is open.
const FIRST_YEAR: i16 = 1;
/// The last year with opening hours; after it nothing is open.
const LAST_YEAR: i16 = 9998;
/// Microseconds in a civil day without a change of clock.
const DAY: i64 = 86_400 * SECOND;

/// When a centre is open, resolved from civil time by its zone.
///
/// Made by [`CalendarBuilder`], or by [`Calendar::always`] for services that never close. Cheap to
/// clone; can be shared between threads.
///
/// Range: the civil years 1 to 9998. The years named to [`CalendarBuilder::build`] are resolved
/// ahead; any other is resolved the first time that it is asked for and then kept, so answers there
/// are just as right. Beyond year 9998 and before year 1 nothing is open (a calendar that never
/// closes is open there too).
///
/// Working time is *elapsed* time: an opening from 0:00 to 24:00 lasts 23 hours on the day on which
/// the clocks go forward. A segment that starts or ends at a time which the clocks skip or show
/// twice follows the policy of [`Zone::instant`].
#[derive(Clone)]
pub struct Calendar(Arc<Inner>);

struct Inner {
    code: String,
    zone: Zone,
    /// `None`: never closes.
    weekly: Option<Weekly>,
}

/// Rules, and what was resolved of them so far.
struct Weekly {
    rules: Rules,
    /// One for each year from `FIRST_YEAR` to `LAST_YEAR`.
    years: Box<[YearSlot]>,
}

#[derive(Default)]
struct YearSlot {
    table: OnceLock<Box<YearTable>>,
    /// Only for years that are passed over, so that a sentinel such as 9999 does not fill the memory.
    total: OnceLock<YearTotal>,
}

/// A point of the working time line: a year, and the working microseconds of it that are over.
#[derive(Copy, Clone)]
struct Position {
    year: i16,
    worked: i64,
}

impl Calendar {
    /// The calendar that never closes, with the code `24x7`: working time is elapsed time, and every
    /// civil day is a working day.
    pub fn always(zone: Zone) -> Calendar {
        Calendar(Arc::new(Inner { code: "24x7".to_owned(), zone, weekly: None }))
    }

    fn weekly(code: String, zone: Zone, rules: Rules) -> Calendar {
        let years = (FIRST_YEAR..=LAST_YEAR).map(|_| YearSlot::default()).collect();
        Calendar(Arc::new(Inner { code, zone, weekly: Some(Weekly { rules, years }) }))
    }

    /// The code by which commitments name the calendar.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The zone of its civil times.
    pub fn zone(&self) -> &Zone {
        &self.0.zone
    }

    /// The same rules on the clocks of another zone.
    ///
    /// In [`Zone::utc`], whose clocks never change, its instants are civil times: what a clock on the wall shows.
    pub fn in_zone(&self, zone: Zone) -> Calendar {
        match &self.0.weekly {
            None => Calendar(Arc::new(Inner { code: self.0.code.clone(), zone, weekly: None })),
            Some(weekly) => Calendar::weekly(self.0.code.clone(), zone, weekly.rules.clone()),
        }
    }

    /// Whether it never closes, so that working time is elapsed time.
    pub fn is_always(&self) -> bool {
        self.0.weekly.is_none()
    }

    /// The opening intervals inside a window, cut at its ends.
    pub fn open(&self, window: Interval) -> Intervals {
        let Some(weekly) = &self.0.weekly else { return Intervals::from(window) };
        if window.start >= window.end {
            return Intervals::new();
        }
        let (first, last) = (self.year_of(weekly, window.start), self.year_of(weekly, window.end));
        (first..=last)
            .filter_map(|year| self.table(weekly, year))
            .flat_map(YearTable::openings)
            .filter_map(|opening| opening.intersect(window))
            .collect()
    }

    /// Whether it is open at an instant; at the very instant of closing it no longer is.
    pub fn is_open(&self, instant: Instant) -> bool {
        self.working(instant, instant.saturating_add(Micros(1))) > Micros::ZERO
    }

    /// Working time from one instant to another; zero if the second is not after the first.
    ///
    /// Never negative, never more than the elapsed time, and adds up: from a to b and from b to c
    /// give from a to c.
    pub fn working(&self, from: Instant, to: Instant) -> Micros {
        if to <= from {
            return Micros::ZERO;
        }
        let Some(weekly) = &self.0.weekly else { return to - from };
        let (start, end) = (self.position(weekly, from), self.position(weekly, to));
        let years_between: i64 =
            (start.year..end.year).map(|year| self.year_total(weekly, year).micros).sum();
        Micros(years_between.saturating_add(end.worked).saturating_sub(start.worked))
    }

    /// The earliest instant, not before `from`, at which this much working time is over.
    ///
    /// A length that fits a segment exactly ends at its closing, not at the next opening. A length
    /// of zero is over at once, also outside the hours.
    ///
    /// `None` if the length is negative, or if so much working time never comes (no hours are in
    /// force any more, or the range of the calendar ends).
    pub fn deadline(&self, from: Instant, length: Micros) -> Option<Instant> {
        if length <= Micros::ZERO {
            return (length == Micros::ZERO).then_some(from);
        }
        let Some(weekly) = &self.0.weekly else { return from.checked_add(length) };
        let start = self.position(weekly, from);
        let mut needed = start.worked.saturating_add(length.0);
        for year in start.year..=LAST_YEAR {
            let total = self.year_total(weekly, year).micros;
            if needed <= total {
                return self.table(weekly, year)?.instant_after(needed);
            }
            needed = needed.saturating_sub(total);
        }
        None
    }

    fn position(&self, weekly: &Weekly, instant: Instant) -> Position {
        let year = self.year_of(weekly, instant);
        let worked = self.table(weekly, year).map_or(0, |table| table.worked_before(instant));
        Position { year, worked }
    }

    /// The year whose window holds the instant, or the nearest one in range.
    fn year_of(&self, weekly: &Weekly, instant: Instant) -> i16 {
        let year = utc_year(instant).clamp(FIRST_YEAR, LAST_YEAR);
        match self.table(weekly, year) {
            Some(table) if instant < table.window.start => year.saturating_sub(1).max(FIRST_YEAR),
            Some(table) if instant >= table.window.end => year.saturating_add(1).min(LAST_YEAR),
            _ => year,
        }
    }

    /// The table of a year, resolved now if nobody asked before; `None` out of range.
    fn table<'a>(&self, weekly: &'a Weekly, year: i16) -> Option<&'a YearTable> {
        let slot = weekly.slot(year)?;
        Some(slot.table.get_or_init(|| Box::new(YearTable::new(&weekly.rules, &self.0.zone, year))))
    }

    /// What a year comes to, without keeping a table that is not there yet.
    fn year_total(&self, weekly: &Weekly, year: i16) -> YearTotal {
        let Some(slot) = weekly.slot(year) else { return YearTotal { micros: 0, days: 0 } };
        match slot.table.get() {
            Some(table) => table.total(),
            None => *slot.total.get_or_init(|| YearTable::new(&weekly.rules, &self.0.zone, year).total()),
        }
    }

    /// Why it is closed on a whole day, `None` on working days.
    pub fn closed(&self, day: Date) -> Option<Closed<'_>> {
        self.0.weekly.as_ref().and_then(|weekly| weekly.rules.closed(day))
    }

    /// Why it is closed on a whole day, in Italian as it is to be printed: the act of a closure, the
    /// name of a holiday, `riposo settimanale`; `None` on working days.
    pub fn why_closed(&self, day: Date) -> Option<String> {
        self.closed(day).map(|reason| reason.label(true))
    }
}

impl Weekly {
    fn slot(&self, year: i16) -> Option<&YearSlot> {
        let index = usize::try_from(year.checked_sub(FIRST_YEAR)?).ok()?;
        self.years.get(index)
    }
}

/// The civil year in UTC, which is that of the zone or a neighbour of it.
///
/// Source: the usual reckoning in eras of 400 years of 146,097 days, years beginning in March.
fn utc_year(instant: Instant) -> i16 {
    // 719,468 days lie between 0000-03-01 and 1970-01-01.
    let days = instant.0.div_euclid(DAY).saturating_add(719_468);
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let leap_days =
        day_of_era.div_euclid(1_460) - day_of_era.div_euclid(36_524) + day_of_era.div_euclid(146_096);
    let year_of_era = (day_of_era - leap_days).div_euclid(365);
    let day_of_year =
        day_of_era - (365 * year_of_era + year_of_era.div_euclid(4) - year_of_era.div_euclid(100));
    // From the 306th day on it is January or February of the next civil year.
    let year = era * 400 + year_of_era + i64::from(day_of_year >= 306);
    i16::try_from(year).unwrap_or(if year < 0 { i16::MIN } else { i16::MAX })
}

/// Code, zone and rules; not what was resolved so far.
impl fmt::Debug for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Calendar")
            .field("code", &self.0.code)
            .field("zone", &self.0.zone.name())
            .field("rules", &self.0.weekly.as_ref().map(|weekly| &weekly.rules))
            .finish()
    }
}

/// Equal if code, zone and rules are.
impl PartialEq for Calendar {
    fn eq(&self, other: &Calendar) -> bool {
        let rules = |calendar: &Calendar| calendar.0.weekly.as_ref().map(|weekly| weekly.rules.clone());
        self.code() == other.code() && self.zone() == other.zone() && rules(self) == rules(other)
    }
}

impl Eq for Calendar {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_utc_year_changes_at_midnight_of_new_year() {
        for year in [1_i16, 4, 100, 400, 1582, 1900, 1969, 1970, 2000, 2023, 2024, 2100, 9998] {
            let start = Zone::utc().day_start(Date::new(year, 1, 1).unwrap());
            assert_eq!(utc_year(start), year);
            assert_eq!(utc_year(Instant(start.0 - 1)), year - 1);
        }
        assert_eq!(utc_year(Instant::MIN), i16::MIN);
        assert_eq!(utc_year(Instant::MAX), i16::MAX);
    }
}
