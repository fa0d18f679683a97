//! Indicators that count facts, relate two counts, or say how long cases take.

use impegno_findings::Finding;
use impegno_settings::Table;

use super::read_statistic;
use crate::codes::BAD_SETTING;
use crate::filter::Filter;
use crate::layout::{Measured, TimesClock};
use crate::layout_read::read_measured;
use crate::{CaseTime, CountUnit, Counted, Ratio};

/// Reads what is counted, `{ of = "cases", filter = { … } }`.
pub(super) fn read_counted(table: &mut Table<'_>) -> Option<Counted> {
    let place = table.place_of("of");
    let of = read_measured(table);
    let filter = Filter::read(table, "filter");
    Some(Counted { of: of?, filter, place })
}

/// Reads two counts, `{ part = { of, filter }, whole = { of, filter } }`, and what they are printed for one of.
pub(super) fn read_ratio(table: &mut Table<'_>) -> Option<Ratio> {
    let mut side = |key: &str| {
        table.require(key);
        table.table(key).and_then(|mut side| read_counted(&mut side))
    };
    let (part, whole) = (side("part"), side("whole"));
    let per = table.table("per").and_then(|mut per| read_counted(&mut per));
    let undecided = table.table("undecided").and_then(|mut open| read_counted(&mut open));
    let units = [("one", CountUnit::One), ("minutes", CountUnit::Minutes)];
    let unit = table.word("unit", &units).map_or(CountUnit::One, |word| word.value);
    Some(Ratio { part: part?, whole: whole?, undecided, per, unit })
}

/// Reads how long cases take, `{ cases, from, to, statistic, calendar }`.
pub(super) fn read_case_time(table: &mut Table<'_>) -> Option<CaseTime> {
    let cases = table.required_text("cases");
    let filter = Filter::read(table, "filter");
    let from = table.required_text("from");
    let to = table.required_text("to");
    let place = table.place_of("days");
    let calendar = table.text("calendar").map(|code| code.value);
    // Which days are counted, if days are: all, or those of the calendar.
    let working = if table.is_text("days") {
        Some(table.word("days", &[("working", true), ("all", false)])?.value)
    } else {
        table.boolean("days", false).then_some(false)
    };
    let clock = match (calendar, working) {
        (Some(calendar), Some(true)) => TimesClock::WorkingDays(calendar),
        (None, Some(true)) => {
            let finding = Finding::error(BAD_SETTING, place, "working days are those of a calendar");
            table.report(finding.hint("add `calendar`"));
            return None;
        }
        (Some(_), Some(false)) => {
            let message = "days from date to date know no service hours";
            let hint =
                "keep `calendar` or `days`; days = \"working\" counts the working days of the calendar";
            table.report(Finding::error(BAD_SETTING, place, message).hint(hint));
            return None;
        }
        (Some(calendar), None) => TimesClock::Working(calendar),
        (None, Some(false)) => TimesClock::Days,
        (None, None) => TimesClock::Elapsed,
    };
    let statistic = read_statistic(table);
    let of_days = table.integer("of-days").and_then(|of| {
        let days = u32::try_from(of.value).ok().filter(|days| *days > 0);
        let counts_days = matches!(clock, TimesClock::Days | TimesClock::WorkingDays(_));
        if days.is_none() || !counts_days {
            let message = if counts_days { "a number of days from 1 up" } else { "the clock counts no days" };
            table.problem(BAD_SETTING, &of, message, "add `days`, or leave it out");
        }
        days.filter(|_| counts_days)
    });
    Some(CaseTime {
        cases: cases?.value,
        filter,
        from: from?.value,
        to: to?.value,
        clock,
        statistic: statistic?,
        of_days,
    })
}

impl Ratio {
    /// Whether the part is some of the cases of the whole.
    pub fn is_sample(&self) -> bool {
        matches!(self.part.of, Measured::Cases { .. }) && self.is_nested()
    }

    /// Whether the part is some of the facts of the whole: the same is counted, and the part has more conditions.
    pub fn is_nested(&self) -> bool {
        let narrowed = self.whole.filter.conditions.iter().all(|(name, condition)| {
            self.part.filter.conditions.get(name).is_some_and(|own| own == condition)
        });
        self.part.of == self.whole.of && narrowed
    }
}

impl Counted {
    /// Whether what is counted is money, in cents.
    pub fn is_money(&self) -> bool {
        matches!(self.of, Measured::Amounts)
    }
}
