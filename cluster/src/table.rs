//! The tables of SQL: the facts of a kind, as they hold.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{BinaryExpr, Expr, Operator, TableProviderFilterPushDown, TableType};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::projection::ProjectionExec;
use impegno_facts::Kind;
use impegno_ledger::{LedgerError, Segment};
use serde_json::{Value, json};

use crate::columns::{self, DIMENSION};
use crate::results::{Asked, cut};
use crate::scan::{Reading, SegmentScan};

/// The facts of a kind that held at some moment, as a table.
#[derive(Debug)]
pub struct FactsTable {
    kind: Kind,
    /// Of all segments together, by name.
    dimensions: Vec<String>,
    segments: Vec<Segment>,
    schema: SchemaRef,
}

impl FactsTable {
    /// A table of some segments of a kind; the end of each file is read for the names of its columns.
    ///
    /// # Errors
    /// When a segment cannot be read.
    pub fn new(kind: Kind, segments: Vec<Segment>) -> Result<FactsTable, LedgerError> {
        let mut dimensions = BTreeSet::new();
        // Checks have no dimensions, and most of the segments.
        for segment in segments.iter().filter(|segment| segment.kind != Kind::Checks) {
            let columns = segment.columns()?;
            dimensions
                .extend(columns.iter().filter_map(|name| name.strip_prefix(DIMENSION)).map(str::to_owned));
        }
        Ok(FactsTable::of(kind, dimensions.into_iter().collect(), segments))
    }

    fn of(kind: Kind, dimensions: Vec<String>, segments: Vec<Segment>) -> FactsTable {
        let schema = columns::schema(kind, &dimensions);
        FactsTable { kind, dimensions, segments, schema }
    }

    /// The segments, in the order of receipt.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The table as JSON, to travel to a scheduler.
    pub fn to_json(&self) -> Value {
        let segments: Vec<Value> = self.segments.iter().map(Segment::to_json).collect();
        json!({ "kind": self.kind.name(), "dimensions": self.dimensions, "segments": segments })
    }

    /// The table of [`FactsTable::to_json`].
    ///
    /// # Errors
    /// When it is not as it is written.
    pub fn from_json(json: &Value) -> Result<FactsTable> {
        let damaged = || DataFusionError::Execution("the description of a table cannot be read".to_owned());
        let kind = json.get("kind").and_then(Value::as_str).and_then(Kind::named).ok_or_else(damaged)?;
        let dimensions = json
            .get("dimensions")
            .and_then(Value::as_array)
            .and_then(|list| texts(list))
            .ok_or_else(damaged)?;
        Ok(FactsTable::of(kind, dimensions, segments(json.get("segments").ok_or_else(damaged)?)?))
    }

    /// The name of the column by whose values segments can be left out.
    fn time(&self) -> &'static str {
        match self.kind {
            Kind::Checks | Kind::Cases | Kind::Operations => "at",
            Kind::Stocks => "valid_from",
        }
    }
}

/// What single results come to: a row for each probe of each part, and one for the account of the part.
#[derive(Debug)]
pub struct ResultsTable {
    /// The segments of each part.
    pub parts: Vec<Vec<Segment>>,
    /// What is asked of them.
    pub asked: Asked,
}

impl ResultsTable {
    /// The table as JSON, to travel to a scheduler.
    pub fn to_json(&self) -> Value {
        let parts: Vec<Vec<Value>> =
            self.parts.iter().map(|part| part.iter().map(Segment::to_json).collect()).collect();
        json!({ "results": self.asked.to_json(), "parts": parts })
    }

    /// The table of [`ResultsTable::to_json`].
    ///
    /// # Errors
    /// When it is not as it is written.
    pub fn from_json(json: &Value) -> Result<ResultsTable> {
        let damaged = || DataFusionError::Execution("the description of a table cannot be read".to_owned());
        let asked = json.get("results").and_then(Asked::from_json).ok_or_else(damaged)?;
        let parts = json.get("parts").and_then(Value::as_array).ok_or_else(damaged)?;
        Ok(ResultsTable { parts: parts.iter().map(segments).collect::<Result<_>>()?, asked })
    }
}

