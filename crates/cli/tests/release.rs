//! Released reports: a bundle is computed again from itself alone, every change of it is found and named, and a version
//! that corrects another says exactly what it corrects.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use common::{Centre, PROGRAM, Ran, all_files, folder, impegno, turn};
use impegno_release::{Draft, Manifest, Register, Registered, check};

const LAYOUT: &str = r#"
title = { it = "Rapporto di prova", en = "Test report" }
[[section]]
id = "livelli"
title = { it = "Livelli", en = "Levels" }
[[section.block]]
kind = "commitments"
id = "impegni"
title = { it = "Impegni", en = "Promises" }
[[section]]
id = "ticket"
title = { it = "Ticket", en = "Tickets" }
[[section.block]]
kind = "figures"
figure = [
  { id = "aperti", label = { it = "ticket aperti", en = "tickets opened" }, cell = "ticket-ente/total/total" },
]
[[section.block]]
kind = "table"
id = "ticket-ente"
title = { it = "Ticket per ente", en = "Tickets by body" }
row-heading = { it = "Ente", en = "Body" }
of = "cases"
filter = { kind = "ticket" }
rows = { by = "body" }
columns = { by = "month" }
total-column = true
"#;

const PROMISES: &str = r#"
document = { it = "Carta", en = "Charter" }
office = { it = "Centro", en = "Centre" }
[[commitment]]
code = "Q.1"
text = { it = "Presa in carico", en = "Taking in charge" }
period = "month"
expected = ">= 60 %"
indicator = { within = { cases = "ticket", from = "opened", to = "taken-in-charge", limit = "60 min" } }
[[commitment]]
code = "Q.2"
text = { it = "Avviso agli utenti", en = "Notice to users" }
period = "month"
expected = ">= 100 %"
indicator = { within = { cases = "interruption", from = "detected", to = "users-told", limit = "60 min" } }
"#;

const INTERRUPTIONS: &str = "code,component,planned,detected_at,reported_at,intervention_started_at,offices_told_at,users_told_at,restored_at,cause\n\
    INT-1,CSICMS,no,2017-03-11 10:02:00,,2017-03-11 10:10:00,2017-03-11 10:20:00,2017-03-11 10:30:00,2017-03-11 10:47:00,disco pieno\n";

const TICKETS: &str = "Ticket;Evento;Data e ora;Ente;Richiedente\n\
    T-1;Aperto;03/03/2017 09:00:00;Firenze;SEGRETO\nT-1;Preso in carico;03/03/2017 09:40:00;Firenze;SEGRETO\n\
    T-2;Aperto;10/03/2017 10:00:00;Fiesole;SEGRETO\nT-2;Preso in carico;10/03/2017 10:30:00;Fiesole;SEGRETO\n\
    T-3;Aperto;17/03/2017 08:35:00;Firenze;SEGRETO\nT-3;Preso in carico;17/03/2017 12:00:00;Firenze;SEGRETO\n";

const PUBLISHED: &str = r#"
period = "2017-03"
[[map]]
file = "ticket.csv"
value = "ticket"
cell = "ticket-ente/{ente}/total"
"#;

/// A centre with tickets, a register of interruptions, a report and tables that were published elsewhere.
fn centre() -> Centre {
    let centre = Centre::small();
    centre.remove("commitments/sla.toml");
    centre.write("commitments/carta.toml", PROMISES);
    centre.write("reports/mensile.toml", LAYOUT);
    let source = centre.read("sources/helpdesk.toml").lines.join("\n").replace("\"append\"", "\"snapshot\"");
    centre.write("sources/helpdesk.toml", source);
    centre.write("registers/interruptions.csv", INTERRUPTIONS);
    centre.write("inbox/helpdesk/ticket.csv", TICKETS);
    centre.write("published/mapping.toml", PUBLISHED);
    centre.write("published/ticket.csv", "ente,ticket\nfirenze,2\nfiesole,2\n");
    centre.write("published/bozza.csv", "not named by the mapping\n");
    centre.import_at("2017-04-02T08:00:00Z").exits(0);
    centre
}

fn release(centre: &Centre, at: &str, more: &[&str]) -> Ran {
    let mut arguments = vec!["--period", "2017-03", "--at", at];
    arguments.extend(more);
    centre.run("release", &arguments)
}

/// The folder of a version.
fn version(centre: &Centre, number: u32) -> PathBuf {
    centre.path().join(format!("releases/mensile-2017-03/v{number}"))
}

fn verify(path: &Path) -> Ran {
    impegno([std::ffi::OsStr::new("verify"), path.as_os_str()])
}

fn correct(centre: &Centre, from: &str, to: &str, at: &str) {
    let text = centre.read("inbox/helpdesk/ticket.csv").lines.join("\n");
    assert!(text.contains(from));
    centre.write("inbox/helpdesk/ticket.csv", format!("{}\n", text.replace(from, to)));
    centre.import_at(at).exits(0);
}

/// Every cell of the tables in CSV of a report, but those of the pages of errata and differences: exact and printed.
fn cells(bundle: &Path) -> BTreeMap<String, (String, String)> {
    let mut cells = BTreeMap::new();
    for path in common::entries(&bundle.join("report/dati")) {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let of_others =
            name.starts_with("errata") || name.starts_with("confronto") || name.starts_with("cifre-");
        if path.extension().is_none_or(|ending| ending != "csv") || of_others {
            continue;
        }
        let mut reader = csv::Reader::from_path(&path).expect("a table");
        let header = reader.headers().expect("a header").clone();
        for record in reader.records() {
            let record = record.expect("a row");
            if name == "cifre" {
                cells.insert(record[1].to_owned(), (record[3].to_owned(), record[4].to_owned()));
                continue;
            }
            for (n, column) in header.iter().enumerate().skip(3).step_by(2) {
                cells.insert(
                    format!("{name}/{}/{column}", &record[0]),
                    (record[n].to_owned(), record[n + 1].to_owned()),
                );
            }
        }
    }
    cells
}

