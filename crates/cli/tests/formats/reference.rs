//! The report as its JSON says it: exact values and printed texts, to which every other format is held.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value as Json;

/// The files of a report by path.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// A report.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    pub(crate) italian: bool,
    pub(crate) pages: Vec<Page>,
}

/// A page.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) slug: String,
    pub(crate) tables: Vec<Table>,
    pub(crate) figures: Vec<Figure>,
}

/// A table.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) id: String,
    pub(crate) row_heading: String,
    /// Key and heading of each column.
    pub(crate) columns: Vec<(String, String)>,
    pub(crate) rows: Vec<Row>,
}

/// A row.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) key: String,
    pub(crate) label: String,
    pub(crate) role: String,
    pub(crate) cells: Vec<Cell>,
}

/// A single figure.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) note: String,
    pub(crate) cell: Cell,
}

/// A cell.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    /// As printed.
    pub(crate) text: String,
    pub(crate) value: Value,
    /// Whether a page proves it.
    pub(crate) proven: bool,
    /// Whether a sign tells how it is to be understood.
    pub(crate) toned: bool,
}

/// An exact value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Nothing,
    Words(String),
    /// `numerator / denominator`: counts, shares (of one), amounts in euro.
    Number {
        numerator: i128,
        denominator: i128,
    },
    /// The same for differences of shares, which spreadsheets hold in points.
    Points {
        numerator: i128,
        denominator: i128,
    },
    Micros(i128),
}

/// What differs where.
pub(crate) struct Difference {
    pub(crate) format: &'static str,
    pub(crate) place: String,
    pub(crate) said: String,
    pub(crate) expected: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { format, place, said, expected } = self;
        write!(f, "{format}, {place}: says `{said}`, the report says `{expected}`")
    }
}

/// What comparing one format gave.
#[derive(Default)]
pub(crate) struct Comparison {
    /// Cells and figures that were compared.
    pub(crate) compared: usize,
    pub(crate) differences: Vec<Difference>,
}

impl Comparison {
    /// Notes one comparison.
    pub(crate) fn same(
        &mut self,
        format: &'static str,
        place: impl FnOnce() -> String,
        said: &str,
        expected: &str,
    ) {
        self.compared += 1;
        if said != expected {
            self.differ(format, place(), said, expected);
        }
    }

    /// Notes a difference.
    pub(crate) fn differ(&mut self, format: &'static str, place: String, said: &str, expected: &str) {
        self.differences.push(Difference { format, place, said: said.into(), expected: expected.into() });
    }
}

impl Report {
    /// Reads every `dati/*.json`.
    pub(crate) fn read(files: &Files) -> Report {
        let mut italian = true;
        let mut pages = Vec::new();
        for (path, bytes) in files {
            if !path.starts_with("dati/") || !path.ends_with(".json") || path.ends_with("schema.json") {
                continue;
            }
            let json: Json = serde_json::from_slice(bytes).expect("JSON");
            italian = json["report"]["language"] == "it";
            pages.push(json["page"].clone());
        }
        let mut pages: Vec<Page> = pages.iter().map(|page| Page::read(page, italian)).collect();
        // The first page lists the others in their order.
        let index = String::from_utf8_lossy(&files["index.html"]);
        pages.sort_by_key(|page| index.find(&format!("href=\"{}.html\"", page.slug)));
        Report { italian, pages }
    }

    /// The cell of a table, to be changed.
    pub(crate) fn cell_mut(&mut self, table: &str, row: usize, column: usize) -> &mut Cell {
        let tables = self.pages.iter_mut().flat_map(|page| &mut page.tables);
        let table = tables.into_iter().find(|one| one.id == table).expect("the table");
        &mut table.rows[row].cells[column]
    }
}

impl Page {
    fn read(page: &Json, italian: bool) -> Page {
        let mut tables = Vec::new();
        let mut figures = Vec::new();
        let blocks = list(&page["sections"]).iter().flat_map(|section| list(&section["blocks"]));
        for block in blocks {
            match block["kind"].as_str() {
                Some("table") => tables.push(Table::read(block, italian)),
                Some("figures") => figures.extend(list(&block["figures"]).iter().map(|figure| Figure {
                    id: text(&figure["id"]),
                    label: text(&figure["label"]),
                    note: text(&figure["note"]),
                    cell: Cell::read(&figure["cell"], italian),
                })),
                Some("text" | "list") => {}
                other => panic!("a block of kind {other:?}"),
            }
        }
        Page { slug: text(&page["slug"]), tables, figures }
    }

    /// Whether it proves a figure.
    pub(crate) fn is_proof(&self) -> bool {
        self.slug.contains('/')
    }
}

impl Table {
    fn read(block: &Json, italian: bool) -> Table {
        let rows = list(&block["rows"]).iter().map(|row| Row {
            key: text(&row["key"]),
            label: text(&row["label"]),
            role: text(&row["role"]),
            cells: list(&row["cells"]).iter().map(|cell| Cell::read(cell, italian)).collect(),
        });
        let columns = list(&block["columns"]).iter();
        Table {
            id: text(&block["id"]),
            row_heading: text(&block["row_heading"]),
            columns: columns.map(|column| (text(&column["key"]), text(&column["label"]))).collect(),
            rows: rows.collect(),
        }
    }

    /// Names a cell for people: `table usi-ente, row firenze, column 2017`.
    pub(crate) fn place(&self, row: usize, column: usize) -> String {
        format!("table {}, row {}, column {}", self.id, self.rows[row].key, self.columns[column].0)
    }
}

impl Cell {
    fn read(cell: &Json, italian: bool) -> Cell {
        let value = &cell["value"];
        let whole = |key: &str| -> i128 { text(&value[key]).parse().expect("a whole number") };
        let kind = value["kind"].as_str().expect("a kind");
        let mut printed = text(&cell["text"]);
        let value = match kind {
            "empty" => Value::Nothing,
            "not_measured" => {
                if printed.is_empty() {
                    printed = if italian { "non misurato" } else { "not measured" }.to_owned();
                }
                Value::Nothing
            }
            "text" => Value::Words(text(&value["text"])),
            "integer" => Value::Number { numerator: whole("integer"), denominator: 1 },
            "amount" => Value::Number { numerator: whole("euro_cents"), denominator: 100 },
            "duration" => Value::Micros(whole("microseconds")),
            "ratio" => {
                let (numerator, denominator) = (whole("numerator"), whole("denominator"));
                if value["unit"] == "percentage_points" {
                    Value::Points { numerator, denominator }
                } else {
                    Value::Number { numerator, denominator }
                }
            }
            other => panic!("a value of kind {other}"),
        };
        Cell { text: printed, value, proven: !cell["proof"].is_null(), toned: cell["tone"] != "plain" }
    }
}

fn list(json: &Json) -> &[Json] {
    json.as_array().expect("a list")
}

fn text(json: &Json) -> String {
    json.as_str().expect("a text").to_owned()
}
