//! From the scans of a period to a share, and why.

use std::collections::BTreeMap;
use std::net::IpAddr;

use impegno_calendar::{Instant, Interval, Zone};
use impegno_charter::{Decimal, ScanShare, Scans, Vulnerable};
use num_rational::BigRational;

use super::{Host, Scan, ScanBook, VULNERABILITY, Worst};
use crate::verdict::{Band, Reason, fraction};
use crate::{Case, Cases, FactRef};

/// Why a share of what scans found is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VulnerableEvidence {
    /// What is divided by what.
    pub share: ScanShare,
    /// The score that a finding must pass to count.
    pub over: Decimal,
    /// The scans of the period, by their beginning.
    pub scans: Vec<SeenScan>,
    /// Hosts or services of the scans that count: those over the threshold, then those that could be, then the others,
    /// each by their worst score.
    pub units: Vec<SeenUnit>,
    /// Findings of the scans that count which are over the threshold or have no score, the worst first.
    pub findings: Vec<SeenFinding>,
    /// How many hosts or services were scanned at least.
    pub total: u64,
    /// How many at most; `None` where nobody says how many had no findings.
    pub most: Option<u64>,
    /// Results that the register of scans or a report states and that were never received: each could be over the
    /// threshold.
    pub missing: u64,
    /// A report leaves out results, and nobody says how many.
    pub withheld: bool,
    /// A scan that was not done to its end could have changed the value: its worse end is open.
    pub unfinished: bool,
}

/// A scan of the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenScan {
    /// Its name.
    pub name: String,
    /// When it began.
    pub start: Instant,
    /// Hosts, services and results, as the register states them.
    pub stated: [Option<u64>; 3],
    /// Hosts that are known by name.
    pub hosts: u64,
    /// Results that were received.
    pub results: u64,
    /// A report or a result of it was received; otherwise the register alone tells of it.
    pub received: bool,
    /// It was done to its end, as far as is known.
    pub finished: bool,
    /// The value rests on it.
    pub counts: bool,
    /// Where its report and the register tell of it.
    pub origins: Vec<FactRef>,
}

/// A host or a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenUnit {
    /// The host.
    pub host: String,
    /// The service on it; empty where hosts are counted.
    pub service: String,
    /// Its worst score; `None` without any finding that has one.
    pub worst: Option<Decimal>,
    /// What it counts as.
    pub state: UnitState,
    /// Where the worst finding stands, or where the host is told.
    pub origin: FactRef,
}

/// What a host or service counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnitState {
    /// A finding is over the threshold.
    Over,
    /// No finding is known to be over the threshold, and one has no score.
    Unknown,
    /// No finding is over the threshold.
    NotOver,
}

/// A finding over the threshold or without a score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenFinding {
    /// The host.
    pub host: String,
    /// The service on it.
    pub service: String,
    /// The test that found it.
    pub test: String,
    /// Its score, if it has one.
    pub score: Option<Decimal>,
    /// Who follows it up, if anybody does.
    pub tracking: Option<Tracking>,
    /// Where it stands.
    pub origin: FactRef,
}

/// An entry of the register of vulnerabilities that stands for a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracking {
    /// Code of the entry.
    pub code: String,
    /// The ticket.
    pub ticket: String,
    /// The residual risk was accepted, in writing on the ticket.
    pub residual_risk: bool,
    /// It was solved on the day of the scan, and nobody knows whether before it.
    pub doubtful: bool,
    /// Where the entry stands.
    pub origin: FactRef,
}

/// What was found, or the reason why there is no share.
pub(crate) type Share = Result<(BigRational, Band), Reason>;