/// The cells that the page of errata of a bundle lists for a version, without the page that they stand on: old and new.
fn errata(bundle: &Path, version: &str) -> BTreeMap<String, (String, String)> {
    let mut reader = csv::Reader::from_path(bundle.join("report/dati/errata-cifre.csv")).expect("the errata");
    let header = reader.headers().expect("a header").clone();
    let column = |name: &str| header.iter().position(|column| column == name).expect("a column");
    let (number, cell, old, new) =
        (column("version"), column("cell"), column("old_printed"), column("new_printed"));
    reader
        .records()
        .map(|record| record.expect("a row"))
        .filter(|record| &record[number] == version)
        .map(|record| {
            // `prova/q-1/q-1-casi/T-3/verdict`: the page of a proof has two parts.
            let skip = if record[cell].starts_with("prova/") { 2 } else { 1 };
            let place = record[cell].splitn(skip + 1, '/').nth(skip).expect("a place").to_owned();
            (place, (record[old].to_owned(), record[new].to_owned()))
        })
        .collect()
}

/// Where the corrections on the page of errata come from.
fn causes(bundle: &Path) -> BTreeSet<String> {
    let mut reader = csv::Reader::from_path(bundle.join("report/dati/errata-cifre.csv")).expect("the errata");
    let header = reader.headers().expect("a header").clone();
    let cause = header.iter().position(|column| column == "cause").expect("a column");
    reader.records().map(|record| record.expect("a row")[cause].to_owned()).collect()
}

#[test]
fn a_correction_makes_a_new_version_and_its_errata_are_exactly_what_changed() {
    let centre = centre();
    let released = release(&centre, "2017-04-03T08:00:00Z", &[]).exits(0);
    released.prints(&["version: 1", "releases/mensile-2017-03/v1", "hash: "]);
    verify(&version(&centre, 1)).exits(0).prints(&["computed again: equal"]);
    assert!(!version(&centre, 1).join("report/errata.html").exists(), "the first version corrects nothing");

    correct(&centre, "10:30:00;Fiesole", "12:30:00;Fiesole", "2017-04-10T08:00:00Z");
    release(&centre, "2017-04-11T08:00:00Z", &[]).exits(2).says(&[
        "figures differ from version 1",
        "--why",
        "Rispettato → Non rispettato",
    ]);
    assert!(!version(&centre, 2).exists(), "nothing was released");
    assert_eq!(common::entries(&centre.path().join("releases/mensile-2017-03")).len(), 1);
    release(&centre, "2017-04-11T08:00:00Z", &["--why", "ora di T-2\n sbagliata"])
        .exits(0)
        .prints(&["version: 2"]);
    verify(&version(&centre, 1)).exits(0).prints(&["computed again: equal"]);
    verify(&version(&centre, 2)).exits(0).prints(&["version 2", "computed again: equal"]);
    verify(&centre.path()).exits(0).prints(&["mensile-2017-03/v1: ", "mensile-2017-03/v2: "]);

    let differing = |old: &Path, new: &Path| -> BTreeMap<String, (String, String)> {
        let (old, new) = (cells(old), cells(new));
        assert_eq!(old.keys().collect::<Vec<_>>(), new.keys().collect::<Vec<_>>());
        let changed = new.iter().filter(|(cell, value)| old[*cell] != **value);
        changed.map(|(cell, value)| (cell.clone(), (old[cell].1.clone(), value.1.clone()))).collect()
    };
    let expected = differing(&version(&centre, 1), &version(&centre, 2));
    assert!(
        expected.contains_key("impegni/Q.1/verdict") && expected.contains_key("q-1-casi/T-2/taken"),
        "{expected:?}"
    );
    assert!(
        expected.keys().all(|cell| !cell.contains("T-1") && !cell.starts_with("ticket-ente")),
        "{expected:?}"
    );
    assert_eq!(errata(&version(&centre, 2), "2"), expected);
    assert_eq!(causes(&version(&centre, 2)), BTreeSet::from(["facts".to_owned()]));
    let page = fs::read_to_string(version(&centre, 2).join("report/errata.html")).expect("the page");
    for word in ["ora di T-2 sbagliata", "inbox/helpdesk/ticket.csv", "Rispettato", "Non rispettato"] {
        assert!(page.contains(word), "{word} stands on the page of errata");
    }
    let report = fs::read_to_string(version(&centre, 2).join("report/index.html")).expect("the report");
    assert!(report.contains("errata.html") && report.contains("Versione 2 di questo rapporto"));

    // A third version: the corrections of all versions are listed, and the definitions that changed.
    let rows = |body: &str| {
        format!(
            "T-3;Aperto;17/03/2017 08:35:00;{body};SEGRETO\nT-3;Preso in carico;17/03/2017 12:00:00;{body};"
        )
    };
    correct(&centre, &rows("Firenze"), &rows("Fiesole"), "2017-05-02T08:00:00Z");
    let text = centre.read("centre.toml").lines.join("\n");
    centre.write("centre.toml", format!("{}\n", text.replace("Centro di prova", "Centro della prova")));
    release(&centre, "2017-05-03T08:00:00Z", &["--why", "ente di T-3"]).exits(0).prints(&["version: 3"]);
    let third = version(&centre, 3);
    assert_eq!(errata(&third, "3"), differing(&version(&centre, 2), &third));
    let listed = errata(&third, "3");
    assert!(listed.contains_key("ticket-ente/fiesole/total"), "{listed:?}");
    assert_eq!(errata(&third, "2"), expected);
    let definitions =
        fs::read_to_string(third.join("report/dati/errata-definizioni.csv")).expect("the definitions");
    assert!(definitions.contains("centre.toml") && definitions.lines().count() == 2, "{definitions}");
    for end in ["errata.html", "dati/errata.json", "dati/errata-consegne.csv"] {
        assert!(third.join("report").join(end).exists(), "{end}");
    }
    let verified = verify(&centre.path()).exits(0);
    assert_eq!(verified.stdout.matches("computed again: equal").count(), 3, "{}", verified.stdout);

    // A fourth one without a difference needs no reason.
    release(&centre, "2017-05-04T08:00:00Z", &[]).exits(0).says(&["no figure differs from version 3"]);
    assert_eq!(errata(&version(&centre, 4), "4"), BTreeMap::new());
    verify(&version(&centre, 4)).exits(0);
}

/// A copy of a bundle that can be spoiled.
fn copy(bundle: &Path, to: &Path) {
    for (file, bytes) in all_files(bundle) {
        let path = to.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a copy");
    }
}

