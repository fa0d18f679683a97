//! Reading what people wrote: texts and directories.

use std::collections::{BTreeMap, BTreeSet};

use impegno_findings::{Finding, Place};
use impegno_settings::{Spot, Table};

use super::{Head, Names, near, read_notes};
use crate::codes::{BAD_ADDRESS, BAD_TABLE, UNKNOWN_REFERENCE};
use crate::directory::Directory;
use crate::filter::Condition;
use crate::layout::{Bilingual, DirectoryCell, DirectoryLayout, DirectoryRow, ProseLayout};
use crate::prose::{is_mailbox, is_web_address};
use crate::shelf::Shelf;
use crate::{Filter, Words};

/// `kind = "prose"`.
pub(super) fn read_prose(block: &mut Table<'_>, names: &mut Names, shelf: &mut Shelf) -> Option<ProseLayout> {
    let file = block.required_text("file")?;
    let (italian, english) = shelf.text(block, &file)?;
    for text in [Some(italian), english].into_iter().flatten() {
        names.links.extend(text.sections.iter().cloned());
        names.quoted.extend(text.figures.iter().cloned());
    }
    let it = italian.passages.clone();
    let en = english.map_or_else(|| it.clone(), |text| text.passages.clone());
    Some(ProseLayout { passages: Bilingual { it, en } })
}

/// Links of texts lead to sections of the layout, and the figures that they quote stand in it.
pub(super) fn check_prose(table: &Table<'_>, names: &Names) {
    let sections = || names.sections.iter().map(String::as_str);
    for (section, place) in &names.links {
        if !names.sections.contains(section) {
            let message = format!("there is no section `{section}` in the layout {}", table.place().file);
            let finding = Finding::error(UNKNOWN_REFERENCE, place.clone(), message);
            table.report(finding.hint(near(section, sections())));
        }
    }
    let figures = || names.figures.keys().map(String::as_str);
    for (figure, place) in &names.quoted {
        if !names.figures.contains_key(figure) {
            let message = format!("there is no figure `{figure}` in the layout {}", table.place().file);
            let finding = Finding::error(UNKNOWN_REFERENCE, place.clone(), message);
            table.report(finding.hint(near(figure, figures())));
        }
    }
}

/// How the words of a column are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum As {
    /// As they stand.
    Text,
    /// Mailboxes, separated by `|`, each a link.
    Mail,
    /// An address of the web, a link.
    Link,
    /// Several words, separated by `|`, one below the other.
    List,
}

/// A column of the file for each language: the English one may be another.
type Key = Bilingual<usize>;

