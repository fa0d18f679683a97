//! Facts to Arrow record batches and back: the form in which they are kept.
//!
//! Instants are timestamps in UTC, texts are dictionaries, small enumerations are numbers.
//! A dimension `body` is the column `dim.body`. What Impegno keeps, any Parquet reader can read.
//!
//! The instant of a check is `at` and `offset` together: when it was due, and how much later it came in units of `at`,
//! milliseconds where all instants are whole ones. (A segment of the first format has no `offset` and instants in `at`.)

use std::fmt;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType, UInt8Type, UInt16Type,
    UInt32Type,
};
use arrow_array::{
    Array, ArrayRef, DictionaryArray, Int32Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray, TimestampMillisecondArray, UInt8Array, UInt16Array, UInt32Array,
};
use arrow_schema::{DataType, Field, Schema};

use crate::grid;
use crate::{
    CaseEvents, Checks, Dimensions, Facts, Ids, Kind, Operations, Origin, State, StateType, Stocks, Texts,
};

/// Microseconds.
const MILLISECOND: i64 = 1_000;

/// Prefix of the columns that hold dimensions.
const DIMENSION: &str = "dim.";

/// The columns of a record batch are not those of the kind of facts asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableColumns {
    /// The column that is missing or has another type.
    pub column: String,
}

impl fmt::Display for UnreadableColumns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the column `{}` is missing or not as expected", self.column)
    }
}

impl std::error::Error for UnreadableColumns {}

impl Facts {
    /// The facts as a record batch.
    pub fn to_record(&self) -> RecordBatch {
        let mut columns = Columns::default();
        match self {
            Facts::Checks(facts) => {
                columns.texts("probe", &facts.probe);
                columns.slots(facts);
                columns.bytes("state", facts.state.iter().map(|state| *state as u8));
                columns.latencies(&facts.latency);
                columns.bytes("origin", facts.origin.iter().map(|origin| *origin as u8));
                columns.bytes("state_type", facts.state_type.iter().map(|kind| *kind as u8));
                columns.shorts("attempt", &facts.attempt);
                columns.lines(&facts.line);
            }
            Facts::Cases(facts) => {
                columns.texts("case", &facts.case);
                columns.texts("kind", &facts.kind);
                columns.texts("event", &facts.event);
                columns.instants("at", &facts.at);
                columns.shorts("n", &facts.n);
                columns.dimensions(&facts.dimensions);
                columns.lines(&facts.line);
            }
            Facts::Operations(facts) => {
                columns.push("id", Arc::new(StringArray::from_iter_values(facts.id.iter())));
                columns.texts("kind", &facts.kind);
                columns.instants("at", &facts.at);
                columns.numbers("quantity", &facts.quantity);
                columns.numbers("amount", &facts.amount);
                columns.dimensions(&facts.dimensions);
                columns.lines(&facts.line);
            }
            Facts::Stocks(facts) => {
                columns.texts("subject", &facts.subject);
                columns.texts("attribute", &facts.attribute);
                columns.texts("value", &facts.value);
                columns.numbers("quantity", &facts.quantity);
                columns.instants("valid_from", &facts.valid_from);
                columns.instants("valid_until", &facts.valid_until);
                columns.dimensions(&facts.dimensions);
                columns.lines(&facts.line);
            }
        }
        columns.finish()
    }

