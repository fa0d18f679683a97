//! The sheets of a workbook: names, heads, rows, what stands under them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use impegno_report::document::{
    Block, Cell, Column, Entry, Figure, Page, Passage, Report, RowRole, Table, Tone, Value,
};

use crate::address::{is_differences, leads_out};
use crate::reasons::reason;
use crate::spreadsheet::shown::{Lengths, Shown, label, shown};
use crate::words::Words;

/// Most rows of a sheet, in every program.
const MOST_ROWS: usize = 1_048_576;

/// Rows kept free for what stands above and under a table.
const FREE_ROWS: usize = 1_000;

/// Most columns of a sheet, in every program.
const MOST_COLUMNS: usize = 16_384;

/// Longest name of a sheet.
const LONGEST_NAME: usize = 31;

/// Most letters of a cell.
const LONGEST_TEXT: usize = 32_767;

/// A workbook.
#[derive(Debug)]
pub(crate) struct Book {
    pub(crate) contents: Contents,
    pub(crate) sheets: Vec<Sheet>,
}

/// The first sheet: what the workbook is and where everything stands.
#[derive(Debug)]
pub(crate) struct Contents {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) subtitle: String,
    /// What is known of the report: label and value.
    pub(crate) about: Vec<(&'static str, String)>,
    pub(crate) notices: Vec<String>,
    pub(crate) attributions: Vec<String>,
}

/// A sheet with one table.
#[derive(Debug)]
pub(crate) struct Sheet {
    pub(crate) name: String,
    pub(crate) title: String,
    /// Title of the page that the table stands on.
    pub(crate) page: String,
    /// Whether it belongs to the report itself and not to a proof.
    pub(crate) main: bool,
    pub(crate) definition: String,
    pub(crate) columns: Vec<Head>,
    pub(crate) rows: Vec<Line>,
    /// What stands under the table.
    pub(crate) notes: Vec<Note>,
}

/// The head of a column.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) label: String,
    pub(crate) numeric: bool,
}

/// A row.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) role: RowRole,
    /// One cell a column, that of the label first.
    pub(crate) cells: Vec<Held>,
}

/// A cell.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) shown: Shown,
    pub(crate) tone: Tone,
    /// Letters of the printed text, for the width of the column.
    pub(crate) letters: usize,
    /// Place of the sheet that proves it.
    pub(crate) proof: Option<usize>,
    /// Address that all of it leads to.
    pub(crate) address: Option<String>,
}

/// A sentence under a table, in the style of a tone that it explains.
#[derive(Debug)]
pub(crate) struct Note {
    pub(crate) text: String,
    pub(crate) tone: Tone,
}

impl Book {
    /// The workbook of the report, or that of the page of differences, on which no other may depend.
    /// `None` where the report has no such page.
    pub(crate) fn of(report: &Report, words: &'static Words, differences: bool) -> Option<Self> {
        let pages = || report.pages.iter().filter(move |page| is_differences(page) == differences);
        let mut names = Names::new(words.contents_sheet);
        let mut sheets = Vec::new();
        let figures: Vec<&Figure> = pages().flat_map(figures).collect();
        if !figures.is_empty() {
            sheets.push(figures_sheet(&figures, names.claim(words.figures_sheet), words));
        }
        let paragraphs = paragraphs(pages(), report);
        let mut first_sheets: BTreeMap<&str, usize> = BTreeMap::new();
        for page in pages() {
            for table in crate::address::tables(page) {
                first_sheets.entry(&page.slug).or_insert(sheets.len());
                let main = !page.slug.contains('/');
                sheets.push(table_sheet(table, page, main, names.claim(&table.id), words));
            }
        }
        if !paragraphs.is_empty() {
            sheets.push(paragraphs_sheet(paragraphs, names.claim(words.text_sheet), words));
        }
        link_proofs(report, differences, &first_sheets, &mut sheets);
        let first = pages().next()?;
        let (title, subtitle) =
            if differences { (&first.title, &first.lead) } else { (&report.title, &report.subtitle) };
        let body = report.body.iter().map(|body| (words.body, cut(&body.name)));
        let about = vec![
            (words.period, cut(&report.period)),
            (words.known_at, cut(&words.instant(&report.known_at))),
            (words.ledger_head, cut(&report.ledger_head)),
            (words.charter_version, cut(&report.charter_version)),
        ];
        let contents = Contents {
            name: words.contents_sheet.to_owned(),
            title: cut(title),
            subtitle: cut(subtitle),
            about: std::iter::once((words.centre, cut(&report.centre))).chain(body).chain(about).collect(),
            notices: said(&report.notices),
            attributions: said(&report.attributions),
        };
        Some(Book { contents, sheets })
    }
}

fn said(texts: &[String]) -> Vec<String> {
    texts.iter().filter(|text| !text.is_empty()).map(|text| cut(text)).collect()
}

