//! Schemas that were read apart, and what is said of the difference.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails loudly")]

use edit::{PendingChanges, align, apply_all, diff, perhaps_renamed};
use proptest::prelude::*;
use schema::testing::{arbitrary_broken_schema, arbitrary_plain_schema, schema_from};
use schema::{
    CheckId, ColumnId, ColumnPair, Index, IndexId, KeyId, NamespaceId, Rank, ReferenceId, Schema, TableId, validate,
};
use std::sync::Arc;

/// The same schema as somebody else would have read it: no id is the same, and ids run the other way.
fn reread(schema: &Schema) -> Schema {
    const AWAY: u128 = 1 << 100;
    fn turn(id: u128) -> u128 {
        AWAY - id % AWAY + AWAY
    }
    let table = |id: TableId| TableId::from_u128(turn(id.0.as_u128()));
    let column = |id: ColumnId| ColumnId::from_u128(turn(id.0.as_u128()));
    let namespace = |id: NamespaceId| NamespaceId::from_u128(turn(id.0.as_u128()));
    let mut other = Schema::default();
    for mut it in schema.namespaces.values().cloned() {
        it.id = namespace(it.id);
        other.namespaces.insert(it.id, it);
    }
    for it in schema.tables.values() {
        let mut it = it.as_ref().clone();
        it.id = table(it.id);
        it.namespace = namespace(it.namespace);
        for (n, it) in it.columns.iter_mut().enumerate() {
            it.id = column(it.id);
            it.rank = Rank::nth(n);
        }
        for key in &mut it.keys {
            key.id = KeyId::from_u128(turn(key.id.0.as_u128()));
            key.columns = key.columns.iter().copied().map(column).collect();
        }
        for index in &mut it.indexes {
            index.id = IndexId::from_u128(turn(index.id.0.as_u128()));
            let columns: Vec<_> = index.columns().into_iter().map(column).collect();
            index.parts = Index::parts_of(&columns);
        }
        for check in &mut it.checks {
            check.id = CheckId::from_u128(turn(check.id.0.as_u128()));
        }
        it.keys.sort_by_key(|it| it.id);
        it.indexes.sort_by_key(|it| it.id);
        it.checks.sort_by_key(|it| it.id);
        other.tables.insert(it.id, Arc::new(it));
    }
    for it in schema.references.values() {
        let mut it = it.as_ref().clone();
        it.id = ReferenceId::from_u128(turn(it.id.0.as_u128()));
        it.referencing = table(it.referencing);
        it.referenced = table(it.referenced);
        let pairs = it.pairs.iter();
        let pair =
            |it: &ColumnPair| ColumnPair { referencing: column(it.referencing), referenced: column(it.referenced) };
        it.pairs = pairs.map(pair).collect();
        other.references.insert(it.id, Arc::new(it));
    }
    other
}

/// What is said of the difference, with the questions at the end.
fn check(before: &str, after: &str, expect: &[&str]) {
    let before = schema_from(before);
    let after = align(&before, &reread(&schema_from(after)));
    let pending = PendingChanges::between(&before, &after);
    let items = pending.items().map(|item| format!("{:?} {}: {}", item.kind, item.title, item.details.join("; ")));
    let questions = perhaps_renamed(&before, &after);
    let mut said: Vec<String> = items.chain(questions.iter().map(|it| it.words(&before, &after))).collect();
    said.sort();
    assert_eq!(said, expect, "{after:#?}");
}

const USERS: &str = "users\n  id integer!\n  mail text\n  age integer\n  pk users_pkey(id)\n";

#[test]
fn what_is_called_the_same_is_the_same() {
    check(USERS, USERS, &[]);
    check(
        USERS,
        &USERS.replace("age integer", "age bigint!"),
        &["Changed Column users.age: type integer becomes bigint; not null"],
    );
    check(
        "a\n  id integer\n",
        "other.a\n  id integer\n",
        &[
            "Added Schema other: ",
            "Added Table other.a: id integer",
            "Removed Schema public: ",
            "Removed Table a: id integer",
            "perhaps table a was renamed to other.a",
        ],
    );
}

