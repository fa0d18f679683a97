//! The line protocol of InfluxDB, as Telegraf and others write it.

use std::borrow::Cow;

use impegno_facts::{Check, NO_LATENCY, Origin, StateType};
use impegno_findings::nearest;
use impegno_sources::live::write_check;
use impegno_sources::{LineColumns, micros};

use super::{Refusal, Taken, each_line, instant, probe_of};

/// The unit of the instants of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// Nanoseconds, what the protocol means when nothing is said.
    #[default]
    Nanoseconds,
    /// Microseconds.
    Microseconds,
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
}

impl Precision {
    /// The unit of its name in a request, `ns`, `us`, `ms` or `s`.
    pub fn named(name: &str) -> Option<Precision> {
        match name {
            "ns" | "n" => Some(Precision::Nanoseconds),
            "us" | "u" => Some(Precision::Microseconds),
            "ms" => Some(Precision::Milliseconds),
            "s" => Some(Precision::Seconds),
            _ => None,
        }
    }
}

/// Points: `http_response,server=web1 result_type="success",response_time=0.0065 1741687200000000000`. Points of other
/// measurements than the declared one are of no interest.
///
/// # Errors
/// When a line cannot be used; then nothing is taken.
pub fn lines(body: &[u8], columns: &LineColumns, precision: Precision) -> Result<Taken, Refusal> {
    let mut probe = String::new();
    each_line(body, |line, into| {
        if line.starts_with('#') {
            return Ok(false);
        }
        let point = Point::read(line)?;
        if point.measurement != columns.measurement {
            return Ok(false);
        }
        let tag =
            |name: &str| point.tags.iter().find(|(tag, _)| tag == name).map(|(_, value)| value.as_ref());
        let host = tag(&columns.host).ok_or_else(|| format!("the tag `{}` is missing", columns.host))?;
        let service = match &columns.service {
            Some(name) => Some(tag(name).ok_or_else(|| format!("the tag `{name}` is missing"))?),
            None => columns.constant_service.as_deref(),
        };
        probe_of(host, service, &mut probe)?;
        let field = |name: &str| point.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value);
        let said = field(&columns.state.field)
            .ok_or_else(|| format!("the field `{}` of the state is missing", columns.state.field))?;
        let words = &columns.state.words;
        let state = *words.get(said.as_ref()).ok_or_else(|| {
            match nearest(said, words.keys().map(String::as_str)) {
                Some(near) => format!("the state `{said}` is not declared: did you mean `{near}`?"),
                None => format!("the state `{said}` is not declared in `words`"),
            }
        })?;
        let latency = match &columns.latency {
            Some((name, scale)) => match field(name) {
                Some(number) => micros(number, *scale).ok_or_else(|| {
                    format!("`{number}` is no response time: write digits, perhaps with a point")
                })?,
                None => NO_LATENCY,
            },
            None => NO_LATENCY,
        };
        let number = point.at.ok_or("the instant is missing; nothing but the client knows it")?;
        let at = match precision {
            Precision::Nanoseconds => instant::nanoseconds(number)?,
            Precision::Microseconds => instant::unix(number, 0)?,
            Precision::Milliseconds => instant::unix(number, 3)?,
            Precision::Seconds => instant::unix(number, 6)?,
        };
        let check = Check {
            at,
            state,
            latency,
            origin: Origin::Result,
            state_type: StateType::Hard,
            attempt: 0,
            line: 0,
        };
        write_check(into, &probe, &check);
        Ok(true)
    })
}

/// A line of the protocol.
struct Point<'l> {
    measurement: Cow<'l, str>,
    tags: Vec<(Cow<'l, str>, Cow<'l, str>)>,
    /// Values as they were sent: texts without their quotation marks, whole numbers without their `i`, truth values as
    /// `true` and `false`.
    fields: Vec<(Cow<'l, str>, Cow<'l, str>)>,
    at: Option<&'l str>,
}

impl<'l> Point<'l> {
    fn read(line: &'l str) -> Result<Point<'l>, String> {
        let (head, rest) = cut(line, b' ', false).ok_or("the fields are missing")?;
        let (fields, at) = match cut(rest.trim_start_matches(' '), b' ', true) {
            Some((fields, at)) => (fields, Some(at.trim()).filter(|at| !at.is_empty())),
            None => (rest.trim(), None),
        };
        let mut parts = pieces(head, false);
        let measurement = unescaped(parts.next().unwrap_or_default());
        if measurement.is_empty() {
            return Err("the measurement is missing".to_owned());
        }
        let tags = parts.map(|pair| pair_of(pair, "tag")).collect::<Result<Vec<_>, _>>()?;
        let fields = pieces(fields, true).map(|pair| {
            let (name, value) =
                cut(pair, b'=', false).ok_or_else(|| format!("the field `{pair}` has no value"))?;
            Ok((unescaped(name), value_of(value)?))
        });
        let fields = fields.collect::<Result<Vec<_>, String>>()?;
        let tags = tags.into_iter().map(|(name, value)| (unescaped(name), unescaped(value))).collect();
        Ok(Point { measurement, tags, fields, at })
    }
}

fn pair_of<'l>(pair: &'l str, what: &str) -> Result<(&'l str, &'l str), String> {
    cut(pair, b'=', false)
        .filter(|(name, value)| !name.is_empty() && !value.is_empty())
        .ok_or_else(|| format!("the {what} `{pair}` has no value"))
}

