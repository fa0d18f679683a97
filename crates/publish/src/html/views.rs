//! What the template prints: prepared, so that it decides nothing.

use askama::Template;
use impegno_report::document::{Page, Report};

use crate::words::Words;

/// A link with its words.
pub(super) struct Link<'a> {
    pub(super) href: String,
    pub(super) text: &'a str,
    pub(super) current: bool,
}

/// A line of the table of contents.
pub(super) struct ContentsLink {
    pub(super) href: String,
    pub(super) text: String,
    pub(super) level: u8,
}

/// The proof pages of one kind.
pub(super) struct ProofGroup<'a> {
    pub(super) title: String,
    pub(super) links: Vec<Link<'a>>,
    pub(super) current: bool,
}

#[derive(Template)]
#[template(path = "page.html")]
pub(super) struct PageView<'a> {
    pub(super) words: &'static Words,
    pub(super) report: &'a Report,
    pub(super) page: &'a Page,
    /// `../` from proof pages.
    pub(super) root: String,
    pub(super) document_title: String,
    pub(super) description: &'a str,
    pub(super) home: String,
    /// Whether the title of the report is also that of the page, and so its `h1`.
    pub(super) title_is_heading: bool,
    pub(super) main_pages: Vec<Link<'a>>,
    pub(super) proof_groups: Vec<ProofGroup<'a>>,
    pub(super) notices: &'a [&'a str],
    /// Present on pages below the report.
    pub(super) breadcrumb: bool,
    pub(super) citations: Vec<Citation<'a>>,
    pub(super) previous: Option<Link<'a>>,
    pub(super) next: Option<Link<'a>>,
    pub(super) contents: Vec<ContentsLink>,
    /// What stands on the cover, a line each; on the first page.
    pub(super) cover: Vec<&'a str>,
    pub(super) sections: Vec<SectionView<'a>>,
    pub(super) marks: Vec<&'static str>,
    pub(super) known_at: String,
    pub(super) ledger_head: String,
    pub(super) charter_version: String,
    /// The workbook that holds the tables of the page.
    pub(super) workbook: String,
    pub(super) figures_csv: String,
    pub(super) page_json: String,
    pub(super) read_me: String,
    pub(super) schema: String,
    pub(super) pdf: String,
    pub(super) licences: String,
}

/// A figure that a proof page proves.
pub(super) struct Citation<'a> {
    pub(super) href: String,
    pub(super) table: &'a str,
    pub(super) row: &'a str,
    /// Heading of the column, if any, and text of each cell.
    pub(super) cells: Vec<(&'a str, &'a str)>,
}

pub(super) struct SectionView<'a> {
    pub(super) id: String,
    pub(super) title: String,
    /// 1 to 3; the heading is one step below that of the page, an `h2` for 1.
    pub(super) level: u8,
    /// Number of the heading of the section.
    pub(super) heading: u8,
    pub(super) blocks: Vec<BlockView<'a>>,
}

pub(super) enum BlockView<'a> {
    Text(&'a str),
    List(&'a [String]),
    /// HTML in which every text is escaped.
    Prose(String),
    Figures(FiguresView<'a>),
    Table(Box<TableView<'a>>),
}

pub(super) struct FiguresView<'a> {
    pub(super) figures: Vec<FigureView<'a>>,
    pub(super) legend: Vec<Mark>,
}

pub(super) struct FigureView<'a> {
    pub(super) id: String,
    pub(super) label: &'a str,
    pub(super) note: &'a str,
    pub(super) cell: CellView<'a>,
}

pub(super) struct TableView<'a> {
    pub(super) id: String,
    pub(super) title: &'a str,
    /// Number of its heading.
    pub(super) heading: u8,
    /// The section has the same title: it is not printed twice.
    pub(super) title_is_said: bool,
    pub(super) definition: &'a str,
    pub(super) row_heading: &'a str,
    pub(super) columns: Vec<ColumnView<'a>>,
    pub(super) rows: Vec<RowView<'a>>,
    pub(super) wide_chart: Option<String>,
    pub(super) narrow_chart: Option<String>,
    /// Why cells have no value, each with its letter.
    pub(super) reasons: Vec<Reason<'a>>,
    pub(super) legend: Vec<Mark>,
    pub(super) notes: &'a [String],
    pub(super) shortened: Option<String>,
    pub(super) csv: String,
    pub(super) json: String,
    pub(super) class: &'static str,
    /// Whether rows become cards on phones: then table roles are written out, which the change of
    /// display would otherwise take away from screen readers.
    pub(super) stacked: bool,
}

pub(super) struct ColumnView<'a> {
    pub(super) label: &'a str,
    pub(super) class: &'static str,
}

pub(super) struct RowView<'a> {
    pub(super) id: Option<String>,
    pub(super) class: &'static str,
    pub(super) label: &'a str,
    pub(super) cells: Vec<CellView<'a>>,
}

pub(super) struct CellView<'a> {
    pub(super) text: &'a str,
    /// Several words, or words that lead out; printed instead of the text.
    pub(super) entries: Vec<EntryView<'a>>,
    pub(super) class: &'static str,
    pub(super) heading: &'a str,
    pub(super) mark: Option<Mark>,
    /// The mark follows the text rather than leading it.
    pub(super) mark_after: bool,
    pub(super) href: Option<String>,
    pub(super) reason: Option<(String, String)>,
}

pub(super) struct EntryView<'a> {
    pub(super) text: &'a str,
    pub(super) href: Option<&'a str>,
}

/// The mark of a tone, with its words.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    pub(super) icon: &'static str,
    pub(super) words: &'static str,
}

pub(super) struct Reason<'a> {
    pub(super) letter: String,
    pub(super) id: String,
    pub(super) text: &'a str,
}
