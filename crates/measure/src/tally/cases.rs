//! Cases counted once each, by their first event of a name, in the state they had at the end.
//!
//! A book of half a million cases is counted without copying a text: events are sorted by case and time,
//! and each case looks back at its own rows.

use std::collections::BTreeSet;

use impegno_charter::Condition;
use impegno_facts::{CaseEvents, Facts};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{Answer, Cut, Question, Take};
use crate::{Joins, Part};

/// An event: its case, when, and where it stands: the number of the book and its row.
pub(super) type Event = (u32, i64, u32, u32);

/// Counts the cases of a question.
pub(super) fn answer(question: &Question, joins: &Joins, parts: &[Part]) -> Answer {
    let Take::Cases { from } = &question.take else { return Answer::default() };
    let books = books(parts);
    let events = events(&books, question.filter.conditions.get("kind"));
    let mut counts: FxHashMap<(&str, &str), i128> = FxHashMap::default();
    for case in events.chunk_by(|a, b| a.0 == b.0) {
        let case = CaseRows { books: &books, events: case };
        let Some(at) = case.first(from) else { continue };
        if !(question.window.start.0..question.window.end.0).contains(&at) {
            continue;
        }
        let end = [&question.rows, &question.columns]
            .iter()
            .find_map(|cut| cut.time_of(at))
            .map_or(question.window.end.0, |(_, interval)| interval.end.0);
        let value = |name: &str| joins_value(joins, name, &case, end);
        if !question.filter.conditions.iter().all(|(name, condition)| condition.holds(value(name))) {
            continue;
        }
        let key = |cut| key(cut, at, &value);
        if let (Some(row), Some(column)) = (key(&question.rows), key(&question.columns)) {
            *counts.entry((row, column)).or_default() += 1;
        }
    }
    let mut answer = Answer::default();
    #[expect(clippy::iter_over_hash_type, reason = "the answer sorts its cells")]
    for ((row, column), count) in counts {
        answer.add(row, column, count);
    }
    answer
}

pub(super) fn joins_value<'v>(joins: &'v Joins, name: &str, case: &CaseRows<'v>, end: i64) -> &'v str {
    joins.value(name, case.value(joins.base(name), end))
}

pub(super) fn key<'k>(cut: &'k Cut, at: i64, value: &impl Fn(&str) -> &'k str) -> Option<&'k str> {
    match cut {
        Cut::Whole => Some(""),
        Cut::Dimension { name, groups } => {
            let value = value(name);
            Some(groups.get(value).map_or(value, String::as_str))
        }
        Cut::Times(_) => cut.time_of(at).map(|(key, _)| key.as_str()),
        Cut::Hours(_) | Cut::Movement => None,
    }
}

/// The parts that hold cases.
pub(super) fn books(parts: &[Part]) -> Vec<(&Part, &CaseEvents)> {
    parts
        .iter()
        .filter_map(|part| match &part.facts {
            Facts::Cases(facts) => Some((part, facts)),
            Facts::Checks(_) | Facts::Operations(_) | Facts::Stocks(_) => None,
        })
        .collect()
}

/// The events of the cases whose kind fits, by case and time.
pub(super) fn events(books: &[(&Part, &CaseEvents)], kind: Option<&Condition>) -> Vec<Event> {
    let sources: BTreeSet<&str> = books.iter().map(|(part, _)| part.source.as_str()).collect();
    let mut numbers: FxHashMap<(usize, &str), u32> = FxHashMap::default();
    let mut events: Vec<Event> = Vec::new();
    for (book, (part, facts)) in (0_u32..).zip(books) {
        let source = sources.iter().position(|source| *source == part.source).unwrap_or_default();
        let wanted: Vec<bool> = facts
            .kind
            .words()
            .iter()
            .map(|word| kind.is_none_or(|condition| condition.holds(word)))
            .collect();
        if !wanted.contains(&true) {
            continue;
        }
        // Number each case of the part once, not each event.
        let mut local: Vec<u32> = vec![u32::MAX; facts.case.words().len()];
        for row in 0..facts.at.len() {
            if !wanted[facts.kind.codes()[row] as usize] {
                continue;
            }
            let code = facts.case.codes()[row] as usize;
            if local[code] == u32::MAX {
                let next = numbers.len() as u32;
                local[code] = *numbers.entry((source, &*facts.case.words()[code])).or_insert(next);
            }
            events.push((local[code], facts.at[row], book, row as u32));
        }
    }
    events.par_sort_unstable();
    events
}

/// The events of one case by time.
pub(super) struct CaseRows<'p> {
    pub books: &'p [(&'p Part, &'p CaseEvents)],
    pub events: &'p [Event],
}

impl<'p> CaseRows<'p> {
    /// When the first event of a name happened.
    pub(in crate::tally) fn first(&self, name: &str) -> Option<i64> {
        self.first_event(name).map(|(at, _, _)| at)
    }

    /// The first event of a name: when, and where it stands, the number of the book and its row.
    pub(in crate::tally) fn first_event(&self, name: &str) -> Option<(i64, u32, u32)> {
        let event = self.events.iter().find(|event| self.event(event) == name)?;
        Some((event.1, event.2, event.3))
    }

    fn event(&self, event: &Event) -> &'p str {
        self.books[event.2 as usize].1.event.get(event.3 as usize)
    }

    /// The value of a dimension as last stated before an instant; the `state` is the last event.
    pub(in crate::tally) fn value(&self, name: &str, end: i64) -> &'p str {
        let mut known = self.events.iter().rev().filter(|event| event.1 < end);
        let facts = |event: &Event| self.books[event.2 as usize].1;
        match name {
            "state" => known.next().map_or("", |event| self.event(event)),
            "kind" => self.events.first().map_or("", |event| facts(event).kind.get(event.3 as usize)),
            name => known
                .filter_map(|event| Some(facts(event).dimensions.get(name)?.get(event.3 as usize)))
                .find(|value| !value.is_empty())
                .unwrap_or(""),
        }
    }
}