#[test]
fn a_changed_byte_anywhere_in_a_bundle_is_found_and_its_file_named() {
    let centre = centre();
    release(&centre, "2017-04-03T08:00:00Z", &[]).exits(0);
    let bundle = version(&centre, 1);
    let files = all_files(&bundle);
    assert!(files.len() > 30, "{} files", files.len());
    let kinds = [
        "seal",
        "manifest.json",
        "centre/",
        "ledger/catalogue",
        "ledger/segments/",
        ".html",
        ".pdf",
        ".xlsx",
        ".csv",
    ];
    let mut told = BTreeSet::new();
    for (file, bytes) in &files {
        for place in [0, bytes.len() / 2, bytes.len() - 1] {
            let mut changed = bytes.clone();
            changed[place] ^= 0x20;
            fs::write(bundle.join(file), &changed).expect("written");
            let findings = check(&bundle).expect("readable").findings;
            assert!(!findings.is_empty(), "byte {place} of {file}");
            assert!(
                findings.iter().all(|finding| finding.place.file == *file),
                "byte {place} of {file}: {findings:?}"
            );
            // The program says so, too: once for each kind of file.
            if let Some(kind) = kinds.iter().find(|kind| file.contains(**kind))
                && told.insert(*kind)
            {
                verify(&bundle).exits(14).says(&[file.as_str(), "restore"]);
                verify(&centre.path()).exits(14).says(&[file.as_str()]);
            }
        }
        fs::write(bundle.join(file), bytes).expect("written");
    }
    assert_eq!(told.len(), kinds.len(), "{told:?}");
    fs::write(bundle.join("report/nota.txt"), "mia").expect("written");
    verify(&bundle).exits(14).says(&["bundle-file-foreign", "report/nota.txt"]);
    fs::remove_file(bundle.join("report/nota.txt")).expect("gone");
    verify(&centre.path()).exits(0);
}

#[test]
fn a_changed_byte_of_a_segment_of_the_centre_is_found_and_named() {
    let centre = centre();
    for path in common::entries(&centre.path().join(".ledger/segments")) {
        let bytes = fs::read(&path).expect("a segment");
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        for place in (0..bytes.len()).step_by(997) {
            let mut changed = bytes.clone();
            changed[place] ^= 0x01;
            fs::write(&path, &changed).expect("written");
            verify(&centre.path()).exits(14).says(&[&name, "damaged or missing"]);
            // Nothing is released on it.
            if place == 0 {
                release(&centre, "2017-04-03T08:00:00Z", &[])
                    .exits(14)
                    .says(&[&name, "nothing was released"]);
            }
        }
        fs::write(&path, &bytes).expect("written");
    }
    verify(&centre.path()).exits(0);
    assert!(!version(&centre, 1).exists());
}

#[test]
fn a_bundle_is_computed_again_from_itself_alone() {
    let centre = centre();
    release(&centre, "2017-04-03T08:00:00Z", &[]).exits(0);
    release(&centre, "2017-04-03T08:00:00Z", &["--body", "Comune di Firenze", "--lang", "en"]).exits(0);
    let elsewhere = folder();
    let names = ["mensile-2017-03", "mensile-2017-03-firenze-en"];
    for name in names {
        copy(&centre.path().join("releases").join(name).join("v1"), &elsewhere.path().join(name));
    }
    drop(centre);
    let bundle = elsewhere.path().join(names[0]);
    let names_in: BTreeSet<String> = all_files(&bundle.join("centre")).into_keys().collect();
    assert!(
        names_in.contains("published/ticket.csv") && !names_in.contains("published/bozza.csv"),
        "{names_in:?}"
    );
    // Nothing of the inbox, no row of a register, no column that no source declares.
    let register = fs::read_to_string(bundle.join("centre/registers/interruptions.csv")).expect("the head");
    assert_eq!(register.lines().count(), 1);
    for (file, bytes) in all_files(&bundle) {
        assert!(!file.contains("inbox"), "{file}");
        assert!(!String::from_utf8_lossy(&bytes).contains("SEGRETO"), "{file}");
    }
    let set = |folder: &Path, mode: u32| {
        for path in all_files(folder).into_keys().map(|file| folder.join(file)) {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode & 0o666)).expect("set");
        }
    };
    for name in names {
        let bundle = elsewhere.path().join(name);
        let before = all_files(&bundle);
        set(&bundle, 0o444);
        verify(&bundle)
            .exits(0)
            .prints(&["computed again: equal", "2 batches and 2 segments verified, 0 problems"]);
        let reported = folder();
        let out = reported.path().join("report");
        let text = |path: &Path| path.to_str().expect("text").to_owned();
        // Every command that reads works on it; those that write refuse.
        impegno(["explain", &text(&bundle), "Q.1", "--period", "2017-03"]).exits(0).prints(&["T-3", "T-1"]);
        impegno(["measure", &text(&bundle), "--period", "2017-03"]).exits(0).prints(&["Q.1"]);
        impegno(["check", &text(&bundle)]).exits(0);
        impegno(["report", &text(&bundle), "--period", "2017-03", "--out", &text(&out)]).exits(0);
        impegno(["import", &text(&bundle)]).exits(2).says(&["nothing changes any more"]);
        impegno(["release", &text(&bundle), "--period", "2017-03"])
            .exits(2)
            .says(&["nothing changes any more"]);
        set(&bundle, 0o644);
        assert!(all_files(&bundle) == before, "nothing was written into the bundle");
        if name == names[0] {
            let report = all_files(&bundle.join("report"));
            let mut again = all_files(&out);
            again.remove(".impegno-report");
            assert!(report == again, "the report of the bundle is what `impegno report` writes");
        }
    }
    let english =
        fs::read_to_string(elsewhere.path().join(names[1]).join("report/index.html")).expect("the report");
    assert!(english.contains("lang=\"en\"") && english.contains("Firenze"));
}

#[test]
fn the_same_release_gives_the_same_bytes() {
    let made = || {
        let centre = centre();
        release(&centre, "2017-04-03T08:00:00Z", &[]).exits(0);
        correct(&centre, "10:30:00;Fiesole", "12:30:00;Fiesole", "2017-04-10T08:00:00Z");
        release(&centre, "2017-04-11T08:00:00Z", &["--why", "ora sbagliata"]).exits(0);
        let mut files = all_files(&centre.path().join("releases"));
        files.remove(".lock");
        files
    };
    let (one, other) = (made(), made());
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    let differing: Vec<&String> = one.keys().filter(|file| one[*file] != other[*file]).collect();
    assert!(differing.is_empty(), "{differing:?}");
}

