//! Pending changes and rebasing, case by case.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

use edit::{Edit, EditError, Landing, Object, PendingChanges, apply, apply_all, diff, drop_edits, land, rebase};
use schema::testing::schema_from;
use schema::{
    Column, ColumnId, Expression, Formula, Index, IndexPart, Key, KeyId, Name, ObjectId, PartOf, Schema, Table,
};
use std::collections::BTreeSet;
use std::sync::Arc;

fn label(object: ObjectId, base: &Schema, target: &Schema) -> String {
    target.label(object).or_else(|| base.label(object)).unwrap()
}

/// Discards the item that goes by this name, and says what is pending then.
fn discard(base: &str, target: &str, name: &str, expect: &[&str]) {
    let (base, target) = (schema_from(base), schema_from(target));
    let pending = PendingChanges::between(&base, &target);
    let mut named = pending.items().filter(|item| label(item.object, &base, &target) == name);
    let chosen = BTreeSet::from([named.next().unwrap().object]);
    assert!(named.next().is_none(), "two items are called {name}");
    let edits = pending.discard(&base, &target, &chosen).unwrap();
    let mut rest = target.clone();
    apply_all(&mut rest, &edits).unwrap();
    let left = PendingChanges::between(&base, &rest);
    let left: Vec<String> = left.items().map(|item| label(item.object, &base, &target)).collect();
    assert_eq!(left, expect, "{base:#?}\n=>\n{target:#?}");
    assert_eq!(schema::validate(&rest), vec![]);
}

/// Chooses the item that goes by this name, and says what is chosen with it.
fn choose(base: &str, target: &str, name: &str, expect: &[&str]) {
    let (base, target) = (schema_from(base), schema_from(target));
    let pending = PendingChanges::between(&base, &target);
    let named = pending.items().filter(|item| label(item.object, &base, &target) == name);
    let chosen = pending.with_needs(&named.map(|item| item.object).collect());
    assert_eq!(chosen.iter().map(|object| label(*object, &base, &target)).collect::<Vec<_>>(), expect);
    let mut part = base.clone();
    apply_all(&mut part, &pending.edits_of(&chosen)).unwrap();
    assert_eq!(schema::validate(&part), vec![]);
}

/// What is used cannot be dropped by itself.
#[test]
fn what_is_used_stays() {
    let text =
        "a\n  id integer!\n  x integer\n  pk k(id)\n  check c: x > 0\nb\n  a_id integer\nfk f: b(a_id) -> a(id)\n";
    let schema = schema_from(text);
    let table = schema.tables.values().find(|table| table.name.as_str() == "a").unwrap();
    let columns = table.columns.iter().map(|column| ObjectId::Column(table.id, column.id));
    for object in columns.chain([ObjectId::Table(table.id)]) {
        let alone = drop_edits(&schema, object).pop().unwrap();
        let refused = apply(&mut schema.clone(), &alone);
        assert!(matches!(refused, Err(EditError::InUse { .. })), "{object:?}: {refused:?}");
    }
}

/// `mine` and `theirs` were made for the same revision, and theirs landed first; the landing in a word.
fn landing(base: &str, theirs: &str, mine: &str, expect: &str) {
    let (base, theirs, mine) = (schema_from(base), schema_from(theirs), schema_from(mine));
    let since = if theirs == base { Vec::new() } else { vec![diff(&base, &theirs)] };
    let word = match land(&theirs, &since, &diff(&base, &mine)).unwrap() {
        Landing::Fits { target, edits } => {
            let mut head = theirs.clone();
            apply_all(&mut head, &edits).unwrap();
            assert_eq!(head, target);
            "fits"
        }
        Landing::Conflicts { .. } => "conflicts",
        Landing::Invalid(_) => "invalid",
        Landing::Misfit { .. } => "misfit",
    };
    assert_eq!(word, expect);
}

