//! The walk over the entries of one subject: which state holds when.

use super::{Entry, History, Initial, Kind, Mark, Request, State};

/// What a stretch counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A state.
    State(State),
    /// The monitor did not run, and nothing is assumed of that time.
    NotRunning,
    /// Undetermined: no data.
    NoData,
}

/// A stretch of one class, half-open, within the window of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// First second.
    pub from: i64,
    /// First second after.
    pub until: i64,
    /// What it counts as.
    pub class: Class,
}

/// The walk with what the split of planned stops needs of it.
pub(super) struct Walk {
    pub(super) segments: Vec<Segment>,
    /// The entries as walked, with an assumed initial state if there is one.
    pub(super) entries: Vec<Entry>,
    /// Of each entry the state of the time before it (of the last one that of the time after it, defect D1).
    pub(super) processed: Vec<Option<State>>,
}

/// The stretches of a report by time; time before the first entry has none.
pub fn segments(history: &History, request: &Request<'_>) -> Vec<Segment> {
    walk(history, request).segments
}

/// An entry that was not read has no number; anchors never point at it.
const ASSUMED: usize = usize::MAX;

/// The entries of a history, and before them the state that the request assumes.
fn with_initial_state(history: &History, request: &Request<'_>) -> Vec<Entry> {
    let mut entries = history.entries().to_vec();
    let (from, now) = (request.from, request.now);
    let assumed = |at: i64, state: State| Entry { at, mark: Mark::State(state), number: ASSUMED };
    if let (true, Some(state)) = (entries.is_empty() && now > from && now <= request.until, request.current) {
        entries.push(assumed(from, state));
    }
    let initial = match request.initial {
        Initial::Unspecified => None,
        Initial::Current => request.current,
        Initial::State(state) => Some(state),
    };
    if let Some(state) = initial {
        let at = entries.first().map_or(from, |first| if first.at > from { from } else { first.at - 1 });
        entries.insert(0, assumed(at, state));
    }
    entries
}

pub(super) fn walk(history: &History, request: &Request<'_>) -> Walk {
    let entries = with_initial_state(history, request);
    let own = |entry: &Entry| match entry.mark {
        Mark::State(state) => Some(state),
        Mark::NoData | Mark::ProgramStart | Mark::ProgramEnd => None,
    };
    let mut processed: Vec<Option<State>> = entries.iter().map(own).collect();
    let mut segments = Vec::new();
    if processed.iter().all(Option::is_none) {
        // Without any state the whole report is undetermined.
        return Walk { segments, entries, processed };
    }
    let (from, end) = (request.from, request.end());
    let mut known: Option<State> = None;
    let mut left: Option<usize> = None;
    for (n, entry) in entries.iter().enumerate() {
        let Some(before) = left.and_then(|left| entries.get(left)).filter(|_| entry.at > from) else {
            known = own(entry).or(known);
            left = Some(n);
            continue;
        };
        if before.at >= end {
            break;
        }
        let class = class(history.kind(), before.mark, Some(entry.mark), &mut known, request);
        let stretch = Segment { from: before.at.max(from), until: entry.at.min(end), class };
        if stretch.from < stretch.until {
            segments.push(stretch);
        }
        note(&mut processed, n, class, before.mark, entry.mark);
        left = Some(n);
    }
    // The last entry before the end opens a stretch to the end.
    if let Some((n, last)) = left.and_then(|n| Some((n, entries.get(n)?))).filter(|(_, last)| last.at < end) {
        let class = class(history.kind(), last.mark, None, &mut known, request);
        let stretch = Segment { from: last.at.max(from), until: end, class };
        if stretch.from < stretch.until {
            segments.push(stretch);
        }
        if request.switches.last_recovery == super::Way::AsAvailCgi {
            note(&mut processed, n, class, last.mark, last.mark);
        }
    }
    Walk { segments, entries, processed }
}

/// Writes the state of a stretch on an entry. Beside a line that cannot be read, and after an end of the monitor of
/// which nothing is assumed, what the entry itself says is left.
fn note(processed: &mut [Option<State>], n: usize, class: Class, left: Mark, right: Mark) {
    let Some(slot) = processed.get_mut(n) else { return };
    match class {
        Class::State(state) => *slot = Some(state),
        Class::NoData if left != Mark::NoData && right != Mark::NoData => *slot = None,
        Class::NotRunning | Class::NoData => {}
    }
}

/// What the time between two entries counts as; the right one is `None` at the end of the report.
fn class(
    kind: Kind,
    left: Mark,
    right: Option<Mark>,
    known: &mut Option<State>,
    request: &Request<'_>,
) -> Class {
    let or_no_data = |state: Option<State>| state.map_or(Class::NoData, Class::State);
    match (left, right) {
        (Mark::NoData, _) | (_, Some(Mark::NoData)) => Class::NoData,
        (Mark::ProgramEnd, _) if request.assume_states_during_not_running => or_no_data(*known),
        (Mark::ProgramEnd, _) => Class::NotRunning,
        (Mark::ProgramStart, _) if !request.assume_initial_states => Class::NoData,
        (Mark::ProgramStart, _) if request.assume_state_retention => or_no_data(*known),
        (Mark::ProgramStart, _) => Class::State(State::good(kind)),
        (Mark::State(state), _) => {
            *known = Some(state);
            Class::State(state)
        }
    }
}
