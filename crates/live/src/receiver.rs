//! The receiver: a committer for each live source, and the door to all of them.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};

use axum::Router;
use impegno_sources::LiveFormat;
use tokio::sync::oneshot;

use crate::commit::{Answer, Committer, Counts, Rolling, Submission};
use crate::door::{Door, Limits, router};
use crate::folder::{ClosedLog, LiveFolder};
use crate::keys::{body_hash, key_hash};
use crate::protocols::Taken;

/// What a receiver is made of. The caller holds the claim on the folder.
#[derive(Debug)]
pub struct Setup {
    /// Where logs lie.
    pub folder: LiveFolder,
    /// The live sources by name.
    pub sources: BTreeMap<String, LiveFormat>,
    /// The register of tokens.
    pub tokens: PathBuf,
    /// When logs are closed.
    pub rolling: Rolling,
    /// What clients may ask for.
    pub limits: Limits,
    /// The clock: microseconds since 1970 in UTC.
    pub now: fn() -> i64,
}

/// A running receiver.
#[derive(Debug)]
pub struct Receiver {
    door: Arc<Door>,
    committers: Vec<JoinHandle<()>>,
}

impl Receiver {
    /// Starts the committers. Logs that an earlier receiver left behind, and later each log that is closed, go to `closed`,
    /// in the order in which they are to be received.
    ///
    /// # Errors
    /// When the disk refuses, or what is kept of the keys of a source is damaged.
    pub fn start(setup: Setup, closed: &Sender<ClosedLog>) -> io::Result<Receiver> {
        let counts = Arc::new(Counts::default());
        let (mut committers, mut inboxes) = (Vec::new(), BTreeMap::new());
        for (source, format) in setup.sources {
            let folder = setup.folder.source(&source)?;
            let left = folder.recover()?;
            for log in left.logs {
                // The receiving end lives as long as whoever starts this.
                let _ = closed.send(log);
            }
            let (sender, inbox) = channel();
            let known = (left.next, left.keys);
            let counts = Arc::clone(&counts);
            let committer =
                Committer::new(folder.clone(), folder, known, setup.rolling, closed.clone(), counts);
            let name = format!("log of {source}");
            committers.push(thread::Builder::new().name(name).spawn(move || committer.run(&inbox))?);
            inboxes.insert(source, (format, sender));
        }
        let door = Door::new(inboxes, setup.tokens, setup.limits, setup.now, counts);
        Ok(Receiver { door: Arc::new(door), committers })
    }

    /// The routes under `/v1`.
    pub fn router(&self) -> Router {
        router(Arc::clone(&self.door))
    }

    /// What was done since the start.
    pub fn counts(&self) -> &Counts {
        self.door.counts()
    }

    /// Stores rows that did not come over HTTP and waits until they are on disk. `key` and `body` as of a request.
    pub fn store(&self, source: &str, taken: Taken, key: &str, body: &[u8]) -> Answer {
        let (answer, receiver) = oneshot::channel();
        let (key, body) = (Some(key_hash(key)), body_hash(body));
        let submission = Submission { taken, key, body, _room: None, answer };
        let gone = || Answer::Failed("the source is not received live".to_owned());
        match self.door.inbox(source).map(|inbox| inbox.send(submission)) {
            Some(Ok(())) => receiver.blocking_recv().unwrap_or_else(|_| gone()),
            Some(Err(_)) | None => gone(),
        }
    }

    /// Waits until everything that was sent is on disk and all logs are closed. Routers made of it must be gone.
    pub fn finish(self) {
        drop(self.door);
        for committer in self.committers {
            // A committer that panicked has said so; its log is found at the next start.
            let _ = committer.join();
        }
    }
}
