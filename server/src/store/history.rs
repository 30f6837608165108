//! Looking back: the list of revisions, any of them as it was, and the names that people give them.

use edit::{Edit, Tally};
use protocol::{Author, RevisionNumber, RevisionSummary};
use schema::Schema;
use sqlx::types::Json;

use super::{Store, diagram::read_name_of, load, revision};
use crate::{
    error::Error,
    principal::{Authorized, Edit as MayEdit, View},
    turns::Turn,
};

/// How many revisions are told at once.
pub const PAGE: i64 = 50;
/// How many revisions one goes back at a time.
const STRIDE: RevisionNumber = 20;

#[derive(sqlx::FromRow)]
struct Row {
    number: i64,
    message: String,
    at: String,
    is_own: bool,
    author: String,
    tally: Option<Json<Tally>>,
    /// Of revisions that were not counted when they were made.
    edits: Option<Json<Vec<Edit>>>,
    name: Option<String>,
}

impl Store {
    /// Revisions before the given one, or the latest, newest first and at most [`PAGE`] of them; those with a name only
    /// when that is asked.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn revisions(
        &self,
        diagram: Authorized<View>,
        before: Option<RevisionNumber>,
        is_named: bool,
    ) -> Result<Vec<RevisionSummary>, Error> {
        self.some_revisions(diagram, before, is_named, PAGE).await
    }

    /// One revision, with its edits.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a revision that there is not.
    pub async fn revision(
        &self,
        diagram: Authorized<View>,
        number: RevisionNumber,
    ) -> Result<(RevisionSummary, Vec<Edit>), Error> {
        let after = number.checked_add(1).ok_or(Error::NotFound)?;
        let found = self.some_revisions(diagram, Some(after), false, 1).await?;
        let summary = found.into_iter().next().filter(|it| it.number == number).ok_or(Error::NotFound)?;
        let edits = revision::edits_between(&mut *self.acquire().await?, diagram.scope(), number - 1, number).await?;
        Ok((summary, edits.into_iter().flatten().collect()))
    }

    async fn some_revisions(
        &self,
        diagram: Authorized<View>,
        before: Option<RevisionNumber>,
        is_named: bool,
        most: i64,
    ) -> Result<Vec<RevisionSummary>, Error> {
        let scope = diagram.scope();
        let rows: Vec<Row> = sqlx::query_as(
            r#"select number, message,
                      to_char(revision.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at,
                      author_id = $3 as is_own, coalesce(display_name(author_id), 'Guest') as author, tally,
                      case when tally is null then edits end as edits, name
               from revision
               left join revision_name using (workspace_id, diagram_id, number)
               where workspace_id = $1
                 and diagram_id = $2
                 and number < $4
                 and (name is not null or not $5)
               order by number desc
               limit $6"#,
        )
        .bind(scope.workspace)
        .bind(scope.diagram)
        .bind(diagram.principal().id())
        .bind(before.unwrap_or(i64::MAX))
        .bind(is_named)
        .bind(most)
        .fetch_all(self.pool())
        .await?;
        let summary = |row: Row| RevisionSummary {
            number: row.number,
            author: if row.is_own { Author::You } else { Author::Named(row.author) },
            message: row.message,
            at: row.at,
            changes: row.tally.map_or_else(
                || row.edits.map(|Json(edits)| Tally::of(&edits)).unwrap_or_default(),
                |Json(tally)| tally,
            ),
            name: row.name,
        };
        Ok(rows.into_iter().map(summary).collect())
    }

    /// The schema as a revision left it, worked out from the head backwards: the first state of a diagram is in no
    /// revision, and what is asked for is mostly near the head.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a revision that there is not.
    pub async fn schema_at(&self, diagram: Authorized<View>, number: RevisionNumber) -> Result<Schema, Error> {
        let scope = diagram.scope();
        let turn = Turn::at_processor().await?;
        let mut tx = self.begin_reading().await?;
        let (_, mut at, _) = super::diagram::head(&mut tx, scope).await?;
        if !(0..=at).contains(&number) {
            return Err(Error::NotFound);
        }
        let mut schema = load::schema(&mut tx, scope).await?;
        // Step by step, so that a long way back does not have to be held at once.
        while at > number {
            let to = number.max(at - STRIDE);
            let edits = revision::edits_between(&mut tx, scope, to, at).await?;
            schema = turn
                .work(move || edit::rewind(&schema, &edits))
                .await?
                .map_err(|error| Error::Defect(format!("the revisions do not lead to the head: {error}")))?;
            at = to;
        }
        tx.commit().await?;
        Ok(schema)
    }

    /// Gives a revision a name, or takes it away.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a revision that there is not, [`Error::Invalid`] for a name that is none.
    pub async fn name_revision(
        &self,
        diagram: Authorized<MayEdit>,
        number: RevisionNumber,
        name: Option<&str>,
    ) -> Result<(), Error> {
        let scope = diagram.scope();
        let statement = match name {
            Some(name) => sqlx::query(
                "insert into revision_name (workspace_id, diagram_id, number, name)
                 select workspace_id, diagram_id, number, $4
                 from revision
                 where workspace_id = $1 and diagram_id = $2 and number = $3
                 on conflict (workspace_id, diagram_id, number) do update
                 set name = excluded.name",
            )
            .bind(scope.workspace)
            .bind(scope.diagram)
            .bind(number)
            .bind(read_name_of("a version", name)?),
            None => sqlx::query(
                "delete from revision_name
                 where workspace_id = $1 and diagram_id = $2 and number = $3",
            )
            .bind(scope.workspace)
            .bind(scope.diagram)
            .bind(number),
        };
        let done = statement.execute(self.pool()).await?;
        // Taking away a name that is gone already changes nothing and harms nobody.
        if done.rows_affected() == 0 && name.is_some() { Err(Error::NotFound) } else { Ok(()) }
    }
}