    /// The facts of a record batch that [`Facts::to_record`] made.
    ///
    /// # Errors
    /// When a column is missing or has another type.
    pub fn from_record(kind: Kind, record: &RecordBatch) -> Result<Facts, UnreadableColumns> {
        let read = Reader { record };
        Ok(match kind {
            Kind::Checks => Facts::Checks(Checks {
                probe: read.texts("probe")?,
                at: read.due_and_late()?,
                state: read.enumeration("state", &State::ALL)?,
                latency: read.latencies()?,
                origin: read.enumeration("origin", &Origin::ALL)?,
                state_type: read.enumeration("state_type", &StateType::ALL)?,
                attempt: read.shorts("attempt")?,
                line: read.lines()?,
            }),
            Kind::Cases => Facts::Cases(CaseEvents {
                case: read.texts("case")?,
                kind: read.texts("kind")?,
                event: read.texts("event")?,
                at: read.instants("at")?,
                n: read.shorts("n")?,
                dimensions: read.dimensions()?,
                line: read.lines()?,
            }),
            Kind::Operations => Facts::Operations(Operations {
                id: read.ids("id")?,
                kind: read.texts("kind")?,
                at: read.instants("at")?,
                quantity: read.numbers("quantity")?,
                amount: read.numbers("amount")?,
                dimensions: read.dimensions()?,
                line: read.lines()?,
            }),
            Kind::Stocks => Facts::Stocks(Stocks {
                subject: read.texts("subject")?,
                attribute: read.texts("attribute")?,
                value: read.texts("value")?,
                quantity: read.numbers("quantity")?,
                valid_from: read.instants("valid_from")?,
                valid_until: read.instants("valid_until")?,
                dimensions: read.dimensions()?,
                line: read.lines()?,
            }),
        })
    }
}

/// Columns being gathered into a record batch.
#[derive(Default)]
struct Columns {
    fields: Vec<Field>,
    arrays: Vec<ArrayRef>,
}

impl Columns {
    fn push(&mut self, name: &str, array: ArrayRef) {
        self.fields.push(Field::new(name, array.data_type().clone(), false));
        self.arrays.push(array);
    }

    fn texts(&mut self, name: &str, texts: &Texts) {
        let keys = Int32Array::from_iter_values(texts.codes().iter().map(|code| *code as i32));
        let words = StringArray::from_iter_values(texts.words());
        let array = DictionaryArray::<Int32Type>::new(keys, Arc::new(words));
        self.push(name, Arc::new(array));
    }

    fn instants(&mut self, name: &str, instants: &[i64]) {
        let array = TimestampMicrosecondArray::from(instants.to_vec()).with_timezone("UTC");
        self.push(name, Arc::new(array));
    }

    fn slots(&mut self, checks: &Checks) {
        let whole = checks.at.iter().all(|at| at % MILLISECOND == 0);
        let probes = checks.probe.codes();
        let array: ArrayRef;
        let offsets;
        if whole {
            let at: Vec<i64> = checks.at.iter().map(|at| at / MILLISECOND).collect();
            let slots;
            (slots, offsets) = grid::slots(probes, &at);
            array = Arc::new(TimestampMillisecondArray::from(slots).with_timezone("UTC"));
        } else {
            let slots;
            (slots, offsets) = grid::slots(probes, &checks.at);
            array = Arc::new(TimestampMicrosecondArray::from(slots).with_timezone("UTC"));
        }
        self.push("at", array);
        self.push("offset", Arc::new(Int32Array::from(offsets)));
    }

    /// Four bytes a row, unless one takes more than half an hour.
    fn latencies(&mut self, latencies: &[i64]) {
        let short: Result<Vec<i32>, _> = latencies.iter().map(|latency| i32::try_from(*latency)).collect();
        match short {
            Ok(short) => self.push("latency", Arc::new(Int32Array::from(short))),
            Err(_) => self.numbers("latency", latencies),
        }
    }

    fn numbers(&mut self, name: &str, numbers: &[i64]) {
        self.push(name, Arc::new(Int64Array::from(numbers.to_vec())));
    }

    fn shorts(&mut self, name: &str, numbers: &[u16]) {
        self.push(name, Arc::new(UInt16Array::from(numbers.to_vec())));
    }

    fn bytes(&mut self, name: &str, bytes: impl Iterator<Item = u8>) {
        self.push(name, Arc::new(UInt8Array::from_iter_values(bytes)));
    }

    fn lines(&mut self, lines: &[u32]) {
        self.push("line", Arc::new(UInt32Array::from(lines.to_vec())));
    }

    fn dimensions(&mut self, dimensions: &Dimensions) {
        for (name, texts) in dimensions {
            self.texts(&format!("{DIMENSION}{name}"), texts);
        }
    }

    fn finish(self) -> RecordBatch {
        RecordBatch::try_new(Arc::new(Schema::new(self.fields)), self.arrays)
            .expect("columns of facts have equal lengths and no nulls")
    }
}

