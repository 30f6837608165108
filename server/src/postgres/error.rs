//! What can go wrong with our own PostgreSQL, in words that say what to do.

use std::{io, path::PathBuf};

use thiserror::Error;

#[derive(Debug, Error)]
pub enum PostgresError {
    #[error(
        "found no PostgreSQL to start: install it (Debian: apt-get install postgresql), name the folder of its \
         programs in CROWFOOT_PG_BIN, or use a running server with --database-url{}",
        looked_at(.rejected)
    )]
    NotFound { rejected: Vec<String> },

    #[error(
        "the data in {} were made by PostgreSQL {wanted}, but here is only PostgreSQL {}: install version {wanted} \
         (or name its programs in CROWFOOT_PG_BIN), or dump the data there with pg_dumpall and load the dump into a \
         new data folder",
        .folder.display(), listed(.found)
    )]
    OtherVersion { folder: PathBuf, wanted: u32, found: Vec<u32> },

    #[error("PostgreSQL does not run as root, and this machine has neither a `postgres` nor a `nobody` account for it")]
    NoAccount,

    #[error(
        "PostgreSQL runs as account {uid} here, which may not enter {}: choose another folder with --data-dir",
        .closed.display()
    )]
    Closed { closed: PathBuf, uid: u32 },

    #[error("{program} failed: {said}")]
    Program { program: String, said: String },

    #[error("PostgreSQL did not become ready; the end of its log, {}:\n{said}", .log.display())]
    NotReady { log: PathBuf, said: String },

    #[error("PostgreSQL did not stop in time (process {pid})")]
    NotStopped { pid: u32 },

    #[error("cannot talk to our own PostgreSQL: {0}")]
    Connection(#[from] tokio_postgres::Error),

    #[error("{doing} {}: {source}", .path.display())]
    Io { doing: &'static str, path: PathBuf, source: io::Error },
}

fn looked_at(rejected: &[String]) -> String {
    if rejected.is_empty() { String::new() } else { format!(" (not usable: {})", rejected.join("; ")) }
}

fn listed(versions: &[u32]) -> String {
    versions.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
}

/// Adds to an IO error what was being done, and to which file.
pub(super) trait OnPath<T> {
    fn on(self, doing: &'static str, path: impl Into<PathBuf>) -> Result<T, PostgresError>;
}

impl<T> OnPath<T> for io::Result<T> {
    fn on(self, doing: &'static str, path: impl Into<PathBuf>) -> Result<T, PostgresError> {
        self.map_err(|source| PostgresError::Io { doing, path: path.into(), source })
    }
}
