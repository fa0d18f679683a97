//! A whole centre folder.

use std::collections::BTreeMap;

use impegno_calendar::{Calendar, HolidayRule, Zone};
use impegno_clocks::Profile;
use impegno_findings::{Finding, Place};
use impegno_settings::Table;
use jiff::civil::Date;

use crate::bodies::{Scheme, read_bodies, read_services};
use crate::calendars::{CalendarDrafts, read_date};
use crate::clocks::read_clocks;
use crate::codes::{BAD_SETTING, MISSING_FILE, REPEATED_CODE};
use crate::commitment::{name_versions, read_commitments};
use crate::layout_read::read_layout;
use crate::references::{check_commitments, check_layouts};
use crate::shelf::Shelf;
use crate::storage::{Storage, read_storage};
use crate::systems::{read_probes, read_systems};
use crate::tables::read_table;
use crate::versions::check_gaps;
use crate::works::check_systems;
use crate::{Body, Commitment, Component, Layout, OnlineService, Probe, System, Words};

/// The texts of a centre folder by relative path, `commitments/sla.toml`.
pub type Folder = BTreeMap<String, String>;

/// A centre: what it serves, runs and promises.
#[derive(Debug, Clone)]
pub struct Centre {
    /// Name.
    pub name: Words,
    /// The day on which it began, if it says so: before it there is nothing to measure.
    pub since: Option<Date>,
    /// Zone of every civil time.
    pub zone: Zone,
    /// Warnings that stand on every report.
    pub notices: Vec<Words>,
    /// Calendars by code; `24x7` is always there.
    pub calendars: BTreeMap<String, Calendar>,
    /// Its own `[[holiday]]`s, on which every calendar of rules rests; those of a body are not among them.
    pub holidays: Vec<HolidayRule>,
    /// Clocks that it declares, by code; [`Profile::NAMES`] are always there besides.
    pub clocks: BTreeMap<String, Profile>,
    /// How the cases of a source are counted that declares a clock of its own, by source. Not of this folder's
    /// own texts: whoever reads the declarations of sources sets it.
    pub source_clocks: BTreeMap<String, Profile>,
    /// Where its ledger is kept; `None` when what it says of that cannot be used.
    pub storage: Option<Storage>,
    /// Served bodies.
    pub bodies: Vec<Body>,
    /// Schemes of categories besides the one in force.
    pub schemes: Vec<Scheme>,
    /// Online services.
    pub services: Vec<OnlineService>,
    /// Systems.
    pub systems: Vec<System>,
    /// Their components.
    pub components: Vec<Component>,
    /// Probes.
    pub probes: Vec<Probe>,
    /// Commitments in the order of their files.
    pub commitments: Vec<Commitment>,
    /// Report layouts by code.
    pub layouts: BTreeMap<String, Layout>,
    /// Notes on series: identifier of the table, day, text.
    pub annotations: Vec<(String, Date, Words)>,
}

/// Reads a centre folder.
///
/// `None` when `centre.toml` is missing or has no usable zone: then nothing can be computed. Every
/// problem of every file is reported at once.
pub fn read(folder: &Folder) -> (Option<Centre>, Vec<Finding>) {
    let mut findings = Vec::new();
    let Some(text) = folder.get("centre.toml") else {
        let finding =
            Finding::error(MISSING_FILE, Place::file("centre.toml"), "the folder has no centre.toml");
        findings.push(finding.hint("is this a centre folder? `impegno demo` makes one to look at"));
        return (None, findings);
    };
    // Whatever is wrong with centre.toml, the other files are read too: one run tells everything.
    let mut usable = false;
    let read =
        impegno_settings::read("centre.toml", text, &mut findings, |table| read_centre(table, &mut usable));
    let calendars_known = read.is_some();
    let (mut centre, calendars) =
        read.unwrap_or_else(|| (Centre::empty(Zone::utc()), CalendarDrafts::default()));
    if let Some(text) = folder.get("bodies.csv") {
        centre.bodies = read_bodies("bodies.csv", text, &mut findings);
    }
    centre.holidays = calendars.of_the_centre();
    centre.calendars = calendars.build(&centre.zone, &centre.bodies, folder, &mut findings);
    if let Some(text) = folder.get("services.csv") {
        centre.services = read_services("services.csv", text, &centre.schemes, &mut findings);
    }
    if let Some(text) = folder.get("systems.toml") {
        (centre.systems, centre.components) =
            impegno_settings::read("systems.toml", text, &mut findings, read_systems);
    }
    if let Some(text) = folder.get("probes.csv") {
        centre.probes = read_probes("probes.csv", text, &centre.components, &mut findings);
    }
    if let Some(text) = folder.get("registers/annotations.csv") {
        centre.annotations = read_annotations("registers/annotations.csv", text, &mut findings);
    }
    for (file, text) in under(folder, "commitments/") {
        let read = impegno_settings::read(file, text, &mut findings, read_commitments);
        centre.commitments.extend(read);
    }
    let mut shelf = Shelf::read(folder, &mut findings);
    for (file, text) in under(folder, "reports/") {
        let code = file.trim_start_matches("reports/").trim_end_matches(".toml");
        let read = |table: &mut Table<'_>| read_layout(code, table, &mut shelf);
        let layout = impegno_settings::read(file, text, &mut findings, read);
        centre.layouts.insert(code.to_owned(), layout);
    }
    shelf.report_unshown(&mut findings);
    name_versions(&mut centre.commitments, &mut findings);
    check_gaps(&centre.commitments, &mut findings);
    if calendars_known {
        check_systems(&centre, &mut findings);
        check_commitments(&centre, &mut findings);
        check_layouts(&centre, &mut findings);
    }
    (usable.then_some(centre), findings)
}

