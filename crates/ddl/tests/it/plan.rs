//! From one schema to another: the statements, in order.

use ddl::{Lock, plan};
use schema::ObjectId;
use schema::testing::schema_from;

/// Two schemas and the statements between them, one a line.
fn check(base: &str, target: &str, expect: &[&str]) {
    let plan = plan(&schema_from(base), &schema_from(target));
    let refused: Vec<&str> = plan.refusals.iter().map(|refusal| refusal.message.as_str()).collect();
    assert_eq!(refused, Vec::<&str>::new(), "{base}\n=>\n{target}");
    let steps: Vec<String> = plan.steps.iter().map(|step| flat(&step.sql)).collect();
    assert_eq!(steps, expect, "{base}\n=>\n{target}");
}

fn refused(base: &str, target: &str, expect: &[&str]) {
    let plan = plan(&schema_from(base), &schema_from(target));
    let mut messages: Vec<&str> = plan.refusals.iter().map(|refusal| refusal.message.as_str()).collect();
    messages.sort();
    assert_eq!(messages, expect, "{base}\n=>\n{target}");
}

fn notes(base: &str, target: &str, expect: &[&str]) {
    let plan = plan(&schema_from(base), &schema_from(target));
    let notes: Vec<&str> = plan.steps.iter().flat_map(|step| &step.notes).map(String::as_str).collect();
    assert_eq!(notes, expect, "{base}\n=>\n{target}");
}

fn flat(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ").replace("( ", "(").replace(" )", ")")
}

const USERS: &str = "users\n  id integer!\n  pk users_pkey(id)\n";
const SHOP: &str = "users\n  id integer!\n  pk users_pkey(id)\n\
                    orders\n  id integer!\n  user_id integer\n  pk orders_pkey(id)\n\
                    fk orders_user_id_fkey: orders(user_id) -> users(id)\n";

#[test]
fn nothing_for_nothing() {
    check("", "", &[]);
    check(SHOP, SHOP, &[]);
    check("t\n  a integer = null\n", "t\n  a integer\n", &[]);
}

#[test]
fn tables() {
    check(
        "",
        "auth.users\n  id serial!\n  email text! = 'x' # mail\n  pk users_pkey(id)\n  unique users_email_key(email)\n  \
         check users_email_check: email <> ''\n  index users_email_idx(email)\n  note people\n",
        &[
            "CREATE SCHEMA auth",
            "CREATE TABLE auth.users (id serial, email text NOT NULL DEFAULT 'x', CONSTRAINT users_pkey PRIMARY KEY (id), \
             CONSTRAINT users_email_key UNIQUE (email), CONSTRAINT users_email_check CHECK (email <> ''))",
            "CREATE INDEX users_email_idx ON auth.users (email)",
            "COMMENT ON TABLE auth.users IS 'people'",
            "COMMENT ON COLUMN auth.users.email IS 'mail'",
        ],
    );
    check(
        "namespace public\n",
        "t\n  id integer!\n  pk a(id)\n  unique b(id)\n",
        &[
            "CREATE TABLE public.t (id integer NOT NULL, CONSTRAINT a PRIMARY KEY (id))",
            "ALTER TABLE public.t ADD CONSTRAINT b UNIQUE (id)",
        ],
    );
    check(USERS, "namespace public\n", &["DROP TABLE public.users"]);
    check("t\n  a integer\n", "u @t\n  a integer\n", &["ALTER TABLE public.t RENAME TO u"]);
    check("t\n  a integer\n", "select @t\n  a integer @a\n", &["ALTER TABLE public.t RENAME TO \"select\""]);
    check("t\n  a integer\n  note x\n", "t\n  a integer\n", &["COMMENT ON TABLE public.t IS NULL"]);
}

