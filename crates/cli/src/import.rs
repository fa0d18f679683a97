//! Receiving files: parsed and encoded on all cores, committed one by one in the order of their names.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::panic;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

use impegno_calendar::{Instant, Interval, Period, Zone};
use impegno_facts::{Facts, Kind};
use impegno_findings::{Finding, Place, Severity};
use impegno_ledger::{Hashing, Intake, Ledger, Mode, Outcome, Prepared, Receipt, StoredFinding};
use impegno_sources::{Declaration, Grain, Input, PIECE, Received, Stopped};

use crate::exit::{Exit, Failure};
use crate::folder::{Loaded, UNDECLARED_SOURCE, UNREADABLE, names_in};
use crate::output;

/// What the sources call a file that was cut, also where all its rows could be read.
const TRUNCATED_FILE: &str = "truncated-file";

/// A file to be received.
#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    /// Its source.
    pub source: String,
    /// Its name in findings and in the ledger: relative to the centre folder where it lies inside.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
}

/// What an import did.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    pub files: u64,
    pub known: u64,
    pub rows: u64,
    pub accepted: u64,
    pub ignored: u64,
    pub rejected: u64,
    pub duplicates: u64,
    pub superseded: u64,
    pub withdrawn: u64,
    pub bytes: u64,
    /// Files with more rejected rows than their source tolerates.
    pub beyond_tolerance: Vec<String>,
}

/// The files of the inbox and the registers, in the order in which they are received.
pub(crate) fn waiting(loaded: &Loaded) -> (Vec<Incoming>, Vec<Finding>) {
    let mut incoming = Vec::new();
    let mut findings = Vec::new();
    for name in loaded.registers.keys() {
        let file = format!("registers/{name}.csv");
        let path = loaded.directory.join(&file);
        let source = format!("{REGISTERS}{name}");
        if is_head_only(&path) && !was_received(loaded, &source) {
            continue;
        }
        incoming.push(Incoming { source, name: file, path });
    }
    for source in names_in(&loaded.directory.join("inbox")) {
        let folder = loaded.directory.join("inbox").join(&source);
        if folder.is_file() {
            let file = format!("inbox/{source}");
            let centre = loaded.directory.display();
            let hint = format!("`impegno import {centre} {}` proposes a mapping", folder.display());
            let message = "the file lies in no folder of a source; it was not received";
            findings.push(Finding::error(UNDECLARED_SOURCE, Place::file(file), message).hint(hint));
        }
        if !folder.is_dir() {
            continue;
        }
        if !loaded.sources.contains_key(&source) {
            let place = Place::file(format!("inbox/{source}"));
            let known = loaded.sources.keys().map(String::as_str);
            let hint = match impegno_findings::nearest(&source, known) {
                Some(near) => format!("did you mean the source `{near}`? Or write sources/{source}.toml"),
                None => format!("write sources/{source}.toml"),
            };
            let message =
                format!("there is no declaration of a source `{source}`; its files were not received");
            findings.push(Finding::error(UNDECLARED_SOURCE, place, message).hint(hint));
            continue;
        }
        for name in names_in(&folder) {
            let path = folder.join(&name);
            if path.is_file() {
                incoming.push(Incoming {
                    source: source.clone(),
                    name: format!("inbox/{source}/{name}"),
                    path,
                });
            } else {
                let message = match fs::symlink_metadata(&path) {
                    Ok(_) => "this is no ordinary file; it was not received",
                    Err(_) => "the name of this file is not text in UTF-8; it was not received",
                };
                let place = Place::file(format!("inbox/{source}/{name}"));
                findings.push(
                    Finding::warning(UNREADABLE, place, message)
                        .hint("put files themselves into the folder of their source, under plain names"),
                );
            }
        }
    }
    (incoming, findings)
}

/// What the names of the registers begin with, as sources.
const REGISTERS: &str = "registers/";

fn is_register(source: &str) -> bool {
    source.starts_with(REGISTERS)
}

/// A register as `init` makes it: a head and no row. There is nothing to say about it yet.
fn is_head_only(path: &Path) -> bool {
    let text = fs::read(path).unwrap_or_default();
    text.trim_ascii().iter().all(|byte| !matches!(byte, b'\r' | b'\n')) && !text.trim_ascii().is_empty()
}

/// Whether a source has a batch: emptying a register that held rows is worth a word.
fn was_received(loaded: &Loaded, source: &str) -> bool {
    let ledger = loaded.ledger().ok().flatten();
    let batches = ledger.and_then(|ledger| ledger.batches().ok()).unwrap_or_default();
    batches.iter().any(|batch| batch.source == source)
}

/// A file on its way: parsed and encoded, or why not.
struct Ready {
    prepared: Prepared,
    findings: Vec<Finding>,
    counts: (u64, u64, u64, u64),
    size: u64,
    beyond_tolerance: bool,
}

