//! `impegno sample`: the raw records of a sample centre.

use std::path::PathBuf;

use crate::arguments::Sample;
use crate::exit::{Exit, Failure};
use crate::{output, samples};

/// Writes the raw records.
pub(crate) fn run(arguments: &Sample) -> Result<(), Failure> {
    let written = match samples::named(&arguments.centre) {
        Some(sample) => sample.write(arguments.seed, &arguments.out)?,
        None => {
            let folder = PathBuf::from(&arguments.centre);
            if !folder.join("published").is_dir() {
                let message =
                    format!("`{}` is neither a sample nor a folder with published tables", arguments.centre);
                let hint = format!("the samples are {}", samples::names());
                return Err(Failure::new(Exit::Usage, message).hint(hint));
            }
            samples::of_folder(folder, arguments.seed, &arguments.out)?
        }
    };
    let rows: u64 = written.files.iter().map(|file| file.rows).sum();
    output::talk(&format!("{} files, {rows} rows in {}", written.files.len(), arguments.out.display()));
    Ok(())
}
