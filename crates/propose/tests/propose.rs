//! Exports of common help desks, with invented rows, and what is proposed for each.

use std::fmt::Write as _;
use std::path::Path;

use impegno_calendar::Zone;
use impegno_propose::{Corrections, Language, Proposal, propose};
use impegno_sources::Names;

fn names() -> Names {
    let bodies = [("Comune di Borgo", "borgo"), ("Ponte", "ponte"), ("Unione Valle", "uc-valle")];
    Names {
        bodies: bodies.into_iter().map(|(name, code)| (name.to_owned(), code.to_owned())).collect(),
        ..Names::default()
    }
}

fn of(file: &str, corrections: &Corrections) -> Proposal {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exports").join(file);
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    of_bytes(file, &bytes, corrections).unwrap_or_else(|why| panic!("{file}: {why}"))
}

fn of_bytes(file: &str, bytes: &[u8], corrections: &Corrections) -> Result<Proposal, String> {
    let zone = Zone::named("Europe/Rome").expect("the zone");
    propose(file, bytes, &names(), &zone, Language::Italian, corrections)
        .map_err(|finding| format!("{}: {} [{}]", finding.code.name, finding.message, finding.hint))
}

/// A proposal as one text: the declaration, the doubts, what was understood.
fn shown(proposal: &Proposal) -> String {
    let mut text = proposal.text.clone();
    let received = &proposal.received;
    let _ = writeln!(text, "---");
    for doubt in &proposal.doubts {
        let _ = writeln!(text, "? {doubt}");
    }
    for finding in &received.findings {
        let _ = writeln!(text, "! {} {}: {}", finding.code.name, finding.place, finding.message);
    }
    let _ = writeln!(
        text,
        "{} rows, {} accepted, {} rejected",
        received.rows, received.accepted, received.rejected
    );
    let _ = writeln!(text, "{}", proposal.preview.heading.join(" | "));
    for row in &proposal.preview.rows {
        let _ = writeln!(text, "{}", row.join(" | "));
    }
    text
}

macro_rules! exports {
    ($($name:ident: $file:literal,)*) => {
        $(
            #[test]
            fn $name() {
                insta::assert_snapshot!(shown(&of($file, &Corrections::default())));
            }
        )*
    };
}

exports! {
    glpi_in_windows_1252: "glpi.csv",
    zammad_with_times_in_utc: "zammad.csv",
    osticket_with_american_dates: "osticket.csv",
    jira_with_names_of_months: "jira.csv",
    servicenow_with_quotes: "servicenow.csv",
    freshdesk_with_durations: "freshdesk.csv",
    otrs_with_tabs: "otrs.txt",
    a_row_is_an_event: "passaggi.csv",
    counts_by_month_under_titles: "conteggi.csv",
    payments_with_amounts: "pagamenti.csv",
    days_and_months_that_cannot_be_told_apart: "ambiguo.csv",
}

/// No export keeps a column that names somebody: none of the invented persons is in a fact or a finding.
#[test]
fn no_person_is_kept() {
    let mut files = 0;
    for entry in
        std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exports")).expect("the exports")
    {
        let file = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        let proposal = of(&file, &Corrections::default());
        files += 1;
        let all = format!("{}{:?}{:?}", proposal.text, proposal.received.facts, proposal.received.findings);
        for person in
            ["Prova", "Esempio", "Inventati", "Campione", "Finti", "Modello", "invalid", "PRVLNE", "Resolver"]
        {
            assert!(!all.contains(person), "{file}: {person} was kept");
        }
    }
    assert!(files >= 11);
}

/// A number with its prefix, participles for the times, a free text of few values.
#[test]
fn an_italian_export_in_participles_is_cases() {
    let proposal = of("helpdesk.csv", &Corrections::default());
    for line in [
        "facts = \"cases\"",
        "case = \"N. segnalazione\"",
        "opened = \"Inserita il\"",
        "taken-in-charge = \"Assegnata il\"",
        "solved = \"Chiusa il\"",
        "#   Descrizione del problema: testo libero",
        "#   Addetto: riguarda persone",
    ] {
        assert!(proposal.text.contains(line), "{line}: {}", proposal.text);
    }
    assert_eq!((proposal.received.accepted, proposal.received.rejected), (40, 0));
}

#[test]
fn a_person_corrects_a_proposal() {
    let mut corrections = Corrections { day_first: Some(false), ..Corrections::default() };
    corrections.uses.insert("Chiuso il".to_owned(), "evento solved".parse().expect("a use"));
    corrections.uses.insert("Canale".to_owned(), "no".parse().expect("a use"));
    corrections.kind = Some("complaint".to_owned());
    let proposal = of("ambiguo.csv", &corrections);
    assert!(proposal.text.contains("time = \"mm/gg/aaaa\""), "{}", proposal.text);
    assert!(proposal.text.contains("solved = \"Chiuso il\""), "{}", proposal.text);
    assert!(proposal.text.contains("#   Canale: come richiesto"), "{}", proposal.text);
    assert!(proposal.text.contains("kind = \"complaint\""), "{}", proposal.text);
    assert!(proposal.doubts.is_empty());
    corrections.uses.insert("Canali".to_owned(), "no".parse().expect("a use"));
    let bytes = b"Numero;Aperto il\n1;01/02/2025\n";
    assert!(
        of_bytes("x.csv", bytes, &corrections)
            .expect_err("no such column")
            .contains("il file non ha la colonna")
    );
}

#[test]
fn words_that_say_no_use_are_told() {
    for wrong in ["", "casa", "evento", "event a b", "case x", "dimension"] {
        let result: Result<impegno_propose::Use, _> = wrong.parse();
        assert!(result.is_err(), "{wrong}");
    }
}

#[test]
fn files_without_anything_to_read_say_what_is_lacking() {
    for (bytes, lack) in [
        (&b""[..], "no rows with several columns"),
        (b"just a sentence\nand another\n", "no rows with several columns"),
        (b"Numero;Aperto il\n", "no rows"),
        (b"Numero;Canale\n1;Mail\n2;Mail\n", "nessuna colonna di date"),
        (b"Data;Canale\n01/02/2025;Mail\n01/02/2025;Mail\n", "nessuna colonna distingue"),
        (b"\xff\xfea\0;\0b\0\n\0", "UTF-16"),
        (b"a;b\0\n", "neither text nor"),
        (b"PK\x03\x04 broken", "unreadable-workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "Excel 97"),
    ] {
        let why = of_bytes("x.csv", bytes, &Corrections::default()).map(|proposal| proposal.text);
        assert!(why.as_ref().is_err_and(|why| why.contains(lack)), "{why:?} should say: {lack}");
    }
}

/// Names that TOML writes with care.
#[test]
fn odd_names_of_columns_are_written_as_they_are() {
    let text = "\"N. \"\"ticket\"\"\";Data apertura;Canale\\altro;\"Tipo\tdi\"\n1;01/02/2025;a;b\n2;13/02/2025;a;b\n3;14/02/2025;a;b\n4;14/02/2025;a;b\n";
    let mut corrections = Corrections::default();
    corrections.uses.insert("N. \"ticket\"".to_owned(), "caso".parse().expect("a use"));
    let proposal = of_bytes("x\ny.csv", text.as_bytes(), &corrections).expect("a proposal");
    assert_eq!(proposal.received.accepted, 4, "{}", shown(&proposal));
}
