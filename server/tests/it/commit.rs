//! Commits: all or nothing, in the store and in the database beside it.

use std::sync::Arc;

use edit::diff;
use protocol::{CommitOutcome, CommitRequest, DiagramId, Refusal};
use schema::{
    Column, ColumnId, DataType, Name, ObjectId, Rank, Reference, ReferentialAction, Schema, Table, TableId,
    testing::schema_from,
};
use serde_json::json;
use server::introspect::{differences, introspect};
use uuid::Uuid;

use crate::visitor::{TestServer, request, revision_of};

pub(crate) fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

pub(crate) fn table_mut<'a>(schema: &'a mut Schema, name: &str) -> &'a mut Table {
    let table = schema.tables.values_mut().find(|table| table.name.as_str() == name);
    Arc::make_mut(table.unwrap_or_else(|| panic!("there is no table {name}")))
}

pub(crate) fn column(name_text: &str, data_type: &str) -> Column {
    Column {
        id: ColumnId(Uuid::new_v4()),
        rank: Rank::nth(100),
        name: name(name_text),
        data_type: DataType::try_from(data_type.to_owned()).unwrap(),
        nullable: true,
        default: None,
        note: None,
        generation: None,
        collation: None,
    }
}

fn reference_mut<'a>(schema: &'a mut Schema, name: &str) -> &'a mut Reference {
    Arc::make_mut(schema.references.values_mut().find(|reference| reference.name.as_str() == name).unwrap())
}

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "what it is called with is not needed any more")]
pub(crate) fn refusal_of(outcome: CommitOutcome) -> Refusal {
    match &outcome {
        CommitOutcome::Refused(refusal) => refusal.clone(),
        CommitOutcome::Committed { .. } | CommitOutcome::Conflict { .. } | CommitOutcome::Unknown { .. } => {
            panic!("not refused: {outcome:?}")
        }
    }
}

/// The sandbox has exactly what the store says.
async fn assert_same(server: &TestServer, id: DiagramId, schema: &Schema) {
    let found = introspect(&server.sandbox(id).await).await.unwrap();
    assert_eq!(differences(schema, &found.schema), Vec::<String>::new());
}

#[tokio::test]
async fn exactly_one_of_two_commits_wins_each_revision() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    visitor.change(id, |schema| *schema = schema_from("a\n  id integer!")).await;
    for round in 1..8 {
        let opened = visitor.open(id).await;
        let rename = |to: &str| {
            let mut after = opened.schema.clone();
            let table = after.tables.values_mut().next().unwrap();
            Arc::make_mut(table).name = name(to);
            request(&opened, diff(&opened.schema, &after))
        };
        let requests = [rename(&format!("left{round}")), rename(&format!("right{round}"))];
        let (mut one, mut other) = (visitor.again(), visitor.again());
        let outcomes = tokio::join!(one.commit(&requests[0]), other.commit(&requests[1]));
        let outcomes = [outcomes.0, outcomes.1];
        let won = outcomes.iter().filter(|outcome| matches!(outcome, CommitOutcome::Committed { .. })).count();
        let lost = outcomes.iter().filter(|outcome| matches!(outcome, CommitOutcome::Conflict { .. })).count();
        assert_eq!((won, lost), (1, 1), "{outcomes:?}");
        assert_eq!(visitor.open(id).await.revision, round + 1);
    }
    server.stop().await;
}

#[tokio::test]
async fn the_same_commit_gets_the_same_answer() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    for template in ["blank", "shop_flow"] {
        let id = visitor.create(template).await;
        let opened = visitor.open(id).await;
        let mut after = opened.schema.clone();
        let namespace = after.default_namespace().unwrap();
        let mut table = Table::clone(schema_from("notes\n  id integer!").tables.values().next().unwrap());
        table.namespace = namespace;
        after.tables.insert(table.id, Arc::new(table));
        let request = request(&opened, diff(&opened.schema, &after));
        let first = visitor.commit(&request).await;
        assert_eq!(revision_of(&first), 1);
        let mut copies: Vec<_> = (0..4).map(|_| visitor.again()).collect();
        for copy in &mut copies {
            assert_eq!(copy.commit(&request).await, first);
        }
        let again: Vec<CommitOutcome> = {
            let [a, b, c, d] = copies.get_mut(..4).unwrap() else { panic!("four") };
            let done = tokio::join!(a.commit(&request), b.commit(&request), c.commit(&request), d.commit(&request));
            vec![done.0, done.1, done.2, done.3]
        };
        assert!(again.iter().all(|outcome| *outcome == first), "{again:?}");
        assert_eq!(visitor.open(id).await.revision, 1);
    }
    server.stop().await;
}

