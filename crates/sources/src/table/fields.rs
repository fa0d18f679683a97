//! Header and single fields.

use std::borrow::Cow;

use super::rows::Row;

/// The names of the columns.
pub(crate) struct Header {
    names: Vec<String>,
}

impl Header {
    pub(crate) fn new(names: Vec<String>) -> Header {
        Header { names }
    }

    pub(crate) fn of_row(row: &Row<'_>) -> Header {
        Header::new(row.fields().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect())
    }

    /// Further columns, behind those of the file.
    pub(crate) fn add<'c>(&mut self, columns: impl Iterator<Item = &'c str>) {
        self.names.extend(columns.map(str::to_owned));
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    pub(crate) fn position(&self, column: &str) -> Option<usize> {
        self.names.iter().position(|name| name == column)
    }
}

/// Several fields as one text.
pub(crate) fn joined<'r>(row: &'r Row<'_>, columns: &[usize], between: &str) -> Cow<'r, str> {
    match columns {
        [column] => Cow::Borrowed(row.text(*column)),
        columns => {
            let texts: Vec<&str> = columns.iter().map(|column| row.text(*column)).collect();
            Cow::Owned(texts.join(between))
        }
    }
}

/// A whole number of digits with an optional sign.
pub(crate) fn whole_number(field: &[u8]) -> Option<i64> {
    std::str::from_utf8(field).ok()?.parse().ok()
}

/// Cents of an amount: `1.234,5` with a decimal comma, `1234.50` with a decimal point.
///
/// A dot (or comma) that groups thousands must stand before three digits.
pub(crate) fn amount(field: &[u8], decimal: u8) -> Option<i64> {
    let text = std::str::from_utf8(field).ok()?.trim();
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, decimals) = text.split_once(char::from(decimal)).unwrap_or((text, ""));
    let grouping = if decimal == b',' { '.' } else { ',' };
    let mut groups = whole.split(grouping);
    let first = groups.next()?;
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 || first.is_empty() || first.len() > 3 {
            return None;
        }
        digits.push_str(group);
    }
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if digits.is_empty() || !all_digits(&digits) || !all_digits(decimals) || decimals.len() > 2 {
        return None;
    }
    let cents: i64 = format!("{digits}{decimals:0<2}").parse().ok()?;
    Some(if negative { -cents } else { cents })
}

#[cfg(test)]
mod tests {
    use super::amount;

    #[test]
    fn amounts_in_italian_and_english_notation() {
        assert_eq!(amount(b"1.234,50", b','), Some(123_450));
        assert_eq!(amount(b"1234,5", b','), Some(123_450));
        assert_eq!(amount(b"12", b','), Some(1_200));
        assert_eq!(amount(b"-0,01", b','), Some(-1));
        assert_eq!(amount(b"1,234.50", b'.'), Some(123_450));
        assert_eq!(amount(b"12.34", b','), None);
        assert_eq!(amount(b"1,234", b','), None);
        assert_eq!(amount(b"", b','), None);
        assert_eq!(amount(b"12,x", b','), None);
    }
}
