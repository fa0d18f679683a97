//! `impegno explain`: from a figure to its facts.

use std::collections::BTreeSet;

use impegno_charter::{Commitment, Layout, Words};
use impegno_measure::{Peer, against, availabilities};
use impegno_report::document::{Block, Page};
use impegno_report::{Proofs, against_page, proof_slug};

use crate::arguments::{Against, Explain, Format};
use crate::commands::measure::{commitments_alone, frame};
use crate::exit::{Exit, Failure};
use crate::folder::Loaded;
use crate::supply::Known;
use crate::{folder, hypothesis, output, served};

/// Prints the proof of a commitment.
pub(crate) fn run(arguments: &Explain) -> Result<(), Failure> {
    let loaded = folder::load_sound(&arguments.centre)?;
    hypothesis::check_known(&loaded, &arguments.code)?;
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
    if let Some(program) = arguments.against {
        for page in held_against(&loaded, arguments, program)? {
            print(&page, arguments.format);
        }
        return Ok(());
    }
    let (report, _) = commitments_alone(&loaded, &arguments.scope, Proofs::Of(arguments.code.clone()))?;
    // A promise that changed within the period has a page for each version.
    let versions = loaded.centre.commitments.iter().filter(|one| asked(one, &arguments.code));
    let slugs: Vec<String> = versions.map(|one| proof_slug(&one.id)).collect();
    for page in report.pages.iter().filter(|page| slugs.contains(&page.slug)) {
        print(page, arguments.format);
    }
    Ok(())
}

/// Whether a version of a commitment is meant: by the code of all versions, or by its own identifier.
fn asked(commitment: &Commitment, asked: &str) -> bool {
    commitment.code == asked || commitment.id == asked
}

/// The pages that hold the versions of a commitment against another program.
fn held_against(loaded: &Loaded, arguments: &Explain, program: Against) -> Result<Vec<Page>, Failure> {
    let peer = match program {
        Against::NagiosAvail => Peer::NagiosAvail,
        Against::IcingaDb => Peer::IcingaDb,
        Against::ZabbixSli => Peer::ZabbixSli,
        Against::UptimeKuma => Peer::UptimeKuma,
    };
    let centre = &loaded.centre;
    let scope = &arguments.scope;
    let known = Known::open(loaded, scope.as_of.map(|at| at.0))?;
    let period = scope.period.interval(&centre.zone);
    let layout = Layout {
        code: "against".to_owned(),
        title: Words::default(),
        subtitle: Words::default(),
        period: None,
        cover: None,
        sections: Vec::new(),
    };
    let frame = frame(loaded, &layout, scope, &known);
    let mut pages = Vec::new();
    for commitment in centre.commitments.iter().filter(|one| asked(one, &arguments.code)) {
        if let Some(parts) = against(centre, commitment, period, known.at, &known, peer)? {
            pages.push(against_page(commitment, peer, &parts, &frame));
        }
    }
    if pages.is_empty() {
        let others = centre.commitments.iter().filter(|one| availabilities(&one.indicator).is_some());
        let codes: BTreeSet<&str> = others.map(|one| one.code.as_str()).collect();
        let codes: Vec<&str> = codes.into_iter().collect();
        let message = format!("other programs have no figure like that of `{}`", arguments.code);
        let hint = format!("they count availability, as in: {}", codes.join(", "));
        return Err(Failure::new(Exit::Usage, message).hint(hint));
    }
    Ok(pages)
}

/// Prints a page, or its tables.
fn print(page: &Page, format: Format) {
    match format {
        Format::Table => output::data(&output::page(page)),
        Format::Csv | Format::Json => {
            for block in page.sections.iter().flat_map(|section| &section.blocks) {
                if let Block::Table(table) = block {
                    output::data(&output::table(table, format));
                }
            }
        }
    }
}
