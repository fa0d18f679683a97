//! Posts results to a running receiver as fast as it acknowledges them, and measures.
//!
//! ```text
//! cargo run --release -p impegno-live --example flood -- --token TOKEN [--address 127.0.0.1:8460] [--connections 8]
//!     [--requests 200] [--rows 1000] [--from 0] [--start 1740787200] [--keys] [--pid PID]
//! ```
//!
//! Connection `c` sends requests `from` to `from + requests - 1`; each has the key `flood-C-N` and `rows` results of the
//! probe `flood-C;flood`, second by second: result `i` of request `n` is of the instant `start + n × rows + i`. So whoever
//! knows which keys were acknowledged knows which results must be there. `--keys` prints each key when it was
//! acknowledged. `--pid` names the receiver, to print the processor time that it took (Linux).
//!
//! When the receiver goes away, the others of what was asked are left out, and the exit code is 3.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is a program")]

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::ExitCode;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Clone)]
struct Options {
    address: String,
    token: String,
    connections: u64,
    requests: u64,
    rows: u64,
    from: u64,
    start: u64,
    keys: bool,
    pid: Option<u32>,
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        address: "127.0.0.1:8460".to_owned(),
        token: String::new(),
        connections: 8,
        requests: 200,
        rows: 1_000,
        from: 0,
        start: 1_740_787_200,
        keys: false,
        pid: None,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        if name == "--keys" {
            options.keys = true;
            continue;
        }
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("{name} {value}: not a number"));
        match name.as_str() {
            "--address" => options.address = value,
            "--token" => options.token = value,
            "--connections" => options.connections = number()?,
            "--requests" => options.requests = number()?,
            "--rows" => options.rows = number()?,
            "--from" => options.from = number()?,
            "--start" => options.start = number()?,
            "--pid" => options.pid = Some(value.parse().map_err(|_| format!("{value}: not a number"))?),
            _ => return Err(format!("unknown option {name}")),
        }
    }
    if options.token.is_empty() {
        return Err("--token is missing: impegno token CENTRE add SOURCE".to_owned());
    }
    Ok(options)
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(message) => {
            eprintln!("error: {message}");
            return ExitCode::from(2);
        }
    };
    let ready = Arc::new(Barrier::new(options.connections as usize + 1));
    let threads: Vec<_> = (0..options.connections)
        .map(|connection| {
            let (options, ready) = (options.clone(), Arc::clone(&ready));
            thread::spawn(move || {
                // Made before the clock starts: it is the receiver that is measured.
                let requests: Vec<(String, Vec<u8>)> = (options.from..options.from + options.requests)
                    .map(|n| request(&options, connection, n))
                    .collect();
                ready.wait();
                send(&options, &requests)
            })
        })
        .collect();
    ready.wait();
    let before = (counts(&options), processor(options.pid));
    let begun = Instant::now();
    let mut acknowledged = 0;
    let mut gone = None;
    for thread in threads {
        match thread.join() {
            Ok((count, trouble)) => {
                acknowledged += count;
                gone = gone.or(trouble);
            }
            Err(_) => gone = Some("a thread ended unexpectedly".to_owned()),
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let rows = acknowledged * options.rows;
    eprintln!(
        "{rows} rows in {acknowledged} requests acknowledged in {seconds:.3} s: {:.0} rows/s",
        rows as f64 / seconds
    );
    if let (Some(before), Some(after)) = (before.0, counts(&options)) {
        let groups = after.0.saturating_sub(before.0);
        eprintln!(
            "{groups} groups, each with one sync: {:.0} syncs/s, {:.0} rows a sync, {:.1} bytes of log a row",
            groups as f64 / seconds,
            rows as f64 / groups.max(1) as f64,
            after.1.saturating_sub(before.1) as f64 / rows.max(1) as f64
        );
    }
    if let (Some(before), Some(after)) = (before.1, processor(options.pid)) {
        let used = after - before;
        eprintln!(
            "receiver: {used:.2} s of processor time, {:.0} rows a processor second",
            rows as f64 / used
        );
    }
    match gone {
        None => ExitCode::SUCCESS,
        Some(trouble) => {
            eprintln!("stopped early: {trouble}");
            ExitCode::from(3)
        }
    }
}

/// Key and bytes of a request.
fn request(options: &Options, connection: u64, n: u64) -> (String, Vec<u8>) {
    let mut body = String::with_capacity(options.rows as usize * 96);
    for row in 0..options.rows {
        let at = options.start + n * options.rows + row;
        // Response times of 5 to 55 ms, and a failure now and then, without any chance in them.
        let latency = 5_000 + (at * 7_919 + connection * 104_729) % 50_000;
        let state = if at.is_multiple_of(997) { "critical" } else { "ok" };
        let _ = writeln!(
            body,
            r#"{{"probe":"flood-{connection};flood","at_s":{at},"state":"{state}","latency_us":{latency}}}"#
        );
    }
    let key = format!("flood-{connection}-{n}");
    let head = format!(
        "POST /v1/results HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nIdempotency-Key: {key}\r\n\
         Content-Type: application/x-ndjson\r\nContent-Length: {}\r\n\r\n",
        options.address,
        options.token,
        body.len()
    );
    (key, [head.as_bytes(), body.as_bytes()].concat())
}

/// Sends requests one after the other; how many were acknowledged, and why not all.
fn send(options: &Options, requests: &[(String, Vec<u8>)]) -> (u64, Option<String>) {
    let mut acknowledged = 0;
    let mut work = || -> Result<(), String> {
        let mut connection = connect(options)?;
        for (key, request) in requests {
            loop {
                connection.get_mut().write_all(request).map_err(|error| error.to_string())?;
                match answer(&mut connection)? {
                    (200, _) => break,
                    (503, _) => thread::sleep(Duration::from_millis(200)),
                    (status, body) => return Err(format!("{status}: {}", body.trim_end())),
                }
            }
            acknowledged += 1;
            if options.keys {
                println!("{key}");
            }
        }
        Ok(())
    };
    let trouble = work().err();
    (acknowledged, trouble)
}

fn connect(options: &Options) -> Result<BufReader<TcpStream>, String> {
    let stream = TcpStream::connect(&options.address).map_err(|error| error.to_string())?;
    stream.set_nodelay(true).map_err(|error| error.to_string())?;
    Ok(BufReader::new(stream))
}

/// Status and body of an answer.
fn answer(connection: &mut BufReader<TcpStream>) -> Result<(u16, String), String> {
    let (mut status, mut length, mut line) = (0, 0, String::new());
    loop {
        line.clear();
        if connection.read_line(&mut line).map_err(|error| error.to_string())? == 0 {
            return Err("the receiver closed the connection".to_owned());
        }
        let text = line.trim_end();
        if let Some(rest) = text.strip_prefix("HTTP/1.1 ") {
            status = rest.get(..3).and_then(|code| code.parse().ok()).unwrap_or(0);
        } else if let Some((name, value)) = text.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
        if text.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).map_err(|error| error.to_string())?;
    Ok((status, String::from_utf8_lossy(&body).into_owned()))
}

/// Groups and bytes of logs since the receiver's start.
fn counts(options: &Options) -> Option<(u64, u64)> {
    let mut connection = connect(options).ok()?;
    let head = format!("GET /v1/health HTTP/1.1\r\nHost: {}\r\n\r\n", options.address);
    connection.get_mut().write_all(head.as_bytes()).ok()?;
    let (_, body) = answer(&mut connection).ok()?;
    let counts: serde_json::Value = serde_json::from_str(&body).ok()?;
    Some((counts.get("groups")?.as_u64()?, counts.get("bytes")?.as_u64()?))
}

/// Seconds of processor time of a process so far.
fn processor(pid: Option<u32>) -> Option<f64> {
    let text = std::fs::read_to_string(format!("/proc/{}/stat", pid?)).ok()?;
    // Fields behind the name of the program: user and system time are the 12th and 13th, in hundredths of a second.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(ticks as f64 / 100.0)
}
