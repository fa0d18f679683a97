//! One module per output format, from the same report value.
//!
//! A publisher walks a [`Report`] and writes files; it may use only what stands in the report. Texts
//! are printed as they are, exact values are written for machines, and nothing is judged, rounded
//! for people or translated here, except the words of the interface (see the module `words`).
//!
//! | Function | Files |
//! | --- | --- |
//! | [`html()`] | one page per page of the report, and `assets/` (style sheets, fonts, licences) |
//! | [`csv()`] | `dati/<table>.csv`, `dati/cifre.csv`, `dati/LEGGIMI.md` |
//! | [`json()`] | `dati/<page>.json`, `dati/report.schema.json` |
//! | [`xlsx()`] | `<layout>-<period>.xlsx`, and `<layout>-<period>-differenze.xlsx` for that page alone |
//!
//! They belong in the same folder: the pages link to the data. They work opened from a disk,
//! without a server and without any script.
//!
//! # Promises
//!
//! - Same report, same bytes: no clock, no random numbers, no order of hash tables.
//! - The page `differenze` (published figures against ours) always exists but is filled only by
//!   those who hold the published figures. So whatever is written for the other pages is the same,
//!   byte for byte, whatever stands on that page: they link to it and take nothing from it.
//! - Nothing is said by colour alone; every picture has its table beside it.

mod address;
mod csv_files;
mod errata_files;
mod exact;
mod html;
mod json_files;
mod json_read;
mod reasons;
mod spreadsheet;
mod svg;
mod words;
mod xlsx;

use std::borrow::Cow;

use impegno_report::document::{Language, Page, Report, Table};
use impegno_report::errata::Errata;

pub use address::leads_out;
pub use json_read::UnreadablePage;
pub use reasons::{Reasons, reason};
pub use svg::{Drawing, Size};
pub use words::{Words, words};

/// A file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Path relative to the output folder, with `/` between its parts; it never leaves that folder.
    pub path: String,
    /// What the file holds.
    pub bytes: Cow<'static, [u8]>,
}

impl File {
    /// A file whose text was made for this report.
    fn made(path: impl Into<String>, text: String) -> Self {
        File { path: path.into(), bytes: Cow::Owned(text.into_bytes()) }
    }
}

/// The report as pages to be read: `index.html` for the first page, `<slug>.html` for the others, and
/// `assets/` with the style sheets, the fonts and their licences.
pub fn html(report: &Report) -> Vec<File> {
    html::files(report)
}

/// The report as tables for spreadsheets and programs: `dati/<table id>.csv` for each table,
/// `dati/cifre.csv` for the single figures and `dati/LEGGIMI.md`, which says what the columns hold.
///
/// UTF-8, separated by commas, one header line. The header is `row_key,row_label,row_role`, then two
/// columns for each column of the table: its key (the exact value, decimals with a dot) and its key
/// with `_printed` (as in the report). Quotients are rounded to nine decimals, half away from zero, in
/// whole-number arithmetic; a share of one is `1`, a duration is in seconds, an amount in euro.
pub fn csv(report: &Report) -> Vec<File> {
    csv_files::files(report)
}

/// The report as JSON with exact values: one file a page, `dati/<slug with - for />.json`, and the
/// JSON Schema (2020-12) that describes them, `dati/report.schema.json`.
pub fn json(report: &Report) -> Vec<File> {
    json_files::files(report)
}

/// Reads back a page from a file that [`json()`] wrote.
///
/// # Errors
///
/// If it is no such file, or of another version of the format.
pub fn read_page(bytes: &[u8]) -> Result<Page, UnreadablePage> {
    json_read::page(bytes)
}

/// The corrections of a report as JSON, from which its page of errata can be made again.
pub fn errata_json(errata: &Errata) -> String {
    errata_files::write(errata)
}

/// Reads back what [`errata_json`] wrote.
///
/// # Errors
///
/// If it is no such file, or not as it is written.
pub fn read_errata(bytes: &[u8]) -> Result<Errata, UnreadablePage> {
    errata_files::read(bytes)
}

/// The report as a workbook: a sheet with contents and origin, one for the single figures, one for each
/// table (named as its CSV), one for the paragraphs.
///
/// Numbers are numbers with forms in which they read as in the report: shares as fractions with a percentage
/// form, differences of shares in points, lengths of time as fractions of a day (those printed in milliseconds:
/// in milliseconds), amounts in euro, civil times as dates. What no number prints as the report does is the
/// printed text: integers beyond fifteen digits, negative times. Text is never a formula.
///
/// # Errors
///
/// If the library that writes the file refuses; no report is known that makes it do so.
pub fn xlsx(report: &Report) -> Result<Vec<File>, WorkbookError> {
    xlsx::files(report).map_err(|error| WorkbookError(error.to_string()))
}

/// Why a workbook could not be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkbookError(String);

impl std::fmt::Display for WorkbookError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the workbook cannot be written: {}", self.0)
    }
}

impl std::error::Error for WorkbookError {}

/// The chart of a table as an SVG drawing, or nothing if it has none or there is nothing to draw: the same
/// one that the pages show, for other documents.
pub fn chart(table: &Table, language: Language, size: Size) -> Option<Drawing> {
    svg::draw(table, words(language), size, "chart")
}

/// The path of the report as PDF: `<layout>-<period>.pdf` (`<layout>-<period>-<body>.pdf`), beside `index.html`.
pub fn pdf_path(report: &Report) -> String {
    address::document_name(report, "pdf")
}

/// The path of the CSV of each table: the tables of a page in reading order, page by page.
pub fn csv_paths(report: &Report) -> Vec<Vec<String>> {
    let addresses = address::Addresses::of(report);
    (0..report.pages.len()).map(|page| addresses.page(page).tables.clone()).collect()
}

/// Whether the page is that of the differences from published figures, on which nothing outside it depends.
pub fn is_differences(page: &Page) -> bool {
    address::is_differences(page)
}
