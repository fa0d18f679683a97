//! How the program ends.

use std::path::Path;

use impegno_ledger::LedgerError;
use impegno_paper::PaperError;

/// The documented exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Something unexpected; please report it.
    Unexpected = 1,
    /// Wrong arguments.
    Usage = 2,
    /// The centre folder has errors.
    Folder = 10,
    /// Input was rejected beyond the declared tolerance, has no declared source or cannot be read.
    Rejected = 11,
    /// A commitment is missed (with `--fail-on-missed`).
    Missed = 12,
    /// A figure cannot be judged (with `--fail-on-missed`), or there is nothing to fit.
    NotJudged = 13,
    /// Output could not be written, or the ledger could not be read or written.
    Output = 14,
    /// A released report, computed again, is not the one that was released.
    Differs = 15,
}

impl Exit {
    /// Every code but 0 with its meaning, as documented.
    pub(crate) const ALL: [(Exit, &str); 8] = [
        (Exit::Unexpected, "Something unexpected; please report it."),
        (
            Exit::Usage,
            "Wrong arguments: an unknown option, commitment, layout, source or batch; or an output folder that holds \
             something else.",
        ),
        (Exit::Folder, "The centre folder has errors, or nothing was received yet."),
        (
            Exit::Rejected,
            "Input was rejected beyond the declared tolerance or has no declared source, and all other was \
             received; or a file cannot be read, and what came before it was received.",
        ),
        (Exit::Missed, "A commitment is missed (with `--fail-on-missed`)."),
        (
            Exit::NotJudged,
            "A commitment cannot be judged (with `--fail-on-missed`), and none is missed; or there is nothing to fit: too few \
             cases, or all with the same flag (`impegno fit`).",
        ),
        (
            Exit::Output,
            "Output could not be written, or the ledger or a released report could not be read or written: damaged, \
             of a newer version, in use by another import or release, or on a server that does not answer or refuses.",
        ),
        (
            Exit::Differs,
            "A released report is whole, but computed again by this program it is another, or has pages or documents in \
             other bytes, which cannot be compared (`impegno verify`).",
        ),
    ];
}

/// Why the program stops.
#[derive(Debug)]
pub(crate) struct Failure {
    pub exit: Exit,
    /// What happened; empty when everything was said already.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Failure {
        Failure { exit, message: message.into(), hint: String::new() }
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Failure {
        Failure { hint: hint.into(), ..self }
    }

    /// An output file that cannot be written.
    pub(crate) fn output(path: &Path, error: &std::io::Error) -> Failure {
        Failure::new(Exit::Output, format!("{}: {error}", path.display()))
    }
}

impl From<PaperError> for Failure {
    fn from(error: PaperError) -> Failure {
        Failure::new(Exit::Unexpected, error.to_string())
            .hint("please report it, with the layout of the report")
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Failure {
        let hint = match &error {
            LedgerError::Io { .. } | LedgerError::Catalogue(_) => {
                "is the disk full, or the folder read-only? What was acknowledged is safe"
            }
            LedgerError::Damaged { .. } => {
                "restore the file from a copy; `impegno verify` lists what is damaged"
            }
            LedgerError::Unreachable { .. } => {
                "is the server running, and does `[ledger]` in centre.toml name it rightly? What was acknowledged is safe"
            }
            LedgerError::Refused { .. } => {
                "are the names in `[ledger]` of centre.toml right, and the password or the keys in the environment? docs/ledger.md says where they come from"
            }
            LedgerError::Misplaced { .. } => {
                "`impegno backup` and `impegno restore` move a ledger; docs/ledger.md says how"
            }
            LedgerError::Frozen => "name the centre folder that the report was released from",
            LedgerError::Busy | LedgerError::Newer { .. } => "",
        };
        Failure::new(Exit::Output, error.to_string()).hint(hint)
    }
}
