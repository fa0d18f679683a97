//! A centre with live sources, a running receiver, and a client that knows no more of HTTP than it needs.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use impegno_facts::{Facts, Kind};
use impegno_ledger::Ledger;

/// Seconds since 1970 of the first result.
pub(crate) const START: u64 = 1_741_687_200;

const CENTRE: &str = "name = { it = \"Prova\", en = \"Trial\" }\nzone = \"Europe/Rome\"\n";

const CHECKS: &str = "title = { it = \"Sonde\", en = \"Probes\" }\nformat = \"live\"\nmode = \"append\"\nfacts = \"checks\"\n\
    [prometheus]\nservice = \"job\"\n\
    [lines]\nmeasurement = \"http_response\"\nhost = \"server\"\nconstant-service = \"http\"\n\
    state = { field = \"result\", words = { success = \"ok\", timeout = \"critical\" } }\n\
    latency = { field = \"response_time\", unit = \"s\" }\n";

const EVENTS: &str = "title = { it = \"Ticket\", en = \"Tickets\" }\nformat = \"live\"\nmode = \"append\"\nfacts = \"cases\"\n\
    kind = \"ticket\"\nopening = \"opened\"\nevents = [\"opened\", \"solved\"]\n[dimensions]\nchannel = \"channel\"\n";

/// Where the project lies.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A result, by its number: a second each.
pub(crate) fn result_line(n: u64) -> String {
    let at = START + n;
    format!("{{\"probe\":\"web1;http\",\"at_s\":{at},\"state\":\"ok\",\"latency_us\":{}}}\n", n % 997)
}

/// A body of results.
pub(crate) fn results_body(first: u64, count: u64) -> String {
    (first..first + count).map(result_line).collect()
}

/// A centre folder with live sources.
pub(crate) struct Live {
    folder: tempfile::TempDir,
}

/// A receiver that runs.
pub(crate) struct Running {
    child: Child,
    pub address: String,
    talk: Option<std::thread::JoinHandle<String>>,
}

/// Sends requests, each on a connection of its own.
#[derive(Clone)]
pub(crate) struct Client {
    address: String,
}

impl Live {
    pub(crate) fn new() -> Live {
        let live = Live { folder: tempfile::tempdir().expect("a folder") };
        for (file, text) in
            [("centre.toml", CENTRE), ("sources/sonde.toml", CHECKS), ("sources/ticket.toml", EVENTS)]
        {
            live.write(file, text);
        }
        live
    }

    /// The centre of a page: blocks that name a file after their language.
    pub(crate) fn from_page(page: &str) -> Live {
        let live = Live { folder: tempfile::tempdir().expect("a folder") };
        for block in page.split("```").skip(1).step_by(2) {
            let (info, text) = block.split_once('\n').expect("a block has a first line");
            if let Some((_, file)) = info.split_once(' ') {
                live.write(file, text);
            }
        }
        live
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_impegno"));
        command.arg(arguments[0]).arg(self.path()).args(&arguments[1..]);
        command
    }

