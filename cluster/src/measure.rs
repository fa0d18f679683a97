//! The measures of a centre, with the results of probes read by the engine.
//!
//! The promises are judged by the code of the embedded program. Single results of probes are by far the most of a centre's facts:
//! what they come to is gathered where the engine runs, and what comes back is accounted for. Logs of monitors that tell
//! changes, cases, operations and stocks are read here.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::Int64Type;
use datafusion::prelude::SessionContext;
use impegno_calendar::{Instant, Interval};
use impegno_charter::Centre;
use impegno_facts::{Facts, Kind};
use impegno_ledger::{LedgerError, Scan, Segment};
use impegno_measure::{Measurement, Part, Results, ResultsAsked, Supply, measure_commitments};

use crate::centre::Known;
use crate::failure::Failure;
use crate::results::{Account, Asked, Found, cut, together};
use crate::session::Engine;
use crate::table::ResultsTable;

/// What the engine read for a measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Read {
    /// Segments of results.
    pub segments: usize,
    /// Their rows.
    pub rows: u64,
    /// The results among them that were asked for, all accounted for.
    pub results: u64,
    /// Into how many parts the reading was cut.
    pub parts: usize,
}

impl fmt::Display for Read {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Read { segments, rows, results, parts } = self;
        write!(
            f,
            "{results} results of {rows} rows in {segments} segments, read in {parts} parts and accounted for"
        )
    }
}

/// Measures the commitments of a centre over a period.
///
/// # Errors
/// When a segment cannot be read, or the answer of the engine does not account for what it was asked to read.
pub async fn measure(
    engine: &Engine,
    centre: &Centre,
    known: &Known,
    period: Interval,
) -> Result<(Vec<Measurement>, Read), Failure> {
    let known_at = Instant(known.head.received_at);
    let checks = known.segments.get(&Kind::Checks).map_or(&[][..], Vec::as_slice);
    let condensed = condensed(checks)?;
    // Nothing is read in this round: it tells what is asked.
    let listening = Listening { known, condensed: &condensed, heard: Mutex::default() };
    match measure_commitments(centre, period, known_at, &listening) {
        Ok(_) => {}
        Err(never) => match never {},
    }
    let mut read = Read::default();
    let mut answers = Vec::new();
    let questions = listening.heard.into_inner().unwrap_or_else(PoisonError::into_inner);
    if !questions.is_empty() {
        let context = engine.context().await?;
        let partitions = context.state().config().target_partitions();
        for (parts, asked) in questions {
            let segments: Vec<Segment> = parts.iter().filter_map(|part| checks.get(*part).cloned()).collect();
            read.segments += segments.len();
            read.rows += segments.iter().map(|segment| segment.rows as u64).sum::<u64>();
            let cut = cut(segments, partitions);
            read.parts += cut.len();
            let (results, rows) = ask(&context, cut, &asked).await?;
            read.results += rows;
            answers.push((parts, asked, results));
        }
    }
    let answered = Answered { known, condensed: &condensed, answers: Mutex::new(answers) };
    let measured = measure_commitments(centre, period, known_at, &answered).map_err(|error| {
        error.unwrap_or_else(|| Failure::new(Failure::UNEXPECTED, "measuring asked for something else"))
    })?;
    Ok((measured, read))
}

/// Of each segment of checks whether its results can be gathered by probe.
///
/// Where one segment of a source holds more than single results, all of its segments are read row by row: a monitor's stops are
/// held against each of its results.
fn condensed(checks: &[Segment]) -> Result<Vec<bool>, LedgerError> {
    let plain: Vec<bool> = checks.iter().map(Scan::takes).collect::<Result<_, _>>()?;
    let both = || checks.iter().zip(&plain);
    let others: BTreeSet<&str> =
        both().filter(|(_, plain)| !**plain).map(|(segment, _)| segment.source.as_str()).collect();
    Ok(checks.iter().map(|segment| !others.contains(segment.source.as_str())).collect())
}

/// Has the engine answer a question, and puts the answer together.
async fn ask(
    context: &SessionContext,
    parts: Vec<Vec<Segment>>,
    asked: &Asked,
) -> Result<(Results, u64), Failure> {
    let table = ResultsTable { parts: parts.clone(), asked: asked.clone() };
    let batches = context.read_table(Arc::new(table))?.collect().await?;
    let (found, accounts) = told(&batches)?;
    let rows = found.iter().map(|(_, _, found)| found.rows).sum();
    Ok((together(asked, &parts, found, &accounts)?, rows))
}

