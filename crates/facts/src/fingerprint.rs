//! Identity and content of rows, as hashes.

use xxhash_rust::xxh3::xxh3_128;

use crate::{Dimensions, Texts};

/// What a row speaks of and what it says.
///
/// Two rows of one source with the same identity are about the same thing; with the same content as
/// well they say the same. 128 bits: among a billion rows two different ones share an identity with a
/// probability below 10⁻²⁰.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint {
    /// Hash of the columns that name the fact.
    pub identity: u128,
    /// Hash of all other columns but the line.
    pub content: u128,
}

/// The hash of each word of a column, to be looked up by code.
pub(crate) fn word_hashes(texts: &Texts) -> Vec<u128> {
    texts.words().iter().map(|word| xxh3_128(word.as_bytes())).collect()
}

/// Folds a number into a hash. Multiplication by an odd constant spreads every bit upwards, the
/// rotation brings it down again.
pub(crate) fn fold(hash: u128, value: u128) -> u128 {
    const SPREAD: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
    (hash ^ value).wrapping_mul(SPREAD).rotate_left(59) ^ (hash >> 67)
}

/// Folds a signed number into a hash.
pub(crate) fn fold_number(hash: u128, value: i64) -> u128 {
    fold(hash, u128::from(value as u64))
}

/// Folds all stated dimensions of each row into its hash. What is not stated does not count, so a
/// column that is added later and left empty changes nothing.
pub(crate) fn fold_dimensions(hashes: &mut [u128], dimensions: &Dimensions) {
    for (name, texts) in dimensions {
        let name = xxh3_128(name.as_bytes());
        let words: Vec<u128> = texts
            .words()
            .iter()
            .map(|word| if word.is_empty() { 0 } else { fold(name, xxh3_128(word.as_bytes())) })
            .collect();
        for (hash, code) in hashes.iter_mut().zip(texts.codes()) {
            let word = words[*code as usize];
            if word != 0 {
                *hash = fold(*hash, word);
            }
        }
    }
}
