//! What can be asked in SQL, and how it fails.

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{cluster, embedded, program, said};
use serde_json::Value;

fn ask(folder: &Path, query: &str, more: &[&str]) -> Value {
    let name = folder.display().to_string();
    let mut arguments = vec!["sql", &name, query, "--format", "json"];
    arguments.extend(more);
    serde_json::from_str(&cluster(&arguments)).expect("JSON")
}

#[test]
fn tables_registers_and_formats() {
    let year = common::year();
    let found =
        ask(year, "select count(*) as n, count(latency) as timed from checks where probe = 'db1;query'", &[]);
    assert!(found[0]["n"].as_u64() > found[0]["timed"].as_u64(), "{found}");
    let joined = "select b.name, count(*) as n from operations o join bodies b on b.code = o.\"dim.body\" group by b.name order by 1";
    let names: Vec<Value> =
        ask(year, joined, &[]).as_array().expect("rows").iter().map(|row| row["name"].clone()).collect();
    assert_eq!(names, ["Comune di Borgo", "Comune di Ponte", "Unione di Valle"]);
    // What is not stated is NULL.
    let channels =
        ask(year, "select \"dim.channel\" as channel from operations group by 1 order by 1 nulls last", &[]);
    assert_eq!(channels.to_string(), r#"[{"channel":"sportello"},{"channel":"web"},{"channel":null}]"#);
    assert_eq!(ask(year, "select * from checks where probe = 'nowhere'", &[]).to_string(), "[]");
    let name = year.display().to_string();
    let csv = cluster(&["sql", &name, "select min(at) as first from checks", "--format", "csv"]);
    assert!(csv.starts_with("first\n2025-01-01T00:00:0"), "{csv}");
    let table = cluster(&["sql", &name, "select 1 as one"]);
    assert!(table.contains("| one |"), "{table}");
}

#[test]
fn a_condition_on_time_leaves_out_segments() {
    let name = common::year().display().to_string();
    let plan = |condition: &str| {
        let query = format!("explain select count(*) from checks where source = 'monitor' {condition}");
        cluster(&["sql", &name, &query, "--format", "csv"])
    };
    let segments = |plan: &str| -> usize {
        let text =
            plan.split("SegmentScan: ").nth(1).and_then(|rest| rest.split(' ').next()).expect("a scan");
        text.parse().expect("a number")
    };
    let all = segments(&plan(""));
    let march = segments(&plan("and at >= '2025-03-10T00:00:00Z' and at < '2025-03-20T00:00:00Z'"));
    assert!(all >= 13 && march <= 2, "{march} of {all}");
}

#[test]
fn rows_that_were_ended_are_left_out_and_seen_as_of_before() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let put = |file: &str, text: &str| {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    put("centre.toml", "name = { it = \"Prova\", en = \"Test\" }\nzone = \"Europe/Rome\"\n");
    put(
        "sources/usi.toml",
        "title = { it = \"Usi\", en = \"Uses\" }\nformat = \"csv\"\nmode = \"snapshot\"\ntime = \"iso\"\nfacts = \"operations\"\n\
         kind = \"use\"\nid = [\"id\"]\nat = \"quando\"\nquantity = \"quanti\"\n",
    );
    let name = folder.path().display().to_string();
    put(
        "inbox/usi/1.csv",
        "id,quando,quanti\na,2025-01-01T10:00:00Z,1\nb,2025-01-02T10:00:00Z,2\nc,2025-01-03T10:00:00Z,4\n",
    );
    embedded(&["import", &name]);
    let before = jiff::Timestamp::from_microsecond(
        impegno_cluster::centre::Known::open(folder.path(), None).expect("a ledger").head.received_at,
    )
    .expect("an instant")
    .to_string();
    // One is corrected, one is withdrawn.
    put("inbox/usi/2.csv", "id,quando,quanti\na,2025-01-01T10:00:00Z,1\nb,2025-01-02T10:00:00Z,16\n");
    embedded(&["import", &name]);
    let query = "select id, quantity from operations order by id";
    let now = ask(folder.path(), query, &[]).to_string();
    assert_eq!(now, r#"[{"id":"a","quantity":1},{"id":"b","quantity":16}]"#);
    let then = ask(folder.path(), query, &["--as-of", &before]).to_string();
    assert_eq!(then, r#"[{"id":"a","quantity":1},{"id":"b","quantity":2},{"id":"c","quantity":4}]"#);
}

fn complaint(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().expect("it runs");
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    (output.status.code(), said(&output))
}

#[test]
fn mistakes_are_told_with_the_codes_of_the_embedded_program() {
    let name = common::year().display().to_string();
    let (code, text) = complaint(&mut program(&["sql", &name, "select nothing from checks"]));
    assert_eq!(code, Some(2), "{text}");
    assert!(text.starts_with("error: ") && text.contains("nothing"), "{text}");
    let (code, text) = complaint(&mut program(&["sql", "/nowhere", "select 1"]));
    assert_eq!(code, Some(10), "{text}");
    let wrong = [
        ("select availability(at, state, 900) from checks", "takes 4 arguments"),
        ("select availability(at, state, attempt, '') from checks", "should be a constant"),
        ("select availability(at, state, 0, '') from checks", "whole number of seconds"),
        ("select availability(at, state, 60, '2025-01-01/2026-01-01') from checks", "is no interval"),
        ("select exact_percentile(latency, 95.5) from checks", "argument 2 is a whole number"),
        ("select exact_percentile(latency, 1001) from checks", "thousandths"),
    ];
    for (query, expected) in wrong {
        let (code, text) = complaint(&mut program(&["sql", &name, query]));
        assert!(code.is_some_and(|code| code != 0) && text.contains(expected), "{query}: {code:?} {text}");
    }
    // Two monitors speak of the same time of one probe: no guess.
    let both = "select state_runs(at, state, 900) from checks where probe = 'posta;smtp'";
    let (code, text) = complaint(&mut program(&["sql", &name, both, "--partitions", "1"]));
    assert_eq!(code, Some(14), "{text}");
    assert!(text.contains("speak of the same time"), "{text}");
}

#[test]
fn a_segment_that_is_damaged_or_missing_is_named() {
    let copy = tempfile::TempDir::new().expect("a folder");
    let status =
        Command::new("cp").arg("-r").arg(common::year()).arg(copy.path().join("c")).status().expect("cp");
    assert!(status.success());
    let folder = copy.path().join("c");
    let segments = fs::read_dir(folder.join(".ledger/segments")).expect("segments");
    let checks = segments.map(|entry| entry.expect("an entry").path());
    let one = checks.filter(|path| path.to_string_lossy().contains("checks-")).max().expect("a segment");
    let name = folder.display().to_string();
    fs::remove_file(&one).expect("removed");
    for arguments in [
        ["sql", &name, "select count(latency) from checks"].as_slice(),
        ["measure", &name, "--period", "2025"].as_slice(),
    ] {
        let (code, text) = complaint(&mut program(arguments));
        assert_eq!(code, Some(14), "{text}");
        assert!(text.contains(&*one.file_name().expect("a name").to_string_lossy()), "{text}");
    }
}
