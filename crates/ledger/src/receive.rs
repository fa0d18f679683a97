//! Receiving a batch: what is new, what was known, what it ends.

use std::collections::BTreeMap;
use std::path::Path;

use impegno_facts::Kind;

use crate::catalogue::NewBatch;
use crate::receipt::NAMED_CONTRADICTIONS;
use crate::run::{Entry, Run, merge};
use crate::segment::Encoded;
use crate::{Contradiction, Ledger, LedgerError, Mode, Outcome, Prepared, Segment, WriteLock};

/// Rows of one segment that a batch ends.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    /// The very same row had been received, or stands twice in the file.
    pub duplicate: Vec<u32>,
    /// A later row says something else of the same fact.
    pub superseded: Vec<u32>,
    /// The file is the whole and does not have it any more, or is read by another declaration and does not give it.
    pub withdrawn: Vec<u32>,
}

/// Which rows a batch ends, by segment.
#[derive(Debug, Default)]
pub(crate) struct Endings {
    /// Rows of segments that were there before, by segment id.
    pub earlier: BTreeMap<i64, Ended>,
    /// Rows of the batch's own segments, by position.
    pub own: Vec<Ended>,
}

impl Ledger {
    /// Receives a batch whole or not at all.
    ///
    /// When this returns, the batch is on disk. `received_at` is in microseconds since 1970 in UTC.
    ///
    /// # Errors
    /// When the disk or the catalogue refuses; then nothing was received, but for a batch whose commit failed: the disk may
    /// hold it all the same, whole, and only the ledger opened anew can say so.
    pub fn receive(
        &mut self,
        _lock: &WriteLock,
        mut prepared: Prepared,
        received_at: i64,
    ) -> Result<Outcome, LedgerError> {
        if let Some(batch) = self.catalogue.known(&prepared.receipt)? {
            return Ok(Outcome::Known { batch });
        }
        let directory = self.directory.join("segments");
        let (endings, contradictions, left) = self.compare(&mut prepared, &directory)?;
        let Prepared { receipt, mut segments } = prepared;
        for segment in &mut segments {
            segment.write(&directory)?;
        }
        if !segments.is_empty() {
            let mut names: Vec<String> = segments.iter().map(Encoded::file_name).collect();
            // Two pieces may say the same.
            names.sort();
            names.dedup();
            self.depot.keep(&names, &directory)?;
        }
        let added =
            self.catalogue.add(NewBatch { receipt: &receipt, segments: &segments, endings, received_at });
        self.in_doubt |= added.is_err();
        let batch = added?;
        let Contradictions { named, count } = contradictions;
        Ok(Outcome::Received { batch: Box::new(batch), contradictions: named, contradicting: count, left })
    }

    /// Finds what the rows of a file repeat, correct or withdraw, of each other and of earlier rows.
    fn compare(
        &self,
        prepared: &mut Prepared,
        directory: &Path,
    ) -> Result<(Endings, Contradictions, u64), LedgerError> {
        let Prepared { receipt, segments } = prepared;
        let readings = self.catalogue.earlier_readings(receipt)?;
        // A reading that understands no less of the bytes than the one before stands in its place.
        let takes_place = receipt.complete || (receipt.accepted > 0 && receipt.rejected <= readings.rejected);
        let mut left = 0;
        let mut endings =
            Endings { own: segments.iter().map(|_| Ended::default()).collect(), ..Endings::default() };
        let mut contradictions = Contradictions::default();
        for kind in Kind::ALL {
            let new: Vec<usize> =
                (0..segments.len()).filter(|position| segments[*position].kind == kind).collect();
            let earlier = self.catalogue.segments(kind, Some(&receipt.source), None, &self.depot)?;
            let concerned: Vec<&Segment> = earlier
                .iter()
                .filter(|old| match &receipt.mode {
                    _ if readings.batches.contains(&old.batch) => true,
                    Mode::Append => new.iter().any(|one| may_share_identities(old, &segments[*one])),
                    Mode::Snapshot => true,
                    Mode::ReplacesPeriod(stretches) => {
                        stretches
                            .iter()
                            .any(|stretch| old.earliest < stretch.end && stretch.start <= old.latest)
                            || new.iter().any(|one| may_share_identities(old, &segments[*one]))
                    }
                })
                .collect();
            let no_others = concerned.is_empty() && receipt.mode == Mode::Append;
            if no_others && all_different(new.iter().map(|one| &segments[*one])) {
                continue;
            }
            let old = old_runs(&concerned, &receipt.mode, directory)?;
            find_runs(segments, &new, directory)?;
            let own = new.iter().filter_map(|one| segments[*one].run());
            let all: Vec<&Run> = old.iter().map(|old| &old.run).chain(own).collect();
            merge(&all, |rows| {
                // Rows that were there come first, those of the file in the order of the file.
                let (before, own) = rows.split_at(rows.partition_point(|(_, run)| *run < old.len()));
                let mut standing: Option<(Entry, usize)> = None;
                for (entry, run) in own {
                    let position = new[*run - old.len()];
                    match standing {
                        // The first of two equal rows stays.
                        Some((first, _)) if first.content == entry.content => {
                            endings.own[position].duplicate.push(entry.row);
                            continue;
                        }
                        Some((first, place)) => {
                            endings.own[place].superseded.push(first.row);
                            contradictions.push(first.line, entry.line);
                        }
                        None => {}
                    }
                    standing = Some((*entry, position));
                }
                for (entry, run) in before {
                    let OldRun { segment, batch, withdrawn, .. } = &old[*run];
                    let read_before = readings.batches.contains(batch);
                    match standing {
                        Some((new, position)) if new.content == entry.content => {
                            endings.own[position].duplicate.push(new.row);
                        }
                        Some(_) => endings.earlier.entry(*segment).or_default().superseded.push(entry.row),
                        None if withdrawn.holds(entry.row) || (read_before && takes_place) => {
                            endings.earlier.entry(*segment).or_default().withdrawn.push(entry.row);
                        }
                        None => left += u64::from(read_before),
                    }
                }
            })?;
        }
        for ended in endings.own.iter_mut().chain(endings.earlier.values_mut()) {
            for rows in [&mut ended.duplicate, &mut ended.superseded, &mut ended.withdrawn] {
                rows.sort_unstable();
                rows.dedup();
            }
        }
        contradictions.settle();
        Ok((endings, contradictions, left))
    }
}

