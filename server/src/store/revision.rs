//! What was committed.

use edit::{Edit, Tally};
use protocol::{DiagramId, RevisionNumber};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{
    EDITS_FORMAT,
    heads::Head,
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

/// Writes the revision and makes it the head.
pub(crate) async fn append(conn: &mut PgConnection, scope: Scope, new: &NewRevision<'_>) -> Result<(), Error> {
    sqlx::query(
        "insert into revision
           (workspace_id, diagram_id, number, commit_id, format, edits, statements, message, author_id, tally)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
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
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "update diagram
         set head_revision = $3, updated_at = now()
         where workspace_id = $1 and id = $2",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(new.number)
    .execute(&mut *conn)
    .await?;
    hint::tell(conn, Hint::Revision(DiagramId(scope.diagram), new.number)).await
}

/// Which state the head is. The transaction has to have locked the diagram, or be of one moment.
pub(crate) async fn head(conn: &mut PgConnection, scope: Scope, revision: RevisionNumber) -> Result<Head, Error> {
    let row: Option<(Uuid,)> = sqlx::query_as(
        "select commit_id
         from revision
         where workspace_id = $1 and diagram_id = $2 and number = $3",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(revision)
    .fetch_optional(conn)
    .await?;
    Ok(Head { diagram: scope.diagram, revision, commit_id: row.map(|(id,)| id) })
}

/// The revision that a commit made, with the statements that ran.
pub(crate) async fn of_commit(
    conn: &mut PgConnection,
    scope: Scope,
    commit_id: Uuid,
) -> Result<Option<(RevisionNumber, Vec<String>)>, Error> {
    let row: Option<(i64, Json<Vec<String>>)> = sqlx::query_as(
        "select number, statements
         from revision
         where workspace_id = $1 and diagram_id = $2 and commit_id = $3",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(commit_id)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(number, Json(statements))| (number, statements)))
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
