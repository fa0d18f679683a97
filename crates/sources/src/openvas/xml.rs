//! `XML`: the report of a scan with its results and the hosts that were scanned.
//!
//! The file is read as a stream: memory grows with its hosts, and by some 20 bytes a result to tell repeated ones; no
//! text or depth of it is unbounded. Nothing of a file counts unless all of it can be read.

use std::collections::BTreeSet;
use std::io::{self, BufRead, BufReader, Read};

use impegno_facts::Facts;
use impegno_findings::{Finding, Place};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::facts::{Gathered, ScanResult, Told};
use super::whole::Whole;
use super::{Named, SCORE_HINT, Scored, host_form, named, scored, service, unreadable_score};
use crate::civil::{CivilClock, TimePattern};
use crate::declaration::{NetworkBy, NetworkKey, ScanFormat};
use crate::pieces::{Input, Stopped, foreign, refuse_empty};
use crate::{Received, codes};

/// Results that are gathered before they are handed over.
const PIECE_ROWS: usize = 65_536;

/// Bytes of the longest stretch without markup, or of the longest tag: what a test read on a host is shorter.
const LONGEST: usize = 16 << 20;

/// Elements within each other. A report has about ten.
const DEEPEST: usize = 64;

/// Bytes of a value that is kept; no identifier, time or address is as long.
const LONGEST_VALUE: usize = 4_096;

/// Bytes that are looked at to tell what a file is.
const START: u64 = 512;

/// Reads a report.
///
/// # Errors
/// When its bytes cannot be read, the facts cannot be taken, or the report is damaged: then nothing of it counts.
pub(crate) fn read<E>(
    format: &ScanFormat,
    clock: &CivilClock<'_>,
    file: &str,
    input: Input<'_>,
    received: &mut Received,
    take: &mut dyn FnMut(Facts) -> Result<(), E>,
) -> Result<(), Stopped<E>> {
    let Some(named) = named(format, file, received) else { return Ok(()) };
    let mut start = Vec::new();
    (&mut *input.bytes).take(START).read_to_end(&mut start).map_err(Stopped::Input)?;
    if start.iter().all(u8::is_ascii_whitespace) && (start.len() as u64) < START {
        refuse_empty(file, received);
        return Ok(());
    }
    if let Some(finding) = no_xml(&start, file) {
        received.findings.push(finding);
        return Ok(());
    }
    let start = start.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(start);
    let bytes = Bounded::new(BufReader::with_capacity(1 << 16, io::Cursor::new(start).chain(input.bytes)));
    let mut reader = Reader::from_reader(bytes);
    reader.config_mut().expand_empty_elements = true;
    let mut report = Report {
        format,
        clock,
        time: TimePattern::iso(),
        file,
        named,
        path: Path::default(),
        text: String::new(),
        head: Head::default(),
        result: OpenResult::default(),
        host: OpenHost::default(),
        hosts: BTreeSet::new(),
        with_results: BTreeSet::new(),
        networks: BTreeSet::new(),
        began: BTreeSet::new(),
        seen_results: false,
        whole: Whole::default(),
        gathered: Gathered::default(),
    };
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        reader.get_mut().begin();
        let line = reader.get_ref().line;
        let event = match reader.read_event_into(&mut buffer) {
            Ok(event) => event,
            Err(quick_xml::Error::Io(error)) if !reader.get_ref().exceeded => {
                return Err(Stopped::Input(io::Error::new(error.kind(), error.to_string())));
            }
            Err(_) if reader.get_ref().exceeded => {
                let message = format!("a text or a tag is longer than {} MiB", LONGEST >> 20);
                return Err(void(file, line, message));
            }
            Err(error) => return Err(void(file, reader.get_ref().line, error.to_string())),
        };
        if matches!(event, Event::Eof) {
            break;
        }
        report.event(&event, line, received).map_err(|message| void(file, line, message))?;
        if report.gathered.len() >= PIECE_ROWS {
            hand_over(&mut report.gathered, take)?;
        }
    }
    let line = reader.get_ref().line;
    report.finish(line, received).map_err(|message| void(file, line, message))?;
    hand_over(&mut report.gathered, take)?;
    received.findings.close(file);
    Ok(())
}

