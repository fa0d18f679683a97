//! A centre on open data of other publishers: what comes out is what the publishers and their data say.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use common::{Ran, copy, folder, impegno, turn};
use tempfile::TempDir;

/// A table of a report: the value of each cell by the keys of row and column, as published in its CSV.
type Cells = BTreeMap<(String, String), String>;

struct Real {
    directory: TempDir,
}

impl Real {
    /// The centre of the repository, copied and imported once for all tests of this file.
    fn centre() -> &'static Real {
        static REAL: OnceLock<Real> = OnceLock::new();
        REAL.get_or_init(|| {
            let real = Real { directory: folder() };
            copy(&example(), &real.path());
            let _ = fs::remove_dir_all(real.path().join(".ledger"));
            let _turn = turn();
            real.run(&["check"]).exits(0).prints(&["0 errors, 0 warnings"]);
            let ran = real.run(&["import"]).exits(0);
            ran.says(&[
                "received 16 files",
                "76793 rows, 76793 accepted",
                "0 rejected",
                "2 facts known already",
            ]);
            real
        })
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("centre")
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let (command, options) = arguments.split_first().expect("a command");
        let centre = self.path();
        let centre = centre.to_str().expect("text");
        impegno([*command, centre].into_iter().chain(options.iter().copied()))
    }

    /// The report of a layout; gives the folder.
    fn report(&self, layout: &str, period: &str) -> PathBuf {
        let out = self.directory.path().join(format!("{layout}-{period}"));
        let to = out.to_str().expect("text");
        self.run(&["report", "--layout", layout, "--period", period, "--out", to]).exits(0);
        out
    }
}

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/real")
}

fn cells(report: &Path, table: &str) -> Cells {
    let text = fs::read_to_string(report.join(format!("dati/{table}.csv"))).expect("the table");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let mut cells = Cells::new();
    for record in reader.records() {
        let record = record.expect("a record");
        for (column, value) in header.iter().zip(&record).skip(1) {
            cells.insert((record[0].to_owned(), column.to_owned()), value.to_owned());
        }
    }
    cells
}

/// The cells of a table, row by row: `row: value value`.
#[track_caller]
fn holds(cells: &Cells, columns: &[&str], rows: &[(&str, &[&str])]) {
    for (row, expected) in rows {
        let found: Vec<&str> = columns
            .iter()
            .map(|column| {
                cells.get(&((*row).to_owned(), (*column).to_owned())).map_or("absent", String::as_str)
            })
            .collect();
        assert_eq!(&found, expected, "{row}");
    }
}

#[test]
fn availability_stands_beside_the_fifteen_percentages_of_the_publisher() {
    let real = Real::centre();
    let report = real.report("monitoraggio", "2026");
    let windows = ["all_printed", "year_printed", "month_printed", "week_printed", "day_printed"];
    // The publisher says 99.50 for the month of the first service: it divides by a fixed month.
    holds(
        &cells(&report, "finestre-regole-sue"),
        &windows,
        &[
            ("MARKETPLACE", &["99,54 %", "99,93 %", "99,51 %", "99,71 %", "100,00 %"]),
            ("STAGING", &["71,14 %", "38,46 %", "0,00 %", "0,00 %", "0,00 %"]),
            ("VC2", &["99,96 %", "99,98 %", "100,00 %", "100,00 %", "100,00 %"]),
        ],
    );
    holds(
        &cells(&report, "finestre-regole-nostre"),
        &windows,
        &[
            ("MARKETPLACE", &["99,51 %", "99,92 %", "99,51 %", "99,71 %", "100,00 %"]),
            ("STAGING", &["69,24 %", "38,45 %", "0,00 %", "0,00 %", "0,00 %"]),
            ("VC2", &["99,95 %", "99,97 %", "100,00 %", "100,00 %", "100,00 %"]),
        ],
    );
    let months = cells(&report, "disponibilita-mesi");
    holds(
        &months,
        &["05_printed", "06_printed", "07_printed"],
        &[("MARKETPLACE", &["99,676 %", "98,755 %", "–"])],
    );
}

