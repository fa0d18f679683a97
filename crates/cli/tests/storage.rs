//! A ledger that is kept elsewhere than in its folder, and copies of it: the same figures, clear words when a server is not
//! there, and backups taken while imports run.

mod common;
#[path = "../../ledger/tests/stores/postgres.rs"]
#[allow(dead_code, reason = "the tests of the ledger use the rest")]
mod postgres_server;
#[path = "../../ledger/tests/stores/s3.rs"]
#[allow(dead_code, reason = "the tests of the ledger use the rest")]
mod s3_server;

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use common::{Centre, PROGRAM, Ran, all_files, impegno};

const CENTRE: &str = "name = { it = \"Centro di prova\", en = \"Test centre\" }\nzone = \"Europe/Rome\"\n\n\
    [[calendar]]\ncode = \"ufficio\"\nhours = { monday = \"08:30-18:00\", tuesday = \"08:30-18:00\" }\n\n";

/// Tickets of a month.
fn tickets(month: u32, count: u32) -> String {
    let mut text = "Ticket;Evento;Data e ora;Ente\n".to_owned();
    for n in 0..count {
        let day = n % 27 + 1;
        text.push_str(&format!("T{month}-{n};Aperto;{day:02}/{month:02}/2017 09:00:00;Firenze\n"));
        text.push_str(&format!(
            "T{month}-{n};Risolto;{day:02}/{month:02}/2017 {:02}:30:00;Firenze\n",
            10 + n % 8
        ));
    }
    text
}

fn centre(ledger: &str) -> Centre {
    let centre = Centre::small();
    centre.write("centre.toml", format!("{CENTRE}{ledger}"));
    for month in 1..=3 {
        centre.write(&format!("inbox/helpdesk/2017-{month:02}.csv"), tickets(month, 20));
    }
    centre
}

/// `[ledger]` with the catalogue in a schema of its own on a server.
fn on_server() -> (String, String) {
    let server = postgres_server::schema();
    (format!("catalogue = \"{}\"\nschema = \"{}\"\n", server.url, server.schema), server.schema)
}

/// `[ledger]` with the segments under a prefix of their own in a bucket.
fn in_bucket() -> String {
    let place = s3_server::prefix();
    let endpoint = place.endpoint.unwrap_or_default();
    format!("segments = \"{}\"\nendpoint = \"{endpoint}\"\nregion = \"it\"\n", place.url)
}

/// Runs the program with the keys of the server.
fn with_keys<I: AsRef<OsStr>>(arguments: impl IntoIterator<Item = I>) -> Ran {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).stdin(Stdio::null()).envs(s3_server::settings());
    let output = command.output().expect("the program runs");
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("data is UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("talk is UTF-8"),
    }
}

fn run(centre: &Path, command: &str, arguments: &[&str]) -> Ran {
    with_keys([OsStr::new(command), centre.as_os_str()].into_iter().chain(arguments.iter().map(OsStr::new)))
}

fn import(centre: &Path) -> Ran {
    run(centre, "import", &["--at", "2018-01-15T08:00:00Z"])
}

/// What a centre says of itself, whatever its ledger is kept in.
fn account(centre: &Path) -> [String; 2] {
    run(centre, "verify", &[]).exits(0).prints(&["0 problems"]);
    [
        run(centre, "batches", &["--format", "csv"]).exits(0).stdout,
        run(centre, "measure", &["--period", "2017", "--format", "csv"]).exits(0).stdout,
    ]
}

