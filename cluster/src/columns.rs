//! Facts as the columns of a table of SQL.
//!
//! The columns are those of the segments, with three differences that keep a query from saying what nobody said: a text
//! that is not stated, a latency that was not taken, an amount that there is none of and an end that has not come are
//! NULL. Four columns say where a row comes from.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Int64Array, RecordBatch, RecordBatchOptions, StringArray, TimestampMicrosecondArray,
    UInt8Array, UInt16Array, UInt32Array, UInt64Array,
};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::error::Result;
use impegno_facts::{
    CaseEvents, Checks, Dimensions, Facts, Kind, NO_AMOUNT, NO_LATENCY, Operations, Stocks, Texts,
};
use impegno_ledger::{Rows, Segment};

/// Prefix of the columns that hold dimensions.
pub const DIMENSION: &str = "dim.";

/// The columns that each kind of facts has, in order, without dimensions.
fn own(kind: Kind) -> &'static [(&'static str, Of)] {
    match kind {
        Kind::Checks => &[
            ("probe", Of::Text),
            ("at", Of::Instant),
            ("state", Of::Byte),
            ("latency", Of::NumberOrNone),
            ("origin", Of::Byte),
            ("state_type", Of::Byte),
            ("attempt", Of::Short),
        ],
        Kind::Cases => &[
            ("case", Of::Text),
            ("kind", Of::Text),
            ("event", Of::Text),
            ("at", Of::Instant),
            ("n", Of::Short),
        ],
        Kind::Operations => &[
            ("id", Of::Text),
            ("kind", Of::Text),
            ("at", Of::Instant),
            ("quantity", Of::Number),
            ("amount", Of::NumberOrNone),
        ],
        Kind::Stocks => &[
            ("subject", Of::Text),
            ("attribute", Of::Text),
            ("value", Of::Text),
            ("quantity", Of::Number),
            ("valid_from", Of::Instant),
            ("valid_until", Of::InstantOrNone),
        ],
    }
}

/// The columns that say where a row comes from: line of the received file, source, file, number of the batch and of the
/// segment.
const ORIGIN: [(&str, Of); 5] = [
    ("line", Of::Line),
    ("source", Of::Text),
    ("file", Of::Text),
    ("batch", Of::Batch),
    ("segment", Of::Number),
];

/// What a column holds.
#[derive(Debug, Clone, Copy)]
enum Of {
    Text,
    Instant,
    InstantOrNone,
    Byte,
    Short,
    Number,
    NumberOrNone,
    Line,
    Batch,
}

impl Of {
    fn field(self, name: &str) -> Field {
        let (data, nullable) = match self {
            Of::Text => (DataType::Utf8, true),
            Of::Instant => (DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), false),
            Of::InstantOrNone => (DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), true),
            Of::Byte => (DataType::UInt8, false),
            Of::Short => (DataType::UInt16, false),
            Of::Number => (DataType::Int64, false),
            Of::NumberOrNone => (DataType::Int64, true),
            Of::Line => (DataType::UInt32, false),
            Of::Batch => (DataType::UInt64, false),
        };
        Field::new(name, data, nullable)
    }
}

/// The columns of the table of a kind of facts; `dimensions` are names without prefix, in order.
pub fn schema(kind: Kind, dimensions: &[String]) -> SchemaRef {
    let mut fields: Vec<Field> = own(kind).iter().map(|(name, of)| of.field(name)).collect();
    fields.extend(dimensions.iter().map(|name| Of::Text.field(&format!("{DIMENSION}{name}"))));
    fields.extend(ORIGIN.iter().map(|(name, of)| of.field(name)));
    Arc::new(Schema::new(fields))
}

/// The rows of a segment as the columns asked for, which are some of [`schema`].
///
/// # Errors
/// Never, as long as the columns are those of the kind.
pub fn batch(rows: &Rows, segment: &Segment, wanted: &SchemaRef) -> Result<RecordBatch> {
    let facts = &rows.facts;
    let len = facts.len();
    let column = |field: &Arc<Field>| -> Result<ArrayRef> {
        let name = field.name().as_str();
        Ok(match name {
            "line" => Arc::new(UInt32Array::from(facts.lines().to_vec())),
            "source" => constant(&rows.source, len),
            "file" => constant(&rows.file, len),
            "batch" => Arc::new(UInt64Array::from_value(rows.batch, len)),
            "segment" => Arc::new(Int64Array::from_value(segment.id, len)),
            _ => match facts {
                Facts::Checks(facts) => of_checks(facts, name)?,
                Facts::Cases(facts) => of_cases(facts, name)?,
                Facts::Operations(facts) => of_operations(facts, name)?,
                Facts::Stocks(facts) => of_stocks(facts, name)?,
            }
            .unwrap_or_else(|| nothing(len)),
        })
    };
    let columns: Vec<ArrayRef> = wanted.fields().iter().map(column).collect::<Result<_>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(len));
    Ok(RecordBatch::try_new_with_options(wanted.clone(), columns, &options)?)
}

