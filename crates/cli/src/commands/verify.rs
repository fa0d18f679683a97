//! `impegno verify`: is everything as it was received and released?

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use impegno_calendar::Instant;
use impegno_findings::{Finding, Place, Severity};
use impegno_ledger::{Ledger, Verification};
use impegno_release::{
    BUNDLE_MANIFEST, BUNDLE_NEWER, LEDGER, MANIFEST, Manifest, NOT_A_BUNDLE, RELEASE_ERRATA, RELEASE_HEAD,
    RELEASE_NOT_THERE, RELEASE_UNREGISTERED, REPORT, Register, Registered, check, is_bundle,
};
use impegno_report::document::{Page, Report};
use impegno_report::errata::{Cause, Change, differences};

use crate::arguments::Verify;
use crate::bundle::{self, compute, is_page, program};
use crate::commands::release::{RELEASES, is_whole, told};
use crate::commands::report::formats;
use crate::exit::{Exit, Failure};
use crate::{folder, output};

/// Verifies a centre with its ledger and releases, or one released report.
pub(crate) fn run(arguments: &Verify) -> Result<(), Failure> {
    let folder = &arguments.folder;
    if folder.join("centre.toml").is_file() && !is_bundle(folder) {
        return centre(folder);
    }
    if !folder.is_dir() {
        let message = format!("{} is not a folder", folder.display());
        return Err(Failure::new(Exit::Folder, message)
            .hint("name the folder that holds centre.toml, or the one of a released report"));
    }
    let outcome = released(folder)?;
    outcome.tell();
    outcome.judge()
}

/// The ledger of a centre, its register of releases and every bundle of it.
fn centre(directory: &Path) -> Result<(), Failure> {
    let loaded = folder::load(directory)?;
    let ledger = loaded.ledger()?;
    let mut failures = Vec::new();
    let mut heads = BTreeSet::new();
    match &ledger {
        // Tables are made before the first batch is received: without any, whatever was there is gone.
        None if loaded.directory.join(".ledger/ledger.sqlite").exists() => {
            let message =
                "the catalogue of the ledger is empty: its first import was interrupted, or it was emptied";
            failures.push(
                Failure::new(Exit::Output, message).hint("restore `.ledger` from a copy, or import again"),
            );
        }
        None => output::talk("nothing was received yet"),
        Some(ledger) => {
            heads.extend(ledger.batches()?.into_iter().map(|batch| batch.hash.to_string()));
            if !sound_ledger(&ledger.verify()?) {
                let failure = Failure::new(Exit::Output, "the ledger is not as it was received");
                failures.push(failure.hint("restore it from a copy"));
            }
        }
    }
    let releases = loaded.directory.join(RELEASES);
    let (register, mut findings) =
        Register::read(&releases).map_err(|error| Failure::output(&releases, &error))?;
    for one in register.releases().iter().filter(|one| !heads.contains(&one.ledger_head)) {
        let message =
            format!("the ledger has no batch with the hash {}, on which it was released", one.ledger_head);
        findings.push(
            Finding::error(RELEASE_HEAD, Place::file(one.folder.as_str()), message)
                .hint("the ledger was cut or exchanged since: restore it from a copy"),
        );
    }
    findings.extend(unregistered(&releases, &register)?);
    output::findings(&findings, None);
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        let message = format!("the releases have {}", output::count(&findings));
        failures.push(Failure::new(Exit::Output, message));
    }
    let mut before: BTreeMap<_, (&Registered, Vec<Page>)> = BTreeMap::new();
    for one in register.releases() {
        let folder = bundle::place(&releases, &one.folder);
        let outcome = match registered(one, &folder) {
            Ok(outcome) => outcome,
            Err(failure) => {
                output::talk(&format!("error: {}: {}", one.folder, failure.message));
                failures.push(failure);
                // Nothing is known of its pages: the next version cannot be held against them.
                before.remove(&one.series);
                continue;
            }
        };
        output::data(&format!("{}: ", one.folder));
        outcome.tell();
        if let Err(failure) = outcome.judge() {
            let damaged = failure.exit == Exit::Output;
            failures.push(Failure { message: format!("{}: {}", one.folder, failure.message), ..failure });
            if damaged {
                before.remove(&one.series);
                continue;
            }
            // Computed again it is another, but its pages are those released: its errata are held against them.
        }
        if let Err(failure) = errata_fit(one, &outcome, before.get(&one.series)) {
            failures.push(failure);
        }
        before.insert(one.series.clone(), (one, outcome.pages));
    }
    match failures.len() {
        0 => Ok(()),
        1 => Err(failures.remove(0)),
        _ => {
            // Damage is graver than another result.
            let exit = if failures.iter().any(|one| one.exit == Exit::Output) {
                Exit::Output
            } else {
                Exit::Differs
            };
            let messages: Vec<&str> =
                failures.iter().map(|one| one.message.as_str()).filter(|one| !one.is_empty()).collect();
            Err(Failure::new(exit, messages.join("\nerror: ")).hint("restore what is damaged from a copy"))
        }
    }
}

