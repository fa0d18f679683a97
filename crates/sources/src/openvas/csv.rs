//! `CSV Results`: a row is a result of the scanner on one host and port.
//!
//! The columns are those that OpenVAS writes, in any order: older forms have no quality of detection, newer ones end
//! with two on EPSS. Cells hold line breaks.

use std::borrow::Cow;

use impegno_facts::Facts;
use impegno_findings::{Finding, Place, Severity};

use super::facts::{Gathered, ScanResult};
use super::{Named, SCORE_HINT, Scored, host_form, named, scored, service, unreadable_score};
use crate::civil::{CivilClock, TimePattern};
use crate::declaration::ScanFormat;
use crate::pieces::{Piece, Reading, too_long};
use crate::table::fields::Header;
use crate::table::rows::{Around, Row, Rows};
use crate::table::{Reject, check_form, report_missing};
use crate::text::TextEncoding;
use crate::{Received, codes};

/// The columns that every form has.
const REQUIRED: [&str; 7] = ["IP", "Port", "Port Protocol", "CVSS", "Severity", "NVT OID", "Timestamp"];

/// Results being read.
pub(crate) struct Results<'r> {
    format: &'r ScanFormat,
    clock: &'r CivilClock<'r>,
    time: TimePattern,
    file: &'r str,
    around: Around,
    state: State,
    gathered: Gathered,
}

enum State {
    Headless(Named),
    Known(Named, Box<Columns>),
    /// It lacks columns: its rows are counted.
    Unusable,
    /// Its name says nothing: it is not read at all.
    Refused,
}

/// Where the columns stand.
struct Columns {
    ip: usize,
    port: usize,
    protocol: usize,
    cvss: usize,
    severity: usize,
    test: usize,
    at: usize,
    hostname: Option<usize>,
    qod: Option<usize>,
    cves: Option<usize>,
    task: Option<usize>,
    id: Option<usize>,
    /// How many columns there are.
    count: usize,
    /// Whether each is one that is kept; others are masked in findings.
    kept: Vec<bool>,
}

impl Columns {
    /// The places of the columns; the names of those that are missing otherwise.
    fn of(header: &Header) -> Result<Columns, Vec<&'static str>> {
        let missing: Vec<&str> =
            REQUIRED.into_iter().filter(|column| header.position(column).is_none()).collect();
        if !missing.is_empty() {
            return Err(missing);
        }
        let place = |column: &str| header.position(column).unwrap_or_default();
        let optional = |column: &str| header.position(column);
        let kept = |name: &String| {
            REQUIRED.contains(&name.as_str())
                || ["QoD", "CVEs", "Task Name", "Result ID"].contains(&name.as_str())
        };
        Ok(Columns {
            ip: place("IP"),
            port: place("Port"),
            protocol: place("Port Protocol"),
            cvss: place("CVSS"),
            severity: place("Severity"),
            test: place("NVT OID"),
            at: place("Timestamp"),
            hostname: optional("Hostname"),
            qod: optional("QoD"),
            cves: optional("CVEs"),
            task: optional("Task Name"),
            id: optional("Result ID"),
            count: header.names().len(),
            kept: header.names().iter().map(kept).collect(),
        })
    }
}

impl<'r> Results<'r> {
    pub(crate) fn new(
        format: &'r ScanFormat,
        clock: &'r CivilClock<'r>,
        file: &'r str,
        received: &mut Received,
    ) -> Results<'r> {
        Results {
            format,
            clock,
            time: TimePattern::iso(),
            file,
            around: Around::default(),
            state: named(format, file, received).map_or(State::Refused, State::Headless),
            gathered: Gathered::default(),
        }
    }

    fn begin(&mut self, header: &Header, received: &mut Received) {
        self.state = match (Columns::of(header), std::mem::replace(&mut self.state, State::Refused)) {
            (Ok(columns), State::Headless(named)) => State::Known(named, Box::new(columns)),
            (Ok(_), _) => State::Refused,
            (Err(missing), _) => {
                report_missing(&missing, header, self.file, received);
                State::Unusable
            }
        };
    }

    fn row(&mut self, row: &Row<'_>, received: &mut Received) {
        received.rows += 1;
        let State::Known(named, columns) = &self.state else {
            received.rejected += 1;
            return;
        };
        if row.too_long {
            received.reject(too_long(self.file, row.line));
            return;
        }
        if row.unfinished && row.len() == columns.count {
            let message = "the file does not end with a line end: its last row may be cut";
            let finding = Finding::warning(codes::TRUNCATED, Place::line(self.file, row.line), message);
            received.findings.push(finding.hint("export it again if the last value looks short"));
        }
        let taken = check_form(row, columns.count).and_then(|()| {
            let moment = |text: &[u8]| self.clock.instant(&self.time, text).filter(|at| *at >= 0);
            let result = understand(row, columns, named, self.format, moment)?;
            Ok(result.map(|one| {
                let (service, host) = (&one.service, &one.host);
                self.gathered.result(&ScanResult { service, host, ..one.result });
            }))
        });
        match taken {
            Ok(Some(())) => {
                received.accepted += 1;
                let stated = row.text(columns.cvss);
                if matches!(scored(stated), Scored::Unreadable) {
                    let why = Reject::value(columns.cvss, unreadable_score(stated), SCORE_HINT);
                    let finding = why.finding(row, self.file, &columns.kept, b',');
                    received.findings.push(Finding { severity: Severity::Warning, ..finding });
                }
            }
            Ok(None) => received.ignored += 1,
            Err(reject) => received.reject(reject.finding(row, self.file, &columns.kept, b',')),
        }
    }
}

