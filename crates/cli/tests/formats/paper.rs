//! The PDF, read through its tags.

use crate::reference::{Cell, Comparison, Files, Page, Report, Table};
use crate::tags::{self, Rows};

/// Holds the PDF to the report. Wide tables are printed in parts side by side, each with the labels of the
/// rows; of a long table of facts the first rows are printed. The page of differences is no part of it.
pub(crate) fn compare(report: &Report, files: &Files) -> Comparison {
    let mut comparison = Comparison::default();
    let path = files.keys().find(|path| path.ends_with(".pdf")).expect("a PDF");
    let said = tags::read(&files[path]);
    let mut printed = said.tables.iter();
    let mut text = squeezed(&said.text);
    for page in printed_pages(report) {
        for figure in &page.figures {
            let expected = squeezed(&[&*figure.cell.text, &figure.label, &figure.note].concat());
            let place = || format!("figure {}", figure.id);
            comparison.compared += 1;
            match text.find(&expected) {
                Some(found) => text = text.split_off(found + expected.len()),
                None => comparison.differ("PDF", place(), "nothing of the kind", &expected),
            }
        }
        for table in &page.tables {
            let mut columns = 0;
            while columns < table.columns.len().max(1) {
                let part = printed.next().unwrap_or_else(|| panic!("{} is printed", table.id));
                columns += compare_part(page, table, columns, part, &mut comparison).max(1);
            }
        }
    }
    assert!(printed.next().is_none(), "every table belongs to the report");
    comparison
}

/// The pages in the order of the document: the report first, its proofs after it as the JSON files name them.
fn printed_pages(report: &Report) -> impl Iterator<Item = &Page> {
    report.pages.iter().filter(|page| page.slug != "differenze")
}

/// Holds a part of a table, from a column on; gives the number of its columns.
fn compare_part(page: &Page, table: &Table, from: usize, part: &Rows, comparison: &mut Comparison) -> usize {
    let (heads, rows) = part.split_first().unwrap_or_else(|| panic!("{} has heads", table.id));
    let count = heads.len() - 1;
    let place = || format!("table {}, heads", table.id);
    comparison.same("PDF", place, &squeezed(&heads[0]), &squeezed(&table.row_heading));
    for (head, (_, label)) in heads[1..].iter().zip(&table.columns[from..]) {
        comparison.same("PDF", place, &squeezed(head), &squeezed(label));
    }
    let whole = rows.len() == table.rows.len();
    assert!(
        whole || page.is_proof() && rows.len() < table.rows.len(),
        "rows of {}: {}",
        table.id,
        rows.len()
    );
    for (number, (said, row)) in rows.iter().zip(&table.rows).enumerate() {
        assert_eq!(said.len(), count + 1, "cells of {}, row {}", table.id, row.key);
        let label = || format!("table {}, label of {}", table.id, row.key);
        comparison.same("PDF", label, &squeezed(&said[0]), &squeezed(&row.label));
        for (column, (said, cell)) in said[1..].iter().zip(&row.cells[from..]).enumerate() {
            let place = || table.place(number, from + column);
            comparison.same("PDF", place, unsigned(said, cell).trim(), &squeezed(&cell.text));
        }
    }
    count
}

/// The text of a cell without the sign of its tone.
fn unsigned(said: &str, cell: &Cell) -> String {
    let (said, expected) = (squeezed(said), squeezed(&cell.text));
    let signs = ['✔', '✘', '?', '◇'];
    for sign in signs {
        if cell.toned && (said == format!("{sign}{expected}") || said == format!("{expected}{sign}")) {
            return expected;
        }
    }
    said
}

/// Without spaces and without the places where words may break: lines end elsewhere on paper.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}')).collect()
}
