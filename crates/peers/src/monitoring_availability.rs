//! Availability as Monitoring::Availability counts it, the Perl module behind the reports of Thruk.
//!
//! It reads the logs of Nagios and means the same as avail.cgi, but it walks all lines by time: planned stops split the
//! state that holds, time without data within a planned stop is told, a report period is what `TIMEPERIOD TRANSITION`
//! lines of the log say, and the time outside it is told. A host that is `OK` is up.

use impegno_calendar::{Instant, Zone};
use jiff::civil::Date;

use crate::nagios::log::{Said, by_fields, stamped};
use crate::nagios::{Kind, Mark, State, Subject};

/// The options that decide seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options<'a> {
    /// `assumeinitialstates`: a start of the monitor tells a state.
    pub assume_initial_states: bool,
    /// `assumestateretention`: that state is the one before.
    pub assume_state_retention: bool,
    /// `assumestatesduringnotrunning`: states go on while the monitor is stopped.
    pub assume_states_during_not_running: bool,
    /// The state of the time before the first that the log tells (`initialassumed…state`, a current one included).
    pub initial: Option<State>,
    /// `includesoftstates`.
    pub soft_states: bool,
    /// `showscheduleddowntime`: tell planned stops.
    pub show_scheduled_downtime: bool,
    /// `rpttimeperiod`; its transitions stand in the log.
    pub report_period: Option<&'a str>,
}

impl Options<'_> {
    /// The defaults of the module.
    pub fn new() -> Options<'static> {
        Options {
            assume_initial_states: true,
            assume_state_retention: true,
            assume_states_during_not_running: true,
            initial: None,
            soft_states: false,
            show_scheduled_downtime: true,
            report_period: None,
        }
    }
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options::new()
    }
}

/// What a stretch counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A state.
    State(State),
    /// No state is known.
    NoData,
    /// The monitor did not run.
    NotRunning,
    /// Outside the report period.
    Outside,
}

/// A stretch, half-open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Its start in seconds.
    pub from: i64,
    /// Its end in seconds.
    pub until: i64,
    /// What it counts as.
    pub class: Class,
    /// Whether it lies in a planned stop.
    pub planned: bool,
}

/// Seconds of one class: all, and those within planned stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Time {
    /// All seconds.
    pub total: i64,
    /// Those within planned stops.
    pub scheduled: i64,
}

/// Seconds of a class within some stretches.
pub fn time(segments: &[Segment], class: Class) -> Time {
    let mut time = Time::default();
    for segment in segments.iter().filter(|segment| segment.class == class) {
        let length = segment.until - segment.from;
        time.total += length;
        if segment.planned {
            time.scheduled += length;
        }
    }
    time
}

/// Stretches cut at the midnights of a zone, by day (`breakdown = days`).
pub fn by_day(segments: &[Segment], zone: &Zone) -> Vec<(Date, Vec<Segment>)> {
    let mut days: Vec<(Date, Vec<Segment>)> = Vec::new();
    for segment in segments {
        let mut from = segment.from;
        while from < segment.until {
            let day = zone.date(Instant::from_second(from));
            let until = zone.day_end(day).second().min(segment.until);
            let part = Segment { from, until, ..*segment };
            match days.last_mut() {
                Some((last, parts)) if *last == day => parts.push(part),
                _ => days.push((day, vec![part])),
            }
            from = until;
        }
    }
    days
}

/// What is known while lines are walked.
struct Now<'a> {
    kind: Kind,
    options: &'a Options<'a>,
    state: Option<State>,
    running: bool,
    host_stop: bool,
    service_stop: bool,
    in_period: bool,
}

impl Now<'_> {
    fn class(&self) -> Class {
        if self.options.report_period.is_some() && !self.in_period {
            return Class::Outside;
        }
        if !self.running && !self.options.assume_states_during_not_running {
            return Class::NotRunning;
        }
        self.state.map_or(Class::NoData, Class::State)
    }

    fn hear(&mut self, said: Said) {
        match said {
            Said::Nothing => {}
            Said::Mark(Mark::State(state)) => self.state = Some(state),
            Said::Mark(Mark::NoData) => self.state = None,
            Said::Mark(Mark::ProgramEnd) => self.running = false,
            Said::Mark(Mark::ProgramStart) => {
                self.running = true;
                if !self.options.assume_initial_states {
                    self.state = None;
                } else if !self.options.assume_state_retention {
                    self.state = Some(State::good(self.kind));
                }
            }
            Said::Downtime { of: Kind::Host, starts } => self.host_stop = starts,
            Said::Downtime { of: Kind::Service, starts } => self.service_stop = starts,
        }
    }
}

/// The stretches of `[from, until)` that the lines of a log tell of a subject. Lines stand by time.
pub fn segments(
    log: &str,
    subject: Subject<'_>,
    options: &Options<'_>,
    from: i64,
    until: i64,
) -> Vec<Segment> {
    let mut now = Now {
        kind: subject.kind(),
        options,
        state: options.initial,
        running: true,
        host_stop: false,
        service_stop: false,
        in_period: true,
    };
    let mut found: Vec<Segment> = Vec::new();
    let mut since = from;
    let mut book = |now: &Now<'_>, upto: i64| {
        let planned = options.show_scheduled_downtime && (now.host_stop || now.service_stop);
        let segment = Segment { from: since, until: upto.min(until), class: now.class(), planned };
        if segment.from < segment.until {
            found.push(segment);
            since = segment.until;
        }
    };
    for (at, text) in log.lines().filter_map(stamped) {
        book(&now, at);
        if let Some(fields) = text.strip_prefix("TIMEPERIOD TRANSITION: ") {
            let mut fields = fields.split(';');
            if fields.next() == options.report_period {
                now.in_period = fields.nth(1) == Some("1");
            }
        } else {
            now.hear(by_fields(text, subject, options.soft_states, Mark::State(State::Up)));
        }
    }
    book(&now, until);
    found
}
