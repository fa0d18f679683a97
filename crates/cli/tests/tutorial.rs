//! The tutorial runs as it is written: its commands one by one, its files as they are shown, its outputs compared.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the root")
}

/// Runs a command line as a person types it; what it says on both outputs, in their order.
fn run(folder: &Path, line: &str) -> (bool, String) {
    let program = Path::new(env!("CARGO_BIN_EXE_impegno")).parent().expect("a folder");
    // The program is found first; the rest of the path is that of the machine.
    let output = Command::new("sh")
        .arg("-c")
        .arg(format!("PATH=\"{}:$PATH\"; {line} 2>&1", program.display()))
        .current_dir(folder)
        .output()
        .expect("a shell");
    (output.status.success(), String::from_utf8(output.stdout).expect("text"))
}

/// Whether an output is the shown one; a line `…` stands for any number of lines.
fn is_shown(shown: &[&str], said: &[&str]) -> bool {
    match shown.split_first() {
        None => said.is_empty(),
        Some((&"…", rest)) => (0..=said.len()).any(|skipped| is_shown(rest, &said[skipped..])),
        Some((line, rest)) => {
            said.split_first().is_some_and(|(one, more)| one == line && is_shown(rest, more))
        }
    }
}

#[test]
fn dots_stand_for_lines() {
    assert!(is_shown(&["a", "…", "d"], &["a", "b", "c", "d"]));
    assert!(is_shown(&["…"], &[]));
    assert!(!is_shown(&["a"], &["a", "b"]));
    assert!(!is_shown(&["a", "…", "d"], &["a", "b"]));
}

/// Blocks ```console hold commands behind `$ ` with their output; blocks that name a file behind their language
/// are written there.
#[test]
fn the_tutorial_runs_as_written() {
    let page = fs::read_to_string(root().join("docs/tutorial.md")).expect("docs/tutorial.md");
    let folder = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(root().join("examples"), folder.path().join("examples")).expect("a link");
    let (mut commands, mut files, mut wrong) = (0, 0, String::new());
    for block in page.split("```").skip(1).step_by(2) {
        let (info, text) = block.split_once('\n').expect("a block has a first line");
        match info.split_once(' ') {
            Some((_, file)) => {
                let path = folder.path().join(file);
                assert!(path.parent().is_some_and(Path::is_dir), "{file}: its folder is not there yet");
                fs::write(path, text).expect("a file of the tutorial");
                files += 1;
            }
            None if info == "console" => {
                for part in format!("\n{text}").split("\n$ ").skip(1) {
                    let (line, shown) = part.split_once('\n').unwrap_or((part, ""));
                    let (done, said) = run(folder.path(), line);
                    commands += 1;
                    let trimmed: Vec<&str> = said.lines().map(str::trim_end).collect();
                    let shown: Vec<&str> = shown.trim_end().lines().collect();
                    if !done || !is_shown(&shown, &trimmed) {
                        wrong.push_str(&format!("$ {line}\n{said}"));
                    }
                }
            }
            None => {}
        }
    }
    assert!(commands >= 7 && files >= 1, "only {commands} commands and {files} files: has the form changed?");
    assert!(wrong.is_empty(), "these commands fail or say something else than shown:\n{wrong}");
}
