//! `impegno check`: is the folder sound?

use std::collections::BTreeSet;

use impegno_charter::{Axis, BlockLayout, Filter, Indicator, Measured, Selection};
use impegno_findings::{Finding, Place, Severity, nearest};
use impegno_measure::Joins;
use impegno_sources::{Declaration, Format, REGISTERS, register};

use crate::arguments::Centre;
use crate::exit::{Exit, Failure};
use crate::folder::{self, Loaded, UNKNOWN_DIMENSION};
use crate::output;

/// Lists everything that is wrong in a folder.
pub(crate) fn run(arguments: &Centre) -> Result<(), Failure> {
    let loaded = folder::load(&arguments.centre)?;
    output::findings(&loaded.findings, Some(&loaded));
    let centre = &loaded.centre;
    output::data(&format!(
        "{} bodies, {} services, {} components, {} probes, {} commitments, {} layouts, {} sources: {}\n",
        centre.bodies.len(),
        centre.services.len(),
        centre.components.len(),
        centre.probes.len(),
        centre.commitments.len(),
        centre.layouts.len(),
        loaded.sources.len() + loaded.registers.len(),
        output::count(&loaded.findings)
    ));
    if loaded.findings.iter().any(|finding| finding.severity == Severity::Error) {
        return Err(Failure::new(Exit::Folder, ""));
    }
    Ok(())
}

/// Filters and axes that name a dimension which no source gives.
pub(crate) fn unknown_dimensions(loaded: &Loaded) -> Vec<Finding> {
    let mut known: BTreeSet<String> =
        ["kind", "probe", "state", "origin", "state-type", "event", "subject", "attribute", "value"]
            .map(str::to_owned)
            .into();
    known.extend(Joins::new(&loaded.centre).names().map(str::to_owned));
    let registers =
        REGISTERS.iter().filter_map(|(name, _)| register(name)).map(|(declaration, _)| declaration);
    let sources = loaded.sources.values().map(|(declaration, _)| declaration.clone());
    for declaration in sources.chain(registers) {
        known.extend(dimensions(&declaration));
    }
    let mut findings = Vec::new();
    let mut check = |name: &str, place: &Place| {
        if !known.contains(name) {
            let hint = nearest(name, known.iter().map(String::as_str)).map_or_else(
                || "see the `[dimensions]` of the sources".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("no source gives a dimension `{name}`");
            findings.push(Finding::error(UNKNOWN_DIMENSION, place.clone(), message).hint(hint));
        }
    };
    let filter = |one: &Filter, check: &mut dyn FnMut(&str, &Place)| {
        for name in one.conditions.keys() {
            check(name, &one.place);
        }
    };
    for commitment in &loaded.centre.commitments {
        if let Indicator::Within(within) = &commitment.indicator {
            filter(&within.filter, &mut check);
        }
    }
    for layout in loaded.centre.layouts.values() {
        for block in layout.blocks() {
            match block {
                BlockLayout::Table(table) => {
                    filter(&table.selection.filter, &mut check);
                    for axis in [&table.rows, &table.columns] {
                        match axis {
                            Axis::Dimension { name, .. } => check(name, &table.selection.place),
                            Axis::Filtered(columns) => {
                                columns.iter().for_each(|column| filter(&column.filter, &mut check));
                            }
                            _ => {}
                        }
                    }
                }
                BlockLayout::Changes(changes) => {
                    filter(&changes.selection.filter, &mut check);
                    check(&changes.by, &changes.selection.place);
                }
                BlockLayout::Figures(figures) => {
                    for figure in figures {
                        if let impegno_charter::Formula::Count(selection) = &figure.formula {
                            filter(&selection.filter, &mut check);
                            distinct(selection, &mut check);
                        }
                    }
                }
                BlockLayout::Matrix(_)
                | BlockLayout::Classes(_)
                | BlockLayout::Text(_)
                | BlockLayout::Commitments { .. }
                | BlockLayout::Choices => {}
            }
        }
    }
    findings
}

fn distinct(selection: &Selection, check: &mut dyn FnMut(&str, &Place)) {
    if let Measured::DistinctStocks { dimension } = &selection.of {
        check(dimension, &selection.place);
    }
}

fn dimensions(declaration: &Declaration) -> Vec<String> {
    match &declaration.format {
        Format::NagiosLog | Format::Perfdata => Vec::new(),
        Format::Table(table) => table.dimensions.keys().cloned().collect(),
    }
}
