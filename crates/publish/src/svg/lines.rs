//! Lines over the rows.

use super::canvas::{Anchor, Canvas, QUIET, WORDS};
use super::columns::step_between_labels;
use super::scale::Scale;
use super::{Data, Size};
use crate::words::Words;

pub(super) fn draw(mut canvas: Canvas, data: &Data<'_>, words: &Words) -> Canvas {
    let narrow = canvas.size == Size::Narrow;
    let line = canvas.line_height();
    let scale = Scale::of_lines(data, if narrow { 4 } else { 5 });

    // Each line carries its label at its end, if there is room; otherwise a legend stands above.
    let widest = data.series.iter().map(|one| canvas.text_width(one.label)).fold(0.0, f64::max);
    let most = if narrow { 44.0 } else { 170.0 };
    let direct = data.series.len() > 1 && data.series.len() <= 6 && widest <= most;
    let mut top = if direct { 0.0 } else { canvas.legend(&data.series, 0.0, true) };
    if scale.is_cut() {
        for text in canvas.wrapped(words.axis_not_from_zero, canvas.width, 2) {
            canvas.text(0.0, top + line * 0.76, Anchor::Start, QUIET, false, &text);
            top += line;
        }
    }
    top += 14.0;
    let marks = scale.marks(words);
    let left = marks.iter().map(|(_, text)| canvas.text_width(text)).fold(0.0, f64::max) + 12.0;
    let right = canvas.width - if direct { widest + 16.0 } else { 10.0 };
    let bottom = top + if narrow { 200.0 } else { 280.0 };
    for (value, text) in &marks {
        let y = scale.place(*value, bottom, top);
        canvas.grid((left, y), (right, y));
        canvas.text(left - 10.0, y + canvas.letters * 0.35, Anchor::End, QUIET, false, text);
    }
    let x_of = |place: usize| {
        if data.rows.len() < 2 {
            (left + right) / 2.0
        } else {
            left + 6.0 + (right - left - 12.0) * place as f64 / (data.rows.len() - 1) as f64
        }
    };
    labels_of_rows(&mut canvas, data, (left, right, top, bottom), &x_of);
    if !scale.is_cut() {
        let zero = scale.place(0.0, bottom, top);
        canvas.base((left, zero), (right, zero));
    }

    // Marks where they do not run into each other.
    let spaced = (right - left) / data.rows.len() as f64 >= if narrow { 12.0 } else { 14.0 };
    let mut ends: Vec<(f64, usize, &str)> = Vec::new();
    for series in &data.series {
        let points: Vec<Option<(f64, f64)>> = series
            .points
            .iter()
            .enumerate()
            .map(|(place, point)| point.at.map(|value| (x_of(place), scale.place(value, bottom, top))))
            .collect();
        // A month without a value is a gap, not a zero and not a bridge.
        for run in points.split(Option::is_none) {
            let run: Vec<(f64, f64)> = run.iter().flatten().copied().collect();
            if run.len() > 1 {
                canvas.curve(&run, series.style);
            }
            if spaced || run.len() == 1 {
                for (x, y) in &run {
                    canvas.mark(*x, *y, if narrow { 3.0 } else { 3.6 }, series.style);
                }
            }
        }
        if let Some((_, y)) = points.iter().rev().flatten().next() {
            ends.push((*y, series.style, series.label));
        }
    }
    if direct {
        spread(&mut ends, line, top, bottom);
        for (y, number_of_style, label) in ends {
            let ink = super::style(number_of_style).ink;
            canvas.text(right + 10.0, y + canvas.letters * 0.35, Anchor::Start, ink, true, label);
        }
    }
    canvas
}

/// Words under the axis: all labels, their first three letters, years, or every so many.
fn labels_of_rows(
    canvas: &mut Canvas,
    data: &Data<'_>,
    (left, right, top, bottom): (f64, f64, f64, f64),
    x_of: &dyn Fn(usize) -> f64,
) {
    let line = canvas.line_height();
    canvas.height = bottom + line + 10.0;
    let slot = (right - left) / data.rows.len() as f64;
    let months: Option<Vec<(&str, &str)>> = data.rows.iter().map(|row| year_and_month(&row.key)).collect();
    if let Some(months) = months.filter(|months| months.len() > 12) {
        // A line at each January, the year between two of them.
        let mut from = 0;
        while from < months.len() {
            let year = months[from].0;
            let count = months[from..].iter().take_while(|month| month.0 == year).count();
            if from > 0 {
                let x = (x_of(from - 1) + x_of(from)) / 2.0;
                canvas.grid((x, top), (x, bottom + line));
            }
            let middle = (x_of(from) + x_of(from + count - 1)) / 2.0;
            if canvas.text_width(year) <= slot * count as f64 {
                canvas.text(middle, bottom + line, Anchor::Middle, WORDS, false, year);
            }
            from += count;
        }
        return;
    }
    let every = step_between_labels(canvas, data, slot);
    let short: Vec<String> = data.rows.iter().map(|row| row.label.chars().take(3).collect()).collect();
    let letters_only = short.iter().all(|text| text.chars().all(char::is_alphabetic));
    let distinct = short.iter().collect::<std::collections::BTreeSet<_>>().len() == short.len();
    let widest = short.iter().map(|text| canvas.text_width(text)).fold(0.0, f64::max) + 3.0;
    if every > 1 && letters_only && distinct && data.rows.len() <= 12 {
        let every = if widest <= slot { 1 } else { 2 };
        for (place, text) in short.iter().enumerate().step_by(every) {
            canvas.text(x_of(place), bottom + line, Anchor::Middle, WORDS, false, text);
        }
        return;
    }
    for (place, row) in data.rows.iter().enumerate().step_by(every) {
        canvas.text(x_of(place), bottom + line, Anchor::Middle, WORDS, false, &row.label);
    }
}

/// `2017-06` as year and month.
fn year_and_month(key: &str) -> Option<(&str, &str)> {
    let (year, month) = key.split_once('-')?;
    let digits = |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    (digits(year, 4) && digits(month, 2)).then_some((year, month))
}

/// Moves labels apart so that no two overlap, each as near to its line as can be.
fn spread(ends: &mut [(f64, usize, &str)], line: f64, top: f64, bottom: f64) {
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut floor = top;
    for end in ends.iter_mut() {
        end.0 = end.0.max(floor);
        floor = end.0 + line;
    }
    let mut ceiling = bottom;
    for end in ends.iter_mut().rev() {
        end.0 = end.0.min(ceiling);
        ceiling = end.0 - line;
    }
}
