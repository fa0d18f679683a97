//! What the document promises, checked in the file: tags, heads of tables, language, alternative texts,
//! standards, the same bytes each time.

#[allow(dead_code, reason = "not every part of the small report is used here")]
#[path = "../../publish/tests/common/mod.rs"]
mod common;
mod tagged;

use common::charter::charter;
use common::{cell, report, row, table};
use impegno_paper::pdf;
use impegno_report::document::{
    Block, Cell, Chart, ChartKind, Language, Page, Passage, Report, RowRole, Section, Tone, Value,
};
use lopdf::{Document, Object};
use tagged::{Node, string, tree};

fn bytes(report: &Report) -> Vec<u8> {
    pdf(report).expect("a document").bytes.into_owned()
}

fn read(report: &Report) -> Document {
    Document::load_mem(&bytes(report)).expect("the file can be read")
}

/// The small report with a drawing in every manner.
fn drawn() -> Report {
    let mut report = report();
    let kinds = [ChartKind::Bars, ChartKind::Columns, ChartKind::Lines, ChartKind::Shares];
    let blocks = kinds.map(|kind| Block::Table(common::drawn(kind)));
    report.pages[0].sections.push(Section::new("disegni", "Disegni", blocks.into()));
    report
}

#[test]
fn the_file_is_named_by_layout_and_period() {
    assert_eq!(pdf(&report()).expect("a document").path, "test-2017.pdf");
}

#[test]
fn the_file_says_language_title_date_and_standards() {
    let document = read(&report());
    let catalog = document.catalog().expect("a catalogue");
    assert_eq!(string(catalog.get(b"Lang").expect("a language")), "it-IT");
    let mark = catalog.get_deref(b"MarkInfo", &document).and_then(Object::as_dict).expect("tagged");
    assert_eq!(mark.get(b"Marked").and_then(Object::as_bool).ok(), Some(true));
    let view = catalog.get_deref(b"ViewerPreferences", &document).and_then(Object::as_dict).expect("a view");
    assert_eq!(view.get(b"DisplayDocTitle").and_then(Object::as_bool).ok(), Some(true));
    assert!(catalog.has(b"Outlines"), "bookmarks");

    let metadata = catalog.get_deref(b"Metadata", &document).and_then(Object::as_stream).expect("metadata");
    let metadata = String::from_utf8(metadata.get_plain_content().expect("readable")).expect("UTF-8");
    for said in [
        "<pdfuaid:part>1</pdfuaid:part>",
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "Report di prova, Anno 2017 – Centro servizi di Prova",
        "2018-01-31T09:15:00Z",
    ] {
        assert!(metadata.contains(said), "{said} in {metadata}");
    }

    let english = Report { language: Language::En, ..report() };
    let document = read(&english);
    assert_eq!(string(document.catalog().expect("a catalogue").get(b"Lang").expect("a language")), "en-GB");
}

#[test]
fn all_fonts_are_inside() {
    let document = read(&drawn());
    let mut names = Vec::new();
    for object in document.objects.values() {
        let Ok(descriptor) = object.as_dict() else { continue };
        if descriptor.has_type(b"FontDescriptor") {
            let inside = [b"FontFile".as_slice(), b"FontFile2", b"FontFile3"];
            assert!(inside.iter().any(|key| descriptor.has(key)), "{descriptor:?}");
            names.extend(descriptor.get(b"FontName").and_then(Object::as_name).map(<[u8]>::to_vec));
        }
    }
    let names: Vec<String> = names.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    assert!(names.iter().any(|name| name.contains("Titillium")), "{names:?}");
    assert!(names.iter().all(|name| name.contains("Titillium") || name.contains("DejaVu")), "{names:?}");
}

#[test]
fn the_tree_of_tags() {
    // The proof with two hundred rows would fill the snapshot: three say the same.
    let mut report = report();
    for table in report.pages.iter_mut().flat_map(|page| &mut page.sections).flat_map(|one| &mut one.blocks) {
        if let Block::Table(table) = table {
            table.rows.retain(|row| {
                !row.key.starts_with("caso-") || row.key.as_str() < "caso-3" && row.key.len() == 6
            });
        }
    }
    insta::assert_snapshot!(tree(&read(&report)).outline());
}

