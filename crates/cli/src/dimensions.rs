//! What filters and axes may name: the dimensions that sources give, and their words where they are known.

use std::collections::{BTreeMap, BTreeSet};

use impegno_charter::{
    Axis, BlockLayout, Condition, Counted, Decimal, Filter, Formula, Indicator, Measured, Selection, Span,
    TableLayout, Within,
};
use impegno_facts::{Origin, State};
use impegno_findings::{Code, Finding, Place, nearest};
use impegno_measure::Joins;
use impegno_sources::{
    Declaration, EventColumns, FINDING, FINDING_DIMENSIONS, FOUND, FactColumns, Format, LiveFacts, MEASURE,
    REGISTERS, SCAN_DIMENSIONS, SCAN_KINDS, ScanFormat, TableFormat, Vocabulary, register,
};

use crate::folder::Loaded;

/// A filter on something that no source has.
pub(crate) const UNKNOWN_DIMENSION: Code = Code {
    name: "unknown-dimension",
    meaning: "A filter or an axis of a layout or commitment names a dimension that no source gives, or none of the facts counted.",
};
/// A filter on a word that cannot come.
pub(crate) const UNKNOWN_FILTER_VALUE: Code = Code {
    name: "unknown-filter-value",
    meaning: "A filter asks for a word that none of the dimension's sources can give: it would count nothing.",
};

/// An event that nobody tells.
pub(crate) const EVENT_NOT_GIVEN: Code = Code {
    name: "event-not-given",
    meaning: "A commitment or a table of times waits for an event that no source of its kind of cases gives: nothing could be judged or timed.",
};

/// A term that a clock does not know.
pub(crate) const CLOCK_WITHOUT_TERM: Code = Code {
    name: "clock-without-term",
    meaning: "A commitment has a limit in a unit that the clock of a source of its cases does not know: no case could be judged.",
};

/// The words of each dimension; `None` where any word may come.
#[derive(Default)]
struct Known {
    words: BTreeMap<String, Option<BTreeSet<String>>>,
    /// The events of each kind of cases.
    events: BTreeMap<String, BTreeSet<String>>,
    /// The dimensions of each source of cases, operations and stocks.
    given: Vec<Given>,
    /// The networks that sources of scans name; `None` where any may come.
    networks: Option<BTreeSet<String>>,
    joins: Joins,
}

/// Facts of which sources say dimensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FactsOf {
    Cases,
    Operations,
    Stocks,
}

/// What one source gives.
struct Given {
    counted: FactsOf,
    /// Kind of the cases or operations; empty for stocks.
    kind: String,
    dimensions: BTreeSet<String>,
}

/// Dimensions that facts have without a source that names them.
const OWN: [&str; 9] =
    ["probe", "event", "subject", "attribute", "value", "kind", "state", "origin", "state-type"];

