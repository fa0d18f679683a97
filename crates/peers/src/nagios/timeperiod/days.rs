//! The days that a directive of a time period names; Nagios and Icinga 2 write them alike.

use jiff::Span;
use jiff::civil::{Date, Weekday};

use impegno_calendar::Zone;

/// The days of one directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Days {
    /// Every such weekday.
    Weekly(Weekday),
    /// From one day to another, each found in the same year or month, every so many days.
    Range {
        from: Day,
        /// `None`: without end (a date with a step).
        until: Option<Day>,
        step: i64,
    },
}

/// One day as a directive writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Day {
    /// `2026-06-24`.
    Calendar(Date),
    /// `april 1`, `february -1`.
    OfMonth { month: i8, day: i8 },
    /// `day 15`, `day -1`.
    OfAnyMonth { day: i8 },
    /// `monday 3 may`.
    NthOfMonth { weekday: Weekday, nth: i8, month: i8 },
    /// `monday 3`, `tuesday -1`.
    NthOfAnyMonth { weekday: Weekday, nth: i8 },
}

impl Days {
    /// The smaller goes before the greater.
    pub(crate) fn rank(&self) -> u8 {
        match self {
            Days::Range { from: Day::Calendar(_), .. } => 0,
            Days::Range { from: Day::OfMonth { .. }, .. } => 1,
            Days::Range { from: Day::OfAnyMonth { .. }, .. } => 2,
            Days::Range { from: Day::NthOfMonth { .. }, .. } => 3,
            Days::Range { from: Day::NthOfAnyMonth { .. }, .. } => 4,
            Days::Weekly(_) => 5,
        }
    }

    /// Whether a day is one of these.
    pub(crate) fn name(&self, day: Date) -> bool {
        match self {
            Days::Weekly(weekday) => day.weekday() == *weekday,
            Days::Range { from, until, step } => {
                // A range that ends before it begins ends in the next month or year.
                let before = match from {
                    Day::Calendar(_) => None,
                    Day::OfMonth { .. } | Day::NthOfMonth { .. } => Some(Span::new().years(-1)),
                    Day::OfAnyMonth { .. } | Day::NthOfAnyMonth { .. } => Some(Span::new().months(-1)),
                };
                let first_of_month = day.first_of_month();
                let anchors = std::iter::once(first_of_month)
                    .chain(before.and_then(|span| first_of_month.checked_add(span).ok()));
                anchors.into_iter().any(|anchor| within(day, *from, *until, *step, anchor))
            }
        }
    }
}

fn within(day: Date, from: Day, until: Option<Day>, step: i64, anchor: Date) -> bool {
    let Some(start) = from.near(anchor) else { return false };
    let end = match until {
        None => Date::MAX,
        Some(until) => {
            let same = until.near(anchor);
            let next = match until {
                Day::Calendar(_) => None,
                Day::OfMonth { .. } | Day::NthOfMonth { .. } => Some(Span::new().years(1)),
                Day::OfAnyMonth { .. } | Day::NthOfAnyMonth { .. } => Some(Span::new().months(1)),
            };
            let end = match same {
                Some(end) if end >= start => Some(end),
                _ => next.and_then(|span| until.near(anchor.checked_add(span).ok()?)),
            };
            let Some(end) = end else { return false };
            end
        }
    };
    start <= day && day <= end && (i64::from((day - start).get_days()) % step == 0)
}

impl Day {
    /// The day in the year or month of an anchor; `None` where it does not exist.
    pub(crate) fn near(self, anchor: Date) -> Option<Date> {
        match self {
            Day::Calendar(day) => Some(day),
            Day::OfMonth { month, day } => of_month(Date::new(anchor.year(), month, 1).ok()?, day),
            Day::OfAnyMonth { day } => of_month(anchor.first_of_month(), day),
            Day::NthOfMonth { weekday, nth, month } => {
                Date::new(anchor.year(), month, 1).ok()?.nth_weekday_of_month(nth, weekday).ok()
            }
            Day::NthOfAnyMonth { weekday, nth } => anchor.nth_weekday_of_month(nth, weekday).ok(),
        }
    }
}

/// The day of a month by its number; `-1` is the last.
fn of_month(first: Date, day: i8) -> Option<Date> {
    let number = if day < 0 { first.days_in_month() + 1 + day } else { day };
    Date::new(first.year(), first.month(), number).ok()
}

