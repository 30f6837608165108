//! The server is killed at each point of a commit. Store and sandbox are then both before or both after it, the next
//! start settles what was left, and whoever sends the same commit again learns what happened.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader},
    os::unix::process::ExitStatusExt,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use edit::diff;
use protocol::{CommitOutcome, DiagramId, DiagramSnapshot};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use server::introspect::{differences, introspect};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{Mutex, MutexGuard},
    task::{JoinSet, spawn_blocking},
    time::{sleep, timeout},
};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::{
    commit::{column, table_mut},
    support::{self, TestDatabase},
    visitor::request,
};

/// What is true after the kill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Before,
    After,
    /// The kill and the answer race each other.
    Either,
}

const POLL: Duration = Duration::from_millis(100);

/// Tests that kill servers take turns, where all tests run in one process: they measure leases in seconds.
static TURN: Mutex<()> = Mutex::const_new(());

async fn take_turn() -> MutexGuard<'static, ()> {
    TURN.lock().await
}

/// The nine points, by the names under which the server knows them.
const POINTS: [(&str, Expect); 9] = [
    ("before-intent", Expect::Before),
    ("after-intent", Expect::Before),
    ("after-locks", Expect::Before),
    ("after-marker", Expect::Before),
    ("between-statements", Expect::Before),
    ("before-commit", Expect::Before),
    ("commit-sent", Expect::Either),
    ("after-commit", Expect::After),
    ("after-revision", Expect::After),
];

/// A server in a process of its own.
struct Process {
    child: Child,
    address: String,
}

impl Process {
    /// `fault` is a variable of the environment and the point that it names.
    async fn start(database_url: &str, fault: Option<(&str, &str)>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crowfoot"));
        command
            .args(["serve", "--addr", "127.0.0.1:0"])
            .env("DATABASE_URL", database_url)
            .env("CROWFOOT_SITE", env!("CARGO_MANIFEST_DIR"))
            .env_remove("CROWFOOT_KILL_AT")
            .env_remove("CROWFOOT_STOP_AT")
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        command.envs(fault);
        // Waiting for its address on a thread of the runtime would hold up the other checks.
        let started = spawn_blocking(move || {
            let mut child = command.spawn().unwrap();
            let line = BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
            let address = line.rsplit("http://").next().unwrap().trim().to_owned();
            Self { child, address }
        });
        started.await.unwrap()
    }

