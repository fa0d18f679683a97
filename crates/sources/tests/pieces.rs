//! Where a file is cut into pieces changes nothing of what it gives.

use std::convert::Infallible;
use std::fmt::Write as _;

use impegno_calendar::Zone;
use impegno_sources::{Declaration, Input, KEPT, Names, Received, read_declaration, read_pieces};
use proptest::prelude::*;

const TICKETS: &str = r#"
title = { it = "Ticket" }
format = "csv"
mode = "append"
encoding = "windows-1252"
separator = ";"
time = "gg/mm/aaaa"
facts = "cases"
kind = "ticket"
case = "T"
opening = "opened"
[event]
column = "E"
at = "D"
words = { "a" = "opened", "r" = "solved" }
[dimensions]
channel = { column = "C", words = { x = "web" } }
"#;

const USES: &str = r#"
title = { it = "Usi" }
format = "csv"
mode = "append"
separator = ";"
header = 2
time = "gg/mm/aaaa"
facts = "operations"
kind = "use"
id = "T"
at = "D"
[dimensions]
channel = "C"
"#;

const LOG: &str = "title = { it = \"Nagios\" }\nformat = \"nagios-log\"\nmode = \"append\"\n";
const PERFDATA: &str = "title = { it = \"Nagios\" }\nformat = \"nagios-perfdata\"\nmode = \"append\"\n";

fn declared(text: &str) -> Declaration {
    let mut findings = Vec::new();
    let declaration = impegno_settings::read("source.toml", text, &mut findings, read_declaration);
    assert!(findings.is_empty(), "{findings:?}");
    declaration.expect("a sound declaration")
}

fn read(declaration: &Declaration, bytes: &[u8], piece: usize) -> Received {
    let zone = Zone::named("Europe/Rome").expect("the zone");
    let mut facts = Vec::new();
    let mut rest = bytes;
    let input = Input { size: bytes.len() as u64, piece, bytes: &mut rest };
    let received = read_pieces(declaration, &Names::default(), &zone, "file", input, |one| {
        facts.push(one);
        Ok::<(), Infallible>(())
    });
    Received { facts, ..received.expect("bytes in memory") }
}

/// Everything that a file gave; facts by line, for those of two kinds may change places.
fn told(received: &Received) -> String {
    let mut lines: Vec<String> = Vec::new();
    for facts in &received.facts {
        for (row, fingerprint) in facts.fingerprints().iter().enumerate() {
            lines.push(format!(
                "{} {} {} {fingerprint:?}",
                facts.lines()[row],
                facts.kind().name(),
                facts.at()[row]
            ));
        }
    }
    lines.sort();
    let Received { rows, accepted, ignored, rejected, .. } = received;
    let mut text = format!("{rows} = {accepted} + {ignored} + {rejected}\n{}\n", lines.join("\n"));
    for finding in &received.findings {
        let _ = writeln!(text, "{finding:?}");
    }
    text
}

/// Pieces of text that make good rows, broken ones, and everything that has to do with line ends and quotes.
fn csv_text() -> impl Strategy<Value = Vec<u8>> {
    let words: Vec<&'static [u8]> = vec![
        b"T;E;D;C\n",
        b"T1;a;01/02/2025;x\n",
        b"T1;r;02/02/2025;\"x\"\r\n",
        b"T2;r;01/01/2025;y\n",
        b"T2;a;03/01/2025;x\r\n",
        b"T1;a;01/02/2025;x\n",
        b"T3;a;31/02/2025;x\n",
        b"T4;q;01/02/2025;x\n",
        b"\"",
        b";",
        b"\n",
        b"\r\n",
        b"\r",
        b" ",
        b"T5;a;\"01/02/2025\";\"x\ny\"\n",
        b"\"T6\";r;\"",
        b"\0",
        b"T7;a;01/02/2025;citt\xc3\xa0\n",
        b"T8;a;01/02/2025;citt\xe0\n",
        b"titolo\n",
        b"\xef\xbb\xbf",
        b"a;b;c;d;e;f\n",
    ];
    let text = prop::collection::vec(prop::sample::select(words), 0..24);
    let start =
        prop::sample::select(vec![b"".as_slice(), b"\xef\xbb\xbf", b"T;E;D;C\n", b"Titolo\nT;E;D;C\n"]);
    (start, text).prop_map(|(start, words)| [start, &words.concat()].concat())
}

