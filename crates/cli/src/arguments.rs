//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use impegno_calendar::{Instant, Period};
use jiff::civil::Date;

use crate::spool::Spool;

/// What a public digital-service centre promises, measured exactly and published.
#[derive(Debug, Parser)]
#[command(name = "impegno", version, about, long_about = None)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// A new centre folder: small, sound, with two commitments and a first report
    Init(Init),
    /// The sample centre of 2017: facts, import, measures, report
    Demo(Demo),
    /// Measure how fast this machine receives and reads results of probes
    Bench(Bench),
    /// Is the folder sound? Lists everything that is not
    Check(Centre),
    /// What is open when, day by day, and why not
    Calendar(Calendar),
    /// Receive files: those named, or the inbox and the registers
    Import(Import),
    /// Receive results and events live, over HTTP: acknowledged when they are on disk
    Receive(Receive),
    /// Who may write to a live source: make, list and revoke tokens
    Token(Tokens),
    /// What was received, batch by batch
    Batches(Batches),
    /// Code, expected, measured, deviation, verdict of every commitment
    Measure(Measure),
    /// From the figure of a commitment to its facts
    Explain(Explain),
    /// The running period: how much of what each commitment allows is left, and when it is gone
    Forecast(Forecast),
    /// The rule behind a flag that cases bear: calendar, events, pauses and limits that explain it
    Fit(Fit),
    /// The report in every format: HTML, PDF, XLSX, CSV and JSON
    Report(Report),
    /// Published figures against ours, each difference shown
    Compare(Compare),
    /// Freeze a report as a bundle that anybody can compute again
    Release(Release),
    /// Is everything as it was received and released? Walks the chain of batches, computes released reports again
    Verify(Verify),
    /// A copy of the folder and of what was received, at one moment, also while imports run
    Backup(Backup),
    /// A centre from a backup, or its ledger into a centre that keeps it elsewhere
    Restore(Restore),
    /// Write the raw records of the sample centre
    Sample(Sample),
    /// The scores of CVSS 3.0 and 3.1 vectors
    Cvss(Cvss),
    /// Print docs/findings.md
    #[command(hide = true)]
    Codes,
    /// Print docs/commands.md
    #[command(hide = true)]
    Commands,
}

/// A centre folder.
#[derive(Debug, Args)]
pub(crate) struct Centre {
    /// The centre folder
    pub centre: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// The sample centre: `florence-2017` (a yearly report), `florence-charter-2025` (a quality charter) or
    /// `ict-indicators-2020` (a performance plan)
    #[arg(default_value = "florence-2017")]
    pub sample: String,
    /// Where to put the sample centre and its report; must be empty or a demo of before
    #[arg(long, default_value = "impegno-demo")]
    pub out: PathBuf,
    /// Seed of the reconstructed records
    #[arg(long, default_value_t = 2017)]
    pub seed: u64,
    /// Language of the report
    #[arg(long, value_enum, default_value_t = Lang::It)]
    pub lang: Lang,
}

#[derive(Debug, Args)]
pub(crate) struct Bench {
    /// How many results to generate; a year of 473 probes is 248,608,800
    #[arg(long, default_value_t = 20_433_600)]
    pub rows: u64,
    /// How many probes they are of, each asked every minute
    #[arg(long, default_value_t = 473)]
    pub probes: u32,
    /// Seed of the results
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Folder to keep the centre in; one that a bench of before made is measured again. Without it everything goes away in the end
    #[arg(long)]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The folder to make; must be empty or not there
    pub folder: PathBuf,
    /// Name of the centre
    #[arg(long)]
    pub name: Option<String>,
    /// Zone of every civil time, a name of the zone database
    #[arg(long)]
    pub zone: Option<String>,
    /// Day of the patron saint, a day of rest: `06-24 San Giovanni`; empty for none
    #[arg(long, value_name = "MM-DD NAME")]
    pub patron: Option<String>,
    /// Opening hours: `lun-ven 8:30-13:30, mar 15-17:30` or the same in English
    #[arg(long)]
    pub hours: Option<String>,
    /// Language of the questions and of the folder
    #[arg(long, value_enum, default_value_t = Lang::It)]
    pub lang: Lang,
}

