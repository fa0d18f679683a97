//! Instants of probes that are asked at even intervals, as when a result was due and how much later it came.
//!
//! A monitor that asks every minute comes a little late each time. Kept as differences, two such delays are in each
//! number; kept apart, the due times are one number for thousands of rows and each delay stands once.

use crate::Code;

/// Fewer rows of one probe in a row are not looked at.
const FEW: usize = 16;

/// Slots and offsets of instants in some unit: each instant is its slot and its offset together. Slots of a probe do not
/// descend where its instants do not, and offsets are not negative. Rows of a probe must follow each other to be seen as even.
pub(crate) fn slots(probes: &[Code], at: &[i64]) -> (Vec<i64>, Vec<i32>) {
    let mut slots = at.to_vec();
    let mut offsets = vec![0; at.len()];
    let mut start = 0;
    while start < probes.len() {
        let many = probes[start..].iter().take_while(|probe| **probe == probes[start]).count();
        let rows = start..start + many;
        if let Some(found) = even(&at[rows.clone()]) {
            for (row, (slot, offset)) in rows.zip(found) {
                slots[row] = slot;
                offsets[row] = offset;
            }
        }
        start += many;
    }
    (slots, offsets)
}

/// Slots and offsets of instants that are about evenly apart, where that takes less room than their differences.
fn even(at: &[i64]) -> Option<Vec<(i64, i32)>> {
    if at.len() < FEW {
        return None;
    }
    let step = usual_step(at)?;
    let first = *at.first()?;
    let mut found = Vec::with_capacity(at.len());
    let mut slot = first;
    let mut least = 0_i64;
    let mut greatest = 0_i64;
    for instant in at {
        let more = instant.checked_sub(slot)?;
        // To the nearest slot, never back.
        let steps = (more + step / 2).div_euclid(step).max(0);
        slot += steps * step;
        let offset = instant - slot;
        least = least.min(offset);
        greatest = greatest.max(offset);
        found.push((slot, offset));
    }
    let spread = greatest - least;
    if i32::try_from(spread).is_err() || digits(spread) * at.len() as u64 >= digits_of_differences(at) {
        return None;
    }
    Some(found.into_iter().map(|(slot, offset)| (slot + least, (offset - least) as i32)).collect())
}

/// What two instants are mostly apart; `None` where that is nothing.
fn usual_step(at: &[i64]) -> Option<i64> {
    let mut apart: Vec<i64> = at.windows(2).take(1_001).map(|pair| pair[1].saturating_sub(pair[0])).collect();
    let middle = apart.len() / 2;
    let (_, median, _) = apart.select_nth_unstable(middle);
    let median = *median;
    // The delays are in the difference: the even number that it stands for is the nearest round one.
    for round in [60_000_000, 60_000, 1_000_000, 1_000] {
        let rounded = (median + round / 2) / round * round;
        if rounded > 0 && (rounded - median).abs() * 20 <= median {
            return Some(rounded);
        }
    }
    (median > 0).then_some(median)
}

/// Binary digits of a number that is not negative.
fn digits(number: i64) -> u64 {
    u64::from(64 - number.leading_zeros())
}

/// Binary digits that differences take, written in blocks with a width of their own.
fn digits_of_differences(at: &[i64]) -> u64 {
    let mut all = 0;
    for block in at.chunks(65) {
        let apart = block.windows(2).map(|pair| pair[1].saturating_sub(pair[0]));
        let least = apart.clone().min().unwrap_or(0);
        let most = apart.max().unwrap_or(0);
        all += digits(most.saturating_sub(least)) * block.len() as u64;
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn delays_are_kept_apart_from_even_slots() {
        let at: Vec<i64> =
            (0..200).map(|n| 1_000_000 + n * 60_000 + n * n % 7 * 200 + n * n * 7_919 % 199 - 700).collect();
        let (slots, offsets) = slots(&vec![0; 200], &at);
        assert!(slots.windows(2).all(|pair| pair[1] - pair[0] == 60_000));
        assert!(offsets.iter().all(|offset| (0..1_400).contains(offset)));
    }

    proptest! {
        #[test]
        fn slot_and_offset_are_the_instant(
            steps in prop::collection::vec((0..4_u8, 0..90_000_i64), 0..300), change in 1..200_usize,
        ) {
            let mut due = -5_000_000_i64;
            let mut last = i64::MIN;
            let at: Vec<i64> = steps.iter().map(|(kind, late)| {
                due += match kind { 0 => *late, _ => 60_000 };
                last = last.max(due + late % 1_000);
                last
            }).collect();
            let probes: Vec<Code> = (0..at.len()).map(|row| (row / change) as Code).collect();
            let (slots, offsets) = slots(&probes, &at);
            for row in 0..at.len() {
                prop_assert_eq!(slots[row] + i64::from(offsets[row]), at[row]);
                prop_assert!(offsets[row] >= 0);
                if row > 0 && probes[row] == probes[row - 1] {
                    prop_assert!(slots[row] >= slots[row - 1]);
                }
            }
        }
    }
}
