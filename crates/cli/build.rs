//! The sample centre is compiled into the program: build again when one of its files changes.

fn main() {
    println!("cargo::rerun-if-changed=../../examples/florence-2017");
}
