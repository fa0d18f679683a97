//! The kinds of findings about a centre folder.

use impegno_findings::Code;

use crate::calendars;

/// A file that must be there.
pub(crate) const MISSING_FILE: Code =
    Code { name: "missing-file", meaning: "The centre folder lacks a file that it needs." };
/// The same code twice.
pub(crate) const REPEATED_CODE: Code = Code {
    name: "repeated-code",
    meaning: "Two entries have the same code (or two bodies the same alias); the first one counts.",
};
/// A reference to something that does not exist.
pub(crate) const UNKNOWN_REFERENCE: Code = Code {
    name: "unknown-reference",
    meaning: "A setting names a component, probe, calendar, category, table or figure that the folder does not have.",
};
/// An expected value that cannot be read.
pub(crate) const BAD_EXPECTED: Code = Code {
    name: "bad-expected",
    meaning: "An expected value is not `comparison number unit`; without a unit a promise cannot be judged.",
};
/// An expected value that its indicator cannot have.
pub(crate) const UNIT_MISMATCH: Code = Code {
    name: "unit-mismatch",
    meaning: "The unit of an expected value is not that of the indicator: a share for availability, a time for response times, and so on.",
};
/// A promise that says nothing, or cannot be kept.
pub(crate) const EMPTY_PROMISE: Code = Code {
    name: "empty-promise",
    meaning: "An expected value that no measured value can reach (over 100 %, under nothing), or that every one keeps.",
};
/// Days between versions of a promise on which none holds.
pub(crate) const VERSION_GAP: Code = Code {
    name: "version-gap",
    meaning: "Between two versions of one promise there are days on which none of them holds.",
};
/// A value that cannot be.
pub(crate) const BAD_SETTING: Code =
    Code { name: "bad-setting", meaning: "A setting of the centre folder cannot be used as it stands." };
/// A table (CSV) that cannot be read.
pub(crate) const BAD_TABLE: Code = Code {
    name: "bad-table",
    meaning: "A table of the centre folder (bodies.csv, services.csv, probes.csv, directories/) lacks a column or has a broken row, or a directory has a column that no layout shows.",
};
/// A text with something that reports do not print.
pub(crate) const BAD_TEXT: Code = Code {
    name: "bad-text",
    meaning: "A text in `texts/` holds something that not every format of a report can print (HTML, images, tables, code, deep nesting), or is empty or too long; it is never left out in silence.",
};
/// An address that leads nowhere.
pub(crate) const BAD_ADDRESS: Code = Code {
    name: "bad-address",
    meaning: "An address in a text or directory is neither of the web (http, https) nor a mailbox.",
};
/// A file that nothing shows.
pub(crate) const UNUSED_FILE: Code = Code {
    name: "unused-file",
    meaning: "A file in `texts/` or `directories/` is shown by no layout; it would be released with the folder.",
};

/// A secret in a file that is copied and released.
pub(crate) const SECRET: Code = Code {
    name: "secret-in-settings",
    meaning: "An address in `[ledger]` of centre.toml holds a password or a key: the folder is copied, kept in git and released.",
};

/// The codes of this crate.
pub const CODES: &[Code] = &[
    MISSING_FILE,
    REPEATED_CODE,
    UNKNOWN_REFERENCE,
    BAD_EXPECTED,
    UNIT_MISMATCH,
    EMPTY_PROMISE,
    VERSION_GAP,
    BAD_SETTING,
    BAD_TABLE,
    BAD_TEXT,
    BAD_ADDRESS,
    UNUSED_FILE,
    SECRET,
    calendars::CONTRADICTION,
    calendars::OVERLAP,
    calendars::NEVER_OPEN,
    calendars::CYCLE,
    calendars::LEAP_DAY,
    calendars::BAD_ICALENDAR,
];
