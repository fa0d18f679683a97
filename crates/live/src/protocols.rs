//! The protocols: what a client sends, as lines of a log. A request is taken whole or not at all.
mod events;
mod instant;
mod json;
mod lines;
mod nagios;
mod prometheus;
mod results;

use std::fmt;

pub use events::events;

pub use lines::{Precision, lines};
pub use nagios::nagios;
pub use prometheus::{SeriesRow, prometheus, remote_write};

pub use results::results;

/// What a request gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// Rows that become facts.
    pub rows: u64,
    /// Rows of no interest, such as series that the source does not name.
    pub ignored: u64,
    /// Lines of a log, of the form of [`impegno_sources::live`].
    pub lines: Vec<u8>,
}

/// Why nothing of a request is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Line of the body, from 1; 0 where it is the whole.
    pub line: u64,
    /// What is wrong.
    pub reason: String,
}

impl Refusal {
    /// The whole body cannot be read.
    pub(crate) fn whole(reason: impl Into<String>) -> Refusal {
        Refusal { line: 0, reason: reason.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.reason),
            line => write!(f, "line {line}: {}", self.reason),
        }
    }
}

/// Reads a body of lines, blank ones apart; `row` appends what a line gives, and says whether it is of interest.
pub(crate) fn each_line(
    body: &[u8],
    mut row: impl FnMut(&str, &mut Vec<u8>) -> Result<bool, String>,
) -> Result<Taken, Refusal> {
    let text = std::str::from_utf8(body).map_err(|error| {
        let line = memchr::memchr_iter(b'\n', body.get(..error.valid_up_to()).unwrap_or_default()).count()
            as u64
            + 1;
        Refusal { line, reason: "this line is not UTF-8".to_owned() }
    })?;
    let mut taken = Taken { lines: Vec::with_capacity(body.len()), ..Taken::default() };
    for (number, line) in (1..).zip(text.split('\n')) {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        match row(line, &mut taken.lines) {
            Ok(true) => taken.rows += 1,
            Ok(false) => taken.ignored += 1,
            Err(reason) => return Err(Refusal { line: number, reason }),
        }
    }
    if taken.rows + taken.ignored == 0 {
        return Err(Refusal::whole("the request holds no line"));
    }
    Ok(taken)
}

/// The probe of a host and perhaps a service; both are plain and without `;`, the host is not empty.
pub(crate) fn probe_of(host: &str, service: Option<&str>, into: &mut String) -> Result<(), String> {
    into.clear();
    if host.is_empty() {
        return Err("the result has no host".to_owned());
    }
    if host.contains(';') {
        return Err(format!("`{host}` is no name of a host: it holds `;`"));
    }
    into.push_str(host);
    if let Some(service) = service.filter(|service| !service.is_empty()) {
        into.push(';');
        into.push_str(service);
    }
    plain(into)
}

/// That a text can stand in a log.
pub(crate) fn plain(text: &str) -> Result<(), String> {
    if impegno_sources::live::is_plain(text) {
        return Ok(());
    }
    Err(format!("{text:?} holds control characters"))
}
