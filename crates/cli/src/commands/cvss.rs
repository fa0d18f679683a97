//! `impegno cvss`: the scores of vectors.

use impegno_cvss::Vector;

use crate::arguments::Cvss;
use crate::exit::{Exit, Failure};
use crate::output;

/// Prints a line of CSV for each vector; the band is that of the base score.
pub(crate) fn run(arguments: &Cvss) -> Result<(), Failure> {
    let mut lines = String::from("vector,base,temporal,environmental,band\n");
    for text in &arguments.vectors {
        let vector =
            Vector::parse(text).map_err(|reason| Failure::new(Exit::Usage, format!("`{text}`: {reason}")))?;
        let (base, temporal, environmental) = (vector.base(), vector.temporal(), vector.environmental());
        let band = base.band().name();
        lines.push_str(&format!("{text},{base},{temporal},{environmental},{band}\n"));
    }
    output::data(&lines);
    Ok(())
}
