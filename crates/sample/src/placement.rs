//! Finds the columns that the numbers of a published table stood in.
//!
//! The text of the report lost blank cells and headings. Known are the numbers of each row in order, the columns
//! that each may stand in, and the column totals. A depth-first search finds a placement in which everything adds up.

use std::collections::HashSet;

use crate::SampleError;

/// A row whose numbers look for their columns. Columns count from 0.
pub(crate) struct Spec {
    /// Each number with the columns that are possible for it, in the order of the row.
    pub(crate) numbers: Vec<(u32, Vec<usize>)>,
    /// A number that the row lost: it may stand in any column that is free.
    pub(crate) lost: Option<u32>,
}

/// A row's placement: (column, number), the lost number last.
pub(crate) type Placed = Vec<(usize, u32)>;

/// Places every row so that the columns add up to `totals`. Among the placements of a row, those that cost less are
/// tried first; rows with the largest numbers come first, because they leave the fewest choices.
pub(crate) fn place(
    rows: &[Spec],
    totals: &[u32],
    cost: &dyn Fn(usize, usize) -> u32,
) -> Result<Vec<Placed>, SampleError> {
    let mut choices: Vec<(usize, Vec<Placed>)> = Vec::with_capacity(rows.len());
    for (number, row) in rows.iter().enumerate() {
        let mut ways = Vec::new();
        ways_of(row, totals, 0, &mut Vec::new(), &mut ways);
        ways.sort_by_key(|way| way.iter().map(|(column, _)| cost(number, *column)).sum::<u32>());
        choices.push((number, ways));
    }
    choices.sort_by_key(|(number, ways)| {
        let sum: u32 = rows[*number].numbers.iter().map(|cell| cell.0).sum();
        (ways.len() > 1, std::cmp::Reverse(sum))
    });
    let ahead = ahead(&choices, totals);
    let mut left = totals.to_vec();
    let mut taken = Vec::new();
    let mut search = Search { choices: &choices, ahead: &ahead, failed: HashSet::new() };
    if !search.descend(0, &mut left, &mut taken) {
        return Err(SampleError::Unsolvable { what: "no placement adds up to the column totals".to_owned() });
    }
    let mut placed = vec![Vec::new(); rows.len()];
    for ((number, ways), way) in choices.iter().zip(taken) {
        placed[*number] = ways[way].clone();
    }
    Ok(placed)
}

/// The sums that some rows can put into one column, as a set of bits.
#[derive(Clone)]
struct Sums {
    bits: Vec<u64>,
    most: u32,
}

impl Sums {
    fn has(&self, sum: u32) -> bool {
        self.bits.get(sum as usize / 64).is_some_and(|word| word >> (sum % 64) & 1 == 1)
    }

    /// Adds to this set every sum of the other with `value` on top, up to the size of the set.
    fn with(&mut self, other: &Sums, value: u32) {
        let (words, shift) = (value as usize / 64, value % 64);
        for at in words..self.bits.len() {
            let from = at - words;
            let low = if shift > 0 && from > 0 { other.bits[from - 1] >> (64 - shift) } else { 0 };
            self.bits[at] |= other.bits[from] << shift | low;
        }
    }
}

/// What the rows from each one on can put into each column. This is what makes the search short: most dead ends show
/// as a rest that no choice of the rows ahead can make.
fn ahead(choices: &[(usize, Vec<Placed>)], totals: &[u32]) -> Vec<Vec<Sums>> {
    let nothing = |total: &u32| {
        let mut bits = vec![0; *total as usize / 64 + 1];
        bits[0] = 1;
        Sums { bits, most: 0 }
    };
    let mut ahead: Vec<Vec<Sums>> = vec![totals.iter().map(nothing).collect()];
    for (_, ways) in choices.iter().rev() {
        let mut columns = Vec::with_capacity(totals.len());
        for (column, after) in ahead.last().into_iter().flatten().enumerate() {
            let value_of = |way: &Placed| way.iter().find(|cell| cell.0 == column).map_or(0, |cell| cell.1);
            let mut values: Vec<u32> = ways.iter().map(value_of).collect();
            values.sort_unstable();
            values.dedup();
            let most = after.most + values.last().copied().unwrap_or(0);
            let mut sums = Sums { bits: vec![0; after.bits.len()], most };
            for value in values {
                sums.with(after, value);
            }
            columns.push(sums);
        }
        ahead.push(columns);
    }
    ahead.reverse();
    ahead
}