/// Says what was found in a ledger, and whether all is well.
fn sound_ledger(verification: &Verification) -> bool {
    for problem in &verification.problems {
        output::talk(&format!("error: {problem}"));
    }
    output::data(&format!(
        "{} batches and {} segments verified, {} problems\n",
        verification.batches,
        verification.segments,
        verification.problems.len()
    ));
    verification.problems.is_empty()
}

/// Released reports in the folder of releases, at any depth, that the register does not name.
fn unregistered(releases: &Path, register: &Register) -> Result<Vec<Finding>, Failure> {
    let announced = register.announced().map_err(|error| Failure::output(releases, &error))?;
    let announced = announced.filter(|one| is_whole(&bundle::place(releases, &one.folder), one));
    let interrupted = announced.and_then(|one| bundle::place(releases, &one.folder).canonicalize().ok());
    // The register may name one folder in more than one way.
    let places = register.releases().iter().map(|one| bundle::place(releases, &one.folder));
    let named: BTreeSet<_> = places.filter_map(|place| place.canonicalize().ok()).collect();
    let mut findings = Vec::new();
    let mut open = vec![String::new()];
    while let Some(next) = open.pop() {
        for name in folder::names_in(&releases.join(&next)) {
            let folder = if next.is_empty() { name } else { format!("{next}/{name}") };
            let path = releases.join(&folder);
            if !is_bundle(&path) {
                // Links are not followed: they may lead in a circle.
                if path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()) {
                    open.push(folder);
                }
            } else if interrupted.is_some() && path.canonicalize().ok() == interrupted {
                let message =
                    "its release was interrupted: all of it is there, and its hash was told to nobody";
                findings.push(
                    Finding::warning(RELEASE_UNREGISTERED, Place::file(folder), message)
                        .hint("the next `impegno release` enters it into the register"),
                );
            } else if path.canonicalize().is_ok_and(|path| !named.contains(&path)) {
                let message = "the register of releases does not name it: the register was changed or taken away, or a release was interrupted";
                findings.push(Finding::error(RELEASE_UNREGISTERED, Place::file(folder), message).hint(
                    "restore the register from a copy; or, if its hash was never told, move the folder away",
                ));
            }
        }
    }
    findings.sort_by(|a, b| a.place.file.cmp(&b.place.file));
    Ok(findings)
}

/// A bundle that the register names must be there, and the very one.
fn registered(one: &Registered, folder: &Path) -> Result<Outcome, Failure> {
    let not_there = |message: String| {
        let finding = Finding::error(RELEASE_NOT_THERE, Place::file(one.folder.as_str()), message.clone());
        output::findings(&[finding.hint("restore the released report from a copy")], None);
        Failure::new(Exit::Output, message)
    };
    if !folder.is_dir() {
        return Err(not_there("the register names a released report that is not there".to_owned()));
    }
    let outcome = released(folder)?;
    if outcome.hash != one.manifest.to_string() {
        let message = format!(
            "the register names one with the hash {}, and this one has {}",
            one.manifest, outcome.hash
        );
        return Err(not_there(message));
    }
    Ok(outcome)
}

