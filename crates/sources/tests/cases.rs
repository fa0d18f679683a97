//! Runs the cases in `tests/cases/*.md`; `tests/cases/README.md` says how to write one.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::path::Path;

use impegno_calendar::{Instant, Zone};
use impegno_facts::{Dimensions, Facts, NO_AMOUNT, NO_LATENCY, ONCE, StateType};
use impegno_findings::Severity;
use impegno_sources::{Declaration, Input, Names, Received, read, read_declaration, read_pieces};

#[test]
fn every_case_of_every_file_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .filter(|path| path.file_name().is_some_and(|name| name != "README.md"))
        .collect();
    files.sort();
    let (mut cases, mut failures) = (0, String::new());
    for file in &files {
        let text = std::fs::read_to_string(file).expect("a readable file");
        cases += run(&file.file_name().expect("a name").to_string_lossy(), &text, &mut failures);
    }
    assert!(files.len() >= 4 && cases >= 25, "only {cases} cases in {} files were found", files.len());
    assert!(failures.is_empty(), "\n{failures}");
}

#[test]
fn a_heading_that_the_runner_does_not_know_fails() {
    let mut failures = String::new();
    run("x.md", "# Title\n\n## Fatcs\n\n```text\n```\n", &mut failures);
    assert_eq!(failures, "x.md:3: unknown heading `Fatcs`\n");
}

#[test]
fn a_case_without_what_is_expected_and_a_wrong_one_fail() {
    let mut failures = String::new();
    let declaration =
        "## Declaration\n\n```toml\ntitle = \"x\"\nformat = \"nagios-log\"\nmode = \"append\"\n```\n";
    run("x.md", &format!("{declaration}\n## Input: a\n\n```text\n[1] x\n```\n"), &mut failures);
    assert!(failures.contains("`a` says neither facts nor findings nor counts"), "{failures}");
    failures.clear();
    let wrong =
        format!("{declaration}\n## Input: a\n\n```text\n[1] x\n```\n\n## Counts\n\n```text\n1 rows\n```\n");
    run("x.md", &wrong, &mut failures);
    assert!(failures.contains("got:\n1 rows, 0 accepted, 1 ignored, 0 rejected\n"), "{failures}");
    failures.clear();
    run("x.md", &declaration.replace("mode", "modo"), &mut failures);
    assert!(failures.contains("unknown key `modo`"), "{failures}");
}

/// Runs the cases of a file; gives their number.
fn run(file: &str, text: &str, failures: &mut String) -> usize {
    let mut declaration: Option<Declaration> = None;
    let mut case: Option<(String, Received, bool)> = None;
    let mut cases = 0;
    let mut lines = (1..).zip(text.lines());
    while let Some((number, line)) = lines.next() {
        let Some(heading) = line.strip_prefix("## ") else { continue };
        let name = heading.strip_prefix("Input: ");
        if !["Declaration", "Facts", "Findings", "Counts"].contains(&heading) && name.is_none() {
            let _ = writeln!(failures, "{file}:{number}: unknown heading `{heading}`");
            continue;
        }
        let Some((info, block)) = fence(&mut lines) else {
            let _ = writeln!(failures, "{file}:{number}: `{heading}` has no text between fences");
            continue;
        };
        if heading == "Declaration" || name.is_some() {
            close(file, &case, failures);
            case = None;
        }
        if let Some(name) = name {
            let Some(declaration) = &declaration else {
                let _ = writeln!(failures, "{file}:{number}: an input before any declaration");
                continue;
            };
            cases += 1;
            let bytes = bytes(&block, info.contains("cut"));
            let zone = Zone::named("Europe/Rome").expect("the zone");
            // A case that is called like a file is read under that name.
            let file = if name.contains(".csv") { name } else { "file" };
            let received = read(declaration, &names(), &zone, file, &bytes);
            let sum = received.accepted + received.ignored + received.rejected;
            if received.rows != sum {
                let _ =
                    writeln!(failures, "{file}:{number}: {} rows, of which {sum} are told", received.rows);
            }
            for piece in [1, 2, 7, 30, 100] {
                if let Some(other) = in_pieces(declaration, file, &bytes, piece).differs(&received) {
                    let _ = writeln!(failures, "{file}:{number}: in pieces of {piece} bytes, {other}");
                }
            }
            case = Some((name.to_owned(), received, false));
            continue;
        }
        let got = match (heading, &case) {
            ("Declaration", _) => {
                let mut findings = Vec::new();
                declaration = impegno_settings::read("declaration", &block, &mut findings, read_declaration);
                for finding in findings {
                    let place = finding.place.line;
                    let _ = writeln!(failures, "{file}:{number}: line {place}: {}", finding.message);
                }
                continue;
            }
            ("Facts", Some((_, received, _))) => facts(received),
            ("Findings", Some((_, received, _))) => findings(received),
            (_, Some((_, received, _))) => counts(received),
            (_, None) => {
                let _ = writeln!(failures, "{file}:{number}: `{heading}` without an input before it");
                continue;
            }
        };
        if let Some((_, _, told)) = &mut case {
            *told = true;
        }
        if got != block {
            let name = case.as_ref().map_or("", |(name, _, _)| name);
            let _ =
                writeln!(failures, "{file}:{number}: {heading} of `{name}`, got:\n{got}expected:\n{block}");
        }
    }
    close(file, &case, failures);
    cases
}

