//! Mail, received by a small SMTP server.

use axum::http::StatusCode;
use protocol::{CallError, NewInvitation, Role, WorkspaceDetails, WorkspaceId};
use serde_json::json;
use std::time::Duration;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};

use crate::visitor::{PASSWORD, TestServer};

/// What was received: for whom, and the whole text.
struct Letter {
    to: String,
    text: String,
}

/// Listens and takes every mail.
struct SmtpServer {
    url: String,
    letters: mpsc::UnboundedReceiver<Letter>,
}

impl SmtpServer {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let (sender, letters) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, sender.clone()));
            }
        });
        Self { url, letters }
    }

    async fn next(&mut self) -> Letter {
        timeout(Duration::from_secs(10), self.letters.recv()).await.expect("a mail").unwrap()
    }

    async fn has_none(&mut self) -> bool {
        timeout(Duration::from_millis(500), self.letters.recv()).await.is_err()
    }
}

/// As much of RFC 5321 as is needed to be given a mail.
async fn converse(stream: TcpStream, sender: mpsc::UnboundedSender<Letter>) {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 test\r\n").await.unwrap();
    let (mut to, mut text, mut is_data) = (String::new(), String::new(), false);
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            "." if is_data => {
                is_data = false;
                let letter = Letter { to: to.clone(), text: std::mem::take(&mut text) };
                let _ = sender.send(letter);
                "250 taken"
            }
            _ if is_data => {
                text.push_str(line.strip_prefix('.').unwrap_or(&line));
                text.push('\n');
                continue;
            }
            "DATA" => {
                is_data = true;
                "354 go on"
            }
            "RCPT" => {
                to = line.trim_start_matches("RCPT TO:<").trim_end_matches('>').to_owned();
                "250 ok"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        if writer.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
            return;
        }
    }
}

/// The token at the end of the link in a mail.
fn token(text: &str, path: &str) -> String {
    // Long lines are broken with a sign at their end.
    let text = text.replace("=\n", "");
    let start = format!("https://crowfoot.example{path}");
    let at = text.find(&start).unwrap_or_else(|| panic!("no {start} in {text}"));
    text[at + start.len()..].chars().take_while(char::is_ascii_hexdigit).collect()
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_mail_once() {
    let mut smtp = SmtpServer::start().await;
    let server = TestServer::start_with_mail(&smtp.url).await;
    let mut ada = server.person("Ada").await;
    let mut visitor = server.visitor();
    let () = visitor.call("request_reset", json!({ "email": "nobody@example.com" })).await;
    assert!(smtp.has_none().await);
    let () = visitor.call("request_reset", json!({ "email": " ADA@example.com" })).await;
    let letter = smtp.next().await;
    assert_eq!(letter.to, "ada@example.com");
    let token = token(&letter.text, "/reset/");
    let weak = visitor.post("reset_password", &json!({ "token": token, "password": "password" })).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY, "and the link still holds");
    let form = json!({ "token": token, "password": "a new good one" });
    let () = visitor.call("reset_password", form.clone()).await;
    assert!(ada.whoami().await.account.is_none(), "every session has ended");
    assert_eq!(visitor.post("reset_password", &form).await.status, StatusCode::NOT_FOUND, "a link works once");
    assert_eq!(visitor.sign_in("Ada", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(visitor.sign_in("Ada", "a new good one").await.status, StatusCode::OK);
    server.stop().await;
}

#[tokio::test]
async fn links_to_a_new_password_run_out_and_are_few() {
    let mut smtp = SmtpServer::start().await;
    let server = TestServer::start_with_mail(&smtp.url).await;
    server.person("Ada").await;
    let mut visitor = server.visitor();
    let mut last = String::new();
    for _ in 0..3 {
        let () = visitor.call("request_reset", json!({ "email": "ada@example.com" })).await;
        last = token(&smtp.next().await.text, "/reset/");
    }
    // One too many is told so, whether there is such an account or not.
    for email in ["ada@example.com", "nobody@example.com"] {
        for round in 0..4 {
            let answer = visitor.post("request_reset", &json!({ "email": email })).await;
            let is_last = email.starts_with("ada") || round == 3;
            let expect = if is_last { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::OK };
            assert_eq!(answer.status, expect, "{email} {round}");
        }
    }
    assert!(smtp.has_none().await);
    let client = server.database.connect().await;
    client.execute("update one_time_link set expires_at = now() - interval '1 second'", &[]).await.unwrap();
    let late = visitor.post("reset_password", &json!({ "token": last, "password": "a new good one" })).await;
    assert_eq!(late.status, StatusCode::NOT_FOUND);
    server.stop().await;
}

#[tokio::test]
async fn an_invitation_by_mail_is_for_one() {
    let mut smtp = SmtpServer::start().await;
    let server = TestServer::start_with_mail(&smtp.url).await;
    let (mut ada, mut bo, mut cy) = (server.person("Ada").await, server.person("Bo").await, server.person("Cy").await);
    let home = ada.home().await;
    let body = json!({ "id": home, "role": "editor", "email": "bo@example.com" });
    let made: NewInvitation = ada.call("invite", body).await;
    assert!(made.is_mailed);
    let letter = smtp.next().await;
    assert_eq!(letter.to, "bo@example.com");
    let token = token(&letter.text, "/join/");
    let _: WorkspaceId = bo.call("join", json!({ "token": token })).await;
    assert_eq!(cy.post("join", &json!({ "token": token })).await.status, StatusCode::NOT_FOUND);
    let seen: WorkspaceDetails = bo.call("open_workspace", json!({ "id": home })).await;
    assert_eq!(seen.role, Role::Editor);
    // No mail can be made to say more than one thing to more than one person.
    let evil = json!({ "id": home, "role": "editor", "email": "x@example.com\r\nBcc: all@example.com" });
    let answer = ada.post("invite", &evil).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
    server.stop().await;
}

/// Without an SMTP server, whoever runs this one makes the link.
#[tokio::test]
async fn without_mail_the_command_line_makes_the_link() {
    let server = TestServer::start().await;
    server.person("Ada").await;
    let mut visitor = server.visitor();
    let answer = visitor.post("request_reset", &json!({ "email": "ada@example.com" })).await;
    assert!(matches!(serde_json::from_str(&answer.body).unwrap(), CallError::Invalid(_)), "{}", answer.body);
    let run = async |email: &str| {
        tokio::process::Command::new(env!("CARGO_BIN_EXE_crowfoot"))
            .args(["reset-link", email, "--base-url", "https://crowfoot.example"])
            .env("DATABASE_URL", server.database.url())
            .output()
            .await
            .unwrap()
    };
    let printed = run("Ada@example.com").await;
    assert!(printed.status.success(), "{printed:?}");
    let token = token(&String::from_utf8(printed.stdout).unwrap(), "/reset/");
    let () = visitor.call("reset_password", json!({ "token": token, "password": "a new good one" })).await;
    assert_eq!(visitor.sign_in("Ada", "a new good one").await.status, StatusCode::OK);
    assert!(!run("nobody@example.com").await.status.success());
    server.stop().await;
}
