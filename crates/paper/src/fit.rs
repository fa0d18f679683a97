//! How a table stands on the page: its letters, the widths of its columns, upright or across.
//!
//! Widths are those of the signs in the fonts, so nothing is tried out on the page, and the same table comes
//! out the same everywhere. Lengths are in points (1/72 inch).

use impegno_report::document::{Cell, Table, Tone, Value};

use crate::fonts::{FONTS, Weight};

/// Width of the text of an A4 page with margins of 20 mm.
pub(crate) const UPRIGHT: f64 = 481.8;
/// The same with the page turned.
pub(crate) const ACROSS: f64 = 728.4;
/// Height of the text of an upright page, a little less than it is.
const PAGE: f64 = 690.0;

/// Longest heading that is set from bottom to top, before it breaks.
const HEAD: f64 = 96.0;
/// A word wider than this, in letter sizes, may be broken.
const WORD: f64 = 15.5;
/// Words up to this length are kept on one line.
const SHORT: usize = 14;
/// Row labels up to this length are kept on one line.
const LABEL: usize = 24;
/// Numbers up to this length are kept on one line.
const NUMBER: usize = 24;
/// Room for the sign of a tone.
const SIGN: f64 = 1.2;
/// Room for the letter of a reason.
const LETTER: f64 = 0.6;
/// More lines than this in most rows, and a table is better set across.
const LINES: f64 = 5.0;

/// A way to set a table, tried in this order.
#[derive(Debug, Clone, Copy)]
struct Way {
    across: bool,
    /// Size of the letters.
    letters: f64,
    /// Whether headings run from bottom to top.
    turned: bool,
    /// Space left and right of a column.
    padding: f64,
}

const WAYS: [Way; 9] = [
    Way { across: false, letters: 9.0, turned: false, padding: 4.0 },
    Way { across: false, letters: 8.0, turned: false, padding: 3.0 },
    Way { across: false, letters: 7.2, turned: false, padding: 2.6 },
    Way { across: false, letters: 8.0, turned: true, padding: 3.0 },
    Way { across: false, letters: 7.2, turned: true, padding: 2.2 },
    Way { across: true, letters: 8.5, turned: false, padding: 3.5 },
    Way { across: true, letters: 8.0, turned: true, padding: 3.0 },
    Way { across: true, letters: 7.2, turned: true, padding: 2.2 },
    // The last one always fits: what is too wide is set as several tables.
    Way { across: true, letters: 7.0, turned: true, padding: 2.2 },
];

/// How a table is set.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fit {
    /// On a page turned to its side.
    pub(crate) across: bool,
    /// Size of the letters.
    pub(crate) letters: f64,
    /// Whether headings run from bottom to top.
    pub(crate) turned: bool,
    /// Length of headings that run from bottom to top.
    pub(crate) head: f64,
    /// Space left and right of a column.
    pub(crate) padding: f64,
    /// The columns side by side; more than one when the table is too wide for any page.
    pub(crate) parts: Vec<Part>,
    /// Whether the table is short enough to stand on one page.
    pub(crate) short: bool,
    /// About how high a part is.
    pub(crate) height: f64,
    /// Whether every row is low enough to stay on one page.
    pub(crate) whole_rows: bool,
}

/// Columns that stand side by side.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    /// Which columns of the table.
    pub(crate) columns: Vec<usize>,
    /// Width of the row labels, then of each column.
    pub(crate) widths: Vec<f64>,
}

impl Part {
    /// Width of all columns.
    pub(crate) fn width(&self) -> f64 {
        self.widths.iter().sum()
    }
}

/// What a column asks for, in letter sizes.
#[derive(Debug, Clone, Default)]
struct Demand {
    /// Of its cells at least.
    least: f64,
    /// Of its cells on one line.
    whole: f64,
    /// Of the longest word of its heading.
    head_word: f64,
    /// Of its heading on one line.
    head: f64,
}

/// Plans a table of which the first `rows` rows are printed; in an annex letters are small.
pub(crate) fn fit(table: &Table, rows: usize, annex: bool) -> Fit {
    let demands = demands(table, rows);
    let last = WAYS.len() - 1;
    for (number, way) in WAYS.iter().enumerate().skip(usize::from(annex)) {
        let columns: Vec<usize> = (0..table.columns.len()).collect();
        let Some(part) = part(&demands, columns, *way) else { continue };
        let room = measured(table, rows, &part, *way);
        if room.lines <= LINES || number == last || way.turned {
            return made(*way, &demands, vec![part], room);
        }
    }
    let way = WAYS[last];
    let parts = split(&demands, way);
    let room = parts.iter().map(|part| measured(table, rows, part, way)).fold(Room::default(), Room::larger);
    made(way, &demands, parts, room)
}

