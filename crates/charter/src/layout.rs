//! Report layouts: what a report says, as data.
//!
//! A layout has sections, a section has blocks, a block is a text, a table, a matrix, a list of figures or
//! the table of commitments. A figure is a *formula* over cells of tables: the formulas are the identities
//! by which published figures are compared.

mod indicators;
mod measured;
mod written;

use std::collections::BTreeMap;

use impegno_calendar::{Micros, Period};
use impegno_findings::Place;

use crate::{Filter, Words};
pub use indicators::{IndicatorsLayout, Named, Shown};
pub use measured::{
    AvailabilityColumns, AvailabilityLayout, TimesClock, TimesLayout, TimesLimit, TimesStatistic,
    WindowLayout,
};
pub use written::{Bilingual, CoverLayout, DirectoryCell, DirectoryLayout, DirectoryRow, ProseLayout};

/// A kind of report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Name of the file without `.toml`.
    pub code: String,
    /// Title.
    pub title: Words,
    /// What the report is about.
    pub subtitle: Words,
    /// The length of the periods that it is made for, when it says so.
    pub period: Option<PeriodKind>,
    /// What stands on the cover of a document.
    pub cover: Option<CoverLayout>,
    /// Sections in order.
    pub sections: Vec<SectionLayout>,
}

/// A section of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionLayout {
    /// Unique within the layout.
    pub id: String,
    /// Its number, `1.1.3`; empty where it has none.
    pub number: String,
    /// 1 to 3; never more than one deeper than the section before.
    pub level: u8,
    /// Heading.
    pub title: Words,
    /// Blocks in order.
    pub blocks: Vec<BlockLayout>,
}

/// A block of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockLayout {
    /// A paragraph.
    Text(Words),
    /// A text from `texts/`.
    Prose(ProseLayout),
    /// A table of words from `directories/`.
    Directory(DirectoryLayout),
    /// Figures in large type.
    Figures(Vec<FigureLayout>),
    /// Counts or sums cut by two axes.
    Table(Box<TableLayout>),
    /// Availability of components.
    Availability(Box<AvailabilityLayout>),
    /// Times between two events of cases.
    Times(Box<TimesLayout>),
    /// The value of attributes of subjects at the end of the period.
    Matrix(MatrixLayout),
    /// Subjects put into classes by their attributes.
    Classes(ClassesLayout),
    /// What changed most from the year before.
    Changes(ChangesLayout),
    /// The table of commitments.
    Commitments {
        /// Identifier of the table.
        id: String,
        /// Caption.
        title: Words,
        /// The commitments shown, in this order; all of the centre without.
        codes: Option<Vec<String>>,
        /// Where the codes stand.
        place: Place,
    },
    /// Commitments with a column for each of several periods.
    Indicators(Box<IndicatorsLayout>),
    /// The sheet of each of some commitments.
    Sheets(Named),
    /// What the documents leave open, with the reasons.
    Choices,
}

/// Lengths of periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeriodKind {
    /// A year.
    Year,
    /// Half a year.
    HalfYear,
    /// A quarter.
    Quarter,
    /// A month.
    Month,
}

impl PeriodKind {
    /// Whether a period has this length.
    pub fn fits(self, period: Period) -> bool {
        match period {
            Period::Year(_) => self == PeriodKind::Year,
            Period::HalfYear(..) => self == PeriodKind::HalfYear,
            Period::Quarter(..) => self == PeriodKind::Quarter,
            Period::Month(..) => self == PeriodKind::Month,
            Period::Range { .. } => false,
        }
    }
}

/// Which facts are counted, and what of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Which kind of facts.
    pub of: Measured,
    /// Which of them.
    pub filter: Filter,
    /// Of which time.
    pub span: Span,
    /// Where it stands.
    pub place: Place,
}

/// The time whose facts are counted, seen from the period of the report. Stocks are taken at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Span {
    /// The period.
    Period,
    /// The same period of the year before.
    Before,
    /// From the first day of the year in which the period ends to its end.
    YearToDate,
    /// From the first day of a year to the end of the period: running totals.
    Since(i16),
}

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measured {
    /// Quantities of operations.
    Operations,
    /// Amounts of operations, in cents.
    Amounts,
    /// Cases by the period of an event.
    Cases {
        /// The event, `opened` for most kinds.
        from: String,
    },
    /// Rows of checks.
    Checks,
    /// Different probes that had a check within a length of time before the end of the period.
    Probes {
        /// The length.
        within_last: Micros,
    },
    /// Quantities of stocks at the end of the period.
    Stocks,
    /// Different values of a dimension among the stocks at the end of the period.
    DistinctStocks {
        /// The dimension.
        dimension: String,
    },
}