/// What a row says; `None` of a row that is no result.
fn understand<'r>(
    row: &'r Row<'_>,
    columns: &Columns,
    named: &'r Named,
    format: &'r ScanFormat,
    moment: impl Fn(&[u8]) -> Option<i64>,
) -> Result<Option<Understood<'r>>, Reject> {
    let text = |column: Option<usize>| column.map_or("", |column| row.text(column));
    let score = match scored(row.text(columns.cvss)) {
        Scored::Score(score) => Some(score),
        Scored::Unknown | Scored::Unreadable => None,
        Scored::NoResult => return Ok(None),
    };
    let host = match row.text(columns.ip) {
        "" => text(columns.hostname),
        address => address,
    };
    if host.is_empty() {
        return Err(Reject::value(columns.ip, "the result has no host", "every row needs one"));
    }
    let host = host_form(host);
    let test = row.text(columns.test);
    if test.is_empty() {
        return Err(Reject::value(columns.test, "the result names no test", "every row needs its OID"));
    }
    let Some(network) = named.network(format, text(columns.task), &host) else {
        let message = format!("no network is declared for the host `{host}`");
        let hint = "add its range of addresses, or the scan task, to `networks` of the source's declaration";
        return Err(Reject::value(columns.ip, message, hint));
    };
    let Some(at) = moment(row.field(columns.at)) else {
        let message = format!("`{}` is not a time", row.text(columns.at));
        return Err(Reject::value(columns.at, message, "written like 2025-04-10T09:30:00Z"));
    };
    let names = text(columns.cves).split(',').filter(|name| !name.trim().is_empty());
    Ok(Some(Understood {
        service: service(row.text(columns.port), row.text(columns.protocol)),
        host,
        result: ScanResult {
            scan: &named.scan,
            network,
            host: "",
            service: "",
            test,
            score,
            severity: row.text(columns.severity),
            qod: text(columns.qod),
            cves: names.count(),
            id: text(columns.id),
            at,
            line: row.line,
        },
    }))
}

/// A result whose service is put together from two columns, and whose host has one form.
struct Understood<'r> {
    service: String,
    host: Cow<'r, str>,
    result: ScanResult<'r>,
}

impl Reading for Results<'_> {
    fn piece(&mut self, piece: Piece<'_>, received: &mut Received) -> usize {
        if matches!(self.state, State::Refused) {
            return piece.bytes.len();
        }
        let around = std::mem::take(&mut self.around);
        let mut rows = Rows::new(piece, b',', TextEncoding::Utf8, &around);
        if let State::Known(_, columns) = &self.state {
            rows.expect_columns(columns.count);
        }
        while let Some(row) = rows.next() {
            if !matches!(self.state, State::Headless(_)) {
                self.row(&row, received);
                continue;
            }
            if row.too_long {
                received.findings.push(too_long(self.file, row.line));
                self.state = State::Unusable;
                continue;
            }
            if row.unfinished {
                let message = "the file does not end with a line end: its only row may be cut";
                let finding = Finding::warning(codes::TRUNCATED, Place::line(self.file, row.line), message);
                received.findings.push(finding.hint("export it again, whole"));
            }
            self.begin(&Header::of_row(&row), received);
            if let State::Known(_, columns) = &self.state {
                rows.expect_columns(columns.count);
            }
        }
        let consumed = rows.consumed();
        self.around = around;
        consumed
    }

    fn passed_over(&mut self, line: u32, received: &mut Received) {
        match self.state {
            State::Headless(_) => {
                received.findings.push(too_long(self.file, line));
                self.state = State::Unusable;
            }
            State::Known(..) => {
                received.rows += 1;
                received.reject(too_long(self.file, line));
            }
            State::Unusable => {
                received.rows += 1;
                received.rejected += 1;
            }
            State::Refused => {}
        }
    }

    fn take(&mut self) -> Vec<Facts> {
        self.gathered.take()
    }

    fn finish(&mut self, _: &mut Received) {}
}
