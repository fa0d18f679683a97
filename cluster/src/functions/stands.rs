//! How a probe stood: runs of one state, and the time in each state.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, Int64Array, ListArray, StructArray, TimestampMicrosecondArray, UInt8Array, UInt64Array,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Field, Fields, TimeUnit, TimestampMicrosecondType, UInt8Type};
use datafusion::common::cast::as_primitive_array;
use datafusion::common::{ScalarValue, exec_datafusion_err, plan_datafusion_err, plan_err};
use datafusion::error::Result;
use impegno_facts::State;
use impegno_runs::{Run, Runs, Standings};

use super::{Described, groups};
use crate::bytes::{Reader, put, put_signed};

const SECOND: i64 = 1_000_000;

/// `state_runs(at, state, hold)`: the maximal runs of one state, by time.
#[derive(Debug, Clone)]
pub(super) struct StateRuns;

/// `availability(at, state, hold, within)`: the time in each state within some intervals.
#[derive(Debug, Clone)]
pub(super) struct Availability;

/// Runs under a hold, and what is said of them.
#[derive(Debug)]
pub(crate) struct Stands {
    /// For how many microseconds a state holds when nothing more is heard.
    hold: i64,
    told: Told,
}

#[derive(Debug)]
enum Told {
    Runs,
    /// The time in each state within disjoint intervals by time: start and end in microseconds, end exclusive.
    Within(Vec<(i64, i64)>),
}

/// Results of one probe, in pieces that each come in order.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pieces: Vec<Runs>,
}

fn instant() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

fn run_fields() -> Fields {
    Fields::from(vec![
        Field::new("first", instant(), false),
        Field::new("last", instant(), false),
        Field::new("state", DataType::UInt8, false),
        Field::new("rows", DataType::UInt64, false),
    ])
}

fn standing_fields() -> Fields {
    let mut fields = vec![
        Field::new("rows", DataType::UInt64, false),
        Field::new("first", instant(), true),
        Field::new("last", instant(), true),
    ];
    fields.extend(State::ALL.iter().map(|state| Field::new(state.name(), DataType::Int64, false)));
    fields.push(Field::new("unheard", DataType::Int64, false));
    Fields::from(fields)
}

fn item() -> Arc<Field> {
    Arc::new(Field::new_list_field(DataType::Struct(run_fields()), false))
}

/// The hold, in whole seconds from 1.
fn hold(constant: Option<&ScalarValue>) -> Result<i64> {
    let Some(ScalarValue::Int64(Some(seconds @ 1..))) = constant else {
        return plan_err!("how long a state holds is a whole number of seconds, from 1");
    };
    seconds.checked_mul(SECOND).ok_or_else(|| plan_datafusion_err!("{seconds} seconds are too many"))
}

/// Intervals as text: each `start/end` in ISO 8601 with an offset, separated by blanks, disjoint and by time.
fn intervals(text: &str) -> Result<Vec<(i64, i64)>> {
    let read = |one: &str| -> Option<(i64, i64)> {
        let (start, end) = one.split_once('/')?;
        let at = |text: &str| text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_microsecond);
        Some((at(start)?, at(end)?))
    };
    let mut found: Vec<(i64, i64)> = Vec::new();
    for one in text.split_whitespace() {
        let Some((start, end)) = read(one).filter(|(start, end)| start < end) else {
            return plan_err!(
                "`{one}` is no interval: write it like 2026-01-01T00:00:00Z/2026-02-01T00:00:00Z"
            );
        };
        if found.last().is_some_and(|last| start < last.1) {
            return plan_err!("the interval `{one}` begins before the one before it has ended");
        }
        found.push((start, end));
    }
    Ok(found)
}

impl Described for StateRuns {
    type Rule = Stands;

    fn name(&self) -> &'static str {
        "state_runs"
    }

    fn arguments(&self) -> Vec<DataType> {
        vec![instant(), DataType::UInt8, DataType::Int64]
    }

    fn columns(&self) -> usize {
        2
    }

    fn result(&self) -> DataType {
        DataType::List(item())
    }

    fn rule(&self, constants: &[ScalarValue]) -> Result<Stands> {
        Ok(Stands { hold: hold(constants.first())?, told: Told::Runs })
    }
}

