//! Single figures: formulas over cells of tables.

use std::collections::BTreeMap;

use impegno_charter::{BlockLayout, FigureLayout, Formula, Reference};
use impegno_measure::{Answer, Cut, Question, Take};
use num_bigint::BigInt;
use num_rational::BigRational;

use crate::document::{Cell, Figure, RowRole, Table, Tone, Unit, Value};
use crate::numbers;
use crate::plan::Frame;
use crate::tables::{Quantity, count_cell, quantity, quotient, window};

/// The questions of figures that count for themselves.
pub(crate) fn questions(figures: &[FigureLayout], frame: &Frame<'_>) -> Vec<Question> {
    figures
        .iter()
        .filter_map(|figure| match &figure.formula {
            Formula::Count(selection) => Some(Question {
                take: Take::of(&selection.of),
                filter: selection.filter.clone(),
                rows: Cut::Whole,
                columns: Cut::Whole,
                window: window(selection, frame.interval(), frame),
            }),
            Formula::Cell(_)
            | Formula::Sum(_)
            | Formula::Share { .. }
            | Formula::Change { .. }
            | Formula::PerMonth(_)
            | Formula::Quotient { .. }
            | Formula::RowsOf(_) => None,
        })
        .collect()
}

/// Builds the figures of a block. `known` holds the figures built before, and takes these.
pub(crate) fn figures(
    layouts: &[FigureLayout],
    frame: &Frame<'_>,
    answers: &[Answer],
    tables: &BTreeMap<String, Table>,
    known: &mut BTreeMap<String, Figure>,
) -> Vec<Figure> {
    let mut answers = answers.iter();
    let mut built = Vec::new();
    for layout in layouts {
        let cell = match &layout.formula {
            Formula::Count(selection) => {
                let number = answers.next().map_or(0, |answer| answer.cell("", ""));
                count_cell(&selection.of, number, frame)
            }
            Formula::RowsOf(Reference(table)) => {
                let parts = |table: &Table| table.rows.iter().filter(|row| row.role == RowRole::Part).count();
                whole(tables.get(table).map_or(0, parts) as i128, frame)
            }
            formula => {
                compute(formula, layout.decimals, frame, |reference| resolve(reference, frame, tables, known))
            }
        };
        let figure = Figure {
            id: layout.id.clone(),
            label: frame.say(&layout.label),
            cell,
            note: frame.say(&layout.note),
        };
        known.insert(layout.id.clone(), figure.clone());
        built.push(figure);
    }
    built
}

fn whole(number: i128, frame: &Frame<'_>) -> Cell {
    let text = numbers::integer(number, frame.language);
    Cell { text, value: Value::Integer(number), tone: Tone::Plain, proof: None }
}

/// Computes a formula from the values that its references stand for. `None` of one makes it not measured.
fn compute(
    formula: &Formula,
    decimals: u8,
    frame: &Frame<'_>,
    value: impl Fn(&Reference) -> Option<Value>,
) -> Cell {
    // Counts, amounts and times are never mixed: what has no single unit is not measured.
    let number = |reference: &Reference| quantity(&value(reference)?);
    let sum = |references: &[Reference]| -> Option<Quantity> {
        let parts: Vec<Quantity> = references.iter().map(number).collect::<Option<_>>()?;
        let of = parts.first()?.of;
        let same = parts.iter().all(|part| part.of == of);
        same.then(|| Quantity { number: parts.iter().map(|part| part.number).sum(), of })
    };
    let computed = match formula {
        Formula::Count(_) | Formula::RowsOf(_) => None,
        Formula::Cell(reference) => value(reference).map(|value| match value {
            Value::Integer(number) => whole(number, frame),
            Value::Ratio { numerator, denominator, unit } => {
                quotient(numerator, denominator, unit, decimals, frame)
            }
            Value::Cents(cents) => {
                let text = numbers::euro(cents, frame.language);
                Cell { text, value: Value::Cents(cents), tone: Tone::Plain, proof: None }
            }
            other => {
                let text = match &other {
                    Value::Text(text) | Value::NotMeasured(text) => text.clone(),
                    Value::Entries(entries) => Cell::entries(entries.clone()).text,
                    _ => String::new(),
                };
                Cell { text, value: other, tone: Tone::Plain, proof: None }
            }
        }),
        Formula::Sum(references) => sum(references).map(|sum| sum.cell(frame)),
        Formula::Share { part, whole } => sum(part)
            .zip(sum(whole))
            .filter(|(part, whole)| part.of == whole.of)
            .map(|(part, whole)| quotient(part.number, whole.number, Unit::Percent, decimals, frame)),
        Formula::Change { now, before } => number(now)
            .zip(number(before))
            .filter(|(now, before)| now.of == before.of)
            .map(|(now, before)| {
                quotient(now.number - before.number, before.number, Unit::Change, decimals, frame)
            }),
        Formula::Quotient { of, by } => number(of).map(|of| of.divided(i128::from(*by), decimals, frame)),
        Formula::PerMonth(reference) => {
            // A part of a month is no month.
            let whole = frame.period.month_parts() == frame.period.months();
            let months = frame.period.months().len() as i128;
            number(reference).filter(|_| whole).map(|number| number.divided(months, decimals, frame))
        }
    };
    computed.unwrap_or_else(|| {
        let reason = crate::words::say(frame.language, "non misurato", "not measured");
        Cell { text: reason.clone(), value: Value::NotMeasured(reason), tone: Tone::Unsure, proof: None }
    })
}

