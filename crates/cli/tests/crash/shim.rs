//! The program with `shim.c` between it and the disk: what it does in order, and faults that come when they are asked for.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::common::{PROGRAM, Ran};

/// The library, built once for each process of tests.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crash/shim.c");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let unfinished = folder.join(format!("shim-{}.so", std::process::id()));
        let built = Command::new("cc")
            .args(["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o"])
            .args([&unfinished, &source])
            .status()
            .expect("a C compiler, which SQLite needs too");
        assert!(built.success(), "shim.c is compiled");
        let library = folder.join("shim.so");
        fs::rename(&unfinished, &library).expect("the library gets its name");
        library
    })
}

/// What the disk does to the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// The program dies before its change of this number, from 1; or when half of it is done.
    Kill { change: u64, half: bool },
    /// No space is left after so many bytes.
    Space(u64),
    /// The sync of this number, from 1, fails; or all from it on.
    Sync { number: u64, all: bool },
}

/// Runs the program on a folder with a fault; the journal is written where one is asked for.
pub(crate) fn run(root: &Path, arguments: &[&OsStr], fault: Fault, journal: Option<&Path>) -> Ran {
    let root = root.canonicalize().expect("a folder");
    let mut command = Command::new(PROGRAM);
    command.args(arguments).env("LD_PRELOAD", library()).env("SHIM_ROOT", root).stdin(Stdio::null());
    match fault {
        Fault::None => {}
        Fault::Kill { change, half } => {
            command.env("SHIM_KILL", format!("{change}{}", if half { ".5" } else { "" }));
        }
        Fault::Space(bytes) => {
            command.env("SHIM_SPACE", bytes.to_string());
        }
        Fault::Sync { number, all } => {
            command.env("SHIM_SYNC", format!("{number}{}", if all { "+" } else { "" }));
        }
    }
    if let Some(journal) = journal {
        command.env("SHIM_JOURNAL", journal);
    }
    ran(command)
}

/// Runs the program with a clock that is off by another number of seconds each time it is asked.
pub(crate) fn run_with_clock(arguments: &[&OsStr], seconds: &[i64]) -> Ran {
    let steps: Vec<String> = seconds.iter().map(i64::to_string).collect();
    let mut command = Command::new(PROGRAM);
    command
        .args(arguments)
        .env("LD_PRELOAD", library())
        .env("SHIM_CLOCK", steps.join(","))
        .stdin(Stdio::null());
    ran(command)
}

fn ran(mut command: Command) -> Ran {
    let output = command.output().expect("the program runs");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() != Some(97), "the shim works: {stderr}");
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr,
    }
}

/// Something that the program did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Act {
    /// A file was made.
    Create { inode: u64, path: String },
    /// A folder was made.
    Folder { inode: u64, path: String },
    /// Bytes were written at a place of a file.
    Write { inode: u64, at: u64, bytes: Vec<u8> },
    /// A file was cut or extended to a length.
    Cut { inode: u64, length: u64 },
    /// A name was changed, taking the place of what had the new one.
    Rename { from: String, to: String },
    /// Two names were exchanged.
    Exchange { one: String, other: String },
    /// A file got another name.
    Link { from: String, to: String },
    /// A name of a file, or an empty folder, was removed.
    Remove { path: String },
    /// A file or folder is on disk.
    Sync { inode: u64 },
    /// Everything is on disk.
    SyncAll,
    /// The program said something to whoever ran it.
    Say { text: Vec<u8> },
    /// A way of changing a file that is not followed.
    Unseen { path: String, call: u64 },
}

/// Reads a journal. A record that was cut by a kill at its end is left out.
pub(crate) fn journal(path: &Path) -> Vec<Act> {
    let bytes = fs::read(path).expect("the journal");
    let mut rest = bytes.as_slice();
    let mut acts = Vec::new();
    while let Some(act) = next(&mut rest) {
        acts.extend(act);
    }
    acts
}

/// One record; nothing at the end of the journal.
fn next(rest: &mut &[u8]) -> Option<Option<Act>> {
    let (head, after) = rest.split_at_checked(37)?;
    let long = |at: usize| u64::from_le_bytes(head[at..at + 8].try_into().expect("eight bytes"));
    let short = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().expect("four bytes")) as usize;
    let (first, after) = after.split_at_checked(short(25))?;
    let (second, after) = after.split_at_checked(short(29))?;
    let (bytes, after) = after.split_at_checked(short(33))?;
    *rest = after;
    let text = |bytes: &[u8]| OsStr::from_bytes(bytes).to_str().expect("names are text").to_owned();
    let (inode, path) = (long(1), text(first));
    Some(Some(match head[0] {
        b'C' => Act::Create { inode, path },
        b'M' => Act::Folder { inode, path },
        b'W' => Act::Write { inode, at: long(9), bytes: bytes.to_vec() },
        b'T' => Act::Cut { inode, length: long(9) },
        // RENAME_EXCHANGE
        b'R' if long(9) == 2 => Act::Exchange { one: path, other: text(second) },
        b'R' => Act::Rename { from: path, to: text(second) },
        b'L' => Act::Link { from: path, to: text(second) },
        b'U' | b'D' => Act::Remove { path },
        b'S' => Act::Sync { inode },
        b'Y' => Act::SyncAll,
        b'A' => Act::Say { text: bytes.to_vec() },
        b'X' => Act::Unseen { path, call: long(9) },
        // A sync that failed changes nothing.
        b'E' => return Some(None),
        other => panic!("the journal holds `{}`", char::from(other)),
    }))
}
