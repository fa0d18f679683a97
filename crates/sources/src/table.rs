//! Rows with named columns: CSV exports and the centre's own registers, by declared mapping.

mod checks;
mod dimensions;
mod fields;
mod rows;
mod updates;

use std::borrow::Cow;

use impegno_calendar::Zone;
use impegno_facts::{CaseEvents, Dimensions, Facts, NO_AMOUNT, ONCE, Operations, Stocks, Texts};
use impegno_findings::{Finding, Place, nearest};
use rustc_hash::FxHashMap;

use crate::civil::CivilClock;
use crate::compressed::unpacked_name;
use crate::declaration::{CheckColumns, EventColumns, FactColumns, MEASURE, TableFormat};
use crate::file_name::NamePattern;
use crate::{Names, Received, codes, text};
use checks::CheckRows;
use dimensions::DimensionReader;
use fields::{Header, amount, joined, whole_number};
use rows::{Around, Row, Rows};
use updates::Updates;

/// Why a row cannot be used, and in which column (from 0) it shows.
struct Reject {
    column: Option<usize>,
    code: impegno_findings::Code,
    message: String,
    hint: String,
}

impl Reject {
    fn value(column: usize, message: impl Into<String>, hint: impl Into<String>) -> Reject {
        Reject { column: Some(column), code: codes::BAD_VALUE, message: message.into(), hint: hint.into() }
    }
}

/// Reads a table into `received`.
pub(crate) fn read(
    format: &TableFormat,
    names: &Names,
    zone: &Zone,
    file: &str,
    bytes: &[u8],
    received: &mut Received,
) {
    let bytes: Cow<'_, [u8]> = text::decode(format.encoding, file, bytes, &mut received.findings);
    let Some(behind) = from_file_name(format, file, received) else { return };
    let around = Around { behind, empty: format.empty.clone() };
    let mut rows = Rows::new(&bytes, format.separator).within(around);
    rows.skip_lines(format.header - 1);
    let mut header = match &format.columns {
        Some(columns) => Header::new(columns.clone()),
        None => match rows.next() {
            Some(row) => Header::of_row(&row),
            None => return,
        },
    };
    let columns = header.names().len();
    rows.expect_columns(columns);
    header.add(format.file_name.iter().flat_map(NamePattern::columns));
    let missing: Vec<&str> =
        format.named_columns().filter(|column| header.position(column).is_none()).collect();
    if !missing.is_empty() {
        report_missing(&missing, &header, file, received);
        while rows.next().is_some() {
            received.rows += 1;
        }
        received.rejected = received.rows;
        return;
    }
    let mut dimensions: Vec<DimensionReader<'_>> = format
        .dimensions
        .iter()
        .filter_map(|(name, column)| {
            let position = header.position(&column.column)?;
            Some(DimensionReader::new(name, position, &column.vocabulary, names))
        })
        .collect();
    let declared: Vec<bool> = {
        let named: Vec<&str> = format.named_columns().collect();
        header.names().iter().map(|name| named.contains(&name.as_str())).collect()
    };
    let clock = CivilClock::new(zone);
    let mut sink = Sink::new(format, &header, &clock, names);
    while let Some(row) = rows.next() {
        received.rows += 1;
        let result = check_form(&row, columns).and_then(|()| sink.row(&row, file));
        match result {
            Ok(Taken::Nothing) => received.ignored += 1,
            Ok(taken) => {
                if row.unfinished {
                    let message = "the file does not end with a line end: its last row may be cut";
                    let finding = Finding::warning(codes::TRUNCATED, Place::line(file, row.line), message);
                    received.findings.push(finding.hint("export it again if the last value looks short"));
                }
                if let Taken::Facts(facts) = taken {
                    for dimension in &mut dimensions {
                        dimension.push(&row, facts, file, &mut received.findings);
                    }
                }
                received.accepted += 1;
            }
            Err(reject) => {
                let column = reject.column.map_or(0, |column| column as u32 + 1);
                let place = match reject.column.and_then(|column| header.names().get(column)) {
                    Some(_) => Place::at(file, row.line, row.column_of_field(column)),
                    None => Place::line(file, row.line),
                };
                received.reject(
                    Finding::error(reject.code, place, reject.message)
                        .hint(reject.hint)
                        .row(row.masked(&declared, format.separator)),
                );
            }
        }
    }
    received.facts.push(sink.finish(&rows, dimensions, file, &mut received.findings));
}

