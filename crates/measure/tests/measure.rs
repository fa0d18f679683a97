//! What holds of every measure, whatever the facts: buckets add up, the order and cut of parts does not
//! matter, unknown is never silently good or bad, and equality is exact.

mod common;

use std::collections::BTreeMap;

use common::{LATER, Memory, SECOND, account};
use impegno_calendar::{Instant, Interval, Micros};
use impegno_charter::Centre;
use impegno_facts::{
    CaseEvents, Check, Checks, Facts, NO_AMOUNT, NO_LATENCY, Operations, Origin, State, StateType, Texts,
};
use impegno_measure::{Evidence, Measurement, Reason, Verdict, measure_commitments};
use proptest::prelude::*;

/// Monday 6 March 2017, 9:00 in Rome.
const NINE: i64 = 1_488_787_200;
/// A centre with one commitment: what is expected, and the indicator.
fn centre(expected: &str, indicator: &str) -> Centre {
    let folder = BTreeMap::from(
        [
            (
                "centre.toml",
                "name = \"Centro\"\nzone = \"Europe/Rome\"\n[[calendar]]\ncode = \"ufficio\"\n\
                 hours = { monday = \"8:30-18:00\", tuesday = \"8:30-18:00\" }\n"
                    .to_owned(),
            ),
            (
                "systems.toml",
                "[[system]]\ncode = \"web\"\nname = \"Web\"\n\
                 component = [{ code = \"WEB\" }, { code = \"BARE\" }]\n"
                    .to_owned(),
            ),
            ("probes.csv", "host,service,component\na,http,WEB\nb,http,WEB\n".to_owned()),
            (
                "commitments/carta.toml",
                format!(
                    "document = \"Carta\"\n[[commitment]]\ncode = \"X\"\ntext = \"Promessa\"\n\
                     expected = \"{expected}\"\nindicator = {indicator}\n"
                ),
            ),
        ]
        .map(|(file, text)| (file.to_owned(), text)),
    );
    let (centre, findings) = impegno_charter::read(&folder);
    assert!(findings.is_empty(), "{findings:?}");
    centre.expect("a sound centre")
}

/// Two hours from nine o'clock.
fn period() -> Interval {
    Interval::new(Instant(NINE * SECOND), Instant((NINE + 7200) * SECOND)).expect("an interval")
}

fn measured(centre: &Centre, facts: &Memory) -> Measurement {
    let Ok(mut measured) = measure_commitments(centre, period(), LATER, facts);
    measured.remove(0)
}

fn available(expected: &str, more: &str) -> Centre {
    centre(expected, &format!("{{ availability = {{ component = \"WEB\"{more} }} }}"))
}

/// A check of a probe some seconds after nine.
#[derive(Debug, Clone, Copy)]
struct One {
    probe: usize,
    at: i64,
    state: State,
    kind: StateType,
}

const PROBES: [&str; 2] = ["a;http", "b;http"];

fn checks(ones: &[One]) -> Facts {
    let mut checks = Checks::default();
    for (one, line) in ones.iter().zip(1..) {
        let check = Check {
            at: (NINE + one.at) * SECOND,
            state: one.state,
            latency: NO_LATENCY,
            origin: Origin::Transition,
            state_type: one.kind,
            attempt: 1,
            line,
        };
        checks.push(PROBES[one.probe], check);
    }
    Facts::Checks(checks)
}

fn hard(probe: usize, at: i64, state: State) -> One {
    One { probe, at, state, kind: StateType::Hard }
}

/// A start or stop of the monitor.
fn monitor(at: i64, origin: Origin) -> Facts {
    let mut checks = Checks::default();
    let (state, state_type) = (State::Unknown, StateType::Hard);
    let at = (NINE + at) * SECOND;
    checks.push("", Check { at, state, latency: NO_LATENCY, origin, state_type, attempt: 0, line: 1 });
    Facts::Checks(checks)
}

/// Downtimes of a probe or host as events: seconds after nine and the name of the event.
fn maintenance(case: &str, events: &[(i64, &str)]) -> Facts {
    cases("maintenance", &events.iter().map(|(at, event)| (case, *at, *event)).collect::<Vec<_>>())
}

