//! Nagios service performance data in the `KEY::VALUE` form that graphing add-ons read.
//!
//! `DATATYPE::SERVICEPERFDATA⇥TIMET::…⇥HOSTNAME::…⇥SERVICEDESC::…⇥SERVICEPERFDATA::time=0.0065s;…⇥…`.
//! The latency is the value labelled `time` (or `rta`), in the unit that it states.

use std::collections::BTreeSet;

use impegno_facts::{Check, Checks, Facts, NO_LATENCY, Origin, State, StateType};
use impegno_findings::{Finding, Place};

use crate::codes;
use crate::pieces::{LONGEST, Piece, Reading, too_long};
use crate::{Names, Received};

/// A performance-data file being read.
pub(crate) struct Perfdata<'p> {
    names: &'p Names,
    file: &'p str,
    checks: Checks,
    /// Probes that are not in the centre folder and were told.
    strangers: BTreeSet<String>,
}

impl<'p> Perfdata<'p> {
    pub(crate) fn new(names: &'p Names, file: &'p str) -> Perfdata<'p> {
        Perfdata { names, file, checks: Checks::default(), strangers: BTreeSet::new() }
    }

    fn line(&mut self, text: &str, number: u32, unfinished: bool, received: &mut Received) {
        let place = Place::line(self.file, number);
        match understand(text, number) {
            Ok((probe, check)) => {
                let known = self.names.probes.is_empty() || self.names.probes.contains_key(&probe);
                if !known && self.strangers.insert(probe.clone()) {
                    let message = format!("the probe `{probe}` is not in probes.csv");
                    received.findings.push(
                        Finding::warning(codes::UNKNOWN_NAME, place, message)
                            .hint("add it to probes.csv; its checks were received and count in no component"),
                    );
                }
                self.checks.push(&probe, check);
                received.accepted += 1;
            }
            Err(_) if unfinished => received.reject(
                Finding::error(codes::TRUNCATED, place, "the file ends in the middle of this line")
                    .hint("copy the file again; its whole lines were received")
                    .row(masked(text)),
            ),
            Err(reason) => received.reject(
                Finding::error(codes::BROKEN_ROW, place, reason)
                    .hint("expected tab-separated KEY::VALUE pairs with TIMET, HOSTNAME, SERVICEDESC, SERVICEPERFDATA")
                    .row(masked(text)),
            ),
        }
    }
}

impl Reading for Perfdata<'_> {
    fn piece(&mut self, piece: Piece<'_>, received: &mut Received) -> usize {
        let cut = piece.last && !piece.bytes.ends_with(b"\n");
        let lines = piece.bytes.split(|byte| *byte == b'\n');
        let mut lines = lines.zip(piece.lines_before + 1..).peekable();
        while let Some((whole, number)) = lines.next() {
            let line = whole.strip_suffix(b"\r").unwrap_or(whole);
            if whole.len() > LONGEST {
                self.passed_over(number, received);
                continue;
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            received.rows += 1;
            let Ok(text) = std::str::from_utf8(line) else {
                let place = Place::line(self.file, number);
                received.reject(Finding::error(codes::ENCODING, place, "the line is not UTF-8").row("•"));
                continue;
            };
            if !text.starts_with("DATATYPE::SERVICEPERFDATA") {
                received.ignored += 1;
                continue;
            }
            self.line(text, number, cut && lines.peek().is_none(), received);
        }
        piece.bytes.len()
    }

    fn passed_over(&mut self, line: u32, received: &mut Received) {
        received.rows += 1;
        received.reject(too_long(self.file, line));
    }

    fn take(&mut self) -> Vec<Facts> {
        vec![Facts::Checks(std::mem::take(&mut self.checks))]
    }

    fn finish(&mut self, _received: &mut Received) {}
}

/// A line without the values of keys that are not read: a command may hold a password.
fn masked(text: &str) -> String {
    const READ: [&str; 6] =
        ["DATATYPE", "TIMET", "HOSTNAME", "SERVICEDESC", "SERVICEPERFDATA", "SERVICESTATE"];
    let pairs = text.split('\t').map(|pair| match pair.split_once("::") {
        Some((key, _)) if READ.contains(&key) => pair.to_owned(),
        Some((key, _)) => format!("{key}::•"),
        None => "•".to_owned(),
    });
    pairs.collect::<Vec<_>>().join("\t")
}

