//! Sheets of spreadsheets: XLSX and ODS files as rows of cells, and these as the text that tables are read from.
//!
//! What a spreadsheet holds is bounded before it is read: such a file is an archive, and a small one can
//! unfold to more than any machine holds.

mod archive;
mod ods;
mod xlsx;

use std::collections::BTreeMap;

use impegno_findings::{Finding, Place, SheetCell, nearest};
use jiff::civil::DateTime;

use crate::civil::TimePattern;
use crate::codes;

/// Bytes of a spreadsheet.
pub(crate) const MOST_BYTES: u64 = 256 << 20;
/// Cells of one sheet, empty ones before others of their row counted too.
const MOST_CELLS: usize = 5_000_000;
/// Rows by columns of the widest row.
const MOST_FIELDS: usize = 100_000_000;
/// Bytes of text in the cells of one sheet.
const MOST_TEXT: usize = 256 << 20;
/// Columns that spreadsheet programs know.
const MOST_COLUMNS: usize = 16_384;
/// Rows that spreadsheet programs know.
const MOST_ROWS: u32 = 1_048_576;

/// A spreadsheet as a source declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workbook {
    /// How it is written.
    pub kind: WorkbookKind,
    /// The sheet to read; the first visible one without.
    pub sheet: Option<String>,
}

/// How a spreadsheet is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkbookKind {
    /// Office Open XML: Excel since 2007.
    Xlsx,
    /// Open Document: LibreOffice.
    Ods,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A text.
    Text(String),
    /// A number, in digits with a decimal point.
    Number(String),
    /// A day, perhaps with a time; of the centre's zone.
    Time(DateTime),
}

/// The cells of one sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Rows that hold something, by their number from 1. Cells stand from column A on without gaps.
    pub rows: BTreeMap<u32, Vec<Cell>>,
    cells: usize,
    text: usize,
}

/// Why a spreadsheet cannot be read.
enum Trouble {
    /// Damaged, or something else than its name says.
    Damaged(String),
    /// Protected by a password.
    Protected,
    /// Too large, in words.
    TooLarge(String),
    /// There is no such sheet; those that there are.
    NoSheet(Vec<String>),
}

impl Workbook {
    /// The names of the visible sheets.
    ///
    /// # Errors
    ///
    /// A finding about `file` when it is damaged, protected, too large or no spreadsheet.
    pub fn sheets(kind: WorkbookKind, file: &str, bytes: &[u8]) -> Result<Vec<String>, Box<Finding>> {
        let names = match kind {
            WorkbookKind::Xlsx => xlsx::sheets(bytes),
            WorkbookKind::Ods => ods::sheets(bytes),
        };
        names.map_err(|trouble| Box::new(trouble.finding(file, None)))
    }

    /// The cells of the declared sheet.
    ///
    /// # Errors
    ///
    /// As for [`Workbook::sheets`], and when there is no such sheet.
    pub fn read(&self, file: &str, bytes: &[u8]) -> Result<Sheet, Box<Finding>> {
        if bytes.len() as u64 > MOST_BYTES {
            let message = format!("the spreadsheet is larger than {} MB", MOST_BYTES >> 20);
            return Err(Box::new(Trouble::TooLarge(message).finding(file, None)));
        }
        let sheet = match self.kind {
            WorkbookKind::Xlsx => xlsx::read(self.sheet.as_deref(), bytes),
            WorkbookKind::Ods => ods::read(self.sheet.as_deref(), bytes),
        };
        let sheet = sheet.and_then(|sheet| {
            let widest = sheet.rows.values().map(Vec::len).max().unwrap_or(0);
            // As text every row is as wide as the header.
            if sheet.rows.len().saturating_mul(widest) > MOST_FIELDS {
                let message = format!(
                    "the sheet `{}` has {} rows of up to {widest} cells",
                    sheet.name,
                    sheet.rows.len()
                );
                return Err(Trouble::TooLarge(message));
            }
            Ok(sheet)
        });
        sheet.map_err(|trouble| Box::new(trouble.finding(file, self.sheet.as_deref())))
    }
}