#[test]
fn only_what_was_moved_has_moved() {
    let abc = "t\n  a integer\n  b text\n  c date\n  d uuid\n";
    check(
        abc,
        "t\n  a integer\n  n xml\n  m json\n  b text\n  c date\n  d uuid\n  o point\n",
        &["Added Column t.m: m json", "Added Column t.n: n xml", "Added Column t.o: o point"],
    );
    check(
        abc,
        "t\n  d uuid\n  a integer\n  b text\n  c date\n",
        &["Changed Column t.d: shown at another place in its table"],
    );
    check(abc, "t\n  b text\n  d uuid\n", &["Removed Column t.a: a integer", "Removed Column t.c: c date"]);
}

#[test]
fn a_constraint_of_another_name_is_the_same_one() {
    let shop = |pk: &str, check: &str, index: &str, fk: &str| {
        format!(
            "users\n  id integer!\n  age integer\n  pk {pk}(id)\n  check {check}: age > 0\n  index {index}(age)\n\
             orders\n  user_id integer\nfk {fk}: orders(user_id) -> users(id)\n"
        )
    };
    check(
        &shop("p", "c", "i", "f"),
        &shop("p2", "c2", "i2", "f2"),
        &[
            "Changed Check c2: renamed from c to c2",
            "Changed Index i2: renamed from i to i2",
            "Changed Primary key p2: renamed from p to p2",
            "Changed Reference f2: renamed from f to f2",
        ],
    );
}

#[test]
fn a_rename_is_asked_about_and_not_guessed() {
    check(
        USERS,
        &USERS.replace("mail", "email"),
        &[
            "Added Column users.email: email text",
            "Removed Column users.mail: mail text",
            "perhaps column users.mail was renamed to users.email",
        ],
    );
    // Two columns of a type are gone: either could be the new one.
    check(
        "t\n  k date\n  a text\n  b text\n",
        "t\n  k date\n  c text\n",
        &["Added Column t.c: c text", "Removed Column t.a: a text", "Removed Column t.b: b text"],
    );
    // Half of the columns are not most of them.
    check(
        "a\n  x text\n  y date\n",
        "b\n  x text\n  z date\n",
        &["Added Table b: x text; z date", "Removed Table a: x text; y date"],
    );
    check(
        "a\n  x text\n  y date\n  z xml\n",
        "b\n  x text\n  y date\n  z text\n",
        &[
            "Added Table b: x text; y date; z text",
            "Removed Table a: x text; y date; z xml",
            "perhaps table a was renamed to b",
        ],
    );
}

proptest! {
    #[test]
    fn a_schema_that_is_read_twice_is_the_same(schema in arbitrary_plain_schema()) {
        let aligned = align(&schema, &reread(&schema));
        prop_assert_eq!(diff(&schema, &aligned), vec![]);
        prop_assert_eq!(aligned, schema);
    }

    #[test]
    fn the_difference_leads_to_the_aligned_schema(a in arbitrary_plain_schema(), b in arbitrary_plain_schema()) {
        let aligned = align(&a, &reread(&b));
        let mut applied = a.clone();
        apply_all(&mut applied, &diff(&a, &aligned)).unwrap();
        prop_assert_eq!(&applied, &aligned);
        // It still says what it said.
        prop_assert_eq!(validate(&aligned), vec![]);
        prop_assert_eq!(diff(&aligned, &align(&aligned, &reread(&b))), vec![]);
        for question in perhaps_renamed(&a, &aligned) {
            prop_assert!(a.label(question.from).is_some() && aligned.label(question.to).is_some());
        }
    }

    #[test]
    fn nothing_is_lost_in_broken_schemas(a in arbitrary_broken_schema(), b in arbitrary_broken_schema()) {
        let aligned = align(&a, &reread(&b));
        let parts = |schema: &Schema| {
            let of = |count: fn(&schema::Table) -> usize| schema.tables.values().map(|it| count(it)).sum::<usize>();
            (schema.namespaces.len(), schema.tables.len(), schema.references.len(), of(|it| it.columns.len()))
        };
        prop_assert_eq!(parts(&aligned), parts(&b));
        perhaps_renamed(&a, &aligned);
    }
}
