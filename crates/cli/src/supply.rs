//! The ledger as a supply of facts for measuring.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::OnceLock;

use impegno_calendar::Interval;
use impegno_facts::Kind;
use impegno_ledger::{LedgerError, ProbeResults, ProbeStates, Scan, Segment};
use impegno_measure::{Part, ResponseTimes, Results, ResultsAsked, SLOWEST_KEPT, Supply};
use impegno_runs::{Run, Runs};
use rayon::prelude::*;

use crate::exit::{Exit, Failure};
use crate::folder::Loaded;

/// What the ledger knew at some moment.
pub(crate) struct Known {
    segments: BTreeMap<Kind, Vec<Segment>>,
    /// Where what follows from segments is kept; nowhere beside a frozen ledger, to which nothing is ever added.
    derived: Option<PathBuf>,
    /// Of each segment of checks whether its results can be read by probe; found when the first one is asked for.
    condensed: OnceLock<Vec<bool>>,
    /// When the last batch was received.
    pub at: impegno_calendar::Instant,
    /// Hash of the last batch.
    pub head: String,
}

impl Known {
    /// Opens what was known at an instant (microseconds; `None`: now).
    pub(crate) fn open(loaded: &Loaded, as_of: Option<i64>) -> Result<Known, Failure> {
        let nothing = || {
            Failure::new(Exit::Folder, "nothing was received yet")
                .hint(format!("put files into {}/inbox and run `impegno import`", loaded.directory.display()))
        };
        let ledger = loaded.ledger()?.ok_or_else(nothing)?;
        let Some(known) = ledger.known(as_of)? else {
            return Err(match as_of {
                None => nothing(),
                Some(_) => Failure::new(Exit::Folder, "nothing was known at that instant")
                    .hint("see `impegno batches`"),
            });
        };
        Ok(Known {
            at: impegno_calendar::Instant(known.head.received_at),
            head: known.head.hash.to_string(),
            segments: known.segments,
            condensed: OnceLock::new(),
            derived: (!loaded.frozen).then(|| loaded.ledger.join("derived")),
        })
    }

    /// Of each segment of checks whether its results can be read by probe.
    ///
    /// Where one segment of a source holds more than single results, all of its segments are read row by row: a monitor's
    /// stops are held against each of its results. One that cannot be opened is read row by row too, and named then.
    fn condensed(&self) -> &[bool] {
        self.condensed.get_or_init(|| {
            let segments = self.of(Kind::Checks);
            let plain: Vec<bool> =
                segments.par_iter().map(|segment| Scan::takes(segment).unwrap_or(false)).collect();
            let others: BTreeSet<&str> = segments
                .iter()
                .zip(&plain)
                .filter(|(_, plain)| !**plain)
                .map(|(segment, _)| segment.source.as_str())
                .collect();
            segments.iter().map(|segment| !others.contains(segment.source.as_str())).collect()
        })
    }

    /// The runs and response times of segments of results.
    ///
    /// Of a segment that lies whole within the window the runs are kept beside the ledger; only the others are read.
    fn read_results(&self, segments: &[Segment], asked: &ResultsAsked<'_>) -> Result<Results, LedgerError> {
        let (window, hold) = (asked.window, asked.hold.0);
        let whole = |segment: &&Segment| {
            segment.ended.is_empty() && window.start.0 <= segment.earliest && segment.latest < window.end.0
        };
        let (kept, read): (Vec<&Segment>, Vec<&Segment>) = segments.iter().partition(whole);
        let folder = self.derived.as_deref();
        let states: Vec<Option<ProbeStates>> = kept
            .par_iter()
            .map(|segment| impegno_ledger::states(segment, hold, folder))
            .collect::<Result<_, _>>()?;
        let mut runs: BTreeMap<Box<str>, Vec<Run>> = BTreeMap::new();
        for (probe, of_probe) in states.into_iter().flatten().flatten() {
            if asked.probes.contains(&*probe) {
                runs.entry(probe).or_default().extend(of_probe);
            }
        }
        let (kept, read): (Vec<Segment>, Vec<Segment>) =
            (kept.into_iter().cloned().collect(), read.into_iter().cloned().collect());
        let mut results = Results::default();
        results.responses.extend(responses(&kept, asked)?);
        results.responses.extend(responses(&read, asked)?);
        let others = scanned(&read, asked)?;
        if kept.is_empty() {
            // One reading put them together.
            results.runs = others;
            return Ok(results);
        }
        for (probe, of_probe) in others {
            runs.entry(probe).or_default().extend(of_probe);
        }
        let joined: Option<Vec<(Box<str>, Vec<Run>)>> =
            runs.into_iter().map(|(probe, runs)| Some((probe, joined(runs, hold)?))).collect();
        results.runs = match joined {
            Some(joined) => joined,
            // Segments of the same time: their rows alternate, and only together they make runs.
            None => scanned(segments, asked)?,
        };
        Ok(results)
    }

