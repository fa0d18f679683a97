//! Probes, interruptions, help desk, data centre and contact centre; and the seed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::read::*;

#[test]
fn probe_messages_and_outages_are_the_published_ones() {
    let by_component: BTreeMap<(String, String), String> = table("probes.csv")
        .into_iter()
        .map(|p| ((p["host"].clone(), p["service"].clone()), p["component"].clone()))
        .collect();
    let mut outages: BTreeMap<(i32, String), Vec<(i64, i64)>> = BTreeMap::new();
    let mut last_dump = 0;
    for row in published("nagios_messages_by_month_2016_2017").iter().filter(|r| r["row_type"] == "part") {
        let (year, month) = (&row["period"][..4], row["period"][5..].parse::<i32>().expect("a month"));
        let year: i32 = year.parse().expect("a year");
        let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        let log = text(&format!("inbox/nagios/nagios-{next:02}-01-{next_year}-00.log"));
        let mut messages = 0;
        let mut before = 0_i64;
        let mut open: BTreeMap<(String, String), (i64, bool)> = BTreeMap::new();
        let mut starts = (0, 0);
        let mut dump = (0, 0);
        for (at, line) in log.lines().enumerate() {
            let (stamp, rest) = line[1..].split_once("] ").expect("a stamp");
            let stamp: i64 = stamp.parse().expect("seconds");
            assert!(stamp >= before, "{line}");
            before = stamp;
            match at {
                0 => assert_eq!(rest, "LOG ROTATION: MONTHLY"),
                1 => assert_eq!(rest, "LOG VERSION: 2.0"),
                _ => {}
            }
            if rest.starts_with("CURRENT SERVICE STATE: ") {
                dump = if dump.0 == stamp { (stamp, dump.1 + 1) } else { (stamp, 1) };
                last_dump = dump.1;
                assert!(open.is_empty(), "no run crosses midnight");
            }
            if rest.starts_with("Caught SIGTERM") {
                starts.0 = stamp;
            }
            if rest.starts_with("Nagios 3.5.1 starting") {
                starts.1 += 1;
                assert!((30..=90).contains(&(stamp - starts.0)));
            }
            let Some(alert) = rest.strip_prefix("SERVICE ALERT: ") else {
                continue;
            };
            let parts: Vec<&str> = alert.split(';').collect();
            let key = (parts[0].to_owned(), parts[1].to_owned());
            let component = by_component[&key].clone();
            if parts[2] == "OK" {
                let (start, hard) = open.remove(&key).expect("a problem before its recovery");
                if hard && !component.is_empty() {
                    outages.entry((year, component)).or_default().push((start, stamp));
                }
            } else {
                messages += 1;
                let run = open.entry(key).or_insert((stamp, false));
                run.1 |= parts[3] == "HARD" && parts[2] == "CRITICAL";
            }
        }
        assert!(starts.1 > 0);
        assert_eq!(messages, number(row, "messages"), "{}", row["period"]);
    }
    assert_eq!(last_dump, 473);

    let register = table_of(&text("registers/interruptions.csv"));
    let seconds = |year: i32, component: &str, planned: bool| -> (i64, usize) {
        let mut sum = (0, 0);
        for (start, end) in outages.get(&(year, component.to_owned())).into_iter().flatten() {
            let (start_text, end_text) = (local(*start), local(*end));
            let row = register
                .iter()
                .find(|row| row["component"] == component && row["detected_at"] == start_text)
                .unwrap_or_else(|| panic!("{component} {start_text} stands in the register"));
            assert_eq!(row["restored_at"], end_text);
            if (row["planned"] == "yes") == planned {
                sum = (sum.0 + end - start, sum.1 + 1);
                assert!(planned || (240..=600).contains(&(end - start)), "{component}: {}", end - start);
            }
        }
        sum
    };
    let found: Vec<i64> = ["CSDB1", "CSDB2", "CSICMS", "CSCMS", "CSBO"]
        .iter()
        .map(|component| seconds(2017, component, false).0)
        .collect();
    assert_eq!(found, [0, 0, 1261, 946, 946]);
    assert_eq!(seconds(2017, "CSDB1", true).1, 1);
    assert_eq!(seconds(2017, "CSDB2", true).1, 1);
    assert!((2..=4).contains(&seconds(2017, "CSICMS", false).1));
    let in_logs: usize = outages.values().map(Vec::len).sum();
    assert_eq!(in_logs, register.len(), "every outage has its row, every row its outage");

    let seconds_between = |from: &str, to: &str| -> i64 {
        let parse = |text: &str| text.parse::<jiff::civil::DateTime>().expect("a moment");
        parse(from).duration_until(parse(to)).as_secs()
    };
    let (mut long, mut in_2017) = (0, 0);
    let mut worst = [0; 3];
    for row in &register {
        assert!(row["restored_at"] > row["detected_at"]);
        in_2017 += usize::from(row["detected_at"].starts_with("2017"));
        if row["planned"] == "yes" {
            assert!(row["reported_at"].is_empty());
            assert!(seconds_between(&row["offices_told_at"], &row["detected_at"]) > 2 * 86_400);
            continue;
        }
        let started = &row["intervention_started_at"];
        assert!(started > &row["detected_at"]);
        if !row["reported_at"].is_empty() {
            worst[0] = worst[0].max(seconds_between(&row["reported_at"], started));
            assert!(row["reported_at"] >= row["detected_at"]);
        }
        worst[1] = worst[1].max(seconds_between(started, &row["offices_told_at"]));
        let is_long = seconds_between(&row["detected_at"], &row["restored_at"]) > 1800;
        long += usize::from(is_long && row["detected_at"].starts_with("2017"));
        assert!(!is_long || !row["users_told_at"].is_empty());
        if !row["users_told_at"].is_empty() {
            worst[2] = worst[2].max(seconds_between(started, &row["users_told_at"]));
        }
    }
    assert_eq!((register.len(), in_2017, long), (64, 34, 12));
    assert_eq!(worst, [104 * 60, 27 * 60, 52 * 60]);
    assert_eq!(table_of(&text("registers/obligations.csv")).len(), 8);
}

