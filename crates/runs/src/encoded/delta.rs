//! Ascending numbers as differences.

use super::{Malformed, signed, unpack, unsigned};

/// Numbers of a column as steps: each is so many numbers with the same difference.
///
/// Results of a probe that is asked every minute are one step for thousands of rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Steps {
    steps: Vec<Step>,
    rows: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    row: usize,
    value: i64,
    by: i64,
}

impl Steps {
    /// How many numbers.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Adds the numbers of a page in `DELTA_BINARY_PACKED`.
    ///
    /// # Errors
    /// When the bytes are not that.
    pub fn add_page(&mut self, mut bytes: &[u8]) -> Result<(), Malformed> {
        let bytes = &mut bytes;
        let block = unsigned(bytes)? as usize;
        let parts = unsigned(bytes)? as usize;
        let count = unsigned(bytes)? as usize;
        let mut value = signed(bytes)?;
        if parts == 0
            || block == 0
            || !block.is_multiple_of(parts)
            || !(block / parts).is_multiple_of(8)
            || block > 1 << 20
        {
            return Err(Malformed("sizes of blocks"));
        }
        let size = block / parts;
        if count == 0 {
            return Ok(());
        }
        self.push(value);
        let mut left = count - 1;
        while left > 0 {
            let least = signed(bytes)?;
            let (widths, rest) = bytes.split_at_checked(parts).ok_or(Malformed("widths are cut"))?;
            *bytes = rest;
            for width in widths {
                if left == 0 {
                    break;
                }
                let many = size.min(left);
                if *width == 0 {
                    self.push_steps(value, least, many);
                    value = value.wrapping_add(least.wrapping_mul(many as i64));
                } else {
                    if *width > 64 {
                        return Err(Malformed("a width"));
                    }
                    let length = size / 8 * usize::from(*width);
                    // The last block may end with its last number.
                    let (packed, rest) = bytes.split_at(length.min(bytes.len()));
                    if packed.len() * 8 < many * usize::from(*width) {
                        return Err(Malformed("a block is cut"));
                    }
                    *bytes = rest;
                    unpack(packed, u32::from(*width), many, |more| {
                        value = value.wrapping_add(least).wrapping_add(more as i64);
                        self.push(value);
                    });
                }
                left -= many;
            }
        }
        Ok(())
    }

    /// Adds the numbers of a page in `PLAIN`, `WIDTH` bytes each.
    ///
    /// # Errors
    /// When the bytes are not that.
    pub fn add_plain<const WIDTH: usize>(&mut self, bytes: &[u8]) -> Result<(), Malformed> {
        let (numbers, []) = bytes.as_chunks::<WIDTH>() else { return Err(Malformed("plain numbers")) };
        for number in numbers {
            let mut word = [0; 8];
            for (to, from) in word.iter_mut().zip(number) {
                *to = *from;
            }
            self.push(i64::from_le_bytes(word));
        }
        Ok(())
    }

    /// Adds a number.
    pub fn push(&mut self, value: i64) {
        match self.steps.last_mut() {
            // A step of one number takes its difference from the next.
            Some(last) if self.rows - last.row == 1 => last.by = value.wrapping_sub(last.value),
            Some(last)
                if last.value.wrapping_add(last.by.wrapping_mul((self.rows - last.row) as i64)) == value => {}
            _ => self.steps.push(Step { row: self.rows, value, by: 0 }),
        }
        self.rows += 1;
    }

    /// Adds `many` numbers after `value`, the last one there, each `by` more.
    fn push_steps(&mut self, value: i64, by: i64, many: usize) {
        let mut left = many;
        let mut value = value;
        // The first two settle what the last step is.
        while left > 0 && left + 2 > many {
            value = value.wrapping_add(by);
            self.push(value);
            left -= 1;
        }
        self.rows += left;
    }

