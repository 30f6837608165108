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