fn hand_over<E>(
    gathered: &mut Gathered,
    take: &mut dyn FnMut(Facts) -> Result<(), E>,
) -> Result<(), Stopped<E>> {
    for facts in gathered.take().into_iter().filter(|facts| !facts.is_empty()) {
        take(facts).map_err(Stopped::Taker)?;
    }
    Ok(())
}

/// A report that cannot be used.
fn void<E>(file: &str, line: u32, message: impl Into<String>) -> Stopped<E> {
    let finding = Finding::error(codes::UNREADABLE_REPORT, Place::line(file, line), message.into());
    Stopped::Void(Box::new(finding.hint("export it again as XML, whole; nothing of it was received")))
}

/// What begins a file that is no XML in UTF-8.
fn no_xml(start: &[u8], file: &str) -> Option<Finding> {
    let finding =
        |code, message: String, hint: &str| Some(Finding::error(code, Place::file(file), message).hint(hint));
    if let Some(format) = foreign(start) {
        let message = format!("the file is {format}, and its source is declared as XML");
        return finding(codes::ANOTHER_FORMAT, message, "export the report as XML");
    }
    if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
        let hint = "export it again, or save it in UTF-8; nothing of it was received";
        return finding(codes::UNREADABLE_REPORT, "the report is in UTF-16".to_owned(), hint);
    }
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    if !text.starts_with(b"<") {
        let message = "the file is no XML, and its source is declared as XML".to_owned();
        let hint = "export the report as XML, or declare `format = \"openvas-csv\"`";
        return finding(codes::ANOTHER_FORMAT, message, hint);
    }
    None
}

/// Bytes with the number of the line, of which no more are given between two beginnings than [`LONGEST`].
struct Bounded<R> {
    inner: R,
    left: usize,
    /// More was asked for.
    exceeded: bool,
    line: u32,
}

impl<R> Bounded<R> {
    fn new(inner: R) -> Bounded<R> {
        Bounded { inner, left: LONGEST, exceeded: false, line: 1 }
    }

    /// A new text or tag begins.
    fn begin(&mut self) {
        self.left = LONGEST;
    }
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            self.exceeded = true;
            return Err(io::Error::other("too long"));
        }
        let given = self.inner.fill_buf()?;
        Ok(given.get(..given.len().min(self.left)).unwrap_or(given))
    }

    fn consume(&mut self, amount: usize) {
        let used = self.inner.fill_buf().ok().and_then(|given| given.get(..amount)).unwrap_or_default();
        let lines = memchr::memchr_iter(b'\n', used).count();
        self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        self.left = self.left.saturating_sub(amount);
        self.inner.consume(amount);
    }
}

/// A report being read.
struct Report<'r> {
    format: &'r ScanFormat,
    clock: &'r CivilClock<'r>,
    time: TimePattern,
    file: &'r str,
    named: Named,
    /// The elements that are open.
    path: Path,
    /// The text of the innermost one.
    text: String,
    head: Head,
    result: OpenResult,
    host: OpenHost,
    /// The hosts that the report lists, with their networks.
    hosts: BTreeSet<(String, String)>,
    /// The hosts that have results, those that are no findings included.
    with_results: BTreeSet<String>,
    /// The networks that were scanned.
    networks: BTreeSet<String>,
    /// How deep reports began: two at one depth are two reports.
    began: BTreeSet<usize>,
    /// There is a list of results, be it empty.
    seen_results: bool,
    /// Whether these are all.
    whole: Whole,
    gathered: Gathered,
}

/// The names of the open elements, the innermost last. Names that are closed keep their memory for the next.
#[derive(Default)]
struct Path {
    names: Vec<String>,
    depth: usize,
}

