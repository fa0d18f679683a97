//! Bad input: a clear message with file, line and what to do, a documented exit code, and nothing lost.

mod common;

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use common::{Centre, PROGRAM, RECEIVED, all_files, turn};

const LOG: &str = "inbox/nagios/nagios.log";
const TICKETS: &str = "inbox/helpdesk/ticket.csv";
const PAYMENTS: &str = "inbox/pagamenti/pagamenti.csv";

const LOG_TEXT: &str = "\
[1488322800] CURRENT SERVICE STATE: csicms;http icms;OK;HARD;1;OK
[1488330000] SERVICE ALERT: csicms;http icms;CRITICAL;SOFT;1;nessuna risposta
[1488330060] SERVICE ALERT: csicms;http icms;CRITICAL;HARD;3;nessuna risposta
[1488330600] SERVICE ALERT: csicms;http icms;OK;HARD;1;OK
";

const TICKETS_TEXT: &str = "\
Ticket;Evento;Data e ora;Ente;Richiedente
T1;Aperto;06/03/2017 09:00:00;Firenze;Mario Rossi
T1;Preso in carico;06/03/2017 09:10:00;Firenze;Mario Rossi
T1;Risolto;06/03/2017 10:00:00;Firenze;Mario Rossi
T2;Aperto;07/03/2017 09:00:00;Fiesole;Anna Bianchi
T2;Risolto;07/03/2017 11:00:00;Fiesole;Anna Bianchi
";

const PAYMENTS_TEXT: &str = "\
Id;Data e ora;Servizio;Ente;Importo
P1;06/03/2017 09:00:00;TRIB-001;Firenze;12,50
P2;06/03/2017 09:05:00;TRIB-001;Fiesole;1.200,00
";

/// A small centre with one file in its inbox.
fn with(file: &str, text: impl AsRef<[u8]>) -> Centre {
    let centre = Centre::small();
    centre.write(file, text);
    centre
}

/// One batch of `impegno batches` as JSON.
fn batch(centre: &Centre, number: usize) -> serde_json::Value {
    let batches = centre.run("batches", &["--format", "json"]).exits(0).stdout;
    let batches: serde_json::Value = serde_json::from_str(&batches).expect("JSON");
    batches[number - 1].clone()
}

/// Asserts the counts of the first batch: rows, accepted, rejected.
#[track_caller]
fn counts(centre: &Centre, rows: u32, accepted: u32, rejected: u32) {
    let batch = batch(centre, 1);
    let found =
        ["rows", "accepted", "rejected"].map(|key| batch[key].as_str().unwrap_or_default().to_owned());
    assert_eq!(found, [rows, accepted, rejected].map(|count| count.to_string()), "rows, accepted, rejected");
}

#[test]
fn the_small_centre_is_sound() {
    let centre = with(LOG, LOG_TEXT);
    centre.write(TICKETS, TICKETS_TEXT);
    centre.write(PAYMENTS, PAYMENTS_TEXT);
    centre.run("check", &[]).exits(0).prints(&["0 errors, 0 warnings"]);
    centre.import().exits(0).says(&["received 3 files: 11 rows, 11 accepted, 0 of no interest, 0 rejected"]);
    centre.run("measure", &["--period", "2017-03"]).exits(0).prints(&["SLA.2"]);
    centre.run("verify", &[]).exits(0).prints(&["3 batches", "0 problems"]);
}

#[test]
fn an_unknown_probe_is_received_and_told() {
    let text =
        LOG_TEXT.replace("] SERVICE ALERT: csicms;http icms;OK", "] SERVICE ALERT: csicsm;http icms;OK");
    let centre = with(LOG, text);
    centre.import().exits(0).says(&[
        "warning[unknown-name]: the probe `csicsm;http icms` is not in probes.csv",
        "inbox/nagios/nagios.log:4",
        "hint: add it to probes.csv",
    ]);
    counts(&centre, 4, 4, 0);
}

#[test]
fn an_unknown_body_is_received_and_told() {
    let centre = with(TICKETS, TICKETS_TEXT.replace(";Fiesole;", ";Fisole;"));
    centre.import().exits(0).says(&[
        "unknown-name",
        "`Fisole` is not in bodies.csv",
        "ticket.csv:5",
        "did you mean `Fiesole`?",
    ]);
    counts(&centre, 5, 5, 0);
}

