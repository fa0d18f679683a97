//! Events of cases as JSON lines.

use std::borrow::Cow;

use impegno_findings::nearest;
use impegno_sources::live::write_event;
use impegno_sources::{EventColumns, FactColumns, TableFormat};

use super::json::{Value, object};
use super::{Refusal, Taken, each_line, instant, plain};

/// Keys of an event.
const KEYS: [&str; 7] = ["case", "event", "at", "at_s", "at_ms", "at_us", "dimensions"];

/// Events: one object a line, `{"case":"T-1","event":"opened","at":"2025-03-01T10:00:00Z","dimensions":{"channel":"mail"}}`.
/// `declared` says which events and dimensions there are; others are refused, so that nothing undeclared is kept.
///
/// # Errors
/// When a line cannot be used; then nothing is taken.
pub fn events(body: &[u8], declared: &TableFormat) -> Result<Taken, Refusal> {
    each_line(body, |line, into| {
        let mut row = Row::default();
        object(line, |key, value| row.member(key, value))?;
        row.write(declared, into)?;
        Ok(true)
    })
}

#[derive(Default)]
struct Row<'l> {
    case: Option<Cow<'l, str>>,
    event: Option<Cow<'l, str>>,
    at: Option<i64>,
    dimensions: Vec<(Cow<'l, str>, Value<'l>)>,
}

impl<'l> Row<'l> {
    fn member(&mut self, key: &str, value: Value<'l>) -> Result<(), String> {
        let twice = match (key, value) {
            ("case", Value::Text(case)) => self.case.replace(case).is_some(),
            // Programs that number their cases send numbers.
            ("case", Value::Number(digits)) => self.case.replace(Cow::Borrowed(digits)).is_some(),
            ("event", Value::Text(event)) => self.event.replace(event).is_some(),
            ("at", Value::Text(at)) => self.at.replace(instant::rfc3339(&at)?).is_some(),
            ("at_s", Value::Number(at)) => self.at.replace(instant::unix(at, 6)?).is_some(),
            ("at_ms", Value::Number(at)) => self.at.replace(instant::unix(at, 3)?).is_some(),
            ("at_us", Value::Number(at)) => self.at.replace(instant::unix(at, 0)?).is_some(),
            ("dimensions", Value::Object(dimensions)) => {
                let before = std::mem::replace(&mut self.dimensions, dimensions);
                !before.is_empty()
            }
            (key, value) if KEYS.contains(&key) => return Err(format!("`{key}` cannot be {}", value.name())),
            (key, _) => {
                return Err(match nearest(key, KEYS) {
                    Some(near) => format!("unknown key `{key}`: did you mean `{near}`?"),
                    None => format!("unknown key `{key}`: dimensions stand in `dimensions`"),
                });
            }
        };
        if twice { Err(format!("`{key}` says again what was said")) } else { Ok(()) }
    }

