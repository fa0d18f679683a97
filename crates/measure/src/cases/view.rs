//! A case and its events as views of the columns.

use std::fmt;

use impegno_charter::Filter;

use super::book::{BookPart, Cases, Event, Span};
use crate::{FactRef, Joins};

/// A case: what happened to it, in the order of time.
#[derive(Clone, Copy)]
pub struct Case<'c> {
    cases: &'c Cases,
    span: Span,
}

/// An event of a case.
#[derive(Clone, Copy)]
pub struct CaseEvent<'c> {
    /// Microseconds since 1970 in UTC.
    pub at: i64,
    /// What happened.
    pub event: &'c str,
    part: &'c BookPart,
    row: usize,
}

impl<'c> Case<'c> {
    pub(super) fn new(cases: &'c Cases, span: Span) -> Case<'c> {
        Case { cases, span }
    }

    /// Its events; never none.
    fn rows(self) -> &'c [Event] {
        &self.cases.events[self.span.range()]
    }

    fn part(self) -> (&'c BookPart, usize) {
        let first = &self.cases.events[self.span.first as usize];
        (&self.cases.parts[first.part as usize], first.row as usize)
    }

    /// Identifier within its source.
    pub fn id(self) -> &'c str {
        let (part, row) = self.part();
        part.facts.case.get(row)
    }

    /// Source.
    pub fn source(self) -> &'c str {
        &self.part().0.source
    }

    /// Kind: that of its first event.
    pub fn kind(self) -> &'c str {
        let (part, row) = self.part();
        part.facts.kind.get(row)
    }

    /// Events by time; of those at one instant the one received last comes last.
    pub fn events(self) -> impl DoubleEndedIterator<Item = CaseEvent<'c>> + ExactSizeIterator {
        self.rows().iter().map(move |event| self.event(event))
    }

    fn event(self, event: &Event) -> CaseEvent<'c> {
        CaseEvent {
            at: event.at,
            event: &self.cases.names[event.name as usize],
            part: &self.cases.parts[event.part as usize],
            row: event.row as usize,
        }
    }

    /// The first event of a name before an instant.
    pub fn first(self, event: &str, before: i64) -> Option<CaseEvent<'c>> {
        let named = |one: &&Event| *self.cases.names[one.name as usize] == *event;
        self.rows().iter().take_while(|one| one.at < before).find(named).map(|one| self.event(one))
    }

    /// The last event before an instant: the state that the case was in.
    pub fn last(self, before: i64) -> Option<CaseEvent<'c>> {
        self.rows().iter().rfind(|event| event.at < before).map(|event| self.event(event))
    }

    /// The value of a dimension as last stated before an instant; empty when never stated.
    pub fn dimension(self, name: &str, before: i64) -> &'c str {
        let known = self.events().rev().filter(|event| event.at < before);
        known.map(|event| event.dimension(name)).find(|value| !value.is_empty()).unwrap_or("")
    }

    /// Whether the case fulfils a filter, by what is known before an instant. The `state` of a case is its last
    /// event.
    ///
    /// For one case; [`Cases::fulfilling`] asks all cases of a kind at a fraction of the cost.
    pub fn fulfils(self, filter: &Filter, before: i64, joins: &Joins) -> bool {
        filter.conditions.iter().all(|(name, condition)| match name.as_str() {
            "kind" => condition.holds(self.kind()),
            "state" => condition.holds(self.last(before).map_or("", |event| event.event)),
            name => condition.holds(joins.value(name, self.dimension(joins.base(name), before))),
        })
    }
}

impl<'c> CaseEvent<'c> {
    /// Number among equal events at the same instant.
    pub fn n(self) -> u16 {
        self.part.facts.n[self.row]
    }

    /// The value of a dimension that is stated at the event; empty when it is not.
    pub fn dimension(self, name: &str) -> &'c str {
        self.part.facts.dimensions.get(name).map_or("", |texts| texts.get(self.row))
    }

    /// What is stated at the event: names and values, by name.
    pub fn dimensions(self) -> impl Iterator<Item = (&'c str, &'c str)> {
        let all = self.part.facts.dimensions.iter();
        all.map(move |(name, texts)| (name.as_str(), texts.get(self.row)))
            .filter(|(_, value)| !value.is_empty())
    }

    /// Where it stands.
    pub fn origin(self) -> FactRef {
        let line = self.part.facts.line[self.row];
        FactRef { file: self.part.file.clone(), batch: self.part.batch, line }
    }
}

impl PartialEq for Case<'_> {
    fn eq(&self, other: &Case<'_>) -> bool {
        (self.id(), self.source(), self.kind()) == (other.id(), other.source(), other.kind())
            && self.events().eq(other.events())
    }
}

impl Eq for Case<'_> {}

impl PartialEq for CaseEvent<'_> {
    fn eq(&self, other: &CaseEvent<'_>) -> bool {
        (self.at, self.event, self.n(), self.origin()) == (other.at, other.event, other.n(), other.origin())
            && self.dimensions().eq(other.dimensions())
    }
}

impl Eq for CaseEvent<'_> {}

impl fmt::Debug for Case<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} of {}: ", self.kind(), self.id(), self.source())?;
        f.debug_list().entries(self.events()).finish()
    }
}

impl fmt::Debug for CaseEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = self.origin();
        write!(f, "{} at {} ({}:{})", self.event, self.at, origin.file, origin.line)?;
        f.debug_map().entries(self.dimensions()).finish()
    }
}
