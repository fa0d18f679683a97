//! A rule as settings: what to paste into `commitments/` and, for proposed hours, into `centre.toml`.

use impegno_calendar::Micros;
use impegno_charter::{Centre, Reopen};
use jiff::civil::Weekday;

use crate::hours::{Hours, ProposedHours};
use crate::limits::Limit;
use crate::outcome::{ClassRule, Finding, Outcome, Rule};
use crate::shape::Count;

/// A rule as settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paste {
    /// For `centre.toml`: the calendar that the commitments name; empty where the centre has it.
    pub calendar: String,
    /// A file of `commitments/`.
    pub commitments: String,
}

/// The commitments that follow from a rule, one a class with a limit; `None` where no rule was found or none of its classes has a
/// limit.
pub fn paste(outcome: &Outcome, centre: &Centre) -> Option<Paste> {
    if outcome.finding == Finding::None {
        return None;
    }
    let rule = &outcome.rule;
    let (code, calendar) = match &rule.hours {
        Hours::Always => (None, String::new()),
        Hours::Centre(code) => (Some(code.clone()), String::new()),
        Hours::Proposed(hours) => {
            let code = free("proposto", |code| centre.calendar(code).is_none());
            let settings = calendar(&code, *hours);
            (Some(code), settings)
        }
    };
    let prefix = free("FIT", |prefix| {
        let stem = format!("{prefix}.");
        centre.commitments.iter().all(|one| !one.code.starts_with(&stem))
    });
    let mut entries = Vec::new();
    let mut add = |filter: Option<String>, class: Option<&ClassRule>, limit: String| {
        let number = entries.len() + 1;
        entries.push(entry(
            outcome,
            centre,
            &format!("{prefix}.{number}"),
            code.as_deref(),
            filter,
            class,
            &limit,
        ));
    };
    if let Count::Deadline(event) = &rule.count {
        add(None, None, format!("deadline = {}", quoted(event)));
    }
    for class in &rule.classes {
        let Limit::UpTo(limit) = class.limit else { continue };
        let limit = format!("limit = {}", quoted(&limit_text(&rule.count, limit)));
        for filter in filters(rule, class) {
            add(filter, Some(class), limit.clone());
        }
    }
    if entries.is_empty() {
        return None;
    }
    let flag = quoted(&format!("Regola ricavata dal segno {}", outcome.flag));
    let flag_en = quoted(&format!("Rule found behind the flag {}", outcome.flag));
    let head = format!("document = {{ it = {flag}, en = {flag_en} }}\n");
    Some(Paste { calendar, commitments: format!("{head}\n{}", entries.join("\n")) })
}

