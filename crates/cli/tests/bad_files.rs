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

/// A small centre whose payments are in a mode, with three of them received.
fn of_mode(mode: &str) -> Centre {
    let centre = with(PAYMENTS, payments(&["P1", "P2", "P3"]));
    centre.edit("sources/pagamenti.toml", |lines| {
        let line = common::find(lines, |line| line.starts_with("mode"));
        lines[line] = mode.to_owned();
    });
    centre.import().exits(0).says(&["3 rows, 3 accepted"]);
    centre
}

fn payments(ids: &[&str]) -> String {
    let rows = ids.iter().map(|id| format!("{id};06/03/2017 09:00:00;TRIB-001;Firenze;12,50\n"));
    format!("{HEADER}{}", rows.collect::<String>())
}

#[test]
fn a_cut_file_withdraws_nothing_even_when_its_last_row_can_be_read() {
    for mode in ["mode = \"snapshot\"", "mode = \"replaces-period\"\nreplaces = \"month\""] {
        // Cut behind a whole field, and within a value.
        for (last, code) in [("P2;06/03/2017 09:00:00;TRIB-001;Firenze;1", 0), ("P2;06/03/2017 09:", 11)] {
            let centre = of_mode(mode);
            centre.write(PAYMENTS, format!("{}{last}", payments(&["P1"])));
            let told = centre.import_at("2018-02-01T08:00:00Z").exits(code).says(&[
                "[truncated-file]",
                "warning[not-the-whole]",
                "the last row of a whole file ends with a line end",
            ]);
            assert!(!told.stderr.contains("facts withdrawn"), "{}", told.stderr);
        }
        // The whole file without the row withdraws it.
        let centre = of_mode(mode);
        centre.write(PAYMENTS, payments(&["P1"]));
        centre.import_at("2018-02-01T08:00:00Z").exits(0).says(&["2 facts withdrawn"]);
    }
}

#[test]
fn the_last_row_of_a_register_can_be_taken_out() {
    const OBLIGATIONS: &str = "registers/obligations.csv";
    let head = "obligation,done_at,evidence\n";
    let centre = Centre::small();
    centre.write(OBLIGATIONS, head);
    centre.import().exits(0).says(&["received 0 files"]);
    centre.write(OBLIGATIONS, format!("{head}verifica,2017-05-01,verbale 4\n"));
    centre.import().exits(0).says(&["1 rows, 1 accepted"]);
    // A register that is gone altogether, or cut, tells nothing of its rows.
    for damaged in ["", "obligation,done_at,evidence", "obligation,done_at\n"] {
        centre.write(OBLIGATIONS, damaged);
        let told = centre.import_at("2018-02-01T08:00:00Z").says(&["not-the-whole"]);
        assert!(!told.stderr.contains("facts withdrawn"), "{damaged:?}: {}", told.stderr);
    }
    centre.write(OBLIGATIONS, head);
    let told = centre.import_at("2018-02-02T08:00:00Z").exits(0).says(&["1 facts withdrawn"]);
    assert!(!told.stderr.contains("not-the-whole"), "{}", told.stderr);
    centre.import_at("2018-02-03T08:00:00Z").exits(0).says(&["received 0 files"]);
}

#[test]
fn a_changed_declaration_ends_the_facts_of_the_earlier_reading() {
    let centre = of_mode("mode = \"append\"");
    let declare = |id: &str| {
        centre.edit("sources/pagamenti.toml", |lines| {
            let line = common::find(lines, |line| line.starts_with("id"));
            lines[line] = format!("id = {id}");
        });
    };
    // The identity of each row changes: without an end of the earlier ones every payment would count twice.
    declare("[\"Id\", \"Ente\"]");
    centre.import_at("2018-02-01T08:00:00Z").exits(0).says(&["3 facts withdrawn"]);
    // Back again.
    declare("\"Id\"");
    centre.import_at("2018-02-02T08:00:00Z").exits(0).says(&["received 1 files", "3 facts withdrawn"]);
    centre.import_at("2018-02-03T08:00:00Z").exits(0).says(&["received 0 files", "1 files known already"]);
    // One that cannot read the file ends nothing.
    declare("\"Codice\"");
    centre.import_at("2018-02-04T08:00:00Z").exits(11).says(&[
        "missing-column",
        "warning[earlier-reading-stays]: read again by a changed declaration: 3 facts of the earlier reading stay",
    ]);
}

#[test]
fn a_document_in_the_inbox_of_a_text_source_is_told_once_and_gives_nothing() {
    for (start, what) in [
        (&b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"[..], "a PDF document"),
        (b"PK\x03\x04\x14\0\0\0", "a spreadsheet, a document or a zip archive"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
    ] {
        let mut bytes = start.to_vec();
        bytes.extend((0..20_000_u32).flat_map(|n| format!("{n};\n").into_bytes()));
        let centre = with(PAYMENTS, bytes);
        let ran = centre.import().exits(11).says(&[
            "error[another-format]",
            what,
            "0 accepted, 0 of no interest, 0 rejected",
        ]);
        assert_eq!(ran.stderr.matches("error[").count(), 1, "{}", ran.stderr);
    }
}