struct Search<'s> {
    choices: &'s [(usize, Vec<Placed>)],
    /// For each row on: what it and the rows after it can put into each column.
    ahead: &'s [Vec<Sums>],
    /// Dead ends seen before: which row, and what was left of the totals.
    failed: HashSet<(usize, Vec<u32>)>,
}

impl Search<'_> {
    fn descend(&mut self, at: usize, left: &mut Vec<u32>, taken: &mut Vec<usize>) -> bool {
        if at == self.choices.len() {
            return left.iter().all(|rest| *rest == 0);
        }
        if left.iter().zip(&self.ahead[at]).any(|(rest, sums)| !sums.has(*rest))
            || self.failed.contains(&(at, left.clone()))
        {
            return false;
        }
        let choices = self.choices;
        let ways = &choices[at].1;
        // Columns in need first: those where much is left of what can still come. The sort is stable, so among
        // equals the cost decides.
        let need = |way: &Placed| -> u64 {
            let of = |(column, value): &(usize, u32)| {
                let (rest, most) = (u64::from(left[*column]), u64::from(self.ahead[at][*column].most));
                u64::from(*value) * rest * 1024 / most.max(1)
            };
            way.iter().map(of).sum()
        };
        let fits = |way: &Placed| way.iter().all(|(column, value)| left[*column] >= *value);
        let mut order: Vec<(u64, usize)> = (0..ways.len())
            .filter(|number| fits(&ways[*number]))
            .map(|number| (need(&ways[number]), number))
            .collect();
        order.sort_by_key(|(need, _)| std::cmp::Reverse(*need));
        for (_, number) in order {
            let way = &ways[number];
            way.iter().for_each(|(column, value)| left[*column] -= value);
            taken.push(number);
            if self.descend(at + 1, left, taken) {
                return true;
            }
            taken.pop();
            way.iter().for_each(|(column, value)| left[*column] += value);
        }
        self.failed.insert((at, left.clone()));
        false
    }
}

/// All placements of one row: columns rise with the numbers; the lost number takes any free one.
fn ways_of(row: &Spec, totals: &[u32], at: usize, way: &mut Placed, ways: &mut Vec<Placed>) {
    let Some((value, columns)) = row.numbers.get(at) else {
        match row.lost {
            None => ways.push(way.clone()),
            Some(lost) => {
                for (column, total) in totals.iter().enumerate() {
                    if *total >= lost && way.iter().all(|(other, _)| *other != column) {
                        let mut with_lost = way.clone();
                        with_lost.push((column, lost));
                        ways.push(with_lost);
                    }
                }
            }
        }
        return;
    };
    for column in columns {
        if way.last().is_none_or(|(before, _)| before < column) {
            way.push((*column, *value));
            ways_of(row, totals, at + 1, way, ways);
            way.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placement_keeps_order_and_totals() {
        let rows = [
            Spec { numbers: vec![(2, vec![0, 1]), (1, vec![1, 2])], lost: None },
            Spec { numbers: vec![(3, vec![0, 1, 2])], lost: Some(4) },
        ];
        let placed = place(&rows, &[5, 2, 3], &|_, _| 0);
        assert!(placed.is_err());
        let placed = place(&rows, &[3, 2, 5], &|_, _| 0).expect("solvable");
        assert_eq!(placed, [vec![(1, 2), (2, 1)], vec![(0, 3), (2, 4)]]);
    }
}
