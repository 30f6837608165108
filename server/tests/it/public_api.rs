//! The public API, used as programs use it. Every answer is held against the document.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use protocol::{DiagramId, MadeApiToken, Role, TokenScope};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    contract::{check_problem, described},
    visitor::{Answer, PASSWORD, TestServer, Visitor},
};

/// A program with a token.
pub(crate) struct Program {
    visitor: Visitor,
    token: String,
}

impl Program {
    /// A program that this person trusts with so much.
    pub(crate) async fn of(server: &TestServer, owner: &mut Visitor, scopes: &[TokenScope]) -> Self {
        Self { visitor: server.visitor(), token: make(owner, scopes).await.text }
    }

    pub(crate) fn with(server: &TestServer, token: String) -> Self {
        Self { visitor: server.visitor(), token }
    }

    pub(crate) async fn send(&mut self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().to_string());
        let (mut parts, body) = request.into_parts();
        let authorization = format!("Bearer {}", self.token);
        parts.headers.insert(header::AUTHORIZATION, authorization.parse().unwrap());
        let answer = self.visitor.send(Request::from_parts(parts, body)).await;
        match described(&method, &path) {
            Some(described) if answer.status != StatusCode::METHOD_NOT_ALLOWED => described.check(&answer),
            _ => check_problem(&answer),
        }
        if !answer.status.is_success() && answer.status != StatusCode::NOT_MODIFIED {
            check_problem(&answer);
        }
        assert!(!answer.headers.contains_key(header::SET_COOKIE), "a program has no session");
        answer
    }

    pub(crate) async fn ask(&mut self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(request.body(body).unwrap()).await
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.ask(Method::GET, path, None).await
    }

    async fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, Some(body)).await
    }

    /// The body of a good answer.
    async fn read(&mut self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        json_of(&answer)
    }

    async fn create(&mut self, name: &str) -> String {
        let answer = self.post("/api/v1/diagrams", &json!({ "name": name })).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let made = json_of(&answer);
        let location = format!("/api/v1/diagrams/{}", made["id"].as_str().unwrap());
        assert_eq!(answer.headers[header::LOCATION], location);
        assert_eq!(self.read(&location).await, made);
        location
    }

    /// Commits the schema after a change of it.
    async fn commit(&mut self, diagram: &str, change: impl FnOnce(&mut Value)) -> Answer {
        let at = self.read(&format!("{diagram}/schema")).await;
        let mut schema = at["schema"].clone();
        change(&mut schema);
        self.post(&format!("{diagram}/commits"), &commit(&at["revision"], "schema", &schema)).await
    }
}

fn json_of(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap()
}

fn commit(base: &Value, how: &str, what: &Value) -> Value {
    json!({ "commit_id": Uuid::new_v4(), "base_revision": base, how: what })
}

async fn make(owner: &mut Visitor, scopes: &[TokenScope]) -> MadeApiToken {
    owner.call("make_api_token", json!({ "new": { "name": "CI", "scopes": scopes, "days": 30 } })).await
}

/// A table with one column, in the namespace that there is.
fn add_table(schema: &mut Value, name: &str) -> String {
    let namespace = schema["namespaces"].as_object().unwrap().keys().next().unwrap().clone();
    let id = Uuid::new_v4().to_string();
    schema["tables"][&id] = json!({
        "id": id, "namespace": namespace, "name": name, "note": null, "keys": [], "checks": [], "indexes": [],
        "columns": [{ "id": Uuid::new_v4(), "rank": 0, "name": "id", "data_type": "integer", "nullable": false }],
    });
    id
}

