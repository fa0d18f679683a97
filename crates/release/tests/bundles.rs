//! A bundle is whole or not there, and every change of it is found and named.

use std::fs;
use std::path::Path;

use impegno_ledger::Hash;
use impegno_release::{Draft, MANIFEST, Manifest, Register, Registered, SEAL, Series, check};
use tempfile::TempDir;

fn series() -> Series {
    Series { layout: "annuale".into(), period: "2017".into(), body: None, language: "it".into() }
}

fn about() -> Manifest {
    Manifest {
        program: "impegno 0.1.0".into(),
        series: series(),
        version: 1,
        released_at: "2018-02-01T08:00:00Z".into(),
        as_of: None,
        known_at: "2018-01-15T08:00:00Z".into(),
        ledger_head: Hash::of(b"head").to_string(),
        charter_version: Hash::of(b"charter").to_string(),
        previous: None,
        why: None,
        files: Vec::new(),
    }
}

const FILES: &[(&str, &str)] = &[
    ("centre/centre.toml", "name"),
    ("ledger/catalogue.jsonl", "{}\n"),
    ("report/dati/a.csv", "a,b\n1,2\n"),
];

fn bundle() -> (TempDir, std::path::PathBuf, Hash) {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("annuale-2017/v1");
    let mut draft = Draft::begin(&place).expect("begun");
    for (path, text) in FILES {
        draft.add(path, text.as_bytes()).expect("added");
    }
    let hash = draft.finish(about()).expect("finished");
    (folder, place, hash)
}

/// The files that the findings about a bundle name.
fn named(place: &Path) -> Vec<(String, String)> {
    let checked = check(place).expect("a folder");
    let finding = |one: &impegno_findings::Finding| (one.code.name.to_owned(), one.place.file.clone());
    checked.findings.iter().map(finding).collect()
}

#[test]
fn every_changed_byte_is_found_and_its_file_named() {
    let (_folder, place, hash) = bundle();
    let checked = check(&place).expect("a folder");
    assert_eq!((checked.findings.len(), checked.hash), (0, Some(hash)));
    let paths = FILES.iter().map(|(path, _)| *path).chain([MANIFEST, SEAL]);
    for path in paths {
        let file = place.join(path);
        let bytes = fs::read(&file).expect("a file");
        for byte in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[byte] ^= 0x01;
            fs::write(&file, changed).expect("written");
            let named = named(&place);
            assert!(!named.is_empty(), "byte {byte} of {path}");
            assert!(named.iter().all(|(_, file)| file == path), "byte {byte} of {path}: {named:?}");
        }
        fs::write(&file, &bytes[..bytes.len() - 1]).expect("written");
        assert!(named(&place).iter().any(|(_, file)| file == path), "{path} cut");
        fs::write(&file, [&bytes[..], b"\n"].concat()).expect("written");
        assert!(named(&place).iter().any(|(_, file)| file == path), "{path} longer");
        fs::remove_file(&file).expect("gone");
        assert!(named(&place).iter().any(|(_, file)| file == path), "{path} gone");
        fs::write(&file, &bytes).expect("written");
    }
    assert_eq!(named(&place), []);
}

#[test]
fn files_that_were_not_released_are_found() {
    let (_folder, place, _) = bundle();
    fs::write(place.join("report/dati/b.csv"), "").expect("written");
    assert_eq!(named(&place), [("bundle-file-foreign".to_owned(), "report/dati/b.csv".to_owned())]);
    fs::remove_file(place.join("report/dati/b.csv")).expect("gone");
    #[cfg(unix)]
    {
        // A link to the very bytes is not the file.
        let file = place.join("centre/centre.toml");
        let elsewhere = place.parent().expect("a folder").join("elsewhere");
        fs::rename(&file, &elsewhere).expect("moved");
        std::os::unix::fs::symlink(&elsewhere, &file).expect("a link");
        assert_eq!(named(&place), [("bundle-file-changed".to_owned(), "centre/centre.toml".to_owned())]);
    }
}

/// The ledger of a bundle is its catalogue and the segments that it names, also where the manifest names more.
#[test]
fn files_that_no_release_puts_into_a_ledger_are_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("v1");
    let mut draft = Draft::begin(&place).expect("begun");
    let catalogue = r#"{"format":"impegno-ledger","version":1}
{"segments":[{"file":"checks-a.parquet"},{"file":"../catalogue.jsonl"},{"file":"in/b.parquet"},{"file":""}]}
"#;
    for file in [
        "ledger.sqlite",
        "ledger.sqlite-wal",
        "segments/checks-a.parquet",
        "segments/b.parquet",
        "segments/in/b.parquet",
    ] {
        draft.add(&format!("ledger/{file}"), b"a").expect("added");
    }
    draft.add("ledger/catalogue.jsonl", catalogue.as_bytes()).expect("added");
    draft.finish(about()).expect("finished");
    let foreign = ["ledger.sqlite", "ledger.sqlite-wal", "segments/b.parquet", "segments/in/b.parquet"];
    let foreign = foreign.map(|file| ("bundle-file-foreign".to_owned(), format!("ledger/{file}")));
    assert_eq!(named(&place), foreign);
}

