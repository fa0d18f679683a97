//! How much of what a rule counts each case took.

use impegno_calendar::{Calendar, Instant, Micros};
use impegno_clocks::{Clock, DayCount, Profile, Purpose, Standing, Term};
use jiff::civil::Date;
use rayon::prelude::*;

use crate::tracks::{Progress, Run, Track};

/// The longest term in days that is told apart: what takes longer takes one day more than this.
pub(crate) const MOST_DAYS: i64 = 400;
/// The same by a clock that is not the native one, which is asked day by day.
const MOST_DECLARED_DAYS: i64 = 130;
/// What lasts longer than this is not counted in days at all.
const FARTHEST: Micros = Micros::from_hours(24 * 731);

/// The time that each case took in the hours of a calendar, in microseconds: natively counted, or by the clock of a profile.
/// Of several runs the longest; of open cases the time until the end; zero of silent ones.
pub(crate) fn time(tracks: &[Track], calendar: &Calendar, profile: Option<&Profile>) -> Vec<i64> {
    let clock = profile.map(|profile| Clock::new(profile.clone(), calendar.clone()));
    let length = |run: &Run| match &clock {
        Some(clock) => clock.counted(run.start, run.stop, Purpose::Resolution, &run.pauses),
        None => {
            let waited: Micros = run.breaks.iter().map(|one| calendar.working(one.start, one.end)).sum();
            calendar.working(run.start, run.stop) - waited
        }
    };
    tracks.iter().map(|track| track.runs.iter().map(length).max().map_or(0, |length| length.0)).collect()
}

/// The least term in days within which each case is in time (or, while open, not late), at least one.
pub(crate) fn days(tracks: &[Track], clock: &Clock, term: fn(i32) -> Term) -> Vec<i64> {
    let zone = clock.calendar().zone();
    let working = matches!(term(1), Term::Days { count: DayCount::Working, .. });
    let native = *clock.profile() == Profile::NATIVE;
    let days = |track: &Track| {
        let late = |run: &Run, days: i64| {
            let days = i32::try_from(days).unwrap_or(i32::MAX);
            let done = (track.progress == Progress::Done).then_some(run.stop);
            let standing =
                clock.standing(run.start, term(days), Purpose::Resolution, &run.pauses, done, run.stop);
            matches!(standing, Some(Standing::Late | Standing::Suspended { breached: true }))
        };
        let least = |run: &Run| {
            // Nothing that a centre promises in days lasts for two years; what waits until now may have waited ever since.
            if run.stop - run.start > FARTHEST {
                let waits = run.pauses.iter().any(|pause| pause.end.is_none());
                return if waits { 0 } else { MOST_DAYS + 1 };
            }
            let (first, last) = (zone.date(run.start), zone.date(run.stop));
            let guess = i64::from(civil_days(clock.calendar(), working, first, last)).max(1);
            // By the civil count without pauses the least term is the number of days.
            if run.pauses.is_empty() && native {
                return guess.min(MOST_DAYS + 1);
            }
            // No clock moves a term by more than the days of rest around its two ends.
            if !native && run.pauses.is_empty() && guess > MOST_DECLARED_DAYS + 10 {
                return MOST_DAYS + 1;
            }
            let mut least = guess.min(MOST_DAYS);
            // Pauses and days of rest move the term, so that the guess is often too great by some days.
            while least > 1 && !late(run, least - 1) {
                least -= 1;
            }
            while least <= MOST_DAYS && late(run, least) {
                least += 1;
            }
            least
        };
        track.runs.iter().map(least).max().unwrap_or(0)
    };
    tracks.par_iter().map(days).collect()
}

/// The least term in days, by the Italian civil count, that begins on one day and ends on another or later: working days, or days
/// of which the last moves to the next working day. Less than one where both are the same day.
fn civil_days(calendar: &Calendar, working: bool, first: Date, last: Date) -> i32 {
    if working {
        return calendar.working_days_between(first, last) + i32::from(!calendar.is_working_day(last));
    }
    // The last working day before: a term that ends after it ends on the day asked for or later.
    let before = last.yesterday().map_or(last, |day| calendar.working_day_start(day, 0));
    first.until(before).map_or(0, |span| span.get_days()) + 1
}

/// How long after its own deadline each case came, negative before it; none without a deadline.
pub(crate) fn after_deadline(tracks: &[Track], due: &[Option<i64>]) -> Vec<Option<i64>> {
    let last = |track: &Track| track.runs.last().map(|run| run.stop);
    let after = |(track, due): (&Track, &Option<i64>)| Some((last(track)? - Instant((*due)?)).0);
    tracks.iter().zip(due).map(after).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hours::{ProposedHours, WorkingWeek};
    use impegno_calendar::Zone;

    /// The quick civil count is what the clock itself judges by, day by day over two years with their holidays.
    #[test]
    fn the_civil_count_is_that_of_the_clock() {
        let zone = Zone::named("Europe/Rome").expect("a zone");
        let week = WorkingWeek::Five;
        let hours = ProposedHours { week, opens: 0, closes: 48, national_holidays: true };
        let working = hours.calendar(zone.clone(), 2024..=2026, &[]).expect("a calendar");
        for calendar in [Calendar::always(zone.clone()), working] {
            let clock = Clock::new(Profile::NATIVE, calendar.clone());
            for (works, term) in [(true, Term::working_days as fn(i32) -> Term), (false, Term::calendar_days)]
            {
                for day in 0..500_i64 {
                    let first =
                        zone.day_start(Date::constant(2024, 11, 1)) + Micros::from_hours(24 * day + 10);
                    let length = day * 7 % 31;
                    let last = first + Micros::from_hours(24 * length + 5);
                    let found = civil_days(&calendar, works, zone.date(first), zone.date(last)).max(1);
                    let late = |days: i32| {
                        let standing =
                            clock.standing(first, term(days), Purpose::Resolution, &[], Some(last), last);
                        standing == Some(Standing::Late)
                    };
                    assert!(!late(found), "{first} to {last}: {found} days are too few");
                    assert!(found == 1 || late(found - 1), "{first} to {last}: {found} days are too many");
                }
            }
        }
    }
}
