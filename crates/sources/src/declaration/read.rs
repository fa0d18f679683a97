//! Reading a declaration from its settings file.

use std::collections::BTreeMap;

use impegno_facts::{Origin, State};
use impegno_findings::Finding;
use impegno_settings::{Spot, Table};

use super::*;
use crate::codes::BAD_SETTING;
use crate::workbook::WorkbookKind;

/// Reads a declaration; `None` when it cannot be used at all. Problems go to the table's findings.
pub fn read_declaration(table: &mut Table<'_>) -> Option<Declaration> {
    let title = read_title(table);
    let attribution = read_attribution(table);
    let clock = table.word("clock", &Profile::NAMES.map(|name| (name, name)));
    let mode_word = table.text("mode");
    let mode = read_mode(table);
    let tolerance_ppm = read_tolerance(table);
    let format = match table.required_text("format")? {
        format if format.value == "nagios-log" => Format::NagiosLog,
        format if format.value == "nagios-perfdata" => Format::Perfdata,
        format if format.value == "live" => Format::Live(Box::new(super::live::read(table)?)),
        format if format.value == "csv" => Format::Table(Box::new(read_table_format(table, None)?)),
        format if format.value == "xlsx" => {
            Format::Table(Box::new(read_table_format(table, Some(WorkbookKind::Xlsx))?))
        }
        format if format.value == "ods" => {
            Format::Table(Box::new(read_table_format(table, Some(WorkbookKind::Ods))?))
        }
        format if format.value == "openvas-csv" => {
            Format::Scans(Box::new(super::openvas::read(table, ScanForm::Csv)?))
        }
        format if format.value == "openvas-xml" => {
            Format::Scans(Box::new(super::openvas::read(table, ScanForm::Xml)?))
        }
        format => {
            let known =
                ["nagios-log", "nagios-perfdata", "csv", "xlsx", "ods", "openvas-csv", "openvas-xml", "live"];
            table.unknown_word(&format, &known);
            return None;
        }
    };
    if let (Some(Mode::ReplacesPeriod(_)), Some(word)) = (mode, &mode_word)
        && format.gives_cases()
    {
        // The events of a case lie in several periods: the file of one would withdraw closings of another.
        let hint = "write \"append\", or \"snapshot\" when every file is the whole";
        table.problem(BAD_SETTING, word, "cases cannot be replaced by period", hint);
    }
    if let (Some(Mode::Snapshot | Mode::ReplacesPeriod(_)), Some(word), Format::Live(_)) =
        (mode, &mode_word, &format)
    {
        let hint = "write \"append\"";
        table.problem(BAD_SETTING, word, "what is received live adds facts and is never the whole", hint);
    }
    if let Some(clock) = &clock
        && !matches!(&format, Format::Table(format) if matches!(format.facts, FactColumns::Cases { .. }))
        && !matches!(&format, Format::Live(live) if matches!(live.facts, LiveFacts::Cases(_)))
    {
        let hint = "only cases have one; leave it out";
        table.problem(BAD_SETTING, clock, "a clock of facts that are no cases", hint);
    }
    let clock = clock.and_then(|clock| Profile::named(clock.value));
    Some(Declaration { title, attribution, clock, mode: mode?, tolerance_ppm, format })
}

fn read_title(table: &mut Table<'_>) -> [String; 2] {
    let Some(mut title) = table.table("title") else {
        table.require("title");
        return Default::default();
    };
    let italian = title.required_text("it").map(|text| text.value).unwrap_or_default();
    let english = title.text("en").map_or_else(|| italian.clone(), |text| text.value);
    [italian, english]
}

fn read_attribution(table: &mut Table<'_>) -> Option<Attribution> {
    let licence = table.text("licence");
    match (table.text("attribution"), licence) {
        (Some(sentence), licence) => {
            Some(Attribution { sentence: sentence.value, licence: licence.map(|licence| licence.value) })
        }
        (None, Some(licence)) => {
            let hint = "add `attribution`, the sentence that the licence asks for";
            table.problem(BAD_SETTING, &licence, "a licence without attribution is printed nowhere", hint);
            None
        }
        (None, None) => None,
    }
}

fn read_mode(table: &mut Table<'_>) -> Option<Mode> {
    #[derive(Clone, Copy, PartialEq)]
    enum Word {
        Append,
        Snapshot,
        ReplacesPeriod,
    }
    table.require("mode");
    let words =
        [("append", Word::Append), ("snapshot", Word::Snapshot), ("replaces-period", Word::ReplacesPeriod)];
    match table.word("mode", &words)?.value {
        Word::Append => Some(Mode::Append),
        Word::Snapshot => Some(Mode::Snapshot),
        Word::ReplacesPeriod => {
            table.require("replaces");
            let grain = table.word("replaces", &[("month", Grain::Month), ("year", Grain::Year)])?;
            Some(Mode::ReplacesPeriod(grain.value))
        }
    }
}

