//! A centre folder, as far as tables need it: what its ledger knew at some moment, and its registers.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use impegno_facts::Kind;
use impegno_ledger::{Batch, Ledger, Segment};

use crate::failure::Failure;

/// The registers that are tables, each with the file that it is read from.
const REGISTERS: [(&str, &str); 3] =
    [("bodies", "bodies.csv"), ("services", "services.csv"), ("probes", "probes.csv")];

/// What the ledger of a centre folder knew at some moment.
#[derive(Debug)]
pub struct Known {
    /// The folder.
    pub directory: PathBuf,
    /// The last batch.
    pub head: Batch,
    /// The segments of each kind of facts, in the order of receipt.
    pub segments: BTreeMap<Kind, Vec<Segment>>,
}

/// A register: the names of its columns and its rows, as in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// Name of the table.
    pub name: &'static str,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The rows; an empty text is not stated.
    pub rows: Vec<Vec<String>>,
}

impl Known {
    /// Opens what the ledger of a folder knew at `as_of` (microseconds since 1970 in UTC; `None`: now).
    ///
    /// # Errors
    /// When there is no folder, nothing was received by then, or the ledger cannot be read.
    pub fn open(directory: &Path, as_of: Option<i64>) -> Result<Known, Failure> {
        if !directory.is_dir() {
            let message = format!("{} is not a folder", directory.display());
            return Err(Failure::new(Failure::FOLDER, message).hint("name the folder that holds centre.toml"));
        }
        // Executors read the segments at the same path, wherever they were started.
        let directory = fs::canonicalize(directory)
            .map_err(|error| Failure::new(Failure::FOLDER, format!("{}: {error}", directory.display())))?;
        let nothing = || {
            Failure::new(Failure::FOLDER, "nothing was received yet")
                .hint(format!("put files into {}/inbox and run `impegno import`", directory.display()))
        };
        let ledger = Ledger::open_existing(&directory.join(".ledger"))?.ok_or_else(nothing)?;
        let known = ledger.known(as_of)?.ok_or_else(|| match as_of {
            None => nothing(),
            Some(_) => Failure::new(Failure::FOLDER, "nothing was known at that instant")
                .hint("see `impegno batches`"),
        })?;
        Ok(Known { directory, head: known.head, segments: known.segments })
    }

    /// The registers that the folder has.
    ///
    /// # Errors
    /// When one of them is not a table.
    pub fn registers(&self) -> Result<Vec<Register>, Failure> {
        let mut found = Vec::new();
        for (name, file) in REGISTERS {
            let path = self.directory.join(file);
            if !path.exists() {
                continue;
            }
            let wrong = |error: csv::Error| {
                Failure::new(Failure::FOLDER, format!("{}: {error}", path.display()))
                    .hint("`impegno check` says what is wrong")
            };
            let mut reader = csv::Reader::from_path(&path).map_err(wrong)?;
            let columns: Vec<String> = reader.headers().map_err(wrong)?.iter().map(str::to_owned).collect();
            let mut rows = Vec::new();
            for record in reader.records() {
                rows.push(record.map_err(wrong)?.iter().map(str::to_owned).collect());
            }
            found.push(Register { name, columns, rows });
        }
        Ok(found)
    }
}
