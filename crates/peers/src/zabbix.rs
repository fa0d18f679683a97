//! SLI and error budget of Zabbix services (6.0 and later), exactly.
//!
//! A service is good while it has no problem that matches its tags, and bad at any severity. Planned stops count only
//! if they are typed in as exclusions. Scheduled hours are fixed seconds of a week from Sunday, so that after a
//! change of the clocks they are an hour off; [`Hours`] says whether to do likewise.

use jiff::Span;
use jiff::civil::{Date, Weekday};

use impegno_calendar::{Instant, Zone};

use crate::Share;

/// The length of a reporting period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// A day.
    Day,
    /// A week from Sunday (in [`Variant::Development60`] from Monday).
    Week,
    /// A month.
    Month,
    /// A quarter.
    Quarter,
    /// A year.
    Year,
}

/// Which Zabbix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// 6.0 as released, and later.
    Released,
    /// A version on the way to 6.0: weeks from Monday, shares of all scheduled seconds, exclusions do not leave
    /// them.
    Development60,
}

/// How scheduled hours meet a change of the clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hours {
    /// As Zabbix: fixed seconds since the start of the week before the period.
    FixedSeconds,
    /// Corrected: what the clock of the zone shows.
    Clock,
}

/// An SLA as it is configured.
#[derive(Debug, Clone, PartialEq)]
pub struct Sla {
    /// The zone of its periods and hours.
    pub zone: Zone,
    /// The promised share in ten-thousandths of a percent: 99.9 % is 999,000.
    pub slo: i64,
    /// Scheduled hours as seconds of the week, `[from, until)`, 0 to 604,800 from Sunday 00:00; empty is all the
    /// time.
    pub schedule: Vec<(i64, i64)>,
    /// Stops that do not count, `[from, until)` in seconds; they may overlap.
    pub excluded: Vec<(i64, i64)>,
    /// Which Zabbix.
    pub variant: Variant,
    /// Changes of the clocks.
    pub hours: Hours,
}

/// What is known of a service.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Service {
    /// When it was created, in seconds; nothing before counts.
    pub created: i64,
    /// Its changes of state by time: when, and whether it was OK from then on. Before the first it was OK.
    pub changes: Vec<(i64, bool)>,
}

/// The figures of one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sli {
    /// Scheduled seconds in which the service was OK.
    pub uptime: i64,
    /// Scheduled seconds in which it was not.
    pub downtime: i64,
    /// Seconds that are left (below 0: missing) until the promise is broken.
    pub error_budget: i64,
    /// All scheduled seconds that the share is of.
    pub of: i64,
}

impl Sli {
    /// The share; `None` (which Zabbix shows as -1) without any time.
    pub fn share(&self) -> Option<Share> {
        Share::new(i128::from(self.of - self.downtime), i128::from(self.of))
    }
}

const WEEK: i64 = 604_800;

/// The reporting period in which a day lies: first second, first second after, in the zone of the SLA.
pub fn period(sla: &Sla, length: Length, day: Date) -> (i64, i64) {
    let first = match length {
        Length::Day => day,
        Length::Week => week_start(day, sla.variant),
        Length::Month => day.first_of_month(),
        Length::Quarter => first_month(day, (day.month() - 1) / 3 * 3 + 1),
        Length::Year => day.first_of_year(),
    };
    let span = match length {
        Length::Day => Span::new().days(1),
        Length::Week => Span::new().days(7),
        Length::Month => Span::new().months(1),
        Length::Quarter => Span::new().months(3),
        Length::Year => Span::new().years(1),
    };
    let next = first.checked_add(span).unwrap_or(Date::MAX);
    (sla.zone.day_start(first).second(), sla.zone.day_start(next).second())
}

fn first_month(day: Date, month: i8) -> Date {
    Date::new(day.year(), month, 1).unwrap_or(day)
}

fn week_start(day: Date, variant: Variant) -> Date {
    let since = match variant {
        Variant::Released => day.weekday().since(Weekday::Sunday),
        Variant::Development60 => day.weekday().since(Weekday::Monday),
    };
    day.checked_sub(Span::new().days(since)).unwrap_or(day)
}

/// What a stretch counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Scheduled and OK.
    Up,
    /// Scheduled and not OK.
    Down,
    /// Scheduled, but excluded.
    Excluded,
}

/// A stretch of one class, half-open; what is not scheduled has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Its start.
    pub from: i64,
    /// Its end.
    pub until: i64,
    /// What it counts as.
    pub class: Class,
}

