//! A small centre, the files that its sources send, and what must be known of them after an accident.
//!
//! Three sources: payments, whose exports overlap and correct each other; calls, of which each file is the whole; the log
//! of a monitor. Each file has one row that cannot be used: `import` says so when the file is received, and what it
//! has named is acknowledged even if the program dies before its end.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use impegno_facts::{Facts, Kind};
use impegno_ledger::{Batch, Ledger};

use crate::common::{Ran, SMALL, entries, impegno};
use crate::random::Random;

pub(crate) const PAYMENTS: &str = "pagamenti";
pub(crate) const CALLS: &str = "contatti";
pub(crate) const CHECKS: &str = "nagios";

/// What says one thing of one fact: of operations the cents by identifier, of checks the state by probe and instant.
type Rows = BTreeMap<String, String>;

/// A file that was put into the inbox.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    pub source: &'static str,
    /// Its name in the ledger.
    pub name: String,
    /// The good rows, in order.
    pub rows: Vec<(String, String)>,
}

/// The files of a centre and the centre's settings.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    pub deliveries: Vec<Delivery>,
}

/// Writes the settings of the centre.
pub(crate) fn found(centre: &Path) {
    for (file, text) in SMALL {
        let text = match file.strip_prefix("sources/") {
            Some(_) => text.replace("mode = ", "tolerance = \"34 %\"\nmode = "),
            None => (*text).to_owned(),
        };
        write(centre, file, &text);
        if *file == "sources/pagamenti.toml" {
            let calls = text.replace("\"append\"", "\"snapshot\"").replace("\"payment\"", "\"call\"");
            write(centre, "sources/contatti.toml", &calls);
        }
    }
    write(centre, "reports/prova.toml", LAYOUT);
}

const LAYOUT: &str = r#"
title = { it = "Prova", en = "Test" }
period = "year"

[[section]]
id = "totali"
title = { it = "Totali", en = "Totals" }

[[section.block]]
kind = "table"
id = "operazioni"
title = { it = "Operazioni", en = "Operations" }
of = "operations"
rows = { by = "kind" }

[[section.block]]
kind = "table"
id = "importi"
title = { it = "Importi", en = "Amounts" }
of = "amounts"
rows = { by = "kind" }

[[section.block]]
kind = "table"
id = "controlli"
title = { it = "Controlli", en = "Checks" }
of = "checks"
rows = { by = "probe" }
"#;

