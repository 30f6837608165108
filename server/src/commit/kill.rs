//! The points at which tests kill the process. Builds without debug assertions have none of this.

/// Where a commit can be cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KillPoint {
    BeforeIntent,
    AfterIntent,
    AfterLocks,
    AfterMarker,
    BetweenStatements,
    BeforeCommit,
    CommitSent,
    AfterCommit,
    AfterRevision,
}

#[cfg(debug_assertions)]
impl KillPoint {
    /// The name by which `CROWFOOT_KILL_AT` chooses the point.
    fn name(self) -> &'static str {
        match self {
            Self::BeforeIntent => "before-intent",
            Self::AfterIntent => "after-intent",
            Self::AfterLocks => "after-locks",
            Self::AfterMarker => "after-marker",
            Self::BetweenStatements => "between-statements",
            Self::BeforeCommit => "before-commit",
            Self::CommitSent => "commit-sent",
            Self::AfterCommit => "after-commit",
            Self::AfterRevision => "after-revision",
        }
    }
}

/// Whether the process ends at this point.
#[cfg(debug_assertions)]
pub(super) fn is_chosen(point: KillPoint) -> bool {
    names("CROWFOOT_KILL_AT", point)
}

/// Whether the process stops at this point until it is told to go on.
#[cfg(debug_assertions)]
fn is_stop(point: KillPoint) -> bool {
    names("CROWFOOT_STOP_AT", point)
}

#[cfg(debug_assertions)]
fn names(variable: &str, point: KillPoint) -> bool {
    std::env::var(variable).is_ok_and(|name| name == point.name())
}

#[cfg(not(debug_assertions))]
pub(super) fn is_chosen(_: KillPoint) -> bool {
    false
}

#[cfg(not(debug_assertions))]
fn is_stop(_: KillPoint) -> bool {
    false
}

/// Ends the process the hard way if this point was chosen, as `kill -9` would: nothing is flushed, closed or undone.
/// Or stops it, as a machine that sleeps would.
pub(super) async fn at(point: KillPoint) {
    let myself = rustix::process::getpid();
    if is_stop(point) {
        let stopped = rustix::process::kill_process(myself, rustix::process::Signal::STOP);
        // The signal may reach another thread first and stop this one a moment later, in which it would go on.
        std::thread::sleep(std::time::Duration::from_millis(500));
        tracing::warn!(stop.result = ?stopped, "the process was stopped, and goes on");
    }
    if is_chosen(point) {
        let killed = rustix::process::kill_process(myself, rustix::process::Signal::KILL);
        tracing::error!(kill.result = ?killed, "the process survived its own end");
        std::future::pending::<()>().await;
    }
}
