//! The cells of a table: counts, sums, and what is computed from them.

use impegno_calendar::{Instant, Micros};
use impegno_charter::{Axis, ColumnFormula, ComputedColumn, Derived, Measured, TableLayout};
use num_bigint::BigInt;
use num_rational::BigRational;

use super::axes::{self, Position};
use crate::document::{Cell, Column, Language, RowRole, Tone, Unit, Value};
use crate::numbers;
use crate::plan::Frame;
use crate::words::say;

/// What the cells of a row are made with.
pub(super) struct Context<'t> {
    pub layout: &'t TableLayout,
    pub frame: &'t Frame<'t>,
    pub columns: &'t [Position],
    pub totals: &'t [i128],
    pub sparse: bool,
}

impl Context<'_> {
    pub(super) fn cells(&self, row: &Position, role: RowRole, numbers: &[i128]) -> Vec<Cell> {
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

    pub(super) fn headings(&self) -> Vec<Column> {
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
    let number = |key: &str| quantity(value(key)?);
    let decimals = column.decimals;
    let cell = match &column.formula {
        ColumnFormula::Share { part, whole } => {
            let parts: Option<Vec<Quantity>> = part.iter().map(|key| number(key)).collect();
            parts
                .zip(number(whole))
                .filter(|(parts, whole)| parts.iter().all(|part| part.of == whole.of))
                .map(|(parts, whole)| {
                    let part = parts.iter().map(|part| part.number).sum();
                    quotient(part, whole.number, Unit::Percent, decimals, frame)
                })
        }
        ColumnFormula::Change { now, before } => number(now)
            .zip(number(before))
            .filter(|(now, before)| now.of == before.of)
            .map(|(now, before)| {
                quotient(now.number - before.number, before.number, Unit::Change, decimals, frame)
            }),
        ColumnFormula::Difference { now, before } => number(now)
            .zip(number(before))
            .filter(|(now, before)| now.of == before.of)
            .map(|(now, before)| {
                let cell = Quantity { number: now.number - before.number, of: now.of }.cell(frame);
                Cell { text: numbers::signed(cell.text), ..cell }
            }),
        ColumnFormula::Quotient { of, by } => {
            number(of).map(|of| of.divided(i128::from(*by), decimals, frame))
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

/// A sum as a cell: an amount in euro or a count.
pub(crate) fn count_cell(of: &Measured, number: i128, frame: &Frame<'_>) -> Cell {
    let (text, value) = match of {
        Measured::Amounts => (numbers::euro(number, frame.language), Value::Cents(number)),
        _ => (numbers::integer(number, frame.language), Value::Integer(number)),
    };
    Cell { text, value, tone: Tone::Plain, proof: None }
}

/// The sum of the counted columns that are not aside.
pub(super) fn summed(layout: &TableLayout, numbers: &[i128]) -> i128 {
    match &layout.columns {
        Axis::Own(columns) => {
            columns.iter().zip(numbers).filter(|(column, _)| !column.aside).map(|(_, number)| number).sum()
        }
        _ => numbers.iter().sum(),
    }
}

/// What a counted column counts.
pub(super) fn measured(layout: &TableLayout, column: usize) -> &Measured {
    match &layout.columns {
        Axis::Own(columns) => columns.get(column).map_or(&layout.selection.of, |column| &column.selection.of),
        _ => &layout.selection.of,
    }
}

/// A number of a counted column as printed.
pub(super) fn printed(layout: &TableLayout, column: usize, number: i128, frame: &Frame<'_>) -> String {
    match measured(layout, column) {
        Measured::Amounts => numbers::euro(number, frame.language),
        _ => numbers::integer(number, frame.language),
    }
}

/// A whole number with what it is a number of: only like is added to, compared with or divided by like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quantity {
    /// The number.
    pub number: i128,
    /// Of what.
    pub of: Of,
}

/// What a whole number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// Things.
    Things,
    /// Euro cents.
    Cents,
    /// Microseconds.
    Micros,
}

/// The quantity in a cell; `None` where there is no whole number.
pub(crate) fn quantity(value: &Value) -> Option<Quantity> {
    let (number, of) = match value {
        Value::Integer(number) => (*number, Of::Things),
        Value::Cents(number) => (*number, Of::Cents),
        Value::Micros(number) => (*number, Of::Micros),
        Value::Ratio { .. } | Value::Empty | Value::Text(_) | Value::Entries(_) | Value::NotMeasured(_) => {
            return None;
        }
    };
    Some(Quantity { number, of })
}

impl Quantity {
    /// As a cell.
    pub(crate) fn cell(self, frame: &Frame<'_>) -> Cell {
        match self.of {
            Of::Things => count_cell(&Measured::Operations, self.number, frame),
            Of::Cents => count_cell(&Measured::Amounts, self.number, frame),
            Of::Micros => Cell {
                text: numbers::duration(
                    Micros(i64::try_from(self.number).unwrap_or(i64::MAX)),
                    frame.language,
                ),
                value: Value::Micros(self.number),
                tone: Tone::Plain,
                proof: None,
            },
        }
    }

    /// Divided by a positive whole number: an amount stays an amount, to the cent.
    pub(crate) fn divided(self, by: i128, decimals: u8, frame: &Frame<'_>) -> Cell {
        match self.of {
            Of::Things => quotient(self.number, by, Unit::Number, decimals, frame),
            Of::Cents => {
                let cell = quotient(self.number, by * 100, Unit::Number, 2, frame);
                let text = match frame.language {
                    Language::It => format!("{} €", cell.text),
                    Language::En => format!("€ {}", cell.text),
                };
                Cell { text, ..cell }
            }
            Of::Micros => Quantity { number: self.number / by.max(1), of: Of::Micros }.cell(frame),
        }
    }
}
