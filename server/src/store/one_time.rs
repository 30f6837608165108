//! Links that let somebody in once: to a new password, and to the first account. Only the hashes of their tokens are
//! kept.

use uuid::Uuid;

use super::{
    Store, account,
    account::NewAccount,
    session::{Arrival, hash},
};
use crate::{error::Error, principal::Principal, secret::Secret};

impl Store {
    /// A link to a new password, for half an hour.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn create_reset_link(&self, account: Principal) -> Result<Secret, Error> {
        let token = Secret::random();
        sqlx::query(
            "insert into one_time_link (token_hash, kind, principal_id, expires_at)
             values ($1, 'reset', $2, now() + interval '30 minutes')",
        )
        .bind(hash(&token).as_slice())
        .bind(account.id())
        .execute(self.pool())
        .await?;
        Ok(token)
    }

    /// Uses a link up and sets the password, which ends every session, token and other link of the account.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the link was used, has run out, or never was.
    pub async fn reset_password(&self, token: &Secret, password_hash: &Secret) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        let used: Option<(Uuid,)> = sqlx::query_as(
            "delete from one_time_link
             where token_hash = $1 and kind = 'reset' and expires_at > now()
             returning principal_id",
        )
        .bind(hash(token).as_slice())
        .fetch_optional(&mut *tx)
        .await?;
        let (principal,) = used.ok_or(Error::NotFound)?;
        account::set_password(&mut tx, Principal::from_session(principal), password_hash).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Whether a link to a new password holds.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn is_reset_link(&self, token: &Secret) -> Result<bool, Error> {
        self.holds(token, "reset").await
    }

    /// A link to the administrator's account, in place of the one before it; none once there is an administrator.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn create_setup_link(&self) -> Result<Option<Secret>, Error> {
        let token = Secret::random();
        let done = sqlx::query(
            "insert into one_time_link (token_hash, kind, expires_at)
             select $1, 'setup', 'infinity'
             where not exists (select from account where is_administrator)
             on conflict (kind) where kind = 'setup' do update set token_hash = excluded.token_hash",
        )
        .bind(hash(&token).as_slice())
        .execute(self.pool())
        .await?;
        Ok((done.rows_affected() == 1).then_some(token))
    }

    /// Uses the link of the first start up: makes the administrator's account.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the link was used or replaced.
    pub async fn set_up(
        &self,
        token: &Secret,
        guest: Option<Principal>,
        new: &NewAccount<'_>,
        arrival: &Arrival<'_>,
    ) -> Result<Secret, Error> {
        let mut tx = self.begin().await?;
        let used = sqlx::query("delete from one_time_link where token_hash = $1 and kind = 'setup'")
            .bind(hash(token).as_slice())
            .execute(&mut *tx)
            .await?;
        if used.rows_affected() == 0 {
            return Err(Error::NotFound);
        }
        let session = account::sign_up(&mut tx, guest, new, arrival).await?;
        tx.commit().await?;
        Ok(session)
    }

    /// Whether the link of the first start holds.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn is_setup_link(&self, token: &Secret) -> Result<bool, Error> {
        self.holds(token, "setup").await
    }

    async fn holds(&self, token: &Secret, kind: &str) -> Result<bool, Error> {
        let found = sqlx::query("select from one_time_link where token_hash = $1 and kind = $2 and expires_at > now()")
            .bind(hash(token).as_slice())
            .bind(kind)
            .fetch_optional(self.pool())
            .await?;
        Ok(found.is_some())
    }
}
