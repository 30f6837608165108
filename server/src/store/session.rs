//! Sessions, and the guests behind some of them.

use protocol::SessionSummary;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Store,
    hint::{self, Hint},
    token, workspace,
};
use crate::{error::Error, principal::Principal, secret::Secret};

// How long sessions last stands in `lasts_until` of the statements below. A guest has nothing but the session to come back
// with, so theirs lasts for a year after its last use. An account's ends when it was not used for a day, and two weeks
// after the sign-in in any case: whoever finds the browser unlocked finds it signed out soon enough.

/// A session that has not run out.
#[derive(Debug, Clone, Copy)]
pub struct Session {
    pub principal: Principal,
    /// Whether it should be made to last longer, when it is in use.
    pub is_due: bool,
}

/// Whoever has just shown that they are this principal.
#[derive(Debug, Clone)]
pub struct Arrival<'a> {
    /// The session that they had until then, which ends.
    pub before: Option<&'a Secret>,
    /// What their browser calls itself.
    pub agent: &'a str,
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    id: Uuid,
    agent: String,
    created_at: String,
    used_at: String,
    is_current: bool,
}

impl Store {
    /// The session of a token, when it has not run out.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn session_of(&self, token: &Secret) -> Result<Option<Session>, Error> {
        let hash = hash(token);
        // A guest's is due a day after its last use, an account's an hour after.
        let found: Option<(Uuid, bool)> = sqlx::query_as(
            "select session.principal_id,
                    case principal.kind
                        when 'account' then session.expires_at
                             < least(now() + interval '23 hours', session.created_at + interval '14 days')
                        else session.expires_at < now() + interval '364 days'
                    end
             from session
             join principal on principal.id = session.principal_id
             where session.token_hash = $1 and session.expires_at > now()",
        )
        .bind(hash.as_slice())
        .fetch_optional(self.pool())
        .await?;
        Ok(found.map(|(id, is_due)| Session { principal: Principal::from_session(id), is_due }))
    }

    /// A session in use runs on. The browser has to keep its cookie longer too.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn prolong_session(&self, token: &Secret) -> Result<(), Error> {
        sqlx::query(
            "update session
             set used_at = now(),
                 expires_at = case principal.kind
                     when 'account'
                     then least(now() + interval '24 hours', session.created_at + interval '14 days')
                     else now() + interval '365 days'
                 end
             from principal
             where principal.id = session.principal_id and session.token_hash = $1",
        )
        .bind(hash(token).as_slice())
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Forgets sessions and links that have run out.
    pub(crate) async fn forget_expired_sessions(&self) -> Result<(), Error> {
        sqlx::query("delete from session where expires_at <= now()").execute(self.pool()).await?;
        sqlx::query("delete from one_time_link where expires_at <= now()").execute(self.pool()).await?;
        sqlx::query("delete from invitation where expires_at <= now()").execute(self.pool()).await?;
        Ok(())
    }

    /// A new guest with a workspace of their own, and the token of their session.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn create_guest(&self, agent: &str) -> Result<(Principal, Secret), Error> {
        let (principal, workspace) = (Principal::from_session(Uuid::now_v7()), Uuid::now_v7());
        let mut tx = self.begin().await?;
        sqlx::query("insert into principal (id, kind) values ($1, 'guest')")
            .bind(principal.id())
            .execute(&mut *tx)
            .await?;
        sqlx::query("insert into workspace (id) values ($1)").bind(workspace).execute(&mut *tx).await?;
        sqlx::query("insert into membership (workspace_id, principal_id, role) values ($1, $2, 'owner')")
            .bind(workspace)
            .bind(principal.id())
            .execute(&mut *tx)
            .await?;
        let token = begin(&mut tx, principal, &Arrival { before: None, agent }).await?;
        tx.commit().await?;
        Ok((principal, token))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn end_session(&self, token: &Secret) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        end(&mut tx, token).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends one of a principal's sessions, by the name that they know.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is none of theirs.
    pub async fn end_session_of(&self, principal: Principal, id: Uuid) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        let done = sqlx::query("delete from session where principal_id = $1 and id = $2")
            .bind(principal.id())
            .bind(id)
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return Err(Error::NotFound);
        }
        hint::tell(&mut tx, Hint::Principal(principal.id())).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends all of a principal's sessions, and their tokens.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn end_all_sessions(&self, principal: Principal) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        end_all(&mut tx, principal).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A principal's sessions, the one used last first.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn sessions(&self, principal: Principal, token: &Secret) -> Result<Vec<SessionSummary>, Error> {
        let rows: Vec<SessionRow> = sqlx::query_as(
            r#"select id, agent,
                      to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as created_at,
                      to_char(used_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as used_at,
                      token_hash = $2 as is_current
               from session
               where principal_id = $1 and expires_at > now()
               order by is_current desc, session.used_at desc, id"#,
        )
        .bind(principal.id())
        .bind(hash(token).as_slice())
        .fetch_all(self.pool())
        .await?;
        let summary = |row: SessionRow| SessionSummary {
            id: row.id,
            agent: row.agent,
            created_at: row.created_at,
            used_at: row.used_at,
            is_current: row.is_current,
        };
        Ok(rows.into_iter().map(summary).collect())
    }
}

