//! What a report is asked for, and which defects it has.

use super::{ReportPeriod, State};

/// How a known defect is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// As avail.cgi does.
    AsAvailCgi,
    /// As it was meant.
    Corrected,
}

/// One switch for each known defect of avail.cgi (`docs/peers.md` has a case of each).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switches {
    /// D1: a planned stop inside an outage is booked on the state of the last entry, if the recovery is the last
    /// entry of the log.
    pub last_recovery: Way,
    /// D2: planned stops are toggles; one that ends ends all.
    pub nesting: Way,
    /// D3: days of a report period are 86,400 seconds from the midnight before the stretch, also when the clocks
    /// change.
    pub clock_change: Way,
    /// D4: dates and exclusions of a report period are not looked at.
    pub exceptions: Way,
    /// D5: words in the text of any line are read as control lines and states.
    pub free_text: Way,
    /// D6: whether planned stops of the host count for a service depends on the page that is open.
    pub host_downtime: Way,
    /// D7: the figure of a group is the plain mean of percentages.
    pub group: Way,
    /// D8, mended in 4.5: planned seconds are not cut to the report period.
    pub planned_hours: Way,
}

impl Switches {
    /// All switches one way.
    pub const fn all(way: Way) -> Switches {
        Switches {
            last_recovery: way,
            nesting: way,
            clock_change: way,
            exceptions: way,
            free_text: way,
            host_downtime: way,
            group: way,
            planned_hours: way,
        }
    }
}

/// Every second as avail.cgi of 4.5.12 gives it.
pub const AS_AVAIL_CGI: Switches =
    Switches { planned_hours: Way::Corrected, ..Switches::all(Way::AsAvailCgi) };

/// Every second as avail.cgi of 4.4.6 gives it.
pub const AS_AVAIL_CGI_4_4: Switches = Switches::all(Way::AsAvailCgi);

/// The same rules without the defects.
pub const CORRECTED: Switches = Switches::all(Way::Corrected);

/// The state that is taken for the time before the first entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Initial {
    /// None: that time is undetermined.
    Unspecified,
    /// The state that the monitor has now.
    Current,
    /// This one.
    State(State),
}

/// The parameters of a report that decide its seconds.
///
/// `includesoftstates` and `backtrack` decide what is read and belong to [`read`](super::read).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Request<'a> {
    /// `t1`, in seconds.
    pub from: i64,
    /// `t2`, in seconds; what lies after `now` is cut.
    pub until: i64,
    /// When the report is asked for, in seconds.
    pub now: i64,
    /// `assumeinitialstates`: a start of the monitor tells a state.
    pub assume_initial_states: bool,
    /// `assumestateretention`: that state is the one before.
    pub assume_state_retention: bool,
    /// `assumestatesduringnotrunning`: states go on while the monitor is stopped.
    pub assume_states_during_not_running: bool,
    /// `initialassumedhoststate`, `initialassumedservicestate`.
    pub initial: Initial,
    /// The state that the monitor has now, if it has one.
    pub current: Option<State>,
    /// `showscheduleddowntime`: split states into planned and not planned.
    pub show_scheduled_downtime: bool,
    /// `rpttimeperiod`; `None` is all the time.
    pub report_period: Option<&'a ReportPeriod>,
    /// The defects.
    pub switches: Switches,
}

impl<'a> Request<'a> {
    /// A report from `from` to `until` asked for afterwards, with the defaults of the page.
    pub fn new(from: i64, until: i64, switches: Switches) -> Request<'a> {
        Request {
            from,
            until,
            now: i64::MAX,
            assume_initial_states: true,
            assume_state_retention: true,
            assume_states_during_not_running: true,
            initial: Initial::Unspecified,
            current: None,
            show_scheduled_downtime: true,
            report_period: None,
            switches,
        }
    }

    /// `t2` as it counts: not after now.
    pub(super) fn end(&self) -> i64 {
        self.until.min(self.now)
    }
}
