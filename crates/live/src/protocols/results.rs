//! Results as JSON lines.

use std::borrow::Cow;

use impegno_facts::{Check, NO_LATENCY, Origin, State, StateType};
use impegno_findings::nearest;
use impegno_sources::live::write_check;
use impegno_sources::micros;

use super::json::{Value, object};
use super::{Refusal, Taken, each_line, instant, plain, probe_of};

/// Keys of a result.
const KEYS: [&str; 14] = [
    "probe",
    "host",
    "service",
    "at",
    "at_s",
    "at_ms",
    "at_us",
    "state",
    "latency_s",
    "latency_ms",
    "latency_us",
    "attempt",
    "type",
    "confirmed",
];

/// Results: one object a line, `{"probe":"web1;http","at":"2025-03-01T10:00:00Z","state":"ok","latency_ms":6.5}`.
///
/// `docs/receive.md` lists the keys.
///
/// # Errors
/// When a line cannot be used; then nothing is taken.
pub fn results(body: &[u8]) -> Result<Taken, Refusal> {
    let mut probe = String::new();
    each_line(body, |line, into| {
        let mut row = Row::default();
        object(line, |key, value| row.member(key, value))?;
        let check = row.check(&mut probe)?;
        write_check(into, &probe, &check);
        Ok(true)
    })
}

#[derive(Default)]
struct Row<'l> {
    probe: Option<Cow<'l, str>>,
    host: Option<Cow<'l, str>>,
    service: Option<Cow<'l, str>>,
    at: Option<i64>,
    state: Option<State>,
    latency: Option<i64>,
    attempt: u16,
    state_type: Option<StateType>,
}

impl<'l> Row<'l> {
    fn member(&mut self, key: &str, value: Value<'l>) -> Result<(), String> {
        // A value that is not there may be said so.
        if value == Value::Null {
            return if KEYS.contains(&key) { Ok(()) } else { Err(unknown(key)) };
        }
        let twice = match key {
            "probe" => self.probe.replace(text(key, value)?).is_some(),
            "host" => self.host.replace(text(key, value)?).is_some(),
            "service" => self.service.replace(text(key, value)?).is_some(),
            "at" => self.at.replace(instant::rfc3339(&text(key, value)?)?).is_some(),
            "at_s" => self.at.replace(instant::unix(number(key, &value)?, 6)?).is_some(),
            "at_ms" => self.at.replace(instant::unix(number(key, &value)?, 3)?).is_some(),
            "at_us" => self.at.replace(instant::unix(number(key, &value)?, 0)?).is_some(),
            "state" => self.state.replace(state(&value)?).is_some(),
            "latency_s" => self.latency.replace(latency(key, &value, 6)?).is_some(),
            "latency_ms" => self.latency.replace(latency(key, &value, 3)?).is_some(),
            "latency_us" => self.latency.replace(latency(key, &value, 0)?).is_some(),
            "attempt" => {
                let digits = number(key, &value)?;
                self.attempt =
                    digits.parse().map_err(|_| format!("`{digits}` is no number of an attempt"))?;
                false
            }
            "type" => {
                let word = text(key, value)?;
                let found = match word.as_ref() {
                    "hard" | "HARD" => StateType::Hard,
                    "soft" | "SOFT" => StateType::Soft,
                    _ => return Err(format!("the type `{word}` is neither `hard` nor `soft`")),
                };
                self.state_type.replace(found).is_some()
            }
            "confirmed" => match value {
                Value::Bool(true) => self.state_type.replace(StateType::Hard).is_some(),
                Value::Bool(false) => self.state_type.replace(StateType::Soft).is_some(),
                _ => return Err(format!("`confirmed` is {}, expected true or false", value.name())),
            },
            _ => return Err(unknown(key)),
        };
        if twice { Err(format!("`{key}` says again what was said")) } else { Ok(()) }
    }

    fn check(self, probe: &mut String) -> Result<Check, String> {
        match (&self.probe, &self.host) {
            (Some(_), Some(_)) => return Err("both `probe` and `host` are there".to_owned()),
            (Some(whole), None) => {
                if self.service.is_some() {
                    return Err("`probe` names host and service already, `host;service`".to_owned());
                }
                if whole.is_empty() {
                    return Err("`probe` is empty".to_owned());
                }
                plain(whole)?;
                probe.clear();
                probe.push_str(whole);
            }
            (None, Some(host)) => probe_of(host, self.service.as_deref(), probe)?,
            (None, None) => return Err("`probe` is missing (or `host`, perhaps with `service`)".to_owned()),
        }
        // Nothing here knows when it happened but the client.
        let at = self.at.ok_or("the instant is missing: `at`, or `at_s`, `at_ms`, `at_us`")?;
        Ok(Check {
            at,
            state: self.state.ok_or("`state` is missing")?,
            latency: self.latency.unwrap_or(NO_LATENCY),
            origin: Origin::Result,
            state_type: self.state_type.unwrap_or(StateType::Hard),
            attempt: self.attempt,
            line: 0,
        })
    }
}

fn unknown(key: &str) -> String {
    match nearest(key, KEYS) {
        Some(near) => format!("unknown key `{key}`: did you mean `{near}`?"),
        None => format!("unknown key `{key}`; known: {}", KEYS.join(", ")),
    }
}

