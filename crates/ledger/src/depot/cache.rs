//! Files that were fetched from elsewhere, as many as a bound allows. Their names are those of their content: none is ever stale.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use crate::LedgerError;

#[derive(Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
    /// Bytes that it may hold.
    bound: u64,
    held: Mutex<Option<Held>>,
}

/// What it holds, the oldest first, as far as this process knows.
#[derive(Debug, Default)]
struct Held {
    files: VecDeque<(String, u64)>,
    bytes: u64,
}

impl Cache {
    pub(crate) fn new(folder: &Path, bound: u64) -> Cache {
        Cache { folder: folder.to_owned(), bound, held: Mutex::new(None) }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The folder, made when it is not there.
    pub(crate) fn folder(&self) -> Result<&Path, LedgerError> {
        fs::create_dir_all(&self.folder).map_err(|error| LedgerError::io(&self.folder, error))?;
        Ok(&self.folder)
    }

    /// A file that it holds; `None` when it does not.
    pub(crate) fn open(&self, name: &str) -> Result<Option<File>, LedgerError> {
        let path = self.path(name);
        match File::open(&path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(LedgerError::io(&path, error)),
        }
    }

    /// Forgets a file.
    pub(crate) fn remove(&self, name: &str) -> Result<(), LedgerError> {
        let path = self.path(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(LedgerError::io(&path, error)),
            _ => Ok(()),
        }
    }

    /// Takes a synced file, and lets the oldest ones go where there is no room. Whoever has one of them open reads on.
    pub(crate) fn take(&self, from: &Path, name: &str) -> Result<(), LedgerError> {
        let size = fs::metadata(from).map_err(|error| LedgerError::io(from, error))?.len();
        let to = self.folder()?.join(name);
        fs::rename(from, &to).map_err(|error| LedgerError::io(&to, error))?;
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let held = held.get_or_insert_with(|| self.found());
        // Found already, or fetched twice at once.
        if !held.files.iter().any(|(one, _)| one == name) {
            held.files.push_back((name.to_owned(), size));
            held.bytes += size;
        }
        while held.bytes > self.bound && held.files.len() > 1 {
            let Some((oldest, size)) = held.files.pop_front() else { break };
            held.bytes = held.bytes.saturating_sub(size);
            // Another process may have been faster; what cannot be removed is in nobody's way.
            let _ = fs::remove_file(self.path(&oldest));
        }
        Ok(())
    }

    fn found(&self) -> Held {
        let mut files: Vec<(SystemTime, String, u64)> = fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let about = entry.metadata().ok()?;
                Some((about.modified().ok()?, entry.file_name().into_string().ok()?, about.len()))
            })
            .collect();
        files.sort();
        let bytes = files.iter().map(|(_, _, size)| size).sum();
        Held { files: files.into_iter().map(|(_, name, size)| (name, size)).collect(), bytes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_when_there_is_no_room() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::new(&folder.path().join("cache"), 250);
        for n in 0..10 {
            let from = folder.path().join("fetched");
            fs::write(&from, vec![n; 100]).expect("written");
            cache.take(&from, &format!("segment-{n}")).expect("taken");
        }
        let names = |cache: &Cache| -> Vec<bool> {
            (0..10).map(|n| cache.open(&format!("segment-{n}")).expect("readable").is_some()).collect()
        };
        let mut expected = vec![false; 10];
        expected[8] = true;
        expected[9] = true;
        assert_eq!(names(&cache), expected);
        // Another process finds what is there, and holds to the bound too; one that is larger than the bound is held alone.
        let again = Cache::new(&folder.path().join("cache"), 250);
        let from = folder.path().join("fetched");
        fs::write(&from, vec![0; 300]).expect("written");
        again.take(&from, "segment-0").expect("taken");
        expected = vec![false; 10];
        expected[0] = true;
        assert_eq!(names(&again), expected);
    }
}
