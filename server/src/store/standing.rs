//! What has to be known before a commit is made, in one way to the store and back.

use protocol::{CommitOutcome, RevisionNumber};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{heads::Head, intent::Pending};
use crate::{error::Error, principal::Scope};

/// How a commit and its diagram stand to each other.
#[derive(Debug)]
pub(crate) struct Standing {
    /// The state of the diagram.
    pub(crate) head: Head,
    /// The answer that this commit has got already.
    pub(crate) given: Option<CommitOutcome>,
    /// The commit under way in the diagram's database.
    pub(crate) pending: Option<Pending>,
    /// Whether the diagram has a database, in whatever state.
    pub(crate) is_linked: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    head_revision: RevisionNumber,
    head_commit_id: Option<Uuid>,
    made_number: Option<RevisionNumber>,
    made_statements: Option<Json<Vec<String>>>,
    refusal: Option<Json<CommitOutcome>>,
    pending_id: Option<Uuid>,
    pending_commit_id: Option<Uuid>,
    pending_is_expired: Option<bool>,
    is_linked: bool,
}

/// How things stand. Who wants to act on it has to have locked the diagram before.
///
/// # Errors
/// [`Error::NotFound`] when the diagram is gone for good.
pub(crate) async fn standing(conn: &mut PgConnection, scope: Scope, commit_id: Uuid) -> Result<Standing, Error> {
    let row: Option<Row> = sqlx::query_as(
        "select diagram.head_revision,
                head.commit_id as head_commit_id,
                made.number as made_number,
                made.statements as made_statements,
                refused.outcome as refusal,
                pending.id as pending_id,
                pending.commit_id as pending_commit_id,
                pending.lease_until < now() as pending_is_expired,
                exists (select from sandbox where workspace_id = $1 and diagram_id = $2) as is_linked
         from diagram
         left join revision as head
           on head.workspace_id = $1
          and head.diagram_id = $2
          and head.number = diagram.head_revision
         left join revision as made
           on made.workspace_id = $1
          and made.diagram_id = $2
          and made.commit_id = $3
         left join lateral (
             select outcome
             from commit_intent
             where workspace_id = $1 and diagram_id = $2 and commit_id = $3 and state = 'refused'
             order by created_at desc
             limit 1
         ) as refused
           on true
         left join commit_intent as pending
           on pending.workspace_id = $1
          and pending.diagram_id = $2
          and pending.state = 'pending'
         where diagram.workspace_id = $1 and diagram.id = $2",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(commit_id)
    .fetch_optional(conn)
    .await?;
    let row = row.ok_or(Error::NotFound)?;
    let made = row.made_number.zip(row.made_statements);
    let pending = row.pending_id.zip(row.pending_commit_id).zip(row.pending_is_expired);
    Ok(Standing {
        head: Head { diagram: scope.diagram, revision: row.head_revision, commit_id: row.head_commit_id },
        given: made
            .map(|(revision, Json(statements))| CommitOutcome::Committed { revision, statements })
            .or(row.refusal.map(|Json(outcome)| outcome)),
        pending: pending.map(|((id, commit_id), is_expired)| Pending { id, commit_id, is_expired }),
        is_linked: row.is_linked,
    })
}
