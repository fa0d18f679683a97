//! The four kinds of facts as typed columns.
//!
//! Everything that a centre publishes comes from four kinds of facts: what a monitor said of a probe
//! ([`Checks`]), what happened in the life of a case ([`CaseEvents`]), countable occurrences
//! ([`Operations`]) and values that hold from a date ([`Stocks`]). Each is a struct of equally long
//! columns; texts are dictionary-encoded ([`Texts`]).
//!
//! Facts are never edited. Every row has an *identity* (what it speaks of) and a *content* (what it
//! says); a later row of the same identity with another content supersedes it, and the ledger keeps
//! both. This crate knows neither where facts come from nor where they are kept.

mod arrow;
mod cases;
mod checks;
mod fingerprint;
mod grid;
mod operations;
mod stocks;
mod texts;

pub use arrow::UnreadableColumns;
pub use cases::{CaseEvents, ONCE};
pub use checks::{Check, Checks, NO_LATENCY, Origin, State, StateType};
pub use fingerprint::Fingerprint;
pub use operations::{Ids, NO_AMOUNT, Operations};
pub use stocks::Stocks;
pub use texts::{Code, Dimensions, Texts};

use std::ops::Range;

/// Which of the four kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// What a monitor said of a probe at an instant.
    Checks,
    /// Events in the life of cases.
    Cases,
    /// Countable occurrences.
    Operations,
    /// Values that hold from a date until the next.
    Stocks,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 4] = [Kind::Checks, Kind::Cases, Kind::Operations, Kind::Stocks];

    /// The name used in files and settings.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Checks => "checks",
            Kind::Cases => "cases",
            Kind::Operations => "operations",
            Kind::Stocks => "stocks",
        }
    }

    /// The kind of a name.
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Facts of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Facts {
    /// See [`Checks`].
    Checks(Checks),
    /// See [`CaseEvents`].
    Cases(CaseEvents),
    /// See [`Operations`].
    Operations(Operations),
    /// See [`Stocks`].
    Stocks(Stocks),
}

impl Facts {
    /// The kind of these facts.
    pub fn kind(&self) -> Kind {
        match self {
            Facts::Checks(_) => Kind::Checks,
            Facts::Cases(_) => Kind::Cases,
            Facts::Operations(_) => Kind::Operations,
            Facts::Stocks(_) => Kind::Stocks,
        }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.lines().len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The instant of each row: microseconds since 1970 in UTC. For stocks: valid from.
    pub fn at(&self) -> &[i64] {
        match self {
            Facts::Checks(facts) => &facts.at,
            Facts::Cases(facts) => &facts.at,
            Facts::Operations(facts) => &facts.at,
            Facts::Stocks(facts) => &facts.valid_from,
        }
    }

    /// The line of the received file that each row came from, from 1.
    pub fn lines(&self) -> &[u32] {
        match self {
            Facts::Checks(facts) => &facts.line,
            Facts::Cases(facts) => &facts.line,
            Facts::Operations(facts) => &facts.line,
            Facts::Stocks(facts) => &facts.line,
        }
    }

    /// Earliest and latest instant, inclusive; `None` without rows.
    pub fn span(&self) -> Option<Range<i64>> {
        let at = self.at();
        Some(*at.iter().min()?..*at.iter().max()?)
    }

    /// Identity and content of every row, in order.
    pub fn fingerprints(&self) -> Vec<Fingerprint> {
        match self {
            Facts::Checks(facts) => facts.fingerprints(),
            Facts::Cases(facts) => facts.fingerprints(),
            Facts::Operations(facts) => facts.fingerprints(),
            Facts::Stocks(facts) => facts.fingerprints(),
        }
    }

    /// The same facts in the order in which they are kept: checks by probe and instant, so that those of one probe lie
    /// together; all others as they were received.
    pub fn ordered(&self) -> std::borrow::Cow<'_, Facts> {
        match self {
            Facts::Checks(facts) => match facts.order() {
                Some(order) => std::borrow::Cow::Owned(Facts::Checks(facts.permuted(&order))),
                None => std::borrow::Cow::Borrowed(self),
            },
            Facts::Cases(_) | Facts::Operations(_) | Facts::Stocks(_) => std::borrow::Cow::Borrowed(self),
        }
    }

    /// Only the rows for which `keep` holds; `keep` has one entry a row.
    pub fn filter(self, keep: &[bool]) -> Facts {
        match self {
            Facts::Checks(facts) => Facts::Checks(facts.filter(keep)),
            Facts::Cases(facts) => Facts::Cases(facts.filter(keep)),
            Facts::Operations(facts) => Facts::Operations(facts.filter(keep)),
            Facts::Stocks(facts) => Facts::Stocks(facts.filter(keep)),
        }
    }
}

/// The entries of a column for which `keep` holds.
fn kept<T: Copy>(column: &[T], keep: &[bool]) -> Vec<T> {
    column.iter().zip(keep).filter(|(_, keep)| **keep).map(|(value, _)| *value).collect()
}
