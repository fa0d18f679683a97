//! The door: HTTP, tokens, limits, and waiting instead of loss.

use std::collections::BTreeMap;
use std::fs;
use std::future::Future;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use impegno_calendar::Instant;
use impegno_sources::{LiveFacts, LiveFormat};
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::timeout;

use crate::commit::{Answer, Counts, Submission};
use crate::keys::{body_hash, key_hash};
use crate::protocols::{self, Precision, Refusal, Taken};
use crate::tokens::{Token, authenticate, read_tokens};

/// The header that makes a request that is sent again change nothing.
const KEY: &str = "idempotency-key";

/// Characters of the longest key.
const LONGEST_KEY: usize = 255;

/// Bytes that one piece of room stands for.
const PIECE: usize = 1 << 10;

/// How long the head of a request may take, and a connection be idle.
const HEAD_TIME: Duration = Duration::from_secs(75);

/// What clients may ask for.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of the longest body, also when it is unpacked.
    pub body: usize,
    /// Bytes of all requests that are being read or wait for the disk; beyond them clients wait.
    pub queue: usize,
    /// How long a client waits for room, and may take to send its body.
    pub wait: Duration,
    /// Connections at the same time; beyond them new ones wait.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { body: 8 << 20, queue: 64 << 20, wait: Duration::from_secs(10), connections: 1_024 }
    }
}

/// Everything that a request needs.
#[derive(Debug)]
pub(crate) struct Door {
    sources: BTreeMap<String, (LiveFormat, Sender<Submission>)>,
    tokens: Mutex<TokenBook>,
    limits: Limits,
    room: Arc<Semaphore>,
    now: fn() -> i64,
    counts: Arc<Counts>,
}

/// The register of tokens as last read, and how its file was then.
#[derive(Debug)]
struct TokenBook {
    path: PathBuf,
    seen: Option<(SystemTime, u64)>,
    tokens: Vec<Token>,
}

/// What a path takes.
#[derive(Debug, Clone, Copy)]
enum Protocol {
    Results,
    Events,
    Lines,
    Prometheus,
    Nagios,
}

impl Door {
    pub(crate) fn new(
        sources: BTreeMap<String, (LiveFormat, Sender<Submission>)>,
        tokens: PathBuf,
        limits: Limits,
        now: fn() -> i64,
        counts: Arc<Counts>,
    ) -> Door {
        let tokens = Mutex::new(TokenBook { path: tokens, seen: None, tokens: Vec::new() });
        let room = Arc::new(Semaphore::new((limits.queue / PIECE).clamp(1, Semaphore::MAX_PERMITS)));
        Door { sources, tokens, limits, room, now, counts }
    }

    pub(crate) fn counts(&self) -> &Counts {
        &self.counts
    }

    pub(crate) fn inbox(&self, source: &str) -> Option<&Sender<Submission>> {
        self.sources.get(source).map(|(_, inbox)| inbox)
    }

    /// The source that the token of a request writes to.
    fn source_of(&self, headers: &HeaderMap) -> Result<String, Problem> {
        let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        // Clients of the line protocol write `Token`.
        let secret = ["Bearer ", "bearer ", "Token "].iter().find_map(|scheme| given.strip_prefix(scheme));
        let Some(secret) = secret else {
            let message = "no token: send the header `Authorization: Bearer TOKEN`";
            return Err(Problem::new(StatusCode::UNAUTHORIZED, message));
        };
        let mut book = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        book.refresh();
        match authenticate(&book.tokens, secret.trim(), Instant((self.now)())) {
            Some(token) => Ok(token.source.clone()),
            None => {
                Err(Problem::new(StatusCode::UNAUTHORIZED, "the token is unknown, revoked or not yet valid"))
            }
        }
    }

    /// Waits for room for a body.
    async fn room(&self, headers: &HeaderMap) -> Result<OwnedSemaphorePermit, Problem> {
        let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        if length.is_some_and(|length| length > self.limits.body) {
            return Err(self.too_long());
        }
        let pieces = length.unwrap_or(self.limits.body).div_ceil(PIECE).max(1);
        let most = (self.limits.queue / PIECE).max(1);
        let pieces = u32::try_from(pieces.min(most)).unwrap_or(u32::MAX);
        match timeout(self.limits.wait, Arc::clone(&self.room).acquire_many_owned(pieces)).await {
            Ok(Ok(room)) => Ok(room),
            Ok(Err(_)) | Err(_) => Err(Problem::busy("too much is waiting for the disk; nothing was stored")),
        }
    }

    fn too_long(&self) -> Problem {
        let message = format!("the body is longer than {} bytes: send it in parts", self.limits.body);
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, message)
    }
}

impl TokenBook {
    /// Reads the register again when its file changed. Without a file there is no token.
    fn refresh(&mut self) {
        let about = fs::metadata(&self.path).ok();
        let seen = about.and_then(|about| Some((about.modified().ok()?, about.len())));
        if seen.is_some() && seen == self.seen {
            return;
        }
        // What the rows say of sources was checked when the folder was.
        let text = fs::read_to_string(&self.path).unwrap_or_default();
        (self.tokens, _) = read_tokens(&text, []);
        self.seen = seen;
    }
}

