//! Exports overlap, repeat, correct and withdraw: what counts is what was last said of each fact.

mod common;

use common::{Centre, Expected, Figures, RECEIVED, find, turn, with_field};

const LATER: &str = "2018-02-01T08:00:00Z";

const TICKETS: &str = "inbox/helpdesk/ticket-2017.csv";
const PAYMENTS: &str = "inbox/pagamenti/pagamenti-2017.csv";

/// Cuts a file in two that share their middle.
fn overlap(centre: &Centre, file: &str) {
    let mut text = centre.read(file);
    let lines = text.lines.clone();
    let (first, last) = (lines.len() * 2 / 5, lines.len() * 3 / 5);
    text.lines = lines[..last].to_vec();
    centre.write(&file.replace(".csv", "-a.csv"), text.bytes());
    text.lines = [&lines[..1], &lines[first..]].concat();
    centre.write(&file.replace(".csv", "-b.csv"), text.bytes());
    centre.remove(file);
}

#[test]
fn two_overlapping_exports_give_the_figures_of_their_union() {
    let _turn = turn();
    let sources = ["helpdesk", "pagamenti"];
    let union = Centre::florence_with(&sources);
    union.import().exits(0);
    let halves = Centre::florence_with(&sources);
    overlap(&halves, TICKETS);
    overlap(&halves, PAYMENTS);
    halves.import().exits(0).says(&["facts known already", "0 rejected"]);
    // The origin of a fact names its file and line, which are others; every other cell is the same.
    let (union, halves) = (union.figures().without_origins(), halves.figures().without_origins());
    Expected::default().are_all(&union, &halves);
    assert_eq!(union.number("ticket-enti", "total", "2017"), 3330);
}

#[test]
fn the_order_of_overlapping_exports_does_not_matter() {
    let _turn = turn();
    let forward = Centre::florence_with(&["pagamenti"]);
    overlap(&forward, PAYMENTS);
    forward.import().exits(0);
    let backward = Centre::florence_with(&["pagamenti"]);
    overlap(&backward, PAYMENTS);
    for file in ["pagamenti-2017-b.csv", "pagamenti-2017-a.csv", "pagamenti-2016.csv"] {
        let path = backward.path().join("inbox/pagamenti").join(file);
        backward.run("import", &["pagamenti", path.to_str().expect("text"), "--at", RECEIVED]).exits(0);
    }
    assert_eq!(forward.report(&[]).csv(), backward.report(&[]).csv());
}

#[test]
fn a_file_received_twice_changes_nothing() {
    let _turn = turn();
    let centre = Centre::florence_with(&["helpdesk", "credenziali", "analytics-comuni"]);
    centre.import().exits(0);
    let batches = centre.run("batches", &["--format", "csv"]).exits(0).stdout;
    let report = common::all_files(&centre.report(&[]).path());
    centre.import_at(LATER).exits(0).says(&["received 0 files", "6 files known already"]);
    // The same bytes under another name are the same file.
    let bytes = centre.read(TICKETS).bytes();
    centre.write("inbox/helpdesk/ticket-2017-copia.csv", bytes);
    centre.import_at(LATER).exits(0).says(&["received 0 files", "7 files known already"]);
    assert_eq!(centre.run("batches", &["--format", "csv"]).stdout, batches);
    // The whole report, which names the head of the ledger, is the same.
    assert!(common::all_files(&centre.report(&[]).path()) == report);
}

fn as_of(centre: &Centre, at: &str) -> Figures {
    centre.report(&["--as-of", at]).figures()
}

#[test]
fn a_row_gone_from_a_snapshot_is_gone_from_the_figure_and_kept_in_the_history() {
    let _turn = turn();
    let centre = Centre::florence_with(&["credenziali"]);
    centre.import().exits(0);
    let before = centre.figures();
    centre.edit("inbox/credenziali/credenziali.csv", |lines| {
        let line = find(lines, |line| line.contains("/2012;CNS;"));
        lines.remove(line);
    });
    centre.import_at(LATER).exits(0).says(&["1 facts withdrawn"]);
    let after = centre.figures();
    Expected::default()
        .cells(["credenziali-anno/2012/{all,cns}", "credenziali-anno/total/{all,cns}"])
        .cells(["cifre/credenziali-attive/value", "cifre/credenziali-cns/value"])
        .are_all(&before, &after);
    assert_eq!(
        after.number("credenziali-anno", "total", "all"),
        before.number("credenziali-anno", "total", "all") - 1
    );
    Expected::default().are_all(&before, &as_of(&centre, RECEIVED));
    Expected::default().are_all(&after, &as_of(&centre, LATER));
    // The row comes back, and with it the figure.
    let whole = common::records().join("inbox/credenziali/credenziali.csv");
    centre.write("inbox/credenziali/credenziali.csv", std::fs::read(whole).expect("the records"));
    centre.import_at("2018-03-01T08:00:00Z").exits(0).says(&["received 1 files"]);
    Expected::default().are_all(&before, &centre.figures());
    Expected::default().are_all(&after, &as_of(&centre, LATER));
}

