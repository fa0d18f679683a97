//! Reading a centre folder from the disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use impegno_charter::Centre;
use impegno_findings::{Code, Finding, Place, Severity};
use impegno_ledger::Hash;
use impegno_report::document::Served;
use impegno_sources::{Declaration, Names, REGISTERS, Vocabulary, read_declaration, register};

use crate::exit::{Exit, Failure};
use crate::output;

/// A file that is not text.
pub(crate) const NOT_TEXT: Code =
    Code { name: "not-utf8", meaning: "A settings file of the centre folder is not text in UTF-8." };
/// A file that cannot be read.
pub(crate) const UNREADABLE: Code =
    Code { name: "unreadable-file", meaning: "A file of the centre folder cannot be read." };
/// Files without a declaration.
pub(crate) const UNDECLARED_SOURCE: Code = Code {
    name: "undeclared-source",
    meaning: "The inbox holds files of a source that has no declaration in `sources/`; they were not received.",
};
/// The codes of the program.
pub(crate) const CODES: &[Code] = &[
    NOT_TEXT,
    UNREADABLE,
    UNDECLARED_SOURCE,
    crate::dimensions::UNKNOWN_DIMENSION,
    crate::dimensions::UNKNOWN_FILTER_VALUE,
    crate::dimensions::EVENT_NOT_GIVEN,
    crate::dimensions::CLOCK_WITHOUT_TERM,
    crate::import::CONTRADICTION,
    crate::import::FUTURE_DAY,
    crate::import::NOT_THE_WHOLE,
    crate::import::EARLIER_READING,
];

/// A centre folder, read.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// Where it lies.
    pub directory: PathBuf,
    /// Where its ledger lies.
    pub ledger: PathBuf,
    /// Whether that is the ledger of a released report.
    pub frozen: bool,
    /// Texts of its settings by relative path.
    pub texts: BTreeMap<String, String>,
    /// What it says.
    pub centre: Centre,
    /// How each source is read, with the hash of its declaration.
    pub sources: BTreeMap<String, (Declaration, Hash)>,
    /// The registers it keeps, likewise.
    pub registers: BTreeMap<String, (Declaration, Hash)>,
    /// What it calls things.
    pub names: Names,
    /// Hash of all definitions.
    pub version: Hash,
    /// The served body that it was narrowed to.
    pub body: Option<Served>,
    /// Everything that is not sound.
    pub findings: Vec<Finding>,
}

/// Reads a centre folder, or the one inside a released report; fails when it cannot be used.
pub(crate) fn load(directory: &Path) -> Result<Loaded, Failure> {
    if impegno_release::is_bundle(directory) {
        return load_bundle(directory);
    }
    load_at(directory, &directory.join(".ledger"), false)
}

/// Reads the definitions of a released report, with the ledger that was released with them.
pub(crate) fn load_bundle(bundle: &Path) -> Result<Loaded, Failure> {
    load_at(&bundle.join(impegno_release::CENTRE), &bundle.join(impegno_release::LEDGER), true)
}

fn load_at(directory: &Path, ledger: &Path, frozen: bool) -> Result<Loaded, Failure> {
    if !directory.is_dir() {
        let message = format!("{} is not a folder", directory.display());
        return Err(Failure::new(Exit::Folder, message).hint("name the folder that holds centre.toml"));
    }
    let mut findings = Vec::new();
    let mut texts = BTreeMap::new();
    for file in [
        "centre.toml",
        "bodies.csv",
        "services.csv",
        "systems.toml",
        "probes.csv",
        "registers/annotations.csv",
    ] {
        read_text(directory, file, &mut texts, &mut findings);
    }
    for folder in ["commitments", "reports", "sources"] {
        for name in names_in(&directory.join(folder)) {
            if name.ends_with(".toml") {
                read_text(directory, &format!("{folder}/{name}"), &mut texts, &mut findings);
            }
        }
    }
    for name in names_in(&directory.join("calendars")) {
        if name.ends_with(".ics") {
            read_text(directory, &format!("calendars/{name}"), &mut texts, &mut findings);
        }
    }
    for (folder, end) in [("texts", ".md"), ("directories", ".csv")] {
        for name in names_in(&directory.join(folder)) {
            if name.ends_with(end) {
                read_written(directory, &format!("{folder}/{name}"), &mut texts, &mut findings);
            }
        }
    }
    let (centre, more) = impegno_charter::read(&texts);
    findings.extend(more);
    let mut sources = read_sources(&texts, &mut findings);
    let Some(mut centre) = centre else {
        output::findings(&findings, None);
        return Err(Failure::new(
            Exit::Folder,
            format!("the folder cannot be used: {}", output::count(&findings)),
        ));
    };
    centre.source_clocks = sources
        .iter()
        .filter_map(|(source, (declaration, _))| Some((source.clone(), declaration.clock.clone()?)))
        .collect();
    let names = names(&centre);
    for (declaration, hash) in sources.values_mut() {
        *hash = reading_hash(declaration, *hash, &names, &centre);
    }
    let registers = REGISTERS
        .iter()
        .filter(|(name, _)| directory.join(format!("registers/{name}.csv")).exists())
        .filter_map(|(name, _)| {
            let (declaration, text) = register(name)?;
            let hash = reading_hash(&declaration, Hash::of(text.as_bytes()), &names, &centre);
            Some(((*name).to_owned(), (declaration, hash)))
        })
        .collect();
    let version = version(&texts);
    let (directory, ledger) = (directory.to_owned(), ledger.to_owned());
    let mut loaded = Loaded {
        directory,
        ledger,
        frozen,
        texts,
        centre,
        sources,
        registers,
        names,
        version,
        body: None,
        findings,
    };
    let unknown = crate::dimensions::unknown(&loaded);
    loaded.findings.extend(unknown);
    if !frozen {
        let (_, findings) = crate::live::tokens(&loaded);
        loaded.findings.extend(findings);
    }
    Ok(loaded)
}

