//! The seconds that the report prints.

use super::walk::walk;
use super::{Class, History, Kind, Request, Segment, State, Way, downtime, report_time};
use crate::Share;

/// The seconds of one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateTime {
    /// The state.
    pub state: State,
    /// Seconds in it.
    pub total: i64,
    /// Seconds of these within planned stops.
    pub scheduled: i64,
}

impl StateTime {
    /// Seconds outside planned stops; less than 0 where avail.cgi books more planned seconds than there are.
    pub fn unscheduled(&self) -> i64 {
        self.total - self.scheduled
    }
}

/// All seconds of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The seconds of each state, in the order of the report's columns.
    pub states: Vec<StateTime>,
    /// Seconds of the report: those of its period that count.
    pub total: i64,
    /// Seconds in which the monitor did not run.
    pub not_running: i64,
}

impl Account {
    /// The seconds of a state; 0 of a state that the subject cannot have.
    pub fn of(&self, state: State) -> StateTime {
        let none = StateTime { state, total: 0, scheduled: 0 };
        self.states.iter().find(|one| one.state == state).copied().unwrap_or(none)
    }

    /// Seconds in any state.
    pub fn determinate(&self) -> i64 {
        self.states.iter().map(|one| one.total).sum()
    }

    /// Seconds in no state; less than 0 where the parts are more than the whole (defect D3).
    pub fn undetermined(&self) -> i64 {
        self.total - self.determinate()
    }

    /// Seconds without data; less than 0 where the parts are more than the whole (defect D3).
    pub fn no_data(&self) -> i64 {
        self.undetermined() - self.not_running
    }

    /// Seconds without data as avail.cgi prints them: a number below 0 wraps to one of 64 bits without sign.
    pub fn printed_no_data(&self) -> u64 {
        self.no_data().cast_unsigned()
    }

    /// The share of a state in the whole report, `PERCENT_TOTAL_TIME_…`; `None` of a report without time.
    pub fn percent(&self, state: State) -> Option<Share> {
        Share::new(i128::from(self.of(state).total), i128::from(self.total))
    }

    /// The share of a state in the time of which a state is known, `PERCENT_KNOWN_TIME_…`.
    pub fn percent_known(&self, state: State) -> Option<Share> {
        Share::new(i128::from(self.of(state).total), i128::from(self.determinate()))
    }
}

/// The account of one subject.
pub fn account(history: &History, request: &Request<'_>) -> Account {
    let walk = walk(history, request);
    let seconds =
        |from: i64, until: i64| report_time::seconds(request.report_period, from, until, request.switches);
    let mut states: Vec<StateTime> = State::of(history.kind())
        .iter()
        .map(|state| StateTime { state: *state, total: 0, scheduled: 0 })
        .collect();
    let mut not_running = 0;
    for segment in &walk.segments {
        let length = seconds(segment.from, segment.until);
        match segment.class {
            Class::State(state) => {
                states.iter_mut().filter(|one| one.state == state).for_each(|one| one.total += length);
            }
            Class::NotRunning => not_running += length,
            Class::NoData => {}
        }
    }
    if request.show_scheduled_downtime {
        for planned in downtime::planned(history, &walk, request) {
            let length = match request.switches.planned_hours {
                Way::AsAvailCgi => planned.until - planned.from,
                Way::Corrected => seconds(planned.from, planned.until),
            };
            states
                .iter_mut()
                .filter(|one| one.state == planned.state)
                .for_each(|one| one.scheduled += length);
        }
    }
    Account { states, total: seconds(request.from, request.end()), not_running }
}

/// The stretches whose seconds are counted, by time: those of the walk, and before them the time before the first
/// entry, each cut to the report period.
pub fn counted(history: &History, request: &Request<'_>) -> Vec<Segment> {
    let mut stretches = walk(history, request).segments;
    let end = request.end();
    let first = stretches.first().map_or(end, |first| first.from);
    if request.from < first {
        stretches.insert(0, Segment { from: request.from, until: first, class: Class::NoData });
    }
    let Some(period) = request.report_period else { return stretches };
    let cut = |stretch: &Segment| {
        let class = stretch.class;
        let parts = period.counted(stretch.from, stretch.until, request.switches);
        parts.into_iter().map(move |(from, until)| Segment { from, until, class })
    };
    stretches.iter().flat_map(cut).collect()
}

/// The figure of a group in the good state of its kind (defect D7).
///
/// As avail.cgi the plain mean of the shares, corrected the seconds of all members together; `None` if a member
/// has no time at all, or there is no member.
pub fn group_percent(accounts: &[Account], kind: Kind, way: Way) -> Option<Share> {
    let good = State::good(kind);
    match way {
        Way::AsAvailCgi => {
            let mut sum = Share { good: 0, of: 1 };
            for account in accounts {
                let share = account.percent(good)?;
                // Over the least common multiple, so that many members do not overflow.
                let of = sum.of / common_divisor(sum.of, share.of) * share.of;
                sum = Share { good: sum.good * (of / sum.of) + share.good * (of / share.of), of };
            }
            Share::new(sum.good, sum.of * i128::try_from(accounts.len()).ok()?)
        }
        Way::Corrected => {
            let total = accounts.iter().map(|one| i128::from(one.total)).sum();
            Share::new(accounts.iter().map(|one| i128::from(one.of(good).total)).sum(), total)
        }
    }
}

fn common_divisor(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}
