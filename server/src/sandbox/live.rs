//! A connection to a live database, and the constant statements that every transaction there begins and ends with.

use tokio::task::JoinHandle;
use tokio_postgres::{Client, Config, Error, NoTls, Statement};
use uuid::Uuid;

/// A connection; closed, and whatever transaction it was in rolled back, when this goes away.
#[derive(Debug)]
pub(crate) struct Live {
    pub(super) client: Client,
    connection: JoinHandle<()>,
}

impl Live {
    pub(super) async fn connect(config: &Config) -> Result<Self, Error> {
        let (client, connection) = config.connect(NoTls).await?;
        let connection = tokio::spawn(async move {
            // Whoever waits for an answer is told of the same error.
            let _ = connection.await;
        });
        Ok(Self { client, connection })
    }

    /// For those who read the catalogs.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

/// The name under which the writer of an intent shows up in `pg_stat_activity`.
pub(crate) fn writer_name(intent: Uuid) -> String {
    format!("crowfoot:{intent}")
}

/// Begins a transaction that waits for nobody for long. Names without a namespace mean `public`, a backslash in a literal
/// is a backslash, and moments are read and written the same way whatever the server and the role are set to.
pub(crate) async fn begin(live: &Live) -> Result<(), Error> {
    for statement in [
        "begin",
        "set local lock_timeout = '2s'",
        "set local statement_timeout = '30s'",
        "set local idle_in_transaction_session_timeout = '15s'",
        "set local search_path = public",
        "set local standard_conforming_strings = on",
        "set local time zone 'UTC'",
        "set local datestyle = 'ISO, MDY'",
        "set local intervalstyle = 'postgres'",
    ] {
        live.client.execute(statement, &[]).await?;
    }
    Ok(())
}

/// As [`begin`], but does not wait for a writer that is still at work.
pub(crate) async fn begin_recovery(live: &Live) -> Result<(), Error> {
    begin(live).await?;
    live.client.execute("set local lock_timeout = '500ms'", &[]).await?;
    Ok(())
}

pub(crate) async fn rollback(live: &Live) -> Result<(), Error> {
    live.client.execute("rollback", &[]).await?;
    Ok(())
}

/// Checks now whatever would otherwise wait for the commit.
pub(crate) async fn check_deferred(live: &Live) -> Result<(), Error> {
    live.client.execute("set constraints all immediate", &[]).await?;
    Ok(())
}

pub(crate) async fn prepare_commit(live: &Live) -> Result<Statement, Error> {
    live.client.prepare("commit").await
}

pub(crate) async fn send_commit(live: &Live, statement: &Statement) -> Result<(), Error> {
    live.client.execute(statement, &[]).await?;
    Ok(())
}

pub(crate) async fn commit(live: &Live) -> Result<(), Error> {
    send_commit(live, &prepare_commit(live).await?).await
}

pub(crate) async fn current_database(live: &Live) -> Result<String, Error> {
    live.client.query_one("select current_database()::text", &[]).await?.try_get(0)
}

/// Ends the connection of an intent's writer when it waits for a client in the middle of its transaction: the lease
/// is over, so the client is gone and the server has not noticed.
pub(crate) async fn end_idle_writer(live: &Live, intent: Uuid) -> Result<(), Error> {
    live.client
        .execute(
            "select pg_terminate_backend(pid)
             from pg_stat_activity
             where datname = current_database()
               and application_name = $1
               and state like 'idle in transaction%'",
            &[&writer_name(intent)],
        )
        .await?;
    Ok(())
}
