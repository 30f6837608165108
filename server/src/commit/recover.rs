//! Making the store agree with the linked database after a commit was cut off anywhere.

use std::{sync::Arc, time::Duration};

use protocol::CommitOutcome;
use schema::Schema;
use uuid::Uuid;

use super::{unknown, write_revision};
use crate::{
    error::Error,
    principal::Scope,
    sandbox::{
        facts::Facts,
        live,
        marker::{self, Status},
    },
    state::State,
    store::{
        diagram,
        heads::Head,
        intent::{self, Ending},
        load,
        sandbox::{self, Link},
        standing::standing,
    },
};

/// Whether an intent is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It is, by us or by somebody else.
    Yes,
    /// Its writer is still at work.
    NotYet,
}

/// Settles an intent by its marker: there and applied, the revision is written; not there, a tombstone is put in its
/// place, so that a writer that wakes up late cannot apply it any more. May be repeated by anybody at any time.
pub(crate) async fn settle(state: &State, scope: Scope, id: Uuid) -> Result<Settled, Error> {
    if !state.store.is_pending(scope, id).await? {
        return Ok(Settled::Yes);
    }
    let Link::Ready(sandbox) = sandbox::find(&mut *state.store.acquire().await?, scope).await? else {
        return Err(Error::Defect("a commit is pending in a database that is not linked".to_owned()));
    };
    let live = state.sandboxes.connect(&sandbox.names, &sandbox.password, "crowfoot:recovery").await?;
    live::begin_recovery(&live).await?;
    if let Err(error) = marker::lock(&live).await {
        if error.as_db_error().is_none() {
            return Err(error.into());
        }
        // The writer holds the lock. If it waits for a client that is gone, its connection is ended for it.
        live::rollback(&live).await?;
        live::end_idle_writer(&live, id).await?;
        return Ok(Settled::NotYet);
    }
    let status = match marker::read(&live, id).await? {
        Some(status) => status,
        None => {
            marker::insert_tombstone(&live, id).await?;
            Status::Aborted
        }
    };
    live::commit(&live).await?;
    match status {
        Status::Applied { facts, plan_hash } => roll_forward(state, scope, id, &facts, &plan_hash).await?,
        Status::Aborted => {
            state.store.end_intent(scope, id, Ending::Aborted).await?;
        }
    }
    Ok(Settled::Yes)
}

/// Writes the revision of an intent that the linked database has.
async fn roll_forward(state: &State, scope: Scope, id: Uuid, facts: &Facts, plan_hash: &str) -> Result<(), Error> {
    let mut tx = state.store.begin_unhurried().await?;
    let head = diagram::lock(&mut tx, scope).await?;
    let Some(intent) = intent::lock_pending(&mut tx, scope, id).await? else { return Ok(()) };
    let standing = standing(&mut tx, scope, intent.commit_id).await?;
    if intent.base_revision != head {
        return Err(Error::Defect(format!("an intent for revision {} is pending at {head}", intent.base_revision)));
    }
    if intent.plan_hash != plan_hash {
        return Err(Error::Defect("the marker of an intent is about other statements".to_owned()));
    }
    let base = load::head(&mut tx, state.store.heads(), scope, standing.head).await?;
    let mut target = Schema::clone(&base);
    let applied = edit::apply_all(&mut target, &intent.edits);
    applied.map_err(|error| Error::Defect(format!("checked edits do not apply: {error}")))?;
    write_revision(&mut tx, &intent, &base, &target).await?;
    sandbox::set_ready(&mut tx, scope, facts).await?;
    intent::set_committed(&mut tx, &intent).await?;
    tx.commit().await?;
    let made = Head { diagram: scope.diagram, revision: head + 1, commit_id: Some(intent.commit_id) };
    state.store.heads().keep(made, Arc::new(target));
    Ok(())
}

/// What a settled commit came to. One that was cut off before it had an effect may still be made by whoever asks again, so
/// that it is not refused.
pub(super) async fn outcome(state: &State, scope: Scope, commit_id: Uuid) -> Result<CommitOutcome, Error> {
    let standing = standing(&mut *state.store.acquire().await?, scope, commit_id).await?;
    Ok(standing.given.unwrap_or_else(unknown))
}

/// Settles whatever was left behind, now and then on.
pub(crate) async fn watch(state: &State) {
    let mut interval = tokio::time::interval(Duration::from_secs(1));
    loop {
        interval.tick().await;
        match state.store.expired_intents().await {
            Ok(intents) => {
                for (scope, id) in intents {
                    settle_and_log(state, scope, id).await;
                }
            }
            Err(error) => tracing::debug!(error.message = %error, "the store does not answer"),
        }
    }
}

async fn settle_and_log(state: &State, scope: Scope, id: Uuid) {
    match settle(state, scope, id).await {
        Ok(Settled::Yes) => tracing::info!(commit.intent = %id, "settled a commit that was cut off"),
        Ok(Settled::NotYet) => {
            tracing::info!(commit.intent = %id, "a commit without sign of life still holds its lock");
        }
        Err(error) => {
            tracing::warn!(commit.intent = %id, error.message = %error, "a commit that was cut off is not settled yet");
        }
    }
}