/// The share of the scans that began in `window`, as they are known at `known`.
pub(crate) fn measure(
    wanted: &Vulnerable,
    book: &ScanBook,
    cases: &Cases,
    window: Interval,
    known: Instant,
    zone: &Zone,
) -> (Share, VulnerableEvidence) {
    let tickets = Tickets::of(cases, &wanted.network, known, zone);
    let mut scans: Vec<(&str, &Scan, Instant)> = book
        .of(&wanted.network)
        .filter_map(|(name, scan)| Some((name, scan, scan.start(zone)?)))
        .filter(|(_, _, start)| window.contains(*start) && *start < known)
        .collect();
    scans.sort_by_key(|(name, _, start)| (*start, *name));
    let finished: Vec<(&str, &Scan, Instant)> =
        scans.iter().copied().filter(|(_, scan, _)| !scan.unfinished).collect();
    let found = match wanted.scans {
        Scans::Last => finished.last().map(|last| found(wanted, &[*last], &tickets)),
        Scans::All => (!finished.is_empty()).then(|| found(wanted, &finished, &tickets)),
        Scans::Each => worst(wanted, &finished, &tickets),
    };
    let Some(mut found) = found else {
        let reason = if scans.is_empty() { Reason::NoScan } else { Reason::UnfinishedScan };
        let scans = scans.into_iter().map(|one| seen(one, false)).collect();
        let (units, findings) = (Vec::new(), Vec::new());
        let evidence = VulnerableEvidence {
            share: wanted.share,
            over: wanted.over.clone(),
            scans,
            units,
            findings,
            total: 0,
            most: None,
            missing: 0,
            withheld: false,
            unfinished: false,
        };
        return (Err(reason), evidence);
    };
    // One that was not done to its end is a scan like the others where each counts, and otherwise the last state of the
    // network where no scan came after it.
    let unfinished = match wanted.scans {
        Scans::Each => finished.len() < scans.len(),
        Scans::Last | Scans::All => scans.last().is_some_and(|(_, scan, _)| scan.unfinished),
    };
    if unfinished {
        found.evidence.unfinished = true;
        match &mut found.share {
            Ok((_, band)) => open_worse_end(wanted, band),
            Err(reason) if *reason == Reason::NoCase => *reason = Reason::NothingKnown,
            Err(_) => {}
        }
    }
    let counting = std::mem::take(&mut found.scans);
    let counts = |name: &str| counting.iter().any(|one| one == name);
    found.evidence.scans = scans.into_iter().map(|one| seen(one, counts(one.0))).collect();
    (found.share, found.evidence)
}

/// What some scans found together.
struct Found {
    scans: Vec<String>,
    share: Share,
    evidence: VulnerableEvidence,
}

/// The scan with the worst share. One that has none could have been any: it leaves the worse end of the band open,
/// unless nothing of it falls under the promise.
fn worst(wanted: &Vulnerable, scans: &[(&str, &Scan, Instant)], tickets: &Tickets<'_>) -> Option<Found> {
    let all: Vec<Found> = scans.iter().map(|scan| found(wanted, &[*scan], tickets)).collect();
    let higher_is_worse = wanted.share != ScanShare::Tracked;
    let unknown = all.iter().any(|one| matches!(&one.share, Err(reason) if *reason != Reason::NoCase));
    let bands: Vec<Band> =
        all.iter().filter_map(|one| one.share.as_ref().ok().map(|(_, band)| band.clone())).collect();
    let value = |one: &Found| one.share.as_ref().ok().map(|(value, _)| value.clone());
    // Of equally bad scans the last one stands for all; those without a share stand behind.
    let worse = |a: &Found, b: &Found| match (value(a), value(b)) {
        (Some(a), Some(b)) if higher_is_worse => a.cmp(&b),
        (Some(a), Some(b)) => b.cmp(&a),
        (a, b) => a.is_some().cmp(&b.is_some()),
    };
    let mut worst = all.into_iter().max_by(worse)?;
    if let Ok((_, band)) = &mut worst.share {
        let ends = |end: fn(&Band) -> &BigRational| {
            let ends = bands.iter().map(end);
            if higher_is_worse { ends.max() } else { ends.min() }.cloned().unwrap_or_default()
        };
        *band = Band { low: ends(|band| &band.low), high: ends(|band| &band.high) };
        if unknown {
            open_worse_end(wanted, band);
        }
    }
    Some(worst)
}

/// Something could have been as bad as can be.
fn open_worse_end(wanted: &Vulnerable, band: &mut Band) {
    match wanted.share {
        ScanShare::Hosts | ScanShare::Services => band.high = BigRational::from_integer(1.into()),
        ScanShare::Tracked => band.low = BigRational::default(),
    }
}