fn under<'f>(folder: &'f Folder, prefix: &'f str) -> impl Iterator<Item = (&'f String, &'f String)> {
    folder.iter().filter(move |(file, _)| file.starts_with(prefix) && file.ends_with(".toml"))
}

/// What centre.toml says; not `usable` without a zone, for which another one stands in.
fn read_centre(table: &mut Table<'_>, usable: &mut bool) -> Option<(Centre, CalendarDrafts)> {
    let name = Words::required(table, "name");
    let zone = table.required_text("zone").and_then(|zone| match Zone::named(&zone.value) {
        Ok(zone) => Some(zone),
        Err(_) => {
            let message = format!("`{}` is not a time zone", zone.value);
            table.problem(BAD_SETTING, &zone, message, "a name of the zone database, like Europe/Rome");
            None
        }
    });
    let since = if table.has("since") { read_date(table, "since") } else { None };
    let notices = table
        .tables("notice")
        .iter_mut()
        .map(|notice| Words { it: required(notice, "it"), en: required(notice, "en") })
        .collect();
    let calendars = CalendarDrafts::read(table);
    let clocks = read_clocks(table);
    let storage = read_storage(table);
    let mut schemes: Vec<Scheme> = Vec::new();
    for mut entry in table.tables("scheme") {
        if let Some(scheme) = read_scheme(&mut entry, &schemes) {
            schemes.push(scheme);
        }
    }
    *usable = zone.is_some();
    let zone = zone.or_else(|| Zone::named("UTC").ok())?;
    Some((Centre { name, notices, schemes, clocks, since, storage, ..Centre::empty(zone) }, calendars))
}

fn required(table: &mut Table<'_>, key: &str) -> String {
    table.required_text(key).map(|text| text.value).unwrap_or_default()
}

/// `[[scheme]] code, name, from, until`: a scheme of categories besides the one in force.
fn read_scheme(table: &mut Table<'_>, known: &[Scheme]) -> Option<Scheme> {
    let code = table.required_text("code");
    let name = Words::required(table, "name");
    let mut day = |key: &str| table.has(key).then(|| read_date(table, key)).flatten();
    let (from, until) = (day("from"), day("until"));
    let code = code?;
    if known.iter().any(|scheme| scheme.code == code.value) {
        table.problem(REPEATED_CODE, &code, format!("the scheme `{}` stands twice", code.value), "");
        return None;
    }
    let taken =
        ["code", "title", "category", "from", "until", "service", "body", "body-kind", "kind", "state"];
    if taken.contains(&code.value.as_str()) {
        let message = format!("`{}` is the name of another column or dimension", code.value);
        table.problem(BAD_SETTING, &code, message, "choose another, like \"groups\"");
        return None;
    }
    Some(Scheme { code: code.value, name, from, until })
}

fn read_annotations(file: &str, text: &str, findings: &mut Vec<Finding>) -> Vec<(String, Date, Words)> {
    let mut annotations = Vec::new();
    read_table(file, text, &["series", "date", "it", "en"], &[], findings, |row, findings| {
        match row.text("date").parse() {
            Ok(date) => {
                let words = Words { it: row.text("it").to_owned(), en: row.text("en").to_owned() };
                annotations.push((row.text("series").to_owned(), date, words));
            }
            Err(_) => {
                let message = format!("`{}` is not a day", row.text("date"));
                let finding = Finding::error(BAD_SETTING, row.place.clone(), message);
                findings.push(finding.hint("write it like 2017-12-31"));
            }
        }
    });
    annotations
}

impl Centre {
    /// A centre of which only the zone is known.
    fn empty(zone: Zone) -> Centre {
        Centre {
            name: Words::default(),
            since: None,
            zone,
            notices: Vec::new(),
            calendars: BTreeMap::new(),
            holidays: Vec::new(),
            clocks: BTreeMap::new(),
            source_clocks: BTreeMap::new(),
            storage: Some(Storage::default()),
            bodies: Vec::new(),
            schemes: Vec::new(),
            services: Vec::new(),
            systems: Vec::new(),
            components: Vec::new(),
            probes: Vec::new(),
            commitments: Vec::new(),
            layouts: BTreeMap::new(),
            annotations: Vec::new(),
        }
    }

    /// The body of a code.
    pub fn body(&self, code: &str) -> Option<&Body> {
        self.bodies.iter().find(|body| body.code == code)
    }

    /// The online service of a code.
    pub fn service(&self, code: &str) -> Option<&OnlineService> {
        self.services.iter().find(|service| service.code == code)
    }

    /// The scheme of categories of a code.
    pub fn scheme(&self, code: &str) -> Option<&Scheme> {
        self.schemes.iter().find(|scheme| scheme.code == code)
    }

    /// The probes that watch a component.
    pub fn probes_of<'c>(&'c self, component: &'c str) -> impl Iterator<Item = &'c Probe> {
        self.probes.iter().filter(move |probe| probe.component == component)
    }

    /// The component of a code.
    pub fn component(&self, code: &str) -> Option<&Component> {
        self.components.iter().find(|component| component.code == code)
    }

    /// The system of a code.
    pub fn system(&self, code: &str) -> Option<&System> {
        self.systems.iter().find(|system| system.code == code)
    }

    /// The clock of a name: a declared one, or one of [`Profile::NAMES`].
    pub fn clock(&self, name: &str) -> Option<Profile> {
        self.clocks.get(name).cloned().or_else(|| Profile::named(name))
    }

    /// The calendar of a code.
    pub fn calendar(&self, code: &str) -> Option<&Calendar> {
        self.calendars.get(code)
    }
}
