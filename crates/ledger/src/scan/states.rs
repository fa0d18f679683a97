//! State segments: the runs of one state of every probe of a segment, kept beside it.
//!
//! They follow from the segment alone, are named by its hash and the hold, and can be deleted at any time: whoever needs them next
//! makes them again. A file that is not as it was written is made again too.
//!
//! ```text
//! derived/states-<hash of the segment>-<hold>.runs
//!   "impegno states 1\n", hash of the segment, hold (8 bytes), number of probes (4)
//!   a probe: length of its name (2), name, number of runs (4), then a run: first, last (8 each), rows, line (4 each), state (1)
//!   hash of everything before it
//! ```
//! Numbers stand with their least byte first.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use impegno_facts::State;
use impegno_runs::Run;

use super::Scan;
use crate::{Hash, LedgerError, Segment};

/// The runs of each probe, by its name.
pub type ProbeStates = Vec<(Box<str>, Vec<Run>)>;

const MARK: &[u8] = b"impegno states 1\n";

/// The runs of one state of every probe of a segment of which no row was ended: as kept in `folder`, or else found and kept there,
/// if there is one.
/// `None` where the segment cannot be walked ([`Scan::open`]).
///
/// That they cannot be kept, because the disk is full or nothing may be written, is no error.
///
/// # Errors
/// When the segment is missing or not as it was written.
pub fn states(
    segment: &Segment,
    hold: i64,
    folder: Option<&Path>,
) -> Result<Option<ProbeStates>, LedgerError> {
    let path = folder.map(|folder| folder.join(format!("states-{}-{hold}.runs", segment.hash)));
    if let Some(path) = &path
        && let Ok(bytes) = fs::read(path)
        && let Some(states) = read(&bytes, segment, hold)
    {
        return Ok(Some(states));
    }
    let Some(scan) = Scan::open(std::slice::from_ref(segment))? else { return Ok(None) };
    let found = scan.without_latencies().each(
        i64::MIN / 2..i64::MAX / 2,
        |_| true,
        |probe, (): &mut ()| probe.runs(hold),
    )?;
    let states: ProbeStates = found.into_iter().map(|(probe, runs)| (probe, runs.runs().to_vec())).collect();
    if let (Some(path), Some(folder)) = (&path, folder) {
        keep(path, folder, &write(&states, segment, hold));
    }
    Ok(Some(states))
}

/// Puts a file in its place whole or not at all. Nothing depends on it.
fn keep(path: &Path, folder: &Path, bytes: &[u8]) {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let unfinished: PathBuf = folder.join(format!("{}-{number}.unfinished", std::process::id()));
    let kept = fs::create_dir_all(folder)
        .and_then(|()| fs::write(&unfinished, bytes))
        .and_then(|()| fs::rename(&unfinished, path));
    if kept.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
}

fn write(states: &ProbeStates, segment: &Segment, hold: i64) -> Vec<u8> {
    let mut bytes = MARK.to_vec();
    bytes.extend(segment.hash.to_string().as_bytes());
    bytes.extend(hold.to_le_bytes());
    bytes.extend((states.len() as u32).to_le_bytes());
    for (probe, runs) in states {
        bytes.extend((probe.len() as u16).to_le_bytes());
        bytes.extend(probe.as_bytes());
        bytes.extend((runs.len() as u32).to_le_bytes());
        for run in runs {
            bytes.extend(run.first.to_le_bytes());
            bytes.extend(run.last.to_le_bytes());
            bytes.extend((run.rows as u32).to_le_bytes());
            bytes.extend(run.line.to_le_bytes());
            bytes.push(run.state as u8);
        }
    }
    let hash = Hash::of(&bytes).to_string();
    bytes.extend(hash.as_bytes());
    bytes
}

/// What a file says; `None` where it is not what was written of this segment.
fn read(bytes: &[u8], segment: &Segment, hold: i64) -> Option<ProbeStates> {
    let (bytes, hash) = bytes.split_at_checked(bytes.len().checked_sub(64)?)?;
    if Hash::of(bytes).to_string().as_bytes() != hash {
        return None;
    }
    let rest = &mut bytes.strip_prefix(MARK)?.strip_prefix(segment.hash.to_string().as_bytes())?;
    if i64::from_le_bytes(taken(rest)?) != hold {
        return None;
    }
    let probes = u32::from_le_bytes(taken(rest)?);
    let mut states = ProbeStates::new();
    for _ in 0..probes {
        let length = usize::from(u16::from_le_bytes(taken(rest)?));
        let (name, after) = rest.split_at_checked(length)?;
        *rest = after;
        let many = u32::from_le_bytes(taken(rest)?) as usize;
        let (numbers, after) = rest.split_at_checked(many.checked_mul(RUN)?)?;
        *rest = after;
        let runs: Option<Vec<Run>> =
            numbers.chunks_exact(RUN).map(|run| run_of(run, segment.batch)).collect();
        states.push((std::str::from_utf8(name).ok()?.into(), runs?));
    }
    rest.is_empty().then_some(states)
}

/// Bytes of a run.
const RUN: usize = 25;

fn run_of(mut bytes: &[u8], batch: u64) -> Option<Run> {
    let bytes = &mut bytes;
    let (first, last) = (i64::from_le_bytes(taken(bytes)?), i64::from_le_bytes(taken(bytes)?));
    let (rows, line) = (u32::from_le_bytes(taken(bytes)?), u32::from_le_bytes(taken(bytes)?));
    let [state] = taken(bytes)?;
    Some(Run { first, last, state: *State::ALL.get(usize::from(state))?, rows: u64::from(rows), line, batch })
}

fn taken<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (number, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*number)
}
