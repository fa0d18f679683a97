//! What vulnerability scans found of a network, and who follows it up.
//!
//! A scan is told by its name within a network. It gives results (`scan-result`), the hosts that were scanned
//! (`scanned-host`) and what its report (`scan-report`) and the register of scans (`scan`) say of it as a whole. Hosts
//! with results or listed by a report were scanned for sure. Unless the register says how many there were, or the
//! report lists all, there may have been more without findings: then the share could be any lower.

mod judged;

use std::collections::BTreeMap;
use std::sync::Arc;

use impegno_charter::{Decimal, Indicator, Vulnerable};
use impegno_facts::{Facts, Operations};

pub(crate) use judged::measure;
pub use judged::{SeenFinding, SeenScan, SeenUnit, Tracking, UnitState, VulnerableEvidence};

use crate::{FactRef, Part};

/// Kind of the cases that are vulnerabilities taken in charge.
pub(crate) const VULNERABILITY: &str = "vulnerability";

/// Networks whose scans are asked for, with the lowest threshold: findings up to it need not be told apart.
#[derive(Debug, Default)]
pub(crate) struct WantedScans(BTreeMap<String, Decimal>);

impl WantedScans {
    /// Asks for the scans of an indicator; any other asks for none.
    pub(crate) fn ask(&mut self, indicator: &Indicator) {
        let Indicator::Vulnerable(Vulnerable { network, over, .. }) = indicator else { return };
        let lowest = self.0.entry(network.clone()).or_insert_with(|| over.clone());
        if *over < *lowest {
            lowest.clone_from(over);
        }
    }

    /// Whether no scan is asked for.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The scans of all networks asked for. Merges in any order.
#[derive(Debug, Default)]
pub(crate) struct ScanBook(BTreeMap<String, BTreeMap<String, Scan>>);

/// A scan of a network.
#[derive(Debug, Default, Clone)]
pub(crate) struct Scan {
    /// When it began, as its reports say: the earliest.
    reported: Option<i64>,
    /// The same as the register says; a bare date is the beginning of its day.
    registered: Option<i64>,
    /// The earliest of its results and hosts.
    seen: Option<i64>,
    /// Its report says that it was not done to its end.
    unfinished: bool,
    /// Its reports list all hosts; `None` without a report.
    all_listed: Option<bool>,
    /// Results that its reports say they do not give, by source.
    left_out: BTreeMap<String, u64>,
    /// A report leaves out results and does not say how many.
    withheld: bool,
    /// What the register says there were.
    hosts_stated: Option<u64>,
    services_stated: Option<u64>,
    results_stated: Option<u64>,
    /// How many results came from each source.
    received: BTreeMap<String, u64>,
    hosts: BTreeMap<String, Host>,
    /// Findings that may count: without a score, or over the lowest threshold asked for.
    findings: BTreeMap<(String, String, String), Worst>,
    /// Where its report or the register tells of it.
    origins: Vec<FactRef>,
}

/// A host that was scanned.
#[derive(Debug, Clone)]
struct Host {
    /// Where it is told first.
    origin: FactRef,
    services: BTreeMap<String, Worst>,
}

/// The worst that is known of something.
#[derive(Debug, Clone)]
struct Worst {
    score: Option<Decimal>,
    /// Something about it has no score.
    scoreless: bool,
    /// Where the worst stands.
    origin: FactRef,
}

impl Worst {
    fn of(score: Option<Decimal>, origin: FactRef) -> Worst {
        Worst { scoreless: score.is_none(), score, origin }
    }

    /// The worse of both; of equal ones the first.
    fn and(&mut self, other: Worst) {
        self.scoreless |= other.scoreless;
        let order = other.score.cmp(&self.score).then_with(|| self.origin.cmp(&other.origin));
        if order.is_gt() {
            (self.score, self.origin) = (other.score, other.origin);
        }
    }
}

impl ScanBook {
    /// Takes what a part says of the scans asked for.
    pub(crate) fn add(&mut self, part: &Part, wanted: &WantedScans) {
        let Facts::Operations(facts) = &part.facts else { return };
        if wanted.is_empty() || !facts.kind.words().iter().any(|kind| is_of_scans(kind)) {
            return;
        }
        let Some(rows) = Rows::of(facts) else { return };
        let file: Arc<str> = part.file.as_str().into();
        for row in 0..facts.at.len() {
            let kind = facts.kind.get(row);
            let network = rows.network.get(row);
            let Some(lowest) = wanted.0.get(network).filter(|_| is_of_scans(kind)) else { continue };
            let origin = FactRef { file: file.clone(), batch: part.batch, line: facts.line[row] };
            let scan = self.scan(network, rows.scan.get(row));
            let at = facts.at[row];
            match kind {
                "scan-result" => {
                    *scan.received.entry(part.source.clone()).or_default() += 1;
                    scan.seen = earliest(scan.seen, at);
                    let score = rows.score(row);
                    let worst = Worst::of(score, origin);
                    let (host, service) = (rows.text("host", row), rows.text("service", row));
                    if worst.score.as_ref().is_none_or(|score| score > lowest) {
                        let key = (host.to_owned(), service.to_owned(), rows.text("test", row).to_owned());
                        join(&mut scan.findings, key, worst.clone());
                    }
                    let known = scan.host(host, &worst.origin);
                    join(&mut known.services, service.to_owned(), worst);
                }
                "scanned-host" => {
                    scan.seen = earliest(scan.seen, at);
                    scan.host(rows.text("host", row), &origin);
                }
                "scan-report" => {
                    scan.reported = earliest(scan.reported, at);
                    scan.unfinished |= !["", "Done"].contains(&rows.text("status", row));
                    scan.all_listed = both(scan.all_listed, Some(rows.text("listed", row) == "all"));
                    match rows.text("missing", row) {
                        "" => {}
                        count => match count.parse::<u64>() {
                            Ok(count) => *scan.left_out.entry(part.source.clone()).or_default() += count,
                            Err(_) => scan.withheld = true,
                        },
                    }
                    scan.origins.push(origin);
                }
                _ => {
                    scan.registered = earliest(scan.registered, at);
                    let number = u64::try_from(facts.quantity[row]).unwrap_or(0);
                    let stated = match rows.text("measure", row) {
                        "hosts" => &mut scan.hosts_stated,
                        "services" => &mut scan.services_stated,
                        "results" => &mut scan.results_stated,
                        _ => continue,
                    };
                    *stated = (*stated).max(Some(number));
                    scan.origins.push(origin);
                }
            }
        }
    }

