//! Interruptions that people declared, held against what the probes say. Neither is averaged with the other:
//! where they contradict each other, both are listed.

use std::collections::BTreeMap;
use std::sync::Arc;

use impegno_calendar::{Instant, Interval, Intervals, Micros};

use super::timeline::{Begun, Timeline};
use crate::{Cases, FactRef};

/// The kind of the cases that the register of interruptions gives.
pub(crate) const INTERRUPTION: &str = "interruption";

/// The interruptions that the register declares.
#[derive(Debug, Default)]
pub(super) struct Register {
    /// By component, by time.
    declared: BTreeMap<String, Vec<Declared>>,
    /// Whether it ever held a row: without one it says nothing.
    pub kept: bool,
}

/// A declared interruption.
#[derive(Debug)]
pub(super) struct Declared {
    code: String,
    interval: Interval,
    running: bool,
    planned: bool,
    origin: FactRef,
}

/// What the register and the probes say of each other over a period.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reconciliation {
    /// Every declared interruption of the period, by time.
    pub declared: Vec<DeclaredInterruption>,
    /// Stops that the probes saw and nobody declared, longer than the commitment lets pass, by time.
    pub undeclared: Vec<UndeclaredStop>,
}

/// A declared interruption and what the probes of its component say of the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredInterruption {
    /// Component.
    pub component: String,
    /// Code of the interruption.
    pub code: String,
    /// From when it was detected to when the service was restored, cut to the period.
    pub interval: Interval,
    /// Not restored as far as is known.
    pub running: bool,
    /// Declared as planned.
    pub planned: bool,
    /// How long the probes say that the component was down in it, excused or not.
    pub down: Micros,
    /// How long they say that it was up.
    pub up: Micros,
    /// How long they say nothing.
    pub unknown: Micros,
    /// Where it is declared.
    pub origin: FactRef,
}

/// A stop that the probes saw and nobody declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndeclaredStop {
    /// Component.
    pub component: String,
    /// From when to when, cut to the period.
    pub interval: Interval,
    /// The check that began it.
    pub origin: Option<FactRef>,
}

/// What the probes say of a declared interruption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Agreement {
    /// Down, as far as they say anything.
    Agrees,
    /// Down for a part of it and up for another.
    Partly,
    /// Up, as far as they say anything.
    Contradicts,
    /// Nothing.
    Unwatched,
}

impl DeclaredInterruption {
    /// What the probes say of it.
    pub fn agreement(&self) -> Agreement {
        match (self.down.0 > 0, self.up.0 > 0) {
            (true, false) => Agreement::Agrees,
            (true, true) => Agreement::Partly,
            (false, true) => Agreement::Contradicts,
            (false, false) => Agreement::Unwatched,
        }
    }
}

impl Register {
    /// The interruptions among some cases. What is not restored runs on until `known_at`.
    pub(super) fn new(cases: &Cases, known_at: Instant) -> Register {
        let mut declared: BTreeMap<String, Vec<Declared>> = BTreeMap::new();
        let ever = i64::MAX;
        for case in cases.of_kind(INTERRUPTION) {
            let Some(from) = case.first("detected", ever).or_else(|| case.events().next()) else { continue };
            let restored = case.first("restored", ever);
            let until = restored.map_or(known_at, |event| Instant(event.at));
            let Some(interval) = Interval::new(Instant(from.at), until) else { continue };
            declared.entry(case.dimension("component", ever).to_owned()).or_default().push(Declared {
                code: case.id().to_owned(),
                interval,
                running: restored.is_none(),
                planned: case.dimension("planned", ever) == "yes",
                origin: from.origin(),
            });
        }
        for declared in declared.values_mut() {
            declared.sort_by(|a, b| (a.interval, &a.code).cmp(&(b.interval, &b.code)));
        }
        Register { declared, kept: !cases.numbers(INTERRUPTION).is_empty() }
    }

    fn of(&self, component: &str) -> &[Declared] {
        self.declared.get(component).map_or(&[], Vec::as_slice)
    }

    /// When interruptions of a component are declared, planned or not, each stretch with the row that begins it.
    pub(super) fn stretches(&self, component: &str, planned: bool) -> Vec<(Interval, Begun)> {
        let mut stretches: Vec<(Interval, Begun)> = Vec::new();
        for one in self.of(component).iter().filter(|one| one.planned == planned) {
            match stretches.last_mut() {
                Some((last, _)) if one.interval.start <= last.end => {
                    last.end = last.end.max(one.interval.end);
                }
                _ => stretches.push((one.interval, Some((one.origin.batch, one.origin.line)))),
            }
        }
        stretches
    }

    /// The files that the rows came from.
    pub(super) fn files(&self) -> BTreeMap<u64, Arc<str>> {
        let rows = self.declared.values().flatten();
        rows.map(|one| (one.origin.batch, one.origin.file.clone())).collect()
    }

    /// Holds the declared interruptions of a component against its timeline by the probes.
    pub(super) fn reconcile(
        &self,
        component: &str,
        probes: &Timeline,
        period: Interval,
        longer_than: Micros,
        origin: impl Fn(Begun) -> Option<FactRef>,
        into: &mut Reconciliation,
    ) {
        for one in self.of(component) {
            let Some(interval) = one.interval.intersect(period) else { continue };
            let account = probes.account(interval, &interval.into());
            into.declared.push(DeclaredInterruption {
                component: component.to_owned(),
                code: one.code.clone(),
                interval,
                running: one.running,
                planned: one.planned,
                down: Micros(account.down.0 + account.excused.0),
                up: account.up,
                unknown: account.unknown,
                origin: one.origin.clone(),
            });
        }
        let told: Intervals = self.of(component).iter().map(|one| one.interval).collect();
        // A stop is measured whole, wherever the period cuts it.
        for (stop, run) in probes.stops() {
            let Some(interval) = stop.intersect(period) else { continue };
            let untold = told.clip(stop).is_empty();
            if untold && stop.end.0.saturating_sub(stop.start.0) > longer_than.0 {
                into.undeclared.push(UndeclaredStop {
                    component: component.to_owned(),
                    interval,
                    origin: origin(run.begun),
                });
            }
        }
    }
}