/// `tolerance = "0.5 %"`: at most four decimals, so that it is a whole number of millionths.
fn read_tolerance(table: &mut Table<'_>) -> u64 {
    let Some(text) = table.text("tolerance") else { return 0 };
    let number = text.value.trim().strip_suffix('%').map(str::trim).and_then(|number| {
        let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
        let digits = format!("{whole}{decimals:0<4}");
        (decimals.len() <= 4).then(|| digits.parse::<u64>().ok()).flatten()
    });
    number.unwrap_or_else(|| {
        table.problem(BAD_SETTING, &text, "`tolerance` is a share of the rows", "write \"0.5 %\"");
        0
    })
}

fn read_table_format(table: &mut Table<'_>, kind: Option<WorkbookKind>) -> Option<TableFormat> {
    // Cells of a spreadsheet have no encoding and no separator: there the keys are unknown.
    let workbook = kind.map(|kind| Workbook { kind, sheet: table.text("sheet").map(|name| name.value) });
    let (encoding, separator) = match &workbook {
        Some(_) => (TextEncoding::Utf8, b','),
        None => {
            let encodings = [("utf-8", TextEncoding::Utf8), ("windows-1252", TextEncoding::Windows1252)];
            let encoding = table.word("encoding", &encodings).map_or(TextEncoding::Utf8, |word| word.value);
            let separators = [(";", b';'), (",", b','), ("\t", b'\t'), ("|", b'|')];
            (encoding, table.word("separator", &separators).map_or(b',', |word| word.value))
        }
    };
    let decimal = table.word("decimal", &[(",", b','), (".", b'.')]).map_or(b',', |word| word.value);
    let columns =
        table.has("columns").then(|| table.texts("columns").into_iter().map(|column| column.value).collect());
    let header = table.integer("header").map_or(1, |line| {
        u32::try_from(line.value).ok().filter(|line| *line > 0).unwrap_or_else(|| {
            table.problem(BAD_SETTING, &line, "`header` is the line of the header, from 1", "write 4");
            1
        })
    });
    let file_name = read_file_name(table);
    let empty = table.texts("empty").into_iter().map(|word| word.value).collect();
    let time = read_time(table, workbook.is_some());
    let facts = read_facts(table);
    let mut rules = read_rules(table);
    let dimensions = read_dimensions(table);
    rules.extend(read_words_only(table, &dimensions));
    let scores = dimensions.values().filter(|one| one.vocabulary == Vocabulary::Cvss);
    rules.extend(scores.map(|one| Rule::Cvss(one.column.clone())));
    if let Some(FactColumns::Checks(_)) = &facts
        && !dimensions.is_empty()
    {
        let finding = Finding::error(BAD_SETTING, table.place_of("dimensions"), "checks have no dimensions");
        table.report(
            finding.hint("a check has a probe, a time, a state and a response time; take the others out"),
        );
    }
    Some(TableFormat {
        workbook,
        rules,
        encoding,
        separator,
        header,
        columns,
        file_name,
        empty,
        time: time?,
        decimal,
        facts: facts?,
        dimensions,
    })
}

pub(super) fn read_file_name(table: &mut Table<'_>) -> Option<NamePattern> {
    let text = table.text("file")?;
    let pattern = NamePattern::parse(&text.value);
    if pattern.is_none() {
        let hint = "write each value in braces, with something between two: \"accessi-{Anno}.csv\"";
        table.problem(BAD_SETTING, &text, "`file` names no value of the file's name", hint);
    }
    pattern
}

fn read_time(table: &mut Table<'_>, in_workbook: bool) -> Option<TimePattern> {
    if in_workbook && !table.has("time") {
        // Cells that are times need no pattern.
        return TimePattern::parse(["iso"]);
    }
    table.require("time");
    let forms = table.texts("time");
    let pattern = TimePattern::parse(forms.iter().map(|form| form.value.as_str()));
    if let (None, Some(first)) = (&pattern, forms.first()) {
        let hint = "write it with aaaa, mm, gg, HH, MM, SS: \"gg/mm/aaaa HH:MM:SS\"; or \"iso\"";
        table.problem(BAD_SETTING, first, "`time` names no whole date", hint);
    }
    pattern
}

