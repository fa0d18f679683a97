//! `impegno measure`: the table of commitments.

use impegno_charter::{BlockLayout, Layout, SectionLayout, Words};
use impegno_findings::Place;
use impegno_measure::{Measurement, Verdict, list_counted, measure_commitments};
use impegno_report::document::Report;
use impegno_report::{Frame, Plan, Proofs};

use crate::arguments::{Measure, Scope};
use crate::exit::{Exit, Failure};
use crate::folder::{self, Loaded};
use crate::hypothesis;
use crate::output;
use crate::served;
use crate::supply::Known;

/// Prints the table of commitments.
pub(crate) fn run(arguments: &Measure) -> Result<(), Failure> {
    let loaded = served::narrow(folder::load_sound(&arguments.centre)?, &arguments.scope)?;
    let loaded = hypothesis::apply(loaded, &arguments.expected)?;
    let (report, measurements) = commitments_alone(&loaded, &arguments.scope, Proofs::None)?;
    if let Some((_, table)) = report.tables().next() {
        output::data(&output::table(table, arguments.format));
    }
    if arguments.fail_on_missed {
        fail_on_missed(&loaded, &measurements)?;
    }
    Ok(())
}

/// The codes 12 and 13, on demand. Nobody is held to a best effort.
fn fail_on_missed(loaded: &Loaded, measurements: &[Measurement]) -> Result<(), Failure> {
    let best_effort = |id: &str| loaded.centre.commitments.iter().any(|one| one.id == id && one.best_effort);
    let measurements: Vec<&Measurement> = measurements.iter().filter(|one| !best_effort(&one.id)).collect();
    let codes = |wanted: fn(&Verdict) -> bool| {
        let found: Vec<&str> =
            measurements.iter().filter(|one| wanted(&one.verdict)).map(|one| one.code.as_str()).collect();
        found.join(", ")
    };
    let missed = codes(|verdict| matches!(verdict, Verdict::Missed));
    if !missed.is_empty() {
        return Err(Failure::new(Exit::Missed, format!("missed: {missed}")));
    }
    let unjudged = codes(|verdict| matches!(verdict, Verdict::NotProvable | Verdict::NotMeasured(_)));
    if !unjudged.is_empty() {
        return Err(Failure::new(Exit::NotJudged, format!("cannot be judged: {unjudged}")));
    }
    Ok(())
}

/// A report of the commitments and of the proofs asked for, without any other table.
pub(crate) fn commitments_alone(
    loaded: &Loaded,
    scope: &Scope,
    proofs: Proofs,
) -> Result<(Report, Vec<Measurement>), Failure> {
    let layout = commitments_layout();
    let known = Known::open(loaded, scope.as_of.map(|at| at.0))?;
    let mut measurements =
        measure_commitments(&loaded.centre, scope.period.interval(&loaded.centre.zone), known.at, &known)?;
    if proofs != Proofs::None {
        list_counted(&loaded.centre, &mut measurements, known.at, &known)?;
    }
    let plan = Plan::new(frame(loaded, &layout, scope, &known)).with_proofs(proofs);
    Ok((plan.report(&[], &measurements, &[]), measurements))
}

/// A layout of nothing but the table of commitments.
pub(crate) fn commitments_layout() -> Layout {
    let title = Words { it: "Livelli di servizio".to_owned(), en: "Service levels".to_owned() };
    let block = BlockLayout::Commitments {
        id: "sla".to_owned(),
        title: title.clone(),
        codes: None,
        place: Place::default(),
    };
    let section = SectionLayout {
        id: "livelli".to_owned(),
        number: String::new(),
        level: 1,
        title: title.clone(),
        blocks: vec![block],
    };
    Layout {
        code: "sla".to_owned(),
        title,
        subtitle: Words::default(),
        period: None,
        cover: None,
        sections: vec![section],
    }
}

/// What a report is about and rests on.
pub(crate) fn frame<'c>(loaded: &'c Loaded, layout: &'c Layout, scope: &Scope, known: &Known) -> Frame<'c> {
    Frame {
        centre: &loaded.centre,
        layout,
        period: scope.period,
        language: scope.lang.language(),
        known: known.at,
        known_at: known.at.to_string(),
        ledger_head: known.head.clone(),
        charter_version: loaded.version.to_string(),
        attributions: attributions(loaded),
        body: loaded.body.clone(),
    }
}

/// What the licences of the sources ask to be said, each sentence once, in the order of the sources' names.
fn attributions(loaded: &Loaded) -> Vec<String> {
    let mut sentences: Vec<String> = Vec::new();
    for attribution in loaded.sources.values().filter_map(|(declaration, _)| declaration.attribution.as_ref())
    {
        // The sentence is printed word for word; a licence that it does not name stands behind it.
        let sentence = match &attribution.licence {
            Some(licence) if !attribution.sentence.contains(licence.as_str()) => {
                format!("{} ({licence})", attribution.sentence)
            }
            _ => attribution.sentence.clone(),
        };
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    sentences
}
