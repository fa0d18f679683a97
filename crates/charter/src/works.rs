//! What must work for a system to work: its components in series, in parallel, so many of them.

use std::fmt;

use impegno_findings::{Finding, Place, nearest};
use impegno_settings::Table;

use crate::Centre;
use crate::codes::{BAD_SETTING, UNKNOWN_REFERENCE};

/// What must work: a component, a system, or some of several such things.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Works {
    /// The component of a code, watched by its probes.
    Component(String),
    /// The system of a code, as it composes its parts.
    System(String),
    /// A component or system, whichever the centre has of that code.
    Named(String),
    /// Some of several.
    Group {
        /// How many of them.
        need: Need,
        /// The parts, never none unless a system has no component.
        parts: Vec<Works>,
    },
}

/// How many of several must be up for the whole to be up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Need {
    /// Every one: parts in series.
    #[default]
    All,
    /// One: parts in parallel.
    Any,
    /// So many, 1 or more.
    AtLeast(u32),
}

impl Need {
    /// How many of `parts` parts must be up.
    pub fn of(self, parts: usize) -> usize {
        match self {
            Need::All => parts,
            Need::Any => 1,
            Need::AtLeast(number) => number as usize,
        }
    }
}

/// The keys under which something that works is told.
const KEYS: [&str; 5] = ["component", "system", "all", "any", "at-least"];

/// Reads `"all"`, `"any"` or `{ at-least = k }`; `"all"` where the key is absent.
pub(crate) fn read_need(table: &mut Table<'_>, key: &str) -> Need {
    if table.is_table(key) {
        let Some(mut one) = table.table(key) else { return Need::All };
        one.require("at-least");
        return read_number(&mut one).unwrap_or_default();
    }
    table.word(key, &[("all", Need::All), ("any", Need::Any)]).map_or(Need::All, |word| word.value)
}

fn read_number(table: &mut Table<'_>) -> Option<Need> {
    let number = table.integer("at-least")?;
    match u32::try_from(number.value) {
        Ok(needed) if needed > 0 => Some(Need::AtLeast(needed)),
        _ => {
            let message = format!("`at-least` is {}: nothing would have to work", number.value);
            table.problem(BAD_SETTING, &number, message, "1 or more");
            None
        }
    }
}

/// Reads what must work from a table that has one of its keys; other keys are left to the caller.
pub(crate) fn read_works(table: &mut Table<'_>) -> Option<Works> {
    let told: Vec<&str> = KEYS.into_iter().filter(|key| table.has(key)).collect();
    let [kind] = told[..] else {
        if told.is_empty() {
            table.require("component");
        } else {
            // The keys were understood: only that they stand together is wrong.
            table.keys();
            let message =
                format!("{} stand together: only one of them can be what must work", told.join(", "));
            table.report(Finding::error(BAD_SETTING, table.place(), message));
        }
        return None;
    };
    match kind {
        "component" => table.text(kind).map(|code| Works::Component(code.value)),
        "system" => table.text(kind).map(|code| Works::System(code.value)),
        "all" => read_parts(table, kind).map(|parts| Works::Group { need: Need::All, parts }),
        "any" => read_parts(table, kind).map(|parts| Works::Group { need: Need::Any, parts }),
        _ => {
            let need = read_number(table);
            table.require("of");
            let parts = read_parts(table, "of");
            let (need, parts) = (need?, parts?);
            if need.of(parts.len()) > parts.len() {
                let message =
                    format!("{} of {} parts can never work at once", need.of(parts.len()), parts.len());
                table.report(Finding::error(BAD_SETTING, table.place_of("at-least"), message));
                return None;
            }
            Some(Works::Group { need, parts })
        }
    }
}

/// A list of codes, or of tables each of which says what must work.
fn read_parts(table: &mut Table<'_>, key: &str) -> Option<Vec<Works>> {
    let place = table.place_of(key);
    let parts: Vec<Works> = if table.is_list_of_tables(key) {
        let mut tables = table.tables(key);
        let read: Vec<Works> = tables.iter_mut().filter_map(read_works).collect();
        (read.len() == tables.len()).then_some(read)?
    } else {
        table.texts(key).into_iter().map(|code| Works::Named(code.value)).collect()
    };
    if parts.is_empty() {
        table.report(Finding::error(BAD_SETTING, place, format!("`{key}` names no part")));
        return None;
    }
    Some(parts)
}

/// Codes joined by what must hold of them: `WEB`, `all of (WEB, any of (DB1, DB2))`.
impl fmt::Display for Works {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Works::Component(code) | Works::System(code) | Works::Named(code) => f.write_str(code),
            Works::Group { need, parts } => {
                match need {
                    Need::All => f.write_str("all of (")?,
                    Need::Any => f.write_str("any of (")?,
                    Need::AtLeast(number) => write!(f, "{number} of (")?,
                }
                for (n, part) in parts.iter().enumerate() {
                    if n > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{part}")?;
                }
                f.write_str(")")
            }
        }
    }
}

impl Works {
    /// The same in terms of components and groups alone: systems stand for what they are composed of.
    ///
    /// `None` when it names something that the centre does not have, or a system that is composed of itself.
    pub fn resolved(&self, centre: &Centre) -> Option<Works> {
        self.resolve(centre, &mut Vec::new())
    }

