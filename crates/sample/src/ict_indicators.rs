//! Reconstructs facts of an ICT service whose nine indicators of 2018 to 2020 were published as figures alone.
//!
//! Numerators and denominators are the published ones where the document prints them; where it prints a percentage alone, the
//! number of requests is chosen so that it comes out exactly. No record describes a real person or device.

use std::path::Path;

use jiff::civil::{Date, DateTime};

use crate::days::{at, is_working, italian, working_day_after, year};
use crate::random::Stream;
use crate::sheet::{Encoding, Sheet};
use crate::{SampleError, WrittenFile};

/// A year of the plan.
struct Year {
    year: i16,
    /// Requests to the help desk, and how many were closed well.
    helpdesk: (u32, u32),
    /// Requests to the system administrators, and how many were closed well; none recorded in the first year.
    systems: (u32, u32),
    /// Extraordinary problems of the servers; not recorded in the first year.
    extraordinary: u32,
    /// Working days from a report to the first intervention, on average.
    mean_days: u32,
    /// Days on which the institutional site had a stop.
    site_stops: u32,
    /// Hours for which one of the main services did not run within the service hours.
    hours_down: u32,
    /// Whether openings were recorded.
    openings: bool,
}

/// What is published, and what is chosen to make it.
///
/// Hours down: service hours of the year in the calendar (1,821, 1,821 and 1,839 without national holidays) less the hours
/// of operation that are published (1,715, 1,780 and 1,800).
const YEARS: [Year; 3] = [
    Year {
        year: 2018,
        helpdesk: (1832, 1411),
        systems: (0, 0),
        extraordinary: 0,
        mean_days: 3,
        site_stops: 2,
        hours_down: 106,
        openings: false,
    },
    Year {
        year: 2019,
        helpdesk: (1800, 1647),
        systems: (200, 194),
        extraordinary: 9,
        mean_days: 2,
        site_stops: 2,
        hours_down: 41,
        openings: true,
    },
    Year {
        year: 2020,
        helpdesk: (1900, 1805),
        systems: (240, 228),
        extraordinary: 7,
        mean_days: 2,
        site_stops: 3,
        hours_down: 39,
        openings: true,
    },
];

/// The services whose hours of operation count, without the institutional site.
const SERVICES: [&str; 4] = ["telefonia", "internet", "applicazioni", "altri-siti"];
/// The institutional site, watched by a probe of its own.
const SITE: &str = "sito";

/// Stretches of service hours of a day, in minutes.
fn service(day: Date) -> &'static [(u32, u32)] {
    match day.weekday().to_monday_zero_offset() {
        1 | 3 => &[(510, 870), (930, 1110)],
        0..=4 => &[(510, 870)],
        _ => &[],
    }
}

/// Writes the facts of the three years.
pub(crate) fn write(seed: u64, out: &Path) -> Result<Vec<WrittenFile>, SampleError> {
    let mut files = vec![monitor(seed, out)?];
    for year in &YEARS {
        files.push(tickets(seed, year, out)?);
        if year.openings {
            files.push(openings(year, out)?);
        }
    }
    Ok(files)
}

/// `inbox/monitor`: what the monitor says of each service at midnight of every day and at every change.
fn monitor(seed: u64, out: &Path) -> Result<WrittenFile, SampleError> {
    let name = "inbox/monitor/stati.csv";
    let mut stream = Stream::new(seed, name);
    let mut rows: Vec<(DateTime, &str, &str)> = Vec::new();
    for plan in &YEARS {
        for day in year(plan.year) {
            let services = SERVICES.iter().chain([&SITE]);
            rows.extend(services.map(|service| (at(day, 0), *service, "attivo")));
        }
        // The site stops on days of rest, and nothing else does.
        let mut rest: Vec<Date> = year(plan.year).filter(|day| !is_working(*day)).collect();
        stream.shuffle(&mut rest);
        for day in rest.iter().take(plan.site_stops as usize) {
            let start = 60 * stream.between(1, 6) + 180 + stream.below(60);
            let length = stream.between(25, 290);
            rows.push((at(*day, start), SITE, "fermo"));
            rows.push((at(*day, start + length), SITE, "attivo"));
        }
        let mut work: Vec<Date> = year(plan.year).filter(|day| is_working(*day)).collect();
        stream.shuffle(&mut work);
        let mut left = plan.hours_down * 60;
        for day in work {
            if left == 0 {
                break;
            }
            let (opening, closing) = service(day)[0];
            let most = closing - opening - 30;
            let length = stream.between(35, 150).min(left).min(most);
            let start = opening + stream.below(most - length + 1);
            let service = *stream.pick(&SERVICES);
            rows.push((at(day, start), service, "fermo"));
            rows.push((at(day, start + length), service, "attivo"));
            left -= length;
        }
    }
    rows.sort();
    let mut sheet = Sheet::register(out, name, "quando,apparato,servizio,stato");
    for (at, service, state) in rows {
        sheet.text(&format!("{at},{service},disponibilita,{state}"));
        sheet.line();
    }
    sheet.finish()
}

