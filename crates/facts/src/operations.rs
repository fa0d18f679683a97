//! Countable occurrences.

use crate::fingerprint::{fold_dimensions, fold_number, word_hashes};
use crate::texts::filter_dimensions;
use crate::{Dimensions, Fingerprint, Texts, kept};
use xxhash_rust::xxh3::xxh3_128;

/// The amount of an operation that has none.
pub const NO_AMOUNT: i64 = i64::MIN;

/// Operations: one row is a use of a service, a payment, a call, a booking, a credential, a visit, an
/// obligation done.
///
/// All columns have the same length. Identity: record id within the source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Operations {
    /// Identifier of the record within its source.
    pub id: Ids,
    /// Kind of the operation: `use`, `payment`, `call` …
    pub kind: Texts,
    /// Microseconds since 1970 in UTC.
    pub at: Vec<i64>,
    /// How many occurrences the row stands for; 1 unless the source counts in groups.
    pub quantity: Vec<i64>,
    /// Euro cents, [`NO_AMOUNT`] where there is none.
    pub amount: Vec<i64>,
    /// Body, service, channel, device, outcome …
    pub dimensions: Dimensions,
    /// Line of the received file.
    pub line: Vec<u32>,
}

/// A column of identifiers, almost all different: one string after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ids {
    bytes: String,
    ends: Vec<u32>,
}

impl Ids {
    /// Adds an identifier.
    pub fn push(&mut self, id: &str) {
        self.push_joined([id]);
    }

    /// Adds an identifier made of several parts, joined by `/`.
    pub fn push_joined<'a>(&mut self, parts: impl IntoIterator<Item = &'a str>) {
        for (n, part) in parts.into_iter().enumerate() {
            if n > 0 {
                self.bytes.push('/');
            }
            self.bytes.push_str(part);
        }
        self.ends.push(self.bytes.len() as u32);
    }

    /// How many identifiers.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The identifier of a row.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn get(&self, row: usize) -> &str {
        let start = if row == 0 { 0 } else { self.ends[row - 1] as usize };
        &self.bytes[start..self.ends[row] as usize]
    }

    /// All identifiers in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|row| self.get(row))
    }
}

impl<'a> FromIterator<&'a str> for Ids {
    fn from_iter<T: IntoIterator<Item = &'a str>>(ids: T) -> Ids {
        let mut column = Ids::default();
        for id in ids {
            column.push(id);
        }
        column
    }
}

impl Operations {
    /// Identity and content of every row.
    pub fn fingerprints(&self) -> Vec<Fingerprint> {
        let kinds = word_hashes(&self.kind);
        let mut contents: Vec<u128> = (0..self.at.len())
            .map(|row| {
                let hash = kinds[self.kind.codes()[row] as usize];
                let hash = fold_number(hash, self.at[row]);
                fold_number(fold_number(hash, self.quantity[row]), self.amount[row])
            })
            .collect();
        fold_dimensions(&mut contents, &self.dimensions);
        self.id
            .iter()
            .zip(contents)
            .map(|(id, content)| Fingerprint { identity: xxh3_128(id.as_bytes()), content })
            .collect()
    }

    pub(crate) fn filter(self, keep: &[bool]) -> Operations {
        Operations {
            id: self.id.iter().zip(keep).filter(|(_, keep)| **keep).map(|(id, _)| id).collect(),
            kind: self.kind.filter(keep),
            at: kept(&self.at, keep),
            quantity: kept(&self.quantity, keep),
            amount: kept(&self.amount, keep),
            dimensions: filter_dimensions(self.dimensions, keep),
            line: kept(&self.line, keep),
        }
    }
}
