//! `impegno batches`: what was received.

use impegno_calendar::Instant;
use impegno_report::document::{Cell, Column, Row, RowRole, Table};

use crate::arguments::Batches;
use crate::exit::{Exit, Failure};
use crate::{folder, output};

/// Lists the batches, or the findings of one.
pub(crate) fn run(arguments: &Batches) -> Result<(), Failure> {
    let loaded = folder::load(&arguments.centre)?;
    let Some(ledger) = loaded.ledger()? else {
        output::talk("nothing was received yet");
        return Ok(());
    };
    let table = match arguments.findings {
        Some(number) => {
            if !ledger.batches()?.iter().any(|batch| batch.number == number) {
                return Err(Failure::new(Exit::Usage, format!("there is no batch {number}")));
            }
            let rows = ledger.findings(number)?.into_iter().map(|finding| {
                let line = finding.line.to_string();
                (line, vec![finding.severity, finding.code, finding.message, finding.row])
            });
            made("line", &["severity", "code", "message", "row"], rows.collect())
        }
        None => {
            let columns = [
                "received at",
                "source",
                "file",
                "mode",
                "rows",
                "accepted",
                "ignored",
                "rejected",
                "duplicates",
                "superseded",
                "withdrawn",
            ];
            let rows = ledger.batches()?.into_iter().map(|batch| {
                let fields = vec![
                    Instant(batch.received_at).to_string(),
                    batch.source,
                    batch.file,
                    batch.mode,
                    batch.rows.to_string(),
                    batch.accepted.to_string(),
                    batch.ignored.to_string(),
                    batch.rejected.to_string(),
                    batch.duplicates.to_string(),
                    batch.superseded.to_string(),
                    batch.withdrawn.to_string(),
                ];
                (batch.number.to_string(), fields)
            });
            made("batch", &columns, rows.collect())
        }
    };
    output::data(&output::table(&table, arguments.format));
    Ok(())
}

fn made(heading: &str, columns: &[&str], rows: Vec<(String, Vec<String>)>) -> Table {
    let numeric = ["rows", "accepted", "ignored", "rejected", "duplicates", "superseded", "withdrawn"];
    Table {
        id: heading.to_owned(),
        title: String::new(),
        definition: String::new(),
        row_heading: heading.to_owned(),
        columns: columns
            .iter()
            .map(|name| Column {
                key: name.replace(' ', "_"),
                label: (*name).to_owned(),
                numeric: numeric.contains(name),
            })
            .collect(),
        rows: rows
            .into_iter()
            .map(|(key, fields)| Row {
                label: key.clone(),
                key,
                role: RowRole::Part,
                cells: fields.into_iter().map(Cell::words).collect(),
            })
            .collect(),
        notes: Vec::new(),
        chart: None,
    }
}
