//! Where facts come from, as far as measuring has to know.

use std::collections::BTreeSet;
use std::sync::Arc;

use impegno_calendar::{Interval, Micros};
use impegno_facts::{Facts, Kind};
use impegno_runs::Run;

/// Facts of one received file, of one kind.
#[derive(Debug, Clone)]
pub struct Part {
    /// The facts.
    pub facts: Facts,
    /// Source.
    pub source: String,
    /// Received file.
    pub file: String,
    /// Number of the batch.
    pub batch: u64,
}

/// Hands out facts in parts.
pub trait Supply: Sync {
    /// Why a part cannot be read.
    type Error: Send;

    /// How many parts hold facts of a kind.
    fn count(&self, kind: Kind) -> usize;

    /// Whether a part may hold facts in a window; for stocks, facts that hold in it.
    fn touches(&self, kind: Kind, part: usize, window: Interval) -> bool;

    /// Reads a part.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self, kind: Kind, part: usize) -> Result<Part, Self::Error>;

    /// Whether [`Supply::results`] can tell a part of the checks: it holds nothing but single confirmed results, and no other
    /// part of its source tells of the monitor itself.
    fn condenses(&self, _part: usize) -> bool {
        false
    }

    /// What some parts of the checks come to, which it condenses, without their rows.
    ///
    /// # Errors
    /// When they cannot be read.
    fn results(&self, _parts: &[usize], _asked: &ResultsAsked<'_>) -> Result<Results, Self::Error> {
        Ok(Results::default())
    }
}

/// What is asked of single results.
#[derive(Debug, Clone)]
pub struct ResultsAsked<'a> {
    /// The probes whose states matter.
    pub probes: &'a BTreeSet<&'a str>,
    /// The time whose results count for them.
    pub window: Interval,
    /// The shortest time that any promise lets a state hold: results that are further apart are not one run.
    pub hold: Micros,
    /// The probes whose response times matter.
    pub timed: &'a BTreeSet<&'a str>,
    /// The time whose response times count.
    pub period: Interval,
}

/// What single results come to.
#[derive(Debug, Default)]
pub struct Results {
    /// The runs of one state of each probe, by time.
    pub runs: Vec<(Box<str>, Vec<Run>)>,
    /// The response times of each probe.
    pub responses: Vec<(Box<str>, ResponseTimes)>,
    /// Number, source and file of each batch that they come from.
    pub files: Vec<(u64, Arc<str>, Arc<str>)>,
}

/// The response times of a probe.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResponseTimes {
    /// How often each was measured, microseconds, ascending.
    pub counts: Vec<(i64, u64)>,
    /// Results without one.
    pub untimed: u64,
    /// The slowest: how long, when (microseconds since 1970 in UTC), batch and line; slowest first, of equally slow ones the earliest.
    pub slowest: Vec<(i64, i64, u64, u32)>,
}

/// Where a fact stands: the line of a received file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactRef {
    /// Received file.
    pub file: Arc<str>,
    /// Number of the batch.
    pub batch: u64,
    /// Line, from 1.
    pub line: u32,
}
