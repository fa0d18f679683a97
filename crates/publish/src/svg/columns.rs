//! Vertical columns, one group a row.

use super::canvas::{Anchor, Canvas, QUIET, WORDS};
use super::scale::Scale;
use super::{Data, Size};
use crate::words::Words;

pub(super) fn draw(mut canvas: Canvas, data: &Data<'_>, words: &Words) -> Canvas {
    let narrow = canvas.size == Size::Narrow;
    let scale = Scale::from_zero(data, if narrow { 4 } else { 5 });
    let line = canvas.line_height();
    let top = canvas.legend(&data.series, 0.0, false) + line;
    let marks = scale.marks(words);
    let left = marks.iter().map(|(_, text)| canvas.text_width(text)).fold(0.0, f64::max) + 10.0;
    let right = canvas.width;
    let bottom = top + if narrow { 200.0 } else { 260.0 };
    for (value, text) in &marks {
        let y = scale.place(*value, bottom, top);
        canvas.grid((left, y), (right, y));
        canvas.text(left - 8.0, y + canvas.letters * 0.35, Anchor::End, QUIET, false, text);
    }

    let slot = (right - left) / data.rows.len() as f64;
    let count = data.series.len() as f64;
    let thickness = (slot * 0.8 / count).min(64.0);
    let zero = scale.place(0.0, bottom, top);
    // Either every value is printed over its column or none is.
    let fits = data.points().all(|point| canvas.text_width(point.text) <= thickness - 2.0);
    let labels: Vec<Vec<String>> =
        data.rows.iter().map(|row| canvas.wrapped(&row.label, slot - 8.0, 3)).collect();
    let whole = labels.iter().flatten().all(|text| !text.ends_with('…'));
    let every = if whole { 1 } else { step_between_labels(&canvas, data, slot) };
    for (place, row) in data.rows.iter().enumerate() {
        let middle = left + slot * (place as f64 + 0.5);
        let mut x = middle - thickness * count / 2.0;
        for series in &data.series {
            let point = &series.points[place];
            let centre = x + thickness / 2.0;
            if let Some(value) = point.at {
                let end = scale.place(value, bottom, top);
                if (end - zero).abs() >= 0.05 {
                    canvas.area(x + 1.0, end.min(zero), thickness - 2.0, (end - zero).abs(), series.style);
                }
                if fits {
                    let y = if value < 0.0 { end + line } else { end - 6.0 };
                    canvas.text(centre, y, Anchor::Middle, WORDS, series.style == 0, point.text);
                }
            } else if fits {
                canvas.text(centre, zero - 6.0, Anchor::Middle, QUIET, false, point.text);
            }
            x += thickness;
        }
        if whole {
            for (number, text) in labels[place].iter().enumerate() {
                let y = bottom + line * (number as f64 + 1.0);
                canvas.text(middle, y, Anchor::Middle, WORDS, false, text);
            }
        } else if place % every == 0 {
            canvas.text(middle, bottom + line, Anchor::Middle, WORDS, false, &row.label);
        }
    }
    canvas.base((left, zero), (right, zero));
    let lines = if whole { labels.iter().map(Vec::len).max().unwrap_or(1) } else { 1 };
    canvas.height = bottom + line * lines as f64 + 8.0;
    canvas
}

/// Every how many rows a label is written, so that none touches the next.
pub(super) fn step_between_labels(canvas: &Canvas, data: &Data<'_>, slot: f64) -> usize {
    let widest = data.rows.iter().map(|row| canvas.text_width(&row.label)).fold(0.0, f64::max) + 8.0;
    (1..data.rows.len()).find(|step| slot * *step as f64 >= widest).unwrap_or(data.rows.len().max(1))
}