#[tokio::test]
async fn a_double_press_has_one_effect() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("shop_flow").await;
    let opened = visitor.open(id).await;
    let mut after = opened.schema.clone();
    table_mut(&mut after, "users").columns.push(column("nickname", "text"));
    let request = request(&opened, diff(&opened.schema, &after));
    let (mut one, mut other) = (visitor.again(), visitor.again());
    let (first, second) = tokio::join!(one.commit(&request), other.commit(&request));
    assert_eq!(first, second);
    assert_eq!(revision_of(&first), 1);
    assert_same(&server, id, &visitor.open(id).await.schema).await;
    server.stop().await;
}

#[tokio::test]
async fn disjoint_edits_of_two_people_merge_and_others_clash() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("shop_flow").await;
    let opened = visitor.open(id).await;
    let renamed = |table: &str, to: &str| {
        let mut after = opened.schema.clone();
        table_mut(&mut after, table).name = name(to);
        request(&opened, diff(&opened.schema, &after))
    };
    assert_eq!(revision_of(&visitor.commit(&renamed("users", "people")).await), 1);
    assert_eq!(revision_of(&visitor.commit(&renamed("orders", "purchases")).await), 2);
    let clash = visitor.commit(&renamed("users", "humans")).await;
    let CommitOutcome::Conflict { head: 2, conflicts, more: 0 } = clash else { panic!("{clash:?}") };
    let [conflict] = conflicts.as_slice() else { panic!("{conflicts:?}") };
    let words = &conflict.words;
    assert_eq!([&words.base, &words.theirs, &words.mine].map(String::as_str), ["users", "people", "humans"]);
    assert_eq!((words.title.as_str(), conflict.revision), ("Table people", Some(1)));
    // Each is fine by itself, and the two together are not.
    let same_name = visitor.commit(&renamed("products", "people")).await;
    assert!(matches!(same_name, CommitOutcome::Conflict { head: 2, .. }), "{same_name:?}");
    // Another attribute of the same table needs no question.
    let mut after = opened.schema.clone();
    table_mut(&mut after, "users").note = Some("who buys".to_owned());
    assert_eq!(revision_of(&visitor.commit(&request(&opened, diff(&opened.schema, &after))).await), 3);
    assert_same(&server, id, &visitor.open(id).await.schema).await;
    server.stop().await;
}

/// A copy of a refused commit that comes late is refused as well, for as long as one may be under way.
#[tokio::test]
async fn a_refusal_is_remembered_for_a_day() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    let first = visitor.open(id).await;
    let taken = request(&first, diff(&first.schema, &schema_from("t\n  id integer\n")));
    assert_eq!(revision_of(&visitor.commit(&taken).await), 1);
    let late = request(&first, diff(&first.schema, &schema_from("t\n  id bigint\n")));
    let refused = visitor.commit(&late).await;
    assert!(matches!(refused, CommitOutcome::Conflict { .. }), "{refused:?}");
    // What stood against it goes, and the copy comes.
    visitor.change(id, |schema| schema.tables.clear()).await;
    assert_eq!(visitor.commit(&late).await, refused);
    let client = server.database.connect().await;
    let count = async || -> i64 { client.query_one("select count(*) from commit_intent", &[]).await.unwrap().get(0) };
    server.state.clean_up().await.unwrap();
    assert_eq!(count().await, 1);
    client.execute("update commit_intent set settled_at = now() - interval '25 hours'", &[]).await.unwrap();
    server.state.clean_up().await.unwrap();
    assert_eq!(count().await, 0);
    server.stop().await;
}

