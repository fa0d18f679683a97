//! The same facts give the same bytes, and no figure rests on the published tables.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::sync::OnceLock;

use common::{Centre, all_files, folder, impegno, turn};

fn demo(language: &str) -> (BTreeMap<String, Vec<u8>>, tempfile::TempDir) {
    let folder = folder();
    let out = folder.path().join("demo");
    let text = out.to_str().expect("text");
    let ran = impegno(["demo", "--out", text, "--lang", language]).exits(0);
    let verdict = if language == "it" { "Rispettato" } else { "Met" };
    ran.prints(&["SLA.1 ", "SLA.11 ", verdict, "index.html"]);
    (all_files(&out.join("report-2017")), folder)
}

/// The report of a demo, whose folder is gone.
fn first() -> &'static BTreeMap<String, Vec<u8>> {
    static FIRST: OnceLock<BTreeMap<String, Vec<u8>>> = OnceLock::new();
    FIRST.get_or_init(|| demo("it").0)
}

#[track_caller]
fn same(left: &BTreeMap<String, Vec<u8>>, right: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(left.keys().collect::<Vec<_>>(), right.keys().collect::<Vec<_>>(), "the same files");
    let other: Vec<&String> =
        left.iter().filter(|(name, bytes)| right[*name] != **bytes).map(|(name, _)| name).collect();
    assert!(other.is_empty(), "files with other bytes: {other:?}");
}

#[test]
fn two_demos_give_the_same_bytes_and_a_third_without_published_figures_too() {
    let _turn = turn();
    let report = first();
    let (again, demo_folder) = demo("it");
    same(report, &again);
    for file in [
        "index.html",
        "differenze.html",
        "annuale-2017.xlsx",
        "annuale-2017-differenze.xlsx",
        "dati/livelli.csv",
        "dati/report.json",
        "dati/report.schema.json",
    ] {
        assert!(report.contains_key(file), "{file} is in the report");
    }

    // The same centre, the same ledger, the published tables deleted.
    let centre = demo_folder.path().join("demo/florence-2017");
    fs::remove_dir_all(centre.join("published")).expect("the published tables go");
    let out = demo_folder.path().join("unpublished");
    let text = |path: &std::path::Path| path.to_str().expect("text").to_owned();
    impegno(["report", &text(&centre), "--period", "2017", "--out", &text(&out)]).exits(0);
    let without = all_files(&out);
    // The page of differences says in its data which tables are its own.
    let page = String::from_utf8_lossy(&report["dati/differenze.json"]).into_owned();
    let of_differences = |name: &str| {
        let table = name.strip_prefix("dati/").and_then(|name| name.strip_suffix(".csv"));
        // The list of the files names each with its hash.
        name == ".impegno-report"
            || name == "differenze.html"
            || name.contains("differenze")
            || table.is_some_and(|table| page.contains(&format!("\"id\": \"{table}\"")))
    };
    let others = |files: &BTreeMap<String, Vec<u8>>| -> BTreeMap<String, Vec<u8>> {
        files
            .iter()
            .filter(|(name, _)| !of_differences(name))
            .map(|(name, bytes)| (name.clone(), bytes.clone()))
            .collect()
    };
    assert!(others(report).len() > 80, "nearly all files are of other pages");
    same(&others(report), &others(&without));
    assert_ne!(report["differenze.html"], without["differenze.html"], "only this page rests on them");
}

#[test]
fn another_seed_gives_other_records_and_the_same_totals() {
    let _turn = turn();
    let folder = folder();
    let out = folder.path().join("demo");
    impegno(["demo", "--seed", "7", "--out", out.to_str().expect("text")]).exits(0);
    let other = all_files(&out.join("report-2017"));
    let report = first();
    for table in ["usi-trimestri", "usi-categoria", "chiamate-mesi", "messaggi-mesi", "ticket-enti"] {
        let name = format!("dati/{table}.csv");
        assert_eq!(
            String::from_utf8_lossy(&other[&name]),
            String::from_utf8_lossy(&report[&name]),
            "{table}"
        );
    }
    assert_ne!(other["dati/sla-6-casi.csv"], report["dati/sla-6-casi.csv"], "the cases are others");
}

#[test]
fn the_report_in_english_has_the_same_exact_values() {
    let _turn = turn();
    let (english, _folder) = demo("en");
    let italian = first();
    let text = String::from_utf8_lossy(&english["index.html"]).into_owned();
    assert!(text.contains("lang=\"en\"") && text.contains("Expected") && text.contains("Service levels"));
    let table = "dati/usi-trimestri.csv";
    assert!(String::from_utf8_lossy(&english[table]).contains("196,414"));
    let exact = |bytes: &[u8]| -> Vec<String> {
        let mut reader = csv::Reader::from_reader(bytes);
        reader.records().map(|record| record.expect("a row")[3].to_owned()).collect()
    };
    for table in [table, "dati/chiamate-mesi.csv", "dati/credenziali-anno.csv"] {
        assert_eq!(exact(&english[table]), exact(&italian[table]), "{table}");
    }
}

#[test]
fn a_folder_that_no_demo_made_is_left_alone() {
    let folder = folder();
    fs::write(folder.path().join("tesi.txt"), "mia").expect("a file");
    let text = folder.path().to_str().expect("text");
    impegno(["demo", "--out", text]).exits(2).says(&["is not empty and no demo made it", "--out"]);
    assert_eq!(fs::read(folder.path().join("tesi.txt")).expect("still there"), b"mia");
}

#[test]
fn the_order_in_which_sources_are_received_changes_no_figure() {
    let _turn = turn();
    let sources = ["helpdesk", "perfdata", "credenziali", "portafoglio", "dispiegamenti"];
    let forward = Centre::florence_with(&sources);
    forward.import().exits(0);
    let backward = Centre::florence_with(&[]);
    for source in sources.iter().rev() {
        let files = common::entries(&common::records().join("inbox").join(source));
        for file in files.iter().rev() {
            // The name of a file is part of the origin of its facts: the same in both centres.
            let name = file.file_name().expect("a name").to_string_lossy();
            let inside = format!("inbox/{source}/{name}");
            backward.write(&inside, fs::read(file).expect("a file"));
            let path = backward.path().join(inside);
            backward
                .run("import", &[source, path.to_str().expect("text"), "--at", common::RECEIVED])
                .exits(0);
        }
    }
    same(&forward.report(&[]).csv(), &backward.report(&[]).csv());
}