impl Described for Availability {
    type Rule = Stands;

    fn name(&self) -> &'static str {
        "availability"
    }

    fn arguments(&self) -> Vec<DataType> {
        vec![instant(), DataType::UInt8, DataType::Int64, DataType::Utf8]
    }

    fn columns(&self) -> usize {
        2
    }

    fn result(&self) -> DataType {
        DataType::Struct(standing_fields())
    }

    fn rule(&self, constants: &[ScalarValue]) -> Result<Stands> {
        let within = match constants.get(1) {
            Some(ScalarValue::Utf8(Some(text))) => intervals(text)?,
            _ => return plan_err!("availability: the intervals are a text"),
        };
        Ok(Stands { hold: hold(constants.first())?, told: Told::Within(within) })
    }
}

impl Stands {
    /// All pieces as one.
    ///
    /// Where one speaks of an instant that another speaks of too, nobody can say which row was received later, or whether
    /// it is the same row twice.
    fn joined(&self, pieces: &[Runs]) -> Result<Runs> {
        let mut all: Vec<(usize, Run)> = pieces
            .iter()
            .enumerate()
            .flat_map(|(n, piece)| piece.runs().iter().map(move |run| (n, *run)))
            .collect();
        all.sort_unstable_by_key(|(n, run)| (run.first, run.last, *n));
        let mut joined = Runs::new(self.hold);
        let mut before: Option<(usize, i64)> = None;
        for (n, run) in all {
            let overlaps = before.is_some_and(|(piece, last)| piece != n && run.first <= last);
            if overlaps || joined.push(run).is_err() {
                let at = jiff::Timestamp::from_microsecond(run.first)
                    .map_or_else(|_| run.first.to_string(), |at| at.to_string());
                return Err(exec_datafusion_err!(
                    "two parts of the facts speak of the same time of one probe, {at}: they may be of two sources; group by \
                     source too, or filter"
                ));
            }
            before = Some((n, run.last));
        }
        Ok(joined)
    }
}

impl groups::Rule for Stands {
    type Part = Heard;

    fn add(
        &self,
        columns: &[ArrayRef],
        group: impl Fn(usize) -> Option<usize>,
        parts: &mut [Heard],
    ) -> Result<()> {
        let at = as_primitive_array::<TimestampMicrosecondType>(&columns[0])?;
        let states = as_primitive_array::<UInt8Type>(&columns[1])?;
        for row in 0..at.len() {
            let Some(group) = group(row).filter(|_| at.is_valid(row) && states.is_valid(row)) else {
                continue;
            };
            let number = states.value(row);
            let state = State::ALL
                .get(usize::from(number))
                .copied()
                .ok_or_else(|| exec_datafusion_err!("{number} is the number of no state"))?;
            let at = at.value(row);
            let run = Run { first: at, last: at, state, rows: 1, line: 0, batch: 0 };
            let pieces = &mut parts[group].pieces;
            if pieces.last_mut().is_none_or(|piece| piece.push(run).is_err()) {
                // What comes before the last row begins a piece of its own.
                let mut piece = Runs::new(self.hold);
                piece.push(run).map_err(|overlap| exec_datafusion_err!("{overlap}"))?;
                pieces.push(piece);
            }
        }
        Ok(())
    }

    fn state(&self, part: &Heard) -> Result<Vec<u8>> {
        let joined = self.joined(&part.pieces)?;
        let mut bytes = Vec::with_capacity(joined.runs().len() * 12);
        let mut before = 0_i64;
        for run in joined.runs() {
            put_signed(run.first.wrapping_sub(before), &mut bytes);
            put((run.last - run.first) as u64, &mut bytes);
            put(run.state as u64, &mut bytes);
            put(run.rows, &mut bytes);
            before = run.last;
        }
        Ok(bytes)
    }