fn understand(text: &str, line: u32) -> Result<(String, Check), &'static str> {
    let (mut at, mut host, mut service, mut data) = (None, None, None, None);
    let (mut state, mut state_type) = (State::Unknown, StateType::Hard);
    for pair in text.split('\t') {
        let Some((key, value)) = pair.split_once("::") else { continue };
        match key {
            "TIMET" => at = value.parse::<i64>().ok(),
            "HOSTNAME" => host = Some(value),
            "SERVICEDESC" => service = Some(value),
            "SERVICEPERFDATA" => data = Some(value),
            "SERVICESTATE" => {
                state = match value {
                    "OK" => State::Ok,
                    "WARNING" => State::Warning,
                    "CRITICAL" => State::Critical,
                    "UNKNOWN" => State::Unknown,
                    _ => return Err("SERVICESTATE is none of OK, WARNING, CRITICAL, UNKNOWN"),
                }
            }
            "SERVICESTATETYPE" if value == "SOFT" => state_type = StateType::Soft,
            _ => {}
        }
    }
    let at = at.ok_or("TIMET is missing or not a number")?;
    let host = host.ok_or("HOSTNAME is missing")?;
    let service = service.ok_or("SERVICEDESC is missing")?;
    // A line cut within its data still has a host and a time; the last key is what tells a whole one.
    if !text.contains("SERVICESTATE::") {
        return Err("SERVICESTATE is missing");
    }
    let latency = match data.map(latency_of) {
        Some(Some(latency)) => latency,
        // A check that failed has no time; that is no mistake.
        Some(None) if state != State::Ok => NO_LATENCY,
        _ => return Err("SERVICEPERFDATA holds no `time`"),
    };
    let check = Check {
        at: at.checked_mul(1_000_000).ok_or("TIMET is out of range")?,
        state,
        latency,
        origin: Origin::Result,
        state_type,
        attempt: 0,
        line,
    };
    Ok((format!("{host};{service}"), check))
}

/// Microseconds of the value labelled `time` or `rta` in performance data, `time=0.006512s;;;0.000000`; `None` where there
/// is none. Digits below a microsecond are rounded up.
pub fn latency_of(data: &str) -> Option<i64> {
    let value = data.split_whitespace().find_map(|item| {
        let (label, value) = item.split_once('=')?;
        matches!(label.trim_matches('\''), "time" | "rta").then_some(value)
    })?;
    let value = value.split(';').next()?;
    let digits = value.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(value.len());
    let (number, unit) = value.split_at(digits);
    let scale: u32 = match unit {
        "s" | "" => 6,
        "ms" => 3,
        "us" => 0,
        _ => return None,
    };
    micros(number, scale)
}

/// Microseconds of a decimal number of a unit of ten to the power of `scale` microseconds (6: seconds, 3: milliseconds, 0:
/// microseconds). Digits below a microsecond are rounded up. `None` when it is no number or out of range.
pub fn micros(number: &str, scale: u32) -> Option<i64> {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || scale > 6 {
        return None;
    }
    // Digits below a microsecond are rounded up: a maximum must not be understated.
    let kept: String = decimals.chars().chain("000000".chars()).take(scale as usize).collect();
    let lost = decimals.chars().skip(scale as usize).any(|digit| digit != '0');
    let whole: i64 = whole.parse().ok()?;
    let fraction: i64 = if kept.is_empty() { 0 } else { kept.parse().ok()? };
    whole.checked_mul(10_i64.pow(scale))?.checked_add(fraction + i64::from(lost))
}

#[cfg(test)]
mod tests {
    use super::latency_of;

    #[test]
    fn units_and_digits_of_latencies() {
        assert_eq!(latency_of("time=0.006512s;;;0.000000 size=1B"), Some(6512));
        assert_eq!(latency_of("rta=7.25ms;100;200"), Some(7250));
        assert_eq!(latency_of("time=12us"), Some(12));
        assert_eq!(latency_of("time=0.0000001s"), Some(1));
        assert_eq!(latency_of("size=12B"), None);
        assert_eq!(latency_of("time=fast"), None);
    }
}