#[derive(Debug, Args)]
pub(crate) struct Calendar {
    /// The centre folder
    pub centre: PathBuf,
    /// Code of the calendar; every one of the folder when left out
    pub code: Option<String>,
    /// First day, 2026-01-01
    #[arg(long, value_name = "DAY")]
    pub from: Date,
    /// Last day, 2026-12-31
    #[arg(long, value_name = "DAY")]
    pub to: Date,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Write an iCalendar file (RFC 5545) instead: hours as weekly events, closures and holidays as whole days
    #[arg(long, conflicts_with = "format")]
    pub ics: bool,
    /// Instant that stands in the iCalendar file as that of writing, ISO 8601; the start of the first day unless given
    #[arg(long, value_name = "INSTANT", requires = "ics")]
    pub at: Option<Instant>,
    /// Language
    #[arg(long, value_enum, default_value_t = Lang::It)]
    pub lang: Lang,
}

#[derive(Debug, Args)]
pub(crate) struct Cvss {
    /// Vectors, CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H
    #[arg(required = true, value_name = "VECTOR")]
    pub vectors: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The centre folder
    pub centre: PathBuf,
    /// Source that the files belong to; or a file without a declared source, for which a mapping is proposed
    pub source: Option<String>,
    /// Files to receive
    pub files: Vec<PathBuf>,
    /// Print the proposed mapping of a file without a declared source, and receive nothing
    #[arg(long, conflicts_with = "accept")]
    pub propose: bool,
    /// Accept the proposed mapping: write it to `sources/` and receive the file
    #[arg(long)]
    pub accept: bool,
    /// Name of the source that is accepted; from the name of the file unless given
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Correct the proposal: what a column is used for. USE is `case`, `id`, `event NAME`, `word`, `at`, `quantity`,
    /// `amount`, `body`, `service`, `dimension NAME`, `subject`, `from`, `until`, or `no` to leave it out
    #[arg(long, value_name = "COLUMN=USE")]
    pub set: Vec<String>,
    /// Correct the proposal: what comes first in dates with slashes
    #[arg(long, value_enum)]
    pub dates: Option<DayFirst>,
    /// Correct the proposal: the sheet of a spreadsheet
    #[arg(long, value_name = "SHEET")]
    pub sheet: Option<String>,
    /// Correct the proposal: the kind of the facts, `ticket`, `complaint`, `payment` …
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    /// Language of the proposal
    #[arg(long, value_enum, default_value_t = Lang::It)]
    pub lang: Lang,
    /// Instant of receipt instead of now, ISO 8601 (for reproducible runs)
    #[arg(long, value_name = "INSTANT")]
    pub at: Option<Instant>,
}

