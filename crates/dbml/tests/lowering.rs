//! Schemas made of texts.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

use dbml::Lowered;

fn lowered(text: &str) -> Lowered {
    let (document, found) = dbml::parse(text);
    assert_eq!(found, vec![], "{text}");
    let mut last = 0;
    dbml::lower(&document, || {
        last += 1;
        last
    })
}

/// The text as it comes back from the schema that was made of it, and what was left out.
fn check(text: &str, schema: &str, left_out: &[&str]) {
    let lowered = lowered(text);
    assert_eq!(schema::validate(&lowered.schema), vec![], "{text}");
    let again = dbml::export(&lowered.schema).text;
    let expect = if schema.is_empty() { String::new() } else { format!("\n{schema}") };
    assert_eq!(again, format!("Project {{\n  database_type: 'PostgreSQL'\n}}\n{expect}"), "{text}");
    let reasons: Vec<&str> = lowered.left_out.iter().map(|one| one.reason.as_str()).collect();
    assert_eq!(reasons, left_out, "{text}");
}

#[test]
fn columns_and_keys() {
    check(
        "Table a {\n  id int [pk, increment]\n  b varchar(20) [unique, not null, default: 'it\\'s', note: 'n']\n  \
         c \"double precision\" [default: `1 + 2`]\n  indexes {\n    (b, c) [unique]\n    c [name: 'c_idx']\n  }\n  \
         checks { `c > 0` [name: 'positive'] }\n}",
        "\
Table a {
  id integer [pk, increment]
  b varchar(20) [not null, unique, default: 'it\\'s', note: 'n']
  c \"double precision\" [default: `1 + 2`]

  indexes {
    (b, c) [unique, name: 'a_b_c_key']
    c [name: 'c_idx']
  }

  checks {
    `c > 0` [name: 'positive']
  }
}
",
        &[],
    );
}

/// A key that is told in parts, in the table and in partials, is one key.
#[test]
fn partials_are_taken_over() {
    check(
        "TablePartial p { x int [pk]\n y int [note: 'of p'] }\nTable a {\n  ~p\n  id int [pk]\n  y text\n}",
        "\
Table a {
  x integer [not null]
  id integer [not null]
  y text

  indexes {
    (x, id) [pk, name: 'a_pkey']
  }
}
",
        &["partial p is left out; the tables that take it over have its columns of their own"],
    );
}

#[test]
fn references() {
    check(
        "Table a {\n  id int [pk]\n  b_id int [ref: > b.id]\n  c_id int\n}\nTable b { id int [pk] }\n\
         Table s.c { id int [pk] }\nRef mine: s.c.id - a.c_id [delete: Set Null]\nRef: a.id <> b.id\n",
        "\
Table a {
  id integer [pk]
  b_id integer
  c_id integer [unique]
}

Table a_b {
  a_id integer [not null]
  b_id integer [not null]

  indexes {
    (a_id, b_id) [pk, name: 'a_b_pkey']
  }
}

Table b {
  id integer [pk]
}

Table s.c {
  id integer [pk]
}

Ref a_b_id_fkey: a.b_id > b.id
Ref mine: s.c.id - a.c_id [delete: set null]
Ref a_b_a_id_fkey: a_b.a_id > a.id
Ref a_b_b_id_fkey: a_b.b_id > b.id
",
        &[
            "a unique key is added, because the ref between c.id and a.c_id is one to one",
            "a many-to-many ref becomes the table a_b with a reference to each side",
        ],
    );
}

#[test]
fn enums_types_and_expressions() {
    check(
        "Enum shop.state { open [note: 'new']\n \"so so\" }\nEnum a { x }\nTable a as z [headercolor: #1aF] {\n  \
         id bigint [increment]\n  e shop.state [default: shop.state.open]\n  f a[]\n  g \"a[]\"\n  h Geometry(point, 4326)\n  \
         i \"My type\"\n  j int(11)\n  k int [default: `any_thing(1)`, check: `k > strange(1)`]\n  \
         indexes {\n    `lower(i)` [unique, note: 'n']\n    (`k + 1`, j) [type: GIN]\n    j [unique, type: btree]\n    \
         k [unique, note: 'k']\n  }\n}",
        "\
Enum a_enum {
  x
}

Enum shop.state {
  open [note: 'new']
  \"so so\"
}

Table a as z [headercolor: #11aaFF] {
  id bigint [not null, increment]
  e shop.state [default: 'open']
  f a_enum[]
  g a_enum[]
  h geometry(point,4326)
  i \"\\\"My type\\\"\"
  j integer
  k integer [default: `any_thing(1)`]

  indexes {
    k [unique, name: 'a_k_key', note: 'k']
    `lower(i)` [unique, name: 'a_expr_idx', note: 'n']
    (`k + 1`, j) [name: 'a_expr_j_idx', type: gin]
    j [unique, name: 'a_j_idx', type: btree]
  }

  checks {
    `k > strange(1)` [name: 'a_k_check']
  }
}
",
        &[
            "enum a is called a_enum, because tables and types share their names",
            "PostgreSQL has no type geometry(point, 4326) of its own; a database needs an extension that has it",
            "PostgreSQL has no type \"My type\" of its own; a database needs an extension that has it",
            "a.j becomes integer, because int(11) is no type",
        ],
    );
}

#[test]
fn groups_and_notes() {
    check(
        "Table a as x { id int }\nTable s.b { id int }\nTableGroup \"g g\" [color: #abc, note: 'for\\'it'] {\n  x\n  s.b\n}\n\
         TableGroup empty {}\nNote s.n [color: none] { '''\n  two\n  lines\n''' }",
        "\
Table a as x {
  id integer
}

Table s.b {
  id integer
}

TableGroup empty {
}

TableGroup \"g g\" [color: #aabbcc] {
  a
  s.b

  Note: 'for\\'it'
}

Note \"s.n\" {
  '''
  two
  lines
  '''
}
",
        &[],
    );
}

#[test]
fn what_has_no_place_is_listed() {
    let lowered = lowered(
        "Project p { Note: 'x' }\nTable a {\n  id int [pk]\n  m \"\"\n  d int [default: `(select 1)`]\n  \
         x text [increment]\n  indexes { `pg_sleep(1)` }\n}\n\
         Ref: a.id > a.d [inactive]\nTableGroup g { a }\nNote n { 'x' }\nRecords a(id) { 1 }\nDiagramView v { * }",
    );
    let reasons: Vec<&str> = lowered.left_out.iter().map(|one| one.reason.as_str()).collect();
    let begins = [
        "the name of the project",
        "the note of the project",
        "a.m becomes text: ",
        "the default of a.d, (select 1), is left out",
        "“increment” of a.x is left out",
        "an index of a, pg_sleep(1), is left out",
        "the ref between a.id and a.d is left out, because it is inactive",
        "the records of a",
        "view v",
    ];
    assert_eq!(reasons.len(), begins.len(), "{reasons:#?}");
    for (reason, begin) in reasons.iter().zip(begins) {
        assert!(reason.starts_with(begin), "{reason} does not begin with {begin}");
    }
    let is_placed = |one: &dbml::LeftOut| one.origin.0.end > 0;
    assert!(lowered.left_out.iter().all(is_placed), "{:#?}", lowered.left_out);
    assert_eq!(schema::validate(&lowered.schema), vec![]);
}
