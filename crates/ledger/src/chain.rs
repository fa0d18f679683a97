//! The hash chain of batches.

use std::fmt;

use crate::{Ledger, LedgerError};

/// A BLAKE3 hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

/// A hash of bytes that pass by.
#[derive(Debug)]
pub struct Hashing<R> {
    input: R,
    hasher: blake3::Hasher,
    size: u64,
}

impl<R: std::io::Read> Hashing<R> {
    /// Hashes what is read from an input.
    pub fn new(input: R) -> Hashing<R> {
        Hashing { input, hasher: blake3::Hasher::new(), size: 0 }
    }

    /// The hash of everything that was read so far, and how many bytes that is.
    pub fn so_far(&self) -> (Hash, u64) {
        (Hash(*self.hasher.finalize().as_bytes()), self.size)
    }
}

impl<R: std::io::Read> std::io::Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.hasher.update(buffer.get(..read).unwrap_or_default());
        self.size += read as u64;
        Ok(read)
    }
}

/// What walking the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Batches walked.
    pub batches: usize,
    /// Segments whose bytes were hashed.
    pub segments: usize,
    /// What is not as it was written; empty when all is well.
    pub problems: Vec<String>,
}

impl Hash {
    /// The hash before the first batch.
    pub const START: Hash = Hash([0; 32]);

    /// The hash of some bytes.
    pub fn of(bytes: &[u8]) -> Hash {
        Hash(*blake3::hash(bytes).as_bytes())
    }

    /// The hash of what a file holds.
    pub(crate) fn of_file(file: std::fs::File) -> std::io::Result<Hash> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(file)?;
        Ok(Hash(*hasher.finalize().as_bytes()))
    }

    /// The first 16 hexadecimal digits, for names and short references.
    pub fn short(self) -> String {
        self.to_string().chars().take(16).collect()
    }

    /// The hash of its hexadecimal form.
    pub fn parse(text: &str) -> Option<Hash> {
        blake3::Hash::from_hex(text).ok().map(|hash| Hash(*hash.as_bytes()))
    }

    /// The hash of this one followed by further texts, each with its length before it.
    pub(crate) fn followed_by<'a>(self, texts: impl IntoIterator<Item = &'a str>) -> Hash {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.0);
        for text in texts {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        }
        Hash(*hasher.finalize().as_bytes())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(blake3::Hash::from_bytes(self.0).to_hex().as_str())
    }
}

impl Ledger {
    /// Walks the chain: recomputes the hash of every batch and of every segment on disk.
    ///
    /// # Errors
    /// When the catalogue or a segment cannot be read at all.
    pub fn verify(&self) -> Result<Verification, LedgerError> {
        let mut problems = Vec::new();
        let batches = self.batches()?;
        let mut previous = Hash::START;
        for batch in &batches {
            if batch.previous != previous {
                problems.push(format!("batch {}: does not follow the batch before it", batch.number));
            }
            let expected = self.catalogue.chain_hash(batch)?;
            if batch.hash != expected {
                problems.push(format!("batch {} ({}): its entries were changed", batch.number, batch.file));
            }
            previous = batch.hash;
        }
        let mut segments = 0;
        for kind in impegno_facts::Kind::ALL {
            for segment in self.segments(kind, None)? {
                segments += 1;
                if !segment.is_intact()? {
                    let name = segment.path.file_name().unwrap_or_default().to_string_lossy();
                    problems.push(format!("segment {name} of batch {}: damaged or missing", segment.batch));
                }
            }
        }
        Ok(Verification { batches: batches.len(), segments, problems })
    }
}
