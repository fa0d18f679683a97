//! The append-only store of what was received.
//!
//! A *batch* is one received file. It is received whole or not at all: its facts are written to
//! Parquet *segments* as they come ([`Draft`]) and synced, then one transaction of the catalogue names them; what no
//! transaction names is garbage. Nothing is ever changed afterwards. A later batch may *end* rows of an earlier one (a
//! correction supersedes them, a snapshot without them withdraws them); the rows stay, with the batch
//! that ended them, so that the ledger can be read as of any moment.
//!
//! Batches form a hash chain; [`Ledger::verify`] walks it. [`Ledger::freeze`] gives what was known at a moment as
//! files that are a ledger of their own, to be read anywhere. This crate does not know what a fact means.
//!
//! The catalogue is a file of SQLite or a schema on a server of PostgreSQL, segments are files in a folder or objects in a
//! bucket ([`Place`]). The same receipts give the same chain everywhere.
//!
//! ```text
//! .ledger/
//!   ledger.sqlite       batches, segments, ended rows, findings
//!   segments/*.parquet  facts of one kind of a batch or a piece of it, named by their hash
//!   segments/*.run      rows of a large file while it is received
//!   derived/*           what follows from segments, made again at any time
//!   cache/              segments fetched from a bucket
//!   elsewhere           whose segments these are, when the catalogue is on a server
//!   lock                held while a batch is written
//! ```

mod backup;
mod catalogue;
mod chain;
mod depot;
mod error;
mod frozen;
mod place;
mod receipt;
mod receive;
mod records;
mod run;
mod scan;
mod segment;
mod travel;

pub use backup::Copied;
pub use catalogue::{Batch, StoredFinding};
pub use chain::{Hash, Hashing, Verification};
pub use error::LedgerError;
pub use frozen::{CATALOGUE, Frozen, FrozenSegment, SEGMENTS, segments_named};
pub use place::{BucketPlace, CataloguePlace, Place, SegmentsPlace, Server};
pub use receipt::{Contradiction, Draft, Intake, Mode, Outcome, Prepared, Receipt};
pub use scan::{ProbeResults, ProbeStates, Scan, states};
pub use segment::{Rows, Segment};

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use impegno_facts::Kind;

use catalogue::Catalogue;
use depot::Depot;

/// Name of the catalogue in the folder of a ledger.
const DATABASE: &str = "ledger.sqlite";

/// Name of the note in the folder of a ledger whose catalogue is on a server: the hash of its first batch.
const ELSEWHERE: &str = "elsewhere";

/// The store of one centre folder.
#[derive(Debug)]
pub struct Ledger {
    directory: PathBuf,
    catalogue: Catalogue,
    depot: Arc<Depot>,
    /// It was opened from a frozen catalogue: nothing is ever received.
    frozen: bool,
    /// A commit failed: whether its batch is there can only be known by opening the ledger again.
    in_doubt: bool,
}

/// What a ledger knew at some moment.
#[derive(Debug, Clone)]
pub struct Known {
    /// The last batch.
    pub head: Batch,
    /// The segments of each kind of facts, in the order of receipt.
    pub segments: BTreeMap<Kind, Vec<Segment>>,
}

/// Segments are there and no tables. Tables are on disk before the first segment is written, so that no interrupted import
/// leaves this: the catalogue was taken away or emptied, and what can still be saved must not be cleared away.
fn without_catalogue(path: &Path) -> LedgerError {
    LedgerError::damaged(path, "it is gone or empty, and segments of facts are there")
}

/// The right to write, held by one process at a time. Released when dropped.
#[derive(Debug)]
pub struct WriteLock {
    _held: Held,
}

#[derive(Debug)]
#[expect(dead_code, reason = "what holds the lock is only kept")]
enum Held {
    File(File),
    Server(records::Held),
}

impl WriteLock {
    /// Of a ledger in a folder, by a file in it.
    fn of_folder(directory: &Path) -> Result<WriteLock, LedgerError> {
        let path = directory.join("lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| LedgerError::io(&path, error))?;
        match file.try_lock() {
            Ok(()) => Ok(WriteLock { _held: Held::File(file) }),
            Err(fs::TryLockError::WouldBlock) => Err(LedgerError::Busy),
            Err(fs::TryLockError::Error(error)) => Err(LedgerError::io(&path, error)),
        }
    }

    fn of_server(held: records::Held) -> WriteLock {
        WriteLock { _held: Held::Server(held) }
    }
}

impl Ledger {
    /// Opens the ledger in a folder, which is made when it does not exist.
    ///
    /// # Errors
    /// When the folder cannot be written, holds a frozen ledger, or the ledger was made by a newer version.
    pub fn open(directory: &Path) -> Result<Ledger, LedgerError> {
        Ledger::open_at(&Place::in_folder(directory))
    }

