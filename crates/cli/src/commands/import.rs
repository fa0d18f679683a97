//! `impegno import`: receive files.

use impegno_findings::Severity;

use crate::arguments::Import;
use crate::commands::propose;
use crate::exit::{Exit, Failure};
use crate::import::{Incoming, Summary, name_of, receive, waiting};
use crate::live::receive_left_behind;
use crate::{folder, output};

/// Receives the files named, or the inbox and the registers. For files of no declared source a mapping is proposed.
pub(crate) fn run(arguments: &Import) -> Result<(), Failure> {
    let loaded = folder::load_to_write(&arguments.centre)?;
    let Some(source) = &arguments.source else {
        let (files, findings) = waiting(&loaded);
        output::findings(&findings, Some(&loaded));
        let at = arguments.at.map(|at| at.0);
        if let Some(summary) = receive_left_behind(&loaded, &|| at.unwrap_or_else(now))? {
            output::talk(&format!("live logs: {}", sentence(&summary)));
        }
        receive_and_tell(&loaded, &files, arguments.at)?;
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            return Err(Failure::new(
                Exit::Rejected,
                "some files have no declared source; all others were received",
            ));
        }
        return Ok(());
    };
    if loaded.sources.contains_key(source) || loaded.registers.contains_key(source) {
        if arguments.files.is_empty() {
            return Err(Failure::new(Exit::Usage, format!("no file of the source `{source}` was named"))
                .hint("without a source the whole inbox is received: impegno import CENTRE"));
        }
        let incoming = |path: &std::path::PathBuf| Incoming {
            source: source.clone(),
            name: name_of(&loaded, path),
            path: path.clone(),
        };
        let files: Vec<Incoming> = arguments.files.iter().map(incoming).collect();
        return receive_and_tell(&loaded, &files, arguments.at);
    }
    let first = std::path::PathBuf::from(source);
    if !first.exists() {
        let known: Vec<&str> = loaded.sources.keys().map(String::as_str).collect();
        let message = format!("there is no source and no file `{source}`");
        let hint = match known.as_slice() {
            [] => "no source is declared yet: name a file, and a mapping is proposed".to_owned(),
            known => format!("sources: {}; or name a file, and a mapping is proposed", known.join(", ")),
        };
        return Err(Failure::new(Exit::Usage, message).hint(hint));
    }
    let files: Vec<_> = std::iter::once(first).chain(arguments.files.iter().cloned()).collect();
    propose::run(arguments, &loaded, &files)
}

/// Receives files and tells what came of it; fails when more rows were rejected than tolerated.
pub(crate) fn receive_and_tell(
    loaded: &folder::Loaded,
    files: &[Incoming],
    at: Option<impegno_calendar::Instant>,
) -> Result<(), Failure> {
    let at = at.map(|at| at.0);
    let summary = receive(loaded, files, &|| at.unwrap_or_else(now))?;
    output::talk(&sentence(&summary));
    if !summary.beyond_tolerance.is_empty() {
        let message = format!(
            "{}: more rows rejected than the source tolerates; all others were received",
            summary.beyond_tolerance.join(", ")
        );
        return Err(Failure::new(Exit::Rejected, message)
            .hint("correct the rows at their source and export again, or declare a `tolerance`"));
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

/// The clock, which only the door may ask: microseconds since 1970 in UTC.
#[expect(clippy::disallowed_methods, reason = "this is the door")]
pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}
