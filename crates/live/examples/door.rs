//! A receiver alone, without a ledger: its logs stay where they are. For measuring with `flood`.
//!
//! ```text
//! cargo run --release -p impegno-live --example door -- FOLDER 127.0.0.1:8460
//! ```
//!
//! Prints its token, then serves until it is killed.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "this is a program with a clock")]

use std::error::Error;
use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::time::{Duration, SystemTime};

use impegno_calendar::Instant;
use impegno_live::{Limits, LiveFolder, Receiver, Rolling, Setup, Token, serve, write_tokens};
use impegno_sources::{LiveFacts, LiveFormat};

fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let place = PathBuf::from(arguments.next().ok_or("name a folder")?);
    let address = arguments.next().ok_or("name an address")?;
    let folder = LiveFolder::within(&place);
    let _claim = folder.claim()?.ok_or("another receiver writes there")?;
    // The token of a receiver for measuring is no secret.
    let made = Token::made([7; 32], "flood", Instant(0), None, "");
    let tokens = place.join("tokens.csv");
    std::fs::write(&tokens, write_tokens(&[made.token]))?;
    let format = LiveFormat { facts: LiveFacts::Checks { prometheus: None, lines: None } };
    let limits = Limits::default();
    let setup = Setup {
        folder,
        sources: [("flood".to_owned(), format)].into(),
        tokens,
        rolling: Rolling { every: Duration::from_secs(900), size: 64 << 20 },
        limits,
        now,
    };
    let (sender, closed) = channel();
    let receiver = Receiver::start(setup, &sender)?;
    drop(sender);
    std::thread::spawn(move || closed.iter().for_each(drop));
    println!("{}", made.secret);
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(&address).await?;
        serve(listener, receiver.router(), limits.connections, std::future::pending(), Duration::ZERO).await
    })?;
    Ok(())
}