/// Whoever was told that nothing is changed can rely on it, also where it was for something that has passed when a copy of
/// the commit comes.
#[tokio::test]
async fn a_refusal_for_the_moment_is_one_for_good() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let client = server.database.connect().await;
    let id = visitor.create("shop_flow").await;
    let opened = visitor.open(id).await;
    let name = &opened.database.as_ref().unwrap().name;
    let pending = Uuid::new_v4();
    let begin = format!(
        "insert into commit_intent
           (workspace_id, diagram_id, id, commit_id, base_revision, format, edits, placements, plan, plan_hash, message,
            author_id, state, lease_until)
         select workspace_id, diagram.id, '{pending}', '{pending}', 0, 1, '[]', '{{}}', '{{}}', '', '', principal.id,
                'pending', now() + interval '1 hour'
         from diagram, principal"
    );
    for (close, open, words) in [
        (
            format!("alter database {name} allow_connections false"),
            format!("alter database {name} allow_connections true"),
            "cannot be reached",
        ),
        (
            "update sandbox set state = 'creating'".to_owned(),
            "update sandbox set state = 'ready'".to_owned(),
            "still being made",
        ),
        (
            begin,
            "update commit_intent set state = 'aborted', settled_at = now() where state = 'pending'".to_owned(),
            "Another commit",
        ),
    ] {
        let mut after = opened.schema.clone();
        table_mut(&mut after, "users").columns.push(column("nickname", "text"));
        let commit = request(&opened, diff(&opened.schema, &after));
        client.batch_execute(&close).await.unwrap();
        let refused = visitor.commit(&commit).await;
        assert!(refusal_of(refused.clone()).message.contains(words), "{refused:?}");
        client.batch_execute(&open).await.unwrap();
        assert_eq!(visitor.commit(&commit).await, refused);
    }
    assert_eq!(visitor.open(id).await.revision, 0);
    server.stop().await;
}

/// A page that has missed hundreds of revisions catches up before it commits.
#[tokio::test]
async fn who_is_far_behind_has_to_catch_up_first() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    let opened = visitor.open(id).await;
    let client = server.database.connect().await;
    for (head, expect) in [(500, false), (501, true)] {
        client.execute("update diagram set head_revision = $1", &[&i64::from(head)]).await.unwrap();
        let edits = diff(&opened.schema, &schema_from(&format!("t{head}\n  id integer\n")));
        let outcome = visitor.commit(&request(&opened, edits)).await;
        let is_told = matches!(&outcome, CommitOutcome::Conflict { conflicts, more: 0, .. } if conflicts.is_empty());
        assert_eq!(is_told, expect, "{head}: {outcome:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_sandbox_has_rows_and_constraints_and_keeps_others_out() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let started = std::time::Instant::now();
    let id = visitor.create("shop_flow").await;
    eprintln!("a sandbox takes {:?}", started.elapsed());
    let opened = visitor.open(id).await;
    assert_eq!(opened.database.as_ref().unwrap().problem, None);
    assert_same(&server, id, &opened.schema).await;
    assert_eq!(opened.placements.len(), opened.schema.tables.len());
    let sandbox = server.sandbox(id).await;
    let users: i64 = sandbox.query_one("select count(*) from users", &[]).await.unwrap().get(0);
    assert!(users > 0);
    assert!(sandbox.execute("insert into orders (user_id) values (4711)", &[]).await.is_err(), "an unknown user");
    assert!(sandbox.execute("delete from users where id = 1", &[]).await.is_err(), "restrict");
    let client = server.database.connect().await;
    let rights = "select rolsuper, rolcreatedb, rolcreaterole from pg_roles join sandbox on role_name = rolname";
    let rights = client.query_one(rights, &[]).await.unwrap();
    assert_eq!((rights.get(0), rights.get(1), rights.get(2)), (false, false, false));
    let may_enter_store = async || {
        let sql = "select has_database_privilege(role_name, current_database(), 'connect') from sandbox";
        client.query_one(sql, &[]).await.unwrap().get::<_, bool>(0)
    };
    server.state.sandboxes.close_other_databases().await;
    assert!(may_enter_store().await, "another's databases are theirs to close");
    let owner = server::state::State::new(server.database.url(), true).unwrap();
    owner.sandboxes.close_other_databases().await;
    assert!(!may_enter_store().await);
    owner.store.close().await;
    server.stop().await;
}

#[tokio::test]
async fn a_refused_commit_changes_nothing_and_names_the_item() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("shop_flow").await;
    let before = visitor.open(id).await;
    let mut after = before.schema.clone();
    let wanted = Column { nullable: false, ..column("phone", "text") };
    let object = ObjectId::Column(table_mut(&mut after, "users").id, wanted.id);
    // The first statement works, and is taken back with the second.
    table_mut(&mut after, "products").columns.push(column("weight", "integer"));
    table_mut(&mut after, "users").columns.push(wanted);
    let request = request(&before, diff(&before.schema, &after));
    let outcome = visitor.commit(&request).await;
    let refusal = refusal_of(outcome.clone());
    assert_eq!(refusal.object, Some(object));
    assert!(refusal.statement.unwrap().contains("phone"));
    assert!(refusal.postgres.unwrap().contains("contains null values"));
    assert_eq!(visitor.open(id).await, before);
    assert_same(&server, id, &before.schema).await;
    assert_eq!(visitor.commit(&request).await, outcome, "the same commit, the same answer");
    // The list minus what failed goes through.
    table_mut(&mut after, "users").columns.pop();
    revision_of(&visitor.change(id, |schema| *schema = after.clone()).await);
    assert_same(&server, id, &after).await;
    server.stop().await;
}

