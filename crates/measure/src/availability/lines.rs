//! Timelines of probes, components and compositions, each built once and used by every promise and table.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use impegno_calendar::{Calendar, Instant, Interval, Intervals};
use impegno_charter::{Availability, Confirmation, DownBy, Need, Planned};

use super::Excluded;
use super::checks::{CheckBook, confirmed};
use super::compose::{Shape, composed};
use super::interruptions::Register;
use super::timeline::{Begun, Standing, Timeline};
use crate::{Cases, FactRef};

/// A component with what its standing follows from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watched<'w> {
    pub code: &'w str,
    /// How many probes must be up.
    pub need: Need,
    pub probes: &'w [String],
}

/// The settings that a timeline depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rule {
    confirmation: Confirmation,
    planned: Planned,
    staleness: i64,
    ignored: i64,
}

impl Rule {
    fn of(wanted: &Availability) -> Rule {
        Rule {
            confirmation: wanted.confirmation,
            planned: wanted.planned,
            staleness: wanted.staleness.0,
            ignored: wanted.ignore_shorter_than.0,
        }
    }
}

/// Something that is found once for each key, by whichever thread needs it first.
struct Once<K, V>(Mutex<BTreeMap<K, Arc<V>>>);

impl<K, V> Default for Once<K, V> {
    fn default() -> Once<K, V> {
        Once(Mutex::default())
    }
}

impl<K: Ord, V> Once<K, V> {
    /// Two threads may find the same at once: it comes out the same, and one of them is kept.
    fn get(&self, key: K, find: impl FnOnce() -> V) -> Arc<V> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        known.unwrap_or_else(|| {
            let found = Arc::new(find());
            self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_insert(found).clone()
        })
    }
}

/// What was heard of probes, with everything that follows from it.
#[derive(Default)]
pub(crate) struct Lines {
    book: CheckBook,
    /// The planned stops of each probe or host.
    planned: BTreeMap<String, Intervals>,
    register: Register,
    files: BTreeMap<u64, Arc<str>>,
    known_at: Instant,
    probes: Once<(String, Rule), Timeline>,
    components: Once<(String, Rule), Timeline>,
    wholes: Once<(Vec<String>, Shape, Rule, u8), Timeline>,
    open: Once<(String, Interval), Intervals>,
}

impl Lines {
    /// From the checks that were gathered and the cases: planned stops of the monitors, and interruptions.
    pub(crate) fn new(book: CheckBook, cases: &Cases, known_at: Instant) -> Lines {
        let register = Register::new(cases, known_at);
        Lines {
            planned: planned_stops(cases),
            files: register.files(),
            book,
            register,
            known_at,
            ..Lines::default()
        }
    }

    /// How many checks of a probe were read.
    pub(super) fn checks(&self, probe: &str) -> u64 {
        self.book.of(probe).iter().map(|one| one.rows).sum()
    }

    pub(super) fn origin(&self, begun: Begun) -> Option<FactRef> {
        let (batch, line) = begun?;
        let file = self.book.file(batch).or_else(|| self.files.get(&batch).cloned());
        Some(FactRef { file: file.unwrap_or_else(|| "".into()), batch, line })
    }

    /// The service hours of a calendar in a period.
    pub(super) fn open(&self, calendar: &Calendar, period: Interval) -> Arc<Intervals> {
        self.open.get((calendar.code().to_owned(), period), || calendar.open(period))
    }

    /// How a probe stood.
    pub(super) fn probe(&self, probe: &str, wanted: &Availability) -> Arc<Timeline> {
        self.probes.get((probe.to_owned(), Rule::of(wanted)), || {
            let changes = confirmed(self.book.of(probe), wanted.confirmation);
            let line = Timeline::heard(&changes, wanted.staleness, wanted.ignore_shorter_than);
            // While nobody watches, nobody knows: a state from before a long stop is not held against the probe,
            // nor for it.
            let stopped = self.book.stopped(probe);
            let line = if stopped.is_empty() {
                line
            } else {
                line.within(stopped.iter().map(|stop| (stop, None)), |_| Standing::Unknown)
            };
            // Nor does anybody know what comes after the last receipt, however long a state would hold.
            let to_come = Interval { start: self.known_at, end: Instant(i64::MAX) };
            let line = line.within([(to_come, None)], |_| Standing::Unknown);
            let planned = self.planned_of(probe);
            if wanted.planned == Planned::Counted || planned.is_empty() {
                return line;
            }
            line.within(planned.iter().map(|stop| (stop, None)), |standing| match standing {
                Standing::Down => Standing::Excused,
                other => other,
            })
        })
    }

    pub(super) fn book(&self) -> &CheckBook {
        &self.book
    }

