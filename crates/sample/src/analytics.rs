//! `inbox/analytics-*`: users by hour and device, and users by site and municipality.

use std::path::Path;

use crate::centre::Centre;
use crate::clock::Clock;
use crate::random::{Stream, apportion, apportion_capped};
use crate::sheet::{Encoding, Sheet};
use crate::{SampleError, WrittenFile};

const DEVICES: [&str; 2] = ["Desktop", "Smartphone e tablet"];
/// The axis of the published chart ends at 150,000.
const MOST_USERS: u32 = 146_000;

/// Users by hour and device of 2017.
pub(crate) fn write_access(
    seed: u64,
    centre: &Centre<'_>,
    clock: &Clock,
    out: &Path,
) -> Result<Vec<WrittenFile>, SampleError> {
    const NAME: &str = "inbox/analytics-accessi/accessi-2017.csv";
    let mut stream = Stream::new(seed, NAME);
    let mut bands = Vec::new();
    for row in centre.published("access_by_time_band_2017")?.rows() {
        let hour = |column: &str| row.text(column).get(..2).and_then(|text| text.parse::<u32>().ok());
        let (from, to) = (hour("time_from").unwrap_or(0), hour("time_to").unwrap_or(24));
        bands.push((from, to, row.number("average_users")?));
    }
    let mut share = 0;
    for row in centre.published("access_by_device_2017")?.rows() {
        if row.text("device") == DEVICES[1] {
            share = row.number("share_percent")?;
        }
    }
    // The hours that the export has: in the night of March one is missing; in that of October one counts twice.
    let days = clock.year(2017);
    let mut hours: Vec<(usize, u32, u64)> = Vec::with_capacity(8_760);
    for day in days {
        let it = clock.day_no(day);
        for hour in 0..24 {
            let length = match (it.change && hour == 2, it.month) {
                (true, 3) => continue,
                (true, _) => 2,
                _ => 1,
            };
            hours.push((day, hour, length));
        }
    }
    let mut users = vec![0_u64; hours.len()];
    for (from, to, average) in bands {
        let inside = |hour: u32| (from..to).contains(&hour);
        let mut length = 0;
        let weights: Vec<u64> = hours
            .iter()
            .map(|(day, hour, hours)| {
                if !inside(*hour) {
                    return 0;
                }
                length += hours;
                let busy = if clock.day_no(*day).open { 10 } else { 5 };
                hours * by_hour(*hour) * busy * u64::from(stream.between(70, 130))
            })
            .collect();
        for (sum, part) in users.iter_mut().zip(apportion(average * length, &weights)) {
            *sum += part;
        }
    }
    let all: u64 = users.iter().sum();
    // People take the telephone in the evening and at the weekend.
    let weights: Vec<u64> = hours
        .iter()
        .zip(&users)
        .map(|((day, hour, _), users)| {
            let at_home = if *hour >= 18 || *hour < 8 || !clock.day_no(*day).open { 14 } else { 9 };
            users * at_home * u64::from(stream.between(85, 115))
        })
        .collect();
    let mobile = apportion_capped((all * share + 50) / 100, &weights, &users)
        .ok_or_else(|| SampleError::Unsolvable { what: "share of devices".to_owned() })?;
    let mut sheet = Sheet::office(out, NAME, Encoding::Utf8, "Data,Ora,Dispositivo,Utenti");
    for (((day, hour, _), users), mobile) in hours.iter().zip(users).zip(mobile) {
        let iso = clock.day_no(*day).iso;
        for (device, count) in DEVICES.iter().zip([users - mobile, mobile]) {
            for part in [&iso[..4], &iso[5..7], &iso[8..], b","] {
                sheet.raw(part);
            }
            sheet.padded(u64::from(*hour), 2);
            sheet.raw(b",");
            sheet.text(device);
            sheet.raw(b",");
            sheet.number(count);
            sheet.row();
        }
    }
    Ok(vec![sheet.finish()?])
}

/// How busy an hour is within its band.
fn by_hour(hour: u32) -> u64 {
    match hour {
        0 => 20,
        1..=5 => 4,
        6 => 12,
        7 => 30,
        8 | 13 | 14 | 17 => 80,
        9..=12 => 120,
        15 | 16 => 100,
        18..=20 => 50,
        21..=22 => 60,
        _ => 30,
    }
}

/// Users of the two sites by month and municipality.
pub(crate) fn write_users(
    seed: u64,
    centre: &Centre<'_>,
    out: &Path,
) -> Result<Vec<WrittenFile>, SampleError> {
    const NAME: &str = "inbox/analytics-comuni/utenti-2017.csv";
    let mut stream = Stream::new(seed, NAME);
    let table = centre.published("users_by_municipality_2017_labels")?;
    let mut bodies: Vec<(u64, &str)> = Vec::new();
    for row in table.rows() {
        bodies.push((row.number("chart_position")?, row.text("municipality")));
    }
    bodies.sort_unstable();
    // The bars of the chart are lost, their order is not: each is 8 to 16 % below the one before.
    let mut counts: Vec<[Vec<u64>; 2]> = Vec::new();
    let mut users = MOST_USERS;
    for _ in &bodies {
        let services = u64::from(users) * u64::from(stream.between(12, 24)) / 100;
        let mut by_month = |total: u64| {
            let weights: Vec<u64> = (1..=12)
                .map(|month| u64::from(stream.between(80, 120)) * if month == 8 { 6 } else { 10 })
                .collect();
            apportion(total, &weights)
        };
        counts.push([by_month(u64::from(users) - services), by_month(services)]);
        users = users / 100 * stream.between(84, 92);
    }
    let mut sheet = Sheet::office(out, NAME, Encoding::Utf8, "Mese;Sito;Ente;Utenti");
    for month in 0..12 {
        for (site, name) in ["Rete Civica", "Area Servizi"].into_iter().enumerate() {
            for ((_, label), counts) in bodies.iter().zip(&counts) {
                sheet.text(&format!("2017-{:02};{name};{label};{}", month + 1, counts[site][month]));
                sheet.row();
            }
        }
    }
    Ok(vec![sheet.finish()?])
}
