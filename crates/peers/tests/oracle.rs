//! The programs themselves as oracles: random logs go through them and through our engine, and every second must be
//! the same.
//!
//! Run by `scripts/oracle-nagios`, which fetches the program. `IMPEGNO_AVAIL_CGI` names `avail.cgi`
//! (else the place where Debian installs it), `IMPEGNO_ORACLE_LOGS` the number of logs (else 3,000).

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{HOST, Options, SERVICE, WORK, avail_cases, log_word};
use impegno_peers::nagios::{
    AS_AVAIL_CGI, AS_AVAIL_CGI_4_4, Account, Kind, State, Subject, Switches, View, read,
};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

const INSTALLED: &str = "/usr/lib/cgi-bin/nagios4/avail.cgi";

#[allow(clippy::disallowed_methods, reason = "the script says where the program lies")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The files that avail.cgi reads, and the program.
struct Oracle {
    program: PathBuf,
    /// The defects of its version.
    switches: Switches,
    folder: tempfile::TempDir,
}

/// What avail.cgi prints: (scheduled, unscheduled, total) of each state, not running, no data.
#[derive(Debug, PartialEq, Eq)]
struct Printed {
    states: Vec<(u64, u64, u64)>,
    not_running: u64,
    no_data: u64,
}

impl Oracle {
    fn at_hand() -> Option<Oracle> {
        let program = PathBuf::from(setting("IMPEGNO_AVAIL_CGI").unwrap_or_else(|| INSTALLED.to_owned()));
        program.exists().then(|| Oracle::new(program))
    }

    fn new(program: PathBuf) -> Oracle {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path();
        fs::create_dir(path.join("archives")).unwrap();
        let place = path.display();
        let files = [
            (
                "nagios.cfg",
                format!(
                    "log_file={place}/nagios.log\nlog_archive_path={place}/archives\nlog_rotation_method=n\n\
                     object_cache_file={place}/objects.cache\nstatus_file={place}/status.dat\n\
                     use_timezone=:Europe/Rome\n"
                ),
            ),
            (
                "cgi.cfg",
                format!(
                    "main_config_file={place}/nagios.cfg\nphysical_html_path={place}\nurl_html_path=/nagios\n\
                     use_authentication=0\n"
                ),
            ),
            ("objects.cache", objects()),
        ];
        for (name, text) in files {
            fs::write(path.join(name), text).unwrap();
        }
        // Debian 12 has 4.4.6; the script says so if another is meant.
        let newer = setting("IMPEGNO_AVAIL_CGI_VERSION").is_some_and(|version| version.starts_with("4.5"));
        let switches = if newer { AS_AVAIL_CGI } else { AS_AVAIL_CGI_4_4 };
        Oracle { program, switches, folder }
    }

