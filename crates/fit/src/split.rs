//! Classes of cases, each with a limit of its own.

use std::collections::BTreeMap;

use crate::sample::Sample;

/// The least number of cases of the search that a class of its own has.
pub(crate) const SMALLEST_CLASS: u64 = 30;
/// The greatest number of values of a dimension that is tried.
const MOST_VALUES: usize = 400;
/// The greatest number of classes of a pair of dimensions.
const MOST_OF_A_PAIR: usize = 24;

/// Cases put into classes.
pub(crate) struct Split {
    /// Names of the dimensions; none: all cases are one class.
    pub by: Vec<String>,
    /// The class of each case.
    pub class: Vec<u32>,
    /// The classes: the values of the dimensions that each stands for.
    pub classes: Vec<Class>,
}

/// A class of cases.
pub(crate) struct Class {
    /// Values of the dimensions, in their order; several for the class of all that are rare.
    pub values: Vec<Vec<String>>,
    /// It stands for all values that no other class stands for.
    pub rest: bool,
}

impl Split {
    /// All cases in one class.
    pub(crate) fn none(sample: &Sample<'_>) -> Split {
        let whole = Class { values: vec![Vec::new()], rest: true };
        Split { by: Vec::new(), class: vec![0; sample.flag.len()], classes: vec![whole] }
    }

    /// By the values of some dimensions. Values of few cases are one class. `None` where that leaves one class.
    fn by(sample: &Sample<'_>, numbers: &[usize], most: usize) -> Option<Split> {
        let dimensions: Vec<_> = numbers.iter().map(|number| &sample.dimensions[*number]).collect();
        let key =
            |case: usize| -> Vec<u32> { dimensions.iter().map(|dimension| dimension.codes[case]).collect() };
        let mut counts: BTreeMap<Vec<u32>, u64> = (0..sample.flag.len()).map(|case| (key(case), 0)).collect();
        if counts.len() < 2 || counts.len() > most {
            return None;
        }
        for case in sample.training() {
            *counts.entry(key(case)).or_default() += 1;
        }
        let text = |key: &[u32]| -> Vec<String> {
            dimensions
                .iter()
                .zip(key)
                .map(|(dimension, code)| dimension.values[*code as usize].clone())
                .collect()
        };
        let (large, rare): (Vec<_>, Vec<_>) =
            counts.into_iter().partition(|(_, count)| *count >= SMALLEST_CLASS);
        let mut large: Vec<(Vec<String>, Vec<u32>)> =
            large.into_iter().map(|(key, _)| (text(&key), key)).collect();
        large.sort();
        let mut classes: Vec<Class> =
            large.iter().map(|(values, _)| Class { values: vec![values.clone()], rest: false }).collect();
        if !rare.is_empty() {
            let mut values: Vec<Vec<String>> = rare.iter().map(|(key, _)| text(key)).collect();
            values.sort();
            classes.push(Class { values, rest: true });
        }
        if classes.len() < 2 {
            return None;
        }
        let numbers: BTreeMap<Vec<u32>, u32> = large.into_iter().map(|(_, key)| key).zip(0..).collect();
        let rest = classes.len() as u32 - 1;
        let class =
            (0..sample.flag.len()).map(|case| numbers.get(&key(case)).copied().unwrap_or(rest)).collect();
        let by = dimensions.iter().map(|dimension| dimension.name.clone()).collect();
        Some(Split { by, class, classes })
    }

    /// The splits to be tried: where the dimensions are named, by all of them; else none, each single one, and pairs with few
    /// values.
    pub(crate) fn candidates(sample: &Sample<'_>, named: bool) -> Vec<Split> {
        let all: Vec<usize> = (0..sample.dimensions.len()).collect();
        if named {
            let split = Split::by(sample, &all, usize::MAX).unwrap_or_else(|| Split::none(sample));
            return vec![split];
        }
        let mut splits = vec![Split::none(sample)];
        splits.extend(all.iter().filter_map(|one| Split::by(sample, &[*one], MOST_VALUES)));
        for first in &all {
            for second in all.iter().filter(|second| *second > first) {
                splits.extend(Split::by(sample, &[*first, *second], MOST_OF_A_PAIR));
            }
        }
        splits
    }

    /// Single dimensions, however many values they have: for rules without time.
    pub(crate) fn singles(sample: &Sample<'_>) -> Vec<Split> {
        (0..sample.dimensions.len()).filter_map(|one| Split::by(sample, &[one], usize::MAX)).collect()
    }
}
