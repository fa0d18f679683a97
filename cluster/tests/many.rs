//! A scheduler and two executors as processes of their own: the same digits, or a clear failure.

mod common;

use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::Processes;

/// Runs a command that must end, and says how: its output, or what it complained about.
fn run(arguments: &[&str]) -> Result<String, String> {
    let mut command = common::program(arguments);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let begun = Instant::now();
    while child.try_wait().expect("a process").is_none() {
        if begun.elapsed() > Duration::from_secs(120) {
            let _ = child.kill();
            panic!("no answer after two minutes: {arguments:?}");
        }
        sleep(Duration::from_millis(50));
    }
    let output = child.wait_with_output().expect("output");
    match output.status.success() {
        true => Ok(String::from_utf8(output.stdout).expect("text")),
        false => Err(common::said(&output)),
    }
}

#[test]
fn a_cluster_gives_the_figures_of_the_embedded_program() {
    let cluster = Processes::start(2);
    for (folder, period) in [(common::sample(), "2017"), (common::year(), "2025")] {
        let name = folder.display().to_string();
        let embedded = common::embedded(&["measure", &name, "--period", period, "--format", "json"]);
        let arguments =
            ["measure", &name, "--period", period, "--format", "json", "--scheduler", &cluster.url];
        assert_eq!(run(&arguments).expect("measured"), embedded, "{name}");
    }
    let name = common::year().display().to_string();
    let queries = [
        "select probe, availability(at, state, 900, '2025-01-01T00:00:00+01:00/2026-01-01T00:00:00+01:00') as a, \
         exact_percentile(latency, 950) as p95, max(latency) as slowest from checks where source = 'monitor' group by probe \
         order by probe",
        "select \"dim.body\", b.name, sum(quantity) as uses from operations o join bodies b on b.code = o.\"dim.body\" group by 1, 2 \
         order by 1",
        "select probe, state_runs(at, state, 900) as runs from checks where probe = 'dns1;udp' and at < '2025-02-01T00:00:00Z' \
         group by probe",
        "select count(*) as rows, min(at) as first, max(at) as last from checks",
    ];
    for query in queries {
        let here = run(&["sql", &name, query, "--format", "json"]).expect("an answer");
        let there =
            run(&["sql", &name, query, "--format", "json", "--scheduler", &cluster.url]).expect("an answer");
        assert_eq!(there, here, "{query}");
        assert!(here.len() > 20, "{here}");
    }
}

#[test]
fn an_executor_that_is_killed_costs_time_or_the_answer_but_never_a_wrong_one() {
    let name = common::year().display().to_string();
    let embedded = common::embedded(&["measure", &name, "--period", "2025", "--format", "json"]);
    let mut outcomes = Vec::new();
    for after in [50, 300, 700, 1_200] {
        let mut cluster = Processes::start(2);
        let url = cluster.url.clone();
        let victim = cluster.executors.pop().expect("an executor");
        let killer = std::thread::spawn(move || {
            sleep(Duration::from_millis(after));
            drop(victim);
        });
        let arguments = ["measure", &name, "--period", "2025", "--format", "json", "--scheduler", &url];
        match run(&arguments) {
            Ok(answer) => {
                assert_eq!(answer, embedded, "killed after {after} ms");
                outcomes.push("right");
            }
            Err(complaint) => {
                assert!(complaint.starts_with("error: "), "{complaint}");
                outcomes.push("failed clearly");
            }
        }
        killer.join().expect("killed");
        // What is left of the cluster goes on.
        assert_eq!(run(&arguments).expect("measured by the other"), embedded);
    }
    println!("executor killed after 50, 300, 700, 1200 ms: {outcomes:?}");
}

#[test]
fn without_a_scheduler_or_executors_there_is_a_clear_failure() {
    let name = common::year().display().to_string();
    let query = ["sql", &name, "select count(*) from checks", "--scheduler", "http://127.0.0.1:1"];
    let complaint = run(&query).expect_err("nobody is there");
    assert!(complaint.starts_with("error: "), "{complaint}");
}
