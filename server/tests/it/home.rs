//! The page where diagrams are found: pictures, searching, what was opened last, copies and folders.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use protocol::{DiagramHit, DiagramId, DiagramSummary, FolderId, FolderSummary, Role, WorkspaceDetails, WorkspaceId};
use schema::{Name, Opaque, OpaqueId, OpaqueKind, Rank, Statement, sample, testing::schema_from};
use serde_json::{Value, json};
use server::store::duplicate::COPIES;

use crate::visitor::{Answer, TestServer, Visitor, revision_of};

async fn list(visitor: &mut Visitor) -> Vec<DiagramSummary> {
    visitor.call("list_diagrams", json!({})).await
}

async fn summary(visitor: &mut Visitor, id: DiagramId) -> DiagramSummary {
    list(visitor).await.into_iter().find(|it| it.id == id).unwrap()
}

async fn folder(visitor: &mut Visitor, workspace: WorkspaceId, name: &str) -> FolderId {
    visitor.call("make_folder", json!({ "workspace": workspace, "name": name })).await
}

async fn thumbnail(visitor: &mut Visitor, id: DiagramId, theme: &str, known: &str) -> Answer {
    let request = Request::builder()
        .uri(format!("/api/v1/diagrams/{id}/thumbnail?theme={theme}&at=1"))
        .header(header::IF_NONE_MATCH, known)
        .body(Body::empty())
        .unwrap();
    visitor.send(request).await
}

