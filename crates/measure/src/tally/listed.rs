//! The facts behind a count: the earliest of them, each with its place, and how many there are.

use std::collections::BTreeMap;

use impegno_calendar::Instant;
use impegno_facts::{Facts, Kind, NO_AMOUNT};

use super::cases::{CaseRows, books, events, joins_value};
use super::columns::Sieve;
use super::{Question, Take, stocks};
use crate::{FactRef, Joins, Part, Supply};

/// Most facts that are listed of a count.
pub(crate) const LISTED: usize = 100;

/// A fact that was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedFact {
    /// What it is of: a case, the record of an operation, subject and attribute of a stock.
    pub label: String,
    /// When it happened, or began to hold.
    pub at: Instant,
    /// For how many it counts: a quantity, or cents.
    pub quantity: i128,
    /// Where it stands.
    pub origin: FactRef,
}

/// Facts that were counted: the earliest, and how many there are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listed {
    /// How many facts there are, listed or not.
    pub facts: u64,
    /// The earliest of them, by time and place.
    pub earliest: Vec<CountedFact>,
}

/// What is to be listed: the facts that a question counts and others do not.
pub(crate) struct Listing<'q> {
    pub of: &'q Question,
    pub without: &'q [Question],
}

/// The earliest facts so far.
#[derive(Default)]
struct Earliest {
    facts: u64,
    kept: BTreeMap<(i64, u64, u32, String), CountedFact>,
}

impl Earliest {
    fn add(&mut self, batch: u64, fact: CountedFact) {
        self.facts += 1;
        let key = (fact.at.0, batch, fact.origin.line, fact.label.clone());
        self.kept.insert(key, fact);
        if self.kept.len() > LISTED {
            self.kept.pop_last();
        }
    }

    fn finish(self) -> Listed {
        Listed { facts: self.facts, earliest: self.kept.into_values().collect() }
    }
}

/// Lists what is asked; of checks nothing, there are too many of them to be read.
///
/// # Errors
/// When a part of the facts cannot be read.
pub(crate) fn list<S: Supply>(
    listings: &[Listing<'_>],
    joins: &Joins,
    supply: &S,
) -> Result<Vec<Listed>, S::Error> {
    let mut found: Vec<Earliest> = listings.iter().map(|_| Earliest::default()).collect();
    for kind in [Kind::Cases, Kind::Operations, Kind::Stocks] {
        let asked: Vec<usize> = (0..listings.len()).filter(|n| listings[*n].of.take.kind() == kind).collect();
        if asked.is_empty() {
            continue;
        }
        let window = asked.iter().map(|n| listings[*n].of.reach()).reduce(super::hull);
        let mut parts = Vec::new();
        for part in 0..supply.count(kind) {
            if window.is_some_and(|window| supply.touches(kind, part, window)) {
                parts.push(supply.read(kind, part)?);
            }
        }
        for n in asked {
            match kind {
                Kind::Cases => cases(&listings[n], joins, &parts, &mut found[n]),
                Kind::Operations => operations(&listings[n], joins, &parts, &mut found[n]),
                Kind::Stocks => stocks_of(&listings[n], joins, &parts, &mut found[n]),
                Kind::Checks => {}
            }
        }
    }
    Ok(found.into_iter().map(Earliest::finish).collect())
}

fn origin(part: &Part, line: u32) -> FactRef {
    FactRef { file: part.file.as_str().into(), batch: part.batch, line }
}

fn cases(listing: &Listing<'_>, joins: &Joins, parts: &[Part], into: &mut Earliest) {
    let question = listing.of;
    let Take::Cases { from } = &question.take else { return };
    let books = books(parts);
    let events = events(&books, question.filter.conditions.get("kind"));
    let end = question.window.end.0;
    for case in events.chunk_by(|a, b| a.0 == b.0) {
        let case = CaseRows { books: &books, events: case };
        let Some((at, book, row)) = case.first_event(from) else { continue };
        if !(question.window.start.0..end).contains(&at) {
            continue;
        }
        let passes = |question: &Question| {
            let value = |name: &str| joins_value(joins, name, &case, end);
            question.filter.conditions.iter().all(|(name, condition)| condition.holds(value(name)))
        };
        if !passes(question) || listing.without.iter().any(passes) {
            continue;
        }
        let (part, facts) = books[book as usize];
        let fact = CountedFact {
            label: facts.case.get(row as usize).to_owned(),
            at: Instant(at),
            quantity: 1,
            origin: origin(part, facts.line[row as usize]),
        };
        into.add(part.batch, fact);
    }
}

fn operations(listing: &Listing<'_>, joins: &Joins, parts: &[Part], into: &mut Earliest) {
    let question = listing.of;
    for part in parts {
        let Facts::Operations(facts) = &part.facts else { continue };
        let Some(sieve) = Sieve::new(&question.filter, joins, &part.facts) else { continue };
        let others = listing.without.iter();
        let without: Vec<Sieve<'_>> =
            others.filter_map(|other| Sieve::new(&other.filter, joins, &part.facts)).collect();
        for row in 0..facts.at.len() {
            let at = facts.at[row];
            let within = (question.window.start.0..question.window.end.0).contains(&at);
            if !within || !sieve.passes(row) || without.iter().any(|other| other.passes(row)) {
                continue;
            }
            let quantity = match question.take {
                Take::Amounts => facts.amount[row],
                _ => facts.quantity[row],
            };
            if quantity == NO_AMOUNT && matches!(question.take, Take::Amounts) {
                continue;
            }
            let fact = CountedFact {
                label: facts.id.get(row).to_owned(),
                at: Instant(at),
                quantity: i128::from(quantity),
                origin: origin(part, facts.line[row]),
            };
            into.add(part.batch, fact);
        }
    }
}

fn stocks_of(listing: &Listing<'_>, joins: &Joins, parts: &[Part], into: &mut Earliest) {
    let question = listing.of;
    let end = question.window.end.0;
    for held in stocks::held(parts) {
        let at_end = held.from < end && held.until >= end;
        if !at_end
            || !held.fulfils(question, joins)
            || listing.without.iter().any(|other| held.fulfils(other, joins))
        {
            continue;
        }
        let (subject, attribute) = (held.value("subject"), held.value("attribute"));
        let fact = CountedFact {
            label: format!("{subject}, {attribute}"),
            at: Instant(held.from),
            quantity: i128::from(held.facts.quantity[held.row]),
            origin: origin(held.part, held.facts.line[held.row]),
        };
        into.add(held.part.batch, fact);
    }
}