fn log_text() -> impl Strategy<Value = Vec<u8>> {
    let words: Vec<&'static [u8]> = vec![
        b"[1488322800] CURRENT SERVICE STATE: a;b;OK;HARD;1;x\n", b"[1488322900] SERVICE ALERT: a;b;CRITICAL;SOFT;1;x\n",
        b"[1488322700] SERVICE ALERT: c;d;OK;HARD;1;\xe0\r\n", b"[1488322950] SERVICE DOWNTIME ALERT: a;b;STARTED; x\n",
        b"[1488322950] SERVICE DOWNTIME ALERT: a;b;STARTED; x\n", b"[1488322999] SERVICE NOTIFICATION: x\n", b"\n",
        b"\r", b" \n", b"x\n", b"[14883", b"\0",
        b"DATATYPE::SERVICEPERFDATA\tTIMET::1\tHOSTNAME::a\tSERVICEDESC::b\tSERVICEPERFDATA::time=1ms\tSERVICESTATE::OK\n",
        b"DATATYPE::SERVICEPERFDATA\tTIMET::1\tHOSTNAME::a\n",
    ];
    prop::collection::vec(prop::sample::select(words), 0..24).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn any_cut_of_a_table_gives_the_same(bytes in csv_text(), piece in 1_usize..120) {
        for declaration in [declared(TICKETS), declared(USES)] {
            let whole = read(&declaration, &bytes, bytes.len() + 1);
            prop_assert_eq!(whole.rows, whole.accepted + whole.ignored + whole.rejected);
            prop_assert_eq!(told(&read(&declaration, &bytes, piece)), told(&whole));
        }
    }

    #[test]
    fn any_cut_of_a_log_gives_the_same(bytes in log_text(), piece in 1_usize..120) {
        for declaration in [declared(LOG), declared(PERFDATA)] {
            let whole = read(&declaration, &bytes, bytes.len() + 1);
            prop_assert_eq!(told(&read(&declaration, &bytes, piece)), told(&whole));
        }
    }

    #[test]
    fn any_cut_of_a_table_in_utf_16_gives_the_same(bytes in csv_text(), piece in 1_usize..120) {
        let text = String::from_utf8_lossy(&bytes);
        let wide: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let declaration = declared(TICKETS);
        let whole = read(&declaration, &wide, wide.len() + 1);
        prop_assert_eq!(told(&read(&declaration, &wide, piece)), told(&whole));
    }
}

/// Rows and quotation marks about lines that are longer than any row.
fn long_text(numbers: &[usize]) -> Vec<u8> {
    let long = "z".repeat((1 << 20) + 7);
    let words: [String; LONG_WORDS] = [
        "T1;a;01/02/2025;x\n".to_owned(),
        "T2;a;01/02/2025;\"x\ny\"\n".to_owned(),
        "T3;a;01/02/2025;\"x\n\"\n".to_owned(),
        "T4;a;01/02/2025;\"x\"\"\ny\"\r\n".to_owned(),
        "T5;\"a;\n".to_owned(),
        "\";01/02/2025;x\n".to_owned(),
        "T6;a;01/02/2025;5\" x\n".to_owned(),
        format!("{long}\n"),
        format!("T7;a;01/02/2025;\"{}\n", "y".repeat(600_000)),
        format!("T8;a;01/02/2025;\"{}\n\"\n", "y".repeat(1 << 20)),
    ];
    let words: Vec<&str> = numbers.iter().map(|number| words[*number].as_str()).collect();
    format!("T;E;D;C\n{}", words.concat()).into_bytes()
}

