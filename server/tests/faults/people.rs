//! People who save, and send the same again until they know what came of it.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use edit::{Edit, diff};
use protocol::{CommitOutcome, CommitRequest, DiagramId, DiagramSnapshot};
use schema::{Column, ColumnId, DataType, Name, Rank, Schema, Table, testing::schema_from};
use serde_json::{Value, json};
use server::introspect::{differences, introspect};
use tokio::time::sleep;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::{
    dice::Dice,
    history::{End, History, Kept, Read, Revision, Save, digest},
    stack::{Answer, Cluster, Server},
};

/// Longer than a server lets anybody wait for a commit.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// Somebody who does not know that long after all is up again never will.
const NEVER: Duration = Duration::from_secs(60);
/// How many columns of their own somebody leaves in a diagram.
const MAX_COLUMNS: usize = 6;

/// Servers over one store, and diagrams in it.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) database: String,
    pub(crate) servers: Vec<Server>,
    pub(crate) diagrams: Vec<Diagram>,
    calm_since: Mutex<Instant>,
    is_over: AtomicBool,
}

#[derive(Debug)]
pub(crate) struct Diagram {
    pub(crate) id: DiagramId,
    /// The name of the database that it is linked to.
    database: Option<String>,
    history: Mutex<History>,
}

/// Somebody with a browser of their own.
#[derive(Debug)]
pub(crate) struct Person {
    number: usize,
    cookie: String,
    dice: Dice,
    /// The last Save of theirs that was acknowledged, with its revision.
    last: Option<(Value, i64)>,
}

/// How many diagrams without and with a database of their own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Diagrams {
    pub(crate) plain: usize,
    pub(crate) linked: usize,
}

impl World {
    /// Makes the diagrams, and the people who may change all of them.
    pub(crate) async fn fill(
        cluster: &Cluster,
        database: &str,
        servers: Vec<Server>,
        diagrams: Diagrams,
        people: usize,
        dice: &mut Dice,
    ) -> (Self, Vec<Person>) {
        let server = servers.last().unwrap();
        let mut everybody: Vec<Person> =
            (0..people).map(|number| Person { number, cookie: String::new(), dice: dice.fork(), last: None }).collect();
        let owner = &mut everybody[0].cookie;
        let mut made = Vec::new();
        for at in 0..diagrams.plain + diagrams.linked {
            let template = if at < diagrams.plain { "blank" } else { "shop_flow" };
            let id: DiagramId = server.must("create_diagram", owner, &json!({ "template": template })).await;
            let opened: DiagramSnapshot = server.must("open_diagram", owner, &json!({ "id": id })).await;
            let history = History { first: opened.schema.clone(), saves: Vec::new(), reads: Vec::new() };
            let database = opened.database.as_ref().map(|it| {
                assert_eq!(it.problem, None, "the sandbox of the sample is there");
                it.name.clone()
            });
            made.push(Diagram { id, database, history: Mutex::new(history) });
        }
        for person in everybody.iter_mut().skip(1) {
            let _: DiagramId = server.must("create_diagram", &mut person.cookie, &json!({ "template": "blank" })).await;
        }
        let admit = "insert into membership (workspace_id, principal_id, role)
                     select diagram.workspace_id, principal.id, 'editor' from diagram, principal
                     on conflict do nothing";
        cluster.connect(database).await.execute(admit, &[]).await.unwrap();
        let world = Self {
            database: database.to_owned(),
            servers,
            diagrams: made,
            calm_since: Mutex::new(Instant::now()),
            is_over: AtomicBool::new(false),
        };
        let last = world.servers.len() - 1;
        for diagram in &world.diagrams {
            let person = &mut everybody[0];
            let opened = person.look(&world, diagram, last).await.unwrap();
            if opened.schema.tables.is_empty() {
                let edits = diff(&opened.schema, &three_tables(&opened.schema));
                person.save(&world, diagram, &opened, edits, |_| (last, PATIENCE)).await;
            }
        }
        (world, everybody)
    }

    /// All that was killed is up again.
    pub(crate) fn is_calm(&self) {
        *lock(&self.calm_since) = Instant::now();
    }