/// Filters and axes of commitments and layouts that name what no source gives.
pub(crate) fn unknown(loaded: &Loaded) -> Vec<Finding> {
    let known = Known::of(loaded);
    let mut findings = Vec::new();
    for commitment in &loaded.centre.commitments {
        let waiting = Waiting { what: &commitment.code, place: &commitment.place };
        for indicator in commitment.indicator.all() {
            known.check_indicator(indicator, &waiting, &mut findings);
            if let Indicator::Within(within) = indicator {
                check_source_clocks(within, &waiting, loaded, &mut findings);
            }
        }
    }
    for block in loaded.centre.layouts.values().flat_map(|layout| layout.blocks()) {
        match block {
            BlockLayout::Table(table) => {
                known.check_selection(&table.selection, &mut findings);
                known.check_left_out(table, &mut findings);
                for axis in [&table.rows, &table.columns] {
                    match axis {
                        Axis::Dimension { name, .. } => {
                            known.check_axis(name, &selections(table), &mut findings);
                        }
                        Axis::Own(columns) => {
                            for column in columns {
                                known.check_selection(&column.selection, &mut findings);
                            }
                        }
                        Axis::Whole
                        | Axis::Years(_)
                        | Axis::YearsSince(_)
                        | Axis::Quarters
                        | Axis::Months
                        | Axis::Bands(_)
                        | Axis::Movement => {}
                    }
                }
            }
            BlockLayout::Times(times) => {
                known.check(&times.filter, &mut findings);
                let cases = Selection {
                    of: Measured::Cases { from: times.from.clone() },
                    filter: times.filter.clone(),
                    span: Span::Period,
                    place: times.place.clone(),
                };
                for axis in [&times.rows, &times.columns] {
                    if let Axis::Dimension { name, .. } = axis {
                        known.check_axis(name, &[&cases], &mut findings);
                    }
                }
                if let Some(kinds) = kinds(&times.filter) {
                    let waiting = Waiting { what: &times.id, place: &times.place };
                    known.check_events(&waiting, kinds, &[&times.from, &times.to], &mut findings);
                }
            }
            BlockLayout::Changes(changes) => {
                known.check_selection(&changes.selection, &mut findings);
                for name in [&changes.by, &changes.group] {
                    known.check_axis(name, &[&changes.selection], &mut findings);
                }
            }
            BlockLayout::Figures(figures) => {
                for figure in figures {
                    if let Formula::Count(selection) = &figure.formula {
                        known.check_selection(selection, &mut findings);
                    }
                }
            }
            BlockLayout::Availability(_)
            | BlockLayout::Matrix(_)
            | BlockLayout::Classes(_)
            | BlockLayout::Text(_)
            | BlockLayout::Prose(_)
            | BlockLayout::Directory(_)
            | BlockLayout::Commitments { .. }
            | BlockLayout::Indicators(_)
            | BlockLayout::Sheets(_)
            | BlockLayout::Choices => {}
        }
    }
    findings
}

/// Who waits for an event.
struct Waiting<'a> {
    /// Code of the commitment or identifier of the table.
    what: &'a str,
    place: &'a Place,
}

/// A promise without a clock of its own is counted as the sources of its cases declare: they must know its term.
fn check_source_clocks(within: &Within, waiting: &Waiting<'_>, loaded: &Loaded, findings: &mut Vec<Finding>) {
    if within.counting.is_some() {
        return;
    }
    for (source, clock) in &loaded.centre.source_clocks {
        let declared = loaded.sources.get(source).map(|(declaration, _)| &declaration.format);
        let gives = declared.and_then(table_of).is_some_and(
            |table| matches!(&table.facts, FactColumns::Cases { kind, .. } if *kind == within.cases),
        );
        if gives && !within.is_judged_by(clock) {
            let message = format!(
                "{}: the clock `{}` of the source `{source}` has no such term",
                waiting.what, clock.name
            );
            let finding = Finding::warning(CLOCK_WITHOUT_TERM, waiting.place.clone(), message);
            findings.push(finding.hint("give it a limit in hours, or a clock of its own"));
        }
    }
}

/// The table that the rows of a source stand in, or that its live events could stand in.
fn table_of(format: &Format) -> Option<&TableFormat> {
    match format {
        Format::Table(table) => Some(table),
        Format::Live(live) => match &live.facts {
            LiveFacts::Cases(table) => Some(table),
            LiveFacts::Checks { .. } => None,
        },
        Format::NagiosLog | Format::Perfdata | Format::Scans(_) => None,
    }
}

/// The networks that the sources of scans name; `None` without any, or where one says them otherwise.
fn networks(loaded: &Loaded) -> Option<BTreeSet<String>> {
    let mut networks = BTreeSet::new();
    for (declaration, _) in loaded.sources.values() {
        match &declaration.format {
            Format::Scans(scans) => networks.extend(scans.network.words()?.into_iter().map(str::to_owned)),
            Format::Table(table) if table.dimensions.contains_key("network") => return None,
            Format::Table(_) | Format::NagiosLog | Format::Perfdata | Format::Live(_) => {}
        }
    }
    (!networks.is_empty()).then_some(networks)
}

/// The kinds that a filter names; `None` when it names none, or what they are not.
fn kinds(filter: &Filter) -> Option<&[String]> {
    match filter.conditions.get("kind") {
        Some(Condition::OneOf(kinds)) => Some(kinds),
        Some(Condition::NoneOf(_) | Condition::Range { .. }) | None => None,
    }
}

