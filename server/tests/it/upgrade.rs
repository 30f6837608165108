//! What an earlier Crowfoot has kept is taken over by this one: the store, the log of revisions, and staged edits.
//!
//! `tests/data/upgrade` has a folder for each shape of the store that was in use, named after its last migration, with a
//! backup and what is in it. This test makes one anew and tries it along with them; `CROWFOOT_KEEP_FIXTURE=1` keeps it in
//! the folder. What is there is never changed.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
};

use edit::Edit;
use editor::{Change, Document, Draft, Editor, Input};
use protocol::{DiagramId, DraftStored, StoredDraft};
use schema::{ColumnId, Name, ObjectId, Schema, TableId, testing::schema_from};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use server::{backup, state::State};

use crate::{
    support::TestDatabase,
    visitor::{PASSWORD, TestServer, Visitor, revision_of},
};

const OWNER: &str = "keeper";

/// The states of the diagram, one a revision. Between them lies every kind of edit that there is.
const STATES: &str = "\
users
  id integer!
  email text! = 'x' # shown
  name text
  pk users_pkey(id)
  unique users_email_key(email)
  check users_email_check: email <> ''
  index users_name_idx(name)
  note People
orders
  id bigint!
  user_id integer
  other_id integer
  pk orders_pkey(id)
fk orders_user_id_fkey: orders(user_id) -> users(id)
---
auth.people @users
  id integer!
  name varchar(80) = 'nobody' # called
  mail text @email
  pk users_pkey(id)
  unique users_email_name_key(mail, name) @users_email_key
  check users_email_check: mail <> 'none'
  unique index users_name_id_idx(name, id) @users_name_idx
  note Persons
orders
  id bigint!
  user_id integer
  other_id integer
  pk orders_pkey(id)
fk orders_other_id_fkey: orders(other_id) -> auth.people(id) on delete cascade on update set null @orders_user_id_fkey
---
auth.people @users
  id integer!
  mail text @email
  born date
  pk users_pkey(id)
  unique people_mail_key(mail)
  check people_id_check: id > 0
  index people_born_idx(born)
logs
  id integer!
  at timestamptz
";

/// What somebody staged on the second state has come to on the third.
const STAGED: &str = "\
auth.people @users
  id integer!
  e_mail text @email
  born date
  pk users_pkey(id)
  unique people_mail_key(e_mail)
  check people_id_check: id > 0
  index people_born_idx(born)
logs
  id integer!
  at timestamptz
";

/// Every kind of edit, by the words that it is written with.
const KINDS: [&str; 28] = [
    "alter columns",
    "alter data_type",
    "alter default",
    "alter ends",
    "alter expression",
    "alter name",
    "alter namespace",
    "alter note",
    "alter nullable",
    "alter on_delete",
    "alter on_update",
    "alter parts",
    "alter rank",
    "alter unique",
    "create check",
    "create column",
    "create index",
    "create key",
    "create namespace",
    "create reference",
    "create table",
    "drop check",
    "drop column",
    "drop index",
    "drop key",
    "drop namespace",
    "drop reference",
    "drop table",
];

/// What is in a backup, beside it.
#[derive(Serialize, Deserialize)]
struct Facts {
    diagram: DiagramId,
    states: String,
    staged: String,
    /// As a browser keeps it.
    draft: String,
}

fn states(text: &str) -> Vec<Schema> {
    text.split("---\n").map(schema_from).collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/upgrade")
}

/// How an edit is written, without whose it is.
fn kind(edit: &Edit) -> String {
    let value = serde_json::to_value(edit).unwrap();
    let (verb, rest) = value.as_object().unwrap().iter().next().unwrap();
    let noun = rest.get("to").unwrap_or(rest).as_object().unwrap().keys().next().unwrap();
    format!("{verb} {noun}")
}

/// Stages on the second state while others make the third: one edit fits it, the other one is held.
fn stage(states: &[Schema]) -> Draft {
    let document =
        |n: usize| Document { revision: n as i64 + 1, schema: states[n].clone(), placements: Default::default() };
    let mut editor = Editor::open(document(1), None, 7);
    let people = states[1].tables.values().find(|table| table.name.as_str() == "people").unwrap();
    let column = |name: &str| -> (TableId, ColumnId) { (people.id, people.column_named(name).unwrap().id) };
    let ((table, mail), (_, name)) = (column("mail"), column("name"));
    let renamed = Name::parse("e_mail").unwrap();
    editor.handle(Input::Change(Change::Rename(ObjectId::Column(table, mail), renamed)));
    editor.handle(Input::Change(Change::SetNote(ObjectId::Column(table, name), Some("first and last".to_owned()))));
    editor.handle(Input::Newer(document(2)));
    editor.draft()
}

