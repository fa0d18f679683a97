//! Reading report layouts.

use std::collections::{BTreeMap, BTreeSet};

use impegno_calendar::Micros;
use impegno_findings::Finding;
use impegno_settings::{Spot, Table};

use crate::codes::{BAD_SETTING, REPEATED_CODE, UNKNOWN_REFERENCE};
use crate::expected::time;
use crate::layout::{
    Axis, BlockLayout, ChangesLayout, ChartLayout, ClassLayout, ClassesLayout, Derived, FigureLayout,
    FilteredColumn, Formula, Layout, MarkLayout, MatrixLayout, Measured, Reference, SectionLayout, Selection,
    Sort, TableLayout,
};
use crate::{Filter, Words};

/// Identifiers met so far, and references to be checked when all are known.
#[derive(Default)]
struct Names {
    ids: BTreeSet<String>,
    references: Vec<Spot<String>>,
}

impl Names {
    fn add(&mut self, table: &Table<'_>, id: &Spot<String>) {
        if !self.ids.insert(id.value.clone()) {
            table.problem(REPEATED_CODE, id, format!("the identifier `{}` stands twice", id.value), "");
        }
    }
}

/// Reads a layout.
pub(crate) fn read_layout(code: &str, table: &mut Table<'_>) -> Layout {
    let title = Words::required(table, "title");
    let subtitle = Words::read(table, "subtitle").unwrap_or_default();
    let mut names = Names::default();
    let mut sections = Vec::new();
    for mut section in table.tables("section") {
        let id = section.required_text("id");
        if let Some(id) = &id {
            names.add(&section, id);
        }
        let title = Words::required(&mut section, "title");
        let mut blocks = Vec::new();
        for mut block in section.tables("block") {
            blocks.extend(read_block(&mut block, &mut names));
        }
        sections.push(SectionLayout { id: id.map(|id| id.value).unwrap_or_default(), title, blocks });
    }
    for reference in &names.references {
        let target = reference.value.split('/').next().unwrap_or_default();
        if !names.ids.contains(target) {
            let message = format!("there is no table or figure `{target}` in this layout");
            let hint = impegno_findings::nearest(target, names.ids.iter().map(String::as_str))
                .map_or_else(String::new, |id| format!("did you mean `{id}`?"));
            table.problem(UNKNOWN_REFERENCE, reference, message, &hint);
        }
    }
    Layout { code: code.to_owned(), title, subtitle, sections }
}

fn read_block(block: &mut Table<'_>, names: &mut Names) -> Option<BlockLayout> {
    const KINDS: [&str; 8] =
        ["text", "figures", "table", "matrix", "classes", "changes", "commitments", "choices"];
    let kind = block.required_text("kind")?;
    match kind.value.as_str() {
        "text" => Some(BlockLayout::Text(Words::required(block, "text"))),
        "figures" => {
            let mut figures = Vec::new();
            for mut figure in block.tables("figure") {
                figures.extend(read_figure(&mut figure, names));
            }
            Some(BlockLayout::Figures(figures))
        }
        "table" => read_table(block, names).map(|table| BlockLayout::Table(Box::new(table))),
        "matrix" => {
            let head = Head::read(block, names)?;
            let subject = block.required_text("subject");
            let mut attributes = Vec::new();
            for mut attribute in block.tables("attribute") {
                let Some(key) = attribute.required_text("key") else { continue };
                let label = Words::read(&mut attribute, "label").unwrap_or_else(|| Words::same(&key.value));
                attributes.push((key.value, label));
            }
            Some(BlockLayout::Matrix(MatrixLayout {
                id: head.id,
                title: head.title,
                definition: head.definition,
                row_heading: head.row_heading,
                subject: subject?.value,
                attributes,
                mark: read_mark(block),
                notes: read_notes(block),
            }))
        }
        "classes" => {
            let head = Head::read(block, names)?;
            let subject = block.required_text("subject");
            let mut classes = Vec::new();
            for mut class in block.tables("class") {
                let Some(key) = class.required_text("key") else { continue };
                let label = Words::required(&mut class, "label");
                let when = Filter::read(&mut class, "when");
                classes.push(ClassLayout { key: key.value, label, when });
            }
            Some(BlockLayout::Classes(ClassesLayout {
                id: head.id,
                title: head.title,
                definition: head.definition,
                row_heading: head.row_heading,
                subject: subject?.value,
                classes,
            }))
        }
        "changes" => {
            let head = Head::read(block, names)?;
            let selection = read_selection(block);
            let by = block.required_text("by");
            let group = block.required_text("group");
            let at_least = block.integer("at-least").map_or(1, |number| number.value);
            let groups = block.text("groups");
            if let Some(groups) = &groups {
                names.references.push(groups.clone());
            }
            Some(BlockLayout::Changes(ChangesLayout {
                id: head.id,
                title: head.title,
                definition: head.definition,
                selection: selection?,
                by: by?.value,
                group: group?.value,
                at_least,
                groups: groups.map(|groups| groups.value),
            }))
        }
        "commitments" => {
            let id = block.required_text("id")?;
            names.add(block, &id);
            Some(BlockLayout::Commitments { id: id.value, title: Words::required(block, "title") })
        }
        "choices" => Some(BlockLayout::Choices),
        _ => {
            block.unknown_word(&kind, &KINDS);
            None
        }
    }
}

