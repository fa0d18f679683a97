//! The first day: a new folder, files of no declared source, registers as `init` makes them.

mod common;

use std::fs;
use std::io::Write as _;
use std::path::Path;

use common::{Ran, entries, folder, impegno};

const EXPORTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../propose/tests/exports");

fn run(arguments: &[&str]) -> Ran {
    impegno(arguments.iter().map(std::ffi::OsStr::new))
}

/// A new folder, in a language.
fn new(path: &Path, lang: &str) {
    let centre = path.to_str().expect("text");
    run(&[
        "init",
        centre,
        "--name",
        "Centro \"di\" prova",
        "--patron",
        "06-24",
        "--hours",
        "lun-ven 9-13",
        "--lang",
        lang,
    ])
    .exits(0);
}

#[test]
fn a_new_folder_is_sound_in_both_languages() {
    let folder = folder();
    for lang in ["it", "en"] {
        let path = folder.path().join(lang);
        new(&path, lang);
        let checked = run(&["check", path.to_str().expect("text")]).exits(0);
        assert!(checked.stdout.contains("0 errors, 0 warnings"), "{}", checked.stdout);
        let readme = fs::read_to_string(path.join("README.md")).expect("a README");
        assert!(readme.contains(if lang == "it" { "I prossimi passi" } else { "Next steps" }));
        assert!(!readme.contains("{{"), "a place was not filled: {readme}");
        assert!(fs::read_to_string(path.join(".gitignore")).expect("a file").contains(".ledger/"));
        let registers = entries(&path.join("registers"));
        assert_eq!(registers.len(), 10, "{registers:?}");
        // Empty registers and an empty inbox: nothing to receive, and nothing to complain about.
        let imported = run(&["import", path.to_str().expect("text")]).exits(0);
        assert!(imported.stderr.contains("received 0 files"), "{}", imported.stderr);
        assert!(!imported.stderr.contains("warning"), "{}", imported.stderr);
    }
}

#[test]
fn init_refuses_what_it_would_spoil_and_what_it_cannot_understand() {
    let folder = folder();
    let full = folder.path().join("pieno");
    fs::create_dir(&full).expect("a folder");
    fs::write(full.join("nota.txt"), "mia").expect("a file");
    let refused = run(&["init", full.to_str().expect("text")]).exits(2);
    assert!(
        refused.stderr.contains("is not empty") && refused.stderr.contains("nothing was written"),
        "{}",
        refused.stderr
    );
    assert_eq!(entries(&full).len(), 1);
    run(&["init", full.join("nota.txt").to_str().expect("text")]).exits(2);
    let fresh = folder.path().join("nuovo");
    let fresh = fresh.to_str().expect("text");
    for (option, value, says) in [
        ("--zone", "Roma", "non è un fuso orario"),
        ("--patron", "24-06 San Giovanni", "non è un giorno"),
        ("--hours", "sempre", "non è un orario"),
        ("--name", " ", "il nome è vuoto"),
    ] {
        let refused = run(&["init", fresh, option, value]).exits(2);
        assert!(refused.stderr.contains(says), "{option}: {}", refused.stderr);
        assert!(!Path::new(fresh).exists(), "{option}: something was written");
    }
}

#[test]
fn an_export_is_proposed_accepted_and_known_the_next_time() {
    let folder = folder();
    let path = folder.path().join("centro");
    new(&path, "it");
    let centre = path.to_str().expect("text");
    let export = format!("{EXPORTS}/glpi.csv");
    // Nobody is there to ask: the proposal is shown, nothing is written.
    let shown = run(&["import", centre, &export]).exits(2);
    assert!(
        shown.stderr.contains("taken-in-charge = ") && shown.stderr.contains("--accept --name glpi"),
        "{}",
        shown.stderr
    );
    assert_eq!(entries(&path.join("sources")).len(), 1, "only the mark of git");
    let printed =
        run(&["import", centre, &export, "--propose", "--set", "Categoria=no", "--lang", "en"]).exits(0);
    assert!(
        printed.stdout.contains("#   Categoria: as asked") && printed.stdout.contains("format = \"csv\""),
        "{}",
        printed.stdout
    );
    let wrong = run(&["import", centre, &export, "--propose", "--set", "Categorie=no"]).exits(11);
    assert!(
        wrong.stderr.contains("il file non ha la colonna `Categorie`")
            && wrong.stderr.contains("forse `Categoria`?"),
        "{}",
        wrong.stderr
    );
    let odd = folder.path().join("export di marzo (1).csv");
    fs::copy(&export, &odd).expect("a copy");
    let told = run(&["import", centre, odd.to_str().expect("text")]).exits(2);
    assert!(told.stderr.contains("export di marzo (1).csv' --accept"), "{}", told.stderr);
    run(&["import", centre, &export, "--propose", "--set", "Categoria=boh"]).exits(2);
    run(&["import", centre, &export, "--accept", "--name", "Con Spazi"]).exits(2);
    let accepted = run(&["import", centre, &export, "--accept", "--name", "ticket"]).exits(0);
    assert!(accepted.stderr.contains("40 accepted"), "{}", accepted.stderr);
    assert!(path.join("inbox/ticket/glpi.csv").is_file());
    run(&["check", centre]).exits(0);
    // Once more: the file is known by its source.
    let again = run(&["import", centre, &export]).exits(2);
    assert!(again.stderr.contains("fits the source `ticket`"), "{}", again.stderr);
    run(&["import", centre, &export, "--accept"]).exits(0);
    let measured = run(&["measure", centre, "--period", "2025-01", "--format", "csv"]).exits(0);
    assert!(measured.stdout.contains("A.1") && measured.stdout.contains("A.2"), "{}", measured.stdout);
    let nobody = fs::read_to_string(path.join("sources/ticket.toml")).expect("the declaration");
    assert!(!nobody.contains("Prova"), "{nobody}");
}

