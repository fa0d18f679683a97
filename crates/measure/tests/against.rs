//! Our account against those of other programs: each second that differs has the right reason, and the seconds of all
//! reasons add up to the difference.

mod common;

use std::collections::BTreeMap;

use common::{
    LATER, Memory, One, PLAIN, PROBES, SECOND, account, cases, centre, checks, folder, interruptions,
    measured, monitor,
};
use impegno_calendar::{Instant, Interval, Zone};
use impegno_charter::Centre;
use impegno_facts::{Check, Checks, Facts, NO_LATENCY, Origin, State, StateType, Texts};
use impegno_measure::{Against, Bucket, Peer, Why, against};
use jiff::civil::{Date, date};
use proptest::prelude::*;

use Bucket::{Down, Excused, Outside, Unknown, Up};

fn rome() -> Zone {
    Zone::named("Europe/Rome").unwrap()
}

/// Some days from midnight to midnight.
fn days(first: Date, last: Date) -> Interval {
    Interval { start: rome().day_start(first), end: rome().day_end(last) }
}

/// Monday 6 March 2017.
fn monday() -> Interval {
    days(date(2017, 3, 6), date(2017, 3, 6))
}

/// The availability of the component C, of one probe.
fn of_c(more: &str) -> Centre {
    centre(PLAIN, "", ">= 50 %", &format!("{{ availability = {{ component = \"C\"{more} }} }}"))
}

const C: usize = 5;

fn told(period: Interval, ones: &[(i64, State, StateType)]) -> Facts {
    let ones: Vec<One> = ones
        .iter()
        .map(|(at, state, kind)| One {
            probe: C,
            at: period.start.0 + at * SECOND,
            state: *state,
            kind: *kind,
        })
        .collect();
    checks(&ones)
}

/// Confirmed states of the probe of C, by seconds after the start.
fn states(period: Interval, states: &[(i64, State)]) -> Facts {
    told(period, &states.iter().map(|(at, state)| (*at, *state, StateType::Hard)).collect::<Vec<_>>())
}

fn held(centre: &Centre, period: Interval, facts: Vec<Facts>, peer: Peer) -> Against {
    let commitment = centre.commitments.first().expect("a commitment");
    let Ok(parts) = against(centre, commitment, period, LATER, &Memory::of(facts), peer);
    let mut parts = parts.expect("an availability");
    assert_eq!(parts.len(), 1);
    parts.remove(0).against
}

/// Stretches as (seconds after the start, seconds, ours, theirs, why).
type Told = Vec<(i64, i64, Bucket, Bucket, Why)>;

fn differences(centre: &Centre, period: Interval, facts: Vec<Facts>, peer: Peer) -> Told {
    let against = held(centre, period, facts, peer);
    against
        .differences
        .iter()
        .map(|one| {
            let from = (one.interval.start - period.start).seconds();
            (from, one.interval.length().seconds(), one.ours, one.theirs, one.why)
        })
        .collect()
}

#[test]
fn attempts_before_the_confirmation_are_dated_back_by_us_only() {
    let facts = told(
        monday(),
        &[
            (-60, State::Ok, StateType::Hard),
            (36_000, State::Critical, StateType::Soft),
            (36_120, State::Critical, StateType::Hard),
            (39_600, State::Ok, StateType::Hard),
        ],
    );
    for peer in [Peer::NagiosAvail, Peer::IcingaDb, Peer::ZabbixSli] {
        let found = differences(&of_c(""), monday(), vec![facts.clone()], peer);
        assert_eq!(found, [(36_000, 120, Down, Up, Why::SoftAttempts)], "{peer:?}");
        let none = differences(&of_c(", confirmation = \"hard\""), monday(), vec![facts.clone()], peer);
        assert_eq!(none, [], "{peer:?}");
    }
}