fn made(way: Way, demands: &[Demand], parts: Vec<Part>, room: Room) -> Fit {
    let longest = demands.iter().skip(1).map(|demand| demand.head * way.letters * 1.06).fold(0.0, f64::max);
    Fit {
        across: way.across,
        letters: way.letters,
        turned: way.turned,
        head: (longest + 2.0).min(HEAD),
        padding: way.padding,
        short: room.height < PAGE * 0.55,
        parts,
        height: room.height,
        whole_rows: room.tallest < PAGE * 0.4,
    }
}

/// What the row labels and each column ask for.
fn demands(table: &Table, rows: usize) -> Vec<Demand> {
    let heading = |text: &str| Demand {
        head_word: longest_word(text, Weight::Strong).min(WORD),
        head: FONTS.width(text, Weight::Strong),
        ..Demand::default()
    };
    let mut demands = vec![heading(&table.row_heading)];
    demands.extend(table.columns.iter().map(|column| heading(&column.label)));
    for row in &table.rows[..rows] {
        demands[0].take(&row.label, 0.0, LABEL, Weight::Strong);
        for (place, cell) in row.cells.iter().enumerate() {
            let Some(column) = table.columns.get(place) else { continue };
            let kept = if column.numeric { NUMBER } else { SHORT };
            for line in lines_of(cell) {
                demands[place + 1].take(line, marks(cell), kept, Weight::Strong);
            }
            if matches!(cell.value, Value::Entries(_)) {
                demands[place + 1].keep_lines();
            }
        }
    }
    demands
}

/// What stands in a cell, one below the other.
fn lines_of(cell: &Cell) -> Vec<&str> {
    match &cell.value {
        Value::Entries(entries) => entries.iter().map(|entry| entry.text.as_str()).collect(),
        _ => vec![&cell.text],
    }
}

/// Room for what stands beside the text of a cell, in letter sizes.
pub(crate) fn marks(cell: &Cell) -> f64 {
    let sign = if cell.tone == Tone::Plain { 0.0 } else { SIGN };
    let letter = if impegno_publish::reason(cell).is_some() { LETTER } else { 0.0 };
    sign + letter
}

impl Demand {
    fn take(&mut self, text: &str, mark: f64, kept: usize, weight: Weight) {
        let whole = FONTS.width(text, weight) + mark;
        let least = if text.chars().count() <= kept { whole } else { longest_word(text, weight) + mark };
        self.whole = self.whole.max(whole);
        self.least = self.least.max(least.min(WORD));
    }

    /// Entries that stand one below the other are told apart by their lines: they break only where they are long.
    fn keep_lines(&mut self) {
        self.least = self.least.max(self.whole.min(WORD));
    }

    /// The least width in points.
    fn least(&self, way: Way) -> f64 {
        let head = if way.turned { self.turned_head(way) } else { self.head_word };
        self.least.max(head) * way.letters * 1.02 + 2.0 * way.padding + 0.5
    }

    /// The width at which nothing breaks but long headings, in points.
    fn whole(&self, way: Way) -> f64 {
        let head = if way.turned { self.turned_head(way) } else { (self.head * 0.55).max(self.head_word) };
        self.whole.max(head) * way.letters * 1.02 + 2.0 * way.padding + 0.5
    }

    /// Room for the lines of a heading that runs from bottom to top.
    fn turned_head(&self, way: Way) -> f64 {
        let lines = (self.head * way.letters * 1.06 / HEAD).ceil();
        1.2 * lines.clamp(1.0, 4.0)
    }
}

fn longest_word(text: &str, weight: Weight) -> f64 {
    text.split_whitespace().map(|word| FONTS.width(word, weight)).fold(0.0, f64::max)
}

/// The widths of these columns, beside the row labels, if they fit.
fn part(demands: &[Demand], columns: Vec<usize>, way: Way) -> Option<Part> {
    let room = if way.across { ACROSS } else { UPRIGHT };
    let asked: Vec<&Demand> =
        std::iter::once(&demands[0]).chain(columns.iter().map(|column| &demands[column + 1])).collect();
    // The heading of the row labels is never turned: it has the corner to itself.
    let flat = Way { turned: false, ..way };
    let side = |place: usize| if place == 0 { flat } else { way };
    let least: Vec<f64> = asked.iter().enumerate().map(|(n, demand)| demand.least(side(n))).collect();
    let whole: Vec<f64> = asked.iter().enumerate().map(|(n, demand)| demand.whole(side(n))).collect();
    let (all_least, all_whole) = (least.iter().sum::<f64>(), whole.iter().sum::<f64>());
    if all_least > room {
        return None;
    }
    let widths = if all_whole > room { levelled(&least, &whole, room) } else { stretched(whole, room) };
    Some(Part { columns, widths })
}

