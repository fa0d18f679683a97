//! Scans of networks through the program: from the files of a scanner to shares of hosts, and to who follows them up.

mod common;

use std::fs;
use std::io::Write as _;

use common::{Ran, folder, impegno};

const CENTRE: &str = "name = \"Centro\"\nzone = \"Europe/Rome\"\n";

const PROMISES: &str = r#"document = "Carta"

[[commitment]]
code = "V.1"
text = { it = "Host pubblici", en = "Public hosts" }
expected = "< 10 %"
indicator = { vulnerable = { network = "pubblica", unit = "host", over = "7.0" } }

[[commitment]]
code = "V.2"
text = { it = "Host della intranet", en = "Hosts of the intranet" }
expected = "< 25 %"
indicator = { vulnerable = { network = "intranet", unit = "host", over = "7.0" } }

[[commitment]]
code = "V.4"
text = { it = "Vulnerabilità prese in carico", en = "Vulnerabilities taken in charge" }
expected = ">= 100 %"
indicator = { tracked = { network = "pubblica", over = "7.0" } }

[[commitment]]
code = "V.5"
text = { it = "Risolte in trenta giorni", en = "Solved within thirty days" }
expected = ">= 50 %"
indicator = { within = { cases = "vulnerability", from = "found", to = "solved", limit = "30 days" } }
"#;

const SOURCE: &str = r#"title = { it = "Scansioni" }
format = "openvas-csv"
mode = "append"
networks = { "203.0.113.0/24" = "pubblica", "10.0.0.0/8" = "intranet" }
"#;

const HEAD: &str = "IP,Hostname,Port,Port Protocol,CVSS,Severity,QoD,NVT Name,Summary,NVT OID,CVEs,Task Name,Timestamp,Result ID\n";

/// On the public network exactly 7.0 on one host, 7.1 and 9.8 on another; on the intranet 9.8 on one.
const APRIL: &str = "203.0.113.1,,443,tcp,7.0,High,80,a,\"due\nrighe\",1.3.1,,x,2025-04-10T09:00:00Z,r1
203.0.113.2,,443,tcp,7.1,High,80,a,b,1.3.2,\"CVE-1,CVE-2\",x,2025-04-10T09:00:00Z,r2
203.0.113.2,,80,tcp,9.8,High,80,a,b,1.3.3,,x,2025-04-10T09:00:00Z,r3
10.0.0.1,,80,tcp,9.8,High,80,a,b,1.3.3,,x,2025-04-10T09:00:00+02:00,r4
";

const SCANS: &str = "scan,network,scanned_at,hosts,services,results
2025-04,pubblica,2025-04-10,12,,3
2025-04,intranet,2025-04-10,5,,1
";

const TICKETS: &str =
    "code,network,host,service,test,ticket,found_at,taken_in_charge_at,solved_at,residual_risk,act
V-1,pubblica,203.0.113.2,443/tcp,1.3.2,T-1,2025-04-10,2025-04-11,2025-05-10,no,
V-2,pubblica,203.0.113.2,,1.3.3,T-2,2025-04-10,2025-04-11,,sì,atto 7/2025
";

struct Centre(tempfile::TempDir);

impl Centre {
    fn new() -> Centre {
        let centre = Centre(folder());
        for (file, text) in [
            ("centre.toml", CENTRE),
            ("commitments/carta.toml", PROMISES),
            ("sources/scansioni.toml", SOURCE),
            ("registers/scans.csv", SCANS),
            ("registers/vulnerabilities.csv", TICKETS),
        ] {
            centre.write(file, text.as_bytes());
        }
        centre.write("inbox/scansioni/2025-04.csv", format!("{HEAD}{APRIL}").as_bytes());
        centre
    }

    fn write(&self, file: &str, bytes: &[u8]) {
        let path = self.0.path().join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }

    fn run(&self, command: &str, arguments: &[&str]) -> Ran {
        let centre = self.0.path().to_str().expect("text");
        impegno([command, centre].into_iter().chain(arguments.iter().copied()))
    }

    fn import(&self, at: &str) -> Ran {
        self.run("import", &["--at", at])
    }

    /// The line of a promise in the table of a year, in English.
    fn line(&self, code: &str, more: &[&str]) -> String {
        let arguments = ["--period", "2025", "--lang", "en", "--format", "csv"];
        let ran = self.run("measure", &[&arguments, more].concat());
        let line = ran.stdout.lines().find(|line| line.starts_with(&format!("{code},")));
        line.map(str::to_owned).unwrap_or_else(|| panic!("{}{}", ran.stdout, ran.stderr))
    }
}

const AT: &str = "2026-01-10T08:00:00Z";

