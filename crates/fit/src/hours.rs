//! Hours in which a clock may have run.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::{Mutex, PoisonError};

use impegno_calendar::{
    Calendar, CalendarBuilder, HolidayRule, Micros, WeeklyHours, Zone, italian_national_holidays,
};
use impegno_charter::Centre;
use jiff::civil::{Time, Weekday};

/// In which hours a clock runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hours {
    /// All hours of all days.
    Always,
    /// A calendar of the centre, by its code.
    Centre(String),
    /// Weekly hours that the centre does not declare.
    Proposed(ProposedHours),
}

/// The days of a week on which weekly hours hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkingWeek {
    /// Monday to Friday.
    Five,
    /// Monday to Saturday.
    Six,
    /// All days.
    Seven,
}

impl WorkingWeek {
    pub(crate) const ALL: [WorkingWeek; 3] = [WorkingWeek::Five, WorkingWeek::Six, WorkingWeek::Seven];

    /// Its days, Monday first.
    pub fn days(self) -> &'static [Weekday] {
        let days = match self {
            WorkingWeek::Five => 5,
            WorkingWeek::Six => 6,
            WorkingWeek::Seven => 7,
        };
        &WeeklyHours::ALL_DAYS[..days]
    }
}

/// The same hours on each day of a working week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProposedHours {
    /// On which days.
    pub week: WorkingWeek,
    /// When they begin, in half hours after midnight, 0 to 47.
    pub opens: u8,
    /// When they end, likewise, 1 to 48; after `opens`.
    pub closes: u8,
    /// Whether they rest on the Italian national holidays; on those that the centre declares they always do.
    pub national_holidays: bool,
}

impl ProposedHours {
    /// How long a day of them is.
    pub fn day(&self) -> Micros {
        Micros::from_seconds(i64::from(self.closes.saturating_sub(self.opens)) * 1_800)
    }

    /// The segment of a day as settings write it: `8:30-18:00`.
    pub fn segment(&self) -> String {
        format!("{}-{}", time_of_day(self.opens), time_of_day(self.closes))
    }

    /// Whether the hours are some: they begin within a day and end after that.
    pub(crate) fn is_some(&self) -> bool {
        self.opens < self.closes && self.closes <= 48
    }

    /// The calendar of these hours, which rests on the centre's own holidays too, as every calendar of its settings does; `None`
    /// where they are none.
    pub(crate) fn calendar(
        &self,
        zone: Zone,
        years: RangeInclusive<i16>,
        own: &[HolidayRule],
    ) -> Option<Calendar> {
        let mut holidays = if self.national_holidays { italian_national_holidays() } else { Vec::new() };
        holidays.extend_from_slice(own);
        let builder = CalendarBuilder::new(self.to_string(), zone);
        Some(builder.hours(self.weekly()?).holidays(holidays).build(years))
    }

    fn weekly(&self) -> Option<WeeklyHours> {
        let time = |half_hours: u8| {
            Time::new((half_hours / 2 % 24).cast_signed(), (half_hours % 2 * 30).cast_signed(), 0, 0).ok()
        };
        let (opens, closes) = (time(self.opens)?, time(self.closes)?);
        self.week
            .days()
            .iter()
            .try_fold(WeeklyHours::new(), |hours, day| hours.segment(*day, opens, closes).ok())
    }
}

impl fmt::Display for ProposedHours {
    /// A short code, `lun-ven 8:00-18:00`, for calendars that are proposed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = match self.week {
            WorkingWeek::Five => "lun-ven",
            WorkingWeek::Six => "lun-sab",
            WorkingWeek::Seven => "lun-dom",
        };
        write!(f, "{days} {}", self.segment())
    }
}

/// A number of half hours after midnight as settings write it: `8:30`, `24:00`.
pub fn time_of_day(half_hours: u8) -> String {
    format!("{}:{}", half_hours / 2, if half_hours.is_multiple_of(2) { "00" } else { "30" })
}

/// The calendars of hours, each made once.
pub(crate) struct Calendars<'c> {
    centre: &'c Centre,
    always: Calendar,
    years: RangeInclusive<i16>,
    made: Mutex<BTreeMap<ProposedHours, Calendar>>,
}

