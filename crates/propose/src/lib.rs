//! A mapping for a file that belongs to no declared source: bytes in, a declaration with its reasons out.
//!
//! [`propose`] looks at the rows of an export and says how it would read them: how the text is written, where
//! the header is, what each column holds, which facts a row gives. The proposal is a declaration as a person
//! would write it in `sources/`, and what the file gives when it is read by it. Nothing is guessed twice: what
//! is shown is read by the declaration itself.
//!
//! Names of columns are those of common help desks, Italian and English. A column that looks like names of
//! persons or free text is left out: what is not declared becomes no fact.

mod columns;
mod decide;
mod declare;
mod dictionary;
mod grid;
mod lack;
mod preview;
mod wish;

use std::collections::BTreeMap;

use impegno_calendar::Zone;
use impegno_findings::{Code, Finding, Place};
use impegno_sources::{Declaration, Names, Received};

pub use columns::Column;
pub use decide::{Of, Reason, Use};
pub use preview::Preview;
pub use wish::UnknownUse;

/// A file in which nothing can be found to read.
const NO_MAPPING: Code = Code {
    name: "no-mapping",
    meaning: "No mapping was found for a file without a declared source: it has no rows with columns, no time, or nothing that tells its rows apart.",
};

/// The codes of this crate.
pub const CODES: &[Code] = &[NO_MAPPING];

/// The language of comments and reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Italian.
    Italian,
    /// English.
    English,
}

impl Language {
    fn pick<'t>(self, italian: &'t str, english: &'t str) -> &'t str {
        match self {
            Language::Italian => italian,
            Language::English => english,
        }
    }
}

/// What a person corrected in a proposal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Corrections {
    /// What a column is used for, by its name.
    pub uses: BTreeMap<String, Use>,
    /// In dates with slashes the day comes first (`true`) or the month.
    pub day_first: Option<bool>,
    /// Sheet of a spreadsheet.
    pub sheet: Option<String>,
    /// Kind of the facts: `ticket`, `complaint`, `payment` …
    pub kind: Option<String>,
}

/// A proposed mapping.
#[derive(Debug)]
pub struct Proposal {
    /// The declaration as text, with the reason for each column.
    pub text: String,
    /// The same, read.
    pub declaration: Declaration,
    /// The columns of the file and what becomes of them, in their order.
    pub columns: Vec<(Column, Use)>,
    /// What could be otherwise, and was decided; a sentence each.
    pub doubts: Vec<String>,
    /// What the file gives when it is read so; of a large file, its beginning.
    pub received: Received,
    /// The first of it, as a table.
    pub preview: Preview,
    /// The file is larger than what was looked at.
    pub partial: bool,
}

/// Bytes of a text file that are looked at.
const MOST_BYTES: usize = 16 << 20;

/// Finds a mapping for a file.
///
/// # Errors
///
/// A finding when the file cannot be read, or nothing is found in it that a fact could be made of.
pub fn propose(
    file: &str,
    bytes: &[u8],
    names: &Names,
    zone: &Zone,
    language: Language,
    corrections: &Corrections,
) -> Result<Proposal, Box<Finding>> {
    let (bytes, partial) = beginning(bytes);
    let grid = grid::Grid::of(file, bytes, corrections.sheet.as_deref())?;
    let columns = columns::describe(&grid);
    let decided = decide::decide(&grid, &columns, names, corrections)
        .map_err(|lack| Box::new(no_mapping(file, &lack.message(language), &lack.hint(language))))?;
    let text = declare::text(file, &grid, &columns, &decided, language);
    let mut findings = Vec::new();
    let declaration = impegno_settings::read(file, &text, &mut findings, impegno_sources::read_declaration);
    let Some(declaration) = declaration.filter(|_| findings.is_empty()) else {
        let why = findings.first().map_or(String::new(), |finding| format!(": {}", finding.message));
        let message = match language {
            Language::Italian => format!("la mappatura trovata non si può dichiarare{why}"),
            Language::English => format!("the mapping found cannot be declared{why}"),
        };
        return Err(Box::new(no_mapping(file, &message, "")));
    };
    let received = impegno_sources::read(&declaration, names, zone, file, bytes);
    let preview = Preview::of(&received, zone, language);
    let doubts = decided.doubts.iter().map(|doubt| doubt.sentence(language)).collect();
    Ok(Proposal {
        text,
        declaration,
        columns: columns.into_iter().zip(decided.uses).collect(),
        doubts,
        received,
        preview,
        partial,
    })
}

/// The beginning of a large text, whole lines; spreadsheets are looked at as they are.
fn beginning(bytes: &[u8]) -> (&[u8], bool) {
    if bytes.len() <= MOST_BYTES || grid::is_binary(bytes) {
        return (bytes, false);
    }
    let end = bytes[..MOST_BYTES].iter().rposition(|byte| *byte == b'\n').map_or(MOST_BYTES, |end| end + 1);
    (&bytes[..end], true)
}

fn no_mapping(file: &str, message: &str, hint: &str) -> Finding {
    Finding::error(NO_MAPPING, Place::file(file), message).hint(hint)
}