fn figures(page: &Page) -> impl Iterator<Item = &Figure> {
    page.sections.iter().flat_map(|section| &section.blocks).flat_map(|block| match block {
        Block::Figures(figures) => figures.as_slice(),
        Block::Text(_) | Block::List(_) | Block::Prose(_) | Block::Table(_) => &[],
    })
}

fn text(text: &str) -> Held {
    Held {
        shown: Shown::Text(cut(text)),
        tone: Tone::Plain,
        letters: letters(text),
        proof: None,
        address: None,
    }
}

/// Letters of the longest line.
fn letters(text: &str) -> usize {
    text.lines().map(|line| line.chars().count()).max().unwrap_or(0)
}

/// No more letters than a cell can hold.
fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST_TEXT {
        return text.to_owned();
    }
    text.chars().take(LONGEST_TEXT - 1).chain(['…']).collect()
}

fn head(label: &str, numeric: bool) -> Head {
    Head { label: cut(label), numeric }
}

fn held(cell: &Cell, words: &Words, lengths: Lengths) -> Held {
    let shown = match shown(cell, words, lengths) {
        Shown::Text(text) => Shown::Text(cut(&text)),
        number @ Shown::Number { .. } => number,
    };
    let address = match &cell.value {
        Value::Entries(entries) => match entries.as_slice() {
            [Entry { address, .. }] => address.clone().filter(|address| leads_out(address)),
            _ => None,
        },
        _ => None,
    };
    let letters = match &shown {
        Shown::Text(text) => letters(text),
        Shown::Number { .. } => letters(words.printed(cell)),
    };
    Held { shown, tone: cell.tone, letters, proof: None, address }
}

fn figures_sheet(figures: &[&Figure], name: String, words: &'static Words) -> Sheet {
    let rows = figures.iter().map(|figure| Line {
        role: RowRole::Part,
        cells: vec![text(&figure.label), held(&figure.cell, words, Lengths::Apart), text(&figure.note)],
    });
    let tones = figures.iter().map(|figure| figure.cell.tone);
    let reasons = figures.iter().filter_map(|figure| reason(&figure.cell));
    Sheet {
        name,
        title: words.figures_title.to_owned(),
        page: String::new(),
        main: true,
        definition: String::new(),
        columns: vec![head(words.figure, false), head(words.value, true), head(words.note, false)],
        rows: rows.collect(),
        notes: notes(reasons, tones, &[], words),
    }
}

fn table_sheet(table: &Table, page: &Page, main: bool, name: String, words: &'static Words) -> Sheet {
    let lengths: Vec<Lengths> = (0..table.columns.len())
        .map(|place| {
            let numeric = table.columns[place].numeric;
            Lengths::of(numeric, table.rows.iter().filter_map(|row| row.cells.get(place)))
        })
        .collect();
    let most = MOST_ROWS - FREE_ROWS;
    let rows = table.rows.iter().take(most).map(|row| {
        let mut cells = vec![Held { shown: label(&cut(&row.label), words), ..text(&row.label) }];
        for (place, cell) in row.cells.iter().enumerate().take(MOST_COLUMNS - 1) {
            cells.push(held(cell, words, lengths.get(place).copied().unwrap_or(Lengths::Apart)));
        }
        Line { role: row.role, cells }
    });
    let columns = table.columns.iter().map(|Column { label, numeric, .. }| head(label, *numeric));
    let cells = || table.rows.iter().flat_map(|row| &row.cells);
    let mut notes = notes(cells().filter_map(reason), cells().map(|cell| cell.tone), &table.notes, words);
    if table.rows.len() > most {
        notes.insert(0, Note { text: words.shortened(most, table.rows.len()), tone: Tone::Plain });
    }
    Sheet {
        name,
        title: cut(&table.title),
        page: cut(&page.title),
        main,
        definition: cut(&table.definition),
        columns: std::iter::once(head(&table.row_heading, false)).chain(columns).take(MOST_COLUMNS).collect(),
        rows: rows.collect(),
        notes,
    }
}

/// A paragraph with the page and the section that it stands in.
type Paragraph<'a> = [Cow<'a, str>; 3];

fn paragraphs<'a>(pages: impl Iterator<Item = &'a Page>, report: &'a Report) -> Vec<Paragraph<'a>> {
    let mut paragraphs = Vec::new();
    for page in pages {
        if !page.lead.is_empty() && page.lead != report.subtitle {
            paragraphs.push([page.title.as_str().into(), "".into(), page.lead.as_str().into()]);
        }
        for section in &page.sections {
            for block in &section.blocks {
                let texts: Vec<Cow<'_, str>> = match block {
                    Block::Text(text) => vec![text.as_str().into()],
                    Block::List(items) => items.iter().map(|item| item.as_str().into()).collect(),
                    Block::Prose(passages) => {
                        passages.iter().flat_map(Passage::lines).map(Cow::from).collect()
                    }
                    Block::Figures(_) | Block::Table(_) => Vec::new(),
                };
                paragraphs.extend(
                    texts
                        .into_iter()
                        .map(|text| [page.title.as_str().into(), section.heading().into(), text]),
                );
            }
        }
    }
    paragraphs
}

