//! A bucket that speaks S3.
//!
//! Requests run on a runtime of the bucket's own, so that the rest of the ledger knows nothing of it. What no batch names
//! stays in the bucket: a file more costs little, and a ledger that took another's segments for its garbage would cost all.

use std::fmt;
use std::fs::{self, File};
use std::future::Future;
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as ObjectPath;
use object_store::{ClientOptions, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig};
use tokio::runtime::{Builder, Runtime};

use super::cache::Cache;
use crate::{BucketPlace, Hash, LedgerError};

/// How long a connection is waited for.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a request may take: a segment of some megabytes over a slow line.
const REQUEST: Duration = Duration::from_secs(300);
/// How often a request that failed is tried again, and for how long in all.
const RETRIES: usize = 3;
const PATIENCE: Duration = Duration::from_secs(30);
/// Requests at once.
const AT_ONCE: usize = 8;

pub(crate) struct Bucket {
    store: Arc<AmazonS3>,
    prefix: ObjectPath,
    /// Its address, for messages.
    name: String,
    /// None while it is dropped.
    runtime: Option<Runtime>,
    cache: Cache,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Bucket").field(&self.name).finish()
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        // It may be dropped by a thread of another runtime, which must not wait.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Bucket {
    pub(crate) fn new(place: &BucketPlace, cache: &Path) -> Result<Bucket, LedgerError> {
        let refused = |what: &dyn fmt::Display| LedgerError::Refused {
            server: place.url.clone(),
            what: what.to_string(),
        };
        let address = place.url.strip_prefix("s3://").unwrap_or(&place.url);
        let (bucket, prefix) = address.split_once('/').unwrap_or((address, ""));
        let prefix = ObjectPath::parse(prefix).map_err(|error| refused(&error))?;
        // Only one provider of ciphers is built in; another part of the program may have named it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let options = ClientOptions::new().with_connect_timeout(CONNECT).with_timeout(REQUEST);
        let plain = place.endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://"));
        let mut builder = AmazonS3Builder::new()
            .with_client_options(options)
            .with_retry(RetryConfig {
                max_retries: RETRIES,
                retry_timeout: PATIENCE,
                ..RetryConfig::default()
            })
            .with_bucket_name(bucket)
            .with_allow_http(plain);
        let mut known = false;
        for (name, value) in &place.settings {
            let key = name.to_ascii_lowercase();
            known |= ["aws_access_key_id", "aws_web_identity_token_file"].contains(&key.as_str())
                || key.starts_with("aws_container_credentials");
            // Variables that only other programs know.
            if let Ok(key) = key.parse() {
                builder = builder.with_config(key, value);
            }
        }
        if !known {
            return Err(refused(&"no key is known: AWS_ACCESS_KEY_ID is not set"));
        }
        // What the folder says stands over what the surroundings say.
        if let Some(endpoint) = &place.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        if let Some(region) = &place.region {
            builder = builder.with_region(region);
        }
        let store = builder.build().map_err(|error| refused(&error))?;
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(|error| LedgerError::io(cache, error))?;
        Ok(Bucket {
            store: Arc::new(store),
            prefix,
            name: place.url.trim_end_matches('/').to_owned(),
            runtime: Some(runtime),
            cache: Cache::new(cache, place.cache),
        })
    }

    fn wait<T>(&self, work: impl Future<Output = Result<T, object_store::Error>>) -> Result<T, Failed> {
        match &self.runtime {
            Some(runtime) => runtime.block_on(work).map_err(Failed),
            // Only while it is dropped.
            None => Err(Failed(object_store::Error::NotImplemented {
                operation: "any".to_owned(),
                implementer: "a bucket that is closed".to_owned(),
            })),
        }
    }

    fn object(&self, name: &str) -> ObjectPath {
        self.prefix.clone().join(name)
    }

    fn failed(&self, Failed(error): Failed) -> LedgerError {
        use object_store::Error::{NotFound, PermissionDenied, Unauthenticated};
        let server = self.name.clone();
        let what = told(&error);
        match error {
            PermissionDenied { .. } | Unauthenticated { .. } => LedgerError::Refused { server, what },
            // Of an object that is not there its name is told; else it is the bucket.
            NotFound { .. } => LedgerError::Refused { server, what },
            // Of some requests only the words say that there was an answer.
            _ if what.contains("status code: 4") => LedgerError::Refused { server, what },
            _ => LedgerError::Unreachable { server, what },
        }
    }