    /// Everybody ends what they are at, and stops.
    pub(crate) fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    /// What is kept of a diagram, once nothing is under way.
    pub(crate) async fn kept(&self, cluster: &Cluster, diagram: &Diagram, reader: &mut Person) -> Kept {
        let store = cluster.connect(&self.database).await;
        let began = Instant::now();
        let pending = "select count(*) from commit_intent where state = 'pending'";
        while store.query_one(pending, &[]).await.unwrap().get::<_, i64>(0) > 0 {
            assert!(began.elapsed() < Duration::from_secs(30), "a commit of {} is not settled", diagram.id);
            sleep(Duration::from_millis(100)).await;
        }
        let rows = "select number, commit_id, edits::text from revision where diagram_id = $1 order by number";
        let rows = store.query(rows, &[&diagram.id.0]).await.unwrap();
        let revisions = rows.iter().map(|row| Revision {
            number: row.get(0),
            commit_id: row.get(1),
            edits: serde_json::from_str(row.get(2)).unwrap(),
        });
        let opened = reader.look(self, diagram, self.servers.len() - 1).await.expect("a server answers at last");
        let mut unlike = Vec::new();
        if let Some(database) = &diagram.database {
            let sandbox = cluster.connect(database).await;
            let found = introspect(&sandbox).await.unwrap();
            unlike = differences(&opened.schema, &found.schema);
            unlike.extend(unlike_markers(&store, &sandbox, diagram.id).await);
        }
        Kept { revisions: revisions.collect(), head: opened.revision, schema: opened.schema, unlike }
    }

    /// Ends the servers and drops the databases: PostgreSQL looks at every file that it has when it starts after a crash.
    pub(crate) async fn remove(self, cluster: &Cluster) {
        let Self { database, servers, diagrams, .. } = self;
        drop(servers);
        let admin = cluster.connect("postgres").await;
        for name in diagrams.iter().filter_map(|diagram| diagram.database.as_ref()) {
            admin.batch_execute(&format!("drop database if exists {name} with (force)")).await.unwrap();
            admin.batch_execute(&format!("drop role if exists {name}")).await.unwrap();
        }
        admin.batch_execute(&format!("drop database {database} with (force)")).await.unwrap();
    }
}

impl Diagram {
    pub(crate) fn history(&self) -> MutexGuard<'_, History> {
        lock(&self.history)
    }
}

impl Person {
    /// Looks and saves, here and there, until it is over.
    pub(crate) async fn work(mut self, world: Arc<World>) -> Self {
        while !world.is_over.load(Ordering::Relaxed) {
            let diagram = self.dice.pick(&world.diagrams);
            let server = self.any(&world);
            let Some(opened) = self.look(&world, diagram, server).await else {
                sleep(Duration::from_millis(30)).await;
                continue;
            };
            let edits = self.edits(&opened.schema);
            let mut dice = self.dice.fork();
            let servers = world.servers.len() as u64;
            let route = |_| (usize::try_from(dice.between(0, servers)).unwrap(), PATIENCE);
            self.save(&world, diagram, &opened, edits, route).await;
            sleep(Duration::from_millis(self.dice.between(0, 60))).await;
        }
        self
    }

    fn any(&mut self, world: &World) -> usize {
        usize::try_from(self.dice.between(0, world.servers.len() as u64)).unwrap()
    }

    /// The diagram as it is now; none when there was no answer.
    pub(crate) async fn look(&mut self, world: &World, diagram: &Diagram, server: usize) -> Option<DiagramSnapshot> {
        let begun = Instant::now();
        let body = json!({ "id": diagram.id });
        let answer = world.servers[server].call("open_diagram", &mut self.cookie, &body, PATIENCE).await;
        let Answer::Ok(opened) = answer else { return None };
        let opened: DiagramSnapshot = opened;
        let read = Read {
            person: self.number,
            begun,
            ended: Instant::now(),
            revision: opened.revision,
            digest: digest(&opened.schema),
        };
        diagram.history().reads.push(read);
        Some(opened)
    }

    /// Presses Save. `route` says where each attempt goes, and how long it is waited for.
    pub(crate) async fn save(
        &mut self,
        world: &World,
        diagram: &Diagram,
        opened: &DiagramSnapshot,
        edits: Vec<Edit>,
        mut route: impl FnMut(u64) -> (usize, Duration),
    ) -> End {
        let request = CommitRequest {
            diagram: diagram.id,
            person: opened.person.unwrap(),
            commit_id: Uuid::new_v4(),
            base_revision: opened.revision,
            edits,
            message: String::new(),
            placements: Default::default(),
        };
        let body = json!({ "request": request });
        let begun = Instant::now();
        let mut doubted = None;
        let mut attempt = 0;
        let end = loop {
            let (server, patience) = route(attempt);
            let answer = world.servers[server].call("commit", &mut self.cookie, &body, patience).await;
            if let Some(end) = definite(&answer) {
                break end;
            }
            doubted.get_or_insert_with(Instant::now);
            let is_hopeless = begun.max(*lock(&world.calm_since)).elapsed() > NEVER;
            assert!(!is_hopeless, "{} is still in doubt: {answer:?}", request.commit_id);
            attempt += 1;
            sleep(Duration::from_millis(self.dice.between(30, 150))).await;
        };
        let ended = Instant::now();
        let in_doubt = doubted.map(|doubted| ended.saturating_duration_since(doubted.max(*lock(&world.calm_since))));
        let CommitRequest { commit_id, edits, .. } = request;
        diagram.history().saves.push(Save { commit_id, edits, begun, ended, in_doubt, end });
        if let End::Acknowledged(revision) = end {
            self.last = Some((body, revision));
        }
        end
    }

