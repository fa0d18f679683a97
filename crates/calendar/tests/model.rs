//! Calendars against a slow model that knows nothing of tables, and the laws of what is computed from them.

use std::collections::BTreeSet;

use impegno_calendar::{
    Calendar, CalendarBuilder, Closure, DayHours, HolidayDay, HolidayRule, Ical, Instant, Interval,
    Intervals, Micros, Opening, Operation, SpecialDay, WeeklyHours, Zone, italian_national_holidays,
    write_ical,
};
use jiff::ToSpan;
use jiff::civil::{Date, Time, Weekday, date};
use proptest::prelude::*;

/// The years that calendars answer by tables of blocks; instants are drawn from more.
const QUICK: std::ops::RangeInclusive<i16> = 2016..=2018;

fn zones() -> impl Strategy<Value = Zone> {
    prop::sample::select(vec![
        "Europe/Rome",
        "America/Sao_Paulo",
        "UTC",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
    ])
    .prop_map(|name| Zone::named(name).unwrap())
}

fn days() -> impl Strategy<Value = Date> {
    (0..1_826_i32).prop_map(|after| date(2015, 1, 1).saturating_add(after.days()))
}

/// Instants of five years; many near clock changes and near New Year.
fn instants() -> impl Strategy<Value = Instant> {
    let any = 1_420_000_000_000_000..1_577_000_000_000_000_i64;
    let spring = 1_490_400_000_000_000..1_490_600_000_000_000_i64;
    let autumn = 1_509_130_000_000_000..1_509_330_000_000_000_i64;
    // Both ends of the years that are answered by blocks.
    let ends = prop::sample::select(vec![1_451_602_800_i64, 1_546_297_200]);
    let ends = (ends, -7_200..7_200_i64).prop_map(|(end, seconds)| (end + seconds) * 1_000_000);
    prop_oneof![any, spring, autumn, ends].prop_map(Instant)
}

fn segments() -> impl Strategy<Value = Vec<(i8, i8)>> {
    let segment = (0..96_i8).prop_flat_map(|opens| (Just(opens), opens + 1..=96_i8));
    prop::collection::vec(segment, 0..4)
}

fn text((opens, closes): (i8, i8)) -> String {
    format!("{}:{:02}-{}:{:02}", opens / 4, opens % 4 * 15, closes / 4, closes % 4 * 15)
}

/// What a calendar of the model is made of, said once and built twice.
#[derive(Clone, Debug)]
struct Model {
    zone: Zone,
    week: Vec<Vec<(i8, i8)>>,
    summer: Vec<(i8, i8)>,
    half: Vec<(i8, i8)>,
    closure: (Date, i32),
    opening: (Date, Vec<(i8, i8)>),
    national: bool,
}

fn models() -> impl Strategy<Value = Model> {
    let week = prop::collection::vec(segments(), 7);
    let parts =
        (zones(), week, segments(), segments(), (days(), 0..20_i32), (days(), segments()), any::<bool>());
    parts.prop_map(|(zone, week, summer, half, closure, opening, national)| Model {
        zone,
        week,
        summer,
        half,
        closure,
        opening,
        national,
    })
}

fn weekday(offset: usize) -> Weekday {
    Weekday::from_monday_zero_offset(i8::try_from(offset).unwrap()).unwrap()
}

fn patron() -> HolidayRule {
    HolidayRule {
        name: "patron".to_owned(),
        day: HolidayDay::Weekday { month: 5, weekday: Weekday::Tuesday, nth: 1, offset_days: 0 },
        from_year: Some(2016),
        until_year: Some(2018),
        source: String::new(),
    }
}

impl Model {
    fn calendar(&self, years: std::ops::RangeInclusive<i16>) -> Calendar {
        let week = self.week.iter().enumerate().fold(WeeklyHours::new(), |hours, (offset, segments)| {
            segments
                .iter()
                .fold(hours, |hours, segment| hours.every(&[weekday(offset)], &text(*segment)).unwrap())
        });
        let summer = self.summer.iter().fold(WeeklyHours::new(), |hours, segment| {
            hours.every(&WeeklyHours::MONDAY_TO_FRIDAY, &text(*segment)).unwrap()
        });
        let of_day = |segments: &[(i8, i8)]| {
            segments.iter().fold(DayHours::new(), |hours, segment| hours.segment(&text(*segment)).unwrap())
        };
        let eve = HolidayRule {
            day: HolidayDay::Fixed { month: 12, day: 24 },
            from_year: None,
            until_year: None,
            ..patron()
        };
        let (first, length) = self.closure;
        CalendarBuilder::new("model", self.zone.clone())
            .hours(week)
            .hours(summer.season((7, 1), (8, 31)))
            .special_days([SpecialDay { day: eve, hours: of_day(&self.half) }])
            .holidays(if self.national { italian_national_holidays() } else { Vec::new() })
            .holidays([patron()])
            .closures([Closure { first, last: first.saturating_add(length.days()), act: "act".to_owned() }])
            .openings([Opening {
                first: self.opening.0,
                last: self.opening.0,
                hours: of_day(&self.opening.1),
                act: "act".to_owned(),
            }])
            .build(years)
    }

