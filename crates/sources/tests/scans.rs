//! Reports of OpenVAS: the nine real ones with their published figures, and files that are none.
//!
//! The reports lie in `examples/real/inbox`: OpenVAS sample reports from DefectDojo/django-DefectDojo, Copyright (c)
//! 2015-2023 DefectDojo, Inc. All rights reserved. BSD-3-Clause (text in `examples/real/licences`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use impegno_calendar::{Instant, Zone};
use impegno_facts::{CaseEvents, Facts, Operations};
use impegno_sources::{
    Declaration, Input, Names, Received, SCAN_REPORT, SCAN_RESULT, SCANNED_HOST, Stopped, read,
    read_declaration, read_pieces,
};

fn declared(format: &str, more: &str) -> (Option<Declaration>, Vec<String>) {
    let text =
        format!("title = {{ it = \"Scansioni\" }}\nmode = \"append\"\nformat = \"{format}\"\n{more}\n");
    let mut findings = Vec::new();
    let declaration = impegno_settings::read("scans.toml", &text, &mut findings, read_declaration);
    (declaration, findings.into_iter().map(|finding| finding.message).collect())
}

fn declaration(format: &str, more: &str) -> Declaration {
    let (declaration, findings) = declared(format, more);
    assert_eq!(findings, Vec::<String>::new());
    declaration.expect("a declaration")
}

fn received(declaration: &Declaration, file: &str, bytes: &[u8]) -> Received {
    let zone = Zone::named("Europe/Rome").expect("the zone");
    read(declaration, &Names::default(), &zone, file, bytes)
}

fn real(file: &str) -> Received {
    let (format, folder) = match file.rsplit_once('.') {
        Some((_, "xml")) => ("openvas-xml", "vulnerabilita-xml"),
        _ => ("openvas-csv", "vulnerabilita"),
    };
    let inbox = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/real/inbox");
    let bytes = std::fs::read(inbox.join(folder).join(file)).expect("a report");
    received(&declaration(format, "network = \"prova\""), file, &bytes)
}

/// The operations and the events of cases of a file, whatever the pieces.
fn facts(received: &Received) -> (Vec<&Operations>, Vec<&CaseEvents>) {
    let mut both = (Vec::new(), Vec::new());
    for facts in &received.facts {
        match facts {
            Facts::Operations(one) => both.0.push(one),
            Facts::Cases(one) => both.1.push(one),
            Facts::Checks(_) | Facts::Stocks(_) => panic!("scans give neither"),
        }
    }
    both
}

/// A dimension of the operations of a kind.
fn stated(received: &Received, kind: &str, dimension: &str) -> Vec<String> {
    let mut found = Vec::new();
    for operations in facts(received).0 {
        for row in 0..operations.at.len() {
            if operations.kind.get(row) == kind {
                found.push(operations.dimensions[dimension].get(row).to_owned());
            }
        }
    }
    found
}

fn messages(received: &Received) -> Vec<String> {
    received.findings.iter().map(|one| format!("{}: {}", one.code.name, one.message)).collect()
}

