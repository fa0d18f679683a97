//! `[ledger]` of centre.toml: where what is received is kept, when that is not the folder itself.

use impegno_findings::{Finding, Place};
use impegno_settings::{Spot, Table};

use crate::codes::{BAD_SETTING, SECRET};

/// Where the ledger of a centre is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Storage {
    /// The server of the catalogue; without it, a file in `.ledger`.
    pub catalogue: Option<CatalogueStorage>,
    /// The bucket of the segments; without it, a folder in `.ledger`.
    pub segments: Option<SegmentStorage>,
}

/// A schema on a server of PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueStorage {
    /// Address of the database, without a password.
    pub url: String,
    /// Name of the schema, which is this centre's alone.
    pub schema: String,
    /// Name of the environment variable that holds the password.
    pub password_variable: Option<String>,
}

/// A place in a bucket that speaks S3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentStorage {
    /// `s3://bucket/prefix`.
    pub url: String,
    /// Address of the server, where it is not Amazon's.
    pub endpoint: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Bytes of what was fetched that the folder may hold.
    pub cache: u64,
}

/// Bytes of what was fetched that the folder holds where nothing else is said: 4 GB.
const CACHE: u64 = 4_000_000_000;

/// Reads the table; `None` when what it says cannot be used, for then nothing may be looked for anywhere else.
pub(crate) fn read_storage(table: &mut Table<'_>) -> Option<Storage> {
    let Some(mut table) = table.table("ledger") else { return Some(Storage::default()) };
    let table = &mut table;
    let (catalogue, segments) = (read_catalogue(table), read_segments(table));
    Some(Storage { catalogue: catalogue.ok()?, segments: segments.ok()? })
}

/// What is said cannot be used, and a finding says why.
struct Unusable;

fn read_catalogue(table: &mut Table<'_>) -> Result<Option<CatalogueStorage>, Unusable> {
    let there = table.has("catalogue");
    let url = table.text("catalogue");
    let schema = table.text("schema");
    let variable = table.text("password-variable");
    if !there {
        return alone(table, "catalogue", &["schema", "password-variable"]).map(|()| None);
    }
    let url = url.ok_or(Unusable)?;
    let mut sound = true;
    if has_password(&url.value) {
        // Without the piece of the file that would be shown: it is the secret.
        let place = Place { span: None, ..url.place.clone() };
        let message = "the address of the catalogue holds a password, and the folder is copied and released";
        table.report(Finding::error(SECRET, place, message).hint(
            "take it out and change it; keep it in the file that PGPASSFILE names, or in the variable that `password-variable` names",
        ));
        sound = false;
    } else if !["postgresql://", "postgres://"].iter().any(|begin| url.value.starts_with(begin)) {
        let message = format!("`{}` is no address of PostgreSQL", url.value);
        table.problem(BAD_SETTING, &url, message, "write it like postgresql://impegno@localhost:5432/centri");
        sound = false;
    }
    if schema.is_none() && !table.has("schema") {
        let message = "a catalogue on a server needs a `schema` of its own";
        table.problem(
            BAD_SETTING,
            &url,
            message,
            "name it, like schema = \"valle\"; no other centre may use it",
        );
        sound = false;
    }
    if let Some(schema) = &schema {
        let plain = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_';
        let begins = schema.value.starts_with(|sign: char| sign.is_ascii_lowercase());
        let reserved = schema.value.starts_with("pg_") || schema.value == "public";
        if !begins || reserved || schema.value.len() > 60 || !schema.value.chars().all(plain) {
            let message = format!("`{}` cannot be the schema of a centre", schema.value);
            table.problem(
                BAD_SETTING,
                schema,
                message,
                "small letters, digits and _, a letter first, and none of the server's own",
            );
            sound = false;
        }
    }
    let schema = schema.ok_or(Unusable)?;
    if !sound {
        return Err(Unusable);
    }
    Ok(Some(CatalogueStorage {
        url: url.value,
        schema: schema.value,
        password_variable: variable.map(|variable| variable.value),
    }))
}

fn read_segments(table: &mut Table<'_>) -> Result<Option<SegmentStorage>, Unusable> {
    let there = table.has("segments");
    let url = table.text("segments");
    let endpoint = table.text("endpoint");
    let region = table.text("region");
    let cache = table.integer("cache-megabytes");
    if !there {
        return alone(table, "segments", &["endpoint", "region", "cache-megabytes"]).map(|()| None);
    }
    let url = url.ok_or(Unusable)?;
    let mut sound = true;
    let (bucket, prefix) = match url.value.strip_prefix("s3://") {
        Some(rest) => rest.split_once('/').unwrap_or((rest, "")),
        None => ("", ""),
    };
    if bucket.contains(['@', ':']) {
        let place = Place { span: None, ..url.place.clone() };
        let message = "the address of the segments holds a key, and the folder is copied and released";
        let hint = "take it out; keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
        table.report(Finding::error(SECRET, place, message).hint(hint));
        sound = false;
    } else if bucket.is_empty() || prefix.trim_end_matches('/').is_empty() {
        let message = format!("`{}` is no place in a bucket", url.value);
        table.problem(
            BAD_SETTING,
            &url,
            message,
            "write it like s3://bucket/prefix; no other centre may use it",
        );
        sound = false;
    }
    if let Some(endpoint) = &endpoint
        && !["https://", "http://"].iter().any(|begin| endpoint.value.starts_with(begin))
    {
        let message = format!("`{}` is no address of a server", endpoint.value);
        table.problem(BAD_SETTING, endpoint, message, "write it like https://s3.example.it");
        sound = false;
    }
    let megabytes = match &cache {
        Some(cache) => {
            match u64::try_from(cache.value).ok().filter(|megabytes| (1..=10_000_000).contains(megabytes)) {
                Some(megabytes) => Some(megabytes),
                None => {
                    out_of_range(table, cache);
                    sound = false;
                    None
                }
            }
        }
        None => None,
    };
    if !sound {
        return Err(Unusable);
    }
    Ok(Some(SegmentStorage {
        url: url.value,
        endpoint: endpoint.map(|endpoint| endpoint.value),
        region: region.map(|region| region.value),
        cache: megabytes.map_or(CACHE, |megabytes| megabytes * 1_000_000),
    }))
}

