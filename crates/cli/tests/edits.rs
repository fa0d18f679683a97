//! An edit of a raw record changes exactly the right figures and no others.
//!
//! Every test edits raw files of the sample centre, receives everything anew and compares all cells of the
//! report with those of the unedited centre. A line is taken out by leaving it empty, so that the line
//! numbers which proofs name stay and only figures can change.

mod common;

use std::sync::OnceLock;

use common::{Centre, Expected, Figures, fields, find, turn, with_field};

/// The report of the sample as it is.
fn before() -> &'static Figures {
    static BEFORE: OnceLock<Figures> = OnceLock::new();
    BEFORE.get_or_init(|| {
        let centre = Centre::florence();
        centre.import().exits(0);
        centre.figures()
    })
}

/// Receives the edited centre and gives its figures.
fn after(centre: &Centre) -> Figures {
    centre.import().exits(0);
    centre.figures()
}

const TICKETS: &str = "inbox/helpdesk/ticket-2017.csv";
const PAYMENTS: &str = "inbox/pagamenti/pagamenti-2017.csv";
const CALLS: &str = "inbox/telefonia/cdr-2017.csv";
const INTERRUPTIONS: &str = "registers/interruptions.csv";

/// The first ticket of Supporto Utenti, first level, that is opened, taken, answered and solved in a morning.
fn plain_ticket(lines: &[String]) -> String {
    let opened = |line: &&String| {
        let fields = fields(line);
        // In the morning of a February day: more than an hour of office time is left.
        fields.len() > 4
            && fields[1] == "Aperto"
            && fields[2].contains("/02/2017 09:")
            && fields[4] == "Utenti"
    };
    let solved = |ticket: &str| {
        lines.iter().any(|line| fields(line)[0] == ticket && fields(line).get(1) == Some(&"Risolto"))
    };
    let ticket = lines.iter().filter(opened).map(|line| fields(line)[0]).find(|ticket| solved(ticket));
    ticket.expect("the sample holds such a ticket").to_owned()
}

fn event(lines: &[String], ticket: &str, event: &str) -> usize {
    find(lines, |line| line.starts_with(&format!("{ticket};{event};")))
}

