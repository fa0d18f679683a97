//! Service hours as a program that knows only weekdays is told them.

use std::collections::BTreeMap;

use impegno_calendar::{Calendar, Instant, Interval};
use jiff::civil::{Date, Weekday};

/// Ranges of a day in seconds after midnight by the clock.
pub(super) type Ranges = Vec<(i64, i64)>;

/// The hours of a week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Week([Ranges; 7]);

impl Week {
    /// The hours that a calendar has most often on each weekday of a period; of as frequent ones the longer.
    ///
    /// This is what one types into a program that knows no dates.
    pub(super) fn of(calendar: &Calendar, period: Interval) -> Week {
        let mut found: [BTreeMap<Ranges, u32>; 7] = Default::default();
        let mut day = calendar.zone().date(period.start);
        let last = calendar.zone().date(Instant(period.end.0 - 1));
        while day <= last {
            *found[place(day.weekday())].entry(ranges(calendar, day)).or_default() += 1;
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        let length = |ranges: &Ranges| -> i64 { ranges.iter().map(|(open, close)| close - open).sum() };
        Week(found.map(|days| {
            let most = days.into_iter().max_by_key(|(ranges, days)| (*days, length(ranges)));
            most.map_or_else(Vec::new, |(ranges, _)| ranges)
        }))
    }

    /// The hours of a weekday.
    pub(super) fn on(&self, weekday: Weekday) -> &Ranges {
        &self.0[place(weekday)]
    }
}

fn place(weekday: Weekday) -> usize {
    usize::try_from(weekday.to_monday_zero_offset()).unwrap_or_default()
}

/// The hours of a day by the clock; an end at midnight is 24:00.
pub(super) fn ranges(calendar: &Calendar, day: Date) -> Ranges {
    let zone = calendar.zone();
    let whole = Interval { start: zone.day_start(day), end: zone.day_end(day) };
    let clock = |at: Instant| {
        let civil = zone.civil(at);
        if civil.date() > day {
            return 86_400;
        }
        i64::from(civil.hour()) * 3_600 + i64::from(civil.minute()) * 60 + i64::from(civil.second())
    };
    let open = calendar.open(whole);
    open.iter()
        .map(|hours| (clock(hours.start), clock(hours.end)))
        .filter(|(open, close)| open < close)
        .collect()
}
