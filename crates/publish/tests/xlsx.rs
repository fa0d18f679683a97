//! The workbook, read back by another library.

mod common;

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use impegno_publish::{File, xlsx};
use impegno_report::document::{Block, Cell, Language, Report, RowRole, Value};

fn files(report: &Report) -> Vec<File> {
    xlsx(report).expect("a workbook")
}

fn open(file: &File) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(file.bytes.to_vec())).expect("a workbook that opens")
}

fn texts(range: &calamine::Range<Data>) -> Vec<Vec<String>> {
    range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

#[test]
fn one_sheet_a_table_and_the_differences_apart() {
    let files = files(&common::report());
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["test-2017.xlsx", "test-2017-differenze.xlsx"]);
    assert_eq!(open(&files[0]).sheet_names(), ["Indice", "cifre", "kinds", "drawn", "facts-sla-2", "testo"]);
    assert_eq!(open(&files[1]).sheet_names(), ["Indice", "cifre", "drawn"]);
}

#[test]
fn the_contents_say_where_the_figures_come_from() {
    let mut book = open(&files(&common::report())[0]);
    let said = texts(&book.worksheet_range("Indice").expect("the contents")).concat().join("\n");
    for piece in [
        "Report di prova",
        "Centro servizi di Prova",
        "Anno 2017",
        "31/01/2018, ore 09:15 UTC",
        "0123456789abcdef0123456789abcdef",
        "I dati sono ricostruiti.",
        "facts-sla-2",
        "Un valore per ogni genere",
        "Comune di Prova, Utilizzi, 2017, CC BY 4.0",
    ] {
        assert!(said.contains(piece), "`{piece}` is not in:\n{said}");
    }
}

#[test]
fn a_table_keeps_its_numbers_words_and_notes() {
    let mut book = open(&files(&common::report())[0]);
    let range = book.worksheet_range("kinds").expect("the sheet");
    let rows = texts(&range);
    assert_eq!(rows[0][0], "Un valore per ogni genere");
    assert_eq!(rows[2][0], "Un valore per ogni genere, per prova.");
    assert_eq!(rows[3], ["Voce", "Valore"]);
    let cell = |label: &str| {
        let row = rows.iter().position(|row| row[0] == label).unwrap_or_else(|| panic!("no row {label}"));
        range.get((row, 1)).cloned().expect("a cell")
    };
    assert_eq!(cell("Disponibilità, \"uptime\""), Data::Float(31_526_855.0 / 31_536_000.0));
    assert_eq!(cell("Scostamento"), Data::Float(1.471));
    assert_eq!(cell("Variazione"), Data::Float(-1.0 / 3.0));
    assert_eq!(cell("Tempo massimo"), Data::Float(7.25));
    assert_eq!(cell("Incassi < \"pagoPA\" & altri"), Data::Float(1204.05));
    assert_eq!(cell("Periodicità"), Data::String("ogni 3 mesi, <circa>".into()));
    assert_eq!(cell("Nulla"), Data::Empty);
    assert_eq!(cell("Non misurato"), Data::String("—".into()));
    assert_eq!(cell("Non misurato né detto"), Data::String("non misurato".into()));
    assert_eq!(cell("Altro"), Data::Float(12.0));
    // More digits than a spreadsheet keeps.
    assert_eq!(cell("Totale"), Data::String("170.141.183.460.469.231.731.687.303.715.884.105.727".into()));
    let under = rows.concat().join("\n");
    assert!(under.contains("non misurato: nessuna segnalazione nel periodo"), "why there is no value");
    assert!(under.contains("Un’altra nota, con <b>segni</b>."));
    assert!(under.contains("esito negativo"), "tones are explained in words");
}

