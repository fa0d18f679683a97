//! Time in which a clock stands still.

use std::collections::BTreeMap;

use impegno_calendar::{Instant, Interval, Micros};
use jiff::civil::{Date, DateTime, Time};

use crate::clock::cut;
use crate::{Clock, Grain, SameMinute};

/// An interval in which a case waits, and for what.
///
/// The order of several pauses is that in which they were recorded.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Pause {
    /// When it began; this instant belongs to it.
    pub start: Instant,
    /// When it ended; this instant no longer belongs to it. `None` while it lasts.
    pub end: Option<Instant>,
    /// What the case waits for, as it is to be shown.
    pub reason: String,
}

impl Pause {
    /// Whether the case waits at an instant.
    pub fn holds(&self, at: Instant) -> bool {
        self.start <= at && self.end.is_none_or(|end| at < end)
    }
}

impl Clock {
    /// The pauses as the profile keeps them, those that last reaching to `now`: cut to its grain, and for
    /// [`SameMinute::LaterWins`] taken apart into days. They may overlap where the profile lets them.
    pub fn breaks(&self, pauses: &[Pause], now: Instant) -> Vec<Interval> {
        let grain = self.profile.pause_grain;
        let read = pauses.iter().filter_map(|pause| {
            let end = pause.end.unwrap_or(now);
            Interval::new(self.read_end(pause.start, grain), self.read_end(end, grain))
        });
        let read = read.filter(|pause| pause.start < pause.end);
        match self.profile.same_minute {
            SameMinute::United => read.collect(),
            SameMinute::LaterWins => self.by_first_minute(read),
        }
    }

    /// An end of a pause, cut. Minutes are those that the clocks of the zone show.
    fn read_end(&self, at: Instant, grain: Grain) -> Instant {
        match grain {
            Grain::Exact | Grain::Second => cut(at.0, grain).map_or(at, Instant),
            Grain::Minute => {
                let seconds = i64::from(self.calendar.zone().civil(at).second());
                let second = cut(at.0, Grain::Second).map_or(at, Instant);
                second - Micros::from_seconds(seconds)
            }
        }
    }

    /// Pauses taken apart into days, one for each day and first minute.
    fn by_first_minute(&self, pauses: impl Iterator<Item = Interval>) -> Vec<Interval> {
        let zone = self.calendar.zone();
        let mut kept: BTreeMap<(Date, Time), Interval> = BTreeMap::new();
        for pause in pauses {
            let mut start = pause.start;
            while start < pause.end {
                let civil: DateTime = zone.civil(start);
                let end = zone.day_end(civil.date()).min(pause.end);
                kept.insert((civil.date(), civil.time()), Interval { start, end });
                if end <= start {
                    break;
                }
                start = end;
            }
        }
        kept.into_values().collect()
    }
}

/// The longest of the finished exchanges of a case, each from the question to the answer, as
/// Zammad keeps it: all it knows of the update times of a ticket. `None` without an exchange.
pub fn longest_exchange(clock: &Clock, exchanges: &[(Instant, Instant)], pauses: &[Pause]) -> Option<Micros> {
    let counted = |(asked, answered): &(Instant, Instant)| {
        clock.counted(*asked, *answered, crate::Purpose::Response, pauses)
    };
    exchanges.iter().map(counted).max()
}
