//! The report as plain data: pages, sections, tables, cells.
//!
//! Nothing here knows HTML, CSV or PDF. A publisher walks this value and may
//! use only what stands in it: texts are final (language, rounding and number
//! notation are already decided), and beside each printed text stands the exact
//! value it was made from, for machines.

mod prose;

pub use prose::{Link, ListItem, Listing, Passage, Span};

/// A whole report: one value from which every format is published.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Code of the layout, as in `reports/annual.toml` → `annual`.
    pub layout: String,
    /// Title, as printed on top.
    pub title: String,
    /// Second line of the title: what the report is about.
    pub subtitle: String,
    /// Name of the centre that publishes.
    pub centre: String,
    /// The served body that the report is about; `None`: the whole centre.
    pub body: Option<Served>,
    /// What stands on its cover besides the title, when it is a document that somebody approved.
    pub cover: Option<Cover>,
    /// The period in words, "Anno 2017".
    pub period: String,
    /// The period as a code: `2017`, `2017-H1`, `2017-Q2`, `2017-06`.
    pub period_code: String,
    /// Language of every text in the report.
    pub language: Language,
    /// When the last fact used became known, ISO 8601 in UTC.
    pub known_at: String,
    /// Head of the ledger's chain of batches: names the exact facts.
    pub ledger_head: String,
    /// Hash of the centre folder's definitions: names the exact promises.
    pub charter_version: String,
    /// Warnings that stand on top of every page ("the records are reconstructed").
    pub notices: Vec<String>,
    /// What the licences of the data ask to be said, a sentence a source; in the language of the report
    /// or of the licence.
    pub attributions: Vec<String>,
    /// Pages; the first one is the report itself, the others its proofs and annexes.
    pub pages: Vec<Page>,
}

/// A served body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// Its code, lower case.
    pub code: String,
    /// Its name, as printed.
    pub name: String,
}

/// What stands on the cover of a document besides its title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// The act of approval with its day in words: "Approvata con DD 2025/4073 del 3 giugno 2025"; may be empty.
    pub approval: String,
    /// The day of approval, `2025-06-03`, when it is said.
    pub approved: Option<String>,
    /// The edition; may be empty.
    pub edition: String,
    /// The office that answers for the document; may be empty.
    pub office: String,
}

/// Language of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Italian.
    It,
    /// English.
    En,
}

/// One page: a readable document of its own with an address.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Address: `report`, `differenze`, `prova/sla-2`. Lower case, digits, `-`, `/`.
    pub slug: String,
    /// Title of the page.
    pub title: String,
    /// Introductory sentence; may be empty.
    pub lead: String,
    /// Sections in order.
    pub sections: Vec<Section>,
}

/// A part of a page with a heading.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Unique within the page; used as anchor.
    pub id: String,
    /// Its number as printed before the heading, `1.1.3`; empty where sections have none.
    pub number: String,
    /// 1 for a section of the page, 2 and 3 for those below; never more than one deeper than the section before.
    pub level: u8,
    /// Heading.
    pub title: String,
    /// Blocks in order.
    pub blocks: Vec<Block>,
}

impl Section {
    /// A section of the page, without a number.
    pub fn new(id: impl Into<String>, title: impl Into<String>, blocks: Vec<Block>) -> Self {
        Section { id: id.into(), number: String::new(), level: 1, title: title.into(), blocks }
    }

    /// The heading with its number before it.
    pub fn heading(&self) -> String {
        if self.number.is_empty() { self.title.clone() } else { format!("{} {}", self.number, self.title) }
    }
}

/// One thing under a heading.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A paragraph of plain text.
    Text(String),
    /// A list of plain sentences.
    List(Vec<String>),
    /// Written text with headings, lists and links.
    Prose(Vec<Passage>),
    /// Figures to be shown large, each a cell with its label.
    Figures(Vec<Figure>),
    /// A table, with its chart if it has one.
    Table(Table),
}

/// A single figure in large type.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Unique within the report.
    pub id: String,
    /// What it is: "ticket gestiti".
    pub label: String,
    /// The figure.
    pub cell: Cell,
    /// A word under it: unit, comparison, or empty.
    pub note: String,
}

/// A table of the report.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Unique within the report; also the name of its CSV.
    pub id: String,
    /// Caption.
    pub title: String,
    /// How it is computed and from what, one or two sentences; may be empty.
    pub definition: String,
    /// Heading of the column of row labels ("Categoria").
    pub row_heading: String,
    /// Columns after the row label.
    pub columns: Vec<Column>,
    /// Rows, each with as many cells as there are columns.
    pub rows: Vec<Row>,
    /// Footnotes, in order.
    pub notes: Vec<String>,
    /// How to draw it, when it is drawn.
    pub chart: Option<Chart>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Key of the column, stable: `2016`, `2017`, `change`, `total`.
    pub key: String,
    /// Heading as printed.
    pub label: String,
    /// Whether its cells are numbers (set flush right) or words.
    pub numeric: bool,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Key of the row, stable: a code, a month `2017-06`, a value of a dimension.
    pub key: String,
    /// Label as printed.
    pub label: String,
    /// Whether the row is a part or a total of the others.
    pub role: RowRole,
    /// One cell a column.
    pub cells: Vec<Cell>,
}

/// What a row is among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowRole {
    /// One of the parts.
    Part,
    /// What a limited list leaves out ("Altro").
    Rest,
    /// The sum of parts and rest.
    Total,
}