/// A bundle made anew of another, with some files and its manifest changed, and sealed.
fn resealed(
    bundle: &Path,
    to: &Path,
    edit: impl Fn(&str, String) -> String,
    about: impl FnOnce(Manifest) -> Manifest,
) {
    resealed_with(bundle, to, edit, about, &[], &[]);
}

/// Likewise, without some files and with some more.
fn resealed_with(
    bundle: &Path,
    to: &Path,
    edit: impl Fn(&str, String) -> String,
    about: impl FnOnce(Manifest) -> Manifest,
    without: &[&str],
    more: &[(&str, &[u8])],
) {
    let manifest = check(bundle).expect("readable").manifest.expect("a manifest");
    let mut draft = Draft::begin(to).expect("begun");
    for (file, bytes) in more {
        draft.add(file, bytes).expect("added");
    }
    for file in manifest.files.iter().filter(|file| !without.contains(&file.path.as_str())) {
        let bytes = fs::read(bundle.join(&file.path)).expect("a file");
        let bytes = match String::from_utf8(bytes) {
            Ok(text) => edit(&file.path, text).into_bytes(),
            Err(error) => error.into_bytes(),
        };
        draft.add(&file.path, &bytes).expect("added");
    }
    draft.finish(about(manifest)).expect("sealed");
}

#[test]
fn a_report_that_was_sealed_with_other_figures_is_found() {
    let centre = centre();
    release(&centre, "2017-04-03T08:00:00Z", &[]).exits(0);
    let bundle = version(&centre, 1);
    let folder = folder();
    // Another figure in the data of a page.
    let other = folder.path().join("json");
    let edit = |file: &str, text: String| match file {
        "report/dati/report.json" => text.replacen("\"integer\": \"3\"", "\"integer\": \"4\"", 1),
        _ => text,
    };
    resealed(&bundle, &other, edit, |manifest| manifest);
    verify(&other)
        .exits(15)
        .prints(&["≠ ", "1 figures differ"])
        .says(&["other bytes: report/dati/report.json"]);
    // Another figure in a table alone.
    let other = folder.path().join("csv");
    let edit = |file: &str, text: String| match file {
        "report/dati/ticket-ente.csv" => text.replacen("Firenze,part,2", "Firenze,part,7", 1),
        _ => text,
    };
    resealed(&bundle, &other, edit, |manifest| manifest);
    verify(&other).exits(15).prints(&["≠ dati/ticket-ente.csv:", "7 → 2"]);
    // Other facts.
    let other = folder.path().join("definitions");
    let edit = |file: &str, text: String| match file {
        "centre/commitments/carta.toml" => text.replace("60 min", "20 min"),
        _ => text,
    };
    resealed(&bundle, &other, edit, |manifest| manifest);
    verify(&other).exits(14).prints(&["Rispettato → Non rispettato"]).says(&["`charter_version` is "]);
    // Other bytes in a page: by the same program they are a difference, by another one every figure is equal.
    let edit = |file: &str, text: String| match file {
        "report/index.html" => text.replace("</html>", "<!-- made otherwise --></html>"),
        _ => text,
    };
    let other = folder.path().join("same-program");
    resealed(&bundle, &other, edit, |manifest| manifest);
    verify(&other).exits(15).says(&["other bytes: report/index.html"]);
    let other = folder.path().join("other-program");
    resealed(&bundle, &other, edit, |manifest| Manifest { program: "impegno 0.0.9".to_owned(), ..manifest });
    verify(&other).exits(15).prints(&["by impegno 0.0.9", "1 with other bytes, 0 figures differ"]).says(&[
        "other bytes: report/index.html",
        "figures of dati/ equal; pages and documents could not be compared: index.html",
        "it was released by impegno 0.0.9",
    ]);
}

#[test]
fn a_file_too_few_or_too_many_is_a_difference_whatever_program_released_it() {
    let centre = centre();
    release(&centre, "2017-04-03T08:00:00Z", &[]).exits(0);
    let (bundle, folder) = (version(&centre, 1), folder());
    let same = |_: &str, text: String| text;
    for program in ["impegno 0.0.9".to_owned(), format!("impegno {}", env!("CARGO_PKG_VERSION"))] {
        let about = |manifest: Manifest| Manifest { program: program.clone(), ..manifest };
        let few = folder.path().join(format!("few-{program}"));
        resealed_with(&bundle, &few, same, about, &["report/index.html"], &[]);
        verify(&few).exits(15).says(&["computed, not released: report/index.html", "missing or extra"]);
        let many = folder.path().join(format!("many-{program}"));
        resealed_with(&bundle, &many, same, about, &[], &[("report/nota.html", b"mia")]);
        verify(&many).exits(15).says(&["released, not computed: report/nota.html", "missing or extra"]);
    }
}

#[test]
fn what_a_manifest_states_is_held_against_what_was_computed() {
    let centre = centre();
    release(&centre, "2017-04-03T08:00:00Z", &["--as-of", "2017-04-02T09:00:00Z"]).exits(0);
    let (bundle, folder) = (version(&centre, 1), folder());
    verify(&bundle).exits(0);
    type Change = fn(&mut Manifest);
    let changes: [(&str, Change); 5] = [
        ("`ledger_head` is ", |one| one.ledger_head = one.charter_version.clone()),
        ("`charter_version` is ", |one| one.charter_version = one.ledger_head.clone()),
        ("`known_at` is 2017-04-02T07:00:00Z", |one| one.known_at = "2017-04-02T07:00:00Z".to_owned()),
        ("`as_of` is 2017-04-02T07:59:59Z", |one| one.as_of = Some("2017-04-02T07:59:59Z".to_owned())),
        ("`as_of` is ieri", |one| one.as_of = Some("ieri".to_owned())),
    ];
    for (number, (told, change)) in changes.into_iter().enumerate() {
        let other = folder.path().join(number.to_string());
        let about = |mut manifest: Manifest| {
            change(&mut manifest);
            manifest
        };
        resealed(&bundle, &other, |_, text| text, about);
        verify(&other).exits(14).says(&["bundle-manifest", told]);
    }
}

