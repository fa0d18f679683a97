//! Response times, every one counted.

/// Values up to here are counted in blocks; what is longer is kept as it is. 2^24 µs are 16.8 s.
const BOUND: u32 = 1 << 24;
/// Binary digits of a value that its block does not say.
const WITHIN: u32 = 10;
const BLOCKS: usize = (BOUND >> WITHIN) as usize;

/// Response times of one probe, in microseconds, for exact statistics: the values, and how many lie in each block of 1,024.
///
/// A percentile looks at the counts of the blocks and then at the values of one block only.
#[derive(Debug, Clone)]
pub struct Latencies {
    blocks: Vec<u32>,
    values: Vec<u32>,
    /// What no block holds, ascending once sorted.
    long: Vec<u32>,
    /// Results without a response time.
    untimed: u64,
}

impl Default for Latencies {
    fn default() -> Latencies {
        Latencies { blocks: vec![0; BLOCKS], values: Vec::new(), long: Vec::new(), untimed: 0 }
    }
}

impl Latencies {
    /// Forgets everything, and keeps the memory.
    pub fn clear(&mut self) {
        self.blocks.fill(0);
        self.values.clear();
        self.long.clear();
        self.untimed = 0;
    }

    /// Adds response times; a negative one stands for none.
    pub fn extend(&mut self, values: impl ExactSizeIterator<Item = i32>) {
        self.values.reserve(values.len());
        let before = self.values.len();
        self.values.extend(values.map(|value| value as u32));
        let mut beyond = false;
        for value in &self.values[before..] {
            match self.blocks.get_mut((*value >> WITHIN) as usize) {
                Some(count) => *count += 1,
                None => beyond = true,
            }
        }
        if beyond {
            self.set_aside(before);
        }
    }

    /// Takes what no block holds out of the values from a place on.
    #[cold]
    fn set_aside(&mut self, from: usize) {
        let mut kept = from;
        for n in from..self.values.len() {
            let value = self.values[n];
            if value < BOUND {
                self.values[kept] = value;
                kept += 1;
            } else if value > i32::MAX as u32 {
                self.untimed += 1;
            } else {
                self.long.push(value);
            }
        }
        self.values.truncate(kept);
    }

    /// Takes everything of another.
    pub fn append(&mut self, other: &Latencies) {
        for (count, more) in self.blocks.iter_mut().zip(&other.blocks) {
            *count += more;
        }
        self.values.extend_from_slice(&other.values);
        self.long.extend_from_slice(&other.long);
        self.untimed += other.untimed;
    }

    /// How many response times.
    pub fn timed(&self) -> u64 {
        (self.values.len() + self.long.len()) as u64
    }

    /// How many results had none.
    pub fn untimed(&self) -> u64 {
        self.untimed
    }

    /// The longest.
    pub fn maximum(&self) -> Option<u32> {
        if let Some(longest) = self.long.iter().max() {
            return Some(*longest);
        }
        let block = self.blocks.iter().rposition(|count| *count > 0)? as u32;
        self.values.iter().filter(|value| **value >> WITHIN == block).max().copied()
    }

    /// The value of a rank among these and those of another, from 1 for the shortest; `None` beyond the last.
    pub fn ranked_with(&self, other: &Latencies, rank: u64) -> Option<u32> {
        let mut left = rank.checked_sub(1)?;
        for block in 0..BLOCKS {
            let count = u64::from(self.blocks[block]) + u64::from(other.blocks[block]);
            if left < count {
                let of = block as u32;
                let values = self.values.iter().chain(&other.values);
                let mut within: Vec<u32> = values.filter(|value| **value >> WITHIN == of).copied().collect();
                let (_, value, _) = within.select_nth_unstable(left as usize);
                return Some(*value);
            }
            left -= count;
        }
        let mut long: Vec<u32> = self.long.iter().chain(&other.long).copied().collect();
        long.sort_unstable();
        long.get(usize::try_from(left).ok()?).copied()
    }

    /// The value of a rank, from 1 for the shortest; `None` beyond the last.
    pub fn ranked(&self, rank: u64) -> Option<u32> {
        let mut left = rank.checked_sub(1)?;
        for (block, count) in self.blocks.iter().enumerate() {
            if left < u64::from(*count) {
                let of = block as u32;
                let mut within: Vec<u32> =
                    self.values.iter().filter(|value| **value >> WITHIN == of).copied().collect();
                let (_, value, _) = within.select_nth_unstable(left as usize);
                return Some(*value);
            }
            left -= u64::from(*count);
        }
        let mut long = self.long.clone();
        long.sort_unstable();
        long.get(usize::try_from(left).ok()?).copied()
    }
}

/// The rank of a percentile, in thousandths, among so many values: the nearest rank, ⌈p·n⌉, from 1. 0 of no values.
pub fn nearest_rank(per_mille: u32, values: u64) -> u64 {
    (u128::from(values) * u128::from(per_mille)).div_ceil(1000) as u64
}
