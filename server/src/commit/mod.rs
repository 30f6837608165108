//! Commits: all of the edits or none of them, in the store and in the linked database.
//!
//! Without a linked database a commit is one transaction. With one it is three: the intent in the store, the statements
//! and a marker in the database, the revision in the store. Whatever happens between them, the marker says which of
//! the two states is true, and [`recover`] makes the store agree.

mod kill;
mod limits;
mod linked;
mod merge;
pub mod recover;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use protocol::{CommitOutcome, CommitRequest, Refusal, RevisionNumber};
use schema::{ObjectId, Schema};
use sha2::{Digest, Sha256};
use sqlx::{Acquire, PgConnection, Postgres, Transaction};
use tokio::task::{JoinError, spawn_blocking};
use uuid::Uuid;

use self::{kill::KillPoint, merge::Merged};
use crate::{
    error::Error,
    principal::{Authorized, Edit},
    secret::hex,
    state::State,
    store::{
        diagram,
        heads::Head,
        intent::{self, Intent, Pending},
        load, revision,
        sandbox::{self, Link, Sandbox},
        standing::standing,
        write,
    },
    turns::Turn,
};

/// How many revisions a commit may have missed. What it would be merged with is read at once.
const MAX_BEHIND: RevisionNumber = 500;
/// From so many edits on, a commit takes the processor for so long that it waits for its turn.
const MANY_EDITS: usize = 500;
/// How long a commit waits for another one of the same diagram.
const PATIENCE: Duration = Duration::from_secs(12);
const PAUSE: Duration = Duration::from_millis(150);

/// Commits, or says why not.
///
/// # Errors
/// When the store fails before anything was done; nothing has changed then.
pub async fn commit(
    state: &Arc<State>,
    diagram: Authorized<Edit>,
    request: CommitRequest,
) -> Result<CommitOutcome, Error> {
    let begun = Instant::now();
    let outcome = answer(state, diagram, request).await;
    state.metrics.committed(&outcome, begun.elapsed());
    outcome
}

/// Whether a request is small enough to be looked into; a commit that is not is refused with the reason.
///
/// # Errors
/// When it holds what the store cannot keep.
pub(crate) fn is_within_limits(request: &CommitRequest) -> Result<bool, Error> {
    Ok(limits::check(request)?.is_none())
}

