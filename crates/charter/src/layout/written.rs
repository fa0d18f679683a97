//! What people wrote: the cover, texts, directories.

use jiff::civil::Date;

use crate::Words;
use crate::prose::Passage;

/// The same thing in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bilingual<T> {
    /// Italian.
    pub it: T,
    /// English; the Italian one where a centre wrote none.
    pub en: T,
}

impl<T> Bilingual<T> {
    /// The one of a language.
    pub fn get(&self, italian: bool) -> &T {
        if italian { &self.it } else { &self.en }
    }
}

/// What stands on the cover of a document besides its title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverLayout {
    /// The act in words, "Approvata con DD 2025/4073"; the day follows it.
    pub act: Words,
    /// The day of approval.
    pub approved: Option<Date>,
    /// The edition.
    pub edition: Words,
    /// The office that answers for the document.
    pub office: Words,
}

/// A text from `texts/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProseLayout {
    /// What it says.
    pub passages: Bilingual<Vec<Passage>>,
}

/// A table of words from `directories/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryLayout {
    /// Unique within the layout.
    pub id: String,
    /// Caption.
    pub title: Words,
    /// What it is.
    pub definition: Words,
    /// Heading of the row labels.
    pub row_heading: Words,
    /// Columns after the row label: stable key and heading.
    pub columns: Vec<(String, Words)>,
    /// Rows, each with as many cells as there are columns.
    pub rows: Bilingual<Vec<DirectoryRow>>,
    /// Footnotes.
    pub notes: Vec<Words>,
}

/// A row of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryRow {
    /// Key, the same in both languages.
    pub key: String,
    /// Label.
    pub label: String,
    /// One cell a column.
    pub cells: Vec<DirectoryCell>,
}

/// A cell of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DirectoryCell {
    /// Words; may be empty.
    Words(String),
    /// Several words, or words that lead to an address, each with it.
    Entries(Vec<(String, Option<String>)>),
}
