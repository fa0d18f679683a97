//! Tables: counts or sums cut by two axes, with what is computed from them.

mod axes;

use std::collections::BTreeMap;

use impegno_calendar::{Instant, Interval, Micros, Period};
use impegno_charter::{
    Axis, ColumnFormula, ComputedColumn, Derived, Measured, Selection, Sort, Span, TableLayout,
};
use impegno_measure::{Answer, Joins, Question, Take};
use num_bigint::BigInt;
use num_rational::BigRational;

use crate::document::{Cell, Chart, ChartKind, Column, Row, RowRole, Table, Tone, Unit, Value};
use crate::numbers;
use crate::plan::Frame;
use crate::words::{self, say};
use axes::Position;

/// What is counted, as `measure` asks it.
pub(crate) fn take(selection: &Selection) -> Take {
    match &selection.of {
        Measured::Operations => Take::Operations,
        Measured::Amounts => Take::Amounts,
        Measured::Cases { from } => Take::Cases { from: from.clone() },
        Measured::Checks => Take::Checks,
        Measured::Probes { .. } => Take::Probes,
        Measured::Stocks => Take::Stocks,
        Measured::DistinctStocks { dimension } => Take::DistinctStocks { dimension: dimension.clone() },
    }
}

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
        take: take(selection),
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
    let own = matches!(layout.columns, Axis::Own(_));
    let counts = Counts { answers: counted, own };
    let marks = Counts { answers: marks, own };
    let columns = axes::positions(&layout.columns, frame, || {
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
        if layout.rest {
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

/// Takes the rows that are left out, and gives the notes that say so, with their figures.
fn leave_out(
    layout: &TableLayout,
    frame: &Frame<'_>,
    columns: &[Position],
    rows: &mut Vec<Position>,
    numbers_of: impl Fn(&Position) -> Vec<i128>,
) -> Vec<String> {
    let mut notes = Vec::new();
    for left_out in &layout.left_out {
        let Some(position) = rows.iter().position(|row| row.key == left_out.key) else { continue };
        let row = rows.remove(position);
        let figures: Vec<String> = columns
            .iter()
            .zip(numbers_of(&row))
            .enumerate()
            .map(|(n, (column, number))| format!("{} {}", column.label, printed(layout, n, number, frame)))
            .collect();
        let lead = say(frame.language, "Fuori dal confronto", "Left out of the comparison");
        notes.push(format!("{lead}: {} ({}); {}.", row.label, figures.join(", "), frame.say(&left_out.why)));
    }
    notes
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

/// A scheme of categories that was not in force in the whole period is named as such.
fn scheme_notes(layout: &TableLayout, frame: &Frame<'_>) -> Vec<String> {
    let axes = [&layout.rows, &layout.columns].into_iter().filter_map(|axis| match axis {
        Axis::Dimension { name, .. } => frame.centre.scheme(name),
        _ => None,
    });
    axes.filter(|scheme| !scheme.covers(frame.period.first_day(), frame.period.last_day()))
        .map(|scheme| {
            let day = |day| words::day(day, frame.language);
            let validity = match (scheme.from, scheme.until) {
                (Some(from), Some(until)) => say(
                    frame.language,
                    &format!("in vigore dal {} al {}", day(from), day(until)),
                    &format!("in force from {} to {}", day(from), day(until)),
                ),
                (None, Some(until)) => say(
                    frame.language,
                    &format!("in vigore fino al {}", day(until)),
                    &format!("in force until {}", day(until)),
                ),
                (Some(from), None) => say(
                    frame.language,
                    &format!("in vigore dal {}", day(from)),
                    &format!("in force from {}", day(from)),
                ),
                (None, None) => String::new(),
            };
            let kept = say(
                frame.language,
                "usato qui perché i periodi restino confrontabili",
                "used here to keep the periods comparable",
            );
            format!("{}: {validity}, {kept}.", frame.say(&scheme.name))
        })
        .collect()
}

/// The sum of the counted columns that are not aside.
fn summed(layout: &TableLayout, numbers: &[i128]) -> i128 {
    match &layout.columns {
        Axis::Own(columns) => {
            columns.iter().zip(numbers).filter(|(column, _)| !column.aside).map(|(_, number)| number).sum()
        }
        _ => numbers.iter().sum(),
    }
}

/// What a counted column counts.
fn measured(layout: &TableLayout, column: usize) -> &Measured {
    match &layout.columns {
        Axis::Own(columns) => columns.get(column).map_or(&layout.selection.of, |column| &column.selection.of),
        _ => &layout.selection.of,
    }
}

/// A number of a counted column as printed.
fn printed(layout: &TableLayout, column: usize, number: i128, frame: &Frame<'_>) -> String {
    match measured(layout, column) {
        Measured::Amounts => numbers::euro(number, frame.language),
        _ => numbers::integer(number, frame.language),
    }
}

/// A sum as a cell: an amount in euro or a count.
pub(crate) fn count_cell(of: &Measured, number: i128, frame: &Frame<'_>) -> Cell {
    let (text, value) = match of {
        Measured::Amounts => (numbers::euro(number, frame.language), Value::Cents(number)),
        _ => (numbers::integer(number, frame.language), Value::Integer(number)),
    };
    Cell { text, value, tone: Tone::Plain, proof: None }
}

/// Notes on a series: what happened in the period that the figures do not say.
pub(crate) fn annotations(id: &str, frame: &Frame<'_>) -> Vec<String> {
    frame
        .centre
        .annotations
        .iter()
        .filter(|(series, day, _)| series == id && *day <= frame.period.last_day())
        .map(|(_, day, text)| format!("{}: {}", words::day(*day, frame.language), frame.say(text)))
        .collect()
}

/// What the cells of a row are made with.
struct Context<'t> {
    layout: &'t TableLayout,
    frame: &'t Frame<'t>,
    columns: &'t [Position],
    totals: &'t [i128],
    sparse: bool,
}

impl Context<'_> {
    fn cells(&self, row: &Position, role: RowRole, numbers: &[i128]) -> Vec<Cell> {
        let mut cells: Vec<Cell> = numbers
            .iter()
            .enumerate()
            .map(|(column, number)| self.count(measured(self.layout, column), *number))
            .collect();
        if self.layout.total_column {
            cells.push(self.count(&self.layout.selection.of, summed(self.layout, numbers)));
        }
        for derived in &self.layout.derived {
            cells.push(self.derived(*derived, row, role, numbers));
        }
        let keys = self.headings();
        for column in &self.layout.computed {
            let cell = computed(column, self.frame, |key| {
                let position = keys.iter().position(|heading| heading.key == key)?;
                cells.get(position).map(|cell| &cell.value)
            });
            cells.push(cell);
        }
        cells
    }

    fn count(&self, of: &Measured, number: i128) -> Cell {
        let cell = count_cell(of, number, self.frame);
        if self.sparse && number == 0 { Cell { text: "–".to_owned(), ..cell } } else { cell }
    }

    fn derived(&self, derived: Derived, row: &Position, role: RowRole, numbers: &[i128]) -> Cell {
        let last = numbers.last().copied().unwrap_or(0);
        let before = numbers.len().checked_sub(2).and_then(|n| numbers.get(n)).copied().unwrap_or(0);
        match derived {
            Derived::Difference => {
                let difference = last - before;
                let text = numbers::signed(numbers::integer(difference, self.frame.language));
                Cell { text, value: Value::Integer(difference), tone: Tone::Plain, proof: None }
            }
            Derived::Change => {
                quotient(last - before, before, Unit::Change, self.layout.decimals, self.frame)
            }
            Derived::Share => {
                let total = self.totals.last().copied().unwrap_or(0);
                quotient(last, total, Unit::Percent, self.layout.decimals, self.frame)
            }
            Derived::PerHour => {
                let hours = match role {
                    RowRole::Part => self.hours_of(&row.key),
                    RowRole::Rest | RowRole::Total => self.hours_of_all(),
                };
                quotient(last, hours, Unit::Number, self.layout.decimals, self.frame)
            }
        }
    }

    /// Hours of the period that lie in a band of the local day.
    fn hours_of(&self, band: &str) -> i128 {
        let Axis::Bands(bands) = &self.layout.rows else { return 0 };
        let Some((from, to)) = bands.iter().find(|band_| axes::band_key(**band_) == band) else { return 0 };
        let period = self.frame.interval();
        let offsets = self.frame.centre.zone.offsets(period);
        let hour = Micros::from_hours(1).0;
        let mut hours = 0;
        let mut at = period.start.0;
        while at < period.end.0 {
            hours += i128::from((*from..*to).contains(&offsets.hour_of_day(Instant(at))));
            at += hour;
        }
        hours
    }

    fn hours_of_all(&self) -> i128 {
        let Axis::Bands(bands) = &self.layout.rows else { return 0 };
        bands.iter().map(|band| self.hours_of(&axes::band_key(*band))).sum()
    }

    fn headings(&self) -> Vec<Column> {
        let language = self.frame.language;
        let mut columns: Vec<Column> = self
            .columns
            .iter()
            .map(|column| Column { key: column.key.clone(), label: column.label.clone(), numeric: true })
            .collect();
        let mut add =
            |key: &str, label: String| columns.push(Column { key: key.to_owned(), label, numeric: true });
        if self.layout.total_column {
            add("total", say(language, "Totale", "Total"));
        }
        for derived in &self.layout.derived {
            match derived {
                Derived::Change => add("change", say(language, "Variazione", "Change")),
                Derived::Difference => add("difference", say(language, "Differenza", "Difference")),
                Derived::Share => add("share", say(language, "Quota", "Share")),
                Derived::PerHour => add("per-hour", say(language, "Media oraria", "Mean per hour")),
            }
        }
        for column in &self.layout.computed {
            add(&column.key, self.frame.say(&column.label));
        }
        columns
    }
}

/// The cell of a computed column, from the values of the columns before it.
fn computed<'v>(
    column: &ComputedColumn,
    frame: &Frame<'_>,
    value: impl Fn(&str) -> Option<&'v Value>,
) -> Cell {
    let number = |key: &str| match value(key)? {
        Value::Integer(number) | Value::Cents(number) => Some(*number),
        Value::Ratio { .. } | Value::Micros(_) | Value::Empty | Value::Text(_) | Value::NotMeasured(_) => {
            None
        }
    };
    let decimals = column.decimals;
    let cell = match &column.formula {
        ColumnFormula::Share { part, whole } => part
            .iter()
            .map(|key| number(key))
            .sum::<Option<i128>>()
            .zip(number(whole))
            .map(|(part, whole)| quotient(part, whole, Unit::Percent, decimals, frame)),
        ColumnFormula::Change { now, before } => number(now)
            .zip(number(before))
            .map(|(now, before)| quotient(now - before, before, Unit::Change, decimals, frame)),
        ColumnFormula::Difference { now, before } => number(now).zip(number(before)).map(|(n, b)| {
            let amount = matches!(value(now), Some(Value::Cents(_)));
            let cell =
                count_cell(if amount { &Measured::Amounts } else { &Measured::Operations }, n - b, frame);
            Cell { text: numbers::signed(cell.text), ..cell }
        }),
        ColumnFormula::Quotient { of, by } => {
            number(of).map(|number| quotient(number, i128::from(*by), Unit::Number, decimals, frame))
        }
    };
    cell.unwrap_or_else(Cell::empty)
}

/// A quotient as a cell; a dash where there is nothing to divide by.
pub(crate) fn quotient(
    numerator: i128,
    denominator: i128,
    unit: Unit,
    decimals: u8,
    frame: &Frame<'_>,
) -> Cell {
    if denominator == 0 {
        let value = match unit {
            Unit::Change if numerator != 0 => Value::NotMeasured(say(
                frame.language,
                "nessun valore di confronto",
                "nothing to compare with",
            )),
            _ => Value::Empty,
        };
        return Cell { text: "–".to_owned(), value, tone: Tone::Plain, proof: None };
    }
    let (numerator, denominator) =
        if denominator < 0 { (-numerator, -denominator) } else { (numerator, denominator) };
    let exact = BigRational::new(BigInt::from(numerator), BigInt::from(denominator));
    let text = match unit {
        Unit::Percent => {
            // A small share keeps a digit, as the documents print it: 0,4 %.
            let decimals = numbers::honest_decimals(&exact, decimals, None);
            numbers::percent(&exact, decimals, frame.language)
        }
        Unit::Change => {
            // What changed is never printed as unchanged.
            let decimals = numbers::honest_decimals(&exact, decimals, None);
            numbers::signed(numbers::percent(&exact, decimals, frame.language))
        }
        Unit::PercentagePoints => {
            let hundred = BigRational::from_integer(BigInt::from(100));
            numbers::signed(numbers::decimal(&(&exact * hundred), decimals, frame.language))
        }
        Unit::Number => numbers::decimal(&exact, decimals, frame.language),
    };
    Cell { text, value: Value::Ratio { numerator, denominator, unit }, tone: Tone::Plain, proof: None }
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