#[test]
fn a_broken_row_is_kept_as_a_finding_and_hides_no_other() {
    let centre = with(TICKETS, TICKETS_TEXT.replace("T1;Risolto;06/03/2017 10:00:00;", "T1;Risolto;"));
    centre.import().exits(11).says(&[
        "error[broken-row]: the row has 4 columns where the header has 5",
        "inbox/helpdesk/ticket.csv:4",
        "hint: look for a separator within a text that is not in quotes",
        "inbox/helpdesk/ticket.csv: more rows rejected than the source tolerates; all others were received",
    ]);
    counts(&centre, 5, 4, 1);
    centre.run("batches", &["--findings", "1"]).exits(0).prints(&["4 ", "broken-row"]);

    let centre = with(LOG, LOG_TEXT.replace("[1488330060] ", "[14883x0060] "));
    centre.import().exits(11).says(&[
        "broken-row",
        "the line does not begin with `[seconds since 1970]`",
        "inbox/nagios/nagios.log:3",
        "hint: a Nagios log line is",
    ]);
    counts(&centre, 4, 3, 1);
}

#[test]
fn bad_values_say_their_column_and_what_is_expected() {
    let centre = with(
        PAYMENTS,
        PAYMENTS_TEXT.replace("1.200,00", "1,200.00").replace("06/03/2017 09:00", "30/02/2017 09:00"),
    );
    centre.import().exits(11).says(&[
        "error[bad-value]: `30/02/2017 09:00:00` is not a time",
        "inbox/pagamenti/pagamenti.csv:2:4",
        "the declaration says `gg/mm/aaaa HH:MM:SS`",
        "error[bad-value]: `1,200.00` is not an amount",
        "inbox/pagamenti/pagamenti.csv:3:41",
        "write it like 1.234,50",
    ]);
    counts(&centre, 2, 0, 2);

    let centre = with(TICKETS, TICKETS_TEXT.replace("Preso in carico", "Presa in carico"));
    centre.import().exits(11).says(&[
        "error[unknown-event]: the event `Presa in carico` is not declared",
        "inbox/helpdesk/ticket.csv:3:4",
        "add it to `words` of the source's declaration",
    ]);
    counts(&centre, 5, 4, 1);
}

#[test]
fn rejected_rows_within_the_declared_tolerance_are_told_and_are_no_failure() {
    let broken = TICKETS_TEXT.replace("T1;Risolto;06/03/2017 10:00:00;", "T1;Risolto;");
    for (tolerance, code) in [("20 %", 0), ("19.9999 %", 11)] {
        let centre = with(TICKETS, &broken);
        centre.edit("sources/helpdesk.toml", |lines| lines.insert(0, format!("tolerance = \"{tolerance}\"")));
        centre.import().exits(code).says(&["broken-row", "ticket.csv:4", "1 rejected"]);
    }
}

#[test]
fn a_truncated_archive_gives_its_whole_lines() {
    let cut = |text: &str| text[..text.len() - 20].to_owned();
    let centre = with(LOG, cut(LOG_TEXT));
    centre.import().exits(11).says(&[
        "error[truncated-file]: the file ends in the middle of this line",
        "inbox/nagios/nagios.log:4",
        "hint: copy the archive again; its whole lines were received",
    ]);
    counts(&centre, 4, 3, 1);
    // The whole archive, copied again, adds what was missing and repeats nothing.
    centre.write(LOG, LOG_TEXT);
    centre.import().exits(0).says(&["3 facts known already"]);

    let centre = with(TICKETS, cut(TICKETS_TEXT));
    centre.import().exits(11).says(&[
        "error[truncated-file]",
        "inbox/helpdesk/ticket.csv:6",
        "copy the file again",
    ]);
    counts(&centre, 5, 4, 1);
}

#[test]
fn a_log_out_of_order_is_received_whole_and_measured_in_order() {
    let centre = with(LOG, LOG_TEXT);
    centre.import().exits(0);
    let figures =
        |centre: &Centre| centre.run("measure", &["--period", "2017-03", "--format", "csv"]).exits(0).stdout;
    let expected = figures(&centre);
    let mut lines: Vec<&str> = LOG_TEXT.lines().collect();
    lines.swap(1, 3);
    let centre = with(LOG, lines.join("\n") + "\n");
    centre.import().exits(0).says(&[
        "warning[out-of-order]: 2 lines are earlier than a line before them, the first one here",
        "inbox/nagios/nagios.log:3",
    ]);
    assert_eq!(figures(&centre), expected);
}

