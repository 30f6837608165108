//! The marker that a commit leaves in the linked database, in the same transaction as its statements: there and
//! applied, the commit happened; a tombstone in its place means that it never will.

use tokio_postgres::{Error, types::Json};
use uuid::Uuid;

use super::{facts::Facts, live::Live};

/// Any number that nobody else is likely to use in this database.
const LOCK: i64 = 0x63_726f_7766_6f6f;

/// What a marker says.
#[derive(Debug)]
pub(crate) enum Status {
    /// The commit happened.
    Applied {
        /// What the database looked like right after it.
        facts: Facts,
        /// The digest of the statements that ran.
        plan_hash: String,
    },
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

/// Writes the marker. Facts of older ones were needed only until their commits were settled, which they are when another
/// begins.
pub(crate) async fn insert(live: &Live, intent: Uuid, plan_hash: &str) -> Result<(), Error> {
    live.client
        .execute("update __crowfoot.commit_marker set after_facts = null where after_facts is not null", &[])
        .await?;
    live.client
        .execute(
            "insert into __crowfoot.commit_marker (intent, plan_hash, status) values ($1, $2, 'applied')",
            &[&intent, &plan_hash],
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
        .query_opt("select status, after_facts, plan_hash from __crowfoot.commit_marker where intent = $1", &[&intent])
        .await?;
    let Some(row) = row else { return Ok(None) };
    let status: &str = row.try_get(0)?;
    Ok(Some(match status {
        "applied" => Status::Applied { facts: row.try_get::<_, Json<Facts>>(1)?.0, plan_hash: row.try_get(2)? },
        _ => Status::Aborted,
    }))
}
