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

/// Whether this point was chosen.
#[cfg(debug_assertions)]
pub(super) fn is_chosen(point: KillPoint) -> bool {
    std::env::var("CROWFOOT_KILL_AT").is_ok_and(|name| name == point.name())
}

#[cfg(not(debug_assertions))]
pub(super) fn is_chosen(_: KillPoint) -> bool {
    false
}

/// Ends the process the hard way if this point was chosen, as `kill -9` would: nothing is flushed, closed or undone.
pub(super) async fn at(point: KillPoint) {
    if !is_chosen(point) {
        return;
    }
    let killed = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    tracing::error!(kill.result = ?killed, "the process survived its own end");
    std::future::pending::<()>().await;
}
