//! Who may do what: every call, every plain route and every page, by everybody, on what is theirs and what is not. A call
//! or a route without a row here fails the test, and so does every answer that the row does not expect.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use protocol::{Role, TokenScope};
use serde_json::{Value, json};
use server::account::sign_in;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::{
    contract::described,
    visitor::{Answer, PASSWORD, TestServer, Visitor},
};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    /// Without a session.
    Nobody,
    /// With a session that nobody made.
    Forger,
    /// With a session, and no account.
    Guest,
    /// The owner of another workspace.
    Stranger,
    /// A member of the workspace in question.
    Member(Role),
}

const EVERYBODY: [Who; 8] = [
    Who::Nobody,
    Who::Forger,
    Who::Guest,
    Who::Stranger,
    Who::Member(Role::Viewer),
    Who::Member(Role::Editor),
    Who::Member(Role::Admin),
    Who::Member(Role::Owner),
];

/// Who is to get an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Anyone,
    /// Whoever has a session, a guest too.
    Known,
    /// Whoever has an account.
    Account,
    /// Members with at least this role.
    AtLeast(Role),
    Nobody,
}

impl Access {
    fn allows(self, who: Who) -> bool {
        match (self, who) {
            (Self::Anyone, _) => true,
            (Self::Known, Who::Guest | Who::Stranger | Who::Member(_)) => true,
            (Self::Account, Who::Stranger | Who::Member(_)) => true,
            (Self::AtLeast(least), Who::Member(role)) => role >= least,
            (Self::Known | Self::Account | Self::AtLeast(_) | Self::Nobody, _) => false,
        }
    }
}

/// A workspace with a member of each role, and somebody with a workspace beside it. Made anew for every question, because
/// many answers change it.
struct World {
    who: Who,
    visitor: Visitor,
    /// The workspace in question, its diagram, and one that was deleted from it.
    workspace: Uuid,
    diagram: Uuid,
    deleted: Uuid,
    /// A folder of the workspace, with nothing in it.
    folder: Uuid,
    /// A viewer, to be given a role or removed.
    bystander: Uuid,
    invitation: Uuid,
    invitation_token: String,
    /// A link to the diagram, which leads to nothing but that.
    link: Uuid,
    link_token: String,
    /// A workspace and a diagram that are the asker's own; made up for who has none.
    own_workspace: Uuid,
    own_diagram: Uuid,
    own_session: Uuid,
    /// A token for all that there is; made up for who has no account.
    own_token: Uuid,
    own_token_text: String,
    others_token: Uuid,
    reset_token: String,
    setup_token: String,
    /// The asker, made up for who has no session.
    person: Uuid,
}

/// Read by nobody who is not allowed to.
const SECRET: &str = "Plans of the eleventh hour";

