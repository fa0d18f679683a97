//! Instants, intervals, working time, deadlines and reporting periods.
//!
//! The lowest crate of Impegno: it answers *when* and *how long*, exactly, and everything else is
//! built on its answers.
//!
//! # Tour
//!
//! - An [`Instant`] is a point on the time line, in microseconds; [`Micros`] is a length of time.
//! - An [`Interval`] is half-open, `[start, end)`; [`Intervals`] is a set of instants made of them,
//!   with union, intersection and difference.
//! - A [`Zone`] translates between civil time (what a clock on the wall of the centre shows) and
//!   instants, with one named policy for the two nights a year in which that is ambiguous.
//!   [`Offsets`] does the same in hot loops.
//! - A [`Period`] is what a report covers: a year, half-year, quarter, month or range of days.
//! - A [`HolidayRule`] is a day of rest with its years of validity;
//!   [`italian_national_holidays`] are those of the Italian State.
//! - A [`Calendar`] joins [`WeeklyHours`], holidays and [`Closure`]s of one centre and says when it
//!   is open, how much working time lies between two instants and when a term is over.
//!
//! # Example
//!
//! ```
//! use impegno_calendar::{CalendarBuilder, Micros, WeeklyHours, Zone, italian_national_holidays};
//! use jiff::civil::{Weekday, date};
//!
//! let rome = Zone::named("Europe/Rome").unwrap();
//! let hours = WeeklyHours::new()
//!     .every(&WeeklyHours::MONDAY_TO_FRIDAY, "8:30-14:30").unwrap()
//!     .every(&[Weekday::Tuesday, Weekday::Thursday], "15:30-18:30").unwrap();
//! let desk = CalendarBuilder::new("desk", rome.clone())
//!     .hours(hours)
//!     .holidays(italian_national_holidays())
//!     .build(2025..=2026);
//!
//! // Opened on the Friday before the 2 June holiday, 30 minutes before closing.
//! let opened = rome.instant(date(2025, 5, 30).at(14, 0, 0, 0));
//! let solved = rome.instant(date(2025, 6, 3).at(9, 0, 0, 0));
//! assert_eq!(desk.working(opened, solved), Micros::from_hours(1));
//! assert_eq!(desk.deadline(opened, Micros::from_hours(1)), Some(solved));
//! ```
//!
//! # What holds everywhere
//!
//! - Every value is an integer; no float takes part.
//! - Nothing here reads a file, the environment, the clock on the wall or the zone of the machine:
//!   the zone database is compiled in, so the same inputs give the same figures everywhere.
//! - Nothing panics and nothing wraps: arithmetic on instants and lengths stops at the ends of
//!   their range.
//! - Every interval is half-open: its start belongs to it, its end does not.
#![cfg_attr(not(test), warn(clippy::float_arithmetic, clippy::indexing_slicing))]

mod calendar;
mod holidays;
mod hours;
mod ical;
mod instant;
mod interval;
mod intervals;
mod period;
mod period_label;
mod zone;

pub use calendar::{
    Calendar, CalendarBuilder, CalendarDay, Closed, Closure, DayHours, Opening, Operation, SpecialDay,
};
pub use holidays::{HolidayDay, HolidayRule, InvalidHolidayDay, easter, italian_national_holidays};
pub use hours::{InvalidSegment, WeeklyHours, parse_segment};
pub use ical::{EventKind, Ical, IcalEvent, IcalProblem, write_ical};
pub use instant::{Instant, InvalidInstant, Micros};
pub use interval::Interval;
pub use intervals::Intervals;
pub use period::{InvalidPeriod, Period};
pub use zone::{ClockChange, Offsets, UnknownZone, Zone};
