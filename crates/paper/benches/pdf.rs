//! How long a document takes: a report of forty tables, about as many as the yearly one has.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use impegno_report::document::{
    Block, Cell, Chart, ChartKind, Column, Language, Page, Report, Row, RowRole, Section, Table, Tone, Value,
};

fn table(number: usize) -> Table {
    let cell = |n: usize| Cell {
        text: format!("{}.{:03}", n % 97, n % 1000),
        value: Value::Integer(n as i128),
        tone: Tone::Plain,
        proof: None,
    };
    let columns = if number.is_multiple_of(5) { 13 } else { 4 };
    Table {
        id: format!("tabella-{number}"),
        title: format!("Utilizzi per categoria, {number}"),
        definition: "Pagamenti e prenotazioni compresi.".into(),
        row_heading: "Categoria".into(),
        columns: (0..columns)
            .map(|n| Column { key: format!("c{n}"), label: format!("Colonna {n}"), numeric: true })
            .collect(),
        rows: (0..20)
            .map(|row| Row {
                key: format!("r{row}"),
                label: format!("Categoria numero {row}"),
                role: if row == 19 { RowRole::Total } else { RowRole::Part },
                cells: (0..columns).map(|n| cell(row * 37 + n * 11 + number)).collect(),
            })
            .collect(),
        notes: vec!["Dati noti alla fine del periodo.".into()],
        chart: number.is_multiple_of(3).then(|| Chart {
            kind: ChartKind::Lines,
            series: vec![0, 1],
            description: "Per categoria.".into(),
        }),
    }
}

fn report() -> Report {
    let sections = (0..8).map(|section| {
        Section::new(
            format!("s{section}"),
            format!("Sezione {section}"),
            (0..5).map(|n| Block::Table(table(section * 5 + n))).collect(),
        )
    });
    Report {
        layout: "annuale".into(),
        title: "Report annuale".into(),
        subtitle: "Quaranta tabelle".into(),
        centre: "Centro servizi di Prova".into(),
        body: None,
        cover: None,
        period: "Anno 2017".into(),
        period_code: "2017".into(),
        language: Language::It,
        known_at: "2018-01-15T08:00:00Z".into(),
        ledger_head: "0".repeat(64),
        charter_version: "1".repeat(64),
        notices: Vec::new(),
        attributions: Vec::new(),
        pages: vec![Page {
            slug: "report".into(),
            title: "Report annuale".into(),
            lead: String::new(),
            sections: sections.collect(),
        }],
    }
}

fn document(criterion: &mut Criterion) {
    let report = report();
    let mut group = criterion.benchmark_group("pdf");
    group.sample_size(10);
    group.bench_function("forty tables", |bench| bench.iter(|| impegno_paper::pdf(black_box(&report))));
    group.finish();
}

criterion_group!(benches, document);
criterion_main!(benches);
