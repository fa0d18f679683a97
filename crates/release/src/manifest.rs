//! The manifest: what a bundle is about, what it rests on, and every file of it.

use std::path::{Component, Path};

use impegno_ledger::Hash;
use serde_json::{Map, Value, json};

const FORMAT: &str = "impegno-release";
/// Newest format of a bundle. Raise it when a reader of the former one would misread the new.
const VERSION: u64 = 1;

/// What is released again and again: each time a version of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Series {
    /// Code of the layout.
    pub layout: String,
    /// Code of the period, `2017-Q2`.
    pub period: String,
    /// Code of the served body; `None`: the whole centre.
    pub body: Option<String>,
    /// Language, `it` or `en`.
    pub language: String,
}

/// What a bundle is about, what it rests on, and its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Name and version of the program that released it, `impegno 0.1.0`.
    pub program: String,
    /// What was released.
    pub series: Series,
    /// Version of it, from 1.
    pub version: u32,
    /// When it was released, ISO 8601 in UTC.
    pub released_at: String,
    /// The instant that it was asked for, ISO 8601 in UTC; `None`: all that was known.
    pub as_of: Option<String>,
    /// When the last fact known to it was received, ISO 8601 in UTC.
    pub known_at: String,
    /// Hash of the last batch of the ledger.
    pub ledger_head: String,
    /// Hash of the definitions.
    pub charter_version: String,
    /// Hash of the manifest of the version before.
    pub previous: Option<Hash>,
    /// Why it was released again.
    pub why: Option<String>,
    /// Every other file but the seal, in the order of their paths.
    pub files: Vec<Entry>,
}

/// A file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Path within the bundle, `/` between its parts.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// Hash of its bytes.
    pub hash: Hash,
}

/// Why a manifest cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It is of a later format.
    Newer(u64),
    /// What is wrong with it.
    Wrong(String),
}

impl Series {
    /// The name of its folder: `annuale-2017`, `annuale-2017-fiesole-en`. Italian, the language of the reports of a
    /// centre unless another is asked for, is not named.
    pub fn folder(&self) -> String {
        let mut name = format!("{}-{}", self.layout, self.period);
        if let Some(body) = &self.body {
            name.push('-');
            name.push_str(body);
        }
        if self.language != "it" {
            name.push('-');
            name.push_str(&self.language);
        }
        let plain = |c: char| {
            let c = c.to_ascii_lowercase();
            if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' }
        };
        let name: String = name.chars().map(plain).collect();
        // A hidden folder is passed over by those who list folders.
        if name.starts_with('.') { format!("-{name}") } else { name }
    }

    pub(crate) fn fields(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("layout", self.layout.clone().into()),
            ("period", self.period.clone().into()),
            ("body", self.body.clone().into()),
            ("language", self.language.clone().into()),
        ]
    }

    pub(crate) fn read(object: &Map<String, Value>) -> Option<Series> {
        Some(Series {
            layout: text(object, "layout")?,
            period: text(object, "period")?,
            body: optional(object, "body")?,
            language: text(object, "language")?,
        })
    }
}

impl Manifest {
    /// The manifest as a file: the same value gives the same bytes.
    pub fn to_json(&self) -> String {
        let files: Vec<Value> = self
            .files
            .iter()
            .map(|file| json!({ "path": file.path, "size": file.size, "hash": file.hash.to_string() }))
            .collect();
        let series: Map<String, Value> =
            self.series.fields().into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let manifest = json!({
            "format": FORMAT,
            "format_version": VERSION,
            "program": self.program,
            "report": series,
            "version": self.version,
            "released_at": self.released_at,
            "as_of": self.as_of,
            "known_at": self.known_at,
            "ledger_head": self.ledger_head,
            "charter_version": self.charter_version,
            "previous": self.previous.map(|hash| hash.to_string()),
            "why": self.why,
            "files": files,
        });
        format!("{manifest:#}\n")
    }

    /// Reads a manifest that must be as [`Manifest::to_json`] writes it.
    pub(crate) fn read(bytes: &[u8]) -> Result<Manifest, Unreadable> {
        let wrong = |what: &str| Unreadable::Wrong(what.to_owned());
        let value: Value =
            serde_json::from_slice(bytes).map_err(|error| Unreadable::Wrong(format!("not JSON: {error}")))?;
        let object = value.as_object().ok_or_else(|| wrong("not an object in JSON"))?;
        if object.get("format").and_then(Value::as_str) != Some(FORMAT) {
            return Err(wrong("not the manifest of a released report"));
        }
        match object.get("format_version").and_then(Value::as_u64) {
            Some(VERSION) => {}
            Some(found) if found > VERSION => return Err(Unreadable::Newer(found)),
            _ => return Err(wrong("its format is none")),
        }
        let manifest =
            Manifest::of(object).ok_or_else(|| wrong("something is missing or of another type"))?;
        // Whatever else stands in it would be read by nobody.
        if manifest.to_json().as_bytes() != bytes {
            return Err(wrong("not as the program writes it"));
        }
        if let Some(file) = manifest.files.iter().find(|file| !stays_inside(&file.path)) {
            return Err(Unreadable::Wrong(format!(
                "`{}` is no path within a bundle",
                file.path.escape_debug()
            )));
        }
        if let Some(pair) = manifest.files.windows(2).find(|pair| pair[0].path >= pair[1].path) {
            return Err(Unreadable::Wrong(format!("`{}` stands twice or out of order", pair[1].path)));
        }
        Ok(manifest)
    }

