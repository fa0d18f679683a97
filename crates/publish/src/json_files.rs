//! JSON: one file a page, with exact values, and the schema that describes it.

mod prose;

use std::borrow::Cow;

use impegno_report::document::{
    Block, Cell, Chart, ChartKind, Figure, Language, Page, Report, Section, Table, Tone, Unit, Value,
};
use serde_json::{Value as Json, json};

use crate::File;
use crate::address::{Addresses, SCHEMA};
use crate::csv_files::role;

pub(crate) use prose::read_passage;

/// Version of the format: raised when a reader of the former one would misread the new.
pub(crate) const FORMAT_VERSION: u32 = 1;

pub(crate) fn files(report: &Report) -> Vec<File> {
    let addresses = Addresses::of(report);
    let schema = Cow::Borrowed(include_bytes!("report.schema.json").as_slice());
    let mut files = vec![File { path: SCHEMA.to_owned(), bytes: schema }];
    for (number, page) in report.pages.iter().enumerate() {
        let document = json!({
            "$schema": "report.schema.json",
            "format": "impegno-report",
            "version": FORMAT_VERSION,
            "report": about(report),
            "page": page_json(page),
        });
        let text = serde_json::to_string_pretty(&document).expect("keys are texts") + "\n";
        files.push(File::made(&addresses.page(number).json, text));
    }
    files
}

/// What is true of every page.
fn about(report: &Report) -> Json {
    let mut about = json!({
        "layout": report.layout,
        "title": report.title,
        "subtitle": report.subtitle,
        "centre": report.centre,
        "body": report.body.as_ref().map(|body| json!({ "code": body.code, "name": body.name })),
        "period": { "code": report.period_code, "text": report.period },
        "language": match report.language {
            Language::It => "it",
            Language::En => "en",
        },
        "known_at": report.known_at,
        "ledger_head": report.ledger_head,
        "charter_version": report.charter_version,
        "attributions": report.attributions,
        "notices": report.notices,
    });
    if let Some(cover) = &report.cover {
        about["cover"] = json!({
            "approval": cover.approval,
            "approved": cover.approved,
            "edition": cover.edition,
            "office": cover.office,
        });
    }
    about
}

fn page_json(page: &Page) -> Json {
    json!({
        "slug": page.slug,
        "title": page.title,
        "lead": page.lead,
        "sections": page.sections.iter().map(section).collect::<Vec<_>>(),
    })
}

/// A section of the page without a number is written without level and number, as before there were any.
fn section(section: &Section) -> Json {
    let mut json = json!({
        "id": section.id,
        "title": section.title,
        "blocks": section.blocks.iter().map(block).collect::<Vec<_>>(),
    });
    if section.level != 1 || !section.number.is_empty() {
        json["level"] = json!(section.level);
        json["number"] = json!(section.number);
    }
    json
}

fn block(block: &Block) -> Json {
    match block {
        Block::Text(text) => json!({ "kind": "text", "text": text }),
        Block::List(items) => json!({ "kind": "list", "items": items }),
        Block::Prose(passages) => {
            json!({ "kind": "prose", "passages": passages.iter().map(prose::passage).collect::<Vec<_>>() })
        }
        Block::Figures(figures) => {
            json!({ "kind": "figures", "figures": figures.iter().map(figure).collect::<Vec<_>>() })
        }
        Block::Table(table) => table_json(table),
    }
}

fn figure(figure: &Figure) -> Json {
    json!({ "id": figure.id, "label": figure.label, "cell": cell(&figure.cell), "note": figure.note })
}

fn table_json(table: &Table) -> Json {
    let columns: Vec<Json> = table
        .columns
        .iter()
        .map(|column| json!({ "key": column.key, "label": column.label, "numeric": column.numeric }))
        .collect();
    let rows: Vec<Json> = table
        .rows
        .iter()
        .map(|row| {
            json!({
                "key": row.key,
                "label": row.label,
                "role": role(row.role),
                "cells": row.cells.iter().map(cell).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "kind": "table",
        "id": table.id,
        "title": table.title,
        "definition": table.definition,
        "row_heading": table.row_heading,
        "columns": columns,
        "rows": rows,
        "notes": table.notes,
        "chart": table.chart.as_ref().map(chart),
    })
}

fn chart(chart: &Chart) -> Json {
    let kind = match chart.kind {
        ChartKind::Bars => "bars",
        ChartKind::Columns => "columns",
        ChartKind::Lines => "lines",
        ChartKind::Shares => "shares",
    };
    json!({ "kind": kind, "series": chart.series, "description": chart.description })
}

fn cell(cell: &Cell) -> Json {
    let tone = match cell.tone {
        Tone::Plain => "plain",
        Tone::Good => "good",
        Tone::Bad => "bad",
        Tone::Unsure => "unsure",
        Tone::Reconstructed => "reconstructed",
    };
    json!({ "text": cell.text, "value": value(&cell.value), "tone": tone, "proof": cell.proof })
}

/// Whole numbers are texts: JSON readers commonly keep 53 bits only.
pub(crate) fn value(value: &Value) -> Json {
    match value {
        Value::Empty => json!({ "kind": "empty" }),
        Value::Text(text) => json!({ "kind": "text", "text": text }),
        Value::Entries(entries) => json!({
            "kind": "entries",
            "entries": entries
                .iter()
                .map(|entry| json!({ "text": entry.text, "address": entry.address }))
                .collect::<Vec<_>>(),
        }),
        Value::Integer(n) => json!({ "kind": "integer", "integer": n.to_string() }),
        Value::Ratio { numerator, denominator, unit } => json!({
            "kind": "ratio",
            "numerator": numerator.to_string(),
            "denominator": denominator.to_string(),
            "unit": match unit {
                Unit::Percent => "percent",
                Unit::PercentagePoints => "percentage_points",
                Unit::Change => "change",
                Unit::Number => "number",
            },
        }),
        Value::Micros(n) => json!({ "kind": "duration", "microseconds": n.to_string() }),
        Value::Cents(n) => json!({ "kind": "amount", "euro_cents": n.to_string() }),
        Value::NotMeasured(reason) => json!({ "kind": "not_measured", "reason": reason }),
    }
}