/// `kind = "directory"`.
pub(super) fn read_directory_block(
    block: &mut Table<'_>,
    names: &mut Names,
    shelf: &mut Shelf,
) -> Option<DirectoryLayout> {
    let head = Head::read(block, names);
    let file = block.required_text("file");
    let grouped = block.has("group-by");
    let label = read_key(block, if grouped { "group-by" } else { "row" });
    let filter = Filter::read(block, "filter");
    let mut columns = Vec::new();
    for mut column in block.tables("columns") {
        let key = read_key(&mut column, "key");
        let label = Words::read(&mut column, "label");
        let kinds = [("text", As::Text), ("mail", As::Mail), ("link", As::Link), ("list", As::List)];
        let how = column.word("as", &kinds).map_or(As::Text, |how| how.value);
        if let Some(key) = key {
            columns.push((label.unwrap_or_else(|| Words::same(&key.value.it)), key, how));
        }
    }
    let notes = read_notes(block);
    let (head, file) = (head?, file?);
    let keys = label.iter().chain(columns.iter().map(|(_, key, _)| key));
    let filtered = filter
        .conditions
        .keys()
        .map(|column| Spot { value: Words::same(column.clone()), place: filter.place.clone() });
    let keys: Vec<Spot<Words>> = keys.cloned().chain(filtered).collect();
    for key in &keys {
        shelf.show(&file.value, &key.value.it);
        shelf.show(&file.value, &key.value.en);
    }
    // Of a file that could not be read, its own finding says enough.
    let directory = shelf.directory(block, &file).filter(|directory| !directory.columns.is_empty())?;
    let mut sound = true;
    for key in &keys {
        for column in [&key.value.it, &key.value.en] {
            if directory.column(column).is_none() {
                sound = false;
                let message = format!("{} has no column `{column}`", file.value);
                let hint = match near(column, directory.columns.iter().map(String::as_str)) {
                    hint if hint.is_empty() => format!("one of: {}", directory.columns.join(", ")),
                    hint => hint,
                };
                block.problem(BAD_TABLE, key, message, &hint);
                break;
            }
        }
    }
    let label = label?;
    if !sound {
        return None;
    }
    let find = |key: &Words| Bilingual {
        it: directory.column(&key.it).unwrap_or_default(),
        en: directory.column(&key.en).unwrap_or_default(),
    };
    let plan = Plan {
        directory,
        label: find(&label.value),
        columns: columns.iter().map(|(_, key, how)| (find(&key.value), *how)).collect(),
        grouped,
        filter: &filter,
    };
    let rows = Bilingual { it: plan.rows(true, block), en: plan.rows(false, block) };
    let typed = check_filter(&plan, block);
    if typed && rows.it.is_empty() && !directory.rows.is_empty() {
        let finding =
            Finding::error(BAD_TABLE, filter.place.clone(), "the filter leaves no row of the directory");
        block.report(finding);
    }
    Some(DirectoryLayout {
        id: head.id,
        title: head.title,
        definition: head.definition,
        row_heading: head.row_heading,
        columns: columns.into_iter().map(|(label, key, _)| (key.value.it, label)).collect(),
        rows,
        notes,
    })
}

/// A column of a directory: one name, or `{ it, en }` where each language has a column of its own.
fn read_key(table: &mut Table<'_>, key: &str) -> Option<Spot<Words>> {
    table.require(key);
    let place = table.place_of(key);
    Words::read(table, key).map(|value| Spot { value, place })
}

/// How the rows of a directory become those of a table.
struct Plan<'d> {
    directory: &'d Directory,
    label: Key,
    columns: Vec<(Key, As)>,
    /// Whether rows with the same label are one, with the words of all of them.
    grouped: bool,
    filter: &'d Filter,
}

impl Plan<'_> {
    /// The rows in a language, in the order of the file; addresses are checked once, in Italian.
    fn rows(&self, italian: bool, block: &Table<'_>) -> Vec<DirectoryRow> {
        let mut rows: Vec<DirectoryRow> = Vec::new();
        let mut keys: BTreeMap<String, usize> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for (fields, place) in self.directory.rows.iter().filter(|(fields, _)| self.holds(fields)) {
            let field = |key: &Key| fields.get(*key.get(italian)).map_or("", String::as_str);
            let cells: Vec<Vec<(String, Option<String>)>> = self
                .columns
                .iter()
                .map(|(key, how)| {
                    if italian || key.it != key.en {
                        check(field(key), *how, place, block);
                    }
                    entries(field(key), *how)
                })
                .collect();
            // Keys are the same in both languages.
            let key = fields.get(self.label.it).map_or("", String::as_str);
            if field(&self.label).is_empty() && (italian || self.label.it != self.label.en) {
                let finding = Finding::error(BAD_TABLE, place.clone(), "the row has no label");
                block.report(finding.hint("the label stands in the column named by `row` or `group-by`"));
            }
            // A row that stands twice counts once; words that two rows share stand in both, or columns would no longer match.
            if self.grouped && !seen.insert((key.to_owned(), cells.clone())) {
                continue;
            }
            let known = keys.get(key).copied().and_then(|at| rows.get_mut(at));
            match known {
                Some(row) if self.grouped => {
                    for (cell, more) in row.cells.iter_mut().zip(cells) {
                        if let DirectoryCell::Entries(entries) = cell {
                            entries.extend(more);
                        }
                    }
                }
                _ => {
                    keys.entry(key.to_owned()).or_insert(rows.len());
                    let label = field(&self.label).to_owned();
                    let cells = cells.into_iter().map(DirectoryCell::Entries).collect();
                    rows.push(DirectoryRow { key: key.to_owned(), label, cells });
                }
            }
        }
        // A label that stands several times names several rows: each gets a key of its own.
        let mut taken: BTreeMap<String, u32> = BTreeMap::new();
        for row in &mut rows {
            let count = taken.entry(row.key.clone()).or_default();
            *count += 1;
            if *count > 1 {
                row.key = format!("{}#{count}", row.key);
            }
            for cell in &mut row.cells {
                simplify(cell);
            }
        }
        rows
    }

    fn holds(&self, fields: &[String]) -> bool {
        self.filter.conditions.iter().all(|(column, condition)| {
            let value = self.directory.column(column).and_then(|at| fields.get(at));
            condition.holds(value.map_or("", String::as_str))
        })
    }
}

