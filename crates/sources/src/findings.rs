//! The findings of one file, bounded whatever the file holds.

use std::collections::BTreeMap;
use std::ops::Deref;

use impegno_findings::{Code, Finding, Place};

use crate::codes;

/// Findings of one code that are kept for a file; more are counted.
pub const KEPT: u64 = 1_000;

/// Characters of a message, a hint or a row that are kept; a field can be as long as its file.
const LONGEST_TEXT: usize = 1_000;

/// What there is to say of one file: the first [`KEPT`] findings of each code in the order in which they were
/// made, and the number of all others.
#[derive(Debug, Clone, Default)]
pub struct FileFindings {
    kept: Vec<Finding>,
    counts: BTreeMap<Code, u64>,
}

impl FileFindings {
    /// Takes a finding; beyond [`KEPT`] of its code it is only counted. Long texts are cut.
    pub fn push(&mut self, finding: Finding) {
        let count = self.counts.entry(finding.code).or_default();
        *count += 1;
        if *count <= KEPT {
            self.kept.push(Finding {
                message: shortened(finding.message),
                hint: shortened(finding.hint),
                row: shortened(finding.row),
                ..finding
            });
        }
    }

    /// Whether a further finding of a code would be kept: looking for a hint takes time.
    pub fn keeps(&self, code: Code) -> bool {
        self.counts.get(&code).is_none_or(|count| *count < KEPT)
    }

    /// Counts a finding that would not be kept.
    pub(crate) fn count(&mut self, code: Code) {
        *self.counts.entry(code).or_default() += 1;
    }

    /// Takes out all findings of a code, which were so many and are told in another way.
    pub(crate) fn take_out(&mut self, code: Code) {
        self.kept.retain(|finding| finding.code != code);
        self.counts.remove(&code);
    }

    /// Says of each code how many findings were only counted.
    pub(crate) fn close(&mut self, file: &str) {
        for (code, count) in &self.counts {
            if let Some(more) = count.checked_sub(KEPT).filter(|more| *more > 0) {
                let message = format!("{more} more findings `{}` were counted and not kept", code.name);
                self.kept.push(
                    Finding::warning(codes::MORE_FINDINGS, Place::file(file), message)
                        .hint(format!("the first {KEPT} show what is wrong; correct it and import again")),
                );
            }
        }
    }

    /// The findings that were kept, to give them another place.
    pub(crate) fn kept_mut(&mut self) -> &mut [Finding] {
        &mut self.kept
    }

    /// The findings that were kept.
    pub fn into_kept(self) -> Vec<Finding> {
        self.kept
    }
}

impl Deref for FileFindings {
    type Target = [Finding];

    fn deref(&self) -> &[Finding] {
        &self.kept
    }
}

impl<'f> IntoIterator for &'f FileFindings {
    type Item = &'f Finding;
    type IntoIter = std::slice::Iter<'f, Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.kept.iter()
    }
}

fn shortened(text: String) -> String {
    // Bytes are at least as many as characters: a short text is not counted.
    if text.len() <= LONGEST_TEXT {
        return text;
    }
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_findings_of_each_code_are_kept_and_the_others_counted() {
        let mut findings = FileFindings::default();
        for line in 1..=1_500 {
            findings.push(Finding::error(codes::BAD_VALUE, Place::line("a.csv", line), "x"));
        }
        findings.push(Finding::error(codes::BROKEN_ROW, Place::line("a.csv", 9), "è".repeat(5_000)));
        assert!(!findings.keeps(codes::BAD_VALUE) && findings.keeps(codes::BROKEN_ROW));
        findings.close("a.csv");
        assert_eq!(findings.len(), 1_002);
        assert_eq!(findings[999].place.line, 1_000);
        assert_eq!(findings[1_000].message.chars().count(), 1_001);
        assert_eq!(findings[1_001].message, "500 more findings `bad-value` were counted and not kept");
    }
}