/// What a table counts, and what its columns count instead.
fn selections(table: &TableLayout) -> Vec<&Selection> {
    let own = match &table.columns {
        Axis::Own(columns) => columns.as_slice(),
        _ => &[],
    };
    std::iter::once(&table.selection).chain(own.iter().map(|column| &column.selection)).collect()
}

impl FactsOf {
    /// `None` for checks, whose dimensions are always the same.
    fn of(measured: &Measured) -> Option<FactsOf> {
        match measured {
            Measured::Operations | Measured::Amounts => Some(FactsOf::Operations),
            Measured::Cases { .. } => Some(FactsOf::Cases),
            Measured::Stocks | Measured::DistinctStocks { .. } => Some(FactsOf::Stocks),
            Measured::Checks | Measured::Probes { .. } => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            FactsOf::Cases => "cases",
            FactsOf::Operations => "operations",
            FactsOf::Stocks => "stocks",
        }
    }
}

impl Known {
    fn of(loaded: &Loaded) -> Known {
        let centre = &loaded.centre;
        let mut known = Known { joins: Joins::new(centre), ..Known::default() };
        for open in ["probe", "event", "subject", "attribute", "value"] {
            known.any(open);
        }
        let derived: Vec<String> = known.joins.names().map(str::to_owned).collect();
        derived.iter().for_each(|open| known.any(open));
        known.restrict("category", centre.services.iter().map(|service| service.category.as_str()));
        known.restrict("body-kind", centre.bodies.iter().map(|body| body.kind.as_str()));
        known.restrict("watched", ["service", "host", "monitor"]);
        known.add("kind", ["maintenance"]);
        // What is promised may be asked for before its source is declared, as in a folder that is new.
        for commitment in &centre.commitments {
            for indicator in commitment.indicator.all() {
                match indicator {
                    Indicator::Within(one) => known.add("kind", [one.cases.as_str()]),
                    Indicator::CaseTime(one) => known.add("kind", [one.cases.as_str()]),
                    _ => {}
                }
            }
        }
        known.add("state", State::ALL.map(State::name));
        known.add("origin", Origin::ALL.map(Origin::name));
        known.add("state-type", ["hard", "soft"]);
        let registers = REGISTERS.iter().filter_map(|(name, _)| register(name));
        let registers = registers.map(|(declaration, _)| declaration);
        known.networks = networks(loaded);
        let sources = loaded.sources.values().map(|(declaration, _)| declaration.clone());
        for declaration in sources.chain(registers) {
            known.learn(&declaration, loaded);
        }
        known
    }

    fn learn(&mut self, declaration: &Declaration, loaded: &Loaded) {
        let table = match &declaration.format {
            Format::NagiosLog | Format::Perfdata => return,
            Format::Live(live) => match &live.facts {
                LiveFacts::Checks { .. } => return,
                LiveFacts::Cases(table) => table,
            },
            Format::Scans(scans) => {
                self.learn_scans(scans);
                return;
            }
            Format::Table(table) => table,
        };
        self.learn_facts(table);
        self.learn_given(table);
        for (name, column) in &table.dimensions {
            match &column.vocabulary {
                Vocabulary::AsIs | Vocabulary::Numbers | Vocabulary::Cvss => self.any(name),
                Vocabulary::Words(words) => self.add(name, words.values().map(String::as_str)),
                Vocabulary::Bodies { .. } => {
                    self.add(name, loaded.centre.bodies.iter().map(|body| body.code.as_str()));
                }
                Vocabulary::Services => {
                    self.add(name, loaded.centre.services.iter().map(|service| service.code.as_str()));
                }
                Vocabulary::Commitments => {
                    self.add(name, loaded.centre.commitments.iter().map(|one| one.code.as_str()));
                }
                Vocabulary::Systems => {
                    self.add(name, loaded.centre.systems.iter().map(|system| system.code.as_str()));
                }
                Vocabulary::Components => {
                    self.add(name, loaded.centre.components.iter().map(|component| component.code.as_str()));
                }
            }
        }
    }

