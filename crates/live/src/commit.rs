//! Group commit: all requests that wait are written as one group, synced once, and only then answered.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::time::{Duration, Instant};

use impegno_sources::live::{Group, HEAD, LogRequest};
use rustc_hash::FxHashMap;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::disk::{Disk, LogFile};
use crate::folder::{ClosedLog, SourceFolder};
use crate::keys::{Kept, Keys};
use crate::protocols::Taken;

/// Bytes of the requests of a group; one request more may go beyond.
const GROUP: usize = 16 << 20;

/// When a log is closed and received into the ledger.
#[derive(Debug, Clone, Copy)]
pub struct Rolling {
    /// After its first group.
    pub every: Duration,
    /// When it has so many bytes.
    pub size: u64,
}

/// A request on its way to the disk.
#[derive(Debug)]
pub(crate) struct Submission {
    /// What it gave.
    pub taken: Taken,
    /// Hash of the client's key.
    pub key: Option<u128>,
    /// Hash of what was sent.
    pub body: u64,
    /// Its part of the memory for requests, given back when it is answered.
    pub _room: Option<OwnedSemaphorePermit>,
    /// Who waits for the answer.
    pub answer: oneshot::Sender<Answer>,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is on disk: rows that were accepted and rows of no interest.
    Stored {
        /// Rows that were accepted.
        rows: u64,
        /// Rows of no interest.
        ignored: u64,
    },
    /// Another request had the same key.
    OtherBody,
    /// The disk has no room; nothing was stored.
    NoRoom(String),
    /// The disk failed; nothing was stored.
    Failed(String),
}

/// What was done since the start.
#[derive(Debug, Default)]
pub struct Counts {
    /// Rows that were acknowledged.
    pub rows: AtomicU64,
    /// Requests that were acknowledged, those sent again apart.
    pub requests: AtomicU64,
    /// Groups, each with one sync.
    pub groups: AtomicU64,
    /// Bytes of logs.
    pub bytes: AtomicU64,
    /// Groups that the disk refused.
    pub refused: AtomicU64,
}

/// Writes the logs of one source.
pub(crate) struct Committer<D> {
    disk: D,
    folder: SourceFolder,
    keys: Keys,
    /// The log that is written.
    open: Option<OpenLog>,
    next: u64,
    rolling: Rolling,
    closed: Sender<ClosedLog>,
    counts: Arc<Counts>,
    group: Group,
}

struct OpenLog {
    file: Box<dyn LogFile>,
    number: u64,
    /// Bytes up to the end of the last group that is durable.
    length: u64,
    groups: u64,
    since: Instant,
}

/// What is to become of a request of a group.
enum Fate {
    New(LogRequest),
    /// It holds nothing of interest: there is nothing to store.
    Nothing,
    Known(Kept),
    OtherBody,
}

impl<D: Disk> Committer<D> {
    pub(crate) fn new(
        disk: D,
        folder: SourceFolder,
        (next, keys): (u64, Keys),
        rolling: Rolling,
        closed: Sender<ClosedLog>,
        counts: Arc<Counts>,
    ) -> Committer<D> {
        let (open, group) = (None, Group::default());
        Committer { disk, folder, keys, open, next, rolling, closed, counts, group }
    }

