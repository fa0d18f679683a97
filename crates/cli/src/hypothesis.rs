//! What if something else had been promised? Expected values given on the command line.

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
            if (code.is_empty() || commitment.code == code) && commitment.expect(&expected) {
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
    let codes: Vec<&str> = loaded.centre.commitments.iter().map(|one| one.code.as_str()).collect();
    if code.is_empty() || codes.contains(&code) {
        return Ok(());
    }
    let hint = nearest(code, codes.iter().copied())
        .map_or_else(|| format!("one of: {}", codes.join(", ")), |near| format!("did you mean `{near}`?"));
    Err(Failure::new(Exit::Usage, format!("there is no commitment `{code}`")).hint(hint))
}
