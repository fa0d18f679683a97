//! What holds for all calendars, intervals and periods, one sentence each.

use std::sync::LazyLock;

use impegno_calendar::{
    Calendar, CalendarBuilder, Closure, Instant, Interval, Intervals, Micros, Period, WeeklyHours, Zone,
    italian_national_holidays,
};
use jiff::ToSpan;
use jiff::civil::{Date, Time, Weekday, date};
use proptest::prelude::*;

const MINUTE: i64 = 60_000_000;

/// Rome for its clock changes, São Paulo for midnights that do not exist, UTC for neither.
fn zones() -> impl Strategy<Value = Zone> {
    prop::sample::select(vec!["Europe/Rome", "America/Sao_Paulo", "UTC", "Asia/Kathmandu"])
        .prop_map(|name| Zone::named(name).unwrap())
}

/// Segments on whole quarters of an hour, up to the end of the day; they may overlap.
fn weekly_hours() -> impl Strategy<Value = WeeklyHours> {
    let quarter = |quarters: i8| Time::new(quarters / 4, quarters % 4 * 15, 0, 0).unwrap();
    let segment =
        (0..7_i8, 0..96_i8).prop_flat_map(|(weekday, opens)| (Just(weekday), Just(opens), opens + 1..=96));
    prop::collection::vec(segment, 1..9).prop_map(move |segments| {
        segments.into_iter().fold(WeeklyHours::new(), |hours, (weekday, opens, closes)| {
            let weekday = Weekday::from_monday_zero_offset(weekday).unwrap();
            hours.segment(weekday, quarter(opens), quarter(closes % 96)).unwrap()
        })
    })
}

/// Calendars with hours, holidays and a closure, of which only one year is resolved ahead.
fn calendars() -> impl Strategy<Value = Calendar> {
    (zones(), weekly_hours(), days(), 0..20_i32).prop_map(|(zone, hours, first, length)| {
        let closure = Closure { first, last: first.saturating_add(length.days()), act: "act".to_owned() };
        CalendarBuilder::new("test", zone)
            .hours(hours)
            .holidays(italian_national_holidays())
            .closures([closure])
            .build(2017..=2017)
    })
}

/// Days of five years with both clock changes, New Years and a leap day.
fn days() -> impl Strategy<Value = Date> {
    (0..1_826_i32).prop_map(|after| date(2015, 1, 1).saturating_add(after.days()))
}

/// Instants of the same five years, to the microsecond; many near the clock changes of 2017 in Rome and
/// near New Year 2018, where the year in UTC is not that of the zone; some at the very change of a clock.
fn instants() -> impl Strategy<Value = Instant> {
    let any = 1_420_000_000_000_000..1_577_000_000_000_000_i64;
    let spring = 1_490_400_000_000_000..1_490_600_000_000_000_i64;
    let autumn = 1_509_130_000_000_000..1_509_330_000_000_000_i64;
    let new_year = 1_514_743_200_000_000..1_514_786_400_000_000_i64;
    // 26 March and 29 October 2017 in Rome, 15 October 2017 and 18 February 2018 in São Paulo.
    let changes = [1_490_490_000, 1_509_238_800, 1_508_036_400, 1_518_919_200_i64];
    let change = (prop::sample::select(changes.to_vec()), -1..=1_i64);
    let change = change.prop_map(|(second, micros)| second * 1_000_000 + micros);
    prop_oneof![any, spring, autumn, new_year, change].prop_map(Instant)
}

/// One calendar for all cases that ask far away, because it resolves each year only once.
static OFFICE: LazyLock<Calendar> = LazyLock::new(|| {
    let hours = WeeklyHours::new().every(&WeeklyHours::MONDAY_TO_FRIDAY, "8:30-14:30").unwrap();
    let zone = Zone::named("Europe/Rome").unwrap();
    CalendarBuilder::new("office", zone).hours(hours).holidays(italian_national_holidays()).build(2017..=2017)
});

fn in_order(a: Instant, b: Instant) -> (Instant, Instant) {
    (a.min(b), a.max(b))
}

/// Sets of instants in a small range, so that overlaps and touches are common.
fn sets() -> impl Strategy<Value = Intervals> {
    prop::collection::vec((0..60_i64, 0..12_i64), 0..10).prop_map(|pieces| {
        let interval = |(start, length)| Interval { start: Instant(start), end: Instant(start + length) };
        pieces.into_iter().map(interval).collect()
    })
}

fn members(set: &Intervals) -> Vec<bool> {
    (-1..80).map(|at| set.contains(Instant(at))).collect()
}