    /// Works until nobody can send any more; then the last log is closed.
    pub(crate) fn run(mut self, inbox: &Receiver<Submission>) {
        loop {
            let first = match self.time_left() {
                Some(left) => inbox.recv_timeout(left),
                None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match first {
                Ok(first) => self.gather(first, inbox),
                Err(RecvTimeoutError::Timeout) => self.roll(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.open.as_ref().is_some_and(|log| log.length >= self.rolling.size) {
                self.roll();
            }
        }
        self.roll();
    }

    /// How long the open log may stay open.
    fn time_left(&self) -> Option<Duration> {
        self.open.as_ref().map(|log| self.rolling.every.saturating_sub(log.since.elapsed()))
    }

    fn gather(&mut self, first: Submission, inbox: &Receiver<Submission>) {
        let mut bytes = first.taken.lines.len();
        let mut requests = vec![first];
        while bytes < GROUP {
            match inbox.try_recv() {
                Ok(next) => {
                    bytes += next.taken.lines.len();
                    requests.push(next);
                }
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        self.commit(requests);
    }

    /// Stores requests as one group and answers them.
    pub(crate) fn commit(&mut self, requests: Vec<Submission>) {
        self.group.clear();
        let mut here: FxHashMap<u128, Kept> = FxHashMap::default();
        let mut fates = Vec::with_capacity(requests.len());
        for request in &requests {
            let Taken { rows, ignored, ref lines } = request.taken;
            let kept = Kept { rows, ignored, body: request.body };
            let known = request.key.and_then(|key| self.keys.get(key).or_else(|| here.get(&key).copied()));
            fates.push(match known {
                Some(known) if known.body == request.body => Fate::Known(known),
                Some(_) => Fate::OtherBody,
                None if rows == 0 => Fate::Nothing,
                None => {
                    let stored = LogRequest { rows, ignored, key: request.key, body: request.body };
                    self.group.request(lines, stored);
                    here.extend(request.key.map(|key| (key, kept)));
                    Fate::New(stored)
                }
            });
        }
        let written = if self.group.is_empty() { Ok(()) } else { self.write() };
        if let Err(error) = &written {
            self.counts.refused.fetch_add(1, Ordering::Relaxed);
            self.give_up(error);
        }
        for (request, fate) in requests.into_iter().zip(fates) {
            let in_this_group = request.key.is_some_and(|key| here.contains_key(&key));
            let answer = match (&written, fate) {
                (_, Fate::OtherBody) if !in_this_group => Answer::OtherBody,
                // What is known from before is durable, whatever became of this group.
                (_, Fate::Known(kept)) if !in_this_group => {
                    Answer::Stored { rows: kept.rows, ignored: kept.ignored }
                }
                (_, Fate::Nothing) => Answer::Stored { rows: 0, ignored: request.taken.ignored },
                (Err(error), _) => match error.kind() {
                    io::ErrorKind::StorageFull
                    | io::ErrorKind::QuotaExceeded
                    | io::ErrorKind::FileTooLarge => Answer::NoRoom(error.to_string()),
                    _ => Answer::Failed(error.to_string()),
                },
                (Ok(()), Fate::OtherBody) => Answer::OtherBody,
                (Ok(()), Fate::Known(kept)) => Answer::Stored { rows: kept.rows, ignored: kept.ignored },
                (Ok(()), Fate::New(stored)) => {
                    if let Some(key) = stored.key {
                        let LogRequest { rows, ignored, body, .. } = stored;
                        self.keys.insert(key, Kept { rows, ignored, body });
                    }
                    self.counts.rows.fetch_add(stored.rows, Ordering::Relaxed);
                    self.counts.requests.fetch_add(1, Ordering::Relaxed);
                    Answer::Stored { rows: stored.rows, ignored: stored.ignored }
                }
            };
            // Whoever asked may be gone; what was stored stays.
            let _ = request.answer.send(answer);
        }
    }

    /// Writes the group durably.
    fn write(&mut self) -> io::Result<()> {
        let log = match &mut self.open {
            Some(log) => log,
            None => {
                let number = self.next;
                let made = self.disk.create(number, HEAD);
                if matches!(&made, Err(error) if error.kind() == io::ErrorKind::AlreadyExists) {
                    // A file of this number could not be taken away: the next try takes another number.
                    self.next += 1;
                }
                let file = made?;
                self.next += 1;
                let length = HEAD.len() as u64;
                self.open.insert(OpenLog { file, number, length, groups: 0, since: Instant::now() })
            }
        };
        let bytes = self.group.end(log.groups + 1);
        log.file.append(bytes)?;
        log.file.sync()?;
        log.groups += 1;
        log.length += bytes.len() as u64;
        self.counts.groups.fetch_add(1, Ordering::Relaxed);
        self.counts.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(())
    }

    /// After a failure: cuts off what may have been written, and goes on in a new log. What a failed sync left of a file
    /// cannot be known, and a full disk may not even let it be cut: whoever reads it drops what is not whole.
    fn give_up(&mut self, error: &io::Error) {
        let Some(log) = &mut self.open else { return };
        let is_cut = log.file.cut(log.length).is_ok();
        let was_full = matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        // A log that was full and is as before can go on: otherwise every try would leave another file.
        if !(is_cut && was_full) {
            self.roll();
        }
    }

    /// Closes the log that is written.
    fn roll(&mut self) {
        let Some(log) = self.open.take() else { return };
        let closed = self.folder.log(log.number);
        drop(log.file);
        if log.groups > 0 {
            // Nobody may listen when the program ends: the next start finds the log.
            let _ = self.closed.send(closed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::mpsc;

    use super::*;
    use crate::folder::LiveFolder;

    /// A disk that fails at chosen calls, and does half of what was asked before it does.
    struct Faulty {
        inner: SourceFolder,
        failing: Arc<AtomicU64>,
    }

    struct FaultyFile {
        inner: Box<dyn LogFile>,
        failing: Arc<AtomicU64>,
    }

    const APPEND: u64 = 1;
    const SYNC: u64 = 2;
    const CUT: u64 = 4;
    const CREATE: u64 = 8;

    fn full() -> io::Error {
        io::Error::from(io::ErrorKind::StorageFull)
    }

    impl Disk for Faulty {
        fn create(&mut self, number: u64, head: &[u8]) -> io::Result<Box<dyn LogFile>> {
            if self.failing.load(Ordering::Relaxed) & CREATE > 0 {
                return Err(full());
            }
            let inner = self.inner.create(number, head)?;
            Ok(Box::new(FaultyFile { inner, failing: Arc::clone(&self.failing) }))
        }
    }

    impl LogFile for FaultyFile {
        fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
            if self.failing.load(Ordering::Relaxed) & APPEND > 0 {
                self.inner.append(&bytes[..bytes.len() / 2])?;
                return Err(full());
            }
            self.inner.append(bytes)
        }

        fn sync(&mut self) -> io::Result<()> {
            if self.failing.load(Ordering::Relaxed) & SYNC > 0 {
                return Err(io::Error::other("no"));
            }
            self.inner.sync()
        }

        fn cut(&mut self, length: u64) -> io::Result<()> {
            if self.failing.load(Ordering::Relaxed) & CUT > 0 {
                return Err(io::Error::other("no"));
            }
            self.inner.cut(length)
        }
    }

    struct Bench {
        committer: Committer<Faulty>,
        failing: Arc<AtomicU64>,
        folder: SourceFolder,
        closed: mpsc::Receiver<ClosedLog>,
        _place: tempfile::TempDir,
    }

    fn bench() -> Bench {
        let place = tempfile::tempdir().expect("a folder");
        let folder = LiveFolder::within(place.path()).source("sonde").expect("a folder");
        let failing = Arc::new(AtomicU64::new(0));
        let disk = Faulty { inner: folder.clone(), failing: Arc::clone(&failing) };
        let rolling = Rolling { every: Duration::from_secs(900), size: 1 << 30 };
        let (sender, closed) = mpsc::channel();
        let left = folder.recover().expect("recovered");
        let committer = Committer::new(
            disk,
            folder.clone(),
            (left.next, left.keys),
            rolling,
            sender,
            Arc::new(Counts::default()),
        );
        Bench { committer, failing, folder, closed, _place: place }
    }

    fn submission(key: Option<u128>, body: u64) -> (Submission, oneshot::Receiver<Answer>) {
        let (answer, receiver) = oneshot::channel();
        let taken = Taken { rows: 1, ignored: 2, lines: format!("c\t{body}\t0\t-\t\ta;b\n").into_bytes() };
        (Submission { taken, key, body, _room: None, answer }, receiver)
    }

    const STORED: Answer = Answer::Stored { rows: 1, ignored: 2 };

    impl Bench {
        fn send(&mut self, requests: &[(Option<u128>, u64)]) -> Vec<Answer> {
            let (submissions, receivers): (Vec<_>, Vec<_>) =
                requests.iter().map(|(key, body)| submission(*key, *body)).unzip();
            self.committer.commit(submissions);
            receivers.into_iter().map(|mut receiver| receiver.try_recv().expect("an answer")).collect()
        }

        /// Instants of all whole groups of all logs.
        fn rows(&self) -> Vec<u64> {
            let left = self.folder.recover().expect("recovered");
            let texts = left.logs.iter().map(|log| fs::read_to_string(&log.path).expect("a log"));
            let text: String = texts.collect();
            text.lines()
                .filter_map(|line| line.strip_prefix("c\t")?.split('\t').next()?.parse().ok())
                .collect()
        }
    }

    #[test]
    fn a_key_that_comes_again_is_answered_as_the_first_time() {
        let mut bench = bench();
        let answers = bench.send(&[(Some(1), 10), (Some(1), 10), (Some(1), 11), (None, 12), (None, 12)]);
        assert_eq!(answers, [STORED, STORED, Answer::OtherBody, STORED, STORED]);
        assert_eq!(bench.send(&[(Some(1), 10), (Some(1), 11)]), [STORED, Answer::OtherBody]);
        assert_eq!(bench.rows(), [10, 12, 12]);
        assert_eq!(bench.committer.counts.groups.load(Ordering::Relaxed), 1);
    }

    /// A full disk acknowledges nothing, leaves nothing that could be read, and receiving goes on when there is room.
    #[test]
    fn a_full_disk_loses_and_leaves_nothing() {
        let mut bench = bench();
        assert_eq!(bench.send(&[(Some(1), 10)]), [STORED]);
        bench.failing.store(APPEND, Ordering::Relaxed);
        for _ in 0..3 {
            let answers = bench.send(&[(Some(2), 11), (Some(2), 11), (Some(1), 10)]);
            assert!(matches!(&answers[..2], [Answer::NoRoom(_), Answer::NoRoom(_)]), "{answers:?}");
            assert_eq!(answers[2], STORED, "what was stored before is stored");
        }
        bench.failing.store(0, Ordering::Relaxed);
        assert_eq!(bench.send(&[(Some(2), 11)]), [STORED]);
        assert_eq!(bench.rows(), [10, 11]);
        assert_eq!(bench.committer.open.as_ref().map(|log| log.number), Some(1), "in the same log");
    }

    #[test]
    fn what_cannot_be_cut_is_left_and_read_by_nobody() {
        let mut bench = bench();
        assert_eq!(bench.send(&[(None, 10)]), [STORED]);
        bench.failing.store(APPEND | CUT, Ordering::Relaxed);
        assert!(matches!(bench.send(&[(None, 11)])[..], [Answer::NoRoom(_)]));
        assert_eq!(bench.closed.try_recv().expect("a closed log").number, 1);
        bench.failing.store(CREATE, Ordering::Relaxed);
        assert!(matches!(bench.send(&[(None, 12)])[..], [Answer::NoRoom(_)]));
        bench.failing.store(0, Ordering::Relaxed);
        assert_eq!(bench.send(&[(None, 13)]), [STORED]);
        assert_eq!(bench.rows(), [10, 13]);
    }

    /// After a failed sync the file is not trusted any more.
    #[test]
    fn a_failed_sync_goes_on_in_another_log() {
        let mut bench = bench();
        assert_eq!(bench.send(&[(None, 10)]), [STORED]);
        bench.failing.store(SYNC, Ordering::Relaxed);
        assert!(matches!(bench.send(&[(Some(5), 11)])[..], [Answer::Failed(_)]));
        bench.failing.store(0, Ordering::Relaxed);
        assert_eq!(bench.send(&[(Some(5), 11)]), [STORED]);
        assert_eq!(bench.rows(), [10, 11]);
        assert_eq!(bench.committer.open.as_ref().map(|log| log.number), Some(2));
    }

    #[test]
    fn logs_are_closed_by_size_by_time_and_at_the_end() {
        for (size, every) in [(1, 900_000), (1 << 30, 1), (1 << 30, 900_000)] {
            let mut bench = bench();
            bench.committer.rolling = Rolling { size, every: Duration::from_millis(every) };
            let (sender, inbox) = mpsc::channel();
            let worker = std::thread::spawn(move || bench.committer.run(&inbox));
            for body in [10, 11] {
                let (submission, receiver) = submission(None, body);
                sender.send(submission).expect("it listens");
                assert_eq!(receiver.blocking_recv(), Ok(STORED));
                std::thread::sleep(Duration::from_millis(30));
            }
            drop(sender);
            worker.join().expect("it ends");
            let closed: Vec<u64> = bench.closed.try_iter().map(|log| log.number).collect();
            let expected: &[u64] = if size > 1 && every > 1 { &[1] } else { &[1, 2] };
            assert_eq!(closed, expected, "{size} {every}");
        }
    }
}