/// What some scans found together: each host as the last of them that saw it found it.
fn found(wanted: &Vulnerable, scans: &[(&str, &Scan, Instant)], tickets: &Tickets<'_>) -> Found {
    let mut hosts: BTreeMap<&str, (&Host, &Scan, Instant)> = BTreeMap::new();
    for (_, scan, start) in scans {
        hosts.extend(scan.hosts.iter().map(|(name, host)| (name.as_str(), (host, *scan, *start))));
    }
    let units = units(wanted, &hosts);
    let findings = findings(wanted, &hosts, tickets);
    let missing = scans.iter().map(|(_, scan, _)| scan.missing()).sum();
    let (total, most) = totals(wanted.share, scans, units.len() as u64);
    let (over, scans_seen) = (wanted.over.clone(), Vec::new());
    let evidence = VulnerableEvidence {
        share: wanted.share,
        over,
        scans: scans_seen,
        units,
        findings,
        total,
        most,
        missing,
        withheld: scans.iter().any(|(_, scan, _)| scan.withheld),
        unfinished: false,
    };
    let share = match wanted.share {
        ScanShare::Hosts | ScanShare::Services => evidence.vulnerable(),
        ScanShare::Tracked => evidence.tracked(),
    };
    Found { scans: scans.iter().map(|(name, _, _)| (*name).to_owned()).collect(), share, evidence }
}

/// How many hosts or services were scanned, at least and at most.
fn totals(share: ScanShare, scans: &[(&str, &Scan, Instant)], known: u64) -> (u64, Option<u64>) {
    let listed = |scan: &Scan| match share {
        ScanShare::Services => scan.hosts.values().map(|host| host.services.len() as u64).sum(),
        ScanShare::Hosts | ScanShare::Tracked => scan.hosts.len() as u64,
    };
    let stated = |scan: &Scan| match share {
        ScanShare::Services => scan.services_stated,
        ScanShare::Hosts | ScanShare::Tracked => scan.hosts_stated,
    };
    let mut least = known;
    let mut most = Some(known);
    for (_, scan, _) in scans {
        let (listed, stated) = (listed(scan), stated(scan));
        least = least.max(stated.unwrap_or(0));
        let all_listed = scan.all_listed == Some(true) && share != ScanShare::Services;
        most = match (most, stated) {
            // Those without a name may be others in every scan.
            (Some(most), Some(stated)) => Some(most + stated.saturating_sub(listed)),
            (Some(most), None) if all_listed => Some(most),
            _ => None,
        };
    }
    (least, most.map(|most| most.max(least)))
}

/// The hosts or services, those that are over the threshold first.
fn units(wanted: &Vulnerable, hosts: &BTreeMap<&str, (&Host, &Scan, Instant)>) -> Vec<SeenUnit> {
    let over = |score: &Decimal| *score > wanted.over;
    let unit = |host: &str, service: &str, worst: Option<&Worst>, origin: &FactRef| {
        let score = worst.and_then(|worst| worst.score.clone());
        let state = match worst {
            Some(_) if score.as_ref().is_some_and(over) => UnitState::Over,
            Some(worst) if worst.scoreless => UnitState::Unknown,
            _ => UnitState::NotOver,
        };
        SeenUnit {
            host: host.to_owned(),
            service: service.to_owned(),
            worst: score,
            state,
            origin: worst.map_or(origin, |worst| &worst.origin).clone(),
        }
    };
    let mut units = Vec::new();
    for (name, (host, _, _)) in hosts {
        if wanted.share == ScanShare::Services {
            let services = host.services.iter();
            units.extend(services.map(|(service, worst)| unit(name, service, Some(worst), &host.origin)));
            continue;
        }
        let mut services = host.services.values().cloned();
        let worst = services.next().map(|first| {
            services.fold(first, |mut all, one| {
                all.and(one);
                all
            })
        });
        units.push(unit(name, "", worst.as_ref(), &host.origin));
    }
    units.sort_by(|a, b| {
        let place = || (&a.host, &a.service).cmp(&(&b.host, &b.service));
        a.state.cmp(&b.state).then_with(|| b.worst.cmp(&a.worst)).then_with(place)
    });
    units
}

