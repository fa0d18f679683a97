//! How many rows a second are read: ticket events, uses, Nagios logs and scan reports, on one core.
//!
//! `cargo bench -p impegno-sources`. The inputs are made in memory; docs/benchmarks.md has figures.

use std::fmt::Write;
use std::hint::black_box;

use criterion::{Criterion, Throughput};
use impegno_calendar::Zone;
use impegno_sources::{Declaration, Names, read, read_declaration};

/// Rows of each input.
const ROWS: u64 = 100_000;

const TICKETS: &str = r#"
title = { it = "Ticket" }
format = "csv"
mode = "append"
separator = ";"
time = "gg/mm/aaaa HH:MM:SS"
facts = "cases"
kind = "ticket"
case = "Ticket"
opening = "opened"
[event]
column = "Evento"
at = "Data"
words = { "Aperto" = "opened", "Preso in carico" = "taken-in-charge", "Risolto" = "solved" }
[dimensions]
channel = { column = "Canale", words = { Telefono = "telephone", Mail = "mail" } }
body = { column = "Ente", of = "bodies" }
"#;

const USES: &str = r#"
title = { it = "Utilizzi" }
format = "csv"
mode = "append"
separator = ";"
time = "gg/mm/aaaa HH:MM:SS"
facts = "operations"
kind = "use"
id = "Id"
at = "Data"
[dimensions]
service = { column = "Servizio", of = "services" }
body = { column = "Ente", of = "bodies" }
device = "Dispositivo"
"#;

const LOG: &str = "title = { it = \"Nagios\" }\nformat = \"nagios-log\"\nmode = \"append\"\n";

const SCANS: &str = "title = { it = \"Scansioni\" }\nformat = \"openvas-csv\"\nmode = \"append\"\nnetworks = { \"10.0.0.0/8\" = \"intranet\" }\n";

const SCANS_XML: &str =
    "title = { it = \"Scansioni\" }\nformat = \"openvas-xml\"\nmode = \"append\"\nnetwork = \"intranet\"\n";

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("read");
    group.throughput(Throughput::Elements(ROWS)).sample_size(20);
    let zone = Zone::named("Europe/Rome").expect("a zone of the zone database");
    let names = names();
    for (name, declaration, input) in [
        ("tickets", TICKETS, tickets()),
        ("uses", USES, uses()),
        ("nagios-log", LOG, log()),
        ("openvas-csv", SCANS, scans()),
        ("openvas-xml", SCANS_XML, scans_xml()),
    ] {
        let declaration = declared(declaration);
        let once = read(&declaration, &names, &zone, name, input.as_bytes());
        assert_eq!((once.accepted, once.findings.len()), (ROWS, 0), "{name} is read whole");
        group.bench_function(name, |bencher| {
            bencher.iter(|| read(&declaration, &names, &zone, name, black_box(input.as_bytes())));
        });
    }
    group.finish();
    criterion.final_summary();
}

fn declared(text: &str) -> Declaration {
    let mut findings = Vec::new();
    let declaration = impegno_settings::read("source.toml", text, &mut findings, read_declaration);
    assert!(findings.is_empty(), "{findings:?}");
    declaration.expect("a sound declaration")
}

/// 29 bodies, 171 services and 473 probes.
fn names() -> Names {
    let mut names = Names::default();
    let own = |name: String| (name.clone(), name);
    names.bodies.extend((0..29).map(|n| own(format!("Ente {n}"))));
    names.services.extend((0..171).map(|n| own(format!("SRV-{n:03}"))));
    names.probes.extend((0..473).map(|n| own(format!("host{};servizio {n}", n / 7))));
    names
}

/// Day and time of a row, spread over a year of 28-day months.
fn time(n: u64) -> String {
    let (day, month) = (n / 330 % 28 + 1, n / 9_240 % 12 + 1);
    format!("{day:02}/{month:02}/2017 {:02}:{:02}:{:02}", 8 + n % 10, n % 60, n * 7 % 60)
}

