//! What promises say besides what is measured: dimensions, sheets, forms of print; and what is wrong with it.

use impegno_charter::{BlockLayout, Centre, Dimension, Folder, Printed, Shown, SubDimension};

fn read(commitment: &str, layout: &str) -> (Option<Centre>, Vec<String>) {
    let mut folder = Folder::from([
        (
            "centre.toml".to_owned(),
            "name = \"C\"\nzone = \"Europe/Rome\"\n[[calendar]]\ncode = \"uffici\"\nhours = { monday = \"8:00-14:00\" }\n"
                .to_owned(),
        ),
        (
            "commitments/carta.toml".to_owned(),
            format!(
                "document = \"Carta\"\nusers = \"Tutti\"\n[[commitment]]\ncode = \"X\"\ntext = \"Promessa\"\n{commitment}\n"
            ),
        ),
    ]);
    if !layout.is_empty() {
        let text =
            format!("title = \"R\"\n[[section]]\nid = \"s\"\ntitle = \"S\"\n[[section.block]]\n{layout}\n");
        folder.insert("reports/r.toml".to_owned(), text);
    }
    let (centre, findings) = impegno_charter::read(&folder);
    (centre, findings.into_iter().map(|finding| finding.message).collect())
}

const RATIO: &str = "indicator = { ratio = { part = { of = \"cases\", filter = { kind = \"a\", outcome = \"b\" } }, whole = { of = \"cases\", filter = { kind = \"a\" } } } }";

fn commitment(text: &str) -> impegno_charter::Commitment {
    let (centre, findings) = read(&format!("{text}\n{RATIO}"), "");
    assert_eq!(findings, Vec::<String>::new(), "{text}");
    centre.expect("a sound centre").commitments.remove(0)
}

fn problems(text: &str) -> Vec<String> {
    read(&format!("{text}\n{RATIO}"), "").1
}

#[test]
fn a_sub_dimension_says_its_dimension() {
    let one = commitment("expected = \">= 90 %\"\nsub-dimension = \"reliability\"");
    assert_eq!(one.dimension, Some(Dimension::Effectiveness));
    assert_eq!(one.sub_dimension, Some(SubDimension::Reliability));
    assert_eq!(one.users.it, "Tutti");
    let wrong = problems("expected = \">= 90 %\"\ndimension = \"timeliness\"\nsub-dimension = \"physical\"");
    assert_eq!(wrong, ["this sub-dimension is not one of `timeliness`"]);
    assert_eq!(problems("expected = \">= 90 %\"\nsub-dimension = \"speed\"").len(), 1);
}

#[test]
fn a_figure_is_printed_as_what_is_expected_of_it_is_written() {
    assert_eq!(commitment("expected = \">= 90 %\"").printed, Printed::Percent);
    assert_eq!(commitment("expected = \">= 130/135\"").printed, Printed::Fraction);
    assert_eq!(commitment("expected = \">= 130/135\"\nprinted = \"both\"").printed, Printed::Both);
    assert_eq!(commitment("expected = \"none\"\nprinted = \"fraction\"").printed, Printed::Fraction);
    assert_eq!(commitment("expected = \"none\"\ndecimals = 1").decimals, Some(1));
    assert_eq!(problems("expected = \"none\"\ndecimals = 12"), ["12 is no number of decimals"]);
    assert_eq!(problems("expected = \">= 130/0\""), ["`130/0` divides by nothing"]);
    assert_eq!(problems("expected = \">= 130/135 %\"").len(), 1);
}

#[test]
fn without_a_threshold_nothing_can_be_a_best_effort() {
    assert!(!commitment("expected = \"none\"").expected.is_stated());
    assert!(commitment("expected = \"> 99 %\"\nbest-effort = true").best_effort);
    let warned = problems("expected = \"none\"\nbest-effort = true");
    assert_eq!(warned, ["best effort at nothing: no threshold is promised"]);
}

