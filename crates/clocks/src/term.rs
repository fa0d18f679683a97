//! How long a promise lasts, and what its clock is for.

use impegno_calendar::Micros;

/// The length of a promise.
///
/// Range: lengths may be negative where a clock runs backwards, as for an escalation before the due date.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Term {
    /// Time on the clock: working time where the calendar has hours, all time where it never closes.
    Time(Micros),
    /// So many days.
    Days {
        /// How many.
        days: i32,
        /// Which days count.
        count: DayCount,
        /// When on its last day it ends.
        until: Until,
    },
    /// So many months, in the profile's reading of a month ([`MonthUnit`](crate::MonthUnit)).
    Months {
        /// How many.
        months: i32,
        /// When on its last day it ends.
        until: Until,
    },
}

/// Which days a term in days counts.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum DayCount {
    /// Days on which the calendar opens.
    Working,
    /// All days.
    Calendar,
}

/// When a term in days ends on its last day.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Until {
    /// As the profile says ([`Landing`](crate::Landing)).
    Profile,
    /// At the last closing of the day (GLPI's "end of working day").
    Closing,
}

impl Term {
    /// So many working days, ending as the profile says.
    pub fn working_days(days: i32) -> Term {
        Term::Days { days, count: DayCount::Working, until: Until::Profile }
    }

    /// So many calendar days, ending as the profile says.
    pub fn calendar_days(days: i32) -> Term {
        Term::Days { days, count: DayCount::Calendar, until: Until::Profile }
    }

    /// So many months, ending as the profile says.
    pub fn months(months: i32) -> Term {
        Term::Months { months, until: Until::Profile }
    }
}

/// What a clock waits for: some programs pause one kind of clock and not the other.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Purpose {
    /// That somebody takes the case in charge or answers first.
    Response,
    /// That the case is solved.
    Resolution,
}
