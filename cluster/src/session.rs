//! Where queries are run: in this process, or on a cluster.

use std::sync::Arc;

use ballista::prelude::{SessionConfigExt, SessionContextExt};
use datafusion::common::Column;
use datafusion::error::Result;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, lit};
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::centre::{Known, Register};
use crate::codec::{Scans, Tables};
use crate::failure::Failure;
use crate::functions;
use crate::table::FactsTable;

/// The largest message between client, scheduler and executors: a plan names every segment that it reads.
pub const LARGEST_MESSAGE: usize = 256 * 1024 * 1024;

/// Where a query is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Engine {
    /// In this process.
    Here {
        /// How many parts are worked on side by side; `None`: one for each core.
        partitions: Option<usize>,
        /// The most memory that sorting, joining and grouping may take, in bytes; `None`: no bound.
        memory: Option<usize>,
    },
    /// On a cluster.
    Cluster {
        /// Address of the scheduler, `http://host:port`.
        scheduler: String,
        /// Into how many tasks a reading is cut; `None`: 16.
        partitions: Option<usize>,
    },
}

impl Engine {
    /// A context that knows our functions, without any table.
    ///
    /// # Errors
    /// When the address of the scheduler is none.
    pub async fn context(&self) -> Result<SessionContext> {
        let context = match self {
            Engine::Here { partitions, memory } => {
                // Rows stay in the order of their segments: runs of one state are gathered from rows that follow each
                // other. The scan itself gives as many parts as are worked on side by side.
                let mut config =
                    SessionConfig::new().with_information_schema(true).with_round_robin_repartition(false);
                if let Some(partitions) = partitions {
                    config = config.with_target_partitions((*partitions).max(1));
                }
                let mut runtime = RuntimeEnvBuilder::new();
                if let Some(memory) = memory {
                    runtime = runtime.with_memory_limit(*memory, 1.0);
                }
                SessionContext::new_with_config_rt(config, runtime.build_arc()?)
            }
            Engine::Cluster { scheduler, partitions } => {
                let mut config = cluster_config();
                if let Some(partitions) = partitions {
                    config = config.with_target_partitions((*partitions).max(1));
                }
                let state = SessionStateBuilder::new().with_config(config).with_default_features().build();
                SessionContext::remote_with_state(scheduler, state).await?
            }
        };
        // After the context is made: the upgrade for a cluster puts the functions that are built in in place of all.
        for function in functions::all() {
            context.register_udaf(function);
        }
        Ok(context)
    }

    /// A context with the tables of a centre.
    ///
    /// # Errors
    /// When a segment or a register cannot be read.
    pub async fn open(&self, known: &Known) -> Result<SessionContext, Failure> {
        let context = self.context().await?;
        for (kind, segments) in &known.segments {
            let table = FactsTable::new(*kind, segments.clone())?;
            context.register_table(kind.name(), Arc::new(table))?;
        }
        for register in known.registers()? {
            add_register(&context, &register)?;
        }
        Ok(context)
    }
}

/// The settings that client, scheduler and executors share: how tables and scans travel, how large a message may be.
pub fn cluster_config() -> SessionConfig {
    SessionConfig::new_with_ballista()
        .with_ballista_logical_extension_codec(Arc::new(Tables::default()))
        .with_ballista_physical_extension_codec(Arc::new(Scans::default()))
        .with_ballista_grpc_client_max_message_size(LARGEST_MESSAGE)
}

/// A register as a view of its own values: it travels inside the plan.
fn add_register(context: &SessionContext, register: &Register) -> Result<()> {
    if register.rows.is_empty() {
        return Ok(());
    }
    let text = |text: &String| {
        if text.is_empty() { lit(datafusion::common::ScalarValue::Utf8(None)) } else { lit(text.clone()) }
    };
    let rows: Vec<Vec<Expr>> = register.rows.iter().map(|row| row.iter().map(text).collect()).collect();
    let named = register
        .columns
        .iter()
        .enumerate()
        .map(|(n, name)| Expr::Column(Column::from_name(format!("column{}", n + 1))).alias(name));
    let plan = LogicalPlanBuilder::values(rows)?.project(named.collect::<Vec<_>>())?.build()?;
    let frame = datafusion::dataframe::DataFrame::new(context.state(), plan);
    context.register_table(register.name, frame.into_view())?;
    Ok(())
}