#[test]
fn sheets_take_texts_and_refuse_what_they_do_not_know() {
    let one = commitment(
        "expected = \">= 90 %\"\nsheet = { formula = \"a ÷ b\", source = { it = \"Registro\", en = \"Register\" } }",
    );
    assert_eq!((one.sheet.formula.en.as_str(), one.sheet.source.en.as_str()), ("a ÷ b", "Register"));
    assert_eq!(problems("expected = \">= 90 %\"\nsheet = { origin = \"x\" }").len(), 1);
}

#[test]
fn days_and_hours_of_things_that_work_or_do_not() {
    let of = |indicator: &str| {
        let (_, findings) = read(&format!("expected = \">= 90 %\"\nindicator = {{ {indicator} }}"), "");
        findings
    };
    let weighted = of("days-available = { weighted = { by = \"equal\", of = [\"A\", \"B\"] } }");
    assert!(
        weighted.iter().any(|message| message.contains("no day and no hour is up or down")),
        "{weighted:?}"
    );
    let whole = of("hours-of-operation = { component = \"A\", whole = \"0 h\" }");
    assert!(whole.iter().any(|message| message == "no hours of work are nothing to divide by"), "{whole:?}");
    let unknown = of("days-available = { component = \"A\", tolerate = \"1 h\" }");
    assert!(!unknown.is_empty());
}

#[test]
fn working_days_need_a_calendar_and_parts_of_days_need_days() {
    let of = |settings: &str| {
        let text = format!(
            "expected = \"<= 2 days\"\nindicator = {{ time = {{ cases = \"a\", from = \"b\", to = \"c\", statistic = \"mean\", {settings} }} }}"
        );
        read(&text, "").1
    };
    assert_eq!(of("days = \"working\", calendar = \"uffici\", of-days = 3"), Vec::<String>::new());
    assert_eq!(of("days = true, of-days = 3"), Vec::<String>::new());
    // What is not read any further leaves its other keys unasked for.
    let first = |settings: &str| of(settings).first().cloned().unwrap_or_default();
    assert_eq!(first("days = \"working\""), "working days are those of a calendar");
    assert_eq!(first("days = true, calendar = \"uffici\""), "days from date to date know no service hours");
    assert_eq!(of("days = true, of-days = 0"), ["a number of days from 1 up"]);
    assert!(of("of-days = 3").contains(&"the clock counts no days".to_owned()));
}

#[test]
fn blocks_of_promises_name_what_is_there() {
    let of = |layout: &str| read(&format!("expected = \">= 90 %\"\n{RATIO}"), layout);
    let (centre, findings) =
        of("kind = \"indicators\"\nid = \"i\"\ntitle = \"I\"\ncodes = [\"X\"]\nyears = 3");
    assert_eq!(findings, Vec::<String>::new());
    let centre = centre.expect("a sound centre");
    let layout = centre.layouts.values().next().expect("a layout");
    let Some(BlockLayout::Indicators(block)) = layout.blocks().next() else { panic!("indicators") };
    assert_eq!(
        (block.years, block.show.as_slice()),
        (3, [Shown::Dimension, Shown::Expected, Shown::Verdict].as_slice())
    );
    assert!(layout.looks_a_year_back() && layout.speaks_of("X"));
    for (wrong, message) in [
        ("kind = \"sheets\"\ncodes = [\"Y\"]", "there is no commitment `Y`"),
        ("kind = \"indicators\"\nid = \"i\"\ntitle = \"I\"\ncodes = [\"Y\"]", "there is no commitment `Y`"),
        (
            "kind = \"indicators\"\nid = \"i\"\ntitle = \"I\"\nyears = 0",
            "0 is no number of years side by side",
        ),
        (
            "kind = \"indicators\"\nid = \"i\"\ntitle = \"I\"\nshow = [\"verdict\", \"verdict\"]",
            "`verdict` is named twice",
        ),
        (
            "kind = \"indicators\"\nid = \"i\"\ntitle = \"I\"\nshow = [\"verdikt\"]",
            "`verdikt` is not known here",
        ),
    ] {
        let (_, findings) = of(wrong);
        assert!(findings.iter().any(|found| found.contains(message)), "{wrong}: {findings:?}");
    }
}
