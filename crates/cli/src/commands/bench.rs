//! `impegno bench`: how fast this machine receives and measures the results of many probes.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;
use std::time::Instant as Clock;

use impegno_calendar::{Instant, Interval, Intervals};
use impegno_ledger::{Ledger, Scan, Segment};
use impegno_measure::{ResultsAsked, Supply};
use impegno_runs::{Latencies, Runs, nearest_rank};
use impegno_sample::{probe_name, probe_results};
use rayon::prelude::*;

use crate::arguments::Bench;
use crate::exit::Failure;
use crate::import::{receive, waiting};
use crate::supply::Known;
use crate::{folder, output};

/// 2025-01-01 in UTC, milliseconds.
const START: i64 = 1_735_689_600_000;
const DAY: i64 = 86_400_000;
/// Days of a generated file.
const FILE: i64 = 10;
/// A state holds for three minutes.
const HOLD: i64 = 180_000_000;

/// Generates results, receives them, and asks of them what a yearly report asks.
pub(crate) fn run(arguments: &Bench) -> Result<(), Failure> {
    let temporary;
    let out = match &arguments.out {
        Some(out) => out.as_path(),
        None => {
            temporary = Temporary(std::env::temp_dir().join(format!("impegno-bench-{}", std::process::id())));
            temporary.0.as_path()
        }
    };
    let mut told = Told::default();
    if !out.join("centre.toml").exists() {
        generate(arguments, out, &mut told)?;
    }
    let loaded = folder::load_sound(out)?;
    let (files, _) = waiting(&loaded);
    if !files.is_empty() {
        let clock = Meter::start();
        let summary = receive(&loaded, &files, &|| START * 1_000 + 400 * DAY * 1_000)?;
        told.line("received: CSV to the durable ledger", &clock, summary.rows);
        if summary.known > 0 {
            output::talk("some files had been received before: the time above is that of finding them known");
        }
    }
    let ledger = Ledger::open_existing(&loaded.ledger)?.ok_or_else(|| folder_is_empty(out))?;
    let segments = ledger.segments(impegno_facts::Kind::Checks, None)?;
    let rows: u64 = segments.iter().map(|segment| segment.rows as u64).sum();
    let bytes = size(&loaded.ledger.join("segments"));
    let first = segments.iter().map(|segment| segment.earliest).min().unwrap_or_default();
    let last = segments.iter().map(|segment| segment.latest).max().unwrap_or_default();
    let whole = Interval { start: Instant(first), end: Instant(last + 1) };
    let office = loaded.centre.calendar("ufficio").map(|calendar| calendar.open(whole)).unwrap_or_default();
    let probes: BTreeSet<&str> = loaded.centre.probes.iter().map(|probe| probe.name.as_str()).collect();

    let clock = Meter::start();
    let (read, sum) = full(&segments, whole, &office)?;
    told.line("read: availability, p95 and maximum, all hours and office hours", &clock, read);
    let month = Interval { start: Instant((last - 30 * DAY * 1_000).max(first)), end: whole.end };
    let of_month: Vec<Segment> = segments.iter().filter(|one| one.latest >= month.start.0).cloned().collect();
    let clock = Meter::start();
    let (read, _) = full(&of_month, month, &office)?;
    told.line("the same of the last 30 days", &clock, read);
    let _ = fs::remove_dir_all(loaded.ledger.join("derived"));
    let known = Known::open(&loaded, None)?;
    let clock = Meter::start();
    let found = states(&known, &probes, whole, &office)?;
    told.line("condensed: state segments made and kept", &clock, rows);
    let known = Known::open(&loaded, None)?;
    let clock = Meter::start();
    let again = states(&known, &probes, whole, &office)?;
    told.line("availability from the state segments, files opened and checked", &clock, rows);
    if found != again {
        return Err(Failure::new(crate::exit::Exit::Unexpected, "kept state segments came to other figures"));
    }
    output::data(&format!("{:<66} {:>9} {:>9} {:>14}\n", "", "seconds", "CPU s", "rows a second"));
    output::data(&told.text);
    let per_row = bytes as f64 / rows.max(1) as f64;
    output::data(&format!(
        "{rows} rows of {} probes in {} segments, {bytes} bytes: {per_row:.3} bytes a row\n",
        found.len(),
        segments.len()
    ));
    output::data(&format!("sum of all p95, p95 in office hours and maxima: {sum} µs\n"));
    if let Some(peak) = peak() {
        output::data(&format!("most memory: {} MB\n", peak / 1_000));
    }
    Ok(())
}

fn folder_is_empty(out: &Path) -> Failure {
    Failure::new(crate::exit::Exit::Folder, format!("nothing was received in {}", out.display()))
        .hint("name a folder that is not there yet, or leave --out away")
}

/// A folder that goes away in the end.
struct Temporary(std::path::PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // What cannot be removed stays in the folder for temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Time of the clock and of the processor since a start.
struct Meter(Clock, f64);

impl Meter {
    fn start() -> Meter {
        Meter(Clock::now(), processor())
    }
}

/// Seconds of the processor that this process has used; 0 where the system does not say.
fn processor() -> f64 {
    // Fields 14 and 15 behind the name, in hundredths of a second on Linux.
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = text.rsplit_once(')').map_or("", |(_, fields)| fields).split_ascii_whitespace();
    let ticks: f64 = fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
    ticks / 100.0
}

/// Most memory that this process has held, in kilobytes.
fn peak() -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

#[derive(Default)]
struct Told {
    text: String,
}

impl Told {
    fn line(&mut self, what: &str, clock: &Meter, rows: u64) {
        let (seconds, cpu) = (clock.0.elapsed().as_secs_f64(), processor() - clock.1);
        let rate = rows as f64 / seconds.max(1e-9) / 1e6;
        self.text += &format!("{what:<66} {seconds:>9.3} {cpu:>9.2} {rate:>12.1} M\n");
        output::talk(&format!("{seconds:>8.3} s  {what}"));
    }
}

/// Bytes of the files of a folder.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.metadata().ok()).map(|meta| meta.len()).sum()
}