fn write(centre: &Path, file: &str, text: &str) {
    let path = centre.join(file);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

impl World {
    /// Puts a file of a source into the inbox.
    pub(crate) fn deliver(&mut self, centre: &Path, source: &'static str, rows: u64, random: &mut Random) {
        let number = self.deliveries.iter().filter(|one| one.source == source).count() as u64;
        let mut facts: Vec<(String, String)> = Vec::new();
        let mut text = String::new();
        if source == CHECKS {
            for n in 0..rows {
                // A minute of its own for each check of a year.
                let at = 1_483_228_800 + (number * 1_000 + n) * 60 % 31_000_000;
                let state = ["OK", "WARNING", "CRITICAL"][random.below(3) as usize];
                let _ =
                    writeln!(text, "[{at}] SERVICE ALERT: csicms;http icms;{state};HARD;1;prova {number}");
                facts.push((format!("csicms;http icms {at}"), state.to_owned()));
            }
            text.push_str("[1483228800] SERVICE ALERT: csicms;http icms;NIENTE;HARD;1;prova\n");
        } else {
            text.push_str("Id;Data e ora;Servizio;Ente;Importo\n");
            let before = self.deliveries.iter().rev().find(|one| one.source == source);
            // A third of what the file before had comes again, some of it corrected.
            let again = before.map(|before| &before.rows[before.rows.len() - before.rows.len() / 3..]);
            for (id, cents) in again.unwrap_or_default() {
                let cents = if random.one_in(4) { random.below(100_000).to_string() } else { cents.clone() };
                facts.push((id.clone(), cents));
            }
            // Identifiers without order, as in life.
            facts.extend((0..rows).map(|n| {
                let id = format!("P{number}-{:x}", (number << 32 | n).wrapping_mul(0x9e37_79b9_7f4a_7c15));
                (id, random.below(100_000).to_string())
            }));
            for (n, (id, cents)) in facts.iter().enumerate() {
                let cents: u64 = cents.parse().expect("a number");
                let (day, month) = (n % 28 + 1, n / 28 % 12 + 1);
                let (euros, rest) = (cents / 100, cents % 100);
                let _ = writeln!(
                    text,
                    "{id};{day:02}/{month:02}/2017 09:00:00;TRIB-001;Firenze;{euros},{rest:02}"
                );
            }
            text.push_str("X;06/03/2017 09:00:00;TRIB-001;Firenze;niente\n");
        }
        let name = format!("inbox/{source}/{source}-{number:04}.csv");
        write(centre, &name, &text);
        self.deliveries.push(Delivery { source, name, rows: facts });
    }

    fn delivery(&self, name: &str) -> Option<&Delivery> {
        self.deliveries.iter().find(|one| one.name == name)
    }

    /// What must be known by source when these files were received in this order.
    fn known(&self, batches: &[Batch]) -> Result<BTreeMap<&'static str, Rows>, String> {
        let mut known: BTreeMap<&'static str, Rows> = BTreeMap::new();
        for batch in batches {
            let delivery = self.delivery(&batch.file).ok_or(format!("{} was never delivered", batch.file))?;
            let rows = known.entry(delivery.source).or_default();
            if delivery.source == CALLS {
                rows.clear();
            }
            rows.extend(delivery.rows.iter().cloned());
        }
        known.retain(|_, rows| !rows.is_empty());
        Ok(known)
    }

    /// The files that a centre has received.
    pub(crate) fn received(&self, centre: &Path) -> BTreeSet<String> {
        let ledger = Ledger::open_existing(&centre.join(".ledger")).expect("a ledger");
        let batches = ledger.map(|ledger| ledger.batches().expect("batches")).unwrap_or_default();
        batches.into_iter().map(|batch| batch.file).collect()
    }

    /// Whether a centre is as it must be after an accident, `acknowledged` being the files that were told to be received;
    /// gives the number of batches.
    pub(crate) fn check(&self, centre: &Path, acknowledged: &BTreeSet<String>) -> Result<usize, String> {
        let verified = verify(centre);
        let directory = centre.join(".ledger");
        if acknowledged.is_empty() && verified.stderr.contains("its first import was interrupted") {
            // Nothing was ever received, and that is said.
            return if verified.code == 14 { Ok(0) } else { Err(told("verify", &verified)) };
        }
        if verified.code != 0 {
            return Err(told("verify", &verified));
        }
        let broken = |error: impegno_ledger::LedgerError| format!("the ledger: {error}");
        let Some(ledger) = Ledger::open_existing(&directory).map_err(broken)? else {
            return match acknowledged.first() {
                None => Ok(0),
                Some(lost) => Err(format!("LOST: nothing is there, and {lost} was acknowledged")),
            };
        };
        let batches = ledger.batches().map_err(broken)?;
        let mut received = BTreeSet::new();
        for batch in &batches {
            if !received.insert(batch.file.clone()) {
                return Err(format!("TWICE: {} was received twice", batch.file));
            }
        }
        if let Some(lost) = acknowledged.difference(&received).next() {
            return Err(format!("LOST: {lost} was acknowledged and is not there"));
        }
        if !batches.is_sorted_by_key(|batch| batch.received_at) {
            return Err("the order of receipt is not the order of time".to_owned());
        }
        let known = self.known(&batches)?;
        let found = standing(&ledger).map_err(broken)??;
        if known != found {
            return Err(format!("OTHER FACTS: {}", difference(&known, &found)));
        }
        Ok(batches.len())
    }

    /// Receives everything that waits; then all of it must be there once, in the ledger and in the figures, and nothing
    /// else may lie around.
    pub(crate) fn finish(&self, centre: &Path) -> Result<(), String> {
        let ran = import(centre);
        if ran.code != 0 {
            return Err(told("the import that goes on", &ran));
        }
        let all: BTreeSet<String> = self.deliveries.iter().map(|one| one.name.clone()).collect();
        self.check(centre, &all)?;
        let left = left_over(centre)?;
        if !left.is_empty() {
            return Err(format!("GARBAGE: {left:?}"));
        }
        Ok(())
    }

    /// Counts and sums, as the report prints them for everybody, against those of the files.
    pub(crate) fn check_figures(&self, centre: &Path, out: &Path) -> Result<(), String> {
        let directory = centre.join(".ledger");
        let ledger = Ledger::open_existing(&directory).map_err(|error| error.to_string())?;
        let batches = ledger.ok_or("no ledger")?.batches().map_err(|error| error.to_string())?;
        let known = self.known(&batches)?;
        let ran = report(centre, out, "it");
        if ran.code != 0 {
            return Err(told("report", &ran));
        }
        let mut expected = BTreeMap::new();
        for (source, rows) in &known {
            let count = rows.len() as u64 * 100;
            match *source {
                CHECKS => {
                    expected.insert(("controlli", "csicms;http icms"), count);
                }
                operations => {
                    let kind = if operations == CALLS { "call" } else { "payment" };
                    let cents = rows.values().map(|cents| cents.parse::<u64>().expect("a number")).sum();
                    expected.insert(("operazioni", kind), count);
                    expected.insert(("importi", kind), cents);
                }
            }
        }
        for ((table, row), hundredths) in expected {
            let text = fs::read(out.join(format!("dati/{table}.csv"))).map_err(|error| error.to_string())?;
            let mut reader = csv::Reader::from_reader(text.as_slice());
            let found = reader
                .records()
                .map_while(Result::ok)
                .find(|record| record.get(0) == Some(row))
                .and_then(|record| record.get(3).map(str::to_owned))
                .ok_or(format!("the report has no figure {table}/{row}"))?;
            let (whole, part) = found.split_once('.').unwrap_or((&found, ""));
            if format!("{whole}{part:0<2}").parse() != Ok(hundredths) {
                return Err(format!(
                    "the report says {found} of {table}/{row}, and it is {hundredths} hundredths"
                ));
            }
        }
        Ok(())
    }
}