#[test]
fn a_ticket_solved_before_it_opened_is_received_and_told() {
    let centre = with(TICKETS, TICKETS_TEXT.replace("T2;Risolto;07/03/2017", "T2;Risolto;05/03/2017"));
    centre.import().exits(0).says(&[
        "warning[event-before-opening]: case `T2`: the event `solved` comes before the opening",
        "inbox/helpdesk/ticket.csv:6",
        "hint: correct the time in the source",
    ]);
    counts(&centre, 5, 5, 0);
}

#[test]
fn the_wrong_encoding_is_told_both_ways() {
    // Declared UTF-8, written as Windows-1252.
    let latin = |text: &str| -> Vec<u8> { text.chars().map(|c| c as u8).collect() };
    let centre = with(TICKETS, latin(&TICKETS_TEXT.replace("Anna Bianchi", "Niccolò Bianchi")));
    centre.import().exits(11).says(&[
        "error[wrong-encoding]: the row is not text in UTF-8",
        "inbox/helpdesk/ticket.csv:5",
        "set `encoding = \"windows-1252\"`",
    ]);
    counts(&centre, 5, 3, 2);
    // Declared Windows-1252, written as UTF-8, with and without its mark: read as what it is.
    let accented = PAYMENTS_TEXT.replace("Id;", "Codice;").replace("TRIB-001", "Tributi così");
    for mark in ["", "\u{feff}"] {
        let centre = with(PAYMENTS, format!("{mark}{}", accented.replace("Codice;", "Id;")));
        centre.import().exits(0).says(&[
            "warning[wrong-encoding]: declared as windows-1252, but the file is UTF-8",
            "inbox/pagamenti/pagamenti.csv",
            "set `encoding = \"utf-8\"`",
            "`Tributi così` is not in services.csv",
        ]);
        counts(&centre, 2, 2, 0);
    }
}

#[test]
fn an_empty_file_withdraws_nothing() {
    for text in ["", " \n\r\n"] {
        let centre = with(TICKETS, text);
        centre.import().exits(11).says(&[
            "error[empty-file]: the file is empty",
            "inbox/helpdesk/ticket.csv",
            "export it again",
        ]);
    }
    // Where a file stands for the whole, an empty one would withdraw everything.
    let centre = Centre::florence_with(&["credenziali"]);
    centre.import().exits(0);
    let before = centre.figures();
    centre.write("inbox/credenziali/credenziali.csv", "");
    centre.import_at("2018-02-01T08:00:00Z").exits(11).says(&["empty-file"]);
    assert_eq!(before, centre.figures());
    // Neither does one that holds a header alone, nor one that was cut or has broken rows.
    let header = "Id;Emessa il;Tipo;Emittente\r\n";
    centre.write("inbox/credenziali/credenziali.csv", header);
    centre
        .import_at("2018-02-02T08:00:00Z")
        .exits(0)
        .says(&["warning[not-the-whole]", "nothing that was known"]);
    assert_eq!(before, centre.figures());
    centre.write(
        "inbox/credenziali/credenziali.csv",
        format!("{header}000001;03/09/2007;Password;Firenze\r\n0000"),
    );
    centre.import_at("2018-02-03T08:00:00Z").exits(11).says(&["truncated-file", "not-the-whole"]);
    assert_eq!(before, centre.figures());
}

#[test]
fn an_open_quote_that_meets_another_hides_no_row_between() {
    let text = "\
Id;Data e ora;Servizio;Ente;Importo
P1;06/03/2017 09:00:00;TRIB-001;\"Firenze;12,50
P2;06/03/2017 09:05:00;TRIB-001;Fiesole;1,00
P3;06/03/2017 09:10:00;TRIB-001;Fiesole;2,00
P4;06/03/2017 09:15:00;TRIB-001;\"Firenze\";3,00
P5;06/03/2017 09:20:00;TRIB-001;Fiesole;4,00
";
    let centre = with(PAYMENTS, text);
    centre.import().exits(11).says(&["a quotation mark is opened and not closed", "pagamenti.csv:2"]);
    counts(&centre, 5, 4, 1);
}

