//! Migrations are built into the binary: a new file must make it build again.

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
}
