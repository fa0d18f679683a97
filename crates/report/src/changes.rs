//! What changed most from the year before, and how much of the whole change that explains.

use std::collections::BTreeMap;

use impegno_charter::ChangesLayout;
use impegno_measure::{Answer, Cut, Joins, Question, Take};

use crate::document::{Block, Cell, Column, Row, RowRole, Table, Tone, Value};
use crate::numbers;
use crate::plan::Frame;
use crate::tables::{annotations, value_label};
use crate::words::say;

/// One question: the counts of both years by the compared dimension.
pub(crate) fn questions(layout: &ChangesLayout, frame: &Frame<'_>) -> Vec<Question> {
    let zone = &frame.centre.zone;
    let years = frame.years(2);
    let times: Vec<_> = years.iter().map(|year| (year.to_string(), year.interval(zone))).collect();
    let window = times
        .iter()
        .map(|(_, interval)| *interval)
        .reduce(|a, b| impegno_calendar::Interval { start: a.start.min(b.start), end: a.end.max(b.end) });
    vec![Question {
        take: Take::of(&layout.selection.of),
        filter: layout.selection.filter.clone(),
        rows: Cut::Dimension { name: layout.by.clone(), groups: BTreeMap::new() },
        columns: Cut::Times(times),
        window: window.unwrap_or_else(|| frame.interval()),
    }]
}

struct Change {
    key: String,
    group: String,
    before: i128,
    now: i128,
}

/// The table of changes, and the table that holds them against the change of their groups.
pub(crate) fn tables(layout: &ChangesLayout, frame: &Frame<'_>, answers: &[Answer]) -> Vec<Block> {
    let nothing = Answer::default();
    let answer = answers.first().unwrap_or(&nothing);
    let joins = Joins::new(frame.centre);
    let (before, now) = (frame.period.year_before().to_string(), frame.period.to_string());
    let mut changes: Vec<Change> = answer
        .rows()
        .into_iter()
        .map(|key| Change {
            key: key.to_owned(),
            group: joins.value(&layout.group, key).to_owned(),
            before: answer.cell(key, &before),
            now: answer.cell(key, &now),
        })
        .collect();
    let group_order: BTreeMap<String, usize> = {
        let mut groups: Vec<&String> = changes.iter().map(|change| &change.group).collect();
        groups.sort();
        groups.dedup();
        groups.into_iter().enumerate().map(|(n, group)| (group.clone(), n)).collect()
    };
    changes.sort_by_key(|change| {
        (group_order.get(&change.group).copied(), -(change.now - change.before).abs(), change.key.clone())
    });
    let listed: Vec<&Change> = changes
        .iter()
        .filter(|change| (change.now - change.before).abs() >= i128::from(layout.at_least))
        .collect();
    let language = frame.language;
    let number = |number: i128| Cell {
        text: numbers::integer(number, language),
        value: Value::Integer(number),
        tone: Tone::Plain,
        proof: None,
    };
    let difference = |number: i128| Cell {
        text: numbers::signed(numbers::integer(number, language)),
        value: Value::Integer(number),
        tone: Tone::Plain,
        proof: None,
    };
    let rows = listed
        .iter()
        .map(|change| Row {
            key: change.key.clone(),
            label: value_label(&layout.by, &change.key, &BTreeMap::new(), frame),
            role: RowRole::Part,
            cells: vec![
                Cell::words(change.group.clone()),
                number(change.before),
                number(change.now),
                difference(change.now - change.before),
                status(&change.key, frame),
            ],
        })
        .collect();
    let words = |key: &str, label: String, numeric: bool| Column { key: key.to_owned(), label, numeric };
    let main = Table {
        id: layout.id.clone(),
        title: frame.say(&layout.title),
        definition: frame.say(&layout.definition),
        row_heading: say(language, "Servizio", "Service"),
        columns: vec![
            words("group", say(language, "Categoria", "Category"), false),
            words("before", before, true),
            words("now", now, true),
            words("difference", say(language, "Differenza", "Difference"), true),
            words("status", say(language, "Nota", "Note"), false),
        ],
        rows,
        notes: annotations(&layout.id, frame),
        chart: None,
    };
    let mut groups: Vec<Row> = Vec::new();
    for group in group_order.keys() {
        let all: i128 = changes
            .iter()
            .filter(|change| change.group == *group)
            .map(|change| change.now - change.before)
            .sum();
        let shown: i128 = listed
            .iter()
            .filter(|change| change.group == *group)
            .map(|change| change.now - change.before)
            .sum();
        groups.push(Row {
            key: group.clone(),
            label: group.clone(),
            role: RowRole::Part,
            cells: vec![difference(shown), difference(all - shown), difference(all)],
        });
    }
    let coverage = Table {
        id: format!("{}-gruppi", layout.id),
        title: say(language, "Quanto spiegano le variazioni elencate", "How much the listed changes explain"),
        definition: say(
            language,
            "Somma delle variazioni elencate sopra, somma delle altre, variazione intera della categoria.",
            "Sum of the changes listed above, sum of the others, whole change of the category.",
        ),
        row_heading: say(language, "Categoria", "Category"),
        columns: vec![
            words("listed", say(language, "Elencate", "Listed"), true),
            words("rest", say(language, "Altre", "Others"), true),
            words("all", say(language, "Tutte", "All"), true),
        ],
        rows: groups,
        notes: Vec::new(),
        chart: None,
    };
    vec![Block::Table(main), Block::Table(coverage)]
}

/// NEW when a service began in the period, ENDED when it ended in it, by the catalogue; the exact value is
/// `new` or `ended` in every language.
fn status(service: &str, frame: &Frame<'_>) -> Cell {
    let Some(service) = frame.centre.service(service) else { return Cell::empty() };
    let within = |day: Option<jiff::civil::Date>| day.is_some_and(|day| frame.period.contains_day(day));
    let (key, text) = if within(service.from) {
        ("new", say(frame.language, "NUOVO", "NEW"))
    } else if within(service.until) {
        ("ended", say(frame.language, "DISATTIVATO", "ENDED"))
    } else {
        return Cell::empty();
    };
    Cell { text, value: Value::Text(key.to_owned()), tone: Tone::Plain, proof: None }
}
