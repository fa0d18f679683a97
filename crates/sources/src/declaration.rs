//! How the files of a source are read: `sources/*.toml` of the centre folder.

mod live;
mod openvas;
mod read;

use std::collections::BTreeMap;

use impegno_clocks::Profile;
use impegno_facts::{Origin, State};

use crate::civil::TimePattern;
use crate::file_name::NamePattern;
use crate::text::TextEncoding;
use crate::workbook::Workbook;
pub use live::{LineColumns, LiveFacts, LiveFormat, SeriesColumns, StateField};
pub use openvas::{AddressRange, NetworkBy, NetworkKey, ScanForm, ScanFormat};
pub(crate) use openvas::{NETWORK, SCAN};
pub use read::read_declaration;

/// How the files of one source are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// Title for people, Italian and English.
    pub title: [String; 2],
    /// What the licence of the data asks to be said, word for word, and the licence; printed in every report.
    pub attribution: Option<Attribution>,
    /// How the program that it comes from counts the time of cases; promises that say nothing follow it.
    pub clock: Option<Profile>,
    /// How its files relate to each other.
    pub mode: Mode,
    /// Rejected rows that are tolerated, in millionths of all rows.
    pub tolerance_ppm: u64,
    /// What its files look like.
    pub format: Format,
}

/// Who gave the data of a source, and on which terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribution {
    /// The sentence that the licence asks for, word for word.
    pub sentence: String,
    /// Name of the licence: `CC BY 4.0`.
    pub licence: Option<String>,
}

/// How the files of a source relate to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Rows carry identifiers; files add rows and may overlap.
    Append,
    /// Each file is the whole.
    Snapshot,
    /// Each file is the whole of the periods that it has rows in.
    ReplacesPeriod(Grain),
}

/// The periods that a file of mode `replaces-period` replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// Whole months.
    Month,
    /// Whole years.
    Year,
}

/// What the files of a source look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// Nagios event log.
    NagiosLog,
    /// Nagios service performance data, `KEY::VALUE` form.
    Perfdata,
    /// Rows with named columns.
    Table(Box<TableFormat>),
    /// Reports of the vulnerability scanner OpenVAS.
    Scans(Box<ScanFormat>),
    /// Logs of live receiving.
    Live(Box<LiveFormat>),
}

impl Format {
    /// Whether its files give events of cases.
    pub fn gives_cases(&self) -> bool {
        match self {
            Format::Table(table) => matches!(table.facts, FactColumns::Cases { .. }),
            Format::Live(live) => matches!(live.facts, LiveFacts::Cases(_)),
            Format::Scans(_) => true,
            Format::NagiosLog | Format::Perfdata => false,
        }
    }
}

/// Rows with named columns, and what they mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFormat {
    /// The spreadsheet that the rows stand in; they are text without.
    pub workbook: Option<Workbook>,
    /// How the text is written.
    pub encoding: TextEncoding,
    /// The byte between fields.
    pub separator: u8,
    /// Line of the header, from 1; lines before it are titles and are passed over.
    pub header: u32,
    /// Names of the columns where the file has no header.
    pub columns: Option<Vec<String>>,
    /// Columns whose values stand in the name of the file.
    pub file_name: Option<NamePattern>,
    /// Words that stand for a missing value.
    pub empty: Vec<String>,
    /// How times are written.
    pub time: TimePattern,
    /// The byte between whole and hundredths of an amount.
    pub decimal: u8,
    /// Which facts a row gives.
    pub facts: FactColumns,
    /// What the fields of a row must say of each other.
    pub rules: Vec<Rule>,
    /// The columns kept as dimensions, by name of the dimension.
    pub dimensions: BTreeMap<String, DimensionColumn>,
}

/// The dimension that says which of several counts of a row an operation is.
pub const MEASURE: &str = "measure";

/// The columns of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckColumns {
    /// Column of the host.
    pub host: String,
    /// Column of the service on it.
    pub service: Option<String>,
    /// Service of every row, when no column says it.
    pub constant_service: Option<String>,
    /// Column of the time.
    pub at: String,
    /// Column of the state.
    pub state: String,
    /// The state of each word of the file.
    pub words: BTreeMap<String, State>,
    /// Column of the response time, and microseconds of its unit.
    pub latency: Option<(String, i64)>,
    /// Why the rows exist: [`Origin::Result`] or [`Origin::Transition`].
    pub origin: Origin,
}

