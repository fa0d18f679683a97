//! Tables of cases, and the cases of the availability report as logs.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part")]

use impegno_calendar::Zone;
use impegno_peers::nagios::timeperiod::Definitions;
use impegno_peers::nagios::{
    Account, History, Initial, Kind, Mark, ReportPeriod, Request, State, Subject, Switches, View, account,
    read,
};
use jiff::civil::{Date, DateTime};

pub const HOST: &str = "h1";
pub const SERVICE: &str = "s1";

pub fn rome() -> Zone {
    Zone::named("Europe/Rome").unwrap()
}

/// The rows of all tables of a file of cases, each with its cells.
pub fn rows(text: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut heading = true;
    for line in text.lines() {
        let Some(line) = line.strip_prefix('|') else {
            heading = true;
            continue;
        };
        let cells: Vec<String> =
            line.trim_end().trim_end_matches('|').split('|').map(|c| c.trim().to_owned()).collect();
        if cells.iter().all(|cell| cell.starts_with("---")) {
            heading = false;
        } else if !heading {
            rows.push(cells);
        }
    }
    rows
}

/// The rows of the table under a heading.
pub fn rows_under(text: &str, heading: &str) -> Vec<Vec<String>> {
    let (_, rest) = text.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no `{heading}`"));
    rows(rest.split("\n## ").next().unwrap())
}

/// One case of `nagios-avail.md`.
#[derive(Debug, Clone)]
pub struct Case {
    pub id: String,
    pub from: i64,
    pub until: i64,
    /// The log as Nagios writes it.
    pub log: String,
    /// The same, entry by entry, where no text stands in the way.
    pub typed: Option<History>,
    pub options: Options,
    pub expected: String,
    pub corrected: String,
}

/// The options of the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    pub initial_states: bool,
    pub retention: bool,
    pub not_running: bool,
    pub soft: bool,
    pub downtime: bool,
    pub initial: i64,
    pub current: Option<State>,
    pub period: Option<String>,
}

impl Options {
    pub fn defaults() -> Options {
        Options {
            initial_states: true,
            retention: true,
            not_running: true,
            soft: false,
            downtime: true,
            initial: 0,
            current: None,
            period: None,
        }
    }

    fn read(text: &str) -> Options {
        let mut options = Options::defaults();
        for word in text.split_whitespace() {
            let (key, value) = word.split_once('=').expect(word);
            match key {
                "initialstates" => options.initial_states = value == "yes",
                "retention" => options.retention = value == "yes",
                "notrunning" => options.not_running = value == "yes",
                "soft" => options.soft = value == "yes",
                "showdowntime" => options.downtime = value == "yes",
                "initial" => options.initial = value.parse().expect("a number"),
                "current" => options.current = Some(state(value).expect("a state")),
                "period" => options.period = Some(value.to_owned()),
                _ => panic!("unknown option `{key}`"),
            }
        }
        options
    }

    pub fn account(&self, log: &str, from: i64, until: i64, switches: Switches) -> Account {
        let subject = Subject::Service { host: HOST, service: SERVICE };
        let history = read(log, subject, self.soft, View::Services, switches);
        self.account_of(&history, from, until, switches)
    }

    pub fn account_of(&self, history: &History, from: i64, until: i64, switches: Switches) -> Account {
        let period = self.period.as_deref().map(|name| {
            ReportPeriod::new(periods(), name, rome()).unwrap_or_else(|| panic!("no period `{name}`"))
        });
        let request = Request {
            assume_initial_states: self.initial_states,
            assume_state_retention: self.retention,
            assume_states_during_not_running: self.not_running,
            show_scheduled_downtime: self.downtime,
            initial: match self.initial {
                0 => Initial::Unspecified,
                -1 => Initial::Current,
                6 => Initial::State(State::Ok),
                7 => Initial::State(State::Unknown),
                8 => Initial::State(State::Warning),
                9 => Initial::State(State::Critical),
                3 => Initial::State(State::Up),
                4 => Initial::State(State::Down),
                5 => Initial::State(State::Unreachable),
                other => panic!("no initial state {other}"),
            },
            current: self.current,
            report_period: period.as_ref(),
            ..Request::new(from, until, switches)
        };
        account(history, &request)
    }
}

/// Directives of the periods of the cases.
pub const WORK: [&str; 5] = [
    "monday 08:00-18:00",
    "tuesday 08:00-18:00",
    "wednesday 08:00-18:00",
    "thursday 08:00-18:00",
    "friday 08:00-18:00",
];
pub const CLOSED: &str = "2024-06-04 00:00-00:00";

pub fn periods() -> Definitions {
    let mut definitions = Definitions::new();
    definitions.add("work", &WORK, &[]).unwrap();
    let closed: Vec<&str> = WORK.into_iter().chain([CLOSED]).collect();
    definitions.add("closed", &closed, &[]).unwrap();
    definitions
}

fn state(word: &str) -> Option<State> {
    Some(match word {
        "OK" => State::Ok,
        "WARN" => State::Warning,
        "UNKNOWN" => State::Unknown,
        "CRIT" => State::Critical,
        _ => return None,
    })
}

/// The word of a state in a log.
pub fn log_word(word: &str) -> &str {
    match word {
        "WARN" => "WARNING",
        "CRIT" => "CRITICAL",
        other => other,
    }
}

pub fn avail_cases() -> Vec<Case> {
    let text = include_str!("../cases/nagios-avail.md");
    rows(text).iter().map(|row| case(row)).collect()
}

