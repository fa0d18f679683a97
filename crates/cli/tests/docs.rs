//! The pages of `docs/` that follow from the program are what the program says now.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Holds a page to the command that makes it.
fn check(page: &str, command: &str) {
    let made = Command::new(env!("CARGO_BIN_EXE_impegno")).arg(command).output().expect("the program runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let kept = fs::read(root().join(page)).unwrap_or_default();
    assert!(
        kept == made.stdout,
        "{page} is not current; this repairs it:\n  cargo run --release -- {command} > {page}"
    );
}

#[test]
fn the_page_of_findings_is_current() {
    check("docs/findings.md", "codes");
}

#[test]
fn the_page_of_commands_is_current() {
    check("docs/commands.md", "commands");
}

/// A code that is in no list would be said to people and explained nowhere.
#[test]
fn every_code_in_the_sources_is_on_the_page_of_findings() {
    let page = fs::read_to_string(root().join("docs/findings.md")).expect("the page of findings");
    let mut missing = BTreeSet::new();
    let mut found = 0;
    for file in sources(&root().join("crates")) {
        let text = fs::read_to_string(&file).expect("a source file is text");
        for definition in text.split(": Code =").skip(1).chain(text.split("::Code =").skip(1)) {
            let name = definition.split("name: \"").nth(1).and_then(|rest| rest.split('"').next());
            let Some(name) = name else { continue };
            found += 1;
            if !page.contains(&format!("| `{name}` |")) {
                missing.insert(format!("{name} ({})", file.display()));
            }
        }
    }
    assert!(found > 20, "only {found} codes found: has their form changed?");
    assert!(missing.is_empty(), "in no `CODES` list: {missing:?}");
}

/// The walk of one figure quotes lines of files, `file:line: text`; the demo must write them so.
#[test]
fn the_walk_of_a_figure_is_what_the_demo_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("demo");
    let mut demo = Command::new(env!("CARGO_BIN_EXE_impegno"));
    let made = demo.arg("demo").arg("--out").arg(&out).output().expect("the program runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let mut quoted = 0;
    for line in page.lines() {
        let within = if line.starts_with("inbox/") { "florence-2017" } else { "report-2017" };
        let mut parts = line.splitn(3, ':');
        let (Some(file), Some(number), Some(text)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        let (true, Ok(number)) =
            (["inbox/", "dati/"].iter().any(|start| file.starts_with(start)), number.parse::<usize>())
        else {
            continue;
        };
        quoted += 1;
        let written =
            fs::read_to_string(out.join(within).join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(
            written.lines().nth(number - 1),
            text.strip_prefix(' '),
            "ARCHITECTURE.md quotes {file}:{number}"
        );
    }
    assert!(quoted >= 5, "the walk quotes only {quoted} lines: has their form changed?");
}

/// Writes the examples of a page into a folder: blocks that name a file after their language. How many there are.
fn write_examples(page: &str, centre: &Path) -> usize {
    let mut files = 0;
    // Text and code blocks alternate.
    for block in page.split("```").skip(1).step_by(2) {
        let (info, text) = block.split_once('\n').expect("a block has a first line");
        let Some((_, file)) = info.split_once(' ') else { continue };
        let path = centre.join(file);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder");
        fs::write(&path, text).expect("a file of the example");
        files += 1;
    }
    files
}

/// The examples of `docs/charter.md` are a centre whose charter is published in both languages.
#[test]
fn the_example_of_a_charter_is_sound() {
    let page = fs::read_to_string(root().join("docs/charter.md")).expect("docs/charter.md");
    let folder = tempfile::tempdir().expect("a folder");
    let centre = folder.path().join("centre");
    assert!(write_examples(&page, &centre) >= 8, "has the form of the page changed?");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_impegno"));
        let output = command.arg(arguments[0]).arg(&centre).args(&arguments[1..]).output().expect("it runs");
        let talk = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {talk}");
        String::from_utf8(output.stdout).expect("text")
    };
    assert!(run(&["check"]).trim_end().ends_with("0 errors, 0 warnings"));
    run(&["import", "--at", "2026-01-10T08:00:00Z"]);
    for (lang, said) in [("it", "2.1 Contatti"), ("en", "2.1 Contacts")] {
        let out = folder.path().join(lang);
        let to = out.to_string_lossy().into_owned();
        run(&["report", "--layout", "carta", "--period", "2025", "--lang", lang, "--out", &to]);
        let html = fs::read_to_string(out.join("index.html")).expect("the charter");
        assert!(html.contains(said) && html.contains("mailto:urp@example.it"), "{lang}");
    }
}

/// The examples of `docs/centre-folder.md` are a centre.
#[test]
fn the_examples_of_a_centre_folder_are_sound() {
    let page = fs::read_to_string(root().join("docs/centre-folder.md")).expect("docs/centre-folder.md");
    let folder = tempfile::tempdir().expect("a folder");
    let centre = folder.path();
    let files = write_examples(&page, centre);
    assert!(files >= 14, "only {files} files: has the form of the page changed?");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_impegno"));
        let output = command.arg(arguments[0]).arg(centre).args(&arguments[1..]).output().expect("it runs");
        let talk = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {talk}");
        (String::from_utf8(output.stdout).expect("text"), talk)
    };
    let (said, talk) = run(&["check"]);
    assert!(said.trim_end().ends_with("0 errors, 0 warnings"), "{said}{talk}");
    let (_, talk) = run(&["import", "--at", "2025-04-02T08:00:00Z"]);
    assert!(talk.contains("20 accepted, 0 of no interest, 0 rejected"), "{talk}");
    let (measured, _) = run(&["measure", "--period", "2025-03", "--lang", "en", "--format", "csv"]);
    assert!(page.contains(&format!("```csv\n{measured}```")), "the page should show:\n{measured}");
    run(&["report", "--period", "2025-03", "--out", &centre.join("report").to_string_lossy()]);
}

/// Every document that a document of the project links to is there.
#[test]
fn links_between_documents_lead_somewhere() {
    let mut pages: Vec<PathBuf> =
        ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"].map(|page| root().join(page)).into();
    let docs = fs::read_dir(root().join("docs")).expect("docs/");
    pages.extend(
        docs.map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|end| end == "md")),
    );
    for page in pages {
        let text = fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let path = page.parent().expect("a page lies in a folder").join(target);
            assert!(path.exists(), "{} links to {target}, which is not there", page.display());
        }
    }
}

/// The source files of the crates, tests left out.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "tests") {
                files.extend(sources(&path));
            }
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    files
}