    fn write(self, declared: &TableFormat, into: &mut Vec<u8>) -> Result<(), String> {
        let case = self.case.filter(|case| !case.is_empty()).ok_or("`case` is missing")?;
        let event = self.event.ok_or("`event` is missing")?;
        let at = self.at.ok_or("the instant is missing: `at`, or `at_s`, `at_ms`, `at_us`")?;
        plain(&case)?;
        if let FactColumns::Cases { events: EventColumns::Row { words, .. }, .. } = &declared.facts
            && !words.contains_key(event.as_ref())
        {
            return Err(match nearest(&event, words.keys().map(String::as_str)) {
                Some(near) => format!("the event `{event}` is not declared: did you mean `{near}`?"),
                None => format!("the event `{event}` is not declared in `events` of the source"),
            });
        }
        let mut dimensions: Vec<(&str, Cow<'_, str>)> = Vec::with_capacity(self.dimensions.len());
        for (name, value) in &self.dimensions {
            if !declared.dimensions.contains_key(name.as_ref()) {
                return Err(match nearest(name, declared.dimensions.keys().map(String::as_str)) {
                    Some(near) => format!("the dimension `{name}` is not declared: did you mean `{near}`?"),
                    None => format!("the dimension `{name}` is not declared in `[dimensions]` of the source"),
                });
            }
            let value: Cow<'_, str> = match value {
                Value::Text(text) => Cow::Borrowed(text),
                Value::Number(digits) => Cow::Borrowed(digits),
                Value::Bool(true) => Cow::Borrowed("true"),
                Value::Bool(false) => Cow::Borrowed("false"),
                Value::Null => continue,
                Value::Object(_) => return Err(format!("the dimension `{name}` cannot be an object")),
            };
            plain(&value)?;
            dimensions.push((name, value));
        }
        // One order for one meaning.
        dimensions.sort_unstable_by_key(|(name, _)| *name);
        if dimensions.windows(2).any(|pair| matches!(pair, [(one, _), (other, _)] if one == other)) {
            return Err("a dimension stands twice".to_owned());
        }
        write_event(into, at, &event, &case, dimensions.iter().map(|(name, value)| (*name, value.as_ref())));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use impegno_sources::{Format, LiveFacts, read_declaration};

    use super::*;

    fn declared() -> TableFormat {
        let text = "title = { it = \"Ticket\" }\nformat = \"live\"\nmode = \"append\"\nfacts = \"cases\"\n\
                    kind = \"ticket\"\nopening = \"opened\"\nevents = [\"opened\", \"solved\"]\n\
                    [dimensions]\nchannel = \"channel\"\nbody = { column = \"body\", of = \"bodies\" }\n";
        let mut findings = Vec::new();
        let read = impegno_settings::read("sources/a.toml", text, &mut findings, read_declaration);
        assert!(findings.is_empty(), "{findings:?}");
        let Some(Format::Live(live)) = read.map(|read| read.format) else { panic!("a live source") };
        let LiveFacts::Cases(table) = live.facts else { panic!("cases") };
        *table
    }

    #[test]
    fn events_with_their_dimensions() {
        let body = concat!(
            r#"{"case":"T-1","event":"opened","at":"2025-03-11T10:00:00Z","dimensions":{"channel":"mail","body":"Borgo"}}"#,
            "\n",
            r#"{"case":17,"event":"solved","at_s":1741687200}"#,
        );
        let taken = events(body.as_bytes(), &declared()).expect("events");
        let expected =
            "e\t1741687200000000\topened\tT-1\tbody=Borgo\tchannel=mail\ne\t1741687200000000\tsolved\t17\n";
        assert_eq!((taken.rows, String::from_utf8(taken.lines).expect("text").as_str()), (2, expected));
    }

    #[test]
    fn what_is_not_declared_is_refused() {
        for (line, reason) in [
            (
                r#"{"case":"T-1","event":"open","at_s":1741687200}"#,
                "the event `open` is not declared: did you mean `opened`?",
            ),
            (
                r#"{"case":"T-1","event":"opened"}"#,
                "the instant is missing: `at`, or `at_s`, `at_ms`, `at_us`",
            ),
            (r#"{"event":"opened","at_s":1741687200}"#, "`case` is missing"),
            (
                r#"{"case":"T-1","event":"opened","at_s":1741687200,"caller":"x"}"#,
                "unknown key `caller`: dimensions stand in `dimensions`",
            ),
            (
                r#"{"case":"T-1","event":"opened","at_s":1741687200,"dimensions":{"caller":"x"}}"#,
                "the dimension `caller` is not declared in `[dimensions]` of the source",
            ),
            (
                r#"{"case":"T-1","event":"opened","at_s":1741687200,"dimensions":{"channel":"x","channel":"y"}}"#,
                "a dimension stands twice",
            ),
            (r#"{"case":"T-1","event":"opened","at":1741687200}"#, "`at` cannot be a number"),
        ] {
            let refusal = events(line.as_bytes(), &declared()).expect_err(line);
            assert_eq!((refusal.line, refusal.reason.as_str()), (1, reason), "{line}");
        }
    }
}
