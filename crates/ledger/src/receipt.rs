//! What is handed to the ledger, and what it answers.

use std::ops::Range;

use impegno_facts::Facts;

use crate::segment::Encoded;
use crate::{Batch, Hash, LedgerError, StoredFinding};

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

/// One received file, parsed.
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
    /// Rows that could not be used; each has a finding.
    pub rejected: u64,
    /// The facts.
    pub facts: Vec<Facts>,
    /// What there is to say about the file.
    pub findings: Vec<StoredFinding>,
}

/// A receipt whose facts are encoded: what can be done beside other receipts.
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
        /// Rows of the file that name the same fact and say different things.
        contradictions: Vec<Contradiction>,
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

impl Receipt {
    /// Encodes the facts of the receipt. Needs no ledger, so several can be prepared at once.
    ///
    /// # Errors
    /// When the facts cannot be encoded.
    pub fn prepare(mut self) -> Result<Prepared, LedgerError> {
        let mut segments = Vec::new();
        for facts in std::mem::take(&mut self.facts) {
            if let Some(encoded) = Encoded::new(&facts)? {
                segments.push(encoded);
            }
        }
        Ok(Prepared { receipt: self, segments })
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
