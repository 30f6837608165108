//! Invitations into workspaces: links that hold for a week and can be revoked. Only the hashes of their tokens are kept.

use protocol::{InvitationOffer, InvitationSummary, Role, WorkspaceId};
use uuid::Uuid;

use super::{
    Store,
    audit::{self, Action},
    session::hash,
};
use crate::{
    error::Error,
    principal::{AuthorizedWorkspace, Manage, Principal, read_role},
    secret::Secret,
};

/// How many open invitations a workspace has at most.
const MAX_OPEN: i64 = 100;

#[derive(sqlx::FromRow)]
struct OfferRow {
    workspace_id: Uuid,
    name: String,
    role: String,
    invited_by: String,
    is_signed_in: bool,
    is_member: bool,
}

impl Store {
    /// A new invitation.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a role that is not to be given away by a link.
    pub async fn invite(
        &self,
        workspace: AuthorizedWorkspace<Manage>,
        role: Role,
        email: Option<&str>,
    ) -> Result<Secret, Error> {
        if role == Role::Owner {
            return Err(Error::Invalid("owners are made among the members, not by a link".to_owned()));
        }
        let token = Secret::random();
        let mut tx = self.begin().await?;
        let (open,): (i64,) =
            sqlx::query_as("select count(*) from invitation where workspace_id = $1 and expires_at > now()")
                .bind(workspace.id())
                .fetch_one(&mut *tx)
                .await?;
        if open >= MAX_OPEN {
            return Err(Error::Invalid(format!("{MAX_OPEN} invitations are open; revoke some first")));
        }
        sqlx::query(
            "insert into invitation (workspace_id, id, token_hash, role, email, invited_by, expires_at)
             values ($1, $2, $3, $4, $5, $6, now() + interval '7 days')",
        )
        .bind(workspace.id())
        .bind(Uuid::now_v7())
        .bind(hash(&token).as_slice())
        .bind(role.as_str())
        .bind(email)
        .bind(workspace.principal().id())
        .execute(&mut *tx)
        .await?;
        audit::note(&mut tx, workspace.id(), workspace.principal(), &Action::Invited(role)).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// The open invitations of a workspace, the newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn invitations(&self, workspace: AuthorizedWorkspace<Manage>) -> Result<Vec<InvitationSummary>, Error> {
        let rows: Vec<(Uuid, String, Option<String>, String, String)> = sqlx::query_as(
            r#"select id, role, email, display_name(invited_by),
                      to_char(expires_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
               from invitation
               where workspace_id = $1 and expires_at > now()
               order by created_at desc, id"#,
        )
        .bind(workspace.id())
        .fetch_all(self.pool())
        .await?;
        let summary = |(id, role, email, invited_by, expires_at): (Uuid, String, Option<String>, String, String)| {
            Ok(InvitationSummary { id, role: read_role(&role)?, email, invited_by, expires_at })
        };
        rows.into_iter().map(summary).collect()
    }

    /// Makes an invitation worthless.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is none of this workspace.
    pub async fn revoke_invitation(&self, workspace: AuthorizedWorkspace<Manage>, id: Uuid) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        let gone: Option<(String,)> =
            sqlx::query_as("delete from invitation where workspace_id = $1 and id = $2 returning role")
                .bind(workspace.id())
                .bind(id)
                .fetch_optional(&mut *tx)
                .await?;
        let role = read_role(&gone.ok_or(Error::NotFound)?.0)?;
        audit::note(&mut tx, workspace.id(), workspace.principal(), &Action::InvitationRevoked(role)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What an invitation is to, for whoever holds it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it was revoked, has run out, or never was.
    pub async fn invitation(&self, token: &Secret, reader: Option<Principal>) -> Result<InvitationOffer, Error> {
        let row: Option<OfferRow> = sqlx::query_as(
            "select invitation.workspace_id, workspace.name, invitation.role,
                    display_name(invitation.invited_by) as invited_by,
                    exists (select from account where account.principal_id = $2) as is_signed_in,
                    exists (
                        select
                        from membership
                        where membership.workspace_id = workspace.id and membership.principal_id = $2
                    ) as is_member
             from invitation
             join workspace on workspace.id = invitation.workspace_id
             where invitation.token_hash = $1 and invitation.expires_at > now()",
        )
        .bind(hash(token).as_slice())
        .bind(reader.map(Principal::id))
        .fetch_optional(self.pool())
        .await?;
        let row = row.ok_or(Error::NotFound)?;
        Ok(InvitationOffer {
            workspace: WorkspaceId(row.workspace_id),
            name: row.name,
            invited_by: row.invited_by,
            role: read_role(&row.role)?,
            is_signed_in: row.is_signed_in,
            is_member: row.is_member,
        })
    }

    /// Joins by an invitation. One that was sent to somebody is used up; a link is for as many as it is passed on to.
    /// Whoever is in already stays what they are.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the invitation holds no more, or for a guest.
    pub async fn join(&self, account: Principal, token: &Secret) -> Result<WorkspaceId, Error> {
        let mut tx = self.begin().await?;
        let found: Option<(Uuid, Uuid, String, bool)> = sqlx::query_as(
            "select workspace_id, id, role, email is not null
             from invitation
             where token_hash = $1
               and expires_at > now()
               and exists (select from account where account.principal_id = $2)
             for update",
        )
        .bind(hash(token).as_slice())
        .bind(account.id())
        .fetch_optional(&mut *tx)
        .await?;
        let (workspace, id, role, is_for_one) = found.ok_or(Error::NotFound)?;
        let joined = sqlx::query(
            "insert into membership (workspace_id, principal_id, role)
             values ($1, $2, $3)
             on conflict do nothing",
        )
        .bind(workspace)
        .bind(account.id())
        .bind(&role)
        .execute(&mut *tx)
        .await?;
        if joined.rows_affected() == 1 {
            if is_for_one {
                sqlx::query("delete from invitation where workspace_id = $1 and id = $2")
                    .bind(workspace)
                    .bind(id)
                    .execute(&mut *tx)
                    .await?;
            }
            audit::note(&mut tx, workspace, account, &Action::Joined(read_role(&role)?)).await?;
        }
        tx.commit().await?;
        Ok(WorkspaceId(workspace))
    }
}