/// Rows, severities as written, highest score and how many are over 7.0, as counted in the files themselves.
#[test]
fn the_nine_real_reports_give_their_figures() {
    for (file, severities, highest, over, hosts) in [
        ("no_vuln.csv", &[][..], "", 0, 0),
        ("one_vuln.csv", &[("Medium", 1)], "4.3", 0, 1),
        ("many_vuln.csv", &[("High", 1), ("Low", 1), ("Medium", 2)], "9.0", 1, 1),
        ("report_using_openVAS.csv", &[("Log", 12), ("Low", 1)], "2.6", 0, 1),
        ("report_combine_v2.csv", &[("Low", 2)], "2.6", 0, 1),
        ("report_detail_v2.csv", &[("High", 1)], "9.8", 1, 1),
        ("no_vuln.xml", &[], "", 0, 0),
        ("one_vuln.xml", &[("High", 1)], "10.0", 1, 1),
        ("report_detail_v2.xml", &[("High", 1)], "9.8", 1, 1),
    ] {
        let received = real(file);
        assert_eq!(messages(&received), Vec::<String>::new(), "{file}");
        let mut words: BTreeMap<String, usize> = BTreeMap::new();
        for word in stated(&received, SCAN_RESULT, "severity") {
            *words.entry(word).or_default() += 1;
        }
        let expected = severities.iter().map(|(word, count)| ((*word).to_owned(), *count)).collect();
        assert_eq!(words, expected, "{file}");
        let scores = stated(&received, SCAN_RESULT, "cvss");
        let tenths = |text: &String| text.replace('.', "").parse::<u32>().expect("a score with one decimal");
        let most = scores.iter().max_by_key(|score| tenths(score)).cloned().unwrap_or_default();
        assert_eq!(most, highest, "{file}");
        assert_eq!(scores.iter().filter(|score| tenths(score) > 70).count(), over, "{file}");
        let different: BTreeSet<String> = stated(&received, SCAN_RESULT, "host").into_iter().collect();
        assert_eq!(different.len(), hosts, "{file}");
    }
}

#[test]
fn single_facts_of_the_real_reports() {
    let one = real("one_vuln.csv");
    assert_eq!(stated(&one, SCAN_RESULT, "host"), ["10.0.0.8"]);
    assert_eq!(stated(&one, SCAN_RESULT, "service"), ["22/tcp"]);
    assert_eq!(stated(&one, SCAN_RESULT, "scan"), ["one_vuln"]);
    let many = real("many_vuln.csv");
    assert_eq!(stated(&many, SCAN_RESULT, "band"), ["low", "medium", "medium", "critical"]);
    assert_eq!(stated(&many, SCAN_RESULT, "cves"), ["0", "0", "2", "0"]);
    assert_eq!(stated(&many, SCAN_RESULT, "service"), ["general", "9200/tcp", "9200/tcp", "9200/tcp"]);
    for detail in ["report_detail_v2.csv", "report_detail_v2.xml"] {
        let detail = real(detail);
        assert_eq!(stated(&detail, SCAN_RESULT, "cves"), ["93"]);
        assert_eq!(stated(&detail, SCAN_RESULT, "test"), ["1.3.6.1.4.1.25623.1.0.836484"]);
        assert_eq!(stated(&detail, SCAN_RESULT, "service"), ["42/tcp"]);
    }
    // Of a host with an address the name is not kept, nor any free text.
    for (operations, cases) in [facts(&many), facts(&real("one_vuln.xml"))]
        .map(|both| format!("{both:?}"))
        .map(|text| (text.contains("LOGSRV"), text.contains("Firefox") || text.contains("timestamps")))
    {
        assert!(!operations && !cases);
    }
}

#[test]
fn two_rows_of_one_result_are_one_finding_seen_twice() {
    let combined = real("report_combine_v2.csv");
    let (operations, cases) = facts(&combined);
    assert_eq!(operations[0].at.len(), 2);
    let ids: BTreeSet<&str> = operations[0].id.iter().collect();
    assert_eq!(ids.len(), 2, "each row is a record");
    let prints: BTreeSet<_> = cases[0].fingerprints().into_iter().map(|print| print.identity).collect();
    assert_eq!(prints.len(), 1, "and both are one event of one case");
}

#[test]
fn times_carry_z_or_an_offset() {
    let at = |file: &str| {
        let received = real(file);
        let (operations, _) = facts(&received);
        Instant(operations[0].at[0]).to_string()
    };
    assert_eq!(at("one_vuln.csv"), "2021-02-25T20:01:27Z");
    assert_eq!(at("report_detail_v2.csv"), "2025-08-22T14:27:22Z");
    assert_eq!(at("report_detail_v2.xml"), "2025-08-22T14:55:31Z");
}

