//! Commits that change another database too, from before the first statement there until their outcome is known.

use std::collections::BTreeMap;

use edit::{Edit, Placement};
use protocol::{CommitOutcome, CommitRequest, RevisionNumber};
use schema::TableId;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{EDITS_FORMAT, Store};
use crate::{error::Error, principal::Scope};

/// How long an intent stays its writer's after the last sign of life, in seconds.
pub(crate) const LEASE_SECONDS: i32 = 5;

/// What a commit means to do.
#[derive(Debug, Clone)]
pub(crate) struct Intent {
    pub(crate) scope: Scope,
    pub(crate) id: Uuid,
    pub(crate) commit_id: Uuid,
    pub(crate) base_revision: RevisionNumber,
    pub(crate) edits: Vec<Edit>,
    pub(crate) placements: BTreeMap<TableId, Placement>,
    pub(crate) plan: ddl::Plan,
    pub(crate) plan_hash: String,
    pub(crate) message: String,
    pub(crate) author: Uuid,
}

impl Intent {
    pub(crate) fn statements(&self) -> Vec<String> {
        self.plan.steps.iter().map(|step| step.sql.clone()).collect()
    }
}

/// How an intent ended, other than by a revision.
#[derive(Debug, Clone)]
pub(crate) enum Ending<'a> {
    /// With an answer, which is given again to whoever asks again.
    Refused(&'a CommitOutcome),
    /// Before anything was done; asking again tries again.
    Aborted,
}

/// A pending intent, as far as others need to know it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pending {
    pub(crate) id: Uuid,
    pub(crate) commit_id: Uuid,
    /// Whether its writer gave no sign of life for as long as the lease.
    pub(crate) is_expired: bool,
}

pub(crate) async fn insert(conn: &mut PgConnection, intent: &Intent) -> Result<(), Error> {
    sqlx::query(
        "insert into commit_intent
           (workspace_id, diagram_id, id, commit_id, base_revision, format, edits, placements, plan, plan_hash,
            message, author_id, state, lease_until)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'pending', now() + make_interval(secs => $13))",
    )
    .bind(intent.scope.workspace)
    .bind(intent.scope.diagram)
    .bind(intent.id)
    .bind(intent.commit_id)
    .bind(intent.base_revision)
    .bind(EDITS_FORMAT)
    .bind(Json(&intent.edits))
    .bind(Json(&intent.placements))
    .bind(Json(&intent.plan))
    .bind(&intent.plan_hash)
    .bind(&intent.message)
    .bind(intent.author)
    .bind(f64::from(LEASE_SECONDS))
    .execute(conn)
    .await?;
    Ok(())
}

