//! Accounts: what a guest made stays theirs, and what a password opens closes again.

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode, header},
};
use protocol::{
    AccountExport, CallError, DiagramSnapshot, DiagramSummary, FolderId, FolderSummary, FormField, Me, SessionSummary,
};
use serde_json::{Value, json};
use std::net::SocketAddr;

use crate::visitor::{Answer, PASSWORD, TestServer, Visitor, email};

#[track_caller]
fn refused(answer: &Answer, status: StatusCode) -> CallError {
    assert_eq!(answer.status, status, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

#[track_caller]
fn field_of(answer: &Answer) -> FormField {
    let error = refused(answer, StatusCode::UNPROCESSABLE_ENTITY);
    let CallError::Field { field, .. } = error else { panic!("{error:?}") };
    field
}

async fn names(visitor: &mut Visitor) -> Vec<String> {
    let mut all: Vec<String> =
        visitor.call::<Vec<DiagramSummary>>("list_diagrams", json!({})).await.into_iter().map(|it| it.name).collect();
    all.sort();
    all
}

async fn named(visitor: &mut Visitor, name: &str) {
    let id = visitor.create("blank").await;
    let () = visitor.call("rename_diagram", json!({ "id": id, "name": name })).await;
}

#[tokio::test]
async fn a_guest_who_signs_up_keeps_everything() {
    let server = TestServer::start().await;
    let mut guest = server.visitor();
    let id = guest.create("shop_flow").await;
    let other_tab = guest.again();
    guest.sign_up("Ada").await;
    assert_eq!(guest.open(id).await.id, id);
    let me = guest.whoami().await;
    assert_eq!(me.account.unwrap().email, "ada@example.com");
    assert_eq!(me.workspaces.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["Ada's workspace"]);
    // The token of before is worth nothing: whoever planted it is not signed in.
    let mut before = other_tab;
    assert_eq!(before.whoami().await, Me { account: None, workspaces: Vec::new() });
    server.stop().await;
}

async fn folders(visitor: &mut Visitor) -> Vec<FolderSummary> {
    visitor.call("list_folders", json!({})).await
}

#[tokio::test]
async fn a_guest_who_signs_in_brings_their_diagrams_along() {
    let server = TestServer::start().await;
    let mut ada = server.person("Ada").await;
    named(&mut ada, "Old").await;
    let mut guest = server.visitor();
    let id = guest.create("shop_flow").await;
    let head = guest
        .change(id, |schema| {
            let table = std::sync::Arc::make_mut(schema.tables.values_mut().next().unwrap());
            table.note = Some("kept".to_owned());
        })
        .await;
    crate::visitor::revision_of(&head);
    let before = guest.open(id).await;
    for (visitor, folders) in [(&mut ada, ["drafts", "Old ones"]), (&mut guest, ["Drafts", "New ones"])] {
        let workspace = visitor.whoami().await.workspaces[0].id;
        for folder in folders {
            let _: FolderId = visitor.call("make_folder", json!({ "workspace": workspace, "name": folder })).await;
        }
    }
    let drafts = folders(&mut guest).await.into_iter().find(|it| it.name == "Drafts").unwrap();
    let () = guest.call("put_in_folder", json!({ "id": id, "folder": drafts.id })).await;
    assert_eq!(guest.sign_in("Ada", PASSWORD).await.status, StatusCode::OK);
    let person = guest.open(id).await.person;
    assert_ne!(person, before.person);
    assert_eq!(
        guest.open(id).await,
        DiagramSnapshot { person, ..before.clone() },
        "the same diagram, with its database"
    );
    assert_eq!(names(&mut ada).await, ["Old", "ShopFlow"]);
    assert_eq!(guest.whoami().await.workspaces.len(), 1, "the workspace of the guest is gone");
    let there = folders(&mut ada).await;
    assert_eq!(there.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["drafts", "New ones", "Old ones"]);
    let list: Vec<DiagramSummary> = ada.call("list_diagrams", json!({})).await;
    let folder = list.into_iter().find(|it| it.id == id).unwrap().folder;
    assert_eq!(folder, Some(there[0].id), "in the folder of that name");
    // A linked commit works from there on.
    let table = before.schema.tables.keys().next().copied().unwrap();
    let outcome =
        guest.change(id, |schema| std::sync::Arc::make_mut(schema.tables.get_mut(&table).unwrap()).note = None).await;
    crate::visitor::revision_of(&outcome);
    server.stop().await;
}

/// What cannot be moved at the moment of signing in is not left behind.
#[tokio::test]
async fn a_diagram_that_is_busy_comes_along_in_its_workspace() {
    let server = TestServer::start().await;
    server.person("Ada").await;
    let mut guest = server.visitor();
    let id = guest.create("shop_flow").await;
    let client = server.database.connect().await;
    client.execute("update sandbox set state = 'creating', facts = null", &[]).await.unwrap();
    assert_eq!(guest.sign_in("Ada", PASSWORD).await.status, StatusCode::OK);
    assert_eq!(guest.open(id).await.id, id);
    assert_eq!(guest.whoami().await.workspaces.len(), 2);
    server.stop().await;
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server_too() {
    let server = TestServer::start().await;
    let mut ada = server.person("Ada").await;
    named(&mut ada, "Mine").await;
    let mut kept = ada.again();
    let () = ada.call("sign_out", json!({})).await;
    assert!(!ada.has_session());
    assert!(names(&mut kept).await.is_empty(), "a copy of the cookie opens nothing");
    assert_eq!(ada.sign_in("Ada", PASSWORD).await.status, StatusCode::OK);
    assert_eq!(names(&mut ada).await, ["Mine"]);
    server.stop().await;
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one_and_together() {
    let server = TestServer::start().await;
    let mut here = server.person("Ada").await;
    let (mut there, mut third) = (server.visitor(), server.visitor());
    there.sign_in("Ada", PASSWORD).await;
    third.sign_in("Ada", PASSWORD).await;
    let all: Vec<SessionSummary> = here.call("sessions", json!({})).await;
    assert_eq!(all.iter().map(|it| it.is_current).collect::<Vec<_>>(), [true, false, false]);
    let of_there: Vec<SessionSummary> = there.call("sessions", json!({})).await;
    let () = here.call("end_session", json!({ "id": of_there[0].id })).await;
    assert!(there.whoami().await.account.is_none());
    let () = here.call("sign_out_everywhere", json!({})).await;
    for visitor in [&mut here, &mut third] {
        assert!(visitor.whoami().await.account.is_none());
    }
    server.stop().await;
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let server = TestServer::start().await;
    let mut here = server.person("Ada").await;
    let mut there = server.visitor();
    there.sign_in("Ada", PASSWORD).await;
    let mut copy = here.again();
    let wrong = here.post("change_password", &json!({ "current": "wrong", "new": "another good one" })).await;
    assert_eq!(field_of(&wrong), FormField::CurrentPassword);
    let weak = here.post("change_password", &json!({ "current": PASSWORD, "new": "password1" })).await;
    assert_eq!(field_of(&weak), FormField::Password);
    let () = here.call("change_password", json!({ "current": PASSWORD, "new": "another good one" })).await;
    assert!(here.whoami().await.account.is_some());
    for visitor in [&mut there, &mut copy] {
        assert!(visitor.whoami().await.account.is_none());
    }
    assert_eq!(there.sign_in("Ada", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(there.sign_in("Ada", "another good one").await.status, StatusCode::OK);
    server.stop().await;
}

#[tokio::test]
async fn what_is_typed_is_checked_and_answers_do_not_tell_who_is_here() {
    let server = TestServer::start().await;
    server.person("Ada").await;
    let mut visitor = server.visitor();
    for (mail, password, name, expect) in [
        ("nobody", PASSWORD, "Bo", FormField::Email),
        ("ADA@example.com", PASSWORD, "Bo", FormField::Email),
        ("bo@example.com", "short", "Bo", FormField::Password),
        ("bo@example.com", PASSWORD, " ", FormField::Name),
    ] {
        let answer = visitor.post("sign_up", &json!({ "email": mail, "password": password, "name": name })).await;
        assert_eq!(field_of(&answer), expect, "{mail} {password} {name}");
    }
    let unknown = visitor.sign_in("Nobody", PASSWORD).await;
    let wrong = visitor.sign_in("Ada", "wrong password").await;
    assert_eq!((unknown.status, &unknown.body), (wrong.status, &wrong.body));
    assert!(!visitor.has_session());
    server.stop().await;
}

/// A sixth guess waits, whichever server it goes to and whether or not it is right.
#[tokio::test]
async fn guessing_is_slow() {
    let server = TestServer::start().await;
    server.person("Ada").await;
    let other = server::state::State::new(server.database.url(), false).unwrap();
    for name in ["Ada", "Nobody"] {
        let (mut one, mut two) = (server.visitor(), server.visitor_of(&other));
        for round in 0..5 {
            let visitor = if round % 2 == 0 { &mut one } else { &mut two };
            assert_eq!(visitor.sign_in(name, "a wrong guess").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let answer = two.sign_in(name, PASSWORD).await;
        let error = refused(&answer, StatusCode::TOO_MANY_REQUESTS);
        assert!(matches!(error, CallError::TooMany { seconds: 1..=60 }), "{error:?}");
    }
    let client = server.database.connect().await;
    client.execute("update attempt set began_at = began_at - interval '61 seconds'", &[]).await.unwrap();
    let mut ada = server.visitor();
    for _ in 0..8 {
        assert_eq!(ada.sign_in("Ada", PASSWORD).await.status, StatusCode::OK, "who knows the password never waits");
    }
    other.store.close().await;
    server.stop().await;
}

/// One address that tries many accounts waits as well.
#[tokio::test]
async fn guessing_at_many_accounts_is_slow() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let mut last = StatusCode::OK;
    for round in 0..6 {
        let body = json!({ "email": email(&format!("person{round}")), "password": PASSWORD });
        let mut request = Request::post("/rpc/sign_in")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        request.extensions_mut().insert(ConnectInfo("203.0.113.5:1".parse::<SocketAddr>().unwrap()));
        last = visitor.send(request).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    server.stop().await;
}

/// Guests are made as fast as people come, and not as fast as a program can ask.
#[tokio::test]
async fn one_address_makes_only_so_many_guests() {
    let server = TestServer::start().await;
    let client = server.database.connect().await;
    let ask = async |visitor: &mut Visitor, peer: &str| {
        let mut request = Request::post("/rpc/create_diagram")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(json!({ "template": "blank" }).to_string()))
            .unwrap();
        request.extensions_mut().insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
        visitor.send(request).await.status
    };
    let mut known = server.visitor();
    assert_eq!(ask(&mut known, "203.0.113.5:1").await, StatusCode::OK);
    client.execute("update attempt set count = 120", &[]).await.unwrap();
    assert_eq!(ask(&mut server.visitor(), "203.0.113.5:2").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(ask(&mut server.visitor(), "203.0.113.6:1").await, StatusCode::OK);
    assert_eq!(ask(&mut known, "203.0.113.5:3").await, StatusCode::OK, "who is here already goes on");
    server.stop().await;
}

/// Unused for a day, or two weeks after the sign-in, an account's session ends; a guest's lasts.
#[tokio::test]
async fn sessions_run_out() {
    let server = TestServer::start().await;
    let client = server.database.connect().await;
    let mut ada = server.person("Ada").await;
    let left = "select extract(epoch from expires_at - now())::float8 from session";
    let hours = async |visitor: &mut Visitor, age: &str| {
        client.execute(&format!("update session set {age}"), &[]).await.unwrap();
        let is_in = visitor.whoami().await.account.is_some();
        let left: f64 = client.query_one(left, &[]).await.unwrap().get(0);
        (is_in, (left / 3600.0).round())
    };
    for (age, expect) in [
        ("expires_at = now() + interval '2 hours'", (true, 24.0)),
        ("expires_at = now() + interval '2 hours', created_at = now() - interval '13 days 20 hours'", (true, 4.0)),
        ("expires_at = now() - interval '1 second'", (false, 0.0)),
    ] {
        assert_eq!(hours(&mut ada, age).await, expect, "{age}");
    }
    server.stop().await;
}

#[tokio::test]
async fn an_account_is_taken_along_and_taken_away() {
    let server = TestServer::start().await;
    let (mut ada, mut bo) = (server.person("Ada").await, server.person("Bo").await);
    let shared = ada.home().await;
    ada.bring(shared, &mut bo, protocol::Role::Editor).await;
    let id =
        bo.call::<protocol::DiagramId>("create_diagram", json!({ "template": "blank", "workspace": shared })).await;
    let outcome = bo.change(id, |schema| *schema = schema::sample::shopflow()).await;
    crate::visitor::revision_of(&outcome);
    let answer = bo.get("/api/v1/account/export").await;
    assert_eq!(answer.status, StatusCode::OK);
    let export: AccountExport = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((export.account.email.as_str(), export.workspaces.len()), ("bo@example.com", 2));
    assert!(!answer.body.contains("argon2"));

    // Ada alone owns a workspace that others are in.
    let refusal = ada.post("delete_account", &json!({ "password": PASSWORD })).await;
    assert!(matches!(refused(&refusal, StatusCode::UNPROCESSABLE_ENTITY), CallError::Invalid(_)));
    let wrong = bo.post("delete_account", &json!({ "password": "not it at all" })).await;
    assert_eq!(field_of(&wrong), FormField::CurrentPassword);
    let () = bo.call("delete_account", json!({ "password": PASSWORD })).await;
    assert!(!bo.has_session());
    assert_eq!(bo.sign_in("Bo", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(ada.open(id).await.revision, 1, "what they committed elsewhere stays");
    // Nothing says any more who it was.
    let client = server.database.connect().await;
    let tables = client
        .query(
            "select tablename::text from pg_tables where schemaname = 'public' and tablename not like '\\_sqlx%'",
            &[],
        )
        .await
        .unwrap();
    for table in tables {
        let table: String = table.get(0);
        let sql = format!("select count(*) from {table} as t where t::text ilike '%bo@example.com%'");
        let count: i64 = client.query_one(&sql, &[]).await.unwrap().get(0);
        assert_eq!(count, 0, "{table}");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_link_of_the_first_start_makes_one_administrator() {
    let server = TestServer::start().await;
    let replaced = server.state.store.create_setup_link().await.unwrap().unwrap();
    let token = server.state.store.create_setup_link().await.unwrap().unwrap();
    let form = |token: &server::secret::Secret, name: &str| json!({ "token": token.expose(), "email": email(name), "password": PASSWORD, "name": name });
    let (mut one, mut two) = (server.visitor(), server.visitor());
    let late = one.post("set_up", &form(&replaced, "One")).await;
    assert_eq!(late.status, StatusCode::NOT_FOUND, "the next start replaces the link");
    let id = one.create("blank").await;
    let (first, second) = (form(&token, "One"), form(&token, "Two"));
    let (first, second) = tokio::join!(one.post("set_up", &first), two.post("set_up", &second));
    let statuses = [first.status, second.status];
    assert_eq!(statuses.iter().filter(|it| **it == StatusCode::OK).count(), 1, "{first:?} {second:?}");
    let client = server.database.connect().await;
    let count: i64 = client.query_one("select count(*) from account where is_administrator", &[]).await.unwrap().get(0);
    assert_eq!(count, 1);
    assert_eq!(server.state.store.create_setup_link().await.unwrap(), None);
    if first.status == StatusCode::OK {
        assert_eq!(one.open(id).await.id, id, "a guest's diagrams stay theirs here too");
    }
    server.stop().await;
}

/// Nobody is known by a session that they bring themselves.
#[tokio::test]
async fn a_planted_session_is_not_signed_in() {
    let server = TestServer::start().await;
    server.person("Ada").await;
    let mut attacker = server.visitor();
    attacker.create("blank").await;
    let mut victim = attacker.again();
    assert_eq!(victim.sign_in("Ada", PASSWORD).await.status, StatusCode::OK);
    let me: Value = attacker.call("who_am_i", json!({})).await;
    assert_eq!(me, json!({ "account": null, "workspaces": [] }));
    server.stop().await;
}
