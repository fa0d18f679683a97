//! What must be remembered of the cases of a file over all its pieces.

use impegno_findings::{Finding, Place};
use rustc_hash::{FxHashMap, FxHashSet};
use xxhash_rust::xxh3::xxh3_128;

use crate::{FileFindings, codes};

/// How often an event of a case stands at an instant.
///
/// Most events stand once, so those are remembered by twelve bytes of a hash alone: among twenty million events
/// two different ones are taken for equal with a probability below 10⁻¹⁴.
#[derive(Default)]
pub(crate) struct Repetitions {
    once: FxHashSet<[u32; 3]>,
    more: FxHashMap<[u32; 3], u16>,
    scratch: Vec<u8>,
}

impl Repetitions {
    /// The number of an event among the equal ones so far, from 0.
    pub(crate) fn number(&mut self, case: &str, event: &str, at: i64) -> u16 {
        self.scratch.clear();
        self.scratch.extend_from_slice(&at.to_le_bytes());
        self.scratch.extend_from_slice(event.as_bytes());
        self.scratch.push(0);
        self.scratch.extend_from_slice(case.as_bytes());
        let hash = xxh3_128(&self.scratch);
        let key = [hash as u32, (hash >> 32) as u32, (hash >> 64) as u32];
        if self.once.insert(key) {
            return 0;
        }
        let more = self.more.entry(key).or_default();
        *more = more.saturating_add(1);
        *more
    }
}

/// Early events whose words are kept for the message. Most turn out to be in order when the opening comes.
const WORDS_KEPT: usize = 20_000;

/// Events that come before the opening of their case: a case is opened by its earliest opening.
#[derive(Default)]
pub(crate) struct Openings {
    /// Earliest opening of each case.
    opened: FxHashMap<u64, i64>,
    /// Events that come before every opening of their case so far.
    early: Vec<Early>,
    /// How many there were after they were last looked through.
    looked_through: usize,
    /// Case and event of the first of them.
    words: Vec<(String, String)>,
}

struct Early {
    case: u64,
    at: i64,
    line: u32,
    /// Place among the words; beyond them when they were not kept.
    words: u32,
}

impl Openings {
    /// Takes an event of a case.
    pub(crate) fn push(&mut self, case: &str, event: &str, is_opening: bool, at: i64, line: u32) {
        let key = xxh3_128(case.as_bytes()) as u64;
        if is_opening {
            let opened = self.opened.entry(key).or_insert(at);
            *opened = at.min(*opened);
            return;
        }
        if self.opened.get(&key).is_some_and(|opened| *opened <= at) {
            return;
        }
        let words = self.words.len() as u32;
        if self.words.len() < WORDS_KEPT {
            self.words.push((case.to_owned(), event.to_owned()));
        }
        self.early.push(Early { case: key, at, line, words });
        // Exports with the newest event first name the opening last: what it settles is dropped.
        if self.early.len() > 2 * self.looked_through.max(50_000) {
            let opened = &self.opened;
            self.early.retain(|early| opened.get(&early.case).is_none_or(|opened| early.at < *opened));
            self.looked_through = self.early.len();
        }
    }

    /// Tells of the events that come before the opening of their case.
    pub(crate) fn tell(&self, file: &str, findings: &mut FileFindings) {
        for early in &self.early {
            if self.opened.get(&early.case).is_some_and(|opened| early.at < *opened) {
                let message = match self.words.get(early.words as usize) {
                    Some((case, event)) => {
                        format!("case `{case}`: the event `{event}` comes before the opening")
                    }
                    None => "the event comes before the opening of its case".to_owned(),
                };
                findings.push(
                    Finding::warning(codes::BEFORE_OPENING, Place::line(file, early.line), message)
                        .hint("correct the time in the source and export again"),
                );
            }
        }
    }
}