/// Remembers that this commit was refused before it could be an intent: a copy of it that comes late, when what stood
/// against it is gone, gets the same answer.
pub(crate) async fn insert_refused(
    conn: &mut PgConnection,
    scope: Scope,
    request: &CommitRequest,
    author: Uuid,
    outcome: &CommitOutcome,
) -> Result<(), Error> {
    sqlx::query(
        "insert into commit_intent
           (workspace_id, diagram_id, id, commit_id, base_revision, format, edits, placements, plan, plan_hash,
            message, author_id, state, outcome, lease_until, settled_at)
         values ($1, $2, $3, $4, $5, $6, '[]', '{}', '{}', '', '', $7, 'refused', $8, now(), now())",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(Uuid::now_v7())
    .bind(request.commit_id)
    .bind(request.base_revision)
    .bind(EDITS_FORMAT)
    .bind(author)
    .bind(Json(outcome))
    .execute(conn)
    .await?;
    Ok(())
}

impl Store {
    /// Forgets refusals that nobody asks for any more: a copy of a request is not under way for a day.
    pub(crate) async fn forget_refusals(&self) -> Result<(), Error> {
        sqlx::query(
            "delete from commit_intent
             where state = 'refused' and settled_at < now() - interval '1 day'",
        )
        .execute(self.pool())
        .await?;
        Ok(())
    }
}

#[derive(sqlx::FromRow)]
struct IntentRow {
    commit_id: Uuid,
    base_revision: i64,
    format: i32,
    edits: Json<Vec<Edit>>,
    placements: Json<BTreeMap<TableId, Placement>>,
    plan: Json<ddl::Plan>,
    plan_hash: String,
    message: String,
    author_id: Uuid,
}

/// A pending intent, locked until the end of the transaction; none when it was settled meanwhile.
pub(crate) async fn lock_pending(conn: &mut PgConnection, scope: Scope, id: Uuid) -> Result<Option<Intent>, Error> {
    let row: Option<IntentRow> = sqlx::query_as(
        "select commit_id, base_revision, format, edits, placements, plan, plan_hash, message, author_id
         from commit_intent
         where workspace_id = $1 and diagram_id = $2 and id = $3 and state = 'pending'
         for update",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(id)
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    if row.format != EDITS_FORMAT {
        return Err(Error::Defect(format!("an intent has the format {}, which a newer Crowfoot wrote", row.format)));
    }
    Ok(Some(Intent {
        scope,
        id,
        commit_id: row.commit_id,
        base_revision: row.base_revision,
        edits: row.edits.0,
        placements: row.placements.0,
        plan: row.plan.0,
        plan_hash: row.plan_hash,
        message: row.message,
        author: row.author_id,
    }))
}

pub(crate) async fn set_committed(conn: &mut PgConnection, intent: &Intent) -> Result<(), Error> {
    sqlx::query(
        "update commit_intent
         set state = 'committed', settled_at = now()
         where workspace_id = $1 and diagram_id = $2 and id = $3 and state = 'pending'",
    )
    .bind(intent.scope.workspace)
    .bind(intent.scope.diagram)
    .bind(intent.id)
    .execute(conn)
    .await?;
    Ok(())
}

impl Store {
    /// Ends an intent that changed nothing. Does nothing, and says so, when it has ended already.
    pub(crate) async fn end_intent(&self, scope: Scope, id: Uuid, ending: Ending<'_>) -> Result<bool, Error> {
        let (state, outcome) = match ending {
            Ending::Refused(outcome) => ("refused", Some(Json(outcome))),
            Ending::Aborted => ("aborted", None),
        };
        let done = sqlx::query(
            "update commit_intent
             set state = $4, outcome = $5, settled_at = now()
             where workspace_id = $1 and diagram_id = $2 and id = $3 and state = 'pending'",
        )
        .bind(scope.workspace)
        .bind(scope.diagram)
        .bind(id)
        .bind(state)
        .bind(outcome)
        .execute(self.pool())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Gives a sign of life.
    pub(crate) async fn renew_lease(&self, scope: Scope, id: Uuid) -> Result<(), Error> {
        sqlx::query(
            "update commit_intent
             set lease_until = now() + make_interval(secs => $4)
             where workspace_id = $1 and diagram_id = $2 and id = $3 and state = 'pending'",
        )
        .bind(scope.workspace)
        .bind(scope.diagram)
        .bind(id)
        .bind(f64::from(LEASE_SECONDS))
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// All intents whose writers gave no sign of life for as long as the lease.
    pub(crate) async fn expired_intents(&self) -> Result<Vec<(Scope, Uuid)>, Error> {
        let rows: Vec<(Uuid, Uuid, Uuid)> = sqlx::query_as(
            "select intent.workspace_id, intent.diagram_id, intent.id
             from commit_intent as intent
             join diagram
               on diagram.workspace_id = intent.workspace_id
              and diagram.id = intent.diagram_id
             where intent.state = 'pending'
               and intent.lease_until < now()
               and diagram.deleted_at is null
             order by intent.lease_until",
        )
        .fetch_all(self.pool())
        .await?;
        Ok(rows.into_iter().map(|(workspace, diagram, id)| (Scope { workspace, diagram }, id)).collect())
    }

    /// The intent of a commit under way.
    pub(crate) async fn is_pending(&self, scope: Scope, id: Uuid) -> Result<bool, Error> {
        let (is_pending,): (bool,) = sqlx::query_as(
            "select exists (
                 select
                 from commit_intent
                 where workspace_id = $1 and diagram_id = $2 and id = $3 and state = 'pending'
             )",
        )
        .bind(scope.workspace)
        .bind(scope.diagram)
        .bind(id)
        .fetch_one(self.pool())
        .await?;
        Ok(is_pending)
    }
}
