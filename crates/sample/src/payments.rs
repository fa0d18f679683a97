//! `inbox/pagamenti`: payments at the online services.

use std::path::Path;

use crate::centre::Centre;
use crate::clock::{Clock, DAY, home_hours, spread};
use crate::random::{Stream, apportion};
use crate::sheet::{Encoding, Sheet};
use crate::{SampleError, WrittenFile};

/// Payments of a year, tried ones included.
const PAYMENTS: [(i16, u64); 2] = [(2016, 78_000), (2017, 90_000)];
/// Of a thousand: paid, cancelled, failed.
const OUTCOMES: [(&str, u64); 3] = [("Pagato", 970), ("Annullato", 18), ("Fallito", 12)];
/// Per mille of the paid ones by category of the legend. Rounded to whole percents these are the seven labels of the
/// pie chart; that the two slices without a label are environment and work is our reading.
const SHARES: [u64; 12] = [2, 199, 40, 0, 0, 50, 1, 609, 0, 30, 39, 30];

/// What is paid in a category: words of the titles of its services, and the amounts in cents (lowest, highest).
const PAID: [(usize, &[&str], (u32, u32)); 9] = [
    (0, &["impianti termici", "scarico"], (1_000, 12_000)),
    (1, &["Richiesta certificati", "carta d'identità"], (52, 2_221)),
    (2, &["biglietti"], (400, 1_800)),
    (5, &["Pagamento"], (1_500, 28_000)),
    (6, &["attività commerciali", "dehors"], (3_000, 150_000)),
    (7, &["Pag. contravvenzioni", "multe in inglese", "sanzioni amministrative non"], (2_870, 33_300)),
    (9, &["giornalieri", "zona a traffico"], (500, 9_600)),
    (10, &["Pagamento"], (1_200, 250_000)),
    (11, &["CILA", "SCIA", "Permesso"], (5_200, 120_000)),
];

/// Writes one year.
pub(crate) fn write(
    seed: u64,
    year: i16,
    centre: &Centre<'_>,
    clock: &Clock,
    out: &Path,
) -> Result<Vec<WrittenFile>, SampleError> {
    let name = format!("inbox/pagamenti/pagamenti-{year}.csv");
    let mut stream = Stream::new(seed, &name);
    let total = PAYMENTS.iter().find(|payments| payments.0 == year).map_or(0, |payments| payments.1);
    // (category, outcome) of every payment; each outcome has the shares, the paid ones exactly.
    let mut kinds = Vec::with_capacity(total as usize);
    for (outcome, count) in apportion(total, &OUTCOMES.map(|outcome| outcome.1)).into_iter().enumerate() {
        for (category, count) in apportion(count, &SHARES).into_iter().enumerate() {
            kinds.extend((0..count).map(|_| (category as u8, outcome as u8)));
        }
    }
    stream.shuffle(&mut kinds);
    let first = clock.year(2016).start;
    let mut services: Vec<(Vec<usize>, (u32, u32))> = vec![(Vec::new(), (0, 0)); centre.categories.len()];
    for (category, words, amounts) in PAID {
        let paid: Vec<usize> = centre
            .services_of(category)
            .filter(|s| centre.services[*s].until.is_none() && centre.services[*s].from <= first)
            .filter(|s| words.iter().any(|word| centre.services[*s].title.contains(word)))
            .collect();
        if paid.is_empty() {
            let what = format!("no service of category {} takes payments", category + 1);
            return Err(SampleError::Unsolvable { what });
        }
        services[category] = (paid, amounts);
    }

    let slots = clock.slots(&mut stream, clock.year(year), home_hours);
    let moments = spread(&mut stream, total, &slots);
    let mut sheet = Sheet::office(
        out,
        &name,
        Encoding::Windows1252,
        "Id;Data e ora;Servizio;Ente;Importo;Articoli;Esito;Canale",
    );
    for (number, (moment, (category, outcome))) in moments.into_iter().zip(kinds).enumerate() {
        let (services, (low, high)) = &services[usize::from(category)];
        sheet.raw(b"P");
        sheet.number(u64::from(year.unsigned_abs()));
        sheet.raw(b"-");
        sheet.padded(number as u64 + 1, 6);
        sheet.raw(b";");
        sheet.italian(clock, moment);
        sheet.raw(b";");
        sheet.text(&centre.services[*stream.pick(services)].code);
        sheet.raw(match stream.below(100) {
            0..=89 => b";Firenze;".as_slice(),
            90..=94 => b";Scandicci;",
            95..=97 => b";Sesto Fiorentino;",
            _ => b";Bagno a Ripoli;",
        });
        // Half of the amounts lie in the lowest tenth of the range.
        let tenth = low + (high - low) / 10;
        let cents = stream.quantile(&[(0, *low), (500, tenth), (1000, *high)]);
        let articles = if category == 2 && stream.chance(550) { stream.between(2, 6) } else { 1 };
        amount(&mut sheet, u64::from(cents) * u64::from(articles));
        sheet.raw(b";");
        sheet.number(u64::from(articles));
        sheet.raw(b";");
        sheet.raw(OUTCOMES[usize::from(outcome)].0.as_bytes());
        // The national node of payments came in 2016 and grew.
        let node = if (moment / DAY) as usize >= first + 366 { 30 } else { 10 };
        sheet.raw(match stream.below(100) {
            at if at < node => b";pagoPA".as_slice(),
            at if at < 85 => b";Carta",
            _ => b";Bollettino",
        });
        sheet.row();
    }
    Ok(vec![sheet.finish()?])
}

/// `1.234,50`.
fn amount(sheet: &mut Sheet, cents: u64) {
    let euros = cents / 100;
    if euros >= 1000 {
        sheet.number(euros / 1000);
        sheet.raw(b".");
        sheet.padded(euros % 1000, 3);
    } else {
        sheet.number(euros);
    }
    sheet.raw(b",");
    sheet.padded(cents % 100, 2);
}
