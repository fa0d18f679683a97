//! The sample centre is compiled into the program: build again when one of its files changes. And says to the tests whether
//! this machine has PostgreSQL, so that those which need it are counted as skipped elsewhere.

use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=../../examples/florence-2017");
    println!("cargo::rustc-check-cfg=cfg(has_postgresql)");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=/usr/lib/postgresql");
    println!("cargo::rerun-if-env-changed=PATH");
    // Debian keeps the programs of a server apart by its version.
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
    folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let has = |program: &str| folders.iter().any(|folder| folder.join(program).is_file());
    if has("initdb") && has("pg_ctl") {
        println!("cargo::rustc-cfg=has_postgresql");
    }
}
