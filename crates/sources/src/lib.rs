//! One module per received format: bytes in, facts and findings out.
//!
//! A [`Declaration`] (`sources/*.toml` of the centre folder) says how the files of a source are read.
//! [`read`] takes the bytes of one file and returns what was understood and what was not: one bad row
//! never hides a thousand good ones, and never vanishes. No storage, no network, no clock.

mod civil;
mod codes;
mod compressed;
mod declaration;
mod file_name;
mod nagios_log;
mod perfdata;
mod registers;
mod table;
mod text;
mod workbook;

pub use civil::TimePattern;
pub use codes::CODES;
pub use declaration::{
    Attribution, CheckColumns, Counter, Declaration, DimensionColumn, EventColumns, FactColumns, Format,
    Grain, MEASURE, Mode, TableFormat, Vocabulary, read_declaration,
};
pub use file_name::NamePattern;
pub use registers::{REGISTERS, register};
pub use text::TextEncoding;
pub use workbook::{Cell, Sheet, Workbook, WorkbookKind};

use impegno_calendar::Zone;
use impegno_facts::Facts;
use impegno_findings::{Finding, Place};
use rustc_hash::FxHashMap;

/// What the centre calls things, for resolving the words of a file.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Code of a body by each of its names and aliases.
    pub bodies: FxHashMap<String, String>,
    /// Code of an online service by its code and title.
    pub services: FxHashMap<String, String>,
    /// Known probes, `host;service`; empty when the centre lists none.
    pub probes: FxHashMap<String, String>,
    /// Known components of systems.
    pub components: FxHashMap<String, String>,
}

/// What a file gave.
#[derive(Debug, Default)]
pub struct Received {
    /// The facts, at most one entry a kind.
    pub facts: Vec<Facts>,
    /// What could not be used or should be looked at.
    pub findings: Vec<Finding>,
    /// Rows of data in the file: `accepted + ignored + rejected`.
    pub rows: u64,
    /// Rows that gave at least one fact.
    pub accepted: u64,
    /// Rows of no interest.
    pub ignored: u64,
    /// Rows that could not be used.
    pub rejected: u64,
}

/// Reads one received file.
///
/// `file` is the name used in findings. A gzip archive is unpacked first; lines are those of what comes out. Never fails: what cannot be read is a finding.
pub fn read(declaration: &Declaration, names: &Names, zone: &Zone, file: &str, bytes: &[u8]) -> Received {
    let mut received = Received::default();
    let bytes = match compressed::unpacked(file, bytes, compressed::LIMITS) {
        Ok(bytes) => bytes,
        Err(finding) => {
            received.findings.push(*finding);
            return received;
        }
    };
    let bytes: &[u8] = &bytes;
    let content = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if content.iter().all(u8::is_ascii_whitespace) {
        let finding = Finding::error(codes::EMPTY_FILE, Place::file(file), "the file is empty")
            .hint("export it again; nothing of it was received");
        received.findings.push(finding);
        return received;
    }
    match &declaration.format {
        Format::NagiosLog => nagios_log::read(names, file, bytes, &mut received),
        Format::Perfdata => perfdata::read(names, file, bytes, &mut received),
        Format::Table(table) if table.workbook.is_some() => {
            read_workbook(table, names, zone, file, bytes, &mut received);
        }
        Format::Table(table) => table::read(table, names, zone, file, bytes, &mut received),
    }
    received
}

/// Reads the declared sheet of a spreadsheet as a table; findings name its cells.
fn read_workbook(
    table: &TableFormat,
    names: &Names,
    zone: &Zone,
    file: &str,
    bytes: &[u8],
    received: &mut Received,
) {
    let Some(workbook) = &table.workbook else { return };
    let sheet = match workbook.read(file, bytes) {
        Ok(sheet) => sheet,
        Err(finding) => return received.findings.push(*finding),
    };
    let text = sheet.to_text(table.header, &table.time, table.decimal);
    if text.iter().all(u8::is_ascii_whitespace) {
        let message = format!("the sheet `{}` is empty", sheet.name);
        let finding = Finding::error(codes::EMPTY_FILE, Place::file(file), message);
        return received.findings.push(finding.hint("name another `sheet` in the source's declaration"));
    }
    table::read(table, names, zone, file, &text, received);
    sheet.place(&mut received.findings, &table.time, table.decimal);
}

impl Received {
    /// A row that cannot be used.
    fn reject(&mut self, finding: Finding) {
        self.rejected += 1;
        self.findings.push(finding);
    }
}
