//! Files that belong to no declared source: a mapping is proposed, shown, corrected and accepted.

use std::fs;
use std::io::{BufRead, IsTerminal, Read};
use std::path::{Path, PathBuf};

use impegno_findings::{Finding, render};
use impegno_propose::{Corrections, Proposal, Use, propose};
use impegno_sources::{Format, Input, PIECE};

use crate::arguments::{DayFirst, Import, Lang};
use crate::commands::import::receive_and_tell;
use crate::exit::{Exit, Failure};
use crate::folder::{self, Loaded};
use crate::import::{Incoming, name_of};
use crate::output;

/// Bytes of a file that are read to look at it: of larger texts the beginning says enough.
const LOOKED_AT: u64 = 64 << 20;

/// Takes files one by one: those that fit a source are named, for the others a mapping is proposed.
pub(crate) fn run(arguments: &Import, loaded: &Loaded, files: &[PathBuf]) -> Result<(), Failure> {
    let asks = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    for file in files {
        let bytes = beginning(file)?;
        let name = name_of(loaded, file);
        let fitting = sources_that_fit(loaded, &name, &bytes);
        if let (Some(source), false) = (fitting.first(), arguments.propose) {
            let told = format!("{name} fits the source `{source}`");
            if arguments.accept || (asks && agrees(&format!("{told}; receive it? [s/n] "))?) {
                output::talk(&told);
                receive_and_tell(loaded, &[incoming(loaded, source, file)], arguments.at)?;
                continue;
            }
            let hint = format!("impegno import {} {source} {}", quoted(&arguments.centre), quoted(file));
            return Err(Failure::new(Exit::Usage, told).hint(hint));
        }
        let mut wishes = Wishes::of(arguments, &name)?;
        let mut proposal = made(loaded, &name, &bytes, &wishes, arguments.lang)?;
        if arguments.propose {
            output::talk(&understood(&proposal, arguments.lang));
            output::data(&proposal.text);
            continue;
        }
        if !arguments.accept {
            show(&proposal, arguments.lang);
            if !asks {
                let message = format!("{name} belongs to no declared source; nothing was received");
                let command = format!("impegno import {} {}", quoted(&arguments.centre), quoted(file));
                return Err(Failure::new(Exit::Usage, message)
                    .hint(format!("accept this mapping with: {command} --accept --name {}", wishes.name)));
            }
            let mut input = std::io::stdin().lock();
            let again = |wishes: &Wishes| made(loaded, &name, &bytes, wishes, arguments.lang);
            match dialogue(&mut input, &mut wishes, proposal, &again, arguments.lang)? {
                Some(accepted) => proposal = accepted,
                None => return Err(Failure::new(Exit::Usage, "nothing was changed, nothing was received")),
            }
        }
        accept(arguments, loaded, file, &wishes.name, &proposal)?;
    }
    Ok(())
}

/// What a person wants of a mapping: corrections, and the name of the source.
struct Wishes {
    name: String,
    corrections: Corrections,
}

