//! Spreadsheets as received files: what is read, and what a bad one says.

use std::io::{Cursor, Write};

use impegno_calendar::{Instant, Zone};
use impegno_facts::Facts;
use impegno_sources::{Declaration, Names, Received, Workbook, WorkbookKind, read, read_declaration};
use zip::write::{SimpleFileOptions, ZipWriter};

const TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
const RELATIONS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Leggimi" sheetId="1" state="hidden" r:id="s1"/><sheet name="Elenco" sheetId="2" r:id="s2"/></sheets></workbook>"#;
const BOOK_RELATIONS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="s1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="s2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/><Relationship Id="s3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
const STYLES: &str = r#"<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>"#;

/// A sheet of XLSX from its rows.
fn sheet(rows: &str) -> String {
    format!(
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
    )
}

fn text(cell: &str, text: &str) -> String {
    format!(r#"<c r="{cell}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).expect("a part");
        archive.write_all(text.as_bytes()).expect("its text");
    }
    archive.finish().expect("an archive").into_inner()
}

fn xlsx(rows: &str) -> Vec<u8> {
    archive(&[
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELATIONS),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", BOOK_RELATIONS),
        ("xl/styles.xml", STYLES),
        ("xl/worksheets/sheet1.xml", &sheet("")),
        ("xl/worksheets/sheet2.xml", &sheet(rows)),
    ])
}

fn ods(tables: &str) -> Vec<u8> {
    let content = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"#
    );
    archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", &content),
        ("META-INF/manifest.xml", "<manifest/>"),
    ])
}

fn declaration(format: &str, more: &str) -> Declaration {
    let text = format!(
        "title = {{ it = \"Ticket\" }}\nformat = \"{format}\"\nmode = \"append\"\n{more}\nfacts = \"cases\"\n\
         kind = \"ticket\"\ncase = \"Numero\"\n[events]\nopened = \"Aperto\"\nsolved = \"Risolto\"\n\
         [dimensions]\nchannel = \"Canale\"\n"
    );
    let mut findings = Vec::new();
    let read = impegno_settings::read("d", &text, &mut findings, read_declaration);
    assert!(findings.is_empty(), "{findings:?}");
    read.expect("a declaration")
}

fn received(declaration: &Declaration, bytes: &[u8]) -> Received {
    let zone = Zone::named("Europe/Rome").expect("the zone");
    read(declaration, &Names::default(), &zone, "marzo.xlsx", bytes)
}

fn said(received: &Received) -> Vec<String> {
    let say = |finding: &impegno_findings::Finding| {
        format!(
            "{} {}: {} [{}] {}",
            finding.code.name, finding.place, finding.message, finding.hint, finding.row
        )
    };
    received.findings.iter().map(say).collect()
}

fn events(received: &Received) -> Vec<String> {
    let mut events = Vec::new();
    for facts in &received.facts {
        let Facts::Cases(cases) = facts else { panic!("cases are read") };
        for row in 0..cases.at.len() {
            let (at, line) = (Instant(cases.at[row]), cases.line[row]);
            let channel = cases.dimensions["channel"].get(row);
            events.push(format!("{line} {} {} {at} {channel}", cases.case.get(row), cases.event.get(row)));
        }
    }
    events.sort();
    events
}

fn rows() -> String {
    let head = [text("A3", "Numero"), text("B3", "Aperto"), text("C3", "Risolto"), text("D3", "Canale")];
    format!(
        "<row r=\"1\">{}</row><row r=\"3\">{}</row>\
         <row r=\"4\"><c r=\"A4\"><v>1001</v></c><c r=\"B4\" s=\"1\"><v>45717.375</v></c>\
         <c r=\"C4\" s=\"1\"><v>45717.416666666664</v></c>{}{}</row>\
         <row r=\"6\"><c r=\"A6\"><v>1002</v></c><c r=\"B6\" s=\"1\"><v>45717</v></c>{}{}</row>\
         <row r=\"7\"><c r=\"A7\"><v>1003</v></c>{}</row>",
        text("A1", "Elenco dei ticket"),
        head.concat(),
        text("D4", "E-mail, \"nuova\"&#10;riga"),
        text("F4", "appunto"),
        text("C6", ""),
        text("D6", "Telefono"),
        text("B7", "ieri"),
    )
}

