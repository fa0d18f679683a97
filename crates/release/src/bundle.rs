//! Whether a bundle is as it was released.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::Path;

use impegno_findings::{Finding, Place};
use impegno_ledger::{CATALOGUE, Hash, Hashing, SEGMENTS, segments_named};

use crate::codes::{
    BUNDLE_FILE_CHANGED, BUNDLE_FILE_FOREIGN, BUNDLE_FILE_MISSING, BUNDLE_MANIFEST, BUNDLE_NEWER,
    BUNDLE_SEAL, NOT_A_BUNDLE,
};
use crate::manifest::{Manifest, Unreadable};
use crate::{LEDGER, MANIFEST, SEAL, seal};

/// What checking a bundle found.
#[derive(Debug)]
pub struct Checked {
    /// Its manifest, as far as it can be read.
    pub manifest: Option<Manifest>,
    /// The hash of its manifest.
    pub hash: Option<Hash>,
    /// Everything that is not as it was released, each with the file; empty when all is well.
    pub findings: Vec<Finding>,
}

const RESTORE: &str = "restore the released report from a copy";

/// Whether a folder looks like a bundle, whole or not.
pub fn is_bundle(folder: &Path) -> bool {
    [MANIFEST, SEAL].iter().any(|name| folder.join(name).is_file())
}

/// Checks seal, manifest and every file of a bundle. Files that the manifest does not name are problems too.
///
/// Links are not followed, and no file outside of the folder is read whatever the manifest says.
///
/// # Errors
/// When the folder cannot be listed.
pub fn check(folder: &Path) -> io::Result<Checked> {
    let found = files_in(folder)?;
    let mut checked = Checked { manifest: None, hash: None, findings: Vec::new() };
    let findings = &mut checked.findings;
    if !found.contains_key(MANIFEST) && !found.contains_key(SEAL) {
        let what =
            if found.is_empty() { "the folder is empty" } else { "the folder holds no released report" };
        findings.push(
            Finding::error(NOT_A_BUNDLE, Place::file(folder.display().to_string()), what)
                .hint("name a centre folder, or the folder of one version of a released report"),
        );
        return Ok(checked);
    }
    let seal = match read_plain(folder, SEAL, &found) {
        Some(bytes) => match seal::read(&bytes) {
            Some(hash) => Some(hash),
            None => {
                let message = "the seal is not as it was written: it was changed";
                findings.push(
                    Finding::error(BUNDLE_SEAL, Place::file(SEAL), message)
                        .hint("restore it from a copy; the hash of manifest.json must be the one that was made known with the report"),
                );
                None
            }
        },
        None => {
            findings.push(
                Finding::error(
                    BUNDLE_SEAL,
                    Place::file(SEAL),
                    "the seal is missing: the bundle is not whole",
                )
                .hint(RESTORE),
            );
            None
        }
    };
    let Some(bytes) = read_plain(folder, MANIFEST, &found) else {
        let message = "the manifest is missing: the bundle is not whole";
        findings.push(Finding::error(BUNDLE_MANIFEST, Place::file(MANIFEST), message).hint(RESTORE));
        return Ok(checked);
    };
    let hash = Hash::of(&bytes);
    checked.hash = Some(hash);
    let sealed = seal.is_none_or(|seal| seal == hash);
    match Manifest::read(&bytes) {
        Ok(manifest) => checked.manifest = Some(manifest),
        Err(Unreadable::Newer(format)) if sealed => {
            let message = format!("the bundle has format {format}, which this program does not know");
            findings.push(
                Finding::error(BUNDLE_NEWER, Place::file(MANIFEST), message).hint("use a newer program"),
            );
            return Ok(checked);
        }
        Err(Unreadable::Newer(_)) => {}
        Err(Unreadable::Wrong(what)) => {
            findings.push(
                Finding::error(BUNDLE_MANIFEST, Place::file(MANIFEST), format!("it cannot be used: {what}"))
                    .hint(RESTORE),
            );
        }
    }
    if !sealed {
        let message = "it is not the manifest that was sealed: it was changed, and the other files cannot be judged by it";
        findings.push(Finding::error(BUNDLE_MANIFEST, Place::file(MANIFEST), message).hint(RESTORE));
        return Ok(checked);
    }
    let Some(manifest) = &checked.manifest else { return Ok(checked) };
    let mut named: BTreeSet<&str> = BTreeSet::from([MANIFEST, SEAL]);
    for entry in &manifest.files {
        named.insert(&entry.path);
        let place = || Place::file(entry.path.as_str());
        match found.get(&entry.path) {
            None => findings.push(
                Finding::error(BUNDLE_FILE_MISSING, place(), "the file was released and is not there")
                    .hint(RESTORE),
            ),
            Some(Found::Odd) => findings.push(
                Finding::error(BUNDLE_FILE_CHANGED, place(), "it is no ordinary file any more").hint(RESTORE),
            ),
            Some(Found::File(size)) if *size != entry.size => {
                let message = format!("it was changed: {size} bytes, {} were released", entry.size);
                findings.push(Finding::error(BUNDLE_FILE_CHANGED, place(), message).hint(RESTORE));
            }
            Some(Found::File(_)) => match hash_of(&folder.join(&entry.path)) {
                Ok(hash) if hash == entry.hash => {}
                Ok(_) => findings.push(
                    Finding::error(
                        BUNDLE_FILE_CHANGED,
                        place(),
                        "it was changed: its bytes are not those released",
                    )
                    .hint(RESTORE),
                ),
                Err(error) => {
                    findings.push(
                        Finding::error(BUNDLE_FILE_MISSING, place(), format!("it cannot be read: {error}"))
                            .hint(RESTORE),
                    );
                }
            },
        }
    }
    for path in found.keys().filter(|path| !named.contains(path.as_str())) {
        findings.push(
            Finding::error(
                BUNDLE_FILE_FOREIGN,
                Place::file(path.as_str()),
                "the file was not released with the report",
            )
            .hint("move it away: a bundle holds what was released and nothing else"),
        );
    }
    // Judged by the catalogue only when that is the one that was released.
    let catalogue = format!("{LEDGER}/{CATALOGUE}");
    if !findings.iter().any(|finding| finding.place.file == catalogue) {
        let bytes = read_plain(folder, &catalogue, &found).unwrap_or_default();
        let segments = segments_named(&String::from_utf8_lossy(&bytes));
        for (path, _) in manifest.under(LEDGER) {
            let segment = path.strip_prefix(SEGMENTS).and_then(|path| path.strip_prefix('/'));
            if path != CATALOGUE && !segment.is_some_and(|name| segments.contains(name)) {
                let place = Place::file(format!("{LEDGER}/{path}"));
                let message =
                    "it is neither the catalogue of the ledger nor a segment that the catalogue names";
                findings.push(
                    Finding::error(BUNDLE_FILE_FOREIGN, place, message)
                        .hint("no release writes it: ask for the bundle from who released it"),
                );
            }
        }
    }
    Ok(checked)
}