#[tokio::test]
async fn an_invalid_schema_is_refused_with_its_findings() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    let outcome = visitor.change(id, |schema| *schema = schema_from("a\n  id integer\n  id2 integer")).await;
    revision_of(&outcome);
    let outcome = visitor
        .change(id, |schema| {
            let table = table_mut(schema, "a");
            table.columns[1].name = name("id");
        })
        .await;
    let refusal = refusal_of(outcome);
    assert!(refusal.object.is_some() && !refusal.findings.is_empty(), "{refusal:?}");
    assert_eq!(visitor.open(id).await.revision, 1);
    server.stop().await;
}

#[tokio::test]
async fn all_five_actions_arrive_on_both_sides() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("shop_flow").await;
    for (on_delete, on_update) in ReferentialAction::ALL.into_iter().zip(ReferentialAction::ALL.into_iter().rev()) {
        let outcome = visitor
            .change(id, |schema| {
                let orders = table_mut(schema, "orders");
                let user = orders.columns.iter_mut().find(|column| column.name.as_str() == "user_id").unwrap();
                user.nullable = true;
                let reference = reference_mut(schema, "fk_orders_user");
                (reference.on_delete, reference.on_update) = (on_delete, on_update);
            })
            .await;
        revision_of(&outcome);
        let row = server
            .sandbox(id)
            .await
            .query_one(
                "select confdeltype::text, confupdtype::text from pg_constraint where conname = 'fk_orders_user'",
                &[],
            )
            .await
            .unwrap();
        let letter = |action| match action {
            ReferentialAction::NoAction => "a",
            ReferentialAction::Restrict => "r",
            ReferentialAction::Cascade => "c",
            ReferentialAction::SetNull => "n",
            ReferentialAction::SetDefault => "d",
        };
        assert_eq!((row.get(0), row.get(1)), (letter(on_delete), letter(on_update)));
        assert_same(&server, id, &visitor.open(id).await.schema).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn opening_and_saving_nothing_sends_no_statement() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("shop_flow").await;
    // Nobody can enter the database, so that a statement sent there would fail.
    let name = visitor.open(id).await.database.unwrap().name;
    let close = format!("alter database {name} allow_connections false");
    server.database.connect().await.execute(&close, &[]).await.unwrap();
    let opened = visitor.open(id).await;
    let outcome = visitor.commit(&request(&opened, Vec::new())).await;
    assert!(refusal_of(outcome).message.contains("nothing to commit"));
    // Showing a column at another place of its table is no statement either.
    let outcome = visitor.change(id, |schema| {
        let table = table_mut(schema, "users");
        table.columns[0].rank = Rank::nth(50);
        table.columns.sort_by_key(|column| (column.rank, column.id));
    });
    assert!(matches!(outcome.await, CommitOutcome::Committed { revision: 1, statements } if statements.is_empty()));
    let change = |schema: &mut Schema| table_mut(schema, "users").columns.push(column("nickname", "text"));
    let refusal = refusal_of(visitor.change(id, change).await);
    assert!(refusal.message.contains("cannot be reached"), "{}", refusal.message);
    server.stop().await;
}

