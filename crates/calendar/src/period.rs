//! Reporting periods.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::{Interval, Zone};

/// What a report covers: whole civil days.
///
/// Codes (parsed by `FromStr`, given back by `Display`): `2017`, `2017-H1`, `2017-Q2`, `2017-06`,
/// `2017-01-01..2017-03-31` (both days inside). Years have four digits, 0001 to 9998.
///
/// A value written by hand with a number out of range means the nearest one in range (quarter 7 is
/// quarter 4); parsing refuses it. Sorted by kind first, so sort by [`Period::first_day`] where
/// kinds are mixed.
///
/// ```
/// use impegno_calendar::Period;
/// let quarter: Period = "2017-Q1".parse().unwrap();
/// assert_eq!(quarter.previous().to_string(), "2016-Q4");
/// assert_eq!(quarter.label(true), "1° trimestre 2017");
/// ```
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Period {
    /// A calendar year.
    Year(i16),
    /// Half of a year: 1 (January to June) or 2.
    HalfYear(i16, u8),
    /// A quarter of a year: 1 (January to March) to 4.
    Quarter(i16, u8),
    /// A month of a year: 1 to 12.
    Month(i16, u8),
    /// Any run of days, both ends inside. With `last` before `first` it holds no day.
    Range {
        /// The first day inside.
        first: Date,
        /// The last day inside.
        last: Date,
    },
}

impl Period {
    /// The month that a day lies in.
    pub fn month_of(day: Date) -> Period {
        Period::Month(day.year(), month_number(day))
    }

    /// The instants of the period in a zone: from the start of its first day to the end of its last.
    pub fn interval(&self, zone: &Zone) -> Interval {
        let start = zone.day_start(self.first_day());
        Interval { start, end: zone.day_end(self.last_day()).max(start) }
    }

    /// The first civil day inside.
    pub fn first_day(&self) -> Date {
        match *self {
            Period::Range { first, .. } => first,
            _ => {
                let (year, first_month, _) = self.months_of_year();
                month_start(year, first_month)
            }
        }
    }

    /// The last civil day inside.
    pub fn last_day(&self) -> Date {
        match *self {
            Period::Range { last, .. } => last,
            _ => {
                let (year, first_month, count) = self.months_of_year();
                month_start(year, first_month.saturating_add(count).saturating_sub(1)).last_of_month()
            }
        }
    }

    /// How many civil days it has; 0 for a range whose last day is before its first.
    pub fn days(&self) -> i32 {
        days_from(self.first_day(), self.last_day()).saturating_add(1).max(0)
    }

    /// Whether a civil day lies inside.
    pub fn contains_day(&self, day: Date) -> bool {
        self.first_day() <= day && day <= self.last_day()
    }

    /// The period of the same kind that ends where this one starts: 2017-Q1 gives 2016-Q4, a range
    /// gives as many days before it.
    pub fn previous(&self) -> Period {
        match *self {
            Period::Year(year) => Period::Year(year.saturating_sub(1)),
            Period::HalfYear(year, number) => {
                let (year, number) = part_before(year, number, 2);
                Period::HalfYear(year, number)
            }
            Period::Quarter(year, number) => {
                let (year, number) = part_before(year, number, 4);
                Period::Quarter(year, number)
            }
            Period::Month(year, number) => {
                let (year, number) = part_before(year, number, 12);
                Period::Month(year, number)
            }
            Period::Range { first, .. } => Period::Range {
                first: first.saturating_sub(self.days().days()),
                last: first.saturating_sub(1.day()),
            },
        }
    }

