//! Where segments lie: files under names of their content, put whole or not at all, never changed.

mod bucket;
mod cache;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::{Hash, LedgerError, SegmentsPlace};

pub(crate) use bucket::Bucket;

/// Where the segments of a ledger lie.
#[derive(Debug)]
pub(crate) enum Depot {
    /// In the folder of segments, where they are also written on the way.
    Folder(PathBuf),
    /// In a bucket; what was put there or fetched lately lies in a folder besides.
    Bucket(Bucket),
}

impl Depot {
    /// The depot of a ledger with this folder of segments and this one for what is fetched.
    pub(crate) fn at(place: &SegmentsPlace, segments: &Path, cache: &Path) -> Result<Depot, LedgerError> {
        match place {
            SegmentsPlace::Folder => Ok(Depot::Folder(segments.to_owned())),
            SegmentsPlace::Bucket(place) => Ok(Depot::Bucket(Bucket::new(place, cache)?)),
        }
    }

    /// Whether segments can be put here and taken away again.
    pub(crate) fn check(&self) -> Result<(), LedgerError> {
        match self {
            Depot::Folder(_) => Ok(()),
            Depot::Bucket(bucket) => bucket.check(),
        }
    }

    /// Keeps files of a folder of this machine, which were synced under the names that they keep. When this returns they
    /// survive the loss of power.
    pub(crate) fn keep(&self, names: &[String], from: &Path) -> Result<(), LedgerError> {
        match self {
            // The names of new files are durable only when their folder is.
            Depot::Folder(folder) => File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(|error| LedgerError::io(folder, error)),
            Depot::Bucket(bucket) => bucket.keep(names, from),
        }
    }

    /// Opens a segment for reading. What is fetched for it is held against its hash.
    pub(crate) fn open(&self, name: &str, hash: Hash) -> Result<File, LedgerError> {
        match self {
            Depot::Folder(folder) => {
                let path = folder.join(name);
                File::open(&path).map_err(|error| LedgerError::io(&path, error))
            }
            Depot::Bucket(bucket) => bucket.open(name, hash),
        }
    }

    /// Whether the bytes of a segment are still those that were written: those that are kept, not those that were fetched.
    pub(crate) fn is_intact(&self, name: &str, hash: Hash) -> Result<bool, LedgerError> {
        match self {
            Depot::Folder(folder) => {
                let path = folder.join(name);
                match File::open(&path).and_then(Hash::of_file) {
                    Ok(found) => Ok(found == hash),
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
                    Err(error) => Err(LedgerError::io(&path, error)),
                }
            }
            Depot::Bucket(bucket) => bucket.is_intact(name, hash),
        }
    }

    /// Whether nothing is kept here.
    pub(crate) fn is_empty(&self) -> Result<bool, LedgerError> {
        match self {
            Depot::Folder(folder) => match fs::read_dir(folder) {
                Ok(mut entries) => Ok(entries.next().is_none()),
                Err(error) => Ok(error.kind() == std::io::ErrorKind::NotFound),
            },
            Depot::Bucket(bucket) => bucket.is_empty(),
        }
    }

    /// Where a segment lies on this machine, or lies while it is used.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        match self {
            Depot::Folder(folder) => folder.join(name),
            Depot::Bucket(bucket) => bucket.cached(name),
        }
    }
}
