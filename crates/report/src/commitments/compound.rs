//! Compound standards in the table of commitments: several requirements, all of which must be kept.

use impegno_charter::Requirement;
use impegno_measure::{Evidence, RequirementEvidence, Verdict};

use crate::numbers;
use crate::plan::Frame;
use crate::words::{self, say};

/// What is expected: each requirement.
pub(super) fn expected(parts: &[Requirement], frame: &Frame<'_>) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|part| {
            let subject = crate::proofs::compound::subject(&part.indicator, frame);
            format!("{subject} {}", words::expected(&part.expected, frame.language))
        })
        .collect();
    let parts = parts.join("; ");
    say(frame.language, &format!("tutte: {parts}"), &format!("all of: {parts}"))
}

fn kept(parts: &[RequirementEvidence]) -> usize {
    parts.iter().filter(|part| part.verdict == Verdict::Met).count()
}

/// What was measured: how many requirements were kept.
pub(super) fn measured(evidence: &Evidence, frame: &Frame<'_>) -> String {
    let Evidence::AllOf(parts) = evidence else { return String::new() };
    let (kept, all) = (kept(parts), parts.len());
    let undecided = parts.iter().filter(|part| !matches!(part.verdict, Verdict::Met | Verdict::Missed));
    let (italian, english) = match undecided.count() {
        0 => (String::new(), String::new()),
        1 => (", 1 non decisa".to_owned(), ", 1 undecided".to_owned()),
        several => (format!(", {several} non decise"), format!(", {several} undecided")),
    };
    say(
        frame.language,
        &format!("{kept} condizioni su {all}{italian}"),
        &format!("{kept} of {all} conditions{english}"),
    )
}

/// How many requirements were not kept.
pub(super) fn deviation(evidence: &Evidence, frame: &Frame<'_>) -> String {
    let Evidence::AllOf(parts) = evidence else { return String::new() };
    let lacking = numbers::integer((parts.len() - kept(parts)) as i128, frame.language);
    say(frame.language, &format!("−{lacking} condizioni"), &format!("−{lacking} conditions"))
}

/// The verdict of each requirement.
pub(super) fn basis(parts: &[RequirementEvidence], frame: &Frame<'_>) -> String {
    let verdicts: Vec<String> = parts
        .iter()
        .map(|part| {
            let verdict = words::verdict(&part.verdict, frame.language).to_lowercase();
            let basis = super::basis(&part.evidence, frame);
            if basis.is_empty() { verdict } else { format!("{verdict} ({basis})") }
        })
        .collect();
    verdicts.join("; ")
}