/// What every table-like block begins with.
struct Head {
    id: String,
    title: Words,
    definition: Words,
    row_heading: Words,
}

impl Head {
    fn read(block: &mut Table<'_>, names: &mut Names) -> Option<Head> {
        let id = block.required_text("id");
        let title = Words::required(block, "title");
        let definition = Words::read(block, "definition").unwrap_or_default();
        let row_heading = Words::read(block, "row-heading").unwrap_or_default();
        let id = id?;
        names.add(block, &id);
        Some(Head { id: id.value, title, definition, row_heading })
    }
}

fn read_notes(block: &mut Table<'_>) -> Vec<Words> {
    block
        .tables("note")
        .iter_mut()
        .map(|note| {
            let it = note.required_text("it").map(|text| text.value).unwrap_or_default();
            let en = note.text("en").map_or_else(|| it.clone(), |text| text.value);
            Words { it, en }
        })
        .collect()
}

fn read_mark(block: &mut Table<'_>) -> Option<MarkLayout> {
    let mut mark = block.table("mark")?;
    let filter = Filter::read(&mut mark, "filter");
    Some(MarkLayout { filter, label: Words::required(&mut mark, "label") })
}

fn read_table(block: &mut Table<'_>, names: &mut Names) -> Option<TableLayout> {
    let head = Head::read(block, names)?;
    let selection = read_selection(block);
    let rows = read_axis(block, "rows");
    let columns = read_axis(block, "columns");
    if let Some(selection) = &selection {
        check_axes(block, selection, &rows, &columns);
    }
    let derived = block
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
    let layout = TableLayout {
        id: head.id,
        title: head.title,
        definition: head.definition,
        row_heading: head.row_heading,
        selection: selection?,
        rows,
        columns,
        derived,
        total: block.boolean("total", true),
        total_column: block.boolean("total-column", false),
        sort: block.word("sort", &sorts).map_or(Sort::Declared, |sort| sort.value),
        top: block.integer("top").and_then(|top| usize::try_from(top.value).ok()),
        rest: block.boolean("rest", false),
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
            Axis::Filtered(_) if key == "rows" => {
                problem(key, "rows cannot have filters of their own", "put `filtered` into `columns`");
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
            | Axis::Filtered(_)
            | Axis::Movement => {}
        }
    }
}

fn read_decimals(table: &mut Table<'_>) -> u8 {
    table.integer("decimals").and_then(|number| u8::try_from(number.value).ok()).unwrap_or(0).min(6)
}

fn read_selection(table: &mut Table<'_>) -> Option<Selection> {
    let place = table.place_of("of");
    let of = table.required_text("of")?;
    let filter = Filter::read(table, "filter");
    let measured = match of.value.as_str() {
        "operations" => Measured::Operations,
        "amounts" => Measured::Amounts,
        "cases" => Measured::Cases {
            from: table.text("from").map_or_else(|| "opened".to_owned(), |event| event.value),
        },
        "checks" => Measured::Checks,
        "probes" => {
            let within_last = table.text("within-last").and_then(|text| match time(&text.value) {
                Ok((length, _)) => Some(length),
                Err(reason) => {
                    table.problem(BAD_SETTING, &text, reason, "write it like \"25 h\"");
                    None
                }
            });
            Measured::Probes { within_last: within_last.unwrap_or(Micros(25 * 3_600_000_000)) }
        }
        "stocks" => match table.text("distinct") {
            Some(dimension) => Measured::DistinctStocks { dimension: dimension.value },
            None => Measured::Stocks,
        },
        _ => {
            table.unknown_word(&of, &["operations", "amounts", "cases", "checks", "probes", "stocks"]);
            return None;
        }
    };
    Some(Selection { of: measured, filter, place })
}

