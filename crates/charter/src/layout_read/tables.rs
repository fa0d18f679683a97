//! Reading tables: what is counted, cut by two axes, with columns computed from the counted ones.

use std::collections::{BTreeMap, BTreeSet};

use impegno_findings::Finding;
use impegno_settings::Table;

use super::formulas::{check_span, read_decimals, read_divisor, read_measured, read_selection, read_span};
use super::{Head, Names, read_mark, read_notes};
use crate::codes::{BAD_SETTING, REPEATED_CODE, UNKNOWN_REFERENCE};
use crate::layout::{
    Axis, ChartLayout, ColumnFormula, ComputedColumn, Derived, LeftOut, Measured, ONLY_COLUMN, OwnColumn,
    Selection, Sort, Span, TableLayout,
};
use crate::{Filter, Words};

const BANDS_HINT: &str = "write them like bands = [\"0-8\", \"8-18\", \"18-24\"]";

/// Reads a table.
pub(super) fn read_table(block: &mut Table<'_>, names: &mut Names) -> Option<TableLayout> {
    let head = Head::read(block, names)?;
    let selection = read_selection(block);
    let rows = read_axis(block, "rows", None);
    let columns = read_axis(block, "columns", selection.as_ref());
    if let Some(selection) = &selection {
        check_axes(block, selection, &rows, &columns);
    }
    let total_column = block.boolean("total-column", false);
    let derived: Vec<Derived> = block
        .texts("derived")
        .iter()
        .filter_map(|word| {
            let words = [
                ("change", Derived::Change),
                ("difference", Derived::Difference),
                ("share", Derived::Share),
                ("per-hour", Derived::PerHour),
            ];
            let found = words.iter().find(|(name, _)| *name == word.value).map(|(_, derived)| *derived);
            if found.is_none() {
                block.unknown_word(word, &words.map(|(name, _)| name));
            }
            found
        })
        .collect();
    let sorts = [
        ("declared", Sort::Declared),
        ("label", Sort::Label),
        ("value", Sort::Value),
        ("total", Sort::Total),
    ];
    let chart = block.table("chart").and_then(|mut chart| {
        let kinds = ["bars", "columns", "lines", "shares"];
        chart.require("kind");
        let kind = chart.word("kind", &kinds.map(|kind| (kind, kind)));
        let series = chart.texts("series").into_iter().map(|key| key.value).collect();
        let description = Words::required(&mut chart, "description");
        Some(ChartLayout { kind: kind?.value.to_owned(), series, description })
    });
    if let Some(selection) = &selection {
        check_totals(block, selection, &columns, total_column, &derived);
    }
    let computed = read_computed(block);
    let keys = column_keys(&columns, total_column, &derived, &computed);
    check_columns(block, selection.as_ref(), &columns, total_column, &computed, keys.as_deref());
    if let (Some(keys), Some(chart)) = (&keys, &chart) {
        check_series(block, chart, keys);
    }
    if let Some(keys) = keys {
        names.columns.insert(head.id.clone(), keys);
    }
    let sort_by = block.text("sort-by");
    if let (Some(by), Axis::Own(own)) = (&sort_by, &columns)
        && !own.iter().any(|column| column.key == by.value)
    {
        let known: Vec<&str> = own.iter().map(|column| column.key.as_str()).collect();
        let message = format!("the table counts no column `{}`", by.value);
        block.problem(UNKNOWN_REFERENCE, by, message, &format!("one of: {}", known.join(", ")));
    }
    if let (Some(by), false) = (&sort_by, matches!(columns, Axis::Own(_))) {
        let message = "`sort-by` is for columns that the layout names";
        block.problem(BAD_SETTING, by, message, "without it, the last counted column sorts");
    }
    let top = block.integer("top");
    if let Some(top) = top.as_ref().filter(|top| top.value < 1) {
        block.problem(BAD_SETTING, top, "`top` is a number of rows", "write it like 10");
    }
    let rest = block.boolean("rest", false);
    if rest && top.is_none() {
        let finding = Finding::error(BAD_SETTING, block.place_of("rest"), "`rest` is what `top` leaves out");
        block.report(finding.hint("say how many rows: top = 10"));
    }
    let layout = TableLayout {
        id: head.id,
        title: head.title,
        definition: head.definition,
        row_heading: head.row_heading,
        selection: selection?,
        rows,
        columns,
        derived,
        computed,
        left_out: read_left_out(block),
        total: block.boolean("total", true),
        total_column,
        sort: block.word("sort", &sorts).map_or(Sort::Declared, |sort| sort.value),
        sort_by: sort_by.map(|by| by.value),
        top: top.and_then(|top| usize::try_from(top.value).ok()),
        rest,
        decimals: read_decimals(block),
        mark: read_mark(block),
        chart,
        notes: read_notes(block),
    };
    Some(layout)
}