    fn of(&self, kind: Kind) -> &[Segment] {
        self.segments.get(&kind).map_or(&[], Vec::as_slice)
    }
}

impl Supply for Known {
    type Error = LedgerError;

    fn count(&self, kind: Kind) -> usize {
        self.of(kind).len()
    }

    fn touches(&self, kind: Kind, part: usize, window: Interval) -> bool {
        let segment = &self.of(kind)[part];
        segment.earliest < window.end.0
            && window.start.0 <= segment.latest
            && segment.ended.len() < segment.rows
    }

    fn read(&self, kind: Kind, part: usize) -> Result<Part, LedgerError> {
        let rows = self.of(kind)[part].read()?;
        Ok(Part { facts: rows.facts, source: rows.source, file: rows.file, batch: rows.batch })
    }

    fn condenses(&self, part: usize) -> bool {
        self.condensed().get(part).copied().unwrap_or(false)
    }

    fn results(&self, parts: &[usize], asked: &ResultsAsked<'_>) -> Result<Results, LedgerError> {
        let all = self.of(Kind::Checks);
        let segments: Vec<Segment> = parts.iter().filter_map(|part| all.get(*part).cloned()).collect();
        let mut results = self.read_results(&segments, asked)?;
        let mut files: BTreeMap<u64, (&str, &str)> = BTreeMap::new();
        for segment in &segments {
            files.insert(segment.batch, (&segment.source, &segment.file));
        }
        results.files =
            files.into_iter().map(|(batch, (source, file))| (batch, source.into(), file.into())).collect();
        Ok(results)
    }
}

/// The runs of the probes asked for, read from segments together.
fn scanned(segments: &[Segment], asked: &ResultsAsked<'_>) -> Result<ProbeStates, LedgerError> {
    let Some(scan) = Scan::open(segments)? else { return Ok(Vec::new()) };
    let window = asked.window.start.0..asked.window.end.0;
    let found = scan.without_latencies().each(
        window,
        |probe| asked.probes.contains(probe),
        |probe, (): &mut ()| probe.runs(asked.hold.0).runs().to_vec(),
    )?;
    Ok(found)
}

/// The response times of the probes asked for.
fn responses(
    segments: &[Segment],
    asked: &ResultsAsked<'_>,
) -> Result<Vec<(Box<str>, ResponseTimes)>, LedgerError> {
    if asked.timed.is_empty() {
        return Ok(Vec::new());
    }
    let Some(scan) = Scan::open(segments)? else { return Ok(Vec::new()) };
    let period = asked.period.start.0..asked.period.end.0;
    scan.each(period, |probe| asked.timed.contains(probe), |probe, (): &mut ()| response_times(probe))
}

/// Runs of several segments put together; `None` where they are of the same time.
fn joined(mut runs: Vec<Run>, hold: i64) -> Option<Vec<Run>> {
    runs.sort_unstable_by_key(|run| (run.first, run.last, run.batch, run.line));
    // Two that meet at an instant are told apart by their rows only.
    if runs.windows(2).any(|pair| pair[1].first <= pair[0].last) {
        return None;
    }
    let mut all = Runs::new(hold);
    for run in runs {
        all.push(run).ok()?;
    }
    Some(all.runs().to_vec())
}

/// The response times of a probe, with the slowest.
fn response_times(probe: &ProbeResults<'_>) -> ResponseTimes {
    let mut times = ResponseTimes::default();
    let mut all: Vec<i32> = Vec::with_capacity(usize::try_from(probe.rows()).unwrap_or(0));
    let mut slowest: Vec<(Reverse<i32>, i64, u64, u32)> = Vec::new();
    probe.each_result(|at, latency, batch, line| {
        if latency < 0 {
            times.untimed += 1;
            return;
        }
        all.push(latency);
        if slowest.len() < SLOWEST_KEPT
            || slowest.get(SLOWEST_KEPT - 1).is_some_and(|last| (Reverse(latency), at) <= (last.0, last.1))
        {
            slowest.push((Reverse(latency), at, batch, line));
            // Some more are kept than are shown: of the same instant the name of the file decides, which is not known here.
            slowest.sort_unstable();
            slowest.truncate(SLOWEST_KEPT * 4);
        }
    });
    all.sort_unstable();
    times.counts = all
        .chunk_by(|a, b| a == b)
        .filter_map(|same| Some((i64::from(*same.first()?), same.len() as u64)))
        .collect();
    times.slowest = slowest
        .into_iter()
        .map(|(Reverse(latency), at, batch, line)| (i64::from(latency), at, batch, line))
        .collect();
    times
}
