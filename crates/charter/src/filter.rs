//! Which facts count: a table of column = value, list or `{ not = … }`; all must hold.

use std::collections::BTreeMap;

use impegno_findings::Place;
use impegno_settings::Table;

/// Conditions on columns, all of which must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// The condition of each column.
    pub conditions: BTreeMap<String, Condition>,
    /// Where the filter stands.
    pub place: Place,
}

/// A condition on the value of a column. The empty text is a value: *not stated*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// One of these.
    OneOf(Vec<String>),
    /// None of these.
    NoneOf(Vec<String>),
}

impl Condition {
    /// Whether a value fulfils the condition.
    pub fn holds(&self, value: &str) -> bool {
        match self {
            Condition::OneOf(values) => values.iter().any(|one| one == value),
            Condition::NoneOf(values) => values.iter().all(|one| one != value),
        }
    }
}

impl Condition {
    /// The condition that holds where both hold.
    fn and(&self, other: &Condition) -> Condition {
        match (self, other) {
            (Condition::OneOf(values), condition) | (condition, Condition::OneOf(values)) => {
                Condition::OneOf(values.iter().filter(|value| condition.holds(value)).cloned().collect())
            }
            (Condition::NoneOf(a), Condition::NoneOf(b)) => {
                Condition::NoneOf(a.iter().chain(b).cloned().collect())
            }
        }
    }
}

impl Filter {
    /// Reads the filter under a key; no key is no condition.
    pub(crate) fn read(table: &mut Table<'_>, key: &str) -> Filter {
        let place = table.place_of(key);
        let Some(mut filter) = table.table(key) else { return Filter { place, ..Filter::default() } };
        let mut conditions = BTreeMap::new();
        for column in filter.keys() {
            let condition = if filter.is_table(&column) {
                let Some(mut condition) = filter.table(&column) else { continue };
                condition.require("not");
                Condition::NoneOf(condition.texts("not").into_iter().map(|value| value.value).collect())
            } else {
                Condition::OneOf(filter.texts(&column).into_iter().map(|value| value.value).collect())
            };
            conditions.insert(column, condition);
        }
        Filter { conditions, place }
    }

    /// The filter with further conditions; where both have one on a column, both must hold.
    pub fn and(&self, other: &Filter) -> Filter {
        let mut conditions = self.conditions.clone();
        for (column, further) in &other.conditions {
            let both = match conditions.get(column) {
                None => further.clone(),
                Some(condition) => condition.and(further),
            };
            conditions.insert(column.clone(), both);
        }
        Filter { conditions, place: self.place.clone() }
    }
}
