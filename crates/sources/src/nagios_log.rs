//! Nagios event logs.
//!
//! `[epoch] SERVICE ALERT: host;service;STATE;SOFT|HARD;attempt;output` and its kin. A line is split at
//! its start into a fixed number of fields and never searched as a whole, so that words in the output of a
//! plug-in are not taken for states or starts. Scheduled downtimes become events of cases of kind
//! `maintenance`, one case a probe (or host).

use impegno_facts::{CaseEvents, Check, Checks, Facts, NO_LATENCY, Origin, State, StateType};
use impegno_findings::{Finding, Place};
use memchr::{memchr, memchr_iter};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::codes;
use crate::pieces::{LONGEST, Piece, Reading, too_long};
use crate::{Names, Received};

const MICROS: i64 = 1_000_000;

/// What a line turned out to be.
enum Line<'l> {
    Check { probe: Probe<'l>, check: Check },
    Downtime { probe: Probe<'l>, event: &'static str },
    Ignored,
    Broken(&'static str),
}

/// A probe as it stands in a line: `host;service`, or the host alone.
type Probe<'l> = &'l [u8];

/// A log being read.
pub(crate) struct Log<'l> {
    names: &'l Names,
    file: &'l str,
    checks: Checks,
    downtimes: Downtimes,
    /// Probes that are not in the centre folder and were told.
    strangers: FxHashSet<Vec<u8>>,
    /// Latest second so far.
    latest: i64,
    /// Lines that are earlier than one before them, and the first of these.
    backwards: u64,
    first_backwards: u32,
}

impl<'l> Log<'l> {
    pub(crate) fn new(names: &'l Names, file: &'l str) -> Log<'l> {
        Log {
            names,
            file,
            checks: Checks::default(),
            downtimes: Downtimes::default(),
            strangers: FxHashSet::default(),
            latest: i64::MIN,
            backwards: 0,
            first_backwards: 0,
        }
    }

    /// The code of a probe in this piece; one that the centre does not know is told once.
    fn probe(&mut self, probe: Probe<'_>, check: &Check, received: &mut Received) -> u32 {
        let name = String::from_utf8_lossy(probe);
        let known = check.origin == Origin::MonitorStart
            || check.origin == Origin::MonitorStop
            || !name.contains(';')
            || self.names.probes.is_empty()
            || self.names.probes.contains_key(name.as_ref());
        if !known && self.strangers.insert(probe.to_vec()) {
            let message = format!("the probe `{name}` is not in probes.csv");
            let finding = Finding::warning(codes::UNKNOWN_NAME, Place::line(self.file, check.line), message);
            received.findings.push(
                finding.hint("add it to probes.csv; its checks were received and count in no component"),
            );
        }
        self.checks.probe.code_for(&name)
    }
}

impl Reading for Log<'_> {
    fn piece(&mut self, piece: Piece<'_>, received: &mut Received) -> usize {
        let (file, bytes) = (self.file, piece.bytes);
        let mut codes_of_probes: FxHashMap<&[u8], u32> = FxHashMap::default();
        let mut start = 0;
        let ends = memchr_iter(b'\n', bytes).chain(std::iter::once(bytes.len()));
        for (end, number) in ends.zip(piece.lines_before + 1..) {
            let whole = bytes.get(start..end).unwrap_or_default();
            let line = whole.strip_suffix(b"\r").unwrap_or(whole);
            let unfinished = end == bytes.len() && start < end;
            start = end + 1;
            if whole.len() > LONGEST {
                self.passed_over(number, received);
                continue;
            }
            if line.first().is_none_or(u8::is_ascii_whitespace) && line.trim_ascii().is_empty() {
                continue;
            }
            received.rows += 1;
            let at = instant(line);
            let read = match at {
                Some(_) if memchr(0, line).is_some() => Line::Broken("the line holds zero bytes"),
                Some((at, rest)) => understand(at * MICROS, number, rest),
                None => Line::Broken("the line does not begin with `[seconds since 1970]`"),
            };
            if let Some((at, _)) = at {
                if at < self.latest {
                    self.backwards += 1;
                    if self.first_backwards == 0 {
                        self.first_backwards = number;
                    }
                }
                self.latest = self.latest.max(at);
            }
            if unfinished && matches!(read, Line::Check { .. } | Line::Downtime { .. }) {
                let message = "the file does not end with a line end: its last line may be cut";
                let finding = Finding::warning(codes::TRUNCATED, Place::line(file, number), message);
                received.findings.push(finding.hint("copy the archive again when the monitor has closed it"));
            }
            match read {
                Line::Check { probe, check } => {
                    let code = match codes_of_probes.get(probe) {
                        Some(code) => *code,
                        None => {
                            let code = self.probe(probe, &check, received);
                            codes_of_probes.insert(probe, code);
                            code
                        }
                    };
                    let checks = &mut self.checks;
                    checks.probe.push_code(code);
                    checks.at.push(check.at);
                    checks.state.push(check.state);
                    checks.latency.push(check.latency);
                    checks.origin.push(check.origin);
                    checks.state_type.push(check.state_type);
                    checks.attempt.push(check.attempt);
                    checks.line.push(check.line);
                    received.accepted += 1;
                }
                Line::Downtime { probe, event } => {
                    let at = at.map_or(0, |(at, _)| at * MICROS);
                    self.downtimes.push(&String::from_utf8_lossy(probe), event, at, number);
                    received.accepted += 1;
                }
                Line::Ignored if !unfinished => received.ignored += 1,
                Line::Ignored | Line::Broken(_) => {
                    let row = masked(line);
                    let reason = if let Line::Broken(reason) = read { reason } else { "" };
                    let place = Place::line(file, number);
                    received.reject(if unfinished {
                        Finding::error(codes::TRUNCATED, place, "the file ends in the middle of this line")
                            .hint("copy the archive again; its whole lines were received")
                            .row(row)
                    } else {
                        Finding::error(codes::BROKEN_ROW, place, reason)
                            .hint("a Nagios log line is `[seconds] TYPE: field;field;…`")
                            .row(row)
                    });
                }
            }
        }
        bytes.len()
    }

    fn passed_over(&mut self, line: u32, received: &mut Received) {
        received.rows += 1;
        received.reject(too_long(self.file, line));
    }

    fn take(&mut self) -> Vec<Facts> {
        let checks = std::mem::take(&mut self.checks);
        let downtimes = std::mem::take(&mut self.downtimes.events);
        vec![Facts::Checks(checks), Facts::Cases(downtimes)]
    }

    fn finish(&mut self, received: &mut Received) {
        if self.backwards > 0 {
            let message =
                format!("{} lines are earlier than a line before them, the first one here", self.backwards);
            let place = Place::line(self.file, self.first_backwards);
            let finding = Finding::warning(codes::OUT_OF_ORDER, place, message);
            received
                .findings
                .push(finding.hint("every line was received; check whether two logs were mixed"));
        }
    }
}

