//! Invents facts for a quality charter that was published without any: ten service commitments and those on
//! availability, complaints, surveys and yearly duties, for 2025 and the first half of 2026.
//!
//! Only the promises are published; every fact is invented, and no record describes a real person, request or stop.

mod scans;

use std::path::Path;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, date};

use crate::days::{after, at, is_working, iso, italian, working_day_after};
use crate::random::Stream;
use crate::sheet::{Encoding, Sheet};
use crate::{SampleError, WrittenFile};

/// The first day of the facts, and the first day after them.
const FROM: Date = date(2025, 1, 1);
const UNTIL: Date = date(2026, 7, 1);

/// A line of service of the charter: its row, requests a year, and how many of a thousand are taken in charge too late, and how many
/// of a thousand besides are answered too late.
struct Line {
    row: u32,
    requests: u32,
    taken_late: u32,
    answered_late: u32,
}

const LINES: [Line; 8] = [
    Line { row: 1, requests: 900, taken_late: 60, answered_late: 35 },
    Line { row: 2, requests: 640, taken_late: 40, answered_late: 25 },
    Line { row: 3, requests: 1100, taken_late: 70, answered_late: 45 },
    Line { row: 5, requests: 180, taken_late: 30, answered_late: 5 },
    Line { row: 6, requests: 5200, taken_late: 45, answered_late: 20 },
    Line { row: 7, requests: 1300, taken_late: 50, answered_late: 20 },
    Line { row: 8, requests: 760, taken_late: 85, answered_late: 40 },
    Line { row: 10, requests: 520, taken_late: 70, answered_late: 30 },
];

/// Supports of public events, the ninth row, by year.
const EVENTS: [(i16, u32); 2] = [(2025, 14), (2026, 6)];

/// What a probe watches: component, probe, stops a year, and the longest in minutes.
const PROBES: [(&str, &str, &str, u32, u32); 11] = [
    ("DNS-NTP", "ns1", "dns e ntp", 3, 50),
    ("BACKUP", "bck1", "backup e ripristino", 6, 120),
    ("SISTEMI", "cloud1", "sistemi virtuali", 4, 90),
    ("INTRANET", "intra1", "servizi intranet", 5, 100),
    ("WIFI-CENTRO", "wifi1", "area centro", 40, 240),
    ("WIFI-PARCHI", "wifi2", "area parchi", 55, 300),
    ("WIFI-SEDI", "wifi3", "sedi comunali", 25, 150),
    ("FI-NET", "net1", "dorsale", 6, 150),
    ("POSTA", "mail1", "posta", 4, 80),
    ("NAVIGAZIONE", "proxy1", "navigazione", 5, 70),
    ("ACCESSO", "sso1", "accesso unico e dominio", 4, 60),
];

/// A stop of a component.
struct Stop {
    component: &'static str,
    from: DateTime,
    until: DateTime,
}

/// Writes all the facts.
pub(crate) fn write(seed: u64, out: &Path) -> Result<Vec<WrittenFile>, SampleError> {
    let (stops, monitor) = monitor(seed, out)?;
    Ok(vec![
        monitor,
        interruptions(seed, &stops, out)?,
        requests(seed, 2025, out)?,
        requests(seed, 2026, out)?,
        complaints(seed, out)?,
        surveys(out)?,
        obligations(out)?,
        scans::report(seed, &scans::SCANS[0], out)?,
        scans::report(seed, &scans::SCANS[1], out)?,
        scans::report(seed, &scans::SCANS[2], out)?,
        scans::report(seed, &scans::SCANS[3], out)?,
        scans::register(seed, out)?,
        scans::tickets(seed, out)?,
    ])
}

/// The days of the facts that lie in a year.
fn days(year: i16) -> impl Iterator<Item = Date> {
    crate::days::year(year).filter(|day| (FROM..UNTIL).contains(day))
}