    fn run(&self, log: &str, kind: Kind, from: i64, until: i64, options: &Options) -> Printed {
        let path = self.folder.path();
        fs::write(path.join("nagios.log"), log).unwrap();
        fs::write(path.join("status.dat"), status(options.current)).unwrap();
        let yes = |on: bool| if on { "yes" } else { "no" };
        let mut query = match kind {
            Kind::Host => format!("host={HOST}"),
            Kind::Service => format!("host={HOST}&service={SERVICE}"),
        };
        write!(
            query,
            "&t1={from}&t2={until}&backtrack=0&assumeinitialstates={}&assumestateretention={}\
             &assumestatesduringnotrunning={}&includesoftstates={}&showscheduleddowntime={}\
             &initialassumed{}state={}&csvoutput",
            yes(options.initial_states),
            yes(options.retention),
            yes(options.not_running),
            yes(options.soft),
            yes(options.downtime),
            if kind == Kind::Host { "host" } else { "service" },
            options.initial,
        )
        .unwrap();
        if let Some(period) = &options.period {
            write!(query, "&rpttimeperiod={period}").unwrap();
        }
        let output = Command::new(&self.program)
            .env_clear()
            .env("TZ", "Europe/Rome")
            .env("NAGIOS_CGI_CONFIG", path.join("cgi.cfg"))
            .env("REQUEST_METHOD", "GET")
            .env("QUERY_STRING", &query)
            .output()
            .expect("avail.cgi runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        printed(&text, kind).unwrap_or_else(|| panic!("no row of {kind:?} in:\n{text}\n{query}\n{log}"))
    }
}

fn printed(text: &str, kind: Kind) -> Option<Printed> {
    let (names, states) = match kind {
        Kind::Host => (1, 3),
        Kind::Service => (2, 4),
    };
    let row = text.lines().find(|line| line.starts_with(&format!("\"{HOST}\",")))?;
    let cells: Vec<&str> = row.split(", ").collect();
    let number = |place: usize| cells.get(place)?.parse::<u64>().ok();
    let states = (0..states)
        .map(|n| {
            let first = names + 9 * n;
            Some((number(first)?, number(first + 3)?, number(first + 6)?))
        })
        .collect::<Option<Vec<_>>>()?;
    let after = names + 9 * states.len();
    Some(Printed { states, not_running: number(after)?, no_data: number(after + 2)? })
}

fn of(account: &Account) -> Printed {
    let printed = |seconds: i64| seconds.cast_unsigned();
    let states = account
        .states
        .iter()
        .map(|one| (printed(one.scheduled), printed(one.unscheduled()), printed(one.total)))
        .collect();
    Printed { states, not_running: printed(account.not_running), no_data: account.printed_no_data() }
}

fn objects() -> String {
    let mut text = String::new();
    for (name, closed) in [("work", false), ("closed", true)] {
        writeln!(text, "define timeperiod {{\n\ttimeperiod_name\t{name}\n\talias\t{name}").unwrap();
        if closed {
            writeln!(text, "\t{}", common::CLOSED.replacen(' ', "\t", 1)).unwrap();
        }
        for directive in WORK {
            writeln!(text, "\t{}", directive.replacen(' ', "\t", 1)).unwrap();
        }
        text += "\t}\n\n";
    }
    text += "define command {\n\tcommand_name\tc\n\tcommand_line\ttrue\n\t}\n\n";
    let checks = "\tcheck_command\tc\n\tcheck_interval\t5.000000\n\tretry_interval\t1.000000\n\tmax_check_attempts\t3\n\t}\n\n";
    write!(text, "define host {{\n\thost_name\t{HOST}\n\talias\t{HOST}\n\taddress\t127.0.0.1\n{checks}")
        .unwrap();
    write!(text, "define service {{\n\thost_name\t{HOST}\n\tservice_description\t{SERVICE}\n{checks}")
        .unwrap();
    text
}

fn status(current: Option<State>) -> String {
    let (host, service) = match current {
        Some(State::Down) => (1, 0),
        Some(State::Unreachable) => (2, 0),
        Some(State::Warning) => (0, 1),
        Some(State::Critical) => (0, 2),
        Some(State::Unknown) => (0, 3),
        Some(State::Up | State::Ok) | None => (0, 0),
    };
    let checked = u8::from(current.is_some());
    let rest = format!("\tlast_hard_state=0\n\thas_been_checked={checked}\n\tstate_type=1\n\t}}\n\n");
    format!(
        "info {{\n\tcreated=1717500000\n\tversion=4.4.6\n\t}}\n\nprogramstatus {{\n\tnagios_pid=1\n\t}}\n\n\
         hoststatus {{\n\thost_name={HOST}\n\tcurrent_state={host}\n{rest}\
         servicestatus {{\n\thost_name={HOST}\n\tservice_description={SERVICE}\n\tcurrent_state={service}\n{rest}"
    )
}

#[test]
#[ignore = "needs avail.cgi: scripts/oracle-nagios"]
fn the_cases_come_out_of_avail_cgi() {
    let Some(oracle) = Oracle::at_hand() else { return skipped("avail.cgi") };
    let mut failures = String::new();
    let cases = avail_cases();
    for case in &cases {
        let theirs = oracle.run(&case.log, Kind::Service, case.from, case.until, &case.options);
        let ours = of(&case.options.account(&case.log, case.from, case.until, oracle.switches));
        if ours != theirs {
            writeln!(failures, "{}: ours {ours:?}\n    theirs {theirs:?}", case.id).unwrap();
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
    report(&format!("avail.cgi: {} of {} cases are equal", cases.len(), cases.len()));
}

#[test]
#[ignore = "needs avail.cgi: scripts/oracle-nagios"]
fn random_logs_come_out_of_avail_cgi() {
    let Some(oracle) = Oracle::at_hand() else { return skipped("avail.cgi") };
    let logs: u64 = setting("IMPEGNO_ORACLE_LOGS").map_or(3_000, |number| number.parse().expect("a number"));
    // The shortest logs that differ show why.
    let mut failures: Vec<(usize, String)> = Vec::new();
    for seed in 0..logs {
        let log = RandomLog::new(seed);
        let theirs = oracle.run(&log.text, log.kind, log.from, log.until, &log.options);
        let subject = match log.kind {
            Kind::Host => Subject::Host(HOST),
            Kind::Service => Subject::Service { host: HOST, service: SERVICE },
        };
        let history = read(&log.text, subject, log.options.soft, View::Services, oracle.switches);
        let ours = of(&log.options.account_of(&history, log.from, log.until, oracle.switches));
        if ours != theirs {
            let said = format!(
                "log {seed}, {} to {}, {:?}\n{}ours   {ours:?}\ntheirs {theirs:?}\n\n",
                log.from,
                log.until,
                log.options,
                log.shifted()
            );
            failures.push((log.text.lines().count(), said));
        }
    }
    failures.sort();
    let shortest: String = failures.iter().take(6).map(|(_, said)| said.as_str()).collect();
    assert!(failures.is_empty(), "{} of {logs} logs differ\n{shortest}", failures.len());
    report(&format!("avail.cgi: {logs} of {logs} random logs are equal in every second"));
}

#[allow(clippy::print_stderr, reason = "the run says what it compared")]
fn report(text: &str) {
    eprintln!("{text}");
}

fn skipped(what: &str) {
    report(&format!("SKIPPED: {what} is not at hand"));
}

struct Random(Pcg64Mcg);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0.next_u64() % bound
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn one_of<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[usize::try_from(self.below(of.len() as u64)).unwrap()]
    }
}

/// A log as no monitor would write it.
struct RandomLog {
    kind: Kind,
    from: i64,
    until: i64,
    options: Options,
    text: String,
}

impl RandomLog {
    fn new(seed: u64) -> RandomLog {
        let mut random = Random(Pcg64Mcg::seed_from_u64(seed));
        let kind = if random.chance(25) { Kind::Host } else { Kind::Service };
        let working = random.chance(33);
        let day = |text: &str| common::rome().day_start(text.parse().unwrap()).second();
        let (from, until) = if working {
            let from = day(random.one_of(&["2024-10-17", "2024-03-20", "2024-06-03"]));
            (from, from + 86_400 * i64::try_from(14 + random.below(6)).unwrap())
        } else {
            (day("2024-06-03"), day("2024-06-04"))
        };
        let hosts: [i64; 5] = [0, -1, 3, 4, 5];
        let services: [i64; 6] = [0, -1, 6, 7, 8, 9];
        let initial = match (random.chance(50), kind) {
            (true, _) => 0,
            (false, Kind::Host) => hosts[usize::try_from(random.below(5)).unwrap()],
            (false, Kind::Service) => services[usize::try_from(random.below(6)).unwrap()],
        };
        let states = State::of(kind);
        let options = Options {
            initial_states: random.chance(70),
            retention: random.chance(70),
            not_running: random.chance(70),
            soft: random.chance(30),
            downtime: random.chance(85),
            initial,
            current: Some(states[usize::try_from(random.below(states.len() as u64)).unwrap()]),
            period: working.then(|| random.one_of(&["work", "closed"]).to_owned()),
        };
        let mut lines: Vec<(i64, String)> = Vec::new();
        let length = until - from;
        for _ in 0..random.below(24) {
            let span = u64::try_from(length + length / 4).unwrap();
            let mut at = from - length / 8 + i64::try_from(random.below(span)).unwrap();
            if random.chance(10) {
                at = lines.last().map_or(from, |(at, _)| *at);
            } else if random.chance(4) {
                at = if random.chance(50) { from } else { until };
            }
            let text = RandomLog::line(&mut random, kind);
            lines.push((at, text));
        }
        if random.chance(85) {
            lines.sort_by_key(|(at, _)| *at);
        }
        let mut text = String::new();
        for (at, line) in lines {
            writeln!(text, "[{at}] {line}").unwrap();
        }
        RandomLog { kind, from, until, options, text }
    }

