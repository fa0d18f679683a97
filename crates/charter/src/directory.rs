//! Directories: tables of words, one CSV each.

use std::collections::BTreeSet;

use impegno_findings::{Finding, Place};

use crate::codes::BAD_TABLE;
use crate::tables::semicolons;

/// Longest directory, in bytes. What is longer are facts, and comes by the inbox.
const LONGEST: usize = 1_000_000;

/// A directory as it stands in its file.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    /// Names of the columns, each once.
    pub(crate) columns: Vec<String>,
    /// Rows with as many fields as there are columns, each with its place.
    pub(crate) rows: Vec<(Vec<String>, Place)>,
}

impl Directory {
    /// The place of a column.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }
}

/// Reads a directory. Rows that are not sound are findings and left out.
pub(crate) fn read_directory(file: &str, text: &str, findings: &mut Vec<Finding>) -> Directory {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(finding) = semicolons(file, text) {
        findings.push(finding);
        return Directory::default();
    }
    let mut problem = |place: Place, message: String, hint: &str| {
        findings.push(Finding::error(BAD_TABLE, place, message).hint(hint));
    };
    if text.len() > LONGEST {
        let message = format!("the directory has {} bytes, more than {LONGEST}", text.len());
        problem(Place::file(file), message, "facts come by the inbox; a directory holds words");
        return Directory::default();
    }
    // A quotation mark inside quotation marks is written twice: a table that was not cut has an even number.
    if !text.matches('"').count().is_multiple_of(2) {
        let message = "a field in quotation marks does not end".to_owned();
        problem(
            Place::file(file),
            message,
            "was the file cut? a quotation mark inside a field is written twice",
        );
        return Directory::default();
    }
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let mut columns: Vec<String> = Vec::new();
    match reader.headers() {
        Ok(head) => columns.extend(head.iter().map(|name| name.trim().to_owned())),
        Err(error) => problem(Place::line(file, 1), error.to_string(), ""),
    }
    if columns.iter().all(String::is_empty) {
        problem(Place::file(file), "the directory is empty".to_owned(), "its first line names the columns");
        return Directory::default();
    }
    let mut known = BTreeSet::new();
    for (number, column) in (1..).zip(&columns) {
        if column.is_empty() {
            problem(
                Place::line(file, 1),
                format!("column {number} has no name"),
                "name it in the first line",
            );
        } else if !known.insert(column) {
            problem(Place::line(file, 1), format!("the column `{column}` stands twice"), "");
        }
    }
    let mut rows = Vec::new();
    let mut broken = false;
    for record in reader.records() {
        match record {
            Ok(fields) => {
                let line = fields.position().map_or(0, |place| u32::try_from(place.line()).unwrap_or(0));
                let place = Place::line(file, line);
                if fields.len() == columns.len() {
                    rows.push((fields.iter().map(|field| field.trim().to_owned()).collect(), place));
                } else {
                    broken = true;
                    let (has, asked) = (fields.len(), columns.len());
                    let message = format!("the row has {has} columns where the header has {asked}");
                    problem(place, message, "a field with a comma stands in quotation marks");
                }
            }
            Err(error) => {
                broken = true;
                problem(Place::file(file), error.to_string(), "");
            }
        }
    }
    if rows.is_empty() && !broken {
        problem(Place::file(file), "the directory has no rows".to_owned(), "");
    }
    Directory { columns, rows }
}
