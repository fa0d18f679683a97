//! The stores that the contract is held on.

pub(crate) mod postgres;

use std::path::Path;

use impegno_ledger::{CataloguePlace, Place};

/// Where the ledger of a test lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    /// The catalogue in memory, segments in a folder.
    Memory,
    /// The catalogue in a file of SQLite, segments in a folder.
    Sqlite,
    /// The catalogue on PostgreSQL, segments in a folder.
    Postgres,
}

impl On {
    /// A place of its own, with this folder of the machine.
    pub(crate) fn place(self, directory: &Path) -> Place {
        let place = Place::in_folder(directory);
        match self {
            On::Memory => Place { catalogue: CataloguePlace::Memory, ..place },
            On::Sqlite => place,
            On::Postgres => Place { catalogue: CataloguePlace::Server(postgres::schema()), ..place },
        }
    }
}
