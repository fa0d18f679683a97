//! The CSV files: printed texts, and exact values to nine decimals.

use crate::reference::{Comparison, Files, Report, Value};

/// Holds every CSV file to the report.
pub(crate) fn compare(report: &Report, files: &Files) -> Comparison {
    let mut comparison = Comparison::default();
    for page in &report.pages {
        for table in &page.tables {
            let records = records(files, &format!("dati/{}.csv", table.id));
            assert_eq!(records.len(), table.rows.len() + 1, "rows of {}", table.id);
            for (number, (row, record)) in table.rows.iter().zip(&records[1..]).enumerate() {
                let head = [&row.key, &row.label, &row.role];
                for (said, expected) in record.iter().zip(head) {
                    comparison.same("CSV", || format!("table {}, row {}", table.id, row.key), said, expected);
                }
                assert_eq!(record.len(), 3 + 2 * row.cells.len(), "fields of {}, row {}", table.id, row.key);
                for (column, (cell, said)) in row.cells.iter().zip(record[3..].chunks(2)).enumerate() {
                    comparison.same("CSV", || table.place(number, column), &said[0], &exact(&cell.value));
                    comparison.same("CSV", || table.place(number, column), &said[1], &cell.text);
                }
            }
        }
        if page.figures.is_empty() {
            continue;
        }
        let name = if page.slug == "differenze" { "dati/cifre-differenze.csv" } else { "dati/cifre.csv" };
        let records = records(files, name);
        for figure in &page.figures {
            let record = records.iter().find(|record| record[0] == page.slug && record[1] == figure.id);
            let record = record.unwrap_or_else(|| panic!("{name} holds {}", figure.id));
            let cell = &figure.cell;
            let expected = [&figure.label, &exact(&cell.value), &cell.text, &figure.note];
            for (said, expected) in record[2..].iter().zip(expected) {
                comparison.same("CSV", || format!("figure {}", figure.id), said, expected);
            }
        }
    }
    comparison
}

fn records(files: &Files, name: &str) -> Vec<Vec<String>> {
    let bytes = files.get(name).unwrap_or_else(|| panic!("{name} is written"));
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes.as_slice());
    reader.records().map(|record| record.expect("a record").iter().map(str::to_owned).collect()).collect()
}

/// The exact value as the files write it: billionths, halves away from zero, no zeros at the end.
fn exact(value: &Value) -> String {
    let (numerator, denominator) = match value {
        Value::Nothing => return String::new(),
        Value::Words(words) => return words.clone(),
        Value::Number { numerator, denominator } | Value::Points { numerator, denominator } => {
            (*numerator, *denominator)
        }
        Value::Micros(micros) => (*micros, 1_000_000),
    };
    let doubled =
        numerator.unsigned_abs().checked_mul(2_000_000_000).expect("figures of a report are smaller");
    let billionths = (doubled / denominator.unsigned_abs()).div_ceil(2);
    let sign = if numerator < 0 && billionths > 0 { "-" } else { "" };
    let text = format!("{sign}{}.{:09}", billionths / 1_000_000_000, billionths % 1_000_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
