//! Single results are measured by their runs: the figures are those of their rows.

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use common::{folder, impegno};

const PROBES: u64 = 7;

/// A centre whose monitor writes results, or, for the way through the rows, changes of state with the same words.
fn centre(at: &Path, origin: &str) {
    let write = |file: &str, text: &str| {
        let path = at.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    };
    write(
        "centre.toml",
        "name = \"Centro\"\nzone = \"Europe/Rome\"\n[[calendar]]\ncode = \"ufficio\"\nhours = { monday = \"8:30-18:00\", \
         tuesday = \"8:30-18:00\", wednesday = \"8:30-18:00\" }\n",
    );
    write(
        "sources/monitor.toml",
        &format!(
            "title = {{ it = \"Monitor\", en = \"Monitor\" }}\nformat = \"csv\"\nmode = \"append\"\ntime = \"unix-ms\"\nfacts = \"checks\"\nhost = \"probe\"\n\
             constant-service = \"http\"\nat = \"at\"\norigin = \"{origin}\"\nlatency = {{ column = \"us\", unit = \"us\" }}\n\
             [state]\ncolumn = \"state\"\nwords = {{ \"0\" = \"ok\", \"1\" = \"warning\", \"2\" = \"critical\", \"3\" = \"unknown\" }}\n"
        ),
    );
    let mut systems = "[[system]]\ncode = \"s\"\nname = \"S\"\ncomponent = [".to_owned();
    let mut probes = "host,service,component\n".to_owned();
    let mut promises = "document = \"Carta\"\n".to_owned();
    for n in 0..PROBES {
        let _ = write!(systems, "{{ code = \"C{n}\" }}, ");
        let _ = writeln!(probes, "h{n},http,C{}", n / 2);
        let more =
            ["", ", calendar = \"ufficio\"", ", staleness = \"2 min\"", ", ignore-shorter-than = \"4 min\""];
        let _ = writeln!(
            promises,
            "[[commitment]]\ncode = \"D.{n}\"\ntext = \"D.{n}\"\nexpected = \">= 99 %\"\n\
             indicator = {{ availability = {{ component = \"C{n}\"{} }} }}\n\
             [[commitment]]\ncode = \"R.{n}\"\ntext = \"R.{n}\"\nexpected = \"<= 100 ms\"\n\
             indicator = {{ response-time = {{ probe = \"h{n};http\", statistic = \"{}\" }} }}",
            more[n as usize % 4],
            ["p95", "max", "mean", "median"][n as usize % 4],
        );
    }
    systems.push_str("]\n");
    write("systems.toml", &systems);
    write("probes.csv", &probes);
    write("commitments/carta.toml", &promises);
    for (file, text) in files() {
        write(&format!("inbox/monitor/{file}.csv"), &text);
    }
}

/// Files by day, one more that lies within two others, and one that corrects some rows.
fn files() -> Vec<(String, String)> {
    let mut seed = 7_u64;
    let mut chance = move |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let start = 1_748_736_000_000_u64;
    let heading = "probe,at,state,us\n";
    let mut files: Vec<(String, String)> =
        (0..6).map(|day| (format!("giorno-{day}"), heading.to_owned())).collect();
    let mut between = heading.to_owned();
    let mut corrected = heading.to_owned();
    for probe in 0..PROBES {
        let (mut state, mut left) = (0, 0);
        let mut minute = 0;
        while minute < 6 * 1_440 {
            if left == 0 {
                (state, left) = match chance(90) {
                    0 => (2, 1 + chance(9)),
                    1 => (1, 1 + chance(20)),
                    2 => (3, 1 + chance(3)),
                    3 => (2, 60),
                    _ => (0, 1 + chance(40)),
                };
            }
            left -= 1;
            let at = start + minute * 60_000 + probe * 1_000 + chance(2_800);
            let latency = if state == 2 { String::new() } else { (20_000 + chance(120_000)).to_string() };
            let row = format!("h{probe},{at},{state},{latency}\n");
            let day = (minute / 1_440) as usize;
            files[day].1.push_str(&row);
            if day == 2 && chance(10) == 0 {
                let _ = writeln!(between, "h{probe},{},{},{}", at + 20_000, chance(4), chance(90_000));
            }
            if day == 4 && chance(50) == 0 {
                let _ = writeln!(corrected, "h{probe},{at},{},{}", chance(4), chance(90_000));
            }
            minute += if chance(200) == 0 { 30 } else { 1 };
        }
    }
    files.push(("in-mezzo".to_owned(), between));
    files.push(("z-corretto".to_owned(), corrected));
    files
}

/// A line without how many results had no response time, which is said of results and not of changes of state.
fn without_untimed(line: &str) -> String {
    let Some((before, after)) = line.split_once(" senza tempo") else { return line.to_owned() };
    let before = before.trim_end_matches(|sign: char| sign.is_ascii_digit() || sign == '.');
    format!("{}{after}", before.trim_end_matches(", ")).replace('"', "")
}

#[test]
fn runs_come_to_the_same_figures_as_rows() {
    let told = |origin: &str| {
        let directory = folder();
        let centre_folder = directory.path().join("centre");
        centre(&centre_folder, origin);
        let folder = centre_folder.to_str().expect("text");
        impegno(["import", folder, "--at", "2025-07-01T00:00:00Z"]).exits(0);
        let mut told = String::new();
        // The second time what was kept of the first is read.
        for _ in 0..2 {
            for period in ["2025-06", "2025-06-02..2025-06-04"] {
                told += &impegno(["measure", folder, "--period", period, "--format", "csv"]).exits(0).stdout;
            }
            for code in ["D.0", "D.1", "D.2", "D.3", "R.0", "R.1"] {
                told += &impegno(["explain", folder, code, "--period", "2025-06"]).exits(0).stdout;
            }
        }
        let kept = fs::read_dir(centre_folder.join(".ledger/derived")).map_or(0, Iterator::count);
        (told, kept)
    };
    let (by_runs, kept) = told("result");
    let (by_rows, not_kept) = told("transition");
    assert!(kept > 0, "runs are kept");
    assert_eq!(not_kept, 0);
    assert_eq!(by_runs.lines().count(), by_rows.lines().count());
    for (runs, rows) in by_runs.lines().zip(by_rows.lines()) {
        assert_eq!(without_untimed(runs).replace('"', ""), without_untimed(rows).replace('"', ""));
    }
}

/// What is kept is looked at before it is believed.
#[test]
fn runs_that_were_changed_on_disk_are_found_again() {
    let directory = folder();
    let centre_folder = directory.path().join("centre");
    centre(&centre_folder, "result");
    let folder = centre_folder.to_str().expect("text");
    impegno(["import", folder, "--at", "2025-07-01T00:00:00Z"]).exits(0);
    let measure = || impegno(["measure", folder, "--period", "2025-06", "--format", "csv"]).exits(0).stdout;
    let first = measure();
    let derived = centre_folder.join(".ledger/derived");
    for entry in fs::read_dir(&derived).expect("kept").flatten() {
        let mut bytes = fs::read(entry.path()).expect("read");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(entry.path(), &bytes).expect("written");
    }
    assert_eq!(measure(), first);
    for entry in fs::read_dir(&derived).expect("kept").flatten() {
        fs::write(entry.path(), b"impegno states 1\n").expect("written");
    }
    assert_eq!(measure(), first);
}
