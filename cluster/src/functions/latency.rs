//! Exact percentiles of response times.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array};
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::common::cast::as_primitive_array;
use datafusion::common::{ScalarValue, plan_err};
use datafusion::error::Result;
use impegno_runs::nearest_rank;

use super::{Described, groups};
use crate::bytes::{Reader, put};
use crate::counts::Counts;

/// `exact_percentile(value, per_mille)`: the nearest rank, ⌈p·n⌉. NULL of no values.
#[derive(Debug, Clone)]
pub(super) struct ExactPercentile;

/// A percentile in thousandths.
#[derive(Debug)]
pub(crate) struct PerMille(u32);

impl Described for ExactPercentile {
    type Rule = PerMille;

    fn name(&self) -> &'static str {
        "exact_percentile"
    }

    fn arguments(&self) -> Vec<DataType> {
        vec![DataType::Int64, DataType::Int64]
    }

    fn columns(&self) -> usize {
        1
    }

    fn result(&self) -> DataType {
        DataType::Int64
    }

    fn rule(&self, constants: &[ScalarValue]) -> Result<PerMille> {
        match constants {
            [ScalarValue::Int64(Some(per_mille @ 1..=1000))] => Ok(PerMille(*per_mille as u32)),
            _ => plan_err!(
                "exact_percentile: the percentile is given in thousandths, from 1 to 1000: 950 is p95"
            ),
        }
    }
}

impl groups::Rule for PerMille {
    type Part = Counts;

    fn add(
        &self,
        columns: &[ArrayRef],
        group: impl Fn(usize) -> Option<usize>,
        parts: &mut [Counts],
    ) -> Result<()> {
        let values = as_primitive_array::<Int64Type>(&columns[0])?;
        for (row, value) in values.iter().enumerate() {
            if let (Some(value), Some(group)) = (value, group(row)) {
                parts[group].push(value);
            }
        }
        Ok(())
    }

    fn state(&self, part: &Counts) -> Result<Vec<u8>> {
        let counted = part.clone().finish();
        let mut bytes = Vec::with_capacity(counted.len() * 3);
        put(counted.len() as u64, &mut bytes);
        Counts::write(&counted, &mut bytes);
        Ok(bytes)
    }

    fn merge(&self, part: &mut Counts, state: &[u8]) -> Result<()> {
        let mut reader = Reader(state);
        let many = reader.number()?;
        part.join(Counts::read(many, &mut reader)?);
        Ok(())
    }

    fn result(&self, mut parts: Vec<Counts>) -> Result<ArrayRef> {
        let figure = |part: &mut Counts| part.ranked(nearest_rank(self.0, part.total()));
        Ok(Arc::new(parts.iter_mut().map(figure).collect::<Int64Array>()))
    }

    fn held(part: &Counts) -> usize {
        part.held()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::groups::Rule;
    use super::*;

    fn column(values: &[Option<i64>]) -> Vec<ArrayRef> {
        vec![Arc::new(Int64Array::from(values.to_vec()))]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn any_cut_and_any_order_give_the_nearest_rank(
            values in prop::collection::vec(prop::option::of(-50..5_000_i64), 0..12_000),
            cuts in prop::collection::vec(0..12_000_usize, 0..5),
            turn in 0..6_usize,
            per_mille in 1..=1000_u32,
        ) {
            let rule = PerMille(per_mille);
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(values.len())).collect();
            cuts.extend([0, values.len()]);
            cuts.sort_unstable();
            let mut states = Vec::new();
            for cut in cuts.windows(2) {
                let mut part = [Counts::default()];
                rule.add(&column(&values[cut[0]..cut[1]]), |_| Some(0), &mut part).expect("numbers");
                states.push(rule.state(&part[0]).expect("bytes"));
            }
            let turn = turn % states.len();
            states.rotate_left(turn);
            let mut whole = Counts::default();
            for state in &states {
                rule.merge(&mut whole, state).expect("as written");
            }
            let mut sorted: Vec<i64> = values.iter().flatten().copied().collect();
            sorted.sort_unstable();
            let rank = (sorted.len() * per_mille as usize).div_ceil(1000);
            let expected = rank.checked_sub(1).map(|place| sorted[place]);
            let found = rule.result(vec![whole]).expect("a figure");
            let found = as_primitive_array::<Int64Type>(&found).expect("numbers").iter().next().flatten();
            prop_assert_eq!(found, expected);
        }
    }
}