    /// What the reports of a scanner give.
    fn learn_scans(&mut self, scans: &ScanFormat) {
        let dimensions = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        for kind in SCAN_KINDS {
            let dimensions = dimensions(SCAN_DIMENSIONS);
            self.given.push(Given { counted: FactsOf::Operations, kind: kind.to_owned(), dimensions });
        }
        let findings = dimensions(FINDING_DIMENSIONS);
        self.given.push(Given { counted: FactsOf::Cases, kind: FINDING.to_owned(), dimensions: findings });
        self.add("kind", SCAN_KINDS.into_iter().chain([FINDING]));
        self.add("state", [FOUND]);
        self.events.entry(FINDING.to_owned()).or_default().insert(FOUND.to_owned());
        for name in SCAN_DIMENSIONS.iter().filter(|name| **name != "network") {
            self.any(name);
        }
        match scans.network.words() {
            Some(words) => self.add("network", words),
            None => self.any("network"),
        }
    }

    fn learn_facts(&mut self, table: &TableFormat) {
        match &table.facts {
            FactColumns::Cases { kind, events, .. } => {
                self.add("kind", [kind.as_str()]);
                self.learn_events(kind, events);
                match events {
                    EventColumns::Row { words, .. } => self.add("state", words.values().map(String::as_str)),
                    EventColumns::Columns(columns) => {
                        self.add("state", columns.iter().map(|(event, _)| event.as_str()));
                    }
                    EventColumns::Updates { columns, counters } => {
                        self.add("state", columns.iter().map(|(event, _)| event.as_str()));
                        self.add("state", counters.iter().map(|counter| counter.event.as_str()));
                    }
                }
            }
            FactColumns::Operations { kind, measures, .. } => {
                self.add("kind", [kind.as_str()]);
                if !measures.is_empty() {
                    self.add(MEASURE, measures.iter().map(|(measure, _)| measure.as_str()));
                }
            }
            FactColumns::Checks(_) | FactColumns::Stocks { .. } => {}
        }
    }

    /// A row that is left out must be one that can come, where the rows are known beforehand.
    fn check_left_out(&self, table: &TableLayout, findings: &mut Vec<Finding>) {
        let Axis::Dimension { name, groups, .. } = &table.rows else { return };
        let Some(Some(words)) = self.words.get(name) else { return };
        let can_come = |key: &String| words.contains(key) || groups.contains_key(key) || key.is_empty();
        for row in table.left_out.iter().filter(|row| !can_come(&row.key)) {
            let message = format!("`{}`: there is no row `{}` to be left out", table.id, row.key);
            let hint = nearest(&row.key, words.iter().map(String::as_str))
                .map_or_else(String::new, |near| format!("did you mean `{near}`?"));
            let place = table.selection.place.clone();
            findings.push(Finding::error(UNKNOWN_FILTER_VALUE, place, message).hint(hint));
        }
    }

    fn learn_given(&mut self, table: &TableFormat) {
        let mut dimensions: BTreeSet<String> = table.dimensions.keys().cloned().collect();
        let (counted, kind) = match &table.facts {
            FactColumns::Cases { kind, .. } => (FactsOf::Cases, kind.clone()),
            FactColumns::Operations { kind, measures, .. } => {
                if !measures.is_empty() {
                    dimensions.insert(MEASURE.to_owned());
                }
                (FactsOf::Operations, kind.clone())
            }
            FactColumns::Stocks { .. } => (FactsOf::Stocks, String::new()),
            FactColumns::Checks(_) => return,
        };
        self.given.push(Given { counted, kind, dimensions });
    }

    fn learn_events(&mut self, kind: &str, events: &EventColumns) {
        let known = self.events.entry(kind.to_owned()).or_default();
        match events {
            EventColumns::Row { words, .. } => known.extend(words.values().cloned()),
            EventColumns::Columns(columns) => known.extend(columns.iter().map(|(event, _)| event.clone())),
            EventColumns::Updates { columns, counters } => {
                known.extend(columns.iter().map(|(event, _)| event.clone()));
                known.extend(counters.iter().map(|counter| counter.event.clone()));
            }
        }
    }

