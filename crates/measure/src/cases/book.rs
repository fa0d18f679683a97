//! Gathering events part by part, and putting cases together from them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use impegno_facts::{CaseEvents, Facts};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::columns::Columns;
use super::view::Case;
use crate::Part;

/// Events of cases of a few kinds, gathered part by part.
///
/// Merges: books of different parts of the same facts give the same [`Cases`] in any order.
#[derive(Debug, Default)]
pub struct CaseBook {
    parts: Vec<BookPart>,
}

/// A part as it was received, and which of its kinds count.
pub(super) struct BookPart {
    pub facts: CaseEvents,
    pub source: String,
    pub file: Arc<str>,
    pub batch: u64,
    /// Whether each code of the column `kind` was asked for.
    wanted: Vec<bool>,
}

impl CaseBook {
    /// Takes the events of the kinds asked for from a part; a part without any is dropped.
    pub fn add(&mut self, part: Part, kinds: &BTreeSet<&str>) {
        let Facts::Cases(facts) = part.facts else { return };
        let wanted: Vec<bool> = facts.kind.words().iter().map(|kind| kinds.contains(&**kind)).collect();
        if wanted.contains(&true) {
            let file = part.file.into();
            self.parts.push(BookPart { facts, source: part.source, file, batch: part.batch, wanted });
        }
    }

    /// Both books in one.
    pub fn merge(mut self, mut other: CaseBook) -> CaseBook {
        self.parts.append(&mut other.parts);
        self
    }

    /// Puts the cases together.
    ///
    /// A case is an identifier within a source; its kind is that of its first event. Of events at one instant the
    /// one received last, or standing last in its row, is the later.
    pub fn finish(mut self) -> Cases {
        // The order of the parts is theirs, not that in which they came.
        self.parts.sort_by(|a, b| a.place().cmp(&b.place()));
        let mut names = Dictionary::default();
        let mut numbered = Numbered::default();
        for (number, part) in (0_u32..).zip(&self.parts) {
            numbered.add(number, part, &mut names);
        }
        let (events, spans) = numbered.sorted(&self.parts);
        Cases::new(self.parts, names.words, events, spans)
    }
}

impl BookPart {
    /// What orders parts: when received, from where, and where in the file they begin.
    fn place(&self) -> (u64, &str, &str, Option<&u32>) {
        (self.batch, &self.source, &self.file, self.facts.line.first())
    }
}

impl fmt::Debug for BookPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (batch {}): {} events", self.file, self.batch, self.facts.at.len())
    }
}

/// Different texts by number, in the order in which they came.
#[derive(Default)]
struct Dictionary {
    words: Vec<Box<str>>,
    numbers: BTreeMap<Box<str>, u32>,
}

impl Dictionary {
    fn number(&mut self, word: &str) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = self.words.len() as u32;
        self.words.push(word.into());
        self.numbers.insert(word.into(), number);
        number
    }
}

/// An event as numbers: when, what, and in which row of which part it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Event {
    pub at: i64,
    /// Number of its name.
    pub name: u32,
    pub part: u32,
    pub row: u32,
}

/// A case: its events are a stretch of all events.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub first: u32,
    pub end: u32,
}

impl Span {
    pub(super) fn range(self) -> Range<usize> {
        self.first as usize..self.end as usize
    }
}

/// The events of all parts, each with the number of its case: cases are numbered as they first appear.
#[derive(Default)]
struct Numbered<'p> {
    cases: FxHashMap<(&'p str, &'p str), u32>,
    /// How many events each case has.
    counts: Vec<u32>,
    events: Vec<(u32, Event)>,
}

impl<'p> Numbered<'p> {
    fn add(&mut self, number: u32, part: &'p BookPart, names: &mut Dictionary) {
        let facts = &part.facts;
        let names: Vec<u32> = facts.event.words().iter().map(|word| names.number(word)).collect();
        // Each case of the part is looked up once, not each event.
        let mut local: Vec<u32> = vec![u32::MAX; facts.case.words().len()];
        let codes = facts.kind.codes().iter().zip(facts.case.codes()).zip(facts.event.codes());
        for ((((kind, case), name), at), row) in codes.zip(&facts.at).zip(0_u32..) {
            if !part.wanted[*kind as usize] {
                continue;
            }
            let known = &mut local[*case as usize];
            if *known == u32::MAX {
                let next = self.counts.len() as u32;
                let key = (part.source.as_str(), &*facts.case.words()[*case as usize]);
                *known = *self.cases.entry(key).or_insert(next);
                if *known == next {
                    self.counts.push(0);
                }
            }
            self.counts[*known as usize] += 1;
            let event = Event { at: *at, name: names[*name as usize], part: number, row };
            self.events.push((*known, event));
        }
    }