#[test]
fn a_warning_stands_apart_in_nagios_only() {
    let facts = states(monday(), &[(-60, State::Ok), (50_000, State::Warning), (51_000, State::Ok)]);
    let found = |peer| differences(&of_c(""), monday(), vec![facts.clone()], peer);
    assert_eq!(found(Peer::NagiosAvail), [(50_000, 1_000, Up, Bucket::Warning, Why::Warning)]);
    assert_eq!(found(Peer::IcingaDb), []);
    assert_eq!(found(Peer::ZabbixSli), []);
    let against = held(&of_c(""), monday(), vec![facts], Peer::NagiosAvail);
    let shares: Vec<String> =
        against.their_shares.iter().map(|(_, share)| share.as_ref().expect("a share").to_string()).collect();
    assert_eq!(shares, ["427/432", "427/432"], "85,400 of 86,400");
}

#[test]
fn a_check_that_cannot_tell_is_a_problem_in_icinga_and_none_in_zabbix() {
    let facts = states(monday(), &[(-60, State::Ok), (60_000, State::Unknown), (60_500, State::Ok)]);
    let found = |peer| differences(&of_c(""), monday(), vec![facts.clone()], peer);
    assert_eq!(found(Peer::NagiosAvail), []);
    assert_eq!(found(Peer::IcingaDb), [(60_000, 500, Unknown, Down, Why::UnknownState)]);
    assert_eq!(found(Peer::ZabbixSli), [(60_000, 500, Unknown, Up, Why::UnknownState)]);
}

#[test]
fn a_planned_stop_is_down_in_nagios_and_zabbix_and_good_in_icinga() {
    let start = monday().start.0;
    let facts = |name: &str| {
        vec![
            states(monday(), &[(-60, State::Ok), (70_100, State::Critical), (70_900, State::Ok)]),
            cases(
                "maintenance",
                &[(name, start + 70_000 * SECOND, "started"), (name, start + 71_000 * SECOND, "ended")],
            ),
        ]
    };
    let excused = of_c(", planned = \"excused\"");
    let found = |name, peer| differences(&excused, monday(), facts(name), peer);
    for peer in [Peer::NagiosAvail, Peer::ZabbixSli] {
        assert_eq!(found("c1;x", peer), [(70_100, 800, Excused, Down, Why::PlannedStop)], "{peer:?}");
    }
    assert_eq!(found("c1;x", Peer::IcingaDb), [(70_100, 800, Excused, Up, Why::PlannedStop)]);
    // A service looks only at its own stops.
    assert_eq!(found("c1", Peer::IcingaDb), [(70_100, 800, Excused, Down, Why::PlannedStop)]);
    let counted = of_c(", planned = \"counted\"");
    assert_eq!(differences(&counted, monday(), facts("c1;x"), Peer::NagiosAvail), []);
}

#[test]
fn other_programs_let_a_state_hold_for_ever() {
    let facts = states(monday(), &[(-60, State::Ok)]);
    for peer in [Peer::NagiosAvail, Peer::IcingaDb, Peer::ZabbixSli] {
        let found = differences(&of_c(", staleness = \"1 h\""), monday(), vec![facts.clone()], peer);
        assert_eq!(found, [(3_540, 82_860, Unknown, Up, Why::Stale)], "{peer:?}");
    }
}

#[test]
fn while_the_monitor_is_stopped_states_go_on_in_other_programs() {
    let start = monday().start.0;
    let facts = vec![
        states(monday(), &[(-60, State::Critical), (20_010, State::Ok)]),
        monitor(&[(start + 10_000 * SECOND, false), (start + 20_000 * SECOND, true)]),
    ];
    for peer in [Peer::NagiosAvail, Peer::IcingaDb, Peer::ZabbixSli] {
        let found = differences(&of_c(""), monday(), facts.clone(), peer);
        assert_eq!(found, [(10_000, 10_000, Unknown, Down, Why::MonitorStopped)], "{peer:?}");
    }
}

#[test]
fn before_the_first_state_zabbix_is_well() {
    let facts = states(monday(), &[(30_000, State::Critical), (30_600, State::Ok)]);
    let found = |peer| differences(&of_c(""), monday(), vec![facts.clone()], peer);
    assert_eq!(found(Peer::NagiosAvail), []);
    assert_eq!(found(Peer::IcingaDb), []);
    assert_eq!(found(Peer::ZabbixSli), [(0, 30_000, Unknown, Up, Why::BeforeFirst)]);
}

