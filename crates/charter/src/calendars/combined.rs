//! Calendars made of other calendars.

use std::collections::BTreeMap;

use impegno_calendar::{Calendar, Interval, Zone};
use impegno_findings::{Finding, nearest};
use jiff::civil::date;

use super::build::YEARS;
use super::{CYCLE, CalendarDraft, NEVER_OPEN, What};
use crate::codes::UNKNOWN_REFERENCE;

/// Adds the combined calendars to those built, each after its parts, in whatever order they stand in the file.
pub(super) fn combine(
    mut drafts: Vec<CalendarDraft>,
    zone: &Zone,
    built: &mut BTreeMap<String, Calendar>,
    findings: &mut Vec<Finding>,
) {
    let named: Vec<String> =
        built.keys().cloned().chain(drafts.iter().map(|draft| draft.code.value.clone())).collect();
    drafts.retain(|draft| {
        let What::Combined(_, parts) = &draft.what else { return false };
        let mut known = true;
        for part in parts.iter().filter(|part| !named.contains(&part.value)) {
            let hint = match nearest(&part.value, named.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("one of: {}", named.join(", ")),
            };
            let message = format!("there is no calendar `{}`", part.value);
            findings.push(Finding::error(UNKNOWN_REFERENCE, part.place.clone(), message).hint(hint));
            known = false;
        }
        known
    });
    loop {
        let ready = |draft: &CalendarDraft| match &draft.what {
            What::Combined(_, parts) => parts.iter().all(|part| built.contains_key(&part.value)),
            What::Rules(_) => false,
        };
        let Some(next) = drafts.iter().position(ready) else { break };
        let draft = drafts.remove(next);
        let What::Combined(operation, parts) = &draft.what else { continue };
        let of: Vec<Calendar> = parts.iter().filter_map(|part| built.get(&part.value).cloned()).collect();
        let zone = draft.zone.clone().unwrap_or_else(|| zone.clone());
        let calendar = Calendar::combined(&draft.code.value, zone, *operation, of, YEARS);
        check_opens(&draft, parts.is_empty(), &calendar, findings);
        built.insert(draft.code.value, calendar);
    }
    // What waits for itself, or for what waits for itself.
    for draft in &drafts {
        let What::Combined(_, parts) = &draft.what else { continue };
        let waits = |code: &str| drafts.iter().any(|other| other.code.value == code);
        let Some(part) = parts.iter().find(|part| waits(&part.value)) else { continue };
        let message =
            format!("the calendar `{}` is made of `{}`, which is made of it", draft.code.value, part.value);
        let hint = "take one of the two out of the other";
        findings.push(Finding::error(CYCLE, part.place.clone(), message).hint(hint));
    }
}

/// A combination that opens nothing from 2000 to 2040 was not meant; the one of no parts has its finding already.
fn check_opens(draft: &CalendarDraft, no_parts: bool, calendar: &Calendar, findings: &mut Vec<Finding>) {
    let zone = calendar.zone();
    let (start, end) = (zone.day_start(date(*YEARS.start(), 1, 1)), zone.day_end(date(*YEARS.end(), 12, 31)));
    if !no_parts && calendar.open(Interval { start, end }).is_empty() {
        let message = format!("the calendar `{}` opens nothing from 2000 to 2040", draft.code.value);
        let hint = "an intersection needs hours that all have, a difference hours that are left";
        findings.push(Finding::warning(NEVER_OPEN, draft.code.place.clone(), message).hint(hint));
    }
}