#[tokio::test]
async fn a_program_makes_changes_and_deletes_a_diagram() {
    let server = TestServer::start().await;
    let mut ada = server.person("Ada").await;
    let mut program = Program::of(&server, &mut ada, &[TokenScope::Write]).await;
    let diagram = program.create("Shop").await;

    let answer = program.commit(&diagram, |schema| drop(add_table(schema, "customers"))).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    assert_eq!(json_of(&answer), json!({ "revision": 1, "statements": [] }));
    assert_eq!(answer.headers[header::LOCATION], format!("{diagram}/revisions/1"));
    let revision = program.read(&format!("{diagram}/revisions/1")).await;
    assert_eq!(revision["changes"], json!({ "added": 1, "changed": 0, "removed": 0 }));
    assert_eq!(revision["author"], json!({ "name": null, "is_you": true }));
    assert!(revision["edits"][0]["create"]["table"].is_object(), "{revision}");
    let id = diagram.rsplit('/').next().unwrap();
    let opened = ada.open(id.parse::<DiagramId>().unwrap()).await;
    assert_eq!(opened.placements.len(), 1, "a new table has a place");

    // The same again, by its edits, on another diagram that is alike.
    let namespace = program.read(&format!("{diagram}/schema?revision=0")).await;
    assert_eq!(namespace["schema"]["tables"], json!({}));
    let undo: Vec<Value> = vec![json!({ "drop": revision["edits"][0]["create"] })];
    let answer = program.post(&format!("{diagram}/commits"), &commit(&json!(1), "edits", &json!(undo))).await;
    assert_eq!(json_of(&answer)["revision"], 2, "{}", answer.body);
    let list = program.read(&format!("{diagram}/revisions")).await;
    let numbers: Vec<i64> = list["items"].as_array().unwrap().iter().map(|it| it["number"].as_i64().unwrap()).collect();
    assert_eq!(numbers, [2, 1]);

    let renamed = program.ask(Method::PATCH, &diagram, Some(&json!({ "name": "Store" }))).await;
    assert_eq!(json_of(&renamed)["name"], "Store");
    for format in [
        "sql",
        "dbml",
        "mysql",
        "mariadb",
        "sqlite",
        "oracle",
        "sqlserver",
        "json",
        "sub0",
        "mermaid",
        "markdown",
        "mongodb",
        "svg",
    ] {
        assert_eq!(program.get(&format!("{diagram}/export?format={format}")).await.status, StatusCode::OK, "{format}");
    }
    assert_eq!(program.ask(Method::DELETE, &diagram, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(program.get(&diagram).await.status, StatusCode::NOT_FOUND);
    server.stop().await;
}

#[tokio::test]
async fn lists_come_a_page_at_a_time_and_whole() {
    let server = TestServer::start().await;
    let mut ada = server.person("Ada").await;
    let mut program = Program::of(&server, &mut ada, &[TokenScope::Write]).await;
    let mut made = Vec::new();
    for number in 0..7 {
        made.push(program.create(&format!("Diagram {number}")).await);
    }
    let (mut seen, mut next) = (Vec::new(), "/api/v1/diagrams?limit=3".to_owned());
    for expect in [3, 3, 1] {
        let page = program.read(&next).await;
        let items = page["items"].as_array().unwrap();
        assert_eq!(items.len(), expect);
        seen.extend(items.iter().map(|it| format!("/api/v1/diagrams/{}", it["id"].as_str().unwrap())));
        match page["next_cursor"].as_str() {
            Some(cursor) => next = format!("/api/v1/diagrams?limit=3&cursor={cursor}"),
            None => next.clear(),
        }
    }
    assert!(next.is_empty(), "the last page is the last");
    seen.sort();
    made.sort();
    assert_eq!(seen, made);
    let other = Uuid::new_v4();
    assert_eq!(program.read(&format!("/api/v1/diagrams?workspace={other}")).await["items"], json!([]));

    let diagram = &made[0];
    for number in 0..51 {
        let answer = program.commit(diagram, |schema| drop(add_table(schema, &format!("t{number}")))).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    }
    let first = program.read(&format!("{diagram}/revisions")).await;
    assert_eq!((first["items"].as_array().unwrap().len(), &first["next_cursor"]), (50, &json!("2")));
    let last = program.read(&format!("{diagram}/revisions?cursor=2")).await;
    assert_eq!((last["items"].as_array().unwrap().len(), &last["next_cursor"]), (1, &Value::Null));
    server.stop().await;
}

#[tokio::test]
async fn a_commit_is_merged_answered_once_refused_and_in_conflict_as_in_the_editor() {
    let server = TestServer::start().await;
    let mut ada = server.person("Ada").await;
    let mut program = Program::of(&server, &mut ada, &[TokenScope::Write]).await;
    let diagram = program.create("Shop").await;
    let commits = format!("{diagram}/commits");
    let mut table = String::new();
    program.commit(&diagram, |schema| table = add_table(schema, "customers")).await;
    let base = program.read(&format!("{diagram}/schema")).await;
    let named = |name: &str| {
        let mut schema = base["schema"].clone();
        schema["tables"][&table]["name"] = json!(name);
        commit(&base["revision"], "schema", &schema)
    };

    let rename = named("clients");
    for _ in 0..2 {
        let answer = program.post(&commits, &rename).await;
        assert_eq!(json_of(&answer), json!({ "revision": 2, "statements": [] }), "the same commit, the same answer");
    }
    let answer = program.post(&commits, &named("people")).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let conflict = json_of(&answer);
    let words = &conflict["conflicts"][0];
    assert_eq!([&words["base"], &words["theirs"], &words["mine"]], ["customers", "clients", "people"]);
    assert_eq!((&conflict["head"], &words["revision"]), (&json!(2), &json!(2)));
    assert_eq!(words["object"], json!({ "table": table }));

    // What does not clash is merged.
    let mut schema = base["schema"].clone();
    add_table(&mut schema, "orders");
    let answer = program.post(&commits, &commit(&base["revision"], "schema", &schema)).await;
    assert_eq!(json_of(&answer)["revision"], 3, "{}", answer.body);
    let merged = program.read(&format!("{diagram}/schema")).await;
    assert_eq!(merged["schema"]["tables"].as_object().unwrap().len(), 2);
    assert_eq!(merged["schema"]["tables"][&table]["name"], "clients");

    let answer = program.commit(&diagram, |schema| schema["tables"][&table]["name"] = json!("orders")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let refusal = json_of(&answer);
    assert_eq!(refusal["errors"][0]["code"], "duplicate-name", "{refusal}");
    assert!(refusal["object"].is_object() && refusal["type"].as_str().unwrap().ends_with("/Refused"), "{refusal}");
    let answer = program.commit(&diagram, |_| ()).await;
    assert_eq!(json_of(&answer)["detail"], "There is nothing to commit: the diagram is like this already.");
    server.stop().await;
}

#[tokio::test]
async fn what_postgresql_refuses_is_told_in_its_words() {
    let server = TestServer::start().await;
    let mut ada = server.person("Ada").await;
    let mut program = Program::of(&server, &mut ada, &[TokenScope::Write]).await;
    let answer = program.post("/api/v1/diagrams", &json!({ "template": "shop_flow" })).await;
    let made = json_of(&answer);
    assert_eq!(made["linked"], true, "{made}");
    let diagram = format!("/api/v1/diagrams/{}", made["id"].as_str().unwrap());
    let answer = program
        .commit(&diagram, |schema| {
            let tables = schema["tables"].as_object_mut().unwrap();
            let users = tables.values_mut().find(|it| it["name"] == "users").unwrap();
            let id = Uuid::new_v4();
            let check = json!({ "id": id, "name": "users_id_check", "expression": "id < 0" });
            users["checks"].as_array_mut().unwrap().push(check);
        })
        .await;
    let refusal = json_of(&answer);
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{refusal}");
    assert!(refusal["postgres"].as_str().unwrap().contains("users_id_check"), "{refusal}");
    assert!(refusal["statement"].as_str().unwrap().starts_with("ALTER TABLE"), "{refusal}");
    server.stop().await;
}

#[tokio::test]
async fn a_schema_that_is_known_is_not_sent_again() {
    let server = TestServer::start().await;
    let mut ada = server.person("Ada").await;
    let mut program = Program::of(&server, &mut ada, &[TokenScope::Write]).await;
    let diagram = program.create("Shop").await;
    let path = format!("{diagram}/schema");
    let tag = program.get(&path).await.headers[header::ETAG].to_str().unwrap().to_owned();
    assert_eq!(tag, "W/\"0\"");
    let ask =
        |path: &str, tag: &str| Request::get(path).header(header::IF_NONE_MATCH, tag).body(Body::empty()).unwrap();
    let answer = program.send(ask(&path, &tag)).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    program.commit(&diagram, |schema| drop(add_table(schema, "t"))).await;
    let answer = program.send(ask(&path, &tag)).await;
    assert_eq!((answer.status, &answer.headers[header::ETAG]), (StatusCode::OK, &"W/\"1\"".parse().unwrap()));
    let before = format!("{path}?revision=0");
    assert_eq!(program.send(ask(&before, &tag)).await.status, StatusCode::NOT_MODIFIED);
    assert_eq!(program.read(&before).await["revision"], 0);
    for wrong in ["2", "-1", "9223372036854775807"] {
        assert_eq!(program.get(&format!("{path}?revision={wrong}")).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    server.stop().await;
}

#[tokio::test]
async fn links_are_made_listed_and_ended() {
    let server = TestServer::start().await;
    let mut ada = server.person("Ada").await;
    let id = ada.create("blank").await;
    let mut program = Program::of(&server, &mut ada, &[TokenScope::Share]).await;
    let links = format!("/api/v1/diagrams/{id}/share-links");
    let answer = program.post(&links, &json!({ "may_export": true })).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    let made = json_of(&answer);
    assert!(made["link"]["expires_at"].is_string(), "a link ends unless that is said");
    let path = made["path"].as_str().unwrap();
    assert_eq!(server.visitor().get(path).await.status, StatusCode::OK);
    assert_eq!(program.read(&links).await["items"][0]["id"], made["link"]["id"]);
    let link = format!("{links}/{}", made["link"]["id"].as_str().unwrap());
    assert_eq!(program.ask(Method::DELETE, &link, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(server.visitor().get(path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(program.ask(Method::DELETE, &link, None).await.status, StatusCode::NOT_FOUND);
    for (new, word) in [
        (json!({ "days": 0 }), "days"),
        (json!({ "days": 4000 }), "days"),
        (json!({ "embed_origins": ["javascript:alert(1)"] }), "no site"),
        (json!({ "password": "short" }), "8"),
    ] {
        let answer = program.post(&links, &new).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{new}");
        assert!(answer.body.contains(word), "{new}: {}", answer.body);
    }
    let forever = program.post(&links, &json!({ "days": null, "password": PASSWORD })).await;
    assert_eq!(json_of(&forever)["link"]["expires_at"], Value::Null);
    server.stop().await;
}

/// Whatever cannot be understood is answered with a problem, whoever notices it.
#[tokio::test]
async fn every_failure_is_a_problem() {
    let server = TestServer::start().await;
    let mut ada = server.person("Ada").await;
    let mut program = Program::of(&server, &mut ada, &[TokenScope::Write]).await;
    let diagram = program.create("Shop").await;
    let commits = format!("{diagram}/commits");
    let (get, post) = (Method::GET, Method::POST);
    let big = "x".repeat(9 * 1024 * 1024);
    let json = "application/json";
    let half = json!({ "commit_id": Uuid::new_v4(), "base_revision": 0 }).to_string();
    let unknown = json!({ "name": "x", "workspace_id": Uuid::new_v4() }).to_string();
    for (method, path, kind, body, expect) in [
        (&get, "/api/v1", json, "", 404),
        (&get, "/api/v1/", json, "", 404),
        (&get, "/api/v1/nothing", json, "", 404),
        (&get, "/api/v1/diagrams/", json, "", 404),
        (&get, "/api/v1/diagrams/not-an-id", json, "", 404),
        (&get, "/api/v1/diagrams/%FF", json, "", 404),
        (&get, "/api/v1/diagrams?limit=0", json, "", 422),
        (&get, "/api/v1/diagrams?limit=many", json, "", 422),
        (&get, "/api/v1/diagrams?page=2", json, "", 422),
        (&get, "/api/v1/diagrams?cursor=x", json, "", 422),
        (&Method::PUT, "/api/v1/diagrams", json, "{}", 405),
        (&Method::TRACE, diagram.as_str(), json, "", 405),
        (&post, "/api/v1/diagrams", "text/plain", "{}", 415),
        (&post, "/api/v1/diagrams", "", "{}", 415),
        (&post, "/api/v1/diagrams", json, "", 400),
        (&post, "/api/v1/diagrams", json, "{", 400),
        (&post, "/api/v1/diagrams", json, "{\"name\": \"\\ud800\"}", 400),
        (&post, "/api/v1/diagrams", json, "[]", 422),
        (&post, "/api/v1/diagrams", json, "null", 422),
        (&post, "/api/v1/diagrams", json, "{\"name\": 7}", 422),
        (&post, "/api/v1/diagrams", json, "{\"name\": \"\"}", 422),
        (&post, "/api/v1/diagrams", json, "{\"name\": \"a\\u0000b\"}", 422),
        (&post, "/api/v1/diagrams", json, "{\"template\": \"other\"}", 422),
        (&post, "/api/v1/diagrams", json, &unknown, 422),
        (&post, "/api/v1/diagrams", json, &big, 413),
        (&post, commits.as_str(), json, &half, 422),
        (&post, commits.as_str(), json, &format!("{{\"edits\": {}", "[".repeat(5000)), 400),
    ] {
        let mut request = Request::builder().method(method).uri(path);
        if !kind.is_empty() {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let answer = program.send(request.body(Body::from(body.to_owned())).unwrap()).await;
        let shown: String = body.chars().take(60).collect();
        assert_eq!(answer.status, expect, "{method} {path} {shown}: {}", answer.body);
        check_problem(&answer);
        assert_eq!(answer.headers.contains_key(header::ALLOW), expect == 405, "{method} {path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_token_holds_until_it_is_ended_in_any_way() {
    let server = TestServer::start().await;
    let client = server.database.connect().await;
    let list = "/api/v1/diagrams";
    for way in ["revoke", "expire", "sign_out_everywhere", "change_password", "reset_password", "delete_account"] {
        let mut owner = server.person(&format!("Owner {way}").replace(' ', "-")).await;
        let made = make(&mut owner, &[TokenScope::Read]).await;
        let mut program = Program::with(&server, made.text.clone());
        assert!(made.text.starts_with("crowfoot_"), "{}", made.text);
        assert_eq!(program.get(list).await.status, StatusCode::OK);
        let email = owner.whoami().await.account.unwrap().email;
        let answer = match way {
            "revoke" => owner.post("revoke_api_token", &json!({ "id": made.token.id })).await.status,
            "expire" => {
                let sql = "update api_token set expires_at = now() where id = $1";
                client.execute(sql, &[&made.token.id]).await.unwrap();
                StatusCode::OK
            }
            "change_password" => {
                let new = json!({ "current": PASSWORD, "new": "another good one" });
                owner.post("change_password", &new).await.status
            }
            "reset_password" => {
                let link = server::account::sign_in::reset_link(&server.state, &email).await.unwrap().unwrap();
                let new = json!({ "token": link.expose(), "password": "another good one" });
                owner.post("reset_password", &new).await.status
            }
            "delete_account" => owner.post("delete_account", &json!({ "password": PASSWORD })).await.status,
            other => owner.post(other, &json!({})).await.status,
        };
        assert_eq!(answer, StatusCode::OK, "{way}");
        let answer = program.get(list).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{way}");
        assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer realm=\"Crowfoot\", error=\"invalid_token\"");
    }
    let kept: i64 = client.query_one("select count(*) from api_token", &[]).await.unwrap().get(0);
    assert_eq!(kept, 1, "the one that ran out is shown for a while");
    client.execute("update api_token set expires_at = now() - interval '31 days'", &[]).await.unwrap();
    server.state.clean_up().await.unwrap();
    let kept: i64 = client.query_one("select count(*) from api_token", &[]).await.unwrap().get(0);
    assert_eq!(kept, 0);
    server.stop().await;
}

#[tokio::test]
async fn a_token_counts_alone_and_a_cookie_only_from_our_own_pages() {
    let server = TestServer::start().await;
    let mut ada = server.person("Ada").await;
    let id = ada.create("blank").await;
    let mut bo = server.person("Bo").await;
    let token = make(&mut bo, &[TokenScope::Write]).await.text;
    let diagram = format!("/api/v1/diagrams/{id}");
    let rename = |visitor: &Visitor, origin: Option<&str>, authorization: Option<String>| {
        let mut request = Request::patch(&diagram)
            .header(header::HOST, "crowfoot.example")
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        if let Some(authorization) = authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let (mut visitor, request) = (visitor.again(), request.body(Body::from("{\"name\":\"x\"}")).unwrap());
        async move { visitor.send(request).await }
    };
    let (own, other) = (Some("http://crowfoot.example"), Some("http://evil.example"));
    let bearer = |text: &str| Some(format!("Bearer {text}"));
    let nobody = server.visitor();
    for (what, visitor, origin, authorization, expect) in [
        ("a session on our page", &ada, own, None, 200),
        ("a session and no browser", &ada, None, None, 200),
        ("a session on another page", &ada, other, None, 403),
        ("nobody", &nobody, None, None, 401),
        ("Bo's token beside Ada's session", &ada, own, bearer(&token), 404),
        ("a bad token beside Ada's session", &ada, own, bearer("crowfoot_x"), 401),
        ("a proxy's bearer beside Ada's session", &ada, own, bearer("eyJhbGciOi.e30.x"), 200),
        ("a proxy's bearer on another page", &ada, other, bearer("eyJhbGciOi.e30.x"), 403),
        ("a proxy's bearer and nobody", &nobody, None, bearer("eyJhbGciOi.e30.x"), 401),
        ("a bad token from another page", &ada, other, bearer("crowfoot_x"), 401),
        ("Bo's token from another page", &ada, other, bearer(&token), 404),
        ("somebody else's header beside Ada's session", &ada, own, Some("Basic eDp5".to_owned()), 200),
    ] {
        let answer = rename(visitor, origin, authorization).await;
        assert_eq!(answer.status, expect, "{what}: {}", answer.body);
        if expect != 200 {
            check_problem(&answer);
        }
    }
    // What is the person's alone takes no token, and with one there is no session.
    let mut program = Program { visitor: ada.again(), token: make(&mut ada, &TokenScope::ALL).await.text };
    for path in ["/api/v1/account/export".to_owned(), format!("{diagram}/live")] {
        assert_eq!(program.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let mut stranger = server.visitor();
    for call in ["api_tokens", "sessions", "list_diagrams", "who_am_i"] {
        let request = Request::post(format!("/rpc/{call}"))
            .header(header::AUTHORIZATION, format!("Bearer {}", program.token))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from("{}"))
            .unwrap();
        let answer = stranger.send(request).await;
        assert!(!answer.body.contains("Ada") && !answer.body.contains(&id.to_string()), "{call}: {}", answer.body);
    }
    server.stop().await;
}

#[tokio::test]
async fn tokens_are_made_within_limits_and_only_their_hashes_are_kept() {
    let server = TestServer::start().await;
    let mut ada = server.person("Ada").await;
    let client = server.database.connect().await;
    for (new, expect) in [
        (json!({ "name": "", "scopes": ["read"], "days": 30 }), "A name is needed"),
        (json!({ "name": "x", "scopes": [], "days": 30 }), "at least one"),
        (json!({ "name": "x", "scopes": ["admin"], "days": 30 }), "unknown variant"),
        (json!({ "name": "x", "scopes": ["read"], "days": 0 }), "1 to 366 days"),
        (json!({ "name": "x", "scopes": ["read"], "days": 367 }), "1 to 366 days"),
    ] {
        let answer = ada.post("make_api_token", &json!({ "new": new })).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{new}");
        assert!(answer.body.contains(expect), "{new}: {}", answer.body);
    }
    let made = make(&mut ada, &[TokenScope::Share, TokenScope::Read, TokenScope::Read]).await;
    assert_eq!(made.token.scopes, [TokenScope::Read, TokenScope::Share], "each once and in order");
    let text = made.text.strip_prefix("crowfoot_").unwrap();
    let sql = "select token_hash = sha256(convert_to($1, 'UTF8')), last_used_at is null from api_token";
    let row = client.query_one(sql, &[&text]).await.unwrap();
    assert_eq!((row.get(0), row.get(1)), (true, true));
    let mut program = Program::with(&server, made.text.clone());
    program.read("/api/v1/diagrams").await;
    let used = "select last_used_at::text from api_token where last_used_at is not null";
    let first: String = client.query_one(used, &[]).await.unwrap().get(0);
    program.read("/api/v1/diagrams").await;
    let second: String = client.query_one(used, &[]).await.unwrap().get(0);
    assert_eq!(first, second, "written once a minute");
    let answer = ada.get("/api/v1/account/export").await;
    assert!(answer.body.contains(&made.token.id.to_string()) && !answer.body.contains(text), "{}", answer.body);
    for _ in 1..50 {
        make(&mut ada, &[TokenScope::Read]).await;
    }
    let new = json!({ "new": { "name": "x", "scopes": ["read"], "days": 1 } });
    let answer = ada.post("make_api_token", &new).await;
    assert!(answer.body.contains("at most 50 tokens"), "{}", answer.body);
    server.stop().await;
}

#[tokio::test]
async fn a_token_is_worth_what_its_owner_may() {
    let server = TestServer::start().await;
    let mut ada = server.person("Ada").await;
    let mut bo = server.person("Bo").await;
    let home = ada.home().await;
    ada.bring(home, &mut bo, Role::Viewer).await;
    let id = ada.create("blank").await;
    let mut program = Program::of(&server, &mut bo, &TokenScope::ALL).await;
    let diagram = format!("/api/v1/diagrams/{id}");
    assert_eq!(program.get(&diagram).await.status, StatusCode::OK);
    let rename = json!({ "name": "x" });
    assert_eq!(program.ask(Method::PATCH, &diagram, Some(&rename)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(program.get(&format!("{diagram}/share-links")).await.status, StatusCode::NOT_FOUND);
    let client = server.database.connect().await;
    client.execute("delete from membership where workspace_id = $1 and role = 'viewer'", &[&home.0]).await.unwrap();
    assert_eq!(program.get(&diagram).await.status, StatusCode::NOT_FOUND);
    server.stop().await;
}
