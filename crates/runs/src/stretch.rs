//! The results of one probe as they lie encoded in a segment.

use std::ops::Range;

use impegno_facts::State;

use crate::encoded::{Numbers, Same, Steps};
use crate::{Latencies, Overlap, Run, Runs};

/// Results of one probe, by time, as columns of a group of rows.
///
/// The instant of a row is its slot and its offset, together, times the unit. Slots never descend; offsets are not
/// negative.
#[derive(Debug, Clone)]
pub struct Stretch<'p> {
    /// Which rows of the columns are of this probe.
    pub rows: Range<usize>,
    /// Number of the batch that they were received in.
    pub batch: u64,
    /// Microseconds of one unit of slots and offsets.
    pub unit: i64,
    /// Slots: when a result was due, say.
    pub slots: &'p Steps,
    /// How much later it came.
    pub offsets: Numbers<'p>,
    /// The greatest offset there may be.
    pub latest: i64,
    /// Numbers of the states.
    pub states: &'p [Same],
    /// Response times in microseconds, negative where there is none.
    pub latencies: Numbers<'p>,
    /// Lines of the received file.
    pub lines: &'p Steps,
}

impl Stretch<'_> {
    /// The instant of a row, microseconds since 1970 in UTC.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn instant(&self, row: usize) -> i64 {
        (self.slots.walk().get(row) + i64::from(self.offsets.get(row))) * self.unit
    }

    /// First and last instant; `None` without rows.
    pub fn span(&self) -> Option<(i64, i64)> {
        let last = self.rows.end.checked_sub(1).filter(|last| *last >= self.rows.start)?;
        Some((self.instant(self.rows.start), self.instant(last)))
    }

    /// The rows as runs of one state, put behind those that are there.
    ///
    /// Where results come in even steps and no offset can make a gap, as almost always, only the ends of a step are looked at.
    ///
    /// # Errors
    /// When they begin before the last result that is there.
    pub fn runs(&self, into: &mut Runs) -> Result<(), Overlap> {
        let mut row = self.rows.start;
        let mut slots = self.slots.walk();
        let mut lines = self.lines.walk();
        let mut instant = |row: usize| {
            let (value, by, from, until) = slots.step(row);
            let slot = value + by * (row - from) as i64;
            ((slot + i64::from(self.offsets.get(row))) * self.unit, by, until)
        };
        let mut same = self.states.partition_point(|same| same.end <= row);
        while row < self.rows.end {
            let Some(Same { end, code }) = self.states.get(same).copied() else { break };
            let state = State::ALL[code as usize & 3];
            let end = end.min(self.rows.end);
            while row < end {
                let (first, by, until) = instant(row);
                let line = lines.get(row) as u32;
                let until = until.min(end);
                let even = by > self.latest && (by + self.latest) * self.unit <= into.hold();
                let (last, next) =
                    if even && until - row > 1 { (instant(until - 1).0, until) } else { (first, row + 1) };
                into.push(Run { first, last, state, rows: (next - row) as u64, line, batch: self.batch })?;
                row = next;
            }
            same += 1;
        }
        Ok(())
    }

    /// Every row as a run of its own, for results that must be put in order with others.
    pub fn singly(&self) -> impl Iterator<Item = Run> {
        let mut slots = self.slots.walk();
        let mut lines = self.lines.walk();
        let mut same = self.states.partition_point(|same| same.end <= self.rows.start);
        self.rows.clone().filter_map(move |row| {
            let at = (slots.get(row) + i64::from(self.offsets.get(row))) * self.unit;
            while self.states.get(same)?.end <= row {
                same += 1;
            }
            let state = State::ALL[self.states.get(same)?.code as usize & 3];
            Some(Run { first: at, last: at, state, rows: 1, line: lines.get(row) as u32, batch: self.batch })
        })
    }

    /// The response time of a row, microseconds; negative where there is none.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn latency(&self, row: usize) -> i32 {
        self.latencies.get(row)
    }

    /// The first row at an instant or later.
    pub fn since(&self, instant: i64) -> usize {
        let least = instant.div_euclid(self.unit) - self.latest;
        let mut row = self.slots.first_from(self.rows.clone(), least);
        let mut slots = self.slots.walk();
        while row < self.rows.end && (slots.get(row) + i64::from(self.offsets.get(row))) * self.unit < instant
        {
            row += 1;
        }
        row
    }

    /// Adds the response times of rows within disjoint intervals by time (end exclusive) to one account, of all others to
    /// another.
    pub fn latencies(&self, within: &[(i64, i64)], inside: &mut Latencies, outside: &mut Latencies) {
        let mut row = self.rows.start;
        let Some((earliest, latest)) = self.span() else { return };
        let first = within.partition_point(|(_, end)| *end <= earliest);
        for (start, end) in within[first..].iter().take_while(|(start, _)| *start <= latest) {
            let (from, until) = (self.since(*start).max(row), self.since(*end));
            self.latencies.each(row..from, outside);
            self.latencies.each(from..until.max(from), inside);
            row = until.max(from);
        }
        self.latencies.each(row..self.rows.end, outside);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::nearest_rank;

    /// Slots, offsets, states and latencies of rows that are mostly even.
    type Rows = Vec<(i64, i32, u32, i32)>;

    fn rows() -> impl Strategy<Value = Rows> {
        let row = (0..40_u8, 0..7_i32, 0..12_u32, -1..3_000_i32);
        prop::collection::vec(row, 1..200).prop_map(|rows| {
            let mut slot = 1_000;
            let mut last = 0_i64;
            let mut found = Vec::new();
            for (kind, offset, state, latency) in rows {
                slot += match kind {
                    0 => 0,
                    1 => 35,
                    2 => 3,
                    _ => 10,
                };
                // Instants do not descend.
                let offset = i64::from(offset).max(last - slot) as i32;
                last = slot + i64::from(offset);
                found.push((slot, offset, if state < 4 { state } else { 0 }, latency));
            }
            found
        })
    }

    fn columns(rows: &Rows) -> (Steps, Vec<i32>, Vec<Same>, Vec<[u8; 4]>, Steps) {
        let (mut slots, mut lines, mut states) = (Steps::default(), Steps::default(), Vec::<Same>::new());
        for (n, (slot, _, state, _)) in rows.iter().enumerate() {
            slots.push(*slot);
            lines.push(n as i64 + 1);
            match states.last_mut() {
                Some(last) if last.code == *state => last.end = n + 1,
                _ => states.push(Same { end: n + 1, code: *state }),
            }
        }
        let offsets = rows.iter().map(|row| row.1).collect();
        let latencies = rows.iter().map(|row| row.3.to_le_bytes()).collect();
        (slots, offsets, states, latencies, lines)
    }

    proptest! {
        #[test]
        fn a_stretch_says_what_its_rows_say(
            rows in rows(), hold in 5..60_i64, start in 900..2_500_i64, width in 1..400_i64, cut in (0.0..1.0_f64, 0.0..1.0_f64),
        ) {
            // Another probe comes before and after, at the same time.
            let (others, own) = (rows.len() / 3, rows.len());
            let rows: Rows = rows[..others].iter().chain(&rows).chain(&rows[others..]).copied().collect();
            let (slots, offsets, states, latencies, lines) = columns(&rows);
            let codes: Vec<u32> = (0..rows.len() as u32).collect();
            let place = |share: f64| others + (share * own as f64) as usize;
            let range = place(cut.0.min(cut.1))..place(cut.0.max(cut.1));
            let stretch = Stretch {
                rows: range.clone(),
                batch: 1,
                unit: 1_000,
                slots: &slots,
                offsets: Numbers::Coded { words: &offsets, codes: &codes },
                latest: offsets.iter().copied().max().map_or(0, i64::from),
                states: &states,
                latencies: Numbers::Plain(&latencies),
                lines: &lines,
            };
            let hold = hold * 1_000;
            let at = |row: usize| (rows[row].0 + i64::from(rows[row].1)) * 1_000;
            let mut expected = Runs::new(hold);
            for row in range.clone() {
                let state = State::ALL[rows[row].2 as usize];
                let run = Run { first: at(row), last: at(row), state, rows: 1, line: row as u32 + 1, batch: 1 };
                expected.push(run).expect("by time");
            }
            let mut runs = Runs::new(hold);
            stretch.runs(&mut runs).expect("by time");
            prop_assert_eq!(&runs, &expected);

            let within = [(start * 1_000, (start + width) * 1_000), ((start + width + 5) * 1_000, (start + 3 * width) * 1_000 + 6)];
            let (mut inside, mut outside) = (Latencies::default(), Latencies::default());
            stretch.latencies(&within, &mut inside, &mut outside);
            let mut sorted: [Vec<i32>; 2] = [Vec::new(), Vec::new()];
            for row in range {
                if rows[row].3 >= 0 {
                    sorted[usize::from(within.iter().any(|(start, end)| (*start..*end).contains(&at(row))))].push(rows[row].3);
                }
            }
            for (values, found) in sorted.iter_mut().zip([&outside, &inside]) {
                values.sort_unstable();
                prop_assert_eq!(found.timed(), values.len() as u64);
                prop_assert_eq!(found.maximum(), values.last().map(|value| *value as u32));
                for per_mille in [1, 500, 950, 1000] {
                    let rank = nearest_rank(per_mille, found.timed());
                    let value = (rank > 0).then(|| values[rank as usize - 1] as u32);
                    prop_assert_eq!(found.ranked(rank), value);
                }
            }
            let mut all: Vec<i32> = sorted.concat();
            all.sort_unstable();
            let rank = nearest_rank(950, all.len() as u64);
            prop_assert_eq!(inside.ranked_with(&outside, rank), (rank > 0).then(|| all[rank as usize - 1] as u32));
        }
    }
}
