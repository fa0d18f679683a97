//! What a promise is among others: its dimension of quality, its sheet, and how its figure is printed.
//!
//! Dimensions and sub-dimensions are those of CiVIT resolution 88/2010: accessibility (physical, multichannel),
//! timeliness, transparency, effectiveness (conformity, reliability, completeness).

use impegno_findings::Finding;
use impegno_settings::Table;

use crate::Words;
use crate::codes::BAD_SETTING;
use crate::expected::{Expected, ShareForm, Target};

/// A dimension of quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Whoever may have the service finds it and gets it.
    Accessibility,
    /// It comes in time.
    Timeliness,
    /// Whoever wants to know about it is told.
    Transparency,
    /// It is what was asked for.
    Effectiveness,
}

/// A part of a dimension of quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubDimension {
    /// Of accessibility: places and hours.
    Physical,
    /// Of accessibility: ways in.
    Multichannel,
    /// Of effectiveness: as the rules and specifications say.
    Conformity,
    /// Of effectiveness: as it was announced, whenever it is asked for.
    Reliability,
    /// Of effectiveness: all that was asked for.
    Completeness,
}

impl Dimension {
    const WORDS: [(&str, Dimension); 4] = [
        ("accessibility", Dimension::Accessibility),
        ("timeliness", Dimension::Timeliness),
        ("transparency", Dimension::Transparency),
        ("effectiveness", Dimension::Effectiveness),
    ];
}

impl SubDimension {
    const WORDS: [(&str, SubDimension); 5] = [
        ("physical", SubDimension::Physical),
        ("multichannel", SubDimension::Multichannel),
        ("conformity", SubDimension::Conformity),
        ("reliability", SubDimension::Reliability),
        ("completeness", SubDimension::Completeness),
    ];

    /// The dimension of which it is a part.
    pub fn dimension(self) -> Dimension {
        match self {
            SubDimension::Physical | SubDimension::Multichannel => Dimension::Accessibility,
            SubDimension::Conformity | SubDimension::Reliability | SubDimension::Completeness => {
                Dimension::Effectiveness
            }
        }
    }
}

/// Reads `dimension` and `sub-dimension`; the second says the first.
pub(crate) fn read_dimensions(table: &mut Table<'_>) -> (Option<Dimension>, Option<SubDimension>) {
    let dimension = table.word("dimension", &Dimension::WORDS);
    let Some(part) = table.word("sub-dimension", &SubDimension::WORDS) else {
        return (dimension.map(|word| word.value), None);
    };
    let whole = part.value.dimension();
    if let Some(other) = dimension.filter(|word| word.value != whole) {
        let name = |wanted: Dimension| {
            let word = Dimension::WORDS.iter().find(|(_, dimension)| *dimension == wanted);
            word.map_or("", |(name, _)| name)
        };
        let message = format!("this sub-dimension is not one of `{}`", name(other.value));
        let hint = format!("it is one of `{}`", name(whole));
        table.report(Finding::error(BAD_SETTING, part.place, message).hint(hint));
    }
    (Some(whole), Some(part.value))
}

/// What the sheet of an indicator says beyond what the program knows of it; empty where the centre says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    /// The formula in the words of the document.
    pub formula: Words,
    /// Where the facts come from.
    pub source: Words,
    /// Which of the facts are looked at, and when.
    pub sampling: Words,
    /// How the figure is rounded where it is printed.
    pub rounding: Words,
    /// Anything else.
    pub note: Words,
}

impl Sheet {
    /// Reads `[commitment.sheet]`; no table is an empty sheet.
    pub(crate) fn read(table: &mut Table<'_>) -> Sheet {
        let Some(mut sheet) = table.table("sheet") else { return Sheet::default() };
        let mut words = |key: &str| Words::read(&mut sheet, key).unwrap_or_default();
        Sheet {
            formula: words("formula"),
            source: words("source"),
            sampling: words("sampling"),
            rounding: words("rounding"),
            note: words("note"),
        }
    }
}

/// How the figure of a promise is printed, where it is one number by another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Printed {
    /// `95 %`
    Percent,
    /// `110/135`
    Fraction,
    /// `1.411/1.832 (77,0 %)`
    Both,
}

impl Printed {
    /// Reads `printed`; without it, figures are printed as what is expected of them is written.
    pub(crate) fn read(table: &mut Table<'_>, expected: Option<&Expected>) -> Printed {
        let words = [("percent", Printed::Percent), ("fraction", Printed::Fraction), ("both", Printed::Both)];
        let said = table.word("printed", &words);
        let target = expected.map(|expected| expected.target);
        let fraction = matches!(target, Some(Target::Share { written: ShareForm::Fraction(_), .. }));
        let otherwise = if fraction { Printed::Fraction } else { Printed::Percent };
        said.map_or(otherwise, |word| word.value)
    }
}