#[test]
fn response_times_stay_below_the_published_maximum() {
    let mut count = 0;
    let mut seen = 0;
    for (year, highest) in [(2016, "0.008430"), (2017, "0.007000")] {
        let mut most = String::new();
        for month in 1..=12 {
            for line in text(&format!("inbox/perfdata/service-perfdata-{year}-{month:02}.log")).lines() {
                let fields: Vec<&str> = line.split('\t').collect();
                assert_eq!(fields.len(), 8);
                let stamp: i64 = fields[1].strip_prefix("TIMET::").expect("a time").parse().expect("seconds");
                assert!(seen == 0 || stamp == seen + 300);
                seen = stamp;
                let time = fields[4].strip_prefix("SERVICEPERFDATA::time=").expect("a value");
                most = most.max(time[..8].to_owned());
                count += 1;
            }
        }
        assert_eq!(most, highest);
    }
    assert_eq!(count, 731 * 288);
}

#[test]
fn tickets_are_the_published_ones_and_keep_their_terms() {
    for year in [2016, 2017] {
        let rows = rows(&format!("inbox/helpdesk/ticket-{year}.csv"), ';');
        assert!(rows.iter().map(|row| moment(&row[2])).is_sorted());
        let mut tickets: BTreeMap<&str, Vec<&Vec<String>>> = BTreeMap::new();
        for row in &rows {
            tickets.entry(&row[0]).or_default().push(row);
        }
        let mut ends: BTreeMap<(String, &str), u64> = BTreeMap::new();
        let (mut taken, mut replied, mut by_night) = (0, 0, 0);
        for events in tickets.values() {
            let at = |name: &str| events.iter().find(|row| row[1] == name).map(|row| row[2].as_str());
            let opened = at("Aperto").expect("opened");
            assert!(moment(opened).starts_with(&year.to_string()));
            assert_eq!(events[0][1], "Aperto");
            let (first, reply) = (at("Preso in carico").expect("taken"), at("Risposto").expect("replied"));
            taken = taken.max(working(opened, first));
            replied = replied.max(working(opened, reply));
            assert_eq!(
                working(first, &first[..11].replace(' ', " 18:00:00")) > 0,
                !first.ends_with("18:00:00")
            );
            by_night += usize::from(working(opened, &format!("{} 23:59:59", &opened[..10])) == 0);
            let end = match events.last().expect("events")[1].as_str() {
                "Risolto" => "Risolto",
                "Chiuso non di competenza" => "Risolto - non di competenza",
                _ => "Aperto",
            };
            let last = moment(&events.last().expect("events")[2]);
            assert!(last < format!("{year}-12-31 18:00:00"));
            *ends.entry((format!("Supporto {}", events[0][4]), end)).or_default() += 1;
            assert_eq!(events[0][5], if events[0][4] == "Enti" { "2" } else { "1" });
        }
        assert!((57 * 60..=60 * 60).contains(&taken), "{taken}");
        assert!((350 * 60..=360 * 60).contains(&replied), "{replied}");
        assert!(by_night > 50);
        for row in published("helpdesk_tickets_2016_2017").iter().filter(|r| r["row_type"] == "part") {
            if row["year"] == year.to_string() {
                let key = (row["support"].clone(), row["status"].as_str());
                assert_eq!(ends.get(&key).copied().unwrap_or(0), number(row, "tickets"), "{key:?} {year}");
            }
        }
    }
}