#[derive(Debug, Args)]
pub(crate) struct Receive {
    /// The centre folder
    pub centre: PathBuf,
    /// Where to listen; port 0 takes any that is free and says which
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8460")]
    pub listen: SocketAddr,
    /// Listen on an address that other machines reach: a proxy before it has TLS
    #[arg(long)]
    pub behind_proxy: bool,
    /// Close a log and receive it into the ledger so long after its first result
    #[arg(long, value_name = "TIME", default_value = "15m", value_parser = seconds)]
    pub roll: u64,
    /// Close a log when it has so many MiB
    #[arg(long, value_name = "MIB", default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..=1024))]
    pub roll_size: u64,
    /// Longest body of a request in MiB
    #[arg(long, value_name = "MIB", default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=32))]
    pub body: u64,
    /// Take finished files of Nagios performance data from a folder and remove them when they are on disk; several may be
    /// named
    #[arg(long, value_name = "SOURCE=DIR", value_parser = spool)]
    pub spool: Vec<Spool>,
    /// Requests that may wait for the disk, in MiB; beyond them clients wait
    #[arg(long, value_name = "MIB", default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..=65536))]
    pub queue: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Tokens {
    /// The centre folder
    pub centre: PathBuf,
    #[command(subcommand)]
    pub command: TokenCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token for a live source; it is printed once, the register keeps its hash
    Add {
        /// The source
        source: String,
        /// When it ceases to hold, ISO 8601; never unless given
        #[arg(long, value_name = "INSTANT")]
        until: Option<Instant>,
        /// Whose it is
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// The tokens of the register
    List,
    /// A token holds no more from now on
    Revoke {
        /// Its name in the register
        id: String,
    },
}

/// A source and the folder of its files.
fn spool(text: &str) -> Result<Spool, String> {
    match text.split_once('=') {
        Some((source, folder)) if !source.is_empty() && !folder.is_empty() => {
            Ok(Spool { source: source.to_owned(), folder: PathBuf::from(folder) })
        }
        _ => Err("write SOURCE=DIR".to_owned()),
    }
}

/// Seconds of `90s`, `15m` or `2h`.
fn seconds(text: &str) -> Result<u64, String> {
    let units = [('s', 1), ('m', 60), ('h', 3_600)];
    let read = units
        .iter()
        .find_map(|(unit, scale)| text.strip_suffix(*unit)?.parse::<u64>().ok()?.checked_mul(*scale));
    read.filter(|seconds| (1..=86_400).contains(seconds))
        .ok_or_else(|| "write 90s, 15m or 2h, at most a day".to_owned())
}

#[derive(Debug, Args)]
pub(crate) struct Batches {
    /// The centre folder
    pub centre: PathBuf,
    /// Show the findings of this batch
    #[arg(long, value_name = "NUMBER")]
    pub findings: Option<u64>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// Which facts and which figures.
#[derive(Debug, Clone, Args)]
pub(crate) struct Scope {
    /// The period: 2017, 2017-H1, 2017-Q2, 2017-06 or 2017-01-01..2017-03-31
    #[arg(long)]
    pub period: Period,
    /// Only what was known at this instant, ISO 8601
    #[arg(long, value_name = "INSTANT")]
    pub as_of: Option<Instant>,
    /// Only one served body: its code, name or alias
    #[arg(long, value_name = "BODY")]
    pub body: Option<String>,
    /// Language
    #[arg(long, value_enum, default_value_t = Lang::It)]
    pub lang: Lang,
}

#[derive(Debug, Args)]
pub(crate) struct Measure {
    /// The centre folder
    pub centre: PathBuf,
    #[command(flatten)]
    pub scope: Scope,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// End with code 12 when a commitment is missed, 13 when one cannot be judged
    #[arg(long)]
    pub fail_on_missed: bool,
    /// What if something else were expected: `SLA.2 >= 99.5 %`, or `>= 99.5 %` for all measured in this unit
    #[arg(long, value_name = "EXPECTED")]
    pub expected: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Forecast {
    /// The centre folder
    pub centre: PathBuf,
    #[command(flatten)]
    pub scope: Scope,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// What if something else were expected: `SLA.2 >= 99.5 %`, or `>= 99.5 %` for all measured in this unit
    #[arg(long, value_name = "EXPECTED")]
    pub expected: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Fit {
    /// The centre folder
    pub centre: PathBuf,
    /// Kind of the cases, `incident`, `ticket` …
    #[arg(long, value_name = "KIND")]
    pub cases: String,
    /// The dimension that says whether a case was in time
    #[arg(long, value_name = "DIMENSION")]
    pub flag: String,
    /// A value of the flag that means in time; not needed where the flag says yes or no
    #[arg(long, value_name = "VALUE")]
    pub met: Vec<String>,
    /// A dimension by which limits differ; those of the cases are tried unless given
    #[arg(long, value_name = "DIMENSION")]
    pub by: Vec<String>,
    /// A calendar to try, `24x7` for all hours; those of the centre and proposed hours unless given
    #[arg(long, value_name = "CODE")]
    pub calendar: Vec<String>,
    /// An event that may start the clock; all are tried unless given
    #[arg(long, value_name = "EVENT")]
    pub from: Vec<String>,
    /// An event that may stop the clock; all are tried unless given
    #[arg(long, value_name = "EVENT")]
    pub to: Vec<String>,
    /// Only cases that began in this period, as they were at its end; all unless given
    #[arg(long)]
    pub period: Option<Period>,
    /// Only what was known at this instant, ISO 8601
    #[arg(long, value_name = "INSTANT")]
    pub as_of: Option<Instant>,
    /// Decides which cases are held back
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Share of the cases that are held back, to put the rule to the test
    #[arg(long, value_name = "SHARE", default_value = "30 %")]
    pub holdout: String,
    /// How many cases that are not explained are listed
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit_list: usize,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Language
    #[arg(long, value_enum, default_value_t = Lang::It)]
    pub lang: Lang,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The centre folder
    pub centre: PathBuf,
    /// Code of the commitment
    pub code: String,
    #[command(flatten)]
    pub scope: Scope,
    /// Count an availability as this program does, and say where and why each second differs
    #[arg(long, value_enum, value_name = "PROGRAM")]
    pub against: Option<Against>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// What if something else were expected: `>= 99.5 %`
    #[arg(long, value_name = "EXPECTED")]
    pub expected: Vec<String>,
}

/// A program whose figure is held against ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Against {
    /// The availability report of Nagios
    NagiosAvail,
    /// The service level of Icinga DB
    IcingaDb,
    /// The SLI of a Zabbix service
    ZabbixSli,
    /// The share of heartbeats of Uptime Kuma
    UptimeKuma,
}

#[derive(Debug, Args)]
pub(crate) struct Report {
    /// The centre folder
    pub centre: PathBuf,
    #[command(flatten)]
    pub scope: Scope,
    /// Layout in `reports/`; the only one when there is one
    #[arg(long)]
    pub layout: Option<String>,
    /// A report for each served body, in a folder of its own under --out
    #[arg(long, conflicts_with = "body")]
    pub each_body: bool,
    /// Where to write
    #[arg(long, default_value = "report")]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Compare {
    /// The centre folder
    pub centre: PathBuf,
    /// Folder of the published tables with its mapping; `published` of the centre folder unless named
    pub published: Option<PathBuf>,
    #[command(flatten)]
    pub scope: Scope,
    /// Layout in `reports/`; the only one when there is one
    #[arg(long)]
    pub layout: Option<String>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// List the equal figures too
    #[arg(long)]
    pub all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Release {
    /// The centre folder
    pub centre: PathBuf,
    #[command(flatten)]
    pub scope: Scope,
    /// Layout in `reports/`; the only one when there is one
    #[arg(long)]
    pub layout: Option<String>,
    /// Why it is released again; needed when a figure differs from the version before, and printed on the page of errata
    #[arg(long, value_name = "TEXT")]
    pub why: Option<String>,
    /// Where the bundle is to stand; `releases/` of the centre folder, a folder for each report and version, unless named
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Instant of release instead of now, ISO 8601 (for reproducible runs)
    #[arg(long, value_name = "INSTANT")]
    pub at: Option<Instant>,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// A centre folder, or the folder of a released report
    #[arg(value_name = "CENTRE | BUNDLE")]
    pub folder: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The centre folder
    pub centre: PathBuf,
    /// Where to write the backup, a folder that is empty or not there
    #[arg(long)]
    pub out: PathBuf,
    /// The files of inbox/ too, which may hold names and free texts
    #[arg(long)]
    pub with_inbox: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// A folder that `impegno backup` made
    pub backup: PathBuf,
    /// Where: a folder that is empty or not there; or a centre folder whose centre.toml says where the ledger is to be kept, and in
    /// which nothing was received yet: then the ledger alone is restored
    #[arg(long, value_name = "CENTRE")]
    pub into: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Sample {
    /// The sample centre: `florence-2017`, `florence-charter-2025`, `ict-indicators-2020`, or a folder with its own
    /// published tables in the form of the first
    pub centre: String,
    /// Seed: the same seed gives the same bytes
    #[arg(long, default_value_t = 2017)]
    pub seed: u64,
    /// Where to write
    #[arg(long)]
    pub out: PathBuf,
}

/// Form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table for people
    Table,
    /// JSON
    Json,
    /// CSV
    Csv,
}

/// What comes first in a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DayFirst {
    /// 31/12/2025
    DayFirst,
    /// 12/31/2025
    MonthFirst,
}

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// Italian
    It,
    /// English
    En,
}

impl Lang {
    pub(crate) fn of_proposals(self) -> impegno_propose::Language {
        match self {
            Lang::It => impegno_propose::Language::Italian,
            Lang::En => impegno_propose::Language::English,
        }
    }

    pub(crate) fn language(self) -> impegno_report::document::Language {
        match self {
            Lang::It => impegno_report::document::Language::It,
            Lang::En => impegno_report::document::Language::En,
        }
    }
}
