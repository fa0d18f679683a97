//! Checks from the rows of a table: what a monitor exported of its results.

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
        let probe = match self.service.map(|column| row.text(column)).or(self.constant_service) {
            Some(service) if !service.is_empty() => format!("{host};{service}"),
            _ => host.to_owned(),
        };
        let known = self.names.probes.is_empty() || self.names.probes.contains_key(&probe);
        if !known && self.strangers.insert(probe.clone()) {
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

    /// Gives the checks since the last time.
    pub(super) fn take(&mut self) -> Checks {
        std::mem::take(&mut self.facts)
    }
}

/// Microseconds of a number in a unit of so many; finer than a microsecond is cut off.
fn micros(field: &[u8], unit: i64) -> Option<i64> {
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