/// What stands under a path.
#[derive(Debug, Clone, Copy)]
enum Found {
    /// An ordinary file of this size.
    File(u64),
    /// A link, a device, a pipe.
    Odd,
}

/// Everything under a folder that is no folder, by its path with `/` between the parts.
fn files_in(folder: &Path) -> io::Result<BTreeMap<String, Found>> {
    let mut files = BTreeMap::new();
    let mut open = vec![String::new()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(folder.join(&next))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if next.is_empty() { name } else { format!("{next}/{name}") };
            let metadata = entry.metadata()?;
            if metadata.is_dir() {
                open.push(path);
            } else {
                files.insert(path, if metadata.is_file() { Found::File(metadata.len()) } else { Found::Odd });
            }
        }
    }
    Ok(files)
}

/// The bytes of a small file; `None` when it is not there as an ordinary file.
fn read_plain(folder: &Path, name: &str, found: &BTreeMap<String, Found>) -> Option<Vec<u8>> {
    match found.get(name) {
        Some(Found::File(_)) => fs::read(folder.join(name)).ok(),
        Some(Found::Odd) | None => None,
    }
}

fn hash_of(path: &Path) -> io::Result<Hash> {
    let mut hashing = Hashing::new(File::open(path)?);
    io::copy(&mut hashing, &mut io::sink())?;
    Ok(hashing.so_far().0)
}
