//! Receiving a batch: what is new, what was known, what it ends.

use std::collections::BTreeMap;
use std::fs::File;

use impegno_facts::Fingerprint;
use rustc_hash::FxHashMap;

use crate::catalogue::NewBatch;
use crate::segment::Encoded;
use crate::{Contradiction, Ledger, LedgerError, Mode, Outcome, Prepared, Segment, WriteLock};

/// Rows of one segment that a batch ends.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    /// The very same row had been received, or stands twice in the file.
    pub duplicate: Vec<u32>,
    /// A later row says something else of the same fact.
    pub superseded: Vec<u32>,
    /// The file is the whole and does not have it any more.
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
    /// When the disk or the catalogue refuses; then nothing was received.
    pub fn receive(
        &mut self,
        _lock: &WriteLock,
        prepared: Prepared,
        received_at: i64,
    ) -> Result<Outcome, LedgerError> {
        let Prepared { receipt, segments } = prepared;
        if let Some(batch) = self.catalogue.known(&receipt)? {
            return Ok(Outcome::Known { batch });
        }
        let mut endings = Endings::default();
        let mut contradictions = Vec::new();
        for segment in &segments {
            let own = own_repetitions(segment, &mut contradictions);
            endings.own.push(own);
        }
        let directory = self.directory.join("segments");
        self.compare_with_earlier(&receipt.source, &receipt.mode, &segments, &mut endings)?;
        for segment in &segments {
            segment.write(&directory)?;
        }
        if !segments.is_empty() {
            // The names of new files are durable only when their folder is.
            File::open(&directory)
                .and_then(|folder| folder.sync_all())
                .map_err(|error| LedgerError::io(&directory, error))?;
        }
        let batch =
            self.catalogue.add(NewBatch { receipt: &receipt, segments: &segments, endings, received_at })?;
        Ok(Outcome::Received { batch: Box::new(batch), contradictions })
    }

    /// Finds the earlier rows that the new segments repeat, correct or withdraw.
    fn compare_with_earlier(
        &self,
        source: &str,
        mode: &Mode,
        segments: &[Encoded],
        endings: &mut Endings,
    ) -> Result<(), LedgerError> {
        let directory = self.directory.join("segments");
        for kind in impegno_facts::Kind::ALL {
            let earlier = self.catalogue.segments(kind, Some(source), None, &directory)?;
            let new: Vec<(usize, &Encoded)> =
                segments.iter().enumerate().filter(|(_, segment)| segment.kind == kind).collect();
            let concerned: Vec<&Segment> = earlier
                .iter()
                .filter(|old| match mode {
                    Mode::Append => new.iter().any(|(_, new)| may_share_identities(old, new)),
                    Mode::Snapshot => true,
                    Mode::ReplacesPeriod(stretches) => {
                        stretches
                            .iter()
                            .any(|stretch| old.earliest < stretch.end && stretch.start <= old.latest)
                            || new.iter().any(|(_, new)| may_share_identities(old, new))
                    }
                })
                .collect();
            if concerned.is_empty() {
                continue;
            }
            // Where each identity of the new rows stands; rows already ended within the file do not count.
            let mut positions: FxHashMap<u128, (usize, u32, u128)> = FxHashMap::default();
            for (index, segment) in &new {
                let own = &endings.own[*index];
                for (row, fingerprint) in (0..).zip(&segment.fingerprints) {
                    let ended = own.duplicate.binary_search(&row).is_ok()
                        || own.superseded.binary_search(&row).is_ok();
                    if !ended {
                        positions.insert(fingerprint.identity, (*index, row, fingerprint.content));
                    }
                }
            }
            for old in concerned {
                let facts = old.read_all()?;
                let mut ended_before = old.ended.iter().copied().peekable();
                for (row, (fingerprint, at)) in (0..).zip(facts.fingerprints().iter().zip(facts.at())) {
                    if ended_before.next_if_eq(&row).is_some() {
                        continue;
                    }
                    match positions.get(&fingerprint.identity) {
                        Some((index, position, content)) if *content == fingerprint.content => {
                            endings.own[*index].duplicate.push(*position);
                        }
                        Some(_) => endings.earlier.entry(old.id).or_default().superseded.push(row),
                        None => {
                            let gone = match mode {
                                Mode::Append => false,
                                Mode::Snapshot => true,
                                Mode::ReplacesPeriod(stretches) => {
                                    stretches.iter().any(|stretch| stretch.contains(at))
                                }
                            };
                            if gone {
                                endings.earlier.entry(old.id).or_default().withdrawn.push(row);
                            }
                        }
                    }
                }
            }
        }
        for own in &mut endings.own {
            own.duplicate.sort_unstable();
            own.duplicate.dedup();
        }
        Ok(())
    }
}

/// Whether an earlier and a new segment can hold rows of the same identity.
///
/// The identity of an operation is its record id and that of an event contains its case; that of the other
/// kinds contains the instant.
fn may_share_identities(old: &Segment, new: &Encoded) -> bool {
    match (&old.ids, &new.ids) {
        (Some((old_least, old_greatest)), Some((least, greatest))) => {
            old_least <= greatest && least <= old_greatest
        }
        _ => old.earliest <= new.latest && new.earliest <= old.latest,
    }
}

/// Rows of a segment that repeat or correct an earlier row of the same segment.
fn own_repetitions(segment: &Encoded, contradictions: &mut Vec<Contradiction>) -> Ended {
    let mut ended = Ended::default();
    let mut seen: FxHashMap<u128, u32> =
        FxHashMap::with_capacity_and_hasher(segment.fingerprints.len(), Default::default());
    for (row, Fingerprint { identity, content }) in (0..).zip(&segment.fingerprints) {
        let Some(earlier) = seen.insert(*identity, row) else { continue };
        if segment.fingerprints[earlier as usize].content == *content {
            // The first of two equal rows stays.
            seen.insert(*identity, earlier);
            ended.duplicate.push(row);
        } else {
            ended.superseded.push(earlier);
            contradictions.push(Contradiction {
                earlier: segment.lines[earlier as usize],
                later: segment.lines[row as usize],
            });
        }
    }
    ended.superseded.sort_unstable();
    ended
}
