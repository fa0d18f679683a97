//! Systems, their components and probes.

use impegno_findings::{Finding, Place};
use impegno_settings::Table;

use crate::Words;
use crate::codes::{REPEATED_CODE, UNKNOWN_REFERENCE};
use crate::tables::read_table;
use crate::works::{Need, Works, read_need, read_works};

/// A system that the centre runs: what a promise of availability is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// Short code, unique.
    pub code: String,
    /// Name.
    pub name: Words,
    /// What of it must work for it to work; all its components unless said otherwise.
    pub works: Works,
    /// Where that stands.
    pub place: Place,
}

/// A part of a system that probes watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Short code, unique.
    pub code: String,
    /// Name.
    pub name: Words,
    /// Code of its system.
    pub system: String,
    /// How many of its probes must be up for it to be up.
    pub probes: Need,
    /// Where it stands.
    pub place: Place,
}

/// A probe of a monitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// `host;service`.
    pub name: String,
    /// Code of the component it watches; empty when it serves no promise.
    pub component: String,
}

/// Reads `systems.toml`.
pub(crate) fn read_systems(table: &mut Table<'_>) -> (Vec<System>, Vec<Component>) {
    let mut systems: Vec<System> = Vec::new();
    let mut components: Vec<Component> = Vec::new();
    for mut entry in table.tables("system") {
        let Some(code) = entry.required_text("code") else { continue };
        let name = Words::required(&mut entry, "name");
        if systems.iter().any(|other| other.code == code.value) {
            entry.problem(REPEATED_CODE, &code, format!("the system `{}` stands twice", code.value), "");
        }
        let mut own: Vec<Works> = Vec::new();
        for mut part in entry.tables("component") {
            let Some(component) = part.required_text("code") else { continue };
            let probes = read_need(&mut part, "probes");
            own.push(Works::Component(component.value.clone()));
            let name = Words::read(&mut part, "name").unwrap_or_else(|| Words::same(&component.value));
            if components.iter().any(|other| other.code == component.value) {
                let message = format!("the component `{}` stands twice", component.value);
                part.problem(REPEATED_CODE, &component, message, "");
            } else {
                let (system, place) = (code.value.clone(), component.place);
                components.push(Component { code: component.value, name, system, probes, place });
            }
        }
        let place = entry.place_of("works");
        let works = entry.table("works").and_then(|mut works| read_works(&mut works));
        let works = works.unwrap_or(Works::Group { need: Need::All, parts: own });
        systems.push(System { code: code.value, name, works, place });
    }
    (systems, components)
}

/// Reads `probes.csv`.
pub(crate) fn read_probes(
    file: &str,
    text: &str,
    components: &[Component],
    findings: &mut Vec<Finding>,
) -> Vec<Probe> {
    let mut probes: Vec<Probe> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    read_table(file, text, &["host", "service"], &["component"], findings, |row, findings| {
        let name = format!("{};{}", row.text("host"), row.text("service"));
        let component = row.text("component");
        if !component.is_empty() && !components.iter().any(|known| known.code == component) {
            let message = format!("the component `{component}` is not in systems.toml");
            findings.push(Finding::error(UNKNOWN_REFERENCE, row.place.clone(), message));
        }
        if seen.insert(name.clone()) {
            probes.push(Probe { name, component: component.to_owned() });
        } else {
            let message = format!("the probe `{name}` stands twice");
            findings.push(Finding::error(REPEATED_CODE, row.place.clone(), message));
        }
    });
    probes
}
