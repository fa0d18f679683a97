//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use impegno_calendar::Period;
use impegno_cluster::output::Format;
use impegno_cluster::session::Engine;

/// SQL over the ledger of a centre, and its measures on one machine or on many.
#[derive(Debug, Parser)]
#[command(name = "impegno-cluster", version, about)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Ask the facts and registers of a centre
    Sql(Sql),
    /// Code, expected, measured, deviation, verdict of every commitment, with the checks read by the engine
    Measure(Measure),
    /// The process that cuts queries into tasks and hands them out
    Scheduler(Scheduler),
    /// A process that works on tasks
    Executor(Executor),
}

/// Where the work is done.
#[derive(Debug, Args)]
pub(crate) struct Where {
    /// A cluster, by the address of its scheduler: `http://host:15050`; without it everything is done here
    #[arg(long, value_name = "URL")]
    pub scheduler: Option<String>,
    /// Into how many parts a reading is cut [default: one for each core, 16 on a cluster]
    #[arg(long, value_name = "N")]
    pub partitions: Option<usize>,
    /// The most memory for sorting, joining and grouping here: 500M, 2G
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub memory: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct Sql {
    /// The centre folder
    pub centre: PathBuf,
    /// The query: tables checks, cases, operations, stocks, bodies, services, probes
    pub query: String,
    /// Only what was known at this instant, ISO 8601 with an offset
    #[arg(long, value_name = "INSTANT")]
    pub as_of: Option<jiff::Timestamp>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    #[command(flatten)]
    pub on: Where,
}

#[derive(Debug, Args)]
pub(crate) struct Measure {
    /// The centre folder
    pub centre: PathBuf,
    /// The period: 2017, 2017-H1, 2017-Q2, 2017-06 or 2017-01-01..2017-03-31
    #[arg(long)]
    pub period: Period,
    /// Only what was known at this instant, ISO 8601 with an offset
    #[arg(long, value_name = "INSTANT")]
    pub as_of: Option<jiff::Timestamp>,
    /// Language
    #[arg(long, value_enum, default_value_t = Lang::It)]
    pub lang: Lang,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    #[command(flatten)]
    pub on: Where,
}

/// Language of what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// Italian
    It,
    /// English
    En,
}

#[derive(Debug, Args)]
pub(crate) struct Scheduler {
    /// Where it listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:15050")]
    pub listen: SocketAddr,
    /// The name by which executors and clients reach it
    #[arg(long, value_name = "HOST", default_value = "localhost")]
    pub name: String,
    /// Seconds without a word after which an executor is taken for lost
    #[arg(long, value_name = "SECONDS", default_value_t = 20)]
    pub lost_after: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Executor {
    /// The scheduler: host:port
    #[arg(long, value_name = "HOST:PORT", default_value = "localhost:15050")]
    pub scheduler: String,
    /// Where it listens; the port after it is used too
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:15051")]
    pub listen: SocketAddr,
    /// The name by which scheduler, clients and other executors reach it
    #[arg(long, value_name = "HOST", default_value = "localhost")]
    pub name: String,
    /// Tasks at once [default: one for each core]
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub cores: usize,
    /// The most memory for sorting, joining and grouping: 500M, 2G [default: 70 % of the machine]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub memory: Option<u64>,
    /// Folder for intermediate results [default: a temporary one]
    #[arg(long, value_name = "FOLDER")]
    pub work: Option<String>,
    /// Seconds between two signs of life
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    pub heartbeat: u64,
}

impl Where {
    /// The engine that is meant.
    pub(crate) fn engine(&self) -> Engine {
        match &self.scheduler {
            Some(scheduler) => Engine::Cluster { scheduler: scheduler.clone(), partitions: self.partitions },
            None => Engine::Here {
                partitions: self.partitions,
                memory: self.memory.and_then(|memory| usize::try_from(memory).ok()),
            },
        }
    }
}

/// Bytes, written as `500M` or `2G`.
fn size(text: &str) -> Result<u64, String> {
    let (digits, unit) = match text.char_indices().last() {
        Some((at, 'K' | 'k')) => (&text[..at], 1 << 10),
        Some((at, 'M' | 'm')) => (&text[..at], 1 << 20),
        Some((at, 'G' | 'g')) => (&text[..at], 1 << 30),
        _ => (text, 1),
    };
    let size =
        digits.parse::<u64>().ok().and_then(|number| number.checked_mul(unit)).filter(|size| *size > 0);
    size.ok_or_else(|| format!("`{text}` is no size: write it like 500M or 2G"))
}
