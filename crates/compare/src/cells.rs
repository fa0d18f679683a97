//! Our cells by reference, and published numbers in the units of our cells.

use std::collections::BTreeMap;

use impegno_report::document::{Report, Table, Value};
use impegno_report::numbers;
use num_bigint::BigInt;
use num_rational::BigRational;

use crate::mapping::{Rule, Unit};

/// A published number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    /// In the unit of our cell: a percentage as a fraction of one, a time in microseconds.
    pub value: BigRational,
    /// Decimals as published.
    pub decimals: u8,
    pub unit: Unit,
    pub rule: Rule,
}

impl Number {
    /// Reads a number with a decimal point; `None` when it is none.
    pub(crate) fn parse(text: &str, unit: Unit, rule: Rule) -> Option<Number> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits: BigInt = format!("{whole}{decimals}").parse().ok()?;
        let value = BigRational::new(digits, BigInt::from(10).pow(decimals.len() as u32));
        let decimals = u8::try_from(decimals.len()).ok()?;
        Some(Number { value: value * unit.size(), decimals, unit, rule })
    }

    /// Whether a value of ours is the published one by its rule.
    pub(crate) fn equals(&self, ours: &BigRational) -> bool {
        let published = &self.value / self.unit.size();
        let ours = ours / self.unit.size();
        match self.rule {
            Rule::Exact => {
                numbers::scaled(&ours, self.decimals) == numbers::scaled(&published, self.decimals)
            }
            Rule::AtMost => ours <= published,
            Rule::About => {
                let distance = if ours > published { &ours - &published } else { &published - &ours };
                let size = if published < BigRational::default() { -published } else { published };
                distance * BigRational::from_integer(BigInt::from(20)) <= size
            }
            Rule::Over => {
                let step = step(&published, self.decimals);
                ours >= published && ours < &published + step
            }
            Rule::Rounded => {
                let step = step(&published, self.decimals);
                numbers::scaled(&(ours / &step), 0) == numbers::scaled(&(published / &step), 0)
            }
        }
    }

    /// Whether cutting digits off, instead of rounding, gives the published number.
    pub(crate) fn is_truncated(&self, ours: &BigRational) -> bool {
        let scale = BigRational::from_integer(BigInt::from(10).pow(u32::from(self.decimals)));
        let cut = |value: BigRational| (value * &scale).trunc();
        self.rule == Rule::Exact
            && !self.equals(ours)
            && cut(ours / self.unit.size()) == cut(&self.value / self.unit.size())
    }
}

/// The unit of the last digit that was not rounded away: 1,000 for 284,000, 0.1 for 2.5.
fn step(published: &BigRational, decimals: u8) -> BigRational {
    let ten = BigRational::from_integer(BigInt::from(10));
    if decimals > 0 {
        return BigRational::new(BigInt::from(1), BigInt::from(10).pow(u32::from(decimals)));
    }
    let mut step = BigRational::from_integer(BigInt::from(1));
    while *published != BigRational::default() && (published / (&step * &ten)).is_integer() {
        step *= &ten;
    }
    step
}

impl Unit {
    /// How much of our unit one published unit is.
    pub(crate) fn size(self) -> BigRational {
        let whole = |number: i64| BigRational::from_integer(BigInt::from(number));
        match self {
            Unit::Number => whole(1),
            Unit::Percent => BigRational::new(BigInt::from(1), BigInt::from(100)),
            Unit::Millisecond => whole(1_000),
            Unit::Minute => whole(60_000_000),
            Unit::Hour => whole(3_600_000_000),
        }
    }
}

/// Our report by reference.
pub(crate) struct Cells<'r> {
    tables: BTreeMap<&'r str, &'r Table>,
    figures: BTreeMap<&'r str, (&'r str, &'r Value, &'r str)>,
}

