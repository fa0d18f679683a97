//! What can go wrong with a ledger.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A ledger that cannot be read or written.
#[derive(Debug)]
pub enum LedgerError {
    /// A file or folder cannot be read or written.
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The catalogue refused, with the words of its database.
    Catalogue(String),
    /// The server of the catalogue or of the segments gives no answer.
    Unreachable {
        /// Which.
        server: String,
        /// Why.
        what: String,
    },
    /// The server of the catalogue or of the segments lets nobody in: the password is wrong, what is named is not there.
    Refused {
        /// Which.
        server: String,
        /// What it says.
        what: String,
    },
    /// A segment is not as it was written.
    Damaged {
        /// Which.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// The folder holds another ledger, or a part of one, than the settings say.
    Misplaced {
        /// Which.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// Another process is writing.
    Busy,
    /// Something should be received into a frozen ledger.
    Frozen,
    /// The ledger was made by a newer version of the program.
    Newer {
        /// Its format.
        found: i64,
        /// The newest format this program knows.
        known: i64,
    },
}

impl LedgerError {
    pub(crate) fn io(path: &Path, error: io::Error) -> LedgerError {
        LedgerError::Io { path: path.to_owned(), error }
    }

    pub(crate) fn misplaced(path: &Path, what: &str) -> LedgerError {
        LedgerError::Misplaced { path: path.to_owned(), what: what.to_owned() }
    }

    pub(crate) fn damaged(path: &Path, what: impl fmt::Display) -> LedgerError {
        LedgerError::Damaged { path: path.to_owned(), what: what.to_string() }
    }
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LedgerError::Io { path, error } => write!(f, "{}: {error}", path.display()),
            LedgerError::Catalogue(what) => write!(f, "the catalogue of the ledger: {what}"),
            LedgerError::Unreachable { server, what } => write!(f, "{server}: no answer: {what}"),
            LedgerError::Refused { server, what } => write!(f, "{server}: refused: {what}"),
            LedgerError::Damaged { path, what } => {
                write!(f, "{}: not as it was written: {what}", path.display())
            }
            LedgerError::Misplaced { path, what } => write!(f, "{}: {what}", path.display()),
            LedgerError::Busy => {
                write!(f, "another import is writing to this ledger; wait until it has finished")
            }
            LedgerError::Frozen => {
                write!(f, "this ledger is frozen with a released report: nothing is received here")
            }
            LedgerError::Newer { found, known } => write!(
                f,
                "the ledger has format {found}, this program knows up to {known}: use a newer program"
            ),
        }
    }
}

impl std::error::Error for LedgerError {}