#[test]
#[cfg_attr(not(has_postgresql), ignore = "PostgreSQL is not installed")]
fn the_figures_are_the_same_wherever_the_ledger_is_kept() {
    let plain = centre("");
    import(&plain.path()).exits(0);
    let expected = account(&plain.path());
    for ledger in [on_server().0, in_bucket(), on_server().0 + &in_bucket()] {
        let other = centre(&format!("[ledger]\n{ledger}"));
        run(&other.path(), "check", &[]).exits(0);
        run(&other.path(), "batches", &[]).exits(0).says(&["nothing was received yet"]);
        import(&other.path()).exits(0).says(&["received 3 files"]);
        import(&other.path()).exits(0).says(&["3 files known already"]);
        assert_eq!(account(&other.path()), expected, "{ledger}");
    }
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let nobody =
        std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let down = centre(&format!(
        "[ledger]\ncatalogue = \"postgresql://impegno@{nobody}/centri\"\nschema = \"valle\"\n"
    ));
    for command in ["import", "batches", "verify"] {
        let ran = run(&down.path(), command, &[]).exits(14);
        ran.says(&[
            &nobody.port().to_string(),
            "database centri, schema valle",
            "no answer",
            "hint: is the server running",
        ]);
    }
    let down = centre(&format!(
        "[ledger]\nsegments = \"s3://facts/valle\"\nendpoint = \"http://{nobody}\"\nregion = \"it\"\n"
    ));
    import(&down.path()).exits(14).says(&["s3://facts/valle", "no answer"]);
}

#[test]
fn a_bucket_that_is_not_there_or_keys_that_are_wrong_are_named() {
    let missing = centre(&format!("[ledger]\n{}", in_bucket().replace("s3://facts/", "s3://nothing/")));
    import(&missing.path()).exits(14).says(&[
        "s3://nothing/",
        "refused",
        "hint: are the names in `[ledger]`",
    ]);
    let unknown = centre(&format!("[ledger]\n{}", in_bucket()));
    impegno([OsStr::new("import"), unknown.path().as_os_str()])
        .exits(14)
        .says(&["refused", "AWS_ACCESS_KEY_ID is not set"]);
    let mut command = Command::new(PROGRAM);
    command
        .arg("import")
        .arg(unknown.path())
        .env("AWS_ACCESS_KEY_ID", "a-key")
        .env("AWS_SECRET_ACCESS_KEY", "wrong");
    let output = command.output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(14) && said.contains("refused"), "{said}");
    assert!(!said.contains("wrong"), "no secret is told: {said}");
}

#[test]
#[cfg_attr(not(has_postgresql), ignore = "PostgreSQL is not installed")]
fn what_a_server_refuses_is_named() {
    let (ledger, schema) = on_server();
    let (_, socket) = ledger.split_once("host=").expect("a socket");
    let socket = socket.split('&').next().expect("a socket");
    let missing = centre(&format!(
        "[ledger]\ncatalogue = \"postgresql:///nothing?host={socket}&user=postgres\"\nschema = \"{schema}\"\n"
    ));
    import(&missing.path()).exits(14).says(&["refused", "database \"nothing\" does not exist"]);
    let variable = centre(&format!("[ledger]\n{ledger}password-variable = \"IMPEGNO_NO_SUCH_VARIABLE\"\n"));
    import(&variable.path()).exits(14).says(&["IMPEGNO_NO_SUCH_VARIABLE", "is not set"]);
}

#[test]
fn a_secret_in_the_settings_is_an_error_and_is_not_shown() {
    let centre = centre(
        "[ledger]\ncatalogue = \"postgresql://impegno:segreto@localhost/centri\"\nschema = \"valle\"\n",
    );
    for command in ["check", "import", "batches"] {
        let ran = run(&centre.path(), command, &[]).exits(10);
        assert!(!ran.stderr.contains("segreto"), "{}", ran.stderr);
    }
    run(&centre.path(), "check", &[]).exits(10).says(&["secret-in-settings", "centre.toml:9"]);
    assert!(!centre.path().join(".ledger").exists(), "nothing is received elsewhere instead");
}

