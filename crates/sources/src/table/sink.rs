//! The facts that the rows of a table give, by declared mapping.

use std::mem;

use impegno_facts::{CaseEvents, Dimensions, Facts, NO_AMOUNT, ONCE, Operations, Stocks, Texts};
use rustc_hash::FxHashMap;

use super::cases::{Openings, Repetitions};
use super::checks::CheckRows;
use super::dimensions::DimensionReader;
use super::fields::{Header, amount, joined, whole_number};
use super::rows::{Around, Row};
use super::updates::Updates;
use super::{Reject, Taken};
use crate::civil::CivilClock;
use crate::declaration::{EventColumns, FactColumns, MEASURE, TableFormat};
use crate::{FileFindings, Names, codes};

/// The facts being gathered, with the positions of their columns.
pub(super) enum Sink<'s> {
    Checks(Box<CheckRows<'s>>),
    Updates(Box<Updates<'s>>),
    Cases {
        format: &'s TableFormat,
        clock: &'s CivilClock<'s>,
        case: usize,
        events: EventPositions,
        facts: CaseEvents,
        repetitions: Repetitions,
        openings: Openings,
    },
    Operations {
        format: &'s TableFormat,
        clock: &'s CivilClock<'s>,
        id: Vec<usize>,
        at: Vec<usize>,
        quantity: Option<usize>,
        amount: Option<usize>,
        measures: Vec<(&'s str, usize)>,
        /// The measure of each operation, where there are measures.
        measured: Texts,
        facts: Operations,
    },
    Stocks {
        format: &'s TableFormat,
        clock: &'s CivilClock<'s>,
        subject: Vec<usize>,
        attribute: Vec<usize>,
        value: Option<usize>,
        quantity: Option<usize>,
        from: usize,
        until: Option<usize>,
        facts: Stocks,
    },
}

pub(super) enum EventPositions {
    Row { column: usize, at: usize, words: FxHashMap<Vec<u8>, String> },
    Columns(Vec<(String, usize)>),
}

impl<'s> Sink<'s> {
    pub(super) fn new(
        format: &'s TableFormat,
        header: &Header,
        clock: &'s CivilClock<'s>,
        names: &'s Names,
    ) -> Sink<'s> {
        // Every named column was found before.
        let position = |column: &String| header.position(column).unwrap_or_default();
        let positions = |columns: &Vec<String>| columns.iter().map(position).collect::<Vec<_>>();
        match &format.facts {
            FactColumns::Checks(columns) => {
                Sink::Checks(Box::new(CheckRows::new(format, columns, position, clock, names)))
            }
            FactColumns::Cases {
                kind, case, events: EventColumns::Updates { columns, counters }, ..
            } => {
                let updates = Updates::new(format, (kind, case), (columns, counters), position, clock);
                Sink::Updates(Box::new(updates))
            }
            FactColumns::Cases { case, events, .. } => Sink::Cases {
                format,
                clock,
                case: position(case),
                events: match events {
                    EventColumns::Row { column, at, words } => EventPositions::Row {
                        column: position(column),
                        at: position(at),
                        words: words
                            .iter()
                            .map(|(word, event)| (word.as_bytes().to_vec(), event.clone()))
                            .collect(),
                    },
                    EventColumns::Columns(columns) | EventColumns::Updates { columns, .. } => {
                        EventPositions::Columns(
                            columns.iter().map(|(event, column)| (event.clone(), position(column))).collect(),
                        )
                    }
                },
                facts: CaseEvents::default(),
                repetitions: Repetitions::default(),
                openings: Openings::default(),
            },
            FactColumns::Operations { id, at, quantity, amount, measures, .. } => Sink::Operations {
                format,
                clock,
                id: positions(id),
                at: positions(at),
                quantity: quantity.as_ref().map(position),
                amount: amount.as_ref().map(position),
                measures: measures.iter().map(|(name, column)| (name.as_str(), position(column))).collect(),
                measured: Texts::default(),
                facts: Operations::default(),
            },
            FactColumns::Stocks { subject, attribute, value, quantity, from, until, .. } => Sink::Stocks {
                format,
                clock,
                subject: positions(subject),
                attribute: positions(attribute),
                value: value.as_ref().map(position),
                quantity: quantity.as_ref().map(position),
                from: position(from),
                until: until.as_ref().map(position),
                facts: Stocks::default(),
            },
        }
    }

    /// Takes the facts of a row, or says why there are none.
    pub(super) fn row(
        &mut self,
        row: &Row<'_>,
        file: &str,
        findings: &mut FileFindings,
    ) -> Result<Taken, Reject> {
        match self {
            Sink::Checks(checks) => checks.row(row, file, findings).map(|()| Taken::Facts(1)),
            Sink::Updates(updates) => updates.row(row).map(|()| Taken::Later),
            Sink::Cases { format, clock, case, events, facts, repetitions, openings } => {
                let FactColumns::Cases { kind, opening, .. } = &format.facts else {
                    return Ok(Taken::Nothing);
                };
                let id = row.text(*case);
                if id.is_empty() {
                    return Err(Reject::value(*case, "the case has no identifier", "every row needs one"));
                }
                let mut found: Vec<(&str, i64)> = Vec::with_capacity(4);
                // A row that is a whole case has each event once.
                let once = matches!(events, EventPositions::Columns(_));
                match events {
                    EventPositions::Row { column, at, words } => {
                        let Some(event) = words.get(row.field(*column)) else {
                            return Err(Reject {
                                column: Some(*column),
                                code: codes::UNKNOWN_EVENT,
                                message: format!("the event `{}` is not declared", row.text(*column)),
                                hint: "add it to `words` of the source's declaration".to_owned(),
                            });
                        };
                        found.push((event, moment(format, clock, row, *at)?));
                    }
                    EventPositions::Columns(columns) => {
                        for (event, column) in columns {
                            if !row.field(*column).is_empty() {
                                found.push((event, moment(format, clock, row, *column)?));
                            }
                        }
                        if found.is_empty() {
                            let message = "the case has no event";
                            let hint = "at least one of its times must be there";
                            return Err(Reject { column: None, ..Reject::value(0, message, hint) });
                        }
                    }
                }
                for (event, at) in &found {
                    facts.case.push(id);
                    facts.kind.push(kind);
                    facts.event.push(event);
                    facts.n.push(if once { ONCE } else { repetitions.number(id, event, *at) });
                    if let Some(opening) = opening {
                        openings.push(id, event, event == opening, *at, row.line);
                    }
                    facts.at.push(*at);
                    facts.line.push(row.line);
                }
                Ok(Taken::Facts(found.len()))
            }
            Sink::Operations {
                format,
                clock,
                id,
                at,
                quantity,
                amount: amount_column,
                measures,
                measured,
                facts,
            } => {
                let FactColumns::Operations { kind, .. } = &format.facts else { return Ok(Taken::Nothing) };
                if id.iter().all(|column| row.field(*column).is_empty()) {
                    let column = id.first().copied().unwrap_or_default();
                    return Err(Reject::value(column, "the record has no identifier", "every row needs one"));
                }
                let instant = match at.as_slice() {
                    [column] => moment(format, clock, row, *column)?,
                    columns => {
                        let text = joined(row, columns, " ");
                        clock.instant(&format.time, text.as_bytes()).ok_or_else(|| {
                            bad_time(format, columns.first().copied().unwrap_or_default(), &text)
                        })?
                    }
                };
                let quantity = match quantity {
                    Some(column) => whole_number(row.field(*column)).ok_or_else(|| {
                        let message = format!("`{}` is not a whole number", row.text(*column));
                        Reject::value(*column, message, "write digits only")
                    })?,
                    None => 1,
                };
                let cents = match amount_column {
                    Some(column) if !row.field(*column).is_empty() => {
                        amount(row.field(*column), format.decimal).ok_or_else(|| {
                            let message = format!("`{}` is not an amount", row.text(*column));
                            let example = if format.decimal == b',' { "1.234,50" } else { "1234.50" };
                            Reject::value(*column, message, format!("write it like {example}"))
                        })?
                    }
                    _ => NO_AMOUNT,
                };
                if !measures.is_empty() {
                    let counts = counts(row, measures)?;
                    for (measure, count) in &counts {
                        let id = id.iter().map(|column| row.text(*column));
                        facts.id.push_joined(id.chain(std::iter::once(*measure)));
                        measured.push(measure);
                        facts.kind.push(kind);
                        facts.at.push(instant);
                        facts.quantity.push(*count);
                        facts.amount.push(NO_AMOUNT);
                        facts.line.push(row.line);
                    }
                    return Ok(if counts.is_empty() { Taken::Nothing } else { Taken::Facts(counts.len()) });
                }
                facts.id.push_joined(id.iter().map(|column| row.text(*column)));
                facts.kind.push(kind);
                facts.at.push(instant);
                facts.quantity.push(quantity);
                facts.amount.push(cents);
                facts.line.push(row.line);
                Ok(Taken::Facts(1))
            }
            Sink::Stocks { format, clock, subject, attribute, value, quantity, from, until, facts } => {
                let FactColumns::Stocks { constant_attribute, .. } = &format.facts else {
                    return Ok(Taken::Nothing);
                };
                let start = time(format, clock, row, *from)?;
                let end = match until {
                    Some(column) if !row.field(*column).is_empty() => clock
                        .next_day(&format.time, row.field(*column))
                        .ok_or_else(|| bad_time(format, *column, row.text(*column)))?,
                    _ => i64::MAX,
                };
                if end <= start {
                    let column = until.unwrap_or(*from);
                    return Err(Reject::value(
                        column,
                        "it ends before it begins",
                        "correct one of the two days",
                    ));
                }
                if subject.iter().all(|column| row.field(*column).is_empty()) {
                    let column = subject.first().copied().unwrap_or_default();
                    return Err(Reject::value(column, "the row has no subject", "every row needs one"));
                }
                let number = match quantity {
                    Some(column) => whole_number(row.field(*column)).ok_or_else(|| {
                        let message = format!("`{}` is not a whole number", row.text(*column));
                        Reject::value(*column, message, "write digits only")
                    })?,
                    None => 1,
                };
                let text = value.map_or("1", |column| row.text(column));
                facts.subject.push(&joined(row, subject, "@"));
                match constant_attribute {
                    Some(attribute) => facts.attribute.push(attribute),
                    None => facts.attribute.push(&joined(row, attribute, " / ")),
                }
                facts.value.push(text);
                facts.quantity.push(number);
                facts.valid_from.push(start);
                facts.valid_until.push(end);
                facts.line.push(row.line);
                Ok(Taken::Facts(1))
            }
        }
    }

    /// Gives the facts since the last time, with their dimensions.
    pub(super) fn take(&mut self, mut dimensions: Dimensions) -> Facts {
        match self {
            Sink::Checks(checks) => Facts::Checks(checks.take()),
            Sink::Updates(updates) => Facts::Cases(CaseEvents { dimensions, ..updates.take() }),
            Sink::Cases { facts, .. } => Facts::Cases(CaseEvents { dimensions, ..mem::take(facts) }),
            Sink::Operations { facts, measures, measured, .. } => {
                if !measures.is_empty() {
                    dimensions.insert(MEASURE.to_owned(), mem::take(measured));
                }
                Facts::Operations(Operations { dimensions, ..mem::take(facts) })
            }
            Sink::Stocks { facts, .. } => Facts::Stocks(Stocks { dimensions, ..mem::take(facts) }),
        }
    }

    /// Says and gathers what can only be said at the end of the file.
    pub(super) fn finish(
        &mut self,
        around: &Around,
        readers: &mut [DimensionReader<'_>],
        file: &str,
        findings: &mut FileFindings,
    ) {
        match self {
            Sink::Updates(updates) => updates.finish(around, readers, file, findings),
            Sink::Cases { openings, .. } => openings.tell(file, findings),
            Sink::Checks(_) | Sink::Operations { .. } | Sink::Stocks { .. } => {}
        }
    }
}

/// The count of each measure of a row that has one.
fn counts<'m>(row: &Row<'_>, measures: &[(&'m str, usize)]) -> Result<Vec<(&'m str, i64)>, Reject> {
    let stated = measures.iter().filter(|(_, column)| !row.field(*column).is_empty());
    let count = |(measure, column): &(&'m str, usize)| {
        let number = whole_number(row.field(*column)).ok_or_else(|| {
            let message = format!("`{}` is not a whole number", row.text(*column));
            Reject::value(*column, message, "write digits only")
        })?;
        Ok((*measure, number))
    };
    stated.map(count).collect()
}

pub(super) fn time(
    format: &TableFormat,
    clock: &CivilClock<'_>,
    row: &Row<'_>,
    column: usize,
) -> Result<i64, Reject> {
    clock.instant(&format.time, row.field(column)).ok_or_else(|| bad_time(format, column, row.text(column)))
}

/// The time of something that a computer recorded, which none did before 1970.
pub(super) fn moment(
    format: &TableFormat,
    clock: &CivilClock<'_>,
    row: &Row<'_>,
    column: usize,
) -> Result<i64, Reject> {
    let at = time(format, clock, row, column)?;
    if at < 0 {
        let message = format!("`{}` is before 1970", row.text(column));
        return Err(Reject::value(
            column,
            message,
            "correct it at its source, or the `time` of the declaration",
        ));
    }
    Ok(at)
}

pub(super) fn bad_time(format: &TableFormat, column: usize, found: &str) -> Reject {
    let message = format!("`{found}` is not a time");
    Reject::value(column, message, format!("the declaration says `{}`", format.time))
}
