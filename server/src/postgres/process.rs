//! The process of our PostgreSQL: started by us or found running, and stopped.

use std::{
    fs,
    process::Stdio,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tokio::{process::Child, time::sleep};

use super::{
    Durability,
    binaries::Binaries,
    cluster::{Cluster, SUPERUSER},
    endpoint::{self, Endpoint},
    error::{OnPath, PostgresError},
};

/// Recovery after a crash may take a while; longer than this is a fault.
const READY_WITHIN: Duration = Duration::from_secs(90);
const STOPPED_WITHIN: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(25);

/// A postmaster: our child, or one that an earlier server of ours left behind.
#[derive(Debug)]
pub(super) enum Process {
    Child(Child, u32),
    Adopted(u32),
}

/// A postmaster that is told to stop when this value goes away.
#[derive(Debug)]
pub(super) struct Running {
    process: Option<Process>,
}

impl Running {
    pub(super) fn new(process: Process) -> Self {
        Self { process: Some(process) }
    }

    pub(super) fn pid(&self) -> u32 {
        self.process.as_ref().map_or(0, Process::pid)
    }

    pub(super) fn forget(mut self) {
        self.process = None;
    }

    /// Asks for a fast shutdown, and for an immediate one when that takes too long: it costs a recovery at the next
    /// start and no data.
    pub(super) async fn stop(mut self) -> Result<(), PostgresError> {
        let Some(mut process) = self.process.take() else { return Ok(()) };
        for signal in [Signal::INT, Signal::QUIT] {
            process.send(signal);
            let asked = Instant::now();
            while asked.elapsed() < STOPPED_WITHIN {
                if !process.is_alive() {
                    return Ok(());
                }
                sleep(POLL).await;
            }
        }
        Err(PostgresError::NotStopped { pid: process.pid() })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(process) = &self.process {
            process.send(Signal::INT);
        }
    }
}

impl Process {
    fn pid(&self) -> u32 {
        match self {
            Self::Child(_, pid) | Self::Adopted(pid) => *pid,
        }
    }

    fn send(&self, signal: Signal) {
        if let Some(pid) = posix_pid(self.pid())
            && let Err(error) = kill_process(pid, signal)
        {
            tracing::debug!(postgres.pid = self.pid(), "PostgreSQL is gone already: {error}");
        }
    }

    fn is_alive(&mut self) -> bool {
        match self {
            // A child that ended stays a process until it is waited for.
            Self::Child(child, _) => matches!(child.try_wait(), Ok(None)),
            Self::Adopted(pid) => is_postgres(*pid),
        }
    }
}

/// Starts PostgreSQL and waits until it answers.
pub(super) async fn start(
    cluster: &Cluster,
    binaries: &Binaries,
    durability: Durability,
    password: &str,
) -> Result<(Running, Endpoint), PostgresError> {
    let endpoint = Endpoint::choose(&cluster.run()).on("cannot find a free port for", cluster.run())?;
    let log = cluster.open_log()?;
    let errors = log.try_clone().on("cannot write", cluster.log())?;
    let mut postgres = cluster.command(binaries, "postgres");
    postgres.arg("-D").arg(cluster.data());
    for setting in endpoint.settings().iter().map(String::as_str).chain(settings(durability).iter().copied()) {
        postgres.args(["-c", setting]);
    }
    // In a process group of its own, so that Ctrl-C in a terminal reaches us alone and we stop it when we are done.
    postgres.process_group(0).stdout(Stdio::from(log)).stderr(Stdio::from(errors));
    let program = binaries.folder.join("postgres");
    let child = postgres.spawn().on("cannot run", &program)?;
    let pid = child.id().unwrap_or_default();
    let mut running = Running::new(Process::Child(child, pid));
    let url = endpoint.url(SUPERUSER, password, "postgres");
    let asked = Instant::now();
    while asked.elapsed() < READY_WITHIN {
        if endpoint::connect(&url).await.is_ok() {
            return Ok((running, endpoint));
        }
        if !running.process.as_mut().is_some_and(Process::is_alive) {
            break;
        }
        sleep(POLL).await;
    }
    Err(PostgresError::NotReady { log: cluster.log(), said: cluster.log_tail() })
}

fn settings(durability: Durability) -> &'static [&'static str] {
    match durability {
        Durability::Safe => &[],
        Durability::Scratch => &[
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_connections=300",
            "checkpoint_timeout=1h",
            "autovacuum=off",
        ],
    }
}

/// The postmaster that already runs on these data, once it answers; `None` when there is none. A lock file that
/// names a process which is no PostgreSQL, as after a restart of the machine, is cleared away.
pub(super) async fn adopt(cluster: &Cluster, password: &str) -> Result<Option<(u32, Endpoint)>, PostgresError> {
    let path = cluster.lock_file();
    let asked = Instant::now();
    while asked.elapsed() < READY_WITHIN {
        let Ok(text) = fs::read_to_string(&path) else { return Ok(None) };
        let pid = text.lines().next().and_then(|line| line.trim().parse().ok());
        let Some(pid) = pid.filter(|pid| is_postgres(*pid)) else {
            return match fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).on("cannot remove", path),
                _ => Ok(None),
            };
        };
        if let Some(endpoint) = Endpoint::from_lock_file(&text)
            && endpoint::connect(&endpoint.url(SUPERUSER, password, "postgres")).await.is_ok()
        {
            return Ok(Some((pid, endpoint)));
        }
        sleep(POLL).await;
    }
    Err(PostgresError::NotReady { log: cluster.log(), said: cluster.log_tail() })
}

fn posix_pid(pid: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(pid).ok()?)
}

/// Whether a process lives and is PostgreSQL. Where the system does not tell programs apart, living is enough.
fn is_postgres(pid: u32) -> bool {
    let Some(posix) = posix_pid(pid) else { return false };
    if matches!(test_kill_process(posix), Err(error) if error == rustix::io::Errno::SRCH) {
        return false;
    }
    let Ok(status) = fs::read_to_string(format!("/proc/{pid}/status")) else { return true };
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    field("Name:") == Some("postgres") && field("State:").is_some_and(|state| !state.starts_with('Z'))
}
