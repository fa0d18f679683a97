//! Layouts: columns of their own, running totals, balances, what is left out, schemes of categories, one
//! served body; and what `check` says of a layout that is wrong.

mod common;

use std::collections::BTreeMap;

use common::{Centre, Report, turn};

const SERVICES: &str = "code,title,category,from,until,gruppi\n\
    A-1,Certificati,Anagrafe,2010-01-01,,Demografici\n\
    T-1,Tassa rifiuti,Tributi,2010-01-01,,Pagamenti\n\
    T-2,Calcolo,Tributi,2010-01-01,,\n\
    S-1,Campi,Sport,2017-01-01,,Pagamenti\n";

/// Two years of payments of two bodies, and one that names no body.
const PAYMENTS: &str = "Id;Data e ora;Ente;Servizio;Importo\n\
    1;10/02/2015 10:00:00;Firenze;A-1;1,00\n\
    2;10/02/2016 10:00:00;Firenze;A-1;2,50\n\
    3;11/05/2016 10:00:00;Fiesole;T-1;10,00\n\
    4;12/09/2016 10:00:00;Fiesole;T-1;20,00\n\
    5;10/01/2017 10:00:00;Firenze;A-1;3,25\n\
    6;11/02/2017 10:00:00;Firenze;A-1;4,00\n\
    7;12/03/2017 10:00:00;Fiesole;T-1;1.000,10\n\
    8;13/04/2017 10:00:00;Fiesole;S-1;5,00\n\
    9;14/05/2017 10:00:00;;T-2;6,00\n\
    10;15/08/2017 10:00:00;Fiesole;T-2;7,00\n";

/// Service A-1 moves from one body to the other; T-1 ends; S-1 begins; T-2 begins and ends.
const DEPLOYED: &str = "Servizio;Ente;Dal;Al\n\
    A-1;Firenze;01/01/2015;31/03/2017\n\
    A-1;Fiesole;01/04/2017;\n\
    T-1;Firenze;01/01/2015;30/04/2017\n\
    T-2;Firenze;01/02/2017;28/02/2017\n\
    S-1;Firenze;01/03/2017;\n\
    S-1;Fiesole;01/05/2017;\n";

const TICKETS: &str = "Ticket;Evento;Data e ora;Ente\n\
    1;Aperto;09/01/2017 09:00:00;Firenze\n\
    1;Preso in carico;09/01/2017 09:30:00;Firenze\n\
    2;Aperto;10/01/2017 09:00:00;Fiesole\n\
    2;Preso in carico;10/01/2017 17:30:00;Fiesole\n\
    3;Aperto;16/01/2017 09:00:00;Fiesole\n\
    3;Preso in carico;16/01/2017 09:10:00;Fiesole\n";

const COMMITMENTS: &str = r#"document = "Contratto"
[[commitment]]
code = "TC"
text = "Presa in carico"
expected = ">= 90 %"
indicator = { within = { cases = "ticket", from = "opened", to = "taken-in-charge", calendar = "ufficio", limit = "1 h" } }
[[commitment]]
code = "AV"
text = "Disponibilità"
expected = ">= 98 %"
indicator = { availability = { component = "CSICMS" } }
"#;

const DEPLOYMENT_SOURCE: &str = r#"title = { it = "Dispiegamenti" }
format = "csv"
mode = "snapshot"
separator = ";"
time = "gg/mm/aaaa"
facts = "stocks"
subject = ["Servizio", "Ente"]
constant-attribute = "deployed"
from = "Dal"
until = "Al"
[dimensions]
service = { column = "Servizio", of = "services" }
body = { column = "Ente", of = "bodies" }
"#;

/// Another kind of operations, with a dimension that payments do not have.
const CALLS_SOURCE: &str = r#"title = { it = "Chiamate" }
format = "csv"
mode = "append"
separator = ";"
time = "gg/mm/aaaa"
facts = "operations"
kind = "call"
id = "Id"
at = "Giorno"
[dimensions]
canale = "Canale"
"#;