/// Axes that the facts of a table cannot be cut by.
fn check_axes(block: &Table<'_>, selection: &Selection, rows: &Axis, columns: &Axis) {
    let stocks = matches!(selection.of, Measured::Stocks | Measured::DistinctStocks { .. });
    let timeless = stocks || matches!(selection.of, Measured::Probes { .. });
    let problem = |key: &str, message: &str, hint: &str| {
        block.report(Finding::error(BAD_SETTING, block.place_of(key), message).hint(hint));
    };
    for (key, axis) in [("rows", rows), ("columns", columns)] {
        match axis {
            Axis::Own(_) if key == "rows" => {
                problem(key, "rows do not select their own facts", "put `own` into `columns`");
            }
            Axis::Movement if !stocks || key == "rows" => {
                problem(
                    key,
                    "`movement` is for the columns of stocks",
                    "count stocks, or choose another axis",
                );
            }
            Axis::Years(_) | Axis::YearsSince(_) | Axis::Quarters | Axis::Months | Axis::Bands(_)
                if timeless =>
            {
                problem(
                    key,
                    "these facts are counted at the end of the period and have no time of their own",
                    "choose a dimension",
                );
            }
            Axis::Years(_) | Axis::YearsSince(_) if selection.span != Span::Period => {
                problem(key, "an axis of years has its times itself", "leave out `time` and `since`");
            }
            Axis::Months | Axis::Quarters if running(selection, columns) => {
                problem(
                    key,
                    "a running total begins before the months and quarters of the period",
                    "choose another axis, or leave out `since` and `year-to-date`",
                );
            }
            Axis::Years(_) | Axis::YearsSince(_) if own_times(columns) => {
                problem(
                    key,
                    "an axis of years has its times itself, and a column has another",
                    "leave out the `time` and `since` of the columns, or choose another axis",
                );
            }
            Axis::Bands(_) if matches!(selection.of, Measured::Cases { .. }) => {
                problem(key, "cases are not cut by hours of the day", "choose a dimension or months");
            }
            Axis::Whole
            | Axis::Dimension { .. }
            | Axis::Years(_)
            | Axis::YearsSince(_)
            | Axis::Quarters
            | Axis::Months
            | Axis::Bands(_)
            | Axis::Own(_)
            | Axis::Movement => {}
        }
    }
}

/// Whether a table counts, in whole or in a column, from before the period.
fn running(selection: &Selection, columns: &Axis) -> bool {
    let runs = |selection: &Selection| matches!(selection.span, Span::YearToDate | Span::Since(_));
    match columns {
        Axis::Own(own) => own.iter().any(|column| runs(&column.selection)),
        _ => runs(selection),
    }
}

/// Whether a column of its own has another time than the period.
fn own_times(columns: &Axis) -> bool {
    matches!(columns, Axis::Own(own) if own.iter().any(|column| column.selection.span != Span::Period))
}

/// What a table cannot compute from its columns: totals and changes of things that do not add up or follow.
fn check_totals(
    block: &Table<'_>,
    selection: &Selection,
    columns: &Axis,
    total_column: bool,
    derived: &[Derived],
) {
    let problem = |key: &str, message: &str, hint: &str| {
        block.report(Finding::error(BAD_SETTING, block.place_of(key), message).hint(hint));
    };
    let movement = matches!(columns, Axis::Movement);
    if total_column && movement {
        let message = "start, new, ended and end do not add up to anything";
        problem("total-column", message, "leave out `total-column`: `end` is the total");
    }
    let different = matches!(selection.of, Measured::DistinctStocks { .. } | Measured::Probes { .. });
    if total_column && different && !movement {
        let message = "a thing that stands in two columns would be counted twice";
        problem("total-column", message, "leave out `total-column`");
    }
    let follow = derived.iter().any(|derived| matches!(derived, Derived::Change | Derived::Difference));
    if follow && movement {
        let message = "the columns of a movement are no series: a change from one to the next means nothing";
        problem("derived", message, "use `computed` with the columns that you mean");
    }
}

