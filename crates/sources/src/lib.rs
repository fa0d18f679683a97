//! One module per received format: bytes in, facts and findings out.
//!
//! A [`Declaration`] (`sources/*.toml` of the centre folder) says how the files of a source are read.
//! [`read_pieces`] takes the bytes of one file, of any size, and gives what was understood and what was not:
//! one bad row never hides a thousand good ones, and never vanishes. No storage, no network, no clock.

mod civil;
mod codes;
mod compressed;
mod declaration;
mod file_name;
mod findings;
pub mod live;
mod nagios_log;
mod openvas;
mod perfdata;
mod pieces;
mod registers;
mod table;
mod text;
mod workbook;

pub use civil::TimePattern;
pub use codes::CODES;
pub use declaration::{
    AddressRange, Attribution, CheckColumns, Counter, Declaration, DimensionColumn, EventColumns,
    FactColumns, Format, Grain, LineColumns, LiveFacts, LiveFormat, MEASURE, Mode, NetworkBy, NetworkKey,
    Rule, ScanForm, ScanFormat, SeriesColumns, StateField, TableFormat, Vocabulary, read_declaration,
};
pub use file_name::NamePattern;
pub use findings::{FileFindings, KEPT};
pub use openvas::{
    FINDING, FINDING_DIMENSIONS, FOUND, SCAN_DIMENSIONS, SCAN_KINDS, SCAN_REPORT, SCAN_RESULT, SCANNED_HOST,
};
pub use perfdata::{latency_of as perfdata_latency, micros};
pub use pieces::{Input, PIECE, Stopped};
pub use registers::{REGISTER_HEADS, REGISTERS, register};
pub use text::TextEncoding;
pub use workbook::{Cell, Sheet, Workbook, WorkbookKind};

use std::io::Read as _;

use impegno_calendar::Zone;
use impegno_facts::Facts;
use impegno_findings::{Finding, Place};
use rustc_hash::FxHashMap;

use civil::CivilClock;

/// What the centre calls things, for resolving the words of a file.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Code of a body by each of its names and aliases.
    pub bodies: FxHashMap<String, String>,
    /// Code of an online service by its code and title.
    pub services: FxHashMap<String, String>,
    /// Known probes, `host;service`; empty when the centre lists none.
    pub probes: FxHashMap<String, String>,
    /// Known systems.
    pub systems: FxHashMap<String, String>,
    /// Known components of systems.
    pub components: FxHashMap<String, String>,
    /// Known commitments.
    pub commitments: FxHashMap<String, String>,
}

/// What a file gave.
#[derive(Debug, Default)]
pub struct Received {
    /// The facts, at most one entry a kind and piece; empty when they were handed over piece by piece.
    pub facts: Vec<Facts>,
    /// What could not be used or should be looked at.
    pub findings: FileFindings,
    /// Rows of data in the file: `accepted + ignored + rejected`.
    pub rows: u64,
    /// Rows that gave at least one fact.
    pub accepted: u64,
    /// Rows of no interest.
    pub ignored: u64,
    /// Rows that could not be used.
    pub rejected: u64,
}

/// Reads one received file that is in memory.
///
/// `file` is the name used in findings. Never fails: what cannot be read is a finding.
pub fn read(declaration: &Declaration, names: &Names, zone: &Zone, file: &str, bytes: &[u8]) -> Received {
    let mut facts = Vec::new();
    let size = bytes.len() as u64;
    let mut bytes = bytes;
    let input = Input { piece: bytes.len() + 1, size, bytes: &mut bytes };
    let taken = read_pieces(declaration, names, zone, file, input, |piece| {
        facts.push(piece);
        Ok::<(), std::convert::Infallible>(())
    });
    match taken {
        Ok(received) => Received { facts, ..received },
        Err(Stopped::Void(finding)) => Received::refused(*finding),
        // Reading from memory and adding to a list cannot fail.
        Err(Stopped::Input(_) | Stopped::Taker(_)) => Received::default(),
    }
}

