//! Weekly opening hours.

use std::fmt;

use jiff::civil::{Date, Time, Weekday};

/// Opening hours of a week, in civil time, and the days on which they hold.
///
/// Shape: for each weekday any number of segments from an opening to a closing time of the same
/// day; a closing time of 00:00 is the end of the day, written `24:00`. Segments may overlap or
/// touch. Opening over midnight is two segments: to 24:00, and from 0:00 of the next day.
///
/// Without [`valid`](WeeklyHours::valid) the hours hold on all days.
///
/// ```
/// use impegno_calendar::WeeklyHours;
/// use jiff::civil::{Weekday, date};
/// let summer = WeeklyHours::new()
///     .every(&WeeklyHours::MONDAY_TO_FRIDAY, "8:00-14:00").unwrap()
///     .valid(Some(date(2025, 7, 1)), Some(date(2025, 8, 31)));
/// assert_eq!(summer.segments(Weekday::Monday).len(), 1);
/// assert!(summer.segments(Weekday::Sunday).is_empty());
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WeeklyHours {
    /// Seven lists, Monday first; each segment is an opening and a closing time, 00:00 closing for 24:00.
    segments: [Vec<(Time, Time)>; 7],
    from: Option<Date>,
    until: Option<Date>,
    /// First and last day of a season that comes back every year, each as month and day.
    season: Option<(MonthDay, MonthDay)>,
}

/// Month (1 to 12) and day (1 to 31).
type MonthDay = (i8, i8);

impl WeeklyHours {
    /// The five days of the usual week.
    pub const MONDAY_TO_FRIDAY: [Weekday; 5] =
        [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];

    /// All seven days, Monday first.
    pub const ALL_DAYS: [Weekday; 7] = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];

    /// No hours at all, holding on all days.
    pub fn new() -> WeeklyHours {
        WeeklyHours::default()
    }

    /// Adds a segment to one weekday. A closing time of 00:00 is the end of the day.
    ///
    /// # Errors
    ///
    /// [`InvalidSegment`] if the closing time is not after the opening time, or one of them is not a whole second.
    pub fn segment(
        mut self,
        weekday: Weekday,
        opens: Time,
        closes: Time,
    ) -> Result<WeeklyHours, InvalidSegment> {
        // Whole seconds: no opening hour has parts of one, and the tables of working time rely on it.
        let whole = opens.subsec_nanosecond() == 0 && closes.subsec_nanosecond() == 0;
        if !whole || (closes != Time::midnight() && closes <= opens) {
            return Err(InvalidSegment { text: format!("{opens}-{closes}") });
        }
        if let Some(day) = self.segments.get_mut(monday_offset(weekday)) {
            day.push((opens, closes));
        }
        Ok(self)
    }

    /// Adds a segment such as `8:30-14:30` or `15:30-24:00` to each of the weekdays.
    ///
    /// # Errors
    ///
    /// [`InvalidSegment`] if the text is not two times, or the second is not after the first.
    pub fn every(self, weekdays: &[Weekday], text: &str) -> Result<WeeklyHours, InvalidSegment> {
        let (opens, closes) = parse_segment(text)?;
        weekdays.iter().try_fold(self, |hours, weekday| hours.segment(*weekday, opens, closes))
    }

    /// Limits the hours to the days from the one to the other, both inside; `None` is no limit.
    pub fn valid(self, from: Option<Date>, until: Option<Date>) -> WeeklyHours {
        WeeklyHours { from, until, ..self }
    }

    /// Limits the hours to a season of every year, from one month and day to another, both inside: summer hours from
    /// 1 July to 31 August. A season whose last day is before its first goes over New Year.
    ///
    /// ```
    /// use impegno_calendar::WeeklyHours;
    /// use jiff::civil::date;
    /// let winter = WeeklyHours::new().season((11, 1), (3, 31));
    /// assert!(winter.holds_on(date(2026, 1, 15)) && !winter.holds_on(date(2026, 7, 15)));
    /// ```
    pub fn season(self, first: (i8, i8), last: (i8, i8)) -> WeeklyHours {
        WeeklyHours { season: Some((first, last)), ..self }
    }

    /// The segments of a weekday in the order added; a closing time of 00:00 is the end of the day.
    pub fn segments(&self, weekday: Weekday) -> &[(Time, Time)] {
        self.segments.get(monday_offset(weekday)).map_or(&[], Vec::as_slice)
    }

    /// Whether the hours hold on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        let at = (day.month(), day.day());
        let in_season = self.season.is_none_or(|(first, last)| match first <= last {
            true => first <= at && at <= last,
            false => first <= at || at <= last,
        });
        in_season && self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    /// The first day on which the hours hold, if limited.
    pub fn from(&self) -> Option<Date> {
        self.from
    }

    /// The last day on which the hours hold, if limited.
    pub fn until(&self) -> Option<Date> {
        self.until
    }
}

/// Days after Monday, 0 to 6.
fn monday_offset(weekday: Weekday) -> usize {
    usize::from(weekday.to_monday_zero_offset().unsigned_abs())
}

/// Reads an opening segment, `8:30-14:30`: hours with one or two digits, minutes with two, and
/// `24:00` (returned as 00:00) allowed as the end.
///
/// # Errors
///
/// [`InvalidSegment`] if the text has another form, or the end is not after the start.
pub fn parse_segment(text: &str) -> Result<(Time, Time), InvalidSegment> {
    let read = || {
        let (opens, closes) = text.split_once('-')?;
        let opens = read_time(opens.trim())?;
        let closes = match closes.trim() {
            "24:00" => Time::midnight(),
            closes => read_time(closes).filter(|closes| opens < *closes)?,
        };
        Some((opens, closes))
    };
    read().ok_or_else(|| InvalidSegment { text: text.to_owned() })
}

/// A time of day as `8:30` or `08:30`.
fn read_time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let well_formed = digits(hour) && digits(minute) && (1..=2).contains(&hour.len()) && minute.len() == 2;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok().filter(|_| well_formed)
}

/// A text or pair of times that is not an opening segment of one day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvalidSegment {
    /// The segment as it was given.
    pub text: String,
}

impl fmt::Display for InvalidSegment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not an opening segment of one day; write 8:30-14:30, the end after the start, 24:00 at most",
            self.text
        )
    }
}

impl std::error::Error for InvalidSegment {}