    /// The first of some rows whose number is at least so much, where the numbers of these rows never descend; the end of the
    /// rows without one.
    pub fn first_from(&self, rows: std::ops::Range<usize>, least: i64) -> usize {
        let (value, by, from, _) = self.walk().step(rows.start);
        let first = value.wrapping_add(by.wrapping_mul(rows.start.wrapping_sub(from) as i64));
        if first >= least {
            return rows.start.min(rows.end);
        }
        // Steps that begin after the first row and before the end.
        let begin = self.steps.partition_point(|step| step.row <= rows.start);
        let end = self.steps.partition_point(|step| step.row < rows.end);
        let within = self.steps.get(begin..end).unwrap_or_default();
        let after = within.partition_point(|step| step.value < least);
        let (row, value, by) = match after.checked_sub(1).and_then(|n| within.get(n)) {
            None => (rows.start, first, by),
            Some(step) => (step.row, step.value, step.by),
        };
        let until = within.get(after).map_or(rows.end, |next| next.row);
        // Of even numbers below the least all lie in this step.
        let more = if by > 0 { (least - value + by - 1) / by } else { i64::MAX };
        usize::try_from(more).map_or(until, |more| row.saturating_add(more).min(until))
    }

    /// Goes through the numbers of some rows.
    pub fn walk(&self) -> Walk<'_> {
        Walk { steps: self, step: 0 }
    }
}

/// Looks numbers up, best at rows that ascend.
#[derive(Debug, Clone)]
pub struct Walk<'s> {
    steps: &'s Steps,
    step: usize,
}

impl Walk<'_> {
    /// The number of a row; 0 beyond the last.
    pub fn get(&mut self, row: usize) -> i64 {
        let (value, by, from, _) = self.step(row);
        value.wrapping_add(by.wrapping_mul(row.wrapping_sub(from) as i64))
    }

    /// The step that a row lies in: its first number, the difference, its first row and the row after its last.
    pub fn step(&mut self, row: usize) -> (i64, i64, usize, usize) {
        let steps = &self.steps.steps;
        let end = |n: usize| steps.get(n + 1).map_or(self.steps.rows, |next| next.row);
        if steps.get(self.step).is_none_or(|step| step.row > row) {
            self.step = steps.partition_point(|step| step.row <= row).saturating_sub(1);
        }
        let mut hops = 0;
        while end(self.step) <= row && self.step + 1 < steps.len() {
            self.step += 1;
            hops += 1;
            if hops > 8 {
                self.step = steps.partition_point(|step| step.row <= row).saturating_sub(1);
            }
        }
        steps.get(self.step).map_or((0, 0, row, row), |step| (step.value, step.by, step.row, end(self.step)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_kept_as_steps() {
        let numbers = [5, 10, 15, 20, 21, 22, 23, 100, 90, 80, 80, 80, -3];
        let mut steps = Steps::default();
        for number in numbers {
            steps.push(number);
        }
        let mut walk = steps.walk();
        for (row, number) in numbers.iter().enumerate() {
            assert_eq!(walk.get(row), *number, "row {row}");
        }
        for (row, number) in numbers.iter().enumerate().rev() {
            assert_eq!(walk.get(row), *number, "row {row} backwards");
        }
        assert!(steps.steps.len() < numbers.len());
    }

    /// The example of the specification: 7, 5, 3, 1, 2, 3, 4, 5 in one block.
    #[test]
    fn a_page_of_differences() {
        let mut page = vec![0x80, 0x01, 0x04, 0x08, 0x0e];
        page.push(0x03);
        page.extend([2, 0, 0, 0]);
        // Differences -2 -2 -2 1 1 1 1 above the least, -2: 0 0 0 3 3 3 3 in two binary digits each.
        page.extend([0b1100_0000, 0b0011_1111, 0, 0, 0, 0, 0, 0]);
        let mut steps = Steps::default();
        assert_eq!(steps.add_page(&page), Ok(()));
        let mut walk = steps.walk();
        let numbers: Vec<i64> = (0..8).map(|row| walk.get(row)).collect();
        assert_eq!(numbers, [7, 5, 3, 1, 2, 3, 4, 5]);
        for cut in 0..page.len() - 6 {
            let cut = Steps::default().add_page(&page[..cut]);
            assert!(cut.is_err(), "{cut:?}");
        }
    }
}