    /// One request as a browser would send it, or none when the server died before it answered.
    async fn post(&self, name: &str, cookie: &str, body: &Value) -> Option<(String, String)> {
        let body = body.to_string();
        // HTTP/1.0, so that the answer ends with the connection and is not chunked.
        let head = format!(
            "POST /rpc/{name} HTTP/1.0\r\nHost: {}\r\nContent-Type: application/json\r\nAccept: application/json\r\n\
             Cookie: {cookie}\r\nContent-Length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        let mut stream = TcpStream::connect(&self.address).await.ok()?;
        stream.write_all(head.as_bytes()).await.ok()?;
        stream.write_all(body.as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        assert!(head.starts_with("HTTP/1.0 200") || head.starts_with("HTTP/1.1 200"), "{name}: {answer}");
        Some((head.to_owned(), body.to_owned()))
    }

    async fn call<T: serde::de::DeserializeOwned>(&self, name: &str, cookie: &str, body: &Value) -> T {
        let (_, answer) = self.post(name, cookie, body).await.unwrap();
        serde_json::from_str(&answer).unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be dead already, which is as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn cookie_of(head: &str) -> String {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("set-cookie:")).unwrap();
    line.split_once(':').unwrap().1.trim().split(';').next().unwrap().to_owned()
}

/// Two statements and a new table, so that there is something between two statements.
fn after(before: &DiagramSnapshot) -> schema::Schema {
    let mut schema = before.schema.clone();
    table_mut(&mut schema, "users").columns.push(column("nickname", "text"));
    table_mut(&mut schema, "products").columns.push(column("weight", "integer"));
    table_mut(&mut schema, "orders").name = schema::Name::parse("purchases").unwrap();
    schema
}

async fn check(point: &'static str, expect: Expect) {
    let database = TestDatabase::new().await;
    let doomed = Process::start(database.url(), Some(("CROWFOOT_KILL_AT", point))).await;
    let (head, id) = doomed.post("create_diagram", "", &json!({ "template": "shop_flow" })).await.unwrap();
    let (cookie, id): (_, DiagramId) = (cookie_of(&head), serde_json::from_str(&id).unwrap());
    let before: DiagramSnapshot = doomed.call("open_diagram", &cookie, &json!({ "id": id })).await;
    let target = after(&before);
    let commit = json!({ "request": request(&before, diff(&before.schema, &target)) });
    assert_eq!(doomed.post("commit", &cookie, &commit).await, None, "{point}: killed before it answered");
    let mut doomed = doomed;
    assert_eq!(doomed.child.wait().unwrap().signal(), Some(9), "{point}: died of the kill");

    // Nobody asks anything: the start alone has to settle it.
    let next = Process::start(database.url(), None).await;
    let store = database.connect().await;
    wait_until_settled(&store, point).await;
    let settled: DiagramSnapshot = next.call("open_diagram", &cookie, &json!({ "id": id })).await;
    let sandbox_url = support::with_database(database.url(), &before.database.as_ref().unwrap().name);
    let sandbox = support::connect(&sandbox_url).await;
    let found = introspect(&sandbox).await.unwrap().schema;
    let is_after = settled.revision == 1;
    match expect {
        Expect::Before => assert!(!is_after, "{point}"),
        Expect::After => assert!(is_after, "{point}"),
        Expect::Either => {}
    }
    let expected = if is_after { &target } else { &before.schema };
    assert_eq!(&settled.schema, expected, "{point}: the store");
    assert_eq!(differences(expected, &found), Vec::<String>::new(), "{point}: the sandbox");

    // The same commit again: a definite answer, and one effect.
    let outcome: CommitOutcome = next.call("commit", &cookie, &commit).await;
    assert!(matches!(outcome, CommitOutcome::Committed { revision: 1, .. }), "{point}: {outcome:?}");
    let again: CommitOutcome = next.call("commit", &cookie, &commit).await;
    assert_eq!(again, outcome, "{point}");
    let settled: DiagramSnapshot = next.call("open_diagram", &cookie, &json!({ "id": id })).await;
    assert_eq!((settled.revision, &settled.schema), (1, &target), "{point}");
    let found = introspect(&sandbox).await.unwrap().schema;
    assert_eq!(differences(&target, &found), Vec::<String>::new(), "{point}: the sandbox in the end");
    let applied = "select count(*) from __crowfoot.commit_marker where status = 'applied'";
    assert_eq!(sandbox.query_one(applied, &[]).await.unwrap().get::<_, i64>(0), 1, "{point}");
    let revisions = store.query_one("select count(*) from revision", &[]).await.unwrap();
    assert_eq!(revisions.get::<_, i64>(0), 1, "{point}");
    drop(next);
    drop(sandbox);
    drop_sandboxes(&store).await;
}

async fn wait_until_settled(store: &Client, point: &str) {
    let started = Instant::now();
    let pending = "select count(*) from commit_intent where state = 'pending'";
    while store.query_one(pending, &[]).await.unwrap().get::<_, i64>(0) > 0 {
        assert!(started.elapsed() < Duration::from_secs(20), "{point}: not settled");
        sleep(POLL).await;
    }
}

async fn drop_sandboxes(store: &Client) {
    for row in store.query("select database_name, role_name from sandbox", &[]).await.unwrap() {
        let (name, role): (&str, &str) = (row.get(0), row.get(1));
        store.execute(&format!("drop database if exists {name} with (force)"), &[]).await.unwrap();
        store.execute(&format!("drop role if exists {role}"), &[]).await.unwrap();
    }
}

/// Whether all of the process stands still, as the system sees it.
fn is_stopped(process: &Process) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.child.id())).unwrap();
    // The name before the state is in parentheses, and may hold anything.
    stat.rsplit(')').next().unwrap().trim_start().starts_with('T')
}

async fn wait_until_asleep(sleeper: &Process, store: &Client, point: &str) {
    let started = Instant::now();
    while !is_stopped(sleeper) {
        assert!(started.elapsed() < Duration::from_secs(20), "{point}: not asleep");
        sleep(POLL).await;
    }
    let pending = "select count(*) from commit_intent where state = 'pending'";
    assert_eq!(store.query_one(pending, &[]).await.unwrap().get::<_, i64>(0), 1, "{point}: asleep over its commit");
}