#[test]
fn a_text_over_two_lines_in_quotes_is_one_row_even_the_last() {
    let text = "\
Id;Data e ora;Servizio;Ente;Importo
P1;06/03/2017 09:00:00;TRIB-001;\"Fire\nnze\";12,50
";
    let centre = with(PAYMENTS, text);
    centre.import().exits(0).says(&["unknown-name"]);
    counts(&centre, 1, 1, 0);
}

#[test]
fn the_hint_about_an_unknown_body_works_when_it_is_followed() {
    let centre = with(PAYMENTS, PAYMENTS_TEXT.replace("Fiesole", "Comune di Fiesole"));
    centre.import().exits(0).says(&["`Comune di Fiesole` is not in bodies.csv"]);
    let bodies = String::from_utf8(centre.read("bodies.csv").bytes()).expect("text");
    let row = bodies.lines().find(|line| line.contains("Fiesole")).expect("the body");
    let with_alias = bodies.replace(row, &format!("{row}|Comune di Fiesole"));
    centre.write("bodies.csv", with_alias);
    // The same file is read again because what its names mean has changed.
    centre.import_at("2018-02-01T08:00:00Z").exits(0).says(&["1 facts corrected"]);
}

#[test]
fn a_segment_that_is_received_again_is_never_written_over() {
    let centre = with(PAYMENTS, PAYMENTS_TEXT);
    centre.import().exits(0);
    let before = all_files(&centre.path().join(".ledger/segments"));
    let text = String::from_utf8(centre.read("sources/pagamenti.toml").bytes()).expect("text");
    centre.write("sources/pagamenti.toml", format!("{text}# another declaration, the same facts\n"));
    centre.import_at("2018-02-01T08:00:00Z").exits(0).says(&["2 facts known already"]);
    assert_eq!(before, all_files(&centre.path().join(".ledger/segments")));
    centre.run("verify", &[]).exits(0).prints(&["2 batches and 2 segments verified, 0 problems"]);
}

#[test]
fn a_missing_column_is_told_with_the_one_that_may_be_meant() {
    let centre = with(PAYMENTS, PAYMENTS_TEXT.replace("Importo", "Importi"));
    centre.import().exits(11).says(&[
        "error[missing-column]: the declaration names the column `Importo`, which the file does not have",
        "inbox/pagamenti/pagamenti.csv:1",
        "did you mean `Importi`?",
    ]);
}

#[test]
fn an_open_quote_hides_no_row_after_it() {
    let text =
        PAYMENTS_TEXT.replace("P1;06/03/2017 09:00:00;TRIB-001;", "P1;06/03/2017 09:00:00;\"TRIB-001;");
    let centre = with(PAYMENTS, text);
    centre.import().exits(11).says(&[
        "error[broken-row]: a quotation mark is opened and not closed in this row",
        "inbox/pagamenti/pagamenti.csv:2",
        "the rows after it were received",
    ]);
    counts(&centre, 2, 1, 1);
}

#[test]
fn a_repeated_file_changes_nothing() {
    let centre = with(PAYMENTS, PAYMENTS_TEXT);
    centre.import().exits(0);
    let before = all_files(&centre.path().join(".ledger/segments"));
    centre.import_at("2018-02-01T08:00:00Z").exits(0).says(&["received 0 files", "1 files known already"]);
    assert_eq!(before, all_files(&centre.path().join(".ledger/segments")));
    centre.run("verify", &[]).exits(0).prints(&["1 batches and 1 segments verified, 0 problems"]);
}

#[test]
fn a_folder_of_no_declared_source_is_told_and_others_are_received() {
    let centre = with("inbox/pagamento/pagamenti.csv", PAYMENTS_TEXT);
    centre.write(TICKETS, TICKETS_TEXT);
    centre.import().exits(11).says(&[
        "error[undeclared-source]: there is no declaration of a source `pagamento`",
        "inbox/pagamento",
        "did you mean the source `pagamenti`? Or write sources/pagamento.toml",
        "received 1 files: 5 rows",
    ]);
    centre
        .run("import", &["pagamento", "x.csv"])
        .exits(2)
        .says(&["there is no source and no file `pagamento`", "pagamenti"]);
    centre
        .run("import", &["pagamenti", "/nowhere/x.csv"])
        .exits(11)
        .says(&["x.csv", "nothing of this file was received"]);
}