#[test]
fn tables_have_captions_and_header_cells_with_scopes() {
    let root = tree(&read(&report()));
    let tables = root.of("Table");
    assert_eq!(tables.len(), 3, "two of the report and one of the proof, none of the differences");
    for table in tables {
        assert_eq!(table.children.first().map(|child| child.tag.as_str()), Some("Caption"));
        let scopes: Vec<Option<&str>> = table.of("TH").iter().map(|head| head.scope.as_deref()).collect();
        assert!(scopes.contains(&Some("Column")) && scopes.contains(&Some("Row")), "{scopes:?}");
        assert!(scopes.iter().all(Option::is_some), "{scopes:?}");
        for row in table.of("TR") {
            let cells: Vec<&str> = row.children.iter().map(|cell| cell.tag.as_str()).collect();
            assert_eq!(cells.first(), Some(&"TH"), "every row begins with its heading: {cells:?}");
        }
    }
}

#[test]
fn the_tree_of_tags_of_a_charter() {
    let mut charter = charter();
    charter.pages.truncate(1);
    insta::assert_snapshot!(tree(&read(&charter)).outline());
}

#[test]
fn a_document_of_words_alone_has_no_list_of_tables() {
    let mut charter = charter();
    charter.pages.truncate(1);
    assert!(tree(&read(&charter)).text.contains("Indice delle tabelle"));
    charter.pages[0].sections.pop();
    assert!(!tree(&read(&charter)).text.contains("Indice delle tabelle"));
}

/// The outline of a document that people wrote: each heading at most one step below the one before.
#[test]
fn headings_of_a_charter_have_no_gaps() {
    let root = tree(&read(&charter()));
    let outline = root.outline();
    let levels: Vec<u32> = outline
        .lines()
        .filter_map(|line| line.trim().split([' ', ':']).next()?.strip_prefix('H')?.parse().ok())
        .collect();
    assert!(levels.contains(&4) && levels.contains(&5), "{outline}");
    for pair in levels.windows(2) {
        assert!(pair[1] <= pair[0] + 1, "H{} below H{}: {outline}", pair[1], pair[0]);
    }
}

/// Only the web and mailboxes are linked to.
#[test]
fn links_of_a_charter_lead_where_they_say() {
    let document = read(&charter());
    let mut addresses = Vec::new();
    for object in document.objects.values() {
        let Ok(action) = object.as_dict() else { continue };
        if let Ok(address) = action.get(b"URI").and_then(Object::as_str) {
            addresses.push(String::from_utf8_lossy(address).into_owned());
        }
        if let Ok(action) = action.get(b"A").and_then(Object::as_dict)
            && let Ok(address) = action.get(b"URI").and_then(Object::as_str)
        {
            addresses.push(String::from_utf8_lossy(address).into_owned());
        }
    }
    addresses.sort();
    addresses.dedup();
    let expected = [
        "https://www.example.it/?a=1&b=\"2\"",
        "mailto:rete.bis@example.it",
        "mailto:reti@example.it",
        "mailto:urp@example.it",
    ];
    assert_eq!(addresses, expected);
}

#[test]
fn every_text_of_the_report_is_in_the_document() {
    for report in [drawn(), charter()] {
        every_text_is_said(&report);
    }
}

fn every_text_is_said(report: &Report) {
    let said = normal(&tree(&read(report)).text);
    for page in &report.pages[..2] {
        for section in &page.sections {
            assert!(said.contains(&normal(&section.heading())), "{}", section.title);
            for block in &section.blocks {
                match block {
                    Block::Text(text) => assert!(said.contains(&normal(text)), "{text}"),
                    Block::List(items) => {
                        items.iter().for_each(|one| assert!(said.contains(&normal(one)), "{one}"))
                    }
                    Block::Prose(passages) => {
                        for span in passages.iter().flat_map(Passage::spans) {
                            assert!(said.contains(&normal(&span.text)), "{}", span.text);
                        }
                    }
                    Block::Figures(figures) => {
                        for figure in figures {
                            for text in [&figure.label, &figure.note, &figure.cell.text] {
                                assert!(said.contains(&normal(text)), "{text}");
                            }
                        }
                    }
                    Block::Table(table) => {
                        let rows = table.rows.iter().take(60);
                        let cells =
                            rows.flat_map(|row| row.cells.iter().flat_map(said_of).chain([&row.label]));
                        let heads = table.columns.iter().map(|column| &column.label);
                        for text in
                            cells.chain(heads).chain(&table.notes).chain([&table.title, &table.definition])
                        {
                            assert!(said.contains(&normal(text)), "{text}");
                        }
                    }
                }
            }
        }
    }
    for text in report.notices.iter().chain(&report.attributions) {
        assert!(said.contains(&normal(text)), "{text}");
    }
}

