//! Charts as SVG, drawn from the cells of a table.
//!
//! A chart is drawn twice, wide for screens and paper and narrow for phones, so that its letters keep
//! a readable size; the page shows one of the two. Series are told apart by pattern, dash and mark as
//! well as by colour, and are labelled where they are: a copy in black and white says the same.
//!
//! Values come from `Value::drawn`, as floating numbers; what is printed beside a bar is the text of
//! its cell, never a number made here. Only the marks of an axis are written here. Output has fixed
//! decimals and no other input than the table, so it is the same everywhere.

mod bars;
mod canvas;
mod columns;
mod lines;
mod scale;
mod shares;

use impegno_report::document::{Chart, ChartKind, Row, RowRole, Table, Value};

use crate::words::Words;
use canvas::Canvas;

/// How much room a chart has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// A column of text on a screen or on paper.
    Wide,
    /// A phone.
    Narrow,
}

impl Size {
    /// Width in units of the drawing, one of which is about one pixel.
    fn width(self) -> f64 {
        match self {
            Size::Wide => 880.0,
            Size::Narrow => 344.0,
        }
    }

    /// Height of the letters.
    fn letters(self) -> f64 {
        match self {
            Size::Wide => 15.0,
            Size::Narrow => 13.0,
        }
    }
}

/// A drawing with its size.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// The drawing as an `svg` element with title and description.
    pub svg: String,
    /// Width in units of the drawing.
    pub width: f64,
    /// Height in units of the drawing.
    pub height: f64,
}

/// The chart of a table, or nothing if it has none or there is nothing to draw.
///
/// `id` is unique within the page; ids inside the drawing start with it.
pub(crate) fn draw(table: &Table, words: &Words, size: Size, id: &str) -> Option<Drawing> {
    let chart = table.chart.as_ref()?;
    let data = Data::of(table, chart)?;
    let canvas = Canvas::new(size, id);
    let drawn = match chart.kind {
        ChartKind::Bars => bars::draw(canvas, &data, words),
        ChartKind::Columns => columns::draw(canvas, &data, words),
        ChartKind::Lines => lines::draw(canvas, &data, words),
        ChartKind::Shares => shares::draw(canvas, &data),
    };
    let (width, height) = (drawn.width, drawn.height);
    Some(Drawing { svg: drawn.finish(&table.title, &chart.description), width, height })
}

/// What is drawn: the rows that are not totals, and one series for each column.
#[derive(Debug)]
struct Data<'a> {
    rows: Vec<&'a Row>,
    series: Vec<Series<'a>>,
}

/// One column, as drawn.
#[derive(Debug)]
struct Series<'a> {
    label: &'a str,
    /// One point a row.
    points: Vec<Point<'a>>,
    /// Which of the [`STYLES`]. The last series has the first: it is the newest period.
    style: usize,
}

/// One cell, as drawn.
#[derive(Debug)]
struct Point<'a> {
    /// Where it stands; `None` if there is no number.
    at: Option<f64>,
    /// The text of the cell.
    text: &'a str,
    /// The exact value, for its kind.
    value: &'a Value,
}

impl<'a> Data<'a> {
    fn of(table: &'a Table, chart: &Chart) -> Option<Self> {
        let rows: Vec<&Row> = table.rows.iter().filter(|row| row.role != RowRole::Total).collect();
        let columns: Vec<usize> =
            chart.series.iter().copied().filter(|column| *column < table.columns.len()).collect();
        let series: Vec<Series<'_>> = columns
            .iter()
            .enumerate()
            .map(|(place, column)| Series {
                label: &table.columns[*column].label,
                points: rows.iter().map(|row| Point::of(row, *column)).collect(),
                style: columns.len() - 1 - place,
            })
            .collect();
        let data = Data { rows, series };
        let drawable = data.values().next().is_some();
        drawable.then_some(data)
    }

    fn points(&self) -> impl Iterator<Item = &Point<'a>> {
        self.series.iter().flat_map(|series| &series.points)
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        self.points().filter_map(|point| point.at)
    }

    /// Lowest and highest value.
    fn range(&self) -> (f64, f64) {
        self.values()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
    }
}

impl<'a> Point<'a> {
    fn of(row: &'a Row, column: usize) -> Self {
        static NOTHING: Value = Value::Empty;
        let cell = row.cells.get(column);
        Point {
            at: cell.and_then(|cell| cell.value.drawn()).filter(|value| value.is_finite()),
            text: cell.map_or("", |cell| &cell.text),
            value: cell.map_or(&NOTHING, |cell| &cell.value),
        }
    }
}

/// How a series or a share is told from the others.
#[derive(Debug)]
struct Style {
    /// Colour of lines and of the outline of areas: at least 4.5:1 on white.
    ink: &'static str,
    /// What fills areas.
    fill: Fill,
    /// `stroke-dasharray` of lines; empty for a whole line.
    dash: &'static str,
    /// Mark of the points of a line.
    mark: Mark,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fill {
    Solid(&'static str),
    Rising,
    Falling,
    Dots,
    Level,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Disc,
    Square,
    Triangle,
    Diamond,
}

/// Neighbours differ in brightness and in pattern.
const STYLES: [Style; 8] = [
    Style { ink: "#0066cc", fill: Fill::Solid("#0066cc"), dash: "", mark: Mark::Disc },
    Style { ink: "#4a6785", fill: Fill::Rising, dash: "9 5", mark: Mark::Square },
    Style { ink: "#17324d", fill: Fill::Solid("#17324d"), dash: "2 4", mark: Mark::Triangle },
    Style { ink: "#00664f", fill: Fill::Dots, dash: "10 4 2 4", mark: Mark::Diamond },
    Style { ink: "#3d7fc4", fill: Fill::Solid("#b3d4f5"), dash: "5 3", mark: Mark::Disc },
    Style { ink: "#a3293d", fill: Fill::Falling, dash: "14 4", mark: Mark::Square },
    Style { ink: "#8a5200", fill: Fill::Solid("#8a5200"), dash: "4 2 1 2", mark: Mark::Triangle },
    Style { ink: "#5c3d99", fill: Fill::Level, dash: "1 3", mark: Mark::Diamond },
];

fn style(number: usize) -> &'static Style {
    &STYLES[number % STYLES.len()]
}

#[cfg(test)]
mod tests;
