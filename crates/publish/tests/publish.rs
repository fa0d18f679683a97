//! What is written is complete, well formed, and the same each time.

mod common;
#[allow(dead_code, reason = "only the invented report of the example is used here")]
#[path = "../examples/preview.rs"]
mod preview;

use std::collections::{BTreeMap, BTreeSet};

use common::charter::charter;
use common::{cell, report, row, table};
use impegno_publish::{csv, html, json, leads_out, xlsx};
use impegno_report::document::{Block, Cell, Language, Passage, Report, RowRole, Value};
use serde_json::Value as Json;

/// Texts of the files by path; what fonts and workbooks hold is left out.
fn files(report: &Report) -> BTreeMap<String, String> {
    let files: Vec<_> = [html(report), csv(report), json(report), xlsx(report).expect("a workbook")]
        .into_iter()
        .flatten()
        .collect();
    let count = files.len();
    let texts: BTreeMap<String, String> = files
        .into_iter()
        .map(|file| {
            let binary = [".woff2", ".xlsx"].iter().any(|end| file.path.ends_with(end));
            let text = if binary { vec![] } else { file.bytes.into_owned() };
            (file.path, String::from_utf8(text).expect("everything else is UTF-8"))
        })
        .collect();
    assert_eq!(texts.len(), count, "every path is used once");
    texts
}

fn reports() -> [Report; 4] {
    [report(), charter(), preview::report(Language::It), preview::report(Language::En)]
}

fn pages(files: &BTreeMap<String, String>) -> impl Iterator<Item = (&str, &str)> {
    files
        .iter()
        .filter(|(path, _)| path.ends_with(".html"))
        .map(|(path, text)| (path.as_str(), text.as_str()))
}

fn unescaped(text: &str) -> String {
    [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
    ]
    .iter()
    .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    .replace("&#38;", "&")
    .replace("&amp;", "&")
}

/// Name, attributes and whether it closes, opens or is empty.
struct Tag<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
    closes: bool,
    empty: bool,
}

impl Tag<'_> {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}

/// The tags of a page. A stray `<` or `>` or an attribute without quotes fails.
fn tags(page: &str) -> Vec<Tag<'_>> {
    let void = ["meta", "link", "path", "circle", "rect", "use"];
    let mut tags = Vec::new();
    for piece in page.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("a tag ends");
        assert!(!text.contains('>'), "a stray > in {text:?}");
        if tag.starts_with('!') {
            continue;
        }
        let closes = tag.starts_with('/');
        let tag = tag.trim_start_matches('/').trim_end();
        let closed = tag.ends_with('/');
        let tag = tag.trim_end_matches('/');
        let (name, mut rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let mut attributes = Vec::new();
        while !rest.trim().is_empty() {
            rest = rest.trim_start();
            let end = rest.find(['=', ' ']).unwrap_or(rest.len());
            let attribute = &rest[..end];
            if let Some(value) = rest[end..].strip_prefix("=\"") {
                let (value, after) = value.split_once('"').expect("quotes are closed");
                attributes.push((attribute, value));
                rest = after;
            } else {
                assert!(!rest[end..].starts_with('='), "{attribute} of {name} has no quotes");
                attributes.push((attribute, ""));
                rest = &rest[end..];
            }
        }
        let names: BTreeSet<_> = attributes.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), attributes.len(), "an attribute stands twice in {tag}");
        tags.push(Tag { name, attributes, closes, empty: closed || void.contains(&name) });
    }
    tags
}

#[test]
fn pages_of_a_small_report() {
    let files = files(&report());
    insta::assert_snapshot!("index_html", files["index.html"]);
    let proof = &files["prova/sla-2.html"];
    let (head, _) = proof.split_once("<tbody").expect("a table");
    let (_, foot) = proof.split_once("</tbody>").expect("a table");
    insta::assert_snapshot!("proof_html_without_rows", format!("{head}…{foot}"));
}

