//! What a comparison found.

/// What the comparison found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// Every published value, in the order of the mapping.
    pub items: Vec<Item>,
    /// Identities that published values break although each of them equals ours, or is not computable.
    pub contradictions: Vec<Contradiction>,
    /// Files that the mapping names and that are missing or unreadable: nothing of them was compared.
    pub unread: Vec<String>,
}

/// A published value and ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Published file.
    pub file: String,
    /// Its line.
    pub line: u32,
    /// Reference of our cell; empty where there is none.
    pub reference: String,
    /// What it is.
    pub label: String,
    /// As published.
    pub published: String,
    /// As we print it; empty where we have none.
    pub ours: String,
    /// How they compare.
    pub outcome: Outcome,
}

/// How a published value compares with ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The same.
    Equal,
    /// Another one; what explains it, from the published numbers themselves.
    Differs {
        /// Explanations; empty when nothing explains it.
        explanations: Vec<String>,
    },
    /// Cannot be computed here, and why.
    NotComputable {
        /// Why.
        reason: String,
    },
}

/// An identity that published values break among themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// What the identity computes.
    pub label: String,
    /// Its reference.
    pub reference: String,
    /// As published.
    pub published: String,
    /// What follows from the other published values.
    pub follows: String,
}

impl Comparison {
    /// How many items are equal, differ, cannot be computed.
    pub fn counts(&self) -> (usize, usize, usize) {
        let count =
            |wanted: fn(&Outcome) -> bool| self.items.iter().filter(|item| wanted(&item.outcome)).count();
        (
            count(|outcome| matches!(outcome, Outcome::Equal)),
            count(|outcome| matches!(outcome, Outcome::Differs { .. })),
            count(|outcome| matches!(outcome, Outcome::NotComputable { .. })),
        )
    }

    /// Differences that nothing explains.
    pub fn unexplained(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(
            |item| matches!(&item.outcome, Outcome::Differs { explanations } if explanations.is_empty()),
        )
    }
}