#[test]
fn namespaces() {
    check("namespace a\n", "namespace b\n", &["CREATE SCHEMA b", "DROP SCHEMA a"]);
    check("namespace a\n", "namespace b @a\n", &["ALTER SCHEMA a RENAME TO b"]);
    check("namespace a\n", "namespace public\n", &["CREATE SCHEMA IF NOT EXISTS public", "DROP SCHEMA a"]);
    check(
        "a.t @t\n  x integer\n",
        "b.t @t\n  x integer\n",
        &["CREATE SCHEMA b", "ALTER TABLE a.t SET SCHEMA b", "DROP SCHEMA a"],
    );
    check(
        "namespace a\nnamespace b\na.t @t\n  x integer\n  index i(x)\n",
        "namespace a\nnamespace b\nb.u @t\n  x integer\n  index j(x) @i\n",
        &["ALTER TABLE a.t SET SCHEMA b", "ALTER TABLE b.t RENAME TO u", "ALTER INDEX b.i RENAME TO j"],
    );
    check(
        "namespace a\nnamespace b\na.t @t\n  x integer\nb.t @other\n  x integer\n",
        "namespace a\nnamespace b\nb.u @t\n  x integer\nb.t @other\n  x integer\n",
        &["ALTER TABLE a.t RENAME TO u", "ALTER TABLE a.u SET SCHEMA b"],
    );
    check(
        "namespace a\na.t @t\n  x integer\n",
        "namespace b @a\nb.t @t\n  x integer\n  y integer\n",
        &["ALTER SCHEMA a RENAME TO b", "ALTER TABLE b.t ADD COLUMN y integer"],
    );
    refused(
        "namespace a\nnamespace b\na.t @t\n  x integer\nb.t @o\n  x integer\na.u @p\n  x integer\n",
        "namespace a\nnamespace b\nb.u @t\n  x integer\nb.t @o\n  x integer\na.u @p\n  x integer\n",
        &[
            "a.t cannot move and be renamed at once, since another table, key or index has one of the names on its way; \
           commit one of the two first",
        ],
    );
}

#[test]
fn columns() {
    check("t\n  a integer\n", "t\n  a integer\n  b text\n", &["ALTER TABLE public.t ADD COLUMN b text"]);
    check("t\n  a integer\n  b text\n", "t\n  a integer\n", &["ALTER TABLE public.t DROP COLUMN b"]);
    check("t\n  a integer\n", "t\n  b integer @a\n", &["ALTER TABLE public.t RENAME COLUMN a TO b"]);
    check(
        "t\n  a integer\n  b integer\n",
        "t\n  b integer @a\n  c integer @b\n",
        &["ALTER TABLE public.t RENAME COLUMN b TO c", "ALTER TABLE public.t RENAME COLUMN a TO b"],
    );
    check(
        "t\n  a integer\n  b text\n",
        "t\n  a integer\n  b text @new\n",
        &["ALTER TABLE public.t DROP COLUMN b", "ALTER TABLE public.t ADD COLUMN b text"],
    );
    check("t\n  a integer\n", "t\n  a integer!\n", &["ALTER TABLE public.t ALTER COLUMN a SET NOT NULL"]);
    check("t\n  a integer!\n", "t\n  a integer\n", &["ALTER TABLE public.t ALTER COLUMN a DROP NOT NULL"]);
    check("t\n  a integer\n", "t\n  a integer = 1\n", &["ALTER TABLE public.t ALTER COLUMN a SET DEFAULT 1"]);
    check("t\n  a integer = 1\n", "t\n  a integer\n", &["ALTER TABLE public.t ALTER COLUMN a DROP DEFAULT"]);
    check(
        "t\n  a integer = 1\n",
        "t\n  a integer = 1 + 1\n",
        &["ALTER TABLE public.t ALTER COLUMN a SET DEFAULT (1 + 1)"],
    );
    check("t\n  a integer # x\n", "t\n  a integer\n", &["COMMENT ON COLUMN public.t.a IS NULL"]);
    check(
        "t\n  a integer\n",
        "u @t\n  b integer! = 0 @a # it's\n  c serial!\n",
        &[
            "ALTER TABLE public.t RENAME TO u",
            "ALTER TABLE public.u RENAME COLUMN a TO b",
            "ALTER TABLE public.u ADD COLUMN c serial",
            "ALTER TABLE public.u ALTER COLUMN b SET NOT NULL",
            "ALTER TABLE public.u ALTER COLUMN b SET DEFAULT 0",
            "COMMENT ON COLUMN public.u.b IS 'it''s'",
        ],
    );
}

