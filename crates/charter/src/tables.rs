//! The tables of a centre folder: comma-separated, UTF-8, with a header.

use impegno_findings::{Finding, Place, nearest};

use crate::codes::BAD_TABLE;

/// A row of a table: its fields by column.
pub(crate) struct TableRow<'t> {
    columns: &'t [String],
    fields: csv::StringRecord,
    /// Where the row stands.
    pub place: Place,
}

impl TableRow<'_> {
    /// The text of a column, trimmed; empty when the table has no such column.
    pub(crate) fn text(&self, column: &str) -> &str {
        let position = self.columns.iter().position(|name| name == column);
        position.and_then(|position| self.fields.get(position)).unwrap_or("").trim()
    }
}

/// The one finding of a file that is separated by semicolons, as Italian spreadsheets save it: its first line has more of them than
/// commas, outside quotation marks.
pub(crate) fn semicolons(file: &str, text: &str) -> Option<Finding> {
    let (mut semicolons, mut commas, mut quoted) = (0_usize, 0_usize, false);
    for sign in text.chars() {
        match sign {
            '"' => quoted = !quoted,
            '\n' | '\r' if !quoted => break,
            ';' if !quoted => semicolons += 1,
            ',' if !quoted => commas += 1,
            _ => {}
        }
    }
    let hint = "save it with commas: in a spreadsheet, as CSV UTF-8 with the comma as separator";
    (semicolons > commas).then(|| {
        Finding::error(BAD_TABLE, Place::line(file, 1), "the file is separated by semicolons").hint(hint)
    })
}

/// Reads a table and calls `each` with every sound row.
///
/// `required` columns must be there; of the header's columns, those neither required nor `optional` are
/// findings.
pub(crate) fn read_table(
    file: &str,
    text: &str,
    required: &[&str],
    optional: &[&str],
    findings: &mut Vec<Finding>,
    mut each: impl FnMut(&TableRow<'_>, &mut Vec<Finding>),
) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(finding) = semicolons(file, text) {
        findings.push(finding);
        return;
    }
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let columns: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(|name| name.trim().to_owned()).collect(),
        Err(error) => {
            findings.push(Finding::error(BAD_TABLE, Place::line(file, 1), error.to_string()));
            return;
        }
    };
    for column in required {
        if !columns.iter().any(|name| name == column) {
            let message = format!("the column `{column}` is missing");
            let hint = match nearest(column, columns.iter().map(String::as_str)) {
                Some(name) => format!("is it the one called `{name}`?"),
                None if columns.len() == 1 => "separate the columns by commas".to_owned(),
                None => format!("the table has: {}", columns.join(", ")),
            };
            findings.push(Finding::error(BAD_TABLE, Place::line(file, 1), message).hint(hint));
        }
    }
    for column in &columns {
        let known = required.iter().chain(optional);
        if !known.clone().any(|name| name == column) {
            let message = format!("the column `{column}` is not known here");
            let hint = match nearest(column, known.copied()) {
                Some(name) => format!("did you mean `{name}`?"),
                None => String::new(),
            };
            findings.push(Finding::warning(BAD_TABLE, Place::line(file, 1), message).hint(hint));
        }
    }
    for record in reader.records() {
        match record {
            Ok(fields) => {
                let line = fields.position().map_or(0, |position| position.line() as u32);
                let place = Place::line(file, line);
                if fields.len() == columns.len() {
                    each(&TableRow { columns: &columns, fields, place }, findings);
                } else {
                    let message = format!(
                        "the row has {} columns where the header has {}",
                        fields.len(),
                        columns.len()
                    );
                    findings.push(Finding::error(BAD_TABLE, place, message));
                }
            }
            Err(error) => findings.push(Finding::error(BAD_TABLE, Place::file(file), error.to_string())),
        }
    }
}