/// The values that stand in the name of the file; `None`, with a finding, when it has not the declared form.
fn from_file_name(format: &TableFormat, file: &str, received: &mut Received) -> Option<Vec<String>> {
    let Some(pattern) = &format.file_name else { return Some(Vec::new()) };
    let values = pattern.values(unpacked_name(file));
    if values.is_none() {
        let message = format!("the name of the file has not the form `{pattern}`");
        let finding = Finding::error(codes::FILE_NAME, Place::file(file), message);
        received.findings.push(finding.hint("rename the file, or correct `file` in the declaration"));
    }
    values
}

/// What became of a row.
enum Taken {
    /// It gave so many facts.
    Facts(usize),
    /// It counts with others, at the end of the file.
    Later,
    /// It says nothing.
    Nothing,
}

fn report_missing(missing: &[&str], header: &Header, file: &str, received: &mut Received) {
    for column in missing {
        let hint = match nearest(column, header.names().iter().map(String::as_str)) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("the file has: {}", header.names().join(", ")),
        };
        let message = format!("the declaration names the column `{column}`, which the file does not have");
        let finding = Finding::error(codes::MISSING_COLUMN, Place::line(file, 1), message);
        received.findings.push(finding.hint(hint));
    }
}

/// A row is text and has as many fields as the header.
fn check_form(row: &Row<'_>, columns: usize) -> Result<(), Reject> {
    if row.len() != columns {
        let found = row.len();
        let (code, message, hint) = if row.unfinished {
            let message = format!("the file ends in the middle of this row ({found} of {columns} columns)");
            (codes::TRUNCATED, message, "copy the file again; its whole rows were received")
        } else if row.open_quote {
            let message = "a quotation mark is opened and not closed in this row".to_owned();
            (codes::BROKEN_ROW, message, "close it or write it twice; the rows after it were received")
        } else {
            let message = format!("the row has {found} columns where the header has {columns}");
            (codes::BROKEN_ROW, message, "look for a separator within a text that is not in quotes")
        };
        return Err(Reject { column: None, code, message, hint: hint.to_owned() });
    }
    if let Some(column) = row.not_text() {
        return Err(Reject {
            column: Some(column),
            code: codes::ENCODING,
            message: "the row is not text in UTF-8".to_owned(),
            hint: "if accented letters look wrong, set `encoding = \"windows-1252\"`".to_owned(),
        });
    }
    Ok(())
}

impl TableFormat {
    /// Every column that the declaration names.
    fn named_columns(&self) -> impl Iterator<Item = &str> {
        let mut named: Vec<&str> = Vec::new();
        match &self.facts {
            FactColumns::Checks(CheckColumns { host, service, at, state, latency, .. }) => {
                named.extend([host.as_str(), at, state]);
                named.extend(service.as_deref());
                named.extend(latency.as_ref().map(|(column, _)| column.as_str()));
            }
            FactColumns::Cases { case, events, .. } => {
                named.push(case);
                match events {
                    EventColumns::Row { column, at, .. } => named.extend([column.as_str(), at]),
                    EventColumns::Columns(columns) => {
                        named.extend(columns.iter().map(|(_, column)| column.as_str()));
                    }
                    EventColumns::Updates { columns, counters } => {
                        named.extend(columns.iter().map(|(_, column)| column.as_str()));
                        named.extend(counters.iter().flat_map(|one| [one.column.as_str(), &one.at]));
                    }
                }
            }
            FactColumns::Operations { id, at, quantity, amount, measures, .. } => {
                named.extend(measures.iter().map(|(_, column)| column.as_str()));
                named.extend(id.iter().chain(at).map(String::as_str));
                named.extend(quantity.as_deref());
                named.extend(amount.as_deref());
            }
            FactColumns::Stocks { subject, attribute, value, quantity, from, until, .. } => {
                named.extend(quantity.as_deref());
                named.extend(subject.iter().chain(attribute).map(String::as_str));
                named.extend(value.as_deref());
                named.push(from);
                named.extend(until.as_deref());
            }
        }
        named.extend(self.dimensions.values().map(|dimension| dimension.column.as_str()));
        named.into_iter()
    }
}

