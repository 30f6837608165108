//! Open tabs, each with a socket to one of two servers over one store: what is done at one is told at the other.

use std::{
    net::SocketAddr,
    path::Path,
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};

use edit::Placement;
use futures_util::{SinkExt, StreamExt};
use protocol::{
    Author, Changes, CommitOutcome, DiagramId, DraftStored, Farewell, Known, LiveMessage, Person, Role,
    WorkspaceDetails, WorkspaceId,
};
use rustix::process::{Pid, Signal, kill_process};
use schema::{Name, TableId};
use serde_json::json;
use server::{
    live::{Bus, PostgresBus},
    serve,
    state::{Background, State},
    store::hint::Hint,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpSocket, TcpStream},
    process::Command,
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{self, Message, client::IntoClientRequest, protocol::CloseFrame},
};
use uuid::Uuid;

use crate::{
    commit::table_mut,
    visitor::{PASSWORD, TestServer, Visitor, revision_of},
};

/// What comes at once comes within this time, on a machine that is busy with other tests.
const SOON: Duration = Duration::from_secs(3);
/// Within this time access ends, hint or not.
const REVOKED: Duration = Duration::from_secs(5);

/// A server that listens, in this process.
struct Running {
    state: Arc<State>,
    address: SocketAddr,
    background: Background,
    serving: JoinHandle<()>,
}

impl Running {
    async fn start(server: &TestServer) -> Self {
        let state = State::new(server.database.url(), false).unwrap();
        let background = state.start_background();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = serve::router(Path::new("/nowhere"), &state);
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { state, address, background, serving }
    }

    /// Ends as a killed process does: nobody says goodbye.
    fn kill(self) {
        self.serving.abort();
        drop(self.background);
    }

