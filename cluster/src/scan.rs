//! The plan node that reads segments of the ledger.
//!
//! Every row of a table comes through here, on one machine and on many: the ledger reads the segment, leaves out the
//! ended rows and checks that the file holds as many rows as were written.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, BinaryArray, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType, ExecutionPlanProperties};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties};
use futures::TryStreamExt;
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

/// Reads the segments that its input names, part by part.
///
/// Which segments there are is data of a leaf that Ballista knows, and not a field of this node: a task of Ballista is the whole plan
/// with its leaves cut down to the partitions of the task, and a leaf that it does not know is read by every task, whole.
#[derive(Debug)]
pub struct SegmentScan {
    reading: Reading,
    /// The segments of each part: a row of [`named`] for each.
    input: Arc<dyn ExecutionPlan>,
    schema: SchemaRef,
    properties: Arc<PlanProperties>,
}

/// The columns of the input: the number of the part, and a segment as JSON.
fn named() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("part", DataType::Int64, false),
        Field::new("segment", DataType::Utf8, false),
    ]))
}

impl SegmentScan {
    /// A scan of some segments, cut into parts that may be read side by side.
    ///
    /// # Errors
    /// When the table has no such columns.
    pub fn new(reading: Reading, parts: &[Vec<Segment>]) -> Result<SegmentScan> {
        let batch = |(part, segments): (i64, &Vec<Segment>)| -> Result<Vec<RecordBatch>> {
            let columns: Vec<ArrayRef> = vec![
                Arc::new(Int64Array::from_value(part, segments.len())),
                Arc::new(StringArray::from_iter_values(
                    segments.iter().map(|segment| segment.to_json().to_string()),
                )),
            ];
            Ok(vec![RecordBatch::try_new(named(), columns)?])
        };
        let parts: Vec<Vec<RecordBatch>> = (0..).zip(parts).map(batch).collect::<Result<_>>()?;
        SegmentScan::over(reading, MemorySourceConfig::try_new_exec(&parts, named(), None)?)
    }

    /// A scan of the segments that another node names.
    fn over(reading: Reading, input: Arc<dyn ExecutionPlan>) -> Result<SegmentScan> {
        let schema = reading.schema()?;
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema.clone()),
            Partitioning::UnknownPartitioning(input.output_partitioning().partition_count()),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Ok(SegmentScan { reading, input, schema, properties: Arc::new(properties) })
    }

    /// How many segments, where the input is the one that [`SegmentScan::new`] made.
    fn segments(&self) -> Option<usize> {
        let any: &dyn std::any::Any = self.input.as_ref();
        let source: &dyn std::any::Any = any.downcast_ref::<DataSourceExec>()?.data_source().as_ref();
        let parts = source.downcast_ref::<MemorySourceConfig>()?.partitions();
        Some(parts.iter().flatten().map(RecordBatch::num_rows).sum())
    }

    /// The node as JSON, without its input, to travel to an executor.
    pub fn to_json(&self) -> Value {
        self.reading.to_json()
    }

    /// The node of [`SegmentScan::to_json`], over its input.
    ///
    /// # Errors
    /// When it is not as it is written.
    pub fn from_json(json: &Value, inputs: &[Arc<dyn ExecutionPlan>]) -> Result<SegmentScan> {
        match (Reading::from_json(json), inputs) {
            (Some(reading), [input]) => SegmentScan::over(reading, input.clone()),
            _ => Err(DataFusionError::Execution("the description of a scan cannot be read".to_owned())),
        }
    }
}

impl DisplayAs for SegmentScan {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.properties.output_partitioning().partition_count();
        let names: Vec<&str> = self.schema.fields().iter().map(|field| field.name().as_str()).collect();
        let segments = self.segments().map_or_else(String::new, |many| format!("{many} segments in "));
        write!(f, "SegmentScan: {segments}{parts} parts, columns=[{}]", names.join(", "))
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
        vec![&self.input]
    }

    /// The parts are cut as they should be read.
    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        match children.as_slice() {
            [input] => Ok(Arc::new(SegmentScan::over(self.reading.clone(), input.clone())?)),
            _ => Err(DataFusionError::Internal("a scan of segments has one input".to_owned())),
        }
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let size = context.session_config().batch_size().max(1);
        let input = self.input.execute(partition, context)?;
        let (reading, schema) = (self.reading.clone(), self.schema.clone());
        let batches = futures::stream::once(async move {
            let named: Vec<RecordBatch> = input.try_collect().await?;
            Ok::<_, DataFusionError>(futures::stream::iter(read(reading, schema, size, &named)?))
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), batches.try_flatten())))
    }
}

type Batches = Box<dyn Iterator<Item = Result<RecordBatch>> + Send>;

/// Reads the segments that some rows name.
fn read(reading: Reading, schema: SchemaRef, size: usize, named: &[RecordBatch]) -> Result<Batches> {
    let damaged = || DataFusionError::Execution("the names of segments cannot be read".to_owned());
    let mut parts: BTreeMap<i64, Vec<Segment>> = BTreeMap::new();
    for batch in named {
        let part = batch.column(0).as_primitive_opt::<Int64Type>().ok_or_else(damaged)?;
        let segments = batch.column(1).as_string_opt::<i32>().ok_or_else(damaged)?;
        for row in 0..batch.num_rows() {
            let json = serde_json::from_str(segments.value(row)).map_err(|_| damaged())?;
            let segment =
                Segment::from_json(&json).map_err(|error| DataFusionError::External(Box::new(error)))?;
            parts.entry(part.value(row)).or_default().push(segment);
        }
    }
    Ok(match reading {
        Reading::Columns { .. } => {
            Box::new(parts.into_values().flatten().flat_map(move |segment| match rows(&segment, &schema) {
                Ok(batch) => sliced(batch, size),
                Err(error) => vec![Err(error)],
            }))
        }
        Reading::Results(asked) => {
            Box::new(parts.into_iter().map(move |(part, segments)| found(&asked, part, &segments, &schema)))
        }
    })
}

/// The rows of a segment that hold, as columns.
fn rows(segment: &Segment, schema: &SchemaRef) -> Result<RecordBatch> {
    let rows = segment.read().map_err(|error| DataFusionError::External(Box::new(error)))?;
    columns::batch(&rows, segment, schema)
}

/// What the results of a part come to.
fn found(asked: &Asked, part: i64, segments: &[Segment], schema: &SchemaRef) -> Result<RecordBatch> {
    let (found, account) = asked.answer(segments)?;
    let probes = found.iter().map(|(probe, _)| Some(&**probe)).chain([None]);
    let bytes = found.iter().map(|(_, found)| found.to_bytes()).chain([account.to_bytes()]);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_value(part, found.len() + 1)),
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