/// Runs `verify`.
pub(crate) fn verify(centre: &Path) -> Ran {
    impegno(["verify".as_ref(), centre.as_os_str()])
}

/// Receives what waits.
pub(crate) fn import(centre: &Path) -> Ran {
    impegno(["import".as_ref(), centre.as_os_str()])
}

/// Publishes the report.
pub(crate) fn report(centre: &Path, out: &Path, language: &str) -> Ran {
    let options = ["--period", "2017", "--lang", language, "--out"].map(str::as_ref);
    impegno(["report".as_ref(), centre.as_os_str()].into_iter().chain(options).chain([out.as_os_str()]))
}

/// How a report is released.
pub(crate) fn release_of(centre: &Path) -> Vec<&OsStr> {
    ["release".as_ref(), centre.as_os_str(), "--period".as_ref(), "2017".as_ref()].to_vec()
}

/// Releases the report.
pub(crate) fn release(centre: &Path) -> Ran {
    impegno(release_of(centre))
}

/// How many releases the register names.
pub(crate) fn releases(centre: &Path) -> usize {
    let register = fs::read_to_string(centre.join("releases/releases.jsonl")).unwrap_or_default();
    register.lines().count()
}

/// Whether the releases of a centre are as they must be after an accident, so many having been acknowledged; and whether
/// the next one is released.
pub(crate) fn check_releases(centre: &Path, acknowledged: usize) -> Result<(), String> {
    let verified = verify(centre);
    if verified.code != 0 {
        return Err(told("verify", &verified));
    }
    let registered = releases(centre);
    if registered < acknowledged || registered > acknowledged + 1 {
        return Err(format!("{acknowledged} releases were acknowledged and {registered} are there"));
    }
    let ran = release(centre);
    if ran.code != 0 {
        return Err(told("the next release", &ran));
    }
    let verified = verify(centre);
    if verified.code != 0 {
        return Err(told("verify after the next release", &verified));
    }
    let hidden: Vec<_> = entries(&centre.join("releases/prova-2017"))
        .into_iter()
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')))
        .collect();
    if hidden.is_empty() { Ok(()) } else { Err(format!("GARBAGE: {hidden:?}")) }
}

