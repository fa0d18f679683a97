//! What the documents say, held against the program and against their own arithmetic.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use impegno_cluster::centre::Known;
use impegno_cluster::columns;
use impegno_facts::Kind;

fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The cells of the rows of the tables of a page.
fn cells(page: &str) -> Vec<Vec<String>> {
    let rows = page.lines().filter(|line| line.starts_with('|'));
    rows.map(|row| row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// The words in code signs.
fn code(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_tables_have_the_columns_that_the_page_says() {
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut table = String::new();
    for row in cells(&page("sql.md")) {
        let [of, column, kind, _] = row.as_slice() else { continue };
        if code(column).is_empty() || !["text", "number", "timestamp, UTC"].contains(&kind.as_str()) {
            continue;
        }
        if !of.is_empty() {
            table = code(of).first().cloned().unwrap_or_else(|| of.clone());
        }
        told.entry(table.clone())
            .or_default()
            .extend(code(column).into_iter().filter(|name| !name.contains('*')));
    }
    let common = told.remove("all four").expect("the columns of all four");
    for kind in Kind::ALL {
        let schema = columns::schema(kind, &[]);
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        let mut expected = told.remove(kind.name()).expect("the table is documented");
        expected.extend(common.iter().cloned());
        assert_eq!(names, expected, "{}", kind.name());
    }
    assert_eq!(told, BTreeMap::new(), "tables that are not there");
}

#[test]
fn the_files_have_the_columns_that_the_page_says() {
    let page = page("sql.md");
    let files = page
        .split("## The files")
        .nth(1)
        .and_then(|rest| rest.split("## ").next())
        .expect("the part on files");
    let only: BTreeSet<String> = cells(files)
        .iter()
        .filter(|row| row.iter().any(|cell| cell.contains("only in the file")))
        .flat_map(|row| code(&row[0]).into_iter().take(1))
        .collect();
    assert_eq!(only, BTreeSet::from(["offset".to_owned()]));
    let known = Known::open(common::sample(), None).expect("a ledger");
    let mut seen = BTreeSet::new();
    for (kind, segments) in &known.segments {
        let schema = columns::schema(*kind, &[]);
        let table: BTreeSet<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        for segment in segments {
            for column in segment.columns().expect("a segment") {
                let known =
                    table.contains(column.as_str()) || column.starts_with("dim.") || only.contains(&column);
                assert!(known, "{}: the page does not know the column {column}", kind.name());
                seen.insert(column);
            }
        }
    }
    assert!(only.is_subset(&seen), "{only:?} are in no file any more");
}

/// A number as the page on growth writes it.
fn number(of: f64) -> String {
    let scaled = |by: f64, name: &str| {
        let many = of / by;
        if many < 100.0 { format!("{many:.1} {name}") } else { format!("{many:.0} {name}") }
    };
    if of >= 1e9 {
        scaled(1e9, "billion")
    } else if of >= 1e6 {
        scaled(1e6, "million")
    } else {
        grouped(&format!("{of:.0}"))
    }
}

/// Thousands set apart by commas.
fn grouped(number: &str) -> String {
    let (whole, rest) =
        number.split_once('.').map_or((number, String::new()), |(whole, rest)| (whole, format!(".{rest}")));
    let mut text = String::new();
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + &rest
}

fn size(of: f64) -> String {
    let (by, name) =
        [(1e12, "TB"), (1e9, "GB"), (1e6, "MB")].into_iter().find(|(by, _)| of >= *by).expect("enough");
    format!("{:.1} {name}", of / by)
}

fn time(seconds: f64) -> String {
    if seconds < 1.0 {
        format!("{seconds:.2} s")
    } else if seconds < 10.0 {
        format!("{seconds:.1} s")
    } else if seconds < 600.0 {
        format!("{seconds:.0} s")
    } else if seconds < 10_800.0 {
        format!("{:.0} min", seconds / 60.0)
    } else {
        format!("{:.1} h", seconds / 3_600.0)
    }
}

#[test]
fn the_sizes_of_growth_follow_from_what_is_put_in() {
    let page = page("growth.md");
    let rows = cells(&page);
    let input: BTreeMap<String, f64> = rows
        .iter()
        .filter_map(|row| match row.as_slice() {
            [_, name, value, _] => Some((name.clone(), value.parse().ok()?)),
            _ => None,
        })
        .collect();
    let of = |name: &str| *input.get(name).unwrap_or_else(|| panic!("{name} is not among what is put in"));
    let (p, k, b, f, g, c, i) = (of("p"), of("k"), of("b"), of("f"), of("g"), of("c"), of("i"));
    let mut expected = Vec::new();
    for n in [1.0, 30.0, 1_000.0, 8_000.0] {
        let (checks, disk) = (n * p * k, n * (p * k * b + f * g));
        expected.push(vec![
            grouped(&format!("{n:.0}")),
            grouped(&format!("{:.0}", n * p)),
            number(checks),
            grouped(&format!("{:.1}", checks / 31_536_000.0)),
            number(n * f),
            size(disk),
            size(disk * 10.0),
            format!("{} of processor", time(checks * c / 1e8)),
            time(n * (p * k + f) / (i * 1e6)),
        ]);
    }
    let table: Vec<String> = expected.iter().map(|row| format!("| {} |", row.join(" | "))).collect();
    let found: Vec<Vec<String>> = rows.iter().filter(|row| row.len() == 9).skip(2).cloned().collect();
    assert_eq!(found, expected, "the table should be\n{}", table.join("\n"));
    // The sentences below it.
    let per_body = p * k * b + f * g;
    for (text, is) in [
        ("{} s and of eight thousand in", 1_000.0 * per_body / 1e9),
        ("and of eight thousand in {} s", 8_000.0 * per_body / 1e9),
    ] {
        let sentence = text.replace("{}", &format!("{is:.0}"));
        assert!(page.contains(&sentence), "{sentence}");
    }
    let month = |n: f64| format!("{:.2}", n * 10.0 * per_body / 1e12 * 25.0);
    let sentence = format!(
        "ten years of thirty bodies are {} € a month, of a thousand {} €, of eight thousand {} €",
        month(30.0),
        month(1e3),
        month(8e3)
    );
    assert!(page.contains(&sentence), "{sentence}");
}

#[test]
#[ignore = "needs Python with DuckDB from PyPI: `scripts/test --all` tries to get it and names it in IMPEGNO_DUCKDB"]
fn the_lines_for_duckdb_can_be_pasted() {
    let python = std::env::var_os("IMPEGNO_DUCKDB").expect("a Python with DuckDB in IMPEGNO_DUCKDB");
    let page = page("sql.md");
    let lines = |begin: &str| -> Vec<String> {
        let queries = page.split(begin).skip(1).filter_map(|rest| rest.split("\"\n").next());
        queries.map(str::to_owned).collect()
    };
    let script =
        "import duckdb, json, sys\nprint(json.dumps(duckdb.sql(sys.argv[1]).fetchall(), default=str))";
    let ask = |query: &str| -> serde_json::Value {
        let output = Command::new(&python)
            .args(["-c", script, query])
            .current_dir(common::sample())
            .output()
            .expect("Python runs");
        assert!(output.status.success(), "{query}: {}", common::said(&output));
        serde_json::from_slice(&output.stdout).expect("JSON")
    };
    let queries = lines("duckdb -c \"");
    assert!(queries.len() >= 3, "{queries:?}");
    for query in &queries {
        let rows = ask(query);
        assert!(rows.as_array().is_some_and(|rows| rows.len() > 3), "{query}: {rows}");
    }
    // Nothing was ended in the sample centre: DuckDB on the files says what we say of the facts.
    let name = common::sample().display().to_string();
    let query = "select kind, sum(quantity) as many from operations group by kind order by kind";
    let ours: serde_json::Value =
        serde_json::from_str(&common::cluster(&["sql", &name, query, "--format", "json"])).expect("JSON");
    let theirs = ask(
        "select kind, sum(quantity) from '.ledger/segments/operations-*.parquet' group by kind order by kind",
    );
    let pairs = |rows: &serde_json::Value, kind: &str, many: &str| -> Vec<(String, i64)> {
        let text =
            |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let at = |row: &serde_json::Value, key: &str| match key.parse::<usize>() {
            Ok(n) => text(&row[n]),
            Err(_) => text(&row[key]),
        };
        let rows = rows.as_array().expect("rows");
        rows.iter().map(|row| (at(row, kind), at(row, many).parse().expect("a number"))).collect()
    };
    assert_eq!(pairs(&ours, "kind", "many"), pairs(&theirs, "0", "1"));
    // The line about ended rows.
    let script = "import sqlite3, sys\nprint(sqlite3.connect('.ledger/ledger.sqlite').execute(sys.argv[1]).fetchall())";
    for query in lines("sqlite3 .ledger/ledger.sqlite \"") {
        let output = Command::new(&python)
            .args(["-c", script, &query])
            .current_dir(common::sample())
            .output()
            .expect("Python runs");
        assert!(output.status.success(), "{query}: {}", common::said(&output));
        assert!(String::from_utf8_lossy(&output.stdout).contains("('helpdesk', 0, 0, 0)"), "{query}");
    }
}
