//! A server that speaks S3 for the tests of one program: it keeps objects as files in a temporary folder, gone with the program.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use impegno_ledger::BucketPlace;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;

/// The bucket that the server has.
const BUCKET: &str = "facts";
const KEY: &str = "a-key";
const SECRET: &str = "a-secret";

struct Running {
    port: u16,
    folder: PathBuf,
    _remover: Child,
}

fn running() -> &'static Running {
    static RUNNING: OnceLock<Running> = OnceLock::new();
    RUNNING.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder").keep();
        // It waits for the end of its input, which is the end of this program.
        let remover = Command::new("sh")
            .args(["-c", "read -r _; rm -rf \"$0\""])
            .arg(&folder)
            .stdin(Stdio::piped())
            .spawn()
            .expect("a shell");
        std::fs::create_dir(folder.join(BUCKET)).expect("a bucket");
        let files = s3s_fs::FileSystem::new(&folder).expect("files");
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let service = service.build();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        std::thread::spawn(move || {
            runtime.block_on(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let service = service.clone();
                    stream.set_nodelay(true).expect("an option");
                    tokio::spawn(async move {
                        let builder = Builder::new(TokioExecutor::new());
                        let _ = builder.serve_connection(TokioIo::new(stream), service).await;
                    });
                }
            });
        });
        Running { port, folder, _remover: remover }
    })
}

/// The variables that the program of a centre would be given.
pub(crate) fn settings() -> Vec<(String, String)> {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    vec![pair("AWS_ACCESS_KEY_ID", KEY), pair("AWS_SECRET_ACCESS_KEY", SECRET)]
}

/// The address of the server.
pub(crate) fn endpoint() -> String {
    format!("http://127.0.0.1:{}", running().port)
}

/// A prefix of its own in the bucket.
pub(crate) fn prefix() -> BucketPlace {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    BucketPlace {
        url: format!("s3://{BUCKET}/centres/centre-{number}"),
        endpoint: Some(endpoint()),
        region: Some("eu-south-1".to_owned()),
        settings: settings(),
        cache: 1 << 30,
    }
}

/// The folder in which the server keeps the objects of a prefix.
pub(crate) fn folder(place: &BucketPlace) -> PathBuf {
    let path = place.url.strip_prefix("s3://").expect("an address");
    running().folder.join(Path::new(path))
}