/// How many words [`long_text`] has.
const LONG_WORDS: usize = 10;

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_cut_about_long_lines_gives_the_same(
        numbers in prop::collection::vec(0..LONG_WORDS, 1..9),
        piece in 1_usize << 16..3 << 20,
    ) {
        let bytes = long_text(&numbers);
        let declaration = declared(TICKETS);
        let whole = read(&declaration, &bytes, bytes.len() + 1);
        let (cut, whole) = (told(&read(&declaration, &bytes, piece)), told(&whole));
        prop_assert!(cut == whole, "cut: {:.2000}\n\nwhole: {:.2000}", cut, whole);
    }
}

/// Rows that are longer than any row, and quotation marks that are never closed, between good rows.
#[test]
fn rows_without_end_are_told_and_hide_no_other_wherever_the_file_is_cut() {
    let long = "z".repeat(3 << 20);
    let good = |n: u32| format!("T{n};a;01/02/2025;x\n");
    let head = "T;E;D;C\n";
    let filler: String = (100..100_000).map(good).collect();
    for (name, text, rejected) in [
        ("a long line", format!("{head}{}{long}\n{}", good(1), good(2)), 1),
        ("a long last line", format!("{head}{}{long}", good(1)), 1),
        ("a long line in quotes", format!("{head}{}T2;a;\"{long}\n{}", good(1), good(3)), 1),
        ("an open quote before a long line", format!("{head}T1;\"a;\n{long}\n{}", good(2)), 2),
        ("an open quote and nothing after it for megabytes", format!("{head}T1;\"a;\n{filler}"), 1),
        (
            "an open quote that another closes after megabytes",
            format!("{head}T1;\"a;\n{filler}T2\";a;01/02/2025;x\n"),
            1,
        ),
        (
            "a row of two lines before a long line",
            format!("{head}{}T2;a;01/02/2025;\"x\ny\"\n{long}\n{}", good(1), good(3)),
            1,
        ),
        (
            "a row that ends in a line end in quotes, before a long line",
            format!("{head}{}T2;a;01/02/2025;\"x\n\"\n{long}\n{}", good(1), good(3)),
            1,
        ),
        ("a long header", format!("{long}\n{}", good(1)), 1),
        ("nothing but a long line", long.clone(), 0),
    ] {
        let declaration = declared(TICKETS);
        let whole = read(&declaration, text.as_bytes(), text.len() + 1);
        assert_eq!(whole.rejected, rejected, "{name}: {:?}", whole.findings.first());
        assert!(!whole.findings.is_empty(), "{name}");
        for piece in [1 << 16, 1 << 20, (1 << 20) + 1, (3 << 20) + 9] {
            let (cut, whole) = (told(&read(&declaration, text.as_bytes(), piece)), told(&whole));
            let differs = cut.lines().zip(whole.lines()).find(|(cut, whole)| cut != whole);
            assert!(cut == whole, "{name}, {piece}: {differs:?}");
        }
    }
}

#[test]
fn a_file_of_bad_rows_has_bounded_findings_and_an_honest_count() {
    let mut text = "T;E;D;C\nT0;a;01/02/2025;x\n".to_owned();
    for n in 1..5_000 {
        let _ = writeln!(text, "T{n};a;01/13/2025;x");
    }
    let received = read(&declared(TICKETS), text.as_bytes(), 10_000);
    assert_eq!((received.rows, received.rejected), (5_000, 4_999));
    assert_eq!(received.findings.len() as u64, KEPT + 1);
    let last = received.findings.last().expect("a finding");
    assert_eq!(
        (last.code.name, last.message.as_str()),
        ("more-findings", "3999 more findings `bad-value` were counted and not kept")
    );
}

