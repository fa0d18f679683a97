//! Facts in memory and centres of a few lines, for the tests of measuring.
#![allow(dead_code, reason = "each test uses its part of it")]

use std::collections::BTreeMap;
use std::convert::Infallible;

use impegno_calendar::{Instant, Interval};
use impegno_charter::Centre;
use impegno_facts::{
    CaseEvents, Check, Checks, Facts, Kind, NO_AMOUNT, NO_LATENCY, Operations, Origin, State, StateType,
    Texts,
};
use impegno_measure::{Account, Evidence, Measurement, Part, Supply, measure_commitments};

pub(crate) const SECOND: i64 = 1_000_000;
/// The last receipt, long after every period.
pub(crate) const LATER: Instant = Instant(4_000_000_000 * SECOND);

/// Facts in memory.
#[derive(Debug, Clone)]
pub(crate) struct Memory(pub(crate) Vec<Part>);

impl Memory {
    /// A file each, in the order of their receipt.
    pub(crate) fn of(parts: Vec<Facts>) -> Memory {
        let part = |(n, facts): (usize, Facts)| Part {
            facts,
            source: "source".to_owned(),
            file: format!("file-{n}"),
            batch: n as u64 + 1,
        };
        Memory(parts.into_iter().enumerate().map(part).collect())
    }
}

impl Supply for Memory {
    type Error = Infallible;

    fn count(&self, kind: Kind) -> usize {
        self.0.iter().filter(|part| part.facts.kind() == kind).count()
    }

    fn touches(&self, kind: Kind, part: usize, window: Interval) -> bool {
        let mut parts = self.0.iter().filter(|part| part.facts.kind() == kind);
        let span = parts.nth(part).and_then(|part| part.facts.span());
        span.is_some_and(|span| span.start < window.end.0 && window.start.0 <= span.end)
    }

    fn read(&self, kind: Kind, part: usize) -> Result<Part, Infallible> {
        let mut parts = self.0.iter().filter(|part| part.facts.kind() == kind);
        Ok(parts.nth(part).cloned().expect("`count` says how many there are"))
    }
}

/// What a centre of these tests runs: the components A (three probes), B (two) and C (one), and nothing else but
/// what is added to `systems.toml`.
pub(crate) fn centre(components: &str, systems: &str, expected: &str, indicator: &str) -> Centre {
    let (centre, findings) = impegno_charter::read(&folder(components, systems, expected, indicator));
    assert!(findings.is_empty(), "{findings:?}");
    centre.expect("a sound centre")
}

/// The texts of such a centre.
pub(crate) fn folder(
    components: &str,
    systems: &str,
    expected: &str,
    indicator: &str,
) -> BTreeMap<String, String> {
    BTreeMap::from(
        [
            (
                "centre.toml",
                "name = \"Centro\"\nzone = \"Europe/Rome\"\n[[calendar]]\ncode = \"ufficio\"\n\
                 hours = { monday = \"8:30-18:00\", tuesday = \"8:30-18:00\", sunday = \"1:30-4:00\" }\n"
                    .to_owned(),
            ),
            (
                "systems.toml",
                format!("[[system]]\ncode = \"web\"\nname = \"Web\"\ncomponent = [{components}]\n{systems}"),
            ),
            (
                "probes.csv",
                "host,service,component\na1,x,A\na2,x,A\na3,x,A\nb1,x,B\nb2,x,B\nc1,x,C\n".to_owned(),
            ),
            (
                "commitments/carta.toml",
                format!(
                    "document = \"Carta\"\n[[commitment]]\ncode = \"X\"\ntext = \"Promessa\"\n\
                     expected = \"{expected}\"\nindicator = {indicator}\n"
                ),
            ),
        ]
        .map(|(file, text)| (file.to_owned(), text)),
    )
}

/// The components as they are unless a test says otherwise.
pub(crate) const PLAIN: &str = "{ code = \"A\" }, { code = \"B\" }, { code = \"C\" }";

