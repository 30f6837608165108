//! What the product writes as SQL, it reads again as the same schema.

use crate::lowering::lowered;
use crate::shared;
use proptest::prelude::*;
use schema::testing::arbitrary_schema;
use schema::{ObjectId, Schema};
use serde_json::Value;
use sql::Dialect;
use std::collections::BTreeMap;

/// Everything that a schema says, an object a line, with names in the place of ids and without the order of what has none.
pub(crate) fn essence(schema: &Schema) -> Vec<String> {
    let names = names(schema);
    let told = |value: Value| with_names(&value.to_string(), &names);
    let mut lines: Vec<String> = Vec::new();
    // Every database has it, wanted or not.
    let namespaces = schema.namespaces.values().filter(|namespace| namespace.name.as_str() != "public");
    lines.extend(namespaces.map(|namespace| format!("schema {}", namespace.name)));
    for table in schema.tables.values() {
        let mut value = serde_json::to_value(table.as_ref()).unwrap();
        // Groups are no part of a database.
        value.as_object_mut().unwrap().remove("group");
        for list in ["keys", "checks", "indexes"] {
            value[list].as_array_mut().unwrap().sort_by_key(|part| part["name"].to_string());
        }
        for (at, column) in value["columns"].as_array_mut().unwrap().iter_mut().enumerate() {
            // Whoever is in the primary key is NOT NULL, said or not.
            column["nullable"] = table.is_nullable(table.columns[at].id).into();
            lines.push(told(column.take()));
        }
        for list in ["keys", "checks", "indexes"] {
            let parts = value[list].take();
            lines.extend(parts.as_array().unwrap().iter().map(|part| told(part.clone())));
        }
        lines.push(told(value));
    }
    lines.extend(schema.references.values().map(|it| told(serde_json::to_value(it.as_ref()).unwrap())));
    for it in schema.types.values() {
        let mut value = serde_json::to_value(it).unwrap();
        for label in value["definition"]["enum"].as_array_mut().into_iter().flatten() {
            label.as_object_mut().unwrap().remove("id");
        }
        lines.push(told(value));
    }
    for it in schema.opaque.values() {
        let mut value = serde_json::to_value(it.as_ref()).unwrap();
        value.as_object_mut().unwrap().remove("id");
        value.as_object_mut().unwrap().remove("rank");
        lines.push(told(value));
    }
    lines.sort();
    lines
}

fn names(schema: &Schema) -> BTreeMap<String, String> {
    let mut objects: Vec<(String, ObjectId)> = Vec::new();
    objects.extend(schema.namespaces.keys().map(|id| (id.to_string(), ObjectId::Namespace(*id))));
    objects.extend(schema.references.keys().map(|id| (id.to_string(), ObjectId::Reference(*id))));
    objects.extend(schema.types.keys().map(|id| (id.to_string(), ObjectId::Type(*id))));
    for table in schema.tables.values() {
        objects.push((table.id.to_string(), ObjectId::Table(table.id)));
        objects.extend(table.columns.iter().map(|it| (it.id.to_string(), ObjectId::Column(table.id, it.id))));
        objects.extend(table.keys.iter().map(|it| (it.id.to_string(), ObjectId::Key(table.id, it.id))));
        objects.extend(table.checks.iter().map(|it| (it.id.to_string(), ObjectId::Check(table.id, it.id))));
        objects.extend(table.indexes.iter().map(|it| (it.id.to_string(), ObjectId::Index(table.id, it.id))));
    }
    objects.into_iter().map(|(id, object)| (id, schema.label(object).unwrap())).collect()
}

/// The text with a name wherever an id stands.
fn with_names(text: &str, names: &BTreeMap<String, String>) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(c) = rest.chars().next() {
        match rest.get(..36).and_then(|id| names.get(id)) {
            Some(name) => {
                out.push_str(&format!("<{name}>"));
                rest = &rest[36..];
            }
            None => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

fn check(schema: &Schema, file: &str) {
    let text = ddl::export(schema);
    let again = lowered(&text, Dialect::Postgres);
    let (before, after) = (essence(schema), essence(&again.schema));
    let gone: Vec<&String> = before.iter().filter(|line| !after.contains(line)).take(20).collect();
    let new: Vec<&String> = after.iter().filter(|line| !before.contains(line)).take(20).collect();
    let shown = if text.len() < 20_000 { text.as_str() } else { file };
    assert!(gone.is_empty() && new.is_empty(), "{file}\n{shown}\ngone {gone:#?}\nnew {new:#?}");
    assert_eq!(again.left, vec![], "{file}\n{shown}");
}

#[test]
fn schemas_of_real_files_come_back() {
    for (name, text) in shared::schemas("") {
        check(&lowered(&text, shared::dialect(&name)).schema, &name);
    }
}

/// How many schemas are tried; by the environment as many as one likes.
fn cases() -> u32 {
    std::env::var("SQL_ROUND_TRIPS").ok().and_then(|count| count.parse().ok()).unwrap_or(200)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn any_schema_comes_back(schema in arbitrary_schema()) {
        check(&schema, "a schema");
    }
}
