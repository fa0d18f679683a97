//! Every figure is the same in every format: HTML, CSV, JSON, XLSX, PDF.
//!
//! The JSON of a report holds its exact values and printed texts; each other format is read back on its own
//! and held to them, table by table, row by row, cell by cell.

#[path = "../common/mod.rs"]
mod common;
mod forms;
mod html;
mod paper;
mod reference;
mod tables_csv;
mod tags;
mod workbook;

use std::fs;

use common::{Centre, all_files, entries, example, turn};
use reference::{Comparison, Files, Report, Value};

/// A format: its name, how it is held to the report, and how many cells of the yearly report it has at least.
type Format = (&'static str, fn(&Report, &Files) -> Comparison, usize);

const FORMATS: [Format; 4] = [
    ("HTML", html::compare, 3_000),
    ("CSV", tables_csv::compare, 10_000),
    ("XLSX", workbook::compare, 7_000),
    ("PDF", paper::compare, 3_000),
];

#[test]
fn every_figure_is_the_same_in_every_format() {
    let _turn = turn();
    let centre = Centre::florence();
    // The page of differences is written from these.
    for file in entries(&example().join("published")) {
        if file.is_file() {
            let name = format!("published/{}", file.file_name().expect("a name").to_string_lossy());
            fs::create_dir_all(centre.path().join("published")).expect("a folder");
            centre.write(&name, fs::read(&file).expect("a file"));
        }
    }
    centre.import().exits(0);
    for (layout, period) in layouts() {
        for language in ["it", "en"] {
            let files =
                all_files(&centre.report_of(period, &["--layout", &layout, "--lang", language]).path());
            let report = Report::read(&files);
            for (format, compare, least) in FORMATS {
                let Comparison { compared, differences } = compare(&report, &files);
                let told: Vec<String> = differences.iter().take(20).map(ToString::to_string).collect();
                assert!(
                    differences.is_empty(),
                    "{layout} of {period} in {language}: {} differences\n{}",
                    differences.len(),
                    told.join("\n")
                );
                if layout == "annuale" {
                    assert!(compared > least, "only {compared} cells of {format} were compared");
                }
            }
            if layout == "annuale" && language == "it" {
                a_changed_figure_is_found_in_every_format(report, &files);
            }
        }
    }
}

/// The comparison can fail: in a report that says something else, exactly the changed cell is named.
fn a_changed_figure_is_found_in_every_format(report: Report, files: &Files) {
    let caught = |report: &Report, place: &str, formats: &[&str]| {
        for (format, compare, _) in FORMATS {
            let places: Vec<String> =
                compare(report, files).differences.into_iter().map(|one| one.place).collect();
            assert_eq!(!places.is_empty(), formats.contains(&format), "{format}: {places:?}");
            assert!(places.iter().all(|one| one == place), "{format}: {places:?} and not {place}");
        }
    };
    // Another printed text.
    let mut other = report.clone();
    let cell = other.cell_mut("usi-categoria", 0, 0);
    cell.text = cell.text.replace(['1', '2', '3'], "4");
    let key = &report.pages.iter().flat_map(|page| &page.tables).find(|table| table.id == "usi-categoria");
    let place = key.expect("the table").place(0, 0);
    caught(&other, &place, &["HTML", "CSV", "XLSX", "PDF"]);
    // The same text over another exact value: formats for reading alone cannot show it.
    let mut other = report.clone();
    let cell = other.cell_mut("usi-categoria", 0, 0);
    let Value::Number { numerator, .. } = &mut cell.value else { panic!("a count") };
    *numerator += 1;
    caught(&other, &place, &["CSV", "XLSX"]);
    // A single figure.
    let mut other = report;
    let figures = other.pages.iter_mut().flat_map(|page| &mut page.figures);
    let figure = figures.into_iter().find(|figure| figure.id == "usi-anno").expect("the figure");
    figure.cell.text.push('0');
    caught(&other, "figure usi-anno", &["HTML", "CSV", "XLSX", "PDF"]);
}

/// The layouts of the sample centre, each with a period of the length that it is written for.
fn layouts() -> Vec<(String, &'static str)> {
    let layouts: Vec<_> = entries(&example().join("reports"))
        .into_iter()
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let layout: toml::Table = fs::read_to_string(&path).expect("a layout").parse().expect("TOML");
            let period = match layout.get("period").and_then(toml::Value::as_str) {
                None | Some("year") => "2017",
                Some("half-year") => "2017-H1",
                Some("quarter") => "2017-Q2",
                Some("month") => "2017-06",
                Some(other) => panic!("{name} is written for a {other}"),
            };
            (name, period)
        })
        .collect();
    assert!(layouts.iter().any(|(name, _)| name == "annuale"), "{layouts:?}");
    layouts
}
