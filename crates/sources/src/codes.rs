//! The kinds of findings about received files.

use impegno_findings::Code;

/// Nothing in the file.
pub(crate) const EMPTY_FILE: Code =
    Code { name: "empty-file", meaning: "A received file is empty; nothing of it was received." };
/// A document, picture or archive where text is declared.
pub(crate) const ANOTHER_FORMAT: Code = Code {
    name: "another-format",
    meaning: "A file is a PDF, a spreadsheet, a picture or an archive where its source declares text; nothing of it was received.",
};
/// Wrong number of fields.
pub(crate) const BROKEN_ROW: Code = Code {
    name: "broken-row",
    meaning: "A row has not the columns or the form of its format; it was kept as a finding, the others were received.",
};
/// The file ends in the middle of a row.
pub(crate) const TRUNCATED: Code = Code {
    name: "truncated-file",
    meaning: "The file ends in the middle of a row, or without a line end: it was cut while being copied. The whole rows were received; a cut file never stands for the whole of its source.",
};
/// A damaged or cut archive.
pub(crate) const BROKEN_ARCHIVE: Code = Code {
    name: "broken-archive",
    meaning: "A compressed file is damaged or was cut while being copied; nothing of it was received.",
};
/// An archive that grows beyond what any export does.
pub(crate) const TOO_LARGE_UNPACKED: Code = Code {
    name: "too-large-unpacked",
    meaning: "A compressed file grows beyond the limits for unpacking (64 GiB, or three hundred times its size); nothing of it was received.",
};
/// A file whose name does not say what the declaration reads from it.
pub(crate) const FILE_NAME: Code = Code {
    name: "file-name",
    meaning: "The declaration reads values from the name of the file, and this name does not have its form; nothing of the file was received.",
};
/// Bytes that are not text in the declared encoding.
pub(crate) const ENCODING: Code = Code {
    name: "wrong-encoding",
    meaning: "A row holds bytes that are not text in the declared encoding; set `encoding` in the source's declaration.",
};
/// A value that cannot be understood.
pub(crate) const BAD_VALUE: Code = Code {
    name: "bad-value",
    meaning: "A field is not the date, number or word that its column holds; the row was kept as a finding.",
};
/// An unknown event.
pub(crate) const UNKNOWN_EVENT: Code = Code {
    name: "unknown-event",
    meaning: "A row names an event that the source's declaration does not list; the row was kept as a finding.",
};
/// A column that the declaration names and the file lacks.
pub(crate) const MISSING_COLUMN: Code = Code {
    name: "missing-column",
    meaning: "The declaration names a column that the file does not have; nothing of the file can be used.",
};
/// A name that the centre folder does not have.
pub(crate) const UNKNOWN_NAME: Code = Code {
    name: "unknown-name",
    meaning: "A body, service, component or probe is not in the centre folder; its facts were received under the name as it stands.",
};
/// A word that a dimension does not list.
pub(crate) const UNKNOWN_VALUE: Code = Code {
    name: "unknown-value",
    meaning: "A dimension lists its words, or holds numbers, and the file has something else; the facts were received with the word as it stands.",
};
/// Times go backwards.
pub(crate) const OUT_OF_ORDER: Code = Code {
    name: "out-of-order",
    meaning: "Lines of a log are not in the order of time; every line was received and is sorted when measured.",
};
/// Something happened before the opening.
pub(crate) const BEFORE_OPENING: Code = Code {
    name: "event-before-opening",
    meaning: "An event of a case comes before its opening; it was received, and the case counts as not judgeable where that matters.",
};
/// A column that holds something else in every row.
pub(crate) const WRONG_COLUMN: Code = Code {
    name: "wrong-column-type",
    meaning: "No row of the file has in a column what the declaration says that it holds: the wrong column, or another way of writing; no row can be used.",
};
/// More findings than are kept.
pub(crate) const MORE_FINDINGS: Code = Code {
    name: "more-findings",
    meaning: "A file has more findings of a kind than are kept; all its rows were counted.",
};
/// A setting of a declaration that cannot be.
pub(crate) const BAD_SETTING: Code = Code {
    name: "bad-source-setting",
    meaning: "A setting of a source's declaration cannot be used as it stands.",
};

