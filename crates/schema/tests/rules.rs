//! Every rule of `validate`: what it says, and a neighbour that it lets pass.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail loudly")]

use schema::{
    Check, CheckId, Code, Column, ColumnId, DataType, Expression, Index, IndexId, Key, KeyId, KeyKind, Name, Namespace,
    NamespaceId, Rank, Reference, ReferentialAction, Schema, Table, sample, validate,
};
use std::collections::BTreeSet;
use std::sync::Arc;

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

/// Changes one table of the sample.
fn edit(shop: &mut Schema, table: &str, change: impl FnOnce(&mut Table)) {
    let table = shop.tables.values_mut().find(|one| one.name.as_str() == table).unwrap();
    change(Arc::make_mut(table));
}

fn reference<'a>(shop: &'a mut Schema, text: &str) -> &'a mut Reference {
    Arc::make_mut(shop.references.values_mut().find(|one| one.name.as_str() == text).unwrap())
}

fn column<'a>(table: &'a mut Table, text: &str) -> &'a mut Column {
    table.columns.iter_mut().find(|one| one.name.as_str() == text).unwrap()
}

fn add_column(table: &mut Table, text: &str, data_type: &str, default: &str) -> ColumnId {
    let id = ColumnId::from_u128(900 + table.columns.len() as u128);
    table.columns.push(Column {
        id,
        rank: Rank::nth(table.columns.len()),
        name: name(text),
        data_type: DataType::parse(data_type).unwrap(),
        nullable: true,
        default: (!default.is_empty()).then(|| Expression::parse(default).unwrap()),
        note: None,
        generation: None,
        collation: None,
    });
    id
}

fn add_check(table: &mut Table, text: &str, expression: &str) {
    let expression = Expression::parse(expression).unwrap();
    table.checks.push(Check { id: CheckId::from_u128(950), name: name(text), expression, options: Default::default() });
}

fn add_index(table: &mut Table, text: &str, columns: &[ColumnId]) {
    table.indexes.push(Index {
        id: IndexId::from_u128(960),
        name: name(text),
        unique: false,
        parts: Index::parts_of(columns),
        options: Default::default(),
    });
}

fn add_key(table: &mut Table, text: &str, kind: KeyKind, columns: Vec<ColumnId>) {
    table.keys.push(Key { id: KeyId::from_u128(970), name: name(text), kind, columns, options: Default::default() });
}

/// Changes the sample and expects exactly these findings.
fn check(change: impl FnOnce(&mut Schema), expect: &[(Code, &str)]) {
    let mut shop = sample::shopflow();
    change(&mut shop);
    let findings = validate(&shop);
    let told: Vec<(Code, &str)> = findings.iter().map(|one| (one.code, one.message.as_str())).collect();
    assert_eq!(told, expect);
}

