//! `impegno explain`: from a figure to its facts.

use impegno_findings::nearest;
use impegno_report::document::Block;
use impegno_report::proof_slug;

use crate::arguments::{Explain, Format};
use crate::commands::measure::commitments_alone;
use crate::exit::{Exit, Failure};
use crate::{folder, hypothesis, output, served};

/// Prints the proof of a commitment.
pub(crate) fn run(arguments: &Explain) -> Result<(), Failure> {
    let loaded = folder::load_sound(&arguments.centre)?;
    let codes: Vec<&str> = loaded.centre.commitments.iter().map(|one| one.code.as_str()).collect();
    if !codes.contains(&arguments.code.as_str()) {
        let hint = nearest(&arguments.code, codes.iter().copied()).map_or_else(
            || format!("one of: {}", codes.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(
            Failure::new(Exit::Usage, format!("there is no commitment `{}`", arguments.code)).hint(hint)
        );
    }
    let loaded = served::narrow(loaded, &arguments.scope)?;
    let hypotheses: Vec<String> = arguments
        .expected
        .iter()
        .map(|text| match text.trim_start().starts_with(['<', '>']) {
            true => format!("{} {text}", arguments.code),
            false => text.clone(),
        })
        .collect();
    let loaded = hypothesis::apply(loaded, &hypotheses)?;
    let (report, _) = commitments_alone(&loaded, &arguments.scope)?;
    // A promise that changed within the period has a page for each version.
    let versions = loaded.centre.commitments.iter().filter(|one| one.code == arguments.code);
    let slugs: Vec<String> = versions.map(|one| proof_slug(&one.id)).collect();
    for page in report.pages.iter().filter(|page| slugs.contains(&page.slug)) {
        match arguments.format {
            Format::Table => output::data(&output::page(page)),
            Format::Csv | Format::Json => {
                for block in page.sections.iter().flat_map(|section| &section.blocks) {
                    if let Block::Table(table) = block {
                        output::data(&output::table(table, arguments.format));
                    }
                }
            }
        }
    }
    Ok(())
}
