//! Reading a spanned TOML table by asking for its keys.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;

use impegno_findings::{Code, Finding, Place, nearest};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::{MISSING_KEY, SYNTAX, UNKNOWN_KEY, UNKNOWN_WORD, WRONG_TYPE};

/// A value with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

/// A TOML table being read.
///
/// Reports the keys that were never asked for when it is dropped.
#[derive(Debug)]
pub struct Table<'t> {
    file: &'t str,
    text: &'t str,
    entries: &'t DeTable<'t>,
    span: Range<usize>,
    asked: BTreeSet<String>,
    findings: &'t RefCell<&'t mut Vec<Finding>>,
}

/// Reads one settings file; every problem goes to `findings`, none is fatal.
///
/// Where the file is not TOML, the parts that could be understood are read all the same.
pub fn read<T>(
    file: &str,
    text: &str,
    findings: &mut Vec<Finding>,
    reader: impl FnOnce(&mut Table<'_>) -> T,
) -> T {
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let place = match error.span() {
            Some(span) => Place::span(file, text, span),
            None => Place::file(file),
        };
        findings.push(Finding::error(SYNTAX, place, error.message().to_owned()));
    }
    let span = root.span();
    let cell = RefCell::new(findings);
    let root = root.into_inner();
    // A file that did not parse has keys nobody will ask for: the syntax error is what counts.
    let mut table = Table { file, text, entries: &root, span, asked: BTreeSet::new(), findings: &cell };
    let result = reader(&mut table);
    if !errors.is_empty() {
        table.ask_all();
    }
    drop(table);
    result
}

impl<'t> Table<'t> {
    /// The place of the table itself.
    pub fn place(&self) -> Place {
        Place::span(self.file, self.text, self.span.start..self.span.start.min(self.text.len()))
    }

    /// Reports a problem with a value or with the table.
    pub fn report(&self, finding: Finding) {
        self.findings.borrow_mut().push(finding);
    }

    /// Whether the key is there, without asking for its value.
    pub fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// All keys of the table, which counts as asking for them: for tables whose keys are data.
    pub fn keys(&mut self) -> Vec<String> {
        self.ask_all();
        self.entries.keys().map(|key| key.get_ref().to_string()).collect()
    }

    /// The place of a key, or of the table when it is absent.
    pub fn place_of(&self, key: &str) -> Place {
        match self.entries.get_key_value(key) {
            Some((_, value)) => Place::span(self.file, self.text, value.span()),
            None => self.place(),
        }
    }

    /// A text, if the key is there.
    pub fn text(&mut self, key: &str) -> Option<Spot<String>> {
        let value = self.ask(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(self.spot(text.to_string(), value.span())),
            _ => self.wrong(key, "a text in quotes", value),
        }
    }

    /// A text that must be there.
    pub fn required_text(&mut self, key: &str) -> Option<Spot<String>> {
        self.require(key);
        self.text(key)
    }

