//! `inbox/telefonia`: the call detail records of the contact centre, in the form of Asterisk's `Master.csv`.

use std::path::Path;

use crate::centre::Centre;
use crate::clock::{Clock, Day, spread};
use crate::random::Stream;
use crate::sheet::{Encoding, Sheet};
use crate::{SampleError, WrittenFile};

/// One call in this many more is not answered (4 %).
const MISSED: u64 = 25;
/// Queues and their share of the calls in percent.
const QUEUES: [(&str, u32); 7] = [
    ("cc-firenze", 62),
    ("centralino", 16),
    ("cc-scandicci", 7),
    ("cc-sesto", 5),
    ("cc-bagno", 5),
    ("nvl", 3),
    ("cc-fiesole", 2),
];

/// Writes one year.
pub(crate) fn write(
    seed: u64,
    year: i16,
    centre: &Centre<'_>,
    clock: &Clock,
    out: &Path,
) -> Result<Vec<WrittenFile>, SampleError> {
    let name = format!("inbox/telefonia/cdr-{year}.csv");
    let mut stream = Stream::new(seed, &name);
    let mut sheet = Sheet::create(out, &name, Encoding::Utf8);
    // A hundred pointers to queues, by share: one number draws the queue.
    let by_percent: Vec<usize> =
        QUEUES.iter().enumerate().flat_map(|(number, queue)| (0..queue.1).map(move |_| number)).collect();
    let starts: Vec<String> = QUEUES
        .iter()
        .map(|(queue, _)| format!("\"\",\"anonymous\",\"{queue}\",\"from-trunk\",\"anonymous\",\"SIP/trunk-"))
        .collect();
    let middles: Vec<String> =
        QUEUES.iter().map(|(queue, _)| format!("\"Queue\",\"{queue},t,,,300\",\"")).collect();

    let table = centre.published("contact_centre_calls_by_month_2015_2017")?;
    let mut number: u64 = 0;
    for month in 1..=12_u8 {
        let period = format!("{year}-{month:02}");
        let answered = match table.parts().find(|row| row.text("period") == period) {
            Some(row) => row.number("calls")?,
            None => 0,
        };
        let missed = answered / MISSED;
        let slots = clock.slots(&mut stream, clock.months(year, month, month), hours);
        let moments = spread(&mut stream, answered + missed, &slots);
        let mut left = missed as u32;
        let all = moments.len() as u32;
        for (at, moment) in moments.into_iter().enumerate() {
            // Draws the missed calls without a list: as many of the rest as are still to come.
            let missed = stream.below(all - at as u32) < left;
            number += 1;
            let queue = by_percent[stream.below(by_percent.len() as u32) as usize];
            let waited = stream.quantile(&[(0, 3), (600, 18), (900, 70), (1000, 240)]);
            let talked =
                if missed { 0 } else { stream.quantile(&[(0, 15), (500, 130), (900, 360), (1000, 900)]) };
            sheet.raw(starts[queue].as_bytes());
            sheet.padded(number * 2, 8);
            sheet.raw(b"\",\"");
            if missed {
                left -= 1;
            } else {
                sheet.raw(b"SIP/op");
                sheet.padded(u64::from(stream.between(1, 40)), 2);
                sheet.raw(b"-");
                sheet.padded(number * 2 + 1, 8);
            }
            sheet.raw(b"\",");
            sheet.raw(middles[queue].as_bytes());
            sheet.iso(clock, moment);
            sheet.raw(b"\",\"");
            if !missed {
                sheet.iso(clock, moment + waited);
            }
            sheet.raw(b"\",\"");
            sheet.iso(clock, moment + waited + talked);
            sheet.raw(b"\",");
            sheet.number(u64::from(waited + talked));
            sheet.raw(b",");
            sheet.number(u64::from(talked));
            sheet.raw(if missed { b",\"NO ANSWER\"" } else { b",\"ANSWERED\"" });
            sheet.raw(b",\"DOCUMENTATION\",\"");
            sheet.number(clock.epoch(moment).unsigned_abs());
            sheet.raw(b".");
            sheet.number(number);
            sheet.raw(b"\"");
            sheet.line();
        }
    }
    Ok(vec![sheet.finish()?])
}

/// The contact centre answers on working days until 18:30 and on Saturday morning.
fn hours(day: &Day, half: u32) -> u32 {
    match (day.open, day.weekday, half) {
        (true, _, 16..=25) => 100,
        (true, _, 26..=29) => 55,
        (true, _, 30..=36) => 65,
        (false, 5, 17..=24) => 30,
        _ => 0,
    }
}