/// One printed value with the exact value behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// As printed, in the report's language; empty where there is nothing.
    pub text: String,
    /// The exact value.
    pub value: Value,
    /// How it is to be understood beyond its text.
    pub tone: Tone,
    /// Slug of the page that proves it, `prova/sla-2`, when there is one.
    pub proof: Option<String>,
}

/// The exact value of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing belongs here.
    Empty,
    /// Words.
    Text(String),
    /// Several words, or words that lead somewhere; printed one below the other.
    Entries(Vec<Entry>),
    /// A whole number: counts.
    Integer(i128),
    /// An exact share, change or mean, `numerator / denominator`; the denominator is positive.
    ///
    /// A share of one is 1/1: percentages are `100 ×` this.
    Ratio {
        /// Any whole number.
        numerator: i128,
        /// Positive.
        denominator: i128,
        /// What the quotient is printed as.
        unit: Unit,
    },
    /// A duration in microseconds.
    Micros(i128),
    /// An amount in euro cents.
    Cents(i128),
    /// It should be there and is not; the reason, in the report's language.
    NotMeasured(String),
}

/// One of several words in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// As printed.
    pub text: String,
    /// Where it leads, `mailto:…` or `https://…`; `None`: nowhere.
    pub address: Option<String>,
}

/// What a quotient is printed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Times one hundred, with a percent sign.
    Percent,
    /// Difference of two shares, times one hundred, signed.
    PercentagePoints,
    /// Relative change, times one hundred, with a percent sign and sign.
    Change,
    /// A plain number (mean per month, users per hour).
    Number,
}

/// How a cell is to be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Tone {
    /// Nothing special.
    #[default]
    Plain,
    /// Kept, good.
    Good,
    /// Missed, bad.
    Bad,
    /// Cannot be said.
    Unsure,
    /// Reconstructed or otherwise not as recorded.
    Reconstructed,
}

/// How a table is drawn. The data are the table's own cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Kind of drawing.
    pub kind: ChartKind,
    /// Indices of the columns drawn, one series each.
    pub series: Vec<usize>,
    /// One sentence for people who cannot see it.
    pub description: String,
}

/// Kinds of drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChartKind {
    /// Horizontal bars, one group a row; for named things.
    Bars,
    /// Vertical columns, one group a row; for few periods.
    Columns,
    /// Lines over the rows; for months.
    Lines,
    /// One bar divided into shares.
    Shares,
}

impl Cell {
    /// A cell without a value.
    pub fn empty() -> Self {
        Cell { text: String::new(), value: Value::Empty, tone: Tone::Plain, proof: None }
    }

    /// A cell of words.
    pub fn words(text: impl Into<String>) -> Self {
        let text = text.into();
        Cell { value: Value::Text(text.clone()), text, tone: Tone::Plain, proof: None }
    }

    /// A cell of several words, or of words that lead somewhere.
    pub fn entries(entries: Vec<Entry>) -> Self {
        let texts: Vec<&str> = entries.iter().map(|entry| entry.text.as_str()).collect();
        Cell { text: texts.join("; "), value: Value::Entries(entries), tone: Tone::Plain, proof: None }
    }

    /// The same cell in another tone.
    pub fn toned(self, tone: Tone) -> Self {
        Cell { tone, ..self }
    }

    /// The same cell with the page that proves it.
    pub fn proven_by(self, slug: impl Into<String>) -> Self {
        Cell { proof: Some(slug.into()), ..self }
    }
}

impl Value {
    /// The value as a floating number for drawing only, never for judging or printing.
    pub fn drawn(&self) -> Option<f64> {
        match self {
            Value::Empty | Value::Text(_) | Value::Entries(_) | Value::NotMeasured(_) => None,
            Value::Integer(n) => Some(*n as f64),
            Value::Ratio { numerator, denominator, unit } => {
                let quotient = *numerator as f64 / *denominator as f64;
                Some(match unit {
                    Unit::Percent | Unit::PercentagePoints | Unit::Change => quotient * 100.0,
                    Unit::Number => quotient,
                })
            }
            Value::Micros(n) => Some(*n as f64 / 1e6),
            Value::Cents(n) => Some(*n as f64 / 100.0),
        }
    }
}

impl Report {
    /// Name of the files that hold the whole report, without extension: `annual-2017`, or
    /// `annual-2017-fiesole` for one served body.
    pub fn file_name(&self) -> String {
        let body = self.body.as_ref().map(|body| format!("-{}", body.code)).unwrap_or_default();
        format!("{}-{}{body}", self.layout, self.period_code)
    }

    /// Every table of the report with the slug of its page, in reading order.
    pub fn tables(&self) -> impl Iterator<Item = (&str, &Table)> {
        self.pages.iter().flat_map(|page| {
            page.sections.iter().flat_map(|section| &section.blocks).filter_map(move |block| match block {
                Block::Table(table) => Some((page.slug.as_str(), table)),
                Block::Text(_) | Block::List(_) | Block::Prose(_) | Block::Figures(_) => None,
            })
        })
    }

    /// Every single figure of the report, in reading order.
    pub fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.pages.iter().flat_map(|page| &page.sections).flat_map(|section| &section.blocks).flat_map(
            |block| match block {
                Block::Figures(figures) => figures.as_slice(),
                Block::Text(_) | Block::List(_) | Block::Prose(_) | Block::Table(_) => &[],
            },
        )
    }
}
