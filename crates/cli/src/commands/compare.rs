//! `impegno compare`: published figures against ours.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use impegno_calendar::Period;
use impegno_charter::Layout;
use impegno_compare::{Comparison, Mapping, Outcome, Published, read_mapping};
use impegno_findings::{Finding, Severity};
use impegno_report::document::{Page, Report};

use crate::arguments::{Compare, Format, Scope};
use crate::commands::report;
use crate::exit::{Exit, Failure};
use crate::folder::{self, Loaded};
use crate::output;

/// Prints every difference, and how many figures are equal or cannot be computed.
pub(crate) fn run(arguments: &Compare) -> Result<(), Failure> {
    if arguments.scope.body.is_some() {
        return Err(Failure::new(Exit::Usage, "published figures are compared with the whole centre")
            .hint("leave out --body"));
    }
    let loaded = folder::load_sound(&arguments.centre)?;
    let layout = report::layout(&loaded, arguments.layout.as_deref(), arguments.scope.period)?;
    let document = report::build(&loaded, arguments.layout.as_deref(), &arguments.scope)?;
    let folder = arguments.published.clone().unwrap_or_else(|| loaded.directory.join("published"));
    let Some(comparison) = compare(&loaded, layout, &arguments.scope, &document, &folder)? else {
        let message =
            format!("{} holds no mapping.toml for the period {}", folder.display(), arguments.scope.period);
        return Err(Failure::new(Exit::Usage, message)
            .hint("mapping.toml says which cell each published number stands for, and of which period"));
    };
    match arguments.format {
        Format::Table => output::data(&told(&comparison, arguments.all)),
        Format::Csv | Format::Json => output::data(&listed(&comparison, arguments)),
    }
    let (equal, differs, lost) = comparison.counts();
    output::talk(&format!(
        "{equal} equal, {differs} different ({} unexplained), {lost} not computable here, {} other contradictions of the document",
        comparison.unexplained().count(),
        comparison.contradictions.len()
    ));
    if !comparison.unread.is_empty() {
        let message =
            format!("missing or unreadable in {}: {}", folder.display(), comparison.unread.join(", "));
        return Err(Failure::new(Exit::Folder, message).hint("mapping.toml names these files"));
    }
    Ok(())
}

/// Compares a report with a folder of published tables; `None` when the folder has no mapping or is about
/// another period.
fn compare(
    loaded: &Loaded,
    layout: &Layout,
    scope: &Scope,
    document: &Report,
    published: &Path,
) -> Result<Option<Comparison>, Failure> {
    let file = published.join("mapping.toml");
    let Ok(text) = fs::read_to_string(&file) else { return Ok(None) };
    let mut findings: Vec<Finding> = Vec::new();
    let name = file.display().to_string();
    let mapping: Mapping = impegno_settings::read(&name, &text, &mut findings, read_mapping);
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        for finding in &findings {
            output::talk(&impegno_findings::render(finding, Some(&text)));
        }
        return Err(Failure::new(Exit::Folder, format!("{name} has {}", output::count(&findings))));
    }
    if !is_about(&mapping, layout, scope.period) {
        return Ok(None);
    }
    let read = |file: &str| fs::read_to_string(published.join(file)).ok();
    let body = |word: &str| loaded.names.bodies.get(word).cloned();
    let sources = Published { file: &read, body: &body };
    Ok(Some(impegno_compare::compare(&mapping, &sources, layout, scope.period, document)))
}

/// The page of differences of a report.
pub(crate) fn page(
    loaded: &Loaded,
    layout: &Layout,
    scope: &Scope,
    document: &Report,
) -> Result<Page, Failure> {
    let comparison = compare(loaded, layout, scope, document, &loaded.directory.join("published"))?;
    Ok(impegno_compare::page(comparison.as_ref(), scope.lang.language()))
}

/// The files of `published/` that the page of differences of a report rests on, by their names within it.
pub(crate) fn files(loaded: &Loaded, layout: &Layout, period: Period) -> BTreeSet<String> {
    let Ok(text) = fs::read_to_string(loaded.directory.join("published/mapping.toml")) else {
        return BTreeSet::new();
    };
    let mapping: Mapping = impegno_settings::read("mapping.toml", &text, &mut Vec::new(), read_mapping);
    // One for another report is none for this.
    if !is_about(&mapping, layout, period) {
        return BTreeSet::new();
    }
    let files = mapping.files().into_iter().map(str::to_owned);
    std::iter::once("mapping.toml".to_owned()).chain(files).collect()
}

/// Whether a mapping is about a report.
fn is_about(mapping: &Mapping, layout: &Layout, period: Period) -> bool {
    mapping.period == period.to_string() && mapping.layout.as_ref().is_none_or(|name| *name == layout.code)
}

/// Every difference with what explains it, as text.
fn told(comparison: &Comparison, all: bool) -> String {
    let mut text = String::new();
    for item in &comparison.items {
        let (sign, explanations) = match &item.outcome {
            Outcome::Equal if all => ("=", &[][..]),
            Outcome::Differs { explanations } => ("≠", explanations.as_slice()),
            Outcome::Equal | Outcome::NotComputable { .. } => continue,
        };
        text.push_str(&format!(
            "{sign} {}: {} / {}  ({}:{})\n",
            item.label, item.published, item.ours, item.file, item.line
        ));
        for explanation in explanations {
            text.push_str(&format!("    {explanation}\n"));
        }
    }
    for one in &comparison.contradictions {
        text.push_str(&format!("! {}: {} / {}\n", one.label, one.published, one.follows));
    }
    text
}

/// Every item as CSV or JSON; the equal ones only when asked for.
fn listed(comparison: &Comparison, arguments: &Compare) -> String {
    let items = comparison.items.iter().filter(|item| arguments.all || item.outcome != Outcome::Equal);
    let records = items.map(|item| {
        let (outcome, why) = match &item.outcome {
            Outcome::Equal => ("equal", String::new()),
            Outcome::Differs { explanations } => ("differs", explanations.join("; ")),
            Outcome::NotComputable { reason } => ("not-computable", reason.clone()),
        };
        [
            outcome.to_owned(),
            item.reference.clone(),
            item.label.clone(),
            item.published.clone(),
            item.ours.clone(),
            why,
            item.file.clone(),
            item.line.to_string(),
        ]
    });
    let contradictions = comparison.contradictions.iter().map(|one| {
        [
            "contradiction".to_owned(),
            one.reference.clone(),
            one.label.clone(),
            one.published.clone(),
            one.follows.clone(),
            String::new(),
            String::new(),
            String::new(),
        ]
    });
    const COLUMNS: [&str; 8] = ["outcome", "reference", "label", "published", "ours", "why", "file", "line"];
    let records: Vec<[String; 8]> = records.chain(contradictions).collect();
    if arguments.format == Format::Json {
        let objects: Vec<serde_json::Value> = records
            .into_iter()
            .map(|record| {
                let object: serde_json::Map<String, serde_json::Value> = COLUMNS
                    .iter()
                    .map(|name| (*name).to_owned())
                    .zip(record.into_iter().map(Into::into))
                    .collect();
                object.into()
            })
            .collect();
        return format!("{:#}\n", serde_json::Value::Array(objects));
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _ = writer.write_record(COLUMNS);
    for record in records {
        let _ = writer.write_record(record);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}
