//! One civil day of a calendar, for people to check.

use jiff::civil::{Date, Time};

use super::source::Source;
use super::{Calendar, Closed};
use crate::{ClockChange, Instant, Intervals, Micros};

/// What opens on a day, or why nothing does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CalendarDay<'c> {
    /// The civil day.
    pub day: Date,
    /// When it is open, cut at the ends of the day.
    pub open: Intervals,
    /// How long in all, in elapsed time.
    pub worked: Micros,
    /// Why nothing is open; `None` if something is.
    pub closed: Option<Closed<'c>>,
    /// What changes the usual hours of the day: the name or act of a half day, an event that closes a part of it, the act
    /// of an opening.
    pub decided: Vec<&'c str>,
    /// Changes of the clocks on the day; none on most.
    pub changes: Vec<ClockChange>,
}

impl Calendar {
    /// The openings of a civil day of the calendar's zone, and what there is to say of the day.
    pub fn day(&self, day: Date) -> CalendarDay<'_> {
        let open = self.open_on(day);
        let zone = self.zone();
        let window = crate::Interval { start: zone.day_start(day), end: zone.day_end(day) };
        let closed = self.closed(day);
        let decided = match self.0.schedule.as_ref().map(|schedule| &schedule.source) {
            Some(Source::Rules(rules)) if closed.is_none() => rules.decided(zone, day),
            _ => Vec::new(),
        };
        CalendarDay { day, worked: open.total(), open, closed, decided, changes: zone.changes(window) }
    }
}

impl CalendarDay<'_> {
    /// The openings as times of the clock, `8:30-14:30`, the end of the day as `24:00`. A time that the clocks show twice
    /// has its distance from UTC behind it the second time, `2:30+01:00`.
    pub fn segments(&self, calendar: &Calendar) -> Vec<String> {
        let zone = calendar.zone();
        let write = |instant: Instant, closing: bool| {
            if closing && instant == zone.day_end(self.day) {
                return "24:00".to_owned();
            }
            let civil = zone.civil(instant);
            let text = clock(civil.time());
            if zone.instant(civil) == instant {
                return text;
            }
            let minutes = zone.offset_at(instant).seconds().div_euclid(60);
            let sign = if minutes < 0 { '-' } else { '+' };
            format!("{text}{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
        };
        self.open.iter().map(|one| format!("{}-{}", write(one.start, false), write(one.end, true))).collect()
    }
}

/// `8:30`, with seconds where there are some.
fn clock(time: Time) -> String {
    match time.second() {
        0 => format!("{}:{:02}", time.hour(), time.minute()),
        second => format!("{}:{:02}:{second:02}", time.hour(), time.minute()),
    }
}