pub(super) fn read_axis(block: &mut Table<'_>, key: &str, selection: Option<&Selection>) -> Axis {
    let Some(mut axis) = block.table(key) else { return Axis::Whole };
    if axis.has("own") {
        let columns = axis.tables("own");
        return Axis::Own(
            columns.into_iter().filter_map(|mut column| read_own(&mut column, selection)).collect(),
        );
    }
    let Some(by) = axis.required_text("by") else { return Axis::Whole };
    match by.value.as_str() {
        "year" => match axis.integer("since") {
            Some(since) => match i16::try_from(since.value) {
                Ok(year) if (1900..=2200).contains(&year) => Axis::YearsSince(year),
                _ => {
                    axis.problem(BAD_SETTING, &since, "`since` is a year", "write it like 2013");
                    Axis::Years(1)
                }
            },
            None => {
                let count = axis.integer("years");
                if let Some(count) = count.as_ref().filter(|count| !(1..=50).contains(&count.value)) {
                    let message = "`years` is a number of years, 1 to 50";
                    axis.problem(
                        BAD_SETTING,
                        count,
                        message,
                        "2 is the period and the same of the year before",
                    );
                }
                let count = count.map_or(1, |count| count.value);
                Axis::Years(u8::try_from(count.clamp(1, 50)).unwrap_or(1))
            }
        },
        "quarter" => Axis::Quarters,
        "month" => Axis::Months,
        "movement" => Axis::Movement,
        "hour" => {
            let mut bands: Vec<(u8, u8)> = Vec::new();
            if !axis.has("bands") {
                let finding = Finding::error(BAD_SETTING, axis.place(), "an axis of hours needs its bands");
                axis.report(finding.hint(BANDS_HINT));
            }
            let texts = axis.texts("bands");
            if axis.has("bands") && texts.is_empty() {
                let finding =
                    Finding::error(BAD_SETTING, axis.place_of("bands"), "there is no band of hours");
                axis.report(finding.hint(BANDS_HINT));
            }
            for band in texts {
                let ends = band.value.split_once('-').and_then(|(from, to)| {
                    Some((from.trim().parse::<u8>().ok()?, to.trim().parse::<u8>().ok()?))
                });
                match ends {
                    Some((from, to)) if from < to && to <= 24 => {
                        match bands.iter().find(|other| from < other.1 && other.0 < to) {
                            Some((first, last)) => {
                                let message = format!(
                                    "the hours {from}-{to} are in the band {first}-{last} already and would count twice"
                                );
                                axis.problem(
                                    BAD_SETTING,
                                    &band,
                                    message,
                                    "end a band where the next one begins",
                                );
                            }
                            None => bands.push((from, to)),
                        }
                    }
                    _ => axis.problem(BAD_SETTING, &band, "not a band of hours", "write it like \"8-18\""),
                }
            }
            Axis::Bands(bands)
        }
        _ => {
            let values = axis.texts("values").into_iter().map(|value| value.value).collect();
            let mut labels = BTreeMap::new();
            if let Some(mut table) = axis.table("labels") {
                for value in table.keys() {
                    if let Some(words) = Words::read(&mut table, &value) {
                        labels.insert(value, words);
                    }
                }
            }
            let mut groups = BTreeMap::new();
            if let Some(mut table) = axis.table("groups") {
                for key in table.keys() {
                    let members = table.texts(&key).into_iter().map(|value| value.value).collect();
                    groups.insert(key, members);
                }
            }
            let whole_catalogue = axis.boolean("whole-catalogue", false);
            Axis::Dimension { name: by.value, values, groups, labels, whole_catalogue }
        }
    }
}

/// A column that selects its own facts; what it does not say, the table says.
fn read_own(column: &mut Table<'_>, table: Option<&Selection>) -> Option<OwnColumn> {
    let key = column.required_text("key")?;
    let label = Words::required(column, "label");
    let place = column.place_of("key");
    let of = if column.has("of") { read_measured(column) } else { table.map(|table| table.of.clone()) };
    let filter = Filter::read(column, "filter");
    let span = match read_span(column) {
        Span::Period => table.map_or(Span::Period, |table| table.span),
        span => span,
    };
    let filter = table.map_or_else(|| filter.clone(), |table| table.filter.and(&filter));
    let aside = column.boolean("aside", false);
    let selection = Selection { of: of?, filter, span, place };
    check_span(column, &selection);
    Some(OwnColumn { key: key.value, label, selection, aside })
}

fn read_computed(block: &mut Table<'_>) -> Vec<ComputedColumn> {
    let mut computed = Vec::new();
    for mut column in block.tables("computed") {
        let key = column.required_text("key");
        let label = Words::required(&mut column, "label");
        let decimals = read_decimals(&mut column);
        let formula = read_column_formula(&mut column);
        if let (Some(key), Some(formula)) = (key, formula) {
            computed.push(ComputedColumn { key: key.value, label, formula, decimals });
        }
    }
    computed
}