#[test]
fn keys_and_indexes() {
    check(
        "t\n  a integer\n",
        "t\n  a integer\n  pk t_pkey(a)\n",
        &["ALTER TABLE public.t ADD CONSTRAINT t_pkey PRIMARY KEY (a)"],
    );
    check(
        "t\n  a integer\n  pk t_pkey(a)\n",
        "t\n  a integer\n",
        &["ALTER TABLE public.t DROP CONSTRAINT t_pkey", "ALTER TABLE public.t ALTER COLUMN a DROP NOT NULL"],
    );
    check("t\n  a integer!\n  pk t_pkey(a)\n", "t\n  a integer!\n", &["ALTER TABLE public.t DROP CONSTRAINT t_pkey"]);
    check(
        "t\n  a integer!\n  b integer!\n  pk t_pkey(a)\n",
        "t\n  a integer!\n  b integer!\n  pk t_pkey(a, b)\n",
        &[
            "ALTER TABLE public.t DROP CONSTRAINT t_pkey",
            "ALTER TABLE public.t ADD CONSTRAINT t_pkey PRIMARY KEY (a, b)",
        ],
    );
    check(
        "t\n  a integer!\n  b integer!\n  pk t_pkey(a)\n",
        "t\n  a integer!\n  b integer!\n  pk other(b)\n",
        &["ALTER TABLE public.t DROP CONSTRAINT t_pkey", "ALTER TABLE public.t ADD CONSTRAINT other PRIMARY KEY (b)"],
    );
    check(
        "t\n  a integer\n  unique x(a)\n  index i(a)\n",
        "t\n  a integer\n  unique y(a) @x\n  index j(a) @i\n",
        &["ALTER TABLE public.t RENAME CONSTRAINT x TO y", "ALTER INDEX public.i RENAME TO j"],
    );
    check(
        "t\n  a integer\n  b integer\n  index i(a)\n",
        "t\n  a integer\n  b integer\n  unique index i(b, a)\n",
        &["DROP INDEX public.i", "CREATE UNIQUE INDEX i ON public.t (b, a)"],
    );
    check(
        "t\n  a integer\n  index i(a)\n",
        "t\n  a integer\n  index i(a) @new\n",
        &["DROP INDEX public.i", "CREATE INDEX i ON public.t (a)"],
    );
    check(
        "t\n  a integer\n  b integer\n  index i(b)\n",
        "t\n  a integer\n",
        &["DROP INDEX public.i", "ALTER TABLE public.t DROP COLUMN b"],
    );
}

#[test]
fn checks() {
    check(
        "t\n  a integer\n  check c: a > 0\n",
        "t\n  b integer @a\n  check c: b > 0\n",
        &["ALTER TABLE public.t RENAME COLUMN a TO b"],
    );
    check(
        "t\n  a integer\n  b integer\n  check c: a > b\n",
        "t\n  b integer @a\n  c integer @b\n  check c: b > c\n",
        &["ALTER TABLE public.t RENAME COLUMN b TO c", "ALTER TABLE public.t RENAME COLUMN a TO b"],
    );
    check(
        "t\n  a integer\n  check c: a > 0\n",
        "t\n  b integer @a\n  check c: b > 1\n",
        &[
            "ALTER TABLE public.t DROP CONSTRAINT c",
            "ALTER TABLE public.t RENAME COLUMN a TO b",
            "ALTER TABLE public.t ADD CONSTRAINT c CHECK (b > 1)",
        ],
    );
    check(
        "t\n  a integer\n  check c: a > 0\n",
        "t\n  a integer\n  check d: a > 0 @c\n",
        &["ALTER TABLE public.t RENAME CONSTRAINT c TO d"],
    );
    check(
        "t\n  a integer\n  b integer\n  check c: a > b\n",
        "t\n  a integer\n",
        &["ALTER TABLE public.t DROP CONSTRAINT c", "ALTER TABLE public.t DROP COLUMN b"],
    );
    // The words are the same, the column that they mean is not.
    check(
        "t\n  a integer\n  b integer\n  check c: b > 0\n",
        "t\n  a integer\n  b bigint @new\n  check c: b > 0\n",
        &[
            "ALTER TABLE public.t DROP CONSTRAINT c",
            "ALTER TABLE public.t DROP COLUMN b",
            "ALTER TABLE public.t ADD COLUMN b bigint",
            "ALTER TABLE public.t ADD CONSTRAINT c CHECK (b > 0)",
        ],
    );
}

