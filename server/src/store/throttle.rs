//! How often something may be tried. Counted in the store, so that several servers count together.

use sha2::{Digest, Sha256};

use super::Store;
use crate::error::Error;

/// Something that is worth guessing at, or that makes work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Signing in to one account, or anything else that asks for its password.
    SignIn,
    /// Signing in from one address.
    SignInFrom,
    /// Making accounts from one address.
    SignUpFrom,
    /// Mails with a link for a new password.
    Reset,
    /// Asking for such mails from one address.
    ResetFrom,
    /// Invitations by mail of one person.
    Invite,
    /// Invitations by mail to one person, whoever they are from.
    InviteTo,
    /// Guests who come from one address.
    GuestFrom,
    /// The password of one link, whoever tries it.
    Link,
    /// The password of one link, from one address.
    LinkFrom,
}

impl Limit {
    /// Under what it is kept, how many are let through, and in how many seconds.
    fn terms(self) -> (&'static str, i32, i32) {
        match self {
            Self::SignIn => ("sign_in", 5, 60),
            Self::SignInFrom => ("sign_in_from", 5, 60),
            Self::SignUpFrom => ("sign_up_from", 10, 60),
            Self::Reset => ("reset", 3, 3600),
            Self::ResetFrom => ("reset_from", 10, 3600),
            Self::Invite => ("invite", 20, 3600),
            Self::InviteTo => ("invite_to", 5, 3600),
            Self::GuestFrom => ("guest_from", 120, 60),
            Self::Link => ("link", 100, 60),
            Self::LinkFrom => ("link_from", 10, 60),
        }
    }
}

impl Store {
    /// Counts an attempt.
    ///
    /// # Errors
    /// [`Error::TooMany`] when it is one too many.
    pub async fn attempt(&self, limit: Limit, subject: &str) -> Result<(), Error> {
        let (kind, most, seconds) = limit.terms();
        let (count, wait): (i32, i32) = sqlx::query_as(
            "insert into attempt (kind, subject_hash, count, began_at)
             values ($1, $2, 1, now())
             on conflict (kind, subject_hash) do update
             set count = case when attempt.began_at <= now() - make_interval(secs => $3) then 1
                              else least(attempt.count, 1000000) + 1 end,
                 began_at = case when attempt.began_at <= now() - make_interval(secs => $3) then now()
                                 else attempt.began_at end
             returning count, ceil(extract(epoch from began_at - now()) + $3)::integer",
        )
        .bind(kind)
        .bind(hash(subject).as_slice())
        .bind(f64::from(seconds))
        .fetch_one(self.pool())
        .await?;
        if count > most { Err(Error::TooMany(u32::try_from(wait.max(1)).unwrap_or(1))) } else { Ok(()) }
    }

    /// Takes an attempt that was none back: who knows the password does not guess.
    pub(crate) async fn forgive(&self, limit: Limit, subject: &str) -> Result<(), Error> {
        let (kind, ..) = limit.terms();
        sqlx::query("update attempt set count = count - 1 where kind = $1 and subject_hash = $2 and count > 0")
            .bind(kind)
            .bind(hash(subject).as_slice())
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// Forgets attempts that count no more.
    pub(crate) async fn forget_attempts(&self) -> Result<(), Error> {
        sqlx::query("delete from attempt where began_at < now() - interval '1 hour'").execute(self.pool()).await?;
        Ok(())
    }
}

fn hash(subject: &str) -> [u8; 32] {
    Sha256::digest(subject.as_bytes()).into()
}
