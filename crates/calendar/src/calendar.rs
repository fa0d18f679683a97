//! The calendar of a centre: when it is open, how long it works, when a term is over.

mod builder;
mod day;
mod quick;
mod rules;
mod schedule;
mod source;
mod table;
mod working_days;

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

use jiff::civil::Date;

use crate::{Instant, Interval, Intervals, Micros, Zone};

pub use builder::{CalendarBuilder, Closed, Closure, DayHours, Opening, Operation, SpecialDay};
pub use day::CalendarDay;
use quick::Quick;
use rules::Rules;
use schedule::{FIRST_YEAR, LAST_YEAR, Schedule};
use source::Source;
use table::Total;

const MICROS: fn(&Total) -> i64 = |total| total.micros;

/// When a centre is open, resolved from civil time by its zone.
///
/// Made by [`CalendarBuilder`], from other calendars by [`Calendar::combined`], or by [`Calendar::always`] for services
/// that never close. Cheap to clone; can be shared between threads.
///
/// Range: the civil years 1 to 9998. The years named to [`CalendarBuilder::build`] answer in constant time, once they are
/// resolved; any other is resolved the first time that it is asked for and then kept, so answers there
/// are just as right. Totals are kept over spans of 64 years, so that no question walks through decades. Beyond year 9998
/// and before year 1 nothing is open (a calendar that never closes is open there too).
///
/// Working time is *elapsed* time: an opening from 0:00 to 24:00 lasts 23 hours on the day on which
/// the clocks go forward and 25 on that on which they go back. A segment that starts or ends at a time which the clocks
/// skip or show twice follows the policy of [`Zone::instant`].
#[derive(Clone)]
pub struct Calendar(Arc<Inner>);

struct Inner {
    code: String,
    zone: Zone,
    /// `None`: never closes.
    schedule: Option<Schedule>,
}

impl Calendar {
    /// The calendar that never closes, with the code `24x7`: working time is elapsed time, and every
    /// civil day is a working day.
    pub fn always(zone: Zone) -> Calendar {
        Calendar(Arc::new(Inner { code: "24x7".to_owned(), zone, schedule: None }))
    }

    fn from_rules(code: String, zone: Zone, rules: Rules, years: RangeInclusive<i16>) -> Calendar {
        Calendar::new(code, zone, Source::Rules(Box::new(rules)), years)
    }

    /// Other calendars put together as sets of instants; of none, nothing is open.
    ///
    /// The zone is that of its own civil days, on which a day works if it has any opening; the parts may have other
    /// zones. `years` are those answered in constant time, as with [`CalendarBuilder::build`].
    ///
    /// ```
    /// use impegno_calendar::{Calendar, CalendarBuilder, Micros, Operation, WeeklyHours, Zone};
    /// use jiff::civil::date;
    /// let rome = Zone::named("Europe/Rome").unwrap();
    /// let hours = WeeklyHours::new().every(&WeeklyHours::MONDAY_TO_FRIDAY, "8:00-18:00").unwrap();
    /// let office = CalendarBuilder::new("office", rome.clone()).hours(hours).build(2026..=2026);
    /// let parts = vec![Calendar::always(rome.clone()), office];
    /// let on_call = Calendar::combined("on-call", rome.clone(), Operation::Difference, parts, 2026..=2026);
    /// let day = date(2026, 3, 2);
    /// let (start, end) = (rome.day_start(day), rome.day_end(day));
    /// assert_eq!(on_call.working(start, end), Micros::from_hours(14));
    /// ```
    pub fn combined(
        code: impl Into<String>,
        zone: Zone,
        operation: Operation,
        parts: Vec<Calendar>,
        years: RangeInclusive<i16>,
    ) -> Calendar {
        Calendar::new(code.into(), zone, Source::Combined(operation, parts), years)
    }

    fn new(code: String, zone: Zone, source: Source, years: RangeInclusive<i16>) -> Calendar {
        let schedule = Schedule::new(source, zone.clone(), years);
        Calendar(Arc::new(Inner { code, zone, schedule: Some(schedule) }))
    }

    /// The code by which commitments name the calendar.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The zone of its civil times.
    pub fn zone(&self) -> &Zone {
        &self.0.zone
    }

    /// The same civil times on the clocks of another zone.
    ///
    /// In [`Zone::utc`], whose clocks never change, its instants are civil times: what a clock on the wall shows. Parts of a
    /// combination, and events, that have a zone of their own are taken at the times that the clocks of this calendar show.
    pub fn in_zone(&self, zone: Zone) -> Calendar {
        let code = self.0.code.clone();
        let Some(schedule) = &self.0.schedule else {
            return Calendar(Arc::new(Inner { code, zone, schedule: None }));
        };
        let source = match &schedule.source {
            Source::Rules(rules) if rules.has_one_zone() => Source::Rules(rules.clone()),
            _ => Source::Shown(self.clone()),
        };
        Calendar::new(code, zone, source, schedule.quick_years.clone())
    }

    /// Whether it never closes, so that working time is elapsed time.
    pub fn is_always(&self) -> bool {
        self.0.schedule.is_none()
    }

    /// The opening intervals inside a window, cut at its ends.
    pub fn open(&self, window: Interval) -> Intervals {
        match &self.0.schedule {
            None => Intervals::from(window),
            Some(schedule) => schedule.open(window),
        }
    }

    /// The opening intervals of a civil day of the calendar's zone.
    pub fn open_on(&self, day: Date) -> Intervals {
        self.open(Interval { start: self.zone().day_start(day), end: self.zone().day_end(day) })
    }

    /// Whether it is open at an instant; at the very instant of closing it no longer is.
    pub fn is_open(&self, instant: Instant) -> bool {
        self.working(instant, instant.saturating_add(Micros(1))) > Micros::ZERO
    }

