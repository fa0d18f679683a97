//! JSON, as far as a line of a request holds it: one object of texts, numbers and objects of texts. Numbers stay
//! digits, so that nothing is rounded.

use std::borrow::Cow;

/// A value of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value<'l> {
    Text(Cow<'l, str>),
    /// The digits as they were sent.
    Number(&'l str),
    Bool(bool),
    Null,
    /// Members that are texts, numbers or truth values.
    Object(Vec<(Cow<'l, str>, Value<'l>)>),
}

impl Value<'_> {
    /// What it is, in a message.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Value::Text(_) => "a text",
            Value::Number(_) => "a number",
            Value::Bool(_) => "true or false",
            Value::Null => "null",
            Value::Object(_) => "an object",
        }
    }
}

/// Reads a line that is one object and hands over its members in order.
pub(crate) fn object<'l>(
    line: &'l str,
    mut member: impl FnMut(&str, Value<'l>) -> Result<(), String>,
) -> Result<(), String> {
    let mut scanner = Scanner { text: line, at: 0 };
    scanner.blank();
    scanner.members(&mut member, true)?;
    scanner.blank();
    if scanner.at < line.len() {
        return Err(scanner.wrong("the end of the line"));
    }
    Ok(())
}

struct Scanner<'l> {
    text: &'l str,
    at: usize,
}