/// A column of checks; `None` when they have none of that name.
fn of_checks(facts: &Checks, name: &str) -> Result<Option<ArrayRef>> {
    Ok(Some(match name {
        "probe" => texts(&facts.probe)?,
        "at" => instants(&facts.at),
        "state" => bytes(facts.state.iter().map(|state| *state as u8)),
        "latency" => numbers(&facts.latency, NO_LATENCY),
        "origin" => bytes(facts.origin.iter().map(|origin| *origin as u8)),
        "state_type" => bytes(facts.state_type.iter().map(|kind| *kind as u8)),
        "attempt" => Arc::new(UInt16Array::from(facts.attempt.clone())),
        _ => return Ok(None),
    }))
}

fn of_cases(facts: &CaseEvents, name: &str) -> Result<Option<ArrayRef>> {
    Ok(Some(match name {
        "case" => texts(&facts.case)?,
        "kind" => texts(&facts.kind)?,
        "event" => texts(&facts.event)?,
        "at" => instants(&facts.at),
        "n" => Arc::new(UInt16Array::from(facts.n.clone())),
        _ => return dimension(&facts.dimensions, name),
    }))
}

fn of_operations(facts: &Operations, name: &str) -> Result<Option<ArrayRef>> {
    Ok(Some(match name {
        "id" => Arc::new(facts.id.iter().map(|id| (!id.is_empty()).then_some(id)).collect::<StringArray>()),
        "kind" => texts(&facts.kind)?,
        "at" => instants(&facts.at),
        "quantity" => Arc::new(Int64Array::from(facts.quantity.clone())),
        "amount" => numbers(&facts.amount, NO_AMOUNT),
        _ => return dimension(&facts.dimensions, name),
    }))
}

fn of_stocks(facts: &Stocks, name: &str) -> Result<Option<ArrayRef>> {
    Ok(Some(match name {
        "subject" => texts(&facts.subject)?,
        "attribute" => texts(&facts.attribute)?,
        "value" => texts(&facts.value)?,
        "quantity" => Arc::new(Int64Array::from(facts.quantity.clone())),
        "valid_from" => instants(&facts.valid_from),
        "valid_until" => {
            let until = facts.valid_until.iter().map(|until| (*until != i64::MAX).then_some(*until));
            Arc::new(until.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
        }
        _ => return dimension(&facts.dimensions, name),
    }))
}

/// A dimension; `None` when these facts do not have it.
fn dimension(dimensions: &Dimensions, name: &str) -> Result<Option<ArrayRef>> {
    name.strip_prefix(DIMENSION).and_then(|name| dimensions.get(name)).map(texts).transpose()
}

/// A column of texts, NULL where nothing is stated.
fn texts(texts: &Texts) -> Result<ArrayRef> {
    let words: StringArray = texts.words().iter().map(|word| (!word.is_empty()).then_some(&**word)).collect();
    Ok(take(&words, &UInt32Array::from(texts.codes().to_vec()), None)?)
}

fn instants(instants: &[i64]) -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from(instants.to_vec()).with_timezone("UTC"))
}

fn bytes(bytes: impl Iterator<Item = u8>) -> ArrayRef {
    Arc::new(UInt8Array::from_iter_values(bytes))
}

/// A column of numbers, NULL where `none` stands.
fn numbers(numbers: &[i64], none: i64) -> ArrayRef {
    Arc::new(numbers.iter().map(|number| (*number != none).then_some(*number)).collect::<Int64Array>())
}

fn constant(text: &str, len: usize) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(std::iter::repeat_n(text, len)))
}

fn nothing(len: usize) -> ArrayRef {
    Arc::new(StringArray::new_null(len))
}
