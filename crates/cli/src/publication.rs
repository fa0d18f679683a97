//! Publishing a folder whole or not at all.
//!
//! The files are written into a folder beside the one that is asked for, which then takes its place in one step:
//! whoever looks finds the former report or the new one, never a mix of both, also when the program is killed.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use impegno_ledger::Hash;

use crate::exit::{Exit, Failure};

/// The list of the files of a published folder, each with its hash: what says that the folder is ours.
const LIST: &str = ".impegno-report";

/// A published file: its path within the folder and its bytes.
pub(crate) type Published<'f> = (&'f str, &'f [u8]);

/// Writes files into a folder, which is new, empty, or was published before and then is replaced.
pub(crate) fn write(files: &[Published<'_>], out: &Path) -> Result<(), Failure> {
    // The place of a folder reached through a link is that of the folder.
    let out = if out.is_dir() {
        out.canonicalize().map_err(|error| Failure::output(out, &error))?
    } else {
        out.to_owned()
    };
    let name = out.file_name().ok_or_else(|| {
        Failure::new(Exit::Usage, format!("{} is no folder that can be replaced", out.display()))
            .hint("choose another folder with --out")
    })?;
    let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(|error| Failure::output(&out, &error))?;
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(".impegno-unfinished");
    let unfinished = parent.join(hidden);
    // A run that was killed while it changed two names left the former report aside.
    let aside = aside(&unfinished);
    if aside.exists() && !out.exists() {
        fs::rename(&aside, &out).map_err(|error| Failure::output(&out, &error))?;
    }
    refuse_foreign(&out)?;
    let written = begin(&unfinished).and_then(|list| {
        let result = fill(files, list, &unfinished)
            .and_then(|()| replace(&unfinished, &out).map_err(|error| Failure::output(&out, &error)));
        // What is left under the hidden name is the former report, or the part of the new one.
        let cleared = clear(&unfinished);
        result.and(cleared)
    });
    written.map_err(|failure| match failure.hint.as_str() {
        "" => failure.hint("the report that was there before, if any, is untouched"),
        _ => failure,
    })
}

/// Refuses a folder that holds anything else than what was published there before.
fn refuse_foreign(out: &Path) -> Result<(), Failure> {
    if !out.exists() {
        return Ok(());
    }
    let found = files_in(out).map_err(|error| Failure::output(out, &error))?;
    let listed = listed(out);
    let foreign = match &listed {
        None => found.iter().next(),
        Some(listed) => {
            found.iter().find(|file| file.as_path() != Path::new(LIST) && !listed.contains(*file))
        }
    };
    let Some(foreign) = foreign else { return Ok(()) };
    let message = match listed {
        None => format!("{} is not empty and holds no report of impegno", out.display()),
        Some(_) => {
            format!("{} holds `{}`, which no report of impegno put there", out.display(), foreign.display())
        }
    };
    Err(Failure::new(Exit::Usage, message)
        .hint("choose another folder with --out, or move away what is in it; nothing was changed"))
}

/// The files that were published in a folder; `None` when none was.
fn listed(out: &Path) -> Option<BTreeSet<PathBuf>> {
    let list = fs::read_to_string(out.join(LIST)).ok()?;
    Some(list.lines().filter_map(|line| line.split_once("  ").map(|(_, file)| PathBuf::from(file))).collect())
}

/// Every file under a folder by its path within it. Links are files.
fn files_in(folder: &Path) -> io::Result<BTreeSet<PathBuf>> {
    let mut files = BTreeSet::new();
    let mut open = vec![PathBuf::new()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(folder.join(&next))? {
            let entry = entry?;
            let path = next.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                open.push(path);
            } else {
                files.insert(path);
            }
        }
    }
    Ok(files)
}

/// Makes the hidden folder, where nobody else is at work; gives its list, open and locked.
fn begin(unfinished: &Path) -> Result<File, Failure> {
    let failed = |error: io::Error| Failure::output(unfinished, &error);
    if unfinished.exists() {
        let list = File::open(unfinished.join(LIST));
        if list.is_ok_and(|list| matches!(list.try_lock_shared(), Err(fs::TryLockError::WouldBlock))) {
            let message = "another report is being written into the same folder";
            return Err(Failure::new(Exit::Output, message).hint("wait until it has finished"));
        }
        // A run that was killed left it behind.
        clear(unfinished)?;
    }
    fs::create_dir(unfinished).map_err(failed)?;
    let list = File::create(unfinished.join(LIST)).map_err(failed)?;
    list.lock().map_err(failed)?;
    Ok(list)
}

fn clear(unfinished: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Failure::output(unfinished, &error)),
        _ => Ok(()),
    }
}

/// Writes the files and their list.
fn fill(files: &[Published<'_>], mut list: File, unfinished: &Path) -> Result<(), Failure> {
    // A folder is made once and not once a file.
    let mut made = BTreeSet::new();
    let mut lines = String::new();
    for (name, bytes) in files {
        let path = unfinished.join(name);
        if let Some(folder) = path.parent()
            && made.insert(folder.to_owned())
        {
            fs::create_dir_all(folder).map_err(|error| Failure::output(folder, &error))?;
        }
        fs::write(&path, bytes).map_err(|error| Failure::output(&path, &error))?;
        lines.push_str(&format!("{}  {name}\n", Hash::of(bytes)));
    }
    list.write_all(lines.as_bytes())
        .and_then(|()| settle(&list, files, unfinished, &made))
        .map_err(|error| Failure::output(&unfinished.join(LIST), &error))
}

/// Everything that was written is on disk when this returns, names of files and folders too: only then the folder may
/// take the place of the former one.
#[cfg(target_os = "linux")]
fn settle(list: &File, _: &[Published<'_>], _: &Path, _: &BTreeSet<PathBuf>) -> io::Result<()> {
    // One call for the whole file system: hundreds of files synced one by one take a second and more.
    Ok(rustix::fs::syncfs(list)?)
}

/// Everything that was written is on disk when this returns, as far as the system can say so.
#[cfg(not(target_os = "linux"))]
fn settle(
    list: &File,
    files: &[Published<'_>],
    unfinished: &Path,
    made: &BTreeSet<PathBuf>,
) -> io::Result<()> {
    for (name, _) in files {
        File::open(unfinished.join(name))?.sync_all()?;
    }
    for folder in made.iter().flat_map(|folder| folder.ancestors()) {
        if folder.starts_with(unfinished) {
            sync_folder(folder)?;
        }
    }
    list.sync_all()
}

/// The names in a folder are on disk when this returns.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Where the former report waits while two names are changed one after the other.
fn aside(unfinished: &Path) -> PathBuf {
    let mut aside = unfinished.as_os_str().to_owned();
    aside.push("-former");
    PathBuf::from(aside)
}

/// Puts the new folder in the place of the old one. The new name is on disk before anything of the old one goes.
fn replace(new: &Path, out: &Path) -> io::Result<()> {
    let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    #[cfg(target_os = "linux")]
    if out.exists() {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        match renameat_with(CWD, new, CWD, out, RenameFlags::EXCHANGE) {
            Ok(()) => return sync_folder(parent),
            // A file system that cannot exchange two names.
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {}
            Err(error) => return Err(error.into()),
        }
    }
    if out.exists() {
        let aside = aside(new);
        let _ = fs::remove_dir_all(&aside);
        fs::rename(out, &aside)?;
        fs::rename(new, out)?;
        sync_folder(parent)?;
        return fs::remove_dir_all(&aside);
    }
    fs::rename(new, out)?;
    sync_folder(parent)
}