#[test]
fn interventions_close_within_their_class() {
    let rows = rows("inbox/ced/interventi-2017.csv", ';');
    sorted_with_unique_ids("interventi", &rows, 0, 2);
    let classes = count(rows.iter().map(|row| row[4].as_str()));
    assert_eq!(classes, BTreeMap::from([("30 min", 1736), ("4 ore", 560), ("8 ore", 420), ("NBD", 84)]));
    assert_eq!(count(rows.iter().map(|row| row[1].clone())).len(), 7);
    for row in &rows {
        let most = match row[4].as_str() {
            "30 min" => 1800,
            "4 ore" => 4 * 3600,
            "8 ore" => 8 * 3600,
            _ => 19 * 3600,
        };
        assert!(working(&row[2], &row[3]) <= most, "{row:?}");
    }
    assert!(bytes("inbox/ced/interventi-2017.csv").windows(9).any(|window| window == b"Attivit\xe0;"));
}

#[test]
fn calls_are_the_published_ones() {
    let mut ids = BTreeSet::new();
    for year in [2015, 2016, 2017] {
        let text = text(&format!("inbox/telefonia/cdr-{year}.csv"));
        let mut answered: BTreeMap<String, u64> = BTreeMap::new();
        let mut before = String::new();
        let mut missed = 0;
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        for record in reader.records() {
            let record = record.expect("a record");
            assert_eq!(record.len(), 17);
            assert_eq!((&record[1], &record[4]), ("anonymous", "anonymous"));
            assert!(record[9] >= before[..]);
            before = record[9].to_owned();
            if &record[14] == "ANSWERED" {
                *answered.entry(record[9][..7].to_owned()).or_default() += 1;
            } else {
                missed += 1;
            }
            assert!(ids.insert(record[16].to_owned()));
        }
        let mut total = 0;
        for row in published("contact_centre_calls_by_month_2015_2017") {
            if row["row_type"] == "part" && row["period"].starts_with(&year.to_string()) {
                assert_eq!(answered[&row["period"]], number(&row, "calls"), "{}", row["period"]);
                total += number(&row, "calls");
            }
        }
        assert_eq!(percent(missed, total), 4);
    }
}

#[test]
fn cases_are_the_published_ones() {
    for year in [2016, 2017] {
        let file = format!("inbox/contact-center/casi-{year}.csv");
        let rows = rows(&file, ';');
        sorted_with_unique_ids(&file, &rows, 0, 1);
        let groups = count(rows.iter().map(|row| row[3].clone()));
        let expected: BTreeMap<String, u64> = published("contact_centre_cases_by_entity_2016_2017")
            .iter()
            .filter(|row| row["year"] == year.to_string())
            .map(|row| (row["entity"].clone(), number(row, "cases")))
            .collect();
        assert_eq!(groups, expected);
        let types = count(rows.iter().map(|row| row[4].as_str()));
        if year == 2017 {
            assert_eq!(
                (types["Centralino"], types["Prenotazione"], types["Segnalazione"]),
                (51_000, 25_000, 3_400)
            );
        }
        let first = |switchboard: bool| {
            let some = rows.iter().filter(|row| switchboard || row[4] != "Centralino");
            let (mut all, mut first) = (0, 0);
            for row in some {
                all += 1;
                first += u64::from(row[5] == "1");
                assert!(moment(&row[2]) > moment(&row[1]));
            }
            percent(first, all)
        };
        assert_eq!((first(false), first(true)), (89, 86));
    }
}

#[test]
fn the_seed_decides_every_byte() {
    let (folder, written) = sample();
    let (again, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    assert_eq!(*written, generate(SEED, again.path()));
    let differs = generate(SEED + 1, other.path());
    assert_eq!(differs.files.len(), written.files.len());
    let mut different = 0;
    for file in &written.files {
        let read = |root: &Path| std::fs::read(root.join(&file.path)).expect("a file");
        let first = read(folder.path());
        assert_eq!(first.len() as u64, file.bytes);
        assert!(first == read(again.path()), "{}", file.path);
        different += usize::from(first != read(other.path()));
    }
    // Only what is copied from tables without any choice stays the same.
    assert!(different + 2 >= written.files.len(), "{different}");
}
