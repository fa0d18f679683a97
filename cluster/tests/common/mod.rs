//! Centres to measure, and the processes of a cluster.
#![allow(dead_code, reason = "each test program uses its part")]
#![allow(unreachable_pub, reason = "a module of test programs")]

use std::fmt::Write as _;
use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rand_pcg::Pcg64;
use rand_pcg::rand_core::{Rng, SeedableRng};
use tempfile::TempDir;

/// The embedded program: `IMPEGNO`, or the release build of the workspace above.
pub fn impegno() -> PathBuf {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/impegno");
    let program = std::env::var_os("IMPEGNO").map_or(built, PathBuf::from);
    assert!(
        program.exists(),
        "{} is missing: `cargo build --release`, or name it in IMPEGNO",
        program.display()
    );
    program
}

/// What the embedded program prints.
pub fn embedded(arguments: &[&str]) -> String {
    told(Command::new(impegno()).args(arguments))
}

/// What the program under test prints.
pub fn cluster(arguments: &[&str]) -> String {
    told(&mut program(arguments))
}

/// The program under test, not started.
pub fn program(arguments: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_impegno-cluster"));
    program.args(arguments);
    program
}

fn told(command: &mut Command) -> String {
    let output = command.output().expect("the program runs");
    assert!(output.status.success(), "{command:?}: {}", said(&output));
    String::from_utf8(output.stdout).expect("text")
}

/// What a process said on standard error.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The sample centre of 2017, received.
pub fn sample() -> &'static Path {
    static SAMPLE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = SAMPLE.get_or_init(|| {
        let folder = TempDir::new().expect("a folder");
        let output =
            Command::new(impegno()).arg("demo").current_dir(folder.path()).output().expect("it runs");
        assert!(output.status.success(), "{}", said(&output));
        let path = folder.path().join("impegno-demo/florence-2017");
        (folder, path)
    });
    path
}

/// A made-up year, received: results every five minutes with outages, silences and response times, a second monitor that asks
/// one of the probes too, service hours, compositions, and uses by body, service and channel.
pub fn year() -> &'static Path {
    static YEAR: OnceLock<TempDir> = OnceLock::new();
    YEAR.get_or_init(|| {
        let folder = TempDir::new().expect("a folder");
        write_year(folder.path());
        embedded(&["import", &folder.path().display().to_string()]);
        folder
    })
    .path()
}

/// The probes of the made-up year that are asked every five minutes.
pub const PROBES: [&str; 5] = ["web1;https", "web2;https", "db1;query", "dns1;udp", "posta;smtp"];

/// Seconds between two of their results.
pub const STEP: i64 = 300;