/// What is printed of a cell, each word for itself.
fn said_of(cell: &Cell) -> Vec<&String> {
    match &cell.value {
        Value::Entries(entries) => entries.iter().map(|entry| &entry.text).collect(),
        _ => vec![&cell.text],
    }
}

/// Without spaces and hyphens, which lines that break add and take away.
fn normal(text: &str) -> String {
    text.chars().filter(|sign| !sign.is_whitespace() && !"-\u{ad}‐".contains(*sign)).collect()
}

#[test]
fn drawings_have_alternative_texts() {
    let root = tree(&read(&drawn()));
    let figures = root.of("Figure");
    assert_eq!(figures.len(), 5);
    for figure in figures {
        let said = figure.alternative.as_deref().unwrap_or_default();
        assert!(said.contains("Anagrafe è la prima in \"entrambi\" gli anni."), "{said}");
    }
}

#[test]
fn a_tone_is_said_by_a_sign_that_is_explained() {
    let root = tree(&read(&report()));
    for sign in ["✔", "✘", "?", "◇"] {
        assert!(root.text.contains(sign), "{sign}");
    }
    let said = normal(&root.text);
    for meaning in ["✔ esito positivo", "✘ esito negativo", "? non determinabile", "◇ dato ricostruito"]
    {
        assert!(said.contains(&normal(meaning)), "{meaning}");
    }
}

#[test]
fn figures_lead_to_their_proofs_and_proofs_back() {
    let document = read(&report());
    let mut inside = 0;
    for page in document.page_iter() {
        for annotation in document.get_page_annotations(page).expect("annotations") {
            inside += usize::from(annotation.has(b"Dest") || annotation.has(b"A"));
            assert!(annotation.has(b"Contents"), "a link says where it leads");
        }
    }
    // A cell and a single figure to the proof, the proof back to the cell; the contents.
    assert!(inside >= 3 + 5, "{inside}");
    let links = tree(&document);
    let texts: Vec<&str> = links.of("Link").iter().map(|link| link.text.as_str()).collect();
    for text in ["99,971%", "7 su 11"] {
        assert!(texts.iter().any(|one| one.contains(text)), "{text} in {texts:?}");
    }
}

#[test]
fn long_proofs_are_printed_in_part_and_say_so() {
    let said = tree(&read(&report())).text;
    assert!(said.contains("fatto numero 59") && !said.contains("fatto numero 60"));
    let sentence = "Sono stampate le prime 60 righe di 203: le altre sono nel file dati/facts-sla-2.csv.";
    assert!(normal(&said).contains(&normal(sentence)));
}

#[test]
fn the_page_of_differences_changes_no_byte() {
    let mut without = report();
    without.pages.pop();
    assert!(bytes(&report()) == bytes(&without));
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    assert!(bytes(&drawn()) == bytes(&drawn()));
    let later = Report { known_at: "2018-02-01T00:00:00Z".into(), ..drawn() };
    assert!(bytes(&drawn()) != bytes(&later));
}

#[test]
fn no_text_is_read_as_markup() {
    let odd = "#image(\"/etc/passwd\") *forte* _corsivo_ $x^2$ <etichetta> @rinvio = Titolo // nota #panic()";
    let mut report = report();
    report.title = odd.into();
    report.pages[0].sections[0].title = odd.into();
    report.pages[0].sections[0].blocks = vec![
        Block::Text(odd.into()),
        Block::Table(table(
            "odd",
            odd,
            &[("a", odd, false)],
            vec![row("r", odd, RowRole::Part, vec![Cell::words(odd)])],
        )),
    ];
    let said = normal(&tree(&read(&report)).text);
    assert!(said.matches(&normal(odd)).count() >= 6, "{said}");
}

