//! The real things: a PostgreSQL of our own that can be stopped the hard way and started again, and servers in processes of
//! their own, each behind a proxy of its own.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use protocol::CallError;
use rustix::process::{Pid, Signal, kill_process};
use serde::de::DeserializeOwned;
use serde_json::Value;
use server::postgres::{Durability, Postgres, PostgresConfig};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::spawn_blocking,
    time::timeout,
};
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

use crate::{dice::Dice, proxy::Proxy};

/// A PostgreSQL of our own, as a server of ours starts it: whatever it says it has committed is on the disk.
#[derive(Debug)]
pub(crate) struct Cluster {
    config: PostgresConfig,
    postgres: Option<Postgres>,
}

impl Cluster {
    pub(crate) async fn start() -> Self {
        let id = Uuid::new_v4().simple().to_string();
        let folder = std::env::temp_dir().join(format!("crowfoot-faults-{}", &id[..12]));
        let config = PostgresConfig { folder, binaries: None, durability: Durability::Safe };
        let postgres = Postgres::start(&config).await.unwrap();
        // Many servers use it at the same time.
        connect(&postgres.url("postgres")).await.batch_execute("alter system set max_connections = 400").await.unwrap();
        postgres.stop().await.unwrap();
        let postgres = Some(Postgres::start(&config).await.unwrap());
        Self { config, postgres }
    }

    /// The address of a database, past all proxies.
    pub(crate) fn url(&self, database: &str) -> String {
        self.postgres.as_ref().unwrap().url(database)
    }

    /// The same, through a proxy.
    pub(crate) fn url_through(&self, proxy: &Proxy, database: &str) -> String {
        let url = self.url(database);
        let (who, _) = url.rsplit_once('@').unwrap();
        format!("{who}@127.0.0.1:{}/{database}?sslmode=disable", proxy.port())
    }

    pub(crate) async fn connect(&self, database: &str) -> Client {
        connect(&self.url(database)).await
    }

    /// Where it listens.
    pub(crate) fn socket(&self) -> PathBuf {
        self.config.folder.join("run/.s.PGSQL.5432")
    }

    /// Stops it without a word to anybody, and starts it again. We are its direct parent and wait for its end: one that
    /// has ended and is not waited for counts as running.
    pub(crate) async fn crash(&mut self) {
        let postgres = self.postgres.take().unwrap();
        let pid = i32::try_from(postgres.pid().unwrap()).unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), Signal::QUIT).unwrap();
        postgres.stop().await.unwrap();
        self.postgres = Some(Postgres::start(&self.config).await.unwrap());
    }

    pub(crate) async fn stop(mut self) {
        self.postgres.take().unwrap().stop().await.unwrap();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // It is told to stop, if it still runs, and needs none of its files for that.
        self.postgres = None;
        let _ = fs::remove_dir_all(&self.config.folder);
    }
}

pub(crate) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// What a server is told to do to itself, and where in a commit.
pub(crate) type Hurt = Option<(&'static str, &'static str)>;

/// A place for a server: the process in it may be killed, and another one started in its stead.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) proxy: Proxy,
    database_url: String,
    running: Mutex<Option<Running>>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    address: String,
}

/// What came of a request.
#[derive(Debug)]
pub(crate) enum Answer<T> {
    Ok(T),
    /// An error that says that nothing was done.
    Error(u16, Option<CallError>),
    /// No answer, or the connection ended before it was whole: nobody knows.
    None,
}

impl Server {
    pub(crate) async fn start(cluster: &Cluster, database: &str, dice: Dice, hurt: Hurt) -> Self {
        let proxy = Proxy::start(&cluster.socket(), dice).await;
        let database_url = cluster.url_through(&proxy, database);
        let server = Self { proxy, database_url, running: Mutex::new(None) };
        server.restart(hurt).await;
        server
    }