const LAYOUT: &str = r#"title = "Prova"
period = "half-year"
[[section]]
id = "uno"
title = "Uno"
[[section.block]]
kind = "commitments"
id = "impegni"
title = "Impegni"
[[section.block]]
kind = "table"
id = "pagamenti"
title = "Pagamenti"
of = "operations"
filter = { kind = "payment" }
rows = { by = "category" }
sort = "value"
sort-by = "operazioni"
total-column = true
computed = [
  { key = "variazione", label = "V", change = { now = "operazioni", before = "prima" } },
  { key = "differenza", label = "D", difference = { now = "importo", before = "importo-prima" } },
  { key = "quota", label = "Q", share = { part = ["firenze"], whole = "total" }, decimals = 1 },
  { key = "ottavi", label = "O", quotient = { of = "dal-2016", by = 8 }, decimals = 3 },
]
[section.block.columns]
own = [
  { key = "operazioni", label = "Operazioni" },
  { key = "firenze", label = "di cui Firenze", filter = { body = "firenze" }, aside = true },
  { key = "importo", label = "Importo", of = "amounts", aside = true },
  { key = "prima", label = "Prima", time = "before", aside = true },
  { key = "importo-prima", label = "Importo prima", of = "amounts", time = "before", aside = true },
  { key = "dal-2016", label = "Dal 2016", since = 2016, aside = true },
  { key = "anno", label = "Nell'anno", time = "year-to-date", aside = true },
]
[[section.block]]
kind = "table"
id = "confrontabili"
title = "Confrontabili"
of = "operations"
filter = { kind = "payment" }
rows = { by = "category" }
columns = { by = "year", years = 2 }
derived = ["difference"]
left-out = [{ key = "Sport", why = "nuova nel 2017" }]
[[section.block]]
kind = "table"
id = "gruppi"
title = "Gruppi"
of = "operations"
filter = { kind = "payment" }
rows = { by = "gruppi" }
[[section.block]]
kind = "table"
id = "saldo"
title = "Saldo"
of = "stocks"
distinct = "service"
filter = { attribute = "deployed" }
rows = { by = "category" }
columns = { by = "movement" }
[[section.block]]
kind = "table"
id = "enti"
title = "Enti"
of = "amounts"
filter = { kind = "payment" }
rows = { by = "body", whole-catalogue = true }
[[section.block]]
kind = "table"
id = "controlli"
title = "Controlli"
of = "checks"
rows = { by = "probe" }
[[section.block]]
kind = "figures"
figure = [
  { id = "tutti", label = "Tutti", of = "operations", filter = { kind = "payment" }, since = 2015 },
  { id = "euro", label = "Euro", of = "amounts", filter = { kind = "payment" }, time = "before" },
  { id = "somma", label = "Somma", sum = ["enti/total/value", "euro"] },
  { id = "giorni", label = "Giorni", quotient = { of = "tutti", by = 8 }, decimals = 2 },
]
"#;

const LOG: &str = "[1483228800] CURRENT SERVICE STATE: csicms;http icms;OK;HARD;1;OK\n";

fn centre() -> Centre {
    let centre = Centre::small();
    centre.edit("centre.toml", |lines| {
        lines.push(
            "[[scheme]]\ncode = \"gruppi\"\nname = \"Gruppi di prima\"\nuntil = \"2016-12-31\"".to_owned(),
        );
    });
    centre.write("services.csv", SERVICES);
    centre.write("sources/dispiegamenti.toml", DEPLOYMENT_SOURCE);
    centre.write("sources/chiamate.toml", CALLS_SOURCE);
    centre.write("commitments/sla.toml", COMMITMENTS);
    centre.write("reports/prova.toml", LAYOUT);
    centre.write("inbox/pagamenti/p.csv", PAYMENTS);
    centre.write("inbox/dispiegamenti/d.csv", DEPLOYED);
    centre.write("inbox/helpdesk/t.csv", TICKETS);
    centre.write("inbox/nagios/n.log", LOG);
    centre
}

/// The rows of a table of the report: label and printed cells.
fn rows(report: &Report, table: &str) -> BTreeMap<String, Vec<String>> {
    let file = &report.csv()[&format!("{table}.csv")];
    let mut reader = csv::Reader::from_reader(file.as_slice());
    let header = reader.headers().expect("a header").clone();
    let printed: Vec<usize> =
        header.iter().enumerate().filter(|(_, name)| name.ends_with("_printed")).map(|(n, _)| n).collect();
    let records = reader.records().map(|record| record.expect("a row"));
    records.map(|row| (row[1].to_owned(), printed.iter().map(|n| row[*n].to_owned()).collect())).collect()
}

fn of<const N: usize>(rows: [(&str, &[&str]); N]) -> BTreeMap<String, Vec<String>> {
    let cells = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect();
    rows.into_iter().map(|(label, row)| (label.to_owned(), cells(row))).collect()
}

