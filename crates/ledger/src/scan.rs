//! The results of probes read from many segments at once, probe by probe, as they lie encoded.
//!
//! Segments of checks are sorted by probe and instant. A [`Scan`] walks all of them side by side: what a probe said in any of
//! them comes together, is handed on as [`ProbeResults`] and forgotten. One group of rows of each segment is in memory at a
//! time, whatever their size.

mod group;
mod states;

pub use states::{ProbeStates, states};

use std::fs::File;
use std::ops::Range;
use std::sync::Arc;

use impegno_runs::{Latencies, Run, Runs, Stretch};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use rayon::prelude::*;

use crate::{LedgerError, Segment};
use group::{Closed, Group};

/// Segments of checks, open to be walked.
#[derive(Debug)]
pub struct Scan {
    opened: Vec<Opened>,
    latencies: bool,
}

#[derive(Debug)]
struct Opened {
    segment: Segment,
    meta: ParquetMetaData,
    /// First row of each group.
    starts: Vec<usize>,
}

/// What one probe said, in all segments.
#[derive(Debug)]
pub struct ProbeResults<'s> {
    probe: &'s str,
    stretches: Vec<Stretch<'s>>,
    /// Stretches of one time: their rows alternate.
    alternating: bool,
}

impl Scan {
    /// Opens segments; `None` when one holds more than single results of probes, or is of the first layout: they must be read row by
    /// row then.
    ///
    /// # Errors
    /// When a segment is missing or not as it was written.
    pub fn open(segments: &[Segment]) -> Result<Option<Scan>, LedgerError> {
        let opened: Vec<Option<Opened>> =
            segments.par_iter().map(Opened::of).collect::<Result<_, LedgerError>>()?;
        Ok(opened.into_iter().collect::<Option<Vec<Opened>>>().map(|opened| Scan { opened, latencies: true }))
    }

    /// Whether a segment can be opened.
    ///
    /// # Errors
    /// When it is missing or not as it was written.
    pub fn takes(segment: &Segment) -> Result<bool, LedgerError> {
        Ok(Opened::of(segment)?.is_some())
    }

    /// The same without response times, which then are none: they need not be read.
    pub fn without_latencies(self) -> Scan {
        Scan { latencies: false, ..self }
    }

    /// Rows of all segments, ended ones included.
    pub fn rows(&self) -> u64 {
        self.opened.iter().map(|one| one.segment.rows as u64).sum()
    }