    pub(crate) fn check(&self) -> Result<(), LedgerError> {
        self.is_empty().map(|_| ())
    }

    pub(crate) fn is_empty(&self) -> Result<bool, LedgerError> {
        let mut names = self.store.list(Some(&self.prefix));
        let first =
            self.wait(async { names.next().await.transpose() }).map_err(|error| self.failed(error))?;
        Ok(first.is_none())
    }

    /// Puts files into the bucket and then into the cache.
    pub(crate) fn keep(&self, names: &[String], from: &Path) -> Result<(), LedgerError> {
        for some in names.chunks(AT_ONCE) {
            let mut puts = Vec::new();
            for name in some {
                let path = from.join(name);
                let bytes = fs::read(&path).map_err(|error| LedgerError::io(&path, error))?;
                let (store, object) = (Arc::clone(&self.store), self.object(name));
                puts.push(async move { store.put(&object, PutPayload::from(bytes)).await });
            }
            // An object is there whole or not at all, and durable when the bucket says so.
            let all = stream::iter(puts).buffer_unordered(AT_ONCE).try_for_each(async |_| Ok(()));
            self.wait(all).map_err(|error| self.failed(error))?;
        }
        for name in names {
            self.cache.take(&from.join(name), name)?;
        }
        Ok(())
    }

    pub(crate) fn open(&self, name: &str, hash: Hash) -> Result<File, LedgerError> {
        if let Some(file) = self.cache.open(name)? {
            return Ok(file);
        }
        let (mut file, path, found) = self.fetch(name)?.ok_or_else(|| self.damaged(name, "it is gone"))?;
        if found != hash {
            let _ = fs::remove_file(&path);
            return Err(self.damaged(name, "its bytes are others"));
        }
        // After a loss of power the cache holds what it says, or nothing.
        file.sync_all().and_then(|()| file.rewind()).map_err(|error| LedgerError::io(&path, error))?;
        self.cache.take(&path, name)?;
        Ok(file)
    }

    pub(crate) fn is_intact(&self, name: &str, hash: Hash) -> Result<bool, LedgerError> {
        if let Some(file) = self.cache.open(name)?
            && Hash::of_file(file).map_err(|error| LedgerError::io(&self.cached(name), error))? != hash
        {
            // What was fetched can be fetched again; only what is kept decides.
            self.cache.remove(name)?;
        }
        let Some((_, path, found)) = self.fetch(name)? else { return Ok(false) };
        let _ = fs::remove_file(path);
        Ok(found == hash)
    }

    /// Fetches an object into a file under a passing name, with the hash of its bytes; `None` when it is not there.
    fn fetch(&self, name: &str) -> Result<Option<(File, PathBuf, Hash)>, LedgerError> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = self.cache.folder()?.join(format!("{name}-{}-{number}.unfinished", std::process::id()));
        let mut options = File::options();
        let mut file = options
            .create(true)
            .truncate(true)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(|error| LedgerError::io(&path, error))?;
        let fetched = self.wait(async {
            let mut bytes = self.store.get(&self.object(name)).await?.into_stream();
            let mut written = Ok(());
            while let Some(some) = bytes.next().await {
                written = file.write_all(&some?);
                if written.is_err() {
                    break;
                }
            }
            Ok(written)
        });
        let result = match fetched {
            Ok(written) => written
                .and_then(|()| file.rewind())
                .and_then(|()| Hash::of_file(file.try_clone()?))
                .map(Some)
                .map_err(|error| LedgerError::io(&path, error)),
            Err(Failed(object_store::Error::NotFound { source, .. }))
                if !source.to_string().contains("NoSuchBucket") =>
            {
                Ok(None)
            }
            Err(error) => Err(self.failed(error)),
        };
        match result {
            Ok(Some(hash)) => Ok(Some((file, path, hash))),
            other => {
                let _ = fs::remove_file(&path);
                other.map(|_| None)
            }
        }
    }

    fn damaged(&self, name: &str, what: &str) -> LedgerError {
        LedgerError::damaged(Path::new(&format!("{}/{name}", self.name)), what)
    }

    pub(crate) fn cached(&self, name: &str) -> PathBuf {
        self.cache.path(name)
    }
}

/// What a request came to.
struct Failed(object_store::Error);

/// What an error says, with its reasons, in one line.
fn told(error: &object_store::Error) -> String {
    use std::error::Error as _;
    let mut text = error.to_string();
    let mut reason = error.source();
    while let Some(one) = reason {
        let more = one.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        reason = one.source();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
