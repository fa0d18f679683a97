//! The register of tokens, `registers/tokens.csv`: who may write to which live source.
//!
//! A token is 256 random bits and is shown once; the register keeps its hash. It is revoked by an instant in `until`.

use impegno_calendar::Instant;
use impegno_findings::{Code, Finding, Place};

/// Where the register lies in the centre folder.
pub const TOKENS: &str = "registers/tokens.csv";

/// The columns of the register.
const COLUMNS: [&str; 6] = ["source", "id", "hash", "from", "until", "note"];

/// What every token begins with, so that one that leaked is recognised.
const BEGIN: &str = "impegno_";

/// A row of the register of tokens that cannot be used.
pub(crate) const BAD_TOKEN_ROW: Code = Code {
    name: "bad-token-row",
    meaning: "A row of `registers/tokens.csv` cannot be used: its token opens nothing.",
};
/// A token of a source that is not received live.
pub(crate) const TOKEN_OF_NO_SOURCE: Code = Code {
    name: "token-of-no-source",
    meaning: "A token of `registers/tokens.csv` is for a source that is not declared with `format = \"live\"`: it opens nothing.",
};

/// A row of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The source that it writes to.
    pub source: String,
    /// Its name in the register: the first digits of its hash.
    pub id: String,
    /// BLAKE3 hash of the token.
    pub hash: blake3::Hash,
    /// From when it holds.
    pub from: Instant,
    /// When it ceases to hold.
    pub until: Option<Instant>,
    /// What people wrote about it.
    pub note: String,
    /// Line of the register.
    pub line: u32,
}

/// A token that was just made: to be shown once.
#[derive(Debug)]
pub struct NewToken {
    /// What the client sends.
    pub secret: String,
    /// Its row.
    pub token: Token,
}

impl Token {
    /// Makes a token of 32 random bytes.
    pub fn made(
        random: [u8; 32],
        source: &str,
        from: Instant,
        until: Option<Instant>,
        note: &str,
    ) -> NewToken {
        let digits: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let secret = format!("{BEGIN}{digits}");
        let hash = blake3::hash(secret.as_bytes());
        let id = hash.to_hex().chars().take(8).collect();
        let token =
            Token { source: source.to_owned(), id, hash, from, until, note: note.to_owned(), line: 0 };
        NewToken { secret, token }
    }

    /// Whether it holds at an instant.
    pub fn holds_at(&self, now: Instant) -> bool {
        self.from <= now && self.until.is_none_or(|until| now < until)
    }
}

/// Reads the register; what cannot be used is a finding. `live` are the sources that are received live.
pub fn read_tokens<'s>(
    text: &str,
    live: impl IntoIterator<Item = &'s str> + Clone,
) -> (Vec<Token>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut tokens: Vec<Token> = Vec::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().cloned().unwrap_or_default();
    if text.trim_ascii().is_empty() {
        return (tokens, findings);
    }
    let mut places = [0; 6];
    for (place, name) in places.iter_mut().zip(COLUMNS) {
        match header.iter().position(|column| column == name) {
            Some(position) => *place = position,
            None => {
                let message = format!("the column `{name}` is missing");
                let hint = format!("the head is {}; `impegno token` writes it", COLUMNS.join(","));
                findings.push(Finding::error(BAD_TOKEN_ROW, Place::line(TOKENS, 1), message).hint(hint));
            }
        }
    }
    for column in header.iter().filter(|column| !COLUMNS.contains(column)) {
        let message = format!("unknown column `{column}`");
        findings.push(Finding::error(BAD_TOKEN_ROW, Place::line(TOKENS, 1), message).hint("take it out"));
    }
    if !findings.is_empty() {
        return (tokens, findings);
    }
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, |place| u32::try_from(place.line()).unwrap_or(0));
                let place = Place::line(TOKENS, line);
                findings.push(Finding::error(BAD_TOKEN_ROW, place, "the row cannot be read as CSV"));
                continue;
            }
        };
        let line = record.position().map_or(0, |place| u32::try_from(place.line()).unwrap_or(0));
        let field = |n: usize| places.get(n).and_then(|place| record.get(*place)).unwrap_or_default();
        match read_row(field, line) {
            Ok(token) => {
                if !live.clone().into_iter().any(|source| source == token.source) {
                    let message = format!("`{}` is no source that is received live", token.source);
                    let known: Vec<&str> = live.clone().into_iter().collect();
                    let hint = match impegno_findings::nearest(&token.source, known) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("declare it: sources/{}.toml with format = \"live\"", token.source),
                    };
                    findings.push(
                        Finding::warning(TOKEN_OF_NO_SOURCE, Place::line(TOKENS, line), message).hint(hint),
                    );
                }
                if let Some(before) = tokens.iter().find(|one| one.hash == token.hash || one.id == token.id) {
                    let message = format!("the token `{}` stands in line {} already", token.id, before.line);
                    findings.push(
                        Finding::error(BAD_TOKEN_ROW, Place::line(TOKENS, line), message)
                            .hint("a token writes to one source; make another one"),
                    );
                    continue;
                }
                tokens.push(token);
            }
            Err((message, hint)) => {
                findings.push(Finding::error(BAD_TOKEN_ROW, Place::line(TOKENS, line), message).hint(hint));
            }
        }
    }
    (tokens, findings)
}

