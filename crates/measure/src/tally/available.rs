//! Availability of components over the columns of a table.

use std::collections::BTreeSet;

use impegno_calendar::{Calendar, Instant, Interval};
use impegno_charter::{Availability, Need};
use impegno_facts::Kind;
use rayon::prelude::*;

use super::{Answer, Cut, Question, Take, hull};
use crate::availability::{self, CheckBook, Composition, Lines};
use crate::{CaseBook, Cases, Results, ResultsAsked, Supply};

/// A component to be measured, by its code.
#[derive(Debug, Clone)]
pub struct AvailabilityOf {
    /// Its code: the key of the row.
    pub component: String,
    /// Its probes.
    pub probes: Vec<String>,
    /// How many of them must be up.
    pub need: Need,
    /// How it is measured.
    pub rule: Availability,
    /// The service hours that the rule names.
    pub calendar: Calendar,
}

impl PartialEq for AvailabilityOf {
    /// Calendars of one centre are the same when their codes are, and the rule names the code.
    fn eq(&self, other: &AvailabilityOf) -> bool {
        (&self.component, &self.probes, self.need, &self.rule)
            == (&other.component, &other.probes, other.need, &other.rule)
    }
}

impl Eq for AvailabilityOf {}

/// Answers the questions on availability among others, in one reading of the checks they need.
pub(super) fn answer<S: Supply>(
    questions: &[Question],
    supply: &S,
    answers: &mut [Answer],
) -> Result<(), S::Error> {
    let asked = || {
        questions.iter().enumerate().filter_map(|(n, question)| match &question.take {
            // Components are the rows: a question that cuts them by something else has no answer.
            Take::Availability(components) if question.rows == Cut::Whole => Some((n, question, components)),
            _ => None,
        })
    };
    let Some(hull) = asked().map(|(_, question, _)| reach(question)).reduce(hull) else { return Ok(()) };
    let all = || asked().flat_map(|(_, _, components)| components.iter());
    let probes: BTreeSet<&str> = all().flat_map(|one| one.probes.iter().map(String::as_str)).collect();
    let window = availability::window(all().map(|one| &one.rule), hull);
    let (told, parts): (Vec<usize>, Vec<usize>) = (0..supply.count(Kind::Checks))
        .filter(|part| supply.touches(Kind::Checks, *part, window))
        .partition(|part| supply.condenses(*part));
    let mut results = match told.as_slice() {
        [] => Results::default(),
        told => {
            let hold = all().map(|one| one.rule.staleness).min().unwrap_or_default();
            let timed = &BTreeSet::new();
            supply.results(told, &ResultsAsked { probes: &probes, window, hold, timed, period: hull })?
        }
    };
    let mut book = parts
        .into_par_iter()
        .try_fold(CheckBook::default, |mut book, part| {
            book.add(&supply.read(Kind::Checks, part)?, &probes, window);
            Ok(book)
        })
        .try_reduce(CheckBook::default, |a, b| Ok(a.merge(b)))?;
    book.add_runs(&mut results);
    book.finish();
    // Of tables only commitments look at the register of interruptions, so nothing hangs on when it was last heard of.
    let lines = Lines::new(book, &maintenance(supply, hull.end)?, hull.end);
    for (n, question, components) in asked() {
        for one in components {
            let of = Composition::one(&one.component, one.need, &one.probes);
            for (key, interval) in columns(question) {
                let account = availability::account(&lines, &one.rule, &of, &one.calendar, interval);
                // A component without probes has nothing that could be down: no reason to call it up.
                if !one.probes.is_empty() && (account.up.0 + account.down.0) > 0 {
                    answers[n].accounts.insert((one.component.clone(), key.to_owned()), account);
                }
            }
        }
    }
    Ok(())
}

/// The intervals of the columns, cut to the window of the question.
fn columns(question: &Question) -> Vec<(&str, Interval)> {
    match &question.columns {
        Cut::Times(times) => times
            .iter()
            .filter_map(|(key, interval)| Some((key.as_str(), interval.intersect(question.window)?)))
            .collect(),
        Cut::Whole | Cut::Dimension { .. } | Cut::Hours(_) | Cut::Movement => vec![("", question.window)],
    }
}

fn reach(question: &Question) -> Interval {
    columns(question).into_iter().map(|(_, interval)| interval).reduce(hull).unwrap_or(question.window)
}

/// The planned stops of the monitors.
fn maintenance<S: Supply>(supply: &S, end: Instant) -> Result<Cases, S::Error> {
    let ever = Interval { start: Instant(i64::MIN / 2), end };
    let mut cases = CaseBook::default();
    for part in (0..supply.count(Kind::Cases)).filter(|part| supply.touches(Kind::Cases, *part, ever)) {
        cases.add(supply.read(Kind::Cases, part)?, &BTreeSet::from(["maintenance"]));
    }
    Ok(cases.finish())
}
