//! The plan node that reads segments of the ledger.
//!
//! Every row of a table comes through here, on one machine and on many: the ledger reads the segment, leaves out the
//! ended rows and checks that the file holds as many rows as were written.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BinaryArray, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties};
use impegno_facts::Kind;
use impegno_ledger::Segment;
use serde_json::{Value, json};

use crate::columns;
use crate::results::Asked;

/// What is read of segments.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// Some columns of the table of a kind of facts.
    Columns {
        /// The kind.
        kind: Kind,
        /// Names of the dimensions of the table, in order.
        dimensions: Vec<String>,
        /// Which columns of the table, in which order.
        projection: Vec<usize>,
    },
    /// What single results come to: a row for each probe and one for the account of the part, [`Reading::found`].
    Results(Asked),
}

impl Reading {
    /// The columns of what is found of results: the number of the part, the probe (NULL: the account of the part), and bytes.
    pub fn found() -> SchemaRef {
        Arc::new(Schema::new(vec![
            Field::new("part", DataType::Int64, false),
            Field::new("probe", DataType::Utf8, true),
            Field::new("found", DataType::Binary, false),
        ]))
    }

    fn schema(&self) -> Result<SchemaRef> {
        match self {
            Reading::Columns { kind, dimensions, projection } => {
                Ok(Arc::new(columns::schema(*kind, dimensions).project(projection)?))
            }
            Reading::Results(_) => Ok(Reading::found()),
        }
    }

    fn to_json(&self) -> Value {
        match self {
            Reading::Columns { kind, dimensions, projection } => {
                json!({ "kind": kind.name(), "dimensions": dimensions, "projection": projection })
            }
            Reading::Results(asked) => json!({ "results": asked.to_json() }),
        }
    }

    fn from_json(json: &Value) -> Option<Reading> {
        if let Some(asked) = json.get("results") {
            return Some(Reading::Results(Asked::from_json(asked)?));
        }
        let number = |value: &Value| value.as_u64().map(|number| number as usize);
        Some(Reading::Columns {
            kind: Kind::named(json.get("kind")?.as_str()?)?,
            dimensions: crate::table::texts(json.get("dimensions")?.as_array()?)?,
            projection: json.get("projection")?.as_array()?.iter().map(number).collect::<Option<_>>()?,
        })
    }
}

/// Reads segments, cut into parts that may be read side by side.
#[derive(Debug)]
pub struct SegmentScan {
    reading: Reading,
    parts: Vec<Vec<Segment>>,
    schema: SchemaRef,
    properties: Arc<PlanProperties>,
}

impl SegmentScan {
    /// A scan of some segments.
    ///
    /// # Errors
    /// When the table has no such columns.
    pub fn new(reading: Reading, parts: Vec<Vec<Segment>>) -> Result<SegmentScan> {
        let schema = reading.schema()?;
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema.clone()),
            Partitioning::UnknownPartitioning(parts.len()),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Ok(SegmentScan { reading, parts, schema, properties: Arc::new(properties) })
    }

    /// The node as JSON, to travel to an executor.
    pub fn to_json(&self) -> Value {
        let parts: Vec<Vec<Value>> =
            self.parts.iter().map(|part| part.iter().map(Segment::to_json).collect()).collect();
        json!({ "reading": self.reading.to_json(), "parts": parts })
    }

    /// The node of [`SegmentScan::to_json`].
    ///
    /// # Errors
    /// When it is not as it is written.
    pub fn from_json(json: &Value) -> Result<SegmentScan> {
        let damaged = || DataFusionError::Execution("the description of a scan cannot be read".to_owned());
        let reading = json.get("reading").and_then(Reading::from_json).ok_or_else(damaged)?;
        let parts = json.get("parts").and_then(Value::as_array).ok_or_else(damaged)?;
        SegmentScan::new(reading, parts.iter().map(crate::table::segments).collect::<Result<_>>()?)
    }
}

impl DisplayAs for SegmentScan {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let segments: usize = self.parts.iter().map(Vec::len).sum();
        let names: Vec<&str> = self.schema.fields().iter().map(|field| field.name().as_str()).collect();
        let parts = self.parts.len();
        write!(f, "SegmentScan: {segments} segments in {parts} parts, columns=[{}]", names.join(", "))
    }
}

impl ExecutionPlan for SegmentScan {
    fn name(&self) -> &str {
        "SegmentScan"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let segments = self.parts.get(partition).cloned().unwrap_or_default();
        let schema = self.schema.clone();
        let size = context.session_config().batch_size().max(1);
        let batches: Box<dyn Iterator<Item = Result<RecordBatch>> + Send> = match self.reading.clone() {
            Reading::Columns { .. } => {
                Box::new(segments.into_iter().flat_map(move |segment| match rows(&segment, &schema) {
                    Ok(batch) => sliced(batch, size),
                    Err(error) => vec![Err(error)],
                }))
            }
            Reading::Results(asked) => {
                let answer = move || found(&asked, partition, &segments, &schema);
                Box::new(std::iter::once_with(answer))
            }
        };
        let stream = futures::stream::iter(batches);
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), stream)))
    }
}

/// The rows of a segment that hold, as columns.
fn rows(segment: &Segment, schema: &SchemaRef) -> Result<RecordBatch> {
    let rows = segment.read().map_err(|error| DataFusionError::External(Box::new(error)))?;
    columns::batch(&rows, segment, schema)
}

/// What the results of a part come to.
fn found(asked: &Asked, part: usize, segments: &[Segment], schema: &SchemaRef) -> Result<RecordBatch> {
    let (found, account) = asked.answer(segments)?;
    let probes = found.iter().map(|(probe, _)| Some(&**probe)).chain([None]);
    let bytes = found.iter().map(|(_, found)| found.to_bytes()).chain([account.to_bytes()]);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_value(part as i64, found.len() + 1)),
        Arc::new(probes.collect::<StringArray>()),
        Arc::new(BinaryArray::from_iter_values(bytes)),
    ];
    Ok(RecordBatch::try_new(schema.clone(), columns)?)
}

/// The rows in pieces of the size that the engine works with; nothing is copied.
fn sliced(batch: RecordBatch, size: usize) -> Vec<Result<RecordBatch>> {
    let rows = batch.num_rows();
    (0..rows).step_by(size).map(|from| Ok(batch.slice(from, size.min(rows - from)))).collect()
}
