//! What a column holds, by its values.

use std::collections::BTreeMap;

use impegno_sources::TimePattern;

use crate::grid::Grid;

/// What is known of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name in the file.
    pub name: String,
    /// Rows in which it holds something.
    pub filled: usize,
    /// Different values.
    pub different: usize,
    /// What its values are.
    pub holds: Holds,
    /// Its first values that differ, at most a few.
    pub examples: Vec<String>,
    /// Each value stands in one row only.
    pub unique: bool,
    /// Mean length of its values, in characters.
    pub length: usize,
}

/// What the values of a column are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holds {
    /// Nothing.
    Nothing,
    /// Times, in forms that fit; the best first.
    Times(Vec<String>),
    /// Whole numbers.
    Numbers,
    /// Numbers with decimals, and their sign.
    Decimals(u8),
    /// Texts.
    Texts,
}

/// Forms of times, the strict before the loose and whole ones before days.
const FORMS: &[&str] = &[
    "iso",
    "gg/mm/aaaa HH:MM:SS",
    "gg/mm/aaaa HH:MM",
    "gg/mm/aaaa",
    "mm/gg/aaaa HH:MM:SS",
    "mm/gg/aaaa HH:MM",
    "mm/gg/aaaa",
    "g/m/aaaa H:MM:SS",
    "g/m/aaaa H:MM",
    "g/m/aaaa",
    "m/g/aaaa H:MM:SS PP",
    "m/g/aaaa H:MM PP",
    "g/m/aaaa H:MM PP",
    "m/g/aaaa H:MM:SS",
    "m/g/aaaa H:MM",
    "m/g/aaaa",
    "gg-mm-aaaa HH:MM:SS",
    "gg-mm-aaaa HH:MM",
    "gg-mm-aaaa",
    "gg.mm.aaaa HH:MM:SS",
    "gg.mm.aaaa HH:MM",
    "gg.mm.aaaa",
    "gg/mm/aaaa HH.MM",
    "gg/mm/aaaa, HH:MM",
    "gg/mm/aa HH:MM",
    "gg/mm/aa",
    "mm/gg/aa HH:MM",
    "mm/gg/aa",
    "g/mese/aa H:MM PP",
    "g/mese/aa H:MM",
    "g/mese/aaaa H:MM",
    "aaaa/mm/gg HH:MM:SS",
    "aaaa/mm/gg HH:MM",
    "aaaa/mm/gg",
    "aaaa-mm",
    "mm/aaaa",
    "m/aaaa",
];

/// Whether a text is a time in a known form.
pub(crate) fn is_time(text: &str) -> bool {
    FORMS.iter().any(|form| TimePattern::parse([*form]).is_some_and(|pattern| pattern.fits(text)))
}

/// Of a form with slashes, whether the day comes first; `None` where both can be told apart or there is none.
pub(crate) fn day_first(form: &str) -> Option<bool> {
    if !form.contains('/') || form.starts_with('a') || form.contains("mese") {
        return None;
    }
    match form.bytes().next() {
        Some(b'g') => Some(true),
        Some(b'm') if form.contains('g') => Some(false),
        _ => None,
    }
}

/// What each column of a file holds.
pub(crate) fn describe(grid: &Grid) -> Vec<Column> {
    let patterns: Vec<(&str, TimePattern)> =
        FORMS.iter().filter_map(|form| Some((*form, TimePattern::parse([*form])?))).collect();
    (0..grid.names.len()).map(|column| one(grid, column, &patterns)).collect()
}

fn one(grid: &Grid, column: usize, patterns: &[(&str, TimePattern)]) -> Column {
    let values: Vec<&str> = grid
        .rows
        .iter()
        .filter_map(|row| row.get(column))
        .map(String::as_str)
        .filter(|text| !text.is_empty())
        .collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut examples: Vec<String> = Vec::new();
    for value in &values {
        *counts.entry(value).or_default() += 1;
        if examples.len() < 3 && !examples.iter().any(|one| one == value) {
            examples.push((*value).to_owned());
        }
    }
    let letters: usize = values.iter().map(|value| value.chars().count()).sum();
    Column {
        name: grid.names[column].clone(),
        filled: values.len(),
        different: counts.len(),
        holds: holds(&values, patterns),
        examples,
        unique: !values.is_empty() && counts.len() == values.len() && values.len() == grid.rows.len(),
        length: letters.checked_div(values.len()).unwrap_or(0),
    }
}

/// Nine of ten values decide: a bad one is found when the file is read.
fn holds(values: &[&str], patterns: &[(&str, TimePattern)]) -> Holds {
    if values.is_empty() {
        return Holds::Nothing;
    }
    let most = |fits: &dyn Fn(&str) -> bool| {
        values.iter().filter(|value| fits(value)).count() * 10 >= values.len() * 9
    };
    let mut times: Vec<(usize, &str)> = patterns
        .iter()
        .map(|(form, pattern)| (values.iter().filter(|value| pattern.fits(value)).count(), *form))
        .filter(|(fitting, _)| fitting * 10 >= values.len() * 9)
        .collect();
    if !times.is_empty() {
        // Stable: of equally good forms the stricter stays first.
        times.sort_by_key(|(fitting, _)| std::cmp::Reverse(*fitting));
        return Holds::Times(times.into_iter().map(|(_, form)| form.to_owned()).collect());
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if most(&|value| digits(value.strip_prefix('-').unwrap_or(value))) {
        return Holds::Numbers;
    }
    for decimal in [',', '.'] {
        let grouping = if decimal == ',' { '.' } else { ',' };
        let fits = |value: &str| {
            let value = value.trim_start_matches('-');
            let (whole, rest) = value.split_once(decimal).unwrap_or((value, ""));
            digits(&whole.replace(grouping, "")) && (rest.is_empty() || digits(rest))
        };
        if most(&fits) && values.iter().any(|value| value.contains(decimal)) {
            return Holds::Decimals(decimal as u8);
        }
    }
    Holds::Texts
}

impl Column {
    /// Its values are times.
    pub(crate) fn is_time(&self) -> bool {
        matches!(self.holds, Holds::Times(_))
    }

    /// Few words that come again.
    pub(crate) fn has_few_words(&self, rows: usize) -> bool {
        self.different > 0
            && self.different <= 60
            && (self.different * 3 <= self.filled || rows < 30 && self.different * 2 <= self.filled + 1)
            && self.length <= 40
    }
}