async fn answer(state: &Arc<State>, diagram: Authorized<Edit>, request: CommitRequest) -> Result<CommitOutcome, Error> {
    if let Some(outcome) = limits::check(&request)? {
        return Ok(outcome);
    }
    let scope = diagram.scope();
    let request = Arc::new(request);
    // Before anything is locked.
    let _turn = match request.edits.len() {
        MANY_EDITS.. => Some(Turn::at_processor().await?),
        _ => None,
    };
    let give_up_at = Instant::now() + PATIENCE;
    loop {
        let may_be_ours = match attempt(state, diagram, &request).await? {
            Attempt::Done(outcome) => return Ok(outcome),
            Attempt::Staged(staged) => return run(Arc::clone(state), *staged).await,
            Attempt::Locked => true,
            Attempt::Busy(pending) if pending.is_expired => {
                // That it did not work is in the log; we ask again as long as we have patience.
                let _ = recover::settle(state, scope, pending.id).await;
                pending.commit_id == request.commit_id
            }
            Attempt::Busy(pending) => pending.commit_id == request.commit_id,
        };
        if Instant::now() >= give_up_at {
            return if may_be_ours { Ok(unknown()) } else { give_up(state, diagram, &request).await };
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Refuses a commit that another one has kept from being made all the while.
async fn give_up(state: &State, diagram: Authorized<Edit>, request: &CommitRequest) -> Result<CommitOutcome, Error> {
    let mut tx = state.store.begin().await?;
    match diagram::lock(&mut tx, diagram.scope()).await {
        Err(error) if error.is_lock_timeout() => return Ok(unknown()),
        head => head?,
    };
    let standing = standing(&mut tx, diagram.scope(), request.commit_id).await?;
    if let Some(outcome) = standing.given {
        return Ok(outcome);
    }
    // Another copy of it may have found the way free meanwhile.
    if standing.pending.is_some_and(|pending| pending.commit_id == request.commit_id) {
        return Ok(unknown());
    }
    let outcome = refused("Another commit to this diagram is being made. Try again in a moment.");
    Ok(match refuse(tx, diagram, request, outcome).await? {
        Attempt::Done(outcome) => outcome,
        Attempt::Busy(_) | Attempt::Locked | Attempt::Staged(_) => unknown(),
    })
}

/// What the first transaction came to.
enum Attempt {
    Done(CommitOutcome),
    Busy(Pending),
    /// Somebody else's transaction works at the diagram, perhaps this very commit's.
    Locked,
    Staged(Box<Staged>),
}

/// An intent that is written, and where to carry it out.
struct Staged {
    intent: Intent,
    sandbox: Sandbox,
    base: Arc<Schema>,
    target: Arc<Schema>,
}

async fn attempt(state: &State, diagram: Authorized<Edit>, request: &Arc<CommitRequest>) -> Result<Attempt, Error> {
    let scope = diagram.scope();
    let mut tx = state.store.begin().await?;
    let head = match diagram::lock(&mut tx, scope).await {
        Err(error) if error.is_lock_timeout() => return Ok(Attempt::Locked),
        head => head?,
    };
    let standing = standing(&mut tx, scope, request.commit_id).await?;
    if let Some(outcome) = standing.given {
        return Ok(Attempt::Done(outcome));
    }
    if let Some(pending) = standing.pending {
        return Ok(Attempt::Busy(pending));
    }
    if !(0..=head).contains(&request.base_revision) {
        let outcome = refused("These edits were made for a revision that does not exist.");
        return refuse(tx, diagram, request, outcome).await;
    }
    if head - request.base_revision > MAX_BEHIND {
        // The page takes in what it has missed, and finds the conflicts itself.
        return Ok(Attempt::Done(CommitOutcome::Conflict { head, conflicts: Vec::new(), more: 0 }));
    }
    let since = revision::edits_between(&mut tx, scope, request.base_revision, head).await?;
    let link = if standing.is_linked { sandbox::find(&mut tx, scope).await? } else { Link::None };
    let sandbox = match link {
        Link::None => None,
        Link::Creating => {
            let outcome = refused("The sandbox database is still being made.");
            return refuse(tx, diagram, request, outcome).await;
        }
        Link::Ready(sandbox) => Some(sandbox),
    };
    let base = load::head(&mut tx, state.store.heads(), scope, standing.head).await?;
    let (for_merge, on, is_linked) = (Arc::clone(request), Arc::clone(&base), sandbox.is_some());
    // A large schema takes the processor for a while, which those who wait for others shall not notice.
    let prepared = spawn_blocking(move || prepare(&for_merge, head, &on, &since, is_linked));
    let Prepared { merged, plan } = match prepared.await.map_err(|error| ended_early(&error))?? {
        Ok(prepared) => prepared,
        Err(outcome) => return refuse(tx, diagram, request, outcome).await,
    };
    let target = Arc::new(merged.target);
    let intent = Intent {
        scope,
        id: Uuid::now_v7(),
        commit_id: request.commit_id,
        base_revision: head,
        edits: merged.edits,
        placements: request.placements.clone(),
        plan_hash: plan_hash(&plan),
        plan,
        message: request.message.clone(),
        author: diagram.principal().id(),
    };
    match sandbox {
        Some(sandbox) if !intent.plan.steps.is_empty() => {
            rehearse(&mut tx, &intent, &base, &target).await?;
            kill::at(KillPoint::BeforeIntent).await;
            intent::insert(&mut tx, &intent).await?;
            let staged = Staged { intent, sandbox, base, target };
            let attempt = end(tx, Attempt::Staged(Box::new(staged))).await?;
            kill::at(KillPoint::AfterIntent).await;
            Ok(attempt)
        }
        Some(_) | None => {
            let outcome = write_revision(&mut tx, &intent, &base, &target).await?;
            let attempt = end(tx, Attempt::Done(outcome)).await?;
            if matches!(attempt, Attempt::Done(CommitOutcome::Committed { .. })) {
                let made = Head { diagram: scope.diagram, revision: head + 1, commit_id: Some(request.commit_id) };
                state.store.heads().keep(made, target);
            }
            Ok(attempt)
        }
    }
}

/// Ends the first transaction with a refusal, which stays one: whoever was told that nothing is changed can rely on it,
/// even if another copy of the commit comes when what stood in its way has gone.
async fn refuse(
    mut tx: Transaction<'static, Postgres>,
    diagram: Authorized<Edit>,
    request: &CommitRequest,
    outcome: CommitOutcome,
) -> Result<Attempt, Error> {
    intent::insert_refused(&mut tx, diagram.scope(), request, diagram.principal().id(), &outcome).await?;
    end(tx, Attempt::Done(outcome)).await
}

/// Commits the first transaction. When the connection dies over it, nobody knows whether it did.
async fn end(tx: Transaction<'static, Postgres>, attempt: Attempt) -> Result<Attempt, Error> {
    match tx.commit().await.map_err(Error::from) {
        Ok(()) => Ok(attempt),
        Err(error) if error.is_lost_connection() => {
            tracing::warn!(error.message = ?error, "the store did not answer to a commit");
            Ok(Attempt::Done(unknown()))
        }
        Err(error) => Err(error),
    }
}

/// Writes the revision and takes it back: what the store cannot keep must fail before the linked database has it.
async fn rehearse(
    tx: &mut Transaction<'static, Postgres>,
    intent: &Intent,
    base: &Schema,
    target: &Schema,
) -> Result<(), Error> {
    let mut rehearsal = tx.begin().await?;
    write_revision(&mut rehearsal, intent, base, target).await?;
    sqlx::query("set constraints all immediate").execute(&mut *rehearsal).await?;
    rehearsal.rollback().await?;
    Ok(())
}

/// A commit that can be made.
struct Prepared {
    merged: Merged,
    plan: ddl::Plan,
}

/// The request on top of the head with its statements, or the answer that says why not.
fn prepare(
    request: &CommitRequest,
    head: RevisionNumber,
    base: &Schema,
    since: &[Vec<edit::Edit>],
    is_linked: bool,
) -> Result<Result<Prepared, CommitOutcome>, Error> {
    let merged = match merge::merge(base, head, since, &request.edits)? {
        Ok(merged) => merged,
        Err(outcome) => return Ok(Err(outcome)),
    };
    let plan = if is_linked { ddl::plan(base, &merged.target) } else { ddl::Plan::default() };
    Ok(match plan.refusals.first() {
        Some(refusal) => Err(refused_object(&refusal.message, refusal.object)),
        None => Ok(Prepared { merged, plan }),
    })
}

/// Writes rows, placements and revision. The diagram must be locked, `base` its head, and `target` what the intent's edits
/// make of it.
async fn write_revision(
    conn: &mut PgConnection,
    intent: &Intent,
    base: &Schema,
    target: &Schema,
) -> Result<CommitOutcome, Error> {
    write::change(conn, intent.scope, base, target).await?;
    write::placements(conn, intent.scope, &intent.placements).await?;
    let number = intent.base_revision + 1;
    let statements = intent.statements();
    let new = revision::NewRevision {
        number,
        commit_id: intent.commit_id,
        edits: &intent.edits,
        statements: &statements,
        message: &intent.message,
        author: intent.author,
    };
    revision::append(conn, intent.scope, &new).await?;
    Ok(CommitOutcome::Committed { revision: number, statements })
}

/// Carries an intent out in a task of its own: a visitor who goes away must not stop it half way.
async fn run(state: Arc<State>, staged: Staged) -> Result<CommitOutcome, Error> {
    match tokio::spawn(async move { linked::run(&state, &staged).await }).await {
        Ok(outcome) => outcome,
        Err(error) => {
            // Recovery settles what it left behind.
            tracing::error!(error.message = %error, "a commit's task ended early");
            Ok(unknown())
        }
    }
}

fn ended_early(error: &JoinError) -> Error {
    Error::Defect(format!("preparing a commit ended early: {error}"))
}

fn plan_hash(plan: &ddl::Plan) -> String {
    let mut hasher = Sha256::new();
    for step in &plan.steps {
        hasher.update(step.sql.as_bytes());
        hasher.update([0]);
    }
    hex(&hasher.finalize())
}

fn unknown() -> CommitOutcome {
    CommitOutcome::Unknown {
        message: "The database has not answered yet whether the change was made. Ask again in a moment.".to_owned(),
    }
}

fn refused(message: &str) -> CommitOutcome {
    refusal(message, None)
}

fn refused_object(message: &str, object: ObjectId) -> CommitOutcome {
    refusal(message, Some(object))
}

fn refusal(message: &str, object: Option<ObjectId>) -> CommitOutcome {
    CommitOutcome::Refused(Refusal {
        message: message.to_owned(),
        object,
        statement: None,
        postgres: None,
        findings: Vec::new(),
    })
}
