//! What changed between two versions of a report: every figure with its old and its new value.
//!
//! A report that is released again says what it corrects. [`differences`] compares two report values cell by cell,
//! [`page()`] makes the public page *errata* of the newest version, which lists the corrections of all versions.

mod page;

pub use page::{ERRATA, notice, page};

use std::collections::BTreeMap;

use crate::document::{Block, Cell, Figure, Page, Row, Table, Value};

/// The corrections of a report, version by version.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Errata {
    /// What each version from the second on changed of the one before, oldest first.
    pub revisions: Vec<Revision>,
}

/// What a version changed of the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The version that brought the changes, from 2.
    pub version: u32,
    /// When it was released, microseconds since 1970 in UTC.
    pub released_at: i64,
    /// When its last fact became known, microseconds since 1970 in UTC.
    pub known_at: i64,
    /// Name and version of the program.
    pub program: String,
    /// Name and version of the program of the version before.
    pub program_before: String,
    /// Hash of the manifest of the version before.
    pub previous: String,
    /// Why it was released; may be empty when no figure changed.
    pub why: String,
    /// The figures that changed, in reading order.
    pub changes: Vec<Change>,
    /// What was received since, and what is no longer counted.
    pub deliveries: Vec<Delivery>,
    /// The files of definitions that changed, by name.
    pub definitions: Vec<Definition>,
}

/// A figure that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where it stands.
    pub place: Place,
    /// What was released; `None` where nothing stood.
    pub old: Option<Printed>,
    /// What stands there now; `None` where nothing stands any more.
    pub new: Option<Printed>,
    /// Where the change comes from.
    pub cause: Cause,
}

/// Where a change comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cause {
    /// Other facts or definitions.
    Facts,
    /// The program: it makes the new figure of the facts and definitions of the version before.
    Program,
    /// Both.
    Both,
    /// It was not asked, or this program cannot compute the version before.
    #[default]
    Unknown,
}

/// Where a figure stands, by keys for programs and in words for people. Keys are empty where the whole row, table or page
/// is meant; single figures have their id as row and no table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// Slug of the page.
    pub page: String,
    /// Id of the table.
    pub table: String,
    /// Key of the row, or id of the figure.
    pub row: String,
    /// Key of the column.
    pub column: String,
    /// Title of the page.
    pub page_title: String,
    /// Table, row and column in words.
    pub words: String,
}

/// A value with how it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// As printed.
    pub text: String,
    /// The exact value.
    pub value: Value,
}

/// A file that was received since the version before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Whether it counts now and did not before; otherwise the other way round.
    pub counts_now: bool,
    /// Number of the batch.
    pub batch: u64,
    /// Its source.
    pub source: String,
    /// The file.
    pub file: String,
    /// When it was received, microseconds since 1970 in UTC.
    pub received_at: i64,
    /// Rows that gave a fact.
    pub accepted: u64,
    /// Earlier facts that it corrected.
    pub corrected: u64,
    /// Earlier facts that it withdrew.
    pub withdrawn: u64,
}

/// A file of definitions that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The file.
    pub file: String,
    /// Hash of what it said before; `None`: it was not there.
    pub old: Option<String>,
    /// Hash of what it says now; `None`: it is gone.
    pub new: Option<String>,
}

impl Printed {
    fn of(cell: &Cell) -> Printed {
        Printed { text: cell.text.clone(), value: cell.value.clone() }
    }

    /// Words that are no cell of their own.
    fn words(text: String) -> Printed {
        Printed { value: Value::Text(text.clone()), text }
    }
}

impl Errata {
    /// How many figures were corrected in all.
    pub fn corrected(&self) -> usize {
        self.revisions.iter().map(|revision| revision.changes.len()).sum()
    }
}

/// Every figure that differs between two versions of the same pages, in the reading order of the new ones; what is gone
/// comes last. A figure differs when its exact value or what is printed does; labels, sentences and proofs are no figures.
pub fn differences(old: &[Page], new: &[Page]) -> Vec<Change> {
    let mut changes = Vec::new();
    let before: BTreeMap<&str, &Page> = old.iter().map(|page| (page.slug.as_str(), page)).collect();
    for page in new {
        match before.get(page.slug.as_str()) {
            Some(before) => pages(before, page, &mut changes),
            None => changes.push(whole_page(page, false)),
        }
    }
    let kept: Vec<&str> = new.iter().map(|page| page.slug.as_str()).collect();
    let gone = old.iter().filter(|page| !kept.contains(&page.slug.as_str()));
    changes.extend(gone.map(|page| whole_page(page, true)));
    changes
}