impl<'l> Scanner<'l> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn wrong(&self, expected: &str) -> String {
        let column = self.text.get(..self.at).unwrap_or_default().chars().count() + 1;
        match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some(found) => format!("not JSON: expected {expected} at column {column}, found {found:?}"),
            None => format!("not JSON: expected {expected} at column {column}, found the end of the line"),
        }
    }

    fn members(
        &mut self,
        member: &mut dyn FnMut(&str, Value<'l>) -> Result<(), String>,
        may_nest: bool,
    ) -> Result<(), String> {
        if !self.take(b'{') {
            return Err(self.wrong("an object, `{`"));
        }
        self.blank();
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            self.blank();
            if self.peek() != Some(b'"') {
                return Err(self.wrong("a key in quotation marks"));
            }
            let key = self.string()?;
            self.blank();
            if !self.take(b':') {
                return Err(self.wrong("`:`"));
            }
            self.blank();
            let value = self.value(may_nest)?;
            member(&key, value)?;
            self.blank();
            if self.take(b'}') {
                return Ok(());
            }
            if !self.take(b',') {
                return Err(self.wrong("`,` or `}`"));
            }
        }
    }

    fn value(&mut self, may_nest: bool) -> Result<Value<'l>, String> {
        match self.peek() {
            Some(b'"') => self.string().map(Value::Text),
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            Some(b'{') if may_nest => {
                let mut inner = Vec::new();
                self.members(
                    &mut |key, value| {
                        inner.push((Cow::Owned(key.to_owned()), value));
                        Ok(())
                    },
                    false,
                )?;
                Ok(Value::Object(inner))
            }
            _ => {
                for (word, value) in
                    [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)]
                {
                    if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
                        self.at += word.len();
                        return Ok(value);
                    }
                }
                Err(self.wrong("a text, a number or `true`"))
            }
        }
    }

    /// A number of the JSON grammar.
    fn number(&mut self) -> Result<&'l str, String> {
        let start = self.at;
        self.take(b'-');
        let first = self.at;
        self.digits("a digit")?;
        if self.text.as_bytes().get(first) == Some(&b'0') && self.at > first + 1 {
            self.at = first + 1;
            return Err(self.wrong("no digit behind a leading zero"));
        }
        if self.take(b'.') {
            self.digits("a digit behind the decimal point")?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits("a digit of the exponent")?;
        }
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    fn digits(&mut self, expected: &str) -> Result<(), String> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(self.wrong(expected)) } else { Ok(()) }
    }

    /// A string; the scanner stands on its quotation mark.
    fn string(&mut self) -> Result<Cow<'l, str>, String> {
        self.at += 1;
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut owned: Option<String> = None;
        let mut run = start;
        loop {
            let rest = bytes.get(self.at..).unwrap_or_default();
            let Some(length) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\') || *byte < 0x20)
            else {
                self.at = bytes.len();
                return Err(self.wrong("the end of a text, `\"`"));
            };
            self.at += length;
            let so_far = self.text.get(run..self.at).unwrap_or_default();
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(match owned {
                        Some(mut text) => {
                            text.push_str(so_far);
                            Cow::Owned(text)
                        }
                        None => Cow::Borrowed(so_far),
                    });
                }
                Some(b'\\') => {
                    let text = owned.get_or_insert_default();
                    text.push_str(so_far);
                    self.at += 1;
                    let escaped = self.escaped()?;
                    owned.get_or_insert_default().push(escaped);
                    run = self.at;
                }
                _ => return Err(self.wrong("no control character in a text")),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, String> {
        let escaped = self.peek();
        self.at += usize::from(escaped.is_some());
        Ok(match escaped {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let first = self.four_digits()?;
                // Characters beyond the first plane are two halves.
                if (0xd800..0xdc00).contains(&first) {
                    let second = if self.take(b'\\') && self.take(b'u') { self.four_digits()? } else { 0 };
                    if !(0xdc00..0xe000).contains(&second) {
                        return Err(self.wrong("the second half of a character"));
                    }
                    let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                    char::from_u32(code).ok_or_else(|| self.wrong("a character"))?
                } else {
                    char::from_u32(first).ok_or_else(|| self.wrong("a character"))?
                }
            }
            _ => {
                self.at -= usize::from(escaped.is_some());
                return Err(self.wrong("an escaped character"));
            }
        })
    }

    fn four_digits(&mut self) -> Result<u32, String> {
        let digits = self
            .text
            .get(self.at..self.at + 4)
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let Some(digits) = digits else { return Err(self.wrong("four hexadecimal digits")) };
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|_| self.wrong("four hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(line: &str) -> Result<Vec<(String, Value<'_>)>, String> {
        let mut members = Vec::new();
        object(line, |key, value| {
            members.push((key.to_owned(), value));
            Ok(())
        })?;
        Ok(members)
    }

    #[test]
    fn what_is_not_json_is_told_with_its_column() {
        for (line, message) in [
            ("", "not JSON: expected an object, `{` at column 1, found the end of the line"),
            ("[1]", "not JSON: expected an object, `{` at column 1, found '['"),
            ("{\"a\" 1}", "not JSON: expected `:` at column 6, found '1'"),
            ("{\"a\":01}", "not JSON: expected no digit behind a leading zero at column 7, found '1'"),
            ("{\"a\":1,}", "not JSON: expected a key in quotation marks at column 8, found '}'"),
            ("{\"è\":}", "not JSON: expected a text, a number or `true` at column 6, found '}'"),
            (
                "{\"a\":\"x",
                "not JSON: expected the end of a text, `\"` at column 8, found the end of the line",
            ),
            ("{} {}", "not JSON: expected the end of the line at column 4, found '{'"),
            ("{\"a\":{\"b\":{}}}", "not JSON: expected a text, a number or `true` at column 11, found '{'"),
        ] {
            assert_eq!(read(line).expect_err(line), message, "{line}");
        }
    }

    fn value() -> impl Strategy<Value = serde_json::Value> {
        prop_oneof![
            any::<String>().prop_map(serde_json::Value::from),
            any::<i64>().prop_map(serde_json::Value::from),
            any::<bool>().prop_map(serde_json::Value::from),
            Just(serde_json::Value::Null),
        ]
    }

    fn same(ours: &Value<'_>, theirs: &serde_json::Value) -> bool {
        match (ours, theirs) {
            (Value::Text(ours), serde_json::Value::String(theirs)) => ours == theirs,
            (Value::Number(ours), serde_json::Value::Number(theirs)) => *ours == theirs.to_string(),
            (Value::Bool(ours), serde_json::Value::Bool(theirs)) => ours == theirs,
            (Value::Null, serde_json::Value::Null) => true,
            (Value::Object(ours), serde_json::Value::Object(theirs)) => {
                ours.len() == theirs.len()
                    && ours
                        .iter()
                        .zip(theirs)
                        .all(|((key, ours), (name, theirs))| key == name && same(ours, theirs))
            }
            _ => false,
        }
    }

    proptest! {
        /// What another writer of JSON writes is read as it was.
        #[test]
        fn objects_are_read_as_they_were_written(
            flat in prop::collection::vec((any::<String>(), value()), 0..6),
            inner in prop::collection::vec((any::<String>(), value()), 0..4),
        ) {
            let mut object: serde_json::Map<String, serde_json::Value> = flat.into_iter().collect();
            object.insert("dimensions".to_owned(), inner.into_iter().collect::<serde_json::Map<_, _>>().into());
            let line = serde_json::Value::from(object.clone()).to_string();
            let read = read(&line).expect("JSON");
            prop_assert_eq!(read.len(), object.len());
            for ((key, ours), (name, theirs)) in read.iter().zip(&object) {
                prop_assert!(key == name && same(ours, theirs), "{:?} {:?}", ours, theirs);
            }
        }

        /// Whatever comes, it is read or refused as another reader of JSON does.
        #[test]
        fn what_another_reader_refuses_is_refused(line in "[{}\":,a-c0-2.e\\\\u -]{0,24}") {
            let theirs: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_str(&line);
            if read(&line).is_ok() {
                // A number that no float holds is JSON all the same.
                prop_assert!(theirs.is_ok() || theirs.is_err_and(|e| e.to_string().contains("out of range")), "{}", line);
            }
        }
    }
}