#[test]
fn a_column_that_is_wrong_in_every_row_is_told_once() {
    let mut text = "T;E;D;C\n".to_owned();
    for n in 0..5_000 {
        let _ = writeln!(text, "T{n};a;domani;x");
    }
    let received = read(&declared(TICKETS), text.as_bytes(), 10_000);
    assert_eq!((received.rows, received.rejected, received.findings.len()), (5_000, 5_000, 1));
    let finding = &received.findings[0];
    assert_eq!(finding.code.name, "wrong-column-type");
    assert_eq!(
        finding.message,
        "none of the 5000 rows can be used for what stands in the column `D`; in the first, `domani` is not a time"
    );
    assert_eq!(
        finding.hint,
        "the declaration says `gg/mm/aaaa`; is it the right column, and the right declaration?"
    );
    assert_eq!((finding.place.line, finding.row.as_str()), (2, "T0;a;domani;x"));
}

/// Running counts of cases, with one row that cannot be one.
#[test]
fn a_running_count_that_rises_beyond_reason_is_told_at_once() {
    let declaration = declared(
        r#"
title = { it = "Ticket" }
format = "csv"
mode = "append"
separator = ";"
time = "gg/mm/aaaa"
facts = "cases"
kind = "ticket"
case = "T"
rows = "updates"
[events]
opened = "D"
[counters]
reopened = { column = "N", at = "A" }
"#,
    );
    let row = |case: &str, count: &str| format!("{case};01/02/2025;{count};02/02/2025\n");
    let text = [
        "T;D;N;A\n",
        &row("T1", "2"),
        &row("T1", "99999"),
        &row("T2", "9223372036854775807"),
        &row("T1", "4"),
    ]
    .concat();
    let received = read(&declaration, text.as_bytes(), 1 << 20);
    assert_eq!((received.accepted, received.rejected), (2, 2));
    let said: Vec<&str> = received.findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(
        said,
        [
            "the running count rises from 2 to 99999 in one row",
            "the running count rises from 0 to 9223372036854775807 in one row",
        ]
    );
    let events: usize = received.facts.iter().map(impegno_facts::Facts::len).sum();
    assert_eq!(events, 1 + 4, "opened once, opened again four times");
    // Rises at one time are numbered without looking at all those before, to the last number that there is.
    let rows: String = (1..=66).map(|n| row("T3", &(n * 1_000).to_string())).collect();
    let received = read(&declaration, format!("T;D;N;A\n{rows}").as_bytes(), 1 << 20);
    assert_eq!((received.accepted, received.rejected), (65, 1));
    assert_eq!(received.findings[0].message, "the running counts of the case come to more than 65534 events");
    let events: usize = received.facts.iter().map(impegno_facts::Facts::len).sum();
    assert_eq!(events, 1 + 65_000);
}

/// A cut file is told as such whatever its last row is.
#[test]
fn a_file_without_a_line_end_is_told_whatever_its_last_row_is() {
    for last in ["T2;a;01/02/2025;x", "T2;a;01/02/20;x", "T2;q;01/02/2025;x", "T2;a"] {
        let text = format!("T;E;D;C\nT1;a;01/02/2025;x\n{last}");
        let received = read(&declared(TICKETS), text.as_bytes(), 1 << 20);
        let told = received.findings.iter().filter(|finding| finding.code.name == "truncated-file").count();
        assert_eq!(told, 1, "{last}: {:?}", received.findings);
    }
}

/// The file of one month holds the closings of cases of another: it would withdraw what it does not know.
#[test]
fn cases_are_not_replaced_by_period() {
    let text = TICKETS.replace("\"append\"", "\"replaces-period\"\nreplaces = \"month\"");
    let mut findings = Vec::new();
    impegno_settings::read("source.toml", &text, &mut findings, read_declaration);
    let said: Vec<_> =
        findings.iter().map(|finding| (finding.message.as_str(), finding.place.line)).collect();
    assert_eq!(said, [("cases cannot be replaced by period", 4)]);
}
