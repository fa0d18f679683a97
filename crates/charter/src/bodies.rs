//! Served bodies and online services.

use std::collections::BTreeMap;

use impegno_calendar::{HolidayDay, HolidayRule};
use impegno_findings::{Finding, Place};
use jiff::civil::Date;

use crate::Words;
use crate::calendars::{LEAP_DAY, read_patron_day};
use crate::codes::{BAD_SETTING, REPEATED_CODE, UNKNOWN_REFERENCE};
use crate::tables::{TableRow, read_table};

/// A served body: a municipality, a union of municipalities, a metropolitan city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Short code, unique.
    pub code: String,
    /// Full name.
    pub name: String,
    /// `comune`, `unione` …
    pub kind: String,
    /// ISTAT code, where known.
    pub istat_code: String,
    /// Code of the union it belongs to; empty without.
    pub union: String,
    /// The day of its patron saint, which calendars that name the body rest on; `None` if it is not known.
    pub patron_day: Option<HolidayRule>,
    /// Other names under which files know it.
    pub aliases: Vec<String>,
}

/// An online service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnlineService {
    /// Short code, unique.
    pub code: String,
    /// Title.
    pub title: String,
    /// Category.
    pub category: String,
    /// First day on which it could be used; `None`: since ever.
    pub from: Option<Date>,
    /// Last day; `None`: still.
    pub until: Option<Date>,
    /// Its category in each other scheme of categories that has one for it.
    pub schemes: BTreeMap<String, String>,
}

/// A scheme of categories besides the one in force, kept so that earlier reports can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// Short code: the name of its column in `services.csv` and of the dimension.
    pub code: String,
    /// Name, as printed.
    pub name: Words,
    /// First day on which it was in force; `None`: since ever.
    pub from: Option<Date>,
    /// Last day; `None`: still.
    pub until: Option<Date>,
}

impl Scheme {
    /// Whether the scheme was in force on every day from one to another.
    pub fn covers(&self, first: Date, last: Date) -> bool {
        self.from.is_none_or(|from| from <= first) && self.until.is_none_or(|until| last <= until)
    }
}

/// Reads `bodies.csv`.
pub(crate) fn read_bodies(file: &str, text: &str, findings: &mut Vec<Finding>) -> Vec<Body> {
    let mut bodies: Vec<Body> = Vec::new();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut unions: Vec<(String, Place)> = Vec::new();
    let optional = ["kind", "istat", "ipa", "union", "patron_day", "aliases"];
    read_table(file, text, &["code", "name"], &optional, findings, |row, findings| {
        let body = Body {
            code: row.text("code").to_owned(),
            name: row.text("name").to_owned(),
            kind: row.text("kind").to_owned(),
            istat_code: row.text("istat").to_owned(),
            union: row.text("union").to_owned(),
            patron_day: read_patron(row, findings),
            aliases: row
                .text("aliases")
                .split('|')
                .map(str::trim)
                .filter(|alias| !alias.is_empty())
                .map(str::to_owned)
                .collect(),
        };
        if !body.union.is_empty() {
            unions.push((body.union.clone(), row.place.clone()));
        }
        for name in body.known_as() {
            if let Some(other) = names.insert(name.to_owned(), body.code.clone())
                && other != body.code
            {
                let message = format!("`{name}` stands for `{other}` already");
                findings.push(Finding::error(REPEATED_CODE, row.place.clone(), message));
            }
        }
        if !names_a_folder(&body.code) {
            let message = format!("the code `{}` cannot name a folder", body.code.escape_debug());
            let hint =
                "the reports of a body are written under its code: letters, digits, `-`, like \"fiesole\"";
            findings.push(Finding::error(BAD_SETTING, row.place.clone(), message).hint(hint));
        }
        if bodies.iter().any(|other| other.code == body.code) {
            let message = format!("the code `{}` stands twice", body.code);
            findings.push(Finding::error(REPEATED_CODE, row.place.clone(), message));
        } else {
            bodies.push(body);
        }
    });
    for (union, place) in unions {
        if !bodies.iter().any(|body| body.code == union) {
            let message = format!("the union `{union}` is not a body of this table");
            findings.push(Finding::error(UNKNOWN_REFERENCE, place, message));
        }
    }
    bodies
}

