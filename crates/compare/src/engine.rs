//! Reading published tables: which row stands for which of our cells, and all numbers that are known.

use std::collections::BTreeMap;

use impegno_calendar::Period;
use impegno_charter::Layout;
use impegno_report::document::{Language, Report};

use crate::cells::{Cells, Number};
use crate::identity::{self, Identity};
use crate::mapping::{Form, Map, Mapping, Rule, Unit};
use crate::outcome::Comparison;

/// Where published tables are found, and what the centre calls its bodies.
pub struct Published<'p> {
    /// The text of a file of the folder.
    pub file: &'p dyn Fn(&str) -> Option<String>,
    /// The code of a body by any of its names.
    pub body: &'p dyn Fn(&str) -> Option<String>,
}

impl std::fmt::Debug for Published<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Published")
    }
}

/// A published number with a known cell.
pub(crate) struct Known {
    pub number: Number,
    /// As we would print it.
    pub text: String,
}

/// A row of a published table.
pub(crate) struct Record {
    pub line: u32,
    pub fields: BTreeMap<String, String>,
}

/// Compares published tables with a report.
pub fn compare(
    mapping: &Mapping,
    published: &Published<'_>,
    layout: &Layout,
    period: Period,
    report: &Report,
) -> Comparison {
    let cells = Cells::new(report);
    let mut run = Run {
        published,
        cells: &cells,
        language: report.language,
        months: period.months().len(),
        known: BTreeMap::new(),
        identities: identity::all(layout, period, &cells),
        changes: layout
            .blocks()
            .filter_map(|block| match block {
                impegno_charter::BlockLayout::Changes(changes) => {
                    Some((changes.id.clone(), changes.groups.clone()?))
                }
                _ => None,
            })
            .collect(),
        period,
    };
    let mut comparison = Comparison::default();
    for map in &mapping.maps {
        let readable = (published.file)(&map.file).is_some_and(|text| {
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            reader.headers().is_ok() && reader.records().all(|record| record.is_ok())
        });
        if !readable && !comparison.unread.contains(&map.file) {
            comparison.unread.push(map.file.clone());
        }
    }
    let mut sets: Vec<(&Map, Vec<Record>)> = Vec::new();
    // First what has a known cell: identities need all of it before anything can be explained.
    for map in &mapping.maps {
        let records = run.records(map);
        match map.form {
            Form::Number => {
                for record in &records {
                    run.learn(map, record);
                }
            }
            Form::Words
            | Form::Label
            | Form::Sign
            | Form::Position
            | Form::RowSet
            | Form::ColumnSet
            | Form::GroupSet
            | Form::Unplaced => {}
        }
        sets.push((map, records));
    }
    for (map, records) in &sets {
        comparison.items.extend(run.items(map, records));
    }
    comparison.contradictions = run.contradictions(&comparison.items);
    comparison
}

pub(crate) struct Run<'r> {
    pub published: &'r Published<'r>,
    pub cells: &'r Cells<'r>,
    pub language: Language,
    pub months: usize,
    pub known: BTreeMap<String, Known>,
    pub identities: Vec<Identity>,
    /// Blocks of main changes with the table that holds the change of their groups.
    pub changes: Vec<(String, String)>,
    pub period: Period,
}

impl Run<'_> {
    pub(crate) fn say(&self, italian: &str, english: &str) -> String {
        match self.language {
            Language::It => italian.to_owned(),
            Language::En => english.to_owned(),
        }
    }

    /// The rows of a map's file that it is about.
    pub(crate) fn records(&self, map: &Map) -> Vec<Record> {
        let Some(text) = (self.published.file)(&map.file) else { return Vec::new() };
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let Ok(header) = reader.headers().cloned() else { return Vec::new() };
        reader
            .records()
            .filter_map(Result::ok)
            .map(|record| Record {
                line: record.position().map_or(0, |position| position.line() as u32),
                fields: header.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect(),
            })
            .filter(|record| {
                map.when.iter().all(|(column, values)| {
                    values.contains(record.fields.get(column).unwrap_or(&String::new()))
                })
            })
            .collect()
    }

    /// The value of a column in our words.
    pub(crate) fn word(&self, map: &Map, record: &Record, column: &str) -> Option<String> {
        let (column, part) = column.split_once(':').unwrap_or((column, ""));
        let word = record.fields.get(column)?;
        let word = match part {
            "year" => word.split('-').next()?.to_owned(),
            "month" => word.split('-').nth(1)?.to_owned(),
            _ => word.clone(),
        };
        if let Some(words) = map.words.get(column)
            && let Some(meaning) = words.get(&word)
        {
            return Some(meaning.clone());
        }
        if map.bodies.iter().any(|one| one == column) {
            return (self.published.body)(&word);
        }
        if let Some(file) = map.aliases.get(column) {
            let text = (self.published.file)(file)?;
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            return reader
                .records()
                .filter_map(Result::ok)
                .find(|record| record.get(0) == Some(word.as_str()))
                .and_then(|record| record.get(1).map(str::to_owned));
        }
        Some(word)
    }

    /// The reference of our cell for a row; `None` when a word of it means nothing to us.
    pub(crate) fn reference(&self, map: &Map, record: &Record) -> Option<String> {
        let mut reference = String::new();
        let mut rest = map.cell.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}')?;
            reference.push_str(before);
            // `{a|b}` is the word of both columns together.
            let word = if name.contains('|') {
                let parts: Vec<&str> = name
                    .split('|')
                    .map(|column| record.fields.get(column).map_or("", String::as_str))
                    .collect();
                map.words.get(name)?.get(&parts.join(" | "))?.clone()
            } else {
                self.word(map, record, name)?
            };
            reference.push_str(&word);
            rest = after;
        }
        reference.push_str(rest);
        Some(reference)
    }

    pub(crate) fn unit(map: &Map, record: &Record) -> Unit {
        match &map.unit_by {
            Some((column, units)) => {
                let word = record.fields.get(column).map_or("", String::as_str);
                units.get(word).copied().unwrap_or(map.unit)
            }
            None => map.unit,
        }
    }

    pub(crate) fn rule(map: &Map, record: &Record) -> Rule {
        let named = map.rule_column.as_ref().and_then(|column| Rule::named(record.fields.get(column)?));
        named.unwrap_or(map.rule)
    }

    pub(crate) fn number(map: &Map, record: &Record) -> Option<Number> {
        let text = record.fields.get(&map.value)?;
        Number::parse(text, Self::unit(map, record), Self::rule(map, record))
    }

    pub(crate) fn is_lost(map: &Map, record: &Record) -> bool {
        let empty = |column: &String| record.fields.get(column).is_none_or(String::is_empty);
        map.certain.as_ref().is_some_and(empty) || empty(&map.value)
    }

    pub(crate) fn learn(&mut self, map: &Map, record: &Record) {
        if Self::is_lost(map, record) || Self::rule(map, record) == Rule::AtMost {
            return;
        }
        let (Some(reference), Some(number)) = (self.reference(map, record), Self::number(map, record)) else {
            return;
        };
        let text = self.printed(&number.value, &number);
        self.known.entry(reference).or_insert(Known { number, text });
    }
}
