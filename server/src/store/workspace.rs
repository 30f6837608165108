//! Workspaces and the people in them.

use protocol::{Member, Role, WorkspaceId, WorkspaceSummary};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Store,
    audit::{self, Action},
    hint::{self, Hint},
    session,
};
use crate::{
    error::Error,
    principal::{Asker, AuthorizedWorkspace, Manage, Own, Principal, Right, View, read_role},
};

/// How many workspaces one account owns at most.
const MAX_WORKSPACES: i64 = 50;

impl Store {
    /// Proof of a right to a workspace.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such workspace for them, [`Error::OutOfScope`] when their token is for less.
    pub async fn authorize_workspace<R: Right>(
        &self,
        asker: impl Into<Asker> + Send,
        id: WorkspaceId,
    ) -> Result<AuthorizedWorkspace<R>, Error> {
        let asker = asker.into();
        AuthorizedWorkspace::find(&mut *self.acquire().await?, asker, id).await
    }

    /// The workspace in which a principal makes diagrams when they name none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn own_workspace(&self, principal: Principal) -> Result<WorkspaceId, Error> {
        session::own_workspace(&mut *self.acquire().await?, principal).await.map(WorkspaceId)
    }

    /// The workspaces of a principal, their own first.
    pub(super) async fn workspaces(&self, principal: Principal) -> Result<Vec<WorkspaceSummary>, Error> {
        let rows: Vec<(Uuid, String, String, i64)> = sqlx::query_as(
            "select workspace.id, workspace.name, membership.role,
                    (select count(*) from membership as other where other.workspace_id = workspace.id)
             from membership
             join workspace on workspace.id = membership.workspace_id
             where membership.principal_id = $1
             order by membership.role = 'owner' desc, membership.created_at, workspace.id",
        )
        .bind(principal.id())
        .fetch_all(self.pool())
        .await?;
        let summary = |(id, name, role, members): (Uuid, String, String, i64)| {
            Ok(WorkspaceSummary { id: WorkspaceId(id), name, role: read_role(&role)?, members })
        };
        rows.into_iter().map(summary).collect()
    }

    /// Makes a workspace that the account owns.
    ///
    /// # Errors
    /// [`Error::Invalid`] when they have too many.
    pub async fn create_workspace(&self, account: Principal, name: &str) -> Result<WorkspaceId, Error> {
        let mut tx = self.begin().await?;
        let (count,): (i64,) =
            sqlx::query_as("select count(*) from membership where principal_id = $1 and role = 'owner'")
                .bind(account.id())
                .fetch_one(&mut *tx)
                .await?;
        if count >= MAX_WORKSPACES {
            return Err(Error::Invalid(format!("you own {MAX_WORKSPACES} workspaces, and more are not made")));
        }
        let id = create(&mut tx, account, name).await?;
        tx.commit().await?;
        Ok(WorkspaceId(id))
    }

    /// The name of a workspace and everybody in it, owners first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn members(&self, workspace: AuthorizedWorkspace<View>) -> Result<(String, Vec<Member>), Error> {
        let (name,): (String,) = sqlx::query_as("select name from workspace where id = $1")
            .bind(workspace.id())
            .fetch_one(self.pool())
            .await?;
        let rows: Vec<(Uuid, String, Option<String>, String)> = sqlx::query_as(
            "select membership.principal_id, display_name(membership.principal_id), account.email, membership.role
             from membership
             left join account using (principal_id)
             where membership.workspace_id = $1
             order by array_position(array['owner', 'admin', 'editor', 'viewer'], membership.role),
                      display_name(membership.principal_id), membership.principal_id",
        )
        .bind(workspace.id())
        .fetch_all(self.pool())
        .await?;
        let member = |(id, name, email, role): (Uuid, String, Option<String>, String)| {
            Ok(Member { id, name, email, role: read_role(&role)?, is_me: id == workspace.principal().id() })
        };
        Ok((name, rows.into_iter().map(member).collect::<Result<_, Error>>()?))
    }

    /// Gives a workspace another name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn rename_workspace(&self, workspace: AuthorizedWorkspace<Manage>, name: &str) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        sqlx::query("update workspace set name = $2 where id = $1")
            .bind(workspace.id())
            .bind(name)
            .execute(&mut *tx)
            .await?;
        audit::note(&mut tx, workspace.id(), workspace.principal(), &Action::WorkspaceRenamed(name)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Deletes a workspace with all its diagrams.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delete_workspace(&self, workspace: AuthorizedWorkspace<Own>) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        delete(&mut tx, workspace.id()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Gives a member another role. Nobody gives more than they have, or takes from those above them.
    ///
    /// # Errors
    /// [`Error::NotFound`] for who is no member, [`Error::Invalid`] where it is not theirs to do.
    pub async fn set_role(
        &self,
        workspace: AuthorizedWorkspace<Manage>,
        member: Uuid,
        role: Role,
    ) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        let before = member_below(&mut tx, workspace, member).await?;
        if role > workspace.role() {
            return Err(Error::Invalid("only an owner makes owners".to_owned()));
        }
        if before == role {
            return Ok(());
        }
        sqlx::query("update membership set role = $3 where workspace_id = $1 and principal_id = $2")
            .bind(workspace.id())
            .bind(member)
            .bind(role.as_str())
            .execute(&mut *tx)
            .await?;
        require_owner(&mut tx, workspace.id()).await?;
        if role < Manage::LEAST {
            revoke_invitations_of(&mut tx, workspace.id(), member).await?;
        }
        audit::note(&mut tx, workspace.id(), workspace.principal(), &Action::RoleGiven(member, role)).await?;
        hint::tell(&mut tx, Hint::Workspace(workspace.id())).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes a member out.
    ///
    /// # Errors
    /// As for [`Store::set_role`].
    pub async fn remove_member(&self, workspace: AuthorizedWorkspace<Manage>, member: Uuid) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        member_below(&mut tx, workspace, member).await?;
        take_out(&mut tx, workspace.id(), member).await?;
        audit::note(&mut tx, workspace.id(), workspace.principal(), &Action::MemberRemoved(member)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Goes out of a workspace.
    ///
    /// # Errors
    /// [`Error::Invalid`] for its last owner.
    pub async fn leave_workspace(&self, workspace: AuthorizedWorkspace<View>) -> Result<(), Error> {
        let who = workspace.principal();
        let mut tx = self.begin().await?;
        lock(&mut tx, workspace.id()).await?;
        take_out(&mut tx, workspace.id(), who.id()).await?;
        audit::note(&mut tx, workspace.id(), who, &Action::Left).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Removes workspaces that nobody is in any more, once their diagrams are gone.
    pub(crate) async fn forget_empty_workspaces(&self) -> Result<(), Error> {
        sqlx::query(
            "delete from workspace
             where not exists (select from membership where membership.workspace_id = workspace.id)
               and not exists (select from diagram where diagram.workspace_id = workspace.id)",
        )
        .execute(self.pool())
        .await?;
        Ok(())
    }
}

/// Makes a workspace with its owner.
pub(super) async fn create(conn: &mut PgConnection, owner: Principal, name: &str) -> Result<Uuid, Error> {
    let id = Uuid::now_v7();
    sqlx::query("insert into workspace (id, name) values ($1, $2)").bind(id).bind(name).execute(&mut *conn).await?;
    sqlx::query("insert into membership (workspace_id, principal_id, role) values ($1, $2, 'owner')")
        .bind(id)
        .bind(owner.id())
        .execute(&mut *conn)
        .await?;
    audit::note(conn, id, owner, &Action::WorkspaceMade).await?;
    Ok(id)
}

/// Deletes the diagrams and shuts everybody out; the janitor does the rest once the diagrams are purged.
pub(super) async fn delete(conn: &mut PgConnection, id: Uuid) -> Result<(), Error> {
    lock(conn, id).await?;
    for statement in [
        "update diagram set deleted_at = now() where workspace_id = $1 and deleted_at is null",
        "delete from invitation where workspace_id = $1",
        "delete from membership where workspace_id = $1",
    ] {
        sqlx::query(statement).bind(id).execute(&mut *conn).await?;
    }
    hint::tell(conn, Hint::Workspace(id)).await
}

/// Whoever changes who is in a workspace does so alone: two owners who leave at once would leave none.
async fn lock(conn: &mut PgConnection, id: Uuid) -> Result<(), Error> {
    let found = sqlx::query("select from workspace where id = $1 for update").bind(id).fetch_optional(conn).await?;
    found.map(|_| ()).ok_or(Error::NotFound)
}

/// The role of a member whom this one may change.
async fn member_below(
    conn: &mut PgConnection,
    workspace: AuthorizedWorkspace<Manage>,
    member: Uuid,
) -> Result<Role, Error> {
    lock(conn, workspace.id()).await?;
    let found: Option<(String,)> =
        sqlx::query_as("select role from membership where workspace_id = $1 and principal_id = $2")
            .bind(workspace.id())
            .bind(member)
            .fetch_optional(conn)
            .await?;
    let role = read_role(&found.ok_or(Error::NotFound)?.0)?;
    if role > workspace.role() {
        return Err(Error::Invalid("only an owner changes what an owner may do".to_owned()));
    }
    Ok(role)
}

async fn take_out(conn: &mut PgConnection, workspace: Uuid, member: Uuid) -> Result<(), Error> {
    sqlx::query("delete from membership where workspace_id = $1 and principal_id = $2")
        .bind(workspace)
        .bind(member)
        .execute(&mut *conn)
        .await?;
    revoke_invitations_of(conn, workspace, member).await?;
    require_owner(conn, workspace).await?;
    hint::tell(conn, Hint::Workspace(workspace)).await
}

/// Who may not invite any more must not get back in, or let others in, by links made before.
async fn revoke_invitations_of(conn: &mut PgConnection, workspace: Uuid, member: Uuid) -> Result<(), Error> {
    sqlx::query("delete from invitation where workspace_id = $1 and invited_by = $2")
        .bind(workspace)
        .bind(member)
        .execute(conn)
        .await?;
    Ok(())
}

async fn require_owner(conn: &mut PgConnection, workspace: Uuid) -> Result<(), Error> {
    let found = sqlx::query("select from membership where workspace_id = $1 and role = 'owner'")
        .bind(workspace)
        .fetch_optional(conn)
        .await?;
    match found {
        Some(_) => Ok(()),
        None => Err(Error::Invalid("a workspace needs an owner; make somebody else one first".to_owned())),
    }
}