fn paragraphs_sheet(paragraphs: Vec<Paragraph<'_>>, name: String, words: &'static Words) -> Sheet {
    let rows = paragraphs.iter().map(|paragraph| Line {
        role: RowRole::Part,
        cells: paragraph.iter().map(|part| text(part)).collect(),
    });
    Sheet {
        name,
        title: words.text_title.to_owned(),
        page: String::new(),
        main: true,
        definition: String::new(),
        columns: vec![head(words.page, false), head(words.section, false), head(words.text, false)],
        rows: rows.take(MOST_ROWS - FREE_ROWS).collect(),
        notes: Vec::new(),
    }
}

/// Cells with a proof lead to the first sheet of its page.
fn link_proofs(
    report: &Report,
    differences: bool,
    first_sheets: &BTreeMap<&str, usize>,
    sheets: &mut [Sheet],
) {
    let pages = report.pages.iter().filter(|page| is_differences(page) == differences);
    let start = first_sheets.values().min().copied().unwrap_or(0);
    let tables = pages.flat_map(|page| crate::address::tables(page).map(move |table| (page, table)));
    for (sheet, (page, table)) in sheets.iter_mut().skip(start).zip(tables) {
        for (line, row) in sheet.rows.iter_mut().zip(&table.rows) {
            for (held, cell) in line.cells.iter_mut().skip(1).zip(&row.cells) {
                let slug = cell.proof.as_deref().filter(|slug| *slug != page.slug);
                held.proof = slug.and_then(|slug| first_sheets.get(slug)).copied();
            }
        }
    }
}

/// Why cells have no value, what the tones mean, and the notes of the table.
fn notes<'a>(
    reasons: impl Iterator<Item = &'a str>,
    tones: impl Iterator<Item = Tone>,
    own: &[String],
    words: &'static Words,
) -> Vec<Note> {
    let mut said: BTreeSet<&str> = BTreeSet::new();
    let mut notes = Vec::new();
    for reason in reasons {
        if said.insert(reason) {
            notes.push(Note { text: cut(&words.not_measured_because(reason)), tone: Tone::Plain });
        }
    }
    let used: Vec<Tone> = tones.collect();
    for tone in [Tone::Good, Tone::Bad, Tone::Unsure, Tone::Reconstructed] {
        if let Some(meaning) = words.tone(tone).filter(|_| used.contains(&tone)) {
            notes.push(Note { text: words.set_like_this(meaning), tone });
        }
    }
    notes.extend(own.iter().map(|text| Note { text: cut(text), tone: Tone::Plain }));
    notes
}

/// Names of sheets: short enough, without forbidden letters, each once whatever its case.
struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    fn new(contents: &str) -> Self {
        // Kept by spreadsheet programs for themselves.
        Names { taken: ["history".to_owned(), contents.to_lowercase()].into() }
    }

    fn claim(&mut self, wanted: &str) -> String {
        let sound = |c: char| !c.is_control() && !"[]:*?/\\'".contains(c);
        let plain: String = wanted.chars().map(|c| if sound(c) { c } else { '-' }).collect();
        let plain = plain.trim();
        let plain = if plain.is_empty() { "-" } else { plain };
        let mut name = first_letters(plain, LONGEST_NAME);
        let mut count = 2;
        while !self.taken.insert(name.to_lowercase()) {
            let number = format!("-{count}");
            name = first_letters(plain, LONGEST_NAME - number.len()) + &number;
            count += 1;
        }
        name
    }
}

/// The first letters of a name; those beyond the basic plane count twice, as in the files.
fn first_letters(text: &str, most: usize) -> String {
    let mut length = 0;
    text.chars()
        .take_while(|c| {
            length += c.len_utf16();
            length <= most
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sheets_are_short_plain_and_each_is_once() {
        let mut names = Names::new("Indice");
        assert_eq!(names.claim("usi-ente"), "usi-ente");
        assert_eq!(names.claim("USI-ente"), "USI-ente-2");
        assert_eq!(names.claim("indice"), "indice-2");
        assert_eq!(names.claim("History"), "History-2");
        assert_eq!(names.claim("a/b:c[d]'e"), "a-b-c-d--e");
        assert_eq!(names.claim(""), "-");
        let long = "sla-5-csicms-intervalli-di-fermo-per-componente";
        assert_eq!(names.claim(long), "sla-5-csicms-intervalli-di-ferm");
        assert_eq!(names.claim(long), "sla-5-csicms-intervalli-di-fe-2");
        assert_eq!(names.claim(&"🛈".repeat(20)).chars().count(), 15);
    }

    #[test]
    fn no_cell_is_longer_than_files_allow() {
        assert_eq!(cut(&"x".repeat(40_000)).chars().count(), 32_767);
        assert_eq!(cut("x"), "x");
    }
}
