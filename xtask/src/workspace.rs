//! Where things lie, and which crate is which.

use std::path::{Path, PathBuf};

/// The crates without IO, from the bottom up.
pub(crate) const PURE: [&str; 10] =
    ["schema", "edit", "advise", "dbml", "sql", "ddl", "diagram", "editor", "interchange", "protocol"];

/// The workspace's root folder.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo's folder for what it builds.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}
