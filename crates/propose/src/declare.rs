//! The proposal as a declaration, as a person would write it, with the reason for each column.

use impegno_sources::WorkbookKind;

use crate::Language;
use crate::columns::{Column, Holds};
use crate::decide::{Decided, Gives, Of, Reason, Use, dimensions};
use crate::grid::{Grid, Written};

/// The text of the declaration.
pub(crate) fn text(
    file: &str,
    grid: &Grid,
    columns: &[Column],
    decided: &Decided,
    language: Language,
) -> String {
    let name = file.rsplit('/').next().unwrap_or(file);
    let mut text = String::new();
    let mut line = |one: String| {
        text.push_str(&one);
        text.push('\n');
    };
    let title = title(name);
    line(match language {
        Language::Italian => format!(
            "# Proposta da `{}`. Ogni riga si può correggere; `impegno check` dice se va bene.",
            one_line(name)
        ),
        Language::English => format!(
            "# Proposed from `{}`. Every line may be corrected; `impegno check` says whether it is sound.",
            one_line(name)
        ),
    });
    line(format!("title = {{ it = {0}, en = {0} }}", quoted(&title)));
    match &grid.written {
        Written::Text { windows, separator } => {
            line("format = \"csv\"".to_owned());
            line(format!("encoding = \"{}\"", if *windows { "windows-1252" } else { "utf-8" }));
            line(format!("separator = {}", quoted(&char::from(*separator).to_string())));
        }
        Written::Sheet { kind, name, only } => {
            let format = match kind {
                WorkbookKind::Xlsx => "xlsx",
                WorkbookKind::Ods => "ods",
            };
            line(format!("format = \"{format}\""));
            // The sheet of next month may be called otherwise: the first needs no name.
            if !only {
                line(format!("sheet = {}", quoted(name)));
            }
        }
    }
    line(match (decided.gives, language) {
        (Gives::Stock, Language::Italian) => {
            "mode = \"snapshot\"            # ogni file è l'elenco intero".to_owned()
        }
        (Gives::Stock, Language::English) => {
            "mode = \"snapshot\"            # each file is the whole list".to_owned()
        }
        (_, Language::Italian) => {
            "mode = \"append\"              # ogni file aggiunge o corregge righe".to_owned()
        }
        (_, Language::English) => {
            "mode = \"append\"              # each file adds rows or corrects them".to_owned()
        }
    });
    match grid.header {
        None => line(format!("columns = {}", list(&grid.names))),
        Some(1) => {}
        Some(header) => line(format!("header = {header}")),
    }
    line(format!("time = {}", list(&decided.forms)));
    facts(grid, decided, &mut line);
    let kept: Vec<usize> = dimensions(&decided.uses).collect();
    if !kept.is_empty() {
        line(String::new());
        line("[dimensions]".to_owned());
    }
    for column in kept {
        let Use::Dimension { name, of } = &decided.uses[column] else { continue };
        let from = quoted(&grid.names[column]);
        let value = match of {
            Of::Words => from,
            Of::Bodies => format!("{{ column = {from}, of = \"bodies\" }}"),
            Of::Services => format!("{{ column = {from}, of = \"services\" }}"),
        };
        line(format!("{} = {value}  # {}", key(name), describe(&columns[column], language)));
    }
    let left: Vec<usize> =
        (0..columns.len()).filter(|column| matches!(decided.uses[*column], Use::LeftOut(_))).collect();
    if !left.is_empty() {
        line(String::new());
        line(
            language
                .pick(
                    "# Colonne lasciate fuori: nessun fatto le conserva (il file originale sì).",
                    "# Columns left out: no fact keeps them (the original file does).",
                )
                .to_owned(),
        );
    }
    for column in left {
        if let Use::LeftOut(reason) = decided.uses[column] {
            line(format!("#   {}: {}", one_line(&grid.names[column]), reason.words(language)));
        }
    }
    text
}

/// A title from the name of a file: its words, without the numbers of a date.
fn title(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(start, _)| start);
    let words: Vec<&str> =
        stem.split(|letter: char| !letter.is_alphabetic()).filter(|word| word.chars().count() > 2).collect();
    let mut letters = if words.is_empty() { stem.to_owned() } else { words.join(" ") };
    if let Some(first) = letters.chars().next() {
        letters.replace_range(..first.len_utf8(), &first.to_uppercase().to_string());
    }
    letters
}