/// Columns being read from a record batch.
struct Reader<'r> {
    record: &'r RecordBatch,
}

impl Reader<'_> {
    fn column<'a, A>(
        &'a self,
        name: &str,
        cast: impl Fn(&'a ArrayRef) -> Option<A>,
    ) -> Result<A, UnreadableColumns> {
        self.record
            .column_by_name(name)
            .and_then(cast)
            .ok_or_else(|| UnreadableColumns { column: name.to_owned() })
    }

    fn texts(&self, name: &str) -> Result<Texts, UnreadableColumns> {
        self.column(name, |array| {
            let array = array.as_dictionary_opt::<Int32Type>()?;
            let words = array.values().as_string_opt::<i32>()?;
            let words = words.iter().map(|word| word.unwrap_or("").into()).collect();
            let codes = array.keys().values().iter().map(|code| *code as u32).collect();
            Texts::from_parts(codes, words)
        })
    }

    fn ids(&self, name: &str) -> Result<Ids, UnreadableColumns> {
        self.column(name, |array| {
            let array = array.as_string_opt::<i32>()?;
            Some(array.iter().map(|id| id.unwrap_or("")).collect())
        })
    }

    fn instants(&self, name: &str) -> Result<Vec<i64>, UnreadableColumns> {
        self.column(name, |array| {
            Some(array.as_primitive_opt::<TimestampMicrosecondType>()?.values().to_vec())
        })
    }

    fn due_and_late(&self) -> Result<Vec<i64>, UnreadableColumns> {
        let mut at = self.column("at", |array| {
            let milliseconds = array.as_primitive_opt::<TimestampMillisecondType>();
            milliseconds.map(|slots| slots.values().to_vec())
        });
        let unit = if at.is_ok() { MILLISECOND } else { 1 };
        if at.is_err() {
            at = self.instants("at");
        }
        let mut at = at?;
        if self.record.column_by_name("offset").is_some() {
            let offsets =
                self.column("offset", |array| Some(array.as_primitive_opt::<Int32Type>()?.values().clone()))?;
            for (at, offset) in at.iter_mut().zip(offsets.iter()) {
                *at += i64::from(*offset);
            }
        }
        if unit > 1 {
            at.iter_mut().for_each(|at| *at *= unit);
        }
        Ok(at)
    }

    fn latencies(&self) -> Result<Vec<i64>, UnreadableColumns> {
        let short = self.column("latency", |array| {
            let short = array.as_primitive_opt::<Int32Type>()?;
            Some(short.values().iter().map(|latency| i64::from(*latency)).collect())
        });
        short.or_else(|_| self.numbers("latency"))
    }

    fn numbers(&self, name: &str) -> Result<Vec<i64>, UnreadableColumns> {
        self.column(name, |array| Some(array.as_primitive_opt::<Int64Type>()?.values().to_vec()))
    }

    fn shorts(&self, name: &str) -> Result<Vec<u16>, UnreadableColumns> {
        self.column(name, |array| Some(array.as_primitive_opt::<UInt16Type>()?.values().to_vec()))
    }

    fn lines(&self) -> Result<Vec<u32>, UnreadableColumns> {
        self.column("line", |array| Some(array.as_primitive_opt::<UInt32Type>()?.values().to_vec()))
    }

    fn enumeration<T: Copy>(&self, name: &str, all: &[T]) -> Result<Vec<T>, UnreadableColumns> {
        self.column(name, |array| {
            let numbers = array.as_primitive_opt::<UInt8Type>()?;
            numbers.values().iter().map(|number| all.get(usize::from(*number)).copied()).collect()
        })
    }

    fn dimensions(&self) -> Result<Dimensions, UnreadableColumns> {
        let schema = self.record.schema_ref();
        let mut dimensions = Dimensions::new();
        for field in schema.fields() {
            if let Some(name) = field.name().strip_prefix(DIMENSION)
                && matches!(field.data_type(), DataType::Dictionary(_, _))
            {
                dimensions.insert(name.to_owned(), self.texts(field.name())?);
            }
        }
        Ok(dimensions)
    }
}
