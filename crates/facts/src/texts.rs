//! Dictionary-encoded text columns.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

/// Position of a word in the dictionary of a column.
pub type Code = u32;

/// A column of texts: one code a row, each word stored once.
///
/// The empty text means *not stated*. Words keep the order of their first appearance.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    codes: Vec<Code>,
    words: Vec<Box<str>>,
    index: FxHashMap<Box<str>, Code>,
}

impl Texts {
    /// A column from its parts.
    ///
    /// `None` when a code has no word.
    pub fn from_parts(codes: Vec<Code>, words: Vec<Box<str>>) -> Option<Texts> {
        let len = words.len() as Code;
        codes.iter().all(|code| *code < len).then_some(Texts { codes, words, index: FxHashMap::default() })
    }

    /// Adds a row.
    pub fn push(&mut self, word: &str) {
        let code = self.code_for(word);
        self.codes.push(code);
    }

    /// The code of a word, which enters the dictionary if it is new.
    pub fn code_for(&mut self, word: &str) -> Code {
        if self.index.len() < self.words.len() {
            self.index = self.words.iter().zip(0..).map(|(word, code)| (word.clone(), code)).collect();
        }
        if let Some(code) = self.index.get(word) {
            return *code;
        }
        let code = self.words.len() as Code;
        self.words.push(word.into());
        self.index.insert(word.into(), code);
        code
    }

    /// Adds a row by its code, which [`Texts::code_for`] gave.
    pub fn push_code(&mut self, code: Code) {
        debug_assert!((code as usize) < self.words.len());
        self.codes.push(code);
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The text of a row.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn get(&self, row: usize) -> &str {
        &self.words[self.codes[row] as usize]
    }

    /// One code a row.
    pub fn codes(&self) -> &[Code] {
        &self.codes
    }

    /// The dictionary: the word of each code.
    pub fn words(&self) -> &[Box<str>] {
        &self.words
    }

    /// Only the rows for which `keep` holds; the dictionary stays whole.
    pub fn filter(self, keep: &[bool]) -> Texts {
        Texts { codes: crate::kept(&self.codes, keep), ..self }
    }
}

impl PartialEq for Texts {
    /// The same texts in the same order, whatever the dictionaries.
    fn eq(&self, other: &Texts) -> bool {
        self.len() == other.len() && (0..self.len()).all(|row| self.get(row) == other.get(row))
    }
}

impl Eq for Texts {}

impl<'a> FromIterator<&'a str> for Texts {
    fn from_iter<T: IntoIterator<Item = &'a str>>(words: T) -> Texts {
        let mut texts = Texts::default();
        for word in words {
            texts.push(word);
        }
        texts
    }
}

/// The further columns of a fact, by name: body, service, channel, level, device …
pub type Dimensions = BTreeMap<String, Texts>;

/// The rows of every dimension for which `keep` holds.
pub(crate) fn filter_dimensions(dimensions: Dimensions, keep: &[bool]) -> Dimensions {
    dimensions.into_iter().map(|(name, texts)| (name, texts.filter(keep))).collect()
}
