//! The stores that the contract is held on.

pub(crate) mod postgres;
pub(crate) mod s3;

use std::path::{Path, PathBuf};

use impegno_ledger::{CataloguePlace, Place, SegmentsPlace};

/// Where the ledger of a test lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    /// The catalogue in memory, segments in a folder.
    Memory,
    /// The catalogue in a file of SQLite, segments in a folder.
    Sqlite,
    /// The catalogue on PostgreSQL, segments in a folder.
    Postgres,
    /// The catalogue in a file of SQLite, segments in a bucket.
    SqliteAndBucket,
    /// The catalogue on PostgreSQL, segments in a bucket.
    PostgresAndBucket,
}

impl On {
    /// The stores into which a copy of this one is poured in the tests: the others, as far as this machine has them.
    pub(crate) fn targets(self) -> &'static [On] {
        if cfg!(has_postgresql) {
            &[On::Sqlite, On::Postgres, On::PostgresAndBucket]
        } else {
            &[On::Sqlite, On::SqliteAndBucket]
        }
    }

    /// A place of its own, with this folder of the machine.
    pub(crate) fn place(self, directory: &Path) -> Place {
        let catalogue = match self {
            On::Memory => CataloguePlace::Memory,
            On::Sqlite | On::SqliteAndBucket => CataloguePlace::Folder,
            On::Postgres | On::PostgresAndBucket => CataloguePlace::Server(postgres::schema()),
        };
        let segments = match self {
            On::Memory | On::Sqlite | On::Postgres => SegmentsPlace::Folder,
            On::SqliteAndBucket | On::PostgresAndBucket => SegmentsPlace::Bucket(s3::prefix()),
        };
        Place { directory: directory.to_owned(), catalogue, segments }
    }
}

/// The folder in which the files of the segments of a ledger are kept in the end.
pub(crate) fn kept(place: &Place) -> PathBuf {
    match &place.segments {
        SegmentsPlace::Folder => place.directory.join("segments"),
        SegmentsPlace::Bucket(bucket) => s3::folder(bucket),
    }
}

/// Forgets what was fetched.
pub(crate) fn forget(place: &Place) {
    let cache = place.directory.join("cache");
    if cache.exists() {
        std::fs::remove_dir_all(cache).expect("gone");
    }
}