/// The cell `value` of a figure, as printed.
fn figure(report: &Report, id: &str) -> String {
    let file = &report.csv()["cifre.csv"];
    let mut reader = csv::Reader::from_reader(file.as_slice());
    let header = reader.headers().expect("a header").clone();
    let place = |name: &str| header.iter().position(|one| one == name).expect("the column");
    let row = reader.records().map(|row| row.expect("a row")).find(|row| &row[place("id")] == id);
    row.expect("the figure")[place("value_printed")].to_owned()
}

#[test]
fn columns_select_their_own_facts_and_times() {
    let centre = centre();
    centre.import().exits(0);
    let report = centre.report_of("2017-H1", &[]);
    // operations, of which Firenze, euro, a year before, its euro, since 2016, this year, total, change,
    // difference in euro, share of Firenze, eighths
    assert_eq!(
        rows(&report, "pagamenti"),
        of([
            (
                "Anagrafe",
                &["2", "2", "7,25 €", "1", "2,50 €", "3", "2", "2", "+100 %", "+4,75 €", "100,0 %", "0,375"]
            ),
            (
                "Tributi",
                &[
                    "2",
                    "–",
                    "1.006,10 €",
                    "1",
                    "10,00 €",
                    "4",
                    "2",
                    "2",
                    "+100 %",
                    "+996,10 €",
                    "0,0 %",
                    "0,500"
                ]
            ),
            ("Sport", &["1", "–", "5,00 €", "–", "–", "1", "1", "1", "–", "+5,00 €", "0,0 %", "0,125"]),
            (
                "Totale",
                &[
                    "5",
                    "2",
                    "1.018,35 €",
                    "2",
                    "12,50 €",
                    "8",
                    "5",
                    "5",
                    "+150 %",
                    "+1.005,85 €",
                    "40,0 %",
                    "1,000"
                ]
            ),
        ])
    );
    assert_eq!(figure(&report, "tutti"), "9");
    assert_eq!(figure(&report, "euro"), "12,50 €");
    assert_eq!(figure(&report, "somma"), "1.030,85 €");
    assert_eq!(figure(&report, "giorni"), "1,13");
}

#[test]
fn a_row_left_out_is_out_of_the_total_and_named_with_its_figures() {
    let centre = centre();
    centre.import().exits(0);
    let report = centre.report_of("2017-H1", &[]);
    let expected =
        of([("Anagrafe", &["1", "2", "+1"]), ("Tributi", &["1", "2", "+1"]), ("Totale", &["2", "4", "+2"])]);
    assert_eq!(rows(&report, "confrontabili"), expected);
    let page = std::fs::read_to_string(report.path().join("index.html")).expect("the page");
    assert!(
        page.contains("Fuori dal confronto: Sport (1° semestre 2016 0, 1° semestre 2017 1); nuova nel 2017.")
    );
}

#[test]
fn a_scheme_of_categories_outlives_its_validity_and_says_so() {
    let centre = centre();
    centre.import().exits(0);
    let report = centre.report_of("2017-H1", &[]);
    let expected =
        of([("Demografici", &["2"]), ("Pagamenti", &["2"]), ("(non indicato)", &["1"]), ("Totale", &["5"])]);
    assert_eq!(rows(&report, "gruppi"), expected);
    let page = std::fs::read_to_string(report.path().join("index.html")).expect("the page");
    assert!(page.contains("Gruppi di prima: in vigore fino al 31/12/2016"));
    // In a period in which it was in force there is nothing to say.
    let report = centre.report_of("2016-H1", &[]);
    let page = std::fs::read_to_string(report.path().join("index.html")).expect("the page");
    assert!(!page.contains("in vigore fino al"));
}

#[test]
fn what_moves_between_bodies_neither_begins_nor_ends() {
    let centre = centre();
    centre.import().exits(0);
    let report = centre.report_of("2017-H1", &[]);
    let saldo = rows(&report, "saldo");
    let expected = of([
        ("Anagrafe", &["1", "0", "0", "1"]),
        ("Tributi", &["1", "1", "2", "0"]),
        ("Sport", &["0", "1", "0", "1"]),
        ("Totale", &["2", "2", "2", "2"]),
    ]);
    assert_eq!(saldo, expected);
    for (label, cells) in saldo {
        let [start, new, ended, end] =
            [0, 1, 2, 3].map(|n: usize| cells[n].parse::<i64>().expect("a number"));
        assert_eq!(start + new - ended, end, "{label}");
    }
}

