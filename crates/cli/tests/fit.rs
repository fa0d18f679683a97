//! `impegno fit` on flags that somebody else published.
//!
//! Amaral, C., Fantinato, M., Peres, S. (2018). Incident management process enriched event log. UCI Machine Learning Repository.
//! https://doi.org/10.24432/C57S4H. CC BY 4.0. Sample: incidents with an even number.
//! City of Boston, Analyze Boston, 311 Service Requests, ODC PDDL 1.0.

mod common;

use std::fs;
use std::path::Path;

use common::{copy, folder, impegno, turn};

const RECEIVED: &str = "2026-07-01T00:00:00Z";

fn imported(example: &str) -> tempfile::TempDir {
    let directory = folder();
    let centre = directory.path().join("centre");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(example), &centre);
    impegno(["import", centre.to_str().expect("text"), "--at", RECEIVED]).exits(0);
    directory
}

/// The output is what the document shows; what is to be pasted is sound; bad questions are answered.
#[test]
fn the_flag_of_the_incidents_follows_the_closing_in_working_hours() {
    let directory = imported("real");
    let centre = directory.path().join("centre");
    let folder = centre.to_str().expect("text");
    let _turn = turn();
    let ask = ["fit", folder, "--cases", "incident", "--flag", "made-sla"];
    let english = impegno(ask.iter().chain(&["--lang", "en"])).exits(0);
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/fit.md");
    let page = fs::read_to_string(page).expect("docs/fit.md");
    let start = english.stdout.split("\nOther rules that were tried").next().expect("a first part");
    assert!(page.contains(start), "docs/fit.md should show:\n{start}");
    english.prints(&[
        "# Without a commitment – priority \"1 - Critical\" (143 cases): the flag never says in time",
        "# The promised share does not follow from the flag",
    ]);
    impegno(ask).exits(0).prints(&[
        "# Senza impegno – priority \"2 - High\" (219 casi)",
        "Trovata una regola: spiega 99,",
        "Da «opened» a «closed»",
        "mai in tempo",
    ]);

    let json = impegno(ask.iter().chain(&["--format", "json"])).exits(0);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).expect("JSON");
    let calendar = json["calendar"].as_str().expect("a calendar is proposed");
    let settings = fs::read_to_string(centre.join("centre.toml")).expect("centre.toml");
    fs::write(centre.join("centre.toml"), format!("{settings}\n{calendar}")).expect("written");
    let commitments = json["commitments"].as_str().expect("commitments");
    fs::write(centre.join("commitments/fit.toml"), commitments).expect("written");
    impegno(["check", folder]).exits(0).prints(&["0 errors, 0 warnings"]);
    let measured = impegno(["measure", folder, "--period", "2016", "--format", "csv"]).exits(0);
    assert!(measured.stdout.lines().any(|line| line.starts_with("FIT.1,")), "{}", measured.stdout);
    // The name and the codes are taken now: others are proposed.
    impegno(ask).exits(0).prints(&["FIT2.1"]);

    let refuse = |more: &[&str], code: i32, said: &str| {
        let cases = ["fit", folder, "--cases", "incident"];
        impegno(cases.iter().chain(more)).exits(code).says(&[said]);
    };
    refuse(&["--flag", "made-slo"], 2, "did you mean `made-sla`?");
    refuse(&["--flag", "priority"], 2, "--met: 1 - Critical (143)");
    refuse(&["--flag", "made-sla", "--from", "opend"], 2, "did you mean `opened`?");
    refuse(&["--flag", "made-sla", "--calendar", "ufficio"], 2, "there is no calendar `ufficio`");
    refuse(&["--flag", "made-sla", "--holdout", "100 %"], 2, "is no share of the cases");
    refuse(&["--flag", "made-sla", "--period", "2015"], 2, "ask for another --period");
    refuse(&["--flag", "made-sla", "--period", "2016-02-29"], 2, "invalid value");
    refuse(&["--flag", "made-sla", "--met", "yes", "--met", "no"], 13, "nothing to fit");
    impegno(["fit", folder, "--cases", "incidents", "--flag", "made-sla"])
        .exits(2)
        .says(&["did you mean `incident`?"]);
}

#[test]
fn the_flag_of_the_requests_is_their_own_deadline() {
    let directory = imported("boston-311");
    let centre = directory.path().join("centre");
    let folder = centre.to_str().expect("text");
    let _turn = turn();
    let ask = ["fit", folder, "--cases", "request", "--flag", "flag", "--lang", "en"];
    let found = impegno(ask.iter().chain(&["--format", "json"])).exits(0);
    let json: serde_json::Value = serde_json::from_str(&found.stdout).expect("JSON");
    assert_eq!(json["finding"], "found");
    assert_eq!(json["non-spiegati"].as_array().map(Vec::len), Some(0));
    let commitments = json["commitments"].as_str().expect("a commitment");
    assert!(commitments.contains("from = \"opened\", to = \"closed\", deadline = \"due\""), "{commitments}");
    fs::write(centre.join("commitments/fit.toml"), commitments).expect("written");
    impegno(["check", folder]).exits(0).prints(&["0 errors, 0 warnings"]);
}