fn read_facts(table: &mut Table<'_>) -> Option<FactColumns> {
    let kind = table.required_text("facts")?;
    match kind.value.as_str() {
        "checks" => read_checks(table),
        "cases" => {
            let name = table.required_text("kind");
            let case = table.required_text("case");
            let opening = table.text("opening").map(|text| text.value);
            let events = read_events(table);
            Some(FactColumns::Cases { kind: name?.value, case: case?.value, opening, events: events? })
        }
        "operations" => {
            let name = table.required_text("kind");
            let id = required_columns(table, "id");
            let at = required_columns(table, "at");
            let quantity = table.text("quantity").map(|column| column.value);
            let amount = table.text("amount").map(|column| column.value);
            let measures = read_measures(table, quantity.is_some() || amount.is_some());
            Some(FactColumns::Operations { kind: name?.value, id, at, quantity, amount, measures })
        }
        "stocks" => {
            let subject = required_columns(table, "subject");
            let constant_attribute = table.text("constant-attribute").map(|text| text.value);
            let attribute = match constant_attribute {
                Some(_) => Vec::new(),
                None => required_columns(table, "attribute"),
            };
            let value = table.text("value").map(|column| column.value);
            let quantity = table.text("quantity").map(|column| column.value);
            let from = table.required_text("from");
            let until = table.text("until").map(|column| column.value);
            Some(FactColumns::Stocks {
                subject,
                attribute,
                constant_attribute,
                value,
                quantity,
                from: from?.value,
                until,
            })
        }
        _ => {
            table.unknown_word(&kind, &["checks", "cases", "operations", "stocks"]);
            None
        }
    }
}

fn required_columns(table: &mut Table<'_>, key: &str) -> Vec<String> {
    table.require(key);
    table.texts(key).into_iter().map(|column| column.value).collect()
}

fn read_checks(table: &mut Table<'_>) -> Option<FactColumns> {
    let host = table.required_text("host");
    let service = table.text("service").map(|column| column.value);
    let constant_service = table.text("constant-service").map(|text| text.value);
    let at = table.required_text("at");
    table.require("state");
    let state = table.table("state").and_then(|mut state| {
        let column = state.required_text("column");
        let mut words = BTreeMap::new();
        state.require("words");
        if let Some(mut table) = state.table("words") {
            for word in table.keys() {
                if let Some(meaning) = table.word(&word, &State::ALL.map(|state| (state.name(), state))) {
                    words.insert(word, meaning.value);
                }
            }
        }
        Some((column?.value, words))
    });
    let latency = table.table("latency").and_then(|mut latency| {
        let column = latency.required_text("column");
        latency.require("unit");
        let unit = latency.word("unit", &[("us", 1), ("ms", 1_000), ("s", 1_000_000)]);
        Some((column?.value, unit?.value))
    });
    let origins = [Origin::Result, Origin::Transition].map(|origin| (origin.name(), origin));
    let origin = table.word("origin", &origins).map_or(Origin::Result, |word| word.value);
    let (state, words) = state?;
    Some(FactColumns::Checks(CheckColumns {
        host: host?.value,
        service,
        constant_service,
        at: at?.value,
        state,
        words,
        latency,
        origin,
    }))
}

/// `required`, `any-of`, `[not-before]` and `[at-most]`.
fn read_rules(table: &mut Table<'_>) -> Vec<Rule> {
    let mut rules: Vec<Rule> =
        table.texts("required").into_iter().map(|column| Rule::Required(column.value)).collect();
    let any: Vec<String> = table.texts("any-of").into_iter().map(|column| column.value).collect();
    if !any.is_empty() {
        rules.push(Rule::AnyOf(any));
    }
    let pairs = |table: &mut Table<'_>, key: &str| table.table(key).map(read_columns).unwrap_or_default();
    let orders = pairs(table, "not-before");
    rules.extend(orders.into_iter().map(|(later, earlier)| Rule::NotBefore { later, earlier }));
    let bounds = pairs(table, "at-most");
    rules.extend(bounds.into_iter().map(|(part, whole)| Rule::AtMost { part, whole }));
    rules
}

