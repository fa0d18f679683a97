//! The sheet that charts are drawn on: shapes, letters, patterns, a legend.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Fill, Mark, Series, Size, style};

/// Colour of words.
pub(super) const WORDS: &str = "#1a1a1a";
/// Colour of the words of axes: still 7:1 on white.
pub(super) const QUIET: &str = "#455a6b";
/// Colour of the lines of axes.
const GRID: &str = "#d9dee3";
/// Colour of the line from which bars start.
const BASE: &str = "#5a6772";

/// Where a text begins, ends or has its middle.
#[derive(Debug, Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A drawing in the making.
#[derive(Debug)]
pub(super) struct Canvas {
    pub(super) size: Size,
    pub(super) width: f64,
    /// Set by the chart when it knows.
    pub(super) height: f64,
    /// Height of the letters.
    pub(super) letters: f64,
    id: String,
    body: String,
    patterns: BTreeSet<usize>,
}

impl Canvas {
    pub(super) fn new(size: Size, id: &str) -> Self {
        Canvas {
            size,
            width: size.width(),
            height: 0.0,
            letters: size.letters(),
            id: id.to_owned(),
            body: String::new(),
            patterns: BTreeSet::new(),
        }
    }

    /// The distance between two lines of text.
    pub(super) fn line_height(&self) -> f64 {
        (self.letters * 1.25).round()
    }

