//! A calendar resolved year by year when it is asked for, with running totals over years.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use jiff::civil::Date;

use super::quick::Quick;
use super::source::Source;
use super::table::{Table, Total};
use crate::instant::SECOND;
use crate::{Instant, Interval, Intervals, Zone};

/// The first year with opening hours; before it nothing is open.
pub(crate) const FIRST_YEAR: i16 = 1;
/// The last year with opening hours; after it nothing is open.
pub(crate) const LAST_YEAR: i16 = 9998;
/// Years of a span: few enough to be resolved at once, many enough that all of them are few.
const SPAN_YEARS: usize = 64;
/// Microseconds in a civil day without a change of clock.
const DAY: i64 = 86_400 * SECOND;

/// What opens when, resolved as far as anybody asked.
pub(crate) struct Schedule {
    pub(crate) source: Source,
    pub(crate) zone: Zone,
    /// The years that are resolved as one, with a table of blocks; empty for none.
    pub(crate) quick_years: RangeInclusive<i16>,
    quick: OnceLock<Option<Quick>>,
    /// Years from `FIRST_YEAR` on, by spans; what nobody asks for takes no memory.
    spans: Box<[OnceLock<Box<Span>>]>,
}

/// Some years in a row.
struct Span {
    tables: Vec<OnceLock<Box<Table>>>,
    /// At n: what the first n years come to. Kept without the tables, so that a far sentinel such as the year
    /// 9999 does not fill the memory.
    sums: OnceLock<Vec<Total>>,
}

/// A point of the working time line: a year, and an amount of it (microseconds or days).
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) year: i16,
    pub(crate) amount: i64,
}

impl Schedule {
    pub(crate) fn new(source: Source, zone: Zone, years: RangeInclusive<i16>) -> Schedule {
        let quick_years = (*years.start()).max(FIRST_YEAR)..=(*years.end()).min(LAST_YEAR);
        let spans = (0..=span_of(LAST_YEAR)).map(|_| OnceLock::new()).collect();
        Schedule { source, zone, quick_years, quick: OnceLock::new(), spans }
    }

    /// The table of the years named ahead, built when first asked for.
    #[inline]
    pub(crate) fn quick(&self) -> Option<&Quick> {
        match self.quick.get() {
            Some(quick) => quick.as_ref(),
            None => self.build_quick(),
        }
    }

    #[cold]
    fn build_quick(&self) -> Option<&Quick> {
        let build = || {
            let (first, last) = (*self.quick_years.start(), *self.quick_years.end());
            if first > last {
                return None;
            }
            let open: Intervals =
                (first..=last).flat_map(|year| self.source.openings(&self.zone, year)).collect();
            let (first_day, last_day) = (Date::new(first, 1, 1).ok()?, Date::new(last, 12, 31).ok()?);
            Some(Quick::new(Table::new(&self.zone, first_day, last_day, &open), first, last))
        };
        self.quick.get_or_init(build).as_ref()
    }

    /// The openings inside a window, cut at its ends.
    pub(crate) fn open(&self, window: Interval) -> Intervals {
        if window.start >= window.end {
            return Intervals::new();
        }
        if let Some(quick) = self.quick().filter(|quick| quick.holds(window)) {
            return quick.table().open(window).collect();
        }
        let (first, last) = (self.year_of(window.start), self.year_of(window.end));
        (first..=last).filter_map(|year| self.table(year)).flat_map(|table| table.open(window)).collect()
    }

    /// The year that an instant lies in and the working time of it before the instant.
    pub(crate) fn position(&self, instant: Instant) -> Position {
        let year = self.year_of(instant);
        let amount = self.table(year).map_or(0, |table| table.worked_before(instant));
        Position { year, amount }
    }

    /// The year whose window holds the instant, or the nearest one in range.
    fn year_of(&self, instant: Instant) -> i16 {
        let year = utc_year(instant).clamp(FIRST_YEAR, LAST_YEAR);
        let Some(window) = self.table(year).map(|table| table.window) else { return year };
        if instant < window.start {
            year.saturating_sub(1).max(FIRST_YEAR)
        } else if instant >= window.end {
            year.saturating_add(1).min(LAST_YEAR)
        } else {
            year
        }
    }

    fn span(&self, number: usize) -> Option<&Span> {
        let slot = self.spans.get(number)?;
        let empty = || {
            let tables = (0..SPAN_YEARS).map(|_| OnceLock::new()).collect();
            Box::new(Span { tables, sums: OnceLock::new() })
        };
        Some(slot.get_or_init(empty))
    }

