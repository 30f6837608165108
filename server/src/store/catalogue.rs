//! Diagrams in lists; and as programs ask for them: a page at a time, and one by one.

use protocol::{DiagramId, DiagramSummary, FolderId, LayoutNumber, RevisionNumber, WorkspaceId};
use uuid::Uuid;

use super::{Store, diagram::head};
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

#[derive(sqlx::FromRow)]
pub(super) struct SummaryRow {
    id: Uuid,
    workspace_id: Uuid,
    folder_id: Option<Uuid>,
    name: String,
    head_revision: RevisionNumber,
    layout_number: LayoutNumber,
    tables: i64,
    updated_at: String,
    opened_at: Option<String>,
    linked: bool,
}

impl From<SummaryRow> for DiagramSummary {
    fn from(row: SummaryRow) -> Self {
        Self {
            id: DiagramId(row.id),
            workspace: WorkspaceId(row.workspace_id),
            folder: row.folder_id.map(FolderId),
            name: row.name,
            revision: row.head_revision,
            layout: row.layout_number,
            tables: row.tables,
            updated_at: row.updated_at,
            opened_at: row.opened_at,
            linked: row.linked,
        }
    }
}

/// A statement that reads [`SummaryRow`]s of diagrams and the memberships in their workspaces, from its `where` on.
macro_rules! select_summaries {
    ($rest:literal) => {
        concat!(
            r#"select diagram.id, diagram.workspace_id, diagram.folder_id, diagram.name, diagram.head_revision,
                      diagram.layout_number,
                      (
                          select count(*)
                          from table_entry
                          where table_entry.workspace_id = diagram.workspace_id
                            and table_entry.diagram_id = diagram.id
                      ) as tables,
                      to_char(diagram.updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as updated_at,
                      to_char(visit.opened_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as opened_at,
                      coalesce(sandbox.state = 'ready', false) as linked
               from diagram
               join membership using (workspace_id)
               left join sandbox
                 on sandbox.workspace_id = diagram.workspace_id
                and sandbox.diagram_id = diagram.id
               left join diagram_visit as visit
                 on visit.workspace_id = diagram.workspace_id
                and visit.diagram_id = diagram.id
                and visit.principal_id = membership.principal_id
               "#,
            $rest
        )
    };
}
pub(super) use select_summaries;

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
