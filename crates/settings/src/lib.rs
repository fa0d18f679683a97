//! TOML with positions: every value keeps its place, every unknown key is a finding.
//!
//! A settings file is read by *asking* for its keys. What was never asked for is unknown and is
//! reported with the nearest key that was, when the table goes out of scope; so no reader can forget
//! to check. All problems of a file are collected, none stops the reading.
//!
//! ```
//! let text = "name = \"Icms\"\ncalender = \"24x7\"";
//! let mut findings = Vec::new();
//! impegno_settings::read("systems.toml", text, &mut findings, |table| {
//!     assert_eq!(table.text("name").unwrap().value, "Icms");
//!     assert!(table.text("calendar").is_none());
//! });
//! assert_eq!(findings[0].code.name, "unknown-key");
//! assert_eq!(findings[0].hint, "did you mean `calendar`?");
//! ```

mod table;

pub use table::{Spot, Table, read};

use impegno_findings::Code;

/// A key that nothing reads.
pub const UNKNOWN_KEY: Code = Code {
    name: "unknown-key",
    meaning: "A settings file has a key that Impegno does not know; it is never ignored in silence.",
};
/// A key that must be there.
pub const MISSING_KEY: Code =
    Code { name: "missing-key", meaning: "A table of a settings file lacks a key that it needs." };
/// A value of the wrong type.
pub const WRONG_TYPE: Code =
    Code { name: "wrong-type", meaning: "A value has another type than the key asks for." };
/// A word outside the list of known words.
pub const UNKNOWN_WORD: Code =
    Code { name: "unknown-word", meaning: "A value is not one of the words that the key allows." };
/// Not TOML.
pub const SYNTAX: Code = Code { name: "toml-syntax", meaning: "The file is not valid TOML." };

/// The codes of this crate.
pub const CODES: &[Code] = &[UNKNOWN_KEY, MISSING_KEY, WRONG_TYPE, UNKNOWN_WORD, SYNTAX];
