//! What who looks after the server is told: figures, and a log in which a request can be followed.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Command, Stdio},
};

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use server::serve;
use tokio::task::spawn_blocking;
use tower::ServiceExt;

use crate::{support::TestDatabase, visitor::TestServer};

#[tokio::test]
async fn requests_and_commits_are_counted_and_addresses_are_not_told() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    let opened = visitor.get(&format!("/d/{}", id.0)).await;
    assert_eq!(opened.headers["x-request-id"].len(), 36);
    let _ = visitor.change(id, |_| {}).await;
    let links: Value = visitor.call("share_links", json!({ "id": id })).await;
    assert_eq!(links, json!([]));
    visitor.get("/s/a-secret-of-somebody").await;
    visitor.get("/nothing/is/here").await;

    let request = Request::builder().uri("/metrics").body(Body::empty()).unwrap();
    let answer = serve::figures(&server.state).oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let text = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    let text = String::from_utf8(text.to_vec()).unwrap();
    for line in [
        r#"crowfoot_http_requests_total{method="GET",route="/d/{id}",status="200"} 1"#,
        r#"crowfoot_http_requests_total{method="POST",route="/rpc/share_links",status="200"} 1"#,
        r#"crowfoot_http_requests_total{method="GET",route="/s/{token}",status="404"} 1"#,
        r#"crowfoot_http_requests_total{method="GET",route="none",status="404"} 1"#,
        "crowfoot_live_sockets 0",
        "crowfoot_commit_duration_seconds_count 1",
    ] {
        assert!(text.lines().any(|it| it == line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("secret") && !text.contains(&id.0.to_string()) && !text.contains("nothing"));
    // The site itself tells nobody.
    assert_eq!(visitor.get("/metrics").await.status, StatusCode::NOT_FOUND);
    server.stop().await;
}

/// What a server of its own process logs as JSON while it is asked that, and the id of the answer.
fn logged(database_url: &str, path: &str) -> (Vec<Value>, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_crowfoot"))
        .args(["serve", "--addr", "127.0.0.1:0", "--metrics-addr", "127.0.0.1:0", "--log-format", "json"])
        .env("DATABASE_URL", database_url)
        .env("CROWFOOT_SITE", env!("CARGO_MANIFEST_DIR"))
        .env("RUST_LOG", "info,server=debug")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let line = BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
    let address = line.rsplit("http://").next().unwrap().trim().to_owned();
    let mut stream = TcpStream::connect(&address).unwrap();
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let id = answer.lines().find_map(|line| line.strip_prefix("x-request-id: ")).unwrap().to_owned();
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    let output = child.wait_with_output().unwrap();
    let lines = String::from_utf8(output.stderr).unwrap();
    (lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), id)
}

#[tokio::test]
async fn a_request_can_be_followed_in_the_log_and_its_address_cannot() {
    let database = TestDatabase::new().await;
    let url = database.url().to_owned();
    let (lines, id) = spawn_blocking(move || logged(&url, "/s/a-secret-of-somebody")).await.unwrap();
    let of_request: Vec<_> = lines.iter().filter(|line| line["span"]["request.id"] == id.as_str()).collect();
    let answered = of_request.iter().find(|line| line["message"] == "answered").unwrap();
    assert_eq!(answered["span"]["http.route"], "/s/{token}");
    assert_eq!(answered["http.status"], 404);
    assert!(answered["time_ms"].as_f64().unwrap() > 0.0);
    let whole = Value::from(lines.clone()).to_string();
    assert!(whole.contains("/metrics") && !whole.contains("a-secret-of-somebody"), "{whole}");
}
