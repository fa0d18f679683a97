//! Answers as text.

use clap::ValueEnum;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::csv::WriterBuilder;
use datafusion::arrow::json::writer::{JsonArray, WriterBuilder as JsonBuilder};
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::error::Result;

/// Form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For reading.
    Table,
    /// For spreadsheets; instants in ISO 8601, nested columns as they print.
    Csv,
    /// For programs; a column without a value is null.
    Json,
}

/// Rows as text.
///
/// # Errors
/// When a column has no form in the format.
pub fn rows(batches: &[RecordBatch], format: Format) -> Result<String> {
    match format {
        Format::Table => Ok(format!("{}\n", pretty_format_batches(batches)?)),
        Format::Csv => {
            let mut writer = WriterBuilder::new().with_header(true).build(Vec::new());
            for batch in batches {
                writer.write(batch)?;
            }
            Ok(String::from_utf8_lossy(&writer.into_inner()).into_owned())
        }
        Format::Json => {
            let mut writer = JsonBuilder::new().with_explicit_nulls(true).build::<_, JsonArray>(Vec::new());
            for batch in batches {
                writer.write(batch)?;
            }
            writer.finish()?;
            let mut text = String::from_utf8_lossy(&writer.into_inner()).into_owned();
            // Without any row the writer writes nothing.
            if text.is_empty() {
                text.push_str("[]");
            }
            text.push('\n');
            Ok(text)
        }
    }
}