#[test]
fn a_corrected_row_supersedes_the_earlier_one() {
    let _turn = turn();
    let centre = Centre::florence_with(&["pagamenti"]);
    centre.import().exits(0);
    let before = centre.figures();
    let text = centre.read(PAYMENTS);
    let line = find(&text.lines, |line| line.contains(";Firenze;") && line.contains(";Pagato;"));
    let corrected = with_field(&text.lines[line], 6, "Annullato");
    centre.write("inbox/pagamenti/rettifiche.csv", format!("{}\n{corrected}\n", text.lines[0].trim_end()));
    centre.import_at(LATER).exits(0).says(&["1 facts corrected"]);
    let after = centre.figures();
    let paid = |figures: &Figures| figures.number("pagamenti-categoria", "total", "2017");
    assert_eq!(paid(&after), paid(&before) - 1);
    assert_ne!(
        after.exact("pagamenti-importi", "firenze", "2017"),
        before.exact("pagamenti-importi", "firenze", "2017")
    );
    Expected::default().are_all(&before, &as_of(&centre, RECEIVED));
    // What is said last counts, even when it was said before.
    centre.write(
        "inbox/pagamenti/rettifiche.csv",
        format!("{}\n{}\n", text.lines[0].trim_end(), text.lines[line]),
    );
    centre.import_at("2018-03-01T08:00:00Z").exits(0).says(&["1 facts corrected"]);
    Expected::default().are_all(&before, &centre.figures());
}

#[test]
fn two_rows_of_a_file_that_contradict_each_other_are_told() {
    let _turn = turn();
    let centre = Centre::florence_with(&["pagamenti"]);
    let line = centre.edit(PAYMENTS, |lines| {
        let line = find(lines, |line| line.contains(";Firenze;") && line.contains(";Pagato;"));
        let other = with_field(&lines[line], 6, "Annullato");
        lines.insert(line + 1, other);
        line + 1
    });
    let place = format!("{PAYMENTS}:{}", line + 1);
    centre.import().exits(0).says(&[
        "contradictory-rows",
        &place,
        &format!("line {} says something else of the same fact than line {line}", line + 1),
    ]);
}

#[test]
fn a_file_that_replaces_its_year_leaves_other_years_alone() {
    let _turn = turn();
    const VISITORS: &str = "inbox/analytics-comuni/utenti-2017.csv";
    let centre = Centre::florence_with(&["analytics-comuni"]);
    let text = centre.read(VISITORS);
    let year_before: Vec<String> = text.lines.iter().map(|line| line.replace("2017-", "2016-")).collect();
    centre.write("inbox/analytics-comuni/utenti-2016.csv", year_before.join("\n"));
    centre.import().exits(0);
    let before = centre.figures();
    let year_before = centre.report_of("2016", &[]).csv();
    // The export of 2017 is made again: a row is gone, another one says 1,000 users more.
    let more = centre.edit(VISITORS, |lines| {
        let gone = find(lines, |line| line.starts_with("2017-02;Rete Civica;Pontassieve;"));
        lines.remove(gone);
        let more = find(lines, |line| line.starts_with("2017-03;Rete Civica;Pontassieve;"));
        let users: i64 = common::fields(&lines[more])[3].parse().expect("a number");
        lines[more] = with_field(&lines[more], 3, &(users + 1000).to_string());
        1000
    });
    centre.import_at(LATER).exits(0).says(&["1 facts corrected", "1 facts withdrawn"]);
    let gone: i64 = text
        .lines
        .iter()
        .find_map(|line| line.strip_prefix("2017-02;Rete Civica;Pontassieve;"))
        .and_then(|users| users.trim_end().parse().ok())
        .expect("a number");
    let after = centre.figures();
    let changed = before.changed(&after);
    assert!(changed.iter().all(|(table, _, _)| table == "utenti-comuni"), "{changed:?}");
    let rete = |figures: &Figures| figures.number("utenti-comuni", "pontassieve", "Rete Civica");
    assert_eq!(rete(&after), rete(&before) - gone + more);
    Expected::default().are_all(&before, &as_of(&centre, RECEIVED));
    assert_eq!(centre.report_of("2016", &[]).csv(), year_before);
}