#[test]
fn a_database_in_a_bundle_is_never_opened() {
    let centre = centre();
    release(&centre, "2017-04-03T08:00:00Z", &[]).exits(0);
    let (bundle, folder) = (version(&centre, 1), folder());
    let measured = |bundle: &Path| {
        let text = bundle.to_str().expect("text");
        impegno(["measure", text, "--period", "2017-03"]).exits(0).stdout
    };
    let before = measured(&bundle);
    // A sound ledger with other facts, and bytes that are none.
    correct(&centre, "10:30:00;Fiesole", "12:30:00;Fiesole", "2017-04-10T08:00:00Z");
    let real = fs::read(centre.path().join(".ledger/ledger.sqlite")).expect("a database");
    for (name, database) in [("real", real.as_slice()), ("none", b"SQLite of a stranger")] {
        let other = folder.path().join(name);
        let more = [("ledger/ledger.sqlite", database)];
        resealed_with(&bundle, &other, |_, text| text, |manifest| manifest, &[], &more);
        let files = all_files(&other);
        assert_eq!(measured(&other), before, "{name}");
        verify(&other).exits(14).says(&["bundle-file-foreign", "ledger/ledger.sqlite"]);
        assert!(all_files(&other) == files, "{name}: nothing was written");
        // Nor where the catalogue is gone.
        fs::remove_file(other.join("ledger/catalogue.jsonl")).expect("gone");
        let text = other.to_str().expect("text");
        impegno(["measure", text, "--period", "2017-03"]).exits(10).says(&["nothing was received yet"]);
    }
}

#[test]
fn of_a_register_with_old_line_ends_only_the_head_is_released() {
    let centre = centre();
    for (at, ends) in [("2017-04-05T08:00:00Z", "\r"), ("2017-04-06T08:00:00Z", "\r\n")] {
        let rows = INTERRUPTIONS.replace("INT-1", &format!("INT-{}", ends.len() + 1)).replace('\n', ends);
        centre.write("registers/interruptions.csv", &rows);
        centre.import_at(at).exits(0);
        let batches = centre.run("batches", &[]).exits(0).stdout;
        assert!(batches.contains(&at[..10]), "the register was received: {batches}");
        release(&centre, at, &["--why", "registro"]).exits(0);
        let number = ends.len() as u32;
        let head = fs::read_to_string(version(&centre, number).join("centre/registers/interruptions.csv"));
        let expected = format!("{}{ends}", INTERRUPTIONS.lines().next().expect("a head"));
        assert_eq!(head.expect("the head"), expected);
        verify(&version(&centre, number)).exits(0);
    }
    // A head alone is still nothing to receive.
    let other = self::centre();
    other.write("registers/exclusions.csv", "code,kind,commitment,system,component,case,body,from,until,reason,asked_by,approved_by,approved_at,notice_at,position,evidence\r");
    other.import_at("2017-04-05T08:00:00Z").exits(0);
    assert!(!other.run("batches", &[]).exits(0).stdout.contains("exclusions"));
}

#[test]
fn a_damaged_version_does_not_make_the_next_look_forged() {
    let centre = centre();
    release(&centre, "2017-04-03T08:00:00Z", &[]).exits(0);
    correct(&centre, "10:30:00;Fiesole", "12:30:00;Fiesole", "2017-04-10T08:00:00Z");
    release(&centre, "2017-04-11T08:00:00Z", &["--why", "ora"]).exits(0);
    correct(&centre, "09:40:00;Firenze", "12:40:00;Firenze", "2017-04-12T08:00:00Z");
    release(&centre, "2017-04-13T08:00:00Z", &["--why", "ora di T-1"]).exits(0);
    for number in [1, 2] {
        let page = version(&centre, number).join("report/index.html");
        let bytes = fs::read(&page).expect("a page");
        fs::write(&page, "other").expect("written");
        let verified = verify(&centre.path()).exits(14).says(&["bundle-file-changed"]);
        assert!(!verified.stderr.contains("release-errata"), "{}", verified.stderr);
        fs::write(&page, bytes).expect("written");
    }
    // One that is gone altogether.
    fs::rename(version(&centre, 2), centre.path().join("via")).expect("moved");
    let verified = verify(&centre.path()).exits(14).says(&["release-not-there"]);
    assert!(!verified.stderr.contains("release-errata"), "{}", verified.stderr);
}

#[test]
fn a_sound_bundle_that_no_register_names_is_an_error_and_never_taken_away() {
    let centre = centre();
    release(&centre, "2017-04-03T08:00:00Z", &[]).exits(0);
    let register = centre.path().join("releases/releases.jsonl");
    let first = fs::read(&register).expect("the register");
    let deep = centre.path().join("releases/altrove/in/fondo");
    let out = deep.to_str().expect("text");
    release(&centre, "2017-04-04T08:00:00Z", &["--lang", "en", "--out", out]).exits(0);
    release(&centre, "2017-04-05T08:00:00Z", &[]).exits(0);
    verify(&centre.path()).exits(0);
    let releases = || {
        let mut files = all_files(&centre.path().join("releases"));
        files.remove(".lock");
        files
    };
    // Lines cut from its end, and the register gone.
    fs::write(&register, &first).expect("written");
    let cut = ["release-unregistered", "mensile-2017-03/v2", "altrove/in/fondo"];
    verify(&centre.path()).exits(14).says(&cut);
    let before = releases();
    release(&centre, "2017-04-06T08:00:00Z", &[]).exits(2).says(&[
        "v2",
        "restore the register",
        "move the folder away",
    ]);
    assert!(releases() == before, "nothing was changed");
    fs::remove_file(&register).expect("gone");
    verify(&centre.path()).exits(14).says(&["mensile-2017-03/v1", "mensile-2017-03/v2", "altrove/in/fondo"]);
    let before = releases();
    release(&centre, "2017-04-03T08:00:00Z", &[]).exits(2).says(&["v1", "restore the register"]);
    assert!(releases() == before, "nothing was changed");
    fs::write(&register, &first).expect("written");
    // An empty folder gives way within the releases, and only when the bundle is complete; elsewhere it stays.
    fs::rename(version(&centre, 2), centre.path().join("via")).expect("moved");
    fs::remove_dir_all(centre.path().join("releases/altrove")).expect("gone");
    fs::create_dir(version(&centre, 2)).expect("a folder");
    release(&centre, "2017-04-06T08:00:00Z", &["--as-of", "2017-04-01T00:00:00Z"]).exits(10);
    assert!(version(&centre, 2).is_dir(), "nothing was released, and it stays");
    let out = folder();
    let text = out.path().to_str().expect("text");
    release(&centre, "2017-04-06T08:00:00Z", &["--out", text]).exits(2).says(&["holds something else"]);
    release(&centre, "2017-04-06T08:00:00Z", &[]).exits(0);
    verify(&centre.path()).exits(0);
}