#[test]
fn the_xml_says_which_hosts_were_scanned_and_when() {
    let one = real("one_vuln.xml");
    assert_eq!(stated(&one, SCANNED_HOST, "host"), ["10.0.101.2"]);
    assert_eq!(stated(&one, SCAN_REPORT, "status"), ["Done"]);
    assert_eq!(stated(&one, SCAN_REPORT, "listed"), [""], "only hosts with results are listed");
    let none = real("no_vuln.xml");
    assert_eq!(stated(&none, SCANNED_HOST, "host"), Vec::<String>::new());
    assert_eq!(stated(&none, SCAN_REPORT, "scan"), ["no_vuln"]);
}

/// A report of two hosts, of which one has a result.
const REPORT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<report id="a"><task id="t"><name>rete pubblica</name></task><report id="b">
<filters><term>min_qod=70 result_hosts_only=0</term></filters>
<scan_run_status>Done</scan_run_status><timestamp>2025-04-10T09:00:00Z</timestamp><scan_start>2025-04-10T09:01:00Z</scan_start>
<results start="1" max="-1">
<result id="r1"><name>x &amp; y</name><creation_time>2025-04-10T09:30:00+02:00</creation_time>
<host>10.0.0.1<asset/><hostname>pc-di-nessuno</hostname></host><port>443/tcp</port>
<nvt oid="1.3.6.1"><cvss_base>7.1</cvss_base><refs><ref type="cve" id="CVE-1"/><ref type="url" id="u"/></refs></nvt>
<threat>High</threat><severity>7.1</severity><qod><value>80</value></qod><description>testo libero</description></result>
<result id="r2"><host>10.0.0.1</host><port>general/tcp</port><nvt oid="1.3.6.2"/><threat>False Positive</threat><severity>-1.0</severity></result>
</results>
<host><ip>10.0.0.1</ip><start>2025-04-10T09:02:00Z</start><end>2025-04-10T09:20:00Z</end><detail><name>OS</name><value>x</value></detail></host>
<host><ip>10.0.0.2</ip><start>2025-04-10T09:03:00Z</start></host>
</report></report>
"#;

fn xml(text: &str) -> Received {
    received(&declaration("openvas-xml", "network = \"pubblica\""), "aprile.xml", text.as_bytes())
}

#[test]
fn hosts_without_findings_count_as_scanned() {
    let report = xml(REPORT);
    assert_eq!(messages(&report), Vec::<String>::new());
    assert_eq!(stated(&report, SCANNED_HOST, "host"), ["10.0.0.1", "10.0.0.2"]);
    assert_eq!(stated(&report, SCAN_REPORT, "listed"), ["all"]);
    assert_eq!(stated(&report, SCAN_RESULT, "cvss"), ["7.1"]);
    assert_eq!(stated(&report, SCAN_RESULT, "cves"), ["1"]);
    assert_eq!((report.rows, report.accepted, report.ignored, report.rejected), (4, 3, 1, 0));
    let (operations, _) = facts(&report);
    let all = format!("{operations:?}");
    assert!(!all.contains("nessuno") && !all.contains("testo"), "{all}");
    assert_eq!(operations[0].line[0], 6);
}

/// A report that lists only hosts with results does not say how many there were, though one has false positives only.
#[test]
fn a_host_with_false_positives_only_is_no_sign_of_a_whole_list() {
    let text =
        REPORT.replace(" result_hosts_only=0", "").replace("<host>10.0.0.1</host>", "<host>10.0.0.2</host>");
    let report = xml(&text);
    assert_eq!(stated(&report, SCANNED_HOST, "host"), ["10.0.0.1", "10.0.0.2"]);
    assert_eq!(stated(&report, SCAN_REPORT, "listed"), [""]);
}

