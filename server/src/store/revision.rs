//! What was committed.

use edit::{Edit, Tally};
use protocol::{DiagramId, RevisionNumber};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{
    EDITS_FORMAT,
    hint::{self, Hint},
};
use crate::{error::Error, principal::Scope};

/// A revision to be written.
#[derive(Debug)]
pub(crate) struct NewRevision<'a> {
    pub(crate) number: RevisionNumber,
    pub(crate) commit_id: Uuid,
    pub(crate) edits: &'a [Edit],
    pub(crate) statements: &'a [String],
    pub(crate) message: &'a str,
    pub(crate) author: Uuid,
}

/// Writes the revision, makes it the head, and tells all servers once that is committed.
pub(crate) async fn append(conn: &mut PgConnection, scope: Scope, new: &NewRevision<'_>) -> Result<(), Error> {
    sqlx::query(
        "with written as (
             insert into revision
               (workspace_id, diagram_id, number, commit_id, format, edits, statements, message, author_id, tally)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ),
         headed as (
             update diagram
             set head_revision = $3, updated_at = now()
             where workspace_id = $1 and id = $2
         )
         select pg_notify($11, $12)",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(new.number)
    .bind(new.commit_id)
    .bind(EDITS_FORMAT)
    .bind(Json(new.edits))
    .bind(Json(new.statements))
    .bind(new.message)
    .bind(new.author)
    .bind(Json(Tally::of(new.edits)))
    .bind(hint::CHANNEL)
    .bind(Hint::Revision(DiagramId(scope.diagram), new.number).to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// The edits that lead from one revision to a later one, oldest first.
pub(crate) async fn edits_between(
    conn: &mut PgConnection,
    scope: Scope,
    from: RevisionNumber,
    to: RevisionNumber,
) -> Result<Vec<Vec<Edit>>, Error> {
    if from == to {
        return Ok(Vec::new());
    }
    let rows: Vec<(i32, Json<Vec<Edit>>)> = sqlx::query_as(
        "select format, edits
         from revision
         where workspace_id = $1 and diagram_id = $2 and number > $3 and number <= $4
         order by number",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(from)
    .bind(to)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(format, Json(edits))| match format {
            EDITS_FORMAT => Ok(edits),
            newer => Err(Error::Defect(format!("a revision has the format {newer}, which a newer Crowfoot wrote"))),
        })
        .collect()
}
