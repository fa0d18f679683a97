//! Checks from the rows of a table: what a monitor exported of its results.

use std::borrow::Cow;
use std::collections::BTreeMap;

use impegno_facts::{Check, Checks, NO_LATENCY, Origin, State, StateType};
use impegno_findings::{Finding, Place, nearest};
use rustc_hash::FxHashSet;

use super::Reject;
use super::rows::Row;
use super::sink::moment;
use crate::civil::CivilClock;
use crate::declaration::{CheckColumns, TableFormat};
use crate::{FileFindings, Names, codes};

/// The checks being gathered, with the positions of their columns.
pub(super) struct CheckRows<'s> {
    format: &'s TableFormat,
    clock: &'s CivilClock<'s>,
    names: &'s Names,
    host: usize,
    service: Option<usize>,
    constant_service: Option<&'s str>,
    at: usize,
    state: usize,
    words: &'s BTreeMap<String, State>,
    latency: Option<(usize, i64)>,
    origin: Origin,
    facts: Checks,
    strangers: FxHashSet<String>,
}

impl<'s> CheckRows<'s> {
    /// `position` gives the position of a column, all of which were found in the header.
    pub(super) fn new(
        format: &'s TableFormat,
        columns: &'s CheckColumns,
        position: impl Fn(&String) -> usize,
        clock: &'s CivilClock<'s>,
        names: &'s Names,
    ) -> CheckRows<'s> {
        CheckRows {
            format,
            clock,
            names,
            host: position(&columns.host),
            service: columns.service.as_ref().map(&position),
            constant_service: columns.constant_service.as_deref(),
            at: position(&columns.at),
            state: position(&columns.state),
            words: &columns.words,
            latency: columns.latency.as_ref().map(|(column, unit)| (position(column), *unit)),
            origin: columns.origin,
            facts: Checks::default(),
            strangers: FxHashSet::default(),
        }
    }

    /// Takes a row.
    pub(super) fn row(
        &mut self,
        row: &Row<'_>,
        file: &str,
        findings: &mut FileFindings,
    ) -> Result<(), Reject> {
        let host = row.text(self.host);
        if host.is_empty() {
            return Err(Reject::value(self.host, "the check has no host", "every row needs one"));
        }
        let word = row.text(self.state);
        let Some(state) = self.words.get(word) else {
            let hint = nearest(word, self.words.keys().map(String::as_str)).map_or_else(
                || "add it to `words` of the state".to_owned(),
                |near| format!("did you mean `{near}`? Or add it to `words` of the state"),
            );
            return Err(Reject::value(self.state, format!("the state `{word}` is not declared"), hint));
        };
        let at = moment(self.format, self.clock, row, self.at)?;
        let latency = match self.latency {
            Some((column, unit)) if !row.field(column).is_empty() => micros(row.field(column), unit)
                .ok_or_else(|| {
                    let message = format!("`{}` is not a response time", row.text(column));
                    Reject::value(column, message, "write digits, perhaps with a decimal point or comma")
                })?,
            _ => NO_LATENCY,
        };
        let probe = probe_name(host, self.service.map(|column| row.text(column)).or(self.constant_service));
        let known = self.names.probes.is_empty() || self.names.probes.contains_key(&*probe);
        if !known && self.strangers.insert(probe.clone().into_owned()) {
            let message = format!("the probe `{probe}` is not in probes.csv");
            let finding = Finding::warning(codes::UNKNOWN_NAME, Place::line(file, row.line), message);
            findings.push(
                finding.hint("add it to probes.csv; its checks were received and count in no component"),
            );
        }
        let (origin, line) = (self.origin, row.line);
        let check =
            Check { at, state: *state, latency, origin, state_type: StateType::Hard, attempt: 0, line };
        self.facts.push(&probe, check);
        Ok(())
    }

    /// Takes rows that are as plain as a program writes them, from the start of some bytes: ASCII, no quotes, no spaces around
    /// fields, every field as declared. Stops at the first row that is not, which must be read with all care, as the last one
    /// without a line end. Gives how many bytes and how many rows were taken.
    ///
    /// What it takes is what the careful way takes; it is several times as fast.
    pub(super) fn plain(&mut self, bytes: &[u8], columns: usize, lines_before: u32) -> (usize, u32) {
        let separator = self.format.separator;
        if columns > MOST_PLAIN {
            return (0, 0);
        }
        let mut used = 0;
        let mut rows = 0;
        // What the row before said, which the next one often says again.
        let mut probe: (&[u8], &[u8], u32) = (b"", b"", 0);
        let mut state: (&[u8], State) = (b"", State::Unknown);
        while let Some(end) = memchr::memchr(b'\n', &bytes[used..]) {
            let line = &bytes[used..used + end];
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let mut fields: [&[u8]; MOST_PLAIN] = [b""; MOST_PLAIN];
            let Some(()) = divided(line, separator, &mut fields[..columns]) else { break };
            let (host, word) = (fields[self.host], fields[self.state]);
            let service = self.service.map_or(&b""[..], |column| fields[column]);
            if word != state.0 || rows == 0 {
                let named = std::str::from_utf8(word).ok().and_then(|word| self.words.get(word));
                let Some(named) = named else { break };
                state = (word, *named);
            }
            let Some(at) = self.clock.instant(&self.format.time, fields[self.at]).filter(|at| *at >= 0)
            else {
                break;
            };
            let latency = match self.latency {
                Some((column, unit)) if !fields[column].is_empty() => match micros(fields[column], unit) {
                    Some(latency) => latency,
                    None => break,
                },
                _ => NO_LATENCY,
            };
            if host != probe.0 || service != probe.1 || rows == 0 {
                let (Ok(host_name), Ok(service_name)) =
                    (std::str::from_utf8(host), std::str::from_utf8(service))
                else {
                    break;
                };
                if host.is_empty() {
                    break;
                }
                let service_name =
                    if self.service.is_some() { Some(service_name) } else { self.constant_service };
                let name = probe_name(host_name, service_name);
                let known = self.names.probes.is_empty() || self.names.probes.contains_key(&*name);
                if !known && !self.strangers.contains(&*name) {
                    break;
                }
                probe = (host, service, self.facts.probe.code_for(&name));
            }
            rows += 1;
            self.facts.probe.push_code(probe.2);
            self.facts.at.push(at);
            self.facts.state.push(state.1);
            self.facts.latency.push(latency);
            self.facts.origin.push(self.origin);
            self.facts.state_type.push(StateType::Hard);
            self.facts.attempt.push(0);
            self.facts.line.push(lines_before + rows);
            used += end + 1;
        }
        (used, rows)
    }

    /// Gives the checks since the last time.
    pub(super) fn take(&mut self) -> Checks {
        std::mem::take(&mut self.facts)
    }
}