/// The same file cut into pieces.
struct InPieces(Received);

fn in_pieces(declaration: &Declaration, file: &str, bytes: &[u8], piece: usize) -> InPieces {
    let zone = Zone::named("Europe/Rome").expect("the zone");
    let mut facts = Vec::new();
    let mut rest = bytes;
    let input = Input { size: bytes.len() as u64, piece, bytes: &mut rest };
    let received = read_pieces(declaration, &names(), &zone, file, input, |one| {
        facts.push(one);
        Ok::<(), Infallible>(())
    });
    InPieces(Received { facts, ..received.expect("bytes in memory") })
}

impl InPieces {
    /// What a cut changed, which should be nothing.
    fn differs(&self, whole: &Received) -> Option<String> {
        // Facts of different kinds may follow each other in another order.
        let sorted = |received: &Received| {
            let text = facts(received);
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines.join("\n")
        };
        let all =
            |received: &Received| format!("{}{}{}", counts(received), findings(received), sorted(received));
        let (whole, pieces) = (all(whole), all(&self.0));
        (whole != pieces).then(|| format!("got:\n{pieces}\nwhole:\n{whole}"))
    }
}

fn close(file: &str, case: &Option<(String, Received, bool)>, failures: &mut String) {
    if let Some((name, _, false)) = case {
        let _ = writeln!(failures, "{file}: `{name}` says neither facts nor findings nor counts");
    }
}

/// The text between the next two fences, before any heading, and what stands behind the first.
fn fence<'t>(lines: &mut (impl Iterator<Item = (u32, &'t str)> + Clone)) -> Option<(String, String)> {
    let mut ahead = lines.clone();
    let info = loop {
        let (_, line) = ahead.next()?;
        if line.starts_with('#') {
            return None;
        }
        if let Some(info) = line.strip_prefix("```") {
            break info.to_owned();
        }
    };
    let mut block = String::new();
    loop {
        let (_, line) = ahead.next()?;
        if line == "```" {
            *lines = ahead;
            return Some((info, block));
        }
        block.push_str(line);
        block.push('\n');
    }
}

/// The bytes of an input: `\t`, `\r` and `\xE8` stand for a tab, a carriage return and that byte.
fn bytes(block: &str, cut: bool) -> Vec<u8> {
    let block = if cut { block.trim_end_matches('\n') } else { block };
    let mut bytes = Vec::new();
    let mut rest = block;
    while let Some(place) = rest.find('\\') {
        let (before, escape) = rest.split_at(place);
        bytes.extend_from_slice(before.as_bytes());
        let (byte, length) = match escape.as_bytes().get(1) {
            Some(b't') => (b'\t', 2),
            Some(b'r') => (b'\r', 2),
            Some(b'x') => (u8::from_str_radix(&escape[2..4], 16).expect("two hexadecimal digits"), 4),
            _ => panic!("unknown escape in `{escape}`"),
        };
        bytes.push(byte);
        rest = &escape[length..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

fn names() -> Names {
    let pairs = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, code)| ((*name).to_owned(), (*code).to_owned())).collect()
    };
    Names {
        bodies: pairs(&[("Firenze", "firenze"), ("Comune di Firenze", "firenze"), ("Fiesole", "fiesole")]),
        services: pairs(&[("TRIB-001", "TRIB-001"), ("Tributi online", "TRIB-001")]),
        probes: pairs(&[("csicms;http icms", "csicms;http icms"), ("csweb1;wget", "csweb1;wget")]),
        systems: Default::default(),
        components: pairs(&[("CSICMS", "CSICMS")]),
        commitments: pairs(&[("SLA.2", "SLA.2")]),
    }
}