#[test]
fn a_draft_takes_the_place_of_an_empty_folder_and_of_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("v1");
    fs::create_dir(&place).expect("a folder");
    assert!(Draft::begin(&place).is_err());
    let draft = Draft::in_place_of(&place).expect("begun");
    fs::write(place.join("tesi.txt"), "mia").expect("written");
    assert!(draft.finish(about()).is_err(), "meanwhile something was put there");
    assert_eq!(fs::read(place.join("tesi.txt")).expect("still there"), b"mia");
    fs::remove_file(place.join("tesi.txt")).expect("gone");
    Draft::in_place_of(&place).expect("begun").finish(about()).expect("finished");
    assert_eq!(named(&place), []);
}

#[test]
fn what_is_no_bundle_is_answered() {
    let folder = tempfile::tempdir().expect("a folder");
    let codes = |path: &Path| named(path).into_iter().map(|(code, _)| code).collect::<Vec<_>>();
    assert_eq!(codes(folder.path()), ["not-a-bundle"]);
    fs::write(folder.path().join("tesi.txt"), "mia").expect("written");
    assert_eq!(codes(folder.path()), ["not-a-bundle"]);
    fs::write(folder.path().join(MANIFEST), "{\"name\": \"another program\"}").expect("written");
    assert_eq!(codes(folder.path()), ["bundle-seal", "bundle-manifest"]);
    assert!(check(&folder.path().join("nowhere")).is_err());
    // A bundle of a later program: nothing of it is judged.
    let (_folder, place, _) = bundle();
    let newer = fs::read_to_string(place.join(MANIFEST))
        .expect("a manifest")
        .replace("version\": 1,", "version\": 2,");
    fs::write(place.join(MANIFEST), &newer).expect("written");
    assert_eq!(codes(&place), ["bundle-manifest"], "the seal is of another manifest");
    let hash = Hash::of(newer.as_bytes());
    let lines = format!("impegno-release 1\nmanifest {hash}\n");
    fs::write(place.join(SEAL), format!("{lines}seal {}\n", Hash::of(lines.as_bytes()))).expect("written");
    assert_eq!(codes(&place), ["bundle-newer"]);
}

#[test]
fn a_draft_that_is_given_up_leaves_nothing_and_none_stands_over_another() {
    let (folder, place, _) = bundle();
    assert!(Draft::begin(&place).is_err(), "something stands there");
    let next = place.with_file_name("v2");
    let mut draft = Draft::begin(&next).expect("begun");
    draft.add("report/index.html", b"a").expect("added");
    assert!(draft.add("../outside", b"a").is_err());
    assert!(draft.add("report/index.html", b"b").is_err(), "twice");
    assert!(draft.add(SEAL, b"b").is_err());
    assert!(!next.exists(), "it has no name yet");
    // A killed program leaves its draft; the next one begins anew.
    let left = draft.folder().to_owned();
    std::mem::forget(draft);
    assert!(left.exists());
    let draft = Draft::begin(&next).expect("begun again");
    assert!(!draft.folder().join("report/index.html").exists());
    drop(draft);
    let entries = fs::read_dir(folder.path().join("annuale-2017")).expect("a folder").count();
    assert_eq!(entries, 1, "only the first bundle");
}

#[test]
fn the_same_files_give_the_same_bundle() {
    let ((_a, one, first), (_b, other, second)) = (bundle(), bundle());
    assert_eq!(first, second);
    for path in [MANIFEST, SEAL] {
        assert_eq!(fs::read(one.join(path)).expect("a file"), fs::read(other.join(path)).expect("a file"));
    }
}

fn release(version: u32) -> Registered {
    Registered {
        series: series(),
        version,
        released_at: format!("2018-02-0{version}T08:00:00Z"),
        folder: format!("annuale-2017/v{version}"),
        manifest: Hash::of(&[version as u8]),
        ledger_head: Hash::of(b"head").to_string(),
    }
}

#[test]
fn every_change_of_the_register_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut register, findings) = Register::read(folder.path()).expect("readable");
    assert_eq!((register.releases().len(), findings.len()), (0, 0));
    assert_eq!(register.latest(&series()), None);
    for version in 1..=3 {
        register.add(release(version)).expect("added");
    }
    let (read, findings) = Register::read(folder.path()).expect("readable");
    assert_eq!((read.releases(), findings.len()), ([release(1), release(2), release(3)].as_slice(), 0));
    assert_eq!(read.latest(&series()), Some(&release(3)));
    let path = folder.path().join("releases.jsonl");
    let bytes = fs::read(&path).expect("the register");
    for byte in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[byte] ^= 0x01;
        fs::write(&path, changed).expect("written");
        let (_, findings) = Register::read(folder.path()).expect("readable");
        assert!(!findings.is_empty(), "byte {byte}");
    }
    // A line taken out from the middle, and one that is cut.
    let text = String::from_utf8(bytes).expect("text");
    let lines: Vec<&str> = text.lines().collect();
    fs::write(&path, format!("{}\n{}\n", lines[0], lines[2])).expect("written");
    assert_eq!(Register::read(folder.path()).expect("readable").1.len(), 1);
    fs::write(&path, &text[..text.len() - 30]).expect("written");
    assert!(!Register::read(folder.path()).expect("readable").1.is_empty());
}
