//! Runs the tables in `tests/cases/*.md`; `tests/cases/README.md` says how to write one.

mod tables;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use impegno_clocks::Profile;
use tables::{Setting, run};

/// The rows of each file of cases, by its name without `.md`.
fn counts(failures: &mut String) -> BTreeMap<String, usize> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut counts = BTreeMap::new();
    for entry in std::fs::read_dir(&folder).expect("the folder of cases") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        if path.extension().is_none_or(|extension| extension != "md") || name == "README" {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a readable file");
        counts.insert(name.clone(), run(&name, &text, failures));
    }
    counts
}

#[test]
fn every_row_of_every_case_file_holds() {
    let mut failures = String::new();
    let counts = counts(&mut failures);
    assert!(failures.is_empty(), "\n{failures}");
    assert!(counts.values().sum::<usize>() >= 500, "only {counts:?} were found");
}

/// The page says of each file how many cases it has; a case added or lost must be said there.
#[test]
fn the_page_says_how_many_cases_there_are() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/clocks.md");
    let page = std::fs::read_to_string(page).expect("docs/clocks.md");
    let mut missing = String::new();
    for (name, rows) in counts(&mut String::new()) {
        let said = page.lines().any(|line| {
            let mut cells = line.split('|').map(str::trim);
            cells.nth(1) == Some(&format!("`{name}.md`")) && cells.nth(1) == Some(&rows.to_string())
        });
        if !said {
            writeln!(missing, "{name}.md has {rows} cases").expect("a text");
        }
    }
    assert!(missing.is_empty(), "docs/clocks.md does not say:\n{missing}");
}

#[test]
fn a_wrong_result_an_unknown_heading_and_an_empty_table_fail() {
    let mut failures = String::new();
    let text = "# T\n\n## Terms\n\n| profile | from | term | pauses | due |\n| --- | --- | --- | --- | --- |\n\
                | native | 2026-06-22 10:00 | 1 h | | 2026-06-22 12:00 |\n\n## Trems\n\n## Terms\n";
    run("x", text, &mut failures);
    assert_eq!(
        failures,
        "x.md:7: Terms | native | 2026-06-22 10:00 | 1 h | : got `2026-06-22 11:00`, expected `2026-06-22 12:00`\n\
         x.md:9: unknown heading `Trems`\nx.md:11: `Terms` has no row\n"
    );
}

#[test]
fn a_setting_that_the_runner_does_not_know_fails() {
    assert!(Setting::default().with("huors", "daily 8:00-9:00").is_err());
}

#[test]
fn each_name_is_that_of_its_profile() {
    for name in Profile::NAMES {
        assert_eq!(Profile::named(name).map(|profile| profile.name), Some(name.into()));
    }
}
