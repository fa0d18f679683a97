//! Indicators that count facts, relate two counts, or say how long cases take.

use impegno_findings::Finding;
use impegno_settings::Table;

use super::read_statistic;
use crate::codes::BAD_SETTING;
use crate::filter::Filter;
use crate::layout::{Measured, TimesClock};
use crate::layout_read::read_measured;
use crate::{CaseTime, Counted, Ratio};

/// Reads what is counted, `{ of = "cases", filter = { … } }`.
pub(super) fn read_counted(table: &mut Table<'_>) -> Option<Counted> {
    let place = table.place_of("of");
    let of = read_measured(table);
    let filter = Filter::read(table, "filter");
    Some(Counted { of: of?, filter, place })
}

/// Reads two counts, `{ part = { of, filter }, whole = { of, filter } }`.
pub(super) fn read_ratio(table: &mut Table<'_>) -> Option<Ratio> {
    let mut side = |key: &str| {
        table.require(key);
        table.table(key).and_then(|mut side| read_counted(&mut side))
    };
    let (part, whole) = (side("part"), side("whole"));
    Some(Ratio { part: part?, whole: whole? })
}

/// Reads how long cases take, `{ cases, from, to, statistic, calendar }`.
pub(super) fn read_case_time(table: &mut Table<'_>) -> Option<CaseTime> {
    let cases = table.required_text("cases");
    let filter = Filter::read(table, "filter");
    let from = table.required_text("from");
    let to = table.required_text("to");
    let days = table.place_of("days");
    let clock = match (table.text("calendar"), table.boolean("days", false)) {
        (Some(_), true) => {
            let message = "days from date to date know no service hours";
            table.report(Finding::error(BAD_SETTING, days, message).hint("keep `calendar` or `days`"));
            return None;
        }
        (Some(calendar), false) => TimesClock::Working(calendar.value),
        (None, true) => TimesClock::Days,
        (None, false) => TimesClock::Elapsed,
    };
    let statistic = read_statistic(table);
    Some(CaseTime {
        cases: cases?.value,
        filter,
        from: from?.value,
        to: to?.value,
        clock,
        statistic: statistic?,
    })
}

impl Ratio {
    /// Whether the part is some of the cases of the whole: of both the same event, and the part has more conditions.
    pub fn is_sample(&self) -> bool {
        let cases = matches!(self.part.of, Measured::Cases { .. }) && self.part.of == self.whole.of;
        let narrowed = self.whole.filter.conditions.iter().all(|(name, condition)| {
            self.part.filter.conditions.get(name).is_some_and(|own| own == condition)
        });
        cases && narrowed
    }
}

impl Counted {
    /// Whether what is counted is money, in cents.
    pub fn is_money(&self) -> bool {
        matches!(self.of, Measured::Amounts)
    }
}
