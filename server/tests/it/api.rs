//! Who may call what: every call and every route, by the owner, by another guest, and by somebody without a session.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::visitor::{Answer, TestServer, Visitor};

/// Every call about a diagram, with a body that works for its owner.
fn calls(id: &Value) -> Vec<(&'static str, Value)> {
    vec![
        ("open_diagram", json!({ "id": id })),
        ("revisions", json!({ "id": id })),
        ("changes_since", json!({ "id": id, "known": { "revision": 0, "layout": 0 } })),
        ("move_tables", json!({ "id": id, "placements": {} })),
        ("rename_diagram", json!({ "id": id, "name": "Renamed" })),
        (
            "commit",
            json!({ "request": {
                "diagram": id, "commit_id": Uuid::new_v4(), "base_revision": 0, "edits": [], "message": "",
                "placements": {},
            } }),
        ),
        ("share_links", json!({ "id": id })),
        ("make_share_link", json!({ "id": id, "new": { "days": 1, "may_export": true, "embed_origins": [] } })),
        ("delete_diagram", json!({ "id": id })),
        ("restore_diagram", json!({ "id": id })),
    ]
}

/// Calls that are about no diagram.
const OTHER_CALLS: [&str; 3] = ["health", "list_diagrams", "create_diagram"];
/// Calls about something in a diagram, with tests of their own.
const TESTED_APART: [&str; 1] = ["revoke_share_link"];

#[tokio::test]
async fn only_the_owner_gets_an_answer() {
    let server = TestServer::start().await;
    let (mut owner, mut other, mut stranger) = (server.visitor(), server.visitor(), server.visitor());
    let id = json!(owner.create("blank").await);
    let other_id = json!(other.create("blank").await);
    let mut forger = server.visitor();
    forger.set_cookie(&format!("crowfoot_session={}", "ab".repeat(32)));
    for (name, body) in calls(&id) {
        for (who, visitor) in [("another guest", &mut other), ("no session", &mut stranger), ("a forger", &mut forger)]
        {
            let answer = visitor.post(name, &body).await;
            assert_eq!(
                (answer.status, answer.body.as_str()),
                (StatusCode::NOT_FOUND, "\"not_found\""),
                "{name}, {who}"
            );
        }
        let answer = owner.post(name, &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.body);
    }
    for (name, body) in calls(&json!(Uuid::new_v4())) {
        assert_eq!(owner.post(name, &body).await.status, StatusCode::NOT_FOUND, "{name}, a diagram that is not there");
    }
    assert!(!stranger.has_session(), "asking makes no session");
    let list: Value = other.call("list_diagrams", json!({})).await;
    assert_eq!(list.as_array().unwrap().iter().map(|it| &it["id"]).collect::<Vec<_>>(), [&other_id]);
    server.stop().await;
}

/// A call that is added has to be added to the lists above.
#[tokio::test]
async fn every_call_is_in_the_matrix() {
    let server = TestServer::start().await;
    let known = calls(&Value::Null);
    let known: Vec<&str> = known.iter().map(|(name, _)| *name).chain(OTHER_CALLS).chain(TESTED_APART).collect();
    let mut paths: Vec<String> =
        leptos::server_fn::axum::server_fn_paths().map(|(path, method)| format!("{method} {path}")).collect();
    paths.sort();
    let mut expect: Vec<String> = known.iter().map(|name| format!("POST /rpc/{name}")).collect();
    expect.sort();
    assert_eq!(paths, expect);
    server.stop().await;
}

fn header_of(answer: &Answer, name: header::HeaderName) -> &str {
    answer.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

async fn export(visitor: &mut Visitor, id: &str, format: &str) -> Answer {
    visitor.get(&format!("/api/v1/diagrams/{id}/export?format={format}")).await
}

#[tokio::test]
async fn exports_are_files_for_the_owner_only() {
    let server = TestServer::start().await;
    let (mut owner, mut other, mut stranger) = (server.visitor(), server.visitor(), server.visitor());
    let id = owner.create("shop_flow").await;
    let () = owner.call("rename_diagram", json!({ "id": id, "name": "My \"shop\"/2" })).await;
    other.create("blank").await;
    let id = id.to_string();
    for (format, kind, word) in [
        ("sql", "application/sql; charset=utf-8", "CREATE TABLE public.order_items"),
        ("dbml", "text/plain; charset=utf-8", "Table order_items"),
        ("svg", "image/svg+xml", "order_items"),
    ] {
        let answer = export(&mut owner, &id, format).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(header_of(&answer, header::CONTENT_TYPE), kind);
        let disposition = format!("attachment; filename=\"My-shop-2.{format}\"");
        assert_eq!(header_of(&answer, header::CONTENT_DISPOSITION), disposition);
        assert!(answer.body.contains(word), "{}", answer.body);
        for visitor in [&mut other, &mut stranger] {
            let answer = export(visitor, &id, format).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
            assert_eq!(header_of(&answer, header::CONTENT_TYPE), "application/problem+json");
        }
    }
    assert_eq!(export(&mut owner, &id, "exe").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(export(&mut owner, "not-an-id", "sql").await.status, StatusCode::NOT_FOUND);
    for path in ["/healthz", "/readyz"] {
        assert_eq!(owner.get(path).await.body, "ok\n", "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn another_sites_page_can_change_nothing() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    for origin in ["https://evil.example", "null"] {
        let request = Request::post("/rpc/create_diagram")
            .header(header::HOST, "localhost:4280")
            .header(header::ORIGIN, origin)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(r#"{"template":"blank"}"#))
            .unwrap();
        assert_eq!(visitor.send(request).await.status, StatusCode::FORBIDDEN);
    }
    assert!(!visitor.has_session());
    server.stop().await;
}

#[tokio::test]
async fn the_session_is_closed_to_scripts_and_only_its_hash_is_kept() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let request = Request::post("/rpc/create_diagram")
        .header(header::HOST, "crowfoot.example")
        .header(header::ORIGIN, "https://crowfoot.example")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(r#"{"template":"blank"}"#))
        .unwrap();
    let answer = visitor.send(request).await;
    let cookie = header_of(&answer, header::SET_COOKIE);
    for word in ["__Host-crowfoot_session=", "HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(word), "{word} in {cookie}");
    }
    let token = cookie.split(['=', ';']).nth(1).unwrap();
    let client = server.database.connect().await;
    let kept: bool = client
        .query_one("select token_hash = sha256(convert_to($1, 'UTF8')) from session", &[&token])
        .await
        .unwrap()
        .get(0);
    assert!(kept);
    server.stop().await;
}

/// A session in use runs on, and so must the browser's copy of it.
#[tokio::test]
async fn the_cookie_is_sent_again_when_the_session_is_prolonged() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    visitor.create("blank").await;
    let client = server.database.connect().await;
    for (days, expect) in [(365, false), (300, true), (365, false)] {
        let age = format!("update session set expires_at = now() + interval '{days} days'");
        client.execute(&age, &[]).await.unwrap();
        let answer = visitor.post("list_diagrams", &json!({})).await;
        assert_eq!(answer.headers.contains_key(header::SET_COOKIE), expect, "{days} days: {answer:?}");
        assert_ne!(answer.body, "[]", "still the same person");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_is_no_request_is_told_so() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    visitor.create("blank").await;
    for body in [json!({}), json!({ "id": "x" }), json!({ "id": 7 }), json!([])] {
        let answer = visitor.post("open_diagram", &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}: {}", answer.body);
    }
    server.stop().await;
}
