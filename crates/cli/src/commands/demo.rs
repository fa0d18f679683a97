//! `impegno demo`: a sample centre from raw records to the published report.

use std::fs;
use std::path::Path;
use std::time::Instant as Clock;

use crate::arguments::{Demo, Scope};
use crate::commands::import::sentence;
use crate::commands::report;
use crate::exit::{Exit, Failure};
use crate::import::{receive, waiting};
use crate::{folder, output, samples};

/// Marks a folder as made by the demo, which the next demo may replace.
const MARK: &str = ".impegno-demo";

/// Makes the sample centre, imports its facts, measures and publishes.
pub(crate) fn run(arguments: &Demo) -> Result<(), Failure> {
    let clock = Clock::now();
    let step = |what: &str| output::talk(&format!("{:>6.2} s  {what}", clock.elapsed().as_secs_f64()));
    let sample = samples::named(&arguments.sample).ok_or_else(|| {
        Failure::new(Exit::Usage, format!("there is no sample centre `{}`", arguments.sample))
            .hint(format!("one of: {}", samples::names()))
    })?;
    let (name, report_name) = (sample.name, format!("report-{}", sample.period));
    let centre = arguments.out.join(name);
    prepare(&arguments.out, &[name, &report_name])?;
    sample.extract(&centre)?;
    let written = sample.write(arguments.seed, &centre)?;
    let rows: u64 = written.files.iter().map(|file| file.rows).sum();
    step(&format!("{} files with {rows} rows of raw records written", written.files.len()));
    let loaded = folder::load_sound(&centre)?;
    let (files, findings) = waiting(&loaded);
    output::findings(&findings, Some(&loaded));
    let summary = receive(&loaded, &files, &|| sample.received_at.0)?;
    step(&sentence(&summary));
    let scope = Scope { period: sample.period, as_of: None, body: None, lang: arguments.lang };
    let document = report::build(&loaded, None, &scope)?;
    step("measured");
    let out = arguments.out.join(&report_name);
    let count = report::publish(&document, &out)?;
    step(&format!("{count} files of the report written"));
    if let Some((_, table)) = document
        .tables()
        .find(|(_, table)| table.columns.iter().any(|column| column.key.starts_with("verdict")))
    {
        output::data(&output::table(table, crate::arguments::Format::Table));
    }
    output::data(&format!("\n{}\n", document.notices.join("\n")));
    output::data(&format!("centre: {}\nreport: {}\n", centre.display(), out.join("index.html").display()));
    Ok(())
}

/// An empty folder, or one that an earlier demo made.
fn prepare(out: &Path, made: &[&str]) -> Result<(), Failure> {
    let empty = fs::read_dir(out).map(|mut entries| entries.next().is_none()).unwrap_or(true);
    if !empty && !out.join(MARK).exists() {
        let message = format!("{} is not empty and no demo made it", out.display());
        return Err(Failure::new(Exit::Usage, message).hint("choose another folder with --out"));
    }
    for made in made {
        let folder = out.join(made);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|error| Failure::output(&folder, &error))?;
        }
    }
    fs::create_dir_all(out).map_err(|error| Failure::output(out, &error))?;
    let mark = out.join(MARK);
    fs::write(&mark, "made by `impegno demo`\n").map_err(|error| Failure::output(&mark, &error))
}
