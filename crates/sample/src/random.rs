//! Seeded random numbers: one stream for each file, so that files come out the same in any order of writing.

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

/// A stream of random numbers that belongs to one file.
pub(crate) struct Stream(Pcg64Mcg);

impl Stream {
    /// The stream of `name` under `seed`: an FNV-1a hash of the name, begun from the seed.
    pub(crate) fn new(seed: u64, name: &str) -> Stream {
        let mut hash = 0xcbf2_9ce4_8422_2325 ^ seed.rotate_left(17);
        for byte in name.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        Stream(Pcg64Mcg::seed_from_u64(hash))
    }

    /// A number below `bound`; 0 for a bound of 0.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        (((self.0.next_u64() >> 32) * u64::from(bound)) >> 32) as u32
    }

    /// A number from `first` to `last`, both included.
    pub(crate) fn between(&mut self, first: u32, last: u32) -> u32 {
        first + self.below(last.saturating_sub(first) + 1)
    }

    /// True in `per_mille` of a thousand cases.
    pub(crate) fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    /// A value of the distribution that these quantiles (per mille, value) draw, linear between them.
    pub(crate) fn quantile(&mut self, points: &[(u32, u32)]) -> u32 {
        let at = self.below(1000);
        for pair in points.windows(2) {
            let ((low, from), (high, to)) = (pair[0], pair[1]);
            if at < high {
                return from + (to - from) * (at - low) / (high - low);
            }
        }
        points.last().map_or(0, |point| point.1)
    }

    /// Fisher–Yates.
    pub(crate) fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            let other = self.below(last as u32 + 1) as usize;
            values.swap(last, other);
        }
    }

    /// One of the values.
    pub(crate) fn pick<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[self.below(values.len() as u32) as usize]
    }
}

/// Divides `total` by weight; the parts add up to it exactly. All zero when the weights are.
pub(crate) fn apportion(total: u64, weights: &[u64]) -> Vec<u64> {
    let whole: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let (mut seen, mut given) = (0_u128, 0_u64);
    weights
        .iter()
        .map(|weight| {
            seen += u128::from(*weight);
            // Cumulative rounding: each part is off by less than one and no remainder is left over.
            let until = (u128::from(total) * seen).checked_div(whole).unwrap_or(0) as u64;
            let part = until - given;
            given = until;
            part
        })
        .collect()
}

/// As [`apportion`], but no part above its cap; what does not fit goes to the others. None when the caps are too small.
pub(crate) fn apportion_capped(total: u64, weights: &[u64], caps: &[u64]) -> Option<Vec<u64>> {
    let mut parts = vec![0_u64; weights.len()];
    let mut left = total;
    while left > 0 {
        let room: Vec<u64> =
            (0..parts.len()).map(|i| if parts[i] < caps[i] { weights[i].max(1) } else { 0 }).collect();
        if room.iter().all(|weight| *weight == 0) {
            return None;
        }
        for (i, more) in apportion(left, &room).into_iter().enumerate() {
            let taken = more.min(caps[i] - parts[i]);
            parts[i] += taken;
            left -= taken;
        }
    }
    Some(parts)
}
