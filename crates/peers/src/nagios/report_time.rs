//! Time of a report period: which seconds of a stretch count.

use jiff::Span;
use jiff::civil::Date;

use impegno_calendar::{Instant, Zone};

use super::timeperiod::{Definitions, days};
use super::{Switches, Way};

/// A time period as the report reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportPeriod {
    definitions: Definitions,
    name: String,
    zone: Zone,
}

/// Seconds of a day as the report counts them.
const DAY: i64 = 86_400;

impl ReportPeriod {
    /// The period of this name in the zone of the monitor; `None` if the definitions do not have it.
    pub fn new(definitions: Definitions, name: &str, zone: Zone) -> Option<ReportPeriod> {
        definitions.get(name)?;
        Some(ReportPeriod { definitions, name: name.to_owned(), zone })
    }

    /// The stretches of `[from, until)` that count, by time; ranges that overlap in the definition count twice, as
    /// they do in the report.
    pub(super) fn counted(&self, from: i64, until: i64, switches: Switches) -> Vec<(i64, i64)> {
        let mut counted = Vec::new();
        let first_day = self.zone.date(Instant::from_second(from));
        let midnight = self.zone.day_start(first_day).second();
        let mut number = 0;
        loop {
            let Ok(day) = first_day.checked_add(Span::new().days(number)) else { break };
            let start = match switches.clock_change {
                Way::AsAvailCgi => midnight + DAY * number,
                Way::Corrected => self.zone.day_start(day).second(),
            };
            if start >= until {
                break;
            }
            for (open, close) in self.ranges(day, switches.exceptions) {
                let (open, close) = match switches.clock_change {
                    Way::AsAvailCgi => (start + open, start + close),
                    Way::Corrected => {
                        (days::instant(day, open, &self.zone), days::instant(day, close, &self.zone))
                    }
                };
                let (open, close) = (open.max(from), close.min(until));
                if open < close {
                    counted.push((open, close));
                }
            }
            number += 1;
        }
        counted
    }

    /// The ranges of a day in seconds after midnight by the clock.
    fn ranges(&self, day: Date, exceptions: Way) -> Vec<(i64, i64)> {
        match exceptions {
            Way::AsAvailCgi => self.definitions.weekday_ranges(&self.name, day.weekday()),
            Way::Corrected => self.definitions.open_ranges(&self.name, day),
        }
    }
}

/// Seconds of a stretch that count.
pub(super) fn seconds(period: Option<&ReportPeriod>, from: i64, until: i64, switches: Switches) -> i64 {
    match period {
        None => (until - from).max(0),
        Some(period) => period.counted(from, until, switches).iter().map(|(open, close)| close - open).sum(),
    }
}