/// The settings name a server, but the folder has a ledger: it must not be forgotten, let alone cleared away.
#[test]
#[cfg_attr(not(has_postgresql), ignore = "PostgreSQL is not installed")]
fn a_ledger_is_not_left_behind_by_a_change_of_settings() {
    let moved = centre("");
    import(&moved.path()).exits(0);
    let before = all_files(&moved.path().join(".ledger/segments"));
    moved.write("centre.toml", format!("{CENTRE}[ledger]\n{}", on_server().0));
    for command in ["import", "batches"] {
        run(&moved.path(), command, &[]).exits(14).says(&["a catalogue of its own", "impegno backup"]);
    }
    assert!(all_files(&moved.path().join(".ledger/segments")) == before);
    // The other way round, and from one schema to another.
    let away = centre(&format!("[ledger]\n{}", on_server().0));
    import(&away.path()).exits(0);
    import(&away.path()).exits(0);
    let before = all_files(&away.path().join(".ledger/segments"));
    assert!(!before.is_empty());
    for settings in [String::new(), format!("[ledger]\n{}", on_server().0)] {
        away.write("centre.toml", format!("{CENTRE}{settings}"));
        import(&away.path()).exits(14).says(&["belong to another catalogue"]);
        assert!(all_files(&away.path().join(".ledger/segments")) == before);
    }
}

fn back_up(centre: &Path, out: &Path) -> Ran {
    run(centre, "backup", &["--out", out.to_str().expect("text")])
}

fn restore(backup: &Path, into: &Path) -> Ran {
    with_keys([OsStr::new("restore"), backup.as_os_str(), OsStr::new("--into"), into.as_os_str()])
}

/// From everywhere to everywhere: a backup is also how a ledger moves.
#[test]
#[cfg_attr(not(has_postgresql), ignore = "PostgreSQL is not installed")]
fn a_backup_is_restored_wherever_the_settings_say() {
    let folder = common::folder();
    let mut backups = Vec::new();
    for (n, ledger) in [String::new(), on_server().0, in_bucket()].into_iter().enumerate() {
        let ledger = if ledger.is_empty() { ledger } else { format!("[ledger]\n{ledger}") };
        let centre = centre(&ledger);
        import(&centre.path()).exits(0);
        let out = folder.path().join(format!("backup-{n}"));
        back_up(&centre.path(), &out).exits(0).prints(&[
            "3 batches",
            "without the files of inbox/",
            "hash of backup.json: ",
        ]);
        assert!(out.join(".ledger/ledger.sqlite").is_file() && !out.join("inbox").exists());
        // Never over something.
        back_up(&centre.path(), &out).exits(2).says(&["holds something already"]);
        backups.push((out, account(&centre.path())));
    }
    for (backup, expected) in &backups {
        for ledger in [String::new(), on_server().0, in_bucket(), on_server().0 + &in_bucket()] {
            let into = Centre::small();
            into.write("centre.toml", format!("{CENTRE}[ledger]\n{ledger}"));
            restore(backup, &into.path()).exits(0).prints(&["3 batches, 3 segments restored and verified"]);
            assert_eq!(account(&into.path()), *expected, "{ledger}");
            // The chain goes on.
            into.write("inbox/helpdesk/2017-04.csv", tickets(4, 5));
            import(&into.path()).exits(0).says(&["received 1 files"]);
            run(&into.path(), "verify", &[]).exits(0).prints(&["4 batches", "0 problems"]);
            restore(backup, &into.path()).exits(14).says(&["received here already"]);
        }
    }
    // The whole folder, where there is none.
    let (backup, expected) = &backups[0];
    let new = folder.path().join("new");
    restore(backup, &new).exits(0);
    assert_eq!(account(&new), *expected);
    // It is a centre folder as it stands.
    assert_eq!(account(backup), *expected);
}

#[test]
fn a_backup_inside_of_the_folder_does_not_hold_itself() {
    let centre = centre("");
    import(&centre.path()).exits(0);
    for out in ["copy", "copy-2"] {
        let out = centre.path().join(out);
        back_up(&centre.path(), &out).exits(0);
        assert!(!out.join("copy-2").exists() && !out.join("copy/copy").exists());
    }
    assert!(
        centre.path().join("copy-2/copy/backup.json").is_file(),
        "an earlier one is a folder like others"
    );
    assert!(
        !common::entries(&centre.path()).iter().any(|path| path.to_string_lossy().contains("unfinished"))
    );
}