fn header_of(answer: &Answer, name: header::HeaderName) -> &str {
    answer.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_thumbnail_is_sent_again_only_when_something_was_committed_or_moved() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    let mut known = String::new();
    let mut asked = async |visitor: &mut Visitor, is_new: bool, what: &str| {
        let answer = thumbnail(visitor, id, "light", &known).await;
        let expect = if is_new { StatusCode::OK } else { StatusCode::NOT_MODIFIED };
        assert_eq!(answer.status, expect, "{what}");
        assert_eq!(header_of(&answer, header::CACHE_CONTROL), "private, no-cache", "{what}");
        assert_eq!(answer.body.is_empty(), !is_new, "{what}");
        known = header_of(&answer, header::ETAG).to_owned();
        assert!(known.starts_with("W/\""), "{known}");
        answer
    };
    let empty = asked(&mut visitor, true, "the first time").await;
    assert_eq!(header_of(&empty, header::CONTENT_TYPE), "image/svg+xml");
    assert!(!empty.body.contains("<text") && !empty.body.contains("style"), "{}", empty.body);
    asked(&mut visitor, false, "once more").await;
    let () = visitor.call("rename_diagram", json!({ "id": id, "name": "Another" })).await;
    asked(&mut visitor, false, "after a rename").await;
    revision_of(&visitor.change(id, |schema| *schema = sample::shopflow()).await);
    assert!(asked(&mut visitor, true, "after a commit").await.body.contains(">order_items<"));
    let table = *visitor.open(id).await.schema.tables.keys().next().unwrap();
    let places = json!({ table.to_string(): { "x": 900, "y": 20 } });
    let () = visitor.call("move_tables", json!({ "id": id, "placements": places })).await;
    asked(&mut visitor, true, "after a move").await;
    asked(&mut visitor, false, "at the end").await;

    let dark = thumbnail(&mut visitor, id, "dark", "").await;
    assert!(dark.body.contains(&diagram::Theme::dark().color(diagram::Ink::Canvas).hex()), "{}", dark.body);
    assert_eq!(thumbnail(&mut visitor, id, "sepia", "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Who may not look is not told that it is still the same either.
    let mut stranger = server.person("Stranger").await;
    assert_eq!(thumbnail(&mut stranger, id, "light", &known).await.status, StatusCode::NOT_FOUND);
    server.stop().await;
}

#[tokio::test]
async fn a_search_finds_names_of_diagrams_and_of_tables() {
    let server = TestServer::start().await;
    let (mut ada, mut bo) = (server.person("Ada").await, server.person("Bo").await);
    let named = async |visitor: &mut Visitor, name: &str, tables: &[&str]| {
        let id = visitor.create("blank").await;
        let () = visitor.call("rename_diagram", json!({ "id": id, "name": name })).await;
        let text: String = tables.iter().map(|table| format!("{table}\n  id integer!\n")).collect();
        if !tables.is_empty() {
            revision_of(&visitor.change(id, |schema| *schema = schema_from(&text)).await);
        }
        id
    };
    let billing = named(&mut ada, "Billing", &["orders", "invoices", "order_items", "old_orders", "orders_2019"]).await;
    let shop = named(&mut ada, "Web shop", &["orders"]).await;
    let orders = named(&mut ada, "Orders", &[]).await;
    let reorder = named(&mut ada, "Reorder 100%", &["a_b"]).await;
    let bos = named(&mut bo, "Orders of Bo", &["orders"]).await;

    for (query, expect) in [
        ("orders", vec![(orders, 0), (shop, 1), (billing, 3)]),
        ("  ORDER ", vec![(orders, 0), (reorder, 0), (shop, 1), (billing, 4)]),
        ("shop", vec![(shop, 0)]),
        ("order_items", vec![(billing, 1)]),
        // Nothing is a pattern.
        ("%", vec![(reorder, 0)]),
        ("a_", vec![(reorder, 1)]),
        ("'", vec![]),
        ("nowhere", vec![]),
        ("", vec![]),
    ] {
        let hits: Vec<DiagramHit> = ada.call("search_diagrams", json!({ "query": query })).await;
        let found: Vec<(DiagramId, i64)> =
            hits.iter().map(|hit| (hit.diagram, i64::try_from(hit.tables.len()).unwrap() + hit.more_tables)).collect();
        assert_eq!(found, expect, "{query:?}");
    }
    let hits: Vec<DiagramHit> = ada.call("search_diagrams", json!({ "query": "order" })).await;
    let in_billing = hits.iter().find(|hit| hit.diagram == billing).unwrap();
    assert_eq!(in_billing.tables, ["order_items", "orders", "orders_2019"], "those that begin with it come first");
    assert_eq!(in_billing.more_tables, 1);

    let () = ada.call("delete_diagram", json!({ "id": shop })).await;
    let hits: Vec<DiagramHit> = ada.call("search_diagrams", json!({ "query": "shop" })).await;
    assert_eq!(hits, [], "deleted ones are not found");
    // A member finds what is in the workspace, and nobody what is in another.
    let home = bo.home().await;
    bo.bring(home, &mut ada, Role::Viewer).await;
    let hits: Vec<DiagramHit> = ada.call("search_diagrams", json!({ "query": "of bo" })).await;
    assert_eq!(hits.iter().map(|hit| hit.diagram).collect::<Vec<_>>(), [bos]);
    server.stop().await;
}

#[tokio::test]
async fn opening_a_diagram_is_remembered_for_each_person() {
    let server = TestServer::start().await;
    let client = server.database.connect().await;
    let (mut ada, mut bo) = (server.person("Ada").await, server.person("Bo").await);
    let home = ada.home().await;
    let id = ada.create("blank").await;
    ada.bring(home, &mut bo, Role::Viewer).await;
    assert_eq!(summary(&mut ada, id).await.opened_at, None);
    ada.open(id).await;
    let first = summary(&mut ada, id).await.opened_at.unwrap();
    assert_eq!(summary(&mut bo, id).await.opened_at, None, "each has their own");
    ada.open(id).await;
    assert_eq!(summary(&mut ada, id).await.opened_at.unwrap(), first, "at most once in some minutes");
    client.execute("update diagram_visit set opened_at = opened_at - interval '6 minutes'", &[]).await.unwrap();
    ada.open(id).await;
    assert!(summary(&mut ada, id).await.opened_at.unwrap() > first);
    // A picture of it is not a visit.
    bo.get(&format!("/api/v1/diagrams/{id}/thumbnail")).await;
    assert_eq!(summary(&mut bo, id).await.opened_at, None);

    // It goes with the membership, and with a move to where one is not.
    bo.open(id).await;
    let () = bo.call("leave_workspace", json!({ "id": home })).await;
    let visits = async || client.query("select from diagram_visit", &[]).await.unwrap().len();
    assert_eq!(visits().await, 1);
    let team: WorkspaceId = ada.call("create_workspace", json!({ "name": "Team" })).await;
    ada.bring(home, &mut bo, Role::Viewer).await;
    bo.open(id).await;
    assert_eq!(visits().await, 2);
    let () = ada.call("move_diagram", json!({ "id": id, "workspace": team })).await;
    assert_eq!(visits().await, 1);
    assert!(summary(&mut ada, id).await.opened_at.is_some());
    server.stop().await;
}

#[tokio::test]
async fn what_a_guest_had_open_follows_them_into_their_account() {
    let server = TestServer::start().await;
    server.person("Ada").await;
    let mut guest = server.visitor();
    let id = guest.create("blank").await;
    guest.open(id).await;
    assert_eq!(guest.sign_in("Ada", crate::visitor::PASSWORD).await.status, StatusCode::OK);
    assert!(summary(&mut guest, id).await.opened_at.is_some());
    server.stop().await;
}

#[tokio::test]
async fn a_copy_has_the_schema_and_the_places_and_no_history() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("shop_flow").await;
    let workspace = visitor.home().await;
    let drafts = folder(&mut visitor, workspace, "Drafts").await;
    let () = visitor.call("put_in_folder", json!({ "id": id, "folder": drafts })).await;
    let before = visitor.open(id).await;
    let copy: DiagramId = visitor.call("duplicate_diagram", json!({ "id": id })).await;
    let made = visitor.open(copy).await;
    assert_eq!(made.name, "Copy of ShopFlow");
    assert_eq!((&made.schema, &made.placements), (&before.schema, &before.placements));
    assert_eq!((made.revision, made.layout), (0, before.layout));
    assert!(before.database.is_some() && made.database.is_none(), "the database stays the original's");
    assert_eq!(visitor.open(id).await, before, "the original is as it was");
    let listed = summary(&mut visitor, copy).await;
    assert_eq!((listed.folder, listed.workspace, listed.linked), (Some(drafts), workspace, false));
    let again: DiagramId = visitor.call("duplicate_diagram", json!({ "id": copy })).await;
    assert_eq!(visitor.open(again).await.name, "Copy of ShopFlow (2)");

    // From there on they are two: what is done to one does not touch the other.
    let revision = visitor.change(copy, |schema| *schema = schema_from("only\n  id integer!")).await;
    assert_eq!(revision_of(&revision), 1);
    assert_eq!(visitor.open(id).await.schema, before.schema);
    let () = visitor.call("delete_diagram", json!({ "id": id })).await;
    assert_eq!(visitor.open(again).await.schema, before.schema);
    server.stop().await;
}

#[tokio::test]
async fn whatever_a_schema_holds_is_copied() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    let mut wanted = schema_from(
        "enum mood: sad, happy\nauth.users\n  id integer!\n  email text! = 'x' # shown\n  pk users_pkey(id)\n  unique users_email_key(email)\n\
         \x20 check users_check: email <> ''\n  index i(email)\n  unique index j(id, email)\n  note of the table\n\
         orders\n  user_id integer\nnamespace empty\n\
         fk orders_user_id_fkey: orders(user_id) -> auth.users(id) on delete cascade on update set null\n\
         group shop: users, orders\nsticky hint: look here",
    );
    let view = Opaque {
        id: OpaqueId::from_u128(1),
        kind: OpaqueKind::View,
        namespace: wanted.default_namespace(),
        table: None,
        name: Name::parse("everybody").unwrap(),
        rank: Rank::default(),
        definition: Statement::parse("create view everybody as select * from auth.users").unwrap(),
    };
    wanted.opaque.insert(view.id, Arc::new(view));
    revision_of(&visitor.change(id, |schema| *schema = wanted.clone()).await);
    let copy: DiagramId = visitor.call("duplicate_diagram", json!({ "id": id })).await;
    assert_eq!(visitor.open(copy).await.schema, wanted);
    let client = server.database.connect().await;
    for (table, _) in COPIES.iter().filter(|(table, _)| *table != "placement") {
        let sql = format!("select count(*) from {table} where diagram_id = $1");
        let count: i64 = client.query_one(&sql, &[&copy.0]).await.unwrap().get(0);
        assert!(count > 0, "the schema of this test has nothing in {table}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_thousand_tables_are_copied_quickly() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    revision_of(&visitor.change(id, |schema| *schema = sample::generated(1000)).await);
    let started = std::time::Instant::now();
    let copy: DiagramId = visitor.call("duplicate_diagram", json!({ "id": id })).await;
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    assert_eq!(visitor.open(copy).await.schema, visitor.open(id).await.schema);
    server.stop().await;
}

/// A table that is added to what a diagram consists of has to be copied with it, or to be named here.
#[tokio::test]
async fn every_part_of_a_diagram_is_copied_or_left_on_purpose() {
    const LEFT: [&str; 9] = [
        "commit_intent",
        "diagram_visit",
        "draft",
        "presence",
        "revision",
        "revision_name",
        "sandbox",
        "share_link",
        "share_visit",
    ];
    let server = TestServer::start().await;
    let client = server.database.connect().await;
    let sql = "select table_name::text from information_schema.columns
               where table_schema = 'public' and column_name = 'diagram_id'";
    let parts: BTreeSet<String> = client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    let known = COPIES.iter().map(|(table, _)| *table).chain(LEFT).map(ToOwned::to_owned).collect();
    assert_eq!(parts, known);
    server.stop().await;
}

#[tokio::test]
async fn folders_hold_diagrams_of_their_workspace() {
    let server = TestServer::start().await;
    let (mut ada, mut bo) = (server.person("Ada").await, server.person("Bo").await);
    let home = ada.home().await;
    let id = ada.create("blank").await;
    let drafts = folder(&mut ada, home, "  Drafts ").await;
    let old = folder(&mut ada, home, "ancient").await;
    let folders: Vec<FolderSummary> = ada.call("list_folders", json!({})).await;
    assert_eq!(
        folders.iter().map(|it| (it.id, it.name.as_str())).collect::<Vec<_>>(),
        [(old, "ancient"), (drafts, "Drafts")]
    );
    for name in ["", "  ", "a\u{202E}b", &"x".repeat(101), "DRAFTS"] {
        for (call, body) in [
            ("make_folder", json!({ "workspace": home, "name": name })),
            ("rename_folder", json!({ "workspace": home, "id": old, "name": name })),
        ] {
            let answer = ada.post(call, &body).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{call} {name:?}: {}", answer.body);
            assert!(answer.body.contains("\"field\":\"name\""), "{}", answer.body);
        }
    }
    let () = ada.call("rename_folder", json!({ "workspace": home, "id": old, "name": "Old" })).await;
    let () = ada.call("put_in_folder", json!({ "id": id, "folder": drafts })).await;
    assert_eq!(summary(&mut ada, id).await.folder, Some(drafts));

    // A viewer sees them, and the folder of another workspace is none.
    ada.bring(home, &mut bo, Role::Viewer).await;
    let seen: Vec<FolderSummary> = bo.call("list_folders", json!({})).await;
    assert_eq!(seen.len(), 2);
    assert_eq!(summary(&mut bo, id).await.folder, Some(drafts));
    let theirs = bo.create("blank").await;
    let answer = bo.post("put_in_folder", &json!({ "id": theirs, "folder": drafts })).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NOT_FOUND, "\"not_found\""));

    // What is in a folder stays when it goes, a deleted diagram too.
    let () = ada.call("delete_diagram", json!({ "id": id })).await;
    let () = ada.call("delete_folder", json!({ "workspace": home, "id": drafts })).await;
    let () = ada.call("restore_diagram", json!({ "id": id })).await;
    assert_eq!(summary(&mut ada, id).await.folder, None);
    assert_eq!(ada.post("put_in_folder", &json!({ "id": id, "folder": drafts })).await.status, StatusCode::NOT_FOUND);

    // Another workspace takes it out of its folder; no folder takes it out as well.
    let () = ada.call("put_in_folder", json!({ "id": id, "folder": old })).await;
    let () = ada.call("put_in_folder", json!({ "id": id, "folder": Value::Null })).await;
    assert_eq!(summary(&mut ada, id).await.folder, None);
    let () = ada.call("put_in_folder", json!({ "id": id, "folder": old })).await;
    let team: WorkspaceId = ada.call("create_workspace", json!({ "name": "Team" })).await;
    let () = ada.call("move_diagram", json!({ "id": id, "workspace": team })).await;
    let moved = summary(&mut ada, id).await;
    assert_eq!((moved.workspace, moved.folder), (team, None));

    let details: WorkspaceDetails = ada.call("open_workspace", json!({ "id": home })).await;
    let said: Vec<&str> = details.audit.iter().map(|line| line.what.as_str()).collect();
    for what in ["made the folder Drafts", "renamed a folder to Old", "deleted the folder Drafts"] {
        assert!(said.contains(&what), "{said:?}");
    }
    // A workspace goes with its folders.
    let _: FolderId = folder(&mut ada, team, "Here").await;
    let () = ada.call("delete_workspace", json!({ "id": team })).await;
    let left: Vec<FolderSummary> = ada.call("list_folders", json!({})).await;
    assert_eq!(left.iter().map(|it| it.id).collect::<Vec<_>>(), [old]);
    server.stop().await;
}