#[test]
fn columns_that_are_not_declared_are_stored_nowhere() {
    // A person's name stands in a column that the declaration does not keep, in good and in broken rows.
    let text = TICKETS_TEXT
        .replace("T1;Risolto;06/03/2017 10:00:00", "T1;Rissolto;06/03/2017 10:00:00")
        .replace("T2;Risolto;07/03/2017 11:00:00", "T2;Risolto;07/03/2017 11:00:00;Gino Verdi");
    let centre = with(TICKETS, text);
    let ran = centre.import().exits(11).says(&["T1;Rissolto;06/03/2017 10:00:00;Firenze;•", "•;•;•;•;•;•"]);
    for name in ["Rossi", "Bianchi", "Verdi"] {
        assert!(!ran.stderr.contains(name), "{name} is not said");
        for (file, bytes) in all_files(&centre.path().join(".ledger")) {
            let found = bytes.windows(name.len()).any(|window| window == name.as_bytes());
            assert!(!found, "{name} is in .ledger/{file}");
        }
        let findings = centre.run("batches", &["--findings", "1"]).exits(0).stdout;
        assert!(!findings.contains(name), "{name} is not in the findings");
    }
    assert!(centre.run("batches", &["--findings", "1"]).stdout.contains("Rissolto"));
}

/// Settings with one mistake: file, what is replaced by what, and what must be said of it.
const MISTAKES: &[(&str, &str, &str, &[&str])] = &[
    ("centre.toml", "zone =", "zona =", &["unknown key `zona`", "centre.toml:2", "zone"]),
    ("centre.toml", "Europe/Rome", "Europe/Roma", &["Europe/Roma", "centre.toml:2"]),
    ("centre.toml", "hours =", "ours =", &["unknown key `ours`", "centre.toml:6"]),
    ("systems.toml", "component =", "componet =", &["unknown key `componet`", "systems.toml:4"]),
    (
        "commitments/sla.toml",
        "dimension =",
        "dimensione =",
        &["unknown key `dimensione`", "commitments/sla.toml:7"],
    ),
    ("commitments/sla.toml", ">= 98.50 %", ">= 98.50", &["98.50", "unit", "commitments/sla.toml:8"]),
    (
        "commitments/sla.toml",
        "\"CSICMS\"",
        "\"CSIMCS\"",
        &["SLA.2: there is no component `CSIMCS`", "commitments/sla.toml:5", "did you mean `CSICMS`?"],
    ),
    ("sources/nagios.toml", "mode =", "modo =", &["unknown key `modo`", "sources/nagios.toml:3"]),
    (
        "sources/nagios.toml",
        "nagios-log",
        "nagios-logs",
        &["nagios-logs", "sources/nagios.toml:2", "did you mean `nagios-log`?"],
    ),
    (
        "sources/helpdesk.toml",
        "separator =",
        "seperator =",
        &["unknown key `seperator`", "did you mean `separator`?"],
    ),
    (
        "sources/helpdesk.toml",
        "gg/mm/aaaa",
        "dd/mm/yyyy",
        &["`time` names no whole date", "sources/helpdesk.toml:6"],
    ),
    ("bodies.csv", "code,name,", "code,nome,", &["bodies.csv:1", "name"]),
    ("services.csv", "2010-01-01", "2010-13-01", &["services.csv:2", "2010-13-01"]),
    ("probes.csv", ",CSICMS", ",CSICM", &["probes.csv:2", "CSICM"]),
];

#[test]
fn a_mistake_in_each_kind_of_settings_is_told_with_its_place() {
    for (file, from, to, said) in MISTAKES {
        let centre = Centre::small();
        let text = String::from_utf8(centre.read(file).bytes()).expect("text");
        assert!(text.contains(from), "{file} holds {from}");
        centre.write(file, text.replacen(from, to, 1));
        let ran = centre.run("check", &[]);
        assert_eq!(ran.code, 10, "{file}, {from} → {to}: {}", ran.stderr);
        ran.says(said);
        // Nothing is received into a folder that is not sound.
        centre.write(PAYMENTS, PAYMENTS_TEXT);
        centre.import().exits(10);
        assert!(!centre.path().join(".ledger").exists());
    }
}