/// The findings over the threshold and those without a score, with who follows them up.
fn findings(
    wanted: &Vulnerable,
    hosts: &BTreeMap<&str, (&Host, &Scan, Instant)>,
    tickets: &Tickets<'_>,
) -> Vec<SeenFinding> {
    let mut findings = Vec::new();
    for (name, (_, scan, start)) in hosts {
        let of_host = (name.to_string(), String::new(), String::new());
        let own = scan.findings.range(of_host..).take_while(|((host, _, _), _)| host == name);
        for ((host, service, test), worst) in own {
            if worst.score.as_ref().is_some_and(|score| *score <= wanted.over) && !worst.scoreless {
                continue;
            }
            findings.push(SeenFinding {
                host: host.clone(),
                service: service.clone(),
                test: test.clone(),
                score: worst.score.clone().filter(|score| !worst.scoreless || *score > wanted.over),
                tracking: tickets.of_finding(host, service, test, *start),
                origin: worst.origin.clone(),
            });
        }
    }
    findings.sort_by(|a, b| {
        let place = || (&a.host, &a.service, &a.test).cmp(&(&b.host, &b.service, &b.test));
        b.score.cmp(&a.score).then_with(place)
    });
    findings
}

impl VulnerableEvidence {
    /// How many hosts or services are in a state.
    pub fn count(&self, state: UnitState) -> u64 {
        self.units.iter().filter(|unit| unit.state == state).count() as u64
    }

    /// Findings over the threshold, and how many of them are taken in charge for sure.
    pub fn findings_over(&self) -> (u64, u64) {
        let over = || self.findings.iter().filter(|one| one.score.is_some());
        (over().count() as u64, over().filter(|one| one.followed() == Some(true)).count() as u64)
    }

    /// Findings over the threshold of which nobody knows whether their ticket was solved before the scan.
    pub fn findings_doubtful(&self) -> u64 {
        self.findings.iter().filter(|one| one.score.is_some() && one.followed().is_none()).count() as u64
    }

    fn vulnerable(&self) -> Share {
        let over = self.count(UnitState::Over);
        if self.total == 0 {
            return Err(Reason::EmptyWhole);
        }
        let at_worst = (over + self.count(UnitState::Unknown)).saturating_add(self.missing).min(self.total);
        let at_worst = if self.withheld { self.total } else { at_worst };
        let part =
            |count: u64, whole: u64| fraction(i128::from(count), i128::from(whole)).unwrap_or_default();
        let low = self.most.map_or_else(BigRational::default, |most| part(over, most));
        Ok((part(over, self.total), Band { low, high: part(at_worst, self.total) }))
    }

    fn tracked(&self) -> Share {
        let (over, tracked) = self.findings_over();
        let scoreless = |followed: Option<bool>| {
            let scoreless = self.findings.iter().filter(|one| one.score.is_none());
            scoreless.filter(|one| one.followed() == followed).count() as u64
        };
        let [followed, unfollowed, perhaps] = [Some(true), Some(false), None].map(scoreless);
        let doubt = (followed + unfollowed + perhaps).saturating_add(self.missing);
        let part = |count: u64, whole: u64| fraction(i128::from(count), i128::from(whole));
        let Some(value) = part(tracked, over) else {
            return Err(if doubt == 0 && !self.withheld { Reason::NoCase } else { Reason::NothingKnown });
        };
        // At worst all that could be over the threshold is, and nobody follows up what was never received.
        let low = part(tracked, over + unfollowed + perhaps + self.missing).unwrap_or_default();
        let sure = followed + perhaps + self.missing;
        let tracked = tracked + self.findings_doubtful();
        let high = part(tracked + sure, over + sure).unwrap_or_default();
        if self.withheld {
            // Any number of them: with nobody's the share goes to 0, with followed ones to 1.
            return Ok((
                value,
                Band { low: BigRational::default(), high: BigRational::from_integer(1.into()) },
            ));
        }
        Ok((value, Band { low, high }))
    }
}

impl SeenFinding {
    /// Whether it is followed up; `None` when that is not known.
    pub fn followed(&self) -> Option<bool> {
        self.tracking.as_ref().map_or(Some(false), |tracking| (!tracking.doubtful).then_some(true))
    }
}

impl Scan {
    /// When it began. Reports tell the hour and the register may tell the day alone: of two scans of one day its midnight
    /// would say nothing about which was the last.
    fn start(&self, zone: &Zone) -> Option<Instant> {
        let [reported, registered, seen] =
            [self.reported, self.registered, self.seen].map(|at| at.map(Instant));
        let Some(registered) = registered else { return reported.or(seen) };
        let same_day = |at: &Instant| zone.date(*at) == zone.date(registered);
        let seen = seen.filter(|_| is_day_start(registered, zone));
        let hour = reported.filter(same_day).or(seen.filter(same_day));
        hour.or(reported.min(Some(registered)).or(Some(registered)))
    }

