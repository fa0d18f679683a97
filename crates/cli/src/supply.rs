//! The ledger as a supply of facts for measuring.

use std::collections::BTreeMap;

use impegno_calendar::Interval;
use impegno_facts::Kind;
use impegno_ledger::{LedgerError, Segment};
use impegno_measure::{Part, Supply};

use crate::exit::{Exit, Failure};
use crate::folder::Loaded;

/// What the ledger knew at some moment.
pub(crate) struct Known {
    segments: BTreeMap<Kind, Vec<Segment>>,
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
}