/// Receives files. `now` gives the instant of receipt of each.
///
/// Findings are shown as they come; a file that cannot be read at all stops the import, after everything
/// before it was received.
pub(crate) fn receive(
    loaded: &Loaded,
    files: &[Incoming],
    now: &(dyn Fn() -> i64 + Sync),
) -> Result<Summary, Failure> {
    let mut ledger = loaded.ledger_to_write()?;
    let lock = ledger.lock()?;
    let intake = ledger.intake(&lock);
    let workers = thread::available_parallelism().map_or(1, usize::from).min(files.len().max(1));
    let queue = Queue::new(files.len(), workers);
    let bar = output::progress(files.len() as u64, "import");
    let mut summary = Summary::default();
    let result: Result<(), Failure> = thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| queue.work(|n| prepare(loaded, &files[n], &intake, now())));
        }
        let result = (0..files.len()).try_for_each(|n| {
            let ready = queue.take(n)?;
            bar.set_message(files[n].name.clone());
            commit(loaded, &mut ledger, &lock, ready, &files[n], now(), &mut summary)?;
            bar.inc(1);
            Ok(())
        });
        queue.stop();
        result
    });
    bar.finish_and_clear();
    // A file that could not be received, or was known, may have left segments behind.
    let tidied = ledger.tidy(&lock);
    result?;
    tidied?;
    Ok(summary)
}

fn commit(
    loaded: &Loaded,
    ledger: &mut Ledger,
    lock: &impegno_ledger::WriteLock,
    ready: Ready,
    file: &Incoming,
    now: i64,
    summary: &mut Summary,
) -> Result<(), Failure> {
    let outcome = ledger.receive(lock, ready.prepared, now)?;
    summary.files += 1;
    summary.bytes += ready.size;
    match outcome {
        Outcome::Known { .. } => summary.known += 1,
        Outcome::Received { batch, contradictions, contradicting, left } => {
            let (rows, accepted, ignored, rejected) = ready.counts;
            summary.rows += rows;
            summary.accepted += accepted;
            summary.ignored += ignored;
            summary.rejected += rejected;
            summary.duplicates += batch.duplicates;
            summary.superseded += batch.superseded;
            summary.withdrawn += batch.withdrawn;
            let mut findings = ready.findings;
            findings.extend(contradictions.iter().map(|pair| {
                let message = format!(
                    "line {} says something else of the same fact than line {}; the later one counts",
                    pair.later, pair.earlier
                );
                Finding::warning(CONTRADICTION, Place::line(&file.name, pair.later), message)
            }));
            let more = contradicting - contradictions.len() as u64;
            if more > 0 {
                let message = format!("{more} more rows say something else of a fact than a row before them");
                findings.push(Finding::warning(CONTRADICTION, Place::file(&file.name), message));
            }
            if left > 0 {
                let message =
                    format!("read again by a changed declaration: {left} facts of the earlier reading stay");
                findings.push(
                    Finding::warning(EARLIER_READING, Place::file(&file.name), message)
                        .hint("correct the declaration until the file can be read: then they are withdrawn"),
                );
            }
            output::findings(&findings, Some(loaded));
            if ready.beyond_tolerance {
                summary.beyond_tolerance.push(file.name.clone());
            }
        }
    }
    Ok(())
}

/// Two rows of one file contradict each other.
pub(crate) const CONTRADICTION: impegno_findings::Code = impegno_findings::Code {
    name: "contradictory-rows",
    meaning: "Two rows of one file name the same fact and say different things; the later one counts, the earlier one is kept.",
};

/// A changed declaration cannot read a file that an earlier one could.
pub(crate) const EARLIER_READING: impegno_findings::Code = impegno_findings::Code {
    name: "earlier-reading-stays",
    meaning: "A file that had been received is read again by a changed declaration, which rejects more of it than the source tolerates: facts of the earlier reading still count.",
};