    /// Kills the process, if there is one, and starts another.
    pub(crate) async fn restart(&self, hurt: Hurt) {
        self.kill();
        let mut command = Command::new(env!("CARGO_BIN_EXE_crowfoot"));
        command
            .args(["serve", "--addr", "127.0.0.1:0"])
            .env("DATABASE_URL", &self.database_url)
            .env("CROWFOOT_SITE", env!("CARGO_MANIFEST_DIR"))
            .env("RUST_LOG", std::env::var("CROWFOOT_FAULT_LOG").unwrap_or_else(|_| "off".to_owned()))
            .env_remove("CROWFOOT_KILL_AT")
            .env_remove("CROWFOOT_STOP_AT")
            .envs(hurt)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        if std::env::var_os("CROWFOOT_FAULT_LOG").is_none() {
            command.stderr(Stdio::null());
        }
        // The address is the first line, for which a thread of the runtime should not wait.
        let started = spawn_blocking(move || {
            let mut child = command.spawn().unwrap();
            let line = BufReader::new(child.stdout.take().unwrap()).lines().next();
            let line = line.and_then(Result::ok);
            (child, line)
        });
        let (mut child, line) = started.await.unwrap();
        let Some(line) = line else { panic!("the server ended at its start with {:?}", child.wait()) };
        let address = line.rsplit("http://").next().unwrap().trim().to_owned();
        *self.running() = Some(Running { child, address });
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `kill -9`, and waits for the end.
    pub(crate) fn kill(&self) {
        if let Some(Running { mut child, .. }) = self.running().take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Whether the process has ended by itself.
    pub(crate) fn has_ended(&self) -> bool {
        self.running().as_mut().is_none_or(|it| it.child.try_wait().unwrap().is_some())
    }

    /// Whether all of the process stands still, as the system sees it.
    pub(crate) fn is_stopped(&self) -> bool {
        let running = self.running();
        let Some(running) = running.as_ref() else { return false };
        let stat = fs::read_to_string(format!("/proc/{}/stat", running.child.id())).unwrap();
        // The name before the state is in parentheses, and may hold anything.
        stat.rsplit(')').next().unwrap().trim_start().starts_with('T')
    }

    pub(crate) fn send(&self, signal: Signal) {
        if let Some(running) = self.running().as_ref() {
            kill_process(Pid::from_child(&running.child), signal).unwrap();
        }
    }

    /// One request as a browser would send it.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        name: &str,
        cookie: &mut String,
        body: &Value,
        patience: Duration,
    ) -> Answer<T> {
        let address = self.running().as_ref().map(|it| it.address.clone());
        let Some(address) = address else { return Answer::None };
        let Ok(Some(answer)) = timeout(patience, post(&address, name, cookie, body)).await else {
            return Answer::None;
        };
        let Some((head, body)) = answer.split_once("\r\n\r\n") else { return Answer::None };
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|it| it.parse().ok());
        let length = header(head, "content-length").and_then(|it| it.parse().ok());
        // An answer that was cut off is none.
        let Some(status) = status.filter(|_| length.is_none_or(|it: usize| it == body.len())) else {
            return Answer::None;
        };
        if let Some(set) = header(head, "set-cookie") {
            *cookie = set.split(';').next().unwrap().to_owned();
        }
        match serde_json::from_str(body) {
            Ok(value) if status < 400 || status == 409 => Answer::Ok(value),
            Err(_) if status < 400 => Answer::None,
            Ok(_) | Err(_) => Answer::Error(status, serde_json::from_str(body).ok()),
        }
    }

    /// The same, where nothing is in the way.
    pub(crate) async fn must<T: DeserializeOwned>(&self, name: &str, cookie: &mut String, body: &Value) -> T {
        match self.call(name, cookie, body, Duration::from_secs(30)).await {
            Answer::Ok(value) => value,
            Answer::Error(status, error) => panic!("{name}: {status} {error:?}"),
            Answer::None => panic!("{name}: no answer"),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn post(address: &str, name: &str, cookie: &str, body: &Value) -> Option<String> {
    let body = body.to_string();
    // HTTP/1.0, so that the answer ends with the connection and is not chunked.
    let head = format!(
        "POST /rpc/{name} HTTP/1.0\r\nHost: {address}\r\nContent-Type: application/json\r\nAccept: application/json\r\n\
         Cookie: {cookie}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.ok()?;
    stream.write_all(format!("{head}{body}").as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    Some(answer)
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}