#[test]
fn data_of_a_small_report() {
    let files = files(&report());
    insta::assert_snapshot!("kinds_csv", files["dati/kinds.csv"]);
    insta::assert_snapshot!("figures_csv", files["dati/cifre.csv"]);
    insta::assert_snapshot!("readme", files["dati/LEGGIMI.md"]);
    insta::assert_snapshot!("report_json", files["dati/report.json"]);
}

#[test]
fn pages_and_data_of_a_small_charter() {
    let files = files(&charter());
    let page = &files["index.html"];
    let (from, to) = (page.find("<header").expect("its begin"), page.find("</main>").expect("its end"));
    insta::assert_snapshot!("charter_html", &page[from..to]);
    insta::assert_snapshot!("charter_json", files["dati/report.json"]);
    insta::assert_snapshot!("directory_csv", files["dati/caselle.csv"]);
}

/// The title of the page is the only `h1`, and no heading is more than one step below the one before.
#[test]
fn the_outline_has_no_gaps() {
    for report in reports() {
        for (path, page) in pages(&files(&report)) {
            let main = page.split("<footer").next().expect("what stands before the footer");
            let levels: Vec<u32> = tags(main)
                .iter()
                .filter(|tag| !tag.closes)
                .filter_map(|tag| tag.name.strip_prefix('h').and_then(|level| level.parse().ok()))
                .collect();
            assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1, "{path}");
            for pair in levels.windows(2) {
                assert!(pair[1] <= pair[0] + 1, "{path}: h{} below h{}", pair[1], pair[0]);
            }
        }
    }
}

#[test]
fn a_page_of_written_text_is_read_back() {
    for report in reports() {
        let files = files(&report);
        let read = impegno_publish::read_page(files["dati/report.json"].as_bytes()).expect("a page");
        assert_eq!(read, report.pages[0]);
    }
}