#[tokio::test]
async fn a_change_from_outside_is_seen_and_named() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("shop_flow").await;
    let sandbox = server.sandbox(id).await;
    for (there, back, word) in [
        ("alter table users add column sneaky text", "alter table users drop column sneaky", "users.sneaky is new"),
        (
            "drop index idx_orders_user_id",
            "create index idx_orders_user_id on orders (user_id)",
            "idx_orders_user_id is gone",
        ),
        ("alter table users rename to persons", "alter table persons rename to users", "table public.users is gone"),
        (
            "alter table users enable row level security",
            "alter table users disable row level security",
            "table public.users is different",
        ),
    ] {
        sandbox.batch_execute(there).await.unwrap();
        let change = |schema: &mut Schema| table_mut(schema, "users").columns.push(column("nickname", "text"));
        let refusal = refusal_of(visitor.change(id, change).await);
        assert!(refusal.message.contains("outside") && refusal.message.contains(word), "{}", refusal.message);
        sandbox.batch_execute(back).await.unwrap();
    }
    let change = |schema: &mut Schema| table_mut(schema, "users").columns.push(column("nickname", "text"));
    assert_eq!(revision_of(&visitor.change(id, change).await), 1);
    // Rows are the business of those who use the database.
    sandbox.execute("insert into users (name, email) values ('x', 'x@example.com')", &[]).await.unwrap();
    let change = |schema: &mut Schema| table_mut(schema, "users").columns.push(column("phone", "text"));
    assert_eq!(revision_of(&visitor.change(id, change).await), 2);
    server.stop().await;
}

#[tokio::test]
async fn renaming_a_column_and_changing_its_reference_keeps_the_data() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("shop_flow").await;
    let sandbox = server.sandbox(id).await;
    let sum = async |sql| sandbox.query_one(sql, &[]).await.unwrap().get::<_, i64>(0);
    let before = sum("select sum(user_id) from orders").await;
    let outcome = visitor
        .change(id, |schema| {
            let orders = table_mut(schema, "orders");
            orders.columns.iter_mut().find(|column| column.name.as_str() == "user_id").unwrap().name = name("buyer_id");
            reference_mut(schema, "fk_orders_user").on_delete = ReferentialAction::Cascade;
        })
        .await;
    revision_of(&outcome);
    assert_eq!(sum("select sum(buyer_id) from orders").await, before);
    assert_same(&server, id, &visitor.open(id).await.schema).await;
    server.stop().await;
}

#[tokio::test]
async fn a_session_in_the_way_makes_the_commit_wait_and_give_up() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("shop_flow").await;
    let sandbox = server.sandbox(id).await;
    sandbox.batch_execute("begin; lock table users in access share mode").await.unwrap();
    let change = |schema: &mut Schema| table_mut(schema, "users").columns.push(column("nickname", "text"));
    let refusal = refusal_of(visitor.change(id, change).await);
    assert!(refusal.postgres.unwrap().contains("lock timeout"));
    sandbox.batch_execute("rollback").await.unwrap();
    assert_eq!(revision_of(&visitor.change(id, change).await), 1);
    server.stop().await;
}

