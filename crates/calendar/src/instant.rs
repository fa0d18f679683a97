//! Points on the time line and lengths of time.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::str::FromStr;

use jiff::Timestamp;

/// Microseconds in a second.
pub(crate) const SECOND: i64 = 1_000_000;

/// A point on the time line: microseconds since 1970-01-01T00:00:00Z.
///
/// Range: all of `i64`, far more than the years -9999 to 9999 that have a civil date; leap seconds
/// do not exist. Arithmetic stops at the ends of the range.
///
/// ```
/// use impegno_calendar::Instant;
/// let noon: Instant = "2017-03-26T12:00:00+02:00".parse().unwrap();
/// assert_eq!(noon.to_string(), "2017-03-26T10:00:00Z");
/// assert_eq!(noon.second(), 1_490_522_400);
/// ```
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Instant(
    /// Microseconds since 1970-01-01T00:00:00Z, negative before.
    pub i64,
);

impl Instant {
    /// The earliest instant that can be written.
    pub const MIN: Instant = Instant(i64::MIN);
    /// The latest instant that can be written.
    pub const MAX: Instant = Instant(i64::MAX);

    /// The instant this many whole seconds after 1970-01-01T00:00:00Z (Unix time).
    pub const fn from_second(second: i64) -> Instant {
        Instant(second.saturating_mul(SECOND))
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down (also before 1970).
    pub const fn second(self) -> i64 {
        self.0.div_euclid(SECOND)
    }

    /// The instant of a jiff timestamp; parts of a microsecond are cut off downwards.
    pub fn from_timestamp(timestamp: Timestamp) -> Instant {
        let micros = timestamp.as_nanosecond().div_euclid(1_000);
        Instant(i64::try_from(micros).unwrap_or(if micros < 0 { i64::MIN } else { i64::MAX }))
    }

    /// The jiff timestamp of this instant, or the nearest end of jiff's range (years -9999 to 9999).
    pub fn to_timestamp(self) -> Timestamp {
        let nearest_end = if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Timestamp::from_microsecond(self.0).unwrap_or(nearest_end)
    }

    /// This instant moved by a length, at most to the end of the range.
    pub const fn saturating_add(self, length: Micros) -> Instant {
        Instant(self.0.saturating_add(length.0))
    }

    /// This instant moved back by a length, at most to the end of the range.
    pub const fn saturating_sub(self, length: Micros) -> Instant {
        Instant(self.0.saturating_sub(length.0))
    }

    /// This instant moved by a length, `None` where that leaves the range.
    pub fn checked_add(self, length: Micros) -> Option<Instant> {
        self.0.checked_add(length.0).map(Instant)
    }
}

/// Time from the right instant to the left one, negative if the left one is earlier.
impl Sub for Instant {
    type Output = Micros;

    fn sub(self, earlier: Instant) -> Micros {
        Micros(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Micros> for Instant {
    type Output = Instant;

    fn add(self, length: Micros) -> Instant {
        self.saturating_add(length)
    }
}

impl Sub<Micros> for Instant {
    type Output = Instant;

    fn sub(self, length: Micros) -> Instant {
        self.saturating_sub(length)
    }
}

/// ISO 8601 in UTC, `2017-03-26T10:00:00Z`; a fraction of a second only if there is one.
///
/// An instant beyond the years -9999 to 9999 has no civil date and is written as its number of
/// microseconds, `9223372036854775807 µs`.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_microsecond(self.0) {
            Ok(timestamp) => timestamp.fmt(f),
            Err(_) => write!(f, "{} µs", self.0),
        }
    }
}

/// Reads ISO 8601 with an offset or `Z`; without either the instant is unknown and refused.
impl FromStr for Instant {
    type Err = InvalidInstant;

    fn from_str(text: &str) -> Result<Instant, InvalidInstant> {
        text.parse::<Timestamp>()
            .map(Instant::from_timestamp)
            .map_err(|_| InvalidInstant { text: text.to_owned() })
    }
}

/// A text that is not an instant in ISO 8601 with an offset.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvalidInstant {
    /// The text as it was given.
    pub text: String,
}

impl fmt::Display for InvalidInstant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not an instant such as 2017-03-26T10:00:00Z", self.text)
    }
}

impl std::error::Error for InvalidInstant {}

/// A length of time in microseconds.
///
/// Negative lengths exist (a difference can be one); working time is never negative. Arithmetic
/// stops at the ends of `i64`.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Micros(
    /// Microseconds.
    pub i64,
);

impl Micros {
    /// No time at all.
    pub const ZERO: Micros = Micros(0);
    /// The longest length that can be written.
    pub const MAX: Micros = Micros(i64::MAX);

    /// A length of whole seconds.
    pub const fn from_seconds(seconds: i64) -> Micros {
        Micros(seconds.saturating_mul(SECOND))
    }

    /// A length of whole minutes.
    pub const fn from_minutes(minutes: i64) -> Micros {
        Micros(minutes.saturating_mul(60 * SECOND))
    }

    /// A length of whole hours.
    pub const fn from_hours(hours: i64) -> Micros {
        Micros(hours.saturating_mul(3_600 * SECOND))
    }

    /// Whole seconds in this length, rounded down (-0.5 s gives -1).
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(SECOND)
    }
}

impl Add for Micros {
    type Output = Micros;

    fn add(self, other: Micros) -> Micros {
        Micros(self.0.saturating_add(other.0))
    }
}

impl Sub for Micros {
    type Output = Micros;

    fn sub(self, other: Micros) -> Micros {
        Micros(self.0.saturating_sub(other.0))
    }
}

impl AddAssign for Micros {
    fn add_assign(&mut self, other: Micros) {
        *self = *self + other;
    }
}

impl SubAssign for Micros {
    fn sub_assign(&mut self, other: Micros) {
        *self = *self - other;
    }
}

impl Sum for Micros {
    fn sum<I: Iterator<Item = Micros>>(lengths: I) -> Micros {
        lengths.fold(Micros::ZERO, |total, length| total + length)
    }
}

impl<'a> Sum<&'a Micros> for Micros {
    fn sum<I: Iterator<Item = &'a Micros>>(lengths: I) -> Micros {
        lengths.copied().sum()
    }
}