/// The facts being gathered, with the positions of their columns.
enum Sink<'s> {
    Checks(Box<CheckRows<'s>>),
    Updates(Box<Updates<'s>>),
    Cases {
        format: &'s TableFormat,
        clock: &'s CivilClock<'s>,
        case: usize,
        events: EventPositions,
        facts: CaseEvents,
        seen: FxHashMap<(u32, u32, i64), u16>,
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

enum EventPositions {
    Row { column: usize, at: usize, words: FxHashMap<Vec<u8>, String> },
    Columns(Vec<(String, usize)>),
}

impl<'s> Sink<'s> {
    fn new(
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
                seen: FxHashMap::default(),
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
    fn row(&mut self, row: &Row<'_>, file: &str) -> Result<Taken, Reject> {
        match self {
            Sink::Checks(checks) => checks.row(row, file).map(|()| Taken::Facts(1)),
            Sink::Updates(updates) => updates.row(row).map(|()| Taken::Later),
            Sink::Cases { format, clock, case, events, facts, seen } => {
                let FactColumns::Cases { kind, .. } = &format.facts else { return Ok(Taken::Nothing) };
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
                        found.push((event, time(format, clock, row, *at)?));
                    }
                    EventPositions::Columns(columns) => {
                        for (event, column) in columns {
                            if !row.field(*column).is_empty() {
                                found.push((event, time(format, clock, row, *column)?));
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
                    let n = if once {
                        ONCE
                    } else {
                        let key = (last(&facts.case), last(&facts.event), *at);
                        let seen = seen.entry(key).or_default();
                        let n = *seen;
                        *seen = seen.saturating_add(1);
                        n
                    };
                    facts.n.push(n);
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
                    [column] => time(format, clock, row, *column)?,
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

    fn finish(
        self,
        rows: &Rows<'_>,
        mut readers: Vec<DimensionReader<'_>>,
        file: &str,
        findings: &mut Vec<Finding>,
    ) -> Facts {
        let finished = |readers: Vec<DimensionReader<'_>>| -> Dimensions {
            readers.into_iter().map(DimensionReader::finish).collect()
        };
        match self {
            Sink::Checks(checks) => Facts::Checks(checks.finish(findings)),
            Sink::Updates(updates) => {
                let format = updates.format();
                let mut facts = updates.finish(rows, &mut readers, file, findings);
                facts.dimensions = finished(readers);
                report_before_opening(format, &facts, file, findings);
                Facts::Cases(facts)
            }
            Sink::Cases { format, mut facts, .. } => {
                facts.dimensions = finished(readers);
                report_before_opening(format, &facts, file, findings);
                Facts::Cases(facts)
            }
            Sink::Operations { mut facts, measures, measured, .. } => {
                facts.dimensions = finished(readers);
                if !measures.is_empty() {
                    facts.dimensions.insert(MEASURE.to_owned(), measured);
                }
                Facts::Operations(facts)
            }
            Sink::Stocks { mut facts, .. } => {
                facts.dimensions = finished(readers);
                Facts::Stocks(facts)
            }
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

fn last(texts: &Texts) -> u32 {
    texts.codes().last().copied().unwrap_or_default()
}

fn time(format: &TableFormat, clock: &CivilClock<'_>, row: &Row<'_>, column: usize) -> Result<i64, Reject> {
    clock.instant(&format.time, row.field(column)).ok_or_else(|| bad_time(format, column, row.text(column)))
}

fn bad_time(format: &TableFormat, column: usize, found: &str) -> Reject {
    let message = format!("`{found}` is not a time");
    Reject::value(column, message, format!("the declaration says `{}`", format.time))
}

/// Tells of events that come before the opening of their case.
fn report_before_opening(format: &TableFormat, facts: &CaseEvents, file: &str, findings: &mut Vec<Finding>) {
    let FactColumns::Cases { opening: Some(opening), .. } = &format.facts else { return };
    let Some(opening) = facts.event.words().iter().position(|word| **word == **opening) else { return };
    let mut opened: Vec<i64> = vec![i64::MIN; facts.case.words().len()];
    for row in 0..facts.at.len() {
        if facts.event.codes()[row] as usize == opening {
            opened[facts.case.codes()[row] as usize] = facts.at[row];
        }
    }
    for row in 0..facts.at.len() {
        if facts.at[row] < opened[facts.case.codes()[row] as usize] {
            let message = format!(
                "case `{}`: the event `{}` comes before the opening",
                facts.case.get(row),
                facts.event.get(row)
            );
            findings.push(
                Finding::warning(codes::BEFORE_OPENING, Place::line(file, facts.line[row]), message)
                    .hint("correct the time in the source and export again"),
            );
        }
    }
}
