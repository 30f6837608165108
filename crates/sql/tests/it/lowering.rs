//! From files to schemas that validation accepts, with a list of what was left out.

use crate::shared;
use schema::{Generation, Schema, validate};
use sql::{Dialect, Lowered, build, detect, lower, read};

pub(crate) fn lowered(text: &str, dialect: Dialect) -> Lowered {
    let mut next = 0;
    let mut ids = std::iter::from_fn(|| {
        next += 1;
        Some(uuid::Uuid::from_u128(next))
    });
    lower(&build(&read(text, dialect)), &mut ids)
}

fn describe(lowered: &Lowered) -> String {
    let mut lines = lines_of(&lowered.schema);
    lines.extend(lowered.left.iter().map(|left| {
        let kind = if left.lost { "lost" } else { "note" };
        format!("{kind} {} {}: {}", left.line, left.object, left.what)
    }));
    lines.join("\n")
}

/// What is in a schema, one object a line.
fn lines_of(schema: &Schema) -> Vec<String> {
    let mut lines = Vec::new();
    for it in schema.types.values() {
        let labels: Vec<&str> = it.labels().iter().map(|label| label.text.as_str()).collect();
        let base = it.base().map(|base| schema.type_text(base)).unwrap_or_default();
        lines.push(format!("{} {}: {}{base}", it.kind(), it.name, labels.join(" ")));
    }
    for table in schema.tables_by_name() {
        let columns: Vec<String> = table
            .columns
            .iter()
            .map(|column| {
                let not_null = if table.is_nullable(column.id) { "" } else { "!" };
                let default = column.default.as_ref().map(|value| format!(" = {value}")).unwrap_or_default();
                let generation = match &column.generation {
                    None => String::new(),
                    Some(Generation::AlwaysIdentity) => " always".to_owned(),
                    Some(Generation::DefaultIdentity) => " by default".to_owned(),
                    Some(Generation::Stored(it) | Generation::Virtual(it)) => format!(" as {}", it.in_table(table)),
                };
                format!("{} {}{not_null}{default}{generation}", column.name, schema.type_text(&column.data_type))
            })
            .collect();
        lines.push(format!("{}: {}", schema.display_name(table), columns.join(", ")));
        for key in &table.keys {
            lines.push(format!("  {:?} {}({})", key.kind, key.name, table.list_of(&key.columns)));
        }
        lines.extend(table.checks.iter().map(|check| format!("  check {}: {}", check.name, check.expression)));
        for index in &table.indexes {
            let rows = index.options.predicate.as_ref().map(|it| format!(" where {}", it.in_table(table)));
            let columns = table.list_of(&index.columns());
            lines.push(format!("  index {}({columns}){}", index.name, rows.unwrap_or_default()));
        }
    }
    for reference in schema.references.values() {
        let name = |id| schema.table(id).map(|table| schema.display_name(table)).unwrap();
        lines.push(format!("{}: {} -> {}", reference.name, name(reference.referencing), name(reference.referenced)));
    }
    let mut kept: Vec<_> = schema.opaque.values().collect();
    kept.sort_by_key(|it| it.rank);
    lines.extend(kept.iter().map(|it| format!("{}: {}", it.kind.words(), it.definition.as_str())));
    lines
}

fn check(dialect: Dialect, text: &str, expect: &str) {
    let lowered = lowered(text, dialect);
    assert_eq!(describe(&lowered), expect, "{text}");
    assert_eq!(validate(&lowered.schema), vec![], "{text}");
}

