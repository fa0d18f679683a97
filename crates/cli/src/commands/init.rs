//! `impegno init`: a new centre folder, small and sound.

use std::fs;
use std::io::{BufRead, IsTerminal};
use std::path::Path;

use impegno_calendar::Zone;
use include_dir::{Dir, include_dir};

use crate::arguments::{Init, Lang};
use crate::commands::propose::answer;
use crate::exit::{Exit, Failure};
use crate::{folder, output};

mod hours;

use hours::Week;

/// What every new folder has.
const SHARED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates/init/shared");
const ITALIAN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates/init/it");
const ENGLISH: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates/init/en");

const ZONE: &str = "Europe/Rome";
const HOURS: &str = "lun-ven 8:30-13:30, mar 15:00-17:30, gio 15:00-17:30";

/// What the folder will say.
struct Wishes {
    name: String,
    zone: String,
    /// Month and day, and the name of the saint.
    patron: Option<(String, String)>,
    week: Week,
}

/// Makes the folder; asks on a terminal what no option says.
pub(crate) fn run(arguments: &Init) -> Result<(), Failure> {
    let target = &arguments.folder;
    if target.exists() && !target.is_dir() {
        return Err(Failure::new(Exit::Usage, format!("{} is a file", target.display()))
            .hint("name a folder that is empty or not there yet"));
    }
    if fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Failure::new(Exit::Usage, format!("{} is not empty", target.display()))
            .hint("name a folder that is empty or not there yet; nothing was written"));
    }
    let asks = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    let wishes =
        if asks { gather(arguments, Some(&mut std::io::stdin().lock()))? } else { gather(arguments, None)? };
    write(target, &wishes, arguments.lang)?;
    let loaded = folder::load_sound(target)?;
    output::findings(&loaded.findings, Some(&loaded));
    let next = target.display();
    output::talk(&match arguments.lang {
        Lang::It => format!(
            "{next} è pronta. Ora: gli enti in {next}/bodies.csv, poi i ticket con `impegno import {next} FILE`; \
             il resto è in {next}/README.md"
        ),
        Lang::En => format!(
            "{next} is ready. Now: the bodies in {next}/bodies.csv, then the tickets with `impegno import {next} FILE`; \
             the rest is in {next}/README.md"
        ),
    });
    Ok(())
}

/// What the options say, what is answered, and sound values for the rest.
fn gather(arguments: &Init, mut input: Option<&mut dyn BufRead>) -> Result<Wishes, Failure> {
    let lang = arguments.lang;
    let pick = |italian: &'static str, english: &'static str| match lang {
        Lang::It => italian,
        Lang::En => english,
    };
    if input.is_none() && [&arguments.name, &arguments.hours].iter().any(|one| one.is_none()) {
        output::talk(pick(
            "nessun terminale: quello che le opzioni non dicono (--name, --zone, --patron, --hours) ha valori di partenza",
            "no terminal: what the options do not say (--name, --zone, --patron, --hours) has starting values",
        ));
    }
    let mut ask =
        |given: &Option<String>, question: &str, usual: &str, check: &dyn Fn(&str) -> Result<(), String>| {
            if let Some(given) = given {
                check(given).map_err(|why| Failure::new(Exit::Usage, why))?;
                return Ok(given.clone());
            }
            let Some(input) = input.as_deref_mut() else { return Ok(usual.to_owned()) };
            loop {
                let Some(said) = answer(input, &format!("{question} [{usual}]: "))? else {
                    return Err(Failure::new(
                        Exit::Usage,
                        pick("nessuna risposta; niente è stato scritto", "no answer; nothing was written"),
                    ));
                };
                let said = if said.is_empty() { usual.to_owned() } else { said };
                match check(&said) {
                    Ok(()) => return Ok(said),
                    Err(why) => output::talk(&why),
                }
            }
        };
    let usual_name = pick("Centro servizi", "Service centre");
    let name = ask(&arguments.name, pick("Nome del centro", "Name of the centre"), usual_name, &|name| {
        if name.trim().is_empty() {
            Err(pick("il nome è vuoto", "the name is empty").to_owned())
        } else {
            Ok(())
        }
    })?;
    let zone = ask(&arguments.zone, pick("Fuso orario", "Time zone"), ZONE, &|zone| {
        Zone::named(zone).map(|_| ()).map_err(|_| match lang {
            Lang::It => format!("`{zone}` non è un fuso orario: per esempio {ZONE}"),
            Lang::En => format!("`{zone}` is no time zone: for example {ZONE}"),
        })
    })?;
    let patron = ask(
        &arguments.patron,
        pick(
            "Festa patronale, mese-giorno e nome (06-24 San Giovanni)",
            "Day of the patron saint, month-day and name (06-24 San Giovanni)",
        ),
        "-",
        &|patron| read_patron(patron, lang).map(|_| ()),
    )?;
    let hours = ask(&arguments.hours, pick("Orario di apertura", "Opening hours"), HOURS, &|hours| {
        Week::parse(hours, lang).map(|_| ())
    })?;
    let wrong = |why| Failure::new(Exit::Usage, why);
    let patron = read_patron(&patron, lang).map_err(wrong)?;
    let week = Week::parse(&hours, lang).map_err(wrong)?;
    Ok(Wishes { name: name.trim().to_owned(), zone, patron, week })
}