/// A line that cannot be used, without what might name a person: of a line of states the fields before the
/// output of the plug-in stay, of any other its time.
fn masked(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let Some((time, rest)) = text.split_once("] ").filter(|_| instant(line).is_some()) else {
        return "•".to_owned();
    };
    let kinds = ["SERVICE ALERT", "HOST ALERT", "CURRENT SERVICE STATE", "CURRENT HOST STATE"];
    let kinds = kinds.into_iter().chain(["INITIAL SERVICE STATE", "INITIAL HOST STATE"]);
    for kind in kinds.chain(["SERVICE DOWNTIME ALERT", "HOST DOWNTIME ALERT"]) {
        if let Some(fields) = rest.strip_prefix(kind).and_then(|rest| rest.strip_prefix(": ")) {
            // Behind the state stands free text: the output of a plug-in, the comment of a downtime.
            let fields_kept = if kind.contains("DOWNTIME") { 3 } else { 5 };
            let kept: Vec<&str> = fields.split(';').take(fields_kept).collect();
            let more = if fields.split(';').count() > fields_kept { ";•" } else { "" };
            return format!("{time}] {kind}: {}{more}", kept.join(";"));
        }
    }
    format!("{time}] •")
}

/// The seconds of `[1488322800] …` and the rest of the line.
fn instant(line: &[u8]) -> Option<(i64, &[u8])> {
    let inner = line.strip_prefix(b"[")?;
    let close = memchr(b']', inner)?;
    let (digits, rest) = inner.split_at(close);
    let mut seconds: i64 = 0;
    if digits.is_empty() || digits.len() > 12 {
        return None;
    }
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        seconds = seconds * 10 + i64::from(digit - b'0');
    }
    rest.strip_prefix(b"] ").map(|rest| (seconds, rest))
}

/// What the rest of a line says. `at` in microseconds.
fn understand(at: i64, line: u32, rest: &[u8]) -> Line<'_> {
    if let Some(fields) = rest.strip_prefix(b"SERVICE ALERT: ") {
        return service(fields, at, line, Origin::Transition);
    }
    if let Some(fields) = rest.strip_prefix(b"CURRENT SERVICE STATE: ") {
        return service(fields, at, line, Origin::StateDump);
    }
    if let Some(fields) = rest.strip_prefix(b"INITIAL SERVICE STATE: ") {
        return service(fields, at, line, Origin::StateDump);
    }
    if let Some(fields) = rest.strip_prefix(b"HOST ALERT: ") {
        return host(fields, at, line, Origin::Transition);
    }
    if let Some(fields) = rest.strip_prefix(b"CURRENT HOST STATE: ") {
        return host(fields, at, line, Origin::StateDump);
    }
    if let Some(fields) = rest.strip_prefix(b"INITIAL HOST STATE: ") {
        return host(fields, at, line, Origin::StateDump);
    }
    if let Some(fields) = rest.strip_prefix(b"SERVICE DOWNTIME ALERT: ") {
        return downtime(fields, 2);
    }
    if let Some(fields) = rest.strip_prefix(b"HOST DOWNTIME ALERT: ") {
        return downtime(fields, 1);
    }
    if rest.starts_with(b"Nagios ") && (contains(rest, b" starting...") || contains(rest, b" restarting..."))
    {
        return monitor(at, line, Origin::MonitorStart);
    }
    if rest.starts_with(b"Caught SIGHUP") || rest.starts_with(b"Successfully shutdown") {
        return Line::Ignored;
    }
    if rest.starts_with(b"Caught SIGTERM") || rest.starts_with(b"Bailing out") {
        return monitor(at, line, Origin::MonitorStop);
    }
    Line::Ignored
}

