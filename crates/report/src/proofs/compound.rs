//! The proof of a compound standard: each requirement with its own proof.

use impegno_charter::{Indicator, Requirement};
use impegno_measure::{Measured, RequirementEvidence};

use super::column;
use crate::document::{Block, Cell, Row, RowRole, Table};
use crate::numbers;
use crate::plan::Frame;
use crate::words::{self, say};

/// What a requirement is about, in few words.
pub(crate) fn subject(indicator: &Indicator, frame: &Frame<'_>) -> String {
    let language = frame.language;
    match indicator {
        Indicator::Availability(one) => {
            let component = &one.of;
            say(language, &format!("disponibilità di {component}"), &format!("availability of {component}"))
        }
        Indicator::LongestStop(one) => {
            let component = &one.of;
            say(language, &format!("fermo più lungo di {component}"), &format!("longest stop of {component}"))
        }
        Indicator::DaysAvailable(one) => {
            let component = &one.availability.of;
            say(
                language,
                &format!("giorni di disponibilità di {component}"),
                &format!("days of availability of {component}"),
            )
        }
        Indicator::HoursOfOperation(one) => {
            let component = &one.availability.of;
            say(
                language,
                &format!("ore di funzionamento di {component}"),
                &format!("hours of operation of {component}"),
            )
        }
        Indicator::MeanOf(_) => say(language, "media", "mean"),
        Indicator::AllOf(_) => say(language, "tutte", "all"),
        Indicator::ResponseTime(one) => {
            let probe = &one.probe;
            say(language, &format!("tempo di risposta di {probe}"), &format!("response time of {probe}"))
        }
        Indicator::Within(one) => {
            let limit = crate::commitments::limit(one, frame);
            let (cases, to) = (&one.cases, &one.to);
            say(
                language,
                &format!("«{cases}» con «{to}» entro {limit}"),
                &format!("“{cases}” with “{to}” within {limit}"),
            )
        }
        Indicator::CaseTime(one) => {
            let (cases, from, to) = (&one.cases, &one.from, &one.to);
            say(
                language,
                &format!("tempo dei «{cases}» da «{from}» a «{to}»"),
                &format!("time of “{cases}” from “{from}” to “{to}”"),
            )
        }
        Indicator::Cadence(one) => {
            let obligation = &one.obligation;
            say(language, &format!("intervallo di «{obligation}»"), &format!("stretch of “{obligation}”"))
        }
        Indicator::Vulnerable(one) => super::vulnerable::subject(one, frame),
        Indicator::Count(_) => say(language, "numero", "number"),
        Indicator::Ratio(_) => say(language, "quota", "share"),
    }
}

/// The definition: that of each requirement.
pub(super) fn definition(parts: &[Requirement], frame: &Frame<'_>) -> String {
    let mut text = say(
        frame.language,
        "Tutte le condizioni devono essere rispettate; basta che una manchi.",
        "All conditions must be kept; one that fails is enough.",
    );
    for (n, part) in parts.iter().enumerate() {
        let definition = super::definition(&part.indicator, frame);
        let expected = words::expected(&part.expected, frame.language);
        text.push_str(&format!(" ({}) {expected}: {definition}", n + 1));
    }
    text
}

/// The account of the requirements, and the proof of each.
pub(super) fn evidence(id: &str, parts: &[RequirementEvidence], frame: &Frame<'_>) -> Vec<Block> {
    let language = frame.language;
    let rows = parts
        .iter()
        .enumerate()
        .map(|(n, part)| Row {
            key: (n + 1).to_string(),
            label: format!("({})", n + 1),
            role: RowRole::Part,
            cells: vec![
                Cell::words(part.measured.as_ref().map_or_else(String::new, |one| measured(one, frame))),
                Cell::words(words::verdict(&part.verdict, language)),
            ],
        })
        .collect();
    let mut blocks = vec![Block::Table(Table {
        id: format!("{id}-condizioni"),
        title: say(language, "Le condizioni", "The conditions"),
        definition: String::new(),
        row_heading: say(language, "Condizione", "Condition"),
        columns: vec![
            column("measured", say(language, "Misurato", "Measured"), true),
            column("verdict", say(language, "Esito", "Verdict"), false),
        ],
        rows,
        notes: Vec::new(),
        chart: None,
    })];
    for (n, part) in parts.iter().enumerate() {
        let own = super::evidence(&format!("{id}-{}", n + 1), &part.evidence, frame);
        if !own.is_empty() {
            blocks.push(Block::Text(say(
                language,
                &format!("Condizione ({})", n + 1),
                &format!("Condition ({})", n + 1),
            )));
            blocks.extend(own);
        }
    }
    blocks
}

/// A measured value of a requirement.
fn measured(measured: &Measured, frame: &Frame<'_>) -> String {
    let language = frame.language;
    match measured {
        Measured::Share(share) => numbers::percent(share, numbers::honest_decimals(share, 3, None), language),
        Measured::Time(time) => numbers::duration(*time, language),
        Measured::Months(months) => words::months(*months, language),
        Measured::Days(days) => words::days(days, language),
        Measured::Number(number) => numbers::integer(*number, language),
        Measured::Cents(cents) => numbers::euro(*cents, language),
    }
}