    fn scan(&mut self, network: &str, scan: &str) -> &mut Scan {
        self.0.entry(network.to_owned()).or_default().entry(scan.to_owned()).or_default()
    }

    /// Both books in one.
    pub(crate) fn merge(mut self, other: ScanBook) -> ScanBook {
        for (network, scans) in other.0 {
            let mine = self.0.entry(network).or_default();
            for (name, scan) in scans {
                mine.entry(name).or_default().merge(scan);
            }
        }
        self
    }

    /// The scans of a network by name.
    pub(crate) fn of(&self, network: &str) -> impl Iterator<Item = (&str, &Scan)> {
        self.0.get(network).into_iter().flatten().map(|(name, scan)| (name.as_str(), scan))
    }
}

impl Scan {
    fn host(&mut self, host: &str, origin: &FactRef) -> &mut Host {
        let known = self
            .hosts
            .entry(host.to_owned())
            .or_insert_with(|| Host { origin: origin.clone(), services: BTreeMap::new() });
        if *origin < known.origin {
            known.origin = origin.clone();
        }
        known
    }

    fn merge(&mut self, other: Scan) {
        self.reported = other.reported.map_or(self.reported, |at| earliest(self.reported, at));
        self.registered = other.registered.map_or(self.registered, |at| earliest(self.registered, at));
        self.seen = other.seen.map_or(self.seen, |at| earliest(self.seen, at));
        self.unfinished |= other.unfinished;
        self.all_listed = both(self.all_listed, other.all_listed);
        self.withheld |= other.withheld;
        for (source, count) in other.left_out {
            *self.left_out.entry(source).or_default() += count;
        }
        self.hosts_stated = self.hosts_stated.max(other.hosts_stated);
        self.services_stated = self.services_stated.max(other.services_stated);
        self.results_stated = self.results_stated.max(other.results_stated);
        for (source, count) in other.received {
            *self.received.entry(source).or_default() += count;
        }
        for (name, host) in other.hosts {
            let mine = self.host(&name, &host.origin);
            for (service, worst) in host.services {
                join(&mut mine.services, service, worst);
            }
        }
        for (key, worst) in other.findings {
            join(&mut self.findings, key, worst);
        }
        self.origins.extend(other.origins);
    }
}

fn join<K: Ord>(all: &mut BTreeMap<K, Worst>, key: K, worst: Worst) {
    match all.entry(key) {
        std::collections::btree_map::Entry::Vacant(place) => {
            place.insert(worst);
        }
        std::collections::btree_map::Entry::Occupied(mut known) => known.get_mut().and(worst),
    }
}

fn earliest(known: Option<i64>, at: i64) -> Option<i64> {
    Some(known.map_or(at, |known| known.min(at)))
}

/// What holds of all reports.
fn both(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a && b),
        (a, b) => a.or(b),
    }
}

fn is_of_scans(kind: &str) -> bool {
    matches!(kind, "scan-result" | "scanned-host" | "scan-report" | "scan")
}

/// The columns of operations that are about scans.
struct Rows<'f> {
    facts: &'f Operations,
    scan: &'f impegno_facts::Texts,
    network: &'f impegno_facts::Texts,
    /// The score of each word of the column `cvss`.
    scores: Vec<Option<Decimal>>,
}

impl<'f> Rows<'f> {
    fn of(facts: &'f Operations) -> Option<Rows<'f>> {
        let scores = facts.dimensions.get("cvss").map(|texts| texts.words()).unwrap_or_default();
        Some(Rows {
            facts,
            scan: facts.dimensions.get("scan")?,
            network: facts.dimensions.get("network")?,
            scores: scores.iter().map(|word| Decimal::parse(word)).collect(),
        })
    }

    fn text(&self, dimension: &str, row: usize) -> &'f str {
        self.facts.dimensions.get(dimension).map_or("", |texts| texts.get(row))
    }

    fn score(&self, row: usize) -> Option<Decimal> {
        let texts = self.facts.dimensions.get("cvss")?;
        self.scores.get(texts.codes()[row] as usize)?.clone()
    }
}