impl World {
    async fn new(server: &TestServer, client: &Client, password_hash: &str, who: Who) -> Self {
        let workspace = add_workspace(client, SECRET).await;
        let owner = add_person(client, password_hash, true).await;
        add_member(client, workspace, owner, Role::Owner).await;
        let bystander = add_person(client, password_hash, true).await;
        add_member(client, workspace, bystander, Role::Viewer).await;
        let diagram = add_diagram(client, workspace, SECRET, false).await;
        let deleted = add_diagram(client, workspace, SECRET, true).await;
        let folder = Uuid::new_v4();
        let sql = "insert into folder (workspace_id, id, name) values ($1, $2, $3)";
        client.execute(sql, &[&workspace, &folder, &SECRET]).await.unwrap();
        let (invitation, invitation_token) = (Uuid::new_v4(), random_token());
        let sql = "insert into invitation (workspace_id, id, token_hash, role, invited_by, expires_at)
                   values ($1, $2, sha256(convert_to($3, 'UTF8')), 'viewer', $4, now() + interval '1 day')";
        client.execute(sql, &[&workspace, &invitation, &invitation_token, &owner]).await.unwrap();
        let (link, link_token) = (Uuid::new_v4(), random_token());
        let sql = "insert into share_link
                       (workspace_id, diagram_id, id, token_hash, may_export, embed_origins, created_by)
                   values ($1, $2, $3, sha256(convert_to($4, 'UTF8')), true, array['https://wiki.example'], $5)";
        client.execute(sql, &[&workspace, &diagram, &link, &link_token, &owner]).await.unwrap();
        let email = format!("{owner}@example.com");
        let reset_token = sign_in::reset_link(&server.state, &email).await.unwrap().unwrap();
        client.execute("update account set is_administrator = false where is_administrator", &[]).await.unwrap();
        let setup_token = server.state.store.create_setup_link().await.unwrap().unwrap();
        let mut world = Self {
            who,
            visitor: server.visitor(),
            workspace,
            diagram,
            deleted,
            folder,
            bystander,
            invitation,
            invitation_token,
            link,
            link_token,
            own_workspace: Uuid::new_v4(),
            own_diagram: Uuid::new_v4(),
            own_session: Uuid::new_v4(),
            own_token: Uuid::new_v4(),
            own_token_text: random_token(),
            others_token: Uuid::new_v4(),
            reset_token: reset_token.expose().to_owned(),
            setup_token: setup_token.expose().to_owned(),
            person: Uuid::new_v4(),
        };
        add_token(client, owner, world.others_token, &random_token()).await;
        let sql = "insert into revision
                       (workspace_id, diagram_id, number, commit_id, format, edits, statements, message, author_id)
                   values ($1, $2, 1, $3, 1, '[]', '[]', '', $4)";
        client.execute(sql, &[&workspace, &diagram, &Uuid::new_v4(), &owner]).await.unwrap();
        let token = random_token();
        let person = match who {
            Who::Nobody => return world,
            Who::Forger => {
                world.visitor.set_cookie(&format!("crowfoot_session={token}"));
                return world;
            }
            Who::Guest => add_person(client, password_hash, false).await,
            Who::Stranger => add_person(client, password_hash, true).await,
            Who::Member(role) => {
                let person = add_person(client, password_hash, true).await;
                add_member(client, workspace, person, role).await;
                person
            }
        };
        world.person = person;
        world.own_workspace = add_workspace(client, "Own").await;
        add_member(client, world.own_workspace, person, Role::Owner).await;
        world.own_diagram = add_diagram(client, world.own_workspace, "Own", false).await;
        let sql = "insert into session (id, token_hash, principal_id, expires_at)
                   values ($1, sha256(convert_to($2, 'UTF8')), $3, now() + interval '20 hours')";
        client.execute(sql, &[&world.own_session, &token, &person]).await.unwrap();
        world.visitor.set_cookie(&format!("crowfoot_session={token}"));
        if who != Who::Guest {
            add_token(client, person, world.own_token, &world.own_token_text).await;
        }
        world
    }
}

async fn add_token(client: &Client, owner: Uuid, id: Uuid, text: &str) {
    let sql = "insert into api_token (principal_id, id, token_hash, name, scopes, expires_at)
               values ($1, $2, sha256(convert_to($3, 'UTF8')), 'CI', array['read', 'write', 'share'],
                       now() + interval '1 day')";
    client.execute(sql, &[&owner, &id, &text]).await.unwrap();
}

fn random_token() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

async fn add_workspace(client: &Client, name: &str) -> Uuid {
    let id = Uuid::new_v4();
    client.execute("insert into workspace (id, name) values ($1, $2)", &[&id, &name]).await.unwrap();
    id
}

async fn add_person(client: &Client, password_hash: &str, has_account: bool) -> Uuid {
    let id = Uuid::new_v4();
    let kind = if has_account { "account" } else { "guest" };
    client.execute("insert into principal (id, kind) values ($1, $2)", &[&id, &kind]).await.unwrap();
    if has_account {
        let sql = "insert into account (principal_id, email, name, password_hash) values ($1, $2, 'Somebody', $3)";
        client.execute(sql, &[&id, &format!("{id}@example.com"), &password_hash]).await.unwrap();
    }
    id
}

