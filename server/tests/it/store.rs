//! Rows: what is committed comes back equal, whoever asks at whatever moment.

use std::sync::Arc;

use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngSeed, TestRunner},
};
use protocol::CommitOutcome;
use schema::{
    Spot, sample,
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
async fn a_note_stands_where_it_was_put() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    let there = Some(Spot { x: -40, y: 900, width: 320 });
    for spot in [None, there, Some(Spot { x: i32::MIN, y: i32::MAX, width: 96 }), None] {
        let mut wanted = schema_from("sticky hint: look here\n");
        wanted.annotations.values_mut().for_each(|it| it.spot = spot);
        let outcome = visitor.change(id, |schema| *schema = wanted.clone()).await;
        assert!(matches!(outcome, CommitOutcome::Committed { .. }), "{outcome:?}");
        assert_eq!(visitor.open(id).await.schema, wanted, "{spot:?}");
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
    let places = json!({ table.to_string(): { "x": i32::MAX, "y": i32::MIN } });
    let () = visitor.call("move_tables", json!({ "id": id, "placements": places })).await;
    let nearest = edit::Placement { x: 1_000_000, y: -1_000_000 };
    assert_eq!(visitor.open(id).await.placements, [(table, nearest)].into(), "nobody draws that far out");
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
    let mut request = request(&opened, edit::diff(&opened.schema, &schema_from("a\n  id integer!")));
    request.message = "first".to_owned();
    assert_eq!(revision_of(&visitor.commit(&request).await), 1);
    let revisions: Vec<protocol::RevisionSummary> = visitor.call("revisions", json!({ "id": id })).await;
    assert_eq!(revisions[0].message, "first");
    server.stop().await;
}

/// What is in the way of one does not keep the janitor from the next.
#[tokio::test]
async fn what_cannot_be_removed_is_passed_over() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let (stuck, free) = (visitor.create("shop_flow").await, visitor.create("blank").await);
    let client = server.database.connect().await;
    let role: String = client.query_one("select role_name from sandbox", &[]).await.unwrap().get(0);
    client.execute(&format!("create schema held authorization {role}"), &[]).await.unwrap();
    for (id, minutes) in [(stuck, "20 minutes"), (free, "16 minutes")] {
        let () = visitor.call("delete_diagram", json!({ "id": id })).await;
        let sql = format!("update diagram set deleted_at = now() - interval '{minutes}' where id = $1");
        client.execute(&sql, &[&id.0]).await.unwrap();
    }
    server.state.clean_up().await.unwrap();
    let left = async || -> Vec<uuid::Uuid> {
        client.query("select id from diagram", &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
    };
    assert_eq!(left().await, [stuck.0]);
    client.execute("drop schema held", &[]).await.unwrap();
    server.state.clean_up().await.unwrap();
    assert_eq!(left().await, Vec::<uuid::Uuid>::new());
    server.stop().await;
}

#[tokio::test]
async fn an_abandoned_sandbox_is_dropped_before_it_is_given_up() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("shop_flow").await;
    let client = server.database.connect().await;
    let (database, role): (String, String) = {
        let row = client.query_one("select database_name, role_name from sandbox", &[]).await.unwrap();
        (row.get(0), row.get(1))
    };
    let abandon = "update sandbox set state = 'creating', facts = null, created_at = now() - interval '11 minutes'";
    client.execute(abandon, &[]).await.unwrap();
    client.execute(&format!("create schema held authorization {role}"), &[]).await.unwrap();
    server.state.clean_up().await.unwrap();
    let problem = visitor.open(id).await.database.unwrap().problem.unwrap();
    assert!(problem.contains("still being made"), "{problem}");
    client.execute("drop schema held", &[]).await.unwrap();
    server.state.clean_up().await.unwrap();
    let problem = visitor.open(id).await.database.unwrap().problem.unwrap();
    assert!(problem.contains("interrupted"), "{problem}");
    let left = "select count(*) from pg_database where datname = $1";
    assert_eq!(client.query_one(left, &[&database]).await.unwrap().get::<_, i64>(0), 0);
    server.stop().await;
}

#[tokio::test]
async fn diagrams_that_nobody_can_open_are_deleted() {
    let server = TestServer::start().await;
    let (mut gone, mut here) = (server.visitor(), server.visitor());
    let (lost, kept) = (gone.create("blank").await, here.create("blank").await);
    let client = server.database.connect().await;
    let end = "update session
               set expires_at = now()
               where principal_id = (
                   select principal_id from membership join diagram using (workspace_id) where diagram.id = $1
               )";
    client.execute(end, &[&lost.0]).await.unwrap();
    server.state.clean_up().await.unwrap();
    let deleted = "select id from diagram where deleted_at is not null";
    let deleted: Vec<uuid::Uuid> = client.query(deleted, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    assert_eq!(deleted, [lost.0]);
    assert_eq!(here.open(kept).await.id, kept);
    server.stop().await;
}

#[tokio::test]
async fn a_server_has_only_so_many_sandboxes() {
    let server = TestServer::start().await;
    let (mut hoarder, mut visitor) = (server.visitor(), server.visitor());
    hoarder.create("blank").await;
    let client = server.database.connect().await;
    let fill = "with made as (
                    insert into diagram (workspace_id, id, name)
                    select workspace_id, gen_random_uuid(), 'x'
                    from diagram, generate_series(1, 500)
                    returning workspace_id, id
                )
                insert into sandbox (workspace_id, diagram_id, database_name, role_name, password, state)
                select workspace_id, id, id::text, id::text, '', 'creating'
                from made";
    client.execute(fill, &[]).await.unwrap();
    let answer = visitor.post("create_diagram", &json!({ "template": "shop_flow" })).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("at most 500 sample diagrams"), "{}", answer.body);
    visitor.create("blank").await;
    client.execute("delete from sandbox", &[]).await.unwrap();
    server.stop().await;
}
