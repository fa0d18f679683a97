//! `impegno forecast`: what the running period still allows.

use impegno_measure::{forecast, measure_commitments};
use impegno_report::forecast_table;

use crate::arguments::Forecast;
use crate::commands::measure::{commitments_layout, frame};
use crate::exit::Failure;
use crate::supply::Known;
use crate::{folder, hypothesis, output, served};

/// Prints what is left of what each commitment allows.
pub(crate) fn run(arguments: &Forecast) -> Result<(), Failure> {
    let loaded = served::narrow(folder::load_sound(&arguments.centre)?, &arguments.scope)?;
    let loaded = hypothesis::apply(loaded, &arguments.expected)?;
    let known = Known::open(&loaded, arguments.scope.as_of.map(|at| at.0))?;
    let zone = &loaded.centre.zone;
    let measurements =
        measure_commitments(&loaded.centre, arguments.scope.period.interval(zone), known.at, &known)?;
    let forecasts: Vec<_> = loaded
        .centre
        .commitments
        .iter()
        .filter_map(|commitment| {
            let measurement = measurements.iter().find(|one| one.id == commitment.id)?;
            Some(forecast(&loaded.centre, commitment, measurement, known.at))
        })
        .collect();
    let layout = commitments_layout();
    let frame = frame(&loaded, &layout, &arguments.scope, &known);
    let table = forecast_table(&frame, &measurements, &forecasts);
    output::data(&output::table(&table, arguments.format));
    Ok(())
}