/// Begins a session with a token that nobody has seen before, and ends the one before it.
pub(super) async fn begin(
    conn: &mut PgConnection,
    principal: Principal,
    arrival: &Arrival<'_>,
) -> Result<Secret, Error> {
    if let Some(before) = arrival.before {
        end(conn, before).await?;
    }
    let token = Secret::random();
    sqlx::query(
        "insert into session (token_hash, principal_id, expires_at, agent)
         select $1, id, now() + case kind when 'account' then interval '24 hours' else interval '365 days' end, $3
         from principal
         where id = $2",
    )
    .bind(hash(&token).as_slice())
    .bind(principal.id())
    .bind(arrival.agent.chars().filter(|c| !c.is_control()).take(200).collect::<String>())
    .execute(conn)
    .await?;
    Ok(token)
}

/// Ends a session, if it is one.
async fn end(conn: &mut PgConnection, token: &Secret) -> Result<(), Error> {
    let ended: Option<(Uuid,)> = sqlx::query_as("delete from session where token_hash = $1 returning principal_id")
        .bind(hash(token).as_slice())
        .fetch_optional(&mut *conn)
        .await?;
    match ended {
        Some((principal,)) => hint::tell(conn, Hint::Principal(principal)).await,
        None => Ok(()),
    }
}

/// Ends all of a principal's sessions, and the tokens of their programs: whoever does this wants everybody else out, and
/// a token is as good as a session to who has stolen it.
pub(super) async fn end_all(conn: &mut PgConnection, principal: Principal) -> Result<(), Error> {
    sqlx::query("delete from session where principal_id = $1").bind(principal.id()).execute(&mut *conn).await?;
    token::end_all(conn, principal).await?;
    hint::tell(conn, Hint::Principal(principal.id())).await
}

/// The workspace in which a principal makes new diagrams: the oldest that they own, made now if they own none.
pub(crate) async fn own_workspace(conn: &mut PgConnection, principal: Principal) -> Result<Uuid, Error> {
    let found: Option<(Uuid,)> = sqlx::query_as(
        "select workspace_id
         from membership
         where principal_id = $1 and role = 'owner'
         order by created_at, workspace_id
         limit 1",
    )
    .bind(principal.id())
    .fetch_optional(&mut *conn)
    .await?;
    match found {
        Some((id,)) => Ok(id),
        None => workspace::create(conn, principal, "My diagrams").await,
    }
}

/// What is kept of a token.
pub(crate) fn hash(token: &Secret) -> [u8; 32] {
    Sha256::digest(token.expose().as_bytes()).into()
}
