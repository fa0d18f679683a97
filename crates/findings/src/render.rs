//! A finding as text for the terminal.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::{Finding, Severity};

/// Renders a finding for the terminal, with the marked piece of `text` when the finding has a span in it.
///
/// Plain text without colour: the meaning is in the words.
pub fn render(finding: &Finding, text: Option<&str>) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(&finding.message).id(finding.code.name);
    let mut report: Vec<Group<'_>> = Vec::new();
    let rendered = match (text, &finding.place.span) {
        (Some(text), Some(span)) if span.end <= text.len() => {
            let snippet = Snippet::source(text)
                .path(&finding.place.file)
                .annotation(AnnotationKind::Primary.span(span.clone()));
            report.push(title.element(snippet));
            Renderer::plain().render(&report)
        }
        _ => {
            report.push(Group::with_title(title));
            let mut rendered = Renderer::plain().render(&report);
            rendered.push_str(&format!("\n  --> {}", finding.place));
            if !finding.row.is_empty() {
                rendered.push_str(&format!("\n   | {}", finding.row));
            }
            rendered
        }
    };
    if finding.hint.is_empty() { rendered } else { format!("{rendered}\nhint: {}", finding.hint) }
}