#[test]
fn every_change_of_a_backup_is_found() {
    let folder = common::folder();
    let centre = centre("");
    import(&centre.path()).exits(0);
    let backup = folder.path().join("backup");
    back_up(&centre.path(), &backup).exits(0);
    let into = folder.path().join("into");
    for (path, bytes) in all_files(&backup) {
        let at = backup.join(&path);
        let mut changed = bytes.clone();
        match changed.first_mut() {
            Some(first) => *first ^= 1,
            None => continue,
        }
        fs::write(&at, &changed).expect("written");
        restore(&backup, &into).exits(14);
        fs::remove_file(&at).expect("gone");
        let code = if path == "backup.json" { 2 } else { 14 };
        restore(&backup, &into).exits(code);
        fs::write(&at, &bytes).expect("written");
    }
    fs::write(backup.join(".ledger/more"), "x").expect("written");
    restore(&backup, &into).exits(14).says(&[".ledger/more: the list does not name it"]);
    assert!(!into.exists(), "nothing was restored");
}

/// An import that goes on until it is told to stop: each file that it says was received is in `acknowledged`.
fn importing(centre: &Path, files: u32) -> Child {
    // The shell imports one file after the other, and writes down what was acknowledged.
    let script = "n=1; while [ $n -le $2 ] && [ ! -e \"$1/stop\" ]; do \
        \"$0\" import \"$1/centre\" helpdesk \"$1/files/$n.csv\" --at 2018-01-15T08:00:00Z 2>/dev/null && echo $n >> \"$1/acknowledged\"; \
        n=$((n+1)); done";
    let mut command = Command::new("sh");
    command.args(["-c", script, PROGRAM]).arg(centre).arg(files.to_string());
    command.envs(s3_server::settings());
    command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("a shell")
}

/// Backups in the middle of many imports: each is whole, and has everything that was acknowledged before it began.
fn backups_while_imports_run(ledger: &str) {
    let folder = common::folder();
    let small = Centre::small();
    small.write("centre.toml", format!("{CENTRE}{ledger}"));
    common::copy(&small.path(), &folder.path().join("centre"));
    fs::create_dir(folder.path().join("files")).expect("a folder");
    for n in 1..=400 {
        fs::write(folder.path().join(format!("files/{n}.csv")), tickets(n % 12 + 1, n)).expect("written");
    }
    let mut child = importing(folder.path(), 400);
    let acknowledged = || {
        let text = fs::read_to_string(folder.path().join("acknowledged")).unwrap_or_default();
        text.lines().map(|line| format!("{line}.csv")).collect::<Vec<_>>()
    };
    while acknowledged().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let mut sizes = Vec::new();
    for n in 0..6 {
        let before = acknowledged();
        let backup = folder.path().join(format!("backup-{n}"));
        back_up(&folder.path().join("centre"), &backup).exits(0);
        let restored = folder.path().join(format!("restored-{n}"));
        fs::create_dir(&restored).expect("a folder");
        for (path, bytes) in all_files(&backup) {
            if !path.starts_with(".ledger") && path != "backup.json" {
                let to = restored.join(&path);
                fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
                fs::write(to, if path == "centre.toml" { CENTRE.as_bytes() } else { &bytes })
                    .expect("written");
            }
        }
        restore(&backup, &restored).exits(0);
        run(&restored, "verify", &[]).exits(0).prints(&["0 problems"]);
        let batches = run(&restored, "batches", &["--format", "csv"]).exits(0).stdout;
        for file in &before {
            assert!(
                batches.contains(&format!("helpdesk,{file},")),
                "{file} was acknowledged before:\n{batches}"
            );
        }
        sizes.push(batches.lines().count());
    }
    fs::write(folder.path().join("stop"), "").expect("written");
    child.wait().expect("it ends");
    assert!(sizes.first() < sizes.last(), "imports went on meanwhile: {sizes:?}");
    run(&folder.path().join("centre"), "verify", &[]).exits(0);
}

#[test]
fn a_backup_taken_while_imports_run_is_whole() {
    backups_while_imports_run("");
}

#[test]
#[cfg_attr(not(has_postgresql), ignore = "PostgreSQL is not installed")]
fn a_backup_taken_from_servers_while_imports_run_is_whole() {
    backups_while_imports_run(&format!("[ledger]\n{}{}", on_server().0, in_bucket()));
}
