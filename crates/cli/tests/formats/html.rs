//! The tables and figures of the HTML, read from its tags.

use crate::reference::{Comparison, Files, Page, Report, Table};

/// Rows of a proof that a page prints.
const PROOF_ROWS: usize = 200;

/// Holds every page to the report.
pub(crate) fn compare(report: &Report, files: &Files) -> Comparison {
    let mut comparison = Comparison::default();
    for page in &report.pages {
        let path =
            if page.slug == "report" { "index.html".to_owned() } else { format!("{}.html", page.slug) };
        let html = std::str::from_utf8(files.get(&path).unwrap_or_else(|| panic!("{path} is written")));
        compare_page(page, report.italian, &elements(html.expect("UTF-8")), &mut comparison);
    }
    comparison
}

fn compare_page(page: &Page, italian: bool, elements: &[Element<'_>], comparison: &mut Comparison) {
    let tables = tables(elements);
    assert_eq!(tables.len(), page.tables.len(), "tables of {}", page.slug);
    for (table, (id, rows)) in page.tables.iter().zip(&tables) {
        assert_eq!(id, &format!("tabella_{}", table.id), "order of tables of {}", page.slug);
        compare_table(page, table, italian, rows, comparison);
    }
    for figure in &page.figures {
        let place = || format!("figure {}", figure.id);
        let id = format!("cifra_{}", figure.id);
        let start =
            elements.iter().position(|element| element.is_open("li") && element.attribute("id") == id);
        let start = start.unwrap_or_else(|| panic!("{} is printed", place()));
        let inside = &elements[start + 1..];
        let end = inside.iter().position(|element| element.is_close("li")).expect("its end");
        // Figure, label, note: in this order, the note where there is one.
        let said = text(&inside[..end]);
        let expected = [printed(&figure.cell.text, figure.cell.proven, italian), &figure.label, &figure.note];
        comparison.same("HTML", place, &said, expected.join(" ").trim());
    }
}

fn compare_table(
    page: &Page,
    table: &Table,
    italian: bool,
    rows: &[Vec<String>],
    comparison: &mut Comparison,
) {
    let most = if page.is_proof() { PROOF_ROWS } else { usize::MAX };
    assert_eq!(rows.len(), 1 + table.rows.len().min(most), "rows of {}", table.id);
    let labels = table.columns.iter().map(|(_, label)| label.as_str());
    let heads: Vec<&str> = std::iter::once(table.row_heading.as_str()).chain(labels).map(str::trim).collect();
    assert_eq!(rows[0], heads, "heads of {}", table.id);
    for (number, (row, said)) in table.rows.iter().zip(&rows[1..]).enumerate() {
        assert_eq!(said.len(), row.cells.len() + 1, "cells of {}, row {}", table.id, row.key);
        comparison.same(
            "HTML",
            || format!("table {}, label of {}", table.id, row.key),
            &said[0],
            row.label.trim(),
        );
        for (column, (cell, said)) in row.cells.iter().zip(&said[1..]).enumerate() {
            let expected = printed(&cell.text, cell.proven, italian);
            comparison.same("HTML", || table.place(number, column), said, expected.trim());
        }
    }
}

/// What stands in the page: a proven cell without a text leads to its proof.
fn printed(text: &str, proven: bool, italian: bool) -> &str {
    match (text, proven, italian) {
        ("", true, true) => "apri la prova",
        ("", true, false) => "open the proof",
        _ => text,
    }
}

/// A tag, or the text between two.
enum Element<'a> {
    Open { name: &'a str, attributes: &'a str },
    Close(&'a str),
    Text(&'a str),
}

impl Element<'_> {
    fn is_open(&self, wanted: &str) -> bool {
        matches!(self, Element::Open { name, .. } if *name == wanted)
    }

    fn is_close(&self, wanted: &str) -> bool {
        matches!(self, Element::Close(name) if *name == wanted)
    }

    fn attribute(&self, wanted: &str) -> &str {
        let Element::Open { attributes, .. } = self else { return "" };
        let start = format!(" {wanted}=\"");
        let value = attributes.find(&start).map(|place| &attributes[place + start.len()..]);
        value.and_then(|rest| rest.split('"').next()).unwrap_or("")
    }
}

/// Our pages close every element but the empty ones and quote every attribute.
fn elements(html: &str) -> Vec<Element<'_>> {
    let mut elements = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        if start > 0 {
            elements.push(Element::Text(&rest[..start]));
        }
        let end = start + rest[start..].find('>').expect("a tag ends");
        let tag = rest[start + 1..end].trim_end_matches('/');
        match tag.strip_prefix('/') {
            Some(name) => elements.push(Element::Close(name)),
            None => {
                let name = tag.split_whitespace().next().unwrap_or_default();
                elements.push(Element::Open { name, attributes: &tag[name.len()..] });
                if rest[..end].ends_with('/') {
                    elements.push(Element::Close(name));
                }
            }
        }
        rest = &rest[end + 1..];
    }
    elements
}

/// Every table: the id of the heading before it, and its rows of texts.
fn tables(elements: &[Element<'_>]) -> Vec<(String, Vec<Vec<String>>)> {
    let mut tables: Vec<(String, Vec<Vec<String>>)> = Vec::new();
    let mut heading = "";
    let mut open = None;
    for (place, element) in elements.iter().enumerate() {
        match element {
            Element::Open { name: "h3", .. } => heading = element.attribute("id"),
            Element::Open { name: "table", .. } => tables.push((heading.to_owned(), Vec::new())),
            Element::Open { name: "tr", .. } => tables.last_mut().expect("a table").1.push(Vec::new()),
            Element::Open { name: "th" | "td", .. } => open = Some(place),
            Element::Close("th" | "td") => {
                let start = open.take().expect("an open cell");
                let rows = &mut tables.last_mut().expect("a table").1;
                rows.last_mut().expect("a row").push(text(&elements[start + 1..place]));
            }
            Element::Open { .. } | Element::Close(_) | Element::Text(_) => {}
        }
    }
    tables
}

/// The text that is printed: without drawings, letters of footnotes, and what only screen readers say.
fn text(elements: &[Element<'_>]) -> String {
    let mut text = String::new();
    let mut hidden: Vec<&str> = Vec::new();
    for element in elements {
        match element {
            Element::Open { name, .. } => {
                let hides = matches!(*name, "svg" | "sup") || element.attribute("class") == "visually-hidden";
                if hides || !hidden.is_empty() {
                    hidden.push(name);
                }
            }
            Element::Close(_) => {
                hidden.pop();
            }
            Element::Text(part) if hidden.is_empty() => text.push_str(part),
            Element::Text(_) => {}
        }
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#34;", "\"");
    let text = text.replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&");
    text.replace("&amp;", "&").trim().to_owned()
}
