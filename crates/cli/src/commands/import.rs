//! `impegno import`: receive files.

use impegno_findings::Severity;

use crate::arguments::Import;
use crate::exit::{Exit, Failure};
use crate::import::{Incoming, Summary, name_of, receive, waiting};
use crate::{folder, output};

/// Receives the files named, or the inbox and the registers.
pub(crate) fn run(arguments: &Import) -> Result<(), Failure> {
    let loaded = folder::load_sound(&arguments.centre)?;
    let (files, findings) = match &arguments.source {
        None => waiting(&loaded),
        Some(source) => {
            if !loaded.sources.contains_key(source) && !loaded.registers.contains_key(source) {
                let known: Vec<&str> = loaded.sources.keys().map(String::as_str).collect();
                let message = format!("there is no source `{source}`");
                return Err(Failure::new(Exit::Usage, message).hint(format!("one of: {}", known.join(", "))));
            }
            let incoming = |path: &std::path::PathBuf| Incoming {
                source: source.clone(),
                name: name_of(&loaded, path),
                path: path.clone(),
            };
            (arguments.files.iter().map(incoming).collect(), Vec::new())
        }
    };
    output::findings(&findings, Some(&loaded));
    let at = arguments.at.map(|at| at.0);
    let summary = receive(&loaded, &files, &|| at.unwrap_or_else(now))?;
    output::talk(&sentence(&summary));
    let undeclared = findings.iter().any(|finding| finding.severity == Severity::Error);
    if !summary.beyond_tolerance.is_empty() {
        let message = format!(
            "{}: more rows rejected than the source tolerates; all others were received",
            summary.beyond_tolerance.join(", ")
        );
        return Err(Failure::new(Exit::Rejected, message)
            .hint("correct the rows at their source and export again, or declare a `tolerance`"));
    }
    if undeclared {
        return Err(Failure::new(
            Exit::Rejected,
            "some files have no declared source; all others were received",
        ));
    }
    Ok(())
}

/// What an import did, in a sentence.
pub(crate) fn sentence(summary: &Summary) -> String {
    let mut text = format!(
        "received {} files: {} rows, {} accepted, {} of no interest, {} rejected",
        summary.files - summary.known,
        summary.rows,
        summary.accepted,
        summary.ignored,
        summary.rejected
    );
    for (count, what) in [
        (summary.duplicates, "facts known already"),
        (summary.superseded, "facts corrected"),
        (summary.withdrawn, "facts withdrawn"),
        (summary.known, "files known already"),
    ] {
        if count > 0 {
            text.push_str(&format!(", {count} {what}"));
        }
    }
    text
}

/// The clock, which only the door may ask.
#[expect(clippy::disallowed_methods, reason = "this is the door")]
fn now() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}