    /// Runs a command that must end well; what it printed, data and talk.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().expect("it runs");
        let talk = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {talk}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Runs a command that must fail; its code and talk.
    pub(crate) fn fails(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.command(arguments).output().expect("it runs");
        assert!(!output.status.success(), "{arguments:?}");
        (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// Makes a token.
    pub(crate) fn token(&self, source: &str) -> String {
        self.run(&["token", "add", source]).trim().to_owned()
    }

    /// Starts a receiver and waits until it listens.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        let mut command = self.command(&["receive"]);
        if !arguments.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        let mut child =
            command.args(arguments).stderr(Stdio::piped()).stdin(Stdio::null()).spawn().expect("it starts");
        let mut talk = BufReader::new(child.stderr.take().expect("its talk"));
        let mut said = String::new();
        let address = loop {
            let mut line = String::new();
            assert!(talk.read_line(&mut line).expect("its talk") > 0, "it ended: {said}");
            said.push_str(&line);
            if let Some(address) = line.trim_end().strip_prefix("receiving on http://") {
                break address.replace("0.0.0.0", "127.0.0.1");
            }
        };
        let talk = std::thread::spawn(move || {
            let mut rest = String::new();
            let _ = talk.read_to_string(&mut rest);
            rest
        });
        Running { child, address, talk: Some(talk) }
    }

    /// Every check that holds, with how often it is there and its response time.
    pub(crate) fn checks(&self) -> BTreeMap<(String, i64), (u32, i64)> {
        let mut found: BTreeMap<(String, i64), (u32, i64)> = BTreeMap::new();
        for facts in self.facts(Kind::Checks) {
            let Facts::Checks(checks) = facts else { continue };
            for row in 0..checks.at.len() {
                let entry = found.entry((checks.probe.get(row).to_owned(), checks.at[row])).or_default();
                *entry = (entry.0 + 1, checks.latency[row]);
            }
        }
        found
    }

    /// Every event that holds: case, event, instant.
    pub(crate) fn events(&self) -> Vec<(String, String, i64)> {
        let mut found = Vec::new();
        for facts in self.facts(Kind::Cases) {
            let Facts::Cases(cases) = facts else { continue };
            for row in 0..cases.at.len() {
                found.push((cases.case.get(row).to_owned(), cases.event.get(row).to_owned(), cases.at[row]));
            }
        }
        found
    }

    fn facts(&self, kind: Kind) -> Vec<Facts> {
        let ledger = Ledger::open_existing(&self.path().join(".ledger")).expect("a ledger");
        let segments =
            ledger.map(|ledger| ledger.segments(kind, None).expect("segments")).unwrap_or_default();
        segments.iter().map(|segment| segment.read().expect("a segment").facts).collect()
    }

    /// The logs that wait to be received.
    pub(crate) fn logs(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for source in fs::read_dir(self.path().join(".ledger/live")).expect("the logs") {
            let source = source.expect("an entry").path();
            if source.is_dir() {
                let files =
                    fs::read_dir(source).expect("a folder").map(|file| file.expect("an entry").path());
                found.extend(files.filter(|file| file.file_name().is_none_or(|name| name != "keys")));
            }
        }
        found
    }
}

impl Running {
    pub(crate) fn client(&self) -> Client {
        Client { address: self.address.clone() }
    }

    /// Asks it to stop and waits until everything is in the ledger.
    pub(crate) fn stop(mut self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill").success());
        let status = self.child.wait().expect("it ends");
        let talk = self.talk.take().map(|talk| talk.join().unwrap_or_default()).unwrap_or_default();
        assert!(status.success(), "{talk}");
    }

    /// Kills it.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("kill");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Client {
    /// Status and body of an answer.
    pub(crate) fn post(
        &self,
        path: &str,
        token: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> (u16, String) {
        self.try_post(path, token, headers, body).expect("an answer")
    }

    /// The same; `None` when the receiver is gone.
    pub(crate) fn try_post(
        &self,
        path: &str,
        token: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
        let head = self.head(path, token, headers, body.len());
        stream.write_all(head.as_bytes()).ok()?;
        // A body that is too long is refused before it is read.
        let _ = stream.write_all(body);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let text = String::from_utf8_lossy(&answer).into_owned();
        let status = text.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
        let (head, body) = text.split_once("\r\n\r\n")?;
        // An answer that was cut by a kill is none.
        let length =
            head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok())?;
        (body.len() >= length).then(|| (status, body.to_owned()))
    }

    /// Sends a request, whole or half of it, and closes the connection without waiting.
    pub(crate) fn send_and_leave(&self, path: &str, token: &str, body: &[u8], is_whole: bool) {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        let head = self.head(path, token, &[], body.len());
        stream.write_all(head.as_bytes()).expect("the head");
        let part = if is_whole { body } else { &body[..body.len() / 2] };
        stream.write_all(part).expect("the body");
    }

    fn head(&self, path: &str, token: &str, headers: &[(&str, &str)], length: usize) -> String {
        let mut head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {length}\r\n",
            self.address
        );
        if !token.is_empty() {
            head.push_str(&format!("Authorization: Bearer {token}\r\n"));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head + "\r\n"
    }
}
