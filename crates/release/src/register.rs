//! The register of releases of a centre: a line for each, in a hash chain.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use impegno_findings::{Finding, Place};
use impegno_ledger::Hash;
use serde_json::{Map, Value, json};

use crate::codes::RELEASE_REGISTER;
use crate::manifest::{Series, text};

/// Name of the register in the folder of releases.
pub const REGISTER: &str = "releases.jsonl";

/// A release as the register names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// What was released.
    pub series: Series,
    /// Version of it, from 1.
    pub version: u32,
    /// When, ISO 8601 in UTC.
    pub released_at: String,
    /// Where its bundle stands: relative to the folder of releases, or a whole path.
    pub folder: String,
    /// Hash of its manifest.
    pub manifest: Hash,
    /// Hash of the last batch of the ledger that it knew.
    pub ledger_head: String,
}

/// The releases of a centre in their order.
#[derive(Debug)]
pub struct Register {
    path: PathBuf,
    releases: Vec<Registered>,
    head: Hash,
}

impl Register {
    /// Reads the register in a folder of releases; it is empty when there is none. Lines that are not as they were
    /// written are findings.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn read(folder: &Path) -> io::Result<(Register, Vec<Finding>)> {
        let path = folder.join(REGISTER);
        let mut register = Register { path, releases: Vec::new(), head: Hash::START };
        let mut findings = Vec::new();
        let bytes = match fs::read(&register.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((register, findings)),
            Err(error) => return Err(error),
        };
        let text = String::from_utf8_lossy(&bytes);
        if !text.is_empty() && !text.ends_with('\n') {
            let place = Place::line(REGISTER, text.lines().count() as u32);
            findings.push(problem(place, "the last line is cut"));
        }
        for (line, number) in text.lines().zip(1_u32..) {
            let place = || Place::line(REGISTER, number);
            let Some((release, previous, hash)) = read_line(line) else {
                findings.push(problem(place(), "the line is not as it was written: it was changed"));
                continue;
            };
            if previous != register.head {
                findings.push(problem(place(), "the line does not follow the one before it"));
            }
            register.releases.push(release);
            register.head = hash;
        }
        Ok((register, findings))
    }

    /// All releases in their order.
    pub fn releases(&self) -> &[Registered] {
        &self.releases
    }

    /// The newest version of a series.
    pub fn latest(&self, series: &Series) -> Option<&Registered> {
        self.releases.iter().rev().find(|release| release.series == *series)
    }

    /// Adds a release: the register holds it whole or not at all.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn add(&mut self, release: Registered) -> io::Result<()> {
        self.announce(&release)?;
        self.enter(release)
    }

    /// Writes the register with a further line beside the register. It is on disk when this returns, before the bundle gets
    /// its name: if the program dies in between, the line is there, and [`Register::enter`] puts it in.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn announce(&self, release: &Registered) -> io::Result<()> {
        let text = self.text()? + &line_of(release, self.head).0 + "\n";
        let mut file = File::create(self.announced_path())?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        self.sync_folder()
    }

    /// A release that was announced and not entered; `None` when there is none, or what lies beside the register does not
    /// follow it.
    ///
    /// # Errors
    /// When the register cannot be read.
    pub fn announced(&self) -> io::Result<Option<Registered>> {
        let Ok(text) = fs::read_to_string(self.announced_path()) else { return Ok(None) };
        let register = self.text()?;
        let line = text.strip_prefix(&register).and_then(|rest| rest.strip_suffix('\n'));
        let read = line.and_then(read_line).filter(|(_, previous, _)| *previous == self.head);
        Ok(read.map(|(release, _, _)| release))
    }

    /// Puts the line of an announced release into the register.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn enter(&mut self, release: Registered) -> io::Result<()> {
        fs::rename(self.announced_path(), &self.path)?;
        self.sync_folder()?;
        self.head = line_of(&release, self.head).1;
        self.releases.push(release);
        Ok(())
    }

    fn announced_path(&self) -> PathBuf {
        self.path.with_extension("unfinished")
    }

    fn text(&self) -> io::Result<String> {
        fs::read_to_string(&self.path).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => Ok(String::new()),
            _ => Err(error),
        })
    }

    fn sync_folder(&self) -> io::Result<()> {
        self.path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    }
}

fn problem(place: Place, what: &str) -> Finding {
    Finding::error(RELEASE_REGISTER, place, what).hint("restore the register from a copy")
}

/// A line without its own hash, which is the hash of this text.
fn unsigned(release: &Registered, previous: Hash) -> Map<String, Value> {
    let mut object: Map<String, Value> =
        release.series.fields().into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let further = json!({
        "version": release.version,
        "released_at": release.released_at,
        "folder": release.folder,
        "manifest": release.manifest.to_string(),
        "ledger_head": release.ledger_head,
        "previous": previous.to_string(),
    });
    if let Value::Object(further) = further {
        object.extend(further);
    }
    object
}

fn line_of(release: &Registered, previous: Hash) -> (String, Hash) {
    let mut object = unsigned(release, previous);
    let hash = Hash::of(Value::Object(object.clone()).to_string().as_bytes());
    object.insert("hash".to_owned(), hash.to_string().into());
    (Value::Object(object).to_string(), hash)
}

/// The release of a line, the hash of the line before it and its own; `None` unless it is as it was written.
fn read_line(line: &str) -> Option<(Registered, Hash, Hash)> {
    let value: Value = serde_json::from_str(line).ok()?;
    let object = value.as_object()?;
    let release = Registered {
        series: Series::read(object)?,
        version: u32::try_from(object.get("version")?.as_u64()?).ok()?,
        released_at: text(object, "released_at")?,
        folder: text(object, "folder")?,
        manifest: Hash::parse(object.get("manifest")?.as_str()?)?,
        ledger_head: text(object, "ledger_head")?,
    };
    let previous = Hash::parse(object.get("previous")?.as_str()?)?;
    let (written, hash) = line_of(&release, previous);
    (written == line).then_some((release, previous, hash))
}