#[test]
fn the_reports_of_the_bodies_add_up_to_that_of_the_centre() {
    let centre = centre();
    centre.import().exits(0);
    let all = centre.report_of("2017-H1", &[]);
    assert_eq!(rows(&all, "enti")["Totale"], ["1.018,35 €"]);
    let firenze = centre.report_of("2017-H1", &["--body", "Comune di Firenze"]);
    let fiesole = centre.report_of("2017-H1", &["--body", "fiesole"]);
    // One row for the body; what names no body (6,00 €) is in neither.
    assert_eq!(rows(&firenze, "enti"), of([("Firenze", &["7,25 €"])]));
    assert_eq!(rows(&fiesole, "enti"), of([("Fiesole", &["1.005,10 €"])]));
    assert_eq!(rows(&firenze, "pagamenti")["Totale"][0], "2");
    assert_eq!(rows(&fiesole, "pagamenti")["Totale"][0], "2");
    // A figure that refers to the total of that table is the body's.
    assert_eq!(figure(&fiesole, "somma"), "1.015,10 €");
    // Commitments on the body's own cases; availability is the whole centre's and says so.
    let measured = |report: &Report, code: &str| {
        let rows = rows(report, "impegni");
        rows.into_iter().find(|(label, _)| label.starts_with(code)).expect("the commitment").1
    };
    assert!(measured(&all, "TC")[3].contains("2 casi su 3"), "{:?}", measured(&all, "TC"));
    assert!(measured(&firenze, "TC")[3].contains("1 caso su 1"), "{:?}", measured(&firenze, "TC"));
    assert!(measured(&fiesole, "TC")[3].contains("1 caso su 2"), "{:?}", measured(&fiesole, "TC"));
    assert_eq!(measured(&firenze, "AV"), measured(&all, "AV"));
    let page = std::fs::read_to_string(firenze.path().join("index.html")).expect("the page");
    assert!(
        page.contains("Misurati sull’intero centro, perché i loro fatti non sono distinti per ente: AV.")
    );
    assert!(page.contains("Valori dell’intero centro: questi fatti non sono distinti per ente."));
    assert!(page.contains("Firenze"));
    let explained = centre.run("explain", &["TC", "--period", "2017-H1", "--body", "fiesole"]).exits(0);
    assert!(explained.stdout.contains("1 caso su 2 entro il termine"), "{}", explained.stdout);
    centre
        .run("report", &["--period", "2017", "--body", "Fiesolo", "--out", "x"])
        .exits(2)
        .says(&["there is no served body `Fiesolo`", "did you mean `Fiesole`?"]);
    centre.run("compare", &["--period", "2017", "--body", "fiesole"]).exits(2).says(&["leave out --body"]);
}

#[test]
fn every_body_can_have_its_report_in_a_folder_of_its_own() {
    let centre = centre();
    centre.import().exits(0);
    let out = centre.path().join("enti");
    let text = out.to_str().expect("text");
    centre.run("report", &["--period", "2017-H1", "--each-body", "--out", text]).exits(0);
    for (code, name) in [("firenze", "Firenze"), ("fiesole", "Fiesole")] {
        let page = std::fs::read_to_string(out.join(code).join("index.html")).expect("the page");
        assert!(page.contains(name));
        assert!(out.join(code).join(format!("prova-2017-h1-{code}.pdf")).exists());
    }
    centre
        .run("report", &["--period", "2017-H1", "--each-body", "--body", "firenze", "--out", text])
        .exits(2);
}

#[test]
fn the_layout_is_chosen_by_the_length_of_the_period() {
    let centre = centre();
    centre.write("reports/annuale.toml", LAYOUT.replace("half-year", "year").replace("Prova", "Annuale"));
    centre.import().exits(0);
    let title = |report: &Report| {
        let json = std::fs::read_to_string(report.path().join("dati/report.json")).expect("the page");
        let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        json["report"]["title"].as_str().expect("a title").to_owned()
    };
    assert_eq!(title(&centre.report_of("2017-H1", &[])), "Prova");
    assert_eq!(title(&centre.report_of("2017", &[])), "Annuale");
    assert_eq!(title(&centre.report_of("2017", &["--layout", "prova"])), "Prova");
    centre
        .run("report", &["--period", "2017-06", "--out", "x"])
        .exits(2)
        .says(&["--layout with one of: annuale, prova"]);
}

