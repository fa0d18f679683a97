//! Filters and axes over the columns of a part, by codes instead of texts.

use std::borrow::Cow;

use impegno_calendar::{Instant, Interval, Offsets, Zone};
use impegno_charter::Filter;
use impegno_facts::{Facts, Origin, State, StateType, Texts};

use crate::Joins;

use super::Cut;

/// A column of a part by name; `None` when the facts have no such column, which is *not stated*.
fn column<'f>(facts: &'f Facts, name: &str) -> Option<Cow<'f, Texts>> {
    let borrowed = |texts: Option<&'f Texts>| texts.map(Cow::Borrowed);
    match facts {
        Facts::Checks(checks) => match name {
            "probe" => Some(Cow::Borrowed(&checks.probe)),
            "state" => Some(Cow::Owned(checks.state.iter().map(|state: &State| state.name()).collect())),
            "origin" => Some(Cow::Owned(checks.origin.iter().map(|origin: &Origin| origin.name()).collect())),
            "state-type" => Some(Cow::Owned(
                checks
                    .state_type
                    .iter()
                    .map(|kind| match kind {
                        StateType::Hard => "hard",
                        StateType::Soft => "soft",
                    })
                    .collect(),
            )),
            _ => None,
        },
        Facts::Cases(cases) => match name {
            "kind" => Some(Cow::Borrowed(&cases.kind)),
            "event" => Some(Cow::Borrowed(&cases.event)),
            name => borrowed(cases.dimensions.get(name)),
        },
        Facts::Operations(operations) => match name {
            "kind" => Some(Cow::Borrowed(&operations.kind)),
            name => borrowed(operations.dimensions.get(name)),
        },
        Facts::Stocks(stocks) => match name {
            "subject" => Some(Cow::Borrowed(&stocks.subject)),
            "attribute" => Some(Cow::Borrowed(&stocks.attribute)),
            "value" => Some(Cow::Borrowed(&stocks.value)),
            name => borrowed(stocks.dimensions.get(name)),
        },
    }
}

/// Which rows of a part pass a filter.
pub(crate) struct Sieve<'f> {
    /// Each condition: its column and which codes fulfil it.
    conditions: Vec<(Cow<'f, Texts>, Vec<bool>)>,
}

impl<'f> Sieve<'f> {
    /// The sieve for a part; `None` when no row can pass.
    pub(crate) fn new(filter: &Filter, joins: &Joins, facts: &'f Facts) -> Option<Sieve<'f>> {
        let mut conditions = Vec::new();
        for (name, condition) in &filter.conditions {
            match column(facts, joins.base(name)) {
                Some(texts) => {
                    let passes: Vec<bool> =
                        texts.words().iter().map(|word| condition.holds(joins.value(name, word))).collect();
                    if !passes.contains(&true) {
                        return None;
                    }
                    if passes.contains(&false) {
                        conditions.push((texts, passes));
                    }
                }
                None if condition.holds(joins.value(name, "")) => {}
                None => return None,
            }
        }
        Some(Sieve { conditions })
    }

    pub(crate) fn passes(&self, row: usize) -> bool {
        self.conditions.iter().all(|(texts, passes)| passes[texts.codes()[row] as usize])
    }
}

/// The position of each row of a part on an axis.
pub(super) struct Cutter<'f> {
    keys: Vec<String>,
    by: By<'f>,
}

enum By<'f> {
    Whole,
    /// Position of each code of a column.
    Codes(Cow<'f, Texts>, Vec<usize>),
    /// Intervals in the order of time, each with its position; the one hit last is tried first.
    Times(Vec<(Interval, usize)>, usize),
    /// Position of each hour of the local day.
    Hours(Box<Offsets>, Box<[Option<usize>; 24]>),
}

impl<'f> Cutter<'f> {
    pub(super) fn new(
        cut: &Cut,
        joins: &Joins,
        zone: &Zone,
        window: Interval,
        facts: &'f Facts,
    ) -> Cutter<'f> {
        match cut {
            Cut::Whole | Cut::Movement => Cutter { keys: vec![String::new()], by: By::Whole },
            Cut::Dimension { name, groups } => match column(facts, joins.base(name)) {
                None => Cutter { keys: vec![joins.value(name, "").to_owned()], by: By::Whole },
                Some(texts) => {
                    let mut keys: Vec<String> = Vec::new();
                    let mut positions = Vec::with_capacity(texts.words().len());
                    for word in texts.words() {
                        let value = joins.value(name, word);
                        let key = groups.get(value).map_or(value, String::as_str);
                        let position = keys.iter().position(|known| known == key).unwrap_or_else(|| {
                            keys.push(key.to_owned());
                            keys.len() - 1
                        });
                        positions.push(position);
                    }
                    Cutter { keys, by: By::Codes(texts, positions) }
                }
            },
            Cut::Times(times) => {
                let mut keys: Vec<String> = Vec::new();
                let mut intervals = Vec::new();
                for (key, interval) in times {
                    let position = keys.iter().position(|known| known == key).unwrap_or_else(|| {
                        keys.push(key.clone());
                        keys.len() - 1
                    });
                    intervals.push((*interval, position));
                }
                Cutter { keys, by: By::Times(intervals, 0) }
            }
            Cut::Hours(bands) => {
                let mut hours = [None; 24];
                for (hour, slot) in (0_u8..).zip(hours.iter_mut()) {
                    *slot = bands.iter().position(|(_, from, to)| (*from..*to).contains(&hour));
                }
                let keys = bands.iter().map(|(key, _, _)| key.clone()).collect();
                Cutter { keys, by: By::Hours(Box::new(zone.offsets(window)), Box::new(hours)) }
            }
        }
    }

    /// How many positions the axis has in this part.
    pub(super) fn width(&self) -> usize {
        self.keys.len()
    }

    pub(super) fn key(&self, position: usize) -> &str {
        &self.keys[position]
    }

    /// The position of a row.
    pub(super) fn position(&mut self, row: usize, at: i64) -> Option<usize> {
        match &mut self.by {
            By::Whole => Some(0),
            By::Codes(texts, positions) => Some(positions[texts.codes()[row] as usize]),
            By::Times(intervals, last) => {
                let at = Instant(at);
                if let Some((interval, position)) = intervals.get(*last)
                    && interval.contains(at)
                {
                    return Some(*position);
                }
                // The intervals are in the order of time and do not overlap.
                let after = intervals.partition_point(|(interval, _)| interval.start <= at);
                *last = after.checked_sub(1).filter(|n| intervals[*n].0.contains(at))?;
                Some(intervals[*last].1)
            }
            By::Hours(offsets, hours) => hours[usize::from(offsets.hour_of_day(Instant(at)))],
        }
    }
}