/// Says of each change where it comes from. `by_program` are the changes that this program makes of the version before,
/// from the very facts and definitions of that version.
pub fn attribute(changes: &mut [Change], by_program: &[Change]) {
    for change in changes {
        let key = |place: &Place| [&place.page, &place.table, &place.row, &place.column].map(String::clone);
        let same = by_program.iter().find(|other| key(&other.place) == key(&change.place));
        change.cause = match same {
            None => Cause::Facts,
            Some(other) if other.new == change.new => Cause::Program,
            Some(_) => Cause::Both,
        };
    }
}

/// A page that stands in one version alone: one change, not one for each of its cells.
fn whole_page(page: &Page, gone: bool) -> Change {
    let place = Place { words: page.title.clone(), ..place_on(page) };
    alone(place, Printed::words(page.title.clone()), gone)
}

fn alone(place: Place, what: Printed, gone: bool) -> Change {
    let (old, new) = if gone { (Some(what), None) } else { (None, Some(what)) };
    Change { place, old, new, cause: Cause::Unknown }
}

fn place_on(page: &Page) -> Place {
    Place { page: page.slug.clone(), page_title: page.title.clone(), ..Place::default() }
}

fn pages(old: &Page, new: &Page, changes: &mut Vec<Change>) {
    let (figures_before, tables_before) = contents(old);
    let (figures_now, tables_now) = contents(new);
    let before: BTreeMap<&str, &Figure> =
        figures_before.iter().map(|figure| (figure.id.as_str(), *figure)).collect();
    let place =
        |figure: &Figure| Place { row: figure.id.clone(), words: figure.label.clone(), ..place_on(new) };
    for figure in &figures_now {
        let old = before.get(figure.id.as_str()).map(|figure| Printed::of(&figure.cell));
        push(changes, || place(figure), old, Some(Printed::of(&figure.cell)));
    }
    for figure in figures_before {
        if !figures_now.iter().any(|now| now.id == figure.id) {
            push(changes, || place(figure), Some(Printed::of(&figure.cell)), None);
        }
    }
    let before: BTreeMap<&str, &Table> =
        tables_before.iter().map(|table| (table.id.as_str(), *table)).collect();
    let whole = |table: &Table, gone: bool| {
        let place = Place { table: table.id.clone(), words: table.title.clone(), ..place_on(new) };
        alone(place, Printed::words(table.title.clone()), gone)
    };
    for table in &tables_now {
        match before.get(table.id.as_str()) {
            Some(before) if is_numbered(before) && is_numbered(table) && new.slug.contains('/') => {
                numbered(new, before, table, changes);
            }
            Some(before) => tables(new, before, table, changes),
            None => changes.push(whole(table, false)),
        }
    }
    for table in tables_before {
        if !tables_now.iter().any(|now| now.id == table.id) {
            changes.push(whole(table, true));
        }
    }
}

fn contents(page: &Page) -> (Vec<&Figure>, Vec<&Table>) {
    let (mut figures, mut tables) = (Vec::new(), Vec::new());
    for block in page.sections.iter().flat_map(|section| &section.blocks) {
        match block {
            Block::Figures(own) => figures.extend(own),
            Block::Table(table) => tables.push(table),
            Block::Text(_) | Block::List(_) | Block::Prose(_) => {}
        }
    }
    (figures, tables)
}

fn push(
    changes: &mut Vec<Change>,
    place: impl FnOnce() -> Place,
    old: Option<Printed>,
    new: Option<Printed>,
) {
    if old != new {
        changes.push(Change { place: place(), old, new, cause: Cause::Unknown });
    }
}

/// Tables whose rows have keys that stay.
fn tables(page: &Page, old: &Table, new: &Table, changes: &mut Vec<Change>) {
    let before: BTreeMap<&str, &Row> = old.rows.iter().map(|row| (row.key.as_str(), row)).collect();
    for row in &new.rows {
        match before.get(row.key.as_str()) {
            Some(before) => rows(page, (old, before), (new, row), changes),
            None => {
                for (column, cell) in new.columns.iter().zip(&row.cells) {
                    let place = || place_in(page, new, row, Some((&column.key, &column.label)));
                    push(changes, place, None, Some(Printed::of(cell)));
                }
            }
        }
    }
    for row in &old.rows {
        if !new.rows.iter().any(|now| now.key == row.key) {
            for (column, cell) in old.columns.iter().zip(&row.cells) {
                let place = || place_in(page, old, row, Some((&column.key, &column.label)));
                push(changes, place, Some(Printed::of(cell)), None);
            }
        }
    }
}

