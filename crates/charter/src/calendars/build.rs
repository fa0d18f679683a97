//! Putting calendars together, once bodies and iCalendar files are known.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use impegno_calendar::{
    Calendar, CalendarBuilder, EventKind, HolidayDay, HolidayRule, Ical, IcalEvent, Zone,
    italian_national_holidays,
};
use impegno_findings::{Finding, Place, nearest};
use impegno_settings::Spot;

use super::combined::combine;
use super::{
    BAD_ICALENDAR, CONTRADICTION, CalendarDraft, CalendarDrafts, HolidayDraft, NEVER_OPEN, RulesDraft, What,
};
use crate::codes::{MISSING_FILE, REPEATED_CODE, UNKNOWN_REFERENCE};
use crate::{Body, Folder};

/// The years whose working time is answered in constant time; any other is right too.
pub(super) const YEARS: RangeInclusive<i16> = 2000..=2040;

/// What calendars are put together with.
struct Surroundings<'a> {
    bodies: &'a [Body],
    folder: &'a Folder,
}

impl CalendarDrafts {
    /// The holidays of the centre itself, on which every calendar of rules rests.
    pub(crate) fn of_the_centre(&self) -> Vec<HolidayRule> {
        own_rules(&self.holidays).collect()
    }

    /// The calendars by code; `24x7` is always there. `zone` is that of the centre.
    pub(crate) fn build(
        self,
        zone: &Zone,
        bodies: &[Body],
        folder: &Folder,
        findings: &mut Vec<Finding>,
    ) -> BTreeMap<String, Calendar> {
        let around = Surroundings { bodies, folder };
        for body in self.holidays.iter().filter_map(|holiday| holiday.body.as_ref()) {
            check_body(body, bodies, findings);
        }
        let mut built = BTreeMap::from([("24x7".to_owned(), Calendar::always(zone.clone()))]);
        let mut codes: Vec<String> = built.keys().cloned().collect();
        let mut combined: Vec<CalendarDraft> = Vec::new();
        for draft in self.calendars {
            if codes.contains(&draft.code.value) {
                let message = format!("the calendar `{}` stands twice", draft.code.value);
                findings.push(Finding::error(REPEATED_CODE, draft.code.place.clone(), message));
                continue;
            }
            codes.push(draft.code.value.clone());
            match draft.what {
                What::Rules(rules) => {
                    let zone = draft.zone.unwrap_or_else(|| zone.clone());
                    let calendar = around.calendar(&draft.code, zone, *rules, &self.holidays, findings);
                    built.insert(draft.code.value, calendar);
                }
                What::Combined(..) => combined.push(draft),
            }
        }
        combine(combined, zone, &mut built, findings);
        built
    }
}

/// The rules of holidays that belong to no body.
fn own_rules(holidays: &[HolidayDraft]) -> impl Iterator<Item = HolidayRule> {
    holidays.iter().filter(|one| one.body.is_none()).map(|one| one.rule.clone())
}

