//! Reading what is counted, and the formulas of figures.

use impegno_calendar::Micros;
use impegno_findings::Finding;
use impegno_settings::Table;

use super::Names;
use crate::codes::BAD_SETTING;
use crate::expected::time;
use crate::layout::{FigureLayout, Formula, Measured, Reference, Selection, Span};
use crate::{Filter, Words};

/// What is counted, of which facts and of which time.
pub(super) fn read_selection(table: &mut Table<'_>) -> Option<Selection> {
    let place = table.place_of("of");
    let of = read_measured(table);
    let filter = Filter::read(table, "filter");
    let span = read_span(table);
    let selection = Selection { of: of?, filter, span, place };
    check_span(table, &selection);
    Some(selection)
}

/// What is counted.
pub(crate) fn read_measured(table: &mut Table<'_>) -> Option<Measured> {
    let of = table.required_text("of")?;
    Some(match of.value.as_str() {
        "operations" => Measured::Operations,
        "amounts" => Measured::Amounts,
        "cases" => Measured::Cases {
            from: table.text("from").map_or_else(|| "opened".to_owned(), |event| event.value),
        },
        "checks" => Measured::Checks,
        "probes" => {
            let within_last = table.text("within-last").and_then(|text| match time(&text.value) {
                Ok((length, _)) => Some(length),
                Err(reason) => {
                    table.problem(BAD_SETTING, &text, reason, "write it like \"25 h\"");
                    None
                }
            });
            Measured::Probes { within_last: within_last.unwrap_or(Micros(25 * 3_600_000_000)) }
        }
        "stocks" => match table.text("distinct") {
            Some(dimension) => Measured::DistinctStocks { dimension: dimension.value },
            None => Measured::Stocks,
        },
        _ => {
            table.unknown_word(&of, &["operations", "amounts", "cases", "checks", "probes", "stocks"]);
            return None;
        }
    })
}

/// `time = "period"`, `"before"` or `"year-to-date"`, or `since = 2013`.
pub(super) fn read_span(table: &mut Table<'_>) -> Span {
    let words = [("period", Span::Period), ("before", Span::Before), ("year-to-date", Span::YearToDate)];
    let time = table.word("time", &words);
    match table.integer("since") {
        None => time.map_or(Span::Period, |time| time.value),
        Some(since) => {
            if time.is_some() {
                let message = "`since` is a time of its own";
                table.problem(BAD_SETTING, &since, message, "leave out `time` or `since`");
            }
            match i16::try_from(since.value) {
                Ok(year) if (1900..=2200).contains(&year) => Span::Since(year),
                _ => {
                    table.problem(BAD_SETTING, &since, "`since` is a year", "write it like 2013");
                    Span::Period
                }
            }
        }
    }
}

/// Stocks and probes are counted at the end of a period: they do not add up over time.
pub(super) fn check_span(table: &Table<'_>, selection: &Selection) {
    let at_the_end =
        matches!(selection.of, Measured::Stocks | Measured::DistinctStocks { .. } | Measured::Probes { .. });
    if at_the_end && matches!(selection.span, Span::YearToDate | Span::Since(_)) {
        let message = "these facts are counted at the end of the period and have no running total";
        let finding = Finding::error(BAD_SETTING, selection.place.clone(), message);
        table.report(
            finding.hint("`time = \"before\"` takes them at the end of the same period of the year before"),
        );
    }
}

pub(super) fn read_figure(table: &mut Table<'_>, names: &mut Names) -> Option<FigureLayout> {
    let id = table.required_text("id");
    if let Some(id) = &id {
        names.add(table, id);
        names.figures.insert(id.value.clone(), (id.place.line, id.place.column));
    }
    let label = Words::required(table, "label");
    let decimals = read_decimals(table);
    let note = Words::read(table, "note").unwrap_or_default();
    let formula = read_formula(table, names);
    Some(FigureLayout { id: id?.value, label, formula: formula?, decimals, note })
}

fn read_formula(table: &mut Table<'_>, names: &mut Names) -> Option<Formula> {
    fn references(table: &mut Table<'_>, key: &str, names: &mut Names) -> Vec<Reference> {
        table.require(key);
        let texts = table.texts(key);
        names.references.extend(texts.iter().cloned());
        texts.into_iter().map(|text| Reference(text.value)).collect()
    }
    fn reference(table: &mut Table<'_>, key: &str, names: &mut Names) -> Option<Reference> {
        let text = table.required_text(key)?;
        names.references.push(text.clone());
        Some(Reference(text.value))
    }
    if table.has("of") {
        return read_selection(table).map(Formula::Count);
    }
    if table.has("cell") {
        return reference(table, "cell", names).map(Formula::Cell);
    }
    if table.has("sum") {
        return Some(Formula::Sum(references(table, "sum", names)));
    }
    if table.has("per-month") {
        return reference(table, "per-month", names).map(Formula::PerMonth);
    }
    if table.has("rows-of") {
        let target = table.required_text("rows-of")?;
        names.tables.push(target.clone());
        return Some(Formula::RowsOf(Reference(target.value)));
    }
    if let Some(mut share) = table.table("share") {
        let part = references(&mut share, "part", names);
        let whole = references(&mut share, "whole", names);
        return Some(Formula::Share { part, whole });
    }
    if let Some(mut quotient) = table.table("quotient") {
        let of = reference(&mut quotient, "of", names);
        let by = read_divisor(&mut quotient);
        return Some(Formula::Quotient { of: of?, by: by? });
    }
    if let Some(mut change) = table.table("change") {
        let now = reference(&mut change, "now", names);
        let before = reference(&mut change, "before", names);
        return Some(Formula::Change { now: now?, before: before? });
    }
    let message = "the figure has no formula";
    let hint = "one of: of, cell, sum, per-month, rows-of, share, change, quotient";
    table.report(Finding::error(BAD_SETTING, table.place(), message).hint(hint));
    None
}

/// Decimals of quotients, at most six.
pub(super) fn read_decimals(table: &mut Table<'_>) -> u8 {
    let Some(decimals) = table.integer("decimals") else { return 0 };
    match u8::try_from(decimals.value) {
        Ok(number) if number <= 6 => number,
        _ => {
            table.problem(BAD_SETTING, &decimals, "`decimals` is a number from 0 to 6", "");
            0
        }
    }
}

/// `by`, a positive whole number.
pub(super) fn read_divisor(table: &mut Table<'_>) -> Option<i64> {
    table.require("by");
    let by = table.integer("by")?;
    if by.value < 1 {
        table.problem(BAD_SETTING, &by, "`by` is a positive whole number", "hours into days of work: by = 8");
        return None;
    }
    Some(by.value)
}
