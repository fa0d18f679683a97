//! `impegno backup` and `impegno restore`.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use impegno_calendar::Instant;
use impegno_ledger::LedgerError;
use serde_json::{Map, Value, json};

use crate::arguments::{Backup, Restore};
use crate::backup::{
    CATALOGUE, Draft, Entry, INBOX, LEDGER, LIST, SEGMENTS, files_under, hash_of, read, sync_folders,
};
use crate::bundle::program;
use crate::commands::import::now;
use crate::exit::{Exit, Failure};
use crate::folder::Loaded;
use crate::{folder, output};

/// Writes a backup of a centre, while others import into it or not.
pub(crate) fn run(arguments: &Backup) -> Result<(), Failure> {
    let loaded = folder::load_to_back_up(&arguments.centre)?;
    let directory = &loaded.directory;
    let mut draft = Draft::begin(&arguments.out)?;
    let taken_at = Instant(now());
    let mut left = Vec::new();
    for path in of_the_folder(directory, &arguments.out, arguments.with_inbox, &mut left)? {
        take(&mut draft, directory, &path)?;
    }
    // What waits to become a batch is taken before the catalogue: it may be in both, and never in neither.
    take_waiting(&mut draft, directory)?;
    let copied = match loaded.ledger()? {
        Some(ledger) => {
            let copied = ledger.copy_catalogue(&draft.path(CATALOGUE)?)?;
            draft.written(CATALOGUE)?;
            for segment in &copied.segments {
                let path = format!("{SEGMENTS}/{}", segment.name);
                if draft.take(&path, segment.open()?)? != segment.hash {
                    let message = format!("segment {} is not as it was received", segment.name);
                    return Err(Failure::new(Exit::Output, message).hint(
                        "restore it from an earlier backup; `impegno verify` lists what is damaged; no backup was made",
                    ));
                }
            }
            Some(copied)
        }
        None => None,
    };
    let bytes: u64 = draft.entries().iter().map(|entry| entry.size).sum();
    let files = draft.entries().len();
    let batches = copied.as_ref().map_or(0, |copied| copied.batches);
    let segments = copied.as_ref().map_or(0, |copied| copied.segments.len());
    let head = copied.and_then(|copied| copied.head);
    let mut about = Map::new();
    about.insert("program".to_owned(), program().into());
    about.insert("taken_at".to_owned(), taken_at.to_string().into());
    about.insert("centre".to_owned(), loaded.centre.name.it.clone().into());
    about.insert("batches".to_owned(), batches.into());
    about.insert("segments".to_owned(), segments.into());
    about.insert("head".to_owned(), head.as_ref().map_or(Value::Null, |head| json!(head.hash.to_string())));
    about.insert("inbox".to_owned(), arguments.with_inbox.into());
    let hash = draft.finish(about)?;
    for path in left {
        output::talk(&format!("warning: {path}: no ordinary file; it is not in the backup"));
    }
    let mut text = format!("{batches} batches, {segments} segments, {files} files, {bytes} bytes\n");
    if let Some(head) = head {
        text.push_str(&format!("last batch: {}, {}\n", head.number, head.hash));
    }
    if !arguments.with_inbox && directory.join(INBOX).is_dir() {
        text.push_str("without the files of inbox/ (--with-inbox)\n");
    }
    text.push_str(&format!("hash of {LIST}: {hash}\n"));
    output::data(&text);
    Ok(())
}

/// The files of a centre folder that go into its backup, without those of the ledger.
fn of_the_folder(
    directory: &Path,
    out: &Path,
    with_inbox: bool,
    left: &mut Vec<String>,
) -> Result<Vec<String>, Failure> {
    // The backup may be made inside of the folder, where it bears another name until it is whole.
    let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let own =
        parent.canonicalize().ok().zip(directory.canonicalize().ok()).and_then(|(parent, directory)| {
            let place = parent.join(out.file_name()?);
            Some(place.strip_prefix(directory).ok()?.to_string_lossy().into_owned())
        });
    let is_out = |path: &str| {
        let rest = own.as_ref().and_then(|own| path.strip_prefix(own.as_str()));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(".unfinished-"))
    };
    let wanted = |path: &str| {
        let hidden = path.rsplit('/').next().is_some_and(|name| name.starts_with('.'));
        // A released report has hidden files of its own.
        let released = path.starts_with("releases/");
        (!hidden || released || path == ".gitignore") && (with_inbox || path != INBOX) && !is_out(path)
    };
    let (files, others) =
        files_under(directory, wanted).map_err(|error| Failure::output(directory, &error))?;
    left.extend(others);
    Ok(files)
}