#[test]
fn from_the_scanners_file_to_the_verdicts_and_their_proofs() {
    let centre = Centre::new();
    centre.run("check", &[]).exits(0).prints(&["0 errors, 0 warnings"]);
    centre.import(AT).exits(0).says(&["8 rows, 8 accepted"]);
    let line = centre.line("V.1", &[]);
    assert!(line.contains("1 of 12 hosts over 7.0") && line.ends_with(",Met"), "{line}");
    let line = centre.line("V.2", &[]);
    assert!(
        line.contains("20 %") && line.contains("1 of 5 hosts over 7.0") && line.ends_with(",Met"),
        "{line}"
    );
    let line = centre.line("V.4", &[]);
    assert!(line.contains("100 %") && line.contains("2 of 2 over 7.0") && line.ends_with(",Met"), "{line}");
    let line = centre.line("V.5", &[]);
    assert!(line.ends_with(",Met") && line.contains("50 %"), "{line}");
    let proof = centre.run("explain", &["V.1", "--period", "2025"]).exits(0);
    proof.prints(&[
        "superiore a 7,0 (esattamente 7,0 non conta)",
        "203.0.113.2",
        "inbox/scansioni/2025-04.csv, riga 5",
        "registers/scans.csv, riga 2",
        "scansionati e non elencati",
    ]);
    let proof = centre.run("explain", &["V.4", "--period", "2025", "--lang", "en"]).exits(0);
    proof.prints(&["T-2 (residual risk accepted)", "registers/vulnerabilities.csv, line 3"]);
    centre.run("explain", &["V.2", "--period", "2025", "--lang", "en"]).exits(0).prints(&["10.0.0.1"]);
}

/// One fact changed moves exactly the figure that rests on it.
#[test]
fn a_fact_changed_moves_its_figure_alone() {
    let lines = |centre: &Centre| ["V.1", "V.2", "V.4", "V.5"].map(|code| centre.line(code, &[]));
    let whole = Centre::new();
    whole.import(AT).exits(0);
    let before = lines(&whole);
    let differing = |change: fn(&Centre)| {
        let centre = Centre::new();
        change(&centre);
        centre.import(AT).exits(0);
        let after = lines(&centre);
        (0..4).filter(|n| before[*n] != after[*n]).collect::<Vec<_>>()
    };
    // The finding of exactly 7.0 rises to 7.1: one host more, and a finding that nobody has taken in charge.
    let risen = |centre: &Centre| {
        let text = APRIL.replace(",7.0,", ",7.1,");
        centre.write("inbox/scansioni/2025-04.csv", format!("{HEAD}{text}").as_bytes());
    };
    assert_eq!(differing(risen), [0, 2]);
    let fewer = |centre: &Centre| {
        centre.write(
            "registers/scans.csv",
            SCANS.replace("intranet,2025-04-10,5", "intranet,2025-04-10,4").as_bytes(),
        );
    };
    assert_eq!(differing(fewer), [1]);
    let untracked = |centre: &Centre| {
        centre.write(
            "registers/vulnerabilities.csv",
            TICKETS.replace("203.0.113.2,443", "203.0.113.9,443").as_bytes(),
        );
    };
    assert_eq!(differing(untracked), [2]);
    let late = |centre: &Centre| {
        centre.write("registers/vulnerabilities.csv", TICKETS.replace("2025-05-10", "2025-05-11").as_bytes());
    };
    assert_eq!(differing(late), [3]);
}

#[test]
fn a_report_that_was_not_yet_received_is_no_clean_network() {
    let centre = Centre::new();
    let file = centre.0.path().join("inbox/scansioni/2025-04.csv");
    let held = fs::read(&file).expect("the report");
    fs::remove_file(&file).expect("the file");
    centre.import("2025-12-31T23:30:00Z").exits(0);
    let line = centre.line("V.1", &[]);
    assert!(line.contains("3 results never received") && line.ends_with(",Not provable"), "{line}");
    fs::write(&file, held).expect("the file");
    centre.import(AT).exits(0);
    assert!(centre.line("V.1", &[]).ends_with(",Met"));
    // What was known before the report came stays what was known.
    let then = centre.line("V.1", &["--as-of", "2026-01-01T00:00:00Z"]);
    assert_eq!(then, line);
}

/// The register writes the name of the scan otherwise: the proof says which name no report has, and what closes the band.
#[test]
fn a_slip_in_the_name_of_a_scan_is_told_with_its_remedy() {
    let centre = Centre::new();
    centre.write("registers/scans.csv", SCANS.replace("2025-04,pubblica", "2025-4,pubblica").as_bytes());
    centre.import(AT).exits(0);
    assert!(centre.line("V.1", &[]).ends_with(",Not provable"));
    let proof = centre.run("explain", &["V.1", "--period", "2025"]).exits(0);
    proof.prints(&[
        "no: dichiarata, nessun rapporto ricevuto",
        "senza alcun rapporto ricevuto con questo nome: «2025-4»",
        "una riga in registers/scans.csv per «2025-04», con «hosts» riempita",
    ]);
}

