//! Tables: counts or sums cut by two axes, with what is computed from them.

pub(crate) mod axes;
mod cells;
mod notes;

use std::collections::BTreeMap;

use impegno_calendar::{Instant, Interval, Period};
use impegno_charter::{Axis, Measured, Selection, Sort, Span, TableLayout};
use impegno_measure::{Answer, Joins, Question, Take};

use crate::document::{Chart, ChartKind, Row, RowRole, Table, Tone};
use crate::plan::Frame;
use crate::words::say;
use axes::Position;
use cells::{Context, summed};
pub(crate) use cells::{Quantity, count_cell, quantity, quotient};
pub(crate) use notes::annotations;
use notes::{bands_note, leave_out, scheme_notes};

/// The time whose facts a selection takes, given the time that a table spans.
pub(crate) fn window(selection: &Selection, spanned: Interval, frame: &Frame<'_>) -> Interval {
    let zone = &frame.centre.zone;
    let since = |year: i16| {
        let start = Period::Year(year).interval(zone).start;
        Interval::new(start, spanned.end).unwrap_or(spanned)
    };
    let spanned = match selection.span {
        Span::Period => spanned,
        Span::Before => frame.period.year_before().interval(zone),
        Span::YearToDate => since(frame.period.last_day().year()),
        Span::Since(year) => since(year),
    };
    match &selection.of {
        Measured::Probes { within_last } => {
            let start = Instant(spanned.end.0 - within_last.0);
            Interval::new(start, spanned.end).unwrap_or(spanned)
        }
        _ => spanned,
    }
}

/// The questions of a table: one for each column that selects its own facts or one for all, and the same
/// again for the marks.
pub(crate) fn questions(layout: &TableLayout, frame: &Frame<'_>) -> Vec<Question> {
    let spanned = axes::spanned(&[&layout.rows, &layout.columns], frame);
    let question = |selection: &Selection| Question {
        take: Take::of(&selection.of),
        filter: selection.filter.clone(),
        rows: axes::cut(&layout.rows, frame),
        columns: axes::cut(&layout.columns, frame),
        window: window(selection, spanned, frame),
    };
    let mut questions: Vec<Question> = match &layout.columns {
        Axis::Own(columns) => columns.iter().map(|column| question(&column.selection)).collect(),
        _ => vec![question(&layout.selection)],
    };
    if let Some(mark) = &layout.mark {
        let marks: Vec<Question> = questions
            .iter()
            .map(|question| Question { filter: question.filter.and(&mark.filter), ..question.clone() })
            .collect();
        questions.extend(marks);
    }
    questions
}

/// Counts of a table by position.
struct Counts<'a> {
    answers: &'a [Answer],
    own: bool,
}

impl Counts<'_> {
    fn get(&self, row: &str, column: usize, key: &str) -> i128 {
        if self.own {
            self.answers.get(column).map_or(0, |answer| answer.cell(row, ""))
        } else {
            self.answers.first().map_or(0, |answer| answer.cell(row, key))
        }
    }
}