    /// The table of a year, resolved now if nobody asked before; `None` out of range.
    pub(crate) fn table(&self, year: i16) -> Option<&Table> {
        if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
            return None;
        }
        let slot = self.span(span_of(year))?.tables.get(offset_of(year))?;
        Some(slot.get_or_init(|| Box::new(self.resolve(year))))
    }

    fn resolve(&self, year: i16) -> Table {
        let first_day = Date::new(year, 1, 1).unwrap_or(Date::ZERO);
        Table::new(&self.zone, first_day, first_day.last_of_year(), &self.source.openings(&self.zone, year))
    }

    /// At n: what the first n years of a span come to.
    fn sums(&self, number: usize) -> &[Total] {
        let Some(span) = self.span(number) else { return &[] };
        span.sums.get_or_init(|| {
            let mut sum = Total::default();
            let mut sums = vec![sum];
            for (slot, year) in span.tables.iter().zip(first_year(number)..=LAST_YEAR) {
                let total = slot.get().map_or_else(|| self.resolve(year).total(), |table| table.total());
                sum.micros = sum.micros.saturating_add(total.micros);
                sum.days = sum.days.saturating_add(total.days);
                sums.push(sum);
            }
            sums
        })
    }

    /// What the years from one up to, but without, another come to.
    pub(crate) fn between(&self, year: i16, end: i16, of: fn(&Total) -> i64) -> i64 {
        let mut total: i64 = 0;
        for number in span_of(year)..=span_of(end) {
            let sums = self.sums(number);
            let from = if number == span_of(year) { offset_of(year) } else { 0 };
            let to = if number == span_of(end) { offset_of(end) } else { SPAN_YEARS };
            let at = |n: usize| sums.get(n).or(sums.last()).map_or(0, of);
            total = total.saturating_add(at(to)).saturating_sub(at(from));
        }
        total
    }

    /// The year in which an amount above zero, counted from the start of `year`, is reached, and how much of it
    /// is of that year; `None` if it never is.
    pub(crate) fn reached(&self, year: i16, needed: i64, of: fn(&Total) -> i64) -> Option<Position> {
        let (mut needed, mut from) = (needed, offset_of(year));
        for number in span_of(year)..=span_of(LAST_YEAR) {
            let sums = self.sums(number);
            let target = sums.get(from).map_or(0, of).saturating_add(needed);
            let whole = sums.last().map_or(0, of);
            if target <= whole {
                let years = sums.partition_point(|sum| of(sum) < target).checked_sub(1)?;
                let amount = target.saturating_sub(sums.get(years).map_or(0, of));
                return Some(Position { year: year_at(number, years)?, amount });
            }
            (needed, from) = (target.saturating_sub(whole), 0);
        }
        None
    }

    /// The year in which an amount above zero, counted back from the end of `year`, is reached, and how much of that year
    /// lies before that point; `None` if it never is.
    pub(crate) fn reached_back(&self, year: i16, needed: i64, of: fn(&Total) -> i64) -> Option<Position> {
        let (mut needed, mut through) = (needed, offset_of(year).saturating_add(1));
        for number in (0..=span_of(year)).rev() {
            let sums = self.sums(number);
            let whole = sums.get(through).or(sums.last()).map_or(0, of);
            if needed <= whole {
                let target = whole.saturating_sub(needed);
                let years = sums.partition_point(|sum| of(sum) <= target).checked_sub(1)?;
                let amount = target.saturating_sub(sums.get(years).map_or(0, of));
                return Some(Position { year: year_at(number, years)?, amount });
            }
            (needed, through) = (needed.saturating_sub(whole), SPAN_YEARS);
        }
        None
    }
}

/// Source and zone; not what was resolved so far.
impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schedule").field("source", &self.source).field("zone", &self.zone.name()).finish()
    }
}

/// Years after `FIRST_YEAR`, none for a year before it.
fn years_after_first(year: i16) -> usize {
    usize::try_from(year.clamp(FIRST_YEAR, LAST_YEAR).saturating_sub(FIRST_YEAR)).unwrap_or(0)
}

fn span_of(year: i16) -> usize {
    years_after_first(year).div_euclid(SPAN_YEARS)
}

fn offset_of(year: i16) -> usize {
    years_after_first(year).rem_euclid(SPAN_YEARS)
}

fn year_at(span: usize, offset: usize) -> Option<i16> {
    let after = i16::try_from(span.checked_mul(SPAN_YEARS)?.checked_add(offset)?).ok()?;
    after.checked_add(FIRST_YEAR)
}

fn first_year(span: usize) -> i16 {
    year_at(span, 0).unwrap_or(LAST_YEAR)
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

    #[test]
    fn every_year_has_one_place_in_the_spans() {
        for year in FIRST_YEAR..=LAST_YEAR {
            assert_eq!(year_at(span_of(year), offset_of(year)), Some(year));
        }
    }
}