#[test]
fn every_layout_of_the_sample_makes_a_report_for_its_period() {
    let _turn = turn();
    let centre = Centre::florence();
    centre.import().exits(0);
    for (period, layout) in [
        ("2017-H1", "semestrale"),
        ("2017-Q2", "trimestrale"),
        ("2017-06", "mensile"),
        ("2017", "focus-anno"),
    ] {
        let report = centre.report_of(period, &["--layout", layout]);
        let levels = rows(&report, "livelli");
        assert_eq!(levels.len(), 11, "{layout}");
        let tickets = rows(&report, "ticket-canale");
        let number = |text: &str| text.replace('.', "").parse::<i64>().expect("a number");
        for (label, cells) in &tickets {
            let channels: i64 = cells[..3].iter().map(|cell| number(cell)).sum();
            assert_eq!(channels, number(&cells[4]), "{layout}: {label}");
        }
    }
    // The first half is what the yearly report says of its first two quarters.
    let half = rows(&centre.report_of("2017-H1", &[]), "servizi-saldo");
    assert_eq!(half["Totale"][0], "162");
    let half = centre.report_of("2017-H1", &[]);
    let quarters = rows(&centre.report_of("2017", &[]), "usi-trimestri");
    let number = |text: &str| text.replace('.', "").parse::<i64>().expect("a number");
    let two: i64 = quarters
        .iter()
        .filter(|(label, _)| label.starts_with(['1', '2']))
        .map(|(_, row)| number(&row[0]))
        .sum();
    assert_eq!(number(&figure(&half, "utilizzi")), two);
}

/// The row of the commitment on tickets: expected, measured, worst, basis, deviation, verdict.
fn tickets_commitment(tickets: &str) -> Vec<String> {
    let centre = centre();
    centre.write("inbox/helpdesk/t.csv", tickets);
    centre.import().exits(0);
    rows(&centre.report_of("2017-H1", &[]), "impegni")["TC Presa in carico"].clone()
}

#[test]
fn time_on_service_hours_is_never_told_in_days() {
    let row = tickets_commitment(
        "Ticket;Evento;Data e ora;Ente\n\
         1;Aperto;09/01/2017 09:00:00;Firenze\n\
         1;Preso in carico;20/02/2017 09:30:00;Firenze\n",
    );
    let hours: i64 = row[2].split(" h").next().and_then(|hours| hours.parse().ok()).expect("hours");
    assert!(hours > 48 && !row[2].contains("giorn"), "{row:?}");
}

#[test]
fn a_promise_on_an_event_that_nobody_records_is_not_measured() {
    let row = tickets_commitment(
        "Ticket;Evento;Data e ora;Ente\n\
         1;Aperto;09/01/2017 09:00:00;Firenze\n\
         2;Aperto;10/01/2017 09:00:00;Fiesole\n",
    );
    assert_eq!((row[1].as_str(), row[3].as_str()), ("non misurato", "2 non giudicabili"), "{row:?}");
    assert!(row[5].starts_with("Non misurato"), "{row:?}");
}

#[test]
fn one_open_case_is_told_in_the_singular() {
    let row = tickets_commitment(
        "Ticket;Evento;Data e ora;Ente\n\
         1;Aperto;09/01/2017 09:00:00;Firenze\n\
         1;Preso in carico;09/01/2017 09:30:00;Firenze\n\
         2;Aperto;30/06/2017 17:59:00;Fiesole\n",
    );
    assert!(row[3].contains(", 1 aperto;"), "{row:?}");
}

#[test]
fn a_layout_shows_the_commitments_that_it_names_in_its_order() {
    let centre = centre();
    centre.import().exits(0);
    let shown = |layout: &str| {
        centre.write("reports/prova.toml", layout);
        let report = centre.report_of("2017-H1", &[]);
        let files = report.csv();
        let mut reader = csv::Reader::from_reader(files["impegni.csv"].as_slice());
        let rows: Vec<String> = reader.records().map(|row| row.expect("a row")[0].to_owned()).collect();
        let proofs = |code: &str| files.keys().any(|name| name.contains(code));
        (rows, proofs("facts-tc") || proofs("tc-conto"), proofs("facts-av") || proofs("av-conto"))
    };
    let named = |codes: &str| LAYOUT.replacen("id = \"impegni\"", &format!("id = \"impegni\"\n{codes}"), 1);
    assert_eq!(shown(LAYOUT), (vec!["TC".to_owned(), "AV".to_owned()], true, true));
    assert_eq!(shown(&named("codes = [\"AV\", \"TC\"]")).0, ["AV", "TC"]);
    assert_eq!(shown(&named("codes = [\"AV\"]")), (vec!["AV".to_owned()], false, true));
}

