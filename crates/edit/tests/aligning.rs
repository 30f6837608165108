//! Schemas that were read apart, and what is said of the difference.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails loudly")]

use edit::{PendingChanges, align, apply_all, diff, perhaps_renamed};
use proptest::prelude::*;
use schema::testing::{arbitrary_broken_schema, arbitrary_schema, schema_from};
use schema::{
    Bounds, Formula, IndexPart, Name, Opaque, OpaqueId, OpaqueKind, Partition, Partitioning, Rank, Schema, Statement,
    Strategy, validate,
};
use std::sync::Arc;
use uuid::Uuid;

/// The same schema as somebody else would have read it: no id is the same, ids run the other way, and ranks are new.
fn reread(schema: &Schema) -> Schema {
    const AWAY: u128 = 1 << 100;
    let text = serde_json::to_string(schema).unwrap();
    let mut turned = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        // An id is 36 characters long, wherever it stands: under a key, in a type, or in an expression.
        let id = rest.get(..36).filter(|_| c.is_ascii_hexdigit()).and_then(|piece| Uuid::try_parse(piece).ok());
        let (piece, length) = match id {
            Some(id) => (Uuid::from_u128(2 * AWAY - id.as_u128() % AWAY).to_string(), 36),
            None => (c.to_string(), c.len_utf8()),
        };
        turned.push_str(&piece);
        rest = &rest[length..];
    }
    let mut other: Schema = serde_json::from_str(&turned).unwrap();
    for table in other.tables.values_mut().map(Arc::make_mut) {
        table.keys.sort_by_key(|it| it.id);
        table.indexes.sort_by_key(|it| it.id);
        table.checks.sort_by_key(|it| it.id);
        for (n, column) in table.columns.iter_mut().enumerate() {
            column.rank = Rank::nth(n);
        }
    }
    let mut opaque: Vec<&mut Opaque> = other.opaque.values_mut().map(Arc::make_mut).collect();
    opaque.sort_by_key(|it| it.rank);
    for (n, it) in opaque.into_iter().enumerate() {
        it.rank = Rank::nth(n);
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

/// Views, functions that share a name, partitions, and everything else that mentions something by its id.
#[test]
fn what_most_schemas_have_not_is_aligned_too() {
    let mut schema = schema_from(
        "enum mood: sad, ok\ndomain rich: mood\nt\n  id integer!\n  kind text\n  m mood[]\n  pk t_pkey(id)\n  \
         index i(kind)\npart\n  id integer!\n  kind text\n  m mood[]\nheir\n  id integer!\n",
    );
    let namespace = schema.default_namespace();
    let named = |name: &str| schema.tables.values().find(|table| table.name.as_str() == name).unwrap().id;
    let (t, part, heir) = (named("t"), named("part"), named("heir"));
    let table = Arc::make_mut(schema.tables.get_mut(&t).unwrap());
    let formula = |text: &str| Formula::bind(&schema::Expression::parse_wide(text).unwrap(), table);
    let (lower, is_old) = (formula("lower(kind) || f(id)"), formula("id < 10"));
    table.options.partitioning =
        Some(Partitioning { strategy: Strategy::List, parts: vec![IndexPart::expression(lower.clone())] });
    table.indexes[0].options.predicate = Some(is_old);
    table.indexes[0].parts.push(IndexPart::expression(lower));
    Arc::make_mut(schema.tables.get_mut(&part).unwrap()).options.partition =
        Some(Partition { parent: t, bounds: Bounds::Default });
    Arc::make_mut(schema.tables.get_mut(&heir).unwrap()).options.inherits = vec![part];
    let texts = [
        (OpaqueKind::Function, None, "f", "create function f(a int) returns int language sql return 1"),
        (OpaqueKind::Function, None, "f", "create function f(a text) returns int language sql return 2"),
        (OpaqueKind::View, None, "v", "create view v as select 1"),
        (OpaqueKind::View, None, "w", "create view w as select * from v"),
        (OpaqueKind::Trigger, Some(t), "g", "create trigger g before insert on t execute function f()"),
    ];
    for (n, (kind, table, name, text)) in texts.into_iter().enumerate() {
        let id = OpaqueId::from_u128(1_000 - n as u128);
        let (name, definition) = (Name::parse(name).unwrap(), Statement::parse(text).unwrap());
        schema.opaque.insert(id, Opaque { id, kind, namespace, table, name, rank: Rank::nth(n), definition }.into());
    }
    assert_eq!(align(&schema, &reread(&schema)), schema);
    // A view with another statement is the same view.
    let mut changed = reread(&schema);
    let view = changed.opaque.values_mut().find(|it| it.name.as_str() == "v").unwrap();
    Arc::make_mut(view).definition = Statement::parse("create view v as select 2").unwrap();
    let edits = diff(&schema, &align(&schema, &changed));
    assert_eq!(edits.len(), 1, "{edits:#?}");
}

proptest! {
    #[test]
    fn a_schema_that_is_read_twice_is_the_same(schema in arbitrary_schema()) {
        let aligned = align(&schema, &reread(&schema));
        prop_assert_eq!(diff(&schema, &aligned), vec![]);
        prop_assert_eq!(aligned, schema);
    }

    #[test]
    fn the_difference_leads_to_the_aligned_schema(a in arbitrary_schema(), b in arbitrary_schema()) {
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