/// The key of the only column of a table that declares no columns.
pub const ONLY_COLUMN: &str = "value";

/// One of the two axes of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Axis {
    /// One position: everything.
    Whole,
    /// The values of a dimension.
    Dimension {
        /// The dimension.
        name: String,
        /// Values in the order of printing; empty: as the facts have them.
        values: Vec<String>,
        /// Values printed as one: key of the group and its values.
        groups: BTreeMap<String, Vec<String>>,
        /// Labels where the values need others.
        labels: BTreeMap<String, Words>,
        /// Whether every entry of the catalogue is listed, those without facts too.
        whole_catalogue: bool,
    },
    /// Years up to the one of the period: this many.
    Years(u8),
    /// Years since one.
    YearsSince(i16),
    /// The quarters of the period.
    Quarters,
    /// The twelve months of the year.
    Months,
    /// Bands of hours of the local day, `[from, to)`.
    Bands(Vec<(u8, u8)>),
    /// Columns that each select their own facts.
    Own(Vec<OwnColumn>),
    /// For stocks: at the start, new, ended, at the end.
    Movement,
}

/// A column that selects its own facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnColumn {
    /// Key.
    pub key: String,
    /// Heading.
    pub label: Words,
    /// What it counts: what the table counts, unless the column says otherwise.
    pub selection: Selection,
    /// Not a part of the column of totals: an *of which*, another unit or another time.
    pub aside: bool,
}

/// A column computed from others of its row by a formula of the layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComputedColumn {
    /// Key.
    pub key: String,
    /// Heading.
    pub label: Words,
    /// How.
    pub formula: ColumnFormula,
    /// Decimals of quotients.
    pub decimals: u8,
}

/// How a column is computed; columns are named by key, `total` is the column of totals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnFormula {
    /// Part ÷ whole, as a percentage; parts are added.
    Share {
        /// The parts.
        part: Vec<String>,
        /// The whole.
        whole: String,
    },
    /// (now − before) ÷ before, as a percentage.
    Change {
        /// The later value.
        now: String,
        /// The earlier value.
        before: String,
    },
    /// now − before.
    Difference {
        /// The later value.
        now: String,
        /// The earlier value.
        before: String,
    },
    /// A column ÷ a whole number: hours into days of work.
    Quotient {
        /// The column.
        of: String,
        /// Positive.
        by: i64,
    },
}

impl ColumnFormula {
    /// The columns it is computed from.
    pub fn inputs(&self) -> Vec<&str> {
        match self {
            ColumnFormula::Share { part, whole } => part.iter().chain([whole]).map(String::as_str).collect(),
            ColumnFormula::Change { now, before } | ColumnFormula::Difference { now, before } => {
                vec![now, before]
            }
            ColumnFormula::Quotient { of, .. } => vec![of],
        }
    }
}

/// A row that is left out of a table, so that what is compared is comparable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Key of the row.
    pub key: String,
    /// The reason, printed under the table with the figures of the row.
    pub why: Words,
}

/// A column computed from the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Derived {
    /// Relative change of the last counted column on the one before.
    Change,
    /// Difference of the last two counted columns.
    Difference,
    /// Share of the last counted column in its total.
    Share,
    /// Mean per hour of the last counted column: for bands of hours.
    PerHour,
}

/// Order of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sort {
    /// As declared or as time goes.
    Declared,
    /// By label.
    Label,
    /// By a counted column, largest first.
    Value,
    /// By the sum of the counted columns, largest first.
    Total,
}