/// What the rows of an answer say: what was found of each probe in each part, and the accounts of the parts.
type Told = (Vec<(i64, String, Found)>, Vec<(i64, Account)>);

fn told(batches: &[RecordBatch]) -> Result<Told, Failure> {
    let (mut found, mut accounts) = (Vec::new(), Vec::new());
    for batch in batches {
        let column = |n: usize| batch.columns().get(n);
        let parts = column(0).and_then(|column| column.as_primitive_opt::<Int64Type>());
        let probes = column(1).and_then(|column| column.as_string_opt::<i32>());
        let bytes = column(2).and_then(|column| column.as_binary_opt::<i32>());
        let (Some(parts), Some(probes), Some(bytes)) = (parts, probes, bytes) else {
            return Err(Failure::new(Failure::OUTPUT, "the answer has other columns than those asked for"));
        };
        for row in 0..batch.num_rows() {
            let (part, bytes) = (parts.value(row), bytes.value(row));
            if probes.is_null(row) {
                accounts.push((part, Account::from_bytes(bytes)?));
            } else {
                found.push((part, probes.value(row).to_owned(), Found::from_bytes(bytes)?));
            }
        }
    }
    Ok((found, accounts))
}

fn segment(known: &Known, kind: Kind, part: usize) -> Option<&Segment> {
    known.segments.get(&kind)?.get(part)
}

fn touches(known: &Known, kind: Kind, part: usize, window: Interval) -> bool {
    segment(known, kind, part).is_some_and(|segment| {
        segment.earliest < window.end.0
            && window.start.0 <= segment.latest
            && segment.ended.len() < segment.rows
    })
}

/// Hands out nothing, and notes what is asked of results.
struct Listening<'k> {
    known: &'k Known,
    condensed: &'k [bool],
    heard: Mutex<Vec<(Vec<usize>, Asked)>>,
}

impl Supply for Listening<'_> {
    type Error = Infallible;

    fn count(&self, kind: Kind) -> usize {
        self.known.segments.get(&kind).map_or(0, Vec::len)
    }

    fn touches(&self, kind: Kind, part: usize, window: Interval) -> bool {
        kind == Kind::Checks && touches(self.known, kind, part, window)
    }

    fn read(&self, kind: Kind, _: usize) -> Result<Part, Infallible> {
        let facts = match kind {
            Kind::Checks => Facts::Checks(Default::default()),
            Kind::Cases => Facts::Cases(Default::default()),
            Kind::Operations => Facts::Operations(Default::default()),
            Kind::Stocks => Facts::Stocks(Default::default()),
        };
        Ok(Part { facts, source: String::new(), file: String::new(), batch: 0 })
    }

    fn condenses(&self, part: usize) -> bool {
        self.condensed.get(part).copied().unwrap_or(false)
    }

    fn results(&self, parts: &[usize], asked: &ResultsAsked<'_>) -> Result<Results, Infallible> {
        let asked = (parts.to_vec(), Asked::of(asked));
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if !heard.contains(&asked) {
            heard.push(asked);
        }
        Ok(Results::default())
    }
}

/// Hands out the results that the engine gathered, and everything else from the ledger.
struct Answered<'k> {
    known: &'k Known,
    condensed: &'k [bool],
    answers: Mutex<Vec<(Vec<usize>, Asked, Results)>>,
}

impl Supply for Answered<'_> {
    /// `None`: something is asked that was not asked before.
    type Error = Option<Failure>;

    fn count(&self, kind: Kind) -> usize {
        self.known.segments.get(&kind).map_or(0, Vec::len)
    }

    fn touches(&self, kind: Kind, part: usize, window: Interval) -> bool {
        touches(self.known, kind, part, window)
    }

    fn read(&self, kind: Kind, part: usize) -> Result<Part, Option<Failure>> {
        let segment = segment(self.known, kind, part).ok_or(None::<Failure>)?;
        let rows = segment.read().map_err(|error| Some(error.into()))?;
        Ok(Part { facts: rows.facts, source: rows.source, file: rows.file, batch: rows.batch })
    }

    fn condenses(&self, part: usize) -> bool {
        self.condensed.get(part).copied().unwrap_or(false)
    }

    fn results(&self, parts: &[usize], asked: &ResultsAsked<'_>) -> Result<Results, Option<Failure>> {
        let asked = Asked::of(asked);
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let place = answers
            .iter()
            .position(|(of, question, _)| of == parts && *question == asked)
            .ok_or(None::<Failure>)?;
        Ok(answers.swap_remove(place).2)
    }
}
