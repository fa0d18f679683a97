//! Horizontal bars, one group a row.

use super::canvas::{Anchor, Canvas, QUIET, WORDS};
use super::scale::Scale;
use super::{Data, Size};
use crate::words::Words;

pub(super) fn draw(mut canvas: Canvas, data: &Data<'_>, words: &Words) -> Canvas {
    let width = canvas.width;
    let narrow = canvas.size == Size::Narrow;
    let scale = Scale::from_zero(data, if narrow { 3 } else { 5 });
    let line = canvas.line_height();
    let top = canvas.legend(&data.series, 0.0, false);

    // Labels stand at the left, or on a phone above their bars.
    let most_label = if narrow { width } else { 0.34 * width };
    let labels: Vec<Vec<String>> = data
        .rows
        .iter()
        .map(|row| canvas.wrapped(&row.label, most_label, if narrow { 2 } else { 3 }))
        .collect();
    let label_width = if narrow {
        0.0
    } else {
        labels.iter().flatten().map(|text| canvas.text_width(text)).fold(0.0, f64::max) + 14.0
    };
    // The printed value stands at the end of its bar; those of negative bars at the left.
    let room = |negative: bool| {
        data.points()
            .filter(|point| point.at.is_some_and(|value| (value < 0.0) == negative))
            .map(|point| canvas.text_width(point.text) + 10.0)
            .fold(0.0, f64::max)
    };
    let left = label_width + room(true);
    let right = width - room(false).max(14.0);

    let thickness = match (data.series.len(), narrow) {
        (1, _) => 20.0,
        (2, _) => 17.0,
        _ => 15.0,
    };
    let group = thickness * data.series.len() as f64 + 2.0 * (data.series.len() as f64 - 1.0);
    let gap = if data.series.len() == 1 { 10.0 } else { 16.0 };
    let heights: Vec<f64> = labels
        .iter()
        .map(|label| {
            let words = label.len() as f64 * line;
            if narrow { words + 4.0 + group } else { group.max(words) }
        })
        .collect();
    let bottom = top + heights.iter().map(|height| height + gap).sum::<f64>();

    // The lines of the scale; on a phone they would cross the labels, so they stop there.
    let spans: Vec<(f64, f64)> = if narrow {
        let mut y = top + gap / 2.0;
        let span = |height: &f64| {
            let end = y + height + 3.0;
            y += height + gap;
            (end - group - 6.0, end)
        };
        heights.iter().map(span).collect()
    } else {
        vec![(top, bottom)]
    };
    for (value, text) in scale.marks(words) {
        let x = scale.place(value, left, right);
        for (from, to) in &spans {
            canvas.grid((x, *from), (x, *to));
        }
        canvas.text(x, bottom + line, anchor_at(x, left, right, narrow), QUIET, false, &text);
    }
    let mut y = top + gap / 2.0;
    let zero = scale.place(0.0, left, right);
    for (place, label) in labels.iter().enumerate() {
        let height = heights[place];
        let first = if narrow { y } else { y + (height - label.len() as f64 * line) / 2.0 };
        for (number, text) in label.iter().enumerate() {
            let base_line = first + number as f64 * line + line * 0.76;
            if narrow {
                canvas.text(0.0, base_line, Anchor::Start, WORDS, false, text);
            } else {
                canvas.text(label_width - 14.0, base_line, Anchor::End, WORDS, false, text);
            }
        }
        let mut bar = if narrow { y + height - group } else { y + (height - group) / 2.0 };
        for series in &data.series {
            let point = &series.points[place];
            let base_line = bar + thickness / 2.0 + canvas.letters * 0.35;
            let bold = series.style == 0;
            match point.at {
                Some(value) => {
                    let end = scale.place(value, left, right);
                    if (end - zero).abs() >= 0.05 {
                        canvas.area(zero.min(end), bar, (end - zero).abs(), thickness, series.style);
                    }
                    if value < 0.0 {
                        canvas.text(end - 6.0, base_line, Anchor::End, WORDS, bold, point.text);
                    } else {
                        canvas.text(end + 6.0, base_line, Anchor::Start, WORDS, bold, point.text);
                    }
                }
                // Not a bar of length zero: the words of the cell say what is missing.
                None => canvas.text(zero + 6.0, base_line, Anchor::Start, QUIET, false, point.text),
            }
            bar += thickness + 2.0;
        }
        y += height + gap;
    }
    for (from, to) in spans {
        canvas.base((zero, from), (zero, to));
    }
    canvas.height = bottom + line + 8.0;
    canvas
}

/// Marks at the ends of a phone's axis must not leave the drawing.
fn anchor_at(x: f64, left: f64, right: f64, narrow: bool) -> Anchor {
    if narrow && x <= left + 0.5 {
        Anchor::Start
    } else if x >= right + 20.0 {
        Anchor::End
    } else {
        Anchor::Middle
    }
}
