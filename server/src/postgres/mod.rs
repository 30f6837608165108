//! Our own PostgreSQL: a child process with its data in the user's data folder, for everyone who has no database
//! server at hand.
//!
//! It listens on a socket in a private folder, or on a loopback port where sockets are no option, and asks for a
//! generated password. A server of ours that was killed leaves it running; the next one adopts it.

mod account;
mod binaries;
mod cluster;
mod endpoint;
mod error;
mod process;

use std::path::PathBuf;

pub use error::PostgresError;

use self::{
    account::Account,
    cluster::Cluster,
    endpoint::Endpoint,
    process::{Process, Running},
};

/// What to start.
#[derive(Debug, Clone)]
pub struct PostgresConfig {
    /// Where data, socket, password and log lie; made when missing.
    pub folder: PathBuf,
    /// The folder of the programs, when it is not to be searched for.
    pub binaries: Option<PathBuf>,
    pub durability: Durability,
}

/// What a power failure may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was committed.
    Safe,
    /// Everything: for tests, which are several times faster that way.
    Scratch,
}

/// A running PostgreSQL of ours. It is told to stop when this value goes away; [`Postgres::stop`] also waits for it.
#[derive(Debug)]
pub struct Postgres {
    endpoint: Endpoint,
    password: String,
    major: u32,
    running: Option<Running>,
}

impl Postgres {
    /// Adopts the PostgreSQL that runs on these data, or makes the data where there are none and starts it.
    ///
    /// # Errors
    /// When there are no programs, or only of another version than the data; when the account that PostgreSQL needs
    /// may not enter the folder; when it does not become ready.
    pub async fn start(config: &PostgresConfig) -> Result<Self, PostgresError> {
        let account = Account::choose(&config.folder.join("data"))?;
        let cluster = Cluster::open(&config.folder, account)?;
        let password = cluster.password()?;
        if let Some((pid, endpoint)) = process::adopt(&cluster, &password).await? {
            tracing::info!(postgres.pid = pid, "adopted the PostgreSQL that an earlier server left running");
            let major = cluster.major()?.unwrap_or_default();
            return Ok(Self { endpoint, password, major, running: Some(Running::new(Process::Adopted(pid))) });
        }
        let data = cluster.data();
        let wanted = cluster.major()?.map(|major| (major, data.as_path()));
        let binaries = binaries::find(config.binaries.as_deref(), wanted, account, &config.folder)?;
        if wanted.is_none() {
            tracing::info!(
                postgres.major = binaries.major,
                "making a new PostgreSQL data folder in {}",
                data.display()
            );
            cluster.init(&binaries, config.durability).await?;
        }
        let (running, endpoint) = process::start(&cluster, &binaries, config.durability, &password).await?;
        Ok(Self { endpoint, password, major: binaries.major, running: Some(running) })
    }

    /// The address of a database here, for a connection as superuser. libpq, tokio-postgres and sqlx all read it.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        self.endpoint.url(cluster::SUPERUSER, &self.password, database)
    }

    /// The major version of the programs and the data.
    #[must_use]
    pub fn major(&self) -> u32 {
        self.major
    }

    /// The process id of the postmaster.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.running.as_ref().map(Running::pid)
    }

    /// Makes a database when there is none of this name.
    ///
    /// # Errors
    /// When PostgreSQL cannot be reached.
    pub async fn ensure_database(&self, name: &str) -> Result<(), PostgresError> {
        let client = endpoint::connect(&self.url("postgres")).await?;
        let exists = client.query_opt("select 1 from pg_database where datname = $1", &[&name]).await?.is_some();
        if !exists {
            let quoted = name.replace('"', "\"\"");
            client.batch_execute(&format!("create database \"{quoted}\"")).await?;
        }
        Ok(())
    }

    /// Ends all sessions and stops, losing nothing that was committed.
    ///
    /// # Errors
    /// When the process is still there after being asked twice.
    pub async fn stop(mut self) -> Result<(), PostgresError> {
        match self.running.take() {
            Some(running) => running.stop().await,
            None => Ok(()),
        }
    }

    /// Lets it run on after this value is gone, for the next one to adopt.
    pub fn leave_running(mut self) {
        if let Some(running) = self.running.take() {
            running.forget();
        }
    }
}