/// What a run said, in a line of a message.
pub(crate) fn told(what: &str, ran: &Ran) -> String {
    format!("{what} ends with code {}:\n{}{}", ran.code, ran.stdout, ran.stderr)
}

/// The files that an import named while it received them. A line that was cut by a kill names nothing.
pub(crate) fn named(said: &str) -> BTreeSet<String> {
    let lines = said.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    let names = lines.filter_map(|line| line.trim().strip_prefix("--> "));
    names.filter_map(|place| place.split(':').next()).map(str::to_owned).collect()
}

/// Every row that stands, by source; a fact that stands twice is an error.
fn standing(
    ledger: &Ledger,
) -> Result<Result<BTreeMap<&'static str, Rows>, String>, impegno_ledger::LedgerError> {
    let mut found: BTreeMap<&'static str, Rows> = BTreeMap::new();
    for kind in Kind::ALL {
        for segment in ledger.segments(kind, None)? {
            let rows = segment.read()?;
            let Some(source) = [PAYMENTS, CALLS, CHECKS].into_iter().find(|one| **one == rows.source) else {
                return Ok(Err(format!("nothing comes from {}", rows.source)));
            };
            let known = found.entry(source).or_default();
            let mut add = |fact: String, says: String| match known.insert(fact.clone(), says) {
                None => Ok(()),
                Some(_) => Err(format!("TWICE: {fact} of {source}")),
            };
            let added = match &rows.facts {
                Facts::Operations(facts) => (0..facts.id.len())
                    .try_for_each(|row| add(facts.id.get(row).to_owned(), facts.amount[row].to_string())),
                Facts::Checks(facts) => (0..facts.at.len()).try_for_each(|row| {
                    let state = format!("{:?}", facts.state[row]).to_uppercase();
                    add(format!("{} {}", facts.probe.get(row), facts.at[row] / 1_000_000), state)
                }),
                Facts::Cases(_) | Facts::Stocks(_) => Err("facts that nobody sent".to_owned()),
            };
            if let Err(twice) = added {
                return Ok(Err(twice));
            }
        }
    }
    found.retain(|_, rows| !rows.is_empty());
    Ok(Ok(found))
}

fn difference(known: &BTreeMap<&'static str, Rows>, found: &BTreeMap<&'static str, Rows>) -> String {
    let none = Rows::new();
    let mut text = String::new();
    for source in [PAYMENTS, CALLS, CHECKS] {
        let (known, found) = (known.get(source).unwrap_or(&none), found.get(source).unwrap_or(&none));
        let lost = known.iter().filter(|(fact, _)| !found.contains_key(*fact)).count();
        let more = found.iter().filter(|(fact, _)| !known.contains_key(*fact)).count();
        let other =
            known.iter().filter(|(fact, says)| found.get(*fact).is_some_and(|one| one != *says)).count();
        let _ = write!(text, "{source}: {lost} lost, {more} more, {other} say something else; ");
    }
    text
}

/// Files of the ledger that nothing names: after a kill they may lie there, after the next import not.
pub(crate) fn left_over(centre: &Path) -> Result<Vec<String>, String> {
    let directory = centre.join(".ledger");
    if !directory.join("segments").exists() {
        return Ok(Vec::new());
    }
    let ledger = Ledger::open_existing(&directory).map_err(|error| error.to_string())?;
    let mut named: BTreeSet<String> =
        ["ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm", "lock", "segments"]
            .map(str::to_owned)
            .into();
    if let Some(ledger) = &ledger {
        let frozen = ledger.freeze(None).map_err(|error| error.to_string())?;
        named.extend(frozen.into_iter().flat_map(|frozen| frozen.segments).map(|segment| segment.name));
    }
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let found = entries(&directory).into_iter().chain(entries(&directory.join("segments")));
    Ok(found.map(|path| name(&path)).filter(|name| !named.contains(name)).collect())
}