    /// Opens the ledger at a place, where it is made when it does not exist.
    ///
    /// # Errors
    /// When the place cannot be written or reached, holds a frozen ledger, or the ledger was made by a newer version.
    pub fn open_at(place: &Place) -> Result<Ledger, LedgerError> {
        let directory = &place.directory;
        if directory.join(CATALOGUE).exists() {
            return Err(LedgerError::Frozen);
        }
        let path = directory.join(DATABASE);
        let segments = directory.join(SEGMENTS);
        fs::create_dir_all(&segments).map_err(|error| LedgerError::io(&segments, error))?;
        let depot = depot_of(place)?;
        depot.check()?;
        let catalogue = match &place.catalogue {
            CataloguePlace::Folder if is_of_a_server(directory) => {
                return Err(of_another_catalogue(directory));
            }
            CataloguePlace::Folder => {
                if !depot.is_empty()? && (!path.exists() || Catalogue::open_for_reading(&path)?.is_none()) {
                    return Err(without_catalogue(&path));
                }
                Catalogue::open(&path)?
            }
            CataloguePlace::Memory => Catalogue::in_memory()?,
            CataloguePlace::Server(_) if path.exists() => return Err(two_catalogues(directory)),
            CataloguePlace::Server(server) => Catalogue::on_server(server)?,
        };
        // What is synced within a folder is lost with a name above it, of the catalogue and its log too: SQLite does not tell
        // when their folder cannot be synced. An interrupted run may have made the folders without syncing, so that it is
        // done whether they are new or not.
        let above =
            directory.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        for folder in [directory.as_path(), above] {
            File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(|error| LedgerError::io(folder, error))?;
        }
        let (directory, depot) = (directory.clone(), Arc::new(depot));
        Ok(Ledger { directory, catalogue, depot, frozen: false, in_doubt: false })
    }

    /// Opens the ledger in a folder for reading, frozen or not, also where nothing may be written; `None` when nothing
    /// was ever received there.
    ///
    /// # Errors
    /// When it cannot be read or was made by a newer version.
    pub fn open_existing(directory: &Path) -> Result<Option<Ledger>, LedgerError> {
        Ledger::open_existing_at(&Place::in_folder(directory))
    }

    /// Opens the ledger at a place for reading, likewise.
    ///
    /// # Errors
    /// When it cannot be read or reached, or was made by a newer version.
    pub fn open_existing_at(place: &Place) -> Result<Option<Ledger>, LedgerError> {
        let directory = &place.directory;
        let path = directory.join(DATABASE);
        let catalogue = match &place.catalogue {
            CataloguePlace::Memory => return Ok(None),
            CataloguePlace::Folder if is_of_a_server(directory) => {
                return Err(of_another_catalogue(directory));
            }
            CataloguePlace::Folder if !path.exists() => {
                let frozen = Ledger::open_frozen(directory)?;
                return match frozen {
                    None if !depot_of(place)?.is_empty()? => Err(without_catalogue(&path)),
                    frozen => Ok(frozen),
                };
            }
            CataloguePlace::Folder => Catalogue::open_for_reading(&path)?,
            CataloguePlace::Server(_) if path.exists() => return Err(two_catalogues(directory)),
            CataloguePlace::Server(server) => Catalogue::on_server_for_reading(server)?,
        };
        let depot = depot_of(place)?;
        match catalogue {
            Some(catalogue) => {
                let (directory, depot) = (directory.clone(), Arc::new(depot));
                Ok(Some(Ledger { directory, catalogue, depot, frozen: false, in_doubt: false }))
            }
            // Segments are written after the tables are made: without any, no fact was ever kept.
            None if depot.is_empty()? => Ok(None),
            None => Err(without_catalogue(&path)),
        }
    }

    /// Opens a frozen ledger, from [`CATALOGUE`] and nothing else: it may come from a stranger, and a database beside it
    /// is not looked at. `None` when there is no such catalogue.
    ///
    /// # Errors
    /// When it cannot be read, is not as it is written, or was made by a newer version.
    pub fn open_frozen(directory: &Path) -> Result<Option<Ledger>, LedgerError> {
        let frozen = directory.join(CATALOGUE);
        if !frozen.exists() {
            return Ok(None);
        }
        let catalogue = frozen::thawed(&frozen)?;
        let depot = Arc::new(Depot::Folder(directory.join(SEGMENTS)));
        Ok(Some(Ledger { directory: directory.to_owned(), catalogue, depot, frozen: true, in_doubt: false }))
    }

    /// Takes the right to write and clears away what an interrupted import left behind.
    ///
    /// # Errors
    /// [`LedgerError::Busy`] when another process holds it.
    pub fn lock(&self) -> Result<WriteLock, LedgerError> {
        let lock = self.catalogue.records.lock(&self.directory)?;
        self.is_its_own()?;
        self.clear_garbage()?;
        Ok(lock)
    }