    /// Results that the register states and no source gave in full, or that the reports say they leave out.
    fn missing(&self) -> u64 {
        let received = self.received.values().max().copied().unwrap_or(0);
        let of_register = self.results_stated.map_or(0, |stated| stated.saturating_sub(received));
        of_register.max(self.left_out.values().max().copied().unwrap_or(0))
    }
}

fn seen((name, scan, start): (&str, &Scan, Instant), counts: bool) -> SeenScan {
    // A row of the register states several numbers.
    let mut origins = scan.origins.clone();
    origins.sort();
    origins.dedup();
    SeenScan {
        name: name.to_owned(),
        start,
        stated: [scan.hosts_stated, scan.services_stated, scan.results_stated],
        hosts: scan.hosts.len() as u64,
        results: scan.received.values().max().copied().unwrap_or(0),
        received: scan.reported.is_some() || scan.seen.is_some(),
        finished: !scan.unfinished,
        counts,
        origins,
    }
}

/// Whether nothing but a day is known of an instant.
fn is_day_start(at: Instant, zone: &Zone) -> bool {
    zone.day_start(zone.date(at)) == at
}

/// The register of vulnerabilities of a network, by host and test.
struct Tickets<'z> {
    zone: &'z Zone,
    entries: BTreeMap<(String, String), Vec<Entry>>,
}

struct Entry {
    /// Empty for any service of the host.
    service: String,
    solved: Option<Instant>,
    tracking: Tracking,
}

impl Tickets<'_> {
    /// The entries that were taken in charge before an instant.
    fn of<'z>(cases: &Cases, network: &str, known: Instant, zone: &'z Zone) -> Tickets<'z> {
        let mut all: BTreeMap<(String, String), Vec<Entry>> = BTreeMap::new();
        for case in cases.of_kind(VULNERABILITY) {
            if let Some((key, entry)) = entry(case, network, known) {
                all.entry(key).or_default().push(entry);
            }
        }
        Tickets { zone, entries: all }
    }

    /// Who follows up what a scan that began at an instant found: a ticket that was solved before did not solve it.
    fn of_finding(&self, host: &str, service: &str, test: &str, start: Instant) -> Option<Tracking> {
        let entries = self.entries.get(&(host.to_owned(), test.to_owned()))?;
        let own = || entries.iter().filter(|entry| entry.service.is_empty() || entry.service == service);
        let follows = |entry: &Entry| match entry.solved {
            Some(solved) if !entry.tracking.residual_risk => self.open(solved, start),
            _ => Some(true),
        };
        let sure = own().find(|entry| follows(entry) == Some(true));
        let tracking = |entry: &Entry| Tracking { doubtful: sure.is_none(), ..entry.tracking.clone() };
        sure.or_else(|| own().find(|entry| follows(entry).is_none())).map(tracking)
    }

    /// Whether what was solved was still open when a scan began; `None` when both were on one day and one of them has
    /// no hour.
    fn open(&self, solved: Instant, start: Instant) -> Option<bool> {
        let one_day = self.zone.date(solved) == self.zone.date(start);
        let hourless = is_day_start(solved, self.zone) || is_day_start(start, self.zone);
        (!(one_day && hourless)).then_some(solved >= start)
    }
}

/// A host as reports give it: an address in the form of the standard.
fn host_form(host: String) -> String {
    host.parse::<IpAddr>().map_or(host, |address| address.to_string())
}

fn entry(case: Case<'_>, network: &str, known: Instant) -> Option<((String, String), Entry)> {
    let text = |name: &str| case.dimension(name, known.0).to_owned();
    let taken = case.first("taken-in-charge", known.0)?;
    (text("network") == network).then(|| {
        let tracking = Tracking {
            code: case.id().to_owned(),
            ticket: text("ticket"),
            residual_risk: text("residual-risk") == "yes",
            doubtful: false,
            origin: taken.origin(),
        };
        let solved = case.first("solved", known.0).map(|event| Instant(event.at));
        ((host_form(text("host")), text("test")), Entry { service: text("service"), solved, tracking })
    })
}