#[test]
fn words_that_lead_out_are_links_and_text_has_a_sheet() {
    let files = files(&common::charter::charter());
    let mut book = open(&files[0]);
    let contacts = texts(&book.worksheet_range("caselle").expect("the sheet"));
    assert_eq!(contacts[4][..3], ["Reti", "reti@example.it\nrete.bis@example.it", "fisse e mobili"]);
    assert_eq!(contacts[5][1], "urp@example.it");
    assert_eq!(contacts[6][1], "=1+1\ndue");
    let said = texts(&book.worksheet_range("testo").expect("the sheet")).concat();
    for text in
        ["1.1.1 Parità", "Testo <b>semplice</b> & importante, sottolineato", "  4. quarto", "E così replicò."]
    {
        assert!(said.iter().any(|cell| cell.contains(text)), "{text} in {said:?}");
    }
    let mut archive =
        zip::ZipArchive::new(std::io::Cursor::new(files[0].bytes.to_vec())).expect("an archive");
    let mut addresses = String::new();
    for number in 0..archive.len() {
        let mut part = archive.by_index(number).expect("a part");
        if part.name().is_ok_and(|name| name.ends_with(".rels")) {
            std::io::Read::read_to_string(&mut part, &mut addresses).expect("text");
        }
    }
    assert!(addresses.contains("mailto:urp@example.it") && !addresses.contains("javascript"), "{addresses}");
}

#[test]
fn what_looks_like_a_formula_is_text() {
    let mut report = common::report();
    let attack = "=HYPERLINK(\"http://example.org\",\"x\")";
    for (_, block) in blocks(&mut report) {
        if let Block::Table(table) = block {
            for row in &mut table.rows {
                row.label = attack.to_owned();
                row.cells.iter_mut().for_each(|cell| *cell = Cell::words(attack));
            }
        }
    }
    for file in files(&report) {
        let mut book = open(&file);
        for name in book.sheet_names() {
            let formulas = book.worksheet_formula(&name).expect("formulas");
            assert!(formulas.is_empty(), "{name} holds a formula");
        }
        let drawn = texts(&book.worksheet_range("drawn").expect("the sheet"));
        assert_eq!(drawn[4][0], attack);
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    assert_eq!(files(&common::report()), files(&common::report()));
}

#[test]
fn the_language_is_that_of_the_report() {
    let mut report = common::report();
    report.language = Language::En;
    let names = open(&files(&report)[0]).sheet_names();
    assert_eq!(names, ["Contents", "figures", "kinds", "drawn", "facts-sla-2", "text"]);
}

#[test]
fn odd_reports_still_give_a_workbook() {
    let mut report = common::report();
    report.known_at = "ieri".into();
    report.title = "&".repeat(300);
    report.notices = vec!["x".repeat(40_000), "\u{0}\u{1f}\u{fffe}".into()];
    let pages = report.pages.clone();
    for page in &mut report.pages {
        page.slug = String::new();
    }
    report.pages.extend(pages);
    for (number, block) in blocks(&mut report) {
        if let Block::Table(table) = block {
            table.id = ["", "HISTORY", "a'b[c]:*?/\\", "🛈🛈🛈🛈🛈🛈🛈🛈🛈🛈🛈🛈🛈🛈🛈🛈🛈🛈🛈🛈"][number % 4].into();
            match number % 3 {
                0 => table.columns.clear(),
                1 => table.rows.clear(),
                _ => {
                    table.definition = "\t\r\n".into();
                    let total = table.rows[0].clone();
                    table.rows = vec![total; 3];
                    table.rows.iter_mut().for_each(|row| row.role = RowRole::Total);
                    table.rows[0].cells = vec![
                        common::cell("1 h", Value::Micros(i128::MAX)),
                        common::cell("−1 %", Value::Integer(i128::MIN)),
                    ];
                }
            }
        }
    }
    for file in files(&report) {
        let mut book = open(&file);
        for name in book.sheet_names() {
            book.worksheet_range(&name).expect("a sheet that can be read");
        }
    }
    report.pages.clear();
    assert!(files(&report).is_empty());
}

fn blocks(report: &mut Report) -> impl Iterator<Item = (usize, &mut Block)> {
    let sections = report.pages.iter_mut().flat_map(|page| &mut page.sections);
    sections.flat_map(|section| &mut section.blocks).enumerate()
}
