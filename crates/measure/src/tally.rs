//! Counts and sums cut by two axes: the tables of a report.
//!
//! Every question of a report is answered in one reading of the facts, part by part on all cores. A part
//! is turned into row and column numbers once a question; the inner loop adds integers.

mod available;
mod cases;
mod columns;
mod listed;
mod stocks;
mod times;

use std::collections::{BTreeMap, BTreeSet};

use impegno_calendar::{Instant, Interval, Zone};
use impegno_charter::{Filter, Measured};
use impegno_facts::{Facts, Kind, NO_AMOUNT};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::availability::Account;
use crate::{Joins, Part, Supply};
pub use available::AvailabilityOf;
use columns::Cutter;
pub(crate) use columns::Sieve;
pub use listed::{CountedFact, Listed};
pub(crate) use listed::{Listing, list};
pub use times::{Times, TimesBy};

/// What is asked of the facts: how much of something, cut by rows and columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// What is counted.
    pub take: Take,
    /// Which facts.
    pub filter: Filter,
    /// How rows are cut.
    pub rows: Cut,
    /// How columns are cut.
    pub columns: Cut,
    /// Facts of which time; for stocks, the time at whose end they are taken.
    pub window: Interval,
}

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Take {
    /// Quantities of operations.
    Operations,
    /// Amounts of operations in cents.
    Amounts,
    /// Cases by an event.
    Cases {
        /// The event.
        from: String,
    },
    /// Times between two events of cases.
    Times {
        /// The event from which.
        from: String,
        /// The event until which.
        to: String,
        /// How time is counted.
        by: TimesBy,
    },
    /// Availability of components, which are the rows; cut by columns of time alone.
    Availability(Vec<AvailabilityOf>),
    /// Rows of checks.
    Checks,
    /// Different probes.
    Probes,
    /// Quantities of the stocks that hold at the end of the window.
    Stocks,
    /// Different values of a dimension among them.
    DistinctStocks {
        /// The dimension.
        dimension: String,
    },
    /// Values of the stocks that hold at the end of the window, as texts.
    StockValues,
}

/// How an axis is cut.
#[derive(Debug, Clone, PartialEq)]
pub enum Cut {
    /// Not at all: one position with the empty key.
    Whole,
    /// By the values of a dimension; a value that is in no group is its own key.
    Dimension {
        /// The dimension.
        name: String,
        /// Key of the group of each value.
        groups: BTreeMap<String, String>,
    },
    /// By intervals, each with its key; an instant in none of them is left out.
    Times(Vec<(String, Interval)>),
    /// By bands of hours of the local day, each with its key.
    Hours(Vec<(String, u8, u8)>),
    /// For stocks: `start`, `new`, `ended`, `end`.
    Movement,
}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The sum of each cell that has any fact, by keys of row and column.
    pub cells: BTreeMap<(String, String), i128>,
    /// For [`Take::StockValues`]: the values of each cell.
    pub values: BTreeMap<(String, String), BTreeSet<String>>,
    /// For [`Take::Times`]: the times of each cell.
    pub times: BTreeMap<(String, String), Times>,
    /// For [`Take::Availability`]: the account of each cell of which anything is known.
    pub accounts: BTreeMap<(String, String), Account>,
}

impl Answer {
    /// The sum of a cell, 0 when there is no fact.
    pub fn cell(&self, row: &str, column: &str) -> i128 {
        self.cells.get(&(row.to_owned(), column.to_owned())).copied().unwrap_or(0)
    }

    /// The keys of the rows that have any fact.
    pub fn rows(&self) -> BTreeSet<&str> {
        self.cells.keys().chain(self.values.keys()).map(|(row, _)| row.as_str()).collect()
    }

    /// The keys of the columns that have any fact.
    pub fn columns(&self) -> BTreeSet<&str> {
        self.cells.keys().chain(self.values.keys()).map(|(_, column)| column.as_str()).collect()
    }

