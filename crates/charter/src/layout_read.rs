//! Reading report layouts.

mod formulas;
mod indicators;
mod measured;
mod outline;
mod tables;
mod written;

pub(crate) use formulas::read_measured;

use std::collections::{BTreeMap, BTreeSet};

use impegno_findings::{Finding, Place, nearest};
use impegno_settings::{Spot, Table};

use crate::codes::{BAD_SETTING, REPEATED_CODE, UNKNOWN_REFERENCE};
use crate::layout::{
    BlockLayout, ChangesLayout, ClassLayout, ClassesLayout, Layout, MarkLayout, MatrixLayout, PeriodKind,
    SectionLayout, Span,
};
use crate::shelf::Shelf;
use crate::{Filter, Words};
use formulas::{read_figure, read_selection};
use outline::Numbering;
use tables::read_table;

/// Identifiers met so far, and references to be checked when all are known.
#[derive(Default)]
struct Names {
    ids: BTreeSet<String>,
    /// Cells and figures that formulas name.
    references: Vec<Spot<String>>,
    /// Tables that are named as a whole.
    tables: Vec<Spot<String>>,
    /// Line and column of each figure.
    figures: BTreeMap<String, (u32, u32)>,
    /// Keys of the columns of each table whose columns the layout itself names.
    columns: BTreeMap<String, Vec<String>>,
    sections: BTreeSet<String>,
    /// Sections that texts link to.
    links: Vec<(String, Place)>,
    /// Figures that texts quote.
    quoted: Vec<(String, Place)>,
}

impl Names {
    fn add(&mut self, table: &Table<'_>, id: &Spot<String>) {
        if !self.ids.insert(id.value.clone()) {
            table.problem(REPEATED_CODE, id, format!("the identifier `{}` stands twice", id.value), "");
        }
    }
}

/// Reads a layout.
pub(crate) fn read_layout(code: &str, table: &mut Table<'_>, shelf: &mut Shelf) -> Layout {
    let title = Words::required(table, "title");
    let subtitle = Words::read(table, "subtitle").unwrap_or_default();
    let kinds = [
        ("year", PeriodKind::Year),
        ("half-year", PeriodKind::HalfYear),
        ("quarter", PeriodKind::Quarter),
        ("month", PeriodKind::Month),
    ];
    let period = table.word("period", &kinds);
    let cover = outline::read_cover(table);
    let mut numbering = Numbering::read(table);
    let mut names = Names::default();
    let mut sections = Vec::new();
    for mut section in table.tables("section") {
        let id = section.required_text("id");
        if let Some(id) = &id {
            names.add(&section, id);
            names.sections.insert(id.value.clone());
        }
        let (level, number) = numbering.next(&mut section);
        let title = Words::required(&mut section, "title");
        let mut blocks = Vec::new();
        for mut block in section.tables("block") {
            blocks.extend(read_block(&mut block, &mut names, shelf));
        }
        let id = id.map(|id| id.value).unwrap_or_default();
        sections.push(SectionLayout { id, number, level, title, blocks });
    }
    for reference in &names.tables {
        check_target(table, reference, &names);
    }
    for reference in &names.references {
        check_reference(table, reference, &names);
    }
    written::check_prose(table, &names);
    let period = period.map(|period| period.value);
    Layout { code: code.to_owned(), title, subtitle, period, cover, sections }
}

fn near<'w>(word: &str, known: impl Iterator<Item = &'w str>) -> String {
    nearest(word, known).map_or_else(String::new, |near| format!("did you mean `{near}`?"))
}

/// A reference names a table or figure of the layout.
fn check_target(table: &Table<'_>, reference: &Spot<String>, names: &Names) -> bool {
    let target = reference.value.split('/').next().unwrap_or_default();
    let known = names.ids.contains(target);
    if !known {
        let message = format!("there is no table or figure `{target}` in this layout");
        let hint = near(target, names.ids.iter().map(String::as_str));
        table.problem(UNKNOWN_REFERENCE, reference, message, &hint);
    }
    known
}

/// A formula names a figure before it or, of a table whose columns are known, one of them.
fn check_reference(table: &Table<'_>, reference: &Spot<String>, names: &Names) {
    if !check_target(table, reference, names) {
        return;
    }
    let target = reference.value.split('/').next().unwrap_or_default();
    if let Some(known) = names.figures.get(target) {
        // A figure is computed from those before it.
        if *known > (reference.place.line, reference.place.column) {
            let message = format!("the figure `{target}` comes later: figures are computed in their order");
            table.problem(UNKNOWN_REFERENCE, reference, message, "put it before this one");
        }
        return;
    }
    if reference.value.split('/').count() < 3 {
        let message = format!("`{}` names a table and no cell", reference.value);
        table.problem(UNKNOWN_REFERENCE, reference, message, "write table/row/column");
        return;
    }
    let (Some(columns), Some((_, column))) = (names.columns.get(target), reference.value.rsplit_once('/'))
    else {
        return;
    };
    if !columns.iter().any(|known| known == column) {
        let message = format!("the table `{target}` has no column `{column}`");
        let hint = match near(column, columns.iter().map(String::as_str)) {
            hint if hint.is_empty() => format!("one of: {}", columns.join(", ")),
            hint => hint,
        };
        table.problem(UNKNOWN_REFERENCE, reference, message, &hint);
    }
}

fn read_block(block: &mut Table<'_>, names: &mut Names, shelf: &mut Shelf) -> Option<BlockLayout> {
    const KINDS: [&str; 14] = [
        "text",
        "prose",
        "directory",
        "figures",
        "table",
        "availability",
        "times",
        "matrix",
        "classes",
        "changes",
        "commitments",
        "indicators",
        "sheets",
        "choices",
    ];
    let kind = block.required_text("kind")?;
    match kind.value.as_str() {
        "text" => Some(BlockLayout::Text(Words::required(block, "text"))),
        "prose" => written::read_prose(block, names, shelf).map(BlockLayout::Prose),
        "directory" => written::read_directory_block(block, names, shelf).map(BlockLayout::Directory),
        "figures" => {
            let mut figures = Vec::new();
            for mut figure in block.tables("figure") {
                figures.extend(read_figure(&mut figure, names));
            }
            Some(BlockLayout::Figures(figures))
        }
        "table" => read_table(block, names).map(|table| BlockLayout::Table(Box::new(table))),
        "availability" => {
            let layout = measured::read_availability(block, names)?;
            Some(BlockLayout::Availability(Box::new(layout)))
        }
        "times" => Some(BlockLayout::Times(Box::new(measured::read_times(block, names)?))),
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
            if let Some(selection) = selection.as_ref().filter(|selection| selection.span != Span::Period) {
                let message = "changes are from the year before to the period";
                let finding = Finding::error(BAD_SETTING, selection.place.clone(), message);
                block.report(finding.hint("leave out `time` and `since`"));
            }
            let by = block.required_text("by");
            let group = block.required_text("group");
            let at_least = block.integer("at-least").map_or(1, |number| number.value);
            let groups = block.text("groups");
            if let Some(groups) = &groups {
                names.tables.push(groups.clone());
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
            let title = Words::required(block, "title");
            let place = block.place_of("codes");
            let codes =
                block.has("codes").then(|| block.texts("codes").into_iter().map(|code| code.value).collect());
            Some(BlockLayout::Commitments { id: id.value, title, codes, place })
        }
        "indicators" => Some(BlockLayout::Indicators(Box::new(indicators::read_indicators(block, names)?))),
        "sheets" => Some(BlockLayout::Sheets(indicators::read_named(block))),
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