#[tokio::test]
async fn hostile_texts_are_refused_or_harmless() {
    use schema::testing::hostile::{HARMLESS_NAMES, REFUSED_NAMES, REFUSED_TYPES, REFUSED_WIDE};
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("shop_flow").await;
    let opened = visitor.open(id).await;
    let mut after = opened.schema.clone();
    table_mut(&mut after, "users").columns.push(column("placeholder", "text"));
    let request = serde_json::to_value(request(&opened, diff(&opened.schema, &after))).unwrap();
    let with = |key: &str, text: &str| {
        let mut request = request.clone();
        let edit = request["edits"][0]["create"]["column"][1].as_object_mut().unwrap();
        assert!(edit.contains_key(key), "{key}");
        edit.insert(key.to_owned(), json!(text));
        json!({ "request": request })
    };
    let corpora = [("name", REFUSED_NAMES), ("data_type", REFUSED_TYPES), ("default", REFUSED_WIDE)];
    let mut tried = 0;
    let all = corpora.iter().flat_map(|(key, corpus)| corpus.iter().map(move |text| (*key, text)));
    // A program may name more types than people do; each of them is one type.
    let is_type = |text: &String| schema::DataType::try_from(text.clone()).is_ok();
    for (key, text) in all.filter(|(key, text)| *key != "data_type" || !is_type(text)) {
        let answer = visitor.post("commit", &with(key, &text)).await;
        assert_eq!(answer.status, 422, "{key} {text:?}: {}", answer.body);
        tried += 1;
    }
    assert!(tried >= 50, "{tried}");
    let names: Vec<String> = HARMLESS_NAMES.iter().collect();
    let outcome = visitor
        .change(id, |schema| {
            let namespace = schema.default_namespace().unwrap();
            for text in &names {
                let own = Column { default: schema::Expression::parse("'--'';'").ok(), ..column(text, "text") };
                let table = Table {
                    id: TableId(Uuid::new_v4()),
                    namespace,
                    name: name(&format!("{text}~").chars().take(15).collect::<String>()),
                    note: Some(format!("*/ {text} ' \\")),
                    columns: vec![own],
                    keys: Vec::new(),
                    checks: Vec::new(),
                    indexes: Vec::new(),
                    options: Default::default(),
                    group: None,
                };
                let taken = schema.tables.values().any(|other| other.name == table.name);
                if !taken && table.columns.iter().all(|column| !column.name.as_str().starts_with("xm")) {
                    schema.tables.insert(table.id, Arc::new(table));
                }
            }
        })
        .await;
    revision_of(&outcome);
    let committed = visitor.open(id).await.schema;
    assert!(committed.tables.len() > opened.schema.tables.len() + names.len() / 2);
    assert_same(&server, id, &committed).await;
    for format in ["sql", "dbml", "svg"] {
        let answer = visitor.get(&format!("/api/v1/diagrams/{id}/export?format={format}")).await;
        assert_eq!(answer.status, 200);
        assert!(!answer.body.lines().any(|line| line.starts_with('\\')), "psql would take it for a command");
        assert!(format != "svg" || !answer.body.contains("<script"));
    }
    server.stop().await;
}

#[tokio::test]
async fn a_server_that_may_make_no_databases_says_so() {
    let server = TestServer::start().await;
    let client = server.database.connect().await;
    let role = format!("plain_{}", Uuid::new_v4().simple());
    client
        .batch_execute(&format!(
            "create role {role} login password 'plain'; grant all on all tables in schema public to {role}"
        ))
        .await
        .unwrap();
    let mut address = server.database.url().to_owned();
    let (start, end) = (address.find("://").unwrap() + 3, address.find('@').unwrap());
    address.replace_range(start..end, &format!("{role}:plain"));
    let state = server::state::State::new(&address, false).unwrap();
    let mut visitor = server.visitor_of(&state);
    let id = visitor.create("shop_flow").await;
    let opened = visitor.open(id).await;
    let problem = opened.database.unwrap().problem.unwrap();
    assert!(problem.contains("permission denied"), "{problem}");
    let change = |schema: &mut Schema| table_mut(schema, "users").columns.push(column("nickname", "text"));
    let outcome = visitor.change(id, change).await;
    assert!(matches!(outcome, CommitOutcome::Committed { revision: 1, statements } if statements.is_empty()));
    // What was never made is no obstacle to removing the rest.
    let () = visitor.call("delete_diagram", json!({ "id": id })).await;
    client.execute("update diagram set deleted_at = now() - interval '16 minutes'", &[]).await.unwrap();
    state.clean_up().await.unwrap();
    assert_eq!(client.query_one("select count(*) from diagram", &[]).await.unwrap().get::<_, i64>(0), 0);
    state.store.close().await;
    client.batch_execute(&format!("drop owned by {role}; drop role {role}")).await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn edits_that_fit_nothing_are_refused() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    let opened = visitor.open(id).await;
    let drop = edit::Edit::Drop(edit::Object::Table(Table::clone(
        schema_from("ghost\n  id integer").tables.values().next().unwrap(),
    )));
    refusal_of(visitor.commit(&request(&opened, vec![drop])).await);
    let later = CommitRequest { base_revision: 99, ..request(&opened, Vec::new()) };
    refusal_of(visitor.commit(&later).await);
    server.stop().await;
}

