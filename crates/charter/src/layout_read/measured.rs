//! Reading tables that measure: availability of components, times of cases.

use impegno_calendar::Instant;
use impegno_findings::Finding;
use impegno_settings::{Spot, Table};

use super::formulas::read_decimals;
use super::tables::read_axis;
use super::{Head, Names, read_notes};
use crate::codes::{BAD_SETTING, REPEATED_CODE};
use crate::expected::time;
use crate::filter::Condition;
use crate::indicator::read_availability_rule;
use crate::layout::{
    AvailabilityColumns, AvailabilityLayout, Axis, TimesClock, TimesLayout, TimesLimit, TimesStatistic,
    WindowLayout,
};
use crate::{Filter, Words};

/// `kind = "availability"`.
pub(super) fn read_availability(block: &mut Table<'_>, names: &mut Names) -> Option<AvailabilityLayout> {
    let head = Head::read(block, names);
    block.require("components");
    let components: Vec<String> = block.texts("components").into_iter().map(|code| code.value).collect();
    let columns = if block.has("windows") {
        AvailabilityColumns::Windows(read_windows(block))
    } else {
        let axis = read_axis(block, "columns", None);
        if !matches!(axis, Axis::Whole | Axis::Years(_) | Axis::YearsSince(_) | Axis::Quarters | Axis::Months)
        {
            let finding =
                Finding::error(BAD_SETTING, block.place_of("columns"), "availability is cut by time alone");
            block.report(finding.hint("by year, quarter or month; or `windows`"));
        }
        AvailabilityColumns::Periods(axis)
    };
    let rule = match block.table("rule") {
        Some(mut rule) => {
            let place = rule.place_of("interruptions");
            let rule = read_availability_rule(&mut rule);
            if rule.interruptions.is_some() {
                let message =
                    "the register of interruptions is held against probes in commitments, not in tables";
                block.report(Finding::error(BAD_SETTING, place, message));
            }
            rule
        }
        None => crate::Availability::default(),
    };
    let place = block.place_of("components");
    let head = head?;
    Some(AvailabilityLayout {
        id: head.id,
        title: head.title,
        definition: head.definition,
        row_heading: head.row_heading,
        components,
        columns,
        total_column: block.boolean("total-column", false),
        rule,
        decimals: if block.has("decimals") { read_decimals(block) } else { 3 },
        notes: read_notes(block),
        place,
    })
}

fn read_windows(block: &mut Table<'_>) -> Vec<WindowLayout> {
    let mut windows: Vec<WindowLayout> = Vec::new();
    for mut window in block.tables("windows") {
        let key = window.required_text("key");
        let label = Words::required(&mut window, "label");
        let from = read_instant(&mut window, "from");
        let until = read_instant(&mut window, "until");
        let (Some(key), Some(from), Some(until)) = (key, from, until) else { continue };
        if windows.iter().any(|known| known.key == key.value) {
            window.problem(REPEATED_CODE, &key, format!("the column `{}` stands twice", key.value), "");
        }
        if until.value <= from.value {
            window.problem(BAD_SETTING, &until, "the window ends before it begins", "exchange the two");
            continue;
        }
        windows.push(WindowLayout { key: key.value, label, from: from.value, until: until.value });
    }
    windows
}

fn read_instant(table: &mut Table<'_>, key: &str) -> Option<Spot<Instant>> {
    let text = table.required_text(key)?;
    match text.value.parse::<Instant>() {
        Ok(instant) => Some(Spot { value: instant, place: text.place }),
        Err(_) => {
            let message = format!("`{}` is not an instant", text.value);
            table.problem(BAD_SETTING, &text, message, "write it in UTC: \"2026-06-10T23:35:05Z\"");
            None
        }
    }
}

