//! Scripts and plans, tried on a real PostgreSQL: it takes them, and what it then has is what the schema says.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should say so and stop")]

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use schema::testing::{arbitrary_schema, schema_from};
use schema::{ColumnId, Name, ObjectId, ReferentialAction, Schema, Table, TableId};
use server::introspect::{differences, introspect};
use std::sync::Arc;
use tokio_postgres::Client;

use crate::support::TestDatabase;

/// A database for one test, and the session that works in it.
struct Scratch {
    client: Client,
    _database: TestDatabase,
}

impl Scratch {
    async fn start() -> Self {
        let database = TestDatabase::new().await;
        let client = database.connect().await;
        client.batch_execute("set client_min_messages = warning; set time zone 'UTC'").await.unwrap();
        Self { client, _database: database }
    }

    async fn empty(&self) {
        let found = introspect(&self.client).await.unwrap();
        for namespace in found.schema.namespaces.values() {
            let sql = format!("drop schema {} cascade", ddl::quote_name(namespace.name.as_str()));
            self.client.execute(&sql, &[]).await.unwrap();
        }
        self.client.execute("create schema public", &[]).await.unwrap();
    }

    async fn load(&self, schema: &Schema) {
        let script = ddl::export(schema);
        if let Err(error) = self.client.batch_execute(&script).await {
            panic!("{}\n{script}", words(&error));
        }
    }

    /// One statement at a time and never two in one, as commits do it.
    async fn run(&self, plan: &ddl::Plan) {
        assert_eq!(plan.refusals, vec![]);
        for step in &plan.steps {
            if let Err(error) = self.client.execute(&step.sql, &[]).await {
                let all: Vec<&str> = plan.steps.iter().map(|step| step.sql.as_str()).collect();
                panic!("{} at {}\n{all:#?}", words(&error), step.sql);
            }
        }
    }

    async fn read(&self) -> Schema {
        let found = introspect(&self.client).await.unwrap();
        assert_eq!(found.unread, Vec::<String>::new());
        found.schema
    }
}

fn words(error: &tokio_postgres::Error) -> String {
    error.as_db_error().map_or_else(|| error.to_string(), |error| format!("{} {error}", error.code().code()))
}

fn assert_same(expected: &Schema, found: &Schema) {
    let differences = differences(expected, found);
    assert!(differences.is_empty(), "{differences:#?}\n{}", ddl::export(expected));
}

#[tokio::test]
async fn samples_read_back_equal() {
    let scratch = Scratch::start().await;
    let article = schema_from(
        "system.users\n  id text!\n  pk users_pkey(id)\n\
         posts\n  id uuid! = gen_random_uuid()\n  title text!\n  user_id text!\n  pk posts_pkey(id)\n\
         project_members\n  project_id uuid!\n  user_id text!\n  role text! = 'member'\n  \
         joined_at timestamptz! = now()\n  pk project_members_pkey(project_id, user_id)\n\
         fk posts_user_id_fkey: posts(user_id) -> system.users(id) on delete cascade\n\
         fk odd: project_members(user_id) -> system.users(id) on delete cascade on update set default\n",
    );
    let kinds = schema_from(
        "t\n  id serial!\n  a varchar(9) = 'x'\n  b numeric(5)! = -1.5\n  c char(2)\n  d text[] = '{}'::text[]\n  \
         e bit\n  f double precision = 1e3\n  parent_id integer\n  pk t_pkey(id)\n  unique twice(id)\n  \
         check t_a_check: a in ('x', 'y')\n  check c1: b between 1 and 2 or not a like '%;--'\n  \
         check c2: trim(a) <> '' and left(a, 1) = 'x'\n  unique index i(a, b)\n\
         fk t_parent_id_fkey: t(parent_id) -> t(id)\nfk two: t(a, b) -> t(a, b) on delete restrict\n",
    );
    for schema in [schema::sample::shopflow(), article, kinds] {
        scratch.empty().await;
        scratch.load(&schema).await;
        assert_same(&schema, &scratch.read().await);
        scratch.empty().await;
        scratch.run(&ddl::plan(&Schema::default(), &schema)).await;
        assert_same(&schema, &scratch.read().await);
        scratch.run(&ddl::plan(&schema, &Schema::default())).await;
        assert_same(&Schema::default(), &scratch.read().await);
    }
}

