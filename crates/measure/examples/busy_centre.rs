//! Writes the folder of an invented, very busy centre, to measure how long a year's judgement takes:
//! `cargo run --release -p impegno-measure --example busy_centre -- FOLDER`, then `impegno import FOLDER` and
//! `impegno measure FOLDER --period 2025`.
//!
//! 473 probes with some 145,000 changes of state and a dump of all states a day, 500,000 tickets with a million
//! events of 30 bodies, 1,000 commitments: 473 of a component each, 27 of systems composed of components, 500 on
//! tickets. The same folder every time: numbers come from a fixed rule.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io, process};

const PROBES: u64 = 473;
const TICKETS: u64 = 500_000;
const BODIES: u64 = 30;
const CHANNELS: [&str; 5] = ["mail", "telefono", "portale", "sportello", "sonda"];
/// 1 January 2025 in Rome.
const START: u64 = 1_735_686_000;
const DAY: u64 = 86_400;
const DAYS: u64 = 365;

/// A number that looks like chance and is the same every time (the finalizer of MurmurHash3).
fn chance(seed: u64, number: u64) -> u64 {
    let mut x = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number;
    x = (x ^ (x >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    x = (x ^ (x >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ (x >> 33)
}

fn main() {
    let Some(folder) = env::args().nth(1) else {
        panic!("the folder to write is missing");
    };
    if let Err(error) = write(Path::new(&folder)) {
        panic!("{folder}: {error}");
    }
    process::exit(0);
}

fn write(folder: &Path) -> io::Result<()> {
    for inner in ["commitments", "sources", "inbox/nagios", "inbox/ticket"] {
        fs::create_dir_all(folder.join(inner))?;
    }
    fs::write(folder.join("centre.toml"), CENTRE)?;
    fs::write(folder.join("sources/nagios.toml"), NAGIOS)?;
    fs::write(folder.join("sources/ticket.toml"), TICKET)?;
    fs::write(folder.join("bodies.csv"), bodies())?;
    let (systems, probes) = systems();
    fs::write(folder.join("systems.toml"), systems)?;
    fs::write(folder.join("probes.csv"), probes)?;
    fs::write(folder.join("commitments/carta.toml"), commitments())?;
    for day in 0..DAYS {
        fs::write(folder.join(format!("inbox/nagios/nagios-{day:03}.log")), log(day))?;
    }
    for month in 0..12 {
        fs::write(folder.join(format!("inbox/ticket/ticket-{month:02}.csv")), tickets(month))?;
    }
    Ok(())
}

const CENTRE: &str = r#"name = "Centro inventato"
zone = "Europe/Rome"
[[calendar]]
code = "ufficio"
hours = { monday = "8:30-18:00", tuesday = "8:30-18:00", wednesday = "8:30-18:00", thursday = "8:30-18:00", friday = "8:30-18:00" }
[[calendar]]
code = "sportello"
hours = { monday = "8:30-13:00", tuesday = ["8:30-13:00", "14:30-17:00"], wednesday = "8:30-13:00", thursday = "8:30-13:00", friday = "8:30-13:00" }
"#;

const NAGIOS: &str = r#"title = { it = "Registri di Nagios", en = "Nagios logs" }
format = "nagios-log"
mode = "append"
"#;

const TICKET: &str = r#"title = { it = "Eventi dei ticket", en = "Ticket events" }
format = "csv"
mode = "append"
separator = ";"
time = "gg/mm/aaaa HH:MM:SS"
facts = "cases"
kind = "ticket"
case = "Numero"
opening = "opened"

[event]
column = "Evento"
at = "Data"

[event.words]
"Aperto" = "opened"
"Preso in carico" = "taken-in-charge"

[dimensions]
channel = "Canale"
body = { column = "Ente", of = "bodies" }
"#;

fn bodies() -> String {
    let mut text = "code,name\n".to_owned();
    for body in 0..BODIES {
        let _ = writeln!(text, "ente-{body:02},Comune {body:02}");
    }
    text
}

fn systems() -> (String, String) {
    let (mut systems, mut probes) = (String::new(), "host,service,component\n".to_owned());
    // 27 systems of some 17 components each: a third in series, a third in parallel pairs, a third 10 of them.
    for system in 0..27 {
        let components: Vec<u64> = (0..PROBES).filter(|probe| probe % 27 == system).collect();
        let codes: Vec<String> = components.iter().map(|probe| format!("\"C{probe:03}\"")).collect();
        let inner: Vec<String> = codes.iter().map(|code| format!("{{ code = {code} }}")).collect();
        let works = match system % 3 {
            0 => String::new(),
            1 => {
                let pairs: Vec<String> =
                    codes.chunks(2).map(|pair| format!("{{ any = [{}] }}", pair.join(", "))).collect();
                format!("works = {{ all = [{}] }}\n", pairs.join(", "))
            }
            _ => format!("works = {{ at-least = 10, of = [{}] }}\n", codes.join(", ")),
        };
        let _ = writeln!(
            systems,
            "[[system]]\ncode = \"s{system:02}\"\nname = \"Sistema {system}\"\ncomponent = [{}]\n{works}",
            inner.join(", ")
        );
    }
    for probe in 0..PROBES {
        let _ = writeln!(probes, "host{probe:03},http,C{probe:03}");
    }
    (systems, probes)
}

fn commitments() -> String {
    let mut text = "document = \"Carta\"\n".to_owned();
    let mut one = |code: String, indicator: String| {
        let _ = writeln!(
            text,
            "[[commitment]]\ncode = \"{code}\"\ntext = \"Promessa {code}\"\nexpected = \">= 99 %\"\n\
             indicator = {{ {indicator} }}"
        );
    };
    for probe in 0..PROBES {
        let calendar = ["", ", calendar = \"ufficio\""][(probe % 2) as usize];
        one(format!("D.{probe}"), format!("availability = {{ component = \"C{probe:03}\"{calendar} }}"));
    }
    for system in 0..27 {
        one(format!("S.{system}"), format!("availability = {{ system = \"s{system:02}\" }}"));
    }
    for n in 0..500 {
        let calendar = ["", ", calendar = \"ufficio\"", ", calendar = \"sportello\""][n % 3];
        let (body, channel) = (n as u64 % BODIES, CHANNELS[n % CHANNELS.len()]);
        let filter = match n % 4 {
            0 => format!("body = \"ente-{body:02}\""),
            _ => format!("body = \"ente-{body:02}\", channel = \"{channel}\""),
        };
        one(
            format!("T.{n}"),
            format!(
                "within = {{ cases = \"ticket\", from = \"opened\", to = \"taken-in-charge\", limit = \"{} h\"\
                 {calendar}, filter = {{ {filter} }} }}",
                n % 8 + 1
            ),
        );
    }
    text
}

/// The changes of state of a day, after a dump of all states at its beginning.
fn log(day: u64) -> String {
    let midnight = START + day * DAY;
    let mut lines: Vec<(u64, String)> = Vec::new();
    for probe in 0..PROBES {
        let line = |at: u64, what: &str, state: &str| {
            (at, format!("[{at}] {what}: host{probe:03};http;{state};HARD;3;{state}\n"))
        };
        lines.push(line(midnight, "CURRENT SERVICE STATE", "OK"));
        // Two stops in five days, each of two changes: some 145,000 changes a year.
        if chance(probe, day) % 100 < 42 {
            let from = midnight + 600 + chance(probe, day + 1_000) % 80_000;
            lines.push(line(from, "SERVICE ALERT", "CRITICAL"));
            let length = 60 + chance(probe, day + 2_000) % 1_200;
            lines.push(line(from + length, "SERVICE ALERT", "OK"));
        }
    }
    lines.sort();
    lines.into_iter().map(|(_, line)| line).collect()
}

fn tickets(month: u64) -> String {
    let mut text = "Numero;Evento;Data;Canale;Ente\n".to_owned();
    let each = TICKETS / 12 + 1;
    for ticket in month * each..((month + 1) * each).min(TICKETS) {
        let opened = ticket * (DAYS * DAY) / TICKETS;
        let taken = opened + 60 + chance(7, ticket) % 14_400;
        let body = chance(8, ticket) % BODIES;
        let channel = CHANNELS[(chance(9, ticket) % 5) as usize];
        for (event, second) in [("Aperto", opened), ("Preso in carico", taken)] {
            let _ = writeln!(text, "T-{ticket:06};{event};{};{channel};Comune {body:02}", civil(second));
        }
    }
    text
}

/// A second of the year as it is written. Summer time lasts to the end of the year, so that no hour comes twice;
/// what would lie after the year is its last second.
fn civil(second: u64) -> String {
    const MONTHS: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    const SUMMER: u64 = 88 * DAY + 2 * 3_600;
    let second = if second < SUMMER { second } else { second + 3_600 };
    let second = second.min(DAYS * DAY - 1);
    let (mut day, rest) = (second / DAY, second % DAY);
    let mut month = 0;
    while day >= MONTHS[month] {
        day -= MONTHS[month];
        month += 1;
    }
    format!("{:02}/{:02}/2025 {:02}:{:02}:{:02}", day + 1, month + 1, rest / 3600, rest / 60 % 60, rest % 60)
}
