//! Columns as a Parquet page holds them, opened without making rows.
//!
//! Source of the forms: the encodings of Apache Parquet 2 (`DELTA_BINARY_PACKED`, `RLE` and bit-packed hybrid,
//! `BYTE_STREAM_SPLIT`, `PLAIN`).

mod delta;
mod hybrid;
mod split;

pub use delta::{Steps, Walk};
pub use hybrid::{Same, codes, runs_of_codes};
pub use split::{Numbers, Taker};

/// A page that is not what its encoding says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed(pub &'static str);

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a page is not as its encoding says: {}", self.0)
    }
}

impl std::error::Error for Malformed {}

/// A number of seven binary digits a byte, least first.
fn unsigned(bytes: &mut &[u8]) -> Result<u64, Malformed> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first().ok_or(Malformed("a number is cut"))?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Malformed("a number is too long"))
}

/// A signed number, its sign as the last binary digit.
fn signed(bytes: &mut &[u8]) -> Result<i64, Malformed> {
    let value = unsigned(bytes)?;
    Ok((value >> 1) as i64 ^ -((value & 1) as i64))
}

/// The first `count` numbers of `width` binary digits of packed bytes.
fn unpack(bytes: &[u8], width: u32, count: usize, mut each: impl FnMut(u64)) {
    let mask = if width >= 64 { u64::MAX } else { (1 << width) - 1 };
    let mut bit = 0_usize;
    for _ in 0..count {
        let byte = bit / 8;
        let mut word = [0_u8; 16];
        let there = bytes.get(byte..).unwrap_or_default();
        let taken = there.len().min(16);
        word[..taken].copy_from_slice(&there[..taken]);
        each((u128::from_le_bytes(word) >> (bit % 8)) as u64 & mask);
        bit += width as usize;
    }
}