fn case(row: &[String]) -> Case {
    let [id, from, until, log, options, expected, corrected] = row else { panic!("seven columns: {row:?}") };
    let day = |text: &str| rome().day_start(text.parse::<Date>().expect("a day")).second();
    let (from, until) = (day(from), day(until));
    let options = Options::read(options);
    let mut lines = String::new();
    let mut typed = Some(History::new(Kind::Service));
    for token in log.split(", ").filter(|token| !token.is_empty()) {
        let (token, text) = match token.split_once(" \"") {
            Some((token, text)) => (token, Some(text.trim_end_matches('"'))),
            None => (token, None),
        };
        if text.is_some() {
            typed = None;
        }
        line(token, text.unwrap_or("all is told"), from, until, &options, &mut lines, typed.as_mut());
    }
    let corrected = if corrected.is_empty() { expected.clone() } else { corrected.clone() };
    Case { id: id.clone(), from, until, log: lines, typed, options, expected: expected.clone(), corrected }
}

fn line(
    token: &str,
    text: &str,
    from: i64,
    until: i64,
    options: &Options,
    lines: &mut String,
    mut typed: Option<&mut History>,
) {
    use std::fmt::Write as _;
    let at = |text: &str| match text.parse::<i64>() {
        Ok(second) => from + second,
        Err(_) => rome().instant(text.parse::<DateTime>().expect(text)).second(),
    };
    let mut word = token.split(' ');
    let first = word.next().unwrap();
    let second = word.next();
    let mut push = |at: i64, mark: Mark| {
        if let Some(history) = typed.as_deref_mut() {
            history.push(at, mark);
        }
    };
    if token == "end" {
        writeln!(lines, "[{}] CURRENT SERVICE STATE: {HOST};{SERVICE};OK;HARD;1;{text}", until + 500)
            .unwrap();
        push(until + 500, Mark::State(State::Ok));
        return;
    }
    if let ("start" | "restart" | "stop", Some(second)) = (first, second) {
        let at = at(second);
        let (said, mark) = match first {
            "start" => ("Nagios 4.5.12 starting... (PID=4711)", Mark::ProgramStart),
            "restart" => ("Caught SIGHUP, restarting...", Mark::ProgramStart),
            _ => ("Caught SIGTERM, shutting down...", Mark::ProgramEnd),
        };
        writeln!(lines, "[{at}] {said}").unwrap();
        push(at, mark);
        return;
    }
    for (sign, of, what) in [
        ("D+", Kind::Service, "STARTED"),
        ("Dx", Kind::Service, "CANCELLED"),
        ("D-", Kind::Service, "STOPPED"),
        ("H+", Kind::Host, "STARTED"),
        ("H-", Kind::Host, "STOPPED"),
    ] {
        if let Some(time) = first.strip_prefix(sign) {
            let at = at(time);
            let whose = if of == Kind::Host {
                format!("HOST DOWNTIME ALERT: {HOST}")
            } else {
                format!("SERVICE DOWNTIME ALERT: {HOST};{SERVICE}")
            };
            writeln!(lines, "[{at}] {whose};{what}; planned").unwrap();
            if let Some(history) = typed.as_deref_mut() {
                history.push_downtime(at, of, what == "STARTED");
            }
            return;
        }
    }
    let (sign, time) = first.split_at(1);
    let at = at(time);
    if sign == "F" {
        writeln!(lines, "[{at}] SERVICE ALERT: h2;s2;OK;HARD;1;{text}").unwrap();
        return;
    }
    let (what, hard) = match sign {
        "C" => ("CURRENT SERVICE STATE", "HARD"),
        "A" => ("SERVICE ALERT", "HARD"),
        "S" => ("SERVICE ALERT", "SOFT"),
        _ => panic!("unknown token `{token}`"),
    };
    let word = second.unwrap_or_else(|| panic!("no state in `{token}`"));
    writeln!(lines, "[{at}] {what}: {HOST};{SERVICE};{};{hard};1;{text}", log_word(word)).unwrap();
    if hard == "HARD" || options.soft {
        push(at, state(word).map_or(Mark::NoData, Mark::State));
    }
}

/// What an account says, in the words of the table.
pub fn told(account: &Account, named: &str) -> String {
    let mut told = Vec::new();
    let words =
        [("OK", State::Ok), ("WARN", State::Warning), ("UNKNOWN", State::Unknown), ("CRIT", State::Critical)];
    for (word, state) in words {
        let time = account.of(state);
        if time.total != 0 {
            told.push(format!("{word} {}", time.total));
        }
        if time.scheduled != 0 {
            told.push(format!("{word} sched {}", time.scheduled));
        }
    }
    if account.not_running != 0 {
        told.push(format!("NOTRUN {}", account.not_running));
    }
    if account.no_data() != 0 {
        told.push(format!("NODATA {}", account.printed_no_data()));
    }
    let decimals = |share: Option<impegno_peers::Share>| {
        let number = share.expect("a share").percent(3);
        format!("{}.{:03}", number / 1_000, number % 1_000)
    };
    if named.contains("OK% ") {
        told.push(format!("OK% {}", decimals(account.percent(State::Ok))));
    }
    if named.contains("OK%known ") {
        told.push(format!("OK%known {}", decimals(account.percent_known(State::Ok))));
    }
    told.join(", ")
}

/// The same words in one order.
pub fn sorted(words: &str) -> Vec<&str> {
    let mut words: Vec<&str> = words.split(", ").collect();
    words.sort_unstable();
    words
}
