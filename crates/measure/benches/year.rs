//! How long a year's judgement takes: 473 probes, a million events of cases, up to 1,000 commitments, on all cores.
//!
//! `cargo bench -p impegno-measure --bench year`. The facts are made in memory and copied in every run, as if they
//! were read; `copying` says how much of the other figures that is. docs/benchmarks.md has figures.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::hint::black_box;

use criterion::Criterion;
use impegno_calendar::{Interval, Period};
use impegno_charter::Centre;
use impegno_facts::{CaseEvents, Check, Checks, Facts, Kind, NO_LATENCY, Origin, State, StateType, Texts};
use impegno_measure::{Part, Supply, Verdict, measure_commitments};
use rayon::prelude::*;

const PROBES: i64 = 473;
const TICKETS: i64 = 500_000;
const BODIES: i64 = 30;
const CHANNELS: i64 = 5;
/// 2017-01-01 in Rome, and one second, in microseconds.
const START: i64 = 1_483_225_200_000_000;
const SECOND: i64 = 1_000_000;
const YEAR: i64 = 365 * 86_400 * SECOND;

struct Memory(BTreeMap<Kind, Vec<Part>>);

impl Supply for Memory {
    type Error = Infallible;

    fn count(&self, kind: Kind) -> usize {
        self.0.get(&kind).map_or(0, Vec::len)
    }

    fn touches(&self, _: Kind, _: usize, _: Interval) -> bool {
        true
    }

    fn read(&self, kind: Kind, part: usize) -> Result<Part, Infallible> {
        Ok(self.0[&kind][part].clone())
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("year");
    group.sample_size(10);
    let facts = Memory(BTreeMap::from([
        (Kind::Checks, parts(checks, 12, PROBES * 307)),
        (Kind::Cases, parts(cases, 12, TICKETS)),
    ]));
    group.bench_function("copying", |bencher| {
        bencher.iter(|| {
            let each = facts.0.par_iter().flat_map(|(kind, parts)| {
                (0..parts.len()).into_par_iter().map(|part| facts.read(*kind, part))
            });
            each.filter(|part| black_box(part).is_ok()).count()
        });
    });
    for (name, available, within) in [
        ("one promise", 1, 0),
        ("473 availabilities", 473, 0),
        ("2365 availabilities", 5 * 473, 0),
        ("500 promises on cases", 0, 500),
        ("1000 promises", 500, 500),
    ] {
        let centre = centre(available, within);
        let year = Period::Year(2017).interval(&centre.zone);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let Ok(measured) = measure_commitments(&centre, year, year.end, black_box(&facts));
                assert!(measured.iter().all(|one| !matches!(one.verdict, Verdict::NotMeasured(_))));
                measured.len()
            });
        });
    }
    group.finish();
    criterion.final_summary();
}