/// The cells of a row that stands in both versions, by the keys of their columns.
fn rows(page: &Page, old: (&Table, &Row), new: (&Table, &Row), changes: &mut Vec<Change>) {
    fn cell_of<'r>(table: &Table, row: &'r Row, key: &str) -> Option<&'r Cell> {
        row.cells.get(table.columns.iter().position(|column| column.key == key)?)
    }
    for column in &new.0.columns {
        let before = cell_of(old.0, old.1, &column.key).map(Printed::of);
        let now = cell_of(new.0, new.1, &column.key).map(Printed::of);
        let place = || place_in(page, new.0, new.1, Some((&column.key, &column.label)));
        push(changes, place, before, now);
    }
    for column in &old.0.columns {
        if !new.0.columns.iter().any(|now| now.key == column.key) {
            let before = cell_of(old.0, old.1, &column.key).map(Printed::of);
            let place = || place_in(page, old.0, old.1, Some((&column.key, &column.label)));
            push(changes, place, before, None);
        }
    }
}

/// Whether the keys of the rows are their numbers: a list of evidence, in which a row more moves all that follow.
fn is_numbered(table: &Table) -> bool {
    table.rows.iter().zip(1_usize..).all(|(row, number)| row.key == number.to_string())
}

/// Lists of evidence: rows are equal when all that is printed in them is, whatever their numbers.
fn numbered(page: &Page, old: &Table, new: &Table, changes: &mut Vec<Change>) {
    let mut came = not_in(new, old);
    let joined = |table: &Table, row: &Row| Printed::words(printed_in(table, row).join(" · "));
    for row in not_in(old, new) {
        // The same thing in other words: its cells one by one.
        if let Some(position) = came.iter().position(|now| now.label == row.label) {
            rows(page, (old, row), (new, came.remove(position)), changes);
        } else {
            changes.push(alone(place_in(page, old, row, None), joined(old, row), true));
        }
    }
    for row in came {
        changes.push(alone(place_in(page, new, row, None), joined(new, row), false));
    }
}

/// The rows of a table that another does not have, or not as often.
fn not_in<'t>(table: &'t Table, other: &Table) -> Vec<&'t Row> {
    let mut left: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for row in &other.rows {
        *left.entry(printed_in(other, row)).or_default() += 1;
    }
    let mut missing = |row: &&Row| match left.get_mut(&printed_in(table, row)) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    table.rows.iter().filter(|row| missing(row)).collect()
}

/// Everything that is printed in a row.
fn printed_in(table: &Table, row: &Row) -> Vec<String> {
    let cells = row.cells.iter().take(table.columns.len()).map(|cell| cell.text.clone());
    std::iter::once(row.label.clone()).chain(cells).collect()
}

