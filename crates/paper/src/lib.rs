//! The report as a document to be signed and published: one PDF, from the same report value as every
//! other format.
//!
//! The file is tagged and conforms to PDF/UA-1 and PDF/A-2a; the typesetter refuses to write one that does
//! not. It holds the first page of the report, any further page, and the proofs as an annex. The page of
//! differences from published figures is left out: the document does not depend on what others published,
//! and comes out the same, byte for byte, with it or without.
//!
//! Long tables are printed in part (1,000 rows, in the annex 60), with a sentence that says how many rows
//! there are and which CSV holds them.
//!
//! | Module | Knows |
//! | --- | --- |
//! | `legible` | which signs can be printed, and what stands for the others |
//! | `fonts` | the typefaces, and how wide signs are |
//! | `fit` | how a table stands on the page |
//! | `sheet` | the report as the data that the template reads |
//! | `world` | what the typesetter may reach: nothing outside the program |
//!
//! The looks are in `template/report.typ`. Texts reach it as values and are never read as markup.

mod fit;
mod fonts;
mod legible;
mod sheet;
mod words;
mod world;

use std::borrow::Cow;
use std::fmt;

use impegno_publish::File;
use impegno_report::document::Report;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::legible::Signs;
use crate::world::Desk;

/// Why there is no document.
///
/// No report value is known to lead here; it would be a mistake of this crate or of the typesetter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperError {
    /// What was done: setting the text, or writing the file.
    step: &'static str,
    /// What the typesetter says.
    messages: Vec<String>,
}

impl fmt::Display for PaperError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the PDF could not be made ({}): {}", self.step, self.messages.join("; "))
    }
}

impl std::error::Error for PaperError {}

impl PaperError {
    fn new<'d>(
        step: &'static str,
        diagnostics: impl IntoIterator<Item = &'d SourceDiagnostic>,
    ) -> PaperError {
        let messages = diagnostics.into_iter().take(5).map(|one| one.message.to_string()).collect();
        PaperError { step, messages }
    }
}

/// The report as PDF: `<layout>-<period>.pdf`.
///
/// Same report, same bytes: the date of the document is `known_at`, and its identifier is made of what
/// names the report.
///
/// # Errors
///
/// When the typesetter refuses; see [`PaperError`].
pub fn pdf(report: &Report) -> Result<File, PaperError> {
    // A sign may have a shape in a font and still lack one beside another: then the standards forbid the
    // file, and the document is set again with fewer signs and the codes of the others.
    let bytes = set(report, Signs::All)
        .or_else(|_| set(report, Signs::WithoutMarks))
        .or_else(|_| set(report, Signs::Plain));
    // The typesetter remembers what it has set, for the next time; there is none with the same report.
    typst::comemo::evict(0);
    Ok(File { path: impegno_publish::pdf_path(report), bytes: Cow::Owned(bytes?) })
}

/// The document as the bytes of a file.
fn set(report: &Report, signs: Signs) -> Result<Vec<u8>, PaperError> {
    let legible = legible::report(report, signs);
    let data = sheet::sheet(&legible, report).to_string().into_bytes();
    let own = |message: &str| PaperError { step: "setting the text", messages: vec![message.to_owned()] };
    let desk = Desk::new(data).ok_or_else(|| own("a path inside the program is no path"))?;
    let document: PagedDocument =
        typst::compile(&desk).output.map_err(|errors| PaperError::new("setting the text", &errors))?;
    let standards =
        PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1]).map_err(|error| own(error.message()))?;
    let body = report.body.as_ref().map(|body| body.code.as_str());
    let options = PdfOptions {
        ident: Smart::Custom(format!(
            "impegno {} {} {} {} {} {}",
            report.centre,
            body.unwrap_or_default(),
            report.layout,
            report.period_code,
            report.ledger_head,
            report.charter_version
        )),
        creator: Smart::Custom(Some("Impegno".to_owned())),
        // Used only where `known_at` is no instant: a document for the archive must have a date.
        timestamp: Datetime::from_ymd_hms(1970, 1, 1, 0, 0, 0).map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(|errors| PaperError::new("writing the file", &errors))
}