/// The value of a reference: a figure, or `table/row/column`. `this` and `before` as column stand for the
/// period and the same one a year earlier.
fn resolve(
    reference: &Reference,
    frame: &Frame<'_>,
    tables: &BTreeMap<String, Table>,
    figures: &BTreeMap<String, Figure>,
) -> Option<Value> {
    let (table, rest) = match reference.0.split_once('/') {
        None => return figures.get(&reference.0).map(|figure| figure.cell.value.clone()),
        Some(parts) => parts,
    };
    let (row, column) = rest.rsplit_once('/')?;
    let column = match column {
        "this" => frame.period.to_string(),
        "before" => frame.period.year_before().to_string(),
        other => other.to_owned(),
    };
    let row = if row == "this" { frame.period.to_string() } else { row.to_owned() };
    let row = if row == "before" { frame.period.year_before().to_string() } else { row };
    let table = tables.get(table)?;
    let column = table.columns.iter().position(|heading| heading.key == column)?;
    let row = table.rows.iter().find(|candidate| candidate.key == row)?;
    row.cells.get(column).map(|cell| cell.value.clone())
}

/// A formula of a layout with its references spelt out for a period, for comparing published figures by
/// the identities that the layout states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The figure that the formula computes.
    pub figure: String,
    /// The formula.
    pub formula: Formula,
}

/// The identities that the figures of a layout state.
pub fn identities(layout: &impegno_charter::Layout, period: impegno_calendar::Period) -> Vec<Identity> {
    let spell = |reference: &Reference| -> Reference {
        let codes = [("this", period.to_string()), ("before", period.year_before().to_string())];
        let parts: Vec<String> = reference
            .0
            .split('/')
            .enumerate()
            .map(|(n, part)| {
                let code = codes.iter().find(|(word, _)| n > 0 && *word == part);
                code.map_or_else(|| part.to_owned(), |(_, code)| code.clone())
            })
            .collect();
        Reference(parts.join("/"))
    };
    let all = |references: &[Reference]| references.iter().map(spell).collect();
    layout
        .blocks()
        .flat_map(|block| match block {
            BlockLayout::Figures(figures) => figures.as_slice(),
            _ => &[],
        })
        .map(|figure| Identity {
            figure: figure.id.clone(),
            formula: match &figure.formula {
                Formula::Count(selection) => Formula::Count(selection.clone()),
                Formula::Cell(reference) => Formula::Cell(spell(reference)),
                Formula::Sum(references) => Formula::Sum(all(references)),
                Formula::Share { part, whole } => Formula::Share { part: all(part), whole: all(whole) },
                Formula::Change { now, before } => Formula::Change { now: spell(now), before: spell(before) },
                Formula::PerMonth(reference) => Formula::PerMonth(spell(reference)),
                Formula::Quotient { of, by } => Formula::Quotient { of: spell(of), by: *by },
                Formula::RowsOf(reference) => Formula::RowsOf(reference.clone()),
            },
        })
        .collect()
}

/// The exact value of a formula over exact values: shares and changes as fractions of one.
pub fn evaluate(
    formula: &Formula,
    months: usize,
    value: impl Fn(&Reference) -> Option<BigRational>,
) -> Option<BigRational> {
    let zero = BigRational::default();
    let sum = |references: &[Reference]| references.iter().map(&value).sum::<Option<BigRational>>();
    match formula {
        Formula::Count(_) | Formula::RowsOf(_) => None,
        Formula::Cell(reference) => value(reference),
        Formula::Sum(references) => sum(references),
        Formula::Share { part, whole } => {
            let whole = sum(whole)?;
            (whole != zero).then_some(sum(part)? / whole)
        }
        Formula::Change { now, before } => {
            let before = value(before)?;
            (before != zero).then(|| Some((value(now)? - &before) / &before))?
        }
        Formula::Quotient { of, by } => Some(value(of)? / BigRational::from_integer(BigInt::from(*by))),
        Formula::PerMonth(reference) => {
            Some(value(reference)? / BigRational::from_integer(BigInt::from(months.max(1))))
        }
    }
}