/// An address is written in several ways; the host is one.
#[test]
fn an_address_has_one_form() {
    let report = xml(&REPORT
        .replace(">10.0.0.1<asset", ">2001:DB8::1<asset")
        .replace("<ip>10.0.0.1<", "<ip>2001:db8:0::1<"));
    assert_eq!(stated(&report, SCAN_RESULT, "host"), ["2001:db8::1"]);
    assert_eq!(stated(&report, SCANNED_HOST, "host"), ["2001:db8::1", "10.0.0.2"]);
    let table = rows(
        "2001:DB8:0::1,,443,tcp,7.1,High,1.3.6,2025-04-10T09:00:00Z,\n,Server.Esempio,443,tcp,7.1,High,1.3.6,2025-04-10T09:00:00Z,\n",
    );
    assert_eq!(stated(&table, SCAN_RESULT, "host"), ["2001:db8::1", "Server.Esempio"]);
}

#[test]
fn networks_are_told_by_task_by_range_or_by_the_name_of_the_file() {
    let networks = "networks = { \"rete pubblica\" = \"pubblica\", \"10.0.0.0/8\" = \"intranet\" }";
    let by_task = received(&declaration("openvas-xml", networks), "a.xml", REPORT.as_bytes());
    assert_eq!(stated(&by_task, SCAN_RESULT, "network"), ["pubblica"]);
    let narrow = "networks = { \"10.0.0.0/8\" = \"intranet\", \"10.0.0.2/32\" = \"dmz\" }";
    let by_range = received(&declaration("openvas-xml", narrow), "a.xml", REPORT.as_bytes());
    assert_eq!(stated(&by_range, SCANNED_HOST, "network"), ["intranet", "dmz"]);
    assert_eq!(stated(&by_range, SCAN_REPORT, "network"), ["dmz", "intranet"]);
    let by_name = declaration("openvas-xml", "file = \"{network}_{scan}.xml\"");
    let named = received(&by_name, "inbox/s/dmz_2025-04.xml", REPORT.as_bytes());
    assert_eq!(stated(&named, SCAN_REPORT, "network"), ["dmz"]);
    assert_eq!(stated(&named, SCAN_REPORT, "scan"), ["2025-04"]);
    let unnamed = received(&by_name, "dmz.xml", REPORT.as_bytes());
    assert!(messages(&unnamed)[0].starts_with("file-name"), "{:?}", messages(&unnamed));
    // A host of no network is not left out in silence: it would be missing where it is promised.
    let stranger = received(
        &declaration("openvas-xml", "networks = { \"192.168.0.0/16\" = \"intranet\" }"),
        "a.xml",
        REPORT.as_bytes(),
    );
    assert_eq!(stranger.rejected, 3);
    assert!(messages(&stranger)[0].contains("no network is declared for the host `10.0.0.1`"));
}

#[test]
fn settings_that_cannot_be_are_told() {
    for (more, message) in [
        ("", "the network of a scan is said in exactly one way"),
        (
            "network = \"a\"\nfile = \"{network}-{scan}.csv\"",
            "the network of a scan is said in exactly one way",
        ),
        ("network = \" \"", "a network has a name"),
        ("networks = {}", "`networks` lists none"),
        ("networks = { \"10.1.0.0/8\" = \"a\" }", "`10.1.0.0/8` is no range: it begins within one"),
        ("network = \"a\"\nfile = \"{scan}-{anno}.csv\"", "the name of a scan report says no `anno`"),
        ("network = \"a\"\nseparator = \";\"", "unknown key `separator`"),
    ] {
        let (_, findings) = declared("openvas-csv", more);
        assert!(findings.iter().any(|found| found.contains(message)), "{more}: {findings:?}");
    }
    let replacing = "title = { it = \"a\" }\nmode = \"replaces-period\"\nreplaces = \"year\"\nformat = \"openvas-csv\"\nnetwork = \"a\"\n";
    let mut findings = Vec::new();
    impegno_settings::read("s.toml", replacing, &mut findings, read_declaration);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].message.contains("cannot be replaced by period"));
}

