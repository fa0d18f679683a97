//! The spool of performance data: finished files are taken, stored durably, and only then removed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use impegno_calendar::Zone;
use impegno_facts::Facts;
use impegno_ledger::Hash;
use impegno_live::{Answer, Receiver, Taken};
use impegno_sources::live::{is_plain, write_check};
use impegno_sources::{Declaration, Format, Mode, Names};

use crate::output;

/// How often the folder is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// Bytes of the largest file that is taken.
const MOST: u64 = 64 << 20;

/// Where files that hold something unreadable are kept.
const REFUSED: &str = "refused";

/// A folder into which Nagios moves its files of performance data.
#[derive(Debug, Clone)]
pub(crate) struct Spool {
    /// The live source of its results.
    pub source: String,
    /// The folder.
    pub folder: PathBuf,
}

impl Spool {
    /// Takes files until it is told to stop.
    pub(crate) fn run(&self, receiver: &Receiver, zone: &Zone, stop: &AtomicBool) {
        let mut told = String::new();
        while !stop.load(Ordering::Relaxed) {
            match self.take_all(receiver, zone) {
                Ok(()) => told.clear(),
                // A disk that stays full is told once.
                Err(trouble) if trouble != told => {
                    output::talk(&format!("spool {}: {trouble}", self.folder.display()));
                    told = trouble;
                }
                Err(_) => {}
            }
            for _ in 0..10 {
                if !stop.load(Ordering::Relaxed) {
                    thread::sleep(EVERY / 10);
                }
            }
        }
    }

    /// Takes the files that are there, in the order of their names.
    fn take_all(&self, receiver: &Receiver, zone: &Zone) -> Result<(), String> {
        let entries = fs::read_dir(&self.folder).map_err(|error| error.to_string())?;
        let mut files: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                // Programs that write into the folder itself give a file its name when it is finished.
                !name.starts_with('.') && !name.ends_with(".tmp") && path.is_file()
            })
            .collect();
        files.sort();
        files.iter().try_for_each(|file| self.take(receiver, zone, file))
    }

    fn take(&self, receiver: &Receiver, zone: &Zone, file: &Path) -> Result<(), String> {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let failed = |error: std::io::Error| format!("{name}: {error}");
        let size = fs::metadata(file).map_err(failed)?.len();
        if size > MOST {
            return Err(format!("{name} has more than {} MiB; it was not taken", MOST >> 20));
        }
        let bytes = fs::read(file).map_err(failed)?;
        let declaration = Declaration {
            title: [String::new(), String::new()],
            attribution: None,
            clock: None,
            mode: Mode::Append,
            tolerance_ppm: 0,
            format: Format::Perfdata,
        };
        let read = impegno_sources::read(&declaration, &Names::default(), zone, &name, &bytes);
        let mut taken = Taken { ignored: read.ignored, ..Taken::default() };
        let mut refused = read.rejected;
        for facts in &read.facts {
            let Facts::Checks(checks) = facts else { continue };
            for row in 0..checks.at.len() {
                let probe = checks.probe.get(row);
                if is_plain(probe) {
                    write_check(&mut taken.lines, probe, &checks.row(row));
                    taken.rows += 1;
                } else {
                    refused += 1;
                }
            }
        }
        // The same file that is found again, after a kill between storing and removing it, changes nothing.
        let key = format!("spool {}", Hash::of(&bytes));
        match receiver.store(&self.source, taken, &key, &bytes) {
            Answer::Stored { .. } => {}
            Answer::NoRoom(reason) | Answer::Failed(reason) => return Err(reason),
            Answer::OtherBody => return Err(format!("{name}: its key belongs to another file")),
        }
        if refused == 0 {
            return fs::remove_file(file).map_err(failed);
        }
        let kept = self.folder.join(REFUSED);
        fs::create_dir_all(&kept).and_then(|()| fs::rename(file, kept.join(&name))).map_err(failed)?;
        let first = read.findings.first().map(|finding| format!("{}: {}", finding.place, finding.message));
        output::talk(&format!(
            "spool: {refused} rows of {name} cannot be used, all others were stored; the file is kept in {REFUSED}/ ({})",
            first.unwrap_or_else(|| "a name with control characters".to_owned())
        ));
        Ok(())
    }
}