/// Names, notes and defaults that would do something else if they were not quoted.
const HOSTILE: &[&str] = &[
    "a\"b",
    "a\"\"b",
    "\"",
    "\"\"",
    "'",
    "''",
    "it's",
    "a;b",
    ";",
    "--",
    "-- x",
    "a--b",
    "/*",
    "*/",
    "/* x */",
    "\\",
    "\\\\",
    "\\'",
    "\\n",
    "\\q",
    "\\! ls",
    "\\copy",
    "$$",
    "$1",
    "$a$b$a$",
    "E'x'",
    "U&\"x\"",
    "%s",
    "%%",
    ":x",
    ":'x'",
    ":\"x\"",
    "{}",
    "[]",
    "()",
    "a.b",
    "a,b",
    "select",
    "SELECT",
    "user",
    "null",
    "Order Items",
    "größe",
    "日本語",
    "é",
    "🦀",
    "NULL; drop table x",
    "x); drop schema public cascade; --",
    "0",
    "1st",
    "<b>x</b>",
    "&amp;",
    "`",
    "x' || 'y",
    "\" text); --",
    "pg_catalog",
    "ctid2",
    "e\u{301}",
];

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

#[tokio::test]
async fn hostile_texts_stay_texts() {
    let scratch = Scratch::start().await;
    let base = schema_from(
        "s.t\n  id integer!\n  c text = 'x' # x\n  up integer\n  pk p(id)\n  unique u(c)\n  check k: c <> 'x'\n  \
         index i(c)\n  note x\nfk f: s.t(up) -> s.t(id)\n",
    );
    let long = ["x".repeat(63), "é".repeat(31), format!("{}\"", "y".repeat(62))];
    for text in HOSTILE.iter().copied().chain(long.iter().map(String::as_str)) {
        let hostile = with_text(&base, text);
        assert!(schema::validate(&hostile).is_empty(), "{text:?}");
        scratch.empty().await;
        scratch.load(&hostile).await;
        assert_same(&hostile, &scratch.read().await);
        scratch.empty().await;
        scratch.load(&base).await;
        scratch.run(&ddl::plan(&base, &hostile)).await;
        assert_same(&hostile, &scratch.read().await);
        let script = ddl::export(&hostile);
        assert!(!script.lines().any(|line| line.starts_with('\\') || line.trim_start().starts_with("--")), "{script}");
    }
}

/// The schema with the text in every place where a text can be.
fn with_text(base: &Schema, text: &str) -> Schema {
    let short: String = text.chars().take(40).collect();
    let suffixed = |suffix: &str| Name::derive(&[&short], suffix);
    let literal = format!("'{}'", text.replace('\'', "''"));
    let mut schema = base.clone();
    for namespace in schema.namespaces.values_mut() {
        let reserved = text.starts_with("pg_");
        namespace.name = if reserved { name("plain") } else { name(text) };
    }
    for table in schema.tables.values_mut() {
        let table = Arc::make_mut(table);
        table.name = name(text);
        table.note = Some(format!("{text}\n\\echo {text}\r\n-- {text}\t"));
        for key in &mut table.keys {
            key.name = suffixed(if key.columns.len() == 1 && key.name.as_str() == "p" { "pkey" } else { "key" });
        }
        for index in &mut table.indexes {
            index.name = suffixed("idx");
        }
        for column in table.columns.iter_mut().filter(|column| column.name.as_str() == "c") {
            column.name = name(text);
            column.default = Some(schema::Expression::parse(&literal).unwrap());
            column.note = Some(text.to_owned());
        }
        for check in &mut table.checks {
            check.name = suffixed("check");
            let column = format!("\"{}\"", text.replace('"', "\"\""));
            check.expression = schema::Expression::parse(&format!("{column} <> {literal}")).unwrap();
        }
    }
    for reference in schema.references.values_mut() {
        Arc::make_mut(reference).name = suffixed("fkey");
    }
    schema
}

#[tokio::test]
async fn any_schema_becomes_any_other() {
    let scratch = Scratch::start().await;
    let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(2), ..Config::default() });
    let cases = (arbitrary_schema(), proptest::arbitrary::any::<(u64, u64)>());
    for _ in 0..60 {
        let (whole, (one, other)) = cases.new_tree(&mut runner).unwrap().current();
        let (base, target) = (thinned(&whole, one), thinned(&whole, other));
        scratch.empty().await;
        scratch.load(&target).await;
        let expected = scratch.read().await;
        assert_same(&target, &expected);
        scratch.empty().await;
        scratch.load(&base).await;
        scratch.run(&ddl::plan(&base, &target)).await;
        assert_same(&expected, &scratch.read().await);
    }
}

