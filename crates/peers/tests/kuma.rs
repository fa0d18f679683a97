//! The cases of Uptime Kuma.

mod common;

use common::rows;
use impegno_peers::Share;
use impegno_peers::kuma::{Beat, Window, shown};

/// 2023-08-12 20:46:59 UTC.
const START: i64 = 1_691_873_219;
const DAY: i64 = 86_400;

fn beats(text: &str) -> Vec<(i64, Beat)> {
    if let Some(number) = text.strip_prefix("daily ") {
        let number: i64 = number.parse().expect(text);
        let beat = |day: i64| if day % 2 == 1 { Beat::Up } else { Beat::Down };
        return (1..=number).map(|day| (START + day * DAY, beat(day))).collect();
    }
    let beat = |letter: char| match letter {
        'U' => Beat::Up,
        'D' => Beat::Down,
        'P' => Beat::Pending,
        'M' => Beat::Maintenance,
        other => panic!("no heartbeat `{other}`"),
    };
    text.chars().map(|letter| (START, beat(letter))).collect()
}

#[test]
fn every_case_comes_out() {
    let rows = rows(include_str!("cases/kuma.md"));
    assert_eq!(rows.len(), 61);
    for row in &rows {
        let [window, heartbeats, later, share] = row.as_slice() else { panic!("{row:?}") };
        let window = match window.as_str() {
            "day" => Window::Day,
            "week" => Window::Week,
            "month" => Window::Month,
            "year" => Window::Year,
            other => panic!("no window `{other}`"),
        };
        let beats = beats(heartbeats);
        let last = beats.last().map_or(START, |(at, _)| *at);
        let now = last + later.parse::<i64>().expect(later) * 3_600;
        let (good, of) = share.split_once('/').expect(share);
        let expected = Share::new(good.parse().unwrap(), of.parse().unwrap()).expect(share);
        let found = shown(&beats, now, window);
        assert!(found.equals(expected), "{row:?}: {}/{}", found.good, found.of);
    }
}

#[test]
fn what_is_older_than_the_window_does_not_count() {
    let beats = [(START - DAY, Beat::Down), (START, Beat::Up)];
    let percent = |window| shown(&beats, START, window).percent(0);
    assert_eq!(percent(Window::Day), 100);
    assert_eq!(percent(Window::Week), 50);
    // A heartbeat of the future is not known yet.
    assert_eq!(shown(&beats, START - 1, Window::Week).percent(0), 0);
}