/// Why a request is refused.
#[derive(Debug)]
struct Problem {
    status: StatusCode,
    message: String,
    line: u64,
}

impl Problem {
    fn new(status: StatusCode, message: impl Into<String>) -> Problem {
        Problem { status, message: message.into(), line: 0 }
    }

    fn busy(message: impl Into<String>) -> Problem {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, message)
    }

    fn response(&self) -> Response {
        let mut body = serde_json::Map::new();
        body.insert("error".to_owned(), self.message.clone().into());
        if self.line > 0 {
            body.insert("line".to_owned(), self.line.into());
        }
        let mut response = json(self.status, &body);
        let headers = response.headers_mut();
        match self.status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            StatusCode::INSUFFICIENT_STORAGE => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("30"));
            }
            _ => {}
        }
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        let message = format!("{refusal}; nothing of the request was stored");
        Problem { line: refusal.line, ..Problem::new(StatusCode::UNPROCESSABLE_ENTITY, message) }
    }
}

fn json(status: StatusCode, body: &serde_json::Map<String, serde_json::Value>) -> Response {
    let text = serde_json::to_string(body).unwrap_or_default();
    let mut response = Response::new(Body::from(text + "\n"));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The routes.
pub(crate) fn router(door: Arc<Door>) -> Router {
    let route = |protocol: Protocol| {
        post(move |State(door): State<Arc<Door>>, uri: Uri, headers: HeaderMap, body: Body| async move {
            let query = uri.query().unwrap_or_default();
            match receive(&door, protocol, query, &headers, body).await {
                Ok(response) => response,
                Err(problem) => problem.response(),
            }
        })
    };
    Router::new()
        .route("/v1/results", route(Protocol::Results))
        .route("/v1/events", route(Protocol::Events))
        .route("/v1/lines", route(Protocol::Lines))
        .route("/v1/prometheus/write", route(Protocol::Prometheus))
        .route("/v1/nagios", route(Protocol::Nagios))
        .route("/v1/health", get(health))
        .fallback(|| async {
            let message =
                "there is nothing here: /v1/results, /v1/events, /v1/lines, /v1/prometheus/write, /v1/nagios";
            Problem::new(StatusCode::NOT_FOUND, message).response()
        })
        .with_state(door)
}

/// What was done since the start; needs no token and tells of no result.
async fn health(State(door): State<Arc<Door>>) -> Response {
    let counts = door.counts();
    let mut body = serde_json::Map::new();
    body.insert("state".to_owned(), "receiving".into());
    for (name, count) in [
        ("rows", &counts.rows),
        ("requests", &counts.requests),
        ("groups", &counts.groups),
        ("bytes", &counts.bytes),
        ("refused", &counts.refused),
    ] {
        body.insert(name.to_owned(), count.load(Ordering::Relaxed).into());
    }
    json(StatusCode::OK, &body)
}

async fn receive(
    door: &Door,
    protocol: Protocol,
    query: &str,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let source = door.source_of(headers)?;
    if let Some(asked) = parameter(query, "source").filter(|asked| *asked != source) {
        let message = format!("the token is not one of the source `{asked}`");
        return Err(Problem::new(StatusCode::FORBIDDEN, message));
    }
    let Some((format, inbox)) = door.sources.get(&source) else {
        let message = format!("the source `{source}` is not received live");
        return Err(Problem::new(StatusCode::FORBIDDEN, message));
    };
    let key = key_of(headers)?;
    let encoding = headers.get(CONTENT_ENCODING).map(HeaderValue::as_bytes);
    let own = if matches!(protocol, Protocol::Prometheus) { b"snappy".as_slice() } else { b"identity" };
    if encoding.is_some_and(|encoding| encoding != own) {
        let message = "the body is packed in a way that is not taken here";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let room = door.room(headers).await?;
    let body = whole(door, body).await?;
    let precision = parameter(query, "precision");
    let taken = take(protocol, &source, format, &body, (precision.as_deref(), door.limits.body))?;
    let (answer, receiver) = oneshot::channel();
    let submission = Submission { taken, key, body: body_hash(&body), _room: Some(room), answer };
    drop(body);
    let stopping = || Problem::busy("the receiver is stopping; nothing was stored");
    inbox.send(submission).map_err(|_| stopping())?;
    match receiver.await.map_err(|_| stopping())? {
        Answer::Stored { rows, ignored } => {
            let mut body = serde_json::Map::new();
            body.insert("accepted".to_owned(), rows.into());
            body.insert("ignored".to_owned(), ignored.into());
            Ok(json(StatusCode::OK, &body))
        }
        Answer::OtherBody => {
            let message = "another request had this key and held something else; nothing was stored";
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, message))
        }
        Answer::NoRoom(reason) => {
            let message = format!("the disk has no room ({reason}); nothing was stored");
            Err(Problem::new(StatusCode::INSUFFICIENT_STORAGE, message))
        }
        Answer::Failed(reason) => {
            Err(Problem::busy(format!("the disk failed ({reason}); nothing was acknowledged")))
        }
    }
}

