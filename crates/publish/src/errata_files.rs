//! The corrections of a report as JSON: what the page of errata is made from, to be kept with the report.

use impegno_report::errata::{Cause, Change, Definition, Delivery, Errata, Place, Printed, Revision};
use serde_json::{Value as Json, json};

use crate::json_files;
use crate::json_read::{UnreadablePage, field, list, optional, text, value, word};

const FORMAT: &str = "impegno-errata";
const VERSION: u64 = 1;

/// The corrections as JSON. Whole numbers that may be large are texts, as in the data of a page.
pub(crate) fn write(errata: &Errata) -> String {
    let versions: Vec<Json> = errata.revisions.iter().map(revision).collect();
    let document = json!({ "format": FORMAT, "version": VERSION, "revisions": versions });
    format!("{document:#}\n")
}

/// Reads corrections that must be as [`write()`] writes them.
pub(crate) fn read(bytes: &[u8]) -> Result<Errata, UnreadablePage> {
    let wrong = |what: &str| UnreadablePage::because(what);
    let document: Json = serde_json::from_slice(bytes).map_err(|error| wrong(&error.to_string()))?;
    if word(&document, "format")? != FORMAT || field(&document, "version")?.as_u64() != Some(VERSION) {
        return Err(wrong("it has another format"));
    }
    let errata = Errata { revisions: list(&document, "revisions", read_revision)? };
    if write(&errata).as_bytes() == bytes {
        Ok(errata)
    } else {
        Err(wrong("it is not as the program writes it"))
    }
}

fn revision(one: &Revision) -> Json {
    json!({
        "version": one.version,
        "released_at": one.released_at.to_string(),
        "known_at": one.known_at.to_string(),
        "program": one.program,
        "program_before": one.program_before,
        "previous": one.previous,
        "why": one.why,
        "changes": one.changes.iter().map(change).collect::<Vec<_>>(),
        "deliveries": one.deliveries.iter().map(delivery).collect::<Vec<_>>(),
        "definitions": one.definitions.iter().map(|one| json!({ "file": one.file, "old": one.old, "new": one.new }))
            .collect::<Vec<_>>(),
    })
}

fn read_revision(json: &Json) -> Result<Revision, UnreadablePage> {
    Ok(Revision {
        version: number(json, "version")?,
        released_at: micros(json, "released_at")?,
        known_at: micros(json, "known_at")?,
        program: text(json, "program")?,
        program_before: text(json, "program_before")?,
        previous: text(json, "previous")?,
        why: text(json, "why")?,
        changes: list(json, "changes", read_change)?,
        deliveries: list(json, "deliveries", read_delivery)?,
        definitions: list(json, "definitions", |json| {
            Ok(Definition {
                file: text(json, "file")?,
                old: maybe_text(json, "old")?,
                new: maybe_text(json, "new")?,
            })
        })?,
    })
}

fn change(one: &Change) -> Json {
    let printed = |printed: &Option<Printed>| {
        printed.as_ref().map(|one| json!({ "text": one.text, "value": json_files::value(&one.value) }))
    };
    json!({
        "page": one.place.page,
        "table": one.place.table,
        "row": one.place.row,
        "column": one.place.column,
        "page_title": one.place.page_title,
        "words": one.place.words,
        "old": printed(&one.old),
        "new": printed(&one.new),
        "cause": match one.cause {
            Cause::Facts => "facts",
            Cause::Program => "program",
            Cause::Both => "both",
            Cause::Unknown => "unknown",
        },
    })
}

fn read_change(json: &Json) -> Result<Change, UnreadablePage> {
    let printed = |key| -> Result<Option<Printed>, UnreadablePage> {
        let Some(json) = optional(json, key)? else { return Ok(None) };
        Ok(Some(Printed { text: text(json, "text")?, value: value(field(json, "value")?)? }))
    };
    Ok(Change {
        place: Place {
            page: text(json, "page")?,
            table: text(json, "table")?,
            row: text(json, "row")?,
            column: text(json, "column")?,
            page_title: text(json, "page_title")?,
            words: text(json, "words")?,
        },
        old: printed("old")?,
        new: printed("new")?,
        cause: match word(json, "cause")? {
            "facts" => Cause::Facts,
            "program" => Cause::Program,
            "both" => Cause::Both,
            "unknown" => Cause::Unknown,
            _ => return Err(UnreadablePage::because("`cause` is none")),
        },
    })
}

fn delivery(one: &Delivery) -> Json {
    json!({
        "counts_now": one.counts_now,
        "batch": one.batch,
        "source": one.source,
        "file": one.file,
        "received_at": one.received_at.to_string(),
        "accepted": one.accepted,
        "corrected": one.corrected,
        "withdrawn": one.withdrawn,
    })
}

fn read_delivery(json: &Json) -> Result<Delivery, UnreadablePage> {
    let wrong = || UnreadablePage::because("`counts_now` is missing or of another type");
    Ok(Delivery {
        counts_now: field(json, "counts_now")?.as_bool().ok_or_else(wrong)?,
        batch: number(json, "batch")?,
        source: text(json, "source")?,
        file: text(json, "file")?,
        received_at: micros(json, "received_at")?,
        accepted: number(json, "accepted")?,
        corrected: number(json, "corrected")?,
        withdrawn: number(json, "withdrawn")?,
    })
}

fn maybe_text(json: &Json, key: &str) -> Result<Option<String>, UnreadablePage> {
    optional(json, key)?.map(crate::json_read::words).transpose()
}

fn number<T: TryFrom<u64>>(json: &Json, key: &str) -> Result<T, UnreadablePage> {
    let number = field(json, key)?.as_u64().and_then(|number| T::try_from(number).ok());
    number.ok_or_else(|| UnreadablePage::because(&format!("`{key}` is no number of its size")))
}

fn micros(json: &Json, key: &str) -> Result<i64, UnreadablePage> {
    let number = word(json, key)?.parse().ok();
    number.ok_or_else(|| UnreadablePage::because(&format!("`{key}` is no whole number")))
}
