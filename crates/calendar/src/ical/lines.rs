//! The content lines of an iCalendar file (RFC 5545, section 3.1).

/// A content line taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The number of its first line in the file, from 1.
    pub(super) number: u32,
    /// In capitals.
    pub(super) name: String,
    /// Names in capitals, values without quotes.
    params: Vec<(String, String)>,
    /// As written, escapes and all.
    pub(super) value: String,
}

impl Line {
    pub(super) fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value as text, escapes resolved (section 3.3.11).
    pub(super) fn text(&self) -> String {
        let mut text = String::with_capacity(self.value.len());
        let mut signs = self.value.chars();
        while let Some(sign) = signs.next() {
            match sign {
                '\\' => match signs.next() {
                    Some('n' | 'N') => text.push('\n'),
                    Some(escaped) => text.push(escaped),
                    None => {}
                },
                sign => text.push(sign),
            }
        }
        text
    }
}

/// Unfolds and splits a file; a line that is none is given back as its number.
///
/// Line ends without a carriage return are taken too, as many programs write them.
pub(super) fn lines(text: &str) -> Vec<Result<Line, u32>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut unfolded: Vec<(u32, String)> = Vec::new();
    for (number, line) in (1..).zip(text.split('\n')) {
        let line = line.strip_suffix('\r').unwrap_or(line);
        match (line.strip_prefix([' ', '\t']), unfolded.last_mut()) {
            (Some(rest), Some((_, before))) => before.push_str(rest),
            _ if line.is_empty() => {}
            _ => unfolded.push((number, line.to_owned())),
        }
    }
    unfolded.into_iter().map(|(number, line)| split(number, &line).ok_or(number)).collect()
}

/// `NAME;PARAM=value;PARAM="quoted: value":value`
fn split(number: u32, line: &str) -> Option<Line> {
    let mut quoted = false;
    let colon = line.find(|sign: char| {
        quoted ^= sign == '"';
        sign == ':' && !quoted
    })?;
    let (head, value) = (line.get(..colon)?, line.get(colon.checked_add(1)?..)?);
    let mut parts = Vec::new();
    let (mut rest, mut quoted) = (head, false);
    while let Some(semicolon) = rest.find(|sign: char| {
        quoted ^= sign == '"';
        sign == ';' && !quoted
    }) {
        parts.push(rest.get(..semicolon)?);
        rest = rest.get(semicolon.checked_add(1)?..)?;
    }
    parts.push(rest);
    let (name, params) = parts.split_first()?;
    let well_formed =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let params = params.iter().map(|param| {
        let (key, value) = param.split_once('=')?;
        Some((key.to_ascii_uppercase(), value.trim_matches('"').to_owned()))
    });
    let params = params.collect::<Option<Vec<_>>>()?;
    let line = Line { number, name: name.to_ascii_uppercase(), params, value: value.to_owned() };
    well_formed.then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_lines_quotes_and_escapes_are_read() {
        let text = "SUMMARY;X-A=\"a:b;c\";LANGUAGE=it:Chiu\r\n so\\, per\\nferie\r\nX:1\n\tY\n";
        let read: Vec<Line> = lines(text).into_iter().map(Result::unwrap).collect();
        assert_eq!(read[0].text(), "Chiuso, per\nferie");
        assert_eq!((read[0].param("X-A"), read[0].param("LANGUAGE")), (Some("a:b;c"), Some("it")));
        assert_eq!((read[1].number, read[1].value.as_str()), (3, "1Y"));
    }

    #[test]
    fn lines_that_are_none_are_numbered() {
        assert_eq!(
            lines("A:1\nno colon\n;x:1\nB;p:2"),
            [
                Ok(Line { number: 1, name: "A".into(), params: vec![], value: "1".into() }),
                Err(2),
                Err(3),
                Err(4),
            ]
        );
    }
}