fn cases(kind: &str, events: &[(&str, i64, &str)]) -> Facts {
    let mut facts = CaseEvents::default();
    for ((case, at, event), line) in events.iter().zip(1..) {
        facts.case.push(case);
        facts.kind.push(kind);
        facts.event.push(event);
        facts.at.push((NINE + at) * SECOND);
        facts.n.push(0);
        facts.line.push(line);
    }
    Facts::Cases(facts)
}

fn one() -> impl Strategy<Value = One> {
    let state = prop::sample::select(State::ALL.to_vec());
    let kind = prop::sample::select(vec![StateType::Hard, StateType::Soft]);
    (0..2_usize, -3600_i64..7600, state, kind).prop_map(|(probe, at, state, kind)| One {
        probe,
        at,
        state,
        kind,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn the_buckets_of_an_availability_add_up_to_the_period(
        ones in prop::collection::vec(one(), 0..40),
        downtimes in prop::collection::vec((-3600_i64..7600, 0..3_usize), 0..6),
        stops in prop::collection::vec((-3600_i64..7600, any::<bool>()), 0..4),
        confirmation in prop::sample::select(vec!["hard", "since-first", "any"]),
        planned in prop::sample::select(vec!["excused", "counted"]),
        calendar in prop::sample::select(vec!["24x7", "ufficio"]),
    ) {
        let more = format!(", confirmation = \"{confirmation}\", planned = \"{planned}\", calendar = \"{calendar}\", staleness = \"30 min\"");
        let centre = available(">= 50 %", &more);
        let mut downtimes = downtimes;
        downtimes.sort_unstable();
        let events: Vec<(i64, &str)> =
            downtimes.iter().map(|(at, event)| (*at, ["started", "ended", "cancelled"][*event])).collect();
        let mut parts = vec![checks(&ones), maintenance("a", &events)];
        parts.extend(stops.iter().map(|(at, start)| {
            monitor(*at, if *start { Origin::MonitorStart } else { Origin::MonitorStop })
        }));
        let measurement = measured(&centre, &Memory::of(parts));
        let account = account(&measurement);
        prop_assert_eq!(account.total(), Micros(7200 * SECOND));
        for bucket in [account.up, account.down, account.excused, account.unknown, account.outside] {
            prop_assert!(bucket.0 >= 0, "{account:?}");
        }
        if let Some(band) = &measurement.band {
            let value = measurement.measured.as_ref().expect("a value with its band").exact();
            prop_assert!(band.low <= value && value <= band.high, "{:?}", measurement);
            if account.unknown == Micros(0) {
                prop_assert_eq!(&band.low, &band.high);
            }
        }
    }

    /// Second by second, what anyone would work out by hand.
    #[test]
    fn availability_is_what_a_walk_over_every_second_gives(ones in prop::collection::vec(one(), 0..30)) {
        let centre = available(">= 50 %", ", confirmation = \"any\", staleness = \"30 min\"");
        let account = account(&measured(&centre, &Memory::of(vec![checks(&ones)])));
        let (mut up, mut down, mut unknown) = (0, 0, 0);
        for second in 0..7200 {
            let states = [0, 1].map(|probe| {
                // The last check counts; of several at one instant the later line.
                let heard = ones.iter().enumerate().filter(|(_, one)| one.probe == probe && one.at <= second);
                let last = heard.max_by_key(|(line, one)| (one.at, *line));
                last.filter(|(_, one)| second - one.at < 1800).map_or(State::Unknown, |(_, one)| one.state)
            });
            if states.contains(&State::Critical) {
                down += 1;
            } else if states.contains(&State::Unknown) {
                unknown += 1;
            } else {
                up += 1;
            }
        }
        let found = [account.up, account.down, account.unknown].map(|bucket| bucket.0 / SECOND);
        prop_assert_eq!(found, [up, down, unknown]);
    }

    #[test]
    fn how_facts_are_cut_into_parts_does_not_matter(
        ones in prop::collection::vec(one(), 1..40),
        cut in 0..40_usize,
    ) {
        // Two checks of a probe at one instant are decided by their place in the file, which a cut changes.
        let mut ones = ones;
        ones.sort_by_key(|one| (one.at, one.probe));
        ones.dedup_by_key(|one| (one.at, one.probe));
        let (first, second) = ones.split_at(cut.min(ones.len()));
        let centre = available(">= 50 %", "");
        let whole = measured(&centre, &Memory::of(vec![checks(&ones)]));
        let cut = measured(&centre, &Memory::of(vec![checks(first), checks(second)]));
        prop_assert_eq!(account(&whole), account(&cut));
        prop_assert_eq!(whole.verdict, cut.verdict);
    }

    #[test]
    fn the_order_of_parts_does_not_matter(
        events in prop::collection::vec((0..8_usize, 0_i64..9000, 0..2_usize), 1..30),
        latencies in prop::collection::vec((0_i64..7200, 1_i64..6), 1..60),
        order in Just((0..6_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        const NAMES: [&str; 8] = ["T0", "T1", "T2", "T3", "T4", "T5", "T6", "T7"];
        let events: Vec<(&str, i64, &str)> =
            events.iter().map(|(case, at, event)| (NAMES[*case], *at, ["opened", "solved"][*event])).collect();
        let mut parts: Vec<Facts> = events.chunks(events.len().div_ceil(3)).map(|some| cases("ticket", some)).collect();
        parts.extend(latencies.chunks(latencies.len().div_ceil(3)).map(timed));
        let memory = Memory::of(parts);
        let shuffled = Memory(order.iter().filter_map(|n| memory.0.get(*n).cloned()).collect());
        for (expected, indicator) in [
            (">= 90 %", "{ within = { cases = \"ticket\", from = \"opened\", to = \"solved\", limit = \"30 min\" } }"),
            ("<= 7 ms", "{ response-time = { probe = \"a;http\", statistic = \"max\" } }"),
        ] {
            let centre = centre(expected, indicator);
            prop_assert_eq!(measured(&centre, &memory), measured(&centre, &shuffled));
        }
    }

    #[test]
    fn every_case_of_the_period_is_in_one_bucket(
        tickets in prop::collection::vec((-600_i64..7800, prop::option::of(-600_i64..9000)), 0..30),
    ) {
        let names: Vec<String> = (0..tickets.len()).map(|n| format!("T{n}")).collect();
        let mut events: Vec<(&str, i64, &str)> = Vec::new();
        for (name, (opened, solved)) in names.iter().zip(&tickets) {
            events.push((name, *opened, "opened"));
            events.extend(solved.map(|solved| (name.as_str(), solved, "solved")));
        }
        let within = "{ within = { cases = \"ticket\", from = \"opened\", to = \"solved\", limit = \"30 min\" } }";
        let measurement = measured(&centre(">= 90 %", within), &Memory::of(vec![cases("ticket", &events)]));
        let Evidence::Within(evidence) = measurement.evidence else { panic!("of cases") };
        let (mut good, mut late, mut open, mut odd) = (0, 0, 0, 0);
        // An event that no case of the kind ever had is recorded by nobody.
        let recorded = tickets.iter().any(|(_, solved)| solved.is_some_and(|solved| solved < 7200));
        for (opened, solved) in tickets.iter().filter(|(opened, _)| (0..7200).contains(opened)) {
            // What happens after the period is not known at its end.
            match solved.filter(|solved| *solved < 7200) {
                Some(solved) if solved < *opened => odd += 1,
                Some(solved) if solved - opened <= 1800 => good += 1,
                Some(_) => late += 1,
                None if !recorded => odd += 1,
                None if 7200 - opened > 1800 => late += 1,
                None => open += 1,
            }
        }
        let count = evidence.count;
        prop_assert_eq!([count.good, count.late, count.open, count.not_judgeable], [good, late, open, odd]);
        prop_assert_eq!(count.total(), evidence.cases.len() as u64);
    }
}

/// Timed checks of the first probe: seconds after nine and milliseconds.
fn timed(latencies: &[(i64, i64)]) -> Facts {
    let mut checks = Checks::default();
    for ((at, milliseconds), line) in latencies.iter().zip(1..) {
        let check = Check {
            at: (NINE + at) * SECOND,
            state: State::Ok,
            latency: milliseconds * 1000,
            origin: Origin::Result,
            state_type: StateType::Hard,
            attempt: 0,
            line,
        };
        checks.push(PROBES[0], check);
    }
    Facts::Checks(checks)
}

/// Down for 72 of 7,200 seconds: exactly 99 %.
fn exactly_99() -> Memory {
    let mut ones: Vec<One> = [0, 1].map(|probe| hard(probe, -10, State::Ok)).to_vec();
    ones.extend([hard(0, 1000, State::Critical), hard(0, 1072, State::Ok)]);
    Memory::of(vec![checks(&ones)])
}

#[test]
fn equality_is_exact_for_every_comparison() {
    for (expected, verdict) in [
        (">= 99 %", Verdict::Met),
        ("> 99 %", Verdict::Missed),
        ("<= 99 %", Verdict::Met),
        ("< 99 %", Verdict::Missed),
        (">= 99.000000001 %", Verdict::Missed),
        ("> 98.999999999 %", Verdict::Met),
        ("<= 98.999999999 %", Verdict::Missed),
        ("< 99.000000001 %", Verdict::Met),
    ] {
        let measurement = measured(&available(expected, ""), &exactly_99());
        assert_eq!(measurement.verdict, verdict, "{expected}");
    }
    for (expected, verdict) in [
        ("<= 7 ms", Verdict::Met),
        ("< 7 ms", Verdict::Missed),
        ("< 7.001 ms", Verdict::Met),
        ("<= 6.999 ms", Verdict::Missed),
    ] {
        let centre = centre(expected, "{ response-time = { probe = \"a;http\", statistic = \"max\" } }");
        assert_eq!(
            measured(&centre, &Memory::of(vec![timed(&[(1, 3), (2, 7), (3, 5)])])).verdict,
            verdict,
            "{expected}"
        );
    }
}

#[test]
fn statistics_of_response_times_are_exact() {
    let facts = Memory::of(vec![timed(&(1..=100).map(|n| (n, n)).collect::<Vec<_>>())]);
    for (statistic, met, missed) in [
        ("max", "<= 100 ms", "< 100 ms"),
        ("mean", "<= 50.5 ms", "< 50.5 ms"),
        ("p95", "<= 95 ms", "< 95 ms"),
        ("p1", "<= 1 ms", "< 1 ms"),
    ] {
        let indicator =
            format!("{{ response-time = {{ probe = \"a;http\", statistic = \"{statistic}\" }} }}");
        assert_eq!(measured(&centre(met, &indicator), &facts).verdict, Verdict::Met, "{statistic}");
        assert_eq!(measured(&centre(missed, &indicator), &facts).verdict, Verdict::Missed, "{statistic}");
    }
}

#[test]
fn a_target_inside_the_band_of_the_unknown_is_not_provable() {
    // An hour up, an hour of which nobody knows: between 50 % and 100 %.
    let ones = [0, 1].map(|probe| hard(probe, 0, State::Ok));
    let facts = Memory::of(vec![checks(&ones)]);
    for (expected, verdict) in [
        (">= 50 %", Verdict::Met),
        ("> 50 %", Verdict::NotProvable),
        (">= 100 %", Verdict::NotProvable),
        ("< 50 %", Verdict::Missed),
        ("<= 50 %", Verdict::NotProvable),
        ("<= 99.999 %", Verdict::NotProvable),
    ] {
        let centre = available(expected, ", staleness = \"1 h\"");
        let measurement = measured(&centre, &facts);
        assert_eq!(measurement.verdict, verdict, "{expected}");
        assert_eq!(account(&measurement).unknown, Micros(3600 * SECOND));
    }
}

#[test]
fn an_open_case_that_is_not_late_widens_the_band() {
    let within =
        "{ within = { cases = \"ticket\", from = \"opened\", to = \"solved\", limit = \"30 min\" } }";
    let good = [("T1", 0, "opened"), ("T1", 60, "solved")];
    let open = [("T2", 7000, "opened")];
    let odd = [("T3", 100, "opened"), ("T3", 50, "solved")];
    let late = [("T4", 0, "opened"), ("T4", 1801, "solved")];
    let with = |more: &[(&str, i64, &str)]| {
        let events = [&good[..], more].concat();
        measured(&centre(">= 100 %", within), &Memory::of(vec![cases("ticket", &events)])).verdict
    };
    assert_eq!(with(&[]), Verdict::Met);
    assert_eq!(with(&open), Verdict::NotProvable);
    assert_eq!(with(&odd), Verdict::NotProvable);
    assert_eq!(with(&late), Verdict::Missed);
    // Exactly at the limit is in time.
    assert_eq!(with(&[("T5", 0, "opened"), ("T5", 1800, "solved")]), Verdict::Met);
}

#[test]
fn without_facts_there_is_a_reason_and_no_value() {
    let nothing = Memory::of(Vec::new());
    let within =
        "{ within = { cases = \"ticket\", from = \"opened\", to = \"solved\", limit = \"30 min\" } }";
    let before = Memory::of(vec![cases("ticket", &[("T1", -60, "opened")])]);
    let unsolved = Memory::of(vec![cases("ticket", &[("T1", 60, "opened"), ("T2", 3000, "opened")])]);
    let unknown = Memory::of(vec![checks(&[hard(0, -60, State::Unknown), hard(1, -60, State::Unknown)])]);
    for (centre, facts, reason) in [
        (available(">= 99 %", ""), &nothing, Reason::NoFacts),
        (available(">= 99 %", ""), &unknown, Reason::NothingKnown),
        (centre(">= 99 %", "{ availability = { component = \"BARE\" } }"), &exactly_99(), Reason::NoProbe),
        (centre(">= 99 %", within), &nothing, Reason::NoFacts),
        (centre(">= 99 %", within), &before, Reason::NoCase),
        (centre(">= 99 %", within), &unsolved, Reason::NoEvent("solved".to_owned())),
        (
            centre("<= 7 ms", "{ response-time = { probe = \"a;http\", statistic = \"max\" } }"),
            &nothing,
            Reason::NoFacts,
        ),
        (centre("<= 6 months", "{ cadence = { obligation = \"report\" } }"), &nothing, Reason::NoFacts),
    ] {
        let measurement = measured(&centre, facts);
        assert_eq!(measurement.verdict, Verdict::NotMeasured(reason));
        assert_eq!((measurement.measured, measurement.band, measurement.deviation), (None, None, None));
    }
}

#[test]
fn a_stop_counts_from_its_first_failed_attempt_once_confirmed() {
    let soft = |at, state| One { probe: 0, at, state, kind: StateType::Soft };
    let up = [0, 1].map(|probe| hard(probe, -10, State::Ok));
    // An attempt that recovers, then one that is confirmed after two minutes and ends after ten.
    let heard = [
        soft(600, State::Critical),
        soft(660, State::Ok),
        soft(1200, State::Critical),
        soft(1260, State::Critical),
        hard(0, 1320, State::Critical),
        hard(0, 1800, State::Ok),
    ];
    let facts = Memory::of(vec![checks(&[&up[..], &heard].concat())]);
    for (confirmation, seconds) in [("hard", 480), ("since-first", 600), ("any", 660)] {
        let centre = available(">= 50 %", &format!(", confirmation = \"{confirmation}\""));
        assert_eq!(account(&measured(&centre, &facts)).down, Micros(seconds * SECOND), "{confirmation}");
    }
}

#[test]
fn planned_stops_are_excused_only_while_they_last() {
    let ones = [
        hard(0, -10, State::Ok),
        hard(1, -10, State::Ok),
        hard(0, 600, State::Critical),
        hard(0, 1800, State::Ok),
    ];
    for case in ["a", "a;http"] {
        let facts = Memory::of(vec![checks(&ones), maintenance(case, &[(900, "started"), (1500, "ended")])]);
        let excused = account(&measured(&available(">= 50 %", ", planned = \"excused\""), &facts));
        assert_eq!((excused.down, excused.excused), (Micros(600 * SECOND), Micros(600 * SECOND)));
        let counted = account(&measured(&available(">= 50 %", ", planned = \"counted\""), &facts));
        assert_eq!((counted.down, counted.excused), (Micros(1200 * SECOND), Micros(0)));
    }
    // The planned stop of another host excuses nothing.
    let facts = Memory::of(vec![checks(&ones), maintenance("c", &[(0, "started")])]);
    assert_eq!(
        account(&measured(&available(">= 50 %", ", planned = \"excused\""), &facts)).excused,
        Micros(0)
    );
}

#[test]
fn while_the_monitor_stands_still_a_state_is_neither_down_nor_up() {
    // Critical, the monitor stops a hundred seconds later and starts again half an hour on; then all is well.
    let ones = [hard(0, -10, State::Ok), hard(1, -10, State::Ok), hard(0, 100, State::Critical)];
    let facts = Memory::of(vec![
        checks(&ones),
        checks(&[hard(0, 2001, State::Ok)]),
        monitor(200, Origin::MonitorStop),
        monitor(2000, Origin::MonitorStart),
    ]);
    let account = account(&measured(&available(">= 50 %", ""), &facts));
    assert_eq!(account.down, Micros(101 * SECOND), "seen before the stop, and after the start");
    assert_eq!(account.unknown, Micros(1800 * SECOND));
}

#[test]
fn a_monitor_that_stands_still_longer_than_a_restart_makes_the_time_unknown() {
    let ones = [hard(0, -10, State::Ok), hard(1, -10, State::Ok)];
    for (length, unknown) in [(600, 0), (900, 0), (901, 901)] {
        let parts = vec![
            checks(&ones),
            monitor(600, Origin::MonitorStop),
            monitor(600 + length, Origin::MonitorStart),
        ];
        let account = account(&measured(&available(">= 50 %", ""), &Memory::of(parts)));
        assert_eq!(account.unknown, Micros(unknown * SECOND), "{length} s");
    }
}

#[test]
fn a_mean_is_of_unrounded_parts() {
    // 99 % and a component that was never down: exactly 99.5 %, or a third more finely.
    let two =
        "{ mean = [{ availability = { component = \"WEB\" } }, { availability = { component = \"WEB\" } }] }";
    assert_eq!(measured(&centre(">= 99 %", two), &exactly_99()).verdict, Verdict::Met);
    assert_eq!(measured(&centre("> 99 %", two), &exactly_99()).verdict, Verdict::Missed);
    // Without one of its parts there is no mean.
    let bare = "{ mean = [{ availability = { component = \"WEB\" } }, { availability = { component = \"BARE\" } }] }";
    assert_eq!(
        measured(&centre(">= 1 %", bare), &exactly_99()).verdict,
        Verdict::NotMeasured(Reason::NoProbe)
    );
}

#[test]
fn an_obligation_is_kept_by_its_longest_stretch() {
    let year = |days: &[&str]| {
        let mut facts = Operations::default();
        let mut obligations = Texts::default();
        for (day, line) in days.iter().zip(1..) {
            let at: Instant = format!("{day}T12:00:00Z").parse().expect("an instant");
            facts.id.push(day);
            facts.kind.push("obligation");
            facts.at.push(at.0);
            facts.quantity.push(1);
            facts.amount.push(NO_AMOUNT);
            facts.line.push(line);
            obligations.push("report");
        }
        facts.dimensions.insert("obligation".to_owned(), obligations);
        let centre = centre("<= 6 months", "{ cadence = { obligation = \"report\" } }");
        let period = "2017".parse::<impegno_calendar::Period>().expect("a year").interval(&centre.zone);
        let Ok(measured) =
            measure_commitments(&centre, period, LATER, &Memory::of(vec![Facts::Operations(facts)]));
        measured[0].verdict.clone()
    };
    assert_eq!(year(&["2016-12-01", "2017-06-01", "2017-12-01"]), Verdict::Met);
    // One day more than six months.
    assert_eq!(year(&["2016-12-01", "2017-06-02", "2017-12-01"]), Verdict::Missed);
    // The stretch that runs at the end of the period counts.
    assert_eq!(year(&["2016-12-01", "2017-06-01"]), Verdict::Missed);
    // What was done after the period does not help.
    assert_eq!(year(&["2016-12-01", "2017-05-31", "2018-01-01"]), Verdict::Missed);
    // The order of receipt does not matter.
    assert_eq!(year(&["2017-12-01", "2016-12-01", "2017-06-01"]), Verdict::Met);
}

#[test]
fn a_short_stop_is_left_out_whole_and_one_that_the_period_cuts_is_measured_whole() {
    let centre = available(">= 50 %", ", ignore-shorter-than = \"15 min\"");
    let down = |heard: &[One]| {
        let other = hard(1, -3600, State::Ok);
        let facts = Memory::of(vec![checks(&[&[other, hard(0, -3600, State::Ok)], heard].concat())]);
        account(&measured(&centre, &facts)).down
    };
    let (bad, good) = (State::Critical, State::Ok);
    // A second short of the limit, said in two checks, and exactly the limit.
    assert_eq!(down(&[hard(0, 600, bad), hard(0, 900, bad), hard(0, 1499, good)]), Micros(0));
    assert_eq!(down(&[hard(0, 600, bad), hard(0, 900, bad), hard(0, 1500, good)]), Micros(900 * SECOND));
    // Ten minutes before the period and ten within it are a stop of twenty.
    assert_eq!(down(&[hard(0, -600, bad), hard(0, 600, good)]), Micros(600 * SECOND));
    assert_eq!(down(&[hard(0, -200, bad), hard(0, 600, good)]), Micros(0));
}
