//! `impegno receive`: results and events over HTTP, acknowledged when they are on disk.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use impegno_live::{ClosedLog, Limits, LiveFolder, Receiver, Rolling, Setup, TOKENS, serve};
use impegno_sources::LiveFacts;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::arguments::Receive;
use crate::commands::import::{now, sentence};
use crate::exit::{Exit, Failure};
use crate::folder::{Loaded, load_to_write};
use crate::live::{live_sources, receive_logs, tokens};
use crate::output;

/// How long after a failure the logs that wait are tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// How long requests under way may take when the program is asked to stop.
const GRACE: Duration = Duration::from_secs(15);

/// Receives until it is asked to stop.
pub(crate) fn run(arguments: &Receive) -> Result<(), Failure> {
    let loaded = load_to_write(&arguments.centre)?;
    let address = arguments.listen;
    if !address.ip().is_loopback() && !arguments.behind_proxy {
        let message = format!("{address} can be reached from other machines, and this door has no TLS");
        return Err(Failure::new(Exit::Usage, message)
            .hint("put a proxy with TLS before it and say --behind-proxy, or listen on 127.0.0.1"));
    }
    let declared = loaded.sources.iter().map(|(name, (declaration, _))| (name, declaration));
    let sources: BTreeMap<String, _> =
        live_sources(declared).map(|(name, format)| (name.to_owned(), format.clone())).collect();
    if sources.is_empty() {
        return Err(Failure::new(Exit::Usage, "no source is received live")
            .hint("declare one in sources/ with format = \"live\" (docs/receive.md)"));
    }
    for spool in &arguments.spool {
        let takes =
            sources.get(&spool.source).is_some_and(|format| matches!(format.facts, LiveFacts::Checks { .. }));
        if !takes || !spool.folder.is_dir() {
            let message = if takes {
                format!("{} is not a folder", spool.folder.display())
            } else {
                format!("`{}` is no live source of checks", spool.source)
            };
            return Err(Failure::new(Exit::Usage, message).hint("--spool SOURCE=DIR"));
        }
    }
    let (known, findings) = tokens(&loaded);
    output::findings(&findings, Some(&loaded));
    if known.is_empty() {
        output::talk("no token is registered: nobody can write until `impegno token CENTRE add SOURCE`");
    }
    let folder = LiveFolder::within(&loaded.ledger);
    let refused =
        |error: std::io::Error| Failure::new(Exit::Output, format!("logs of live receiving: {error}"));
    let Some(_claim) = folder.claim().map_err(refused)? else {
        return Err(Failure::new(Exit::Output, "another receiver or import holds the logs of this folder")
            .hint("one receiver takes all live sources of a folder; stop the other one first"));
    };
    let (sender, closed) = channel();
    let setup = Setup {
        folder,
        sources,
        tokens: loaded.directory.join(TOKENS),
        rolling: Rolling {
            every: Duration::from_secs(arguments.roll),
            size: arguments.roll_size.saturating_mul(1 << 20),
        },
        limits: Limits {
            body: usize::try_from(arguments.body.saturating_mul(1 << 20)).unwrap_or(usize::MAX),
            queue: usize::try_from(arguments.queue.saturating_mul(1 << 20)).unwrap_or(usize::MAX),
            ..Limits::default()
        },
        now,
    };
    let connections = setup.limits.connections;
    let receiver = Receiver::start(setup, &sender).map_err(refused)?;
    // The importer ends when all committers are gone, and this sender.
    drop(sender);
    let zone = loaded.centre.zone.clone();
    let centre = arguments.centre.clone();
    let mut loaded_first = Some(loaded);
    let stopping = Arc::new(AtomicBool::new(false));
    let is_stopping = Arc::clone(&stopping);
    let importer = thread::spawn(move || {
        import_logs(&closed, &is_stopping, || match loaded_first.take() {
            Some(loaded) => Ok(loaded),
            // Settings may have changed since the last log.
            None => load_to_write(&centre),
        })
    });
    let served = thread::scope(|scope| {
        let (receiver, zone, stopping) = (&receiver, &zone, &stopping);
        for spool in &arguments.spool {
            scope.spawn(move || spool.run(receiver, zone, stopping));
        }
        let served = Runtime::new().map_err(|error| unexpected(&error)).and_then(|runtime| {
            let served = runtime.block_on(listen(receiver, address, connections));
            // Requests that took too long are given up here, with their hold on the receiver.
            runtime.shutdown_timeout(Duration::from_secs(1));
            served
        });
        stopping.store(true, Ordering::Relaxed);
        served
    });
    receiver.finish();
    let left = importer.join().unwrap_or_default();
    served?;
    if left > 0 {
        let message = format!("{left} logs are still to be received: the next import or start does");
        return Err(Failure::new(Exit::Output, message));
    }
    Ok(())
}

async fn listen(receiver: &Receiver, address: SocketAddr, connections: usize) -> Result<(), Failure> {
    let cannot = |error: std::io::Error| Failure::new(Exit::Usage, format!("{address}: {error}"));
    let listener = TcpListener::bind(address).await.map_err(cannot)?;
    let bound = listener.local_addr().map_err(cannot)?;
    let stop = stop_signal().map_err(|error| unexpected(&error))?;
    output::talk(&format!("receiving on http://{bound}"));
    serve(listener, receiver.router(), connections, stop, GRACE).await.map_err(cannot)?;
    output::talk("stopping: closing the logs and receiving them");
    Ok(())
}

fn unexpected(error: &std::io::Error) -> Failure {
    Failure::new(Exit::Unexpected, error.to_string())
}

/// Comes when the program is asked to stop.
#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Comes when the program is asked to stop.
#[cfg(not(unix))]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

/// Receives closed logs into the ledger until there can be no more; how many could not be received. A log that cannot be received now
/// (another import is running, the folder has an error) waits and is tried again.
fn import_logs(
    closed: &std::sync::mpsc::Receiver<ClosedLog>,
    is_stopping: &AtomicBool,
    mut load: impl FnMut() -> Result<Loaded, Failure>,
) -> usize {
    let mut waiting: Vec<ClosedLog> = Vec::new();
    let mut last_tries = 3;
    loop {
        let next = if waiting.is_empty() {
            closed.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            closed.recv_timeout(AGAIN)
        };
        let is_over = next == Err(RecvTimeoutError::Disconnected);
        waiting.extend(next);
        waiting.extend(closed.try_iter());
        if waiting.is_empty() {
            if is_over {
                return 0;
            }
            continue;
        }
        match load().and_then(|loaded| receive_logs(&loaded, &waiting, &now)) {
            Ok(summary) => {
                output::talk(&sentence(&summary));
                waiting.clear();
            }
            Err(failure) => {
                output::talk(&format!("logs wait: {}", failure.message));
                // What was settled before the failure is gone.
                waiting.retain(|log| log.path.exists());
                if is_over && is_stopping.load(Ordering::Relaxed) {
                    last_tries -= 1;
                    if last_tries == 0 {
                        return waiting.len();
                    }
                    thread::sleep(Duration::from_secs(1));
                }
            }
        }
    }
}
