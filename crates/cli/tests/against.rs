//! A commitment of the sample centre as other programs count it, and why each second differs.

mod common;

use common::{Centre, Ran};

/// The sample centre with the records of its monitor.
fn centre() -> Centre {
    let centre = Centre::florence_with(&["nagios"]);
    centre.import().exits(0);
    centre
}

/// The rows of the tables that a run printed as CSV, table by table.
fn tables(ran: &Ran) -> Vec<Vec<Vec<&str>>> {
    let mut tables: Vec<Vec<Vec<&str>>> = Vec::new();
    for line in ran.stdout.lines() {
        if line.starts_with("key,") {
            tables.push(Vec::new());
        }
        tables.last_mut().expect("a heading first").push(line.split(',').collect());
    }
    tables
}

#[test]
fn the_sample_centre_held_against_other_programs() {
    let centre = centre();
    let against = |code: &str, program: &str, more: &[&str]| {
        let mut arguments = vec![code, "--period", "2017", "--against", program];
        arguments.extend(more);
        centre.run("explain", &arguments)
    };

    // Three stops of Icms are dated back over two attempts of a minute each; the rest is the same.
    let nagios = against("SLA.2", "nagios-avail", &[]).exits(0);
    nagios.prints(&[
        "- Noi: 99,9960 %",
        "- nagios-avail (PERCENT_TOTAL_TIME_OK): 99,9971 %",
        "- nagios-avail (PERCENT_KNOWN_TIME_OK): 99,9971 %",
    ]);
    let csv = against("SLA.2", "nagios-avail", &["--format", "csv"]).exits(0);
    let found = tables(&csv);
    let [accounts, reasons, stretches] = found.as_slice() else { panic!("three tables: {found:?}") };
    let row = |table: &[Vec<&str>], key: &str| -> Vec<String> {
        let row = table.iter().find(|row| row[0] == key).unwrap_or_else(|| panic!("no row `{key}`"));
        row[2..].iter().map(|cell| (*cell).to_owned()).collect()
    };
    assert_eq!(row(accounts, "up"), ["31.534.739", "31.535.099", "+360"]);
    assert_eq!(row(accounts, "down"), ["1.261", "901", "−360"]);
    assert_eq!(row(accounts, "total"), ["31.536.000", "31.536.000", "–"]);
    assert_eq!(row(reasons, "soft-attempts"), ["3", "360", "+360", "–", "−360", "–", "–", "–"]);
    assert_eq!(row(reasons, "total"), row(reasons, "soft-attempts"), "there is no other reason");
    assert_eq!(stretches.len(), 4);
    let first = ["24/07/2017 12:10:08", "120", "fermo", "in funzione", "tentativi prima della conferma"];
    assert_eq!(row(stretches, "2017-07-24T10:08:08Z"), first);

    // A mean has a section for each part; planned stops of the database are no exclusion in Nagios.
    let mean = against("SLA.1", "nagios-avail", &["--lang", "en"]).exits(0);
    mean.prints(&["- We say, mean: 100.0000 %", "- nagios-avail, mean: 99.9809 %", "planned stop"]);
    let csv = against("SLA.1", "nagios-avail", &["--format", "csv"]).exits(0);
    let found = tables(&csv);
    assert_eq!(found.len(), 6, "three tables of each database");
    assert_eq!(row(&found[1], "planned-stop"), ["1", "6.480", "–", "–", "+6.480", "−6.480", "–", "–"]);
    // The same stop is good time in Icinga DB.
    let csv = against("SLA.1", "icinga-db", &["--format", "csv"]).exits(0);
    assert_eq!(row(&tables(&csv)[1], "planned-stop"), ["1", "6.480", "+6.480", "–", "–", "−6.480", "–", "–"]);

    against("SLA.2", "zabbix-sli", &["--format", "json"]).exits(0).prints(&["\"key\": \"soft-attempts\""]);
    against("SLA.2", "uptime-kuma", &["--lang", "en"])
        .exits(0)
        .prints(&["The facts tell changes of state only: there is no result to count."]);
    let none = against("SLA.3", "nagios-avail", &[]).exits(2);
    none.says(&[
        "other programs have no figure like that of `SLA.3`",
        "they count availability, as in: SLA.1, SLA.2, SLA.4, SLA.5",
    ]);
}