/// Takes a file as it is now; one that was taken away meanwhile is left out.
fn take(draft: &mut Draft, directory: &Path, path: &str) -> Result<(), Failure> {
    let from = directory.join(path);
    match File::open(&from) {
        Ok(file) => draft.take(path, file).map(|_| ()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::output(&from, &error)),
    }
}

/// Takes what is in the folder of the ledger besides catalogue and segments.
///
/// Files may get another name while they are read, or go when they have become a batch: it is looked again until no name is
/// new.
fn take_waiting(draft: &mut Draft, directory: &Path) -> Result<(), Failure> {
    let ledger = directory.join(LEDGER);
    if !ledger.is_dir() {
        return Ok(());
    }
    let own = |path: &str| {
        let first = path.split('/').next().unwrap_or_default();
        first.starts_with("ledger.sqlite")
            || ["segments", "cache", "derived", "lock", "elsewhere"].contains(&first)
    };
    let mut seen = BTreeSet::new();
    loop {
        let (files, _) =
            files_under(&ledger, |path| !own(path)).map_err(|error| Failure::output(&ledger, &error))?;
        let new: Vec<String> = files.into_iter().filter(|path| seen.insert(path.clone())).collect();
        if new.is_empty() {
            return Ok(());
        }
        for path in new {
            take(draft, directory, &format!("{LEDGER}/{path}"))?;
        }
    }
}

/// Makes a centre of a backup: the whole folder where there is none, or the ledger alone where centre.toml is there already.
pub(crate) fn restore(arguments: &Restore) -> Result<(), Failure> {
    let Restore { backup, into } = arguments;
    let entries = read(backup)?;
    let there = into.join("centre.toml").is_file();
    let empty = !into.exists() || fs::read_dir(into).is_ok_and(|mut entries| entries.next().is_none());
    if !there && !empty {
        let message = format!("{} holds something that is no centre", into.display());
        return Err(Failure::new(Exit::Usage, message).hint(
            "name a folder that is empty or not there, or one with the centre.toml that the ledger is for",
        ));
    }
    let of_the_ledger = |entry: &Entry| entry.path.starts_with(&format!("{LEDGER}/"));
    if !there {
        // centre.toml comes last: without it, what an interruption leaves is no centre.
        let mut files: Vec<&Entry> = entries.iter().filter(|entry| !of_the_ledger(entry)).collect();
        files.sort_by_key(|entry| (entry.path == "centre.toml", &entry.path));
        for entry in files {
            put(backup, into, entry)?;
        }
        sync_folders(into).map_err(|error| Failure::output(into, &error))?;
    }
    let loaded = folder::load_to_back_up(into)?;
    if entries.iter().any(|entry| entry.path == CATALOGUE) {
        let told = restore_ledger(&loaded, backup)?;
        output::data(&told);
    } else {
        output::data("nothing had been received\n");
    }
    let own = |entry: &&Entry| {
        of_the_ledger(entry) && entry.path != CATALOGUE && !entry.path.starts_with(&format!("{SEGMENTS}/"))
    };
    for entry in entries.iter().filter(own) {
        put(backup, into, entry)?;
    }
    if let Ok(folder) = into.join(LEDGER).canonicalize() {
        sync_folders(&folder).map_err(|error| Failure::output(&folder, &error))?;
    }
    Ok(())
}

fn restore_ledger(loaded: &Loaded, backup: &Path) -> Result<String, Failure> {
    let mut ledger = loaded.ledger_to_write()?;
    let lock = ledger.lock()?;
    let copied = ledger.restore(&lock, &backup.join(CATALOGUE), &backup.join(SEGMENTS))?;
    let verification = ledger.verify()?;
    if let Some(problem) = verification.problems.first() {
        return Err(LedgerError::Catalogue(format!("restored, but not as it was received: {problem}")).into());
    }
    let mut text =
        format!("{} batches, {} segments restored and verified\n", copied.batches, copied.segments.len());
    if let Some(head) = copied.head {
        text.push_str(&format!("last batch: {}, {}\n", head.number, head.hash));
    }
    Ok(text)
}

/// Copies a file of a backup to its place; one that is there and the same is left.
fn put(backup: &Path, into: &Path, entry: &Entry) -> Result<(), Failure> {
    let (from, to) = (backup.join(&entry.path), into.join(&entry.path));
    if to.exists() {
        return match hash_of(&to) {
            Ok((hash, _)) if hash == entry.hash => Ok(()),
            Ok(_) => {
                Err(Failure::new(Exit::Usage, format!("{} is there already, and another", to.display())))
            }
            Err(error) => Err(Failure::output(&to, &error)),
        };
    }
    let copy = || -> io::Result<()> {
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(&from, &to)?;
        File::open(&to)?.sync_all()
    };
    copy().map_err(|error| Failure::output(&to, &error))
}
