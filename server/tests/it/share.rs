//! Links by which anyone may look at a diagram: what they show, and what they do not.

use axum::http::{StatusCode, header};
use protocol::{DiagramId, WorkspaceDetails};
use serde_json::{Value, json};

use crate::visitor::{Answer, TestServer, Visitor};

const SITE: &str = "https://wiki.example";

/// A new link's path and its path for frames.
async fn make(owner: &mut Visitor, id: DiagramId, may_export: bool, sites: &[&str]) -> (String, String, Value) {
    let new = json!({ "days": 30, "may_export": may_export, "embed_origins": sites });
    let made: Value = owner.call("make_share_link", json!({ "id": id, "new": new })).await;
    let path = |name: &str| made[name].as_str().unwrap().to_owned();
    (path("path"), path("embed_path"), made["link"]["id"].clone())
}

/// Where the first answer sends a browser on to.
fn next(answer: &Answer) -> String {
    let (_, rest) = answer.body.split_once("0;url=").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_link_shows_what_is_committed_and_nothing_else() {
    let server = TestServer::start().await;
    let (mut owner, mut guest) = (server.visitor(), server.visitor());
    let id = owner.create("shop_flow").await;
    let (path, _, _) = make(&mut owner, id, true, &[]).await;

    let arrived = guest.get(&path).await;
    assert_eq!(arrived.status, StatusCode::OK);
    assert_eq!(header(&arrived, "referrer-policy"), "no-referrer");
    assert_eq!(header(&arrived, "cache-control"), "no-store");
    let cookie = header(&arrived, "set-cookie");
    let next = next(&arrived);
    for word in ["HttpOnly", "SameSite=Lax", &format!("Path={next}")] {
        assert!(cookie.contains(word), "{word} in {cookie}");
    }
    let token = path.rsplit('/').next().unwrap();
    assert!(!next.contains(token) && !cookie.contains(token), "the secret stands nowhere else");
    assert!(arrived.body.contains("property=\"og:title\" content=\"ShopFlow\""), "{}", arrived.body);

    let page = guest.get(&next).await;
    assert_eq!(page.status, StatusCode::OK);
    for word in ["order_items", "price_at_purchase", "orders.user_id → users.id", "<svg", "revision 0", "noindex"] {
        assert!(page.body.contains(word), "{word}");
    }
    assert!(!page.body.contains("<script"), "the page needs no script");
    let database = owner.open(id).await.database.unwrap().name;
    assert!(!page.body.contains(&database) && !page.body.contains(&id.to_string()));

    let preview = guest.get(&format!("{path}/preview.png")).await;
    assert_eq!((preview.status, header(&preview, "content-type")), (StatusCode::OK, "image/png"));
    let sql = guest.get(&format!("{next}/export?format=sql")).await;
    assert!(sql.body.contains("CREATE TABLE public.order_items"), "{}", sql.body);

    // The visit opens this page and no call.
    for (name, body) in [
        ("open_diagram", json!({ "id": id })),
        ("move_tables", json!({ "id": id, "placements": {} })),
        ("share_links", json!({ "id": id })),
    ] {
        assert_eq!(guest.post(name, &body).await.status, StatusCode::NOT_FOUND, "{name}");
    }
    let links: Value = owner.call("share_links", json!({ "id": id })).await;
    assert!(links[0]["last_used_at"].is_string(), "{links}");
    server.stop().await;
}

#[tokio::test]
async fn a_link_leads_nowhere_once_it_has_ended() {
    let server = TestServer::start().await;
    let mut owner = server.visitor();
    let client = server.database.connect().await;
    let id = owner.create("blank").await;
    for end in ["revoked", "expired", "deleted", "visit over"] {
        let (path, embed, link) = make(&mut owner, id, true, &[SITE]).await;
        let mut guest = server.visitor();
        let next = next(&guest.get(&path).await);
        assert_eq!(guest.get(&next).await.status, StatusCode::OK, "{end}");
        let link: uuid::Uuid = serde_json::from_value(link).unwrap();
        match end {
            "revoked" => {
                let () = owner.call("revoke_share_link", json!({ "id": id, "link": link })).await;
            }
            "expired" => {
                let sql = "update share_link set expires_at = now() - interval '1 second' where id = $1";
                client.execute(sql, &[&link]).await.unwrap();
            }
            "deleted" => {
                let () = owner.call("delete_diagram", json!({ "id": id })).await;
            }
            _ => {
                client.execute("update share_visit set expires_at = now()", &[]).await.unwrap();
            }
        }
        let (exported, picture) = (format!("{next}/export?format=sql"), format!("{path}/preview.png"));
        let mut dead = vec![&next, &exported];
        if end != "visit over" {
            dead.extend([&path, &embed, &picture]);
        }
        for path in dead {
            assert_eq!(guest.get(path).await.status, StatusCode::NOT_FOUND, "{end}: {path}");
        }
        if end == "deleted" {
            let () = owner.call("restore_diagram", json!({ "id": id })).await;
        }
    }
    let home = owner.home().await;
    let details: WorkspaceDetails = owner.call("open_workspace", json!({ "id": home })).await;
    let said: Vec<&str> = details.audit.iter().rev().map(|line| line.what.as_str()).collect();
    let (made, ended) = ("made a link to the diagram Untitled diagram", "ended a link to the diagram Untitled diagram");
    assert_eq!(said[..3], [made, ended, made]);
    server.state.clean_up().await.unwrap();
    let left: i64 =
        client.query_one("select count(*) from share_visit where expires_at <= now()", &[]).await.unwrap().get(0);
    assert_eq!(left, 0);
    server.stop().await;
}

#[tokio::test]
async fn one_visit_opens_one_link() {
    let server = TestServer::start().await;
    let (mut owner, mut guest, mut stranger) = (server.visitor(), server.visitor(), server.visitor());
    let one = owner.create("blank").await;
    let other = owner.create("shop_flow").await;
    let (path, _, _) = make(&mut owner, one, false, &[]).await;
    let (other_path, _, other_link) = make(&mut owner, other, true, &[]).await;
    let next = next(&guest.get(&path).await);
    assert_eq!(guest.get(&next).await.status, StatusCode::OK);
    // No export is allowed here, and none of it is offered.
    assert_eq!(guest.get(&format!("{next}/export?format=sql")).await.status, StatusCode::NOT_FOUND);
    assert!(!guest.get(&next).await.body.contains("/export"));
    // The other link's page takes neither this visit, nor a session, nor nothing.
    let foreign = format!("/v/{}", other_link.as_str().unwrap());
    for visitor in [&mut guest, &mut owner, &mut stranger] {
        assert_eq!(visitor.get(&foreign).await.status, StatusCode::NOT_FOUND);
    }
    // Another tenant's owner cannot make, see or end links.
    let mut tenant = server.visitor();
    tenant.create("blank").await;
    let new = json!({ "days": 1, "may_export": true, "embed_origins": [] });
    for (name, body) in [
        ("make_share_link", json!({ "id": one, "new": new })),
        ("share_links", json!({ "id": one })),
        ("revoke_share_link", json!({ "id": other, "link": other_link })),
    ] {
        assert_eq!(tenant.post(name, &body).await.status, StatusCode::NOT_FOUND, "{name}");
    }
    // A link of one diagram is none of another of the same owner.
    let crossed = owner.post("revoke_share_link", &json!({ "id": one, "link": other_link })).await;
    assert_eq!(crossed.status, StatusCode::NOT_FOUND);
    assert_eq!(stranger.get(&other_path).await.status, StatusCode::OK);
    for path in ["/s/abc", "/s/../../etc/passwd", &format!("/s/{}", "0".repeat(64)), "/v/abc", "/embed/x"] {
        assert_eq!(stranger.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn only_the_named_sites_may_frame_it() {
    let server = TestServer::start().await;
    let (mut owner, mut reader) = (server.visitor(), server.visitor());
    let id = owner.create("shop_flow").await;
    let (plain, no_frame, _) = make(&mut owner, id, true, &[]).await;
    assert_eq!(reader.get(&no_frame).await.status, StatusCode::NOT_FOUND, "no site is named");
    let (_, embed, _) = make(&mut owner, id, true, &[SITE, "http://localhost:8080"]).await;
    let answer = reader.get(&embed).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.contains("order_items"));
    assert!(!answer.headers.contains_key(header::SET_COOKIE) && !answer.headers.contains_key("x-frame-options"));
    let policy = header(&answer, "content-security-policy");
    assert!(policy.ends_with("frame-ancestors https://wiki.example http://localhost:8080"), "{policy}");
    for path in [plain.as_str(), "/healthz"] {
        let answer = reader.get(path).await;
        assert!(header(&answer, "content-security-policy").ends_with("frame-ancestors 'none'"), "{path}");
        assert_eq!(header(&answer, "x-frame-options"), "DENY", "{path}");
    }
    for site in ["https://a.example/x", "https://a.example; script-src *", "'self'", "*"] {
        let new = json!({ "days": 1, "may_export": true, "embed_origins": [site] });
        let answer = owner.post("make_share_link", &json!({ "id": id, "new": new })).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{site}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_password_stands_before_all_that_a_link_shows() {
    let server = TestServer::start().await;
    let (mut owner, mut guest) = (server.visitor(), server.visitor());
    let id = owner.create("shop_flow").await;
    let new = json!({ "days": 30, "may_export": true, "embed_origins": [], "password": "crows over feet" });
    let made: Value = owner.call("make_share_link", json!({ "id": id, "new": new })).await;
    assert_eq!(made["link"]["has_password"], true);
    let path = made["path"].as_str().unwrap().to_owned();
    let visit = format!("/v/{}", made["link"]["id"].as_str().unwrap());

    let asked = guest.get(&path).await;
    assert_eq!((asked.status, header(&asked, "referrer-policy")), (StatusCode::OK, "same-origin"));
    assert_eq!(header(&asked, "cache-control"), "no-store");
    assert!(asked.body.contains("type=\"password\"") && !asked.headers.contains_key(header::SET_COOKIE));
    for word in ["ShopFlow", "order_items", "og:", "0;url="] {
        assert!(!asked.body.contains(word), "{word} is told before the password");
    }
    for hidden in [format!("{path}/preview.png"), path.replace("/s/", "/embed/"), visit.clone()] {
        assert_eq!(guest.get(&hidden).await.status, StatusCode::NOT_FOUND, "{hidden}");
    }
    for (body, expect) in [
        ("password=crows+over+fee", StatusCode::UNPROCESSABLE_ENTITY),
        ("password=", StatusCode::UNPROCESSABLE_ENTITY),
        ("passwort=crows+over+feet", StatusCode::UNPROCESSABLE_ENTITY),
        ("password=%00%FF", StatusCode::UNPROCESSABLE_ENTITY),
        ("password=crows+over+feet", StatusCode::SEE_OTHER),
    ] {
        let answer = guest.form(&path, body).await;
        assert_eq!(answer.status, expect, "{body}");
        assert_eq!(answer.headers.contains_key(header::SET_COOKIE), expect == StatusCode::SEE_OTHER, "{body}");
    }
    let page = guest.get(&visit).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("order_items"));
    // Nothing that is kept or listed tells the password.
    let links: Value = owner.call("share_links", json!({ "id": id })).await;
    assert!(!links.to_string().contains("crows"));
    let client = server.database.connect().await;
    let kept: String = client.query_one("select password_hash from share_link", &[]).await.unwrap().get(0);
    assert!(kept.starts_with("$argon2id$"), "{kept}");

    // Guessing comes to an end, for the right password as well.
    let mut guesser = server.visitor();
    let mut last = StatusCode::OK;
    for _ in 0..11 {
        last = guesser.form(&path, "password=guess").await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(guesser.form(&path, "password=crows+over+feet").await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(guest.get(&visit).await.status, StatusCode::OK, "who is in stays in");

    // A frame cannot ask, and a password is one.
    for (password, sites) in [("crows over feet", vec![SITE]), ("short", vec![]), ("password", vec![])] {
        let new = json!({ "days": 1, "may_export": true, "embed_origins": sites, "password": password });
        let answer = owner.post("make_share_link", &json!({ "id": id, "new": new })).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{password}");
    }
    server.stop().await;
}

/// What people call their tables is text on these pages too.
#[tokio::test]
async fn names_are_text() {
    let server = TestServer::start().await;
    let (mut owner, mut guest) = (server.visitor(), server.visitor());
    let id = owner.create("shop_flow").await;
    let hostile = "</title><script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let () = owner.call("rename_diagram", json!({ "id": id, "name": hostile })).await;
    owner
        .change(id, |schema| {
            let table = schema.tables.values_mut().next().unwrap();
            std::sync::Arc::make_mut(table).note = Some(hostile.to_owned());
        })
        .await;
    let (path, embed, _) = make(&mut owner, id, true, &[SITE]).await;
    let arrived = guest.get(&path).await;
    let next = next(&arrived);
    for body in [arrived.body, guest.get(&next).await.body, guest.get(&embed).await.body] {
        assert!(!body.contains("<script") && !body.contains("<img"), "{body}");
        assert!(body.contains("&lt;script&gt;") || body.contains("&lt;script>"), "it is there as text");
    }
    server.stop().await;
}