#[tokio::test]
async fn a_lost_connection_is_unknown_until_it_is_settled() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("shop_flow").await;
    let (sandbox, admin) = (server.sandbox(id).await, server.database.connect().await);
    let database = visitor.open(id).await.database.unwrap().name;
    let opened = visitor.open(id).await;
    let mut after = opened.schema.clone();
    table_mut(&mut after, "users").columns.push(column("nickname", "text"));
    let request = request(&opened, diff(&opened.schema, &after));
    for is_reachable in [true, false] {
        sandbox.batch_execute("begin; lock table users in access share mode").await.unwrap();
        let mut tab = visitor.again();
        let committing = tab.commit(&request);
        let cutting = async {
            let of_waiting = "from pg_stat_activity
                              where application_name like 'crowfoot:%' and datname = $1 and wait_event_type = 'Lock'";
            while admin.query(&format!("select {of_waiting}"), &[&database]).await.unwrap().is_empty() {
                tokio::time::sleep(std::time::Duration::from_millis(30)).await;
            }
            // Shut before it is cut, so that nobody comes back in between.
            admin.execute(&format!("alter database {database} allow_connections {is_reachable}"), &[]).await.unwrap();
            let cut = format!("select pg_terminate_backend(pid) {of_waiting}");
            assert!(!admin.query(&cut, &[&database]).await.unwrap().is_empty());
        };
        let (outcome, ()) = tokio::join!(committing, cutting);
        // Also where it is known to have had no effect: who asks again may have it made.
        assert!(matches!(outcome, CommitOutcome::Unknown { .. }), "reachable: {is_reachable}, {outcome:?}");
        sandbox.batch_execute("rollback").await.unwrap();
        admin.execute(&format!("alter database {database} allow_connections true"), &[]).await.unwrap();
        assert_eq!(visitor.open(id).await.revision, 0);
    }
    assert_eq!(revision_of(&visitor.commit(&request).await), 1);
    assert_same(&server, id, &after).await;
    server.stop().await;
}

#[tokio::test]
async fn an_address_that_asks_for_tls_serves_samples_without_a_database() {
    let server = TestServer::start().await;
    let url = server.database.url();
    let separator = if url.contains('?') { '&' } else { '?' };
    // Only the sandboxes get this address: the tests' PostgreSQL has no TLS for the store to use.
    let state = server::state::State::new(&format!("{url}{separator}sslmode=verify-full"), false).unwrap();
    state.sandboxes.close_other_databases().await;
    let plain = Arc::new(server::state::State {
        store: server::store::Store::new(url.parse().unwrap()),
        sandboxes: state.sandboxes.clone(),
        passwords: server::account::password::Passwords::default(),
        mailer: None,
        proxies: Default::default(),
        metrics: Arc::default(),
        live: Arc::default(),
        pace: Default::default(),
    });
    let mut visitor = server.visitor_of(&plain);
    let id = visitor.create("shop_flow").await;
    let problem = visitor.open(id).await.database.unwrap().problem.unwrap();
    assert!(problem.contains("TLS"), "{problem}");
    let change = |schema: &mut Schema| table_mut(schema, "users").columns.push(column("nickname", "text"));
    assert_eq!(revision_of(&visitor.change(id, change).await), 1);
    plain.store.close().await;
    server.stop().await;
}

/// The digests of what the sandbox holds now, as if it had been made like this.
const ACCEPT: &str = concat!(
    "select jsonb_object_agg(object, digest)::text from (",
    include_str!("../../src/sandbox/facts.sql"),
    ") as facts (object, digest)"
);

/// Has the store take the sandbox as it is now for what the last commit left.
async fn accept(server: &TestServer, id: DiagramId) {
    let sandbox = server.sandbox(id).await;
    sandbox.batch_execute("set search_path = public; set time zone 'UTC'").await.unwrap();
    let facts: String = sandbox.query_one(ACCEPT, &[]).await.unwrap().get(0);
    let update = "update sandbox set facts = $1::text::jsonb where diagram_id = $2";
    server.database.connect().await.execute(update, &[&facts, &id.0]).await.unwrap();
}

