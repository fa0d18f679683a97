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
        let largest = rows[*number].numbers.iter().map(|cell| cell.0).max();
        (ways.len() > 1, std::cmp::Reverse(largest))
    });
    // What the rows from each one on can put into a column at most.
    let mut most = vec![vec![0_u32; totals.len()]; choices.len() + 1];
    for at in (0..choices.len()).rev() {
        most[at] = most[at + 1].clone();
        let mut best = vec![0; totals.len()];
        for (column, value) in choices[at].1.iter().flatten() {
            best[*column] = (*value).max(best[*column]);
        }
        for (sum, value) in most[at].iter_mut().zip(best) {
            *sum += value;
        }
    }
    let mut left = totals.to_vec();
    let mut taken = Vec::new();
    let mut search = Search { choices: &choices, most: &most, failed: HashSet::new() };
    if !search.descend(0, &mut left, &mut taken) {
        return Err(SampleError::Unsolvable { what: "no placement adds up to the column totals".to_owned() });
    }
    let mut placed = vec![Vec::new(); rows.len()];
    for ((number, ways), way) in choices.iter().zip(taken) {
        placed[*number] = ways[way].clone();
    }
    Ok(placed)
}

struct Search<'s> {
    choices: &'s [(usize, Vec<Placed>)],
    most: &'s [Vec<u32>],
    /// Dead ends seen before: which row, and what was left of the totals.
    failed: HashSet<(usize, Vec<u32>)>,
}

impl Search<'_> {
    fn descend(&mut self, at: usize, left: &mut Vec<u32>, taken: &mut Vec<usize>) -> bool {
        if at == self.choices.len() {
            return left.iter().all(|rest| *rest == 0);
        }
        if left.iter().zip(&self.most[at]).any(|(rest, most)| rest > most)
            || self.failed.contains(&(at, left.clone()))
        {
            return false;
        }
        let choices = self.choices;
        for (number, way) in choices[at].1.iter().enumerate() {
            if way.iter().any(|(column, value)| left[*column] < *value) {
                continue;
            }
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
                for column in 0..totals.len() {
                    if totals[column] >= lost && way.iter().all(|(other, _)| *other != column) {
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
        let placed = place(&rows, &[4, 2, 4], &|_, _| 0);
        assert!(placed.is_err());
        let placed = place(&rows, &[3, 2, 5], &|_, _| 0).expect("solvable");
        assert_eq!(placed, [vec![(1, 2), (2, 1)], vec![(0, 3), (2, 4)]]);
    }
}