/// Columns of a row that is read the fast way.
const MOST_PLAIN: usize = 16;

/// The fields of a line; `None` where their number is another, or one of its bytes asks for care.
fn divided<'l>(line: &'l [u8], separator: u8, fields: &mut [&'l [u8]]) -> Option<()> {
    let mut rest = line;
    let (last, others) = fields.split_last_mut()?;
    for field in others {
        let end = rest.iter().position(|byte| *byte == separator)?;
        *field = &rest[..end];
        rest = &rest[end + 1..];
    }
    *last = rest;
    let mut careful = rest.contains(&separator) || line.is_empty();
    for byte in line {
        careful |= *byte >= 0x80 || *byte < b' ' || *byte == b'"';
    }
    for field in fields {
        careful |= matches!(field, [b' ', ..] | [.., b' ']);
    }
    (!careful).then_some(())
}

/// The name of a probe: its host, and the service on it if there is one.
fn probe_name<'n>(host: &'n str, service: Option<&str>) -> Cow<'n, str> {
    match service {
        Some(service) if !service.is_empty() => Cow::Owned(format!("{host};{service}")),
        _ => Cow::Borrowed(host),
    }
}

/// Microseconds of a number in a unit of so many; finer than a microsecond is cut off.
fn micros(field: &[u8], unit: i64) -> Option<i64> {
    if field.len() <= 9 && !field.is_empty() && field.iter().all(u8::is_ascii_digit) {
        let number = field.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
        return number.checked_mul(unit);
    }
    let text = std::str::from_utf8(field).ok()?;
    let (whole, decimals) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(decimals) || decimals.len() > 9 {
        return None;
    }
    let scale = 10_i64.pow(decimals.len() as u32);
    let number: i64 = format!("{whole}{decimals}").parse().ok()?;
    i64::try_from(i128::from(number) * i128::from(unit) / i128::from(scale)).ok()
}

#[cfg(test)]
mod tests {
    use super::micros;

    #[test]
    fn response_times_in_their_unit() {
        assert_eq!(micros(b"1200", 1_000), Some(1_200_000));
        assert_eq!(micros(b"0.25", 1_000_000), Some(250_000));
        assert_eq!(micros(b"0,0000019", 1_000_000), Some(1));
        assert_eq!(micros(b"-1", 1_000), None);
        assert_eq!(micros(b"1.", 1_000), Some(1_000));
        assert_eq!(micros(b"", 1_000), None);
        assert_eq!(micros(b"9223372036854775807", 1_000), None);
    }
}