#[test]
fn a_commit_lands_whole_or_not_at_all() {
    let (plain, noted) = ("t\n  a integer\n", "t\n  a integer\n  note said\n");
    let (twice, typed) = ("t\n  a integer\n  a integer @b\n", "t\n  a bigint\n  note said\n");
    landing(plain, plain, noted, "fits");
    landing(plain, noted, "t\n  a text\n", "fits");
    landing(plain, plain, twice, "invalid");
    landing(plain, noted, twice, "invalid");
    landing(plain, typed, "t\n  a text\n  note said\n", "conflicts");
    let other = [diff(&schema_from(noted), &schema_from("t\n  a integer\n  note other\n"))];
    let found = land(&schema_from(plain), &[], &other.concat()).unwrap();
    assert!(matches!(found, Landing::Misfit { .. }), "{found:?}");
}

const USERS: &str = "users\n  id integer!\n  pk users_pkey(id)\n";

#[test]
fn a_check_goes_with_the_column_that_it_means() {
    let base = "t\n  a integer\n  b integer\n  check c: b > 0\n";
    let target = "t\n  a integer\n  b bigint @new\n  check c: b > 0\n";
    let pending = PendingChanges::between(&schema_from(base), &schema_from(target));
    assert_eq!(pending.len(), 3);
    let (before, after) = (schema_from(base), schema_from(target));
    let created = pending.items().find(|item| matches!(item.edits.as_slice(), [Edit::Create(_)])).unwrap().object;
    let edits = pending.discard(&before, &after, &BTreeSet::from([created])).unwrap();
    assert_eq!(edits, diff(&after, &before));
}

/// While two columns have the name, the check means neither and is none of what is pending: there is nothing to discard.
#[test]
fn a_check_is_the_same_while_another_column_has_the_name_of_its_own() {
    let with = |columns: &str| schema_from(&format!("t\n{columns}  check c: a > 0\n"));
    let (own, both, other) = ("  a integer @own\n", "  a integer @own\n  a integer @other\n", "  a integer @other\n");
    for (base, target, n_changes) in [(own, both, 1), (both, own, 1), (both, other, 2), (own, other, 3)] {
        let pending = PendingChanges::between(&with(base), &with(target));
        assert_eq!(pending.len(), n_changes, "{pending:#?}");
    }
}

#[test]
fn a_table_takes_the_name_of_its_own_key_together_with_it() {
    let base = schema_from("t\n  a integer!\n  pk alpha(a)\n");
    let mut target = base.clone();
    for table in target.tables.values_mut().map(std::sync::Arc::make_mut) {
        table.name = Name::parse("alpha").unwrap();
        table.keys.iter_mut().for_each(|key| key.name = Name::parse("t_pkey").unwrap());
    }
    let pending = PendingChanges::between(&base, &target);
    let tables = base.tables.keys().map(|table| ObjectId::Table(*table));
    let mut part = base.clone();
    apply_all(&mut part, &pending.edits_of(&pending.with_needs(&tables.collect()))).unwrap();
    assert_eq!(part, target);
}

#[test]
fn a_type_changes_together_with_the_checks_that_do_not_fit_it() {
    let (truth, number) = ("t\n  a boolean\n  check c: a\n", "t\n  a integer\n  check c: a > 0\n");
    choose(truth, "t\n  a integer\n", "t.a", &["t.a", "c"]);
    choose(truth, number, "t.a", &["t.a", "c"]);
    choose(truth, number, "c", &["t.a", "c"]);
    choose(number, "t\n  a bigint\n  check c: a > 0\n", "t.a", &["t.a"]);
}

#[test]
fn set_null_and_primary_keys_keep_out_of_each_others_way() {
    let orders = |key: &str, action: &str| {
        format!("{USERS}orders\n  user_id integer\n{key}fk f: orders(user_id) -> users(id){action}\n")
    };
    let (open, keyed) = (orders("", " on delete set null"), orders("  pk k(user_id)\n", ""));
    discard(&open, &keyed, "f", &[]);
    discard(&open, &keyed, "k", &["f"]);
    discard(&keyed, &open, "k", &[]);
    discard(&keyed, &open, "f", &["k"]);
    let without = format!("{USERS}orders\n  user_id integer\n  pk k(user_id)\n");
    discard(&without, &open, "k", &[]);
    discard(&open, &without, "f", &[]);
}

