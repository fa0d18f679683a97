//! Settings of the sources that are received live.

use std::collections::BTreeMap;

use impegno_facts::State;
use impegno_findings::Finding;
use impegno_settings::Table;

use super::{EventColumns, FactColumns, TableFormat, Vocabulary};
use crate::civil::TimePattern;
use crate::codes::BAD_SETTING;
use crate::live::{EVENT, is_plain};
use crate::text::TextEncoding;

/// What a live source gives, and how the protocols that need a mapping say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveFormat {
    /// Which facts.
    pub facts: LiveFacts,
}

/// Which facts a live source gives.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there is one for each declared source")]
pub enum LiveFacts {
    /// Results of checks.
    Checks {
        /// How series of Prometheus are read; they are not taken without.
        prometheus: Option<SeriesColumns>,
        /// How points of the line protocol are read; they are not taken without.
        lines: Option<LineColumns>,
    },
    /// Events of cases, described as the table that they could stand in: its columns are `case`, `event`, `at` and the
    /// names of the dimensions.
    Cases(Box<TableFormat>),
}

/// Which series of Prometheus are results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesColumns {
    /// Label of the host.
    pub host: String,
    /// Label of the service.
    pub service: Option<String>,
    /// Service of every result, when no label says it.
    pub constant_service: Option<String>,
    /// Name of the series that is 1 when all is well and 0 when not.
    pub state: String,
    /// Name of the series of response times in seconds.
    pub latency: Option<String>,
}

/// Which points of the line protocol are results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineColumns {
    /// The measurement; points of others are of no interest.
    pub measurement: String,
    /// Tag of the host.
    pub host: String,
    /// Tag of the service.
    pub service: Option<String>,
    /// Service of every result, when no tag says it.
    pub constant_service: Option<String>,
    /// Field of the state.
    pub state: StateField,
    /// Field of the response time, and its unit as a power of ten of microseconds.
    pub latency: Option<(String, u32)>,
}

/// A field that says a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateField {
    /// Its name.
    pub field: String,
    /// The state of each word, number or truth value that it may hold.
    pub words: BTreeMap<String, State>,
}

impl LiveFormat {
    /// What the words of its dimensions are resolved by.
    pub(super) fn vocabularies(&self) -> Vec<&Vocabulary> {
        match &self.facts {
            LiveFacts::Checks { .. } => Vec::new(),
            LiveFacts::Cases(table) => table.dimensions.values().map(|column| &column.vocabulary).collect(),
        }
    }
}

/// Reads the settings of a live source; `None` when they cannot be used.
pub(super) fn read(table: &mut Table<'_>) -> Option<LiveFormat> {
    let facts = table.required_text("facts")?;
    let facts = match facts.value.as_str() {
        "checks" => {
            let prometheus = table.table("prometheus").map(read_series);
            let lines = table.table("lines").map(read_lines);
            if prometheus.as_ref().is_some_and(Option::is_none) || lines.as_ref().is_some_and(Option::is_none)
            {
                return None;
            }
            LiveFacts::Checks { prometheus: prometheus.flatten(), lines: lines.flatten() }
        }
        "cases" => LiveFacts::Cases(Box::new(read_cases(table)?)),
        _ => {
            table.unknown_word(&facts, &["checks", "cases"]);
            return None;
        }
    };
    Some(LiveFormat { facts })
}

fn read_cases(table: &mut Table<'_>) -> Option<TableFormat> {
    let kind = table.required_text("kind");
    let opening = table.text("opening").map(|text| text.value);
    table.require("events");
    let words: BTreeMap<String, String> = if table.is_list("events") {
        table.texts("events").into_iter().map(|event| (event.value.clone(), event.value)).collect()
    } else {
        table.table("events").map(super::read::read_words).unwrap_or_default()
    };
    let mut dimensions = super::read::read_dimensions(table);
    for (name, column) in &mut dimensions {
        // The client sends a dimension under its name; a column of another name would never come.
        if column.column != *name {
            let message = format!("the dimension `{name}` is sent under another name, `{}`", column.column);
            let finding = Finding::error(BAD_SETTING, table.place_of("dimensions"), message);
            table.report(finding.hint(format!("write {name} = \"{name}\", and send it so")));
        }
        if !is_plain(name) || name.contains('=') {
            let message = format!("`{name}` cannot name a dimension of live events");
            let finding = Finding::error(BAD_SETTING, table.place_of("dimensions"), message);
            table.report(finding.hint("use letters, digits and `-`"));
        }
    }
    let [case, event, at] = EVENT.map(str::to_owned);
    let events = EventColumns::Row { column: event, at, words };
    Some(TableFormat {
        workbook: None,
        encoding: TextEncoding::Utf8,
        separator: b'\t',
        header: 1,
        columns: None,
        file_name: None,
        empty: Vec::new(),
        time: TimePattern::parse(["iso"])?,
        decimal: b'.',
        facts: FactColumns::Cases { kind: kind?.value, case, opening, events },
        rules: Vec::new(),
        dimensions,
    })
}

fn read_series(mut table: Table<'_>) -> Option<SeriesColumns> {
    let host = table.text("host").map_or_else(|| "instance".to_owned(), |label| label.value);
    let (service, constant_service) = read_service(&mut table)?;
    let state = table.text("state").map_or_else(|| "probe_success".to_owned(), |series| series.value);
    // The response time that belongs to the series which say states, unless another is named.
    let usual = match state.as_str() {
        "probe_success" => Some("probe_duration_seconds".to_owned()),
        "up" => Some("scrape_duration_seconds".to_owned()),
        _ => None,
    };
    let latency = table.text("latency").map(|series| series.value).or(usual);
    Some(SeriesColumns { host, service, constant_service, state, latency })
}

/// `service` or `constant-service`, which one needs to tell the probe; `None` when neither or both are there.
fn read_service(table: &mut Table<'_>) -> Option<(Option<String>, Option<String>)> {
    let service = table.text("service").map(|text| text.value);
    let constant = table.text("constant-service").map(|text| text.value);
    if service.is_some() == constant.is_some() {
        let message = "one of `service` and `constant-service` says the service of a result";
        let finding = Finding::error(BAD_SETTING, table.place(), message);
        table.report(
            finding.hint("service = \"job\", a name; or constant-service = \"https\", the same for all"),
        );
        return None;
    }
    Some((service, constant))
}

fn read_lines(mut table: Table<'_>) -> Option<LineColumns> {
    let measurement = table.required_text("measurement");
    let host = table.required_text("host");
    let service = read_service(&mut table);
    table.require("state");
    let state = table.table("state").and_then(|mut state| {
        let field = state.required_text("field");
        state.require("words");
        let mut words = BTreeMap::new();
        if let Some(mut listed) = state.table("words") {
            for word in listed.keys() {
                if let Some(meaning) = listed.word(&word, &State::ALL.map(|state| (state.name(), state))) {
                    words.insert(word, meaning.value);
                }
            }
        }
        Some(StateField { field: field?.value, words })
    });
    let latency = table.table("latency").and_then(|mut latency| {
        let field = latency.required_text("field");
        latency.require("unit");
        let unit = latency.word("unit", &[("us", 0), ("ms", 3), ("s", 6)]);
        Some((field?.value, unit?.value))
    });
    let (service, constant_service) = service?;
    Some(LineColumns {
        measurement: measurement?.value,
        host: host?.value,
        service,
        constant_service,
        state: state?,
        latency,
    })
}
