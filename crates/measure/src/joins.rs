//! Dimensions that follow from another one: the category of a service, the component of a probe.

use std::collections::BTreeMap;

use impegno_charter::Centre;
use rustc_hash::FxHashMap;

/// Dimensions derived from the catalogue.
#[derive(Debug, Default)]
pub struct Joins {
    derived: BTreeMap<String, Join>,
}

#[derive(Debug)]
struct Join {
    base: &'static str,
    values: FxHashMap<String, String>,
    otherwise: fn(&str) -> &str,
}

impl Joins {
    /// The joins of a centre: `category` of the service and its category in every other scheme, `component-of-probe` and `watched` (`service`, `host`
    /// or `monitor`) of the probe, `body-kind` of the body.
    pub fn new(centre: &Centre) -> Joins {
        let mut derived = BTreeMap::new();
        let nothing: fn(&str) -> &str = |_| "";
        let categories =
            centre.services.iter().map(|service| (service.code.clone(), service.category.clone()));
        derived.insert(
            "category".to_owned(),
            Join { base: "service", values: categories.collect(), otherwise: nothing },
        );
        for scheme in &centre.schemes {
            let categories = centre.services.iter().filter_map(|service| {
                Some((service.code.clone(), service.schemes.get(&scheme.code)?.clone()))
            });
            derived.insert(
                scheme.code.clone(),
                Join { base: "service", values: categories.collect(), otherwise: nothing },
            );
        }
        let components = centre.probes.iter().map(|probe| (probe.name.clone(), probe.component.clone()));
        derived.insert(
            "component-of-probe".to_owned(),
            Join { base: "probe", values: components.collect(), otherwise: nothing },
        );
        let watched: fn(&str) -> &str = |probe| match probe {
            "" => "monitor",
            probe if probe.contains(';') => "service",
            _ => "host",
        };
        derived.insert(
            "watched".to_owned(),
            Join { base: "probe", values: FxHashMap::default(), otherwise: watched },
        );
        let kinds = centre.bodies.iter().map(|body| (body.code.clone(), body.kind.clone()));
        derived.insert(
            "body-kind".to_owned(),
            Join { base: "body", values: kinds.collect(), otherwise: nothing },
        );
        Joins { derived }
    }

    /// Names of all derived dimensions.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.derived.keys().map(String::as_str)
    }

    /// The dimension that a derived one follows from; itself for any other.
    pub fn base<'n>(&self, name: &'n str) -> &'n str {
        self.derived.get(name).map_or(name, |join| join.base)
    }

    /// The value of a dimension, given the value of its base.
    pub fn value<'v>(&'v self, name: &str, base: &'v str) -> &'v str {
        match self.derived.get(name) {
            None => base,
            Some(join) => join.values.get(base).map_or_else(|| (join.otherwise)(base), String::as_str),
        }
    }
}
