//! What counts and ratios count, in words.

use impegno_charter::{Bound, Condition, Counted, Filter, Measured, Ratio};
use impegno_measure::{CountedAs, Listed};

use super::{column, place};
use crate::document::{Block, Cell, Row, RowRole, Table, Tone, Value};
use crate::numbers;
use crate::plan::Frame;
use crate::words::{self, say};

/// The definition of a count.
pub(super) fn count(counted: &Counted, frame: &Frame<'_>) -> String {
    let what = what(counted, frame);
    say(frame.language, &format!("Quanto vale: {what}."), &format!("How much there is of: {what}."))
}

/// The definition of a ratio.
pub(super) fn ratio(ratio: &Ratio, frame: &Frame<'_>) -> String {
    let [part, whole] = [&ratio.part, &ratio.whole].map(|side| what(side, frame));
    let mut text = format!("{part} ÷ {whole}.");
    if let Some(undecided) = &ratio.undecided {
        let undecided = what(undecided, frame);
        text.push_str(&say(
            frame.language,
            &format!(" Non ancora decisi, fuori dai due numeri e nella fascia: {undecided}."),
            &format!(" Not decided yet, in neither number and in the band: {undecided}."),
        ));
    }
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

/// The facts that were counted, the earliest of them.
pub(super) fn evidence(id: &str, listed: &[(CountedAs, Listed)], frame: &Frame<'_>) -> Vec<Block> {
    listed.iter().map(|(counted_as, listed)| Block::Table(facts(id, *counted_as, listed, frame))).collect()
}

fn facts(id: &str, counted_as: CountedAs, listed: &Listed, frame: &Frame<'_>) -> Table {
    let language = frame.language;
    let (key, title) = match counted_as {
        CountedAs::All => ("fatti", say(language, "I fatti contati", "The facts counted")),
        CountedAs::DenominatorAlone => (
            "mancanti",
            say(
                language,
                "Nel denominatore e non nel numeratore",
                "In the denominator and not in the numerator",
            ),
        ),
        CountedAs::Numerator => ("numeratore", say(language, "Nel numeratore", "In the numerator")),
        CountedAs::Denominator => ("denominatore", say(language, "Nel denominatore", "In the denominator")),
        CountedAs::Undecided => ("non-decisi", say(language, "Non ancora decisi", "Not decided yet")),
    };
    let shown = listed.earliest.len();
    let all = numbers::integer(i128::from(listed.facts), language);
    let definition = if listed.facts > shown as u64 {
        say(
            language,
            &format!("I primi {shown} di {all} fatti, per tempo."),
            &format!("The first {shown} of {all} facts, by time."),
        )
    } else {
        say(language, "Tutti i fatti, per tempo.", "All facts, by time.")
    };
    let mut rows: Vec<Row> = Vec::new();
    for fact in &listed.earliest {
        // Several facts may be of one thing: their keys stay different.
        let same = rows.iter().filter(|row| row.label == fact.label).count();
        let key = if same == 0 { fact.label.clone() } else { format!("{} ({})", fact.label, same + 1) };
        let quantity = Cell {
            text: numbers::integer(fact.quantity, language),
            value: Value::Integer(fact.quantity),
            tone: Tone::Plain,
            proof: None,
        };
        rows.push(Row {
            key,
            label: fact.label.clone(),
            role: RowRole::Part,
            cells: vec![
                Cell::words(words::instant(fact.at, &frame.centre.zone, language)),
                quantity,
                Cell::words(place(&fact.origin, frame)),
            ],
        });
    }
    Table {
        id: format!("{id}-{key}"),
        title,
        definition,
        row_heading: say(language, "Fatto", "Fact"),
        columns: vec![
            column("at", say(language, "Quando", "When"), false),
            column("quantity", say(language, "Quanto", "How much"), true),
            column("origin", say(language, "Fonte", "Source"), false),
        ],
        rows,
        notes: Vec::new(),
        chart: None,
    }
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