impl<'c> Calendars<'c> {
    /// Calendars whose answers are quick in these years.
    pub(crate) fn new(centre: &'c Centre, years: RangeInclusive<i16>) -> Calendars<'c> {
        let always = Calendar::always(centre.zone.clone());
        Calendars { centre, always, years, made: Mutex::default() }
    }

    pub(crate) fn of(&self, hours: &Hours) -> Calendar {
        match hours {
            Hours::Always => self.always.clone(),
            Hours::Centre(code) => self.centre.calendar(code).unwrap_or(&self.always).clone(),
            Hours::Proposed(proposed) => self.proposed(*proposed),
        }
    }

    fn proposed(&self, hours: ProposedHours) -> Calendar {
        let known = |made: &BTreeMap<ProposedHours, Calendar>| made.get(&hours).cloned();
        if let Some(calendar) = known(&self.made.lock().unwrap_or_else(PoisonError::into_inner)) {
            return calendar;
        }
        let zone = self.centre.zone.clone();
        let Some(calendar) = hours.calendar(zone, self.years.clone(), &self.centre.holidays) else {
            return self.always.clone();
        };
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.entry(hours).or_insert(calendar).clone()
    }

    /// How long a day of the hours usually is: that of most of the sixty days from the first of January of the first year.
    pub(crate) fn usual_day(&self, hours: &Hours) -> Micros {
        if let Hours::Proposed(proposed) = hours {
            return proposed.day();
        }
        let calendar = self.of(hours);
        let mut counts: BTreeMap<Micros, u32> = BTreeMap::new();
        let mut day = jiff::civil::Date::constant(*self.years.start(), 1, 1);
        for _ in 0..60 {
            let zone = calendar.zone();
            let open = calendar.working(zone.day_start(day), zone.day_end(day));
            if open > Micros::ZERO {
                *counts.entry(open).or_default() += 1;
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        let most = counts.into_iter().max_by_key(|(length, count)| (*count, *length));
        most.map_or(Micros::from_hours(24), |(length, _)| length)
    }
}

/// Weekly hours on a coarse grid, with which a search begins.
pub(crate) fn coarse() -> Vec<ProposedHours> {
    const SEGMENTS: [(u8, u8); 7] = [(0, 48), (16, 36), (18, 34), (16, 28), (14, 40), (16, 26), (22, 44)];
    let mut all = Vec::new();
    for national_holidays in [false, true] {
        for week in [WorkingWeek::Five, WorkingWeek::Six] {
            for (opens, closes) in SEGMENTS {
                all.push(ProposedHours { week, opens, closes, national_holidays });
            }
        }
    }
    for (opens, closes) in &SEGMENTS[1..] {
        all.push(ProposedHours {
            week: WorkingWeek::Seven,
            opens: *opens,
            closes: *closes,
            national_holidays: false,
        });
    }
    all
}

/// Weekly hours on a grid of two hours, at least four hours a day.
pub(crate) fn grid() -> Vec<ProposedHours> {
    let mut all = Vec::new();
    for week in WorkingWeek::ALL {
        for opens in (0..=40).step_by(4) {
            for closes in (opens + 8..=48).step_by(4) {
                all.push(ProposedHours { week, opens, closes, national_holidays: false });
            }
        }
    }
    all
}

/// All hours that begin and end on whole hours, on the days of some.
pub(crate) fn whole_hours(hours: ProposedHours) -> Vec<ProposedHours> {
    let starts = (0..=46).step_by(2);
    starts
        .flat_map(|opens| {
            (opens + 2..=48).step_by(2).map(move |closes| ProposedHours { opens, closes, ..hours })
        })
        .collect()
}

/// Weekly hours that differ a little.
pub(crate) fn neighbours(hours: ProposedHours) -> Vec<ProposedHours> {
    let mut all = Vec::new();
    for (first, last) in [
        (1, 0),
        (-1, 0),
        (0, 1),
        (0, -1),
        (2, 0),
        (-2, 0),
        (0, 2),
        (0, -2),
        (1, 1),
        (-1, -1),
        (2, 2),
        (-2, -2),
        (1, -1),
        (-1, 1),
        (2, -2),
        (-2, 2),
        (4, 0),
        (-4, 0),
        (0, 4),
        (0, -4),
    ] {
        if let (Some(opens), Some(closes)) =
            (hours.opens.checked_add_signed(first), hours.closes.checked_add_signed(last))
        {
            all.push(ProposedHours { opens, closes, ..hours });
        }
    }
    all.push(ProposedHours { national_holidays: !hours.national_holidays, ..hours });
    all.extend(WorkingWeek::ALL.map(|week| ProposedHours { week, ..hours }));
    all.retain(|one| one.is_some() && *one != hours);
    all
}