/// A name, with a number behind it where it is taken.
fn free(name: &str, is_free: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number| format!("{name}{number}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|name| is_free(name))
        .unwrap_or_else(|| name.to_owned())
}

fn calendar(code: &str, hours: ProposedHours) -> String {
    let name = |day: &Weekday| match day {
        Weekday::Monday => "monday",
        Weekday::Tuesday => "tuesday",
        Weekday::Wednesday => "wednesday",
        Weekday::Thursday => "thursday",
        Weekday::Friday => "friday",
        Weekday::Saturday => "saturday",
        Weekday::Sunday => "sunday",
    };
    let days: Vec<String> =
        hours.week.days().iter().map(|day| format!("{} = \"{}\"", name(day), hours.segment())).collect();
    let holidays = if hours.national_holidays { "" } else { "national-holidays = false\n" };
    format!("[[calendar]]\ncode = {}\n{holidays}hours = {{ {} }}\n", quoted(code), days.join(", "))
}

/// The filters of a class: none for all cases; one for a single dimension; one for each combination of several.
fn filters(rule: &Rule, class: &ClassRule) -> Vec<Option<String>> {
    let list = |values: &mut dyn Iterator<Item = &String>| {
        let values: Vec<String> = values.map(|value| quoted(value)).collect();
        values.join(", ")
    };
    match rule.by.as_slice() {
        [] => vec![None],
        [name] if class.rest => {
            let others = rule.classes.iter().filter(|other| !other.rest);
            let values =
                list(&mut others.flat_map(|other| &other.values).filter_map(|values| values.first()));
            vec![Some(format!("{} = {{ not = [{values}] }}", key(name)))]
        }
        names => class
            .values
            .iter()
            .map(|values| {
                let pairs: Vec<String> = names
                    .iter()
                    .zip(values)
                    .map(|(name, value)| format!("{} = {}", key(name), quoted(value)))
                    .collect();
                Some(pairs.join(", "))
            })
            .collect(),
    }
}

/// A limit as settings write it: exact, in the largest unit in which it is whole.
pub(crate) fn limit_text(count: &Count, limit: i64) -> String {
    let days = |unit: &str, one: &str| format!("{limit} {}", if limit == 1 { one } else { unit });
    match count {
        Count::WorkingDays(_) => days("working-days", "working-day"),
        Count::Days(_) => days("days", "day"),
        Count::Time | Count::Deadline(_) => {
            let seconds = limit / Micros::from_seconds(1).0;
            match seconds {
                seconds if seconds % 3_600 == 0 && seconds > 0 => format!("{} h", seconds / 3_600),
                seconds if seconds % 60 == 0 && seconds > 0 => format!("{} min", seconds / 60),
                seconds => format!("{} s", seconds.max(1)),
            }
        }
    }
}

fn entry(
    outcome: &Outcome,
    centre: &Centre,
    code: &str,
    calendar: Option<&str>,
    filter: Option<String>,
    class: Option<&ClassRule>,
    limit: &str,
) -> String {
    let rule = &outcome.rule;
    let mut keys = vec![
        format!("cases = {}", quoted(&outcome.cases)),
        format!("from = {}", quoted(&rule.from)),
        format!("to = {}", quoted(&rule.to)),
    ];
    keys.extend(calendar.map(|code| format!("calendar = {}", quoted(code))));
    match &rule.count {
        Count::WorkingDays(Some(clock)) | Count::Days(Some(clock)) => {
            keys.push(format!("clock = {}", quoted(clock)))
        }
        Count::Time | Count::WorkingDays(None) | Count::Days(None) if !centre.source_clocks.is_empty() => {
            keys.push("clock = \"native\"".to_owned());
        }
        Count::Time | Count::WorkingDays(None) | Count::Days(None) | Count::Deadline(_) => {}
    }
    keys.push(limit.to_owned());
    let list = |events: &[String]| events.iter().map(|event| quoted(event)).collect::<Vec<_>>().join(", ");
    if !rule.pause.is_empty() {
        let to =
            if rule.resume.is_empty() { String::new() } else { format!(", to = [{}]", list(&rule.resume)) };
        keys.push(format!("pause = {{ from = [{}]{to} }}", list(&rule.pause)));
    }
    if let Some(reopen) = rule.reopen {
        let word = match reopen {
            Reopen::Exclude => "exclude",
            Reopen::Count => "count",
            Reopen::NewClock => "new-clock",
        };
        keys.push(format!("reopen = \"{word}\""));
    }
    let subject = filter.as_ref().map(|filter| format!(" ({})", filter.replace('"', ""))).unwrap_or_default();
    keys.extend(filter.map(|filter| format!("filter = {{ {filter} }}")));
    let (fitted, held) = class
        .map_or((outcome.on_fitted, outcome.on_held_back), |class| (class.on_fitted, class.on_held_back));
    let yes =
        fitted.met_met + fitted.met_late + fitted.met_silent + held.met_met + held.met_late + held.met_silent;
    let all = (fitted.total() + held.total()).max(1);
    let share = (100 * yes / all).max(1);
    let it = quoted(&format!("{}: da {} a {} in tempo{subject}", outcome.cases, rule.from, rule.to));
    let en = quoted(&format!("{}: from {} to {} in time{subject}", outcome.cases, rule.from, rule.to));
    let (explained, total) = (held.explained(), held.total());
    let flag = &outcome.flag;
    format!(
        "[[commitment]]\n\
         code = {}\n\
         text = {{ it = {it}, en = {en} }}\n\
         dimension = \"timeliness\"\n\
         # La quota promessa non si ricava dal segno: questa è la quota dei casi che dice in tempo, per difetto.\n\
         expected = \">= {share} %\"\n\
         indicator = {{ within = {{ {} }} }}\n\
         \n\
         [[commitment.choice]]\n\
         what = {{ it = \"La regola è ricavata dal segno {flag}\", en = \"The rule was found behind the flag {flag}\" }}\n\
         why = {{ it = \"spiega {explained} di {total} casi tenuti da parte\", en = \"it explains {explained} of {total} cases held back\" }}\n",
        quoted(code),
        keys.join(", "),
    )
}

/// A text as a TOML string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for sign in text.chars() {
        match sign {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            sign if sign.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(sign))),
            sign => out.push(sign),
        }
    }
    out.push('"');
    out
}

/// A name as a TOML key.
fn key(name: &str) -> String {
    let bare = |sign: char| sign.is_ascii_alphanumeric() || sign == '-' || sign == '_';
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { quoted(name) }
}
