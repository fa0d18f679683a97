//! `inbox/credenziali`: the active credentials, by their day of issue since 2007.

use std::path::Path;

use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::centre::Centre;
use crate::random::{Stream, apportion};
use crate::sheet::{Encoding, Sheet};
use crate::{SampleError, WrittenFile};

/// The published number of June 2017, and a number for June 2016 that it more than doubles.
const JUNE: [(i16, u64); 2] = [(2017, 2_388), (2016, 1_046)];

/// Writes all years.
pub(crate) fn write(seed: u64, centre: &Centre<'_>, out: &Path) -> Result<Vec<WrittenFile>, SampleError> {
    const NAME: &str = "inbox/credenziali/credenziali.csv";
    let mut stream = Stream::new(seed, NAME);
    let mut sheet = Sheet::office(out, NAME, Encoding::Utf8Bom, "Id;Emessa il;Tipo;Emittente");
    let mut issuers = vec!["Firenze"; 14];
    issuers.extend([
        "Scandicci",
        "Sesto Fiorentino",
        "Bagno a Ripoli",
        "Fiesole",
        "Pontassieve",
        "Borgo San Lorenzo",
    ]);
    let mut number = 0;
    for row in centre.published("credentials_by_year_2017")?.parts() {
        let year: i16 = row.number("year")? as i16;
        let (all, cards) = (row.number("active_credentials")?, row.number("of_which_cns")?);
        let mut kinds = vec![true; cards as usize];
        kinds.resize(all as usize, false);
        stream.shuffle(&mut kinds);
        let mut kinds = kinds.into_iter();
        for (day, count) in days(&mut stream, year, all) {
            let text = format!(";{:02}/{:02}/{year};", day.day(), day.month());
            for _ in 0..count {
                number += 1;
                sheet.padded(number, 6);
                sheet.raw(text.as_bytes());
                sheet.raw(if kinds.next() == Some(true) { b"CNS;" } else { b"Password;" });
                sheet.text(stream.pick::<&str>(&issuers));
                sheet.row();
            }
        }
    }
    Ok(vec![sheet.finish()?])
}

/// How many credentials each day of a year has.
fn days(stream: &mut Stream, year: i16, all: u64) -> Vec<(Date, u64)> {
    // The service began in the autumn of 2007.
    let first = if year == 2007 { date(2007, 9, 1) } else { date(year, 1, 1) };
    let days: Vec<Date> = first.series(1.day()).take_while(|day| day.year() == year).collect();
    let weights: Vec<u64> = days
        .iter()
        .map(|day| {
            let rest = day.weekday().to_monday_zero_offset() >= 5;
            u64::from(stream.between(60, 140)) * if rest { 1 } else { 6 }
        })
        .collect();
    let june = JUNE.iter().find(|june| june.0 == year).map_or(0, |june| june.1.min(all));
    let of = |in_june: bool| -> Vec<u64> {
        let keep = |(day, weight): (&Date, &u64)| if (day.month() == 6) == in_june { *weight } else { 0 };
        days.iter().zip(&weights).map(keep).collect()
    };
    let counts: Vec<u64> = if june == 0 {
        apportion(all, &weights)
    } else {
        let (inside, outside) = (apportion(june, &of(true)), apportion(all - june, &of(false)));
        inside.into_iter().zip(outside).map(|(a, b)| a + b).collect()
    };
    days.into_iter().zip(counts).collect()
}