#[test]
fn a_short_stop_counts_elsewhere() {
    let facts = states(monday(), &[(-60, State::Ok), (100, State::Critical), (400, State::Ok)]);
    let found =
        differences(&of_c(", ignore-shorter-than = \"10 min\""), monday(), vec![facts], Peer::NagiosAvail);
    assert_eq!(found, [(100, 300, Up, Down, Why::ShortStop)]);
}

#[test]
fn what_is_only_declared_is_not_seen_elsewhere() {
    let start = monday().start.0;
    let facts = vec![
        states(monday(), &[(-60, State::Ok)]),
        interruptions(&[("I1", "C", false, start + 1_000 * SECOND, Some(start + 4_000 * SECOND))]),
    ];
    let centre = of_c(", interruptions = \"either\"");
    assert_eq!(
        differences(&centre, monday(), facts, Peer::NagiosAvail),
        [(1_000, 3_000, Down, Up, Why::Declared)]
    );
}

#[test]
fn an_accepted_act_of_exclusion_is_ours_alone() {
    let start = monday().start.0;
    let at = |second: i64| start + second * SECOND;
    let act = [(500, "excluded-from"), (2_500, "excluded-until"), (100, "approved")];
    let events: Vec<(&str, i64, &str)> = act.map(|(second, event)| ("E-1", at(second), event)).to_vec();
    let Facts::Cases(mut act) = cases("exclusion", &events) else { unreachable!("cases") };
    let (mut components, mut approvers) = (Texts::default(), Texts::default());
    for _ in &events {
        components.push("C");
        approvers.push("direzione");
    }
    act.dimensions =
        BTreeMap::from([("component".to_owned(), components), ("approved-by".to_owned(), approvers)]);
    let facts = vec![
        states(monday(), &[(-60, State::Ok), (1_000, State::Critical), (4_000, State::Ok)]),
        Facts::Cases(act),
    ];
    let indicator = "{ availability = { component = \"C\" } }\nexclusions = {}";
    let found = |indicator: &str, peer| {
        differences(&centre(PLAIN, "", ">= 50 %", indicator), monday(), facts.clone(), peer)
    };
    for peer in [Peer::NagiosAvail, Peer::IcingaDb, Peer::ZabbixSli] {
        assert_eq!(found(indicator, peer), [(1_000, 1_500, Excused, Down, Why::Act)], "{peer:?}");
    }
    // A commitment without a policy accepts none.
    assert_eq!(found("{ availability = { component = \"C\" } }", Peer::NagiosAvail), []);
}

#[test]
fn service_hours_are_those_of_the_week_or_none() {
    let facts = states(monday(), &[(-60, State::Ok)]);
    let centre = of_c(", calendar = \"ufficio\"");
    let found = |peer| differences(&centre, monday(), vec![facts.clone()], peer);
    assert_eq!(found(Peer::NagiosAvail), []);
    assert_eq!(found(Peer::ZabbixSli), []);
    let outside = Why::OutsideHours;
    assert_eq!(
        found(Peer::IcingaDb),
        [(0, 30_600, Outside, Up, outside), (64_800, 21_600, Outside, Up, outside)]
    );
}

#[test]
fn a_day_of_closure_is_open_in_a_program_that_knows_no_dates() {
    let mut texts =
        folder(PLAIN, "", ">= 50 %", "{ availability = { component = \"C\", calendar = \"ufficio\" } }");
    let text = texts.get_mut("centre.toml").expect("centre.toml");
    text.push_str("[[calendar.closure]]\nfirst = \"2017-03-14\"\nact = \"determina 1/2017\"\n");
    let (centre, findings) = impegno_charter::read(&texts);
    assert!(findings.is_empty(), "{findings:?}");
    let centre = centre.expect("a sound centre");
    // Tuesday 14 March is closed; the Tuesdays before and after are open from 8:30 to 18:00.
    let period = days(date(2017, 3, 6), date(2017, 3, 26));
    let facts: Vec<(i64, State)> = (0..22).map(|day| (day * 86_400 - 60, State::Ok)).collect();
    let found = differences(&centre, period, vec![states(period, &facts)], Peer::NagiosAvail);
    let holiday = (8 * 86_400 + 30_600, 34_200, Outside, Up, Why::Holiday);
    // On the 26th clocks go forward: Nagios ends the hours of Sunday at 5:00 on the clock.
    let clocks = (20 * 86_400 + 10_800, 3_600, Outside, Up, Why::ClockChange);
    assert_eq!(found, [holiday, clocks]);
}