#[test]
fn wrong_files_of_a_scanner_are_refused_and_the_rest_is_received() {
    let xml = r#"<report><task><name>x</name></task><report><scan_run_status>Done</scan_run_status><scan_start>2025-05-01T00:00:00Z</scan_start><results><result id="a"><host>203.0.113.7</host><port>80/tcp</port><nvt oid="1.3"/><severity>9.9</severity></result></results></report></report>"#;
    let centre = Centre::new();
    centre.write("sources/xml.toml", SOURCE.replace("openvas-csv", "openvas-xml").as_bytes());
    centre
        .write("inbox/xml/cut.xml", xml.get(..xml.len() - "</report>".len()).expect("most of it").as_bytes());
    centre.write("inbox/xml/table.xml", format!("{HEAD}{APRIL}").as_bytes());
    centre.write("inbox/xml/bomb.xml", format!("<!DOCTYPE a [<!ENTITY b \"c\">]>{xml}").as_bytes());
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(xml.as_bytes()).expect("memory");
    centre.write("inbox/xml/2025-05.xml.gz", &packed.finish().expect("memory"));
    let ran = centre.import(AT).exits(11);
    ran.says(&["unreadable-report", "cut.xml", "it was cut", "another-format", "table.xml", "bomb.xml"]);
    // The archive was received, and its scan, of which nobody says how many hosts it saw, is the last one.
    let line = centre.line("V.1", &[]);
    assert!(line.contains("how many others there were is not known"), "{line}");
    assert!(line.contains("scan of 2025-05-01") && line.ends_with(",Not provable"), "{line}");
}

#[test]
fn a_promise_on_a_network_that_no_scan_names_is_told() {
    let centre = Centre::new();
    centre.write(
        "commitments/carta.toml",
        PROMISES.replace("network = \"intranet\"", "network = \"intrant\"").as_bytes(),
    );
    let ran = centre.run("check", &[]);
    ran.says(&["no source of scans names the network `intrant`", "did you mean `intranet`?"]);
}

/// A table may give vectors instead of scores: a dimension `of = "cvss"` holds the base score.
#[test]
fn vectors_in_a_table_become_scores_and_bad_ones_reject_their_row() {
    let centre = Centre::new();
    let source = "title = { it = \"Avvisi\" }\nformat = \"csv\"\nmode = \"append\"\ntime = \"iso\"\nfacts = \"operations\"\nkind = \"advisory\"\nid = \"id\"\nat = \"at\"\n\n[dimensions]\ncvss = { column = \"vector\", of = \"cvss\" }\n";
    centre.write("sources/avvisi.toml", source.as_bytes());
    let promise = "document = \"Carta\"\n[[commitment]]\ncode = \"A.1\"\ntext = \"Avvisi sopra 7\"\nexpected = \"<= 9\"\nindicator = { count = { of = \"operations\", filter = { kind = \"advisory\", cvss = { over = \"7.0\" } } } }\n";
    centre.write("commitments/avvisi.toml", promise.as_bytes());
    let rows = "id,at,vector
1,2025-03-01,CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H
2,2025-03-01,CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H
3,2025-03-01,7.0
4,2025-03-01,7.1
5,2025-03-01,
6,2025-03-01,AV:N/AC:L/Au:N/C:P/I:P/A:P
7,2025-03-01,CVSS:3.1/AV:N
";
    centre.write("inbox/avvisi/a.csv", rows.as_bytes());
    let ran = centre.import(AT).exits(11);
    ran.says(&[
        "2 rejected",
        "neither a score nor a vector of CVSS",
        "the metric `AC` of the base is missing",
    ]);
    let line = centre.line("A.1", &[]);
    assert!(line.contains(",3,"), "{line}");
}

#[test]
fn the_scores_of_vectors_are_printed() {
    let vector = "CVSS:3.1/AV:P/AC:H/PR:L/UI:R/S:C/C:L/I:H/A:H";
    let ran =
        impegno(["cvss", vector, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:U"]).exits(0);
    assert!(ran.stdout.starts_with("vector,base,temporal,environmental,band\n"), "{}", ran.stdout);
    ran.prints(&["/RC:U,9.8,7.8,7.8,critical\n"]);
    impegno(["cvss", "CVSS:2.0/AV:N"]).exits(2).says(&["other versions have other formulas"]);
}
