//! Where logs lie: `.ledger/live/SOURCE/NUMBER.log`, beside what is kept of the keys of clients.
//!
//! A log that was received into the ledger is taken away. Whoever writes or takes away logs holds the claim on the folder.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use impegno_sources::live::{HEAD, Next, next_group, requests};

use crate::keys::{Kept, Keys};

/// What is behind the number of a log in its name.
const LOG: &str = ".log";

/// The file of a source's keys.
const KEYS: &str = "keys";

/// The logs of all live sources of a centre.
#[derive(Debug, Clone)]
pub struct LiveFolder {
    root: PathBuf,
}

/// The right to write and take away logs, held by one process at a time. Released when dropped.
#[derive(Debug)]
pub struct Claim {
    _file: File,
}

/// The logs of one source.
#[derive(Debug, Clone)]
pub struct SourceFolder {
    path: PathBuf,
    source: String,
}

/// A log that is not written any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedLog {
    /// Its source.
    pub source: String,
    /// Its number, from 1; a source uses none twice.
    pub number: u64,
    /// Where it lies.
    pub path: PathBuf,
}

/// What an earlier receiver left behind.
#[derive(Debug)]
pub struct LeftBehind {
    /// Logs with acknowledged rows that are still to be received, by number.
    pub logs: Vec<ClosedLog>,
    /// The number of the next log.
    pub next: u64,
    /// The keys of clients that are known.
    pub keys: Keys,
    /// Bytes behind the last whole groups, which were acknowledged to nobody and are cut off.
    pub dropped: u64,
}

impl LiveFolder {
    /// The folder within that of a ledger.
    pub fn within(ledger: &Path) -> LiveFolder {
        LiveFolder { root: ledger.join("live") }
    }

    /// Whether anything was ever received live.
    pub fn exists(&self) -> bool {
        self.root.is_dir()
    }

    /// Takes the right to write; `None` when another process holds it. The folder is made when it is not there.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn claim(&self) -> io::Result<Option<Claim>> {
        fs::create_dir_all(&self.root)?;
        let path = self.root.join("lock");
        let file = File::options().create(true).truncate(false).write(true).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Claim { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// The folder of a source, which is made when it is not there.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn source(&self, source: &str) -> io::Result<SourceFolder> {
        let path = self.root.join(source);
        if !path.is_dir() {
            fs::create_dir_all(&path)?;
            File::open(&self.root)?.sync_all()?;
        }
        Ok(SourceFolder { path, source: source.to_owned() })
    }

    /// The sources that have a folder, in order.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn sources(&self) -> io::Result<Vec<String>> {
        let mut sources = Vec::new();
        if !self.exists() {
            return Ok(sources);
        }
        for entry in fs::read_dir(&self.root)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                sources.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        sources.sort();
        Ok(sources)
    }
}

impl SourceFolder {
    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the log of a number lies.
    pub fn log(&self, number: u64) -> ClosedLog {
        let path = self.path.join(format!("{number:08}{LOG}"));
        ClosedLog { source: self.source.clone(), number, path }
    }

    /// Finds what an earlier receiver left behind, cuts off what was acknowledged to nobody, and takes away logs
    /// with nothing in them. The caller holds the claim.
    ///
    /// # Errors
    /// When the disk refuses, or what is kept of the keys is damaged.
    pub fn recover(&self) -> io::Result<LeftBehind> {
        let (mut keys, mut next) = self.kept_keys()?;
        let (mut logs, mut dropped) = (Vec::new(), 0);
        for number in self.numbers()? {
            next = next.max(number + 1);
            let log = self.log(number);
            let bytes = fs::read(&log.path)?;
            let whole = whole_length(&bytes);
            dropped += (bytes.len() - whole) as u64;
            if whole == 0 {
                fs::remove_file(&log.path)?;
                continue;
            }
            if whole < bytes.len() {
                let file = File::options().write(true).open(&log.path)?;
                file.set_len(whole as u64)?;
                file.sync_all()?;
            }
            keys_of(bytes.get(..whole).unwrap_or_default(), &mut keys);
            logs.push(log);
        }
        Ok(LeftBehind { logs, next, keys, dropped })
    }

    /// Takes away a log that was received, after its keys are kept. A log that was not received whole (`damaged`) is
    /// kept under another name for people to look at.
    ///
    /// # Errors
    /// When the disk refuses; the log is then still there, and may be received and settled again.
    pub fn settle(&self, log: &ClosedLog, damaged: bool) -> io::Result<()> {
        let (mut keys, next) = self.kept_keys()?;
        keys_of(&fs::read(&log.path)?, &mut keys);
        self.keep_keys(&keys, next.max(log.number + 1))?;
        if damaged {
            fs::rename(&log.path, log.path.with_extension("damaged"))
        } else {
            fs::remove_file(&log.path)
        }
    }

