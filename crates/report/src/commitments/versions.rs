//! Promises that changed within the period: which version holds when, and the break that this makes.

use impegno_charter::Commitment;
use impegno_measure::Measurement;

use crate::plan::Frame;
use crate::words::{self, say};

/// The measurements of all versions of a commitment that hold in the period.
fn of_code<'m>(code: &str, measurements: &'m [Measurement]) -> Vec<&'m Measurement> {
    let mut versions: Vec<&Measurement> = measurements.iter().filter(|one| one.code == code).collect();
    versions.sort_by_key(|one| one.window.start);
    versions
}

/// From when to when a version holds within the period; `None` when it holds all the time.
pub(crate) fn held(
    commitment: &Commitment,
    measurements: &[Measurement],
    frame: &Frame<'_>,
) -> Option<String> {
    let measurement = measurements.iter().find(|one| one.id == commitment.id)?;
    let zone = &frame.centre.zone;
    if measurement.window == frame.period.interval(zone) {
        return None;
    }
    let first = words::day(zone.date(measurement.window.start), frame.language);
    // The window ends with the first instant after the last day.
    let last = impegno_calendar::Instant(measurement.window.end.0 - 1);
    let last = words::day(zone.date(last), frame.language);
    Some(say(frame.language, &format!("dal {first} al {last}"), &format!("from {first} to {last}")))
}

/// A sentence for each promise that changed within the period.
pub(crate) fn breaks(shown: &[&Commitment], measurements: &[Measurement], frame: &Frame<'_>) -> Vec<String> {
    let mut sentences: Vec<String> = Vec::new();
    for commitment in shown {
        let versions = of_code(&commitment.code, measurements);
        for change in versions.iter().skip(1) {
            let day = words::day(frame.centre.zone.date(change.window.start), frame.language);
            let code = &commitment.code;
            let sentence = say(
                frame.language,
                &format!(
                    "{code} cambia il {day}: interruzione di serie. Il periodo è diviso, e ogni caso è giudicato con la promessa in \
                 vigore quando è iniziato."
                ),
                &format!(
                    "{code} changes on {day}: a break in the series. The period is split, and each case is judged by the promise in \
                 force when it began."
                ),
            );
            if !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
        }
    }
    sentences
}

/// What the proof of a version says of its validity.
pub(crate) fn fact(
    commitment: &Commitment,
    measurements: &[Measurement],
    frame: &Frame<'_>,
) -> Option<String> {
    let held = held(commitment, measurements, frame)?;
    Some(say(
        frame.language,
        &format!("In vigore, nel periodo, {held}"),
        &format!("In force within the period {held}"),
    ))
}
