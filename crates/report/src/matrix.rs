//! Matrices of states, and subjects put into classes.

use std::collections::{BTreeMap, BTreeSet};

use impegno_charter::{ClassesLayout, Condition, Filter, MatrixLayout};
use impegno_measure::{Answer, Cut, Question, Take};

use crate::document::{Cell, Column, Row, RowRole, Table, Tone, Value};
use crate::numbers;
use crate::plan::Frame;
use crate::tables::{annotations, value_label};
use crate::words::say;

fn question(subject: &str, filter: Filter, frame: &Frame<'_>) -> Question {
    Question {
        take: Take::StockValues,
        filter,
        rows: Cut::Dimension { name: subject.to_owned(), groups: BTreeMap::new() },
        columns: Cut::Dimension { name: "attribute".to_owned(), groups: BTreeMap::new() },
        window: frame.interval(),
    }
}

fn of_attributes<'a>(attributes: impl Iterator<Item = &'a String>) -> Filter {
    let condition = Condition::OneOf(attributes.cloned().collect());
    Filter { conditions: BTreeMap::from([("attribute".to_owned(), condition)]), ..Filter::default() }
}

/// The questions of a matrix: the values, and the marked ones.
pub(crate) fn matrix_questions(layout: &MatrixLayout, frame: &Frame<'_>) -> Vec<Question> {
    let filter = of_attributes(layout.attributes.iter().map(|(attribute, _)| attribute));
    let mut questions = vec![question(&layout.subject, filter.clone(), frame)];
    if let Some(mark) = &layout.mark {
        questions.push(question(&layout.subject, filter.and(&mark.filter), frame));
    }
    questions
}

/// Builds a matrix.
pub(crate) fn matrix(layout: &MatrixLayout, frame: &Frame<'_>, answers: &[Answer]) -> Table {
    let nothing = Answer::default();
    let values = answers.first().unwrap_or(&nothing);
    let marked = answers.get(1).unwrap_or(&nothing);
    let mut rows: Vec<Row> = values
        .rows()
        .into_iter()
        .map(|subject| Row {
            key: subject.to_owned(),
            label: value_label(&layout.subject, subject, &BTreeMap::new(), frame),
            role: RowRole::Part,
            cells: layout
                .attributes
                .iter()
                .map(|(attribute, _)| {
                    let place = (subject.to_owned(), attribute.clone());
                    let Some(found) = values.values.get(&place) else { return Cell::empty() };
                    let text: Vec<&str> = found.iter().map(String::as_str).collect();
                    let tone =
                        if marked.values.contains_key(&place) { Tone::Reconstructed } else { Tone::Plain };
                    Cell::words(text.join(" / ")).toned(tone)
                })
                .collect(),
        })
        .collect();
    rows.sort_by_key(|row| row.label.to_lowercase());
    let mut notes: Vec<String> = layout.notes.iter().map(|note| frame.say(note)).collect();
    if let (false, Some(mark)) = (marked.values.is_empty(), &layout.mark) {
        notes.push(frame.say(&mark.label));
    }
    notes.extend(annotations(&layout.id, frame));
    Table {
        id: layout.id.clone(),
        title: frame.say(&layout.title),
        definition: frame.say(&layout.definition),
        row_heading: frame.say(&layout.row_heading),
        columns: layout
            .attributes
            .iter()
            .map(|(key, label)| Column { key: key.clone(), label: frame.say(label), numeric: false })
            .collect(),
        rows,
        notes,
        chart: None,
    }
}

/// The question of classes: the values of every attribute that a class asks for.
pub(crate) fn classes_questions(layout: &ClassesLayout, frame: &Frame<'_>) -> Vec<Question> {
    let attributes: BTreeSet<&String> =
        layout.classes.iter().flat_map(|class| class.when.conditions.keys()).collect();
    vec![question(&layout.subject, of_attributes(attributes.into_iter()), frame)]
}

/// Builds the table of classes: how many subjects, and which.
pub(crate) fn classes(layout: &ClassesLayout, frame: &Frame<'_>, answers: &[Answer]) -> Table {
    let nothing = Answer::default();
    let values = answers.first().unwrap_or(&nothing);
    let mut members: Vec<Vec<String>> = vec![Vec::new(); layout.classes.len()];
    for subject in values.rows() {
        let class = layout.classes.iter().position(|class| {
            class.when.conditions.iter().all(|(attribute, condition)| {
                let found = values.values.get(&(subject.to_owned(), attribute.clone()));
                match found {
                    Some(found) => found.iter().any(|value| condition.holds(value)),
                    None => condition.holds(""),
                }
            })
        });
        if let Some(members) = class.and_then(|class| members.get_mut(class)) {
            members.push(value_label(&layout.subject, subject, &BTreeMap::new(), frame));
        }
    }
    let rows = layout
        .classes
        .iter()
        .zip(members)
        .map(|(class, mut members)| {
            members.sort_by_key(|name| name.to_lowercase());
            let count = members.len() as i128;
            let number = Cell {
                text: numbers::integer(count, frame.language),
                value: Value::Integer(count),
                tone: Tone::Plain,
                proof: None,
            };
            Row {
                key: class.key.clone(),
                label: frame.say(&class.label),
                role: RowRole::Part,
                cells: vec![number, Cell::words(members.join(", "))],
            }
        })
        .collect();
    Table {
        id: layout.id.clone(),
        title: frame.say(&layout.title),
        definition: frame.say(&layout.definition),
        row_heading: frame.say(&layout.row_heading),
        columns: vec![
            Column { key: "number".to_owned(), label: say(frame.language, "Enti", "Bodies"), numeric: true },
            Column {
                key: "members".to_owned(),
                label: say(frame.language, "Quali", "Which"),
                numeric: false,
            },
        ],
        rows,
        notes: annotations(&layout.id, frame),
        chart: None,
    }
}