    fn merge(&self, part: &mut Heard, state: &[u8]) -> Result<()> {
        let damaged = || exec_datafusion_err!("what was gathered of a part cannot be read");
        let mut reader = Reader(state);
        let mut piece = Runs::new(self.hold);
        let mut before = 0_i64;
        while !reader.is_empty() {
            let first = before.wrapping_add(reader.signed()?);
            let last = i64::try_from(reader.number()?).ok().and_then(|length| first.checked_add(length));
            let last = last.ok_or_else(damaged)?;
            let state = usize::try_from(reader.number()?).ok().and_then(|number| State::ALL.get(number));
            let state = *state.ok_or_else(damaged)?;
            let rows = reader.number()?;
            piece.push(Run { first, last, state, rows, line: 0, batch: 0 }).map_err(|_| damaged())?;
            before = last;
        }
        if !piece.runs().is_empty() {
            part.pieces.push(piece);
        }
        Ok(())
    }

    fn result(&self, parts: Vec<Heard>) -> Result<ArrayRef> {
        let joined: Vec<Runs> = parts.iter().map(|part| self.joined(&part.pieces)).collect::<Result<_>>()?;
        match &self.told {
            Told::Runs => told_runs(&joined),
            Told::Within(within) => told_standings(&joined, within),
        }
    }

    fn held(part: &Heard) -> usize {
        part.pieces.iter().map(|piece| size_of::<Runs>() + size_of_val(piece.runs())).sum()
    }
}