/// Writes the centre and its files of ten days each.
fn generate(arguments: &Bench, out: &Path, told: &mut Told) -> Result<(), Failure> {
    let clock = Meter::start();
    let probes = arguments.probes.max(1);
    let minutes = arguments.rows.div_ceil(u64::from(probes)).max(1);
    let inbox = out.join("inbox/monitor");
    fs::create_dir_all(&inbox).map_err(|error| Failure::output(&inbox, &error))?;
    fs::create_dir_all(out.join("sources")).map_err(|error| Failure::output(out, &error))?;
    let mut lists = String::from("host,service,component\n");
    for probe in 0..probes {
        lists += &format!("{},http,web\n", probe_name(probe));
    }
    let write = |file: &str, text: &str| {
        let path = out.join(file);
        fs::write(&path, text).map_err(|error| Failure::output(&path, &error))
    };
    write("probes.csv", &lists)?;
    write("systems.toml", "[[system]]\ncode = \"web\"\nname = \"Web\"\ncomponent = [{ code = \"web\" }]\n")?;
    write("sources/monitor.toml", include_str!("bench/monitor.toml"))?;
    let files = minutes.div_ceil(FILE as u64 * 1_440);
    let rows: Vec<u64> = (0..files)
        .into_par_iter()
        .map(|file| {
            let path = inbox.join(format!("{file:05}.csv"));
            let minutes = (minutes - file * FILE as u64 * 1_440).min(FILE as u64 * 1_440);
            let mut to = BufWriter::with_capacity(1 << 20, File::create(&path)?);
            let start = START + file as i64 * FILE * DAY;
            let rows = probe_results(&mut to, arguments.seed, 0..probes, start, minutes as u32)?;
            to.into_inner()?;
            Ok(rows)
        })
        .collect::<Result<_, std::io::Error>>()
        .map_err(|error| Failure::output(&inbox, &error))?;
    // Last, so that a folder that was left half-made is no centre.
    write("centre.toml", include_str!("bench/centre.toml"))?;
    told.line("generated: CSV", &clock, rows.iter().sum());
    Ok(())
}

/// Both questions of every probe in one pass over the raw results; gives how many were read, and a sum by which the figures can be
/// compared with those of another program.
fn full(segments: &[Segment], whole: Interval, office: &Intervals) -> Result<(u64, u64), Failure> {
    let Some(scan) = Scan::open(segments)? else { return Ok((0, 0)) };
    let (start, end) = (whole.start.0, whole.end.0);
    let office: Vec<(i64, i64)> = office.iter().map(|hours| (hours.start.0, hours.end.0)).collect();
    let found = scan.each(
        start..end,
        |_| true,
        |probe, (inside, outside): &mut (Latencies, Latencies)| {
            inside.clear();
            outside.clear();
            let runs = probe.runs(HOLD);
            probe.latencies(&office, inside, outside);
            let timed = inside.timed() + outside.timed();
            std::hint::black_box((
                runs.standings(&[(start, end)]),
                runs.standings(&office),
                inside.maximum(),
            ));
            let figures = [
                inside.ranked_with(outside, nearest_rank(950, timed)),
                inside.ranked(nearest_rank(950, inside.timed())),
                inside.maximum().max(outside.maximum()),
            ];
            (probe.rows(), figures.into_iter().flatten().map(u64::from).sum::<u64>())
        },
    )?;
    let rows = found.iter().map(|(_, (rows, _))| rows).sum();
    Ok((rows, found.iter().map(|(_, (_, sum))| sum).sum()))
}

/// Up-time of every probe, in all hours and in office hours, by its state segments.
fn states(
    known: &Known,
    probes: &BTreeSet<&str>,
    whole: Interval,
    office: &Intervals,
) -> Result<Vec<(Box<str>, i64, i64)>, Failure> {
    let none = BTreeSet::new();
    let asked = ResultsAsked {
        probes,
        window: whole,
        hold: impegno_calendar::Micros(HOLD),
        timed: &none,
        period: whole,
    };
    let parts: Vec<usize> = (0..known.count(impegno_facts::Kind::Checks)).collect();
    let results = known.results(&parts, &asked)?;
    let office: Vec<(i64, i64)> = office.iter().map(|hours| (hours.start.0, hours.end.0)).collect();
    let of_probe = |(probe, runs): (Box<str>, Vec<impegno_runs::Run>)| {
        let mut all = Runs::new(HOLD);
        let in_order = runs.into_iter().all(|run| all.push(run).is_ok());
        debug_assert!(in_order, "runs come by time");
        let up = |standings: impegno_runs::Standings| standings.by_state[0] + standings.by_state[1];
        (probe, up(all.standings(&[(whole.start.0, whole.end.0)])), up(all.standings(&office)))
    };
    Ok(results.runs.into_iter().map(of_probe).collect())
}
