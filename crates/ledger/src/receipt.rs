//! What is handed to the ledger, and what it answers.

use std::ops::Range;
use std::path::PathBuf;

use impegno_facts::Facts;

use crate::segment::Encoded;
use crate::{Batch, Hash, Ledger, LedgerError, StoredFinding, WriteLock};

/// Bytes of one file that are held in memory before they are put on disk.
const HELD: usize = 64 << 20;

/// Pairs of contradicting rows of one file that are named; all are counted.
pub(crate) const NAMED_CONTRADICTIONS: usize = 1_000;

/// How the files of a source relate to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// Rows carry identifiers; files add rows and may overlap.
    Append,
    /// Each file is the whole: rows that are gone are withdrawn.
    Snapshot,
    /// Each file is the whole of some stretches of time (microseconds, end exclusive).
    ReplacesPeriod(Vec<Range<i64>>),
}

/// What there is to know of one received file besides its facts.
#[derive(Debug)]
pub struct Receipt {
    /// Identifier of the source.
    pub source: String,
    /// Name of the file, relative to the centre folder where it lies inside.
    pub file: String,
    /// How it relates to the other files of the source.
    pub mode: Mode,
    /// Hash of the bytes as received.
    pub content: Hash,
    /// Hash of the declaration that the file was read by.
    pub declaration: Hash,
    /// Size in bytes.
    pub size: u64,
    /// Rows of data in the file.
    pub rows: u64,
    /// Rows that gave at least one fact.
    pub accepted: u64,
    /// Rows of no interest to Impegno (notifications in a log).
    pub ignored: u64,
    /// Rows that could not be used.
    pub rejected: u64,
    /// No more rows were rejected than the source tolerates: what an earlier reading of the same bytes gave and
    /// this one does not is withdrawn.
    pub complete: bool,
    /// What there is to say about the file.
    pub findings: Vec<StoredFinding>,
}

/// Where files are prepared before they are received. Several can be prepared at once.
#[derive(Debug, Clone)]
pub struct Intake {
    directory: PathBuf,
    held: usize,
}

/// The facts of one file on their way into the ledger, taken piece by piece.
///
/// A small file is held in memory; a large one is put on disk as it comes. What is never received is garbage
/// and goes with the next import.
#[derive(Debug)]
pub struct Draft {
    intake: Intake,
    segments: Vec<Encoded>,
}

/// A receipt with its facts encoded.
#[derive(Debug)]
pub struct Prepared {
    pub(crate) receipt: Receipt,
    pub(crate) segments: Vec<Encoded>,
}

/// What became of a receipt.
#[derive(Debug)]
pub enum Outcome {
    /// It is a new batch.
    Received {
        /// The batch.
        batch: Box<Batch>,
        /// Rows of the file that name the same fact and say different things, the first 1,000 in the order of
        /// the later line.
        contradictions: Vec<Contradiction>,
        /// How many such pairs there are.
        contradicting: u64,
        /// Facts that an earlier reading of the same bytes gave and this one, which is not complete, does not: they
        /// still count.
        left: u64,
    },
    /// The very same bytes had been received; nothing changed.
    Known {
        /// The batch that had received them.
        batch: u64,
    },
}

/// Two rows of one file about the same fact that say different things; the later one counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// Line of the row that no longer counts.
    pub earlier: u32,
    /// Line of the row that counts.
    pub later: u32,
}

impl Ledger {
    /// Where files are prepared while the right to write is held.
    pub fn intake(&self, _lock: &WriteLock) -> Intake {
        Intake { directory: self.directory.join("segments"), held: HELD }
    }
}

impl Intake {
    /// The same with another number of bytes of each file that are held in memory.
    pub fn holding(self, bytes: usize) -> Intake {
        Intake { held: bytes, ..self }
    }

    /// Begins a file.
    pub fn draft(&self) -> Draft {
        Draft { intake: self.clone(), segments: Vec::new() }
    }
}

impl Draft {
    /// Takes facts of one kind, which become a segment.
    ///
    /// # Errors
    /// When the facts cannot be encoded, or not be put on disk.
    pub fn add(&mut self, facts: &Facts) -> Result<(), LedgerError> {
        self.segments.extend(Encoded::new(facts)?);
        let held: usize = self.segments.iter().map(Encoded::held).sum();
        if held > self.intake.held {
            for segment in &mut self.segments {
                segment.put_away(&self.intake.directory)?;
            }
        }
        Ok(())
    }

    /// The whole file.
    pub fn finish(self, receipt: Receipt) -> Prepared {
        Prepared { receipt, segments: self.segments }
    }
}

impl Prepared {
    /// Identifier of the source.
    pub fn source(&self) -> &str {
        &self.receipt.source
    }

    /// Name of the file.
    pub fn file(&self) -> &str {
        &self.receipt.file
    }
}
