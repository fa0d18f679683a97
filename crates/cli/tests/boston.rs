//! Requests of citizens to the City of Boston, through the program: received, judged and printed as the city published
//! them. `crates/measure/tests/boston.rs` compares every row.
//!
//! City of Boston, Analyze Boston, 311 Service Requests, ODC PDDL 1.0.

mod common;

use std::path::Path;

use common::{copy, folder, impegno, turn};

/// The whole way through the program: received, judged, printed.
#[test]
fn the_program_receives_the_requests_and_judges_them_as_the_city_did() {
    let directory = folder();
    let centre = directory.path().join("centre");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/boston-311"), &centre);
    let centre = centre.to_str().expect("text");
    let _turn = turn();
    impegno(["check", centre]).exits(0).prints(&["0 errors, 0 warnings"]);
    impegno(["import", centre]).exits(0).says(&["31828 rows, 31828 accepted", "0 rejected"]);
    let period = "2011-07-01..2019-06-30";
    let ran = impegno(["measure", centre, "--period", period, "--lang", "en", "--format", "csv"]).exits(0);
    let row = |code: &str| {
        let found = ran.stdout.lines().find(|line| line.starts_with(&format!("{code},")));
        found.unwrap_or_else(|| panic!("{code} in:\n{}", ran.stdout)).to_owned()
    };
    // Honest: requests without a deadline are promised nothing. The 83 rows without a flag are judged here too.
    assert!(
        row("B.1").contains("20,356 of 26,815 cases in time, 5,013 without a deadline"),
        "{}",
        row("B.1")
    );
    // Of those called on time none is late; all others are without a deadline.
    assert!(
        row("B.2").contains("20,356 of 20,356 cases in time, 5,013 without a deadline"),
        "{}",
        row("B.2")
    );
    // Of those called overdue none is in time.
    assert!(row("B.3").contains("0 of 6,376 cases in time"), "{}", row("B.3"));
    assert!(row("B.4").contains("0 of 83 cases in time"), "{}", row("B.4"));
    // The share that the city published stands beside ours, and its counts by month.
    let out = directory.path().join("report");
    let to = out.to_str().expect("text");
    impegno(["report", centre, "--layout", "richieste", "--period", "2011-Q3", "--out", to]).exits(0);
    let table =
        |name: &str| std::fs::read_to_string(out.join(format!("dati/{name}.csv"))).expect("the table");
    assert!(table("cifre").contains("0.799149472"), "{}", table("cifre"));
    for month in [
        "7990,7.990,1843,1.843,21,21,9854",
        "9182,9.182,2342,2.342,23,23,11547",
        "8197,8.197,2191,2.191,39,39,10427",
    ] {
        assert!(table("giudizi-mese").contains(month), "{month} in\n{}", table("giudizi-mese"));
    }
    // The declared clock keeps the time of day, so that nothing is said of whole days.
    let ran = impegno(["explain", centre, "B.5", "--period", period, "--lang", "en"]).exits(0);
    assert!(ran.stdout.contains("Time is counted as the profile “boston” does."), "{}", ran.stdout);
    assert!(!ran.stdout.contains("the last one is whole"), "{}", ran.stdout);
    // The account ties: all requests, in one row each.
    let ran = impegno(["explain", centre, "B.1", "--period", period, "--lang", "en"]).exits(0);
    let account = |label: &str| {
        let line = ran.stdout.lines().find(|line| line.starts_with(label)).unwrap_or_default();
        line.rsplit(' ').next().unwrap_or_default().replace(',', "")
    };
    assert_eq!(
        ["in time", "late", "without a deadline", "Total"].map(account),
        ["20356", "6459", "5013", "31828"]
    );
}
