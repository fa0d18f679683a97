//! What goes to the terminal: data to standard output, talk to standard error.

use std::io::Write;

use impegno_findings::{Finding, Severity, render};
use impegno_report::document::{Block, Page, Passage, Table};
use indicatif::{ProgressBar, ProgressStyle};

use crate::arguments::Format;
use crate::folder::Loaded;

/// Says something to the person at the terminal.
pub(crate) fn talk(text: &str) {
    // Nobody may be listening: a closed pipe is no reason to stop.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Asks something; the answer comes on the same line.
pub(crate) fn ask(question: &str) {
    let mut err = std::io::stderr();
    let _ = write!(err, "{question}");
    let _ = err.flush();
}

/// A table of texts: columns as wide as their longest field.
pub(crate) fn plain_table(heading: &[String], rows: &[Vec<String>]) -> String {
    let widths: Vec<usize> = (0..heading.len())
        .map(|n| {
            let fields = std::iter::once(heading).chain(rows.iter().map(Vec::as_slice));
            fields.filter_map(|row| row.get(n)).map(|field| field.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for (number, row) in std::iter::once(heading).chain(rows.iter().map(Vec::as_slice)).enumerate() {
        let fields: Vec<String> =
            row.iter().zip(&widths).map(|(field, width)| format!("{field:width$}")).collect();
        text.push_str(fields.join("  ").trim_end());
        text.push('\n');
        if number == 0 {
            let width = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
            text.push_str(&"─".repeat(width.min(120)));
            text.push('\n');
        }
    }
    text
}

/// Gives data to whoever reads standard output.
pub(crate) fn data(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// How many findings of one code are shown; all are kept in the ledger.
const SHOWN: usize = 5;

/// Shows findings, at most a few of each code and file, and how many there are.
pub(crate) fn findings(findings: &[Finding], loaded: Option<&Loaded>) {
    let mut shown: std::collections::BTreeMap<(&str, &str), usize> = std::collections::BTreeMap::new();
    for finding in findings {
        let count = shown.entry((finding.code.name, &finding.place.file)).or_default();
        *count += 1;
        if *count <= SHOWN {
            let text = loaded.and_then(|loaded| loaded.texts.get(&finding.place.file));
            talk(&render(finding, text.map(String::as_str)));
        }
    }
    for ((code, file), count) in shown {
        if count > SHOWN {
            talk(&format!("… and {} more `{code}` in {file}", count - SHOWN));
        }
    }
}

/// How many errors and warnings there are, in words.
pub(crate) fn count(findings: &[Finding]) -> String {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let warnings = findings.len() - errors;
    let plural = |number: usize, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    format!("{}, {}", plural(errors, "error"), plural(warnings, "warning"))
}

/// A progress bar over a number of things; hidden when standard error is no terminal.
pub(crate) fn progress(length: u64, what: &str) -> ProgressBar {
    let bar = ProgressBar::new(length);
    let style = ProgressStyle::with_template("{prefix:>10} [{bar:40}] {pos}/{len} {wide_msg}");
    if let Ok(style) = style {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_prefix(what.to_owned());
    bar
}

/// A table of a report in the form asked for.
pub(crate) fn table(table: &Table, format: Format) -> String {
    match format {
        Format::Table => aligned(table),
        Format::Csv => {
            let mut writer = csv::Writer::from_writer(Vec::new());
            let mut header = vec!["key".to_owned(), "label".to_owned()];
            header.extend(table.columns.iter().map(|column| column.key.clone()));
            let rows = table.rows.iter().map(|row| {
                let mut fields = vec![row.key.clone(), row.label.clone()];
                fields.extend(row.cells.iter().map(|cell| cell.text.clone()));
                fields
            });
            // Writing to memory cannot fail.
            for record in std::iter::once(header).chain(rows) {
                let _ = writer.write_record(record);
            }
            String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
        }
        Format::Json => {
            let rows: Vec<serde_json::Value> = table
                .rows
                .iter()
                .map(|row| {
                    let mut object = serde_json::Map::new();
                    object.insert("key".to_owned(), row.key.clone().into());
                    object.insert("label".to_owned(), row.label.clone().into());
                    for (column, cell) in table.columns.iter().zip(&row.cells) {
                        object.insert(column.key.clone(), cell.text.clone().into());
                    }
                    object.into()
                })
                .collect();
            format!("{:#}\n", serde_json::Value::Array(rows))
        }
    }
}

/// Widest column of words in a table on the terminal, in characters.
const WIDEST: usize = 46;

fn aligned(table: &Table) -> String {
    let mut lines: Vec<Vec<String>> = Vec::new();
    let heading = std::iter::once(table.row_heading.clone());
    lines.push(heading.chain(table.columns.iter().map(|column| column.label.clone())).collect());
    for row in &table.rows {
        // The last column is left whole: nothing stands behind it, and the source of a fact is there.
        let last = row.cells.len().saturating_sub(1);
        let cells =
            (0..).zip(&row.cells).map(|(n, cell)| if n < last { cut(&cell.text) } else { cell.text.clone() });
        lines.push(std::iter::once(cut(&row.label)).chain(cells).collect());
    }
    let columns = table.columns.len() + 1;
    let widths: Vec<usize> = (0..columns)
        .map(|n| {
            lines.iter().filter_map(|line| line.get(n)).map(|text| text.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        for (n, field) in line.iter().enumerate() {
            let padding = " ".repeat(widths[n].saturating_sub(field.chars().count()));
            let numeric = n > 0 && table.columns[n - 1].numeric;
            if numeric {
                text.push_str(&padding);
                text.push_str(field);
            } else {
                text.push_str(field);
                if n + 1 < line.len() {
                    text.push_str(&padding);
                }
            }
            if n + 1 < line.len() {
                text.push_str("  ");
            }
        }
        text.push('\n');
        if number == 0 {
            let last = widths.last().map_or(0, |width| WIDEST.min(*width));
            let width = widths.iter().rev().skip(1).sum::<usize>() + last + 2 * (columns - 1);
            text.push_str(&"─".repeat(width));
            text.push('\n');
        }
    }
    text
}

fn cut(text: &str) -> String {
    if text.chars().count() <= WIDEST {
        return text.to_owned();
    }
    let kept: String = text.chars().take(WIDEST - 1).collect();
    format!("{}…", kept.trim_end())
}

/// A page of a report as text.
pub(crate) fn page(page: &Page) -> String {
    let mut text = format!("{}\n{}\n", page.title, page.lead);
    for section in &page.sections {
        text.push_str(&format!("\n{}\n{}\n", section.title, "─".repeat(section.title.chars().count())));
        for block in &section.blocks {
            match block {
                Block::Text(paragraph) => text.push_str(&format!("{paragraph}\n")),
                Block::List(lines) => {
                    for line in lines {
                        text.push_str(&format!("- {line}\n"));
                    }
                }
                Block::Prose(passages) => {
                    for line in passages.iter().flat_map(Passage::lines) {
                        text.push_str(&format!("{line}\n"));
                    }
                }
                Block::Figures(figures) => {
                    for figure in figures {
                        text.push_str(&format!("{}: {} {}\n", figure.label, figure.cell.text, figure.note));
                    }
                }
                Block::Table(one) => {
                    text.push_str(&format!("\n{}\n{}", one.title, aligned(one)));
                }
            }
        }
    }
    text
}