#[test]
fn dates_and_codes_are_found_whole_and_no_sign_is_added() {
    let path = "inbox/monitoraggio-dei-sistemi/nagios-08-01-2017-00-archivio-del-mese.log, riga 15153";
    let texts = ["20/01/2026 10:15:00", "2026-01-20 10:15:00", "99,971 %", "SLA.10", "2017-001238"];
    let columns: Vec<(&str, &str, bool)> =
        texts.iter().map(|text| (*text, "Scadenza", false)).chain([("f", "Fonte", false)]).collect();
    let toned = |text: &str| Cell { tone: Tone::Bad, ..Cell::words(text) };
    let cells: Vec<Cell> = texts.iter().map(|text| toned(text)).chain([Cell::words(path)]).collect();
    let mut one = report();
    let narrow = table("t", "Casi", &columns, vec![row("r", "2017-001238 20/01/2026", RowRole::Part, cells)]);
    one.pages[0].sections[0].blocks = vec![Block::Table(narrow)];
    let root = tree(&read(&one));
    let cells: Vec<String> = root.of("TD").iter().map(|cell| cell.text.clone()).collect();
    for text in texts.iter().flat_map(|text| text.split(' ')) {
        assert!(cells.iter().any(|cell| cell.contains(text)), "`{text}` in {cells:?}");
    }
    assert!(cells.iter().any(|cell| cell.replace(' ', "") == path.replace(' ', "")), "{cells:?}");
    assert!(!root.text.contains(['\u{200b}', '\u{ad}']), "{}", root.text);
}

fn one_table(columns: usize, rows: usize, text: &str) -> Report {
    let keys: Vec<String> = (0..columns).map(|n| format!("c{n}")).collect();
    let columns: Vec<(&str, &str, bool)> = keys.iter().map(|key| (key.as_str(), text, true)).collect();
    let cells = vec![cell(text, Value::Integer(1)); columns.len()];
    let rows = (0..rows).map(|n| row(&format!("r{n}"), text, RowRole::Part, cells.clone())).collect();
    let mut one = report();
    one.pages.truncate(1);
    one.pages[0].sections =
        vec![Section::new("s", text, vec![Block::Table(table("t", text, &columns, rows))])];
    one
}

#[test]
fn tables_of_every_shape_are_set() {
    for (columns, rows) in [(0, 0), (0, 3), (3, 0), (1, 1), (14, 30), (30, 4), (60, 12), (2, 1_500)] {
        let document = read(&one_table(columns, rows, "12.345"));
        let root = tree(&document);
        let tables = root.of("Table");
        assert!(!tables.is_empty(), "{columns} × {rows}");
        for one in &tables {
            let is_head =
                |row: &&&Node| row.children.iter().all(|cell| cell.scope.as_deref() == Some("Column"));
            assert_eq!(one.of("TR").iter().filter(is_head).count(), 1, "{columns} × {rows}");
        }
        let printed: usize = tables.iter().map(|one| one.of("TR").len() - 1).sum();
        assert_eq!(printed, tables.len() * rows.min(1_000), "{columns} × {rows}");
    }
}

#[test]
fn odd_texts_are_set_and_signs_without_a_shape_are_named() {
    for (text, said) in [
        ("", ""),
        (" ", ""),
        ("cantiere \u{1F6A7} chiuso", "cantiere[U+1F6A7]chiuso"),
        ("\u{0}\u{7}\u{1b}[31m", "[U+0000][U+0007][U+001B][31m"),
        ("una\nriga\te\u{2028}altre", "unarigaealtre"),
        ("\u{e000}\u{f8ff}", "[U+E000][U+F8FF]"),
        ("عدد الخدمات", ""),
        ("שירותים 12", "12"),
        ("\u{202e}txet", "txet"),
        ("Ελλάδα, Россия, Łódź", "Ελλάδα,Россия,Łódź"),
        ("e\u{301}\u{301}\u{301}\u{301}", ""),
        ("0\u{300}", "0"),
        ("✔\u{fe0f} online", "✔online"),
    ] {
        let root = tree(&read(&one_table(2, 2, text)));
        assert!(normal(&root.text).contains(&normal(said)), "{text:?}: {}", root.text);
    }
    let long = "parola".repeat(400);
    let root = tree(&read(&one_table(3, 2, &long)));
    assert!(normal(&root.text).contains(&long));
}

#[test]
fn a_report_of_nothing_is_set() {
    let empty = Report {
        layout: String::new(),
        title: String::new(),
        subtitle: String::new(),
        centre: String::new(),
        body: None,
        cover: None,
        period: String::new(),
        period_code: String::new(),
        language: Language::En,
        known_at: "never".into(),
        ledger_head: String::new(),
        charter_version: String::new(),
        notices: Vec::new(),
        attributions: Vec::new(),
        pages: Vec::new(),
    };
    assert!(!tree(&read(&empty)).of("H1").is_empty());
    let page = Page { slug: String::new(), title: String::new(), lead: String::new(), sections: Vec::new() };
    let pages = vec![page.clone(), page.clone(), Page { slug: "prova/x".into(), ..page }];
    assert!(read(&Report { pages, ..empty }).get_pages().len() > 2);
}

