//! Systems composed of components: what a slow reading of every second says, trying all that the unknown could be.

mod common;

use common::{
    LATER, Memory, One, PLAIN, SECOND, account, cases, centre, checks, interruptions, interval, measured,
    operations,
};
use impegno_calendar::{Instant, Micros};
use impegno_charter::Centre;
use impegno_facts::{Facts, State, StateType};
use impegno_measure::{
    Account, Agreement, AvailabilityEvidence, Evidence, Measured, Reason, Verdict, measure_commitments,
};
use num_rational::BigRational;
use proptest::prelude::*;

/// Monday 6 March 2017, 9:00 in Rome.
const NINE: i64 = 1_488_787_200 * SECOND;
const LENGTH: i64 = 100;

/// How a probe stands in a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    Up,
    Down,
    Planned,
    Unknown,
}

/// A group by how many of its parts must be up: components by their number, or groups.
#[derive(Debug, Clone)]
enum Tree {
    Component(usize),
    Group(usize, Vec<Tree>),
}

impl Tree {
    /// As it is written in a commitment.
    fn written(&self) -> String {
        match self {
            Tree::Component(number) => format!("{{ component = \"{}\" }}", ["A", "B", "C"][*number]),
            Tree::Group(need, parts) => {
                let written: Vec<String> = parts.iter().map(Tree::written).collect();
                let written = written.join(", ");
                match (*need, parts.len()) {
                    (1, 2..) => format!("{{ any = [{written}] }}"),
                    (need, parts) if need == parts => format!("{{ all = [{written}] }}"),
                    (need, _) => format!("{{ at-least = {need}, of = [{written}] }}"),
                }
            }
        }
    }

    fn works(&self, components: [bool; 3]) -> bool {
        match self {
            Tree::Component(number) => components[*number],
            Tree::Group(need, parts) => parts.iter().filter(|part| part.works(components)).count() >= *need,
        }
    }
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = (0..3_usize).prop_map(Tree::Component);
    leaf.prop_recursive(2, 8, 3, |inner| {
        (prop::collection::vec(inner, 1..4), any::<prop::sample::Index>())
            .prop_map(|(parts, need)| Tree::Group(need.index(parts.len()) + 1, parts))
    })
}

const OF: [std::ops::Range<usize>; 3] = [0..3, 3..5, 5..6];

/// What is certain of a whole, whatever the unknown probes are: all answers that are possible.
fn possible(tree: &Tree, needs: [usize; 3], probes: [Stands; 6], planned_is_down: bool) -> (bool, bool) {
    let (mut up, mut down) = (false, false);
    let unknown: Vec<usize> = (0..6).filter(|probe| probes[*probe] == Stands::Unknown).collect();
    for guess in 0..1_u32 << unknown.len() {
        let is_up = |probe: usize| match probes[probe] {
            Stands::Up => true,
            Stands::Down => false,
            Stands::Planned => !planned_is_down,
            Stands::Unknown => {
                let place = unknown.iter().position(|one| *one == probe).expect("it is unknown");
                guess >> place & 1 == 1
            }
        };
        let components =
            [0, 1, 2].map(|n: usize| OF[n].clone().filter(|probe| is_up(*probe)).count() >= needs[n]);
        if tree.works(components) { up = true } else { down = true }
    }
    (up, down)
}

/// States of each probe for stretches of so many seconds; each is one hard check, and holds until the next.
fn states() -> impl Strategy<Value = Vec<Vec<(i64, Stands)>>> {
    let stands =
        prop::sample::select(vec![Stands::Up, Stands::Up, Stands::Down, Stands::Unknown, Stands::Planned]);
    prop::collection::vec(prop::collection::vec((1..40_i64, stands), 1..6), 6)
}