    /// Sends the last Save that was acknowledged once more, and gets the same answer from each server.
    pub(crate) async fn save_again(&mut self, world: &World) {
        let Some((body, revision)) = self.last.clone() else { return };
        for server in &world.servers {
            let answer = server.call("commit", &mut self.cookie, &body, PATIENCE).await;
            let end = definite(&answer);
            assert!(end.is_none_or(|it| it == End::Acknowledged(revision)), "revision {revision}: {answer:?}");
        }
    }

    /// Something to change in the schema: columns of their own, which fit whatever others do, and notes, which may not.
    pub(crate) fn edits(&mut self, schema: &Schema) -> Vec<Edit> {
        let mut after = schema.clone();
        let tables: Vec<_> = after.tables.keys().copied().collect();
        let prefix = format!("p{}_", self.number);
        let is_own = |column: &Column| column.name.as_str().starts_with(&prefix);
        let mut own: usize = after.tables.values().map(|it| it.columns.iter().filter(|it| is_own(it)).count()).sum();
        for _ in 0..self.dice.between(1, 4) {
            let table = Arc::make_mut(after.tables.get_mut(self.dice.pick(&tables)).unwrap());
            let has_own = table.columns.iter().any(is_own);
            if has_own && (own > MAX_COLUMNS || self.dice.chance(40)) {
                let at = table.columns.iter().position(is_own).unwrap();
                table.columns.remove(at);
                own -= 1;
            } else if own > MAX_COLUMNS {
                table.note = Some(self.word());
            } else {
                let column = self.column(&prefix);
                table.columns.push(column);
                own += 1;
            }
        }
        if self.dice.chance(25) {
            let table = Arc::make_mut(after.tables.get_mut(self.dice.pick(&tables)).unwrap());
            table.note = Some(self.word());
        }
        let edits = diff(schema, &after);
        // Added and taken away again is nothing.
        if edits.is_empty() { self.edits(schema) } else { edits }
    }

    /// So many new columns, and nothing else.
    pub(crate) fn columns(&mut self, schema: &Schema, count: usize) -> Vec<Edit> {
        let mut after = schema.clone();
        let table = Arc::make_mut(after.tables.values_mut().next().unwrap());
        for _ in 0..count {
            let column = self.column("new_");
            table.columns.push(column);
        }
        diff(schema, &after)
    }

    fn column(&mut self, prefix: &str) -> Column {
        let data_type = self.dice.one_of(&["integer", "text", "boolean", "numeric(10, 2)"]);
        Column {
            id: ColumnId(Uuid::new_v4()),
            rank: Rank::nth(100),
            name: Name::parse(&format!("{prefix}{}", self.word())).unwrap(),
            data_type: DataType::try_from(data_type.to_owned()).unwrap(),
            nullable: true,
            default: None,
            note: None,
            generation: None,
            collation: None,
        }
    }

    fn word(&mut self) -> String {
        format!("{:08x}", self.dice.between(0, 1 << 32))
    }
}

/// What a person takes for the last word.
fn definite(answer: &Answer<CommitOutcome>) -> Option<End> {
    match answer {
        Answer::Ok(CommitOutcome::Committed { revision, .. }) => Some(End::Acknowledged(*revision)),
        Answer::Ok(CommitOutcome::Refused(_) | CommitOutcome::Conflict { .. }) => Some(End::Refused),
        Answer::Ok(CommitOutcome::Unknown { .. }) | Answer::Error(..) | Answer::None => None,
    }
}

/// Each commit that the store knows of has left its marker in the database, and no other has.
async fn unlike_markers(store: &Client, sandbox: &Client, diagram: DiagramId) -> Vec<String> {
    let committed = "select id from commit_intent where diagram_id = $1 and state = 'committed' order by id";
    let committed = store.query(committed, &[&diagram.0]).await.unwrap();
    let applied = "select intent from __crowfoot.commit_marker where status = 'applied' order by intent";
    let applied = sandbox.query(applied, &[]).await.unwrap();
    let [committed, applied] =
        [committed, applied].map(|rows| rows.iter().map(|row| row.get(0)).collect::<Vec<Uuid>>());
    if committed == applied { Vec::new() } else { vec![format!("{applied:?} ran, {committed:?} are known")] }
}

fn three_tables(blank: &Schema) -> Schema {
    let mut schema = blank.clone();
    let namespace = blank.default_namespace().unwrap();
    for table in schema_from("a\n  id integer!\nb\n  id integer!\nc\n  id integer!").tables.values() {
        let table = Table { namespace, ..Table::clone(table) };
        schema.tables.insert(table.id, Arc::new(table));
    }
    schema
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
