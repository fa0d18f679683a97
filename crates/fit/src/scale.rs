//! How much of what a rule counts each case took.

use impegno_calendar::{Calendar, Instant, Micros};
use impegno_clocks::{Clock, Profile, Purpose, Standing, Term};
use rayon::prelude::*;

use crate::tracks::{Progress, Run, Track};

/// More days than a promise may have.
pub(crate) const MOST_DAYS: i64 = 9_999;

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
    let days = |track: &Track| {
        let late = |run: &Run, days: i64| {
            let days = i32::try_from(days).unwrap_or(i32::MAX);
            let done = (track.progress == Progress::Done).then_some(run.stop);
            let standing =
                clock.standing(run.start, term(days), Purpose::Resolution, &run.pauses, done, run.stop);
            matches!(standing, Some(Standing::Late | Standing::Suspended { breached: true }))
        };
        let least = |run: &Run| {
            let (first, last) = (zone.date(run.start), zone.date(run.stop));
            let guess = match term(1) {
                Term::Days { count: impegno_clocks::DayCount::Working, .. } => {
                    clock.calendar().working_days_between(first, last)
                }
                _ => days_between(first, last),
            };
            let mut least = i64::from(guess).clamp(1, MOST_DAYS);
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

fn days_between(first: jiff::civil::Date, last: jiff::civil::Date) -> i32 {
    first.until(last).map_or(0, |span| span.get_days())
}

/// How long after its own deadline each case came, negative before it; none without a deadline.
pub(crate) fn after_deadline(tracks: &[Track], due: &[Option<i64>]) -> Vec<Option<i64>> {
    let last = |track: &Track| track.runs.last().map(|run| run.stop);
    let after = |(track, due): (&Track, &Option<i64>)| Some((last(track)? - Instant((*due)?)).0);
    tracks.iter().zip(due).map(after).collect()
}