fn facts(grid: &Grid, decided: &Decided, line: &mut impl FnMut(String)) {
    let named = |wanted: &Use| {
        let columns = decided.uses.iter().zip(&grid.names).filter(|(one, _)| *one == wanted);
        columns.map(|(_, name)| name.clone()).collect::<Vec<_>>()
    };
    let of = |key: &str, wanted: &Use, line: &mut dyn FnMut(String)| {
        if let Some(name) = named(wanted).first() {
            line(format!("{key} = {}", quoted(name)));
        }
    };
    match decided.gives {
        Gives::Case | Gives::Event => {
            line("facts = \"cases\"".to_owned());
            line(format!("kind = {}", quoted(&decided.kind)));
            of("case", &Use::Case, line);
            let opens = match decided.gives {
                Gives::Event => decided.events.iter().any(|(_, event)| event == "opened"),
                _ => decided.uses.contains(&Use::Event("opened".to_owned())),
            };
            if opens {
                line("opening = \"opened\"".to_owned());
            }
            line(String::new());
            if decided.gives == Gives::Case {
                line("[events]".to_owned());
                for (one, name) in decided.uses.iter().zip(&grid.names) {
                    if let Use::Event(event) = one {
                        line(format!("{} = {}", key(event), quoted(name)));
                    }
                }
            } else {
                line("[event]".to_owned());
                of("column", &Use::EventWord, line);
                of("at", &Use::At, line);
                line(String::new());
                line("[event.words]".to_owned());
                for (word, event) in &decided.events {
                    line(format!("{} = {}", quoted(word), quoted(event)));
                }
            }
        }
        Gives::Operation => {
            line("facts = \"operations\"".to_owned());
            line(format!("kind = {}", quoted(&decided.kind)));
            let mut id = named(&Use::Id);
            if id.is_empty() {
                id = named(&Use::At);
                id.extend(dimensions(&decided.uses).map(|column| grid.names[column].clone()));
            }
            line(format!("id = {}", list(&id)));
            line(format!("at = {}", list(&named(&Use::At))));
            of("quantity", &Use::Quantity, line);
            if decided.uses.contains(&Use::Amount) {
                of("amount", &Use::Amount, line);
                line(format!("decimal = \"{}\"", char::from(decided.decimal)));
            }
        }
        Gives::Stock => {
            line("facts = \"stocks\"".to_owned());
            let mut subject = named(&Use::Subject);
            if subject.is_empty() {
                subject = dimensions(&decided.uses).map(|column| grid.names[column].clone()).collect();
            }
            line(format!("subject = {}", list(&subject)));
            line(format!("constant-attribute = {}", quoted(&decided.kind)));
            of("quantity", &Use::Quantity, line);
            of("from", &Use::From, line);
            of("until", &Use::Until, line);
        }
    }
}

/// What a column holds, in a few words.
fn describe(column: &Column, language: Language) -> String {
    if column.different <= 6 && matches!(column.holds, Holds::Texts) {
        let words = column.examples.iter().map(|word| one_line(word)).collect::<Vec<_>>().join(", ");
        let more = if column.different > column.examples.len() { ", …" } else { "" };
        return format!("{words}{more}");
    }
    match language {
        Language::Italian => format!("{} valori diversi", column.different),
        Language::English => format!("{} different values", column.different),
    }
}

impl Reason {
    /// The reason in words.
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Reason::Person => {
                language.pick("riguarda persone, o ne ha l'aspetto", "it is about persons, or looks like it")
            }
            Reason::FreeText => language.pick("testo libero", "free text"),
            Reason::Empty => language.pick("è vuota", "it is empty"),
            Reason::Term => {
                language.pick("una scadenza: si calcola, non si legge", "a term: it is computed, not read")
            }
            Reason::Changed => {
                language.pick("ultima modifica: nessun impegno la usa", "last change: no promise uses it")
            }
            Reason::UnknownTime => {
                language.pick("una data di cui non si sa il senso", "a date of unknown meaning")
            }
            Reason::Unclear => language.pick("non si sa a che cosa serve", "its use is not known"),
            Reason::Twice => language.pick("un'altra colonna dice lo stesso", "another column says the same"),
            Reason::Asked => language.pick("come richiesto", "as asked"),
        }
    }
}

fn list(texts: &[String]) -> String {
    match texts {
        [one] => quoted(one),
        several => format!("[{}]", several.iter().map(|one| quoted(one)).collect::<Vec<_>>().join(", ")),
    }
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\t' => quoted.push_str("\\t"),
            letter if letter.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(letter))),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// A key as TOML writes it.
fn key(name: &str) -> String {
    let bare = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if bare { name.to_owned() } else { quoted(name) }
}

/// A text in a comment: no line end, no control.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
