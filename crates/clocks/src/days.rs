//! Terms in days and months.
//!
//! Source of the native rules: Codice civile, art. 2963 (the first day does not count, the last one is whole; a
//! term in months ends on the same day of a later month, or on its last day) and Codice di procedura civile,
//! art. 155 (a term that ends on a day of rest moves on).

use impegno_calendar::{Instant, Intervals, Micros};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

use crate::clock::Direction;
use crate::face::next_day;
use crate::{Clock, ClosedStart, DayCount, DayWalk, Landing, MonthUnit, PauseKept, Until};

/// More days than any term has.
const FARTHEST_DAYS: i32 = 400_000;
/// The days of a month in programs that count it in working days.
const WORKING_DAYS_OF_A_MONTH: i32 = 30;
/// What a step of [`DayWalk::Steps`] takes.
const STEP: Micros = Micros::from_hours(24);

/// Days that do not count because the case waited: from the day of a pause's start to the day before its end.
///
/// A pause leaves out so many days as a term from its start to its end would count; so of a pause within one day
/// no day is left out, and a pause cut in two at any instant leaves out the same days. The day of its start is
/// left out and not that of its end, so that no term ends on a day in whose course its clock was stopped.
struct Waited(Vec<(Date, Date)>);

impl Waited {
    fn has(&self, day: Date) -> bool {
        self.0.iter().any(|(from, until)| *from <= day && day < *until)
    }
}

impl Clock {
    /// The last day of a term of so many working days from a day; negative ones run backwards.
    ///
    /// `None` if the profile has no terms in days, or the day never comes.
    pub fn day_after(&self, from: Date, days: i32) -> Option<Date> {
        let direction = if days < 0 { Direction::Backward } else { Direction::Forward };
        let start = self.first_working_day(from, direction)?;
        let end =
            self.count_days(start.at(0, 0, 0, 0), days, DayCount::Working, direction, &Waited(Vec::new()))?;
        self.working_day(end.date(), direction)
    }

    /// When a term in days is over.
    pub(crate) fn days_over(
        &self,
        from: Instant,
        days: i32,
        count: DayCount,
        until: Until,
        direction: Direction,
        breaks: &Intervals,
    ) -> Option<Instant> {
        if self.profile.days.landing == Landing::None {
            return None;
        }
        let direction = if days < 0 { direction.turned() } else { direction };
        let waited = self.waited(breaks);
        let start = match count {
            DayCount::Working => self.term_start(from, direction)?,
            DayCount::Calendar => self.calendar.zone().civil(from),
        };
        let end = self.count_days(start, days, count, direction, &waited)?;
        let end = match (count, until, self.profile.days.landing) {
            // A term in working days of none at all may still stand on a day of rest.
            (DayCount::Working, _, _) | (_, Until::Closing, _) | (_, _, Landing::EndOfDay) => {
                self.working_day(end.date(), direction)?.to_datetime(end.time())
            }
            (DayCount::Calendar, Until::Profile, _) => end,
        };
        self.land(end, until, direction)
    }

    /// When a term in months is over.
    pub(crate) fn months_over(
        &self,
        from: Instant,
        months: i32,
        until: Until,
        direction: Direction,
        breaks: &Intervals,
    ) -> Option<Instant> {
        match self.profile.month {
            MonthUnit::None => None,
            MonthUnit::ThirtyWorkingDays => {
                let days = months.checked_mul(WORKING_DAYS_OF_A_MONTH)?;
                self.days_over(from, days, DayCount::Working, until, direction, breaks)
            }
            MonthUnit::Calendar => {
                let direction = if months < 0 { direction.turned() } else { direction };
                let signed = i32::try_from(months.unsigned_abs()).ok().filter(|months| *months < 100_000)?;
                let signed = if direction == Direction::Forward { signed } else { -signed };
                let start = self.calendar.zone().civil(from);
                let bare = start.date().checked_add(signed.months()).ok()?;
                let end = self.moved_by_waiting(start.date(), bare, &self.waited(breaks), direction)?;
                let end = self.working_day(end, direction)?.to_datetime(start.time());
                self.land(end, until, direction)
            }
        }
    }

    /// The end of a term moved on by the days that did not count in it.
    fn moved_by_waiting(&self, from: Date, end: Date, waited: &Waited, direction: Direction) -> Option<Date> {
        if waited.0.is_empty() || direction == Direction::Backward {
            return Some(end);
        }
        let mut end = end;
        let mut day = from;
        while day < end {
            day = day.tomorrow().ok()?;
            if waited.has(day) {
                end = end.tomorrow().ok()?;
            }
        }
        Some(end)
    }

    /// The days on which the case waited; none for profiles that keep only the sum of the pauses.
    fn waited(&self, breaks: &Intervals) -> Waited {
        if self.profile.pause_kept == PauseKept::Sum {
            return Waited(Vec::new());
        }
        let zone = self.calendar.zone();
        Waited(breaks.iter().map(|pause| (zone.date(pause.start), zone.date(pause.end))).collect())
    }