#[test]
fn cells_of_a_sheet_are_read_and_times_are_local() {
    let received = received(&declaration("xlsx", "header = 3"), &xlsx(&rows()));
    assert_eq!(
        events(&received),
        [
            "4 1001 opened 2025-03-01T08:00:00Z E-mail, \"nuova\" riga",
            "4 1001 solved 2025-03-01T09:00:00Z E-mail, \"nuova\" riga",
            "6 1002 opened 2025-02-28T23:00:00Z Telefono",
        ]
    );
    assert_eq!(
        said(&received),
        ["bad-value marzo.xlsx, Elenco!B7: `ieri` is not a time [the declaration says `iso`] 1003,ieri,,"]
    );
    assert_eq!((received.rows, received.accepted, received.rejected), (3, 2, 1));
}

#[test]
fn times_of_cells_and_times_in_texts_stand_in_one_column() {
    let mixed = rows().replace("ieri", "01/03/2025 10:30");
    let declared = declaration("xlsx", "header = 3\nsheet = \"Elenco\"\ntime = \"gg/mm/aaaa HH:MM\"");
    let received = received(&declared, &xlsx(&mixed));
    assert_eq!(events(&received).last().expect("events"), "7 1003 opened 2025-03-01T09:30:00Z ");
    assert_eq!(events(&received).len(), 4);
}

#[test]
fn an_open_document_gives_the_same() {
    let tables = r#"<table:table table:name="Note"><table:table-row><table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row></table:table>
        <table:table table:name="Elenco"><table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="1024"/></table:table-row>
        <table:table-row><table:table-cell office:value-type="string"><text:p>Numero</text:p></table:table-cell><table:table-cell><text:p>Aperto</text:p></table:table-cell><table:table-cell><text:p>Risolto</text:p></table:table-cell><table:table-cell><text:p>Can<text:span>ale</text:span></text:p></table:table-cell></table:table-row>
        <table:table-row><table:table-cell office:value-type="float" office:value="1001"><text:p>1.001</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2025-03-01T09:00:00"><text:p>01/03/25</text:p></table:table-cell><table:table-cell/><table:table-cell office:value-type="string"><office:annotation><text:p>nota</text:p></office:annotation><text:p>Web &amp; app</text:p></table:table-cell></table:table-row>
        <table:table-row><table:table-cell><text:p>x</text:p></table:table-cell><table:table-cell><text:p>mai</text:p></table:table-cell></table:table-row>
        <table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>"#;
    let declared = declaration("ods", "header = 3\nsheet = \"Elenco\"");
    let received = received(&declared, &ods(tables));
    assert_eq!(events(&received), ["4 1001 opened 2025-03-01T08:00:00Z Web & app"]);
    assert!(
        said(&received)[0].starts_with("bad-value marzo.xlsx, Elenco!B5: `mai`"),
        "{:?}",
        said(&received)
    );
}

#[track_caller]
fn refused(format: &str, more: &str, bytes: &[u8], code: &str, message: &str) {
    let received = received(&declaration(format, more), bytes);
    let said = said(&received);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with(code) && said[0].contains(message), "{said:?}");
    assert_eq!((received.rows, received.accepted), (0, 0));
    assert!(received.facts.is_empty());
}

#[test]
fn a_sheet_that_is_not_there_is_named_with_the_nearest() {
    let more = "sheet = \"Elenchi\"";
    refused("xlsx", more, &xlsx(&rows()), "missing-sheet", "[did you mean `Elenco`?]");
    refused(
        "ods",
        more,
        &ods("<table:table table:name=\"Dati\"></table:table>"),
        "missing-sheet",
        "the file has: Dati",
    );
}