/// The value of a parameter, `source=sonde&precision=ms`.
fn parameter(query: &str, name: &str) -> Option<String> {
    let value = query.split('&').find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name))?.1;
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let escaped = behind.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match (first, escaped.and_then(|two| u8::from_str_radix(two, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = behind.get(2..).unwrap_or_default();
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = behind;
            }
            _ => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The body, whole and in time.
async fn whole(door: &Door, body: Body) -> Result<Bytes, Problem> {
    match timeout(door.limits.wait.max(Duration::from_secs(10)), to_bytes(body, door.limits.body)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => {
            let message = error.to_string();
            let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            if message.contains("length limit") || source.contains("length limit") {
                return Err(door.too_long());
            }
            Err(Problem::new(StatusCode::BAD_REQUEST, "the body broke off; nothing was stored"))
        }
        Err(_) => {
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "the body took too long; nothing was stored"))
        }
    }
}

fn key_of(headers: &HeaderMap) -> Result<Option<u128>, Problem> {
    let Some(value) = headers.get(KEY) else { return Ok(None) };
    match value.to_str() {
        Ok(key) if !key.is_empty() && key.len() <= LONGEST_KEY => Ok(Some(key_hash(key))),
        _ => {
            let message = format!("`Idempotency-Key` is a text of 1 to {LONGEST_KEY} characters");
            Err(Problem::new(StatusCode::BAD_REQUEST, message))
        }
    }
}

/// Reads a body as its path says, if the source gives such facts.
///
/// `precision` is the unit of instants that the request names; `most` bounds what a packed body unpacks to.
fn take(
    protocol: Protocol,
    source: &str,
    format: &LiveFormat,
    body: &[u8],
    (precision, most): (Option<&str>, usize),
) -> Result<Taken, Problem> {
    let forbidden = |what: &str| {
        Err(Problem::new(StatusCode::FORBIDDEN, format!("the source `{source}` takes no {what} here")))
    };
    let taken = match (protocol, &format.facts) {
        (Protocol::Results, LiveFacts::Checks { .. }) => protocols::results(body),
        (Protocol::Nagios, LiveFacts::Checks { .. }) => protocols::nagios(body),
        (Protocol::Lines, LiveFacts::Checks { lines: Some(columns), .. }) => {
            let precision = match precision.map(|name| (name, Precision::named(name))) {
                None => Precision::default(),
                Some((_, Some(precision))) => precision,
                Some((name, None)) => {
                    let message = format!("`precision={name}`: one of ns, us, ms, s");
                    return Err(Problem::new(StatusCode::BAD_REQUEST, message));
                }
            };
            protocols::lines(body, columns, precision)
        }
        (Protocol::Prometheus, LiveFacts::Checks { prometheus: Some(columns), .. }) => {
            protocols::prometheus(body, columns, most)
        }
        (Protocol::Lines, LiveFacts::Checks { lines: None, .. }) => {
            return forbidden("points: its declaration has no [lines]");
        }
        (Protocol::Prometheus, LiveFacts::Checks { prometheus: None, .. }) => {
            return forbidden("series: its declaration has no [prometheus]");
        }
        (Protocol::Events, LiveFacts::Cases(table)) => protocols::events(body, table),
        (Protocol::Events, LiveFacts::Checks { .. }) => return forbidden("events: its facts are checks"),
        (_, LiveFacts::Cases(_)) => return forbidden("results: its facts are cases"),
    };
    Ok(taken?)
}

/// Serves the routes until `stop` comes, then ends what is under way, at most for `grace`.
///
/// # Errors
/// When the socket fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    connections: usize,
    stop: impl Future<Output = ()>,
    grace: Duration,
) -> std::io::Result<()> {
    let graceful = GracefulShutdown::new();
    let free = Arc::new(Semaphore::new(connections.clamp(1, Semaphore::MAX_PERMITS)));
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = async {
            let place = Arc::clone(&free).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut stop => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            // A client that is gone, or no more open files: the others go on.
            Err(_) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
        };
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(router.clone());
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIME)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A connection that breaks concerns its client alone.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    let _ = timeout(grace, graceful.shutdown()).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::parameter;

    #[test]
    fn parameters_are_read_as_they_were_meant() {
        let query = "precision=ms&source=sonde%20nord%2F1+b&empty=&odd=%zz";
        assert_eq!(parameter(query, "source").as_deref(), Some("sonde nord/1 b"));
        assert_eq!(parameter(query, "precision").as_deref(), Some("ms"));
        assert_eq!(parameter(query, "empty").as_deref(), Some(""));
        assert_eq!(parameter(query, "odd").as_deref(), Some("%zz"));
        assert_eq!(parameter(query, "other"), None);
    }
}