/// Part of the schema, some of it changed: two such parts differ by everything that a plan can do, but for tables in
/// another namespace and rewritten checks, whose cases stand beside the plan itself.
fn thinned(whole: &Schema, seed: u64) -> Schema {
    let mut dice = Dice(seed | 1);
    let mut schema = whole.clone();
    schema.references.retain(|_, _| dice.falls(3));
    let tables: Vec<TableId> = schema.tables.keys().copied().collect();
    for id in tables {
        let mut table = schema.tables.get(&id).map(|table| Table::clone(table)).unwrap();
        let touched = schema.references_of(id).next().is_some();
        if !touched && !dice.falls(4) {
            schema.tables.remove(&id);
            continue;
        }
        let used: Vec<ColumnId> = schema
            .references_of(id)
            .flat_map(|reference| reference.pairs.iter().flat_map(|pair| [pair.referencing, pair.referenced]))
            .collect();
        table.keys.retain(|key| key.columns.iter().any(|column| used.contains(column)) || dice.falls(2));
        table.indexes.retain(|index| index.columns.iter().any(|column| used.contains(column)) || dice.falls(2));
        table.checks.retain(|_| dice.falls(3));
        let (checks, keys, indexes) = (table.checks.clone(), table.keys.clone(), table.indexes.clone());
        table.columns.retain(|column| {
            let needed = used.contains(&column.id)
                || checks.iter().any(|check| check.expression.columns().contains(&column.name))
                || keys.iter().any(|key| key.columns.contains(&column.id))
                || indexes.iter().any(|index| index.columns.contains(&column.id));
            needed || dice.falls(2)
        });
        for column in &mut table.columns {
            column.nullable ^= !column.data_type.base().has_sequence() && !used.contains(&column.id) && !dice.falls(2);
            column.default = column.default.take().filter(|_| dice.falls(3));
        }
        widen(&mut table, &used, &mut dice);
        reuse_names(&mut table, whole, &mut dice);
        rename(&mut table, &mut dice);
        schema.tables.insert(id, Arc::new(table));
    }
    for reference in schema.references.values_mut().filter(|_| !dice.falls(3)) {
        Arc::make_mut(reference).name = Name::derive(&[reference.name.as_str()], "renamed");
    }
    for reference in schema.references.values_mut().filter(|_| !dice.falls(3)) {
        let cascades = reference.on_delete == ReferentialAction::Cascade;
        Arc::make_mut(reference).on_delete =
            if cascades { ReferentialAction::NoAction } else { ReferentialAction::Cascade };
    }
    if schema::validate(&schema).is_empty() { schema } else { whole.clone() }
}

/// Gives some keys and indexes one more column. Those that references may rest on stay as they are.
fn widen(table: &mut Table, used: &[ColumnId], dice: &mut Dice) {
    let able = table.columns.iter().filter(|column| column.data_type.base().can_be_key() && !used.contains(&column.id));
    let able: Vec<ColumnId> = able.map(|column| column.id).collect();
    let keys = table.keys.iter_mut().map(|key| &mut key.columns);
    let indexes = table.indexes.iter_mut().map(|index| &mut index.columns);
    for columns in keys.chain(indexes) {
        let more = able.iter().find(|column| !columns.contains(column));
        if let (Some(more), false, false) = (more, columns.iter().any(|it| used.contains(it)), dice.falls(3)) {
            columns.push(*more);
        }
    }
}

/// Gives the names of columns that are left out to some that are not.
fn reuse_names(table: &mut Table, whole: &Schema, dice: &mut Dice) {
    let all = whole.table(table.id).map(|table| table.columns.clone()).unwrap_or_default();
    let freed: Vec<Name> =
        all.into_iter().filter(|column| table.column(column.id).is_none()).map(|column| column.name).collect();
    for (column, name) in table.columns.iter_mut().zip(freed) {
        if !dice.falls(3) {
            for check in &mut table.checks {
                check.expression = check.expression.with_column_renamed(&column.name, &name);
            }
            column.name = name;
        }
    }
}

fn rename(table: &mut Table, dice: &mut Dice) {
    let renamed = |name: &Name| Name::derive(&[name.as_str()], "renamed");
    if !dice.falls(4) {
        table.name = renamed(&table.name);
    }
    for column in &mut table.columns {
        if !dice.falls(4) {
            let new = renamed(&column.name);
            for check in &mut table.checks {
                check.expression = check.expression.with_column_renamed(&column.name, &new);
            }
            column.name = new;
        }
    }
    for key in table.keys.iter_mut().filter(|_| !dice.falls(4)) {
        key.name = renamed(&key.name);
    }
    for index in table.indexes.iter_mut().filter(|_| !dice.falls(4)) {
        index.name = renamed(&index.name);
    }
}

/// Xorshift: the same throws for the same seed.
struct Dice(u64);

impl Dice {
    /// True but for one throw in `sides`.
    fn falls(&mut self, sides: u64) -> bool {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        !self.0.is_multiple_of(sides)
    }
}

/// What the acceptance asks of every step: it is about something, and its lock is on tables that are there.
#[test]
fn steps_name_their_objects() {
    let shop = schema::sample::shopflow();
    let plan = ddl::plan(&Schema::default(), &shop);
    for step in &plan.steps {
        assert!(
            matches!(step.object, ObjectId::Namespace(_) | ObjectId::Table(_) | ObjectId::Reference(_)),
            "{step:?}"
        );
    }
    assert_eq!(plan.locks(), vec![]);
}
