//! Reading a page back from its JSON: the inverse of [`crate::json`].

use impegno_report::document::{
    Block, Cell, Chart, ChartKind, Column, Entry, Figure, Page, Row, RowRole, Section, Table, Tone, Unit,
    Value,
};
use serde_json::Value as Json;

use crate::json_files::{FORMAT_VERSION, read_passage};

/// Why a file is not the JSON of a page, or of errata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadablePage(String);

impl UnreadablePage {
    pub(crate) fn because(what: &str) -> UnreadablePage {
        UnreadablePage(what.to_owned())
    }
}

impl std::fmt::Display for UnreadablePage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not as a report writes its data: {}", self.0)
    }
}

impl std::error::Error for UnreadablePage {}

/// What is missing or of another type.
pub(crate) type Read<T> = Result<T, UnreadablePage>;

/// Reads the JSON of a page.
///
/// # Errors
/// When it is none, or of a later format than this program writes.
pub(crate) fn page(bytes: &[u8]) -> Read<Page> {
    let document: Json = serde_json::from_slice(bytes).map_err(|error| UnreadablePage(error.to_string()))?;
    if document.get("format").and_then(Json::as_str) != Some("impegno-report") {
        return Err(UnreadablePage("it has another format".to_owned()));
    }
    if document.get("version").and_then(Json::as_u64) != Some(u64::from(FORMAT_VERSION)) {
        return Err(UnreadablePage("it has another version of the format".to_owned()));
    }
    let page = field(&document, "page")?;
    Ok(Page {
        slug: text(page, "slug")?,
        title: text(page, "title")?,
        lead: text(page, "lead")?,
        sections: list(page, "sections", section)?,
    })
}

fn section(json: &Json) -> Read<Section> {
    // Reports without numbered sections say neither.
    let level = match json.get("level") {
        None => 1,
        Some(level) => {
            level.as_u64().and_then(|level| u8::try_from(level).ok()).ok_or_else(|| missing("level"))?
        }
    };
    let number = if json.get("number").is_some() { text(json, "number")? } else { String::new() };
    let (id, title) = (text(json, "id")?, text(json, "title")?);
    Ok(Section { id, number, level, title, blocks: list(json, "blocks", block)? })
}

fn block(json: &Json) -> Read<Block> {
    Ok(match word(json, "kind")? {
        "text" => Block::Text(text(json, "text")?),
        "list" => Block::List(list(json, "items", words)?),
        "prose" => Block::Prose(list(json, "passages", read_passage)?),
        "figures" => Block::Figures(list(json, "figures", figure)?),
        "table" => Block::Table(table(json)?),
        other => return Err(unknown("block", other)),
    })
}

fn figure(json: &Json) -> Read<Figure> {
    Ok(Figure {
        id: text(json, "id")?,
        label: text(json, "label")?,
        cell: cell(field(json, "cell")?)?,
        note: text(json, "note")?,
    })
}

fn table(json: &Json) -> Read<Table> {
    Ok(Table {
        id: text(json, "id")?,
        title: text(json, "title")?,
        definition: text(json, "definition")?,
        row_heading: text(json, "row_heading")?,
        columns: list(json, "columns", |json| {
            Ok(Column {
                key: text(json, "key")?,
                label: text(json, "label")?,
                numeric: field(json, "numeric")?.as_bool().ok_or_else(|| missing("numeric"))?,
            })
        })?,
        rows: list(json, "rows", |json| {
            Ok(Row {
                key: text(json, "key")?,
                label: text(json, "label")?,
                role: match word(json, "role")? {
                    "part" => RowRole::Part,
                    "rest" => RowRole::Rest,
                    "total" => RowRole::Total,
                    other => return Err(unknown("role", other)),
                },
                cells: list(json, "cells", cell)?,
            })
        })?,
        notes: list(json, "notes", words)?,
        chart: optional(json, "chart")?.map(chart).transpose()?,
    })
}

