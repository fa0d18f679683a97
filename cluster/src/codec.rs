//! How tables and scans travel between client, scheduler and executors.
//!
//! What is ours is JSON behind a mark; everything else is handed to Ballista's own codecs. Functions travel by name.

use std::sync::Arc;

use ballista_core::serde::{BallistaLogicalExtensionCodec, BallistaPhysicalExtensionCodec};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::common::TableReference;
use datafusion::datasource::file_format::FileFormatFactory;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{Extension, LogicalPlan};
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::logical_plan::LogicalExtensionCodec;
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use serde_json::Value;

use crate::scan::SegmentScan;
use crate::table::{FactsTable, ResultsTable};

/// What stands before our JSON. Ballista's own messages are protocol buffers: none of them begins so.
const MARK: &[u8] = b"impegno\n";

fn ours(bytes: &[u8]) -> Option<Result<Value>> {
    let json = bytes.strip_prefix(MARK)?;
    Some(serde_json::from_slice(json).map_err(|error| DataFusionError::External(Box::new(error))))
}

fn mark(json: &Value, into: &mut Vec<u8>) {
    into.extend_from_slice(MARK);
    into.extend_from_slice(json.to_string().as_bytes());
}

/// Tables, between client and scheduler.
#[derive(Debug, Default)]
pub struct Tables(BallistaLogicalExtensionCodec);

impl LogicalExtensionCodec for Tables {
    fn try_decode(&self, buf: &[u8], inputs: &[LogicalPlan], ctx: &TaskContext) -> Result<Extension> {
        self.0.try_decode(buf, inputs, ctx)
    }

    fn try_encode(&self, node: &Extension, buf: &mut Vec<u8>) -> Result<()> {
        self.0.try_encode(node, buf)
    }

    fn try_decode_table_provider(
        &self,
        buf: &[u8],
        table: &TableReference,
        schema: SchemaRef,
        ctx: &TaskContext,
    ) -> Result<Arc<dyn TableProvider>> {
        match ours(buf) {
            Some(json) => {
                let json = json?;
                match json.get("results") {
                    Some(_) => Ok(Arc::new(ResultsTable::from_json(&json)?)),
                    None => Ok(Arc::new(FactsTable::from_json(&json)?)),
                }
            }
            None => self.0.try_decode_table_provider(buf, table, schema, ctx),
        }
    }

    fn try_encode_table_provider(
        &self,
        table: &TableReference,
        node: Arc<dyn TableProvider>,
        buf: &mut Vec<u8>,
    ) -> Result<()> {
        let any: &dyn std::any::Any = node.as_ref();
        let results = || any.downcast_ref::<ResultsTable>().map(ResultsTable::to_json);
        match any.downcast_ref::<FactsTable>().map(FactsTable::to_json).or_else(results) {
            Some(json) => {
                mark(&json, buf);
                Ok(())
            }
            None => self.0.try_encode_table_provider(table, node, buf),
        }
    }

    fn try_decode_file_format(&self, buf: &[u8], ctx: &TaskContext) -> Result<Arc<dyn FileFormatFactory>> {
        self.0.try_decode_file_format(buf, ctx)
    }

    fn try_encode_file_format(&self, buf: &mut Vec<u8>, node: Arc<dyn FileFormatFactory>) -> Result<()> {
        self.0.try_encode_file_format(buf, node)
    }
}

/// Scans, between scheduler and executors.
#[derive(Debug, Default)]
pub struct Scans(BallistaPhysicalExtensionCodec);

impl PhysicalExtensionCodec for Scans {
    fn try_decode(
        &self,
        buf: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        ctx: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        match ours(buf) {
            Some(json) => Ok(Arc::new(SegmentScan::from_json(&json?, inputs)?)),
            None => self.0.try_decode(buf, inputs, ctx, converter),
        }
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        buf: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        let any: &dyn std::any::Any = node.as_ref();
        match any.downcast_ref::<SegmentScan>() {
            Some(scan) => {
                mark(&scan.to_json(), buf);
                Ok(())
            }
            None => self.0.try_encode(node, buf, converter),
        }
    }
}
