//! The versions of one promise, held together.

use std::collections::BTreeMap;

use impegno_findings::{Finding, Place};
use jiff::civil::Date;

use crate::Commitment;
use crate::codes::VERSION_GAP;

/// The first and the last day of a version, and where it stands.
type Version<'c> = (Option<Date>, Option<Date>, &'c Place);

/// Warns of days between two versions of a promise on which none of them holds.
///
/// Days before the first version and after the last are no gap: a promise begins and ends.
pub(crate) fn check_gaps(commitments: &[Commitment], findings: &mut Vec<Finding>) {
    let mut versions: BTreeMap<&str, Vec<Version<'_>>> = BTreeMap::new();
    for one in commitments {
        versions.entry(&one.code).or_default().push((one.from, one.until, &one.place));
    }
    for (code, mut versions) in versions {
        versions.sort_by_key(|(from, ..)| *from);
        // The last day that the versions so far reach; a version without an end reaches all.
        let mut reached = versions.first().and_then(|(_, until, _)| *until);
        for (from, until, place) in versions.into_iter().skip(1) {
            let Some(last) = reached else { break };
            if let (Some(from), Ok(first)) = (from, last.tomorrow())
                && first < from
            {
                let to = from.yesterday().unwrap_or(first);
                let message = format!("from {first} to {to} no version of {code} holds");
                let finding = Finding::warning(VERSION_GAP, place.clone(), message);
                findings.push(
                    finding
                        .hint("`until` is the last day of a version: the next one begins on the day after"),
                );
            }
            reached = until.map(|until| until.max(last));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Folder;

    /// Warnings of gaps in a folder whose promise V.1 has these versions.
    fn gaps(versions: &[&str]) -> Vec<String> {
        let mut text = "document = { it = \"Carta\", en = \"Charter\" }\n".to_owned();
        for version in versions {
            text += &format!(
                "[[commitment]]\ncode = \"V.1\"\ntext = {{ it = \"a\", en = \"a\" }}\ndimension = \"timeliness\"\n{version}\n\
                 indicator = {{ count = {{ of = \"cases\", filter = {{ kind = \"ticket\" }} }} }}\nexpected = \"<= 5\"\n"
            );
        }
        let folder = Folder::from([
            (
                "centre.toml".to_owned(),
                "name = { it = \"C\", en = \"C\" }\nzone = \"Europe/Rome\"\n".to_owned(),
            ),
            ("commitments/a.toml".to_owned(), text),
        ]);
        let (centre, findings) = crate::read(&folder);
        let read = centre.map(|centre| centre.commitments.len());
        assert_eq!(read, Some(versions.len()), "{findings:?}");
        findings.into_iter().filter(|one| one.code.name == "version-gap").map(|one| one.message).collect()
    }

    #[test]
    fn days_without_a_version_are_told() {
        let (old, new) = ("until = \"2025-03-15\"", "from = \"2025-03-20\"");
        assert_eq!(gaps(&[old, new]), ["from 2025-03-16 to 2025-03-19 no version of V.1 holds"]);
        assert_eq!(gaps(&[new, old]), ["from 2025-03-16 to 2025-03-19 no version of V.1 holds"]);
        let next = "from = \"2025-03-16\"\nuntil = \"2025-03-16\"";
        assert_eq!(gaps(&[old, next, new]), ["from 2025-03-17 to 2025-03-19 no version of V.1 holds"]);
        assert_eq!(gaps(&[old, "from = \"2025-03-16\""]), [""; 0]);
        assert_eq!(gaps(&[new]), [""; 0]);
    }
}
