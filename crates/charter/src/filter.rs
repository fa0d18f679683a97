//! Which facts count: a table of column = value, list, `{ not = … }` or a range of numbers; all must hold.

use std::collections::BTreeMap;

use impegno_findings::Place;
use impegno_settings::Table;

use crate::codes::BAD_SETTING;
use crate::decimal::Decimal;

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
    /// A number within all bounds, and none of the words; a value that is no number is outside.
    Range {
        /// The bounds.
        bounds: Vec<(Bound, Decimal)>,
        /// Words that do not count.
        except: Vec<String>,
    },
}

/// A side of a range of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bound {
    /// This or more.
    From,
    /// This or less.
    To,
    /// More than this.
    Over,
    /// Less than this.
    Under,
}

impl Bound {
    /// The bounds and their keys in a filter.
    const ALL: [(&str, Bound); 4] =
        [("from", Bound::From), ("to", Bound::To), ("over", Bound::Over), ("under", Bound::Under)];

    fn holds(self, number: &Decimal, limit: &Decimal) -> bool {
        match self {
            Bound::From => number >= limit,
            Bound::To => number <= limit,
            Bound::Over => number > limit,
            Bound::Under => number < limit,
        }
    }
}

impl Condition {
    /// Whether a value fulfils the condition.
    pub fn holds(&self, value: &str) -> bool {
        match self {
            Condition::OneOf(values) => values.iter().any(|one| one == value),
            Condition::NoneOf(values) => values.iter().all(|one| one != value),
            Condition::Range { bounds, except } => {
                let within = Decimal::parse(value)
                    .is_some_and(|number| bounds.iter().all(|(bound, limit)| bound.holds(&number, limit)));
                within && except.iter().all(|one| one != value)
            }
        }
    }
}

impl Condition {
    /// `{ not = … }`, or a range: `{ from, to, over, under }`, each a number in quotes.
    fn read(table: &mut Table<'_>) -> Condition {
        let mut bounds = Vec::new();
        for (key, bound) in Bound::ALL {
            let Some(text) = table.text(key) else { continue };
            match Decimal::parse(&text.value) {
                Some(limit) => bounds.push((bound, limit)),
                None => {
                    let message = format!("`{}` is not a number", text.value);
                    table.problem(BAD_SETTING, &text, message, "write it in quotes: { over = \"7.0\" }");
                }
            }
        }
        let ranged = Bound::ALL.iter().any(|(key, _)| table.has(key));
        if !ranged {
            table.require("not");
        }
        let except = table.texts("not").into_iter().map(|value| value.value).collect();
        if ranged { Condition::Range { bounds, except } } else { Condition::NoneOf(except) }
    }

    /// The condition that holds where both hold.
    fn and(&self, other: &Condition) -> Condition {
        match (self, other) {
            (Condition::OneOf(values), condition) | (condition, Condition::OneOf(values)) => {
                Condition::OneOf(values.iter().filter(|value| condition.holds(value)).cloned().collect())
            }
            (Condition::NoneOf(a), Condition::NoneOf(b)) => {
                Condition::NoneOf(a.iter().chain(b).cloned().collect())
            }
            (Condition::Range { bounds, except }, Condition::NoneOf(values))
            | (Condition::NoneOf(values), Condition::Range { bounds, except }) => Condition::Range {
                bounds: bounds.clone(),
                except: except.iter().chain(values).cloned().collect(),
            },
            (Condition::Range { bounds: a, except: b }, Condition::Range { bounds: c, except: d }) => {
                Condition::Range {
                    bounds: a.iter().chain(c).cloned().collect(),
                    except: b.iter().chain(d).cloned().collect(),
                }
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
                Condition::read(&mut condition)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(text: &str) -> (Filter, Vec<String>) {
        let mut findings = Vec::new();
        let read = |table: &mut Table<'_>| Some(Filter::read(table, "filter"));
        let filter = impegno_settings::read("a.toml", text, &mut findings, read).unwrap_or_default();
        (filter, findings.into_iter().map(|finding| finding.message).collect())
    }

    fn counts(filter: &Filter, values: &[&str]) -> Vec<String> {
        let condition = &filter.conditions["cvss"];
        values.iter().filter(|value| condition.holds(value)).map(|value| (*value).to_owned()).collect()
    }

    const VALUES: [&str; 7] = ["0.0", "6.9", "7.0", "7", "7.01", "10.0", "alto"];

    #[test]
    fn exactly_at_a_bound_is_within_from_and_to_and_not_over_or_under() {
        let (over, findings) = filter("filter = { cvss = { over = \"7.0\" } }");
        assert_eq!(findings, Vec::<String>::new());
        assert_eq!(counts(&over, &VALUES), ["7.01", "10.0"]);
        let (range, _) = filter("filter = { cvss = { from = \"6.9\", to = \"7\" } }");
        assert_eq!(counts(&range, &VALUES), ["6.9", "7.0", "7"]);
        let (under, _) = filter("filter = { cvss = { under = \"7.0\", not = \"0.0\" } }");
        assert_eq!(counts(&under, &VALUES), ["6.9"]);
    }

    #[test]
    fn ranges_go_together_with_other_conditions() {
        let (over, _) = filter("filter = { cvss = { over = \"7.0\" } }");
        let (most, _) = filter("filter = { cvss = { to = \"9\" } }");
        let (words, _) = filter("filter = { cvss = [\"7.0\", \"10.0\", \"alto\"] }");
        let (none, _) = filter("filter = { cvss = { not = \"10.0\" } }");
        assert_eq!(counts(&over.and(&most), &VALUES), ["7.01"]);
        assert_eq!(counts(&over.and(&words), &VALUES), ["10.0"]);
        assert_eq!(counts(&none.and(&over), &VALUES), ["7.01"]);
    }

    #[test]
    fn a_bound_that_is_no_number_and_a_condition_that_says_nothing_are_findings() {
        assert_eq!(filter("filter = { cvss = { over = \"high\" } }").1, ["`high` is not a number"]);
        assert_eq!(filter("filter = { cvss = {} }").1.len(), 1);
        assert_eq!(filter("filter = { cvss = { above = \"7\" } }").1.len(), 2);
    }
}
