//! Small texts of SQLite, and what is made of them.

use super::check;
use sql::Dialect::Sqlite;

#[test]
fn odd_forms() {
    check(
        Sqlite,
        r#"CREATE TABLE a (b INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, c, d VARCHAR(20) COLLATE NOCASE DEFAULT 'x', [e f] DOUBLE PRECISION, "g" unsigned big int, `h` NUMERIC (10, 2) NOT NULL ON CONFLICT FAIL, i TEXT UNIQUE ON CONFLICT REPLACE, j REFERENCES a, k INT REFERENCES a(b) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, 'l' BLOB, m AS (b+1), n INT GENERATED ALWAYS AS (b*2) STORED CHECK (n > 0), o TEXT DEFAULT (datetime('now')), p INT DEFAULT -1, q DEFAULT CURRENT_TIMESTAMP) STRICT;"#,
        r#"table main.a
  b INTEGER! serial auto
  c
  d VARCHAR(20) = 'x' collate NOCASE
  e f DOUBLE PRECISION
  g unsigned big int
  h NUMERIC (10, 2)!
  i TEXT
  j
  k INT
  l BLOB
  m as b+1
  n INT as b*2 stored
  o TEXT = (datetime('now'))
  p INT = -1
  q = CURRENT_TIMESTAMP
  pk a_pkey(b)
  unique a_i_key(i)
  check a_n_check: n > 0
  fk a_j_fkey(j) -> main.a(b)
  fk a_k_fkey(k) -> main.a(b) on delete SetNull deferred
left 1: ON CONFLICT FAIL
left 1: ON CONFLICT REPLACE"#,
    );
    check(
        Sqlite,
        r#"CREATE TABLE t (a TEXT, b INT, PRIMARY KEY (a, b DESC) ON CONFLICT IGNORE, UNIQUE (b, a COLLATE NOCASE), CONSTRAINT c CHECK (b <> 0), FOREIGN KEY (b, a) REFERENCES t) WITHOUT ROWID; CREATE UNIQUE INDEX IF NOT EXISTS main.i ON t (a COLLATE NOCASE DESC, lower(a), b + 1) WHERE b IS NOT NULL;"#,
        r#"table main.t
  a TEXT
  b INT
  pk t_pkey(a, b desc)
  unique t_b_a_key(b, a)
  check c: b <> 0
  unique index i(a desc, (lower(a)), (b + 1)) where b IS NOT NULL
  fk t_b_a_fkey(b, a) -> main.t(a, b)
left 1: ON CONFLICT IGNORE"#,
    );
    check(
        Sqlite,
        r#"PRAGMA foreign_keys=OFF; BEGIN TRANSACTION; CREATE TABLE "Users"(ID integer); insert into users values(1); DELETE FROM sqlite_sequence; COMMIT; ALTER TABLE users RENAME TO people; ALTER TABLE PEOPLE ADD email text not null default ''; ALTER TABLE people RENAME COLUMN id TO uid; ALTER TABLE people DROP COLUMN email; CREATE VIRTUAL TABLE f USING fts5(x, y); CREATE TEMP TABLE tt (a); CREATE TABLE q AS SELECT 1; CREATE TRIGGER tr AFTER INSERT ON people BEGIN UPDATE people SET uid = 1; SELECT 2; END;"#,
        r#"table main.people
  uid integer
temporary main.tt
  a
table main.q
virtual table f
trigger tr on people
lost 1: the columns that come of its query"#,
    );
    check(
        Sqlite,
        r#"create table a (id integer primary key, x int references b (id)); create table B (ID integer primary key);"#,
        r#"table main.a
  id integer serial
  x int
  pk a_pkey(id)
  fk a_x_fkey(x) -> main.B(ID)
table main.B
  ID integer serial
  pk B_pkey(ID)"#,
    );
    check(
        Sqlite,
        r#"CREATE TABLE sqlite_sequence(name,seq); CREATE TABLE IF NOT EXISTS "t" ("id" INTEGER PRIMARY KEY ASC, name text constraint nn not null constraint u unique, "when" timestamp default (strftime('%s','now')), a decimal(10,5) default 1.50, b int default 'x' collate binary references t ("id") match full on update restrict not deferrable, check (a > 0 or b is null)); CREATE VIEW v AS SELECT 1 /* v(a) */; INSERT OR REPLACE INTO t VALUES (1); CREATE TABLE "a""b" ("c""d"); CREATE UNIQUE INDEX "i x" ON "t" ("name" ASC); DROP INDEX IF EXISTS "i x"; CREATE TABLE r (id int, name, PRIMARY KEY ("id" AUTOINCREMENT)); REINDEX; ANALYZE main; SAVEPOINT x; ATTACH 'x' AS y;"#,
        r#"table main.t
  id INTEGER serial
  name text!
  when timestamp = (strftime('%s','now'))
  a decimal(10,5) = 1.50
  b int = 'x' collate binary
  pk t_pkey(id)
  unique u(name)
  check t_check: a > 0 or b is null
  fk t_b_fkey(b) -> main.t(id) on update Restrict match full
table main.a"b
  c"d
table main.r
  id int auto
  name
  pk r_pkey(id)
view v"#,
    );
}