/// `inbox/monitor`: the state of every probe at midnight of every day and at every change.
fn monitor(seed: u64, out: &Path) -> Result<(Vec<Stop>, WrittenFile), SampleError> {
    let name = "inbox/monitor/stati.csv";
    let mut stream = Stream::new(seed, name);
    let mut stops = Vec::new();
    let mut rows: Vec<(DateTime, &str, &str, &str)> = Vec::new();
    for year in [2025, 2026] {
        for day in days(year) {
            rows.extend(PROBES.map(|(_, host, service, ..)| (at(day, 0), host, service, "attivo")));
        }
        for (component, host, service, count, longest) in PROBES {
            let mut free: Vec<Date> = days(year).collect();
            stream.shuffle(&mut free);
            let count = if year == 2025 { count } else { count / 2 };
            for day in free.into_iter().take(count as usize) {
                // Between 3 and 23 o'clock: no stop touches midnight or a change of clocks.
                let length = stream.between(5, longest);
                let start = 185 + stream.below(1380 - 185 - length);
                let (from, until) = (at(day, start), at(day, start + length));
                rows.push((from, host, service, "fermo"));
                rows.push((until, host, service, "attivo"));
                stops.push(Stop { component, from, until });
            }
        }
    }
    rows.sort();
    let mut sheet = Sheet::register(out, name, "quando,apparato,servizio,stato");
    for (at, host, service, state) in rows {
        sheet.text(&format!("{at},{host},{service},{state}"));
        sheet.line();
    }
    stops.sort_by_key(|stop| (stop.from, stop.component));
    Ok((stops, sheet.finish()?))
}

/// `registers/interruptions.csv`: the stops of half an hour and more, as the office wrote them down.
fn interruptions(seed: u64, stops: &[Stop], out: &Path) -> Result<WrittenFile, SampleError> {
    let name = "registers/interruptions.csv";
    let mut stream = Stream::new(seed, name);
    let header = "code,component,planned,detected_at,reported_at,intervention_started_at,offices_told_at,users_told_at,restored_at,cause";
    let mut sheet = Sheet::register(out, name, header);
    let minutes = |minutes: u32| SignedDuration::from_mins(i64::from(minutes));
    let long = stops.iter().filter(|stop| stop.until - minutes(30) >= stop.from);
    for (number, stop) in long.enumerate() {
        let started = stop.from + minutes(stream.between(3, 12));
        let told = started + minutes(stream.between(2, 9));
        let users = told + minutes(stream.between(1, 6));
        let cause = stream.pick(&["alimentazione", "collegamento", "aggiornamento", "guasto di un apparato"]);
        let [from, started, told, users, until] = [stop.from, started, told, users, stop.until].map(iso);
        sheet.text(&format!(
            "INT-{:03},{},no,{from},,{started},{told},{users},{until},{cause}",
            number + 1,
            stop.component
        ));
        sheet.line();
    }
    sheet.finish()
}

/// `inbox/richieste`: the requests of a year, a row each; what had not happened by the end of the facts is empty.
fn requests(seed: u64, year: i16, out: &Path) -> Result<WrittenFile, SampleError> {
    let name = format!("inbox/richieste/richieste-{year}.csv");
    let mut stream = Stream::new(seed, &name);
    let days: Vec<Date> = days(year).filter(|day| is_working(*day)).collect();
    let mut rows: Vec<(DateTime, u32, Option<DateTime>, Option<DateTime>)> = Vec::new();
    let end = UNTIL.at(0, 0, 0, 0);
    let happened = |moment: DateTime| (moment < end).then_some(moment);
    for line in &LINES {
        let count = if year == 2025 { line.requests } else { line.requests / 2 };
        for _ in 0..count {
            let day = *stream.pick(&days);
            let opened = at(day, stream.between(485, 1050));
            let late = |stream: &mut Stream, per_mille| stream.chance(per_mille);
            let taken =
                if late(&mut stream, line.taken_late) { stream.between(4, 7) } else { stream.between(0, 3) };
            let answered = if late(&mut stream, line.answered_late) {
                stream.between(5, 15)
            } else {
                stream.between(0, 4)
            };
            let answered = answered.max(taken);
            let taken_day = working_day_after(day, taken);
            let taken_at = if taken == 0 {
                opened + SignedDuration::from_mins(20)
            } else {
                at(taken_day, stream.between(480, 700))
            };
            let answered_day = working_day_after(day, answered);
            let answered_at = at(answered_day, stream.between(1060, 1120));
            rows.push((opened, line.row, happened(taken_at), happened(answered_at)));
        }
    }
    for (_, count) in EVENTS.into_iter().filter(|(of, _)| *of == year) {
        for _ in 0..count {
            let day = *stream.pick(&days);
            let opened = at(day, stream.between(500, 900));
            let done = at(working_day_after(day, stream.between(2, 20)), 720);
            rows.push((opened, 9, happened(opened + SignedDuration::from_mins(60)), happened(done)));
        }
    }
    rows.sort();
    let header = "Numero;Linea;Aperta;Presa in carico;Risposta";
    let mut sheet = Sheet::office(out, &name, Encoding::Utf8Bom, header);
    for (number, (opened, row, taken, answered)) in rows.into_iter().enumerate() {
        let said = |moment: Option<DateTime>| moment.map(italian).unwrap_or_default();
        let number = number + 1;
        sheet.text(&format!(
            "{year}-{number:05};{row};{};{};{}",
            italian(opened),
            said(taken),
            said(answered)
        ));
        sheet.row();
    }
    sheet.finish()
}

