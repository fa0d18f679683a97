//! From the rule of a function to the accumulators of the engine: of all rows, and of rows in groups.

use std::fmt::Debug;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BinaryArray, BooleanArray};
use datafusion::common::{ScalarValue, exec_err};
use datafusion::error::Result;
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};

/// How a function is computed.
pub(crate) trait Rule: Debug + Send + Sync + 'static {
    /// What is gathered of a group.
    type Part: Debug + Default + Send + Sync;

    /// Takes some rows. `group` gives the place of the group of a row in `parts`, `None` for a row that does not count.
    fn add(
        &self,
        columns: &[ArrayRef],
        group: impl Fn(usize) -> Option<usize>,
        parts: &mut [Self::Part],
    ) -> Result<()>;

    /// What was gathered, as bytes.
    fn state(&self, part: &Self::Part) -> Result<Vec<u8>>;

    /// Takes what was gathered elsewhere.
    fn merge(&self, part: &mut Self::Part, state: &[u8]) -> Result<()>;

    /// The figures of some groups.
    fn result(&self, parts: Vec<Self::Part>) -> Result<ArrayRef>;

    /// About how much memory a part takes besides itself, in bytes.
    fn held(part: &Self::Part) -> usize;
}

/// Of all rows together.
#[derive(Debug)]
pub(super) struct Whole<R: Rule> {
    rule: R,
    part: [R::Part; 1],
}

impl<R: Rule> Whole<R> {
    pub(super) fn new(rule: R) -> Whole<R> {
        Whole { rule, part: [R::Part::default()] }
    }
}

impl<R: Rule> Accumulator for Whole<R> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.rule.add(values, |_| Some(0), &mut self.part)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let [part] = std::mem::take(&mut self.part);
        ScalarValue::try_from_array(&self.rule.result(vec![part])?, 0)
    }

    fn size(&self) -> usize {
        size_of_val(self) + R::held(&self.part[0])
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::Binary(Some(self.rule.state(&self.part[0])?))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for state in states_of(states)?.iter().flatten() {
            self.rule.merge(&mut self.part[0], state)?;
        }
        Ok(())
    }
}

/// Of rows in groups.
#[derive(Debug)]
pub(super) struct Groups<R: Rule> {
    rule: R,
    parts: Vec<R::Part>,
}

impl<R: Rule> Groups<R> {
    pub(super) fn new(rule: R) -> Groups<R> {
        Groups { rule, parts: Vec::new() }
    }

    fn grow(&mut self, groups: usize) {
        if self.parts.len() < groups {
            self.parts.resize_with(groups, R::Part::default);
        }
    }
}

impl<R: Rule> GroupsAccumulator for Groups<R> {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        self.grow(total);
        let counts = |row: usize| filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
        self.rule.add(values, |row| counts(row).then_some(groups[row]), &mut self.parts)
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        self.rule.result(emit.take_needed(&mut self.parts))
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        let parts = emit.take_needed(&mut self.parts);
        let states: Vec<Vec<u8>> = parts.iter().map(|part| self.rule.state(part)).collect::<Result<_>>()?;
        Ok(vec![std::sync::Arc::new(BinaryArray::from_iter_values(states))])
    }

    fn merge_batch(&mut self, values: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.grow(total);
        for (state, group) in states_of(values)?.iter().zip(groups) {
            if let Some(state) = state {
                self.rule.merge(&mut self.parts[*group], state)?;
            }
        }
        Ok(())
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        // Each row by itself.
        let rows = values.first().map_or(0, |column| column.len());
        let groups: Vec<usize> = (0..rows).collect();
        let mut parts: Vec<R::Part> = Vec::new();
        parts.resize_with(rows, R::Part::default);
        let counts = |row: usize| filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
        self.rule.add(values, |row| counts(row).then_some(groups[row]), &mut parts)?;
        let states: Vec<Vec<u8>> = parts.iter().map(|part| self.rule.state(part)).collect::<Result<_>>()?;
        Ok(vec![std::sync::Arc::new(BinaryArray::from_iter_values(states))])
    }

    fn size(&self) -> usize {
        self.parts.capacity() * size_of::<R::Part>() + self.parts.iter().map(R::held).sum::<usize>()
    }
}

fn states_of(states: &[ArrayRef]) -> Result<&BinaryArray> {
    match states.first().and_then(|states| states.as_binary_opt::<i32>()) {
        Some(states) => Ok(states),
        None => exec_err!("what was gathered of parts is not as it was written"),
    }
}
