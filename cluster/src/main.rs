//! The program of the engine for many machines: the only place of this workspace that reads arguments.
//!
//! Data goes to standard output, talk to standard error.

mod arguments;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use impegno_cluster::centre::Known;
use impegno_cluster::failure::Failure;
use impegno_cluster::output::Format;
use impegno_cluster::{commitments, definitions, measure, output, processes};
use impegno_report::document::Language;

use arguments::{Arguments, Command, Executor, Lang, Measure, Scheduler, Sql};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(run(arguments.command)),
        Err(error) => Err(Failure::new(Failure::UNEXPECTED, error.to_string())),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let mut talk = std::io::stderr().lock();
            // When nobody listens there is nobody to tell.
            let _ = writeln!(talk, "error: {}", failure.message);
            if !failure.hint.is_empty() {
                let _ = writeln!(talk, "hint: {}", failure.hint);
            }
            ExitCode::from(failure.code)
        }
    }
}

async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Sql(one) => sql(&one).await,
        Command::Measure(one) => measure(&one).await,
        Command::Scheduler(one) => schedule(one).await,
        Command::Executor(one) => execute(one).await,
    }
}

async fn sql(arguments: &Sql) -> Result<(), Failure> {
    let known = Known::open(&arguments.centre, arguments.as_of.map(|at| at.as_microsecond()))?;
    let context = arguments.on.engine().open(&known).await?;
    let rows = context.sql(&arguments.query).await?.collect().await?;
    print(&output::rows(&rows, arguments.format)?)
}

async fn measure(arguments: &Measure) -> Result<(), Failure> {
    let known = Known::open(&arguments.centre, arguments.as_of.map(|at| at.as_microsecond()))?;
    let centre = definitions::read(&known.directory)?;
    let period = arguments.period.interval(&centre.zone);
    let (measured, read) = measure::measure(&arguments.on.engine(), &centre, &known, period).await?;
    let language = match arguments.lang {
        Lang::It => Language::It,
        Lang::En => Language::En,
    };
    let table = commitments::table(&centre, &known, arguments.period, language, &measured);
    let Some(table) = table else { return Ok(()) };
    // Standard output has the data; what was read is talk.
    let _ = writeln!(std::io::stderr().lock(), "{read}");
    match arguments.format {
        Format::Json => print(&commitments::json(&table)),
        Format::Csv | Format::Table => print(&output::rows(&[commitments::rows(&table)?], arguments.format)?),
    }
}

async fn schedule(arguments: Scheduler) -> Result<(), Failure> {
    let Scheduler { listen, name, lost_after } = arguments;
    processes::schedule(processes::Scheduler { listen, name, lost_after: lost_after.max(1) }).await
}

async fn execute(arguments: Executor) -> Result<(), Failure> {
    let scheduler = arguments
        .scheduler
        .rsplit_once(':')
        .and_then(|(host, port)| Some((host.to_owned(), port.parse().ok()?)))
        .ok_or_else(|| {
            Failure::new(Failure::USAGE, format!("`{}` names no scheduler", arguments.scheduler))
                .hint("write it like scheduler.example:15050")
        })?;
    let Executor { listen, name, cores, memory, work, heartbeat, .. } = arguments;
    processes::execute(processes::Executor { listen, name, scheduler, cores, memory, work, heartbeat }).await
}

/// Writes data to standard output.
fn print(text: &str) -> Result<(), Failure> {
    std::io::stdout()
        .lock()
        .write_all(text.as_bytes())
        .map_err(|error| Failure::new(Failure::OUTPUT, error.to_string()))
}