fn read_column_formula(column: &mut Table<'_>) -> Option<ColumnFormula> {
    let text = |table: &mut Table<'_>, key: &str| table.required_text(key).map(|text| text.value);
    if let Some(mut share) = column.table("share") {
        share.require("part");
        let part = share.texts("part").into_iter().map(|key| key.value).collect();
        let whole = text(&mut share, "whole");
        return Some(ColumnFormula::Share { part, whole: whole? });
    }
    if let Some(mut change) = column.table("change") {
        let (now, before) = (text(&mut change, "now"), text(&mut change, "before"));
        return Some(ColumnFormula::Change { now: now?, before: before? });
    }
    if let Some(mut difference) = column.table("difference") {
        let (now, before) = (text(&mut difference, "now"), text(&mut difference, "before"));
        return Some(ColumnFormula::Difference { now: now?, before: before? });
    }
    if let Some(mut quotient) = column.table("quotient") {
        let of = text(&mut quotient, "of");
        let by = read_divisor(&mut quotient);
        return Some(ColumnFormula::Quotient { of: of?, by: by? });
    }
    let finding = Finding::error(BAD_SETTING, column.place(), "the column has no formula");
    column.report(finding.hint("one of: share, change, difference, quotient"));
    None
}

fn read_left_out(block: &mut Table<'_>) -> Vec<LeftOut> {
    let mut rows = Vec::new();
    for mut row in block.tables("left-out") {
        let key = row.required_text("key");
        let why = Words::required(&mut row, "why");
        rows.extend(key.map(|key| LeftOut { key: key.value, why }));
    }
    rows
}

/// The keys of the columns of a table; `None` where the facts decide.
fn column_keys(
    columns: &Axis,
    total_column: bool,
    derived: &[Derived],
    computed: &[ComputedColumn],
) -> Option<Vec<String>> {
    let mut keys: Vec<String> = match columns {
        Axis::Own(columns) => columns.iter().map(|column| column.key.clone()).collect(),
        Axis::Movement => ["start", "new", "ended", "end"].map(str::to_owned).to_vec(),
        Axis::Whole => vec![ONLY_COLUMN.to_owned()],
        Axis::Dimension { .. }
        | Axis::Years(_)
        | Axis::YearsSince(_)
        | Axis::Quarters
        | Axis::Months
        | Axis::Bands(_) => return None,
    };
    if total_column {
        keys.push("total".to_owned());
    }
    keys.extend(derived.iter().map(|derived| {
        match derived {
            Derived::Change => "change",
            Derived::Difference => "difference",
            Derived::Share => "share",
            Derived::PerHour => "per-hour",
        }
        .to_owned()
    }));
    keys.extend(computed.iter().map(|column| column.key.clone()));
    Some(keys)
}

/// Columns are named once, computed ones from columns that are there, and a column of totals adds like to
/// like.
fn check_columns(
    block: &Table<'_>,
    selection: Option<&Selection>,
    columns: &Axis,
    total_column: bool,
    computed: &[ComputedColumn],
    keys: Option<&[String]>,
) {
    let problem = |code, message: String, hint: String| {
        block.report(Finding::error(code, block.place(), message).hint(hint));
    };
    if keys.is_none() && !computed.is_empty() {
        let message = "the facts decide which columns the table has: none can be computed from";
        problem(BAD_SETTING, message.to_owned(), "name the columns with `own`".to_owned());
    }
    if let Some(keys) = keys {
        let mut seen = BTreeSet::new();
        for key in keys.iter().filter(|key| !seen.insert(key.as_str())) {
            problem(REPEATED_CODE, format!("the column `{key}` stands twice"), String::new());
        }
        for column in computed {
            // A column may be computed from those before it.
            for input in column.formula.inputs() {
                if !keys.iter().take_while(|key| **key != column.key).any(|key| key == input) {
                    let message = format!(
                        "the column `{}` is computed from `{input}`, which is not there before it",
                        column.key
                    );
                    problem(UNKNOWN_REFERENCE, message, format!("one of: {}", keys.join(", ")));
                }
            }
        }
    }
    if let (Axis::Own(own), Some(selection), true) = (columns, selection, total_column) {
        for column in own.iter().filter(|column| !column.aside) {
            if column.selection.of != selection.of || column.selection.span != selection.span {
                let message = format!(
                    "the column `{}` counts something else than the table and would not add up",
                    column.key
                );
                let finding = Finding::error(BAD_SETTING, column.selection.place.clone(), message);
                block.report(finding.hint("write `aside = true` to leave it out of the column of totals"));
            }
        }
    }
}

fn check_series(block: &Table<'_>, chart: &ChartLayout, keys: &[String]) {
    for key in chart.series.iter().filter(|key| !keys.contains(key)) {
        let message = format!("the chart draws the column `{key}`, which the table does not have");
        let finding = Finding::error(UNKNOWN_REFERENCE, block.place_of("chart"), message);
        block.report(finding.hint(format!("one of: {}", keys.join(", "))));
    }
}
