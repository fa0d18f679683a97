//! Live receiving: results and events over HTTP, acknowledged when they are on disk.
//!
//! ```text
//! client ── body ─▶ door ── protocol ─▶ lines ── committer ─▶ log ── rolled ─▶ the ledger, as a received file
//!                                                    │ one sync for all that wait
//! client ◀──────────────── answer ◀──────────────────┘
//! ```
//!
//! The *log* is the received file: what was accepted, as lines of [`impegno_sources::live`], in groups that hold whole or
//! not at all. It is closed after a while and then received into the ledger by the ordinary import, under its own hash;
//! only then is it taken away. So everything acknowledged is there once, whenever the program is killed: in the log, in
//! the ledger, or in both, and then the ledger knows the bytes.
//!
//! This crate knows no ledger and asks no clock of the day: instants are arguments, or the client's.

mod commit;
mod disk;
mod door;
mod folder;
mod keys;
mod protocols;
mod receiver;
mod tokens;

pub use commit::{Answer, Counts, Rolling};
pub use disk::{Disk, LogFile};
pub use door::{Limits, serve};
pub use folder::{Claim, ClosedLog, LeftBehind, LiveFolder, SourceFolder, whole_length};
pub use keys::{Kept, Keys, REMEMBERED, body_hash, key_hash};
pub use protocols::{
    Precision, Refusal, SeriesRow, Taken, events, lines, nagios, prometheus, remote_write, results,
};
pub use receiver::{Receiver, Setup};
pub use tokens::{NewToken, TOKENS, Token, authenticate, read_tokens, write_tokens};

use impegno_findings::Code;

/// The codes of this crate.
pub const CODES: &[Code] = &[tokens::BAD_TOKEN_ROW, tokens::TOKEN_OF_NO_SOURCE];
