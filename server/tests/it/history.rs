//! Looking back: the list of revisions, any of them as it was, and their names.

use edit::{Edit, apply_all, diff, rewind};
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngSeed, TestRunner},
};
use protocol::{Author, CommitOutcome, DiagramId, RevisionSummary};
use schema::{Schema, testing::arbitrary_schema, testing::schema_from};
use serde_json::{Value, json};

use crate::visitor::{TestServer, Visitor, request, revision_of};

async fn schema_at(visitor: &mut Visitor, id: DiagramId, number: i64) -> Schema {
    visitor.call("schema_at", json!({ "id": id, "number": number })).await
}

async fn revisions(visitor: &mut Visitor, body: Value) -> Vec<RevisionSummary> {
    visitor.call("revisions", body).await
}

/// The log and its states in one: every revision is as it was when it was saved, and the log replayed from the first
/// state leads to the head.
#[tokio::test]
async fn every_revision_is_as_it_was_saved() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(11), ..Config::default() });
    let schemas = arbitrary_schema();
    let mut saved = vec![visitor.open(id).await.schema];
    for _ in 0..40 {
        let wanted = schemas.new_tree(&mut runner).unwrap().current();
        if let CommitOutcome::Committed { revision, .. } = visitor.change(id, |schema| *schema = wanted.clone()).await {
            assert_eq!(revision, saved.len() as i64, "no gap");
            saved.push(wanted);
        }
    }
    assert!(saved.len() > 20, "{}", saved.len());
    for (number, schema) in saved.iter().enumerate() {
        assert_eq!(&schema_at(&mut visitor, id, number as i64).await, schema, "revision {number}");
    }
    let client = server.database.connect().await;
    let rows = client.query("select edits::text from revision order by number", &[]).await.unwrap();
    let log: Vec<Vec<Edit>> = rows.iter().map(|row| serde_json::from_str(row.get(0)).unwrap()).collect();
    let head = saved.last().unwrap();
    let mut replayed = rewind(head, &log).unwrap();
    assert_eq!(&replayed, &saved[0]);
    apply_all(&mut replayed, log.iter().flatten()).unwrap();
    assert_eq!(&replayed, head);
    for number in [-1, saved.len() as i64, i64::MAX, i64::MIN] {
        let answer = visitor.post("schema_at", &json!({ "id": id, "number": number })).await;
        assert_eq!(answer.status, 404, "{number}: {}", answer.body);
    }
    server.stop().await;
}

/// The sample begins with tables that no revision has made.
#[tokio::test]
async fn the_beginning_can_be_seen_too() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("shop_flow").await;
    let before = visitor.open(id).await.schema;
    let dropped = *before.references.keys().next().unwrap();
    revision_of(&visitor.change(id, |schema| drop(schema.references.remove(&dropped))).await);
    assert_eq!(schema_at(&mut visitor, id, 0).await, before);
    server.stop().await;
}

#[tokio::test]
async fn the_list_says_who_what_and_how_much_fifty_at_a_time() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    for number in 1..=120 {
        let opened = visitor.open(id).await;
        let text = format!("a\n  id integer!\n{}", if number % 2 == 0 { "b\n  id integer!\n" } else { "" });
        let mut commit = request(&opened, diff(&opened.schema, &schema_from(&text)));
        commit.message = format!("step {number}");
        assert_eq!(revision_of(&visitor.commit(&commit).await), number);
    }
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = revisions(&mut visitor, json!({ "id": id, "before": before })).await;
        let Some(last) = page.last() else { break };
        assert!(page.len() <= 50);
        before = Some(last.number);
        seen.extend(page);
    }
    let numbers: Vec<i64> = seen.iter().map(|revision| revision.number).collect();
    assert_eq!(numbers, (1..=120).rev().collect::<Vec<_>>());
    assert!(seen.iter().all(|revision| revision.author == Author::You && revision.name.is_none()));
    assert_eq!((seen[0].message.as_str(), seen[0].changes.in_words().as_str()), ("step 120", "1 added"));
    assert_eq!(seen[1].changes.in_words(), "1 removed");
    // Those of before they were counted are counted when they are asked for.
    let client = server.database.connect().await;
    let counted = client.query_one("select count(tally) from revision", &[]).await.unwrap();
    assert_eq!(counted.get::<_, i64>(0), 120);
    let uncounted = "set session_replication_role = replica;
                     update revision set tally = null where number % 2 = 0;
                     reset session_replication_role";
    client.batch_execute(uncounted).await.unwrap();
    assert_eq!(revisions(&mut visitor, json!({ "id": id })).await, seen[..50]);
    // The same for whoever else is let in: it is theirs no more.
    let mut other = server.visitor();
    other.create("blank").await;
    let join = "insert into membership (workspace_id, principal_id, role)
                select diagram.workspace_id, member.principal_id, 'viewer'
                from diagram, membership member
                where diagram.id = $1 and member.workspace_id <> diagram.workspace_id";
    client.execute(join, &[&id.0]).await.unwrap();
    assert_eq!(revisions(&mut other, json!({ "id": id })).await[0].author, Author::Named("Guest".to_owned()));
    let naming = json!({ "id": id, "number": 1, "name": "x" });
    assert_eq!(other.post("name_revision", &naming).await.status, 404, "a viewer names nothing");
    server.stop().await;
}