/// Reads the days of a directive: one day or weekday, `FROM - UNTIL`, with `/ STEP`.
pub(crate) fn read(words: &[&str]) -> Option<Days> {
    let mut parts = words.split(|word| *word == "/");
    let days = parts.next()?;
    let step = match parts.next() {
        None => None,
        Some([number]) => Some(number.parse::<i64>().ok().filter(|step| *step > 0)?),
        Some(_) => return None,
    };
    if parts.next().is_some() {
        return None;
    }
    let mut sides = days.split(|word| *word == "-");
    let (from, until, more) = (sides.next()?, sides.next(), sides.next());
    if more.is_some() {
        return None;
    }
    if let ([name], None, None) = (from, until, step)
        && let Some(weekday) = weekday(name)
    {
        return Some(Days::Weekly(weekday));
    }
    let from = day(from)?;
    let until = match until {
        None if step.is_some() && matches!(from, Day::Calendar(_)) => None,
        None => Some(from),
        Some(side) => Some(day(side).or_else(|| short(from, side))?),
    };
    Some(Days::Range { from, until, step: step.unwrap_or(1) })
}

fn day(words: &[&str]) -> Option<Day> {
    match words {
        [date] => date.parse().ok().map(Day::Calendar),
        ["day", number] => Some(Day::OfAnyMonth { day: day_number(number)? }),
        [name, number] => match (month(name), weekday(name)) {
            (Some(month), _) => Some(Day::OfMonth { month, day: day_number(number)? }),
            (None, Some(weekday)) => Some(Day::NthOfAnyMonth { weekday, nth: nth(number)? }),
            (None, None) => None,
        },
        [name, number, of] => {
            Some(Day::NthOfMonth { weekday: weekday(name)?, nth: nth(number)?, month: month(of)? })
        }
        _ => None,
    }
}

/// The right side of `day 1 - 15`, `april 10 - 15`, `monday 1 - 3`: a number of the same kind.
fn short(from: Day, words: &[&str]) -> Option<Day> {
    let [number] = words else { return None };
    Some(match from {
        Day::Calendar(_) => return None,
        Day::OfMonth { month, .. } => Day::OfMonth { month, day: day_number(number)? },
        Day::OfAnyMonth { .. } => Day::OfAnyMonth { day: day_number(number)? },
        Day::NthOfMonth { weekday, month, .. } => Day::NthOfMonth { weekday, nth: nth(number)?, month },
        Day::NthOfAnyMonth { weekday, .. } => Day::NthOfAnyMonth { weekday, nth: nth(number)? },
    })
}

fn day_number(text: &str) -> Option<i8> {
    text.parse().ok().filter(|number| (-31..=31).contains(number) && *number != 0)
}

fn nth(text: &str) -> Option<i8> {
    text.parse().ok().filter(|number| (-5..=5).contains(number) && *number != 0)
}

fn weekday(name: &str) -> Option<Weekday> {
    Some(match name {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

fn month(name: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let place = MONTHS.iter().position(|month| *month == name)?;
    i8::try_from(place + 1).ok()
}

/// `HH:MM` or `HH:MM:SS` as seconds; hours may pass 24.
pub(crate) fn time(text: &str) -> Option<i64> {
    let mut parts = text.split(':').map(|part| part.parse::<i64>().ok().filter(|number| *number >= 0));
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    (parts.next().is_none() && hours <= 48 && minutes < 60 && seconds < 60)
        .then_some(hours * 3_600 + minutes * 60 + seconds)
}

/// The instant (in seconds) at which the clock shows so many seconds after the midnight of a day; past 24 hours it
/// is that of the next day. A time that the clocks jump over is read as before the change, of a time that
/// comes twice the first is taken.
pub(crate) fn instant(day: Date, second: i64, zone: &Zone) -> i64 {
    let (days, rest) = (second.div_euclid(86_400), second.rem_euclid(86_400));
    let small = |number: i64| i8::try_from(number).unwrap_or(0);
    let day = day.checked_add(Span::new().days(days)).unwrap_or(day);
    zone.instant(day.at(small(rest / 3_600), small(rest / 60 % 60), small(rest % 60), 0)).second()
}