#[test]
fn names_are_unique_where_postgresql_wants_it() {
    let namespace = |text: &'static str| {
        move |shop: &mut Schema| {
            let id = NamespaceId::from_u128(800);
            shop.namespaces.insert(id, Namespace { id, name: name(text) });
        }
    };
    check(namespace("auth"), &[]);
    check(namespace("public"), &[(Code::DuplicateName, "there are two schemas called public")]);
    check(namespace("pgx"), &[]);
    check(
        namespace("pg_mine"),
        &[(Code::ReservedName, "pg_mine: schemas whose names begin with pg_ are PostgreSQL's own")],
    );
    check(
        namespace("information_schema"),
        &[(Code::ReservedName, "every database already has a schema information_schema")],
    );
    let rename = |table: &'static str, to: &'static str| {
        move |shop: &mut Schema| edit(shop, table, |table| table.name = name(to))
    };
    let taken = |what: &str| format!("the name {what} is taken; tables, keys and indexes of a schema share names");
    check(rename("orders", "order"), &[]);
    check(rename("orders", "text"), &[]);
    check(rename("order_items", "users"), &[(Code::DuplicateName, &taken("users"))]);
    check(rename("order_items", "users_email_key"), &[(Code::DuplicateName, &taken("users_email_key"))]);
    check(rename("order_items", "idx_orders_user_id"), &[(Code::DuplicateName, &taken("idx_orders_user_id"))]);
    check(rename("order_items", "fk_orders_user"), &[]);
    let owned = |what: &str, column: &str| {
        format!("the name {what} belongs to the sequence that numbers {column}; choose another name")
    };
    check(rename("order_items", "users_id_seq"), &[(Code::DuplicateName, &owned("users_id_seq", "users.id"))]);
    check(rename("order_items", "users_email_seq"), &[]);
    check(
        |shop| edit(shop, "orders", |table| table.indexes[0].name = name("orders_id_seq")),
        &[(Code::DuplicateName, &owned("orders_id_seq", "orders.id"))],
    );
    check(
        |shop| edit(shop, "users", |table| table.keys[0].name = name("users_id_seq")),
        &[(Code::DuplicateName, &owned("users_id_seq", "users.id"))],
    );
    check(
        |shop| edit(shop, "order_items", |table| table.keys[0].name = name("orders_pkey")),
        &[(Code::DuplicateName, &taken("orders_pkey"))],
    );
    for taken_in_public in ["users", "users_id_seq"] {
        check(
            |shop| {
                namespace("auth")(shop);
                edit(shop, "order_items", |table| {
                    table.namespace = NamespaceId::from_u128(800);
                    table.name = name(taken_in_public);
                });
            },
            &[],
        );
    }
    // PostgreSQL numbers the sequences of two columns whose names are cut to the same.
    check(
        |shop| {
            edit(shop, "order_items", |table| {
                for end in ["a", "b"] {
                    let text = format!("{}{end}", "x".repeat(60));
                    add_column(table, &text, "serial", "");
                    column(table, &text).nullable = false;
                }
                let names: BTreeSet<Name> = table.sequences().map(|(_, name)| name).collect();
                assert_eq!((names.len(), table.sequences().count()), (2, 3));
            });
        },
        &[],
    );
}

#[test]
fn names_are_unique_in_their_table() {
    check(|shop| edit(shop, "users", |table| column(table, "email").name = name("Name")), &[]);
    check(
        |shop| edit(shop, "users", |table| column(table, "email").name = name("name")),
        &[(Code::DuplicateName, "users has two columns called name")],
    );
    check(
        |shop| edit(shop, "users", |table| column(table, "email").name = name("xmin")),
        &[(Code::ReservedName, "users.xmin: every table already has a hidden column of that name")],
    );
    check(|shop| edit(shop, "users", |table| column(table, "email").name = name("oid")), &[]);
    check(|shop| edit(shop, "users", |table| add_check(table, "users", "id > 0")), &[]);
    check(
        |shop| edit(shop, "users", |table| add_check(table, "users_pkey", "id > 0")),
        &[(Code::DuplicateName, "users has two constraints called users_pkey")],
    );
    check(
        |shop| edit(shop, "orders", |table| add_check(table, "fk_orders_user", "id > 0")),
        &[(Code::DuplicateName, "orders has two constraints called fk_orders_user")],
    );
    check(|shop| reference(shop, "fk_order_items_order").name = name("fk_orders_user"), &[]);
    check(
        |shop| reference(shop, "fk_order_items_order").name = name("fk_order_items_product"),
        &[(Code::DuplicateName, "order_items has two constraints called fk_order_items_product")],
    );
}

#[test]
fn nothing_is_missing() {
    check(
        |shop| edit(shop, "users", |table| table.namespace = NamespaceId::from_u128(801)),
        &[(Code::Dangling, "users is in no schema")],
    );
    check(
        |shop| edit(shop, "orders", |table| table.indexes[0].parts = Index::parts_of(&[ColumnId::from_u128(802)])),
        &[(Code::Dangling, "idx_orders_user_id has a column that orders has not")],
    );
    check(
        |shop| edit(shop, "orders", |table| table.columns.retain(|one| one.name.as_str() != "user_id")),
        &[
            (Code::Dangling, "idx_orders_user_id has a column that orders has not"),
            (Code::Dangling, "fk_orders_user lacks a column"),
        ],
    );
    check(
        |shop| shop.tables.retain(|_, table| table.name.as_str() != "users"),
        &[(Code::Dangling, "fk_orders_user lacks a table")],
    );
    check(
        |shop| {
            let (_, table) = shop.tables.pop_last().unwrap();
            shop.references.retain(|_, one| one.referencing != table.id && one.referenced != table.id);
            shop.tables.insert(schema::TableId::from_u128(u128::MAX), table);
        },
        &[(Code::Dangling, "order_items is kept under an id that is not its own")],
    );
}

