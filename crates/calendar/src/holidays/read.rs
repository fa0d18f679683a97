//! The words for which day of a year a holiday is.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Weekday};

use super::HolidayDay;

const ORDINALS: &[(&str, i8)] = &[
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fourth", 4),
    ("fifth", 5),
    ("last", -1),
    ("prim", 1),
    ("second", 2),
    ("terz", 3),
    ("quart", 4),
    ("quint", 5),
    ("ultim", -1),
];

const WEEKDAYS: &[(&str, &str, Weekday)] = &[
    ("monday", "lunedi", Weekday::Monday),
    ("tuesday", "martedi", Weekday::Tuesday),
    ("wednesday", "mercoledi", Weekday::Wednesday),
    ("thursday", "giovedi", Weekday::Thursday),
    ("friday", "venerdi", Weekday::Friday),
    ("saturday", "sabato", Weekday::Saturday),
    ("sunday", "domenica", Weekday::Sunday),
];

const MONTHS: &[(&str, &str)] = &[
    ("january", "gennaio"),
    ("february", "febbraio"),
    ("march", "marzo"),
    ("april", "aprile"),
    ("may", "maggio"),
    ("june", "giugno"),
    ("july", "luglio"),
    ("august", "agosto"),
    ("september", "settembre"),
    ("october", "ottobre"),
    ("november", "novembre"),
    ("december", "dicembre"),
];

/// Reads a day as people write it: `06-24`, `easter+50` (days after Easter Sunday), `2011-03-17` (once), or in words, in
/// English or Italian: `first tuesday of may`, `ultima domenica di ottobre`, `thursday after the second sunday of may`.
///
/// ```
/// use impegno_calendar::HolidayDay;
/// use jiff::civil::Weekday;
/// let asti: HolidayDay = "primo martedì di maggio".parse().unwrap();
/// assert_eq!(asti, HolidayDay::Weekday { month: 5, weekday: Weekday::Tuesday, nth: 1, offset_days: 0 });
/// ```
impl FromStr for HolidayDay {
    type Err = InvalidHolidayDay;

    fn from_str(text: &str) -> Result<HolidayDay, InvalidHolidayDay> {
        read(text.trim()).ok_or_else(|| InvalidHolidayDay { text: text.to_owned() })
    }
}

fn read(text: &str) -> Option<HolidayDay> {
    let text = text.to_lowercase().replace('ì', "i").replace("d'", "di ");
    if let Some(offset) = text.strip_prefix("easter").or_else(|| text.strip_prefix("pasqua")) {
        let offset: i16 = if offset.is_empty() { 0 } else { offset.parse().ok()? };
        let signed = text.ends_with(|sign: char| !sign.is_ascii_digit()) || text.contains(['+', '-']);
        // Farther than this the day would leave its year.
        return (signed && (-80..=250).contains(&offset))
            .then_some(HolidayDay::Easter { offset_days: offset });
    }
    if text.starts_with(|sign: char| sign.is_ascii_digit()) {
        let parts: Vec<&str> = text.split('-').collect();
        let digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !parts.iter().all(digits) {
            return None;
        }
        return match parts[..] {
            [year, month, day] if year.len() == 4 => {
                Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
                    .ok()
                    .map(HolidayDay::Date)
            }
            [month, day] => {
                // A leap year knows every day that exists in some year.
                let date = Date::new(2024, month.parse().ok()?, day.parse().ok()?).ok()?;
                Some(HolidayDay::Fixed { month: date.month().unsigned_abs(), day: date.day().unsigned_abs() })
            }
            _ => None,
        };
    }
    let small = ["of", "the", "di", "del", "la", "il", "lo"];
    let words: Vec<&str> = text.split_whitespace().filter(|word| !small.contains(word)).collect();
    match words[..] {
        [nth, counted, of_month] => Some(HolidayDay::Weekday {
            month: month(of_month)?,
            weekday: weekday(counted)?,
            nth: ordinal(nth)?,
            offset_days: 0,
        }),
        [day, "after" | "dopo", nth, counted, of_month] => {
            let (day, counted) = (weekday(day)?, weekday(counted)?);
            // Strictly after: the Sunday after a Sunday is a week later.
            let ahead = match day.since(counted) {
                0 => 7,
                days => i16::from(days),
            };
            let (month, nth) = (month(of_month)?, ordinal(nth)?);
            Some(HolidayDay::Weekday { month, weekday: counted, nth, offset_days: ahead })
        }
        _ => None,
    }
}

fn ordinal(word: &str) -> Option<i8> {
    let stem = word.strip_suffix(['o', 'a']).unwrap_or(word);
    ORDINALS.iter().find(|(known, _)| *known == word || *known == stem).map(|(_, nth)| *nth)
}

fn weekday(word: &str) -> Option<Weekday> {
    WEEKDAYS.iter().find(|(english, italian, _)| [*english, *italian].contains(&word)).map(|known| known.2)
}

fn month(word: &str) -> Option<u8> {
    let at = MONTHS.iter().position(|(english, italian)| [*english, *italian].contains(&word))?;
    u8::try_from(at.checked_add(1)?).ok()
}

/// A text that does not say which day of a year a holiday is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvalidHolidayDay {
    /// The text as it was given.
    pub text: String,
}

impl fmt::Display for InvalidHolidayDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a day of the year; write 06-24, easter+1, 2011-03-17 or \"first tuesday of may\"",
            self.text
        )
    }
}

impl std::error::Error for InvalidHolidayDay {}
