//! The sample centre is compiled into the program: build again when one of its files changes.

#[expect(clippy::print_stdout, reason = "build scripts speak to cargo")]
fn main() {
    println!("cargo::rerun-if-changed=../../examples/florence-2017");
}
