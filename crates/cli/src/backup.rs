//! A backup: a centre folder with its ledger, as they are at one moment, and a list of its files with their hashes.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use impegno_ledger::{Hash, Hashing};
use serde_json::{Map, Value, json};

use crate::exit::{Exit, Failure};

/// Name of the list of files in a backup.
pub(crate) const LIST: &str = "backup.json";
/// Name of the folder of a ledger in a centre folder, and in a backup.
pub(crate) const LEDGER: &str = ".ledger";
/// The catalogue in it.
pub(crate) const CATALOGUE: &str = ".ledger/ledger.sqlite";
/// The segments in it.
pub(crate) const SEGMENTS: &str = ".ledger/segments";
/// The files to be received, which stay out unless they are asked for.
pub(crate) const INBOX: &str = "inbox";

const FORMAT: &str = "impegno-backup";
/// Newest version of the list.
const VERSION: u64 = 1;

/// A file of a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Path within the backup, with `/`.
    pub path: String,
    pub size: u64,
    pub hash: Hash,
}

/// A backup being written: under another name until it is whole.
#[derive(Debug)]
pub(crate) struct Draft {
    place: PathBuf,
    unfinished: PathBuf,
    entries: Vec<Entry>,
    finished: bool,
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.finished {
            // What cannot be removed bears the name of something unfinished.
            let _ = fs::remove_dir_all(&self.unfinished);
        }
    }
}

impl Draft {
    /// Begins a backup at a place that is empty or not there.
    pub(crate) fn begin(place: &Path) -> Result<Draft, Failure> {
        if fs::read_dir(place).is_ok_and(|mut entries| entries.next().is_some()) || place.is_file() {
            let message = format!("{} holds something already", place.display());
            return Err(Failure::new(Exit::Usage, message).hint("name a folder that is empty or not there"));
        }
        let mut name = place.as_os_str().to_owned();
        name.push(format!(".unfinished-{}", std::process::id()));
        let unfinished = PathBuf::from(name);
        fs::create_dir_all(&unfinished).map_err(|error| Failure::output(&unfinished, &error))?;
        Ok(Draft { place: place.to_owned(), unfinished, entries: Vec::new(), finished: false })
    }

    /// Where a file of it is written.
    pub(crate) fn path(&self, path: &str) -> Result<PathBuf, Failure> {
        let path = self.unfinished.join(path);
        let folder = path.parent().unwrap_or(&self.unfinished);
        fs::create_dir_all(folder).map_err(|error| Failure::output(folder, &error))?;
        Ok(path)
    }

    /// Takes what an input holds as a file.
    pub(crate) fn take(&mut self, path: &str, input: impl io::Read) -> Result<Hash, Failure> {
        let to = self.path(path)?;
        let mut input = Hashing::new(input);
        let written = File::create(&to).and_then(|mut file| {
            io::copy(&mut input, &mut file)?;
            file.sync_all()
        });
        written.map_err(|error| Failure::output(&to, &error))?;
        let (hash, size) = input.so_far();
        self.entries.push(Entry { path: path.to_owned(), size, hash });
        Ok(hash)
    }

    /// Takes a file that was written into it, durably.
    pub(crate) fn written(&mut self, path: &str) -> Result<(), Failure> {
        let at = self.path(path)?;
        let (hash, size) = hash_of(&at).map_err(|error| Failure::output(&at, &error))?;
        self.entries.push(Entry { path: path.to_owned(), size, hash });
        Ok(())
    }

    /// What it holds so far.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Writes the list and gives the backup its name. The hash of the list stands for all of it.
    pub(crate) fn finish(mut self, about: Map<String, Value>) -> Result<Hash, Failure> {
        self.entries.sort_by(|a, b| a.path.cmp(&b.path));
        let files: Vec<Value> = self
            .entries
            .iter()
            .map(|entry| json!({ "path": entry.path, "size": entry.size, "hash": entry.hash.to_string() }))
            .collect();
        let mut list = Map::new();
        list.insert("format".to_owned(), FORMAT.into());
        list.insert("version".to_owned(), VERSION.into());
        list.extend(about);
        list.insert("files".to_owned(), files.into());
        let text = format!("{:#}\n", Value::Object(list));
        let hash = Hash::of(text.as_bytes());
        let path = self.unfinished.join(LIST);
        let write = || -> io::Result<()> {
            let mut file = File::create(&path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            sync_folders(&self.unfinished)?;
            if self.place.exists() {
                // It is empty.
                fs::remove_dir(&self.place)?;
            }
            fs::rename(&self.unfinished, &self.place)?;
            match self.place.parent().filter(|parent| !parent.as_os_str().is_empty()) {
                Some(parent) => File::open(parent)?.sync_all(),
                None => File::open(".")?.sync_all(),
            }
        };
        write().map_err(|error| Failure::output(&self.place, &error))?;
        self.finished = true;
        Ok(hash)
    }
}

/// The names of new files are durable only when their folders are.
pub(crate) fn sync_folders(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_folders(&entry.path())?;
        }
    }
    File::open(folder)?.sync_all()
}