    fn of(object: &Map<String, Value>) -> Option<Manifest> {
        let previous = match optional(object, "previous")? {
            Some(hash) => Some(Hash::parse(&hash)?),
            None => None,
        };
        let file = |file: &Value| {
            let object = file.as_object()?;
            Some(Entry {
                path: text(object, "path")?,
                size: object.get("size")?.as_u64()?,
                hash: Hash::parse(object.get("hash")?.as_str()?)?,
            })
        };
        Some(Manifest {
            program: text(object, "program")?,
            series: Series::read(object.get("report")?.as_object()?)?,
            version: u32::try_from(object.get("version")?.as_u64()?).ok()?,
            released_at: text(object, "released_at")?,
            as_of: optional(object, "as_of")?,
            known_at: text(object, "known_at")?,
            ledger_head: text(object, "ledger_head")?,
            charter_version: text(object, "charter_version")?,
            previous,
            why: optional(object, "why")?,
            files: object.get("files")?.as_array()?.iter().map(file).collect::<Option<_>>()?,
        })
    }

    /// The files under a folder of the bundle, by their path within that folder.
    pub fn under<'m>(&'m self, folder: &'m str) -> impl Iterator<Item = (&'m str, &'m Entry)> {
        self.files
            .iter()
            .filter_map(move |file| Some((file.path.strip_prefix(folder)?.strip_prefix('/')?, file)))
    }
}

/// A text that must be there.
pub(crate) fn text(object: &Map<String, Value>, key: &str) -> Option<String> {
    object.get(key)?.as_str().map(str::to_owned)
}

/// A text or null, one of which must be there.
pub(crate) fn optional(object: &Map<String, Value>, key: &str) -> Option<Option<String>> {
    match object.get(key)? {
        Value::Null => Some(None),
        value => value.as_str().map(|text| Some(text.to_owned())),
    }
}

/// Whether a path leads to a file of the bundle and not elsewhere.
pub(crate) fn stays_inside(path: &str) -> bool {
    let ordinary = |part| matches!(part, Component::Normal(_));
    let parts: Vec<_> = Path::new(path).components().collect();
    // The components of `a//b` and `a/./b` are those of `a/b`: one file has one path.
    let plain = parts.iter().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    !parts.is_empty() && parts.into_iter().all(ordinary) && plain == path && !path.contains('\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn example() -> Manifest {
        Manifest {
            program: "impegno 0.1.0".to_owned(),
            series: Series {
                layout: "annuale".to_owned(),
                period: "2017".to_owned(),
                body: None,
                language: "it".to_owned(),
            },
            version: 2,
            released_at: "2018-02-01T08:00:00Z".to_owned(),
            as_of: None,
            known_at: "2018-01-15T08:00:00Z".to_owned(),
            ledger_head: Hash::of(b"head").to_string(),
            charter_version: Hash::of(b"charter").to_string(),
            previous: Some(Hash::of(b"before")),
            why: Some("riga «doppia»".to_owned()),
            files: ["centre/centre.toml", "report/index.html"]
                .map(|path| Entry { path: path.to_owned(), size: 3, hash: Hash::of(path.as_bytes()) })
                .into(),
        }
    }

    #[test]
    fn a_manifest_is_read_back_as_it_was_written() {
        let manifest = example();
        assert_eq!(Manifest::read(manifest.to_json().as_bytes()), Ok(manifest.clone()));
        assert_eq!(manifest.under("report").map(|(path, _)| path).collect::<Vec<_>>(), ["index.html"]);
    }

    #[test]
    fn what_is_no_manifest_is_refused() {
        let text = example().to_json();
        for (from, to) in [
            ("impegno-release", "impegno-report"),
            ("\"format_version\": 1", "\"format_version\": 0"),
            ("\"version\": 2", "\"version\": -2"),
            ("\"why\"", "\"because\""),
            ("{\n", "{\n\n"),
            ("centre/centre.toml", "centre/../../etc/passwd"),
            ("centre/centre.toml", "/etc/passwd"),
            ("centre/centre.toml", "centre//centre.toml"),
            ("centre/centre.toml", "report/index.html"),
            ("centre/centre.toml", "z"),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text);
            assert!(matches!(Manifest::read(changed.as_bytes()), Err(Unreadable::Wrong(_))), "{to}");
        }
        let newer = text.replace("\"format_version\": 1", "\"format_version\": 7");
        assert_eq!(Manifest::read(newer.as_bytes()), Err(Unreadable::Newer(7)));
        assert!(matches!(Manifest::read(b"[]"), Err(Unreadable::Wrong(_))));
        assert!(matches!(Manifest::read(&text.as_bytes()[..200]), Err(Unreadable::Wrong(_))));
    }

    #[test]
    fn the_folder_of_a_series_is_a_plain_name() {
        let series = |body: Option<&str>, language: &str| Series {
            layout: "annuale".to_owned(),
            period: "2017-Q2".to_owned(),
            body: body.map(str::to_owned),
            language: language.to_owned(),
        };
        assert_eq!(series(None, "it").folder(), "annuale-2017-q2");
        assert_eq!(series(Some("fiesole"), "en").folder(), "annuale-2017-q2-fiesole-en");
        assert_eq!(series(Some("../x/y"), "it").folder(), "annuale-2017-q2-..-x-y");
    }
}