#[test]
fn references() {
    check(
        USERS,
        &SHOP.replace("-> users(id)", "-> users(id) on delete set null on update cascade"),
        &[
            "CREATE TABLE public.orders (id integer NOT NULL, user_id integer, CONSTRAINT orders_pkey PRIMARY KEY (id))",
            "ALTER TABLE public.orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES \
             public.users(id) ON DELETE SET NULL ON UPDATE CASCADE",
        ],
    );
    check(
        SHOP,
        &SHOP.replace("-> users(id)", "-> users(id) on delete restrict on update set default"),
        &[
            "ALTER TABLE public.orders DROP CONSTRAINT orders_user_id_fkey",
            "ALTER TABLE public.orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES \
             public.users(id) ON DELETE RESTRICT ON UPDATE SET DEFAULT",
        ],
    );
    check(
        SHOP,
        &SHOP.replace(
            "fk orders_user_id_fkey: orders(user_id) -> users(id)",
            "fk f: orders(user_id) -> users(id) @orders_user_id_fkey",
        ),
        &["ALTER TABLE public.orders RENAME CONSTRAINT orders_user_id_fkey TO f"],
    );
    check(
        SHOP,
        "namespace public\n",
        &[
            "ALTER TABLE public.orders DROP CONSTRAINT orders_user_id_fkey",
            "DROP TABLE public.orders",
            "DROP TABLE public.users",
        ],
    );
    check(
        SHOP,
        "orders\n  id integer!\n  pk orders_pkey(id)\n",
        &[
            "ALTER TABLE public.orders DROP CONSTRAINT orders_user_id_fkey",
            "ALTER TABLE public.orders DROP COLUMN user_id",
            "DROP TABLE public.users",
        ],
    );
}

#[test]
fn circles_and_compounds() {
    check(
        "namespace public\n",
        "a\n  id integer!\n  b_id integer\n  pk a_pkey(id)\nb\n  id integer!\n  a_id integer\n  pk b_pkey(id)\n\
         fk a_b: a(b_id) -> b(id)\nfk b_a: b(a_id) -> a(id)\n",
        &[
            "CREATE TABLE public.a (id integer NOT NULL, b_id integer, CONSTRAINT a_pkey PRIMARY KEY (id))",
            "CREATE TABLE public.b (id integer NOT NULL, a_id integer, CONSTRAINT b_pkey PRIMARY KEY (id))",
            "ALTER TABLE public.a ADD CONSTRAINT a_b FOREIGN KEY (b_id) REFERENCES public.b(id)",
            "ALTER TABLE public.b ADD CONSTRAINT b_a FOREIGN KEY (a_id) REFERENCES public.a(id)",
        ],
    );
    check(
        "t\n  a integer!\n  b integer!\n  x integer\n  y integer\n",
        "t\n  a integer!\n  b integer!\n  x integer\n  y integer\n  unique t_b_a_key(b, a)\n\
         fk self: t(x, y) -> t(a, b)\n",
        &[
            "ALTER TABLE public.t ADD CONSTRAINT t_b_a_key UNIQUE (b, a)",
            "ALTER TABLE public.t ADD CONSTRAINT self FOREIGN KEY (x, y) REFERENCES public.t(a, b)",
        ],
    );
    check(
        "t\n  id integer!\n  p integer\n  pk t_pkey(id)\nfk self: t(p) -> t(id)\n",
        "namespace public\n",
        &["ALTER TABLE public.t DROP CONSTRAINT self", "DROP TABLE public.t"],
    );
    check(
        SHOP,
        "users\n  id integer!\n  nr integer!\n  pk users_pkey(nr)\n\
         orders\n  id integer!\n  user_id integer\n  pk orders_pkey(id)\n\
         fk orders_user_id_fkey: orders(user_id) -> users(nr)\n",
        &[
            "ALTER TABLE public.orders DROP CONSTRAINT orders_user_id_fkey",
            "ALTER TABLE public.users DROP CONSTRAINT users_pkey",
            "ALTER TABLE public.users ADD COLUMN nr integer NOT NULL",
            "ALTER TABLE public.users ADD CONSTRAINT users_pkey PRIMARY KEY (nr)",
            "ALTER TABLE public.orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(nr)",
        ],
    );
}