/// `kind = "times"`.
pub(super) fn read_times(block: &mut Table<'_>, names: &mut Names) -> Option<TimesLayout> {
    let head = Head::read(block, names);
    let place = block.place_of("cases");
    let cases = block.required_text("cases");
    let from = block.required_text("from");
    let to = block.required_text("to");
    let working = block.place_of("clock");
    let word =
        block.word("clock", &[("elapsed", 0), ("days", 1), ("working-days", 2)]).map(|word| word.value);
    let clock = match (block.text("calendar"), word) {
        (Some(calendar), Some(2)) => TimesClock::WorkingDays(calendar.value),
        (Some(calendar), _) => TimesClock::Working(calendar.value),
        (None, Some(2)) => {
            let finding = Finding::error(BAD_SETTING, working, "working days are those of a calendar");
            block.report(finding.hint("add `calendar`"));
            return None;
        }
        (None, Some(1)) => TimesClock::Days,
        (None, _) => TimesClock::Elapsed,
    };
    let mut filter = Filter::read(block, "filter");
    let rows = read_axis(block, "rows", None);
    let columns = read_axis(block, "columns", None);
    for (key, axis) in [("rows", &rows), ("columns", &columns)] {
        if matches!(axis, Axis::Bands(_) | Axis::Own(_) | Axis::Movement) {
            let finding =
                Finding::error(BAD_SETTING, block.place_of(key), "times of cases are not cut by this");
            block.report(finding.hint("by a dimension, or by year, quarter or month"));
        }
    }
    let since = block.integer("since").and_then(|year| {
        let read = i16::try_from(year.value).ok().filter(|year| (1900..=9999).contains(year));
        if read.is_none() {
            block.problem(BAD_SETTING, &year, "`since` is a year", "write it like 2016");
        }
        read
    });
    block.require("statistics");
    let texts = block.texts("statistics");
    let statistics = texts.iter().filter_map(|text| read_statistic(block, text, &clock)).collect();
    let (head, cases, from, to) = (head?, cases?, from?, to?);
    filter.conditions.insert("kind".to_owned(), Condition::OneOf(vec![cases.value]));
    Some(TimesLayout {
        id: head.id,
        title: head.title,
        definition: head.definition,
        row_heading: head.row_heading,
        from: from.value,
        to: to.value,
        clock,
        filter,
        rows,
        since,
        columns,
        statistics,
        total: block.boolean("total", true),
        decimals: if block.has("decimals") { read_decimals(block) } else { 1 },
        notes: read_notes(block),
        place,
    })
}

fn read_statistic(block: &Table<'_>, text: &Spot<String>, clock: &TimesClock) -> Option<TimesStatistic> {
    let (share, rest) = match text.value.strip_prefix("share within ") {
        Some(rest) => (true, Some(rest)),
        None => (false, text.value.strip_prefix("within ")),
    };
    if let Some(limit) = rest {
        return match read_limit(limit, clock) {
            Ok(limit) if share => Some(TimesStatistic::ShareWithin(limit)),
            Ok(limit) => Some(TimesStatistic::Within(limit)),
            Err(message) => {
                block.problem(
                    BAD_SETTING,
                    text,
                    message,
                    "write it like \"within 24 h\" or \"within 30 days\"",
                );
                None
            }
        };
    }
    match text.value.as_str() {
        "cases" => Some(TimesStatistic::Cases),
        "done" => Some(TimesStatistic::Done),
        "open" => Some(TimesStatistic::Open),
        "median" => Some(TimesStatistic::Median),
        "mean" => Some(TimesStatistic::Mean),
        "max" => Some(TimesStatistic::Maximum),
        other => {
            let rank = other.strip_prefix('p').and_then(|rank| rank.parse::<u8>().ok());
            let rank = rank.filter(|rank| (1..=99).contains(rank));
            if rank.is_none() {
                let known = [
                    "cases",
                    "done",
                    "open",
                    "median",
                    "mean",
                    "max",
                    "p95",
                    "within 24 h",
                    "share within 24 h",
                ];
                block.unknown_word(text, &known);
            }
            rank.map(TimesStatistic::Percentile)
        }
    }
}

fn read_limit(text: &str, clock: &TimesClock) -> Result<TimesLimit, String> {
    let days = text.strip_suffix("days").or_else(|| text.strip_suffix("day"));
    match (clock, days) {
        (TimesClock::Days | TimesClock::WorkingDays(_), Some(days)) => {
            let days = days.trim().parse().map_err(|_| format!("`{text}` is not a whole number of days"))?;
            Ok(TimesLimit::Days(days))
        }
        (TimesClock::Days | TimesClock::WorkingDays(_), None) => {
            Err(format!("the clock counts days, `{text}` is none"))
        }
        (TimesClock::Elapsed | TimesClock::Working(_), Some(_)) => {
            Err("days are for `clock = \"days\"`: write hours".to_owned())
        }
        (TimesClock::Elapsed | TimesClock::Working(_), None) => {
            time(text).map(|(length, _)| TimesLimit::Time(length))
        }
    }
}
