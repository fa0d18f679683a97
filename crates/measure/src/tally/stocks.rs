//! Stocks: what holds at an instant, and how it moved over a period.

use std::collections::{BTreeMap, BTreeSet};

use impegno_facts::{Facts, Stocks};

use crate::tally::{Answer, Cut, Question, Take};
use crate::{Joins, Part};

/// A stock row with what it says.
pub(super) struct Held<'p> {
    pub part: &'p Part,
    pub facts: &'p Stocks,
    pub row: usize,
    pub from: i64,
    /// When it ended: at its own end or when the next value of the same attribute began.
    pub until: i64,
}

/// Answers a question about stocks.
pub(super) fn answer(question: &Question, joins: &Joins, parts: &[Part]) -> Answer {
    if let (Take::DistinctStocks { dimension }, Cut::Movement) = (&question.take, &question.columns) {
        return movement_of_distinct(dimension, question, joins, parts);
    }
    let mut answer = Answer::default();
    let mut distinct: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let start = question.window.start.0;
    let end = question.window.end.0;
    for held in held(parts) {
        if !held.fulfils(question, joins) {
            continue;
        }
        // "At the end" is the last moment of the period, "at the start" the last one before it.
        let at_end = held.from < end && held.until >= end;
        let at_start = held.from < start && held.until >= start;
        let began = (start..end).contains(&held.from);
        let ended = (start..end).contains(&held.until);
        let movement = [("start", at_start), ("new", began), ("ended", ended), ("end", at_end)];
        let places: Vec<(String, String)> = match (&question.rows, &question.columns) {
            (rows, Cut::Movement) => movement
                .iter()
                .filter(|(_, counts)| *counts)
                .map(|(key, _)| (held.key(rows, joins), (*key).to_owned()))
                .collect(),
            (rows, columns) if at_end => vec![(held.key(rows, joins), held.key(columns, joins))],
            _ => Vec::new(),
        };
        for place in places {
            match &question.take {
                Take::DistinctStocks { dimension } => {
                    let value = joins.value(dimension, held.value(joins.base(dimension)));
                    distinct.entry(place).or_default().insert(value.to_owned());
                }
                Take::StockValues => {
                    let value = held.facts.value.get(held.row).to_owned();
                    answer.values.entry(place).or_default().insert(value);
                }
                _ => *answer.cells.entry(place).or_default() += i128::from(held.facts.quantity[held.row]),
            }
        }
    }
    answer.cells.extend(distinct.into_iter().map(|(place, values)| (place, values.len() as i128)));
    answer
}

/// How the different values of a dimension moved over the period. A value is there while any stock of it is:
/// what moves from one body to another neither ends nor begins, and start + new − ended = end.
fn movement_of_distinct(dimension: &str, question: &Question, joins: &Joins, parts: &[Part]) -> Answer {
    #[derive(Default)]
    struct Seen {
        at_start: bool,
        in_period: bool,
        at_end: bool,
    }
    let (start, end) = (question.window.start.0, question.window.end.0);
    let mut seen: BTreeMap<(String, String), Seen> = BTreeMap::new();
    for held in held(parts) {
        if !held.fulfils(question, joins) {
            continue;
        }
        let value = joins.value(dimension, held.value(joins.base(dimension))).to_owned();
        let seen = seen.entry((held.key(&question.rows, joins), value)).or_default();
        seen.at_start |= held.from < start && held.until >= start;
        seen.in_period |= held.from < end && held.until >= start;
        seen.at_end |= held.from < end && held.until >= end;
    }
    let mut answer = Answer::default();
    for ((row, _), seen) in &seen {
        let movement = [
            ("start", seen.at_start),
            ("new", seen.in_period && !seen.at_start),
            ("ended", seen.in_period && !seen.at_end),
            ("end", seen.at_end),
        ];
        for (column, counts) in movement {
            if counts {
                answer.add(row, column, 1);
            }
        }
    }
    answer
}

/// Every stock row with the time for which it really held.
pub(super) fn held(parts: &[Part]) -> Vec<Held<'_>> {
    let mut by_subject: BTreeMap<(&str, &str, &str), Vec<Held<'_>>> = BTreeMap::new();
    for part in parts {
        let Facts::Stocks(facts) = &part.facts else { continue };
        for row in 0..facts.valid_from.len() {
            let key = (part.source.as_str(), facts.subject.get(row), facts.attribute.get(row));
            by_subject.entry(key).or_default().push(Held {
                part,
                facts,
                row,
                from: facts.valid_from[row],
                until: facts.valid_until[row],
            });
        }
    }
    let mut all = Vec::new();
    for (_, mut values) in by_subject {
        values.sort_by_key(|held| held.from);
        let starts: Vec<i64> = values.iter().map(|held| held.from).collect();
        for (n, held) in values.iter_mut().enumerate() {
            if let Some(next) = starts.get(n + 1) {
                held.until = held.until.min(*next);
            }
        }
        all.extend(values);
    }
    all
}

impl Held<'_> {
    /// The value of a column or dimension.
    pub(super) fn value(&self, name: &str) -> &str {
        match name {
            "subject" => self.facts.subject.get(self.row),
            "attribute" => self.facts.attribute.get(self.row),
            "value" => self.facts.value.get(self.row),
            name => self.facts.dimensions.get(name).map_or("", |texts| texts.get(self.row)),
        }
    }

    pub(super) fn fulfils(&self, question: &Question, joins: &Joins) -> bool {
        question
            .filter
            .conditions
            .iter()
            .all(|(name, condition)| condition.holds(joins.value(name, self.value(joins.base(name)))))
    }

    fn key(&self, cut: &Cut, joins: &Joins) -> String {
        match cut {
            Cut::Dimension { name, groups } => {
                let value = joins.value(name, self.value(joins.base(name)));
                groups.get(value).cloned().unwrap_or_else(|| value.to_owned())
            }
            // Stocks have no time of day and no period of their own.
            Cut::Whole | Cut::Times(_) | Cut::Hours(_) | Cut::Movement => String::new(),
        }
    }
}
