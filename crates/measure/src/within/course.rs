//! The course of a case: when its clock ran, and when it stood still.

use impegno_calendar::Instant;
use impegno_charter::{Limit, PauseRule, REOPENED, Reopen, Within};
use impegno_clocks::Pause;

use crate::{Case, CaseEvent};

/// The course of a case up to the end of the period: what a promise on its time reads of its events.
#[derive(Debug, Clone)]
pub struct Course<'c> {
    /// Earlier runs of its clock, where each reopening starts a clock of its own; most cases have none.
    pub earlier: Vec<Stretch>,
    /// The last run of its clock.
    pub last: Stretch,
    /// When it stood still, and for which event, in the order of time. What was paused before the start is cut.
    pub pauses: Vec<Pause>,
    /// The event that stopped the clock for good; `None` while it is open.
    pub to: Option<CaseEvent<'c>>,
    /// The awaited event comes before the one that starts the clock.
    pub out_of_order: bool,
}

/// A run of the clock of a case.
#[derive(Debug, Copy, Clone)]
pub struct Stretch {
    /// When it started.
    pub start: Instant,
    /// `None` while it runs.
    pub stop: Option<Instant>,
}

impl<'c> Course<'c> {
    /// The course of a case whose clock starts at `start`, by the events before `end`.
    pub fn of(within: &Within, case: Case<'c>, start: Instant, end: Instant) -> Course<'c> {
        let first = case.first(&within.to, end.0);
        let out_of_order = first.is_some_and(|event| event.at < start.0);
        let mut pauses = match &within.pause {
            Some(rule) => paused(rule, within, case, start, end),
            None => Vec::new(),
        };
        let stop = |event: Option<CaseEvent<'_>>| event.map(|event| Instant(event.at));
        let (Some(reopen), false) = (within.reopen, out_of_order) else {
            let last = Stretch { start, stop: stop(first) };
            return Course { earlier: Vec::new(), last, pauses, to: first, out_of_order };
        };
        let mut earlier = Vec::new();
        let mut begun = start;
        let mut to: Option<CaseEvent<'c>> = None;
        for event in case.events().filter(|event| (start.0..end.0).contains(&event.at)) {
            match to {
                None if event.event == within.to => to = Some(event),
                Some(solved) if event.event == REOPENED => {
                    let (solved, again) = (Instant(solved.at), Instant(event.at));
                    match reopen {
                        Reopen::Exclude => {
                            pauses.push(Pause { start: solved, end: Some(again), reason: within.to.clone() });
                        }
                        Reopen::Count => {}
                        Reopen::NewClock => {
                            earlier.push(Stretch { start: begun, stop: Some(solved) });
                            begun = again;
                        }
                    }
                    to = None;
                }
                None | Some(_) => {}
            }
        }
        pauses.sort_by_key(|pause| pause.start);
        let last = Stretch { start: begun, stop: stop(to) };
        Course { earlier, last, pauses, to, out_of_order }
    }

    /// The pauses of a run, as they are known when it stops.
    pub fn pauses_within(&self, stretch: &Stretch, stop: Instant) -> Vec<Pause> {
        self.pauses
            .iter()
            .filter(|pause| pause.start < stop && pause.end.is_none_or(|end| end > stretch.start))
            .map(|pause| Pause {
                start: pause.start.max(stretch.start),
                end: pause.end.filter(|end| *end <= stop),
                reason: pause.reason.clone(),
            })
            .collect()
    }
}

/// The pauses that the events of a case open and close, from the start of its clock on.
fn paused(rule: &PauseRule, within: &Within, case: Case<'_>, start: Instant, end: Instant) -> Vec<Pause> {
    let deadline = match &within.limit {
        Limit::Deadline(event) => Some(event.as_str()),
        _ => None,
    };
    let named = |names: &[String], event: &str| names.iter().any(|name| name == event);
    let mut pauses: Vec<Pause> = Vec::new();
    let mut running: Option<(Instant, &str)> = None;
    let mut close = |running: &mut Option<(Instant, &str)>, at: Option<Instant>| {
        if let Some((begun, reason)) = running.take()
            && at.is_none_or(|at| at > start && at > begun)
        {
            pauses.push(Pause { start: begun.max(start), end: at, reason: reason.to_owned() });
        }
    };
    for event in case.events().filter(|event| event.at < end.0) {
        let at = Instant(event.at);
        if named(&rule.from, event.event) {
            close(&mut running, Some(at));
            running = Some((at, event.event));
        } else if within.reopen.is_some() && event.event == REOPENED {
            // Who takes a case up again waits for nothing any more.
            close(&mut running, Some(at));
        } else if named(&rule.to, event.event) || (rule.to.is_empty() && deadline != Some(event.event)) {
            close(&mut running, Some(at));
        }
    }
    close(&mut running, None);
    pauses
}
