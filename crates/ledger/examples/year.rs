//! How a year of check results is kept and read: 473 probes asked every minute.
//!
//! `cargo run --release -p impegno-ledger --example year -- FOLDER [MONTHS] [PROBES]` writes it where nothing is yet, reads it, and says
//! rows, bytes a row, and what both took.

use std::path::Path;
use std::time::Instant;

use impegno_facts::{Check, Checks, Facts, Origin, State, StateType};
use impegno_ledger::{Hash, Ledger, LedgerError, Mode, Receipt, Scan};
use impegno_runs::{Latencies, nearest_rank};

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
/// 2025-01-01 in UTC.
const START: i64 = 1_735_689_600 * SECOND;
const DAYS: [i64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Numbers that look like chance and are the same every time.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, bound: i64) -> i64 {
        (self.next() % bound as u64) as i64
    }
}

/// The results of a month.
fn month(start: i64, days: i64, probes: u64) -> Checks {
    let mut checks = Checks::default();
    let mut line = 0;
    for probe in 0..probes {
        let name = format!("host{probe:05};http");
        let mut chance = Chance(probe << 32 ^ start as u64);
        let (mut state, mut left, mut gap) = (State::Ok, 0_i64, 0_i64);
        for minute in 0..days * 1_440 {
            if left == 0 {
                state = State::Ok;
                match chance.below(20_000) {
                    0..2 => (state, left) = (State::Critical, 1 + chance.below(90)),
                    2..4 => (state, left) = (State::Warning, 1 + chance.below(30)),
                    4 => (state, left) = (State::Unknown, 1 + chance.below(5)),
                    5 => gap = 3 + chance.below(200),
                    _ => {}
                }
            } else {
                left -= 1;
            }
            if gap > 0 {
                gap -= 1;
                continue;
            }
            line += 1;
            let normal = (-2.0 * chance.share().max(1e-12).ln()).sqrt()
                * (chance.share() * std::f64::consts::TAU).cos();
            let check = Check {
                at: start + minute * 60 * SECOND + probe as i64 % 60 * SECOND + chance.below(2_801) * 1_000
                    - 1_400_000,
                state,
                latency: (60_000.0 * (normal * 0.45).exp()) as i64,
                origin: Origin::Result,
                state_type: StateType::Hard,
                attempt: 0,
                line,
            };
            checks.push(&name, check);
        }
    }
    checks
}

fn main() -> Result<(), LedgerError> {
    let arguments: Vec<String> = std::env::args().collect();
    let folder = Path::new(arguments.get(1).map_or("year", String::as_str));
    let number = |n: usize, or: u64| arguments.get(n).and_then(|text| text.parse().ok()).unwrap_or(or);
    let (months, probes) = (number(2, 12), number(3, 473));
    let mut ledger = Ledger::open(folder)?;
    if ledger.batches()?.is_empty() {
        let lock = ledger.lock()?;
        let mut start = START;
        for days in DAYS.iter().cycle().take(months as usize) {
            let made = Instant::now();
            let checks = month(start, *days, probes);
            let made = made.elapsed();
            let rows = checks.at.len() as u64;
            let written = Instant::now();
            let mut draft = ledger.intake(&lock).draft();
            draft.add(&Facts::Checks(checks))?;
            let prepared = draft.finish(Receipt {
                source: "monitor".to_owned(),
                file: format!("{start}.csv"),
                mode: Mode::Append,
                content: Hash::of(&start.to_le_bytes()),
                declaration: Hash::START,
                size: 0,
                rows,
                accepted: rows,
                ignored: 0,
                rejected: 0,
                complete: true,
                findings: Vec::new(),
            });
            ledger.receive(&lock, prepared, start + days * DAY)?;
            eprintln!("{rows} rows: made {made:.1?}, written {:.1?}", written.elapsed());
            start += days * DAY;
        }
    }
    let begun = Instant::now();
    let segments = ledger.segments(impegno_facts::Kind::Checks, None)?;
    let bytes: u64 = std::fs::read_dir(folder.join("segments")).map_or(0, |entries| {
        entries.flatten().filter_map(|entry| entry.metadata().ok()).map(|meta| meta.len()).sum()
    });
    let Some(scan) = Scan::open(&segments)? else {
        eprintln!("not all segments can be walked");
        return Ok(());
    };
    eprintln!("opened after {:.1?}", begun.elapsed());
    let year = START..START + months as i64 * 31 * DAY;
    let mut hours = Vec::new();
    for day in 0..months as i64 * 31 {
        if day % 7 < 5 {
            hours.push((START + day * DAY + 7 * 3_600 * SECOND, START + day * DAY + 17 * 3_600 * SECOND));
        }
    }
    let whole = [(year.start, year.end)];
    let found = scan.each(
        year,
        |_| true,
        |probe, place: &mut (Latencies, Latencies)| {
            let (inside, outside) = place;
            inside.clear();
            outside.clear();
            let runs = probe.runs(180 * SECOND);
            probe.latencies(&hours, inside, outside);
            let timed = inside.timed() + outside.timed();
            (
                runs.standings(&whole),
                runs.standings(&hours),
                inside.ranked_with(outside, nearest_rank(950, timed)),
                inside.ranked(nearest_rank(950, inside.timed())),
                inside.maximum().max(outside.maximum()),
                probe.rows(),
                runs.runs().len(),
            )
        },
    )?;
    let took = begun.elapsed();
    let rows: u64 = found.iter().map(|(_, one)| one.5).sum();
    let runs: usize = found.iter().map(|(_, one)| one.6).sum();
    println!(
        "{} probes, {rows} rows, {runs} runs, {:.3} bytes a row",
        found.len(),
        bytes as f64 / rows as f64
    );
    println!("{took:.2?}: {:.1} million rows a second", rows as f64 / took.as_secs_f64() / 1e6);
    for (probe, one) in found.iter().take(2) {
        println!("{probe}: {one:?}");
    }
    Ok(())
}
