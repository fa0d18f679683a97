//! A promise with a clock of its own, through the program: pauses, reopening, cases left out, as the proof says them.

mod common;

use std::fs;
use std::path::Path;

use common::{folder, impegno};

const CENTRE: &str = r#"name = "Centro"
zone = "Europe/Rome"

[[calendar]]
code = "ufficio"
hours = { monday = "8:30-14:30", tuesday = "8:30-14:30", wednesday = "8:30-14:30", thursday = "8:30-14:30", friday = "8:30-14:30" }
"#;

const PROMISE: &str = r#"document = "Carta"

[[commitment]]
code = "Q.1"
text = "Soluzione"
expected = ">= 50 %"
period = "month"
indicator = { within = { cases = "ticket", from = "opened", to = "solved", calendar = "ufficio", limit = "2 working-days", pause = { from = ["waiting-user"], to = ["in-progress"] }, reopen = "exclude", leave-out = ["merged"] } }

[[commitment]]
code = "Q.2"
text = "Soluzione in ore"
expected = ">= 50 %"
period = "month"
indicator = { within = { cases = "ticket", from = "opened", to = "solved", calendar = "ufficio", limit = "60 min" } }
"#;

const SOURCE: &str = r#"title = { it = "Eventi" }
format = "csv"
mode = "append"
clock = "zammad"
separator = ";"
time = "aaaa-mm-gg HH:MM"
facts = "cases"
kind = "ticket"
case = "caso"
opening = "opened"

[event]
column = "evento"
at = "quando"
words = { aperto = "opened", risolto = "solved", attesa = "waiting-user", ripreso = "in-progress", riaperto = "reopened", unito = "merged" }
"#;

/// T-1 fills Monday exactly and is solved at the next opening; T-2 waits; T-3 is merged; T-4 is reopened.
const EVENTS: &str = "caso;evento;quando
T-1;aperto;2026-06-22 13:30
T-1;risolto;2026-06-23 08:30
T-2;aperto;2026-06-22 09:00
T-2;attesa;2026-06-23 10:00
T-3;aperto;2026-06-22 09:00
T-3;unito;2026-06-22 09:05
T-4;aperto;2026-06-15 09:00
T-4;risolto;2026-06-15 10:00
T-4;riaperto;2026-06-25 10:00
T-4;risolto;2026-06-25 11:00
";

fn write(centre: &Path, file: &str, text: &str) {
    let path = centre.join(file);
    fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
    fs::write(path, text).expect("a file");
}

#[test]
fn a_proof_says_how_its_clock_counts() {
    let directory = folder();
    let centre = directory.path().join("centre");
    write(&centre, "centre.toml", CENTRE);
    write(&centre, "commitments/carta.toml", PROMISE);
    write(&centre, "sources/ticket.toml", &SOURCE.replace("zammad", "native"));
    write(&centre, "inbox/ticket/eventi.csv", EVENTS);
    let path = centre.to_str().expect("text");
    impegno(["check", path]).exits(0).prints(&["0 errors, 0 warnings"]);
    impegno(["import", path]).exits(0).says(&["10 rows, 10 accepted"]);
    let explain = |code: &str, language: &str| {
        impegno(["explain", path, code, "--period", "2026-06", "--lang", language]).exits(0)
    };
    explain("Q.1", "it").prints(&[
        "entro 2 giorni lavorativi",
        "Il primo giorno non conta, l’ultimo vale intero",
        "L’orologio si ferma da «waiting-user» fino a «in-progress».",
        "il tempo tra una soluzione e la riapertura non conta",
        "I casi che hanno avuto «merged» sono esclusi e contati a parte.",
        "escluso: «merged»",
        "aperto, non ancora in ritardo, sospeso (fermo",
        "2 casi su 2 entro il termine, 1 aperto, 1 escluso",
    ]);
    explain("Q.1", "en").prints(&[
        "within 2 working days",
        "The clock stands still from “waiting-user” until “in-progress”.",
        "the time between a solution and the reopening does not count",
        "Cases that had “merged” are left out and counted apart.",
        "left out: “merged”",
        "2 of 2 cases in time, 1 open, 1 left out",
    ]);
    // On the hour: natively due at the closing of Monday, and the evening does not count.
    explain("Q.2", "en").prints(&["T-1", "2026-06-22 14:30:00"]);
    // The source says that it counts as Zammad does.
    write(&centre, "sources/ticket.toml", SOURCE);
    explain("Q.2", "en").prints(&[
        "Cases of the source “ticket” are counted as the profile “zammad” does.",
        "2026-06-23 08:30:00",
    ]);
}

#[test]
fn a_clock_that_nobody_knows_is_a_finding() {
    let directory = folder();
    let centre = directory.path().join("centre");
    write(&centre, "centre.toml", CENTRE);
    write(
        &centre,
        "commitments/carta.toml",
        &PROMISE.replace("limit = \"60 min\"", "limit = \"60 min\", clock = \"zamad\""),
    );
    write(&centre, "sources/ticket.toml", &SOURCE.replace("zammad", "gipi"));
    let path = centre.to_str().expect("text");
    let ran = impegno(["check", path]);
    assert_ne!(ran.code, 0, "{}", ran.stdout);
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(said.contains("there is no clock `zamad`") && said.contains("did you mean `zammad`?"), "{said}");
    assert!(said.contains("gipi") && said.contains("glpi"), "{said}");
}
