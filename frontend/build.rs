//! Leaves in the program what the build needs to cut it into parts: which function uses which.

fn main() {
    println!("cargo::rustc-link-arg-cdylib=--emit-relocs");
}