fn prepare(loaded: &Loaded, file: &Incoming, intake: &Intake, now: i64) -> Result<Ready, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::new(Exit::Rejected, format!("{}: {error}", file.name))
            .hint("nothing of this file was received; the files before it were")
    };
    let (declaration, declaration_hash) = loaded
        .sources
        .get(&file.source)
        .or_else(|| file.source.strip_prefix(REGISTERS).and_then(|name| loaded.registers.get(name)))
        .ok_or_else(|| Failure::new(Exit::Usage, format!("there is no source `{}`", file.source)))?;
    // A pipe or a device could be waited for without end.
    let about = fs::metadata(&file.path).map_err(unreadable)?;
    if !about.is_file() {
        return Err(unreadable(std::io::Error::other("it is no ordinary file")));
    }
    let opened = fs::File::open(&file.path).map_err(unreadable)?;
    let size = about.len();
    let mut bytes = Hashing::new(opened);
    let mut draft = intake.draft();
    let mut replaced = Replaced::new(declaration.mode, loaded);
    let mut ahead = Ahead { limit: now.saturating_add(CLOCK_TOLERANCE), count: 0, first: None };
    let input = Input { bytes: &mut bytes, size, piece: PIECE };
    let read = impegno_sources::read_pieces(
        declaration,
        &loaded.names,
        &loaded.centre.zone,
        &file.name,
        input,
        |facts| {
            replaced.add(&facts);
            ahead.add(&facts);
            draft.add(&facts)
        },
    );
    let mut received = match read {
        Ok(received) => received,
        Err(Stopped::Input(error)) => return Err(unreadable(error)),
        Err(Stopped::Taker(error)) => return Err(error.into()),
        Err(Stopped::Void(finding)) => {
            draft = intake.draft();
            replaced = Replaced::new(declaration.mode, loaded);
            Received::refused(*finding)
        }
    };
    // A file that was given up early is still known by all its bytes.
    std::io::copy(&mut bytes, &mut std::io::sink()).map_err(unreadable)?;
    let (content, size) = bytes.so_far();
    if received.accepted > 0
        && let Some(finding) = ahead.finding(&file.name)
    {
        received.findings.push(finding);
    }
    let counts = (received.rows, received.accepted, received.ignored, received.rejected);
    let tolerated = u128::from(received.rows) * u128::from(declaration.tolerance_ppm);
    let nothing_usable =
        received.accepted == 0 && received.findings.iter().any(|finding| finding.severity == Severity::Error);
    let beyond_tolerance = nothing_usable || u128::from(received.rejected) * 1_000_000 > tolerated;
    let mode = mode(declaration, &mut received, beyond_tolerance, file, replaced);
    let receipt = Receipt {
        source: file.source.clone(),
        file: file.name.clone(),
        mode,
        content,
        declaration: *declaration_hash,
        size,
        rows: received.rows,
        accepted: received.accepted,
        ignored: received.ignored,
        rejected: received.rejected,
        complete: !beyond_tolerance,
        findings: received.findings.iter().map(stored).collect(),
    };
    Ok(Ready {
        prepared: draft.finish(receipt),
        findings: received.findings.into_kept(),
        counts,
        size,
        beyond_tolerance,
    })
}

/// Something is said to have happened after it was received.
pub(crate) const FUTURE_DAY: impegno_findings::Code = impegno_findings::Code {
    name: "future-day",
    meaning: "Rows tell of something more than a day after their receipt: they were received, and count in the period of that day and in no earlier one.",
};

/// How far the clocks of others may be ahead, in microseconds: a day.
const CLOCK_TOLERANCE: i64 = 86_400_000_000;

/// Facts of a file that lie after its receipt. Stocks may: a plan has a date.
struct Ahead {
    limit: i64,
    count: u64,
    /// Line and instant of the first one.
    first: Option<(u32, i64)>,
}

impl Ahead {
    fn add(&mut self, facts: &Facts) {
        if facts.kind() == Kind::Stocks {
            return;
        }
        for (at, line) in facts.at().iter().zip(facts.lines()).filter(|(at, _)| **at > self.limit) {
            self.count += 1;
            self.first = Some(self.first.map_or((*line, *at), |first| first.min((*line, *at))));
        }
    }

    fn finding(&self, file: &str) -> Option<Finding> {
        let (line, at) = self.first?;
        let message = format!(
            "{} facts are of a time after their receipt, the first one here: {}",
            self.count,
            Instant(at)
        );
        let hint = "they count in the period of that day only; if it is a slip, correct it at its source and export again";
        Some(Finding::warning(FUTURE_DAY, Place::line(file, line), message).hint(hint))
    }
}

fn stored(finding: &Finding) -> StoredFinding {
    StoredFinding {
        severity: match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
        .to_owned(),
        code: finding.code.name.to_owned(),
        line: finding.place.line,
        column: finding.place.column,
        message: finding.message.clone(),
        row: finding.row.clone(),
    }
}

/// A damaged or empty file of a source whose files stand for the whole.
pub(crate) const NOT_THE_WHOLE: impegno_findings::Code = impegno_findings::Code {
    name: "not-the-whole",
    meaning: "A file that should stand for the whole is empty, cut or has rejected rows: its good rows were received, but nothing was withdrawn.",
};