fn read_axis(block: &mut Table<'_>, key: &str) -> Axis {
    let Some(mut axis) = block.table(key) else { return Axis::Whole };
    if axis.has("filtered") {
        let mut columns = Vec::new();
        for mut column in axis.tables("filtered") {
            let Some(key) = column.required_text("key") else { continue };
            let label = Words::required(&mut column, "label");
            let filter = Filter::read(&mut column, "filter");
            columns.push(FilteredColumn { key: key.value, label, filter });
        }
        return Axis::Filtered(columns);
    }
    let Some(by) = axis.required_text("by") else { return Axis::Whole };
    match by.value.as_str() {
        "year" => match axis.integer("since") {
            Some(since) => Axis::YearsSince(i16::try_from(since.value).unwrap_or(i16::MAX)),
            None => {
                let count = axis.integer("years").map_or(1, |count| count.value);
                Axis::Years(u8::try_from(count.clamp(1, 50)).unwrap_or(1))
            }
        },
        "quarter" => Axis::Quarters,
        "month" => Axis::Months,
        "movement" => Axis::Movement,
        "hour" => {
            let mut bands = Vec::new();
            for band in axis.texts("bands") {
                let ends = band.value.split_once('-').and_then(|(from, to)| {
                    Some((from.trim().parse::<u8>().ok()?, to.trim().parse::<u8>().ok()?))
                });
                match ends {
                    Some((from, to)) if from < to && to <= 24 => bands.push((from, to)),
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

fn read_figure(table: &mut Table<'_>, names: &mut Names) -> Option<FigureLayout> {
    let id = table.required_text("id");
    if let Some(id) = &id {
        names.add(table, id);
    }
    let label = Words::required(table, "label");
    let decimals = read_decimals(table);
    let note = Words::read(table, "note").unwrap_or_default();
    let formula = read_formula(table, names);
    Some(FigureLayout { id: id?.value, label, formula: formula?, decimals, note })
}

fn read_formula(table: &mut Table<'_>, names: &mut Names) -> Option<Formula> {
    fn references(table: &mut Table<'_>, key: &str, names: &mut Names) -> Vec<Reference> {
        table.require(key);
        let texts = table.texts(key);
        names.references.extend(texts.iter().cloned());
        texts.into_iter().map(|text| Reference(text.value)).collect()
    }
    fn reference(table: &mut Table<'_>, key: &str, names: &mut Names) -> Option<Reference> {
        let text = table.required_text(key)?;
        names.references.push(text.clone());
        Some(Reference(text.value))
    }
    if table.has("of") {
        return read_selection(table).map(Formula::Count);
    }
    if table.has("cell") {
        return reference(table, "cell", names).map(Formula::Cell);
    }
    if table.has("sum") {
        return Some(Formula::Sum(references(table, "sum", names)));
    }
    if table.has("per-month") {
        return reference(table, "per-month", names).map(Formula::PerMonth);
    }
    if table.has("rows-of") {
        return reference(table, "rows-of", names).map(Formula::RowsOf);
    }
    if let Some(mut share) = table.table("share") {
        let part = references(&mut share, "part", names);
        let whole = references(&mut share, "whole", names);
        return Some(Formula::Share { part, whole });
    }
    if let Some(mut change) = table.table("change") {
        let now = reference(&mut change, "now", names);
        let before = reference(&mut change, "before", names);
        return Some(Formula::Change { now: now?, before: before? });
    }
    let message = "the figure has no formula";
    let hint = "one of: of, cell, sum, per-month, rows-of, share, change";
    table.report(Finding::error(BAD_SETTING, table.place(), message).hint(hint));
    None
}
