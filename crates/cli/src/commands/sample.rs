//! `impegno sample`: the raw records of the sample centre.

use std::fs;
use std::path::{Path, PathBuf};

use impegno_sample::{SampleError, Written};
use include_dir::{Dir, include_dir};

use crate::arguments::Sample;
use crate::exit::{Exit, Failure};
use crate::output;

/// The sample centre, inside the program so that it runs anywhere.
pub(crate) static FLORENCE_2017: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../examples/florence-2017");

/// Where the tables of the sample centre come from.
pub(crate) enum Origin {
    /// The centre inside the program.
    Inside,
    /// A folder with its own `published/`.
    Folder(PathBuf),
}

impl Origin {
    fn read(&self, file: &str) -> Option<Vec<u8>> {
        match self {
            Origin::Inside => FLORENCE_2017.get_file(file).map(|file| file.contents().to_vec()),
            Origin::Folder(folder) => fs::read(folder.join(file)).ok(),
        }
    }
}

/// Writes the raw records.
pub(crate) fn run(arguments: &Sample) -> Result<(), Failure> {
    let origin = if arguments.centre == "florence-2017" {
        Origin::Inside
    } else {
        let folder = PathBuf::from(&arguments.centre);
        if !folder.join("published").is_dir() {
            let message =
                format!("`{}` is neither a sample nor a folder with published tables", arguments.centre);
            return Err(Failure::new(Exit::Usage, message).hint("the sample is called florence-2017"));
        }
        Origin::Folder(folder)
    };
    let written = write(&origin, arguments.seed, &arguments.out)?;
    let rows: u64 = written.files.iter().map(|file| file.rows).sum();
    output::talk(&format!("{} files, {rows} rows in {}", written.files.len(), arguments.out.display()));
    Ok(())
}

/// Writes the raw records of a centre into a folder.
pub(crate) fn write(origin: &Origin, seed: u64, out: &Path) -> Result<Written, Failure> {
    let bar = output::progress(74, "sample");
    let progress = |file: &str, _rows: u64| {
        bar.set_message(file.to_owned());
        bar.inc(1);
    };
    let written = impegno_sample::write(seed, &|file| origin.read(file), out, &progress);
    bar.finish_and_clear();
    written.map_err(|error| match &error {
        SampleError::Io { source, .. } => Failure::new(Exit::Output, format!("{error}: {source}"))
            .hint("is the disk full, or the folder read-only?"),
        _ => Failure::new(Exit::Folder, error.to_string()),
    })
}
