//! The report of one served body: the same layout, on the facts that name the body.
//!
//! Facts that name no body at all (checks of probes, calls of a switchboard) are the whole centre's. Which
//! is which is found in the facts themselves, and what holds for the whole centre is marked as such.

use std::collections::BTreeMap;

use impegno_calendar::{Instant, Interval};
use impegno_charter::{Centre, Condition, Counted, Filter, Indicator, Measured, Ratio};
use impegno_measure::{Answer, Cut, Question, Take};

use crate::document::{Block, Figure, Row, RowRole, Served, Table};
use crate::plan::Frame;
use crate::words::say;

/// The dimension that names served bodies.
const BODY: &str = "body";

fn by_body() -> Cut {
    Cut::Dimension { name: BODY.to_owned(), groups: BTreeMap::new() }
}

fn of_body(code: &str) -> Filter {
    let condition = Condition::OneOf(vec![code.to_owned()]);
    Filter { conditions: BTreeMap::from([(BODY.to_owned(), condition)]), ..Filter::default() }
}

/// Whether any fact of an answer by bodies names one.
fn names_bodies(answer: &Answer) -> bool {
    answer.rows().iter().any(|body| !body.is_empty())
}

/// Questions in three parts: on the body's facts, on all facts, and whether those name bodies.
pub(crate) fn questions(asked: Vec<Question>, body: &str) -> Vec<Question> {
    let of_body = of_body(body);
    let own = asked.iter().map(|asked| Question { filter: asked.filter.and(&of_body), ..asked.clone() });
    let by_bodies = asked.iter().map(|asked| Question {
        rows: by_body(),
        columns: Cut::Whole,
        // What they count does not matter, and different things cannot be told from texts.
        take: match &asked.take {
            Take::StockValues | Take::DistinctStocks { .. } => Take::Stocks,
            take => take.clone(),
        },
        ..asked.clone()
    });
    own.chain(asked.iter().cloned()).chain(by_bodies).collect()
}

/// The answers to be used, and whether each is the body's own.
pub(crate) fn chosen(answers: &[Answer]) -> Vec<(Answer, bool)> {
    let asked = answers.len() / 3;
    let (own, rest) = answers.split_at(asked);
    let (all, by_bodies) = rest.split_at(asked);
    own.iter()
        .zip(all)
        .zip(by_bodies)
        .map(
            |((own, all), by_bodies)| {
                if names_bodies(by_bodies) { (own.clone(), true) } else { (all.clone(), false) }
            },
        )
        .collect()
}

/// Fits a block to the body: a table of all bodies becomes that of one, and what is the whole centre's says so.
///
/// `own` says of each question of the block whether it is on the body's own facts.
pub(crate) fn fit(
    block: Block,
    own: &[bool],
    bodies_in_rows: bool,
    served: &Served,
    frame: &Frame<'_>,
) -> Block {
    let Block::Table(mut table) = block else { return block };
    if bodies_in_rows && own.iter().any(|own| *own) {
        table = one_body(table, served);
    }
    table.notes.extend(shared_note(&table, own, frame));
    Block::Table(table)
}

/// Which values of a table are the whole centre's; `None` when all are the body's own.
fn shared_note(table: &Table, own: &[bool], frame: &Frame<'_>) -> Option<String> {
    if own.iter().all(|own| *own) {
        return None;
    }
    if own.iter().all(|own| !own) {
        return Some(say(
            frame.language,
            "Valori dell’intero centro: questi fatti non sono distinti per ente.",
            "Values of the whole centre: these facts are not told apart by body.",
        ));
    }
    // A table asks one question a column before those of its marks.
    let shared: Vec<&str> = table
        .columns
        .iter()
        .zip(own)
        .filter(|(_, own)| !**own)
        .map(|(column, _)| column.label.as_str())
        .collect();
    let columns = shared.join(", ");
    Some(say(
        frame.language,
        &format!("Dell’intero centro, perché i fatti non sono distinti per ente: {columns}."),
        &format!("Of the whole centre, because the facts are not told apart by body: {columns}."),
    ))
}

/// What a figure rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Basis {
    /// The body's own facts.
    Own,
    /// The whole centre's.
    Shared,
    /// Both.
    Mixed,
}

impl Basis {
    /// The basis of what has these.
    pub(crate) fn of(parts: impl IntoIterator<Item = Basis>) -> Basis {
        let mut parts = parts.into_iter();
        let first = parts.next().unwrap_or(Basis::Own);
        if parts.all(|part| part == first) { first } else { Basis::Mixed }
    }

    /// The basis of a block, from that of its questions.
    pub(crate) fn of_facts(own: &[bool]) -> Basis {
        Basis::of(own.iter().map(|own| if *own { Basis::Own } else { Basis::Shared }))
    }
}

/// Marks a figure that is not the body's alone.
pub(crate) fn fit_figure(figure: Figure, basis: Basis, frame: &Frame<'_>) -> Figure {
    let word = match basis {
        Basis::Own => return figure,
        Basis::Shared => say(frame.language, "dell’intero centro", "of the whole centre"),
        Basis::Mixed => say(frame.language, "in parte dell’intero centro", "in part of the whole centre"),
    };
    let note = if figure.note.is_empty() { word } else { format!("{}; {word}", figure.note) };
    Figure { note, ..figure }
}

/// The row of totals stands for the only body; without one, only the body's row is kept.
fn one_body(mut table: Table, served: &Served) -> Table {
    if table.rows.iter().any(|row| row.role == RowRole::Total) {
        table.rows.retain(|row| row.role == RowRole::Total);
        for row in &mut table.rows {
            *row = Row { label: served.name.clone(), role: RowRole::Part, ..row.clone() };
        }
    } else {
        table.rows.retain(|row| row.key == served.code);
    }
    table
}

