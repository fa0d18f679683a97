//! What is wrong with the composition of a system or with the subject of an availability: code, place and hint.

use std::collections::BTreeMap;

use impegno_charter::{Indicator, Need, Subject, Works, read};
use impegno_findings::Finding;

const COMPONENTS: &str = "[[system]]\ncode = \"web\"\nname = \"Web\"\n\
                          component = [{ code = \"A\", probes = { at-least = 2 } }, { code = \"B\" }]\n";

fn folder(systems: &str, indicator: &str) -> BTreeMap<String, String> {
    BTreeMap::from(
        [
            ("centre.toml", "name = \"Centro\"\nzone = \"Europe/Rome\"\n".to_owned()),
            ("systems.toml", systems.to_owned()),
            ("probes.csv", "host,service,component\na1,x,A\na2,x,A\nb1,x,B\n".to_owned()),
            (
                "commitments/carta.toml",
                format!(
                    "document = \"Carta\"\n[[commitment]]\ncode = \"X\"\ntext = \"Promessa\"\n\
                     expected = \">= 99 %\"\nindicator = {{ availability = {indicator} }}\n"
                ),
            ),
        ]
        .map(|(file, text)| (file.to_owned(), text)),
    )
}

/// Each finding: code, line, message and hint.
fn findings(systems: &str, indicator: &str) -> Vec<String> {
    let shown = |finding: &Finding| {
        let line = finding.place.line;
        format!("{}:{line} {}: {} ({})", finding.place.file, finding.code.name, finding.message, finding.hint)
    };
    read(&folder(systems, indicator)).1.iter().map(shown).collect()
}

#[track_caller]
fn only(systems: &str, indicator: &str, part: &str) {
    let found = findings(systems, indicator);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains(part), "{found:#?}");
}

#[test]
fn what_must_work_is_read() {
    let (centre, findings) =
        read(&folder(COMPONENTS, "{ all = [{ component = \"B\" }, { at-least = 1, of = [\"A\", \"B\"] }] }"));
    assert!(findings.is_empty(), "{findings:?}");
    let centre = centre.expect("a sound centre");
    let Indicator::Availability(one) = &centre.commitments[0].indicator else { panic!("an availability") };
    let Subject::Works(works) = &one.of else { panic!("one thing that works") };
    assert_eq!(works.to_string(), "all of (B, 1 of (A, B))");
    assert_eq!(works.resolved(&centre).map(|works| works.components().join(" ")).as_deref(), Some("B A"));
    assert_eq!(centre.components[0].probes, Need::AtLeast(2));
    let whole = Works::System("web".to_owned()).resolved(&centre).expect("a known system");
    assert_eq!(whole.to_string(), "all of (A, B)");
}

#[test]
fn unknown_components_and_systems() {
    only(
        COMPONENTS,
        "{ component = \"AA\" }",
        "unknown-reference: X: there is no component `AA` (did you mean `A`?)",
    );
    only(
        COMPONENTS,
        "{ system = \"wep\" }",
        "unknown-reference: X: there is no system `wep` (did you mean `web`?)",
    );
    only(COMPONENTS, "{ any = [\"A\", \"Z\"] }", "unknown-reference: X: there is no component or system `Z`");
    let inner = format!("{COMPONENTS}works = {{ any = [\"A\", \"Z\"] }}\n");
    only(
        &inner,
        "{ component = \"A\" }",
        "systems.toml:5 unknown-reference: web: there is no component or system `Z`",
    );
}

#[test]
fn more_than_there_are_can_never_work() {
    only(
        COMPONENTS,
        "{ at-least = 3, of = [\"A\", \"B\"] }",
        "bad-setting: 3 of 2 parts can never work at once",
    );
    only(COMPONENTS, "{ at-least = 0, of = [\"A\", \"B\"] }", "bad-setting: `at-least` is 0");
    let many = COMPONENTS.replace("at-least = 2", "at-least = 3");
    only(&many, "{ component = \"B\" }", "bad-setting: A: 3 of 2 probes can never be up at once");
}

#[test]
fn a_list_without_parts_and_two_subjects_at_once() {
    only(COMPONENTS, "{ any = [] }", "bad-setting: `any` names no part");
    only(
        COMPONENTS,
        "{ component = \"A\", system = \"web\" }",
        "bad-setting: component, system stand together",
    );
    only(COMPONENTS, "{ planned = \"excused\" }", "missing-key: the key `component` is missing");
    only(COMPONENTS, "{ compnent = \"A\", component = \"A\" }", "`compnent`");
}

#[test]
fn weights_that_weigh_nothing() {
    let declared = |first: &str, second: &str| {
        format!(
            "{{ weighted = {{ by = \"declared\", of = [{{ component = \"A\"{first} }}, \
             {{ component = \"B\"{second} }}] }} }}"
        )
    };
    assert_eq!(findings(COMPONENTS, &declared(", weight = 0", ", weight = 2")), Vec::<String>::new());
    only(COMPONENTS, &declared(", weight = 0", ", weight = 0"), "bad-setting: every weight is 0");
    only(
        COMPONENTS,
        &declared(", weight = -1", ", weight = 2"),
        "bad-setting: a weight of -1 is less than nothing",
    );
    only(COMPONENTS, &declared("", ", weight = 2"), "missing-key: the key `weight` is missing");
    let counted = "{ weighted = { by = \"uses\", of = [{ component = \"A\" }] } }";
    only(COMPONENTS, counted, "bad-setting: X: `facts` names no operation that tells the weight");
    only(COMPONENTS, "{ weighted = { by = \"equal\", of = [] } }", "bad-setting: no part is named");
}

#[test]
fn a_system_that_is_composed_of_itself() {
    let round = "[[system]]\ncode = \"one\"\nname = \"One\"\ncomponent = [{ code = \"A\" }, { code = \"B\" }]\n\
                 works = { all = [{ component = \"A\" }, { system = \"two\" }] }\n\
                 [[system]]\ncode = \"two\"\nname = \"Two\"\nworks = { any = [\"one\", \"B\"] }\n";
    let found = findings(round, "{ component = \"A\" }");
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(
        found[0].contains("systems.toml:5 bad-setting: the system `one` is composed of itself"),
        "{found:#?}"
    );
    assert!(
        found[1].contains("systems.toml:9 bad-setting: the system `two` is composed of itself"),
        "{found:#?}"
    );
}

#[test]
fn a_code_that_is_a_component_and_a_system() {
    let both = COMPONENTS.replace("code = \"web\"", "code = \"A\"");
    only(
        &both,
        "{ any = [\"A\", \"B\"] }",
        "bad-setting: X: `A` is a component and a system (write { component",
    );
    assert_eq!(
        findings(&both, "{ any = [{ system = \"A\" }, { component = \"A\" }] }"),
        Vec::<String>::new()
    );
}

#[test]
fn a_threshold_of_contradictions_without_a_register() {
    only(
        COMPONENTS,
        "{ component = \"A\", undeclared-longer-than = \"1 h\" }",
        "bad-setting: `undeclared-longer-than` says nothing",
    );
    only(COMPONENTS, "{ component = \"A\", interruptions = \"mean\" }", "`mean` is not known here");
}
