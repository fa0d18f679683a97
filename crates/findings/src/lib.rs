//! What Impegno tells people about their files.
//!
//! A [`Finding`] says what is wrong, where, and what to do next. A misspelt key in a
//! settings file, a broken row of an export and an unknown probe in a log are all told
//! in the same way, on the terminal ([`render()`]) and to machines.
//!
//! This crate knows no word of the domain.

mod render;

pub use render::render;

/// One thing to tell about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable name of the kind of finding, listed in `docs/findings.md`.
    pub code: Code,
    /// How grave it is.
    pub severity: Severity,
    /// What is wrong and what was found, one sentence.
    pub message: String,
    /// Where.
    pub place: Place,
    /// What to do next; empty when the message says it.
    pub hint: String,
    /// The row as received, with undeclared columns masked; empty where there is no row.
    pub row: String,
}

/// The stable name of a kind of finding.
///
/// Codes are constants, gathered by each crate in a `CODES` list with their meaning, so that a
/// test can hold the documentation to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// Lower case words joined by `-`.
    pub name: &'static str,
    /// What it means and what Impegno does about it, one or two sentences.
    pub meaning: &'static str,
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something was left out or cannot be used.
    Error,
    /// It was used, but look at it.
    Warning,
}

/// Where a finding is. Lines and columns count from 1; 0 means the whole file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// File as the person named it, relative to the centre folder where it lies inside.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Cell of a spreadsheet; the line is then its row.
    pub cell: Option<Box<SheetCell>>,
    /// Byte range in the file's text, when the text can be shown with a mark under it.
    pub span: Option<std::ops::Range<usize>>,
}

/// A cell of a spreadsheet, as spreadsheet programs name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetCell {
    /// Name of the sheet.
    pub sheet: String,
    /// Column and row, `C7`; the row alone, `7`, for a whole row.
    pub cell: String,
}

impl Finding {
    /// A finding of severity error.
    pub fn error(code: Code, place: Place, message: impl Into<String>) -> Self {
        Finding {
            code,
            severity: Severity::Error,
            message: message.into(),
            place,
            hint: String::new(),
            row: String::new(),
        }
    }

    /// A finding of severity warning.
    pub fn warning(code: Code, place: Place, message: impl Into<String>) -> Self {
        Finding { severity: Severity::Warning, ..Finding::error(code, place, message) }
    }

    /// The same finding with what to do next.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Finding { hint: hint.into(), ..self }
    }

    /// The same finding with the row as received.
    pub fn row(self, row: impl Into<String>) -> Self {
        Finding { row: row.into(), ..self }
    }
}

impl Place {
    /// A whole file.
    pub fn file(file: impl Into<String>) -> Self {
        Place { file: file.into(), ..Place::default() }
    }

    /// A line of a file.
    pub fn line(file: impl Into<String>, line: u32) -> Self {
        Place { file: file.into(), line, ..Place::default() }
    }

    /// A line and a column of a file.
    pub fn at(file: impl Into<String>, line: u32, column: u32) -> Self {
        Place { file: file.into(), line, column, ..Place::default() }
    }

    /// A byte range of a file's text; line and column follow from it.
    pub fn span(file: impl Into<String>, text: &str, span: std::ops::Range<usize>) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line = before.matches('\n').count() as u32 + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() as u32 + 1;
        Place { file: file.into(), line, column, span: Some(span), ..Place::default() }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.file)?;
        if let Some(cell) = &self.cell {
            return write!(f, ", {}!{}", cell.sheet, cell.cell);
        }
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
            if self.column > 0 {
                write!(f, ":{}", self.column)?;
            }
        }
        Ok(())
    }
}

/// The known word nearest to a misspelt one, if any is near enough to be meant.
///
/// ```
/// use impegno_findings::nearest;
/// assert_eq!(nearest("calender", ["calendar", "comparison"]), Some("calendar"));
/// assert_eq!(nearest("zone", ["calendar"]), None);
/// ```
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.chars().count().div_ceil(3))
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let substitute = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = substitute.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