/// One question for each commitment on cases or counts, in the order of the commitments: which bodies do its facts
/// name?
pub fn commitment_questions(centre: &Centre) -> Vec<Question> {
    let mut questions = Vec::new();
    for commitment in &centre.commitments {
        each_filter(&mut commitment.indicator.clone(), &mut |filter, take| {
            questions.push(Question {
                take,
                filter: filter.clone(),
                rows: by_body(),
                columns: Cut::Whole,
                window: Interval { start: Instant(i64::MIN / 2), end: Instant(i64::MAX / 2) },
            });
        });
    }
    questions
}

/// The centre with its commitments narrowed to a body, where their facts name bodies. `answers` are those to
/// [`commitment_questions`].
pub fn narrowed(centre: &Centre, body: &str, answers: &[Answer]) -> Centre {
    let mut centre = centre.clone();
    let mut answers = answers.iter();
    let of_body = of_body(body);
    for commitment in &mut centre.commitments {
        let whole = commitment.indicator.clone();
        each_filter(&mut commitment.indicator, &mut |filter, _| {
            if answers.next().is_some_and(names_bodies) {
                *filter = filter.and(&of_body);
            }
        });
        unmix(&mut commitment.indicator, &whole);
    }
    centre
}

/// A body's part of the whole centre's whole says nothing: a ratio of which only one side names bodies stays the
/// centre's.
fn unmix(narrowed: &mut Indicator, whole: &Indicator) {
    match (narrowed, whole) {
        (Indicator::Ratio(one), Indicator::Ratio(before)) if is_mixed(one, before) => {
            *one = before.clone();
        }
        (Indicator::MeanOf(parts), Indicator::MeanOf(before)) => {
            for (part, before) in parts.iter_mut().zip(before) {
                unmix(&mut part.indicator, &before.indicator);
            }
        }
        (Indicator::AllOf(parts), Indicator::AllOf(before)) => {
            for (part, before) in parts.iter_mut().zip(before) {
                unmix(&mut part.indicator, &before.indicator);
            }
        }
        _ => {}
    }
}

/// Whether some sides of a ratio were narrowed to a body and others were not.
fn is_mixed(one: &Ratio, before: &Ratio) -> bool {
    let narrowed = one.part != before.part;
    let others = [
        Some(one.whole != before.whole),
        before.undecided.as_ref().map(|_| one.undecided != before.undecided),
        before.per.as_ref().map(|_| one.per != before.per),
    ];
    others.into_iter().flatten().any(|side| side != narrowed)
}

/// Calls `each` with every filter of facts that an indicator has, and with what it takes of them.
fn each_filter(indicator: &mut Indicator, each: &mut dyn FnMut(&mut Filter, Take)) {
    // The kind of the cases is a condition like any other, but stands by itself.
    let mut cases = |kind: &str, from: &str, filter: &mut Filter| {
        let kind = Condition::OneOf(vec![kind.to_owned()]);
        let of_kind = Filter { conditions: BTreeMap::from([("kind".to_owned(), kind)]), ..Filter::default() };
        let mut narrowed = filter.and(&of_kind);
        each(&mut narrowed, Take::Cases { from: from.to_owned() });
        // What was added by `each` is kept, and the kind is not.
        narrowed.conditions.retain(|name, _| name != "kind" || filter.conditions.contains_key("kind"));
        filter.conditions = narrowed.conditions;
    };
    match indicator {
        Indicator::Within(one) => cases(&one.cases, &one.from, &mut one.filter),
        Indicator::CaseTime(one) => cases(&one.cases, &one.from, &mut one.filter),
        Indicator::Count(one) => counted(one, each),
        Indicator::Ratio(one) => {
            counted(&mut one.part, each);
            counted(&mut one.whole, each);
            for side in one.undecided.iter_mut().chain(&mut one.per) {
                counted(side, each);
            }
        }
        Indicator::MeanOf(parts) => parts.iter_mut().for_each(|part| each_filter(&mut part.indicator, each)),
        Indicator::AllOf(parts) => parts.iter_mut().for_each(|part| each_filter(&mut part.indicator, each)),
        Indicator::Availability(_)
        | Indicator::LongestStop(_)
        | Indicator::DaysAvailable(_)
        | Indicator::HoursOfOperation(_)
        | Indicator::ResponseTime(_)
        | Indicator::Vulnerable(_)
        | Indicator::Cadence(_) => {}
    }
}

fn counted(counted: &mut Counted, each: &mut dyn FnMut(&mut Filter, Take)) {
    let take = match &counted.of {
        // Whose the different things are does not matter for whether the facts name bodies.
        Measured::DistinctStocks { .. } => Take::Stocks,
        of => Take::of(of),
    };
    each(&mut counted.filter, take);
}

/// The note under the table of commitments: which of them are not measured on the body's own cases.
pub(crate) fn commitments_note(frame: &Frame<'_>) -> Option<String> {
    frame.body.as_ref()?;
    let shared: Vec<&str> = frame
        .centre
        .commitments
        .iter()
        .filter(|commitment| {
            let mut own = false;
            each_filter(&mut commitment.indicator.clone(), &mut |filter, _| {
                own |= filter.conditions.contains_key(BODY);
            });
            !own
        })
        .map(|commitment| commitment.code.as_str())
        .collect();
    if shared.is_empty() {
        return None;
    }
    let codes = shared.join(", ");
    Some(say(
        frame.language,
        &format!("Misurati sull’intero centro, perché i loro fatti non sono distinti per ente: {codes}."),
        &format!("Measured on the whole centre, because their facts are not told apart by body: {codes}."),
    ))
}
