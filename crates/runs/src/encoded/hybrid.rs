//! Small numbers: repeated ones as a count, others packed.

use super::{Malformed, unpack, unsigned};

/// Rows that follow each other with the same code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Same {
    /// The row after the last.
    pub end: usize,
    /// What they share.
    pub code: u32,
}

/// Adds the codes of a page in the hybrid of run lengths and packed numbers, with their width in its first byte, as the
/// indexes of a dictionary are written; `count` is how many there are.
///
/// # Errors
/// When the bytes are not that.
pub fn runs_of_codes(bytes: &[u8], count: usize, into: &mut Vec<Same>) -> Result<(), Malformed> {
    each(bytes, count, |code, many| {
        let row = into.last().map_or(0, |last| last.end);
        match into.last_mut() {
            Some(last) if last.code == code => last.end += many,
            _ => into.push(Same { end: row + many, code }),
        }
    })
}

/// The same, one by one.
///
/// # Errors
/// When the bytes are not that.
pub fn codes(bytes: &[u8], count: usize, into: &mut Vec<u32>) -> Result<(), Malformed> {
    into.reserve(count);
    each(bytes, count, |code, many| into.extend(std::iter::repeat_n(code, many)))
}

fn each(mut bytes: &[u8], count: usize, mut push: impl FnMut(u32, usize)) -> Result<(), Malformed> {
    let bytes = &mut bytes;
    let (width, rest) = bytes.split_first().ok_or(Malformed("no width of codes"))?;
    *bytes = rest;
    let width = u32::from(*width);
    if width > 32 {
        return Err(Malformed("a width of codes"));
    }
    let mut left = count;
    while left > 0 {
        let header = unsigned(bytes)?;
        if header & 1 == 0 {
            let many = usize::try_from(header >> 1).map_err(|_| Malformed("a run"))?.min(left);
            if many == 0 {
                return Err(Malformed("an empty run"));
            }
            let length = width.div_ceil(8) as usize;
            let (value, rest) = bytes.split_at_checked(length).ok_or(Malformed("a run is cut"))?;
            *bytes = rest;
            push(value.iter().rev().fold(0, |code, byte| code << 8 | u32::from(*byte)), many);
            left -= many;
        } else {
            let groups = usize::try_from(header >> 1).map_err(|_| Malformed("a group"))?;
            let length = groups.checked_mul(width as usize).ok_or(Malformed("a group"))?;
            let many = groups.saturating_mul(8).min(left);
            let (packed, rest) = bytes.split_at(length.min(bytes.len()));
            if many == 0 || packed.len() * 8 < many * width as usize {
                return Err(Malformed("a group is cut"));
            }
            *bytes = rest;
            unpack(packed, width, many, |code| push(code as u32, 1));
            left -= many;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_packed_codes() {
        // Width 2; five times 1; then one group of eight: 0 1 2 3 3 3 3 0.
        let page = [2, 10, 1, 3, 0b1110_0100, 0b0011_1111];
        let mut codes = Vec::new();
        assert_eq!(runs_of_codes(&page, 12, &mut codes), Ok(()));
        let ends: Vec<(usize, u32)> = codes.iter().map(|same| (same.end, same.code)).collect();
        assert_eq!(ends, [(5, 1), (6, 0), (7, 1), (8, 2), (12, 3)]);
        for cut in 0..page.len() {
            assert!(runs_of_codes(&page[..cut], 12, &mut Vec::new()).is_err(), "{cut}");
        }
    }
}
