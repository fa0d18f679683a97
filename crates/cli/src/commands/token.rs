//! `impegno token`: who may write to which live source.

use std::fs::{self, File};
use std::io::Write as _;

use impegno_calendar::Instant;
use impegno_findings::Severity;
use impegno_live::{TOKENS, Token, write_tokens};

use crate::arguments::{TokenCommand, Tokens};
use crate::commands::import::now;
use crate::exit::{Exit, Failure};
use crate::folder::{Loaded, load_to_write};
use crate::live::{live_sources, tokens};
use crate::output;

/// Makes, lists or revokes tokens.
pub(crate) fn run(arguments: &Tokens) -> Result<(), Failure> {
    let loaded = load_to_write(&arguments.centre)?;
    let (mut all, findings) = tokens(&loaded);
    output::findings(&findings, Some(&loaded));
    let is_sound = findings.iter().all(|finding| finding.severity != Severity::Error);
    match &arguments.command {
        TokenCommand::Add { source, until, note } => {
            check(is_sound)?;
            let declared = loaded.sources.iter().map(|(name, (declaration, _))| (name, declaration));
            let live: Vec<&str> = live_sources(declared).map(|(name, _)| name).collect();
            if !live.contains(&source.as_str()) {
                let hint = match live.as_slice() {
                    [] => format!("declare one: sources/{source}.toml with format = \"live\""),
                    live => format!("live sources: {}", live.join(", ")),
                };
                return Err(Failure::new(Exit::Usage, format!("`{source}` is no live source")).hint(hint));
            }
            let mut random = [0_u8; 32];
            getrandom::fill(&mut random).map_err(|error| {
                Failure::new(Exit::Unexpected, format!("the system gives no random numbers: {error}"))
            })?;
            let note = note.as_deref().unwrap_or_default();
            let made = Token::made(random, source, Instant(now()), *until, note);
            let id = made.token.id.clone();
            all.push(made.token);
            write(&loaded, &all)?;
            output::talk(&format!("token {id} for the source `{source}`; it is shown only now:"));
            output::data(&format!("{}\n", made.secret));
            Ok(())
        }
        TokenCommand::List => {
            let heading = ["source", "id", "from", "until", "note"].map(str::to_owned);
            let rows: Vec<Vec<String>> = all
                .iter()
                .map(|token| {
                    let until = token.until.map(|until| until.to_string()).unwrap_or_default();
                    let from = token.from.to_string();
                    vec![token.source.clone(), token.id.clone(), from, until, token.note.clone()]
                })
                .collect();
            output::data(&output::plain_table(&heading, &rows));
            Ok(())
        }
        TokenCommand::Revoke { id } => {
            check(is_sound)?;
            let at = Instant(now());
            let Some(token) = all.iter_mut().find(|token| token.id == *id) else {
                let hint = format!("impegno token {} list", arguments.centre.display());
                return Err(Failure::new(Exit::Usage, format!("there is no token `{id}`")).hint(hint));
            };
            if token.until.is_some_and(|until| until <= at) {
                output::talk(&format!("token {id} holds no more since {}", token.until.unwrap_or(at)));
                return Ok(());
            }
            token.until = Some(at);
            write(&loaded, &all)?;
            output::talk(&format!(
                "token {id} holds no more; a running receiver knows with the next request"
            ));
            Ok(())
        }
    }
}

/// A register with rows that cannot be read is not written again: they would be gone.
fn check(is_sound: bool) -> Result<(), Failure> {
    if is_sound {
        return Ok(());
    }
    Err(Failure::new(Exit::Folder, format!("{TOKENS} has errors")).hint("correct its rows first"))
}

/// Writes the register whole or not at all.
fn write(loaded: &Loaded, all: &[Token]) -> Result<(), Failure> {
    let path = loaded.directory.join(TOKENS);
    let new = path.with_extension("csv.new");
    let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| {
        let mut file = File::create(&new)?;
        file.write_all(write_tokens(all).as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, &path)
    });
    made.map_err(|error| Failure::output(&path, &error))
}
