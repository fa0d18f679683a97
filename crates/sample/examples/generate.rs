//! Writes the sample centre's records into a folder and says how long it took: `generate CENTRE OUT`.

use std::error::Error;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(centre), Some(out)) = (arguments.next(), arguments.next()) else {
        return Err("usage: generate CENTRE OUT".into());
    };
    let read = move |file: &str| std::fs::read(Path::join(&centre, file)).ok();
    let begun = Instant::now();
    let written = impegno_sample::write(2017, &read, &out, &|_, _| ())?;
    let (rows, bytes) =
        written.files.iter().fold((0, 0), |sum, file| (sum.0 + file.rows, sum.1 + file.bytes));
    let seconds = begun.elapsed().as_secs_f64();
    writeln!(io::stdout(), "{} files, {rows} rows, {bytes} bytes, {seconds:.2} s", written.files.len())?;
    Ok(())
}