/// Builds a table from the answers to its questions.
pub(crate) fn table(layout: &TableLayout, frame: &Frame<'_>, answers: &[Answer]) -> Table {
    let (counted, marks) =
        if layout.mark.is_some() { answers.split_at(answers.len() / 2) } else { (answers, &[][..]) };
    let own = matches!(layout.columns, Axis::Own(_) | Axis::Whole);
    let counts = Counts { answers: counted, own };
    let marks = Counts { answers: marks, own };
    let columns = axes::column_positions(&layout.columns, frame, || {
        counted.iter().flat_map(|answer| answer.columns()).map(str::to_owned).collect()
    });
    let mut rows = axes::positions(&layout.rows, frame, || {
        counted.iter().flat_map(|answer| answer.rows()).map(str::to_owned).collect()
    });
    let numbers_of = |row: &Position| -> Vec<i128> {
        columns.iter().enumerate().map(|(n, column)| counts.get(&row.key, n, &column.key)).collect()
    };
    let left_out = leave_out(layout, frame, &columns, &mut rows, numbers_of);
    match layout.sort {
        Sort::Declared => {}
        Sort::Label => rows.sort_by_key(|a| a.label.to_lowercase()),
        Sort::Value => {
            let by = layout.sort_by.as_ref().and_then(|by| columns.iter().position(|one| one.key == *by));
            let by = by.unwrap_or(columns.len().saturating_sub(1));
            let value = |row: &Position| numbers_of(row).get(by).copied().unwrap_or(0);
            rows.sort_by_cached_key(|row| (-value(row), row.label.clone()));
        }
        Sort::Total => {
            let total = |row: &Position| summed(layout, &numbers_of(row));
            rows.sort_by_cached_key(|row| (-total(row), row.label.clone()));
        }
    }
    let totals: Vec<i128> = (0..columns.len())
        .map(|n| rows.iter().map(|row| counts.get(&row.key, n, &columns[n].key)).sum())
        .collect();
    let mut shown: Vec<(Position, RowRole, Vec<i128>)> =
        rows.iter().map(|row| (row.clone(), RowRole::Part, numbers_of(row))).collect();
    if let Some(top) = layout.top {
        shown.truncate(top);
        if layout.rest && rows.len() > top {
            let rest: Vec<i128> = totals
                .iter()
                .enumerate()
                .map(|(n, total)| total - shown.iter().map(|(_, _, numbers)| numbers[n]).sum::<i128>())
                .collect();
            let label = say(frame.language, "Altro", "Other");
            shown.push((Position { key: "rest".to_owned(), label, interval: None }, RowRole::Rest, rest));
        }
    }
    if layout.total && adds_up(layout, frame) && (layout.top.is_none() || layout.rest) {
        let label = say(frame.language, "Totale", "Total");
        shown.push((
            Position { key: "total".to_owned(), label, interval: None },
            RowRole::Total,
            totals.clone(),
        ));
    }
    let sparse = layout.total_column && !matches!(layout.columns, Axis::Years(_))
        || matches!(layout.columns, Axis::Dimension { .. });
    let context = Context { layout, frame, columns: &columns, totals: &totals, sparse };
    let mut any_mark = false;
    let rows: Vec<Row> = shown
        .into_iter()
        .map(|(position, role, numbers)| {
            let mut cells = context.cells(&position, role, &numbers);
            if role == RowRole::Part && layout.mark.is_some() {
                for (n, column) in columns.iter().enumerate() {
                    if marks.get(&position.key, n, &column.key) != 0 {
                        any_mark = true;
                        cells[n].tone = Tone::Reconstructed;
                    }
                }
            }
            Row { key: position.key, label: position.label, role, cells }
        })
        .collect();
    let columns = context.headings();
    let mut notes: Vec<String> = layout.notes.iter().map(|note| frame.say(note)).collect();
    if let (true, Some(mark)) = (any_mark, &layout.mark) {
        notes.push(frame.say(&mark.label));
    }
    notes.extend(left_out);
    notes.extend(scheme_notes(layout, frame));
    notes.extend(bands_note(layout, frame));
    notes.extend(annotations(&layout.id, frame));
    let chart = layout.chart.as_ref().map(|chart| Chart {
        kind: match chart.kind.as_str() {
            "columns" => ChartKind::Columns,
            "lines" => ChartKind::Lines,
            "shares" => ChartKind::Shares,
            _ => ChartKind::Bars,
        },
        series: if chart.series.is_empty() {
            (0..context.columns.len()).collect()
        } else {
            let position = |key: &String| columns.iter().position(|column| column.key == *key);
            chart.series.iter().filter_map(position).collect()
        },
        description: frame.say(&chart.description),
    });
    Table {
        id: layout.id.clone(),
        title: frame.say(&layout.title),
        definition: frame.say(&layout.definition),
        row_heading: frame.say(&layout.row_heading),
        columns,
        rows,
        notes,
        chart,
    }
}

/// Whether the rows of a table add up to its total: what is counted as different things does only when each
/// of them lies in one row.
fn adds_up(layout: &TableLayout, frame: &Frame<'_>) -> bool {
    let own = match &layout.columns {
        Axis::Own(columns) => columns.iter().map(|column| &column.selection).collect(),
        _ => vec![&layout.selection],
    };
    own.iter().all(|selection| match &selection.of {
        Measured::Probes { .. } => false,
        Measured::DistinctStocks { dimension } => match &layout.rows {
            Axis::Dimension { name, .. } => Joins::new(frame.centre).base(name) == dimension,
            _ => false,
        },
        Measured::Operations
        | Measured::Amounts
        | Measured::Cases { .. }
        | Measured::Checks
        | Measured::Stocks => true,
    })
}

/// The label of a value of a dimension: names of bodies, titles of services, else the value itself.
pub(crate) fn value_label(
    dimension: &str,
    value: &str,
    labels: &BTreeMap<String, impegno_charter::Words>,
    frame: &Frame<'_>,
) -> String {
    if let Some(words) = labels.get(value) {
        return frame.say(words);
    }
    if value.is_empty() {
        return say(frame.language, "(non indicato)", "(not stated)");
    }
    let named = match dimension {
        "body" => frame.centre.body(value).map(|body| body.name.clone()),
        "service" => frame.centre.service(value).map(|service| service.title.clone()),
        _ => None,
    };
    named.unwrap_or_else(|| value.to_owned())
}
