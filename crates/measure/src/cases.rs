//! Cases put together from their events.

use std::collections::BTreeMap;

use impegno_charter::Filter;
use impegno_facts::{CaseEvents, Facts};
use rustc_hash::FxHashMap;

use crate::{FactRef, Joins, Part};

/// Cases of a few kinds, put together from their events.
///
/// Only kinds that were asked for are kept. Merges: books of different parts of the same facts give the
/// same book in any order.
#[derive(Debug, Default)]
pub struct CaseBook {
    cases: FxHashMap<(String, String), Case>,
}

/// A case: what happened to it, in the order of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Identifier within its source.
    pub id: String,
    /// Source.
    pub source: String,
    /// Kind.
    pub kind: String,
    /// Events by time.
    pub events: Vec<CaseEvent>,
}

/// An event of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseEvent {
    /// Microseconds since 1970 in UTC.
    pub at: i64,
    /// What happened.
    pub event: String,
    /// Number among equal events at the same instant.
    pub n: u16,
    /// What is known of the case at the event; only what is stated.
    pub dimensions: BTreeMap<String, String>,
    /// Where it stands.
    pub origin: FactRef,
}

impl CaseBook {
    /// Takes the events of the kinds asked for from a part.
    pub fn add(&mut self, part: &Part, kinds: &[&str]) {
        let Facts::Cases(facts) = &part.facts else { return };
        let wanted: Vec<bool> = facts.kind.words().iter().map(|kind| kinds.contains(&&**kind)).collect();
        for row in 0..facts.at.len() {
            if wanted[facts.kind.codes()[row] as usize] {
                self.insert(part, facts, row);
            }
        }
    }

    fn insert(&mut self, part: &Part, facts: &CaseEvents, row: usize) {
        let key = (part.source.clone(), facts.case.get(row).to_owned());
        let case = self.cases.entry(key).or_insert_with(|| Case {
            id: facts.case.get(row).to_owned(),
            source: part.source.clone(),
            kind: facts.kind.get(row).to_owned(),
            events: Vec::new(),
        });
        let dimensions = facts
            .dimensions
            .iter()
            .map(|(name, texts)| (name.clone(), texts.get(row).to_owned()))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        case.events.push(CaseEvent {
            at: facts.at[row],
            event: facts.event.get(row).to_owned(),
            n: facts.n[row],
            dimensions,
            origin: FactRef { file: part.file.clone(), batch: part.batch, line: facts.line[row] },
        });
    }

    /// Both books in one.
    pub fn merge(mut self, other: CaseBook) -> CaseBook {
        if self.cases.len() < other.cases.len() {
            return other.merge(self);
        }
        let mut others: Vec<_> = other.cases.into_iter().collect();
        others.sort_by(|a, b| a.0.cmp(&b.0));
        for (key, case) in others {
            match self.cases.get_mut(&key) {
                Some(known) => known.events.extend(case.events),
                None => {
                    self.cases.insert(key, case);
                }
            }
        }
        self
    }

    /// The cases by kind, source and identifier, their events by time.
    pub fn finish(self) -> Vec<Case> {
        let mut cases: Vec<Case> = self.cases.into_values().collect();
        for case in &mut cases {
            // Of events at one instant the one received last, or standing last in its row, is the later.
            case.events.sort_by_key(|event| (event.at, event.origin.batch, event.origin.line));
        }
        cases.sort_by(|a, b| (&a.kind, &a.source, &a.id).cmp(&(&b.kind, &b.source, &b.id)));
        cases
    }
}

impl Case {
    /// The first event of a name before an instant.
    pub fn first(&self, event: &str, before: i64) -> Option<&CaseEvent> {
        self.events.iter().find(|one| one.event == event && one.at < before)
    }

    /// The value of a dimension as last stated before an instant; empty when never stated.
    pub fn dimension(&self, name: &str, before: i64) -> &str {
        let known = self.events.iter().rev().filter(|event| event.at < before);
        known.filter_map(|event| event.dimensions.get(name)).map(String::as_str).next().unwrap_or("")
    }

    /// Whether the case fulfils a filter, by what is known before an instant. The `state` of a case is its last
    /// event.
    pub fn fulfils(&self, filter: &Filter, before: i64, joins: &Joins) -> bool {
        filter.conditions.iter().all(|(name, condition)| match name.as_str() {
            "kind" => condition.holds(&self.kind),
            "state" => {
                let last = self.events.iter().rfind(|event| event.at < before);
                condition.holds(last.map_or("", |event| &event.event))
            }
            name => condition.holds(joins.value(name, self.dimension(joins.base(name), before))),
        })
    }
}