    /// The same period one year earlier.
    ///
    /// A range keeps its first day and the day *after* its last one, so that ranges that follow each
    /// other still do: 1 January to 28 February 2017 gives 1 January to 29 February 2016. 29 February
    /// becomes 1 March; alone it becomes 28 February.
    pub fn year_before(&self) -> Period {
        match *self {
            Period::Year(year) => Period::Year(year.saturating_sub(1)),
            Period::HalfYear(year, half) => Period::HalfYear(year.saturating_sub(1), half),
            Period::Quarter(year, quarter) => Period::Quarter(year.saturating_sub(1), quarter),
            Period::Month(year, month) => Period::Month(year.saturating_sub(1), month),
            Period::Range { first, last } => {
                let after = day_one_year_before(last.saturating_add(1.day()));
                let moved_last = after.saturating_sub(1.day());
                let moved_first = day_one_year_before(first);
                // Only a range of the single day 29 February would come out empty.
                let first = if first <= last { moved_first.min(moved_last) } else { moved_first };
                Period::Range { first, last: moved_last }
            }
        }
    }

    /// The whole months inside, in order.
    pub fn months(&self) -> Vec<Period> {
        self.whole_parts(1).into_iter().map(|(year, number)| Period::Month(year, number)).collect()
    }

    /// The whole quarters inside, in order.
    pub fn quarters(&self) -> Vec<Period> {
        self.whole_parts(3).into_iter().map(|(year, number)| Period::Quarter(year, number)).collect()
    }

    /// The whole calendar years inside, in order.
    pub fn years(&self) -> Vec<Period> {
        self.whole_parts(12).into_iter().map(|(year, _)| Period::Year(year)).collect()
    }

    /// The months that the period touches, in order, each cut to the period: a month that lies wholly inside
    /// is a month, a part of one is a range.
    pub fn month_parts(&self) -> Vec<Period> {
        self.parts(1, Period::Month)
    }

    /// The quarters that the period touches, likewise.
    pub fn quarter_parts(&self) -> Vec<Period> {
        self.parts(3, Period::Quarter)
    }

    /// Whether it is longer than a year, so that the same period of the year before would overlap it.
    pub fn is_longer_than_a_year(&self) -> bool {
        self.year_before().last_day() >= self.first_day()
    }

    fn parts(&self, months: u8, whole: fn(i16, u8) -> Period) -> Vec<Period> {
        let (first, last) = (self.first_day(), self.last_day());
        (first.year()..=last.year())
            .flat_map(|year| (1..=12_u8.div_euclid(months)).map(move |number| whole(year, number)))
            .filter(|part| part.first_day() <= last && first <= part.last_day())
            .map(|part| {
                if first <= part.first_day() && part.last_day() <= last {
                    return part;
                }
                Period::Range { first: part.first_day().max(first), last: part.last_day().min(last) }
            })
            .collect()
    }

    /// Year and number of each part of this many months (1, 3 or 12) that lies wholly inside.
    fn whole_parts(&self, months: u8) -> Vec<(i16, u8)> {
        let (first, last) = (self.first_day(), self.last_day());
        let parts = (first.year()..=last.year())
            .flat_map(|year| (1..=12_u8.div_euclid(months)).map(move |number| (year, number)));
        parts
            .filter(|&(year, number)| {
                let end_month = number.saturating_mul(months);
                let start_month = end_month.saturating_sub(months).saturating_add(1);
                first <= month_start(year, start_month)
                    && month_start(year, end_month).last_of_month() <= last
            })
            .collect()
    }

    /// Year, first month and number of months, all in range; a range gives the month it starts in.
    fn months_of_year(&self) -> (i16, u8, u8) {
        match *self {
            Period::Year(year) => (year, 1, 12),
            Period::HalfYear(year, half) => (year, first_month(half, 6), 6),
            Period::Quarter(year, quarter) => (year, first_month(quarter, 3), 3),
            Period::Month(year, month) => (year, first_month(month, 1), 1),
            Period::Range { first, .. } => (first.year(), month_number(first), 1),
        }
    }
}

/// First month of the part with this number, where a year has parts of `months` months.
fn first_month(number: u8, months: u8) -> u8 {
    let number = number.clamp(1, 12_u8.div_euclid(months));
    number.saturating_sub(1).saturating_mul(months).saturating_add(1)
}

