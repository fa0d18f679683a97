//! Each published value held against ours.

use std::collections::BTreeSet;

use impegno_report::document::{RowRole, Value};
use impegno_report::numbers;
use num_rational::BigRational;

use crate::cells::Number;
use crate::engine::{Record, Run};
use crate::mapping::{Form, Map, Rule};
use crate::outcome::{Item, Outcome};
use crate::sets;

impl Run<'_> {
    pub(crate) fn items(&self, map: &Map, records: &[Record]) -> Vec<Item> {
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
        let number = if map.form == Form::Number { Self::number(map, record) } else { None };
        let shown =
            number.as_ref().map_or_else(|| published.clone(), |number| self.printed(&number.value, number));
        let made = |ours: String, outcome: Outcome| Item {
            file: map.file.clone(),
            line: record.line,
            reference: reference.clone().unwrap_or_default(),
            label: self.label(reference.as_deref(), record),
            published: shown.clone(),
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
                let (Some(number), Some(exact)) = (number.as_ref(), self.cells.exact(reference)) else {
                    return made(ours, Outcome::Differs { explanations: Vec::new() });
                };
                if number.equals(&exact) {
                    return made(ours, Outcome::Equal);
                }
                let mut explanations = self.explain(reference, number);
                // What the published numbers themselves explain needs no other reason.
                if let (true, Some([italian, english])) = (explanations.is_empty(), &map.why) {
                    explanations.push(self.say(italian, english));
                }
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
                label: self
                    .cells
                    .table(map.cell.split('/').next().unwrap_or_default())
                    .map_or_else(|| self.label(None, record), |table| table.title.clone()),
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
}

fn plain(equal: bool) -> Outcome {
    if equal { Outcome::Equal } else { Outcome::Differs { explanations: Vec::new() } }
}

fn split(field: Option<&String>) -> impl Iterator<Item = &str> {
    field.map_or("", String::as_str).split('|').filter(|text| !text.is_empty())
}
