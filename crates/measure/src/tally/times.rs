//! Times between two events of cases, gathered by the cells of a table.

use impegno_calendar::{Calendar, Instant, Zone};

use super::cases::{CaseRows, books, events, joins_value, key};
use super::{Answer, Question, Take};
use crate::{Joins, Part};

/// How the time between two events is counted.
#[derive(Debug, Clone)]
pub enum TimesBy {
    /// Every second.
    Elapsed,
    /// Only the service hours of a calendar.
    Working(Calendar),
    /// Days from the date of the one event to that of the other.
    Days,
    /// Working days of a calendar after the date of the one event up to that of the other.
    WorkingDays(Calendar),
}

impl PartialEq for TimesBy {
    /// Calendars of one centre are the same when their codes are.
    fn eq(&self, other: &TimesBy) -> bool {
        match (self, other) {
            (TimesBy::Elapsed, TimesBy::Elapsed) | (TimesBy::Days, TimesBy::Days) => true,
            (TimesBy::Working(one), TimesBy::Working(two))
            | (TimesBy::WorkingDays(one), TimesBy::WorkingDays(two)) => one.code() == two.code(),
            (TimesBy::Elapsed | TimesBy::Days | TimesBy::Working(_) | TimesBy::WorkingDays(_), _) => false,
        }
    }
}

impl Eq for TimesBy {}

/// The times of the cases of a cell; the cases are `lengths.len() + open + not_judgeable`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Times {
    /// Microseconds, or days, in rising order.
    pub lengths: Vec<i64>,
    /// Cases without the second event.
    pub open: u64,
    /// Cases whose second event comes before the first.
    pub not_judgeable: u64,
}

impl Times {
    /// Both as one.
    pub fn merge(&mut self, other: &Times) {
        self.lengths.extend(&other.lengths);
        self.lengths.sort_unstable();
        self.open += other.open;
        self.not_judgeable += other.not_judgeable;
    }
}

/// Gathers the times of a question.
pub(super) fn answer(question: &Question, joins: &Joins, zone: &Zone, parts: &[Part]) -> Answer {
    let Take::Times { from, to, by } = &question.take else { return Answer::default() };
    let books = books(parts);
    let events = events(&books, question.filter.conditions.get("kind"));
    let mut answer = Answer::default();
    let end = question.window.end.0;
    for case in events.chunk_by(|a, b| a.0 == b.0) {
        let case = CaseRows { books: &books, events: case };
        let Some(start) = case.first(from) else { continue };
        if !(question.window.start.0..end).contains(&start) {
            continue;
        }
        let value = |name: &str| joins_value(joins, name, &case, end);
        if !question.filter.conditions.iter().all(|(name, condition)| condition.holds(value(name))) {
            continue;
        }
        let key = |cut| key(cut, start, &value);
        let (Some(row), Some(column)) = (key(&question.rows), key(&question.columns)) else { continue };
        answer.add(row, column, 1);
        let times = answer.times.entry((row.to_owned(), column.to_owned())).or_default();
        match case.first(to).filter(|at| *at < end) {
            None => times.open += 1,
            Some(at) if at < start => times.not_judgeable += 1,
            Some(at) => times.lengths.push(length(by, zone, Instant(start), Instant(at))),
        }
    }
    for times in answer.times.values_mut() {
        times.lengths.sort_unstable();
    }
    answer
}

fn length(by: &TimesBy, zone: &Zone, from: Instant, to: Instant) -> i64 {
    match by {
        TimesBy::Elapsed => to.0 - from.0,
        TimesBy::Working(calendar) => calendar.working(from, to).0,
        TimesBy::Days => {
            let days = zone.date(to).duration_since(zone.date(from));
            days.as_hours() / 24
        }
        TimesBy::WorkingDays(calendar) => {
            i64::from(calendar.working_days_between(zone.date(from), zone.date(to)))
        }
    }
}