    /// The whole drawing, with its title and its description.
    pub(super) fn finish(self, title: &str, description: &str) -> String {
        let Canvas { width, height, letters, id, body, patterns, .. } = self;
        let (width, height, letters) = (number(width), number(height), number(letters));
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"100%\" \
             role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" \
             font-family=\"'Titillium Web', Tahoma, sans-serif\" font-size=\"{letters}\">\n\
             <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n",
            escaped(title),
            escaped(description)
        );
        if !patterns.is_empty() {
            svg.push_str("<defs>\n");
            for pattern in patterns {
                svg.push_str(&definition(&id, pattern));
            }
            svg.push_str("</defs>\n");
        }
        svg + &body + "</svg>"
    }

    /// Adds a line to the drawing. Writing to a `String` does not fail.
    fn push(&mut self, line: std::fmt::Arguments<'_>) {
        let _ = self.body.write_fmt(line);
        self.body.push('\n');
    }

    /// A filled area in a style.
    pub(super) fn area(&mut self, x: f64, y: f64, width: f64, height: f64, number_of_style: usize) {
        let look = style(number_of_style);
        let fill = match look.fill {
            Fill::Solid(colour) => colour.to_owned(),
            Fill::Rising | Fill::Falling | Fill::Dots | Fill::Level => {
                let pattern = number_of_style % super::STYLES.len();
                self.patterns.insert(pattern);
                format!("url(#{}-p{pattern})", self.id)
            }
        };
        // The outline stays inside the area, so that its length is its value.
        let (inner_width, inner_height) = ((width - 1.0).max(0.5), (height - 1.0).max(0.5));
        self.push(format_args!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{fill}\" stroke=\"{}\"/>",
            number(x + 0.5),
            number(y + 0.5),
            number(inner_width),
            number(inner_height),
            look.ink
        ));
    }

    fn straight(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, width: &str) {
        self.push(format_args!(
            "<path d=\"M{} {}L{} {}\" stroke=\"{colour}\" stroke-width=\"{width}\" fill=\"none\"/>",
            number(from.0),
            number(from.1),
            number(to.0),
            number(to.1)
        ));
    }

    /// A faint line of the scale.
    pub(super) fn grid(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.straight(from, to, GRID, "1");
    }

    /// The line from which bars start.
    pub(super) fn base(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.straight(from, to, BASE, "1.5");
    }

    /// A line that leads from a thing to its label.
    pub(super) fn leader(&mut self, points: &[(f64, f64)]) {
        let path = path(points);
        self.push(format_args!("<path d=\"{path}\" stroke=\"{BASE}\" stroke-width=\"1\" fill=\"none\"/>"));
    }

    /// The line of a series, with the dashes of its style.
    pub(super) fn curve(&mut self, points: &[(f64, f64)], number_of_style: usize) {
        let look = style(number_of_style);
        let dash =
            if look.dash.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{}\"", look.dash) };
        let width = if number_of_style == 0 { "3" } else { "2" };
        self.push(format_args!(
            "<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\" stroke-linejoin=\"round\"{dash}/>",
            path(points),
            look.ink
        ));
    }

    /// The mark of a point of a series.
    pub(super) fn mark(&mut self, x: f64, y: f64, radius: f64, number_of_style: usize) {
        let look = style(number_of_style);
        let ink = look.ink;
        let r = radius;
        match look.mark {
            Mark::Disc => self.push(format_args!(
                "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{ink}\"/>",
                number(x),
                number(y),
                number(r)
            )),
            Mark::Square => {
                self.shape(&[(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)], ink);
            }
            Mark::Triangle => {
                self.shape(&[(x, y - 1.3 * r), (x + 1.2 * r, y + r), (x - 1.2 * r, y + r)], ink)
            }
            Mark::Diamond => {
                let r = 1.35 * r;
                self.shape(&[(x, y - r), (x + r, y), (x, y + r), (x - r, y)], ink);
            }
        }
    }

    fn shape(&mut self, points: &[(f64, f64)], ink: &str) {
        // White inside: open marks differ from discs in black and white too.
        let path = path(points);
        self.push(format_args!(
            "<path d=\"{path}Z\" fill=\"#ffffff\" stroke=\"{ink}\" stroke-width=\"1.5\"/>"
        ));
    }

    /// A line of text; `y` is its base line.
    pub(super) fn text(&mut self, x: f64, y: f64, anchor: Anchor, colour: &str, bold: bool, text: &str) {
        if text.is_empty() {
            return;
        }
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let weight = if bold { " font-weight=\"600\"" } else { "" };
        self.push(format_args!(
            "<text x=\"{}\" y=\"{}\" fill=\"{colour}\"{anchor}{weight}>{}</text>",
            number(x),
            number(y),
            escaped(text)
        ));
    }

    /// The room that a text takes in the letters of this drawing.
    pub(super) fn text_width(&self, text: &str) -> f64 {
        text_width(text, self.letters)
    }

    /// The text in lines of at most this width.
    pub(super) fn wrapped(&self, text: &str, width: f64, most_lines: usize) -> Vec<String> {
        wrapped(text, width, self.letters, most_lines)
    }

    /// A row of swatches with the labels of the series, from `top`; returns where it ends. One series
    /// needs none.
    pub(super) fn legend(&mut self, series: &[Series<'_>], top: f64, lines: bool) -> f64 {
        if series.len() < 2 {
            return top;
        }
        let swatch = if lines { 34.0 } else { 22.0 };
        let step = self.line_height() + 4.0;
        let (mut x, mut y) = (0.0, top);
        for one in series {
            let label = self.wrapped(one.label, self.width - swatch - 8.0, 1).concat();
            let width = swatch + 8.0 + self.text_width(&label);
            if x > 0.0 && x + width > self.width {
                (x, y) = (0.0, y + step);
            }
            let middle = y + step / 2.0;
            if lines {
                self.curve(&[(x, middle), (x + swatch, middle)], one.style);
                self.mark(x + swatch / 2.0, middle, 4.0, one.style);
            } else {
                self.area(x, middle - 7.0, swatch, 14.0, one.style);
            }
            let base_line = middle + self.letters * 0.35;
            self.text(x + swatch + 8.0, base_line, Anchor::Start, WORDS, one.style == 0, &label);
            x += width + 24.0;
        }
        y + step + 8.0
    }
}

