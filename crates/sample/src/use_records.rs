//! `inbox/usi`: one row for each use of an online service, a file for each quarter.

use std::path::Path;

use crate::centre::Centre;
use crate::clock::{Clock, DAY, home_hours, spread};
use crate::random::{Stream, apportion};
use crate::sheet::{Encoding, Sheet};
use crate::uses::{UseCell, Uses};
use crate::{RECONSTRUCTED, SampleError, WrittenFile};

/// Per mille of uses by smartphone or tablet, and with the national services card.
const MOBILE: u32 = 390;
const CARD: u32 = 85;
/// Shares of the quarters of 2016, which are not published.
const QUARTERS_2016: [u64; 4] = [25, 27, 21, 27];

/// The counts of one quarter: number of the cell, count, and the days in which its service was active.
pub(crate) struct Quarter {
    year: i16,
    quarter: u8,
    parts: Vec<(usize, u64)>,
}

/// Divides the cells of both years among the quarters.
pub(crate) fn quarters(uses: &Uses, centre: &Centre<'_>, clock: &Clock) -> Result<Vec<Quarter>, SampleError> {
    let total_2016 = uses.cells_2016.iter().map(|cell| cell.count).sum();
    let mut sizes = [0; 4];
    sizes.copy_from_slice(&apportion(total_2016, &QUARTERS_2016));
    let mut all = divide(&uses.cells_2016, 2016, sizes, centre, clock)?;
    all.extend(divide(&uses.cells_2017, 2017, uses.quarters_2017, centre, clock)?);
    Ok(all)
}

fn divide(
    cells: &[UseCell],
    year: i16,
    mut left: [u64; 4],
    centre: &Centre<'_>,
    clock: &Clock,
) -> Result<Vec<Quarter>, SampleError> {
    let days = |quarter: usize| clock.months(year, quarter as u8 * 3 + 1, quarter as u8 * 3 + 3);
    let mut quarters: Vec<Quarter> =
        (1..=4).map(|quarter| Quarter { year, quarter, parts: Vec::new() }).collect();
    // Services that were not active all year choose first; the others fill the quarters up exactly.
    let whole = clock.year(year);
    let limited = |cell: &UseCell| {
        let (from, until) = active(cell, centre);
        from > whole.start || until < whole.end - 1
    };
    let mut order: Vec<usize> = (0..cells.len()).collect();
    order.sort_by_key(|number| !limited(&cells[*number]));
    for number in order {
        let cell = &cells[number];
        let (from, until) = active(cell, centre);
        let weights: Vec<u64> = (0..4)
            .map(|quarter| {
                let days = days(quarter);
                let (start, end) = (days.start.max(from), days.end.min(until + 1));
                left[quarter] * end.saturating_sub(start) as u64 / days.len() as u64
            })
            .collect();
        // For a service of the whole year the weights are what is left, so no part can exceed it.
        for (quarter, part) in apportion(cell.count, &weights).into_iter().enumerate() {
            left[quarter] = left[quarter].checked_sub(part).ok_or_else(|| SampleError::Unsolvable {
                what: format!(
                    "quarter {} of {year}: too many uses of services that began or ended",
                    quarter + 1
                ),
            })?;
            if part > 0 {
                quarters[quarter].parts.push((number, part));
            }
        }
    }
    if left.iter().any(|rest| *rest > 0) {
        return Err(SampleError::Unsolvable { what: format!("{year}: the quarters do not add up") });
    }
    Ok(quarters)
}

/// First and last day of the cell's service.
fn active(cell: &UseCell, centre: &Centre<'_>) -> (usize, usize) {
    let service = &centre.services[cell.service];
    (service.from, service.until.unwrap_or(usize::MAX - 1))
}

impl Quarter {
    fn name(&self) -> String {
        format!("inbox/usi/usi-{}-T{}.csv", self.year, self.quarter)
    }

    pub(crate) fn write(
        &self,
        seed: u64,
        uses: &Uses,
        centre: &Centre<'_>,
        clock: &Clock,
        out: &Path,
    ) -> Result<Vec<WrittenFile>, SampleError> {
        let name = self.name();
        let mut stream = Stream::new(seed, &name);
        let cells = if self.year == 2016 { &uses.cells_2016 } else { &uses.cells_2017 };
        let days = clock.months(self.year, self.quarter * 3 - 2, self.quarter * 3);
        let (start, end) = (days.start, days.end);
        let slots = clock.slots(&mut stream, days, home_hours);
        let count = self.parts.iter().map(|part| part.1).sum();
        let moments = spread(&mut stream, count, &slots);
        let rows = self.order(&mut stream, cells, centre, &moments, (start, end));

        // The middle of each cell's rows, and their ends.
        let middles: Vec<String> = cells
            .iter()
            .map(|cell| format!(";{};{};", centre.services[cell.service].code, cell.label))
            .collect();
        let mut sheet = Sheet::office(
            out,
            &name,
            Encoding::Utf8Bom,
            "Id;Data e ora;Servizio;Ente;Dispositivo;Accesso;Prenotazione;Nota",
        );
        let prefix = format!("U{}T{}-", self.year, self.quarter);
        for (at, (moment, cell)) in moments.iter().zip(rows).enumerate() {
            let number = cell as usize;
            sheet.raw(prefix.as_bytes());
            sheet.padded(at as u64 + 1, 6);
            sheet.raw(b";");
            sheet.italian(clock, *moment);
            sheet.raw(middles[number].as_bytes());
            sheet.raw(if stream.chance(MOBILE) { b"Smartphone e tablet;" } else { b"Desktop;" });
            sheet.raw(if stream.chance(CARD) { b"CNS;" } else { b"password;" });
            sheet.raw(if cells[number].booking { b"S;" } else { b"N;" });
            if cells[number].reconstructed {
                sheet.raw(RECONSTRUCTED.as_bytes());
            }
            sheet.row();
        }
        Ok(vec![sheet.finish()?])
    }

    /// Which cell each row belongs to: those bound to some days take a row of these, the others are shuffled.
    fn order(
        &self,
        stream: &mut Stream,
        cells: &[UseCell],
        centre: &Centre<'_>,
        moments: &[u32],
        (start, end): (usize, usize),
    ) -> Vec<u16> {
        const FREE: u16 = u16::MAX;
        let mut rows = vec![FREE; moments.len()];
        let mut others = Vec::with_capacity(moments.len());
        for (number, count) in &self.parts {
            let (from, until) = active(&cells[*number], centre);
            if from <= start && until + 1 >= end {
                others.extend((0..*count).map(|_| *number as u16));
                continue;
            }
            let low = moments.partition_point(|moment| (*moment / DAY) < from as u32);
            let high = moments.partition_point(|moment| (*moment / DAY) as usize <= until);
            for _ in 0..*count {
                let mut at = low + stream.below((high - low) as u32) as usize;
                while rows[at] != FREE {
                    at = if at + 1 < high { at + 1 } else { low };
                }
                rows[at] = *number as u16;
            }
        }
        stream.shuffle(&mut others);
        let mut others = others.into_iter();
        for row in rows.iter_mut().filter(|row| **row == FREE) {
            *row = others.next().unwrap_or(FREE);
        }
        rows
    }
}