#[test]
fn an_axis_of_a_dimension_that_only_other_facts_have_is_warned_of() {
    let centre = centre();
    let by = "filter = { kind = \"payment\" }\nrows = { by = \"body\", whole-catalogue = true }";
    assert!(LAYOUT.contains(by));
    let other = by.replace("\"body\", whole-catalogue = true", "\"canale\"");
    centre.write("reports/prova.toml", LAYOUT.replacen(by, &other, 1));
    let ran = centre.run("check", &[]).exits(0);
    let said = format!("{}{}", ran.stdout, ran.stderr);
    let warning =
        "warning[unknown-dimension]: no source of operations of kind `payment` gives a dimension `canale`";
    assert!(said.contains(warning), "{said}");
}

#[test]
fn a_table_of_times_that_waits_for_an_event_of_no_source_is_warned_of() {
    let centre = centre();
    let times = |to: &str| {
        let block = format!(
            "[[section.block]]\nkind = \"times\"\nid = \"tempi\"\ntitle = \"Tempi\"\ncases = \"ticket\"\n\
             from = \"opened\"\nto = \"{to}\"\nstatistics = [\"done\"]\n"
        );
        centre.write("reports/prova.toml", format!("{LAYOUT}{block}"));
        centre.run("check", &[]).exits(0)
    };
    let ran = times("taken-in-charge");
    assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("event-not-given"), "{}", ran.stdout);
    let ran = times("taken-in-chage");
    let said = format!("{}{}", ran.stdout, ran.stderr);
    for part in [
        "event-not-given",
        "tempi: no source gives the event `taken-in-chage`",
        "did you mean `taken-in-charge`?",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

/// What stands in a layout in place of something sound, and what `check` says.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("sort-by = \"operazioni\"", "sort-by = \"operazione\"", "the table counts no column `operazione`"),
    (
        "of = \"amounts\", aside = true },\n  { key = \"prima\"",
        "of = \"amounts\" },\n  { key = \"prima\"",
        "the column `importo` counts something else than the table and would not add up",
    ),
    ("since = 2016, aside", "since = 216, aside", "`since` is a year"),
    ("whole = \"total\"", "whole = \"totale\"", "is computed from `totale`, which is not there before it"),
    ("by = 8 }, decimals = 3", "by = 0 }, decimals = 3", "`by` is a positive whole number"),
    ("time = \"year-to-date\"", "time = \"year\"", "one of: period, before, year-to-date"),
    ("{ key = \"firenze\"", "{ key = \"operazioni\"", "the column `operazioni` stands twice"),
    ("by = \"gruppi\"", "by = \"grupi\"", "no source gives a dimension `grupi`"),
    ("period = \"half-year\"", "period = \"semester\"", "`semester` is not known here"),
    (
        "rows = { by = \"probe\" }",
        "rows = { by = \"hour\", bands = [\"0-12\", \"8-20\"] }",
        "the hours 8-20 are in the band 0-12 already and would count twice",
    ),
    ("rows = { by = \"probe\" }", "rows = { by = \"hour\" }", "an axis of hours needs its bands"),
    ("rows = { by = \"probe\" }", "rows = { by = \"hour\", bands = [] }", "there is no band of hours"),
    ("distinct = \"service\"\n", "distinct = \"service\"\nsince = 2016\n", "have no running total"),
    ("years = 2 }\n", "years = 2 }\ntime = \"before\"\n", "an axis of years has its times itself"),
    (
        "sum = [\"enti/total/value\", \"euro\"]",
        "sum = [\"pagamenti/total/importi\"]",
        "the table `pagamenti` has no column `importi`",
    ),
    ("id = \"impegni\"\n", "id = \"impegni\"\ncodes = [\"AV\", \"TK\"]\n", "there is no commitment `TK`"),
    ("why = \"nuova nel 2017\"", "because = \"nuova nel 2017\"", "because"),
    (
        "by = \"gruppi\"",
        "by = \"month\" }\nsince = 2016\nmark = { filter = {}, label = \"x\"",
        "a running total begins before the months",
    ),
    (
        "columns = { by = \"movement\" }",
        "columns = { by = \"movement\" }\ntotal-column = true",
        "do not add up to anything",
    ),
    (
        "columns = { by = \"movement\" }",
        "columns = { by = \"movement\" }\nderived = [\"change\"]",
        "are no series",
    ),
    ("key = \"Sport\"", "key = \"Sports\"", "there is no row `Sports` to be left out"),
    ("decimals = 3", "decimals = 30", "`decimals` is a number from 0 to 6"),
    ("sum = [\"enti/total/value\", \"euro\"]", "sum = [\"enti\"]", "names a table and no cell"),
    ("sum = [\"enti/total/value\", \"euro\"]", "sum = [\"giorni\"]", "the figure `giorni` comes later"),
    ("by = \"year\", years = 2", "by = \"year\", since = 99999", "`since` is a year"),
    ("change = { now", "variation = { now", "the column has no formula"),
    (
        "columns = { by = \"movement\" }",
        "columns = { by = \"movement\" }\nrest = true",
        "`rest` is what `top` leaves out",
    ),
];

