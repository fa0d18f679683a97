//! Times of cases in the table of commitments.

use impegno_calendar::Micros;
use impegno_charter::TimesClock;
use impegno_measure::{CaseTimeEvidence, Progress};

use crate::document::{Cell, Tone, Value};
use crate::numbers;
use crate::plan::Frame;
use crate::words::{self, say};

/// A time on the clock of the promise.
pub(crate) fn taken(taken: i64, clock: &TimesClock, frame: &Frame<'_>) -> Cell {
    let (text, value) = match clock {
        TimesClock::Days | TimesClock::WorkingDays(_) => (
            words::days(&num_rational::BigRational::from_integer(taken.into()), frame.language),
            Value::Integer(i128::from(taken)),
        ),
        TimesClock::Working(_) => {
            (numbers::service_time(Micros(taken), frame.language), Value::Micros(i128::from(taken)))
        }
        TimesClock::Elapsed => {
            (numbers::duration(Micros(taken), frame.language), Value::Micros(i128::from(taken)))
        }
    };
    Cell { text, value, tone: Tone::Plain, proof: None }
}

/// The slowest case that can be timed.
pub(super) fn worst(times: &CaseTimeEvidence, frame: &Frame<'_>) -> Cell {
    let timed = |progress| matches!(progress, Progress::Done | Progress::Open);
    let slowest = times.cases.iter().find(|case| timed(case.progress));
    slowest.map_or_else(Cell::empty, |case| taken(case.taken, &times.clock, frame))
}

/// How many cases there are, and in which state.
pub(super) fn basis(times: &CaseTimeEvidence, frame: &Frame<'_>) -> String {
    let language = frame.language;
    let count = |progress| times.count(progress);
    let number = |count: u64| numbers::integer(i128::from(count), language);
    let done = count(Progress::Done);
    let mut text = match done {
        1 => say(language, "1 caso", "1 case"),
        done => say(language, &format!("{} casi", number(done)), &format!("{} cases", number(done))),
    };
    let open = count(Progress::Open);
    if open > 0 {
        let (aperti, contati) = if open == 1 { ("aperto", "contato") } else { ("aperti", "contati") };
        let open = number(open);
        text.push_str(&say(
            language,
            &format!(", {open} ancora {aperti}, {contati} per il tempo finora"),
            &format!(", {open} still open, counted with the time so far"),
        ));
    }
    for (progress, italian, english) in [
        (Progress::NotJudgeable, "non giudicabili", "not judgeable"),
        (Progress::Excluded, "esclusi", "excluded"),
    ] {
        let count = count(progress);
        if count > 0 {
            let count = number(count);
            text.push_str(&say(language, &format!(", {count} {italian}"), &format!(", {count} {english}")));
        }
    }
    text
}
