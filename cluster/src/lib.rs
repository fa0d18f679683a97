//! The engine for many machines: SQL over the ledger, and the measures as aggregate functions of DataFusion.
//!
//! The same segments, read by the same ledger, gathered by the same accumulators and judged by the same code as in the
//! embedded program, in this process or by a scheduler and executors on many machines: the figures are the same to the
//! last digit, or there is an error. `docs/cluster.md` says how it is run, `docs/sql.md` what can be asked.

mod bytes;
pub mod centre;
pub mod codec;
pub mod columns;
pub mod commitments;
mod counts;
pub mod definitions;
pub mod failure;
pub mod functions;
pub mod measure;
pub mod output;
pub mod processes;
pub mod results;
pub mod scan;
pub mod session;
pub mod table;