#[test]
fn a_layout_with_a_misspelt_key_is_told_with_its_place() {
    let centre = Centre::florence_without_records();
    centre.edit("reports/annuale.toml", |lines| {
        let line = common::find(lines, |line| line.starts_with("row-heading"));
        lines[line] = lines[line].replace("row-heading", "row-headng");
        let line = common::find(lines, |line| line.contains("disposition = \"answered\""));
        lines[line] = lines[line].replace("disposition", "dispositon");
    });
    centre.run("check", &[]).exits(10).says(&[
        "unknown key `row-headng`",
        "reports/annuale.toml:",
        "did you mean `row-heading`?",
    ]);
}

#[test]
fn check_finds_everything_in_one_run() {
    let centre = Centre::small();
    let mut said: Vec<&str> = Vec::new();
    // Every mistake that leaves the others visible, all at once. A commitment without a usable target is not
    // asked for its component.
    for (file, from, to, pieces) in MISTAKES {
        let text = String::from_utf8(centre.read(file).bytes()).expect("text");
        let hides = ["zona =", "componet =", "code,nome,", "nagios-logs", "\"CSIMCS\""].contains(to);
        if !hides && text.contains(from) {
            centre.write(file, text.replacen(from, to, 1));
            said.extend(*pieces);
        }
    }
    let ran = centre.run("check", &[]).exits(10);
    ran.says(&said);
}

#[test]
fn settings_that_are_no_text_and_folders_that_are_none() {
    let centre = Centre::small();
    centre.write("systems.toml", b"[[system]]\ncode = \"icm\xe8\"\n");
    centre.run("check", &[]).exits(10).says(&["error[not-utf8]", "systems.toml:2", "save the file as UTF-8"]);
    common::impegno(["check", "/nowhere"]).exits(10).says(&["is not a folder", "centre.toml"]);
    let centre = Centre::small();
    centre.remove("centre.toml");
    centre.run("check", &[]).exits(10).says(&["centre.toml"]);
}

#[test]
fn wrong_arguments_and_questions_without_facts() {
    common::impegno(["measure", "x", "--period", "2017-13"]).exits(2).says(&["2017-13"]);
    let centre = Centre::small();
    centre
        .run("measure", &["--period", "2017"])
        .exits(10)
        .says(&["nothing was received yet", "impegno import"]);
    centre
        .run("explain", &["SLA.3", "--period", "2017"])
        .exits(2)
        .says(&["there is no commitment `SLA.3`", "did you mean `SLA.2`?"]);
    centre.write(LOG, LOG_TEXT);
    centre.import().exits(0);
    let early = ["--period", "2017", "--as-of", "2017-01-01T00:00:00Z"];
    centre.run("measure", &early).exits(10).says(&["nothing was known at that instant"]);
    centre.run("batches", &["--findings", "9"]).exits(2).says(&["there is no batch 9"]);
    // Most of the year is not covered by facts: no verdict, and the code says so on demand.
    centre.run("measure", &["--period", "2017"]).exits(0);
    centre
        .run("measure", &["--period", "2017", "--fail-on-missed"])
        .exits(13)
        .says(&["cannot be judged: SLA.2"]);
}

#[test]
fn a_ledger_or_report_that_cannot_be_written_is_told() {
    // A file where the folder should be: works for every user, also for one who may write everywhere.
    let centre = with(PAYMENTS, PAYMENTS_TEXT);
    centre.write(".ledger", "a file");
    centre.import().exits(14).says(&[".ledger"]);
    let centre = with(LOG, LOG_TEXT);
    centre.import().exits(0);
    centre.write("x", "a file");
    let florence = Centre::florence_with(&["credenziali"]);
    florence.import().exits(0);
    let out = centre.path().join("x/report");
    florence
        .run("report", &["--period", "2017", "--out", out.to_str().expect("text")])
        .exits(14)
        .says(&["x/report"]);
}