fn contains(line: &[u8], words: &[u8]) -> bool {
    memchr::memmem::find(line, words).is_some()
}

fn monitor(at: i64, line: u32, origin: Origin) -> Line<'static> {
    let check = Check {
        at,
        state: State::Unknown,
        latency: NO_LATENCY,
        origin,
        state_type: StateType::Hard,
        attempt: 0,
        line,
    };
    Line::Check { probe: b"", check }
}

/// `host;service;STATE;TYPE;attempt;output`
fn service(fields: &[u8], at: i64, line: u32, origin: Origin) -> Line<'_> {
    let mut ends = memchr_iter(b';', fields);
    let (Some(_), Some(probe_end)) = (ends.next(), ends.next()) else {
        return Line::Broken("host, service and state are missing");
    };
    let (probe, rest) = fields.split_at(probe_end);
    let mut rest = rest.get(1..).unwrap_or_default().splitn(4, |byte| *byte == b';');
    let state = match rest.next() {
        Some(b"OK") => State::Ok,
        Some(b"WARNING") => State::Warning,
        Some(b"CRITICAL") => State::Critical,
        Some(b"UNKNOWN") => State::Unknown,
        _ => return Line::Broken("the state is none of OK, WARNING, CRITICAL, UNKNOWN"),
    };
    checked(probe, state, rest, at, line, origin)
}

/// `host;STATE;TYPE;attempt;output`
fn host(fields: &[u8], at: i64, line: u32, origin: Origin) -> Line<'_> {
    let Some(end) = memchr(b';', fields) else { return Line::Broken("host and state are missing") };
    let (probe, rest) = fields.split_at(end);
    let mut rest = rest.get(1..).unwrap_or_default().splitn(4, |byte| *byte == b';');
    let state = match rest.next() {
        Some(b"UP") => State::Ok,
        Some(b"DOWN") => State::Critical,
        Some(b"UNREACHABLE") => State::Unknown,
        _ => return Line::Broken("the state is none of UP, DOWN, UNREACHABLE"),
    };
    checked(probe, state, rest, at, line, origin)
}

fn checked<'l>(
    probe: Probe<'l>,
    state: State,
    mut rest: impl Iterator<Item = &'l [u8]>,
    at: i64,
    line: u32,
    origin: Origin,
) -> Line<'l> {
    let state_type = match rest.next() {
        Some(b"HARD") => StateType::Hard,
        Some(b"SOFT") => StateType::Soft,
        _ => return Line::Broken("the type of the state is neither HARD nor SOFT"),
    };
    let attempt = rest.next().and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    let Some(attempt) = attempt else { return Line::Broken("the number of the attempt is missing") };
    let check = Check { at, state, latency: NO_LATENCY, origin, state_type, attempt, line };
    Line::Check { probe, check }
}

/// `host;service;STARTED; text` with `names` fields before the word.
fn downtime(fields: &[u8], names: usize) -> Line<'_> {
    let Some(end) = memchr_iter(b';', fields).nth(names - 1) else {
        return Line::Broken("host, service and state of the downtime are missing");
    };
    let (probe, rest) = fields.split_at(end);
    let word = rest.get(1..).unwrap_or_default().split(|byte| *byte == b';').next();
    let event = match word {
        Some(b"STARTED") => "started",
        Some(b"STOPPED") => "ended",
        Some(b"CANCELLED") => "cancelled",
        _ => return Line::Broken("a downtime is STARTED, STOPPED or CANCELLED"),
    };
    Line::Downtime { probe, event }
}

/// Downtimes as events of cases.
#[derive(Default)]
struct Downtimes {
    events: CaseEvents,
    /// How often an event of a case stands at an instant.
    seen: FxHashMap<(String, &'static str, i64), u16>,
}

impl Downtimes {
    fn push(&mut self, probe: &str, event: &'static str, at: i64, line: u32) {
        let seen = self.seen.entry((probe.to_owned(), event, at)).or_default();
        self.events.case.push(probe);
        self.events.kind.push("maintenance");
        self.events.event.push(event);
        self.events.at.push(at);
        self.events.n.push(*seen);
        self.events.line.push(line);
        *seen += 1;
    }
}
