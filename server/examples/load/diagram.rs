//! A diagram to be opened and saved.

use std::sync::Arc;

use edit::{Attribute, Edit, apply_all, diff};
use protocol::{CommitOutcome, CommitRequest, DiagramId, DiagramSnapshot};
use schema::{ColumnId, ObjectId, Schema, TableId, sample};
use serde_json::json;
use tokio_postgres::{Client as Postgres, Statement, types::Json};
use uuid::Uuid;

use crate::client::Client;

/// A diagram as the last Save left it.
#[derive(Debug)]
pub(crate) struct Diagram {
    opened: DiagramSnapshot,
    /// How many Saves there were.
    count: usize,
}

/// The statements of [`Diagram::save_raw`].
#[derive(Debug)]
pub(crate) struct Raw {
    workspace: Uuid,
    lock: Statement,
    note: Statement,
    revision: Statement,
    head: Statement,
    tell: Statement,
}

impl Diagram {
    /// A new one, of so many tables.
    pub(crate) async fn create(client: &Client, cookie: &mut String, tables: usize) -> Self {
        let id: DiagramId = client.must("create_diagram", cookie, &json!({ "template": "blank" })).await;
        let opened = client.must("open_diagram", cookie, &json!({ "id": id })).await;
        let mut diagram = Self { opened, count: 0 };
        let edits = diff(&diagram.opened.schema, &generated(&diagram.opened, tables));
        // As many at a time as a request may hold.
        for part in edits.chunks(1_000) {
            let request = request(&diagram.opened, part.to_vec());
            let outcome: CommitOutcome = client.must("commit", cookie, &json!({ "request": request })).await;
            let CommitOutcome::Committed { revision, .. } = outcome else { panic!("{outcome:?}") };
            diagram.landed(revision, part);
        }
        diagram
    }

    pub(crate) fn open_body(&self) -> Vec<u8> {
        json!({ "id": self.opened.id }).to_string().into_bytes()
    }

    /// Ten edits of columns here and there.
    fn edits(&mut self) -> Vec<Edit> {
        self.count += 1;
        let tables: Vec<TableId> = self.opened.schema.tables.keys().copied().collect();
        let column = |at: usize| -> (TableId, ColumnId) {
            let table = tables[(self.count * 7 + at) % tables.len()];
            (table, self.opened.schema.tables[&table].columns[1 + at % 3].id)
        };
        (0..10)
            .map(|at| {
                let (table, column) = column(at);
                Edit::Alter {
                    object: ObjectId::Column(table, column),
                    from: Attribute::Note(self.opened.schema.column(table, column).unwrap().note.clone()),
                    to: Attribute::Note(Some(format!("as of {}", self.count))),
                }
            })
            .collect()
    }

    /// Saves, and answers with the status.
    pub(crate) async fn save(&mut self, client: &Client, cookie: &str) -> u16 {
        let edits = self.edits();
        let request = request(&self.opened, edits.clone());
        let body = json!({ "request": request }).to_string();
        let Some(answer) = client.post("commit", cookie, "", body.as_bytes()).await else { return 0 };
        if let Ok(CommitOutcome::Committed { revision, .. }) = serde_json::from_slice(&answer.body) {
            self.landed(revision, &edits);
            return 200;
        }
        // What is refused for lack of time is no failure; whatever else is not committed is one.
        if answer.status == 200 { 0 } else { answer.status }
    }

    fn landed(&mut self, revision: i64, edits: &[Edit]) {
        apply_all(&mut self.opened.schema, edits).unwrap();
        self.opened.revision = revision;
    }

    pub(crate) async fn prepare_raw(&self, postgres: &Postgres) -> Raw {
        let workspace = "select workspace_id from diagram where id = $1";
        let workspace = postgres.query_one(workspace, &[&self.opened.id.0]).await.unwrap().get(0);
        let prepare = async |sql: &str| postgres.prepare(sql).await.unwrap();
        Raw {
            workspace,
            lock: prepare("select head_revision from diagram where workspace_id = $1 and id = $2 for no key update")
                .await,
            note: prepare(
                "update column_entry set note = $5
                 where workspace_id = $1 and diagram_id = $2 and id = $3 and table_id = $4",
            )
            .await,
            revision: prepare(
                "insert into revision
                   (workspace_id, diagram_id, number, commit_id, format, edits, statements, message, author_id)
                 values ($1, $2, $3, $4, 1, $5, '[]', '', $6)",
            )
            .await,
            head: prepare(
                "update diagram set head_revision = $3, updated_at = now() where workspace_id = $1 and id = $2",
            )
            .await,
            tell: prepare("select pg_notify('crowfoot_live', $1)").await,
        }
    }

    /// What a Save writes, as one transaction.
    pub(crate) async fn save_raw(&mut self, postgres: &Postgres, raw: &Raw) {
        let edits = self.edits();
        let (workspace, id, number) = (raw.workspace, self.opened.id.0, self.opened.revision + 1);
        postgres.batch_execute("begin").await.unwrap();
        postgres.query_one(&raw.lock, &[&workspace, &id]).await.unwrap();
        for edit in &edits {
            let Edit::Alter { object: ObjectId::Column(table, column), to: Attribute::Note(note), .. } = edit else {
                panic!("{edit:?}");
            };
            postgres.execute(&raw.note, &[&workspace, &id, &column.0, &table.0, note]).await.unwrap();
        }
        let (commit_id, author) = (Uuid::new_v4(), self.opened.person.unwrap().0);
        let values: &[&(dyn tokio_postgres::types::ToSql + Sync)] =
            &[&workspace, &id, &number, &commit_id, &Json(&edits), &author];
        postgres.execute(&raw.revision, values).await.unwrap();
        postgres.execute(&raw.head, &[&workspace, &id, &number]).await.unwrap();
        postgres.query_one(&raw.tell, &[&format!("revision {id} {number}")]).await.unwrap();
        postgres.batch_execute("commit").await.unwrap();
        self.landed(number, &edits);
    }
}

/// That many tables in the namespace that is there.
fn generated(opened: &DiagramSnapshot, tables: usize) -> Schema {
    let (mut schema, namespace) = (sample::generated(tables), opened.schema.default_namespace().unwrap());
    for table in schema.tables.values_mut() {
        Arc::make_mut(table).namespace = namespace;
    }
    Schema { namespaces: opened.schema.namespaces.clone(), ..schema }
}

fn request(opened: &DiagramSnapshot, edits: Vec<Edit>) -> CommitRequest {
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
