//! The inputs of another importer's tests: whatever tables, columns and references it finds in them, we find.

use crate::shared;
use serde_json::Value;
use sql::{Body, Catalog, build, read};
use std::collections::{BTreeMap, BTreeSet};

/// Where we do not agree, and why.
const WE_DIFFER: [(&str, &str); 4] = [
    ("mysql__alter_rename_change.sql", "it does not rename columns and tables"),
    ("mysql__rename_truncate.sql", "it does not rename or drop tables"),
    ("mysql__column_formats_storage.sql", "it does not add columns that have a format"),
    ("mysql__generated_columns.sql", "it does not add columns that are computed"),
];

type Tables = BTreeMap<String, BTreeSet<String>>;

#[test]
fn finds_what_the_reference_finds() {
    let mut problems = Vec::new();
    for dialect in ["postgres", "mysql", "mssql", "oracle"] {
        let Some(answers) = shared::text(&format!("dbml/oracle_sql_{dialect}_v10.jsonl")) else { return };
        for line in answers.lines() {
            let answer: Value = serde_json::from_str(line).unwrap();
            let file = answer["file"].as_str().unwrap();
            if answer["ok"] != true || WE_DIFFER.iter().any(|(name, _)| file.ends_with(name)) {
                continue;
            }
            let text = shared::text(&format!("dbml/{file}")).unwrap();
            let script = read(&text, shared::dialect(&format!("{dialect}_")));
            for statement in &script.statements {
                if let Body::NotUnderstood { reason, .. } = &statement.body {
                    problems.push(format!("{file}:{}: {reason}", statement.line));
                }
                let lost = statement.left.iter().filter(|left| left.lost);
                problems.extend(lost.map(|left| format!("{file}:{}: {}", left.line, left.what)));
            }
            let catalog = build(&script);
            let (ours, theirs) = (ours(&catalog), theirs(&answer["model"]));
            for (table, columns) in &theirs {
                match ours.get(table) {
                    None => problems.push(format!("{file}: no table {table}")),
                    Some(found) if found != columns => {
                        problems.push(format!("{file}: {table}: {found:?} instead of {columns:?}"));
                    }
                    Some(_) => {}
                }
            }
            let refs: usize = catalog.tables.iter().map(|table| table.references.len()).sum();
            let known = answer["model"]["refs"].as_array().map_or_else(|| count_refs(&answer["model"]), Vec::len);
            if refs < known {
                problems.push(format!("{file}: {refs} references instead of {known}"));
            }
        }
    }
    assert!(problems.is_empty(), "{}\n{}", problems.len(), problems.join("\n"));
}

fn ours(catalog: &Catalog) -> Tables {
    let name = |name: &str| name.to_lowercase();
    catalog
        .tables
        .iter()
        .map(|table| (name(&table.name.name), table.columns.iter().map(|column| name(&column.name)).collect()))
        .collect()
}

fn count_refs(model: &Value) -> usize {
    let schemas = model["schemas"].as_array().into_iter().flatten();
    schemas.map(|schema| schema["refs"].as_array().map_or(0, Vec::len)).sum()
}

fn theirs(model: &Value) -> Tables {
    let mut found = Tables::new();
    for schema in model["schemas"].as_array().into_iter().flatten() {
        for table in schema["tables"].as_array().into_iter().flatten() {
            let fields = table["fields"].as_array().into_iter().flatten();
            let names = fields.map(|field| field["name"].as_str().unwrap().to_lowercase()).collect();
            found.insert(table["name"].as_str().unwrap().to_lowercase(), names);
        }
    }
    found
}
