//! Reading a log as a received file: whole groups become facts, what was acknowledged to nobody does not.

use std::collections::BTreeSet;

use impegno_facts::{CaseEvents, Check, Checks, Facts};
use impegno_findings::{Finding, Place, nearest};
use memchr::memchr_iter;
use rustc_hash::FxHashMap;

use super::HEAD;
use super::group::{MOST_GROUP, Next, next_group};
use super::line::{CaseLine, LiveLine, read_line};
use crate::declaration::{EventColumns, FactColumns, LiveFacts, LiveFormat, TableFormat};
use crate::pieces::{Piece, Reading};
use crate::table::DimensionReader;
use crate::{FileFindings, Names, Received, codes};

/// A log being read.
pub(crate) struct LiveLog<'p> {
    names: &'p Names,
    file: &'p str,
    checks: Checks,
    cases: Option<Cases<'p>>,
    /// Probes that are not in the centre folder and were told.
    strangers: BTreeSet<String>,
    /// States whose latency was not seen yet, by instant and probe, with their line.
    waiting: FxHashMap<(i64, Box<str>), Check>,
    /// Latencies whose state was not seen yet, likewise.
    early: FxHashMap<(i64, Box<str>), (i64, u32)>,
    /// Lines behind the last whole group: the first one, and how many rows.
    suspect: Option<(u32, u64)>,
    /// The first line is not that of a log.
    foreign: bool,
}

/// Events of cases being gathered.
struct Cases<'p> {
    table: &'p TableFormat,
    facts: CaseEvents,
    dimensions: Vec<(&'p str, DimensionReader<'p>)>,
}