#[async_trait]
impl TableProvider for ResultsTable {
    fn schema(&self) -> SchemaRef {
        Reading::found()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let scan: Arc<dyn ExecutionPlan> =
            Arc::new(SegmentScan::new(Reading::Results(self.asked.clone()), &self.parts)?);
        match projection {
            Some(columns) if *columns != [0, 1, 2] => {
                let schema = scan.schema();
                let column = |n: &usize| {
                    let name = schema.field(*n).name();
                    (Arc::new(Column::new(name, *n)) as Arc<dyn PhysicalExpr>, name.clone())
                };
                Ok(Arc::new(ProjectionExec::try_new(
                    columns.iter().map(column).collect::<Vec<_>>(),
                    scan.clone(),
                )?))
            }
            _ => Ok(scan),
        }
    }
}

/// Segments in at most so many parts of about as many rows each, in the order of time.
fn spread(mut segments: Vec<Segment>, parts: usize) -> Vec<Vec<Segment>> {
    segments.sort_by_key(|segment| (segment.earliest, segment.id));
    let all: usize = segments.iter().map(|segment| segment.rows).sum();
    let share = all.div_ceil(parts.max(1)).max(1);
    let mut spread: Vec<(usize, Vec<Segment>)> = Vec::new();
    for segment in segments {
        match spread.last_mut() {
            Some((rows, part)) if *rows < share => {
                *rows += segment.rows;
                part.push(segment);
            }
            _ => spread.push((segment.rows, vec![segment])),
        }
    }
    spread.into_iter().map(|(_, part)| part).collect()
}

/// Texts of a list in JSON; `None` when one of them is none.
pub(crate) fn texts(list: &[Value]) -> Option<Vec<String>> {
    list.iter().map(|value| value.as_str().map(str::to_owned)).collect()
}

/// Segments of a list in JSON.
pub(crate) fn segments(list: &Value) -> Result<Vec<Segment>> {
    let list = list.as_array().map_or(&[][..], Vec::as_slice);
    let segment =
        |json: &Value| Segment::from_json(json).map_err(|error| DataFusionError::External(Box::new(error)));
    list.iter().map(segment).collect()
}

#[async_trait]
impl TableProvider for FactsTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let time = self.time();
        let may_hold = |segment: &&Segment| {
            segment.ended.len() < segment.rows
                && filters.iter().all(|filter| may_hold(filter, time, segment.earliest, segment.latest))
        };
        let segments: Vec<Segment> = self.segments.iter().filter(may_hold).cloned().collect();
        let parts = match segments.is_empty() {
            true => vec![Vec::new()],
            false if self.kind == Kind::Checks => cut(segments, state.config().target_partitions()),
            false => spread(segments, state.config().target_partitions()),
        };
        let all = || (0..self.schema.fields().len()).collect();
        let projection = projection.cloned().unwrap_or_else(all);
        let reading = Reading::Columns { kind: self.kind, dimensions: self.dimensions.clone(), projection };
        Ok(Arc::new(SegmentScan::new(reading, &parts)?))
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        // A segment that cannot hold a row of the time asked for is not read; the rows are filtered by the engine.
        let time = self.time();
        let supported = |filter: &&Expr| match bound(filter, time) {
            Some(_) => TableProviderFilterPushDown::Inexact,
            None => TableProviderFilterPushDown::Unsupported,
        };
        Ok(filters.iter().map(supported).collect())
    }
}

/// Whether rows between two instants may pass a filter.
fn may_hold(filter: &Expr, time: &str, earliest: i64, latest: i64) -> bool {
    match bound(filter, time) {
        Some((Operator::Lt, at)) => earliest < at,
        Some((Operator::LtEq, at)) => earliest <= at,
        Some((Operator::Gt, at)) => latest > at,
        Some((Operator::GtEq, at)) => latest >= at,
        Some((Operator::Eq, at)) => earliest <= at && at <= latest,
        _ => true,
    }
}

/// A comparison of the time of a row with an instant, the time on the left: microseconds since 1970 in UTC.
fn bound(filter: &Expr, time: &str) -> Option<(Operator, i64)> {
    let Expr::BinaryExpr(BinaryExpr { left, op, right }) = filter else { return None };
    let is_time = |one: &Expr| matches!(one, Expr::Column(column) if column.name == time);
    let (op, literal) = match (is_time(left), is_time(right)) {
        (true, false) => (*op, right),
        (false, true) => (op.swap()?, left),
        _ => return None,
    };
    let Expr::Literal(ScalarValue::TimestampMicrosecond(Some(at), _), _) = &**literal else { return None };
    let compares = matches!(op, Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq | Operator::Eq);
    compares.then_some((op, *at))
}