impl Trouble {
    fn finding(self, file: &str, sheet: Option<&str>) -> Finding {
        let place = Place::file(file);
        match self {
            Trouble::Damaged(why) => Finding::error(
                codes::UNREADABLE_WORKBOOK,
                place,
                format!("the spreadsheet cannot be read: {why}"),
            )
            .hint("open it with a spreadsheet program and save it again as .xlsx, .ods or .csv"),
            Trouble::Protected => {
                Finding::error(codes::PROTECTED_WORKBOOK, place, "the spreadsheet is protected by a password")
                    .hint("save a copy without a password")
            }
            Trouble::TooLarge(what) => Finding::error(codes::OVERSIZED_WORKBOOK, place, what)
                .hint("export the rows as .csv, which has no limit, or split the sheet"),
            Trouble::NoSheet(known) => {
                let wanted = sheet.unwrap_or_default();
                let hint = match nearest(wanted, known.iter().map(String::as_str)) {
                    Some(name) => format!("did you mean `{name}`?"),
                    None => format!("the file has: {}", known.join(", ")),
                };
                let message = format!("the spreadsheet has no sheet `{wanted}`");
                Finding::error(codes::MISSING_SHEET, place, message).hint(hint)
            }
        }
    }
}

impl Sheet {
    fn new(name: &str) -> Sheet {
        Sheet { name: name.to_owned(), rows: BTreeMap::new(), cells: 0, text: 0 }
    }

    /// Puts a cell at a row and a column, both from 0. Nothing is stored for an empty cell.
    fn put(&mut self, row: u32, column: usize, cell: Cell) -> Result<(), Trouble> {
        if cell == Cell::Empty {
            return Ok(());
        }
        if row >= MOST_ROWS || column >= MOST_COLUMNS {
            return Err(Trouble::Damaged(format!(
                "a cell lies in row {} of {MOST_ROWS}",
                u64::from(row) + 1
            )));
        }
        if let Cell::Text(text) | Cell::Number(text) = &cell {
            self.text += text.len();
        }
        let known = self.rows.get(&(row + 1)).map_or(0, Vec::len);
        self.cells += (column + 1).saturating_sub(known);
        self.check()?;
        let cells = self.rows.entry(row + 1).or_default();
        if column >= known {
            cells.resize(column, Cell::Empty);
            cells.push(cell);
        } else if let Some(place) = cells.get_mut(column) {
            *place = cell;
        }
        Ok(())
    }

    fn check(&self) -> Result<(), Trouble> {
        if self.cells > MOST_CELLS {
            return Err(Trouble::TooLarge(format!(
                "the sheet `{}` has more than {MOST_CELLS} cells",
                self.name
            )));
        }
        if self.text > MOST_TEXT {
            return Err(Trouble::TooLarge(format!(
                "the cells of the sheet `{}` hold more than {} MB of text",
                self.name,
                MOST_TEXT >> 20
            )));
        }
        Ok(())
    }

    /// The sheet as comma-separated text, a line for each of its rows, as wide as the header.
    ///
    /// Times are written by the pattern, numbers with the decimal sign; a line break within a cell becomes a
    /// space, so that the line in the text is the row in the sheet. `header` is the row of the header, from 1;
    /// the first that holds something when that is 1.
    pub(crate) fn to_text(&self, header: u32, time: &TimePattern, decimal: u8) -> Vec<u8> {
        let first = self.rows.range(header..).next();
        let width = first.map_or(0, |(_, cells)| cells.len());
        let mut text = Vec::with_capacity(self.text + self.cells * 2);
        let mut line = 1;
        for (number, cells) in &self.rows {
            while line < *number {
                text.push(b'\n');
                line += 1;
            }
            // Padding is bounded like the cells themselves: a row of the text has no more fields than the header.
            for column in 0..width {
                if column > 0 {
                    text.push(b',');
                }
                let cell = cells.get(column).unwrap_or(&Cell::Empty);
                push_field(&mut text, &cell.text(time, decimal));
            }
            if cells.iter().take(width).all(|cell| *cell == Cell::Empty) {
                // A blank line, not a row of empty fields.
                let start = text.len() - width.saturating_sub(1);
                text.truncate(start);
            }
            text.push(b'\n');
            line += 1;
        }
        text
    }

