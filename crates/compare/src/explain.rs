//! What explains a difference, and where a document contradicts itself: from the published numbers alone.

use std::collections::{BTreeMap, BTreeSet};

use impegno_report::numbers;
use num_rational::BigRational;

use crate::cells::Number;
use crate::engine::Run;
use crate::mapping::Unit;
use crate::outcome::{Contradiction, Item, Outcome};

impl Run<'_> {
    /// A value as the published number is written.
    pub(crate) fn printed(&self, value: &BigRational, like: &Number) -> String {
        let text = numbers::decimal(&(value / like.unit.size()), like.decimals, self.language);
        match like.unit {
            Unit::Percent => format!("{text} %"),
            Unit::Number => text,
            Unit::Millisecond => format!("{text} ms"),
            Unit::Minute => format!("{text} min"),
            Unit::Hour => format!("{text} h"),
        }
    }

    /// The value that the document itself gives for a cell: published, or following from what is published;
    /// ours where it says nothing.
    pub(crate) fn published_value(&self, reference: &str, depth: u8) -> Option<BigRational> {
        if let Some(known) = self.known.get(reference) {
            return Some(known.number.value.clone());
        }
        if depth < 4
            && let Some(identity) = self.identities.iter().find(|identity| identity.output == reference)
        {
            let inputs = identity.inputs();
            let stated = inputs.iter().any(|input| self.known.contains_key(*input));
            if stated {
                return identity.value(self.months, |input| self.published_value(input, depth + 1));
            }
        }
        self.cells.exact(reference)
    }

    /// What explains a difference, from the published numbers alone.
    pub(crate) fn explain(&self, reference: &str, number: &Number) -> Vec<String> {
        let mut explanations = Vec::new();
        let value = |input: &str| self.published_value(input, 0);
        for identity in self.identities.iter().filter(|identity| identity.output == reference) {
            let Some(follows) = identity.value(self.months, value) else { continue };
            let printed = self.printed(&follows, &finer(number));
            if number.equals(&follows) {
                for input in identity.inputs() {
                    let differing = self.known.get(input).filter(|known| {
                        self.cells.exact(input).is_some_and(|ours| !known.number.equals(&ours))
                    });
                    if let Some(known) = differing {
                        let label = self.cells.label(input).unwrap_or_else(|| input.to_owned());
                        explanations.push(self.say(
                            &format!(
                                "discende da «{label}», pubblicato come {}, che differisce a sua volta",
                                known.text
                            ),
                            &format!(
                                "follows from “{label}”, published as {}, which differs itself",
                                known.text
                            ),
                        ));
                    }
                }
                continue;
            }
            explanations.push(self.say(
                &format!("il documento si contraddice: dalle sue stesse cifre risulta {printed}"),
                &format!("the document contradicts itself: its own figures give {printed}"),
            ));
            if number.is_truncated(&follows) {
                explanations.push(self.say(
                    "la cifra pubblicata è troncata, non arrotondata",
                    "the published figure is truncated, not rounded",
                ));
            }
            if identity.on_the_other_base(value).is_some_and(|other| number.equals(&other)) {
                explanations.push(self.say(
                    "la cifra pubblicata risulta se si divide per l’anno dopo invece che per l’anno prima",
                    "the published figure comes out when dividing by the later year instead of the earlier",
                ));
            }
        }
        if explanations.is_empty() {
            // The cell is a part: with ours in its place the published whole comes out, with the published not.
            for identity in self.identities.iter().filter(|identity| identity.inputs().contains(&reference)) {
                let Some(whole) = self.known.get(&identity.output) else { continue };
                let mended = |input: &str| {
                    if input == reference { self.cells.exact(input) } else { self.published_value(input, 0) }
                };
                let with_published = identity.value(self.months, value);
                let with_ours = identity.value(self.months, mended);
                if with_published.is_some_and(|one| !whole.number.equals(&one))
                    && with_ours.is_some_and(|one| whole.number.equals(&one))
                {
                    let label = self.cells.label(&identity.output).unwrap_or_else(|| identity.output.clone());
                    explanations.push(self.say(
                        &format!(
                            "il documento si contraddice: «{label}» ({}) torna solo con la nostra cifra",
                            whole.text
                        ),
                        &format!(
                            "the document contradicts itself: “{label}” ({}) comes out only with our figure",
                            whole.text
                        ),
                    ));
                }
            }
        }
        explanations.sort();
        explanations.dedup();
        explanations
    }

    /// Identities that published values break, besides those that explain a difference already.
    pub(crate) fn contradictions(&self, items: &[Item]) -> Vec<Contradiction> {
        let differing: BTreeSet<&str> = items
            .iter()
            .filter(|item| matches!(item.outcome, Outcome::Differs { .. }))
            .map(|item| item.reference.as_str())
            .collect();
        let mut found = Vec::new();
        for identity in &self.identities {
            let Some(known) = self.known.get(&identity.output) else { continue };
            if differing.contains(identity.output.as_str()) {
                continue;
            }
            let inputs = identity.inputs();
            let stated = inputs.iter().any(|input| self.known.contains_key(*input));
            let Some(follows) = identity.value(self.months, |input| self.published_value(input, 0)) else {
                continue;
            };
            if stated && !known.number.equals(&follows) {
                found.push(Contradiction {
                    label: self.cells.label(&identity.output).unwrap_or_else(|| identity.output.clone()),
                    reference: identity.output.clone(),
                    published: known.text.clone(),
                    follows: self.printed(&follows, &finer(&known.number)),
                });
            }
        }
        for (changes, groups) in &self.changes {
            found.extend(self.unexplained_groups(changes, groups));
        }
        found
    }

    /// Groups whose published main changes point the other way than their published whole change.
    fn unexplained_groups(&self, changes: &str, groups: &str) -> Vec<Contradiction> {
        let Some(table) = self.cells.table(changes) else { return Vec::new() };
        let group_column = table.columns.iter().position(|column| column.key == "group");
        let mut listed: BTreeMap<&str, BigRational> = BTreeMap::new();
        for row in &table.rows {
            let reference = format!("{changes}/{}/difference", row.key);
            let group = group_column.and_then(|column| row.cells.get(column)).map(|cell| cell.text.as_str());
            if let (Some(known), Some(group)) = (self.known.get(&reference), group) {
                *listed.entry(group).or_default() += &known.number.value;
            }
        }
        let zero = BigRational::default();
        let (now, before) = (self.period.to_string(), self.period.year_before().to_string());
        listed
            .into_iter()
            .filter_map(|(group, listed)| {
                let now = self.known.get(&format!("{groups}/{group}/{now}"))?;
                let before = self.known.get(&format!("{groups}/{group}/{before}"))?;
                let whole = &now.number.value - &before.number.value;
                let opposite = (listed > zero && whole < zero) || (listed < zero && whole > zero);
                opposite.then(|| {
                    let signed =
                        |value: &BigRational| numbers::signed(numbers::decimal(value, 0, self.language));
                    let (listed_text, whole_text) = (signed(&listed), signed(&whole));
                    let rest = signed(&(&whole - &listed));
                    Contradiction {
                        label: self.say(
                            &format!(
                                "{} — {group}: i servizi elencati non spiegano la variazione della categoria",
                                table.title
                            ),
                            &format!(
                                "{} — {group}: the listed services do not explain the change of the category",
                                table.title
                            ),
                        ),
                        reference: format!("{changes}/{group}"),
                        published: self.say(
                            &format!("elencati {listed_text}, categoria {whole_text}"),
                            &format!("listed {listed_text}, category {whole_text}"),
                        ),
                        follows: self.say(&format!("non elencati {rest}"), &format!("not listed {rest}")),
                    }
                })
            })
            .collect()
    }
}

/// A few decimals more than published, so that the reader sees what was rounded away.
fn finer(number: &Number) -> Number {
    let decimals = match number.unit {
        Unit::Percent => number.decimals + 2,
        Unit::Number | Unit::Millisecond | Unit::Minute | Unit::Hour => number.decimals,
    };
    Number { decimals, ..number.clone() }
}
