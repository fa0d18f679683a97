//! The direction of the data: each crate uses only crates to its left (ARCHITECTURE.md).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Every crate in the order of the data, with the crates of ours that it may use.
const LAYERS: &[(&str, &[&str])] = &[
    ("findings", &[]),
    ("settings", &["findings"]),
    ("calendar", &[]),
    ("clocks", &["calendar"]),
    ("peers", &["calendar"]),
    ("facts", &[]),
    ("runs", &["facts"]),
    ("cvss", &[]),
    ("sources", &["findings", "settings", "calendar", "clocks", "facts", "cvss"]),
    ("live", &["findings", "calendar", "facts", "sources"]),
    ("propose", &["findings", "settings", "calendar", "facts", "sources"]),
    ("charter", &["findings", "settings", "calendar", "clocks"]),
    ("ledger", &["facts", "runs", "calendar"]),
    ("release", &["findings", "ledger"]),
    ("measure", &["calendar", "clocks", "peers", "facts", "runs", "charter"]),
    ("fit", &["calendar", "clocks", "charter", "measure"]),
    ("report", &["calendar", "charter", "measure", "fit"]),
    ("publish", &["report"]),
    ("paper", &["report", "publish"]),
    ("compare", &["findings", "settings", "report", "charter", "calendar"]),
    ("sample", &[]),
    (
        "cli",
        &[
            "findings", "settings", "calendar", "facts", "runs", "cvss", "sources", "live", "propose",
            "charter", "ledger", "release", "measure", "fit", "report", "publish", "paper", "compare",
            "sample",
        ],
    ),
];

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crates lie side by side").to_owned()
}

/// The crates of ours that a crate builds with: normal, build and target dependencies, not those of tests.
fn uses(name: &str) -> BTreeSet<String> {
    let path = crates().join(name).join("Cargo.toml");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let manifest: toml::Table = text.parse().expect("a manifest is TOML");
    let mut tables: Vec<&toml::Table> = Vec::new();
    let own = ["dependencies", "build-dependencies"];
    tables.extend(own.iter().filter_map(|key| manifest.get(*key)?.as_table()));
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    for target in targets.into_iter().flat_map(toml::Table::values) {
        tables.extend(own.iter().filter_map(|key| target.get(*key)?.as_table()));
    }
    let mut found = BTreeSet::new();
    for (key, value) in tables.into_iter().flatten() {
        // A renamed dependency says its true name, one by path says where it lies.
        let text = |field: &str| value.get(field).and_then(toml::Value::as_str);
        let package = text("package").unwrap_or(key);
        if let Some(name) = package.strip_prefix("impegno-") {
            found.insert(name.to_owned());
        }
        assert!(text("path").is_none(), "{name}: `{key}` should be `workspace = true`, not a path");
    }
    found
}

#[test]
fn every_crate_has_its_place() {
    let mut folders: Vec<String> = fs::read_dir(crates())
        .expect("the folder of crates")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.join("Cargo.toml").exists())
        .map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
        .collect();
    let mut listed: Vec<String> = LAYERS.iter().map(|(name, _)| (*name).to_owned()).collect();
    folders.sort();
    listed.sort();
    assert_eq!(folders, listed, "a new crate gets its place in LAYERS and in ARCHITECTURE.md");
}

#[test]
fn crates_use_only_crates_to_their_left() {
    let mut before: Vec<&str> = Vec::new();
    let mut wrong = Vec::new();
    for (name, allowed) in LAYERS {
        for one in *allowed {
            assert!(before.contains(one), "LAYERS is in the order of the data, but {name} may use {one}");
        }
        before.push(name);
        for one in uses(name) {
            if !allowed.contains(&one.as_str()) {
                wrong.push(format!("{name} uses {one}"));
            }
        }
    }
    assert!(wrong.is_empty(), "against the direction of the data: {}", wrong.join(", "));
}

/// Figures cannot come from the published tables: who computes and writes them cannot reach them.
#[test]
fn what_makes_figures_reaches_neither_sample_nor_published_figures() {
    let direct: BTreeMap<&str, BTreeSet<String>> =
        LAYERS.iter().map(|(name, _)| (*name, uses(name))).collect();
    for start in ["measure", "report", "publish", "paper"] {
        let mut reached: BTreeSet<String> = BTreeSet::new();
        let mut open = vec![start.to_owned()];
        while let Some(name) = open.pop() {
            for next in &direct[name.as_str()] {
                if reached.insert(next.clone()) {
                    open.push(next.clone());
                }
            }
        }
        for forbidden in ["sample", "compare"] {
            assert!(!reached.contains(forbidden), "{start} reaches {forbidden}");
        }
        for file in rust_files(&crates().join(start).join("src")) {
            let text = fs::read_to_string(&file).expect("a source file");
            for (number, line) in (1..).zip(text.lines()) {
                let code = line.split("//").next().unwrap_or_default();
                assert!(
                    !code.contains("published") && !line.contains("published/"),
                    "{}:{number}: what makes figures knows nothing of published ones",
                    file.display()
                );
            }
        }
    }
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a source folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    assert!(!files.is_empty(), "{} holds sources", folder.display());
    files
}