#[test]
fn names_are_freed_before_they_are_taken() {
    check(
        "t\n  a integer\n  id serial!\n",
        "t\n  a integer\nt_id_seq\n  x integer\n",
        &["ALTER TABLE public.t DROP COLUMN id", "CREATE TABLE public.t_id_seq (x integer)"],
    );
    check(
        "t\n  id serial!\n",
        "t_id_seq\n  x integer\n",
        &["DROP TABLE public.t", "CREATE TABLE public.t_id_seq (x integer)"],
    );
    check(
        "a\n  x integer\nb\n  x integer\n",
        "b @a\n  x integer\n",
        &["DROP TABLE public.b", "ALTER TABLE public.a RENAME TO b"],
    );
    check(
        "a @1\n  x integer\nb @2\n  x integer\n",
        "b @1\n  x integer\nc @2\n  x integer\na @3\n  x integer\n",
        &["ALTER TABLE public.b RENAME TO c", "ALTER TABLE public.a RENAME TO b", "CREATE TABLE public.a (x integer)"],
    );
    check(
        "t\n  x integer\n  index i(x)\n",
        "t\n  x integer\ni\n  x integer\n",
        &["DROP INDEX public.i", "CREATE TABLE public.i (x integer)"],
    );
    check(
        "t\n  x integer\n  unique k(x)\nu\n  x integer\n",
        "t\n  x integer\nu\n  x integer\n  unique k(x) @k2\n",
        &["ALTER TABLE public.t DROP CONSTRAINT k", "ALTER TABLE public.u ADD CONSTRAINT k UNIQUE (x)"],
    );
    check(
        "t\n  x integer\n  check c: x > 0\nu\n  id integer!\n  pk u_pkey(id)\n",
        "t\n  x integer\nu\n  id integer!\n  pk u_pkey(id)\nfk c: t(x) -> u(id)\n",
        &[
            "ALTER TABLE public.t DROP CONSTRAINT c",
            "ALTER TABLE public.t ADD CONSTRAINT c FOREIGN KEY (x) REFERENCES public.u(id)",
        ],
    );
}

#[test]
fn refusals() {
    refused(
        "t\n  a integer\n",
        "t\n  a text\n",
        &["t.a cannot change from integer to text yet; add a column of the new type and remove this one"],
    );
    let swap = "cannot become {} while another one changes its name at the same time; commit one of the two first, \
                or go through a third name";
    refused(
        "a @1\n  x integer\nb @2\n  x integer\n",
        "b @1\n  x integer\na @2\n  x integer\n",
        &[&format!("a {}", swap.replace("{}", "b")), &format!("b {}", swap.replace("{}", "a"))],
    );
    refused(
        "t\n  a integer\n  b integer\n",
        "t\n  b integer @a\n  a integer @b\n",
        &[&format!("a {}", swap.replace("{}", "b")), &format!("b {}", swap.replace("{}", "a"))],
    );
    refused(
        SHOP,
        &SHOP.replace("pk users_pkey(id)", "unique users_pkey(id)"),
        &[
            "users_pkey cannot change or go while orders_user_id_fkey rests on it; remove that reference first, and add \
           it again afterwards",
        ],
    );
    refused(
        "t\n  a integer\n  b integer\n",
        "t\n  b integer\n  check c: a > 0\n",
        &["t.a is still used by c; remove that as well"],
    );
}

#[test]
fn hazards() {
    notes(
        "t\n  a integer\n",
        "t\n  a integer!\n  b text!\n  c serial!\n  d uuid = gen_random_uuid()\n  e integer! = 0\n  f text\n",
        &[
            "Adding t.b fails when the table has rows: it is NOT NULL and has no default.",
            "Numbering t.c rewrites the whole table.",
            "Filling t.d with its default rewrites the whole table.",
            "This fails when t.a is NULL in some row.",
        ],
    );
    notes(
        "t\n  a integer\n  b integer\n  c integer\n",
        "t\n  a integer\n  b integer\n  pk p(a)\n  unique u(a, b)\n  check c: a > 0\nu\n  id integer!\n  pk u_pkey(id)\n\
         fk f: t(a) -> u(id)\n",
        &[
            "All values of t.c are deleted.",
            "This fails when two rows of t have the same a, or one row has NULL there.",
            "This fails when two rows of t have the same a and b.",
            "This fails when a row of t breaks c.",
            "This fails when a row of t has a a that u has not.",
        ],
    );
    notes(SHOP, USERS, &["All rows of orders are deleted."]);
    notes(USERS, &USERS.replace("  pk", "  u_id integer\n  pk"), &[]);
}