/// The rows of an earlier segment that still hold.
struct OldRun {
    segment: i64,
    batch: u64,
    run: Run,
    /// Those that are withdrawn unless the file has them.
    withdrawn: Rows,
}

/// Some rows of a segment.
enum Rows {
    None,
    All,
    Marked(Vec<bool>),
}

impl Rows {
    fn holds(&self, row: u32) -> bool {
        match self {
            Rows::None => false,
            Rows::All => true,
            Rows::Marked(marks) => marks.get(row as usize).copied().unwrap_or(false),
        }
    }
}

fn old_runs(concerned: &[&Segment], mode: &Mode, directory: &Path) -> Result<Vec<OldRun>, LedgerError> {
    let (mut runs, mut held) = (Vec::new(), 0);
    for old in concerned {
        let facts = old.read_all()?;
        let mut run = Run::new(&facts, |row| old.ended.binary_search(&row).is_err());
        held += run.held();
        if held > MOST_HELD {
            run.put_away(directory)?;
        }
        let withdrawn = match mode {
            Mode::Append => Rows::None,
            Mode::Snapshot => Rows::All,
            Mode::ReplacesPeriod(stretches) => Rows::Marked(
                facts.at().iter().map(|at| stretches.iter().any(|stretch| stretch.contains(at))).collect(),
            ),
        };
        runs.push(OldRun { segment: old.id, batch: old.batch, run, withdrawn });
    }
    Ok(runs)
}

/// Whether no two rows of some segments can have the same identity: each is in strict order, and they follow each other.
fn all_different<'s>(segments: impl Iterator<Item = &'s Encoded>) -> bool {
    let Some(mut spans) = segments.map(|one| one.strict.as_ref()).collect::<Option<Vec<_>>>() else {
        return false;
    };
    spans.sort_unstable();
    spans.windows(2).all(|pair| pair[0][1] < pair[1][0])
}

/// Finds the sorted rows of some of a file's segments, on disk where they are many.
fn find_runs(segments: &mut [Encoded], which: &[usize], directory: &Path) -> Result<(), LedgerError> {
    let mut held = 0;
    for one in which {
        let segment = &mut segments[*one];
        segment.find_run(directory)?;
        held += segment.held();
        if held > MOST_HELD {
            segment.put_away(directory)?;
        }
    }
    Ok(())
}

/// Bytes of earlier rows that are held in memory to be compared.
const MOST_HELD: usize = 256 << 20;

/// Contradictions within a file: the first ones by line, and how many there are.
#[derive(Default)]
struct Contradictions {
    named: Vec<Contradiction>,
    count: u64,
}

impl Contradictions {
    fn push(&mut self, earlier: u32, later: u32) {
        self.count += 1;
        self.named.push(Contradiction { earlier, later });
        if self.named.len() > 4 * NAMED_CONTRADICTIONS {
            self.settle();
        }
    }

    fn settle(&mut self) {
        self.named.sort_unstable_by_key(|pair| (pair.later, pair.earlier));
        self.named.truncate(NAMED_CONTRADICTIONS);
    }
}

/// Whether an earlier and a new segment can hold rows of the same identity.
///
/// The identity of an operation is its record id and that of an event contains its case; that of a check contains its probe and
/// its instant, that of a stock its instant.
fn may_share_identities(old: &Segment, new: &Encoded) -> bool {
    match (&old.ids, &new.ids) {
        (Some((old_least, old_greatest)), Some((least, greatest))) => {
            let ids = old_least <= greatest && least <= old_greatest;
            // Those of checks are names of probes: the instant belongs to their identity too.
            ids && (old.kind != Kind::Checks || old.earliest <= new.latest && new.earliest <= old.latest)
        }
        _ => old.earliest <= new.latest && new.earliest <= old.latest,
    }
}
