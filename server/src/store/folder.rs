//! Folders of a workspace, one level of them.

use protocol::{FolderId, FolderSummary, FormField, WorkspaceId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Store,
    audit::{self, Action},
    diagram::read_name_of,
};
use crate::{
    error::Error,
    principal::{Authorized, AuthorizedWorkspace, Edit, Principal, Scope},
};

/// How many folders a workspace has at most.
const MAX_FOLDERS: i64 = 200;

impl Store {
    /// The folders in a principal's workspaces, by name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list_folders(&self, principal: Option<Principal>) -> Result<Vec<FolderSummary>, Error> {
        let Some(principal) = principal else { return Ok(Vec::new()) };
        let rows: Vec<(Uuid, Uuid, String)> = sqlx::query_as(
            "select folder.id, folder.workspace_id, folder.name
             from folder
             join membership using (workspace_id)
             where membership.principal_id = $1
             order by lower(folder.name), folder.id",
        )
        .bind(principal.id())
        .fetch_all(self.pool())
        .await?;
        let summary =
            |(id, workspace, name)| FolderSummary { id: FolderId(id), workspace: WorkspaceId(workspace), name };
        Ok(rows.into_iter().map(summary).collect())
    }

    /// Makes a folder.
    ///
    /// # Errors
    /// [`Error::Field`] for a name that is none or is taken, [`Error::Invalid`] when there are too many.
    pub async fn make_folder(&self, workspace: AuthorizedWorkspace<Edit>, name: &str) -> Result<FolderId, Error> {
        let name = read_name(name)?;
        let id = Uuid::now_v7();
        let mut tx = self.begin().await?;
        let made = sqlx::query(
            "insert into folder (workspace_id, id, name)
             select $1, $2, $3
             where (select count(*) from folder where workspace_id = $1) < $4",
        )
        .bind(workspace.id())
        .bind(id)
        .bind(name)
        .bind(MAX_FOLDERS)
        .execute(&mut *tx)
        .await?;
        if made.rows_affected() == 0 {
            return Err(Error::Invalid(format!("a workspace has at most {MAX_FOLDERS} folders")));
        }
        note(&mut tx, workspace, &Action::FolderMade(id, name)).await?;
        tx.commit().await?;
        Ok(FolderId(id))
    }

    /// Gives a folder another name.
    ///
    /// # Errors
    /// [`Error::Field`] for a name that is none or is taken, [`Error::NotFound`] when it is no folder of the workspace.
    pub async fn rename_folder(
        &self,
        workspace: AuthorizedWorkspace<Edit>,
        folder: FolderId,
        name: &str,
    ) -> Result<(), Error> {
        let name = read_name(name)?;
        let mut tx = self.begin().await?;
        let done = sqlx::query("update folder set name = $3 where workspace_id = $1 and id = $2")
            .bind(workspace.id())
            .bind(folder.0)
            .bind(name)
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return Err(Error::NotFound);
        }
        note(&mut tx, workspace, &Action::FolderRenamed(folder.0, name)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Deletes a folder. What is in it stays in the workspace.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is no folder of the workspace.
    pub async fn delete_folder(&self, workspace: AuthorizedWorkspace<Edit>, folder: FolderId) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        // Nobody puts anything into it from now on.
        sqlx::query("select from folder where workspace_id = $1 and id = $2 for update")
            .bind(workspace.id())
            .bind(folder.0)
            .execute(&mut *tx)
            .await?;
        sqlx::query("update diagram set folder_id = null where workspace_id = $1 and folder_id = $2")
            .bind(workspace.id())
            .bind(folder.0)
            .execute(&mut *tx)
            .await?;
        let name: Option<(String,)> =
            sqlx::query_as("delete from folder where workspace_id = $1 and id = $2 returning name")
                .bind(workspace.id())
                .bind(folder.0)
                .fetch_optional(&mut *tx)
                .await?;
        let (name,) = name.ok_or(Error::NotFound)?;
        note(&mut tx, workspace, &Action::FolderDeleted(folder.0, &name)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Puts a diagram into a folder of its workspace, or out of the one that it is in.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is no folder of the workspace.
    pub async fn put_in_folder(&self, diagram: Authorized<Edit>, folder: Option<FolderId>) -> Result<(), Error> {
        let scope = diagram.scope();
        let done = sqlx::query(
            "update diagram
             set folder_id = $3
             where workspace_id = $1 and id = $2 and deleted_at is null",
        )
        .bind(scope.workspace)
        .bind(scope.diagram)
        .bind(folder.map(|folder| folder.0))
        .execute(self.pool())
        .await?;
        if done.rows_affected() == 0 { Err(Error::NotFound) } else { Ok(()) }
    }
}

/// Makes the folders of all workspaces of somebody in another one too, where there is none of that name, as far as there is
/// room.
pub(super) async fn copy_all(conn: &mut PgConnection, of: Principal, into: Uuid) -> Result<(), Error> {
    sqlx::query(
        "insert into folder (workspace_id, id, name)
         select $2, gen_random_uuid(), folder.name
         from folder
         join membership using (workspace_id)
         where membership.principal_id = $1
         order by folder.created_at
         limit greatest(0, $3 - (select count(*) from folder where workspace_id = $2))
         on conflict (workspace_id, lower(name)) do nothing",
    )
    .bind(of.id())
    .bind(into)
    .bind(MAX_FOLDERS)
    .execute(conn)
    .await?;
    Ok(())
}

/// Puts a diagram into the folder of that name, if its workspace has one.
pub(super) async fn file_by_name(conn: &mut PgConnection, diagram: Scope, folder: Option<&str>) -> Result<(), Error> {
    let Some(folder) = folder else { return Ok(()) };
    sqlx::query(
        "update diagram
         set folder_id = folder.id
         from folder
         where diagram.workspace_id = $1
           and diagram.id = $2
           and folder.workspace_id = $1
           and lower(folder.name) = lower($3)",
    )
    .bind(diagram.workspace)
    .bind(diagram.diagram)
    .bind(folder)
    .execute(conn)
    .await?;
    Ok(())
}

async fn note(conn: &mut PgConnection, workspace: AuthorizedWorkspace<Edit>, action: &Action<'_>) -> Result<(), Error> {
    audit::note(conn, workspace.id(), workspace.principal(), action).await
}

/// As diagrams are named.
fn read_name(name: &str) -> Result<&str, Error> {
    read_name_of("A folder", name).map_err(|error| Error::Field(FormField::Name, format!("{error}.")))
}