/// A version that another program computed otherwise, and released: what is corrected comes from the program.
#[test]
fn a_figure_that_the_program_computes_otherwise_is_said_to_come_from_it() {
    let centre = centre();
    release(&centre, "2017-04-03T08:00:00Z", &[]).exits(0);
    let (bundle, releases) = (version(&centre, 1), centre.path().join("releases"));
    let other = releases.join("mensile-2017-03/other");
    let edit = |file: &str, text: String| match file {
        "report/dati/report.json" => text.replacen("\"integer\": \"3\"", "\"integer\": \"4\"", 1),
        _ => text,
    };
    resealed(&bundle, &other, edit, |manifest| Manifest { program: "impegno 0.0.9".to_owned(), ..manifest });
    fs::remove_dir_all(&bundle).expect("gone");
    fs::rename(&other, &bundle).expect("moved");
    let (register, _) = Register::read(&releases).expect("readable");
    let hash = check(&bundle).expect("readable").hash.expect("a hash");
    let release_of_it = Registered { manifest: hash, ..register.releases()[0].clone() };
    fs::remove_file(releases.join("releases.jsonl")).expect("gone");
    let (mut register, _) = Register::read(&releases).expect("readable");
    register.add(release_of_it).expect("added");
    verify(&bundle).exits(15).says(&["it was released by impegno 0.0.9"]);
    release(&centre, "2017-04-04T08:00:00Z", &[]).exits(2).says(&["1 figure differs from version 1"]);
    release(&centre, "2017-04-04T08:00:00Z", &["--why", "programma corretto"]).exits(0);
    assert_eq!(causes(&version(&centre, 2)), BTreeSet::from(["program".to_owned()]));
    let versions =
        fs::read_to_string(version(&centre, 2).join("report/dati/errata-versioni.csv")).expect("a table");
    assert!(versions.contains("prima impegno 0.0.9"), "{versions}");
    verify(&version(&centre, 2)).exits(0);
}

#[test]
fn what_is_no_released_report_is_answered() {
    let centre = centre();
    release(&centre, "2017-04-03T08:00:00Z", &[]).exits(0);
    let bundle = version(&centre, 1);
    let folder = folder();
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).expect("a folder");
    verify(&empty).exits(10).says(&["not-a-bundle", "the folder is empty"]);
    fs::write(empty.join("tesi.txt"), "mia").expect("written");
    verify(&empty).exits(10).says(&["not-a-bundle", "neither centre.toml nor manifest.json"]);
    verify(&folder.path().join("nowhere")).exits(10).says(&["is not a folder"]);
    verify(bundle.parent().expect("a folder")).exits(10).says(&["name one version of it", "v1"]);
    // A bundle whose copy broke off.
    for file in ["seal", "manifest.json", "ledger/catalogue.jsonl", "report/index.html"] {
        let cut = folder.path().join("cut");
        copy(&bundle, &cut);
        fs::remove_file(cut.join(file)).expect("gone");
        verify(&cut).exits(14).says(&[file, "restore"]);
        fs::remove_dir_all(&cut).expect("gone");
    }
    // One of a newer program: the format stands in the manifest, and the seal is sound.
    let newer = folder.path().join("newer");
    copy(&bundle, &newer);
    let manifest = fs::read_to_string(newer.join("manifest.json")).expect("the manifest");
    let manifest = manifest.replace("\"format_version\": 1", "\"format_version\": 2");
    fs::write(newer.join("manifest.json"), &manifest).expect("written");
    let hash = impegno_ledger::Hash::of(manifest.as_bytes());
    let lines = format!("impegno-release 1\nmanifest {hash}\n");
    let own = impegno_ledger::Hash::of(lines.as_bytes());
    fs::write(newer.join("seal"), format!("{lines}seal {own}\n")).expect("written");
    verify(&newer).exits(14).says(&["bundle-newer", "use a newer program"]);
}

#[test]
fn what_became_known_later_counts_from_then() {
    let centre = centre();
    // An interruption is entered late; another one is corrected.
    let late = "INT-2,CSICMS,no,2017-03-20 10:00:00,,2017-03-20 10:10:00,,2017-03-20 12:00:00,2017-03-20 12:10:00,rete\n";
    centre.write("registers/interruptions.csv", format!("{INTERRUPTIONS}{late}"));
    centre.import_at("2017-04-20T08:00:00Z").exits(0);
    let measured = |as_of: &[&str]| {
        let mut arguments = vec!["--period", "2017-03", "--format", "csv", "--lang", "en"];
        arguments.extend(as_of);
        centre.run("measure", &arguments)
    };
    measured(&["--as-of", "2017-04-02T07:59:59Z"]).exits(10).says(&["nothing was known at that instant"]);
    for early in ["2017-04-02T08:00:00Z", "2017-04-20T07:59:59Z"] {
        measured(&["--as-of", early]).exits(0).prints(&["1 of 1 case in time"]);
    }
    for now in [&["--as-of", "2017-04-20T08:00:00Z"][..], &[]] {
        measured(now).exits(0).prints(&["1 of 2 cases in time"]);
    }
    // A release of what was known then, made after: it holds the earlier ledger alone.
    release(&centre, "2017-05-01T08:00:00Z", &["--as-of", "2017-04-02T07:00:00Z"]).exits(10);
    release(&centre, "2017-05-01T08:00:00Z", &["--as-of", "2017-04-10T00:00:00Z"]).exits(0);
    verify(&version(&centre, 1))
        .exits(0)
        .prints(&["2 batches and 2 segments verified", "computed again: equal"]);
    let text = centre.path().display().to_string();
    let bundle = version(&centre, 1).display().to_string();
    impegno(["measure", &bundle, "--period", "2017-03", "--lang", "en"])
        .exits(0)
        .prints(&["1 of 1 case in time"]);
    impegno(["measure", &text, "--period", "2017-03", "--lang", "en"])
        .exits(0)
        .prints(&["1 of 2 cases in time"]);
    // The next version counts what is known now, and says so.
    release(&centre, "2017-05-02T08:00:00Z", &["--why", "interruzione comunicata in ritardo"]).exits(0);
    let listed = errata(&version(&centre, 2), "2");
    let (old, new) = &listed["impegni/Q.2/basis"];
    assert!(
        old.starts_with("1 caso su 1 entro il termine") && new.starts_with("1 caso su 2 entro il termine"),
        "{listed:?}"
    );
    let received =
        fs::read_to_string(version(&centre, 2).join("report/dati/errata-consegne.csv")).expect("a table");
    assert!(received.contains("registers/interruptions.csv") && received.lines().count() == 2, "{received}");
    verify(&centre.path()).exits(0);
    // Back to what was known then: the entry no longer counts, and the errata say that.
    let back = ["--as-of", "2017-04-10T00:00:00Z", "--why", "come era noto"];
    release(&centre, "2017-05-03T08:00:00Z", &back).exits(0);
    let received =
        fs::read_to_string(version(&centre, 3).join("report/dati/errata-consegne.csv")).expect("a table");
    assert!(received.contains("non conta più") && received.lines().count() == 3, "{received}");
    verify(&centre.path()).exits(0);
}

