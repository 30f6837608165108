//! Whole schemas as DBML.

use dbml::export;
use proptest::prelude::*;
use schema::testing::{arbitrary_broken_schema, schema_from};

/// The text after the project's header, and what it does not say.
fn check(schema: &str, expect: &str, left_out: &[&str]) {
    let exported = export(&schema_from(schema));
    let comments: String = exported.left_out.iter().map(|it| format!("// {it}\n")).collect();
    let head =
        if comments.is_empty() { comments } else { format!("// Left out, because DBML cannot say it:\n{comments}\n") };
    let expect = if expect.is_empty() { String::new() } else { format!("\n{expect}") };
    assert_eq!(
        exported.clone().annotated(),
        format!("{head}Project {{\n  database_type: 'PostgreSQL'\n}}\n{expect}"),
        "{schema}"
    );
    let said: Vec<String> = exported.left_out.iter().map(ToString::to_string).collect();
    assert_eq!(said, left_out, "{schema}");
}

#[test]
fn enums() {
    check(
        "enum mood: sad, so so\nenum shop.size: s\nt\n  m mood! = 'sad'\n  all mood[]\n  size shop.size\n",
        "Enum mood {\n  sad\n  \"so so\"\n}\n\nEnum shop.size {\n  s\n}\n\nTable t {\n  m mood [not null, default: 'sad']\n  \
         all mood[]\n  size shop.size\n}\n",
        &[],
    );
}

#[test]
fn a_shop() {
    check(
        "users\n  id serial!\n  email text! # where to write\n  height double precision\n  pk users_pkey(id)\n  \
         unique users_email_key(email)\n  note people who buy\n\
         orders\n  id integer!\n  user_id integer\n  total numeric(10, 2)! = -1.5\n  paid boolean! = false\n  \
         at timestamptz! = now()\n  state text = 'it''s new'\n  pk orders_pkey(id)\n  \
         check orders_total_check: total >= 0\n  index orders_user_id_idx(user_id)\n  unique odd(user_id, total)\n\
         profiles\n  user_id integer!\n  pk profiles_pkey(user_id)\n\
         fk orders_user_id_fkey: orders(user_id) -> users(id) on delete cascade on update set null\n\
         fk profiles_user_id_fkey: profiles(user_id) -> users(id)\n",
        "\
Table orders {
  id integer [pk]
  user_id integer
  total numeric(10,2) [not null, default: -1.5]
  paid boolean [not null, default: false]
  at timestamptz [not null, default: `now()`]
  state text [default: 'it\\'s new']

  indexes {
    (user_id, total) [unique, name: 'odd']
    user_id [name: 'orders_user_id_idx']
  }

  checks {
    `total >= 0` [name: 'orders_total_check']
  }
}

Table profiles {
  user_id integer [pk]
}

Table users {
  id serial [pk]
  email text [not null, unique, note: 'where to write']
  height \"double precision\"

  Note: 'people who buy'
}

Ref orders_user_id_fkey: orders.user_id > users.id [delete: cascade, update: set null]
Ref profiles_user_id_fkey: users.id - profiles.user_id
",
        &[],
    );
}

#[test]
fn compound_keys_and_other_namespaces() {
    check(
        "auth.users\n  a integer!\n  b integer!\n  pk k(a, b)\nposts\n  x integer\n  y integer\n\
         fk f: posts(x, y) -> auth.users(a, b) on delete restrict on update set default\n",
        "\
Table auth.users {
  a integer [not null]
  b integer [not null]

  indexes {
    (a, b) [pk, name: 'k']
  }
}

Table posts {
  x integer
  y integer
}

Ref f: posts.(x, y) > auth.users.(a, b) [delete: restrict, update: set default]
",
        &[],
    );
}

#[test]
fn nothing_is_lost_unseen() {
    check(
        "t\n  id integer!\n  Ref text = '`' || 'x' # short\n  x integer\n  pk t_pkey(id)\n  check c: x <> 1 or '`' = '`'\n  \
         note first\n\
         fk one: t(x) -> t(id)\nfk two: t(x) -> t(id)\nfk own: t(id) -> t(id)\nnamespace empty\n",
        "\
Table t {
  id integer [pk]
  \"Ref\" text [note: 'short']
  x integer

  Note: 'first'
}

Ref one: t.x > t.id
",
        &[
            "t.Ref: its default, which has a backtick in it",
            "c: the check, which has a backtick in it",
            "t.own: itself, as it references its own columns",
            "t.two: itself, as there is another reference between the same columns",
            "empty: the schema, as it has no tables",
        ],
    );
    check("empty\n", "", &["empty: the table, as it has no columns yet", "public: the schema, as it has no tables"]);
}

proptest! {
    #[test]
    fn every_schema_has_a_text(schema in arbitrary_broken_schema()) {
        let exported = export(&schema);
        prop_assert_eq!(&exported, &export(&schema.clone()));
        prop_assert!(exported.text.lines().all(|line| !line.contains('\t')));
    }
}