    fn add(&mut self, row: &str, column: &str, quantity: i128) {
        *self.cells.entry((row.to_owned(), column.to_owned())).or_default() += quantity;
    }
}

/// Answers all questions in one reading of the facts.
///
/// # Errors
/// When a part of the facts cannot be read.
pub fn answer<S: Supply>(
    questions: &[Question],
    joins: &Joins,
    zone: &Zone,
    supply: &S,
) -> Result<Vec<Answer>, S::Error> {
    let mut answers = vec![Answer::default(); questions.len()];
    for kind in Kind::ALL {
        let asked: Vec<usize> = (0..questions.len())
            .filter(|n| questions[*n].take.kind() == kind)
            .filter(|n| !matches!(questions[*n].take, Take::Availability(_)))
            .collect();
        if asked.is_empty() {
            continue;
        }
        let window = asked.iter().map(|n| questions[*n].reach()).reduce(hull);
        let parts: Vec<usize> = (0..supply.count(kind))
            .filter(|part| window.is_some_and(|window| supply.touches(kind, *part, window)))
            .collect();
        let read = |part: usize| supply.read(kind, part);
        match kind {
            Kind::Operations | Kind::Checks => {
                let empty = || asked.iter().map(|_| Tally::default()).collect::<Vec<_>>();
                let tallies = parts
                    .into_par_iter()
                    .try_fold(empty, |mut tallies, part| {
                        let part = read(part)?;
                        for (tally, n) in tallies.iter_mut().zip(&asked) {
                            tally.add(&questions[*n], joins, zone, &part);
                        }
                        Ok(tallies)
                    })
                    .try_reduce(empty, |a, b| Ok(a.into_iter().zip(b).map(|(a, b)| a.merge(b)).collect()))?;
                for (tally, n) in tallies.into_iter().zip(&asked) {
                    answers[*n] = tally.finish();
                }
            }
            Kind::Cases => {
                let parts: Vec<Part> = parts.into_par_iter().map(read).collect::<Result<_, _>>()?;
                for n in &asked {
                    answers[*n] = match &questions[*n].take {
                        Take::Times { .. } => times::answer(&questions[*n], joins, zone, &parts),
                        _ => cases::answer(&questions[*n], joins, &parts),
                    };
                }
            }
            Kind::Stocks => {
                let parts: Vec<Part> = parts.into_par_iter().map(read).collect::<Result<_, _>>()?;
                for n in &asked {
                    answers[*n] = stocks::answer(&questions[*n], joins, &parts);
                }
            }
        }
    }
    available::answer(questions, supply, &mut answers)?;
    Ok(answers)
}

fn hull(a: Interval, b: Interval) -> Interval {
    Interval { start: Instant(a.start.0.min(b.start.0)), end: Instant(a.end.0.max(b.end.0)) }
}

impl Take {
    /// What a layout or a commitment counts.
    pub fn of(counted: &Measured) -> Take {
        match counted {
            Measured::Operations => Take::Operations,
            Measured::Amounts => Take::Amounts,
            Measured::Cases { from } => Take::Cases { from: from.clone() },
            Measured::Checks => Take::Checks,
            Measured::Probes { .. } => Take::Probes,
            Measured::Stocks => Take::Stocks,
            Measured::DistinctStocks { dimension } => Take::DistinctStocks { dimension: dimension.clone() },
        }
    }

    /// The kind of facts that is read.
    pub fn kind(&self) -> Kind {
        match self {
            Take::Operations | Take::Amounts => Kind::Operations,
            Take::Cases { .. } | Take::Times { .. } => Kind::Cases,
            Take::Checks | Take::Probes | Take::Availability(_) => Kind::Checks,
            Take::Stocks | Take::DistinctStocks { .. } | Take::StockValues => Kind::Stocks,
        }
    }
}

impl Question {
    /// The time whose facts must be read to answer.
    fn reach(&self) -> Interval {
        match self.take.kind() {
            Kind::Checks | Kind::Operations => self.window,
            // What happened to a case, or began to hold, any time before may matter.
            Kind::Cases | Kind::Stocks => Interval { start: Instant(i64::MIN / 2), end: self.window.end },
        }
    }
}