fn read_row<'r>(field: impl Fn(usize) -> &'r str, line: u32) -> Result<Token, (String, &'static str)> {
    let instant = |text: &str, column: &str| {
        text.parse::<Instant>().map_err(|_| {
            (format!("`{column}` is no instant: `{text}`"), "write it like 2025-03-01T10:00:00Z")
        })
    };
    let hash = blake3::Hash::from_hex(field(2)).map_err(|_| {
        ("`hash` is no hash of a token".to_owned(), "make a token: impegno token CENTRE add SOURCE")
    })?;
    let until = match field(4) {
        "" => None,
        text => Some(instant(text, "until")?),
    };
    if field(1).is_empty() {
        return Err(("`id` is empty".to_owned(), "give it a name, to revoke it by"));
    }
    Ok(Token {
        source: field(0).to_owned(),
        id: field(1).to_owned(),
        hash,
        from: instant(field(3), "from")?,
        until,
        note: field(5).to_owned(),
        line,
    })
}

/// The register as text.
pub fn write_tokens(tokens: &[Token]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _ = writer.write_record(COLUMNS);
    for token in tokens {
        let until = token.until.map(|until| until.to_string()).unwrap_or_default();
        let hash = token.hash.to_hex();
        let _ = writer.write_record([
            token.source.as_str(),
            &token.id,
            hash.as_str(),
            &token.from.to_string(),
            &until,
            &token.note,
        ]);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// The token of a secret that holds at an instant.
pub fn authenticate<'t>(tokens: &'t [Token], secret: &str, now: Instant) -> Option<&'t Token> {
    let hash = blake3::hash(secret.as_bytes());
    // Hashes are compared in constant time, and what is guessed is a hash and no secret.
    tokens.iter().find(|token| token.hash == hash).filter(|token| token.holds_at(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant(1_741_687_200_000_000);

    #[test]
    fn a_token_is_written_read_and_known_again() {
        let made = Token::made([7; 32], "sonde", NOW, None, "server di controllo, \"sala 2\"");
        let text = write_tokens(std::slice::from_ref(&made.token));
        assert!(!text.contains(made.secret.trim_start_matches(BEGIN)), "the secret is kept nowhere");
        let (tokens, findings) = read_tokens(&text, ["sonde"]);
        assert!(findings.is_empty(), "{findings:?}");
        assert_eq!(tokens, [Token { line: 2, ..made.token.clone() }]);
        assert_eq!(
            authenticate(&tokens, &made.secret, NOW).map(|token| token.source.as_str()),
            Some("sonde")
        );
        assert!(authenticate(&tokens, "impegno_00", NOW).is_none());
        assert!(authenticate(&tokens, &made.secret, Instant(NOW.0 - 1)).is_none(), "before it holds");
        let revoked = Token { until: Some(NOW), ..made.token };
        assert!(authenticate(&[revoked], &made.secret, NOW).is_none(), "revoked");
    }

    #[test]
    fn rows_that_cannot_be_used_are_told() {
        let hash = blake3::hash(b"a").to_hex();
        let other = blake3::hash(b"b").to_hex();
        let text = format!(
            "source,id,hash,from,until,note\nsonde,a,{hash},2025-03-01T10:00:00Z,,\nsond,b,{other},2025-03-01T10:00:00Z,,\n\
             sonde,c,xyz,2025-03-01T10:00:00Z,,\nsonde,a,{hash},2025-03-01T10:00:00Z,,\nsonde,d,{other},yesterday,,\n"
        );
        let (tokens, findings) = read_tokens(&text, ["sonde"]);
        assert_eq!(tokens.len(), 2);
        let told: Vec<(u32, &str)> =
            findings.iter().map(|one| (one.place.line, one.message.as_str())).collect();
        assert_eq!(
            told,
            [
                (3, "`sond` is no source that is received live"),
                (4, "`hash` is no hash of a token"),
                (5, "the token `a` stands in line 2 already"),
                (6, "`from` is no instant: `yesterday`"),
            ]
        );
        assert_eq!(read_tokens("source;id\n", ["sonde"]).1.len(), 7);
        assert!(read_tokens("", ["sonde"]).1.is_empty());
    }
}