/// Year and number of the part before, where a year has `parts` of them.
fn part_before(year: i16, number: u8, parts: u8) -> (i16, u8) {
    match number.clamp(1, parts) {
        1 => (year.saturating_sub(1), parts),
        number => (year, number.saturating_sub(1)),
    }
}

/// First day of a month, both taken into range.
fn month_start(year: i16, month: u8) -> Date {
    let month = i8::try_from(month.clamp(1, 12)).unwrap_or(1);
    Date::new(year.clamp(-9999, 9999), month, 1).unwrap_or(Date::ZERO)
}

/// Month of a day, 1 to 12.
pub(crate) fn month_number(day: Date) -> u8 {
    day.month().unsigned_abs()
}

/// Civil days from one day to another, negative if the other is earlier.
pub(crate) fn days_from(from: Date, to: Date) -> i32 {
    i32::try_from(to.duration_since(from).as_secs().div_euclid(86_400)).unwrap_or(0)
}

/// The same day and month of the year before; 29 February gives 1 March.
fn day_one_year_before(day: Date) -> Date {
    let year = day.year().saturating_sub(1).max(-9999);
    Date::new(year, day.month(), day.day()).or_else(|_| Date::new(year, 3, 1)).unwrap_or(Date::MIN)
}

/// The code: `2017`, `2017-H1`, `2017-Q2`, `2017-06` or `2017-01-01..2017-03-31`.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Period::Year(year) => write!(f, "{year:04}"),
            Period::HalfYear(year, half) => write!(f, "{year:04}-H{half}"),
            Period::Quarter(year, quarter) => write!(f, "{year:04}-Q{quarter}"),
            Period::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Period::Range { first, last } => write!(f, "{first}..{last}"),
        }
    }
}

impl FromStr for Period {
    type Err = InvalidPeriod;

    fn from_str(text: &str) -> Result<Period, InvalidPeriod> {
        read(text).ok_or_else(|| InvalidPeriod { text: text.to_owned() })
    }
}

/// Reads a code, strictly: exactly the forms of `Display`.
fn read(text: &str) -> Option<Period> {
    if let Some((first, last)) = text.split_once("..") {
        let (first, last) = (read_day(first)?, read_day(last)?);
        return (first <= last).then_some(Period::Range { first, last });
    }
    let (year, part) = match text.split_once('-') {
        Some((year, part)) => (read_year(year)?, part),
        None => return read_year(text).map(Period::Year),
    };
    if let Some(half) = part.strip_prefix('H') {
        return read_number(half, 1, 2).map(|half| Period::HalfYear(year, half));
    }
    if let Some(quarter) = part.strip_prefix('Q') {
        return read_number(quarter, 1, 4).map(|quarter| Period::Quarter(year, quarter));
    }
    read_number(part, 2, 12).map(|month| Period::Month(year, month))
}

/// A day as `2017-01-31`, in a year that a period may have.
fn read_day(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let year = read_year(parts.next()?)?;
    let month = read_number(parts.next()?, 2, 12)?;
    let day = read_number(parts.next()?, 2, 31)?;
    if parts.next().is_some() {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Four digits from 0001 to 9998.
fn read_year(text: &str) -> Option<i16> {
    let well_formed = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|year| well_formed && (1..=9998).contains(year))
}

/// A number from 1 to `largest`, written with exactly this many digits.
fn read_number(text: &str, digits: usize, largest: u8) -> Option<u8> {
    let well_formed = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| well_formed && (1..=largest).contains(number))
}

/// A text that is not the code of a period.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvalidPeriod {
    /// The text as it was given.
    pub text: String,
}

impl fmt::Display for InvalidPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a period; write 2017, 2017-H1, 2017-Q2, 2017-06 or 2017-01-01..2017-03-31",
            self.text
        )
    }
}

impl std::error::Error for InvalidPeriod {}