#[test]
fn keys_and_indexes_have_columns_that_can_be_ordered() {
    let id = |table: &Table| table.columns[0].id;
    check(|shop| edit(shop, "orders", |table| add_index(table, "i", &[])), &[(Code::NoColumns, "i has no columns")]);
    check(
        |shop| {
            edit(shop, "orders", |table| {
                let columns: Vec<ColumnId> =
                    (0..32).map(|n| add_column(table, &format!("c{n}"), "integer", "")).collect();
                add_index(table, "i", &columns);
            });
        },
        &[],
    );
    check(
        |shop| {
            edit(shop, "orders", |table| {
                let columns: Vec<ColumnId> =
                    (0..33).map(|n| add_column(table, &format!("c{n}"), "integer", "")).collect();
                add_index(table, "i", &columns);
            });
        },
        &[(Code::TooManyColumns, "i has 33 columns; 32 are the most")],
    );
    let widened = |count: usize| {
        move |shop: &mut Schema| {
            edit(shop, "users", |table| {
                for n in table.columns.len()..count {
                    add_column(table, &format!("c{n}"), "integer", "");
                }
            });
        }
    };
    check(widened(1_600), &[]);
    check(widened(1_601), &[(Code::TooManyColumns, "users has 1601 columns; 1600 are the most")]);
    check(
        |shop| edit(shop, "orders", |table| add_key(table, "k", KeyKind::Unique, vec![id(table), id(table)])),
        &[(Code::RepeatedColumn, "k has id twice")],
    );
    check(
        |shop| edit(shop, "orders", |table| add_index(table, "i", &[id(table), id(table), id(table)])),
        &[(Code::RepeatedColumn, "i has id twice")],
    );
    check(
        |shop| edit(shop, "orders", |table| add_key(table, "k", KeyKind::Primary, vec![id(table)])),
        &[(Code::TwoPrimaryKeys, "orders has two primary keys")],
    );
    for (data_type, can) in
        [("jsonb", true), ("tsvector", true), ("bytea", true), ("json", false), ("xml", false), ("point", false)]
    {
        let message = format!("i: c is {data_type}, which cannot be indexed");
        let expect = [(Code::NoKeyType, message.as_str())];
        check(
            |shop| {
                edit(shop, "orders", |table| {
                    let column = add_column(table, "c", data_type, "");
                    add_index(table, "i", &[column]);
                });
            },
            if can { &[] } else { &expect },
        );
    }
}

#[test]
fn what_an_index_is_told_suits_its_method() {
    let index = |method: &'static str, change: fn(&mut Index, ColumnId)| {
        move |shop: &mut Schema| {
            edit(shop, "orders", |table| {
                let (first, second) = (table.columns[0].id, table.columns[1].id);
                add_index(table, "i", &[first]);
                let index = table.indexes.last_mut().unwrap();
                index.options.method = Name::parse(method).ok();
                change(index, second);
            });
        }
    };
    let includes = |index: &mut Index, other| index.options.include = vec![other];
    let descends = |index: &mut Index, _| index.parts[0].descending = true;
    let nulls = |index: &mut Index, _| index.parts[0].nulls_first = Some(true);
    for (method, has_order, has_include) in
        [("", true, true), ("btree", true, true), ("gist", false, true), ("gin", false, false), ("hnsw", true, true)]
    {
        let is = format!("i is of the method {method}, which");
        let order = format!("{is} keeps no order; take out desc, nulls first and nulls last");
        let include = format!("{is} has no columns beside the entries; take out what it includes");
        let (order, include) = ([(Code::BadOption, order.as_str())], [(Code::BadOption, include.as_str())]);
        check(index(method, descends), if has_order { &[] } else { &order });
        check(index(method, nulls), if has_order { &[] } else { &order });
        check(index(method, includes), if has_include { &[] } else { &include });
    }
}

