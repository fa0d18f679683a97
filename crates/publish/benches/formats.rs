//! How long each format of a report takes. The report is made in memory: sixty tables of twenty rows and six
//! columns, about as many cells as the yearly report of the sample centre.

use criterion::{Criterion, criterion_group, criterion_main};
use impegno_publish::{csv, html, json, xlsx};
use impegno_report::document::{
    Block, Cell, Column, Language, Page, Report, Row, RowRole, Section, Table, Tone, Unit, Value,
};

const TABLES: usize = 60;
const ROWS: usize = 20;

fn cell(text: String, value: Value) -> Cell {
    Cell { text, value, tone: Tone::Plain, proof: None }
}

/// A row of every kind of value, printed as the report prints it.
fn row(number: usize) -> Row {
    let n = 1 + i128::try_from(number).expect("a small number");
    let cells = vec![
        cell(n.to_string(), Value::Integer(n)),
        cell(format!("{n},0 %"), Value::Ratio { numerator: n, denominator: 100, unit: Unit::Percent }),
        cell(format!("{n} min 30 s"), Value::Micros((n * 60 + 30) * 1_000_000)),
        cell(format!("{n},05 €"), Value::Cents(n * 100 + 5)),
        Cell::words(format!("{:02}/02/2017 12:08:08", 1 + n % 28)),
        Cell::words("Rispettato"),
    ];
    Row { key: n.to_string(), label: format!("voce {n}"), role: RowRole::Part, cells }
}

fn table(number: usize) -> Table {
    let columns = ["count", "share", "length", "amount", "at", "verdict"];
    Table {
        id: format!("tabella-{number}"),
        title: format!("Tabella {number}"),
        definition: "Come si calcola e da che cosa.".into(),
        row_heading: "Voce".into(),
        columns: columns
            .map(|key| Column { key: key.into(), label: key.into(), numeric: key != "verdict" })
            .to_vec(),
        rows: (0..ROWS).map(row).collect(),
        notes: Vec::new(),
        chart: None,
    }
}

fn report() -> Report {
    let blocks = (0..TABLES).map(|number| Block::Table(table(number))).collect();
    let section = Section::new("tabelle", "Tabelle", blocks);
    let page =
        Page { slug: "report".into(), title: "Report".into(), lead: String::new(), sections: vec![section] };
    Report {
        layout: "misura".into(),
        title: "Report".into(),
        subtitle: "Di misura".into(),
        centre: "Centro di misura".into(),
        period: "Anno 2017".into(),
        period_code: "2017".into(),
        language: Language::It,
        body: None,
        cover: None,
        known_at: "2018-01-15T08:00:00Z".into(),
        ledger_head: "0".repeat(64),
        charter_version: "0".repeat(64),
        notices: Vec::new(),
        attributions: Vec::new(),
        pages: vec![page],
    }
}

fn formats(criterion: &mut Criterion) {
    let report = report();
    let mut group = criterion.benchmark_group("formats");
    group.sample_size(20);
    group.bench_function("html", |bencher| bencher.iter(|| html(&report)));
    group.bench_function("csv", |bencher| bencher.iter(|| csv(&report)));
    group.bench_function("json", |bencher| bencher.iter(|| json(&report)));
    group.bench_function("xlsx", |bencher| bencher.iter(|| xlsx(&report).expect("a workbook")));
    group.finish();
}

criterion_group!(benches, formats);
criterion_main!(benches);
