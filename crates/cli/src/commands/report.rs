//! `impegno report`: the report in every format.

use std::path::{Component, Path, PathBuf};
use std::thread;

use impegno_calendar::Period;
use impegno_charter::Layout;
use impegno_findings::nearest;
use impegno_measure::{Joins, answer, list_counted, measure_commitments};
use impegno_publish::File;
use impegno_report::document::Report as Document;
use impegno_report::{Beside, Plan};

use crate::arguments::{Report, Scope};
use crate::commands::measure::frame;
use crate::exit::{Exit, Failure};
use crate::folder::{self, Loaded};
use crate::output;
use crate::publication;
use crate::served;
use crate::supply::Known;

/// Writes the report, or one for each served body.
pub(crate) fn run(arguments: &Report) -> Result<(), Failure> {
    let loaded = folder::load_sound(&arguments.centre)?;
    if !arguments.each_body {
        return write(loaded, arguments, &arguments.scope, &arguments.out);
    }
    let bodies: Vec<String> = loaded.centre.bodies.iter().map(|body| body.code.clone()).collect();
    if bodies.is_empty() {
        let message = "the centre has no served bodies";
        return Err(Failure::new(Exit::Usage, message).hint("list them in bodies.csv"));
    }
    let folders = bodies.iter().map(|body| folder_of(&arguments.out, body)).collect::<Result<Vec<_>, _>>()?;
    for (body, out) in bodies.into_iter().zip(folders) {
        let scope = Scope { body: Some(body), ..arguments.scope.clone() };
        write(folder::load_sound(&arguments.centre)?, arguments, &scope, &out)?;
    }
    Ok(())
}

/// The folder of a body's report: right below the output folder, whatever its code holds.
fn folder_of(out: &Path, body: &str) -> Result<PathBuf, Failure> {
    let mut parts = Path::new(body).components();
    match (parts.next(), parts.next()) {
        (Some(Component::Normal(name)), None) if name == body => Ok(out.join(name)),
        _ => {
            let message = format!("the code `{}` of a body cannot name a folder", body.escape_debug());
            Err(Failure::new(Exit::Folder, message).hint("change it in bodies.csv"))
        }
    }
}

fn write(loaded: Loaded, arguments: &Report, scope: &Scope, out: &Path) -> Result<(), Failure> {
    let loaded = served::narrow(loaded, scope)?;
    let document = build(&loaded, arguments.layout.as_deref(), scope)?;
    let written = publish(&document, out)?;
    let page = out.join("index.html");
    output::talk(&format!("{written} files in {}; open {}", out.display(), page.display()));
    Ok(())
}

/// The layout of a name, or the only one, or the only one made for periods of this length.
pub(crate) fn layout<'l>(
    loaded: &'l Loaded,
    name: Option<&str>,
    period: Period,
) -> Result<&'l Layout, Failure> {
    let layouts = &loaded.centre.layouts;
    let known: Vec<&str> = layouts.keys().map(String::as_str).collect();
    match name {
        Some(name) => layouts.get(name).ok_or_else(|| {
            let hint = nearest(name, known.iter().copied()).map_or_else(
                || format!("one of: {}", known.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            Failure::new(Exit::Usage, format!("there is no layout `{name}`")).hint(hint)
        }),
        None if layouts.len() == 1 => layouts.values().next().ok_or_else(no_layout),
        None if layouts.is_empty() => Err(no_layout()),
        None => {
            let made_for_it = |layout: &&Layout| layout.period.is_some_and(|kind| kind.fits(period));
            let mut fitting = layouts.values().filter(made_for_it);
            if let (Some(layout), None) = (fitting.next(), fitting.next()) {
                return Ok(layout);
            }
            let hint = format!("--layout with one of: {}", known.join(", "));
            Err(Failure::new(Exit::Usage, "the centre has several layouts").hint(hint))
        }
    }
}

fn no_layout() -> Failure {
    Failure::new(Exit::Folder, "the centre has no report layout").hint("write one in reports/")
}

/// Builds the report value: the report, its proofs, and the comparison with what was published.
pub(crate) fn build(loaded: &Loaded, name: Option<&str>, scope: &Scope) -> Result<Document, Failure> {
    let layout = layout(loaded, name, scope.period)?;
    if scope.period.is_longer_than_a_year() && layout.looks_a_year_back() {
        let message = format!(
            "the layout `{}` compares with the same period of the year before, which would overlap a period longer than a year",
            layout.code
        );
        return Err(Failure::new(Exit::Usage, message).hint("ask for a year at most, or for another layout"));
    }
    let known = Known::open(loaded, scope.as_of.map(|at| at.0))?;
    let plan = Plan::new(frame(loaded, layout, scope, &known));
    let answers = answer(plan.questions(), &Joins::new(&loaded.centre), &loaded.centre.zone, &known)?;
    let mut measurements =
        measure_commitments(&loaded.centre, scope.period.interval(&loaded.centre.zone), known.at, &known)?;
    list_counted(&loaded.centre, &mut measurements, known.at, &known)?;
    let mut beside = Vec::new();
    for period in plan.periods() {
        let interval = period.interval(&loaded.centre.zone);
        let mut measurements = measure_commitments(&loaded.centre, interval, known.at, &known)?;
        list_counted(&loaded.centre, &mut measurements, known.at, &known)?;
        beside.push(Beside { period, measurements });
    }
    let mut document = plan.report(&answers, &measurements, &beside);
    // What was published is the whole centre's.
    if loaded.body.is_none() {
        document.pages.push(super::compare::page(loaded, layout, scope, &document)?);
    }
    Ok(document)
}

/// Writes every format, all files or none; gives their number.
pub(crate) fn publish(document: &Document, out: &Path) -> Result<usize, Failure> {
    let files = formats(document)?;
    let published: Vec<_> = files.iter().map(|file| (file.path.as_str(), file.bytes.as_ref())).collect();
    publication::write(&published, out)?;
    Ok(files.len())
}

/// The files of every format.
pub(crate) fn formats(document: &Document) -> Result<Vec<File>, Failure> {
    // The PDF takes as long as all others together.
    let (files, pdf) = thread::scope(|scope| {
        let pdf = scope.spawn(|| impegno_paper::pdf(document));
        (others(document), pdf.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let mut files = files?;
    files.push(pdf?);
    Ok(files)
}

/// Every format but the PDF.
fn others(document: &Document) -> Result<Vec<File>, Failure> {
    let mut files: Vec<File> = impegno_publish::html(document);
    files.extend(impegno_publish::csv(document));
    files.extend(impegno_publish::json(document));
    let workbooks = impegno_publish::xlsx(document);
    files.extend(workbooks.map_err(|error| Failure::new(Exit::Output, error.to_string()))?);
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_of_a_body_stays_below_the_output_folder() {
        let folder = |body: &str| folder_of(Path::new("enti"), body).ok();
        assert_eq!(folder("firenze"), Some(PathBuf::from("enti/firenze")));
        for body in ["../../x", "..", ".", "", "/etc", "a/b", "a/"] {
            assert_eq!(folder(body), None, "{body}");
        }
    }
}
