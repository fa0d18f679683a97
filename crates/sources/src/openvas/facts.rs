//! The facts that scan reports give, gathered column by column.

use std::mem;

use impegno_cvss::Score;
use impegno_facts::{CaseEvents, Dimensions, Facts, NO_AMOUNT, Operations, Texts};
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_128;

/// Kind of the operations that are results of a scan: one row of a report each.
pub const SCAN_RESULT: &str = "scan-result";
/// Kind of the operations that are hosts scanned, with findings or without.
pub const SCANNED_HOST: &str = "scanned-host";
/// Kind of the operations that are scans of a network, as their report tells them.
pub const SCAN_REPORT: &str = "scan-report";
/// Kind of the cases that are vulnerabilities of a host, over all scans.
pub const FINDING: &str = "finding";
/// The event of a [`FINDING`]: a scan saw it.
pub const FOUND: &str = "found";

/// The kinds of operations that scan reports give.
pub const SCAN_KINDS: [&str; 3] = [SCAN_RESULT, SCANNED_HOST, SCAN_REPORT];

/// The dimensions of these operations.
pub const SCAN_DIMENSIONS: &[&str; 13] = &[
    "scan", "network", "host", "service", "cvss", "band", "severity", "test", "cves", "qod", "status",
    "listed", "missing",
];

/// The value of `missing` where a report leaves out results and does not say how many.
pub(super) const SOME_MISSING: &str = "some";

/// The dimensions of a [`FINDING`].
pub const FINDING_DIMENSIONS: &[&str; 7] =
    &["network", "host", "service", "cvss", "band", "severity", "test"];

/// A row of a report.
pub(super) struct ScanResult<'r> {
    pub scan: &'r str,
    pub network: &'r str,
    pub host: &'r str,
    pub service: &'r str,
    /// Identifier of the test: its OID.
    pub test: &'r str,
    pub score: Option<Score>,
    /// The scanner's word, as written.
    pub severity: &'r str,
    /// Quality of detection in percent, as written.
    pub qod: &'r str,
    /// How many CVE identifiers the test names.
    pub cves: usize,
    /// The scanner's identifier of the result, empty where it has none.
    pub id: &'r str,
    pub at: i64,
    pub line: u32,
}

/// What a report says of its scan as a whole.
pub(super) struct Told<'r> {
    /// Identifier of the report, empty where it has none.
    pub report: &'r str,
    /// How the scan ended, as written.
    pub status: &'r str,
    /// The report lists all hosts that were scanned.
    pub all_listed: bool,
    pub missing: Missing,
    pub at: i64,
}

/// Results of a scan that its report does not give.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    Nothing,
    Count(u64),
    /// There may be some: nobody says how many.
    Some,
}

/// What was read and not yet handed over.
#[derive(Default)]
pub(super) struct Gathered {
    operations: Operations,
    columns: [Texts; SCAN_DIMENSIONS.len()],
    findings: CaseEvents,
    finding_columns: [Texts; FINDING_DIMENSIONS.len()],
    /// How often each identifier stood in the file so far: reports that were put together repeat rows.
    repeated: FxHashMap<u128, u32>,
}

impl Gathered {
    /// How many rows wait to be handed over.
    pub(super) fn len(&self) -> usize {
        self.operations.at.len()
    }

    pub(super) fn result(&mut self, result: &ScanResult<'_>) {
        let ScanResult { scan, network, host, service, test, .. } = *result;
        let own = if result.id.is_empty() {
            [host, service, test].join("/")
        } else {
            // The same test on two ports is two results with identifiers of their own; a report of several scans
            // may still repeat one.
            result.id.to_owned()
        };
        let id = [scan, &own].join("/");
        let before = self.repeated.entry(xxh3_128(id.as_bytes())).or_default();
        let id = if *before == 0 { id } else { format!("{id}/{before}") };
        *before += 1;
        let score = result.score.map(|score| score.to_string()).unwrap_or_default();
        let band = result.score.map_or("", |score| score.band().name());
        let cves = result.cves.to_string();
        self.operation(
            SCAN_RESULT,
            &id,
            result.at,
            result.line,
            [
                scan,
                network,
                host,
                service,
                &score,
                band,
                result.severity,
                test,
                &cves,
                result.qod,
                "",
                "",
                "",
            ],
        );
        self.findings.case.push(&[network, host, service, test].join("/"));
        self.findings.kind.push(FINDING);
        self.findings.event.push(FOUND);
        self.findings.at.push(result.at);
        self.findings.n.push(0);
        self.findings.line.push(result.line);
        let stated = [network, host, service, &score, band, result.severity, test];
        for (column, value) in self.finding_columns.iter_mut().zip(stated) {
            column.push(value);
        }
    }

    /// A host that was scanned.
    pub(super) fn host(&mut self, scan: &str, network: &str, host: &str, at: i64, line: u32) {
        let id = [scan, network, host].join("/");
        self.operation(
            SCANNED_HOST,
            &id,
            at,
            line,
            [scan, network, host, "", "", "", "", "", "", "", "", "", ""],
        );
    }

    /// A scan of a network.
    pub(super) fn report(&mut self, scan: &str, network: &str, told: &Told<'_>) {
        let listed = if told.all_listed { "all" } else { "" };
        let missing = match told.missing {
            Missing::Nothing => String::new(),
            Missing::Count(count) => count.to_string(),
            Missing::Some => SOME_MISSING.to_owned(),
        };
        // Two reports of one scan are two, so that the second does not hide what the first leaves out.
        let id = match told.report {
            "" => [scan, network].join("/"),
            report => [scan, network, report].join("/"),
        };
        let stated = [scan, network, "", "", "", "", "", "", "", "", told.status, listed, &missing];
        self.operation(SCAN_REPORT, &id, told.at, 1, stated);
    }

    fn operation(&mut self, kind: &str, id: &str, at: i64, line: u32, stated: [&str; SCAN_DIMENSIONS.len()]) {
        let operations = &mut self.operations;
        // Of one source the kinds share their identifiers.
        operations.id.push_joined([kind, id]);
        operations.kind.push(kind);
        operations.at.push(at);
        operations.quantity.push(1);
        operations.amount.push(NO_AMOUNT);
        operations.line.push(line);
        for (column, value) in self.columns.iter_mut().zip(stated) {
            column.push(value);
        }
    }

    /// The facts since the last time.
    pub(super) fn take(&mut self) -> Vec<Facts> {
        let dimensions = |names: &[&str], columns: &mut [Texts]| -> Dimensions {
            names.iter().zip(columns).map(|(name, column)| ((*name).to_owned(), mem::take(column))).collect()
        };
        let operations = Operations {
            dimensions: dimensions(SCAN_DIMENSIONS, &mut self.columns),
            ..mem::take(&mut self.operations)
        };
        let findings = CaseEvents {
            dimensions: dimensions(FINDING_DIMENSIONS, &mut self.finding_columns),
            ..mem::take(&mut self.findings)
        };
        vec![Facts::Operations(operations), Facts::Cases(findings)]
    }
}