/// An act of exclusion that is entered after the report counts from then, and only then.
#[test]
fn an_act_of_exclusion_counts_from_when_it_was_known() {
    let centre = centre();
    centre.write(
        "commitments/sistema.toml",
        "document = { it = \"Carta\" }\noffice = { it = \"Centro\" }\n[[commitment]]\ncode = \"Q.3\"\n\
         text = { it = \"Disponibilità\", en = \"Availability\" }\nperiod = \"month\"\nexpected = \">= 50 %\"\n\
         exclusions = { kinds = [\"planned\"] }\nindicator = { availability = { component = \"CSICMS\" } }\n",
    );
    // A day of which everything is known, with an hour of down time from nine to ten.
    let mut log = String::new();
    for (at, what) in [
        (1_489_186_800, "CURRENT SERVICE STATE: csicms;http icms;OK;HARD;1;OK"),
        (1_489_219_200, "SERVICE ALERT: csicms;http icms;CRITICAL;HARD;1;CRITICAL - timeout"),
        (1_489_222_800, "SERVICE ALERT: csicms;http icms;OK;HARD;1;OK"),
        (1_489_273_200, "CURRENT SERVICE STATE: csicms;http icms;OK;HARD;1;OK"),
    ] {
        log.push_str(&format!("[{at}] {what}\n"));
    }
    centre.write("inbox/nagios/nagios-04-01-2017-00.log", log);
    centre.import_at("2017-04-02T08:30:00Z").exits(0);
    let explained = |as_of: &[&str]| {
        let mut arguments = vec!["Q.3", "--period", "2017-03-11..2017-03-11", "--lang", "en"];
        arguments.extend(as_of);
        centre.run("explain", &arguments).exits(0).stdout
    };
    let before = explained(&[]);
    assert!(before.contains("1 h") && !before.contains("E-1"), "{before}");
    centre.write(
        "registers/exclusions.csv",
        "code,kind,commitment,system,component,case,body,from,until,reason,asked_by,approved_by,approved_at,notice_at,position,evidence\n\
         E-1,planned,,,CSICMS,,,2017-03-11 09:00,2017-03-11 09:40,aggiornamento,ufficio sistemi,direzione,2017-03-01,2017-03-02 09:00,agreed,prot. 3\n",
    );
    centre.import_at("2017-04-20T08:00:00Z").exits(0);
    let now = explained(&[]);
    assert!(now.contains("E-1") && now.contains("40 min"), "{now}");
    assert_eq!(explained(&["--as-of", "2017-04-19T00:00:00Z"]), before);
    assert_eq!(explained(&["--as-of", "2017-04-20T08:00:00Z"]), now);
    // A report released as known before, after: it does not have the act; the next one does, and says so.
    release(&centre, "2017-05-01T08:00:00Z", &["--as-of", "2017-04-19T00:00:00Z"]).exits(0);
    release(&centre, "2017-05-02T08:00:00Z", &["--why", "atto E-1"]).exits(0);
    assert!(errata(&version(&centre, 2), "2").keys().any(|cell| cell.starts_with("impegni/Q.3/")));
    let received =
        fs::read_to_string(version(&centre, 2).join("report/dati/errata-consegne.csv")).expect("a table");
    assert!(received.contains("registers/exclusions.csv") && received.lines().count() == 2, "{received}");
    verify(&centre.path()).exits(0);
}

/// The yearly report of the sample centre, every kind of table in it: released, corrected, released, both verified.
#[test]
fn the_report_of_the_sample_centre_is_released_and_corrected() {
    let _turn = turn();
    let centre = Centre::florence();
    centre.import().exits(0);
    let release = |at: &str, more: &[&str]| {
        let mut arguments = vec!["--period", "2017", "--at", at];
        arguments.extend(more);
        centre.run("release", &arguments).exits(0);
    };
    release("2018-02-01T08:00:00Z", &[]);
    centre.edit("registers/interruptions.csv", |lines| {
        let of_users = |line: &&String| {
            let fields: Vec<&str> = line.split(',').collect();
            fields[2] == "no" && fields[3].starts_with("2017-") && !fields[7].is_empty()
        };
        let line =
            lines.iter().position(|line| of_users(&line)).expect("an interruption of which users were told");
        let fields: Vec<&str> = lines[line].split(',').collect();
        let day = fields[7][..10].to_owned();
        let late = format!("{day} 23:59:59");
        let mut changed = fields.clone();
        changed[7] = &late;
        let changed = changed.join(",");
        lines[line] = changed;
    });
    centre.import_at("2018-03-01T08:00:00Z").exits(0);
    release("2018-03-02T08:00:00Z", &["--why", "ora dell’avviso"]);
    let versions = [1, 2].map(|number| centre.path().join(format!("releases/annuale-2017/v{number}")));
    let (old, new) = (cells(&versions[0]), cells(&versions[1]));
    let kept = |cell: &&String| old.contains_key(*cell) && new.contains_key(*cell);
    let listed = errata(&versions[1], "2");
    let changed: BTreeSet<&String> =
        old.keys().filter(kept).filter(|cell| old[*cell] != new[*cell]).collect();
    assert!(!changed.is_empty());
    for cell in changed {
        assert!(listed.contains_key(cell), "{cell} changed and is not on the page of errata");
    }
    for cell in listed.keys().filter(kept) {
        assert!(old[cell] != new[cell], "{cell} is on the page of errata and did not change");
    }
    let verified = verify(&centre.path()).exits(0);
    assert_eq!(verified.stdout.matches("computed again: equal").count(), 2, "{}", verified.stdout);
}