    fn numbers(&self) -> io::Result<Vec<u64>> {
        let mut numbers = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let name = entry?.file_name();
            let number: Option<u64> = name.to_str().and_then(|name| name.strip_suffix(LOG)?.parse().ok());
            numbers.extend(number);
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    fn kept_keys(&self) -> io::Result<(Keys, u64)> {
        let path = self.path.join(KEYS);
        match fs::read_to_string(&path) {
            Ok(text) => Keys::read(&text).ok_or_else(|| {
                let message = format!("{}: the keys of clients are damaged", path.display());
                io::Error::new(io::ErrorKind::InvalidData, message)
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((Keys::default(), 1)),
            Err(error) => Err(error),
        }
    }

    /// Writes the keys whole or not at all.
    fn keep_keys(&self, keys: &Keys, next: u64) -> io::Result<()> {
        let new = self.path.join("keys.new");
        let mut file = File::create(&new)?;
        file.write_all(keys.write(next).as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, self.path.join(KEYS))?;
        File::open(&self.path)?.sync_all()
    }
}

/// Bytes of a log up to the end of its last whole group; 0 when it has none.
pub fn whole_length(log: &[u8]) -> usize {
    if !log.starts_with(HEAD) {
        return 0;
    }
    let (mut at, mut whole) = (HEAD.len(), 0);
    loop {
        match next_group(log, at) {
            Next::Whole { end, .. } => (at, whole) = (end, end),
            Next::Broken { end } => at = end,
            Next::Open => return whole,
        }
    }
}

/// Remembers the keys of the whole groups of a log.
fn keys_of(log: &[u8], keys: &mut Keys) {
    let mut at = HEAD.len();
    loop {
        match next_group(log, at) {
            Next::Whole { payload_end, end, .. } => {
                for request in requests(log.get(at..payload_end).unwrap_or_default()) {
                    if let Some(key) = request.key {
                        keys.insert(
                            key,
                            Kept { rows: request.rows, ignored: request.ignored, body: request.body },
                        );
                    }
                }
                at = end;
            }
            Next::Broken { end } => at = end,
            Next::Open => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use impegno_sources::live::{Group, LogRequest};

    use super::*;

    fn log_of(groups: u64) -> (Vec<u8>, Vec<usize>) {
        let mut log = HEAD.to_vec();
        let (mut group, mut ends) = (Group::default(), Vec::new());
        for number in 1..=groups {
            group.clear();
            let line = format!("c\t{number}\t0\t-\t\ta;b\n");
            let request = LogRequest { rows: 1, ignored: 0, key: Some(u128::from(number)), body: number };
            group.request(line.as_bytes(), request);
            log.extend_from_slice(group.end(number));
            ends.push(log.len());
        }
        (log, ends)
    }

    /// Wherever a log was cut, all whole groups before the cut are there, with their keys, and nothing else.
    #[test]
    fn a_log_that_is_cut_anywhere_keeps_its_whole_groups() {
        let (log, ends) = log_of(3);
        let folder = tempfile::tempdir().expect("a folder");
        let live = LiveFolder::within(folder.path());
        let source = live.source("sonde").expect("a folder");
        for cut in 0..=log.len() {
            let path = source.log(1).path;
            fs::write(&path, &log[..cut]).expect("a log");
            let left = source.recover().expect("recovered");
            let whole = ends.iter().filter(|end| **end <= cut).count();
            assert_eq!(left.logs.len(), usize::from(whole > 0), "{cut}");
            let length = whole.checked_sub(1).map_or(0, |last| ends[last]);
            assert_eq!(left.dropped, (cut - length) as u64, "{cut}");
            if whole > 0 {
                assert_eq!(fs::read(&path).expect("the log"), log[..length], "{cut}");
            } else {
                assert!(!path.exists(), "{cut}");
            }
            for number in 1..=3_u128 {
                assert_eq!(left.keys.get(number).is_some(), number <= whole as u128, "{cut}");
            }
        }
    }

    /// A group in the middle that a disk changed is no end of the log: those behind it were acknowledged too.
    #[test]
    fn what_stands_behind_a_damaged_group_stays() {
        let (mut log, ends) = log_of(3);
        log[ends[0] + 3] ^= 1;
        assert_eq!(whole_length(&log), ends[2]);
        log[ends[1] + 3] ^= 1;
        assert_eq!(whole_length(&log), ends[0]);
    }

    #[test]
    fn a_log_that_was_received_leaves_its_keys_and_no_number_comes_twice() {
        let folder = tempfile::tempdir().expect("a folder");
        let source = LiveFolder::within(folder.path()).source("sonde").expect("a folder");
        let (log, _) = log_of(2);
        let first = source.log(7);
        fs::write(&first.path, &log).expect("a log");
        source.settle(&first, false).expect("settled");
        assert!(!first.path.exists());
        let left = source.recover().expect("recovered");
        assert_eq!((left.logs.len(), left.next), (0, 8));
        assert_eq!(left.keys.get(2), Some(Kept { rows: 1, ignored: 0, body: 2 }));
        // Killed between keeping the keys and taking the log away: the same again.
        fs::write(&first.path, &log).expect("a log");
        source.settle(&source.recover().expect("recovered").logs[0], true).expect("settled");
        assert!(first.path.with_extension("damaged").exists());
        fs::write(source.path().join(KEYS), "impegno-keys 1\nnext 9\n").expect("damaged keys");
        assert_eq!(source.recover().expect_err("damaged").kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn one_process_holds_the_claim() {
        let folder = tempfile::tempdir().expect("a folder");
        let live = LiveFolder::within(folder.path());
        assert!(!live.exists());
        let claim = live.claim().expect("the disk").expect("the claim");
        assert!(live.claim().expect("the disk").is_none());
        drop(claim);
        assert!(live.claim().expect("the disk").is_some());
    }
}