/// Reads one received file piece by piece and hands over the facts of each piece.
///
/// `file` is the name used in findings. A gzip archive is unpacked on the way; lines are those of what comes out. Where the file is cut changes nothing of its facts and findings. Memory
/// is that of a few pieces; it grows with the rows only for events of cases (some 30 bytes an event and
/// 20 a case, to tell apart equal events and events before their opening).
///
/// # Errors
/// When the bytes cannot be read, the facts cannot be taken, or the facts that were handed over turn out to be
/// void. What cannot be understood is a finding.
pub fn read_pieces<E>(
    declaration: &Declaration,
    names: &Names,
    zone: &Zone,
    file: &str,
    input: Input<'_>,
    mut take: impl FnMut(Facts) -> Result<(), E>,
) -> Result<Received, Stopped<E>> {
    let Input { bytes, size, piece } = input;
    let mut bytes = compressed::Unpacking::new(bytes, compressed::LIMITS).map_err(Stopped::Input)?;
    let input = Input { bytes: &mut bytes, size, piece };
    let mut received = Received::default();
    let clock = CivilClock::new(zone);
    let read = match &declaration.format {
        Format::NagiosLog => {
            pieces::read(&mut nagios_log::Log::new(names, file), file, input, &mut received, &mut take)
        }
        Format::Live(format) => {
            pieces::read(&mut live::LiveLog::new(format, names, file), file, input, &mut received, &mut take)
        }
        Format::Perfdata => {
            pieces::read(&mut perfdata::Perfdata::new(names, file), file, input, &mut received, &mut take)
        }
        Format::Scans(format) => match format.form {
            ScanForm::Csv => {
                let mut results = openvas::Results::new(format, &clock, file, &mut received);
                pieces::read(&mut results, file, input, &mut received, &mut take)
            }
            ScanForm::Xml => openvas::read_xml(format, &clock, file, input, &mut received, &mut take),
        },
        Format::Table(format) => {
            let mut table = table::Table::new(format, names, &clock, file, &mut received);
            match &format.workbook {
                Some(workbook) => read_workbook(workbook, table, file, input, &mut received, &mut take),
                None => pieces::read(&mut table, file, input, &mut received, &mut take),
            }
        }
    };
    match (read, bytes.trouble(file)) {
        (Err(Stopped::Input(_)), Some(finding)) => Err(Stopped::Void(Box::new(finding))),
        (read, _) => read.map(|()| received),
    }
}

/// Reads the declared sheet of a spreadsheet as a table; findings name its cells. Such a file can only be read
/// whole; its size is bounded.
fn read_workbook<E>(
    workbook: &Workbook,
    mut table: table::Table<'_>,
    file: &str,
    input: Input<'_>,
    received: &mut Received,
    take: &mut dyn FnMut(Facts) -> Result<(), E>,
) -> Result<(), Stopped<E>> {
    let mut bytes = Vec::new();
    input.bytes.take(workbook::MOST_BYTES + 1).read_to_end(&mut bytes).map_err(Stopped::Input)?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        pieces::refuse_empty(file, received);
        return Ok(());
    }
    let format = table.format();
    let sheet = match workbook.read(file, &bytes) {
        Ok(sheet) => sheet,
        Err(finding) => {
            received.findings.push(*finding);
            return Ok(());
        }
    };
    drop(bytes);
    let text = sheet.to_text(format.header, &format.time, format.decimal);
    if text.iter().all(u8::is_ascii_whitespace) {
        let message = format!("the sheet `{}` is empty", sheet.name);
        let finding = Finding::error(codes::EMPTY_FILE, Place::file(file), message);
        received.findings.push(finding.hint("name another `sheet` in the source's declaration"));
        return Ok(());
    }
    let input = Input { size: text.len() as u64, bytes: &mut text.as_slice(), ..input };
    pieces::read(&mut table, file, input, received, take)?;
    sheet.place(received.findings.kept_mut(), &format.time, format.decimal);
    Ok(())
}

impl Received {
    /// What a file gives of which nothing can be used.
    pub fn refused(finding: Finding) -> Received {
        let mut received = Received::default();
        received.findings.push(finding);
        received
    }

    /// A row that cannot be used.
    fn reject(&mut self, finding: Finding) {
        self.rejected += 1;
        self.findings.push(finding);
    }
}