/// A table of counts or sums cut by two axes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableLayout {
    /// Unique within the layout.
    pub id: String,
    /// Caption.
    pub title: Words,
    /// How it is computed and from what.
    pub definition: Words,
    /// Heading of the row labels.
    pub row_heading: Words,
    /// What is counted.
    pub selection: Selection,
    /// Rows.
    pub rows: Axis,
    /// Columns.
    pub columns: Axis,
    /// Columns computed from the counted ones.
    pub derived: Vec<Derived>,
    /// Columns computed by formulas of the layout.
    pub computed: Vec<ComputedColumn>,
    /// Rows left out of it, with the reasons.
    pub left_out: Vec<LeftOut>,
    /// Whether a row of totals closes the table.
    pub total: bool,
    /// Whether a column of totals closes the counted columns.
    pub total_column: bool,
    /// Order of rows.
    pub sort: Sort,
    /// The counted column by which [`Sort::Value`] sorts; the last one without.
    pub sort_by: Option<String>,
    /// Only this many rows.
    pub top: Option<usize>,
    /// Whether what a limited list leaves out is one row.
    pub rest: bool,
    /// Decimals of derived columns.
    pub decimals: u8,
    /// Cells to be marked.
    pub mark: Option<MarkLayout>,
    /// How it is drawn.
    pub chart: Option<ChartLayout>,
    /// Footnotes.
    pub notes: Vec<Words>,
}

/// Cells that hold a fact fulfilling a filter are marked as reconstructed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkLayout {
    /// The filter.
    pub filter: Filter,
    /// What the mark means.
    pub label: Words,
}

/// How a table is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartLayout {
    /// `bars`, `columns`, `lines` or `shares`.
    pub kind: String,
    /// Keys of the columns drawn; empty: all counted ones.
    pub series: Vec<String>,
    /// One sentence for people who cannot see it.
    pub description: Words,
}

/// The value of attributes of subjects at the end of the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixLayout {
    /// Unique within the layout.
    pub id: String,
    /// Caption.
    pub title: Words,
    /// How it is made.
    pub definition: Words,
    /// Heading of the row labels.
    pub row_heading: Words,
    /// The dimension that names the subjects.
    pub subject: String,
    /// The attributes in order: value and heading.
    pub attributes: Vec<(String, Words)>,
    /// Cells to be marked.
    pub mark: Option<MarkLayout>,
    /// Footnotes.
    pub notes: Vec<Words>,
}

/// Subjects put into classes by their attributes; the first class that fits counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassesLayout {
    /// Unique within the layout.
    pub id: String,
    /// Caption.
    pub title: Words,
    /// How it is made.
    pub definition: Words,
    /// Heading of the row labels.
    pub row_heading: Words,
    /// The dimension that names the subjects.
    pub subject: String,
    /// The classes.
    pub classes: Vec<ClassLayout>,
}

/// A class of subjects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassLayout {
    /// Key.
    pub key: String,
    /// Name.
    pub label: Words,
    /// Attributes that must have one of the values.
    pub when: Filter,
}

/// What changed most from the year before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangesLayout {
    /// Unique within the layout.
    pub id: String,
    /// Caption.
    pub title: Words,
    /// How it is made.
    pub definition: Words,
    /// What is counted.
    pub selection: Selection,
    /// The dimension whose values are compared; services are marked new or ended by the catalogue.
    pub by: String,
    /// The dimension that groups them.
    pub group: String,
    /// Least absolute change that is listed.
    pub at_least: i64,
    /// Table of the changes by group, whose totals the listed changes are held against.
    pub groups: Option<String>,
}

/// A single figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureLayout {
    /// Unique within the layout.
    pub id: String,
    /// What it is.
    pub label: Words,
    /// How it is computed.
    pub formula: Formula,
    /// Decimals, for quotients.
    pub decimals: u8,
    /// A word under it.
    pub note: Words,
}

/// How a figure is computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Formula {
    /// A count of its own.
    Count(Selection),
    /// A cell of a table or another figure.
    Cell(Reference),
    /// Sum of cells.
    Sum(Vec<Reference>),
    /// Part ÷ whole, as a percentage.
    Share {
        /// The parts, added.
        part: Vec<Reference>,
        /// The wholes, added.
        whole: Vec<Reference>,
    },
    /// (now − before) ÷ before, as a percentage.
    Change {
        /// The later value.
        now: Reference,
        /// The earlier value.
        before: Reference,
    },
    /// Mean per month of the period.
    PerMonth(Reference),
    /// A cell ÷ a whole number: hours into days of work.
    Quotient {
        /// The cell.
        of: Reference,
        /// Positive.
        by: i64,
    },
    /// How many parts a table has.
    RowsOf(Reference),
}

impl Formula {
    /// The cells and figures that it is computed from.
    pub fn references(&self) -> Vec<&Reference> {
        match self {
            Formula::Count(_) | Formula::RowsOf(_) => Vec::new(),
            Formula::Cell(reference)
            | Formula::PerMonth(reference)
            | Formula::Quotient { of: reference, .. } => vec![reference],
            Formula::Sum(references) => references.iter().collect(),
            Formula::Share { part, whole } => part.iter().chain(whole).collect(),
            Formula::Change { now, before } => vec![now, before],
        }
    }
}

