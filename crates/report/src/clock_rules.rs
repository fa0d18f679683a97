//! How the clock of a promise on cases counts, in words, and what stands beside its account.

use impegno_calendar::{Instant, Zone};
use impegno_charter::{Limit, Reopen, Within};
use impegno_measure::{Judged, WithinEvidence};

use crate::document::{Cell, Language, Row, RowRole, Tone, Value};
use crate::numbers;
use crate::plan::Frame;
use crate::words::{self, say};

/// The rules beyond edges and hours, a sentence each; empty for a promise that sets none.
pub(crate) fn sentences(within: &Within, frame: &Frame<'_>) -> String {
    let language = frame.language;
    let mut text = String::new();
    let mut add = |italian: String, english: String| {
        text.push(' ');
        text.push_str(&say(language, &italian, &english));
    };
    let named = within.counting.as_ref().and_then(|name| frame.centre.clock(name));
    let whole_days = named.is_none_or(|clock| clock.ends_with_the_day());
    match &within.limit {
        Limit::Time { .. } => {}
        Limit::WorkingDays(_) | Limit::Days(_) | Limit::Months(_) if whole_days => add(
            "Il primo giorno non conta, l’ultimo vale intero; un termine che scade in un giorno di riposo del calendario \
             passa al giorno lavorativo seguente (Codice civile, art. 2963)."
                .to_owned(),
            "The first day does not count, the last one is whole; a term that ends on a day of rest of the calendar moves \
             to the next working day (Italian Civil Code, art. 2963)."
                .to_owned(),
        ),
        // Another clock ends its days in its own way.
        Limit::WorkingDays(_) | Limit::Days(_) | Limit::Months(_) => {}
        Limit::Deadline(event) => add(
            format!(
                "Ogni caso ha la sua scadenza, l’evento «{event}»; un caso che non ne ha non entra nel conto e sta a parte."
            ),
            format!(
                "Each case has a deadline of its own, its event “{event}”; a case without one is not counted and stands apart."
            ),
        ),
    }
    if let Some(pause) = &within.pause {
        let (from, to) = (quoted(&pause.from, language), quoted(&pause.to, language));
        let ends = if pause.to.is_empty() {
            say(language, "l’evento seguente del caso", "the next event of the case")
        } else {
            to
        };
        add(
            format!("L’orologio si ferma da {from} fino a {ends}."),
            format!("The clock stands still from {from} until {ends}."),
        );
    }
    match within.reopen {
        None => {}
        Some(Reopen::Exclude) => add(
            "Decide l’ultima soluzione; il tempo tra una soluzione e la riapertura non conta.".to_owned(),
            "The last solution decides; the time between a solution and the reopening does not count.".to_owned(),
        ),
        Some(Reopen::Count) => add(
            "Decide l’ultima soluzione; conta anche il tempo tra una soluzione e la riapertura.".to_owned(),
            "The last solution decides; the time between a solution and the reopening counts too.".to_owned(),
        ),
        Some(Reopen::NewClock) => add(
            "Ogni riapertura fa partire un nuovo termine; il caso è in ritardo se uno di essi non è rispettato.".to_owned(),
            "Each reopening starts a new term; the case is late if one of them is not kept.".to_owned(),
        ),
    }
    if !within.leave_out.is_empty() {
        let events = quoted(&within.leave_out, language);
        add(
            format!("I casi che hanno avuto {events} sono esclusi e contati a parte."),
            format!("Cases that had {events} are left out and counted apart."),
        );
    }
    let profile = |source: Option<&str>, name: &str| match source {
        None => (
            format!("Il tempo si conta come fa il profilo «{name}»."),
            format!("Time is counted as the profile “{name}” does."),
        ),
        Some(source) => (
            format!("I casi della fonte «{source}» si contano come fa il profilo «{name}»."),
            format!("Cases of the source “{source}” are counted as the profile “{name}” does."),
        ),
    };
    match &within.counting {
        Some(own) => {
            let (italian, english) = profile(None, own);
            add(italian, english);
        }
        None => {
            for (source, declared) in &frame.centre.source_clocks {
                let (italian, english) = profile(Some(source), &declared.name);
                add(italian, english);
            }
        }
    }
    text
}

/// The cases left out, one row for each event, and those without a deadline; the last rows before the total.
pub(crate) fn rows_apart(evidence: &WithinEvidence, language: Language) -> Vec<Row> {
    let row = |key: String, label: String, number: u64| Row {
        key,
        label,
        role: RowRole::Part,
        cells: vec![Cell {
            text: numbers::integer(i128::from(number), language),
            value: Value::Integer(i128::from(number)),
            tone: Tone::Plain,
            proof: None,
        }],
    };
    let mut rows: Vec<Row> = evidence
        .excluded
        .iter()
        .map(|(event, number)| {
            let label = say(language, &format!("escluso: «{event}»"), &format!("left out: “{event}”"));
            row(format!("excluded-{event}"), label, *number)
        })
        .collect();
    let without = evidence.count.without_deadline;
    if without > 0 {
        rows.push(row(
            "without-deadline".to_owned(),
            say(language, "senza scadenza", "without a deadline"),
            without,
        ));
    }
    rows
}

/// What the account does not say by itself: cases that are suspended, cases whose events are out of order.
pub(crate) fn notes(evidence: &WithinEvidence, language: Language) -> Vec<String> {
    let mut notes = Vec::new();
    if evidence.suspended > 0 {
        let number = numbers::integer(i128::from(evidence.suspended), language);
        notes.push(say(
            language,
            &format!("Casi con l’orologio fermo alla fine del periodo: {number}."),
            &format!("Cases whose clock stands still at the end of the period: {number}."),
        ));
    }
    if evidence.out_of_order > 0 {
        let number = numbers::integer(i128::from(evidence.out_of_order), language);
        notes.push(say(
            language,
            &format!("Casi il cui evento finale viene prima di quello iniziale: {number}. La fonte si contraddice; non si giudicano."),
            &format!("Cases whose last event comes before their first one: {number}. The source contradicts itself; they are not judged."),
        ));
    }
    notes
}

/// The outcome of a case with what belongs to it: why it is left out, when its clock stood still.
pub(crate) fn outcome(case: &Judged, zone: &Zone, language: Language) -> String {
    let mut text = words::judgement(case.judgement, language);
    if let Some(event) = &case.excluded_by {
        text.push_str(&format!(": {event}"));
    }
    if case.suspended {
        text.push_str(&say(language, ", sospeso", ", suspended"));
    }
    if case.pauses.is_empty() {
        return text;
    }
    let at = |at: Option<Instant>| at.map_or_else(|| "…".to_owned(), |at| words::instant(at, zone, language));
    let pauses: Vec<String> = case
        .pauses
        .iter()
        .map(|pause| format!("{} {} – {}", pause.reason, at(Some(pause.start)), at(pause.end)))
        .collect();
    let pauses = pauses.join("; ");
    text + &say(language, &format!(" (fermo: {pauses})"), &format!(" (stood still: {pauses})"))
}

/// `«a» o «b»`, `“a” or “b”`.
fn quoted(events: &[String], language: Language) -> String {
    let quoted: Vec<String> =
        events.iter().map(|event| say(language, &format!("«{event}»"), &format!("“{event}”"))).collect();
    quoted.join(&say(language, " o ", " or "))
}
