//! Makes the raw records of the sample centres.
//!
//! The yearly report 2017 of a service centre was published as tables; the records behind them never were. [`write()`]
//! makes records whose totals are the published ones to the last digit, so that the program can be tried on a whole
//! centre: logs, tickets, calls, uses, registers, each in the form in which such an office exports it.
//!
//! What is certain comes from `published/`. What the report lost (columns of tables whose headings and blank cells
//! vanished, the years before, the hours of the day) is chosen here, and said where a record can say it: `Nota` =
//! `posto ricostruito`. No record describes a real person.
//!
//! The same seed gives the same bytes on every machine and with any number of threads: each file has a random stream
//! of its own, and nothing is computed with floats.

mod analytics;
mod calls;
mod cases;
mod ced;
mod centre;
mod charter;
mod clock;
mod credentials;
mod days;
mod deployments;
mod helpdesk;
mod ict_indicators;
mod interruptions;
mod nagios;
mod payments;
mod perfdata;
mod placement;
mod portfolio;
mod probe_results;
mod random;
mod sheet;
mod use_records;
mod uses;

pub use probe_results::{probe_name, probe_results};

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::centre::Centre;
use crate::clock::Clock;
use crate::deployments::Deployments;
use crate::uses::Uses;

/// The note of a record whose place is a choice among possible ones.
const RECONSTRUCTED: &str = "posto ricostruito";

/// Reads a file of the centre folder by relative path ("published/sla_2017.csv", "services.csv"), None when absent.
pub type ReadFile<'a> = dyn Fn(&str) -> Option<Vec<u8>> + Sync + 'a;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Every file, by path.
    pub files: Vec<WrittenFile>,
}

/// A written file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenFile {
    /// Path relative to the folder written to, with `/` between its parts.
    pub path: String,
    /// Records; for a log every line, for a table all but the header.
    pub rows: u64,
    /// Size in bytes.
    pub bytes: u64,
}

/// Why the sample could not be written.
#[derive(Debug)]
pub enum SampleError {
    /// The centre folder lacks a file.
    Missing {
        /// Its path in the centre folder.
        file: String,
    },
    /// A table of the centre folder cannot be read.
    Table {
        /// Its path in the centre folder.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The published numbers contradict each other or the centre's tables.
    Unsolvable {
        /// What does not add up.
        what: String,
    },
    /// The zone database failed.
    Zone {
        /// What it said.
        reason: String,
    },
    /// The disk failed.
    Io {
        /// The file being written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl fmt::Display for SampleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SampleError::Missing { file } => write!(f, "the centre folder has no `{file}`"),
            SampleError::Table { file, reason } => write!(f, "`{file}`: {reason}"),
            SampleError::Unsolvable { what } => write!(f, "the sample does not add up: {what}"),
            SampleError::Zone { reason } => write!(f, "zone Europe/Rome: {reason}"),
            SampleError::Io { path, .. } => write!(f, "cannot write `{}`", path.display()),
        }
    }
}

impl std::error::Error for SampleError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            SampleError::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// One or a few files that are written by one thread.
type Job<'j> = Box<dyn Fn() -> Result<Vec<WrittenFile>, SampleError> + Sync + 'j>;

/// Writes the records of the sample centre below `out`, on all cores.
///
/// `centre` reads the centre folder: `bodies.csv`, `services.csv`, `probes.csv` and the tables below `published/`.
/// `progress` is called once for each finished file with its path and rows, from the thread that wrote it.
///
/// # Errors
///
/// When a table is missing or unreadable, when the tables contradict each other, or when the disk fails. Files written
/// before stay.
pub fn write(
    seed: u64,
    centre: &ReadFile<'_>,
    out: &Path,
    progress: &(dyn Fn(&str, u64) + Sync),
) -> Result<Written, SampleError> {
    let centre = &Centre::read(centre)?;
    let clock = &Clock::new()?;
    let deployments = &Deployments::plan(seed, centre, clock)?;
    let uses = &Uses::plan(centre, clock, deployments)?;
    let quarters = &use_records::quarters(uses, centre, clock)?;
    let interruptions = &interruptions::plan(seed, centre, clock)?;
    let probes = &nagios::Plan::new(seed, centre, clock)?;

    // The longest first, so that no thread is left with a long one at the end.
    let mut jobs: Vec<Job<'_>> = Vec::new();
    for year in [2015, 2016, 2017] {
        jobs.push(Box::new(move || calls::write(seed, year, centre, clock, out)));
    }
    for quarter in quarters {
        jobs.push(Box::new(move || quarter.write(seed, uses, centre, clock, out)));
    }
    for year in [2016, 2017] {
        jobs.push(Box::new(move || cases::write(seed, year, centre, clock, out)));
        jobs.push(Box::new(move || payments::write(seed, year, centre, clock, out)));
    }
    jobs.push(Box::new(move || credentials::write(seed, centre, out)));
    for month in [2016, 2017].into_iter().flat_map(|year| (1..=12).map(move |month| (year, month))) {
        jobs.push(Box::new(move || probes.write(seed, month, centre, interruptions, clock, out)));
        jobs.push(Box::new(move || perfdata::write(seed, month, centre, clock, out)));
    }
    for year in [2016, 2017] {
        jobs.push(Box::new(move || helpdesk::write(seed, year, centre, clock, out)));
    }
    jobs.push(Box::new(move || ced::write(seed, centre, clock, out)));
    jobs.push(Box::new(move || analytics::write_access(seed, centre, clock, out)));
    jobs.push(Box::new(move || analytics::write_users(seed, centre, out)));
    jobs.push(Box::new(move || portfolio::write(seed, centre, out)));
    jobs.push(Box::new(move || deployments.write(centre, out)));
    jobs.push(Box::new(move || interruptions::write(interruptions, centre, clock, out)));
    run(&jobs, progress)
}

/// Writes the facts of an ICT service with nine published indicators, 2018 to 2020, below `out`.
///
/// # Errors
///
/// When the disk fails. Files written before stay.
pub fn write_ict_indicators(seed: u64, out: &Path) -> Result<Written, SampleError> {
    Ok(sorted(ict_indicators::write(seed, out)?))
}

/// Writes invented facts for a published quality charter, 2025 and the first half of 2026, below `out`.
///
/// # Errors
///
/// When the disk fails. Files written before stay.
pub fn write_charter(seed: u64, out: &Path) -> Result<Written, SampleError> {
    Ok(sorted(charter::write(seed, out)?))
}

fn sorted(mut files: Vec<WrittenFile>) -> Written {
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Written { files }
}

/// Runs the jobs on as many threads as the machine has cores. The first failure ends the work.
fn run(jobs: &[Job<'_>], progress: &(dyn Fn(&str, u64) + Sync)) -> Result<Written, SampleError> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<Result<Vec<WrittenFile>, SampleError>>> = Mutex::new(Vec::new());
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = job();
                    match &result {
                        Ok(files) => files.iter().for_each(|file| progress(&file.path, file.rows)),
                        // No thread takes another job.
                        Err(_) => next.store(jobs.len(), Ordering::Relaxed),
                    }
                    done.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(result);
                }
            });
        }
    });
    let mut files = Vec::new();
    for result in done.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()) {
        files.extend(result?);
    }
    Ok(sorted(files))
}
