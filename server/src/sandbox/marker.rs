//! The marker that a commit leaves in the linked database, in the same transaction as its statements: there and
//! applied, the commit happened; a tombstone in its place means that it never will.

use tokio_postgres::{Error, error::SqlState, types::Json};
use uuid::Uuid;

use super::{facts::Facts, live::Live};

/// Any number that nobody else is likely to use in this database.
const LOCK: i64 = 0x63_726f_7766_6f6f;

/// What a marker says.
#[derive(Debug)]
pub(crate) enum Status {
    /// The commit happened, and this is what the database looked like right after it.
    Applied(Facts),
    /// It never will.
    Aborted,
}

pub(super) async fn create_table(live: &Live) -> Result<(), Error> {
    live.client.execute("create schema __crowfoot", &[]).await?;
    live.client
        .execute(
            "create table __crowfoot.commit_marker (
                 intent uuid not null,
                 plan_hash text,
                 status text not null,
                 before_facts jsonb,
                 after_facts jsonb,
                 at timestamptz not null default now(),
                 constraint commit_marker_intent_pkey primary key (intent),
                 constraint commit_marker_status_check check (status in ('applied', 'aborted'))
             )",
            &[],
        )
        .await?;
    Ok(())
}

/// Keeps all other commits and recoveries out until the end of the transaction.
pub(crate) async fn lock(live: &Live) -> Result<(), Error> {
    live.client.execute("select pg_advisory_xact_lock($1)", &[&LOCK]).await?;
    Ok(())
}

pub(crate) async fn insert(live: &Live, intent: Uuid, plan_hash: &str, before: &Facts) -> Result<(), Error> {
    live.client
        .execute(
            "insert into __crowfoot.commit_marker (intent, plan_hash, status, before_facts)
             values ($1, $2, 'applied', $3)",
            &[&intent, &plan_hash, &Json(before)],
        )
        .await?;
    Ok(())
}

/// Adds what the database looks like at the end of the transaction.
pub(crate) async fn finish(live: &Live, intent: Uuid, after: &Facts) -> Result<(), Error> {
    live.client
        .execute("update __crowfoot.commit_marker set after_facts = $2 where intent = $1", &[&intent, &Json(after)])
        .await?;
    Ok(())
}

pub(crate) async fn insert_tombstone(live: &Live, intent: Uuid) -> Result<(), Error> {
    live.client
        .execute("insert into __crowfoot.commit_marker (intent, status) values ($1, 'aborted')", &[&intent])
        .await?;
    Ok(())
}

pub(crate) async fn read(live: &Live, intent: Uuid) -> Result<Option<Status>, Error> {
    let row = live
        .client
        .query_opt("select status, after_facts from __crowfoot.commit_marker where intent = $1", &[&intent])
        .await?;
    let Some(row) = row else { return Ok(None) };
    let status: &str = row.try_get(0)?;
    Ok(Some(match status {
        "applied" => Status::Applied(row.try_get::<_, Json<Facts>>(1)?.0),
        _ => Status::Aborted,
    }))
}

/// Whether a marker could not be written because recovery put a tombstone there first.
pub(crate) fn is_taken(error: &Error) -> bool {
    error.as_db_error().is_some_and(|it| {
        *it.code() == SqlState::UNIQUE_VIOLATION && it.constraint() == Some("commit_marker_intent_pkey")
    })
}
