//! The database that holds our own tables: one that was named, or a PostgreSQL of our own.

use std::{
    fs::{self, File, TryLockError},
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Context;
use sqlx::postgres::PgPoolOptions;

use crate::{
    postgres::{Durability, Postgres, PostgresConfig},
    store::MIGRATIONS,
};

/// The name of our database in a PostgreSQL of our own.
const DATABASE: &str = "crowfoot";

/// Where the database is.
#[derive(Debug, Clone)]
pub enum DatabaseSource {
    /// In a PostgreSQL that somebody else runs.
    Url(String),
    /// In a PostgreSQL of our own, with its data in a folder.
    Own { data_folder: PathBuf, binaries: Option<PathBuf> },
}

/// The database, ready to be connected to.
#[derive(Debug)]
pub struct Database {
    url: String,
    own: Option<Own>,
}

#[derive(Debug)]
struct Own {
    postgres: Postgres,
    /// Held as long as we use the folder; the system lets go of it whatever way we end.
    _lock: File,
}

impl Database {
    /// Starts our own PostgreSQL if that is where the database is.
    ///
    /// # Errors
    /// When another server uses the data folder, or PostgreSQL cannot be started.
    pub async fn open(source: &DatabaseSource) -> anyhow::Result<Self> {
        let (data_folder, binaries) = match source {
            DatabaseSource::Url(url) => return Ok(Self { url: url.clone(), own: None }),
            DatabaseSource::Own { data_folder, binaries } => (data_folder, binaries),
        };
        let lock = lock(data_folder)?;
        let config = PostgresConfig {
            folder: data_folder.join("postgres"),
            binaries: binaries.clone(),
            durability: Durability::Safe,
        };
        let postgres = Postgres::start(&config).await?;
        postgres.ensure_database(DATABASE).await?;
        let url = postgres.url(DATABASE);
        Ok(Self { url, own: Some(Own { postgres, _lock: lock }) })
    }

    /// The same beside a server that is running on the data folder, whose PostgreSQL is used then and left alone.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub async fn join(source: &DatabaseSource) -> anyhow::Result<Self> {
        let DatabaseSource::Own { data_folder, binaries } = source else { return Self::open(source).await };
        if !is_locked(data_folder) {
            return Self::open(source).await;
        }
        let postgres = Postgres::start(&PostgresConfig {
            folder: data_folder.join("postgres"),
            binaries: binaries.clone(),
            durability: Durability::Safe,
        })
        .await?;
        let url = postgres.url(DATABASE);
        postgres.leave_running();
        Ok(Self { url, own: None })
    }

    /// The address to connect to.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether nobody else uses the PostgreSQL that it is in.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.own.is_some()
    }

    /// Brings our tables up to date.
    ///
    /// # Errors
    /// When the database cannot be reached, or was brought up to date by a newer build.
    pub async fn migrate(&self) -> anyhow::Result<()> {
        let pool = PgPoolOptions::new().max_connections(1).connect(&self.url).await;
        let pool = pool.context("cannot connect to the database")?;
        let migrated = MIGRATIONS.run(&pool).await;
        pool.close().await;
        migrated.context("cannot bring the database up to date")
    }

    /// Stops our own PostgreSQL.
    ///
    /// # Errors
    /// When it does not end in time.
    pub async fn stop(self) -> anyhow::Result<()> {
        if let Some(own) = self.own {
            own.postgres.stop().await?;
        }
        Ok(())
    }
}

/// Takes the data folder for ourselves: two servers would stop each other's PostgreSQL.
fn lock(data_folder: &Path) -> anyhow::Result<File> {
    let shown = data_folder.display();
    fs::create_dir_all(data_folder).with_context(|| format!("cannot make the data folder {shown}"))?;
    let path = data_folder.join("lock");
    let file = File::options().read(true).write(true).create(true).truncate(false).open(&path);
    let mut file = file.with_context(|| format!("cannot write {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let pid = fs::read_to_string(&path).unwrap_or_default();
            anyhow::bail!(
                "another Crowfoot (process {}) uses the data folder {shown}: stop it, or choose another with --data-dir",
                pid.trim()
            );
        }
        Err(TryLockError::Error(error)) => return Err(error).context(format!("cannot lock {}", path.display())),
    }
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())?;
    Ok(file)
}

/// Whether a server uses the data folder.
fn is_locked(data_folder: &Path) -> bool {
    File::open(data_folder.join("lock")).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// The folder for data when none is named: the user's data folder, or as root one that the account of PostgreSQL may
/// enter.
#[must_use]
pub fn default_data_folder() -> PathBuf {
    if rustix::process::geteuid().is_root() {
        return PathBuf::from("/var/lib/crowfoot");
    }
    let from_env = |name: &str| std::env::var_os(name).filter(|it| !it.is_empty()).map(PathBuf::from);
    let home = || from_env("HOME").unwrap_or_else(|| PathBuf::from("."));
    if cfg!(target_os = "macos") {
        return home().join("Library/Application Support/Crowfoot");
    }
    from_env("XDG_DATA_HOME")
        .filter(|it| it.is_absolute())
        .unwrap_or_else(|| home().join(".local/share"))
        .join("crowfoot")
}