#[test]
fn files_that_are_no_spreadsheets_say_so() {
    for (bytes, what) in [
        (&b"Numero;Aperto\n1;2\n"[..], "it is no spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old file", "Excel 97"),
        (b"PK\x03\x04 and no more", "cannot be read"),
    ] {
        refused("xlsx", "", bytes, "unreadable-workbook", what);
        refused("ods", "", bytes, "unreadable-workbook", what);
    }
    let whole = xlsx(&rows());
    refused("xlsx", "", &whole[..whole.len() / 2], "unreadable-workbook", "cannot be read");
    refused("ods", "", &whole, "unreadable-workbook", "no part `content.xml`");
    refused("xlsx", "", &xlsx("<row r=\"1\"><c r=\"A"), "unreadable-workbook", "cannot be read");
}

#[test]
fn a_password_is_told() {
    let mut old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    old.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    refused("xlsx", "", &old, "protected-workbook", "password");
    let parts = [("content.xml", "?"), ("META-INF/manifest.xml", "<manifest:encryption-data/>")];
    refused("ods", "", &archive(&parts), "protected-workbook", "password");
}

/// Ten million spaces in a part: ten thousand bytes of file. And parts that lie about their size.
#[test]
fn an_archive_that_unfolds_to_too_much_is_not_unfolded() {
    let bomb = xlsx(&" ".repeat(50 << 20));
    assert!(bomb.len() < 100_000, "{}", bomb.len());
    refused("xlsx", "", &bomb, "oversized-workbook", "unfolds");
    let bomb = ods(&" ".repeat(50 << 20));
    refused("ods", "", &bomb, "oversized-workbook", "unfolds");
    // The directory of the archive says how large each part is: say one byte for all of them.
    let mut lying = xlsx(&" ".repeat(50 << 20));
    let mut start = 0;
    while let Some(place) = lying[start..].windows(4).position(|four| four == b"PK\x01\x02") {
        let place = start + place;
        lying[place + 24..place + 28].copy_from_slice(&[1, 0, 0, 0]);
        start = place + 4;
    }
    let received = received(&declaration("xlsx", ""), &lying);
    assert_eq!(received.findings.len(), 1, "{:?}", received.findings);
    assert!(received.findings[0].code.name.ends_with("-workbook"), "{:?}", said(&received));
}

/// Cells that one line repeats, a cell in the last corner, rows by columns.
#[test]
fn a_small_sheet_cannot_stand_for_many_cells() {
    let cell =
        "<table:table-cell table:number-columns-repeated=\"16000\"><text:p>x</text:p></table:table-cell>";
    let table = format!(
        "<table:table table:name=\"T\"><table:table-row table:number-rows-repeated=\"1000000\">{cell}</table:table-row></table:table>"
    );
    refused("ods", "", &ods(&table), "oversized-workbook", "more than 5000000 cells");
    let far: String =
        (1..=400).map(|row| format!("<row r=\"{row}\">{}</row>", text(&format!("XFD{row}"), "x"))).collect();
    refused("xlsx", "", &xlsx(&far), "oversized-workbook", "more than 5000000 cells");
    // A text that does not shrink, so that the archive itself is in order.
    let mut state: u32 = 1;
    let mut letter = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'a' + (state >> 24) as u8 % 26)
    };
    let long: String = (0..1 << 20).map(|_| letter()).collect();
    let cell = format!(
        "<table:table-cell table:number-columns-repeated=\"16000\"><text:p>{long}</text:p></table:table-cell>"
    );
    let table =
        format!("<table:table table:name=\"T\"><table:table-row>{cell}</table:table-row></table:table>");
    refused("ods", "", &ods(&table), "oversized-workbook", "more than 256 MB of text");
}

#[test]
fn the_sheets_of_a_file_are_listed() {
    let sheets = Workbook::sheets(WorkbookKind::Xlsx, "x", &xlsx(&rows())).expect("a spreadsheet");
    assert_eq!(sheets, ["Elenco"]);
    let tables = "<table:table table:name=\"A\"/><table:table table:name=\"B &amp; C\"></table:table>";
    let sheets = Workbook::sheets(WorkbookKind::Ods, "x", &ods(tables)).expect("a spreadsheet");
    assert_eq!(sheets, ["B & C"], "an empty element is no sheet with rows");
    assert!(Workbook::sheets(WorkbookKind::Ods, "x", b"").is_err());
}

