//! Obligations to be done every so many months.

use impegno_calendar::{Interval, Zone};
use impegno_facts::Facts;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::{FactRef, Part};

/// A stretch between two performances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Day of the earlier performance, or the first day of the period.
    pub from: Date,
    /// Day of the later one, or the last day of the period.
    pub to: Date,
    /// Whole months that it fits in: the least N with `from + N months >= to`.
    pub months: i64,
    /// Whether it ends with the period and not with a performance.
    pub running: bool,
}

/// Why a cadence is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CadenceEvidence {
    /// The stretches, in the order of time.
    pub gaps: Vec<Gap>,
    /// The performances, with where they stand.
    pub performances: Vec<(Date, FactRef)>,
    /// Nothing says how long before the period it was done last: the first stretch could be any longer.
    pub open_start: bool,
}

/// Gathers the performances of an obligation.
pub(crate) fn gather(part: &Part, obligation: &str, zone: &Zone, into: &mut Vec<(Date, FactRef)>) {
    let Facts::Operations(facts) = &part.facts else { return };
    let Some(obligations) = facts.dimensions.get("obligation") else { return };
    for row in 0..facts.at.len() {
        if facts.kind.get(row) == "obligation" && obligations.get(row) == obligation {
            let day = zone.date(impegno_calendar::Instant(facts.at[row]));
            let origin =
                FactRef { file: part.file.as_str().into(), batch: part.batch, line: facts.line[row] };
            into.push((day, origin));
        }
    }
}

/// The stretches of a period; `None` when the obligation was never done before its end. Whose work began on `since` owed
/// nothing before.
pub(crate) fn measure(
    mut performances: Vec<(Date, FactRef)>,
    period: Interval,
    since: Option<Date>,
    zone: &Zone,
) -> Option<CadenceEvidence> {
    let first_day = zone.date(period.start);
    let after = zone.date(period.end);
    let last_day = after.yesterday().unwrap_or(after);
    performances.retain(|(day, _)| *day <= last_day);
    performances.sort();
    if performances.is_empty() {
        return None;
    }
    // The last one before the period counts as its start; without one the beginning of the centre, or else the period itself
    // does, and the stretch could be longer.
    let before = performances.iter().rposition(|(day, _)| *day < first_day);
    let inside = performances.split_off(before.unwrap_or(0));
    let mut gaps = Vec::new();
    let open_start = before.is_none() && since.is_none();
    let mut from = match before {
        Some(_) => inside.first().map_or(first_day, |(day, _)| *day),
        None => since.unwrap_or(first_day),
    };
    let ends = inside.iter().skip(usize::from(before.is_some())).map(|(day, _)| (*day, false));
    for (to, running) in ends.chain(std::iter::once((last_day, true))) {
        gaps.push(Gap { from, to, months: months_between(from, to), running });
        from = to;
    }
    Some(CadenceEvidence { gaps, performances: inside, open_start })
}

/// The least number of whole months N with `from + N months >= to`.
fn months_between(from: Date, to: Date) -> i64 {
    (0..).find(|months: &i64| from.saturating_add((*months).months()) >= to).unwrap_or(i64::MAX)
}

impl CadenceEvidence {
    /// The longest stretch in months.
    pub fn longest(&self) -> i64 {
        self.gaps.iter().map(|gap| gap.months).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::months_between;
    use jiff::civil::date;

    #[test]
    fn months_are_civil_months() {
        assert_eq!(months_between(date(2017, 1, 11), date(2017, 4, 11)), 3);
        assert_eq!(months_between(date(2017, 1, 11), date(2017, 4, 12)), 4);
        assert_eq!(months_between(date(2016, 10, 31), date(2017, 2, 28)), 4);
        assert_eq!(months_between(date(2017, 1, 1), date(2017, 1, 1)), 0);
    }
}
