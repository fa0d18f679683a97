//! Whether what commitments and layouts refer to is there.

use impegno_clocks::Profile;
use impegno_findings::{Finding, Place, nearest};

use crate::codes::{BAD_SETTING, UNKNOWN_REFERENCE};
use crate::indicator::check_availability;
use crate::layout::{BlockLayout, Layout, TimesClock};
use crate::{Centre, Clock, Indicator};

/// Components and calendars that layouts refer to must be there.
pub(crate) fn check_layouts(centre: &Centre, findings: &mut Vec<Finding>) {
    let components: Vec<&str> = centre.components.iter().map(|component| component.code.as_str()).collect();
    let calendars: Vec<&str> = centre.calendars.keys().map(String::as_str).collect();
    let commitments: Vec<&str> = centre.commitments.iter().map(|one| one.code.as_str()).collect();
    let mut check = |what: &str, name: &str, known: &[&str], place: &Place| {
        if !known.contains(&name) {
            let message = format!("there is no {what} `{name}`");
            let hint = nearest(name, known.iter().copied()).map_or_else(
                || if known.is_empty() { String::new() } else { format!("one of: {}", known.join(", ")) },
                |near| format!("did you mean `{near}`?"),
            );
            findings.push(Finding::error(UNKNOWN_REFERENCE, place.clone(), message).hint(hint));
        }
    };
    for block in centre.layouts.values().flat_map(Layout::blocks) {
        match block {
            BlockLayout::Availability(layout) => {
                for component in &layout.components {
                    check("component", component, &components, &layout.place);
                }
                check("calendar", &layout.rule.calendar, &calendars, &layout.place);
            }
            BlockLayout::Times(layout) => {
                if let TimesClock::Working(calendar) | TimesClock::WorkingDays(calendar) = &layout.clock {
                    check("calendar", calendar, &calendars, &layout.place);
                }
            }
            BlockLayout::Commitments { codes, place, .. } => {
                for code in codes.iter().flatten() {
                    check("commitment", code, &commitments, place);
                }
            }
            BlockLayout::Indicators(layout) => {
                for code in layout.of.codes.iter().flatten() {
                    check("commitment", code, &commitments, &layout.of.place);
                }
            }
            BlockLayout::Sheets(named) => {
                for code in named.codes.iter().flatten() {
                    check("commitment", code, &commitments, &named.place);
                }
            }
            BlockLayout::Text(_)
            | BlockLayout::Prose(_)
            | BlockLayout::Directory(_)
            | BlockLayout::Figures(_)
            | BlockLayout::Table(_)
            | BlockLayout::Matrix(_)
            | BlockLayout::Classes(_)
            | BlockLayout::Changes(_)
            | BlockLayout::Choices => {}
        }
    }
}

/// What commitments refer to must be there.
pub(crate) fn check_commitments(centre: &Centre, findings: &mut Vec<Finding>) {
    let calendars: Vec<&str> = centre.calendars.keys().map(String::as_str).collect();
    let probes: Vec<&str> = centre.probes.iter().map(|probe| probe.name.as_str()).collect();
    let declared = centre.clocks.keys().map(String::as_str);
    let clocks: Vec<&str> = Profile::NAMES.into_iter().chain(declared).collect();
    for commitment in &centre.commitments {
        let mut unknown = |what: &str, name: &str, known: &[&str]| {
            if !known.contains(&name) {
                let message = format!("{}: there is no {what} `{name}`", commitment.code);
                let hint = nearest(name, known.iter().copied())
                    .map_or_else(String::new, |near| format!("did you mean `{near}`?"));
                let finding = Finding::error(UNKNOWN_REFERENCE, commitment.place.clone(), message);
                findings.push(finding.hint(hint));
            }
        };
        let (mut availabilities, mut withins) = (Vec::new(), Vec::new());
        for indicator in commitment.indicator.all() {
            match indicator {
                Indicator::Availability(_)
                | Indicator::LongestStop(_)
                | Indicator::DaysAvailable(_)
                | Indicator::HoursOfOperation(_) => {
                    if let Some(availability) = indicator.availability() {
                        unknown("calendar", &availability.calendar, &calendars);
                        availabilities.push(availability);
                    }
                }
                Indicator::ResponseTime(time) => unknown("probe", &time.probe, &probes),
                Indicator::Within(within) => {
                    if let Clock::Working(calendar) = &within.clock {
                        unknown("calendar", calendar, &calendars);
                    }
                    if let Some(clock) = &within.counting {
                        unknown("clock", clock, &clocks);
                    }
                    withins.push(within);
                }
                Indicator::CaseTime(time) => {
                    if let TimesClock::Working(calendar) | TimesClock::WorkingDays(calendar) = &time.clock {
                        unknown("calendar", calendar, &calendars);
                    }
                }
                Indicator::MeanOf(_)
                | Indicator::AllOf(_)
                | Indicator::Cadence(_)
                | Indicator::Count(_)
                | Indicator::Vulnerable(_)
                | Indicator::Ratio(_) => {}
            }
        }
        let notice = commitment.exclusions.as_ref().and_then(|policy| policy.notice.as_ref());
        if let Some(calendar) = notice.and_then(|notice| notice.calendar.as_ref()) {
            unknown("calendar", calendar, &calendars);
        }
        for availability in availabilities {
            check_availability(availability, centre, &commitment.code, &commitment.place, findings);
        }
        for within in withins {
            // The clocks of sources are not known here: whoever reads the sources checks them.
            let clock = within.counting.as_ref().and_then(|name| centre.clock(name));
            if let Some(clock) = clock.filter(|clock| !within.is_judged_by(clock)) {
                let message = format!("{}: the clock `{}` has no such term", commitment.code, clock.name);
                let finding = Finding::error(BAD_SETTING, commitment.place.clone(), message);
                findings.push(finding.hint("give it a limit in hours, or another clock"));
            }
        }
    }
}
