//! A server of PostgreSQL for the tests of one program: in a temporary folder, behind a socket, gone with the program.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use impegno_ledger::Server;

/// Makes the server, says `ready` and its folder, and takes it down when its own input ends: that is when the program of
/// the tests ends, however it ends.
const SCRIPT: &str = r#"
bin=""
for folder in /usr/lib/postgresql/*/bin; do [ -x "$folder/initdb" ] && bin="$folder/"; done
work="$(mktemp -d)" && chmod 755 "$work" && mkdir "$work/data" "$work/socket" || exit 1
as() { "$@"; }
if [ "$(id -u)" = 0 ]; then
    chown postgres "$work" "$work/data" "$work/socket"
    as() { runuser -u postgres -- "$@"; }
fi
cd "$work"
{
    as "${bin}initdb" -D "$work/data" -U postgres -A trust -E UTF8 --locale=C --no-sync &&
    as "${bin}pg_ctl" -D "$work/data" -w -l "$work/log" \
        -o "-k $work/socket -c listen_addresses='' -c fsync=off -c max_connections=200" start
} >"$work/out" 2>&1 </dev/null || { cat "$work/out" "$work/log"; exit 1; }
echo "ready $work"
read -r _
as "${bin}pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1
rm -rf "$work"
"#;

struct Running {
    _child: Child,
    folder: String,
}

fn running() -> &'static Running {
    static RUNNING: OnceLock<Running> = OnceLock::new();
    RUNNING.get_or_init(|| {
        let mut child = Command::new("sh")
            .args(["-c", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let mut said = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        said.read_line(&mut line).expect("its answer");
        let Some(folder) = line.trim_end().strip_prefix("ready ") else {
            std::io::Read::read_to_string(&mut said, &mut line).expect("its answer");
            panic!("PostgreSQL does not start: {line}");
        };
        Running { folder: folder.to_owned(), _child: child }
    })
}

/// A schema of its own on the server, not made yet.
pub(crate) fn schema() -> Server {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    Server { url: url(), password: None, schema: format!("centre_{number}") }
}

/// The address of the server's database.
pub(crate) fn url() -> String {
    format!("postgresql:///postgres?host={}/socket&user=postgres", running().folder)
}

fn client(schema: &str) -> postgres::Client {
    let mut client = postgres::Client::connect(&url(), postgres::NoTls).expect("a connection");
    client.batch_execute(&format!("set search_path to {schema}")).expect("a schema");
    client
}

/// Runs SQL of SQLite on a catalogue behind the back of its ledger, and says how many rows it changed.
pub(crate) fn behind_the_back(server: &Server, sql: &str) -> u64 {
    let mut client = client(&server.schema);
    client.batch_execute("set session_replication_role to replica").expect("no help by the database");
    let bytes = |sql: &str| -> String {
        let mut parts = sql.split("x'");
        let mut text = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            text.push_str(&format!("'\\x{}", part.replacen('\'', "'::bytea", 1)));
        }
        text
    };
    client.execute(&bytes(sql), &[]).unwrap_or_else(|error| panic!("{sql}: {error:?}"))
}

/// A copy of a catalogue in a schema of its own.
pub(crate) fn copy(server: &Server) -> Server {
    let copy = schema();
    let mut client = client(&server.schema);
    client.batch_execute(&format!("create schema {}", copy.schema)).expect("a schema");
    let tables = client.query("select tablename from pg_tables where schemaname = current_schema()", &[]);
    for row in tables.expect("the tables") {
        let table: String = row.get(0);
        let sql = format!(
            "create table {0}.{table} (like {table} including all);
             insert into {0}.{table} overriding system value select * from {table}",
            copy.schema
        );
        client.batch_execute(&sql).expect("a copy");
    }
    let on = format!(
        "select setval(pg_get_serial_sequence('{0}.finding', 'rowid'), coalesce(max(rowid), 0) + 1) from {0}.finding",
        copy.schema
    );
    client.execute(&on, &[]).expect("its numbers go on");
    copy
}

/// Ends all sessions of a catalogue, as whoever looks after a server may.
pub(crate) fn end_sessions(server: &Server) {
    let mut client = client(&server.schema);
    let ended = client.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1",
        &[&format!("impegno {}", server.schema)],
    );
    assert!(ended.expect("ended") > 0, "there was one");
}
