//! What holds of every clock, whatever the calendar, the term and the pauses.

use std::sync::LazyLock;

use impegno_calendar::{
    Calendar, CalendarBuilder, Instant, Micros, WeeklyHours, Zone, italian_national_holidays,
};
use impegno_clocks::{Clock, Pause, Profile, Purpose, Standing, Term};
use proptest::prelude::*;

const SECOND: i64 = 1_000_000;
/// 1 March 2017, 0:00 UTC; the spring change of clocks follows within the month.
const START: i64 = 1_488_326_400;
/// Sixty days.
const SPAN: i64 = 60 * 86_400;

/// An office with a break at noon, a centre open at night, and a service that never closes, each made once.
static CALENDARS: LazyLock<Vec<Calendar>> = LazyLock::new(|| {
    let rome = Zone::named("Europe/Rome").unwrap();
    let build = |code: &str, segments: &[(&[jiff::civil::Weekday], &str)]| {
        let hours =
            segments.iter().fold(WeeklyHours::new(), |hours, (days, text)| hours.every(days, text).unwrap());
        CalendarBuilder::new(code, rome.clone())
            .hours(hours)
            .holidays(italian_national_holidays())
            .build(2017..=2017)
    };
    let week: &[jiff::civil::Weekday] = &WeeklyHours::MONDAY_TO_FRIDAY;
    vec![
        build("office", &[(week, "8:30-13:00"), (week, "14:00-18:00")]),
        build("night", &[(&WeeklyHours::ALL_DAYS, "0:00-4:00"), (&WeeklyHours::ALL_DAYS, "20:00-24:00")]),
        Calendar::always(rome),
    ]
});

fn clocks(profiles: &'static [Profile]) -> impl Strategy<Value = Clock> {
    (prop::sample::select(profiles), 0..3_usize)
        .prop_map(|(profile, calendar)| Clock::new(profile.clone(), CALENDARS[calendar].clone()))
}

fn instants() -> impl Strategy<Value = Instant> {
    // Whole seconds: some profiles know no finer ones.
    (START..START + SPAN).prop_map(|second| Instant(second * SECOND))
}

fn pauses() -> impl Strategy<Value = Vec<Pause>> {
    let one = (START..START + SPAN, 0..5 * 86_400_i64).prop_map(|(start, length)| Pause {
        start: Instant(start * SECOND),
        end: Some(Instant((start + length) * SECOND)),
        reason: String::new(),
    });
    prop::collection::vec(one, 0..5)
}

fn terms() -> impl Strategy<Value = Term> {
    prop_oneof![
        (1..200_000_i64).prop_map(|seconds| Term::Time(Micros::from_seconds(seconds))),
        (0..30_i32).prop_map(Term::working_days),
        (0..40_i32).prop_map(Term::calendar_days),
        (0..3_i32).prop_map(Term::months),
    ]
}

/// How bad a standing is; a case that runs or waits is no worse than one in time.
fn late(standing: Option<Standing>) -> bool {
    matches!(standing, Some(Standing::Late | Standing::Suspended { breached: true }))
}

const PAUSING: &[Profile] = &[Profile::NATIVE, Profile::BIZ];
const TIMES: &[Profile] = &[Profile::NATIVE, Profile::BIZ, Profile::BUSINESS_TIME];
const ALL: &[Profile] = &[Profile::NATIVE, Profile::GLPI, Profile::ZAMMAD, Profile::BIZ];