/// The words of a field, each with where it leads.
fn entries(field: &str, how: As) -> Vec<(String, Option<String>)> {
    let parts = field.split('|').map(str::trim).filter(|part| !part.is_empty());
    match how {
        As::Text | As::Link if field.is_empty() => Vec::new(),
        As::Text => vec![(field.to_owned(), None)],
        As::Link => vec![(field.to_owned(), Some(field.to_owned()))],
        As::Mail => parts.map(|part| (part.to_owned(), Some(format!("mailto:{part}")))).collect(),
        As::List => parts.map(|part| (part.to_owned(), None)).collect(),
    }
}

/// Addresses that lead nowhere are findings.
fn check(field: &str, how: As, place: &Place, block: &Table<'_>) {
    let problem = |what: &str, hint: &str| {
        block.report(Finding::error(BAD_ADDRESS, place.clone(), what.to_owned()).hint(hint));
    };
    match how {
        As::Mail => {
            for part in field.split('|').map(str::trim) {
                if !part.is_empty() && !is_mailbox(part) {
                    problem(&format!("`{part}` is no mailbox"), "name@domain; several are separated by |");
                }
            }
        }
        As::Link if !field.is_empty() && !is_web_address(field) => {
            problem(&format!("`{field}` is no address of the web"), "https://… or http://…");
        }
        As::Link | As::Text | As::List => {}
    }
}

/// Whether every value that the filter names stands in some row; one that does not is a finding. That nothing is left out where a
/// field is empty is no mistake.
fn check_filter(plan: &Plan<'_>, block: &Table<'_>) -> bool {
    let mut sound = true;
    for (column, condition) in &plan.filter.conditions {
        let Some(at) = plan.directory.column(column) else { continue };
        let values =
            || plan.directory.rows.iter().filter_map(|(fields, _)| fields.get(at)).map(String::as_str);
        let named: Vec<&String> = match condition {
            Condition::OneOf(named) => named.iter().collect(),
            Condition::NoneOf(named) => named.iter().filter(|value| !value.is_empty()).collect(),
            Condition::Range { .. } => Vec::new(),
        };
        for value in named
            .into_iter()
            .filter(|value| !plan.directory.rows.is_empty() && values().all(|one| one != **value))
        {
            sound = false;
            let message = format!("no row of the directory has `{value}` in the column `{column}`");
            let finding = Finding::error(BAD_TABLE, plan.filter.place.clone(), message);
            block.report(finding.hint(near(value, values())));
        }
    }
    sound
}

/// One word that leads nowhere is plain words.
fn simplify(cell: &mut DirectoryCell) {
    let DirectoryCell::Entries(entries) = cell else { return };
    match entries.as_slice() {
        [] => *cell = DirectoryCell::Words(String::new()),
        [(words, None)] => *cell = DirectoryCell::Words(words.clone()),
        _ => {}
    }
}
