//! The facts of a probe, put to the engine of another program.

use impegno_calendar::{Instant, Interval, Intervals, Zone};
use impegno_facts::{Origin, State};
use impegno_peers::nagios::timeperiod::Definitions;
use impegno_peers::{icingadb, kuma, nagios, zabbix};
use jiff::civil::Weekday;
use num_rational::BigRational;

use super::hours::Week;
use super::runs::{Bucket, Runs};
use super::{Peer, fraction};
use crate::availability::{Lines, Told};

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;
/// Microseconds in a millisecond.
const MILLI: i64 = 1_000;

/// What a program says of one probe.
pub(super) struct Said {
    /// What each instant counts as.
    pub runs: Runs,
    /// The time that counts.
    pub open: Intervals,
    /// Its shares, by its names for them.
    pub shares: Vec<(&'static str, Option<BigRational>)>,
}

/// What a program is asked.
pub(super) struct Asked<'a> {
    pub lines: &'a Lines,
    pub period: Interval,
    pub known_at: Instant,
    pub zone: &'a Zone,
    /// The hours of a week, if not all time counts.
    pub week: Option<&'a Week>,
}

impl Asked<'_> {
    /// What a program that counts time says; `None` of one that counts results.
    pub(super) fn of(&self, peer: Peer, probe: &str) -> Option<Said> {
        match peer {
            Peer::NagiosAvail => Some(self.nagios(probe)),
            Peer::IcingaDb => Some(self.icingadb(probe)),
            Peer::ZabbixSli => Some(self.zabbix(probe)),
            Peer::UptimeKuma => None,
        }
    }

    /// Whether a program knows service hours.
    pub(super) fn knows_hours(peer: Peer) -> bool {
        matches!(peer, Peer::NagiosAvail | Peer::ZabbixSli)
    }

    fn seconds(&self) -> (i64, i64) {
        (self.period.start.second(), self.period.end.second())
    }

    fn nagios(&self, probe: &str) -> Said {
        let kind = if probe.contains(';') { nagios::Kind::Service } else { nagios::Kind::Host };
        let mut history = nagios::History::new(kind);
        for told in self.lines.told(probe) {
            if let Some(mark) = nagios_mark(kind, told) {
                history.push(told.at.div_euclid(SECOND), mark);
            }
        }
        let definitions = self.week.and_then(definitions);
        let report_period =
            definitions.and_then(|defined| nagios::ReportPeriod::new(defined, "hours", self.zone.clone()));
        let (from, until) = self.seconds();
        let request = nagios::Request {
            now: self.known_at.second(),
            report_period: report_period.as_ref(),
            ..nagios::Request::new(from, until, nagios::AS_AVAIL_CGI)
        };
        let account = nagios::account(&history, &request);
        let stretches: Vec<(Interval, nagios::Class)> = nagios::counted(&history, &request)
            .into_iter()
            .filter_map(|one| Some((interval(one.from, one.until, SECOND)?, one.class)))
            .collect();
        let bucket = |class: nagios::Class| match class {
            nagios::Class::State(nagios::State::Ok | nagios::State::Up) => Bucket::Up,
            nagios::Class::State(nagios::State::Warning) => Bucket::Warning,
            nagios::Class::State(nagios::State::Critical | nagios::State::Down) => Bucket::Down,
            nagios::Class::State(nagios::State::Unknown | nagios::State::Unreachable)
            | nagios::Class::NotRunning
            | nagios::Class::NoData => Bucket::Unknown,
        };
        let good = nagios::State::good(kind);
        let share =
            |share: Option<impegno_peers::Share>| share.and_then(|share| fraction(share.good, share.of));
        let (all, known) = match kind {
            nagios::Kind::Host => ("PERCENT_TOTAL_TIME_UP", "PERCENT_KNOWN_TIME_UP"),
            nagios::Kind::Service => ("PERCENT_TOTAL_TIME_OK", "PERCENT_KNOWN_TIME_OK"),
        };
        Said {
            open: stretches.iter().map(|(interval, _)| *interval).collect(),
            runs: Runs::over(
                self.period,
                Bucket::Outside,
                stretches.into_iter().map(|(interval, class)| (interval, bucket(class))),
            ),
            shares: vec![(all, share(account.percent(good))), (known, share(account.percent_known(good)))],
        }
    }

    fn icingadb(&self, probe: &str) -> Said {
        let kind = if probe.contains(';') { icingadb::Kind::Service } else { icingadb::Kind::Host };
        let mut object = icingadb::Object::default();
        let mut before = icingadb::PENDING;
        for told in self.lines.told(probe).into_iter().filter(is_hard_state) {
            let state = told.state as icingadb::StateNumber;
            if state != before {
                object.changes.push(icingadb::Change {
                    at: told.at.div_euclid(MILLI),
                    state,
                    previous: before,
                });
                before = state;
            }
        }
        // A service looks only at its own planned stops.
        object.downtimes = self
            .lines
            .planned(probe)
            .iter()
            .map(|stop| (stop.start.0.div_euclid(MILLI), stop.end.0.div_euclid(MILLI)))
            .collect();
        let (from, until) = (self.period.start.0 / MILLI, self.period.end.0 / MILLI);
        let segments = icingadb::segments(&object, kind, from, until).unwrap_or_default();
        let stretches = segments.into_iter().filter_map(|one| {
            let bucket = match one.class {
                icingadb::Class::Good { .. } => Bucket::Up,
                icingadb::Class::Problem => Bucket::Down,
                icingadb::Class::Pending => Bucket::Unknown,
            };
            Some((interval(one.from, one.until, MILLI)?, bucket))
        });
        let share = icingadb::ok_share(&object, kind, from, until).ok().flatten();
        Said {
            runs: Runs::over(self.period, Bucket::Unknown, stretches),
            open: std::iter::once(self.period).collect(),
            shares: vec![("get_sla_ok_percent", share.and_then(|share| fraction(share.good, share.of)))],
        }
    }

    fn zabbix(&self, probe: &str) -> Said {
        let mut service = zabbix::Service { created: i64::MIN / 2, changes: Vec::new() };
        for told in self.lines.told(probe).into_iter().filter(is_hard_state) {
            let ok = told.state != State::Critical;
            if service.changes.last().is_none_or(|(_, before)| *before != ok) {
                service.changes.push((told.at.div_euclid(SECOND), ok));
            }
        }
        let sla = zabbix::Sla {
            zone: self.zone.clone(),
            slo: 0,
            schedule: self.week.map_or_else(Vec::new, schedule),
            excluded: Vec::new(),
            variant: zabbix::Variant::Released,
            hours: zabbix::Hours::FixedSeconds,
        };
        let (from, until) = self.seconds();
        let now = self.known_at.second();
        let stretches: Vec<(Interval, Bucket)> = zabbix::segments(&sla, &service, from, until, now)
            .into_iter()
            .filter_map(|one| {
                let bucket = match one.class {
                    zabbix::Class::Up => Bucket::Up,
                    zabbix::Class::Down => Bucket::Down,
                    zabbix::Class::Excluded => Bucket::Excused,
                };
                Some((interval(one.from, one.until, SECOND)?, bucket))
            })
            .collect();
        let share = zabbix::sli(&sla, &service, from, until, now).share();
        Said {
            open: stretches.iter().map(|(interval, _)| *interval).collect(),
            runs: Runs::over(self.period, Bucket::Outside, stretches),
            shares: vec![("SLI", share.and_then(|share| fraction(share.good, share.of)))],
        }
    }

    /// The heartbeats of some probes, counted together. A change of state, as logs hold them, is no heartbeat.
    pub(super) fn kuma(&self, probes: &[String]) -> kuma::Counts {
        let mut counts = kuma::Counts::default();
        for probe in probes {
            let planned = self.lines.planned_of(probe);
            let results = self
                .lines
                .told(probe)
                .into_iter()
                .filter(|told| told.origin == Origin::Result && self.period.contains(Instant(told.at)));
            for told in results {
                counts.add(match (told.state, told.hard) {
                    _ if planned.contains(Instant(told.at)) => kuma::Beat::Maintenance,
                    (State::Ok | State::Warning, _) => kuma::Beat::Up,
                    (State::Critical | State::Unknown, false) => kuma::Beat::Pending,
                    (State::Critical | State::Unknown, true) => kuma::Beat::Down,
                });
            }
        }
        counts
    }
}

