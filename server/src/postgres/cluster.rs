//! The data folder of our PostgreSQL: its layout, who may read it, and how it is made.

use std::{
    fs,
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use tokio::process::Command;
use uuid::Uuid;

use super::{
    Durability,
    account::Account,
    binaries::Binaries,
    error::{OnPath, PostgresError},
};

/// The role that owns the cluster.
pub(super) const SUPERUSER: &str = "crowfoot";

/// A log longer than this is put aside at the next start, in bytes.
const LONGEST_LOG: u64 = 16 * 1024 * 1024;

/// The folder with `data`, `run` (the socket's), `password` and `log`.
#[derive(Debug)]
pub(super) struct Cluster {
    folder: PathBuf,
    account: Option<Account>,
}

impl Cluster {
    /// Makes the folders that are missing, open to the account of PostgreSQL and to nobody else.
    pub(super) fn open(folder: &Path, account: Option<Account>) -> Result<Self, PostgresError> {
        fs::create_dir_all(folder).on("cannot make", folder)?;
        let folder = fs::canonicalize(folder).on("cannot find", folder)?;
        let cluster = Self { folder, account };
        fs::create_dir_all(cluster.run()).on("cannot make", cluster.run())?;
        for folder in [&cluster.folder, &cluster.run()] {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).on("cannot protect", folder)?;
            if let Some(account) = account {
                account.own(folder)?;
            }
        }
        if let Some(account) = account
            && let Some(closed) = account.first_closed(&cluster.folder)
        {
            return Err(PostgresError::Closed { closed, uid: account.uid });
        }
        Ok(cluster)
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub(super) fn run(&self) -> PathBuf {
        self.folder.join("run")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// What a running postmaster writes about itself.
    pub(super) fn lock_file(&self) -> PathBuf {
        self.data().join("postmaster.pid")
    }

    fn password_file(&self) -> PathBuf {
        self.folder.join("password")
    }

    /// The password of the superuser, made at the first call.
    pub(super) fn password(&self) -> Result<String, PostgresError> {
        let path = self.password_file();
        if let Ok(text) = fs::read_to_string(&path)
            && !text.trim().is_empty()
        {
            return Ok(text.trim().to_owned());
        }
        // Two random ids carry 244 random bits.
        let password = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)
            .on("cannot write", &path)?;
        writeln!(file, "{password}").on("cannot write", &path)?;
        if let Some(account) = self.account {
            account.own(&path)?;
        }
        Ok(password)
    }

    /// The major version that made the data; `None` before there are any.
    pub(super) fn major(&self) -> Result<Option<u32>, PostgresError> {
        let path = self.data().join("PG_VERSION");
        match fs::read_to_string(&path) {
            Ok(text) => Ok(text.trim().parse().ok()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).on("cannot read", path),
        }
    }

    /// Makes the data. They get their name when they are complete, so that a start cut short leaves nothing half done.
    pub(super) async fn init(&self, binaries: &Binaries, durability: Durability) -> Result<(), PostgresError> {
        let unfinished = self.folder.join("data.unfinished");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).on("cannot remove", &unfinished)?;
        }
        let mut initdb = self.command(binaries, "initdb");
        initdb.arg("--pgdata").arg(&unfinished).arg("--pwfile").arg(self.password_file());
        initdb.args(["--username", SUPERUSER, "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale"]);
        if durability == Durability::Scratch {
            initdb.arg("--no-sync");
        }
        let output = initdb.output().await.on("cannot run", binaries.folder.join("initdb"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(PostgresError::Program { program: "initdb".to_owned(), said });
        }
        fs::rename(&unfinished, self.data()).on("cannot rename", &unfinished)
    }

    /// A program of PostgreSQL under the right account, in a folder it may enter, and deaf to settings meant for other
    /// databases.
    pub(super) fn command(&self, binaries: &Binaries, program: &str) -> Command {
        let mut command = Command::new(binaries.folder.join(program));
        command.current_dir(&self.folder).stdin(std::process::Stdio::null());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        command.env("LC_ALL", "C").env("TZ", "UTC");
        if let Some(account) = self.account {
            account.apply(&mut command);
        }
        command
    }

    /// Opens the log for appending, putting a long one aside.
    pub(super) fn open_log(&self) -> Result<fs::File, PostgresError> {
        let path = self.log();
        if fs::metadata(&path).is_ok_and(|it| it.len() > LONGEST_LOG) {
            fs::rename(&path, self.folder.join("log.old")).on("cannot rename", &path)?;
        }
        fs::OpenOptions::new().create(true).append(true).mode(0o600).open(&path).on("cannot write", &path)
    }

    /// The last lines of the log, for a message.
    pub(super) fn log_tail(&self) -> String {
        let text = fs::read(self.log()).map(|it| String::from_utf8_lossy(&it).into_owned()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines.get(lines.len().saturating_sub(8)..).unwrap_or_default().join("\n")
    }
}