/// A request as the help desk exports it.
struct Request {
    opened: DateTime,
    first: DateTime,
    closed: DateTime,
    desk: &'static str,
    area: &'static str,
    kind: &'static str,
    well: bool,
}

/// `inbox/richieste`: the requests of a year, a row each.
fn tickets(seed: u64, plan: &Year, out: &Path) -> Result<WrittenFile, SampleError> {
    let name = format!("inbox/richieste/richieste-{}.csv", plan.year);
    let mut stream = Stream::new(seed, &name);
    // Nothing is opened in the last weeks, so that everything is closed within the year.
    let days: Vec<Date> = year(plan.year).filter(|day| is_working(*day) && day.day_of_year() < 340).collect();
    let mut requests = Vec::new();
    let mut add = |stream: &mut Stream, desk, area, kind, well, wait: u32| {
        let day = *stream.pick(&days);
        let opened = at(day, stream.between(520, 800));
        let first = if wait == 0 {
            opened + jiff::SignedDuration::from_mins(i64::from(stream.between(5, 60)))
        } else {
            at(working_day_after(day, wait), stream.between(515, 860))
        };
        let closed = first + jiff::SignedDuration::from_mins(i64::from(stream.between(10, 2000)));
        requests.push(Request { opened, first, closed, desk, area, kind, well });
    };
    let (all, well) = plan.helpdesk;
    // Four requests of ten are ordinary problems of workstations; their waits lie around the mean and come to it exactly.
    let workstations = all * 4 / 10 / 2 * 2;
    for number in 0..all {
        let (area, kind, wait) = if number < workstations {
            let off = [1, 0, 1, 0, 0][(number / 2 % 5) as usize];
            let wait = if number % 2 == 0 { plan.mean_days + off } else { plan.mean_days - off };
            ("postazione", "ordinario", wait)
        } else {
            (*stream.pick(&["applicativi", "rete", "telefonia", "stampa"]), "richiesta", stream.below(5))
        };
        // Which are closed well is spread evenly over the year and the areas.
        let closed_well = u64::from(number + 1) * u64::from(well) / u64::from(all)
            > u64::from(number) * u64::from(well) / u64::from(all);
        add(&mut stream, "Help desk", area, kind, closed_well, wait);
    }
    let (all, well) = plan.systems;
    for number in 0..all {
        let wait = stream.below(4);
        add(&mut stream, "Sistemi", "sistemi", "richiesta", number < well, wait);
    }
    for _ in 0..plan.extraordinary {
        add(&mut stream, "Infrastruttura", "server", "straordinario", true, 0);
    }
    requests.sort_by_key(|request| request.opened);
    let header = "Numero;Sportello;Area;Tipo;Aperta;Primo intervento;Chiusa;Esito";
    let mut sheet = Sheet::office(out, &name, Encoding::Utf8Bom, header);
    for (number, request) in requests.iter().enumerate() {
        let well = if request.well { "positivo" } else { "non risolta" };
        sheet.text(&format!(
            "{}-{:04};{};{};{};{};{};{};{well}",
            plan.year,
            number + 1,
            request.desk,
            request.area,
            request.kind,
            italian(request.opened),
            italian(request.first),
            italian(request.closed),
        ));
        sheet.row();
    }
    sheet.finish()
}

/// `inbox/aperture`: for how long the office was open on each day, and for how long it should have been.
fn openings(plan: &Year, out: &Path) -> Result<WrittenFile, SampleError> {
    let name = format!("inbox/aperture/aperture-{}.csv", plan.year);
    let header = "Giorno;Ufficio;Aperture;Minuti di servizio;Minuti accessibili";
    let mut sheet = Sheet::office(out, &name, Encoding::Utf8, header);
    for day in year(plan.year).filter(|day| is_working(*day)) {
        let minutes: u32 = service(day).iter().map(|(from, until)| until - from).sum();
        let (d, m, y) = (day.day(), day.month(), day.year());
        sheet.text(&format!("{d:02}/{m:02}/{y:04};ICT;1;{minutes};{minutes}"));
        sheet.row();
    }
    sheet.finish()
}
