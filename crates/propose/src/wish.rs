//! What a person says of a column, in words: `caso`, `evento solved`, `dimensione channel`, `no` …

use std::fmt;
use std::str::FromStr;

use crate::decide::{Of, Reason, Use};

/// Words that say no use of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownUse(String);

impl fmt::Display for UnknownUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no use of a column: write case, id, event NAME, word, at, quantity, amount, body, service, \
             dimension NAME, subject, from, until or no",
            self.0
        )
    }
}

impl FromStr for Use {
    type Err = UnknownUse;

    /// Reads `case`, `id`, `event NAME`, `word`, `at`, `quantity`, `amount`, `body`, `service`, `dimension NAME`,
    /// `subject`, `from`, `until`, `no`, or the same in Italian.
    fn from_str(text: &str) -> Result<Use, UnknownUse> {
        let text = text.trim();
        let (first, name) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let name = name.trim();
        let named = !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || letter == '-');
        let found = match first.to_lowercase().as_str() {
            "event" | "evento" if named => return Ok(Use::Event(name.to_owned())),
            "dimension" | "dimensione" if named => {
                return Ok(Use::Dimension { name: name.to_owned(), of: Of::Words });
            }
            "case" | "caso" => Use::Case,
            "id" => Use::Id,
            "word" | "parola" => Use::EventWord,
            "at" | "quando" => Use::At,
            "quantity" | "quantità" | "quantita" => Use::Quantity,
            "amount" | "importo" => Use::Amount,
            "subject" | "soggetto" => Use::Subject,
            "from" | "dal" => Use::From,
            "until" | "al" => Use::Until,
            "body" | "ente" => Use::Dimension { name: "body".to_owned(), of: Of::Bodies },
            "service" | "servizio" => Use::Dimension { name: "service".to_owned(), of: Of::Services },
            "no" => Use::LeftOut(Reason::Asked),
            _ => return Err(UnknownUse(text.to_owned())),
        };
        if name.is_empty() { Ok(found) } else { Err(UnknownUse(text.to_owned())) }
    }
}