/// `registers/complaints.csv`: complaints and reports in writing, some of them anonymous or without a wish for a reply.
fn complaints(seed: u64, out: &Path) -> Result<WrittenFile, SampleError> {
    let name = "registers/complaints.csv";
    let mut stream = Stream::new(seed, name);
    let header = "code,received_at,channel,body,anonymous,reply_wanted,replied_at,founded,remedy";
    let mut sheet = Sheet::register(out, name, header);
    let end = UNTIL.at(0, 0, 0, 0);
    for (year, count) in [(2025, 46_u32), (2026, 21)] {
        let mut received: Vec<Date> = days(year).filter(|day| is_working(*day)).collect();
        stream.shuffle(&mut received);
        received.truncate(count as usize);
        received.sort();
        for (number, day) in received.into_iter().enumerate() {
            let anonymous = stream.chance(90);
            let wanted = !anonymous && stream.chance(820);
            let channel = *stream.pick(&["mail", "mail", "urp", "portale"]);
            let moment = at(day, stream.between(490, 1000));
            let reply = at(working_day_after(day, stream.between(2, 19)), stream.between(500, 900));
            let replied = if wanted && reply < end { reply.to_string() } else { String::new() };
            let (founded, remedy) = match (replied.is_empty(), stream.below(3)) {
                (true, _) => ("", ""),
                (false, 0) => ("no", ""),
                (false, 1) => ("partly", "spiegazione"),
                (false, _) => ("yes", "intervento"),
            };
            let yes = |is: bool| if is { "yes" } else { "no" };
            sheet.text(&format!(
                "R-{year}-{:03},{moment},{channel},,{},{},{replied},{founded},{remedy}",
                number + 1,
                yes(anonymous),
                yes(wanted)
            ));
            sheet.line();
        }
    }
    sheet.finish()
}

/// `registers/surveys.csv`: the yearly questionnaire to the employees.
fn surveys(out: &Path) -> Result<WrittenFile, SampleError> {
    let header = "campaign,body,from,until,population,invitations,answers";
    let mut sheet = Sheet::register(out, "registers/surveys.csv", header);
    sheet.text("questionario dipendenti 2025,,2025-10-06,2025-10-31,3690,3690,1412");
    sheet.line();
    sheet.finish()
}

/// `registers/obligations.csv`: what is due at least once a year, and the security tests of own software.
fn obligations(out: &Path) -> Result<WrittenFile, SampleError> {
    let mut sheet = Sheet::register(out, "registers/obligations.csv", "obligation,done_at,evidence");
    let mut rows = vec![
        ("scansione-pubblica", date(2024, 11, 12)),
        ("scansione-intranet", date(2024, 11, 19)),
        ("questionario-dipendenti", date(2024, 10, 31)),
        ("questionario-dipendenti", date(2025, 10, 31)),
        ("revisione-carta", date(2024, 6, 6)),
        ("revisione-carta", date(2025, 6, 3)),
        ("revisione-carta", date(2026, 5, 28)),
    ];
    rows.extend(scans::SCANS.map(|scan| (scan.obligation, scan.day)));
    // A test of own software every seven weeks.
    rows.extend((0..11).map(|n| ("test-sicurezza", after(date(2025, 1, 22), n * 49))));
    rows.sort_by_key(|(obligation, day)| (*day, *obligation));
    for (obligation, day) in rows {
        sheet.text(&format!("{obligation},{day},verbale (inventato)"));
        sheet.line();
    }
    sheet.finish()
}
