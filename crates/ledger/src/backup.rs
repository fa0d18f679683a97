//! The catalogue at one moment as a file of SQLite, wherever it is kept; and a ledger made of such a file and its segments.
//!
//! Nobody waits for a copy: it sees the state of one moment, while others receive. What it names stays where it is, for no
//! segment is changed or taken away.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use crate::catalogue::{CONTENT, Catalogue};
use crate::records::{Purpose, Records};
use crate::{Batch, FrozenSegment, Hash, Ledger, LedgerError, SEGMENTS, WriteLock};

/// A copy of a catalogue, and what belongs to it.
#[derive(Debug)]
pub struct Copied {
    /// The last batch; `None` when nothing had been received.
    pub head: Option<Batch>,
    /// How many batches there are.
    pub batches: usize,
    /// The segments that it names, in the order of their names.
    pub segments: Vec<FrozenSegment>,
}

impl Ledger {
    /// Writes the catalogue as it is at this moment into a new file of SQLite, durably.
    ///
    /// Everything that was acknowledged before is in it, and no batch in part.
    ///
    /// # Errors
    /// When the catalogue cannot be read, or the file not be written; then the file is of no use.
    pub fn copy_catalogue(&self, to: &Path) -> Result<Copied, LedgerError> {
        let records = &self.catalogue.records;
        if !records.copy_into_file(to)? {
            let copy = Catalogue::open(to)?;
            self.catalogue.at_one_moment(|| {
                let ours: Vec<&str> = CONTENT.iter().map(|table| table.name).collect();
                let theirs = records.own_tables()?;
                // A table that were forgotten here would be lost in silence.
                if let Some(table) = theirs.iter().find(|table| !ours.contains(&table.as_str())) {
                    return Err(LedgerError::Catalogue(format!("a table `{table}` that no copy takes")));
                }
                let transaction = copy.records.begin(Purpose::Writing)?;
                pour(records, &copy.records)?;
                transaction.commit()
            })?;
        }
        // Closed, it is one file and nothing beside it.
        File::open(to).and_then(|file| file.sync_all()).map_err(|error| LedgerError::io(to, error))?;
        let copy = Catalogue::open_for_reading(to)?;
        let copy = copy.ok_or_else(|| LedgerError::damaged(to, "it holds no ledger"))?;
        let batches = copy.batches()?;
        let named = copy.records.rows("select distinct file, hash from segment order by file", &[])?;
        let segments = named.iter().map(|row| {
            let name = row.text(0)?.to_owned();
            let (path, depot) = (self.depot.path(&name), Arc::clone(&self.depot));
            Ok(FrozenSegment { name, path, depot, hash: row.hash(1)? })
        });
        Ok(Copied {
            segments: segments.collect::<Result<_, LedgerError>>()?,
            batches: batches.len(),
            head: batches.into_iter().next_back(),
        })
    }

    /// Makes this ledger, which must be empty, the one of a copy: of a file of SQLite, and the folder of the segments that
    /// it names. Whole or not at all: what was put away when it fails is garbage.
    ///
    /// # Errors
    /// When something was received here already, the copy or a segment of it is not as it was written, or the place refuses.
    pub fn restore(
        &mut self,
        _lock: &WriteLock,
        catalogue: &Path,
        segments: &Path,
    ) -> Result<Copied, LedgerError> {
        let records = &self.catalogue.records;
        for table in CONTENT {
            let rows = records.number(&format!("select count(*) from {}", table.name), &[])?;
            if rows > 0 {
                return Err(LedgerError::misplaced(
                    &self.directory,
                    "something was received here already: nothing is restored over it",
                ));
            }
        }
        // The copy stays as it is: it may be of an earlier format, which opening it would change.
        let own = self.directory.join("restore.sqlite");
        fs::copy(catalogue, &own).map_err(|error| LedgerError::io(&own, error))?;
        let copied = self.restore_from(&own, segments);
        let _ = fs::remove_file(&own);
        copied
    }

    fn restore_from(&self, catalogue: &Path, segments: &Path) -> Result<Copied, LedgerError> {
        let records = &self.catalogue.records;
        let copy = Catalogue::open(catalogue)?;
        let named = copy.records.rows("select distinct file, hash from segment order by file", &[])?;
        let named: BTreeMap<String, Hash> = named
            .iter()
            .map(|row| Ok((row.text(0)?.to_owned(), row.hash(1)?)))
            .collect::<Result<_, LedgerError>>()?;
        let directory = self.directory.join(SEGMENTS);
        let names: Vec<String> = named.keys().cloned().collect();
        for some in names.chunks(64) {
            for name in some {
                let (from, to) = (segments.join(name), directory.join(name));
                fs::copy(&from, &to).map_err(|error| LedgerError::io(&from, error))?;
                let file = File::open(&to).map_err(|error| LedgerError::io(&to, error))?;
                file.sync_all().map_err(|error| LedgerError::io(&to, error))?;
                let hash = Hash::of_file(file).map_err(|error| LedgerError::io(&to, error))?;
                if named.get(name) != Some(&hash) {
                    return Err(LedgerError::damaged(&from, "its bytes are others"));
                }
            }
            self.depot.keep(some, &directory)?;
        }
        let transaction = records.begin(Purpose::Writing)?;
        pour(&copy.records, records)?;
        transaction.commit()?;
        let batches = self.batches()?;
        let segments = named.into_iter().map(|(name, hash)| {
            let (path, depot) = (self.depot.path(&name), Arc::clone(&self.depot));
            FrozenSegment { name, path, depot, hash }
        });
        Ok(Copied {
            segments: segments.collect(),
            batches: batches.len(),
            head: batches.into_iter().next_back(),
        })
    }
}

/// Writes the rows of every table of one catalogue into another, in the order of their keys.
fn pour(from: &Records, to: &Records) -> Result<(), LedgerError> {
    for table in CONTENT {
        let columns = table.columns.split(',').count();
        let parameters: Vec<String> = (1..=columns).map(|number| format!("?{number}")).collect();
        let insert =
            format!("insert into {} ({}) values ({})", table.name, table.columns, parameters.join(", "));
        let select = format!("select {} from {} order by {}", table.columns, table.name, table.order);
        from.each(&select, &mut |row| to.run(&insert, &row.0).map(|_| ()))?;
    }
    Ok(())
}
