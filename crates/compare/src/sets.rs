//! Multisets: what is left to compare when the places of values are lost.

use num_rational::BigRational;

use crate::cells::Number;

/// Whether each published number can be paired with a value of ours of its own.
pub(crate) fn contained(published: &[Number], ours: &[BigRational]) -> bool {
    // Augmenting paths: rounding lets one of ours fit several published numbers.
    let mut owner: Vec<Option<usize>> = vec![None; ours.len()];
    (0..published.len()).all(|n| pair(n, published, ours, &mut owner, &mut vec![false; ours.len()]))
}

fn pair(
    n: usize,
    published: &[Number],
    ours: &[BigRational],
    owner: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for (slot, value) in ours.iter().enumerate() {
        if tried[slot] || !published[n].equals(value) {
            continue;
        }
        tried[slot] = true;
        let free = match owner[slot] {
            None => true,
            Some(other) => pair(other, published, ours, owner, tried),
        };
        if free {
            owner[slot] = Some(n);
            return true;
        }
    }
    false
}

/// Whether two lists of words hold the same words as often.
pub(crate) fn same_words(a: &[String], b: &[String]) -> bool {
    let sorted = |words: &[String]| {
        let mut words = words.to_vec();
        words.sort();
        words
    };
    sorted(a) == sorted(b)
}
