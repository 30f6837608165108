//! The whole server in this process, and visitors who use it as a browser does.

use std::{path::Path, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use edit::{Edit, diff};
use protocol::{
    CommitOutcome, CommitRequest, DiagramId, DiagramSnapshot, Me, NewInvitation, PersonId, Role, WorkspaceId,
};
use schema::Schema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use server::{
    account::mail::{MailConfig, Mailer},
    secret::Secret,
    serve,
    state::{State, Surroundings},
};
use tokio_postgres::Client;
use tower::ServiceExt;
use uuid::Uuid;

use crate::support::{self, TestDatabase};

/// The password of everybody who signs up here.
pub(crate) const PASSWORD: &str = "tables and references";

pub(crate) fn email(name: &str) -> String {
    format!("{}@example.com", name.to_lowercase())
}

/// A server with an empty store.
pub(crate) struct TestServer {
    pub(crate) database: TestDatabase,
    pub(crate) state: Arc<State>,
    router: Router,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// Somebody with a browser of their own.
pub(crate) struct Visitor {
    router: Router,
    cookie: Option<String>,
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        let database = TestDatabase::new().await;
        let state = State::new(database.url(), false).unwrap();
        state.store.migrate().await.unwrap();
        let router = serve::router(Path::new("/nowhere"), &state);
        Self { database, state, router }
    }

    pub(crate) fn visitor(&self) -> Visitor {
        Visitor { router: self.router.clone(), cookie: None }
    }

    /// The same server, which sends its mail there.
    pub(crate) async fn start_with_mail(smtp_url: &str) -> Self {
        let database = TestDatabase::new().await;
        let config = MailConfig {
            smtp_url: Secret::from_store(smtp_url.to_owned()),
            from: "Crowfoot <crowfoot@example.com>".to_owned(),
            base_url: "https://crowfoot.example/".to_owned(),
        };
        let mailer = Mailer::new(&config).unwrap();
        let surroundings = Surroundings { mailer: Some(mailer), ..Surroundings::default() };
        let state = State::within(database.url(), false, surroundings).unwrap();
        state.store.migrate().await.unwrap();
        let router = serve::router(Path::new("/nowhere"), &state);
        Self { database, state, router }
    }

    /// Somebody with an account of their own.
    pub(crate) async fn person(&self, name: &str) -> Visitor {
        let mut visitor = self.visitor();
        visitor.sign_up(name).await;
        visitor
    }

    /// Somebody who uses another server over the same store.
    pub(crate) fn visitor_of(&self, state: &Arc<State>) -> Visitor {
        Visitor { router: serve::router(Path::new("/nowhere"), state), cookie: None }
    }

    /// A connection to a diagram's sandbox, as superuser.
    pub(crate) async fn sandbox(&self, diagram: DiagramId) -> Client {
        let row = self
            .database
            .connect()
            .await
            .query_one("select database_name from sandbox where diagram_id = $1", &[&diagram.0])
            .await
            .unwrap();
        support::connect(&support::with_database(self.database.url(), row.get(0))).await
    }

    /// Drops the sandboxes that the test made.
    pub(crate) async fn stop(self) {
        let client = self.database.connect().await;
        for row in client.query("select database_name, role_name from sandbox", &[]).await.unwrap() {
            let (database, role): (&str, &str) = (row.get(0), row.get(1));
            client.execute(&format!("drop database if exists {database} with (force)"), &[]).await.unwrap();
            client.execute(&format!("drop role if exists {role}"), &[]).await.unwrap();
        }
        self.state.store.close().await;
    }
}

impl Visitor {
    pub(crate) fn has_session(&self) -> bool {
        self.cookie.is_some()
    }

    /// The same person in another tab.
    pub(crate) fn again(&self) -> Self {
        Self { router: self.router.clone(), cookie: self.cookie.clone() }
    }

    /// What a browser sends along with every request.
    pub(crate) fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    pub(crate) fn set_cookie(&mut self, cookie: &str) {
        self.cookie = Some(cookie.to_owned());
    }

    pub(crate) async fn send(&mut self, request: Request<Body>) -> Answer {
        let (mut parts, body) = request.into_parts();
        if let Some(cookie) = &self.cookie {
            parts.headers.insert(header::COOKIE, cookie.parse().unwrap());
        }
        let response = self.router.clone().oneshot(Request::from_parts(parts, body)).await.unwrap();
        if let Some(cookie) = response.headers().get(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let is_gone = cookie.contains("Max-Age=0");
            self.cookie = cookie.split(';').next().filter(|_| !is_gone).map(ToOwned::to_owned);
        }
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::builder().uri(path).body(Body::empty()).unwrap()).await
    }

    /// Sends a form, as a page without scripts does.
    pub(crate) async fn form(&mut self, path: &str, body: &str) -> Answer {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.to_owned()))
            .unwrap();
        self.send(request).await
    }

    pub(crate) async fn post(&mut self, name: &str, body: &impl Serialize) -> Answer {
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("/rpc/{name}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json")
            .body(Body::from(serde_json::to_vec(body).unwrap()))
            .unwrap();
        self.send(request).await
    }

    pub(crate) async fn call<T: DeserializeOwned>(&mut self, name: &str, body: Value) -> T {
        let answer = self.post(name, &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    /// Makes an account with the e-mail `name@example.com`.
    pub(crate) async fn sign_up(&mut self, name: &str) {
        let form = json!({ "email": email(name), "password": PASSWORD, "name": name });
        let () = self.call("sign_up", form).await;
    }

    pub(crate) async fn sign_in(&mut self, name: &str, password: &str) -> Answer {
        self.post("sign_in", &json!({ "email": email(name), "password": password })).await
    }

    pub(crate) async fn whoami(&mut self) -> Me {
        self.call("who_am_i", json!({})).await
    }

    /// The workspace that new diagrams go into.
    pub(crate) async fn home(&mut self) -> WorkspaceId {
        self.whoami().await.workspaces[0].id
    }

    /// Brings somebody into a workspace of this person.
    pub(crate) async fn bring(&mut self, workspace: WorkspaceId, other: &mut Self, role: Role) {
        let invitation: NewInvitation = self.call("invite", json!({ "id": workspace, "role": role })).await;
        let joined: WorkspaceId = other.call("join", json!({ "token": invitation.token })).await;
        assert_eq!(joined, workspace);
    }

    pub(crate) async fn create(&mut self, template: &str) -> DiagramId {
        self.call("create_diagram", json!({ "template": template })).await
    }

    pub(crate) async fn open(&mut self, id: DiagramId) -> DiagramSnapshot {
        self.call("open_diagram", json!({ "id": id })).await
    }

    /// Who this is, for a diagram that they may open.
    pub(crate) async fn person_at(&mut self, id: DiagramId) -> PersonId {
        self.open(id).await.person.unwrap()
    }

    pub(crate) async fn commit(&mut self, request: &CommitRequest) -> CommitOutcome {
        let answer = self.post("commit", &json!({ "request": request })).await;
        let outcome = serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{answer:?}"));
        let expect = match &outcome {
            CommitOutcome::Conflict { .. } => StatusCode::CONFLICT,
            CommitOutcome::Committed { .. } | CommitOutcome::Refused(_) | CommitOutcome::Unknown { .. } => {
                StatusCode::OK
            }
        };
        assert_eq!(answer.status, expect, "{outcome:?}");
        outcome
    }

    /// Commits whatever `change` does to the schema at the head.
    pub(crate) async fn change(&mut self, id: DiagramId, change: impl FnOnce(&mut Schema)) -> CommitOutcome {
        let before = self.open(id).await;
        let mut after = before.schema.clone();
        change(&mut after);
        self.commit(&request(&before, diff(&before.schema, &after))).await
    }
}

/// A commit of these edits on top of what was opened.
pub(crate) fn request(opened: &DiagramSnapshot, edits: Vec<Edit>) -> CommitRequest {
    CommitRequest {
        diagram: opened.id,
        person: opened.person.unwrap(),
        commit_id: Uuid::new_v4(),
        base_revision: opened.revision,
        edits,
        message: String::new(),
        placements: Default::default(),
    }
}

/// The number of the revision, or a panic with what came instead.
#[track_caller]
pub(crate) fn revision_of(outcome: &CommitOutcome) -> i64 {
    match outcome {
        CommitOutcome::Committed { revision, .. } => *revision,
        CommitOutcome::Refused(_) | CommitOutcome::Conflict { .. } | CommitOutcome::Unknown { .. } => {
            panic!("not committed: {outcome:?}")
        }
    }
}