#[test]
fn collations_are_of_texts() {
    let collation = || Some(schema::QualifiedName { namespace: None, name: name("C") });
    for (data_type, is_text) in
        [("text", true), ("varchar(20)", true), ("text[]", true), ("integer", false), ("uuid[]", false)]
    {
        let column_says = format!("orders.c is {data_type}, which has no collation; take it out");
        let index_says = format!("i orders c by a collation, but it is {data_type}, which has none");
        let expect_of_column = [(Code::WrongType, column_says.as_str())];
        let expect_of_index = [(Code::WrongType, index_says.as_str())];
        let of_column = |shop: &mut Schema| {
            edit(shop, "orders", |table| {
                add_column(table, "c", data_type, "");
                column(table, "c").collation = collation();
            });
        };
        check(of_column, if is_text { &[] } else { &expect_of_column });
        let of_index = |shop: &mut Schema| {
            edit(shop, "orders", |table| {
                let id = add_column(table, "c", data_type, "");
                add_index(table, "i", &[id]);
                table.indexes.last_mut().unwrap().parts[0].collation = collation();
            });
        };
        check(of_index, if is_text { &[] } else { &expect_of_index });
    }
}

#[test]
fn references_name_keys_of_the_same_type() {
    check(
        |shop| reference(shop, "fk_orders_user").pairs.clear(),
        &[(Code::NoColumns, "fk_orders_user has no columns")],
    );
    check(
        |shop| edit(shop, "users", |table| table.keys.retain(|key| key.kind == KeyKind::Unique)),
        &[(Code::NotAKey, "fk_orders_user: users needs a primary key or unique constraint over exactly id")],
    );
    check(
        |shop| {
            edit(shop, "users", |table| {
                table.keys.clear();
                let id = table.columns[0].id;
                add_index(table, "i", &[id]);
                table.indexes[0].unique = true;
            });
        },
        &[],
    );
    check(|shop| edit(shop, "orders", |t| column(t, "user_id").data_type = DataType::parse("bigint").unwrap()), &[]);
    check(
        |shop| edit(shop, "orders", |t| column(t, "user_id").data_type = DataType::parse("text").unwrap()),
        &[(Code::TypesDiffer, "orders.user_id is text and cannot be compared with users.id, which is serial")],
    );
    check(
        |shop| {
            let reference = reference(shop, "fk_orders_user");
            reference.pairs.extend_from_within(..);
        },
        &[
            (Code::RepeatedColumn, "fk_orders_user uses orders.user_id twice"),
            (Code::NotAKey, "fk_orders_user: users needs a primary key or unique constraint over exactly id, id"),
        ],
    );
    let set_null = "fk_orders_user: set null cannot work while orders.user_id is NOT NULL; make it nullable or choose \
                    another action";
    check(
        |shop| reference(shop, "fk_orders_user").on_delete = ReferentialAction::SetNull,
        &[(Code::SetNullOnNotNull, set_null)],
    );
    check(
        |shop| {
            reference(shop, "fk_orders_user").on_delete = ReferentialAction::SetNull;
            edit(shop, "orders", |table| column(table, "user_id").nullable = true);
        },
        &[],
    );
}