/// Shares the room so that the longest cell of every column breaks into about as many lines: a column gets
/// its part of what it asks for, and never less than it needs.
fn levelled(least: &[f64], whole: &[f64], room: f64) -> Vec<f64> {
    let at = |share: f64| -> Vec<f64> {
        least.iter().zip(whole).map(|(least, whole)| (whole * share).max(*least)).collect()
    };
    let (mut low, mut high) = (0.0, 1.0);
    // Halved forty times, the share is exact to far less than a sign's width.
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if at(middle).iter().sum::<f64>() <= room { low = middle } else { high = middle }
    }
    at(low)
}

/// Spreads columns that have room to spare: a narrow table fills half a page, others the whole, because a
/// label and a number far apart are hard to read together.
fn stretched(mut whole: Vec<f64>, room: f64) -> Vec<f64> {
    let sum: f64 = whole.iter().sum();
    let target = match sum / room {
        share if share <= 0.46 => 0.48 * room,
        share if share <= 0.62 => 0.7 * room,
        _ => room,
    };
    let spare = (target - sum).max(0.0);
    let others = whole.len().saturating_sub(1);
    let (to_label, to_others) = if others == 0 { (spare, 0.0) } else { (spare * 0.3, spare * 0.7) };
    for (place, width) in whole.iter_mut().enumerate() {
        *width += if place == 0 { to_label } else { to_others / others as f64 };
    }
    whole
}

/// As many columns beside the row labels as fit, and the rest in further tables.
fn split(demands: &[Demand], way: Way) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut columns: Vec<usize> = Vec::new();
    for column in 0..demands.len() - 1 {
        let mut tried = columns.clone();
        tried.push(column);
        if !columns.is_empty() && part(demands, tried.clone(), way).is_none() {
            parts.extend(part(demands, std::mem::take(&mut columns), way));
            tried = vec![column];
        }
        columns = tried;
    }
    parts.extend(part(demands, columns, way));
    parts
}

/// About how much room a table takes, in points.
#[derive(Debug, Clone, Copy, Default)]
struct Room {
    height: f64,
    /// Lines of a row, on average; of entries one below the other, the longest counts.
    lines: f64,
    /// The highest row.
    tallest: f64,
}

impl Room {
    fn larger(self, other: Room) -> Room {
        Room {
            height: self.height.max(other.height),
            lines: self.lines.max(other.lines),
            tallest: self.tallest.max(other.tallest),
        }
    }
}

fn measured(table: &Table, rows: usize, part: &Part, way: Way) -> Room {
    let line = way.letters * 1.3;
    let room = |place: usize| (part.widths[place] - 2.0 * way.padding).max(1.0);
    let lines = |text: &str, place: usize| {
        (FONTS.width(text, Weight::Regular) * way.letters * 1.05 / room(place)).ceil().max(1.0)
    };
    let (mut all, mut all_broken, mut most) = (0.0, 0.0, 1.0_f64);
    for row in &table.rows[..rows] {
        let cells = part.columns.iter().enumerate().map(|(place, column)| {
            let of_cell = |cell| {
                let entries = lines_of(cell).into_iter().map(|line| lines(line, place + 1));
                entries.fold((0.0, 1.0_f64), |(sum, most), one| (sum + one, most.max(one)))
            };
            row.cells.get(*column).map_or((1.0, 1.0), of_cell)
        });
        let label = lines(&row.label, 0);
        let (high, broken) = cells.fold((label, label), |most, one| (most.0.max(one.0), most.1.max(one.1)));
        all += high;
        all_broken += broken;
        most = most.max(high);
    }
    let count = rows as f64;
    let around = FONTS.width(&table.definition, Weight::Regular) * 9.0 / UPRIGHT * 12.0
        + table.notes.iter().map(|note| 12.0 + FONTS.width(note, Weight::Regular) * 0.3).sum::<f64>();
    let head = if way.turned { HEAD } else { 2.0 * line };
    Room {
        height: all * line + count * 5.0 + head + around + 40.0,
        lines: if rows == 0 { 1.0 } else { all_broken / count },
        tallest: most * line,
    }
}

