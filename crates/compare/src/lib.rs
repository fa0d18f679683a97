//! Published figures against the computed ones, each difference explained by identities.
//!
//! A folder of published tables has a `mapping.toml` that says which cell of our report each published
//! number stands for ([`Mapping`]). [`compare`] holds every published value against ours: *equal* at the
//! published number of decimals, *differs*, or *not computable here*. A difference is explained by the
//! identities that the report layout states (sum, share, change): evaluated on the published numbers
//! themselves they show where a document contradicts itself. No explanation names a figure.
//!
//! Knows no facts and no ledger: it sees a finished report and published tables.

mod cells;
mod engine;
mod explain;
mod identity;
mod items;
mod mapping;
mod outcome;
mod page;
mod sets;

pub use engine::{Published, compare};
pub use mapping::{CODES, Mapping, read_mapping};
pub use outcome::{Comparison, Contradiction, Item, Outcome};
pub use page::page;