    fn resolve<'c>(&'c self, centre: &'c Centre, within: &mut Vec<&'c str>) -> Option<Works> {
        match self {
            Works::Component(code) => centre.component(code).map(|_| self.clone()),
            Works::System(code) => {
                let system = centre.system(code)?;
                if within.contains(&code.as_str()) {
                    return None;
                }
                within.push(code);
                let works = system.works.resolve(centre, within);
                within.pop();
                works
            }
            Works::Named(code) if centre.component(code).is_some() => Some(Works::Component(code.clone())),
            Works::Named(code) => {
                let system = centre.system(code)?;
                if within.contains(&code.as_str()) {
                    return None;
                }
                within.push(code);
                let works = system.works.resolve(centre, within);
                within.pop();
                works
            }
            Works::Group { need, parts } => {
                let parts: Option<Vec<Works>> =
                    parts.iter().map(|part| part.resolve(centre, within)).collect();
                Some(Works::Group { need: *need, parts: parts? })
            }
        }
    }

    /// The codes of the components of what is [`Works::resolved`], each once, in the order in which they stand.
    pub fn components(&self) -> Vec<&str> {
        let mut codes = Vec::new();
        self.gather(&mut codes);
        codes
    }

    fn gather<'w>(&'w self, codes: &mut Vec<&'w str>) {
        match self {
            Works::Component(code) => {
                if !codes.contains(&code.as_str()) {
                    codes.push(code);
                }
            }
            Works::System(_) | Works::Named(_) => {}
            Works::Group { parts, .. } => parts.iter().for_each(|part| part.gather(codes)),
        }
    }
}

/// What is named must be there, once, and no system may be composed of itself.
pub(crate) fn check_works(
    works: &Works,
    centre: &Centre,
    what: &str,
    place: &Place,
    findings: &mut Vec<Finding>,
) {
    let mut unknown = |kind: &str, code: &str, known: &[&str]| {
        let message = format!("{what}there is no {kind} `{code}`");
        let hint = nearest(code, known.iter().copied())
            .map_or_else(String::new, |near| format!("did you mean `{near}`?"));
        findings.push(Finding::error(UNKNOWN_REFERENCE, place.clone(), message).hint(hint));
    };
    let components: Vec<&str> = centre.components.iter().map(|component| component.code.as_str()).collect();
    let systems: Vec<&str> = centre.systems.iter().map(|system| system.code.as_str()).collect();
    let mut rest = vec![works];
    let mut twice: Vec<&str> = Vec::new();
    while let Some(one) = rest.pop() {
        match one {
            Works::Component(code) if !components.contains(&code.as_str()) => {
                unknown("component", code, &components);
            }
            Works::System(code) if !systems.contains(&code.as_str()) => unknown("system", code, &systems),
            Works::Named(code) => {
                let known: Vec<&str> = components.iter().chain(&systems).copied().collect();
                if !known.contains(&code.as_str()) {
                    unknown("component or system", code, &known);
                } else if components.contains(&code.as_str()) && systems.contains(&code.as_str()) {
                    twice.push(code);
                }
            }
            Works::Component(_) | Works::System(_) => {}
            Works::Group { parts, .. } => rest.extend(parts),
        }
    }
    for code in twice {
        let message = format!("{what}`{code}` is a component and a system");
        let hint = format!("write {{ component = \"{code}\" }} or {{ system = \"{code}\" }}");
        findings.push(Finding::error(BAD_SETTING, place.clone(), message).hint(hint));
    }
}

/// No system may be composed of itself, by whatever way round.
pub(crate) fn check_systems(centre: &Centre, findings: &mut Vec<Finding>) {
    for system in &centre.systems {
        let what = format!("{}: ", system.code);
        check_works(&system.works, centre, &what, &system.place, findings);
        let mut seen: Vec<&str> = Vec::new();
        let mut rest = vec![&system.works];
        while let Some(one) = rest.pop() {
            let code = match one {
                Works::System(code) => code,
                Works::Named(code) if centre.component(code).is_none() => code,
                Works::Component(_) | Works::Named(_) => continue,
                Works::Group { parts, .. } => {
                    rest.extend(parts);
                    continue;
                }
            };
            if let Some(inner) = centre.system(code).filter(|inner| !seen.contains(&inner.code.as_str())) {
                seen.push(&inner.code);
                rest.push(&inner.works);
            }
        }
        if seen.contains(&system.code.as_str()) {
            let message = format!("the system `{}` is composed of itself", system.code);
            let hint = "a system names components and other systems that do not lead back to it";
            findings.push(Finding::error(BAD_SETTING, system.place.clone(), message).hint(hint));
        }
    }
    for component in &centre.components {
        let probes = centre.probes_of(&component.code).count();
        if probes > 0 && component.probes.of(probes) > probes {
            let needed = component.probes.of(probes);
            let message = format!("{}: {needed} of {probes} probes can never be up at once", component.code);
            findings.push(Finding::error(BAD_SETTING, component.place.clone(), message));
        }
    }
}