/// The text with places to break, marked by U+200B, in words wider than `room`, in letter sizes: behind a stroke, a
/// full stop or the like where there is one. The template sets the marks as spaces without width.
pub(crate) fn breakable(text: &str, room: f64, weight: Weight) -> String {
    if longest_word(text, weight) <= room {
        return text.to_owned();
    }
    let mut broken = String::with_capacity(text.len() + 8);
    let mut run = 0.0;
    // Behind the last sign of the run at which people expect a break: the place, and the width up to there.
    let mut seam: Option<(usize, f64)> = None;
    for sign in text.chars() {
        let width = FONTS.width_of(sign, weight).unwrap_or(0.0);
        if sign.is_whitespace() {
            (run, seam) = (0.0, None);
        } else {
            while run + width > room && run > 0.0 {
                let (place, before) = seam.take().unwrap_or((broken.len(), run));
                broken.insert(place, '\u{200b}');
                run -= before;
            }
            run += width;
        }
        broken.push(sign);
        if matches!(sign, '/' | '\\' | '.' | '_' | '-' | ';' | ':' | ',' | '@') {
            seam = Some((broken.len(), run));
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use impegno_report::document::{Cell, Column, Row, RowRole};

    use super::*;

    fn table(columns: usize, label: &str, cell: &str, numeric: bool) -> Table {
        Table {
            id: "t".into(),
            title: "T".into(),
            definition: String::new(),
            row_heading: "Ente".into(),
            columns: (0..columns)
                .map(|n| Column { key: format!("c{n}"), label: label.into(), numeric })
                .collect(),
            rows: vec![Row {
                key: "r".into(),
                label: "Bagno a Ripoli".into(),
                role: RowRole::Part,
                cells: vec![Cell::words(cell); columns],
            }],
            notes: Vec::new(),
            chart: None,
        }
    }

    #[test]
    fn a_small_table_stands_upright_in_normal_letters() {
        let fit = fit(&table(3, "2017", "12.345", true), 1, false);
        assert!(!fit.across && !fit.turned);
        assert!((fit.letters - 9.0).abs() < 0.01);
        assert_eq!(fit.parts.len(), 1);
        assert!(fit.short);
    }

    #[test]
    fn a_matrix_turns_its_headings_before_it_turns_the_page() {
        let fit = fit(&table(14, "Sicurezza del cittadino", "12.345", true), 1, false);
        assert!(!fit.across);
        assert!(fit.turned);
    }

    #[test]
    fn a_wide_matrix_turns_the_page_and_a_wider_one_is_parted() {
        let wide = fit(&table(24, "Categoria", "12.345", true), 1, false);
        assert!(wide.across);
        assert_eq!(wide.parts.len(), 1);
        let wider = fit(&table(60, "Categoria", "12.345.678", true), 1, false);
        assert!(wider.parts.len() > 1);
        let columns: Vec<usize> = wider.parts.iter().flat_map(|part| part.columns.clone()).collect();
        assert_eq!(columns, (0..60).collect::<Vec<_>>());
    }

    #[test]
    fn no_part_is_wider_than_its_page() {
        for columns in [0, 1, 2, 5, 9, 13, 16, 25, 60, 200] {
            for cell in ["1", "12.345", "fermo 21 min 1 s; copertura 100 %", &"x".repeat(300)] {
                for numeric in [true, false] {
                    let fit = fit(&table(columns, "Disponibilità del servizio", cell, numeric), 1, false);
                    let room = if fit.across { ACROSS } else { UPRIGHT };
                    for part in &fit.parts {
                        assert!(part.width() <= room + 0.01, "{columns} × {cell}: {}", part.width());
                    }
                }
            }
        }
    }

    #[test]
    fn only_words_that_do_not_fit_may_break() {
        assert_eq!(breakable("una frase di parole", 10.0, Weight::Regular), "una frase di parole");
        let broken = breakable(&"a".repeat(40), 5.0, Weight::Regular);
        assert!(broken.contains('\u{200b}'));
        assert_eq!(broken.replace('\u{200b}', ""), "a".repeat(40));
        let path = "inbox/nagios/nagios-08-01-2017-00.log";
        let broken = breakable(path, 10.0, Weight::Regular);
        assert_eq!(broken.replace('\u{200b}', ""), path);
        for part in broken.split('\u{200b}') {
            assert!(FONTS.width(part, Weight::Regular) <= 10.0, "{part}");
            assert!(part.ends_with(['/', '-', '.']) || part.ends_with("log"), "{part}");
        }
    }

    #[test]
    fn what_fits_its_column_is_never_broken() {
        for text in
            ["20/01/2026 10:15:00", "2026-01-20 10:15:00", "99,971 %", "lavorative", "CSICMS", "SLA.10"]
        {
            for columns in [1, 4, 7, 9] {
                for tone in [Tone::Plain, Tone::Good] {
                    let mut table = table(columns, "Scadenza", text, false);
                    table.rows[0].cells.iter_mut().for_each(|cell| cell.tone = tone);
                    table.rows[0].label = text.into();
                    let fit = fit(&table, 1, true);
                    for part in &fit.parts {
                        for (place, width) in part.widths.iter().enumerate() {
                            let marks = if place == 0 { 0.0 } else { marks(&table.rows[0].cells[0]) };
                            let room = (width - 2.0 * fit.padding) / fit.letters - marks;
                            assert_eq!(breakable(text, room, Weight::Strong), text, "{columns} columns");
                        }
                    }
                }
            }
        }
    }
}
