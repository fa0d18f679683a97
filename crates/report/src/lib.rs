//! What the centre says: sections, tables, series, sentences, rounding, languages.
//!
//! [`Plan`] turns a layout into the questions that must be asked of the facts; [`Plan::report`] turns
//! answers and measurements into a [`document::Report`], the one value that every format is made from.
//! Division and rounding happen here and nowhere else ([`numbers`]). Knows neither HTML nor where facts
//! come from.

mod against;
mod body;
mod changes;
mod clock_rules;
mod commitments;
pub mod document;
pub mod errata;
mod figures;
mod fit;
mod forecast;
mod indicators;
mod matrix;
mod measured;
pub mod numbers;
mod plan;
mod proofs;
mod tables;
mod words;
mod written;

pub use against::against_page;
pub use body::{commitment_questions, narrowed};
pub use figures::{Identity, evaluate, identities};
pub use fit::fit_page;
pub use forecast::forecast_table;
pub use indicators::Beside;
pub use plan::{Frame, Plan, Proofs};
pub use proofs::proof_slug;
