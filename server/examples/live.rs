//! How long it takes until everybody knows of a commit, and what a socket costs: two servers over one PostgreSQL, fifty
//! people in one diagram, half of them at each.
//!
//! Run it with `cargo xtask bench live`, which builds the server that is measured.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a measurement that cannot go on should say so and stop"
)]

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use edit::{Attribute, Edit};
use futures_util::StreamExt;
use protocol::{CommitOutcome, CommitRequest, DiagramId, DiagramSnapshot, LiveMessage};
use schema::{Name, ObjectId};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use server::postgres::{Durability, Postgres, PostgresConfig};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::mpsc,
    task::JoinSet,
    time::{interval, sleep, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest},
};
use uuid::Uuid;

const N_PEOPLE: usize = 50;
const N_COMMITS: usize = 200;
/// Commits begin this far apart, whether or not the one before has come through.
const APART: Duration = Duration::from_millis(200);
/// Idle sockets in the second part: this many diagrams with five tabs each.
const N_DIAGRAMS: usize = 200;
const N_TABS: usize = 5;

type Socket = WebSocketStream<TcpStream>;

struct Process {
    child: Child,
    address: String,
}

impl Process {
    fn start(binary: &str, database_url: &str) -> Self {
        let mut command = Command::new(binary);
        command.args(["serve", "--addr", "127.0.0.1:0"]).env("DATABASE_URL", database_url);
        // No page is asked for.
        command.env("CROWFOOT_SITE", env!("CARGO_MANIFEST_DIR")).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let line = BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
        let address = line.rsplit("http://").next().unwrap().trim().to_owned();
        Self { child, address }
    }

    /// Calls a server function; the cookie is the one to send from now on.
    async fn call<T: DeserializeOwned>(&self, name: &str, cookie: &mut String, body: &Value) -> T {
        let body = body.to_string();
        let head = format!(
            "POST /rpc/{name} HTTP/1.0\r\nHost: {}\r\nContent-Type: application/json\r\nAccept: application/json\r\n\
             Cookie: {cookie}\r\nContent-Length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        if let Some(line) = head.lines().find(|line| line.to_ascii_lowercase().starts_with("set-cookie:")) {
            *cookie = line.split_once(':').unwrap().1.trim().split(';').next().unwrap().to_owned();
        }
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{name}: {error}: {answer}"))
    }

    /// A socket that was greeted.
    async fn listen(&self, cookie: &str, diagram: DiagramId) -> Socket {
        let mut request =
            format!("ws://{}/api/v1/diagrams/{diagram}/live", self.address).into_client_request().unwrap();
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
        let stream = TcpStream::connect(&self.address).await.unwrap();
        let (mut socket, _) = client_async(request, stream).await.unwrap();
        assert!(matches!(socket.next().await, Some(Ok(Message::Text(_)))), "a greeting");
        socket
    }

    fn memory_kib(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let binary = std::env::args().nth(1).expect("the server's binary as the only argument");
    let folder = std::env::temp_dir().join(format!("crowfoot-bench-live-{}", std::process::id()));
    let config = PostgresConfig { folder: folder.clone(), binaries: None, durability: Durability::Safe };
    let postgres = Postgres::start(&config).await.unwrap();
    postgres.ensure_database("crowfoot").await.unwrap();
    let url = postgres.url("crowfoot");
    let servers = [Process::start(&binary, &url), Process::start(&binary, &url)];
    measure_commits(&servers, &url).await;
    measure_memory(&servers[0]).await;
    drop(servers);
    postgres.stop().await.unwrap();
    remove(&folder);
}

fn remove(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder) {
        say(&format!("{} stays: {error}", folder.display()));
    }
}

fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