    /// Where a term in working days starts.
    fn term_start(&self, from: Instant, direction: Direction) -> Option<DateTime> {
        let start = self.calendar.zone().civil(from);
        let day = self.first_working_day(start.date(), direction)?;
        let moved = day != start.date();
        let start = match self.profile.days.closed_start {
            ClosedStart::FirstOpening if moved => {
                self.opening(day).unwrap_or_else(|| day.to_datetime(start.time()))
            }
            ClosedStart::Counts | ClosedStart::SameTime | ClosedStart::FirstOpening => {
                day.to_datetime(start.time())
            }
        };
        match self.profile.days.late_start {
            Some(late) if direction == Direction::Forward && start.time() >= late.from => {
                let next = self.working_day(start.date().tomorrow().ok()?, direction)?;
                Some(next.to_datetime(late.starts))
            }
            _ => Some(start),
        }
    }

    /// The day that counts as the start.
    fn first_working_day(&self, day: Date, direction: Direction) -> Option<Date> {
        match self.profile.days.closed_start {
            ClosedStart::Counts => Some(day),
            ClosedStart::SameTime | ClosedStart::FirstOpening => self.working_day(day, direction),
        }
    }

    /// Counts days from a civil time, at whose time of day the walk stays.
    fn count_days(
        &self,
        start: DateTime,
        days: i32,
        count: DayCount,
        direction: Direction,
        waited: &Waited,
    ) -> Option<DateTime> {
        let days = i32::try_from(days.unsigned_abs()).ok()?;
        let straight = self.profile.day_walk == DayWalk::CivilDays && waited.0.is_empty();
        if straight && direction == Direction::Forward {
            let last = match count {
                DayCount::Working if days == 0 => start.date(),
                DayCount::Working => self.calendar.working_day_deadline(start.date(), days),
                DayCount::Calendar if days < FARTHEST_DAYS => start.date().checked_add(days.days()).ok()?,
                DayCount::Calendar => return None,
            };
            return (last < Date::MAX).then(|| last.to_datetime(start.time()));
        }
        let (mut at, mut left) = (start, days);
        for _ in 0..FARTHEST_DAYS {
            if left == 0 {
                return Some(at);
            }
            at = self.step(at, direction);
            let counts = match count {
                DayCount::Working => self.calendar.is_working_day(at.date()),
                DayCount::Calendar => true,
            };
            if counts && !waited.has(at.date()) {
                left -= 1;
            }
        }
        None
    }

    fn step(&self, at: DateTime, direction: Direction) -> DateTime {
        let zone = self.calendar.zone();
        match (self.profile.day_walk, direction) {
            (DayWalk::CivilDays, direction) => next_day(at, direction),
            (DayWalk::Steps, Direction::Forward) => zone.civil(zone.instant(at) + STEP),
            (DayWalk::Steps, Direction::Backward) => zone.civil(zone.instant(at) - STEP),
        }
    }

    /// The day itself if it is a working day, else the next one; backwards the one before.
    fn working_day(&self, day: Date, direction: Direction) -> Option<Date> {
        match direction {
            Direction::Forward => {
                Some(self.calendar.working_day_deadline(day, 0)).filter(|last| *last < Date::MAX)
            }
            Direction::Backward => {
                let mut day = day;
                for _ in 0..FARTHEST_DAYS {
                    if self.calendar.is_working_day(day) {
                        return Some(day);
                    }
                    day = day.yesterday().ok()?;
                }
                None
            }
        }
    }

    /// When on the last day the term ends.
    fn land(&self, end: DateTime, until: Until, direction: Direction) -> Option<Instant> {
        let zone = self.calendar.zone();
        let at = zone.instant(end);
        let closing = self.closing(end.date());
        if until == Until::Closing {
            return Some(closing.unwrap_or_else(|| zone.day_end(end.date())));
        }
        match self.profile.days.landing {
            Landing::EndOfDay => Some(zone.day_end(end.date()) - Micros(1)),
            Landing::SameTime => Some(at),
            Landing::SameTimeUntilClosing => Some(closing.map_or(at, |closing| at.min(closing))),
            Landing::Active => self.active_moment(at, direction, &Intervals::new()),
            Landing::Rolled => self.rolled(at, direction),
            Landing::None => None,
        }
    }

    /// The instant if it is in working time, both ends inside; else the next opening, backwards that of the day
    /// of the closing before.
    fn rolled(&self, at: Instant, direction: Direction) -> Option<Instant> {
        let touches = self.calendar.working(at - Micros(1), at + Micros(1)) > Micros::ZERO;
        if touches {
            return Some(at);
        }
        let moment = self.active_moment(at, direction, &Intervals::new())?;
        match direction {
            Direction::Forward => Some(moment),
            Direction::Backward => {
                // A closing at midnight is that of the day before.
                let day = self.calendar.zone().date(moment - Micros(1));
                self.opening(day).map(|opening| self.calendar.zone().instant(opening))
            }
        }
    }

    /// The first opening of a day, as civil time.
    fn opening(&self, day: Date) -> Option<DateTime> {
        let first = self.calendar.open(self.whole(day)).iter().next()?;
        Some(self.calendar.zone().civil(first.start))
    }

    /// The last closing of a day.
    fn closing(&self, day: Date) -> Option<Instant> {
        self.calendar.open(self.whole(day)).as_slice().last().map(|last| last.end)
    }

    fn whole(&self, day: Date) -> impegno_calendar::Interval {
        let zone = self.calendar.zone();
        impegno_calendar::Interval { start: zone.day_start(day), end: zone.day_end(day) }
    }
}
