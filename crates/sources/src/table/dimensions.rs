//! Columns kept as dimensions: each different word is resolved once.

use impegno_cvss::{Score, Unreadable, Vector};
use impegno_facts::{Code, Texts};
use impegno_findings::{Finding, Place, nearest};
use rustc_hash::{FxHashMap, FxHashSet};
use xxhash_rust::xxh3::xxh3_128;

use super::rows::Row;
use crate::declaration::Vocabulary;
use crate::{FileFindings, Names, codes};

/// A dimension being read.
pub(crate) struct DimensionReader<'d> {
    name: &'d str,
    column: usize,
    vocabulary: &'d Vocabulary,
    names: &'d Names,
    texts: Texts,
    /// The code of each word in this piece of the file.
    resolved: FxHashMap<Box<[u8]>, Code>,
    /// Hashes of the unknown words that were told.
    told: FxHashSet<u64>,
}

impl<'d> DimensionReader<'d> {
    pub(crate) fn new(name: &'d str, column: usize, vocabulary: &'d Vocabulary, names: &'d Names) -> Self {
        DimensionReader {
            name,
            column,
            vocabulary,
            names,
            texts: Texts::default(),
            resolved: FxHashMap::default(),
            told: FxHashSet::default(),
        }
    }

    /// Takes the value of a row, once for each fact of the row.
    pub(crate) fn push(&mut self, row: &Row<'_>, facts: usize, file: &str, findings: &mut FileFindings) {
        self.push_word(row.field(self.column), row.line, facts, file, findings);
    }

    /// Takes a value that stands in a line, once for each of some facts.
    pub(crate) fn push_word(
        &mut self,
        field: &[u8],
        line: u32,
        facts: usize,
        file: &str,
        findings: &mut FileFindings,
    ) {
        let code = match self.resolved.get(field) {
            Some(code) => *code,
            None => {
                let word = String::from_utf8_lossy(field).into_owned();
                let code = self.resolve(&word, line, file, findings);
                self.resolved.insert(field.into(), code);
                code
            }
        };
        for _ in 0..facts {
            self.texts.push_code(code);
        }
    }

    /// Gives the values since the last time.
    pub(crate) fn take(&mut self) -> (String, Texts) {
        self.resolved.clear();
        (self.name.to_owned(), std::mem::take(&mut self.texts))
    }

    fn resolve(&mut self, word: &str, line: u32, file: &str, findings: &mut FileFindings) -> Code {
        if word.is_empty() {
            return self.texts.code_for("");
        }
        let (known, list): (&FxHashMap<String, String>, &str) = match self.vocabulary {
            Vocabulary::AsIs => return self.texts.code_for(word),
            Vocabulary::Words(words) => {
                if let Some(meaning) = words.get(word) {
                    return self.texts.code_for(meaning);
                }
                if !self.told.insert(xxh3_128(word.as_bytes()) as u64) {
                    return self.texts.code_for(word);
                }
                if !findings.keeps(codes::UNKNOWN_VALUE) {
                    findings.count(codes::UNKNOWN_VALUE);
                    return self.texts.code_for(word);
                }
                let message = format!("`{word}` is not a listed word of the dimension `{}`", self.name);
                let finding = Finding::warning(codes::UNKNOWN_VALUE, Place::line(file, line), message);
                let hint = nearest(word, words.keys().map(String::as_str)).map_or_else(
                    || "add it to the dimension's `words`".to_owned(),
                    |word| format!("did you mean `{word}`?"),
                );
                findings.push(finding.hint(hint));
                return self.texts.code_for(word);
            }
            Vocabulary::Numbers => {
                if !is_number(word) && self.told.insert(xxh3_128(word.as_bytes()) as u64) {
                    let message = format!("`{word}` is not a number, as the dimension `{}` says", self.name);
                    let finding = Finding::warning(codes::UNKNOWN_VALUE, Place::line(file, line), message);
                    findings.push(finding.hint("write digits, perhaps with a decimal point: 7.0"));
                }
                return self.texts.code_for(word);
            }
            Vocabulary::Cvss => {
                let score = cvss(word).map_or_else(|_| word.to_owned(), |score| score.to_string());
                return self.texts.code_for(&score);
            }
            Vocabulary::Bodies { others } if others.iter().any(|other| other == word) => {
                return self.texts.code_for("");
            }
            Vocabulary::Bodies { .. } => (&self.names.bodies, "bodies.csv"),
            Vocabulary::Services => (&self.names.services, "services.csv"),
            Vocabulary::Systems => (&self.names.systems, "systems.toml"),
            Vocabulary::Components => (&self.names.components, "systems.toml"),
            Vocabulary::Commitments => (&self.names.commitments, "commitments/"),
        };
        if let Some(code) = known.get(word) {
            return self.texts.code_for(code);
        }
        if !self.told.insert(xxh3_128(word.as_bytes()) as u64) {
            return self.texts.code_for(word);
        }
        // Looking for a word that is near takes time.
        if !findings.keeps(codes::UNKNOWN_NAME) {
            findings.count(codes::UNKNOWN_NAME);
            return self.texts.code_for(word);
        }
        let mut spelt: Vec<&str> = known.keys().map(String::as_str).collect();
        spelt.sort_unstable();
        let hint = nearest(word, spelt).map_or_else(
            || format!("add it to {list}, or as an alias of an entry there"),
            |word| format!("did you mean `{word}`? Or add it to {list}"),
        );
        let message = format!("`{word}` is not in {list}; received under this name");
        findings.push(Finding::warning(codes::UNKNOWN_NAME, Place::line(file, line), message).hint(hint));
        self.texts.code_for(word)
    }
}

/// The score that a field states: a number, or a vector, which stands for its base score.
pub(super) fn cvss(word: &str) -> Result<Score, Unreadable> {
    match Score::parse(word) {
        Some(score) => Ok(score),
        None => Vector::parse(word).map(|vector| vector.base()),
    }
}

/// Digits, perhaps with a sign before them and a decimal point or comma between them.
fn is_number(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let word = word.strip_prefix('-').unwrap_or(word);
    word.split_once(['.', ','])
        .map_or_else(|| digits(word), |(whole, decimals)| digits(whole) && digits(decimals))
}
