//! Office Open XML spreadsheets, by calamine.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan};

use super::{Cell, Sheet, Trouble, archive, digits};

type Book<'b> = Xlsx<Cursor<&'b [u8]>>;

/// The names of the visible sheets.
pub(super) fn sheets(bytes: &[u8]) -> Result<Vec<String>, Trouble> {
    guarded(|| Ok(visible(&open(bytes)?)))
}

/// The cells of a sheet.
pub(super) fn read(name: Option<&str>, bytes: &[u8]) -> Result<Sheet, Trouble> {
    guarded(|| {
        let mut book = open(bytes)?;
        let names = visible(&book);
        let name = match name {
            Some(name) if book.sheet_names().iter().any(|known| known == name) => name.to_owned(),
            None if !names.is_empty() => names[0].clone(),
            _ => return Err(Trouble::NoSheet(names)),
        };
        let mut sheet = Sheet::new(&name);
        let mut cells = book.worksheet_cells_reader(&name).map_err(damaged)?;
        while let Some(cell) = cells.next_cell().map_err(damaged)? {
            let (row, column) = cell.get_position();
            sheet.put(row, column as usize, understood(cell.get_value()))?;
        }
        Ok(sheet)
    })
}

fn open(bytes: &[u8]) -> Result<Book<'_>, Trouble> {
    archive::open(bytes)?;
    Xlsx::new(Cursor::new(bytes)).map_err(damaged)
}

fn visible(book: &Book<'_>) -> Vec<String> {
    let sheets = book.sheets_metadata().iter();
    sheets
        .filter(|sheet| sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .collect()
}

/// A file can be damaged in ways that the reader did not think of: then it is damaged, and nothing more.
fn guarded<T>(read: impl FnOnce() -> Result<T, Trouble>) -> Result<T, Trouble> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(Trouble::Damaged("its parts do not fit together".to_owned())))
}

fn understood(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => Cell::Number(number.to_string()),
        DataRef::Float(number) => Cell::Number(digits(*number)),
        DataRef::String(text) => filled(text),
        DataRef::SharedString(text) => filled(text),
        DataRef::Bool(yes) => Cell::Text(if *yes { "TRUE" } else { "FALSE" }.to_owned()),
        DataRef::DateTime(at) => time(*at),
        DataRef::DateTimeIso(text) => text.parse().map_or_else(|_| filled(text), Cell::Time),
        DataRef::DurationIso(text) => filled(text),
        DataRef::Error(error) => Cell::Text(error.to_string()),
    }
}

fn filled(text: &str) -> Cell {
    if text.trim().is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
}

/// A time from the days since the epoch of the file, to the nearest second: a fraction of a day is not exact
/// in the file itself. Less than a day is a time of the day.
fn time(at: ExcelDateTime) -> Cell {
    let days = at.as_f64();
    let seconds = (days * 86_400.0).round() as i64;
    let clock = || Cell::Text(format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60));
    if days < 0.0 || !days.is_finite() {
        return Cell::Number(days.to_string());
    }
    if at.is_duration() || days < 1.0 {
        return clock();
    }
    let (year, month, day, ..) = at.to_ymd_hms_milli();
    // The day of the serial as calamine knows it (two epochs, one false leap day), the seconds rounded here.
    let Ok(date) = Date::new(year as i16, month as i8, day as i8) else { return clock() };
    let within = seconds - days.floor() as i64 * 86_400;
    match date.at(0, 0, 0, 0).checked_add(SignedDuration::from_secs(within)) {
        Ok(at) => Cell::Time(at),
        Err(_) => date.checked_add(0.days()).map_or_else(|_| clock(), |date| Cell::Time(date.at(0, 0, 0, 0))),
    }
}

fn damaged(error: XlsxError) -> Trouble {
    match error {
        XlsxError::Password => Trouble::Protected,
        XlsxError::WorksheetNotFound(name) | XlsxError::NotAWorksheet(name) => {
            Trouble::Damaged(format!("its sheet `{name}` is no table"))
        }
        other => Trouble::Damaged(other.to_string()),
    }
}
