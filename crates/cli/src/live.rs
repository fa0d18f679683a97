//! Logs of live receiving on their way into the ledger.

use std::fs;

use impegno_findings::{Finding, Place};
use impegno_live::{ClosedLog, LiveFolder, TOKENS, Token, read_tokens};
use impegno_sources::{Declaration, Format, LiveFormat};

use crate::exit::{Exit, Failure};
use crate::folder::{Loaded, UNREADABLE};
use crate::import::{Incoming, Summary, receive};
use crate::output;

/// The live sources of a folder with what they take.
pub(crate) fn live_sources<'l>(
    sources: impl IntoIterator<Item = (&'l String, &'l Declaration)>,
) -> impl Iterator<Item = (&'l str, &'l LiveFormat)> {
    sources.into_iter().filter_map(|(name, declaration)| match &declaration.format {
        Format::Live(format) => Some((name.as_str(), format.as_ref())),
        _ => None,
    })
}

/// Reads the register of tokens. It is no definition: no figure and no released report depends on it.
pub(crate) fn tokens(loaded: &Loaded) -> (Vec<Token>, Vec<Finding>) {
    let declared = loaded.sources.iter().map(|(name, (declaration, _))| (name, declaration));
    let live: Vec<&str> = live_sources(declared).map(|(name, _)| name).collect();
    match fs::read_to_string(loaded.directory.join(TOKENS)) {
        Ok(text) => read_tokens(&text, live.iter().copied()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => (Vec::new(), Vec::new()),
        Err(error) => {
            let finding = Finding::error(UNREADABLE, Place::file(TOKENS), error.to_string());
            (Vec::new(), vec![finding.hint("save it as UTF-8, or take it away and make new tokens")])
        }
    }
}

/// A log as a received file.
pub(crate) fn incoming(log: &ClosedLog) -> Incoming {
    let name = format!("live/{}/{:08}.log", log.source, log.number);
    Incoming { source: log.source.clone(), name, path: log.path.clone() }
}

/// Receives logs into the ledger and takes them away. The caller holds the claim on their folder.
pub(crate) fn receive_logs(
    loaded: &Loaded,
    logs: &[ClosedLog],
    now: &(dyn Fn() -> i64 + Sync),
) -> Result<Summary, Failure> {
    let folder = LiveFolder::within(&loaded.ledger);
    let files: Vec<Incoming> = logs.iter().map(incoming).collect();
    let summary = receive(loaded, &files, now)?;
    for (log, file) in logs.iter().zip(&files) {
        let damaged = summary.beyond_tolerance.contains(&file.name);
        let settled = folder.source(&log.source).and_then(|source| source.settle(log, damaged));
        settled.map_err(|error| Failure::output(&log.path, &error))?;
        if damaged {
            let kept = log.path.with_extension("damaged");
            output::talk(&format!("{} was not received whole; it is kept as {}", file.name, kept.display()));
        }
    }
    Ok(summary)
}

/// Receives the logs that a receiver left behind when it was killed. A receiver that is running receives its own.
pub(crate) fn receive_left_behind(
    loaded: &Loaded,
    now: &(dyn Fn() -> i64 + Sync),
) -> Result<Option<Summary>, Failure> {
    let folder = LiveFolder::within(&loaded.ledger);
    if !folder.exists() {
        return Ok(None);
    }
    let refused = |error: std::io::Error| {
        Failure::new(Exit::Output, format!("logs of live receiving: {error}"))
            .hint("nothing was lost: the logs stay until they are received")
    };
    let Some(_claim) = folder.claim().map_err(refused)? else {
        output::talk("a receiver is running on this folder: it receives its own logs");
        return Ok(None);
    };
    let mut logs = Vec::new();
    for source in folder.sources().map_err(refused)? {
        let left = folder.source(&source).and_then(|source| source.recover()).map_err(refused)?;
        if left.logs.is_empty() {
            continue;
        }
        if !loaded.sources.contains_key(&source) {
            let message = format!(
                "logs of the live source `{source}` are waiting, and it is declared no more: they stay where they are"
            );
            output::talk(&format!("error: {message}"));
            continue;
        }
        logs.extend(left.logs);
    }
    if logs.is_empty() {
        return Ok(None);
    }
    receive_logs(loaded, &logs, now).map(Some)
}
