//! The folders `texts/` and `directories/`: what people wrote for documents, and which layouts show it.

use std::collections::{BTreeMap, BTreeSet};

use impegno_findings::{Finding, Place, nearest};
use impegno_settings::{Spot, Table};

use crate::Folder;
use crate::codes::{BAD_TABLE, MISSING_FILE, UNUSED_FILE};
use crate::directory::{Directory, read_directory};
use crate::prose::{Text, read_text};

/// Texts and directories by file, and what of them layouts have shown so far.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    texts: BTreeMap<String, Text>,
    directories: BTreeMap<String, Directory>,
    shown_texts: BTreeSet<String>,
    shown_columns: BTreeMap<String, BTreeSet<String>>,
}

impl Shelf {
    /// Reads all texts and directories of a folder.
    pub(crate) fn read(folder: &Folder, findings: &mut Vec<Finding>) -> Shelf {
        let mut shelf = Shelf::default();
        for (file, text) in folder {
            if file.starts_with("texts/") {
                shelf.texts.insert(file.clone(), read_text(file, text, findings));
            } else if file.starts_with("directories/") {
                shelf.directories.insert(file.clone(), read_directory(file, text, findings));
            }
        }
        shelf
    }

    /// The text of a file, and its English variant `NAME.en.md` where there is one.
    pub(crate) fn text(&mut self, table: &Table<'_>, file: &Spot<String>) -> Option<(&Text, Option<&Text>)> {
        let english = format!("{}.en.md", file.value.strip_suffix(".md").unwrap_or(&file.value));
        self.shown_texts.extend([file.value.clone(), english.clone()]);
        let Some(text) = self.texts.get(&file.value) else {
            let italian = self.texts.keys().filter(|known| !known.ends_with(".en.md"));
            missing(table, file, italian, "texts", ".md");
            return None;
        };
        Some((text, self.texts.get(&english)))
    }

    /// The directory of a file.
    pub(crate) fn directory(&mut self, table: &Table<'_>, file: &Spot<String>) -> Option<&Directory> {
        self.shown_columns.entry(file.value.clone()).or_default();
        let directory = self.directories.get(&file.value);
        if directory.is_none() {
            missing(table, file, self.directories.keys(), "directories", ".csv");
        }
        directory
    }

    /// Notes that a layout shows a column, or chooses and groups rows by it.
    pub(crate) fn show(&mut self, file: &str, column: &str) {
        self.shown_columns.entry(file.to_owned()).or_default().insert(column.to_owned());
    }

    /// What no layout shows. A column that nobody asked for would be released with the folder all the same.
    pub(crate) fn report_unshown(&self, findings: &mut Vec<Finding>) {
        for file in self.texts.keys().filter(|file| !self.shown_texts.contains(*file)) {
            let finding = Finding::warning(UNUSED_FILE, Place::file(file), "no layout shows this text");
            findings
                .push(finding.hint("show it with a block of kind \"prose\", or take it out of the folder"));
        }
        for (file, directory) in &self.directories {
            let Some(shown) = self.shown_columns.get(file) else {
                let finding =
                    Finding::warning(UNUSED_FILE, Place::file(file), "no layout shows this directory");
                let hint = "show it with a block of kind \"directory\", or take it out of the folder";
                findings.push(finding.hint(hint));
                continue;
            };
            // A column without a name has its finding already.
            let unshown = |column: &&String| !column.is_empty() && !shown.contains(*column);
            for column in directory.columns.iter().filter(unshown) {
                let message = format!("no layout shows the column `{column}`");
                let finding = Finding::error(BAD_TABLE, Place::line(file, 1), message);
                let hint = "take it out: whatever stands in the folder is released with it";
                findings.push(finding.hint(hint));
            }
        }
    }
}

fn missing<'k>(
    table: &Table<'_>,
    file: &Spot<String>,
    known: impl Iterator<Item = &'k String>,
    folder: &str,
    end: &str,
) {
    let hint = match nearest(&file.value, known.map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write it as {folder}/NAME{end}, from the centre folder"),
    };
    table.problem(MISSING_FILE, file, format!("there is no file `{}`", file.value), &hint);
}