    /// Goes through the probes that `wanted` says yes to, on all cores: `each` is given what a probe said within a window
    /// (microseconds, end exclusive), and its own place to work in. What it finds comes in the order of the names of probes.
    ///
    /// # Errors
    /// When a segment is not as it was written.
    pub fn each<P: Default, T: Send>(
        &self,
        window: Range<i64>,
        wanted: impl Fn(&str) -> bool + Sync,
        each: impl Fn(&ProbeResults<'_>, &mut P) -> T + Sync,
    ) -> Result<Vec<(Box<str>, T)>, LedgerError> {
        let bounds = self.bounds(rayon::current_num_threads() * 2);
        let chunks: Vec<Vec<(Box<str>, T)>> = bounds
            .par_windows(2)
            .map(|bounds| {
                let [from, until] = bounds else { return Ok(Vec::new()) };
                self.walk(from.as_deref(), until.as_deref(), &window, &wanted, &each)
            })
            .collect::<Result<_, LedgerError>>()?;
        Ok(chunks.into_iter().flatten().collect())
    }

    /// Names that divide the probes into about equal shares of rows, with none at both ends.
    fn bounds(&self, shares: usize) -> Vec<Option<Box<str>>> {
        let mut firsts: Vec<(&str, i64)> = Vec::new();
        for one in &self.opened {
            let groups = one.meta.row_groups().iter();
            firsts.extend(groups.filter_map(|meta| Some((group::probes(meta)?.0, meta.num_rows()))));
        }
        firsts.sort_unstable();
        let all: i64 = firsts.iter().map(|(_, rows)| rows).sum();
        let mut bounds: Vec<Option<Box<str>>> = vec![None];
        let mut seen = 0;
        for (probe, rows) in firsts {
            let share = seen * shares as i64 / all.max(1);
            if share >= bounds.len() as i64 && bounds.last().is_none_or(|last| last.as_deref() != Some(probe))
            {
                bounds.push(Some(probe.into()));
            }
            seen += rows;
        }
        bounds.push(None);
        bounds
    }

    fn walk<P: Default, T>(
        &self,
        from: Option<&str>,
        until: Option<&str>,
        window: &Range<i64>,
        wanted: &impl Fn(&str) -> bool,
        each: &impl Fn(&ProbeResults<'_>, &mut P) -> T,
    ) -> Result<Vec<(Box<str>, T)>, LedgerError> {
        let mut cursors = Vec::with_capacity(self.opened.len());
        for opened in &self.opened {
            let mut cursor = Cursor::new(opened, window, self.latencies)?;
            cursor.go_to(from.unwrap_or(""))?;
            cursors.push(cursor);
        }
        let mut found = Vec::new();
        let mut place = P::default();
        loop {
            let next = cursors.iter().filter_map(Cursor::probe).min();
            let Some(probe) = next.filter(|next| until.is_none_or(|until| *next < until)) else { break };
            let probe: Box<str> = probe.into();
            let mut pieces: Vec<Piece> = Vec::new();
            for cursor in &mut cursors {
                cursor.take(&probe, &mut pieces)?;
            }
            if !wanted(&probe) {
                continue;
            }
            let results = ProbeResults::of(&probe, &pieces, window)?;
            if !results.stretches.is_empty() {
                let of_probe = each(&results, &mut place);
                found.push((probe, of_probe));
            }
        }
        Ok(found)
    }
}

impl Opened {
    fn of(segment: &Segment) -> Result<Option<Opened>, LedgerError> {
        let file = segment.open()?;
        let meta = ParquetMetaDataReader::new()
            .parse_and_finish(&file)
            .map_err(|error| LedgerError::damaged(&segment.path, error))?;
        if !meta.row_groups().iter().all(group::is_plain) {
            return Ok(None);
        }
        let starts: Vec<usize> = meta
            .row_groups()
            .iter()
            .scan(0, |start, meta| {
                let first = *start;
                *start += meta.num_rows() as usize;
                Some(first)
            })
            .collect();
        let rows: i64 = meta.row_groups().iter().map(|meta| meta.num_rows()).sum();
        if rows != segment.rows as i64 {
            let what = format!("{rows} rows where {} were written", segment.rows);
            return Err(LedgerError::damaged(&segment.path, what));
        }
        Ok(Some(Opened { segment: segment.clone(), meta, starts }))
    }
}

/// Rows of one probe in one group.
struct Piece {
    group: Arc<Group>,
    rows: Range<usize>,
    batch: u64,
    path: std::path::PathBuf,
}

/// A place in a segment.
struct Cursor<'s> {
    opened: &'s Opened,
    window: &'s Range<i64>,
    /// Whether response times are wanted.
    latencies: bool,
    file: File,
    /// The group that comes next, or is open: after the last one there is none.
    number: usize,
    /// Opened when its first probe is taken, so that what lies far ahead takes no memory.
    group: Option<Arc<Group>>,
    /// Which run of probes of the group comes next.
    run: usize,
}

impl<'s> Cursor<'s> {
    fn new(opened: &'s Opened, window: &'s Range<i64>, latencies: bool) -> Result<Cursor<'s>, LedgerError> {
        let file = opened.segment.open()?;
        Ok(Cursor { opened, window, latencies, file, number: 0, group: None, run: 0 })
    }

    /// Goes to the first row of a probe or a later one.
    fn go_to(&mut self, probe: &str) -> Result<(), LedgerError> {
        let groups = self.opened.meta.row_groups();
        self.number =
            groups.partition_point(|meta| group::probes(meta).is_some_and(|(_, last)| last < probe));
        self.pass_over();
        while self.probe().is_some_and(|here| here < probe) {
            self.open()?;
            self.advance();
        }
        Ok(())
    }

    /// Goes on to the next group with rows in the window.
    fn pass_over(&mut self) {
        let outside = |number: usize| {
            let span = self.opened.meta.row_groups().get(number).and_then(group::span);
            span.is_some_and(|(first, last)| last < self.window.start || first >= self.window.end)
        };
        while outside(self.number) {
            self.number += 1;
        }
    }

    /// Reads the group.
    fn open(&mut self) -> Result<(), LedgerError> {
        if self.group.is_none()
            && let Some(meta) = self.opened.meta.row_groups().get(self.number)
        {
            let path = &self.opened.segment.path;
            let group = Group::open(&self.file, meta, self.latencies).map_err(|closed| closed.of(path))?;
            self.group = Some(Arc::new(group));
        }
        Ok(())
    }

    /// The probe that comes next.
    fn probe(&self) -> Option<&str> {
        let Some(group) = &self.group else {
            return self
                .opened
                .meta
                .row_groups()
                .get(self.number)
                .and_then(group::probes)
                .map(|(first, _)| first);
        };
        let same = group.probes.get(self.run)?;
        group.words.get(same.code as usize).map(|word| &**word)
    }

