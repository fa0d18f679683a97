//! The cases that have the flag, as numbers, in two parts.

use std::collections::{BTreeMap, BTreeSet};

use impegno_measure::{Case, Cases, Joins};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::request::{FEWEST, Refusal, Request};

/// How many parts the cases of the search are divided into, to try a choice on cases that it was not made on.
pub(crate) const FOLDS: u8 = 3;
/// The fold of a case that is held back.
pub(crate) const HELD_BACK: u8 = u8::MAX;

/// The cases that have the flag.
pub(crate) struct Sample<'c> {
    pub cases: Vec<Case<'c>>,
    /// Whether the flag says *in time*.
    pub flag: Vec<bool>,
    /// [`HELD_BACK`], or one of [`FOLDS`].
    pub fold: Vec<u8>,
    /// What the cases state besides the flag.
    pub dimensions: Vec<Dimension>,
    /// Every event with the number of cases that have it, by name.
    pub events: BTreeMap<String, u64>,
    /// Cases of the kind in the window without the flag.
    pub without_flag: u64,
    /// The value or values of the flag that mean *in time*.
    pub met: Vec<String>,
}

/// A dimension of the cases: the number of each case's value.
pub(crate) struct Dimension {
    pub name: String,
    pub values: Vec<String>,
    pub codes: Vec<u32>,
}

impl<'c> Sample<'c> {
    pub(crate) fn gather(cases: &'c Cases, joins: &Joins, request: &Request) -> Result<Sample<'c>, Refusal> {
        let end = request.end.0;
        let in_window = |case: &Case<'_>| {
            case.events().next().is_some_and(|first| {
                first.at < end
                    && request
                        .window
                        .is_none_or(|window| window.contains(impegno_calendar::Instant(first.at)))
            })
        };
        let all: Vec<Case<'c>> = cases.of_kind(&request.cases).filter(in_window).collect();
        if all.is_empty() {
            let kinds: BTreeSet<String> = cases.iter().map(|case| case.kind().to_owned()).collect();
            return Err(Refusal::NoSuchCases(kinds.into_iter().collect()));
        }
        let stated: BTreeSet<&str> = all
            .iter()
            .flat_map(|case| case.events())
            .flat_map(|event| event.dimensions())
            .map(|one| one.0)
            .collect();
        for name in std::iter::once(&request.flag).chain(&request.by) {
            if !stated.contains(joins.base(name)) {
                let names = stated.iter().map(|name| (*name).to_owned()).collect();
                return Err(Refusal::NoSuchDimension(name.clone(), names));
            }
        }
        let value =
            |case: &Case<'c>, name: &str| joins.value(name, case.dimension(joins.base(name), end)).to_owned();
        let flags: Vec<String> = all.iter().map(|case| value(case, &request.flag)).collect();
        let met = understood(&flags, request)?;
        let has_flag: Vec<usize> = (0..all.len()).filter(|n| !flags[*n].is_empty()).collect();
        let mut names: Vec<&str> = match request.by.is_empty() {
            true => stated.iter().copied().filter(|name| *name != request.flag).collect(),
            false => request.by.iter().map(String::as_str).collect(),
        };
        names.dedup();
        let without_flag = (all.len() - has_flag.len()) as u64;
        let cases: Vec<Case<'c>> = has_flag.iter().map(|n| all[*n]).collect();
        let dimensions =
            names.iter().map(|name| Dimension::of(name, cases.iter().map(|case| value(case, name))));
        let mut events: BTreeMap<String, u64> = BTreeMap::new();
        for case in &cases {
            let own: BTreeSet<&str> =
                case.events().filter(|event| event.at < end).map(|event| event.event).collect();
            for event in own {
                *events.entry(event.to_owned()).or_default() += 1;
            }
        }
        let sample = Sample {
            flag: has_flag.iter().map(|n| met.contains(&flags[*n])).collect(),
            fold: cases.iter().map(|case| fold(*case, request)).collect(),
            dimensions: dimensions.collect(),
            cases,
            events,
            without_flag,
            met,
        };
        sample.large_enough()?;
        Ok(sample)
    }

