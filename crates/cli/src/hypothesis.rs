//! What if something else had been promised? Expected values given on the command line.

use std::collections::BTreeSet;

use impegno_charter::Expected;
use impegno_findings::{Place, nearest};

use crate::exit::{Exit, Failure};
use crate::folder::Loaded;
use crate::output;

/// Puts other expected values in the place of those of the charter: `SLA.2 >= 99.5 %`, or without a code for every
/// commitment that is measured in this unit. What is done is told.
pub(crate) fn apply(mut loaded: Loaded, hypotheses: &[String]) -> Result<Loaded, Failure> {
    for text in hypotheses {
        let start = text.find(['<', '>']).unwrap_or(text.len());
        let (code, expected) = text.split_at(start);
        let code = code.trim().trim_end_matches([':', '=']).trim();
        let expected = Expected::parse(expected, Place::default()).map_err(|reason| {
            Failure::new(Exit::Usage, format!("--expected: {reason}"))
                .hint("write it like \"SLA.2 >= 99.5 %\", or \">= 99.5 %\" for all of this unit")
        })?;
        check_code(&loaded, code)?;
        let mut judged = Vec::new();
        for commitment in &mut loaded.centre.commitments {
            let asked = code.is_empty() || [&commitment.code, &commitment.id].iter().any(|one| *one == code);
            if asked && commitment.expect(&expected) {
                judged.push(commitment.code.as_str());
            }
        }
        judged.dedup();
        if judged.is_empty() {
            let message = match code {
                "" => format!("no commitment is measured in the unit of `{}`", text.trim()),
                code => format!("`{code}` is not measured in the unit of `{}`", text.trim()),
            };
            return Err(Failure::new(Exit::Usage, message).hint("see `impegno measure` for what is expected"));
        }
        let codes = judged.join(", ");
        output::talk(&format!("what if: {codes} judged against `{}`", text[start..].trim()));
    }
    Ok(loaded)
}

fn check_code(loaded: &Loaded, code: &str) -> Result<(), Failure> {
    if code.is_empty() { Ok(()) } else { check_known(loaded, code) }
}

/// Whether the centre has a commitment of this code, or a version of this identifier.
pub(crate) fn check_known(loaded: &Loaded, asked: &str) -> Result<(), Failure> {
    let commitments = &loaded.centre.commitments;
    if commitments.iter().any(|one| one.code == asked || one.id == asked) {
        return Ok(());
    }
    let codes: BTreeSet<&str> = commitments.iter().map(|one| one.code.as_str()).collect();
    let known: BTreeSet<&str> = commitments.iter().map(|one| one.id.as_str()).chain(codes.clone()).collect();
    let hint = nearest(asked, known).map_or_else(
        || format!("one of: {}", codes.into_iter().collect::<Vec<_>>().join(", ")),
        |near| format!("did you mean `{near}`?"),
    );
    Err(Failure::new(Exit::Usage, format!("there is no commitment `{asked}`")).hint(hint))
}
