//! Reports of the vulnerability scanner OpenVAS (Greenbone), as XML and as CSV.
//!
//! A *result* of the scanner is an operation of kind `scan-result`: one row of the report, on one host and port. The
//! vulnerability that it shows is a case of kind `finding`, told by network, host, service and test over all scans, with
//! an event `found` for every time that it was seen. The XML also says which hosts were scanned, each an operation
//! of kind `scanned-host`, and that there was a scan: `scan-report`.
//!
//! Names of hosts are kept only where there is no address; summaries and what a test read on a host are never stored.

mod csv;
mod facts;
mod whole;
mod xml;

use std::borrow::Cow;
use std::net::IpAddr;

use impegno_findings::{Finding, Place};

use crate::compressed::unpacked_name;
use crate::declaration::{NETWORK, NetworkBy, NetworkKey, SCAN, ScanFormat};
use crate::{Received, codes};

pub(crate) use csv::Results;
pub use facts::{
    FINDING, FINDING_DIMENSIONS, FOUND, SCAN_DIMENSIONS, SCAN_KINDS, SCAN_REPORT, SCAN_RESULT, SCANNED_HOST,
};
pub(crate) use xml::read as read_xml;

/// What the name of a report says: its scan, and perhaps the network.
pub(crate) struct Named {
    /// The scan that the report is of; the name of the file without its endings, unless declared otherwise.
    pub scan: String,
    network: Option<String>,
}

/// Scan and network by the name of the file; `None`, with a finding, when it has not the declared form.
pub(crate) fn named(format: &ScanFormat, file: &str, received: &mut Received) -> Option<Named> {
    let name = unpacked_name(file);
    let bare = name.rsplit('/').next().unwrap_or(name);
    let stem = bare.rsplit_once('.').map_or(bare, |(stem, _)| stem).to_owned();
    let Some(pattern) = &format.file_name else { return Some(Named { scan: stem, network: None }) };
    let Some(values) = pattern.values(name) else {
        let message = format!("the name of the file has not the form `{pattern}`");
        let finding = Finding::error(codes::FILE_NAME, Place::file(file), message);
        received.findings.push(finding.hint("rename the file, or correct `file` in the declaration"));
        return None;
    };
    let value = |column: &str| {
        pattern.columns().zip(&values).find(|(name, _)| *name == column).map(|(_, value)| value.clone())
    };
    Some(Named { scan: value(SCAN).unwrap_or(stem), network: value(NETWORK) })
}

impl Named {
    /// The network of a host that was scanned by a task; `None` when nothing that is declared says it.
    fn network<'n>(&'n self, format: &'n ScanFormat, task: &str, host: &str) -> Option<&'n str> {
        match &format.network {
            NetworkBy::Constant(network) => Some(network),
            NetworkBy::FileName => self.network.as_deref(),
            NetworkBy::Listed(listed) => {
                let by_task =
                    listed.iter().find(|(key, _)| matches!(key, NetworkKey::Task(name) if name == task));
                let address: Option<IpAddr> = host.parse().ok();
                let by_address = || {
                    let ranges = listed.iter().filter_map(|(key, network)| match key {
                        NetworkKey::Range(range) if range.contains(address?) => Some((range.bits(), network)),
                        NetworkKey::Range(_) | NetworkKey::Task(_) => None,
                    });
                    ranges.max_by_key(|(bits, _)| *bits).map(|(_, network)| network)
                };
                by_task.map(|(_, network)| network).or_else(by_address).map(String::as_str)
            }
        }
    }
}

/// A host in one form: an address as it is written by the standard, a name as it stands.
fn host_form(host: &str) -> Cow<'_, str> {
    host.parse::<IpAddr>().map_or(Cow::Borrowed(host), |address| Cow::Owned(address.to_string()))
}

/// The place of a vulnerability on its host: `443/tcp`, or `general` where it belongs to no port.
fn service(port: &str, protocol: &str) -> String {
    match (port, protocol) {
        ("" | "general", _) => "general".to_owned(),
        (port, "") => port.to_owned(),
        (port, protocol) => format!("{port}/{protocol}"),
    }
}

/// The score of a result as the scanner writes it.
enum Scored {
    /// A score of CVSS.
    Score(impegno_cvss::Score),
    /// None is stated.
    Unknown,
    /// What is stated is none.
    Unreadable,
    /// Messages about the scan itself and results marked as false, which the scanner writes as −1, −2 and −3.
    NoResult,
}

/// What is written as the score of a result.
fn scored(text: &str) -> Scored {
    match text {
        "" => Scored::Unknown,
        "-1" | "-1.0" | "-2" | "-2.0" | "-3" | "-3.0" => Scored::NoResult,
        text => impegno_cvss::Score::parse(text).map_or(Scored::Unreadable, Scored::Score),
    }
}

/// What a finding says of a score that cannot be read. The result stays: its host could be vulnerable.
fn unreadable_score(text: &str) -> String {
    format!("`{text}` is no score of CVSS: the result was received without one")
}

/// How a score is written.
const SCORE_HINT: &str = "a number from 0.0 to 10.0 with one decimal";
