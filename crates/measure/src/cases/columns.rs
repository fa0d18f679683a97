//! Dimensions of all cases at an instant, found once and reused by every promise that filters by them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use impegno_charter::Filter;
use impegno_facts::Texts;
use rustc_hash::FxHashMap;

use super::book::{Cases, Event};
use crate::Joins;

/// The columns that were asked for, by name and instant.
#[derive(Default)]
pub(super) struct Columns(Mutex<BTreeMap<(String, i64), Arc<Column>>>);

impl fmt::Debug for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Columns")
    }
}

/// The value of a dimension of every case, by number of the case.
struct Column {
    codes: Vec<u32>,
    words: Vec<String>,
}

impl Cases {
    /// The numbers of the cases of a kind that fulfil a filter, by what is known before an instant, in the order of
    /// [`Cases::of_kind`]. The same answer as [`super::Case::fulfils`].
    pub fn fulfilling(&self, kind: &str, filter: &Filter, before: i64, joins: &Joins) -> Vec<u32> {
        let numbers = self.numbers(kind);
        let mut conditions: Vec<(Arc<Column>, Vec<bool>)> = Vec::new();
        for (name, condition) in &filter.conditions {
            if name == "kind" {
                if !condition.holds(kind) {
                    return Vec::new();
                }
                continue;
            }
            let column = self.column(joins.base(name), before);
            let holds: Vec<bool> =
                column.words.iter().map(|word| condition.holds(joins.value(name, word))).collect();
            if !holds.contains(&true) {
                return Vec::new();
            }
            if holds.contains(&false) {
                conditions.push((column, holds));
            }
        }
        let passes = |number: &u32| {
            let number = *number as usize;
            conditions.iter().all(|(column, holds)| holds[column.codes[number] as usize])
        };
        (numbers.start as u32..numbers.end as u32).filter(passes).collect()
    }

    fn column(&self, name: &str, before: i64) -> Arc<Column> {
        let key = (name.to_owned(), before);
        let known = |columns: &Columns| {
            let columns = columns.0.lock().unwrap_or_else(PoisonError::into_inner);
            columns.get(&key).cloned()
        };
        if let Some(column) = known(&self.columns) {
            return column;
        }
        // Two threads may find the same column at once: it comes out the same, and one of them is kept.
        let column = Arc::new(if name == "state" { self.states(before) } else { self.stated(name, before) });
        let mut columns = self.columns.0.lock().unwrap_or_else(PoisonError::into_inner);
        columns.entry(key).or_insert(column).clone()
    }

    /// The last event of every case.
    fn states(&self, before: i64) -> Column {
        let nothing = self.names.len() as u32;
        let mut words: Vec<String> = self.names.iter().map(|name| name.to_string()).collect();
        words.push(String::new());
        let state = |events: &[Event]| {
            events.iter().rfind(|event| event.at < before).map_or(nothing, |event| event.name)
        };
        Column { codes: self.spans.iter().map(|span| state(&self.events[span.range()])).collect(), words }
    }

    /// What was last stated of a dimension of every case.
    fn stated(&self, name: &str, before: i64) -> Column {
        let mut words = vec![String::new()];
        let mut numbers: FxHashMap<&str, u32> = FxHashMap::default();
        numbers.insert("", 0);
        // The words of each part by their number among those of all parts.
        let mut parts: Vec<Option<(&Texts, Vec<u32>)>> = Vec::new();
        for part in &self.parts {
            let Some(texts) = part.facts.dimensions.get(name) else {
                parts.push(None);
                continue;
            };
            let mut known = Vec::new();
            for word in texts.words() {
                let next = words.len() as u32;
                let number = *numbers.entry(word).or_insert(next);
                if number == next {
                    words.push(word.to_string());
                }
                known.push(number);
            }
            parts.push(Some((texts, known)));
        }
        let value = |events: &[Event]| {
            events
                .iter()
                .rev()
                .filter(|event| event.at < before)
                .filter_map(|event| {
                    let (texts, known) = parts[event.part as usize].as_ref()?;
                    Some(known[texts.codes()[event.row as usize] as usize])
                })
                .find(|number| *number != 0)
                .unwrap_or(0)
        };
        let codes = self.spans.iter().map(|span| value(&self.events[span.range()])).collect();
        Column { codes, words }
    }
}