fn write_year(folder: &Path) {
    let put = |file: &str, text: &str| {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    put("centre.toml", CENTRE);
    put("systems.toml", SYSTEMS);
    put(
        "probes.csv",
        "host,service,component\nweb1,https,WEB\nweb2,https,WEB\ndb1,query,DB\ndns1,udp,DNS\nposta,smtp,POSTA\n",
    );
    put("bodies.csv", "code,name\nborgo,Comune di Borgo\nponte,Comune di Ponte\nvalle,Unione di Valle\n");
    put("services.csv", "code,title,category\nANA-1,Certificati,Anagrafe\nTRI-1,Pagamenti,Tributi\n");
    put("commitments/carta.toml", COMMITMENTS);
    put("sources/monitor.toml", &monitor("latency = { column = \"micros\", unit = \"us\" }\n"));
    put("sources/esterno.toml", &monitor(""));
    put("sources/usi.toml", USES);

    let mut random = Pcg64::seed_from_u64(2025);
    let mut below = move |bound: u64| random.next_u64() % bound;
    // Until when a probe answers otherwise than usually, and how.
    let mut trouble: [(i64, &str); PROBES.len()] = [(0, "ok"); PROBES.len()];
    let start: jiff::Timestamp = "2025-01-01T00:00:00Z".parse().expect("an instant");
    let mut files: Vec<String> = vec!["sito,servizio,quando,stato,micros\n".to_owned(); 12];
    for n in 0..365 * 86_400 / STEP {
        let due = start + jiff::SignedDuration::from_secs(n * STEP);
        let month = due.strftime("%m").to_string().parse::<usize>().expect("a month") - 1;
        for (probe, trouble) in PROBES.iter().zip(&mut trouble) {
            if n >= trouble.0 {
                *trouble = match below(900) {
                    0 => (n + 1 + below(40) as i64, "critical"),
                    1 => (n + 1 + below(60) as i64, "silent"),
                    2 => (n + 1 + below(6) as i64, "warning"),
                    3 => (n + 1 + below(3) as i64, "unknown"),
                    _ => (n + 1, "ok"),
                };
            }
            if trouble.1 == "silent" {
                continue;
            }
            let at = due + jiff::SignedDuration::from_micros(below(4_000_000) as i64);
            let micros = match trouble.1 {
                "critical" | "unknown" => String::new(),
                _ => (800 + below(5_000) * below(40) + if below(5_000) == 0 { 20_000_000 } else { 0 })
                    .to_string(),
            };
            let (host, service) = probe.split_once(';').expect("a probe");
            writeln!(files[month], "{host},{service},{at},{},{micros}", trouble.1).expect("text");
        }
    }
    for (month, text) in (1..).zip(&files) {
        put(&format!("inbox/monitor/controlli-2025-{month:02}.csv"), text);
    }
    // Another monitor looks at one of the probes every two hours of the spring, and sees it otherwise.
    let mut other = "sito,servizio,quando,stato\n".to_owned();
    for n in 0..90 * 12 {
        let at = start + jiff::SignedDuration::from_secs(90 * 86_400 + n * 7_200 + 61);
        let state = if below(50) == 0 { "critical" } else { "ok" };
        writeln!(other, "posta,smtp,{at},{state}").expect("text");
    }
    put("inbox/esterno/controlli-2025.csv", &other);
    let mut uses = "id,quando,ente,servizio,canale,quanti\n".to_owned();
    for id in 0..20_000 {
        let at = start + jiff::SignedDuration::from_secs(below(365 * 86_400) as i64);
        let body = ["Comune di Borgo", "Comune di Ponte", "Unione di Valle"][below(3) as usize];
        let service = ["ANA-1", "TRI-1"][below(2) as usize];
        let channel = ["web", "sportello", ""][below(3) as usize];
        writeln!(uses, "{id},{at},{body},{service},{channel},{}", 1 + below(9)).expect("text");
    }
    put("inbox/usi/usi-2025.csv", &uses);
}

fn monitor(latency: &str) -> String {
    format!(
        "title = {{ it = \"Controlli\", en = \"Checks\" }}\nformat = \"csv\"\nmode = \"append\"\ntime = \"iso\"\nfacts = \"checks\"\n\
         host = \"sito\"\nservice = \"servizio\"\nat = \"quando\"\norigin = \"result\"\n{latency}\n\
         [state]\ncolumn = \"stato\"\nwords = {{ ok = \"ok\", warning = \"warning\", critical = \"critical\", unknown = \"unknown\" }}\n"
    )
}

const CENTRE: &str = r#"
name = { it = "Centro di prova", en = "Test centre" }
zone = "Europe/Rome"

[[calendar]]
code = "sportello"
hours = { monday = "8:30-14:30", tuesday = ["8:30-14:30", "15:30-18:30"], wednesday = "8:30-14:30", thursday = "8:30-14:30", friday = "8:30-14:30" }
"#;

const SYSTEMS: &str = r#"
[[system]]
code = "portale"
name = { it = "Portale", en = "Portal" }
component = [{ code = "WEB", probes = "any" }, { code = "DB" }, { code = "DNS" }, { code = "POSTA" }]
"#;

const COMMITMENTS: &str = r#"
document = { it = "Carta", en = "Charter" }

[[commitment]]
code = "A.1"
text = { it = "Base dati, tutto il giorno", en = "Database, all day" }
expected = ">= 99.5 %"
indicator = { availability = { component = "DB", staleness = "15 min" } }

[[commitment]]
code = "A.2"
text = { it = "Base dati, in orario di sportello", en = "Database, in office hours" }
expected = ">= 99.5 %"
indicator = { availability = { component = "DB", staleness = "15 min", calendar = "sportello" } }

[[commitment]]
code = "A.3"
text = { it = "Web: una delle due", en = "Web: one of two" }
expected = ">= 99.9 %"
indicator = { availability = { component = "WEB" } }

[[commitment]]
code = "A.4"
text = { it = "Il portale, senza i fermi brevi", en = "The portal, without short stops" }
expected = ">= 98 %"
indicator = { availability = { all = ["WEB", "DB", "DNS"], ignore-shorter-than = "15 min" } }

[[commitment]]
code = "A.5"
text = { it = "Posta, vista da due", en = "Mail, seen by two" }
expected = ">= 99 %"
indicator = { availability = { component = "POSTA", staleness = "20 min" } }

[[commitment]]
code = "A.6"
text = { it = "Il fermo più lungo del DNS", en = "The longest stop of the DNS" }
expected = "<= 4 h"
indicator = { longest-stop = { component = "DNS" } }

[[commitment]]
code = "A.7"
text = { it = "Giorni", en = "Days" }
expected = ">= 90 %"
indicator = { days-available = { component = "DNS", tolerated = "30 min" } }

[[commitment]]
code = "R.1"
text = { it = "Risposta della base dati", en = "Answer of the database" }
expected = "<= 200 ms"
indicator = { response-time = { probe = "db1;query", statistic = "p95" } }

[[commitment]]
code = "R.2"
text = { it = "Risposta più lenta del web", en = "Slowest answer of the web" }
expected = "<= 30 s"
indicator = { response-time = { probe = "web1;https", statistic = "max" } }

[[commitment]]
code = "U.1"
text = { it = "Usi dal web", en = "Uses by web" }
expected = ">= 30 %"
indicator = { ratio = { part = { of = "operations", filter = { channel = "web" } }, whole = { of = "operations" } } }
"#;

const USES: &str = r#"
title = { it = "Usi", en = "Uses" }
format = "csv"
mode = "append"
time = "iso"
facts = "operations"
kind = "use"
id = ["id"]
at = "quando"
quantity = "quanti"

[dimensions]
body = { column = "ente", of = "bodies" }
service = { column = "servizio", of = "services" }
channel = "canale"
"#;

/// A process that ends with the test.
#[derive(Debug)]
pub struct Process(pub Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A scheduler and some executors of one task each.
#[derive(Debug)]
pub struct Processes {
    pub scheduler: Process,
    pub executors: Vec<Process>,
    /// The address of the scheduler.
    pub url: String,
    _work: TempDir,
}

impl Processes {
    pub fn start(executors: usize) -> Processes {
        let work = TempDir::new().expect("a folder");
        let scheduler_port = free_ports(1);
        let at = format!("127.0.0.1:{scheduler_port}");
        let scheduler = started(&["scheduler", "--listen", &at, "--lost-after", "6"]);
        listening(&at);
        let executors = (0..executors)
            .map(|n| {
                let listen = format!("127.0.0.1:{}", free_ports(2));
                let folder = work.path().join(n.to_string()).display().to_string();
                fs::create_dir_all(&folder).expect("a folder");
                let one = started(&[
                    "executor",
                    "--scheduler",
                    &at.replace("127.0.0.1", "localhost"),
                    "--listen",
                    &listen,
                    "--cores",
                    "1",
                    "--heartbeat",
                    "1",
                    "--work",
                    &folder,
                ]);
                listening(&listen);
                one
            })
            .collect();
        // They make themselves known right after they listen.
        sleep(Duration::from_secs(2));
        Processes { scheduler, executors, url: format!("http://{at}"), _work: work }
    }
}

fn started(arguments: &[&str]) -> Process {
    let mut process = program(arguments);
    Process(process.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts"))
}

fn listening(at: &str) {
    let address: SocketAddr = at.parse().expect("an address");
    let begun = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(60), "nobody listens on {at}");
        sleep(Duration::from_millis(100));
    }
}

/// A port that nobody listens on, and so many after it.
fn free_ports(many: u16) -> u16 {
    for _ in 0..100 {
        let first =
            TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let all =
            (first..).take(usize::from(many)).all(|port| TcpListener::bind(("127.0.0.1", port)).is_ok());
        if all {
            return first;
        }
    }
    panic!("no free ports");
}
