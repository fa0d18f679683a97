//! What the clock of a promise counts.
//!
//! "Within eight working hours" is not one rule. Where a length fills a morning exactly, some programs answer
//! with its closing and some with the next opening; some count what the clocks on the wall show and some what
//! passes; some stop every clock while a case waits and some only one. A due date follows from facts *and* from
//! these choices, so the choices are data: a [`Profile`] is a struct of closed enums, a field for each.
//!
//! # Tour
//!
//! - [`Profile::NATIVE`] is how Impegno counts when nobody says otherwise. [`Profile::GLPI`],
//!   [`Profile::GLPI_10_0`] and [`Profile::ZAMMAD`] count as those programs do, their known defects included, so
//!   that figures kept with them can be computed again. [`Profile::BIZ`] and [`Profile::BUSINESS_TIME`] are the
//!   arithmetic of two libraries; the first is what Zammad builds on.
//! - A [`Clock`] is a profile with a calendar. It says when a [`Term`] is over ([`Clock::due`]), how much time
//!   was counted ([`Clock::counted`]), when an escalation is due ([`Clock::level`]), and how a case stands
//!   ([`Clock::standing`]).
//! - A [`Pause`] is an interval with a reason. What it stops is a choice of the profile and of the promise
//!   ([`Purpose`]).
//!
//! # Example
//!
//! ```
//! use impegno_calendar::{CalendarBuilder, Micros, WeeklyHours, Zone};
//! use impegno_clocks::{Clock, Profile, Purpose, Term};
//! use jiff::civil::date;
//!
//! let rome = Zone::named("Europe/Rome").unwrap();
//! let hours = WeeklyHours::new().every(&WeeklyHours::MONDAY_TO_FRIDAY, "8:30-14:30").unwrap();
//! let desk = CalendarBuilder::new("desk", rome.clone()).hours(hours).build(2026..=2026);
//! let start = rome.instant(date(2026, 6, 22).at(13, 30, 0, 0));
//! let hour = Term::Time(Micros::from_hours(1));
//! let due = |profile| Clock::new(profile, desk.clone()).due(start, hour, Purpose::Resolution, &[], start);
//!
//! // An hour that fills Monday exactly ends at its closing, for GLPI and Zammad at Tuesday's opening.
//! assert_eq!(due(Profile::NATIVE), Some(rome.instant(date(2026, 6, 22).at(14, 30, 0, 0))));
//! assert_eq!(due(Profile::GLPI), Some(rome.instant(date(2026, 6, 23).at(8, 30, 0, 0))));
//! assert_eq!(due(Profile::ZAMMAD), due(Profile::GLPI));
//! ```
//!
//! # What holds everywhere
//!
//! - Every value is an integer; no float takes part.
//! - Nothing here reads a file, the environment or the clock on the wall: *now* is an argument.
//! - Nothing panics: what cannot be answered (a deadline that never comes, a unit that a program does not have)
//!   is `None`.
#![cfg_attr(not(test), warn(clippy::float_arithmetic, clippy::indexing_slicing))]

mod change;
mod clock;
mod days;
mod face;
mod pauses;
mod profile;
mod standing;
mod term;

pub use change::Agreement;
pub use clock::Clock;
pub use pauses::{Pause, longest_exchange};
pub use profile::{
    AnnualRange, ChangeOfAgreement, ClosedStart, Compared, DayRule, DayWalk, Daylight, DuePending, Edge,
    Grain, Landing, LatePending, LateStart, MonthUnit, NoHours, PauseKept, PausedClocks, Profile, Reopening,
    SameMinute, Zero,
};
pub use standing::{Standing, judges};
pub use term::{DayCount, Purpose, Term, Until};