    /// Working time from one instant to another; zero if the second is not after the first.
    ///
    /// Never negative, never more than the elapsed time, and adds up: from a to b and from b to c
    /// give from a to c.
    #[inline]
    pub fn working(&self, from: Instant, to: Instant) -> Micros {
        if to <= from {
            return Micros::ZERO;
        }
        let Some(schedule) = &self.0.schedule else { return to - from };
        match schedule.quick().and_then(|quick| quick.blocks().working(from, to)) {
            Some(micros) => Micros(micros),
            None => schedule.working(from, to),
        }
    }

    /// [`working`](Calendar::working) of many pairs, into as many lengths: the same answers, with what can be looked up once
    /// looked up once. Where one of the slices is longer, what it has more is not touched.
    pub fn working_many(&self, pairs: &[(Instant, Instant)], lengths: &mut [Micros]) {
        let Some(blocks) = self.0.schedule.as_ref().and_then(Schedule::quick).map(Quick::blocks) else {
            for ((from, to), length) in pairs.iter().zip(lengths) {
                *length = self.working(*from, *to);
            }
            return;
        };
        for ((from, to), length) in pairs.iter().zip(lengths) {
            *length = match blocks.working(*from, *to) {
                Some(micros) if from < to => Micros(micros),
                _ => self.working_slowly(*from, *to),
            };
        }
    }

    /// The same as `working`, out of the way of the loop that looks into the blocks.
    #[cold]
    #[inline(never)]
    fn working_slowly(&self, from: Instant, to: Instant) -> Micros {
        self.working(from, to)
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
        match &self.0.schedule {
            None => from.checked_add(length),
            Some(schedule) => schedule.deadline(from, length.0),
        }
    }

    /// The latest instant, not after `to`, from which this much working time lies before `to`: when a work of that
    /// length must begin, or a notice be given.
    ///
    /// A length that fits a segment exactly starts at its opening, not at the closing before. A length of zero starts
    /// at `to` itself, also outside the hours.
    ///
    /// `None` if the length is negative, or if so much working time never was.
    pub fn start_before(&self, to: Instant, length: Micros) -> Option<Instant> {
        if length <= Micros::ZERO {
            return (length == Micros::ZERO).then_some(to);
        }
        match &self.0.schedule {
            None => to.0.checked_sub(length.0).map(Instant),
            Some(schedule) => schedule.start_before(to, length.0),
        }
    }

    /// Why it is closed on a whole day, `None` on working days.
    pub fn closed(&self, day: Date) -> Option<Closed<'_>> {
        let schedule = self.0.schedule.as_ref()?;
        if !(FIRST_YEAR..=LAST_YEAR).contains(&day.year()) {
            return Some(Closed::NoHours);
        }
        (!self.is_working_day(day)).then(|| schedule.source.closed(self.zone(), day))
    }

    /// Why it is closed on a whole day, in Italian as it is to be printed: the act of a closure, the
    /// name of a holiday, `riposo settimanale`; `None` on working days.
    pub fn why_closed(&self, day: Date) -> Option<String> {
        self.closed(day).map(|reason| reason.label(true))
    }
}

impl Schedule {
    /// Working time from one instant to a later one where the blocks cannot tell: by the openings of the table, or year by
    /// year.
    fn working(&self, from: Instant, to: Instant) -> Micros {
        if let Some(quick) = self.quick().filter(|quick| quick.holds(Interval { start: from, end: to })) {
            return Micros(quick.worked_before(to).saturating_sub(quick.worked_before(from)));
        }
        let (start, end) = (self.position(from), self.position(to));
        let years_between = self.between(start.year, end.year, MICROS);
        Micros(years_between.saturating_add(end.amount).saturating_sub(start.amount))
    }

    fn deadline(&self, from: Instant, length: i64) -> Option<Instant> {
        if let Some(quick) = self.quick().filter(|quick| quick.holds(Interval { start: from, end: from })) {
            let worked = quick.worked_before(from).saturating_add(length);
            if let Some(instant) = quick.table().earliest(worked) {
                return Some(instant);
            }
        }
        let start = self.position(from);
        let reached = self.reached(start.year, start.amount.saturating_add(length), MICROS)?;
        self.table(reached.year)?.earliest(reached.amount)
    }

    fn start_before(&self, to: Instant, length: i64) -> Option<Instant> {
        if let Some(quick) = self.quick().filter(|quick| quick.holds(Interval { start: to, end: to })) {
            let worked = quick.worked_before(to).saturating_sub(length);
            if worked >= 0 {
                return quick.table().latest(worked);
            }
        }
        let end = self.position(to);
        if length <= end.amount {
            return self.table(end.year)?.latest(end.amount.saturating_sub(length));
        }
        let year = end.year.checked_sub(1).filter(|year| *year >= FIRST_YEAR)?;
        let reached = self.reached_back(year, length.saturating_sub(end.amount), MICROS)?;
        self.table(reached.year)?.latest(reached.amount)
    }
}

/// Code, zone and rules; not what was resolved so far.
impl fmt::Debug for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Calendar")
            .field("code", &self.0.code)
            .field("zone", &self.0.zone.name())
            .field("source", &self.0.schedule.as_ref().map(|schedule| &schedule.source))
            .finish()
    }
}

/// Equal if code, zone and rules are.
impl PartialEq for Calendar {
    fn eq(&self, other: &Calendar) -> bool {
        let same_source = match (&self.0.schedule, &other.0.schedule) {
            (Some(one), Some(another)) => one.source == another.source,
            (None, None) => true,
            _ => false,
        };
        same_source && self.code() == other.code() && self.zone() == other.zone()
    }
}

impl Eq for Calendar {}
