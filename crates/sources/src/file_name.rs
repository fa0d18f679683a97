//! Values that stand in the name of a file: `ingressi-{Anno}.csv`.

/// The form of a file's name: texts that stand for themselves, and columns between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePattern {
    text: String,
    /// What stands before each column, and the column.
    columns: Vec<(String, String)>,
    /// What stands behind the last one.
    end: String,
}

impl NamePattern {
    /// The pattern of its text; `None` without a column, with two that touch or with an open brace.
    pub(crate) fn parse(text: &str) -> Option<NamePattern> {
        let mut columns: Vec<(String, String)> = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (column, after) = after.split_once('}')?;
            if column.is_empty() || before.contains('}') || (before.is_empty() && !columns.is_empty()) {
                return None;
            }
            columns.push((before.to_owned(), column.to_owned()));
            rest = after;
        }
        let sound = !columns.is_empty() && !rest.contains('}');
        sound.then(|| NamePattern { text: text.to_owned(), columns, end: rest.to_owned() })
    }

    /// Names of the columns.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(_, column)| column.as_str())
    }

    /// The values of the columns in a file's name, the folder left aside; `None` when the name has another form.
    pub(crate) fn values(&self, file: &str) -> Option<Vec<String>> {
        let name = file.rsplit('/').next().unwrap_or(file);
        let mut rest = name.strip_suffix(self.end.as_str())?;
        let mut values = Vec::new();
        for (n, (before, _)) in self.columns.iter().enumerate() {
            rest = rest.strip_prefix(before.as_str())?;
            let end = match self.columns.get(n + 1) {
                Some((next, _)) => rest.find(next.as_str())?,
                None => rest.len(),
            };
            let (value, after) = rest.split_at(end);
            if value.is_empty() {
                return None;
            }
            values.push(value.to_owned());
            rest = after;
        }
        Some(values)
    }
}

impl std::fmt::Display for NamePattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::NamePattern;

    fn values(pattern: &str, file: &str) -> Option<Vec<String>> {
        NamePattern::parse(pattern).expect("a pattern").values(file)
    }

    #[test]
    fn values_stand_between_what_is_fixed() {
        assert_eq!(values("a-{Anno}.csv", "inbox/x/a-2021.csv"), Some(vec!["2021".to_owned()]));
        assert_eq!(
            values("{Ente}-{Anno}.csv", "borgo-2021.csv"),
            Some(vec!["borgo".to_owned(), "2021".to_owned()])
        );
        assert_eq!(values("a-{Anno}.csv", "b-2021.csv"), None);
        assert_eq!(values("a-{Anno}.csv", "a-.csv"), None);
        assert_eq!(values("a-{Anno}.csv", "a-2021.txt"), None);
    }

    #[test]
    fn patterns_that_say_nothing_are_none() {
        for text in ["a.csv", "{}", "{a}{b}", "{a", "a}b{c}"] {
            let parsed = NamePattern::parse(text);
            assert_eq!(parsed, None, "{text}");
        }
    }
}
