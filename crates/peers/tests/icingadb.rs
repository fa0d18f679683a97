//! The cases of Icinga DB, each for a host and for a service.

mod common;

use common::rows_under;
use impegno_peers::icingadb::{Change, Kind, Object, ok_percent};
use proptest::prelude::*;

const CASES: &str = include_str!("cases/icingadb.md");

fn object(states: &str, downtimes: &str, current: &str) -> Object {
    let change = |text: &str| {
        let (at, states) = text.split_once(':').expect(text);
        let (state, previous) = states.split_once('<').expect(text);
        Change {
            at: at.parse().expect(text),
            state: state.parse().expect(text),
            previous: previous.parse().expect(text),
        }
    };
    let downtime = |text: &str| {
        let (from, until) = text.split_once('-').expect(text);
        (from.parse().expect(text), until.parse().expect(text))
    };
    Object {
        changes: states.split_whitespace().map(change).collect(),
        downtimes: downtimes.split_whitespace().map(downtime).collect(),
        current: (!current.is_empty()).then(|| current.parse().expect(current)),
    }
}

#[test]
fn every_case_comes_out_for_a_host_and_for_a_service() {
    let published = rows_under(CASES, "Published cases");
    let own = rows_under(CASES, "Cases of our own");
    assert_eq!((published.len(), own.len()), (18, 4));
    for row in published.iter().chain(&own) {
        let [case, start, end, states, downtimes, current, percent] = row.as_slice() else {
            panic!("{row:?}")
        };
        let object = object(states, downtimes, current);
        for kind in [Kind::Host, Kind::Service] {
            let told = match ok_percent(&object, kind, start.parse().unwrap(), end.parse().unwrap()) {
                Err(_) => "error".to_owned(),
                Ok(None) => "nothing".to_owned(),
                Ok(Some(number)) => format!("{}.{:04}", number / 10_000, number % 10_000),
            };
            assert_eq!(&told, percent, "{case} ({kind:?})");
        }
    }
}

#[test]
fn a_warning_is_a_problem_of_a_host_only() {
    let object = object("10:1<0 20:0<1", "", "");
    assert_eq!(ok_percent(&object, Kind::Host, 0, 100), Ok(Some(900_000)));
    assert_eq!(ok_percent(&object, Kind::Service, 0, 100), Ok(Some(1_000_000)));
}

proptest! {
    #[test]
    fn the_order_of_rows_decides_nothing(
        mut changes in proptest::collection::btree_map(0_i64..2_000, (0_u8..4, 0_u8..4), 0..12),
        downtimes in proptest::collection::vec((0_i64..2_000, 1_i64..500), 0..6),
    ) {
        changes.retain(|_, (state, previous)| state != previous);
        let changes: Vec<Change> =
            changes.into_iter().map(|(at, (state, previous))| Change { at, state, previous }).collect();
        let downtimes: Vec<(i64, i64)> = downtimes.into_iter().map(|(from, long)| (from, from + long)).collect();
        let object = Object { changes, downtimes, current: Some(0) };
        let mut turned = object.clone();
        turned.changes.reverse();
        turned.downtimes.reverse();
        let figure = |object: &Object| ok_percent(object, Kind::Service, 500, 1_500);
        prop_assert_eq!(figure(&object), figure(&turned));
        // A planned stop more never worsens the figure.
        let mut planned = object.clone();
        planned.downtimes.push((600, 1_200));
        prop_assert!(figure(&planned).unwrap() >= figure(&object).unwrap());
    }
}