#[test]
fn types_defaults_and_names_become_postgresqls() {
    check(
        Dialect::MySql,
        "create table `Order` (`Id` int unsigned auto_increment primary key, paid tinyint(1) not null default '0', \
         total decimal(10,2) default '0.00', at datetime(6) default current_timestamp(6), kind enum('a','b') default 'a', \
         `User` bigint unsigned, check (`total` >= 0), key k (kind), unique key u (`User`));\
         create table line (id int primary key, o int unsigned, key k (o), foreign key (o) references `Order` (`Id`) on delete cascade);",
        "enum Order_kind_enum: a b\n\
         Order: Id bigserial!, paid boolean! = false, total numeric(10, 2) = 0.00, at timestamp(6) = CURRENT_TIMESTAMP, kind Order_kind_enum = 'a', User numeric(20, 0)\n  \
         Primary Order_pkey(Id)\n  Unique u(User)\n  check Order_chk_1: total >= 0\n  index k(kind)\n\
         line: id integer!, o bigint\n  Primary line_pkey(id)\n  index line_k(o)\n\
         line_ibfk_1: line -> Order\nnote 1 Order.kind: its words are those of the enum Order_kind_enum now",
    );
    check(
        Dialect::SqlServer,
        "create table [dbo].[Users] ([Id] int identity(1,1) not null constraint PK_Users primary key, [Name] nvarchar(50) not null default (N'x'), \
         At datetime not null default (getdate()), Flag bit default ((1)), Big nvarchar(max), Guid uniqueidentifier default newid(), \
         constraint CK check ([Name] <> '' and Len(Name) > 1));\ncreate table s.t (a int references Users)",
        "Users: Id serial!, Name varchar(50)! = 'x', At timestamp(3)! = now(), Flag boolean = true, Big text, Guid uuid = gen_random_uuid()\n  \
         Primary PK_Users(Id)\n  check CK: \"Name\" <> '' AND length(\"Name\") > 1\n\
         s.t: a integer\n\
         t_a_fkey: s.t -> Users",
    );
    check(
        Dialect::Oracle,
        "create table hr.emp (id number(10) generated always as identity primary key, name varchar2(20 char) default 'x' not null, \
         hired date default sysdate, pay number(8,2), flag char(1) check (flag in ('Y', 'N')), big clob, n number);",
        "hr.emp: id bigint! always, name varchar(20)! = 'x', hired timestamp(0) = CURRENT_TIMESTAMP, pay numeric(8, 2), flag char(1), big text, n numeric\n  \
         Primary emp_pkey(id)\n  check emp_flag_check: flag IN ('Y', 'N')",
    );
    check(
        Dialect::Sqlite,
        "create table a (id integer primary key, x, y varchar(10) default 'q', z real, t datetime default current_timestamp);",
        "a: id serial!, x text, y varchar(10) = 'q', z double precision, t timestamp = CURRENT_TIMESTAMP\n  Primary a_pkey(id)",
    );
    check(
        Dialect::Postgres,
        "create type mood as enum ('sad'); create domain amount as numeric(8,2) check (value > 0); \
         create table a (id bigserial primary key, m mood default 'sad'::mood, n amount, tags text[] default array[]::text[], g int generated always as (1) stored); \
         create index on a (lower(m::text)); create index on a (n) where n > 1; create view v as select 1;",
        "enum mood: sad\ndomain amount: numeric(8, 2)\n\
         a: id bigserial!, m mood = 'sad', n amount, tags text[] = ARRAY[]::text[], g integer as 1\n  Primary a_pkey(id)\n  \
         index a_lower_idx(m)\n  index a_n_idx(n) where n > 1\n\
         view: create view v as select 1",
    );
}

