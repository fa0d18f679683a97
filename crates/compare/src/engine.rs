//! Holding every published value against ours, and explaining what differs.

use std::collections::{BTreeMap, BTreeSet};

use impegno_calendar::Period;
use impegno_charter::Layout;
use impegno_report::document::{Language, Report, RowRole, Value};
use impegno_report::numbers;
use num_rational::BigRational;

use crate::cells::{Cells, Number};
use crate::identity::{self, Identity};
use crate::mapping::{Form, Map, Mapping, Rule, Unit};
use crate::sets;

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

/// What the comparison found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// Every published value, in the order of the mapping.
    pub items: Vec<Item>,
    /// Identities that published values break although each of them equals ours, or is not computable.
    pub contradictions: Vec<Contradiction>,
}

/// A published value and ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Published file.
    pub file: String,
    /// Its line.
    pub line: u32,
    /// Reference of our cell; empty where there is none.
    pub reference: String,
    /// What it is.
    pub label: String,
    /// As published.
    pub published: String,
    /// As we print it; empty where we have none.
    pub ours: String,
    /// How they compare.
    pub outcome: Outcome,
}

/// How a published value compares with ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The same.
    Equal,
    /// Another one; what explains it, from the published numbers themselves.
    Differs {
        /// Explanations; empty when nothing explains it.
        explanations: Vec<String>,
    },
    /// Cannot be computed here, and why.
    NotComputable {
        /// Why.
        reason: String,
    },
}

/// An identity that published values break among themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// What the identity computes.
    pub label: String,
    /// Its reference.
    pub reference: String,
    /// As published.
    pub published: String,
    /// What follows from the other published values.
    pub follows: String,
}

/// A published number with a known cell.
struct Known {
    number: Number,
    text: String,
}

/// A row of a published table.
struct Record {
    line: u32,
    fields: BTreeMap<String, String>,
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

struct Run<'r> {
    published: &'r Published<'r>,
    cells: &'r Cells<'r>,
    language: Language,
    months: usize,
    known: BTreeMap<String, Known>,
    identities: Vec<Identity>,
    /// Blocks of main changes with the table that holds the change of their groups.
    changes: Vec<(String, String)>,
    period: Period,
}

