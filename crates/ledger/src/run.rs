//! Rows as sorted runs, in memory while they are few and on disk when they are many, merged by identity.
//!
//! Finding what a file repeats, corrects or withdraws is a merge of its rows with those that were there: memory
//! does not grow with them.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering as Atomic};

use impegno_facts::Facts;

use crate::LedgerError;

/// Bytes of a row on disk.
const WIDTH: usize = 32;

/// What is compared of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    /// What it speaks of.
    pub identity: u128,
    /// What it says, half of the hash: only rows of the same identity are compared.
    pub content: u64,
    /// Its place in its segment.
    pub row: u32,
    /// Its line in the received file.
    pub line: u32,
}

/// The rows of a segment, sorted by identity and then as they stand.
#[derive(Debug)]
pub(crate) enum Run {
    Memory(Vec<Entry>),
    Disk(OnDisk),
}

/// A run in a file, which goes away with it.
#[derive(Debug)]
pub(crate) struct OnDisk {
    path: PathBuf,
}

impl Drop for OnDisk {
    fn drop(&mut self) {
        // What cannot be removed now is garbage for the next import.
        let _ = fs::remove_file(&self.path);
    }
}

impl Run {
    /// The rows of some facts, but those that are left out.
    pub(crate) fn new(facts: &Facts, keep: impl Fn(u32) -> bool) -> Run {
        let rows = facts.fingerprints().into_iter().zip(facts.lines()).zip(0_u32..);
        let mut entries: Vec<Entry> = rows
            .filter(|(_, row)| keep(*row))
            .map(|((fingerprint, line), row)| Entry {
                identity: fingerprint.identity,
                content: (fingerprint.content ^ (fingerprint.content >> 64)) as u64,
                row,
                line: *line,
            })
            .collect();
        entries.sort_unstable_by_key(|entry| (entry.identity, entry.row));
        Run::Memory(entries)
    }

    /// Bytes of memory that it holds.
    pub(crate) fn held(&self) -> usize {
        match self {
            Run::Memory(entries) => entries.len() * WIDTH,
            Run::Disk(_) => 0,
        }
    }

    /// Moves it to a file in a folder.
    pub(crate) fn put_away(&mut self, directory: &Path) -> Result<(), LedgerError> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let Run::Memory(entries) = self else { return Ok(()) };
        let name = format!("{}-{}.run", std::process::id(), NUMBER.fetch_add(1, Atomic::Relaxed));
        let kept = OnDisk { path: directory.join(name) };
        let write = || {
            let mut file = BufWriter::new(File::create(&kept.path)?);
            for entry in entries.iter() {
                let mut bytes = [0; WIDTH];
                let (identity, rest) = bytes.split_at_mut(16);
                let (content, rest) = rest.split_at_mut(8);
                let (row, line) = rest.split_at_mut(4);
                identity.copy_from_slice(&entry.identity.to_le_bytes());
                content.copy_from_slice(&entry.content.to_le_bytes());
                row.copy_from_slice(&entry.row.to_le_bytes());
                line.copy_from_slice(&entry.line.to_le_bytes());
                file.write_all(&bytes)?;
            }
            file.flush()
        };
        write().map_err(|error| LedgerError::io(&kept.path, error))?;
        *self = Run::Disk(kept);
        Ok(())
    }

    fn reader(&self) -> Result<Reader<'_>, LedgerError> {
        Ok(match self {
            Run::Memory(entries) => Reader::Memory(entries.iter()),
            Run::Disk(on_disk) => {
                let file =
                    File::open(&on_disk.path).map_err(|error| LedgerError::io(&on_disk.path, error))?;
                Reader::Disk { path: &on_disk.path, file: BufReader::with_capacity(1 << 16, file) }
            }
        })
    }
}

enum Reader<'r> {
    Memory(std::slice::Iter<'r, Entry>),
    Disk { path: &'r Path, file: BufReader<File> },
}

impl Reader<'_> {
    fn next(&mut self) -> Result<Option<Entry>, LedgerError> {
        match self {
            Reader::Memory(entries) => Ok(entries.next().copied()),
            Reader::Disk { path, file } => {
                let mut bytes = [0; WIDTH];
                match file.read_exact(&mut bytes) {
                    Ok(()) => Ok(Some(entry(&bytes))),
                    Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
                    Err(error) => Err(LedgerError::io(path, error)),
                }
            }
        }
    }
}

fn entry(bytes: &[u8; WIDTH]) -> Entry {
    let number = |range: std::ops::Range<usize>| -> u128 {
        let digits = bytes.get(range).unwrap_or_default();
        digits.iter().rev().fold(0, |number, byte| number << 8 | u128::from(*byte))
    };
    Entry {
        identity: number(0..16),
        content: number(16..24) as u64,
        row: number(24..28) as u32,
        line: number(28..32) as u32,
    }
}

/// An entry with the number of its run, in the order of the merge.
#[derive(PartialEq, Eq)]
struct Head(Entry, usize);

impl Ord for Head {
    fn cmp(&self, other: &Head) -> Ordering {
        (self.0.identity, self.1, self.0.row).cmp(&(other.0.identity, other.1, other.0.row))
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Head) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Goes through all rows of some runs, one identity after the other: `each` gets the rows of an identity with
/// the numbers of their runs, in the order of the runs and within them as they stand.
pub(crate) fn merge(runs: &[&Run], mut each: impl FnMut(&[(Entry, usize)])) -> Result<(), LedgerError> {
    let mut readers = runs.iter().map(|run| run.reader()).collect::<Result<Vec<_>, _>>()?;
    let mut heads = BinaryHeap::with_capacity(readers.len());
    for (number, reader) in readers.iter_mut().enumerate() {
        heads.extend(reader.next()?.map(|entry| Reverse(Head(entry, number))));
    }
    let mut rows: Vec<(Entry, usize)> = Vec::new();
    while let Some(mut head) = heads.peek_mut() {
        let Reverse(Head(entry, number)) = *head;
        if rows.first().is_some_and(|(first, _)| first.identity != entry.identity) {
            each(&rows);
            rows.clear();
        }
        rows.push((entry, number));
        match readers.get_mut(number).map(Reader::next).transpose()?.flatten() {
            Some(next) => *head = Reverse(Head(next, number)),
            None => {
                std::collections::binary_heap::PeekMut::pop(head);
            }
        }
    }
    if !rows.is_empty() {
        each(&rows);
    }
    Ok(())
}
