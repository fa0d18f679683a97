//! The cases of the availability report.

mod common;

use common::{avail_cases, sorted, told};
use impegno_peers::nagios::{
    AS_AVAIL_CGI, AS_AVAIL_CGI_4_4, CORRECTED, History, Kind, Mark, Request, State, Subject, View, Way,
    account, group_percent, read, segments,
};
use proptest::prelude::*;

#[test]
fn every_case_comes_out_as_avail_cgi_and_corrected() {
    let cases = avail_cases();
    assert_eq!(cases.len(), 41, "the rows of tests/cases/nagios-avail.md");
    let mut failures = String::new();
    for case in &cases {
        for (switch, expected) in [(AS_AVAIL_CGI, &case.expected), (CORRECTED, &case.corrected)] {
            let accounts = [
                Some(case.options.account(&case.log, case.from, case.until, switch)),
                case.typed
                    .as_ref()
                    .map(|typed| case.options.account_of(typed, case.from, case.until, switch)),
            ];
            for (account, how) in accounts.into_iter().flatten().zip(["log", "typed"]) {
                let told = told(&account, expected);
                if sorted(&told) != sorted(expected) {
                    failures += &format!("{} {switch:?} ({how}): {told}, not {expected}\n", case.id);
                }
            }
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

#[test]
fn planned_stops_of_the_host_depend_on_the_page() {
    let log = "[0] CURRENT SERVICE STATE: h1;s1;OK;HARD;1;told\n[100] HOST DOWNTIME ALERT: h1;STARTED; planned\n\
               [300] HOST DOWNTIME ALERT: h1;STOPPED; planned\n";
    let subject = Subject::Service { host: "h1", service: "s1" };
    let scheduled = |view, switches| {
        let history = read(log, subject, false, view, switches);
        account(&history, &Request::new(0, 1_000, switches)).of(State::Ok).scheduled
    };
    assert_eq!(scheduled(View::Services, AS_AVAIL_CGI), 200);
    assert_eq!(scheduled(View::HostOrServiceGroup, AS_AVAIL_CGI), 0);
    assert_eq!(scheduled(View::HostOrServiceGroup, CORRECTED), 200);
}

#[test]
fn planned_seconds_are_cut_to_the_report_period_since_4_5() {
    let case = avail_cases().into_iter().find(|case| case.id == "32").expect("case 32");
    let mut lines: Vec<&str> = case.log.lines().collect();
    let stop = format!("[{}] SERVICE DOWNTIME ALERT: h1;s1;STARTED; planned", case.from + 60_000);
    lines.insert(3, &stop);
    let log = lines.join("\n");
    let scheduled =
        |switches| case.options.account(&log, case.from, case.until, switches).of(State::Ok).scheduled;
    // The stop begins at 16:40; the period ends at 18:00, the report at midnight, and an hour of each is another state.
    assert_eq!(scheduled(AS_AVAIL_CGI), 4_800);
    assert_eq!(scheduled(AS_AVAIL_CGI_4_4), 26_400 - 3_600);
}

#[test]
fn a_group_is_a_mean_of_percentages_or_of_seconds() {
    let of = |until: i64, critical: i64| {
        let mut history = History::new(Kind::Service);
        history.push(0, Mark::State(State::Ok));
        history.push(until - critical, Mark::State(State::Critical));
        account(&history, &Request::new(0, until, AS_AVAIL_CGI))
    };
    let members = [of(1_000, 500), of(9_000, 0)];
    let percent = |way| group_percent(&members, Kind::Service, way).map(|share| share.percent(3));
    assert_eq!(percent(Way::AsAvailCgi), Some(75_000));
    assert_eq!(percent(Way::Corrected), Some(95_000));
    assert_eq!(group_percent(&[], Kind::Service, Way::Corrected), None);
}

/// Marks and planned stops at any second around a window.
fn histories() -> impl Strategy<Value = History> {
    let mark = prop_oneof![
        4 => prop::sample::select(State::of(Kind::Service)).prop_map(Mark::State),
        1 => Just(Mark::NoData),
        1 => Just(Mark::ProgramStart),
        1 => Just(Mark::ProgramEnd),
    ];
    let entries = proptest::collection::vec((-500_i64..2_500, mark), 0..16);
    let downtimes = proptest::collection::vec((-500_i64..2_500, any::<bool>(), any::<bool>()), 0..8);
    (entries, downtimes).prop_map(|(entries, downtimes)| {
        let mut history = History::new(Kind::Service);
        for (at, mark) in entries {
            history.push(at, mark);
        }
        for (at, host, starts) in downtimes {
            history.push_downtime(at, if host { Kind::Host } else { Kind::Service }, starts);
        }
        history
    })
}

proptest! {
    #[test]
    fn corrected_accounts_add_up(
        history in histories(),
        bits in 0_u8..8,
    ) {
        let request = Request {
            assume_initial_states: bits & 1 != 0,
            assume_state_retention: bits & 2 != 0,
            assume_states_during_not_running: bits & 4 != 0,
            ..Request::new(0, 2_000, CORRECTED)
        };
        let found = account(&history, &request);
        prop_assert_eq!(found.total, 2_000);
        prop_assert!(found.no_data() >= 0);
        for state in &found.states {
            prop_assert!(state.scheduled <= state.total);
        }
        // Without a mistake in the way, a window is the sum of its parts.
        let stretches = segments(&history, &request);
        for pair in stretches.windows(2) {
            prop_assert!(pair[0].until == pair[1].from);
        }
        let total: i64 = stretches.iter().map(|one| one.until - one.from).sum();
        prop_assert!(total <= 2_000);
    }

    #[test]
    fn a_planned_stop_more_moves_no_second_between_states(history in histories(), from in 0_i64..2_000) {
        let request = Request::new(0, 2_000, CORRECTED);
        let mut more = history.clone();
        more.push_downtime(from, Kind::Service, true);
        let (before, after) = (account(&history, &request), account(&more, &request));
        for (one, other) in before.states.iter().zip(&after.states) {
            prop_assert_eq!(one.total, other.total);
        }
    }
}