/// `06-24 San Giovanni`; `-` or nothing for no patron day.
fn read_patron(text: &str, lang: Lang) -> Result<Option<(String, String)>, String> {
    let text = text.trim();
    if text.is_empty() || text == "-" {
        return Ok(None);
    }
    let (day, name) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    // A leap year, so that 29 February is a day.
    let known = day.len() == 5 && format!("2024-{day}").parse::<jiff::civil::Date>().is_ok();
    if !known {
        return Err(match lang {
            Lang::It => format!("`{day}` non è un giorno: mese e giorno, come 06-24"),
            Lang::En => format!("`{day}` is no day: month and day, as 06-24"),
        });
    }
    let name = match (name.trim(), lang) {
        ("", Lang::It) => "Festa patronale",
        ("", Lang::En) => "Patron saint",
        (name, _) => name,
    };
    Ok(Some((day.to_owned(), name.to_owned())))
}

fn write(target: &Path, wishes: &Wishes, lang: Lang) -> Result<(), Failure> {
    let templates = match lang {
        Lang::It => &ITALIAN,
        Lang::En => &ENGLISH,
    };
    for directory in [&SHARED, templates] {
        write_files(directory, target, wishes)?;
    }
    for (name, head) in impegno_sources::REGISTER_HEADS {
        write_file(&target.join("registers").join(format!("{name}.csv")), head)?;
    }
    Ok(())
}

fn write_files(directory: &Dir<'_>, target: &Path, wishes: &Wishes) -> Result<(), Failure> {
    for file in directory.files() {
        let inside = file.path().to_string_lossy();
        let text = file.contents_utf8().unwrap_or_default();
        // A file of this name within the sources of the program would itself be obeyed by git.
        let inside = if inside == "gitignore" { ".gitignore".into() } else { inside };
        write_file(&target.join(inside.as_ref()), &filled(text, wishes))?;
    }
    directory.dirs().try_for_each(|inner| write_files(inner, target, wishes))
}

fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, text));
    made.map_err(|error| Failure::output(path, &error))
}

fn filled(text: &str, wishes: &Wishes) -> String {
    let quoted = |text: &str| toml_text(text);
    let patron = wishes.patron.as_ref().map_or(String::new(), |(day, name)| {
        format!("\n[[holiday]]\nname = {}\nday = {}\n", quoted(name), quoted(day))
    });
    text.replace("{{title}}", &wishes.name)
        .replace("{{name}}", &quoted(&wishes.name))
        .replace("{{zone}}", &quoted(&wishes.zone))
        .replace("{{patron}}", &patron)
        .replace("{{hours}}", &wishes.week.toml())
        .replace("{{week}}", &wishes.week.length())
}

fn toml_text(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|letter| match letter {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            letter if letter.is_control() => " ".to_owned(),
            letter => letter.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(answers: &str) -> Result<Wishes, Failure> {
        let arguments =
            Init { folder: "x".into(), name: None, zone: None, patron: None, hours: None, lang: Lang::It };
        let mut input = answers.as_bytes();
        gather(&arguments, Some(&mut input))
    }

    #[test]
    fn answers_are_asked_again_until_they_make_sense() {
        let wishes =
            asked("Centro \"di\" Valle\nRoma\nEurope/Rome\n24-06\n06-24 San Giovanni\nsempre\nlun 9-13\n")
                .expect("answers");
        assert_eq!(wishes.name, "Centro \"di\" Valle");
        assert_eq!(wishes.patron, Some(("06-24".to_owned(), "San Giovanni".to_owned())));
        assert_eq!(wishes.week.toml(), "{ monday = [\"09:00-13:00\"] }");
        assert_eq!(filled("{{name}}", &wishes), "\"Centro \\\"di\\\" Valle\"");
    }

    #[test]
    fn an_empty_answer_takes_the_value_shown_and_no_answer_ends() {
        let wishes = asked("\n\n\n\n").expect("answers");
        assert_eq!((wishes.zone.as_str(), wishes.patron), (ZONE, None));
        assert!(asked("Centro\n").is_err());
    }
}