fn counts(received: &Received) -> String {
    let Received { rows, accepted, ignored, rejected, .. } = received;
    format!("{rows} rows, {accepted} accepted, {ignored} ignored, {rejected} rejected\n")
}

fn findings(received: &Received) -> String {
    let mut text = String::new();
    for finding in &received.findings {
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let place = match (finding.place.line, finding.place.column) {
            (0, _) => String::new(),
            (line, 0) => format!(" {line}"),
            (line, column) => format!(" {line}:{column}"),
        };
        let _ = writeln!(text, "{severity} {}{place}: {}", finding.code.name, finding.message);
        if !finding.row.is_empty() {
            let _ = writeln!(text, "  row: {}", finding.row);
        }
        if !finding.hint.is_empty() {
            let _ = writeln!(text, "  hint: {}", finding.hint);
        }
    }
    text
}

/// A line for each fact, beginning with the line that it came from.
fn facts(received: &Received) -> String {
    let mut text = String::new();
    for facts in &received.facts {
        for row in 0..facts.len() {
            let _ = write!(text, "{} | ", facts.lines()[row]);
            let at = instant(facts.at()[row]);
            match facts {
                Facts::Checks(one) => {
                    let kind = match one.state_type[row] {
                        StateType::Hard => "hard",
                        StateType::Soft => "soft",
                    };
                    let (origin, state) = (one.origin[row].name(), one.state[row].name());
                    let _ = write!(text, "{at} | {} | {origin} | ", one.probe.get(row));
                    let _ = write!(text, "{state} {kind} {}", one.attempt[row]);
                    if one.latency[row] != NO_LATENCY {
                        let _ = write!(text, " | {} µs", one.latency[row]);
                    }
                }
                Facts::Cases(one) => {
                    let (kind, case, event) = (one.kind.get(row), one.case.get(row), one.event.get(row));
                    let _ = write!(text, "{at} | {kind} {case} | {event}");
                    match one.n[row] {
                        0 => {}
                        ONCE => text.push_str(" (once)"),
                        n => {
                            let _ = write!(text, " ({n})");
                        }
                    }
                    dimensions(&mut text, &one.dimensions, row);
                }
                Facts::Operations(one) => {
                    let (kind, id, quantity) = (one.kind.get(row), one.id.get(row), one.quantity[row]);
                    let _ = write!(text, "{at} | {kind} {id} | × {quantity}");
                    if one.amount[row] != NO_AMOUNT {
                        let _ = write!(text, " | {} cents", one.amount[row]);
                    }
                    dimensions(&mut text, &one.dimensions, row);
                }
                Facts::Stocks(one) => {
                    let until = match one.valid_until[row] {
                        i64::MAX => "…".to_owned(),
                        until => instant(until),
                    };
                    let (subject, attribute) = (one.subject.get(row), one.attribute.get(row));
                    let (value, quantity) = (one.value.get(row), one.quantity[row]);
                    let _ = write!(text, "{at} – {until} | {subject} | {attribute} | {value} ({quantity})");
                    dimensions(&mut text, &one.dimensions, row);
                }
            }
            text.push('\n');
        }
    }
    text
}

fn instant(micros: i64) -> String {
    Instant(micros).to_string()
}

fn dimensions(text: &mut String, dimensions: &Dimensions, row: usize) {
    for (name, values) in dimensions {
        let _ = write!(text, " | {name} = {}", values.get(row));
    }
}
