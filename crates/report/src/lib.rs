//! What the centre says: sections, tables, series, sentences, rounding, languages.
pub mod document;