fn chart(json: &Json) -> Read<Chart> {
    let series = |json: &Json| {
        json.as_u64().and_then(|number| usize::try_from(number).ok()).ok_or_else(|| missing("series"))
    };
    Ok(Chart {
        kind: match word(json, "kind")? {
            "bars" => ChartKind::Bars,
            "columns" => ChartKind::Columns,
            "lines" => ChartKind::Lines,
            "shares" => ChartKind::Shares,
            other => return Err(unknown("chart", other)),
        },
        series: list(json, "series", series)?,
        description: text(json, "description")?,
    })
}

fn cell(json: &Json) -> Read<Cell> {
    Ok(Cell {
        text: text(json, "text")?,
        value: value(field(json, "value")?)?,
        tone: match word(json, "tone")? {
            "plain" => Tone::Plain,
            "good" => Tone::Good,
            "bad" => Tone::Bad,
            "unsure" => Tone::Unsure,
            "reconstructed" => Tone::Reconstructed,
            other => return Err(unknown("tone", other)),
        },
        proof: optional(json, "proof")?.map(words).transpose()?,
    })
}

/// An exact value.
pub(crate) fn value(json: &Json) -> Read<Value> {
    Ok(match word(json, "kind")? {
        "empty" => Value::Empty,
        "text" => Value::Text(text(json, "text")?),
        "entries" => Value::Entries(list(json, "entries", |json| {
            Ok(Entry {
                text: text(json, "text")?,
                address: optional(json, "address")?.map(words).transpose()?,
            })
        })?),
        "integer" => Value::Integer(whole(json, "integer")?),
        "ratio" => Value::Ratio {
            numerator: whole(json, "numerator")?,
            denominator: whole(json, "denominator")?,
            unit: match word(json, "unit")? {
                "percent" => Unit::Percent,
                "percentage_points" => Unit::PercentagePoints,
                "change" => Unit::Change,
                "number" => Unit::Number,
                other => return Err(unknown("unit", other)),
            },
        },
        "duration" => Value::Micros(whole(json, "microseconds")?),
        "amount" => Value::Cents(whole(json, "euro_cents")?),
        "not_measured" => Value::NotMeasured(text(json, "reason")?),
        other => return Err(unknown("value", other)),
    })
}

pub(crate) fn missing(key: &str) -> UnreadablePage {
    UnreadablePage(format!("`{key}` is missing or of another type"))
}

pub(crate) fn unknown(what: &str, word: &str) -> UnreadablePage {
    UnreadablePage(format!("there is no {what} `{word}`"))
}

/// A field that must be there.
pub(crate) fn field<'j>(json: &'j Json, key: &str) -> Read<&'j Json> {
    json.get(key).ok_or_else(|| missing(key))
}

/// A field that must be there and may be null.
pub(crate) fn optional<'j>(json: &'j Json, key: &str) -> Read<Option<&'j Json>> {
    field(json, key).map(|json| if json.is_null() { None } else { Some(json) })
}

pub(crate) fn word<'j>(json: &'j Json, key: &str) -> Read<&'j str> {
    field(json, key)?.as_str().ok_or_else(|| missing(key))
}

pub(crate) fn text(json: &Json, key: &str) -> Read<String> {
    word(json, key).map(str::to_owned)
}

pub(crate) fn words(json: &Json) -> Read<String> {
    json.as_str().map(str::to_owned).ok_or_else(|| missing("text"))
}

pub(crate) fn list<T>(json: &Json, key: &str, one: impl Fn(&Json) -> Read<T>) -> Read<Vec<T>> {
    field(json, key)?.as_array().ok_or_else(|| missing(key))?.iter().map(one).collect()
}

/// A whole number written as text, in its only form.
fn whole(json: &Json, key: &str) -> Read<i128> {
    let text = word(json, key)?;
    text.parse().ok().filter(|number: &i128| number.to_string() == text).ok_or_else(|| missing(key))
}