/// A field that must not be empty.
pub(crate) const MISSING_VALUE: Code = Code {
    name: "missing-value",
    meaning: "A row lacks what its register or source requires of every row; the row was kept as a finding.",
};
/// Fields that contradict each other.
pub(crate) const CONTRADICTORY_FIELDS: Code = Code {
    name: "contradictory-fields",
    meaning: "A row contradicts itself: it ends before it begins, or counts more answers than invitations; the row was kept as a finding.",
};
/// A spreadsheet that cannot be read.
pub(crate) const UNREADABLE_WORKBOOK: Code = Code {
    name: "unreadable-workbook",
    meaning: "A spreadsheet is damaged, or is in another form than its source declares; nothing of it was received.",
};
/// A spreadsheet with a password.
pub(crate) const PROTECTED_WORKBOOK: Code = Code {
    name: "protected-workbook",
    meaning: "A spreadsheet is protected by a password; nothing of it was received.",
};
/// A spreadsheet that is too large.
pub(crate) const OVERSIZED_WORKBOOK: Code = Code {
    name: "oversized-workbook",
    meaning: "A spreadsheet unfolds to more than a spreadsheet can hold; it was not read further and nothing of it was received.",
};
/// A sheet that is not there.
pub(crate) const MISSING_SHEET: Code = Code {
    name: "missing-sheet",
    meaning: "The declaration names a sheet that the spreadsheet does not have; nothing of the file was received.",
};
/// A scan report that cannot be read.
pub(crate) const UNREADABLE_REPORT: Code = Code {
    name: "unreadable-report",
    meaning: "A scan report is damaged, cut, not in UTF-8, or no report of OpenVAS at all; nothing of it was received.",
};
/// A scan that did not end.
pub(crate) const UNFINISHED_SCAN: Code = Code {
    name: "unfinished-scan",
    meaning: "A scan report says that the scan was not done to its end; it was received; no value rests on it, and it leaves a band open where it could have changed the value.",
};
/// A scan report that gives a part of the results.
pub(crate) const PARTIAL_REPORT: Code = Code {
    name: "partial-report",
    meaning: "A scan report has one page of the results, or those that a filter selects; it was received, and what it leaves out widens the band of every promise on the scan.",
};

/// A log of live results that was changed.
pub(crate) const DAMAGED_GROUP: Code = Code {
    name: "damaged-group",
    meaning: "Rows of a log of live results are not as they were acknowledged: the checksum of their group is another. They were left out; the groups before and behind them were received.",
};
/// The end of a log of live results.
pub(crate) const UNACKNOWLEDGED: Code = Code {
    name: "unacknowledged-rows",
    meaning: "A log of live results ends with rows that were acknowledged to nobody, because the receiver was stopped while it wrote them; they were left out.",
};
/// A response time without a state.
pub(crate) const LATENCY_ALONE: Code = Code {
    name: "latency-without-state",
    meaning: "A log of live results has a response time of a probe at an instant of which it has no state; it makes no check and was left out.",
};

/// The codes of this crate.
pub const CODES: &[Code] = &[
    EMPTY_FILE,
    ANOTHER_FORMAT,
    BROKEN_ROW,
    TRUNCATED,
    BROKEN_ARCHIVE,
    TOO_LARGE_UNPACKED,
    FILE_NAME,
    ENCODING,
    BAD_VALUE,
    UNKNOWN_EVENT,
    MISSING_COLUMN,
    UNKNOWN_NAME,
    UNKNOWN_VALUE,
    OUT_OF_ORDER,
    BEFORE_OPENING,
    WRONG_COLUMN,
    MORE_FINDINGS,
    BAD_SETTING,
    MISSING_VALUE,
    CONTRADICTORY_FIELDS,
    UNREADABLE_WORKBOOK,
    PROTECTED_WORKBOOK,
    OVERSIZED_WORKBOOK,
    MISSING_SHEET,
    UNREADABLE_REPORT,
    UNFINISHED_SCAN,
    PARTIAL_REPORT,
    DAMAGED_GROUP,
    UNACKNOWLEDGED,
    LATENCY_ALONE,
];
