//! Crowfoot's own tables: workspaces, sessions, diagrams, their schemas as rows, revisions. Every statement here is a
//! constant.

pub mod account;
pub mod audit;
pub mod catalogue;
pub mod diagram;
pub mod draft;
pub mod duplicate;
pub mod folder;
pub(crate) mod heads;
pub mod hint;
pub mod history;
pub mod home;
pub mod intent;
pub mod invitation;
pub(crate) mod live;
pub(crate) mod load;
mod load_more;
pub mod one_time;
pub mod revision;
pub mod sandbox;
pub mod session;
pub mod share;
pub(crate) mod standing;
pub mod throttle;
pub mod token;
pub mod workspace;
pub(crate) mod write;

use std::{sync::Arc, time::Duration};

use sqlx::{
    Connection, Executor, PgConnection, PgPool, Postgres, Transaction,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use self::heads::Heads;
use crate::error::Error;

/// The migrations, compiled in.
pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// The format of edits in revisions and intents.
pub(crate) const EDITS_FORMAT: i32 = 1;

/// A connection that was used within this time is taken for alive.
const SURELY_ALIVE: Duration = Duration::from_secs(1);

/// The store.
#[derive(Debug, Clone)]
pub struct Store {
    pool: PgPool,
    heads: Arc<Heads>,
}

impl Store {
    /// A store in the database of these options; nothing is asked of it yet.
    #[must_use]
    pub fn new(options: PgConnectOptions) -> Self {
        let pool = PgPoolOptions::new()
            .max_connections(8)
            .acquire_timeout(Duration::from_secs(5))
            .test_before_acquire(false)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    // What transactions say for themselves comes before this.
                    connection.execute("set statement_timeout = '20s'").await?;
                    Ok(())
                })
            })
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    if meta.idle_for > SURELY_ALIVE {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_lazy_with(options.application_name("crowfoot"));
        Self { pool, heads: Arc::default() }
    }

    /// Brings the tables up to date.
    ///
    /// # Errors
    /// When the database cannot be reached, or was migrated by a newer Crowfoot.
    pub async fn migrate(&self) -> Result<(), sqlx::migrate::MigrateError> {
        MIGRATIONS.run(&self.pool).await
    }

    /// Whether the database answers.
    pub async fn is_up(&self) -> bool {
        sqlx::query("select 1").execute(&self.pool).await.is_ok()
    }

    /// How many connections there are, and how many of them wait for work.
    #[must_use]
    pub fn connections(&self) -> (usize, usize) {
        (usize::try_from(self.pool.size()).unwrap_or(usize::MAX), self.pool.num_idle())
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }

    pub(crate) fn heads(&self) -> &Heads {
        &self.heads
    }

    /// A transaction that waits for no lock for long.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Postgres>, Error> {
        // All three at once, as each would cost a way to the database and back.
        let begin = "begin; set local lock_timeout = '2s'; set local statement_timeout = '5s'";
        Ok(self.pool.begin_with(begin).await?)
    }

    /// A transaction that may take its time once it has its locks, for what has to be stored in the end however long it
    /// takes.
    pub(crate) async fn begin_unhurried(&self) -> Result<Transaction<'static, Postgres>, Error> {
        let begin = "begin; set local lock_timeout = '2s'; set local statement_timeout = 0";
        Ok(self.pool.begin_with(begin).await?)
    }

    /// A transaction in which everything is read as of one moment.
    pub(crate) async fn begin_reading(&self) -> Result<Transaction<'static, Postgres>, Error> {
        Ok(self.pool.begin_with("begin isolation level repeatable read, read only").await?)
    }

    pub(crate) async fn acquire(&self) -> Result<impl std::ops::DerefMut<Target = PgConnection> + use<>, Error> {
        Ok(self.pool.acquire().await?)
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
