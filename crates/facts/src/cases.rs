//! Events in the life of cases.

use crate::fingerprint::{fold, fold_dimensions, fold_number, word_hashes};
use crate::texts::filter_dimensions;
use crate::{Dimensions, Fingerprint, Texts, kept};

/// Events of cases: one row is one event in the life of a ticket, an intervention, a contact, an
/// interruption or a maintenance.
///
/// All columns have the same length. Identity: case, event, instant and the number `n` of the event
/// among equal ones of the same instant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseEvents {
    /// Identifier of the case, unique within its source.
    pub case: Texts,
    /// Kind of the case: `ticket`, `interruption`, `maintenance` …
    pub kind: Texts,
    /// What happened: `opened`, `taken-in-charge`, `solved` …
    pub event: Texts,
    /// Microseconds since 1970 in UTC.
    pub at: Vec<i64>,
    /// Number among equal events of the case at the same instant, from 0.
    pub n: Vec<u16>,
    /// What is known of the case at the event: body, channel, level, outcome …
    pub dimensions: Dimensions,
    /// Line of the received file.
    pub line: Vec<u32>,
}

impl CaseEvents {
    /// Identity and content of every row.
    pub fn fingerprints(&self) -> Vec<Fingerprint> {
        let cases = word_hashes(&self.case);
        let kinds = word_hashes(&self.kind);
        let events = word_hashes(&self.event);
        let mut contents: Vec<u128> = self.kind.codes().iter().map(|code| kinds[*code as usize]).collect();
        fold_dimensions(&mut contents, &self.dimensions);
        (0..self.at.len())
            .map(|row| {
                let case = cases[self.case.codes()[row] as usize];
                let event = events[self.event.codes()[row] as usize];
                let identity = fold_number(fold(case, event), self.at[row]);
                Fingerprint {
                    identity: fold_number(identity, i64::from(self.n[row])),
                    content: contents[row],
                }
            })
            .collect()
    }

    pub(crate) fn filter(self, keep: &[bool]) -> CaseEvents {
        CaseEvents {
            case: self.case.filter(keep),
            kind: self.kind.filter(keep),
            event: self.event.filter(keep),
            at: kept(&self.at, keep),
            n: kept(&self.n, keep),
            dimensions: filter_dimensions(self.dimensions, keep),
            line: kept(&self.line, keep),
        }
    }
}