    fn line(random: &mut Random, kind: Kind) -> String {
        let (subject, what) = match kind {
            Kind::Host => (HOST.to_owned(), "HOST"),
            Kind::Service => (format!("{HOST};{SERVICE}"), "SERVICE"),
        };
        let state = match kind {
            Kind::Host => random.one_of(&["UP", "UP", "DOWN", "UNREACHABLE", "UP", "BOGUS"]),
            Kind::Service => random.one_of(&["OK", "OK", "CRIT", "CRIT", "WARN", "UNKNOWN", "OK", "BOGUS"]),
        };
        let state = log_word(state);
        match random.below(100) {
            0..=39 => {
                let soft = if random.chance(15) { "SOFT" } else { "HARD" };
                format!("{what} ALERT: {subject};{state};{soft};1;all is told")
            }
            40..=54 => {
                let which = random.one_of(&["CURRENT", "INITIAL"]);
                format!("{which} {what} STATE: {subject};{state};HARD;1;all is told")
            }
            55..=74 => {
                let event = random.one_of(&["STARTED", "STARTED", "STOPPED", "CANCELLED"]);
                format!("{what} DOWNTIME ALERT: {subject};{event}; planned")
            }
            75..=80 => {
                let event = random.one_of(&["STARTED", "STOPPED"]);
                format!("HOST DOWNTIME ALERT: {HOST};{event}; planned")
            }
            81..=84 => "Nagios 4.4.6 starting... (PID=4711)".to_owned(),
            85..=87 => "Caught SIGHUP, restarting...".to_owned(),
            88..=91 => "Caught SIGTERM, shutting down...".to_owned(),
            92..=93 => "SERVICE ALERT: h2;s2;OK;HARD;1;db is starting... wait".to_owned(),
            94 => "SERVICE ALERT: h2;s2;CRITICAL;HARD;1;job Bailing out".to_owned(),
            95..=96 => format!("{what} ALERT: {subject};{state};HARD;1;was;SOFT;once"),
            97 => format!("{what} ALERT: {subject};{state};HARD;1;was;CRITICAL;or;DOWN;once"),
            _ => format!("SERVICE ALERT: h2;s2;{state};HARD;1;all is told"),
        }
    }

    /// The log with seconds after the start of the window.
    fn shifted(&self) -> String {
        let mut text = String::new();
        for line in self.text.lines() {
            let (at, rest) = line.trim_start_matches('[').split_once(']').unwrap();
            writeln!(text, "    {:>7}{rest}", at.parse::<i64>().unwrap() - self.from).unwrap();
        }
        text
    }
}

/// The folder of a test, so that nothing else is written.
#[test]
fn the_files_of_the_oracle_name_each_other() {
    let oracle = Oracle::new(PathBuf::from("none"));
    let text = fs::read_to_string(oracle.folder.path().join("cgi.cfg")).unwrap();
    let main = text.lines().find_map(|line| line.strip_prefix("main_config_file=")).unwrap();
    let main = fs::read_to_string(main).unwrap();
    let objects = main.lines().find_map(|line| line.strip_prefix("object_cache_file=")).unwrap();
    assert!(fs::read_to_string(Path::new(objects)).unwrap().contains("timeperiod_name\twork"));
}