/// Whether it is a confirmed state, not a start or stop of the monitor.
pub(super) fn is_hard_state(told: &Told) -> bool {
    told.hard && !matches!(told.origin, Origin::MonitorStart | Origin::MonitorStop)
}

fn nagios_mark(kind: nagios::Kind, told: Told) -> Option<nagios::Mark> {
    let state = match (kind, told.state) {
        (nagios::Kind::Service, State::Ok) => nagios::State::Ok,
        (nagios::Kind::Service, State::Warning) => nagios::State::Warning,
        (nagios::Kind::Service, State::Critical) => nagios::State::Critical,
        (nagios::Kind::Service, State::Unknown) => nagios::State::Unknown,
        (nagios::Kind::Host, State::Ok | State::Warning) => nagios::State::Up,
        (nagios::Kind::Host, State::Critical) => nagios::State::Down,
        (nagios::Kind::Host, State::Unknown) => nagios::State::Unreachable,
    };
    match told.origin {
        Origin::MonitorStart => Some(nagios::Mark::ProgramStart),
        Origin::MonitorStop => Some(nagios::Mark::ProgramEnd),
        Origin::Result | Origin::Transition | Origin::StateDump => {
            told.hard.then_some(nagios::Mark::State(state))
        }
    }
}

const WEEKDAYS: [(Weekday, &str); 7] = [
    (Weekday::Sunday, "sunday"),
    (Weekday::Monday, "monday"),
    (Weekday::Tuesday, "tuesday"),
    (Weekday::Wednesday, "wednesday"),
    (Weekday::Thursday, "thursday"),
    (Weekday::Friday, "friday"),
    (Weekday::Saturday, "saturday"),
];

/// The hours of a week as a time period of Nagios, `hours`.
fn definitions(week: &Week) -> Option<Definitions> {
    let time = |second: i64| format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60);
    let directives: Vec<String> = WEEKDAYS
        .iter()
        .filter(|(weekday, _)| !week.on(*weekday).is_empty())
        .map(|(weekday, name)| {
            let ranges = week.on(*weekday).iter();
            let ranges: Vec<String> =
                ranges.map(|(open, close)| format!("{}-{}", time(*open), time(*close))).collect();
            format!("{name} {}", ranges.join(","))
        })
        .collect();
    let directives: Vec<&str> = directives.iter().map(String::as_str).collect();
    let mut definitions = Definitions::new();
    definitions.add("hours", &directives, &[]).ok()?;
    Some(definitions)
}

/// The hours of a week as seconds from Sunday.
fn schedule(week: &Week) -> Vec<(i64, i64)> {
    let days = (0_i64..).zip(WEEKDAYS);
    days.flat_map(|(number, (weekday, _))| {
        week.on(weekday).iter().map(move |(open, close)| (number * 86_400 + open, number * 86_400 + close))
    })
    .collect()
}

fn interval(from: i64, until: i64, unit: i64) -> Option<Interval> {
    Interval::new(Instant(from.saturating_mul(unit)), Instant(until.saturating_mul(unit)))
}
