//! The program: the only place that reads arguments, files and the clock.
//!
//! Data goes to standard output, talk to standard error. Exit codes are in [`exit::Exit`].

mod arguments;
mod backup;
mod bundle;
mod commands;
mod dimensions;
mod exit;
mod folder;
mod hypothesis;
mod import;
mod live;
mod output;
mod publication;
mod samples;
mod served;
mod spool;
mod storage;
mod supply;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};
use exit::{Exit, Failure};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // A mistake of the program has said where it happened; it still ends with a documented code.
    let result = std::panic::catch_unwind(|| run(arguments.command))
        .unwrap_or_else(|_| Err(Failure::new(Exit::Unexpected, "this should not happen; please report it")));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.message.is_empty() {
                output::talk(&format!("error: {}", failure.message));
            }
            if !failure.hint.is_empty() {
                output::talk(&format!("hint: {}", failure.hint));
            }
            ExitCode::from(failure.exit as u8)
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Init(one) => commands::init::run(&one),
        Command::Demo(one) => commands::demo::run(&one),
        Command::Bench(one) => commands::bench::run(&one),
        Command::Check(one) => commands::check::run(&one),
        Command::Calendar(one) => commands::calendar::run(&one),
        Command::Import(one) => commands::import::run(&one),
        Command::Receive(one) => commands::receive::run(&one),
        Command::Token(one) => commands::token::run(&one),
        Command::Batches(one) => commands::batches::run(&one),
        Command::Measure(one) => commands::measure::run(&one),
        Command::Forecast(one) => commands::forecast::run(&one),
        Command::Explain(one) => commands::explain::run(&one),
        Command::Fit(one) => commands::fit::run(&one),
        Command::Report(one) => commands::report::run(&one),
        Command::Compare(one) => commands::compare::run(&one),
        Command::Release(one) => commands::release::run(&one),
        Command::Verify(one) => commands::verify::run(&one),
        Command::Backup(one) => commands::backup::run(&one),
        Command::Restore(one) => commands::backup::restore(&one),
        Command::Sample(one) => commands::sample::run(&one),
        Command::Cvss(one) => commands::cvss::run(&one),
        Command::Codes => {
            commands::codes::findings();
            Ok(())
        }
        Command::Commands => {
            commands::codes::commands();
            Ok(())
        }
    }
}
