//! The cases of Zabbix's services.

mod common;

use common::{rome, rows};
use impegno_peers::zabbix::{Hours, Length, Service, Sla, Variant, period, segments, sli};
use jiff::civil::{Date, DateTime};

fn instant(text: &str) -> i64 {
    rome().instant(text.parse::<DateTime>().expect(text)).second()
}

fn stretches(text: &str) -> Vec<(i64, i64)> {
    text.split_whitespace()
        .map(|one| {
            let (from, until) = one.split_once('/').expect(one);
            (instant(from), instant(until))
        })
        .collect()
}

/// Monday to Friday 08:00-18:00 in seconds from Sunday.
fn work() -> Vec<(i64, i64)> {
    (1..=5).map(|day| (day * 86_400 + 28_800, day * 86_400 + 64_800)).collect()
}

fn sla(slo: i64, hours: &str, excluded: &str) -> Sla {
    Sla {
        zone: rome(),
        slo,
        schedule: if hours == "work" { work() } else { Vec::new() },
        excluded: stretches(excluded),
        variant: Variant::Released,
        hours: Hours::FixedSeconds,
    }
}

fn service(created: &str, outages: &str) -> Service {
    let created = if created.is_empty() { 0 } else { instant(created) };
    let changes = stretches(outages).into_iter().flat_map(|(from, until)| [(from, false), (until, true)]);
    Service { created, changes: changes.collect() }
}

fn promised(text: &str) -> i64 {
    let (whole, rest) = text.split_once('.').expect(text);
    format!("{whole}{rest:0<4}").parse().expect(text)
}

#[test]
fn every_case_comes_out() {
    let rows = rows(include_str!("cases/zabbix.md"));
    assert_eq!(rows.len(), 9);
    for row in &rows {
        let [case, length, day, slo, hours, created, outages, excluded, uptime, downtime, share, budget] =
            row.as_slice()
        else {
            panic!("{row:?}")
        };
        let sla = sla(promised(slo), hours, excluded);
        let length = match length.as_str() {
            "day" => Length::Day,
            "week" => Length::Week,
            "month" => Length::Month,
            other => panic!("{other}"),
        };
        let (from, until) = period(&sla, length, day.parse::<Date>().unwrap());
        let found = sli(&sla, &service(created, outages), from, until, i64::MAX);
        let told = found.share().map_or_else(
            || "-1".to_owned(),
            |share| format!("{}.{:04}", share.percent(4) / 10_000, share.percent(4) % 10_000),
        );
        let numbers = [found.uptime, found.downtime, found.error_budget].map(|number| number.to_string());
        assert_eq!(
            [&numbers[0], &numbers[1], &told, &numbers[2]],
            [uptime, downtime, share, budget],
            "{case}"
        );
    }
}

#[test]
fn hours_by_the_clock_are_right_after_a_change_of_the_clocks() {
    let sla = Sla { hours: Hours::Clock, ..sla(995_000, "work", "") };
    let (from, until) = period(&sla, Length::Month, Date::constant(2024, 10, 1));
    let inside = service("", "2024-10-29T17:00/2024-10-29T18:00");
    let outside = service("", "2024-10-29T07:00/2024-10-29T08:00");
    let found = |service| sli(&sla, service, from, until, i64::MAX);
    assert_eq!((found(&inside).uptime, found(&inside).downtime), (824_400, 3_600));
    assert_eq!((found(&outside).uptime, found(&outside).downtime), (828_000, 0));
}

/// 150 of 262 daily windows of 2024 are an hour off, 150 of 261 in 2025 and 2026, 4 of 23 in October 2024.
#[test]
fn the_windows_that_are_an_hour_off_are_those_of_the_summer() {
    let off = |length, day: Date| {
        let fixed = sla(995_000, "work", "");
        let clock = Sla { hours: Hours::Clock, ..fixed.clone() };
        let (from, until) = period(&fixed, length, day);
        let starts = |sla: &Sla| -> Vec<i64> {
            segments(sla, &Service::default(), from, until, i64::MAX).iter().map(|one| one.from).collect()
        };
        let (fixed, clock) = (starts(&fixed), starts(&clock));
        (fixed.iter().filter(|start| !clock.contains(start)).count(), clock.len())
    };
    assert_eq!(off(Length::Year, Date::constant(2024, 1, 1)), (150, 262));
    assert_eq!(off(Length::Year, Date::constant(2025, 1, 1)), (150, 261));
    assert_eq!(off(Length::Year, Date::constant(2026, 1, 1)), (150, 261));
    assert_eq!(off(Length::Month, Date::constant(2024, 10, 1)), (4, 23));
}

#[test]
fn the_development_version_shares_all_scheduled_seconds() {
    let sla =
        Sla { variant: Variant::Development60, ..sla(995_000, "work", "2024-06-04T10:30/2024-06-04T11:00") };
    let (from, until) = period(&sla, Length::Week, Date::constant(2024, 6, 5));
    assert_eq!(from, instant("2024-06-03T00:00"), "its weeks begin on Monday");
    let found = sli(&sla, &service("", "2024-06-04T10:00/2024-06-04T11:00"), from, until, i64::MAX);
    // 180,000 scheduled seconds, of which 1,800 are excluded and 1,800 down; 900 may be down.
    assert_eq!((found.of, found.downtime, found.error_budget), (180_000, 1_800, -900));
    assert_eq!(found.share().map(|share| share.percent(4)), Some(990_000));
}
