//! Personal tokens of accounts, by which programs use the public API. Only their hashes are kept.

use protocol::{ApiToken, NewApiToken, TokenScope};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Store, session::hash};
use crate::{
    account::read_name,
    error::Error,
    principal::{Principal, TokenBearer},
    secret::Secret,
};

/// How many tokens an account has at most, those that have run out and are still listed among them.
const MAX_TOKENS: i64 = 50;
/// How long a token lasts at most, in days. None lasts for ever: a forgotten one must not stay a way in.
const MAX_DAYS: u16 = 366;

/// A token that holds.
#[derive(Debug, Clone)]
pub struct KnownToken {
    /// Which.
    pub id: Uuid,
    /// Who asks with it.
    pub bearer: TokenBearer,
}

#[derive(sqlx::FromRow)]
struct TokenRow {
    id: Uuid,
    name: String,
    scopes: Vec<String>,
    created_at: String,
    expires_at: String,
    has_expired: bool,
    last_used_at: Option<String>,
}

impl TokenRow {
    fn read(self) -> Result<ApiToken, Error> {
        let Self { id, name, scopes, created_at, expires_at, has_expired, last_used_at } = self;
        Ok(ApiToken { id, name, scopes: read_scopes(&scopes)?, created_at, expires_at, has_expired, last_used_at })
    }
}

impl Store {
    /// The token of a text, when there is one that has not run out. That it was used is written down once a minute.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn api_token(&self, text: &Secret) -> Result<Option<KnownToken>, Error> {
        let found: Option<(Uuid, Uuid, Vec<String>, bool)> = sqlx::query_as(
            "select principal_id, id, scopes, last_used_at is null or last_used_at < now() - interval '1 minute'
             from api_token
             where token_hash = $1 and expires_at > now()",
        )
        .bind(hash(text).as_slice())
        .fetch_optional(self.pool())
        .await?;
        let Some((owner, id, scopes, is_due)) = found else { return Ok(None) };
        if is_due {
            sqlx::query("update api_token set last_used_at = now() where principal_id = $1 and id = $2")
                .bind(owner)
                .bind(id)
                .execute(self.pool())
                .await?;
        }
        Ok(Some(KnownToken { id, bearer: TokenBearer::from_token(owner, read_scopes(&scopes)?) }))
    }

    /// The tokens of an account, the latest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn api_tokens(&self, account: Principal) -> Result<Vec<ApiToken>, Error> {
        let rows: Vec<TokenRow> = sqlx::query_as(
            r#"select id, name, scopes,
                      to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as created_at,
                      to_char(expires_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as expires_at,
                      expires_at <= now() as has_expired,
                      to_char(last_used_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as last_used_at
               from api_token
               where principal_id = $1
               order by api_token.created_at desc, id"#,
        )
        .bind(account.id())
        .fetch_all(self.pool())
        .await?;
        rows.into_iter().map(TokenRow::read).collect()
    }

    /// Makes a token. Its text is known to the one who made it and to nobody else.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a guest, [`Error::Field`] for a name that is none, [`Error::Invalid`] for a time or scopes
    /// that will not do, and when there are too many.
    pub async fn make_api_token(&self, account: Principal, new: &NewApiToken) -> Result<(ApiToken, Secret), Error> {
        let name = read_name(&new.name)?;
        if !(1..=MAX_DAYS).contains(&new.days) {
            return Err(Error::Invalid(format!("a token lasts 1 to {MAX_DAYS} days")));
        }
        let scopes: Vec<&str> =
            TokenScope::ALL.into_iter().filter(|it| new.scopes.contains(it)).map(TokenScope::as_str).collect();
        if scopes.is_empty() {
            return Err(Error::Invalid("choose at least one thing that the token may do".to_owned()));
        }
        let text = Secret::random();
        let mut tx = self.begin().await?;
        require_room(&mut tx, account).await?;
        let row: TokenRow = sqlx::query_as(
            r#"insert into api_token (principal_id, id, token_hash, name, scopes, expires_at)
               values ($1, $2, $3, $4, $5, now() + make_interval(days => $6))
               returning id, name, scopes,
                         to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as created_at,
                         to_char(expires_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as expires_at,
                         false as has_expired,
                         null as last_used_at"#,
        )
        .bind(account.id())
        .bind(Uuid::now_v7())
        .bind(hash(&text).as_slice())
        .bind(name)
        .bind(scopes)
        .bind(i32::from(new.days))
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok((row.read()?, text))
    }

    /// Ends a token.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is none of theirs.
    pub async fn revoke_api_token(&self, account: Principal, id: Uuid) -> Result<(), Error> {
        let done = sqlx::query("delete from api_token where principal_id = $1 and id = $2")
            .bind(account.id())
            .bind(id)
            .execute(self.pool())
            .await?;
        if done.rows_affected() == 0 { Err(Error::NotFound) } else { Ok(()) }
    }

    /// Forgets tokens that ran out a month ago. Until then their owner can see what has stopped working, and why.
    pub(crate) async fn forget_expired_tokens(&self) -> Result<(), Error> {
        sqlx::query("delete from api_token where expires_at <= now() - interval '30 days'")
            .execute(self.pool())
            .await?;
        Ok(())
    }
}

/// Ends all tokens of a principal.
pub(super) async fn end_all(conn: &mut PgConnection, principal: Principal) -> Result<(), Error> {
    sqlx::query("delete from api_token where principal_id = $1").bind(principal.id()).execute(conn).await?;
    Ok(())
}

/// Refuses one token too many. Whoever makes one waits for whoever is making another, so that the limit holds.
async fn require_room(conn: &mut PgConnection, account: Principal) -> Result<(), Error> {
    sqlx::query("select from account where principal_id = $1 for no key update")
        .bind(account.id())
        .fetch_optional(&mut *conn)
        .await?
        .ok_or(Error::NotFound)?;
    let (count,): (i64,) = sqlx::query_as("select count(*) from api_token where principal_id = $1")
        .bind(account.id())
        .fetch_one(conn)
        .await?;
    if count >= MAX_TOKENS {
        return Err(Error::Invalid(format!("an account has at most {MAX_TOKENS} tokens: revoke one first")));
    }
    Ok(())
}

fn read_scopes(words: &[String]) -> Result<Vec<TokenScope>, Error> {
    words
        .iter()
        .map(|word| word.parse().map_err(|_| Error::Defect(format!("the store holds a token for {word}"))))
        .collect()
}