#[test]
fn every_difference_from_the_publisher_is_listed_with_its_reason() {
    let real = Real::centre();
    let ran = real.run(&["compare", "--layout", "monitoraggio", "--period", "2026", "--lang", "en"]).exits(0);
    let ran = ran.says(&["22 equal, 8 different (0 unexplained), 0 not computable here"]);
    let ran = ran.prints(&[
        "By the publisher’s rules — marketplace.cloudeng.it — Month: 99.50 % / 99.51 %",
        "by a fixed month of 2,628,288 seconds",
        "By our rules — backend-staging-eng.cloudesire.com — All time: 71.14 % / 69.24 %",
        "the 50 days from 22 April to 11 June 2025 without a single check are unknown to us",
        "we count every stop, the publisher those of 15 minutes at least",
    ]);
    assert_eq!(ran.stdout.lines().filter(|line| line.starts_with('≠')).count(), 8, "{}", ran.stdout);
    let page =
        fs::read_to_string(real.report("monitoraggio", "2026").join("differenze.html")).expect("the page");
    assert!(page.contains("per un mese fisso di 2.628.288 secondi"));
}

#[test]
fn incidents_by_priority_month_and_level_and_the_reopened_ones() {
    let real = Real::centre();
    let report = real.report("incidenti", "2017");
    holds(
        &cells(&report, "incidenti-sla"),
        &["yes", "no", "total"],
        &[("1 - Critical", &["3", "140", "143"]), ("total", &["7906", "4532", "12438"])],
    );
    holds(&cells(&report, "riaperti-anni"), &["total"], &[("total", &["156"])]);
    let figures = fs::read_to_string(report.join("dati/cifre.csv")).expect("the figures");
    assert!(figures.contains("\"63,5633 %\""), "{figures}");
    holds(
        &cells(&report, "tempi-priorita"),
        &["cases", "done", "open", "median", "p95", "max", "within-86400-s"],
        &[
            ("1 - Critical", &["143", "143", "0", "400380", "3011340", "18206940", "40"]),
            ("total", &["12438", "11664", "774", "80460", "2579040", "26330160", "6024"]),
        ],
    );
    let months = cells(&real.report("incidenti", "2016"), "tempi-mesi");
    let critical = ["1 - Critical.cases", "1 - Critical.median_printed", "3 - Moderate.median_printed"];
    holds(&months, &critical, &[("04", &["42", "1 giorno 11 h 29 min", "3 h 47 min 30 s"])]);
}

#[test]
fn citizen_reports_by_state_and_year_and_their_days_to_closing() {
    let report = Real::centre().report("segnalazioni", "2025");
    holds(
        &cells(&report, "stati-anni"),
        &["2023", "2024", "2025", "total"],
        &[
            ("solved", &["1131", "918", "40", "2089"]),
            ("open", &["321", "644", "54", "1019"]),
            ("cancelled", &["98", "93", "4", "195"]),
            ("in-charge", &["38", "84", "2", "124"]),
            ("closed", &["5", "5", "0", "10"]),
            ("deleted", &["1", "3", "0", "4"]),
            ("total", &["1594", "1747", "100", "3441"]),
        ],
    );
    holds(
        &cells(&report, "chiusure-anni"),
        &["done", "open", "median", "mean_printed", "max", "within-7-days", "within-30-days"],
        &[("total", &["2099", "1342", "9", "25,8537", "367", "990", "1573"])],
    );
}

#[test]
fn uses_of_the_library_by_year_and_the_digital_share() {
    let report = Real::centre().report("biblioteca", "2024");
    holds(
        &cells(&report, "usi-anni"),
        &["2021", "2022", "2023", "2024"],
        &[
            ("entries", &["2528", "7829", "11756", "12124"]),
            ("reading-rooms", &["851", "4369", "7524", "7773"]),
            ("books-lent", &["5390", "7600", "8883", "8734"]),
            ("new-members", &["131", "312", "390", "288"]),
            ("digital-members", &["56", "65", "70", "47"]),
            ("digital-loans", &["842", "847", "1110", "1300"]),
        ],
    );
    let figures = fs::read_to_string(report.join("dati/cifre.csv")).expect("the figures");
    for share in ["13,5109 %", "10,0272 %", "11,1078 %", "12,9559 %"] {
        assert!(figures.contains(share), "{share} in {figures}");
    }
}

