//! The processes of a cluster: one scheduler, and executors.

use std::net::SocketAddr;
use std::sync::Arc;

use ballista_core::registry::BallistaFunctionRegistry;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::SessionConfig;

use crate::codec::{Scans, Tables};
use crate::failure::Failure;
use crate::functions;
use crate::session::{LARGEST_MESSAGE, cluster_config};

/// How a scheduler is run.
#[derive(Debug, Clone)]
pub struct Scheduler {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The name by which executors and clients reach it.
    pub name: String,
    /// Seconds without a word after which an executor is taken for lost and its work is done anew.
    pub lost_after: u64,
}

/// How an executor is run.
#[derive(Debug, Clone)]
pub struct Executor {
    /// Where it listens for those who fetch its results; the port after it takes tasks.
    pub listen: SocketAddr,
    /// The name by which the others reach it.
    pub name: String,
    /// Host and port of the scheduler.
    pub scheduler: (String, u16),
    /// How many tasks at once; 0: one for each core.
    pub cores: usize,
    /// The most memory of all tasks together, in bytes; `None`: 70 % of the machine.
    pub memory: Option<u64>,
    /// Where intermediate results are kept.
    pub work: Option<String>,
    /// Seconds between two signs of life.
    pub heartbeat: u64,
}

/// Runs a scheduler until it is stopped.
///
/// # Errors
/// When it cannot listen.
pub async fn schedule(scheduler: Scheduler) -> Result<(), Failure> {
    let largest = LARGEST_MESSAGE as u32;
    let config = SchedulerConfig {
        bind_host: scheduler.listen.ip().to_string(),
        bind_port: scheduler.listen.port(),
        external_host: scheduler.name,
        executor_timeout_seconds: scheduler.lost_after,
        expire_dead_executor_interval_seconds: (scheduler.lost_after / 4).max(1),
        no_executors_grace_period_seconds: scheduler.lost_after,
        grpc_server_max_decoding_message_size: largest,
        grpc_server_max_encoding_message_size: largest,
        grpc_client_max_message_size: largest,
        override_config_producer: Some(Arc::new(cluster_config)),
        override_session_builder: Some(Arc::new(|config: SessionConfig| {
            let mut state = SessionStateBuilder::new().with_config(config).with_default_features().build();
            for function in functions::all() {
                datafusion::execution::FunctionRegistry::register_udaf(&mut state, Arc::new(function))?;
            }
            Ok(state)
        })),
        override_logical_codec: Some(Arc::new(Tables::default())),
        override_physical_codec: Some(Arc::new(Scans::default())),
        ..SchedulerConfig::default()
    };
    let stopped =
        |error: ballista_core::error::BallistaError| Failure::new(Failure::OUTPUT, error.to_string());
    let cluster = BallistaCluster::new_from_config(&config).await.map_err(stopped)?;
    start_server(cluster, scheduler.listen, Arc::new(config)).await.map_err(stopped)
}

/// Runs an executor until it is stopped.
///
/// # Errors
/// When it cannot listen, or does not reach the scheduler.
pub async fn execute(executor: Executor) -> Result<(), Failure> {
    let largest = LARGEST_MESSAGE as u32;
    let mut registry = BallistaFunctionRegistry::default();
    for function in functions::all() {
        registry.aggregate_functions.insert(function.name().to_owned(), Arc::new(function));
    }
    let config = ExecutorProcessConfig {
        bind_host: executor.listen.ip().to_string(),
        external_host: Some(executor.name),
        port: executor.listen.port(),
        grpc_port: executor.listen.port().saturating_add(1),
        scheduler_host: executor.scheduler.0,
        scheduler_port: executor.scheduler.1,
        scheduler_connect_timeout_seconds: 20,
        vcores: executor.cores,
        memory_pool_size: executor.memory,
        work_dir: executor.work,
        executor_heartbeat_interval_seconds: executor.heartbeat.max(1),
        job_data_ttl_seconds: 3600,
        job_data_clean_up_interval_seconds: 600,
        grpc_max_decoding_message_size: largest,
        grpc_max_encoding_message_size: largest,
        override_config_producer: Some(Arc::new(cluster_config)),
        override_function_registry: Some(Arc::new(registry)),
        override_logical_codec: Some(Arc::new(Tables::default())),
        override_physical_codec: Some(Arc::new(Scans::default())),
        ..ExecutorProcessConfig::default()
    };
    start_executor_process(Arc::new(config)).await.map_err(|error| {
        Failure::new(Failure::OUTPUT, error.to_string()).hint("is the scheduler running there?")
    })
}