/// Makes all that a folder holds. Answers with the number of the last migration.
async fn make(folder: &Path) -> i64 {
    let server = TestServer::start().await;
    let mut owner = server.person(OWNER).await;
    owner.create("shop_flow").await;
    let diagram = owner.create("blank").await;
    let wanted = states(STATES);
    for (n, schema) in wanted.iter().enumerate() {
        let outcome = owner.change(diagram, |it| *it = schema.clone()).await;
        assert_eq!(revision_of(&outcome), n as i64 + 1);
    }
    let client = server.database.connect().await;
    let mut kinds = BTreeSet::new();
    for row in client.query("select edits::text from revision", &[]).await.unwrap() {
        let edits: Vec<Edit> = serde_json::from_str(row.get(0)).unwrap();
        kinds.extend(edits.iter().map(kind));
    }
    assert_eq!(kinds.iter().map(String::as_str).collect::<Vec<_>>(), KINDS, "each kind of edit is tried");

    let named = json!({ "id": diagram, "number": 2, "name": "Before the logs" });
    let () = owner.call("name_revision", named).await;
    let draft = stage(&wanted).to_json().unwrap();
    let person = owner.person_at(diagram).await;
    let body = json!({ "person": person, "id": diagram, "expected": 0, "body": draft });
    let stored: DraftStored = owner.call("store_draft", body).await;
    assert_eq!(stored, DraftStored::Done(1));
    fs::create_dir_all(folder).unwrap();
    backup::backup(server.database.url(), &folder.join("store.backup")).await.unwrap();
    let facts = Facts { diagram, states: STATES.to_owned(), staged: STAGED.to_owned(), draft };
    fs::write(folder.join("facts.json"), serde_json::to_string_pretty(&facts).unwrap()).unwrap();
    let migration = client.query_one("select max(version) from _sqlx_migrations", &[]).await.unwrap().get(0);
    server.stop().await;
    migration
}

async fn schema_at(visitor: &mut Visitor, id: DiagramId, number: usize) -> Schema {
    visitor.call("schema_at", json!({ "id": id, "number": number })).await
}

/// Brings a folder's backup back and works on with it.
async fn check(server: &TestServer, folder: &Path) {
    let facts: Facts = serde_json::from_str(&fs::read_to_string(folder.join("facts.json")).unwrap()).unwrap();
    let id = facts.diagram;
    let database = TestDatabase::new().await;
    backup::restore(database.url(), &folder.join("store.backup"), true).await.unwrap();
    let state = State::new(database.url(), false).unwrap();
    let mut owner = server.visitor_of(&state);
    assert_eq!(owner.sign_in(OWNER, PASSWORD).await.status, 200);

    let wanted = states(&facts.states);
    for (n, expect) in wanted.iter().enumerate() {
        assert_eq!(&schema_at(&mut owner, id, n + 1).await, expect, "revision {} of {}", n + 1, folder.display());
    }
    schema_at(&mut owner, id, 0).await;
    let opened = owner.open(id).await;
    assert_eq!((opened.revision, &opened.schema), (wanted.len() as i64, wanted.last().unwrap()));
    let revisions: Value = owner.call("revisions", json!({ "id": id })).await;
    assert!(revisions.to_string().contains("Before the logs"), "{revisions}");

    let person = owner.person_at(id).await;
    let stored: Option<StoredDraft> = owner.call("load_draft", json!({ "person": person, "id": id })).await;
    assert_eq!(stored.map(|it| it.body).as_deref(), Some(&*facts.draft));
    let document = Document { revision: opened.revision, schema: opened.schema, placements: opened.placements };
    let editor = Editor::open(document, Some(Draft::from_json(&facts.draft).unwrap()), 8);
    assert_eq!(editor.target(), &schema_from(&facts.staged));
    assert_eq!(editor.conflicts().len(), 1);
    // What was staged can be committed on it.
    let outcome = owner.change(id, |schema| *schema = editor.target().clone()).await;
    assert_eq!(revision_of(&outcome), wanted.len() as i64 + 1);
    state.store.close().await;
}

#[tokio::test]
async fn what_earlier_releases_kept_is_taken_over() {
    let fresh = tempfile::tempdir().unwrap();
    let migration = make(fresh.path()).await;
    let server = TestServer::start().await;
    check(&server, fresh.path()).await;
    if env::var_os("CROWFOOT_KEEP_FIXTURE").is_some() {
        let kept = folder().join(format!("{migration:04}"));
        assert!(!kept.exists(), "{} is there already and stays as it is", kept.display());
        fs::create_dir_all(&kept).unwrap();
        for name in ["store.backup", "facts.json"] {
            fs::copy(fresh.path().join(name), kept.join(name)).unwrap();
        }
    }
    let mut n_kept = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        check(&server, &entry.unwrap().path()).await;
        n_kept += 1;
    }
    assert!(n_kept > 0, "no fixture was found in {}", folder().display());
    server.stop().await;
}