fn has_shape(set: &Intervals) -> bool {
    let slice = set.as_slice();
    slice.iter().all(|interval| interval.start < interval.end)
        && slice.windows(2).all(|pair| pair[0].end < pair[1].start)
}

fn periods() -> impl Strategy<Value = Period> {
    let year = 1..=9998_i16;
    prop_oneof![
        year.clone().prop_map(Period::Year),
        (year.clone(), 1..=2_u8).prop_map(|(year, half)| Period::HalfYear(year, half)),
        (year.clone(), 1..=4_u8).prop_map(|(year, quarter)| Period::Quarter(year, quarter)),
        (year, 1..=12_u8).prop_map(|(year, month)| Period::Month(year, month)),
        (days(), 0..900_i32)
            .prop_map(|(first, more)| Period::Range { first, last: first.saturating_add(more.days()) }),
    ]
}

proptest! {
    #[test]
    fn working_time_of_adjacent_intervals_adds_up(
        calendar in calendars(), a in instants(), b in instants(), c in instants(),
    ) {
        let mut points = [a, b, c];
        points.sort();
        let [a, b, c] = points;
        prop_assert_eq!(calendar.working(a, b) + calendar.working(b, c), calendar.working(a, c));
    }

    #[test]
    fn working_time_is_never_negative_and_never_more_than_elapsed(
        calendar in calendars(), a in instants(), b in instants(),
    ) {
        let working = calendar.working(a, b);
        prop_assert!(Micros::ZERO <= working && working <= (b - a).max(Micros::ZERO));
    }

    #[test]
    fn working_time_is_the_length_of_the_opening_intervals(
        calendar in calendars(), a in instants(), b in instants(),
    ) {
        let (start, end) = in_order(a, b);
        let open = calendar.open(Interval { start, end });
        prop_assert!(has_shape(&open));
        prop_assert_eq!(open.total(), calendar.working(start, end));
        prop_assert!(open.iter().all(|piece| start <= piece.start && piece.end <= end));
    }

    #[test]
    fn working_time_is_what_counting_minutes_by_the_clock_gives(
        zone in zones(), weekdays in 1..128_u8, start in instants(), hours in 1..80_i64,
    ) {
        // Segments whose ends no clock skips or shows twice; the clock on the wall decides alone.
        let day = |offset: i8| Weekday::from_monday_zero_offset(offset).unwrap();
        let chosen: Vec<Weekday> = (0..7).filter(|bit| weekdays >> bit & 1 == 1).map(day).collect();
        let week = WeeklyHours::new().every(&chosen, "1:30-12:15").unwrap();
        let week = week.every(&chosen, "18:00-21:45").unwrap();
        let calendar = CalendarBuilder::new("test", zone.clone())
            .hours(week)
            .holidays(italian_national_holidays())
            .build(2017..=2017);
        let start = Instant(start.0 / MINUTE * MINUTE);
        let end = start + Micros::from_hours(hours);
        let open = |minute: &i64| {
            let civil = zone.civil(Instant(start.0 + minute * MINUTE));
            let clock = i32::from(civil.hour()) * 60 + i32::from(civil.minute());
            let holiday = italian_national_holidays()
                .iter()
                .any(|rule| rule.date_in(civil.year()) == Some(civil.date()));
            chosen.contains(&civil.weekday()) && !holiday
                && ((90..735).contains(&clock) || (1080..1305).contains(&clock))
        };
        let counted = (0..hours * 60).filter(open).count();
        prop_assert_eq!(calendar.working(start, end), Micros(counted as i64 * MINUTE));
    }

    #[test]
    fn splitting_a_window_anywhere_changes_nothing(
        calendar in calendars(), a in instants(), b in instants(), at in instants(),
    ) {
        let (start, end) = in_order(a, b);
        let at = at.clamp(start, end);
        let whole = calendar.open(Interval { start, end });
        let left = calendar.open(Interval { start, end: at });
        let right = calendar.open(Interval { start: at, end });
        prop_assert_eq!(left.union(&right), whole);
    }

    #[test]
    fn a_deadline_inverts_working_time_and_is_the_earliest_that_does(
        calendar in calendars(), from in instants(), micros in 0..4_000_000_000_000_i64,
    ) {
        let length = Micros(micros);
        let deadline = calendar.deadline(from, length).expect("hours that go on for ever");
        prop_assert!(from <= deadline);
        prop_assert_eq!(calendar.working(from, deadline), length);
        if length > Micros::ZERO {
            prop_assert!(calendar.working(from, deadline - Micros(1)) < length);
        }
    }

    #[test]
    fn which_years_were_resolved_ahead_changes_nothing(
        hours in weekly_hours(), zone in zones(), a in instants(), b in instants(),
    ) {
        let builder = CalendarBuilder::new("test", zone).hours(hours).holidays(italian_national_holidays());
        let (ahead, on_demand) = (builder.clone().build(2014..=2020), builder.build(2099..=2099));
        prop_assert_eq!(ahead.working(a, b), on_demand.working(a, b));
        prop_assert_eq!(ahead.deadline(a, b - a), on_demand.deadline(a, b - a));
    }

    #[test]
    fn without_rest_working_time_is_elapsed_time(zone in zones(), a in instants(), b in instants()) {
        let hours = WeeklyHours::new().every(&WeeklyHours::ALL_DAYS, "0:00-24:00").unwrap();
        let calendar = CalendarBuilder::new("test", zone.clone()).hours(hours).build(2017..=2017);
        let always = Calendar::always(zone);
        prop_assert_eq!(calendar.working(a, b), (b - a).max(Micros::ZERO));
        prop_assert_eq!(always.working(a, b), calendar.working(a, b));
        prop_assert_eq!(always.deadline(a, Micros::from_hours(9)), calendar.deadline(a, Micros::from_hours(9)));
    }

    #[test]
    fn working_days_are_counted_as_one_by_one(calendar in calendars(), from in days(), more in 0..500_i32) {
        let to = from.saturating_add(more.days());
        let each = (1..=more).filter(|after| calendar.is_working_day(from.saturating_add(after.days())));
        prop_assert_eq!(calendar.working_days_between(from, to), each.count() as i32);
        prop_assert_eq!(calendar.working_days_between(to, from), 0);
    }

    #[test]
    fn a_term_in_working_days_ends_on_one_and_counts_back(
        calendar in calendars(), from in days(), days in 1..300_i32,
    ) {
        let last = calendar.working_day_deadline(from, days);
        prop_assert!(calendar.is_working_day(last));
        prop_assert_eq!(calendar.working_days_between(from, last), days);
    }

    #[test]
    fn a_term_in_calendar_days_ends_on_the_first_working_day_not_before(
        calendar in calendars(), from in days(), days in 0..300_i32,
    ) {
        let last = calendar.calendar_day_deadline(from, days);
        let term = from.saturating_add(days.days());
        prop_assert!(term <= last && calendar.is_working_day(last));
        prop_assert!(last == term || !calendar.is_working_day(term));
        prop_assert_eq!(calendar.working_days_between(term, last), i32::from(last > term));
    }

    #[test]
    fn a_day_has_working_time_only_if_it_is_a_working_day(calendar in calendars(), day in days()) {
        let zone = calendar.zone();
        let works = calendar.working(zone.day_start(day), zone.day_end(day)) > Micros::ZERO;
        prop_assert!(!works || calendar.is_working_day(day));
        prop_assert_eq!(calendar.why_closed(day).is_none(), calendar.is_working_day(day));
    }

    #[test]
    fn no_instant_and_no_length_panics(a: i64, b: i64, c: i64, scale in 1..1_000_000_i64) {
        // Any range of years, as a damaged file would bring it.
        let calendar = &*OFFICE;
        let c = c / scale;
        let (a, b) = (Instant(a), Instant(b));
        let working = calendar.working(a, b);
        prop_assert!(Micros::ZERO <= working && working <= (b - a).max(Micros::ZERO));
        if let Some(deadline) = calendar.deadline(a, Micros(c)) {
            prop_assert_eq!(calendar.working(a, deadline), Micros(c));
        }
        prop_assert_ne!(a.to_string(), "");
    }

    #[test]
    fn intervals_are_sets(a in sets(), b in sets(), from in -2..80_i64, length in 0..40_i64) {
        let (in_a, in_b) = (members(&a), members(&b));
        let both = |decide: fn(bool, bool) -> bool| -> Vec<bool> {
            in_a.iter().zip(&in_b).map(|(a, b)| decide(*a, *b)).collect()
        };
        let (union, shared, rest) = (a.union(&b), a.intersect(&b), a.difference(&b));
        prop_assert_eq!(members(&union), both(|a, b| a || b));
        prop_assert_eq!(members(&shared), both(|a, b| a && b));
        prop_assert_eq!(members(&rest), both(|a, b| a && !b));
        let window = Interval { start: Instant(from), end: Instant(from + length) };
        prop_assert_eq!(a.clip(window), a.intersect(&Intervals::from(window)));
        prop_assert!([&a, &b, &union, &shared, &rest].into_iter().all(has_shape));
        prop_assert_eq!(a.total() + b.total(), union.total() + shared.total());
        prop_assert_eq!(rest.union(&shared), a.clone());
        prop_assert!(rest.intersect(&b).is_empty());
        prop_assert_eq!(a.total(), Micros(in_a.iter().filter(|inside| **inside).count() as i64));
    }

    #[test]
    fn the_code_of_a_period_reads_back(period in periods()) {
        prop_assert_eq!(period.to_string().parse(), Ok(period));
    }

    #[test]
    fn no_text_panics_as_a_period_or_instant(text in ".{0,24}") {
        let _ = text.parse::<Period>();
        let _ = text.parse::<Instant>();
        let _ = impegno_calendar::parse_segment(&text);
        let _ = Zone::named(&text);
    }

    #[test]
    fn months_and_quarters_of_a_year_cover_it_exactly(year in 1..=9998_i16, zone in zones()) {
        let whole = Period::Year(year);
        for parts in [whole.months(), whole.quarters(), whole.years()] {
            prop_assert_eq!(parts.first().unwrap().interval(&zone).start, whole.interval(&zone).start);
            prop_assert_eq!(parts.last().unwrap().interval(&zone).end, whole.interval(&zone).end);
            for pair in parts.windows(2) {
                prop_assert_eq!(pair[0].interval(&zone).end, pair[1].interval(&zone).start);
            }
            prop_assert_eq!(parts.iter().map(Period::days).sum::<i32>(), whole.days());
        }
        prop_assert_eq!((whole.months().len(), whole.quarters().len()), (12, 4));
    }

    #[test]
    fn the_previous_period_ends_where_this_one_starts(period in periods(), zone in zones()) {
        let previous = period.previous();
        prop_assert_eq!(previous.interval(&zone).end, period.interval(&zone).start);
        if matches!(period, Period::Range { .. }) {
            prop_assert_eq!(previous.days(), period.days());
        }
    }

    #[test]
    fn a_period_holds_its_days_and_no_others(period in periods(), day in days(), zone in zones()) {
        let interval = period.interval(&zone);
        prop_assert_eq!(period.contains_day(day), interval.contains(zone.day_start(day)));
        prop_assert!(period.contains_day(period.first_day()) && period.contains_day(period.last_day()));
    }

    #[test]
    fn ranges_that_follow_each_other_still_do_a_year_before(first in days(), a in 1..400_i32, b in 1..400_i32) {
        let middle = first.saturating_add(a.days());
        let left = Period::Range { first, last: middle.saturating_sub(1.day()) }.year_before();
        let right = Period::Range { first: middle, last: middle.saturating_add(b.days()) }.year_before();
        let leap_day_alone = a == 1 && first.month() == 2 && first.day() == 29;
        if !leap_day_alone {
            prop_assert_eq!(left.last_day().tomorrow().unwrap(), right.first_day());
        }
    }

    #[test]
    fn offsets_are_those_of_the_zone(zone in zones(), a in instants(), b in instants(), at in instants()) {
        let (start, end) = in_order(a, b);
        let offsets = zone.offsets(Interval { start, end });
        for at in [at, start, end, at.clamp(start, end)] {
            let civil = zone.civil(at);
            let as_if_utc = Zone::utc().instant(civil);
            prop_assert_eq!(offsets.local_micros(at), as_if_utc.0);
            prop_assert_eq!(offsets.hour_of_day(at), civil.hour() as u8);
        }
    }

    #[test]
    fn an_instant_reads_back(at in instants()) {
        prop_assert_eq!(at.to_string().parse(), Ok(at));
        prop_assert_eq!(Instant::from_timestamp(at.to_timestamp()), at);
    }
}

#[test]
fn offsets_change_at_the_very_instant_of_the_change() {
    let rome = Zone::named("Europe/Rome").unwrap();
    let offsets = rome.offsets("2017".parse::<Period>().unwrap().interval(&rome));
    let hours = |text: &str| {
        let change: Instant = text.parse().unwrap();
        [change - Micros(1), change].map(|at| offsets.hour_of_day(at))
    };
    assert_eq!(hours("2017-03-26T01:00:00Z"), [1, 3]);
    assert_eq!(hours("2017-10-29T01:00:00Z"), [2, 2]);
    assert_eq!(hours("2017-10-29T02:00:00Z"), [2, 3]);
}
