//! The proof of a time of cases.

use impegno_calendar::Micros;
use impegno_charter::{CaseTime, Commitment, Indicator, Statistic, TimesClock};
use impegno_measure::{CaseTimeEvidence, ENDLESS, Progress, TimedCase};
use num_rational::BigRational;

use super::{SLOWEST_LISTED, column, place};
use crate::commitments::times::taken;
use crate::document::{Block, Cell, Row, RowRole, Table, Tone, Value};
use crate::numbers;
use crate::plan::Frame;
use crate::words::{self, say};

/// The definition in words.
pub(super) fn definition(one: &CaseTime, frame: &Frame<'_>) -> String {
    let language = frame.language;
    let statistic = match one.statistic {
        Statistic::Maximum => say(language, "Il massimo", "The maximum"),
        Statistic::Mean => say(language, "La media", "The mean"),
        Statistic::Median => say(language, "La mediana", "The median"),
        Statistic::Percentile(per_mille) => {
            let rank = per_mille / 10;
            say(
                language,
                &format!("Il {rank}° percentile (per rango)"),
                &format!("The {rank}th percentile (nearest rank)"),
            )
        }
    };
    let clock = match &one.clock {
        TimesClock::Elapsed => say(language, "ogni secondo", "every second"),
        TimesClock::Days => say(language, "in giorni, da data a data", "in days, from date to date"),
        TimesClock::WorkingDays(calendar) => say(
            language,
            &format!(
                "in giorni lavorativi del calendario «{calendar}»: il primo giorno non conta, l’ultimo sì"
            ),
            &format!(
                "in working days of the calendar “{calendar}”: the first day does not count, the last does"
            ),
        ),
        TimesClock::Working(calendar) => say(
            language,
            &format!("solo nelle ore di servizio del calendario «{calendar}»"),
            &format!("only within the service hours of the calendar “{calendar}”"),
        ),
    };
    let (cases, from, to) = (&one.cases, &one.from, &one.to);
    say(
        language,
        &format!(
            "{statistic} del tempo dei casi «{cases}» dall’evento «{from}» all’evento «{to}», contato {clock}. Un caso appartiene al \
             periodo del suo evento «{from}»; uno ancora aperto conta per il tempo trascorso, che è il minimo, e lascia aperta la \
             fascia."
        ),
        &format!(
            "{statistic} of the time of cases “{cases}” from the event “{from}” to the event “{to}”, counted {clock}. A case belongs \
             to the period of its event “{from}”; one that is still open counts with its time so far, which is the least, and leaves \
             the band open."
        ),
    )
}

/// An end of the band of a value that is no share.
pub(super) fn band_end(end: &BigRational, commitment: &Commitment, frame: &Frame<'_>) -> String {
    let language = frame.language;
    if [ENDLESS, -ENDLESS].into_iter().any(|endless| *end == BigRational::from_integer(endless.into())) {
        return say(language, "nessun limite", "no limit");
    }
    let whole = i64::try_from(end.ceil().to_integer()).unwrap_or(i64::MAX);
    match &commitment.indicator {
        Indicator::CaseTime(one) => match one.clock {
            TimesClock::Days | TimesClock::WorkingDays(_) => words::days(end, language),
            TimesClock::Working(_) => numbers::service_time(Micros(whole), language),
            TimesClock::Elapsed => numbers::duration(Micros(whole), language),
        },
        Indicator::Count(one) if one.is_money() => numbers::euro(i128::from(whole), language),
        Indicator::Count(_) => numbers::integer(i128::from(whole), language),
        _ => numbers::duration(Micros(whole), language),
    }
}

/// The account of the cases, and the cases.
pub(super) fn evidence(id: &str, one: &CaseTimeEvidence, frame: &Frame<'_>) -> Vec<Block> {
    let language = frame.language;
    let count = |number: u64| Cell {
        text: numbers::integer(i128::from(number), language),
        value: Value::Integer(i128::from(number)),
        tone: Tone::Plain,
        proof: None,
    };
    let all = [
        ("done", Progress::Done),
        ("open", Progress::Open),
        ("not-judgeable", Progress::NotJudgeable),
        ("excluded", Progress::Excluded),
    ];
    let mut rows: Vec<Row> = all
        .into_iter()
        .map(|(key, progress)| Row {
            key: key.to_owned(),
            label: word(progress, frame),
            role: RowRole::Part,
            cells: vec![count(one.count(progress))],
        })
        .collect();
    rows.push(Row {
        key: "total".to_owned(),
        label: say(language, "Totale", "Total"),
        role: RowRole::Total,
        cells: vec![count(one.cases.len() as u64)],
    });
    let notable = |case: &&TimedCase| case.progress != Progress::Done;
    let done = one.cases.iter().filter(|case| !notable(case)).take(SLOWEST_LISTED);
    let cases = one.cases.iter().filter(notable).chain(done).map(|case| row(case, one, frame)).collect();
    vec![
        Block::Table(Table {
            id: format!("{id}-conto"),
            title: say(language, "Il conto dei casi", "The account of cases"),
            definition: say(language, "Ogni caso sta in una sola riga.", "Each case is in one row only."),
            row_heading: say(language, "Stato", "State"),
            columns: vec![column("cases", say(language, "Casi", "Cases"), true)],
            rows,
            notes: Vec::new(),
            chart: None,
        }),
        Block::Table(Table {
            id: format!("{id}-casi"),
            title: say(language, "I casi", "The cases"),
            definition: say(
                language,
                &format!(
                    "Tutti i casi aperti, non giudicabili o esclusi, poi i {SLOWEST_LISTED} più lenti conclusi."
                ),
                &format!(
                    "All cases open, not judgeable or excluded, then the {SLOWEST_LISTED} slowest done."
                ),
            ),
            row_heading: say(language, "Caso", "Case"),
            columns: vec![
                column("from", say(language, "Dal", "From"), false),
                column("to", say(language, "Al", "To"), false),
                column("taken", say(language, "Tempo", "Time"), true),
                column("state", say(language, "Stato", "State"), false),
                column("origin", say(language, "Fonte", "Source"), false),
            ],
            rows: cases,
            notes: Vec::new(),
            chart: None,
        }),
    ]
}

fn row(case: &TimedCase, one: &CaseTimeEvidence, frame: &Frame<'_>) -> Row {
    let at = |instant| words::instant(instant, &frame.centre.zone, frame.language);
    let origins: Vec<String> = case.origins.iter().map(|origin| place(origin, frame)).collect();
    Row {
        key: case.case.clone(),
        label: case.case.clone(),
        role: RowRole::Part,
        cells: vec![
            Cell::words(at(case.from)),
            Cell::words(case.to.map_or_else(|| "–".to_owned(), at)),
            taken(case.taken, &one.clock, frame),
            Cell::words(word(case.progress, frame)),
            Cell::words(origins.join("; ")),
        ],
    }
}

fn word(progress: Progress, frame: &Frame<'_>) -> String {
    match progress {
        Progress::Done => say(frame.language, "concluso", "done"),
        Progress::Open => say(frame.language, "aperto", "open"),
        Progress::NotJudgeable => say(frame.language, "non giudicabile", "not judgeable"),
        Progress::Excluded => say(frame.language, "escluso", "excluded"),
    }
}
