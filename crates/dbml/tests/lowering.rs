//! Schemas made of texts.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

use dbml::Lowered;
use proptest::prelude::*;
use schema::testing::arbitrary_plain_schema;

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
    let again = dbml::export(&lowered.schema);
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
  id serial [pk]
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
fn what_has_no_place_is_listed() {
    let lowered = lowered(
        "Project p { Note: 'x' }\nEnum e { one }\nTable a as z [headercolor: #fff] {\n  id int [pk]\n  e e\n  \
         m money_bag\n  d int [default: `random_thing()`]\n  t text\n  indexes { `lower(t)`\n t [type: gin, note: 'x'] }\n}\n\
         Ref: a.id > a.d [inactive]\nTableGroup g { a }\nNote n { 'x' }\nRecords a(id) { 1 }\nDiagramView v { * }",
    );
    let reasons: Vec<&str> = lowered.left_out.iter().map(|one| one.reason.as_str()).collect();
    let begins = [
        "the name of the project",
        "the note of the project",
        "enum e",
        "the alias of table a",
        "the color of table a",
        "a.e becomes text, because enums such as e",
        "a.m becomes text: there is no type called “money_bag”",
        "the default of a.d, random_thing(), is left out",
        "an index is left out, because lower(t) is an expression",
        "the type gin of an index",
        "the note of an index",
        "the ref between a.id and a.d is left out, because it is inactive",
        "group g",
        "note n",
        "the records of a",
        "view v",
    ];
    assert_eq!(reasons.len(), begins.len(), "{reasons:#?}");
    for (reason, begin) in reasons.iter().zip(begins) {
        assert!(reason.starts_with(begin), "{reason} does not begin with {begin}");
    }
    assert_eq!(schema::validate(&lowered.schema), vec![]);
}

proptest! {
    /// What is exported is read without an error, and makes tables of the same names, columns and types.
    #[test]
    fn an_export_is_read_again(schema in arbitrary_plain_schema()) {
        let text = dbml::export(&schema);
        let (document, found) = dbml::parse(&text);
        prop_assert_eq!(found, vec![], "{}", text);
        let mut last = 0;
        let lowered = dbml::lower(&document, || { last += 1; last }).schema;
        let shape = |schema: &schema::Schema| {
            let tables = schema.tables_by_name().into_iter().filter(|table| !table.columns.is_empty());
            let columns = |table: &schema::Table| {
                let column = |column: &schema::Column| (column.name.clone(), column.data_type.clone());
                table.columns.iter().map(column).collect::<Vec<_>>()
            };
            tables.map(|table| (schema.display_name(table), columns(table))).collect::<Vec<_>>()
        };
        prop_assert_eq!(shape(&lowered), shape(&schema));
    }
}