/// `words-only`: dimensions of which a word that is not listed rejects the row.
fn read_words_only(table: &mut Table<'_>, dimensions: &BTreeMap<String, DimensionColumn>) -> Vec<Rule> {
    let mut rules = Vec::new();
    for name in table.texts("words-only") {
        match dimensions.get(&name.value) {
            Some(DimensionColumn { column, vocabulary: Vocabulary::Words(words) }) => {
                let mut words: Vec<String> = words.keys().cloned().collect();
                words.sort_unstable();
                rules.push(Rule::WordsOnly { column: column.clone(), words });
            }
            _ => {
                let message = format!("`{}` is not a dimension with `words`", name.value);
                table.problem(BAD_SETTING, &name, message, "name a dimension that lists its words");
            }
        }
    }
    rules
}

/// `[measures]`: each column that is a count of its own.
fn read_measures(table: &mut Table<'_>, counted: bool) -> Vec<(String, String)> {
    let Some(columns) = table.table("measures") else { return Vec::new() };
    let measures = read_columns(columns);
    if counted {
        let message = "`measures` stand for themselves, without `quantity` and `amount`";
        let finding = Finding::error(BAD_SETTING, table.place_of("measures"), message);
        table.report(finding.hint("keep the one or the others"));
    }
    measures
}

/// A table of names and columns.
fn read_columns(mut table: Table<'_>) -> Vec<(String, String)> {
    let names = table.keys();
    names.into_iter().filter_map(|name| table.text(&name).map(|column| (name, column.value))).collect()
}

fn read_counters(table: &mut Table<'_>) -> Vec<Counter> {
    let Some(mut counters) = table.table("counters") else { return Vec::new() };
    let mut read = Vec::new();
    for event in counters.keys() {
        let Some(mut counter) = counters.table(&event) else { continue };
        let column = counter.required_text("column");
        let at = counter.required_text("at");
        if let (Some(column), Some(at)) = (column, at) {
            read.push(Counter { event, column: column.value, at: at.value });
        }
    }
    read
}

fn read_events(table: &mut Table<'_>) -> Option<EventColumns> {
    let updates = table.word("rows", &[("cases", false), ("updates", true)]).is_some_and(|word| word.value);
    if let Some(mut event) = table.table("event") {
        let column = event.required_text("column");
        let at = event.required_text("at");
        let words = event.table("words").map(read_words).unwrap_or_default();
        return Some(EventColumns::Row { column: column?.value, at: at?.value, words });
    }
    let Some(events) = table.table("events") else {
        let message = "cases need `event` (a row is an event) or `events` (a row is a case)";
        table.report(
            Finding::error(BAD_SETTING, table.place(), message)
                .hint("[event] column, at, words; or [events] opened = \"Opened at\", …"),
        );
        return None;
    };
    let columns = read_columns(events);
    if !updates {
        return Some(EventColumns::Columns(columns));
    }
    Some(EventColumns::Updates { columns, counters: read_counters(table) })
}

pub(super) fn read_words(mut table: Table<'_>) -> BTreeMap<String, String> {
    let words = table.keys();
    words.into_iter().filter_map(|word| table.text(&word).map(|meaning| (word, meaning.value))).collect()
}

pub(super) fn read_dimensions(table: &mut Table<'_>) -> BTreeMap<String, DimensionColumn> {
    let Some(mut dimensions) = table.table("dimensions") else { return BTreeMap::new() };
    let names = dimensions.keys();
    let mut read = BTreeMap::new();
    for name in names {
        let column = if dimensions.is_table(&name) {
            let Some(mut column) = dimensions.table(&name) else { continue };
            let Some(from) = column.required_text("column") else { continue };
            let vocabulary = read_vocabulary(&mut column);
            DimensionColumn { column: from.value, vocabulary }
        } else {
            let Some(column) = dimensions.text(&name) else { continue };
            DimensionColumn { column: column.value, vocabulary: Vocabulary::AsIs }
        };
        read.insert(name, column);
    }
    read
}

fn read_vocabulary(column: &mut Table<'_>) -> Vocabulary {
    let words = column.table("words").map(read_words);
    let others = column.texts("others").into_iter().map(|word| word.value).collect();
    let of: Option<Spot<String>> = column.text("of");
    match of {
        Some(of) => match of.value.as_str() {
            "bodies" => Vocabulary::Bodies { others },
            "services" => Vocabulary::Services,
            "systems" => Vocabulary::Systems,
            "components" => Vocabulary::Components,
            "commitments" => Vocabulary::Commitments,
            "numbers" => Vocabulary::Numbers,
            "cvss" => Vocabulary::Cvss,
            _ => {
                let known = ["bodies", "services", "systems", "components", "commitments", "numbers", "cvss"];
                column.unknown_word(&of, &known);
                Vocabulary::AsIs
            }
        },
        None => words.map_or(Vocabulary::AsIs, Vocabulary::Words),
    }
}