/// The time of day of a ticket line plus some minutes of the same day.
fn later(time: &str, minutes: u32) -> String {
    let (day, clock) = time.split_once(' ').expect("day and time");
    let parts: Vec<u32> = clock.split(':').map(|part| part.parse().expect("a number")).collect();
    let seconds = parts[0] * 3600 + (parts[1] + minutes) * 60 + parts[2];
    assert!(seconds < 86_400, "the same day");
    format!("{day} {:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[test]
fn a_removed_solution_leaves_the_ticket_open() {
    let _turn = turn();
    let centre = Centre::florence();
    centre.edit(TICKETS, |lines| {
        let ticket = plain_ticket(lines);
        let line = event(lines, &ticket, "Risolto");
        lines[line].clear();
    });
    let (before, after) = (before(), after(&centre));
    assert_eq!(
        after.number("ticket-utenti", "open", "2017"),
        before.number("ticket-utenti", "open", "2017") + 1
    );
    Expected::default()
        .cells(["ticket-utenti/open/2017", "ticket-utenti/solved/{2017,change}"])
        .cells(["cifre/risolti-utenti/value", "cifre/risolti-tutti/value"])
        .are_all(before, &after);
}

#[test]
fn a_removed_taking_in_charge_is_late_in_sla_6_alone() {
    let _turn = turn();
    let centre = Centre::florence();
    centre.edit(TICKETS, |lines| {
        let ticket = plain_ticket(lines);
        let line = event(lines, &ticket, "Preso in carico");
        lines[line].clear();
    });
    let (before, after) = (before(), after(&centre));
    assert_eq!(after.exact("livelli", "SLA.6", "verdict"), "Non rispettato");
    Expected::default()
        .cells(["livelli/SLA.6/{measured,worst,basis,deviation,verdict}"])
        .proofs(&["sla-6-conto", "sla-6-casi"])
        .are_all(before, &after);
}

#[test]
fn a_late_taking_in_charge_misses_sla_6_and_is_explained() {
    let _turn = turn();
    let centre = Centre::florence();
    let (ticket, line) = centre.edit(TICKETS, |lines| {
        let ticket = plain_ticket(lines);
        let opened = event(lines, &ticket, "Aperto");
        let taken = event(lines, &ticket, "Preso in carico");
        let time = later(fields(&lines[opened])[2], 61);
        lines[taken] = with_field(&lines[taken], 2, &time);
        (ticket, taken + 1)
    });
    let (before, after) = (before(), after(&centre));
    assert_eq!(after.exact("livelli", "SLA.6", "worst"), "3660");
    assert_eq!(after.exact("sla-6-conto", "late", "cases"), "1");
    Expected::default()
        .cells(["livelli/SLA.6/{measured,worst,basis,deviation,verdict}"])
        .proofs(&["sla-6-conto", "sla-6-casi"])
        .are_all(before, &after);
    let origin = format!("{TICKETS}, riga {line}");
    centre.run("explain", &["SLA.6", "--period", "2017"]).exits(0).prints(&[&ticket, "1 h 1 min", &origin]);
    centre.run("measure", &["--period", "2017"]).exits(0);
    centre.run("measure", &["--period", "2017", "--fail-on-missed"]).exits(12).says(&["missed: SLA.6"]);
}

#[test]
fn ten_more_minutes_of_outage_change_the_availability_of_one_component() {
    let _turn = turn();
    let centre = Centre::florence();
    centre.edit("inbox/nagios/nagios-11-01-2017-00.log", |lines| {
        // The outage of a component watched by one probe, ended by its recovery: the recovery comes later.
        let recovery = find(lines, |line| line.contains("SERVICE ALERT: csicms;http icms;OK;HARD"));
        let line = lines[recovery].clone();
        let (seconds, rest) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')).expect("a time");
        let end = seconds.parse::<i64>().expect("seconds") + 600;
        lines[recovery].clear();
        // An empty line among the notifications around takes it, so that no other line moves.
        let time = |line: &str| line.get(1..11).and_then(|digits| digits.parse::<i64>().ok());
        let place = (recovery..lines.len()).find(|n| time(&lines[*n]).is_some_and(|at| at > end));
        let place = place.expect("the log goes on");
        let free = (recovery..place).rev().find(|n| lines[*n].contains("SERVICE NOTIFICATION"));
        // Between that line and its place there may be others: two lines out of order change no figure.
        lines[free.expect("a notification")] = format!("[{end}]{rest}");
    });
    let (before, after) = (before(), after(&centre));
    assert_eq!(
        after.number("sla-2-conto", "down", "seconds"),
        before.number("sla-2-conto", "down", "seconds") + 600
    );
    assert_eq!(
        after.number("sla-2-conto", "up", "seconds"),
        before.number("sla-2-conto", "up", "seconds") - 600
    );
    Expected::default()
        .cells(["livelli/SLA.2/{measured,worst,basis,deviation}", "livelli/SLA.5/{measured,worst,deviation}"])
        .proofs(&[
            "sla-2-conto",
            "sla-2-intervalli",
            "sla-5-csicms-conto",
            "sla-5-csicms-intervalli",
            "sla-5-parti",
        ])
        .are_all(before, &after);
}

#[test]
fn a_payment_moves_to_another_body_and_a_credential_changes_its_type() {
    let _turn = turn();
    let centre = Centre::florence();
    centre.edit(PAYMENTS, |lines| {
        let line = find(lines, |line| line.contains(";Firenze;") && line.contains(";Pagato;"));
        lines[line] = with_field(&lines[line], 3, "Scandicci");
    });
    centre.edit("inbox/credenziali/credenziali.csv", |lines| {
        let line = find(lines, |line| line.contains("/2015;Password;"));
        lines[line] = with_field(&lines[line], 2, "CNS");
    });
    let (before, after) = (before(), after(&centre));
    assert_eq!(
        after.number("credenziali-anno", "2015", "cns"),
        before.number("credenziali-anno", "2015", "cns") + 1
    );
    Expected::default()
        .cells(["pagamenti-importi/firenze/{2017,change}", "pagamenti-importi/scandicci/{2017,change}"])
        .cells(["credenziali-anno/2015/cns", "credenziali-anno/total/cns", "cifre/credenziali-cns/value"])
        .are_all(before, &after);
}

#[test]
fn a_payment_of_another_service_moves_between_categories() {
    let _turn = turn();
    let centre = Centre::florence();
    centre.edit(PAYMENTS, |lines| {
        let line = find(lines, |line| line.contains(";ANAGR-001;") && line.contains(";Pagato;"));
        lines[line] = with_field(&lines[line], 2, "TRIB-001");
    });
    let (before, after) = (before(), after(&centre));
    Expected::default()
        .cells(
            ["Anagrafe, stato civile e cittadinanza", "Tributi"]
                .map(|category| format!("pagamenti-categoria/{category}/{{2017,change,share}}")),
        )
        .are_all(before, &after);
}

/// A use that stands in no list of its own: of the smallest category, no booking, its place certain.
fn plain_use(lines: &[String]) -> usize {
    find(lines, |line| {
        let fields = fields(line);
        fields.len() == 8
            && fields[2].starts_with("TRASP-")
            && fields[3] == "Firenze"
            && fields[6] == "N"
            && fields[7].is_empty()
    })
}

#[test]
fn a_removed_use_is_gone_from_every_cut_of_the_uses() {
    let _turn = turn();
    let centre = Centre::florence();
    let service = centre.edit("inbox/usi/usi-2017-T2.csv", |lines| {
        let line = plain_use(lines);
        let service = fields(&lines[line])[2].to_owned();
        lines[line].clear();
        service
    });
    let (before, after) = (before(), after(&centre));
    let category = "Trasporti e viabilità";
    let mut expected = Expected::default()
        .cells(["usi-trimestri/2017-Q2/2017", "usi-trimestri/total/2017"])
        .cells(["usi-categoria/total/{2017,difference,change}"])
        .cells([format!("usi-categoria/{category}/{{2017,difference,change}}")])
        .cells([format!("variazioni-gruppi/{category}/{{rest,all}}")])
        .cells([
            format!("usi-ente/firenze/{{{category},total}}"),
            format!("usi-ente/total/{{{category},total}}"),
        ])
        .cells(["cifre/usi-anno/value", "cifre/usi-variazione/value"])
        .cells(before.shares_that_move(&after, "usi-categoria", "2017", "share"))
        .cells(["top10/total/2017"])
        .cells(before.shares_that_move(&after, "top10", "2017", "share"));
    let listed = before.0.contains_key(&("top10".to_owned(), service.clone(), "2017".to_owned()));
    let row = if listed { service.as_str() } else { "rest" };
    expected = expected.cells([format!("top10/{row}/2017")]);
    expected.are_all(before, &after);
    for (table, row) in [("usi-trimestri", "total"), ("usi-categoria", category), ("usi-categoria", "total")]
    {
        assert_eq!(after.number(table, row, "2017"), before.number(table, row, "2017") - 1, "{table}/{row}");
    }
}

#[test]
fn the_device_of_a_use_changes_no_table_and_its_quarter_two_cells() {
    let _turn = turn();
    let centre = Centre::florence();
    // No table of the report counts uses by device: accesses by device come from another source.
    centre.edit("inbox/usi/usi-2017-T1.csv", |lines| {
        let line = find(lines, |line| line.contains(";Desktop;"));
        lines[line] = lines[line].replace(";Desktop;", ";Smartphone e tablet;");
    });
    centre.edit("inbox/usi/usi-2017-T2.csv", |lines| {
        let line = plain_use(lines);
        let time = fields(&lines[line])[1].to_owned();
        let moved = format!("15/08/2017 {}", time.split_once(' ').expect("day and time").1);
        lines[line] = with_field(&lines[line], 1, &moved);
    });
    let (before, after) = (before(), after(&centre));
    Expected::default()
        .cells(["usi-trimestri/2017-Q2/2017", "usi-trimestri/2017-Q3/2017"])
        .are_all(before, &after);
}

#[test]
fn a_call_more_and_a_call_without_answer() {
    let _turn = turn();
    let centre = Centre::florence();
    centre.edit(CALLS, |lines| {
        // Two more in December, one less in May.
        let line = find(lines, |line| line.contains("\"2017-12-") && line.contains("\"ANSWERED\""));
        let cut = |line: &str| line.rsplit_once(",\"").expect("the identifier is last").0.to_owned();
        let last = lines.iter().rposition(|line| !line.is_empty()).expect("a line");
        let more = ["9999999998.1", "9999999999.1"].map(|id| format!("{},\"{id}\"", cut(&lines[line])));
        lines.splice(last + 1..=last, more);
        let line = find(lines, |line| line.contains("\"2017-05-") && line.contains("\"ANSWERED\""));
        lines[line] = lines[line].replace("\"ANSWERED\"", "\"NO ANSWER\"");
    });
    let (before, after) = (before(), after(&centre));
    for (row, more) in [("12", 2), ("05", -1), ("total", 1)] {
        let number = |figures: &Figures| figures.number("chiamate-mesi", row, "2017");
        assert_eq!(number(&after), number(before) + more, "{row}");
    }
    Expected::default()
        .cells(["05", "12", "total"].map(|row| format!("chiamate-mesi/{row}/{{2017,change}}")))
        .cells(["cifre/chiamate-anno/value", "cifre/chiamate-mese/value", "cifre/chiamate-variazione/value"])
        .are_all(before, &after);
}

#[test]
fn a_probe_silent_on_the_last_day_is_not_active() {
    let _turn = turn();
    let centre = Centre::florence();
    centre.edit("inbox/nagios/nagios-01-01-2018-00.log", |lines| {
        let day = |line: &str| line.get(1..11).is_some_and(|at| ("1514671200".."1514761200").contains(&at));
        let of = |line: &str| {
            let fields =
                line.split_once("STATE: ").map(|(_, rest)| rest.splitn(3, ';').collect::<Vec<_>>())?;
            Some(format!("{};{};", fields.first()?, fields.get(1)?))
        };
        let quiet = |line: &str| {
            let alerts = |probe: &String| {
                !lines.iter().any(|line| day(line) && line.contains("ALERT") && line.contains(probe))
            };
            day(line)
                && line.contains("CURRENT SERVICE STATE: csdb1;disco")
                && of(line).is_some_and(|one| alerts(&one))
        };
        let probe = of(&lines[find(lines, quiet)]).expect("a probe");
        for line in lines.iter_mut().filter(|line| day(line) && line.contains(&probe)) {
            line.clear();
        }
    });
    let (before, after) = (before(), after(&centre));
    assert_eq!(before.number("cifre", "sonde-attive", "value"), 473);
    assert_eq!(after.number("cifre", "sonde-attive", "value"), 472);
    Expected::default().cells(["cifre/sonde-attive/value"]).are_all(before, &after);
}

#[test]
fn a_probe_message_more_counts_in_its_month() {
    let _turn = turn();
    let centre = Centre::florence();
    centre.edit("inbox/nagios/nagios-06-01-2017-00.log", |lines| {
        // A soft alert that recovers, of a probe of no component: one message and no outage.
        let notified = find(lines, |line| line.contains("SERVICE NOTIFICATION"));
        let at = lines[notified].get(..12).expect("a time").to_owned();
        lines[notified] = format!("{at} SERVICE ALERT: csdb1;disco /var;WARNING;SOFT;1;WARNING - prova");
    });
    let (before, after) = (before(), after(&centre));
    Expected::default()
        .cells(["messaggi-mesi/05/{2017,change}", "messaggi-mesi/total/{2017,change}"])
        .cells(["cifre/messaggi-anno/value", "cifre/messaggi-variazione/value"])
        .are_all(before, &after);
}

#[test]
fn one_slow_answer_in_a_year_misses_sla_3() {
    let _turn = turn();
    let centre = Centre::florence();
    centre.edit("inbox/perfdata/service-perfdata-2017-08.log", |lines| {
        let (start, rest) = lines[99].split_once("time=").expect("a time");
        let rest = rest.split_once(';').expect("its end").1;
        lines[99] = format!("{start}time=0.007200s;{rest}");
    });
    let (before, after) = (before(), after(&centre));
    assert_eq!(after.exact("livelli", "SLA.3", "measured"), "0.0072");
    assert_eq!(after.exact("livelli", "SLA.3", "verdict"), "Non rispettato");
    Expected::default()
        .cells(["livelli/SLA.3/{measured,worst,deviation,verdict}"])
        .proofs(&["sla-3-piu-lente"])
        .are_all(before, &after);
}

/// The interruptions of 2017 that nobody had planned.
fn unforeseen(line: &str) -> bool {
    line.starts_with("INT-2017-") && line.contains(",no,")
}

fn with_csv_field(line: &str, field: usize, text: &str) -> String {
    let mut fields: Vec<&str> = line.split(',').collect();
    fields[field] = text;
    fields.join(",")
}

#[test]
fn late_notices_miss_sla_9_and_sla_10_and_a_report_not_sent_is_a_longer_stretch() {
    let _turn = turn();
    let centre = Centre::florence();
    let (told, grown) = centre.edit(INTERRUPTIONS, |lines| {
        let part = |line: &str, field: usize| line.split(',').nth(field).unwrap_or_default().to_owned();
        // 1. The offices are told 31 minutes after the intervention began.
        let told = find(lines, |line| unforeseen(line) && !part(line, 6).is_empty());
        let time = later(&part(&lines[told], 5), 31);
        lines[told] = with_csv_field(&lines[told], 6, &time);
        // 2. An interruption of at most 30 minutes, of which users were not told, lasts 31.
        let short = |line: &str| unforeseen(line) && part(line, 7).is_empty() && !line.contains(" 23:");
        let grown = find(lines, short);
        let time = later(&part(&lines[grown], 3), 31);
        lines[grown] = with_csv_field(&lines[grown], 8, &time);
        (part(&lines[told], 0), part(&lines[grown], 0))
    });
    // 3. The report of July was never sent: from April to October are six months, just kept.
    centre.edit("registers/obligations.csv", |lines| {
        let line = find(lines, |line| line.contains(",2017-07-"));
        lines[line].clear();
    });
    let (before, after) = (before(), after(&centre));
    assert_eq!(after.exact("sla-9-conto", "late", "cases"), "1");
    assert_eq!(after.exact("livelli", "SLA.9", "worst"), "1860");
    assert_eq!(after.exact("sla-10-conto", "late", "cases"), "1");
    assert_eq!(after.exact("livelli", "SLA.11", "verdict"), "Rispettato");
    Expected::default()
        .cells(["livelli/SLA.9/{measured,worst,basis,deviation,verdict}"])
        .cells(["livelli/SLA.10/{measured,worst,basis,deviation,verdict}"])
        .cells(["livelli/SLA.11/{measured,worst,basis,deviation}"])
        .proofs(&["sla-9-conto", "sla-9-casi", "sla-10-conto", "sla-10-casi", "sla-11-intervalli"])
        .are_all(before, &after);
    centre.run("explain", &["SLA.9", "--period", "2017"]).exits(0).prints(&[&told, "31 min"]);
    centre.run("explain", &["SLA.10", "--period", "2017"]).exits(0).prints(&[&grown]);
}

#[test]
fn two_reports_not_sent_miss_sla_11() {
    let _turn = turn();
    let centre = Centre::florence();
    centre.edit("registers/obligations.csv", |lines| {
        for month in [",2017-04-", ",2017-07-"] {
            let line = find(lines, |line| line.contains(month));
            lines[line].clear();
        }
    });
    let (before, after) = (before(), after(&centre));
    assert_eq!(after.exact("livelli", "SLA.11", "verdict"), "Non rispettato");
    Expected::default()
        .cells(["livelli/SLA.11/{measured,worst,basis,deviation,verdict}"])
        .proofs(&["sla-11-intervalli"])
        .are_all(before, &after);
}

#[test]
fn an_ended_deployment_and_a_product_that_comes_online() {
    let _turn = turn();
    let centre = Centre::florence();
    let category = "Trasporti e viabilità";
    centre.edit("inbox/dispiegamenti/dispiegamenti.csv", |lines| {
        // A pair that runs, of a service that other bodies use too.
        let service = |line: &str| fields(line)[0].to_owned();
        let running = |line: &str| fields(line).get(3).is_some_and(|until| until.is_empty());
        let shared =
            |code: &str| lines.iter().filter(|line| service(line) == code && running(line)).count() > 1;
        let line = find(lines, |line| {
            line.starts_with("TRASP-")
                && running(line)
                && fields(line)[1] == "Firenze"
                && !fields(line)[2].ends_with("/2017")
                && shared(&service(line))
        });
        lines[line] = with_field(&lines[line], 3, "30/06/2017");
    });
    // The SIT of a body is no part of the classes of coverage.
    let body = centre.edit("inbox/portafoglio/portafoglio.csv", |lines| {
        let line = find(lines, |line| line.contains(";quadro;SIT;") && fields(line)[0] == "Fiesole");
        lines[line] = with_field(&lines[line], 3, "Lavori in corso");
        "fiesole"
    });
    let (before, after) = (before(), after(&centre));
    assert_eq!(
        after.number("dispiegamento-saldo", category, "ended"),
        before.number("dispiegamento-saldo", category, "ended") + 1
    );
    Expected::default()
        .cells([category, "total"].map(|row| format!("dispiegamento-saldo/{row}/{{ended,end}}")))
        .cells(["firenze", "total"].map(|row| format!("dispiegamento-ente/{row}/{{{category},total}}")))
        .cells(["cifre/dispiegamenti/value"])
        .cells([format!("portafoglio-quadro/{body}/quadro / SIT")])
        .are_all(before, &after);
}

#[test]
fn an_intervention_of_another_class_and_a_case_of_another_type() {
    let _turn = turn();
    let centre = Centre::florence();
    let body = centre.edit("inbox/ced/interventi-2017.csv", |lines| {
        let line = find(lines, |line| line.contains(";NBD;") && line.trim_end().ends_with("elevato"));
        lines[line] = with_field(&lines[line], 4, "8 ore");
        fields(&lines[line])[1].to_owned()
    });
    assert!(!body.is_empty());
    centre.edit("inbox/contact-center/casi-2017.csv", |lines| {
        let line = find(lines, |line| line.contains(";Firenze;Informazione;1"));
        lines[line] = with_field(&lines[line], 4, "Segnalazione");
    });
    let (before, after) = (before(), after(&centre));
    Expected::default()
        .cells(["NBD", "8 ore"].map(|row| format!("ced-classi/{row}/{{2017,share}}")))
        .cells(["ced-difficolta/elevato/{NBD,8 ore}", "ced-difficolta/total/{NBD,8 ore}"])
        .cells(["casi-tipo/information/{1,total}", "casi-tipo/report/{1,total}"])
        .cells(["cifre/casi-segnalazioni/value"])
        .are_all(before, &after);
}