/// The facts that say so: checks, and the planned stops of each probe.
fn facts(states: &[Vec<(i64, Stands)>]) -> Memory {
    let mut ones = Vec::new();
    let mut stops: Vec<(&str, i64, &str)> = Vec::new();
    for (probe, states) in states.iter().enumerate() {
        let mut at = NINE;
        for (length, stands) in states {
            let state = match stands {
                Stands::Up => State::Ok,
                Stands::Down | Stands::Planned => State::Critical,
                Stands::Unknown => State::Unknown,
            };
            ones.push(One { probe, at, state, kind: StateType::Hard });
            if *stands == Stands::Planned {
                stops.push((common::PROBES[probe], at, "started"));
                stops.push((common::PROBES[probe], at + length * SECOND, "ended"));
            }
            at += length * SECOND;
        }
        ones.push(One { probe, at, state: State::Unknown, kind: StateType::Hard });
    }
    // One case a probe: each stop ends before the next begins.
    Memory::of(vec![checks(&ones), cases("maintenance", &stops)])
}

fn at(states: &[(i64, Stands)], second: i64) -> Stands {
    let mut end = 0;
    for (length, stands) in states {
        end += length;
        if second < end {
            return *stands;
        }
    }
    Stands::Unknown
}

fn available(components: &str, indicator: &str) -> Centre {
    centre(components, "", ">= 50 %", &format!("{{ availability = {indicator} }}"))
}