#[test]
fn defaults_and_checks_fit() {
    for (data_type, default, complaint) in [
        ("integer", "1.5", ""),
        ("integer", "'7'", ""),
        ("integer", "'abc'", "users.c is integer and cannot default to 'abc'"),
        ("integer", "true", "users.c is integer and cannot default to “true”, which is boolean"),
        ("text", "5", ""),
        ("text", "now()", ""),
        ("varchar(3)", "true", ""),
        ("boolean", "'on'", ""),
        ("boolean", "'maybe'", "users.c is boolean and cannot default to 'maybe'"),
        ("boolean", "0", "users.c is boolean and cannot default to “0”, which is integer"),
        ("date", "now()", ""),
        ("timestamptz", "CURRENT_TIME", "users.c is timestamptz and cannot default to “CURRENT_TIME”, which is timetz"),
        ("uuid", "gen_random_uuid()", ""),
        ("uuid", "'x'", "users.c is uuid and cannot default to 'x'"),
        ("jsonb", "'{}'", ""),
        ("jsonb", "'{}'::json", ""),
        ("jsonb", "1", "users.c is jsonb and cannot default to “1”, which is integer"),
        ("text[]", "'{}'", ""),
        ("text[]", "''", "users.c is text[] and cannot default to ''"),
        ("text[]", "'{}'::integer[]", ""),
        ("uuid[]", "'{}'::integer[]", "users.c is uuid[] and cannot default to “'{}'::integer[]”, which is integer[]"),
        ("integer[]", "7", "users.c is integer[] and cannot default to “7”, which is integer"),
        ("text", "current_user", ""),
        ("numeric", "'NaN'", ""),
        ("numeric", "'none'", "users.c is numeric and cannot default to 'none'"),
    ] {
        let expect = [(Code::WrongType, complaint)];
        check(
            |shop| edit(shop, "users", |table| _ = add_column(table, "c", data_type, default)),
            if complaint.is_empty() { &[] } else { &expect },
        );
    }
    check(
        |shop| edit(shop, "users", |table| _ = add_column(table, "c", "text", "lower(name)")),
        &[(Code::UnknownColumn, "the default of users.c cannot use a column (name)")],
    );
    check(
        |shop| {
            edit(shop, "users", |table| {
                add_column(table, "c", "serial", "1");
                column(table, "c").nullable = false;
            });
        },
        &[(Code::SerialDefault, "users.c is serial, which has a default of its own")],
    );
    check(
        |shop| edit(shop, "users", |table| _ = add_column(table, "c", "serial", "")),
        &[(Code::SerialDefault, "users.c is serial, which is never NULL")],
    );
    check(|shop| edit(shop, "users", |table| add_check(table, "c", "lower(email) = email")), &[]);
    check(
        |shop| edit(shop, "users", |table| add_check(table, "c", "age > 0")),
        &[(Code::UnknownColumn, "c mentions age, which users has not")],
    );
    check(
        |shop| edit(shop, "users", |table| add_check(table, "c", "id + 1")),
        &[(Code::WrongType, "c must be true or false, and “id + 1” is integer")],
    );
}

#[test]
fn groups_and_notes() {
    let schema = schema::testing::schema_from(
        "a\n  x integer\ngroup g: a\ngroup h:\nsticky g: a note may be called like a group\n",
    );
    assert_eq!(validate(&schema), vec![]);
    let messages = |schema: &Schema| validate(schema).into_iter().map(|it| it.message).collect::<Vec<_>>();
    let mut twice = schema.clone();
    for it in twice.annotations.values_mut().filter(|it| it.kind == schema::AnnotationKind::Group) {
        it.name = name("g");
    }
    assert_eq!(messages(&twice), ["there are two groups called g"]);
    let mut pale = schema.clone();
    pale.annotations.values_mut().for_each(|it| it.color = (it.name.as_str() == "h").then(|| "red".to_owned()));
    assert_eq!(messages(&pale), ["the color of h is written like #4f46e5"]);
    for (kind, width, expect) in [
        (schema::AnnotationKind::Note, 96, vec![]),
        (schema::AnnotationKind::Note, 95, vec!["g can be from 96 to 960 wide"]),
        (schema::AnnotationKind::Note, 961, vec!["g can be from 96 to 960 wide"]),
        (schema::AnnotationKind::Group, 200, vec!["g is a group, which lies around its tables and nowhere else"]),
    ] {
        let mut put = schema.clone();
        let found = put.annotations.values_mut().find(|it| it.kind == kind && it.name.as_str() == "g");
        found.unwrap().spot = Some(schema::Spot { x: -8, y: 16, width });
        assert_eq!(messages(&put), expect, "{kind:?} {width}");
    }
    // A group that is gone is none.
    let mut gone = schema.clone();
    gone.annotations.clear();
    assert_eq!(messages(&gone), Vec::<String>::new());
    assert!(gone.tables.values().all(|table| gone.group_of(table).is_none()));
}