#[test]
fn what_postgresql_has_beyond_the_usual_is_kept() {
    // Sequences: what goes without saying, and what does not.
    check(
        Dialect::Postgres,
        "create table a (id serial primary key, n int); create sequence s start 5; \
         alter table a alter n set default nextval('s'); create sequence b_id_seq; \
         create table b (id bigint default nextval('b_id_seq'::regclass) not null, k int generated always as identity (start 7));\
         alter sequence b_id_seq owned by b.id; alter table a rename to z;",
        "b: id bigserial!, k integer! always\n\
         z: id integer! = nextval('\"public\".\"a_id_seq\"'::regclass), n integer = nextval('\"public\".\"s\"'::regclass)\n  \
         Primary a_pkey(id)\n\
         sequence: CREATE SEQUENCE \"public\".\"s\" start 5\n\
         sequence: CREATE SEQUENCE \"public\".\"a_id_seq\" AS integer\n\
         setting: ALTER SEQUENCE \"public\".\"a_id_seq\" OWNED BY \"public\".\"z\".\"id\"\n\
         setting: ALTER TABLE \"public\".\"b\" ALTER COLUMN \"k\" SET START 7 RESTART",
    );
    // Names without a schema that the search path finds.
    check(
        Dialect::Postgres,
        "create schema s; set search_path = s, public; create type mood as enum ('x'); create type pair as (a int, b mood); \
         create function f(m mood) returns setof t language sql as 'select 1'; \
         create table t (m mood default 'x'::mood, n pair, o text check (f(m) is null)); \
         create index on t (f(m)); create view v as select * from t; \
         create trigger g before update on t for each row execute function f();",
        "enum mood: x\n\
         s.t: m s.mood = 'x', n s.pair, o text\n  \
         check t_m_check: s.f(m) IS NULL\n  \
         index t_f_idx(m)\n\
         type: create type \"s\".pair as (a int, b \"s\".mood)\n\
         function: create function \"s\".f(m \"s\".mood) returns setof \"s\".t language sql as 'select 1'\n\
         view: create view \"s\".v as select * from \"s\".t\n\
         trigger: create trigger g before update on \"s\".t for each row execute function \"s\".f()",
    );
    // Settings, and comments on what is kept as text.
    check(
        Dialect::Postgres,
        "create unlogged table t (a int, b text storage external, primary key (a) with (fillfactor = 50)) \
         with (fillfactor = 70, toast.autovacuum_enabled = off);\n\
         alter table t enable row level security, owner to x, alter a set statistics 5;\n\
         create view v as select 1 as a;\ncomment on view v is 'it''s';\ncomment on column v.a is 'b\\';\n\
         create extension hstore;\ncomment on schema public is 'standard public schema';",
        "t: a integer!, b text\n  \
         Primary t_pkey(a)\n\
         view: create view v as select 1 as a\n\
         extension: create extension IF NOT EXISTS hstore\n\
         view: COMMENT ON VIEW v IS 'it''s'\n\
         view: COMMENT ON COLUMN \"v\".\"a\" IS E'b\\\\'\n\
         setting: ALTER TABLE \"public\".\"t\" SET (toast.autovacuum_enabled = 'off')\n\
         setting: ALTER INDEX \"public\".\"t_pkey\" SET (\"fillfactor\" = '50')\n\
         setting: ALTER TABLE \"public\".\"t\" ALTER COLUMN \"b\" SET storage external\n\
         setting: ALTER TABLE \"public\".\"t\" enable row level security\n\
         setting: ALTER TABLE \"public\".\"t\" ALTER COLUMN \"a\" set statistics 5",
    );
    // What has no place is told of, with its line.
    check(
        Dialect::Postgres,
        "create table t (a int4range,\n b int,\n primary key (a without overlaps));\n\
         alter table t add check (b > (select 1));\ncreate index i on t (pg_read_file('x'));",
        "t: a int4range!, b integer\n\
         lost 1 public.t: the key t_pkey was left out: a key WITHOUT OVERLAPS has no place yet\n\
         lost 4 public.t: the check t_b_check (b > (select 1)) was left out: SELECT is not possible here; an expression cannot look into tables\n\
         lost 5 public.t: the index i was left out: the function pg_read_file is not possible in an expression",
    );
}

#[test]
fn secrets_are_not_kept() {
    for text in [
        "create user mapping for app server s options (user 'a', password 'hunter2');",
        "create subscription s connection 'host=x password=hunter2' publication p;",
    ] {
        let lowered = lowered(text, Dialect::Postgres);
        let left: Vec<_> = lowered.left.iter().map(|left| (left.line, left.lost)).collect();
        assert_eq!(left, [(1, true)], "{text}");
        assert!(!format!("{lowered:?}").contains("hunter2"), "{text}");
    }
}

