//! Why cells have no value: told under the table, each reason once, with the letter that the cells carry.

use impegno_report::document::{Cell, Value};

/// The reasons of one table, in the order in which they were met.
#[derive(Debug, Default)]
pub struct Reasons<'a> {
    texts: Vec<&'a str>,
}

impl<'a> Reasons<'a> {
    /// The letter of the reason why the cell has no value; `None` if it has one or says the reason itself.
    pub fn letter(&mut self, cell: &'a Cell) -> Option<String> {
        let text = reason(cell)?;
        let place = self.texts.iter().position(|known| *known == text).unwrap_or_else(|| {
            self.texts.push(text);
            self.texts.len() - 1
        });
        Some(letter(place))
    }

    /// Each letter with its reason.
    pub fn listed(&self) -> impl Iterator<Item = (String, &'a str)> {
        self.texts.iter().enumerate().map(|(place, text)| (letter(place), *text))
    }
}

/// Why there is no value, unless the text of the cell already says it.
pub fn reason(cell: &Cell) -> Option<&str> {
    match &cell.value {
        Value::NotMeasured(reason) if !reason.is_empty() && !cell.text.contains(reason.as_str()) => {
            Some(reason)
        }
        Value::NotMeasured(_)
        | Value::Empty
        | Value::Text(_)
        | Value::Entries(_)
        | Value::Integer(_)
        | Value::Ratio { .. }
        | Value::Micros(_)
        | Value::Cents(_) => None,
    }
}

/// `a` … `z`, `aa`, `ab` …
fn letter(mut number: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'a' + u8::try_from(number % 26).unwrap_or(0)));
        number /= 26;
        if number == 0 {
            break;
        }
        number -= 1;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_after_z() {
        assert_eq!(letter(0), "a");
        assert_eq!(letter(25), "z");
        assert_eq!(letter(26), "aa");
        assert_eq!(letter(27), "ab");
        assert_eq!(letter(26 + 26 * 26), "aaa");
    }

    #[test]
    fn a_reason_is_told_once() {
        let cell = |text: &str| Cell { value: Value::NotMeasured(text.to_owned()), ..Cell::empty() };
        let cells = [cell("nessun caso"), cell("sonda ferma"), cell("nessun caso"), Cell::words("3")];
        let mut reasons = Reasons::default();
        let letters: Vec<Option<String>> = cells.iter().map(|cell| reasons.letter(cell)).collect();
        assert_eq!(letters, [Some("a".into()), Some("b".into()), Some("a".into()), None]);
        assert_eq!(reasons.listed().count(), 2);
    }
}