    fn advance(&mut self) {
        self.run += 1;
        if self.group.as_ref().is_none_or(|group| self.run >= group.probes.len()) {
            self.group = None;
            self.run = 0;
            self.number += 1;
            self.pass_over();
        }
    }

    /// Takes all rows of a probe that were not ended.
    fn take(&mut self, probe: &str, pieces: &mut Vec<Piece>) -> Result<(), LedgerError> {
        while self.probe() == Some(probe) {
            self.open()?;
            if let Some(group) = &self.group {
                let start = self.run.checked_sub(1).and_then(|before| group.probes.get(before));
                let start = start.map_or(0, |before| before.end);
                let end = group.probes.get(self.run).map_or(start, |same| same.end);
                let of_segment = self.opened.starts.get(self.number).copied().unwrap_or(0);
                let ended = &self.opened.segment.ended;
                let first = ended.partition_point(|row| (*row as usize) < of_segment + start);
                let mut from = start;
                let mut push = |rows: Range<usize>| {
                    if !rows.is_empty() {
                        let path = self.opened.segment.path.clone();
                        pieces.push(Piece {
                            group: group.clone(),
                            rows,
                            batch: self.opened.segment.batch,
                            path,
                        });
                    }
                };
                for row in
                    ended[first..].iter().map(|row| *row as usize - of_segment).take_while(|row| *row < end)
                {
                    push(from..row);
                    from = row + 1;
                }
                push(from..end);
            }
            self.advance();
        }
        Ok(())
    }
}

impl Closed {
    fn of(self, path: &std::path::Path) -> LedgerError {
        match self {
            Closed::Io(error) => LedgerError::io(path, error),
            Closed::Damaged(what) => LedgerError::damaged(path, what),
        }
    }
}

impl<'s> ProbeResults<'s> {
    fn of(probe: &'s str, pieces: &'s [Piece], window: &Range<i64>) -> Result<ProbeResults<'s>, LedgerError> {
        let mut stretches = Vec::with_capacity(pieces.len());
        for piece in pieces {
            let stretch = piece.group.stretch(piece.rows.clone(), piece.batch);
            let mut stretch = stretch.map_err(|closed| closed.of(&piece.path))?;
            let Some((first, last)) = stretch.span() else { continue };
            if first < window.start || last >= window.end {
                stretch.rows = stretch.since(window.start)..stretch.since(window.end);
            }
            if !stretch.rows.is_empty() {
                stretches.push(stretch);
            }
        }
        stretches.sort_by_key(|stretch| (stretch.span(), stretch.batch));
        let alternating = stretches
            .windows(2)
            .any(|pair| pair[1].span().map(|span| span.0) <= pair[0].span().map(|span| span.1));
        Ok(ProbeResults { probe, stretches, alternating })
    }

    /// Its name.
    pub fn probe(&self) -> &str {
        self.probe
    }

    /// How many results.
    pub fn rows(&self) -> u64 {
        self.stretches.iter().map(|stretch| stretch.rows.len() as u64).sum()
    }

    /// The results as runs of one state; a state holds for at most `hold` microseconds.
    pub fn runs(&self, hold: i64) -> Runs {
        let mut runs = Runs::new(hold);
        let mut in_order = !self.alternating;
        for stretch in self.stretches.iter().take_while(|_| !self.alternating) {
            in_order &= stretch.runs(&mut runs).is_ok();
        }
        if in_order {
            return runs;
        }
        // Row by row: files that hold the same hours, as an export and what was sent live.
        let mut rows: Vec<Run> = Vec::new();
        for stretch in &self.stretches {
            rows.extend(stretch.singly());
        }
        rows.sort_unstable_by_key(|run| (run.first, run.batch, run.line));
        let mut runs = Runs::new(hold);
        for row in rows {
            let pushed = runs.push(row);
            debug_assert!(pushed.is_ok(), "rows were sorted by time");
        }
        runs
    }

    /// Goes through the results: when, the response time (negative without one), batch and line.
    pub fn each_result(&self, mut each: impl FnMut(i64, i32, u64, u32)) {
        for stretch in &self.stretches {
            for (row, one) in stretch.rows.clone().zip(stretch.singly()) {
                each(one.first, stretch.latency(row), one.batch, one.line);
            }
        }
    }

    /// Adds the response times of results within disjoint intervals by time (end exclusive) to one account, of all others to
    /// another.
    pub fn latencies(&self, within: &[(i64, i64)], inside: &mut Latencies, outside: &mut Latencies) {
        for stretch in &self.stretches {
            stretch.latencies(within, inside, outside);
        }
    }
}
