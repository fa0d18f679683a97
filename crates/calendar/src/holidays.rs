//! Holidays as rules with years of validity.

mod read;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

pub use read::InvalidHolidayDay;

/// A day of rest that comes back by rule, with the years in which the rule holds.
///
/// ```
/// use impegno_calendar::{HolidayDay, HolidayRule};
/// use jiff::civil::date;
/// let patron = HolidayRule {
///     name: "San Giovanni Battista".to_owned(),
///     day: HolidayDay::Fixed { month: 6, day: 24 },
///     from_year: None,
///     until_year: None,
///     source: "patrono di Firenze".to_owned(),
/// };
/// assert_eq!(patron.date_in(2026), Some(date(2026, 6, 24)));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct HolidayRule {
    /// What people call the day, as it is to be printed.
    pub name: String,
    /// Which day of a year it is.
    pub day: HolidayDay,
    /// The first year in which the rule holds; `None`: since ever.
    pub from_year: Option<i16>,
    /// The last year in which the rule holds; `None`: until further notice.
    pub until_year: Option<i16>,
    /// The law or decision that the rule comes from.
    pub source: String,
}

impl HolidayRule {
    /// The holiday of a year, `None` if the rule gives none (not in force, no 29 February).
    pub fn date_in(&self, year: i16) -> Option<Date> {
        let in_force = self.from_year.is_none_or(|from| from <= year)
            && self.until_year.is_none_or(|until| year <= until);
        let date = match self.day {
            HolidayDay::Fixed { month, day } => {
                Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?
            }
            HolidayDay::Easter { offset_days } => {
                easter(year).checked_add(i32::from(offset_days).days()).ok()?
            }
            HolidayDay::Weekday { month, weekday, nth, offset_days } => {
                nth_weekday(year, month, weekday, nth)?.checked_add(i32::from(offset_days).days()).ok()?
            }
            HolidayDay::Date(date) => date,
        };
        (in_force && date.year() == year).then_some(date)
    }
}

/// Which day of a year a holiday is.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum HolidayDay {
    /// The same day each year. A day that a year does not have (29 February) is left out that year.
    Fixed {
        /// 1 to 12.
        month: u8,
        /// 1 to 31.
        day: u8,
    },
    /// So many days after Easter Sunday (Easter Monday is 1), or before it if negative.
    Easter {
        /// Days after Easter Sunday; the day must lie in the same year.
        offset_days: i16,
    },
    /// A weekday of a month by its number: the first Tuesday of May, the last Sunday of October, the Thursday after the
    /// second Sunday of May. A year in which there is none (no fifth Sunday) is left out.
    Weekday {
        /// 1 to 12.
        month: u8,
        /// Which weekday is counted.
        weekday: Weekday,
        /// 1 for the first to 5 for the fifth, -1 for the last.
        nth: i8,
        /// Days after the weekday that was counted; the day must lie in the same year.
        offset_days: i16,
    },
    /// One day, once.
    Date(Date),
}

/// The n-th weekday of a month, counted from its end if n is negative.
fn nth_weekday(year: i16, month: u8, weekday: Weekday, nth: i8) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, 1).ok()?.nth_weekday_of_month(nth, weekday).ok()
}

/// The holidays of the Italian State with civil effect, Sundays aside, each with its law.
///
/// Right for every year from 1978. L. 260/1949 art. 2 lists more (St Joseph, Ascension, Corpus
/// Christi, Sts Peter and Paul, 4 November): L. 54/1977 took away their civil effect. Until 2000 the
/// Republic was celebrated on the first Sunday of June, which is a Sunday anyway.
///
/// The patron saint is a local day and not in the list: add a rule of your own. Easter Sunday is a
/// Sunday; a service that is open on Sundays but not on that one adds `Easter { offset_days: 0 }`.
pub fn italian_national_holidays() -> Vec<HolidayRule> {
    let always = "L. 27 maggio 1949, n. 260, art. 2";
    let fixed = |month, day| HolidayDay::Fixed { month, day };
    let rule = |name: &str, day, from_year, source: &str| HolidayRule {
        name: name.to_owned(),
        day,
        from_year,
        until_year: None,
        source: source.to_owned(),
    };
    vec![
        rule("Capodanno", fixed(1, 1), None, always),
        rule("Epifania", fixed(1, 6), Some(1986), "D.P.R. 28 dicembre 1985, n. 792"),
        rule("Lunedì dell'Angelo", HolidayDay::Easter { offset_days: 1 }, None, always),
        HolidayRule {
            until_year: Some(2011),
            ..rule(
                "150° anniversario dell'Unità d'Italia",
                fixed(3, 17),
                Some(2011),
                "D.L. 22 febbraio 2011, n. 5",
            )
        },
        rule("Festa della Liberazione", fixed(4, 25), None, always),
        rule("Festa del lavoro", fixed(5, 1), None, always),
        rule("Festa della Repubblica", fixed(6, 2), Some(2001), "L. 20 novembre 2000, n. 336"),
        rule("Assunzione di Maria Vergine", fixed(8, 15), None, always),
        rule("San Francesco d'Assisi", fixed(10, 4), Some(2026), "L. 8 ottobre 2025, n. 151"),
        rule("Ognissanti", fixed(11, 1), None, always),
        rule("Immacolata Concezione", fixed(12, 8), None, always),
        rule("Natale", fixed(12, 25), None, always),
        rule("Santo Stefano", fixed(12, 26), None, always),
    ]
}

/// Easter Sunday of a year by the Gregorian rule, 22 March to 25 April.
///
/// Source: the anonymous algorithm of Nature, 1876 (Meeus, *Astronomical Algorithms*, chapter 8).
/// For years before 1583 it is the Gregorian rule carried backwards, not the date once celebrated.
pub fn easter(year: i16) -> Date {
    let y = i32::from(year.clamp(-9999, 9999));
    let golden = y.rem_euclid(19);
    let (century, in_century) = (y.div_euclid(100), y.rem_euclid(100));
    let lunar = (century - (century + 8).div_euclid(25) + 1).div_euclid(3);
    let moon = (19 * golden + century - century.div_euclid(4) - lunar + 15).rem_euclid(30);
    let sunday =
        (32 + 2 * century.rem_euclid(4) + 2 * in_century.div_euclid(4) - moon - in_century.rem_euclid(4))
            .rem_euclid(7);
    let late = (golden + 11 * moon + 22 * sunday).div_euclid(451);
    let days_after_22_march = moon + sunday - 7 * late;
    Date::new(year.clamp(-9999, 9999), 3, 22).unwrap_or(Date::ZERO).saturating_add(days_after_22_march.days())
}