/// The newest entry of the errata of a version must be the differences from the version before.
fn errata_fit(
    one: &Registered,
    outcome: &Outcome,
    before: Option<&(&Registered, Vec<Page>)>,
) -> Result<(), Failure> {
    let Some((earlier, pages)) = before else { return Ok(()) };
    if earlier.version.checked_add(1) != Some(one.version) {
        return Ok(());
    }
    let newest = outcome.errata.revisions.last();
    let stated = newest.map(|revision| revision.changes.as_slice()).unwrap_or_default();
    let fits = outcome.manifest.previous == Some(earlier.manifest)
        && newest.is_some_and(|revision| revision.previous == earlier.manifest.to_string())
        && by_page(stated) == by_page(&bundle::corrections(pages, &outcome.pages));
    if fits {
        return Ok(());
    }
    let message = format!("its errata are not the differences from {}", earlier.folder);
    let finding = Finding::error(RELEASE_ERRATA, Place::file(one.folder.as_str()), message.clone());
    output::findings(&[finding], None);
    Err(Failure::new(Exit::Output, format!("{}: {message}", one.folder)))
}

/// Changes in the order of the addresses of their pages, for released pages are read in the order of their files; without
/// their causes, which only the program that released them can say.
fn by_page(changes: &[Change]) -> Vec<Change> {
    let bare = |change: &Change| Change { cause: Cause::Unknown, ..change.clone() };
    let mut changes: Vec<Change> = changes.iter().map(bare).collect();
    changes.sort_by(|a, b| a.place.page.cmp(&b.place.page));
    changes
}

/// What became of a released report that was checked and computed again.
struct Outcome {
    manifest: Manifest,
    hash: String,
    ledger: Verification,
    errata: impegno_report::errata::Errata,
    /// The pages as released.
    pages: Vec<Page>,
    /// Files of the report that came out as they were released.
    equal: usize,
    /// Files of the report with other bytes.
    other: Vec<String>,
    /// Files that were released and are not computed.
    gone: Vec<String>,
    /// Files that are computed and were not released.
    extra: Vec<String>,
    /// What the manifest says otherwise than the ledger and the definitions do.
    wrong: Vec<Finding>,
    /// Figures in the data of the pages that differ: released, computed.
    changes: Vec<Change>,
    /// Cells of tables in CSV that differ.
    cells: Vec<String>,
}

/// Whether the figures of a file of a report are compared one by one: the pages and tables of `dati/`.
fn holds_figures(path: &str) -> bool {
    is_page(path) || (path.starts_with("dati/") && path.ends_with(".csv"))
}