    /// At least thirty cases, and ten of each answer, in the part that is fitted and some in the other.
    fn large_enough(&self) -> Result<(), Refusal> {
        let few = Err(Refusal::TooFew(self.flag.len() as u64));
        let count = |flag: bool| self.training().filter(|number| self.flag[*number] == flag).count() as u64;
        if (self.flag.len() as u64) < FEWEST || count(true).min(count(false)) < FEWEST / 5 {
            return few;
        }
        if self.held_back().next().is_none() { few } else { Ok(()) }
    }

    /// Numbers of the cases that the rule is sought on.
    pub(crate) fn training(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.fold.len()).filter(|number| self.fold[*number] != HELD_BACK)
    }

    /// Numbers of the cases that are held back.
    pub(crate) fn held_back(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.fold.len()).filter(|number| self.fold[*number] == HELD_BACK)
    }
}

impl Dimension {
    fn of(name: &str, texts: impl Iterator<Item = String>) -> Dimension {
        let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
        let mut values: Vec<String> = Vec::new();
        let codes = texts
            .map(|text| {
                let next = values.len() as u32;
                let number = *numbers.entry(text.clone()).or_insert(next);
                if number == next {
                    values.push(text);
                }
                number
            })
            .collect();
        Dimension { name: name.to_owned(), values, codes }
    }
}

/// The part that a case belongs to: always the same for the same identifier and seed, whatever the order of the cases.
fn fold(case: Case<'_>, request: &Request) -> u8 {
    let mut key = case.source().as_bytes().to_vec();
    key.push(0);
    key.extend_from_slice(case.id().as_bytes());
    let hash = xxh3_64_with_seed(&key, request.seed);
    let of = request.held_back.of.max(1);
    if hash % of < request.held_back.parts {
        HELD_BACK
    } else {
        // Other bits than those that held back: the two choices have nothing to do with each other.
        (xxh3_64_with_seed(&key, !request.seed) % u64::from(FOLDS)) as u8
    }
}

/// Words that say by themselves that something was in time, in lower case.
const MEANS_YES: [&str; 14] = [
    "yes",
    "true",
    "y",
    "1",
    "si",
    "sì",
    "s",
    "vero",
    "met",
    "made",
    "ontime",
    "on-time",
    "in-time",
    "rispettato",
];
/// Their opposites.
const MEANS_NO: [&str; 14] = [
    "no",
    "false",
    "n",
    "0",
    "falso",
    "missed",
    "breached",
    "violated",
    "late",
    "overdue",
    "fuori-tempo",
    "not-met",
    "in-ritardo",
    "violato",
];

/// Which values of the flag mean *in time*.
fn understood(flags: &[String], request: &Request) -> Result<Vec<String>, Refusal> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for flag in flags.iter().filter(|flag| !flag.is_empty()) {
        *counts.entry(flag).or_default() += 1;
    }
    let values = || counts.keys().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    if let Some(unknown) = request.met.iter().find(|value| !counts.contains_key(value.as_str())) {
        return Err(Refusal::NoSuchValue(unknown.clone(), values()));
    }
    let total: u64 = counts.values().sum();
    let same = || Refusal::AllTheSame(values().join("`, `"), total);
    if counts.len() < 2 {
        return Err(if total == 0 { Refusal::TooFew(0) } else { same() });
    }
    if !request.met.is_empty() {
        let met: Vec<String> = values().into_iter().filter(|value| request.met.contains(value)).collect();
        return if met.len() == counts.len() { Err(same()) } else { Ok(met) };
    }
    let says = |words: &[&str], value: &str| words.contains(&value.to_lowercase().as_str());
    let yes: Vec<&str> = counts.keys().copied().filter(|value| says(&MEANS_YES, value)).collect();
    let no: Vec<&str> = counts.keys().copied().filter(|value| says(&MEANS_NO, value)).collect();
    match (counts.len(), yes.as_slice(), no.as_slice()) {
        (2, [yes], _) => Ok(vec![(*yes).to_owned()]),
        (2, [], [no]) => {
            Ok(counts.keys().filter(|value| *value != no).map(|value| (*value).to_owned()).collect())
        }
        _ => {
            Err(Refusal::Unclear(counts.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect()))
        }
    }
}