async fn measure_commits(servers: &[Process; 2], url: &str) {
    let mut owner = String::new();
    let diagram: DiagramId = servers[0].call("create_diagram", &mut owner, &json!({ "template": "blank" })).await;
    let mut people = vec![owner.clone()];
    while people.len() < N_PEOPLE {
        let mut cookie = String::new();
        let _: DiagramId = servers[0].call("create_diagram", &mut cookie, &json!({ "template": "blank" })).await;
        people.push(cookie);
    }
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let admit = "insert into membership (workspace_id, principal_id, role)
                 select diagram.workspace_id, principal.id, 'editor' from diagram, principal where diagram.id = $1
                 on conflict do nothing";
    client.execute(admit, &[&diagram.0]).await.unwrap();

    let (heard, mut all_heard) = mpsc::unbounded_channel();
    let mut listeners = JoinSet::new();
    for (at, cookie) in people.iter().enumerate() {
        let mut socket = servers[at % 2].listen(cookie, diagram).await;
        let heard = heard.clone();
        listeners.spawn(async move {
            while let Some(Ok(message)) = socket.next().await {
                let Message::Text(text) = message else { continue };
                if let Ok(LiveMessage::Revision { number }) = serde_json::from_str(&text) {
                    heard.send((number, Instant::now())).unwrap();
                }
            }
        });
    }
    sleep(Duration::from_secs(2)).await;

    let (mut from_answer, mut from_press) = (Vec::new(), Vec::new());
    let mut clock = interval(APART);
    let mut opened: DiagramSnapshot = servers[0].call("open_diagram", &mut owner, &json!({ "id": diagram })).await;
    let namespace = opened.schema.namespaces.values().next().unwrap().clone();
    let mut name = namespace.name.clone();
    for at in 0..N_COMMITS {
        clock.tick().await;
        let next = Name::parse(&format!("public_{at}")).unwrap();
        let edit = Edit::Alter {
            object: ObjectId::Namespace(namespace.id),
            from: Attribute::Name(std::mem::replace(&mut name, next.clone())),
            to: Attribute::Name(next),
        };
        let request = CommitRequest {
            diagram,
            person: opened.person.unwrap(),
            commit_id: Uuid::new_v4(),
            base_revision: opened.revision,
            edits: vec![edit],
            message: String::new(),
            placements: Default::default(),
        };
        let pressed = Instant::now();
        let body = json!({ "request": request });
        let outcome: CommitOutcome = servers[at % 2].call("commit", &mut people[at % N_PEOPLE], &body).await;
        let answered = Instant::now();
        let CommitOutcome::Committed { revision, .. } = outcome else { panic!("{outcome:?}") };
        opened.revision = revision;
        let mut last = answered;
        for _ in 0..N_PEOPLE {
            let (number, at) = timeout(Duration::from_secs(10), all_heard.recv()).await.unwrap().unwrap();
            assert_eq!(number, revision, "each hears of each commit once, in order");
            last = last.max(at);
        }
        from_answer.push(last.duration_since(answered));
        from_press.push(last.duration_since(pressed));
    }
    say(&format!("{N_COMMITS} commits in one diagram with {N_PEOPLE} people at two servers:"));
    say(&format!("  from the answer until all have heard  {}", percentiles(&mut from_answer)));
    say(&format!("  from the press of Save likewise       {}", percentiles(&mut from_press)));
    listeners.shutdown().await;
}

fn percentiles(times: &mut [Duration]) -> String {
    times.sort();
    let at = |part: f64| times[((times.len() - 1) as f64 * part).round() as usize].as_secs_f64() * 1000.0;
    format!("p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms, most {:.1} ms", at(0.5), at(0.95), at(0.99), at(1.0))
}

async fn measure_memory(server: &Process) {
    // One person has at most fifty sockets.
    let mut cookie = String::new();
    let mut diagrams: Vec<(DiagramId, String)> = Vec::new();
    for at in 0..N_DIAGRAMS {
        if (at * N_TABS).is_multiple_of(50) {
            cookie.clear();
        }
        let diagram = server.call("create_diagram", &mut cookie, &json!({ "template": "blank" })).await;
        diagrams.push((diagram, cookie.clone()));
    }
    // Read, so that pings are answered.
    let mut sockets = JoinSet::new();
    let read = async |mut socket: Socket| while let Some(Ok(_)) = socket.next().await {};
    // What the first sockets cost once is no cost of a socket.
    for (diagram, cookie) in &diagrams[..N_DIAGRAMS / 10] {
        sockets.spawn(read(server.listen(cookie, *diagram).await));
    }
    sleep(Duration::from_secs(3)).await;
    let (before, n_before) = (server.memory_kib(), sockets.len());
    for (at, (diagram, cookie)) in diagrams.iter().enumerate() {
        let n_open = usize::from(at < N_DIAGRAMS / 10);
        for _ in n_open..N_TABS {
            sockets.spawn(read(server.listen(cookie, *diagram).await));
        }
    }
    // Long enough for everybody's right to have been looked at, and for pings.
    sleep(Duration::from_secs(35)).await;
    let (after, n_more) = (server.memory_kib(), sockets.len() - n_before);
    assert!(sockets.try_join_next().is_none(), "all sockets are still open");
    say(&format!(
        "{n_more} idle sockets: {:.1} KiB each (the server grew from {:.0} to {:.0} MiB)",
        (after - before) / n_more as f64,
        before / 1024.0,
        after / 1024.0
    ));
}