impl<'p> LiveLog<'p> {
    pub(crate) fn new(format: &'p LiveFormat, names: &'p Names, file: &'p str) -> LiveLog<'p> {
        let cases = match &format.facts {
            LiveFacts::Checks { .. } => None,
            LiveFacts::Cases(table) => Some(Cases {
                table,
                facts: CaseEvents::default(),
                dimensions: table
                    .dimensions
                    .iter()
                    .map(|(name, column)| {
                        (name.as_str(), DimensionReader::new(name, 0, &column.vocabulary, names))
                    })
                    .collect(),
            }),
        };
        LiveLog {
            names,
            file,
            checks: Checks::default(),
            cases,
            strangers: BTreeSet::new(),
            waiting: FxHashMap::default(),
            early: FxHashMap::default(),
            suspect: None,
            foreign: false,
        }
    }

    /// Takes the lines of a whole group; `first` is the line of the first one.
    fn group(&mut self, payload: &[u8], first: u32, received: &mut Received) {
        let lines = payload.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        for (number, line) in (first..).zip(lines) {
            let read = std::str::from_utf8(line).ok().and_then(read_line);
            if read == Some(LiveLine::Request) {
                continue;
            }
            received.rows += 1;
            match read {
                Some(LiveLine::Check(probe, check)) if self.cases.is_none() => {
                    self.check(probe, Check { line: number, ..check }, received);
                    received.accepted += 1;
                }
                Some(LiveLine::State(probe, check)) if self.cases.is_none() => {
                    let check = Check { line: number, ..check };
                    match self.early.remove(&(check.at, probe.into())) {
                        Some((latency, _)) => self.check(probe, Check { latency, ..check }, received),
                        // A state that is told again is another row: the ledger says which one counts.
                        None => {
                            if let Some(before) = self.waiting.insert((check.at, probe.into()), check) {
                                self.check(probe, before, received);
                            }
                        }
                    }
                    received.accepted += 1;
                }
                Some(LiveLine::Latency { probe, at, latency }) if self.cases.is_none() => {
                    match self.waiting.remove(&(at, probe.into())) {
                        Some(check) => {
                            self.check(probe, Check { latency, ..check }, received);
                            received.accepted += 1;
                        }
                        None if self.early.contains_key(&(at, probe.into())) => received.ignored += 1,
                        None => {
                            self.early.insert((at, probe.into()), (latency, number));
                            received.accepted += 1;
                        }
                    }
                }
                Some(LiveLine::Event(event)) if self.cases.is_some() => {
                    self.event(&event, number, received);
                }
                _ => received.reject(
                    Finding::error(
                        codes::BROKEN_ROW,
                        Place::line(self.file, number),
                        "no line of such a source",
                    )
                    .hint("was the log written for a source of other facts, or by a newer version?")
                    .row("•"),
                ),
            }
        }
    }

    fn check(&mut self, probe: &str, check: Check, received: &mut Received) {
        let known = self.names.probes.is_empty() || self.names.probes.contains_key(probe);
        if !known && !self.strangers.contains(probe) {
            self.strangers.insert(probe.to_owned());
            let message = format!("the probe `{probe}` is not in probes.csv");
            received.findings.push(
                Finding::warning(codes::UNKNOWN_NAME, Place::line(self.file, check.line), message)
                    .hint("add it to probes.csv; its checks were received and count in no component"),
            );
        }
        self.checks.push(probe, check);
    }

    fn event(&mut self, line: &CaseLine<'_>, number: u32, received: &mut Received) {
        let Some(cases) = &mut self.cases else { return };
        let Some((kind, event)) = cases.declared(line.event) else {
            let FactColumns::Cases { events: EventColumns::Row { words, .. }, .. } = &cases.table.facts
            else {
                return;
            };
            let hint = nearest(line.event, words.keys().map(String::as_str)).map_or_else(
                || "add it to `events` of the source's declaration".to_owned(),
                |near| format!("did you mean `{near}`? Or add it to `events` of the source's declaration"),
            );
            let message = format!("the event `{}` is not declared", line.event);
            let place = Place::line(self.file, number);
            received.reject(Finding::error(codes::UNKNOWN_EVENT, place, message).hint(hint).row("•"));
            return;
        };
        cases.facts.case.push(line.case);
        cases.facts.kind.push(kind);
        cases.facts.event.push(event);
        cases.facts.at.push(line.at);
        // An event that is sent again is the same event: clients send again what was not answered.
        cases.facts.n.push(0);
        cases.facts.line.push(number);
        cases.dimensions(line, number, self.file, &mut received.findings);
        received.accepted += 1;
    }

    /// Lines that no whole group holds.
    fn suspect(&mut self, lines: &[u8], first: u32) {
        let rows = lines
            .split(|byte| *byte == b'\n')
            .filter(|line| !matches!(line.first(), None | Some(b'+' | b'=')));
        let rows = rows.count() as u64;
        let (first, before) = self.suspect.unwrap_or((first, 0));
        self.suspect = Some((first, before + rows));
    }

    /// A whole group follows: what stands before it was acknowledged and is damaged.
    fn tell_damage(&mut self, received: &mut Received) {
        let Some((first, rows)) = self.suspect.take() else { return };
        received.rows += rows;
        received.rejected += rows;
        let message =
            format!("{rows} rows from this line on are damaged: the checksum of their group is another");
        received.findings.push(
            Finding::error(codes::DAMAGED_GROUP, Place::line(self.file, first), message)
                .hint("the disk or a hand changed the log; ask the clients to send these results again")
                .row("•"),
        );
    }
}

impl<'p> Cases<'p> {
    /// Kind of the cases, and the event that a word stands for.
    fn declared(&self, word: &str) -> Option<(&'p str, &'p str)> {
        match &self.table.facts {
            FactColumns::Cases { kind, events: EventColumns::Row { words, .. }, .. } => {
                words.get(word).map(|event| (kind.as_str(), event.as_str()))
            }
            _ => None,
        }
    }

