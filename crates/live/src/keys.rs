//! The keys that clients gave their requests, so that one that is sent again changes nothing.

use std::collections::VecDeque;
use std::fmt::Write as _;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

/// How many keys of a source are remembered; beyond them the oldest is forgotten.
pub const REMEMBERED: usize = 200_000;

/// What is kept of a request under its key: what it was answered, and a hash of what it held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Rows that were accepted.
    pub rows: u64,
    /// Rows of no interest.
    pub ignored: u64,
    /// Hash of what was sent.
    pub body: u64,
}

/// The last keys of a source.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    kept: FxHashMap<u128, Kept>,
    order: VecDeque<u128>,
}

/// The hash under which a key is kept: keys are the client's words and are not kept themselves.
pub fn key_hash(key: &str) -> u128 {
    xxh3_128(key.as_bytes())
}

/// The hash of what a request held.
pub fn body_hash(body: &[u8]) -> u64 {
    xxh3_64(body)
}

impl Keys {
    /// What is kept under a key.
    pub fn get(&self, key: u128) -> Option<Kept> {
        self.kept.get(&key).copied()
    }

    /// Remembers a key; one that is known stays as it was.
    pub fn insert(&mut self, key: u128, kept: Kept) {
        if self.kept.contains_key(&key) {
            return;
        }
        self.kept.insert(key, kept);
        self.order.push_back(key);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.kept.remove(&oldest);
        }
    }

    /// How many are known.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether none is known.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The keys as text, the oldest first, with the number of the next log.
    pub(crate) fn write(&self, next: u64) -> String {
        let mut text = format!("impegno-keys 1\nnext {next}\n");
        for key in &self.order {
            if let Some(kept) = self.kept.get(key) {
                let _ = writeln!(text, "{key:032x} {} {} {:016x}", kept.rows, kept.ignored, kept.body);
            }
        }
        let _ = writeln!(text, "end {}", self.order.len());
        text
    }

    /// Reads what was written, and the number of the next log; `None` when it is damaged.
    pub(crate) fn read(text: &str) -> Option<(Keys, u64)> {
        let mut lines = text.lines();
        if lines.next()? != "impegno-keys 1" {
            return None;
        }
        let next = lines.next()?.strip_prefix("next ")?.parse().ok()?;
        let mut keys = Keys::default();
        for line in lines.by_ref() {
            if let Some(count) = line.strip_prefix("end ") {
                let is_whole = count.parse() == Ok(keys.len()) && lines.next().is_none();
                return is_whole.then_some((keys, next));
            }
            let mut fields = line.split(' ');
            let key = u128::from_str_radix(fields.next()?, 16).ok()?;
            let (rows, ignored) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
            let body = u64::from_str_radix(fields.next()?, 16).ok()?;
            keys.insert(key, Kept { rows, ignored, body });
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_were_written_and_the_oldest_is_forgotten() {
        let mut keys = Keys::default();
        for key in 0..REMEMBERED as u128 + 10 {
            keys.insert(key, Kept { rows: key as u64, ignored: 1, body: 2 });
        }
        assert_eq!(keys.len(), REMEMBERED);
        assert_eq!((keys.get(9), keys.get(10).map(|kept| kept.rows)), (None, Some(10)));
        let text = keys.write(5);
        let (read, next) = Keys::read(&text).expect("whole");
        assert_eq!((read.len(), next, read.write(5) == text), (REMEMBERED, 5, true));
        assert!(Keys::read(&text[..text.len() - 1]).is_some_and(|(read, _)| read.len() == REMEMBERED));
        assert!(Keys::read(text.split_at(1_000).0).is_none(), "cut");
        assert!(Keys::read("").is_none());
    }
}
