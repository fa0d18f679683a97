//! What counts and ratios count, in words.

use impegno_charter::{Bound, Condition, Counted, Filter, Measured, Ratio};

use crate::plan::Frame;
use crate::words::say;

/// The definition of a count.
pub(super) fn count(counted: &Counted, frame: &Frame<'_>) -> String {
    let what = what(counted, frame);
    say(frame.language, &format!("Quanto vale: {what}."), &format!("How much there is of: {what}."))
}

/// The definition of a ratio.
pub(super) fn ratio(ratio: &Ratio, frame: &Frame<'_>) -> String {
    let [part, whole] = [&ratio.part, &ratio.whole].map(|side| what(side, frame));
    let mut text = format!("{part} ÷ {whole}.");
    if let Some(per) = &ratio.per {
        let per = what(per, frame);
        text.push_str(&say(
            frame.language,
            &format!(" I due numeri sono stampati per ciascuna unità di: {per}."),
            &format!(" Both numbers are printed for one of: {per}."),
        ));
    }
    text
}

fn what(counted: &Counted, frame: &Frame<'_>) -> String {
    let language = frame.language;
    let facts = match &counted.of {
        Measured::Operations => say(language, "operazioni del periodo", "operations of the period"),
        Measured::Amounts => say(language, "importi del periodo", "amounts of the period"),
        Measured::Cases { from } => say(
            language,
            &format!("casi con l’evento «{from}» nel periodo"),
            &format!("cases with the event “{from}” in the period"),
        ),
        Measured::Checks => say(language, "rilevazioni del periodo", "checks of the period"),
        Measured::Probes { .. } => say(language, "sonde attive alla fine", "probes active at the end"),
        Measured::Stocks => {
            say(language, "consistenze alla fine del periodo", "stocks at the end of the period")
        }
        Measured::DistinctStocks { dimension } => say(
            language,
            &format!("valori diversi di «{dimension}» alla fine del periodo"),
            &format!("different values of “{dimension}” at the end of the period"),
        ),
    };
    let conditions = conditions(&counted.filter, frame);
    if conditions.is_empty() { facts } else { format!("{facts} ({conditions})") }
}

/// The conditions of a filter: `kind = ticket; level ≠ 1, 2`.
fn conditions(filter: &Filter, frame: &Frame<'_>) -> String {
    let list = |values: &[String]| {
        let said = |value: &String| match value.as_str() {
            "" => say(frame.language, "non indicato", "not stated"),
            value => value.to_owned(),
        };
        values.iter().map(said).collect::<Vec<_>>().join(", ")
    };
    let said = filter.conditions.iter().map(|(name, condition)| match condition {
        Condition::OneOf(values) => format!("{name} = {}", list(values)),
        Condition::NoneOf(values) => format!("{name} ≠ {}", list(values)),
        Condition::Range { bounds, except } => {
            let bounds: Vec<String> = bounds
                .iter()
                .map(|(bound, limit)| {
                    let sign = match bound {
                        Bound::From => "≥",
                        Bound::To => "≤",
                        Bound::Over => ">",
                        Bound::Under => "<",
                    };
                    format!("{name} {sign} {limit}")
                })
                .chain((!except.is_empty()).then(|| format!("{name} ≠ {}", list(except))))
                .collect();
            bounds.join(", ")
        }
    });
    said.collect::<Vec<_>>().join("; ")
}