    /// The planned stops of a probe or host.
    pub(crate) fn planned(&self, name: &str) -> Intervals {
        self.planned.get(name).cloned().unwrap_or_default()
    }

    /// The planned stops of a probe: its own and those of its host.
    pub(crate) fn planned_of(&self, probe: &str) -> Intervals {
        let host = probe.split(';').next().unwrap_or(probe);
        let of = |name: &str| self.planned.get(name).into_iter().flatten();
        of(probe).chain(of(host)).collect()
    }

    /// How a component stood, by its probes.
    pub(super) fn by_probes(&self, component: Watched<'_>, wanted: &Availability) -> Arc<Timeline> {
        match component.probes {
            [] => Arc::new(Timeline::always(Standing::Unknown)),
            [probe] => self.probe(probe, wanted),
            probes => self.components.get((component.code.to_owned(), Rule::of(wanted)), || {
                let lines: Vec<Arc<Timeline>> =
                    probes.iter().map(|probe| self.probe(probe, wanted)).collect();
                let parts = (0..probes.len()).map(Shape::Leaf).collect();
                let shape = Shape::Group { need: component.need.of(probes.len()), parts };
                composed(&shape, &lines.iter().map(|line| &**line).collect::<Vec<_>>())
            }),
        }
    }

    /// How a component stood, by those whom the commitment asks.
    pub(super) fn component(&self, component: Watched<'_>, wanted: &Availability) -> Arc<Timeline> {
        let base = match wanted.interruptions {
            None | Some(DownBy::Probes) => return self.by_probes(component, wanted),
            Some(DownBy::Either) => self.by_probes(component, wanted),
            Some(DownBy::Declared) => Arc::new(self.undeclared()),
        };
        // Whatever the probes saw of a stop that was declared as planned, it was one.
        let planned = match wanted.planned {
            Planned::Excused => Standing::Excused,
            Planned::Counted => Standing::Down,
        };
        let line = base.within(self.register.stretches(component.code, true), |_| planned);
        Arc::new(line.within(self.register.stretches(component.code, false), |_| Standing::Down))
    }

    /// What the register says of time in which it declares nothing: up, as far as it is known and kept at all.
    fn undeclared(&self) -> Timeline {
        if !self.register.kept {
            return Timeline::always(Standing::Unknown);
        }
        let mut line = Timeline::always(Standing::Up);
        line.push(self.known_at.0, Standing::Unknown, None);
        line
    }

    /// How a composition of components stood.
    pub(super) fn whole(
        &self,
        shape: &Shape,
        components: &[Watched<'_>],
        wanted: &Availability,
        excluded: &Excluded,
    ) -> Arc<Timeline> {
        let line = |one: &Watched<'_>| excluded.applied(one.code, self.component(*one, wanted));
        let lines = || components.iter().map(line);
        if let Shape::Leaf(leaf) = shape {
            return line(&components[*leaf]);
        }
        if !excluded.is_empty() {
            // What single promises leave out is nobody else's: not kept.
            let lines: Vec<Arc<Timeline>> = lines().collect();
            return Arc::new(composed(shape, &lines.iter().map(|line| &**line).collect::<Vec<_>>()));
        }
        let codes: Vec<String> = components.iter().map(|one| one.code.to_owned()).collect();
        let by = match wanted.interruptions {
            None | Some(DownBy::Probes) => 0,
            Some(DownBy::Declared) => 1,
            Some(DownBy::Either) => 2,
        };
        self.wholes.get((codes, shape.clone(), Rule::of(wanted), by), || {
            let lines: Vec<Arc<Timeline>> = lines().collect();
            composed(shape, &lines.iter().map(|line| &**line).collect::<Vec<_>>())
        })
    }

    pub(super) fn register(&self) -> &Register {
        &self.register
    }
}

/// The planned stops that the monitors know, by probe or host.
fn planned_stops(cases: &Cases) -> BTreeMap<String, Intervals> {
    let mut stops: BTreeMap<&str, Vec<Interval>> = BTreeMap::new();
    for case in cases.of_kind("maintenance") {
        let stops = stops.entry(case.id()).or_default();
        let mut since: Option<i64> = None;
        for event in case.events() {
            match event.event {
                "started" => since = since.or(Some(event.at)),
                "ended" | "cancelled" => {
                    let stop =
                        since.take().and_then(|since| Interval::new(Instant(since), Instant(event.at)));
                    stops.extend(stop);
                }
                _ => {}
            }
        }
        // One that nothing ends lasts on.
        stops.extend(since.and_then(|since| Interval::new(Instant(since), Instant(i64::MAX))));
    }
    stops.into_iter().map(|(name, stops)| (name.to_owned(), stops.into_iter().collect())).collect()
}
