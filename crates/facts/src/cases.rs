//! Events in the life of cases.

use crate::fingerprint::{fold, fold_dimensions, fold_number, word_hashes};
use crate::texts::filter_dimensions;
use crate::{Dimensions, Fingerprint, Texts, kept};

/// The number `n` of an event that a case has once, as exports with a column for each event state it: a later
/// row with another time corrects the earlier one.
pub const ONCE: u16 = u16::MAX;

/// Events of cases: one row is one event in the life of a ticket, an intervention, a contact, an
/// interruption or a maintenance.
///
/// All columns have the same length. Identity: case, event, instant and the number `n` of the event
/// among equal ones of the same instant; of an event that a case has [`ONCE`], case and event alone.
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
    /// Number among equal events of the case at the same instant, from 0; or [`ONCE`].
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
                let named = fold_number(fold(case, event), i64::from(self.n[row]));
                if self.n[row] == ONCE {
                    return Fingerprint {
                        identity: named,
                        content: fold_number(contents[row], self.at[row]),
                    };
                }
                Fingerprint { identity: fold_number(named, self.at[row]), content: contents[row] }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn event(at: i64, n: u16) -> Fingerprint {
        let events = CaseEvents {
            case: ["C1"].into_iter().collect(),
            kind: ["contact"].into_iter().collect(),
            event: ["closed"].into_iter().collect(),
            at: vec![at],
            n: vec![n],
            dimensions: Dimensions::new(),
            line: vec![1],
        };
        events.fingerprints()[0]
    }

    #[test]
    fn another_time_is_a_correction_of_an_event_that_a_case_has_once_and_a_further_event_otherwise() {
        let (early, late) = (event(10, ONCE), event(11, ONCE));
        assert_eq!(early.identity, late.identity);
        assert_ne!(early.content, late.content);
        assert_ne!(event(10, 0).identity, event(11, 0).identity);
        assert_ne!(event(10, 0).identity, event(10, ONCE).identity);
    }
}