#[test]
fn check_explains_every_mistake_in_a_layout() {
    let centre = centre();
    centre.run("check", &[]).exits(0);
    for (sound, wrong, message) in MISTAKES {
        assert!(LAYOUT.contains(sound), "the layout has `{sound}`");
        let text = LAYOUT.replacen(sound, wrong, 1);
        let place = text.find(wrong).expect("it stands there");
        centre.write("reports/prova.toml", &text);
        let ran = centre.run("check", &[]).exits(10);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(said.contains(message), "`{wrong}`: `{message}` is not said in:\n{said}");
        // Some line of the block is shown, at or before the mistake.
        let line = text[..place].lines().count();
        let shown =
            said.lines().filter_map(|line| line.split("prova.toml:").nth(1)?.split(':').next()?.parse().ok());
        let shown: Vec<usize> = shown.collect();
        assert!(
            shown.iter().any(|shown| *shown <= line + 3 && *shown + 20 > line),
            "{wrong}: {shown:?}, line {line}"
        );
    }
}

/// A layout with blocks of its own.
fn of_blocks(blocks: &str) -> String {
    format!("title = \"Prova\"\n[[section]]\nid = \"uno\"\ntitle = \"Uno\"\n{blocks}")
}

#[test]
fn amounts_stay_amounts_and_unlike_things_are_not_mixed() {
    let centre = centre();
    centre.write(
        "reports/prova.toml",
        of_blocks(
            r#"[[section.block]]
kind = "table"
id = "t"
title = "T"
of = "amounts"
filter = { kind = "payment" }
columns = { own = [
  { key = "euro", label = "Euro" },
  { key = "numero", label = "Numero", of = "operations" },
] }
computed = [
  { key = "meta", label = "Meta", quotient = { of = "euro", by = 2 } },
  { key = "misto", label = "Misto", share = { part = ["euro"], whole = "numero" } },
]
[[section.block]]
kind = "figures"
figure = [
  { id = "mese", label = "Al mese", per-month = "t/total/euro" },
  { id = "meta", label = "Meta", quotient = { of = "t/total/euro", by = 2 } },
  { id = "misto", label = "Misto", sum = ["t/total/euro", "t/total/numero"] },
]
"#,
        ),
    );
    centre.import().exits(0);
    let report = centre.report_of("2017-H1", &[]);
    assert_eq!(rows(&report, "t")["Totale"], ["1.018,35 €", "5", "509,18 €", ""]);
    assert_eq!(figure(&report, "mese"), "169,73 €");
    assert_eq!(figure(&report, "meta"), "509,18 €");
    assert_eq!(figure(&report, "misto"), "non misurato");
}

#[test]
fn a_period_that_cuts_months_keeps_what_is_in_their_parts() {
    let centre = centre();
    let block = r#"[[section.block]]
kind = "table"
id = "t"
title = "T"
of = "operations"
filter = { kind = "payment" }
rows = { by = "MONTH" }
"#;
    centre.write("reports/prova.toml", of_blocks(&block.replace("MONTH", "month")));
    centre.import().exits(0);
    let cut = rows(&centre.report_of("2017-02-01..2017-03-12", &[]), "t");
    assert_eq!(cut["Totale"], ["2"]);
    assert_eq!(cut["Febbraio"], ["1"]);
    assert_eq!(cut.len(), 3);
    // Longer than a year: each month of each year is a row, and nothing is counted twice.
    let long = rows(&centre.report_of("2016-01-01..2017-12-31", &[]), "t");
    assert_eq!(long["Totale"], ["9"]);
    assert_eq!(long.len(), 25);
    centre.write("reports/prova.toml", of_blocks(&block.replace("MONTH", "quarter")));
    let month = rows(&centre.report_of("2017-04", &[]), "t");
    assert_eq!(month["Totale"], ["1"]);
    // What is compared with the year before cannot be longer than a year.
    centre.write("reports/prova.toml", LAYOUT);
    centre
        .run("report", &["--period", "2016-01-01..2017-12-31", "--out", "x"])
        .exits(2)
        .says(&["ask for a year at most"]);
}

