//! Writing a bundle whole or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use impegno_ledger::{Hash, Hashing};

use crate::manifest::stays_inside;
use crate::{Entry, MANIFEST, Manifest, SEAL, seal};

/// A bundle on its way: its files lie in a hidden folder beside the place where it will stand.
///
/// Manifest and seal are written last, and the folder gets its name when everything is on disk: who looks finds the whole
/// bundle or none. A draft that is given up goes away; what a killed program left behind goes with the next draft.
#[derive(Debug)]
pub struct Draft {
    unfinished: PathBuf,
    place: PathBuf,
    files: BTreeMap<String, Entry>,
    folders: BTreeSet<PathBuf>,
    /// An empty folder at the place gives way.
    replaces: bool,
    finished: bool,
}

impl Draft {
    /// Begins a bundle that will stand at a place where nothing stands yet.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] when something stands there; when nothing can be written beside it.
    pub fn begin(place: &Path) -> io::Result<Draft> {
        if place.symlink_metadata().is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        Draft::beside(place, false)
    }

    /// Begins a bundle that will stand where an empty folder stands, which stays until everything is on disk and only goes
    /// if it is empty then.
    ///
    /// # Errors
    /// When nothing can be written beside it.
    pub fn in_place_of(place: &Path) -> io::Result<Draft> {
        Draft::beside(place, true)
    }

    fn beside(place: &Path, replaces: bool) -> io::Result<Draft> {
        let name = place.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let mut hidden = OsString::from(".");
        hidden.push(name);
        hidden.push(".impegno-unfinished");
        let parent = place.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        make(parent)?;
        let unfinished = parent.join(hidden);
        remove(&unfinished)?;
        fs::create_dir(&unfinished)?;
        Ok(Draft {
            folders: BTreeSet::from([unfinished.clone()]),
            unfinished,
            place: place.to_owned(),
            files: BTreeMap::new(),
            replaces,
            finished: false,
        })
    }

    /// Where its files lie meanwhile.
    pub fn folder(&self) -> &Path {
        &self.unfinished
    }

    /// Adds a file.
    ///
    /// # Errors
    /// When it cannot be written, or its path is none within a bundle.
    pub fn add(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.copy(path, bytes).map(|_| ())
    }

    /// Adds a file with all that an input holds; gives the hash of its bytes.
    ///
    /// # Errors
    /// When the input cannot be read or the file not be written, or its path is none within a bundle.
    pub fn copy(&mut self, path: &str, input: impl io::Read) -> io::Result<Hash> {
        if !stays_inside(path) || [MANIFEST, SEAL].contains(&path) || self.files.contains_key(path) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("`{path}` cannot be in a bundle"),
            ));
        }
        let mut hashing = Hashing::new(input);
        self.write(path, &mut hashing)?;
        let (hash, size) = hashing.so_far();
        self.files.insert(path.to_owned(), Entry { path: path.to_owned(), size, hash });
        Ok(hash)
    }

    /// The files that were added, in the order of their paths.
    pub fn files(&self) -> impl Iterator<Item = &Entry> {
        self.files.values()
    }

    /// Writes manifest and seal and puts the bundle in its place; gives the hash of the manifest. `manifest` says what
    /// the bundle is about; its list of files is that of the files added.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish(mut self, manifest: Manifest) -> io::Result<Hash> {
        let hash = self.seal(manifest)?;
        self.stand()?;
        Ok(hash)
    }

    /// Writes manifest and seal, after which nothing is added any more; gives the hash of the manifest. All of the bundle is
    /// on disk when this returns, under its hidden name.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn seal(&mut self, manifest: Manifest) -> io::Result<Hash> {
        let manifest = Manifest { files: self.files.values().cloned().collect(), ..manifest };
        let text = manifest.to_json();
        let hash = Hash::of(text.as_bytes());
        self.write(MANIFEST, &mut text.as_bytes())?;
        self.write(SEAL, &mut seal::text(hash).as_bytes())?;
        for folder in &self.folders {
            sync(folder)?;
        }
        Ok(hash)
    }

    /// Puts a sealed bundle in its place.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn stand(mut self) -> io::Result<()> {
        if self.replaces {
            // An empty folder and nothing else: what holds something is refused.
            fs::remove_dir(&self.place)?;
        }
        fs::rename(&self.unfinished, &self.place)?;
        self.finished = true;
        if let Some(parent) = self.place.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            sync(parent)?;
        }
        Ok(())
    }

    fn write(&mut self, path: &str, input: &mut impl io::Read) -> io::Result<()> {
        let full = self.unfinished.join(path);
        if let Some(folder) = full.parent()
            && !self.folders.contains(folder)
        {
            fs::create_dir_all(folder)?;
            // The folders between are new too, and their names are durable only when they are synced.
            let new = folder.ancestors().take_while(|one| one.starts_with(&self.unfinished));
            self.folders.extend(new.map(Path::to_owned));
        }
        let mut file = File::create(&full)?;
        io::copy(input, &mut file)?;
        file.flush()?;
        file.sync_all()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.finished {
            // Nobody is there to be told; the next draft tries again.
            let _ = remove(&self.unfinished);
        }
    }
}

/// Makes a folder with those above it. Their names are on disk when this returns: a bundle would be lost with the name of
/// the folder that it stands in.
fn make(folder: &Path) -> io::Result<()> {
    let named_in = |folder: &Path| {
        folder
            .parent()
            .map(|above| if above.as_os_str().is_empty() { Path::new(".") } else { above }.to_owned())
    };
    let missing = folder.ancestors().take_while(|one| !one.as_os_str().is_empty() && !one.is_dir());
    // That of the folder itself also where it is there: an interrupted run may have made it without syncing.
    let above: BTreeSet<PathBuf> = missing.chain([folder]).filter_map(named_in).collect();
    fs::create_dir_all(folder)?;
    above.iter().try_for_each(|above| sync(above))
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
