//! Cases from tables in which a row is an update and repeats what is known of its case.
//!
//! The last row of a case says when each event happened and what the dimensions are. A running count tells of
//! events that the last row no longer shows: a case that was opened again three times.

use impegno_facts::{CaseEvents, ONCE};
use rustc_hash::FxHashMap;

use super::Reject;
use super::cases::Openings;
use super::dimensions::DimensionReader;
use super::fields::whole_number;
use super::rows::{Around, KeptRow, Row};
use super::sink::moment;
use crate::FileFindings;
use crate::civil::CivilClock;
use crate::declaration::{Counter, FactColumns, TableFormat};

/// How far a running count may rise in one row. A case is not opened again a thousand times between two updates:
/// a larger number is an identifier or a quantity.
const MOST_RISE: i64 = 1_000;

/// How many events the running counts of a case may tell of; their numbers have sixteen bits.
const MOST_RISES: i64 = ONCE as i64 - 1;

/// The updates being gathered, with the positions of their columns.
pub(super) struct Updates<'s> {
    format: &'s TableFormat,
    clock: &'s CivilClock<'s>,
    kind: &'s str,
    case: usize,
    columns: Vec<(&'s str, usize)>,
    counters: Vec<(&'s str, usize, usize)>,
    /// The position of each case in `cases`.
    known: FxHashMap<String, usize>,
    cases: Vec<Updated>,
    /// How many rises of a counter of a case have a time: those are numbered.
    numbers: FxHashMap<(usize, usize, i64), u16>,
    /// The events of all cases, at the end.
    facts: CaseEvents,
}

/// What is known of a case so far.
struct Updated {
    last: KeptRow,
    /// Each event with its time, by the last row.
    events: Vec<(usize, i64)>,
    /// How far each count has come.
    counts: Vec<i64>,
    /// The counter, its time, its number among equal ones, and the line of each rise.
    rises: Vec<(usize, i64, u16, u32)>,
}

impl<'s> Updates<'s> {
    /// `position` gives the position of a column, all of which were found in the header.
    pub(super) fn new(
        format: &'s TableFormat,
        (kind, case): (&'s str, &String),
        (columns, counters): (&'s [(String, String)], &'s [Counter]),
        position: impl Fn(&String) -> usize,
        clock: &'s CivilClock<'s>,
    ) -> Updates<'s> {
        let counter = |one: &'s Counter| (one.event.as_str(), position(&one.column), position(&one.at));
        Updates {
            format,
            clock,
            kind,
            case: position(case),
            columns: columns.iter().map(|(event, column)| (event.as_str(), position(column))).collect(),
            counters: counters.iter().map(counter).collect(),
            known: FxHashMap::default(),
            cases: Vec::new(),
            numbers: FxHashMap::default(),
            facts: CaseEvents::default(),
        }
    }

    /// Takes a row; it stands for its case until a later one comes.
    pub(super) fn row(&mut self, row: &Row<'_>) -> Result<(), Reject> {
        let id = row.text(self.case);
        if id.is_empty() {
            return Err(Reject::value(self.case, "the case has no identifier", "every row needs one"));
        }
        let mut events = Vec::with_capacity(self.columns.len());
        for (n, (_, column)) in self.columns.iter().enumerate() {
            if !row.field(*column).is_empty() {
                events.push((n, moment(self.format, self.clock, row, *column)?));
            }
        }
        if events.is_empty() {
            let message = "the case has no event";
            let hint = "at least one of its times must be there";
            return Err(Reject { column: None, ..Reject::value(0, message, hint) });
        }
        let mut counts = Vec::with_capacity(self.counters.len());
        for (_, column, at) in &self.counters {
            if row.field(*column).is_empty() {
                counts.push(None);
                continue;
            }
            let count = whole_number(row.field(*column)).filter(|count| *count >= 0).ok_or_else(|| {
                let message = format!("`{}` is not a running count", row.text(*column));
                Reject::value(*column, message, "write digits only")
            })?;
            counts.push(Some((count, moment(self.format, self.clock, row, *at)?)));
        }
        let known = self.known.get(id).copied();
        self.check_rises(known, &counts)?;
        let position = match known {
            Some(position) => position,
            None => {
                self.known.insert(id.to_owned(), self.cases.len());
                let counts = vec![0; self.counters.len()];
                self.cases.push(Updated { last: row.keep(), events: Vec::new(), counts, rises: Vec::new() });
                self.cases.len() - 1
            }
        };
        let Some(case) = self.cases.get_mut(position) else { return Ok(()) };
        for (n, (known, found)) in case.counts.iter_mut().zip(counts).enumerate() {
            let Some((count, at)) = found else { continue };
            if *known >= count {
                continue;
            }
            let number = self.numbers.entry((position, n, at)).or_default();
            while *known < count {
                case.rises.push((n, at, *number, row.line));
                *number += 1;
                *known += 1;
            }
        }
        case.last = row.keep();
        case.events = events;
        Ok(())
    }

    /// Whether the counts of a row can be those of a case that is known up to the row before, if at all.
    fn check_rises(&self, known: Option<usize>, counts: &[Option<(i64, i64)>]) -> Result<(), Reject> {
        let case = known.and_then(|position| self.cases.get(position));
        let mut rises = case.map_or(0, |case| case.rises.len() as i64);
        for (n, found) in counts.iter().enumerate() {
            let Some((count, _)) = found else { continue };
            let before = case.and_then(|case| case.counts.get(n)).copied().unwrap_or(0);
            let rise = (count - before).max(0);
            rises = rises.saturating_add(rise);
            let column = self.counters.get(n).map_or(0, |(_, column, _)| *column);
            if rise > MOST_RISE {
                let message = format!("the running count rises from {before} to {count} in one row");
                let hint =
                    format!("at most {MOST_RISE} at a time: does the column count events of the case?");
                return Err(Reject::value(column, message, &hint));
            }
            if rises > MOST_RISES {
                let message = format!("the running counts of the case come to more than {MOST_RISES} events");
                return Err(Reject::value(column, message, "does the column count events of the case?"));
            }
        }
        Ok(())
    }

    /// Gathers the events of all cases, each with the dimensions of the last row of its case.
    pub(super) fn finish(
        &mut self,
        around: &Around,
        dimensions: &mut [DimensionReader<'_>],
        file: &str,
        findings: &mut FileFindings,
    ) {
        let opening = match &self.format.facts {
            FactColumns::Cases { opening, .. } => opening.as_deref(),
            FactColumns::Checks(_) | FactColumns::Operations { .. } | FactColumns::Stocks { .. } => None,
        };
        let mut openings = Openings::default();
        let facts = &mut self.facts;
        for case in &self.cases {
            let row = case.last.again(around);
            let events = case.events.iter().map(|(n, at)| (self.columns[*n].0, *at, ONCE, row.line));
            let rises =
                case.rises.iter().map(|(n, at, number, line)| (self.counters[*n].0, *at, *number, *line));
            for (event, at, n, line) in events.chain(rises) {
                let id = row.text(self.case);
                facts.case.push(id);
                facts.kind.push(self.kind);
                facts.event.push(event);
                facts.at.push(at);
                facts.n.push(n);
                facts.line.push(line);
                if let Some(opening) = opening {
                    openings.push(id, event, event == opening, at, line);
                }
            }
            for dimension in dimensions.iter_mut() {
                dimension.push(&row, case.events.len() + case.rises.len(), file, findings);
            }
        }
        openings.tell(file, findings);
    }

    /// Gives the events, once they are gathered.
    pub(super) fn take(&mut self) -> CaseEvents {
        std::mem::take(&mut self.facts)
    }
}