#[test]
fn a_file_in_the_inbox_itself_is_told_and_moved_when_it_is_accepted() {
    let folder = folder();
    let path = folder.path().join("centro");
    new(&path, "it");
    let centre = path.to_str().expect("text");
    let lying = path.join("inbox/Segnalazioni 2025-01.csv");
    fs::copy(format!("{EXPORTS}/passaggi.csv"), &lying).expect("a copy");
    let told = run(&["import", centre]).exits(11);
    assert!(
        told.stderr.contains("undeclared-source") && told.stderr.contains("proposes a mapping"),
        "{}",
        told.stderr
    );
    run(&["import", centre, lying.to_str().expect("text"), "--accept"]).exits(0);
    assert!(!lying.exists());
    assert!(path.join("inbox/segnalazioni/Segnalazioni 2025-01.csv").is_file());
    // The folder is whole: the same facts come from the inbox.
    let again = run(&["import", centre]).exits(0);
    assert!(again.stderr.contains("1 files known already"), "{}", again.stderr);
}

#[test]
fn a_promise_of_an_event_that_no_export_gives_is_a_warning() {
    let folder = folder();
    let path = folder.path().join("centro");
    new(&path, "it");
    let centre = path.to_str().expect("text");
    let accepted = run(&["import", centre, &format!("{EXPORTS}/jira.csv"), "--accept"]).exits(0);
    assert!(
        accepted.stderr.contains("event-not-given") && accepted.stderr.contains("`taken-in-charge`"),
        "{}",
        accepted.stderr
    );
    let checked = run(&["check", centre]).exits(0);
    assert!(checked.stdout.contains("0 errors, 3 warnings"), "{}", checked.stdout);
}

#[test]
fn files_that_cannot_be_read_end_with_their_code() {
    let folder = folder();
    let path = folder.path().join("centro");
    new(&path, "it");
    let centre = path.to_str().expect("text");
    let file = folder.path().join("x.xlsx");
    let name = file.to_str().expect("text");
    run(&["import", centre, name]).exits(2);
    run(&["import", centre, folder.path().to_str().expect("text")]).exits(2);
    for (bytes, code) in [
        (&b"solo una frase\n"[..], "no-mapping"),
        (b"PK\x03\x04 rotto", "unreadable-workbook"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0",
            "protected-workbook",
        ),
    ] {
        fs::write(&file, bytes).expect("a file");
        let ended = run(&["import", centre, name, "--accept"]).exits(11);
        assert!(ended.stderr.contains(code), "{code}: {}", ended.stderr);
    }
    assert_eq!(entries(&path.join("sources")).len(), 1, "nothing was declared");
}

/// A spreadsheet of a few kilobytes that unfolds to hundreds of megabytes, to a declared source and to none.
#[test]
fn a_spreadsheet_that_unfolds_to_too_much_is_refused() {
    let folder = folder();
    let path = folder.path().join("centro");
    new(&path, "it");
    let centre = path.to_str().expect("text");
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("xl/workbook.xml", zip::write::SimpleFileOptions::default()).expect("a part");
    for _ in 0..300 {
        archive.write_all(&vec![b' '; 1 << 20]).expect("a megabyte");
    }
    let bytes = archive.finish().expect("an archive").into_inner();
    assert!(bytes.len() < 500_000, "{}", bytes.len());
    let file = folder.path().join("bomba.xlsx");
    fs::write(&file, bytes).expect("a file");
    let name = file.to_str().expect("text");
    let refused = run(&["import", centre, name, "--accept"]).exits(11);
    assert!(refused.stderr.contains("oversized-workbook"), "{}", refused.stderr);
    let declaration = "title = { it = \"x\" }\nformat = \"xlsx\"\nmode = \"append\"\nfacts = \"operations\"\nkind = \"use\"\n\
                       id = \"a\"\nat = \"b\"\n";
    fs::write(path.join("sources/fogli.toml"), declaration).expect("a declaration");
    let refused = run(&["import", centre, "fogli", name]).exits(11);
    assert!(refused.stderr.contains("oversized-workbook"), "{}", refused.stderr);
    run(&["verify", centre]).exits(0);
}

#[test]
fn a_register_that_was_emptied_withdraws_what_it_held() {
    let folder = folder();
    let path = folder.path().join("centro");
    new(&path, "it");
    let centre = path.to_str().expect("text");
    let register = path.join("registers/complaints.csv");
    let head = fs::read_to_string(&register).expect("a head");
    fs::write(
        &register,
        format!("{head}R-1,2025-03-05,mail,,no,yes,2025-03-04,,\nR-2,2025-03-05,mail,,no,yes,,,\n"),
    )
    .expect("rows");
    let told = run(&["import", centre]).exits(11);
    assert!(
        told.stderr.contains("contradictory-fields") && told.stderr.contains("1 accepted"),
        "{}",
        told.stderr
    );
    fs::write(&register, head).expect("the head");
    let told = run(&["import", centre]);
    // A register that holds no row any more says so of the centre: what it held is withdrawn.
    assert!(told.stderr.contains("withdrawn") && !told.stderr.contains("not-the-whole"), "{}", told.stderr);
}