/// The figures of `[from, until)` as they are at `now`.
pub fn sli(sla: &Sla, service: &Service, from: i64, until: i64, now: i64) -> Sli {
    let (mut uptime, mut downtime) = (0, 0);
    for segment in segments(sla, service, from, until, now) {
        match segment.class {
            Class::Up => uptime += segment.until - segment.from,
            Class::Down => downtime += segment.until - segment.from,
            Class::Excluded => {}
        }
    }
    let scheduled: i64 = windows(sla, from, until)
        .into_iter()
        .map(|(start, end)| (start.max(service.created), end))
        .filter(|(start, end)| start < end)
        .map(|(start, end)| end - start - overlap(&sla.excluded, start, end, sla.variant))
        .sum();
    match sla.variant {
        Variant::Released => {
            let of = uptime + downtime;
            let rest = scheduled - of;
            let promised = i128::from(uptime) * 1_000_000;
            let affordable = (sla.slo > 0).then(|| {
                let allowed = promised / i128::from(sla.slo);
                i64::try_from(allowed).unwrap_or(i64::MAX) - of
            });
            Sli { uptime, downtime, error_budget: affordable.map_or(rest, |left| left.min(rest)), of }
        }
        Variant::Development60 => {
            let allowed = i128::from(scheduled) * i128::from(1_000_000 - sla.slo);
            let allowed = i64::try_from(allowed.div_euclid(1_000_000)).unwrap_or(i64::MAX);
            Sli { uptime, downtime, error_budget: allowed - downtime, of: scheduled }
        }
    }
}

/// Seconds of a window that are excluded from what is scheduled.
fn overlap(excluded: &[(i64, i64)], start: i64, end: i64, variant: Variant) -> i64 {
    match variant {
        Variant::Released => {
            merged(excluded).into_iter().map(|(from, until)| (until.min(end) - from.max(start)).max(0)).sum()
        }
        Variant::Development60 => 0,
    }
}

/// Stretches that overlap or touch, as one; by time.
fn merged(stretches: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut sorted: Vec<(i64, i64)> =
        stretches.iter().copied().filter(|(from, until)| from < until).collect();
    sorted.sort_unstable();
    let mut merged: Vec<(i64, i64)> = Vec::new();
    for (from, until) in sorted {
        match merged.last_mut() {
            Some(last) if last.1 >= from => last.1 = last.1.max(until),
            _ => merged.push((from, until)),
        }
    }
    merged
}

/// The scheduled stretches of `[from, until)`, by time.
fn windows(sla: &Sla, from: i64, until: i64) -> Vec<(i64, i64)> {
    if sla.schedule.is_empty() {
        return vec![(from, until)];
    }
    let schedule = merged(&sla.schedule);
    let first_week = week_start(sla.zone.date(Instant::from_second(from)), Variant::Released);
    let start = sla.zone.day_start(first_week).second();
    let clock = |week: i64, second: i64| {
        let day = first_week.checked_add(Span::new().days(week * 7 + second / 86_400)).unwrap_or(Date::MAX);
        crate::nagios::timeperiod::days::instant(day, second % 86_400, &sla.zone)
    };
    let mut found = Vec::new();
    for week in 0.. {
        // Clocks shift a week by an hour or two, so that one week more is looked at.
        if start + (week - 1) * WEEK >= until {
            break;
        }
        for (open, close) in &schedule {
            let (open, close) = match sla.hours {
                Hours::FixedSeconds => (start + week * WEEK + open, start + week * WEEK + close),
                Hours::Clock => (clock(week, *open), clock(week, *close)),
            };
            let (open, close) = (open.max(from), close.min(until));
            if open < close {
                found.push((open, close));
            }
        }
    }
    found
}

/// The stretches of `[from, until)` that count, as they are at `now`, by time.
pub fn segments(sla: &Sla, service: &Service, from: i64, until: i64, now: i64) -> Vec<Segment> {
    let excluded = merged(&sla.excluded);
    let mut found = Vec::new();
    for (open, close) in windows(sla, from, until) {
        let (open, close) = (open.max(service.created), close.min(now.saturating_add(1)));
        let mut cuts: Vec<i64> = vec![open, close];
        cuts.extend(service.changes.iter().map(|(at, _)| *at));
        cuts.extend(excluded.iter().flat_map(|(from, until)| [*from, *until]));
        cuts.retain(|cut| (open..=close).contains(cut));
        cuts.sort_unstable();
        cuts.dedup();
        for pair in cuts.windows(2) {
            let [from, until] = *pair else { continue };
            let out = excluded.iter().any(|(start, end)| *start <= from && from < *end);
            let ok = service.changes.iter().rev().find(|(at, _)| *at <= from).is_none_or(|(_, ok)| *ok);
            let class = match (out, ok) {
                (true, _) => Class::Excluded,
                (false, true) => Class::Up,
                (false, false) => Class::Down,
            };
            found.push(Segment { from, until, class });
        }
    }
    found
}