/// The column `patron_day` of a row.
fn read_patron(row: &TableRow<'_>, findings: &mut Vec<Finding>) -> Option<HolidayRule> {
    let text = row.text("patron_day");
    if text.is_empty() {
        return None;
    }
    let rule = read_patron_day(text, &format!("patrono di {}", row.text("name")));
    match &rule {
        None => {
            let message =
                format!("`{text}` in the column `patron_day` does not begin with a day of the year");
            let finding = Finding::error(BAD_SETTING, row.place.clone(), message);
            findings.push(
                finding.hint("write it like 06-24, or 06-24 San Giovanni; other rules go into [[holiday]]"),
            );
        }
        Some(rule) if rule.day == (HolidayDay::Fixed { month: 2, day: 29 }) => {
            let message = "a patron day on 29 February comes in leap years only";
            let finding = Finding::warning(LEAP_DAY, row.place.clone(), message);
            findings.push(finding.hint("write 02-28 or 03-01 if it is kept every year"));
        }
        Some(_) => {}
    }
    rule
}

/// Whether a code is a plain name: `report --each-body` writes into a folder of that name, which must not lead out
/// of the output folder, nor be that folder itself.
fn names_a_folder(code: &str) -> bool {
    let leads_elsewhere = |sign: char| sign == '/' || sign == '\\' || sign.is_control();
    !code.is_empty() && !code.starts_with('.') && !code.contains("..") && !code.contains(leads_elsewhere)
}

impl Body {
    /// Every name under which files know the body: code, name, aliases.
    pub fn known_as(&self) -> impl Iterator<Item = &str> {
        [self.code.as_str(), self.name.as_str()].into_iter().chain(self.aliases.iter().map(String::as_str))
    }
}

/// Reads `services.csv`.
pub(crate) fn read_services(
    file: &str,
    text: &str,
    schemes: &[Scheme],
    findings: &mut Vec<Finding>,
) -> Vec<OnlineService> {
    let mut services: Vec<OnlineService> = Vec::new();
    let required = ["code", "title", "category"];
    let scheme_columns = schemes.iter().map(|scheme| scheme.code.as_str());
    let optional: Vec<&str> = ["from", "until"].into_iter().chain(scheme_columns).collect();
    read_table(file, text, &required, &optional, findings, |row, findings| {
        let mut day = |column: &str| -> Option<Date> {
            let text = row.text(column);
            if text.is_empty() {
                return None;
            }
            let day = text.parse().ok();
            if day.is_none() {
                let message = format!("`{text}` in the column `{column}` is not a day");
                let finding = Finding::error(BAD_SETTING, row.place.clone(), message);
                findings.push(finding.hint("write it like 2017-12-31"));
            }
            day
        };
        let service = OnlineService {
            from: day("from"),
            until: day("until"),
            code: row.text("code").to_owned(),
            title: row.text("title").to_owned(),
            category: row.text("category").to_owned(),
            schemes: schemes
                .iter()
                .map(|scheme| (scheme.code.clone(), row.text(&scheme.code).to_owned()))
                .filter(|(_, category)| !category.is_empty())
                .collect(),
        };
        if services.iter().any(|other| other.code == service.code) {
            let message = format!("the code `{}` stands twice", service.code);
            findings.push(Finding::error(REPEATED_CODE, row.place.clone(), message));
        } else {
            services.push(service);
        }
    });
    services
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_lead_out_of_the_output_folder_are_refused() {
        for code in ["../../x", "..", ".", "/etc", "a/b", "a\\b", "a..b", "a\u{1}b", "\u{7f}", ""] {
            let mut findings = Vec::new();
            read_bodies("bodies.csv", &format!("code,name\n{code},Ente\n"), &mut findings);
            assert_eq!(findings.len(), 1, "{code:?}: {findings:?}");
            assert_eq!((findings[0].code, findings[0].place.line), (BAD_SETTING, 2), "{code:?}");
        }
        for code in ["firenze", "Città metropolitana", "c_d612", "048.017"] {
            let mut findings = Vec::new();
            read_bodies("bodies.csv", &format!("code,name\n{code},Ente\n"), &mut findings);
            assert!(findings.is_empty(), "{code:?}: {findings:?}");
        }
    }
}