impl<'r> Cells<'r> {
    pub(crate) fn new(report: &'r Report) -> Cells<'r> {
        let tables = report.tables().map(|(_, table)| (table.id.as_str(), table)).collect();
        let figures = report
            .figures()
            .map(|figure| {
                (figure.id.as_str(), (figure.label.as_str(), &figure.cell.value, figure.cell.text.as_str()))
            })
            .collect();
        Cells { tables, figures }
    }

    pub(crate) fn table(&self, id: &str) -> Option<&'r Table> {
        self.tables.get(id).copied()
    }

    /// The value and the printed text of a cell or figure.
    pub(crate) fn get(&self, reference: &str) -> Option<(&'r Value, &'r str)> {
        let Some((table, rest)) = reference.split_once('/') else {
            return self.figures.get(reference).map(|(_, value, text)| (*value, *text));
        };
        let (row, column) = self.place(table, rest)?;
        let table = self.table(table)?;
        let cell = table.rows.get(row)?.cells.get(column)?;
        Some((&cell.value, &cell.text))
    }

    /// Row and column of `row/column` in a table. Keys may hold slashes: every split is tried.
    fn place(&self, table: &str, rest: &str) -> Option<(usize, usize)> {
        let table = self.table(table)?;
        rest.match_indices('/').find_map(|(at, _)| {
            let (row, column) = (rest.get(..at)?, rest.get(at + 1..)?);
            let column = table.columns.iter().position(|heading| heading.key == column)?;
            let row = table.rows.iter().position(|candidate| candidate.key == row)?;
            Some((row, column))
        })
    }

    /// The exact value of a cell or figure.
    pub(crate) fn exact(&self, reference: &str) -> Option<BigRational> {
        numbers::exact(self.get(reference)?.0)
    }

    /// What a row is called in the report.
    pub(crate) fn row_label(&self, reference: &str) -> Option<String> {
        let (table, key) = reference.split_once('/')?;
        let table = self.table(table)?;
        let row = table.rows.iter().find(|row| row.key == key.trim_end_matches('/'))?;
        Some(format!("{} — {}", table.title, row.label))
    }

    /// What a cell is called in the report.
    pub(crate) fn label(&self, reference: &str) -> Option<String> {
        let Some((table, rest)) = reference.split_once('/') else {
            return self.figures.get(reference).map(|(label, _, _)| (*label).to_owned());
        };
        let (row, column) = self.place(table, rest)?;
        let table = self.table(table)?;
        Some(format!("{} — {} — {}", table.title, table.rows[row].label, table.columns[column].label))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(number: i64) -> BigRational {
        BigRational::from_integer(BigInt::from(number))
    }

    fn number(text: &str, unit: Unit, rule: Rule) -> Number {
        Number::parse(text, unit, rule).expect("a number")
    }

    #[test]
    fn each_rule_of_wording_has_its_own_equality() {
        assert!(number("284000", Unit::Number, Rule::Rounded).equals(&whole(283_600)));
        assert!(!number("284000", Unit::Number, Rule::Rounded).equals(&whole(267_430)));
        assert!(number("11000", Unit::Number, Rule::Over).equals(&whole(11_060)));
        assert!(!number("11000", Unit::Number, Rule::Over).equals(&whole(10_999)));
        assert!(!number("11000", Unit::Number, Rule::Over).equals(&whole(12_000)));
        assert!(number("2800", Unit::Number, Rule::About).equals(&whole(2_700)));
        assert!(!number("2800", Unit::Number, Rule::About).equals(&whole(2_600)));
        assert!(number("1", Unit::Hour, Rule::AtMost).equals(&whole(3_600_000_000)));
        assert!(!number("1", Unit::Hour, Rule::AtMost).equals(&whole(3_600_000_001)));
    }

    #[test]
    fn truncation_is_told_from_rounding() {
        let share = BigRational::new(BigInt::from(3865), BigInt::from(10_000));
        let published = number("38", Unit::Percent, Rule::Exact);
        assert!(!published.equals(&share));
        assert!(published.is_truncated(&share));
        assert!(number("39", Unit::Percent, Rule::Exact).equals(&share));
    }
}