#[test]
fn what_others_have_is_said_in_postgresqls_words() {
    check(
        Dialect::MySql,
        "create table t (id int primary key, s set('a','b') default 'a', e enum('X','Y') default 'x', \n\
         f varchar(9) generated always as (concat(`e`, 'z')), g int as (id + 1) stored, h int on update current_timestamp, \n\
         key k (f(3)), fulltext key ft (f)) partition by hash (id);",
        "enum t_e_enum: X Y\n\
         t: id integer!, s text = 'a', e t_e_enum = 'X', f varchar(9), g integer as id + 1, h integer\n  \
         Primary t_pkey(id)\n  \
         check t_s_check: string_to_array(s, ',') <@ ARRAY['a', 'b']\n  \
         index k(f)\n\
         note 1 t.e: its words are those of the enum t_e_enum now\n\
         note 1 t.h: that an update sets it to current_timestamp was left out\n\
         lost 1 t.f: that it is computed as concat(`e`, 'z') was left out: PostgreSQL stores only what stays the same, whatever is set\n\
         note 1 t.s: a set is a text now, with the check t_s_check for its words\n\
         note 1 t: the index k is over whole columns now, not their beginnings\n\
         lost 1 t: the index ft was left out: PostgreSQL has no index of its kind\n\
         lost 1 t: that it is partitioned by hash (id) was left out: partitions are MySQL's own",
    );
    check(
        Dialect::SqlServer,
        "create type dbo.Flag from bit not null;\ngo\ncreate table t (a int, b nvarchar(9) collate Latin1_General_CI_AS, c as (b + ' x'), \
         d as (a * 2) persisted, e dbo.Flag, f as (getdate()));\ngo\n\
         create unique index i on t (a desc) include (b) where a > 0;\ngo\ncreate view v as select 1 a;\ngo\n",
        "domain Flag: boolean\n\
         t: a integer, b varchar(9), c text as b || ' x', d numeric as a * 2, e Flag, f text\n  \
         index i(a) where a > 0\n\
         note 3 dbo.t.b: its collation Latin1_General_CI_AS was left out: PostgreSQL has others\n\
         lost 3 dbo.t.f: that it is computed as getdate() was left out: PostgreSQL stores only what stays the same, whatever is set\n\
         lost 7 v: a view was left out: its text is SQL Server's",
    );
    check(
        Dialect::Oracle,
        "create sequence s start with 10 increment by 2 nocache;\ncreate table t (a number(9) default s.nextval, \
         b varchar2(9), c varchar2(9) generated always as (lower(b)) virtual, \
         constraint k check (b is not null) disable);\ncreate index i on t (upper(b));",
        "t: a integer = nextval('\"public\".\"s\"'::regclass), b varchar(9), c varchar(9) as lower(b)\n  \
         check k: b IS NOT NULL\n  \
         index i(b)\n\
         sequence: CREATE SEQUENCE \"public\".\"s\" START 10 INCREMENT 2\n\
         note 2 T: the check k is switched on, though not for rows that are there",
    );
    check(
        Dialect::Sqlite,
        "create table t (a integer primary key, b text collate nocase, c int as (b || 'x'));\n\
         create index i on t (lower(b)) where b is not null;",
        "t: a serial!, b text, c integer\n  \
         Primary t_pkey(a)\n  \
         index i(b) where b IS NOT NULL\n\
         note 1 main.t.b: its collation nocase was left out: PostgreSQL has others\n\
         lost 1 main.t.c: that it is computed as b || 'x' was left out: it does not show that its type fits",
    );
}

/// What PostgreSQL takes and validation does not: it would fail at the first row that is deleted.
const FOUND: [(&str, usize); 1] = [("pg_gitlab.sql", 3)];

#[test]
fn schemas_of_real_files_are_valid() {
    for (name, text) in shared::schemas("") {
        let dialect = shared::dialect(&name);
        let lowered = lowered(&text, dialect);
        let known = FOUND.iter().find(|(file, _)| *file == name).map_or(0, |(_, count)| *count);
        let findings = validate(&lowered.schema);
        assert_eq!(findings.len(), known, "{name}: {findings:?}");
        assert!(!lowered.schema.tables.is_empty(), "{name}");
    }
}

#[test]
fn the_dialect_of_real_files_is_found() {
    for (name, text) in shared::schemas("") {
        assert_eq!(detect(&text).0, shared::dialect(&name), "{name}");
    }
}