    /// Events that a commitment or a table of times waits for. While no source gives cases of the kinds there is
    /// nothing to wait for.
    fn check_events(
        &self,
        waiting: &Waiting<'_>,
        kinds: &[String],
        events: &[&str],
        findings: &mut Vec<Finding>,
    ) {
        let known: BTreeSet<&str> =
            kinds.iter().filter_map(|kind| self.events.get(kind)).flatten().map(String::as_str).collect();
        if known.is_empty() {
            // A kind that is to come is not known yet; one that is almost another is a slip of the pen.
            for kind in kinds {
                let Some(near) = nearest(kind, self.events.keys().map(String::as_str)) else { continue };
                let message = format!("{}: no source gives cases of kind `{kind}`", waiting.what);
                let finding = Finding::warning(EVENT_NOT_GIVEN, waiting.place.clone(), message);
                findings.push(finding.hint(format!("did you mean `{near}`?")));
            }
            return;
        }
        for event in events.iter().filter(|event| !known.contains(**event)) {
            let message = format!(
                "{}: no source gives the event `{event}` of cases of kind `{}`",
                waiting.what,
                kinds.join("`, `")
            );
            let hint = nearest(event, known.iter().copied()).map_or_else(
                || format!("known events: {}", known.iter().copied().collect::<Vec<_>>().join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            findings.push(Finding::warning(EVENT_NOT_GIVEN, waiting.place.clone(), message).hint(hint));
        }
    }

    fn any(&mut self, name: &str) {
        self.words.insert(name.to_owned(), None);
    }

    fn add<'w>(&mut self, name: &str, words: impl IntoIterator<Item = &'w str>) {
        let known = self.words.entry(name.to_owned()).or_insert_with(|| Some(BTreeSet::new()));
        if let Some(known) = known {
            known.extend(words.into_iter().map(str::to_owned));
        }
    }

    /// Only these words, whatever was known before.
    fn restrict<'w>(&mut self, name: &str, words: impl IntoIterator<Item = &'w str>) {
        self.words.insert(name.to_owned(), Some(words.into_iter().map(str::to_owned).collect()));
    }

