//! What a calendar is made from: hours, holidays, closures, extraordinary openings.

use std::ops::RangeInclusive;

use jiff::civil::{Date, Time};

use super::{Calendar, Rules};
use crate::{HolidayRule, IcalEvent, InvalidSegment, WeeklyHours, Zone, parse_segment};

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

/// Days on which a centre opens by decision, both ends inside, besides its usual hours and whatever would close it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opening {
    /// The first day opened.
    pub first: Date,
    /// The last day opened.
    pub last: Date,
    /// The hours of each of the days.
    pub hours: DayHours,
    /// The act that orders it, as it is to be printed.
    pub act: String,
}

/// Other hours of a working day: a half day on 24 December, a long day before an election.
///
/// They stand in the place of the weekly hours, on days that have such and on which nothing closes the centre: a
/// half day that falls on a Sunday opens nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SpecialDay {
    /// Which day of which years, and what it is called.
    pub day: HolidayRule,
    /// The hours of the day.
    pub hours: DayHours,
}

/// The segments of one civil day, each an opening and a closing time; a closing time of 00:00 is the end of the day.
///
/// ```
/// use impegno_calendar::DayHours;
/// let half = DayHours::new().segment("8:30-12:30").unwrap();
/// assert_eq!(half.segments().len(), 1);
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DayHours(Vec<(Time, Time)>);

impl DayHours {
    /// A day without hours.
    pub fn new() -> DayHours {
        DayHours::default()
    }

    /// Adds a segment such as `8:30-12:30`; segments may overlap or touch.
    ///
    /// # Errors
    ///
    /// [`InvalidSegment`] if the text is not two times, or the second is not after the first.
    pub fn segment(mut self, text: &str) -> Result<DayHours, InvalidSegment> {
        self.0.push(parse_segment(text)?);
        Ok(self)
    }

    /// The segments in the order added.
    pub fn segments(&self) -> &[(Time, Time)] {
        &self.0
    }
}

/// How calendars are put together as sets of instants.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Operation {
    /// Open when any of them is.
    Union,
    /// Open when all of them are.
    Intersection,
    /// Open when the first is and none of the others.
    Difference,
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
    /// There are hours, but nothing is left of them: the other calendars of a combination take them away, or the
    /// clocks jump over them.
    NothingLeft,
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
            Closed::NothingLeft if italian => "nessuna ora residua",
            Closed::NothingLeft => "no hours are left",
        };
        words.to_owned()
    }
}

/// Puts a [`Calendar`] together.
///
/// A day is resolved in this order:
///
/// 1. Of several [`WeeklyHours`] that hold on a day the one added last counts; so add the usual hours first, then
///    summer hours. Where they have a segment, the [`SpecialDay`] added last that gives this day stands in its place.
/// 2. Events that open add to them.
/// 3. Holidays and [`Closure`]s take away the whole day, events that close take away what they cover.
/// 4. An extraordinary [`Opening`] adds its hours, whatever closes the day.
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

    /// Adds days with hours of their own; they win over those added before.
    pub fn special_days(mut self, days: impl IntoIterator<Item = SpecialDay>) -> CalendarBuilder {
        self.rules.special_days.extend(days);
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

    /// Adds extraordinary openings.
    pub fn openings(mut self, openings: impl IntoIterator<Item = Opening>) -> CalendarBuilder {
        self.rules.openings.extend(openings);
        self
    }

    /// Adds events during which the calendar is open.
    pub fn opening_events(mut self, events: impl IntoIterator<Item = IcalEvent>) -> CalendarBuilder {
        self.rules.opening_events.extend(events);
        self
    }

    /// Adds events during which the calendar is closed.
    pub fn closing_events(mut self, events: impl IntoIterator<Item = IcalEvent>) -> CalendarBuilder {
        self.rules.closing_events.extend(events);
        self
    }

    /// The calendar, with these years answered in constant time.
    ///
    /// The years do not limit the answers: others are resolved when first asked for, and so are these, as a whole. An
    /// empty range is fine.
    pub fn build(self, years: RangeInclusive<i16>) -> Calendar {
        Calendar::from_rules(self.code, self.zone, self.rules, years)
    }
}
