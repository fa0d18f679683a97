//! The interruptions of 2016 and 2017: planned once, then written as probe messages and as a register.

use std::path::Path;

use crate::centre::Centre;
use crate::clock::{Clock, DAY, HOUR, MINUTE};
use crate::random::Stream;
use crate::sheet::Sheet;
use crate::{SampleError, WrittenFile};

/// The five components of the SLAs, with their unplanned downtime of 2016 and 2017 in seconds and in how many
/// outages. Those of 2017 are the published availabilities to the second; 2016 is twice as much in all.
const FIVE: [(&str, u32, u32, u32, u32); 5] = [
    ("CSDB1", 488, 1, 0, 0),
    ("CSDB2", 452, 1, 0, 0),
    ("CSICMS", 2205, 5, 1261, 3),
    ("CSCMS", 1640, 4, 946, 2),
    ("CSBO", 1521, 3, 946, 3),
];
/// Unplanned interruptions of the other components in 2016 and 2017: short ones, and those of over 30 minutes.
const OTHERS: [(i16, u32, u32); 2] = [(2016, 6, 8), (2017, 10, 12)];
/// Other planned works of a year, on components that are not of the five.
const WORKS: [(i16, &str); 4] = [(2016, "CED"), (2016, "SIT"), (2017, "CED"), (2017, "DOCUMENTALE")];
const LONG: u32 = 30 * MINUTE;

/// One interruption. Moments of the clock face.
pub(crate) struct Interruption {
    /// Number of its probe.
    pub(crate) probe: usize,
    pub(crate) detected: u32,
    pub(crate) restored: u32,
    /// Start and end of the planned downtime.
    pub(crate) window: Option<(u32, u32)>,
    reported: Option<u32>,
    started: u32,
    offices: u32,
    users: Option<u32>,
    cause: &'static str,
}

/// Plans both years, in time order.
pub(crate) fn plan(seed: u64, centre: &Centre<'_>, clock: &Clock) -> Result<Vec<Interruption>, SampleError> {
    let mut stream = Stream::new(seed, "interruptions");
    let probe = |component: &str| {
        centre
            .probes
            .iter()
            .position(|probe| probe.component == component)
            .ok_or_else(|| SampleError::Unsolvable { what: format!("no probe for {component}") })
    };
    let mut others = Vec::new();
    for (number, probe) in centre.probes.iter().enumerate() {
        let component = probe.component.as_str();
        if !component.is_empty()
            && component != "SERVIZIO-CAMPIONE"
            && FIVE.iter().all(|five| five.0 != component)
        {
            others.push(number);
        }
    }
    let mut all = Vec::new();
    for (year, short, long) in OTHERS {
        // Every interruption has a day of its own, so runs of one probe never meet.
        let mut days: Vec<usize> = clock.year(year).filter(|day| !clock.day_no(*day).change).collect();
        stream.shuffle(&mut days);
        for (component, seconds_2016, count_2016, seconds_2017, count_2017) in FIVE {
            let (seconds, count) =
                if year == 2016 { (seconds_2016, count_2016) } else { (seconds_2017, count_2017) };
            for length in pieces(&mut stream, seconds, count) {
                let day = days.pop().unwrap_or_default();
                all.push(unplanned(&mut stream, probe(component)?, day, length));
            }
        }
        for number in 0..short + long {
            let length = match number {
                _ if number < short => stream.between(4 * MINUTE + 11, 28 * MINUTE),
                // The longest one leaves time for the slowest intervention of the year.
                _ if number == short => stream.between(3 * HOUR, 4 * HOUR),
                _ => stream.between(LONG + 65, 3 * HOUR - 600),
            };
            let day = days.pop().unwrap_or_default();
            let mut one = unplanned(&mut stream, others[number as usize % others.len()], day, length);
            if number == short {
                slowest(&mut one);
            }
            all.push(one);
        }
        let mut works: Vec<(&str, u32)> =
            WORKS.iter().filter(|work| work.0 == year).map(|work| (work.1, 40 * MINUTE)).collect();
        if year == 2017 {
            works.extend([("CSDB1", HOUR + 50 * MINUTE), ("CSDB2", HOUR + 35 * MINUTE)]);
        }
        for (component, length) in works {
            let at = days.iter().position(|day| clock.day_no(*day).weekday == 6).unwrap_or_default();
            let day = days.swap_remove(at);
            all.push(planned(&mut stream, probe(component)?, day, length));
        }
    }
    all.sort_by_key(|one| one.detected);
    Ok(all)
}

/// Outages of 4 to 10 minutes that make up the seconds.
fn pieces(stream: &mut Stream, seconds: u32, count: u32) -> Vec<u32> {
    let mut left = seconds;
    (0..count)
        .rev()
        .map(|after| {
            let low = left.saturating_sub(600 * after).max(240);
            let high = left.saturating_sub(240 * after).min(600);
            let piece = if after == 0 { left } else { stream.between(low, high) };
            left -= piece;
            piece
        })
        .collect()
}