#[test]
fn the_list_of_files() {
    let files: Vec<String> = files(&report()).into_keys().collect();
    insta::assert_snapshot!(files.join("\n"), @r"
    assets/LICENSE-bootstrap-italia.txt
    assets/LICENZE.txt
    assets/bootstrap-italia.css
    assets/fonts/OFL.txt
    assets/fonts/titillium-web-400-italic.woff2
    assets/fonts/titillium-web-400.woff2
    assets/fonts/titillium-web-600.woff2
    assets/fonts/titillium-web-700.woff2
    assets/fonts/titillium-web.css
    assets/impegno.css
    dati/LEGGIMI.md
    dati/cifre-differenze.csv
    dati/cifre.csv
    dati/differenze.json
    dati/drawn-2.csv
    dati/drawn.csv
    dati/facts-sla-2.csv
    dati/kinds.csv
    dati/prova-sla-2.json
    dati/report.json
    dati/report.schema.json
    differenze.html
    index.html
    prova/sla-2.html
    test-2017-differenze.xlsx
    test-2017.xlsx
    ");
}

#[test]
fn every_text_of_the_report_is_in_its_page() {
    for report in reports() {
        let files = files(&report);
        for (number, page) in report.pages.iter().enumerate() {
            let path = if number == 0 { "index.html".to_owned() } else { format!("{}.html", page.slug) };
            // Cells stand between tags: looking for the text with its borders finds short ones too.
            let html = unescaped(&files[&path].replace('<', "\n<").replace('>', ">\n"));
            let lines: BTreeSet<&str> = html.lines().map(str::trim).collect();
            let has = |text: &str| text.is_empty() || lines.contains(text.trim()) || text.contains('\n');
            let proof = page.slug.starts_with("prova/");
            for section in &page.sections {
                assert!(has(&section.heading()), "{path}: {}", section.title);
                for block in &section.blocks {
                    match block {
                        Block::Text(text) => assert!(html.contains(text.as_str()), "{path}: {text}"),
                        Block::List(items) => {
                            items.iter().for_each(|item| assert!(has(item), "{path}: {item}"))
                        }
                        Block::Prose(passages) => {
                            for span in passages.iter().flat_map(Passage::spans) {
                                let said = unescaped(&files[&path]);
                                assert!(said.contains(&span.text), "{path}: {}", span.text);
                            }
                        }
                        Block::Figures(figures) => figures.iter().for_each(|figure| {
                            assert!(
                                has(&figure.label) && has(&figure.note) && has(&figure.cell.text),
                                "{}",
                                figure.id
                            );
                        }),
                        Block::Table(table) => {
                            assert!(has(&table.title) && has(&table.definition) && has(&table.row_heading));
                            table
                                .columns
                                .iter()
                                .for_each(|column| assert!(has(&column.label), "{}", column.label));
                            // Text with signs of HTML is split by the line breaks above.
                            table
                                .notes
                                .iter()
                                .for_each(|note| assert!(unescaped(&files[&path]).contains(note.as_str())));
                            let most = if proof { 200 } else { usize::MAX };
                            for row in table.rows.iter().take(most) {
                                let texts = row.cells.iter().flat_map(said);
                                for text in texts.chain([row.label.as_str()]) {
                                    let found =
                                        has(text) || unescaped(&files[&path]).contains(&format!(">{text}<"));
                                    assert!(found, "{path}: {text} of {}", row.key);
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn pages_are_well_formed() {
    for report in reports() {
        let files = files(&report);
        for (path, page) in pages(&files) {
            let mut open = Vec::new();
            let mut ids = BTreeSet::new();
            let mut level = 0;
            let mut first_headings = 0;
            for tag in tags(page) {
                if let Some(id) = tag.attribute("id") {
                    assert!(ids.insert(id.to_owned()), "{path}: id {id} stands twice");
                }
                if tag.closes {
                    assert_eq!(open.pop(), Some(tag.name), "{path}: closed out of order");
                } else if !tag.empty {
                    open.push(tag.name);
                }
                if let (false, Some(heading)) =
                    (tag.closes, tag.name.strip_prefix('h').and_then(|n| n.parse::<u8>().ok()))
                {
                    assert!(heading <= level + 1, "{path}: h{heading} after h{level}");
                    level = heading;
                    first_headings += u8::from(heading == 1);
                }
            }
            assert!(open.is_empty(), "{path}: {open:?} left open");
            assert_eq!(first_headings, 1, "{path}");
            for (place, part) in ["<main", "<header", "<footer", "<nav"].iter().enumerate() {
                assert!(page.contains(part), "{path}: part {place}");
            }
        }
    }
}

#[test]
fn every_link_leads_somewhere() {
    for report in reports() {
        let files = files(&report);
        let ids: BTreeSet<String> = pages(&files)
            .flat_map(|(path, page)| {
                tags(page)
                    .into_iter()
                    .filter_map(move |tag| tag.attribute("id").map(|id| format!("{path}#{id}")))
            })
            .collect();
        for (path, page) in pages(&files) {
            for tag in tags(page) {
                let Some(href) = tag.attribute("href").filter(|href| *href != "data:,") else { continue };
                if leads_out(href) {
                    assert_eq!(tag.name, "a", "{path}: {href}");
                    continue;
                }
                let (file, anchor) =
                    href.split_once('#').map_or((href, None), |(file, anchor)| (file, Some(anchor)));
                let target = match (file, file.strip_prefix("../")) {
                    ("", _) => path,
                    (_, Some(rest)) => rest,
                    (_, None) => {
                        assert!(!path.contains('/'), "{path}: {href} starts in the wrong folder");
                        file
                    }
                };
                // The document is written by `impegno-paper`, under this name.
                let document = impegno_publish::pdf_path(&report);
                assert!(files.contains_key(target) || target == document, "{path} leads to {href}");
                if let Some(anchor) = anchor {
                    assert!(ids.contains(&format!("{target}#{anchor}")), "{path} leads to {href}");
                }
            }
        }
        for (path, css) in files.iter().filter(|(path, _)| path.ends_with("titillium-web.css")) {
            let folder = path.rsplit_once('/').expect("fonts have a folder").0;
            for font in css.split("url(").skip(1).filter_map(|rest| rest.split_once(')')) {
                assert!(files.contains_key(&format!("{folder}/{}", font.0)), "{}", font.0);
            }
        }
    }
}

#[test]
fn ids_that_are_referred_to_exist() {
    for report in reports() {
        let files = files(&report);
        for (path, page) in pages(&files) {
            let tags = tags(page);
            let ids: BTreeSet<&str> = tags.iter().filter_map(|tag| tag.attribute("id")).collect();
            for name in ["aria-labelledby", "aria-describedby"] {
                for value in tags.iter().filter_map(|tag| tag.attribute(name)) {
                    value.split(' ').for_each(|id| assert!(ids.contains(id), "{path}: {name} {id}"));
                }
            }
            for fill in tags.iter().filter_map(|tag| tag.attribute("fill")) {
                if let Some(id) = fill.strip_prefix("url(#").and_then(|rest| rest.strip_suffix(')')) {
                    assert!(ids.contains(id), "{path}: {fill}");
                }
            }
        }
    }
}

#[test]
fn every_class_is_in_a_style_sheet() {
    let files = files(&preview::report(Language::It));
    let charter = self::files(&charter());
    let styles = files["assets/bootstrap-italia.css"].clone() + &files["assets/impegno.css"];
    let defined: BTreeSet<&str> = styles
        .split('.')
        .skip(1)
        .map(|rest| {
            &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(0)]
        })
        .collect();
    for (path, page) in pages(&files).chain(pages(&charter)) {
        for tag in tags(page) {
            for class in tag.attribute("class").unwrap_or("").split(' ').filter(|class| !class.is_empty()) {
                // Named for readers of the source only.
                let bare = ["imp-brand-text", "imp-short", "imp-shortened", "imp-period", "it-footer"];
                assert!(
                    defined.contains(class) || bare.contains(&class),
                    "{path}: class {class} has no rule"
                );
            }
        }
    }
}

#[test]
fn pages_need_no_script_no_server_and_no_inline_style() {
    for report in reports() {
        let files = files(&report);
        for (path, page) in pages(&files) {
            let tags = tags(page);
            assert!(tags.iter().all(|tag| tag.name != "script" && tag.name != "style"), "{path}");
            assert!(tags.iter().all(|tag| tag.attribute("style").is_none()), "{path}");
            let mut outside = page.replace("http://www.w3.org/2000/svg", "");
            // What an author links to is followed by the reader, not loaded by the page.
            for href in tags.iter().filter(|tag| tag.name == "a").filter_map(|tag| tag.attribute("href")) {
                outside = outside.replace(&format!("href=\"{href}\""), "");
            }
            assert!(!outside.contains("http:") && !outside.contains("https:"), "{path}");
        }
        let styles = files.iter().filter(|(path, _)| path.ends_with(".css"));
        for (path, css) in styles {
            let urls = css.split("url(").skip(1);
            assert!(urls.into_iter().all(|url| !url.trim_start_matches('"').starts_with("http")), "{path}");
            assert!(!css.contains("@import"), "{path}");
        }
    }
}

#[test]
fn long_proofs_are_printed_in_part_and_kept_whole_in_the_csv() {
    let files = files(&report());
    let page = &files["prova/sla-2.html"];
    assert!(page.contains("fatto numero 199<") && !page.contains("fatto numero 200<"));
    assert!(page.contains("Sono stampate le prime 200 righe di 203"));
    assert_eq!(files["dati/facts-sla-2.csv"].lines().count(), 204);
    // Tables of the report itself are always printed whole.
    let mut long = report();
    let rows =
        (0..300).map(|n| row(&n.to_string(), &format!("riga {n}"), RowRole::Part, vec![Cell::empty()]));
    long.pages[0].sections[0].blocks.push(Block::Table(table(
        "long",
        "Lunga",
        &[("a", "A", true)],
        rows.collect(),
    )));
    assert!(html(&long)[0].bytes.windows(8).any(|text| text == b"riga 299"));
}

#[test]
fn csv_reads_back_to_the_same_values() {
    for report in reports() {
        let files = files(&report);
        let mut seen = BTreeSet::new();
        for (slug, table) in report.tables() {
            let mut path = format!("dati/{}.csv", table.id);
            if !seen.insert(path.clone()) {
                assert_eq!(slug, "differenze");
                path = format!("dati/{}-2.csv", table.id);
            }
            let mut reader = ::csv::Reader::from_reader(files[&path].as_bytes());
            let header: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
            assert_eq!(header[..3], ["row_key", "row_label", "row_role"]);
            let records: Vec<::csv::StringRecord> =
                reader.records().map(|record| record.expect("sound")).collect();
            assert_eq!(records.len(), table.rows.len());
            for (record, row) in records.iter().zip(&table.rows) {
                assert_eq!((&record[0], &record[1]), (row.key.as_str(), row.label.as_str()));
                for (place, (column, cell)) in table.columns.iter().zip(&row.cells).enumerate() {
                    let at = 3 + 2 * place;
                    assert_eq!(header[at], column.key);
                    assert_eq!(header[at + 1], format!("{}_printed", column.key));
                    let missing = cell.text.is_empty() && matches!(cell.value, Value::NotMeasured(_));
                    assert_eq!(&record[at + 1], if missing { "non misurato" } else { cell.text.as_str() });
                    assert_same(&record[at], &cell.value);
                }
            }
        }
    }
}

/// What is printed of a cell, each word for itself.
fn said(cell: &Cell) -> Vec<&str> {
    match &cell.value {
        Value::Entries(entries) => entries.iter().map(|entry| entry.text.as_str()).collect(),
        _ => vec![&cell.text],
    }
}

/// A decimal as a count of 10⁻⁹.
fn billionths(text: &str) -> i128 {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    assert!(decimals.len() <= 9 && !text.contains(','));
    format!("{whole}{decimals:0<9}").parse().expect("a number")
}

fn assert_same(written: &str, value: &Value) {
    match value {
        Value::Empty | Value::NotMeasured(_) => assert_eq!(written, ""),
        Value::Text(text) => assert_eq!(written, text),
        Value::Entries(entries) => {
            assert_eq!(written, entries.iter().map(|entry| &*entry.text).collect::<Vec<_>>().join("|"));
        }
        Value::Integer(n) => assert_eq!(written.parse(), Ok(*n)),
        Value::Micros(n) => assert_eq!(billionths(written), n * 1_000),
        Value::Cents(n) => assert_eq!(billionths(written), n * 10_000_000),
        // |written − n/d| ≤ ½ · 10⁻⁹
        Value::Ratio { numerator, denominator, .. } => {
            let off = (billionths(written) * denominator - numerator * 1_000_000_000).abs();
            assert!(2 * off <= *denominator, "{written} is not {numerator}/{denominator}");
        }
    }
}

#[test]
fn json_follows_its_schema() {
    for report in reports() {
        let files = files(&report);
        let schema: Json = serde_json::from_str(&files["dati/report.schema.json"]).expect("sound");
        let pages =
            files.iter().filter(|(path, _)| path.ends_with(".json") && !path.ends_with("schema.json"));
        for (path, text) in pages {
            let document: Json = serde_json::from_str(text).expect("sound");
            if let Err(error) = follows(&document, &schema, &schema) {
                panic!("{path}: {error}");
            }
        }
    }
    // The check would notice.
    let schema = serde_json::json!({ "type": "object", "required": ["a"], "properties": {} });
    assert!(follows(&serde_json::json!({}), &schema, &schema).is_err());
}

/// The part of JSON Schema that the schema uses; another word of it fails.
fn follows(value: &Json, schema: &Json, root: &Json) -> Result<(), String> {
    let rules = schema.as_object().expect("a schema is an object");
    for (rule, wanted) in rules {
        let fits = match rule.as_str() {
            "$schema" | "$id" | "$defs" | "title" | "description" => true,
            "$ref" => {
                let name = wanted.as_str().and_then(|name| name.strip_prefix("#/$defs/")).expect("a name");
                return follows(value, &root["$defs"][name], root)
                    .map_err(|error| format!("{name}: {error}"));
            }
            "type" => match wanted.as_str() {
                Some("object") => value.is_object(),
                Some("array") => value.is_array(),
                Some("string") => value.is_string(),
                Some("integer") => value.is_u64(),
                Some("boolean") => value.is_boolean(),
                Some("null") => value.is_null(),
                other => panic!("type {other:?}"),
            },
            "const" => value == wanted,
            "enum" => wanted.as_array().is_some_and(|known| known.contains(value)),
            "pattern" => {
                assert_eq!(wanted, "^-?[0-9]+$");
                value.as_str().is_some_and(|text| text.parse::<i128>().is_ok())
            }
            "required" => wanted.as_array().is_some_and(|names| {
                names.iter().all(|name| value.get(name.as_str().unwrap_or("")).is_some())
            }),
            "additionalProperties" => value
                .as_object()
                .is_some_and(|object| object.keys().all(|key| rules["properties"].get(key).is_some())),
            "properties" => {
                for (key, rule) in wanted.as_object().expect("an object") {
                    if let Some(part) = value.get(key) {
                        follows(part, rule, root).map_err(|error| format!("{key}: {error}"))?;
                    }
                }
                true
            }
            "items" => {
                for item in value.as_array().into_iter().flatten() {
                    follows(item, wanted, root)?;
                }
                true
            }
            "oneOf" => wanted
                .as_array()
                .is_some_and(|some| some.iter().filter(|one| follows(value, one, root).is_ok()).count() == 1),
            other => panic!("the schema uses {other}"),
        };
        if !fits {
            return Err(format!("{rule} of {value}"));
        }
    }
    Ok(())
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for report in reports() {
        assert_eq!(files(&report), files(&report.clone()));
    }
}

#[test]
fn nothing_depends_on_the_page_of_differences() {
    for full in reports() {
        let mut empty = full.clone();
        // Its place among the pages may not matter either way, so it goes first among the annexes.
        let place = empty.pages.iter().position(|page| page.slug == "differenze").expect("it always exists");
        empty.pages[place].sections.clear();
        empty.pages[place].lead.clear();
        empty.pages[place].title = "Un altro titolo".into();
        let tables = impegno_publish::csv_paths(&full);
        let (full, empty) = (files(&full), files(&empty));
        let own = |path: &str| path.contains("differen") || tables[place].iter().any(|table| path == table);
        for (path, text) in full.iter().filter(|(path, _)| !own(path)) {
            assert_eq!(Some(text), empty.get(path), "{path} depends on the page of differences");
        }
        assert!(empty.keys().all(|path| full.contains_key(path)));
        assert_ne!(full["differenze.html"], empty["differenze.html"]);
        assert!(full["index.html"].contains("href=\"differenze.html\""));
    }
}

#[test]
fn the_page_of_differences_takes_no_name_from_others() {
    let mut report = report();
    // Even if it stands before the page whose table has the same name.
    report.pages.swap(1, 2);
    report.pages[1].sections[0].blocks.push(Block::Table(table("facts-sla-2", "Omonima", &[], vec![])));
    let files = files(&report);
    assert!(files["dati/facts-sla-2.csv"].contains("fatto numero 0"));
    assert!(files.contains_key("dati/facts-sla-2-2.csv"));
}

#[test]
fn a_proof_that_does_not_exist_is_not_linked() {
    let mut report = report();
    let cell = cell("tre", Value::Integer(3)).proven_by("prova/nessuna");
    let rows = vec![row("a", "A", RowRole::Part, vec![cell])];
    report.pages[0].sections[0].blocks.push(Block::Table(table("lone", "Sola", &[("a", "A", true)], rows)));
    let page = &files(&report)["index.html"];
    assert!(page.contains(">tre<") && !page.contains("prova/nessuna"));
}

#[test]
fn an_empty_report_is_still_written() {
    let mut report = report();
    report.pages.clear();
    assert!(html(&report).iter().all(|file| file.path.starts_with("assets/")));
    assert_eq!(json(&report).len(), 1);
    assert_eq!(csv(&report).len(), 2);
}
