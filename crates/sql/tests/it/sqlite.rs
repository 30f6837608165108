//! Files that SQLite has loaded, against what its pragmas then said.

use crate::shared;
use serde_json::{Value, json};
use sql::{Action, Dialect, IndexPart, PartKey, Table, build, read};
use std::collections::BTreeMap;

#[test]
fn catalogs_are_those_of_sqlite() {
    let mut problems = Vec::new();
    for (name, text) in shared::schemas("sqlite_") {
        let truth = shared::json(&format!("schemas/truth/{}.json", name.trim_end_matches(".sql"))).unwrap();
        let mut catalog = build(&read(&text, Dialect::Sqlite));
        if name == "sqlite_omop_cdm.sql" {
            // Its constraints are not SQLite's: SQLite has left them out, which we have not.
            assert_eq!(catalog.tables.iter().map(|table| table.references.len()).sum::<usize>(), 176);
            for table in &mut catalog.tables {
                table.references.clear();
                table.keys.clear();
            }
        }
        let ours: BTreeMap<&str, Value> =
            catalog.tables.iter().map(|table| (table.name.name.as_str(), ours(table))).collect();
        let theirs: BTreeMap<&str, Value> = truth["tables"]
            .as_array()
            .unwrap()
            .iter()
            .map(|table| (table["name"].as_str().unwrap(), theirs(table)))
            .collect();
        assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>(), "{name}");
        for (table, theirs) in &theirs {
            for (key, value) in theirs.as_object().unwrap() {
                if ours[table][key] != *value && !(name.contains("omop") && key == "columns") {
                    problems.push(format!("{name}: {table} {key}\n  ours   {}\n  theirs {value}", ours[table][key]));
                }
            }
        }
    }
    assert!(
        problems.is_empty(),
        "{} differences\n{}",
        problems.len(),
        problems.iter().take(40).cloned().collect::<Vec<_>>().join("\n")
    );
}

fn sorted(list: impl Iterator<Item = Value>) -> Value {
    let mut list: Vec<Value> = list.collect();
    list.sort_by_key(ToString::to_string);
    Value::Array(list)
}

/// A text without blanks: SQLite writes types and values with blanks of its own.
fn dense(text: &str) -> String {
    text.split_whitespace().collect::<String>().to_lowercase()
}

fn ours(table: &Table) -> Value {
    let key = table.primary().map(|key| key.columns()).unwrap_or_default();
    let columns = table.columns.iter().map(|column| {
        json!({
            "name": column.name, "type": dense(&column.type_name), "not_null": column.not_null,
            "default": column.default.as_ref().map(|value| dense(&value.0)),
            "pk": key.iter().position(|name| *name == column.name).map_or(0, |at| at + 1),
        })
    });
    let references = table.references.iter().map(|reference| {
        json!([
            reference.columns,
            reference.table.name,
            reference.referenced,
            words(reference.on_delete),
            words(reference.on_update)
        ])
    });
    let uniques = table.keys.iter().filter(|key| !key.primary).map(|key| json!(["", true, key.columns()]));
    let parts = |parts: &[IndexPart]| -> Vec<Value> {
        let names = parts.iter().map(|part| match &part.key {
            PartKey::Column(name) => json!(name),
            PartKey::Expression(_) => Value::Null,
        });
        names.collect()
    };
    let indexes = table.indexes.iter().map(|index| json!([index.name, index.unique, parts(&index.parts)]));
    json!({
        "columns": columns.collect::<Vec<_>>(), "references": sorted(references), "indexes": sorted(uniques.chain(indexes)),
    })
}

fn words(action: Action) -> &'static str {
    match action {
        Action::NoAction => "NO ACTION",
        Action::Restrict => "RESTRICT",
        Action::Cascade => "CASCADE",
        Action::SetNull => "SET NULL",
        Action::SetDefault => "SET DEFAULT",
    }
}

fn theirs(table: &Value) -> Value {
    let columns = table["columns"].as_array().unwrap().iter().map(|column| {
        json!({
            "name": column["name"], "type": dense(column["type"].as_str().unwrap()), "not_null": column["not_null"],
            "default": column["default"].as_str().map(dense), "pk": column["pk"],
        })
    });
    let references = table["fks"].as_array().unwrap().iter().map(|found| {
        json!([found["cols"], found["ref_table"], found["ref_cols"], found["on_delete"], found["on_update"]])
    });
    // The index behind a primary key is no index of ours, and what is behind a unique constraint has no name.
    let indexes = table["indexes"].as_array().unwrap().iter().filter(|index| index["origin"] != "pk").map(|index| {
        let name = if index["origin"] == "u" { json!("") } else { index["name"].clone() };
        json!([name, index["unique"], index["cols"]])
    });
    json!({"columns": columns.collect::<Vec<_>>(), "references": sorted(references), "indexes": sorted(indexes)})
}
