//! The split of states by planned stops.

use super::entry::Downtime;
use super::walk::Walk;
use super::{Entry, History, Kind, Mark, Request, State, Way};

/// A stretch within a planned stop, with the state that is booked on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Planned {
    pub(super) from: i64,
    pub(super) until: i64,
    pub(super) state: State,
}

/// A stop, and the entry after which its states are looked for.
struct Span {
    from: i64,
    until: i64,
    anchor: Option<usize>,
}

/// The planned time of each state.
pub(super) fn planned(history: &History, walk: &Walk, request: &Request<'_>) -> Vec<Planned> {
    let spans = match request.switches.nesting {
        Way::AsAvailCgi => toggled(history, request),
        Way::Corrected => nested(history, request),
    };
    spans.iter().flat_map(|span| states(span, walk, request)).collect()
}

/// Stops as avail.cgi sees them: each start opens a span to the next start or end, whatever is still open.
fn toggled(history: &History, request: &Request<'_>) -> Vec<Span> {
    let downtimes = history.downtimes();
    let (from, end) = (request.from, request.end());
    let mut spans = Vec::new();
    let Some(first) = downtimes.first() else { return spans };
    if first.at >= request.until {
        return spans;
    }
    let mut rest = downtimes;
    if !first.starts && first.at > from {
        spans.push(Span { from, until: first.at.min(end), anchor: None });
        rest = downtimes.get(1..).unwrap_or_default();
    }
    let (mut host, mut service) = (false, false);
    for (n, one) in rest.iter().enumerate() {
        if one.at >= end {
            break;
        }
        match one.of {
            Kind::Host => host = one.starts,
            Kind::Service => service = one.starts,
        }
        let opens = one.starts || (history.kind() == Kind::Service && (host || service));
        if !opens {
            continue;
        }
        let until = rest.get(n + 1).map_or(end, |next| next.at).min(end);
        let since = one.at.max(from);
        if since < until {
            spans.push(Span { from: since, until, anchor: one.anchor });
        }
    }
    spans
}

/// Stops as they were meant: planned while any stop of the host or the service is open.
fn nested(history: &History, request: &Request<'_>) -> Vec<Span> {
    let (from, end) = (request.from, request.end());
    let mut spans = Vec::new();
    let open_before = |of: Kind| {
        // An end without a start ends a stop that began before the log did.
        let mut depth = 0_i64;
        let mut lowest = 0_i64;
        for one in history.downtimes().iter().filter(|one| one.of == of) {
            depth += if one.starts { 1 } else { -1 };
            lowest = lowest.min(depth);
        }
        -lowest
    };
    let mut depth = open_before(Kind::Host) + open_before(Kind::Service);
    let mut since: (i64, Option<usize>) = (i64::MIN, None);
    for one in in_order(history.downtimes()) {
        let was = depth;
        depth += if one.starts { 1 } else { -1 };
        if was == 0 && depth > 0 {
            since = (one.at, one.anchor);
        } else if was > 0 && depth == 0 {
            spans.push(Span { from: since.0.max(from), until: one.at.min(end), anchor: since.1 });
        }
    }
    if depth > 0 {
        spans.push(Span { from: since.0.max(from), until: end, anchor: since.1 });
    }
    spans.retain(|span| span.from < span.until);
    spans
}

/// By time, at equal times starts first, so that stops that touch are one.
fn in_order(downtimes: &[Downtime]) -> Vec<Downtime> {
    let mut ordered = downtimes.to_vec();
    ordered.sort_by_key(|one| (one.at, !one.starts));
    ordered
}

/// The states within a span.
///
/// As avail.cgi: up to the entry after the anchor the state that was processed for it, then each entry's own.
fn states(span: &Span, walk: &Walk, request: &Request<'_>) -> Vec<Planned> {
    if request.switches.last_recovery == Way::Corrected {
        return walked(span, walk);
    }
    let first = first_looked_at(span.anchor, &walk.entries);
    let mut found = Vec::new();
    let mut book = |from: i64, until: i64, state: Option<State>| {
        let (from, until) = (from.max(span.from), until.min(span.until));
        if let (true, Some(state)) = (from < until, state) {
            found.push(Planned { from, until, state });
        }
    };
    let processed = |n: usize| walk.processed.get(n).copied().flatten();
    let at_first = processed(first);
    let mut rest = walk.entries.iter().enumerate().skip(first).peekable();
    let Some((_, entry)) = rest.peek() else { return found };
    book(i64::MIN, entry.at, at_first);
    while let Some((_, entry)) = rest.next() {
        // More of the same is one stretch.
        while rest.next_if(|(_, later)| later.mark == entry.mark).is_some() {}
        let next = rest.peek();
        let state = match entry.mark {
            Mark::State(own) => Some(own),
            Mark::NoData => None,
            // Over a line of the monitor goes what was processed for the next other line.
            Mark::ProgramStart if next.is_none() && !request.assume_initial_states => None,
            Mark::ProgramStart | Mark::ProgramEnd => next.map_or(at_first, |(n, _)| processed(*n)),
        };
        book(entry.at, next.map_or(i64::MAX, |(_, next)| next.at), state);
    }
    found
}

/// The place of the entry after the anchor; of the anchor itself if it is the last, of the first without one.
fn first_looked_at(anchor: Option<usize>, entries: &[Entry]) -> usize {
    let Some(place) = anchor.and_then(|anchor| entries.iter().position(|entry| entry.number == anchor))
    else {
        return 0;
    };
    if place + 1 < entries.len() { place + 1 } else { place }
}

/// The states within a span, from the walk itself.
fn walked(span: &Span, walk: &Walk) -> Vec<Planned> {
    let within = walk.segments.iter().filter_map(|segment| {
        let super::Class::State(state) = segment.class else { return None };
        let (from, until) = (segment.from.max(span.from), segment.until.min(span.until));
        (from < until).then_some(Planned { from, until, state })
    });
    within.collect()
}
