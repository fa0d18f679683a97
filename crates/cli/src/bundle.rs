//! What a released report is made of, and how it is computed from nothing else.

use std::fs;
use std::path::{Path, PathBuf};

use impegno_calendar::Instant;
use impegno_ledger::{Batch, CATALOGUE, Ledger, SEGMENTS};
use impegno_publish::{is_differences, read_errata, read_page};
use impegno_release::{CENTRE, Draft, ERRATA, LEDGER, Manifest, REPORT, Series};
use impegno_report::document::{Page, Report};
use impegno_report::errata::{
    Change, Definition, Delivery, ERRATA as ERRATA_PAGE, Errata, attribute, differences, notice, page,
};
use impegno_sources::REGISTERS;

use crate::arguments::{Lang, Scope};
use crate::commands::{compare, report};
use crate::exit::{Exit, Failure};
use crate::folder::{self, Loaded};
use crate::served;

/// Name and version of this program, as manifests name it.
pub(crate) fn program() -> String {
    format!("impegno {}", env!("CARGO_PKG_VERSION"))
}

/// Puts into a bundle what its figures rest on: the definitions of the folder and the ledger as known at the as-of.
///
/// Of a received register only the head goes in: its rows are facts and stand in the ledger.
pub(crate) fn fill(draft: &mut Draft, loaded: &Loaded, layout: &str, scope: &Scope) -> Result<(), Failure> {
    let mut add = |path: String, bytes: &[u8]| {
        let path = format!("{CENTRE}/{path}");
        draft.add(&path, bytes).map_err(|error| Failure::output(Path::new(&path), &error))
    };
    for (file, text) in &loaded.texts {
        add(file.clone(), text.as_bytes())?;
    }
    for (name, _) in REGISTERS {
        let file = format!("registers/{name}.csv");
        if let Ok(bytes) = fs::read(loaded.directory.join(&file)) {
            add(file, head(&bytes))?;
        }
    }
    // What was published elsewhere is the whole centre's.
    if scope.body.is_none() {
        let layout = report::layout(loaded, Some(layout), scope.period)?;
        for name in compare::files(loaded, layout, scope.period) {
            let file = format!("published/{name}");
            if let Ok(bytes) = fs::read(loaded.directory.join(&file)) {
                add(file, &bytes)?;
            }
        }
    }
    let frozen = match loaded.ledger()? {
        Some(ledger) => ledger.freeze(scope.as_of.map(|at| at.0))?,
        None => None,
    };
    let Some(frozen) = frozen else {
        let what = if scope.as_of.is_some() {
            "nothing was known at that instant"
        } else {
            "nothing was received yet"
        };
        return Err(Failure::new(Exit::Folder, what).hint("see `impegno batches`"));
    };
    let failed = |path: &str, error: &std::io::Error| Failure::output(Path::new(path), error);
    let catalogue = format!("{LEDGER}/{CATALOGUE}");
    draft.add(&catalogue, frozen.catalogue.as_bytes()).map_err(|error| failed(&catalogue, &error))?;
    for segment in frozen.segments {
        let path = format!("{LEDGER}/{SEGMENTS}/{}", segment.name);
        let copied = draft.copy(&path, segment.open()?);
        let hash = copied.map_err(|error| Failure::output(&segment.path, &error))?;
        if hash != segment.hash {
            let message = format!("segment {} is not as it was received", segment.name);
            return Err(Failure::new(Exit::Output, message).hint(
                "restore it from a copy; `impegno verify` lists what is damaged; nothing was released",
            ));
        }
    }
    Ok(())
}

/// The first line of a table with its end, which may be that of old Macintoshes: no row may go into a bundle.
fn head(bytes: &[u8]) -> &[u8] {
    let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n')) else { return bytes };
    let (head, rest) = bytes.split_at(end);
    let sign = if rest.starts_with(b"\r\n") { 2 } else { 1 };
    bytes.get(..end + sign).unwrap_or(head)
}

/// A report computed from the definitions and the ledger of a bundle, without anything else.
pub(crate) fn compute(bundle: &Path, series: &Series) -> Result<(Loaded, Report), Failure> {
    let loaded = folder::sound(folder::load_bundle(bundle)?)?;
    let period = series.period.parse().map_err(|_| {
        Failure::new(
            Exit::Output,
            format!("the manifest names the period `{}`, which is none", series.period),
        )
    })?;
    let lang = match series.language.as_str() {
        "it" => Lang::It,
        "en" => Lang::En,
        other => {
            let message = format!("the manifest names the language `{other}`, in which there are no reports");
            return Err(Failure::new(Exit::Output, message).hint("use a newer program"));
        }
    };
    // The ledger holds what was known at the as-of and nothing else.
    let scope = Scope { period, as_of: None, body: series.body.clone(), lang };
    let loaded = served::narrow(loaded, &scope)?;
    let document = report::build(&loaded, Some(&series.layout), &scope)?;
    Ok((loaded, document))
}

/// Puts the page of errata into a report, and the notice of it on top of every page.
pub(crate) fn with_errata(document: &mut Report, errata: &Errata, loaded: &Loaded) {
    let page = page(errata, &loaded.centre.zone, document.language);
    // The page of differences stays the last one.
    let place = document.pages.iter().position(is_differences).unwrap_or(document.pages.len());
    document.pages.insert(place, page);
    document.notices.extend(notice(errata, document.language));
}