    /// The answer to an attempt to open a socket.
    async fn try_listen(
        &self,
        cookie: Option<&str>,
        diagram: DiagramId,
        headers: &[(&'static str, &str)],
    ) -> Result<Tab, u16> {
        Tab::open(self.address, cookie, diagram, headers).await
    }

    /// An open tab of theirs, greeted.
    async fn listen(&self, visitor: &Visitor, diagram: DiagramId) -> Tab {
        let mut tab = self.try_listen(visitor.cookie(), diagram, &[]).await.unwrap();
        let first = tab.next().await;
        assert!(matches!(first, LiveMessage::Hello { .. }), "{first:?}");
        tab
    }
}

/// An open tab, as far as it listens.
struct Tab {
    socket: WebSocketStream<TcpStream>,
}

impl Tab {
    async fn open(
        address: SocketAddr,
        cookie: Option<&str>,
        diagram: DiagramId,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, u16> {
        let mut request = format!("ws://{address}/api/v1/diagrams/{diagram}/live").into_client_request().unwrap();
        let fields = cookie.map(|cookie| ("cookie", cookie)).into_iter().chain(headers.iter().copied());
        for (name, value) in fields {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let socket = TcpSocket::new_v4().unwrap();
        // Little room, so that one who does not read is noticed.
        socket.set_recv_buffer_size(4096).unwrap();
        let stream = socket.connect(address).await.unwrap();
        match client_async(request, stream).await {
            Ok((socket, _)) => Ok(Self { socket }),
            Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// The next message that says something.
    async fn next(&mut self) -> LiveMessage {
        loop {
            let message = timeout(SOON, self.socket.next()).await.expect("a message in time").unwrap().unwrap();
            if message.is_ping() {
                continue;
            }
            let message = serde_json::from_str(message.to_text().unwrap()).unwrap();
            if message != LiveMessage::Beat {
                return message;
            }
        }
    }

    /// Waits for a message that the check accepts, past others.
    async fn hears(&mut self, is_it: impl Fn(&LiveMessage) -> bool) -> LiveMessage {
        let wait = async {
            loop {
                let message = self.next().await;
                if is_it(&message) {
                    return message;
                }
            }
        };
        timeout(REVOKED, wait).await.expect("the message in time")
    }

    async fn hears_presence(&mut self, n_people: usize) -> Vec<Person> {
        let is_it = |it: &LiveMessage| matches!(it, LiveMessage::Presence { people } if people.len() == n_people);
        let LiveMessage::Presence { people } = self.hears(is_it).await else { panic!() };
        people
    }

    /// The code with which the line is closed; none when it just ends.
    async fn closed(&mut self) -> Option<u16> {
        loop {
            match timeout(REVOKED, self.socket.next()).await.expect("the end in time") {
                Some(Ok(Message::Close(frame))) => return frame.map(|CloseFrame { code, .. }| code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }
}

async fn rename_table(visitor: &mut Visitor, diagram: DiagramId, from: &str, to: &str) -> CommitOutcome {
    visitor.change(diagram, |schema| table_mut(schema, from).name = Name::parse(to).unwrap()).await
}

/// Makes somebody a member of the workspace of a diagram.
async fn admit(server: &TestServer, visitor: &mut Visitor, diagram: DiagramId) {
    visitor.create("blank").await;
    let sql = "insert into membership (workspace_id, principal_id, role)
               select diagram.workspace_id, session.principal_id, 'editor'
               from diagram, session
               where diagram.id = $1 and session.token_hash = sha256(convert_to($2, 'UTF8'))";
    let token = visitor.cookie().unwrap().split('=').nth(1).unwrap();
    assert_eq!(server.database.connect().await.execute(sql, &[&diagram.0, &token]).await.unwrap(), 1);
}

async fn sql(server: &TestServer, statement: &str) -> u64 {
    server.database.connect().await.execute(statement, &[]).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_done_at_one_server_is_told_at_the_other() {
    let server = TestServer::start().await;
    let (one, other) = (Running::start(&server).await, Running::start(&server).await);
    let mut anna = server.visitor_of(&one.state);
    let diagram = anna.create("shop_flow").await;
    let opened = anna.open(diagram).await;
    let mut tab = other.listen(&anna, diagram).await;

    let revision = revision_of(&rename_table(&mut anna, diagram, "users", "people").await);
    tab.hears(|it| *it == LiveMessage::Revision { number: revision }).await;

    let table = *opened.schema.tables.keys().next().unwrap();
    let place = Placement { x: 4000, y: -40 };
    let () = anna.call("move_tables", json!({ "id": diagram, "placements": { table.to_string(): place } })).await;
    let number = opened.layout + 1;
    tab.hears(|it| *it == LiveMessage::Layout { number }).await;

    let () = anna.call("rename_diagram", json!({ "id": diagram, "name": "Our shop" })).await;
    tab.hears(|it| *it == LiveMessage::Renamed { name: "Our shop".to_owned() }).await;

    // What was told leads to what is lacking, and to nothing else.
    let mut there = server.visitor_of(&other.state);
    there.set_cookie(anna.cookie().unwrap());
    let known = Known { revision: opened.revision, layout: opened.layout };
    let changes: Changes = there.call("changes_since", json!({ "id": diagram, "known": known })).await;
    assert_eq!((changes.head, changes.layout), (revision, number));
    assert_eq!(changes.placements.into_iter().collect::<Vec<(TableId, Placement)>>(), [(table, place)]);
    let revisions = changes.revisions.unwrap();
    assert_eq!(revisions[0].author, Author::You);
    assert_eq!(revisions.iter().map(|it| (it.number, it.edits.len())).collect::<Vec<_>>(), [(revision, 1)]);
    let mut schema = opened.schema.clone();
    edit::apply_all(&mut schema, &revisions[0].edits).unwrap();
    assert_eq!(schema, anna.open(diagram).await.schema);
    let known = Known { revision, layout: number };
    let changes: Changes = there.call("changes_since", json!({ "id": diagram, "known": known })).await;
    assert_eq!((changes.revisions, changes.placements.len()), (Some(Vec::new()), 0));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_lacks_much_gets_the_whole_diagram() {
    let server = TestServer::start().await;
    let mut anna = server.visitor();
    let diagram = anna.create("blank").await;
    let insert = "insert into revision
                    (workspace_id, diagram_id, number, commit_id, format, edits, statements, message, author_id)
                  select diagram.workspace_id, diagram.id, number, gen_random_uuid(), 1, '[]', '[]', '', principal.id
                  from diagram, principal, generate_series(1, 101) as number";
    sql(&server, insert).await;
    sql(&server, "update diagram set head_revision = 101").await;
    for (revision, expect) in [(0, None), (1, Some(100)), (101, Some(0)), (102, None)] {
        let known = Known { revision, layout: 0 };
        let changes: Changes = anna.call("changes_since", json!({ "id": diagram, "known": known })).await;
        assert_eq!(changes.revisions.map(|it| it.len()), expect, "from {revision}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_those_who_may_see_a_diagram_listen_and_only_from_our_own_pages() {
    let server = TestServer::start().await;
    let running = Running::start(&server).await;
    let (mut anna, mut ben) = (server.visitor(), server.visitor());
    let diagram = anna.create("blank").await;
    ben.create("blank").await;
    let own = format!("http://{}", running.address);
    let check = async |who: &str, cookie: Option<&str>, headers: &[(&'static str, &str)], expect: Option<u16>| {
        let answer = running.try_listen(cookie, diagram, headers).await;
        assert_eq!(answer.err(), expect, "{who}");
    };
    check("the owner", anna.cookie(), &[], None).await;
    check("our own page", anna.cookie(), &[("origin", &own), ("sec-fetch-site", "same-origin")], None).await;
    check("nobody", None, &[], Some(404)).await;
    check("another guest", ben.cookie(), &[], Some(404)).await;
    check("a forger", Some(&format!("crowfoot_session={}", "ab".repeat(32))), &[], Some(404)).await;
    check("another site", anna.cookie(), &[("origin", "https://evil.example")], Some(403)).await;
    check("another site's frame", anna.cookie(), &[("sec-fetch-site", "cross-site")], Some(403)).await;
    check("a sandboxed page", anna.cookie(), &[("origin", "null")], Some(403)).await;
    let missing = running.try_listen(anna.cookie(), DiagramId(Uuid::new_v4()), &[]).await;
    assert_eq!(missing.err(), Some(404));
    let plain = anna.get(&format!("/api/v1/diagrams/{diagram}/live")).await;
    assert_eq!(plain.status.as_u16(), 400, "a request that is for no socket");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_loses_access_is_sent_away_within_five_seconds() {
    let server = TestServer::start().await;
    let running = Running::start(&server).await;
    let (mut anna, mut ben, mut eve) = (server.visitor(), server.visitor(), server.visitor());
    let diagram = anna.create("blank").await;
    admit(&server, &mut ben, diagram).await;
    admit(&server, &mut eve, diagram).await;
    let mut tabs = Vec::new();
    for visitor in [&anna, &ben, &eve] {
        tabs.push(running.listen(visitor, diagram).await);
    }
    let [of_anna, of_ben, of_eve] = tabs.as_mut_slice() else { panic!() };
    // Behind the back of every server: no hint says so.
    let began = Instant::now();
    sql(
        &server,
        "delete from membership where role = 'editor' and created_at = (select max(created_at) from membership)",
    )
    .await;
    assert_eq!(of_eve.closed().await, Some(Farewell::Revoked.code()));
    assert!(began.elapsed() < REVOKED);
    let began = Instant::now();
    let token = ben.cookie().unwrap().split('=').nth(1).unwrap();
    sql(&server, &format!("delete from session where token_hash = sha256(convert_to('{token}', 'UTF8'))")).await;
    assert_eq!(of_ben.closed().await, Some(Farewell::SignedOut.code()));
    assert!(began.elapsed() < REVOKED);
    // A deletion is told at once.
    let began = Instant::now();
    let () = anna.call("delete_diagram", json!({ "id": diagram })).await;
    assert_eq!(of_anna.closed().await, Some(Farewell::Deleted.code()));
    assert!(began.elapsed() < SOON);
    server.stop().await;
}

/// All that is told to the servers.
struct Ear {
    bus: PostgresBus,
}

impl Ear {
    async fn open(server: &TestServer) -> Self {
        let mut bus = PostgresBus::new(&server.state.store);
        assert_eq!(bus.hear().await, None, "what was said before is lost");
        Self { bus }
    }

    /// Lets all pass that was said until now.
    async fn forget(&mut self, server: &TestServer) {
        let mark = DiagramId(Uuid::new_v4());
        sql(server, &format!("select pg_notify('crowfoot_live', 'people {mark}')")).await;
        self.hears(|it| *it == Hint::People(mark)).await;
    }

    async fn hears(&mut self, is_it: impl Fn(&Hint) -> bool) {
        let wait = async { while !self.bus.hear().await.is_some_and(|hint| is_it(&hint)) {} };
        timeout(SOON, wait).await.expect("the hint in time");
    }
}

async fn create_in(visitor: &mut Visitor, workspace: WorkspaceId) -> DiagramId {
    visitor.call("create_diagram", json!({ "template": "blank", "workspace": workspace })).await
}

async fn my_id(visitor: &mut Visitor, workspace: WorkspaceId) -> Uuid {
    let details: WorkspaceDetails = visitor.call("open_workspace", json!({ "id": workspace })).await;
    details.members.iter().find(|it| it.is_me).unwrap().id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_ends_access_is_told_at_once() {
    let server = TestServer::start().await;
    let running = Running::start(&server).await;
    let mut ear = Ear::open(&server).await;
    let mut anna = server.person("Anna").await;
    let home = anna.home().await;
    for (n, (what, expect)) in [
        ("signs out", Farewell::SignedOut),
        ("signs out everywhere", Farewell::SignedOut),
        ("ends the session elsewhere", Farewell::SignedOut),
        ("has a new password", Farewell::SignedOut),
        ("signs in again", Farewell::SignedOut),
        ("deletes the account", Farewell::SignedOut),
        ("leaves", Farewell::Revoked),
        ("is taken out", Farewell::Revoked),
        ("the diagram is moved", Farewell::Revoked),
        ("is taken out of where it was moved to", Farewell::Revoked),
        ("the diagram is deleted", Farewell::Deleted),
        ("the workspace is deleted", Farewell::Deleted),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("Ben{n}");
        let mut ben = server.person(&name).await;
        let workspace: WorkspaceId = anna.call("create_workspace", json!({ "name": what })).await;
        anna.bring(workspace, &mut ben, Role::Editor).await;
        let member = my_id(&mut ben, workspace).await;
        let diagram = create_in(&mut anna, workspace).await;
        let mut tab = running.listen(&ben, diagram).await;
        ear.forget(&server).await;
        match what {
            "signs out" => ben.call("sign_out", json!({})).await,
            "signs out everywhere" => ben.call("sign_out_everywhere", json!({})).await,
            "ends the session elsewhere" => {
                let mut there = server.visitor();
                assert!(there.sign_in(&name, PASSWORD).await.status.is_success());
                let sessions: Vec<protocol::SessionSummary> = there.call("sessions", json!({})).await;
                let other = sessions.iter().find(|it| !it.is_current).unwrap();
                let () = there.call("end_session", json!({ "id": other.id })).await;
            }
            "has a new password" => {
                let form = json!({ "current": PASSWORD, "new": "keys and columns" });
                let () = ben.call("change_password", form).await;
            }
            "signs in again" => assert!(ben.sign_in(&name, PASSWORD).await.status.is_success()),
            "deletes the account" => ben.call("delete_account", json!({ "password": PASSWORD })).await,
            "leaves" => ben.call("leave_workspace", json!({ "id": workspace })).await,
            "is taken out" => anna.call("remove_member", json!({ "id": workspace, "member": member })).await,
            "the diagram is moved" => anna.call("move_diagram", json!({ "id": diagram, "workspace": home })).await,
            "is taken out of where it was moved to" => {
                let there: WorkspaceId = anna.call("create_workspace", json!({ "name": "There" })).await;
                anna.bring(there, &mut ben, Role::Viewer).await;
                let () = anna.call("move_diagram", json!({ "id": diagram, "workspace": there })).await;
                ear.hears(|it| *it == Hint::Gone(diagram)).await;
                tab.hears(|it| *it == LiveMessage::Rights).await;
                let () = anna.call("remove_member", json!({ "id": there, "member": member })).await;
            }
            "the diagram is deleted" => anna.call("delete_diagram", json!({ "id": diagram })).await,
            "the workspace is deleted" => anna.call("delete_workspace", json!({ "id": workspace })).await,
            _ => panic!("{what}"),
        }
        let is_about_diagram = what.starts_with("the diagram");
        ear.hears(|it| match *it {
            Hint::Principal(id) => expect == Farewell::SignedOut && id == member,
            Hint::Gone(id) => is_about_diagram && id == diagram,
            Hint::Workspace(_) => !is_about_diagram && expect != Farewell::SignedOut,
            Hint::Revision(..) | Hint::Layout(..) | Hint::Renamed(_) | Hint::People(_) | Hint::Draft(..) => false,
        })
        .await;
        assert_eq!(tab.closed().await, Some(expect.code()), "{what}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_may_do_is_told_as_it_changes() {
    let server = TestServer::start().await;
    let running = Running::start(&server).await;
    let (mut anna, mut ben) = (server.person("Anna").await, server.person("Ben").await);
    let home = anna.home().await;
    anna.bring(home, &mut ben, Role::Editor).await;
    let member = my_id(&mut ben, home).await;
    let diagram = anna.create("blank").await;
    let mut tab = running.listen(&ben, diagram).await;
    for (role, expect) in [(Role::Viewer, (false, false)), (Role::Admin, (true, true)), (Role::Editor, (true, false))] {
        let () = anna.call("set_role", json!({ "id": home, "member": member, "role": role })).await;
        tab.hears(|it| *it == LiveMessage::Rights).await;
        let known = Known { revision: 0, layout: 0 };
        let changes: Changes = ben.call("changes_since", json!({ "id": diagram, "known": known })).await;
        assert_eq!((changes.may_edit, changes.may_share), expect, "{role:?}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_shown_by_their_names() {
    let server = TestServer::start().await;
    let running = Running::start(&server).await;
    let (mut anna, mut ben) = (server.person("Anna").await, server.person("Ben").await);
    let home = anna.home().await;
    anna.bring(home, &mut ben, Role::Viewer).await;
    let diagram = anna.create("shop_flow").await;
    let mut tab = running.listen(&anna, diagram).await;
    let _of_ben = running.listen(&ben, diagram).await;
    let names = |people: &[Person]| people.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    let mut seen = names(&tab.hears_presence(2).await);
    seen.sort();
    assert_eq!(seen, ["Anna", "Ben"]);
    let () = ben.call("rename_account", json!({ "name": "Benedict" })).await;
    let is_it = |it: &LiveMessage| matches!(it, LiveMessage::Presence { people } if names(people).contains(&"Benedict".to_owned()));
    tab.hears(is_it).await;

    revision_of(&rename_table(&mut anna, diagram, "users", "people").await);
    let known = Known { revision: 0, layout: 0 };
    let changes: Changes = ben.call("changes_since", json!({ "id": diagram, "known": known })).await;
    assert_eq!(changes.revisions.unwrap()[0].author, Author::Named("Anna".to_owned()));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_staged_is_told_to_its_owner_alone() {
    let server = TestServer::start().await;
    let running = Running::start(&server).await;
    let (mut anna, mut ben) = (server.visitor(), server.visitor());
    let diagram = anna.create("blank").await;
    admit(&server, &mut ben, diagram).await;
    let mut of_anna = running.listen(&anna, diagram).await;
    let mut of_ben = running.listen(&ben, diagram).await;
    let person = anna.person_at(diagram).await;
    let draft = json!({ "person": person, "id": diagram, "expected": 0, "body": "{}" });
    let stored: DraftStored = anna.call("store_draft", draft.clone()).await;
    assert_eq!(stored, DraftStored::Done(1));
    of_anna.hears(|it| *it == LiveMessage::Draft { sequence: 1 }).await;
    // What is not stored is not told of.
    let beaten: DraftStored = anna.call("store_draft", draft).await;
    assert!(matches!(beaten, DraftStored::Beaten(_)));
    let () = anna.call("rename_diagram", json!({ "id": diagram, "name": "Later" })).await;
    for tab in [&mut of_anna, &mut of_ben] {
        let last = tab.hears(|it| matches!(it, LiveMessage::Draft { .. } | LiveMessage::Renamed { .. })).await;
        assert_eq!(last, LiveMessage::Renamed { name: "Later".to_owned() });
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_while_nobody_listens_to_the_database_is_told_later() {
    let server = TestServer::start().await;
    let running = Running::start(&server).await;
    let mut anna = server.visitor();
    let diagram = anna.create("shop_flow").await;
    let mut tab = running.listen(&anna, diagram).await;
    let mut last = "users".to_owned();
    for round in 0..3 {
        let listeners = "select pg_terminate_backend(pid)
                         from pg_stat_activity
                         where datname = current_database() and application_name = 'crowfoot:live'";
        assert_eq!(sql(&server, listeners).await, 1);
        let next = format!("users_{round}");
        let number = revision_of(&rename_table(&mut anna, diagram, &last, &next).await);
        let greeted = tab.hears(|it| match it {
            LiveMessage::Revision { number: told } | LiveMessage::Hello { head: told, .. } => *told == number,
            LiveMessage::Layout { .. }
            | LiveMessage::Renamed { .. }
            | LiveMessage::Presence { .. }
            | LiveMessage::Rights
            | LiveMessage::Draft { .. }
            | LiveMessage::Beat
            | LiveMessage::Goodbye { .. } => false,
        });
        greeted.await;
        last = next;
    }
    server.stop().await;
}

/// A bus on which there is more to hear than anybody can take.
struct Flood {
    diagram: DiagramId,
    number: i64,
    last: i64,
}

impl Bus for Flood {
    async fn hear(&mut self) -> Option<Hint> {
        if self.number == self.last {
            std::future::pending::<()>().await;
        }
        self.number += 1;
        if self.number % 32 == 0 {
            sleep(Duration::from_millis(1)).await;
        }
        Some(Hint::Revision(self.diagram, self.number))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_who_does_not_listen_is_sent_away_and_nobody_waits_for_them() {
    const LAST: i64 = 100_000;
    let server = TestServer::start().await;
    let running = Running::start(&server).await;
    let mut anna = server.visitor();
    let diagram = anna.create("blank").await;
    let _deaf = running.listen(&anna, diagram).await;
    let mut tab = running.listen(&anna, diagram).await;
    assert_eq!(running.state.live.n_sockets(), 2);
    let flood = tokio::spawn(Arc::clone(&running.state.live).follow(Flood { diagram, number: 0, last: LAST }));
    // Numbers rise, and the last one comes.
    let mut heard = 0;
    while heard < LAST {
        if let LiveMessage::Revision { number } = tab.next().await {
            assert!(number > heard, "{number} after {heard}");
            heard = number;
        }
    }
    let gone = async {
        while running.state.live.n_sockets() > 1 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(SOON, gone).await.expect("the deaf one is gone");
    flood.abort();
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_spoken_here_ends_the_line_and_harms_nobody() {
    let server = TestServer::start().await;
    let running = Running::start(&server).await;
    let mut anna = server.visitor();
    let diagram = anna.create("blank").await;
    let mut witness = running.listen(&anna, diagram).await;
    let beat = r#"{"kind":"beat"}"#;
    for (what, messages, expect) in [
        ("a question", vec![Message::text(beat)], None),
        ("no message of ours", vec![Message::text("hello")], Some(Farewell::Malformed)),
        ("another kind", vec![Message::text(r#"{"kind":"commit"}"#)], Some(Farewell::Malformed)),
        ("bytes", vec![Message::binary(vec![0, 1, 2])], Some(Farewell::Malformed)),
        ("too many", vec![Message::text(beat); 62], Some(Farewell::TooMany)),
    ] {
        let mut tab = running.listen(&anna, diagram).await;
        for message in messages {
            // The line may be closed before all of it is sent.
            let _ = tab.socket.send(message).await;
        }
        match expect {
            None => assert!(matches!(timeout(SOON, tab.socket.next()).await, Ok(Some(Ok(_)))), "{what}"),
            Some(farewell) => assert_eq!(tab.closed().await, Some(farewell.code()), "{what}"),
        }
    }
    // A text of 16 KiB and one byte more: the line ends at its head.
    let too_long = [&[0x81, 0xFE, 0x40, 0x01, 0, 0, 0, 0][..], &[b'x'; 16]].concat();
    for (what, bytes) in [
        ("too long a text", &too_long[..]),
        ("a frame without a mask", &[0x81, 0x02, b'h', b'i']),
        ("a kind of frame that does not exist", &[0x83, 0x80, 0, 0, 0, 0]),
        ("a text that is none", &[0x81, 0x82, 0, 0, 0, 0, 0xC3, 0x28]),
        ("a length of almost everything", &[0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]),
        ("a ping in pieces", &[0x09, 0x80, 0, 0, 0, 0]),
    ] {
        let mut tab = running.listen(&anna, diagram).await;
        tab.socket.get_mut().write_all(bytes).await.unwrap();
        let code = tab.closed().await;
        assert!(code.is_none_or(|code| code == Farewell::Malformed.code()), "{what}: {code:?}");
    }
    let () = anna.call("rename_diagram", json!({ "id": diagram, "name": "Still here" })).await;
    witness.hears(|it| *it == LiveMessage::Renamed { name: "Still here".to_owned() }).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_has_five_sockets_in_a_diagram() {
    let server = TestServer::start().await;
    let running = Running::start(&server).await;
    let (mut anna, mut ben) = (server.visitor(), server.visitor());
    let (diagram, other) = (anna.create("blank").await, anna.create("blank").await);
    admit(&server, &mut ben, diagram).await;
    let mut tabs = Vec::new();
    for _ in 0..5 {
        tabs.push(running.listen(&anna, diagram).await);
    }
    assert_eq!(running.try_listen(anna.cookie(), diagram, &[]).await.err(), Some(429));
    tabs.push(running.listen(&anna, other).await);
    tabs.push(running.listen(&ben, diagram).await);
    // Who leaves makes room.
    drop(tabs.remove(0));
    let room = async {
        while running.try_listen(anna.cookie(), diagram, &[]).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(SOON, room).await.expect("room for another one");

    // And fifty in all, however many diagrams they have.
    let mut diagrams = vec![];
    for _ in 0..11 {
        diagrams.push(ben.create("blank").await);
    }
    for at in 0..49 {
        tabs.push(running.listen(&ben, diagrams[at / 5]).await);
    }
    assert_eq!(running.try_listen(ben.cookie(), diagrams[10], &[]).await.err(), Some(429));
    tabs.push(running.listen(&anna, other).await);
    tabs.truncate(10);
    let room = async {
        while running.try_listen(ben.cookie(), diagrams[10], &[]).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(SOON, room).await.expect("room for another one");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_there_once_however_many_tabs_and_servers() {
    let server = TestServer::start().await;
    let (one, other) = (Running::start(&server).await, Running::start(&server).await);
    let (mut anna, mut ben) = (server.visitor(), server.visitor());
    let diagram = anna.create("blank").await;
    admit(&server, &mut ben, diagram).await;
    let mut of_anna = one.listen(&anna, diagram).await;
    assert_eq!(of_anna.hears_presence(1).await[0].name, "Guest");
    let mut again = other.listen(&anna, diagram).await;
    again.hears_presence(1).await;
    let of_ben = other.listen(&ben, diagram).await;
    let people = of_anna.hears_presence(2).await;
    assert_ne!(people[0].id, people[1].id);
    // One of two tabs is closed: nobody has left.
    drop(again);
    drop(of_ben);
    of_anna.hears_presence(1).await;

    // The people of a server that was killed are forgotten when it has said nothing for long.
    let mut of_ben = other.listen(&ben, diagram).await;
    of_ben.hears_presence(2).await;
    of_anna.hears_presence(2).await;
    other.kill();
    sql(
        &server,
        "update live_server set seen_at = now() - interval '1 minute' where id in (select server_id from presence
         join session using (principal_id) where session.expires_at = (select max(expires_at) from session))",
    )
    .await;
    sql(&server, &format!("select pg_notify('crowfoot_live', 'people {diagram}')")).await;
    of_anna.hears_presence(1).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_says_when_to_come_back() {
    let server = TestServer::start().await;
    let (one, other) = (Running::start(&server).await, Running::start(&server).await);
    let (mut anna, mut ben) = (server.visitor(), server.visitor());
    let diagram = anna.create("blank").await;
    admit(&server, &mut ben, diagram).await;
    let mut staying = one.listen(&anna, diagram).await;
    let mut tabs = Vec::new();
    for _ in 0..3 {
        tabs.push(other.listen(&ben, diagram).await);
    }
    staying.hears_presence(2).await;
    other.state.live.stop(&other.state.store).await;
    assert_eq!(other.state.live.n_sockets(), 0);
    let mut pauses = Vec::new();
    for tab in &mut tabs {
        let goodbye = tab.hears(|it| matches!(it, LiveMessage::Goodbye { .. })).await;
        let LiveMessage::Goodbye { retry_after_ms } = goodbye else { panic!() };
        pauses.push(retry_after_ms);
        assert_eq!(tab.closed().await, Some(Farewell::Stopping.code()));
    }
    pauses.dedup();
    assert_eq!(pauses.len(), 3, "not all at once: {pauses:?}");
    // The others see at once that they have gone.
    staying.hears_presence(1).await;
    assert_eq!(other.try_listen(ben.cookie(), diagram, &[]).await.err(), Some(503));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_told_to_stop_says_goodbye_and_waits_for_nobody() {
    let server = TestServer::start().await;
    let mut anna = server.visitor();
    let diagram = anna.create("blank").await;
    let mut process = Command::new(env!("CARGO_BIN_EXE_crowfoot"))
        .args(["serve", "--addr", "127.0.0.1:0"])
        .env("DATABASE_URL", server.database.url())
        .env("CROWFOOT_SITE", env!("CARGO_MANIFEST_DIR"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let line = BufReader::new(process.stdout.take().unwrap()).lines().next_line().await.unwrap().unwrap();
    let address = line.rsplit("http://").next().unwrap().trim().parse().unwrap();
    let mut tab = Tab::open(address, anna.cookie(), diagram, &[]).await.unwrap();
    tab.hears_presence(1).await;
    let id = Pid::from_raw(process.id().unwrap().cast_signed()).unwrap();
    kill_process(id, Signal::TERM).unwrap();
    tab.hears(|it| matches!(it, LiveMessage::Goodbye { .. })).await;
    assert_eq!(tab.closed().await, Some(Farewell::Stopping.code()));
    let status = timeout(SOON, process.wait()).await.expect("the end in time").unwrap();
    assert!(status.success(), "{status}");
    server.stop().await;
}