#[tokio::test]
async fn a_commit_that_leads_elsewhere_is_taken_back() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("shop_flow").await;
    let sandbox = server.sandbox(id).await;
    // The diagram does not know the table, which is no commit's fault; the trigger takes back what was asked for.
    sandbox
        .batch_execute(
            "create table unknown (id integer);
             create function undo() returns event_trigger language plpgsql as $$
             begin
                 if exists (select from pg_attribute where attrelid = 'users'::regclass and attname = 'nickname') then
                     alter table users drop column nickname;
                 end if;
             end $$;
             create event trigger undo on ddl_command_end when tag in ('ALTER TABLE') execute function undo()",
        )
        .await
        .unwrap();
    accept(&server, id).await;
    let before = visitor.open(id).await;
    let change = |schema: &mut Schema| table_mut(schema, "users").columns.push(column("nickname", "text"));
    let refusal = refusal_of(visitor.change(id, change).await);
    assert!(refusal.message.contains("missing: column") && refusal.message.contains("nickname"), "{refusal:?}");
    assert!(!refusal.message.contains("unknown"), "{refusal:?}");
    assert_eq!(visitor.open(id).await, before);
    let change = |schema: &mut Schema| table_mut(schema, "users").columns.push(column("phone", "text"));
    assert_eq!(revision_of(&visitor.change(id, change).await), 1);
    server.stop().await;
}

#[tokio::test]
async fn a_backslash_is_one_whatever_the_role_is_set_to() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("shop_flow").await;
    let client = server.database.connect().await;
    let role: String = client.query_one("select role_name from sandbox", &[]).await.unwrap().get(0);
    client.execute(&format!("alter role {role} set standard_conforming_strings = off"), &[]).await.unwrap();
    let outcome = visitor
        .change(id, |schema| {
            let own = Column { default: schema::Expression::parse(r"'a\'").ok(), ..column("path", "text") };
            table_mut(schema, "users").columns.push(own);
        })
        .await;
    assert_eq!(revision_of(&outcome), 1);
    assert_same(&server, id, &visitor.open(id).await.schema).await;
    server.stop().await;
}

#[tokio::test]
async fn what_the_store_cannot_keep_does_not_reach_the_sandbox() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("shop_flow").await;
    let client = server.database.connect().await;
    client.batch_execute("alter table revision add constraint odd check (message <> 'odd')").await.unwrap();
    let opened = visitor.open(id).await;
    let mut after = opened.schema.clone();
    table_mut(&mut after, "users").columns.push(column("nickname", "text"));
    let mut request = request(&opened, diff(&opened.schema, &after));
    request.message = "odd".to_owned();
    assert_eq!(visitor.post("commit", &json!({ "request": request })).await.status, 500);
    assert_same(&server, id, &opened.schema).await;
    let pending = "select count(*) from commit_intent where state = 'pending'";
    assert_eq!(client.query_one(pending, &[]).await.unwrap().get::<_, i64>(0), 0);
    request.message = "even".to_owned();
    assert_eq!(revision_of(&visitor.commit(&request).await), 1);
    server.stop().await;
}

#[tokio::test]
async fn a_commit_waits_for_a_diagram_that_is_busy() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    let client = server.database.connect().await;
    client.batch_execute("begin; select from diagram for update").await.unwrap();
    let busy = async {
        // Longer than the store waits for a lock.
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        client.batch_execute("rollback").await.unwrap();
    };
    let mut tab = visitor.again();
    let committing = tab.change(id, |schema| *schema = schema_from("a\n  id integer!"));
    let (outcome, ()) = tokio::join!(committing, busy);
    assert_eq!(revision_of(&outcome), 1);
    server.stop().await;
}

#[tokio::test]
async fn a_store_that_goes_away_over_a_commit_leaves_it_unknown() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    let client = server.database.connect().await;
    client
        .batch_execute(
            "create function die() returns trigger language plpgsql as $$
             begin
                 perform pg_terminate_backend(pg_backend_pid());
                 return null;
             end $$;
             create constraint trigger die after insert on revision deferrable initially deferred
                 for each row execute function die()",
        )
        .await
        .unwrap();
    let opened = visitor.open(id).await;
    let request = request(&opened, diff(&opened.schema, &schema_from("a\n  id integer!")));
    let outcome = visitor.commit(&request).await;
    assert!(matches!(outcome, CommitOutcome::Unknown { .. }), "{outcome:?}");
    client.batch_execute("drop trigger die on revision").await.unwrap();
    assert_eq!(revision_of(&visitor.commit(&request).await), 1);
    server.stop().await;
}
