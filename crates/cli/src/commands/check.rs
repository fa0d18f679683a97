//! `impegno check`: is the folder sound?

use impegno_findings::Severity;

use crate::arguments::Centre;
use crate::exit::{Exit, Failure};
use crate::{folder, output};

/// Lists everything that is wrong in a folder.
pub(crate) fn run(arguments: &Centre) -> Result<(), Failure> {
    let loaded = folder::load(&arguments.centre)?;
    output::findings(&loaded.findings, Some(&loaded));
    let centre = &loaded.centre;
    output::data(&format!(
        "{} bodies, {} services, {} components, {} probes, {} commitments, {} layouts, {} sources: {}\n",
        centre.bodies.len(),
        centre.services.len(),
        centre.components.len(),
        centre.probes.len(),
        centre.commitments.len(),
        centre.layouts.len(),
        loaded.sources.len() + loaded.registers.len(),
        output::count(&loaded.findings)
    ));
    if loaded.findings.iter().any(|finding| finding.severity == Severity::Error) {
        return Err(Failure::new(Exit::Folder, ""));
    }
    Ok(())
}
