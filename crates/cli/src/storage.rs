//! Where the ledger of a centre lies: what centre.toml says of it, with the passwords and keys of the surroundings.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use impegno_charter::{CatalogueStorage, SegmentStorage};
use impegno_ledger::{BucketPlace, CataloguePlace, Ledger, Place, SegmentsPlace, Server};

use crate::exit::{Exit, Failure};
use crate::folder::Loaded;

impl Loaded {
    /// Where its ledger lies.
    pub(crate) fn place(&self) -> Result<Place, Failure> {
        let Some(storage) = &self.centre.storage else {
            return Err(Failure::new(Exit::Folder, "`[ledger]` of centre.toml cannot be used")
                .hint("`impegno check` says what is wrong with it"));
        };
        let catalogue = match &storage.catalogue {
            Some(catalogue) => CataloguePlace::Server(server(catalogue)?),
            None => CataloguePlace::Folder,
        };
        let segments = match &storage.segments {
            Some(segments) => SegmentsPlace::Bucket(bucket(segments)),
            None => SegmentsPlace::Folder,
        };
        Ok(Place { directory: self.ledger.clone(), catalogue, segments })
    }

    /// Its ledger for reading; `None` when nothing was received. That of a released report is read from its catalogue alone.
    pub(crate) fn ledger(&self) -> Result<Option<Ledger>, Failure> {
        Ok(if self.frozen {
            Ledger::open_frozen(&self.ledger)?
        } else {
            Ledger::open_existing_at(&self.place()?)?
        })
    }

    /// Its ledger for receiving, made when nothing was received.
    pub(crate) fn ledger_to_write(&self) -> Result<Ledger, Failure> {
        Ok(Ledger::open_at(&self.place()?)?)
    }
}

fn server(storage: &CatalogueStorage) -> Result<Server, Failure> {
    let CatalogueStorage { url, schema, password_variable } = storage;
    let server = Server { url: url.clone(), password: None, schema: schema.clone() };
    let password = match password_variable {
        Some(name) => match variable(name) {
            Some(password) => Some(password),
            None => {
                let message = format!(
                    "the environment variable {name}, which holds the password of the ledger, is not set"
                );
                return Err(Failure::new(Exit::Output, message)
                    .hint("`password-variable` in `[ledger]` of centre.toml names it"));
            }
        },
        None => match variable("PGPASSWORD") {
            Some(password) => Some(password),
            None => passwords()?.and_then(|passwords| server.password_in(&passwords)),
        },
    };
    Ok(Server { password, ..server })
}

fn bucket(storage: &SegmentStorage) -> BucketPlace {
    let SegmentStorage { url, endpoint, region, cache } = storage;
    let settings = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| name.starts_with("AWS_"))
        .collect();
    BucketPlace {
        url: url.clone(),
        endpoint: endpoint.clone(),
        region: region.clone(),
        settings,
        cache: *cache,
    }
}

/// The text of the file of passwords, if there is one that nobody else can read.
fn passwords() -> Result<Option<String>, Failure> {
    let named = variable("PGPASSFILE").map(PathBuf::from);
    let usual = || variable("HOME").map(|home| Path::new(&home).join(".pgpass"));
    let Some(path) = named.or_else(usual).filter(|path| path.is_file()) else { return Ok(None) };
    let unreadable = |error| Failure::output(&path, &error);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;

        let mode = fs::metadata(&path).map_err(unreadable)?.permissions().mode();
        if mode & 0o077 != 0 {
            let message = format!("{}: others may read this file of passwords", path.display());
            return Err(Failure::new(Exit::Output, message).hint("chmod 600 keeps it to you"));
        }
    }
    fs::read_to_string(&path).map(Some).map_err(unreadable)
}

#[expect(clippy::disallowed_methods, reason = "this is the door")]
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