/// Checks a released report and computes it again.
fn released(folder: &Path) -> Result<Outcome, Failure> {
    let checked = check(folder).map_err(|error| Failure::output(folder, &error))?;
    output::findings(&checked.findings, None);
    if let Some(first) = checked.findings.first() {
        let has = |code: impegno_findings::Code| checked.findings.iter().any(|one| one.code == code);
        if has(NOT_A_BUNDLE) {
            let versions = folder::names_in(folder);
            let version = versions.iter().rev().find(|name| is_bundle(&folder.join(name)));
            let hint = version.map_or_else(
                || "neither centre.toml nor manifest.json is there".to_owned(),
                |name| format!("name one version of it: {}", folder.join(name).display()),
            );
            return Err(
                Failure::new(Exit::Folder, format!("{} cannot be verified", folder.display())).hint(hint)
            );
        }
        let message = if has(BUNDLE_NEWER) {
            "the released report is of a newer format".to_owned()
        } else {
            format!(
                "the released report is not as it was released: {}, {}",
                output::count(&checked.findings),
                first.place
            )
        };
        return Err(Failure::new(Exit::Output, message));
    }
    let (Some(manifest), Some(hash)) = (checked.manifest, checked.hash) else {
        return Err(Failure::new(Exit::Output, "the released report has no manifest"));
    };
    let ledger = Ledger::open_frozen(&folder.join(LEDGER))?
        .ok_or_else(|| Failure::new(Exit::Output, "the released report holds no ledger"))?;
    let last_receipt = ledger.batches()?.iter().map(|batch| batch.received_at).max();
    let ledger = ledger.verify()?;
    let errata = bundle::errata_of(folder, &manifest)?;
    let pages = bundle::released_pages(folder, &manifest)?;
    let (loaded, mut document) = compute(folder, &manifest.series)?;
    let wrong = misstated(&manifest, &document, last_receipt);
    if manifest.version > 1 {
        bundle::with_errata(&mut document, &errata, &loaded);
    }
    let computed: BTreeMap<String, Vec<u8>> =
        formats(&document)?.into_iter().map(|file| (file.path, file.bytes.into_owned())).collect();
    let mut outcome = Outcome {
        hash: hash.to_string(),
        ledger,
        errata,
        changes: differences(&pages, &document.pages),
        pages,
        equal: 0,
        other: Vec::new(),
        gone: Vec::new(),
        extra: Vec::new(),
        wrong,
        cells: Vec::new(),
        manifest,
    };
    let mut released: BTreeSet<&str> = BTreeSet::new();
    for (path, _) in outcome.manifest.under(REPORT) {
        released.insert(path);
        let file = folder.join(REPORT).join(path);
        let bytes = fs::read(&file).map_err(|error| Failure::output(&file, &error))?;
        match computed.get(path) {
            Some(now) if *now == bytes => outcome.equal += 1,
            Some(now) => {
                outcome.other.push(path.to_owned());
                if path.ends_with(".csv") {
                    outcome.cells.extend(csv_differences(path, &bytes, now));
                }
            }
            None => outcome.gone.push(path.to_owned()),
        }
    }
    outcome.extra.extend(computed.keys().filter(|path| !released.contains(path.as_str())).cloned());
    // What the data of a page say is said once.
    if !outcome.changes.is_empty() {
        outcome.cells.clear();
    }
    Ok(outcome)
}

/// What a manifest says otherwise than the ledger and the definitions of its bundle do.
fn misstated(manifest: &Manifest, document: &Report, last_receipt: Option<i64>) -> Vec<Finding> {
    let mut wrong: Vec<String> = [
        ("ledger_head", &manifest.ledger_head, &document.ledger_head),
        ("charter_version", &manifest.charter_version, &document.charter_version),
        ("known_at", &manifest.known_at, &document.known_at),
    ]
    .into_iter()
    .filter(|(_, stated, computed)| stated != computed)
    .map(|(key, stated, computed)| format!("`{key}` is {stated}, computed it is {computed}"))
    .collect();
    // The ledger of a bundle was cut at the as-of: it can hold nothing that was received later.
    if let Some(as_of) = &manifest.as_of {
        match (as_of.parse::<Instant>(), last_receipt) {
            (Ok(as_of), Some(last)) if as_of.0 >= last => {}
            (Ok(_), Some(last)) => wrong.push(format!(
                "`as_of` is {as_of}, and the ledger holds what was received at {}",
                Instant(last)
            )),
            _ => wrong.push(format!("`as_of` is {as_of}, which is no instant of this ledger")),
        }
    }
    let finding = |what: String| {
        Finding::error(BUNDLE_MANIFEST, Place::file(MANIFEST), what)
            .hint("it was sealed so: ask for the bundle from who released it")
    };
    wrong.into_iter().map(finding).collect()
}