async fn add_member(client: &Client, workspace: Uuid, person: Uuid, role: Role) {
    let sql = "insert into membership (workspace_id, principal_id, role) values ($1, $2, $3)";
    client.execute(sql, &[&workspace, &person, &role.as_str()]).await.unwrap();
}

async fn add_diagram(client: &Client, workspace: Uuid, name: &str, is_deleted: bool) -> Uuid {
    let id = Uuid::new_v4();
    let sql = "insert into diagram (workspace_id, id, name, deleted_at)
               values ($1, $2, $3, case when $4 then now() end)";
    client.execute(sql, &[&workspace, &id, &name, &is_deleted]).await.unwrap();
    id
}

/// A call, who is to get an answer, and what it is sent.
struct Row(&'static str, Access, fn(&World) -> Value);

const ANYONE: Access = Access::Anyone;
const NOBODY: Access = Access::Nobody;
const KNOWN: Access = Access::Known;
const ACCOUNT: Access = Access::Account;
const VIEWER: Access = Access::AtLeast(Role::Viewer);
const EDITOR: Access = Access::AtLeast(Role::Editor);
const ADMIN: Access = Access::AtLeast(Role::Admin);
const OWNER: Access = Access::AtLeast(Role::Owner);

fn commit(it: &World) -> Value {
    json!({ "request": {
        "diagram": it.diagram, "person": it.person, "commit_id": Uuid::new_v4(), "base_revision": 0, "edits": [], "message": "",
        "placements": {},
    } })
}

/// What is said of a call here is true of the diagram, or the workspace, of somebody else's.
const CALLS: &[Row] = &[
    Row("health", ANYONE, |_| json!({})),
    Row("who_am_i", ANYONE, |_| json!({})),
    // Whoever asks about others is told that they are not these.
    Row("who_is", ANYONE, |it| json!({ "person": it.bystander })),
    Row("list_diagrams", ANYONE, |_| json!({})),
    Row("list_folders", ANYONE, |_| json!({})),
    Row("search_diagrams", ANYONE, |_| json!({ "query": SECRET })),
    Row("duplicate_diagram", EDITOR, |it| json!({ "id": it.diagram })),
    Row("make_folder", EDITOR, |it| json!({ "workspace": it.workspace, "name": "Another" })),
    Row("rename_folder", EDITOR, |it| json!({ "workspace": it.workspace, "id": it.folder, "name": "Renamed" })),
    Row("delete_folder", EDITOR, |it| json!({ "workspace": it.workspace, "id": it.folder })),
    Row("put_in_folder", EDITOR, |it| json!({ "id": it.diagram, "folder": it.folder })),
    Row("create_diagram", ANYONE, |_| json!({ "template": "blank" })),
    Row("create_diagram", EDITOR, |it| json!({ "template": "blank", "workspace": it.workspace })),
    Row("open_diagram", VIEWER, |it| json!({ "id": it.diagram })),
    Row("revisions", VIEWER, |it| json!({ "id": it.diagram })),
    Row("schema_at", VIEWER, |it| json!({ "id": it.diagram, "number": 0 })),
    Row("name_revision", EDITOR, |it| json!({ "id": it.diagram, "number": 0, "name": null })),
    Row("changes_since", VIEWER, |it| json!({ "id": it.diagram, "known": { "revision": 0, "layout": 0 } })),
    Row("load_draft", VIEWER, |it| json!({ "person": it.person, "id": it.diagram })),
    Row("store_draft", EDITOR, |it| json!({ "person": it.person, "id": it.diagram, "expected": 0, "body": "{}" })),
    Row("move_tables", EDITOR, |it| json!({ "id": it.diagram, "placements": {} })),
    Row("rename_diagram", EDITOR, |it| json!({ "id": it.diagram, "name": "Renamed" })),
    Row("commit", EDITOR, commit),
    Row("delete_diagram", ADMIN, |it| json!({ "id": it.diagram })),
    Row("restore_diagram", ADMIN, |it| json!({ "id": it.deleted })),
    Row("share_links", ADMIN, |it| json!({ "id": it.diagram })),
    Row(
        "make_share_link",
        ADMIN,
        |it| json!({ "id": it.diagram, "new": { "days": 1, "may_export": true, "embed_origins": [] } }),
    ),
    Row("revoke_share_link", ADMIN, |it| json!({ "id": it.diagram, "link": it.link })),
    // Out of the workspace, into it, and with nothing of one's own.
    Row("move_diagram", ADMIN, |it| json!({ "id": it.diagram, "workspace": it.own_workspace })),
    Row("move_diagram", EDITOR, |it| json!({ "id": it.own_diagram, "workspace": it.workspace })),
    // Signing in and up is for everybody.
    Row("sign_up", ANYONE, |_| {
        let email = format!("{}@example.com", Uuid::new_v4());
        json!({ "email": email, "password": PASSWORD, "name": "New" })
    }),
    Row("sign_in", ANYONE, |it| json!({ "email": format!("{}@example.com", it.bystander), "password": PASSWORD })),
    Row("set_up", ANYONE, |it| {
        let email = format!("{}@example.com", Uuid::new_v4());
        json!({ "token": it.setup_token, "email": email, "password": PASSWORD, "name": "First" })
    }),
    Row("request_reset", ANYONE, |_| json!({ "email": format!("{}@example.com", Uuid::new_v4()) })),
    Row("reset_password", ANYONE, |it| json!({ "token": it.reset_token, "password": "a new good one" })),
    Row("sessions", ACCOUNT, |_| json!({})),
    Row("end_session", ACCOUNT, |it| json!({ "id": it.own_session })),
    Row("api_tokens", ACCOUNT, |_| json!({})),
    Row("make_api_token", ACCOUNT, |_| json!({ "new": { "name": "CI", "scopes": ["read"], "days": 1 } })),
    Row("revoke_api_token", ACCOUNT, |it| json!({ "id": it.own_token })),
    Row("sign_out", ACCOUNT, |_| json!({})),
    Row("sign_out_everywhere", ACCOUNT, |_| json!({})),
    Row("change_password", ACCOUNT, |_| json!({ "current": PASSWORD, "new": "a new good one" })),
    Row("rename_account", ACCOUNT, |_| json!({ "name": "Other" })),
    Row("delete_account", ACCOUNT, |_| json!({ "password": PASSWORD })),
    Row("create_workspace", ACCOUNT, |_| json!({ "name": "Another" })),
    Row("open_workspace", VIEWER, |it| json!({ "id": it.workspace })),
    // The founder stays, so even an owner may go.
    Row("leave_workspace", VIEWER, |it| json!({ "id": it.workspace })),
    Row("rename_workspace", ADMIN, |it| json!({ "id": it.workspace, "name": "Renamed" })),
    Row("set_role", ADMIN, |it| json!({ "id": it.workspace, "member": it.bystander, "role": "editor" })),
    Row("remove_member", ADMIN, |it| json!({ "id": it.workspace, "member": it.bystander })),
    Row("invite", ADMIN, |it| json!({ "id": it.workspace, "role": "viewer" })),
    Row("revoke_invitation", ADMIN, |it| json!({ "id": it.workspace, "invitation": it.invitation })),
    Row("delete_workspace", OWNER, |it| json!({ "id": it.workspace })),
    // Whoever holds an invitation may read it, and accept it with an account.
    Row("invitation", ANYONE, |it| json!({ "token": it.invitation_token })),
    Row("join", ACCOUNT, |it| json!({ "token": it.invitation_token })),
];

/// Where another's session, member or invitation is named, nobody gets an answer, however much is theirs elsewhere.
const MIXED: &[Row] = &[
    Row("end_session", NOBODY, |_| json!({ "id": Uuid::new_v4() })),
    Row("revoke_api_token", NOBODY, |it| json!({ "id": it.others_token })),
    Row("set_role", NOBODY, |it| json!({ "id": it.own_workspace, "member": it.bystander, "role": "viewer" })),
    Row("remove_member", NOBODY, |it| json!({ "id": it.own_workspace, "member": it.bystander })),
    Row("revoke_invitation", NOBODY, |it| json!({ "id": it.own_workspace, "invitation": it.invitation })),
    Row("revoke_share_link", NOBODY, |it| json!({ "id": it.own_diagram, "link": it.link })),
    Row("rename_folder", NOBODY, |it| json!({ "workspace": it.own_workspace, "id": it.folder, "name": "Mine" })),
    Row("delete_folder", NOBODY, |it| json!({ "workspace": it.own_workspace, "id": it.folder })),
    Row("put_in_folder", NOBODY, |it| json!({ "id": it.own_diagram, "folder": it.folder })),
    Row("duplicate_diagram", NOBODY, |it| json!({ "id": it.deleted })),
    Row("move_diagram", NOBODY, |it| json!({ "id": it.deleted, "workspace": it.own_workspace })),
    Row("move_diagram", NOBODY, |it| json!({ "id": it.diagram, "workspace": Uuid::new_v4() })),
    Row("open_diagram", NOBODY, |it| json!({ "id": it.deleted })),
    Row("restore_diagram", NOBODY, |it| json!({ "id": it.diagram })),
];

/// A plain route or a page: its pattern, who is to get an answer, and an address.
struct Route(&'static str, Access, fn(&World) -> String);

const ROUTES: &[Route] = &[
    Route("/healthz", ANYONE, |_| "/healthz".to_owned()),
    Route("/readyz", ANYONE, |_| "/readyz".to_owned()),
    Route("/api/v1/account/export", ACCOUNT, |_| "/api/v1/account/export".to_owned()),
    // Whoever has a link's token may look; a visit is opened by its own cookie, whatever one is otherwise.
    Route("/s/{token}", ANYONE, |it| format!("/s/{}", it.link_token)),
    Route("/s/{token}/preview.png", ANYONE, |it| format!("/s/{}/preview.png", it.link_token)),
    Route("/embed/{token}", ANYONE, |it| format!("/embed/{}", it.link_token)),
    Route("/v/{link}", NOBODY, |it| format!("/v/{}", it.link)),
    Route("/v/{link}/export", NOBODY, |it| format!("/v/{}/export?format=svg", it.link)),
    Route("/api/v1/diagrams/{id}/thumbnail", VIEWER, |it| format!("/api/v1/diagrams/{}/thumbnail", it.diagram)),
    Route(LIVE, VIEWER, |it| format!("/api/v1/diagrams/{}/live", it.diagram)),
];

/// Something that the public API does: method and pattern, who is to get an answer and with which status, the scope that a
/// token needs, and what is asked.
struct Reach(&'static str, &'static str, Access, u16, Option<TokenScope>, fn(&World) -> (String, Option<Value>));

const READ: Option<TokenScope> = Some(TokenScope::Read);
const WRITE: Option<TokenScope> = Some(TokenScope::Write);
const SHARE: Option<TokenScope> = Some(TokenScope::Share);

/// An address under the diagram in question.
fn at(it: &World, rest: &str) -> String {
    format!("/api/v1/diagrams/{}{rest}", it.diagram)
}

/// Whoever shows nothing, or a session that nobody made, is told so; all others are told nothing of what is not theirs.
const REACHES: &[Reach] = &[
    Reach("GET", "/api/v1/openapi.json", ANYONE, 200, None, |_| ("/api/v1/openapi.json".to_owned(), None)),
    Reach("GET", "/api/v1/diagrams", KNOWN, 200, READ, |_| ("/api/v1/diagrams".to_owned(), None)),
    Reach("POST", "/api/v1/diagrams", KNOWN, 201, WRITE, |_| ("/api/v1/diagrams".to_owned(), Some(json!({})))),
    Reach("POST", "/api/v1/diagrams", EDITOR, 201, WRITE, |it| {
        ("/api/v1/diagrams".to_owned(), Some(json!({ "workspace": it.workspace })))
    }),
    Reach("GET", "/api/v1/diagrams/{id}", VIEWER, 200, READ, |it| (at(it, ""), None)),
    Reach("PATCH", "/api/v1/diagrams/{id}", EDITOR, 200, WRITE, |it| (at(it, ""), Some(json!({ "name": "Renamed" })))),
    Reach("DELETE", "/api/v1/diagrams/{id}", ADMIN, 204, WRITE, |it| (at(it, ""), None)),
    Reach("GET", "/api/v1/diagrams/{id}/schema", VIEWER, 200, READ, |it| (at(it, "/schema"), None)),
    Reach("GET", "/api/v1/diagrams/{id}/export", VIEWER, 200, READ, |it| (at(it, "/export?format=svg"), None)),
    // There is nothing to commit, which only who might have is told.
    Reach("POST", "/api/v1/diagrams/{id}/commits", EDITOR, 422, WRITE, |it| {
        let body = json!({ "commit_id": Uuid::new_v4(), "base_revision": 0, "edits": [] });
        (at(it, "/commits"), Some(body))
    }),
    Reach("GET", "/api/v1/diagrams/{id}/revisions", VIEWER, 200, READ, |it| (at(it, "/revisions"), None)),
    Reach("GET", "/api/v1/diagrams/{id}/revisions/{number}", VIEWER, 200, READ, |it| (at(it, "/revisions/1"), None)),
    Reach("GET", "/api/v1/diagrams/{id}/share-links", ADMIN, 200, SHARE, |it| (at(it, "/share-links"), None)),
    Reach("POST", "/api/v1/diagrams/{id}/share-links", ADMIN, 201, SHARE, |it| {
        (at(it, "/share-links"), Some(json!({})))
    }),
    Reach("DELETE", "/api/v1/diagrams/{id}/share-links/{link}", ADMIN, 204, SHARE, |it| {
        (at(it, &format!("/share-links/{}", it.link)), None)
    }),
    // By way of one's own diagram to another's link, and to what was deleted.
    Reach("DELETE", "/api/v1/diagrams/{id}/share-links/{link}", NOBODY, 204, SHARE, |it| {
        (format!("/api/v1/diagrams/{}/share-links/{}", it.own_diagram, it.link), None)
    }),
    Reach("GET", "/api/v1/diagrams/{id}", NOBODY, 200, READ, |it| (format!("/api/v1/diagrams/{}", it.deleted), None)),
];

/// What is asked for there is a socket: a plain request gets as far as to be told so.
const LIVE: &str = "/api/v1/diagrams/{id}/live";

/// Pages answer everybody; what they are not to show is the name of the diagram or workspace in question.
const PAGES: &[Route] = &[
    Route("/d/:id", VIEWER, |it| format!("/d/{}", it.diagram)),
    Route("/workspace/:id", VIEWER, |it| format!("/workspace/{}", it.workspace)),
    Route("/join/:token", ANYONE, |it| format!("/join/{}", it.invitation_token)),
    // These show members the names of their workspaces at most.
    Route("/", Access::Anyone, |_| "/".to_owned()),
    Route("/account", Access::Anyone, |_| "/account".to_owned()),
    Route("/sign-in", Access::Anyone, |_| "/sign-in".to_owned()),
    Route("/sign-up", Access::Anyone, |_| "/sign-up".to_owned()),
    Route("/reset", Access::Anyone, |_| "/reset".to_owned()),
    Route("/reset/:token", Access::Anyone, |it| format!("/reset/{}", it.reset_token)),
    Route("/setup/:token", Access::Anyone, |it| format!("/setup/{}", it.setup_token)),
];

/// Of these, the answer is looked at as well.
const TELLING: [&str; 3] = ["/d/:id", "/workspace/:id", "/join/:token"];

/// What the asker shows. Their session is sent in any case, as a browser does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Session,
    Token,
}

impl Reach {
    /// Asks.
    async fn ask(&self, world: &mut World, by: By) -> Answer {
        let Self(method, .., question) = self;
        let (path, body) = question(world);
        let mut request = Request::builder().method(*method).uri(path);
        if by == By::Token {
            request = request.header(header::AUTHORIZATION, format!("Bearer crowfoot_{}", world.own_token_text));
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        world.visitor.send(request.body(body).unwrap()).await
    }
}

struct Matrix {
    server: TestServer,
    client: Client,
    password_hash: String,
}

impl Matrix {
    async fn start() -> Self {
        // Nobody listens there: that a mail cannot be sent shows in no answer.
        let server = TestServer::start_with_mail("smtp://127.0.0.1:1").await;
        let client = server.database.connect().await;
        let password_hash = server.state.passwords.hash(PASSWORD).await.unwrap().expose().to_owned();
        Self { server, client, password_hash }
    }

    async fn world(&self, who: Who) -> World {
        World::new(&self.server, &self.client, &self.password_hash, who).await
    }

    async fn check(&self, Row(name, _, body): &Row, who: Who, is_allowed: bool) {
        let mut world = self.world(who).await;
        let body = body(&world);
        let answer = world.visitor.post(name, &body).await;
        let seen = (answer.status, answer.body.as_str());
        if is_allowed {
            assert_eq!(answer.status, StatusCode::OK, "{name} by {:?}: {}", world.who, answer.body);
        } else {
            assert_eq!(seen, (StatusCode::NOT_FOUND, "\"not_found\""), "{name} by {:?} with {body}", world.who);
        }
    }
}

#[tokio::test]
async fn every_call_answers_those_who_may_and_nobody_else() {
    let matrix = Matrix::start().await;
    for row in CALLS.iter().chain(MIXED) {
        for who in EVERYBODY {
            matrix.check(row, who, row.1.allows(who)).await;
        }
    }
    matrix.server.stop().await;
}

#[tokio::test]
async fn every_route_and_page_answers_those_who_may_and_nobody_else() {
    let matrix = Matrix::start().await;
    for Route(pattern, access, path) in ROUTES {
        for who in EVERYBODY {
            let mut world = matrix.world(who).await;
            let answer = world.visitor.get(&path(&world)).await;
            let expect = match access.allows(who) {
                true if *pattern == LIVE => StatusCode::BAD_REQUEST,
                true => StatusCode::OK,
                false => StatusCode::NOT_FOUND,
            };
            assert_eq!(answer.status, expect, "{pattern} by {who:?}: {}", answer.body);
        }
    }
    for Route(pattern, access, path) in PAGES {
        for who in EVERYBODY {
            let mut world = matrix.world(who).await;
            let answer = world.visitor.get(&path(&world)).await;
            assert!(answer.status.as_u16() < 500, "{pattern} by {who:?}: {}", answer.status);
            let is_telling = TELLING.contains(pattern);
            let may_tell = if is_telling { access.allows(who) } else { matches!(who, Who::Member(_)) };
            let tells = answer.body.contains(SECRET);
            assert!(!tells || may_tell, "{pattern} tells {who:?} too much");
            assert!(tells || !may_tell || !is_telling, "{pattern} tells {who:?} nothing");
        }
    }
    matrix.server.stop().await;
}

/// These answer everybody, and have to tell each no more than what is theirs.
#[tokio::test]
async fn lists_and_searches_show_only_what_is_ones_own() {
    let matrix = Matrix::start().await;
    for who in EVERYBODY {
        let mut world = matrix.world(who).await;
        let may_tell = matches!(who, Who::Member(_));
        let id = world.diagram.to_string();
        for (name, body, told) in [
            ("list_diagrams", json!({}), SECRET),
            ("list_folders", json!({}), SECRET),
            ("search_diagrams", json!({ "query": "eleventh" }), id.as_str()),
        ] {
            let answer = world.visitor.post(name, &body).await;
            assert_eq!(answer.body.contains(told), may_tell, "{name} by {who:?}: {}", answer.body);
        }
    }
    matrix.server.stop().await;
}

/// What the public API answers somebody with a session; who has none is told that.
fn status_for(Reach(_, _, access, status, scope, _): &Reach, who: Who) -> u16 {
    let is_known = !matches!(who, Who::Nobody | Who::Forger);
    match scope {
        Some(_) if !is_known => 401,
        Some(_) | None if access.allows(who) => *status,
        Some(_) | None => 404,
    }
}

#[tokio::test]
async fn the_public_api_answers_sessions_of_those_who_may_and_nobody_else() {
    let matrix = Matrix::start().await;
    for reach in REACHES {
        for who in EVERYBODY {
            let mut world = matrix.world(who).await;
            let answer = reach.ask(&mut world, By::Session).await;
            let shown = format!("{} {} by {who:?}: {}", reach.0, reach.1, answer.body);
            assert_eq!(answer.status, status_for(reach, who), "{shown}");
            let tells = answer.body.contains(SECRET);
            assert!(!tells || matches!(who, Who::Member(_)), "{shown}");
        }
    }
    matrix.server.stop().await;
}

#[tokio::test]
async fn a_token_reaches_what_its_scopes_and_its_owner_allow() {
    let matrix = Matrix::start().await;
    for reach in REACHES {
        let Reach(method, pattern, access, status, needed, _) = reach;
        let operation = described(&method.parse().unwrap(), pattern).unwrap();
        assert_eq!(operation.scope(), needed.map(TokenScope::as_str), "{method} {pattern}");
        for scope in TokenScope::ALL {
            for who in [Who::Stranger, Who::Member(Role::Viewer), Who::Member(Role::Owner)] {
                let mut world = matrix.world(who).await;
                let sql = "update api_token set scopes = array[$2] where id = $1";
                matrix.client.execute(sql, &[&world.own_token, &scope.as_str()]).await.unwrap();
                let answer = reach.ask(&mut world, By::Token).await;
                let shown = format!("{method} {pattern} by {who:?} for {scope}: {}", answer.body);
                let expect = match needed {
                    Some(needed) if !scope.covers(*needed) => 403,
                    _ if access.allows(who) => *status,
                    _ => 404,
                };
                assert_eq!(answer.status, expect, "{shown}");
                operation.check(&answer);
                if let (403, Some(needed)) = (expect, needed) {
                    let challenge = format!("scope=\"{needed}\"");
                    assert!(answer.headers["www-authenticate"].to_str().unwrap().contains(&challenge), "{shown}");
                    assert!(answer.body.contains(&format!("\"scope\":\"{needed}\"")), "{shown}");
                }
            }
        }
    }
    matrix.server.stop().await;
}

/// What is added has to be added to the lists above.
#[tokio::test]
async fn every_call_route_and_page_has_a_row() {
    let server = TestServer::start().await;
    let calls: BTreeSet<String> =
        leptos::server_fn::axum::server_fn_paths().map(|(path, method)| format!("{method} {path}")).collect();
    let known: BTreeSet<String> = CALLS.iter().map(|Row(name, ..)| format!("POST /rpc/{name}")).collect();
    assert_eq!(calls, known);
    let plain = server::web::api::table().into_iter().map(|(path, _)| path.to_owned());
    let shared = server::web::share::table().into_iter().map(|(path, _)| path.to_owned());
    let routes: BTreeSet<String> = plain.chain(shared).collect();
    assert_eq!(routes, ROUTES.iter().map(|Route(pattern, ..)| (*pattern).to_owned()).collect());
    let operations: BTreeSet<_> = server::web::api::operations().iter().map(|it| (it.method, it.path)).collect();
    assert_eq!(operations, REACHES.iter().map(|Reach(method, pattern, ..)| (*method, *pattern)).collect());
    let pages: BTreeSet<String> = leptos_axum::generate_route_list(app::App)
        .into_iter()
        .map(|listing| listing.path().replace("/{", "/:").replace('}', ""))
        .collect();
    assert_eq!(pages, PAGES.iter().map(|Route(pattern, ..)| (*pattern).to_owned()).collect());
    server.stop().await;
}