fn text<'l>(key: &str, value: Value<'l>) -> Result<Cow<'l, str>, String> {
    match value {
        Value::Text(text) => Ok(text),
        other => Err(format!("`{key}` is {}, expected a text", other.name())),
    }
}

fn number<'l>(key: &str, value: &Value<'l>) -> Result<&'l str, String> {
    match value {
        Value::Number(digits) => Ok(digits),
        other => Err(format!("`{key}` is {}, expected a number", other.name())),
    }
}

/// A state by its name, in small or capital letters, or by its number.
pub(super) fn state(value: &Value<'_>) -> Result<State, String> {
    let found = match value {
        Value::Text(word) => match word.as_ref() {
            "ok" | "OK" => Some(State::Ok),
            "warning" | "WARNING" => Some(State::Warning),
            "critical" | "CRITICAL" => Some(State::Critical),
            "unknown" | "UNKNOWN" => Some(State::Unknown),
            _ => None,
        },
        Value::Number(digits) => code(digits),
        _ => None,
    };
    found.ok_or_else(|| {
        let said = match value {
            Value::Text(word) => format!("`{word}`"),
            Value::Number(digits) => format!("`{digits}`"),
            other => other.name().to_owned(),
        };
        format!("{said} is no state: ok, warning, critical, unknown, or 0 to 3")
    })
}

/// A state by its number in the plug-in interface.
pub(super) fn code(digits: &str) -> Option<State> {
    match digits {
        "0" => Some(State::Ok),
        "1" => Some(State::Warning),
        "2" => Some(State::Critical),
        "3" => Some(State::Unknown),
        _ => None,
    }
}

fn latency(key: &str, value: &Value<'_>, scale: u32) -> Result<i64, String> {
    let digits = number(key, value)?;
    micros(digits, scale)
        .ok_or_else(|| format!("`{digits}` is no response time: write digits, perhaps with a point"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(body: &str) -> Result<String, String> {
        results(body.as_bytes())
            .map(|taken| String::from_utf8(taken.lines).expect("text"))
            .map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn results_of_every_form() {
        let body = concat!(
            r#"{"probe":"web1;http portale","at":"2025-03-11T10:00:00Z","state":"ok","latency_ms":6.5124}"#,
            "\n\n",
            r#" {"host":"web1","service":"http","at_s":1741687200,"state":"CRITICAL","attempt":2,"type":"soft"} "#,
            "\r\n",
            r#"{"host":"db1","service":null,"at_ms":1741687200250,"state":3,"latency_s":0.0000001}"#,
            "\n",
            r#"{"host":"db1","at_us":1741687200250000,"state":1,"confirmed":true,"latency_us":12}"#,
        );
        let expected = "c\t1741687200000000\t0\t6513\t\tweb1;http portale\n\
                        c\t1741687200000000\t2\t-\tS2\tweb1;http\n\
                        c\t1741687200250000\t3\t1\t\tdb1\n\
                        c\t1741687200250000\t1\t12\t\tdb1\n";
        assert_eq!(lines(body), Ok(expected.to_owned()));
    }

    /// A request is refused whole, with the line and the reason.
    #[test]
    fn what_is_refused() {
        let good = r#"{"host":"a","at_s":1741687200,"state":"ok"}"#;
        for (line, reason) in [
            (r#"{"host":"a","state":"ok"}"#, "the instant is missing: `at`, or `at_s`, `at_ms`, `at_us`"),
            (r#"{"at_s":1741687200,"state":"ok"}"#, "`probe` is missing (or `host`, perhaps with `service`)"),
            (r#"{"host":"a","at_s":1741687200}"#, "`state` is missing"),
            (
                r#"{"host":"a","at_s":1741687200,"state":"up"}"#,
                "`up` is no state: ok, warning, critical, unknown, or 0 to 3",
            ),
            (r#"{"host":"a","at_s":1741687200,"sate":"ok"}"#, "unknown key `sate`: did you mean `state`?"),
            (
                r#"{"host":"a","at_s":1741687200000,"state":"ok"}"#,
                "`1741687200000` is the instant 57161-09-09T16:00:00Z: is its unit another?",
            ),
            (
                r#"{"host":"a","at_s":1741687200,"at_ms":1741687200000,"state":"ok"}"#,
                "`at_ms` says again what was said",
            ),
            (
                r#"{"host":"a","at_s":1741687200,"state":"ok","latency_ms":-1}"#,
                "`-1` is no response time: write digits, perhaps with a point",
            ),
            (r#"{"host":"a\tb","at_s":1741687200,"state":"ok"}"#, r#""a\tb" holds control characters"#),
            (r#"{"host":"a;b","at_s":1741687200,"state":"ok"}"#, "`a;b` is no name of a host: it holds `;`"),
            (r#"{"probe":"","at_s":1741687200,"state":"ok"}"#, "`probe` is empty"),
            ("ok", "not JSON: expected an object, `{` at column 1, found 'o'"),
        ] {
            let refusal = lines(&format!("{good}\n{line}\n{good}")).expect_err(line);
            assert!(refusal.starts_with("line 2: "), "{refusal}");
            if !reason.ends_with("is its unit another?") {
                assert_eq!(refusal, format!("line 2: {reason}"), "{line}");
            } else {
                assert!(refusal.ends_with("is its unit another?"), "{refusal}");
            }
        }
        assert_eq!(lines("\n \n"), Err("the request holds no line".to_owned()));
        assert_eq!(results(b"\xff").expect_err("no text").line, 1);
    }
}
