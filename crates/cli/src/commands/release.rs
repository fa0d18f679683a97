//! `impegno release`: freeze a report as a bundle that anybody can compute again.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use impegno_calendar::Instant;
use impegno_findings::Severity;
use impegno_ledger::Hash;
use impegno_publish::errata_json;
use impegno_release::{Draft, ERRATA, Manifest, REPORT, Register, Registered, Series, check};
use impegno_report::errata::{Change, Errata, Revision};

use crate::arguments::{Lang, Release};
use crate::bundle::{self, compute, program};
use crate::commands::import::now;
use crate::commands::report::{formats, layout};
use crate::exit::{Exit, Failure};
use crate::folder::{self, Loaded};
use crate::{output, served};

/// Folder of released reports in a centre folder.
pub(crate) const RELEASES: &str = "releases";

/// Corrected figures that are shown on the terminal; all stand on the page of errata.
const SHOWN: usize = 5;

/// The version before the one that is released.
struct Before {
    folder: PathBuf,
    manifest: Manifest,
    hash: Hash,
}

/// Releases a report: computes it from the bundle itself, compares it with the version before, seals it, registers it.
pub(crate) fn run(arguments: &Release) -> Result<(), Failure> {
    let loaded = folder::load_to_write(&arguments.centre)?;
    let scope = &arguments.scope;
    let series = Series {
        layout: layout(&loaded, arguments.layout.as_deref(), scope.period)?.code.clone(),
        period: scope.period.to_string(),
        body: scope
            .body
            .as_ref()
            .map(|name| served::served(&loaded, name))
            .transpose()?
            .map(|body| body.code),
        language: match scope.lang {
            Lang::It => "it".to_owned(),
            Lang::En => "en".to_owned(),
        },
    };
    let why = arguments.why.as_deref().map(|why| why.split_whitespace().collect::<Vec<_>>().join(" "));
    let why = why.filter(|why| !why.is_empty());
    let releases = loaded.directory.join(RELEASES);
    let _lock = lock(&releases)?;
    let mut register = sound_register(&releases)?;
    if let Some(completed) = complete_interrupted(&mut register, &releases)?
        && completed.series == series
    {
        output::talk("that is what was released now; what came since is released by the same command again");
        let place = bundle::place(&releases, &completed.folder);
        tell(&place, completed.version, completed.manifest, None, &loaded);
        return Ok(());
    }
    let before = register.latest(&series).map(|one| before(&releases, one)).transpose()?;
    let version = before.as_ref().map_or(1, |before| before.manifest.version + 1);
    let place = match &arguments.out {
        Some(out) => out.clone(),
        None => releases.join(series.folder()).join(format!("v{version}")),
    };
    let replaces = free(&place, &register, &releases)?;
    let failed = |error: std::io::Error| Failure::output(&place, &error);
    let mut draft =
        if replaces { Draft::in_place_of(&place) } else { Draft::begin(&place) }.map_err(failed)?;
    bundle::fill(&mut draft, &loaded, &series.layout, scope)?;
    let (frozen, mut document) = compute(draft.folder(), &series)?;
    let released_at = arguments.at.map_or_else(now, |at| at.0);
    let mut corrected = 0;
    if let Some(before) = &before {
        let mut changes =
            bundle::corrections(&bundle::released_pages(&before.folder, &before.manifest)?, &document.pages);
        corrected = changes.len();
        if corrected > 0 && why.is_none() {
            return Err(no_reason(&changes, before.manifest.version));
        }
        if corrected > 0 {
            bundle::attribute_to(&mut changes, &before.folder, &before.manifest)?;
        }
        let mut errata = bundle::errata_of(&before.folder, &before.manifest)?;
        errata.revisions.push(Revision {
            version,
            released_at,
            known_at: bundle::micros(&document.known_at),
            program: program(),
            program_before: before.manifest.program.clone(),
            previous: before.hash.to_string(),
            why: why.clone().unwrap_or_default(),
            changes,
            deliveries: bundle::deliveries(&before.folder, draft.folder())?,
            definitions: bundle::definitions(&before.manifest, &draft),
        });
        write_errata(&mut draft, &errata).map_err(failed)?;
        bundle::with_errata(&mut document, &errata, &frozen);
    }
    for file in formats(&document)? {
        draft.add(&format!("{REPORT}/{}", file.path), &file.bytes).map_err(failed)?;
    }
    let manifest = Manifest {
        program: program(),
        series: series.clone(),
        version,
        released_at: Instant(released_at).to_string(),
        as_of: scope.as_of.map(|at| at.to_string()),
        known_at: document.known_at.clone(),
        ledger_head: document.ledger_head.clone(),
        charter_version: document.charter_version.clone(),
        previous: before.as_ref().map(|before| before.hash),
        why,
        files: Vec::new(),
    };
    let hash = draft.seal(manifest.clone()).map_err(failed)?;
    let registered = Registered {
        series,
        version,
        released_at: manifest.released_at,
        folder: name_of(&place, &releases),
        manifest: hash,
        ledger_head: manifest.ledger_head,
    };
    // The line of the register is on disk before the bundle gets its name: a release that is interrupted in between is
    // completed by the next one.
    register.announce(&registered).map_err(|error| Failure::output(&releases, &error))?;
    draft.stand().map_err(failed)?;
    register.enter(registered).map_err(|error| Failure::output(&releases, &error))?;
    tell(&place, version, hash, Some(corrected), &loaded);
    Ok(())
}