#[test]
fn pages_beside_the_report_are_chapters_and_other_kinds_have_their_annex() {
    let mut report = report();
    let page = |slug: &str, title: &str| Page {
        slug: slug.into(),
        title: title.into(),
        lead: String::new(),
        sections: Vec::new(),
    };
    report.pages.insert(1, page("enti", "Gli enti"));
    report.pages.push(page("scheda/uno", "Scheda uno"));
    let root = tree(&read(&report));
    let chapters: Vec<&str> = root.of("H1").iter().map(|node| node.text.as_str()).collect();
    for title in ["Gli enti", "Allegato: prove", "Allegato: scheda"] {
        assert!(chapters.contains(&title), "{title} in {chapters:?}");
    }
    let below: Vec<&str> = root.of("H2").iter().map(|node| node.text.as_str()).collect();
    assert!(below.contains(&"Scheda uno"), "{below:?}");
}

mod any {
    use proptest::prelude::*;

    use super::*;

    /// Texts as nobody would write them.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof!["\\PC{0,30}", any::<String>(), "[ -~]{0,200}", "[\u{600}-\u{6ff}\u{5d0}-\u{5ea} ]{0,40}"]
    }

    fn tone() -> impl Strategy<Value = Tone> {
        prop::sample::select(vec![Tone::Plain, Tone::Good, Tone::Bad, Tone::Unsure, Tone::Reconstructed])
    }

    prop_compose! {
        fn any_cell()(text in text(), reason in text(), tone in tone(), kind in 0..4, n in any::<i64>()) -> Cell {
            let value = match kind {
                0 => Value::Empty,
                1 => Value::Text(text.clone()),
                2 => Value::Integer(i128::from(n)),
                _ => Value::NotMeasured(reason),
            };
            Cell { text, value, tone, proof: (n % 3 == 0).then(|| "prova/sla-2".to_owned()) }
        }
    }

    prop_compose! {
        fn any_table()(columns in 0usize..20, count in 0usize..25)(
            texts in prop::collection::vec(text(), columns + 4),
            cells in prop::collection::vec(prop::collection::vec(any_cell(), 0..=columns + 1), count),
            kind in prop::sample::select(vec![ChartKind::Bars, ChartKind::Columns, ChartKind::Lines, ChartKind::Shares]),
            columns in Just(columns),
        ) -> impegno_report::document::Table {
            let heads: Vec<(&str, &str, bool)> =
                texts[..columns].iter().enumerate().map(|(n, head)| ("c", head.as_str(), n % 2 == 0)).collect();
            let rows = cells
                .into_iter()
                .enumerate()
                .map(|(n, cells)| {
                    let role = [RowRole::Part, RowRole::Rest, RowRole::Total][n % 3];
                    row(&texts[n % texts.len()], &texts[(n + 1) % texts.len()], role, cells)
                })
                .collect();
            let mut one = table("t", &texts[columns], &heads, rows);
            one.definition = texts[columns + 1].clone();
            one.notes = vec![texts[columns + 2].clone()];
            one.chart =
                Some(Chart { kind, series: vec![0, 1, columns], description: texts[columns + 3].clone() });
            one
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

        /// Nothing that a report can hold keeps its document from being made.
        #[test]
        fn report_is_set(tables in prop::collection::vec(any_table(), 1..4), title in text(), instant in text()) {
            let mut one = report();
            one.title = title.clone();
            one.centre = title.clone();
            one.known_at = instant;
            one.notices = vec![title.clone()];
            one.pages[0].sections[0].title = title;
            one.pages[0].sections[0].blocks.extend(tables.into_iter().map(Block::Table));
            let made = pdf(&one);
            prop_assert!(made.is_ok(), "{}", made.err().map_or(String::new(), |error| error.to_string()));
        }
    }
}

/// Keeps the reader of tags honest: a document without a tag would pass no test above.
#[test]
fn the_reader_of_tags_reads_text() {
    let root: Node = tree(&read(&report()));
    assert!(root.text.contains("Una frase d’apertura."));
    assert!(!root.text.contains('\u{fffd}'));
}
