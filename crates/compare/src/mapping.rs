//! Which cell of our report each published number stands for: `mapping.toml`.

use std::collections::{BTreeMap, BTreeSet};

use impegno_findings::Code;
use impegno_settings::{Spot, Table};

/// A setting of a mapping that cannot be.
const BAD_MAPPING: Code = Code {
    name: "bad-mapping",
    meaning: "A setting of `mapping.toml` beside published tables cannot be used as it stands.",
};

/// The codes of this crate.
pub const CODES: &[Code] = &[BAD_MAPPING];

/// How a folder of published tables is read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mapping {
    /// The period that the published tables are about, as a code.
    pub period: String,
    /// The layout whose cells it names; `None`: any.
    pub layout: Option<String>,
    pub(crate) maps: Vec<Map>,
}

impl Mapping {
    /// The files of the folder that it names.
    pub fn files(&self) -> BTreeSet<&str> {
        self.maps
            .iter()
            .flat_map(|map| std::iter::once(&map.file).chain(map.aliases.values()))
            .map(String::as_str)
            .collect()
    }
}

/// How some rows of a published table are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Map {
    pub file: String,
    pub form: Form,
    /// Column of the published value.
    pub value: String,
    /// Our cell: a template with `{column}`.
    pub cell: String,
    /// Only rows whose columns have one of these values.
    pub when: BTreeMap<String, Vec<String>>,
    pub unit: Unit,
    /// Column that names the unit, and the unit of each of its values.
    pub unit_by: Option<(String, BTreeMap<String, Unit>)>,
    pub rule: Rule,
    /// Column that names the rule.
    pub rule_column: Option<String>,
    /// What the words of a column stand for in our keys.
    pub words: BTreeMap<String, BTreeMap<String, String>>,
    /// Tables (`label,code`) that translate a column.
    pub aliases: BTreeMap<String, String>,
    /// Columns that name bodies.
    pub bodies: Vec<String>,
    /// Column without which the place of the value is lost.
    pub certain: Option<String>,
    /// For sets: the column that says whether the row is complete.
    pub complete: Option<String>,
    /// For groups: the column that names the group.
    pub group: Option<String>,
    /// Why its numbers may differ from ours, Italian and English: known to people and following from no identity.
    pub why: Option<[String; 2]>,
}

/// What a published value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A number with a known cell.
    Number,
    /// Words with a known cell.
    Words,
    /// A row of ours that must exist.
    Label,
    /// `+` or `-`: the sign of a cell.
    Sign,
    /// The position of a row in its table, from 1.
    Position,
    /// Numbers of a row whose columns are lost, separated by `|`.
    RowSet,
    /// Numbers of a column whose rows are lost.
    ColumnSet,
    /// Words of a group of rows whose columns are lost.
    GroupSet,
    /// Lost altogether.
    Unplaced,
}

/// What a published number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Number,
    Percent,
    Millisecond,
    Minute,
    Hour,
}

/// When a published number equals ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Ours, rounded to the published decimals, is the published one.
    Exact,
    /// Ours is the published one or more, by less than a unit of its last digit that is not zero.
    Over,
    /// Ours is within a twentieth of the published one.
    About,
    /// Ours, rounded to the last digit of the published one that is not zero, is the published one.
    Rounded,
    /// Ours is at most the published one ("within N").
    AtMost,
}

impl Rule {
    pub(crate) fn named(name: &str) -> Option<Rule> {
        match name {
            "exact" => Some(Rule::Exact),
            "over" => Some(Rule::Over),
            "about" => Some(Rule::About),
            "rounded" => Some(Rule::Rounded),
            "at-most" => Some(Rule::AtMost),
            _ => None,
        }
    }
}

const UNITS: [(&str, Unit); 5] = [
    ("number", Unit::Number),
    ("percent", Unit::Percent),
    ("ms", Unit::Millisecond),
    ("min", Unit::Minute),
    ("h", Unit::Hour),
];

/// Reads `mapping.toml`.
pub fn read_mapping(table: &mut Table<'_>) -> Mapping {
    let period = table.required_text("period").map(|period| period.value).unwrap_or_default();
    let maps = table.tables("map").iter_mut().filter_map(read_map).collect();
    let layout = table.text("layout").map(|layout| layout.value);
    Mapping { period, layout, maps }
}

fn read_map(table: &mut Table<'_>) -> Option<Map> {
    let file = table.required_text("file");
    let forms = [
        ("number", Form::Number),
        ("words", Form::Words),
        ("label", Form::Label),
        ("sign", Form::Sign),
        ("position", Form::Position),
        ("row-set", Form::RowSet),
        ("column-set", Form::ColumnSet),
        ("group-set", Form::GroupSet),
        ("unplaced", Form::Unplaced),
    ];
    let form = table.word("form", &forms).map_or(Form::Number, |form| form.value);
    let value = table.text("value").map(|text| text.value).unwrap_or_default();
    let cell = table.text("cell").map(|text| text.value).unwrap_or_default();
    let mut when = BTreeMap::new();
    if let Some(mut conditions) = table.table("when") {
        for column in conditions.keys() {
            let values = conditions.texts(&column).into_iter().map(|text| text.value).collect();
            when.insert(column, values);
        }
    }
    let unit = table.word("unit", &UNITS).map_or(Unit::Number, |unit| unit.value);
    let unit_by = table.table("unit-by").and_then(|mut by| {
        let column = by.required_text("column")?;
        let mut units = BTreeMap::new();
        if let Some(mut table) = by.table("units") {
            for word in table.keys() {
                if let Some(unit) = table.word(&word, &UNITS) {
                    units.insert(word, unit.value);
                }
            }
        }
        Some((column.value, units))
    });
    let rule = table.text("rule").map_or(Rule::Exact, |text| rule_of(table, &text));
    let rule_column = text(table, "rule-column");
    let mut words = BTreeMap::new();
    if let Some(mut columns) = table.table("words") {
        for column in columns.keys() {
            let Some(mut inner) = columns.table(&column) else { continue };
            let mut meanings = BTreeMap::new();
            for word in inner.keys() {
                if let Some(meaning) = inner.text(&word) {
                    meanings.insert(word, meaning.value);
                }
            }
            words.insert(column, meanings);
        }
    }
    let mut aliases = BTreeMap::new();
    if let Some(mut files) = table.table("aliases") {
        for column in files.keys() {
            if let Some(file) = files.text(&column) {
                aliases.insert(column, file.value);
            }
        }
    }
    let bodies = table.texts("bodies").into_iter().map(|text| text.value).collect();
    Some(Map {
        file: file?.value,
        form,
        value,
        cell,
        when,
        unit,
        unit_by,
        rule,
        rule_column,
        words,
        aliases,
        bodies,
        certain: text(table, "certain"),
        complete: text(table, "complete"),
        group: text(table, "group"),
        why: read_why(table),
    })
}

fn read_why(table: &mut Table<'_>) -> Option<[String; 2]> {
    let mut why = table.table("why")?;
    let italian = why.required_text("it")?.value;
    let english = why.text("en").map_or_else(|| italian.clone(), |text| text.value);
    Some([italian, english])
}

fn text(table: &mut Table<'_>, key: &str) -> Option<String> {
    table.text(key).map(|text| text.value)
}

fn rule_of(table: &Table<'_>, text: &Spot<String>) -> Rule {
    Rule::named(&text.value).unwrap_or_else(|| {
        table.problem(
            BAD_MAPPING,
            text,
            format!("`{}` is not a rule", text.value),
            "exact, over, about, rounded or at-most",
        );
        Rule::Exact
    })
}
