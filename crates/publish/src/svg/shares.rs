//! One bar a series, divided into the shares of the rows, each labelled where it is.

use super::canvas::{Anchor, Canvas, WORDS};
use super::{Data, Series, Size};

/// A part of the bar with its label.
struct Part {
    from: f64,
    to: f64,
    style: usize,
    label: Vec<String>,
}

pub(super) fn draw(mut canvas: Canvas, data: &Data<'_>) -> Canvas {
    let mut y = 0.0;
    for series in &data.series {
        if data.series.len() > 1 {
            let line = canvas.line_height();
            canvas.text(0.0, y + line, Anchor::Start, WORDS, true, series.label);
            y += line + 8.0;
        }
        y = divided_bar(&mut canvas, data, series, y) + 18.0;
    }
    canvas.height = (y - 18.0).max(1.0);
    canvas
}

/// Draws one bar from `top`; returns where it ends.
///
/// Labels of the left half hang below the bar and run to the right, labels of the right half stand
/// above it and run to the left; on both sides the part nearest to the middle has its label nearest to
/// the bar. So no line that leads to a label crosses another label.
fn divided_bar(canvas: &mut Canvas, data: &Data<'_>, series: &Series<'_>, top: f64) -> f64 {
    let narrow = canvas.size == Size::Narrow;
    let width = canvas.width;
    let thickness = if narrow { 40.0 } else { 48.0 };
    let line = canvas.line_height();
    // A negative share cannot be drawn; its row is in the table.
    let size = |place: usize| series.points[place].at.unwrap_or(0.0).max(0.0);
    let total: f64 = (0..data.rows.len()).map(size).sum();
    if total <= 0.0 {
        return top;
    }
    let mut parts = Vec::new();
    let mut so_far = 0.0;
    for (place, row) in data.rows.iter().enumerate() {
        let from = so_far / total * width;
        so_far += size(place);
        let to = so_far / total * width;
        if size(place) > 0.0 {
            let middle = (from + to) / 2.0;
            let room = if middle < width / 2.0 { width - middle } else { middle } - 10.0;
            let text = format!("{}: {}", row.label, series.points[place].text);
            parts.push(Part { from, to, style: parts.len(), label: canvas.wrapped(&text, room, 2) });
        }
    }
    let (left, right): (Vec<&Part>, Vec<&Part>) =
        parts.iter().partition(|part| (part.from + part.to) / 2.0 < width / 2.0);
    let height = |part: &Part| part.label.len() as f64 * line + 5.0;

    let bar =
        top + right.iter().map(|part| height(part)).sum::<f64>() + if right.is_empty() { 0.0 } else { 8.0 };
    let mut y = bar - 8.0;
    for part in &right {
        y -= height(part);
        let x = (part.from + part.to) / 2.0;
        canvas.leader(&[(x, bar), (x, y + 3.0)]);
        for (number, text) in part.label.iter().enumerate() {
            let base_line = y + line * (number as f64 + 0.76);
            canvas.text(x - 6.0, base_line, Anchor::End, WORDS, false, text);
        }
    }
    for part in &parts {
        canvas.area(part.from + 1.0, bar, (part.to - part.from - 2.0).max(1.0), thickness, part.style);
    }
    let mut y = bar + thickness + 8.0;
    for part in left.iter().rev() {
        let x = (part.from + part.to) / 2.0;
        canvas.leader(&[(x, bar + thickness), (x, y + height(part) - 5.0)]);
        for (number, text) in part.label.iter().enumerate() {
            let base_line = y + line * (number as f64 + 0.76);
            canvas.text(x + 6.0, base_line, Anchor::Start, WORDS, false, text);
        }
        y += height(part);
    }
    y
}
