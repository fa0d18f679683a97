//! The cases of Monitoring::Availability.

mod common;

use std::fmt::Write as _;

use common::{HOST, SERVICE, rows, sorted};
use impegno_calendar::Zone;
use impegno_peers::monitoring_availability::{Class, Options, Segment, by_day, segments, time};
use impegno_peers::nagios::{State, Subject};

const STATES: [(&str, State); 7] = [
    ("UP", State::Up),
    ("DOWN", State::Down),
    ("UNREACHABLE", State::Unreachable),
    ("OK", State::Ok),
    ("WARNING", State::Warning),
    ("UNKNOWN", State::Unknown),
    ("CRITICAL", State::Critical),
];

fn state(word: &str) -> State {
    STATES.iter().find(|(name, _)| *name == word).unwrap_or_else(|| panic!("no state `{word}`")).1
}

/// The lines that Nagios writes for the tokens of the table.
fn log(tokens: &str) -> String {
    let mut log = String::new();
    for token in tokens.split(", ").filter(|token| !token.is_empty()) {
        let words: Vec<&str> = token.split(' ').collect();
        let (at, rest) = words.split_first().unwrap();
        let line = match rest {
            ["start"] => "Nagios 3.2.0 starting... (PID=4711)".to_owned(),
            ["restart"] => "PROGRAM_RESTART event encountered, restarting...".to_owned(),
            ["stop"] => "Caught SIGTERM, shutting down...".to_owned(),
            ["host+"] => format!("HOST DOWNTIME ALERT: {HOST};STARTED; planned"),
            ["host-"] => format!("HOST DOWNTIME ALERT: {HOST};STOPPED; planned"),
            ["service+"] => format!("SERVICE DOWNTIME ALERT: {HOST};{SERVICE};STARTED; planned"),
            ["service-"] => format!("SERVICE DOWNTIME ALERT: {HOST};{SERVICE};CANCELLED; planned"),
            ["host", state] => format!("CURRENT HOST STATE: {HOST};{state};HARD;1;told"),
            ["service", state] => format!("SERVICE ALERT: {HOST};{SERVICE};{state};HARD;1;told"),
            ["service", state, "soft"] => format!("SERVICE ALERT: {HOST};{SERVICE};{state};SOFT;1;told"),
            [period] => {
                let (name, inside) = period.split_once(':').unwrap_or_else(|| panic!("`{token}`"));
                let before = if inside == "1" { "0" } else { "1" };
                format!("TIMEPERIOD TRANSITION: {name};{before};{inside}")
            }
            _ => panic!("`{token}`"),
        };
        writeln!(log, "[{at}] {line}").unwrap();
    }
    log
}

fn told(segments: &[Segment]) -> String {
    let mut told = Vec::new();
    let rest = [("NODATA", Class::NoData), ("NOTRUN", Class::NotRunning), ("OUTSIDE", Class::Outside)];
    let states = STATES.iter().map(|(word, state)| (*word, Class::State(*state)));
    for (word, class) in states.chain(rest) {
        let time = time(segments, class);
        if time.scheduled != 0 {
            told.push(format!("{word} {}/{}", time.total, time.scheduled));
        } else if time.total != 0 {
            told.push(format!("{word} {}", time.total));
        }
    }
    told.join(", ")
}

#[test]
fn every_case_comes_out() {
    let rows = rows(include_str!("cases/monitoring-availability.md"));
    let (mut subjects, mut days) = (0, 0);
    for row in &rows {
        let [case, alike, zone, from, until, options, subject, tokens, seconds, day] = row.as_slice() else {
            panic!("{row:?}")
        };
        let mut wanted = Options::new();
        for option in options.split_whitespace() {
            match option.split_once('=').unwrap() {
                ("notrunning", "no") => wanted.assume_states_during_not_running = false,
                ("initial", word) => wanted.initial = Some(state(word)),
                ("period", name) => wanted.report_period = Some(name),
                _ => panic!("`{option}`"),
            }
        }
        let subject = match subject.as_str() {
            "host" => Subject::Host(HOST),
            _ => Subject::Service { host: HOST, service: SERVICE },
        };
        let (from, until) = (from.parse().unwrap(), until.parse().unwrap());
        let found = segments(&log(tokens), subject, &wanted, from, until);
        assert_eq!(sorted(&told(&found)), sorted(seconds), "{case}");
        let total: i64 = found.iter().map(|one| one.until - one.from).sum();
        assert_eq!(total, until - from, "{case}: every second is in one class");
        let mut by_days = by_day(&found, &Zone::named(zone).unwrap()).into_iter();
        for expected in day.split("; ").filter(|day| !day.is_empty()) {
            let (date, seconds) = expected.split_once(' ').unwrap();
            let (found, parts) = by_days.next().expect("a day");
            assert_eq!(found.to_string(), date, "{case}");
            assert_eq!(sorted(&told(&parts)), sorted(seconds), "{case} on {date}");
            days += 1;
        }
        subjects += alike.parse::<u32>().unwrap();
    }
    assert_eq!((rows.len(), subjects, days), (23, 40, 5));
}

#[test]
fn a_start_without_retention_or_assumption_tells_what_it_says() {
    let log = log("10 service CRITICAL, 20 stop, 30 start, 40 service OK");
    let subject = Subject::Service { host: HOST, service: SERVICE };
    let of = |options: Options<'_>| told(&segments(&log, subject, &options, 0, 50));
    assert_eq!(of(Options::new()), "OK 10, CRITICAL 30, NODATA 10");
    assert_eq!(
        of(Options { assume_state_retention: false, ..Options::new() }),
        "OK 20, CRITICAL 20, NODATA 10"
    );
    assert_eq!(
        of(Options { assume_initial_states: false, ..Options::new() }),
        "OK 10, CRITICAL 20, NODATA 20"
    );
}