    /// The openings of a run of days, each day by itself.
    fn openings(&self, first: Date, last: Date) -> Intervals {
        let mut all = Vec::new();
        for day in first.series(1.day()).take_while(|day| *day <= last) {
            let offset = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap();
            let summer = (7..=8).contains(&day.month());
            let usual = match summer {
                true if offset < 5 => self.summer.clone(),
                true => Vec::new(),
                false => self.week[offset].clone(),
            };
            let eve = (day.month(), day.day()) == (12, 24) && !usual.is_empty();
            let mut segments = if eve { self.half.clone() } else { usual };
            let closed = self.closure.0 <= day && day <= self.closure.0.saturating_add(self.closure.1.days());
            let first_tuesday = day.month() == 5 && day.day() <= 7 && day.weekday() == Weekday::Tuesday;
            let national = self.national
                && italian_national_holidays().iter().any(|rule| rule.date_in(day.year()) == Some(day));
            if closed || national || (first_tuesday && (2016..=2018).contains(&day.year())) {
                segments.clear();
            }
            if day == self.opening.0 {
                segments.extend(self.opening.1.iter().copied());
            }
            for (opens, closes) in segments {
                let at = |quarters: i8| match quarters {
                    96 => self.zone.day_end(day),
                    quarters => {
                        let time = Time::new(quarters / 4, quarters % 4 * 15, 0, 0).unwrap();
                        self.zone.instant(day.to_datetime(time))
                    }
                };
                all.push(Interval { start: at(opens), end: at(closes) });
            }
        }
        all.into_iter().collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn openings_and_working_time_are_those_of_the_model(
        model in models(), a in instants(), length in 0..40_000_000_000_000_i64,
    ) {
        let calendar = model.calendar(QUICK);
        let window = Interval { start: a, end: a + Micros(length) };
        let days = (model.zone.date(window.start), model.zone.date(window.end));
        let expected = model.openings(days.0, days.1).clip(window);
        prop_assert_eq!(calendar.open(window), expected.clone());
        prop_assert_eq!(calendar.working(window.start, window.end), expected.total());
        let mut many = [Micros(-1); 2];
        calendar.working_many(&[(window.start, window.end), (window.end, window.start)], &mut many);
        prop_assert_eq!(many, [expected.total(), Micros::ZERO]);
    }

    #[test]
    fn a_day_works_if_the_model_opens_on_it(model in models(), first in days()) {
        let calendar = model.calendar(QUICK);
        let last = first.saturating_add(40.days());
        let mut count = 0;
        for day in first.series(1.day()).take_while(|day| *day <= last) {
            let open = model.openings(day, day);
            prop_assert_eq!(calendar.is_working_day(day), !open.is_empty(), "{}", day);
            prop_assert_eq!(calendar.open_on(day), open.clone());
            prop_assert_eq!(calendar.closed(day).is_none(), !open.is_empty());
            count += i32::from(!open.is_empty());
        }
        prop_assert_eq!(calendar.working_days_between(first.yesterday().unwrap(), last), count);
    }

    #[test]
    fn the_latest_start_inverts_working_time(
        model in models(), to in instants(), micros in 1..4_000_000_000_000_i64,
    ) {
        let calendar = model.calendar(QUICK);
        let length = Micros(micros);
        if let Some(start) = calendar.start_before(to, length) {
            prop_assert!(start < to);
            prop_assert_eq!(calendar.working(start, to), length);
            prop_assert!(calendar.working(start + Micros(1), to) < length);
            // There and back: the deadline is the earliest instant with so much work done, so not after `to`.
            let deadline = calendar.deadline(start, length).unwrap();
            prop_assert!(deadline <= to);
            prop_assert_eq!(calendar.working(deadline, to), Micros::ZERO);
        } else {
            prop_assert!(calendar.working(Instant::MIN, to) < length);
        }
    }

    #[test]
    fn deadlines_add_up_and_grow(
        model in models(), from in instants(), one in 0..2_000_000_000_000_i64, two in 0..2_000_000_000_000_i64,
    ) {
        let calendar = model.calendar(QUICK);
        let (one, two) = (Micros(one), Micros(two));
        let whole = calendar.deadline(from, one + two);
        let in_steps = calendar.deadline(from, one).and_then(|at| calendar.deadline(at, two));
        prop_assert_eq!(whole, in_steps);
        prop_assert!(calendar.deadline(from, one) <= whole || whole.is_none());
        let later = calendar.deadline(from + one, two);
        prop_assert!(calendar.deadline(from, two) <= later || later.is_none());
        let back = calendar.start_before(from, one + two);
        let back_in_steps = calendar.start_before(from, one).and_then(|at| calendar.start_before(at, two));
        prop_assert_eq!(back, back_in_steps);
    }

    #[test]
    fn combined_calendars_are_sets(
        one in models(), other in models(), third in models(), zone in zones(), a in instants(), b in instants(),
    ) {
        let parts: Vec<Calendar> = [&one, &other, &third].map(|model| model.calendar(QUICK)).into();
        let (start, end) = (a.min(b), a.max(b));
        let window = Interval { start, end };
        let [x, y, z] = [0, 1, 2].map(|part| parts[part].open(window));
        let sets = [
            (Operation::Union, x.union(&y).union(&z)),
            (Operation::Intersection, x.intersect(&y).intersect(&z)),
            (Operation::Difference, x.difference(&y).difference(&z)),
        ];
        for (operation, expected) in sets {
            let combined = Calendar::combined("set", zone.clone(), operation, parts.clone(), QUICK);
            prop_assert_eq!(combined.open(window), expected.clone());
            prop_assert_eq!(combined.working(start, end), expected.total());
            let day = zone.date(a);
            prop_assert_eq!(combined.is_working_day(day), !combined.open_on(day).is_empty());
            prop_assert_eq!(combined.closed(day).is_none(), combined.is_working_day(day));
            if let Some(deadline) = combined.deadline(start, Micros(expected.total().0)) {
                prop_assert!(deadline <= end.max(start));
            }
        }
        // What is in both and what is in one alone are all of the one.
        let both = Calendar::combined("both", zone.clone(), Operation::Intersection, parts[..2].to_vec(), QUICK);
        let alone = Calendar::combined("alone", zone, Operation::Difference, parts[..2].to_vec(), QUICK);
        prop_assert_eq!(both.working(start, end) + alone.working(start, end), parts[0].working(start, end));
    }

    #[test]
    fn terms_counted_back_invert_terms_counted_on(model in models(), to in days(), days in 1..300_i32) {
        let calendar = model.calendar(QUICK);
        let start = calendar.working_day_start(to, days);
        if start > Date::MIN {
            prop_assert!(start < to && calendar.is_working_day(start));
            let before = to.yesterday().unwrap();
            prop_assert_eq!(calendar.working_days_between(start.yesterday().unwrap(), before), days);
            prop_assert_eq!(calendar.working_day_deadline(start, days) <= to || !calendar.is_working_day(to), true);
        }
        let moved = calendar.calendar_day_start(to, days);
        let term = to.saturating_sub(days.days());
        prop_assert!(moved <= term);
        if moved > Date::MIN {
            prop_assert!(calendar.is_working_day(moved));
            prop_assert_eq!(calendar.working_days_between(moved, term), 0);
        }
    }

    #[test]
    fn ten_years_as_icalendar_read_back_the_same(model in models(), italian: bool) {
        let calendar = model.calendar(QUICK);
        let (first, last) = (date(2014, 3, 5), date(2024, 3, 4));
        let text = write_ical(&calendar, first, last, Instant(0), italian);
        prop_assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')));
        let again = read_back(&text, &model.zone);
        let window = Interval { start: model.zone.day_start(first), end: model.zone.day_end(last) };
        prop_assert_eq!(again.open(window), calendar.open(window));
        prop_assert_eq!(write_ical(&calendar, first, last, Instant(0), italian), text);
    }

    #[test]
    fn a_combination_as_icalendar_reads_back_the_same(one in models(), other in models()) {
        // Parts in zones of their own open at times that a clock of another zone shows twice.
        let zone = Zone::named("Europe/Rome").unwrap();
        let parts = vec![one.calendar(QUICK), other.calendar(QUICK)];
        let calendar = Calendar::combined("set", zone.clone(), Operation::Union, parts, QUICK);
        let (first, last) = (date(2016, 1, 1), date(2017, 12, 31));
        let again = read_back(&write_ical(&calendar, first, last, Instant(0), true), &zone);
        let window = Interval { start: zone.day_start(first), end: zone.day_end(last) };
        prop_assert_eq!(again.open(window), calendar.open(window));
    }

    #[test]
    fn no_text_panics_as_icalendar(lines in prop::collection::vec("[A-Z]{2,8}[:;=][ -~]{0,30}", 0..12)) {
        let body = lines.join("\n");
        for text in [body.clone(), format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{body}\nEND:VEVENT\nEND:VCALENDAR")] {
            let _ = Ical::read(&text);
        }
    }

    #[test]
    fn no_rule_panics_and_occurrences_lie_in_their_window(
        frequency in prop::sample::select(vec!["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
        parts in prop::sample::subsequence(
            vec!["INTERVAL=3", "COUNT=40", "BYDAY=MO,-1FR", "BYDAY=TU", "BYMONTHDAY=1,-1", "BYMONTH=2,10", "BYSETPOS=-1"], 0..4,
        ),
        start in days(), at in instants(), hours in 1..60_i64,
    ) {
        let day = start.strftime("%Y%m%d");
        let rule = [vec![format!("FREQ={frequency}")], parts.iter().map(|part| (*part).to_owned()).collect()].concat();
        let text = format!(
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:{day}T023000\nDURATION:PT{hours}H\nRRULE:{}\nEND:VEVENT\nEND:VCALENDAR",
            rule.join(";")
        );
        let zone = Zone::named("Europe/Rome").unwrap();
        let read = Ical::read(&text);
        let Some(event) = read.events.first() else { return Ok(()) };
        let window = |days: i64| Interval { start: at, end: at + Micros::from_hours(24 * days) };
        let found = event.occurrences(&zone, window(400));
        let mut seen = BTreeSet::new();
        for one in &found {
            prop_assert!(one.intersect(window(400)).is_some() && seen.insert(one.start));
            prop_assert_eq!(one.length(), Micros::from_hours(hours));
        }
        // A smaller window has those of the larger one that reach into it.
        let fewer: Vec<Interval> =
            found.iter().copied().filter(|one| one.intersect(window(30)).is_some()).collect();
        prop_assert_eq!(event.occurrences(&zone, window(30)), fewer);
    }
}

fn read_back(text: &str, zone: &Zone) -> Calendar {
    use impegno_calendar::EventKind::{Closed, Hours};
    let read = Ical::read(text);
    assert!(read.problems.is_empty(), "{:?}\n{text}", read.problems);
    let of = |kind| read.events.iter().filter(move |event| event.kind() == Some(kind)).cloned();
    CalendarBuilder::new("again", zone.clone())
        .opening_events(of(Hours))
        .closing_events(of(Closed))
        .build(2016..=2017)
}

/// What the clocks show of a combination is what the same rules give where the clocks never change.
#[test]
fn a_calendar_on_other_clocks_opens_at_the_same_civil_times() {
    let (rome, utc) = (Zone::named("Europe/Rome").unwrap(), Zone::utc());
    let of = |weekdays: &[Weekday], text: &str| {
        let hours = WeeklyHours::new().every(weekdays, text).unwrap();
        CalendarBuilder::new("part", rome.clone()).hours(hours).build(2026..=2026)
    };
    let parts =
        vec![of(&WeeklyHours::ALL_DAYS, "0:00-24:00"), of(&WeeklyHours::MONDAY_TO_FRIDAY, "8:30-14:30")];
    let outside =
        Calendar::combined("outside", rome.clone(), Operation::Difference, parts.clone(), 2026..=2026);
    let shown = outside.in_zone(utc.clone());
    let moved = parts.iter().map(|part| part.in_zone(utc.clone())).collect();
    let expected = Calendar::combined("outside", utc.clone(), Operation::Difference, moved, 2026..=2026);
    let year = Interval { start: utc.day_start(date(2026, 1, 1)), end: utc.day_end(date(2026, 12, 31)) };
    assert_eq!(shown.open(year), expected.open(year));
    assert_eq!(shown.working(year.start, year.end), Micros::from_hours(365 * 24 - 261 * 6));
}

#[test]
fn the_same_file_in_other_hands() {
    let rome = Zone::named("Europe/Rome").unwrap();
    let hours = WeeklyHours::new()
        .every(&WeeklyHours::MONDAY_TO_FRIDAY, "8:30-14:30")
        .unwrap()
        .every(&[Weekday::Tuesday, Weekday::Thursday], "15:30-18:30")
        .unwrap();
    let closure =
        Closure { first: date(2026, 8, 10), last: date(2026, 8, 14), act: "determina 88; ferie".to_owned() };
    let desk = CalendarBuilder::new("sportello", rome)
        .hours(hours)
        .holidays(italian_national_holidays())
        .closures([closure])
        .build(2026..=2026);
    let text = write_ical(
        &desk,
        date(2026, 1, 1),
        date(2026, 12, 31),
        "2026-01-01T00:00:00Z".parse().unwrap(),
        true,
    );
    insta::assert_snapshot!(text.replace("\r\n", "\n"));
}
