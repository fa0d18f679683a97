//! What a centre folder says: the texts that measuring needs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use impegno_charter::Centre;
use impegno_findings::Severity;
use impegno_sources::read_declaration;

use crate::failure::Failure;

/// Single files of a centre folder.
const FILES: [&str; 6] =
    ["centre.toml", "bodies.csv", "services.csv", "systems.toml", "probes.csv", "registers/annotations.csv"];

/// Folders of a centre folder, each with the end of the names of its files.
const FOLDERS: [(&str, &str); 6] = [
    ("commitments", ".toml"),
    ("reports", ".toml"),
    ("sources", ".toml"),
    ("calendars", ".ics"),
    ("texts", ".md"),
    ("directories", ".csv"),
];

/// Reads the definitions of a centre folder, which must be sound.
///
/// # Errors
/// When a file cannot be read, or the folder has errors: `impegno check` explains them.
pub fn read(directory: &Path) -> Result<Centre, Failure> {
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    let mut add = |file: String| -> Result<(), Failure> {
        match fs::read_to_string(directory.join(&file)) {
            Ok(text) => {
                texts.insert(file, text);
                Ok(())
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(Failure::new(Failure::FOLDER, format!("{file}: {error}"))),
        }
    };
    for file in FILES {
        add(file.to_owned())?;
    }
    for (folder, end) in FOLDERS {
        let Ok(entries) = fs::read_dir(directory.join(folder)) else { continue };
        for name in
            entries.filter_map(Result::ok).map(|entry| entry.file_name().to_string_lossy().into_owned())
        {
            if name.ends_with(end) && !name.starts_with('.') {
                add(format!("{folder}/{name}"))?;
            }
        }
    }
    let (centre, mut findings) = impegno_charter::read(&texts);
    let mut clocks = BTreeMap::new();
    for (file, text) in &texts {
        let Some(source) = file.strip_prefix("sources/").and_then(|name| name.strip_suffix(".toml")) else {
            continue;
        };
        let declaration = impegno_settings::read(file, text, &mut findings, read_declaration);
        if let Some(clock) = declaration.and_then(|declaration| declaration.clock) {
            clocks.insert(source.to_owned(), clock);
        }
    }
    let error = findings.iter().find(|finding| finding.severity == Severity::Error);
    match (centre, error) {
        (Some(mut centre), None) => {
            centre.source_clocks = clocks;
            Ok(centre)
        }
        (_, error) => {
            let what = error.map_or("there is no centre.toml", |finding| finding.message.as_str());
            Err(Failure::new(Failure::FOLDER, format!("the folder has errors: {what}"))
                .hint("`impegno check` lists them all"))
        }
    }
}