impl Wishes {
    fn of(arguments: &Import, file: &str) -> Result<Wishes, Failure> {
        let mut corrections = Corrections {
            day_first: arguments.dates.map(|dates| dates == DayFirst::DayFirst),
            sheet: arguments.sheet.clone(),
            kind: arguments.kind.clone(),
            ..Corrections::default()
        };
        for set in &arguments.set {
            let Some((column, wanted)) = set.rsplit_once('=') else {
                return Err(Failure::new(Exit::Usage, format!("`{set}` sets no column"))
                    .hint("write --set \"COLUMN=USE\", for example --set \"Data=event opened\""));
            };
            let wanted: Use =
                wanted.parse().map_err(|error| Failure::new(Exit::Usage, format!("--set: {error}")))?;
            corrections.uses.insert(column.trim().to_owned(), wanted);
        }
        let name = match &arguments.name {
            Some(name) if is_name(name) => name.clone(),
            Some(name) => {
                return Err(Failure::new(Exit::Usage, format!("`{name}` cannot be the name of a source"))
                    .hint("small letters, digits and `-`, as in `ticket-2025`"));
            }
            None => name_from(file),
        };
        Ok(Wishes { name, corrections })
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// The name of a source from that of a file: its words, without dates and pieces of them (`t1`, `q2`).
fn name_from(file: &str) -> String {
    let stem =
        Path::new(file).file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
    let words: Vec<&str> =
        stem.split(|letter: char| !letter.is_ascii_lowercase()).filter(|word| word.len() > 2).collect();
    if words.is_empty() { "fonte".to_owned() } else { words.join("-") }
}

/// A path as it is typed: in quotes where the shell would take it apart.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |letter: char| letter.is_alphanumeric() || "/._-+@%:,".contains(letter);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// The file, or the beginning of a very large one.
fn beginning(file: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable =
        |error: std::io::Error| Failure::new(Exit::Rejected, format!("{}: {error}", file.display()));
    if !file.is_file() {
        return Err(Failure::new(Exit::Usage, format!("{} is no file", file.display()))
            .hint("name a CSV, XLSX or ODS file"));
    }
    let mut bytes = Vec::new();
    fs::File::open(file).and_then(|open| open.take(LOOKED_AT).read_to_end(&mut bytes)).map_err(unreadable)?;
    Ok(bytes)
}

/// Declared sources of tables that can read most rows of a file.
fn sources_that_fit(loaded: &Loaded, name: &str, bytes: &[u8]) -> Vec<String> {
    let tables =
        loaded.sources.iter().filter(|(_, (declaration, _))| matches!(declaration.format, Format::Table(_)));
    tables
        .filter(|(_, (declaration, _))| {
            // Only how many rows fit is asked: the facts, which an archive may unfold to many, are not kept.
            let mut bytes = bytes;
            let input = Input { size: bytes.len() as u64, piece: PIECE, bytes: &mut bytes };
            let zone = &loaded.centre.zone;
            let dropped = |_| Ok::<(), std::convert::Infallible>(());
            let read = impegno_sources::read_pieces(declaration, &loaded.names, zone, name, input, dropped);
            read.is_ok_and(|received| received.accepted > 0 && received.rejected * 10 <= received.rows)
        })
        .map(|(source, _)| source.clone())
        .collect()
}

fn made(loaded: &Loaded, name: &str, bytes: &[u8], wishes: &Wishes, lang: Lang) -> Result<Proposal, Failure> {
    propose(name, bytes, &loaded.names, &loaded.centre.zone, lang.of_proposals(), &wishes.corrections)
        .map_err(|finding| {
            output::talk(&render(&finding, None));
            Failure::new(Exit::Rejected, format!("{name}: no mapping was found, nothing was received"))
        })
}

fn show(proposal: &Proposal, lang: Lang) {
    output::talk(&proposal.text);
    output::talk(&understood(proposal, lang));
}

/// What the file gives when it is read so: the first rows, the counts, the doubts.
fn understood(proposal: &Proposal, lang: Lang) -> String {
    let received = &proposal.received;
    let mut text = output::plain_table(&proposal.preview.heading, &proposal.preview.rows);
    let whole = match (proposal.partial, lang) {
        (false, _) => "",
        (true, Lang::It) => " (dell'inizio del file)",
        (true, Lang::En) => " (of the beginning of the file)",
    };
    text.push_str(&match lang {
        Lang::It => format!(
            "\n{} righe{whole}: {} capite, {} rifiutate\n",
            received.rows, received.accepted, received.rejected
        ),
        Lang::En => format!(
            "\n{} rows{whole}: {} understood, {} rejected\n",
            received.rows, received.accepted, received.rejected
        ),
    });
    for doubt in &proposal.doubts {
        text.push_str(&format!("? {doubt}\n"));
    }
    let mut shown: Vec<&Finding> = Vec::new();
    for finding in &received.findings {
        if shown.iter().filter(|one| one.code == finding.code).count() < 3 {
            shown.push(finding);
        }
    }
    for finding in &shown {
        text.push_str(&render(finding, None));
        text.push('\n');
    }
    if received.findings.len() > shown.len() {
        text.push_str(&format!("… +{}\n", received.findings.len() - shown.len()));
    }
    text
}

/// Writes the declaration, puts the file into the inbox of the source and receives it.
fn accept(
    arguments: &Import,
    loaded: &Loaded,
    file: &Path,
    name: &str,
    proposal: &Proposal,
) -> Result<(), Failure> {
    let declaration = loaded.directory.join("sources").join(format!("{name}.toml"));
    if declaration.exists() {
        return Err(Failure::new(
            Exit::Usage,
            format!("there is a source `{name}` already, and the file does not fit it"),
        )
        .hint("choose another name with --name"));
    }
    let inbox = loaded.directory.join("inbox").join(name);
    let target = inbox.join(file.file_name().unwrap_or_default());
    let written =
        |path: &Path, result: std::io::Result<()>| result.map_err(|error| Failure::output(path, &error));
    written(&inbox, fs::create_dir_all(&inbox))?;
    if target.exists() {
        return Err(Failure::new(Exit::Usage, format!("{} is there already", target.display()))
            .hint("it is received with `impegno import` once its source is declared"));
    }
    let sources = loaded.directory.join("sources");
    written(&sources, fs::create_dir_all(&sources))?;
    written(&declaration, fs::write(&declaration, &proposal.text))?;
    // Read again as a whole folder: the new source may give what a layout asks in vain, or contradict it.
    let again = folder::load_sound(&arguments.centre).inspect_err(|_| {
        // The folder was sound before; a declaration that is not may not stay.
        let _ = fs::remove_file(&declaration);
    })?;
    let in_inbox = file.parent().and_then(|parent| parent.canonicalize().ok())
        == loaded.directory.join("inbox").canonicalize().ok();
    let moved = if in_inbox { fs::rename(file, &target) } else { fs::copy(file, &target).map(|_| ()) };
    written(&target, moved)?;
    output::talk(&match arguments.lang {
        Lang::It => format!("scritto sources/{name}.toml; il file sta ora in inbox/{name}/"),
        Lang::En => format!("sources/{name}.toml written; the file is now in inbox/{name}/"),
    });
    output::findings(&again.findings, Some(&again));
    receive_and_tell(&again, &[incoming(&again, name, &target)], arguments.at)
}

fn incoming(loaded: &Loaded, source: &str, file: &Path) -> Incoming {
    Incoming { source: source.to_owned(), name: name_of(loaded, file), path: file.to_owned() }
}

fn agrees(question: &str) -> Result<bool, Failure> {
    let answer = answer(&mut std::io::stdin().lock(), question)?.unwrap_or_default();
    Ok(matches!(answer.to_lowercase().as_str(), "s" | "si" | "sì" | "y" | "yes"))
}

/// The answer to a question; `None` when nobody answers any more.
pub(crate) fn answer(input: &mut dyn BufRead, question: &str) -> Result<Option<String>, Failure> {
    output::ask(question);
    let mut line = String::new();
    let read = input
        .read_line(&mut line)
        .map_err(|error| Failure::new(Exit::Usage, format!("the answer cannot be read: {error}")))?;
    Ok((read > 0).then(|| line.trim().to_owned()))
}

/// Shows a proposal until it is accepted or given up: a column is changed with `COLUMN = USE`.
fn dialogue(
    input: &mut dyn BufRead,
    wishes: &mut Wishes,
    mut proposal: Proposal,
    again: &dyn Fn(&Wishes) -> Result<Proposal, Failure>,
    lang: Lang,
) -> Result<Option<Proposal>, Failure> {
    let help = match lang {
        Lang::It => {
            "ok = accetta · nome NOME · COLONNA = USO per cambiare una colonna · no = annulla\n\
             usi: caso, id, evento NOME, parola, quando, quantità, importo, ente, servizio, dimensione NOME, \
             soggetto, dal, al, no"
        }
        Lang::En => {
            "ok = accept · name NAME · COLUMN = USE to change a column · no = give up\n\
             uses: case, id, event NAME, word, at, quantity, amount, body, service, dimension NAME, subject, from, \
             until, no"
        }
    };
    output::talk(help);
    loop {
        let question = match lang {
            Lang::It => format!("fonte `{}` > ", wishes.name),
            Lang::En => format!("source `{}` > ", wishes.name),
        };
        let Some(line) = answer(input, &question)? else { return Ok(None) };
        if let Some((column, wanted)) = line.split_once('=') {
            let column = column.trim();
            let known = proposal.columns.iter().map(|(known, _)| known.name.as_str());
            if !known.clone().any(|known| known == column) {
                let near = impegno_findings::nearest(column, known);
                output::talk(&format!(
                    "? {column}{}",
                    near.map_or(String::new(), |near| format!(" → {near}?"))
                ));
                continue;
            }
            match wanted.parse::<Use>() {
                Err(error) => output::talk(&error.to_string()),
                Ok(wanted) => {
                    let before = wishes.corrections.uses.insert(column.to_owned(), wanted);
                    match again(wishes) {
                        Ok(changed) => {
                            proposal = changed;
                            show(&proposal, lang);
                        }
                        Err(failure) => {
                            output::talk(&failure.message);
                            match before {
                                Some(before) => wishes.corrections.uses.insert(column.to_owned(), before),
                                None => wishes.corrections.uses.remove(column),
                            };
                        }
                    }
                }
            }
            continue;
        }
        let (first, rest) = line.split_once(' ').unwrap_or((line.as_str(), ""));
        match first {
            "ok" | "s" | "sì" | "si" | "y" | "yes" => return Ok(Some(proposal)),
            "no" | "n" | "annulla" | "cancel" => return Ok(None),
            "nome" | "name" if is_name(rest.trim()) => rest.trim().clone_into(&mut wishes.name),
            _ => output::talk(help),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use impegno_calendar::Zone;
    use impegno_sources::Names;

    use super::*;

    const EXPORT: &[u8] = b"Numero;Aperto il;Chiuso il;Canale\n1;13/02/2025;14/02/2025;Mail\n\
        2;13/02/2025;;Mail\n3;13/02/2025;;Telefono\n4;13/02/2025;;Telefono\n";

    fn said(answers: &str) -> (Option<String>, Wishes) {
        let zone = Zone::named("Europe/Rome").expect("the zone");
        let again = |wishes: &Wishes| {
            propose("x.csv", EXPORT, &Names::default(), &zone, Lang::It.of_proposals(), &wishes.corrections)
                .map_err(|finding| Failure::new(Exit::Rejected, finding.message.clone()))
        };
        let corrections = Corrections { uses: BTreeMap::new(), ..Corrections::default() };
        let mut wishes = Wishes { name: "x".to_owned(), corrections };
        let first = again(&wishes).expect("a proposal");
        let mut input = answers.as_bytes();
        let accepted = dialogue(&mut input, &mut wishes, first, &again, Lang::It).expect("answers");
        (accepted.map(|proposal| proposal.text), wishes)
    }

    #[test]
    fn a_person_accepts_corrects_and_gives_up() {
        let (text, wishes) = said(
            "che?\nCanali = no\nCanale = boh\nCanale = no\nChiuso il = evento solved\nnome Ticket\nnome ticket\nok\n",
        );
        let text = text.expect("accepted");
        assert!(text.contains("solved = \"Chiuso il\"") && text.contains("Canale: come richiesto"), "{text}");
        assert_eq!(wishes.name, "ticket");
        assert!(said("no\n").0.is_none());
        assert!(said("").0.is_none(), "nobody answers: nothing is accepted");
    }

    #[test]
    fn a_correction_that_leaves_nothing_to_read_is_taken_back() {
        let (text, wishes) = said("Aperto il = canale\nAperto il = parola\nok\n");
        assert!(text.is_some());
        assert!(wishes.corrections.uses.keys().all(|column| column == "Aperto il"));
    }

    #[test]
    fn names_of_sources_come_from_names_of_files() {
        assert_eq!(name_from("inbox/Ticket_2025-03.XLSX"), "ticket");
        assert_eq!(name_from("Estrazione help desk.csv"), "estrazione-help-desk");
        assert_eq!(name_from("2025.csv"), "fonte");
        assert_eq!(name_from("ticket-2026-t1.csv"), "ticket");
    }
}
