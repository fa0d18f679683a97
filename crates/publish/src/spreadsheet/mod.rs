//! A report as a workbook: what both spreadsheet formats hold, before either is written.
//!
//! One sheet a table, one for the single figures, one for the paragraphs; the first lists them all.

pub(crate) mod book;
pub(crate) mod shown;
