//! Scans of the two main networks: reports as the scanner writes them, the register of scans, and the tickets that were
//! opened for what was found over the threshold.

use std::path::Path;

use jiff::civil::{Date, date};

use crate::days::{at, iso, working_day_after};
use crate::random::Stream;
use crate::sheet::{Encoding, Sheet};
use crate::{SampleError, WrittenFile};

/// A scan of a network.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scan {
    network: &'static str,
    pub(super) obligation: &'static str,
    pub(super) day: Date,
    /// Hosts scanned, and those with a finding over the threshold.
    hosts: u32,
    over: u32,
    /// Third byte of the addresses, of the ranges kept for documentation and for private networks.
    range: &'static str,
}

pub(super) const SCANS: [Scan; 4] = [
    Scan {
        network: "pubblica",
        obligation: "scansione-pubblica",
        day: date(2025, 5, 14),
        hosts: 118,
        over: 13,
        range: "203.0.113",
    },
    Scan {
        network: "intranet",
        obligation: "scansione-intranet",
        day: date(2025, 11, 18),
        hosts: 240,
        over: 52,
        range: "10.20.30",
    },
    Scan {
        network: "pubblica",
        obligation: "scansione-pubblica",
        day: date(2025, 11, 11),
        hosts: 122,
        over: 8,
        range: "203.0.113",
    },
    Scan {
        network: "pubblica",
        obligation: "scansione-pubblica",
        day: date(2026, 5, 12),
        hosts: 125,
        over: 9,
        range: "203.0.113",
    },
];

/// Tests whose findings lie over 7.0, at exactly 7.0, and below: identifier, name, score, severity.
const OVER: [(u32, &str, &str); 3] = [
    (900_101, "Obsolete operating system", "10.0"),
    (900_102, "Remote code execution in a web framework", "9.8"),
    (900_103, "Outdated database server", "7.5"),
];
const BELOW: [(u32, &str, &str, &str); 4] = [
    (900_201, "Weak cipher suites", "7.0", "High"),
    (900_202, "Certificate about to expire", "5.0", "Medium"),
    (900_203, "Weak key exchange algorithms", "5.3", "Medium"),
    (900_204, "TCP timestamps", "2.6", "Low"),
];

/// A result of a scan.
struct Result {
    host: u32,
    port: u32,
    test: u32,
    name: &'static str,
    score: &'static str,
    severity: &'static str,
}

impl Scan {
    fn name(&self) -> String {
        format!("{}-{}", self.network, self.day)
    }

    fn address(&self, host: u32) -> String {
        format!("{}.{}", self.range, host)
    }

    /// What the scan found, the same for its report and for the tickets.
    fn results(&self, seed: u64) -> Vec<Result> {
        let mut stream = Stream::new(seed, &self.name());
        let mut hosts: Vec<u32> = (1..=self.hosts).collect();
        stream.shuffle(&mut hosts);
        let mut results = Vec::new();
        for (number, host) in hosts.into_iter().enumerate() {
            if (number as u32) < self.over {
                let (test, name, score) = *stream.pick(&OVER);
                results.push(Result { host, port: 443, test, name, score, severity: "High" });
            }
            // One host in three has something less, and some lie exactly at the threshold.
            if stream.chance(330) {
                let (test, name, score, severity) = *stream.pick(&BELOW);
                let port = *stream.pick(&[22, 80, 443, 8080]);
                results.push(Result { host, port, test, name, score, severity });
            }
        }
        results.sort_by_key(|result| (result.host, result.test, result.port));
        results
    }
}

fn oid(test: u32) -> String {
    format!("1.3.6.1.4.1.25623.1.0.{test}")
}

/// `inbox/scansioni-…`: the report of a scan as *CSV Results*.
pub(super) fn report(seed: u64, scan: &Scan, out: &Path) -> std::result::Result<WrittenFile, SampleError> {
    let name = format!("inbox/scansioni-{}/{}.csv", scan.network, scan.name());
    let header = "IP,Hostname,Port,Port Protocol,CVSS,Severity,QoD,Solution Type,NVT Name,Summary,Specific Result,NVT OID,CVEs,Task ID,Task Name,Timestamp,Result ID";
    let mut sheet = Sheet::create(out, &name, Encoding::Utf8);
    sheet.text(header);
    sheet.raw(b"\n");
    for (number, result) in scan.results(seed).iter().enumerate() {
        let Result { port, name, score, severity, test, .. } = result;
        sheet.text(&format!(
            "{},,{port},tcp,{score},{severity},80,Mitigation,{name},,,{},,,rete {},{}T02:{:02}:{:02}Z,{}-{:04}",
            scan.address(result.host),
            oid(*test),
            scan.network,
            scan.day,
            number / 60 % 60,
            number % 60,
            scan.name(),
            number + 1
        ));
        sheet.line();
    }
    sheet.finish()
}

/// `registers/scans.csv`: what the first page of each report says.
pub(super) fn register(seed: u64, out: &Path) -> std::result::Result<WrittenFile, SampleError> {
    let header = "scan,network,scanned_at,hosts,services,results";
    let mut sheet = Sheet::register(out, "registers/scans.csv", header);
    for scan in SCANS {
        let results = scan.results(seed).len();
        // Each host answers on four ports, and has what belongs to none.
        let services = scan.hosts * 5;
        sheet.text(&format!(
            "{},{},{},{},{services},{results}",
            scan.name(),
            scan.network,
            scan.day,
            scan.hosts
        ));
        sheet.line();
    }
    sheet.finish()
}

/// `registers/vulnerabilities.csv`: a ticket for each finding over the threshold, each time that a scan finds it.
pub(super) fn tickets(seed: u64, out: &Path) -> std::result::Result<WrittenFile, SampleError> {
    let name = "registers/vulnerabilities.csv";
    let mut stream = Stream::new(seed, name);
    let header =
        "code,network,host,service,test,ticket,found_at,taken_in_charge_at,solved_at,residual_risk,act";
    let mut sheet = Sheet::register(out, name, header);
    let mut number = 0;
    for scan in SCANS {
        let over = scan.results(seed);
        for result in over.iter().filter(|result| OVER.iter().any(|(test, ..)| *test == result.test)) {
            number += 1;
            let taken = at(working_day_after(scan.day, stream.between(0, 2)), stream.between(540, 900));
            // What cannot be solved is accepted, by an act.
            let residual = stream.chance(80);
            let solved = at(working_day_after(scan.day, stream.between(5, 25)), 720);
            let (solved, risk, act) = if residual {
                (String::new(), "yes", format!("atto {number}/{}", scan.day.year()))
            } else {
                (iso(solved), "no", String::new())
            };
            sheet.text(&format!(
                "V-{number:04},{},{},{}/tcp,{},T-{number:04},{},{},{solved},{risk},{act}",
                scan.network,
                scan.address(result.host),
                result.port,
                oid(result.test),
                scan.day,
                iso(taken)
            ));
            sheet.line();
        }
    }
    sheet.finish()
}
