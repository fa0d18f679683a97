//! `inbox/contact-center`: the cases that the contact centre traced.

use std::path::Path;

use crate::centre::Centre;
use crate::clock::{Clock, Day, MINUTE, office_hours, spread};
use crate::random::Stream;
use crate::sheet::{Encoding, Sheet};
use crate::{SampleError, WrittenFile};

const TYPES: [&str; 4] = ["Centralino", "Prenotazione", "Segnalazione", "Informazione"];
/// Published (round) numbers of the first three types in 2017.
const OF_2017: [u64; 3] = [51_000, 25_000, 3_400];
/// Percent of cases that the first level solves: without the switchboard, and of all.
const FIRST_LEVEL: u64 = 89;
const FIRST_LEVEL_OF_ALL: u64 = 86;

/// Writes one year.
pub(crate) fn write(
    seed: u64,
    year: i16,
    centre: &Centre<'_>,
    clock: &Clock,
    out: &Path,
) -> Result<Vec<WrittenFile>, SampleError> {
    let name = format!("inbox/contact-center/casi-{year}.csv");
    let mut stream = Stream::new(seed, &name);
    let table = centre.published("contact_centre_cases_by_entity_2016_2017")?;
    let (mut texts, mut groups) = (Vec::new(), Vec::<u8>::new());
    let (mut total, mut total_2017) = (0, 0);
    for row in table.rows() {
        let cases = row.number("cases")?;
        if row.text("year") == "2017" {
            total_2017 += cases;
        }
        if row.text("year") == year.to_string() {
            groups.extend((0..cases).map(|_| texts.len() as u8));
            texts.push(format!(";{};", row.text("entity")));
            total += cases;
        }
    }
    stream.shuffle(&mut groups);
    let mut kinds = kinds(total, total_2017);
    stream.shuffle(&mut kinds);

    let slots = clock.slots(&mut stream, clock.year(year), hours);
    let moments = spread(&mut stream, total, &slots);
    let mut sheet =
        Sheet::office(out, &name, Encoding::Utf8Bom, "Caso;Aperto il;Chiuso il;Gruppo;Tipo;Livello");
    let prefix = format!("C{year}-");
    for (number, ((moment, group), (kind, level))) in moments.into_iter().zip(groups).zip(kinds).enumerate() {
        sheet.raw(prefix.as_bytes());
        sheet.padded(number as u64 + 1, 6);
        sheet.raw(b";");
        sheet.italian(clock, moment);
        sheet.raw(b";");
        let closed = if level == 1 {
            moment + stream.between(MINUTE, 14 * MINUTE)
        } else {
            let worked = stream.quantile(&[(0, 1_800), (500, 14_400), (900, 68_400), (1000, 171_000)]);
            clock.at_worked(clock.worked(moment) + worked)
        };
        sheet.italian(clock, closed);
        sheet.text(&texts[usize::from(group)]);
        sheet.raw(TYPES[usize::from(kind)].as_bytes());
        sheet.raw(if level == 1 { b";1" } else { b";2" });
        sheet.row();
    }
    Ok(vec![sheet.finish()?])
}

/// Type and level of every case: 2017 as published, another year in the same proportions.
fn kinds(total: u64, total_2017: u64) -> Vec<(u8, u8)> {
    let mut counts = OF_2017.map(|count| (count * total + total_2017 / 2) / total_2017).to_vec();
    counts.push(total - counts.iter().sum::<u64>());
    let percent = |percent: u64, of: u64| (of * percent + 50) / 100;
    let first_of_others = percent(FIRST_LEVEL, total - counts[0]);
    let first_of_switchboard = percent(FIRST_LEVEL_OF_ALL, total) - first_of_others;
    let mut kinds = Vec::with_capacity(total as usize);
    let (mut switchboard, mut others) = (first_of_switchboard, first_of_others);
    // The second level solves the cases at the end of the list: bookings never go there.
    for (kind, count) in [0_u8, 1, 3, 2].map(|kind| (kind, counts[usize::from(kind)])) {
        let first = if kind == 0 { &mut switchboard } else { &mut others };
        for _ in 0..count {
            let level = if *first > 0 { 1 } else { 2 };
            *first = first.saturating_sub(1);
            kinds.push((kind, level));
        }
    }
    kinds
}

/// Working days, and a little on Saturday morning.
fn hours(day: &Day, half: u32) -> u32 {
    match (day.weekday, half) {
        (5, 17..=24) => 25,
        _ => office_hours(day, half),
    }
}
