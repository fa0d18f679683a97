//! Numbers of four bytes.

use super::Malformed;

/// Numbers of four bytes as a page holds them.
#[derive(Debug, Clone, Copy)]
pub enum Numbers<'p> {
    /// All the same.
    Always(i32),
    /// `BYTE_STREAM_SPLIT`: all first bytes, then all second ones, and so on; least first.
    Split([&'p [u8]; 4]),
    /// `PLAIN`: one after the other, least byte first.
    Plain(&'p [[u8; 4]]),
    /// By a dictionary, the code of each row.
    Coded {
        /// The numbers.
        words: &'p [i32],
        /// Position of the number of each row.
        codes: &'p [u32],
    },
}

impl<'p> Numbers<'p> {
    /// The numbers of a page in `BYTE_STREAM_SPLIT`.
    ///
    /// # Errors
    /// When there are not four bytes a row.
    pub fn split(bytes: &'p [u8], rows: usize) -> Result<Numbers<'p>, Malformed> {
        if bytes.len() != rows * 4 {
            return Err(Malformed("numbers of four bytes"));
        }
        let mut streams = bytes.chunks_exact(rows.max(1));
        let mut next = || streams.next().unwrap_or_default();
        Ok(Numbers::Split([next(), next(), next(), next()]))
    }

    /// The numbers of a page in `PLAIN`.
    ///
    /// # Errors
    /// When there are not four bytes a row.
    pub fn plain(bytes: &'p [u8], rows: usize) -> Result<Numbers<'p>, Malformed> {
        match bytes.as_chunks::<4>() {
            (numbers, []) if numbers.len() == rows => Ok(Numbers::Plain(numbers)),
            _ => Err(Malformed("numbers of four bytes")),
        }
    }

    /// The number of a row.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn get(&self, row: usize) -> i32 {
        match self {
            Numbers::Always(number) => *number,
            Numbers::Split([a, b, c, d]) => i32::from_le_bytes([a[row], b[row], c[row], d[row]]),
            Numbers::Plain(numbers) => i32::from_le_bytes(numbers[row]),
            Numbers::Coded { words, codes } => words[codes[row] as usize],
        }
    }

    /// Hands the numbers of some rows to a taker that is compiled for each form.
    ///
    /// # Panics
    /// When a row is not there.
    pub fn each(&self, rows: std::ops::Range<usize>, take: &mut impl Taker) {
        match self {
            Numbers::Always(number) => take.take(rows.map(|_| *number)),
            Numbers::Split(streams) => {
                let [a, b, c, d] = streams.map(|stream| &stream[rows.clone()]);
                let numbers = a.iter().zip(b).zip(c.iter().zip(d));
                take.take(numbers.map(|((a, b), (c, d))| i32::from_le_bytes([*a, *b, *c, *d])));
            }
            Numbers::Plain(numbers) => {
                take.take(numbers[rows].iter().map(|bytes| i32::from_le_bytes(*bytes)));
            }
            Numbers::Coded { words, codes } => {
                take.take(codes[rows].iter().map(|code| words[*code as usize]));
            }
        }
    }
}

/// Takes numbers in whatever form they come.
pub trait Taker {
    /// Takes some numbers.
    fn take(&mut self, numbers: impl ExactSizeIterator<Item = i32>);
}

impl Taker for crate::Latencies {
    fn take(&mut self, numbers: impl ExactSizeIterator<Item = i32>) {
        self.extend(numbers);
    }
}
