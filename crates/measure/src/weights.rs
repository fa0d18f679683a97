//! Weights of the parts of an availability that facts tell: uses, bodies, users.

use std::collections::BTreeSet;

use impegno_calendar::{Instant, Interval};
use impegno_charter::{Centre, WeightBy, Weighted};
use impegno_facts::{Facts, NO_AMOUNT};

use crate::tally::Sieve;
use crate::{Joins, Part};

/// The weighted availabilities of a centre whose weights are counted.
#[derive(Debug, Default)]
pub(crate) struct Weighing<'c> {
    asked: Vec<&'c Weighted>,
    joins: Joins,
}

/// What was counted of each part of each of them.
#[derive(Debug, Default)]
pub(crate) struct Weights(Vec<Vec<Weight>>);

#[derive(Debug, Clone, Default)]
struct Weight {
    quantity: i128,
    different: BTreeSet<String>,
}

impl<'c> Weighing<'c> {
    pub(crate) fn new(centre: &Centre) -> Weighing<'c> {
        Weighing { asked: Vec::new(), joins: Joins::new(centre) }
    }

    /// Asks for the weights of an availability, unless they are declared.
    pub(crate) fn ask(&mut self, weighted: &'c Weighted) {
        let counted = match weighted.by {
            WeightBy::Equal | WeightBy::Declared => false,
            WeightBy::Uses | WeightBy::Bodies | WeightBy::Users => true,
        };
        if counted && !self.asked.contains(&weighted) {
            self.asked.push(weighted);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }

    /// Takes the operations of a period from a part.
    pub(crate) fn add(&self, part: &Part, period: Interval, into: &mut Weights) {
        let Facts::Operations(facts) = &part.facts else { return };
        into.0.resize_with(self.asked.len(), Vec::new);
        for (weighted, weights) in self.asked.iter().zip(&mut into.0) {
            weights.resize(weighted.parts.len(), Weight::default());
            let different = match weighted.by {
                WeightBy::Bodies => facts.dimensions.get("body"),
                WeightBy::Users => facts.dimensions.get("user"),
                WeightBy::Equal | WeightBy::Declared | WeightBy::Uses => None,
            };
            for (one, weight) in weighted.parts.iter().zip(weights) {
                let Some(sieve) = Sieve::new(&one.facts, &self.joins, &part.facts) else { continue };
                let mut seen: BTreeSet<u32> = BTreeSet::new();
                for row in 0..facts.at.len() {
                    if !period.contains(Instant(facts.at[row])) || !sieve.passes(row) {
                        continue;
                    }
                    if facts.quantity[row] != NO_AMOUNT {
                        weight.quantity += i128::from(facts.quantity[row]);
                    }
                    seen.extend(different.map(|texts| texts.codes()[row]));
                }
                if let Some(texts) = different {
                    let words = seen.into_iter().map(|code| texts.words()[code as usize].to_string());
                    weight.different.extend(words.filter(|word| !word.is_empty()));
                }
            }
        }
    }

    /// The weights of the parts of an availability, in their order.
    pub(crate) fn of(&self, weighted: &Weighted, counted: &Weights) -> Vec<u64> {
        let number = self.asked.iter().position(|asked| *asked == weighted);
        let counted = number.and_then(|number| counted.0.get(number));
        let weight = |(n, declared): (usize, u64)| {
            let counted = counted.and_then(|weights| weights.get(n));
            match weighted.by {
                WeightBy::Equal | WeightBy::Declared => declared,
                // A correction may leave less than nothing, which weighs nothing.
                WeightBy::Uses => {
                    counted.map_or(0, |weight| u64::try_from(weight.quantity.max(0)).unwrap_or(u64::MAX))
                }
                WeightBy::Bodies | WeightBy::Users => {
                    counted.map_or(0, |weight| weight.different.len() as u64)
                }
            }
        };
        weighted.parts.iter().map(|part| part.weight).enumerate().map(weight).collect()
    }
}

impl Weights {
    /// Both in one.
    pub(crate) fn merge(mut self, other: Weights) -> Weights {
        if self.0.is_empty() {
            return other;
        }
        for (mine, others) in self.0.iter_mut().zip(other.0) {
            for (weight, other) in mine.iter_mut().zip(others) {
                weight.quantity += other.quantity;
                weight.different.extend(other.different);
            }
        }
        self
    }
}
