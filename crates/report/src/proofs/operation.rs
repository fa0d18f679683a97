//! The proof of days available and of hours of operation: the account, then the stops.

use impegno_calendar::Micros;
use impegno_charter::{DaysAvailable, HoursOfOperation};
use impegno_measure::{DayState, DaysEvidence, HoursEvidence};
use num_bigint::BigInt;
use num_rational::BigRational;

use super::{availability, column, time_cell};
use crate::document::{Block, Cell, Row, RowRole, Table, Tone, Value};
use crate::numbers;
use crate::plan::Frame;
use crate::words::{self, say};

/// The definition of days available.
pub(super) fn days_definition(one: &DaysAvailable, frame: &Frame<'_>) -> String {
    let language = frame.language;
    let counted = availability::definition(&one.availability, frame);
    let lost = match one.tolerated {
        Micros(0) => {
            say(language, "se c’è stato un fermo, anche breve", "if there was a stop, however short")
        }
        tolerated => {
            let tolerated = numbers::duration(tolerated, language);
            say(
                language,
                &format!("se i suoi fermi, insieme, hanno superato {tolerated}"),
                &format!("if its stops together were longer than {tolerated}"),
            )
        }
    };
    say(
        language,
        &format!(
            "Giorni disponibili diviso per giorni disponibili più giorni persi. Un giorno, da mezzanotte a mezzanotte, è perso \
             {lost}; è in dubbio se ciò che non si sa poteva farlo perdere. I fermi sono quelli della disponibilità: {counted}"
        ),
        &format!(
            "Days available divided by days available plus days lost. A day, from midnight to midnight, is lost {lost}; it is in \
             doubt if what nobody knows could have lost it. Stops are those of the availability: {counted}"
        ),
    )
}

/// The definition of hours of operation.
pub(super) fn hours_definition(one: &HoursOfOperation, frame: &Frame<'_>) -> String {
    let language = frame.language;
    let counted = availability::definition(&one.availability, frame);
    let calendar = &one.availability.calendar;
    let whole = match one.whole {
        None => say(
            language,
            "le ore di servizio del calendario che non sono escluse",
            "the service hours of the calendar that are not excused",
        ),
        Some(whole) => {
            let whole = numbers::service_time(whole, language);
            say(
                language,
                &format!(
                    "le ore di lavoro annuali scritte nel documento, {whole} (di una parte dell’anno, la parte che le spetta)"
                ),
                &format!(
                    "the hours of work of a year that the document writes, {whole} (of a part of a year, its part of them)"
                ),
            )
        }
    };
    say(
        language,
        &format!(
            "Ore di funzionamento entro le ore di servizio del calendario «{calendar}», diviso per {whole}. Il funzionamento è quello \
             della disponibilità: {counted}"
        ),
        &format!(
            "Hours of operation within the service hours of the calendar “{calendar}”, divided by {whole}. Operation is that of the \
             availability: {counted}"
        ),
    )
}

fn day_state(state: DayState, frame: &Frame<'_>) -> (String, Tone) {
    let language = frame.language;
    match state {
        DayState::Available => (say(language, "disponibile", "available"), Tone::Good),
        DayState::Lost => (say(language, "perso", "lost"), Tone::Bad),
        DayState::Doubtful => (say(language, "in dubbio", "in doubt"), Tone::Unsure),
        DayState::Apart => (say(language, "fuori conto", "not in the account"), Tone::Plain),
    }
}

/// The account of days, the days that had a stop, and the stops.
pub(super) fn days(id: &str, one: &DaysEvidence, frame: &Frame<'_>) -> Vec<Block> {
    let language = frame.language;
    let number = |days: u32| Cell {
        text: numbers::integer(i128::from(days), language),
        value: Value::Integer(i128::from(days)),
        tone: Tone::Plain,
        proof: None,
    };
    let account = &one.account;
    let bucket = |key: &str, state: DayState, days: u32| Row {
        key: key.to_owned(),
        label: day_state(state, frame).0,
        role: RowRole::Part,
        cells: vec![number(days)],
    };
    let total = account.available + account.lost + account.doubtful + account.apart;
    let rows = vec![
        bucket("available", DayState::Available, account.available),
        bucket("lost", DayState::Lost, account.lost),
        bucket("doubtful", DayState::Doubtful, account.doubtful),
        bucket("apart", DayState::Apart, account.apart),
        Row {
            key: "total".to_owned(),
            label: say(language, "Giorni del periodo", "Days of the period"),
            role: RowRole::Total,
            cells: vec![number(total)],
        },
    ];
    let days = account
        .days
        .iter()
        .map(|day| {
            let (state, tone) = day_state(day.state, frame);
            Row {
                key: day.date.to_string(),
                label: words::day(day.date, language),
                role: RowRole::Part,
                cells: vec![
                    Cell::words(state).toned(tone),
                    time_cell(day.account.down, frame),
                    time_cell(day.account.unknown, frame),
                ],
            }
        })
        .collect();
    let mut blocks = vec![
        Block::Table(Table {
            id: format!("{id}-giorni"),
            title: say(language, "Il conto dei giorni", "The account of days"),
            definition: say(language, "Ogni giorno sta in una sola riga.", "Each day is in one row only."),
            row_heading: say(language, "Giorno", "Day"),
            columns: vec![column("days", say(language, "Giorni", "Days"), true)],
            rows,
            notes: Vec::new(),
            chart: None,
        }),
        Block::Table(Table {
            id: format!("{id}-giorni-toccati"),
            title: say(language, "I giorni con un fermo o in dubbio", "The days with a stop or in doubt"),
            definition: String::new(),
            row_heading: say(language, "Giorno", "Day"),
            columns: vec![
                column("state", say(language, "Che cos’è", "What it is"), false),
                column("down", say(language, "Fermo", "Down"), true),
                column("unknown", say(language, "Ignoto", "Unknown"), true),
            ],
            rows: days,
            notes: Vec::new(),
            chart: None,
        }),
    ];
    blocks.extend(availability::evidence(id, &one.availability, frame));
    blocks
}

/// The hours that are divided by, and the stops.
pub(super) fn hours(id: &str, one: &HoursEvidence, frame: &Frame<'_>) -> Vec<Block> {
    let language = frame.language;
    let mut blocks = Vec::new();
    if let Some(declared) = &one.declared {
        let hours = declared / BigRational::from_integer(BigInt::from(3_600_000_000_i64));
        let decimals = if hours.is_integer() { 0 } else { 2 };
        let hours = numbers::decimal(&hours, decimals, language);
        let account = &one.availability.account;
        let open = account.up + account.down + account.excused + account.unknown;
        let open = numbers::service_time(open, language);
        blocks.push(Block::Text(say(
            language,
            &format!("Ore di lavoro secondo il documento: {hours} h. Ore di servizio del calendario nel periodo: {open}."),
            &format!("Hours of work by the document: {hours} h. Service hours of the calendar in the period: {open}."),
        )));
    }
    blocks.extend(availability::evidence(id, &one.availability, frame));
    blocks
}
