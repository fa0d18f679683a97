//! Check results in bulk: what a year of them comes to, without a value in memory for each row.
//!
//! Two accumulators say everything that is ever asked of single results: [`Runs`], the maximal runs of one state without
//! a gap, from which availability follows in any calendar, and [`Latencies`], every response time counted, for exact
//! percentiles. Both merge: rows may be cut into parts anywhere, and parts may come in any order.
//!
//! They are fed by rows, or by a [`Stretch`]: the encoded columns of a segment as they lie in its file. There the
//! results of a probe that is asked every minute are a few numbers (first instant, step, how many; one state for thousands of rows),
//! and only what differs is looked at. Reading the file is not this crate's: it takes bytes.

pub mod encoded;
mod latencies;
mod run;
mod stretch;

pub use latencies::{Latencies, nearest_rank};
pub use run::{Overlap, Run, Runs, Standings};
pub use stretch::Stretch;