    /// A whole number, if the key is there.
    pub fn integer(&mut self, key: &str) -> Option<Spot<i64>> {
        let value = self.ask(key)?;
        match value.get_ref() {
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => Some(self.spot(number, value.span())),
                Err(_) => self.wrong(key, "a whole number", value),
            },
            _ => self.wrong(key, "a whole number", value),
        }
    }

    /// `true` or `false`; `default` when the key is absent.
    pub fn boolean(&mut self, key: &str, default: bool) -> bool {
        let Some(value) = self.ask(key) else { return default };
        match value.get_ref() {
            DeValue::Boolean(value) => *value,
            _ => self.wrong(key, "true or false", value).unwrap_or(default),
        }
    }

    /// A list of texts, empty when the key is absent; a single text counts as a list of one.
    pub fn texts(&mut self, key: &str) -> Vec<Spot<String>> {
        let Some(value) = self.ask(key) else { return Vec::new() };
        let mut texts = Vec::new();
        match value.get_ref() {
            DeValue::String(text) => texts.push(self.spot(text.to_string(), value.span())),
            DeValue::Array(items) => {
                for item in items {
                    match item.get_ref() {
                        DeValue::String(text) => texts.push(self.spot(text.to_string(), item.span())),
                        _ => {
                            self.wrong::<()>(key, "a list of texts", item);
                        }
                    }
                }
            }
            _ => {
                self.wrong::<()>(key, "a list of texts", value);
            }
        }
        texts
    }

    /// One of the words of a closed list, if the key is there.
    pub fn word<T: Copy>(&mut self, key: &str, words: &[(&str, T)]) -> Option<Spot<T>> {
        let found = self.text(key)?;
        match words.iter().find(|(word, _)| *word == found.value) {
            Some((_, meaning)) => Some(Spot { value: *meaning, place: found.place }),
            None => {
                let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                self.unknown_word(&found, &known);
                None
            }
        }
    }

    /// Reports that a text is none of the known words.
    pub fn unknown_word(&self, found: &Spot<String>, known: &[&str]) {
        let hint = match nearest(&found.value, known.iter().copied()) {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("one of: {}", known.join(", ")),
        };
        self.report(
            Finding::error(UNKNOWN_WORD, found.place.clone(), format!("`{}` is not known here", found.value))
                .hint(hint),
        );
    }

    /// A table within this one, if the key is there.
    pub fn table(&mut self, key: &str) -> Option<Table<'t>> {
        let value = self.ask(key)?;
        match value.get_ref() {
            DeValue::Table(entries) => Some(self.inner(entries, value.span())),
            _ => self.wrong(key, "a table", value),
        }
    }

    /// The tables of an array of tables (`[[key]]`), empty when the key is absent.
    pub fn tables(&mut self, key: &str) -> Vec<Table<'t>> {
        let Some(value) = self.ask(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong::<()>(key, "a list of tables", value);
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::Table(entries) => tables.push(self.inner(entries, item.span())),
                _ => {
                    self.wrong::<()>(key, "a list of tables", item);
                }
            }
        }
        tables
    }

    /// Whether the value of a key is a list of tables, not of texts. An empty list is none.
    pub fn is_list_of_tables(&self, key: &str) -> bool {
        let first = self.entries.get(key).and_then(|value| value.get_ref().as_array()?.first());
        first.is_some_and(|item| item.get_ref().is_table())
    }

    /// Whether the value of a key is a table.
    pub fn is_table(&self, key: &str) -> bool {
        self.entries.get(key).is_some_and(|value| value.get_ref().is_table())
    }

    /// Whether the value of a key is a text.
    pub fn is_text(&self, key: &str) -> bool {
        self.entries.get(key).is_some_and(|value| value.get_ref().is_str())
    }

    /// Whether the value of a key is a list.
    pub fn is_list(&self, key: &str) -> bool {
        self.entries.get(key).is_some_and(|value| value.get_ref().is_array())
    }

    /// Reports a key that must be there and is not.
    pub fn require(&mut self, key: &str) {
        if !self.entries.contains_key(key) {
            self.asked.insert(key.to_owned());
            self.report(Finding::error(MISSING_KEY, self.place(), format!("the key `{key}` is missing")));
        }
    }

    /// Reports a finding at a spot.
    pub fn problem<T>(&self, code: Code, spot: &Spot<T>, message: impl Into<String>, hint: &str) {
        self.report(Finding::error(code, spot.place.clone(), message).hint(hint));
    }

    fn inner(&self, entries: &'t DeTable<'t>, span: Range<usize>) -> Table<'t> {
        Table {
            file: self.file,
            text: self.text,
            entries,
            span,
            asked: BTreeSet::new(),
            findings: self.findings,
        }
    }

    fn ask(&mut self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.asked.insert(key.to_owned());
        self.entries.get(key)
    }

    fn ask_all(&mut self) {
        let entries = self.entries;
        self.asked.extend(entries.keys().map(|key| key.get_ref().to_string()));
    }

    fn spot<T>(&self, value: T, span: Range<usize>) -> Spot<T> {
        Spot { value, place: Place::span(self.file, self.text, span) }
    }

    fn wrong<T>(&self, key: &str, expected: &str, found: &Spanned<DeValue<'_>>) -> Option<T> {
        let place = Place::span(self.file, self.text, found.span());
        let message = format!("`{key}` is {}, expected {expected}", found.get_ref().type_str());
        self.report(Finding::error(WRONG_TYPE, place, message));
        None
    }
}

impl Drop for Table<'_> {
    fn drop(&mut self) {
        for key in self.entries.keys() {
            let name = key.get_ref();
            if self.asked.contains(name.as_ref()) {
                continue;
            }
            let place = Place::span(self.file, self.text, key.span());
            let hint = match nearest(name, self.asked.iter().map(String::as_str)) {
                Some(known) => format!("did you mean `{known}`?"),
                None => {
                    let known: Vec<&str> = self.asked.iter().map(String::as_str).collect();
                    format!("known here: {}", known.join(", "))
                }
            };
            self.report(Finding::error(UNKNOWN_KEY, place, format!("unknown key `{name}`")).hint(hint));
        }
    }
}