fn out_of_range(table: &Table<'_>, cache: &Spot<i64>) {
    let message = format!("`cache-megabytes` is {}", cache.value);
    table.problem(BAD_SETTING, cache, message, "from 1 to 10000000");
}

/// Keys that say something of another one, which is not there.
fn alone(table: &Table<'_>, of: &str, keys: &[&str]) -> Result<(), Unusable> {
    let mut all = Ok(());
    for key in keys.iter().filter(|key| table.has(key)) {
        let message = format!("`{key}` says something of `{of}`, which is not there");
        table.report(
            Finding::error(BAD_SETTING, table.place_of(key), message)
                .hint(format!("add `{of}`, or take it out")),
        );
        all = Err(Unusable);
    }
    all
}

/// Whether an address of PostgreSQL holds a password: after the user, or as a parameter.
fn has_password(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (address, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = address.split('/').next().unwrap_or_default();
    let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
    user.contains(':')
        || parameters.split('&').any(|parameter| parameter.to_ascii_lowercase().starts_with("password"))
        || url.to_ascii_lowercase().contains("password=")
}

#[cfg(test)]
mod tests {
    use impegno_findings::Severity;

    use super::*;

    fn read(text: &str) -> (Option<Storage>, Vec<Finding>) {
        let mut findings = Vec::new();
        let storage = impegno_settings::read("centre.toml", text, &mut findings, read_storage);
        (storage, findings)
    }

    #[test]
    fn without_the_table_everything_lies_in_the_folder() {
        assert_eq!(read("").0, Some(Storage::default()));
        assert_eq!(read("[ledger]\n").0, Some(Storage::default()));
    }

    #[test]
    fn a_server_and_a_bucket_are_read() {
        let (storage, findings) = read(
            "[ledger]\ncatalogue = \"postgresql://impegno@db.example.it/centri\"\nschema = \"valle\"\npassword-variable = \"VALLE\"\n\
             segments = \"s3://facts/valle\"\nendpoint = \"https://s3.example.it\"\nregion = \"it\"\ncache-megabytes = 500\n",
        );
        assert_eq!(findings, []);
        let storage = storage.expect("usable");
        assert_eq!(
            storage.catalogue.map(|one| (one.schema, one.password_variable)),
            Some(("valle".into(), Some("VALLE".into())))
        );
        assert_eq!(
            storage.segments.map(|one| (one.url, one.cache)),
            Some(("s3://facts/valle".into(), 500_000_000))
        );
    }

    #[test]
    fn what_cannot_be_used_is_an_error_and_nothing_else_stands_for_it() {
        for (settings, code) in [
            (
                "catalogue = \"postgresql://impegno:segreto@db/centri\"\nschema = \"valle\"",
                "secret-in-settings",
            ),
            (
                "catalogue = \"postgresql://db/centri?user=impegno&password=segreto\"\nschema = \"valle\"",
                "secret-in-settings",
            ),
            ("catalogue = \"host=db password=segreto\"\nschema = \"valle\"", "secret-in-settings"),
            ("segments = \"s3://key:segreto@facts/valle\"", "secret-in-settings"),
            ("catalogue = \"postgresql://db/centri\"", "bad-setting"),
            ("catalogue = \"mysql://db/centri\"\nschema = \"valle\"", "bad-setting"),
            ("catalogue = \"postgresql://db/centri\"\nschema = \"Valle\\\"; drop\"", "bad-setting"),
            ("catalogue = \"postgresql://db/centri\"\nschema = \"public\"", "bad-setting"),
            ("catalogue = 3\nschema = \"valle\"", "wrong-type"),
            ("schema = \"valle\"", "bad-setting"),
            ("segments = \"s3://facts\"", "bad-setting"),
            ("segments = \"/mnt/facts\"", "bad-setting"),
            ("segments = \"s3://facts/valle\"\nendpoint = \"s3.example.it\"", "bad-setting"),
            ("segments = \"s3://facts/valle\"\ncache-megabytes = 0", "bad-setting"),
            ("region = \"it\"", "bad-setting"),
        ] {
            let (storage, findings) = read(&format!("[ledger]\n{settings}\n"));
            assert_eq!(storage, None, "{settings}");
            let [finding] = findings.as_slice() else { panic!("{settings}: {findings:?}") };
            assert_eq!((finding.code.name, finding.severity), (code, Severity::Error), "{settings}");
            let shown = impegno_findings::render(finding, Some(&format!("[ledger]\n{settings}\n")));
            assert!(!shown.contains("segreto"), "{shown}");
        }
        let (storage, findings) = read("[ledger]\ncatalog = \"postgresql://db/centri\"\n");
        assert_eq!(
            (storage, findings.len()),
            (Some(Storage::default()), 1),
            "an unknown key is an error of the file"
        );
    }
}