#[test]
fn after_the_last_receipt_only_others_go_on() {
    let facts = Memory::of(vec![states(monday(), &[(-60, State::Ok)])]);
    let centre = of_c("");
    let commitment = centre.commitments.first().expect("a commitment");
    let noon = Instant(monday().start.0 + 43_200 * SECOND);
    let found = |peer| {
        let Ok(parts) = against(&centre, commitment, monday(), noon, &facts, peer);
        parts.expect("an availability").remove(0).against
    };
    let of = |peer| {
        let found = found(peer);
        let [one] = found.differences.as_slice() else { panic!("{:?}", found.differences) };
        (one.interval.start, one.interval.length().seconds(), one.ours, one.theirs, one.why)
    };
    // Nagios cuts its report at the present, and so does Zabbix a second later; Icinga DB goes on.
    assert_eq!(of(Peer::NagiosAvail), (noon, 43_200, Unknown, Outside, Why::AfterReceipt));
    assert_eq!(of(Peer::IcingaDb), (noon, 43_200, Unknown, Up, Why::AfterReceipt));
    let zabbix = found(Peer::ZabbixSli);
    let told: Vec<(i64, Bucket)> =
        zabbix.differences.iter().map(|one| (one.interval.length().seconds(), one.theirs)).collect();
    assert_eq!(told, [(1, Up), (43_199, Outside)]);
}

#[test]
fn kuma_counts_results_and_no_changes_of_state() {
    let start = monday().start.0;
    let mut results = Checks::default();
    let results_of_a_day = [
        (0, State::Ok, StateType::Hard),
        (3_600, State::Critical, StateType::Soft),
        (3_660, State::Critical, StateType::Hard),
        (7_200, State::Warning, StateType::Hard),
        (10_800, State::Critical, StateType::Hard),
    ];
    for ((at, state, state_type), line) in results_of_a_day.into_iter().zip(1..) {
        let at = start + at * SECOND;
        let check =
            Check { at, state, latency: NO_LATENCY, origin: Origin::Result, state_type, attempt: 1, line };
        results.push(PROBES[C], check);
    }
    let stop = cases(
        "maintenance",
        &[("c1", start + 10_000 * SECOND, "started"), ("c1", start + 11_000 * SECOND, "ended")],
    );
    let found = held(&of_c(""), monday(), vec![Facts::Checks(results), stop], Peer::UptimeKuma);
    assert_eq!(found.results, Some((2, 2)));
    assert_eq!(found.theirs, None);
    assert_eq!(found.their_shares.first().and_then(|(_, share)| share.clone()).unwrap().to_string(), "1/2");
    let changes = states(monday(), &[(0, State::Ok), (10, State::Critical)]);
    let none = held(&of_c(""), monday(), vec![changes], Peer::UptimeKuma);
    assert_eq!((none.results, &none.their_shares), (Some((0, 0)), &vec![("uptime", None)]));
}

#[test]
fn several_probes_are_composed_as_ours_are() {
    let centre = centre(
        "{ code = \"A\", probes = { at-least = 2 } }, { code = \"B\" }, { code = \"C\" }",
        "",
        ">= 50 %",
        "{ availability = { component = \"A\" } }",
    );
    let start = monday().start.0;
    let hard = |probe, at: i64, state| One { probe, at: start + at * SECOND, state, kind: StateType::Hard };
    let facts = checks(&[
        hard(0, -60, State::Ok),
        hard(1, -60, State::Ok),
        hard(2, -60, State::Ok),
        // One down of three is not enough, two are.
        hard(0, 1_000, State::Critical),
        hard(1, 2_000, State::Critical),
        hard(1, 3_000, State::Ok),
        hard(0, 4_000, State::Ok),
        hard(2, 5_000, State::Warning),
        hard(2, 6_000, State::Ok),
    ]);
    let found = held(&centre, monday(), vec![facts], Peer::NagiosAvail);
    let theirs = found.theirs.expect("an account");
    assert_eq!(theirs[Down].seconds(), 1_000);
    assert_eq!(theirs[Bucket::Warning].seconds(), 1_000);
    assert_eq!(found.ours[Down].seconds(), 1_000);
    assert_eq!(found.differences.len(), 1, "{:?}", found.differences);
    assert_eq!(found.their_shares, [("PERCENT_TOTAL_TIME_OK", Some(num(84_400, 86_400)))]);
}