fn instants(instants: impl Iterator<Item = Option<i64>>) -> ArrayRef {
    Arc::new(instants.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
}

fn told_runs(groups: &[Runs]) -> Result<ArrayRef> {
    let all = || groups.iter().flat_map(Runs::runs);
    let columns: Vec<ArrayRef> = vec![
        instants(all().map(|run| Some(run.first))),
        instants(all().map(|run| Some(run.last))),
        Arc::new(UInt8Array::from_iter_values(all().map(|run| run.state as u8))),
        Arc::new(UInt64Array::from_iter_values(all().map(|run| run.rows))),
    ];
    let runs = StructArray::try_new(run_fields(), columns, None)?;
    let lengths = OffsetBuffer::from_lengths(groups.iter().map(|runs| runs.runs().len()));
    Ok(Arc::new(ListArray::try_new(item(), lengths, Arc::new(runs), None)?))
}

fn told_standings(groups: &[Runs], within: &[(i64, i64)]) -> Result<ArrayRef> {
    let standings: Vec<Standings> = groups.iter().map(|runs| runs.standings(within)).collect();
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(UInt64Array::from_iter_values(groups.iter().map(Runs::rows))),
        instants(groups.iter().map(|runs| runs.runs().first().map(|run| run.first))),
        instants(groups.iter().map(|runs| runs.runs().last().map(|run| run.last))),
    ];
    for state in 0..State::ALL.len() {
        columns.push(Arc::new(Int64Array::from_iter_values(standings.iter().map(|one| one.by_state[state]))));
    }
    columns.push(Arc::new(Int64Array::from_iter_values(standings.iter().map(|one| one.unheard))));
    Ok(Arc::new(StructArray::try_new(standing_fields(), columns, None)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::groups::Rule;
    use super::*;

    fn rule(told: Told) -> Stands {
        Stands { hold: 10 * SECOND, told }
    }

    fn columns(rows: &[(i64, u8)]) -> Vec<ArrayRef> {
        let at: TimestampMicrosecondArray = rows.iter().map(|row| Some(row.0 * SECOND)).collect();
        vec![
            Arc::new(at.with_timezone("UTC")),
            Arc::new(UInt8Array::from_iter_values(rows.iter().map(|row| row.1))),
        ]
    }

    fn gathered(rule: &Stands, rows: &[(i64, u8)]) -> Vec<u8> {
        let mut part = [Heard::default()];
        rule.add(&columns(rows), |_| Some(0), &mut part).expect("rows");
        rule.state(&part[0]).expect("bytes")
    }

    /// The time in each state and unheard, second by second.
    fn by_hand(rows: &[(i64, u8)], within: &[(i64, i64)]) -> [i64; 5] {
        let mut times = [0; 5];
        for second in within.iter().flat_map(|(start, end)| *start..*end) {
            let last = rows.iter().rfind(|(at, _)| *at <= second).filter(|(at, _)| second - at < 10);
            times[last.map_or(4, |(_, state)| usize::from(*state))] += SECOND;
        }
        times
    }

    proptest! {
        #[test]
        fn any_cut_and_any_order_give_the_same_time(
            steps in prop::collection::vec((1..15_i64, 0..4_u8), 0..300),
            cuts in prop::collection::vec(0..300_usize, 0..5),
            turn in 0..6_usize,
            start in 0..500_i64,
        ) {
            let mut at = 0;
            let rows: Vec<(i64, u8)> = steps.into_iter().map(|(step, state)| { at += step; (at, state) }).collect();
            let within = [(start, start + 300), (start + 400, start + 900)];
            let micros = within.iter().map(|(start, end)| (start * SECOND, end * SECOND)).collect();
            let rule = rule(Told::Within(micros));
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(rows.len())).collect();
            cuts.extend([0, rows.len()]);
            cuts.sort_unstable();
            let mut states: Vec<Vec<u8>> = cuts.windows(2).map(|cut| gathered(&rule, &rows[cut[0]..cut[1]])).collect();
            let turn = turn % states.len();
            states.rotate_left(turn);
            states.reverse();
            let mut whole = Heard::default();
            for state in &states {
                rule.merge(&mut whole, state).expect("as written");
            }
            let found = rule.result(vec![whole]).expect("a figure");
            let found = found.as_any().downcast_ref::<StructArray>().expect("a struct");
            let number = |name: &str| {
                let column = found.column_by_name(name).expect("a field");
                column.as_any().downcast_ref::<Int64Array>().expect("numbers").value(0)
            };
            let times = ["ok", "warning", "critical", "unknown", "unheard"].map(number);
            prop_assert_eq!(times, by_hand(&rows, &within));
        }
    }

    #[test]
    fn pieces_of_a_part_may_come_in_any_order_and_must_not_alternate() {
        let rule = rule(Told::Runs);
        let of = |instants: &[i64]| -> Vec<(i64, u8)> {
            instants.iter().map(|at| (*at, u8::from(*at > 6))).collect()
        };
        assert_eq!(
            gathered(&rule, &of(&[7, 8, 9, 4, 5, 6, 1, 2])),
            gathered(&rule, &of(&[1, 2, 4, 5, 6, 7, 8, 9]))
        );
        let mut part = [Heard::default()];
        rule.add(&columns(&of(&[1, 3, 5, 2, 4, 6])), |_| Some(0), &mut part).expect("rows");
        assert!(rule.state(&part[0]).is_err());
    }

    #[test]
    fn the_same_row_twice_is_an_error_and_not_two_rows() {
        let rule = rule(Told::Runs);
        for rows in [vec![(5, 0)], vec![(1, 0), (5, 0), (9, 2)]] {
            let state = gathered(&rule, &rows);
            let mut whole = Heard::default();
            rule.merge(&mut whole, &state).expect("once");
            rule.merge(&mut whole, &state).expect("twice");
            assert!(rule.result(vec![whole]).is_err());
        }
    }

    #[test]
    fn intervals_are_read_and_what_is_none_is_refused() {
        let two = "2026-01-01T00:00:00Z/2026-01-01T00:00:01Z  2026-01-01T01:00:02+01:00/2026-01-01T00:00:03Z";
        let start = 1_767_225_600 * SECOND;
        let expected = vec![(start, start + SECOND), (start + 2 * SECOND, start + 3 * SECOND)];
        assert_eq!(intervals(two).expect("two intervals"), expected);
        assert_eq!(intervals("").expect("none"), Vec::new());
        for wrong in [
            "2026-01-01/2026-02-01",
            "2026-01-01T00:00:00Z",
            "2026-01-02T00:00:00Z/2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00Z/2026-01-03T00:00:00Z 2026-01-02T00:00:00Z/2026-01-04T00:00:00Z",
        ] {
            assert!(intervals(wrong).is_err(), "{wrong}");
        }
    }
}
