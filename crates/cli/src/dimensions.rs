//! What filters and axes may name: the dimensions that sources give, and their words where they are known.

use std::collections::{BTreeMap, BTreeSet};

use impegno_charter::{
    Axis, BlockLayout, Commitment, Condition, Decimal, Filter, Formula, Indicator, Measured, Selection,
    Within,
};
use impegno_facts::{Origin, State};
use impegno_findings::{Code, Finding, Place, nearest};
use impegno_measure::Joins;
use impegno_sources::{
    Declaration, EventColumns, FactColumns, Format, MEASURE, REGISTERS, TableFormat, Vocabulary, register,
};

use crate::folder::Loaded;

/// A filter on something that no source has.
pub(crate) const UNKNOWN_DIMENSION: Code = Code {
    name: "unknown-dimension",
    meaning: "A filter or an axis of a layout or commitment names a dimension that no source gives.",
};
/// A filter on a word that cannot come.
pub(crate) const UNKNOWN_FILTER_VALUE: Code = Code {
    name: "unknown-filter-value",
    meaning: "A filter asks for a word that none of the dimension's sources can give: it would count nothing.",
};

/// An event that nobody tells.
pub(crate) const EVENT_NOT_GIVEN: Code = Code {
    name: "event-not-given",
    meaning: "A commitment waits for an event that no source of its kind of cases gives: every case would be open or late.",
};

/// The words of each dimension; `None` where any word may come.
#[derive(Default)]
struct Known {
    words: BTreeMap<String, Option<BTreeSet<String>>>,
    /// The events of each kind of cases.
    events: BTreeMap<String, BTreeSet<String>>,
}

/// Filters and axes of commitments and layouts that name what no source gives.
pub(crate) fn unknown(loaded: &Loaded) -> Vec<Finding> {
    let known = Known::of(loaded);
    let mut findings = Vec::new();
    for commitment in &loaded.centre.commitments {
        if let Indicator::Within(within) = &commitment.indicator {
            known.check(&within.filter, &mut findings);
            known.check_events(within, commitment, &mut findings);
        }
    }
    for block in loaded.centre.layouts.values().flat_map(|layout| layout.blocks()) {
        match block {
            BlockLayout::Table(table) => {
                known.check_selection(&table.selection, &mut findings);
                for axis in [&table.rows, &table.columns] {
                    match axis {
                        Axis::Dimension { name, .. } => {
                            known.check_name(name, &table.selection.place, &mut findings);
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
                for axis in [&times.rows, &times.columns] {
                    if let Axis::Dimension { name, .. } = axis {
                        known.check_name(name, &times.place, &mut findings);
                    }
                }
            }
            BlockLayout::Changes(changes) => {
                known.check_selection(&changes.selection, &mut findings);
                known.check_name(&changes.by, &changes.selection.place, &mut findings);
                known.check_name(&changes.group, &changes.selection.place, &mut findings);
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
            | BlockLayout::Commitments { .. }
            | BlockLayout::Choices => {}
        }
    }
    findings
}

impl Known {
    fn of(loaded: &Loaded) -> Known {
        let centre = &loaded.centre;
        let mut known = Known::default();
        for open in ["probe", "event", "subject", "attribute", "value"] {
            known.any(open);
        }
        for open in Joins::new(centre).names() {
            known.any(open);
        }
        known.restrict("category", centre.services.iter().map(|service| service.category.as_str()));
        known.restrict("body-kind", centre.bodies.iter().map(|body| body.kind.as_str()));
        known.restrict("watched", ["service", "host", "monitor"]);
        known.add("kind", ["maintenance"]);
        // What is promised may be asked for before its source is declared, as in a folder that is new.
        for commitment in &centre.commitments {
            if let Indicator::Within(within) = &commitment.indicator {
                known.add("kind", [within.cases.as_str()]);
            }
        }
        known.add("state", State::ALL.map(State::name));
        known.add("origin", Origin::ALL.map(Origin::name));
        known.add("state-type", ["hard", "soft"]);
        let registers = REGISTERS.iter().filter_map(|(name, _)| register(name));
        let registers = registers.map(|(declaration, _)| declaration);
        let sources = loaded.sources.values().map(|(declaration, _)| declaration.clone());
        for declaration in sources.chain(registers) {
            known.learn(&declaration, loaded);
        }
        known
    }

    fn learn(&mut self, declaration: &Declaration, loaded: &Loaded) {
        let Format::Table(table) = &declaration.format else { return };
        self.learn_facts(table);
        for (name, column) in &table.dimensions {
            match &column.vocabulary {
                Vocabulary::AsIs | Vocabulary::Numbers => self.any(name),
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
                Vocabulary::Components => {
                    self.add(name, loaded.centre.components.iter().map(|component| component.code.as_str()));
                }
            }
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

    /// Events that a commitment waits for. While no source gives cases of the kind there is nothing to wait for.
    fn check_events(&self, within: &Within, commitment: &Commitment, findings: &mut Vec<Finding>) {
        let Some(known) = self.events.get(&within.cases) else { return };
        for event in [&within.from, &within.to].into_iter().filter(|event| !known.contains(*event)) {
            let message = format!(
                "{}: no source gives the event `{event}` of cases of kind `{}`",
                commitment.code, within.cases
            );
            let hint = nearest(event, known.iter().map(String::as_str)).map_or_else(
                || {
                    format!(
                        "known events: {}",
                        known.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
                    )
                },
                |near| format!("did you mean `{near}`?"),
            );
            findings.push(Finding::warning(EVENT_NOT_GIVEN, commitment.place.clone(), message).hint(hint));
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
            self.check_name(dimension, &selection.place, findings);
        }
    }
}
