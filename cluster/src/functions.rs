//! The measures as aggregate functions of SQL.
//!
//! They rest on the accumulators of the embedded program: what comes out of one reading of a segment travels as bytes and
//! merges, so that any cut into parts, in any order, gives the same figure or an error. No float takes part.

mod groups;
mod latency;
mod stands;

use std::fmt::Debug;
use std::hash::{Hash, Hasher};

use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{ScalarValue, exec_err, plan_err};
use datafusion::error::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, GroupsAccumulator, Signature, Volatility,
};
use datafusion::physical_expr::expressions::Literal;

use groups::{Groups, Whole};

/// All functions. Client, scheduler and executors know the same: they travel by name.
pub fn all() -> Vec<AggregateUDF> {
    vec![
        AggregateUDF::new_from_impl(Function::new(stands::StateRuns)),
        AggregateUDF::new_from_impl(Function::new(stands::Availability)),
        AggregateUDF::new_from_impl(Function::new(latency::ExactPercentile)),
    ]
}

/// What a function is called with and gives, and how it is computed.
pub(crate) trait Described: Debug + Clone + Send + Sync + 'static {
    /// How it is computed, once the constants are known.
    type Rule: groups::Rule;

    /// Its name.
    fn name(&self) -> &'static str;

    /// Its arguments: columns first, then constants.
    fn arguments(&self) -> Vec<DataType>;

    /// How many of the arguments are columns.
    fn columns(&self) -> usize;

    /// What it gives.
    fn result(&self) -> DataType;

    /// The rule that some constants make.
    fn rule(&self, constants: &[ScalarValue]) -> Result<Self::Rule>;
}

/// A described function, for the engine.
#[derive(Debug)]
struct Function<D> {
    described: D,
    signature: Signature,
}

impl<D: Described> Function<D> {
    fn new(described: D) -> Function<D> {
        Function { described, signature: Signature::user_defined(Volatility::Immutable) }
    }

    fn rule(&self, arguments: &AccumulatorArgs<'_>) -> Result<D::Rule> {
        let name = self.described.name();
        if arguments.is_distinct {
            return exec_err!("{name} counts every row: it does not know DISTINCT");
        }
        let mut constants = Vec::new();
        for expression in arguments.exprs.iter().skip(self.described.columns()) {
            let any: &dyn std::any::Any = expression.as_ref();
            match any.downcast_ref::<Literal>() {
                Some(literal) => constants.push(literal.value().clone()),
                None => return exec_err!("{name}: {expression} should be a constant"),
            }
        }
        self.described.rule(&constants)
    }
}

impl<D: Described> PartialEq for Function<D> {
    fn eq(&self, other: &Function<D>) -> bool {
        self.described.name() == other.described.name()
    }
}

impl<D: Described> Eq for Function<D> {}

impl<D: Described> Hash for Function<D> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.described.name().hash(state);
    }
}

impl<D: Described> AggregateUDFImpl for Function<D> {
    fn name(&self) -> &str {
        self.described.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let wanted = self.described.arguments();
        if given.len() != wanted.len() {
            let name = self.described.name();
            return plan_err!("{name} takes {} arguments and was given {}", wanted.len(), given.len());
        }
        for (n, (wanted, given)) in (1..).zip(wanted.iter().zip(given)) {
            // What comes with a fraction would be cut off without a word.
            if wanted.is_integer() && !given.is_integer() && !given.is_null() {
                return plan_err!("{}: argument {n} is a whole number", self.described.name());
            }
        }
        Ok(wanted)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.described.result())
    }

    fn state_fields(&self, arguments: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        Ok(vec![Field::new(format!("{}[gathered]", arguments.name), DataType::Binary, true).into()])
    }

    fn accumulator(&self, arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Whole::new(self.rule(&arguments)?)))
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs<'_>) -> bool {
        true
    }

    fn create_groups_accumulator(
        &self,
        arguments: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Groups::new(self.rule(&arguments)?)))
    }

    /// Any order gives the same.
    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }
}
