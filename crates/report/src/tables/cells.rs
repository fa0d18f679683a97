//! The cells of a table: counts, sums, and what is computed from them.

use impegno_calendar::{Instant, Micros};
use impegno_charter::{Axis, ColumnFormula, ComputedColumn, Derived, Measured, TableLayout};
use num_bigint::BigInt;
use num_rational::BigRational;

use super::axes::{self, Position};
use crate::document::{Cell, Column, RowRole, Tone, Unit, Value};
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
