//! The workbook, read by another library: every number with the form that prints it.

use std::io::Cursor;

use calamine::{Data, Range, Reader, StyleRange, Xlsx};

use crate::forms;
use crate::reference::{Cell, Comparison, Files, Report, Value};

/// Row of the first line of a table, from 0: title, way back, definition and heads stand above.
const FIRST: u32 = 4;

/// Holds the workbook, and that of the page of differences, to the report.
pub(crate) fn compare(report: &Report, files: &Files) -> Comparison {
    let mut comparison = Comparison::default();
    for differences in [false, true] {
        let path = files
            .keys()
            .find(|path| path.ends_with(".xlsx") && path.ends_with("-differenze.xlsx") == differences);
        let path = path.expect("a workbook");
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(&files[path])).expect("a workbook that opens");
        for page in report.pages.iter().filter(|page| (page.slug == "differenze") == differences) {
            for table in &page.tables {
                let sheet = Sheet::open(&mut book, &table.id);
                for (number, row) in table.rows.iter().enumerate() {
                    let line = FIRST + u32::try_from(number).expect("a sheet has fewer rows");
                    let label = || format!("table {}, label of {}", table.id, row.key);
                    comparison.same("XLSX", label, &sheet.printed((line, 0), report.italian), &row.label);
                    for (column, cell) in row.cells.iter().enumerate() {
                        let at = (line, 1 + u32::try_from(column).expect("few columns"));
                        sheet.compare(
                            at,
                            cell,
                            report.italian,
                            || table.place(number, column),
                            &mut comparison,
                        );
                    }
                }
                let end = FIRST + u32::try_from(table.rows.len()).expect("few rows");
                assert_eq!(sheet.printed((end, 0), report.italian), "", "{} ends after its rows", table.id);
            }
        }
        let pages = || report.pages.iter().filter(|page| (page.slug == "differenze") == differences);
        let figures: Vec<_> = pages().flat_map(|page| &page.figures).collect();
        if figures.is_empty() {
            continue;
        }
        let sheet = Sheet::open(&mut book, if report.italian { "cifre" } else { "figures" });
        for (number, figure) in figures.into_iter().enumerate() {
            let line = FIRST + u32::try_from(number).expect("few figures");
            let place = || format!("figure {}", figure.id);
            comparison.same("XLSX", place, &sheet.printed((line, 0), report.italian), &figure.label);
            sheet.compare((line, 1), &figure.cell, report.italian, place, &mut comparison);
            comparison.same("XLSX", place, &sheet.printed((line, 2), report.italian), &figure.note);
        }
    }
    comparison
}

/// A sheet with its styles.
struct Sheet {
    values: Range<Data>,
    styles: StyleRange,
}

impl Sheet {
    fn open(book: &mut Xlsx<Cursor<&Vec<u8>>>, name: &str) -> Sheet {
        let values = book.worksheet_range(name).unwrap_or_else(|error| panic!("sheet {name}: {error}"));
        let styles = book.worksheet_style(name).unwrap_or_else(|error| panic!("styles of {name}: {error}"));
        Sheet { values, styles }
    }

    /// The number in a cell, if it is one.
    fn number(&self, at: (u32, u32)) -> Option<f64> {
        match self.values.get_value(at)? {
            Data::Float(number) => Some(*number),
            Data::DateTime(at) => Some(at.as_f64()),
            Data::Empty | Data::String(_) => None,
            other => panic!("{at:?} holds {other:?}"),
        }
    }

    /// What a person reads.
    fn printed(&self, at: (u32, u32), italian: bool) -> String {
        match self.number(at) {
            Some(number) => {
                let style = self.styles.get(at).expect("numbers have a style");
                let form = style.number_format.as_ref().expect("numbers have a form");
                forms::printed(number, &form.format_code, italian)
            }
            None => self.values.get_value(at).map(ToString::to_string).unwrap_or_default(),
        }
    }

    fn compare(
        &self,
        at: (u32, u32),
        cell: &Cell,
        italian: bool,
        place: impl Fn() -> String,
        comparison: &mut Comparison,
    ) {
        let printed = self.printed(at, italian);
        if !printed_otherwise(cell) {
            comparison.same("XLSX", &place, &printed, &cell.text);
        }
        match (self.number(at), expected_number(cell)) {
            (Some(number), Some(expected)) => {
                comparison.compared += 1;
                if !expected.iter().any(|expected| close(number, *expected)) {
                    comparison.differ("XLSX", place(), &number.to_string(), &format!("{:?}", cell.value));
                }
            }
            (None, Some(_)) => comparison.differ("XLSX", place(), "no number", &format!("{:?}", cell.value)),
            // Civil times are numbers too; their form was read above.
            (Some(_) | None, None) => {}
        }
    }
}

/// Days are printed in hours, and seconds that are not whole with decimals: no form prints them as the report.
fn printed_otherwise(cell: &Cell) -> bool {
    let days = ["giorn", "day"].iter().any(|word| cell.text.contains(word));
    matches!(cell.value, Value::Micros(n) if days || (n > 1_000_000 && n % 1_000_000 != 0))
}

/// The numbers that a cell may hold for its value; `None` where it holds the text.
fn expected_number(cell: &Cell) -> Option<Vec<f64>> {
    let quotient = |numerator: i128, denominator: i128| numerator as f64 / denominator as f64;
    match cell.value {
        Value::Nothing | Value::Words(_) => None,
        Value::Number { numerator, denominator } => {
            // A count of parts, `7 su 11`, is no decimal number.
            let parts = [" su ", " of "].iter().any(|word| cell.text.contains(word));
            (!parts).then(|| vec![quotient(numerator, denominator)])
        }
        Value::Points { numerator, denominator } => Some(vec![100.0 * quotient(numerator, denominator)]),
        Value::Micros(n) if n < 0 => None,
        Value::Micros(n) => Some(vec![quotient(n, 86_400_000_000), quotient(n, 1000)]),
    }
}

/// The same to fourteen digits.
fn close(number: f64, expected: f64) -> bool {
    (number - expected).abs() <= 1e-14 * expected.abs()
}
