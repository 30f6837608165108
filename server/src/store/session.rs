//! Sessions and the guests behind them.

use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Store;
use crate::{error::Error, principal::Principal, secret::Secret};

/// A session that has not run out.
#[derive(Debug, Clone, Copy)]
pub struct Session {
    pub principal: Principal,
    /// Whether it was made to last longer just now, so that the browser has to keep its cookie longer too.
    pub was_prolonged: bool,
}

impl Store {
    /// The session of a token, when it has not run out. A session in use runs on.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn session_of(&self, token: &Secret) -> Result<Option<Session>, Error> {
        let hash = hash(token);
        let found: Option<(Uuid, bool)> = sqlx::query_as(
            "select principal_id, expires_at < now() + interval '364 days'
             from session
             where token_hash = $1 and expires_at > now()",
        )
        .bind(hash.as_slice())
        .fetch_optional(self.pool())
        .await?;
        let Some((id, is_due)) = found else { return Ok(None) };
        if is_due {
            sqlx::query("update session set expires_at = now() + interval '365 days' where token_hash = $1")
                .bind(hash.as_slice())
                .execute(self.pool())
                .await?;
        }
        Ok(Some(Session { principal: Principal::from_session(id), was_prolonged: is_due }))
    }

    /// Forgets sessions that have run out.
    pub(crate) async fn forget_expired_sessions(&self) -> Result<(), Error> {
        sqlx::query("delete from session where expires_at <= now()").execute(self.pool()).await?;
        Ok(())
    }

    /// A new guest with a workspace of their own, and the token of their session.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn create_guest(&self) -> Result<(Principal, Secret), Error> {
        let token = Secret::random();
        let (principal, workspace) = (Uuid::now_v7(), Uuid::now_v7());
        let mut tx = self.begin().await?;
        sqlx::query("insert into principal (id, kind) values ($1, 'guest')").bind(principal).execute(&mut *tx).await?;
        sqlx::query("insert into workspace (id) values ($1)").bind(workspace).execute(&mut *tx).await?;
        sqlx::query("insert into membership (workspace_id, principal_id, role) values ($1, $2, 'owner')")
            .bind(workspace)
            .bind(principal)
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "insert into session (token_hash, principal_id, expires_at)
             values ($1, $2, now() + interval '365 days')",
        )
        .bind(hash(&token).as_slice())
        .bind(principal)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok((Principal::from_session(principal), token))
    }
}

/// The workspace in which a principal makes new diagrams: the oldest that they own.
pub(crate) async fn own_workspace(conn: &mut PgConnection, principal: Principal) -> Result<Uuid, Error> {
    let found: Option<(Uuid,)> = sqlx::query_as(
        "select workspace_id
         from membership
         where principal_id = $1 and role = 'owner'
         order by created_at, workspace_id
         limit 1",
    )
    .bind(principal.id())
    .fetch_optional(conn)
    .await?;
    found.map(|(id,)| id).ok_or(Error::NotFound)
}

/// What is kept of a token.
pub(crate) fn hash(token: &Secret) -> [u8; 32] {
    Sha256::digest(token.expose().as_bytes()).into()
}
