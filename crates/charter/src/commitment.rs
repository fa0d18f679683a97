//! Commitments: what was promised, to whom, by which document.

use impegno_findings::{Finding, Place};
use impegno_settings::Table;

use crate::codes::UNIT_MISMATCH;
use crate::{Expected, Indicator, Target, Words};

/// A promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    /// Short code, unique: `SLA.2`.
    pub code: String,
    /// Text of the promise, as its document words it.
    pub text: Words,
    /// The document that makes it.
    pub document: Words,
    /// Office that answers for it; may be empty.
    pub office: Words,
    /// Quality dimension (`accessibility`, `timeliness`, `transparency`, `effectiveness`); may be empty.
    pub dimension: String,
    /// What is measured.
    pub indicator: Indicator,
    /// What is promised of it.
    pub expected: Expected,
    /// Months of the period for which it is promised: 12 for a year. Over a shorter one the verdict is
    /// provisional.
    pub months: u8,
    /// What the document leaves open, and how it was decided.
    pub choices: Vec<Choice>,
    /// Where it stands.
    pub place: Place,
}

/// A choice that the document leaves open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What had to be chosen, and what was.
    pub what: Words,
    /// Why.
    pub why: Words,
}

/// Reads a file of commitments.
pub(crate) fn read_commitments(table: &mut Table<'_>) -> Vec<Commitment> {
    let document = Words::required(table, "document");
    let office = Words::read(table, "office").unwrap_or_default();
    let mut commitments = Vec::new();
    for mut entry in table.tables("commitment") {
        let place = entry.place_of("code");
        let code = entry.required_text("code");
        let text = Words::required(&mut entry, "text");
        let own_office = Words::read(&mut entry, "office").unwrap_or_else(|| office.clone());
        let dimensions = ["accessibility", "timeliness", "transparency", "effectiveness"];
        let dimension = entry
            .word("dimension", &dimensions.map(|name| (name, name)))
            .map(|word| word.value.to_owned())
            .unwrap_or_default();
        let expected = Expected::read(&mut entry, "expected");
        let indicator = Indicator::read(&mut entry, "indicator");
        let periods = [("month", 1), ("quarter", 3), ("half-year", 6), ("year", 12)];
        let months = entry.word("period", &periods).map_or(12, |period| period.value);
        let choices = entry
            .tables("choice")
            .iter_mut()
            .map(|choice| Choice {
                what: Words::required(choice, "what"),
                why: Words::required(choice, "why"),
            })
            .collect();
        let (Some(code), Some(expected), Some(indicator)) = (code, expected, indicator) else { continue };
        if let Some(wanted) = wanted_unit(&indicator, &expected.target) {
            let message = format!("the indicator of `{}` is {wanted}", code.value);
            let finding = Finding::error(UNIT_MISMATCH, expected.place.clone(), message);
            entry.report(finding.hint("give the expected value the same unit"));
            continue;
        }
        commitments.push(Commitment {
            code: code.value,
            text,
            document: document.clone(),
            office: own_office,
            dimension,
            indicator,
            expected,
            months,
            choices,
            place,
        });
    }
    commitments
}

/// What the indicator measures in, when the target has another unit.
fn wanted_unit(indicator: &Indicator, target: &Target) -> Option<&'static str> {
    match (indicator, target) {
        (Indicator::Availability(_) | Indicator::Within(_) | Indicator::MeanOf(_), Target::Share { .. })
        | (Indicator::ResponseTime(_), Target::Time { .. })
        | (Indicator::Cadence(_), Target::Months(_)) => None,
        (Indicator::Availability(_) | Indicator::MeanOf(_), _) => Some("a share: `%`"),
        (Indicator::Within(_), _) => Some("a share of the cases: `%`"),
        (Indicator::ResponseTime(_), _) => Some("a time: `ms`, `s`"),
        (Indicator::Cadence(_), _) => Some("a number of `months`"),
    }
}