#[tokio::test]
async fn a_version_is_named_renamed_and_found_and_its_revision_stays() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    for text in ["a\n  id integer!", "a\n  id bigint!", "a\n  id smallint!"] {
        revision_of(&visitor.change(id, |schema| *schema = schema_from(text)).await);
    }
    let named = async |visitor: &mut Visitor| -> Vec<(i64, Option<String>)> {
        let told = revisions(visitor, json!({ "id": id, "is_named": true })).await;
        told.into_iter().map(|revision| (revision.number, revision.name)).collect()
    };
    assert_eq!(named(&mut visitor).await, []);
    for (name, expect) in [("  First draft ", "First draft"), ("<b>Größe</b>", "<b>Größe</b>")] {
        let () = visitor.call("name_revision", json!({ "id": id, "number": 2, "name": name })).await;
        assert_eq!(named(&mut visitor).await, [(2, Some(expect.to_owned()))]);
    }
    for (number, name, status) in [
        (2, json!(""), 422),
        (2, json!("a\u{202E}b"), 422),
        (2, json!("x".repeat(101)), 422),
        (0, json!("x"), 404),
        (4, json!("x"), 404),
    ] {
        let answer = visitor.post("name_revision", &json!({ "id": id, "number": number, "name": name })).await;
        assert_eq!(answer.status, status, "{number} {name}: {}", answer.body);
    }
    let () = visitor.call("name_revision", json!({ "id": id, "number": 2, "name": null })).await;
    assert_eq!(named(&mut visitor).await, []);
    let all = revisions(&mut visitor, json!({ "id": id })).await;
    assert_eq!(all.iter().map(|revision| revision.number).collect::<Vec<_>>(), [3, 2, 1]);
    server.stop().await;
}

/// Far back in a long history, without snapshots on the way.
#[tokio::test]
async fn two_thousand_revisions_back_is_soon_there() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    let wanted = schema::sample::generated(200);
    revision_of(&visitor.change(id, |schema| *schema = wanted.clone()).await);
    // What 1,999 commits of ten edits would have written: ten tables renamed there and back.
    let tables: Vec<_> = wanted.tables.values().take(10).cloned().collect();
    let renamed = |there: bool| -> Vec<Edit> {
        let name = |to: bool, name: &schema::Name| {
            edit::Attribute::Name(if to { schema::Name::parse(&format!("x_{name}")).unwrap() } else { name.clone() })
        };
        let rename = |table: &std::sync::Arc<schema::Table>| Edit::Alter {
            object: schema::ObjectId::Table(table.id),
            from: name(!there, &table.name),
            to: name(there, &table.name),
        };
        tables.iter().map(rename).collect()
    };
    let client = server.database.connect().await;
    let append = "insert into revision
                    (workspace_id, diagram_id, number, commit_id, format, edits, statements, message, author_id)
                  select workspace_id, diagram_id, step, gen_random_uuid(), 1,
                         case when step % 2 = 0 then $1::text::jsonb else $2::text::jsonb end, '[]', '', author_id
                  from revision, generate_series(2, 2001) step
                  where number = 1";
    let [there, back] = [true, false].map(|there| serde_json::to_string(&renamed(there)).unwrap());
    client.execute(append, &[&there, &back]).await.unwrap();
    client.execute("update diagram set head_revision = 2001", &[]).await.unwrap();
    let started = std::time::Instant::now();
    assert_eq!(schema_at(&mut visitor, id, 1).await, wanted);
    let took = started.elapsed();
    println!("2,000 revisions of ten edits, 200 tables: {took:?}");
    assert!(took.as_secs() < 5, "{took:?}");
    server.stop().await;
}
