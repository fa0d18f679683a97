//! Open Document spreadsheets.
//!
//! Read here and not by a library, because rows and cells of this format carry repetition counts: one short
//! line can stand for a thousand million cells, and the bounds must be asked while reading.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil::{Date, DateTime};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{Cell, MOST_COLUMNS, MOST_ROWS, Sheet, Trouble, archive, digits};

/// The names of the visible sheets.
pub(super) fn sheets(bytes: &[u8]) -> Result<Vec<String>, Trouble> {
    let content = content(bytes)?;
    let mut tables = Tables::of(&content);
    let mut names = Vec::new();
    while let Some((name, visible)) = tables.next()? {
        if visible {
            names.push(name);
        }
    }
    Ok(names)
}

/// The cells of a sheet: the first visible one without a name.
pub(super) fn read(name: Option<&str>, bytes: &[u8]) -> Result<Sheet, Trouble> {
    let content = content(bytes)?;
    let mut tables = Tables::of(&content);
    let mut names = Vec::new();
    while let Some((found, visible)) = tables.next()? {
        if name.map_or(visible, |name| name == found) {
            return read_table(&mut tables.reader, Sheet::new(&found));
        }
        if visible {
            names.push(found);
        }
    }
    Err(Trouble::NoSheet(names))
}

/// The sheets of a spreadsheet in their order, with the styles that hide some of them.
struct Tables<'c> {
    reader: Reader<&'c [u8]>,
    /// Styles of sheets that are not displayed; they stand before the sheets.
    hidden: BTreeSet<String>,
    /// The style being read.
    style: String,
}

