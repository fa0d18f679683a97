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

/// The commitments that follow from a rule, one a class with a limit, with comments in Italian or English that name the classes left
/// out; `None` where no rule was found or none of its classes makes a commitment.
pub fn paste(outcome: &Outcome, centre: &Centre, italian: bool) -> Option<Paste> {
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
    let mut left_out = String::new();
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
            italian,
        ));
    };
    if let Count::Deadline(event) = &rule.count {
        add(None, None, format!("deadline = {}", quoted(event)));
    }
    for class in &rule.classes {
        match commitment(rule, class) {
            Ok((limit, filter)) => add(filter, Some(class), format!("limit = {}", quoted(&limit))),
            Err(why) => left_out.push_str(&why.comment(rule, class, italian)),
        }
    }
    if entries.is_empty() {
        return None;
    }
    let flag = quoted(&format!("Regola ricavata dal segno {}", outcome.flag));
    let flag_en = quoted(&format!("Rule found behind the flag {}", outcome.flag));
    let head = format!("document = {{ it = {flag}, en = {flag_en} }}\n");
    Some(Paste { calendar, commitments: format!("{head}{left_out}\n{}", entries.join("\n")) })
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

/// Why a class has no commitment.
enum LeftOut {
    NeverInTime,
    AlwaysInTime,
    NotKnown,
    /// It stands for the rare combinations of several dimensions: no filter names them together.
    RareCombinations,
    /// A promise is of more than no time.
    NoTime,
}

impl LeftOut {
    /// A line that names the class.
    fn comment(&self, rule: &Rule, class: &ClassRule, italian: bool) -> String {
        let say = |it: &'static str, en: &'static str| if italian { it } else { en };
        let why = match self {
            LeftOut::NeverInTime => say(
                "il segno non dice mai in tempo, e dal segno non segue alcun limite",
                "the flag never says in time, and no limit follows from it",
            ),
            LeftOut::AlwaysInTime => say(
                "il segno dice sempre in tempo, e dal segno non segue alcun limite",
                "the flag always says in time, and no limit follows from it",
            ),
            LeftOut::NotKnown => say("nessun caso della ricerca lo dice", "no case of the search tells"),
            LeftOut::RareCombinations => say(
                "sono combinazioni di pochi casi ciascuna, che nessun filtro nomina insieme",
                "they are combinations of few cases each, which no filter names together",
            ),
            LeftOut::NoTime => say("il limite sarebbe di nessun tempo", "the limit would be no time at all"),
        };
        let name = match class.values.first().filter(|_| !class.rest) {
            Some(values) => {
                let pairs = rule.by.iter().zip(values);
                pairs.map(|(name, value)| format!("{name} {}", quoted(value))).collect::<Vec<_>>().join(", ")
            }
            None if rule.by.is_empty() => say("tutti i casi", "all cases").to_owned(),
            None => format!("{}: {}", rule.by.join(", "), say("gli altri valori", "the other values")),
        };
        let cases = class.on_fitted.total() + class.on_held_back.total();
        match italian {
            true => format!("# Senza impegno – {name} ({cases} casi): {why}.\n"),
            false => format!("# Without a commitment – {name} ({cases} cases): {why}.\n"),
        }
    }
}

/// The limit and the filter of the commitment of a class.
fn commitment(rule: &Rule, class: &ClassRule) -> Result<(String, Option<String>), LeftOut> {
    let limit = match class.limit {
        Limit::Never => return Err(LeftOut::NeverInTime),
        Limit::Always => return Err(LeftOut::AlwaysInTime),
        Limit::Unknown => return Err(LeftOut::NotKnown),
        Limit::UpTo(limit) => limit_text(&rule.count, limit).ok_or(LeftOut::NoTime)?,
    };
    Ok((limit, filter(rule, class).ok_or(LeftOut::RareCombinations)?))
}

/// The filter of a class: none for all cases. `None` where no filter names its cases and no others.
fn filter(rule: &Rule, class: &ClassRule) -> Option<Option<String>> {
    let list = |values: &mut dyn Iterator<Item = &String>| {
        let values: Vec<String> = values.map(|value| quoted(value)).collect();
        values.join(", ")
    };
    match rule.by.as_slice() {
        [] => Some(None),
        [name] if class.rest => {
            let others = rule.classes.iter().filter(|other| !other.rest);
            let values =
                list(&mut others.flat_map(|other| &other.values).filter_map(|values| values.first()));
            Some(Some(format!("{} = {{ not = [{values}] }}", key(name))))
        }
        _ if class.rest => None,
        names => {
            let pairs = names.iter().zip(class.values.first()?);
            let pairs: Vec<String> =
                pairs.map(|(name, value)| format!("{} = {}", key(name), quoted(value))).collect();
            Some(Some(pairs.join(", ")))
        }
    }
}

