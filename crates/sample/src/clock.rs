//! Civil time of the centre from 2015 to 2018, with every date's text ready.
//!
//! A moment is a `u32`: seconds of the local clock face since 2015-01-01 00:00. Nothing is ever dated between
//! 02:00 and 02:59 on the night of a clock change, so clock face order is time order.

use std::ops::Range;

use jiff::civil::{Date, date};
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::SampleError;
use crate::random::{Stream, apportion};

pub(crate) const MINUTE: u32 = 60;
pub(crate) const HOUR: u32 = 3600;
pub(crate) const DAY: u32 = 86_400;
/// The length of a slot of [`Clock::slots`].
const SLOT: u32 = 1800;
const FIRST: Date = date(2015, 1, 1);
/// Office hours of the centre: 08:30 to 18:00.
pub(crate) const OPENING: u32 = 8 * HOUR + 30 * MINUTE;
pub(crate) const CLOSING: u32 = 18 * HOUR;

/// A day of the centre.
pub(crate) struct Day {
    pub(crate) year: i16,
    pub(crate) month: u8,
    /// 0 is Monday.
    pub(crate) weekday: u8,
    /// Monday to Friday and no holiday.
    pub(crate) open: bool,
    /// `gg/mm/aaaa`.
    pub(crate) italian: [u8; 10],
    /// `aaaa-mm-gg`.
    pub(crate) iso: [u8; 10],
    /// The clocks change in this night.
    pub(crate) change: bool,
    midnight: i64,
    /// Seconds to add to the elapsed clock face after the change.
    shift: i64,
}

/// The days from 2015 to 2018.
pub(crate) struct Clock {
    days: Vec<Day>,
    /// Working seconds before each day.
    worked: Vec<u32>,
}

impl Clock {
    pub(crate) fn new() -> Result<Clock, SampleError> {
        // The bundled database, not the machine's: the same bytes everywhere.
        let zone = TimeZoneDatabase::bundled()
            .get("Europe/Rome")
            .map_err(|cause| SampleError::Zone { reason: cause.to_string() })?;
        let mut days = Vec::with_capacity(1461);
        let mut worked = Vec::with_capacity(1462);
        let mut sum = 0;
        let mut today = FIRST;
        while today.year() < 2019 {
            let tomorrow =
                today.tomorrow().map_err(|cause| SampleError::Zone { reason: cause.to_string() })?;
            let (midnight, next) = (start(&zone, today)?, start(&zone, tomorrow)?);
            let shift = next - midnight - i64::from(DAY);
            let weekday = today.weekday().to_monday_zero_offset() as u8;
            let open = weekday < 5 && !is_holiday(today);
            worked.push(sum);
            sum += if open { CLOSING - OPENING } else { 0 };
            days.push(Day {
                year: today.year(),
                month: today.month() as u8,
                weekday,
                open,
                italian: text(&format!("{:02}/{:02}/{:04}", today.day(), today.month(), today.year())),
                iso: text(&today.to_string()),
                change: shift != 0,
                midnight,
                shift,
            });
            today = tomorrow;
        }
        worked.push(sum);
        Ok(Clock { days, worked })
    }

    /// The day of a moment.
    pub(crate) fn day(&self, moment: u32) -> &Day {
        &self.days[(moment / DAY) as usize]
    }

    /// The day by number; 0 is 2015-01-01.
    pub(crate) fn day_no(&self, number: usize) -> &Day {
        &self.days[number]
    }

    /// Seconds since 1970 of a moment.
    pub(crate) fn epoch(&self, moment: u32) -> i64 {
        let (day, second) = (self.day(moment), moment % DAY);
        day.midnight + i64::from(second) + if second >= 3 * HOUR { day.shift } else { 0 }
    }

    /// The numbers of a year's days.
    pub(crate) fn year(&self, year: i16) -> Range<usize> {
        self.months(year, 1, 12)
    }

    /// The numbers of the days from the first month to the last.
    pub(crate) fn months(&self, year: i16, first: u8, last: u8) -> Range<usize> {
        let from = self.days.partition_point(|day| (day.year, day.month) < (year, first));
        let until = self.days.partition_point(|day| (day.year, day.month) <= (year, last));
        from..until
    }

    /// Working seconds from the first day to the moment.
    pub(crate) fn worked(&self, moment: u32) -> u32 {
        let number = (moment / DAY) as usize;
        let today = if self.days[number].open { (moment % DAY).clamp(OPENING, CLOSING) - OPENING } else { 0 };
        self.worked[number] + today
    }

    /// The earliest moment with this much working time before it.
    pub(crate) fn at_worked(&self, seconds: u32) -> u32 {
        let number = self.worked.partition_point(|before| *before < seconds).saturating_sub(1);
        number as u32 * DAY + OPENING + (seconds - self.worked[number])
    }