/// Reads a centre folder that must be sound.
pub(crate) fn load_sound(directory: &Path) -> Result<Loaded, Failure> {
    sound(load(directory)?)
}

/// Reads a centre folder that must be sound, to write into it: a released report is none.
pub(crate) fn load_to_write(directory: &Path) -> Result<Loaded, Failure> {
    if impegno_release::is_bundle(directory) {
        let message = format!("{} is a released report, which nothing changes any more", directory.display());
        return Err(
            Failure::new(Exit::Usage, message).hint("name the centre folder that it was released from")
        );
    }
    load_sound(directory)
}

/// Reads a centre folder to copy it or to fill it from a copy, sound or not: a released report is none.
pub(crate) fn load_to_back_up(directory: &Path) -> Result<Loaded, Failure> {
    if impegno_release::is_bundle(directory) {
        let message = format!("{} is a released report, which is whole by itself", directory.display());
        return Err(Failure::new(Exit::Usage, message).hint("copy its folder"));
    }
    load(directory)
}

/// The same folder, unless it has errors.
pub(crate) fn sound(loaded: Loaded) -> Result<Loaded, Failure> {
    if loaded.findings.iter().any(|finding| finding.severity == Severity::Error) {
        output::findings(&loaded.findings, Some(&loaded));
        let message = format!("the folder has {}", output::count(&loaded.findings));
        return Err(Failure::new(Exit::Folder, message));
    }
    Ok(loaded)
}

/// Names of the entries of a folder in order; none when there is no such folder.
pub(crate) fn names_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}

fn read_text(
    directory: &Path,
    file: &str,
    texts: &mut BTreeMap<String, String>,
    findings: &mut Vec<Finding>,
) {
    match fs::read(directory.join(file)) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => {
                texts.insert(file.to_owned(), text);
            }
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let line =
                    error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n').count() as u32 + 1;
                let finding =
                    Finding::error(NOT_TEXT, Place::line(file, line), "this line is not text in UTF-8");
                findings.push(finding.hint("save the file as UTF-8"));
            }
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => findings.push(Finding::error(UNREADABLE, Place::file(file), error.to_string())),
    }
}

/// Reads what people wrote for a document. What is not text in UTF-8 is read as far as it can be, so that
/// the only finding is the true one and not that the file is missing.
fn read_written(
    directory: &Path,
    file: &str,
    texts: &mut BTreeMap<String, String>,
    findings: &mut Vec<Finding>,
) {
    read_text(directory, file, texts, findings);
    if !texts.contains_key(file)
        && let Ok(bytes) = fs::read(directory.join(file))
    {
        texts.insert(file.to_owned(), String::from_utf8_lossy(&bytes).into_owned());
    }
}

fn read_sources(
    texts: &BTreeMap<String, String>,
    findings: &mut Vec<Finding>,
) -> BTreeMap<String, (Declaration, Hash)> {
    let mut sources = BTreeMap::new();
    for (file, text) in texts {
        let Some(name) = file.strip_prefix("sources/").and_then(|name| name.strip_suffix(".toml")) else {
            continue;
        };
        if let Some(declaration) = impegno_settings::read(file, text, findings, read_declaration) {
            sources.insert(name.to_owned(), (declaration, Hash::of(text.as_bytes())));
        }
    }
    sources
}

fn names(centre: &Centre) -> Names {
    let own = |name: &str, code: &str| (name.to_owned(), code.to_owned());
    Names {
        bodies: centre
            .bodies
            .iter()
            .flat_map(|body| body.known_as().map(|name| own(name, &body.code)))
            .collect(),
        services: centre
            .services
            .iter()
            .flat_map(|service| [own(&service.code, &service.code), own(&service.title, &service.code)])
            .collect(),
        probes: centre.probes.iter().map(|probe| own(&probe.name, &probe.name)).collect(),
        systems: centre.systems.iter().map(|system| own(&system.code, &system.code)).collect(),
        components: centre.components.iter().map(|component| own(&component.code, &component.code)).collect(),
        commitments: centre.commitments.iter().map(|one| own(&one.code, &one.code)).collect(),
    }
}

/// The hash of everything that decides how a file is read: its declaration, the names it is resolved by, the
/// zone. When one of them changes, a file that was received is read again.
fn reading_hash(declaration: &Declaration, text: Hash, names: &Names, centre: &Centre) -> Hash {
    let mut all = format!("{text} {}\n", centre.zone.name());
    for vocabulary in declaration.vocabularies() {
        let known = match vocabulary {
            Vocabulary::Bodies { .. } => &names.bodies,
            Vocabulary::Services => &names.services,
            Vocabulary::Systems => &names.systems,
            Vocabulary::Components => &names.components,
            Vocabulary::Commitments => &names.commitments,
            Vocabulary::AsIs | Vocabulary::Words(_) | Vocabulary::Numbers | Vocabulary::Cvss => continue,
        };
        let sorted: BTreeMap<&String, &String> = known.iter().collect();
        all.push_str(&format!("{sorted:?}\n"));
    }
    Hash::of(all.as_bytes())
}

/// One hash of everything that defines figures: all texts with their names.
fn version(texts: &BTreeMap<String, String>) -> Hash {
    let mut all = String::new();
    for (file, text) in texts {
        all.push_str(&format!("{file} {} {}\n", text.len(), Hash::of(text.as_bytes())));
    }
    Hash::of(all.as_bytes())
}
