//! The rules of a calendar applied to a year or a day.

use jiff::ToSpan;
use jiff::civil::{Date, Time};

use super::{Closed, Closure, Opening, SpecialDay};
use crate::{HolidayRule, IcalEvent, Interval, Intervals, WeeklyHours, Zone};

/// Hours, holidays, closures and openings, in the order in which they were added.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Rules {
    pub(super) hours: Vec<WeeklyHours>,
    pub(super) special_days: Vec<SpecialDay>,
    pub(super) holidays: Vec<HolidayRule>,
    pub(super) closures: Vec<Closure>,
    pub(super) openings: Vec<Opening>,
    pub(super) opening_events: Vec<IcalEvent>,
    pub(super) closing_events: Vec<IcalEvent>,
}

impl Rules {
    /// The openings of a civil year, whose instants are `window`, in the order that `CalendarBuilder` names.
    pub(super) fn openings(&self, zone: &Zone, year: i16, window: Interval) -> Intervals {
        let first_day = Date::new(year, 1, 1).unwrap_or(Date::ZERO);
        let last_day = first_day.last_of_year();
        let holidays: Vec<Date> = self.holidays.iter().filter_map(|rule| rule.date_in(year)).collect();
        let special: Vec<(Date, &SpecialDay)> =
            self.special_days.iter().filter_map(|day| Some((day.day.date_in(year)?, day))).collect();
        let in_year = |first: Date, last: Date| first <= last_day && first_day <= last;
        let closures: Vec<&Closure> =
            self.closures.iter().filter(|closure| in_year(closure.first, closure.last)).collect();
        let closed = |day: Date| {
            holidays.contains(&day)
                || closures.iter().any(|closure| closure.first <= day && day <= closure.last)
        };

        let mut open = Vec::new();
        for day in first_day.series(1.day()).take_while(|day| *day <= last_day) {
            let mut segments = self.hours_on(day).map_or(&[][..], |hours| hours.segments(day.weekday()));
            if segments.is_empty() || closed(day) {
                continue;
            }
            if let Some((_, other)) = special.iter().rev().find(|(date, _)| *date == day) {
                segments = other.hours.segments();
            }
            open.extend(segments.iter().map(|segment| resolve(zone, day, *segment)));
        }
        let mut open: Intervals = open.into_iter().collect();
        if !self.opening_events.is_empty() {
            let days = first_day.series(1.day()).take_while(|day| *day <= last_day);
            let rest: Intervals = days.filter(|day| closed(*day)).map(|day| whole_day(zone, day)).collect();
            open = open.union(&covered(&self.opening_events, zone, window).difference(&rest));
        }
        if !self.closing_events.is_empty() {
            open = open.difference(&covered(&self.closing_events, zone, window));
        }
        let extra: Vec<Interval> = self
            .openings
            .iter()
            .filter(|opening| in_year(opening.first, opening.last))
            .flat_map(|opening| {
                let (first, last) = (opening.first.max(first_day), opening.last.min(last_day));
                let days = first.series(1.day()).take_while(move |day| *day <= last);
                days.flat_map(|day| opening.hours.segments().iter().map(move |segment| (day, *segment)))
            })
            .map(|(day, segment)| resolve(zone, day, segment))
            .collect();
        if !extra.is_empty() {
            open = open.union(&extra.into_iter().collect());
        }
        open.clip(window)
    }

    /// Why nothing opens on a day on which nothing does: closure, holiday, weekly rest, in this order.
    pub(super) fn closed(&self, zone: &Zone, day: Date) -> Closed<'_> {
        let within = |closure: &&Closure| closure.first <= day && day <= closure.last;
        if let Some(closure) = self.closures.iter().find(within) {
            return Closed::Closure { act: &closure.act };
        }
        let whole = whole_day(zone, day);
        let covers = |event: &&IcalEvent| {
            event.is_all_day() && event.occurrences(zone, whole).iter().any(|one| one.covers(whole))
        };
        if let Some(event) = self.closing_events.iter().find(covers) {
            return Closed::Closure { act: event.summary() };
        }
        if let Some(rule) = self.holidays.iter().find(|rule| rule.date_in(day.year()) == Some(day)) {
            return Closed::Holiday { name: &rule.name, source: &rule.source };
        }
        let touches = |event: &&IcalEvent| !event.occurrences(zone, whole).is_empty();
        let hours = self.hours_on(day);
        let has_hours = hours.is_some_and(|hours| !hours.segments(day.weekday()).is_empty());
        if has_hours || self.opening_events.iter().any(|event| touches(&event)) {
            return match self.closing_events.iter().find(touches) {
                Some(event) => Closed::Closure { act: event.summary() },
                None => Closed::NothingLeft,
            };
        }
        if hours.is_none() && self.opening_events.is_empty() { Closed::NoHours } else { Closed::WeeklyRest }
    }

    /// What changes the usual hours of a day that opens: the name, or else the act, of a special day; events that close a
    /// part of it; acts of openings.
    pub(super) fn decided(&self, zone: &Zone, day: Date) -> Vec<&str> {
        let whole = whole_day(zone, day);
        let on_day = |special: &&SpecialDay| special.day.date_in(day.year()) == Some(day);
        let has_hours = self.hours_on(day).is_some_and(|hours| !hours.segments(day.weekday()).is_empty());
        let special = self.special_days.iter().rev().find(on_day).filter(|_| has_hours);
        let name = special.map(|special| match special.day.name.as_str() {
            "" => special.day.source.as_str(),
            name => name,
        });
        let touches = |event: &&IcalEvent| !event.occurrences(zone, whole).is_empty();
        let events = self.closing_events.iter().filter(touches).map(IcalEvent::summary);
        let openings = self.openings.iter().filter(|opening| opening.first <= day && day <= opening.last);
        let acts = openings.map(|opening| opening.act.as_str());
        name.into_iter().chain(events).chain(acts).filter(|text| !text.is_empty()).collect()
    }

    /// Whether every time of the rules is one of the calendar's own zone.
    pub(super) fn has_one_zone(&self) -> bool {
        self.opening_events.iter().chain(&self.closing_events).all(IcalEvent::is_floating)
    }

    fn hours_on(&self, day: Date) -> Option<&WeeklyHours> {
        self.hours.iter().rev().find(|hours| hours.holds_on(day))
    }
}

/// The instants that events cover inside a window.
fn covered(events: &[IcalEvent], zone: &Zone, window: Interval) -> Intervals {
    events.iter().flat_map(|event| event.occurrences(zone, window)).collect()
}

fn whole_day(zone: &Zone, day: Date) -> Interval {
    Interval { start: zone.day_start(day), end: zone.day_end(day) }
}

/// The instants of a segment on a day; a closing time of 00:00 is the end of the day.
fn resolve(zone: &Zone, day: Date, (opens, closes): (Time, Time)) -> Interval {
    let end =
        if closes == Time::midnight() { zone.day_end(day) } else { zone.instant(day.to_datetime(closes)) };
    Interval { start: zone.instant(day.to_datetime(opens)), end }
}
