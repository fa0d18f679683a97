//! Blocks of promises as a plan or a charter prints them: several periods side by side, and a sheet for each.

use impegno_findings::Place;

use crate::Words;

/// A table of promises with a column for each of several periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorsLayout {
    /// Unique within the layout.
    pub id: String,
    /// Caption.
    pub title: Words,
    /// How it is made.
    pub definition: Words,
    /// Heading of the row labels.
    pub row_heading: Words,
    /// Which promises.
    pub of: Named,
    /// How many periods: that of the report and the same ones of the years before.
    pub years: u8,
    /// What is said besides the measured values.
    pub show: Vec<Shown>,
    /// What stands where nothing was measured: "non rilevato".
    pub missing: Words,
    /// Footnotes.
    pub notes: Vec<Words>,
}

/// Promises by their codes, in this order; all of the centre without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The codes.
    pub codes: Option<Vec<String>>,
    /// Where they stand.
    pub place: Place,
}

/// What a table of promises says besides the measured values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shown {
    /// Dimension and sub-dimension.
    Dimension,
    /// The people served.
    Users,
    /// The office that answers.
    Office,
    /// Whether it is a specific or a general standard.
    Standard,
    /// What is expected, before the last measured value.
    Expected,
    /// What the last value rests on.
    Basis,
    /// How far the last value lies from what is expected.
    Deviation,
    /// The verdict on the last value.
    Verdict,
    /// The verdict on each value, beside it.
    Verdicts,
}

impl Shown {
    /// All of them, as they are written.
    pub const WORDS: [(&str, Shown); 9] = [
        ("dimension", Shown::Dimension),
        ("users", Shown::Users),
        ("office", Shown::Office),
        ("standard", Shown::Standard),
        ("expected", Shown::Expected),
        ("basis", Shown::Basis),
        ("deviation", Shown::Deviation),
        ("verdict", Shown::Verdict),
        ("verdicts", Shown::Verdicts),
    ];
}

impl Named {
    /// Whether it speaks of a promise.
    pub fn has(&self, code: &str) -> bool {
        self.codes.as_ref().is_none_or(|codes| codes.iter().any(|known| known == code))
    }
}
