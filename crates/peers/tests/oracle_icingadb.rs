//! The function of Icinga DB itself as an oracle: random histories go through it and through our engine.
//!
//! Run by `scripts/oracle-icingadb`, which makes a PostgreSQL with the schema of Icinga DB. `IMPEGNO_ICINGADB_SOCKET`
//! names the folder of its socket,
//! `IMPEGNO_ICINGADB_DECIMALS` is set if its figures have decimals (after 1.1.0), `IMPEGNO_ORACLE_OBJECTS` the number of objects (else 3,000).

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use impegno_peers::icingadb::{Change, Kind, Object, ok_percent, ok_percent_1_1};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

#[allow(clippy::disallowed_methods, reason = "the script says where the database listens")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A history of some changes and planned stops around the window of 1,000 to 2,000.
fn random(random: &mut Pcg64Mcg) -> Object {
    let mut below = |bound: u64| random.next_u64() % bound;
    let states = [0_u8, 0, 1, 2, 2, 3, 99];
    let mut object = Object::default();
    for _ in 0..below(12) {
        let at = i64::try_from(below(2_600)).unwrap();
        // Changes of the same instant have no order in the database.
        if object.changes.iter().any(|change| change.at == at) {
            continue;
        }
        let (state, previous) = (states[below(6) as usize], states[below(7) as usize]);
        object.changes.push(Change { at, state, previous });
    }
    for _ in 0..below(6) {
        let from = i64::try_from(below(2_400)).unwrap();
        object.downtimes.push((from, from + 1 + i64::try_from(below(700)).unwrap()));
    }
    object
}

/// Rows and the question for one object, whose number is its identity.
fn statements(number: usize, kind: Kind, object: &Object) -> String {
    let id = |number: usize| format!("decode('{number:040x}', 'hex')");
    let (host, service, name) = match kind {
        Kind::Host => (id(number), "NULL".to_owned(), "host"),
        Kind::Service => (id(number), id(number), "service"),
    };
    let mut text = String::new();
    for (n, change) in object.changes.iter().enumerate() {
        writeln!(
            text,
            "INSERT INTO sla_history_state (id, environment_id, object_type, host_id, service_id, event_time, \
             hard_state, previous_hard_state) VALUES ({}, {}, '{name}', {host}, {service}, {}, {}, {});",
            id(number * 100 + n),
            id(1),
            change.at,
            change.state,
            change.previous
        )
        .unwrap();
    }
    for (n, (from, until)) in object.downtimes.iter().enumerate() {
        writeln!(
            text,
            "INSERT INTO sla_history_downtime (environment_id, object_type, host_id, service_id, downtime_id, \
             downtime_start, downtime_end) VALUES ({}, '{name}', {host}, {service}, {}, {from}, {until});",
            id(1),
            id(number * 100 + n)
        )
        .unwrap();
    }
    writeln!(
        text,
        "SELECT coalesce(get_sla_ok_percent({host}, {service}, 1000, 2000)::numeric(7, 4)::text, 'nothing');"
    )
    .unwrap();
    text
}

#[test]
#[ignore = "needs PostgreSQL with the schema of Icinga DB: scripts/oracle-icingadb"]
#[allow(clippy::print_stderr, reason = "the run says what it compared")]
fn random_histories_come_out_of_the_function() {
    let Some(socket) = setting("IMPEGNO_ICINGADB_SOCKET") else {
        eprintln!("SKIPPED: no database of Icinga DB is at hand");
        return;
    };
    let count: usize = setting("IMPEGNO_ORACLE_OBJECTS").map_or(3_000, |number| number.parse().unwrap());
    // Debian 12 has 1.1.0, which divides whole numbers.
    let whole = setting("IMPEGNO_ICINGADB_DECIMALS").is_none();
    let mut stream = Pcg64Mcg::seed_from_u64(2026);
    let objects: Vec<(Kind, Object)> = (0..count)
        .map(|number| (if number % 2 == 0 { Kind::Host } else { Kind::Service }, random(&mut stream)))
        .collect();
    let mut sql = "BEGIN;\n".to_owned();
    for (number, (kind, object)) in objects.iter().enumerate() {
        sql += &statements(number, *kind, object);
    }
    sql += "ROLLBACK;\n";
    let mut psql = Command::new("psql")
        .args(["-h", &socket, "-U", "postgres", "-d", "icingadb", "-v", "ON_ERROR_STOP=1", "-Atq"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("psql runs");
    let mut input = psql.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(sql.as_bytes()));
    let output = psql.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "psql failed");
    let theirs = String::from_utf8(output.stdout).unwrap();
    let mut failures = Vec::new();
    assert_eq!(theirs.lines().count(), count);
    for ((kind, object), theirs) in objects.iter().zip(theirs.lines()) {
        let ours = if whole {
            ok_percent_1_1(object, *kind, 1_000, 2_000).unwrap().map(|number| number * 10_000)
        } else {
            ok_percent(object, *kind, 1_000, 2_000).unwrap()
        };
        let ours = ours.map_or_else(
            || "nothing".to_owned(),
            |number| format!("{}.{:04}", number / 10_000, number % 10_000),
        );
        if ours != theirs {
            failures.push((
                object.changes.len() + object.downtimes.len(),
                format!("{kind:?} {object:?}: ours {ours}, theirs {theirs}"),
            ));
        }
    }
    failures.sort();
    let shortest: Vec<&str> = failures.iter().take(5).map(|(_, said)| said.as_str()).collect();
    assert!(failures.is_empty(), "{} of {count} differ\n{}", failures.len(), shortest.join("\n"));
    eprintln!("get_sla_ok_percent: {count} of {count} random histories are equal");
}