/// A centre with so many promises of availability, over and over the components, and on cases.
fn centre(available: i64, within: i64) -> Centre {
    let (mut systems, mut probes) = (
        "[[system]]\ncode = \"s\"\nname = \"S\"\ncomponent = [".to_owned(),
        "host,service,component\n".to_owned(),
    );
    for probe in 0..PROBES {
        let _ = write!(systems, "{{ code = \"C{probe}\" }}, ");
        let _ = writeln!(probes, "host{probe},http,C{probe}");
    }
    systems.push_str("]\n");
    let mut promises = "document = \"Carta\"\n".to_owned();
    let mut one = |code: String, indicator: String| {
        let _ = writeln!(
            promises,
            "[[commitment]]\ncode = \"{code}\"\ntext = \"{code}\"\nexpected = \">= 99 %\"\nindicator = {{ {indicator} }}"
        );
    };
    for n in 0..available {
        let calendar = ["", ", calendar = \"ufficio\""][(n % 2) as usize];
        one(format!("D.{n}"), format!("availability = {{ component = \"C{}\"{calendar} }}", n % PROBES));
    }
    for n in 0..within {
        let calendar = ["", ", calendar = \"ufficio\""][(n % 2) as usize];
        let channel = if n % 4 == 0 { String::new() } else { format!(", channel = \"c{}\"", n % CHANNELS) };
        one(
            format!("T.{n}"),
            format!(
                "within = {{ cases = \"ticket\", from = \"opened\", to = \"taken-in-charge\", limit = \"{} h\"{calendar}, \
                 filter = {{ body = \"b{}\"{channel} }} }}",
                n % 8 + 1,
                n % BODIES
            ),
        );
    }
    let folder = BTreeMap::from(
        [
            (
                "centre.toml",
                "name = \"Centro\"\nzone = \"Europe/Rome\"\n[[calendar]]\ncode = \"ufficio\"\nhours = { monday = \"8:30-18:00\", \
                 tuesday = \"8:30-18:00\", wednesday = \"8:30-18:00\", thursday = \"8:30-18:00\", friday = \"8:30-18:00\" }\n"
                    .to_owned(),
            ),
            ("systems.toml", systems),
            ("probes.csv", probes),
            ("commitments/carta.toml", promises),
        ]
        .map(|(file, text)| (file.to_owned(), text)),
    );
    let (centre, findings) = impegno_charter::read(&folder);
    assert!(findings.is_empty(), "{findings:?}");
    centre.expect("a sound centre")
}

/// So many parts made by `make`, which is given the numbers of what they hold.
fn parts(make: fn(std::ops::Range<i64>) -> Facts, parts: i64, all: i64) -> Vec<Part> {
    let size = all / parts + 1;
    let part = |n: i64| Part {
        facts: make(n * size..((n + 1) * size).min(all)),
        source: "source".to_owned(),
        file: format!("file-{n}"),
        batch: n as u64 + 1,
    };
    (0..parts).map(part).collect()
}

/// A number that looks like chance and is the same every time.
fn chance(seed: i64, number: i64, below: i64) -> i64 {
    let mut x = (seed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number as u64;
    x = (x ^ (x >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    x = (x ^ (x >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    ((x ^ (x >> 33)) % below as u64) as i64
}

/// Changes of state, 307 a probe, every other one critical for some minutes.
fn checks(rows: std::ops::Range<i64>) -> Facts {
    let mut checks = Checks::default();
    for n in rows {
        let (round, probe) = (n / PROBES, n % PROBES);
        let step = YEAR / 308;
        let at = START
            + round / 2 * 2 * step
            + if round % 2 == 1 { SECOND * chance(probe, n, 1_200) + SECOND } else { 0 };
        let check = Check {
            at: at + probe * SECOND,
            state: if round % 2 == 0 { State::Critical } else { State::Ok },
            latency: NO_LATENCY,
            origin: Origin::Transition,
            state_type: StateType::Hard,
            attempt: 1,
            line: n as u32 + 1,
        };
        checks.push(&format!("host{probe};http"), check);
    }
    Facts::Checks(checks)
}

/// Tickets of thirty bodies by five channels, each taken in charge within four hours.
fn cases(tickets: std::ops::Range<i64>) -> Facts {
    let mut cases = CaseEvents::default();
    let (mut bodies, mut channels) = (Texts::default(), Texts::default());
    for ticket in tickets {
        let opened = START + ticket * (YEAR / TICKETS);
        for (event, at) in
            [("opened", opened), ("taken-in-charge", opened + SECOND * chance(7, ticket, 14_400))]
        {
            cases.case.push(&format!("T-{ticket:06}"));
            cases.kind.push("ticket");
            cases.event.push(event);
            cases.at.push(at);
            cases.n.push(0);
            cases.line.push(ticket as u32 + 1);
            bodies.push(&format!("b{}", chance(8, ticket, BODIES)));
            channels.push(&format!("c{}", chance(9, ticket, CHANNELS)));
        }
    }
    cases.dimensions = BTreeMap::from([("body".to_owned(), bodies), ("channel".to_owned(), channels)]);
    Facts::Cases(cases)
}