#[test]
fn locks_and_objects() {
    let (base, target) =
        (schema_from(SHOP), schema_from(&SHOP.replace("-> users(id)", "-> users(id) on delete cascade")));
    let plan = plan(&base, &target);
    let locks: Vec<String> = plan.locks().iter().map(|(space, table)| format!("{space}.{table}")).collect();
    assert_eq!(locks, ["public.orders", "public.users"]);
    assert_eq!(
        plan.steps.iter().map(|step| step.lock).collect::<Vec<_>>(),
        [Lock::AccessExclusive, Lock::ShareRowExclusive]
    );
    let reference = *base.references.keys().next().unwrap();
    assert_eq!(plan.by_object()[&ObjectId::Reference(reference)].len(), 2);
    assert!(!plan.is_empty());

    let created = ddl::plan(&schema_from(""), &base);
    assert_eq!(created.locks(), []);
    assert!(created.steps.iter().all(|step| step.lock == Lock::None));
    let orders = base.tables.values().find(|table| table.name.as_str() == "orders").unwrap();
    assert_eq!(created.by_object()[&ObjectId::Table(orders.id)].len(), 1);
}

#[test]
fn types() {
    let with = |text: &str| format!("x\n  id integer\n{text}");
    check(
        &with(""),
        &with("enum mood: a\ndomain d: mood\nt\n  m mood[] = '{a}'\n  d d\n"),
        &[
            "CREATE TYPE public.mood AS ENUM ('a')",
            "CREATE DOMAIN public.d AS public.mood",
            "CREATE TABLE public.t (m public.mood[] DEFAULT '{a}', d public.d)",
        ],
    );
    check(
        &with("enum mood: sad, happy\n"),
        &with("enum mood: worst, sad, so so, happy, best\n"),
        &[
            "ALTER TYPE public.mood ADD VALUE 'worst' BEFORE 'sad'",
            "ALTER TYPE public.mood ADD VALUE 'so so' AFTER 'sad'",
            "ALTER TYPE public.mood ADD VALUE 'best' AFTER 'happy'",
        ],
    );
    check(&with("domain d: integer\n"), &with("domain d: integer!\n"), &["ALTER DOMAIN public.d SET NOT NULL"]);
    check(
        &with("enum a @1: x\nt\n  m a\n"),
        &with("enum s.b @1: x\nt\n  m s.b\n"),
        &["CREATE SCHEMA s", "ALTER TYPE public.a SET SCHEMA s", "ALTER TYPE s.a RENAME TO b"],
    );
    check(&with("enum a: x\nt\n  m a\n"), &with(""), &["DROP TABLE public.t", "DROP TYPE public.a"]);
}

