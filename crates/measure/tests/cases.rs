//! Cases put together from columns are those that a slow, plain reading of the rows gives, however the rows are
//! cut into parts and in whatever order the parts come.

use std::collections::{BTreeMap, BTreeSet};

use impegno_charter::{Condition, Filter};
use impegno_facts::{CaseEvents, Facts, Texts};
use impegno_measure::{CaseBook, Cases, Joins, Part};
use proptest::prelude::*;

/// An event as a row: source, batch, case, kind, event, time, channel, line.
#[derive(Debug, Clone)]
struct Row {
    source: usize,
    batch: u64,
    case: usize,
    kind: usize,
    event: usize,
    at: i64,
    channel: usize,
    line: u32,
}

const SOURCES: [&str; 2] = ["desk", "mail"];
const CASES: [&str; 4] = ["T-1", "T-2", "T-3", "T-10"];
const KINDS: [&str; 3] = ["ticket", "complaint", "maintenance"];
const EVENTS: [&str; 3] = ["opened", "solved", "closed"];
const CHANNELS: [&str; 3] = ["", "mail", "telephone"];
const WANTED: [&str; 2] = ["ticket", "complaint"];

fn row() -> impl Strategy<Value = Row> {
    let place = (0..2_usize, 1..4_u64, 0..4_usize, 0..3_usize);
    (place, 0..3_usize, 0..8_i64, 0..3_usize).prop_map(|((source, batch, case, kind), event, at, channel)| {
        Row { source, batch, case, kind, event, at, channel, line: 0 }
    })
}

/// Rows of one source and batch as a part.
fn part(rows: &[&Row]) -> Part {
    let mut facts = CaseEvents::default();
    let mut channels = Texts::default();
    for row in rows {
        facts.case.push(CASES[row.case]);
        facts.kind.push(KINDS[row.kind]);
        facts.event.push(EVENTS[row.event]);
        facts.at.push(row.at);
        facts.n.push(0);
        facts.line.push(row.line);
        channels.push(CHANNELS[row.channel]);
    }
    // A column that a part does not have is not stated there.
    if rows.iter().any(|row| row.channel > 0) {
        facts.dimensions.insert("channel".to_owned(), channels);
    }
    let (source, batch) = (SOURCES[rows[0].source].to_owned(), rows[0].batch);
    Part { facts: Facts::Cases(facts), file: format!("{source}-{batch}.csv"), source, batch }
}

/// The rows in parts of one source and batch each, cut after every so many rows.
fn parts(rows: &[Row], size: usize) -> Vec<Part> {
    let mut files: BTreeMap<(usize, u64), Vec<&Row>> = BTreeMap::new();
    for row in rows {
        files.entry((row.source, row.batch)).or_default().push(row);
    }
    files.values().flat_map(|rows| rows.chunks(size)).map(part).collect()
}

fn put_together(parts: Vec<Part>) -> Cases {
    let mut books: Vec<CaseBook> = Vec::new();
    for part in parts {
        let mut book = CaseBook::default();
        book.add(part, &BTreeSet::from(WANTED));
        books.push(book);
    }
    books.into_iter().reduce(CaseBook::merge).unwrap_or_default().finish()
}

/// The rows of each case in order, by source and identifier.
fn plainly(rows: &[Row]) -> BTreeMap<(&str, &str), Vec<&Row>> {
    let mut cases: BTreeMap<(&str, &str), Vec<&Row>> = BTreeMap::new();
    for row in rows.iter().filter(|row| WANTED.contains(&KINDS[row.kind])) {
        cases.entry((SOURCES[row.source], CASES[row.case])).or_default().push(row);
    }
    for rows in cases.values_mut() {
        rows.sort_by_key(|row| (row.at, row.batch, row.line));
    }
    cases
}

fn numbered(mut rows: Vec<Row>) -> Vec<Row> {
    for (row, line) in rows.iter_mut().zip(1..) {
        row.line = line;
    }
    rows
}

fn only(column: &str, values: &[&str]) -> Filter {
    let condition = Condition::OneOf(values.iter().map(|value| (*value).to_owned()).collect());
    Filter { conditions: BTreeMap::from([(column.to_owned(), condition)]), ..Filter::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn cases_are_what_their_rows_say(rows in prop::collection::vec(row(), 0..40), size in 1..9_usize) {
        let rows = numbered(rows);
        let cases = put_together(parts(&rows, size));
        let plain = plainly(&rows);
        prop_assert_eq!(cases.len(), plain.len());
        for case in cases.iter() {
            let rows = &plain[&(case.source(), case.id())];
            prop_assert_eq!(case.kind(), KINDS[rows[0].kind]);
            let events: Vec<(i64, &str, u32)> =
                case.events().map(|event| (event.at, event.event, event.origin().line)).collect();
            let wanted: Vec<(i64, &str, u32)> =
                rows.iter().map(|row| (row.at, EVENTS[row.event], row.line)).collect();
            prop_assert_eq!(events, wanted);
            for before in 0..9 {
                let known = rows.iter().filter(|row| row.at < before);
                let channel = known.clone().rfind(|row| row.channel > 0).map_or("", |row| CHANNELS[row.channel]);
                prop_assert_eq!(case.dimension("channel", before), channel);
                prop_assert_eq!(case.last(before).map(|event| event.event), known.clone().next_back().map(|row| EVENTS[row.event]));
                for event in EVENTS {
                    let first = known.clone().find(|row| EVENTS[row.event] == event).map(|row| row.line);
                    prop_assert_eq!(case.first(event, before).map(|event| event.origin().line), first);
                }
            }
        }
    }

    #[test]
    fn neither_the_cut_nor_the_order_of_parts_matters(
        rows in prop::collection::vec(row(), 1..40),
        size in 1..9_usize,
        turn in any::<prop::sample::Index>(),
        backwards in any::<bool>(),
    ) {
        let rows = numbered(rows);
        let whole = put_together(parts(&rows, usize::MAX));
        let mut cut = parts(&rows, size);
        let turn = turn.index(cut.len());
        cut.rotate_left(turn);
        if backwards {
            cut.reverse();
        }
        prop_assert_eq!(whole, put_together(cut));
    }

    #[test]
    fn all_cases_at_once_fulfil_a_filter_as_each_does_alone(
        rows in prop::collection::vec(row(), 0..40),
        before in 0..9_i64,
        channel in 0..3_usize,
        event in 0..3_usize,
    ) {
        let cases = put_together(parts(&numbered(rows), 4));
        let joins = Joins::default();
        let filters = [
            Filter::default(),
            only("channel", &[CHANNELS[channel]]),
            only("state", &[EVENTS[event]]),
            only("channel", &[CHANNELS[channel]]).and(&only("state", &[EVENTS[event], ""])),
            only("kind", &["ticket"]),
            only("nobody-says", &[""]),
        ];
        for (filter, kind) in filters.iter().flat_map(|filter| WANTED.map(|kind| (filter, kind))) {
            let together: Vec<u32> = cases.fulfilling(kind, filter, before, &joins);
            let alone: Vec<u32> = cases
                .numbers(kind)
                .filter(|number| cases.get(*number).is_some_and(|case| case.fulfils(filter, before, &joins)))
                .map(|number| number as u32)
                .collect();
            prop_assert_eq!(together, alone);
        }
    }
}
