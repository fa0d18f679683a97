//! Released reports: what a bundle is, whether it is whole, and which bundles a centre has released.
//!
//! A *bundle* is a folder that holds a report as it was released and everything that it was computed from, so that
//! anybody can compute it again. Its [`Manifest`] lists every other file with size and hash, its *seal* holds the hash of
//! the manifest: whoever knows that one hash can find a changed byte in any file. [`Draft`] writes a bundle whole or not
//! at all, [`check`] finds everything that is not as it was released.
//!
//! ```text
//! seal              the hash of the manifest, and a hash of its own lines
//! manifest.json     what the report is about and rests on; every file below with size and hash
//! errata.json       from the second version on: what was corrected
//! report/           the report in every format
//! centre/           the definitions that its figures rest on
//! ledger/           the facts as they were known
//! ```
//!
//! The [`Register`] of a centre names its bundles in a hash chain of its own. This crate does not know what a report says
//! nor how it is computed.

mod bundle;
mod codes;
mod draft;
mod manifest;
mod register;
mod seal;

pub use bundle::{Checked, check, is_bundle};
pub use codes::*;
pub use draft::Draft;
pub use manifest::{Entry, Manifest, Series};
pub use register::{REGISTER, Register, Registered};

/// Name of the list of files.
pub const MANIFEST: &str = "manifest.json";
/// Name of the file with the hash of the manifest.
pub const SEAL: &str = "seal";
/// Name of the file with what was corrected.
pub const ERRATA: &str = "errata.json";
/// Folder of the report.
pub const REPORT: &str = "report";
/// Folder of the definitions.
pub const CENTRE: &str = "centre";
/// Folder of the facts.
pub const LEDGER: &str = "ledger";
