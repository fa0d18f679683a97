//! The account of each day: on which days something could be reached.

use impegno_calendar::{Interval, Micros, Zone};
use jiff::civil::Date;

use super::{Account, Asked};

/// What a day is in the account of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayState {
    /// Down for no longer than is tolerated.
    Available,
    /// Down for longer.
    Lost,
    /// What nobody knows could have lost it.
    Doubtful,
    /// Without service hours, or with none that is not excused.
    Apart,
}

/// A day that was not simply available.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Its date in the centre's zone.
    pub date: Date,
    /// What it is.
    pub state: DayState,
    /// Its seconds.
    pub account: Account,
}

/// The account of days: each day of the period is in one of the numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DayAccount {
    /// Days available.
    pub available: u32,
    /// Days lost.
    pub lost: u32,
    /// Days in doubt.
    pub doubtful: u32,
    /// Days that are no days of the account.
    pub apart: u32,
    /// Days available and lost if excused time were down time; `None` where none was excused.
    pub without_exclusions: Option<(u32, u32)>,
    /// Every day that was lost, in doubt or had some down time, by date.
    pub days: Vec<Day>,
}

impl Account {
    fn day(&self, tolerated: Micros) -> DayState {
        if self.up.0 + self.down.0 + self.unknown.0 == 0 {
            DayState::Apart
        } else if self.down > tolerated {
            DayState::Lost
        } else if self.down + self.unknown > tolerated {
            DayState::Doubtful
        } else {
            DayState::Available
        }
    }
}

/// Puts every day of a period into the account; a day that the period cuts counts with the part within it.
pub(crate) fn by_day(asked: &Asked<'_>, zone: &Zone, tolerated: Micros) -> DayAccount {
    let Asked { lines, wanted, of, calendar, period, excluded } = asked;
    let whole = lines.whole(&of.shape, &of.watched(), wanted, excluded);
    let mut account = DayAccount::default();
    let (mut available, mut lost, mut excused) = (0, 0, false);
    let mut date = zone.date(period.start);
    loop {
        let day = Interval { start: zone.day_start(date), end: zone.day_end(date) };
        let Some(day) = day.intersect(*period) else { break };
        let seconds = whole.account(day, &calendar.open(day));
        let state = seconds.day(tolerated);
        let number = match state {
            DayState::Available => &mut account.available,
            DayState::Lost => &mut account.lost,
            DayState::Doubtful => &mut account.doubtful,
            DayState::Apart => &mut account.apart,
        };
        *number += 1;
        let counted = Account { down: seconds.down + seconds.excused, excused: Micros(0), ..seconds };
        match counted.day(tolerated) {
            DayState::Available => available += 1,
            DayState::Lost => lost += 1,
            DayState::Doubtful | DayState::Apart => {}
        }
        excused |= seconds.excused > Micros(0);
        if matches!(state, DayState::Lost | DayState::Doubtful) || seconds.down > Micros(0) {
            account.days.push(Day { date, state, account: seconds });
        }
        let Ok(next) = date.tomorrow() else { break };
        date = next;
    }
    account.without_exclusions = excused.then_some((available, lost));
    account
}
