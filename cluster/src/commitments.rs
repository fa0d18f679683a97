//! The table of commitments, as `impegno measure` prints it.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::error::Result;
use impegno_calendar::{Instant, Period};
use impegno_charter::{BlockLayout, Centre, Layout, SectionLayout, Words};
use impegno_findings::Place;
use impegno_measure::Measurement;
use impegno_report::document::{Language, Table};
use impegno_report::{Frame, Plan, Proofs};
use serde_json::{Map, Value};

use crate::centre::Known;

/// The table of some measurements.
pub fn table(
    centre: &Centre,
    known: &Known,
    period: Period,
    language: Language,
    measured: &[Measurement],
) -> Option<Table> {
    let title = Words { it: "Livelli di servizio".to_owned(), en: "Service levels".to_owned() };
    let block = BlockLayout::Commitments {
        id: "sla".to_owned(),
        title: title.clone(),
        codes: None,
        place: Place::default(),
    };
    let section = SectionLayout {
        id: "livelli".to_owned(),
        number: String::new(),
        level: 1,
        title: title.clone(),
        blocks: vec![block],
    };
    let layout = Layout {
        code: "sla".to_owned(),
        title,
        subtitle: Words::default(),
        period: None,
        cover: None,
        sections: vec![section],
    };
    let at = Instant(known.head.received_at);
    let frame = Frame {
        centre,
        layout: &layout,
        period,
        language,
        known: at,
        known_at: at.to_string(),
        ledger_head: known.head.hash.to_string(),
        // The table alone shows neither.
        charter_version: String::new(),
        attributions: Vec::new(),
        body: None,
    };
    let report = Plan::new(frame).with_proofs(Proofs::None).report(&[], measured, &[]);
    report.tables().next().map(|(_, table)| table.clone())
}

/// The table as rows of texts, the headings being the names of the columns.
///
/// # Errors
/// Never, as long as every row has as many cells as there are columns.
pub fn rows(table: &Table) -> Result<RecordBatch> {
    let mut fields = vec![Field::new(&table.row_heading, DataType::Utf8, false)];
    fields.extend(table.columns.iter().map(|column| Field::new(&column.label, DataType::Utf8, false)));
    let labels = table.rows.iter().map(|row| row.label.as_str());
    let mut columns: Vec<ArrayRef> = vec![Arc::new(StringArray::from_iter_values(labels))];
    for n in 0..table.columns.len() {
        let cells = table.rows.iter().map(|row| row.cells.get(n).map_or("", |cell| cell.text.as_str()));
        columns.push(Arc::new(StringArray::from_iter_values(cells)));
    }
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
}

/// The table as JSON, the same bytes as `impegno measure --format json` prints.
pub fn json(table: &Table) -> String {
    let row = |row: &impegno_report::document::Row| {
        let mut object = Map::new();
        object.insert("key".to_owned(), row.key.clone().into());
        object.insert("label".to_owned(), row.label.clone().into());
        for (column, cell) in table.columns.iter().zip(&row.cells) {
            object.insert(column.key.clone(), cell.text.clone().into());
        }
        Value::from(object)
    };
    format!("{:#}\n", Value::Array(table.rows.iter().map(row).collect()))
}