/// Whether a file of a report holds the exact data of a page.
pub(crate) fn is_page(path: &str) -> bool {
    path.starts_with("dati/") && path.ends_with(".json") && !path.ends_with(".schema.json")
}

/// The pages of a released report as they were released, from their exact data.
pub(crate) fn released_pages(bundle: &Path, manifest: &Manifest) -> Result<Vec<Page>, Failure> {
    let mut pages = Vec::new();
    for (path, _) in manifest.under(REPORT) {
        if !is_page(path) {
            continue;
        }
        let path = bundle.join(REPORT).join(path);
        let bytes = fs::read(&path).map_err(|error| Failure::output(&path, &error))?;
        let page = read_page(&bytes).map_err(|error| {
            Failure::new(Exit::Output, format!("{}: {error}", path.display()))
                .hint("use the program that released it")
        })?;
        pages.push(page);
    }
    Ok(pages)
}

/// What was corrected up to a released report; nothing in a first version.
pub(crate) fn errata_of(bundle: &Path, manifest: &Manifest) -> Result<Errata, Failure> {
    if !manifest.files.iter().any(|file| file.path == ERRATA) {
        return Ok(Errata::default());
    }
    let path = bundle.join(ERRATA);
    let bytes = fs::read(&path).map_err(|error| Failure::output(&path, &error))?;
    read_errata(&bytes).map_err(|error| Failure::new(Exit::Output, format!("{}: {error}", path.display())))
}

/// The corrections from one version to the next. The pages of errata and of the differences from what was published
/// elsewhere speak of the figures of others: they are left out.
pub(crate) fn corrections(old: &[Page], new: &[Page]) -> Vec<Change> {
    let figures = |pages: &[Page]| -> Vec<Page> {
        pages.iter().filter(|page| page.slug != ERRATA_PAGE && !is_differences(page)).cloned().collect()
    };
    differences(&figures(old), &figures(new))
}

/// Says of each correction of a released report whether it comes from this program: whether it computes the figure
/// otherwise from what that report rests on. Where it cannot compute that report any more, nothing is said.
pub(crate) fn attribute_to(
    changes: &mut [Change],
    bundle: &Path,
    manifest: &Manifest,
) -> Result<(), Failure> {
    let released = released_pages(bundle, manifest)?;
    if let Ok((_, again)) = compute(bundle, &manifest.series) {
        attribute(changes, &corrections(&released, &again.pages));
    }
    Ok(())
}

/// What was received between two bundles, and what one of them no longer counts.
pub(crate) fn deliveries(old: &Path, new: &Path) -> Result<Vec<Delivery>, Failure> {
    let batches = |bundle: &Path| -> Result<Vec<Batch>, Failure> {
        Ok(Ledger::open_frozen(&bundle.join(LEDGER))?
            .map(|ledger| ledger.batches())
            .transpose()?
            .unwrap_or_default())
    };
    let (old, new) = (batches(old)?, batches(new)?);
    let common = old.iter().zip(&new).take_while(|(old, new)| old.hash == new.hash).count();
    let delivery = |batch: &Batch, counts_now| Delivery {
        counts_now,
        batch: batch.number,
        source: batch.source.clone(),
        file: batch.file.clone(),
        received_at: batch.received_at,
        accepted: batch.accepted,
        corrected: batch.superseded,
        withdrawn: batch.withdrawn,
    };
    let gone = old.iter().skip(common).map(|batch| delivery(batch, false));
    let came = new.iter().skip(common).map(|batch| delivery(batch, true));
    Ok(gone.chain(came).collect())
}

/// The files of definitions that differ between a released report and the files of another.
pub(crate) fn definitions(old: &Manifest, new: &Draft) -> Vec<Definition> {
    let mut definitions = Vec::new();
    let within =
        |path: &str| path.strip_prefix(CENTRE).and_then(|path| path.strip_prefix('/')).map(str::to_owned);
    let now: Vec<(String, String)> =
        new.files().filter_map(|file| Some((within(&file.path)?, file.hash.to_string()))).collect();
    let before: Vec<(String, String)> =
        old.under(CENTRE).map(|(path, file)| (path.to_owned(), file.hash.to_string())).collect();
    let hash_in = |files: &[(String, String)], file: &str| {
        files.iter().find(|(path, _)| path == file).map(|(_, hash)| hash.clone())
    };
    let mut names: Vec<&String> = now.iter().chain(&before).map(|(path, _)| path).collect();
    names.sort();
    names.dedup();
    for file in names {
        let (old, new) = (hash_in(&before, file), hash_in(&now, file));
        if old != new {
            definitions.push(Definition { file: file.clone(), old, new });
        }
    }
    definitions
}

/// Where a bundle of the register stands.
pub(crate) fn place(releases: &Path, folder: &str) -> PathBuf {
    releases.join(folder)
}

/// An instant that a manifest names.
pub(crate) fn micros(text: &str) -> i64 {
    text.parse::<Instant>().map_or(0, |at| at.0)
}
