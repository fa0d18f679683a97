//! What the fields of one row must say of each other.

use impegno_findings::nearest;

use super::Reject;
use super::dimensions::cvss;
use super::fields::{Header, whole_number};
use super::rows::Row;
use crate::civil::CivilClock;
use crate::codes;
use crate::declaration::{Rule, TableFormat};

/// Whether a row says what it must and does not contradict itself.
///
/// Fields that are empty, or no times or numbers, contradict nothing: they are told where they are read.
pub(super) fn check(
    format: &TableFormat,
    clock: &CivilClock<'_>,
    header: &Header,
    row: &Row<'_>,
) -> Result<(), Reject> {
    let position = |column: &str| header.position(column).unwrap_or_default();
    for rule in &format.rules {
        match rule {
            Rule::Required(column) => {
                let place = position(column);
                if row.field(place).is_empty() {
                    return Err(Reject {
                        column: Some(place),
                        code: codes::MISSING_VALUE,
                        message: format!("`{column}` is empty"),
                        hint: "every row needs it".to_owned(),
                    });
                }
            }
            Rule::AnyOf(columns) => {
                if columns.iter().all(|column| row.field(position(column)).is_empty()) {
                    let names: Vec<String> = columns.iter().map(|column| format!("`{column}`")).collect();
                    return Err(Reject {
                        column: columns.first().map(|column| position(column)),
                        code: codes::MISSING_VALUE,
                        message: format!("one of {} must be said", names.join(", ")),
                        hint: "every row needs at least one of them".to_owned(),
                    });
                }
            }
            Rule::NotBefore { later, earlier } => {
                let instant = |column: &str| clock.instant(&format.time, row.field(position(column)));
                if let (Some(first), Some(second)) = (instant(earlier), instant(later))
                    && second < first
                {
                    return Err(contradiction(
                        position(later),
                        format!("`{later}` comes before `{earlier}`"),
                        "correct one of the two times",
                    ));
                }
            }
            Rule::Cvss(column) => {
                let place = position(column);
                let word = row.text(place);
                // A score that nobody understands would be on the safe side of every threshold.
                if let Some(reason) = (!word.is_empty()).then(|| cvss(word).err()).flatten() {
                    let message = format!("`{word}` is neither a score nor a vector of CVSS: {reason}");
                    let hint = "write a score, 9.8, or a vector, CVSS:3.1/AV:N/AC:L/…";
                    return Err(Reject::value(place, message, hint));
                }
            }
            Rule::WordsOnly { column, words } => {
                let place = position(column);
                let word = row.text(place);
                if !word.is_empty() && words.binary_search_by(|one| one.as_str().cmp(word)).is_err() {
                    let near = nearest(word, words.iter().map(String::as_str));
                    let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
                    return Err(Reject {
                        column: Some(place),
                        code: codes::BAD_VALUE,
                        message: format!("`{word}` is not a word of `{column}`"),
                        hint: format!("{near}Leave it empty or write one of: {}", words.join(", ")),
                    });
                }
            }
            Rule::AtMost { part, whole } => {
                let number = |column: &str| whole_number(row.field(position(column)));
                if let (Some(few), Some(many)) = (number(part), number(whole))
                    && few > many
                {
                    return Err(contradiction(
                        position(part),
                        format!("`{part}` is more than `{whole}`: {few} of {many}"),
                        "correct one of the two numbers",
                    ));
                }
            }
        }
    }
    Ok(())
}

fn contradiction(column: usize, message: String, hint: &str) -> Reject {
    Reject { column: Some(column), code: codes::CONTRADICTORY_FIELDS, message, hint: hint.to_owned() }
}
