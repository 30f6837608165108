//! Expressions that PostgreSQL keeps in other words than they were given in.

use crate::commit::{column, name, table_mut};
use crate::visitor::{TestServer, revision_of};
use schema::{Check, CheckId, Column, Expression};
use server::introspect::{differences_in_shape, introspect};

const DEFAULTS: [(&str, &str); 27] = [
    ("jsonb", r#"'{"a":1}'"#),
    ("jsonb", "'[1,2]'"),
    ("integer", "'5'"),
    ("bigint", "'5'"),
    ("integer", "-(-1)"),
    ("numeric(6, 3)", "'0.00'"),
    ("double precision", "'1.0'"),
    ("boolean", "'true'"),
    ("boolean", "'yes'"),
    ("date", "'2024-1-5'"),
    ("timestamp", "'2024-01-05'"),
    ("timestamptz", "'2024-01-05'"),
    ("timestamptz", "'2024-01-05T10:00:00Z'"),
    ("timestamptz", "now() - '24 hours'::interval"),
    ("time", "'10:00'"),
    ("interval", "'30 minutes'"),
    ("interval", "'24 hours'"),
    ("text[]", "'{a, b}'"),
    ("integer[]", "'{1, 2}'"),
    ("uuid", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'"),
    ("bytea", "''"),
    ("money", "'1.00'"),
    ("int4range", "'[1,10]'"),
    ("bit(3)", "'101'"),
    ("varchar(10)", "'a'"),
    ("text", "'it''s'"),
    ("timestamptz", "now()"),
];

const COLUMNS: [(&str, &str); 12] = [
    ("c_date", "date"),
    ("c_interval", "interval"),
    ("c_uuid", "uuid"),
    ("c_json", "jsonb"),
    ("c_texts", "text[]"),
    ("c_text", "text"),
    ("c_int", "integer"),
    ("c_other", "integer"),
    ("c_numeric", "numeric"),
    ("c_varchar", "varchar(20)"),
    ("c_tz", "timestamptz"),
    ("c_ts", "timestamp"),
];

const CHECKS: [&str; 15] = [
    "c_date > '2000-01-01'",
    "c_date between '2000-01-01' and '2100-01-01'",
    "c_interval > '1 hour'",
    "c_uuid <> '00000000-0000-0000-0000-000000000000'",
    "c_json <> '{}'",
    "c_texts <> '{}'",
    "c_text in ('a')",
    "c_int in (1)",
    "c_int in (1, c_other)",
    "c_text in (c_varchar, 'x')",
    "c_int > 1.5",
    "c_int * c_numeric > 0",
    "c_int > '5'",
    "greatest(c_int, c_other) > 0",
    "trim(c_text) = c_text",
];

#[tokio::test]
async fn what_postgresql_spells_otherwise_is_committed_and_changed_later() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("shop_flow").await;
    let outcome = visitor
        .change(id, |schema| {
            let products = table_mut(schema, "order_items");
            for (at, (data_type, default)) in DEFAULTS.iter().enumerate() {
                let default = Expression::parse(default).unwrap_or_else(|error| panic!("{default}: {error:?}"));
                let made = column(&format!("d_{at}"), data_type);
                products.columns.push(Column { default: Some(default), ..made });
            }
            products.columns.extend(COLUMNS.iter().map(|(name, data_type)| column(name, data_type)));
        })
        .await;
    assert_eq!(revision_of(&outcome), 1);
    // No row has a value in the new columns, so that every check holds.
    let outcome = visitor
        .change(id, |schema| {
            let items = table_mut(schema, "order_items");
            for (at, check) in (1_u128..).zip(CHECKS) {
                let expression = Expression::parse(check).unwrap_or_else(|error| panic!("{check}: {error:?}"));
                items.checks.push(Check {
                    id: CheckId::from_u128(at),
                    name: name(&format!("check_{at}")),
                    expression,
                    options: Default::default(),
                });
            }
        })
        .await;
    assert_eq!(revision_of(&outcome), 2);
    let outcome = visitor.change(id, |schema| table_mut(schema, "order_items").name = name("lines")).await;
    assert_eq!(revision_of(&outcome), 3);
    let found = introspect(&server.sandbox(id).await).await.unwrap();
    assert_eq!(differences_in_shape(&visitor.open(id).await.schema, &found), Vec::<String>::new());
    server.stop().await;
}
