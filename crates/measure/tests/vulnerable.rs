//! Shares of what scans found: strict thresholds, hosts that count once, what nobody knows, and who follows it up.

mod common;

use common::{LATER, Memory, SECOND};
use impegno_calendar::{Instant, Interval};
use impegno_charter::Centre;
use impegno_facts::{CaseEvents, Facts, NO_AMOUNT, ONCE, Operations};
use impegno_measure::{
    Evidence, Measured, Measurement, Reason, UnitState, Verdict, VulnerableEvidence, measure_commitments,
};
use num_rational::BigRational;

const DAY: i64 = 86_400;
/// The components that the probes of the folder watch.
const COMPONENTS: &str = "{ code = \"A\" }, { code = \"B\" }, { code = \"C\" }";

fn centre(expected: &str, indicator: &str) -> Centre {
    common::centre(COMPONENTS, "", expected, indicator)
}

fn hosts(expected: &str, more: &str) -> Centre {
    centre(
        expected,
        &format!("{{ vulnerable = {{ network = \"p\", unit = \"host\", over = \"7.0\"{more} }} }}"),
    )
}

fn tracked() -> Centre {
    centre(">= 100 %", "{ tracked = { network = \"p\", over = \"7.0\" } }")
}

fn year() -> Interval {
    Interval { start: Instant(0), end: Instant(365 * DAY * SECOND) }
}

fn measured_until(centre: &Centre, facts: &Memory, known: Instant) -> Measurement {
    let Ok(mut measured) = measure_commitments(centre, year(), known, facts);
    measured.remove(0)
}

fn measured(centre: &Centre, facts: &Memory) -> Measurement {
    measured_until(centre, facts, LATER)
}

fn evidence(measurement: &Measurement) -> &VulnerableEvidence {
    match &measurement.evidence {
        Evidence::Vulnerable(one) => one,
        other => panic!("{other:?}"),
    }
}

fn share(numerator: i64, denominator: i64) -> BigRational {
    BigRational::new(numerator.into(), denominator.into())
}

/// The value and the ends of the band.
fn figures(measurement: &Measurement) -> Option<[BigRational; 3]> {
    let (Some(Measured::Share(value)), Some(band)) = (&measurement.measured, &measurement.band) else {
        return None;
    };
    Some([value.clone(), band.low.clone(), band.high.clone()])
}

/// Operations with dimensions: kind, second, quantity and pairs of dimension and value.
type One<'o> = (&'o str, i64, i64, &'o [(&'o str, &'o str)]);