    /// All batches in the order of receipt.
    ///
    /// # Errors
    /// When the catalogue cannot be read.
    pub fn batches(&self) -> Result<Vec<Batch>, LedgerError> {
        self.catalogue.batches()
    }

    /// The findings of a batch.
    ///
    /// # Errors
    /// When the catalogue cannot be read.
    pub fn findings(&self, batch: u64) -> Result<Vec<StoredFinding>, LedgerError> {
        self.catalogue.findings(batch)
    }

    /// Everything known at `as_of` (microseconds since 1970 in UTC; `None`: now), read at one moment; `None`
    /// when nothing had been received by then.
    ///
    /// # Errors
    /// When the catalogue cannot be read.
    pub fn known(&self, as_of: Option<i64>) -> Result<Option<Known>, LedgerError> {
        self.catalogue.at_one_moment(|| {
            let batches = self.batches()?;
            let head =
                batches.into_iter().rfind(|batch| as_of.is_none_or(|as_of| batch.received_at <= as_of));
            let Some(head) = head else { return Ok(None) };
            let mut segments = BTreeMap::new();
            for kind in Kind::ALL {
                segments.insert(kind, self.segments(kind, as_of)?);
            }
            Ok(Some(Known { head, segments }))
        })
    }

    /// The segments of a kind of facts as known at `as_of`, in the order of receipt, each with the rows
    /// that had been ended by then.
    ///
    /// # Errors
    /// When the catalogue cannot be read.
    pub fn segments(&self, kind: Kind, as_of: Option<i64>) -> Result<Vec<Segment>, LedgerError> {
        self.catalogue.segments(kind, None, as_of, &self.depot)
    }

    /// Clears away what no batch names, as after a file that could not be received. After a commit that failed nothing is
    /// cleared: the disk may hold it all the same.
    ///
    /// # Errors
    /// When the disk or the catalogue refuses.
    pub fn tidy(&self, _lock: &WriteLock) -> Result<(), LedgerError> {
        self.clear_garbage()
    }

    /// Whether the segments in the folder are those of the catalogue on the server, by the hash of its first batch: else
    /// they would be taken for garbage.
    fn is_its_own(&self) -> Result<(), LedgerError> {
        let note = self.directory.join(ELSEWHERE);
        let first = self.catalogue.first_hash()?.map(|hash| hash.to_string());
        let noted = match fs::read_to_string(&note) {
            Ok(noted) => Some(noted.trim().to_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(LedgerError::io(&note, error)),
        };
        match (&first, &noted) {
            (Some(first), None) if self.catalogue.records.is_elsewhere() => {
                fs::write(&note, first).map_err(|error| LedgerError::io(&note, error))
            }
            (_, None) => Ok(()),
            (first, noted) if first == noted => Ok(()),
            _ => Err(of_another_catalogue(&self.directory)),
        }
    }

    /// Catalogues whose making was interrupted.
    fn clear_unfinished_catalogues(&self) -> Result<(), LedgerError> {
        let entries =
            fs::read_dir(&self.directory).map_err(|error| LedgerError::io(&self.directory, error))?;
        for entry in entries {
            let entry = entry.map_err(|error| LedgerError::io(&self.directory, error))?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            // SQLite adds endings of its own to the names of its files.
            if name.starts_with(DATABASE) && name.contains(catalogue::UNFINISHED) {
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(())
    }

    fn clear_garbage(&self) -> Result<(), LedgerError> {
        if self.in_doubt {
            // What looks like garbage may be named by the batch in doubt. The next import knows.
            return Ok(());
        }
        // Beside a bucket the folder holds only what is on its way.
        let named = match &*self.depot {
            Depot::Folder(_) => self.catalogue.segment_files()?,
            Depot::Bucket(_) => BTreeSet::new(),
        };
        self.clear_unfinished_catalogues()?;
        let directory = self.directory.join(SEGMENTS);
        let entries = fs::read_dir(&directory).map_err(|error| LedgerError::io(&directory, error))?;
        for entry in entries {
            let entry = entry.map_err(|error| LedgerError::io(&directory, error))?;
            if !named.contains(entry.file_name().to_string_lossy().as_ref()) {
                fs::remove_file(entry.path()).map_err(|error| LedgerError::io(&entry.path(), error))?;
            }
        }
        Ok(())
    }
}

/// Whether the catalogue of a folder is on a server.
fn is_of_a_server(directory: &Path) -> bool {
    directory.join(ELSEWHERE).exists()
}

fn of_another_catalogue(directory: &Path) -> LedgerError {
    LedgerError::misplaced(
        directory,
        "its segments belong to another catalogue than the one that the settings name",
    )
}

fn two_catalogues(directory: &Path) -> LedgerError {
    LedgerError::misplaced(directory, "it holds a catalogue of its own besides the one on the server")
}

fn depot_of(place: &Place) -> Result<Depot, LedgerError> {
    let directory = &place.directory;
    Depot::at(&place.segments, &directory.join(SEGMENTS), &directory.join("cache"))
}