/// What the fields of a row must say of each other. A row that does not is kept as a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// The column is never empty.
    Required(String),
    /// At least one of the columns is not empty.
    AnyOf(Vec<String>),
    /// One time is not before another.
    NotBefore {
        /// Column of the later time.
        later: String,
        /// Column of the earlier time.
        earlier: String,
    },
    /// The column is empty or holds one of the words, which are those of its dimension.
    WordsOnly {
        /// The column.
        column: String,
        /// The words, sorted.
        words: Vec<String>,
    },
    /// The column is empty, or holds a score or a vector of CVSS.
    Cvss(String),
    /// One whole number is not more than another.
    AtMost {
        /// Column of the smaller number.
        part: String,
        /// Column of the greater number.
        whole: String,
    },
}

/// Which facts a row gives, and from which columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactColumns {
    /// Checks of probes.
    Checks(CheckColumns),
    /// Events of cases.
    Cases {
        /// Kind of the cases.
        kind: String,
        /// Column of the case identifier.
        case: String,
        /// The event that opens a case and comes before all others, where there is one.
        opening: Option<String>,
        /// Where the events are.
        events: EventColumns,
    },
    /// Operations.
    Operations {
        /// Kind of the operations.
        kind: String,
        /// Columns that make the record id.
        id: Vec<String>,
        /// Columns of the time, joined by a space.
        at: Vec<String>,
        /// Column of the quantity; 1 a row without.
        quantity: Option<String>,
        /// Column of the amount.
        amount: Option<String>,
        /// Columns that each give an operation of their own, with the value of the dimension `measure`; then there
        /// is neither quantity nor amount.
        measures: Vec<(String, String)>,
    },
    /// Stocks.
    Stocks {
        /// Columns that make the subject, joined by `@`.
        subject: Vec<String>,
        /// Columns that make the attribute, joined by ` / `; a text in front when it is constant.
        attribute: Vec<String>,
        /// Attribute of every row, when no column says it.
        constant_attribute: Option<String>,
        /// Column of the value; `1` without.
        value: Option<String>,
        /// Column of the number that the row counts for; 1 without.
        quantity: Option<String>,
        /// Column of the first day.
        from: String,
        /// Column of the last day.
        until: Option<String>,
    },
}

/// Where the events of cases are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventColumns {
    /// A row is one event.
    Row {
        /// Column that names the event.
        column: String,
        /// Column of its time.
        at: String,
        /// The event of each word of the file.
        words: BTreeMap<String, String>,
    },
    /// A row is one case; each event has a column with its time.
    Columns(Vec<(String, String)>),
    /// A row is an update of a case and repeats what is known of it: its last row counts.
    Updates {
        /// Each event with the column of its time.
        columns: Vec<(String, String)>,
        /// Events that happen when a running count rises, at the time of that row.
        counters: Vec<Counter>,
    },
}

/// A running count in the rows of a case: each time that it rises, an event happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counter {
    /// The event.
    pub event: String,
    /// Column of the count.
    pub column: String,
    /// Column of the time of the row.
    pub at: String,
}

/// A column kept as a dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DimensionColumn {
    /// Name of the column.
    pub column: String,
    /// What its words are resolved by.
    pub vocabulary: Vocabulary,
}

/// What the words of a dimension are resolved by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Vocabulary {
    /// Kept as they are.
    AsIs,
    /// Each word of the file stands for another.
    Words(BTreeMap<String, String>),
    /// Names and aliases of served bodies; the listed words are no bodies and are left out.
    Bodies {
        /// Words that stand for no body.
        others: Vec<String>,
    },
    /// Codes and titles of online services.
    Services,
    /// Codes of systems.
    Systems,
    /// Codes of components.
    Components,
    /// Codes of commitments.
    Commitments,
    /// Decimal numbers, for filters on ranges.
    Numbers,
    /// Scores of CVSS, or vectors, which stand for their base score.
    Cvss,
}

impl Declaration {
    /// What the words of its dimensions are resolved by.
    pub fn vocabularies(&self) -> Vec<&Vocabulary> {
        match &self.format {
            Format::NagiosLog | Format::Perfdata | Format::Scans(_) => Vec::new(),
            Format::Live(live) => live.vocabularies(),
            Format::Table(table) => table.dimensions.values().map(|column| &column.vocabulary).collect(),
        }
    }
}
