//! Bad files: times that cannot be, encodings that are mixed, things in the inbox that are no files.

mod common;

use std::os::unix::ffi::OsStrExt as _;
use std::process::Command;

use common::Centre;

const TICKETS: &str = "inbox/helpdesk/ticket.csv";
const PAYMENTS: &str = "inbox/pagamenti/pagamenti.csv";
const HEADER: &str = "Id;Data e ora;Servizio;Ente;Importo\n";

fn with(file: &str, text: impl AsRef<[u8]>) -> Centre {
    let centre = Centre::small();
    centre.write(file, text);
    centre
}

#[test]
fn a_day_in_the_future_is_received_and_told_and_moves_nothing_of_today() {
    let good = "P1;06/03/2017 09:00:00;TRIB-001;Firenze;1,00\n";
    let centre = with(PAYMENTS, format!("{HEADER}{good}P2;06/03/2071 09:00:00;TRIB-001;Firenze;1,00\n"));
    centre.import().exits(0).says(&[
        "warning[future-day]: 1 facts are of a time after their receipt, the first one here: 2071-03-06T08:00:00Z",
        "inbox/pagamenti/pagamenti.csv:3",
        "hint: they count in the period of that day only",
    ]);
    // What is known is known since the receipt, and not since 2071.
    let early = ["--period", "2017", "--as-of", "2018-01-01T00:00:00Z"];
    centre.run("measure", &early).exits(10).says(&["nothing was known at that instant"]);
    centre.run("measure", &["--period", "2017"]).exits(0);
    // A clock that is a few hours ahead is none of our business.
    let centre = with(PAYMENTS, format!("{HEADER}P1;15/01/2018 18:00:00;TRIB-001;Firenze;1,00\n"));
    assert!(!centre.import().exits(0).stderr.contains("future-day"));
}

#[test]
fn a_time_before_any_record_is_rejected() {
    let centre = with(PAYMENTS, format!("{HEADER}P1;06/03/0017 09:00:00;TRIB-001;Firenze;1,00\n"));
    centre
        .import()
        .exits(11)
        .says(&["error[bad-value]: `06/03/0017 09:00:00` is before 1970", "pagamenti.csv:2:4"]);
}

#[test]
fn a_wrong_column_is_told_once_and_not_for_every_row() {
    let rows: String = (0..5_000).map(|n| format!("P{n};Servizio {n};TRIB-001;Firenze;1,00\n")).collect();
    let centre = with(PAYMENTS, format!("{HEADER}{rows}"));
    let ran = centre.import().exits(11).says(&[
        "error[wrong-column-type]: none of the 5000 rows can be used for what stands in the column `Data e ora`",
        "`Servizio 0` is not a time",
        "the declaration says `gg/mm/aaaa HH:MM:SS`",
        "5000 rejected",
    ]);
    assert!(!ran.stderr.contains("bad-value"), "{}", ran.stderr);
}

#[test]
fn rows_of_two_encodings_in_one_file_are_read_as_what_they_are() {
    let mut bytes = format!("{HEADER}P1;06/03/2017 09:00:00;Tributi così;Firenze;1,00\n").into_bytes();
    bytes.extend_from_slice(b"P2;06/03/2017 09:00:00;Tributi cos\xec;Firenze;1,00\n");
    let centre = with(PAYMENTS, bytes);
    let ran = centre.import().exits(0).says(&[
        "warning[wrong-encoding]: declared as windows-1252, but 1 rows are UTF-8, the first one here, and 1 are not",
        "pagamenti.csv:2",
        "`Tributi così` is not in services.csv",
    ]);
    assert_eq!(ran.stderr.matches("is not in services.csv").count(), 1, "both rows name the same service");
}

#[test]
fn files_in_utf_16_and_with_old_line_ends_are_read() {
    let text = format!(
        "{HEADER}P1;06/03/2017 09:00:00;TRIB-001;Firenze;1,00\nP2;06/03/2017 09:00:00;TRIB-001;Fiesole;1,00\n"
    );
    let wide: Vec<u8> =
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    with(PAYMENTS, wide).import().exits(0).says(&["2 rows, 2 accepted", "the file is in UTF-16"]);
    with(PAYMENTS, text.replace('\n', "\r")).import().exits(0).says(&["2 rows, 2 accepted"]);
    with(PAYMENTS, text.replace('\n', "\r\n")).import().exits(0).says(&["2 rows, 2 accepted"]);
    // Without a mark UTF-16 is told by its zero bytes.
    let bare: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let ran = with(PAYMENTS, bare).import();
    assert_eq!(ran.code, 11, "{}", ran.stderr);
    let zero = text.replace("P2;", "P\u{0}2;");
    with(PAYMENTS, zero)
        .import()
        .exits(11)
        .says(&["error[wrong-encoding]: the row holds zero bytes", "pagamenti.csv:3"]);
}

#[test]
fn things_in_the_inbox_that_are_no_files_are_told_and_waited_for_by_nobody() {
    let centre =
        with(TICKETS, "Ticket;Evento;Data e ora;Ente;Richiedente\nT1;Aperto;06/03/2017 09:00:00;Firenze;x\n");
    let inbox = centre.path().join("inbox/helpdesk");
    assert!(Command::new("mkfifo").arg(inbox.join("pipe")).status().expect("mkfifo runs").success());
    std::fs::create_dir(inbox.join("folder")).expect("a folder");
    std::os::unix::fs::symlink("loop", inbox.join("loop")).expect("a link");
    let odd = std::ffi::OsStr::from_bytes(b"citt\xe0.csv");
    std::fs::write(inbox.join(odd), "x").expect("written");
    std::fs::write(
        inbox.join("two\nlines.csv"),
        "Ticket;Evento;Data e ora;Ente;Richiedente\nT2;Aperto;06/03/2017 09:00:00;Firenze;x\n",
    )
    .expect("written");
    centre.import().exits(0).says(&[
        "warning[unreadable-file]: this is no ordinary file; it was not received",
        "inbox/helpdesk/folder",
        "inbox/helpdesk/pipe",
        "inbox/helpdesk/loop",
        "the name of this file is not text in UTF-8",
        "received 2 files: 2 rows, 2 accepted",
    ]);
    let pipe = inbox.join("pipe");
    centre
        .run("import", &["helpdesk", pipe.to_str().expect("text")])
        .exits(11)
        .says(&["it is no ordinary file", "nothing of this file was received"]);
    centre.run("import", &["helpdesk", "/dev/zero"]).exits(11).says(&["it is no ordinary file"]);
}

#[test]
fn files_of_odd_shapes_end_in_findings() {
    let wide = (0..10_000).map(|n| format!("c{n}")).collect::<Vec<_>>().join(";");
    with(PAYMENTS, format!("{wide}\n{wide}\n")).import().exits(11).says(&["missing-column"]);
    let long = "x".repeat(100 << 20);
    with(PAYMENTS, format!("{HEADER}{long}\nP1;06/03/2017 09:00:00;TRIB-001;Firenze;1,00\n"))
        .import()
        .exits(11)
        .says(&["the row is longer than 1024 KiB", "pagamenti.csv:2", "2 rows, 1 accepted"]);
    with(PAYMENTS, HEADER).import().exits(0);
    Centre::small().import().exits(0).says(&["received 0 files"]);
}