#[test]
fn a_killed_release_leaves_nothing_that_passes_for_whole() {
    let centre = centre();
    let path = centre.path();
    let bundle = version(&centre, 1);
    let mut left = 0;
    for delay in [5, 20, 40, 60, 80, 120, 160, 240] {
        let mut child = Command::new(PROGRAM)
            .args([
                "release",
                path.to_str().expect("text"),
                "--period",
                "2017-03",
                "--at",
                "2017-04-03T08:00:00Z",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        std::thread::sleep(Duration::from_millis(delay));
        let _ = child.kill();
        let _ = child.wait();
        if bundle.exists() {
            verify(&bundle).exits(0);
            left += 1;
            if centre.path().join("releases/releases.jsonl").exists() {
                break;
            }
            // Cut before its line in the register was in its place: the next release puts it there.
            verify(&path).exits(0).says(&["release-unregistered", "its release was interrupted"]);
            let ran = release(&centre, "2017-04-05T08:00:00Z", &[]).exits(0);
            ran.says(&["a release that had been interrupted is complete: mensile-2017-03/v1"])
                .prints(&["version: 1"]);
            break;
        }
    }
    if left == 0 || !path.join("releases/releases.jsonl").exists() {
        release(&centre, "2017-04-03T08:00:00Z", &[]).exits(0);
    }
    verify(&path).exits(0);
    assert!(bundle.join("seal").exists());
    let hidden = fs::read_dir(bundle.parent().expect("a folder")).expect("a folder").count();
    assert_eq!(hidden, 1, "only the bundle");
    // A bundle whose line was taken out of the register is left alone until its folder is moved away.
    correct(&centre, "10:30:00;Fiesole", "12:30:00;Fiesole", "2017-04-10T08:00:00Z");
    let register = fs::read(path.join("releases/releases.jsonl")).expect("the register");
    release(&centre, "2017-04-11T08:00:00Z", &["--why", "ora"]).exits(0);
    fs::write(path.join("releases/releases.jsonl"), register).expect("written");
    verify(&path).exits(14).says(&["release-unregistered", "mensile-2017-03/v2"]);
    release(&centre, "2017-04-12T08:00:00Z", &["--why", "ora"]).exits(2).says(&["release was interrupted"]);
    fs::rename(version(&centre, 2), path.join("via")).expect("moved");
    release(&centre, "2017-04-12T08:00:00Z", &["--why", "ora"]).exits(0);
    verify(&path).exits(0).prints(&["mensile-2017-03/v2: ", "2017-04-12"]);
    // What somebody else put there is left alone.
    fs::create_dir_all(version(&centre, 3)).expect("a folder");
    fs::write(version(&centre, 3).join("tesi.txt"), "mia").expect("written");
    release(&centre, "2017-04-13T08:00:00Z", &[]).exits(2).says(&["holds something else"]);
    assert_eq!(fs::read(version(&centre, 3).join("tesi.txt")).expect("still there"), b"mia");
}

#[test]
fn the_register_holds_ledger_and_bundles_to_what_was_released() {
    let centre = centre();
    release(&centre, "2017-04-03T08:00:00Z", &[]).exits(0);
    let out = folder();
    let elsewhere = out.path().join("rilascio");
    let text = elsewhere.to_str().expect("text");
    release(&centre, "2017-04-04T08:00:00Z", &["--lang", "en", "--out", text]).exits(0);
    verify(&centre.path()).exits(0).prints(&["rilascio"]);
    let register = centre.path().join("releases/releases.jsonl");
    let lines = fs::read_to_string(&register).expect("the register");
    // A line changed, and one taken out.
    fs::write(&register, lines.replacen("2017-04-03", "2017-04-01", 1)).expect("written");
    verify(&centre.path()).exits(14).says(&["release-register", "releases.jsonl:1"]);
    release(&centre, "2017-04-05T08:00:00Z", &[])
        .exits(14)
        .says(&["release-register", "nothing was released"]);
    let second = lines.lines().nth(1).expect("two lines");
    fs::write(&register, format!("{second}\n")).expect("written");
    verify(&centre.path()).exits(14).says(&["release-register"]);
    fs::write(&register, &lines).expect("written");
    // A bundle gone, or another in its place.
    fs::rename(&elsewhere, out.path().join("via")).expect("moved");
    verify(&centre.path()).exits(14).says(&["release-not-there", "rilascio"]);
    copy(&version(&centre, 1), &elsewhere);
    verify(&centre.path()).exits(14).says(&["release-not-there"]);
    fs::remove_dir_all(&elsewhere).expect("gone");
    fs::rename(out.path().join("via"), &elsewhere).expect("moved back");
    verify(&centre.path()).exits(0);
    // A new version is not built on one that was damaged.
    let page = version(&centre, 1).join("report/index.html");
    let bytes = fs::read(&page).expect("a page");
    fs::write(&page, "other").expect("written");
    release(&centre, "2017-04-05T08:00:00Z", &[])
        .exits(14)
        .says(&["report/index.html", "nothing was released"]);
    fs::write(&page, bytes).expect("written");
    // The same files received anew, at another time: the ledger is not the one that was released on.
    fs::remove_dir_all(centre.path().join(".ledger")).expect("gone");
    centre.import_at("2017-04-03T07:00:00Z").exits(0);
    verify(&centre.path()).exits(14).says(&["release-head"]);
    verify(&version(&centre, 1)).exits(0);
}