/// Sums of one question over the parts of one thread.
#[derive(Debug, Default)]
struct Tally {
    sums: FxHashMap<(String, String), i128>,
    distinct: FxHashMap<(String, String), BTreeSet<String>>,
}

impl Tally {
    fn add(&mut self, question: &Question, joins: &Joins, zone: &Zone, part: &Part) {
        let (quantities, len) = match (&part.facts, &question.take) {
            (Facts::Operations(facts), Take::Operations) => (Some(&facts.quantity), facts.at.len()),
            (Facts::Operations(facts), Take::Amounts) => (Some(&facts.amount), facts.at.len()),
            (Facts::Checks(facts), _) => (None, facts.at.len()),
            _ => return,
        };
        let at = part.facts.at();
        let Some(sieve) = Sieve::new(&question.filter, joins, &part.facts) else { return };
        let mut rows = Cutter::new(&question.rows, joins, zone, question.window, &part.facts);
        let mut columns = Cutter::new(&question.columns, joins, zone, question.window, &part.facts);
        let distinct = matches!(question.take, Take::Probes);
        let width = columns.width();
        let mut sums = vec![0_i128; rows.width() * width];
        let mut present = vec![false; rows.width() * width];
        let mut seen: BTreeSet<(usize, u32)> = BTreeSet::new();
        let start = question.window.start.0;
        let end = question.window.end.0;
        for row in 0..len {
            if at[row] < start || at[row] >= end || !sieve.passes(row) {
                continue;
            }
            let (Some(r), Some(c)) = (rows.position(row, at[row]), columns.position(row, at[row])) else {
                continue;
            };
            let cell = r * width + c;
            let quantity = match quantities {
                Some(quantities) => quantities[row],
                None => 1,
            };
            if quantity == NO_AMOUNT {
                continue;
            }
            if distinct {
                if let Facts::Checks(facts) = &part.facts {
                    seen.insert((cell, facts.probe.codes()[row]));
                }
            } else {
                sums[cell] += i128::from(quantity);
            }
            present[cell] = true;
        }
        for (cell, present) in present.iter().enumerate() {
            if *present && !distinct {
                let key = (rows.key(cell / width).to_owned(), columns.key(cell % width).to_owned());
                *self.sums.entry(key).or_default() += sums[cell];
            }
        }
        if let Facts::Checks(facts) = &part.facts {
            for (cell, probe) in seen {
                let key = (rows.key(cell / width).to_owned(), columns.key(cell % width).to_owned());
                self.distinct.entry(key).or_default().insert(facts.probe.words()[probe as usize].to_string());
            }
        }
    }

    fn merge(mut self, other: Tally) -> Tally {
        // Addition does not mind the order of the entries.
        #[expect(clippy::iter_over_hash_type, reason = "sums do not depend on the order")]
        for (key, sum) in other.sums {
            *self.sums.entry(key).or_default() += sum;
        }
        #[expect(clippy::iter_over_hash_type, reason = "unions do not depend on the order")]
        for (key, values) in other.distinct {
            self.distinct.entry(key).or_default().extend(values);
        }
        self
    }

    fn finish(self) -> Answer {
        let mut cells: BTreeMap<(String, String), i128> = self.sums.into_iter().collect();
        cells.extend(self.distinct.into_iter().map(|(key, values)| (key, values.len() as i128)));
        Answer { cells, ..Answer::default() }
    }
}

impl Cut {
    /// The interval of a time axis that an instant lies in.
    fn time_of(&self, at: i64) -> Option<&(String, Interval)> {
        match self {
            Cut::Times(times) => times.iter().find(|(_, interval)| interval.contains(Instant(at))),
            Cut::Whole | Cut::Dimension { .. } | Cut::Hours(_) | Cut::Movement => None,
        }
    }
}
