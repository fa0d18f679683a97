//! What is written for machines can be read back: the pages of a report and its errata.

#[allow(dead_code, reason = "each test file uses its part")]
mod common;

use common::{cell, report};
use impegno_publish::{errata_json, json, read_errata, read_page};
use impegno_report::document::{Cell, Unit, Value};
use impegno_report::errata::{Cause, Change, Definition, Delivery, Errata, Place, Printed, Revision};

#[test]
fn pages_are_read_back_as_they_are() {
    let report = report();
    let files = json(&report);
    let read: Vec<_> = files.iter().filter_map(|file| read_page(&file.bytes).ok()).collect();
    assert_eq!(read, report.pages);
    let others = files.len() - read.len();
    assert_eq!(others, 1, "only the schema is no page");
}

#[test]
fn what_is_no_page_is_refused() {
    let files = json(&report());
    let page = files.iter().find(|file| read_page(&file.bytes).is_ok()).expect("a page");
    let text = String::from_utf8(page.bytes.to_vec()).expect("text");
    for (from, to) in [
        ("impegno-report", "another"),
        ("\"version\": 1", "\"version\": 2"),
        ("\"slug\"", "\"slag\""),
        ("\"kind\": \"table\"", "\"kind\": \"chair\""),
        ("\"role\": \"part\"", "\"role\": \"fart\""),
        ("\"integer\": \"", "\"integer\": \"0"),
        ("\"tone\": \"plain\"", "\"tone\": 3"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from} stands in the page");
        assert!(read_page(changed.as_bytes()).is_err(), "{to}");
    }
    assert!(read_page(b"").is_err());
}

fn errata() -> Errata {
    let values = [
        Value::Empty,
        Value::Text("Rispettato".into()),
        Value::Integer(i128::MAX),
        Value::Ratio { numerator: -1, denominator: 3, unit: Unit::Change },
        Value::Micros(-5),
        Value::Cents(1_050),
        Value::NotMeasured("nessun caso".into()),
    ];
    let printed = |value: &Value| {
        let Cell { text, value, .. } = cell("x", value.clone());
        Some(Printed { text, value })
    };
    let mut changes: Vec<Change> = values
        .iter()
        .zip(values.iter().rev())
        .map(|(old, new)| Change {
            place: Place { page: "report".into(), table: "t".into(), row: "a/b".into(), ..Place::default() },
            old: printed(old),
            new: printed(new),
            cause: Cause::Program,
        })
        .collect();
    changes.push(Change {
        place: Place::default(),
        old: None,
        new: printed(&values[0]),
        cause: Cause::Unknown,
    });
    let delivery = Delivery {
        counts_now: true,
        batch: 7,
        source: "ticket".into(),
        file: "inbox/ticket/a.csv".into(),
        received_at: i64::MIN,
        accepted: 3,
        corrected: 2,
        withdrawn: 1,
    };
    let definition = Definition { file: "bodies.csv".into(), old: None, new: Some("00ff".into()) };
    let revision = Revision {
        version: 2,
        released_at: 1,
        known_at: i64::MAX,
        program: "impegno 0.1.0".into(),
        program_before: "impegno 0.0.9".into(),
        previous: "ff00".into(),
        why: "riga «doppia»".into(),
        changes,
        deliveries: vec![delivery],
        definitions: vec![definition],
    };
    Errata { revisions: vec![revision.clone(), Revision { version: 3, changes: Vec::new(), ..revision }] }
}

#[test]
fn errata_are_read_back_and_nothing_else_is() {
    let errata = errata();
    let text = errata_json(&errata);
    assert_eq!(read_errata(text.as_bytes()), Ok(errata));
    for (from, to) in [
        ("impegno-errata", "impegno-errors"),
        ("\"known_at\": \"9", "\"known_at\": \"99"),
        ("\"why\": \"riga", "\"because\": \"riga"),
        ("{\n", "{ \n"),
    ] {
        assert!(read_errata(text.replacen(from, to, 1).as_bytes()).is_err(), "{to}");
    }
}