#[test]
fn what_does_not_hang_together_stays() {
    discard(
        &format!("{USERS}orders\n  user_id integer\n"),
        &format!("{USERS}  note people\norders\n  user_id integer\nfk f: orders(user_id) -> users(id)\n"),
        "users",
        &["f"],
    );
    discard("t\n  a integer\n  b integer\n", "t\n  b integer\n  a integer\n  unique u(b)\n", "t.b", &["t.a", "u"]);
}

/// A check may mention, between two renames, a name that no column has. Renames go by id, so many ids are tried.
#[test]
fn renames_through_each_others_names_can_be_taken_back() {
    for n in 0..40 {
        let named = |text: &str| schema_from(&text.replace('@', &format!("@{n}-")));
        let a = named("t\n  name text @1\n  id text @2\n  orders text @3\n  users text @4\n  check c: name <> ''\n");
        let b = named("t\n  id text @1\n  users text @2\n  name text @3\n  check c: id = ''\n");
        let edits = diff(&a, &b);
        let mut there_and_back = a.clone();
        apply_all(&mut there_and_back, &edits).unwrap();
        assert_eq!(there_and_back, b);
        apply_all(&mut there_and_back, &edits.iter().rev().map(Edit::invert).collect::<Vec<_>>()).unwrap();
        assert_eq!(there_and_back, a);
    }
}

/// A check may be written again while the column that it mentions is to go. That is wrong, and still to be seen and mended.
#[test]
fn a_check_over_a_column_that_goes_can_be_staged() {
    let with = |check: &str| schema_from(&format!("t\n  a integer\n  b integer\n{check}"));
    let without = |check: &str| schema_from(&format!("t\n  b integer\n{check}"));
    for (base, target) in [
        (with(""), without("  check c: a > 0\n")),
        (with("  check c: a > 0\n"), without("  check c: a > 0\n")),
        (with("  check c: b > 0\n"), without("  check c: a > 0\n")),
    ] {
        let edits = diff(&base, &target);
        let mut there_and_back = base.clone();
        apply_all(&mut there_and_back, &edits).unwrap();
        assert_eq!(there_and_back, target);
        apply_all(&mut there_and_back, &edits.iter().rev().map(Edit::invert).collect::<Vec<_>>()).unwrap();
        assert_eq!(there_and_back, base);
    }
}

#[test]
fn rebasing_many_edits_of_a_lost_table_ends_soon() {
    let base = schema_from(USERS);
    let users = base.tables.values().next().unwrap();
    let column = |n: u128| Column { id: ColumnId::from_u128(n), ..users.columns[0].clone() };
    let edits: Vec<Edit> = (0..40_000).map(|n| Edit::Create(Object::Column(users.id, column(n)))).collect();
    let newer = schema_from("others\n  id integer\n");
    let rebased = rebase(&base, &edits, &newer);
    assert_eq!((rebased.target, rebased.held.len()), (newer, edits.len()));
}

#[test]
fn types_come_and_go_with_what_is_of_them() {
    let base = "enum mood: sad\nt\n  id integer\n";
    let target = "enum mood: sad, happy\nenum other: x\ndomain more: other\nt\n  id integer\n  o more\nu\n  m mood\n";
    choose(base, target, "t.o", &["t.o", "other", "more"]);
    choose(base, target, "u", &["u", "mood"]);
    discard(base, target, "other", &["u", "mood"]);
    choose(target, base, "more", &["t.o", "more"]);
    let schema = schema_from(target);
    let mood = schema.types.values().find(|it| it.name.as_str() == "mood").unwrap();
    let gone = drop_edits(&schema, ObjectId::Type(mood.id));
    let gone: Vec<String> = gone.iter().map(|edit| schema.label(edit.object()).unwrap()).collect();
    assert_eq!(gone, ["u.m", "mood"]);
}

/// Two devices say the same of one type: labels are told apart by their ids.
#[test]
fn labels_are_merged_as_a_whole() {
    landing("enum m: a\n", "enum m: a, b\n", "enum m: a, b\n", "fits");
    landing("enum m: a\n", "enum m: a, b\n", "enum m: a, c\n", "conflicts");
    landing("enum m: a\nt\n  id integer\n", "t\n  id integer\n", "enum m: a\nt\n  id integer\n  m m\n", "conflicts");
}