/// How the file relates to the others of its source. A file that is empty, cut or has more broken rows than
/// its source tolerates never stands for the whole: it would withdraw what is still true. A register with a
/// head and no row does: whoever keeps it has taken the last row out.
fn mode(
    declaration: &Declaration,
    received: &mut Received,
    beyond_tolerance: bool,
    file: &Incoming,
    replaced: Replaced<'_>,
) -> Mode {
    let cut = received.findings.iter().any(|finding| finding.code.name == TRUNCATED_FILE);
    let emptied = received.rows == 0 && is_register(&file.source);
    let empty = received.accepted == 0 && !emptied;
    if declaration.mode != impegno_sources::Mode::Append && (beyond_tolerance || cut || empty) {
        let message =
            "the file is empty, cut or has rejected rows: nothing that was known before was withdrawn";
        let hint = if cut {
            "export it again, whole: the last row of a whole file ends with a line end"
        } else {
            "export it again, whole"
        };
        received.findings.push(Finding::warning(NOT_THE_WHOLE, Place::file(&file.name), message).hint(hint));
        return Mode::Append;
    }
    match declaration.mode {
        impegno_sources::Mode::Append => Mode::Append,
        impegno_sources::Mode::Snapshot => Mode::Snapshot,
        impegno_sources::Mode::ReplacesPeriod(_) => Mode::ReplacesPeriod(replaced.stretches()),
    }
}

/// The periods that a file has rows in, where it stands for the whole of them.
struct Replaced<'l> {
    grain: Option<Grain>,
    zone: &'l Zone,
    periods: BTreeMap<String, Interval>,
    /// The period of the row before: most rows are in the same.
    last: Option<Interval>,
}

impl<'l> Replaced<'l> {
    fn new(mode: impegno_sources::Mode, loaded: &'l Loaded) -> Replaced<'l> {
        let grain = match mode {
            impegno_sources::Mode::ReplacesPeriod(grain) => Some(grain),
            impegno_sources::Mode::Append | impegno_sources::Mode::Snapshot => None,
        };
        Replaced { grain, zone: &loaded.centre.zone, periods: BTreeMap::new(), last: None }
    }

    fn add(&mut self, facts: &Facts) {
        let Some(grain) = self.grain else { return };
        for at in facts.at() {
            if self.last.is_some_and(|last| last.start.0 <= *at && *at < last.end.0) {
                continue;
            }
            let month = Period::month_of(self.zone.date(Instant(*at)));
            let period = match grain {
                Grain::Month => month,
                Grain::Year => Period::Year(month.first_day().year()),
            };
            let interval = period.interval(self.zone);
            self.periods.insert(period.to_string(), interval);
            self.last = Some(interval);
        }
    }

    /// Microseconds, the end exclusive.
    fn stretches(self) -> Vec<Range<i64>> {
        self.periods.into_values().map(|interval| interval.start.0..interval.end.0).collect()
    }
}

/// Files being prepared by several workers and taken in order. At most a few wait at a time, so that memory
/// stays bounded whatever the number of files.
struct Queue {
    length: usize,
    window: usize,
    next: AtomicUsize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    taken: usize,
    stopped: bool,
    ready: BTreeMap<usize, Result<Ready, Failure>>,
}

impl Queue {
    fn new(length: usize, workers: usize) -> Queue {
        Queue {
            length,
            window: workers + 1,
            next: AtomicUsize::new(0),
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// Prepares files until there are none left.
    fn work(&self, prepare: impl Fn(usize) -> Result<Ready, Failure>) {
        loop {
            let n = self.next.fetch_add(1, Ordering::Relaxed);
            if n >= self.length {
                return;
            }
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            while !state.stopped && n >= state.taken + self.window {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if state.stopped {
                return;
            }
            drop(state);
            // Whoever waits for this file must be told, whatever happened to it.
            let ready = panic::catch_unwind(panic::AssertUnwindSafe(|| prepare(n))).unwrap_or_else(|_| {
                Err(Failure::new(Exit::Unexpected, "reading a file ended unexpectedly")
                    .hint("please report it with the message above; the files before it were received"))
            });
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.ready.insert(n, ready);
            self.changed.notify_all();
        }
    }

    /// Takes the file of a number, which is the next one.
    fn take(&self, n: usize) -> Result<Ready, Failure> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(ready) = state.ready.remove(&n) {
                state.taken = n + 1;
                self.changed.notify_all();
                return ready;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn stop(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).stopped = true;
        self.changed.notify_all();
    }
}

/// A path as it is named in the ledger.
pub(crate) fn name_of(loaded: &Loaded, path: &Path) -> String {
    let inside = path.canonicalize().ok().and_then(|path| {
        let directory = loaded.directory.canonicalize().ok()?;
        path.strip_prefix(directory).map(Path::to_owned).ok()
    });
    match inside {
        Some(inside) => inside.to_string_lossy().into_owned(),
        // Of a file from elsewhere only the name is kept: where it lay is nobody's business.
        None => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
    }
}
