//! What a calendar is made from: hours, holidays, closures.

use std::ops::RangeInclusive;

use jiff::civil::{Date, Time};

use super::{Calendar, FIRST_YEAR, LAST_YEAR};
use crate::{HolidayRule, WeeklyHours, Zone};

/// Whole days on which a centre is closed by decision, both ends inside.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Closure {
    /// The first day closed.
    pub first: Date,
    /// The last day closed.
    pub last: Date,
    /// The act that orders it, as it is to be printed.
    pub act: String,
}

/// Why a day is not a working day.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Closed<'a> {
    /// An extraordinary closure.
    Closure {
        /// The act that orders it.
        act: &'a str,
    },
    /// A holiday.
    Holiday {
        /// What people call it.
        name: &'a str,
        /// The law it comes from.
        source: &'a str,
    },
    /// The hours in force have no segment on this weekday.
    WeeklyRest,
    /// No hours are in force.
    NoHours,
}

impl Closed<'_> {
    /// The reason in words, in Italian or in English; acts and names stay as they were written.
    pub fn label(&self, italian: bool) -> String {
        let words = match self {
            Closed::Closure { act } => act,
            Closed::Holiday { name, .. } => name,
            Closed::WeeklyRest if italian => "riposo settimanale",
            Closed::WeeklyRest => "weekly day of rest",
            Closed::NoHours if italian => "nessun orario in vigore",
            Closed::NoHours => "no hours in force",
        };
        words.to_owned()
    }
}

/// Puts a [`Calendar`] together.
///
/// Of several [`WeeklyHours`] that hold on a day the one added last counts; so add the usual hours
/// first, then summer hours, then half days (hours valid on 24 December only).
#[derive(Clone, Debug)]
pub struct CalendarBuilder {
    code: String,
    zone: Zone,
    rules: Rules,
}

impl CalendarBuilder {
    /// A calendar without hours, in a zone.
    pub fn new(code: impl Into<String>, zone: Zone) -> CalendarBuilder {
        CalendarBuilder { code: code.into(), zone, rules: Rules::default() }
    }

    /// Adds weekly hours; they win over those added before on the days on which they hold.
    pub fn hours(mut self, hours: WeeklyHours) -> CalendarBuilder {
        self.rules.hours.push(hours);
        self
    }

    /// Adds holidays.
    pub fn holidays(mut self, rules: impl IntoIterator<Item = HolidayRule>) -> CalendarBuilder {
        self.rules.holidays.extend(rules);
        self
    }

    /// Adds extraordinary closures.
    pub fn closures(mut self, closures: impl IntoIterator<Item = Closure>) -> CalendarBuilder {
        self.rules.closures.extend(closures);
        self
    }

    /// The calendar, with these years resolved ahead.
    ///
    /// The years do not limit the answers: others are resolved when first asked for. An empty range
    /// is fine.
    pub fn build(self, years: RangeInclusive<i16>) -> Calendar {
        let calendar = Calendar::weekly(self.code, self.zone, self.rules);
        if let Some(weekly) = &calendar.0.weekly {
            for year in (*years.start()).max(FIRST_YEAR)..=(*years.end()).min(LAST_YEAR) {
                calendar.table(weekly, year);
            }
        }
        calendar
    }
}

/// Hours, holidays and closures, in the order in which they were added.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Rules {
    hours: Vec<WeeklyHours>,
    holidays: Vec<HolidayRule>,
    closures: Vec<Closure>,
}

impl Rules {
    /// The holidays of a year, in the order of the rules.
    pub(crate) fn holidays_in(&self, year: i16) -> Vec<Date> {
        self.holidays.iter().filter_map(|rule| rule.date_in(year)).collect()
    }

    /// The segments in force on a day, as if it were neither holiday nor closed.
    pub(crate) fn segments(&self, day: Date) -> &[(Time, Time)] {
        self.hours_on(day).map_or(&[], |hours| hours.segments(day.weekday()))
    }

    /// Whether it opens on a day, given the holidays of its year.
    pub(crate) fn opens_on(&self, day: Date, holidays: &[Date]) -> bool {
        !self.segments(day).is_empty() && !holidays.contains(&day) && self.closure_on(day).is_none()
    }

    /// The first reason that applies: closure, holiday, weekly rest.
    pub(super) fn closed(&self, day: Date) -> Option<Closed<'_>> {
        if let Some(closure) = self.closure_on(day) {
            return Some(Closed::Closure { act: &closure.act });
        }
        if let Some(rule) = self.holidays.iter().find(|rule| rule.date_in(day.year()) == Some(day)) {
            return Some(Closed::Holiday { name: &rule.name, source: &rule.source });
        }
        match self.hours_on(day) {
            None => Some(Closed::NoHours),
            Some(hours) if hours.segments(day.weekday()).is_empty() => Some(Closed::WeeklyRest),
            Some(_) => None,
        }
    }

    fn hours_on(&self, day: Date) -> Option<&WeeklyHours> {
        self.hours.iter().rev().find(|hours| hours.holds_on(day))
    }

    fn closure_on(&self, day: Date) -> Option<&Closure> {
        self.closures.iter().find(|closure| closure.first <= day && day <= closure.last)
    }
}
