//! Live receiving with the real program: what was acknowledged is there once, whatever happens.

mod live_common;

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use live_common::{Client, Live, START, result_line, results_body};

/// What each path stores and answers, and how every mistake is told.
#[test]
fn every_path_stores_what_it_is_sent() {
    let centre = Live::new();
    let (checks, events) = (centre.token("sonde"), centre.token("ticket"));
    let running = centre.start(&[]);
    let client = running.client();
    let stored = |path: &str, token: &str, body: &[u8], answer: &str| {
        let (status, body) = client.post(path, token, &[], body);
        assert_eq!((status, body.trim_end()), (200, answer), "{path}");
    };
    stored("/v1/results", &checks, results_body(0, 3).as_bytes(), r#"{"accepted":3,"ignored":0}"#);
    let event =
        r#"{"case":"T-1","event":"opened","at":"2025-03-11T10:00:00Z","dimensions":{"channel":"mail"}}"#;
    stored("/v1/events", &events, event.as_bytes(), r#"{"accepted":1,"ignored":0}"#);
    let nagios =
        "[1741687200] PROCESS_HOST_CHECK_RESULT;web1;0;UP|rta=1.5ms\n[1741687200] DISABLE_NOTIFICATIONS\n";
    stored("/v1/nagios", &checks, nagios.as_bytes(), r#"{"accepted":1,"ignored":1}"#);
    let point = "http_response,server=web2 result=\"success\",response_time=0.25 1741687200000\ncpu load=1 1741687200000\n";
    stored("/v1/lines?precision=ms", &checks, point.as_bytes(), r#"{"accepted":1,"ignored":1}"#);
    let labels = [("__name__", "probe_success"), ("instance", "web3"), ("job", "http")];
    let times = [("__name__", "probe_duration_seconds"), ("instance", "web3"), ("job", "http")];
    // The two series of one result in two requests, as two shards of a sender would send them.
    for (labels, value) in [(labels, 1.0), (times, 0.125)] {
        let series = impegno_live::SeriesRow { labels: &labels, samples: &[(1_741_687_200_000, value)] };
        let body = impegno_live::remote_write(&[series]).expect("a body");
        stored("/v1/prometheus/write", &checks, &body, r#"{"accepted":1,"ignored":0}"#);
    }
    running.stop();
    let found = centre.checks();
    assert_eq!(found.len(), 6, "{found:?}");
    assert_eq!(found.get(&("web1".to_owned(), 1_741_687_200_000_000)), Some(&(1, 1_500)));
    assert_eq!(found.get(&("web2;http".to_owned(), 1_741_687_200_000_000)), Some(&(1, 250_000)));
    assert_eq!(found.get(&("web3;http".to_owned(), 1_741_687_200_000_000)), Some(&(1, 125_000)));
    assert_eq!(centre.events(), [("T-1".to_owned(), "opened".to_owned(), 1_741_687_200_000_000)]);
    assert!(centre.logs().is_empty(), "logs that were received are gone: {:?}", centre.logs());
}

#[test]
fn whoever_may_not_write_does_not() {
    let centre = Live::new();
    let (checks, events) = (centre.token("sonde"), centre.token("ticket"));
    let running = centre.start(&["--body", "1"]);
    let client = running.client();
    let body = results_body(0, 1);
    let status = |path: &str, token: &str, headers: &[(&str, &str)], body: &[u8]| {
        client.post(path, token, headers, body).0
    };
    assert_eq!(status("/v1/results", "", &[], body.as_bytes()), 401);
    assert_eq!(status("/v1/results", "impegno_00", &[], body.as_bytes()), 401);
    assert_eq!(status("/v1/results", &events, &[], body.as_bytes()), 403, "a token of another source");
    assert_eq!(status("/v1/results?source=ticket", &checks, &[], body.as_bytes()), 403);
    assert_eq!(status("/v1/results?source=sonde", &checks, &[], body.as_bytes()), 200);
    assert_eq!(status("/v1/result", &checks, &[], body.as_bytes()), 404);
    assert_eq!(status("/v1/results", &checks, &[("Content-Encoding", "gzip")], body.as_bytes()), 415);
    assert_eq!(status("/v1/results", &checks, &[("Idempotency-Key", "")], body.as_bytes()), 400);
    assert_eq!(status("/v1/lines?precision=h", &checks, &[], b"cpu a=1 1"), 400);
    let long = vec![b'\n'; (1 << 20) + 1];
    assert_eq!(status("/v1/results", &checks, &[], &long), 413);
    let (refused, told) = client.post("/v1/results", &checks, &[], format!("{body}oops\n").as_bytes());
    assert_eq!(refused, 422);
    assert!(told.contains(r#""line":2"#) && told.contains("nothing of the request was stored"), "{told}");
    // A token that is revoked while the receiver runs opens nothing any more.
    let list = centre.run(&["token", "list"]);
    let row = list.lines().find(|line| line.starts_with("sonde")).expect("a row");
    let id = row.split_whitespace().nth(1).expect("an id").to_owned();
    assert!(!list.contains(&checks), "the token itself is shown nowhere");
    centre.run(&["token", "revoke", &id]);
    assert_eq!(status("/v1/results", &checks, &[], body.as_bytes()), 401);
    running.stop();
    assert_eq!(centre.checks().len(), 1);
}

#[test]
fn a_key_that_is_sent_again_changes_nothing_even_after_a_restart() {
    let centre = Live::new();
    let token = centre.token("sonde");
    let key = [("Idempotency-Key", "giro-1")];
    let (first, other) = (results_body(0, 5), results_body(5, 5));
    let mut answers = Vec::new();
    for _ in 0..3 {
        let running = centre.start(&[]);
        for _ in 0..2 {
            answers.push(running.client().post("/v1/results", &token, &key, first.as_bytes()));
        }
        assert_eq!(running.client().post("/v1/results", &token, &key, other.as_bytes()).0, 422);
        running.stop();
    }
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer.0 == 200), "{answers:?}");
    assert_eq!(centre.checks().len(), 5);
    assert_eq!(centre.run(&["batches", "--format", "csv"]).lines().count(), 2, "one log was received");
}

#[test]
fn it_listens_to_this_machine_unless_a_proxy_stands_before_it() {
    let centre = Live::new();
    let (code, told) = centre.fails(&["receive", "--listen", "0.0.0.0:0"]);
    assert_eq!(code, 2);
    assert!(told.contains("this door has no TLS") && told.contains("--behind-proxy"), "{told}");
    centre.start(&["--listen", "0.0.0.0:0", "--behind-proxy"]).stop();
    let running = centre.start(&[]);
    let (code, told) = centre.fails(&["receive", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, 14);
    assert!(told.contains("another receiver"), "{told}");
    running.stop();
}

/// Files of performance data are stored and then removed; one with a broken row is kept aside.
#[test]
fn a_spool_is_emptied_into_the_log() {
    let centre = Live::new();
    let spool = centre.path().join("spool");
    fs::create_dir_all(&spool).expect("a folder");
    let line = |at: u64| {
        format!(
            "DATATYPE::SERVICEPERFDATA\tTIMET::{at}\tHOSTNAME::web1\tSERVICEDESC::http\tSERVICEPERFDATA::time=0.006512s\tSERVICESTATE::OK\n"
        )
    };
    fs::write(spool.join("1"), line(1_741_687_200) + &line(1_741_687_260)).expect("a file");
    fs::write(spool.join("2"), format!("{}DATATYPE::SERVICEPERFDATA\tTIMET::x\n", line(1_741_687_320)))
        .expect("a file");
    fs::write(spool.join("3.tmp"), line(1_741_687_380)).expect("a file that is not finished");
    let running = centre.start(&["--spool", &format!("sonde={}", spool.display())]);
    for _ in 0..200 {
        if !spool.join("1").exists() && !spool.join("2").exists() {
            break;
        }
        thread::sleep(Duration::from_millis(50));
    }
    running.stop();
    assert!(spool.join("refused/2").exists() && spool.join("3.tmp").exists() && !spool.join("1").exists());
    let found = centre.checks();
    assert_eq!(found.len(), 3);
    assert_eq!(found.get(&("web1;http".to_owned(), 1_741_687_200_000_000)), Some(&(1, 6_512)));
}

/// Killed again and again in the middle of a flood: everything acknowledged is there, each once.
#[test]
fn what_was_acknowledged_survives_kills() {
    const KILLS: u64 = 20;
    const ROWS: u64 = 50;
    let centre = Live::new();
    let token = centre.token("sonde");
    let acknowledged: Arc<Mutex<Vec<u64>>> = Arc::default();
    let mut sent = 0;
    for kill in 0..KILLS {
        // Small logs, so that kills meet them being closed and received too.
        let running = centre.start(&["--roll", "1s", "--roll-size", "1"]);
        let stop = Arc::new(AtomicBool::new(false));
        let threads: Vec<_> = (0..4_u64)
            .map(|thread| {
                let (client, token) = (running.client(), token.clone());
                let (stop, acknowledged) = (Arc::clone(&stop), Arc::clone(&acknowledged));
                thread::spawn(move || {
                    let mut done = 0;
                    while !stop.load(Ordering::Relaxed) {
                        let request = kill * 1_000_000 + thread * 100_000 + done;
                        done += 1;
                        let key = format!("r{request}");
                        let body = results_body(request * ROWS, ROWS);
                        match client.try_post(
                            "/v1/results",
                            &token,
                            &[("Idempotency-Key", &key)],
                            body.as_bytes(),
                        ) {
                            Some((200, _)) => acknowledged.lock().expect("the list").push(request),
                            Some((503, _)) => {}
                            Some(other) => panic!("{other:?}"),
                            None => break,
                        }
                    }
                    done
                })
            })
            .collect();
        // The moments differ from kill to kill.
        thread::sleep(Duration::from_millis(40 + kill * 97 % 700));
        running.kill();
        stop.store(true, Ordering::Relaxed);
        sent += threads.into_iter().map(|thread| thread.join().expect("a client")).sum::<u64>();
    }
    // What the last kill left is received by the ordinary import.
    centre.run(&["import"]);
    let found = centre.checks();
    let twice = found.values().filter(|(count, _)| *count > 1).count();
    assert_eq!(twice, 0, "no result is there twice");
    let acknowledged = acknowledged.lock().expect("the list");
    let mut by_request: BTreeMap<u64, u64> = BTreeMap::new();
    for (_, at) in found.keys() {
        *by_request.entry((*at as u64 / 1_000_000 - START) / ROWS).or_default() += 1;
    }
    assert!(acknowledged.len() > 20, "only {} requests of {sent} were acknowledged", acknowledged.len());
    for request in acknowledged.iter() {
        assert_eq!(by_request.get(request), Some(&ROWS), "request {request} was acknowledged");
    }
    // Requests are there whole or not at all, also those whose answer was lost.
    assert!(by_request.values().all(|rows| *rows == ROWS));
    assert!(by_request.len() as u64 <= sent);
    centre.run(&["verify"]);
    assert!(centre.logs().is_empty(), "{:?}", centre.logs());
}

/// The examples of `docs/receive.md` are a centre, and its calls of curl do what the page says.
#[test]
fn the_examples_of_the_page_work() {
    let page = fs::read_to_string(live_common::root().join("docs/receive.md")).expect("docs/receive.md");
    let centre = Live::from_page(&page);
    let tokens: BTreeMap<&str, String> =
        [("CHECKS", centre.token("sonde")), ("EVENTS", centre.token("segnalazioni"))].into();
    let running = centre.start(&[]);
    let mut calls = 0;
    for block in page.split("```").skip(1).step_by(2).filter_map(|block| block.strip_prefix("sh\n")) {
        if !block.contains("curl ") {
            continue;
        }
        let script = block.replace("http://127.0.0.1:8460", &format!("http://{}", running.address));
        let mut shell = std::process::Command::new("sh");
        shell.arg("-ec").arg(&script).current_dir(centre.path()).envs(&tokens);
        let output = shell.output().expect("a shell");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{script}\n{said}{}", String::from_utf8_lossy(&output.stderr));
        let expected: Vec<&str> = block.lines().filter_map(|line| line.strip_prefix("# ")).collect();
        assert_eq!(said.trim_end(), expected.join("\n"), "{script}");
        calls += block.matches("curl ").count();
    }
    assert!(calls >= 5, "only {calls} calls: has the form of the page changed?");
    running.stop();
    assert!(!centre.checks().is_empty() && !centre.events().is_empty());
    assert_eq!(result_line(0).lines().count(), 1);
}

/// A client that is gone before its answer changes nothing for others.
#[test]
fn a_client_that_goes_away_harms_nobody() {
    let centre = Live::new();
    let token = centre.token("sonde");
    let running = centre.start(&[]);
    let client: Client = running.client();
    for n in 0..20 {
        client.send_and_leave("/v1/results", &token, results_body(n * 10, 10).as_bytes(), n % 2 == 0);
    }
    assert_eq!(client.post("/v1/results", &token, &[], results_body(1_000, 10).as_bytes()).0, 200);
    running.stop();
    let found = centre.checks();
    // Half of the requests were sent whole: they may be there, whole; the others are not.
    assert!(found.len() >= 10 && found.len().is_multiple_of(10) && found.len() <= 110, "{}", found.len());
}