/// The text before and behind the first sign that is neither escaped nor, where texts are quoted, within one.
fn cut(text: &str, sign: u8, quoted: bool) -> Option<(&str, &str)> {
    let (mut escaped, mut within) = (false, false);
    for (place, byte) in text.bytes().enumerate() {
        if escaped {
            escaped = false;
        } else if byte == b'\\' {
            escaped = true;
        } else if quoted && byte == b'"' {
            within = !within;
        } else if byte == sign && !within {
            return Some((text.get(..place)?, text.get(place + 1..)?));
        }
    }
    None
}

/// The parts of a text between commas.
fn pieces(text: &str, quoted: bool) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        match cut(text, b',', quoted) {
            Some((piece, behind)) => {
                rest = Some(behind);
                Some(piece)
            }
            None => rest.take(),
        }
    })
}

/// A name or a tag without the signs that escape commas, equals signs and spaces. Other backslashes stand for themselves.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        match signs.peek() {
            Some(next @ (',' | '=' | ' ')) if sign == '\\' => {
                plain.push(*next);
                signs.next();
            }
            _ => plain.push(sign),
        }
    }
    Cow::Owned(plain)
}

fn value_of(value: &str) -> Result<Cow<'_, str>, String> {
    if let Some(text) = value.strip_prefix('"') {
        let text = text.strip_suffix('"').ok_or_else(|| format!("the text {value} has no end"))?;
        if !text.contains('\\') {
            return Ok(Cow::Borrowed(text));
        }
        return Ok(Cow::Owned(text.replace("\\\"", "\"").replace("\\\\", "\\")));
    }
    match value {
        "t" | "T" | "true" | "True" | "TRUE" => return Ok(Cow::Borrowed("true")),
        "f" | "F" | "false" | "False" | "FALSE" => return Ok(Cow::Borrowed("false")),
        _ => {}
    }
    let digits = value.strip_suffix(['i', 'u']).unwrap_or(value);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) {
        return Err(format!("`{value}` is no value: a text stands in quotation marks"));
    }
    Ok(Cow::Borrowed(digits))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use impegno_facts::State;
    use impegno_sources::StateField;

    use super::*;

    fn columns() -> LineColumns {
        let words: BTreeMap<String, State> = [
            ("success", State::Ok),
            ("timeout", State::Critical),
            ("0", State::Ok),
            ("true", State::Ok),
            ("say \"no\"", State::Unknown),
        ]
        .map(|(word, state)| (word.to_owned(), state))
        .into();
        LineColumns {
            measurement: "http_response".to_owned(),
            host: "server".to_owned(),
            service: None,
            constant_service: Some("http".to_owned()),
            state: StateField { field: "result".to_owned(), words },
            latency: Some(("response_time".to_owned(), 6)),
        }
    }

    #[test]
    fn points_of_every_form() {
        let body = "# a comment\n\
            http_response,server=web1,method=GET result=\"success\",response_time=0.0065124,content_length=12i 1741687200250000999\n\
            cpu,host=web1 usage=5 1741687200000000000\n\
            http_response,server=sala\\ 2\\,\\ nord result=0i,note=\"a b,c=d\" 1741687200000000000\n\
            http_response,server=web1 result=t 1741687200000000000\n\
            http_response,server=web1 result=\"say \\\"no\\\"\" 1741687200000000000\n\
            http_response,server=web1 result=\"timeout\" 1741687200000000000\n";
        let taken = lines(body.as_bytes(), &columns(), Precision::Nanoseconds).expect("points");
        let expected = "c\t1741687200250000\t0\t6513\t\tweb1;http\n\
                        c\t1741687200000000\t0\t-\t\tsala 2, nord;http\n\
                        c\t1741687200000000\t0\t-\t\tweb1;http\n\
                        c\t1741687200000000\t3\t-\t\tweb1;http\n\
                        c\t1741687200000000\t2\t-\t\tweb1;http\n";
        assert_eq!((taken.rows, taken.ignored), (5, 2));
        assert_eq!(String::from_utf8(taken.lines).expect("text"), expected);
    }

    #[test]
    fn the_unit_of_instants_is_named() {
        for (precision, at) in [
            ("s", "1741687200"),
            ("ms", "1741687200000"),
            ("us", "1741687200000000"),
            ("ns", "1741687200000000000"),
        ] {
            let body = format!("http_response,server=web1 result=t {at}");
            let precision = Precision::named(precision).expect("a unit");
            let taken = lines(body.as_bytes(), &columns(), precision).expect("a point");
            assert_eq!(taken.lines, b"c\t1741687200000000\t0\t-\t\tweb1;http\n");
            let other =
                if precision == Precision::Seconds { Precision::Nanoseconds } else { Precision::Seconds };
            assert!(lines(body.as_bytes(), &columns(), other).is_err(), "{at}");
        }
        assert_eq!(Precision::named("h"), None);
    }

    #[test]
    fn what_is_refused() {
        for (line, reason) in [
            ("http_response", "the fields are missing"),
            ("http_response,server=web1 result=t", "the instant is missing; nothing but the client knows it"),
            ("http_response result=t 1741687200000000000", "the tag `server` is missing"),
            ("http_response,server= result=t 1741687200000000000", "the tag `server=` has no value"),
            (
                "http_response,server=a code=200 1741687200000000000",
                "the field `result` of the state is missing",
            ),
            (
                "http_response,server=a result=\"succes\" 1741687200000000000",
                "the state `succes` is not declared: did you mean `success`?",
            ),
            (
                "http_response,server=a result=success 1741687200000000000",
                "`success` is no value: a text stands in quotation marks",
            ),
            (
                "http_response,server=a result=t,response_time=-1 1741687200000000000",
                "`-1` is no response time: write digits, perhaps with a point",
            ),
        ] {
            let refusal = lines(line.as_bytes(), &columns(), Precision::Nanoseconds).expect_err(line);
            assert_eq!(refusal.reason, reason, "{line}");
        }
    }
}