    /// Name of a cell as spreadsheet programs show it, from the line of the text and its column in characters.
    fn cell_at(&self, line: u32, column: u32, time: &TimePattern, decimal: u8) -> String {
        let Some(cells) = self.rows.get(&line).filter(|_| column > 0) else {
            return line.to_string();
        };
        let mut start = 1;
        for (number, cell) in cells.iter().enumerate() {
            if start >= column {
                return format!("{}{line}", column_letters(number));
            }
            start += cell.text(time, decimal).trim().chars().count() as u32 + 1;
        }
        format!("{}{line}", column_letters(cells.len().saturating_sub(1)))
    }

    /// Turns the places of findings about the text into those of cells.
    pub(crate) fn place(&self, findings: &mut [Finding], time: &TimePattern, decimal: u8) {
        for finding in findings.iter_mut().filter(|finding| finding.place.line > 0) {
            let cell = self.cell_at(finding.place.line, finding.place.column, time, decimal);
            finding.place.cell = Some(Box::new(SheetCell { sheet: self.name.clone(), cell }));
        }
    }
}

impl Cell {
    /// The text of a cell: a time by the pattern, a number with the decimal sign.
    pub fn text(&self, time: &TimePattern, decimal: u8) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) => text.replace(['\n', '\r'], " "),
            Cell::Number(digits) if decimal == b',' => digits.replace('.', ","),
            Cell::Number(digits) => digits.clone(),
            Cell::Time(at) => time.write(*at),
        }
    }
}

/// The digits of a number that a program keeps as a binary fraction: the shortest decimal with the fifteen
/// digits that spreadsheet programs show. More digits come from their own calculation (1.1 × 3 is 3.3000000000000003).
/// Whole numbers, which may be identifiers, keep all digits.
fn digits(number: f64) -> String {
    if number.fract() == 0.0 {
        return number.to_string();
    }
    let fifteen = format!("{number:.14e}").parse::<f64>();
    fifteen.unwrap_or(number).to_string()
}

fn push_field(text: &mut Vec<u8>, field: &str) {
    if field.contains([',', '"']) {
        text.push(b'"');
        text.extend_from_slice(field.replace('"', "\"\"").as_bytes());
        text.push(b'"');
    } else {
        text.extend_from_slice(field.as_bytes());
    }
}

/// Letters of a column, from 0: A, B, … Z, AA …
fn column_letters(mut number: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.insert(0, char::from(b'A' + (number % 26) as u8));
        match number / 26 {
            0 => return letters.into_iter().collect(),
            rest => number = rest - 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{column_letters, digits};

    #[test]
    fn digits_of_numbers_are_those_that_spreadsheets_show() {
        for (number, shown) in [
            (1.1 * 3.0, "3.3"),
            (0.1 + 0.2, "0.3"),
            (-2.2 * 3.0, "-6.6"),
            (1234.56, "1234.56"),
            (0.000_001_5, "0.0000015"),
            (123_456_789_012.345, "123456789012.345"),
            (9_007_199_254_740_991.0, "9007199254740991"),
            (100.0, "100"),
        ] {
            assert_eq!(digits(number), shown);
        }
    }

    #[test]
    fn letters_of_columns() {
        let letters: Vec<String> = [0, 2, 25, 26, 51, 52, 701, 702, 16_383].map(column_letters).into();
        assert_eq!(letters, ["A", "C", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD"]);
    }
}