impl Surroundings<'_> {
    fn calendar(
        &self,
        code: &Spot<String>,
        zone: Zone,
        rules: RulesDraft,
        own: &[HolidayDraft],
        findings: &mut Vec<Finding>,
    ) -> Calendar {
        let mut holidays = if rules.national { italian_national_holidays() } else { Vec::new() };
        holidays.extend(own_rules(own));
        if let Some(patron) = &rules.patron {
            holidays.extend(self.patron_days(patron, own, findings));
        }
        let both: Vec<&str> = rules
            .closing
            .iter()
            .map(|file| file.value.as_str())
            .filter(|file| rules.opening.iter().any(|other| other.value == *file))
            .collect();
        let mut events = |files: &[Spot<String>], unwanted: EventKind| -> Vec<IcalEvent> {
            let mut all = Vec::new();
            for file in files {
                let read = self.events(file, findings);
                if let Some(event) = read.iter().find(|event| event.kind().is_none())
                    && both.contains(&file.value.as_str())
                    && unwanted == EventKind::Hours
                {
                    let message = format!(
                        "`{}` is in `ics` and `hours-ics`, and the event does not say whether it opens or closes",
                        file.value
                    );
                    let place = Place::line(&file.value, event.line());
                    let hint = "keep hours and closures in two files, or give each event X-IMPEGNO-KIND:HOURS or CLOSED";
                    findings.push(Finding::error(CONTRADICTION, place, message).hint(hint));
                }
                let wanted = |event: &IcalEvent| match event.kind() {
                    Some(kind) => kind != unwanted,
                    None => !both.contains(&file.value.as_str()),
                };
                all.extend(read.into_iter().filter(wanted));
            }
            all
        };
        let closing = events(&rules.closing, EventKind::Hours);
        let opening = events(&rules.opening, EventKind::Closed);
        let special_days = rules.special_days.iter().map(|day| day.value.clone());
        let builder = CalendarBuilder::new(&code.value, zone)
            .special_days(special_days)
            .holidays(holidays)
            .closures(rules.closures)
            .openings(rules.openings.into_iter().map(|opening| opening.value))
            .opening_events(opening)
            .closing_events(closing);
        let builder = rules.hours.into_iter().fold(builder, CalendarBuilder::hours);
        let calendar = builder.build(YEARS);
        for day in &rules.special_days {
            // Only a day that is named by its date is meant to open; 24 December may fall on a Sunday.
            let HolidayDay::Date(date) = day.value.day.day else { continue };
            if let Some(reason) = calendar.closed(date) {
                let message = format!(
                    "the hours of {date} open nothing, because that day is closed: {}",
                    reason.label(false)
                );
                let hint = "these are other hours of a working day; to open a day of rest, write [[calendar.opening]]";
                findings.push(Finding::warning(NEVER_OPEN, day.place.clone(), message).hint(hint));
            }
        }
        calendar
    }

    /// The patron days of a body: what `[[holiday]]` says of the body and, in the other years, `bodies.csv`.
    fn patron_days(
        &self,
        patron: &Spot<String>,
        own: &[HolidayDraft],
        findings: &mut Vec<Finding>,
    ) -> Vec<HolidayRule> {
        let Some(body) = self.bodies.iter().find(|body| body.code == patron.value) else {
            check_body(patron, self.bodies, findings);
            return Vec::new();
        };
        let named = |draft: &&HolidayDraft| draft.body.as_ref().is_some_and(|one| one.value == body.code);
        let mut rules: Vec<HolidayRule> = own.iter().filter(named).map(|one| one.rule.clone()).collect();
        if let Some(usual) = &body.patron_day {
            let moved: Vec<(i16, i16)> = rules.iter().map(years_of).collect();
            rules.extend(outside(usual, moved));
        }
        if rules.is_empty() {
            let message = format!("no patron day is known of `{}`", body.code);
            let hint = "write it into the column `patron_day` of bodies.csv, like 06-24 San Giovanni";
            findings.push(Finding::error(UNKNOWN_REFERENCE, patron.place.clone(), message).hint(hint));
        }
        rules
    }

    fn events(&self, file: &Spot<String>, findings: &mut Vec<Finding>) -> Vec<IcalEvent> {
        let Some(text) = self.folder.get(&file.value) else {
            let message = format!("there is no file `{}`", file.value);
            let hint =
                "put it into the folder `calendars` of the centre folder, and write \"calendars/NAME.ics\"";
            findings.push(Finding::error(MISSING_FILE, file.place.clone(), message).hint(hint));
            return Vec::new();
        };
        let read = Ical::read(text);
        for problem in read.problems {
            let place = Place::line(&file.value, problem.line);
            let finding = match problem.lost {
                true => Finding::error(BAD_ICALENDAR, place, problem.message),
                false => Finding::warning(BAD_ICALENDAR, place, problem.message),
            };
            // Two calendars may read the same file; what is wrong with it is told once.
            let finding = finding.hint(problem.hint);
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
        read.events
    }
}

fn check_body(body: &Spot<String>, bodies: &[Body], findings: &mut Vec<Finding>) {
    if bodies.iter().any(|one| one.code == body.value) {
        return;
    }
    let hint = match nearest(&body.value, bodies.iter().map(|one| one.code.as_str())) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "the code of a row of bodies.csv".to_owned(),
    };
    let message = format!("there is no body `{}`", body.value);
    findings.push(Finding::error(UNKNOWN_REFERENCE, body.place.clone(), message).hint(hint));
}

/// First and last year of a rule.
fn years_of(rule: &HolidayRule) -> (i16, i16) {
    match rule.day {
        HolidayDay::Date(date) => (date.year(), date.year()),
        _ => (rule.from_year.unwrap_or(i16::MIN), rule.until_year.unwrap_or(i16::MAX)),
    }
}

/// A rule in the years that no other rule holds in.
fn outside(rule: &HolidayRule, mut taken: Vec<(i16, i16)>) -> Vec<HolidayRule> {
    taken.sort_unstable();
    let (mut next, last) = years_of(rule);
    let mut pieces = Vec::new();
    for (from, until) in taken {
        if next < from {
            pieces.push((next, from.saturating_sub(1).min(last)));
        }
        next = next.max(until.saturating_add(1));
        if until == i16::MAX {
            return pieces.into_iter().map(|piece| limited(rule, piece)).collect();
        }
    }
    pieces.push((next, last));
    pieces.into_iter().filter(|(from, until)| from <= until).map(|piece| limited(rule, piece)).collect()
}

fn limited(rule: &HolidayRule, (from, until): (i16, i16)) -> HolidayRule {
    HolidayRule {
        from_year: (from != i16::MIN).then_some(from),
        until_year: (until != i16::MAX).then_some(until),
        ..rule.clone()
    }
}
