//! Events of iCalendar files (RFC 5545), read and written: for opening hours, closures and holidays.
//!
//! The public crates that expand recurrences bring a zone database of their own, which would be a second word on when
//! the clocks change. Here recurrences are expanded in civil time, and the zone of this crate has the only word.

mod lines;
mod parse;
mod recurrence;
mod write;

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

use crate::{Instant, Interval, Micros, Zone};

pub use parse::{Ical, IcalProblem};
use recurrence::Recurrence;
pub use write::write_ical;

/// What an event says of a calendar, where the file says it (`X-IMPEGNO-KIND`, as [`write_ical`] writes it).
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum EventKind {
    /// `HOURS`: it is open while the event lasts.
    Hours,
    /// `CLOSED`: it is closed while the event lasts.
    Closed,
}

/// An event with all its recurrences.
///
/// Shape: a first start, a length, and what repeats it (`RRULE`, `RDATE`) or takes single times out (`EXDATE`, and times
/// that an event with a `RECURRENCE-ID` stands in the place of).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IcalEvent {
    line: u32,
    uid: String,
    summary: String,
    kind: Option<EventKind>,
    start: When,
    length: Length,
    rule: Option<Recurrence>,
    more: Vec<When>,
    /// Sorted by civil time.
    except: Vec<When>,
}

/// A civil time, or a day, as a file gives it.
#[derive(Clone, PartialEq, Eq, Debug)]
struct When {
    /// Midnight for a day.
    civil: DateTime,
    /// `None` for a *floating* time and for a day: the zone of whoever reads.
    zone: Option<Zone>,
    all_day: bool,
}

/// How long each occurrence lasts.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Length {
    /// So many civil days, then so much elapsed time (`DURATION`; whole days).
    Nominal { days: i32, exact: Micros },
    /// The elapsed time from the first start to this end (`DTEND`).
    Until(When),
}

impl When {
    fn instant(&self, zone: &Zone) -> Instant {
        self.zone.as_ref().unwrap_or(zone).instant(self.civil)
    }

    /// The same clock time on another day.
    fn on(&self, day: Date) -> When {
        When { civil: day.to_datetime(self.civil.time()), ..self.clone() }
    }
}

/// The times that are taken out of an event, as they may meet the occurrences of a window.
struct Exceptions {
    /// Days taken out whole.
    days: BTreeSet<Date>,
    /// Days of the times: occurrences of whole days are named by them too.
    days_of_times: BTreeSet<Date>,
    times: BTreeSet<Instant>,
}

impl Exceptions {
    /// Those of `all`, sorted by civil time, that can name a start from one day to another.
    fn near(all: &[When], zone: &Zone, first: Date, last: Date) -> Exceptions {
        let from = all.partition_point(|when| when.civil.date() < first);
        let to = all.partition_point(|when| when.civil.date() <= last);
        let near = all.get(from..to).unwrap_or_default();
        let days = |whole: bool| {
            near.iter().filter(|when| when.all_day == whole).map(|when| when.civil.date()).collect()
        };
        let times = near.iter().filter(|when| !when.all_day).map(|when| when.instant(zone)).collect();
        Exceptions { days: days(true), days_of_times: days(false), times }
    }

    /// Whether one of them names an occurrence: its instant, or the day that it starts on.
    fn name(&self, start: &When, zone: &Zone) -> bool {
        let day = start.civil.date();
        self.days.contains(&day)
            || match start.all_day {
                true => self.days_of_times.contains(&day),
                false => self.times.contains(&start.instant(zone)),
            }
    }
}

impl IcalEvent {
    /// The line of the file on which the event begins, from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// What the event is called (`SUMMARY`), perhaps empty.
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// What it says of a calendar, if the file says so.
    pub fn kind(&self) -> Option<EventKind> {
        self.kind
    }

    /// Whether it covers whole civil days.
    pub fn is_all_day(&self) -> bool {
        self.start.all_day
    }

    /// Whether none of its times has a zone.
    pub(crate) fn is_floating(&self) -> bool {
        let end = match &self.length {
            Length::Until(end) => Some(end),
            Length::Nominal { .. } => None,
        };
        [&self.start]
            .into_iter()
            .chain(end)
            .chain(&self.more)
            .chain(&self.except)
            .all(|when| when.zone.is_none())
    }

    /// Its occurrences that share an instant with a window, uncut, in the order of their starts.
    ///
    /// `zone` is that of days and of times without a zone. A start that the clocks skip or show twice follows
    /// [`Zone::instant`], which is the rule of RFC 5545, section 3.3.5. The length of an event with `DTEND` is elapsed time, the
    /// same for all its occurrences (section 3.8.5.3): where that matters, in the nights in which the clocks change,
    /// they end at another time of the clock.
    pub fn occurrences(&self, zone: &Zone, window: Interval) -> Vec<Interval> {
        if window.start >= window.end {
            return Vec::new();
        }
        let own = self.start.zone.as_ref().unwrap_or(zone);
        // A day more on both sides than an occurrence can reach, whatever the clocks do.
        let reach = self.longest_days(zone).saturating_add(2);
        let first = own.date(window.start).saturating_sub(reach.days());
        let last = own.date(window.end).saturating_add(1.day());
        let mut starts: Vec<When> = match &self.rule {
            None => vec![self.start.clone()],
            Some(rule) => {
                let days = rule.days(&self.start, zone, first, last);
                days.into_iter().map(|day| self.start.on(day)).collect()
            }
        };
        // Times of other zones may be a day off.
        let (first, last) = (first.saturating_sub(2.days()), last.saturating_add(2.days()));
        let near = |start: &&When| first <= start.civil.date() && start.civil.date() <= last;
        starts.extend(self.more.iter().filter(near).cloned());
        // One that names such a start may again be a day off.
        let (first, last) = (first.saturating_sub(2.days()), last.saturating_add(2.days()));
        let except = Exceptions::near(&self.except, zone, first, last);
        starts.retain(|start| !except.name(start, zone));
        let mut found: Vec<Interval> = starts
            .iter()
            .map(|start| self.lasting(start, zone))
            .filter(|one| one.intersect(window).is_some())
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The occurrence that starts then.
    fn lasting(&self, start: &When, zone: &Zone) -> Interval {
        let own = start.zone.as_ref().unwrap_or(zone);
        let begin = start.instant(zone);
        let end = match &self.length {
            Length::Nominal { days, exact } => {
                own.instant(start.civil.saturating_add(days.days())).saturating_add(*exact)
            }
            Length::Until(end) => {
                begin.saturating_add((end.instant(zone) - self.start.instant(zone)).max(Micros::ZERO))
            }
        };
        Interval { start: begin, end }
    }

    /// Civil days that an occurrence can touch, rounded up.
    fn longest_days(&self, zone: &Zone) -> i32 {
        const DAY: i64 = 86_400_000_000;
        let days =
            |length: Micros| i32::try_from(length.0.div_euclid(DAY).saturating_add(1)).unwrap_or(i32::MAX);
        match &self.length {
            Length::Nominal { days: whole, exact } => whole.saturating_add(days(*exact)),
            Length::Until(end) => days(end.instant(zone) - self.start.instant(zone)),
        }
        .clamp(1, 4_000_000)
    }
}
