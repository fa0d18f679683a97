//! Identities that a report layout states: what follows from what.
//!
//! A figure is a formula over cells; a row of totals is the sum of its parts; a column of totals is the sum of
//! its columns; changes, differences and shares follow from the counted columns.

use impegno_calendar::Period;
use impegno_charter::{Axis, BlockLayout, ColumnFormula, Derived, Formula, Layout, Reference, TableLayout};
use impegno_report::document::{RowRole, Table};
use impegno_report::{evaluate, identities};
use num_rational::BigRational;

use crate::cells::Cells;

/// One identity: a cell or figure and the formula that it must fulfil.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    /// What is computed.
    pub output: String,
    /// How.
    pub formula: Formula,
}

impl Identity {
    /// The value that the identity gives, from the values of its inputs.
    pub(crate) fn value(
        &self,
        months: usize,
        value: impl Fn(&str) -> Option<BigRational>,
    ) -> Option<BigRational> {
        evaluate(&self.formula, months, |reference| value(&reference.0))
    }

    /// The references of the inputs.
    pub(crate) fn inputs(&self) -> Vec<&str> {
        self.formula.references().into_iter().map(|reference| reference.0.as_str()).collect()
    }

    /// For a change: the same difference on the base of the later value.
    pub(crate) fn on_the_other_base(
        &self,
        value: impl Fn(&str) -> Option<BigRational>,
    ) -> Option<BigRational> {
        let Formula::Change { now, before } = &self.formula else { return None };
        let (now, before) = (value(&now.0)?, value(&before.0)?);
        (now != BigRational::default()).then(|| (&now - before) / &now)
    }
}

/// Every identity of a layout for a period.
pub(crate) fn all(layout: &Layout, period: Period, cells: &Cells<'_>) -> Vec<Identity> {
    let mut found: Vec<Identity> = identities(layout, period)
        .into_iter()
        .filter(|identity| !matches!(identity.formula, Formula::Count(_) | Formula::RowsOf(_)))
        .map(|identity| Identity { output: identity.figure, formula: identity.formula })
        .collect();
    for block in layout.blocks() {
        if let BlockLayout::Table(layout) = block
            && let Some(table) = cells.table(&layout.id)
        {
            found.extend(of_table(layout, table));
        }
    }
    found
}

fn of_table(layout: &TableLayout, table: &Table) -> Vec<Identity> {
    let reference = |row: &str, column: &str| Reference(format!("{}/{row}/{column}", table.id));
    let after = layout.derived.len() + layout.computed.len() + usize::from(layout.total_column);
    let counted = table.columns.len().saturating_sub(after);
    let counted: Vec<&str> = table.columns.iter().take(counted).map(|column| column.key.as_str()).collect();
    let aside: Vec<&str> = match &layout.columns {
        Axis::Own(own) => own.iter().filter(|own| own.aside).map(|own| own.key.as_str()).collect(),
        _ => Vec::new(),
    };
    let parts: Vec<&str> =
        table.rows.iter().filter(|row| row.role != RowRole::Total).map(|row| row.key.as_str()).collect();
    let total = table.rows.iter().find(|row| row.role == RowRole::Total).map(|row| row.key.as_str());
    let mut found = Vec::new();
    let mut add = |output: Reference, formula: Formula| found.push(Identity { output: output.0, formula });
    let own_total = layout.total_column.then_some("total");
    if let Some(total) = total {
        for column in counted.iter().copied().chain(own_total) {
            let inputs = parts.iter().map(|row| reference(row, column)).collect();
            add(reference(total, column), Formula::Sum(inputs));
        }
    }
    for row in parts.iter().copied().chain(total) {
        if let Some(column) = own_total {
            let added = counted.iter().filter(|column| !aside.contains(column));
            let inputs = added.map(|counted| reference(row, counted)).collect();
            add(reference(row, column), Formula::Sum(inputs));
        }
        for column in &layout.computed {
            let cell = |key: &String| reference(row, key);
            let formula = match &column.formula {
                ColumnFormula::Share { part, whole } => {
                    Formula::Share { part: part.iter().map(cell).collect(), whole: vec![cell(whole)] }
                }
                ColumnFormula::Change { now, before } => {
                    Formula::Change { now: cell(now), before: cell(before) }
                }
                ColumnFormula::Quotient { of, by } => Formula::Quotient { of: cell(of), by: *by },
                ColumnFormula::Difference { .. } => continue,
            };
            add(reference(row, &column.key), formula);
        }
        let (Some(last), before) = (counted.last(), counted.iter().rev().nth(1)) else { continue };
        for derived in &layout.derived {
            match (derived, before, total) {
                (Derived::Change, Some(before), _) => {
                    let formula =
                        Formula::Change { now: reference(row, last), before: reference(row, before) };
                    add(reference(row, "change"), formula);
                }
                (Derived::Share, _, Some(total)) => {
                    let formula = Formula::Share {
                        part: vec![reference(row, last)],
                        whole: vec![reference(total, last)],
                    };
                    add(reference(row, "share"), formula);
                }
                (Derived::Change | Derived::Share | Derived::Difference | Derived::PerHour, _, _) => {}
            }
        }
    }
    found
}
