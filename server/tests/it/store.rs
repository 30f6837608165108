//! Rows: what is committed comes back equal, whoever asks at whatever moment.

use std::sync::Arc;

use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngSeed, TestRunner},
};
use protocol::CommitOutcome;
use schema::{
    Schema, sample,
    testing::{arbitrary_schema, schema_from},
};
use serde_json::json;

use crate::visitor::{TestServer, request, revision_of};

/// Each schema is reached from the one before, so that every kind of edit is written as rows.
#[tokio::test]
async fn rows_say_what_the_edits_led_to() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(7), ..Config::default() });
    let schemas = arbitrary_schema();
    for round in 0..60 {
        let wanted = schemas.new_tree(&mut runner).unwrap().current();
        let outcome = visitor.change(id, |schema| *schema = wanted.clone()).await;
        match &outcome {
            CommitOutcome::Committed { .. } => assert_eq!(visitor.open(id).await.schema, wanted, "round {round}"),
            CommitOutcome::Refused(refusal) if refusal.message.starts_with("There is nothing") => {}
            CommitOutcome::Refused(_) | CommitOutcome::Conflict { .. } | CommitOutcome::Unknown { .. } => {
                panic!("round {round}: {outcome:?}")
            }
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_renamed_column_is_renamed_in_checks_too() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    let before = schema_from("items\n  id integer!\n  price numeric\n  check price_check: price > 0");
    visitor.change(id, |schema| *schema = before.clone()).await;
    let after = visitor
        .change(id, |schema| {
            let table = Arc::make_mut(schema.tables.values_mut().next().unwrap());
            let (old, new) = (table.columns[1].name.clone(), schema::Name::parse("amount").unwrap());
            table.columns[1].name = new.clone();
            for check in &mut table.checks {
                check.expression = check.expression.with_column_renamed(&old, &new);
            }
        })
        .await;
    revision_of(&after);
    let schema = visitor.open(id).await.schema;
    assert_eq!(schema.tables.values().next().unwrap().checks[0].expression.to_string(), "amount > 0");
    server.stop().await;
}

#[tokio::test]
async fn a_thousand_tables_are_written_and_read_quickly() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    let wanted = sample::generated(1000);
    let started = std::time::Instant::now();
    revision_of(&visitor.change(id, |schema| *schema = wanted.clone()).await);
    assert_eq!(visitor.open(id).await.schema, wanted);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    server.stop().await;
}

#[tokio::test]
async fn diagrams_are_listed_renamed_deleted_and_brought_back() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let list: Vec<protocol::DiagramSummary> = visitor.call("list_diagrams", json!({})).await;
    assert!(list.is_empty() && !visitor.has_session(), "looking needs no session");
    let id = visitor.create("blank").await;
    assert!(visitor.has_session());
    let () = visitor.call("rename_diagram", json!({ "id": id, "name": "  My shop " })).await;
    let list: Vec<protocol::DiagramSummary> = visitor.call("list_diagrams", json!({})).await;
    assert_eq!((list.len(), list[0].id, list[0].name.as_str(), list[0].linked), (1, id, "My shop", false));
    for name in ["", "   ", "a\u{202E}b", &"x".repeat(101)] {
        let answer = visitor.post("rename_diagram", &json!({ "id": id, "name": name })).await;
        assert_eq!(answer.status, 422, "{name:?}: {}", answer.body);
    }
    let () = visitor.call("delete_diagram", json!({ "id": id })).await;
    let list: Vec<protocol::DiagramSummary> = visitor.call("list_diagrams", json!({})).await;
    assert!(list.is_empty());
    assert_eq!(visitor.post("open_diagram", &json!({ "id": id })).await.status, 404);
    let () = visitor.call("restore_diagram", json!({ "id": id })).await;
    assert_eq!(visitor.open(id).await.name, "My shop");
    server.stop().await;
}

#[tokio::test]
async fn tables_move_and_stay() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    visitor.change(id, |schema| *schema = schema_from("a\n  id integer!")).await;
    let table = *visitor.open(id).await.schema.tables.keys().next().unwrap();
    let unknown = schema::TableId::from_u128(12345);
    for (x, y) in [(10, 20), (-30, 40)] {
        let places = json!({ table.to_string(): { "x": x, "y": y }, unknown.to_string(): { "x": 0, "y": 0 } });
        let () = visitor.call("move_tables", json!({ "id": id, "placements": places })).await;
        let opened = visitor.open(id).await;
        assert_eq!(opened.placements, [(table, edit::Placement { x, y })].into());
        assert_eq!(opened.revision, 1, "a move makes no revision");
    }
    server.stop().await;
}

#[tokio::test]
async fn revisions_are_never_changed() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    visitor.change(id, |schema| *schema = schema_from("a\n  id integer!")).await;
    let client = server.database.connect().await;
    for sql in ["update revision set message = 'x'", "delete from revision", "truncate revision"] {
        assert!(client.execute(sql, &[]).await.is_err(), "{sql}");
    }
    let revisions: Vec<protocol::RevisionSummary> = visitor.call("revisions", json!({ "id": id })).await;
    assert_eq!(revisions.iter().map(|revision| revision.number).collect::<Vec<_>>(), [1]);
    server.stop().await;
}

#[tokio::test]
async fn what_was_deleted_long_ago_is_gone_with_its_database() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("shop_flow").await;
    let name = visitor.open(id).await.database.unwrap().name;
    let () = visitor.call("delete_diagram", json!({ "id": id })).await;
    let client = server.database.connect().await;
    let count = async |sql| client.query_one(sql, &[&name]).await.unwrap().get::<_, i64>(0);
    server.state.clean_up().await.unwrap();
    assert_eq!(count("select count(*) from pg_database where datname = $1").await, 1, "not yet");
    client.execute("update diagram set deleted_at = now() - interval '16 minutes'", &[]).await.unwrap();
    assert_eq!(visitor.post("restore_diagram", &json!({ "id": id })).await.status, 404, "too late");
    server.state.clean_up().await.unwrap();
    assert_eq!(count("select count(*) from pg_database where datname = $1").await, 0);
    assert_eq!(count("select count(*) from pg_roles where rolname = $1").await, 0);
    assert_eq!(client.query_one("select count(*) from diagram", &[]).await.unwrap().get::<_, i64>(0), 0);
    server.stop().await;
}

#[tokio::test]
async fn a_message_is_kept() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    let opened = visitor.open(id).await;
    let edits =
        edit::diff(&opened.schema, &Schema { namespaces: opened.schema.namespaces.clone(), ..sample::generated(2) });
    let mut request = request(&opened, edits);
    request.message = "first".to_owned();
    let outcome = visitor.commit(&request).await;
    if let CommitOutcome::Committed { .. } = outcome {
        let revisions: Vec<protocol::RevisionSummary> = visitor.call("revisions", json!({ "id": id })).await;
        assert_eq!(revisions[0].message, "first");
    }
    server.stop().await;
}
