//! Where the openings of a calendar come from: rules, or other calendars.

use jiff::civil::Date;

use super::{Calendar, Closed, Operation, Rules};
use crate::{Interval, Intervals, Zone};

/// What a calendar is made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Source {
    /// Hours, holidays, closures.
    Rules(Box<Rules>),
    /// Other calendars as sets of instants.
    Combined(Operation, Vec<Calendar>),
    /// The times that the clocks of another calendar show when it opens and closes.
    Shown(Calendar),
}

impl Source {
    /// The openings of a civil year of the zone.
    pub(crate) fn openings(&self, zone: &Zone, year: i16) -> Intervals {
        let first_day = Date::new(year, 1, 1).unwrap_or(Date::ZERO);
        let start = zone.day_start(first_day);
        let window = Interval { start, end: zone.day_end(first_day.last_of_year()) };
        match self {
            Source::Rules(rules) => rules.openings(zone, year, window),
            Source::Shown(calendar) => {
                let own = calendar.zone();
                let (start, end) = (own.day_start(first_day), own.day_end(first_day.last_of_year()));
                let shown = |instant| zone.instant(own.civil(instant));
                let open = calendar.open(Interval { start, end });
                open.iter().map(|one| Interval { start: shown(one.start), end: shown(one.end) }).collect()
            }
            Source::Combined(operation, parts) => {
                let mut parts = parts.iter().map(|part| part.open(window));
                let Some(first) = parts.next() else { return Intervals::new() };
                parts.fold(first, |all, part| match operation {
                    Operation::Union => all.union(&part),
                    Operation::Intersection => all.intersect(&part),
                    Operation::Difference => all.difference(&part),
                })
            }
        }
    }

    /// Why nothing is open on a day of the zone on which nothing is.
    pub(crate) fn closed(&self, zone: &Zone, day: Date) -> Closed<'_> {
        match self {
            Source::Rules(rules) => rules.closed(zone, day),
            Source::Shown(calendar) => calendar.closed(day).unwrap_or(Closed::NothingLeft),
            // Of a difference only the first part can give a reason: the others take away.
            Source::Combined(Operation::Difference, parts) => {
                parts.first().and_then(|part| part.closed(day)).unwrap_or(Closed::NothingLeft)
            }
            Source::Combined(_, parts) => {
                parts.iter().find_map(|part| part.closed(day)).unwrap_or(Closed::NothingLeft)
            }
        }
    }
}
