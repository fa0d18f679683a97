//! The table of the running period: what each promise still allows.

use impegno_calendar::Micros;
use impegno_measure::{Budget, Forecast, Gone, Measurement, Outlook};

use crate::commitments::{expected, measured, versions};
use crate::document::{Cell, Column, Row, RowRole, Table, Tone, Value};
use crate::numbers;
use crate::plan::Frame;
use crate::words::{self, say};

/// What is left of what each promise allows, and when it is gone at the present rate.
pub fn forecast_table(frame: &Frame<'_>, measurements: &[Measurement], forecasts: &[Forecast]) -> Table {
    let language = frame.language;
    let column = |key: &str, label: String, numeric| Column { key: key.to_owned(), label, numeric };
    let rows = forecasts
        .iter()
        .filter_map(|forecast| {
            let commitment = frame.centre.commitments.iter().find(|one| one.id == forecast.id)?;
            let measurement = measurements.iter().find(|one| one.id == forecast.id)?;
            let mut cells =
                vec![Cell::words(expected(commitment, frame)), measured(commitment, measurement, frame)];
            cells.extend(budget(&forecast.outlook, frame));
            let held = versions::held(commitment, measurements, frame);
            let held = held.map(|held| format!(" ({held})")).unwrap_or_default();
            let label = format!("{} {}{held}", commitment.code, frame.say(&commitment.text));
            Some(Row { key: commitment.id.clone(), label, role: RowRole::Part, cells })
        })
        .collect();
    Table {
        id: "previsione".to_owned(),
        title: say(language, "Quanto resta nel periodo in corso", "What is left in the running period"),
        definition: say(
            language,
            "Il consentito è quanto l’atteso lascia all’intero periodo; il ritmo è quello tenuto finora.",
            "What is allowed is what the expected value leaves over the whole period; the rate is that of the time so far.",
        ),
        row_heading: say(language, "Livello di servizio", "Service level"),
        columns: vec![
            column("expected", say(language, "Atteso", "Expected"), false),
            column("measured", say(language, "Finora", "So far"), false),
            column("allowed", say(language, "Consentito", "Allowed"), true),
            column("used", say(language, "Usato", "Used"), true),
            column("left", say(language, "Resta", "Left"), true),
            column("gone", say(language, "Finisce", "Gone"), false),
        ],
        rows,
        notes: Vec::new(),
        chart: None,
    }
}

fn budget(outlook: &Outlook, frame: &Frame<'_>) -> Vec<Cell> {
    let language = frame.language;
    let nothing = |why: String| vec![Cell::empty(), Cell::empty(), Cell::empty(), Cell::words(why)];
    match outlook {
        Outlook::None => nothing("–".to_owned()),
        Outlook::Over => nothing(say(language, "periodo concluso", "the period is over")),
        Outlook::Time(budget) => cells(budget, frame, |micros| Cell {
            text: numbers::duration(Micros(micros), language),
            value: Value::Micros(i128::from(micros)),
            tone: Tone::Plain,
            proof: None,
        }),
        Outlook::Cases(budget) => cells(budget, frame, |cases| {
            let number = numbers::integer(i128::from(cases), language);
            let text = match cases {
                1 | -1 => say(language, &format!("{number} caso"), &format!("{number} case")),
                _ => say(language, &format!("{number} casi"), &format!("{number} cases")),
            };
            Cell { text, value: Value::Integer(i128::from(cases)), tone: Tone::Plain, proof: None }
        }),
    }
}

fn cells(budget: &Budget, frame: &Frame<'_>, cell: impl Fn(i64) -> Cell) -> Vec<Cell> {
    let language = frame.language;
    let at = |instant| words::instant(instant, &frame.centre.zone, language);
    let gone = match budget.gone {
        Gone::Already(since) => {
            let since = at(since);
            Cell::words(say(language, &format!("finito il {since}"), &format!("gone since {since}")))
                .toned(Tone::Bad)
        }
        Gone::At(when) => {
            let when = at(when);
            Cell::words(say(
                language,
                &format!("il {when}, a questo ritmo"),
                &format!("on {when}, at this rate"),
            ))
            .toned(Tone::Unsure)
        }
        Gone::NotInThePeriod => {
            Cell::words(say(language, "non nel periodo, a questo ritmo", "not in the period, at this rate"))
                .toned(Tone::Good)
        }
    };
    vec![cell(budget.allowed), cell(budget.used), cell(budget.left()), gone]
}
