//! Diagrams as programs ask for them: a page at a time, and one by one.

use protocol::{DiagramId, DiagramSummary, RevisionNumber, WorkspaceId};

use super::{
    Store,
    diagram::{SummaryRow, head, select_summaries},
};
use crate::{
    error::Error,
    principal::{Asker, Authorized, View},
};

/// Which diagrams are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Only those of this workspace.
    pub workspace: Option<WorkspaceId>,
    /// Only those after this one.
    pub after: Option<DiagramId>,
    /// So many at most.
    pub most: i64,
}

impl Store {
    /// The diagrams that somebody may look at, in the order of their ids, which is mostly that of their making: nothing
    /// that is done between two pages makes one come twice or go missing.
    ///
    /// # Errors
    /// [`Error::OutOfScope`] when their token does not read.
    pub async fn page_of_diagrams(&self, asker: Asker, page: Page) -> Result<Vec<DiagramSummary>, Error> {
        let principal = asker.reach::<View>()?;
        let rows: Vec<SummaryRow> = sqlx::query_as(select_summaries!(
            "where membership.principal_id = $1
               and diagram.deleted_at is null
               and ($2::uuid is null or diagram.workspace_id = $2)
               and ($3::uuid is null or diagram.id > $3)
             order by diagram.id
             limit $4"
        ))
        .bind(principal.id())
        .bind(page.workspace.map(|it| it.0))
        .bind(page.after.map(|it| it.0))
        .bind(page.most)
        .fetch_all(self.pool())
        .await?;
        Ok(rows.into_iter().map(DiagramSummary::from).collect())
    }

    /// One diagram, without its schema.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it went since it was asked who may see it.
    pub async fn summary(&self, diagram: Authorized<View>) -> Result<DiagramSummary, Error> {
        let scope = diagram.scope();
        let row: Option<SummaryRow> = sqlx::query_as(select_summaries!(
            "where diagram.workspace_id = $1
               and diagram.id = $2
               and diagram.deleted_at is null
               and membership.principal_id = $3"
        ))
        .bind(scope.workspace)
        .bind(scope.diagram)
        .bind(diagram.principal().id())
        .fetch_optional(self.pool())
        .await?;
        row.map(DiagramSummary::from).ok_or(Error::NotFound)
    }

    /// The head revision of a diagram.
    ///
    /// # Errors
    /// As [`Store::summary`].
    pub async fn head_revision(&self, diagram: Authorized<View>) -> Result<RevisionNumber, Error> {
        let (_, revision, _) = head(&mut *self.acquire().await?, diagram.scope()).await?;
        Ok(revision)
    }
}