/// A pattern as an element of `defs`.
fn definition(id: &str, number_of_style: usize) -> String {
    let look = style(number_of_style);
    let ink = look.ink;
    let (size, ground, drawing) = match look.fill {
        Fill::Solid(_) => return String::new(),
        Fill::Rising => (8, "#eef3f8", "M-2 2L2 -2M0 8L8 0M6 10L10 6"),
        Fill::Falling => (8, "#fbeaed", "M-2 6L2 10M0 0L8 8M6 -2L10 2"),
        Fill::Dots => (7, "#e3f4f0", "M2 3.5h3M3.5 2v3"),
        Fill::Level => (6, "#f0ebf8", "M0 3h6"),
    };
    format!(
        "<pattern id=\"{id}-p{number_of_style}\" width=\"{size}\" height=\"{size}\" \
         patternUnits=\"userSpaceOnUse\"><path d=\"M0 0h{size}v{size}H0z\" fill=\"{ground}\"/>\
         <path d=\"{drawing}\" stroke=\"{ink}\" stroke-width=\"2\" fill=\"none\"/></pattern>\n"
    )
}

fn path(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (place, (x, y)) in points.iter().enumerate() {
        path.push(if place == 0 { 'M' } else { 'L' });
        let _ = write!(path, "{} {}", number(*x), number(*y));
    }
    path
}

/// A coordinate with one decimal at most, never `-0`.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Text for the inside of an element or of an attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}

/// Widths of the letters from space to `~` in thousandths of their height: Titillium Web 600.
const LETTERS: [u16; 95] = [
    220, 266, 395, 560, 560, 560, 696, 225, 289, 289, 423, 560, 246, 421, 239, 443, 560, 560, 560, 560, 560,
    560, 560, 560, 560, 560, 239, 266, 560, 560, 560, 441, 975, 599, 612, 544, 641, 553, 529, 613, 676, 269,
    296, 583, 475, 850, 686, 656, 591, 656, 618, 543, 526, 650, 594, 911, 564, 549, 534, 344, 471, 344, 560,
    625, 254, 507, 536, 442, 540, 508, 346, 525, 546, 241, 242, 499, 253, 838, 546, 530, 537, 535, 361, 469,
    358, 543, 491, 768, 464, 492, 454, 357, 252, 357, 560,
];

pub(super) fn text_width(text: &str, letters: f64) -> f64 {
    let thousandths: u32 = text
        .chars()
        .map(|c| match c {
            '\u{a0}' | '\u{202f}' | '’' => 220,
            '—' => 1122,
            _ => (c as usize)
                .checked_sub(0x20)
                .and_then(|place| LETTERS.get(place))
                .map_or(560, |width| u32::from(*width)),
        })
        .sum();
    f64::from(thousandths) * letters / 1000.0
}

/// The text in lines; a last line that is too long is cut with an ellipsis.
fn wrapped(text: &str, width: f64, letters: f64, most_lines: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if lines_fit(line, word, width, letters) => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    if lines.len() > most_lines {
        let rest = lines.split_off(most_lines.max(1) - 1).join(" ");
        lines.push(rest);
    }
    for line in &mut lines {
        if text_width(line, letters) > width {
            while !line.is_empty() && text_width(line, letters) + text_width("…", letters) > width {
                line.pop();
            }
            line.truncate(line.trim_end().len());
            line.push('…');
        }
    }
    lines
}

fn lines_fit(line: &str, word: &str, width: f64, letters: f64) -> bool {
    text_width(line, letters) + text_width(" ", letters) + text_width(word, letters) <= width
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_short() {
        assert_eq!(number(12.0), "12");
        assert_eq!(number(12.34), "12.3");
        assert_eq!(number(-0.04), "0");
    }

    #[test]
    fn long_labels_are_wrapped_and_then_cut() {
        let text = "Anagrafe, stato civile e cittadinanza";
        assert_eq!(wrapped(text, 150.0, 15.0, 2), ["Anagrafe, stato civile e", "cittadinanza"]);
        assert_eq!(wrapped(text, 100.0, 15.0, 1), ["Anagrafe, stat…"]);
        assert_eq!(wrapped("", 100.0, 15.0, 2), [] as [&str; 0]);
    }
}
