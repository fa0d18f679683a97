//! Values, counted.

use datafusion::common::exec_datafusion_err;
use datafusion::error::Result;

use crate::bytes::{Reader, put, put_signed};

/// Every value with how often it occurs. In memory it takes as much as there are different values.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    /// Values with how often they occur, ascending.
    counted: Vec<(i64, u64)>,
    /// Values that are not counted yet.
    fresh: Vec<i64>,
}

/// How many values are gathered before they are counted, at least.
const FRESH: usize = 4096;

impl Counts {
    /// Adds a value.
    pub(crate) fn push(&mut self, value: i64) {
        self.fresh.push(value);
        // As many as there are counts, so that counting takes its share and no more.
        if self.fresh.len() >= FRESH.max(self.counted.len()) {
            self.count();
        }
    }

    fn count(&mut self) {
        if self.fresh.is_empty() {
            return;
        }
        let mut fresh = std::mem::take(&mut self.fresh);
        fresh.sort_unstable();
        let same = fresh.chunk_by(|a, b| a == b);
        let counted: Vec<(i64, u64)> =
            same.filter_map(|same| Some((*same.first()?, same.len() as u64))).collect();
        self.join(counted);
    }

    /// Takes further counts, ascending.
    pub(crate) fn join(&mut self, more: Vec<(i64, u64)>) {
        let mine = std::mem::take(&mut self.counted);
        let mut joined = Vec::with_capacity(mine.len() + more.len());
        let (mut mine, mut more) = (mine.into_iter().peekable(), more.into_iter().peekable());
        loop {
            match (mine.peek(), more.peek()) {
                (Some(a), Some(b)) if a.0 == b.0 => {
                    joined.push((a.0, a.1 + b.1));
                    mine.next();
                    more.next();
                }
                (Some(a), Some(b)) if a.0 > b.0 => joined.extend(more.next()),
                (Some(_), _) => joined.extend(mine.next()),
                (None, Some(_)) => joined.extend(more.next()),
                (None, None) => break,
            }
        }
        self.counted = joined;
    }

    /// All values with how often they occur, ascending.
    pub(crate) fn finish(mut self) -> Vec<(i64, u64)> {
        self.count();
        self.counted
    }

    /// How many values.
    pub(crate) fn total(&self) -> u64 {
        self.fresh.len() as u64 + self.counted.iter().map(|(_, count)| count).sum::<u64>()
    }

    /// The value of a rank, from 1 for the least; `None` beyond the last.
    pub(crate) fn ranked(&mut self, rank: u64) -> Option<i64> {
        self.count();
        let mut seen = 0;
        self.counted.iter().find_map(|(value, count)| {
            seen += count;
            (rank > 0 && seen >= rank).then_some(*value)
        })
    }

    /// About how many bytes of memory are held.
    pub(crate) fn held(&self) -> usize {
        self.counted.capacity() * 16 + self.fresh.capacity() * 8
    }

    /// Adds counts, ascending, to bytes: each value as the difference to the one before.
    pub(crate) fn write(counted: &[(i64, u64)], into: &mut Vec<u8>) {
        let mut before = 0_i64;
        for (value, count) in counted {
            put_signed(value.wrapping_sub(before), into);
            put(*count, into);
            before = *value;
        }
    }

    /// Reads so many counts.
    pub(crate) fn read(many: u64, reader: &mut Reader<'_>) -> Result<Vec<(i64, u64)>> {
        let mut counted: Vec<(i64, u64)> = Vec::new();
        for _ in 0..many {
            let before = counted.last().map_or(0, |last| last.0);
            counted.push((before.wrapping_add(reader.signed()?), reader.number()?));
        }
        if counted.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
            return Err(exec_datafusion_err!("counts that came from elsewhere do not ascend"));
        }
        Ok(counted)
    }
}