#[test]
fn an_empty_sheet_is_told() {
    refused("xlsx", "", &xlsx(""), "empty-file", "`Elenco` is empty");
}

#[test]
fn keys_of_text_files_are_unknown_for_spreadsheets() {
    let text = "title = { it = \"x\" }\nformat = \"xlsx\"\nmode = \"append\"\nseparator = \";\"\nfacts = \"operations\"\n\
                kind = \"use\"\nid = \"a\"\nat = \"b\"\n";
    let mut findings = Vec::new();
    impegno_settings::read("d", text, &mut findings, read_declaration);
    assert_eq!(findings.len(), 1);
    assert!(findings[0].message.contains("separator"), "{findings:?}");
}

#[test]
fn hidden_sheets_are_passed_over_unless_they_are_named() {
    let row = |cells: &[&str]| {
        let cells: String = cells
            .iter()
            .map(|text| format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>"))
            .collect();
        format!("<table:table-row>{cells}</table:table-row>")
    };
    let head = row(&["Numero", "Aperto", "Risolto", "Canale"]);
    let content = format!(
        r#"<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:style="s"><office:automatic-styles><style:style style:name="ta1" style:family="table"><style:table-properties table:display="false"/></style:style><style:style style:name="ta2" style:family="table"><style:table-properties table:display="true"/></style:style></office:automatic-styles><office:body><office:spreadsheet><table:table table:name="Bozza" table:style-name="ta1">{head}{}</table:table><table:table table:name="Elenco" table:style-name="ta2">{head}{}</table:table></office:spreadsheet></office:body></office:document-content>"#,
        row(&["9", "2025-03-09", "", "x"]),
        row(&["1", "2025-03-01", "", "x"]),
    );
    let book = archive(&[("content.xml", &content), ("META-INF/manifest.xml", "<manifest/>")]);
    assert_eq!(Workbook::sheets(WorkbookKind::Ods, "a.ods", &book).expect("a spreadsheet"), ["Elenco"]);
    let first = received(&declaration("ods", ""), &book);
    assert_eq!(events(&first), ["2 1 opened 2025-02-28T23:00:00Z x"], "{:?}", said(&first));
    let named = received(&declaration("ods", "sheet = \"Bozza\""), &book);
    assert_eq!(events(&named), ["2 9 opened 2025-03-08T23:00:00Z x"], "{:?}", said(&named));
}

#[test]
fn numbers_of_formulas_have_the_digits_that_are_shown() {
    let heads = [text("A1", "Numero"), text("B1", "Aperto"), text("C1", "Risolto"), text("D1", "Canale")];
    let book = xlsx(&format!(
        "<row r=\"1\">{}</row><row r=\"2\"><c r=\"A2\"><v>9007199254740991</v></c>\
         <c r=\"B2\" s=\"1\"><v>45717</v></c><c r=\"D2\"><f>1.1*3</f><v>3.3000000000000003</v></c></row>",
        heads.concat()
    ));
    let found = received(&declaration("xlsx", "decimal = \".\""), &book);
    assert_eq!(events(&found), ["2 9007199254740991 opened 2025-02-28T23:00:00Z 3.3"]);
    let heads: String = ["Numero", "Aperto", "Risolto", "Canale"]
        .map(|head| format!("<table:table-cell><text:p>{head}</text:p></table:table-cell>"))
        .concat();
    let book = ods(&format!(
        r#"<table:table table:name="E"><table:table-row>{heads}</table:table-row><table:table-row><table:table-cell office:value-type="float" office:value="12345678901234567890"/><table:table-cell office:value-type="date" office:date-value="2025-03-01"/><table:table-cell/><table:table-cell office:value-type="float" office:value="3.3000000000000003"/></table:table-row></table:table>"#
    ));
    let found = received(&declaration("ods", "decimal = \".\""), &book);
    assert_eq!(events(&found), ["2 12345678901234567890 opened 2025-02-28T23:00:00Z 3.3"]);
}
