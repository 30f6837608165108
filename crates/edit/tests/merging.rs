//! What becomes of staged edits when others commit, case by case.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

use edit::{Choice, apply_all, conflicts, diff, merge};
use schema::testing::schema_from;

const BASE: &str = "
users
  id integer!
  name text
  pk users_pkey(id)
orders
  id integer!
  user_id integer
  pk orders_pkey(id)
";

fn with(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(BASE.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

/// What is merged and what has to be decided: `title: reason; base | theirs | mine`.
fn check(mine: &str, theirs: &str, merged: &str, expect: &[&str]) {
    let [base, mine, theirs, merged] = [BASE, mine, theirs, merged].map(schema_from);
    let found = merge(&base, &diff(&base, &mine), &theirs, &[]);
    assert_eq!(found.target, merged);
    let conflicts = conflicts(&found.held, &found.target);
    let lines: Vec<String> = conflicts
        .iter()
        .map(|conflict| {
            let words = conflict.words(&found.target, &base);
            format!("{}: {}; {} | {} | {}", words.title, words.reason, words.base, words.theirs, words.mine)
        })
        .collect();
    assert_eq!(lines, expect);
    for conflict in &conflicts {
        let kept = conflict.resolve(&Choice::Theirs, &found.target, &base).unwrap();
        assert!(kept.edits.is_empty() && !kept.settled.is_empty(), "{conflict:?}");
        let taken = conflict.resolve(&Choice::Mine, &found.target, &base).unwrap();
        let mut after = found.target.clone();
        apply_all(&mut after, &taken.edits).unwrap();
        assert_ne!(after, found.target, "{conflict:?}");
    }
}

#[test]
fn each_attribute_is_merged_by_itself() {
    let noted = with(&[("name text", "name text # called")]);
    let retyped = with(&[("name text", "name varchar(80)")]);
    check(&noted, &retyped, &with(&[("name text", "name varchar(80) # called")]), &[]);
    check(&noted, &noted, &noted, &[]);
    let other = with(&[("user_id integer", "user_id bigint")]);
    check(&retyped, &other, &with(&[("name text", "name varchar(80)"), ("user_id integer", "user_id bigint")]), &[]);
    let moved = "users\n  name text\n  id integer!\n  pk users_pkey(id)\norders\n  id integer!\n  user_id integer\n  \
                 pk orders_pkey(id)\n";
    check(moved, BASE, moved, &[]);
}

#[test]
fn two_values_of_one_attribute_are_a_conflict() {
    let (mine, theirs) = (with(&[("name text", "name bytea")]), with(&[("name text", "name varchar(80)")]));
    check(&mine, &theirs, &theirs, &["Column users.name: Both changed the type; text | varchar(80) | bytea"]);
}

#[test]
fn what_one_changes_and_the_other_deletes_is_a_conflict() {
    let (retyped, without) = (with(&[("name text", "name bytea")]), with(&[("  name text\n", "")]));
    check(
        &retyped,
        &without,
        &without,
        &["Column users.name: It was deleted; was there | deleted | type text becomes bytea"],
    );
    check(
        &without,
        &retyped,
        &retyped,
        &[
            "Column users.name: You delete it, and it was changed; was there, as you saw it | type text becomes bytea | deleted",
        ],
    );
    check(&without, &without, &without, &[]);
    let no_orders = "users\n  id integer!\n  name text\n  pk users_pkey(id)\n";
    let referring = format!("{BASE}fk f: orders(user_id) -> users(id)\n");
    check(
        no_orders,
        &referring,
        &referring,
        &["Table orders: You delete it, and it is used now; was there, as you saw it | used by Reference f | deleted"],
    );
    check(
        &referring,
        no_orders,
        no_orders,
        &["Table orders: It was deleted; was there | deleted | added: a deleted table → users.id; \
           on delete no action, on update no action"],
    );
}

#[test]
fn names_that_both_have_taken_are_a_conflict() {
    let (mine, theirs) = (
        with(&[("name text", "name text\n  email text @mine")]),
        with(&[("name text", "name text\n  email text @theirs")]),
    );
    check(
        &mine,
        &theirs,
        &theirs,
        &["Column users.email: The name email is taken; the name was free | it belongs to Column users.email | \
           added: email text"],
    );
}

#[test]
fn what_is_fine_apart_and_wrong_together_is_a_conflict() {
    let referring = format!("{BASE}fk f: orders(user_id) -> users(id)\n");
    let retyped = with(&[("  id integer!\n  name", "  id uuid!\n  name")]);
    let words = "orders.user_id is integer and cannot be compared with users.id, which is uuid";
    check(
        &referring,
        &retyped,
        &retyped,
        &[&format!(
            "Reference f: It does not go together with what was saved; was possible | {words} | \
             added: orders.user_id → users.id; on delete no action, on update no action"
        )],
    );
    let words = format!(
        "Column users.id: It does not go together with what was saved; was possible | {words} | type integer becomes uuid"
    );
    check(&retyped, &referring, &referring, &[&words]);
}

/// A check knows columns by name, and still means what it meant.
#[test]
fn a_staged_check_follows_its_columns() {
    let table = |columns: &str, check: &str| format!("{BASE}t\n{columns}{check}");
    let merged = |base: &str, mine: &str, theirs: &str, expect: &str, n_held: usize| {
        let [base, mine, theirs, expect] = [base, mine, theirs, expect].map(schema_from);
        let found = merge(&base, &diff(&base, &mine), &theirs, &[]);
        assert_eq!(found.target, expect);
        assert_eq!(found.held.len(), n_held, "{:?}", found.held);
        assert_eq!(conflicts(&found.held, &found.target).len(), n_held);
    };
    let (a, b) = ("  x integer @x\n", "  y integer @y\n");
    let (named, swapped) = ("  name integer @x\n", "  y integer @x\n  x integer @y\n");
    let (base, both) = (table(a, ""), table(&format!("{a}{b}"), ""));
    // They rename the column.
    merged(&base, &table(a, "  check c: x > 0\n"), &table(named, ""), &table(named, "  check c: name > 0\n"), 0);
    let (mine, theirs) = (table(&format!("{a}{b}"), "  check c: x > y\n"), table(swapped, ""));
    merged(&both, &mine, &theirs, &table(swapped, "  check c: y > x\n"), 0);
    // They rename the column of a check that is changed or goes.
    let checked = table(a, "  check c: x > 0\n");
    let followed = table(named, "  check c: name > 0\n");
    merged(&checked, &table(a, "  check c: x > 9\n"), &followed, &table(named, "  check c: name > 9\n"), 0);
    merged(&checked, &base, &followed, &table(named, ""), 0);
    // Their check stays with its column when the name goes to another one here.
    let mine = table(&format!("{named}  x integer @other\n"), "");
    let kept = table(&format!("{named}  x integer @other\n"), "  check c: name > 0\n");
    merged(&base, &mine, &checked, &kept, 0);
    // Here the column goes, and another one takes its name.
    let mine = table("  x integer @other\n", "");
    merged(&base, &mine, &checked, &checked, 2);
    // Here two columns have the name for now, and they rename the one that is meant.
    let mine = table(&format!("{a}  x integer @other\n"), "  check c: x > 0\n");
    let kept = table(&format!("{named}  x integer @other\n"), "  check c: name > 0\n");
    merged(&checked, &mine, &followed, &kept, 0);
    let mine = table("  y integer @x\n  y integer @other\n", "  check c: y > 0\n");
    let kept = table(&format!("{named}  y integer @other\n"), "  check c: name > 0\n");
    merged(&checked, &mine, &followed, &kept, 1);
    // The same words, and here they are about another column.
    let mine = table(&named.replace("x\n", "x\n  x integer @other\n"), "  check c: x > 0\n");
    merged(&checked, &mine, &checked, &mine, 0);
    // They have given the name to another column.
    let other = table("  x integer @other\n", "");
    merged(&base, &table(a, "  check c: x > 0\n"), &other, &other, 1);
    let taken = table(&format!("{a}  y integer @other\n"), "");
    let mine = table("  y integer @x\n", "  check c: y > 0\n");
    let kept = table(&format!("{a}  y integer @other\n"), "  check c: x > 0\n");
    merged(&base, &mine, &taken, &kept, 1);
}

/// Ten thousand tables and a thousand edits, half of which do not fit.
#[test]
fn a_large_schema_is_merged_quickly() {
    let text: String = (0..10_000).map(|n| format!("t{n}\n  id integer!\n  a text\n  pk t{n}_pkey(id)\n")).collect();
    let base = schema_from(&text);
    let changed = |to: &str, which: &dyn Fn(usize) -> bool| {
        let changes = (0..1_000).filter(|n| which(*n));
        let mut schema = base.clone();
        let names: Vec<String> = changes.map(|n| format!("t{n}")).collect();
        for table in schema.tables.values_mut().filter(|table| names.contains(&table.name.to_string())) {
            std::sync::Arc::make_mut(table).columns[1].data_type = schema::DataType::parse(to).unwrap();
        }
        schema
    };
    let (mine, theirs) = (changed("bytea", &|_| true), changed("uuid", &|n| n % 2 == 0));
    let edits = diff(&base, &mine);
    let started = std::time::Instant::now();
    let merged = merge(&base, &edits, &theirs, &[]);
    let found = conflicts(&merged.held, &merged.target);
    let took = started.elapsed();
    eprintln!("10,000 tables, {} edits, {} conflicts: {took:?}", edits.len(), found.len());
    assert_eq!((edits.len(), found.len()), (1_000, 500));
    assert!(took.as_secs() < 5, "{took:?}");
}

/// The reference goes from other columns than it was to, and the one that it was to go from may be gone.
#[test]
fn ends_that_are_gone_cannot_be_taken() {
    let with = |columns: &str, from: &str| {
        let columns: String = columns.chars().map(|name| format!("  {name} integer\n")).collect();
        schema_from(&format!("a\n  id integer!\n  pk k(id)\nb\n{columns}fk f: b({from}) -> a(id)\n"))
    };
    let base = with("xyz", "x");
    let mine = diff(&base, &with("xyz", "y"));
    for (theirs, expect) in [(with("xyz", "z"), true), (with("xz", "z"), false)] {
        let found = merge(&base, &mine, &theirs, &[]);
        let conflicts = conflicts(&found.held, &found.target);
        assert_eq!(conflicts.len(), 1);
        assert_eq!(conflicts[0].can_take_mine(&found.target, &base), expect, "{conflicts:?}");
    }
}