    fn check_name(&self, name: &str, place: &Place, findings: &mut Vec<Finding>) {
        if self.words.contains_key(name) {
            return;
        }
        let hint = nearest(name, self.words.keys().map(String::as_str)).map_or_else(
            || "see the `[dimensions]` of the sources".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("no source gives a dimension `{name}`");
        findings.push(Finding::error(UNKNOWN_DIMENSION, place.clone(), message).hint(hint));
    }

    /// An axis is of facts that have its dimension. Where no source gives such facts yet, nothing is known of them.
    /// A warning: the table has one row, *not stated*, until a source says the dimension.
    fn check_axis(&self, name: &str, selections: &[&Selection], findings: &mut Vec<Finding>) {
        let Some(first) = selections.first() else { return };
        self.check_name(name, &first.place, findings);
        let base = self.joins.base(name);
        if OWN.contains(&base) || !self.words.contains_key(name) {
            return;
        }
        let mut dimensions: BTreeSet<&str> = BTreeSet::new();
        for selection in selections {
            let Some(counted) = FactsOf::of(&selection.of) else { return };
            let kinds = kinds(&selection.filter);
            let wanted = |one: &&Given| {
                one.counted == counted
                    && kinds.is_none_or(|kinds| kinds.is_empty() || kinds.contains(&one.kind))
            };
            let mut sources = self.given.iter().filter(wanted).peekable();
            if sources.peek().is_none() {
                return;
            }
            dimensions.extend(sources.flat_map(|source| &source.dimensions).map(String::as_str));
        }
        if dimensions.contains(base) {
            return;
        }
        let counted = FactsOf::of(&first.of).map_or("", FactsOf::name);
        let of = match kinds(&first.filter) {
            Some(kinds) if counted != FactsOf::Stocks.name() => {
                format!("{counted} of kind `{}`", kinds.join("`, `"))
            }
            _ => counted.to_owned(),
        };
        let listed: Vec<&str> = dimensions.iter().copied().collect();
        let hint = match (nearest(base, listed.iter().copied()), listed.is_empty()) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, true) => "declare it in the `[dimensions]` of their source".to_owned(),
            (None, false) => {
                format!(
                    "they have {}; or declare it in the `[dimensions]` of their source",
                    listed.join(", ")
                )
            }
        };
        let message = format!("no source of {of} gives a dimension `{base}`");
        findings.push(Finding::warning(UNKNOWN_DIMENSION, first.place.clone(), message).hint(hint));
    }

    /// What one indicator asks of the facts.
    fn check_indicator(&self, indicator: &Indicator, waiting: &Waiting<'_>, findings: &mut Vec<Finding>) {
        let selection = |counted: &Counted| Selection {
            of: counted.of.clone(),
            filter: counted.filter.clone(),
            span: Span::Period,
            place: counted.place.clone(),
        };
        match indicator {
            Indicator::Within(within) => {
                self.check(&within.filter, findings);
                let kinds = [within.cases.clone()];
                self.check_events(waiting, &kinds, &within.events(), findings);
                if let Some(longer) = &within.longer_than {
                    self.check_events(waiting, &kinds, &[&longer.from, &longer.to], findings);
                }
            }
            Indicator::CaseTime(time) => {
                self.check(&time.filter, findings);
                self.check_events(
                    waiting,
                    std::slice::from_ref(&time.cases),
                    &[&time.from, &time.to],
                    findings,
                );
            }
            Indicator::Count(counted) => self.check_selection(&selection(counted), findings),
            Indicator::Ratio(ratio) => {
                self.check_selection(&selection(&ratio.part), findings);
                self.check_selection(&selection(&ratio.whole), findings);
                for side in ratio.undecided.iter().chain(&ratio.per) {
                    self.check_selection(&selection(side), findings);
                }
            }
            Indicator::MeanOf(_)
            | Indicator::AllOf(_)
            | Indicator::Availability(_)
            | Indicator::LongestStop(_)
            | Indicator::DaysAvailable(_)
            | Indicator::HoursOfOperation(_)
            | Indicator::ResponseTime(_)
            | Indicator::Cadence(_) => {}
            Indicator::Vulnerable(one) => self.check_network(&one.network, waiting, findings),
        }
    }

    /// A network whose scans are promised is one that a source of scans names, where it is known which they name.
    fn check_network(&self, network: &str, waiting: &Waiting<'_>, findings: &mut Vec<Finding>) {
        let Some(known) = self.networks.as_ref().filter(|known| !known.contains(network)) else { return };
        let message = format!("{}: no source of scans names the network `{network}`", waiting.what);
        let hint = nearest(network, known.iter().map(String::as_str)).map_or_else(
            || format!("known networks: {}", known.iter().cloned().collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        findings.push(Finding::warning(UNKNOWN_FILTER_VALUE, waiting.place.clone(), message).hint(hint));
    }

    fn check(&self, filter: &Filter, findings: &mut Vec<Finding>) {
        for (name, condition) in &filter.conditions {
            self.check_name(name, &filter.place, findings);
            let Some(Some(words)) = self.words.get(name) else { continue };
            let values = match condition {
                Condition::OneOf(values) | Condition::NoneOf(values) => values,
                Condition::Range { except, .. } => {
                    if words.iter().all(|word| Decimal::parse(word).is_none()) {
                        let message = format!("no word of the dimension `{name}` is a number");
                        let listed: Vec<&str> = words.iter().map(String::as_str).collect();
                        let hint = format!("list the words that count: {}", listed.join(", "));
                        let place = filter.place.clone();
                        findings.push(Finding::error(UNKNOWN_FILTER_VALUE, place, message).hint(hint));
                    }
                    except
                }
            };
            // The empty text, *not stated*, may always come; a word that a file brought unlisted was kept too.
            for value in values.iter().filter(|value| !value.is_empty() && !words.contains(*value)) {
                let hint = nearest(value, words.iter().map(String::as_str)).map_or_else(
                    || format!("one of: {}", words.iter().map(String::as_str).collect::<Vec<_>>().join(", ")),
                    |near| format!("did you mean `{near}`?"),
                );
                let message = format!("the dimension `{name}` has no word `{value}`");
                findings.push(Finding::error(UNKNOWN_FILTER_VALUE, filter.place.clone(), message).hint(hint));
            }
        }
    }

    fn check_selection(&self, selection: &Selection, findings: &mut Vec<Finding>) {
        self.check(&selection.filter, findings);
        if let Measured::DistinctStocks { dimension } = &selection.of {
            self.check_axis(dimension, &[selection], findings);
        }
    }
}