fn write_errata(draft: &mut Draft, errata: &Errata) -> std::io::Result<()> {
    draft.add(ERRATA, errata_json(errata).as_bytes())
}

fn tell(place: &Path, version: u32, hash: Hash, corrected: Option<usize>, loaded: &Loaded) {
    if let (Some(corrected), 2..) = (corrected, version) {
        let errata = place.join(REPORT).join("errata.html");
        output::talk(&match corrected {
            0 => format!("no figure differs from version {}", version - 1),
            _ => format!("{corrected} figures differ from version {}: {}", version - 1, errata.display()),
        });
    }
    output::talk(&format!(
        "make the hash known with the report: whoever has it can find every change. It stands in {} too",
        loaded.directory.join(RELEASES).join(impegno_release::REGISTER).display()
    ));
    output::data(&format!("bundle: {}\nversion: {version}\nhash: {hash}\n", place.display()));
}

/// One release at a time.
fn lock(releases: &Path) -> Result<File, Failure> {
    let failed = |error: std::io::Error| Failure::output(releases, &error);
    fs::create_dir_all(releases).map_err(failed)?;
    // The register would be lost with the name of its folder.
    let centre = releases.parent().unwrap_or(releases);
    File::open(centre).and_then(|centre| centre.sync_all()).map_err(failed)?;
    let path = releases.join(".lock");
    let file = File::options().create(true).truncate(false).write(true).open(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => {
            let message = "another report of this centre is being released";
            Err(Failure::new(Exit::Output, message).hint("wait until it has finished"))
        }
        Err(fs::TryLockError::Error(error)) => Err(failed(error)),
    }
}

fn sound_register(releases: &Path) -> Result<Register, Failure> {
    let (register, findings) = Register::read(releases).map_err(|error| Failure::output(releases, &error))?;
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        output::findings(&findings, None);
        return Err(Failure::new(Exit::Output, "the register of releases is not as it was written")
            .hint("restore it from a copy; nothing was released"));
    }
    Ok(register)
}

/// Enters a release into the register that was interrupted after its bundle got its name: all of it is there, and its hash
/// was told to nobody.
fn complete_interrupted(register: &mut Register, releases: &Path) -> Result<Option<Registered>, Failure> {
    let failed = |error: std::io::Error| Failure::output(releases, &error);
    let Some(announced) = register.announced().map_err(failed)? else { return Ok(None) };
    if !is_whole(&bundle::place(releases, &announced.folder), &announced) {
        return Ok(None);
    }
    register.enter(announced.clone()).map_err(failed)?;
    output::talk(&format!("a release that had been interrupted is complete: {}", announced.folder));
    Ok(Some(announced))
}

/// Whether a sound bundle stands at a place, and the one that a line of the register speaks of.
pub(crate) fn is_whole(place: &Path, registered: &Registered) -> bool {
    check(place).is_ok_and(|checked| checked.findings.is_empty() && checked.hash == Some(registered.manifest))
}

