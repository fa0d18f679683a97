//! Where facts come from, as far as measuring has to know.

use std::sync::Arc;

use impegno_calendar::Interval;
use impegno_facts::{Facts, Kind};

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
