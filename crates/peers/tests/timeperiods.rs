//! The cases of time periods: Nagios and Icinga 2.

mod common;

use common::rows_under;
use impegno_calendar::{Instant, Interval, Zone};
use impegno_peers::icinga2::{TimePeriod, day_in_month, in_range};
use impegno_peers::nagios::timeperiod::Definitions;
use jiff::civil::{Date, DateTime};

const NAGIOS: &str = include_str!("cases/nagios-timeperiods.md");
const ICINGA: &str = include_str!("cases/icinga2-timeperiods.md");

fn split<'t>(text: &'t str, by: &str) -> Vec<&'t str> {
    text.split(by).filter(|part| !part.is_empty()).collect()
}

#[test]
fn every_instant_of_nagios_comes_out() {
    let mut definitions = Definitions::new();
    for row in rows_under(NAGIOS, "Periods") {
        let [name, directives, excludes] = row.as_slice() else { panic!("{row:?}") };
        definitions.add(name, &split(directives, "; "), &split(excludes, ",")).unwrap();
    }
    let rows = rows_under(NAGIOS, "Instants");
    assert_eq!(rows.len(), 19);
    let mut instants = 0;
    for row in &rows {
        let [name, zone, at, valid, next] = row.as_slice() else { panic!("{row:?}") };
        let zone = Zone::named(zone).unwrap();
        let (first, step, count) = match at.split_once(" + ") {
            None => (at.parse::<i64>().unwrap(), 0, 1),
            Some((first, rest)) => {
                let (step, count) = rest.split_once(" x ").unwrap();
                (first.parse().unwrap(), step.parse::<i64>().unwrap(), count.parse::<i64>().unwrap())
            }
        };
        for at in (0..count).map(|number| first + step * number) {
            instants += 1;
            assert_eq!(definitions.contains(name, at, &zone), valid == "yes", "{name} at {at}");
            let expected = match next.as_str() {
                "never" => None,
                "same" => Some(at),
                number => Some(number.parse().unwrap()),
            };
            assert_eq!(definitions.next_valid(name, at, &zone), expected, "{name} after {at}");
        }
    }
    assert_eq!(instants, 3_016);
    let utc = Zone::utc();
    assert!(!definitions.contains("none", first_of(&rows), &utc), "a period without directives has no time");
    assert_eq!(definitions.next_valid("none", first_of(&rows), &utc), None);
}

fn first_of(rows: &[Vec<String>]) -> i64 {
    rows[0][2].parse().unwrap()
}

#[test]
fn the_strongest_directive_names_the_day() {
    let mut definitions = Definitions::new();
    let directives = [
        "monday 01:00-02:00",
        "monday 1 02:00-03:00",
        "monday 1 june 03:00-04:00",
        "day 3 04:00-05:00",
        "june 3 05:00-06:00",
        "2024-06-03 06:00-07:00",
    ];
    let utc = Zone::utc();
    let midnight = utc.day_start(Date::constant(2024, 6, 3)).second();
    // The third of June 2024 is the first Monday of the month: every directive names it.
    for (upto, hour) in [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6)] {
        let name = format!("first {upto}");
        definitions.add(&name, &directives[..upto], &[]).unwrap();
        assert_eq!(definitions.next_valid(&name, midnight, &utc), Some(midnight + hour * 3_600), "{name}");
    }
    assert_eq!(
        definitions.add("wrong", &["monday 08:00-25:00"], &[]).unwrap_err().text,
        "monday 08:00-25:00"
    );
    assert!(definitions.get("wrong").is_none());
}

#[test]
fn every_stretch_of_icinga_comes_out() {
    let angeles = Zone::named("America/Los_Angeles").unwrap();
    let rows = rows_under(ICINGA, "Changes of the clocks");
    assert_eq!(rows.len(), 13);
    let at = |text: &str| text.parse::<Instant>().expect(text);
    for row in &rows {
        let [day, range, before, during, stretch] = row.as_slice() else { panic!("{row:?}") };
        let date: Date = day.parse().unwrap();
        let period = TimePeriod::new().range(day, range).unwrap();
        let expected = split(stretch, " ");
        let expected = (stretch != "none").then(|| Interval { start: at(expected[0]), end: at(expected[1]) });
        for text in split(before, " ") {
            let next = period.next(at(text), &angeles).filter(|one| angeles.date(one.start) == date);
            assert_eq!(next, expected, "{day} {range} before {text}");
        }
        for text in split(during, " ") {
            assert_eq!(period.running(at(text), &angeles), expected, "{day} {range} at {text}");
        }
    }
}

#[test]
fn ranges_exclusions_and_days_of_icinga_come_out() {
    let utc = Zone::utc();
    let second = |text: &str| Instant::from_second(text.parse().expect(text));
    let in_ranges = rows_under(ICINGA, "In range");
    for row in &in_ranges {
        let [begin, end, stride, at, inside] = row.as_slice() else { panic!("{row:?}") };
        let found = in_range(second(begin), second(end), stride.parse().unwrap(), second(at), &utc);
        assert_eq!(found, inside == "yes", "{row:?}");
    }
    let exclusions = rows_under(ICINGA, "Exclusions");
    for row in &exclusions {
        let [ranges, excludes, includes, stretches, inside, outside] = row.as_slice() else {
            panic!("{row:?}")
        };
        let period = |text: &str| {
            split(text, "; ").into_iter().fold(TimePeriod::new(), |period, one| {
                let (days, range) = one.split_once(' ').unwrap();
                period.range(days, range).unwrap()
            })
        };
        let mut whole = period(ranges);
        whole.excludes = vec![period(excludes)];
        whole.includes = vec![period(includes)];
        let found = whole.segments(Date::constant(2024, 6, 10), Date::constant(2024, 6, 14), &utc);
        let told: Vec<String> =
            found.iter().map(|one| format!("{}-{}", one.start.second(), one.end.second())).collect();
        assert_eq!(told.join(" "), *stretches);
        assert!(split(inside, " ").into_iter().all(|at| found.contains(second(at))), "{inside}");
        assert!(!split(outside, " ").into_iter().any(|at| found.contains(second(at))), "{outside}");
        if !includes.is_empty() {
            whole.excludes_win = true;
            let other = whole.segments(Date::constant(2024, 6, 10), Date::constant(2024, 6, 14), &utc);
            assert!(other.len() == found.len() - 1, "what is excluded is out when exclusions win");
        }
    }
    let nights = rows_under(ICINGA, "Over midnight");
    for row in &nights {
        let [day, range, from, until] = row.as_slice() else { panic!("{row:?}") };
        let date: Date = day.parse().unwrap();
        let found = TimePeriod::new().range(day, range).unwrap().segments(date, date, &utc);
        let instant = |text: &str| utc.instant(text.parse::<DateTime>().unwrap());
        assert_eq!(found.as_slice(), [Interval { start: instant(from), end: instant(until) }]);
    }
    let days = rows_under(ICINGA, "Days");
    for row in &days {
        let [specification, month, day] = row.as_slice() else { panic!("{row:?}") };
        if day == "error" {
            assert!(TimePeriod::new().range(specification, "00:00-24:00").is_err(), "{specification}");
        } else {
            let month: Date = format!("{month}-01").parse().unwrap();
            assert_eq!(day_in_month(specification, month), Some(day.parse().unwrap()), "{specification}");
        }
    }
    assert_eq!((in_ranges.len(), exclusions.len(), nights.len(), days.len()), (5, 2, 2, 5));
}
