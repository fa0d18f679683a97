//! The ledger as a supply of facts for measuring.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use impegno_calendar::Interval;
use impegno_facts::Kind;
use impegno_ledger::{LedgerError, ProbeResults, Scan, Segment};
use impegno_measure::{Part, ResponseTimes, Results, ResultsAsked, SLOWEST_KEPT, Supply};
use rayon::prelude::*;

use crate::exit::{Exit, Failure};
use crate::folder::Loaded;

/// What the ledger knew at some moment.
pub(crate) struct Known {
    segments: BTreeMap<Kind, Vec<Segment>>,
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
        let Some(scan) = Scan::open(&segments)? else { return Ok(Results::default()) };
        let (window, period) = (asked.window, asked.period);
        let both = window.start.0.min(period.start.0)..window.end.0.max(period.end.0);
        let wanted = |probe: &str| asked.probes.contains(probe) || asked.timed.contains(probe);
        let found = scan.each(both, wanted, |probe, (): &mut ()| {
            let runs = asked
                .probes
                .contains(probe.probe())
                .then(|| probe.within(window.start.0..window.end.0).runs(asked.hold.0));
            let timed = asked
                .timed
                .contains(probe.probe())
                .then(|| response_times(&probe.within(period.start.0..period.end.0)));
            (runs, timed)
        })?;
        let mut results = Results::default();
        for (probe, (runs, timed)) in found {
            results.runs.extend(runs.map(|runs| (probe.clone(), runs.runs().to_vec())));
            results.responses.extend(timed.map(|timed| (probe, timed)));
        }
        let mut files: BTreeMap<u64, (&str, &str)> = BTreeMap::new();
        for segment in &segments {
            files.insert(segment.batch, (&segment.source, &segment.file));
        }
        results.files =
            files.into_iter().map(|(batch, (source, file))| (batch, source.into(), file.into())).collect();
        Ok(results)
    }
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
