//! Where a ledger lies.

use std::fmt;
use std::path::{Path, PathBuf};

/// Where a ledger lies: a folder of this machine, and what of it lies elsewhere.
#[derive(Debug, Clone)]
pub struct Place {
    /// The folder of this machine: the catalogue and the segments unless they lie elsewhere, and what is written on the way.
    pub directory: PathBuf,
    /// Where batches, segments, ended rows and findings are listed.
    pub catalogue: CataloguePlace,
    /// Where the facts are.
    pub segments: SegmentsPlace,
}

/// Where the catalogue of a ledger lies.
#[derive(Debug, Clone)]
pub enum CataloguePlace {
    /// `ledger.sqlite` in its folder.
    Folder,
    /// In memory: gone when the ledger is dropped. For tests and trials.
    Memory,
    /// A schema on a server of PostgreSQL.
    Server(Server),
}

/// Where the segments of a ledger lie.
#[derive(Debug, Clone)]
pub enum SegmentsPlace {
    /// `segments` in its folder.
    Folder,
    /// A bucket that speaks S3.
    Bucket(BucketPlace),
}

/// A place in a bucket that speaks S3.
#[derive(Clone)]
pub struct BucketPlace {
    /// `s3://bucket/prefix`; the prefix is that of one ledger.
    pub url: String,
    /// Address of the server, where it is not that of Amazon: `https://minio.example.it:9000`. Over `http` nothing is encrypted.
    pub endpoint: Option<String>,
    /// Region, where the surroundings do not say it.
    pub region: Option<String>,
    /// Keys and settings by the names of the usual variables, `AWS_ACCESS_KEY_ID`.
    pub settings: Vec<(String, String)>,
    /// Bytes that the folder of this machine may hold of what was fetched.
    pub cache: u64,
}

/// A schema on a server of PostgreSQL.
#[derive(Clone)]
pub struct Server {
    /// Address of the database, `postgresql://user@host:port/database`, without a password.
    pub url: String,
    /// The password, where the server asks for one.
    pub password: Option<String>,
    /// Name of the schema, which holds one ledger: small letters, digits and `_`.
    pub schema: String,
}

// Passwords and keys are never written, not even by mistake.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("url", &self.url).field("schema", &self.schema).finish_non_exhaustive()
    }
}

impl fmt::Debug for BucketPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BucketPlace")
            .field("url", &self.url)
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("cache", &self.cache)
            .finish_non_exhaustive()
    }
}

impl Place {
    /// A folder that holds all of it.
    pub fn in_folder(directory: &Path) -> Place {
        Place {
            directory: directory.to_owned(),
            catalogue: CataloguePlace::Folder,
            segments: SegmentsPlace::Folder,
        }
    }
}