#[test]
fn labels_are_renamed_in_place() {
    let mood = |labels: &str| format!("enum mood: {labels}\nt\n  m mood\n");
    for (before, after, expect) in [
        ("sad, ok", "blue @sad, ok", vec!["RENAME VALUE 'sad' TO 'blue'"]),
        // One takes the text that another one had.
        ("a, b", "b @a, c @b", vec!["RENAME VALUE 'b' TO 'c'", "RENAME VALUE 'a' TO 'b'"]),
        (
            "a, b",
            "b @a, a @b",
            vec!["RENAME VALUE 'b' TO 'b_old1'", "RENAME VALUE 'a' TO 'b'", "RENAME VALUE 'b_old1' TO 'a'"],
        ),
        ("a", "it's @a, a @new", vec!["RENAME VALUE 'a' TO 'it''s'", "ADD VALUE 'a' AFTER 'it''s'"]),
    ] {
        let expect: Vec<String> = expect.iter().map(|clause| format!("ALTER TYPE public.mood {clause}")).collect();
        check(&mood(before), &mood(after), &expect.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

#[test]
fn a_type_is_made_anew_beside_the_old_one() {
    let used = |labels: &str| {
        format!(
            "enum mood: {labels}\nt\n  id integer!\n  m mood! = 'sad'\n  many mood[]\n  pk p(id)\n  unique u(m)\n  \
             check c: m <> 'ok'\n  check d: id > 0\n  index i(m)\nv\n  m mood\nfk f: v(m) -> t(m)\n"
        )
    };
    let anew = |create: &str| {
        vec![
            "ALTER TABLE public.v DROP CONSTRAINT f".to_owned(),
            "ALTER TABLE public.t DROP CONSTRAINT c".to_owned(),
            "ALTER TABLE public.t ALTER COLUMN m DROP DEFAULT".to_owned(),
            "ALTER TYPE public.mood RENAME TO mood_old".to_owned(),
            format!("CREATE TYPE public.mood AS ENUM ({create})"),
            "ALTER TABLE public.t ALTER COLUMN m TYPE public.mood USING m::text::public.mood".to_owned(),
            "ALTER TABLE public.t ALTER COLUMN many TYPE public.mood[] USING many::text[]::public.mood[]".to_owned(),
            "ALTER TABLE public.v ALTER COLUMN m TYPE public.mood USING m::text::public.mood".to_owned(),
            "ALTER TABLE public.t ALTER COLUMN m SET DEFAULT 'sad'".to_owned(),
            "ALTER TABLE public.t ADD CONSTRAINT c CHECK (m <> 'ok')".to_owned(),
            "ALTER TABLE public.v ADD CONSTRAINT f FOREIGN KEY (m) REFERENCES public.t(m)".to_owned(),
            "DROP TYPE public.mood_old".to_owned(),
        ]
    };
    let check_anew = |before: &str, after: &str, create: &str| {
        let expect = anew(create);
        check(&used(before), &used(after), &expect.iter().map(String::as_str).collect::<Vec<_>>());
        // Nobody has changed the default, the check or the reference: all of it is said of the type.
        let (base, target) = (schema_from(&used(before)), schema_from(&used(after)));
        let mood = ObjectId::Type(*base.types.keys().next().unwrap());
        let plan = plan(&base, &target);
        assert!(plan.steps.iter().all(|step| step.object == mood), "{:#?}", plan.steps);
    };
    check_anew("sad, ok, glad", "sad, ok", "'sad', 'ok'");
    check_anew("sad, ok", "ok, sad", "'ok', 'sad'");
    notes(
        "enum mood: sad, ok, glad\nt\n  m mood\n",
        "enum mood: sad\nt\n  m mood\n",
        &[
            "This fails when t.m is ok or glad in some row.",
            "All rows of t are written anew.",
            "This fails when a view or function is made with mood.",
        ],
    );
    // What is new can be used at once only where the type is new.
    check(
        "enum mood: sad\nt\n  m mood\n",
        "enum mood: sad, happy\nt\n  m mood = 'happy'\n",
        &[
            "ALTER TYPE public.mood RENAME TO mood_old",
            "CREATE TYPE public.mood AS ENUM ('sad', 'happy')",
            "ALTER TABLE public.t ALTER COLUMN m TYPE public.mood USING m::text::public.mood",
            "ALTER TABLE public.t ALTER COLUMN m SET DEFAULT 'happy'",
            "DROP TYPE public.mood_old",
        ],
    );
    // Under another name and in another schema, with a label that takes the text of one that goes, and with users that go
    // and come.
    check(
        "enum mood: a, b\nenum mood_old: x\nt\n  m mood\n  n mood\ngone\n  m mood\n",
        "enum s.state @mood: a @b\nenum mood_old: x\nt\n  m s.state\nnew\n  m s.state\n",
        &[
            "CREATE SCHEMA s",
            "ALTER TYPE public.mood RENAME VALUE 'a' TO 'a_old1'",
            "ALTER TYPE public.mood RENAME VALUE 'b' TO 'a'",
            "ALTER TYPE public.mood RENAME TO mood_old2",
            "CREATE TYPE s.state AS ENUM ('a')",
            "CREATE TABLE public.new (m s.state)",
            "ALTER TABLE public.t ALTER COLUMN m TYPE s.state USING m::text::s.state",
            "ALTER TABLE public.t DROP COLUMN n",
            "DROP TABLE public.gone",
            "DROP TYPE public.mood_old2",
        ],
    );
    refused(
        "enum mood: sad, ok\ndomain d: mood\nt\n  d d\n",
        "enum mood: ok\ndomain d: mood\nt\n  d d\n",
        &[
            "mood cannot lose labels or change their order while d rests on it; make another type and move its columns to it",
        ],
    );
}