#[test]
fn what_is_the_whole_centres_is_never_printed_as_a_bodys() {
    let centre = centre();
    centre.write(
        "reports/prova.toml",
        of_blocks(
            r#"[[section.block]]
kind = "table"
id = "fermi"
title = "Fermi"
of = "operations"
filter = { kind = "planned-stop" }
rows = { by = "body", whole-catalogue = true }
[[section.block]]
kind = "table"
id = "misti"
title = "Misti"
of = "operations"
columns = { own = [
  { key = "p", label = "Pagamenti", filter = { kind = "payment" } },
  { key = "f", label = "Ore di fermo", filter = { kind = "planned-stop" } },
] }
[[section.block]]
kind = "table"
id = "senza-totale"
title = "Senza totale"
of = "operations"
filter = { kind = "payment" }
rows = { by = "body", whole-catalogue = true }
total = false
[[section.block]]
kind = "figures"
figure = [
  { id = "a", label = "A", cell = "misti/total/p" },
  { id = "b", label = "B", quotient = { of = "fermi/total/value", by = 8 } },
]
"#,
        ),
    );
    centre.write(
        "registers/stops.csv",
        "code,component,from,until,effort_hours,reason\nF-1,CSICMS,2017-02-01 08:00:00,2017-02-01 12:00:00,16,prova\n",
    );
    centre.import().exits(0);
    let report = centre.report_of("2017-H1", &["--body", "fiesole"]);
    assert!(!rows(&report, "fermi").contains_key("Fiesole") || rows(&report, "fermi")["Fiesole"] == ["0"]);
    assert_eq!(rows(&report, "misti")["Totale"], ["2", "16"]);
    assert_eq!(rows(&report, "senza-totale"), of([("Fiesole", &["2"])]));
    let page = std::fs::read_to_string(report.path().join("index.html")).expect("the page");
    assert!(page.contains("Valori dell’intero centro: questi fatti non sono distinti per ente."));
    assert!(page.contains("Dell’intero centro, perché i fatti non sono distinti per ente: Ore di fermo."));
    // A figure of the mixed table is the centre's in part, the other wholly; so is the first table.
    let of_the_centre = page.matches("dell’intero centro").count();
    assert_eq!((of_the_centre, page.matches("in parte dell’intero centro").count()), (3, 1));
}

#[test]
fn bands_that_leave_hours_out_say_so() {
    let centre = centre();
    let block = r#"[[section.block]]
kind = "table"
id = "fasce"
title = "Fasce"
of = "operations"
filter = { kind = "payment" }
rows = { by = "hour", bands = ["0-8", "8-20"BAND] }
"#;
    let note = "Le fasce non coprono tutte le ore del giorno";
    for (band, says) in [("", true), (", \"20-24\"", false)] {
        centre.write("reports/prova.toml", of_blocks(&block.replace("BAND", band)));
        centre.import().exits(0);
        let report = centre.report_of("2017", &[]);
        assert_eq!(rows(&report, "fasce")["Totale"], ["6"]);
        let page = std::fs::read_to_string(report.path().join("index.html")).expect("the page");
        assert_eq!(page.contains(note), says, "{band}");
    }
}

#[test]
fn check_reads_the_promises_inside_a_mean() {
    let centre = centre();
    let within = |filter: &str, to: &str| {
        format!(
            "document = \"Contratto\"\n[[commitment]]\ncode = \"M\"\ntext = \"Media\"\nexpected = \">= 90 %\"\n\
             indicator = {{ mean = [{{ within = {{ cases = \"ticket\", from = \"opened\", to = \"{to}\", limit = \"1 h\", \
             filter = {filter} }} }}] }}\n"
        )
    };
    centre.write("commitments/sla.toml", within("{ body = \"fiesole\" }", "taken-in-charge"));
    centre.run("check", &[]).exits(0);
    centre.write("commitments/sla.toml", within("{ bodi = \"fiesole\" }", "taken-in-charge"));
    centre.run("check", &[]).exits(10).says(&["no source gives a dimension `bodi`"]);
    centre.write("commitments/sla.toml", within("{}", "taken-in-chage"));
    centre.run("check", &[]).exits(0).says(&["event-not-given", "did you mean `taken-in-charge`?"]);
}