    /// The events by case, those of a case by time; and the cases by kind and time of their first event.
    fn sorted(self, parts: &[BookPart]) -> (Vec<Event>, Vec<Span>) {
        let mut next = 0;
        let mut spans: Vec<Span> = self
            .counts
            .iter()
            .map(|count| {
                let first = next;
                next += count;
                Span { first, end: first }
            })
            .collect();
        let nothing = Event { at: 0, name: 0, part: 0, row: 0 };
        let mut events = vec![nothing; self.events.len()];
        for (case, event) in self.events {
            let span = &mut spans[case as usize];
            events[span.end as usize] = event;
            span.end += 1;
        }
        let line = |event: &Event| parts[event.part as usize].facts.line[event.row as usize];
        let order = |a: &Event, b: &Event| {
            let batch = |event: &Event| parts[event.part as usize].batch;
            a.at.cmp(&b.at)
                .then_with(|| (batch(a), line(a), a.part, a.row).cmp(&(batch(b), line(b), b.part, b.row)))
        };
        for span in &spans {
            let events = &mut events[span.range()];
            if !events.is_sorted_by(|a, b| order(a, b).is_lt()) {
                events.sort_unstable_by(order);
            }
        }
        let kind = |event: &Event| parts[event.part as usize].facts.kind.get(event.row as usize);
        spans.par_sort_by(|a, b| {
            let (a, b) = (&events[a.first as usize], &events[b.first as usize]);
            kind(a).cmp(kind(b)).then_with(|| order(a, b))
        });
        (events, spans)
    }
}

/// Cases by kind and by the time of their first event.
pub struct Cases {
    pub(super) parts: Vec<BookPart>,
    /// The names of events by number.
    pub(super) names: Vec<Box<str>>,
    pub(super) events: Vec<Event>,
    pub(super) spans: Vec<Span>,
    /// The cases of each kind.
    kinds: BTreeMap<String, Range<usize>>,
    pub(super) columns: Columns,
}

impl Cases {
    fn new(parts: Vec<BookPart>, names: Vec<Box<str>>, events: Vec<Event>, spans: Vec<Span>) -> Cases {
        let mut cases =
            Cases { parts, names, events, spans, kinds: BTreeMap::new(), columns: Columns::default() };
        let mut start = 0;
        let mut kinds = BTreeMap::new();
        while let Some(first) = cases.get(start) {
            let len = cases.spans[start..].partition_point(|span| cases.view(*span).kind() == first.kind());
            kinds.insert(first.kind().to_owned(), start..start + len);
            start += len;
        }
        cases.kinds = kinds;
        cases
    }

    /// How many cases.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there is no case.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The case of a number, from 0, in the order of [`Cases::iter`].
    pub fn get(&self, number: usize) -> Option<Case<'_>> {
        self.spans.get(number).map(|span| self.view(*span))
    }

    /// All cases, by kind and by the time of their first event.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Case<'_>> {
        self.spans.iter().map(|span| self.view(*span))
    }

    /// The cases of a kind, by the time of their first event.
    pub fn of_kind(&self, kind: &str) -> impl ExactSizeIterator<Item = Case<'_>> {
        self.spans[self.numbers(kind)].iter().map(|span| self.view(*span))
    }

    /// The numbers of the cases of a kind.
    pub fn numbers(&self, kind: &str) -> Range<usize> {
        self.kinds.get(kind).cloned().unwrap_or_default()
    }

    pub(super) fn view(&self, span: Span) -> Case<'_> {
        Case::new(self, span)
    }
}

impl Default for Cases {
    fn default() -> Cases {
        CaseBook::default().finish()
    }
}

/// The same cases with the same events at the same places.
impl PartialEq for Cases {
    fn eq(&self, other: &Cases) -> bool {
        self.len() == other.len() && self.iter().zip(other.iter()).all(|(a, b)| a == b)
    }
}

impl Eq for Cases {}

impl fmt::Debug for Cases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