/// The hash and size of a file.
pub(crate) fn hash_of(path: &Path) -> io::Result<(Hash, u64)> {
    let mut input = Hashing::new(File::open(path)?);
    io::copy(&mut input, &mut io::sink())?;
    Ok(input.so_far())
}

/// The ordinary files under a folder, by relative path in their order; those whose path is not wanted are left out, with
/// everything beneath them. Links are not followed: the second list names them, and what else is no ordinary file.
pub(crate) fn files_under(
    folder: &Path,
    wanted: impl Fn(&str) -> bool,
) -> io::Result<(Vec<String>, Vec<String>)> {
    let (mut files, mut left) = (Vec::new(), Vec::new());
    let mut open = vec![String::new()];
    while let Some(next) = open.pop() {
        let entries = match fs::read_dir(folder.join(&next)) {
            Ok(entries) => entries,
            // It was taken away meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound && !next.is_empty() => continue,
            Err(error) => return Err(error),
        };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if next.is_empty() { name } else { format!("{next}/{name}") };
            if !wanted(&path) {
                continue;
            }
            let kind = entry.file_type()?;
            if kind.is_dir() {
                open.push(path);
            } else if kind.is_file() && entry.file_name().to_str().is_some() {
                files.push(path);
            } else {
                left.push(path);
            }
        }
    }
    files.sort();
    left.sort();
    Ok((files, left))
}

/// Reads the list of a backup, and holds every file against it. All problems are named at once.
pub(crate) fn read(folder: &Path) -> Result<Vec<Entry>, Failure> {
    let path = folder.join(LIST);
    let text = fs::read_to_string(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Failure::new(Exit::Usage, format!("{} is no backup", folder.display()))
            .hint("name a folder that `impegno backup` made"),
        _ => Failure::output(&path, &error),
    })?;
    let entries = entries(&text).map_err(|what| {
        Failure::new(Exit::Output, format!("{}: {what}", path.display())).hint("use another backup")
    })?;
    let mut problems = Vec::new();
    for entry in &entries {
        match hash_of(&folder.join(&entry.path)) {
            Ok((hash, _)) if hash == entry.hash => {}
            Ok(_) => problems.push(format!("{}: its bytes are others", entry.path)),
            Err(error) => problems.push(format!("{}: {error}", entry.path)),
        }
    }
    let known: BTreeSet<&str> = entries.iter().map(|entry| entry.path.as_str()).chain([LIST]).collect();
    let (files, left) = files_under(folder, |_| true).map_err(|error| Failure::output(folder, &error))?;
    for path in files.iter().chain(&left).filter(|path| !known.contains(path.as_str())) {
        problems.push(format!("{path}: the list does not name it"));
    }
    if !problems.is_empty() {
        let message = format!("the backup is not as it was made:\nerror: {}", problems.join("\nerror: "));
        return Err(Failure::new(Exit::Output, message).hint("use another backup; nothing was restored"));
    }
    Ok(entries)
}

fn entries(text: &str) -> Result<Vec<Entry>, String> {
    let list: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if list.get("format").and_then(Value::as_str) != Some(FORMAT) {
        return Err("it is no list of a backup".to_owned());
    }
    match list.get("version").and_then(Value::as_u64) {
        Some(VERSION) => {}
        Some(version) if version > VERSION => return Err("use a newer program".to_owned()),
        _ => return Err("its version is none".to_owned()),
    }
    let files = list.get("files").and_then(Value::as_array).ok_or("it lists no files")?;
    files
        .iter()
        .map(|file| {
            let path = file.get("path").and_then(Value::as_str).filter(|path| is_plain(path));
            let size = file.get("size").and_then(Value::as_u64);
            let hash = file.get("hash").and_then(Value::as_str).and_then(Hash::parse);
            match (path, size, hash) {
                (Some(path), Some(size), Some(hash)) => Ok(Entry { path: path.to_owned(), size, hash }),
                _ => Err(format!("not an entry: {file}")),
            }
        })
        .collect()
}

/// Whether a path leads to nowhere but into its folder.
fn is_plain(path: &str) -> bool {
    let own = Path::new(path).components().all(|part| matches!(part, std::path::Component::Normal(_)));
    own && !path.is_empty()
}