impl<'c> Tables<'c> {
    fn of(content: &'c str) -> Tables<'c> {
        Tables { reader: Reader::from_str(content), hidden: BTreeSet::new(), style: String::new() }
    }

    /// The name of the next sheet, and whether it is displayed; the reader stands behind its beginning.
    fn next(&mut self) -> Result<Option<(String, bool)>, Trouble> {
        loop {
            let event = self.reader.read_event().map_err(damaged)?;
            let (Event::Start(element) | Event::Empty(element)) = &event else {
                if matches!(event, Event::Eof) {
                    return Ok(None);
                }
                continue;
            };
            match element.name().as_ref() {
                "style:style" => self.style = attribute(element, "style:name")?.unwrap_or_default(),
                "style:table-properties"
                    if attribute(element, "table:display")?.as_deref() == Some("false") =>
                {
                    self.hidden.insert(self.style.clone());
                }
                "table:table" if matches!(event, Event::Start(_)) => {
                    let name = attribute(element, "table:name")?.unwrap_or_default();
                    let style = attribute(element, "table:style-name")?;
                    return Ok(Some((name, style.is_none_or(|style| !self.hidden.contains(&style)))));
                }
                _ => {}
            }
        }
    }
}

fn content(bytes: &[u8]) -> Result<String, Trouble> {
    let mut archive = archive::open(bytes)?;
    let manifest = archive::part(&mut archive, "META-INF/manifest.xml").unwrap_or_default();
    if manifest.contains("encryption-data") {
        return Err(Trouble::Protected);
    }
    archive::part(&mut archive, "content.xml")
}

fn read_table(reader: &mut Reader<&[u8]>, mut sheet: Sheet) -> Result<Sheet, Trouble> {
    let mut row: u32 = 0;
    loop {
        match reader.read_event().map_err(damaged)? {
            Event::Start(element) if element.name().as_ref() == "table:table-row" => {
                let times = repeated(&element, "table:number-rows-repeated")?;
                let cells = read_row(reader)?;
                if cells.is_empty() {
                    // Sheets end with a million empty rows, told in one.
                    row = row.saturating_add(times);
                    continue;
                }
                for _ in 0..times.min(MOST_ROWS) {
                    for (columns, cell) in &cells {
                        for column in columns.clone() {
                            sheet.put(row, column, cell.clone())?;
                        }
                    }
                    row = row.saturating_add(1);
                }
            }
            Event::Empty(element) if element.name().as_ref() == "table:table-row" => {
                row = row.saturating_add(repeated(&element, "table:number-rows-repeated")?);
            }
            Event::End(element) if element.name().as_ref() == "table:table" => return Ok(sheet),
            Event::Eof => return Err(Trouble::Damaged("it ends in the middle of a sheet".to_owned())),
            _ => {}
        }
    }
}

/// The cells of a row that hold something, with the columns, from 0, that each stands in.
fn read_row(reader: &mut Reader<&[u8]>) -> Result<Vec<(Range<usize>, Cell)>, Trouble> {
    let mut cells = Vec::new();
    let mut column: usize = 0;
    loop {
        let (cell, times) = match reader.read_event().map_err(damaged)? {
            Event::Start(element) if is_cell(element.name().as_ref()) => {
                let value = value(&element)?;
                let times = repeated(&element, "table:number-columns-repeated")?;
                let text = read_text(reader)?;
                let shown = if text.trim().is_empty() { Cell::Empty } else { Cell::Text(text) };
                (value.unwrap_or(shown), times)
            }
            Event::Empty(element) if is_cell(element.name().as_ref()) => {
                let times = repeated(&element, "table:number-columns-repeated")?;
                (value(&element)?.unwrap_or(Cell::Empty), times)
            }
            Event::End(element) if element.name().as_ref() == "table:table-row" => return Ok(cells),
            Event::Eof => return Err(Trouble::Damaged("it ends in the middle of a row".to_owned())),
            _ => continue,
        };
        let times = times as usize;
        if cell != Cell::Empty {
            if column.saturating_add(times) > MOST_COLUMNS {
                return Err(Trouble::TooLarge(format!("a row has more than {MOST_COLUMNS} cells")));
            }
            cells.push((column..column + times, cell));
        }
        column = column.saturating_add(times);
    }
}

fn is_cell(name: &str) -> bool {
    matches!(name, "table:table-cell" | "table:covered-table-cell")
}

/// The text shown in a cell, to its end; notes of readers are left out.
fn read_text(reader: &mut Reader<&[u8]>) -> Result<String, Trouble> {
    let mut text = String::new();
    let mut in_note: u32 = 0;
    loop {
        match reader.read_event().map_err(damaged)? {
            Event::Start(element) => match element.name().as_ref() {
                "office:annotation" => in_note += 1,
                "text:p" if !text.is_empty() && in_note == 0 => text.push(' '),
                _ => {}
            },
            Event::Empty(element) if in_note == 0 => {
                if matches!(element.name().as_ref(), "text:s" | "text:tab" | "text:line-break") {
                    text.push(' ');
                }
            }
            Event::End(element) => match element.name().as_ref() {
                "office:annotation" => in_note = in_note.saturating_sub(1),
                name if is_cell(name) => return Ok(text),
                _ => {}
            },
            Event::Text(piece) if in_note == 0 => text.push_str(&piece.xml10_content()),
            Event::CData(piece) if in_note == 0 => text.push_str(&piece.xml10_content()),
            Event::GeneralRef(entity) if in_note == 0 => {
                let known = quick_xml::escape::resolve_predefined_entity(entity.as_ref());
                match (known, entity.resolve_char_ref().map_err(damaged)?) {
                    (Some(known), _) => text.push_str(known),
                    (None, Some(character)) => text.push(character),
                    (None, None) => {
                        return Err(Trouble::Damaged("a cell names an unknown entity".to_owned()));
                    }
                }
            }
            Event::Eof => return Err(Trouble::Damaged("it ends in the middle of a cell".to_owned())),
            _ => {}
        }
    }
}

/// The value that a cell states besides the text that it shows.
fn value(element: &BytesStart<'_>) -> Result<Option<Cell>, Trouble> {
    if let Some(date) = attribute(element, "office:date-value")? {
        let at = date.parse::<DateTime>().ok().or_else(|| Some(date.parse::<Date>().ok()?.at(0, 0, 0, 0)));
        return Ok(Some(at.map_or(Cell::Text(date), |at| Cell::Time(to_the_second(at)))));
    }
    let kind = attribute(element, "office:value-type")?;
    if matches!(kind.as_deref(), Some("float" | "currency" | "percentage")) {
        return Ok(attribute(element, "office:value")?.map(|text| Cell::Number(number(text))));
    }
    Ok(attribute(element, "office:string-value")?.map(Cell::Text))
}

/// A number as it stands, but for the digits that only a calculation has made.
fn number(text: String) -> String {
    if text.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit()) {
        return text;
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => digits(number),
        _ => text,
    }
}

fn to_the_second(at: DateTime) -> DateTime {
    at.round(jiff::Unit::Second).unwrap_or(at)
}

fn repeated(element: &BytesStart<'_>, name: &str) -> Result<u32, Trouble> {
    let Some(text) = attribute(element, name)? else { return Ok(1) };
    text.parse().map_err(|_| Trouble::Damaged(format!("`{text}` is no count of cells")))
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, Trouble> {
    let attribute = element.try_get_attribute(name).map_err(|error| Trouble::Damaged(error.to_string()))?;
    attribute
        .map(|attribute| {
            let value = attribute.normalized_value(quick_xml::XmlVersion::Explicit1_0);
            value.map(std::borrow::Cow::into_owned).map_err(damaged)
        })
        .transpose()
}

fn damaged(error: quick_xml::Error) -> Trouble {
    Trouble::Damaged(error.to_string())
}