impl Run<'_> {
    fn say(&self, italian: &str, english: &str) -> String {
        match self.language {
            Language::It => italian.to_owned(),
            Language::En => english.to_owned(),
        }
    }

    /// The rows of a map's file that it is about.
    fn records(&self, map: &Map) -> Vec<Record> {
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
    fn word(&self, map: &Map, record: &Record, column: &str) -> Option<String> {
        let (column, part) = column.split_once(':').unwrap_or((column, ""));
        let word = record.fields.get(column)?;
        let word = match part {
            "year" => word.split('-').next()?.to_owned(),
            "month" => word.split('-').nth(1)?.to_owned(),
            _ => word.clone(),
        };
        if let Some(words) = map.words.get(column) {
            if let Some(meaning) = words.get(&word) {
                return Some(meaning.clone());
            }
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
    fn reference(&self, map: &Map, record: &Record) -> Option<String> {
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

    fn unit(map: &Map, record: &Record) -> Unit {
        match &map.unit_by {
            Some((column, units)) => {
                let word = record.fields.get(column).map_or("", String::as_str);
                units.get(word).copied().unwrap_or(map.unit)
            }
            None => map.unit,
        }
    }

    fn rule(map: &Map, record: &Record) -> Rule {
        let named = map.rule_column.as_ref().and_then(|column| Rule::named(record.fields.get(column)?));
        named.unwrap_or(map.rule)
    }

    fn number(map: &Map, record: &Record) -> Option<Number> {
        let text = record.fields.get(&map.value)?;
        Number::parse(text, Self::unit(map, record), Self::rule(map, record))
    }

    fn is_lost(map: &Map, record: &Record) -> bool {
        let empty = |column: &String| record.fields.get(column).is_none_or(String::is_empty);
        map.certain.as_ref().is_some_and(empty) || empty(&map.value)
    }

    fn learn(&mut self, map: &Map, record: &Record) {
        if Self::is_lost(map, record) || Self::rule(map, record) == Rule::AtMost {
            return;
        }
        let (Some(reference), Some(number)) = (self.reference(map, record), Self::number(map, record)) else {
            return;
        };
        let text = record.fields.get(&map.value).cloned().unwrap_or_default();
        self.known.entry(reference).or_insert(Known { number, text });
    }

    fn items(&self, map: &Map, records: &[Record]) -> Vec<Item> {
        match map.form {
            Form::Number
            | Form::Words
            | Form::Label
            | Form::Sign
            | Form::Position
            | Form::RowSet
            | Form::Unplaced => records.iter().map(|record| self.item(map, record)).collect(),
            Form::ColumnSet => self.column_set(map, records),
            Form::GroupSet => self.group_sets(map, records),
        }
    }

    /// What a row says, for people.
    fn label(&self, reference: Option<&str>, record: &Record) -> String {
        let cell = reference.and_then(|reference| self.cells.label(reference));
        cell.or_else(|| reference.and_then(|reference| self.cells.row_label(reference))).unwrap_or_else(
            || {
                let words = record.fields.values().map(String::as_str);
                let is_name =
                    |word: &&str| word.chars().any(char::is_alphabetic) && !matches!(*word, "true" | "false");
                words.filter(is_name).take(3).collect::<Vec<&str>>().join(", ")
            },
        )
    }

    fn item(&self, map: &Map, record: &Record) -> Item {
        let published = record.fields.get(&map.value).cloned().unwrap_or_default();
        let reference = self.reference(map, record);
        let made = |ours: String, outcome: Outcome| Item {
            file: map.file.clone(),
            line: record.line,
            reference: reference.clone().unwrap_or_default(),
            label: self.label(reference.as_deref(), record),
            published: published.clone(),
            ours,
            outcome,
        };
        let lost = |reason: String| made(String::new(), Outcome::NotComputable { reason });
        if map.form == Form::Unplaced {
            return lost(self.say(
                "il testo del documento non dice dove sta",
                "the text of the document does not say where it stands",
            ));
        }
        // A row without any number says that there is none.
        let says_none = map.form == Form::RowSet;
        if published.is_empty() && !says_none {
            return lost(
                self.say(
                    "cella vuota o illeggibile nel documento",
                    "cell blank or unreadable in the document",
                ),
            );
        }
        if !says_none && Self::is_lost(map, record) {
            return lost(
                self.say("la colonna della cella è andata perduta", "the column of the cell is lost"),
            );
        }
        let Some(reference) = &reference else {
            return made(String::new(), Outcome::Differs { explanations: Vec::new() });
        };
        match map.form {
            Form::RowSet => self.row_set(map, record, reference, made),
            Form::Position => {
                let (table, row) = reference.split_once('/').unwrap_or((reference, ""));
                let position = self
                    .cells
                    .table(table)
                    .and_then(|table| table.rows.iter().position(|candidate| candidate.key == row))
                    .map(|position| (position + 1).to_string());
                let equal = position.as_deref() == Some(published.as_str());
                made(position.unwrap_or_default(), plain(equal))
            }
            Form::Label => {
                let (table, row) = reference.split_once('/').unwrap_or((reference, ""));
                let found =
                    self.cells.table(table).and_then(|table| table.rows.iter().find(|one| one.key == row));
                made(found.map_or_else(String::new, |row| row.label.clone()), plain(found.is_some()))
            }
            Form::Words => {
                // The exact value is the same in every language; the printed text may not be.
                let wanted = self.word(map, record, &map.value);
                let found = self.cells.get(reference);
                let equal = found.is_some_and(|(value, _)| match value {
                    Value::Text(word) => Some(word) == wanted.as_ref(),
                    _ => false,
                });
                made(found.map(|(_, text)| text.to_owned()).unwrap_or_default(), plain(equal))
            }
            Form::Sign => {
                let zero = BigRational::default();
                let wanted = self.word(map, record, &map.value);
                let exact = self.cells.exact(reference);
                let ours = exact.map(|value| match value.cmp(&zero) {
                    std::cmp::Ordering::Greater => "+",
                    std::cmp::Ordering::Less => "-",
                    std::cmp::Ordering::Equal => "=",
                });
                made(ours.unwrap_or_default().to_owned(), plain(ours.map(str::to_owned) == wanted))
            }
            Form::Number => {
                let ours = self.cells.get(reference).map(|(_, text)| text.to_owned()).unwrap_or_default();
                let (Some(number), Some(exact)) = (Self::number(map, record), self.cells.exact(reference))
                else {
                    return made(ours, Outcome::Differs { explanations: Vec::new() });
                };
                if number.equals(&exact) {
                    return made(ours, Outcome::Equal);
                }
                let explanations = self.explain(reference, &number);
                made(ours, Outcome::Differs { explanations })
            }
            Form::ColumnSet | Form::GroupSet | Form::Unplaced => lost(String::new()),
        }
    }

    /// The numbers of a row whose columns are lost: as a multiset, and against their published total.
    fn row_set(
        &self,
        map: &Map,
        record: &Record,
        reference: &str,
        made: impl Fn(String, Outcome) -> Item,
    ) -> Item {
        let published: Vec<Number> = split(record.fields.get(&map.value))
            .filter_map(|text| Number::parse(text, map.unit, Rule::Exact))
            .collect();
        let (table, row) = reference.split_once('/').unwrap_or((reference, ""));
        let Some(row) = self.cells.table(table).and_then(|table| {
            let row = table.rows.iter().find(|candidate| candidate.key == row)?;
            let total = table.columns.iter().position(|column| column.key == "total");
            Some(row.cells.iter().enumerate().filter(move |(n, _)| Some(*n) != total).map(|(_, cell)| cell))
        }) else {
            return made(String::new(), Outcome::Differs { explanations: Vec::new() });
        };
        let zero = BigRational::default();
        let ours: Vec<BigRational> =
            row.filter_map(|cell| numbers::exact(&cell.value)).filter(|value| *value != zero).collect();
        let complete = map
            .complete
            .as_ref()
            .is_none_or(|column| record.fields.get(column).is_some_and(|complete| complete != "false"));
        let equal = sets::contained(&published, &ours) && (!complete || published.len() == ours.len());
        let texts: Vec<String> = ours.iter().map(|value| numbers::decimal(value, 0, self.language)).collect();
        made(texts.join(" | "), plain(equal))
    }

    /// The numbers of a column whose rows are lost: each is not computable, their multiset is checked.
    fn column_set(&self, map: &Map, records: &[Record]) -> Vec<Item> {
        let mut items: Vec<Item> = records
            .iter()
            .map(|record| Item {
                file: map.file.clone(),
                line: record.line,
                reference: String::new(),
                label: self.label(None, record),
                published: record.fields.get(&map.value).cloned().unwrap_or_default(),
                ours: String::new(),
                outcome: Outcome::NotComputable {
                    reason: self.say("la riga della cella è andata perduta", "the row of the cell is lost"),
                },
            })
            .collect();
        let Some((table, column)) = map.cell.split_once('/') else { return items };
        let Some(table) = self.cells.table(table) else { return items };
        let Some(position) = table.columns.iter().position(|heading| heading.key == column) else {
            return items;
        };
        let parts = || table.rows.iter().filter(|row| row.role == RowRole::Part);
        let ours: Vec<BigRational> =
            parts().filter_map(|row| numbers::exact(&row.cells.get(position)?.value)).collect();
        let published: Vec<Number> = records.iter().filter_map(|record| Self::number(map, record)).collect();
        let text = |numbers: &[Number]| {
            let texts: Vec<String> =
                numbers.iter().map(|number| self.printed(&number.value, number)).collect();
            texts.join(" | ")
        };
        let equal = sets::contained(&published, &ours);
        let mut explanations = Vec::new();
        if !equal {
            // What the published numbers of the same table give for the same column.
            let value = |reference: &str| self.published_value(reference, 0);
            let follow: Vec<BigRational> = parts()
                .filter_map(|row| {
                    let reference = format!("{}/{}/{column}", table.id, row.key);
                    let identity = self.identities.iter().find(|identity| identity.output == reference)?;
                    identity.value(self.months, value)
                })
                .collect();
            if follow.len() == parts().count() && !sets::contained(&published, &follow) {
                let odd: Vec<String> = published
                    .iter()
                    .filter(|number| {
                        let same = |one: &&Number| one.value == number.value;
                        let fitting = follow.iter().filter(|value| number.equals(value)).count();
                        published.iter().filter(same).count() > fitting
                    })
                    .map(|number| self.printed(&number.value, number))
                    .collect::<BTreeSet<String>>()
                    .into_iter()
                    .collect();
                let odd = odd.join(", ");
                explanations.push(self.say(
                    &format!(
                        "il documento si contraddice: dai suoi stessi totali non risulta tante volte {odd}"
                    ),
                    &format!("the document contradicts itself: its own totals do not give {odd} that often"),
                ));
            }
        }
        items.push(Item {
            file: map.file.clone(),
            line: 0,
            reference: map.cell.clone(),
            label: format!(
                "{} — {}",
                table.title,
                self.say("tutte le cifre della colonna", "all figures of the column")
            ),
            published: text(&published),
            ours: {
                let texts: Vec<String> = ours
                    .iter()
                    .map(|value| {
                        let sample = published.first();
                        sample.map_or_else(String::new, |number| self.printed(value, number))
                    })
                    .collect();
                texts.join(" | ")
            },
            outcome: if equal { Outcome::Equal } else { Outcome::Differs { explanations } },
        });
        items
    }

    /// Words of a group of rows whose columns are lost: as a multiset.
    fn group_sets(&self, map: &Map, records: &[Record]) -> Vec<Item> {
        let Some(group) = &map.group else { return Vec::new() };
        let mut groups: Vec<(String, u32, Vec<String>)> = Vec::new();
        for record in records {
            let Some(key) = self.word(map, record, group) else { continue };
            let value = record.fields.get(&map.value).cloned().unwrap_or_default();
            match groups.iter_mut().find(|(known, _, _)| *known == key) {
                Some((_, _, values)) => values.push(value),
                None => groups.push((key, record.line, vec![value])),
            }
        }
        groups
            .into_iter()
            .map(|(key, line, published)| {
                let row = self.cells.table(&map.cell).and_then(|table| {
                    table.rows.iter().find(|candidate| candidate.key == key).map(|row| (table, row))
                });
                let ours: Vec<String> = row.map_or_else(Vec::new, |(_, row)| {
                    row.cells.iter().map(|cell| cell.text.clone()).filter(|text| !text.is_empty()).collect()
                });
                let label = row.map_or_else(
                    || key.clone(),
                    |(table, row)| {
                        let all = self.say("tutte le celle della riga", "all cells of the row");
                        format!("{} — {} — {all}", table.title, row.label)
                    },
                );
                Item {
                    file: map.file.clone(),
                    line,
                    reference: format!("{}/{key}", map.cell),
                    label,
                    outcome: plain(sets::same_words(&published, &ours)),
                    published: published.join(" | "),
                    ours: ours.join(" | "),
                }
            })
            .collect()
    }

    /// A value as the published number is written.
    fn printed(&self, value: &BigRational, like: &Number) -> String {
        let text = numbers::decimal(&(value / like.unit.size()), like.decimals, self.language);
        match like.unit {
            Unit::Percent => format!("{text} %"),
            Unit::Number => text,
            Unit::Millisecond => format!("{text} ms"),
            Unit::Minute => format!("{text} min"),
            Unit::Hour => format!("{text} h"),
        }
    }

    /// The value that the document itself gives for a cell: published, or following from what is published;
    /// ours where it says nothing.
    fn published_value(&self, reference: &str, depth: u8) -> Option<BigRational> {
        if let Some(known) = self.known.get(reference) {
            return Some(known.number.value.clone());
        }
        if depth < 4 {
            if let Some(identity) = self.identities.iter().find(|identity| identity.output == reference) {
                let inputs = identity.inputs();
                let stated = inputs.iter().any(|input| self.known.contains_key(*input));
                if stated {
                    return identity.value(self.months, |input| self.published_value(input, depth + 1));
                }
            }
        }
        self.cells.exact(reference)
    }

    /// What explains a difference, from the published numbers alone.
    fn explain(&self, reference: &str, number: &Number) -> Vec<String> {
        let mut explanations = Vec::new();
        let value = |input: &str| self.published_value(input, 0);
        for identity in self.identities.iter().filter(|identity| identity.output == reference) {
            let Some(follows) = identity.value(self.months, value) else { continue };
            let printed = self.printed(&follows, &finer(number));
            if number.equals(&follows) {
                for input in identity.inputs() {
                    let differing = self.known.get(input).filter(|known| {
                        self.cells.exact(input).is_some_and(|ours| !known.number.equals(&ours))
                    });
                    if let Some(known) = differing {
                        let label = self.cells.label(input).unwrap_or_else(|| input.to_owned());
                        explanations.push(self.say(
                            &format!(
                                "discende da «{label}», pubblicato come {}, che differisce a sua volta",
                                known.text
                            ),
                            &format!(
                                "follows from “{label}”, published as {}, which differs itself",
                                known.text
                            ),
                        ));
                    }
                }
                continue;
            }
            explanations.push(self.say(
                &format!("il documento si contraddice: dalle sue stesse cifre risulta {printed}"),
                &format!("the document contradicts itself: its own figures give {printed}"),
            ));
            if number.is_truncated(&follows) {
                explanations.push(self.say(
                    "la cifra pubblicata è troncata, non arrotondata",
                    "the published figure is truncated, not rounded",
                ));
            }
            if identity.on_the_other_base(value).is_some_and(|other| number.equals(&other)) {
                explanations.push(self.say(
                    "la cifra pubblicata risulta se si divide per l’anno dopo invece che per l’anno prima",
                    "the published figure comes out when dividing by the later year instead of the earlier",
                ));
            }
        }
        if explanations.is_empty() {
            // The cell is a part: with ours in its place the published whole comes out, with the published not.
            for identity in self.identities.iter().filter(|identity| identity.inputs().contains(&reference)) {
                let Some(whole) = self.known.get(&identity.output) else { continue };
                let mended = |input: &str| {
                    if input == reference { self.cells.exact(input) } else { self.published_value(input, 0) }
                };
                let with_published = identity.value(self.months, value);
                let with_ours = identity.value(self.months, mended);
                if with_published.is_some_and(|one| !whole.number.equals(&one))
                    && with_ours.is_some_and(|one| whole.number.equals(&one))
                {
                    let label = self.cells.label(&identity.output).unwrap_or_else(|| identity.output.clone());
                    explanations.push(self.say(
                        &format!(
                            "il documento si contraddice: «{label}» ({}) torna solo con la nostra cifra",
                            whole.text
                        ),
                        &format!(
                            "the document contradicts itself: “{label}” ({}) comes out only with our figure",
                            whole.text
                        ),
                    ));
                }
            }
        }
        explanations.sort();
        explanations.dedup();
        explanations
    }

    /// Identities that published values break, besides those that explain a difference already.
    fn contradictions(&self, items: &[Item]) -> Vec<Contradiction> {
        let differing: BTreeSet<&str> = items
            .iter()
            .filter(|item| matches!(item.outcome, Outcome::Differs { .. }))
            .map(|item| item.reference.as_str())
            .collect();
        let mut found = Vec::new();
        for identity in &self.identities {
            let Some(known) = self.known.get(&identity.output) else { continue };
            if differing.contains(identity.output.as_str()) {
                continue;
            }
            let inputs = identity.inputs();
            let stated = inputs.iter().any(|input| self.known.contains_key(*input));
            let Some(follows) = identity.value(self.months, |input| self.published_value(input, 0)) else {
                continue;
            };
            if stated && !known.number.equals(&follows) {
                found.push(Contradiction {
                    label: self.cells.label(&identity.output).unwrap_or_else(|| identity.output.clone()),
                    reference: identity.output.clone(),
                    published: known.text.clone(),
                    follows: self.printed(&follows, &finer(&known.number)),
                });
            }
        }
        for (changes, groups) in &self.changes {
            found.extend(self.unexplained_groups(changes, groups));
        }
        found
    }

    /// Groups whose published main changes point the other way than their published whole change.
    fn unexplained_groups(&self, changes: &str, groups: &str) -> Vec<Contradiction> {
        let Some(table) = self.cells.table(changes) else { return Vec::new() };
        let group_column = table.columns.iter().position(|column| column.key == "group");
        let mut listed: BTreeMap<&str, BigRational> = BTreeMap::new();
        for row in &table.rows {
            let reference = format!("{changes}/{}/difference", row.key);
            let group = group_column.and_then(|column| row.cells.get(column)).map(|cell| cell.text.as_str());
            if let (Some(known), Some(group)) = (self.known.get(&reference), group) {
                *listed.entry(group).or_default() += &known.number.value;
            }
        }
        let zero = BigRational::default();
        let (now, before) = (self.period.to_string(), self.period.year_before().to_string());
        listed
            .into_iter()
            .filter_map(|(group, listed)| {
                let now = self.known.get(&format!("{groups}/{group}/{now}"))?;
                let before = self.known.get(&format!("{groups}/{group}/{before}"))?;
                let whole = &now.number.value - &before.number.value;
                let opposite = (listed > zero && whole < zero) || (listed < zero && whole > zero);
                opposite.then(|| {
                    let signed =
                        |value: &BigRational| numbers::signed(numbers::decimal(value, 0, self.language));
                    let (listed_text, whole_text) = (signed(&listed), signed(&whole));
                    let rest = signed(&(&whole - &listed));
                    Contradiction {
                        label: self.say(
                            &format!(
                                "{} — {group}: i servizi elencati non spiegano la variazione della categoria",
                                table.title
                            ),
                            &format!(
                                "{} — {group}: the listed services do not explain the change of the category",
                                table.title
                            ),
                        ),
                        reference: format!("{changes}/{group}"),
                        published: self.say(
                            &format!("elencati {listed_text}, categoria {whole_text}"),
                            &format!("listed {listed_text}, category {whole_text}"),
                        ),
                        follows: self.say(&format!("non elencati {rest}"), &format!("not listed {rest}")),
                    }
                })
            })
            .collect()
    }
}

/// A few decimals more than published, so that the reader sees what was rounded away.
fn finer(number: &Number) -> Number {
    let decimals = match number.unit {
        Unit::Percent => number.decimals + 2,
        Unit::Number | Unit::Millisecond | Unit::Minute | Unit::Hour => number.decimals,
    };
    Number { decimals, ..number.clone() }
}

fn plain(equal: bool) -> Outcome {
    if equal { Outcome::Equal } else { Outcome::Differs { explanations: Vec::new() } }
}

fn split(field: Option<&String>) -> impl Iterator<Item = &str> {
    field.map_or("", String::as_str).split('|').filter(|text| !text.is_empty())
}

impl Comparison {
    /// How many items are equal, differ, cannot be computed.
    pub fn counts(&self) -> (usize, usize, usize) {
        let count =
            |wanted: fn(&Outcome) -> bool| self.items.iter().filter(|item| wanted(&item.outcome)).count();
        (
            count(|outcome| matches!(outcome, Outcome::Equal)),
            count(|outcome| matches!(outcome, Outcome::Differs { .. })),
            count(|outcome| matches!(outcome, Outcome::NotComputable { .. })),
        )
    }

    /// Differences that nothing explains.
    pub fn unexplained(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(
            |item| matches!(&item.outcome, Outcome::Differs { explanations } if explanations.is_empty()),
        )
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigInt;

    use super::*;

    fn whole(number: i64) -> BigRational {
        BigRational::from_integer(BigInt::from(number))
    }

    fn number(text: &str, unit: Unit, rule: Rule) -> Number {
        Number::parse(text, unit, rule).expect("a number")
    }

    #[test]
    fn each_rule_of_wording_has_its_own_equality() {
        assert!(number("284000", Unit::Number, Rule::Rounded).equals(&whole(283_600)));
        assert!(!number("284000", Unit::Number, Rule::Rounded).equals(&whole(267_430)));
        assert!(number("11000", Unit::Number, Rule::Over).equals(&whole(11_060)));
        assert!(!number("11000", Unit::Number, Rule::Over).equals(&whole(10_999)));
        assert!(!number("11000", Unit::Number, Rule::Over).equals(&whole(12_000)));
        assert!(number("2800", Unit::Number, Rule::About).equals(&whole(2_700)));
        assert!(!number("2800", Unit::Number, Rule::About).equals(&whole(2_600)));
        assert!(number("1", Unit::Hour, Rule::AtMost).equals(&whole(3_600_000_000)));
        assert!(!number("1", Unit::Hour, Rule::AtMost).equals(&whole(3_600_000_001)));
    }

    #[test]
    fn truncation_is_told_from_rounding() {
        let share = BigRational::new(BigInt::from(3865), BigInt::from(10_000));
        let published = number("38", Unit::Percent, Rule::Exact);
        assert!(!published.equals(&share));
        assert!(published.is_truncated(&share));
        assert!(number("39", Unit::Percent, Rule::Exact).equals(&share));
    }
}
