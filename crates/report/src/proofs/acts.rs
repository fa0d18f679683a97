//! The acts of exclusion about a commitment, and what it makes of each.

use impegno_calendar::Micros;
use impegno_charter::Commitment;
use impegno_measure::{JudgedAct, Measurement, Refusal};

use super::{column, place};
use crate::document::{Block, Cell, Row, RowRole, Table, Tone};
use crate::numbers;
use crate::plan::Frame;
use crate::words::{self, say};

/// The acts, accepted or not; nothing when there are none.
pub(super) fn table(
    id: &str,
    commitment: &Commitment,
    measurement: &Measurement,
    frame: &Frame<'_>,
) -> Option<Block> {
    let language = frame.language;
    if measurement.acts.is_empty() {
        return None;
    }
    let mut acts: Vec<&JudgedAct> = measurement.acts.iter().collect();
    acts.sort_by_key(|one| (one.act.interval, &one.act.code));
    let heading = |italian, english| say(language, italian, english);
    Some(Block::Table(Table {
        id: format!("{id}-esclusioni"),
        title: heading("Gli atti di esclusione", "The acts of exclusion"),
        definition: policy(commitment, frame),
        row_heading: heading("Atto", "Act"),
        columns: vec![
            column("kind", heading("Specie", "Kind"), false),
            column("from", heading("Dal", "From"), false),
            column("to", heading("Al", "To"), false),
            column("reason", heading("Motivo", "Reason"), false),
            column("asked", heading("Chiesto da", "Asked by"), false),
            column("approved", heading("Approvato", "Approved"), false),
            column("notice", heading("Preavviso", "Notice"), true),
            column("position", heading("Ente", "Body"), false),
            column("outcome", heading("Conta?", "Does it count?"), false),
            column("origin", heading("Fonte", "Source"), false),
        ],
        rows: acts.into_iter().map(|act| row(act, frame)).collect(),
        notes: Vec::new(),
        chart: None,
    }))
}

/// Which acts the commitment accepts.
fn policy(commitment: &Commitment, frame: &Frame<'_>) -> String {
    let language = frame.language;
    let Some(policy) = &commitment.exclusions else {
        return say(language, "L’impegno non ammette esclusioni.", "The commitment admits no exclusions.");
    };
    let mut conditions = Vec::new();
    if !policy.kinds.is_empty() {
        let kinds = policy.kinds.join(", ");
        conditions.push(say(language, &format!("specie {kinds}"), &format!("kinds {kinds}")));
    }
    if let Some(notice) = &policy.notice {
        let length = numbers::service_time(Micros(notice.length.0), language);
        let hours = match &notice.calendar {
            Some(calendar) => say(
                language,
                &format!(" nelle ore di «{calendar}»"),
                &format!(" within the hours of “{calendar}”"),
            ),
            None => String::new(),
        };
        conditions.push(say(
            language,
            &format!("preavviso di almeno {length}{hours}"),
            &format!("notice of at least {length}{hours}"),
        ));
    }
    if policy.uncontested {
        conditions.push(say(language, "non contestati dall’ente", "not contested by the body"));
    }
    conditions.push(match policy.approved_before {
        true => say(language, "approvati prima dell’inizio", "approved before they begin"),
        false => say(language, "approvati", "approved"),
    });
    let conditions = conditions.join("; ");
    say(language, &format!("Atti ammessi: {conditions}."), &format!("Acts admitted: {conditions}."))
}

fn row(judged: &JudgedAct, frame: &Frame<'_>) -> Row {
    let language = frame.language;
    let act = &judged.act;
    let at = |instant| words::instant(instant, &frame.centre.zone, language);
    let approved = match act.approved_at {
        Some(when) if !act.approved_by.is_empty() => format!("{}, {}", act.approved_by, at(when)),
        _ => "–".to_owned(),
    };
    let notice = match (judged.notice, act.notice_at) {
        (Some(given), _) => numbers::service_time(given, language),
        (None, Some(told)) => at(told),
        (None, None) => "–".to_owned(),
    };
    let position = match act.position.as_str() {
        "agreed" => say(language, "d’accordo", "agreed"),
        "contested" => say(language, "contesta", "contests"),
        other => other.to_owned(),
    };
    let outcome = match judged.refusal {
        None => Cell::words(say(language, "sì", "yes")).toned(Tone::Good),
        Some(refusal) => Cell::words(why(refusal, frame)),
    };
    let reason = match act.evidence.as_str() {
        "" => act.reason.clone(),
        evidence => format!("{} ({evidence})", act.reason),
    };
    Row {
        key: act.code.clone(),
        label: act.code.clone(),
        role: RowRole::Part,
        cells: vec![
            Cell::words(act.kind.clone()),
            Cell::words(at(act.interval.start)),
            Cell::words(at(act.interval.end)),
            Cell::words(reason),
            Cell::words(act.asked_by.clone()),
            Cell::words(approved),
            Cell::words(notice),
            Cell::words(position),
            outcome,
            Cell::words(place(&act.origin, frame)),
        ],
    }
}

fn why(refusal: Refusal, frame: &Frame<'_>) -> String {
    let (italian, english) = match refusal {
        Refusal::NoPolicy => {
            ("no: l’impegno non ammette esclusioni", "no: the commitment admits no exclusions")
        }
        Refusal::NoCommitment => (
            "no: un atto su un caso deve nominare l’impegno",
            "no: an act about a case must name the commitment",
        ),
        Refusal::Kind => ("no: specie non ammessa", "no: kind not admitted"),
        Refusal::NotApproved => ("no: non approvato", "no: not approved"),
        Refusal::ApprovedAfter => ("no: approvato dopo l’inizio", "no: approved after it began"),
        Refusal::NoNotice => ("no: senza preavviso", "no: no notice given"),
        Refusal::ShortNotice => ("no: preavviso troppo breve", "no: notice too short"),
        Refusal::Contested => ("no: contestato dall’ente", "no: contested by the body"),
        Refusal::TooLong => {
            ("no: più lungo del periodo dell’impegno", "no: longer than the period of the commitment")
        }
    };
    say(frame.language, italian, english)
}