/// The probes of A, B and C.
pub(crate) const PROBES: [&str; 6] = ["a1;x", "a2;x", "a3;x", "b1;x", "b2;x", "c1;x"];

pub(crate) fn interval(from: i64, to: i64) -> Interval {
    Interval::new(Instant(from), Instant(to)).expect("an interval")
}

pub(crate) fn measured(centre: &Centre, period: Interval, facts: &Memory) -> Measurement {
    let Ok(mut measured) = measure_commitments(centre, period, LATER, facts);
    measured.remove(0)
}

pub(crate) fn account(measurement: &Measurement) -> Account {
    match &measurement.evidence {
        Evidence::Availability(evidence) => evidence.account,
        other => panic!("an availability, not {other:?}"),
    }
}

/// A check of a probe at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct One {
    pub(crate) probe: usize,
    pub(crate) at: i64,
    pub(crate) state: State,
    pub(crate) kind: StateType,
}

/// Checks as the lines of a file.
pub(crate) fn checks(ones: &[One]) -> Facts {
    let mut checks = Checks::default();
    for (one, line) in ones.iter().zip(1..) {
        let check = Check {
            at: one.at,
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

/// Starts and stops of the monitor.
pub(crate) fn monitor(events: &[(i64, bool)]) -> Facts {
    let mut checks = Checks::default();
    for ((at, starts), line) in events.iter().zip(1..) {
        let origin = if *starts { Origin::MonitorStart } else { Origin::MonitorStop };
        let (state, state_type) = (State::Unknown, StateType::Hard);
        checks.push("", Check { at: *at, state, latency: NO_LATENCY, origin, state_type, attempt: 0, line });
    }
    Facts::Checks(checks)
}

/// Events of cases of a kind: case, instant, event.
pub(crate) fn cases(kind: &str, events: &[(&str, i64, &str)]) -> Facts {
    let mut facts = CaseEvents::default();
    for ((case, at, event), line) in events.iter().zip(1..) {
        facts.case.push(case);
        facts.kind.push(kind);
        facts.event.push(event);
        facts.at.push(*at);
        facts.n.push(0);
        facts.line.push(line);
    }
    Facts::Cases(facts)
}

/// Declared interruptions: code, component, planned, detected, restored.
pub(crate) fn interruptions(rows: &[(&str, &str, bool, i64, Option<i64>)]) -> Facts {
    let mut facts = CaseEvents::default();
    let (mut components, mut planned) = (Texts::default(), Texts::default());
    for ((code, component, is_planned, detected, restored), line) in rows.iter().zip(1..) {
        for (event, at) in [("detected", Some(*detected)), ("restored", *restored)] {
            let Some(at) = at else { continue };
            facts.case.push(code);
            facts.kind.push("interruption");
            facts.event.push(event);
            facts.at.push(at);
            facts.n.push(0);
            facts.line.push(line);
            components.push(component);
            planned.push(if *is_planned { "yes" } else { "no" });
        }
    }
    facts.dimensions =
        BTreeMap::from([("component".to_owned(), components), ("planned".to_owned(), planned)]);
    Facts::Cases(facts)
}

/// Operations of a kind: instant, quantity, service, body, user.
pub(crate) fn operations(rows: &[(i64, i64, &str, &str, &str)]) -> Facts {
    let mut facts = Operations::default();
    let mut columns = [Texts::default(), Texts::default(), Texts::default()];
    for ((at, quantity, service, body, user), line) in rows.iter().zip(1..) {
        facts.id.push(&format!("U{line}"));
        facts.kind.push("use");
        facts.at.push(*at);
        facts.quantity.push(*quantity);
        facts.amount.push(NO_AMOUNT);
        facts.line.push(line);
        for (column, value) in columns.iter_mut().zip([service, body, user]) {
            column.push(value);
        }
    }
    let names = ["service", "body", "user"].map(str::to_owned);
    facts.dimensions = names.into_iter().zip(columns).collect();
    Facts::Operations(facts)
}