#[test]
fn vulnerabilities_by_scan_severity_and_score() {
    let report = Real::centre().report("vulnerabilita", "2025");
    holds(
        &cells(&report, "gravita"),
        &["Log", "Low", "Medium", "High", "total"],
        &[
            ("no_vuln", &["0", "0", "0", "0", "0"]),
            ("one_vuln", &["0", "0", "1", "0", "1"]),
            ("many_vuln", &["0", "1", "2", "1", "4"]),
            ("report_using_openVAS", &["12", "1", "0", "0", "13"]),
            ("report_combine_v2", &["0", "2", "0", "0", "2"]),
            ("report_detail_v2", &["0", "0", "0", "1", "1"]),
        ],
    );
    holds(
        &cells(&report, "gravita-xml"),
        &["Log", "Low", "Medium", "High", "total"],
        &[
            ("no_vuln", &["0", "0", "0", "0", "0"]),
            ("one_vuln", &["0", "0", "0", "1", "1"]),
            ("report_detail_v2", &["0", "0", "0", "1", "1"]),
        ],
    );
    // One vulnerability stands in three rows of two files: it is one.
    holds(
        &cells(&report, "fasce"),
        &["none", "low", "medium", "high", "critical", "total"],
        &[
            ("interna", &["0", "1", "3", "0", "2", "6"]),
            ("pubblica", &["12", "1", "0", "0", "0", "13"]),
            ("laboratorio", &["0", "0", "0", "0", "2", "2"]),
            ("total", &["12", "2", "3", "0", "4", "21"]),
        ],
    );
    let over: &[(&str, &[&str])] = &[("many_vuln", &["1"]), ("report_detail_v2", &["1"]), ("total", &["2"])];
    holds(&cells(&report, "soglie"), &["over-7"], over);
    let highest: &[(&str, &[&str])] = &[("many_vuln", &["1", "0"]), ("report_detail_v2", &["0", "1"])];
    holds(&cells(&report, "punteggi"), &["9.0", "9.8"], highest);
}

#[test]
fn every_report_prints_what_the_licences_ask_for() {
    let real = Real::centre();
    let readme = fs::read_to_string(example().join("README.md")).expect("the readme");
    let page = fs::read_to_string(real.report("biblioteca", "2024").join("index.html")).expect("the page");
    let json =
        fs::read_to_string(real.report("biblioteca", "2024").join("dati/report.json")).unwrap_or_default();
    for sentence in [
        "Contains information from ClouDesire/status (Upptime), made available under the Open Database License 1.0",
        "Amaral, C., Fantinato, M., Peres, S. (2018). Incident management process enriched event log. UCI Machine Learning Repository. https://doi.org/10.24432/C57S4H. CC BY 4.0. Sample: incidents with an even number.",
        "25 February 2025, https://github.com/ComunediAlessandria/open-data, CC BY 4.0",
        "Comune di Alessandria, Accessi alla biblioteca pubblica Francesca Calvo, https://github.com/ComunediAlessandria/open-data, CC BY 4.0",
        "OpenVAS sample reports from DefectDojo/django-DefectDojo, Copyright (c) 2015-2023 DefectDojo, Inc. All rights reserved. BSD-3-Clause",
    ] {
        assert!(readme.contains(sentence), "{sentence}");
        assert!(page.contains(sentence) || json.contains(sentence), "{sentence}");
    }
}

#[test]
fn an_archive_that_grows_without_end_and_a_cut_one_are_refused_and_the_rest_is_received() {
    let directory = folder();
    let centre = directory.path().join("centre");
    copy(&example(), &centre);
    let _ = fs::remove_dir_all(centre.join(".ledger"));
    let whole = fs::read(centre.join("inbox/incidenti/incidents.csv.gz")).expect("the archive");
    fs::write(centre.join("inbox/incidenti/incidents.csv.gz"), &whole[..whole.len() / 2])
        .expect("half of it");
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![b'0'; 1 << 20];
    (0..64).for_each(|_| bomb.write_all(&zeros).expect("memory"));
    fs::write(centre.join("inbox/monitor/bomb.csv.gz"), bomb.finish().expect("memory")).expect("the bomb");
    let centre = centre.to_str().expect("text");
    let _turn = turn();
    let ran = impegno(["import", centre]).exits(11);
    ran.says(&["too-large-unpacked", "bomb.csv.gz", "broken-archive", "incidents.csv.gz", "it was cut"]);
    impegno(["verify", centre]).exits(0);
    let measured = impegno(["measure", centre, "--period", "2026", "--format", "csv"]).exits(0);
    measured.prints(&["P.1,", "99,846 %"]);
}