fn need(number: usize, probes: usize) -> String {
    match number {
        1 => "\"any\"".to_owned(),
        number if number == probes => "\"all\"".to_owned(),
        number => format!("{{ at-least = {number} }}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// Up where it is up whatever the unknown is, down where it is down whatever the unknown is and the planned stops
    /// are, excused where it would certainly be up but for planned stops. A component whose own answer is unknown is
    /// unknown as a part of a system: never certain where the probes alone are not.
    #[test]
    fn a_composition_is_certain_only_where_every_guess_agrees(
        tree in tree(),
        states in states(),
        needs in (1..4_usize, 1..3_usize),
    ) {
        let needs = [needs.0, needs.1, 1];
        let components = format!(
            "{{ code = \"A\", probes = {} }}, {{ code = \"B\", probes = {} }}, {{ code = \"C\" }}",
            need(needs[0], 3), need(needs[1], 2),
        );
        let written = tree.written();
        let indicator = written.replacen("{ ", "{ planned = \"excused\", staleness = \"1 h\", ", 1);
        let centre = available(&components, &indicator);
        let facts = facts(&states);
        let mut whole = Account::default();
        for second in 0..LENGTH {
            let one = interval(NINE + second * SECOND, NINE + (second + 1) * SECOND);
            let account = account(&measured(&centre, one, &facts));
            let probes: [Stands; 6] = std::array::from_fn(|probe| at(&states[probe], second));
            let counted = possible(&tree, needs, probes, true);
            let lenient = possible(&tree, needs, probes, false);
            // What it is counted as is true of every guess.
            if account.up.0 > 0 {
                prop_assert_eq!(counted, (true, false), "up at {}", second);
            } else if account.down.0 > 0 {
                prop_assert_eq!((counted, lenient), ((false, true), (false, true)), "down at {}", second);
            } else if account.excused.0 > 0 {
                prop_assert_eq!((counted, lenient), ((false, true), (true, false)), "excused at {}", second);
            }
            // And where nothing is unknown, nothing is counted as unknown.
            if !probes.contains(&Stands::Unknown) {
                prop_assert_eq!(account.unknown, Micros(0), "unknown at {}", second);
            }
            for (sum, time) in [
                (&mut whole.up, account.up), (&mut whole.down, account.down),
                (&mut whole.excused, account.excused), (&mut whole.unknown, account.unknown),
            ] {
                sum.0 += time.0;
            }
        }
        let year = account(&measured(&centre, interval(NINE, NINE + LENGTH * SECOND), &facts));
        prop_assert_eq!(whole, year);
    }
}

fn one(probe: usize, from: i64, state: State) -> One {
    One { probe, at: NINE + from * SECOND, state, kind: StateType::Hard }
}

/// All probes up from the beginning, but for some of them down between two seconds.
fn up_but(stops: &[(usize, i64, i64)]) -> Facts {
    let mut ones: Vec<One> = (0..6).map(|probe| one(probe, -60, State::Ok)).collect();
    for (probe, from, to) in stops {
        ones.push(one(*probe, *from, State::Critical));
        ones.push(one(*probe, *to, State::Ok));
    }
    checks(&ones)
}

fn evidence(centre: &Centre, facts: Vec<Facts>) -> AvailabilityEvidence {
    let measured = measured(centre, interval(NINE, NINE + 3600 * SECOND), &Memory::of(facts));
    match measured.evidence {
        Evidence::Availability(evidence) => evidence,
        other => panic!("an availability, not {other:?}"),
    }
}

#[track_caller]
fn down(centre: &Centre, facts: Facts) -> i64 {
    evidence(centre, vec![facts]).account.down.0 / SECOND
}

#[test]
fn parts_in_series_in_parallel_and_so_many_of_them() {
    // A is down for 10 s, then B, then A and B at once, then all three.
    let stops = [(0, 0, 10), (3, 10, 20), (1, 20, 30), (3, 20, 30), (2, 30, 40), (4, 30, 40), (5, 30, 40)];
    let cases = [
        ("{ component = \"A\" }", 30),
        ("{ system = \"web\" }", 40),
        ("{ all = [\"A\", \"B\"] }", 40),
        ("{ any = [\"A\", \"B\"] }", 20),
        ("{ any = [\"A\", \"B\", \"C\"] }", 10),
        ("{ at-least = 2, of = [\"A\", \"B\", \"C\"] }", 20),
        ("{ all = [{ component = \"C\" }, { any = [\"A\", \"B\"] }] }", 20),
    ];
    for (of, seconds) in cases {
        assert_eq!(down(&available(PLAIN, of), up_but(&stops)), seconds, "{of}");
    }
}

#[test]
fn a_system_can_be_composed_of_systems() {
    let systems = "works = { any = [{ component = \"A\" }, { system = \"store\" }] }\n\
                   [[system]]\ncode = \"store\"\nname = \"Store\"\nworks = { all = [\"B\", \"C\"] }\n";
    let of = "{ availability = { system = \"web\" } }";
    let stops = [(0, 0, 30), (3, 10, 20), (5, 15, 25)];
    assert_eq!(down(&centre(PLAIN, systems, ">= 99 %", of), up_but(&stops)), 15);
}

#[test]
fn a_component_may_need_all_some_or_one_of_its_probes() {
    let stops = [(0, 0, 30), (1, 10, 30), (2, 20, 30)];
    for (need, seconds) in [("\"all\"", 30), ("{ at-least = 2 }", 20), ("\"any\"", 10)] {
        let components =
            format!("{{ code = \"A\", probes = {need} }}, {{ code = \"B\" }}, {{ code = \"C\" }}");
        assert_eq!(down(&available(&components, "{ component = \"A\" }"), up_but(&stops)), seconds, "{need}");
    }
}

#[test]
fn a_stop_of_the_whole_is_listed_as_one_and_is_the_longest() {
    let centre = available(PLAIN, "{ any = [\"A\", \"C\"] }");
    let found = evidence(&centre, vec![up_but(&[(0, 0, 30), (1, 25, 50), (5, 10, 40)])]);
    let seconds = |at: Instant| (at.0 - NINE) / SECOND;
    let stops: Vec<(i64, i64)> =
        found.stops.iter().map(|stop| (seconds(stop.start), seconds(stop.end))).collect();
    assert_eq!(stops, [(10, 40)]);
    assert_eq!(found.longest_stop(), Micros(30 * SECOND));
    let parts: Vec<(&str, i64)> =
        found.parts.iter().map(|(code, account)| (code.as_str(), account.down.0 / SECOND)).collect();
    assert_eq!(parts, [("A", 50), ("C", 30)]);
}

#[test]
fn probes_that_disagree_are_listed_with_how_long() {
    let found =
        evidence(&available(PLAIN, "{ component = \"B\" }"), vec![up_but(&[(3, 0, 30), (4, 20, 45)])]);
    let [one] = &found.disagreements[..] else { panic!("one component") };
    // From 0 to 20 the first is down alone, from 30 to 45 the second; between they agree.
    assert_eq!((one.component.as_str(), one.time, one.stretches), ("B", Micros(35 * SECOND), 2));
    let probes: Vec<(&str, i64, i64)> =
        one.probes.iter().map(|(probe, up, down)| (probe.as_str(), up.0 / SECOND, down.0 / SECOND)).collect();
    assert_eq!(probes, [("b1;x", 15, 20), ("b2;x", 20, 15)]);
    let agreed =
        evidence(&available(PLAIN, "{ component = \"B\" }"), vec![up_but(&[(3, 0, 30), (4, 0, 30)])]);
    assert!(agreed.disagreements.is_empty());
}

fn share(centre: &Centre, facts: Vec<Facts>) -> (Option<Measured>, Verdict) {
    let measured = measured(centre, interval(NINE, NINE + 3600 * SECOND), &Memory::of(facts));
    (measured.measured, measured.verdict)
}

fn exactly(numerator: i64, denominator: i64) -> Option<Measured> {
    Some(Measured::Share(BigRational::new(numerator.into(), denominator.into())))
}

#[test]
fn weights_are_exact_and_the_boundary_is_met() {
    // A is down for a third of the hour, C not at all: (3 × 2400 + 1 × 3600) ÷ (4 × 3600) = 3/4.
    let stops = up_but(&[(0, 0, 1200)]);
    let of = "{ availability = { weighted = { by = \"declared\", of = [\
              { component = \"A\", weight = 3 }, { component = \"C\", weight = 1 }] } } }";
    for (expected, verdict) in [(">= 75 %", Verdict::Met), ("> 75 %", Verdict::Missed)] {
        let centre = centre(PLAIN, "", expected, of);
        assert_eq!(share(&centre, vec![stops.clone()]), (exactly(3, 4), verdict));
    }
    let equal = available(PLAIN, "{ weighted = { by = \"equal\", of = [\"A\", \"C\"] } }");
    assert_eq!(share(&equal, vec![stops]).0, exactly(5, 6));
}

#[test]
fn weights_are_counted_from_the_operations_of_the_period() {
    let stops = || up_but(&[(0, 0, 1200)]);
    let at = |second: i64| NINE + second * SECOND;
    let uses = operations(&[
        (at(10), 3, "ANA", "borgo", "u1"),
        (at(20), 4, "ANA", "ponte", "u1"),
        (at(30), 1, "TRI", "borgo", "u2"),
        // Outside the period: it weighs nothing.
        (at(3600), 100, "TRI", "valle", "u3"),
    ]);
    let of = |by: &str| {
        available(
            PLAIN,
            &format!(
                "{{ weighted = {{ by = \"{by}\", of = [\
                 {{ component = \"A\", facts = {{ kind = \"use\", service = \"ANA\" }} }}, \
                 {{ component = \"C\", facts = {{ kind = \"use\", service = \"TRI\" }} }}] }} }}"
            ),
        )
    };
    // Weights 7 and 1: (7 × 2400 + 3600) ÷ (8 × 3600).
    assert_eq!(share(&of("uses"), vec![stops(), uses.clone()]).0, exactly(17, 24));
    // Two bodies and one; one user and one.
    assert_eq!(share(&of("bodies"), vec![stops(), uses.clone()]).0, exactly(7, 9));
    assert_eq!(share(&of("users"), vec![stops(), uses]).0, exactly(5, 6));
    // Without any use nothing weighs anything.
    assert_eq!(share(&of("uses"), vec![stops()]), (None, Verdict::NotMeasured(Reason::NoFacts)));
}

#[test]
fn a_system_in_which_a_component_has_no_probe_is_unknown_where_that_could_decide() {
    let components = "{ code = \"A\" }, { code = \"B\" }, { code = \"C\" }, { code = \"BARE\" }";
    let account = |of: &str| evidence(&available(components, of), vec![up_but(&[(5, 0, 60)])]).account;
    let all = account("{ all = [\"C\", \"BARE\"] }");
    assert_eq!((all.down.0, all.unknown.0), (60 * SECOND, 3540 * SECOND));
    let any = account("{ any = [\"C\", \"BARE\"] }");
    assert_eq!((any.up.0, any.unknown.0), (3540 * SECOND, 60 * SECOND));
}

/// Interruptions that are declared from and to some second.
fn declared(rows: &[(&'static str, &'static str, bool, i64, Option<i64>)]) -> Facts {
    let at = |second: i64| NINE + second * SECOND;
    let rows: Vec<_> = rows
        .iter()
        .map(|(code, component, planned, from, to)| (*code, *component, *planned, at(*from), to.map(at)))
        .collect();
    interruptions(&rows)
}

#[test]
fn declared_interruptions_and_probes_are_held_against_each_other_both_ways() {
    let centre = available(
        PLAIN,
        "{ component = \"C\", interruptions = \"probes\", undeclared-longer-than = \"2 min\" }",
    );
    // The probe: down 100–400, 1000–1110 and 2000–2300.
    let probes = up_but(&[(5, 100, 400), (5, 1000, 1110), (5, 2000, 2300)]);
    let rows = declared(&[
        ("I-1", "C", false, 100, Some(400)),
        ("I-2", "C", false, 350, Some(500)),
        ("I-3", "C", false, 600, Some(900)),
        ("I-4", "A", false, 600, Some(900)),
        ("I-5", "C", true, 3000, None),
    ]);
    let found = evidence(&centre, vec![probes, rows]);
    let both = found.interruptions.expect("the register is asked");
    let seconds = |time: Micros| time.0 / SECOND;
    let told: Vec<(&str, i64, i64, Agreement, bool)> = both
        .declared
        .iter()
        .map(|one| (one.code.as_str(), seconds(one.down), seconds(one.up), one.agreement(), one.running))
        .collect();
    assert_eq!(
        told,
        [
            ("I-1", 300, 0, Agreement::Agrees, false),
            ("I-2", 50, 100, Agreement::Partly, false),
            ("I-3", 0, 300, Agreement::Contradicts, false),
            ("I-5", 0, 600, Agreement::Contradicts, true),
        ]
    );
    // The stop of 110 seconds is too short to need a row; the last one is nowhere declared.
    let untold: Vec<i64> = both.undeclared.iter().map(|one| (one.interval.start.0 - NINE) / SECOND).collect();
    assert_eq!(untold, [2000]);
    // The probes decide: nothing is averaged.
    assert_eq!(found.account.down, Micros((300 + 110 + 300) * SECOND));
}

#[test]
fn the_commitment_says_whose_word_counts() {
    let probes = || up_but(&[(5, 100, 400), (5, 2000, 2300)]);
    let rows = || declared(&[("I-1", "C", false, 100, Some(200)), ("I-2", "C", true, 1000, Some(1600))]);
    let account = |by: &str, planned: &str, facts: Vec<Facts>| {
        let of = format!("{{ component = \"C\", interruptions = \"{by}\", planned = \"{planned}\" }}");
        let account = evidence(&available(PLAIN, &of), facts).account;
        [account.up, account.down, account.excused, account.unknown].map(|time| time.0 / SECOND)
    };
    let both = || vec![probes(), rows()];
    assert_eq!(account("probes", "excused", both()), [3000, 600, 0, 0]);
    assert_eq!(account("declared", "excused", both()), [2900, 100, 600, 0]);
    assert_eq!(account("declared", "counted", both()), [2900, 700, 0, 0]);
    assert_eq!(account("either", "excused", both()), [2400, 600, 600, 0]);
    assert_eq!(account("either", "counted", both()), [2400, 1200, 0, 0]);
    // A register that never held a row says nothing.
    assert_eq!(account("declared", "counted", vec![probes()]), [0, 0, 0, 3600]);
}

#[test]
fn what_the_register_does_not_say_is_known_only_until_the_last_receipt() {
    let centre = available(PLAIN, "{ component = \"C\", interruptions = \"declared\" }");
    let rows = declared(&[("I-1", "C", false, 100, Some(200)), ("I-2", "C", false, 1700, None)]);
    let period = interval(NINE, NINE + 3600 * SECOND);
    let known_at = Instant(NINE + 1800 * SECOND);
    let Ok(measured) = measure_commitments(&centre, period, known_at, &Memory::of(vec![rows]));
    let account = account(&measured[0]);
    assert_eq!(account.down, Micros(200 * SECOND));
    assert_eq!(account.unknown, Micros(1800 * SECOND));
    assert!(LATER > known_at);
}