    fn dimensions(&mut self, line: &CaseLine<'_>, number: u32, file: &str, findings: &mut FileFindings) {
        for (name, reader) in &mut self.dimensions {
            let value = line.dimensions().find(|(given, _)| given == name).map_or("", |(_, value)| value);
            reader.push_word(value.as_bytes(), number, 1, file, findings);
        }
    }
}

impl Reading for LiveLog<'_> {
    fn piece(&mut self, piece: Piece<'_>, received: &mut Received) -> usize {
        let bytes = piece.bytes;
        let (mut at, mut line) = (0, piece.lines_before + 1);
        if piece.lines_before == 0 && !self.foreign {
            if let Some(after) = bytes.strip_prefix(HEAD) {
                (at, line) = (bytes.len() - after.len(), 2);
            } else if !piece.last || bytes.len() >= HEAD.len() || !HEAD.starts_with(bytes) {
                self.foreign = true;
                let message = "the file is no log of live results";
                received.findings.push(
                    Finding::error(codes::ANOTHER_FORMAT, Place::file(self.file), message)
                        .hint("declare the `format` that it has; logs are made by `impegno receive`"),
                );
            }
        }
        if self.foreign {
            return bytes.len();
        }
        let count = |lines: &[u8]| memchr_iter(b'\n', lines).count() as u32;
        loop {
            let end = match next_group(bytes, at) {
                Next::Whole { payload_end, end, .. } => {
                    self.tell_damage(received);
                    self.group(bytes.get(at..payload_end).unwrap_or_default(), line, received);
                    end
                }
                Next::Broken { end } => {
                    self.suspect(bytes.get(at..end).unwrap_or_default(), line);
                    end
                }
                Next::Open => break,
            };
            line = line.saturating_add(count(bytes.get(at..end).unwrap_or_default()));
            at = end;
        }
        let rest = bytes.get(at..).unwrap_or_default();
        if !rest.is_empty() && (piece.last || rest.len() > MOST_GROUP) {
            self.suspect(rest, line);
            return bytes.len();
        }
        at
    }

    fn passed_over(&mut self, line: u32, _received: &mut Received) {
        // No line of a log is so long: what a disk left of a group that was never synced can be.
        self.suspect(b"?", line);
    }

    fn take(&mut self) -> Vec<Facts> {
        let mut facts = vec![Facts::Checks(std::mem::take(&mut self.checks))];
        if let Some(cases) = &mut self.cases {
            let mut events = std::mem::take(&mut cases.facts);
            events.dimensions = cases.dimensions.iter_mut().map(|(_, reader)| reader.take()).collect();
            facts.push(Facts::Cases(events));
        }
        facts
    }

    fn finish(&mut self, received: &mut Received) {
        let mut waiting: Vec<((i64, Box<str>), Check)> =
            std::mem::take(&mut self.waiting).into_iter().collect();
        waiting.sort_unstable_by_key(|(_, check)| check.line);
        for ((_, probe), check) in waiting {
            self.check(&probe, check, received);
        }
        let mut alone: Vec<u32> = self.early.values().map(|(_, line)| *line).collect();
        alone.sort_unstable();
        if let Some(first) = alone.first() {
            let count = alone.len() as u64;
            received.accepted -= count.min(received.accepted);
            received.ignored += count;
            let message = format!("{count} response times have no state in this log, the first one here");
            received.findings.push(
                Finding::warning(codes::LATENCY_ALONE, Place::line(self.file, *first), message)
                    .hint("let one shard of the sender carry both series, as docs/receive.md shows"),
            );
        }
        if let Some((first, rows)) = self.suspect.take()
            && rows > 0
        {
            received.rows += rows;
            received.ignored += rows;
            let message =
                format!("{rows} rows from this line on were acknowledged to nobody; they were left out");
            received.findings.push(
                Finding::warning(codes::UNACKNOWLEDGED, Place::line(self.file, first), message)
                    .hint("the receiver was stopped while it wrote them; their clients send them again"),
            );
        }
    }
}
