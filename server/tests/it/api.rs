//! Plain routes, sessions, and what every answer has in common.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::json;

use crate::visitor::{Answer, TestServer, Visitor};

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
        ("mysql", "application/sql; charset=utf-8", "CREATE TABLE `order_items`"),
        ("oracle", "application/sql; charset=utf-8", "CREATE TABLE order_items"),
        ("json", "application/json", "\"crowfoot\": 1"),
        ("mermaid", "text/plain; charset=utf-8", "erDiagram\n"),
        ("markdown", "text/markdown; charset=utf-8", "## order\\_items"),
        ("mongodb", "text/javascript; charset=utf-8", "db.createCollection(\"order_items\""),
        ("svg", "image/svg+xml", "order_items"),
    ] {
        let answer = export(&mut owner, &id, format).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(header_of(&answer, header::CONTENT_TYPE), kind);
        let extension = match format {
            "mysql" | "oracle" => "sql",
            "mermaid" => "mmd",
            "markdown" => "md",
            "mongodb" => "js",
            other => other,
        };
        let disposition = format!("attachment; filename=\"My-shop-2.{extension}\"");
        assert_eq!(header_of(&answer, header::CONTENT_DISPOSITION), disposition);
        assert!(answer.body.contains(word), "{}", answer.body);
        for (visitor, expect) in [(&mut other, StatusCode::NOT_FOUND), (&mut stranger, StatusCode::UNAUTHORIZED)] {
            let answer = export(visitor, &id, format).await;
            assert_eq!(answer.status, expect);
            assert_eq!(header_of(&answer, header::CONTENT_TYPE), "application/problem+json");
        }
    }
    let notes: serde_json::Value =
        serde_json::from_str(&export(&mut owner, &id, "oracle&notes=true").await.body).unwrap();
    let has_no_update = |note: &serde_json::Value| {
        note["object"] == "orders.fk_orders_user"
            && note["what"] == "ON UPDATE CASCADE was left out: Oracle has no such action"
    };
    assert!(notes.as_array().unwrap().iter().any(has_no_update), "{notes}");
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
