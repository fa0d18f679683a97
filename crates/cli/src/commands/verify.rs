//! `impegno verify`: walk the chain of batches.

use impegno_ledger::Ledger;

use crate::arguments::Centre;
use crate::exit::{Exit, Failure};
use crate::{folder, output};

/// Recomputes every hash of the ledger.
pub(crate) fn run(arguments: &Centre) -> Result<(), Failure> {
    let loaded = folder::load(&arguments.centre)?;
    let Some(ledger) = Ledger::open_existing(&loaded.ledger())? else {
        output::talk("nothing was received yet");
        return Ok(());
    };
    let verification = ledger.verify()?;
    for problem in &verification.problems {
        output::talk(&format!("error: {problem}"));
    }
    output::data(&format!(
        "{} batches and {} segments verified, {} problems\n",
        verification.batches,
        verification.segments,
        verification.problems.len()
    ));
    if verification.problems.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(Exit::Output, "the ledger is not as it was received").hint("restore it from a copy"))
    }
}
