//! What is written for other databases, read by them: real servers where there are some, other parsers, and our own.
#![allow(
    clippy::wildcard_enum_match_arm,
    clippy::type_complexity,
    reason = "rows of a catalog are tuples, and all else of a kind is compared alike"
)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should say so and stop"
)]

mod facts;
mod hostile;
mod mariadb;
mod own;
mod peers;
mod schemas;
mod sqlite;

use std::path::PathBuf;

/// A program that a test needs. `cargo xtask test` sees to it that it is there and says so; without that, a test tells
/// what it leaves out.
fn program(name: &str, package: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    let found = folders.map(|folder| folder.join(name)).find(|path| path.is_file());
    if found.is_none() {
        let is_wanted = std::env::var_os("CROWFOOT_ENGINES").is_some();
        assert!(!is_wanted, "{name} is missing: install {package}");
        eprintln!("left out: there is no {name}; install {package}, or let cargo xtask test do it");
    }
    found
}