fn place_in(page: &Page, table: &Table, row: &Row, column: Option<(&str, &str)>) -> Place {
    let mut words = format!("{}: {}", table.title, row.label);
    if let Some((_, label)) = column {
        words.push_str(", ");
        words.push_str(label);
    }
    Place {
        table: table.id.clone(),
        row: row.key.clone(),
        column: column.map_or_else(String::new, |(key, _)| key.to_owned()),
        words,
        ..place_on(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Column, RowRole, Section, Unit};

    fn number(n: i128) -> Cell {
        Cell { text: n.to_string(), value: Value::Integer(n), ..Cell::empty() }
    }

    fn table(id: &str, rows: &[(&str, &str, &[i128])]) -> Table {
        let width = rows.first().map_or(0, |(_, _, cells)| cells.len());
        Table {
            id: id.to_owned(),
            title: format!("table {id}"),
            definition: String::new(),
            row_heading: String::new(),
            columns: (0..width)
                .map(|n| Column { key: format!("c{n}"), label: format!("C{n}"), numeric: true })
                .collect(),
            rows: rows
                .iter()
                .map(|(key, label, cells)| Row {
                    key: (*key).to_owned(),
                    label: (*label).to_owned(),
                    role: RowRole::Part,
                    cells: cells.iter().map(|n| number(*n)).collect(),
                })
                .collect(),
            notes: Vec::new(),
            chart: None,
        }
    }

    fn page(slug: &str, blocks: Vec<Block>) -> Page {
        let section = Section::new("s", "", blocks);
        Page { slug: slug.to_owned(), title: slug.to_owned(), lead: String::new(), sections: vec![section] }
    }

    fn told(old: &[Page], new: &[Page]) -> Vec<String> {
        let text =
            |printed: &Option<Printed>| printed.as_ref().map_or("-".to_owned(), |one| one.text.clone());
        differences(old, new)
            .iter()
            .map(|Change { place, old, new, cause: _ }| {
                let Place { page, table, row, column, .. } = place;
                format!("{page}/{table}/{row}/{column} {} {}", text(old), text(new))
            })
            .collect()
    }

    #[test]
    fn only_figures_that_changed_appear() {
        let old =
            [page("report", vec![Block::Table(table("t", &[("a", "A", &[1, 2]), ("b", "B", &[3, 4])]))])];
        let new =
            page("report", vec![Block::Table(table("t", &[("b", "B!", &[3, 4]), ("a", "A", &[1, 5])]))]);
        assert_eq!(told(&old, &[new]), ["report/t/a/c1 2 5"]);
        assert_eq!(told(&old, &old), Vec::<String>::new());
    }

    #[test]
    fn rows_columns_tables_pages_and_figures_come_and_go() {
        let figure = |id: &str, n| Figure {
            id: id.to_owned(),
            label: id.to_owned(),
            cell: number(n),
            note: String::new(),
        };
        let mut wider = table("t", &[("a", "A", &[1]), ("c", "C", &[9])]);
        wider.columns[0].key = "other".to_owned();
        let old = [
            page(
                "report",
                vec![
                    Block::Table(table("t", &[("a", "A", &[1]), ("b", "B", &[3])])),
                    Block::Table(table("gone", &[("a", "A", &[1])])),
                    Block::Figures(vec![figure("f", 1), figure("g", 1)]),
                ],
            ),
            page("prova/x", Vec::new()),
        ];
        let new = [
            page(
                "report",
                vec![
                    Block::Table(wider),
                    Block::Table(table("new", &[("a", "A", &[1])])),
                    Block::Figures(vec![figure("f", 2), figure("h", 1)]),
                ],
            ),
            page("prova/y", Vec::new()),
        ];
        assert_eq!(
            told(&old, &new),
            [
                "report//f/ 1 2",
                "report//h/ - 1",
                "report//g/ 1 -",
                "report/t/a/other - 1",
                "report/t/a/c0 1 -",
                "report/t/c/other - 9",
                "report/t/b/c0 3 -",
                "report/new// - table new",
                "report/gone// table gone -",
                "prova/y/// - prova/y",
                "prova/x/// prova/x -",
            ]
        );
    }

    #[test]
    fn a_row_more_in_a_list_of_evidence_is_one_change() {
        let old = table("i", &[("1", "10:00", &[5]), ("2", "12:00", &[6]), ("3", "12:00", &[6])]);
        let new = table(
            "i",
            &[("1", "09:00", &[1]), ("2", "10:00", &[7]), ("3", "12:00", &[6]), ("4", "12:00", &[6])],
        );
        let proof = |table: &Table| [page("prova/sla-1", vec![Block::Table(table.clone())])];
        assert_eq!(
            told(&proof(&old), &proof(&new)),
            ["prova/sla-1/i/2/c0 5 7", "prova/sla-1/i/1/ - 09:00 · 1"]
        );
        // On the report itself the rows of a table have keys that stay, also when they are numbers.
        let report = |table: &Table| [page("report", vec![Block::Table(table.clone())])];
        assert_eq!(told(&report(&old), &report(&new)).len(), 3);
    }

    #[test]
    fn a_change_comes_from_facts_or_from_the_program() {
        let with = |cells: &[i128]| [page("report", vec![Block::Table(table("t", &[("a", "A", cells)]))])];
        let mut changes = differences(&with(&[1, 2, 3, 4]), &with(&[9, 8, 7, 4]));
        attribute(&mut changes, &differences(&with(&[1, 2, 3, 4]), &with(&[1, 8, 6, 5])));
        let causes: Vec<Cause> = changes.iter().map(|change| change.cause).collect();
        assert_eq!(causes, [Cause::Facts, Cause::Program, Cause::Both]);
    }

    #[test]
    fn another_exact_value_under_the_same_print_is_a_change() {
        let cell = |numerator| Cell {
            text: "33 %".to_owned(),
            value: Value::Ratio { numerator, denominator: 300, unit: Unit::Percent },
            ..Cell::empty()
        };
        let with = |cell: Cell| {
            let mut table = table("t", &[("a", "A", &[1])]);
            table.rows[0].cells[0] = cell;
            [page("report", vec![Block::Table(table)])]
        };
        assert_eq!(told(&with(cell(99)), &with(cell(100))), ["report/t/a/c0 33 % 33 %"]);
        assert_eq!(told(&with(cell(99)), &with(cell(99).proven_by("prova/x"))), Vec::<String>::new());
    }
}
