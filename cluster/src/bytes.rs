//! Whole numbers as few bytes: how what was gathered travels.

use datafusion::common::exec_datafusion_err;
use datafusion::error::Result;

/// Adds a number, seven binary digits to a byte.
pub(crate) fn put(mut number: u64, into: &mut Vec<u8>) {
    while number >= 0x80 {
        into.push(number as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

/// Adds a number that may be negative.
pub(crate) fn put_signed(number: i64, into: &mut Vec<u8>) {
    put(((number << 1) ^ (number >> 63)) as u64, into);
}

/// Numbers read one after the other.
#[derive(Debug)]
pub(crate) struct Reader<'b>(pub(crate) &'b [u8]);

impl<'b> Reader<'b> {
    /// Whether nothing is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next number.
    pub(crate) fn number(&mut self) -> Result<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let Some((byte, rest)) = self.0.split_first() else { break };
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(exec_datafusion_err!("what was gathered of a part cannot be read"))
    }

    /// The next number that may be negative.
    pub(crate) fn signed(&mut self) -> Result<i64> {
        let number = self.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        let numbers = [0, 1, 63, 64, 127, 128, 300, 1 << 32, u64::MAX - 1, u64::MAX];
        let signed = [0, -1, 1, -64, 64, i64::MIN, i64::MAX, 1_500_890_888_000_000];
        let mut bytes = Vec::new();
        numbers.iter().for_each(|number| put(*number, &mut bytes));
        signed.iter().for_each(|number| put_signed(*number, &mut bytes));
        let mut reader = Reader(&bytes);
        for number in numbers {
            assert_eq!(reader.number().expect("a number"), number);
        }
        for number in signed {
            assert_eq!(reader.signed().expect("a number"), number);
        }
        assert!(reader.is_empty());
        assert!(reader.number().is_err());
    }
}
