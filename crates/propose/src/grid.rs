//! A file as rows of texts under a header, and how it is written.

use csv::ReaderBuilder;
use impegno_findings::{Finding, Place};
use impegno_sources::{Cell, Sheet, TimePattern, Workbook, WorkbookKind};

use crate::NO_MAPPING;

/// How the file is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Written {
    /// Text with separators.
    Text { windows: bool, separator: u8 },
    /// A sheet of a spreadsheet.
    Sheet { kind: WorkbookKind, name: String, only: bool },
}

/// Rows of texts under a header.
#[derive(Debug)]
pub(crate) struct Grid {
    pub written: Written,
    /// Line of the header, from 1; `None` when the first row holds data.
    pub header: Option<u32>,
    pub names: Vec<String>,
    /// Rows that are not blank, each as wide as the header.
    pub rows: Vec<Vec<String>>,
}

/// Rows among which the header is looked for.
const HEADER_WITHIN: usize = 20;

/// Whether a file is a spreadsheet.
pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0")
}

impl Grid {
    pub(crate) fn of(file: &str, bytes: &[u8], sheet: Option<&str>) -> Result<Grid, Box<Finding>> {
        if is_binary(bytes) {
            return Grid::of_workbook(file, bytes, sheet);
        }
        let refuse = |message: &str, hint: &str| {
            Box::new(Finding::error(NO_MAPPING, Place::file(file), message).hint(hint))
        };
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Err(refuse("the file is text in UTF-16", "save it as CSV in UTF-8"));
        }
        if bytes.contains(&0) {
            return Err(refuse(
                "the file is neither text nor a spreadsheet",
                "export it as CSV, XLSX or ODS",
            ));
        }
        let content = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let (text, windows) = match std::str::from_utf8(content) {
            Ok(text) => (text.to_owned(), false),
            Err(_) => {
                let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(content);
                (text.into_owned(), true)
            }
        };
        let best = [b';', b',', b'\t', b'|']
            .into_iter()
            .map(|separator| (separator, lines(&text, separator)))
            .max_by_key(|(separator, lines)| (regularity(lines), *separator == b';'));
        match best {
            Some((separator, lines)) if usual_width(&lines) > 1 => {
                Grid::under_header(Written::Text { windows, separator }, lines, file)
            }
            _ => Err(refuse(
                "the file has no rows with several columns",
                "is it a table? Columns are separated by `;`, `,`, `|` or a tab",
            )),
        }
    }

    fn of_workbook(file: &str, bytes: &[u8], wanted: Option<&str>) -> Result<Grid, Box<Finding>> {
        // Either form is an archive: the one that has sheets is meant, and Excel's troubles are told otherwise.
        let (kind, names) = match Workbook::sheets(WorkbookKind::Ods, file, bytes) {
            Ok(names) => (WorkbookKind::Ods, names),
            Err(_) => (WorkbookKind::Xlsx, Workbook::sheets(WorkbookKind::Xlsx, file, bytes)?),
        };
        let read = |name: Option<String>| Workbook { kind, sheet: name }.read(file, bytes);
        let sheet = match wanted {
            Some(name) => read(Some(name.to_owned()))?,
            None => {
                let mut best: Option<Sheet> = None;
                for name in &names {
                    let sheet = read(Some(name.clone()))?;
                    if best.as_ref().is_none_or(|best| best.rows.len() < sheet.rows.len()) {
                        best = Some(sheet);
                    }
                }
                match best {
                    Some(sheet) => sheet,
                    None => read(None)?,
                }
            }
        };
        let iso = TimePattern::parse(["iso"]);
        let text =
            |cell: &Cell| iso.as_ref().map_or(String::new(), |iso| cell.text(iso, b'.').trim().to_owned());
        let lines = sheet.rows.iter().map(|(row, cells)| (*row, cells.iter().map(text).collect())).collect();
        let only = names.first() == Some(&sheet.name);
        Grid::under_header(Written::Sheet { kind, name: sheet.name, only }, lines, file)
    }

    /// The header is the first row as wide as most, all of words, with other rows under it.
    fn under_header(
        written: Written,
        lines: Vec<(u32, Vec<String>)>,
        file: &str,
    ) -> Result<Grid, Box<Finding>> {
        let usual = usual_width(&lines);
        let filled = |row: &[String]| row.iter().filter(|cell| !cell.is_empty()).count();
        let is_header = |row: &[String]| {
            filled(row) * 10 >= usual * 7
                && filled(row) > 1
                && row.iter().filter(|cell| !cell.is_empty()).all(|cell| is_name(cell))
        };
        let place = lines.iter().take(HEADER_WITHIN).position(|(_, row)| is_header(row));
        let (header, names, first) = match place.and_then(|place| Some((place, lines.get(place)?))) {
            Some((place, (line, row))) => {
                let last = row.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
                let names = row.iter().take(last).cloned().collect();
                (Some(*line), names, place + 1)
            }
            None => (None, (1..=usual).map(|column| format!("colonna {column}")).collect::<Vec<_>>(), 0),
        };
        let rows: Vec<Vec<String>> = lines
            .into_iter()
            .skip(first)
            .map(|(_, mut row)| {
                row.resize(names.len(), String::new());
                row
            })
            .filter(|row| row.iter().any(|cell| !cell.is_empty()))
            .collect();
        if rows.is_empty() {
            let finding = Finding::error(NO_MAPPING, Place::file(file), "the file has a header and no rows");
            return Err(Box::new(finding.hint("export it again with its rows")));
        }
        Ok(Grid { written, header, names, rows })
    }
}

/// The rows of a text that are not blank, with their lines.
fn lines(text: &str, separator: u8) -> Vec<(u32, Vec<String>)> {
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut lines = Vec::new();
    let mut record = csv::StringRecord::new();
    // Text in memory that is UTF-8 is always read.
    while reader.read_record(&mut record).unwrap_or(false) {
        let start = record.position().map_or(0, |position| position.byte() as usize);
        // Blank lines before a record belong to it in the reader's count.
        let blank = text.get(start..).map_or(0, |rest| {
            rest.bytes()
                .take_while(|byte| matches!(byte, b'\r' | b'\n'))
                .filter(|byte| *byte == b'\n')
                .count()
        });
        let line = record.position().map_or(0, |position| position.line() as u32) + blank as u32;
        lines.push((line, record.iter().map(|field| field.trim().to_owned()).collect()));
    }
    lines
}

/// The width that most of the first rows have.
fn usual_width(lines: &[(u32, Vec<String>)]) -> usize {
    let widths: Vec<usize> = lines.iter().take(500).map(|(_, row)| row.len()).collect();
    let most = widths.iter().max_by_key(|width| (widths.iter().filter(|one| one == width).count(), **width));
    most.copied().unwrap_or(0)
}

/// How well a separator fits: rows that have the usual width, when that is more than one column.
fn regularity(lines: &[(u32, Vec<String>)]) -> usize {
    let width = usual_width(lines);
    if width < 2 {
        return 0;
    }
    let regular = lines.iter().take(500).filter(|(_, row)| row.len() == width).count();
    regular * width.min(6)
}

/// Whether a text may be the name of a column: it has a letter and is no time.
fn is_name(cell: &str) -> bool {
    cell == "#" || (cell.chars().any(char::is_alphabetic) && !crate::columns::is_time(cell))
}