impl Outcome {
    /// Says what was found.
    fn tell(&self) {
        let Manifest { series, version, released_at, program: by, files, .. } = &self.manifest;
        let body = series.body.as_ref().map(|body| format!(" of {body}")).unwrap_or_default();
        output::data(&format!(
            "{} {}{body} ({}), version {version}, released at {released_at} by {by}\n  hash {}\n  {} files as released\n",
            series.layout,
            series.period,
            series.language,
            self.hash,
            files.len(),
        ));
        for problem in &self.ledger.problems {
            output::talk(&format!("error: {problem}"));
        }
        output::data(&format!(
            "  {} batches and {} segments verified, {} problems\n",
            self.ledger.batches,
            self.ledger.segments,
            self.ledger.problems.len()
        ));
        output::findings(&self.wrong, None);
        for change in &self.changes {
            output::data(&format!("  ≠ {}\n", told(change)));
        }
        for cell in &self.cells {
            output::data(&format!("  ≠ {cell}\n"));
        }
        if self.other.is_empty() && self.gone.is_empty() && self.extra.is_empty() {
            output::data(&format!("  computed again: equal, {} files byte for byte\n", self.equal));
        } else {
            output::data(&format!(
                "  computed again by {}: {} files equal, {} with other bytes, {} figures differ\n",
                program(),
                self.equal,
                self.other.len(),
                self.changes.len() + self.cells.len()
            ));
            for (what, files) in [
                ("other bytes", &self.other),
                ("released, not computed", &self.gone),
                ("computed, not released", &self.extra),
            ] {
                for file in files {
                    output::talk(&format!("{what}: {REPORT}/{file}"));
                }
            }
        }
    }

    /// Whether all is well.
    fn judge(&self) -> Result<(), Failure> {
        if !self.ledger.problems.is_empty() {
            return Err(Failure::new(
                Exit::Output,
                "the ledger of the released report is not as it was received",
            ));
        }
        if !self.wrong.is_empty() {
            let message = format!(
                "the manifest of the released report is not what was computed: {}",
                output::count(&self.wrong)
            );
            return Err(Failure::new(Exit::Output, message).hint("ask for the bundle from who released it"));
        }
        let figures = self.changes.len() + self.cells.len();
        if figures > 0 {
            let message = format!("computed again, {figures} figures are not those released");
            return Err(Failure::new(Exit::Differs, message).hint(self.other_program()));
        }
        let lone = self.gone.len() + self.extra.len();
        if lone > 0 {
            let message = format!(
                "computed again, {lone} files are missing or extra: {}",
                [self.gone.as_slice(), &self.extra].concat().join(", ")
            );
            return Err(Failure::new(Exit::Differs, message).hint(self.other_program()));
        }
        if self.other.is_empty() {
            return Ok(());
        }
        let (figures, unread): (Vec<&str>, Vec<&str>) =
            self.other.iter().map(String::as_str).partition(|path| holds_figures(path));
        let mut message = "computed again, figures of dati/ equal".to_owned();
        if !figures.is_empty() {
            message.push_str(&format!(", in other bytes: {}", figures.join(", ")));
        }
        if !unread.is_empty() {
            message.push_str(&format!("; pages and documents could not be compared: {}", unread.join(", ")));
        }
        let hint = if self.manifest.program == program() {
            "the same program version writes the same bytes: what no figure could be read from may say something else".to_owned()
        } else {
            self.other_program()
        };
        Err(Failure::new(Exit::Differs, message).hint(hint))
    }

    fn other_program(&self) -> String {
        if self.manifest.program == program() {
            "the same program version computed it: it was sealed with other figures, or the program was changed".to_owned()
        } else {
            format!("it was released by {}: verify it with that program too", self.manifest.program)
        }
    }
}

/// The cells in which two tables in CSV differ, by row and column.
fn csv_differences(file: &str, released: &[u8], computed: &[u8]) -> Vec<String> {
    let records = |bytes: &[u8]| -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(bytes);
        let record = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
        reader.records().map_while(Result::ok).map(record).collect()
    };
    let (released, computed) = (records(released), records(computed));
    let mut differences = Vec::new();
    let field = |record: Option<&Vec<String>>, n: usize| record.and_then(|record| record.get(n)).cloned();
    for line in 0..released.len().max(computed.len()) {
        let (old, new) = (released.get(line), computed.get(line));
        let width = old.map_or(0, Vec::len).max(new.map_or(0, Vec::len));
        for n in 0..width {
            let (was, is) = (field(old, n), field(new, n));
            if was != is {
                let column = field(released.first(), n).unwrap_or_default();
                let shown = |text: Option<String>| text.unwrap_or_else(|| "(not there)".to_owned());
                differences.push(format!("{file}:{} {column}: {} → {}", line + 1, shown(was), shown(is)));
            }
        }
    }
    differences
}