fn num(good: i64, of: i64) -> num_rational::BigRational {
    num_rational::BigRational::new(good.into(), of.into())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn the_seconds_of_all_reasons_add_up(
        ones in prop::collection::vec((-90_000_i64..90_000, 0..4_usize, any::<bool>(), 0..3_usize), 0..30),
        stops in prop::collection::vec((-90_000_i64..90_000, any::<bool>()), 0..5),
        downtimes in prop::collection::vec((-90_000_i64..90_000, any::<bool>()), 0..5),
        setting in prop::sample::select(vec![
            "", ", staleness = \"1 h\"", ", planned = \"excused\"", ", confirmation = \"any\"",
            ", calendar = \"ufficio\", planned = \"excused\"", ", ignore-shorter-than = \"20 min\"",
        ]),
        component in prop::sample::select(vec!["A", "B", "C"]),
        day in prop::sample::select(vec![date(2017, 3, 6), date(2017, 3, 26), date(2017, 10, 29)]),
        peer in prop::sample::select(Peer::ALL.to_vec()),
    ) {
        let period = days(day, day);
        let indicator = format!("{{ availability = {{ component = \"{component}\"{setting} }} }}");
        let centre = centre(PLAIN, "", ">= 50 %", &indicator);
        let first = ["A", "B", "C"].iter().position(|one| *one == component).map_or(0, |place| [0, 3, 5][place]);
        let mut ones: Vec<One> = ones
            .into_iter()
            .map(|(at, state, hard, probe)| One {
                probe: (first + probe).min(5),
                at: period.start.0 + at * SECOND,
                state: State::ALL[state],
                kind: if hard { StateType::Hard } else { StateType::Soft },
            })
            .collect();
        ones.sort_unstable_by_key(|one| one.at);
        let mut stops = stops;
        stops.sort_unstable();
        let stops: Vec<(i64, bool)> =
            stops.into_iter().map(|(at, starts)| (period.start.0 + at * SECOND, starts)).collect();
        let mut downtimes = downtimes;
        downtimes.sort_unstable();
        let name = PROBES[first];
        let events: Vec<(&str, i64, &str)> = downtimes
            .into_iter()
            .map(|(at, starts)| (name, period.start.0 + at * SECOND, if starts { "started" } else { "ended" }))
            .collect();
        let facts = vec![checks(&ones), monitor(&stops), cases("maintenance", &events)];
        let found = held(&centre, period, facts.clone(), peer);

        // Ours is what a report says.
        let own = account(&measured(&centre, period, &Memory::of(facts)));
        let ours = &found.ours;
        prop_assert_eq!(
            [own.up, own.down, own.excused, own.unknown, own.outside],
            [ours[Up], ours[Down], ours[Excused], ours[Unknown], ours[Outside]]
        );
        let Some(theirs) = &found.theirs else {
            prop_assert_eq!(peer, Peer::UptimeKuma);
            return Ok(());
        };
        prop_assert_eq!(theirs.total(), period.length());
        for bucket in Bucket::ALL {
            let into: i64 = found.differences.iter().filter(|one| one.theirs == bucket)
                .map(|one| one.interval.length().0).sum();
            let out: i64 = found.differences.iter().filter(|one| one.ours == bucket)
                .map(|one| one.interval.length().0).sum();
            prop_assert_eq!(ours[bucket].0 + into - out, theirs[bucket].0, "{:?}", bucket);
        }
        for pair in found.differences.windows(2) {
            prop_assert!(pair[0].interval.end <= pair[1].interval.start);
        }
        let at = |instant: i64| Instant(instant);
        for one in &found.differences {
            prop_assert!(one.ours != one.theirs);
            prop_assert!(period.contains(at(one.interval.start.0)));
        }
    }
}
