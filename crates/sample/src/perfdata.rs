//! `inbox/perfdata`: the response time of the sample service every five minutes.

use std::path::Path;

use crate::centre::Centre;
use crate::clock::{Clock, DAY};
use crate::random::Stream;
use crate::sheet::{Encoding, Sheet};
use crate::{SampleError, WrittenFile};

const STEP: i64 = 300;
/// The highest response times in microseconds: that of 2017 is the published one.
const HIGHEST: [(i16, u32); 2] = [(2016, 8430), (2017, 7000)];
/// The month, and which of its checks, that has the highest one.
const WHEN: (u8, i64) = (5, 4_000);

/// Writes one month.
pub(crate) fn write(
    seed: u64,
    (year, month): (i16, u8),
    centre: &Centre<'_>,
    clock: &Clock,
    out: &Path,
) -> Result<Vec<WrittenFile>, SampleError> {
    let name = format!("inbox/perfdata/service-perfdata-{year}-{month:02}.log");
    let mut stream = Stream::new(seed, &name);
    let probe = centre
        .probes
        .iter()
        .find(|probe| probe.component == "SERVIZIO-CAMPIONE")
        .ok_or_else(|| SampleError::Unsolvable { what: "no probe for SERVIZIO-CAMPIONE".to_owned() })?;
    let highest = HIGHEST.iter().find(|high| high.0 == year).map_or(7000, |high| high.1);
    let head =
        format!("\tHOSTNAME::{}\tSERVICEDESC::{}\tSERVICEPERFDATA::time=0.", probe.host, probe.service);
    const TAIL: &[u8] =
        b"s;;;0.000000 size=1532B\tSERVICECHECKCOMMAND::check_http\tSERVICESTATE::OK\tSERVICESTATETYPE::HARD";
    let days = clock.months(year, month, month);
    let (mut epoch, end) = (clock.epoch(days.start as u32 * DAY), clock.epoch(days.end as u32 * DAY));
    let mut sheet = Sheet::create(out, &name, Encoding::Utf8);
    let mut number = 0;
    while epoch < end {
        let micros = if (month, number) == WHEN {
            highest
        } else {
            stream.quantile(&[(0, 2050), (300, 3600), (800, 4900), (990, 6300), (1000, 6990)])
        };
        sheet.raw(b"DATATYPE::SERVICEPERFDATA\tTIMET::");
        sheet.number(epoch.unsigned_abs());
        sheet.raw(head.as_bytes());
        sheet.padded(u64::from(micros), 6);
        sheet.raw(TAIL);
        sheet.line();
        epoch += STEP;
        number += 1;
    }
    Ok(vec![sheet.finish()?])
}