    /// Half-hours of the days with the weight that `weight(day, half)` gives them, varied a little.
    pub(crate) fn slots(
        &self,
        stream: &mut Stream,
        days: Range<usize>,
        weight: impl Fn(&Day, u32) -> u32,
    ) -> Vec<(u32, u64)> {
        let mut slots = Vec::with_capacity(days.len() * 48);
        for number in days {
            let day = &self.days[number];
            let busy = u64::from(stream.between(85, 115));
            for half in 0..48 {
                let weight = if day.change && (half / 2 == 2) { 0 } else { weight(day, half) };
                if weight > 0 {
                    let moment = number as u32 * DAY + half * SLOT;
                    slots.push((moment, u64::from(weight) * busy * u64::from(stream.between(80, 120))));
                }
            }
        }
        slots
    }
}

/// `count` moments in the slots by their weights, sorted.
pub(crate) fn spread(stream: &mut Stream, count: u64, slots: &[(u32, u64)]) -> Vec<u32> {
    let weights: Vec<u64> = slots.iter().map(|slot| slot.1).collect();
    let mut moments = Vec::with_capacity(count as usize);
    for ((start, _), part) in slots.iter().zip(apportion(count, &weights)) {
        let first = moments.len();
        moments.extend((0..part).map(|_| start + stream.below(SLOT)));
        moments[first..].sort_unstable();
    }
    moments
}

/// The number of a date's day, clamped to the years of the clock.
pub(crate) fn day_number(text: &str) -> Option<usize> {
    let date: Date = text.parse().ok()?;
    Some(date.since(FIRST).ok()?.get_days().clamp(0, 1460) as usize)
}

/// The hours at which people use a service from home: most between 8 and 20, less on days of rest.
pub(crate) fn home_hours(day: &Day, half: u32) -> u32 {
    let hour = match half / 2 {
        0..=5 => 2,
        6..=7 => 20,
        8..=12 => 100,
        13..=14 => 70,
        15..=17 => 85,
        18..=19 => 60,
        20..=22 => 35,
        _ => 12,
    };
    if day.open { hour * 10 } else { hour * 4 }
}

/// Office hours only.
pub(crate) fn office_hours(day: &Day, half: u32) -> u32 {
    match half {
        _ if !day.open => 0,
        17..=24 => 100,
        25..=27 => 40,
        28..=33 => 70,
        34..=35 => 30,
        _ => 0,
    }
}

fn start(zone: &TimeZone, day: Date) -> Result<i64, SampleError> {
    let zoned =
        day.to_zoned(zone.clone()).map_err(|cause| SampleError::Zone { reason: cause.to_string() })?;
    Ok(zoned.timestamp().as_second())
}

fn text(date: &str) -> [u8; 10] {
    let mut bytes = [b'0'; 10];
    bytes.copy_from_slice(date.as_bytes());
    bytes
}

/// Italian national holidays and Florence's patron saint. Easter Mondays of the four years are written out.
fn is_holiday(day: Date) -> bool {
    matches!(
        (day.month(), day.day()),
        (1, 1 | 6) | (4, 25) | (5, 1) | (6, 2 | 24) | (8, 15) | (11, 1) | (12, 8 | 25 | 26)
    ) || [date(2015, 4, 6), date(2016, 3, 28), date(2017, 4, 17), date(2018, 4, 2)].contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_are_those_of_the_zone_database() {
        let clock = Clock::new().expect("the zone");
        let zone = TimeZoneDatabase::bundled().get("Europe/Rome").expect("the zone");
        let mut changes = 0;
        for (number, day) in clock.days.iter().enumerate() {
            changes += usize::from(day.change);
            for hour in (0..24).filter(|hour| !(day.change && *hour == 2)) {
                let date: Date = String::from_utf8_lossy(&day.iso).parse().expect("a date");
                let zoned = date.at(hour, 0, 0, 0).to_zoned(zone.clone()).expect("a moment");
                let moment = number as u32 * DAY + hour as u32 * HOUR;
                assert_eq!(clock.epoch(moment), zoned.timestamp().as_second(), "{date} {hour}");
            }
        }
        assert_eq!(changes, 8);
    }

    #[test]
    fn working_time_and_its_inverse_agree() {
        let clock = Clock::new().expect("the zone");
        // Saturday 24 June 2017 to Monday 26: nothing counts until 08:30.
        let monday = day_number("2017-06-26").expect("a day") as u32 * DAY;
        let saturday = monday - 2 * DAY;
        assert_eq!(clock.worked(saturday + 12 * HOUR), clock.worked(monday + OPENING));
        assert_eq!(clock.at_worked(clock.worked(saturday) + 60), monday + OPENING + 60);
        // A length that fits a day exactly ends at closing time.
        let closing = clock.worked(monday) + CLOSING - OPENING;
        assert_eq!(clock.at_worked(closing), monday + CLOSING);
    }
}
