//! Values that hold from a date until the next.

use crate::fingerprint::{fold, fold_dimensions, fold_number, word_hashes};
use crate::texts::filter_dimensions;
use crate::{Dimensions, Fingerprint, Texts, kept};

/// Stocks: one row is the value of an attribute of a subject from a date until another, or until the
/// next row of the same subject and attribute.
///
/// All columns have the same length. Identity: subject, attribute and start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stocks {
    /// What it is about: a body, a service in use by a body …
    pub subject: Texts,
    /// Which property: a product of the portfolio, `deployed` …
    pub attribute: Texts,
    /// The value, as text.
    pub value: Texts,
    /// The value where it is a number, else 1: so that stocks can be counted and added.
    pub quantity: Vec<i64>,
    /// Start, microseconds since 1970 in UTC, inclusive.
    pub valid_from: Vec<i64>,
    /// End, exclusive; `i64::MAX` while it lasts.
    pub valid_until: Vec<i64>,
    /// Body, service, note …
    pub dimensions: Dimensions,
    /// Line of the received file.
    pub line: Vec<u32>,
}

impl Stocks {
    /// Identity and content of every row.
    pub fn fingerprints(&self) -> Vec<Fingerprint> {
        let subjects = word_hashes(&self.subject);
        let attributes = word_hashes(&self.attribute);
        let values = word_hashes(&self.value);
        let mut contents: Vec<u128> = (0..self.valid_from.len())
            .map(|row| {
                let value = values[self.value.codes()[row] as usize];
                fold_number(fold_number(value, self.quantity[row]), self.valid_until[row])
            })
            .collect();
        fold_dimensions(&mut contents, &self.dimensions);
        (0..self.valid_from.len())
            .map(|row| {
                let subject = subjects[self.subject.codes()[row] as usize];
                let attribute = attributes[self.attribute.codes()[row] as usize];
                Fingerprint {
                    identity: fold_number(fold(subject, attribute), self.valid_from[row]),
                    content: contents[row],
                }
            })
            .collect()
    }

    pub(crate) fn filter(self, keep: &[bool]) -> Stocks {
        Stocks {
            subject: self.subject.filter(keep),
            attribute: self.attribute.filter(keep),
            value: self.value.filter(keep),
            quantity: kept(&self.quantity, keep),
            valid_from: kept(&self.valid_from, keep),
            valid_until: kept(&self.valid_until, keep),
            dimensions: filter_dimensions(self.dimensions, keep),
            line: kept(&self.line, keep),
        }
    }
}