impl Path {
    fn open(&mut self, name: &str) {
        match self.names.get_mut(self.depth) {
            Some(place) => {
                place.clear();
                place.push_str(name);
            }
            None => self.names.push(name.to_owned()),
        }
        self.depth += 1;
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// A name counted from the innermost; empty beyond the outermost.
    fn name(&self, from_within: usize) -> &str {
        let place = self.depth.checked_sub(from_within + 1);
        place.and_then(|place| self.names.get(place)).map_or("", String::as_str)
    }

    /// Whether the innermost elements have these names, the innermost last.
    fn ends(&self, names: &[&str]) -> bool {
        names.iter().rev().enumerate().all(|(n, name)| self.name(n) == *name)
    }
}

/// What the report says of the scan.
#[derive(Default)]
struct Head {
    task: String,
    status: String,
    start: String,
    timestamp: String,
    /// Identifier of the report.
    id: String,
}

/// A result that is being read.
#[derive(Default)]
struct OpenResult {
    line: u32,
    id: String,
    host: String,
    hostname: String,
    port: String,
    severity: String,
    base: String,
    threat: String,
    created: String,
    qod: String,
    test: String,
    cves: usize,
}

impl OpenResult {
    /// What stands as its score.
    fn scored_as(&self) -> &str {
        if self.severity.is_empty() { &self.base } else { &self.severity }
    }
}

/// A host that was scanned.
#[derive(Default)]
struct OpenHost {
    line: u32,
    ip: String,
    start: String,
}

impl Report<'_> {
    /// Takes an event; the reason why the report cannot be used otherwise.
    fn event(&mut self, event: &Event<'_>, line: u32, received: &mut Received) -> Result<(), String> {
        match event {
            Event::Start(element) => self.open(element, line),
            Event::End(_) => {
                self.close(received);
                self.path.close();
                self.text.clear();
                Ok(())
            }
            Event::Text(text) => {
                self.push(&text.xml10_content());
                Ok(())
            }
            Event::CData(text) => {
                self.push(&text.xml10_content());
                Ok(())
            }
            Event::GeneralRef(entity) => {
                let known = quick_xml::escape::resolve_predefined_entity(entity.as_ref());
                let character = entity.resolve_char_ref().map_err(|error| error.to_string())?;
                match (known, character) {
                    (Some(known), _) => self.push(known),
                    (None, Some(character)) => self.push(character.encode_utf8(&mut [0; 4])),
                    (None, None) => return Err("it names an unknown entity".to_owned()),
                }
                Ok(())
            }
            // No report has one, and entities that stand for others can grow without end.
            Event::DocType(_) => Err("it declares a document type, which no report does".to_owned()),
            Event::Decl(declaration) => match declaration.encoding() {
                None => Ok(()),
                Some(Ok(encoding)) if encoding.eq_ignore_ascii_case("utf-8") => Ok(()),
                Some(Ok(encoding)) if encoding.eq_ignore_ascii_case("us-ascii") => Ok(()),
                Some(Ok(encoding)) => Err(format!("it is in `{encoding}` and not in UTF-8")),
                Some(Err(error)) => Err(error.to_string()),
            },
            Event::Empty(_) | Event::Comment(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    fn push(&mut self, text: &str) {
        if self.text.len() < LONGEST_VALUE {
            self.text.push_str(text);
        }
    }

    fn open(&mut self, element: &BytesStart<'_>, line: u32) -> Result<(), String> {
        let name = element.name();
        let name = name.as_ref();
        if self.path.depth == 0 && !["report", "get_reports_response"].contains(&name) {
            return Err(format!("it begins with `{}`, which no report of OpenVAS does", shown(name)));
        }
        if self.path.depth >= DEEPEST {
            return Err(format!("its elements are more than {DEEPEST} deep"));
        }
        // The task and the beginning of the first would stand for the hosts of the second.
        let is_report = ["", "report", "get_reports_response"].contains(&self.path.name(0))
            && ["report", "get_reports_response"].contains(&name);
        if is_report && !self.began.insert(self.path.depth) {
            return Err("a second report begins: one report a file".to_owned());
        }
        if is_report && name == "report" {
            self.head.id = attribute(element, "id")?;
        }
        // The text of an element that has others within is what stands before the first.
        self.keep();
        self.path.open(name);
        self.text.clear();
        if self.path.ends(&["report", "results"]) {
            self.seen_results = true;
            self.whole.page(&attribute(element, "start")?, &attribute(element, "max")?);
        } else if self.path.ends(&["report", "results", "result"]) {
            self.result = OpenResult { line, id: attribute(element, "id")?, ..OpenResult::default() };
        } else if self.path.ends(&["results", "result", "nvt"]) {
            self.result.test = attribute(element, "oid")?;
        } else if self.path.ends(&["result", "nvt", "refs", "ref"]) {
            self.result.cves += usize::from(attribute(element, "type")?.eq_ignore_ascii_case("cve"));
        } else if self.path.ends(&["report", "host"]) {
            self.host = OpenHost { line, ..OpenHost::default() };
        }
        Ok(())
    }

    /// Keeps the text of the innermost element, where it is a value that is kept and not known yet.
    fn keep(&mut self) {
        let text = self.text.trim();
        if text.is_empty() {
            return;
        }
        let (head, result, host) = (&mut self.head, &mut self.result, &mut self.host);
        let place = match [0, 1, 2].map(|n| self.path.name(n)) {
            ["host", "result", "results"] => &mut result.host,
            ["hostname", "host", "result"] => &mut result.hostname,
            ["port", "result", "results"] => &mut result.port,
            ["severity", "result", "results"] => &mut result.severity,
            ["threat", "result", "results"] => &mut result.threat,
            ["creation_time", "result", "results"] => &mut result.created,
            ["value", "qod", "result"] => &mut result.qod,
            ["cvss_base", "nvt", "result"] => &mut result.base,
            ["ip", "host", "report"] => &mut host.ip,
            ["start", "host", "report"] => &mut host.start,
            ["name", "task", "report"] => &mut head.task,
            ["scan_run_status", "report", _] => &mut head.status,
            ["scan_start", "report", _] => &mut head.start,
            ["timestamp", "report", _] => &mut head.timestamp,
            ["term", "filters", "report"] => &mut self.whole.filter,
            ["full", "result_count", "report"] => &mut self.whole.full,
            ["filtered", "result_count", "report"] => &mut self.whole.filtered,
            _ => return,
        };
        if place.is_empty() {
            place.push_str(text);
        }
    }

    fn close(&mut self, received: &mut Received) {
        self.keep();
        if self.path.ends(&["report", "results", "result"]) {
            received.rows += 1;
            self.whole.read += 1;
            let result = std::mem::take(&mut self.result);
            match self.take(&result) {
                Ok(true) => {
                    received.accepted += 1;
                    let stated = result.scored_as();
                    if matches!(scored(stated), Scored::Unreadable) {
                        let (place, message) =
                            (Place::line(self.file, result.line), unreadable_score(&shown(stated)));
                        let finding = Finding::warning(codes::BAD_VALUE, place, message);
                        received.findings.push(finding.hint(SCORE_HINT));
                    }
                }
                Ok(false) => received.ignored += 1,
                Err((message, hint)) => {
                    self.whole.lost += 1;
                    received.reject(self.rejected(result.line, message, hint));
                }
            }
        } else if self.path.ends(&["report", "host"]) {
            received.rows += 1;
            let host = std::mem::take(&mut self.host);
            match self.scanned(&host) {
                Ok(()) => received.accepted += 1,
                Err((message, hint)) => received.reject(self.rejected(host.line, message, hint)),
            }
        }
    }

    fn rejected(&self, line: u32, message: String, hint: &str) -> Finding {
        Finding::error(codes::BAD_VALUE, Place::line(self.file, line), message).hint(hint)
    }

    fn moment(&self, texts: &[&str]) -> Option<i64> {
        let stated = texts.iter().find(|text| !text.is_empty())?;
        self.clock.instant(&self.time, stated.as_bytes()).filter(|at| *at >= 0)
    }

    fn network(&self, host: &str) -> Result<String, (String, &'static str)> {
        let found = self.named.network(self.format, &self.head.task, host).map(str::to_owned);
        found.ok_or_else(|| {
            let message = format!("no network is declared for the host `{}`", shown(host));
            (
                message,
                "add its range of addresses, or the scan task, to `networks` of the source's declaration",
            )
        })
    }

    /// Takes a result; false when it is none.
    fn take(&mut self, result: &OpenResult) -> Result<bool, (String, &'static str)> {
        let host = &*host_form(if result.host.is_empty() { &result.hostname } else { &result.host });
        if !self.with_results.contains(host) {
            self.with_results.insert(host.to_owned());
        }
        let score = match scored(result.scored_as()) {
            Scored::Score(score) => Some(score),
            Scored::Unknown | Scored::Unreadable => None,
            Scored::NoResult => return Ok(false),
        };
        if host.is_empty() {
            return Err(("the result has no host".to_owned(), "every result needs one"));
        }
        if result.test.is_empty() {
            return Err(("the result names no test".to_owned(), "every result needs its OID"));
        }
        let network = self.network(host)?;
        let Some(at) = self.moment(&[&result.created, &self.head.start, &self.head.timestamp]) else {
            let message = format!("`{}` is not a time", shown(&result.created));
            return Err((message, "written like 2025-04-10T09:30:00Z"));
        };
        let (port, protocol) = result.port.rsplit_once('/').unwrap_or((&result.port, ""));
        self.gathered.result(&ScanResult {
            scan: &self.named.scan,
            network: &network,
            host,
            service: &service(port, protocol),
            test: &result.test,
            score,
            severity: &result.threat,
            qod: &result.qod,
            cves: result.cves,
            id: &result.id,
            at,
            line: result.line,
        });
        if !self.networks.contains(&network) {
            self.networks.insert(network);
        }
        Ok(true)
    }

    /// Takes a host that was scanned.
    fn scanned(&mut self, host: &OpenHost) -> Result<(), (String, &'static str)> {
        if host.ip.is_empty() {
            return Err(("a host that was scanned has no address".to_owned(), "export the report again"));
        }
        let ip = host_form(&host.ip);
        let network = self.network(&ip)?;
        let Some(at) = self.moment(&[&host.start, &self.head.start, &self.head.timestamp]) else {
            let message = format!("`{}` is not a time", shown(&host.start));
            return Err((message, "written like 2025-04-10T09:30:00Z"));
        };
        self.gathered.host(&self.named.scan, &network, &ip, at, host.line);
        self.networks.insert(network.clone());
        self.hosts.insert((network, ip.into_owned()));
        Ok(())
    }

    /// Takes what is known of the scan as a whole.
    fn finish(&mut self, line: u32, received: &mut Received) -> Result<(), String> {
        if self.path.depth > 0 {
            return Err("it ends in the middle: it was cut".to_owned());
        }
        if !self.seen_results {
            return Err("it has no list of results: it is no whole report of a scan".to_owned());
        }
        let Some(at) = self.moment(&[&self.head.start, &self.head.timestamp]) else {
            return Err("it does not say when the scan began".to_owned());
        };
        let done = ["", "Done"].contains(&self.head.status.as_str());
        if !done {
            let message = format!("the scan was not done: `{}`", shown(&self.head.status));
            let finding = Finding::warning(codes::UNFINISHED_SCAN, Place::line(self.file, line), message);
            received.findings.push(finding.hint("export the report again when the scan is done, with the same name; results that it no longer has leave only with `mode = \"snapshot\"`, in a source of its own"));
        }
        if let Some(message) = self.whole.left_out() {
            let finding = Finding::warning(codes::PARTIAL_REPORT, Place::line(self.file, line), message);
            let hint = "export it with `rows=-1 levels=chmlgf` and without search terms; until then what is missing widens the band";
            received.findings.push(finding.hint(hint));
        }
        // The scanner lists either all hosts or those with results only, as the export was asked for.
        let all = self.hosts.iter().any(|(_, host)| !self.with_results.contains(host));
        let asked = self.whole.filter.split_whitespace().any(|term| term == "result_hosts_only=0");
        let whole = self.whole.left_out().is_none();
        let all_listed = done && whole && !self.hosts.is_empty() && (all || asked);
        match &self.format.network {
            NetworkBy::Constant(network) => {
                self.networks.insert(network.clone());
            }
            NetworkBy::FileName => self.networks.extend(self.named.network.clone()),
            NetworkBy::Listed(listed) => {
                let of_task = |(key, network): &(NetworkKey, String)| {
                    matches!(key, NetworkKey::Task(task) if *task == self.head.task).then(|| network.clone())
                };
                self.networks.extend(listed.iter().filter_map(of_task));
            }
        }
        let (report, status) = (self.head.id.as_str(), self.head.status.as_str());
        let told = Told { report, status, all_listed, missing: self.whole.missing(), at };
        for network in &self.networks {
            self.gathered.report(&self.named.scan, network, &told);
        }
        Ok(())
    }
}

/// The beginning of a text from a file, for a message.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}

/// An attribute; empty when it is not there.
fn attribute(element: &BytesStart<'_>, name: &str) -> Result<String, String> {
    let attribute = element.try_get_attribute(name).map_err(|error| error.to_string())?;
    let Some(attribute) = attribute else { return Ok(String::new()) };
    let value = attribute.normalized_value(quick_xml::XmlVersion::Explicit1_0);
    let value = value.map_err(|error| error.to_string())?;
    Ok(value.chars().take(LONGEST_VALUE).collect())
}