fn tickets() -> String {
    let mut text = "Ticket;Evento;Data;Canale;Ente;Motivo\n".to_owned();
    for n in 0..ROWS {
        let event = ["Aperto", "Preso in carico", "Risolto"][(n % 3) as usize];
        let channel = ["Telefono", "Mail"][(n / 3 % 2) as usize];
        // The three events of a ticket follow each other within its day.
        let (ticket, hour) = (n / 3, 9 + n % 3);
        let (day, month) = (ticket / 110 % 28 + 1, ticket / 3_080 % 12 + 1);
        let body = ticket % 29;
        let _ = writeln!(
            text,
            "{ticket:06};{event};{day:02}/{month:02}/2017 {hour:02}:12:34;{channel};Ente {body};"
        );
    }
    text
}

fn uses() -> String {
    let mut text = "Id;Data;Servizio;Ente;Dispositivo;Accesso\n".to_owned();
    for n in 0..ROWS {
        let (service, body) = (n * 31 % 171, n * 17 % 29);
        let device = ["Desktop", "Smartphone e tablet"][(n % 2) as usize];
        let time = time(n);
        let _ = writeln!(text, "U{n:08};{time};SRV-{service:03};Ente {body};{device};password");
    }
    text
}

/// Host, port, score and test of a result: a hundred tests on each of a thousand hosts.
fn result(n: u64) -> (String, u64, String, u64) {
    let host = n / 100;
    let score = format!("{}.{}", n * 7 % 10, n * 3 % 10);
    (format!("10.0.{}.{}", host / 250, host % 250), 1 + n * 37 % 9_000, score, 100_000 + n % 100)
}

const SUMMARY: &str = "The remote host implements a protocol\nthat is no longer considered safe.\n";

fn scans() -> String {
    let mut text = "IP,Hostname,Port,Port Protocol,CVSS,Severity,QoD,Summary,NVT OID,CVEs,Task Name,Timestamp,Result ID\n".to_owned();
    for n in 0..ROWS {
        let (host, port, score, test) = result(n);
        let _ = writeln!(
            text,
            "{host},,{port},tcp,{score},High,80,\"{SUMMARY}\",1.3.6.1.4.1.25623.1.0.{test},\"CVE-1,CVE-2\",rete,2025-04-10T09:00:00Z,ad08dbdb-0d0a-4216-9e09-{n:012x}"
        );
    }
    text
}

fn scans_xml() -> String {
    let mut text = "<report><report><scan_start>2025-04-10T09:00:00Z</scan_start><results>\n".to_owned();
    for n in 0..ROWS {
        let (host, port, score, test) = result(n);
        let _ = writeln!(
            text,
            "<result id=\"ad08dbdb-0d0a-4216-9e09-{n:012x}\"><creation_time>2025-04-10T09:00:00Z</creation_time><host>{host}<asset/></host><port>{port}/tcp</port><nvt oid=\"1.3.6.1.4.1.25623.1.0.{test}\"><tags>{SUMMARY}</tags><refs><ref type=\"cve\" id=\"CVE-1\"/></refs></nvt><threat>High</threat><severity>{score}</severity><qod><value>80</value></qod></result>"
        );
    }
    text.push_str("</results></report></report>\n");
    text
}

fn log() -> String {
    let mut text = String::new();
    for n in 0..ROWS {
        let (at, probe) = (1_483_225_200 + n * 30, n % 473);
        let host = probe / 7;
        let _ = match n % 50 {
            0 => writeln!(
                text,
                "[{at}] SERVICE ALERT: host{host};servizio {probe};CRITICAL;SOFT;1;CRITICAL - nessuna risposta"
            ),
            _ => writeln!(
                text,
                "[{at}] CURRENT SERVICE STATE: host{host};servizio {probe};OK;HARD;1;OK - servizio regolare"
            ),
        };
    }
    text
}