/// What is indexed or generated means columns and not their names.
#[test]
fn formulas_follow_their_columns() {
    let base = schema_from("t\n  a text @1\n  b text @2\n");
    let id = *base.tables.keys().next().unwrap();
    let mut with = base.clone();
    let table = Arc::make_mut(with.tables.get_mut(&id).unwrap());
    let part = |text: &str, table: &Table| IndexPart {
        of: PartOf::Expression(Formula::bind(&Expression::parse_wide(text).unwrap(), table)),
        ..IndexPart::column(table.columns[0].id)
    };
    let parts = vec![part("lower(a) || f(b)", table)];
    let (name, index) = (Name::parse("i").unwrap(), schema::IndexId::from_u128(1));
    table.indexes.push(Index { id: index, name, unique: false, parts, options: Default::default() });
    let mut renamed = with.clone();
    let table = Arc::make_mut(renamed.tables.get_mut(&id).unwrap());
    table.columns[0].name = Name::parse("b").unwrap();
    table.columns[1].name = Name::parse("a").unwrap();
    let edits = diff(&with, &renamed);
    assert_eq!(edits.len(), 2, "the index is as it was");
    let pending = PendingChanges::between(&base, &renamed);
    let item = pending.item(ObjectId::Index(id, index)).unwrap();
    assert_eq!(item.details, ["on lower(b) || f(a)"]);
    let column = ObjectId::Column(id, base.table(id).unwrap().columns[1].id);
    let gone: Vec<ObjectId> = drop_edits(&renamed, column).iter().map(Edit::object).collect();
    assert_eq!(gone, [ObjectId::Index(id, index), column]);
}

/// They find their places in any order.
#[test]
fn many_parts_of_one_table_are_made() {
    let base = schema_from(USERS);
    let users = base.tables.values().next().unwrap();
    // Not in the order of their ids.
    let ids = (1..=20_000_u128).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
    let column = |n| Column { id: ColumnId::from_u128(n), ..users.columns[0].clone() };
    let key = |n| Key { id: KeyId::from_u128(n), ..users.keys[0].clone() };
    let columns = ids.clone().map(|n| Edit::Create(Object::Column(users.id, column(n))));
    let keys = ids.map(|n| Edit::Create(Object::Key(users.id, key(n))));
    let edits: Vec<Edit> = columns.chain(keys).collect();
    let mut schema = base.clone();
    apply_all(&mut schema, &edits).unwrap();
    let made = &schema.tables[&users.id];
    assert_eq!((made.columns.len(), made.keys.len()), (20_001, 20_001));
    assert!(made.columns.is_sorted_by_key(|column| (column.rank, column.id)));
    assert!(made.keys.is_sorted_by_key(|key| key.id));
}

/// A group and what comes into it go together; that it goes leaves its tables.
#[test]
fn groups_come_with_their_tables() {
    let tables = "a\n  x integer\nb\n  x integer\n";
    let grouped = format!("{tables}group g: a, b\n");
    choose(tables, &grouped, "g", &["a", "b", "g"]);
    choose(tables, &grouped, "a", &["a", "b", "g"]);
    discard(tables, &grouped, "g", &[]);
    discard(tables, &grouped, "b", &[]);
    discard(tables, &format!("{tables}group g:\nsticky n: look\n"), "g", &["n"]);
    choose(&grouped, tables, "g", &["g"]);
    // A table of a group that is gone is in none.
    let mut schema = schema_from(&grouped);
    let group = *schema.annotations.keys().next().unwrap();
    let edits = drop_edits(&schema, ObjectId::Annotation(group));
    assert_eq!(edits.len(), 1);
    apply_all(&mut schema, &edits).unwrap();
    assert_eq!(schema::validate(&schema), vec![]);
    assert!(schema.tables.values().all(|table| schema.group_of(table).is_none()));
    // Who puts a table into a group and who changes the table otherwise are not in each other's way.
    let noted = grouped.replacen("  x integer\n", "  x integer\n  note said\n", 1);
    landing(&grouped, &format!("{tables}group g: b\n"), &noted, "fits");
    landing(&grouped, &format!("{tables}group g: b\n"), &format!("{tables}group g: b\ngroup h: a\n"), "conflicts");
}
