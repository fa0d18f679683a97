//! Reporting periods in words.

use jiff::civil::Date;

use crate::Period;
use crate::period::month_number;

impl Period {
    /// The period in words, in Italian or in English.
    ///
    /// Italian: `Anno 2017`, `1° semestre 2017`, `2° trimestre 2017`, `Giugno 2017`,
    /// `dal 1/1/2017 al 31/3/2017`. English: `Year 2017`, `First half of 2017`,
    /// `Second quarter of 2017`, `June 2017`, `1 January 2017 to 31 March 2017`.
    pub fn label(&self, italian: bool) -> String {
        if italian { self.italian_label() } else { self.english_label() }
    }

    fn italian_label(&self) -> String {
        match *self {
            Period::Year(year) => format!("Anno {year}"),
            Period::HalfYear(year, half) => format!("{half}° semestre {year}"),
            Period::Quarter(year, quarter) => format!("{quarter}° trimestre {year}"),
            Period::Month(year, month) => format!("{} {year}", italian_month(month)),
            Period::Range { first, last } => {
                format!("dal {} al {}", italian_day(first), italian_day(last))
            }
        }
    }

    fn english_label(&self) -> String {
        match *self {
            Period::Year(year) => format!("Year {year}"),
            Period::HalfYear(year, half) => format!("{} half of {year}", english_ordinal(half)),
            Period::Quarter(year, quarter) => {
                format!("{} quarter of {year}", english_ordinal(quarter))
            }
            Period::Month(year, month) => format!("{} {year}", english_month(month)),
            Period::Range { first, last } => {
                format!("{} to {}", english_day(first), english_day(last))
            }
        }
    }
}

fn italian_day(day: Date) -> String {
    format!("{}/{}/{}", day.day(), day.month(), day.year())
}

fn english_day(day: Date) -> String {
    format!("{} {} {}", day.day(), english_month(month_number(day)), day.year())
}

fn english_ordinal(number: u8) -> &'static str {
    match number {
        0 | 1 => "First",
        2 => "Second",
        3 => "Third",
        _ => "Fourth",
    }
}

fn italian_month(month: u8) -> &'static str {
    match month {
        0 | 1 => "Gennaio",
        2 => "Febbraio",
        3 => "Marzo",
        4 => "Aprile",
        5 => "Maggio",
        6 => "Giugno",
        7 => "Luglio",
        8 => "Agosto",
        9 => "Settembre",
        10 => "Ottobre",
        11 => "Novembre",
        _ => "Dicembre",
    }
}

fn english_month(month: u8) -> &'static str {
    match month {
        0 | 1 => "January",
        2 => "February",
        3 => "March",
        4 => "April",
        5 => "May",
        6 => "June",
        7 => "July",
        8 => "August",
        9 => "September",
        10 => "October",
        11 => "November",
        _ => "December",
    }
}
