//! Between civil time and instants.

use std::fmt;
use std::sync::LazyLock;

use jiff::civil::{Date, DateTime};
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::instant::SECOND;
use crate::{Instant, Interval, Micros};

/// The zone database compiled into the program; that of the machine is never asked.
static BUNDLED: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A time zone of the IANA database, from the copy compiled into the program.
///
/// Policy where civil time is ambiguous (RFC 5545, section 3.3.5): a time that the clocks jump over
/// is moved forward by the jump, of a time that comes twice the earlier is taken.
///
/// Range: civil years -9999 to 9999; instants beyond are taken as the nearest end. Cheap to clone.
///
/// ```
/// use impegno_calendar::Zone;
/// use jiff::civil::date;
/// let rome = Zone::named("Europe/Rome").unwrap();
/// let jumped_over = rome.instant(date(2025, 3, 30).at(2, 30, 0, 0));
/// assert_eq!(rome.civil(jumped_over), date(2025, 3, 30).at(3, 30, 0, 0));
/// let twice = rome.instant(date(2025, 10, 26).at(2, 30, 0, 0));
/// assert_eq!(twice.to_string(), "2025-10-26T00:30:00Z");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone of this IANA name, such as `Europe/Rome`; upper and lower case are the same.
    ///
    /// # Errors
    ///
    /// [`UnknownZone`] if the bundled database does not have the name.
    pub fn named(name: &str) -> Result<Zone, UnknownZone> {
        match BUNDLED.get(name) {
            Ok(zone) if !zone.is_unknown() => Ok(Zone(zone)),
            _ => Err(UnknownZone { name: name.to_owned() }),
        }
    }

    /// Coordinated Universal Time.
    pub fn utc() -> Zone {
        Zone(TimeZone::UTC)
    }

    /// The IANA name as the database spells it.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The instant at which the clocks of the zone show this civil time.
    ///
    /// A time that does not exist is moved forward by the gap; of a time that exists twice the
    /// earlier is taken. Parts of a microsecond are cut off.
    pub fn instant(&self, civil: DateTime) -> Instant {
        let nearest_end = if civil.year() < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        Instant::from_timestamp(self.0.to_ambiguous_timestamp(civil).compatible().unwrap_or(nearest_end))
    }

    /// The civil time that the clocks of the zone show at this instant.
    pub fn civil(&self, instant: Instant) -> DateTime {
        self.0.to_datetime(instant.to_timestamp())
    }

    /// The civil date at this instant.
    pub fn date(&self, instant: Instant) -> Date {
        self.civil(instant).date()
    }

    /// The first instant of a civil day: midnight, or the end of the gap where midnight is jumped over.
    pub fn day_start(&self, day: Date) -> Instant {
        self.instant(day.at(0, 0, 0, 0))
    }

    /// The first instant after a civil day; that of the last day of year 9999 is its last microsecond.
    pub fn day_end(&self, day: Date) -> Instant {
        match day.tomorrow() {
            Ok(next) => self.day_start(next),
            Err(_) => Instant::from_timestamp(jiff::Timestamp::MAX),
        }
    }

    /// The changes of the clocks inside an interval, in order; one at its very start counts.
    ///
    /// ```
    /// use impegno_calendar::{Micros, Period, Zone};
    /// let rome = Zone::named("Europe/Rome").unwrap();
    /// let changes = rome.changes("2026".parse::<Period>().unwrap().interval(&rome));
    /// let hours: Vec<i64> = changes.iter().map(|change| change.forward().seconds() / 3600).collect();
    /// assert_eq!(hours, [1, -1]);
    /// assert_eq!(changes[0].at.to_string(), "2026-03-29T01:00:00Z");
    /// ```
    pub fn changes(&self, window: Interval) -> Vec<ClockChange> {
        let mut before = self.offset(window.start - Micros(1));
        let mut found = Vec::new();
        // `following` is strict, and counts whole seconds.
        for change in self.0.following((window.start - Micros(SECOND)).to_timestamp()) {
            let at = Instant::from_timestamp(change.timestamp());
            if at >= window.end {
                break;
            }
            let after = i64::from(change.offset().seconds()).saturating_mul(SECOND);
            // A change of the name of the time, or of the law alone, moves no clock.
            if at >= window.start && after != before {
                found.push(ClockChange { at, before: Micros(before), after: Micros(after) });
            }
            before = after;
        }
        found
    }

    /// A quick clock for many instants inside one interval, such as a reporting period.
    pub fn offsets(&self, window: Interval) -> Offsets {
        let start = window.start.to_timestamp();
        let offset_micros = |offset: jiff::tz::Offset| i64::from(offset.seconds()).saturating_mul(SECOND);
        let changes = self
            .0
            .following(start)
            .map(|change| (Instant::from_timestamp(change.timestamp()), offset_micros(change.offset())))
            .take_while(|(at, _)| *at < window.end)
            .collect();
        Offsets { zone: self.clone(), window, first: offset_micros(self.0.to_offset(start)), changes }
    }

    /// What the clocks show more than UTC at an instant; negative west of Greenwich.
    pub fn offset_at(&self, instant: Instant) -> Micros {
        Micros(self.offset(instant))
    }

    /// Microseconds to be added to UTC at this instant to get what the clocks show.
    fn offset(&self, instant: Instant) -> i64 {
        i64::from(self.0.to_offset(instant.to_timestamp()).seconds()).saturating_mul(SECOND)
    }
}

/// An instant at which the clocks of a zone are put forward or back.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct ClockChange {
    /// The first instant of the new time.
    pub at: Instant,
    /// What the clocks showed more than UTC before.
    pub before: Micros,
    /// What they show more than UTC from then on.
    pub after: Micros,
}

impl ClockChange {
    /// How far the clocks are put forward; negative when they are put back. A service that never closes loses, or gains,
    /// this much time on that day.
    pub fn forward(self) -> Micros {
        self.after - self.before
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A zone name that the bundled database does not have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownZone {
    /// The name as it was given.
    pub name: String,
}

impl fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the zone database has no zone `{}`; names look like Europe/Rome", self.name)
    }
}

impl std::error::Error for UnknownZone {}

/// The clock of a zone inside one interval, by looking among its few changes.
///
/// Made by [`Zone::offsets`]. An instant outside the interval gets the same right answer from the
/// zone itself, only slower.
#[derive(Clone, Debug)]
pub struct Offsets {
    zone: Zone,
    window: Interval,
    /// Offset in microseconds at the start of the window.
    first: i64,
    /// Instants inside the window at which the offset changes, sorted, each with the new offset.
    changes: Vec<(Instant, i64)>,
}

impl Offsets {
    /// What the clocks show, as microseconds since 1970-01-01T00:00:00 in civil time.
    ///
    /// Divided by 86,400,000,000 and rounded down, it is a count of civil days.
    pub fn local_micros(&self, instant: Instant) -> i64 {
        instant.0.saturating_add(self.offset(instant))
    }

    /// The hour that the clocks show, 0 to 23.
    pub fn hour_of_day(&self, instant: Instant) -> u8 {
        let hour = self.local_micros(instant).div_euclid(3_600 * SECOND).rem_euclid(24);
        u8::try_from(hour).unwrap_or(0)
    }

    fn offset(&self, instant: Instant) -> i64 {
        if !self.window.contains(instant) {
            return self.zone.offset(instant);
        }
        let past = self.changes.iter().rev().find(|(at, _)| *at <= instant);
        past.map_or(self.first, |(_, offset)| *offset)
    }
}