/// A limit as settings write it: exact, in the largest unit in which it is whole, below a second in milliseconds and their
/// thousandths. `None` where it is none.
pub(crate) fn limit_text(count: &Count, limit: i64) -> Option<String> {
    const MILLISECOND: i64 = 1_000;
    let second = Micros::from_seconds(1).0;
    if limit <= 0 {
        return None;
    }
    let days = |unit: &str, one: &str| format!("{limit} {}", if limit == 1 { one } else { unit });
    Some(match count {
        Count::WorkingDays(_) => days("working-days", "working-day"),
        Count::Days(_) => days("days", "day"),
        Count::Time | Count::Deadline(_) => match (limit / second, limit % second) {
            (seconds, 0) if seconds % 3_600 == 0 => format!("{} h", seconds / 3_600),
            (seconds, 0) if seconds % 60 == 0 => format!("{} min", seconds / 60),
            (seconds, 0) => format!("{seconds} s"),
            _ if limit % MILLISECOND == 0 => format!("{} ms", limit / MILLISECOND),
            _ => format!("{}.{:03} ms", limit / MILLISECOND, limit % MILLISECOND),
        },
    })
}

/// What is expected of a share, rounded down: in whole percent, in ten thousandths of one where it is less; nothing of no share.
fn expected_text(parts: u64, of: u64) -> String {
    let of = of.max(1);
    match (100 * parts / of, 1_000_000 * parts / of) {
        (0, 0) => "none".to_owned(),
        (0, millionths) => format!(">= 0.{millionths:04} %"),
        (percent, _) => format!(">= {percent} %"),
    }
}

#[allow(clippy::too_many_arguments, reason = "what one commitment of the outcome is written from")]
fn entry(
    outcome: &Outcome,
    centre: &Centre,
    code: &str,
    calendar: Option<&str>,
    filter: Option<String>,
    class: Option<&ClassRule>,
    limit: &str,
    italian: bool,
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
    // Of cases without a deadline the rule says something, and the commitment nothing.
    let undated = outcome.undated;
    let good = fitted.in_time() + held.in_time() - undated.in_time();
    let judged = good + fitted.late() + held.late() - undated.late();
    let expected = expected_text(good, judged);
    let comment = match italian {
        true => format!(
            "# La quota promessa non si ricava dal segno: questa è la quota dei casi che questo impegno trova in tempo ({good} di {judged}), per difetto."
        ),
        false => format!(
            "# The promised share does not follow from the flag: this is the share that this commitment finds in time ({good} of {judged}), rounded down."
        ),
    };
    let it = quoted(&format!("{}: da {} a {} in tempo{subject}", outcome.cases, rule.from, rule.to));
    let en = quoted(&format!("{}: from {} to {} in time{subject}", outcome.cases, rule.from, rule.to));
    let (explained, total) = (held.explained(), held.total());
    let what_it = quoted(&format!("La regola è ricavata dal segno {}", outcome.flag));
    let what_en = quoted(&format!("The rule was found behind the flag {}", outcome.flag));
    let outside = outside(outcome);
    format!(
        "[[commitment]]\n\
         code = {}\n\
         text = {{ it = {it}, en = {en} }}\n\
         dimension = \"timeliness\"\n\
         {comment}\n\
         expected = \"{expected}\"\n\
         indicator = {{ within = {{ {} }} }}\n\
         \n\
         [[commitment.choice]]\n\
         what = {{ it = {what_it}, en = {what_en} }}\n\
         why = {{ it = \"spiega {explained} di {total} casi tenuti da parte\", en = \"it explains {explained} of {total} cases held back\" }}\n\
         {outside}",
        quoted(code),
        keys.join(", "),
    )
}

/// The choice that says which cases a commitment with deadlines leaves out, where there are some.
fn outside(outcome: &Outcome) -> String {
    let Count::Deadline(due) = &outcome.rule.count else { return String::new() };
    let undated = outcome.undated;
    if undated.total() == 0 {
        return String::new();
    }
    let yes = undated.met_met + undated.met_late + undated.met_silent;
    let no = undated.total() - yes;
    let what_it = quoted(&format!("I casi senza scadenza ({due}) sono fuori dall’impegno"));
    let what_en = quoted(&format!("Cases without a deadline ({due}) are outside the commitment"));
    let why_it = quoted(&format!(
        "senza scadenza non c’è che cosa giudicare; il segno ne dice in tempo {yes} e in ritardo {no}"
    ));
    let why_en = quoted(&format!(
        "without a deadline there is nothing to judge; the flag says in time of {yes} of them and late of {no}"
    ));
    format!(
        "\n[[commitment.choice]]\nwhat = {{ it = {what_it}, en = {what_en} }}\nwhy = {{ it = {why_it}, en = {why_en} }}\n"
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_written_exactly_or_not_at_all() {
        let text = |micros: i64| limit_text(&Count::Time, micros);
        assert_eq!(text(699_000).as_deref(), Some("699 ms"));
        assert_eq!(text(1_500_000).as_deref(), Some("1500 ms"));
        assert_eq!(text(1_234_567).as_deref(), Some("1234.567 ms"));
        assert_eq!(text(61_000_000).as_deref(), Some("61 s"));
        assert_eq!(text(5_400_000_000).as_deref(), Some("90 min"));
        assert_eq!(text(7_200_000_000).as_deref(), Some("2 h"));
        assert_eq!(text(0), None);
        assert_eq!(limit_text(&Count::Days(None), 1).as_deref(), Some("1 day"));
    }

    #[test]
    fn a_share_is_rounded_down() {
        assert_eq!(expected_text(2, 3), ">= 66 %");
        assert_eq!(expected_text(7, 7), ">= 100 %");
        assert_eq!(expected_text(3, 1_000), ">= 0.3000 %");
        assert_eq!(expected_text(0, 9), "none");
    }
}
