//! Why the program stops, with the exit codes of `impegno`.

use std::fmt;

use datafusion::error::DataFusionError;
use impegno_ledger::LedgerError;

/// A reason to stop.
#[derive(Debug)]
pub struct Failure {
    /// The exit code: those of `impegno`.
    pub code: u8,
    /// What happened.
    pub message: String,
    /// What to do; may be empty.
    pub hint: String,
}

impl Failure {
    /// Something unexpected.
    pub const UNEXPECTED: u8 = 1;
    /// Wrong arguments, or a query that cannot be understood.
    pub const USAGE: u8 = 2;
    /// The centre folder has errors, or nothing was received yet.
    pub const FOLDER: u8 = 10;
    /// The ledger could not be read, the cluster did not answer, or its answer does not account for the catalogue.
    pub const OUTPUT: u8 = 14;

    /// A failure with a code and a message.
    pub fn new(code: u8, message: impl Into<String>) -> Failure {
        Failure { code, message: message.into(), hint: String::new() }
    }

    /// The same with what to do.
    pub fn hint(self, hint: impl Into<String>) -> Failure {
        Failure { hint: hint.into(), ..self }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Failure {
        Failure::new(Failure::OUTPUT, error.to_string()).hint("`impegno verify` lists what is damaged")
    }
}

impl From<DataFusionError> for Failure {
    fn from(error: DataFusionError) -> Failure {
        let code = match error.find_root() {
            DataFusionError::SQL(..) | DataFusionError::Plan(_) | DataFusionError::SchemaError(..) => {
                Failure::USAGE
            }
            _ => Failure::OUTPUT,
        };
        Failure::new(code, error.strip_backtrace())
    }
}