impl Reference {
    /// The table or figure that it names.
    pub fn target(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }
}

/// A cell of a table, `table/row/column`, or a figure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference(pub String);

impl Layout {
    /// Every table of the layout.
    pub fn tables(&self) -> impl Iterator<Item = &TableLayout> {
        self.blocks().filter_map(|block| match block {
            BlockLayout::Table(table) => Some(table.as_ref()),
            BlockLayout::Text(_)
            | BlockLayout::Prose(_)
            | BlockLayout::Directory(_)
            | BlockLayout::Figures(_)
            | BlockLayout::Availability(_)
            | BlockLayout::Times(_)
            | BlockLayout::Matrix(_)
            | BlockLayout::Classes(_)
            | BlockLayout::Changes(_)
            | BlockLayout::Commitments { .. }
            | BlockLayout::Indicators(_)
            | BlockLayout::Sheets(_)
            | BlockLayout::Choices => None,
        })
    }

    /// Whether something in it is compared with the same period of the year before.
    pub fn looks_a_year_back(&self) -> bool {
        let before = |selection: &Selection| selection.span == Span::Before;
        let tables = self.tables().any(|table| {
            let axes = [&table.rows, &table.columns];
            before(&table.selection)
                || axes.into_iter().any(|axis| match axis {
                    Axis::Years(count) => *count > 1,
                    Axis::Own(own) => own.iter().any(|column| before(&column.selection)),
                    _ => false,
                })
        });
        let figures = self.figures().any(|figure| match &figure.formula {
            Formula::Count(selection) => before(selection),
            _ => false,
        });
        let indicators = self.indicators().any(|layout| layout.years > 1);
        tables || figures || indicators || self.blocks().any(|block| matches!(block, BlockLayout::Changes(_)))
    }

    /// Every figure of the layout.
    pub fn figures(&self) -> impl Iterator<Item = &FigureLayout> {
        self.blocks().flat_map(|block| match block {
            BlockLayout::Figures(figures) => figures.as_slice(),
            BlockLayout::Text(_)
            | BlockLayout::Prose(_)
            | BlockLayout::Directory(_)
            | BlockLayout::Table(_)
            | BlockLayout::Availability(_)
            | BlockLayout::Times(_)
            | BlockLayout::Matrix(_)
            | BlockLayout::Classes(_)
            | BlockLayout::Changes(_)
            | BlockLayout::Commitments { .. }
            | BlockLayout::Indicators(_)
            | BlockLayout::Sheets(_)
            | BlockLayout::Choices => &[],
        })
    }

    /// Whether the layout speaks of a commitment: its blocks of commitments name it or name none, or it has no
    /// such block.
    pub fn speaks_of(&self, code: &str) -> bool {
        let mut named = false;
        for block in self.blocks() {
            let speaks = match block {
                BlockLayout::Commitments { codes, .. } => {
                    codes.as_ref().is_none_or(|codes| codes.iter().any(|known| known == code))
                }
                BlockLayout::Indicators(layout) => layout.of.has(code),
                BlockLayout::Sheets(named) => named.has(code),
                _ => continue,
            };
            if speaks {
                return true;
            }
            named = true;
        }
        !named
    }

    /// Whether only its tables of several periods speak of a commitment.
    pub fn speaks_of_in_indicators_alone(&self, code: &str) -> bool {
        let elsewhere = self.blocks().any(|block| match block {
            BlockLayout::Commitments { codes, .. } => {
                codes.as_ref().is_none_or(|codes| codes.iter().any(|known| known == code))
            }
            BlockLayout::Sheets(named) => named.has(code),
            _ => false,
        });
        !elsewhere && self.indicators().any(|layout| layout.of.has(code))
    }

    /// The tables of commitments over several periods.
    pub fn indicators(&self) -> impl Iterator<Item = &IndicatorsLayout> {
        self.blocks().filter_map(|block| match block {
            BlockLayout::Indicators(layout) => Some(layout.as_ref()),
            _ => None,
        })
    }

    /// Every block of the layout.
    pub fn blocks(&self) -> impl Iterator<Item = &BlockLayout> {
        self.sections.iter().flat_map(|section| &section.blocks)
    }
}