/// The version before: it must be whole, for the new one says what it corrects of it.
fn before(releases: &Path, registered: &Registered) -> Result<Before, Failure> {
    let folder = bundle::place(releases, &registered.folder);
    let failure = |message: String| {
        Failure::new(Exit::Output, message)
            .hint("restore it from a copy: a new version says what it corrects of the one before; nothing was released")
    };
    let checked = check(&folder)
        .map_err(|error| failure(format!("version {}, {}: {error}", registered.version, folder.display())))?;
    if !checked.findings.is_empty() {
        output::findings(&checked.findings, None);
        return Err(failure(format!(
            "version {}, {}, is not as it was released",
            registered.version,
            folder.display()
        )));
    }
    match (checked.manifest, checked.hash) {
        (Some(manifest), Some(hash)) if hash == registered.manifest => Ok(Before { folder, manifest, hash }),
        _ => Err(failure(format!(
            "{} holds another release than version {}",
            folder.display(),
            registered.version
        ))),
    }
}

/// Whether the next bundle can stand at a place: nothing is there, or an empty folder within the folder of releases, which
/// the bundle replaces when it is complete. Nothing is ever taken away: a sound bundle that no register names may be one
/// that was made known before the register was lost.
fn free(place: &Path, register: &Register, releases: &Path) -> Result<bool, Failure> {
    let Ok(metadata) = place.symlink_metadata() else { return Ok(false) };
    let is_empty = || fs::read_dir(place).is_ok_and(|mut entries| entries.next().is_none());
    if metadata.is_dir() && is_within(place, releases) && is_empty() {
        return Ok(true);
    }
    let name = name_of(place, releases);
    let registered = register.releases().iter().any(|one| one.folder == name);
    if !registered && check(place).is_ok_and(|checked| checked.findings.is_empty()) {
        let message = format!(
            "{} holds a sound released report that the register of releases does not name",
            place.display()
        );
        return Err(Failure::new(Exit::Usage, message).hint(
            "restore the register from a copy; or, if a release was interrupted and its hash never told, move the folder away; \
             nothing was changed",
        ));
    }
    let message = format!("{} holds something else already", place.display());
    Err(Failure::new(Exit::Usage, message)
        .hint("move it away, or choose another folder with --out; nothing was changed"))
}

/// Whether a place that is there lies in the folder of releases, links followed.
fn is_within(place: &Path, releases: &Path) -> bool {
    match (place.canonicalize(), releases.canonicalize()) {
        (Ok(place), Ok(releases)) => place != releases && place.starts_with(releases),
        _ => false,
    }
}

/// The name of a place in the register: within the folder of releases, or whole.
fn name_of(place: &Path, releases: &Path) -> String {
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let (place, releases) = (whole(place), whole(releases));
    place.strip_prefix(&releases).unwrap_or(&place).to_string_lossy().into_owned()
}

/// Figures differ and nobody said why.
fn no_reason(changes: &[Change], version: u32) -> Failure {
    for change in changes.iter().take(SHOWN) {
        output::talk(&format!("≠ {}", told(change)));
    }
    if changes.len() > SHOWN {
        output::talk(&format!("… and {} more", changes.len() - SHOWN));
    }
    let (figures, differ) = if changes.len() == 1 { ("figure", "differs") } else { ("figures", "differ") };
    Failure::new(Exit::Usage, format!("{} {figures} {differ} from version {version}", changes.len()))
        .hint("say why with --why TEXT: it is printed on the page of errata; nothing was released")
}

/// A change in a line: where, what was, what is.
pub(crate) fn told(change: &Change) -> String {
    let value = |printed: &Option<impegno_report::errata::Printed>| match printed {
        Some(one) if one.text.is_empty() => "(empty)".to_owned(),
        Some(one) => one.text.clone(),
        None => "(not there)".to_owned(),
    };
    let place = &change.place;
    let keys = [&place.page, &place.table, &place.row, &place.column];
    let keys: Vec<&str> = keys.into_iter().map(String::as_str).filter(|key| !key.is_empty()).collect();
    format!("{} [{}]: {} → {}", place.words, keys.join("/"), value(&change.old), value(&change.new))
}