proptest! {
    #[test]
    fn one_more_pause_never_makes_a_case_later(
        clock in clocks(PAUSING), start in instants(), term in terms(), pauses in pauses(),
        more in pauses(), done in prop::option::of(instants()), now in instants(),
    ) {
        prop_assume!(done.is_none_or(|done| start <= done));
        let both: Vec<Pause> = pauses.iter().chain(&more).cloned().collect();
        let standing = |pauses: &[Pause]| clock.standing(start, term, Purpose::Resolution, pauses, done, now.max(start));
        prop_assert!(late(standing(&pauses)) || !late(standing(&both)), "{:?} {:?}", standing(&pauses), standing(&both));
        if let Some(after) = clock.due(start, term, Purpose::Resolution, &both, Instant::MAX) {
            let before = clock.due(start, term, Purpose::Resolution, &pauses, Instant::MAX);
            prop_assert!(before.is_some_and(|before| before <= after), "{before:?} {after}");
        }
        let left = |pauses: &[Pause]| clock.left(start, now, term, Purpose::Resolution, pauses);
        prop_assert!(left(&pauses) <= left(&both));
    }

    #[test]
    fn the_order_of_pauses_does_not_matter(
        clock in clocks(&[Profile::NATIVE, Profile::GLPI, Profile::BIZ]), start in instants(), term in terms(),
        pauses in pauses(), now in instants(),
    ) {
        let mut turned = pauses.clone();
        turned.reverse();
        let due = |pauses: &[Pause]| clock.due(start, term, Purpose::Resolution, pauses, now);
        prop_assert_eq!(due(&pauses), due(&turned));
        let counted = |pauses: &[Pause]| clock.counted(start, now, Purpose::Resolution, pauses);
        prop_assert_eq!(counted(&pauses), counted(&turned));
    }

    #[test]
    fn a_pause_cut_in_two_changes_nothing(
        start in instants(), term in terms(), pause in (START..START + SPAN, 1..5 * 86_400_i64), cut in 0..86_400_i64,
        calendar in 0..3_usize,
    ) {
        let clock = Clock::new(Profile::NATIVE, CALENDARS[calendar].clone());
        let piece = |from: i64, to: i64| Pause {
            start: Instant(from * SECOND),
            end: Some(Instant(to * SECOND)),
            reason: String::new(),
        };
        let (from, to) = (pause.0, pause.0 + pause.1);
        let middle = (from + cut).min(to);
        let due = |pauses: &[Pause]| clock.due(start, term, Purpose::Resolution, pauses, Instant::MAX);
        prop_assert_eq!(due(&[piece(from, to)]), due(&[piece(from, middle), piece(middle, to)]));
    }

    #[test]
    fn due_dates_and_counted_time_are_inverse(
        clock in clocks(TIMES), start in instants(), seconds in 1..400_000_i64, pauses in pauses(),
    ) {
        let length = Micros::from_seconds(seconds);
        let due = clock.due(start, Term::Time(length), Purpose::Resolution, &pauses, Instant::MAX).unwrap();
        prop_assert_eq!(clock.counted(start, due, Purpose::Resolution, &pauses), length);
        let reach = clock.before(due, Term::Time(length)).unwrap();
        prop_assert_eq!(clock.active(reach, due), length);
    }

    #[test]
    fn counted_time_adds_up(
        clock in clocks(TIMES), a in instants(), b in instants(), c in instants(), pauses in pauses(),
    ) {
        let mut ends = [a, b, c];
        ends.sort();
        let counted = |from, to| clock.counted(from, to, Purpose::Resolution, &pauses);
        prop_assert_eq!(counted(ends[0], ends[1]) + counted(ends[1], ends[2]), counted(ends[0], ends[2]));
    }

    #[test]
    fn what_happens_at_the_due_second_is_in_time(
        clock in clocks(ALL), start in instants(), term in terms(), pauses in pauses(),
    ) {
        // Programs that keep a sum of pauses add those after the event too: here all lie before it.
        let due = clock.due(start, term, Purpose::Resolution, &[], Instant::MAX);
        let Some(due) = due.filter(|due| *due >= start) else { return Ok(()) };
        let standing = clock.standing(start, term, Purpose::Resolution, &[], Some(due), Instant::MAX);
        prop_assert_eq!(standing, Some(Standing::InTime));
        if let Some(due) = clock.due(start, term, Purpose::Resolution, &pauses, Instant::MAX)
            && clock.profile().name == "native"
        {
            let standing = clock.standing(start, term, Purpose::Resolution, &pauses, Some(due), Instant::MAX);
            prop_assert_eq!(standing, Some(Standing::InTime));
        }
    }

    #[test]
    fn without_a_change_of_clocks_glpi_counts_the_same_time(
        from in instants(), length in 0..20 * 86_400_i64, calendar in 0..2_usize,
    ) {
        // April and later: the clocks changed on 26 March. Not across a night, where steps of 24 hours are the same.
        let from = Instant(from.0 + 40 * 86_400 * SECOND);
        let to = Instant(from.0 + length * SECOND);
        let [glpi, native] = [Profile::GLPI, Profile::NATIVE].map(|one| Clock::new(one, CALENDARS[calendar].clone()));
        prop_assert_eq!(glpi.active(from, to), native.active(from, to));
    }

    #[test]
    fn periods_are_the_active_time(clock in clocks(&[Profile::BIZ]), from in instants(), pauses in pauses()) {
        let periods = clock.periods_after(from, 6, &pauses);
        prop_assert!(periods.windows(2).all(|pair| pair[0].end < pair[1].start));
        let total: Micros = periods.iter().map(|one| one.length()).sum();
        // A service that never closes has one period without end.
        if let Some(last) = periods.last().filter(|_| !clock.calendar().is_always()) {
            prop_assert_eq!(clock.counted(from, last.end, Purpose::Resolution, &pauses), total);
        }
        let back = clock.periods_before(from, 6, &pauses);
        prop_assert!(back.windows(2).all(|pair| pair[1].end < pair[0].start));
        prop_assert!(back.iter().all(|one| one.end <= from));
    }
}