fn operations(ones: &[One<'_>]) -> Facts {
    let names =
        ["scan", "network", "host", "service", "cvss", "test", "status", "listed", "missing", "measure"];
    let mut facts = Operations::default();
    for (n, (kind, at, quantity, stated)) in ones.iter().enumerate() {
        facts.id.push(&format!("{kind}-{n}"));
        facts.kind.push(kind);
        facts.at.push(at * SECOND);
        facts.quantity.push(*quantity);
        facts.amount.push(NO_AMOUNT);
        facts.line.push(n as u32 + 2);
        for name in names {
            let value = stated.iter().find(|(one, _)| *one == name).map_or("", |(_, value)| *value);
            facts.dimensions.entry(name.to_owned()).or_default().push(value);
        }
    }
    Facts::Operations(facts)
}

/// Results of a scan of the network `p`: host, service, score.
fn scan(name: &str, day: i64, results: &[(&str, &str, &str)]) -> Facts {
    let stated: Vec<Vec<(&str, &str)>> = results
        .iter()
        .map(|(host, service, cvss)| {
            vec![
                ("scan", name),
                ("network", "p"),
                ("host", *host),
                ("service", *service),
                ("cvss", *cvss),
                ("test", "t"),
            ]
        })
        .collect();
    let ones: Vec<One<'_>> =
        stated.iter().map(|stated| ("scan-result", day * DAY, 1, stated.as_slice())).collect();
    operations(&ones)
}

/// A row of the register of scans.
fn register(name: &str, day: i64, hosts: i64, results: i64) -> Facts {
    let stated = |measure: &'static str| [("scan", name), ("network", "p"), ("measure", measure)];
    let (of_hosts, of_results) = (stated("hosts"), stated("results"));
    operations(&[("scan", day * DAY, hosts, &of_hosts), ("scan", day * DAY, results, &of_results)])
}

/// Code, host, service, risk, and the days of taking in charge and solving.
type Ticket<'t> = (&'t str, &'t str, &'t str, &'t str, i64, Option<i64>);

/// Rows of the register of vulnerabilities.
fn tickets(rows: &[Ticket<'_>]) -> Facts {
    let mut facts = CaseEvents::default();
    for (code, host, service, risk, taken, solved) in rows {
        let events = [("taken-in-charge", Some(*taken)), ("solved", *solved)];
        for (event, day) in events.into_iter().filter_map(|(event, day)| Some((event, day?))) {
            facts.case.push(code);
            facts.kind.push("vulnerability");
            facts.event.push(event);
            facts.at.push(day * DAY * SECOND);
            facts.n.push(ONCE);
            facts.line.push(2);
            for (name, value) in [
                ("network", "p"),
                ("host", *host),
                ("service", *service),
                ("test", "t"),
                ("ticket", "T"),
                ("residual-risk", *risk),
            ] {
                facts.dimensions.entry(name.to_owned()).or_default().push(value);
            }
        }
    }
    Facts::Cases(facts)
}

#[test]
fn exactly_the_threshold_is_not_over_it() {
    for (score, over) in [("7.0", 0), ("7", 0), ("7.1", 1), ("10.0", 1), ("6.9", 0), ("0.0", 0)] {
        let facts = Memory::of(vec![scan("s", 1, &[("h1", "80/tcp", score)]), register("s", 1, 4, 1)]);
        let measurement = measured(&hosts("< 25 %", ""), &facts);
        assert_eq!(figures(&measurement), Some([share(over, 4), share(over, 4), share(over, 4)]), "{score}");
        // Strictly under: one of four is not under a quarter.
        let expected = if over == 0 { Verdict::Met } else { Verdict::Missed };
        assert_eq!(measurement.verdict, expected, "{score}");
    }
}

#[test]
fn a_host_counts_once_whatever_it_has_and_in_how_many_files_it_stands() {
    let twice =
        [("h1", "80/tcp", "9.8"), ("h1", "443/tcp", "8.1"), ("h1", "80/tcp", "9.8"), ("h2", "", "2.6")];
    let facts = Memory::of(vec![scan("s", 1, &twice), scan("s", 1, &twice), register("s", 1, 10, 4)]);
    let measurement = measured(&hosts("< 25 %", ""), &facts);
    assert_eq!(figures(&measurement), Some([share(1, 10), share(1, 10), share(1, 10)]));
    let evidence = evidence(&measurement);
    assert_eq!(
        (evidence.count(UnitState::Over), evidence.count(UnitState::NotOver), evidence.total),
        (1, 1, 10)
    );
    assert_eq!(evidence.findings.len(), 2);
    // As services: two ports of the first host and what belongs to no port of the second.
    let services =
        centre("< 25 %", "{ vulnerable = { network = \"p\", unit = \"service\", over = \"7.0\" } }");
    let measurement = measured(&services, &facts);
    assert_eq!(figures(&measurement), Some([share(2, 3), share(0, 1), share(2, 3)]));
}

#[test]
fn other_networks_and_other_periods_do_not_count() {
    let stated = [("scan", "s"), ("network", "q"), ("host", "h9"), ("cvss", "9.8")];
    let other = operations(&[("scan-result", DAY, 1, &stated)]);
    let facts =
        Memory::of(vec![other, scan("s", 1, &[("h1", "", "2.6")]), scan("t", 366, &[("h1", "", "9.8")])]);
    let measurement = measured(&hosts("< 25 %", ""), &facts);
    assert_eq!(figures(&measurement), Some([share(0, 1), share(0, 1), share(0, 1)]));
    assert_eq!(measurement.verdict, Verdict::Met);
}

#[test]
fn a_scan_belongs_to_the_period_in_which_it_began() {
    let stated = [("scan", "s"), ("network", "p"), ("status", "Done")];
    let report = operations(&[("scan-report", 364 * DAY, 1, &stated)]);
    let facts = Memory::of(vec![report, scan("s", 366, &[("h1", "", "9.8")])]);
    let measurement = measured(&hosts("< 25 %", ""), &facts);
    assert_eq!(figures(&measurement).map(|[value, ..]| value), Some(share(1, 1)));
}

#[test]
fn without_a_number_of_hosts_the_share_could_be_any_lower() {
    let facts = Memory::of(vec![scan("s", 1, &[("h1", "", "9.8"), ("h2", "", "2.6")])]);
    let measurement = measured(&hosts("< 25 %", ""), &facts);
    assert_eq!(figures(&measurement), Some([share(1, 2), share(0, 1), share(1, 2)]));
    assert_eq!(measurement.verdict, Verdict::NotProvable);
    assert_eq!(evidence(&measurement).most, None);
    // A report that lists all its hosts settles it.
    let named = |host: &'static str| [("scan", "s"), ("network", "p"), ("host", host)];
    let stated = [("scan", "s"), ("network", "p"), ("status", "Done"), ("listed", "all")];
    let listed = operations(&[
        ("scan-report", DAY, 1, &stated),
        ("scanned-host", DAY, 1, &named("h1")),
        ("scanned-host", DAY, 1, &named("h2")),
        ("scanned-host", DAY, 1, &named("h3")),
    ]);
    let facts = Memory::of(vec![scan("s", 1, &[("h1", "", "9.8"), ("h2", "", "2.6")]), listed]);
    let measurement = measured(&hosts("< 25 %", ""), &facts);
    assert_eq!(figures(&measurement), Some([share(1, 3), share(1, 3), share(1, 3)]));
    assert_eq!(measurement.verdict, Verdict::Missed);
}

#[test]
fn a_finding_without_a_score_could_be_over_the_threshold() {
    let facts = Memory::of(vec![
        scan("s", 1, &[("h1", "", ""), ("h1", "", "6.0"), ("h2", "", ""), ("h2", "", "9.0")]),
        register("s", 1, 10, 4),
    ]);
    let measurement = measured(&hosts("< 15 %", ""), &facts);
    assert_eq!(figures(&measurement), Some([share(1, 10), share(1, 10), share(2, 10)]));
    assert_eq!(measurement.verdict, Verdict::NotProvable);
    let states: Vec<UnitState> = evidence(&measurement).units.iter().map(|unit| unit.state).collect();
    assert_eq!(states, [UnitState::Over, UnitState::Unknown]);
}

#[test]
fn results_that_never_came_could_be_anything() {
    // The register tells of 30 hosts and 2 results, and no file came: that is not a clean network.
    let measurement = measured(&hosts("< 5 %", ""), &Memory::of(vec![register("s", 1, 30, 2)]));
    assert_eq!(figures(&measurement), Some([share(0, 1), share(0, 1), share(2, 30)]));
    assert_eq!(measurement.verdict, Verdict::NotProvable);
    assert_eq!(evidence(&measurement).missing, 2);
    // A scan that says it found nothing is clean.
    let measurement = measured(&hosts("< 5 %", ""), &Memory::of(vec![register("s", 1, 30, 0)]));
    assert_eq!(measurement.verdict, Verdict::Met);
    // More results than hosts cannot make more than all of them vulnerable.
    let measurement = measured(&hosts("< 5 %", ""), &Memory::of(vec![register("s", 1, 3, 90)]));
    assert_eq!(figures(&measurement), Some([share(0, 1), share(0, 1), share(1, 1)]));
}

/// A report that is a page, or what a filter selects, is no whole scan.
#[test]
fn results_that_a_report_leaves_out_could_be_anything() {
    let report = |missing: &'static str, listed: &'static str| {
        let stated =
            [("scan", "s"), ("network", "p"), ("status", "Done"), ("missing", missing), ("listed", listed)];
        operations(&[("scan-report", DAY, 1, &stated)])
    };
    let clean = || scan("s", 1, &[("h1", "", "2.0")]);
    let high = |parts: Vec<Facts>| {
        let mut facts = vec![clean(), register("s", 1, 10, 1)];
        facts.extend(parts);
        figures(&measured(&hosts("< 5 %", ""), &Memory::of(facts))).map(|[_, _, high]| high)
    };
    assert_eq!(high(vec![report("", "all")]), Some(share(0, 1)));
    assert_eq!(high(vec![report("3", "")]), Some(share(3, 10)));
    assert_eq!(high(vec![report("3", ""), report("4", "")]), Some(share(7, 10)));
    assert_eq!(high(vec![report("some", "")]), Some(share(1, 1)));
    // Of two reports of one scan one lists all hosts: nobody knows of those of the other.
    let two = Memory::of(vec![clean(), report("", "all"), report("", "")]);
    assert_eq!(evidence(&measured(&hosts("< 5 %", ""), &two)).most, None);
    let one = Memory::of(vec![clean(), report("", "all")]);
    assert_eq!(evidence(&measured(&hosts("< 5 %", ""), &one)).most, Some(1));
    // Nor does anybody know who follows them up.
    let ticket = || tickets(&[("V1", "h1", "", "no", 2, None)]);
    let over = || scan("s", 1, &[("h1", "", "9.8")]);
    let bounds = |missing: &'static str| {
        figures(&measured(&tracked(), &Memory::of(vec![over(), ticket(), report(missing, "")])))
    };
    assert_eq!(bounds("3"), Some([share(1, 1), share(1, 4), share(1, 1)]));
    assert_eq!(bounds("some"), Some([share(1, 1), share(0, 1), share(1, 1)]));
    let unknown = measured(&tracked(), &Memory::of(vec![clean(), report("some", "")]));
    assert_eq!(unknown.verdict, Verdict::NotMeasured(Reason::NothingKnown));
}

/// Moves all facts by seconds.
fn moved(mut facts: Facts, seconds: i64) -> Facts {
    let times = match &mut facts {
        Facts::Operations(operations) => &mut operations.at,
        Facts::Cases(cases) => &mut cases.at,
        _ => return facts,
    };
    times.iter_mut().for_each(|at| *at += seconds * SECOND);
    facts
}

/// In Rome the day begins an hour before that of the tests.
const MIDNIGHT: i64 = -3_600;
const HOUR: i64 = 3_600;

/// The register tells the day of both scans, their results the hour: the last is the later one and not that of the
/// greater name.
#[test]
fn of_two_scans_of_one_day_the_hours_say_which_was_the_last() {
    let of_register = |name: &str| moved(register(name, 10, 4, 1), MIDNIGHT);
    let first = moved(scan("b-mattina", 10, &[("h1", "", "9.8")]), 8 * HOUR);
    let second = || moved(scan("a-sera", 10, &[("h1", "", "2.0")]), 18 * HOUR);
    let counting = |facts: Vec<Facts>| {
        let measurement = measured(&hosts("< 25 %", ""), &Memory::of(facts));
        let scan = evidence(&measurement).scans.iter().find(|scan| scan.counts).cloned().expect("a scan");
        (scan.name, scan.start)
    };
    let at = |hours: i64| Instant((10 * DAY + hours * HOUR) * SECOND);
    let both = vec![first.clone(), second(), of_register("b-mattina"), of_register("a-sera")];
    assert_eq!(counting(both), ("a-sera".to_owned(), at(18)));
    // A report's own time goes before that of its first result; a time of another day is not that of the register.
    let stated = [("scan", "a-sera"), ("network", "p"), ("status", "Done")];
    let report = operations(&[("scan-report", 10 * DAY + 7 * HOUR, 1, &stated)]);
    let both = vec![first, second(), report, of_register("b-mattina"), of_register("a-sera")];
    assert_eq!(counting(both), ("b-mattina".to_owned(), at(8)));
    let next_day = vec![moved(scan("a-sera", 11, &[("h1", "", "2.0")]), HOUR), of_register("a-sera")];
    assert_eq!(counting(next_day).1, at(-1));
    // An hour that the register tells is the beginning; a result comes later.
    let hourly = vec![second(), moved(register("a-sera", 10, 4, 1), 9 * HOUR)];
    assert_eq!(counting(hourly).1, at(9));
}

/// Solved on the day of the scan: before it or after it, if both have an hour; otherwise nobody knows.
#[test]
fn a_ticket_solved_on_the_day_of_the_scan_counts_by_its_hour() {
    let figures_of = |solved: i64, of_scan: i64| {
        let found = moved(scan("s", 100, &[("h1", "", "9.8"), ("h2", "", "9.0")]), of_scan);
        let other = tickets(&[("V2", "h2", "", "no", 50, None)]);
        let own = moved(tickets(&[("V1", "h1", "", "no", 50, Some(100))]), solved);
        let measurement = measured(
            &tracked(),
            &Memory::of(vec![found, own, other, moved(register("s", 100, 4, 2), MIDNIGHT)]),
        );
        (figures(&measurement).expect("a share"), measurement.verdict)
    };
    let [half, whole] = [share(1, 2), share(1, 1)];
    let stale = ([half.clone(), half.clone(), half.clone()], Verdict::Missed);
    let open = ([whole.clone(), whole.clone(), whole.clone()], Verdict::Met);
    assert_eq!(figures_of(8 * HOUR, 9 * HOUR), stale);
    assert_eq!(figures_of(10 * HOUR, 9 * HOUR), open);
    let unknown = ([half.clone(), half, whole], Verdict::NotProvable);
    assert_eq!(figures_of(MIDNIGHT, 9 * HOUR), unknown);
    assert_eq!(figures_of(10 * HOUR, MIDNIGHT), unknown);
    assert_eq!(figures_of(MIDNIGHT, MIDNIGHT), unknown);
}

/// A scan that was not done to its end could have found anything: where each counts, and where none came after it.
#[test]
fn an_unfinished_scan_leaves_the_worse_end_open() {
    let stopped = |day: i64| {
        let stated = [("scan", "fermata"), ("network", "p"), ("status", "Stopped")];
        vec![
            operations(&[("scan-report", day * DAY, 1, &stated)]),
            scan("fermata", day, &[("h1", "", "9.8")]),
        ]
    };
    let shares = |day: i64, centre: &Centre| {
        let done = vec![scan("s", 100, &[("h1", "", "8.0")]), register("s", 100, 4, 1)];
        let ticket = tickets(&[("V1", "h1", "", "no", 101, None)]);
        let facts = Memory::of([done, stopped(day), vec![ticket]].concat());
        let measurement = measured(centre, &facts);
        assert_eq!(evidence(&measurement).scans.iter().filter(|scan| scan.counts).count(), 1);
        figures(&measurement).expect("a share")
    };
    let quarter = share(1, 4);
    let (sure, open) =
        ([quarter.clone(), quarter.clone(), quarter.clone()], [quarter.clone(), quarter, share(1, 1)]);
    for scans in ["last", "all"] {
        let centre = hosts("< 50 %", &format!(", scans = \"{scans}\""));
        assert_eq!(shares(50, &centre), sure, "{scans}: another came after it");
        assert_eq!(shares(150, &centre), open, "{scans}");
    }
    let each = hosts("< 50 %", ", scans = \"each\"");
    assert_eq!((shares(50, &each), shares(150, &each)), (open.clone(), open));
    assert_eq!(shares(150, &tracked()), [share(1, 1), share(0, 1), share(1, 1)]);
    // Nothing over the threshold in the scan that counts is not yet nothing to follow up.
    let clean = vec![scan("s", 100, &[("h1", "", "2.0")])];
    let none = measured(&tracked(), &Memory::of([clean, stopped(150)].concat()));
    assert_eq!(none.verdict, Verdict::NotMeasured(Reason::NothingKnown));
}

#[test]
fn a_scan_that_the_register_alone_tells_of_is_told_apart() {
    let facts =
        vec![scan("s", 1, &[("h1", "", "2.0")]), register("s", 1, 30, 1), register("refuso", 2, 30, 1)];
    let measurement = measured(&hosts("< 5 %", ""), &Memory::of(facts));
    let told: Vec<(&str, bool)> =
        evidence(&measurement).scans.iter().map(|scan| (scan.name.as_str(), scan.received)).collect();
    assert_eq!(told, [("s", true), ("refuso", false)]);
}

/// The register writes an address its own way.
#[test]
fn a_ticket_holds_for_the_address_however_it_is_written() {
    let facts =
        |host| vec![scan("s", 1, &[("2001:db8::1", "", "9.8")]), tickets(&[("V1", host, "", "no", 2, None)])];
    for (host, tracked_share) in [("2001:DB8:0::1", share(1, 1)), ("2001:db8::2", share(0, 1))] {
        let measurement = measured(&tracked(), &Memory::of(facts(host)));
        assert_eq!(figures(&measurement).map(|[value, ..]| value), Some(tracked_share), "{host}");
    }
}

#[test]
fn nothing_scanned_is_not_measured() {
    let reason = |facts: Vec<Facts>| match measured(&hosts("< 5 %", ""), &Memory::of(facts)).verdict {
        Verdict::NotMeasured(reason) => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(reason(vec![]), Reason::NoScan);
    assert_eq!(reason(vec![scan("s", 400, &[("h1", "", "9.8")])]), Reason::NoScan);
    let done = [("scan", "s"), ("network", "p"), ("status", "Done")];
    assert_eq!(reason(vec![operations(&[("scan-report", DAY, 1, &done)])]), Reason::EmptyWhole);
    let stopped = [("scan", "s"), ("network", "p"), ("status", "Stopped")];
    let stopped = operations(&[("scan-report", DAY, 1, &stopped)]);
    assert_eq!(reason(vec![stopped, scan("s", 1, &[("h1", "", "9.8")])]), Reason::UnfinishedScan);
}

/// January: one of two hosts; July: none of four, and the first was not seen.
fn two_scans() -> Memory {
    Memory::of(vec![
        scan("gennaio", 10, &[("h1", "", "9.8"), ("h2", "", "8.0")]),
        register("gennaio", 10, 4, 2),
        scan("luglio", 190, &[("h2", "", "2.0"), ("h3", "", "3.0")]),
        register("luglio", 190, 5, 2),
    ])
}

#[test]
fn which_scans_count_is_declared() {
    let value = |scans: &str| {
        let measurement = measured(&hosts("< 25 %", scans), &two_scans());
        let counting: Vec<String> = evidence(&measurement)
            .scans
            .iter()
            .filter(|scan| scan.counts)
            .map(|scan| scan.name.clone())
            .collect();
        (figures(&measurement).expect("a share"), counting)
    };
    let last = [share(0, 5), share(0, 5), share(0, 5)];
    assert_eq!(value(""), (last.clone(), vec!["luglio".to_owned()]));
    assert_eq!(value(", scans = \"last\""), (last, vec!["luglio".to_owned()]));
    let worst = [share(2, 4), share(2, 4), share(2, 4)];
    assert_eq!(value(", scans = \"each\""), (worst, vec!["gennaio".to_owned()]));
    // The first host is as January saw it, the second as July did. Of 4 hosts 2 have no name, of 5 have 3: between 5
    // and 3 + 2 + 3 = 8 hosts.
    let all = [share(1, 5), share(1, 8), share(1, 5)];
    assert_eq!(value(", scans = \"all\""), (all, vec!["gennaio".to_owned(), "luglio".to_owned()]));
}

#[test]
fn a_period_that_is_not_over_can_still_see_another_scan() {
    let known = Instant(100 * DAY * SECOND);
    let measurement = measured_until(&hosts("< 80 %", ""), &two_scans(), known);
    assert_eq!(figures(&measurement), Some([share(2, 4), share(0, 1), share(1, 1)]));
    assert_eq!(measurement.verdict, Verdict::NotProvable);
}

#[test]
fn findings_over_the_threshold_are_followed_up_by_a_ticket_or_an_accepted_risk() {
    let found = scan(
        "s",
        100,
        &[("h1", "80/tcp", "9.8"), ("h1", "443/tcp", "8.0"), ("h2", "", "7.5"), ("h3", "", "7.0")],
    );
    let value = |rows: &[Ticket<'_>]| {
        let measurement = measured(&tracked(), &Memory::of(vec![found.clone(), tickets(rows)]));
        (figures(&measurement).map(|[value, ..]| value), measurement.verdict)
    };
    assert_eq!(value(&[]), (Some(share(0, 3)), Verdict::Missed));
    // A ticket for one port is not one for the other; one without a port is for all of the host.
    assert_eq!(value(&[("V1", "h1", "80/tcp", "no", 101, None)]).0, Some(share(1, 3)));
    assert_eq!(value(&[("V1", "h1", "", "no", 101, None)]).0, Some(share(2, 3)));
    let all = [("V1", "h1", "", "no", 101, None), ("V2", "h2", "", "no", 101, Some(120))];
    assert_eq!(value(&all), (Some(share(1, 1)), Verdict::Met));
    // Solved before the scan that finds it again: it was not, unless the risk was accepted.
    let (stale, accepted) = (("V2", "h2", "", "no", 50, Some(60)), ("V2", "h2", "", "yes", 50, Some(60)));
    assert_eq!(value(&[all[0], stale]).0, Some(share(2, 3)));
    assert_eq!(value(&[all[0], accepted]).0, Some(share(1, 1)));
    // Taken in charge after the period: too late for it.
    assert_eq!(value(&[all[0], ("V2", "h2", "", "no", 366, None)]).0, Some(share(2, 3)));
}

#[test]
fn what_nobody_knows_of_findings_leaves_their_share_open() {
    let facts = Memory::of(vec![
        scan("s", 100, &[("h1", "", "9.8"), ("h2", "", "")]),
        register("s", 100, 9, 3),
        tickets(&[("V1", "h1", "", "no", 101, None)]),
    ]);
    let measurement = measured(&tracked(), &facts);
    // One of one; at worst the one without a score and the one that never came are over, and nobody's.
    assert_eq!(figures(&measurement), Some([share(1, 1), share(1, 3), share(1, 1)]));
    assert_eq!(measurement.verdict, Verdict::NotProvable);
    let none = measured(&tracked(), &Memory::of(vec![scan("s", 1, &[("h1", "", "7.0")])]));
    assert_eq!(none.verdict, Verdict::NotMeasured(Reason::NoCase));
    let unknown = measured(&tracked(), &Memory::of(vec![scan("s", 1, &[("h1", "", "")])]));
    assert_eq!(unknown.verdict, Verdict::NotMeasured(Reason::NothingKnown));
}

#[test]
fn the_order_of_the_files_changes_nothing() {
    let parts = vec![
        scan("a", 10, &[("h1", "", "9.8"), ("h2", "80/tcp", "")]),
        scan("b", 190, &[("h2", "", "8.0"), ("h1", "", "9.8")]),
        register("a", 10, 4, 2),
        register("b", 190, 5, 2),
        tickets(&[("V1", "h1", "", "no", 101, None)]),
    ];
    let whole = Memory::of(parts);
    let turned = Memory(whole.0.iter().rev().cloned().collect());
    for scans in ["last", "each", "all"] {
        let centre = hosts("< 25 %", &format!(", scans = \"{scans}\""));
        assert_eq!(measured(&centre, &whole), measured(&centre, &turned), "{scans}");
    }
    assert_eq!(measured(&tracked(), &whole), measured(&tracked(), &turned));
}

#[test]
fn settings_that_cannot_be_are_told() {
    for (indicator, message) in [
        (
            "{ vulnerable = { network = \"p\", unit = \"host\", over = \"10\" } }",
            "`10` is no threshold of scores",
        ),
        ("{ vulnerable = { network = \"p\", unit = \"host\", over = \"alto\" } }", "`alto` is no threshold"),
        ("{ vulnerable = { network = \"p\", over = \"7.0\" } }", "`unit`"),
        ("{ vulnerable = { network = \"p\", unit = \"rete\", over = \"7.0\" } }", "rete"),
        ("{ vulnerable = { network = \"\", unit = \"host\", over = \"7.0\" } }", "`network` names none"),
        ("{ tracked = { network = \"p\", over = \"7.0\", unit = \"host\" } }", "unit"),
        ("{ tracked = { network = \"p\", over = \"7.0\", scans = \"tutte\" } }", "tutte"),
    ] {
        let folder = common::folder(COMPONENTS, "", "< 10 %", indicator);
        let (_, findings) = impegno_charter::read(&folder);
        let messages: Vec<&str> = findings.iter().map(|one| one.message.as_str()).collect();
        assert!(messages.iter().any(|one| one.contains(message)), "{indicator}: {messages:?}");
    }
}
