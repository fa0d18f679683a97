//! The sample centres inside the program: their folders, and how their records are made.

use std::fs;
use std::path::{Path, PathBuf};

use impegno_calendar::{Instant, Period};
use impegno_sample::{SampleError, Written};
use include_dir::{Dir, include_dir};

use crate::exit::{Exit, Failure};
use crate::output;

/// A sample centre.
#[derive(Debug)]
pub(crate) struct Sample {
    /// What it is called on the command line; also the name of its folder.
    pub name: &'static str,
    /// Its folder, inside the program so that it runs anywhere.
    pub folder: Dir<'static>,
    /// When its facts are received: fixed, so that two runs give the same bytes.
    pub received_at: Instant,
    /// The period that the demo publishes.
    pub period: Period,
    records: Records,
}

/// How the records of a sample are made.
#[derive(Debug, Clone, Copy)]
enum Records {
    /// From its published tables.
    Florence2017,
    /// Facts of nine published indicators.
    IctIndicators,
    /// Invented facts for a published charter.
    Charter,
}

/// Every sample centre.
pub(crate) static SAMPLES: [Sample; 3] = [
    Sample {
        name: "florence-2017",
        folder: include_dir!("$CARGO_MANIFEST_DIR/../../examples/florence-2017"),
        received_at: Instant::from_second(1_516_003_200),
        period: Period::Year(2017),
        records: Records::Florence2017,
    },
    Sample {
        name: "florence-charter-2025",
        folder: include_dir!("$CARGO_MANIFEST_DIR/../../examples/florence-charter-2025"),
        // 1 July 2026, half past midnight.
        received_at: Instant::from_second(1_782_858_600),
        period: Period::Year(2026),
        records: Records::Charter,
    },
    Sample {
        name: "ict-indicators-2020",
        folder: include_dir!("$CARGO_MANIFEST_DIR/../../examples/ict-indicators-2020"),
        // 15 January 2021, at noon.
        received_at: Instant::from_second(1_610_708_400),
        period: Period::Year(2020),
        records: Records::IctIndicators,
    },
];

/// The sample of a name.
pub(crate) fn named(name: &str) -> Option<&'static Sample> {
    SAMPLES.iter().find(|sample| sample.name == name)
}

/// The names of all samples.
pub(crate) fn names() -> String {
    SAMPLES.each_ref().map(|sample| sample.name).join(", ")
}

impl Sample {
    /// Writes its raw records into a folder.
    pub(crate) fn write(&self, seed: u64, out: &Path) -> Result<Written, Failure> {
        match self.records {
            Records::Florence2017 => {
                let read = |file: &str| self.folder.get_file(file).map(|file| file.contents().to_vec());
                from_tables(seed, &read, out)
            }
            Records::IctIndicators => impegno_sample::write_ict_indicators(seed, out).map_err(failure),
            Records::Charter => impegno_sample::write_charter(seed, out).map_err(failure),
        }
    }

    /// Writes its folder.
    pub(crate) fn extract(&self, centre: &Path) -> Result<(), Failure> {
        fs::create_dir_all(centre).map_err(|error| Failure::output(centre, &error))?;
        self.folder.extract(centre).map_err(|error| Failure::output(centre, &error))
    }
}

/// Writes the raw records of a folder with its own published tables, in the form of the yearly report 2017.
pub(crate) fn of_folder(folder: PathBuf, seed: u64, out: &Path) -> Result<Written, Failure> {
    from_tables(seed, &|file: &str| fs::read(folder.join(file)).ok(), out)
}

fn from_tables(
    seed: u64,
    read: &(dyn Fn(&str) -> Option<Vec<u8>> + Sync),
    out: &Path,
) -> Result<Written, Failure> {
    let bar = output::progress(74, "sample");
    let progress = |file: &str, _rows: u64| {
        bar.set_message(file.to_owned());
        bar.inc(1);
    };
    let written = impegno_sample::write(seed, read, out, &progress);
    bar.finish_and_clear();
    written.map_err(failure)
}

fn failure(error: SampleError) -> Failure {
    match &error {
        SampleError::Io { source, .. } => Failure::new(Exit::Output, format!("{error}: {source}"))
            .hint("is the disk full, or the folder read-only?"),
        _ => Failure::new(Exit::Folder, error.to_string()),
    }
}
