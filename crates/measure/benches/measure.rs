//! How many facts a second are measured: availability, cases within a time, and a table, on all cores.
//!
//! `cargo bench -p impegno-measure`. The facts are made in memory; docs/benchmarks.md has figures.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::hint::black_box;

use criterion::{Criterion, Throughput};
use impegno_calendar::{Interval, Period};
use impegno_charter::{Centre, Filter};
use impegno_facts::{
    CaseEvents, Check, Checks, Facts, Kind, NO_AMOUNT, NO_LATENCY, Operations, Origin, State, StateType,
};
use impegno_measure::{
    Cut, Joins, Measurement, Part, Question, Supply, Take, Verdict, answer, measure_commitments,
};

/// Facts of each kind, in twelve parts.
const ROWS: i64 = 1_200_000;
const PARTS: i64 = 12;
/// 2017-01-01 in Rome, and one second, in microseconds.
const START: i64 = 1_483_225_200_000_000;
const SECOND: i64 = 1_000_000;
const YEAR: i64 = 365 * 86_400 * SECOND;
const PROBES: i64 = 20;

const CENTRE: &str = r#"
name = "Centro"
zone = "Europe/Rome"
[[calendar]]
code = "ufficio"
hours = { monday = "8:30-18:00", tuesday = "8:30-18:00", wednesday = "8:30-18:00", thursday = "8:30-18:00", friday = "8:30-18:00" }
"#;

const AVAILABILITY: &str = r#"
document = "Carta"
[[commitment]]
code = "A"
text = "Disponibilità"
expected = ">= 99 %"
indicator = { availability = { component = "WEB" } }
"#;

const WITHIN: &str = r#"
document = "Carta"
[[commitment]]
code = "W"
text = "Presa in carico"
expected = ">= 99 %"
indicator = { within = { cases = "ticket", from = "opened", to = "taken-in-charge", calendar = "ufficio", limit = "1 h" } }
"#;

/// Facts in memory.
struct Memory(Vec<Part>);

impl Supply for Memory {
    type Error = Infallible;

    fn count(&self, kind: Kind) -> usize {
        self.0.iter().filter(|part| part.facts.kind() == kind).count()
    }

    fn touches(&self, _kind: Kind, _part: usize, _window: Interval) -> bool {
        true
    }

    fn read(&self, kind: Kind, part: usize) -> Result<Part, Infallible> {
        let mut parts = self.0.iter().filter(|part| part.facts.kind() == kind);
        Ok(parts.nth(part).cloned().unwrap_or_else(|| unreachable!("`count` says how many there are")))
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("measure");
    group.throughput(Throughput::Elements(ROWS as u64)).sample_size(10);
    for (name, promises, facts) in
        [("availability", AVAILABILITY, memory(checks)), ("within", WITHIN, memory(cases))]
    {
        let centre = centre(promises);
        let year = Period::Year(2017).interval(&centre.zone);
        let measure = || -> Vec<Measurement> {
            let Ok(measured) = measure_commitments(&centre, year, year.end, black_box(&facts));
            measured
        };
        assert_eq!(measure()[0].verdict, Verdict::Met, "{name} is measured");
        group.bench_function(name, |bencher| bencher.iter(measure));
    }
    let (centre, facts) = (centre(""), memory(operations));
    let joins = Joins::new(&centre);
    let questions = [question(&centre)];
    group.bench_function("table", |bencher| {
        bencher.iter(|| answer(black_box(&questions), &joins, &centre.zone, &facts));
    });
    group.finish();
    criterion.final_summary();
}

fn centre(promises: &str) -> Centre {
    let mut probes = "host,service,component\n".to_owned();
    probes.extend((0..PROBES).map(|n| format!("web{n},http,WEB\n")));
    let mut folder = BTreeMap::from([
        ("centre.toml".to_owned(), CENTRE.to_owned()),
        (
            "systems.toml".to_owned(),
            "[[system]]\ncode = \"web\"\nname = \"Web\"\ncomponent = [{ code = \"WEB\" }]\n".to_owned(),
        ),
        ("probes.csv".to_owned(), probes),
    ]);
    if !promises.is_empty() {
        folder.insert("commitments/carta.toml".to_owned(), promises.to_owned());
    }
    let (centre, findings) = impegno_charter::read(&folder);
    assert!(findings.is_empty(), "{findings:?}");
    centre.expect("a sound centre")
}

/// Twelve parts made by `make`, which is given the numbers of their rows.
fn memory(make: fn(std::ops::Range<i64>) -> Facts) -> Memory {
    let size = ROWS / PARTS;
    let parts = (0..PARTS).map(|n| Part {
        facts: make(n * size..(n + 1) * size),
        source: "source".to_owned(),
        file: format!("file-{n}"),
        batch: n as u64 + 1,
    });
    Memory(parts.collect())
}

/// Results every few minutes of twenty probes; one in a thousand is critical.
fn checks(rows: std::ops::Range<i64>) -> Facts {
    let mut checks = Checks::default();
    for n in rows {
        let check = Check {
            at: START + n * (YEAR / ROWS),
            state: if n % 10_007 == 0 { State::Critical } else { State::Ok },
            latency: NO_LATENCY,
            origin: Origin::Transition,
            state_type: StateType::Hard,
            attempt: 1,
            line: n as u32 + 1,
        };
        checks.push(&format!("web{};http", n % PROBES), check);
    }
    Facts::Checks(checks)
}

/// Tickets, each opened and taken in charge twenty minutes later.
fn cases(rows: std::ops::Range<i64>) -> Facts {
    let mut cases = CaseEvents::default();
    for n in rows {
        let (ticket, event) = (n / 2, n % 2);
        cases.case.push(&format!("T-{ticket}"));
        cases.kind.push("ticket");
        cases.event.push(["opened", "taken-in-charge"][event as usize]);
        cases.at.push(START + ticket * (YEAR / ROWS) * 2 + event * 1_200 * SECOND);
        cases.n.push(0);
        cases.line.push(n as u32 + 1);
    }
    Facts::Cases(cases)
}

/// Uses of 171 services by 29 bodies.
fn operations(rows: std::ops::Range<i64>) -> Facts {
    let mut operations = Operations::default();
    let (mut services, mut bodies) = (impegno_facts::Texts::default(), impegno_facts::Texts::default());
    for n in rows {
        operations.id.push(&format!("U{n}"));
        operations.kind.push("use");
        operations.at.push(START + n * (YEAR / ROWS));
        operations.quantity.push(1);
        operations.amount.push(NO_AMOUNT);
        operations.line.push(n as u32 + 1);
        services.push(&format!("SRV-{}", n * 31 % 171));
        bodies.push(&format!("ente-{}", n * 17 % 29));
    }
    operations.dimensions = BTreeMap::from([("service".to_owned(), services), ("body".to_owned(), bodies)]);
    Facts::Operations(operations)
}

/// Uses by body and month.
fn question(centre: &Centre) -> Question {
    let months: Vec<(String, Interval)> = (1..=12)
        .map(|month| {
            let period = Period::Month(2017, month);
            (period.to_string(), period.interval(&centre.zone))
        })
        .collect();
    Question {
        take: Take::Operations,
        filter: Filter::default(),
        rows: Cut::Dimension { name: "body".to_owned(), groups: BTreeMap::new() },
        columns: Cut::Times(months),
        window: Period::Year(2017).interval(&centre.zone),
    }
}