/// The process stops in the middle of a commit, for longer than its lease lasts, and goes on when others have settled
/// the commit and made one of their own: nothing that is not recorded may happen then, and nobody is blamed.
async fn check_sleeper(point: &'static str) {
    let database = TestDatabase::new().await;
    let sleeper = Process::start(database.url(), Some(("CROWFOOT_STOP_AT", point))).await;
    let (head, id) = sleeper.post("create_diagram", "", &json!({ "template": "shop_flow" })).await.unwrap();
    let (cookie, id): (_, DiagramId) = (cookie_of(&head), serde_json::from_str(&id).unwrap());
    let before: DiagramSnapshot = sleeper.call("open_diagram", &cookie, &json!({ "id": id })).await;
    let commit = json!({ "request": request(&before, diff(&before.schema, &after(&before))) });
    let mut theirs = before.schema.clone();
    table_mut(&mut theirs, "users").columns.push(column("phone", "text"));
    let store = database.connect().await;
    let other = Process::start(database.url(), None).await;
    let mut asked = std::pin::pin!(sleeper.call::<CommitOutcome>("commit", &cookie, &commit));
    tokio::select! {
        outcome = &mut asked => panic!("{point}: answered before it slept: {outcome:?}"),
        () = wait_until_asleep(&sleeper, &store, point) => {}
    }
    wait_until_settled(&store, point).await;
    let others = json!({ "request": request(&before, diff(&before.schema, &theirs)) });
    let outcome: CommitOutcome = other.call("commit", &cookie, &others).await;
    assert!(matches!(outcome, CommitOutcome::Committed { revision: 1, .. }), "{point}: {outcome:?}");
    kill_process(Pid::from_child(&sleeper.child), Signal::CONT).unwrap();
    let outcome = timeout(Duration::from_secs(20), asked).await.unwrap();
    assert!(matches!(outcome, CommitOutcome::Unknown { .. }), "{point}: {outcome:?}");
    let now: DiagramSnapshot = sleeper.call("open_diagram", &cookie, &json!({ "id": id })).await;
    assert_eq!((now.revision, &now.schema), (1, &theirs), "{point}");
    let sandbox_url = support::with_database(database.url(), &before.database.as_ref().unwrap().name);
    let sandbox = support::connect(&sandbox_url).await;
    let found = introspect(&sandbox).await.unwrap().schema;
    assert_eq!(differences(&theirs, &found), Vec::<String>::new(), "{point}");
    let intents = store.query("select id, state from commit_intent", &[]).await.unwrap();
    let intents: BTreeMap<Uuid, String> = intents.iter().map(|row| (row.get(0), row.get(1))).collect();
    let markers = sandbox.query("select intent, status from __crowfoot.commit_marker", &[]).await.unwrap();
    let markers: BTreeMap<Uuid, String> = markers.iter().map(|row| (row.get(0), row.get(1))).collect();
    let expect = intents.iter().map(|(id, state)| (*id, if state == "committed" { "applied" } else { "aborted" }));
    assert_eq!(markers, expect.map(|(id, status)| (id, status.to_owned())).collect(), "{point}: {intents:?}");
    assert_eq!(markers.values().collect::<BTreeSet<_>>().len(), 2, "{point}: {markers:?}");
    assert_eq!(markers.len(), 2, "{point}: {markers:?}");
    // Who asks again learns that it is made now, on top of the other one.
    let outcome: CommitOutcome = other.call("commit", &cookie, &commit).await;
    assert!(matches!(outcome, CommitOutcome::Committed { revision: 2, .. }), "{point}: {outcome:?}");
    drop((sandbox, other));
    drop_sandboxes(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_that_wakes_up_late_changes_nothing() {
    let _turn = take_turn().await;
    let points = ["after-intent", "after-marker", "before-commit"];
    let mut checks: JoinSet<()> = points.into_iter().map(check_sleeper).collect();
    while let Some(done) = checks.join_next().await {
        done.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_each_of_the_nine_points() {
    let _turn = take_turn().await;
    // A few at a time: each has servers, and connections, of its own.
    for points in POINTS.chunks(3) {
        let mut checks: JoinSet<()> = points.iter().map(|(point, expect)| check(point, *expect)).collect();
        while let Some(done) = checks.join_next().await {
            done.unwrap();
        }
    }
}
