//! Why no mapping can be proposed.

use crate::Language;

/// What a file or a correction lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lack {
    /// No column of times.
    Time,
    /// Nothing tells the rows apart.
    Identifier,
    /// A corrected column does not exist.
    Correction {
        /// As it was written.
        name: String,
        /// The column of the file that was perhaps meant.
        near: Option<String>,
    },
}

impl Lack {
    pub(crate) fn message(&self, language: Language) -> String {
        match self {
            Lack::Time => language
                .pick(
                    "nessuna colonna di date dice quando qualcosa è successo",
                    "no column of dates says when something happened",
                )
                .to_owned(),
            Lack::Identifier => language
                .pick(
                    "nessuna colonna distingue le righe: un numero di ticket o un codice",
                    "no column tells the rows apart: the number of a ticket or a code",
                )
                .to_owned(),
            Lack::Correction { name, .. } => match language {
                Language::Italian => format!("il file non ha la colonna `{name}`"),
                Language::English => format!("the file has no column `{name}`"),
            },
        }
    }

    pub(crate) fn hint(&self, language: Language) -> String {
        match self {
            Lack::Time => language
                .pick(
                    "esportare anche la data di apertura; o dire quale colonna è con --set \"COLONNA=evento opened\"",
                    "export the date of opening too; or say which column it is with --set \"COLUMN=event opened\"",
                )
                .to_owned(),
            Lack::Identifier => language
                .pick(
                    "esportare anche il numero; o dire quale colonna è con --set \"COLONNA=caso\"",
                    "export the number too; or say which column it is with --set \"COLUMN=case\"",
                )
                .to_owned(),
            Lack::Correction { near: Some(near), .. } => match language {
                Language::Italian => format!("forse `{near}`?"),
                Language::English => format!("did you mean `{near}`?"),
            },
            Lack::Correction { near: None, .. } => {
                language.pick("guardare i nomi nell'intestazione", "look at the names in the header").to_owned()
            }
        }
    }
}