fn unplanned(stream: &mut Stream, probe: usize, day: usize, length: u32) -> Interruption {
    let detected = day as u32 * DAY + 7 * HOUR + stream.below(11 * HOUR);
    let by_telephone = stream.chance(667);
    // Whoever calls does so soon; the intervention begins before the service is back.
    let reported = detected + stream.between(40, (length / 4).min(15 * MINUTE));
    let started = reported + stream.between(20, (length / 4).min(25 * MINUTE));
    let offices = started + stream.between(2 * MINUTE, 24 * MINUTE);
    let users = if length > LONG {
        Some(started + stream.between(8 * MINUTE, 46 * MINUTE))
    } else {
        stream.chance(300).then(|| started + stream.between(5 * MINUTE, 30 * MINUTE))
    };
    const CAUSES: [&str; 6] = [
        "memoria esaurita",
        "collegamento di rete interrotto",
        "disco pieno",
        "processo bloccato",
        "certificato da rinnovare",
        "guasto di un alimentatore",
    ];
    Interruption {
        probe,
        detected,
        restored: detected + length,
        window: None,
        reported: by_telephone.then_some(reported),
        started,
        offices,
        users,
        cause: stream.pick::<&str>(&CAUSES),
    }
}

/// The worst case of a year, just within the terms: 1 h 44 to the intervention, 27 minutes to the offices, 52 to
/// the users.
fn slowest(one: &mut Interruption) {
    let reported = one.detected + 5 * MINUTE;
    one.reported = Some(reported);
    one.started = reported + HOUR + 44 * MINUTE;
    one.offices = one.started + 27 * MINUTE;
    one.users = Some(one.started + 52 * MINUTE);
}

/// Works on a Sunday from 06:00 to 09:00.
fn planned(stream: &mut Stream, probe: usize, day: usize, length: u32) -> Interruption {
    let window = (day as u32 * DAY + 6 * HOUR, day as u32 * DAY + 9 * HOUR);
    let detected = window.0 + stream.between(10 * MINUTE, 40 * MINUTE);
    // Told on a working day before: the Wednesday or Thursday, three or four days earlier.
    let told = (day as u32).saturating_sub(stream.between(3, 4)) * DAY + 10 * HOUR;
    Interruption {
        probe,
        detected,
        restored: detected + length,
        window: Some(window),
        reported: None,
        started: window.0,
        offices: told + stream.below(HOUR),
        users: Some(told + HOUR + stream.below(HOUR)),
        cause: "manutenzione programmata",
    }
}

/// Writes the register.
pub(crate) fn write(
    all: &[Interruption],
    centre: &Centre<'_>,
    clock: &Clock,
    out: &Path,
) -> Result<Vec<WrittenFile>, SampleError> {
    let mut sheet = Sheet::register(
        out,
        "registers/interruptions.csv",
        "code,component,planned,detected_at,reported_at,intervention_started_at,offices_told_at,users_told_at,restored_at,cause",
    );
    let (mut year, mut number) = (0, 0);
    for one in all {
        let now = clock.day(one.detected).year;
        number = if now == year { number + 1 } else { 1 };
        year = now;
        let component = &centre.probes[one.probe].component;
        let planned = if one.window.is_some() { "yes" } else { "no" };
        sheet.text(&format!("INT-{year}-{number:03},{component},{planned}"));
        for moment in [
            Some(one.detected),
            one.reported,
            Some(one.started),
            Some(one.offices),
            one.users,
            Some(one.restored),
        ] {
            sheet.raw(b",");
            if let Some(moment) = moment {
                sheet.iso(clock, moment);
            }
        }
        sheet.raw(b",");
        sheet.text(one.cause);
        sheet.line();
    }
    let mut done = Sheet::register(out, "registers/obligations.csv", "obligation,done_at,evidence");
    const QUARTERS: [(&str, &str); 8] = [
        ("2016-01-12", "4° trimestre 2015"),
        ("2016-04-12", "1° trimestre 2016"),
        ("2016-07-12", "2° trimestre 2016"),
        ("2016-10-11", "3° trimestre 2016"),
        ("2017-01-11", "4° trimestre 2016"),
        ("2017-04-11", "1° trimestre 2017"),
        ("2017-07-11", "2° trimestre 2017"),
        ("2017-10-11", "3° trimestre 2017"),
    ];
    for (day, quarter) in QUARTERS {
        done.text(&format!("report-malfunzionamenti,{day},report sui malfunzionamenti del {quarter}"));
        done.line();
    }
    Ok(vec![sheet.finish()?, done.finish()?])
}