/// Nothing of a damaged report counts, wherever it is damaged.
#[test]
fn reports_that_are_none_give_nothing() {
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><report><report><results><result><host>&b;</host></result></results></report></report>";
    let entity = REPORT.replace("10.0.0.1<asset/>", "&b;<asset/>");
    let latin = REPORT.replace("UTF-8", "ISO-8859-1");
    let deep = format!("<report>{}", "<a>".repeat(100));
    let crossed = REPORT.replace("</results>", "</result>");
    let undated = REPORT.replace("scan_start>", "x>").replace("timestamp>", "y>");
    let listless = REPORT.replace("results", "risultati");
    let body = REPORT.split_once("?>").expect("a declaration").1;
    let roots = format!("{REPORT}{body}");
    let list = format!("<get_reports_response>{body}{body}</get_reports_response>");
    let inner = body.replace("</report></report>", "</report><report id=\"c\"><results/></report></report>");
    for (text, message) in [
        (bomb, "declares a document type"),
        (entity.as_str(), "names an unknown entity"),
        (latin.as_str(), "in `ISO-8859-1` and not in UTF-8"),
        (deep.as_str(), "more than 64 deep"),
        (crossed.as_str(), "unreadable-report"),
        (undated.as_str(), "does not say when the scan began"),
        (listless.as_str(), "no list of results"),
        (roots.as_str(), "a second report begins"),
        (list.as_str(), "a second report begins"),
        (inner.as_str(), "a second report begins"),
        ("<html><body>503</body></html>", "begins with `html`"),
        ("IP,Hostname,Port\n10.0.0.1,,\n", "another-format: the file is no XML"),
        ("%PDF-1.7\n", "another-format: the file is a PDF document"),
        ("", "empty-file"),
        (" \n\n", "empty-file"),
    ] {
        let report = xml(text);
        assert_eq!(report.facts.len(), 0, "{text:.80}");
        let said = messages(&report);
        assert!(said.len() == 1 && said[0].contains(message), "{text:.80}: {said:?}");
    }
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(REPORT.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let mut broken = REPORT.as_bytes().to_vec();
    let place = REPORT.find("testo libero").expect("the text");
    broken[place] = 0xe8;
    for bytes in [utf16, broken] {
        let report = received(&declaration("openvas-xml", "network = \"a\""), "a.xml", &bytes);
        assert_eq!((report.facts.len(), report.findings.len()), (0, 1), "{:?}", messages(&report));
        assert_eq!(report.findings[0].code.name, "unreadable-report");
    }
}

/// Wherever a report is cut, nothing of it is received; whole, it is received in pieces of any size.
#[test]
fn a_cut_report_gives_nothing_at_any_place() {
    let whole = REPORT.trim_end();
    for end in 1..whole.len() {
        let report = xml(&whole[..end]);
        assert_eq!(report.facts.len(), 0, "cut at {end}");
        assert_eq!(report.findings.len(), 1, "cut at {end}: {:?}", messages(&report));
    }
    assert_eq!(messages(&xml(whole)), Vec::<String>::new());
}

#[test]
fn a_text_without_end_stays_out_of_memory() {
    let declaration = declaration("openvas-xml", "network = \"a\"");
    let zone = Zone::named("Europe/Rome").expect("the zone");
    let mut bytes = std::io::Read::chain(&b"<report><name>"[..], std::io::repeat(b'x'));
    let input = Input { bytes: &mut bytes, size: 0, piece: 1 };
    let take = |_| Ok::<(), std::convert::Infallible>(());
    match read_pieces(&declaration, &Names::default(), &zone, "a.xml", input, take) {
        Err(Stopped::Void(finding)) => assert!(finding.message.contains("longer than 16 MiB"), "{finding:?}"),
        other => panic!("{other:?}"),
    }
}

/// A page, or what a filter selects, is not the scan: what is missing is counted where a count says it, and the list of
/// hosts is not taken as whole.
#[test]
fn a_report_of_a_part_of_the_results_is_told() {
    let with = |filter: &str, counts: &str| {
        let text = REPORT.replace("min_qod=70", filter);
        let text = text.replace(
            "</results>",
            &format!("</results><result_count>9<full>0</full>{counts}</result_count>"),
        );
        let report = xml(&text.replacen("<full>0</full>", "", usize::from(counts.contains("<full>"))));
        let codes: Vec<&str> = report.findings.iter().map(|one| one.code.name).collect();
        let value = |dimension: &str| stated(&report, SCAN_REPORT, dimension).concat();
        (codes.concat(), value("missing"), value("listed"))
    };
    let whole = (String::new(), String::new(), "all".to_owned());
    let part = |missing: &str| ("partial-report".to_owned(), missing.to_owned(), String::new());
    // Two results are in the list, one of them a false positive. Counts that are too small are not believed.
    for counts in
        ["", "<filtered>0</filtered>", "<filtered>2</filtered>", "<full>80</full><filtered>2</filtered>"]
    {
        for filter in ["levels=hml rows=-1", "levels=chml rows=100 first=1 sort-reverse=severity", "rows=-2"]
        {
            assert_eq!(with(filter, counts), whole, "{filter} {counts}");
        }
    }
    assert_eq!(with("rows=100", "<filtered>7</filtered>"), part("5"));
    assert_eq!(with("rows=100", "<full>8</full>"), part("6"));
    assert_eq!(with("rows=2", "<full>80</full><filtered>7</filtered>"), part("5"));
    // A page that is full: there may be others, unless it is said that there are none.
    assert_eq!(with("rows=2", ""), part("some"));
    assert_eq!(with("rows=2", "<filtered>2</filtered>"), whole);
    assert_eq!(with("rows=100 first=101", ""), part("some"));
    // What a filter took out by its severity or otherwise is in the count before it.
    for filter in ["levels=ml", "levels=hml severity&lt;7.0", "host=10.0.0.1", "vulnerability~ssl", "firefox"]
    {
        assert_eq!(with(filter, "<full>9</full><filtered>2</filtered>"), part("7"), "{filter}");
        assert_eq!(with(filter, "<filtered>2</filtered>"), part("some"), "{filter}");
    }
    // The list itself says where it begins and ends.
    let page = xml(&REPORT.replace("max=\"-1\"", "max=\"2\""));
    assert_eq!(stated(&page, SCAN_REPORT, "missing"), ["some"]);
    let second = xml(&REPORT.replace("start=\"1\"", "start=\"101\""));
    assert_eq!(stated(&second, SCAN_REPORT, "missing"), ["some"]);
}

/// A result that could not be used could be anything; the error is told already.
#[test]
fn a_result_that_could_not_be_used_is_missing() {
    let report = xml(&REPORT.replace("<nvt oid=\"1.3.6.1\">", "<nvt>"));
    assert_eq!(messages(&report), ["bad-value: the result names no test"]);
    assert_eq!(stated(&report, SCAN_REPORT, "missing"), ["1"]);
}

#[test]
fn a_scan_that_was_stopped_is_told() {
    let report = xml(&REPORT.replace(">Done<", ">Stopped<"));
    assert_eq!(messages(&report), ["unfinished-scan: the scan was not done: `Stopped`"]);
    assert_eq!(stated(&report, SCAN_REPORT, "status"), ["Stopped"]);
    assert_eq!(stated(&report, SCAN_REPORT, "listed"), [""]);
}

const HEAD: &str = "IP,Hostname,Port,Port Protocol,CVSS,Severity,NVT OID,Timestamp,Summary\n";

fn rows(rows: &str) -> Received {
    let text = format!("{HEAD}{rows}");
    received(&declaration("openvas-csv", "network = \"a\""), "aprile.csv", text.as_bytes())
}

#[test]
fn rows_that_cannot_be_used_are_told_and_masked() {
    for (row, code, message) in [
        (",,443,tcp,7.1,High,1.3.6,2025-04-10T09:00:00Z,segreto\n", "bad-value", "the result has no host"),
        (
            "10.0.0.1,,443,tcp,7.1,High,,2025-04-10T09:00:00Z,segreto\n",
            "bad-value",
            "the result names no test",
        ),
        ("10.0.0.1,,443,tcp,7.1,High,1.3.6,10 aprile,segreto\n", "bad-value", "`10 aprile` is not a time"),
        ("10.0.0.1,,443,tcp,7.1,High,1.3.6\n", "broken-row", "7 columns where the header has 9"),
    ] {
        let received = rows(row);
        let said = messages(&received);
        assert!(said.len() == 1 && said[0].starts_with(code) && said[0].contains(message), "{row}: {said:?}");
        assert_eq!((received.rejected, received.accepted), (1, 0));
        assert!(!received.findings[0].row.contains("segreto"), "{row}");
    }
}

#[test]
fn a_result_without_a_score_is_received_without_one_and_the_scanners_signs_are_no_results() {
    let received = rows(
        "10.0.0.1,,,,,High,1.3.6,2025-04-10T09:00:00Z,\n10.0.0.1,,,,-1.0,False Positive,1.3.7,2025-04-10T09:00:00Z,\nserver,,,,10,High,1.3.8,2025-04-10 09:00,\n",
    );
    assert_eq!(stated(&received, SCAN_RESULT, "cvss"), ["", "10.0"]);
    assert_eq!(stated(&received, SCAN_RESULT, "band"), ["", "critical"]);
    assert_eq!((received.accepted, received.ignored), (2, 1));
}

/// A result whose score cannot be read could be over any threshold: it is no reason to call its host clean.
#[test]
fn a_score_that_cannot_be_read_leaves_its_result_without_one() {
    for score in ["alto", "10.1", "7.05", "9.85", "\"9,8\"", "-99.0"] {
        let table = rows(&format!("10.0.0.1,,443,tcp,{score},High,1.3.6,2025-04-10T09:00:00Z,segreto\n"));
        let stripped = score.trim_matches('"');
        let report = xml(&REPORT.replace("<severity>7.1<", &format!("<severity>{stripped}<")));
        for received in [&table, &report] {
            let expected = format!("bad-value: `{stripped}` is no score of CVSS");
            let said = messages(received);
            assert!(said.len() == 1 && said[0].starts_with(&expected), "{said:?}");
            assert_eq!(received.rejected, 0, "{score}");
            assert_eq!(stated(received, SCAN_RESULT, "cvss"), [""], "{score}");
            assert!(!received.findings[0].row.contains("segreto"), "{score}");
        }
        assert_eq!(table.accepted, 1);
    }
}

#[test]
fn a_table_without_a_column_of_the_scanner_cannot_be_used() {
    let other =
        received(&declaration("openvas-csv", "network = \"a\""), "a.csv", b"IP,Port,Score\n1.1.1.1,80,9.0\n");
    assert_eq!(other.facts.len(), 0);
    assert!(messages(&other)[0].contains("the column `Port Protocol`"), "{:?}", messages(&other));
    assert_eq!((other.rows, other.rejected), (1, 1));
}

#[test]
fn where_a_table_is_cut_into_pieces_changes_nothing() {
    let inbox = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/real/inbox/vulnerabilita");
    let bytes = std::fs::read(inbox.join("report_using_openVAS.csv")).expect("a report");
    let declaration = declaration("openvas-csv", "network = \"a\"");
    let zone = Zone::named("Europe/Rome").expect("the zone");
    let ids = |piece: usize| {
        let mut ids = Vec::new();
        let mut reader = bytes.as_slice();
        let input = Input { bytes: &mut reader, size: bytes.len() as u64, piece };
        let taken = read_pieces(&declaration, &Names::default(), &zone, "a.csv", input, |facts| {
            if let Facts::Operations(operations) = facts {
                ids.extend(operations.id.iter().map(str::to_owned));
            }
            Ok::<(), std::convert::Infallible>(())
        });
        assert_eq!(taken.expect("readable").accepted, 13);
        ids
    };
    let whole = ids(bytes.len() + 1);
    assert_eq!(whole.len(), 13);
    for piece in [1, 100, 4_096] {
        assert_eq!(ids(piece), whole, "pieces of {piece}");
    }
}
