//! `inbox/helpdesk`: the events of the tickets of 2016 and 2017.

use std::path::Path;

use crate::centre::Centre;
use crate::clock::{CLOSING, Clock, DAY, Day, HOUR, MINUTE, home_hours, office_hours, spread};
use crate::random::Stream;
use crate::sheet::{Encoding, Sheet};
use crate::{SampleError, WrittenFile};

/// Working time to the worst take-in-charge and the worst reply of a year: near the terms of 1 h and 6 h.
const WORST_TAKEN: u32 = 58 * MINUTE;
const WORST_REPLY: u32 = 5 * HOUR + 51 * MINUTE;
/// No ticket is opened in the last days of a year, so that all can be solved in it.
const LAST_DAYS: usize = 4;

/// How a ticket ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Open,
    Solved,
    NotOurs,
}

/// An event of a ticket.
struct Event {
    moment: u32,
    ticket: u32,
    step: u8,
    name: &'static str,
    reason: &'static str,
}

/// The columns of a ticket that its events repeat.
struct Ticket {
    enti: bool,
    channel: &'static str,
    body: String,
}

/// Writes one year.
pub(crate) fn write(
    seed: u64,
    year: i16,
    centre: &Centre<'_>,
    clock: &Clock,
    out: &Path,
) -> Result<Vec<WrittenFile>, SampleError> {
    let name = format!("inbox/helpdesk/ticket-{year}.csv");
    let mut stream = Stream::new(seed, &name);
    let mut kinds = kinds(year, centre)?;
    stream.shuffle(&mut kinds);
    let labels: Vec<String> = centre
        .published("deployments_by_entity_2017")?
        .parts()
        .map(|row| row.text("entity").to_owned())
        .collect();

    let days = clock.year(year);
    let slots = clock.slots(&mut stream, days.start..days.end - LAST_DAYS, hours);
    let opened = spread(&mut stream, kinds.len() as u64, &slots);
    let last_open = days.rev().find(|day| clock.day_no(*day).open).unwrap_or_default();
    let limit = clock.worked(last_open as u32 * DAY + CLOSING) - 40 * MINUTE;
    let (mut tickets, mut events) = (Vec::with_capacity(kinds.len()), Vec::new());
    for (number, ((enti, end), moment)) in kinds.into_iter().zip(opened).enumerate() {
        let within = clock.day(moment).open && (30_600..CLOSING).contains(&(moment % DAY));
        let channel = match stream.below(100) {
            0..=54 if within => "Telefono",
            90..=99 if enti => "Sonda",
            _ => "Mail",
        };
        let weight = |label: &String| {
            let body = centre.body(label);
            if body == "Firenze" { 3 } else { 1 }
        };
        let body = loop {
            let label = stream.pick(&labels);
            if stream.below(3) < weight(label) {
                break label.clone();
            }
        };
        tickets.push(Ticket { enti, channel, body });
        let course = Course { ticket: number as u32, enti, end, opened: moment, limit };
        course.tell(&mut stream, clock, &mut events);
    }
    events.sort_by_key(|event| (event.moment, event.ticket, event.step));

    let mut sheet = Sheet::office(
        out,
        &name,
        Encoding::Utf8Bom,
        "Ticket;Evento;Data e ora;Canale;Supporto;Livello;Ente;Motivo",
    );
    for event in &events {
        let ticket = &tickets[event.ticket as usize];
        sheet.number(u64::from(year.unsigned_abs()));
        sheet.raw(b"-");
        sheet.padded(u64::from(event.ticket) + 1, 6);
        sheet.raw(b";");
        sheet.text(event.name);
        sheet.raw(b";");
        sheet.italian(clock, event.moment);
        let (support, level) = if ticket.enti { ("Enti", 2) } else { ("Utenti", 1) };
        sheet.text(&format!(";{};{support};{level};{};{}", ticket.channel, ticket.body, event.reason));
        sheet.row();
    }
    Ok(vec![sheet.finish()?])
}

/// Support and end of every ticket of the year, as published.
fn kinds(year: i16, centre: &Centre<'_>) -> Result<Vec<(bool, End)>, SampleError> {
    let mut kinds = Vec::new();
    for row in centre.published("helpdesk_tickets_2016_2017")?.parts() {
        if row.text("year") != year.to_string() {
            continue;
        }
        let end = match row.text("status") {
            "Aperto" => End::Open,
            "Risolto" => End::Solved,
            _ => End::NotOurs,
        };
        let enti = row.text("support") == "Supporto Enti";
        kinds.extend((0..row.number("tickets")?).map(|_| (enti, end)));
    }
    Ok(kinds)
}

/// Most tickets in office hours, some at night and on days of rest.
fn hours(day: &Day, half: u32) -> u32 {
    office_hours(day, half) * 40 + home_hours(day, half) / 8
}

/// The course of a ticket.
struct Course {
    ticket: u32,
    enti: bool,
    end: End,
    opened: u32,
    /// Working seconds by which it must be solved.
    limit: u32,
}

impl Course {
    fn tell(&self, stream: &mut Stream, clock: &Clock, events: &mut Vec<Event>) {
        let mut step = 0;
        let mut add = |moment: u32, name: &'static str, reason: &'static str| {
            events.push(Event { moment, ticket: self.ticket, step, name, reason });
            step += 1;
        };
        add(self.opened, "Aperto", "");
        let begun = clock.worked(self.opened);
        let (taken, reply) = match self.ticket {
            // Two tickets of every year are the slowest ones.
            20 => (WORST_TAKEN, 3 * HOUR),
            40 => (20 * MINUTE, WORST_REPLY),
            _ => {
                let taken = stream.quantile(&[(0, 60), (500, 720), (900, 1800), (1000, 3300)]);
                let reply = stream.quantile(&[(0, 900), (500, 5400), (900, 12_600), (1000, 20_400)]);
                (taken, reply.max(taken + 120))
            }
        };
        add(clock.at_worked(begun + taken), "Preso in carico", "");
        let replied = begun + reply;
        add(clock.at_worked(replied), "Risposto", "");
        if self.end == End::Open {
            return;
        }
        let wanted = stream.quantile(&[(0, 600), (400, 7_200), (800, 68_400), (1000, 342_000)]);
        let room = self.limit.saturating_sub(replied).max(60);
        // Near the end of the year everything goes faster.
        let length = if wanted < room { wanted } else { room / 2 + wanted % (room / 2).max(1) };
        if self.end == End::NotOurs {
            add(clock.at_worked(replied + length), "Chiuso non di competenza", "competenza di altro ufficio");
            return;
        }
        if self.enti {
            add(clock.at_worked(replied + length / 8), "Assegnato", "gruppo sistemi");
        }
        if stream.chance(100) {
            let reason = "in attesa di informazioni dall'ente";
            add(clock.at_worked(replied + length / 4), "Sospeso", reason);
            add(clock.at_worked(replied + length / 4 * 3), "Ripreso", "");
        }
        add(clock.at_worked(replied + length), "Risolto", "");
    }
}