#[test]
fn a_damaged_ledger_is_found_by_verify() {
    let sound = || {
        let centre = with(LOG, LOG_TEXT);
        centre.write(TICKETS, TICKETS_TEXT);
        centre.import().exits(0);
        centre.run("verify", &[]).exits(0).prints(&["2 batches and 2 segments verified, 0 problems"]);
        centre
    };
    // One bit of a segment.
    let centre = sound();
    let segments = centre.path().join(".ledger/segments");
    let segment = common::entries(&segments).into_iter().next().expect("a segment");
    let mut bytes = fs::read(&segment).expect("a segment");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&segment, &bytes).expect("written");
    let name = segment.file_name().expect("a name").to_string_lossy().into_owned();
    centre.run("verify", &[]).exits(14).prints(&["1 problems"]).says(&[
        &format!("segment {name} of batch"),
        "damaged or missing",
        "restore it from a copy",
    ]);
    // A segment that is gone.
    fs::remove_file(&segment).expect("gone");
    centre.run("verify", &[]).exits(14).says(&[&format!("segment {name} of batch"), "damaged or missing"]);
    centre.run("measure", &["--period", "2017-03"]);

    // One letter of the catalogue: the name of a received file.
    let centre = sound();
    let catalogue = centre.path().join(".ledger/ledger.sqlite");
    let mut bytes = fs::read(&catalogue).expect("the catalogue");
    let name = b"inbox/helpdesk/ticket.csv";
    let place = bytes.windows(name.len()).position(|window| window == name).expect("the name of the file");
    bytes[place + 15] ^= 1;
    fs::write(&catalogue, &bytes).expect("written");
    centre
        .run("verify", &[])
        .exits(14)
        .says(&["its entries were changed", "the ledger is not as it was received"]);

    // A catalogue that is none.
    let centre = sound();
    fs::write(centre.path().join(".ledger/ledger.sqlite"), "not a database, certainly not one")
        .expect("written");
    centre.run("verify", &[]).exits(14).says(&["the catalogue of the ledger"]);
}

/// How many batches a centre has received; the whole sample has one for each of its files.
fn acknowledged_batches(centre: &Centre) -> usize {
    let batches = centre.run("batches", &["--format", "csv"]).exits(0).stdout.lines().count() - 1;
    assert!(batches > 70, "the sample has many files");
    batches
}

fn start(centre: &Centre) -> Child {
    Command::new(PROGRAM)
        .arg("import")
        .arg(centre.path())
        .args(["--at", RECEIVED])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts")
}

#[test]
fn an_import_killed_at_any_moment_loses_nothing_acknowledged() {
    let _turn = turn();
    let whole = Centre::florence();
    whole.import().exits(0);
    let expected = whole.report(&[]).csv();
    let batches = |centre: &Centre| centre.run("batches", &["--format", "csv"]).exits(0).stdout;

    let centre = Centre::florence();
    let mut acknowledged = String::new();
    let mut killed = 0;
    for milliseconds in [20, 150, 300, 500, 700, 1000] {
        let mut child = start(&centre);
        thread::sleep(Duration::from_millis(milliseconds));
        child.kill().expect("killed");
        killed += u32::from(child.wait().expect("it ends").signal() == Some(9));
        let now = batches(&centre);
        assert!(now.starts_with(&acknowledged), "what was acknowledged stays:\n{acknowledged}\n{now}");
        acknowledged = now;
        centre.run("verify", &[]).exits(0);
    }
    assert!(killed >= 3, "the import was killed {killed} times");
    centre.import().exits(0);
    assert!(batches(&centre).starts_with(&acknowledged));
    assert_eq!(batches(&centre), batches(&whole));
    assert!(centre.report(&[]).csv() == expected, "the figures are those of an import that nobody disturbed");
    let files = acknowledged_batches(&whole);
    centre.run("verify", &[]).exits(0).prints(&[&format!("{files} batches"), "0 problems"]);
    let names = |centre: &Centre| {
        let files = all_files(&centre.path().join(".ledger"));
        files.into_keys().filter(|name| !name.starts_with("ledger.sqlite")).collect::<Vec<_>>()
    };
    assert_eq!(names(&centre), names(&whole), "no garbage is left");
}

#[test]
fn of_two_imports_at_once_the_second_waits_for_the_person() {
    let _turn = turn();
    let centre = Centre::florence();
    let mut first = start(&centre);
    // The first has begun when its first batch is there.
    let segments = centre.path().join(".ledger/segments");
    while !segments.exists() || common::entries(&segments).is_empty() {
        assert!(first.try_wait().expect("a state").is_none(), "the first import is at work");
        thread::sleep(Duration::from_millis(5));
    }
    centre.import().exits(14).says(&["another import is writing to this ledger; wait until it has finished"]);
    // Reading goes on meanwhile.
    centre.run("batches", &[]).exits(0);
    assert!(first.wait().expect("it ends").success());
    let files = acknowledged_batches(&centre);
    centre.import().exits(0).says(&["received 0 files", &format!("{files} files known already")]);
    centre.run("verify", &[]).exits(0).prints(&[&format!("{files} batches"), "0 problems"]);
}
